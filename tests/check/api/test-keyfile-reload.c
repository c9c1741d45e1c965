/* Reading a key file again: epochs, signals, and what stays when it fails.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <sys/stat.h>

#define BOTH (GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT)
#define KEY(kid, k, more) "{\"kty\":\"oct\",\"kid\":\"" kid "\",\"k\":\"" k "\"" more "}"
#define SET(keys) "{\"keys\":[" keys "]}"

typedef struct
{
  GstE2eeKeyFile *file;
  guint n_changes;
  guint n_keys_seen;
} Watch;

static void
on_changed (GstE2eeKeyProvider * provider, gpointer user_data)
{
  Watch *watch = user_data;

  watch->n_changes++;
  /* Would wait for ever if a lock were held. */
  watch->n_keys_seen = kit_count_keys (watch->file, BOTH);
}

static void
start (Watch * watch, const gchar * text)
{
  watch->file = kit_load (kit_write ("keys.json", text));
  watch->n_changes = watch->n_keys_seen = 0;
  g_signal_connect (watch->file, "keys-changed", G_CALLBACK (on_changed), watch);
}

static void
reload (Watch * watch, const gchar * text)
{
  GError *error = NULL;

  kit_write ("keys.json", text);
  fail_unless (gst_e2ee_key_file_reload (watch->file, &error), "%s", error ? error->message : "");
}

static void
assert_epoch (Watch * watch, guint64 key_id, guint64 epoch)
{
  GstE2eeKey *key = kit_find_key (watch->file, key_id);

  fail_unless (key != NULL);
  fail_unless_equals_uint64 (gst_e2ee_key_get_epoch (key), epoch);
  gst_e2ee_key_unref (key);
}

GST_START_TEST (test_reload_gives_a_new_key_a_new_epoch)
{
  Watch watch;

  start (&watch, SET (KEY ("1", KIT_KEY_16, "")));
  assert_epoch (&watch, 1, 1);
  reload (&watch, SET (KEY ("1", KIT_KEY_16, "") "," KEY ("2", KIT_OTHER_KEY_16, "")));
  assert_epoch (&watch, 1, 1);
  assert_epoch (&watch, 2, 2);
  fail_unless_equals_int (watch.n_changes, 1);
  fail_unless_equals_int (watch.n_keys_seen, 2);
  g_object_unref (watch.file);
}

GST_END_TEST;

GST_START_TEST (test_reload_gives_a_changed_secret_a_new_epoch)
{
  Watch watch;

  start (&watch, SET (KEY ("1", KIT_KEY_16, "") "," KEY ("2", KIT_KEY_16, "")));
  reload (&watch, SET (KEY ("1", KIT_OTHER_KEY_16, "") "," KEY ("2", KIT_KEY_16, "")));
  assert_epoch (&watch, 1, 2);
  assert_epoch (&watch, 2, 1);
  g_object_unref (watch.file);
}

GST_END_TEST;

GST_START_TEST (test_reload_gives_a_changed_suite_a_new_epoch)
{
  Watch watch;

  start (&watch, SET (KEY ("1", KIT_KEY_16, "")));
  reload (&watch, SET (KEY ("1", KIT_KEY_16, ",\"alg\":\"AES_128_CTR_HMAC_SHA256_80\"")));
  assert_epoch (&watch, 1, 2);
  g_object_unref (watch.file);
}

GST_END_TEST;

GST_START_TEST (test_reload_keeps_the_epoch_of_a_key_with_a_new_label)
{
  Watch watch;
  GstE2eeKey *key;

  start (&watch, SET (KEY ("1", KIT_KEY_16, ",\"sender\":\"alice\"")));
  reload (&watch, SET (KEY ("1", KIT_KEY_16, ",\"sender\":\"bob\",\"key_ops\":[\"decrypt\"]")));
  key = kit_find_key (watch.file, 1);
  fail_unless_equals_uint64 (gst_e2ee_key_get_epoch (key), 1);
  fail_unless_equals_string (gst_e2ee_key_get_sender (key), "bob");
  fail_unless_equals_int (gst_e2ee_key_get_usage (key), GST_E2EE_KEY_USAGE_DECRYPT);
  gst_e2ee_key_unref (key);
  g_object_unref (watch.file);
}

GST_END_TEST;

GST_START_TEST (test_reload_of_the_same_text_changes_no_epoch)
{
  Watch watch;

  start (&watch, SET (KEY ("1", KIT_KEY_16, "")));
  reload (&watch, SET (KEY ("1", KIT_KEY_16, "")));
  reload (&watch, SET (KEY ("1", KIT_KEY_16, "") "," KEY ("2", KIT_OTHER_KEY_16, "")));
  assert_epoch (&watch, 1, 1);
  assert_epoch (&watch, 2, 2);
  fail_unless_equals_int (watch.n_changes, 2);
  g_object_unref (watch.file);
}

GST_END_TEST;

GST_START_TEST (test_reload_forgets_a_removed_key)
{
  Watch watch;

  start (&watch, SET (KEY ("1", KIT_KEY_16, "") "," KEY ("2", KIT_OTHER_KEY_16, "")));
  reload (&watch, SET (KEY ("2", KIT_OTHER_KEY_16, "")));
  fail_unless (kit_find_key (watch.file, 1) == NULL);
  assert_epoch (&watch, 2, 1);
  reload (&watch, SET (KEY ("1", KIT_KEY_16, "") "," KEY ("2", KIT_OTHER_KEY_16, "")));
  assert_epoch (&watch, 1, 2);
  g_object_unref (watch.file);
}

GST_END_TEST;

static void
assert_reload_fails_and_keeps (Watch * watch, GQuark domain, gint code)
{
  GError *error = NULL;

  fail_if (gst_e2ee_key_file_reload (watch->file, &error));
  fail_unless (g_error_matches (error, domain, code), "%s", error->message);
  g_error_free (error);
  assert_epoch (watch, 1, 1);
  fail_unless_equals_int (kit_count_keys (watch->file, BOTH), 1);
  fail_unless_equals_int (watch->n_changes, 0);
}

GST_START_TEST (test_reload_of_a_bad_second_key_keeps_the_keys)
{
  Watch watch;

  start (&watch, SET (KEY ("1", KIT_KEY_16, "")));
  kit_write ("keys.json", SET (KEY ("3", KIT_OTHER_KEY_16, "") "," KEY ("4", "AAEC", "")));
  assert_reload_fails_and_keeps (&watch, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS);
  g_object_unref (watch.file);
}

GST_END_TEST;

GST_START_TEST (test_reload_of_a_file_that_became_readable_keeps_the_keys)
{
  Watch watch;

  start (&watch, SET (KEY ("1", KIT_KEY_16, "")));
  fail_unless_equals_int (chmod (kit_write ("keys.json", SET ("")), 0644), 0);
  assert_reload_fails_and_keeps (&watch, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED);
  g_object_unref (watch.file);
}

GST_END_TEST;

GST_START_TEST (test_keys_outlive_their_file)
{
  Watch watch;
  GstE2eeKey *key;
  gsize size;

  start (&watch, SET (KEY ("1", KIT_KEY_16, "")));
  key = kit_find_key (watch.file, 1);
  g_object_unref (watch.file);
  fail_unless_equals_int (gst_e2ee_key_peek_base_key (key, &size)[15], 15);
  gst_e2ee_key_unref (key);
}

GST_END_TEST;

#define N_RELOADS 200

static gpointer
reload_often (gpointer file)
{
  for (guint i = 0; i < N_RELOADS; i++)
    fail_unless (gst_e2ee_key_file_reload (file, NULL));
  return NULL;
}

static gpointer
list_often (gpointer file)
{
  for (guint i = 0; i < N_RELOADS; i++)
    fail_unless_equals_int (kit_count_keys (file, BOTH), 1);
  return NULL;
}

GST_START_TEST (test_reload_and_list_in_several_threads)
{
  GstE2eeKeyFile *file = kit_load (kit_write ("keys.json", SET (KEY ("1", KIT_KEY_16, ""))));
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reload", i % 2 ? reload_often : list_often, file);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_object_unref (file);
}

GST_END_TEST;

static Suite *
keyfile_reload_suite (void)
{
  Suite *s = suite_create ("keyfile-reload");
  TCase *tc = tcase_create ("keyfile-reload");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, kit_setup, kit_teardown);
  tcase_add_test (tc, test_reload_gives_a_new_key_a_new_epoch);
  tcase_add_test (tc, test_reload_gives_a_changed_secret_a_new_epoch);
  tcase_add_test (tc, test_reload_gives_a_changed_suite_a_new_epoch);
  tcase_add_test (tc, test_reload_keeps_the_epoch_of_a_key_with_a_new_label);
  tcase_add_test (tc, test_reload_of_the_same_text_changes_no_epoch);
  tcase_add_test (tc, test_reload_forgets_a_removed_key);
  tcase_add_test (tc, test_reload_of_a_bad_second_key_keeps_the_keys);
  tcase_add_test (tc, test_reload_of_a_file_that_became_readable_keeps_the_keys);
  tcase_add_test (tc, test_keys_outlive_their_file);
  tcase_add_test (tc, test_reload_and_list_in_several_threads);
  return s;
}

KIT_MAIN (keyfile_reload)
