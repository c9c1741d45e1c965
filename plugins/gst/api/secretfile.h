/* Reading a file that must be nobody else's business.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "core/bytes.h"

G_BEGIN_DECLS

/* A key file is some hundred bytes; whatever is larger is another file. */
#define GST_E2EE_SECRET_FILE_MAX_SIZE (1024 * 1024)

/* The bytes of @path in locked memory: free @text->data with e2ee_secret_free().  A symbolic link
 * is followed; what is checked is the file that was opened, so that nobody can swap it in
 * between. e2ee_crypto_init() has been called.  FALSE with an error that names @path and the
 * fault: GST_RESOURCE_ERROR_NOT_FOUND, _OPEN_READ, _READ, _NOT_AUTHORIZED (not a regular file, of
 * another user, or open to group or others), _NO_SPACE_LEFT (no locked memory),
 * GST_LIBRARY_ERROR_SETTINGS (too large). */
gboolean gst_e2ee_secret_file_read (const gchar * path, e2ee_bytes * text, GError ** error);

G_END_DECLS
