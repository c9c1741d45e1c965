/* Coming in: before the host, all at once, two founders, many.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

static void
test_first_one_founds_and_the_next_joins (void)
{
  const room_plan plan = { .n_people = 2 };
  uint64_t took = 0;

  room_init (&r, &plan);
  CHECK_OK (room_join (&r, 0));
  CHECK (room_run_until (&r, room_is_settled, 5000, &took));
  printf ("# founded after %d ms\n", (int) took);
  CHECK_INT (room_view (&r, 0).n_members, 1);
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_OFF);
  CHECK_OK (room_join (&r, 1));
  CHECK (room_run_until (&r, room_is_settled, 5000, &took));
  printf ("# joined after %d ms\n", (int) took);
  CHECK_INT (room_view (&r, 0).n_members, 2);
  CHECK_STR (room_member (&r, 0, 1).account.name, "Person p1");
  room_clear (&r);
}

static void
test_people_join_before_the_host_who_is_host_when_he_comes (void)
{
  const room_plan plan = { .n_people = 3 };

  room_init (&r, &plan);
  CHECK_OK (room_join (&r, 1));
  CHECK_OK (room_join (&r, 2));
  CHECK (room_run_until (&r, room_is_settled, 10000, NULL));
  CHECK_INT (room_view (&r, 1).n_members, 2);
  CHECK_OK (room_join (&r, 0));
  CHECK (room_run_until (&r, room_is_settled, 5000, NULL));
  CHECK_INT (room_view (&r, 0).is_host, 1);
  CHECK_INT (room_member (&r, 1, 0).is_host, 1);
  CHECK_INT (room_member (&r, 1, 2).is_host, 0);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK (room_run_until (&r, room_all_on, 3000, NULL));
  room_clear (&r);
}

static void
test_two_founders_at_once_end_in_one_meeting (void)
{
  const room_plan plan = { .n_people = 4 };
  uint64_t took = 0;

  room_init (&r, &plan);
  for (int i = 0; i < 4; i++)
    CHECK_OK (room_join (&r, i));
  CHECK (room_run_until (&r, room_is_settled, 10000, &took));
  CHECK_INT (room_view (&r, 3).n_members, 4);
  printf ("# four who came at once were together after %d ms\n", (int) took);
  room_clear (&r);
}

static void
test_fifty_people_join_in_one_second (void)
{
  const room_plan plan = { .n_people = 51 };
  uint64_t took = 0;

  room_init (&r, &plan);
  CHECK_OK (room_join (&r, 0));
  CHECK (room_run_until (&r, room_is_settled, 5000, NULL));
  for (int i = 1; i < 51; i++) {
    CHECK_OK (room_join (&r, i));
    room_run (&r, 20);
  }
  CHECK (room_run_until (&r, room_is_settled, 10000, &took));
  CHECK_INT (room_view (&r, 50).n_members, 51);
  printf ("# the last of fifty was in %d ms after he had come, in epoch %d\n", (int) took,
      (int) room_view (&r, 0).epoch);
  room_clear (&r);
}

/* Everybody founds when nobody has come before: what is said then grows with their number, not with
 * its square. */
static void
test_many_who_found_at_once_do_not_ask_for_each_other_s_groups (void)
{
  const room_plan plan = { .n_people = 20 };

  room_init (&r, &plan);
  for (int i = 0; i < 20; i++)
    CHECK_OK (room_join (&r, i));
  CHECK (room_run_until (&r, room_is_settled, 15000, NULL));
  CHECK_INT (room_view (&r, 19).n_members, 20);
  printf ("# twenty who came at once said %d things\n", (int) r.n_messages);
  CHECK (r.n_messages < 20 * 10);
  room_clear (&r);
}

static const check_case cases[] = {
  CHECK_CASE (test_first_one_founds_and_the_next_joins),
  CHECK_CASE (test_people_join_before_the_host_who_is_host_when_he_comes),
  CHECK_CASE (test_two_founders_at_once_end_in_one_meeting),
  CHECK_CASE (test_fifty_people_join_in_one_second),
  CHECK_CASE (test_many_who_found_at_once_do_not_ask_for_each_other_s_groups),
};

ROOM_MAIN (cases)
