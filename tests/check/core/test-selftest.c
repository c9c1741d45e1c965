/* The self-test passes on known answers and fails on any wrong one.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"

#include "core/crypto/secret.h"
#include "core/crypto/selftest-private.h"

static e2ee_aead_answer answers[E2EE_AEAD_N_IDS];
static char text[1024];

static void
take_right_answers (void)
{
  memcpy (answers, e2ee_aead_answers, e2ee_n_aead_answers * sizeof (answers[0]));
}

/* A copy of @hex with another first digit. */
static const char *
changed (const char *hex)
{
  snprintf (text, sizeof (text), "%s", hex);
  text[0] = text[0] == '0' ? '1' : '0';
  return text;
}

static void
test_crypto_starts_and_the_known_answers_come_out (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  CHECK_INT (e2ee_crypto_self_test (), E2EE_OK);
}

static void
test_there_is_one_answer_for_every_algorithm (void)
{
  CHECK_INT (e2ee_n_aead_answers, E2EE_AEAD_N_IDS - 1);
  for (size_t i = 0; i < e2ee_n_aead_answers; i++)
    CHECK_INT (e2ee_aead_answers[i].id, i + 1);
  CHECK_INT (e2ee_n_hkdf_answers, 2);
}

static void
test_a_wrong_ciphertext_fails (void)
{
  for (size_t i = 0; i < e2ee_n_aead_answers; i++) {
    CHECK_ROW ("row %zu", i);
    take_right_answers ();
    answers[i].sealed = changed (answers[i].sealed);
    CHECK_INT (e2ee_aead_self_test (answers, e2ee_n_aead_answers), E2EE_ERR_SELF_TEST);
  }
}

static void
test_a_wrong_key_nonce_or_additional_data_fails (void)
{
  for (size_t i = 0; i < e2ee_n_aead_answers; i++) {
    CHECK_ROW ("row %zu", i);
    take_right_answers ();
    answers[i].key = changed (answers[i].key);
    CHECK_INT (e2ee_aead_self_test (answers, e2ee_n_aead_answers), E2EE_ERR_SELF_TEST);
    take_right_answers ();
    answers[i].nonce = changed (answers[i].nonce);
    CHECK_INT (e2ee_aead_self_test (answers, e2ee_n_aead_answers), E2EE_ERR_SELF_TEST);
    take_right_answers ();
    answers[i].aad = changed (answers[i].aad);
    CHECK_INT (e2ee_aead_self_test (answers, e2ee_n_aead_answers), E2EE_ERR_SELF_TEST);
  }
}

static void
test_an_algorithm_without_an_answer_fails (void)
{
  for (size_t i = 0; i < e2ee_n_aead_answers; i++) {
    CHECK_ROW ("row %zu", i);
    take_right_answers ();
    answers[i] = answers[(i + 1) % e2ee_n_aead_answers];
    CHECK_INT (e2ee_aead_self_test (answers, e2ee_n_aead_answers), E2EE_ERR_SELF_TEST);
  }
  CHECK_INT (e2ee_aead_self_test (answers, 0), E2EE_ERR_SELF_TEST);
}

static void
test_a_wrong_hkdf_answer_fails (void)
{
  for (size_t i = 0; i < e2ee_n_hkdf_answers; i++) {
    e2ee_hkdf_answer answer = e2ee_hkdf_answers[i];

    CHECK_ROW ("row %zu", i);
    CHECK_INT (e2ee_hkdf_self_test (&answer, 1), E2EE_OK);
    answer.okm = changed (answer.okm);
    CHECK_INT (e2ee_hkdf_self_test (&answer, 1), E2EE_ERR_SELF_TEST);
    answer = e2ee_hkdf_answers[i];
    answer.info = changed (answer.info);
    CHECK_INT (e2ee_hkdf_self_test (&answer, 1), E2EE_ERR_SELF_TEST);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_crypto_starts_and_the_known_answers_come_out),
  CHECK_CASE (test_there_is_one_answer_for_every_algorithm),
  CHECK_CASE (test_a_wrong_ciphertext_fails),
  CHECK_CASE (test_a_wrong_key_nonce_or_additional_data_fails),
  CHECK_CASE (test_an_algorithm_without_an_answer_fails),
  CHECK_CASE (test_a_wrong_hkdf_answer_fails),
};

CHECK_MAIN (cases)
