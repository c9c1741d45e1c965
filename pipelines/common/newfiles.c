/* Writing files (newfiles.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "newfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define SECRET_MODE (S_IRUSR | S_IWUSR)

static gboolean
fail (GError ** error, const gchar * path, int failure)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (failure), "%s: %s", path,
      failure == EEXIST ? "it exists already; --force replaces it" : g_strerror (failure));
  return FALSE;
}

/* Writes into a file beside @file->path, whose name it returns. */
static gchar *
stage (const NewFile * file, GError ** error)
{
  gchar *folder = g_path_get_dirname (file->path);
  gchar *staged = g_build_filename (folder, ".e2ee-XXXXXX", NULL);
  gboolean ok;
  int fd;

  g_free (folder);
  fd = g_mkstemp_full (staged, O_WRONLY | O_CLOEXEC, SECRET_MODE);
  if (fd < 0) {
    fail (error, file->path, errno);
    g_free (staged);
    return NULL;
  }
  ok = file->write (fd, file->content) && fchmod (fd, file->mode) == 0 && fsync (fd) == 0;
  if (!ok)
    fail (error, file->path, errno);
  close (fd);
  if (ok && file->check)
    ok = file->check (staged, error);
  if (!ok) {
    g_unlink (staged);
    g_clear_pointer (&staged, g_free);
  }
  return staged;
}

/* link() fails where rename() would replace. */
static gboolean
put_in_place (const gchar * staged, const gchar * path, gboolean force, GError ** error)
{
  if (force ? g_rename (staged, path) != 0 : link (staged, path) != 0)
    return fail (error, path, errno);
  return TRUE;
}

gboolean
new_files_write (const NewFile * files, guint n_files, gboolean force, GError ** error)
{
  gchar **staged = g_new0 (gchar *, n_files);
  gboolean ok = TRUE;
  guint placed = 0;

  for (guint i = 0; ok && i < n_files; i++) {
    staged[i] = stage (&files[i], error);
    ok = staged[i] != NULL;
  }
  while (ok && placed < n_files) {
    ok = put_in_place (staged[placed], files[placed].path, force, error);
    if (ok)
      placed++;
  }
  /* What has been replaced is gone; what was only added is taken back. */
  for (guint i = 0; !ok && !force && i < placed; i++)
    g_unlink (files[i].path);
  for (guint i = 0; i < n_files; i++) {
    if (staged[i])
      g_unlink (staged[i]);
    g_free (staged[i]);
  }
  g_free (staged);
  return ok;
}
