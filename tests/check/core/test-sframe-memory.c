/* SFrame without memory for its replay window: what cannot be remembered is not given out.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "sealed-frames.h"

#include <stdbool.h>
#include <stdlib.h>

static bool memory_is_gone;
static unsigned n_allocations;

static void *
scarce_calloc (size_t n, size_t size)
{
  n_allocations++;
  return memory_is_gone ? NULL : (calloc) (n, size);
}

/* The window under test takes the place of the library's, with an allocator that can run dry. */
#define calloc scarce_calloc
#include "core/frame/replay.c"
#undef calloc

static void
test_window_without_memory_is_not_made (void)
{
  memory_is_gone = true;
  CHECK (e2ee_replay_new (64, 1) == NULL);
  CHECK (make_key (E2EE_KEY_DECRYPT, 9, 1) == NULL);
  memory_is_gone = false;
}

static void
test_first_frame_of_a_run_without_memory_is_not_given_out (void)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame frame;

  CHECK_INT (seal_frame (key, 100, &frame), E2EE_OK);
  memory_is_gone = true;
  CHECK_INT (open_frame (ring, &frame), E2EE_ERR_NO_MEMORY);
  CHECK_INT (open_frame_in_place (ring, &frame), E2EE_ERR_NO_MEMORY);
  memory_is_gone = false;
  CHECK_INT (open_frame (ring, &frame), E2EE_OK);
  CHECK_INT (open_frame (ring, &frame), E2EE_ERR_REPLAYED);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_later_frames_need_no_memory (void)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame frame;
  unsigned before;

  CHECK_INT (seal_frame (key, 100, &frame), E2EE_OK);
  CHECK_INT (open_frame (ring, &frame), E2EE_OK);
  before = n_allocations;
  for (unsigned i = 0; i < 3000; i++) {
    CHECK_INT (seal_frame (key, 100, &frame), E2EE_OK);
    CHECK_INT (open_frame (ring, &frame), E2EE_OK);
  }
  CHECK_INT (n_allocations, before);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static const check_case cases[] = {
  CHECK_CASE (test_window_without_memory_is_not_made),
  CHECK_CASE (test_first_frame_of_a_run_without_memory_is_not_given_out),
  CHECK_CASE (test_later_frames_need_no_memory),
};

CHECK_MAIN (cases)
