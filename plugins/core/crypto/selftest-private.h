/* The known answers as data, so that tests can hand in wrong ones.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_SELFTEST_PRIVATE_H
#define E2EE_CORE_CRYPTO_SELFTEST_PRIVATE_H

#include "core/crypto/aead.h"
#include "core/crypto/hkdf.h"
#include "core/crypto/selftest.h"

/* Hexadecimal text. */
typedef struct
{
  e2ee_aead_id id;
  const char *key;
  const char *nonce;
  const char *aad;
  const char *plaintext;
  const char *sealed;
} e2ee_aead_answer;

typedef struct
{
  e2ee_hash hash;
  const char *ikm;
  const char *salt;
  const char *info;
  const char *okm;
} e2ee_hkdf_answer;

/* One row per algorithm, and one per hash. */
extern const e2ee_aead_answer e2ee_aead_answers[];
extern const size_t e2ee_n_aead_answers;
extern const e2ee_hkdf_answer e2ee_hkdf_answers[];
extern const size_t e2ee_n_hkdf_answers;

/* Error: SELF_TEST, also when an algorithm of a back end has no row. */
E2EE_MUST_USE e2ee_result e2ee_aead_self_test (const e2ee_aead_answer * answers, size_t n_answers);
E2EE_MUST_USE e2ee_result e2ee_hkdf_self_test (const e2ee_hkdf_answer * answers, size_t n_answers);

/* e2ee_crypto_init() with another self-test, for the test of what follows from a failure.  Whoever
 * is first in the process decides. */
E2EE_MUST_USE e2ee_result e2ee_crypto_init_with (e2ee_result (*self_test) (void));

#endif
