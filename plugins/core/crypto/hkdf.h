/* HKDF, RFC 5869.
 *
 * libsodium has it only from 1.0.19 on; this is the one place where it is written.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_HKDF_H
#define E2EE_CORE_CRYPTO_HKDF_H

#include "core/bytes.h"
#include "core/result.h"

#define E2EE_HASH_MAX_SIZE 64

typedef enum
{
  E2EE_HASH_SHA256 = 1,
  E2EE_HASH_SHA512
} e2ee_hash;

/* 32 or 64 bytes. */
size_t e2ee_hash_size (e2ee_hash hash);

/* RFC 5869 section 2.2.  Writes e2ee_hash_size() bytes to @prk; an empty @salt stands for zeros. */
void e2ee_hkdf_extract (e2ee_hash hash, e2ee_bytes salt, e2ee_bytes ikm, uint8_t * prk);

/* RFC 5869 section 2.3.  Error: TOO_LARGE when out_size is over 255 hashes; then @out is wiped. */
E2EE_MUST_USE e2ee_result e2ee_hkdf_expand (e2ee_hash hash, e2ee_bytes prk, e2ee_bytes info,
    uint8_t * out, size_t out_size);

#endif
