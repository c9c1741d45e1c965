/* SRTP is there or it is not: a build without libsrtp2, as in WebAssembly, refuses its keys.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "frame-keys.h"

#include "core/frame/format.h"
#include "core/frame/srtp.h"

static e2ee_result
make_srtp_key (e2ee_suite_id suite)
{
  static const uint8_t master[E2EE_SRTP_MAX_MASTER_SIZE];
  e2ee_key_params params = {
    .suite = e2ee_suite_find (suite),
    .base_key = E2EE_BYTES (master, e2ee_srtp_master_size (e2ee_suite_find (suite))),
    .usage = E2EE_KEY_DECRYPT,
    .origin = E2EE_KEY_STATIC,
  };
  e2ee_key *key;
  e2ee_result r = e2ee_key_new (e2ee_env_default (), &params, &key);

  e2ee_key_unref (key);
  return r;
}

static void
test_keys_and_format_are_there_together_or_not_at_all (void)
{
  static const e2ee_suite_id suites[] = {
    E2EE_SUITE_SRTP_AEAD_AES_128_GCM, E2EE_SUITE_SRTP_AEAD_AES_256_GCM,
    E2EE_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80
  };
  const int is_available = e2ee_srtp_is_available ();

  CHECK_INT (e2ee_format_find (E2EE_FORMAT_SRTP) != NULL, is_available);
  CHECK_INT (e2ee_format_find_by_name ("srtp") != NULL, is_available);
  for (size_t i = 0; i < CHECK_N (suites); i++) {
    CHECK_ROW ("%s", e2ee_suite_find (suites[i])->name);
    CHECK_INT (make_srtp_key (suites[i]), is_available ? E2EE_OK : E2EE_ERR_UNSUPPORTED);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_keys_and_format_are_there_together_or_not_at_all),
};

CHECK_MAIN (cases)
