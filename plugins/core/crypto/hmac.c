/* HMAC on libsodium.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/hmac.h"

#include "core/crypto/secret.h"

void
e2ee_hmac_init (e2ee_hmac * hmac, e2ee_hash hash, e2ee_bytes key)
{
  /* libsodium declares the key as never NULL. */
  if (key.size == 0)
    key = E2EE_BYTES ("", 0);
  hmac->hash = hash;
  if (hash == E2EE_HASH_SHA512)
    crypto_auth_hmacsha512_init (&hmac->u.sha512, key.data, key.size);
  else
    crypto_auth_hmacsha256_init (&hmac->u.sha256, key.data, key.size);
}

void
e2ee_hmac_update (e2ee_hmac * hmac, e2ee_bytes data)
{
  if (data.size == 0)
    return;
  if (hmac->hash == E2EE_HASH_SHA512)
    crypto_auth_hmacsha512_update (&hmac->u.sha512, data.data, data.size);
  else
    crypto_auth_hmacsha256_update (&hmac->u.sha256, data.data, data.size);
}

void
e2ee_hmac_final (e2ee_hmac * hmac, uint8_t * mac)
{
  if (hmac->hash == E2EE_HASH_SHA512)
    crypto_auth_hmacsha512_final (&hmac->u.sha512, mac);
  else
    crypto_auth_hmacsha256_final (&hmac->u.sha256, mac);
  e2ee_wipe (hmac, sizeof (*hmac));
}
