/* The table of cipher suites.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/suite.h"

#include <string.h>

/* A secret of an SFrame suite has the strength of its cipher, no less and no more. */
#define AES_128_SECRET 16, 16, 16
#define AES_256_SECRET 32, 32, 32
/* HKDF and PBKDF2 take any length.  Raw bytes must be worth a key of 128 bits; who chooses a
 * passphrase answers for it. */
#define RAW_SECRET 16, 256, 32
#define PASSPHRASE 1, 256, 32

/* Master key and salt, RFC 7714 section 12 and RFC 3711 section 8.2. */
#define MASTER(key, salt) (key) + (salt), (key) + (salt), (key) + (salt)

/* The last byte of a frame is the key's place in a ring, of 256 at most in LiveKit, of 16 in
 * Jitsi. */
#define ANY_KID UINT64_MAX
#define LIVEKIT_KIDS 255
#define JITSI_KIDS 15

/* Nh, Nk and Nt of RFC 9605 table 1; 0x0006 to 0x0008 are draft-barnes-sframe-iana-256.  Nk of a
 * CTR suite counts both keys, enc_key || auth_key. */
static const e2ee_suite suites[] = {
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80, "AES_128_CTR_HMAC_SHA256_80",
        E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80, E2EE_HASH_SHA256, 32, 48, 10, E2EE_FORMAT_SFRAME,
        AES_128_SECRET, ANY_KID},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_64, "AES_128_CTR_HMAC_SHA256_64",
        E2EE_AEAD_AES_128_CTR_HMAC_SHA256_64, E2EE_HASH_SHA256, 32, 48, 8, E2EE_FORMAT_SFRAME,
        AES_128_SECRET, ANY_KID},
  {E2EE_SUITE_AES_128_CTR_HMAC_SHA256_32, "AES_128_CTR_HMAC_SHA256_32",
        E2EE_AEAD_AES_128_CTR_HMAC_SHA256_32, E2EE_HASH_SHA256, 32, 48, 4, E2EE_FORMAT_SFRAME,
        AES_128_SECRET, ANY_KID},
  {E2EE_SUITE_AES_128_GCM_SHA256_128, "AES_128_GCM_SHA256_128",
        E2EE_AEAD_AES_128_GCM, E2EE_HASH_SHA256, 32, 16, 16, E2EE_FORMAT_SFRAME,
        AES_128_SECRET, ANY_KID},
  {E2EE_SUITE_AES_256_GCM_SHA512_128, "AES_256_GCM_SHA512_128",
        E2EE_AEAD_AES_256_GCM, E2EE_HASH_SHA512, 64, 32, 16, E2EE_FORMAT_SFRAME,
        AES_256_SECRET, ANY_KID},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_80, "AES_256_CTR_HMAC_SHA512_80",
        E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80, E2EE_HASH_SHA512, 64, 96, 10, E2EE_FORMAT_SFRAME,
        AES_256_SECRET, ANY_KID},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_64, "AES_256_CTR_HMAC_SHA512_64",
        E2EE_AEAD_AES_256_CTR_HMAC_SHA512_64, E2EE_HASH_SHA512, 64, 96, 8, E2EE_FORMAT_SFRAME,
        AES_256_SECRET, ANY_KID},
  {E2EE_SUITE_AES_256_CTR_HMAC_SHA512_32, "AES_256_CTR_HMAC_SHA512_32",
        E2EE_AEAD_AES_256_CTR_HMAC_SHA512_32, E2EE_HASH_SHA512, 64, 96, 4, E2EE_FORMAT_SFRAME,
        AES_256_SECRET, ANY_KID},
  {E2EE_SUITE_LIVEKIT_PBKDF2, "LIVEKIT_PBKDF2",
        E2EE_AEAD_AES_128_GCM, E2EE_HASH_SHA256, 32, 16, 16, E2EE_FORMAT_LIVEKIT,
        PASSPHRASE, LIVEKIT_KIDS},
  {E2EE_SUITE_LIVEKIT_HKDF, "LIVEKIT_HKDF",
        E2EE_AEAD_AES_128_GCM, E2EE_HASH_SHA256, 32, 16, 16, E2EE_FORMAT_LIVEKIT,
        RAW_SECRET, LIVEKIT_KIDS},
  {E2EE_SUITE_JITSI_HKDF, "JITSI_HKDF",
        E2EE_AEAD_AES_128_GCM, E2EE_HASH_SHA256, 32, 16, 16, E2EE_FORMAT_JITSI,
        RAW_SECRET, JITSI_KIDS},
  {E2EE_SUITE_LIVEKIT_PBKDF2_256, "LIVEKIT_PBKDF2_256",
        E2EE_AEAD_AES_256_GCM, E2EE_HASH_SHA256, 32, 32, 16, E2EE_FORMAT_LIVEKIT,
        PASSPHRASE, LIVEKIT_KIDS},
  {E2EE_SUITE_LIVEKIT_HKDF_256, "LIVEKIT_HKDF_256",
        E2EE_AEAD_AES_256_GCM, E2EE_HASH_SHA256, 32, 32, 16, E2EE_FORMAT_LIVEKIT,
        RAW_SECRET, LIVEKIT_KIDS},
  /* @aead is libsrtp's affair; @hash derives from a meeting's base key. */
  {E2EE_SUITE_SRTP_AEAD_AES_128_GCM, "AEAD_AES_128_GCM",
        E2EE_AEAD_AES_128_GCM, E2EE_HASH_SHA256, 32, 16, 16, E2EE_FORMAT_SRTP,
        MASTER (16, 12), ANY_KID},
  {E2EE_SUITE_SRTP_AEAD_AES_256_GCM, "AEAD_AES_256_GCM",
        E2EE_AEAD_AES_256_GCM, E2EE_HASH_SHA512, 64, 32, 16, E2EE_FORMAT_SRTP,
        MASTER (32, 12), ANY_KID},
  {E2EE_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80, "AES_CM_128_HMAC_SHA1_80",
        0, E2EE_HASH_SHA256, 32, 16, 10, E2EE_FORMAT_SRTP,
        MASTER (16, 14), ANY_KID},
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
e2ee_suite_nth (size_t index)
{
  return index < N_SUITES ? &suites[index] : NULL;
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

const e2ee_suite *
e2ee_suite_for_group (const e2ee_suite * suite, e2ee_format_id format)
{
  if (suite->format == format)
    return suite;
  if (suite->format != E2EE_FORMAT_SFRAME || format != E2EE_FORMAT_SRTP)
    return NULL;
  return e2ee_suite_find (suite->hash == E2EE_HASH_SHA256 ? E2EE_SUITE_SRTP_AEAD_AES_128_GCM
      : E2EE_SUITE_SRTP_AEAD_AES_256_GCM);
}
