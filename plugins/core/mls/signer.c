/* Ed25519, RFC 8032, on libsodium.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/hpke-private.h"

#include <sodium.h>

#include "core/crypto/secret.h"

/* A private key is the seed, as everybody exchanges it; libsodium wants seed || public. */
static e2ee_mls_result
ed25519_public_of (const uint8_t * private_key, uint8_t * public_key)
{
  uint8_t expanded[crypto_sign_ed25519_SECRETKEYBYTES];

  crypto_sign_ed25519_seed_keypair (public_key, expanded, private_key);
  e2ee_wipe (expanded, sizeof (expanded));
  return E2EE_MLS_OK;
}

static e2ee_mls_result
ed25519_sign (const uint8_t * private_key, e2ee_bytes message, uint8_t * signature,
    size_t *signature_size)
{
  uint8_t public_key[crypto_sign_ed25519_PUBLICKEYBYTES];
  uint8_t expanded[crypto_sign_ed25519_SECRETKEYBYTES];

  crypto_sign_ed25519_seed_keypair (public_key, expanded, private_key);
  crypto_sign_ed25519_detached (signature, NULL, message.data, message.size, expanded);
  *signature_size = crypto_sign_ed25519_BYTES;
  e2ee_wipe (expanded, sizeof (expanded));
  return E2EE_MLS_OK;
}

static e2ee_mls_result
ed25519_verify (e2ee_bytes public_key, e2ee_bytes message, e2ee_bytes signature)
{
  if (public_key.size != crypto_sign_ed25519_PUBLICKEYBYTES)
    return E2EE_MLS_ERR_KEY;
  if (signature.size != crypto_sign_ed25519_BYTES
      || crypto_sign_ed25519_verify_detached (signature.data, message.data, message.size,
          public_key.data) != 0)
    return E2EE_MLS_ERR_SIGNATURE;
  return E2EE_MLS_OK;
}

const e2ee_mls_signer e2ee_mls_signer_ed25519 = {
  .n_public = crypto_sign_ed25519_PUBLICKEYBYTES,
  .n_private = crypto_sign_ed25519_SEEDBYTES,
  .n_signature = crypto_sign_ed25519_BYTES,
  .public_of = ed25519_public_of,
  .sign = ed25519_sign,
  .verify = ed25519_verify,
};
