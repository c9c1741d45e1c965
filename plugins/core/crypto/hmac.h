/* HMAC, RFC 2104, over SHA-256 and SHA-512.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_HMAC_H
#define E2EE_CORE_CRYPTO_HMAC_H

#include <sodium.h>

#include "core/crypto/hkdf.h"

/* A keyed state.  It may be copied by assignment, so that one keyed state serves many messages
 * without a key set-up for each; whoever holds one wipes it. */
typedef struct
{
  e2ee_hash hash;
  union
  {
    crypto_auth_hmacsha256_state sha256;
    crypto_auth_hmacsha512_state sha512;
  } u;
} e2ee_hmac;

/* @key of any size. */
void e2ee_hmac_init (e2ee_hmac * hmac, e2ee_hash hash, e2ee_bytes key);
void e2ee_hmac_update (e2ee_hmac * hmac, e2ee_bytes data);
/* Writes e2ee_hash_size() bytes and wipes @hmac. */
void e2ee_hmac_final (e2ee_hmac * hmac, uint8_t * mac);

#endif
