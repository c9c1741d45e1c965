/* PBKDF2 with HMAC, RFC 8018 section 5.2: a key out of a passphrase.
 *
 * libsodium has none, and libgcrypt is not there in WebAssembly; this is the one place where it is
 * written.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_PBKDF2_H
#define E2EE_CORE_CRYPTO_PBKDF2_H

#include "core/crypto/hkdf.h"

/* Fills @out.  As slow as @iterations say (100,000 of SHA-256: some 30 ms for each 32 bytes), so never
 * on a streaming thread.  Errors: UNSUPPORTED (no iterations), TOO_LARGE (more than 2^32 - 1 hashes);
 * then @out is wiped. */
E2EE_MUST_USE e2ee_result e2ee_pbkdf2 (e2ee_hash hash, e2ee_bytes password, e2ee_bytes salt,
    uint32_t iterations, uint8_t * out, size_t out_size);

#endif
