/* Encryption on and off, by hosts and by nobody else.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

static void
test_host_turns_on_and_off_several_times (void)
{
  const room_plan plan = { .n_people = 3 };
  uint64_t request = 0;

  room_start (&r, &plan);
  CHECK_RETURN_IF_FAILED ();
  for (int round = 0; round < 3; round++) {
    CHECK_ROW ("round %d", round);
    CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, &request));
    CHECK (room_run_until (&r, room_all_on, 3000, NULL));
    CHECK_INT (r.people[0].last_done_request, request);
    CHECK_INT (r.people[0].last_done, E2EE_MEETING_OK);
    for (int i = 0; i < 3; i++)
      CHECK_INT (room_view (&r, i).mode, E2EE_MEDIA_PROTECTED);
    CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 0, &request));
    CHECK (room_run_until (&r, room_all_off, 3000, NULL));
    for (int i = 0; i < 3; i++)
      CHECK_INT (room_view (&r, i).mode, E2EE_MEDIA_CLEAR);
  }
  CHECK_INT (room_view (&r, 1).revision, 6);
  room_check_never_clear (&r);
  room_clear (&r);
}

static const check_case cases[] = {
  CHECK_CASE (test_host_turns_on_and_off_several_times),
};

ROOM_MAIN (cases)
