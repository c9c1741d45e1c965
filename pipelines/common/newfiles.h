/* Writing files so that nobody sees half of one and none is lost by accident.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *path;
  guint mode;                   /* 0600 for what is secret, whatever the umask */
  /* Writes the content; FALSE with errno set. */
  gboolean (*write) (int fd, gconstpointer content);
  /* May be NULL; looks at what was written, at @staged, before it takes its place. */
  gboolean (*check) (const gchar * staged, GError ** error);
  gconstpointer content;
} NewFile;

/* Writes all of @files or none: each into a new file in the same folder, checked, then put in its
 * place.  Without @force an existing file is an error and stays; with it the file (a symbolic
 * link, not its target) is replaced. */
gboolean new_files_write (const NewFile * files, guint n_files, gboolean force, GError ** error);

G_END_DECLS
