/* AES-GCM on libipsec-mb's direct calls: the fastest on amd64, with and without AVX-512.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/aead-private.h"

#ifdef HAVE_IPSEC_MB

#include <intel-ipsec-mb.h>
#include <sodium.h>

#include "core/crypto/secret.h"

typedef struct
{
  struct gcm_key_data key;
  struct gcm_context_data scratch;
} gcm_state;

_Static_assert (_Alignof (gcm_state) <= E2EE_AEAD_STATE_ALIGNMENT, "alignment");

/* The functions for this processor, taken from a manager at the start.  They keep everything in
 * the key and the scratch they are given, so they serve all threads. */
static struct
{
  aes_gcm_pre_t expand_128, expand_256;
  aes_gcm_enc_dec_t seal_128, seal_256;
  aes_gcm_enc_dec_t open_128, open_256;
} direct;

/* Without AES and carry-less multiplication in the processor the library would emulate them, slowly
 * and with tables. */
static int
processor_can (uint64_t features)
{
  if ((features & IMB_CPUFLAGS_SSE) != IMB_CPUFLAGS_SSE)
    return 0;
#ifdef IMB_FEATURE_SELF_TEST_PASS
  if ((features & IMB_FEATURE_SELF_TEST) != 0 && (features & IMB_FEATURE_SELF_TEST_PASS) == 0)
    return 0;
#endif
  return 1;
}

static int
start (void)
{
  IMB_MGR *manager = alloc_mb_mgr (0);
  int usable;

  if (manager == NULL)
    return 0;
  init_mb_mgr_auto (manager, NULL);
  usable = manager->gcm128_enc != NULL && processor_can (manager->features);
  if (usable) {
    direct.expand_128 = manager->gcm128_pre;
    direct.expand_256 = manager->gcm256_pre;
    direct.seal_128 = manager->gcm128_enc;
    direct.seal_256 = manager->gcm256_enc;
    direct.open_128 = manager->gcm128_dec;
    direct.open_256 = manager->gcm256_dec;
  }
  free_mb_mgr (manager);
  return usable;
}

static e2ee_result
gcm_init (void *state, const e2ee_aead_info * info, const uint8_t * key)
{
  gcm_state *self = state;

  if (info->id == E2EE_AEAD_AES_256_GCM)
    direct.expand_256 (key, &self->key);
  else
    direct.expand_128 (key, &self->key);
  return E2EE_OK;
}

static e2ee_result
gcm_128_seal (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext,
    uint8_t * out, uint8_t * tag)
{
  gcm_state *self = state;

  direct.seal_128 (&self->key, &self->scratch, out, plaintext.data, plaintext.size, nonce,
      aad.data, aad.size, tag, E2EE_AEAD_MAX_TAG_SIZE);
  return E2EE_OK;
}

static e2ee_result
gcm_256_seal (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext,
    uint8_t * out, uint8_t * tag)
{
  gcm_state *self = state;

  direct.seal_256 (&self->key, &self->scratch, out, plaintext.data, plaintext.size, nonce,
      aad.data, aad.size, tag, E2EE_AEAD_MAX_TAG_SIZE);
  return E2EE_OK;
}

/* The library decrypts and tells the tag that would be right; comparing is left to us. */
static e2ee_result
gcm_open (gcm_state * self, aes_gcm_enc_dec_t decrypt, const uint8_t * nonce, e2ee_bytes aad,
    e2ee_bytes ciphertext, const uint8_t * tag, uint8_t * out)
{
  uint8_t right[E2EE_AEAD_MAX_TAG_SIZE] = { 0 };

  decrypt (&self->key, &self->scratch, out, ciphertext.data, ciphertext.size, nonce, aad.data,
      aad.size, right, sizeof (right));
  if (crypto_verify_16 (right, tag) == 0)
    return E2EE_OK;
  /* The tag that a forger looks for. */
  e2ee_wipe (right, sizeof (right));
  return E2EE_ERR_TAG;
}

static e2ee_result
gcm_128_open (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
    const uint8_t * tag, uint8_t * out)
{
  return gcm_open (state, direct.open_128, nonce, aad, ciphertext, tag, out);
}

static e2ee_result
gcm_256_open (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
    const uint8_t * tag, uint8_t * out)
{
  return gcm_open (state, direct.open_256, nonce, aad, ciphertext, tag, out);
}

static const e2ee_aead_algorithm algorithms[] = {
  {E2EE_AEAD_AES_128_GCM, sizeof (gcm_state), gcm_init, NULL, gcm_128_seal, gcm_128_open},
  {E2EE_AEAD_AES_256_GCM, sizeof (gcm_state), gcm_init, NULL, gcm_256_seal, gcm_256_open},
};

const e2ee_aead_backend e2ee_aead_ipsec_mb = {
  "ipsec-mb", start, algorithms, sizeof (algorithms) / sizeof (algorithms)[0]
};

#endif
