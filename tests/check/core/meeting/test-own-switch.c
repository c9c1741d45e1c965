/* The one who presses "on": from then on he sends nothing clear, whatever he is told.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

static void
test_pressing_on_closes_clear_media_before_the_commit_comes_back (void)
{
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_SWITCHING);
  CHECK_INT (room_view (&r, 0).mode, E2EE_MEDIA_CLOSED);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_CLEAR);
  CHECK (room_run_until (&r, room_all_on, 3000, NULL));
  CHECK_INT (room_view (&r, 0).mode, E2EE_MEDIA_PROTECTED);
  room_clear (&r);
}

static void
test_host_from_whom_his_own_commit_is_withheld_sends_nothing_clear (void)
{
  const room_plan plan = { .n_people = 3 };
  int n_clear = 0;

  room_start (&r, &plan);
  CHECK_RETURN_IF_FAILED ();
  r.people[0].is_withheld = 1;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  /* As long as the request is open; what follows it is silence, closed as well. */
  for (int i = 0; i < 200; i++) {
    room_run (&r, 50);
    n_clear += room_view (&r, 0).mode == E2EE_MEDIA_CLEAR;
  }
  CHECK_INT (n_clear, 0);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_PROTECTED);
  r.people[0].is_withheld = 0;
  CHECK (room_run_until (&r, room_all_on, 60000, NULL));
  CHECK_INT (room_view (&r, 0).n_members, 3);
  room_clear (&r);
}

static void
test_pressing_on_that_nobody_hears_ends_as_it_was (void)
{
  const room_plan plan = { .n_people = 2 };
  uint64_t request = 0;

  room_start (&r, &plan);
  CHECK_RETURN_IF_FAILED ();
  r.people[0].is_muted = 1;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, &request));
  room_run (&r, 16000);
  CHECK_INT (r.people[0].last_done_request, request);
  CHECK_INT (r.people[0].last_done, E2EE_MEETING_ERR_TIMEOUT);
  CHECK_INT (room_view (&r, 0).on, 0);
  r.people[0].is_muted = 0;
  room_run (&r, 20000);
  CHECK_INT (room_view (&r, 0).mode, E2EE_MEDIA_CLEAR);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_CLEAR);
  room_clear (&r);
}

static const check_case cases[] = {
  CHECK_CASE (test_pressing_on_closes_clear_media_before_the_commit_comes_back),
  CHECK_CASE (test_host_from_whom_his_own_commit_is_withheld_sends_nothing_clear),
  CHECK_CASE (test_pressing_on_that_nobody_hears_ends_as_it_was),
};

ROOM_MAIN (cases)
