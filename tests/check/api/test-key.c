/* One key, and providers that own keys.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

#define GCM GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128
#define ENCRYPT GST_E2EE_KEY_USAGE_ENCRYPT
#define DECRYPT GST_E2EE_KEY_USAGE_DECRYPT

static const guint8 bytes[33] = {
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
  27, 28, 29, 30, 31, 32
};

static GstE2eeKey *
make (guint64 key_id, GstE2eeKeyUsage usage)
{
  GError *error = NULL;
  GstE2eeKey *key = gst_e2ee_key_new (key_id, GCM, bytes, 16, usage, 1, NULL, &error);

  fail_unless (key != NULL, "%s", error ? error->message : "");
  return key;
}

static void
assert_refused (GstE2eeCipherSuite suite, gsize size, GstE2eeKeyUsage usage)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_key_new (1, suite, bytes, size, usage, 1, NULL, &error) == NULL);
  fail_unless (g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS));
  g_error_free (error);
}

static void
assert_takes_only (GstE2eeCipherSuite suite, gsize size)
{
  GstE2eeKey *key = gst_e2ee_key_new (1, suite, bytes, size, ENCRYPT, 1, NULL, NULL);
  gsize peeked;

  fail_unless_equals_int (gst_e2ee_cipher_suite_get_key_size (suite), size);
  fail_unless (key != NULL);
  fail_unless (memcmp (gst_e2ee_key_peek_base_key (key, &peeked), bytes, size) == 0);
  fail_unless_equals_int (peeked, size);
  gst_e2ee_key_unref (key);
  assert_refused (suite, 0, ENCRYPT);
  assert_refused (suite, size - 1, ENCRYPT);
  assert_refused (suite, size + 1, ENCRYPT);
  assert_refused (suite, 48 - size, ENCRYPT);
}

GST_START_TEST (test_suites_with_aes_128_take_16_bytes_only)
{
  assert_takes_only (GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_80, 16);
  assert_takes_only (GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_64, 16);
  assert_takes_only (GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_32, 16);
  assert_takes_only (GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128, 16);
}

GST_END_TEST;

GST_START_TEST (test_suites_with_aes_256_take_32_bytes_only)
{
  assert_takes_only (GST_E2EE_CIPHER_SUITE_AES_256_GCM_SHA512_128, 32);
  assert_takes_only (GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_80, 32);
  assert_takes_only (GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_64, 32);
  assert_takes_only (GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_32, 32);
}

GST_END_TEST;

static void
assert_takes (GstE2eeCipherSuite suite, gsize smallest)
{
  guint8 many[257] = { 1, };
  gsize sizes[] = { smallest, 33, 256 };

  fail_unless_equals_int (gst_e2ee_cipher_suite_get_key_size (suite), 32);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    GstE2eeKey *key = gst_e2ee_key_new (15, suite, many, sizes[i], ENCRYPT, 1, NULL, NULL);

    fail_unless (key != NULL, "%u bytes", (guint) sizes[i]);
    gst_e2ee_key_unref (key);
  }
  fail_unless (gst_e2ee_key_new (15, suite, many, 257, ENCRYPT, 1, NULL, NULL) == NULL);
  assert_refused (suite, smallest - 1, ENCRYPT);
}

GST_START_TEST (test_passphrases_have_1_to_256_bytes)
{
  assert_takes (GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2, 1);
  assert_takes (GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2_256, 1);
}

GST_END_TEST;

GST_START_TEST (test_raw_keys_of_livekit_and_jitsi_have_16_to_256_bytes)
{
  assert_takes (GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF, 16);
  assert_takes (GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF_256, 16);
  assert_takes (GST_E2EE_CIPHER_SUITE_JITSI_HKDF, 16);
}

GST_END_TEST;

static void
assert_largest_key_id (GstE2eeCipherSuite suite, guint64 largest)
{
  GstE2eeKey *key = gst_e2ee_key_new (largest, suite, bytes, 32, ENCRYPT, 1, NULL, NULL);
  GError *error = NULL;

  fail_unless (key != NULL);
  gst_e2ee_key_unref (key);
  fail_unless (gst_e2ee_key_new (largest + 1, suite, bytes, 32, ENCRYPT, 1, NULL,
          &error) == NULL);
  fail_unless (g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS));
  fail_unless (strstr (error->message, "the key id is") != NULL);
  g_error_free (error);
}

GST_START_TEST (test_a_key_id_is_a_place_in_the_ring_of_its_format)
{
  assert_largest_key_id (GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2, 255);
  assert_largest_key_id (GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF, 255);
  assert_largest_key_id (GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2_256, 255);
  assert_largest_key_id (GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF_256, 255);
  assert_largest_key_id (GST_E2EE_CIPHER_SUITE_JITSI_HKDF, 15);
}

GST_END_TEST;

GST_START_TEST (test_new_refuses_a_suite_that_does_not_exist)
{
  assert_refused (0, 16, ENCRYPT);
  assert_refused (9, 16, ENCRYPT);
  fail_unless (gst_e2ee_cipher_suite_get_name (9) == NULL);
  fail_unless_equals_int (gst_e2ee_cipher_suite_get_key_size (9), 0);
}

GST_END_TEST;

GST_START_TEST (test_new_refuses_a_key_that_is_for_nothing)
{
  assert_refused (GCM, 16, 0);
  assert_refused (GCM, 16, ENCRYPT | 4);
}

GST_END_TEST;

GST_START_TEST (test_suites_are_called_what_the_rfc_calls_them)
{
  GEnumClass *klass = g_type_class_ref (GST_TYPE_E2EE_CIPHER_SUITE);

  for (guint i = 0; i < klass->n_values; i++) {
    gchar *nick = g_ascii_strdown (gst_e2ee_cipher_suite_get_name (klass->values[i].value), -1);

    fail_unless_equals_string (g_strdelimit (nick, "_", '-'), klass->values[i].value_nick);
    g_free (nick);
  }
  fail_unless (klass->n_values >= 13);
  fail_unless_equals_string (gst_e2ee_cipher_suite_get_name (GCM), "AES_128_GCM_SHA256_128");
  g_type_class_unref (klass);
}

GST_END_TEST;

GST_START_TEST (test_a_key_keeps_what_it_was_told)
{
  guint8 secret[16];
  gchar sender[] = "alice";
  GstE2eeKey *key;
  gsize size;

  memcpy (secret, bytes, 16);
  key = gst_e2ee_key_new (G_MAXUINT64, GCM, secret, 16, DECRYPT, 9, sender, NULL);
  memset (secret, 0xff, 16);
  sender[0] = 'x';
  fail_unless (gst_e2ee_key_get_key_id (key) == G_MAXUINT64);
  fail_unless_equals_int (gst_e2ee_key_get_suite (key), GCM);
  fail_unless_equals_int (gst_e2ee_key_get_usage (key), DECRYPT);
  fail_unless_equals_uint64 (gst_e2ee_key_get_epoch (key), 9);
  fail_unless_equals_string (gst_e2ee_key_get_sender (key), "alice");
  fail_unless (memcmp (gst_e2ee_key_peek_base_key (key, &size), bytes, 16) == 0);
  gst_e2ee_key_unref (key);
}

GST_END_TEST;

GST_START_TEST (test_keys_are_equal_when_id_suite_and_secret_are)
{
  GstE2eeKey *key = gst_e2ee_key_new (1, GCM, bytes, 16, ENCRYPT, 1, "alice", NULL);
  GstE2eeKey *relabelled = gst_e2ee_key_new (1, GCM, bytes, 16, DECRYPT, 2, "bob", NULL);
  GstE2eeKey *other_id = gst_e2ee_key_new (2, GCM, bytes, 16, ENCRYPT, 1, "alice", NULL);
  GstE2eeKey *other_secret = gst_e2ee_key_new (1, GCM, bytes + 1, 16, ENCRYPT, 1, "alice", NULL);
  GstE2eeKey *other_suite = gst_e2ee_key_new (1, GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_80,
      bytes, 16, ENCRYPT, 1, "alice", NULL);

  fail_unless (gst_e2ee_key_is_equal (key, key));
  fail_unless (gst_e2ee_key_is_equal (key, relabelled));
  fail_if (gst_e2ee_key_is_equal (key, other_id));
  fail_if (gst_e2ee_key_is_equal (key, other_secret));
  fail_if (gst_e2ee_key_is_equal (key, other_suite));
  gst_e2ee_key_unref (key);
  gst_e2ee_key_unref (relabelled);
  gst_e2ee_key_unref (other_id);
  gst_e2ee_key_unref (other_secret);
  gst_e2ee_key_unref (other_suite);
}

GST_END_TEST;

/* A provider that does not look at the usage it is asked for. */
#define CARELESS_TYPE (careless_get_type ())
G_DECLARE_FINAL_TYPE (Careless, careless, TEST, CARELESS, GObject)

struct _Careless
{
  GObject parent;
  gboolean lists_nothing;
};

static GList *
careless_list_keys (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage)
{
  GList *keys = NULL;

  if (TEST_CARELESS (provider)->lists_nothing)
    return NULL;
  keys = g_list_append (keys, make (1, ENCRYPT));
  keys = g_list_append (keys, make (2, DECRYPT));
  return g_list_append (keys, make (3, ENCRYPT | DECRYPT));
}

static void
careless_provider_init (GstE2eeKeyProviderInterface * iface)
{
  iface->list_keys = careless_list_keys;
}

G_DEFINE_TYPE_WITH_CODE (Careless, careless, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_E2EE_KEY_PROVIDER, careless_provider_init));

static void
careless_class_init (CarelessClass * klass)
{
}

static void
careless_init (Careless * self)
{
}

static void
assert_lists (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage, guint64 key_id,
    guint n_keys)
{
  GList *keys = gst_e2ee_key_provider_list_keys (provider, usage);

  fail_unless_equals_int (g_list_length (keys), n_keys);
  fail_unless_equals_uint64 (gst_e2ee_key_get_key_id (keys->data), key_id);
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
}

GST_START_TEST (test_list_keys_leaves_out_keys_of_the_other_direction)
{
  GstE2eeKeyProvider *provider = g_object_new (CARELESS_TYPE, NULL);

  assert_lists (provider, ENCRYPT, 1, 2);
  assert_lists (provider, DECRYPT, 2, 2);
  assert_lists (provider, ENCRYPT | DECRYPT, 1, 3);
  g_object_unref (provider);
}

GST_END_TEST;

GST_START_TEST (test_list_keys_gives_the_caller_the_only_reference)
{
  GstE2eeKeyProvider *provider = g_object_new (CARELESS_TYPE, NULL);
  GList *keys = gst_e2ee_key_provider_list_keys (provider, ENCRYPT);

  ASSERT_MINI_OBJECT_REFCOUNT (keys->data, "key", 1);
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  g_object_unref (provider);
}

GST_END_TEST;

GST_START_TEST (test_list_keys_of_a_provider_without_keys_is_empty)
{
  Careless *provider = g_object_new (CARELESS_TYPE, NULL);

  provider->lists_nothing = TRUE;
  fail_unless (gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (provider), ENCRYPT) == NULL);
  g_object_unref (provider);
}

GST_END_TEST;

static void
count (GstE2eeKeyProvider * provider, gpointer counter)
{
  (*(guint *) counter)++;
}

GST_START_TEST (test_changed_emits_keys_changed)
{
  GstE2eeKeyProvider *provider = g_object_new (CARELESS_TYPE, NULL);
  guint n_changes = 0;

  g_signal_connect (provider, "keys-changed", G_CALLBACK (count), &n_changes);
  gst_e2ee_key_provider_changed (provider);
  fail_unless_equals_int (n_changes, 1);
  g_object_unref (provider);
}

GST_END_TEST;

static Suite *
key_suite (void)
{
  Suite *s = suite_create ("key");
  TCase *tc = tcase_create ("key");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_suites_with_aes_128_take_16_bytes_only);
  tcase_add_test (tc, test_suites_with_aes_256_take_32_bytes_only);
  tcase_add_test (tc, test_passphrases_have_1_to_256_bytes);
  tcase_add_test (tc, test_raw_keys_of_livekit_and_jitsi_have_16_to_256_bytes);
  tcase_add_test (tc, test_a_key_id_is_a_place_in_the_ring_of_its_format);
  tcase_add_test (tc, test_new_refuses_a_suite_that_does_not_exist);
  tcase_add_test (tc, test_new_refuses_a_key_that_is_for_nothing);
  tcase_add_test (tc, test_suites_are_called_what_the_rfc_calls_them);
  tcase_add_test (tc, test_a_key_keeps_what_it_was_told);
  tcase_add_test (tc, test_keys_are_equal_when_id_suite_and_secret_are);
  tcase_add_test (tc, test_list_keys_leaves_out_keys_of_the_other_direction);
  tcase_add_test (tc, test_list_keys_gives_the_caller_the_only_reference);
  tcase_add_test (tc, test_list_keys_of_a_provider_without_keys_is_empty);
  tcase_add_test (tc, test_changed_emits_keys_changed);
  return s;
}

KIT_MAIN (key)
