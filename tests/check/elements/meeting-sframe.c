/* SFrame packets in a meeting: whoever has agreed on them gets them, on and off.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"
#include "sframekit.h"

static const gchar *const packetizations[] = { "frame", "packet" };

static GstHarness *
packets_harness (const gchar * factory, const gchar * packetization, GstE2eeMeeting * meeting,
    Media * media)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstHarness *h;

  g_object_set (element, "key-provider", meeting, NULL);
  gst_util_set_object_arg (G_OBJECT (element), "packetization", packetization);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  return h;
}

static Call *
call_in_sframe_packets (const gchar * packetization)
{
  Call *call = call_vp8 ("Alice Bob");

  gst_harness_teardown (call->enc);
  gst_harness_teardown (call->dec);
  call->enc = packets_harness ("e2eeenc", packetization, call->room->people[0].meeting,
      call->media);
  call->dec = packets_harness ("e2eedec", packetization, call->room->people[1].meeting,
      call->media);
  room_settle (call->room);
  return call;
}

static void
expect_kind (Call * call, guint from, guint8 t, GstE2eeState state)
{
  for (guint i = from; i < call->on_wire->len; i++) {
    GstBufferList *list = g_ptr_array_index (call->on_wire, i);

    fail_unless_equals_int (descriptor_of (gst_buffer_list_get (list, 0)) & (SFRAME_S | SFRAME_T),
        SFRAME_S | t);
    fail_unless_equals_int (call_state (list), state);
  }
}

GST_START_TEST (test_on_and_off_are_both_in_sframe_packets)
{
  Call *call = call_in_sframe_packets (packetizations[__i__]);
  guint8 t = __i__ == 1 ? SFRAME_T : 0;

  call_run (call, 4);
  expect_kind (call, 0, t, GST_E2EE_STATE_OFF);
  fail_unless_equals_int (call_check_came (call), 4);
  fail_unless_equals_uint64 (media_stat (call->enc, "clear-frames"),
      media_stat (call->enc, "frames"));

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  call_run (call, 6);
  expect_kind (call, 4, t, GST_E2EE_STATE_ON);
  fail_unless_equals_int (call_check_came (call), 10);

  room_turn (call->room, FALSE);
  room_advance (call->room, 3000);
  call_run (call, 4);
  expect_kind (call, 10, t, GST_E2EE_STATE_OFF);
  fail_unless_equals_int (call_check_came (call), 14);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  call_free (call);
}

GST_END_TEST;

static GstBufferList *
renumbered (Call * call, guint i)
{
  return media_renumber (g_ptr_array_index (call->on_wire, i), &call->seq, call->timestamp += 3000);
}

GST_START_TEST (test_a_clear_frame_in_sframe_packets_is_not_let_through_while_on)
{
  Call *call = call_in_sframe_packets (packetizations[__i__]);

  call_send (call, 1);
  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  push_list (call->dec, renumbered (call, 0));
  fail_unless (gst_harness_try_pull (call->dec) == NULL);
  fail_unless (media_stat (call->dec, "not-protected") > 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "frames"), 0);
  call_free (call);
}

GST_END_TEST;

static Suite *
meeting_sframe_suite (void)
{
  Suite *s = suite_create ("meeting-sframe");
  TCase *tc = tcase_create ("meeting-sframe");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_loop_test (tc, test_on_and_off_are_both_in_sframe_packets, 0,
      G_N_ELEMENTS (packetizations));
  tcase_add_loop_test (tc, test_a_clear_frame_in_sframe_packets_is_not_let_through_while_on, 0,
      G_N_ELEMENTS (packetizations));
  return s;
}

GST_CHECK_MAIN (meeting_sframe);
