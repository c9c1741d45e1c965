/* The keys of streams: counters, windows and limits of their own, and how many there may be.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "frame-keys.h"

#include "core/frame/sframe.h"

#define TEXT "a frame"
#define SEALED_SIZE (sizeof TEXT + E2EE_SFRAME_MAX_OVERHEAD)

typedef struct
{
  uint8_t data[SEALED_SIZE];
  size_t size;
  uint64_t ctr;
} sealed_frame;

static e2ee_key_params
stream_params (e2ee_key_usage usage)
{
  e2ee_key_params params = key_params (usage, E2EE_KEY_OF_GROUP, E2EE_SUITE_AES_128_GCM_SHA256_128,
      7, 1);

  params.of_streams = 1;
  return params;
}

static e2ee_key *
sender (void)
{
  return make_key_with (e2ee_env_default (), stream_params (E2EE_KEY_ENCRYPT));
}

static e2ee_keyring *
receiver (e2ee_key_params params)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  if (ring_take (&ring, make_key_with (e2ee_env_default (), params), 1) != E2EE_OK)
    return NULL;
  return ring;
}

static e2ee_result
seal (e2ee_key * key, uint32_t ssrc, sealed_frame * frame)
{
  e2ee_result r = e2ee_key_choose_stream (key, ssrc);

  frame->size = 0;
  if (r == E2EE_OK)
    r = e2ee_sframe_seal (key, E2EE_NO_BYTES, E2EE_BYTES ((const uint8_t *) TEXT, sizeof TEXT),
        frame->data, &frame->size, &frame->ctr);
  return r;
}

static e2ee_result
open_now (const e2ee_keyring * ring, const sealed_frame * frame)
{
  uint8_t out[SEALED_SIZE];
  e2ee_sframe_info info;
  size_t size;

  return e2ee_sframe_open (ring, 0, E2EE_NO_BYTES, E2EE_BYTES (frame->data, frame->size), out,
      &size, &info);
}

static e2ee_result
open_from (const e2ee_keyring * ring, uint32_t ssrc, const sealed_frame * frame)
{
  e2ee_result r = e2ee_key_choose_stream (e2ee_keyring_find (ring, 7, 0, NULL), ssrc);

  return r == E2EE_OK ? open_now (ring, frame) : r;
}

/* Keys bound to one SSRC are those of the draft's vectors (test-key.c). */
static void
test_a_stream_is_sealed_under_the_key_bound_to_its_ssrc (void)
{
  e2ee_key_params bound = key_params (E2EE_KEY_DECRYPT, E2EE_KEY_OF_GROUP,
      E2EE_SUITE_AES_128_GCM_SHA256_128, 7, 1);
  e2ee_key *key = sender ();
  e2ee_keyring *plain, *same, *other;
  sealed_frame frame;

  plain = receiver (bound);
  bound.per_ssrc = 1;
  bound.ssrc = 0xa11ce;
  same = receiver (bound);
  bound.ssrc = 0xb0b;
  other = receiver (bound);

  CHECK_INT (seal (key, 0xa11ce, &frame), E2EE_OK);
  CHECK_INT (open_now (plain, &frame), E2EE_ERR_TAG);
  CHECK_INT (open_now (other, &frame), E2EE_ERR_TAG);
  CHECK_INT (open_now (same, &frame), E2EE_OK);
  e2ee_keyring_unref (plain);
  e2ee_keyring_unref (same);
  e2ee_keyring_unref (other);
  e2ee_key_unref (key);
}

static void
test_a_frame_opens_as_one_of_its_stream_and_of_no_other (void)
{
  e2ee_keyring *ring = receiver (stream_params (E2EE_KEY_DECRYPT));
  e2ee_key *key = sender ();
  sealed_frame frame;

  CHECK_INT (seal (key, 1, &frame), E2EE_OK);
  CHECK_INT (open_from (ring, 2, &frame), E2EE_ERR_TAG);
  CHECK_INT (open_from (ring, 1, &frame), E2EE_OK);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (key);
}

static void
test_nothing_is_sealed_or_opened_before_a_stream_is_chosen (void)
{
  e2ee_keyring *ring = receiver (stream_params (E2EE_KEY_DECRYPT));
  e2ee_key *key = sender (), *ready = sender ();
  sealed_frame frame = { {0}, 0, 0 };

  CHECK_INT (e2ee_sframe_seal (key, E2EE_NO_BYTES, E2EE_BYTES ((const uint8_t *) TEXT, sizeof TEXT),
          frame.data, &frame.size, &frame.ctr), E2EE_ERR_KEY_USAGE);
  CHECK_INT (frame.size, 0);
  CHECK_INT (e2ee_sframe_overhead (key), E2EE_SFRAME_MAX_OVERHEAD);

  CHECK_INT (seal (ready, 1, &frame), E2EE_OK);
  CHECK_INT (open_now (ring, &frame), E2EE_ERR_UNKNOWN_KEY);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (ready);
  e2ee_key_unref (key);
}

static void
test_each_stream_goes_on_counting_where_it_was (void)
{
  e2ee_key *key = sender ();
  sealed_frame frame;

  CHECK_INT (seal (key, 1, &frame), E2EE_OK);
  CHECK_INT (frame.ctr, 0);
  CHECK_INT (seal (key, 1, &frame), E2EE_OK);
  CHECK_INT (frame.ctr, 1);
  CHECK_INT (seal (key, 2, &frame), E2EE_OK);
  CHECK_INT (frame.ctr, 0);
  CHECK_INT (e2ee_key_get_used (key), 1);
  CHECK_INT (seal (key, 1, &frame), E2EE_OK);
  CHECK_INT (frame.ctr, 2);
  CHECK_INT (e2ee_key_get_used (key), 3);
  e2ee_key_unref (key);
}

static void
test_a_stream_that_comes_back_is_not_played_again (void)
{
  e2ee_keyring *ring = receiver (stream_params (E2EE_KEY_DECRYPT));
  e2ee_key *key = sender ();
  sealed_frame one, two;

  CHECK_INT (seal (key, 1, &one), E2EE_OK);
  CHECK_INT (seal (key, 2, &two), E2EE_OK);
  CHECK_INT (open_from (ring, 1, &one), E2EE_OK);
  CHECK_INT (open_from (ring, 2, &two), E2EE_OK);
  CHECK_INT (open_from (ring, 1, &one), E2EE_ERR_REPLAYED);
  CHECK_INT (open_from (ring, 2, &two), E2EE_ERR_REPLAYED);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (key);
}

static void
test_the_limit_counts_for_each_stream (void)
{
  e2ee_key_params params = stream_params (E2EE_KEY_ENCRYPT);
  sealed_frame frame;
  e2ee_key *key;

  params.hard_limit = 2;
  key = make_key_with (e2ee_env_default (), params);
  CHECK_INT (seal (key, 1, &frame), E2EE_OK);
  CHECK_INT (seal (key, 1, &frame), E2EE_OK);
  CHECK_INT (e2ee_key_get_left (key), 0);
  CHECK_INT (seal (key, 1, &frame), E2EE_ERR_EXHAUSTED);
  CHECK_INT (seal (key, 2, &frame), E2EE_OK);
  CHECK_INT (e2ee_key_get_left (key), 1);
  e2ee_key_unref (key);
}

/* Giving one up would start its counter again. */
static void
test_a_sender_has_64_streams_and_keeps_them (void)
{
  e2ee_key *key = sender ();
  sealed_frame frame;

  for (uint32_t ssrc = 0; ssrc < E2EE_KEY_MAX_STREAMS; ssrc++)
    CHECK_INT (seal (key, ssrc, &frame), E2EE_OK);
  CHECK_INT (seal (key, E2EE_KEY_MAX_STREAMS, &frame), E2EE_ERR_TOO_MANY_SENDERS);
  CHECK_INT (e2ee_sframe_seal (key, E2EE_NO_BYTES, E2EE_NO_BYTES, frame.data, &frame.size, NULL),
      E2EE_ERR_KEY_USAGE);
  CHECK_INT (seal (key, 3, &frame), E2EE_OK);
  CHECK_INT (frame.ctr, 1);
  e2ee_key_unref (key);
}

static void
test_a_receiver_has_64_streams_and_keeps_them (void)
{
  e2ee_keyring *ring = receiver (stream_params (E2EE_KEY_DECRYPT));
  e2ee_key *key = sender (), *more = sender ();
  sealed_frame first, frame;

  CHECK_INT (seal (key, 0, &first), E2EE_OK);
  CHECK_INT (open_from (ring, 0, &first), E2EE_OK);
  for (uint32_t ssrc = 1; ssrc < E2EE_KEY_MAX_STREAMS; ssrc++) {
    CHECK_INT (seal (key, ssrc, &frame), E2EE_OK);
    CHECK_INT (open_from (ring, ssrc, &frame), E2EE_OK);
  }
  CHECK_INT (seal (more, E2EE_KEY_MAX_STREAMS, &frame), E2EE_OK);
  CHECK_INT (open_from (ring, E2EE_KEY_MAX_STREAMS, &frame), E2EE_ERR_TOO_MANY_SENDERS);
  CHECK_INT (open_from (ring, 0, &first), E2EE_ERR_REPLAYED);
  CHECK_INT (seal (key, 0, &frame), E2EE_OK);
  CHECK_INT (open_from (ring, 0, &frame), E2EE_OK);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (more);
  e2ee_key_unref (key);
}

/* Whoever forwards can make up any number. */
static void
test_a_made_up_ssrc_takes_no_place (void)
{
  e2ee_keyring *ring = receiver (stream_params (E2EE_KEY_DECRYPT));
  e2ee_key *key = sender ();
  sealed_frame forged, frame;

  CHECK_INT (seal (key, 1, &forged), E2EE_OK);
  for (uint32_t ssrc = 1000; ssrc < 1000 + 3 * E2EE_KEY_MAX_STREAMS; ssrc++)
    CHECK_INT (open_from (ring, ssrc, &forged), E2EE_ERR_TAG);
  for (uint32_t ssrc = 1; ssrc <= E2EE_KEY_MAX_STREAMS; ssrc++) {
    CHECK_INT (seal (key, ssrc, &frame), E2EE_OK);
    CHECK_INT (open_from (ring, ssrc, &frame), E2EE_OK);
  }
  e2ee_keyring_unref (ring);
  e2ee_key_unref (key);
}

static void
test_a_key_file_read_again_forgets_no_stream (void)
{
  e2ee_keyring *ring = receiver (stream_params (E2EE_KEY_DECRYPT));
  e2ee_key *key = sender ();
  sealed_frame frame;

  CHECK_INT (seal (key, 1, &frame), E2EE_OK);
  CHECK_INT (open_from (ring, 1, &frame), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key_with (e2ee_env_default (),
              stream_params (E2EE_KEY_DECRYPT)), 2), E2EE_OK);
  CHECK_INT (open_from (ring, 1, &frame), E2EE_ERR_REPLAYED);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (key);
}

static void
test_a_key_of_one_stream_has_nothing_to_choose (void)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, 7, 1);
  sealed_frame frame;

  CHECK_INT (seal (key, 1, &frame), E2EE_OK);
  CHECK_INT (seal (key, 2, &frame), E2EE_OK);
  CHECK_INT (frame.ctr, 1);
  e2ee_key_unref (key);
}

static void
test_only_sframe_has_keys_of_streams (void)
{
  e2ee_key_params params = stream_params (E2EE_KEY_ENCRYPT);
  e2ee_key *key;

  params.suite = e2ee_suite_find (E2EE_SUITE_LIVEKIT_HKDF);
  CHECK (params.suite != NULL);
  CHECK_INT (e2ee_key_new (e2ee_env_default (), &params, &key), E2EE_ERR_UNSUPPORTED);
  CHECK (key == NULL);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_stream_is_sealed_under_the_key_bound_to_its_ssrc),
  CHECK_CASE (test_a_frame_opens_as_one_of_its_stream_and_of_no_other),
  CHECK_CASE (test_nothing_is_sealed_or_opened_before_a_stream_is_chosen),
  CHECK_CASE (test_each_stream_goes_on_counting_where_it_was),
  CHECK_CASE (test_a_stream_that_comes_back_is_not_played_again),
  CHECK_CASE (test_the_limit_counts_for_each_stream),
  CHECK_CASE (test_a_sender_has_64_streams_and_keeps_them),
  CHECK_CASE (test_a_receiver_has_64_streams_and_keeps_them),
  CHECK_CASE (test_a_made_up_ssrc_takes_no_place),
  CHECK_CASE (test_a_key_file_read_again_forgets_no_stream),
  CHECK_CASE (test_a_key_of_one_stream_has_nothing_to_choose),
  CHECK_CASE (test_only_sframe_has_keys_of_streams),
};

CHECK_MAIN (cases)
