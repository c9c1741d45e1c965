/* Live sources, as gst-launch lines.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What somebody asked for (taken): his line, NULL for "none", and for NULL a default.
 * (transfer full) */
gchar *sources_video (gchar * wanted);
gchar *sources_audio (gchar * wanted);

G_END_DECLS
