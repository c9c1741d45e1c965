/* SFrame over changes of keys: rings, epochs, restarts, and a model of a whole meeting.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "sealed-frames.h"

#include <stdbool.h>
#include <stdlib.h>

static void
test_replay_state_survives_a_change_of_the_ring (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame first, second;

  CHECK_INT (seal_frame (key, 30, &first), E2EE_OK);
  CHECK_INT (seal_frame (key, 30, &second), E2EE_OK);
  CHECK_INT (open_frame (ring, &first), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 10, 2), 2), E2EE_OK);
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 2, 10000, 0)));
  CHECK (ring_move (&ring, e2ee_keyring_remove (ring, 10)));
  CHECK_INT (open_frame (ring, &first), E2EE_ERR_REPLAYED);
  CHECK_INT (open_frame (ring, &second), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_two_snapshots_share_one_replay_window (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *old = ring_for (GCM, 9, 1);
  e2ee_keyring *next = e2ee_keyring_retire (old, 0, 0, 0);
  test_frame frame;

  CHECK (next != NULL);
  CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
  CHECK_INT (open_frame (next, &frame), E2EE_OK);
  CHECK_INT (open_frame (old, &frame), E2EE_ERR_REPLAYED);
  e2ee_key_unref (key);
  e2ee_keyring_unref (old);
  e2ee_keyring_unref (next);
}

static void
test_same_key_id_in_a_new_epoch_opens_the_new_frames_only (void)
{
  e2ee_key *old_key = sender_for (GCM, 9, 1);
  e2ee_key *new_key = sender_for (GCM, 9, 2);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame old_frame, new_frame;

  CHECK_INT (seal_frame (old_key, 30, &old_frame), E2EE_OK);
  CHECK_INT (seal_frame (new_key, 30, &new_frame), E2EE_OK);
  CHECK_INT (open_frame (ring, &new_frame), E2EE_ERR_TAG);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 9, 2), 257), E2EE_OK);
  CHECK_INT (open_frame (ring, &old_frame), E2EE_ERR_TAG);
  CHECK_INT (open_frame (ring, &new_frame), E2EE_OK);
  e2ee_key_unref (old_key);
  e2ee_key_unref (new_key);
  e2ee_keyring_unref (ring);
}

static void
test_static_key_is_heard_again_after_a_restart_of_its_sender (void)
{
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_STATIC, GCM, 9, 1);
  foretold_env early, later;
  e2ee_key *before = make_key_with (foretold_env_init (&early, UINT64_C (1) << 62), params);
  e2ee_key *after = make_key_with (foretold_env_init (&later, UINT64_C (1) << 50), params);
  e2ee_keyring *ring;
  test_frame unheard, heard, restarted;

  params.usage = E2EE_KEY_DECRYPT;
  ring = ring_of (make_key_with (&early.env, params));

  CHECK_INT (seal_frame (before, 30, &unheard), E2EE_OK);
  CHECK_INT (seal_frame (before, 30, &heard), E2EE_OK);
  CHECK_INT (seal_frame (after, 30, &restarted), E2EE_OK);
  CHECK_INT (open_frame (ring, &heard), E2EE_OK);
  CHECK_INT (open_frame (ring, &restarted), E2EE_OK);
  CHECK_INT (open_frame (ring, &restarted), E2EE_ERR_REPLAYED);
  CHECK_INT (open_frame (ring, &heard), E2EE_ERR_REPLAYED);
  CHECK_INT (open_frame (ring, &unheard), E2EE_ERR_REPLAYED);

  e2ee_key_unref (before);
  e2ee_key_unref (after);
  e2ee_keyring_unref (ring);
}

static void
test_static_sender_257_is_refused (void)
{
  e2ee_key_params sending = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_STATIC, GCM, 9, 1);
  e2ee_key_params receiving = key_params (E2EE_KEY_DECRYPT, E2EE_KEY_STATIC, GCM, 9, 1);
  foretold_env foretold;
  e2ee_keyring *ring = ring_of (make_key_with (e2ee_env_default (), receiving));

  for (uint64_t sender = 0; sender <= E2EE_REPLAY_MAX_RUNS; sender++) {
    e2ee_key *key = make_key_with (foretold_env_init (&foretold, (sender + 1) << 40), sending);
    test_frame frame;

    CHECK_ROW ("sender %" PRIu64, sender);
    CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
    CHECK_INT (open_frame (ring, &frame),
        sender < E2EE_REPLAY_MAX_RUNS ? E2EE_OK : E2EE_ERR_TOO_MANY_SENDERS);
    e2ee_key_unref (key);
  }
  e2ee_keyring_unref (ring);
}

/* A model of a meeting: one sender seals under keys of changing epochs, restarts on its static
 * key, meets errors and limits; one receiver changes its ring at random.  Two things must hold
 * over all of it. */
#define MODEL_STEPS 3000
#define MODEL_STATIC_KID 1000

typedef struct
{
  uint64_t kid, epoch, ctr;
} model_nonce;

typedef struct
{
  uint64_t random;
  uint64_t epoch;
  e2ee_key *group_key;
  e2ee_key *static_key;
  e2ee_keyring *ring;
  model_nonce used[MODEL_STEPS];
  size_t n_used;
} model;

static uint64_t
model_random (model * m)
{
  m->random ^= m->random << 13;
  m->random ^= m->random >> 7;
  m->random ^= m->random << 17;
  return m->random;
}

static void
model_restart_static (model * m)
{
  e2ee_key_unref (m->static_key);
  m->static_key = make_key_with (e2ee_env_default (),
      key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_STATIC, GCM, MODEL_STATIC_KID, 0));
}

static void
model_next_epoch (model * m)
{
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_OF_GROUP, GCM,
      (m->epoch + 1) % 4, (uint8_t) (1 + (m->epoch + 1) % 255));

  m->epoch++;
  params.hard_limit = 40;
  e2ee_key_unref (m->group_key);
  m->group_key = make_key_with (e2ee_env_default (), params);
  params.usage = E2EE_KEY_DECRYPT;
  CHECK_INT (ring_take (&m->ring, make_key_with (e2ee_env_default (), params), m->epoch), E2EE_OK);
  if (model_random (m) % 2 == 0)
    CHECK (ring_move (&m->ring, e2ee_keyring_retire (m->ring, m->epoch, 10, 0)));
}

static void
model_seal (model * m, e2ee_key * key, uint64_t epoch)
{
  bool exhausted = e2ee_key_get_left (key) == 0;
  test_frame frame;
  model_nonce nonce;
  e2ee_result r = seal_frame (key, 20, &frame);

  CHECK_INT (r, exhausted ? E2EE_ERR_EXHAUSTED : E2EE_OK);
  if (exhausted)
    return;

  nonce = (model_nonce) { e2ee_key_get_kid (key), epoch, frame.ctr };
  for (size_t i = 0; i < m->n_used; i++)
    CHECK (m->used[i].kid != nonce.kid || m->used[i].epoch != nonce.epoch
        || m->used[i].ctr != nonce.ctr);
  m->used[m->n_used++] = nonce;

  /* some frames are lost */
  if (model_random (m) % 4 == 0)
    return;
  CHECK_INT (open_frame (m->ring, &frame), E2EE_OK);
  CHECK_INT (open_frame (m->ring, &frame), E2EE_ERR_REPLAYED);
}

static void
model_step (model * m)
{
  uint8_t byte = 0, out[64];
  size_t size;

  switch (model_random (m) % 16) {
    case 0:
      model_next_epoch (m);
      break;
    case 1:
      model_restart_static (m);
      break;
    case 2:
      CHECK_INT (e2ee_sframe_seal (m->group_key, E2EE_NO_BYTES,
              E2EE_BYTES (&byte, E2EE_SFRAME_MAX_FRAME + 1), out, &size, NULL),
          E2EE_ERR_TOO_LARGE);
      break;
    case 3:
      CHECK (ring_move (&m->ring, e2ee_keyring_remove (m->ring, 12345)));
      break;
    case 4:
      model_seal (m, m->static_key, 0);
      break;
    default:
      model_seal (m, m->group_key, m->epoch);
      break;
  }
}

static void
test_no_nonce_repeats_and_every_frame_opens_once_over_random_key_changes (void)
{
  model *m = calloc (1, sizeof *m);

  m->random = UINT64_C (0x2545f4914f6cdd1d);
  m->ring = e2ee_keyring_new ();
  /* the static key belongs to an epoch that is never retired */
  CHECK_INT (ring_take (&m->ring, make_key_with (e2ee_env_default (),
              key_params (E2EE_KEY_DECRYPT, E2EE_KEY_STATIC, GCM, MODEL_STATIC_KID, 0)),
          UINT64_MAX), E2EE_OK);
  model_restart_static (m);
  model_next_epoch (m);

  for (unsigned step = 0; step < MODEL_STEPS; step++) {
    CHECK_ROW ("step %u", step);
    model_step (m);
    CHECK_RETURN_IF_FAILED ();
  }
  CHECK (m->n_used > MODEL_STEPS / 3);

  e2ee_key_unref (m->group_key);
  e2ee_key_unref (m->static_key);
  e2ee_keyring_unref (m->ring);
  free (m);
}

static const check_case cases[] = {
  CHECK_CASE (test_replay_state_survives_a_change_of_the_ring),
  CHECK_CASE (test_two_snapshots_share_one_replay_window),
  CHECK_CASE (test_same_key_id_in_a_new_epoch_opens_the_new_frames_only),
  CHECK_CASE (test_static_key_is_heard_again_after_a_restart_of_its_sender),
  CHECK_CASE (test_static_sender_257_is_refused),
  CHECK_CASE (test_no_nonce_repeats_and_every_frame_opens_once_over_random_key_changes),
};

CHECK_MAIN (cases)
