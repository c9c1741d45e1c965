/* What follows from a failed self-test: no cryptography in this process, for good.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"

#include "core/crypto/secret.h"
#include "core/crypto/selftest-private.h"

static int runs;

/* The real test on the real back ends, with one answer changed. */
static e2ee_result
self_test_with_a_wrong_answer (void)
{
  e2ee_aead_answer answers[E2EE_AEAD_N_IDS];

  runs++;
  memcpy (answers, e2ee_aead_answers, e2ee_n_aead_answers * sizeof (answers[0]));
  answers[E2EE_AEAD_AES_128_GCM - 1].sealed = answers[E2EE_AEAD_AES_256_GCM - 1].sealed;
  return e2ee_aead_self_test (answers, e2ee_n_aead_answers);
}

static void
test_a_wrong_answer_makes_the_start_fail (void)
{
  CHECK_INT (e2ee_crypto_init_with (self_test_with_a_wrong_answer), E2EE_ERR_SELF_TEST);
  CHECK_INT (runs, 1);
}

static void
test_a_failed_start_is_not_tried_again (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_ERR_SELF_TEST);
  CHECK_INT (e2ee_crypto_init_with (self_test_with_a_wrong_answer), E2EE_ERR_SELF_TEST);
  CHECK_INT (runs, 1);
}

static void
test_no_context_can_be_made_after_a_failed_start (void)
{
  static const uint8_t key[16];
  e2ee_aead *aead = (e2ee_aead *) & runs;

  CHECK (e2ee_aead_backend_nth (0) == NULL);
  CHECK_INT (e2ee_aead_new (E2EE_AEAD_AES_128_GCM, E2EE_BYTES (key, sizeof (key)), &aead),
      E2EE_ERR_UNSUPPORTED);
  CHECK (aead == NULL);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_wrong_answer_makes_the_start_fail),
  CHECK_CASE (test_a_failed_start_is_not_tried_again),
  CHECK_CASE (test_no_context_can_be_made_after_a_failed_start),
};

CHECK_MAIN (cases)
