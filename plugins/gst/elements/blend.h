/* A badge converted once into the format of the frames, then only copied and blended.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>
#include "elements/badge.h"

G_BEGIN_DECLS

typedef struct _E2eeBlend E2eeBlend;

/* Positions must be multiples of this, so that no chroma sample is shared with a neighbour to the
 * left or above. */
gint e2ee_blend_get_align_x (const GstVideoInfo * info);
gint e2ee_blend_get_align_y (const GstVideoInfo * info);

/* Converts @badge, to be drawn at @x, @y of frames of @info; it must lie inside of them.
 *
 *   @interlaced    chroma rows belong to alternate fields (interleaved frames)
 *
 * Formats of 8-bit components are converted into rows of their own planes; all others are blended
 * by GStreamer's gst_video_overlay_composition_blend(), in the colours of @info. */
E2eeBlend *e2ee_blend_new (const GstVideoInfo * info, gboolean interlaced,
    const E2eeBadge * badge, gint x, gint y);
void e2ee_blend_free (E2eeBlend * blend);

/* FALSE when it could not be drawn: the frame must then not be shown. */
G_GNUC_WARN_UNUSED_RESULT gboolean e2ee_blend_draw (E2eeBlend * blend, GstVideoFrame * frame);

/* Whether frames of @info are drawn without GStreamer's slower way; for tests and measurements. */
gboolean e2ee_blend_is_direct (const E2eeBlend * blend);

/* The badge as a composition for whoever draws the frame later. (transfer full) */
GstVideoOverlayComposition *e2ee_blend_create_composition (const E2eeBadge * badge, gint x, gint y);

G_END_DECLS
