/* What the tests of libgste2ee-1.0 share (kit.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* Shorter pieces of a key may be in a message by chance. */
#define PIECE 5

static gchar *folder;
static GPtrArray *paths;

int
kit_run (Suite * suite)
{
  SRunner *runner = srunner_create (suite);
  int n_failed;

  srunner_run_all (runner, CK_ENV);
  n_failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  g_thread_pool_stop_unused_threads ();
  return n_failed != 0;
}

void
kit_setup (void)
{
  GError *error = NULL;

  folder = g_dir_make_tmp ("gst-e2ee-api-XXXXXX", &error);
  fail_unless (folder != NULL, "%s", error ? error->message : "");
  paths = g_ptr_array_new_with_free_func (g_free);
}

void
kit_teardown (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    gchar *path = g_build_filename (folder, name, NULL);

    g_remove (path);
    g_free (path);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
  g_clear_pointer (&paths, g_ptr_array_unref);
}

const gchar *
kit_path (const gchar * name)
{
  gchar *path = g_build_filename (folder, name, NULL);

  g_ptr_array_add (paths, path);
  return path;
}

const gchar *
kit_write_bytes (const gchar * name, const void *bytes, gsize size)
{
  const gchar *path = kit_path (name);
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  fail_unless (fd >= 0, "%s: %s", path, g_strerror (errno));
  fail_unless (write (fd, bytes, size) == (gssize) size);
  close (fd);
  return path;
}

const gchar *
kit_write (const gchar * name, const gchar * text)
{
  return kit_write_bytes (name, text, strlen (text));
}

GstE2eeKeyFile *
kit_load (const gchar * path)
{
  GError *error = NULL;
  GstE2eeKeyFile *file = gst_e2ee_key_file_new (path, &error);

  fail_unless (file != NULL, "%s", error ? error->message : "no error is set");
  fail_unless (error == NULL);
  return file;
}

static GList *
list (GstE2eeKeyFile * file, GstE2eeKeyUsage usage)
{
  return gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (file), usage);
}

GstE2eeKey *
kit_find_key (GstE2eeKeyFile * file, guint64 key_id)
{
  GList *keys = list (file, GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT);
  GstE2eeKey *found = NULL;

  for (GList * link = keys; link; link = link->next)
    if (gst_e2ee_key_get_key_id (link->data) == key_id)
      found = gst_e2ee_key_ref (link->data);
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  return found;
}

guint
kit_count_keys (GstE2eeKeyFile * file, GstE2eeKeyUsage usage)
{
  GList *keys = list (file, usage);
  guint n_keys = g_list_length (keys);

  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  return n_keys;
}

static void
assert_no_piece (const gchar * message, const gchar * key)
{
  gchar piece[PIECE + 1] = { 0, };

  for (gsize i = 0; i + PIECE <= strlen (key); i++) {
    memcpy (piece, key + i, PIECE);
    fail_unless (strstr (message, piece) == NULL, "key bytes in: %s", message);
  }
}

void
kit_assert_refused (const gchar * path, GQuark domain, gint code, const gchar * fault)
{
  GError *error = NULL;
  GstE2eeKeyFile *file = gst_e2ee_key_file_new (path, &error);

  fail_unless (file == NULL, "%s was accepted", path);
  fail_unless (error != NULL);
  fail_unless (g_error_matches (error, domain, code), "%s (%s %d)", error->message,
      g_quark_to_string (error->domain), error->code);
  fail_unless (g_str_has_prefix (error->message, path), "no file in: %s", error->message);
  fail_unless (strstr (error->message + strlen (path), fault) != NULL, "no \"%s\" in: %s", fault,
      error->message);
  assert_no_piece (error->message, KIT_KEY_16);
  assert_no_piece (error->message, KIT_KEY_32);
  assert_no_piece (error->message, KIT_OTHER_KEY_16);
  g_error_free (error);
}
