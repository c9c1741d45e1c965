/* What is saved: a process may die at any save and any send, and what it promised is kept.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

/* The host's program dies at the @n-th save or send after he has begun to turn it on; a moment later
 * it is started again. */
static int
crash_at (unsigned n)
{
  const room_plan plan = { .n_people = 3 };
  int died;

  room_start (&r, &plan);
  if (check_state.failed)
    return 0;
  r.people[0].crash_after = n;
  (void) !e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL);
  room_run (&r, 2000);
  died = r.people[0].meeting == NULL;
  if (died)
    (void) !room_restart (&r, 0);
  r.people[0].crash_after = 0;
  return died;
}

static void
test_host_dies_at_every_point_of_turning_it_on (void)
{
  unsigned n = 1;
  int n_on = 0;

  for (; n < 40; n++) {
    uint64_t revision;

    CHECK_ROW ("dies at %u", n);
    if (!crash_at (n))
      break;
    CHECK (room_run_until (&r, room_is_settled, 60000, NULL));
    room_run (&r, 1000);
    n_on += room_view (&r, 1).on;
    revision = room_view (&r, 1).revision;
    /* Whatever became of it, the next word of his is newer, and taken. */
    CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
    CHECK (room_run_until (&r, room_all_on, 5000, NULL));
    CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 0, NULL));
    CHECK (room_run_until (&r, room_all_off, 5000, NULL));
    CHECK (room_view (&r, 1).revision > revision);
    room_check_never_clear (&r);
    room_clear (&r);
  }
  printf ("# died at %u points, in %d of them it was on\n", n - 1, n_on);
  CHECK (n > 3);
  CHECK (n_on > 0);
  room_clear (&r);
}

static void
test_member_dies_at_every_point_of_joining (void)
{
  const room_plan plan = { .n_people = 3, .initially_on = 1 };
  unsigned n = 1;

  for (; n < 40; n++) {
    CHECK_ROW ("dies at %u", n);
    room_init (&r, &plan);
    CHECK_OK (room_join (&r, 0));
    CHECK_OK (room_join (&r, 1));
    CHECK (room_run_until (&r, room_is_settled, 10000, NULL));
    CHECK_OK (room_open (&r.people[2], 0));
    r.people[2].crash_after = n;
    CHECK_OK (e2ee_meeting_join (r.people[2].meeting));
    room_run (&r, 3000);
    if (r.people[2].meeting != NULL)
      break;
    CHECK_OK (room_restart (&r, 2));
    CHECK (room_run_until (&r, room_all_on, 20000, NULL));
    CHECK_INT (room_view (&r, 0).n_members, 3);
    room_check_never_clear (&r);
    room_clear (&r);
  }
  printf ("# died at %u points\n", n - 1);
  CHECK (n > 2);
  room_clear (&r);
}

/* A revision that was signed is never signed again, even if its commit never left. */
static void
test_revision_is_saved_before_the_statement_leaves (void)
{
  const room_plan plan = { .n_people = 2 };

  room_start (&r, &plan);
  r.people[0].is_muted = 1;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_crash (&r, 0);
  r.people[0].is_muted = 0;
  CHECK_OK (room_restart (&r, 0));
  CHECK (room_run_until (&r, room_is_settled, 5000, NULL));
  CHECK_INT (room_view (&r, 0).revision, 0);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  CHECK_INT (room_view (&r, 1).revision, 2);
  room_clear (&r);
}

static void
test_marks_devices_and_the_log_survive (void)
{
  const room_plan plan = { .n_people = 3 };
  e2ee_log log;
  uint64_t wrong = 0;

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_set_verified (r.people[0].meeting, room_leaf (&r, 1), 1));
  room_crash (&r, 0);
  CHECK_OK (room_restart (&r, 0));
  CHECK (room_run_until (&r, room_is_settled, 5000, NULL));
  CHECK_INT (room_member (&r, 0, 1).is_verified, 1);
  CHECK_INT (room_member (&r, 0, 2).is_verified, 0);
  CHECK_INT (r.people[0].n_events[E2EE_EVENT_NEW_DEVICE], 0);
  /* One chain over both lives. */
  CHECK_OK (e2ee_log_verify (E2EE_BYTES (r.people[0].log, r.people[0].log_size - 1), &log,
          &wrong));
  room_clear (&r);
}

static void
test_damaged_state_is_refused_byte_by_byte (void)
{
  const room_plan plan = { .n_people = 2 };
  e2ee_meeting_config config;
  e2ee_meeting *meeting = NULL;
  e2ee_mls_buffer *saved = &r.people[0].saved;

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_run (&r, 1000);
  config = room_config (&r.people[0]);
  for (size_t i = 0; i < saved->size; i++) {
    saved->data[i] ^= 1;
    CHECK_RESULT (e2ee_meeting_restore (&config, e2ee_mls_buffer_view (*saved), &meeting), STORE);
    saved->data[i] ^= 1;
    if (i % 7 == 0)
      CHECK_RESULT (e2ee_meeting_restore (&config, E2EE_BYTES (saved->data, i), &meeting), STORE);
  }
  CHECK_OK (e2ee_meeting_restore (&config, e2ee_mls_buffer_view (*saved), &meeting));
  e2ee_meeting_free (meeting);
  /* Under another key, or of another meeting. */
  config.store_key = E2EE_BYTES ("another key of thirty-two bytes.", 32);
  CHECK_RESULT (e2ee_meeting_restore (&config, e2ee_mls_buffer_view (*saved), &meeting), STORE);
  room_clear (&r);
}

/* No key of a group, and no name, can be read in it. */
static void
test_saved_state_is_sealed (void)
{
  const room_plan plan = { .n_people = 2, .initially_on = 1 };
  e2ee_media_view media;
  const e2ee_mls_buffer *saved = &r.people[0].saved;

  room_start (&r, &plan);
  CHECK (saved->size > 0);
  e2ee_meeting_media (r.people[0].meeting, &media);
  for (size_t i = 0; i + 16 <= saved->size; i++)
    CHECK (memcmp (saved->data + i, media.epochs[0].base_key.data, 16) != 0);
  room_clear (&r);
}

static void
test_meeting_that_keeps_nothing_works (void)
{
  const room_plan plan = { .n_people = 2 };

  room_init (&r, &plan);
  r.people[0].host.save = NULL;
  r.people[1].host.save = NULL;
  CHECK_OK (room_join (&r, 0));
  CHECK_OK (room_join (&r, 1));
  CHECK (room_run_until (&r, room_is_settled, 5000, NULL));
  CHECK_INT (r.people[0].n_saves, 0);
  room_clear (&r);
}

static const check_case cases[] = {
  CHECK_CASE (test_host_dies_at_every_point_of_turning_it_on),
  CHECK_CASE (test_member_dies_at_every_point_of_joining),
  CHECK_CASE (test_revision_is_saved_before_the_statement_leaves),
  CHECK_CASE (test_marks_devices_and_the_log_survive),
  CHECK_CASE (test_damaged_state_is_refused_byte_by_byte),
  CHECK_CASE (test_saved_state_is_sealed),
  CHECK_CASE (test_meeting_that_keeps_nothing_works),
};

ROOM_MAIN (cases)
