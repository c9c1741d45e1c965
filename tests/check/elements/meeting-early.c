/* e2eeenc and e2eedec in a meeting: media is earlier than the message that it needs, or later.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"

/* ---- on and off ---- */

/* Bob gets messages later: they are kept for him. */
static void
hold_back (Call * call)
{
  call->room->people[1].is_held_back = TRUE;
}

static void
let_through (Call * call)
{
  room_let_through (&call->room->people[1]);
  room_settle (call->room);
}

GST_START_TEST (test_protected_frames_wait_for_on_to_arrive)
{
  Call *call = call_vp8 ("Alice Bob");

  call_run (call, 1);
  hold_back (call);
  room_turn (call->room, TRUE);
  call_run (call, 2);
  fail_unless_equals_int (call->came->len, 1);
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 2);
  let_through (call);
  call_run (call, 1);
  fail_unless_equals_int (call_check_came (call), 4);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_protected_frames_never_pass_as_clear_ones)
{
  Call *call = call_vp8 ("Alice Bob");

  call_run (call, 1);
  hold_back (call);
  room_turn (call->room, TRUE);
  call_run (call, 3);
  clock_advance (200);
  call_run (call, 1);
  clock_advance (200);
  call_run (call, 1);
  fail_unless_equals_int (call->came->len, 1);
  fail_unless_equals_uint64 (media_stat (call->dec, "unknown-key"), 4);
  fail_unless_equals_uint64 (media_stat (call->dec, "clear-frames"), 1);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_clear_frames_are_refused_by_those_who_have_heard_of_on)
{
  Call *call = call_vp8 ("Alice Bob");

  call_send (call, 3);
  room_turn (call->room, TRUE);
  call_carry (call);
  fail_unless_equals_int (call->came->len, 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "not-protected"), 3);
  call_run (call, 2);
  fail_unless_equals_int (call_check_came (call), 2);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_what_was_protected_still_opens_after_off)
{
  Call *call = call_vp8 ("Alice Bob");

  room_turn (call->room, TRUE);
  call_send (call, 3);
  room_turn (call->room, FALSE);
  call_carry (call);
  call_run (call, 2);
  fail_unless_equals_int (call_check_came (call), 5);
  fail_unless_equals_int (call_state (g_ptr_array_index (call->came, 2)), GST_E2EE_STATE_ON);
  fail_unless_equals_int (call_state (g_ptr_array_index (call->came, 3)), GST_E2EE_STATE_OFF);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_clear_frame_that_waits_for_nothing_is_no_noise)
{
  Call *call = call_vp8 ("Alice Bob");

  hold_back (call);
  room_turn (call->room, TRUE);
  call_send (call, 2);
  room_turn (call->room, FALSE);
  call_send (call, 2);
  call_carry (call);
  /* The protected ones are older than a clear one that has passed. */
  fail_unless_equals_int (call_check_came (call), 2);
  fail_unless_equals_uint64 (media_stat (call->dec, "unknown-key"), 2);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_flush_forgets_what_waits_and_goes_on)
{
  Call *call = call_vp8 ("Alice Bob");
  GstSegment segment;

  hold_back (call);
  room_turn (call->room, TRUE);
  call_run (call, 3);
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 3);
  gst_harness_push_event (call->dec, gst_event_new_flush_start ());
  gst_harness_push_event (call->dec, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (call->dec, gst_event_new_segment (&segment));
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 0);
  let_through (call);
  call_run (call, 2);
  fail_unless_equals_int (call_check_came (call), 2);
  call_free (call);
}

GST_END_TEST;

/* ---- keys that are not there yet ---- */

/* Pushes frames until none waits: the key is made in another thread. */
static void
run_until_none_waits (Call * call)
{
  for (guint i = 0; i < 20000 && (i == 0 || media_stat (call->dec, "held") > 0); i++) {
    g_usleep (1000);
    call_run (call, 1);
  }
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 0);
}

GST_START_TEST (test_a_stream_that_was_not_announced_yet_is_heard)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  Call *call;

  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  room->people[1].is_cut_off = TRUE;
  call = call_new (room, media_opus (16));
  call_run (call, 1);
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 1);
  run_until_none_waits (call);
  fail_unless_equals_int (call_check_came (call), call->sent->len);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_of_a_large_meeting_the_keys_that_are_needed_are_made)
{
  Room *room = room_new ("Alice Bob Carol Dave Eve", GST_E2EE_FLOOR_ALLOW);
  GList *streams = NULL;
  Call *call;

  room_join (room);
  for (guint i = 0; i < room->n_people; i++)
    for (guint k = 0; k < 20; k++)
      streams = g_list_prepend (streams, gst_e2ee_meeting_add_stream (room->people[i].meeting,
              GST_E2EE_STREAM_KIND_DATA, NULL, NULL));
  room_turn (room, TRUE);
  room_advance (room, 3000);
  call = call_new (room, media_opus (16));
  room_advance (room, 1000);
  call_run (call, 1);
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 1);
  run_until_none_waits (call);
  /* From then on also those of the epochs to come. */
  for (guint i = 0; i < 4; i++) {
    call_rekey (call);
    call_run (call, 3);
    fail_unless_equals_uint64 (media_stat (call->dec, "held"), 0);
  }
  fail_unless_equals_int (call_check_came (call), call->sent->len);
  g_list_free_full (streams, g_object_unref);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_media_of_an_epoch_ahead_makes_the_meeting_look_whether_it_is_behind)
{
  Call *call = call_opus ("Alice Bob");
  Person *bob = &call->room->people[1];

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  call_run (call, 1);
  room_forget (call->room);
  bob->is_held_back = TRUE;
  call_rekey (call);
  room_advance (call->room, 2500);
  for (guint i = 0; i < 20000 && room_told (bob, "phase rejoining behind") == 0; i++) {
    g_usleep (1000);
    call_run (call, 1);
    clock_advance (1001);
    room_advance (call->room, 100);
  }
  fail_unless_equals_int (room_told (bob, "phase rejoining behind"), 1);
  call_free (call);
}

GST_END_TEST;

static Suite *
meeting_early_suite (void)
{
  Suite *s = suite_create ("meeting-early");
  TCase *tc = tcase_create ("meeting-early");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_protected_frames_wait_for_on_to_arrive);
  tcase_add_test (tc, test_protected_frames_never_pass_as_clear_ones);
  tcase_add_test (tc, test_clear_frames_are_refused_by_those_who_have_heard_of_on);
  tcase_add_test (tc, test_what_was_protected_still_opens_after_off);
  tcase_add_test (tc, test_a_clear_frame_that_waits_for_nothing_is_no_noise);
  tcase_add_test (tc, test_a_flush_forgets_what_waits_and_goes_on);
  tcase_add_test (tc, test_a_stream_that_was_not_announced_yet_is_heard);
  tcase_add_test (tc, test_of_a_large_meeting_the_keys_that_are_needed_are_made);
  tcase_add_test (tc, test_media_of_an_epoch_ahead_makes_the_meeting_look_whether_it_is_behind);
  return s;
}

GST_CHECK_MAIN (meeting_early);
