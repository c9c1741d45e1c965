/* The elements of a participant.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Loads all that a participant may need: a plugin that is loaded when the first packet is there
 * holds up all that come behind it.  FALSE and @error names one that is missing. */
gboolean elements_load (GError ** error);

G_END_DECLS
