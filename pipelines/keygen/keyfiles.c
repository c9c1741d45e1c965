/* Writing key files (keyfiles.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "keyfiles.h"

#include <unistd.h>

#include <gst/e2ee/keyprovider.h>

#include "common/newfiles.h"

static gboolean
write_set (int fd, gconstpointer set)
{
  return json_dumpfd (set, fd, JSON_INDENT (2)) == 0 && write (fd, "\n", 1) == 1;
}

static gboolean
read_back (const gchar * staged, GError ** error)
{
  GstE2eeKeyFile *file = gst_e2ee_key_file_new (staged, error);

  if (file == NULL)
    return FALSE;
  g_object_unref (file);
  return TRUE;
}

gboolean
keygen_write_files (const KeygenFile * files, guint n_files, gboolean force, GError ** error)
{
  NewFile *new_files = g_new0 (NewFile, n_files);
  gboolean ok;

  for (guint i = 0; i < n_files; i++)
    new_files[i] = (NewFile) {
      .path = files[i].path,.mode = 0600,.write = write_set,.check = read_back,.content = files[i].set
    };
  ok = new_files_write (new_files, n_files, force, error);
  g_free (new_files);
  return ok;
}
