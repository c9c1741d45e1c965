/* The keys of the formats with a trailer: nonces, limits, and which keys are the same.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "trailer-frames.h"

#include "core/crypto/secret.h"
#include "core/frame/trailerkey.h"

#define SECRET "000102030405060708090a0b0c0d0e0f"
#define OTHER_SECRET "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"

static const e2ee_suite_id suites[] = {
  E2EE_SUITE_LIVEKIT_PBKDF2, E2EE_SUITE_LIVEKIT_HKDF, E2EE_SUITE_JITSI_HKDF,
  E2EE_SUITE_LIVEKIT_PBKDF2_256, E2EE_SUITE_LIVEKIT_HKDF_256,
};

static e2ee_trailer_key *
trailer_key (const e2ee_env * env)
{
  uint8_t fingerprint[E2EE_AEAD_NONCE_SIZE];
  e2ee_trailer_key *key = NULL;
  e2ee_key_params params;
  test_bytes secret;

  read_hex (SECRET, &secret);
  params = trailer_params (E2EE_KEY_ENCRYPT, E2EE_SUITE_LIVEKIT_HKDF, 0, &secret);
  if (e2ee_crypto_init () != E2EE_OK
      || e2ee_trailer_key_new (env, &params, fingerprint, &key) != E2EE_OK)
    check_fail (__FILE__, __LINE__, "no key");
  return key;
}

/* The start as digits to the base 255, then the number likewise. */
static const struct
{
  const char *name;
  uint64_t start, ctr;
  const char *nonce;
} nonces[] = {
  {"nothing but zeros", 0, 0, "010101010101010101010101"},
  {"the first carry", 0, 255, "010101010101010101010201"},
  {"the last number", 0, E2EE_TRAILER_KEY_LIMIT - 1, "0101010101010101ffffffff"},
  {"a start of ones", UINT64_MAX, 1, "091d3947391d090101010102"},
  {"a start", 0x0102030405060708, 2, "020a25557f7f552501010103"},
};

static void
test_nonces_are_a_start_and_a_number (void)
{
  for (size_t i = 0; i < CHECK_N (nonces); i++) {
    foretold_env env;
    e2ee_trailer_key *key = trailer_key (foretold_env_init (&env, nonces[i].start));
    uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
    test_bytes expected;

    CHECK_ROW ("%s", nonces[i].name);
    read_hex (nonces[i].nonce, &expected);
    e2ee_trailer_key_nonce (key, nonces[i].ctr, nonce);
    CHECK_BYTES (E2EE_BYTES (nonce, sizeof nonce), VIEW (&expected));
    e2ee_trailer_key_free (key);
  }
}

static void
test_no_byte_of_a_nonce_is_zero (void)
{
  static const uint64_t numbers[] = { 0, 1, 254, 255, 256, 65024, 65025, 65536, 16581374, 16581375,
    16777216, E2EE_TRAILER_KEY_LIMIT - 1
  };

  for (unsigned start = 0; start < 100; start++) {
    e2ee_trailer_key *key = trailer_key (e2ee_env_default ());

    for (size_t i = 0; i < CHECK_N (numbers); i++) {
      uint8_t nonce[E2EE_AEAD_NONCE_SIZE];

      CHECK_ROW ("number %" PRIu64, numbers[i]);
      e2ee_trailer_key_nonce (key, numbers[i], nonce);
      CHECK (memchr (nonce, 0, sizeof nonce) == NULL);
    }
    e2ee_trailer_key_free (key);
  }
}

static void
test_two_senders_of_one_key_do_not_meet (void)
{
  e2ee_trailer_key *a = trailer_key (e2ee_env_default ());
  e2ee_trailer_key *b = trailer_key (e2ee_env_default ());
  uint8_t nonce_a[E2EE_AEAD_NONCE_SIZE], nonce_b[E2EE_AEAD_NONCE_SIZE];

  e2ee_trailer_key_nonce (a, 0, nonce_a);
  e2ee_trailer_key_nonce (b, 0, nonce_b);
  CHECK (memcmp (nonce_a, nonce_b, 8) != 0);
  e2ee_trailer_key_free (a);
  e2ee_trailer_key_free (b);
}

static void
test_every_frame_has_a_nonce_of_its_own (void)
{
  for (size_t i = 0; i < CHECK_N (suites); i++) {
    const e2ee_format *format = format_of (suites[i]);
    test_bytes secret, plain, sealed;
    e2ee_frame_info info;
    e2ee_key *key;
    uint64_t last = 0;

    CHECK_ROW ("%s", e2ee_suite_find (suites[i])->name);
    read_hex (SECRET, &secret);
    read_hex ("780be4c1", &plain);
    key = make_key_with (e2ee_env_default (),
        trailer_params (E2EE_KEY_ENCRYPT, suites[i], 1, &secret));
    for (unsigned frame = 0; frame < 1000; frame++) {
      CHECK_INT (seal_into (format, key, E2EE_CODEC_OPUS, VIEW (&plain), &sealed, &info),
          E2EE_OK);
      CHECK (frame == 0 || info.ctr > last);
      last = info.ctr;
    }
    CHECK_INT (e2ee_key_get_used (key), 1000);
    e2ee_key_unref (key);
  }
}

static void
test_a_key_is_used_up (void)
{
  e2ee_key_params params;
  test_bytes secret, plain, sealed;
  e2ee_frame_info info;
  e2ee_key *key;

  read_hex (SECRET, &secret);
  read_hex ("780be4c1", &plain);
  params = trailer_params (E2EE_KEY_ENCRYPT, E2EE_SUITE_LIVEKIT_HKDF, 1, &secret);
  key = make_key_with (e2ee_env_default (), params);
  CHECK_INT (e2ee_key_get_left (key), E2EE_TRAILER_KEY_LIMIT);
  e2ee_key_unref (key);

  params.hard_limit = 2;
  key = make_key_with (e2ee_env_default (), params);
  for (unsigned i = 0; i < 2; i++)
    CHECK_INT (seal_into (&e2ee_format_livekit, key, E2EE_CODEC_OPUS, VIEW (&plain), &sealed,
            &info), E2EE_OK);
  CHECK_INT (seal_into (&e2ee_format_livekit, key, E2EE_CODEC_OPUS, VIEW (&plain), &sealed,
          &info), E2EE_ERR_EXHAUSTED);
  e2ee_key_unref (key);
}

/* A key given again must not let every old frame in once more. */
static void
test_the_same_secret_again_keeps_what_was_seen (void)
{
  for (size_t i = 0; i < CHECK_N (suites); i++) {
    const e2ee_format *format = format_of (suites[i]);
    test_bytes secret, other, plain, sealed;
    e2ee_key_params params;
    e2ee_frame_info info;
    e2ee_keyring *ring;
    e2ee_key *sender;

    CHECK_ROW ("%s", e2ee_suite_find (suites[i])->name);
    read_hex (SECRET, &secret);
    read_hex (OTHER_SECRET, &other);
    read_hex ("780be4c1", &plain);
    sender = make_key_with (e2ee_env_default (),
        trailer_params (E2EE_KEY_ENCRYPT, suites[i], 1, &secret));
    params = trailer_params (E2EE_KEY_DECRYPT, suites[i], 1, &secret);
    ring = ring_with (make_key_with (e2ee_env_default (), params));
    CHECK_INT (seal_into (format, sender, E2EE_CODEC_OPUS, VIEW (&plain), &sealed, &info),
        E2EE_OK);
    CHECK_INT (open_only (format, ring, E2EE_CODEC_OPUS, VIEW (&sealed)), E2EE_OK);

    CHECK_INT (ring_take (&ring, make_key_with (e2ee_env_default (), params), 2), E2EE_OK);
    CHECK_INT (open_only (format, ring, E2EE_CODEC_OPUS, VIEW (&sealed)), E2EE_ERR_REPLAYED);
    params.base_key = VIEW (&other);
    CHECK_INT (ring_take (&ring, make_key_with (e2ee_env_default (), params), 3), E2EE_OK);
    CHECK_INT (open_only (format, ring, E2EE_CODEC_OPUS, VIEW (&sealed)), E2EE_ERR_TAG);
    e2ee_keyring_unref (ring);
    e2ee_key_unref (sender);
  }
}

static void
test_keys_that_the_format_cannot_have_are_refused (void)
{
  static const struct
  {
    const char *name;
    e2ee_suite_id suite;
    uint64_t kid;
    size_t size;
    e2ee_result cause;
  } rows[] = {
    {"livekit, last place", E2EE_SUITE_LIVEKIT_HKDF, 255, 16, E2EE_OK},
    {"livekit, behind it", E2EE_SUITE_LIVEKIT_HKDF, 256, 16, E2EE_ERR_KEY_ID},
    {"livekit, passphrase behind it", E2EE_SUITE_LIVEKIT_PBKDF2, UINT64_MAX, 16,
          E2EE_ERR_KEY_ID},
    {"jitsi, last place", E2EE_SUITE_JITSI_HKDF, 15, 16, E2EE_OK},
    {"jitsi, behind it", E2EE_SUITE_JITSI_HKDF, 16, 16, E2EE_ERR_KEY_ID},
    {"no secret", E2EE_SUITE_LIVEKIT_PBKDF2, 0, 0, E2EE_ERR_KEY_SIZE},
    {"the longest secret", E2EE_SUITE_LIVEKIT_PBKDF2, 0, 256, E2EE_OK},
    {"longer than that", E2EE_SUITE_LIVEKIT_PBKDF2, 0, 257, E2EE_ERR_KEY_SIZE},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    test_bytes secret = { {1}, rows[i].size };
    e2ee_key_params params = trailer_params (E2EE_KEY_DECRYPT, rows[i].suite, rows[i].kid,
        &secret);
    e2ee_key *key;

    CHECK_ROW ("%s", rows[i].name);
    CHECK_INT (e2ee_key_new (e2ee_env_default (), &params, &key), rows[i].cause);
    CHECK ((key != NULL) == (rows[i].cause == E2EE_OK));
    e2ee_key_unref (key);
  }
}

static void
test_the_window_follows_the_peers_own_unless_told_otherwise (void)
{
  static const struct
  {
    e2ee_suite_id suite;
    size_t window;
  } rows[] = {
    {E2EE_SUITE_LIVEKIT_PBKDF2, 0}, {E2EE_SUITE_LIVEKIT_PBKDF2_256, 0},
    {E2EE_SUITE_LIVEKIT_HKDF, 8}, {E2EE_SUITE_LIVEKIT_HKDF_256, 8}, {E2EE_SUITE_JITSI_HKDF, 8},
    {E2EE_SUITE_AES_128_GCM_SHA256_128, 0},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    CHECK_ROW ("%s", e2ee_suite_find (rows[i].suite)->name);
    CHECK_INT (e2ee_key_default_ratchet_window (e2ee_suite_find (rows[i].suite)),
        rows[i].window);
  }
}

/* Far ahead, and no further than the limit, however large a window is asked for. */
static void
test_a_window_is_cut_to_its_limit (void)
{
  for (size_t steps = E2EE_KEY_MAX_RATCHET_WINDOW; steps <= E2EE_KEY_MAX_RATCHET_WINDOW + 1;
      steps++) {
    const e2ee_suite *suite = e2ee_suite_find (E2EE_SUITE_JITSI_HKDF);
    test_bytes secret, material, plain, sealed;
    e2ee_key_params params;
    e2ee_frame_info info;
    e2ee_keyring *ring;
    e2ee_key *sender;

    CHECK_ROW ("%zu steps", steps);
    read_hex (SECRET, &secret);
    read_hex ("780be4c1", &plain);
    material = secret;
    for (size_t i = 0; i < steps; i++) {
      uint8_t aes_key[16], next[E2EE_TRAILER_MATERIAL_SIZE];

      CHECK_INT (e2ee_trailer_key_step (suite, VIEW (&material), aes_key, next), E2EE_OK);
      memcpy (material.bytes, next, sizeof next);
      material.size = sizeof next;
    }
    sender = make_key_with (e2ee_env_default (),
        trailer_params (E2EE_KEY_ENCRYPT, E2EE_SUITE_JITSI_HKDF, 1, &material));
    params = trailer_params (E2EE_KEY_DECRYPT, E2EE_SUITE_JITSI_HKDF, 1, &secret);
    params.ratchet_window = SIZE_MAX;
    ring = ring_with (make_key_with (e2ee_env_default (), params));
    CHECK_INT (seal_into (&e2ee_format_jitsi, sender, E2EE_CODEC_OPUS, VIEW (&plain), &sealed,
            &info), E2EE_OK);
    CHECK_INT (open_only (&e2ee_format_jitsi, ring, E2EE_CODEC_OPUS, VIEW (&sealed)),
        steps == E2EE_KEY_MAX_RATCHET_WINDOW ? E2EE_OK : E2EE_ERR_TAG);
    e2ee_keyring_unref (ring);
    e2ee_key_unref (sender);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_nonces_are_a_start_and_a_number),
  CHECK_CASE (test_no_byte_of_a_nonce_is_zero),
  CHECK_CASE (test_two_senders_of_one_key_do_not_meet),
  CHECK_CASE (test_every_frame_has_a_nonce_of_its_own),
  CHECK_CASE (test_a_key_is_used_up),
  CHECK_CASE (test_the_same_secret_again_keeps_what_was_seen),
  CHECK_CASE (test_keys_that_the_format_cannot_have_are_refused),
  CHECK_CASE (test_the_window_follows_the_peers_own_unless_told_otherwise),
  CHECK_CASE (test_a_window_is_cut_to_its_limit),
};

CHECK_MAIN (cases)
