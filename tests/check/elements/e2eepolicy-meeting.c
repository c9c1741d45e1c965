/* e2eepolicy in a meeting: the feature table, our own capture, the log.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"
#include "room.h"

#define EXPECT(call) fail_unless (call)

/* Two people; Alice is the host.  The gates belong to Bob. */
static Room *
begin (void)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);

  room_join (room);
  return room;
}

static GstE2eeMeeting *
bob (Room * room)
{
  return room->people[1].meeting;
}

/* Encryption goes on or off, and everybody has said that he is there. */
static void
turn (Room * room, gboolean on)
{
  room_turn (room, on);
  room_advance (room, 3000);
  fail_unless_equals_int (gst_e2ee_meeting_get_state (bob (room)),
      on ? GST_E2EE_STATE_ON : GST_E2EE_STATE_OFF);
}

static void
allow (Room * room, GstE2eeFeature feature, gboolean available)
{
  EXPECT (gst_e2ee_meeting_request_feature (room->people[0].meeting, feature, available, NULL,
          NULL));
  room_settle (room);
  room_advance (room, 3000);
  fail_unless_equals_int ((gst_e2ee_meeting_get_features (bob (room)) >> feature) & 1, available);
}

static Gate
gate_in_meeting (Room * room, const gchar * properties)
{
  GstElement *element = gst_element_factory_make ("e2eepolicy", NULL);
  GstContext *context = gst_context_new_e2ee_meeting (bob (room));
  Gate gate;

  gst_element_set_context (element, context);
  gst_context_unref (context);
  gate = gate_wrap (element, RAW, properties);
  gst_object_unref (element);
  return gate;
}

/* A buffer that was protected in @epoch; whether it passes. */
static gboolean
passes (Gate * gate, GstE2eeState state, guint64 epoch, guint index)
{
  GstE2eeStatus *status = gst_e2ee_status_new (state, "Alice", epoch);
  GstBuffer *buffer = make (NO_STATE, index);
  guint before = gst_harness_buffers_received (gate->h);

  gst_buffer_add_e2ee_status_meta (buffer, status, 0, 0);
  gst_e2ee_status_unref (status);
  push (gate, buffer);
  return gst_harness_buffers_received (gate->h) > before;
}

/* -- The feature table -- */

GST_START_TEST (test_recording_is_open_while_off_and_closed_while_on)
{
  Room *room = begin ();
  Gate gate = gate_in_meeting (room, "feature=recording");

  fail_unless (passes (&gate, GST_E2EE_STATE_OFF, gst_e2ee_meeting_get_epoch (bob (room)), 0));
  turn (room, TRUE);
  fail_if (passes (&gate, GST_E2EE_STATE_ON, gst_e2ee_meeting_get_epoch (bob (room)), 1));
  fail_if (passes (&gate, GST_E2EE_STATE_VERIFIED, gst_e2ee_meeting_get_epoch (bob (room)), 2));
  turn (room, FALSE);
  fail_unless (passes (&gate, GST_E2EE_STATE_OFF, gst_e2ee_meeting_get_epoch (bob (room)), 3));
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_feature_that_the_host_allows_stays_open_for_what_was_decrypted)
{
  Room *room = begin ();
  Gate gate = gate_in_meeting (room, "feature=recording");
  guint64 before, after;

  turn (room, TRUE);
  before = gst_e2ee_meeting_get_epoch (bob (room));
  fail_if (passes (&gate, GST_E2EE_STATE_ON, before, 0));
  allow (room, GST_E2EE_FEATURE_RECORDING, TRUE);
  after = gst_e2ee_meeting_get_epoch (bob (room));
  fail_unless (after > before);

  fail_unless (passes (&gate, GST_E2EE_STATE_ON, after, 1));
  fail_unless (passes (&gate, GST_E2EE_STATE_VERIFIED, after, 2));
  fail_if (passes (&gate, GST_E2EE_STATE_SWITCHING, after, 3));
  fail_if (passes (&gate, GST_E2EE_STATE_DEGRADED, after, 4));
  fail_if (passes (&gate, GST_E2EE_STATE_UNKNOWN, after, 5));
  /* What was said before he allowed it, and comes late. */
  fail_if (passes (&gate, GST_E2EE_STATE_ON, before, 6));
  fail_unless (passes (&gate, GST_E2EE_STATE_ON, after, 7));
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_feature_that_is_taken_back_is_closed_at_once)
{
  Room *room = begin ();
  Gate gate = gate_in_meeting (room, "feature=captions flush-on-close=never");
  guint64 allowed;

  turn (room, TRUE);
  allow (room, GST_E2EE_FEATURE_CAPTIONS, TRUE);
  allowed = gst_e2ee_meeting_get_epoch (bob (room));
  fail_unless (passes (&gate, GST_E2EE_STATE_ON, allowed, 0));
  allow (room, GST_E2EE_FEATURE_CAPTIONS, FALSE);
  /* Also for a sender who has not heard of it yet. */
  fail_if (passes (&gate, GST_E2EE_STATE_ON, allowed, 1));
  fail_if (passes (&gate, GST_E2EE_STATE_ON, gst_e2ee_meeting_get_epoch (bob (room)), 2));
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_one_feature_allows_no_other)
{
  Room *room = begin ();
  Gate captions = gate_in_meeting (room, "feature=captions");
  Gate recording = gate_in_meeting (room, "feature=recording");
  Gate share = gate_in_meeting (room, "feature=screenshare");
  guint64 epoch;

  turn (room, TRUE);
  allow (room, GST_E2EE_FEATURE_CAPTIONS, TRUE);
  epoch = gst_e2ee_meeting_get_epoch (bob (room));
  fail_unless (passes (&captions, GST_E2EE_STATE_ON, epoch, 0));
  fail_if (passes (&recording, GST_E2EE_STATE_ON, epoch, 0));
  /* Every table has it unless the host takes it out. */
  fail_unless (passes (&share, GST_E2EE_STATE_ON, epoch, 0));
  gate_free (&captions);
  gate_free (&recording);
  gate_free (&share);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_telephones_and_guests_are_closed_while_on)
{
  static const gchar *const features[] = { "pstn", "sip-h323", "guest" };
  Room *room = begin ();
  gchar *properties = g_strconcat ("feature=", features[__i__], NULL);
  Gate gate = gate_in_meeting (room, properties);

  fail_unless (passes (&gate, GST_E2EE_STATE_OFF, gst_e2ee_meeting_get_epoch (bob (room)), 0));
  turn (room, TRUE);
  fail_if (passes (&gate, GST_E2EE_STATE_ON, gst_e2ee_meeting_get_epoch (bob (room)), 1));
  gate_free (&gate);
  g_free (properties);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_what_was_protected_before_we_came_is_not_recorded)
{
  Room *room = begin ();
  guint64 epoch;
  Gate gate;

  turn (room, TRUE);
  allow (room, GST_E2EE_FEATURE_RECORDING, TRUE);
  epoch = gst_e2ee_meeting_get_epoch (bob (room));
  gate = gate_in_meeting (room, "feature=recording");
  fail_if (passes (&gate, GST_E2EE_STATE_ON, epoch - 1, 0));
  fail_unless (passes (&gate, GST_E2EE_STATE_ON, epoch, 1));
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

/* -- Our own camera -- */

static gboolean
capture (Gate * gate, guint index)
{
  guint before = gst_harness_buffers_received (gate->h);

  push (gate, make (NO_STATE, index));
  return gst_harness_buffers_received (gate->h) > before;
}

GST_START_TEST (test_our_own_capture_follows_the_meeting_by_running_time)
{
  Room *room = begin ();
  Gate gate = gate_in_meeting (room, "feature=recording source=capture");

  gst_harness_use_testclock (gate.h);
  fail_unless (capture (&gate, 0));
  gst_harness_set_time (gate.h, 10 * FRAME);
  room_turn (room, TRUE);
  gst_harness_set_time (gate.h, 20 * FRAME);
  room_advance (room, 3000);
  gst_harness_set_time (gate.h, 30 * FRAME);
  turn (room, FALSE);

  /* All of it was in a queue meanwhile. */
  fail_unless (capture (&gate, 9));
  fail_if (capture (&gate, 10));
  fail_if (capture (&gate, 25));
  fail_if (capture (&gate, 29));
  fail_unless (capture (&gate, 30));
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_require_sends_nothing_clear_whatever_the_host_says)
{
  Room *room = begin ();
  Gate gate = gate_in_meeting (room, "feature=media source=capture e2ee=require");

  gst_harness_use_testclock (gate.h);
  fail_if (capture (&gate, 0));
  gst_harness_set_time (gate.h, 10 * FRAME);
  turn (room, TRUE);
  fail_unless (capture (&gate, 10));
  gst_harness_set_time (gate.h, 20 * FRAME);
  turn (room, FALSE);
  fail_if (capture (&gate, 20));
  fail_unless_equals_uint64 (counter (&gate, "dropped-floor"), 2);
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_capture_without_a_meeting_is_closed)
{
  Gate gate = gate_new_full (RAW, "source=capture");

  fail_if (capture (&gate, 0));
  push (&gate, make (GST_E2EE_STATE_OFF, 1));
  fail_if (is_open (&gate));
  expect_message (&gate, FALSE, "unknown", 0);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_capture_that_carries_a_status_is_judged_by_the_weaker)
{
  Room *room = begin ();
  Gate gate = gate_in_meeting (room, "feature=recording source=capture");

  fail_if (passes (&gate, GST_E2EE_STATE_ON, 1, 0));
  fail_unless (passes (&gate, GST_E2EE_STATE_OFF, 1, 1));
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_who_has_left_records_nothing_of_his_own)
{
  Room *room = begin ();
  Gate gate = gate_in_meeting (room, "feature=recording source=capture");

  fail_unless (capture (&gate, 0));
  gst_e2ee_meeting_leave (bob (room));
  fail_if (capture (&gate, 1));
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

/* -- The log, and finding the meeting -- */

static void
keep_line (GstE2eeMeeting * meeting, const gchar * line, GString * lines)
{
  g_string_append_printf (lines, "%s\n", line);
}

GST_START_TEST (test_every_change_is_a_line_of_the_log)
{
  Room *room = begin ();
  GString *lines = g_string_new (NULL);
  Gate gate = gate_in_meeting (room, "feature=recording");

  g_signal_connect (bob (room), "log-line", G_CALLBACK (keep_line), lines);
  passes (&gate, GST_E2EE_STATE_OFF, 3, 0);
  fail_unless (strstr (lines->str, "\"gate\"") != NULL, "%s", lines->str);
  fail_unless (strstr (lines->str, "\"recording\"") != NULL, "%s", lines->str);
  g_string_truncate (lines, 0);
  passes (&gate, GST_E2EE_STATE_OFF, 3, 1);
  fail_unless_equals_string (lines->str, "");
  passes (&gate, GST_E2EE_STATE_DEGRADED, 3, 2);
  fail_unless (strstr (lines->str, "degraded") != NULL, "%s", lines->str);
  g_signal_handlers_disconnect_by_data (bob (room), lines);
  gate_free (&gate);
  g_string_free (lines, TRUE);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_the_meeting_is_found_by_its_name)
{
  Room *room = begin ();
  Gate gate;

  room_close (&room->people[1]);
  EXPECT (room_open (&room->people[1], "room-of-bob", NULL) != NULL);
  gate = gate_new_full (RAW, "feature=recording source=capture meeting=room-of-bob");
  EXPECT (gst_e2ee_meeting_join (bob (room), NULL));
  room_advance (room, 10000);
  fail_unless_equals_int (gst_e2ee_meeting_get_state (bob (room)), GST_E2EE_STATE_OFF);
  fail_unless (capture (&gate, 0));
  gate_free (&gate);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_name_that_is_no_meeting_does_not_start)
{
  GstElement *gate = gst_object_ref_sink (gst_element_factory_make ("e2eepolicy", NULL));

  g_object_set (gate, "meeting", "nobody", NULL);
  fail_unless_equals_int (gst_element_set_state (gate, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (gate, GST_STATE_NULL);
  gst_object_unref (gate);
}

GST_END_TEST;

static Suite *
e2eepolicy_meeting_suite (void)
{
  Suite *s = suite_create ("e2eepolicy-meeting");
  TCase *tc = tcase_create ("meeting");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_recording_is_open_while_off_and_closed_while_on);
  tcase_add_test (tc, test_a_feature_that_the_host_allows_stays_open_for_what_was_decrypted);
  tcase_add_test (tc, test_a_feature_that_is_taken_back_is_closed_at_once);
  tcase_add_test (tc, test_one_feature_allows_no_other);
  tcase_add_loop_test (tc, test_telephones_and_guests_are_closed_while_on, 0, 3);
  tcase_add_test (tc, test_what_was_protected_before_we_came_is_not_recorded);
  tcase_add_test (tc, test_our_own_capture_follows_the_meeting_by_running_time);
  tcase_add_test (tc, test_require_sends_nothing_clear_whatever_the_host_says);
  tcase_add_test (tc, test_capture_without_a_meeting_is_closed);
  tcase_add_test (tc, test_capture_that_carries_a_status_is_judged_by_the_weaker);
  tcase_add_test (tc, test_who_has_left_records_nothing_of_his_own);
  tcase_add_test (tc, test_every_change_is_a_line_of_the_log);
  tcase_add_test (tc, test_the_meeting_is_found_by_its_name);
  tcase_add_test (tc, test_a_name_that_is_no_meeting_does_not_start);
  return s;
}

GST_CHECK_MAIN (e2eepolicy_meeting);
