/* Decoded pictures: one small enough to compare, one to look at.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "picture.h"

#include <gst/video/video.h>

static void
average (const GstVideoFrame * frame, guint8 * luma)
{
  const guint8 *pixels = GST_VIDEO_FRAME_COMP_DATA (frame, 0);
  gint stride = GST_VIDEO_FRAME_COMP_STRIDE (frame, 0);
  gint width = GST_VIDEO_FRAME_COMP_WIDTH (frame, 0);
  gint height = GST_VIDEO_FRAME_COMP_HEIGHT (frame, 0);
  gint row, column, x, y;

  for (row = 0; row < PICTURE_THUMBNAIL_HEIGHT; row++) {
    gint top = row * height / PICTURE_THUMBNAIL_HEIGHT;
    gint bottom = (row + 1) * height / PICTURE_THUMBNAIL_HEIGHT;

    for (column = 0; column < PICTURE_THUMBNAIL_WIDTH; column++) {
      gint left = column * width / PICTURE_THUMBNAIL_WIDTH;
      gint right = (column + 1) * width / PICTURE_THUMBNAIL_WIDTH;
      guint64 sum = 0;

      for (y = top; y < bottom; y++) {
        for (x = left; x < right; x++)
          sum += pixels[y * stride + x];
      }
      *luma++ = sum / ((guint64) (bottom - top) * (right - left));
    }
  }
}

gboolean
picture_thumbnail (GstPad * pad, GstBuffer * picture, guint8 * luma)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;
  GstVideoFrame frame;
  gboolean done = FALSE;

  if (caps && gst_video_info_from_caps (&info, caps) && GST_VIDEO_INFO_IS_YUV (&info)
      && GST_VIDEO_INFO_COMP_PSTRIDE (&info, 0) == 1
      && GST_VIDEO_INFO_WIDTH (&info) >= PICTURE_THUMBNAIL_WIDTH
      && GST_VIDEO_INFO_HEIGHT (&info) >= PICTURE_THUMBNAIL_HEIGHT
      && gst_video_frame_map (&frame, &info, picture, GST_MAP_READ)) {
    average (&frame, luma);
    gst_video_frame_unmap (&frame);
    done = TRUE;
  }
  gst_clear_caps (&caps);
  return done;
}

gboolean
picture_save (GstSample * sample, const gchar * path, GError ** error)
{
  GstCaps *png = gst_caps_new_empty_simple ("image/png");
  GstSample *converted = gst_video_convert_sample (sample, png, 5 * GST_SECOND, error);
  GstMapInfo map;
  gboolean done = FALSE;

  if (converted && gst_buffer_map (gst_sample_get_buffer (converted), &map, GST_MAP_READ)) {
    done = g_file_set_contents (path, (const gchar *) map.data, map.size, error);
    gst_buffer_unmap (gst_sample_get_buffer (converted), &map);
  }
  g_clear_pointer (&converted, gst_sample_unref);
  gst_caps_unref (png);
  return done;
}
