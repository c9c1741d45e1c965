/* e2ee-keygen: what it writes can be read, and what it should not do it refuses.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>
#include <sys/stat.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define ENCRYPT GST_E2EE_KEY_USAGE_ENCRYPT
#define DECRYPT GST_E2EE_KEY_USAGE_DECRYPT

#define OK 0
#define FAILED 1
#define USAGE 2

/* What the last run printed. */
static gchar *printed;

/* What the next run gets on its standard input; NULL: nothing. */
static const gchar *typed;

static void
spawn (gchar ** argv, gchar ** out, gchar ** err, gint * status)
{
  GSubprocess *process = g_subprocess_newv ((const gchar * const *) argv,
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
      | G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL);

  fail_unless (process != NULL);
  fail_unless (g_subprocess_communicate_utf8 (process, typed ? typed : "", NULL, out, err, NULL));
  *status = g_subprocess_get_status (process);
  typed = NULL;
  g_object_unref (process);
}

/* Runs e2ee-keygen with the arguments up to NULL. */
static gint G_GNUC_NULL_TERMINATED
run (const gchar * argument, ...)
{
  GPtrArray *argv = g_ptr_array_new ();
  gchar *out = NULL, *err = NULL;
  va_list arguments;
  gint status;

  g_ptr_array_add (argv, (gchar *) g_getenv ("E2EE_KEYGEN"));
  va_start (arguments, argument);
  for (; argument; argument = va_arg (arguments, const gchar *))
    g_ptr_array_add (argv, (gchar *) argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  spawn ((gchar **) argv->pdata, &out, &err, &status);
  fail_unless (WIFEXITED (status));
  g_free (printed);
  printed = g_strconcat (out, err, NULL);
  g_free (out);
  g_free (err);
  g_ptr_array_unref (argv);
  return WEXITSTATUS (status);
}

static void
assert_printed (const gchar * text)
{
  fail_unless (strstr (printed, text) != NULL, "no \"%s\" in: %s", text, printed);
}

static void
assert_nothing_was_written (void)
{
  gchar *folder = g_path_get_dirname (kit_path ("x"));
  GDir *dir = g_dir_open (folder, 0, NULL);

  fail_unless (g_dir_read_name (dir) == NULL);
  g_dir_close (dir);
  g_free (folder);
}

static void
assert_same_secret (GstE2eeKeyFile * a, GstE2eeKeyFile * b, guint64 key_id, GstE2eeKeyUsage usage_a,
    GstE2eeKeyUsage usage_b)
{
  GstE2eeKey *key_a = kit_find_key (a, key_id), *key_b = kit_find_key (b, key_id);

  fail_unless (gst_e2ee_key_is_equal (key_a, key_b));
  fail_unless_equals_int (gst_e2ee_key_get_usage (key_a), usage_a);
  fail_unless_equals_int (gst_e2ee_key_get_usage (key_b), usage_b);
  gst_e2ee_key_unref (key_a);
  gst_e2ee_key_unref (key_b);
}

GST_START_TEST (test_a_file_has_one_key_for_both_directions_and_mode_0600)
{
  const gchar *path = kit_path ("keys.json");
  GstE2eeKeyFile *file;
  GstE2eeKey *key;
  GStatBuf info;

  fail_unless_equals_int (run (path, NULL), OK);
  fail_unless_equals_string (printed, "");
  fail_unless_equals_int (g_stat (path, &info), 0);
  fail_unless_equals_int (info.st_mode & 07777, 0600);
  file = kit_load (path);
  key = kit_find_key (file, 1);
  fail_unless_equals_int (gst_e2ee_key_get_usage (key), ENCRYPT | DECRYPT);
  fail_unless_equals_int (gst_e2ee_key_get_suite (key), 4);
  fail_unless_equals_int (kit_count_keys (file, ENCRYPT | DECRYPT), 1);
  gst_e2ee_key_unref (key);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_a_pair_is_two_keys_with_one_sender_each)
{
  const gchar *path_a = kit_path ("a.json"), *path_b = kit_path ("b.json");
  GstE2eeKeyFile *a, *b;
  GstE2eeKey *key_1, *key_2;
  gsize size;

  fail_unless_equals_int (run ("--pair", path_a, path_b, NULL), OK);
  a = kit_load (path_a);
  b = kit_load (path_b);
  assert_same_secret (a, b, 1, ENCRYPT, DECRYPT);
  assert_same_secret (a, b, 2, DECRYPT, ENCRYPT);
  fail_unless_equals_int (kit_count_keys (a, ENCRYPT | DECRYPT), 2);
  fail_unless_equals_int (kit_count_keys (b, ENCRYPT | DECRYPT), 2);
  key_1 = kit_find_key (a, 1);
  key_2 = kit_find_key (a, 2);
  fail_if (memcmp (gst_e2ee_key_peek_base_key (key_1, &size),
          gst_e2ee_key_peek_base_key (key_2, &size), 16) == 0);
  gst_e2ee_key_unref (key_1);
  gst_e2ee_key_unref (key_2);
  g_object_unref (a);
  g_object_unref (b);
}

GST_END_TEST;

GST_START_TEST (test_every_suite_can_be_made)
{
  for (gint i = 1; i <= 8; i++) {
    const gchar *path = kit_path ("keys.json");
    GstE2eeKeyFile *file;
    GstE2eeKey *key;

    fail_unless_equals_int (run ("--force", "--suite", gst_e2ee_cipher_suite_get_name (i),
            path, NULL), OK);
    file = kit_load (path);
    key = kit_find_key (file, 1);
    fail_unless_equals_int (gst_e2ee_key_get_suite (key), i);
    gst_e2ee_key_unref (key);
    g_object_unref (file);
  }
}

GST_END_TEST;

static void
assert_secret (const gchar * path, guint64 key_id, GstE2eeCipherSuite suite, const gchar * secret)
{
  GstE2eeKeyFile *file = kit_load (path);
  GstE2eeKey *key = kit_find_key (file, key_id);
  const guint8 *base_key;
  gsize size;

  fail_unless (key != NULL);
  fail_unless_equals_int (gst_e2ee_key_get_suite (key), suite);
  base_key = gst_e2ee_key_peek_base_key (key, &size);
  fail_unless_equals_int (size, strlen (secret));
  fail_unless (memcmp (base_key, secret, size) == 0);
  gst_e2ee_key_unref (key);
  g_object_unref (file);
}

GST_START_TEST (test_a_passphrase_comes_from_the_standard_input_without_its_line_end)
{
  static const gchar *const lines[] = { "correct horse", "correct horse\n", "correct horse\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    const gchar *path = kit_path ("room.json");

    typed = lines[i];
    fail_unless_equals_int (run ("--force", "--suite", "LIVEKIT_PBKDF2", "--secret", "-", path,
            NULL), OK);
    fail_unless_equals_string (printed, "");
    assert_secret (path, 0, GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2, "correct horse");
  }
}

GST_END_TEST;

GST_START_TEST (test_a_passphrase_comes_from_a_file)
{
  const gchar *secret = kit_write ("passphrase", "Gr\303\274\303\237e an alle\n");
  const gchar *path = kit_path ("room.json");

  fail_unless_equals_int (run ("-s", "LIVEKIT_PBKDF2_256", "-S", secret, "-i", "15", path, NULL),
      OK);
  assert_secret (path, 15, GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2_256,
      "Gr\303\274\303\237e an alle");
}

GST_END_TEST;

GST_START_TEST (test_key_bytes_are_taken_as_they_are)
{
  static const gchar bytes[] = "0123456789abcdef\r\n";
  const gchar *path = kit_path ("room.json");

  typed = bytes;
  fail_unless_equals_int (run ("-s", "LIVEKIT_HKDF", "-S", "-", path, NULL), OK);
  assert_secret (path, 0, GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF, bytes);
}

GST_END_TEST;

/* Nothing is written, and nothing of the secret is printed. */
static const struct
{
  const gchar *name, *suite, *key_id, *typed, *why;
} bad_secrets[] = {
  {"nothing", "LIVEKIT_PBKDF2", "0", "", "the standard input is empty"},
  {"an empty line", "LIVEKIT_PBKDF2", "0", "\n", "the standard input is empty"},
  {"two lines", "LIVEKIT_PBKDF2", "0", "swordfish\nsecond\n", "more than one line"},
  {"a control character", "LIVEKIT_PBKDF2", "0", "sword\033fish", "a control character"},
  {"no UTF-8", "LIVEKIT_PBKDF2", "0", "sword\303fish", "is not UTF-8"},
  {"a short passphrase", "LIVEKIT_PBKDF2", "0", "abcd", "\"k\" is too short to be a key"},
  {"short key bytes", "LIVEKIT_HKDF", "0", "swordfish", "LIVEKIT_HKDF takes 16 to 256"},
  {"key bytes of another size", "AES_128_GCM_SHA256_128", "0", "0123456789abcdef\n",
      "AES_128_GCM_SHA256_128 takes 16"},
  {"a place out of the ring", "LIVEKIT_PBKDF2", "256", "swordfish", "takes 0 to 255"},
};

GST_START_TEST (test_a_secret_that_the_suite_cannot_have_is_refused)
{
  typed = bad_secrets[__i__].typed;
  fail_unless_equals_int (run ("-s", bad_secrets[__i__].suite, "-i", bad_secrets[__i__].key_id,
          "--secret", "-", kit_path ("room.json"), NULL), FAILED);
  assert_printed (bad_secrets[__i__].why);
  fail_unless (strstr (printed, "fish") == NULL);
  assert_nothing_was_written ();
}

GST_END_TEST;

GST_START_TEST (test_a_secret_of_more_than_256_bytes_is_refused)
{
  gchar *longest = g_strnfill (256, 'x'), *longer = g_strnfill (300, 'x');
  const gchar *path = kit_path ("room.json");

  typed = longer;
  fail_unless_equals_int (run ("-s", "LIVEKIT_PBKDF2", "-S", "-", path, NULL), FAILED);
  assert_printed ("has more than 256 bytes");
  assert_nothing_was_written ();
  typed = longest;
  fail_unless_equals_int (run ("-s", "LIVEKIT_PBKDF2", "-S", "-", path, NULL), OK);
  assert_secret (path, 0, GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2, longest);
  g_free (longest);
  g_free (longer);
}

GST_END_TEST;

GST_START_TEST (test_a_secret_in_no_file_is_an_error)
{
  fail_unless_equals_int (run ("-s", "LIVEKIT_PBKDF2", "-S", kit_path ("nowhere"),
          kit_path ("room.json"), NULL), FAILED);
  assert_printed ("nowhere");
  assert_nothing_was_written ();
}

GST_END_TEST;

GST_START_TEST (test_several_key_ids_for_one_direction)
{
  const gchar *path = kit_path ("keys.json");
  GstE2eeKeyFile *file;
  GstE2eeKey *key;

  fail_unless_equals_int (run ("-i", "0", "-i", "18446744073709551615", "--encrypt", path,
          NULL), OK);
  file = kit_load (path);
  key = kit_find_key (file, G_MAXUINT64);
  fail_unless_equals_int (gst_e2ee_key_get_usage (key), ENCRYPT);
  fail_unless_equals_int (kit_count_keys (file, ENCRYPT), 2);
  fail_unless_equals_int (kit_count_keys (file, DECRYPT), 0);
  gst_e2ee_key_unref (key);
  g_object_unref (file);
}

GST_END_TEST;

GST_START_TEST (test_an_existing_file_is_kept)
{
  const gchar *path = kit_write ("keys.json", "precious");
  gchar *text;

  fail_unless_equals_int (run (path, NULL), FAILED);
  assert_printed ("exists already");
  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  fail_unless_equals_string (text, "precious");
  g_free (text);
  fail_unless_equals_int (g_unlink (path), 0);
  assert_nothing_was_written ();
}

GST_END_TEST;

GST_START_TEST (test_force_replaces_a_file_and_its_mode)
{
  const gchar *path = kit_write ("keys.json", "precious");

  fail_unless_equals_int (g_chmod (path, 0644), 0);
  fail_unless_equals_int (run ("--force", path, NULL), OK);
  g_object_unref (kit_load (path));
}

GST_END_TEST;

GST_START_TEST (test_a_pair_of_which_one_exists_adds_none)
{
  const gchar *path_a = kit_path ("a.json"), *path_b = kit_write ("b.json", "precious");

  fail_unless_equals_int (run ("--pair", path_a, path_b, NULL), FAILED);
  assert_printed ("b.json: it exists");
  fail_unless_equals_int (g_unlink (path_b), 0);
  assert_nothing_was_written ();
}

GST_END_TEST;

GST_START_TEST (test_a_folder_that_is_not_there_is_an_error)
{
  gchar *path = g_build_filename (kit_path ("nowhere"), "keys.json", NULL);

  fail_unless_equals_int (run (path, NULL), FAILED);
  assert_printed (path);
  g_free (path);
}

GST_END_TEST;

/* A test of this name: these arguments are refused for this fault, and no file appears. */
#define REFUSES(name, fault, ...) \
  GST_START_TEST (name) \
  { \
    const gchar *path = kit_path ("keys.json"), *other = kit_path ("other.json"); \
    \
    fail_unless_equals_int (run (__VA_ARGS__, NULL), USAGE); \
    assert_printed (fault); \
    fail_unless (path != other); \
    assert_nothing_was_written (); \
  } \
  GST_END_TEST

REFUSES (test_no_file_is_refused, "give one file", "--encrypt");
REFUSES (test_two_files_without_pair_are_refused, "give one file", path, other);
REFUSES (test_the_standard_output_is_refused, "not to the standard output", "-");
REFUSES (test_an_empty_name_is_refused, "not to the standard output", "");
REFUSES (test_a_pair_of_one_file_is_refused, "--pair takes two files", "--pair", path);
REFUSES (test_a_pair_of_the_same_file_is_refused, "two different files", "--pair", path, path);
REFUSES (test_a_pair_with_a_direction_is_refused, "--pair decides", "--pair", "-e", path, other);
REFUSES (test_a_pair_with_a_key_id_is_refused, "--pair decides", "--pair", "-i", "3", path, other);
REFUSES (test_a_pair_with_a_secret_is_refused, "--pair makes its own", "--pair", "-S", "-", path,
    other);
REFUSES (test_a_passphrase_is_not_made_up, "give it with --secret", "-s", "LIVEKIT_PBKDF2", path);
REFUSES (test_an_unknown_suite_is_refused, "is no cipher suite", "--suite", "AES", path);
REFUSES (test_a_key_id_that_is_no_number_is_refused, "--key-id: x is not", "--key-id", "x", path);
REFUSES (test_a_negative_key_id_is_refused, "--key-id: -1 is not", "--key-id=-1", path);
REFUSES (test_a_key_id_above_64_bits_is_refused, "is not a number from 0 to 18446744073709551615",
    "--key-id", "18446744073709551616", path);
REFUSES (test_a_key_id_given_twice_is_refused, "7 is given twice", "-i", "7", "-i", "07", path);
REFUSES (test_an_unknown_option_is_refused, "--password", "--password", path);

GST_START_TEST (test_help_names_every_option_and_suite)
{
  static const gchar *const words[] = { "--suite", "--key-id", "--encrypt", "--decrypt", "--pair",
    "--force", "--secret", "LIVEKIT_PBKDF2 (with --secret)", "AES_128_GCM_SHA256_128 (default)", "AES_256_CTR_HMAC_SHA512_32", "Exit status"
  };

  fail_unless_equals_int (run ("--help", NULL), OK);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    assert_printed (words[i]);
}

GST_END_TEST;

static Suite *
keygen_suite (void)
{
  Suite *s = suite_create ("keygen");
  TCase *tc = tcase_create ("keygen");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, kit_setup, kit_teardown);
  tcase_add_test (tc, test_a_file_has_one_key_for_both_directions_and_mode_0600);
  tcase_add_test (tc, test_a_pair_is_two_keys_with_one_sender_each);
  tcase_add_test (tc, test_every_suite_can_be_made);
  tcase_add_test (tc, test_a_passphrase_comes_from_the_standard_input_without_its_line_end);
  tcase_add_test (tc, test_a_passphrase_comes_from_a_file);
  tcase_add_test (tc, test_key_bytes_are_taken_as_they_are);
  tcase_add_loop_test (tc, test_a_secret_that_the_suite_cannot_have_is_refused, 0,
      G_N_ELEMENTS (bad_secrets));
  tcase_add_test (tc, test_a_secret_of_more_than_256_bytes_is_refused);
  tcase_add_test (tc, test_a_secret_in_no_file_is_an_error);
  tcase_add_test (tc, test_several_key_ids_for_one_direction);
  tcase_add_test (tc, test_an_existing_file_is_kept);
  tcase_add_test (tc, test_force_replaces_a_file_and_its_mode);
  tcase_add_test (tc, test_a_pair_of_which_one_exists_adds_none);
  tcase_add_test (tc, test_a_folder_that_is_not_there_is_an_error);
  tcase_add_test (tc, test_no_file_is_refused);
  tcase_add_test (tc, test_two_files_without_pair_are_refused);
  tcase_add_test (tc, test_the_standard_output_is_refused);
  tcase_add_test (tc, test_an_empty_name_is_refused);
  tcase_add_test (tc, test_a_pair_of_one_file_is_refused);
  tcase_add_test (tc, test_a_pair_of_the_same_file_is_refused);
  tcase_add_test (tc, test_a_pair_with_a_direction_is_refused);
  tcase_add_test (tc, test_a_pair_with_a_key_id_is_refused);
  tcase_add_test (tc, test_a_pair_with_a_secret_is_refused);
  tcase_add_test (tc, test_a_passphrase_is_not_made_up);
  tcase_add_test (tc, test_an_unknown_suite_is_refused);
  tcase_add_test (tc, test_a_key_id_that_is_no_number_is_refused);
  tcase_add_test (tc, test_a_negative_key_id_is_refused);
  tcase_add_test (tc, test_a_key_id_above_64_bits_is_refused);
  tcase_add_test (tc, test_a_key_id_given_twice_is_refused);
  tcase_add_test (tc, test_an_unknown_option_is_refused);
  tcase_add_test (tc, test_help_names_every_option_and_suite);
  return s;
}

KIT_MAIN (keygen)
