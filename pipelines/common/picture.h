/* Decoded pictures: one small enough to compare, one to look at.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define PICTURE_THUMBNAIL_WIDTH 32
#define PICTURE_THUMBNAIL_HEIGHT 18
#define PICTURE_THUMBNAIL_SIZE (PICTURE_THUMBNAIL_WIDTH * PICTURE_THUMBNAIL_HEIGHT)

/* The mean brightness of each field of a 32x18 grid.  FALSE when the pad's format has no plane
 * of 8-bit luma, or the picture is smaller than the grid. */
gboolean picture_thumbnail (GstPad * pad, GstBuffer * picture, guint8 * luma);

/* Writes @sample as PNG. */
gboolean picture_save (GstSample * sample, const gchar * path, GError ** error);

G_END_DECLS
