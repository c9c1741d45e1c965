/* The table of SFrame cipher suites.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/suite.h"

#include <string.h>

/* Nh, Nk and Nt of RFC 9605 table 1; 0x0006 to 0x0008 are draft-barnes-sframe-iana-256.  Nk of a
 * CTR suite counts both keys, enc_key || auth_key. */
static const e2ee_suite suites[] = {
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80, "AES_128_CTR_HMAC_SHA256_80",
        E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80, E2EE_HASH_SHA256, 32, 48, 10, E2EE_FORMAT_SFRAME},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_64, "AES_128_CTR_HMAC_SHA256_64",
        E2EE_AEAD_AES_128_CTR_HMAC_SHA256_64, E2EE_HASH_SHA256, 32, 48, 8, E2EE_FORMAT_SFRAME},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_32, "AES_128_CTR_HMAC_SHA256_32",
        E2EE_AEAD_AES_128_CTR_HMAC_SHA256_32, E2EE_HASH_SHA256, 32, 48, 4, E2EE_FORMAT_SFRAME},
  {E2EE_SUITE_AES_128_GCM_SHA256_128, "AES_128_GCM_SHA256_128",
        E2EE_AEAD_AES_128_GCM, E2EE_HASH_SHA256, 32, 16, 16, E2EE_FORMAT_SFRAME},
  {E2EE_SUITE_AES_256_GCM_SHA512_128, "AES_256_GCM_SHA512_128",
        E2EE_AEAD_AES_256_GCM, E2EE_HASH_SHA512, 64, 32, 16, E2EE_FORMAT_SFRAME},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_80, "AES_256_CTR_HMAC_SHA512_80",
        E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80, E2EE_HASH_SHA512, 64, 96, 10, E2EE_FORMAT_SFRAME},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_64, "AES_256_CTR_HMAC_SHA512_64",
        E2EE_AEAD_AES_256_CTR_HMAC_SHA512_64, E2EE_HASH_SHA512, 64, 96, 8, E2EE_FORMAT_SFRAME},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_32, "AES_256_CTR_HMAC_SHA512_32",
        E2EE_AEAD_AES_256_CTR_HMAC_SHA512_32, E2EE_HASH_SHA512, 64, 96, 4, E2EE_FORMAT_SFRAME},
};

#define N_SUITES (sizeof suites / sizeof suites[0])

const e2ee_suite *
e2ee_suite_find (unsigned id)
{
  for (size_t i = 0; i < N_SUITES; i++) {
    if ((unsigned) suites[i].id == id)
      return &suites[i];
  }
  return NULL;
}

const e2ee_suite *
e2ee_suite_find_by_name (const char *name)
{
  for (size_t i = 0; name != NULL && i < N_SUITES; i++) {
    if (strcmp (suites[i].name, name) == 0)
      return &suites[i];
  }
  return NULL;
}
