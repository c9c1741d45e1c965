/* The replay window: runs of counters, each with a bitmap in the manner of RFC 3711 section
 * 3.3.2.
 *
 * Of every run we know the first counter it owns and the highest one that came (top), and
 * remember which of the newest @window were used.  What a counter means follows from its place
 * among the runs, which never overlap and are sorted:
 *
 *      first - SPAN          first             top - window      top        top + SPAN
 *          |  before we came   |     too old       |   bitmap     |    new      |
 *          |     REPLAYED      |     REPLAYED      | once each    |  moves top  |   a new run
 *
 * SPAN is the most frames that one sender may seal under one key (E2EE_KEY_DEFAULT_LIMIT), so
 * that all counters of a sender, however many we missed, fall into the run of the first that
 * came.  Chance puts two of 256 random 63-bit starts within 2 SPAN of each other with a
 * probability below 2^-13; where the reaches of two neighbours do meet, the claim of the upper
 * one wins and the frame is refused.
 *
 * A group key has one run, which owns every counter from 0 on, and any jump forward belongs to
 * it.
 *
 * All distances are differences of a larger and a smaller counter, so nothing overflows at
 * either end.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/replay.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BITS 64

typedef struct
{
  uint64_t first;
  uint64_t top;
  /* Bit ctr % 64 of block ctr / 64 % n_blocks.  At least one block more than the window has, so
   * that the top may stand anywhere in its block: then moving it clears whole blocks and shifts
   * nothing (RFC 6479). */
  uint64_t blocks[];
} counter_run;

struct e2ee_replay
{
  size_t window;
  size_t n_blocks;              /* a power of 2 */
  uint64_t span;
  size_t max_runs;
  size_t n_runs;
  counter_run *runs[];          /* sorted by first */
};

typedef enum
{
  PLACE_USED,                   /* seen, too old, or from before we came */
  PLACE_IN_WINDOW,
  PLACE_AHEAD,
  PLACE_NEW_RUN
} counter_place;

e2ee_replay *
e2ee_replay_new (size_t window, size_t max_runs)
{
  e2ee_replay *replay;

  if (window < E2EE_REPLAY_MIN_WINDOW)
    window = E2EE_REPLAY_MIN_WINDOW;
  if (window > E2EE_REPLAY_MAX_WINDOW)
    window = E2EE_REPLAY_MAX_WINDOW;
  if (max_runs < 1)
    max_runs = 1;
  if (max_runs > E2EE_REPLAY_MAX_RUNS)
    max_runs = E2EE_REPLAY_MAX_RUNS;

  replay = calloc (1, sizeof *replay + max_runs * sizeof replay->runs[0]);
  if (replay == NULL)
    return NULL;

  replay->window = (window + BLOCK_BITS - 1) / BLOCK_BITS * BLOCK_BITS;
  replay->n_blocks = 1;
  while (replay->n_blocks < replay->window / BLOCK_BITS + 1)
    replay->n_blocks *= 2;
  replay->span = max_runs == 1 ? UINT64_MAX : E2EE_REPLAY_RUN_SPAN;
  replay->max_runs = max_runs;
  return replay;
}

void
e2ee_replay_free (e2ee_replay * replay)
{
  if (replay == NULL)
    return;
  for (size_t i = 0; i < replay->n_runs; i++)
    free (replay->runs[i]);
  free (replay);
}

/* How many runs have a first counter of @ctr or below. */
static size_t
count_runs_up_to (const e2ee_replay * replay, uint64_t ctr)
{
  size_t low = 0, high = replay->n_runs;

  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (replay->runs[middle]->first <= ctr)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static uint64_t *
block_of (const e2ee_replay * replay, counter_run * run, uint64_t ctr)
{
  return &run->blocks[ctr / BLOCK_BITS & (replay->n_blocks - 1)];
}

static uint64_t
bit_of (uint64_t ctr)
{
  return UINT64_C (1) << ctr % BLOCK_BITS;
}

/* Where @ctr falls; *above is the index of the first run above it, and the run of @ctr, if it
 * has one, is the run before that. */
static counter_place
place (const e2ee_replay * replay, uint64_t ctr, size_t *above)
{
  *above = count_runs_up_to (replay, ctr);

  if (*above > 0) {
    counter_run *run = replay->runs[*above - 1];

    if (ctr <= run->top) {
      if (run->top - ctr >= replay->window)
        return PLACE_USED;
      return *block_of (replay, run, ctr) & bit_of (ctr) ? PLACE_USED : PLACE_IN_WINDOW;
    }
  }

  if (*above < replay->n_runs && replay->runs[*above]->first - ctr <= replay->span)
    return PLACE_USED;

  if (*above > 0 && ctr - replay->runs[*above - 1]->top <= replay->span)
    return PLACE_AHEAD;

  return PLACE_NEW_RUN;
}

static e2ee_result
start_run (e2ee_replay * replay, uint64_t ctr, size_t at)
{
  counter_run *run = calloc (1, sizeof *run + replay->n_blocks * sizeof run->blocks[0]);

  if (run == NULL)
    return E2EE_ERR_NO_MEMORY;

  run->first = replay->max_runs == 1 ? 0 : ctr;
  run->top = ctr;
  *block_of (replay, run, ctr) = bit_of (ctr);

  memmove (&replay->runs[at + 1], &replay->runs[at],
      (replay->n_runs - at) * sizeof replay->runs[0]);
  replay->runs[at] = run;
  replay->n_runs++;
  return E2EE_OK;
}

static void
move_top (const e2ee_replay * replay, counter_run * run, uint64_t ctr)
{
  uint64_t steps = ctr / BLOCK_BITS - run->top / BLOCK_BITS;

  if (steps > replay->n_blocks)
    steps = replay->n_blocks;
  for (; steps > 0; steps--)
    *block_of (replay, run, ctr - (steps - 1) * BLOCK_BITS) = 0;

  run->top = ctr;
  *block_of (replay, run, ctr) |= bit_of (ctr);
}

e2ee_result
e2ee_replay_check (const e2ee_replay * replay, uint64_t ctr)
{
  size_t above;

  switch (place (replay, ctr, &above)) {
    case PLACE_IN_WINDOW:
    case PLACE_AHEAD:
      return E2EE_OK;
    case PLACE_NEW_RUN:
      return replay->n_runs < replay->max_runs ? E2EE_OK : E2EE_ERR_TOO_MANY_SENDERS;
    case PLACE_USED:
      break;
  }
  return E2EE_ERR_REPLAYED;
}

e2ee_result
e2ee_replay_commit (e2ee_replay * replay, uint64_t ctr)
{
  size_t above;

  switch (place (replay, ctr, &above)) {
    case PLACE_IN_WINDOW:
      *block_of (replay, replay->runs[above - 1], ctr) |= bit_of (ctr);
      return E2EE_OK;
    case PLACE_AHEAD:
      move_top (replay, replay->runs[above - 1], ctr);
      return E2EE_OK;
    case PLACE_NEW_RUN:
      if (replay->n_runs == replay->max_runs)
        return E2EE_ERR_TOO_MANY_SENDERS;
      return start_run (replay, ctr, above);
    case PLACE_USED:
      break;
  }
  return E2EE_ERR_REPLAYED;
}
