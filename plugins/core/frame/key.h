/* One SFrame key: a base key under a key id, for one direction (RFC 9605 section 4.4.2).
 *
 * Owns everything that must outlive a change of the key ring: the AEAD context, the salt, the
 * counter of a sending key and the replay window of a receiving key.  References are atomic; the
 * counter and the window belong to the one thread that seals or opens with it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_KEY_H
#define E2EE_CORE_FRAME_KEY_H

#include "core/env.h"
#include "core/frame/header.h"
#include "core/frame/replay.h"
#include "core/frame/suite.h"

typedef enum
{
  E2EE_KEY_ENCRYPT = 1,
  E2EE_KEY_DECRYPT
} e2ee_key_usage;

/* Where a sending counter starts (docs/wire-format.md): a group key is this element's alone and
 * counts from 0; a static key may be in use elsewhere or have been before, and starts at a
 * random 63-bit value.  On the receiving side a static key may have several runs of counters. */
typedef enum
{
  E2EE_KEY_OF_GROUP = 1,
  E2EE_KEY_STATIC
} e2ee_key_origin;

typedef struct
{
  const e2ee_suite *suite;
  uint64_t kid;
  e2ee_bytes base_key;          /* 1 to 256 bytes; a static key should have suite->nk */
  e2ee_key_usage usage;
  e2ee_key_origin origin;
  size_t replay_window;         /* for decrypting; 0 means E2EE_REPLAY_DEFAULT_WINDOW */
  /* How many frames may be sealed; the key then answers EXHAUSTED.  0, and anything above it, means
   * E2EE_KEY_DEFAULT_LIMIT: it also keeps counters from wrapping.  Lower in tests. */
  uint64_t hard_limit;
  /* draft-ietf-avtcore-rtp-sframe, per-SSRC keys: when set, the base key is first bound to
   * @ssrc. */
  int per_ssrc;
  uint32_t ssrc;
} e2ee_key_params;

/* NIST SP 800-38D section 8.3 allows 2^32 invocations under one key; at 50 frames a second that is
 * 2.7 years. */
#define E2EE_KEY_DEFAULT_LIMIT (UINT64_C (1) << 32)

typedef struct e2ee_key e2ee_key;

/* Derives key and salt (section 4.4.2) and makes the AEAD context: tens of microseconds, so
 * never on a streaming thread.  The caller keeps and wipes its base key.  *@key is NULL on
 * failure.  Errors: UNSUPPORTED (no suite, or not in this build), KEY_SIZE, KEY_USAGE (a usage or
 * origin that does not exist), SELF_TEST, NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_key_new (const e2ee_env * env, const e2ee_key_params * params,
    e2ee_key ** key);
e2ee_key *e2ee_key_ref (e2ee_key * key);
/* The last reference wipes; NULL is allowed. */
void e2ee_key_unref (e2ee_key * key);

uint64_t e2ee_key_get_kid (const e2ee_key * key);
const e2ee_suite *e2ee_key_get_suite (const e2ee_key * key);
/* Frames sealed so far, and how many may still be. */
uint64_t e2ee_key_get_used (const e2ee_key * key);
uint64_t e2ee_key_get_left (const e2ee_key * key);

#endif
