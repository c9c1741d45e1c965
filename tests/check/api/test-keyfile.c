/* What a key file may say, and what is read from it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>
#include <unistd.h>

#define ENCRYPT GST_E2EE_KEY_USAGE_ENCRYPT
#define DECRYPT GST_E2EE_KEY_USAGE_DECRYPT

#define KEY_1 KIT_ONE_KEY ("\"kid\":\"1\",\"k\":\"" KIT_KEY_16 "\"")

static GstE2eeKeyFile *
load (const gchar * text)
{
  return kit_load (kit_write ("keys.json", text));
}

static void
assert_key (GstE2eeKeyFile * file, guint64 key_id, GstE2eeCipherSuite suite, GstE2eeKeyUsage usage,
    const gchar * sender)
{
  GstE2eeKey *key = kit_find_key (file, key_id);
  const guint8 *base_key;
  gsize size;

  fail_unless (key != NULL, "no key %" G_GUINT64_FORMAT, key_id);
  fail_unless_equals_int (gst_e2ee_key_get_suite (key), suite);
  fail_unless_equals_int (gst_e2ee_key_get_usage (key), usage);
  fail_unless_equals_string (gst_e2ee_key_get_sender (key), sender);
  fail_unless_equals_uint64 (gst_e2ee_key_get_epoch (key), 1);
  base_key = gst_e2ee_key_peek_base_key (key, &size);
  fail_unless_equals_int (size, gst_e2ee_cipher_suite_get_key_size (suite));
  for (gsize i = 0; i < size; i++)
    fail_unless_equals_int (base_key[i], i);
  gst_e2ee_key_unref (key);
}

static void
assert_suite_is_read (const gchar * name, GstE2eeCipherSuite suite, const gchar * k)
{
  gchar *text = g_strdup_printf (KIT_ONE_KEY ("\"kid\":\"5\",\"alg\":\"%s\",\"k\":\"%s\""),
      name, k);
  GstE2eeKeyFile *file = load (text);

  assert_key (file, 5, suite, ENCRYPT | DECRYPT, NULL);
  g_object_unref (file);
  g_free (text);
}

GST_START_TEST (test_all_eight_suites_are_read)
{
  assert_suite_is_read ("AES_128_CTR_HMAC_SHA256_80", 1, KIT_KEY_16);
  assert_suite_is_read ("AES_128_CTR_HMAC_SHA256_64", 2, KIT_KEY_16);
  assert_suite_is_read ("AES_128_CTR_HMAC_SHA256_32", 3, KIT_KEY_16);
  assert_suite_is_read ("AES_128_GCM_SHA256_128", 4, KIT_KEY_16);
  assert_suite_is_read ("AES_256_GCM_SHA512_128", 5, KIT_KEY_32);
  assert_suite_is_read ("AES_256_CTR_HMAC_SHA512_80", 6, KIT_KEY_32);
  assert_suite_is_read ("AES_256_CTR_HMAC_SHA512_64", 7, KIT_KEY_32);
  assert_suite_is_read ("AES_256_CTR_HMAC_SHA512_32", 8, KIT_KEY_32);
}

GST_END_TEST;

GST_START_TEST (test_suites_of_other_formats_are_read)
{
  assert_suite_is_read ("LIVEKIT_PBKDF2", 0xf001, KIT_KEY_32);
  assert_suite_is_read ("LIVEKIT_HKDF", 0xf002, KIT_KEY_32);
  assert_suite_is_read ("JITSI_HKDF", 0xf003, KIT_KEY_32);
  assert_suite_is_read ("LIVEKIT_PBKDF2_256", 0xf004, KIT_KEY_32);
  assert_suite_is_read ("LIVEKIT_HKDF_256", 0xf005, KIT_KEY_32);
}

GST_END_TEST;

/* "opensesame", which is neither 16 nor 32 bytes long */
GST_START_TEST (test_a_passphrase_without_alg_is_read_when_the_suite_was_said_before)
{
  const gchar *path = kit_write ("keys.json", KIT_ONE_KEY ("\"kid\":0,\"k\":\"b3BlbnNlc2FtZQ\""));
  GstE2eeKeyFile *file = g_object_new (GST_TYPE_E2EE_KEY_FILE, "path", path, NULL);
  GError *error = NULL;
  GstE2eeKey *key;
  gsize size;

  fail_unless (gst_e2ee_key_file_set_default_suite (file, GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2,
          &error), "%s", error ? error->message : "");
  fail_unless (gst_e2ee_key_file_reload (file, &error), "%s", error ? error->message : "");
  key = kit_find_key (file, 0);
  fail_unless_equals_int (gst_e2ee_key_get_suite (key), GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2);
  fail_unless (memcmp (gst_e2ee_key_peek_base_key (key, &size), "opensesame", 10) == 0);
  fail_unless_equals_int (size, 10);
  gst_e2ee_key_unref (key);
  g_object_unref (file);
  kit_assert_refused (path, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "\"k\" has 10 bytes; without \"alg\" it must have 16 or 32");
}

GST_END_TEST;

GST_START_TEST (test_directions_and_senders_are_read_in_order)
{
  GstE2eeKeyFile *file = load ("{\"keys\":["
      "{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\"" KIT_KEY_16 "\",\"key_ops\":[\"encrypt\"],"
      "\"sender\":\"alice\"},\n"
      "{\"kty\":\"oct\",\"kid\":2,\"k\":\"" KIT_KEY_16 "\",\"key_ops\":[\"decrypt\",\"wrapKey\"],"
      "\"sender\":\"B\\u00f6b\",\"use\":\"enc\",\"x-note\":[{\"k\":1}]},\n"
      "{\"kty\":\"oct\",\"kid\":\"3\",\"k\":\"" KIT_KEY_32 "\"}],\"comment\":{\"keys\":[]}}");
  GList *keys = gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (file), DECRYPT);

  assert_key (file, 1, 4, ENCRYPT, "alice");
  assert_key (file, 2, 4, DECRYPT, "B\303\266b");
  assert_key (file, 3, 5, ENCRYPT | DECRYPT, NULL);
  fail_unless_equals_int (kit_count_keys (file, ENCRYPT), 2);
  fail_unless_equals_int (g_list_length (keys), 2);
  fail_unless_equals_uint64 (gst_e2ee_key_get_key_id (keys->data), 2);
  fail_unless_equals_uint64 (gst_e2ee_key_get_key_id (keys->next->data), 3);
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_key_ids_reach_from_zero_to_the_largest_number)
{
  GstE2eeKeyFile *file = load ("{\"keys\":["
      "{\"kty\":\"oct\",\"kid\":\"0\",\"k\":\"" KIT_KEY_16 "\"},"
      "{\"kty\":\"oct\",\"kid\":\"18446744073709551615\",\"k\":\"" KIT_KEY_16 "\"},"
      "{\"kty\":\"oct\",\"kid\":9223372036854775807,\"k\":\"" KIT_KEY_16 "\"}]}");

  assert_key (file, 0, 4, ENCRYPT | DECRYPT, NULL);
  assert_key (file, G_MAXUINT64, 4, ENCRYPT | DECRYPT, NULL);
  assert_key (file, G_MAXINT64, 4, ENCRYPT | DECRYPT, NULL);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_a_set_without_keys_is_read)
{
  GstE2eeKeyFile *file = load ("{\"keys\":[]}");

  fail_unless_equals_int (kit_count_keys (file, ENCRYPT | DECRYPT), 0);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_a_symbolic_link_is_followed)
{
  const gchar *target = kit_write ("keys.json", KEY_1);
  const gchar *path = kit_path ("link.json");
  GstE2eeKeyFile *file;

  fail_unless_equals_int (symlink (target, path), 0);
  file = kit_load (path);
  assert_key (file, 1, 4, ENCRYPT | DECRYPT, NULL);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_path_is_the_one_that_was_given)
{
  GstE2eeKeyFile *file = load ("{\"keys\":[]}");
  gchar *path;

  g_object_get (file, "path", &path, NULL);
  fail_unless_equals_string (path, kit_path ("keys.json"));
  g_free (path);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_an_object_that_has_not_read_lists_nothing)
{
  GstE2eeKeyFile *file = g_object_new (GST_TYPE_E2EE_KEY_FILE, "path",
      kit_write ("keys.json", KEY_1), NULL);

  fail_unless_equals_int (kit_count_keys (file, ENCRYPT | DECRYPT), 0);
  fail_unless (gst_e2ee_key_file_reload (file, NULL));
  assert_key (file, 1, 4, ENCRYPT | DECRYPT, NULL);
  g_object_unref (file);
}

GST_END_TEST;

#define MIXED "{\"keys\":[" \
  "{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\"" KIT_KEY_16 "\"}," \
  "{\"kty\":\"oct\",\"kid\":\"2\",\"k\":\"" KIT_KEY_16 "\"," \
  "\"alg\":\"AES_128_CTR_HMAC_SHA256_80\"}]}"

GST_START_TEST (test_default_suite_is_for_keys_without_alg_only)
{
  GstE2eeKeyFile *file = load (MIXED);
  GError *error = NULL;

  fail_unless (gst_e2ee_key_file_set_default_suite (file,
          GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_64, &error));
  fail_unless (error == NULL);
  assert_key (file, 1, GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_64, ENCRYPT | DECRYPT, NULL);
  assert_key (file, 2, GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_80, ENCRYPT | DECRYPT, NULL);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_default_suite_stays_for_a_reload)
{
  GstE2eeKeyFile *file = load (MIXED);

  fail_unless (gst_e2ee_key_file_set_default_suite (file,
          GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_64, NULL));
  fail_unless (gst_e2ee_key_file_reload (file, NULL));
  assert_key (file, 1, GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_64, ENCRYPT | DECRYPT, NULL);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_default_suite_that_does_not_fit_changes_nothing)
{
  GstE2eeKeyFile *file = load (MIXED);
  GError *error = NULL;

  fail_if (gst_e2ee_key_file_set_default_suite (file,
          GST_E2EE_CIPHER_SUITE_AES_256_GCM_SHA512_128, &error));
  fail_unless (g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS));
  fail_unless (g_str_has_prefix (error->message, kit_path ("keys.json")));
  fail_unless (strstr (error->message, "(kid 1)") != NULL);
  g_error_free (error);
  assert_key (file, 1, 4, ENCRYPT | DECRYPT, NULL);
  fail_unless (gst_e2ee_key_file_reload (file, NULL));
  assert_key (file, 1, 4, ENCRYPT | DECRYPT, NULL);
  g_object_unref (file);
}

GST_END_TEST;

static void
count (GstE2eeKeyProvider * provider, gpointer counter)
{
  (*(guint *) counter)++;
}

GST_START_TEST (test_default_suite_emits_only_when_a_key_has_changed)
{
  GstE2eeKeyFile *file = load (MIXED);
  guint n_changes = 0;

  g_signal_connect (file, "keys-changed", G_CALLBACK (count), &n_changes);
  fail_unless (gst_e2ee_key_file_set_default_suite (file, 4, NULL));
  fail_unless_equals_int (n_changes, 0);
  fail_unless (gst_e2ee_key_file_set_default_suite (file, 3, NULL));
  fail_unless_equals_int (n_changes, 1);
  fail_unless (gst_e2ee_key_file_set_default_suite (file, 3, NULL));
  fail_unless_equals_int (n_changes, 1);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_default_suite_after_keys_were_listed_is_a_new_epoch)
{
  GstE2eeKeyFile *file = load (MIXED);
  GstE2eeKey *changed, *other;

  fail_unless_equals_int (kit_count_keys (file, ENCRYPT), 2);
  fail_unless (gst_e2ee_key_file_set_default_suite (file, 3, NULL));
  changed = kit_find_key (file, 1);
  other = kit_find_key (file, 2);
  fail_unless_equals_uint64 (gst_e2ee_key_get_epoch (changed), 2);
  fail_unless_equals_uint64 (gst_e2ee_key_get_epoch (other), 1);
  gst_e2ee_key_unref (changed);
  gst_e2ee_key_unref (other);
  g_object_unref (file);
}

GST_END_TEST;

static Suite *
keyfile_suite (void)
{
  Suite *s = suite_create ("keyfile");
  TCase *tc = tcase_create ("keyfile");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, kit_setup, kit_teardown);
  tcase_add_test (tc, test_all_eight_suites_are_read);
  tcase_add_test (tc, test_suites_of_other_formats_are_read);
  tcase_add_test (tc, test_a_passphrase_without_alg_is_read_when_the_suite_was_said_before);
  tcase_add_test (tc, test_directions_and_senders_are_read_in_order);
  tcase_add_test (tc, test_key_ids_reach_from_zero_to_the_largest_number);
  tcase_add_test (tc, test_a_set_without_keys_is_read);
  tcase_add_test (tc, test_a_symbolic_link_is_followed);
  tcase_add_test (tc, test_path_is_the_one_that_was_given);
  tcase_add_test (tc, test_an_object_that_has_not_read_lists_nothing);
  tcase_add_test (tc, test_default_suite_is_for_keys_without_alg_only);
  tcase_add_test (tc, test_default_suite_stays_for_a_reload);
  tcase_add_test (tc, test_default_suite_that_does_not_fit_changes_nothing);
  tcase_add_test (tc, test_default_suite_emits_only_when_a_key_has_changed);
  tcase_add_test (tc, test_default_suite_after_keys_were_listed_is_a_new_epoch);
  return s;
}

KIT_MAIN (keyfile)
