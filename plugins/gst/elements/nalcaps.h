/* The one form in which H.264 and H.265 frames that are no RTP can be protected: a byte stream, a
 * whole access unit in each buffer.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* NULL: these are no caps of such frames, or of the right form; else what is wrong with them.
 * Static. */
const gchar *e2ee_nal_caps_refusal (const GstCaps * caps);

/* Answers a caps query on @pad as it would be answered by default, but for other forms.  FALSE:
 * another query, not answered. */
gboolean e2ee_nal_caps_query (GstPad * pad, GstObject * parent, GstQuery * query);

G_END_DECLS
