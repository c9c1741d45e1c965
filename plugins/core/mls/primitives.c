/* What a cipher suite computes: hash, MAC, AEAD, signature keys; RFC 9420 section 5.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <sodium.h>

#include "core/crypto/hmac.h"
#include "core/crypto/secret.h"
#include "core/mls/suite.h"

void
e2ee_mls_hash (const e2ee_mls_suite * suite, const e2ee_bytes * parts, size_t n_parts,
    uint8_t * out)
{
  union
  {
    crypto_hash_sha256_state sha256;
    crypto_hash_sha512_state sha512;
  } state;

  if (suite->hash == E2EE_HASH_SHA512) {
    crypto_hash_sha512_init (&state.sha512);
    for (size_t i = 0; i < n_parts; i++)
      crypto_hash_sha512_update (&state.sha512, parts[i].data, parts[i].size);
    crypto_hash_sha512_final (&state.sha512, out);
  } else {
    crypto_hash_sha256_init (&state.sha256);
    for (size_t i = 0; i < n_parts; i++)
      crypto_hash_sha256_update (&state.sha256, parts[i].data, parts[i].size);
    crypto_hash_sha256_final (&state.sha256, out);
  }
  e2ee_wipe (&state, sizeof (state));
}

void
e2ee_mls_mac (const e2ee_mls_suite * suite, e2ee_bytes key, e2ee_bytes message, uint8_t * out)
{
  e2ee_hmac hmac;

  e2ee_hmac_init (&hmac, suite->hash, key);
  e2ee_hmac_update (&hmac, message);
  e2ee_hmac_final (&hmac, out);
}

int
e2ee_mls_mac_verify (const e2ee_mls_suite * suite, e2ee_bytes key, e2ee_bytes message,
    e2ee_bytes tag)
{
  uint8_t expected[E2EE_HASH_MAX_SIZE];
  int same;

  if (tag.size != suite->nh)
    return 0;
  e2ee_mls_mac (suite, key, message, expected);
  same = e2ee_equal (E2EE_BYTES (expected, suite->nh), tag);
  e2ee_wipe (expected, sizeof (expected));
  return same;
}

e2ee_mls_result
e2ee_mls_aead_seal (const e2ee_mls_suite * suite, e2ee_bytes key, e2ee_bytes nonce,
    e2ee_bytes aad, e2ee_bytes plaintext, e2ee_mls_buffer * out)
{
  e2ee_aead *aead = NULL;
  e2ee_mls_result r;

  *out = E2EE_MLS_NO_BUFFER;
  if (nonce.size != E2EE_AEAD_NONCE_SIZE || key.size != suite->nk)
    return E2EE_MLS_ERR_KEY;
  r = e2ee_mls_result_of (e2ee_aead_new (suite->aead, key, &aead));
  if (r != E2EE_MLS_OK)
    goto out;
  r = E2EE_MLS_ERR_NO_MEMORY;
  out->size = plaintext.size + suite->nt;
  out->data = e2ee_mls_alloc (out->size, 1);
  if (out->data == NULL)
    goto out;
  r = e2ee_mls_result_of (e2ee_aead_seal (aead, nonce.data, aad, plaintext, out->data));
out:
  e2ee_aead_free (aead);
  if (r != E2EE_MLS_OK)
    e2ee_mls_buffer_clear (out);
  return r;
}

e2ee_mls_result
e2ee_mls_aead_open (const e2ee_mls_suite * suite, e2ee_bytes key, e2ee_bytes nonce,
    e2ee_bytes aad, e2ee_bytes sealed, e2ee_mls_buffer * out)
{
  e2ee_aead *aead = NULL;
  uint8_t *opened = NULL;
  e2ee_mls_result r;

  *out = E2EE_MLS_NO_BUFFER;
  if (nonce.size != E2EE_AEAD_NONCE_SIZE || key.size != suite->nk)
    return E2EE_MLS_ERR_KEY;
  if (sealed.size < suite->nt)
    return E2EE_MLS_ERR_DECRYPT;
  r = e2ee_mls_result_of (e2ee_aead_new (suite->aead, key, &aead));
  if (r != E2EE_MLS_OK)
    goto out;
  r = E2EE_MLS_ERR_NO_MEMORY;
  /* One more, so that an empty plaintext has memory to point at. */
  opened = e2ee_mls_alloc (sealed.size - suite->nt + 1, 1);
  if (opened == NULL)
    goto out;
  r = e2ee_mls_result_of (e2ee_aead_open (aead, nonce.data, aad, sealed, opened));
  if (r != E2EE_MLS_OK)
    goto out;
  *out = (e2ee_mls_buffer) { opened, sealed.size - suite->nt };
  opened = NULL;
out:
  e2ee_mls_free (opened);
  e2ee_aead_free (aead);
  return r;
}

e2ee_mls_result
e2ee_mls_signature_key_generate (const e2ee_mls_suite * suite, const e2ee_env * env,
    e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key)
{
  e2ee_mls_result r = e2ee_mls_secret_init (private_key, suite->signer->n_private);

  *public_key = E2EE_MLS_NO_BUFFER;
  if (r != E2EE_MLS_OK)
    return r;
  env->random (env->user, private_key->data, private_key->size);
  r = e2ee_mls_signature_key_public (suite, e2ee_mls_secret_view (*private_key), public_key);
  if (r != E2EE_MLS_OK)
    e2ee_mls_secret_clear (private_key);
  return r;
}

e2ee_mls_result
e2ee_mls_signature_key_public (const e2ee_mls_suite * suite, e2ee_bytes private_key,
    e2ee_mls_buffer * public_key)
{
  e2ee_mls_result r;

  *public_key = E2EE_MLS_NO_BUFFER;
  if (private_key.size != suite->signer->n_private)
    return E2EE_MLS_ERR_KEY;
  public_key->data = e2ee_mls_alloc (suite->signer->n_public, 1);
  if (public_key->data == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  public_key->size = suite->signer->n_public;
  r = suite->signer->public_of (private_key.data, public_key->data);
  if (r != E2EE_MLS_OK)
    e2ee_mls_buffer_clear (public_key);
  return r;
}
