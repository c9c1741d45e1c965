/* One SFrame key: its derivation, its counter and its limit.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "frame-keys.h"
#include "hex.h"

#include "core/frame/key-private.h"

/* sframe_key and sframe_salt of RFC 9605 appendix C.3; from 0x0006 on of
 * draft-barnes-sframe-iana-256. */
static const struct
{
  e2ee_suite_id suite;
  const char *sframe_key;
  const char *sframe_salt;
} derivations[] = {
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80,
        "3f7d9a7c83ae8e1c8a11ae695ab59314b367e359fadac7b9c46b2bc6f81f46e1"
        "6b96f0811868d59402b7e870102720b3",
        "50b29329a04dc0f184ac3168"},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_64,
        "e2ec5c797540310483b16bf6e7a570d2a27d192fe869c7ccd8584a8d9dab9154"
        "9fbe553f5113461ec6aa83bf3865553e",
        "e68ac8dd3d02fbcd368c5577"},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_32,
        "2c5703089cbb8c583475e4fc461d97d18809df79b6d550f78eb6d50ffa80d892"
        "11d57909934f46f5405e38cd583c69fe",
        "38c16e4f5159700c00c7f350"},
  {E2EE_SUITE_AES_128_GCM_SHA256_128,
        "d34f547f4ca4f9a7447006fe7fcbf768",
        "75234edefe07819026751816"},
  {E2EE_SUITE_AES_256_GCM_SHA512_128,
        "d3e27b0d4a5ae9e55df01a70e6d4d28d969b246e2936f4b7a5d9b494da6b9633",
        "84991c167b8cd23c93708ec7"},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_80,
        "3c343886ec1c79278836863e00fe934c8894460cfa367ebdc4856b0a9268a4f4"
        "fb99437876819394ef90b10ee12602d023f7128ee50f2314c2cc3cff4c56616d"
        "2fe03ad2a254cc2ed29b2a4d3f2534c0dda9e7c391ad1917ea07aa221dd4b224",
        "e082f7ce012ad30c87c49e3f"},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_64,
        "7271d6c6cbccd2e2343d480ebea65718a7bb379eefcf3f8d107c1e2a76e75529"
        "3a497fd9e4e8291b965161987ef4ef24983eabb06cb0a392defaab18654780a3"
        "9c106ffa4a47d4183a6e593cd0c1bcab2b9c6dcf049215845bfb7580c4dea80e",
        "46b4367993a314910d4d9f3d"},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_32,
        "afe92c81e0df8c00fab619e0559fe5aeefce1ef77789d4c728af1b1c1f2e3552"
        "c405d274415a5291ec075c2d9954c450fbd36682a4e978494808b703ce78b409"
        "f9fec29b91e6e703a75c4131377c80c9d51b8906088092452e2593eb142eea2d",
        "f6de647bac1263524cfb6533"},
};

/* draft-ietf-avtcore-rtp-sframe; the result depends on the hash alone. */
static const struct
{
  e2ee_suite_id suite;
  uint32_t ssrc;
  const char *base_key;
  const char *stream_key;
} stream_keys[] = {
  {E2EE_SUITE_AES_128_GCM_SHA256_128, 305419896, "000102030405060708090a0b0c0d0e0f",
      "f309f118aecdacfbc165cc080022b297100bbb55e483b002d762000a0faa684d"},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80, UINT32_C (2557891634),
      "000102030405060708090a0b0c0d0e0f",
      "06e5d1b8c6e01f10b592bd2e13ff4b37182b895ec8330d5cc6ec690704043b5f"},
  {E2EE_SUITE_AES_256_GCM_SHA512_128, 305419896,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "4715e2a3e3ecb408c83135a30b8e660c75a3488dbd4d9dd3553a01b39df76bc4"
      "3a5a0b130159edd90353b09c810e849db7398182ac7c1dea072a2c1b6bac7dda"},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_80, UINT32_C (2557891634),
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "f7891c6b18d88a93ba7638875b87146df4cb9693ca3837b480e9221539e86c1c"
      "98391cb1273423b33f94abe7f67c1070997a588084a54391ebda18b3d6ff92f1"},
};

static void
test_derivation_gives_key_and_salt_of_the_rfc (void)
{
  for (size_t i = 0; i < CHECK_N (derivations); i++) {
    const e2ee_suite *suite = e2ee_suite_find (derivations[i].suite);
    uint8_t expected[E2EE_AEAD_MAX_KEY_SIZE];
    uint8_t sframe_key[E2EE_AEAD_MAX_KEY_SIZE];
    uint8_t sframe_salt[E2EE_AEAD_NONCE_SIZE];

    CHECK_ROW ("%s", suite->name);
    CHECK_INT (e2ee_key_derive (suite, RFC_KID, HEX (RFC_BASE_KEY), sframe_key, sframe_salt),
        E2EE_OK);
    CHECK_BYTES (E2EE_BYTES (sframe_key, suite->nk),
        hex_decode (derivations[i].sframe_key, expected, sizeof expected));
    CHECK_BYTES (E2EE_BYTES (sframe_salt, sizeof sframe_salt),
        hex_decode (derivations[i].sframe_salt, expected, sizeof expected));
  }
}

static void
test_stream_keys_are_those_of_the_draft (void)
{
  for (size_t i = 0; i < CHECK_N (stream_keys); i++) {
    const e2ee_suite *suite = e2ee_suite_find (stream_keys[i].suite);
    uint8_t base_key[E2EE_HASH_MAX_SIZE];
    uint8_t expected[E2EE_HASH_MAX_SIZE];
    uint8_t stream_key[E2EE_HASH_MAX_SIZE];

    CHECK_ROW ("%s, ssrc %" PRIu32, suite->name, stream_keys[i].ssrc);
    CHECK_INT (e2ee_key_bind_ssrc (suite, stream_keys[i].ssrc,
            hex_decode (stream_keys[i].base_key, base_key, sizeof base_key), stream_key), E2EE_OK);
    CHECK_BYTES (E2EE_BYTES (stream_key, suite->nh),
        hex_decode (stream_keys[i].stream_key, expected, sizeof expected));
  }
}

/* 1 when keys made with @a and @b are derived alike. */
static int
are_same (e2ee_key_params a, e2ee_key_params b)
{
  e2ee_key *key_a = make_key_with (e2ee_env_default (), a);
  e2ee_key *key_b = make_key_with (e2ee_env_default (), b);
  int same = key_a != NULL && key_b != NULL && e2ee_key_is_same_secret (key_a, key_b)
      && memcmp (key_a->salt, key_b->salt, sizeof key_a->salt) == 0;

  e2ee_key_unref (key_a);
  e2ee_key_unref (key_b);
  return same;
}

static void
test_every_input_of_the_derivation_counts (void)
{
  e2ee_key_params params = key_params (E2EE_KEY_DECRYPT, E2EE_KEY_OF_GROUP,
      E2EE_SUITE_AES_128_GCM_SHA256_128, 7, 1);
  e2ee_key_params other;

  CHECK (are_same (params, params));

  other = params;
  other.kid = 8;
  CHECK (!are_same (params, other));
  other.kid = UINT64_C (7) << 32;
  CHECK (!are_same (params, other));

  other = params;
  other.suite = e2ee_suite_find (E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80);
  CHECK (!are_same (params, other));

  other = params;
  other.base_key.size--;
  CHECK (!are_same (params, other));

  other = params;
  other.per_ssrc = 1;
  CHECK (!are_same (params, other));
  params.per_ssrc = 1;
  params.ssrc = 1;
  CHECK (!are_same (params, other));
}

static void
test_new_refuses_parameters_that_make_no_key (void)
{
  static uint8_t long_base_key[257] = { 1 };
  e2ee_key_params good = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_OF_GROUP,
      E2EE_SUITE_AES_128_GCM_SHA256_128, 0, 1);
  e2ee_key_params bad;
  e2ee_key *key;

  bad = good;
  bad.suite = NULL;
  CHECK_INT (e2ee_key_new (e2ee_env_default (), &bad, &key), E2EE_ERR_UNSUPPORTED);
  CHECK (key == NULL);

  bad = good;
  bad.base_key = E2EE_NO_BYTES;
  CHECK_INT (e2ee_key_new (e2ee_env_default (), &bad, &key), E2EE_ERR_KEY_SIZE);
  CHECK (key == NULL);

  bad.base_key = E2EE_BYTES (long_base_key, 257);
  CHECK_INT (e2ee_key_new (e2ee_env_default (), &bad, &key), E2EE_ERR_KEY_SIZE);
  CHECK (key == NULL);

  bad = good;
  bad.usage = (e2ee_key_usage) 0;
  CHECK_INT (e2ee_key_new (e2ee_env_default (), &bad, &key), E2EE_ERR_KEY_USAGE);
  CHECK (key == NULL);

  bad = good;
  bad.origin = (e2ee_key_origin) 0;
  CHECK_INT (e2ee_key_new (e2ee_env_default (), &bad, &key), E2EE_ERR_KEY_USAGE);
  CHECK (key == NULL);
}

static void
test_new_takes_base_keys_of_1_to_256_bytes (void)
{
  static uint8_t base_key[256] = { 1 };
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_OF_GROUP,
      E2EE_SUITE_AES_256_CTR_HMAC_SHA512_80, 0, 1);
  e2ee_key *key;

  params.base_key = E2EE_BYTES (base_key, 1);
  CHECK_INT (e2ee_key_new (e2ee_env_default (), &params, &key), E2EE_OK);
  e2ee_key_unref (key);
  params.base_key = E2EE_BYTES (base_key, 256);
  CHECK_INT (e2ee_key_new (e2ee_env_default (), &params, &key), E2EE_OK);
  e2ee_key_unref (key);
}

static void
test_new_key_tells_what_it_is (void)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, UINT64_MAX, 1);

  CHECK (e2ee_key_get_kid (key) == UINT64_MAX);
  CHECK_INT (e2ee_key_get_suite (key)->id, E2EE_SUITE_AES_128_GCM_SHA256_128);
  CHECK_INT (e2ee_key_get_used (key), 0);
  CHECK_INT (e2ee_key_get_left (key), INT64_C (1) << 32);
  e2ee_key_unref (key);
}

static void
test_group_key_counts_from_zero (void)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, 0, 1);
  uint64_t ctr;

  for (uint64_t i = 0; i < 1000; i++) {
    CHECK_INT (e2ee_key_take_ctr (key, &ctr), E2EE_OK);
    CHECK_INT (ctr, i);
    CHECK_INT (e2ee_key_get_used (key), i + 1);
  }
  e2ee_key_unref (key);
}

static void
test_static_key_counts_from_a_random_63_bit_value (void)
{
  foretold_env foretold;
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_STATIC,
      E2EE_SUITE_AES_128_GCM_SHA256_128, 0, 1);
  e2ee_key *key;
  uint64_t ctr;

  key = make_key_with (foretold_env_init (&foretold, UINT64_C (0x1122334455667788)), params);
  CHECK_INT (e2ee_key_take_ctr (key, &ctr), E2EE_OK);
  CHECK_INT (ctr, 0x1122334455667788 / 2);
  CHECK_INT (e2ee_key_take_ctr (key, &ctr), E2EE_OK);
  CHECK_INT (ctr, 0x1122334455667788 / 2 + 1);
  e2ee_key_unref (key);
}

static void
test_static_counter_cannot_wrap (void)
{
  foretold_env foretold;
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_STATIC,
      E2EE_SUITE_AES_128_GCM_SHA256_128, 0, 1);
  e2ee_key *key;

  params.hard_limit = UINT64_MAX;
  key = make_key_with (foretold_env_init (&foretold, UINT64_MAX), params);
  CHECK_INT (e2ee_key_next_ctr (key), INT64_MAX);
  CHECK_INT (e2ee_key_get_left (key), INT64_C (1) << 32);
  CHECK (e2ee_key_next_ctr (key) + e2ee_key_get_left (key) > e2ee_key_next_ctr (key));
  e2ee_key_unref (key);
}

static void
test_static_keys_of_one_secret_start_apart (void)
{
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_STATIC,
      E2EE_SUITE_AES_128_GCM_SHA256_128, 0, 1);
  e2ee_key *a = make_key_with (e2ee_env_default (), params);
  e2ee_key *b = make_key_with (e2ee_env_default (), params);

  CHECK (e2ee_key_next_ctr (a) != e2ee_key_next_ctr (b));
  e2ee_key_unref (a);
  e2ee_key_unref (b);
}

static void
test_hard_limit_is_reached_and_stays (void)
{
  e2ee_key_params params = key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_OF_GROUP,
      E2EE_SUITE_AES_128_GCM_SHA256_128, 0, 1);
  e2ee_key *key;
  uint64_t ctr;

  params.hard_limit = 3;
  key = make_key_with (e2ee_env_default (), params);
  for (uint64_t i = 0; i < 3; i++) {
    CHECK_INT (e2ee_key_get_left (key), 3 - i);
    CHECK_INT (e2ee_key_take_ctr (key, &ctr), E2EE_OK);
  }
  for (unsigned i = 0; i < 10; i++) {
    CHECK_INT (e2ee_key_take_ctr (key, &ctr), E2EE_ERR_EXHAUSTED);
    CHECK_INT (e2ee_key_get_left (key), 0);
    CHECK_INT (e2ee_key_get_used (key), 3);
  }
  e2ee_key_unref (key);
}

static void
test_decrypt_key_gives_out_no_counter (void)
{
  e2ee_key *key = make_key (E2EE_KEY_DECRYPT, 0, 1);
  uint64_t ctr;

  CHECK_INT (e2ee_key_take_ctr (key, &ctr), E2EE_ERR_KEY_USAGE);
  e2ee_key_unref (key);
}

static void
test_key_lives_until_its_last_reference (void)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, 5, 1);

  CHECK (e2ee_key_ref (key) == key);
  e2ee_key_unref (key);
  CHECK_INT (e2ee_key_get_kid (key), 5);
  e2ee_key_unref (key);
  e2ee_key_unref (NULL);
}

static const check_case cases[] = {
  CHECK_CASE (test_derivation_gives_key_and_salt_of_the_rfc),
  CHECK_CASE (test_stream_keys_are_those_of_the_draft),
  CHECK_CASE (test_every_input_of_the_derivation_counts),
  CHECK_CASE (test_new_refuses_parameters_that_make_no_key),
  CHECK_CASE (test_new_takes_base_keys_of_1_to_256_bytes),
  CHECK_CASE (test_new_key_tells_what_it_is),
  CHECK_CASE (test_group_key_counts_from_zero),
  CHECK_CASE (test_static_key_counts_from_a_random_63_bit_value),
  CHECK_CASE (test_static_counter_cannot_wrap),
  CHECK_CASE (test_static_keys_of_one_secret_start_apart),
  CHECK_CASE (test_hard_limit_is_reached_and_stays),
  CHECK_CASE (test_decrypt_key_gives_out_no_counter),
  CHECK_CASE (test_key_lives_until_its_last_reference),
};

CHECK_MAIN (cases)
