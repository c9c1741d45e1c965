/* The replay window, for one run of counters and for many.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"

#include "core/frame/replay.h"

#include <stdbool.h>
#include <stdlib.h>

#define SPAN E2EE_REPLAY_RUN_SPAN
#define START (UINT64_C (1) << 62)

/* Checks and, if accepted, commits, as an opener does. */
static e2ee_result
receive (e2ee_replay * replay, uint64_t ctr)
{
  e2ee_result r = e2ee_replay_check (replay, ctr);

  if (r == E2EE_OK)
    r = e2ee_replay_commit (replay, ctr);
  return r;
}

static void
test_every_counter_is_accepted_once (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 1);

  for (uint64_t ctr = 0; ctr < 1000; ctr++) {
    CHECK_ROW ("counter %" PRIu64, ctr);
    CHECK_INT (receive (replay, ctr), E2EE_OK);
    CHECK_INT (receive (replay, ctr), E2EE_ERR_REPLAYED);
  }
  e2ee_replay_free (replay);
}

static void
test_check_remembers_nothing (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 1);

  CHECK_INT (receive (replay, 10), E2EE_OK);
  CHECK_INT (e2ee_replay_check (replay, 5000), E2EE_OK);
  CHECK_INT (e2ee_replay_check (replay, 11), E2EE_OK);
  CHECK_INT (e2ee_replay_check (replay, 11), E2EE_OK);
  CHECK_INT (receive (replay, 9), E2EE_OK);
  e2ee_replay_free (replay);
}

static void
test_commit_alone_accepts_no_counter_twice (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 1);

  CHECK_INT (e2ee_replay_commit (replay, 10), E2EE_OK);
  CHECK_INT (e2ee_replay_commit (replay, 10), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_late_frames_are_accepted_once_inside_the_window (void)
{
  e2ee_replay *replay = e2ee_replay_new (1024, 1);

  CHECK_INT (receive (replay, 5000), E2EE_OK);
  CHECK_INT (receive (replay, 5000 - 1023), E2EE_OK);
  CHECK_INT (receive (replay, 5000 - 1023), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, 4999), E2EE_OK);
  CHECK_INT (receive (replay, 4999), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_frames_older_than_the_window_are_refused (void)
{
  e2ee_replay *replay = e2ee_replay_new (1024, 1);

  CHECK_INT (receive (replay, 5000), E2EE_OK);
  CHECK_INT (receive (replay, 5000 - 1024), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, 0), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_window_is_rounded_up_and_kept_between_its_bounds (void)
{
  static const struct
  {
    size_t asked;
    uint64_t given;
  } rows[] = {
    {0, 64}, {64, 64}, {65, 128}, {1000, 1024}, {32767, 32768}, {SIZE_MAX, 32768},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    e2ee_replay *replay = e2ee_replay_new (rows[i].asked, 1);
    uint64_t top = 1000037;     /* in the middle of a block */

    CHECK_ROW ("window of %zu", rows[i].asked);
    CHECK_INT (receive (replay, top), E2EE_OK);
    CHECK_INT (e2ee_replay_check (replay, top - rows[i].given), E2EE_ERR_REPLAYED);
    CHECK_INT (e2ee_replay_check (replay, top - rows[i].given + 1), E2EE_OK);
    e2ee_replay_free (replay);
  }
}

static void
test_jump_of_any_size_forgets_nothing_inside_the_window (void)
{
  for (uint64_t jump = 1; jump < 400; jump++) {
    e2ee_replay *replay = e2ee_replay_new (128, 1);

    CHECK_ROW ("jump of %" PRIu64, jump);
    CHECK_INT (receive (replay, 998), E2EE_OK);
    CHECK_INT (receive (replay, 1000), E2EE_OK);
    CHECK_INT (receive (replay, 1000 + jump), E2EE_OK);
    CHECK_INT (receive (replay, 1000), E2EE_ERR_REPLAYED);
    CHECK_INT (receive (replay, 998), E2EE_ERR_REPLAYED);
    CHECK_INT (receive (replay, 999), jump <= 126 ? E2EE_OK : E2EE_ERR_REPLAYED);
    e2ee_replay_free (replay);
  }
}

static void
test_jump_over_the_bitmap_leaves_no_old_bit_behind (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 1);

  for (uint64_t ctr = 0; ctr < 200; ctr++)
    CHECK_INT (receive (replay, ctr), E2EE_OK);
  CHECK_INT (receive (replay, 1000000), E2EE_OK);
  for (uint64_t late = 1; late < 64; late++) {
    CHECK_ROW ("%" PRIu64 " late", late);
    CHECK_INT (receive (replay, 1000000 - late), E2EE_OK);
  }
  e2ee_replay_free (replay);
}

static void
test_group_run_takes_any_jump_forward_and_does_not_overflow (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 1);

  CHECK_INT (receive (replay, 0), E2EE_OK);
  CHECK_INT (receive (replay, UINT64_MAX - 1), E2EE_OK);
  CHECK_INT (receive (replay, UINT64_MAX), E2EE_OK);
  CHECK_INT (receive (replay, UINT64_MAX), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, UINT64_MAX - 1), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, UINT64_MAX - 63), E2EE_OK);
  CHECK_INT (receive (replay, UINT64_MAX - 64), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, 0), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, 1), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_group_run_starts_at_zero_for_one_who_comes_late (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 1);

  CHECK_INT (receive (replay, 1000), E2EE_OK);
  CHECK_INT (receive (replay, 999), E2EE_OK);
  CHECK_INT (receive (replay, 900), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);

  replay = e2ee_replay_new (64, 1);
  CHECK_INT (receive (replay, 63), E2EE_OK);
  CHECK_INT (receive (replay, 0), E2EE_OK);
  CHECK_INT (receive (replay, 0), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_group_run_is_one_even_far_away (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 1);

  CHECK_INT (receive (replay, UINT64_C (1) << 60), E2EE_OK);
  CHECK_INT (receive (replay, 5), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, (UINT64_C (1) << 60) + (UINT64_C (1) << 59)), E2EE_OK);
  CHECK_INT (receive (replay, (UINT64_C (1) << 60) + 1), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_static_run_refuses_what_was_sent_before_we_came (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 256);

  CHECK_INT (receive (replay, START), E2EE_OK);
  CHECK_INT (receive (replay, START - 1), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, START - 63), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, START - SPAN), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, START + 10), E2EE_OK);
  CHECK_INT (receive (replay, START - 1), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, START + 1), E2EE_OK);
  e2ee_replay_free (replay);
}

static void
test_static_restart_at_a_lower_counter_is_accepted_once (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 256);

  CHECK_INT (receive (replay, START), E2EE_OK);
  CHECK_INT (receive (replay, START - SPAN - 1), E2EE_OK);
  CHECK_INT (receive (replay, START - SPAN - 1), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, 1000), E2EE_OK);
  CHECK_INT (receive (replay, 1000), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, 999), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, 1001), E2EE_OK);
  CHECK_INT (receive (replay, START), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, START + 1), E2EE_OK);
  e2ee_replay_free (replay);
}

static void
test_static_run_goes_on_after_any_loss_a_sender_can_cause (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 256);

  CHECK_INT (receive (replay, START), E2EE_OK);
  CHECK_INT (receive (replay, START + 5), E2EE_OK);
  CHECK_INT (receive (replay, START + 5 + SPAN), E2EE_OK);
  /* the same run, whose window has moved on */
  CHECK_INT (receive (replay, START + 3), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_static_counter_further_ahead_starts_a_new_run (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 256);

  CHECK_INT (receive (replay, START), E2EE_OK);
  CHECK_INT (receive (replay, START + 5), E2EE_OK);
  CHECK_INT (receive (replay, START + 5 + SPAN + 1), E2EE_OK);
  /* the window of the first run has not moved */
  CHECK_INT (receive (replay, START + 3), E2EE_OK);
  CHECK_INT (receive (replay, START + 3), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_static_runs_side_by_side_have_windows_of_their_own (void)
{
  static const uint64_t starts[] = { START, 77, START + 4 * SPAN, START / 2, START - 9 * SPAN };
  e2ee_replay *replay = e2ee_replay_new (64, 256);

  for (uint64_t i = 0; i < 300; i++) {
    for (size_t run = 0; run < CHECK_N (starts); run++) {
      CHECK_ROW ("frame %" PRIu64 " of run %zu", i, run);
      CHECK_INT (receive (replay, starts[run] + i), E2EE_OK);
      CHECK_INT (receive (replay, starts[run] + i / 2), E2EE_ERR_REPLAYED);
    }
  }
  e2ee_replay_free (replay);
}

static void
test_upper_run_wins_where_two_reaches_meet (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 256);

  CHECK_INT (receive (replay, START), E2EE_OK);
  CHECK_INT (receive (replay, START + SPAN + 100), E2EE_OK);
  CHECK_INT (receive (replay, START + SPAN), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, START + 99), E2EE_OK);
  CHECK_INT (receive (replay, START + 100), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_static_runs_at_both_ends_do_not_overflow (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 256);

  CHECK_INT (receive (replay, UINT64_MAX), E2EE_OK);
  CHECK_INT (receive (replay, 0), E2EE_OK);
  CHECK_INT (receive (replay, UINT64_MAX), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, 0), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, UINT64_MAX - 1), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, UINT64_MAX - SPAN), E2EE_ERR_REPLAYED);
  CHECK_INT (receive (replay, UINT64_MAX - SPAN - 1), E2EE_OK);
  CHECK_INT (receive (replay, 1), E2EE_OK);
  CHECK_INT (receive (replay, SPAN + 1), E2EE_OK);
  CHECK_INT (receive (replay, 2 * SPAN + 2), E2EE_OK);
  CHECK_INT (receive (replay, SPAN + 2), E2EE_ERR_REPLAYED);
  e2ee_replay_free (replay);
}

static void
test_run_257_is_refused_and_the_others_go_on (void)
{
  e2ee_replay *replay = e2ee_replay_new (64, 1000);

  for (uint64_t run = 0; run < E2EE_REPLAY_MAX_RUNS; run++)
    CHECK_INT (receive (replay, (E2EE_REPLAY_MAX_RUNS - run) * 10 * SPAN), E2EE_OK);
  CHECK_INT (e2ee_replay_check (replay, 5), E2EE_ERR_TOO_MANY_SENDERS);
  CHECK_INT (e2ee_replay_commit (replay, 5), E2EE_ERR_TOO_MANY_SENDERS);
  CHECK_INT (receive (replay, START), E2EE_ERR_TOO_MANY_SENDERS);

  for (uint64_t run = 1; run <= E2EE_REPLAY_MAX_RUNS; run++) {
    CHECK_ROW ("run %" PRIu64, run);
    CHECK_INT (receive (replay, run * 10 * SPAN), E2EE_ERR_REPLAYED);
    CHECK_INT (receive (replay, run * 10 * SPAN + 1), E2EE_OK);
  }
  e2ee_replay_free (replay);
}

static void
test_free_allows_null (void)
{
  e2ee_replay_free (NULL);
}

/* A window of 64 written down the slow way, to hold against random traffic. */
#define MODEL_COUNTERS 60000

typedef struct
{
  uint64_t base;
  bool begun;
  uint64_t first, top;
  bool seen[MODEL_COUNTERS];
} model_run;

static uint64_t
next_random (uint64_t * state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static e2ee_result
model_receive (model_run * run, uint64_t offset, bool owns_from_zero)
{
  if (!run->begun) {
    run->begun = true;
    run->first = owns_from_zero ? 0 : offset;
    run->top = offset;
  } else if (offset < run->first || offset + 64 <= run->top || run->seen[offset]) {
    return E2EE_ERR_REPLAYED;
  }
  if (offset > run->top)
    run->top = offset;
  run->seen[offset] = true;
  return E2EE_OK;
}

static void
check_against_model (model_run * runs, size_t n_runs, e2ee_replay * replay, bool group)
{
  uint64_t random = UINT64_C (0x9e3779b97f4a7c15);

  for (unsigned i = 0; i < 100000; i++) {
    model_run *run = &runs[next_random (&random) % n_runs];
    uint64_t around = run->begun ? run->top : 100;
    uint64_t reach = next_random (&random) % 50 == 0 ? 400 : 80;
    uint64_t offset = around + next_random (&random) % reach;

    /* three of four go back, so that the top creeps */
    if (next_random (&random) % 4 != 0)
      offset = offset - around > around ? 0 : around - (offset - around);
    if (offset >= MODEL_COUNTERS)
      continue;
    CHECK_ROW ("step %u, counter %" PRIu64 " + %" PRIu64, i, run->base, offset);
    CHECK_INT (receive (replay, run->base + offset), model_receive (run, offset, group));
  }
}

static void
test_group_run_agrees_with_a_plain_model (void)
{
  model_run *runs = calloc (1, sizeof *runs);
  e2ee_replay *replay = e2ee_replay_new (64, 1);

  check_against_model (runs, 1, replay, true);
  e2ee_replay_free (replay);
  free (runs);
}

static void
test_static_runs_agree_with_a_plain_model (void)
{
  model_run *runs = calloc (5, sizeof *runs);
  e2ee_replay *replay = e2ee_replay_new (64, 256);

  runs[0].base = START;
  runs[1].base = 0;
  runs[2].base = UINT64_MAX - MODEL_COUNTERS;
  runs[3].base = START - 5 * SPAN;
  runs[4].base = START + 5 * SPAN + 13;
  check_against_model (runs, 5, replay, false);
  e2ee_replay_free (replay);
  free (runs);
}

static const check_case cases[] = {
  CHECK_CASE (test_every_counter_is_accepted_once),
  CHECK_CASE (test_check_remembers_nothing),
  CHECK_CASE (test_commit_alone_accepts_no_counter_twice),
  CHECK_CASE (test_late_frames_are_accepted_once_inside_the_window),
  CHECK_CASE (test_frames_older_than_the_window_are_refused),
  CHECK_CASE (test_window_is_rounded_up_and_kept_between_its_bounds),
  CHECK_CASE (test_jump_of_any_size_forgets_nothing_inside_the_window),
  CHECK_CASE (test_jump_over_the_bitmap_leaves_no_old_bit_behind),
  CHECK_CASE (test_group_run_takes_any_jump_forward_and_does_not_overflow),
  CHECK_CASE (test_group_run_starts_at_zero_for_one_who_comes_late),
  CHECK_CASE (test_group_run_is_one_even_far_away),
  CHECK_CASE (test_static_run_refuses_what_was_sent_before_we_came),
  CHECK_CASE (test_static_restart_at_a_lower_counter_is_accepted_once),
  CHECK_CASE (test_static_run_goes_on_after_any_loss_a_sender_can_cause),
  CHECK_CASE (test_static_counter_further_ahead_starts_a_new_run),
  CHECK_CASE (test_static_runs_side_by_side_have_windows_of_their_own),
  CHECK_CASE (test_upper_run_wins_where_two_reaches_meet),
  CHECK_CASE (test_static_runs_at_both_ends_do_not_overflow),
  CHECK_CASE (test_run_257_is_refused_and_the_others_go_on),
  CHECK_CASE (test_free_allows_null),
  CHECK_CASE (test_group_run_agrees_with_a_plain_model),
  CHECK_CASE (test_static_runs_agree_with_a_plain_model),
};

CHECK_MAIN (cases)
