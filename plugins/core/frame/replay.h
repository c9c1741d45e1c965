/* The replay window: every counter is accepted once (RFC 9605 section 9.3).
 *
 * A group key has one sender and one run of counters that starts at 0.  A static key (a key
 * file) may be used by several elements and through restarts, each starting at a random 63-bit
 * counter (docs/wire-format.md), so one key can hold several *runs*.  A counter outside every
 * known run starts a new one; a run also claims the 2^32 counters below its first, so that
 * frames from before we came cannot be played in later, and the 2^32 above its highest, so that
 * loss starts no new run.
 *
 * Check and commit are apart: nothing changes before the tag has been verified.  Not
 * thread-safe.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_REPLAY_H
#define E2EE_CORE_FRAME_REPLAY_H

#include "core/result.h"
#include <stddef.h>
#include <stdint.h>

#define E2EE_REPLAY_DEFAULT_WINDOW 1024
#define E2EE_REPLAY_MIN_WINDOW 64
#define E2EE_REPLAY_MAX_WINDOW 32768
#define E2EE_REPLAY_MAX_RUNS 256
/* The reach of a run below its first counter and above its highest: no sender seals more frames. */
#define E2EE_REPLAY_RUN_SPAN (UINT64_C (1) << 32)

typedef struct e2ee_replay e2ee_replay;

/* @window: how many of a run's newest counters are remembered, rounded up to a multiple of 64,
 * brought between MIN and MAX; what is older is REPLAYED.
 * @max_runs: 1 for a group key, up to E2EE_REPLAY_MAX_RUNS for a static key.  NULL: no memory. */
E2EE_MUST_USE e2ee_replay *e2ee_replay_new (size_t window, size_t max_runs);
void e2ee_replay_free (e2ee_replay * replay);

/* Errors: REPLAYED, TOO_MANY_SENDERS. */
E2EE_MUST_USE e2ee_result e2ee_replay_check (const e2ee_replay * replay, uint64_t ctr);

/* Remembers @ctr, which e2ee_replay_check() has just accepted.  Error: NO_MEMORY (then nothing is
 * remembered and the frame must not be used). */
E2EE_MUST_USE e2ee_result e2ee_replay_commit (e2ee_replay * replay, uint64_t ctr);

#endif
