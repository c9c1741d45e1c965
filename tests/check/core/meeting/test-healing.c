/* Leaving, crashing, coming again, sleeping: the meeting heals by itself, and how long it took on the
 * room's clock is printed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

static void
start (int n, int n_hosts, int on)
{
  const room_plan plan = { .n_people = n, .n_hosts = n_hosts };

  room_start (&r, &plan);
  CHECK_RETURN_IF_FAILED ();
  if (on) {
    CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
    CHECK (room_run_until (&r, room_all_on, 3000, NULL));
    room_run (&r, 500);
  }
}

static void
heals (int n, uint64_t most_ms, const char *what)
{
  uint64_t took = 0;

  CHECK (room_run_until (&r, room_is_settled, most_ms, &took));
  printf ("# %s: %d ms\n", what, (int) took);
  CHECK_INT (room_view (&r, 0).phase == E2EE_PHASE_MEMBER ? (int) room_view (&r, 0).n_members : n,
      n);
}

static void
finish (void)
{
  room_check_never_clear (&r);
  room_clear (&r);
}

static void
test_somebody_leaves (void)
{
  start (4, 1, 1);
  e2ee_meeting_leave (r.people[3].meeting);
  heals (3, 2000, "left, until the others are without him");
  finish ();
}

static void
test_first_in_line_crashes_and_the_next_commits (void)
{
  uint64_t took = 0;

  start (4, 1, 0);
  room_crash (&r, 0);
  room_add_person (&r, "late", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 4));
  while (!room_is_member (&r, 4) && took < 10000) {
    room_run (&r, 10);
    took += 10;
  }
  printf ("# let in by the second in line after %d ms\n", (int) took);
  CHECK (took < 1200);
  CHECK_INT (room_view (&r, 4).n_members, 5);
  finish ();
}

static void
test_somebody_crashes_and_is_taken_out (void)
{
  start (4, 1, 1);
  room_crash (&r, 3);
  heals (3, 60000, "crashed, until the others are without him");
  CHECK_INT (r.people[1].last_left_result, E2EE_MEETING_ERR_REMOVED);
  finish ();
}

static void
test_somebody_crashes_and_comes_back (void)
{
  uint32_t before;

  start (4, 1, 1);
  before = room_leaf (&r, 3);
  room_crash (&r, 3);
  room_run (&r, 3000);
  CHECK_OK (room_restart (&r, 3));
  heals (4, 5000, "crashed and came back, until he is in again");
  CHECK_INT (room_view (&r, 3).state, E2EE_STATE_ON);
  CHECK_INT (room_leaf (&r, 3), before);
  finish ();
}

static void
test_host_crashes_comes_back_and_is_host (void)
{
  start (4, 1, 1);
  room_crash (&r, 0);
  room_run (&r, 100000);
  /* Nobody takes a host out for being silent. */
  CHECK_INT (room_view (&r, 1).n_members, 4);
  CHECK_OK (room_restart (&r, 0));
  heals (4, 5000, "the host came back");
  CHECK_INT (room_view (&r, 0).is_host, 1);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 0, NULL));
  CHECK (room_run_until (&r, room_all_off, 3000, NULL));
  CHECK_INT (room_view (&r, 1).revision, 2);
  finish ();
}

static void
test_somebody_moves_to_another_device (void)
{
  uint64_t took = 0;

  start (3, 1, 1);
  room_add_person (&r, "p2", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 3));
  CHECK (room_run_until (&r, room_is_settled, 5000, &took));
  e2ee_meeting_leave (r.people[2].meeting);
  heals (3, 5000, "the old device left");
  CHECK_STR (room_member (&r, 0, 3).account.subject, "p2");
  finish ();
}

static void
test_one_device_in_two_programs_is_in_once (void)
{
  start (3, 1, 0);
  room_add_person (&r, "p2", E2EE_TIER_FREE);
  e2ee_device_unref (r.people[3].device);
  r.people[3].device = e2ee_device_ref (r.people[2].device);
  room_make_token (&r.people[3]);
  CHECK_OK (room_join (&r, 3));
  for (int i = 0; i < 120; i++) {
    room_run (&r, 1000);
    CHECK (room_view (&r, 0).n_members <= 3);
  }
  CHECK_INT (room_is_member (&r, 2) + room_is_member (&r, 3), 1);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  finish ();
}

static void
test_two_commits_at_once (void)
{
  uint64_t took = 0;

  start (5, 2, 1);
  CHECK_OK (e2ee_meeting_rekey (r.people[3].meeting, NULL));
  CHECK_OK (e2ee_meeting_rekey (r.people[4].meeting, NULL));
  CHECK_OK (e2ee_meeting_remove (r.people[0].meeting, room_leaf (&r, 2), NULL));
  while (room_view (&r, 0).n_members > 4 && took < 3000) {
    room_run (&r, 10);
    took += 10;
  }
  printf ("# three commits at once, until the last had been done: %d ms\n", (int) took);
  CHECK (room_is_settled (&r));
  room_run (&r, 3000);
  for (int i = 0; i < 5; i++) {
    if (i != 2 && i != 1)
      CHECK_INT (r.people[i].last_done, E2EE_MEETING_OK);
  }
  finish ();
}

static void
sleep_ten_epochs (int backlog)
{
  start (4, 1, 1);
  if (backlog)
    r.people[3].delay_ms = 40000;
  else
    r.people[3].is_withheld = 1;
  for (int i = 0; i < 10; i++) {
    CHECK_OK (e2ee_meeting_rekey (r.people[1].meeting, NULL));
    room_run (&r, 2500);
  }
  CHECK (room_view (&r, 3).epoch + 10 <= room_view (&r, 0).epoch);
  CHECK (room_view (&r, 3).mode == E2EE_MEDIA_CLOSED);
  r.people[3].delay_ms = 0;
  r.people[3].is_withheld = 0;
  for (size_t i = 0; i < r.people[3].n_inbox; i++)
    r.people[3].inbox[i].at_ms = r.now_ms;
  heals (4, 60000, backlog ? "asleep for ten epochs, which are delivered"
      : "asleep for ten epochs, which are lost");
  room_run (&r, 60000);
  CHECK (room_all_on (&r));
  CHECK_INT (room_view (&r, 0).n_members, 4);
  finish ();
}

static void
test_asleep_for_ten_epochs_with_the_backlog (void)
{
  sleep_ten_epochs (1);
}

static void
test_asleep_for_ten_epochs_without_the_backlog (void)
{
  sleep_ten_epochs (0);
}

/* Long enough to have been taken out for it: he comes again by himself. */
static void
test_asleep_until_taken_out (void)
{
  start (4, 1, 1);
  r.people[3].is_withheld = r.people[3].is_muted = 1;
  room_run (&r, 60000);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  CHECK_INT (room_view (&r, 3).mode, E2EE_MEDIA_CLOSED);
  r.people[3].is_withheld = r.people[3].is_muted = 0;
  heals (4, 60000, "taken out while asleep");
  finish ();
}

static void
test_both_of_two_fall_out (void)
{
  start (2, 1, 1);
  room_crash (&r, 0);
  room_crash (&r, 1);
  room_run (&r, 5000);
  CHECK_OK (room_restart (&r, 0));
  CHECK_OK (room_restart (&r, 1));
  heals (2, 20000, "both of two crashed and came back");
  CHECK (room_run_until (&r, room_all_on, 3000, NULL));
  finish ();
}

static void
test_all_of_five_lose_the_service_for_a_minute (void)
{
  uint64_t took = 0;

  start (5, 1, 1);
  for (int i = 0; i < 5; i++)
    r.people[i].is_withheld = 1;
  room_run (&r, 60000);
  for (int i = 0; i < 5; i++)
    CHECK (room_view (&r, i).mode != E2EE_MEDIA_CLEAR);
  for (int i = 0; i < 5; i++)
    r.people[i].is_withheld = 0;
  CHECK (room_run_until (&r, room_all_on, 120000, &took));
  printf ("# nothing was delivered for a minute, until all are on again: %d ms\n", (int) took);
  finish ();
}

static void
test_commit_that_gets_lost_is_sent_again (void)
{
  uint64_t took = 0;

  start (3, 1, 0);
  r.people[0].is_muted = 1;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_run (&r, 500);
  r.people[0].is_muted = 0;
  CHECK (room_run_until (&r, room_all_on, 5000, &took));
  printf ("# on %d ms after the service took messages again\n", (int) took);
  CHECK_INT (r.people[0].last_done, E2EE_MEETING_OK);
  finish ();
}

static void
test_welcome_that_gets_lost_is_asked_for_again (void)
{
  uint64_t took = 0;

  start (3, 1, 1);
  room_add_person (&r, "late", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 3));
  room_run (&r, 130);
  r.people[3].is_withheld = 1;
  room_run (&r, 1000);
  r.people[3].is_withheld = 0;
  CHECK_INT (room_view (&r, 0).n_members, 4);
  CHECK_INT (room_view (&r, 3).phase, E2EE_PHASE_JOINING);
  while (!room_is_member (&r, 3) && took < 20000) {
    room_run (&r, 10);
    took += 10;
  }
  printf ("# in %d ms after his Welcome was lost\n", (int) took + 1000);
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  CHECK_INT (room_view (&r, 0).n_members, 4);
  finish ();
}

static void
test_token_that_expires_in_the_meeting_puts_nobody_out (void)
{
  start (3, 1, 1);
  room_run (&r, 13 * 3600 * UINT64_C (1000));
  CHECK (room_all_on (&r));
  CHECK_INT (room_view (&r, 0).n_members, 3);
  /* He falls out, and needs a new one to come back. */
  room_crash (&r, 2);
  CHECK_RESULT (room_restart (&r, 2), TOKEN_EXPIRED);
  room_make_token (&r.people[2]);
  CHECK_OK (room_restart (&r, 2));
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  finish ();
}

static void
test_new_token_is_taken_for_coming_again (void)
{
  e2ee_mls_buffer token = E2EE_MLS_NO_BUFFER;

  start (2, 1, 1);
  CHECK_RESULT (e2ee_meeting_set_token (r.people[1].meeting,
          e2ee_mls_buffer_view (r.people[0].token)), TOKEN_DEVICE);
  CHECK_OK (e2ee_account_issue (r.authority, "somebody", "Some Body", E2EE_TIER_PAID,
          e2ee_device_public_key (r.people[1].device), room_unix_time (&r.people[1]),
          room_unix_time (&r.people[1]) + 60, &token));
  CHECK_RESULT (e2ee_meeting_set_token (r.people[1].meeting, e2ee_mls_buffer_view (token)), BUSY);
  e2ee_mls_buffer_clear (&token);
  room_make_token (&r.people[1]);
  CHECK_OK (e2ee_meeting_set_token (r.people[1].meeting,
          e2ee_mls_buffer_view (r.people[1].token)));
  finish ();
}

static const check_case cases[] = {
  CHECK_CASE (test_somebody_leaves),
  CHECK_CASE (test_first_in_line_crashes_and_the_next_commits),
  CHECK_CASE (test_somebody_crashes_and_is_taken_out),
  CHECK_CASE (test_somebody_crashes_and_comes_back),
  CHECK_CASE (test_host_crashes_comes_back_and_is_host),
  CHECK_CASE (test_somebody_moves_to_another_device),
  CHECK_CASE (test_one_device_in_two_programs_is_in_once),
  CHECK_CASE (test_two_commits_at_once),
  CHECK_CASE (test_asleep_for_ten_epochs_with_the_backlog),
  CHECK_CASE (test_asleep_for_ten_epochs_without_the_backlog),
  CHECK_CASE (test_asleep_until_taken_out),
  CHECK_CASE (test_both_of_two_fall_out),
  CHECK_CASE (test_all_of_five_lose_the_service_for_a_minute),
  CHECK_CASE (test_commit_that_gets_lost_is_sent_again),
  CHECK_CASE (test_welcome_that_gets_lost_is_asked_for_again),
  CHECK_CASE (test_token_that_expires_in_the_meeting_puts_nobody_out),
  CHECK_CASE (test_new_token_is_taken_for_coming_again),
};

ROOM_MAIN (cases)
