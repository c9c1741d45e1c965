/* Somebody asks to be taken in again while the group takes his old leaf out: he comes in, whichever
 * of the two is heard first and however slow the service is; only whom a host puts out stays out.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

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
  CHECK_INT (r.people[0].meeting->n_applicants, 1);
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
  CHECK_CASE (test_who_asks_is_put_out_by_a_host_before_his_join_is_heard),
  CHECK_CASE (test_who_asks_is_put_out_by_a_host_who_has_heard_his_join),
  CHECK_CASE (test_who_asks_is_put_out_by_a_host_while_he_is_taken_in),
};

ROOM_MAIN (cases)
