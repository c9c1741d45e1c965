/* Pictures with a strip beside them that no stream can paint on: their caps, and their frames.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/blend.h"

G_BEGIN_DECLS

/* Rows of the strip that belongs to pictures of @height rows; never less for a higher picture. */
typedef gint (*E2eeBorderFunc) (gpointer user_data, gint height);

/* What may come in when @downstream can go out: less high by the strip. (transfer full) */
GstCaps *e2ee_border_caps_for_sink (const GstCaps * downstream, E2eeBorderFunc strip,
    gpointer user_data);
/* What may go out when @upstream comes in: the picture and its strip, or a wider strip where
 * downstream wants a certain height. (transfer full) */
GstCaps *e2ee_border_caps_for_src (const GstCaps * upstream, E2eeBorderFunc strip,
    gpointer user_data);

/* One pair of caps, and the frames that go with it. */
typedef struct _E2eeBorder E2eeBorder;

/* Pictures of @in become frames of @out, which is higher.
 * @at_top: where the strip is wanted; formats in tiles have it at the bottom. */
E2eeBorder *e2ee_border_new (const GstCaps * in, const GstCaps * out, gboolean at_top);
/* NULL is allowed. */
void e2ee_border_free (E2eeBorder * border);
const GstVideoInfo *e2ee_border_get_info (const E2eeBorder * border);
/* Where the strip is, on rows that e2ee_blend_new() takes: it may reach below the picture, which is
 * drawn over it. */
void e2ee_border_get_strip (const E2eeBorder * border, GstVideoRectangle * strip);

/* A new buffer with the picture of @buffer and @strip, and all that @buffer says of itself; what
 * others attached to it is drawn.  NULL when that cannot be done. */
GstBuffer *e2ee_border_draw (E2eeBorder * border, E2eeBlend * strip, GstBuffer * buffer);

G_END_DECLS
