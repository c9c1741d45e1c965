/* e2ee-keygen: makes key files for e2eeenc and e2eedec.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Does without gst_init(): nothing here needs a plugin, and a registry scan takes seconds. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <sodium.h>

#include "keyfiles.h"
#include "keyset.h"

#define DEFAULT_SUITE GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128
#define DEFAULT_KEY_ID "1"
#define DEFAULT_RING_KEY_ID "0"
#define EXIT_USAGE 2

#define SUMMARY \
  "Makes a new key file: a JWK Set with random keys, for the property key-file of e2eeenc and\n" \
  "e2eedec.  Only its owner may read it; hand it to the other participant over a channel that\n" \
  "the server in between cannot read."

#define DESCRIPTION \
  "With --pair two files are made for two participants: FILE_A encrypts with key 1 and decrypts\n" \
  "with key 2, FILE_B the reverse, so that each key has one sender.\n" \
  "\n" \
  "Without --encrypt and --decrypt a key is for both, and everybody who has the file sends with\n" \
  "the same key: simple, but nobody can tell one sender from another.\n" \
  "\n" \
  "Cipher suites (RFC 9605 and draft-barnes-sframe-iana-256; tags of 32 and 64 bits only for\n" \
  "media that SRTP protects as well; then those of other formats):\n" \
  "%s" \
  "\n" \
  "--secret takes a passphrase or key bytes that somebody has already.  Of a passphrase the end of\n" \
  "its line is left out.  A secret on a command line would be everybody's to see, so there is no\n" \
  "option for that.\n" \
  "\n" \
  "Examples:\n" \
  "  e2ee-keygen --pair alice.json bob.json\n" \
  "  e2ee-keygen --suite LIVEKIT_PBKDF2 --secret - room.json\n" \
  "  e2ee-keygen --suite AES_256_GCM_SHA512_128 --key-id 7 --encrypt sender.json\n" \
  "\n" \
  "Exit status: 0 when the files were written, 1 when they could not be, 2 when the options\n" \
  "make no sense.  On failure no file has been added."

typedef struct
{
  gchar *suite_name;
  gchar **key_ids;
  gboolean encrypt;
  gboolean decrypt;
  gboolean pair;
  gboolean force;
  gboolean version;
  gchar *secret;
  gchar **files;
} Options;

typedef struct
{
  GstE2eeCipherSuite suite;
  GArray *key_ids;              /* guint64 */
  GstE2eeKeyUsage usage;
} Plan;

static gboolean
refuse (GError ** error, const gchar * fault)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, fault);
  return FALSE;
}

/* Passphrases are chosen by people. */
static gboolean
is_passphrase (gint suite)
{
  return suite == GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2
      || suite == GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2_256;
}

/* The first place of a key ring, where peers put their key unless told otherwise. */
static gboolean
has_ring (gint suite)
{
  return is_passphrase (suite) || suite == GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF
      || suite == GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF_256
      || suite == GST_E2EE_CIPHER_SUITE_JITSI_HKDF;
}

static gchar *
list_suites (void)
{
  GEnumClass *suites = g_type_class_ref (GST_TYPE_E2EE_CIPHER_SUITE);
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < suites->n_values; i++) {
    gint suite = suites->values[i].value;

    g_string_append_printf (list, "  %s%s\n", gst_e2ee_cipher_suite_get_name (suite),
        suite == DEFAULT_SUITE ? " (default)" : is_passphrase (suite) ? " (with --secret)" : "");
  }
  g_type_class_unref (suites);
  return g_string_free (list, FALSE);
}

static gboolean
parse_suite (const gchar * text, GstE2eeCipherSuite * suite, GError ** error)
{
  GEnumClass *suites = g_type_class_ref (GST_TYPE_E2EE_CIPHER_SUITE);
  gboolean found = FALSE;

  for (guint i = 0; i < suites->n_values && !found; i++) {
    *suite = suites->values[i].value;
    found = strcmp (gst_e2ee_cipher_suite_get_name (*suite), text) == 0;
  }
  g_type_class_unref (suites);
  if (found)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--suite: %s is no cipher suite; --help lists them", text);
  return FALSE;
}

static gboolean
parse_key_id (const gchar * text, GArray * key_ids, GError ** error)
{
  guint64 key_id;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &key_id, NULL)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--key-id: %s is not a number from 0 to %" G_GUINT64_FORMAT, text, G_MAXUINT64);
    return FALSE;
  }
  for (guint i = 0; i < key_ids->len; i++) {
    if (g_array_index (key_ids, guint64, i) == key_id) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "--key-id: %" G_GUINT64_FORMAT " is given twice", key_id);
      return FALSE;
    }
  }
  g_array_append_val (key_ids, key_id);
  return TRUE;
}

static gboolean
check_files (const Options * options, GError ** error)
{
  guint n_files = options->files ? g_strv_length (options->files) : 0;
  gchar *a, *b;
  gboolean same;

  if (n_files != (options->pair ? 2 : 1))
    return refuse (error, options->pair ? "--pair takes two files" : "give one file to write");
  for (guint i = 0; i < n_files; i++)
    if (options->files[i][0] == '\0' || strcmp (options->files[i], "-") == 0)
      return refuse (error, "keys go into a file, not to the standard output");
  if (!options->pair)
    return TRUE;
  a = g_canonicalize_filename (options->files[0], NULL);
  b = g_canonicalize_filename (options->files[1], NULL);
  same = strcmp (a, b) == 0;
  g_free (a);
  g_free (b);
  return !same || refuse (error, "--pair takes two different files");
}

static gboolean
make_plan (const Options * options, Plan * plan, GError ** error)
{
  gchar *default_key_ids[] = { (gchar *) DEFAULT_KEY_ID, NULL };
  gchar **key_ids = options->key_ids ? options->key_ids : default_key_ids;

  if (options->pair && options->secret)
    return refuse (error, "--pair makes its own secrets");
  if (options->pair && (options->key_ids || options->encrypt || options->decrypt))
    return refuse (error, "--pair decides key ids and directions itself");
  if (!check_files (options, error))
    return FALSE;
  plan->suite = DEFAULT_SUITE;
  if (options->suite_name && !parse_suite (options->suite_name, &plan->suite, error))
    return FALSE;
  if (is_passphrase (plan->suite) && !options->secret)
    return refuse (error, "the suite is for a passphrase: give it with --secret");
  if (has_ring (plan->suite))
    default_key_ids[0] = (gchar *) DEFAULT_RING_KEY_ID;
  for (guint i = 0; key_ids[i]; i++)
    if (!parse_key_id (key_ids[i], plan->key_ids, error))
      return FALSE;
  if (options->encrypt)
    plan->usage |= GST_E2EE_KEY_USAGE_ENCRYPT;
  if (options->decrypt)
    plan->usage |= GST_E2EE_KEY_USAGE_DECRYPT;
  if (plan->usage == 0)
    plan->usage = GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT;
  return TRUE;
}

static gboolean
write_one (const Options * options, const Plan * plan, GError ** error)
{
  KeygenFile file = { options->files[0], NULL };
  KeygenSecret secret = { NULL, 0 };
  gboolean ok;

  if (options->secret
      && !keygen_read_given (options->secret, is_passphrase (plan->suite), &secret, error))
    return FALSE;
  file.set = keygen_set_new ();
  for (guint i = 0; i < plan->key_ids->len; i++) {
    if (!options->secret)
      secret = keygen_random_key (plan->suite);
    keygen_set_add (file.set, g_array_index (plan->key_ids, guint64, i), plan->suite, plan->usage,
        &secret);
    if (!options->secret)
      sodium_free (secret.bytes);
  }
  if (options->secret)
    sodium_free (secret.bytes);
  ok = keygen_write_files (&file, 1, options->force, error);
  json_decref (file.set);
  return ok;
}

static gboolean
write_pair (const Options * options, const Plan * plan, GError ** error)
{
  KeygenFile files[2] = {
    {options->files[0], keygen_set_new ()},
    {options->files[1], keygen_set_new ()}
  };
  gboolean ok;

  for (guint i = 0; i < 2; i++) {
    KeygenSecret base_key = keygen_random_key (plan->suite);

    keygen_set_add (files[i].set, i + 1, plan->suite, GST_E2EE_KEY_USAGE_ENCRYPT, &base_key);
    keygen_set_add (files[1 - i].set, i + 1, plan->suite, GST_E2EE_KEY_USAGE_DECRYPT, &base_key);
    sodium_free (base_key.bytes);
  }
  ok = keygen_write_files (files, 2, options->force, error);
  json_decref (files[0].set);
  json_decref (files[1].set);
  return ok;
}

static gboolean
parse_options (int *argc, char ***argv, Options * options, GError ** error)
{
  const GOptionEntry entries[] = {
    {"suite", 's', 0, G_OPTION_ARG_STRING, &options->suite_name, "Cipher suite of the keys",
          "NAME"},
    {"key-id", 'i', 0, G_OPTION_ARG_STRING_ARRAY, &options->key_ids,
          "Make a key with this key id, 0 to 2^64-1 (default " DEFAULT_KEY_ID ", of LiveKit and Jitsi "
          DEFAULT_RING_KEY_ID "; repeatable)", "N"},
    {"secret", 'S', 0, G_OPTION_ARG_FILENAME, &options->secret,
          "Take the secret from SOURCE, a file or - for the standard input; not a random one",
          "SOURCE"},
    {"encrypt", 'e', 0, G_OPTION_ARG_NONE, &options->encrypt, "The keys are for encrypting", NULL},
    {"decrypt", 'd', 0, G_OPTION_ARG_NONE, &options->decrypt, "The keys are for decrypting", NULL},
    {"pair", 'p', 0, G_OPTION_ARG_NONE, &options->pair,
          "Make two files for two participants, FILE_A and FILE_B", NULL},
    {"force", 'f', 0, G_OPTION_ARG_NONE, &options->force, "Replace files that exist", NULL},
    {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, NULL},
    {NULL}
  };
  GOptionContext *context = g_option_context_new ("FILE | --pair FILE_A FILE_B");
  gchar *suites = list_suites ();
  gchar *description = g_strdup_printf (DESCRIPTION, suites);
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, SUMMARY);
  g_option_context_set_description (context, description);
  ok = g_option_context_parse (context, argc, argv, error);
  g_option_context_free (context);
  g_free (description);
  g_free (suites);
  return ok;
}

int
main (int argc, char **argv)
{
  const struct rlimit no_core = { 0, 0 };
  Options options = { 0, };
  Plan plan = { 0, };
  GError *error = NULL;
  int status = EXIT_USAGE;

  setlocale (LC_ALL, "");
  plan.key_ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  setrlimit (RLIMIT_CORE, &no_core);
  if (!keygen_init ()) {
    g_printerr ("e2ee-keygen: libsodium does not start\n");
    return EXIT_FAILURE;
  }
  if (!parse_options (&argc, &argv, &options, &error))
    goto out;
  if (options.version) {
    g_print ("e2ee-keygen " VERSION "\n");
    status = EXIT_SUCCESS;
    goto out;
  }
  if (!make_plan (&options, &plan, &error))
    goto out;
  if (options.pair ? write_pair (&options, &plan, &error) : write_one (&options, &plan, &error))
    status = EXIT_SUCCESS;
  else
    status = EXIT_FAILURE;

out:
  if (error)
    g_printerr ("e2ee-keygen: %s\n", error->message);
  g_clear_error (&error);
  g_array_unref (plan.key_ids);
  g_strfreev (options.files);
  g_strfreev (options.key_ids);
  g_free (options.suite_name);
  g_free (options.secret);
  return status;
}
