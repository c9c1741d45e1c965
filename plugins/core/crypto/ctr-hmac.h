/* AES-CTR with HMAC as one AEAD, RFC 9605 section 4.5.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_CTR_HMAC_H
#define E2EE_CORE_CRYPTO_CTR_HMAC_H

#include "core/crypto/aead-private.h"

/* Three sizes of 8 bytes and the nonce, in front of the additional data. */
#define E2EE_CTR_HMAC_HEAD_SIZE (3 * 8 + E2EE_AEAD_NONCE_SIZE)

/* The two primitives, keyed in @state.  @counter is the first counter block. */
typedef struct
{
  e2ee_result (*crypt) (void *state, const uint8_t counter[16], e2ee_bytes in, uint8_t * out);
  e2ee_result (*mac) (void *state, e2ee_bytes head, e2ee_bytes aad, e2ee_bytes ciphertext,
      uint8_t * mac);
} e2ee_ctr_hmac_primitives;

/* The sizes that follow from a key of enc_key || auth_key. */
static inline size_t
e2ee_ctr_hmac_enc_key_size (const e2ee_aead_info * info)
{
  return info->key_size == 96 ? 32 : 16;
}

static inline size_t
e2ee_ctr_hmac_auth_key_size (const e2ee_aead_info * info)
{
  return info->key_size - e2ee_ctr_hmac_enc_key_size (info);
}

e2ee_result e2ee_ctr_hmac_seal (const e2ee_ctr_hmac_primitives * primitives, void *state,
    size_t tag_size, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext, uint8_t * out,
    uint8_t * tag);

/* Verifies before it decrypts. */
e2ee_result e2ee_ctr_hmac_open (const e2ee_ctr_hmac_primitives * primitives, void *state,
    size_t tag_size, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
    const uint8_t * tag, uint8_t * out);

#endif
