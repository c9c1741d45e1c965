/* ChaCha20-Poly1305 on libsodium, with the 12-byte nonce of RFC 8439.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/aead-private.h"

#include <string.h>

#include <sodium.h>

_Static_assert (crypto_aead_chacha20poly1305_ietf_NPUBBYTES == E2EE_AEAD_NONCE_SIZE, "nonce");
_Static_assert (crypto_aead_chacha20poly1305_ietf_ABYTES == E2EE_AEAD_MAX_TAG_SIZE, "tag");

typedef struct
{
  uint8_t key[crypto_aead_chacha20poly1305_ietf_KEYBYTES];
} chacha_state;

static int
start (void)
{
  return 1;
}

static e2ee_result
chacha_init (void *state, const e2ee_aead_info * info, const uint8_t * key)
{
  chacha_state *self = state;

  memcpy (self->key, key, sizeof (self->key));
  return E2EE_OK;
}

static e2ee_result
chacha_seal (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext,
    uint8_t * out, uint8_t * tag)
{
  const chacha_state *self = state;

  crypto_aead_chacha20poly1305_ietf_encrypt_detached (out, tag, NULL, plaintext.data,
      plaintext.size, aad.data, aad.size, NULL, nonce, self->key);
  return E2EE_OK;
}

static e2ee_result
chacha_open (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
    const uint8_t * tag, uint8_t * out)
{
  const chacha_state *self = state;

  if (crypto_aead_chacha20poly1305_ietf_decrypt_detached (out, NULL, ciphertext.data,
          ciphertext.size, tag, aad.data, aad.size, nonce, self->key) != 0)
    return E2EE_ERR_TAG;
  return E2EE_OK;
}

static const e2ee_aead_algorithm algorithms[] = {
  {E2EE_AEAD_CHACHA20_POLY1305, sizeof (chacha_state), chacha_init, NULL, chacha_seal,
      chacha_open},
};

const e2ee_aead_backend e2ee_aead_sodium = {
  "sodium", start, algorithms, sizeof (algorithms) / sizeof (algorithms)[0]
};
