/* SFrame protection of one frame: the answers of RFC 9605, and that what is sealed opens.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "hex.h"
#include "sealed-frames.h"

#include <stdlib.h>

/* RFC 9605 appendix C.3; from 0x0006 on draft-barnes-sframe-iana-256. */
static const struct
{
  e2ee_suite_id suite;
  const char *frame;
} answers[] = {
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80,
        "9901234567"
        "449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11"},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_64,
        "9901234567"
        "3f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607"},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_32,
        "9901234567"
        "17fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443"},
  {E2EE_SUITE_AES_128_GCM_SHA256_128,
        "9901234567"
        "b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018"
        "ce4adb34eb"},
  {E2EE_SUITE_AES_256_GCM_SHA512_128,
        "9901234567"
        "94f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56"
        "ceabced279"},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_80,
        "9901234567"
        "b369e03ec6467ad505ddc84914115069280c5c797555be6e32cde6ac25bc9e"},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_64,
        "9901234567"
        "97cb5644d8831ff8bdc080249990b24b569144cab2a87be22c20d97976"},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_32,
        "9901234567"
        "112a94a288b85b49ffef1d279f2830165c39d76cac8884011c"},
};

static void
check_answer (e2ee_suite_id suite, e2ee_bytes expected)
{
  foretold_env foretold;
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_STATIC, suite, RFC_KID, 0);
  uint8_t out[128];
  size_t size;
  uint64_t ctr;
  e2ee_sframe_info info;
  e2ee_key *key;
  e2ee_keyring *ring;

  params.base_key = HEX (RFC_BASE_KEY);
  key = make_key_with (foretold_env_init (&foretold, RFC_CTR * 2), params);
  params.usage = E2EE_KEY_DECRYPT;
  ring = ring_of (make_key_with (&foretold.env, params));

  CHECK_INT (e2ee_sframe_overhead (key), expected.size - HEX (RFC_PLAINTEXT).size);
  CHECK_INT (e2ee_sframe_seal (key, HEX (RFC_METADATA), HEX (RFC_PLAINTEXT), out, &size, &ctr),
      E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, size), expected);
  CHECK_INT (ctr, RFC_CTR);

  CHECK_INT (e2ee_sframe_open (ring, 0, HEX (RFC_METADATA), expected, out, &size, &info), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, size), HEX (RFC_PLAINTEXT));
  CHECK_INT (info.kid, RFC_KID);
  CHECK_INT (info.ctr, RFC_CTR);
  CHECK_INT (info.header_size, 5);
  CHECK_INT (info.epoch, 1);

  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_frames_are_those_of_the_rfc (void)
{
  for (size_t i = 0; i < CHECK_N (answers); i++) {
    uint8_t expected[128];

    CHECK_ROW ("%s", e2ee_suite_find (answers[i].suite)->name);
    check_answer (answers[i].suite, hex_decode (answers[i].frame, expected, sizeof expected));
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
test_every_suite_opens_what_it_sealed (void)
{
  for (size_t i = 0; i < CHECK_N (all_suites); i++) {
    e2ee_key *key = sender_for (all_suites[i], 9, 1);
    e2ee_keyring *ring = ring_for (all_suites[i], 9, 1);
    test_frame frame;

    for (size_t size = 0; size < 300; size += 1 + size / 10) {
      CHECK_ROW ("suite %u, %zu bytes", (unsigned) all_suites[i], size);
      CHECK_INT (seal_frame (key, size, &frame), E2EE_OK);
      CHECK_INT (open_frame (ring, &frame), E2EE_OK);
      CHECK_RETURN_IF_FAILED ();
    }
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
  }
}

static void
test_open_in_place_and_out_of_place_agree (void)
{
  for (size_t i = 0; i < CHECK_N (all_suites); i++) {
    e2ee_key *key = sender_for (all_suites[i], 9, 1);
    e2ee_keyring *ring = ring_for (all_suites[i], 9, 1);
    e2ee_keyring *twin = ring_for (all_suites[i], 9, 1);
    test_frame frame;

    for (size_t size = 0; size < 300; size += 1 + size / 3) {
      CHECK_ROW ("suite %u, %zu bytes", (unsigned) all_suites[i], size);
      CHECK_INT (seal_frame (key, size, &frame), E2EE_OK);
      frame.bytes[frame.size - 1] ^= 1;
      CHECK_INT (open_frame (ring, &frame), E2EE_ERR_TAG);
      CHECK_INT (open_frame_in_place (twin, &frame), E2EE_ERR_TAG);
      frame.bytes[frame.size - 1] ^= 1;
      CHECK_INT (open_frame (ring, &frame), E2EE_OK);
      CHECK_INT (open_frame_in_place (twin, &frame), E2EE_OK);
      CHECK_INT (open_frame (ring, &frame), E2EE_ERR_REPLAYED);
      CHECK_INT (open_frame_in_place (twin, &frame), E2EE_ERR_REPLAYED);
      CHECK_RETURN_IF_FAILED ();
    }
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
    e2ee_keyring_unref (twin);
  }
}

static void
test_overhead_is_what_seal_adds (void)
{
  foretold_env foretold;
  e2ee_key *key = make_key_with (foretold_env_init (&foretold, 2 * 250),
      key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_STATIC, GCM, UINT64_MAX, 1));
  test_frame frame;

  /* the header grows at counter 256 */
  for (unsigned i = 0; i < 10; i++) {
    size_t overhead = e2ee_sframe_overhead (key);

    CHECK_ROW ("counter %u", 250 + i);
    CHECK_INT (seal_frame (key, 100, &frame), E2EE_OK);
    CHECK_INT (frame.size, 100 + overhead);
    CHECK_INT (overhead, 1 + 8 + (i < 6 ? 1 : 2) + 16);
  }
  e2ee_key_unref (key);
}

static void
test_seal_authenticates_all_of_the_largest_metadata (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  e2ee_keyring *ring = ring_for (GCM, 9, 1);
  uint8_t *metadata = calloc (1, E2EE_SFRAME_MAX_METADATA + 1);
  uint8_t frame[64], out[64];
  size_t size, out_size;
  e2ee_sframe_info info;

  CHECK_INT (e2ee_sframe_seal (key, E2EE_BYTES (metadata, E2EE_SFRAME_MAX_METADATA),
          HEX (RFC_PLAINTEXT), frame, &size, NULL), E2EE_OK);
  metadata[E2EE_SFRAME_MAX_METADATA - 1] = 1;
  CHECK_INT (e2ee_sframe_open (ring, 0, E2EE_BYTES (metadata, E2EE_SFRAME_MAX_METADATA),
          E2EE_BYTES (frame, size), out, &out_size, &info), E2EE_ERR_TAG);
  metadata[E2EE_SFRAME_MAX_METADATA - 1] = 0;
  CHECK_INT (e2ee_sframe_open (ring, 0, E2EE_BYTES (metadata, E2EE_SFRAME_MAX_METADATA + 1),
          E2EE_BYTES (frame, size), out, &out_size, &info), E2EE_ERR_TOO_LARGE);
  CHECK_INT (e2ee_sframe_open (ring, 0, E2EE_BYTES (metadata, E2EE_SFRAME_MAX_METADATA),
          E2EE_BYTES (frame, size), out, &out_size, &info), E2EE_OK);

  free (metadata);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_seal_refuses_a_key_for_decrypting (void)
{
  e2ee_key *key = make_key (E2EE_KEY_DECRYPT, 9, 1);
  test_frame frame;

  memset (frame.bytes, UNTOUCHED, sizeof frame.bytes);
  CHECK_INT (seal_frame (key, 30, &frame), E2EE_ERR_KEY_USAGE);
  CHECK_INT (frame.size, 0);
  CHECK_INT (frame.bytes[0], UNTOUCHED);
  e2ee_key_unref (key);
}

static void
test_seal_stops_at_the_hard_limit_and_stays_stopped (void)
{
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_OF_GROUP, GCM, 9, 1);
  e2ee_key *key;
  test_frame frame;

  params.hard_limit = 2;
  key = make_key_with (e2ee_env_default (), params);
  CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
  CHECK_INT (seal_frame (key, 30, &frame), E2EE_OK);
  CHECK_INT (frame.ctr, 1);
  memset (frame.bytes, UNTOUCHED, sizeof frame.bytes);
  for (unsigned i = 0; i < 5; i++) {
    CHECK_INT (seal_frame (key, 30, &frame), E2EE_ERR_EXHAUSTED);
    CHECK_INT (frame.size, 0);
    CHECK_INT (frame.bytes[0], UNTOUCHED);
  }
  CHECK_INT (e2ee_key_get_used (key), 2);
  e2ee_key_unref (key);
}

static void
test_seal_refuses_what_is_too_large_and_spends_no_counter (void)
{
  e2ee_key *key = sender_for (GCM, 9, 1);
  uint8_t byte = 0, out[64];
  size_t size;

  CHECK_INT (e2ee_sframe_seal (key, E2EE_BYTES (&byte, E2EE_SFRAME_MAX_METADATA + 1),
          E2EE_BYTES (&byte, 1), out, &size, NULL), E2EE_ERR_TOO_LARGE);
  CHECK_INT (size, 0);
  CHECK_INT (e2ee_sframe_seal (key, E2EE_NO_BYTES,
          E2EE_BYTES (&byte, E2EE_SFRAME_MAX_FRAME + 1), out, &size, NULL), E2EE_ERR_TOO_LARGE);
  CHECK_INT (size, 0);
  CHECK_INT (e2ee_key_get_used (key), 0);
  e2ee_key_unref (key);
}

static const check_case cases[] = {
  CHECK_CASE (test_frames_are_those_of_the_rfc),
  CHECK_CASE (test_every_suite_opens_what_it_sealed),
  CHECK_CASE (test_open_in_place_and_out_of_place_agree),
  CHECK_CASE (test_overhead_is_what_seal_adds),
  CHECK_CASE (test_seal_authenticates_all_of_the_largest_metadata),
  CHECK_CASE (test_seal_refuses_a_key_for_decrypting),
  CHECK_CASE (test_seal_stops_at_the_hard_limit_and_stays_stopped),
  CHECK_CASE (test_seal_refuses_what_is_too_large_and_spends_no_counter),
};

CHECK_MAIN (cases)
