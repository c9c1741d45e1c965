/* What a key looks like inside: for key.c, keyring.c, the formats and the tests of the derivation
 * only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_KEY_PRIVATE_H
#define E2EE_CORE_FRAME_KEY_PRIVATE_H

#include "core/frame/srtpkey.h"
#include "core/frame/streams.h"
#include "core/frame/trailerkey.h"

#include <stdatomic.h>

/* RFC 9605 section 4.4.2 and the per-SSRC binding of draft-ietf-avtcore-rtp-sframe in front of
 * it. */

/* sframe_key and sframe_salt: suite->nk and E2EE_AEAD_NONCE_SIZE bytes.  Both are wiped on
 * failure. */
E2EE_MUST_USE e2ee_result e2ee_key_derive (const e2ee_suite * suite, uint64_t kid,
    e2ee_bytes base_key, uint8_t * sframe_key, uint8_t sframe_salt[E2EE_AEAD_NONCE_SIZE]);

/* The base key of one stream, suite->nh bytes; wiped on failure. */
E2EE_MUST_USE e2ee_result e2ee_key_bind_ssrc (const e2ee_suite * suite, uint32_t ssrc,
    e2ee_bytes base_key, uint8_t * stream_key);

/* Lives in secret memory, since it holds the salt. */
struct e2ee_key
{
  atomic_size_t refs;
  const e2ee_suite *suite;
  uint64_t kid;
  e2ee_key_usage usage;
  e2ee_aead *aead;
  uint8_t salt[E2EE_AEAD_NONCE_SIZE];
  /* Of LiveKit and Jitsi, in place of @aead and @replay; @salt is then a fingerprint of the
   * secret. */
  e2ee_trailer_key *trailer;
  /* Of a key that is of streams, in place of all that is below. */
  e2ee_streams *streams;

  /* for encrypting; @used is written by the sealing thread alone and read by statistics */
  uint64_t first_ctr;
  uint64_t hard_limit;
  _Atomic uint64_t used;

  /* for decrypting */
  e2ee_replay *replay;

  /* Of SRTP, in place of @aead and @replay; @salt is then the front of its name. */
  e2ee_srtp *srtp;
};

/* What seals and opens: @key itself, or the key of its current stream, NULL when there is none. */
static inline e2ee_key *
e2ee_key_working (e2ee_key * key)
{
  return key->streams == NULL ? key : e2ee_streams_get_current (key->streams);
}

/* The counter that the next e2ee_key_take_ctr() gives out. */
uint64_t e2ee_key_next_ctr (const e2ee_key * key);

/* Spends one counter: it is never given out again, whatever becomes of the frame.  The only
 * place where a counter comes from, and so the only one that the hard limit needs.  Errors:
 * KEY_USAGE, EXHAUSTED. */
E2EE_MUST_USE e2ee_result e2ee_key_take_ctr (e2ee_key * key, uint64_t * ctr);

/* Nonzero when both were derived from one base key under one key id and suite, so that every
 * frame one opens, the other opens too. */
int e2ee_key_is_same_secret (const e2ee_key * a, const e2ee_key * b);

#endif
