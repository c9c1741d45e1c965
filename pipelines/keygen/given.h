/* A secret that somebody has already: a passphrase, or key bytes.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer than any suite takes. */
#define KEYGEN_MAX_GIVEN 256

typedef struct
{
  guint8 *bytes;                /* locked; free it with sodium_free() */
  gsize size;
} KeygenSecret;

/* Reads @path, "-": the standard input, whose terminal then asks and shows nothing.  Of a @passphrase,
 * which is text in UTF-8, the end of its one line is left out; other bytes are taken as they are. */
gboolean keygen_read_given (const gchar * path, gboolean passphrase, KeygenSecret * secret,
    GError ** error);

G_END_DECLS
