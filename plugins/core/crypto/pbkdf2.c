/* PBKDF2 with HMAC, RFC 8018 section 5.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/pbkdf2.h"

#include "core/crypto/hmac.h"
#include "core/crypto/secret.h"

#include <string.h>

/* F (P, S, c, i) = U_1 xor U_2 xor ... U_c, where U_1 is over the salt and the number of the block
 * and every other over the one before.  The password is hashed into @keyed once for all of them. */
static void
make_block (const e2ee_hmac * keyed, size_t hash_size, e2ee_bytes salt, uint32_t iterations,
    uint32_t number, uint8_t * block)
{
  uint8_t u[E2EE_HASH_MAX_SIZE], number_be[4];
  e2ee_hmac hmac = *keyed;

  e2ee_put_be (number_be, number, sizeof number_be);
  e2ee_hmac_update (&hmac, salt);
  e2ee_hmac_update (&hmac, E2EE_BYTES (number_be, sizeof number_be));
  e2ee_hmac_final (&hmac, u);
  memcpy (block, u, hash_size);

  for (uint32_t i = 1; i < iterations; i++) {
    hmac = *keyed;
    e2ee_hmac_update (&hmac, E2EE_BYTES (u, hash_size));
    e2ee_hmac_final (&hmac, u);
    for (size_t j = 0; j < hash_size; j++)
      block[j] ^= u[j];
  }
  e2ee_wipe (u, sizeof u);
}

e2ee_result
e2ee_pbkdf2 (e2ee_hash hash, e2ee_bytes password, e2ee_bytes salt, uint32_t iterations,
    uint8_t * out, size_t out_size)
{
  const size_t hash_size = e2ee_hash_size (hash);
  uint8_t block[E2EE_HASH_MAX_SIZE];
  e2ee_hmac keyed;
  size_t done = 0;

  if (iterations == 0 || (uint64_t) out_size / hash_size >= UINT32_MAX) {
    e2ee_wipe (out, out_size);
    return iterations == 0 ? E2EE_ERR_UNSUPPORTED : E2EE_ERR_TOO_LARGE;
  }

  e2ee_hmac_init (&keyed, hash, password);
  for (uint32_t number = 1; done < out_size; number++) {
    const size_t part = out_size - done < hash_size ? out_size - done : hash_size;

    make_block (&keyed, hash_size, salt, iterations, number, block);
    memcpy (out + done, block, part);
    done += part;
  }
  e2ee_wipe (&keyed, sizeof keyed);
  e2ee_wipe (block, sizeof block);
  return E2EE_OK;
}
