/* Writing key files, as common/newfiles.h does, and reading them back.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *path;
  json_t *set;
} KeygenFile;

/* new_files_write() with mode 0600; what was written is read back through the library before it
 * takes its place. */
gboolean keygen_write_files (const KeygenFile * files, guint n_files, gboolean force,
    GError ** error);

G_END_DECLS
