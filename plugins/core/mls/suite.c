/* Cipher suites as data, RFC 9420 section 17.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/suite.h"

#include "core/mls/hpke-private.h"

/* The default first.  kdf_id and aead_id are those of RFC 9180 sections 7.2 and 7.3. */
static const e2ee_mls_suite suites[] = {
  {
        .id = E2EE_MLS_SUITE_X25519_CHACHA20_SHA256_ED25519,
        .name = "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
        .kem = &e2ee_mls_kem_x25519,
        .kdf_id = 0x0001,
        .aead_id = 0x0003,
        .hash = E2EE_HASH_SHA256,
        .aead = E2EE_AEAD_CHACHA20_POLY1305,
        .signer = &e2ee_mls_signer_ed25519,
        .nh = 32,
        .nk = 32,
        .nn = 12,
        .nt = 16,
      },
  {
        .id = E2EE_MLS_SUITE_X25519_AES128GCM_SHA256_ED25519,
        .name = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
        .kem = &e2ee_mls_kem_x25519,
        .kdf_id = 0x0001,
        .aead_id = 0x0001,
        .hash = E2EE_HASH_SHA256,
        .aead = E2EE_AEAD_AES_128_GCM,
        .signer = &e2ee_mls_signer_ed25519,
        .nh = 32,
        .nk = 16,
        .nn = 12,
        .nt = 16,
      },
};

#define N_SUITES (sizeof (suites) / sizeof (suites[0]))

static const e2ee_mls_suite *extra_suite;

void
e2ee_mls_suite_set_extra (const e2ee_mls_suite * suite)
{
  extra_suite = suite;
}

const e2ee_mls_suite *
e2ee_mls_suite_nth (size_t index)
{
  if (index < N_SUITES)
    return &suites[index];
  return index == N_SUITES ? extra_suite : NULL;
}

const e2ee_mls_suite *
e2ee_mls_suite_find (unsigned id)
{
  const e2ee_mls_suite *suite;

  for (size_t i = 0; (suite = e2ee_mls_suite_nth (i)) != NULL; i++) {
    if (suite->id == id)
      return suite;
  }
  return NULL;
}
