/* Writing key files so that nobody sees half of one and none is lost by accident.
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

/* Writes all of @files or none: each into a new file of mode 0600 in the same folder, read back
 * through the library, then put in its place.  Without @force an existing file is an error and
 * stays; with it the file (a symbolic link, not its target) is replaced. */
gboolean keygen_write_files (const KeygenFile * files, guint n_files, gboolean force,
    GError ** error);

G_END_DECLS
