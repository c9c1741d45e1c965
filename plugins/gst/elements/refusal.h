/* Why media cannot be protected, in words that say what to do.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What is wrong with fixed @caps that have no codec (rtp/codec.h) and are no opaque data.  Never
 * freed. */
const gchar *e2ee_refusal_of_caps (const GstCaps * caps);

G_END_DECLS
