/* Caps of an element that attaches something to video where it is drawn later, and draws it
 * itself elsewhere.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/* @caps with the feature meta:GstVideoOverlayComposition in every structure. (transfer full) */
GstCaps *e2ee_overlay_caps_add_meta (const GstCaps * caps);

/* Whether such memory is the processor's to read and write. */
gboolean e2ee_overlay_caps_is_mappable (const GstCapsFeatures * features);
/* Whether the processor can write the pixels of such fixed caps. */
gboolean e2ee_overlay_caps_can_blend (const GstCaps * caps, const GstVideoInfo * info);

/* What may come in when @downstream can go out: memory that can only be attached to needs
 * somebody downstream who draws. */
GstCaps *e2ee_overlay_caps_for_sink (const GstCaps * downstream);
/* What may go out when @upstream comes in. */
GstCaps *e2ee_overlay_caps_for_src (const GstCaps * upstream);

G_END_DECLS
