/* shieldoverlay between two pads, and what it has drawn.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "shield.h"

#include "elements/blend.h"

#include <string.h>

void
shield_set_caps (Shield * shield, const gchar * caps)
{
  GstCaps *c = gst_caps_from_string (caps);

  fail_unless (gst_video_info_from_caps (&shield->info, c), "%s", caps);
  gst_harness_set_src_caps (shield->h, c);
}

Shield
shield_new (const gchar * caps)
{
  Shield shield = { gst_harness_new ("shieldoverlay"), gst_bus_new () };

  gst_harness_use_testclock (shield.h);
  gst_harness_play (shield.h);
  gst_element_set_bus (shield.h->element, shield.bus);
  if (caps != NULL)
    shield_set_caps (&shield, caps);
  return shield;
}

void
shield_free (Shield * shield)
{
  gst_element_set_bus (shield->h->element, NULL);
  gst_harness_teardown (shield->h);
  gst_bus_set_flushing (shield->bus, TRUE);
  gst_object_unref (shield->bus);
}

void
shield_add_status (GstBuffer * buffer, GstE2eeState state)
{
  GstE2eeStatus *status = gst_e2ee_status_new (state, "alice", 1);

  gst_buffer_add_e2ee_status_meta (buffer, status, 1, 1);
  gst_e2ee_status_unref (status);
}

GstBuffer *
shield_make (Shield * shield, GstE2eeState state, guint index)
{
  gsize size = GST_VIDEO_INFO_SIZE (&shield->info);
  guint8 *data = g_malloc (size);
  guint32 dice = 1;
  GstBuffer *buffer;

  for (gsize i = 0; i < size; i++) {
    dice = dice * 1664525u + 1013904223u;
    data[i] = dice >> 24;
  }
  if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (shield->info.finfo)) {
    gsize palette_size;
    gconstpointer palette =
        gst_video_format_get_palette (GST_VIDEO_INFO_FORMAT (&shield->info), &palette_size);

    memcpy (data + GST_VIDEO_INFO_PLANE_OFFSET (&shield->info, 1), palette, palette_size);
  }
  buffer = gst_buffer_new_wrapped (data, size);
  GST_BUFFER_PTS (buffer) = index * FRAME;
  GST_BUFFER_DURATION (buffer) = FRAME;
  if (state != NO_STATE)
    shield_add_status (buffer, state);
  return buffer;
}

GstBuffer *
shield_push_and_pull (Shield * shield, GstBuffer * buffer)
{
  GstBuffer *out = gst_harness_push_and_pull (shield->h, buffer);

  fail_unless (out != NULL);
  return out;
}

void
shield_push (Shield * shield, GstE2eeState state, guint index)
{
  gst_buffer_unref (shield_push_and_pull (shield, shield_make (shield, state, index)));
}

guint8 *
shield_unpack (const GstVideoInfo * info, GstBuffer * buffer)
{
  const GstVideoFormatInfo *finfo = info->finfo;
  gint width = GST_VIDEO_INFO_WIDTH (info), height = GST_VIDEO_INFO_HEIGHT (info);
  const GstVideoFormatInfo *unpacked = gst_video_format_get_info (finfo->unpack_format);
  gboolean wide = GST_VIDEO_FORMAT_INFO_BITS (unpacked) == 16;
  guint8 *pixels = g_malloc ((gsize) width * height * 4);
  guint16 *line = g_malloc0 ((gsize) (width + 32) * 8);
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  gsize size = gst_buffer_get_size (buffer);
  GstBuffer *roomy = gst_buffer_new_wrapped_full (0, g_malloc0 (size + 64), size + 64, 0, size,
      NULL, NULL);
  GstVideoFrame frame;
  GstMapInfo map;

  /* GStreamer unpacks some formats of odd width from a few bytes behind the last row. */
  gst_buffer_map (roomy, &map, GST_MAP_WRITE);
  gst_buffer_extract (buffer, 0, map.data, size);
  gst_buffer_unmap (roomy, &map);
  if (meta != NULL)
    gst_buffer_add_video_meta_full (roomy, 0, meta->format, meta->width, meta->height,
        meta->n_planes, meta->offset, meta->stride);

  fail_unless (gst_video_frame_map (&frame, info, roomy, GST_MAP_READ));
  for (gint y = 0; y < height; y++) {
    finfo->unpack_func (finfo, GST_VIDEO_PACK_FLAG_NONE, line, frame.data, frame.info.stride, 0, y,
        width);
    for (gint i = 0; i < 4 * width; i++)
      pixels[(gsize) y * width * 4 + i] = wide ? line[i] >> 8 : ((guint8 *) line)[i];
  }
  gst_video_frame_unmap (&frame);
  g_free (map.data);
  gst_buffer_unref (roomy);
  g_free (line);
  return pixels;
}

GstVideoRectangle
shield_changed_area (const GstVideoInfo * info, GstBuffer * before_buffer, GstBuffer * after_buffer)
{
  guint8 *before = shield_unpack (info, before_buffer), *after = shield_unpack (info, after_buffer);
  gint width = GST_VIDEO_INFO_WIDTH (info), height = GST_VIDEO_INFO_HEIGHT (info);
  gint left = width, top = height, right = 0, bottom = 0;

  for (gint y = 0; y < height; y++)
    for (gint x = 0; x < width; x++)
      if (memcmp (before + 4 * (y * width + x), after + 4 * (y * width + x), 4) != 0) {
        left = MIN (left, x);
        right = MAX (right, x + 1);
        top = MIN (top, y);
        bottom = MAX (bottom, y + 1);
      }
  g_free (before);
  g_free (after);
  return (GstVideoRectangle) { left, top, right - left, bottom - top };
}

GstVideoRectangle
shield_draw_and_find (Shield * shield, GstE2eeState state)
{
  GstBuffer *in = shield_make (shield, state, 0), *before = gst_buffer_copy_deep (in);
  GstBuffer *out = shield_push_and_pull (shield, in);
  GstVideoRectangle area = shield_changed_area (&shield->info, before, out);

  gst_buffer_unref (before);
  gst_buffer_unref (out);
  return area;
}
