/* The cipher suites: SFrame's, RFC 9605 section 4.5 and draft-barnes-sframe-iana-256, and what the
 * keys of other frame formats are for.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_SUITE_H
#define E2EE_CORE_FRAME_SUITE_H

#include "core/crypto/aead.h"
#include "core/crypto/hkdf.h"

/* The numbers are IANA's; those from 0xf000 on are for private use (RFC 9605 section 8.1) and name
 * the keys of other formats. */
typedef enum
{
  E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80 = 0x0001,
  E2EE_SUITE_AES_128_CTR_HMAC_SHA256_64 = 0x0002,
  E2EE_SUITE_AES_128_CTR_HMAC_SHA256_32 = 0x0003,
  E2EE_SUITE_AES_128_GCM_SHA256_128 = 0x0004,
  E2EE_SUITE_AES_256_GCM_SHA512_128 = 0x0005,
  E2EE_SUITE_AES_256_CTR_HMAC_SHA512_80 = 0x0006,
  E2EE_SUITE_AES_256_CTR_HMAC_SHA512_64 = 0x0007,
  E2EE_SUITE_AES_256_CTR_HMAC_SHA512_32 = 0x0008,
  /* LiveKit: a passphrase in UTF-8, or raw bytes; _256 where the room's key size is 256 bits */
  E2EE_SUITE_LIVEKIT_PBKDF2 = 0xf001,
  E2EE_SUITE_LIVEKIT_HKDF = 0xf002,
  E2EE_SUITE_JITSI_HKDF = 0xf003,
  E2EE_SUITE_LIVEKIT_PBKDF2_256 = 0xf004,
  E2EE_SUITE_LIVEKIT_HKDF_256 = 0xf005,
  /* SRTP, RFC 7714 and RFC 3711: master key || master salt */
  E2EE_SUITE_SRTP_AEAD_AES_128_GCM = 0xf011,
  E2EE_SUITE_SRTP_AEAD_AES_256_GCM = 0xf012,
  E2EE_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80 = 0xf013
} e2ee_suite_id;

/* Which frame format a suite, and with it a key, belongs to (format.h). */
typedef enum
{
  E2EE_FORMAT_SFRAME = 0,
  E2EE_FORMAT_LIVEKIT,
  E2EE_FORMAT_JITSI,
  E2EE_FORMAT_SRTP
} e2ee_format_id;

typedef struct
{
  e2ee_suite_id id;
  const char *name;             /* as in the RFC: "AES_128_GCM_SHA256_128" */
  e2ee_aead_id aead;
  e2ee_hash hash;
  size_t nh;                    /* hash size: base keys of a ratchet are this long */
  size_t nk;                    /* AEAD key size */
  size_t nt;                    /* tag size */
  e2ee_format_id format;
  /* What a secret from outside, such as a key file's, must measure, in bytes; what is made here
   * anew has @secret_size of them.  The core derives from other sizes too where its RFC does. */
  size_t secret_min, secret_max, secret_size;
  uint64_t max_kid;             /* the largest key id that the format can carry */
} e2ee_suite;

/* A meeting has one base key an epoch, of an SFrame suite: the suite of @format that its keys become
 * when media is protected in that format, of the same strength; NULL when the format cannot. */
const e2ee_suite *e2ee_suite_for_group (const e2ee_suite * suite, e2ee_format_id format);

/* NULL for a suite that does not exist.  Static. */
const e2ee_suite *e2ee_suite_find (unsigned id);
const e2ee_suite *e2ee_suite_find_by_name (const char *name);
/* The @index-th suite of the table, NULL past the last. */
const e2ee_suite *e2ee_suite_nth (size_t index);

#endif
