/* SFrame protection of one frame: every way in which a frame must not open, and its cause.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "sealed-frames.h"

static void
test_open_refuses_an_unknown_key_id (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 10, 1);
  e2ee_keyring *empty = e2ee_keyring_new ();
  test_frame frame;
  uint8_t out[MAX_FRAME];
  size_t size;
  e2ee_sframe_info info;

  CHECK_INT (seal_frame (key, 100, &frame), E2EE_OK);
  CHECK_INT (open_frame (ring, &frame), E2EE_ERR_UNKNOWN_KEY);
  CHECK_INT (open_frame (empty, &frame), E2EE_ERR_UNKNOWN_KEY);
  CHECK_INT (open_frame_in_place (empty, &frame), E2EE_ERR_UNKNOWN_KEY);

  /* whoever waits for a key learns which */
  CHECK_INT (open_bytes (ring, METADATA (&frame), WIRE (&frame), out, &size, &info),
      E2EE_ERR_UNKNOWN_KEY);
  CHECK_INT (info.kid, 9);
  CHECK_INT (info.header_size, 2);

  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
  e2ee_keyring_unref (empty);
}

static void
test_open_refuses_the_wrong_key (void)
{
  for (size_t i = 0; i < CHECK_N (all_suites); i++) {
    e2ee_key *key = sender_for (all_suites[i], 9, 1);
    e2ee_keyring *ring = ring_for (all_suites[i], 9, 2);
    test_frame frame;

    CHECK_ROW ("suite %u", (unsigned) all_suites[i]);
    CHECK_INT (seal_frame (key, 100, &frame), E2EE_OK);
    CHECK_INT (open_frame (ring, &frame), E2EE_ERR_TAG);
    CHECK_INT (open_frame_in_place (ring, &frame), E2EE_ERR_TAG);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_open_refuses_another_suite_of_the_same_base_key (void)
{
  for (size_t i = 0; i < CHECK_N (all_suites); i++) {
    e2ee_key *key = sender_for (all_suites[i], 9, 1);
    test_frame frame;

    CHECK_INT (seal_frame (key, 100, &frame), E2EE_OK);
    for (size_t j = 0; j < CHECK_N (all_suites); j++) {
      e2ee_keyring *ring = ring_for (all_suites[j], 9, 1);

      CHECK_ROW ("sealed by %u, opened by %u", (unsigned) all_suites[i],
          (unsigned) all_suites[j]);
      CHECK_INT (open_frame (ring, &frame), i == j ? E2EE_OK : E2EE_ERR_TAG);
      e2ee_keyring_unref (ring);
    }
    e2ee_key_unref (key);
  }
}

static void
test_open_refuses_a_stream_key_of_another_ssrc (void)
{
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_OF_GROUP, GCM, 9, 1);
  e2ee_key *key;
  e2ee_keyring *same, *other;
  test_frame frame;

  params.per_ssrc = 1;
  params.ssrc = 0x12345678;
  key = make_key_with (e2ee_env_default (), params);
  params.usage = E2EE_KEY_DECRYPT;
  same = ring_of (make_key_with (e2ee_env_default (), params));
  params.ssrc = 0x12345679;
  other = ring_of (make_key_with (e2ee_env_default (), params));

  CHECK_INT (seal_frame (key, 100, &frame), E2EE_OK);
  CHECK_INT (open_frame (other, &frame), E2EE_ERR_TAG);
  CHECK_INT (open_frame (same, &frame), E2EE_OK);

  e2ee_key_unref (key);
  e2ee_keyring_unref (same);
  e2ee_keyring_unref (other);
}

/* Flips every bit of @bytes in turn; all must answer @expected. */
static void
check_flips (const e2ee_keyring * ring, const test_frame * frame, uint8_t * bytes, size_t size,
    e2ee_result expected)
{
  for (size_t bit = 0; bit < 8 * size; bit++) {
    bytes[bit / 8] ^= (uint8_t) (1 << bit % 8);
    CHECK_ROW ("bit %zu of byte %zu", bit % 8, bit / 8);
    CHECK_INT (open_frame (ring, frame), expected);
    CHECK_INT (open_frame_in_place (ring, frame), expected);
    bytes[bit / 8] ^= (uint8_t) (1 << bit % 8);
  }
}

static void
test_open_refuses_a_flipped_bit_anywhere (void)
{
  for (size_t i = 0; i < CHECK_N (all_suites); i++) {
    size_t nt = e2ee_suite_find (all_suites[i])->nt;
    e2ee_key *key = sender_for (all_suites[i], 0xbeef, 1);
    e2ee_keyring *ring = ring_for (all_suites[i], 0xbeef, 1);
    test_frame frame;

    for (unsigned skipped = 0; skipped <= 8; skipped++)
      CHECK_INT (seal_frame (key, 40, &frame), E2EE_OK);

    /* 98 be ef 08: a long key id of two bytes and a long counter of one */
    CHECK_INT (frame.bytes[0], 0x98);
    check_flips (ring, &frame, frame.metadata, frame.metadata_size, E2EE_ERR_TAG);
    check_flips (ring, &frame, frame.bytes + 1, 2, E2EE_ERR_UNKNOWN_KEY);
    check_flips (ring, &frame, frame.bytes + 4, 40, E2EE_ERR_TAG);
    check_flips (ring, &frame, frame.bytes + 4 + 40, nt, E2EE_ERR_TAG);
    CHECK_RETURN_IF_FAILED ();

    /* nothing of it was remembered */
    CHECK_INT (open_frame (ring, &frame), E2EE_OK);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_open_refuses_a_changed_counter (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame frame;

  for (unsigned skipped = 0; skipped <= 100; skipped++)
    CHECK_INT (seal_frame (key, 40, &frame), E2EE_OK);
  CHECK_INT (frame.bytes[2], 100);
  for (unsigned ctr = 8; ctr < 256; ctr++) {
    CHECK_ROW ("counter %u", ctr);
    frame.bytes[2] = (uint8_t) ctr;
    if (ctr != 100)
      CHECK_INT (open_frame (ring, &frame), E2EE_ERR_TAG);
  }
  /* 7 in a byte of its own */
  frame.bytes[2] = 7;
  CHECK_INT (open_frame (ring, &frame), E2EE_ERR_HEADER);
  frame.bytes[2] = 100;
  CHECK_INT (open_frame (ring, &frame), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_open_refuses_every_other_config_byte (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame frame;
  uint8_t right;

  CHECK_INT (seal_frame (key, 40, &frame), E2EE_OK);
  right = frame.bytes[0];
  for (unsigned config = 0; config < 256; config++) {
    e2ee_result r;

    if (config == right)
      continue;
    CHECK_ROW ("config byte 0x%02x", config);
    frame.bytes[0] = (uint8_t) config;
    r = open_frame (ring, &frame);
    CHECK (r == E2EE_ERR_TAG || r == E2EE_ERR_UNKNOWN_KEY || r == E2EE_ERR_HEADER);
  }
  frame.bytes[0] = right;
  CHECK_INT (open_frame (ring, &frame), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_open_refuses_a_frame_cut_anywhere (void)
{
  for (size_t i = 0; i < CHECK_N (all_suites); i++) {
    size_t nt = e2ee_suite_find (all_suites[i])->nt;
    e2ee_key *key = sender_for (all_suites[i], 9, 1);
    e2ee_keyring *ring = ring_for (all_suites[i], 9, 1);
    test_frame frame;
    size_t full;

    CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
    full = frame.size;
    for (frame.size = 0; frame.size < full; frame.size++) {
      CHECK_ROW ("suite %u, %zu of %zu bytes", (unsigned) all_suites[i], frame.size, full);
      CHECK_INT (open_frame (ring, &frame),
          frame.size < 2 + nt ? E2EE_ERR_TRUNCATED : E2EE_ERR_TAG);
      CHECK_INT (open_frame_in_place (ring, &frame),
          frame.size < 2 + nt ? E2EE_ERR_TRUNCATED : E2EE_ERR_TAG);
    }
    CHECK_INT (open_frame (ring, &frame), E2EE_OK);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_open_refuses_a_frame_with_a_byte_more (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame frame = { 0 };

  CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
  frame.size++;
  CHECK_INT (open_frame (ring, &frame), E2EE_ERR_TAG);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_open_refuses_bytes_moved_between_metadata_and_frame (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame frame;

  CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
  frame.metadata_size = 2;
  CHECK_INT (open_frame (ring, &frame), E2EE_ERR_TAG);
  frame.metadata_size = 0;
  CHECK_INT (open_frame (ring, &frame), E2EE_ERR_TAG);
  frame.metadata_size = 3;
  CHECK_INT (open_frame (ring, &frame), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_open_refuses_a_replayed_frame (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame first, second;

  CHECK_INT (seal_frame (key, 30, &first), E2EE_OK);
  CHECK_INT (seal_frame (key, 30, &second), E2EE_OK);
  CHECK_INT (open_frame (ring, &second), E2EE_OK);
  CHECK_INT (open_frame (ring, &second), E2EE_ERR_REPLAYED);
  CHECK_INT (open_frame (ring, &first), E2EE_OK);
  CHECK_INT (open_frame (ring, &first), E2EE_ERR_REPLAYED);
  CHECK_INT (open_frame (ring, &second), E2EE_ERR_REPLAYED);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_open_refuses_a_frame_older_than_the_window (void)
{
  e2ee_key_params params = key_params (E2EE_KEY_DECRYPT, E2EE_KEY_OF_GROUP, GCM, 9, 1);
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring;
  test_frame frames[66];

  params.replay_window = 64;
  ring = ring_of (make_key_with (e2ee_env_default (), params));
  for (size_t i = 0; i < CHECK_N (frames); i++)
    CHECK_INT (seal_frame (key, 30, &frames[i]), E2EE_OK);
  CHECK_INT (open_frame (ring, &frames[65]), E2EE_OK);
  CHECK_INT (open_frame (ring, &frames[1]), E2EE_ERR_REPLAYED);
  CHECK_INT (open_frame (ring, &frames[2]), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_window_is_1024_when_none_is_asked_for (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame first, second, late;

  CHECK_INT (seal_frame (key, 30, &first), E2EE_OK);
  CHECK_INT (seal_frame (key, 30, &second), E2EE_OK);
  for (unsigned i = 2; i <= 1024; i++)
    CHECK_INT (seal_frame (key, 30, &late), E2EE_OK);
  CHECK_INT (open_frame (ring, &late), E2EE_OK);
  CHECK_INT (open_frame (ring, &first), E2EE_ERR_REPLAYED);
  CHECK_INT (open_frame (ring, &second), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_forged_counter_does_not_move_the_window (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  test_frame frame, forged;

  CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
  forged = frame;
  memmove (forged.bytes + 2 + 8, frame.bytes + 2, frame.size - 2);
  forged.bytes[0] |= 0x0f;
  memset (forged.bytes + 2, 0xff, 8);
  forged.size += 8;
  CHECK_INT (open_frame (ring, &forged), E2EE_ERR_TAG);
  CHECK_INT (open_frame (ring, &frame), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_open_refuses_a_frame_that_is_too_large (void)
{
  e2ee_keyring *ring = ring_for (GCM, 1, 1);
  uint8_t bytes[E2EE_SFRAME_MAX_HEADER_SIZE] = { 0x10 };
  size_t size;
  e2ee_sframe_info info;

  CHECK_INT (e2ee_sframe_open (ring, 0, E2EE_NO_BYTES,
          E2EE_BYTES (bytes, 1 + E2EE_SFRAME_MAX_FRAME + 1 + 16), NULL, &size, &info),
      E2EE_ERR_TOO_LARGE);
  e2ee_keyring_unref (ring);
}

static void
test_open_refuses_a_key_whose_time_is_over (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  uint8_t out[MAX_FRAME];
  size_t size;
  e2ee_sframe_info info;
  test_frame frame;

  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 2, 10000, 0)));
  CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
  CHECK_INT (e2ee_sframe_open (ring, 10000, METADATA (&frame), WIRE (&frame), out, &size, &info),
      E2EE_ERR_UNKNOWN_KEY);
  CHECK_INT (e2ee_sframe_open (ring, 9999, METADATA (&frame), WIRE (&frame), out, &size, &info),
      E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static const check_case cases[] = {
  CHECK_CASE (test_open_refuses_an_unknown_key_id),
  CHECK_CASE (test_open_refuses_the_wrong_key),
  CHECK_CASE (test_open_refuses_another_suite_of_the_same_base_key),
  CHECK_CASE (test_open_refuses_a_stream_key_of_another_ssrc),
  CHECK_CASE (test_open_refuses_a_flipped_bit_anywhere),
  CHECK_CASE (test_open_refuses_a_changed_counter),
  CHECK_CASE (test_open_refuses_every_other_config_byte),
  CHECK_CASE (test_open_refuses_a_frame_cut_anywhere),
  CHECK_CASE (test_open_refuses_a_frame_with_a_byte_more),
  CHECK_CASE (test_open_refuses_bytes_moved_between_metadata_and_frame),
  CHECK_CASE (test_open_refuses_a_replayed_frame),
  CHECK_CASE (test_open_refuses_a_frame_older_than_the_window),
  CHECK_CASE (test_window_is_1024_when_none_is_asked_for),
  CHECK_CASE (test_forged_counter_does_not_move_the_window),
  CHECK_CASE (test_open_refuses_a_frame_that_is_too_large),
  CHECK_CASE (test_open_refuses_a_key_whose_time_is_over),
};

CHECK_MAIN (cases)
