/* shieldoverlay: which state it shows, and when it says so.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "shield.h"

#include "elements/watch.h"

#define NOTHING_VOUCHES "Status unknown (Nothing vouches for this picture)"

static void
push_event_status (Shield * shield, GstE2eeState state, const gchar * sender)
{
  GstE2eeStatus *status = gst_e2ee_status_new (state, sender, 1);

  fail_unless (gst_harness_push_event (shield->h, gst_event_new_e2ee_status (status)));
  gst_e2ee_status_unref (status);
}

static GstE2eeState
state_of (Shield * shield)
{
  GstE2eeState state;

  g_object_get (shield->h->element, "state", &state, NULL);
  return state;
}

static void
expect_message (Shield * shield, const gchar * nick, const gchar * text, guint64 running_time)
{
  GstMessage *message = gst_bus_pop_filtered (shield->bus, GST_MESSAGE_ELEMENT);
  const GstStructure *s;
  guint64 when = 0;

  fail_unless (message != NULL, "no message %s", nick);
  s = gst_message_get_structure (message);
  fail_unless (gst_structure_has_name (s, "e2ee-shield"));
  fail_unless_equals_string (gst_structure_get_string (s, "state"), nick);
  fail_unless_equals_string (gst_structure_get_string (s, "text"), text);
  fail_unless (gst_structure_get_uint64 (s, "running-time", &when));
  fail_unless_equals_uint64 (when, running_time);
  gst_message_unref (message);
}

static void
expect_no_message (Shield * shield)
{
  GstMessage *message = gst_bus_pop_filtered (shield->bus, GST_MESSAGE_ELEMENT);

  fail_unless (message == NULL, "an unexpected message %" GST_PTR_FORMAT, message);
}

static const struct
{
  GstE2eeState of_buffer;
  GstE2eeState shown;
  const gchar *nick;
  const gchar *text;
} states[] = {
  {GST_E2EE_STATE_UNKNOWN, GST_E2EE_STATE_UNKNOWN, "unknown", NOTHING_VOUCHES},
  {GST_E2EE_STATE_OFF, GST_E2EE_STATE_OFF, "off", "Not end-to-end encrypted"},
  {GST_E2EE_STATE_SWITCHING, GST_E2EE_STATE_SWITCHING, "switching", "Switching…"},
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_ON, "on", "End-to-end encrypted"},
  {GST_E2EE_STATE_VERIFIED, GST_E2EE_STATE_VERIFIED, "verified", "Encrypted and verified"},
  {GST_E2EE_STATE_DEGRADED, GST_E2EE_STATE_DEGRADED, "degraded",
      "Not everyone is protected (Key missing: alice)"},
  {NO_STATE, GST_E2EE_STATE_UNKNOWN, "unknown", NOTHING_VOUCHES},
};

GST_START_TEST (test_a_buffer_is_shown_as_what_its_own_status_says)
{
  Shield shield = shield_new (SMALL);

  shield_push (&shield, states[__i__].of_buffer, 3);
  fail_unless_equals_int (state_of (&shield), states[__i__].shown);
  expect_message (&shield, states[__i__].nick, states[__i__].text, 3 * FRAME);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_change_is_told_once)
{
  Shield shield = shield_new (SMALL);

  shield_push (&shield, GST_E2EE_STATE_ON, 0);
  shield_push (&shield, GST_E2EE_STATE_ON, 1);
  shield_push (&shield, GST_E2EE_STATE_OFF, 2);
  shield_push (&shield, GST_E2EE_STATE_OFF, 3);
  shield_push (&shield, NO_STATE, 4);
  expect_message (&shield, "on", "End-to-end encrypted", 0);
  expect_message (&shield, "off", "Not end-to-end encrypted", 2 * FRAME);
  expect_message (&shield, "unknown", NOTHING_VOUCHES, 4 * FRAME);
  expect_no_message (&shield);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_speaks_for_buffers_without_a_status)
{
  Shield shield = shield_new (SMALL);

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  shield_push (&shield, NO_STATE, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_never_lifts_what_a_buffer_says)
{
  Shield shield = shield_new (SMALL);

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  shield_push (&shield, GST_E2EE_STATE_OFF, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_OFF);
  shield_push (&shield, GST_E2EE_STATE_UNKNOWN, 1);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_older_than_the_last_status_does_not_count)
{
  Shield shield = shield_new (SMALL);

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  shield_push (&shield, GST_E2EE_STATE_ON, 0);
  shield_push (&shield, NO_STATE, 1);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  shield_push (&shield, NO_STATE, 2);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_is_believed_for_the_timeout_in_running_time)
{
  Shield shield = shield_new (SMALL);

  g_object_set (shield.h->element, "timeout", 10 * FRAME, NULL);
  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  shield_push (&shield, NO_STATE, 5);
  shield_push (&shield, NO_STATE, 14);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  shield_push (&shield, NO_STATE, 15);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  shield_push (&shield, NO_STATE, 16);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_events_of_several_senders_show_the_weakest)
{
  Shield shield = shield_new (SMALL);

  push_event_status (&shield, GST_E2EE_STATE_VERIFIED, "alice");
  push_event_status (&shield, GST_E2EE_STATE_ON, "bob");
  shield_push (&shield, NO_STATE, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);
  push_event_status (&shield, GST_E2EE_STATE_OFF, "carol");
  shield_push (&shield, NO_STATE, 1);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_DEGRADED);
  push_event_status (&shield, GST_E2EE_STATE_ON, "carol");
  shield_push (&shield, NO_STATE, 2);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);

  /* One of them falls silent, and the others do not cover it up. */
  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  push_event_status (&shield, GST_E2EE_STATE_ON, "carol");
  shield_push (&shield, NO_STATE, 50);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_more_senders_than_can_be_kept_apart_are_unknown)
{
  Shield shield = shield_new (SMALL);

  for (guint i = 0; i < 200; i++) {
    gchar *sender = g_strdup_printf ("sender %u", i);

    push_event_status (&shield, GST_E2EE_STATE_ON, sender);
    g_free (sender);
  }
  shield_push (&shield, NO_STATE, 0);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_does_not_count_without_timestamps)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *buffer;

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  buffer = shield_make (&shield, NO_STATE, 0);
  GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  gst_buffer_unref (shield_push_and_pull (&shield, buffer));
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_new_stream_does_not_inherit_what_was_said)
{
  Shield shield = shield_new (SMALL);
  GstSegment segment;

  push_event_status (&shield, GST_E2EE_STATE_ON, "alice");
  shield_push (&shield, NO_STATE, 0);
  if (__i__ == 0) {
    gst_harness_push_event (shield.h, gst_event_new_stream_start ("another"));
  } else {
    gst_harness_push_event (shield.h, gst_event_new_flush_start ());
    gst_harness_push_event (shield.h, gst_event_new_flush_stop (TRUE));
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_harness_push_event (shield.h, gst_event_new_segment (&segment));
  }
  shield_push (&shield, NO_STATE, 1);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_an_event_that_overtakes_the_first_stream_start_counts)
{
  E2eeWatch *watch = e2ee_watch_new ();
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_ON, "alice", 1);
  GstBuffer *buffer = gst_buffer_new ();

  e2ee_watch_event (watch, status);
  e2ee_watch_stream_start (watch);
  fail_unless_equals_int (e2ee_watch_buffer (watch, buffer, 0, GST_SECOND, NULL).state,
      GST_E2EE_STATE_ON);
  gst_buffer_unref (buffer);
  gst_e2ee_status_unref (status);
  e2ee_watch_free (watch);
}

GST_END_TEST;

GST_START_TEST (test_lost_buffers_leave_the_next_one_its_own_state)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *buffer;

  shield_push (&shield, GST_E2EE_STATE_ON, 0);
  gst_harness_push_event (shield.h, gst_event_new_gap (FRAME, 100 * FRAME));
  buffer = shield_make (&shield, GST_E2EE_STATE_OFF, 101);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  buffer = shield_push_and_pull (&shield, buffer);
  fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (buffer);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_OFF);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_stream_that_falls_silent_becomes_unknown)
{
  Shield shield = shield_new (SMALL);
  GstTestClock *clock;
  GstClockTime due;

  clock = gst_harness_get_testclock (shield.h);

  shield_push (&shield, GST_E2EE_STATE_ON, 0);
  expect_message (&shield, "on", "End-to-end encrypted", 0);

  /* One second later it is heard again, which moves the end of patience. */
  gst_harness_set_time (shield.h, GST_SECOND);
  shield_push (&shield, GST_E2EE_STATE_ON, 25);
  fail_unless_equals_int (gst_test_clock_peek_id_count (clock), 1);
  gst_harness_crank_single_clock_wait (shield.h);
  expect_no_message (&shield);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_ON);

  due = gst_test_clock_get_next_entry_time (clock);
  fail_unless_equals_clocktime (due, 3 * GST_SECOND);
  gst_harness_crank_single_clock_wait (shield.h);
  expect_message (&shield, "unknown",
      "Status unknown (Nothing heard from alice)", 3 * GST_SECOND);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  fail_unless_equals_int (gst_test_clock_peek_id_count (clock), 0);

  shield_push (&shield, GST_E2EE_STATE_ON, 80);
  expect_message (&shield, "on", "End-to-end encrypted", 80 * FRAME);
  gst_object_unref (clock);
  shield_free (&shield);
}

GST_END_TEST;

static GstBusSyncReply
read_state_in_handler (GstBus * bus, GstMessage * message, gpointer data)
{
  GstE2eeState state;

  g_object_get (GST_MESSAGE_SRC (message), "state", &state, NULL);
  g_object_set (GST_MESSAGE_SRC (message), "xpad", 5, NULL);
  *(GstE2eeState *) data = state;
  gst_message_unref (message);
  return GST_BUS_DROP;
}

GST_START_TEST (test_no_lock_is_held_while_a_message_is_posted)
{
  Shield shield = shield_new (SMALL);
  GstE2eeState seen = GST_E2EE_STATE_UNKNOWN;

  gst_bus_set_sync_handler (shield.bus, read_state_in_handler, &seen, NULL);
  shield_push (&shield, GST_E2EE_STATE_VERIFIED, 0);
  fail_unless_equals_int (seen, GST_E2EE_STATE_VERIFIED);
  gst_bus_set_sync_handler (shield.bus, NULL, NULL, NULL);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_ready_forgets_the_stream)
{
  Shield shield = shield_new (SMALL);

  shield_push (&shield, GST_E2EE_STATE_ON, 0);
  expect_message (&shield, "on", "End-to-end encrypted", 0);
  gst_element_set_state (shield.h->element, GST_STATE_READY);
  fail_unless_equals_int (state_of (&shield), GST_E2EE_STATE_UNKNOWN);
  gst_element_set_state (shield.h->element, GST_STATE_PLAYING);
  gst_harness_set_src_caps_str (shield.h, SMALL);
  shield_push (&shield, GST_E2EE_STATE_ON, 1);
  expect_message (&shield, "on", "End-to-end encrypted", FRAME);
  shield_free (&shield);
}

GST_END_TEST;

/* A compositor loses metas and keeps events. */

static GstPadProbeReturn
say_once (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  if ((GstE2eeState) GPOINTER_TO_INT (data) != NO_STATE
      && !GPOINTER_TO_INT (g_object_get_data (G_OBJECT (pad), "said"))) {
    GstE2eeStatus *status = gst_e2ee_status_new (GPOINTER_TO_INT (data),
        GST_OBJECT_NAME (GST_PAD_PARENT (pad)), 1);

    g_object_set_data (G_OBJECT (pad), "said", GINT_TO_POINTER (1));
    gst_pad_push_event (pad, gst_event_new_e2ee_status (status));
    gst_e2ee_status_unref (status);
  }
  return GST_PAD_PROBE_OK;
}

/* @tiles: what the shields of the two say in front of it. */
static GstE2eeState
state_behind_compositor (GstE2eeState a, GstE2eeState b, GstE2eeState tiles[2])
{
  GstElement *pipeline = gst_parse_launch ("compositor name=mix ! shieldoverlay name=shield"
      " ! fakesink videotestsrc name=alice num-buffers=5 ! video/x-raw,width=64,height=48"
      " ! shieldoverlay name=tile-alice ! mix."
      " videotestsrc name=bob num-buffers=5 ! video/x-raw,width=64,height=48"
      " ! shieldoverlay name=tile-bob ! mix.", NULL);
  static const gchar *const names[] = { "alice", "bob" };
  GstE2eeState says[] = { a, b };
  GstE2eeState state = GST_E2EE_STATE_UNKNOWN;
  GstMessage *message;
  GstBus *bus = gst_element_get_bus (pipeline);

  for (guint i = 0; i < 2; i++) {
    GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), names[i]);
    GstPad *pad = gst_element_get_static_pad (source, "src");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, say_once, GINT_TO_POINTER (says[i]), NULL);
    gst_object_unref (pad);
    gst_object_unref (source);
  }
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_child_proxy_get (GST_CHILD_PROXY (pipeline), "shield::state", &state,
      "tile-alice::state", &tiles[0], "tile-bob::state", &tiles[1], NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  return state;
}

static const struct
{
  GstE2eeState alice, bob, whole, tile_of_bob;
} mixes[] = {
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_ON, GST_E2EE_STATE_ON, GST_E2EE_STATE_ON},
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_OFF, GST_E2EE_STATE_DEGRADED, GST_E2EE_STATE_OFF},
  {GST_E2EE_STATE_OFF, GST_E2EE_STATE_ON, GST_E2EE_STATE_DEGRADED, GST_E2EE_STATE_ON},
  {GST_E2EE_STATE_ON, NO_STATE, GST_E2EE_STATE_UNKNOWN, GST_E2EE_STATE_UNKNOWN},
};

GST_START_TEST (test_a_compositor_shows_the_weakest_of_its_streams_and_each_tile_its_own)
{
  GstE2eeState tiles[2];

  fail_unless_equals_int (state_behind_compositor (mixes[__i__].alice, mixes[__i__].bob, tiles),
      mixes[__i__].whole);
  fail_unless_equals_int (tiles[0], mixes[__i__].alice);
  fail_unless_equals_int (tiles[1], mixes[__i__].tile_of_bob);
}

GST_END_TEST;

static Suite *
shieldoverlay_state_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-state");
  TCase *tc = tcase_create ("state");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_a_buffer_is_shown_as_what_its_own_status_says, 0,
      G_N_ELEMENTS (states));
  tcase_add_test (tc, test_a_change_is_told_once);
  tcase_add_test (tc, test_an_event_speaks_for_buffers_without_a_status);
  tcase_add_test (tc, test_an_event_never_lifts_what_a_buffer_says);
  tcase_add_test (tc, test_an_event_older_than_the_last_status_does_not_count);
  tcase_add_test (tc, test_an_event_is_believed_for_the_timeout_in_running_time);
  tcase_add_test (tc, test_events_of_several_senders_show_the_weakest);
  tcase_add_test (tc, test_more_senders_than_can_be_kept_apart_are_unknown);
  tcase_add_test (tc, test_an_event_does_not_count_without_timestamps);
  tcase_add_loop_test (tc, test_a_new_stream_does_not_inherit_what_was_said, 0, 2);
  tcase_add_test (tc, test_an_event_that_overtakes_the_first_stream_start_counts);
  tcase_add_test (tc, test_lost_buffers_leave_the_next_one_its_own_state);
  tcase_add_test (tc, test_a_stream_that_falls_silent_becomes_unknown);
  tcase_add_test (tc, test_no_lock_is_held_while_a_message_is_posted);
  tcase_add_test (tc, test_ready_forgets_the_stream);
  tcase_add_loop_test (tc, test_a_compositor_shows_the_weakest_of_its_streams_and_each_tile_its_own,
      0, G_N_ELEMENTS (mixes));
  return s;
}

GST_CHECK_MAIN (shieldoverlay_state);
