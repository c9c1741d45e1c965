/* The table of cipher suites.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"

#include "core/frame/suite.h"

/* RFC 9605 table 1 and draft-barnes-sframe-iana-256: Nh, Nk, Nt; then those of other formats. */
static const struct
{
  unsigned id;
  const char *name;
  size_t nh, nk, nt;
  e2ee_format_id format;
} rows[] = {
  {0x0001, "AES_128_CTR_HMAC_SHA256_80", 32, 48, 10},
  {0x0002, "AES_128_CTR_HMAC_SHA256_64", 32, 48, 8},
  {0x0003, "AES_128_CTR_HMAC_SHA256_32", 32, 48, 4},
  {0x0004, "AES_128_GCM_SHA256_128", 32, 16, 16},
  {0x0005, "AES_256_GCM_SHA512_128", 64, 32, 16},
  {0x0006, "AES_256_CTR_HMAC_SHA512_80", 64, 96, 10},
  {0x0007, "AES_256_CTR_HMAC_SHA512_64", 64, 96, 8},
  {0x0008, "AES_256_CTR_HMAC_SHA512_32", 64, 96, 4},
  {0xf001, "LIVEKIT_PBKDF2", 32, 16, 16, E2EE_FORMAT_LIVEKIT},
  {0xf002, "LIVEKIT_HKDF", 32, 16, 16, E2EE_FORMAT_LIVEKIT},
  {0xf003, "JITSI_HKDF", 32, 16, 16, E2EE_FORMAT_JITSI},
  {0xf004, "LIVEKIT_PBKDF2_256", 32, 32, 16, E2EE_FORMAT_LIVEKIT},
  {0xf005, "LIVEKIT_HKDF_256", 32, 32, 16, E2EE_FORMAT_LIVEKIT},
};

static void
test_suites_have_the_sizes_of_the_rfc (void)
{
  for (size_t i = 0; i < CHECK_N (rows); i++) {
    const e2ee_suite *suite = e2ee_suite_find (rows[i].id);

    CHECK_ROW ("%s", rows[i].name);
    CHECK (suite != NULL);
    CHECK_INT (suite->id, rows[i].id);
    CHECK_STR (suite->name, rows[i].name);
    CHECK_INT (suite->nh, rows[i].nh);
    CHECK_INT (suite->nk, rows[i].nk);
    CHECK_INT (suite->nt, rows[i].nt);
    CHECK_INT (suite->format, rows[i].format);
    CHECK (e2ee_suite_find_by_name (rows[i].name) == suite);
  }
}

static void
test_suites_agree_with_the_algorithms_they_name (void)
{
  for (size_t i = 0; i < CHECK_N (rows); i++) {
    const e2ee_suite *suite = e2ee_suite_find (rows[i].id);

    CHECK_ROW ("%s", rows[i].name);
    CHECK_INT (suite->nh, e2ee_hash_size (suite->hash));
    CHECK_INT (suite->nk, e2ee_aead_info_get (suite->aead)->key_size);
    CHECK_INT (suite->nt, e2ee_aead_info_get (suite->aead)->tag_size);
  }
}

static void
test_unknown_suite_is_not_found (void)
{
  CHECK (e2ee_suite_find (0x0000) == NULL);
  CHECK (e2ee_suite_find (0x0009) == NULL);
  CHECK (e2ee_suite_find (0xf000) == NULL);
  CHECK (e2ee_suite_find (0x10004) == NULL);
  CHECK (e2ee_suite_find_by_name ("AES_128_GCM_SHA256") == NULL);
  CHECK (e2ee_suite_find_by_name ("aes_128_gcm_sha256_128") == NULL);
  CHECK (e2ee_suite_find_by_name ("") == NULL);
  CHECK (e2ee_suite_find_by_name (NULL) == NULL);
}

static const check_case cases[] = {
  CHECK_CASE (test_suites_have_the_sizes_of_the_rfc),
  CHECK_CASE (test_suites_agree_with_the_algorithms_they_name),
  CHECK_CASE (test_unknown_suite_is_not_found),
};

CHECK_MAIN (cases)
