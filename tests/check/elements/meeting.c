/* e2eeenc and e2eedec in a meeting: off, on and closed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"

#include <gst/video/video.h>

/* ---- off and on ---- */

GST_START_TEST (test_off_passes_frames_as_they_came_and_says_so)
{
  Call *call = call_vp8 ("Alice Bob");

  call_run (call, 10);
  fail_unless_equals_int (call_check_came (call), 10);
  for (guint i = 0; i < 10; i++) {
    fail_unless (call_is_clear_on_wire (call, i));
    fail_unless_equals_int (call_state (g_ptr_array_index (call->on_wire, i)),
        GST_E2EE_STATE_OFF);
    fail_unless_equals_int (call_state (g_ptr_array_index (call->came, i)), GST_E2EE_STATE_OFF);
  }
  fail_unless_equals_uint64 (media_stat (call->enc, "clear-frames"), 10);
  fail_unless_equals_uint64 (media_stat (call->dec, "clear-frames"), 10);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_on_protects_from_the_very_next_frame_on)
{
  Call *call = call_vp8 ("Alice Bob");

  call_run (call, 2);
  room_turn (call->room, TRUE);
  /* Not a key frame: the first is the one of the start, the next the fifth. */
  call_run (call, 2);
  room_advance (call->room, 3000);
  call_run (call, 6);
  for (guint i = 2; i < 10; i++) {
    fail_if (call_is_clear_on_wire (call, i), "frame %u is clear", i);
    fail_unless_equals_uint64 (call_meta (g_ptr_array_index (call->on_wire, i))->counter, i - 2);
  }
  fail_unless_equals_int (call_check_came (call), 10);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->enc, "dropped"), 0);
  fail_unless_equals_int (call_state (g_ptr_array_index (call->came, 9)), GST_E2EE_STATE_ON);
  fail_unless_equals_string (gst_e2ee_status_get_sender (call_meta (g_ptr_array_index
              (call->came, 9))->status), "Alice");
  fail_unless_equals_uint64 (gst_e2ee_status_get_epoch (call_meta (g_ptr_array_index
              (call->came, 9))->status),
      gst_e2ee_meeting_get_epoch (call->room->people[1].meeting));
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_change_asks_the_encoder_for_a_key_frame)
{
  Call *call = call_vp8 ("Alice Bob");
  guint n = 0;
  GstEvent *event;

  call_run (call, 1);
  while ((event = gst_harness_try_pull_upstream_event (call->enc)))
    gst_event_unref (event);
  room_turn (call->room, TRUE);
  call_run (call, 1);
  room_turn (call->room, FALSE);
  call_run (call, 1);
  while ((event = gst_harness_try_pull_upstream_event (call->enc))) {
    n += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  fail_unless_equals_int (n, 2);
  call_free (call);
}

GST_END_TEST;

/* Every frame is either clear with the status off while it is off, or protected while it is on, and
 * all of them arrive as they were. */
static void
check_toggles (Call * call, guint n_toggles)
{
  for (guint i = 0; i < n_toggles; i++) {
    gboolean on = i % 2 == 0;
    guint from = call->on_wire->len;

    room_turn (call->room, on);
    call_run (call, 3);
    for (guint k = from; k < call->on_wire->len; k++)
      fail_unless_equals_int (call_is_clear_on_wire (call, k), !on);
    for (guint k = from; k < call->came->len; k++)
      fail_unless_equals_int (call_state (g_ptr_array_index (call->came, k)) ==
          GST_E2EE_STATE_OFF, !on);
  }
  fail_unless_equals_int (call_check_came (call), 3 * n_toggles);
  fail_unless_equals_uint64 (media_stat (call->enc, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "incomplete"), 0);
}

GST_START_TEST (test_twenty_toggles_lose_no_picture_and_send_none_clear)
{
  Call *call = call_vp8 ("Alice Bob");

  check_toggles (call, 20);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_twenty_toggles_lose_no_sound_and_send_none_clear)
{
  Call *call = call_opus ("Alice Bob");

  check_toggles (call, 20);
  call_free (call);
}

GST_END_TEST;

static GstPadProbeReturn
turn_on (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  room_turn (data, TRUE);
  return GST_PAD_PROBE_REMOVE;
}

GST_START_TEST (test_in_a_list_of_sounds_on_counts_from_the_very_next_on)
{
  Call *call = call_opus ("Alice Bob");
  GstPad *pad = gst_element_get_static_pad (call->enc->element, "src");
  GstBufferList *list = gst_buffer_list_new ();

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, turn_on, call->room, NULL);
  for (guint i = 0; i < 3; i++)
    gst_buffer_list_add (list,
        gst_buffer_ref (gst_buffer_list_get (g_ptr_array_index (call->media->lists, i), 0)));
  fail_unless_equals_int (gst_pad_push_list (call->enc->srcpad, list), GST_FLOW_OK);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = gst_harness_pull (call->enc);

    fail_unless_equals_int (gst_buffer_get_e2ee_state (buffer) == GST_E2EE_STATE_OFF, i == 0);
    gst_buffer_unref (buffer);
  }
  gst_object_unref (pad);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_stopped_element_starts_again_in_the_mode_of_then)
{
  Call *call = call_opus ("Alice Bob");

  call_run (call, 2);
  gst_element_set_state (call->enc->element, GST_STATE_READY);
  gst_element_set_state (call->dec->element, GST_STATE_READY);
  room_turn (call->room, TRUE);
  gst_harness_teardown (call->enc);
  gst_harness_teardown (call->dec);
  call->enc = call_harness ("e2eeenc", call->room->people[0].meeting, call->media);
  call->dec = call_harness ("e2eedec", call->room->people[1].meeting, call->media);
  room_settle (call->room);
  call_run (call, 2);
  fail_if (call_is_clear_on_wire (call, 2));
  fail_unless_equals_int (call_check_came (call), 4);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_codec_that_cannot_be_protected_is_refused_while_off_too)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  GstElement *enc = gst_object_ref_sink (gst_element_factory_make ("e2eeenc", NULL));
  GstHarness *h;
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GstCaps *caps = gst_caps_from_string ("application/x-rtp,media=video,encoding-name=AV1,"
      "clock-rate=90000,payload=96");

  room_join (room);
  gst_element_set_bus (enc, bus);
  g_object_set (enc, "key-provider", room->people[0].meeting, NULL);
  h = gst_harness_new_with_element (enc, "sink", "src");
  gst_harness_play (h);
  gst_harness_push_event (h, gst_event_new_stream_start ("a"));
  gst_harness_push_event (h, gst_event_new_caps (caps));
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_unref (message);
  gst_caps_unref (caps);
  gst_element_set_bus (enc, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  gst_object_unref (enc);
  room_free (room);
}

GST_END_TEST;

/* ---- closed ---- */

static void
check_closed (Call * call)
{
  guint came = call->came->len;

  call_run (call, 3);
  fail_unless_equals_int (call->came->len, came);
}

GST_START_TEST (test_nothing_flows_before_joining)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  Call *call = call_new (room, media_opus (16));

  call_run (call, 3);
  fail_unless_equals_int (call->on_wire->len, 0);
  fail_unless_equals_uint64 (media_stat (call->enc, "closed"), 3);
  room_join (room);
  call_run (call, 3);
  fail_unless_equals_int (call_check_came (call), 3);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_require_lets_nothing_clear_out_or_in)
{
  Call *call = call_opus ("Alice Bob");
  GstHarness *bobs = call_harness ("e2eeenc", call->room->people[1].meeting, call->media);

  g_object_set (call->room->people[1].meeting, "e2ee", GST_E2EE_FLOOR_REQUIRE, NULL);
  check_closed (call);
  fail_unless_equals_uint64 (media_stat (call->dec, "closed"), 3);
  fail_unless_equals_int (gst_pad_push_list (bobs->srcpad, media_list (call->media, 0)),
      GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (bobs) == NULL);
  room_turn (call->room, TRUE);
  call_run (call, 3);
  fail_unless_equals_int (call_check_came (call), 3);
  gst_harness_teardown (bobs);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_who_has_left_sends_and_shows_nothing)
{
  Call *call = call_opus ("Alice Bob");

  room_turn (call->room, TRUE);
  call_run (call, 2);
  call_send (call, 1);
  gst_e2ee_meeting_leave (call->room->people[1].meeting);
  check_closed (call);
  fail_unless_equals_uint64 (media_stat (call->dec, "closed"), 4);
  gst_e2ee_meeting_leave (call->room->people[0].meeting);
  call_run (call, 2);
  fail_unless_equals_uint64 (media_stat (call->enc, "closed"), 2);
  call_free (call);
}

GST_END_TEST;

/* The state of the last status message on @bus, and why. */
static gchar *
last_status (GstBus * bus)
{
  gchar *last = NULL;
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    const GstStructure *s = gst_message_get_structure (message);

    g_free (last);
    last = g_strdup_printf ("%s %s", gst_structure_get_string (s, "state"),
        gst_structure_get_string (s, "reason"));
    gst_message_unref (message);
  }
  return last;
}

GST_START_TEST (test_a_host_who_waits_for_his_on_is_switching_and_sends_nothing)
{
  Call *call = call_opus ("Alice Bob");
  GstBus *bus = gst_bus_new ();
  gchar *status;

  gst_element_set_bus (call->enc->element, bus);
  call->room->people[0].is_held_back = TRUE;
  fail_unless (gst_e2ee_meeting_request_e2ee (call->room->people[0].meeting, TRUE, NULL, NULL));
  room_settle (call->room);
  call_run (call, 2);
  fail_unless_equals_int (call->on_wire->len, 0);
  status = last_status (bus);
  fail_unless_equals_string (status, "switching closed");
  room_let_through (&call->room->people[0]);
  room_settle (call->room);
  call_run (call, 2);
  fail_unless_equals_int (call_check_came (call), 2);
  g_free (status);
  gst_element_set_bus (call->enc->element, NULL);
  gst_object_unref (bus);
  call_free (call);
}

GST_END_TEST;

static Suite *
meeting_suite (void)
{
  Suite *s = suite_create ("meeting");
  TCase *tc = tcase_create ("meeting");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_off_passes_frames_as_they_came_and_says_so);
  tcase_add_test (tc, test_on_protects_from_the_very_next_frame_on);
  tcase_add_test (tc, test_a_change_asks_the_encoder_for_a_key_frame);
  tcase_add_test (tc, test_twenty_toggles_lose_no_picture_and_send_none_clear);
  tcase_add_test (tc, test_twenty_toggles_lose_no_sound_and_send_none_clear);
  tcase_add_test (tc, test_in_a_list_of_sounds_on_counts_from_the_very_next_on);
  tcase_add_test (tc, test_a_stopped_element_starts_again_in_the_mode_of_then);
  tcase_add_test (tc, test_a_codec_that_cannot_be_protected_is_refused_while_off_too);
  tcase_add_test (tc, test_nothing_flows_before_joining);
  tcase_add_test (tc, test_require_lets_nothing_clear_out_or_in);
  tcase_add_test (tc, test_who_has_left_sends_and_shows_nothing);
  tcase_add_test (tc, test_a_host_who_waits_for_his_on_is_switching_and_sends_nothing);
  return s;
}

GST_CHECK_MAIN (meeting);
