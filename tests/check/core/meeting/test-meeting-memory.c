/* Without memory something does not happen, and nothing else does: no crash, no leak, no clear frame;
 * and when there is memory again the meeting heals.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

/* The @fail_at-th allocation from now fails; 0: none. */
static struct
{
  size_t n_blocks;
  unsigned count;
  unsigned fail_at;
  int failed;
} memory;

static void *
take (void *user, size_t size)
{
  if (room_kit_depth == 0 && memory.fail_at > 0 && ++memory.count == memory.fail_at) {
    memory.failed = 1;
    return NULL;
  }
  memory.n_blocks++;
  return malloc (size);
}

static void
give (void *user, void *block, size_t size)
{
  memory.n_blocks--;
  free (block);
}

/* Somebody comes, it is turned on, a word is said, somebody goes. */
static void
live (void)
{
  const room_plan plan = { .n_people = 3 };

  room_kit_depth++;
  room_init (&r, &plan);
  room_kit_depth--;
  memory.count = 0;
  (void) !room_join (&r, 0);
  room_run (&r, 1600);
  (void) !room_join (&r, 1);
  (void) !room_join (&r, 2);
  room_run (&r, 500);
  if (r.people[0].meeting != NULL)
    (void) !e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL);
  room_run (&r, 200);
  if (r.people[1].meeting != NULL)
    (void) !e2ee_meeting_chat (r.people[1].meeting, "hello");
  room_run (&r, 100);
  if (r.people[2].meeting != NULL)
    e2ee_meeting_leave (r.people[2].meeting);
  room_run (&r, 300);
}

static void
heal (void)
{
  memory.fail_at = 0;
  for (int i = 0; i < 3; i++) {
    if (r.people[i].meeting == NULL)
      CHECK_OK (room_join (&r, i));
    else if (room_view (&r, i).phase == E2EE_PHASE_IDLE)
      CHECK_OK (e2ee_meeting_join (r.people[i].meeting));
  }
  if (!room_run_until (&r, room_is_settled, 120000, NULL)) {
    for (int i = 0; i < 3; i++) {
      const e2ee_meeting_view v = room_view (&r, i);

      printf ("# %d: phase %d reason %s epoch %d members %d\n", i, v.phase,
          e2ee_meeting_result_code (v.reason), (int) v.epoch, (int) v.n_members);
    }
    CHECK (!"settled");
  }
  CHECK_INT (room_view (&r, 0).n_members, 3);
  room_check_never_clear (&r);
}

static void
test_every_allocation_may_fail (void)
{
  const e2ee_mls_allocator allocator = { take, give, NULL };
  unsigned total, tried = 0;

  e2ee_mls_set_allocator (&allocator);
  memory.fail_at = UINT32_MAX;
  live ();
  total = memory.count;
  room_clear (&r);
  CHECK_INT (memory.n_blocks, 0);
  /* All of the first, for that is where things are made; then samples. */
  for (unsigned n = 1; n <= total && !check_state.failed; n += n < 60 ? 1 : 1 + total / 250) {
    CHECK_ROW ("allocation %u of %u", n, total);
    memory.fail_at = n;
    memory.failed = 0;
    live ();
    CHECK (memory.failed);
    heal ();
    room_clear (&r);
    CHECK_ROW ("allocation %u of %u", n, total);
    CHECK_INT (memory.n_blocks, 0);
    tried++;
  }
  e2ee_mls_set_allocator (NULL);
  printf ("# %u of %u allocations failed, one at a time\n", tried, total);
}

static const check_case cases[] = {
  CHECK_CASE (test_every_allocation_may_fail),
};

ROOM_MAIN (cases)
