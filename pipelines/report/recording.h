/* What is in a recording.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads the Matroska file @path to its end and counts the frames in it.  FALSE when it could not
 * be read to its end; @frames is then what had been found.  gst_init() must have been called. */
gboolean recording_count (const gchar * path, guint64 * frames, guint64 * size);

G_END_DECLS
