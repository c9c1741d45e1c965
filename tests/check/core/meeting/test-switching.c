/* Encryption on and off, by hosts and by nobody else.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

static void
check_modes (e2ee_media_mode mode)
{
  for (int i = 0; i < r.n_people; i++) {
    CHECK_ROW ("person %d", i);
    if (room_is_member (&r, i))
      CHECK_INT (room_view (&r, i).mode, mode);
  }
}

static void
turn (int number, int on)
{
  uint64_t request = 0;

  CHECK_OK (e2ee_meeting_set_e2ee (r.people[number].meeting, on, &request));
  CHECK (room_run_until (&r, on ? room_all_on : room_all_off, 5000, NULL));
  CHECK (r.people[number].last_done_request == request);
  CHECK_INT (r.people[number].last_done, E2EE_MEETING_OK);
}

static void
test_host_turns_on_and_off_several_times (void)
{
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  for (int round = 0; round < 4 && !check_state.failed; round++) {
    turn (0, 1);
    check_modes (E2EE_MEDIA_PROTECTED);
    turn (0, 0);
    check_modes (E2EE_MEDIA_CLEAR);
  }
  CHECK_INT (room_view (&r, 1).revision, 8);
  CHECK_INT (room_view (&r, 2).n_members, 3);
  room_check_never_clear (&r);
  room_clear (&r);
}

/* Our own door: the API says no and sends nothing. */
static void
test_who_is_no_host_cannot_turn_it_on_or_off (void)
{
  const room_plan plan = { .n_people = 3 };
  size_t sent;

  room_start (&r, &plan);
  sent = r.n_messages;
  CHECK_RESULT (e2ee_meeting_set_e2ee (r.people[1].meeting, 1, NULL), NOT_HOST);
  CHECK_INT (r.n_messages, sent);
  turn (0, 1);
  CHECK_RESULT (e2ee_meeting_set_e2ee (r.people[1].meeting, 0, NULL), NOT_HOST);
  CHECK_RESULT (e2ee_meeting_set_feature (r.people[1].meeting, E2EE_FEATURE_RECORDING, 1, NULL),
      NOT_HOST);
  CHECK_RESULT (e2ee_meeting_make_host (r.people[1].meeting, room_leaf (&r, 1), NULL), NOT_HOST);
  room_run (&r, 3000);
  check_modes (E2EE_MEDIA_PROTECTED);
  room_clear (&r);
}

static void
test_scheduled_meeting_starts_on (void)
{
  const room_plan plan = { .n_people = 3, .initially_on = 1 };

  room_start (&r, &plan);
  CHECK (room_all_on (&r));
  CHECK_INT (room_view (&r, 1).revision, 0);
  check_modes (E2EE_MEDIA_PROTECTED);
  for (int i = 0; i < 3; i++)
    CHECK (r.people[i].on_ms == r.people[i].protected_ms);
  room_check_never_clear (&r);
  room_clear (&r);
}

static void
test_instant_meeting_starts_off_and_is_turned_on (void)
{
  const room_plan plan = { .n_people = 2 };

  room_start (&r, &plan);
  CHECK (room_all_off (&r));
  check_modes (E2EE_MEDIA_CLEAR);
  turn (0, 1);
  check_modes (E2EE_MEDIA_PROTECTED);
  room_clear (&r);
}

static void
test_ticket_that_requires_it_cannot_be_turned_off (void)
{
  const room_plan plan = { .n_people = 2, .e2ee = E2EE_FLOOR_REQUIRE, .initially_on = 1 };

  room_start (&r, &plan);
  CHECK_RESULT (e2ee_meeting_set_e2ee (r.people[0].meeting, 0, NULL), STATEMENT_POLICY);
  CHECK (room_all_on (&r));
  room_clear (&r);
}

static void
test_ticket_that_forbids_it_cannot_be_turned_on (void)
{
  const room_plan plan = { .n_people = 2, .e2ee = E2EE_FLOOR_FORBID };

  room_start (&r, &plan);
  CHECK_RESULT (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL), STATEMENT_POLICY);
  CHECK (room_all_off (&r));
  room_clear (&r);
}

/* From the merge on everything is protected; the state says so only when everybody has. */
static void
test_media_is_protected_before_everybody_is_ready (void)
{
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  r.people[2].is_muted = 1;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK_INT (room_view (&r, 0).mode, E2EE_MEDIA_CLOSED);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_CLEAR);
  room_run (&r, 100);
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_SWITCHING);
  CHECK_INT (room_view (&r, 1).state, E2EE_STATE_SWITCHING);
  check_modes (E2EE_MEDIA_PROTECTED);
  room_run (&r, 2000);
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_ON);
  CHECK_INT (room_view (&r, 1).state, E2EE_STATE_ON);
  room_clear (&r);
}

static void
test_features_close_at_on_and_reopen_at_off (void)
{
  const room_plan plan = { .n_people = 2 };
  const e2ee_features all = (1u << E2EE_N_FEATURES) - 1;

  room_start (&r, &plan);
  CHECK_INT (room_view (&r, 1).features, all);
  turn (0, 1);
  CHECK_INT (room_view (&r, 1).features, E2EE_FEATURES_DEFAULT);
  turn (0, 0);
  CHECK_INT (room_view (&r, 1).features, all);
  room_clear (&r);
}

static void
test_host_changes_the_feature_table (void)
{
  const room_plan plan = { .n_people = 2 };

  room_start (&r, &plan);
  turn (0, 1);
  CHECK_OK (e2ee_meeting_set_feature (r.people[0].meeting, E2EE_FEATURE_CAPTIONS, 1, NULL));
  room_run (&r, 1000);
  CHECK_INT (room_view (&r, 1).features, E2EE_FEATURES_DEFAULT | 1u << E2EE_FEATURE_CAPTIONS);
  CHECK_OK (e2ee_meeting_set_feature (r.people[0].meeting, E2EE_FEATURE_CHAT, 0, NULL));
  room_run (&r, 1000);
  CHECK_INT (room_view (&r, 1).features >> E2EE_FEATURE_CHAT & 1, 0);
  CHECK_RESULT (e2ee_meeting_chat (r.people[1].meeting, "hello"), STATEMENT_POLICY);
  CHECK_RESULT (e2ee_meeting_set_feature (r.people[0].meeting, E2EE_FEATURE_GUEST, 1, NULL),
      STATEMENT_POLICY);
  CHECK (room_all_on (&r));
  room_clear (&r);
}

static void
test_co_host_is_named_by_a_host_and_may_turn_it_on (void)
{
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_make_host (r.people[0].meeting, room_leaf (&r, 1), NULL));
  room_run (&r, 1000);
  CHECK_INT (r.people[0].last_done, E2EE_MEETING_OK);
  CHECK_INT (room_view (&r, 1).is_host, 1);
  CHECK_INT (room_member (&r, 2, 1).is_host, 1);
  CHECK_INT (room_member (&r, 2, 2).is_host, 0);
  turn (1, 1);
  /* Who was named names nobody. */
  CHECK_RESULT (e2ee_meeting_make_host (r.people[1].meeting, room_leaf (&r, 2), NULL), NOT_HOST);
  /* And stays one when the host says something else. */
  turn (0, 0);
  CHECK_INT (room_view (&r, 1).is_host, 1);
  turn (1, 1);
  room_clear (&r);
}

static void
test_two_hosts_who_decide_at_once_end_in_one_state (void)
{
  const room_plan plan = { .n_people = 4, .n_hosts = 2 };

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK_OK (e2ee_meeting_set_feature (r.people[1].meeting, E2EE_FEATURE_NOTES, 1, NULL));
  room_run (&r, 3000);
  CHECK (room_all_on (&r));
  CHECK_INT (r.people[0].last_done, E2EE_MEETING_OK);
  CHECK_INT (r.people[1].last_done, E2EE_MEETING_OK);
  CHECK_INT (room_view (&r, 3).features >> E2EE_FEATURE_NOTES & 1, 1);
  room_check_never_clear (&r);
  room_clear (&r);
}

static void
test_a_second_change_is_busy_while_the_first_is_under_way (void)
{
  const room_plan plan = { .n_people = 2 };

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK_RESULT (e2ee_meeting_set_e2ee (r.people[0].meeting, 0, NULL), BUSY);
  room_run (&r, 1000);
  CHECK (room_all_on (&r));
  room_clear (&r);
}

static void
test_a_change_that_does_not_come_back_times_out_and_changes_nothing (void)
{
  const room_plan plan = { .n_people = 2 };

  room_start (&r, &plan);
  r.people[0].is_muted = 1;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_run (&r, 14000);
  CHECK_INT (r.people[0].last_done_request, 0);
  CHECK_INT (room_view (&r, 0).on, 0);
  room_run (&r, 2000);
  CHECK_INT (r.people[0].last_done, E2EE_MEETING_ERR_TIMEOUT);
  CHECK_INT (room_view (&r, 0).on, 0);
  /* The service works again: what was told to have failed does not happen. */
  r.people[0].is_muted = 0;
  room_run (&r, 60000);
  CHECK (room_all_off (&r));
  turn (0, 1);
  room_check_never_clear (&r);
  room_clear (&r);
}

/* ---- this participant's own floor ---- */

static void
test_floor_require_is_closed_while_off (void)
{
  const room_plan plan = { .n_people = 2 };

  room_init (&r, &plan);
  r.people[1].floor = E2EE_FLOOR_REQUIRE;
  CHECK_OK (room_join (&r, 0));
  CHECK_OK (room_join (&r, 1));
  CHECK (room_run_until (&r, room_is_settled, 10000, NULL));
  CHECK_INT (room_view (&r, 1).state, E2EE_STATE_OFF);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_CLOSED);
  CHECK_INT (room_view (&r, 1).reason, E2EE_MEETING_ERR_FLOOR_REQUIRE);
  CHECK_INT (room_view (&r, 0).mode, E2EE_MEDIA_CLEAR);
  turn (0, 1);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_PROTECTED);
  turn (0, 0);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_CLOSED);
  e2ee_meeting_set_floor (r.people[1].meeting, E2EE_FLOOR_ALLOW);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_CLEAR);
  room_clear (&r);
}

static void
test_floor_forbid_leaves_at_on (void)
{
  const room_plan plan = { .n_people = 3 };

  room_init (&r, &plan);
  r.people[1].floor = E2EE_FLOOR_FORBID;
  for (int i = 0; i < 3; i++)
    CHECK_OK (room_join (&r, i));
  CHECK (room_run_until (&r, room_is_settled, 10000, NULL));
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_run (&r, 3000);
  CHECK_INT (room_view (&r, 1).phase, E2EE_PHASE_IDLE);
  CHECK_INT (r.people[1].last_phase_result, E2EE_MEETING_ERR_FLOOR_FORBID);
  CHECK_INT (room_view (&r, 1).reason, E2EE_MEETING_ERR_FLOOR_FORBID);
  CHECK_INT (room_view (&r, 0).n_members, 2);
  CHECK (room_all_on (&r));
  room_check_never_clear (&r);
  room_clear (&r);
}

static void
test_floor_forbid_set_while_on_leaves (void)
{
  const room_plan plan = { .n_people = 2, .initially_on = 1 };

  room_start (&r, &plan);
  e2ee_meeting_set_floor (r.people[1].meeting, E2EE_FLOOR_FORBID);
  CHECK_INT (room_view (&r, 1).phase, E2EE_PHASE_IDLE);
  CHECK_INT (r.people[1].last_phase_result, E2EE_MEETING_ERR_FLOOR_FORBID);
  room_run (&r, 1000);
  CHECK_INT (room_view (&r, 0).n_members, 1);
  room_clear (&r);
}

/* ---- what head count and silence do not do ---- */

static void
test_head_count_and_crashes_never_turn_it_off (void)
{
  const room_plan plan = { .n_people = 4 };

  room_start (&r, &plan);
  turn (0, 1);
  room_crash (&r, 0);
  room_crash (&r, 2);
  e2ee_meeting_leave (r.people[3].meeting);
  room_run (&r, 120000);
  CHECK_INT (room_view (&r, 1).on, 1);
  CHECK (room_view (&r, 1).mode != E2EE_MEDIA_CLEAR);
  CHECK_OK (room_restart (&r, 2));
  CHECK_OK (e2ee_meeting_join (r.people[3].meeting));
  room_run (&r, 5000);
  CHECK_INT (room_view (&r, 1).state, E2EE_STATE_ON);
  CHECK_INT (room_view (&r, 3).state, E2EE_STATE_ON);
  room_check_never_clear (&r);
  room_clear (&r);
}

static void
time_toggle (int n)
{
  const room_plan plan = { .n_people = n };
  uint64_t before = 0, last_protected = 0, last_on = 0;

  room_start (&r, &plan);
  before = r.now_ms;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  for (int i = 0; i < n; i++) {
    if (r.people[i].protected_ms > last_protected)
      last_protected = r.people[i].protected_ms;
    if (r.people[i].on_ms > last_on)
      last_on = r.people[i].on_ms;
  }
  printf ("# %d participants, 20 ms of delivery: all protected after %d ms, all on after %d ms\n",
      n, (int) (last_protected - before), (int) (last_on - before));
  CHECK (last_on - before <= 60);
  room_check_never_clear (&r);
  room_clear (&r);
}

static void
test_toggle_takes_two_deliveries_with_2_10_and_50 (void)
{
  time_toggle (2);
  time_toggle (10);
  time_toggle (50);
}

static const check_case cases[] = {
  CHECK_CASE (test_host_turns_on_and_off_several_times),
  CHECK_CASE (test_who_is_no_host_cannot_turn_it_on_or_off),
  CHECK_CASE (test_scheduled_meeting_starts_on),
  CHECK_CASE (test_instant_meeting_starts_off_and_is_turned_on),
  CHECK_CASE (test_ticket_that_requires_it_cannot_be_turned_off),
  CHECK_CASE (test_ticket_that_forbids_it_cannot_be_turned_on),
  CHECK_CASE (test_media_is_protected_before_everybody_is_ready),
  CHECK_CASE (test_features_close_at_on_and_reopen_at_off),
  CHECK_CASE (test_host_changes_the_feature_table),
  CHECK_CASE (test_co_host_is_named_by_a_host_and_may_turn_it_on),
  CHECK_CASE (test_two_hosts_who_decide_at_once_end_in_one_state),
  CHECK_CASE (test_a_second_change_is_busy_while_the_first_is_under_way),
  CHECK_CASE (test_a_change_that_does_not_come_back_times_out_and_changes_nothing),
  CHECK_CASE (test_floor_require_is_closed_while_off),
  CHECK_CASE (test_floor_forbid_leaves_at_on),
  CHECK_CASE (test_floor_forbid_set_while_on_leaves),
  CHECK_CASE (test_head_count_and_crashes_never_turn_it_off),
  CHECK_CASE (test_toggle_takes_two_deliveries_with_2_10_and_50),
};

ROOM_MAIN (cases)
