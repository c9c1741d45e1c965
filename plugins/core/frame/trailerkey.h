/* The keys of the formats with a trailer, LiveKit's and Jitsi's: how they derive, how their nonces
 * are made, and how a receiver follows a sender who ratchets.
 *
 * A ratchet step makes the next key out of this one.  A sender takes one without a word, and his
 * receivers notice by a frame that does not open.  All steps that a receiver may follow are derived
 * when the key is made, for a step of a passphrase takes some 30 ms: what a frame costs at most is
 * one decryption for each.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_TRAILERKEY_H
#define E2EE_CORE_FRAME_TRAILERKEY_H

#include "core/frame/key.h"
#include "core/frame/seen.h"

/* As many frames as a sender's part of the nonce can number: 255^4, not quite 2^32. */
#define E2EE_TRAILER_KEY_LIMIT UINT64_C (4228250625)

/* Bytes of a step's material. */
#define E2EE_TRAILER_MATERIAL_SIZE 32

/* The AES key of a step, suite->nk bytes, out of its material, and the material of the step after
 * it; the material of the first step is the secret itself.  Both are wiped on failure. */
E2EE_MUST_USE e2ee_result e2ee_trailer_key_step (const e2ee_suite * suite, e2ee_bytes material,
    uint8_t * aes_key, uint8_t next_material[E2EE_TRAILER_MATERIAL_SIZE]);

typedef struct e2ee_trailer_key e2ee_trailer_key;

/* For @params, whose suite is LiveKit's or Jitsi's; *@fingerprint tells secrets apart and nothing
 * else about them.  Errors: UNSUPPORTED, NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_trailer_key_new (const e2ee_env * env,
    const e2ee_key_params * params, uint8_t fingerprint[E2EE_AEAD_NONCE_SIZE],
    e2ee_trailer_key ** key);
void e2ee_trailer_key_free (e2ee_trailer_key * key);

/* The nonce of the @ctr-th frame that is sealed with this very object; @ctr is below
 * E2EE_TRAILER_KEY_LIMIT.  No byte of it is 0: some native receivers read the nonce before they
 * undo the escaping of H.264, and must find nothing escaped in it. */
void e2ee_trailer_key_nonce (const e2ee_trailer_key * key, uint64_t ctr,
    uint8_t nonce[E2EE_AEAD_NONCE_SIZE]);

/* What seals. */
e2ee_aead *e2ee_trailer_key_sealer (const e2ee_trailer_key * key);

/* Opening one frame: may_open() first (REPLAYED, GIVEN_UP), then the AEAD contexts in turn, from
 * @try 0 on, until one opens or NULL comes; then the verdict.  opened() makes the step of @try the
 * current one and remembers the nonce; failed() counts. */
E2EE_MUST_USE e2ee_result e2ee_trailer_key_may_open (const e2ee_trailer_key * key,
    const uint8_t nonce[E2EE_AEAD_NONCE_SIZE]);
e2ee_aead *e2ee_trailer_key_opener (const e2ee_trailer_key * key, size_t try);
void e2ee_trailer_key_opened (e2ee_trailer_key * key, size_t try,
    const uint8_t nonce[E2EE_AEAD_NONCE_SIZE]);
void e2ee_trailer_key_failed (e2ee_trailer_key * key);

/* How many steps of the ratchet have been followed. */
size_t e2ee_trailer_key_get_step (const e2ee_trailer_key * key);

#endif
