/* HKDF, RFC 5869.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/hkdf.h"

#include <string.h>

#include "core/crypto/hmac.h"
#include "core/crypto/secret.h"

size_t
e2ee_hash_size (e2ee_hash hash)
{
  return hash == E2EE_HASH_SHA512 ? 64 : 32;
}

/* Section 2.2.  An absent salt is HashLen zeros, which HMAC pads an empty key to anyway. */
void
e2ee_hkdf_extract (e2ee_hash hash, e2ee_bytes salt, e2ee_bytes ikm, uint8_t * prk)
{
  e2ee_hmac hmac;

  e2ee_hmac_init (&hmac, hash, salt);
  e2ee_hmac_update (&hmac, ikm);
  e2ee_hmac_final (&hmac, prk);
}

/* Section 2.3: T(i) = HMAC (PRK, T(i - 1) | info | i). */
e2ee_result
e2ee_hkdf_expand (e2ee_hash hash, e2ee_bytes prk, e2ee_bytes info, uint8_t * out, size_t out_size)
{
  const size_t hash_size = e2ee_hash_size (hash);
  uint8_t block[E2EE_HASH_MAX_SIZE];
  e2ee_hmac keyed;
  size_t done = 0;

  if (out_size > 255 * hash_size) {
    e2ee_wipe (out, out_size);
    return E2EE_ERR_TOO_LARGE;
  }

  e2ee_hmac_init (&keyed, hash, prk);
  for (uint8_t i = 1; done < out_size; i++) {
    const size_t part = out_size - done < hash_size ? out_size - done : hash_size;
    e2ee_hmac hmac = keyed;

    if (i > 1)
      e2ee_hmac_update (&hmac, E2EE_BYTES (block, hash_size));
    e2ee_hmac_update (&hmac, info);
    e2ee_hmac_update (&hmac, E2EE_BYTES (&i, 1));
    e2ee_hmac_final (&hmac, block);
    memcpy (out + done, block, part);
    done += part;
  }
  e2ee_wipe (&keyed, sizeof (keyed));
  e2ee_wipe (block, sizeof (block));
  return E2EE_OK;
}
