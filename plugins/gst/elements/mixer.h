/* Which streams went into a picture: a compositor passes statements on and loses whose stream said
 * nothing at all.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Walks upstream from @sinkpad, through bins, as far as there are pixels, to the first element that has
 * several linked sink pads, and says whether each of them has been given an `e2ee-status` event.  TRUE where there is
 * no such element.  Any thread; no allocation; takes the object locks on the way, one at a time or
 * an element's before its pad's. */
gboolean e2ee_mixer_all_streams_speak (GstPad * sinkpad);

G_END_DECLS
