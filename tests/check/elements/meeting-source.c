/* e2eeenc and e2eedec find their meeting, and have keys of no other source.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"

/* ---- finding the meeting ---- */

static GstElement *
make (const gchar * factory)
{
  return gst_object_ref_sink (gst_element_factory_make (factory, NULL));
}

GST_START_TEST (test_the_meeting_is_found_by_its_name)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  GstElement *enc = make ("e2eeenc");

  room_close (&room->people[0]);
  fail_unless (room_open (&room->people[0], "standup", NULL) != NULL);
  g_object_set (enc, "meeting", "standup", "stream-kind", GST_E2EE_STREAM_KIND_SCREEN,
      "stream-label", "slides", NULL);
  room_join (room);
  fail_unless_equals_int (gst_element_set_state (enc, GST_STATE_PAUSED),
      GST_STATE_CHANGE_SUCCESS);
  room_settle (room);
  fail_unless_equals_int (room_told (&room->people[1], "streams Alice 1"), 1);
  gst_element_set_state (enc, GST_STATE_NULL);
  room_settle (room);
  fail_unless (room_told (&room->people[1], "streams Alice 0") >= 1);
  gst_object_unref (enc);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_name_that_no_meeting_has_stops_the_start)
{
  GstElement *dec = make ("e2eedec");
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error;

  gst_element_set_bus (dec, bus);
  g_object_set (dec, "meeting", "nowhere", NULL);
  fail_unless_equals_int (gst_element_set_state (dec, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "nowhere") != NULL, "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (dec, NULL);
  gst_element_set_state (dec, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (dec);
}

GST_END_TEST;

GST_START_TEST (test_the_meeting_comes_as_a_context_of_the_pipeline)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  GstElement *pipeline = gst_pipeline_new (NULL), *dec = gst_element_factory_make ("e2eedec", NULL);
  GstContext *context = gst_context_new_e2ee_meeting (room->people[0].meeting);
  GstHarness *h;

  gst_element_set_context (pipeline, context);
  gst_context_unref (context);
  gst_bin_add (GST_BIN (pipeline), dec);
  h = gst_harness_new_with_element (dec, "sink", "src");
  gst_harness_set_src_caps_str (h, "text/x-raw,format=utf8");
  fail_unless_equals_int (gst_harness_push (h, gst_buffer_new_wrapped (g_strdup ("hi"), 2)),
      GST_FLOW_OK);
  fail_unless_equals_uint64 (media_stat (h, "closed"), 1);
  gst_harness_teardown (h);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_without_any_keys_the_application_is_asked_for_the_meeting)
{
  GstElement *dec = make ("e2eedec");
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  const gchar *type;

  gst_element_set_bus (dec, bus);
  gst_element_set_state (dec, GST_STATE_READY);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_NEED_CONTEXT);
  fail_unless (message != NULL);
  fail_unless (gst_message_parse_context_type (message, &type));
  fail_unless_equals_string (type, GST_E2EE_MEETING_CONTEXT);
  gst_message_unref (message);
  gst_element_set_state (dec, GST_STATE_NULL);
  gst_element_set_bus (dec, NULL);
  gst_object_unref (bus);
  gst_object_unref (dec);
}

GST_END_TEST;

/* ---- whose keys ---- */

GST_START_TEST (test_one_stream_is_for_one_element)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  GstE2eeMeetingStream *stream;
  GstElement *one = gst_element_factory_make ("e2eeenc", NULL);
  GstElement *other = gst_element_factory_make ("e2eeenc", NULL);

  room_join (room);
  stream = gst_e2ee_meeting_add_stream (room->people[0].meeting, GST_E2EE_STREAM_KIND_DATA, NULL,
      NULL);
  g_object_set (one, "key-provider", stream, NULL);
  g_object_set (other, "key-provider", stream, NULL);
  fail_unless_equals_int (gst_element_set_state (one, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (gst_element_set_state (other, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (one, GST_STATE_NULL);
  fail_unless_equals_int (gst_element_set_state (other, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (gst_e2ee_meeting_stream_get_number (stream), 1);
  gst_element_set_state (other, GST_STATE_NULL);
  gst_object_unref (one);
  gst_object_unref (other);
  g_object_unref (stream);
  room_free (room);
}

GST_END_TEST;

static GstE2eeKey *
give_key_of_alice (GstElement * element, guint64 key_id, GstE2eeMeeting * meeting)
{
  GList *keys = gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (meeting),
      GST_E2EE_KEY_USAGE_DECRYPT);
  GstE2eeKey *key = gst_e2ee_key_ref (keys->data);

  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  return key;
}

GST_START_TEST (test_no_key_of_a_meeting_comes_by_a_back_door)
{
  Call *call = call_opus ("Alice Bob");
  GstElement *dec = gst_element_factory_make ("e2eedec", NULL);
  GstHarness *h;

  room_turn (call->room, TRUE);
  call_run (call, 1);
  g_signal_connect (dec, "request-key", G_CALLBACK (give_key_of_alice),
      call->room->people[1].meeting);
  h = gst_harness_new_with_element (dec, "sink", "src");
  gst_harness_set_src_caps (h, gst_caps_ref (call->media->caps));
  gst_pad_push_list (h->srcpad, gst_buffer_list_copy_deep (g_ptr_array_index (call->on_wire, 0)));
  fail_unless (gst_harness_try_pull (h) == NULL);
  gst_harness_teardown (h);
  gst_object_unref (dec);
  call_free (call);
}

GST_END_TEST;

/* ---- a provider that is slow to answer ---- */

#define SLOW_TYPE (slow_get_type ())
G_DECLARE_FINAL_TYPE (Slow, slow, TEST, SLOW, GObject)

/* While it lists the keys for the first time they change. */
struct _Slow
{
  GObject parent;
  GstE2eeMediaMode mode;
  guint n_lists;
};

static GList *
slow_list_keys (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage)
{
  Slow *self = TEST_SLOW (provider);

  if (self->n_lists++ == 0) {
    self->mode = GST_E2EE_MEDIA_MODE_CLOSED;
    gst_e2ee_key_provider_changed (provider);
  }
  return NULL;
}

static void
slow_get_media (GstE2eeKeyProvider * provider, GstE2eeMedia * media)
{
  media->mode = TEST_SLOW (provider)->mode;
}

static void
slow_provider_init (GstE2eeKeyProviderInterface * iface)
{
  iface->list_keys = slow_list_keys;
  iface->get_media = slow_get_media;
}

G_DEFINE_TYPE_WITH_CODE (Slow, slow, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_E2EE_KEY_PROVIDER, slow_provider_init));

static void
slow_class_init (SlowClass * klass)
{
}

static void
slow_init (Slow * self)
{
  self->mode = GST_E2EE_MEDIA_MODE_CLEAR;
}

GST_START_TEST (test_an_answer_that_was_overtaken_does_not_count)
{
  GstElement *enc = gst_element_factory_make ("e2eeenc", NULL);
  Slow *provider = g_object_new (SLOW_TYPE, NULL);
  GstHarness *h;

  g_object_set (enc, "key-provider", provider, NULL);
  h = gst_harness_new_with_element (enc, "sink", "src");
  gst_harness_set_src_caps_str (h, "text/x-raw,format=utf8");
  gst_harness_push (h, gst_buffer_new_wrapped (g_strdup ("hi"), 2));
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "closed"), 1);
  gst_harness_teardown (h);
  gst_object_unref (enc);
  g_object_unref (provider);
}

GST_END_TEST;

static Suite *
meeting_source_suite (void)
{
  Suite *s = suite_create ("meeting-source");
  TCase *tc = tcase_create ("meeting-source");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_the_meeting_is_found_by_its_name);
  tcase_add_test (tc, test_a_name_that_no_meeting_has_stops_the_start);
  tcase_add_test (tc, test_the_meeting_comes_as_a_context_of_the_pipeline);
  tcase_add_test (tc, test_without_any_keys_the_application_is_asked_for_the_meeting);
  tcase_add_test (tc, test_one_stream_is_for_one_element);
  tcase_add_test (tc, test_no_key_of_a_meeting_comes_by_a_back_door);
  tcase_add_test (tc, test_an_answer_that_was_overtaken_does_not_count);
  return s;
}

GST_CHECK_MAIN (meeting_source);
