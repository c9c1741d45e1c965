/* AES-GCM and AES-CTR with HMAC for builds without libgcrypt, such as WebAssembly: BearSSL's
 * bitsliced AES and its GHASH without tables, which take the same time for all secrets; HMAC from
 * libsodium.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/aead-private.h"

#ifdef HAVE_BEARSSL

#include <string.h>

#include <bearssl_aead.h>
#include <bearssl_block.h>
#include <bearssl_hash.h>

#include "core/crypto/ctr-hmac.h"
#include "core/crypto/hmac.h"
#include "core/crypto/secret.h"

static int
start (void)
{
  return 1;
}

/* BearSSL works in place. */
static void
move (e2ee_bytes in, uint8_t * out)
{
  if (in.size > 0 && in.data != out)
    memcpy (out, in.data, in.size);
}

/* --- AES-GCM --- */

typedef struct
{
  br_aes_ct64_ctr_keys cipher;
  br_gcm_context gcm;           /* points to @cipher */
} gcm_state;

static e2ee_result
gcm_init (void *state, const e2ee_aead_info * info, const uint8_t * key)
{
  gcm_state *self = state;

  br_aes_ct64_ctr_init (&self->cipher, key, info->key_size);
  br_gcm_init (&self->gcm, &self->cipher.vtable, br_ghash_ctmul64);
  return E2EE_OK;
}

static void
gcm_run (gcm_state * self, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes in, uint8_t * out,
    int encrypt)
{
  br_gcm_reset (&self->gcm, nonce, E2EE_AEAD_NONCE_SIZE);
  br_gcm_aad_inject (&self->gcm, aad.data, aad.size);
  br_gcm_flip (&self->gcm);
  move (in, out);
  br_gcm_run (&self->gcm, encrypt, out, in.size);
}

static e2ee_result
gcm_seal (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext, uint8_t * out,
    uint8_t * tag)
{
  gcm_state *self = state;

  gcm_run (self, nonce, aad, plaintext, out, 1);
  br_gcm_get_tag (&self->gcm, tag);
  return E2EE_OK;
}

static e2ee_result
gcm_open (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
    const uint8_t * tag, uint8_t * out)
{
  gcm_state *self = state;

  gcm_run (self, nonce, aad, ciphertext, out, 0);
  return br_gcm_check_tag (&self->gcm, tag) ? E2EE_OK : E2EE_ERR_TAG;
}

/* --- AES-CTR with HMAC --- */

typedef struct
{
  br_aes_ct64_ctr_keys cipher;
  e2ee_hmac keyed;
  size_t tag_size;
} ctr_hmac_state;

static e2ee_result
ctr_hmac_init (void *state, const e2ee_aead_info * info, const uint8_t * key)
{
  ctr_hmac_state *self = state;
  const size_t enc_key_size = e2ee_ctr_hmac_enc_key_size (info);
  const size_t auth_key_size = e2ee_ctr_hmac_auth_key_size (info);

  br_aes_ct64_ctr_init (&self->cipher, key, enc_key_size);
  e2ee_hmac_init (&self->keyed, auth_key_size == 64 ? E2EE_HASH_SHA512 : E2EE_HASH_SHA256,
      E2EE_BYTES (key + enc_key_size, auth_key_size));
  self->tag_size = info->tag_size;
  return E2EE_OK;
}

static e2ee_result
ctr_crypt (void *state, const uint8_t counter[16], e2ee_bytes in, uint8_t * out)
{
  ctr_hmac_state *self = state;

  move (in, out);
  br_aes_ct64_ctr_run (&self->cipher, counter, (uint32_t) e2ee_get_be (counter + 12, 4), out,
      in.size);
  return E2EE_OK;
}

static e2ee_result
hmac_mac (void *state, e2ee_bytes head, e2ee_bytes aad, e2ee_bytes ciphertext, uint8_t * mac)
{
  const ctr_hmac_state *self = state;
  e2ee_hmac hmac = self->keyed;

  e2ee_hmac_update (&hmac, head);
  e2ee_hmac_update (&hmac, aad);
  e2ee_hmac_update (&hmac, ciphertext);
  e2ee_hmac_final (&hmac, mac);
  return E2EE_OK;
}

static const e2ee_ctr_hmac_primitives primitives = { ctr_crypt, hmac_mac };

static e2ee_result
ctr_hmac_seal (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext,
    uint8_t * out, uint8_t * tag)
{
  const ctr_hmac_state *self = state;

  return e2ee_ctr_hmac_seal (&primitives, state, self->tag_size, nonce, aad, plaintext, out, tag);
}

static e2ee_result
ctr_hmac_open (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
    const uint8_t * tag, uint8_t * out)
{
  const ctr_hmac_state *self = state;

  return e2ee_ctr_hmac_open (&primitives, state, self->tag_size, nonce, aad, ciphertext, tag, out);
}

#define GCM(id) \
  { id, sizeof (gcm_state), gcm_init, NULL, gcm_seal, gcm_open }
#define CTR_HMAC(id) \
  { id, sizeof (ctr_hmac_state), ctr_hmac_init, NULL, ctr_hmac_seal, ctr_hmac_open }

static const e2ee_aead_algorithm algorithms[] = {
  GCM (E2EE_AEAD_AES_128_GCM),
  GCM (E2EE_AEAD_AES_256_GCM),
  CTR_HMAC (E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80),
  CTR_HMAC (E2EE_AEAD_AES_128_CTR_HMAC_SHA256_64),
  CTR_HMAC (E2EE_AEAD_AES_128_CTR_HMAC_SHA256_32),
  CTR_HMAC (E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80),
  CTR_HMAC (E2EE_AEAD_AES_256_CTR_HMAC_SHA512_64),
  CTR_HMAC (E2EE_AEAD_AES_256_CTR_HMAC_SHA512_32),
};

const e2ee_aead_backend e2ee_aead_bearssl = {
  "bearssl", start, algorithms, sizeof (algorithms) / sizeof (algorithms)[0]
};

#endif
