/* Random histories: people come, go, crash and come back, hosts turn encryption on and off, and the
 * delivery service loses, doubles, delays and withholds.  Whatever happened, when it works again
 * everybody ends in one meeting, and nobody was ever clear after on.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

#define N 7
#define N_HOSTS 2

static room r;

typedef struct
{
  uint64_t seed;
  int steps;
  unsigned drop, twice, reorder;
  int withholds, forks, crashes;
} history;

/* Somebody turns a knob. */
static void
act (const history * h)
{
  const int i = (int) room_below (&r, N);
  room_person *p = &r.people[i];

  switch (room_below (&r, 16)) {
    case 0:
    case 1:
    case 2:
      if (p->meeting == NULL || room_view (&r, i).phase == E2EE_PHASE_IDLE)
        (void) !(p->meeting == NULL ? room_restart (&r, i) : e2ee_meeting_join (p->meeting));
      break;
    case 3:
      if (p->meeting != NULL && room_below (&r, 3) == 0)
        e2ee_meeting_leave (p->meeting);
      break;
    case 4:
      if (h->crashes && p->meeting != NULL && room_below (&r, 2) == 0)
        room_crash (&r, i);
      break;
    case 5:
    case 6:
    case 7:
      if (r.people[i % N_HOSTS].meeting != NULL)
        (void) !e2ee_meeting_set_e2ee (r.people[i % N_HOSTS].meeting,
            (int) room_below (&r, 2), NULL);
      break;
    case 8:
      if (p->meeting != NULL)
        (void) !e2ee_meeting_rekey (p->meeting, NULL);
      break;
    case 9:
      if (p->meeting != NULL)
        (void) !e2ee_meeting_chat (p->meeting, "hello");
      break;
    case 10:
      if (p->meeting != NULL && room_below (&r, 4) == 0)
        (void) !e2ee_meeting_remove (p->meeting, room_below (&r, N), NULL);
      break;
    case 11:
      if (h->withholds)
        p->is_withheld = !p->is_withheld;
      break;
    case 12:
      if (h->withholds)
        p->is_muted = !p->is_muted;
      break;
    case 13:
      if (h->forks)
        p->side = !p->side;
      break;
    default:
      break;
  }
  room_run (&r, room_below (&r, 4) == 0 ? room_below (&r, 20000) : room_below (&r, 400));
}

static void
settle (void)
{
  uint64_t took = 0;

  r.drop_percent = r.double_percent = r.reorder_percent = 0;
  for (int i = 0; i < N; i++) {
    r.people[i].is_withheld = r.people[i].is_muted = r.people[i].side = 0;
    if (r.people[i].meeting == NULL)
      CHECK_OK (room_restart (&r, i));
    else if (room_view (&r, i).phase == E2EE_PHASE_IDLE)
      CHECK_OK (e2ee_meeting_join (r.people[i].meeting));
  }
  if (!room_run_until (&r, room_is_settled, 300000, &took)) {
    for (int i = 0; i < N; i++) {
      const e2ee_meeting_view v = room_view (&r, i);

      printf ("# %d: phase %d state %d reason %s epoch %d members %d revision %d on %d\n", i,
          v.phase, v.state, e2ee_meeting_result_code (v.reason), (int) v.epoch,
          (int) v.n_members, (int) v.revision, v.on);
    }
    CHECK (!"settled");
  }
  room_check_never_clear (&r);
}

static uint64_t slowest;

static void
run (const history * h)
{
  const room_plan plan = { .n_people = N, .n_hosts = N_HOSTS, .seed = h->seed };

  room_init (&r, &plan);
  r.drop_percent = h->drop;
  r.double_percent = h->twice;
  r.reorder_percent = h->reorder;
  r.reorder_ms = 300;
  for (int i = 0; i < 4; i++)
    CHECK_OK (room_join (&r, i));
  for (int i = 0; i < h->steps && !check_state.failed; i++)
    act (h);
  if (!check_state.failed) {
    const uint64_t before = r.now_ms;

    settle ();
    if (r.now_ms - before > slowest)
      slowest = r.now_ms - before;
  }
  room_clear (&r);
}

static void
run_many (const history * pattern, int n)
{
  const char *more = getenv ("E2EE_TEST_HISTORIES");

  /* How long one looks for a history that breaks it. */
  if (more != NULL)
    n *= atoi (more);
  slowest = 0;
  for (int i = 0; i < n && !check_state.failed; i++) {
    history h = *pattern;

    h.seed = pattern->seed + (uint64_t) i;
    CHECK_ROW ("seed %d", (int) h.seed);
    run (&h);
  }
  printf ("# %d histories of %d steps, the slowest was together again after %d ms\n", n,
      pattern->steps, (int) slowest);
}

static void
test_histories_with_a_good_server (void)
{
  const history h = { .seed = 1000, .steps = 100 };

  run_many (&h, 10);
}

static void
test_histories_with_crashes (void)
{
  const history h = { .seed = 2000, .steps = 100, .crashes = 1 };

  run_many (&h, 10);
}

static void
test_histories_with_loss_doubles_and_disorder (void)
{
  const history h = { .seed = 3000, .steps = 100, .crashes = 1, .drop = 10, .twice = 10,
    .reorder = 20
  };

  run_many (&h, 10);
}

static void
test_histories_with_a_server_that_withholds (void)
{
  const history h = { .seed = 4000, .steps = 100, .crashes = 1, .drop = 3, .withholds = 1 };

  run_many (&h, 10);
}

static void
test_histories_with_a_server_that_forks (void)
{
  const history h = { .seed = 5000, .steps = 100, .crashes = 1, .forks = 1 };

  run_many (&h, 10);
}

static const check_case cases[] = {
  CHECK_CASE (test_histories_with_a_good_server),
  CHECK_CASE (test_histories_with_crashes),
  CHECK_CASE (test_histories_with_loss_doubles_and_disorder),
  CHECK_CASE (test_histories_with_a_server_that_withholds),
  CHECK_CASE (test_histories_with_a_server_that_forks),
};

ROOM_MAIN (cases)
