/* Suites, keys, HPKE and the labelled functions: what they refuse, and that no size is fixed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "../check.h"
#include "big-suite.h"

#include "core/crypto/secret.h"
#include "core/mls/labels.h"
#include "core/mls/keypackage.h"
#include "core/mls/schedule.h"

static const e2ee_mls_suite *const tested[] = { NULL, NULL, &big_suite };

/* The built-in suites and the big one. */
static const e2ee_mls_suite *
suite_at (size_t i)
{
  return tested[i] != NULL ? tested[i] : e2ee_mls_suite_nth (i);
}

#define FOR_EACH_SUITE(suite) \
  for (size_t i_ = 0; i_ < CHECK_N (tested); i_++) \
    for (const e2ee_mls_suite *suite = suite_at (i_); suite != NULL; suite = NULL)

static void
test_suites_are_found_by_number_and_the_default_is_first (void)
{
  CHECK_INT (e2ee_mls_suite_nth (0)->id, 3);
  CHECK_INT (e2ee_mls_suite_nth (1)->id, 1);
  CHECK (e2ee_mls_suite_nth (2) == NULL);
  CHECK (e2ee_mls_suite_find (1) == e2ee_mls_suite_nth (1));
  CHECK (e2ee_mls_suite_find (0) == NULL);
  CHECK (e2ee_mls_suite_find (2) == NULL);
  CHECK (e2ee_mls_suite_find (BIG_SUITE_ID) == NULL);
}

static void
test_suite_can_be_one_row_more (void)
{
  e2ee_mls_suite_set_extra (&big_suite);
  CHECK (e2ee_mls_suite_find (BIG_SUITE_ID) == &big_suite);
  CHECK (e2ee_mls_suite_nth (2) == &big_suite);
  CHECK (e2ee_mls_suite_nth (3) == NULL);
  e2ee_mls_suite_set_extra (NULL);
  CHECK (e2ee_mls_suite_find (BIG_SUITE_ID) == NULL);
}

static void
test_mac_is_compared_whole (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  FOR_EACH_SUITE (suite) {
    const e2ee_bytes key = E2EE_BYTES ("key", 3), message = E2EE_BYTES ("message", 7);
    uint8_t mac[E2EE_HASH_MAX_SIZE + 1] = { 0 };

    CHECK_ROW ("%s", suite->name);
    e2ee_mls_mac (suite, key, message, mac);
    CHECK (e2ee_mls_mac_verify (suite, key, message, E2EE_BYTES (mac, suite->nh)));
    CHECK (!e2ee_mls_mac_verify (suite, key, message, E2EE_BYTES (mac, suite->nh - 1)));
    CHECK (!e2ee_mls_mac_verify (suite, key, message, E2EE_BYTES (mac, suite->nh + 1)));
    CHECK (!e2ee_mls_mac_verify (suite, key, message, E2EE_NO_BYTES));
    mac[suite->nh - 1] ^= 1;
    CHECK (!e2ee_mls_mac_verify (suite, key, message, E2EE_BYTES (mac, suite->nh)));
  }
}

static void
test_signatures_verify_under_their_key_label_and_content_only (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  FOR_EACH_SUITE (suite) {
    const e2ee_bytes content = E2EE_BYTES ("content", 7);
    e2ee_mls_secret private_key;
    e2ee_mls_buffer public_key, signature;

    CHECK_ROW ("%s", suite->name);
    CHECK_INT (e2ee_mls_signature_key_generate (suite, e2ee_env_default (), &private_key,
            &public_key), E2EE_MLS_OK);
    CHECK_INT (public_key.size, suite->signer->n_public);
    CHECK_INT (e2ee_mls_sign_with_label (suite, e2ee_mls_secret_view (private_key), "A", content,
            &signature), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_verify_with_label (suite, e2ee_mls_buffer_view (public_key), "A", content,
            e2ee_mls_buffer_view (signature)), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_verify_with_label (suite, e2ee_mls_buffer_view (public_key), "B", content,
            e2ee_mls_buffer_view (signature)), E2EE_MLS_ERR_SIGNATURE);
    CHECK_INT (e2ee_mls_verify_with_label (suite, e2ee_mls_buffer_view (public_key), "A",
            E2EE_BYTES ("content", 6), e2ee_mls_buffer_view (signature)), E2EE_MLS_ERR_SIGNATURE);
    CHECK_INT (e2ee_mls_verify_with_label (suite, e2ee_mls_buffer_view (public_key), "A", content,
            E2EE_NO_BYTES), E2EE_MLS_ERR_SIGNATURE);
    CHECK_INT (e2ee_mls_verify_with_label (suite, E2EE_BYTES (public_key.data, 31), "A", content,
            e2ee_mls_buffer_view (signature)), E2EE_MLS_ERR_KEY);
    signature.data[0] ^= 1;
    CHECK_INT (e2ee_mls_verify_with_label (suite, e2ee_mls_buffer_view (public_key), "A", content,
            e2ee_mls_buffer_view (signature)), E2EE_MLS_ERR_SIGNATURE);
    e2ee_mls_buffer_clear (&signature);
    CHECK_INT (e2ee_mls_sign_with_label (suite, E2EE_NO_BYTES, "A", content, &signature),
        E2EE_MLS_ERR_KEY);
    e2ee_mls_secret_clear (&private_key);
    e2ee_mls_buffer_clear (&public_key);
  }
}

static void
test_signature_key_of_a_wrong_size_is_refused (void)
{
  e2ee_mls_buffer public_key;
  const uint8_t seed[33] = { 1 };

  CHECK_INT (e2ee_mls_signature_key_public (e2ee_mls_suite_nth (0), E2EE_BYTES (seed, 33),
          &public_key), E2EE_MLS_ERR_KEY);
  CHECK_INT (e2ee_mls_signature_key_public (e2ee_mls_suite_nth (0), E2EE_BYTES (seed, 32),
          &public_key), E2EE_MLS_OK);
  CHECK_INT (public_key.size, 32);
  e2ee_mls_buffer_clear (&public_key);
}

static void
test_hpke_opens_what_was_sealed_and_nothing_else (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  FOR_EACH_SUITE (suite) {
    const e2ee_bytes info = E2EE_BYTES ("info", 4), aad = E2EE_BYTES ("aad", 3);
    e2ee_mls_secret private_key;
    e2ee_mls_buffer public_key, again, enc, sealed, opened;

    CHECK_ROW ("%s", suite->name);
    CHECK_INT (e2ee_mls_hpke_generate_key_pair (suite, e2ee_env_default (), &private_key,
            &public_key), E2EE_MLS_OK);
    CHECK_INT (public_key.size, suite->kem->n_public);
    CHECK_INT (e2ee_mls_hpke_public_of (suite, e2ee_mls_secret_view (private_key), &again),
        E2EE_MLS_OK);
    CHECK_BYTES (e2ee_mls_buffer_view (again), e2ee_mls_buffer_view (public_key));
    e2ee_mls_buffer_clear (&again);
    CHECK_INT (e2ee_mls_hpke_seal (suite, e2ee_env_default (), e2ee_mls_buffer_view (public_key),
            info, aad, E2EE_BYTES ("secret", 6), &enc, &sealed), E2EE_MLS_OK);
    CHECK_INT (enc.size, suite->kem->n_enc);
    CHECK_INT (sealed.size, 6 + suite->nt);
    CHECK_INT (e2ee_mls_hpke_open (suite, e2ee_mls_buffer_view (enc),
            e2ee_mls_secret_view (private_key), info, aad, e2ee_mls_buffer_view (sealed), &opened),
        E2EE_MLS_OK);
    CHECK_BYTES (e2ee_mls_buffer_view (opened), E2EE_BYTES ("secret", 6));
    e2ee_mls_buffer_clear (&opened);
    CHECK_INT (e2ee_mls_hpke_open (suite, e2ee_mls_buffer_view (enc),
            e2ee_mls_secret_view (private_key), aad, aad, e2ee_mls_buffer_view (sealed), &opened),
        E2EE_MLS_ERR_DECRYPT);
    CHECK_INT (e2ee_mls_hpke_open (suite, e2ee_mls_buffer_view (enc),
            e2ee_mls_secret_view (private_key), info, info, e2ee_mls_buffer_view (sealed),
            &opened), E2EE_MLS_ERR_DECRYPT);
    CHECK_INT (e2ee_mls_hpke_open (suite, e2ee_mls_buffer_view (enc),
            e2ee_mls_secret_view (private_key), info, aad, E2EE_BYTES (sealed.data, suite->nt - 1),
            &opened), E2EE_MLS_ERR_DECRYPT);
    CHECK_INT (e2ee_mls_hpke_open (suite, E2EE_BYTES (enc.data, enc.size - 1),
            e2ee_mls_secret_view (private_key), info, aad, e2ee_mls_buffer_view (sealed), &opened),
        E2EE_MLS_ERR_KEY);
    CHECK_INT (e2ee_mls_hpke_seal (suite, e2ee_env_default (), E2EE_BYTES (public_key.data,
                public_key.size - 1), info, aad, E2EE_BYTES ("secret", 6), &again, &opened),
        E2EE_MLS_ERR_KEY);
    CHECK (again.data == NULL && opened.data == NULL);
    e2ee_mls_secret_clear (&private_key);
    e2ee_mls_buffer_clear (&public_key);
    e2ee_mls_buffer_clear (&enc);
    e2ee_mls_buffer_clear (&sealed);
  }
}

static void
test_empty_plaintext_is_sealed_and_opened (void)
{
  const e2ee_mls_suite *suite = e2ee_mls_suite_nth (0);
  const uint8_t key[32] = { 1 }, nonce[12] = { 2 };
  e2ee_mls_buffer sealed, opened;

  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  CHECK_INT (e2ee_mls_aead_seal (suite, E2EE_BYTES (key, 32), E2EE_BYTES (nonce, 12),
          E2EE_NO_BYTES, E2EE_NO_BYTES, &sealed), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_aead_open (suite, E2EE_BYTES (key, 32), E2EE_BYTES (nonce, 12),
          E2EE_NO_BYTES, e2ee_mls_buffer_view (sealed), &opened), E2EE_MLS_OK);
  CHECK_INT (opened.size, 0);
  e2ee_mls_buffer_clear (&opened);
  CHECK_INT (e2ee_mls_aead_open (suite, E2EE_BYTES (key, 31), E2EE_BYTES (nonce, 12),
          E2EE_NO_BYTES, e2ee_mls_buffer_view (sealed), &opened), E2EE_MLS_ERR_KEY);
  CHECK_INT (e2ee_mls_aead_seal (suite, E2EE_BYTES (key, 32), E2EE_BYTES (nonce, 11),
          E2EE_NO_BYTES, E2EE_NO_BYTES, &opened), E2EE_MLS_ERR_KEY);
  e2ee_mls_buffer_clear (&sealed);
}

/* RFC 9180 section 7.1.4: a public key of small order gives an all-zero secret. */
static void
test_public_key_of_small_order_is_refused (void)
{
  const e2ee_mls_suite *suite = e2ee_mls_suite_nth (0);
  const uint8_t zero[32] = { 0 }, one[32] = { 1 };
  e2ee_mls_secret private_key;
  e2ee_mls_buffer public_key, enc, sealed, opened;

  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  CHECK_INT (e2ee_mls_hpke_seal (suite, e2ee_env_default (), E2EE_BYTES (zero, 32), E2EE_NO_BYTES,
          E2EE_NO_BYTES, E2EE_NO_BYTES, &enc, &sealed), E2EE_MLS_ERR_KEY);
  CHECK_INT (e2ee_mls_hpke_seal (suite, e2ee_env_default (), E2EE_BYTES (one, 32), E2EE_NO_BYTES,
          E2EE_NO_BYTES, E2EE_NO_BYTES, &enc, &sealed), E2EE_MLS_ERR_KEY);
  CHECK_INT (e2ee_mls_hpke_generate_key_pair (suite, e2ee_env_default (), &private_key,
          &public_key), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_hpke_open (suite, E2EE_BYTES (zero, 32), e2ee_mls_secret_view (private_key),
          E2EE_NO_BYTES, E2EE_NO_BYTES, E2EE_NO_BYTES, &opened), E2EE_MLS_ERR_KEY);
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
}

static void
test_external_init_gives_both_sides_one_secret (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  FOR_EACH_SUITE (suite) {
    const e2ee_mls_digest external_secret = { {7} };
    e2ee_mls_digest sent = { {0} }, received = { {0} };
    e2ee_mls_secret private_key;
    e2ee_mls_buffer public_key, kem_output;

    CHECK_ROW ("%s", suite->name);
    CHECK_INT (e2ee_mls_external_key_pair (suite, &external_secret, &private_key, &public_key),
        E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_hpke_external_init_send (suite, e2ee_env_default (),
            e2ee_mls_buffer_view (public_key), &kem_output, sent.data), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_hpke_external_init_receive (suite, e2ee_mls_buffer_view (kem_output),
            e2ee_mls_secret_view (private_key), received.data), E2EE_MLS_OK);
    CHECK_BYTES (e2ee_mls_digest_view (suite, &received), e2ee_mls_digest_view (suite, &sent));
    CHECK (sent.data[0] != 0 || sent.data[1] != 0 || sent.data[2] != 0);
    CHECK_INT (e2ee_mls_hpke_external_init_receive (suite, E2EE_BYTES (kem_output.data, 3),
            e2ee_mls_secret_view (private_key), received.data), E2EE_MLS_ERR_KEY);
    e2ee_mls_secret_clear (&private_key);
    e2ee_mls_buffer_clear (&public_key);
    e2ee_mls_buffer_clear (&kem_output);
  }
}

static void
test_expansion_over_what_a_label_can_say_is_refused (void)
{
  static uint8_t out[UINT16_MAX + 1];
  const e2ee_mls_suite *suite = e2ee_mls_suite_nth (0);

  CHECK_INT (e2ee_mls_expand_with_label (suite, E2EE_BYTES ("s", 1), "l", E2EE_NO_BYTES, out,
          sizeof (out)), E2EE_MLS_ERR_TOO_LARGE);
  CHECK_INT (e2ee_mls_expand_with_label (suite, E2EE_BYTES ("s", 1), "l", E2EE_NO_BYTES, out,
          255 * 32 + 1), E2EE_MLS_ERR_TOO_LARGE);
}

static void
test_key_package_of_any_size_is_signed_and_verified (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  FOR_EACH_SUITE (suite) {
    static const uint8_t init_key[BIG_PUBLIC_SIZE];
    e2ee_mls_key_package key_package = {
      .version = E2EE_MLS_VERSION,
      .cipher_suite = suite->id,
      .init_key = E2EE_BYTES (init_key, suite->kem->n_public),
      .leaf = {
            .encryption_key = E2EE_BYTES (init_key, suite->kem->n_public),
            .credential = {E2EE_MLS_CREDENTIAL_BASIC, E2EE_BYTES ("alice", 5)},
            .source = E2EE_MLS_LEAF_KEY_PACKAGE,
            .not_after = UINT64_MAX,
          },
    };
    e2ee_mls_secret private_key;
    e2ee_mls_buffer public_key, leaf_signature, signature;

    CHECK_ROW ("%s", suite->name);
    CHECK_INT (e2ee_mls_signature_key_generate (suite, e2ee_env_default (), &private_key,
            &public_key), E2EE_MLS_OK);
    key_package.leaf.signature_key = e2ee_mls_buffer_view (public_key);
    CHECK_INT (e2ee_mls_leaf_node_sign (suite, &key_package.leaf, NULL,
            e2ee_mls_secret_view (private_key), &leaf_signature), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_key_package_sign (suite, &key_package, e2ee_mls_secret_view (private_key),
            &signature), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_leaf_node_verify (suite, &key_package.leaf, NULL), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_key_package_verify (suite, &key_package), E2EE_MLS_OK);
    key_package.leaf.not_after--;
    CHECK_INT (e2ee_mls_leaf_node_verify (suite, &key_package.leaf, NULL),
        E2EE_MLS_ERR_LEAF_SIGNATURE);
    CHECK_INT (e2ee_mls_key_package_verify (suite, &key_package),
        E2EE_MLS_ERR_KEY_PACKAGE_SIGNATURE);
    e2ee_mls_secret_clear (&private_key);
    e2ee_mls_buffer_clear (&public_key);
    e2ee_mls_buffer_clear (&leaf_signature);
    e2ee_mls_buffer_clear (&signature);
  }
}

static void
test_leaf_of_a_commit_is_bound_to_group_and_place (void)
{
  const e2ee_mls_suite *suite = e2ee_mls_suite_nth (0);
  e2ee_mls_leaf_node leaf = {
    .credential = {E2EE_MLS_CREDENTIAL_BASIC, E2EE_BYTES ("alice", 5)},
    .source = E2EE_MLS_LEAF_COMMIT,
    .parent_hash = E2EE_BYTES ("hash", 4),
  };
  e2ee_mls_leaf_place place = { E2EE_BYTES ("group", 5), 4 };
  e2ee_mls_secret private_key;
  e2ee_mls_buffer public_key, signature;

  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  CHECK_INT (e2ee_mls_signature_key_generate (suite, e2ee_env_default (), &private_key,
          &public_key), E2EE_MLS_OK);
  leaf.signature_key = e2ee_mls_buffer_view (public_key);
  CHECK_INT (e2ee_mls_leaf_node_sign (suite, &leaf, &place, e2ee_mls_secret_view (private_key),
          &signature), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_leaf_node_verify (suite, &leaf, &place), E2EE_MLS_OK);
  place.leaf_index = 5;
  CHECK_INT (e2ee_mls_leaf_node_verify (suite, &leaf, &place), E2EE_MLS_ERR_LEAF_SIGNATURE);
  place.leaf_index = 4;
  place.group_id = E2EE_BYTES ("grouq", 5);
  CHECK_INT (e2ee_mls_leaf_node_verify (suite, &leaf, &place), E2EE_MLS_ERR_LEAF_SIGNATURE);
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
  e2ee_mls_buffer_clear (&signature);
}

static const check_case cases[] = {
  CHECK_CASE (test_suites_are_found_by_number_and_the_default_is_first),
  CHECK_CASE (test_suite_can_be_one_row_more),
  CHECK_CASE (test_mac_is_compared_whole),
  CHECK_CASE (test_signatures_verify_under_their_key_label_and_content_only),
  CHECK_CASE (test_signature_key_of_a_wrong_size_is_refused),
  CHECK_CASE (test_hpke_opens_what_was_sealed_and_nothing_else),
  CHECK_CASE (test_empty_plaintext_is_sealed_and_opened),
  CHECK_CASE (test_public_key_of_small_order_is_refused),
  CHECK_CASE (test_external_init_gives_both_sides_one_secret),
  CHECK_CASE (test_expansion_over_what_a_label_can_say_is_refused),
  CHECK_CASE (test_key_package_of_any_size_is_signed_and_verified),
  CHECK_CASE (test_leaf_of_a_commit_is_bound_to_group_and_place),
};

CHECK_MAIN (cases)
