/* What is in a recording.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* Reads the Matroska file @path to its end and counts the frames in it.  FALSE when it could not
 * be read to its end; @frames is then what had been found.  gst_init() must have been called. */
gboolean recording_count (const gchar * path, guint64 * frames, guint64 * size);

/* The same, and writes a JSON line to @out for each: "media", "digest" as in the evidence of
 * participants, and "pts" in seconds. */
gboolean recording_list (const gchar * path, FILE * out, guint64 * frames);

G_END_DECLS
