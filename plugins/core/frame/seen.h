/* Nonces seen lately: replay protection for formats whose nonces do not count.
 *
 * A nonce that does not count says nothing about its place in time, so no window can tell the old
 * from the new: the newest nonces are remembered one by one, and the oldest of them is forgotten
 * for each that comes.  What this cannot do: a frame that is replayed after so many others is taken
 * again.
 *
 * Check and commit are apart: nothing changes before the tag has been verified.  Not thread-safe.
 * Allocates when it is made and then no more.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_SEEN_H
#define E2EE_CORE_FRAME_SEEN_H

#include "core/crypto/aead.h"
#include "core/env.h"

#define E2EE_SEEN_MIN 64
#define E2EE_SEEN_MAX 32768

typedef struct e2ee_seen e2ee_seen;

/* Remembers the newest @capacity nonces, brought between MIN and MAX.  NULL: no memory. */
E2EE_MUST_USE e2ee_seen *e2ee_seen_new (const e2ee_env * env, size_t capacity);
void e2ee_seen_free (e2ee_seen * seen);

/* Error: REPLAYED. */
E2EE_MUST_USE e2ee_result e2ee_seen_check (const e2ee_seen * seen,
    const uint8_t nonce[E2EE_AEAD_NONCE_SIZE]);

/* Remembers @nonce, which e2ee_seen_check() has just accepted. */
void e2ee_seen_commit (e2ee_seen * seen, const uint8_t nonce[E2EE_AEAD_NONCE_SIZE]);

#endif
