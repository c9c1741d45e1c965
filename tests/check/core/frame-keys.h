/* Keys whose counters can be foretold, and rings of them, for the tests of core/frame.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_FRAME_KEYS_H
#define E2EE_TESTS_FRAME_KEYS_H

#include "core/bytes.h"
#include "core/env.h"
#include "core/frame/keyring.h"

#include <string.h>

/* The base key, key id, counter, metadata and plaintext of RFC 9605 appendix C.3. */
#define RFC_BASE_KEY "000102030405060708090a0b0c0d0e0f"
#define RFC_KID 0x123
#define RFC_CTR 0x4567
#define RFC_METADATA "4945544620534672616d65205747"
#define RFC_PLAINTEXT "64726166742d696574662d736672616d652d656e63"

static const e2ee_suite_id all_suites[] = {
  E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80, E2EE_SUITE_AES_128_CTR_HMAC_SHA256_64,
  E2EE_SUITE_AES_128_CTR_HMAC_SHA256_32, E2EE_SUITE_AES_128_GCM_SHA256_128,
  E2EE_SUITE_AES_256_GCM_SHA512_128, E2EE_SUITE_AES_256_CTR_HMAC_SHA512_80,
  E2EE_SUITE_AES_256_CTR_HMAC_SHA512_64, E2EE_SUITE_AES_256_CTR_HMAC_SHA512_32,
};

/* An environment whose generator gives out one number, big-endian, again and again. */
typedef struct
{
  e2ee_env env;
  uint64_t number;
} foretold_env;

static inline void
foretold_random (void *user, uint8_t * out, size_t size)
{
  e2ee_put_be (out, ((foretold_env *) user)->number, size);
}

static inline uint64_t
foretold_now_ms (void *user)
{
  return 0;
}

static inline const e2ee_env *
foretold_env_init (foretold_env * foretold, uint64_t number)
{
  *foretold = (foretold_env) { {foretold_random, foretold_now_ms, foretold}, number };
  return &foretold->env;
}

/* NULL on failure. */
static inline e2ee_key *
make_key_with (const e2ee_env * env, e2ee_key_params params)
{
  e2ee_key *key;

  if (e2ee_key_new (env, &params, &key) != E2EE_OK)
    return NULL;
  return key;
}

/* @secret is the one byte that the base key consists of. */
static inline e2ee_key_params
key_params (e2ee_key_usage usage, e2ee_key_origin origin, e2ee_suite_id suite, uint64_t kid,
    uint8_t secret)
{
  static uint8_t base_keys[256][16];

  memset (base_keys[secret], secret, sizeof base_keys[secret]);
  return (e2ee_key_params) {
    .suite = e2ee_suite_find (suite),
    .kid = kid,
    .base_key = E2EE_BYTES (base_keys[secret], sizeof base_keys[secret]),
    .usage = usage,
    .origin = origin,
  };
}

/* A key of a group, with the suite AES_128_GCM_SHA256_128. */
static inline e2ee_key *
make_key (e2ee_key_usage usage, uint64_t kid, uint8_t secret)
{
  return make_key_with (e2ee_env_default (),
      key_params (usage, E2EE_KEY_OF_GROUP, E2EE_SUITE_AES_128_GCM_SHA256_128, kid, secret));
}

/* Adds @key to *@ring in place and drops the caller's reference. */
static inline e2ee_result
ring_take (e2ee_keyring ** ring, e2ee_key * key, uint64_t epoch)
{
  e2ee_keyring *next;
  e2ee_result r = e2ee_keyring_add (*ring, key, epoch, &next);

  e2ee_key_unref (key);
  if (r == E2EE_OK) {
    e2ee_keyring_unref (*ring);
    *ring = next;
  }
  return r;
}

/* Puts @next, which may be NULL, in the place of *@ring. */
static inline int
ring_move (e2ee_keyring ** ring, e2ee_keyring * next)
{
  if (next == NULL)
    return 0;
  e2ee_keyring_unref (*ring);
  *ring = next;
  return 1;
}

#endif
