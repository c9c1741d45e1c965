/* The packet index of each SSRC (rollover.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/rollover.h"

#include <stdatomic.h>
#include <stdlib.h>

#define HALF 0x8000
#define WHOLE 0x10000

typedef struct
{
  uint32_t ssrc;
  uint64_t highest;
  uint64_t used;                /* when: the larger, the later */
} stream;

struct e2ee_rollover
{
  atomic_size_t refs;
  e2ee_rollover_claim_func claim;
  void *user;
  uint64_t clock;
  size_t n_streams;
  size_t last;                  /* the one that was looked up last, nearly always the next too */
  stream streams[E2EE_ROLLOVER_MAX_STREAMS];
};

e2ee_rollover *
e2ee_rollover_new (e2ee_rollover_claim_func claim, void *user)
{
  e2ee_rollover *rollover = calloc (1, sizeof *rollover);

  if (rollover == NULL)
    return NULL;
  atomic_init (&rollover->refs, 1);
  rollover->claim = claim;
  rollover->user = user;
  return rollover;
}

e2ee_rollover *
e2ee_rollover_ref (e2ee_rollover * rollover)
{
  atomic_fetch_add_explicit (&rollover->refs, 1, memory_order_relaxed);
  return rollover;
}

void
e2ee_rollover_unref (e2ee_rollover * rollover)
{
  if (rollover != NULL
      && atomic_fetch_sub_explicit (&rollover->refs, 1, memory_order_acq_rel) == 1)
    free (rollover);
}

e2ee_rollover_claim
e2ee_rollover_ask (const e2ee_rollover * rollover, const uint8_t name[E2EE_ROLLOVER_NAME_SIZE],
    uint32_t ssrc)
{
  return rollover->claim != NULL ? rollover->claim (rollover->user, name, ssrc)
      : E2EE_ROLLOVER_NEW;
}

static size_t
find (const e2ee_rollover * rollover, uint32_t ssrc)
{
  size_t i = rollover->last;

  if (i < rollover->n_streams && rollover->streams[i].ssrc == ssrc)
    return i;
  for (i = 0; i < rollover->n_streams; i++) {
    if (rollover->streams[i].ssrc == ssrc)
      break;
  }
  return i;
}

int
e2ee_rollover_find (const e2ee_rollover * rollover, uint32_t ssrc, uint64_t * highest)
{
  const size_t i = find (rollover, ssrc);

  if (i == rollover->n_streams)
    return 0;
  *highest = rollover->streams[i].highest;
  return 1;
}

static size_t
find_quietest (const e2ee_rollover * rollover)
{
  size_t quietest = 0;

  for (size_t i = 1; i < rollover->n_streams; i++) {
    if (rollover->streams[i].used < rollover->streams[quietest].used)
      quietest = i;
  }
  return quietest;
}

void
e2ee_rollover_see (e2ee_rollover * rollover, uint32_t ssrc, uint64_t index)
{
  size_t i = find (rollover, ssrc);

  if (i == rollover->n_streams) {
    if (i == E2EE_ROLLOVER_MAX_STREAMS)
      i = find_quietest (rollover);
    else
      rollover->n_streams++;
    rollover->streams[i] = (stream) { ssrc, index, 0 };
  }
  if (index > rollover->streams[i].highest)
    rollover->streams[i].highest = index;
  rollover->streams[i].used = ++rollover->clock;
  rollover->last = i;
}

uint64_t
e2ee_rollover_guess (uint64_t highest, uint16_t seq)
{
  const uint64_t same = (highest & ~UINT64_C (0xffff)) | seq;

  /* Before the first half turn nothing lies below: the first packet may have any number, and those
   * in front of it, if they still come, belong to the same turn. */
  if (highest <= HALF)
    return seq;
  if (same > highest && same - highest > HALF && same >= WHOLE)
    return same - WHOLE;
  if (same < highest && highest - same > HALF)
    return same + WHOLE;
  return same;
}
