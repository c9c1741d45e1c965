/* Somebody asks to be taken in again while the group takes his old leaf out: he comes in, whichever
 * of the two is heard first and however slow the service is; only whom a host puts out stays out.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

#include "core/meeting/calls/loop.h"
#include "core/meeting/moves/joining.h"

#define HIM 3

static room r;

static void
start (int n)
{
  const room_plan plan = { .n_people = n };

  room_start (&r, &plan);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK (room_run_until (&r, room_all_on, 3000, NULL));
  room_run (&r, 500);
}

static void
finish (void)
{
  room_check_never_clear (&r);
  room_clear (&r);
}

static e2ee_meeting_phase
his_phase (void)
{
  return room_view (&r, HIM).phase;
}

/* He is behind, and asks: with a version that the others do not have, so that they take him in. */
static void
he_asks (void)
{
  e2ee_meeting *m = r.people[HIM].meeting;

  m->version.epoch--;
  m->other.last_ms = r.now_ms;
  e2ee_meeting_rejoin (m, E2EE_MEETING_ERR_BEHIND);
  e2ee_meeting_settle (m);
  CHECK_INT (his_phase (), E2EE_PHASE_REJOINING);
}

static void
others_think_that_he_is_gone (void)
{
  for (int i = 0; i < HIM; i++) {
    e2ee_meeting *m = r.people[i].meeting;
    e2ee_entry *entry = e2ee_meeting_entry (m, room_member (&r, i, HIM).leaf);

    CHECK (entry != NULL);
    CHECK_RETURN_IF_FAILED ();
    entry->heard_ms -= m->timing.gone_ms;
    e2ee_meeting_settle (m);
  }
}

static void
comes_in (uint64_t most_ms, const char *what)
{
  uint64_t took = 0;

  CHECK (room_run_until (&r, room_all_on, most_ms, &took));
  printf ("# %s: in again after %d ms\n", what, (int) took);
  CHECK_INT (room_view (&r, 0).n_members, r.n_people);
  CHECK_INT (his_phase (), E2EE_PHASE_MEMBER);
}

static void
stays_out (void)
{
  for (int i = 0; i < 60; i++) {
    CHECK_INT (his_phase (), E2EE_PHASE_IDLE);
    CHECK_INT (room_view (&r, 0).n_members, r.n_people - 1);
    room_run (&r, 1000);
  }
  CHECK_INT (r.people[HIM].last_phase_result, E2EE_MEETING_ERR_REMOVED);
  CHECK_INT (r.people[HIM].meeting->out_reason, E2EE_MEETING_ERR_REMOVED);
  CHECK_INT (r.people[0].last_done, E2EE_MEETING_OK);
}

/* ---- taken out for not being heard ---- */

static void
test_who_asks_is_taken_out_as_gone_before_his_join_is_heard (void)
{
  start (4);
  r.people[HIM].is_muted = 1;
  he_asks ();
  others_think_that_he_is_gone ();
  room_run (&r, 300);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  CHECK_INT (his_phase (), E2EE_PHASE_REJOINING);
  CHECK_INT (room_view (&r, HIM).mode, E2EE_MEDIA_CLOSED);
  r.people[HIM].is_muted = 0;
  comes_in (10000, "taken out before his join was heard");
  finish ();
}

static void
test_who_asks_is_taken_out_as_gone_after_his_join_was_heard (void)
{
  start (4);
  he_asks ();
  room_run (&r, 30);
  others_think_that_he_is_gone ();
  room_run (&r, 115);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  CHECK_INT (his_phase (), E2EE_PHASE_REJOINING);
  comes_in (1000, "taken out after his join was heard");
  finish ();
}

static void
test_who_hears_the_meeting_founds_none_though_nobody_takes_him_in (void)
{
  start (4);
  r.people[HIM].is_muted = 1;
  he_asks ();
  others_think_that_he_is_gone ();
  room_run (&r, 60000);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  CHECK_INT (his_phase (), E2EE_PHASE_REJOINING);
  r.people[HIM].is_muted = 0;
  comes_in (61000, "not heard for a minute");
  finish ();
}

/* ---- replaced by his own join ---- */

static void
test_who_asks_is_replaced_by_his_join_and_comes_in_by_the_welcome (void)
{
  start (4);
  he_asks ();
  room_run (&r, 145);
  CHECK_INT (his_phase (), E2EE_PHASE_REJOINING);
  CHECK (r.people[HIM].meeting->group == NULL);
  comes_in (100, "replaced by his own join");
  finish ();
}

static void
test_welcome_of_who_comes_again_gets_lost (void)
{
  start (4);
  he_asks ();
  room_run (&r, 130);
  r.people[HIM].is_withheld = 1;
  room_run (&r, 100);
  r.people[HIM].is_withheld = 0;
  CHECK_INT (room_view (&r, 0).n_members, 4);
  CHECK_INT (his_phase (), E2EE_PHASE_REJOINING);
  comes_in (5000, "replaced, and the Welcome lost");
  finish ();
}

static void
test_who_is_taken_in_twice_by_one_join_hears_what_streams_there_are (void)
{
  static const e2ee_stream streams[] = { { 3, E2EE_STREAM_SCREEN, "Slides" } };

  start (4);
  CHECK_OK (e2ee_meeting_set_streams (r.people[1].meeting, streams, 1));
  room_run (&r, 100);
  room_crash (&r, HIM);
  room_run (&r, 1000);
  CHECK_OK (room_restart (&r, HIM));
  room_run (&r, 130);
  r.people[HIM].is_withheld = 1;
  room_run (&r, 100);
  r.people[HIM].is_withheld = 0;
  CHECK_INT (his_phase (), E2EE_PHASE_JOINING);
  comes_in (5000, "crashed, came back, and the Welcome lost");
  room_run (&r, 100);
  CHECK_INT (room_member (&r, HIM, 1).n_streams, 1);
  finish ();
}

static void
test_join_that_is_heard_twice_is_committed_twice_and_not_for_ever (void)
{
  uint64_t epoch;

  start (4);
  epoch = room_view (&r, 0).epoch;
  r.people[HIM].is_withheld = 1;
  he_asks ();
  room_run (&r, 2500);
  r.people[HIM].is_muted = 1;
  room_run (&r, 5000);
  CHECK_INT (room_view (&r, 0).epoch, epoch + 2);
  r.people[HIM].is_withheld = r.people[HIM].is_muted = 0;
  comes_in (61000, "his join was heard twice");
  finish ();
}

/* The Welcome takes longer than he waits before he asks again: for every time that he has asked he is
 * taken in once more. */
static void
test_who_is_six_seconds_behind_everybody_comes_in_all_the_same (void)
{
  uint64_t took = 0;

  start (4);
  r.people[HIM].delay_ms = 6000;
  he_asks ();
  for (int i = 0; i < 600; i++) {
    room_run (&r, 100);
    CHECK (his_phase () != E2EE_PHASE_IDLE);
    took += 100 * (room_view (&r, HIM).state != E2EE_STATE_ON);
  }
  printf ("# six seconds behind everybody: out of it for %d ms of a minute\n", (int) took);
  CHECK_INT (his_phase (), E2EE_PHASE_MEMBER);
  CHECK_INT (room_view (&r, 0).n_members, 4);
  r.people[HIM].delay_ms = 0;
  comes_in (1000, "and when the service is fast again");
  finish ();
}

static size_t held_back[16];
static size_t n_held_back;

static int
hold_his_back (room * where, int from, int to, e2ee_bytes message)
{
  if (from == HIM && to == 0)
    held_back[n_held_back++ % 16] = where->n_messages - 1;
  return from != HIM;
}

static void
test_joins_that_the_service_held_back_put_nobody_out (void)
{
  start (4);
  n_held_back = 0;
  r.filter = hold_his_back;
  he_asks ();
  for (int i = 0; i < 4; i++) {
    r.people[HIM].meeting->other.last_ms = r.now_ms;
    room_run (&r, 14000);
  }
  r.filter = NULL;
  CHECK (n_held_back > 4 && n_held_back < 16);
  CHECK_INT (his_phase (), E2EE_PHASE_REJOINING);
  comes_in (61000, "by the first join that was not held back");
  for (size_t i = 0; i < n_held_back; i++) {
    room_inject (&r, ROOM_EVERYBODY, e2ee_mls_buffer_view (r.messages[held_back[i]].bytes));
    room_run (&r, 3000);
    CHECK (his_phase () != E2EE_PHASE_IDLE);
  }
  comes_in (1000, "after all that were");
  finish ();
}

/* Everybody's messages are late, and the media tells half of them that they are behind. */
static void
test_overloaded_room_puts_nobody_out (void)
{
  start (10);
  r.delay_ms = 4000;
  for (int i = 0; i < 60; i++) {
    (void) !e2ee_meeting_rekey (r.people[0].meeting, NULL);
    for (int k = 1; k < 10; k += 2)
      e2ee_meeting_suspect (r.people[k].meeting);
    room_run (&r, 1000);
    for (int k = 0; k < 10; k++)
      CHECK (room_view (&r, k).phase != E2EE_PHASE_IDLE);
  }
  r.delay_ms = 20;
  comes_in (120000, "a minute in which everything was four seconds late");
  finish ();
}

/* ---- put out by a host ---- */

static void
test_who_asks_is_put_out_by_a_host_before_his_join_is_heard (void)
{
  start (4);
  r.people[HIM].is_muted = 1;
  he_asks ();
  CHECK_OK (e2ee_meeting_remove (r.people[0].meeting, room_member (&r, 0, HIM).leaf, NULL));
  room_run (&r, 300);
  r.people[HIM].is_muted = 0;
  stays_out ();
  finish ();
}

static void
test_who_asks_is_put_out_by_a_host_who_has_heard_his_join (void)
{
  start (4);
  he_asks ();
  room_run (&r, 30);
  CHECK_INT (r.people[0].meeting->applicants.n, 1);
  CHECK_OK (e2ee_meeting_remove (r.people[0].meeting, room_member (&r, 0, HIM).leaf, NULL));
  room_run (&r, 300);
  stays_out ();
  finish ();
}

/* The leaf that the host meant is replaced by a commit that was on its way. */
static void
test_who_asks_is_put_out_by_a_host_while_he_is_taken_in (void)
{
  start (4);
  he_asks ();
  room_run (&r, 125);
  CHECK (r.people[0].meeting->own.message.size > 0);
  CHECK_OK (e2ee_meeting_remove (r.people[0].meeting, room_member (&r, 0, HIM).leaf, NULL));
  room_run (&r, 300);
  stays_out ();
  finish ();
}

static const check_case cases[] = {
  CHECK_CASE (test_who_asks_is_taken_out_as_gone_before_his_join_is_heard),
  CHECK_CASE (test_who_asks_is_taken_out_as_gone_after_his_join_was_heard),
  CHECK_CASE (test_who_hears_the_meeting_founds_none_though_nobody_takes_him_in),
  CHECK_CASE (test_who_asks_is_replaced_by_his_join_and_comes_in_by_the_welcome),
  CHECK_CASE (test_welcome_of_who_comes_again_gets_lost),
  CHECK_CASE (test_who_is_taken_in_twice_by_one_join_hears_what_streams_there_are),
  CHECK_CASE (test_join_that_is_heard_twice_is_committed_twice_and_not_for_ever),
  CHECK_CASE (test_who_is_six_seconds_behind_everybody_comes_in_all_the_same),
  CHECK_CASE (test_joins_that_the_service_held_back_put_nobody_out),
  CHECK_CASE (test_overloaded_room_puts_nobody_out),
  CHECK_CASE (test_who_asks_is_put_out_by_a_host_before_his_join_is_heard),
  CHECK_CASE (test_who_asks_is_put_out_by_a_host_who_has_heard_his_join),
  CHECK_CASE (test_who_asks_is_put_out_by_a_host_while_he_is_taken_in),
};

ROOM_MAIN (cases)
