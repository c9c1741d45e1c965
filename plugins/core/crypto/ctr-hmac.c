/* Encrypt, then authenticate: the construction of RFC 9605 section 4.5.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/ctr-hmac.h"

#include <string.h>

#include "core/crypto/hkdf.h"
#include "core/crypto/secret.h"

/* compute_tag(): the sizes make the split between aad and ciphertext unambiguous, and Nt keeps tags
 * of different lengths under one key apart. */
static e2ee_result
compute_tag (const e2ee_ctr_hmac_primitives * primitives, void *state, size_t tag_size,
    const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext, uint8_t * mac)
{
  uint8_t head[E2EE_CTR_HMAC_HEAD_SIZE];

  e2ee_put_be (head, aad.size, 8);
  e2ee_put_be (head + 8, ciphertext.size, 8);
  e2ee_put_be (head + 16, tag_size, 8);
  memcpy (head + 24, nonce, E2EE_AEAD_NONCE_SIZE);
  return primitives->mac (state, E2EE_BYTES (head, sizeof (head)), aad, ciphertext, mac);
}

static e2ee_result
crypt (const e2ee_ctr_hmac_primitives * primitives, void *state, const uint8_t * nonce,
    e2ee_bytes in, uint8_t * out)
{
  uint8_t counter[16] = { 0 };

  if (in.size == 0)
    return E2EE_OK;
  memcpy (counter, nonce, E2EE_AEAD_NONCE_SIZE);
  return primitives->crypt (state, counter, in, out);
}

e2ee_result
e2ee_ctr_hmac_seal (const e2ee_ctr_hmac_primitives * primitives, void *state, size_t tag_size,
    const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext, uint8_t * out, uint8_t * tag)
{
  uint8_t mac[E2EE_HASH_MAX_SIZE];
  e2ee_result r;

  r = crypt (primitives, state, nonce, plaintext, out);
  if (r != E2EE_OK)
    return r;
  r = compute_tag (primitives, state, tag_size, nonce, aad, E2EE_BYTES (out, plaintext.size), mac);
  if (r == E2EE_OK)
    memcpy (tag, mac, tag_size);
  e2ee_wipe (mac, sizeof (mac));
  return r;
}

e2ee_result
e2ee_ctr_hmac_open (const e2ee_ctr_hmac_primitives * primitives, void *state, size_t tag_size,
    const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext, const uint8_t * tag,
    uint8_t * out)
{
  uint8_t mac[E2EE_HASH_MAX_SIZE];
  e2ee_result r;

  r = compute_tag (primitives, state, tag_size, nonce, aad, ciphertext, mac);
  if (r == E2EE_OK && !e2ee_equal (E2EE_BYTES (mac, tag_size), E2EE_BYTES (tag, tag_size)))
    r = E2EE_ERR_TAG;
  /* The tag that a forger looks for. */
  e2ee_wipe (mac, sizeof (mac));
  if (r != E2EE_OK)
    return r;
  return crypt (primitives, state, nonce, ciphertext, out);
}
