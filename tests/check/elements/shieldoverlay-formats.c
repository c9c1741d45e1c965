/* shieldoverlay: the badge is right in every raw format and in whatever memory a picture has.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "shield.h"

#include "elements/blend.h"

#include <string.h>

static GstVideoRectangle
badge_place (const GstVideoInfo * info)
{
  E2eeBadge *badge = e2ee_badge_new (GST_E2EE_STATE_ON, BADGE_HEIGHT, 1, 1, 321, 241);
  gint align_x = e2ee_blend_get_align_x (info), align_y = e2ee_blend_get_align_y (info);
  GstVideoRectangle place = { BADGE_MARGIN, 241 - BADGE_HEIGHT - BADGE_MARGIN, badge->width,
    badge->height
  };

  place.x -= place.x % align_x;
  place.y -= place.y % align_y;
  e2ee_badge_free (badge);
  return place;
}

/* GStreamer's own blending of the same badge at the same place. */
static GstBuffer *
blend_reference (const GstVideoInfo * info, GstBuffer * in, const GstVideoRectangle * place)
{
  E2eeBadge *badge = e2ee_badge_new (GST_E2EE_STATE_ON, BADGE_HEIGHT, 1, 1, 321, 241);
  GstVideoOverlayComposition *composition =
      e2ee_blend_create_composition (badge, place->x, place->y);
  GstBuffer *out = gst_buffer_copy_deep (in);
  GstVideoFrame frame;

  fail_unless (gst_video_frame_map (&frame, info, out, GST_MAP_READWRITE));
  fail_unless (gst_video_overlay_composition_blend (composition, &frame));
  gst_video_frame_unmap (&frame);
  gst_video_overlay_composition_unref (composition);
  e2ee_badge_free (badge);
  return out;
}

/* Chroma that is shared by sharp edges is averaged by us and taken from one pixel by GStreamer.  It
 * also takes grey for video range, which by its caps it is not. */
#define MEAN_TOLERANCE 2
#define GREY_TOLERANCE 4

static void
expect_badge (GstVideoFormat format)
{
  Shield shield;
  GstVideoRectangle place;
  GstBuffer *in, *out, *reference;
  guint8 *before, *after, *wanted;
  guint64 difference = 0, drawn = 0, samples = 0;
  gint right, bottom, align_x, align_y;
  gchar *caps;

  caps = g_strdup_printf ("video/x-raw,format=%s,width=321,height=241,framerate=25/1",
      gst_video_format_to_string (format));
  shield = shield_new (caps);
  in = shield_make (&shield, GST_E2EE_STATE_ON, 0);
  before = shield_unpack (&shield.info, in);
  place = badge_place (&shield.info);
  reference = blend_reference (&shield.info, in, &place);
  wanted = shield_unpack (&shield.info, reference);
  out = shield_push_and_pull (&shield, in);
  after = shield_unpack (&shield.info, out);

  align_x = e2ee_blend_get_align_x (&shield.info);
  align_y = e2ee_blend_get_align_y (&shield.info);
  right = GST_ROUND_UP_N (place.x + place.w, align_x);
  bottom = GST_ROUND_UP_N (place.y + place.h, align_y);
  for (gint y = 0; y < 241; y++)
    for (gint x = 0; x < 321; x++) {
      gsize at = ((gsize) y * 321 + x) * 4;

      if (x < place.x || x >= right || y < place.y || y >= bottom) {
        fail_unless (memcmp (before + at, after + at, 4) == 0, "%s changed at %d, %d",
            gst_video_format_to_string (format), x, y);
        continue;
      }
      for (gint c = 0; c < 4; c++) {
        difference += ABS (after[at + c] - wanted[at + c]);
        drawn += ABS (after[at + c] - before[at + c]);
        samples++;
      }
    }
  fail_unless ((gdouble) difference / samples <= (GST_VIDEO_INFO_IS_GRAY (&shield.info)
          ? GREY_TOLERANCE : MEAN_TOLERANCE), "%s is off by %.2f",
      gst_video_format_to_string (format), (gdouble) difference / samples);
  fail_unless ((gdouble) drawn / samples > 10, "%s shows no badge",
      gst_video_format_to_string (format));

  g_free (before);
  g_free (after);
  g_free (wanted);
  g_free (caps);
  gst_buffer_unref (reference);
  gst_buffer_unref (out);
  shield_free (&shield);
}

/* Several a process: starting one takes longer than a format does. */
#define FORMATS_A_TEST 16

GST_START_TEST (test_every_raw_format_shows_the_badge_and_nothing_else_changes)
{
  guint n_formats, first = __i__ * FORMATS_A_TEST;
  const GstVideoFormat *formats = gst_video_formats_raw (&n_formats);

  for (guint i = first; i < MIN (first + FORMATS_A_TEST, n_formats); i++)
    expect_badge (formats[i]);
}

GST_END_TEST;

static const gchar *const colorimetries[] = { "bt601", "bt709", "bt2020", "1:4:7:1", "1:3:5:1" };

/* GStreamer's conversion of a whole picture of one colour. */
static void
convert_colour (const GstVideoInfo * info, guint32 argb, guint8 * yuv)
{
  GstVideoInfo rgb;
  GstVideoConverter *converter;
  GstVideoFrame in_frame, out_frame;
  GstBuffer *in = gst_buffer_new_allocate (NULL, 640 * 480 * 4, NULL);
  GstBuffer *out = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);

  gst_video_info_set_format (&rgb, GST_VIDEO_FORMAT_ARGB, 640, 480);
  rgb.fps_n = info->fps_n;
  rgb.fps_d = info->fps_d;
  converter = gst_video_converter_new (&rgb, info, NULL);
  fail_unless (gst_video_frame_map (&in_frame, &rgb, in, GST_MAP_WRITE));
  fail_unless (gst_video_frame_map (&out_frame, info, out, GST_MAP_WRITE));
  for (guint i = 0; i < 640 * 480; i++)
    GST_WRITE_UINT32_BE ((guint8 *) in_frame.data[0] + 4 * i, argb);
  gst_video_converter_frame (converter, &in_frame, &out_frame);
  for (guint c = 0; c < 3; c++)
    yuv[c] = ((guint8 *) out_frame.data[c])[0];
  gst_video_frame_unmap (&in_frame);
  gst_video_frame_unmap (&out_frame);
  gst_video_converter_free (converter);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
}

GST_START_TEST (test_colours_follow_the_colorimetry_of_the_frame)
{
  static const struct
  {
    guint32 argb;
    gint x, y;
    /* the plate, the shield's left shoulder */
  } spots[] = { {0xff101418, 100, 10}, {0xff4ade80, 35, 24} };
  gchar *caps = g_strdup_printf ("video/x-raw,format=Y444,width=640,height=480,framerate=25/1,"
      "colorimetry=%s", colorimetries[__i__]);
  Shield shield = shield_new (caps);
  GstVideoFrame frame;
  GstBuffer *out;

  g_object_set (shield.h->element, "xpad", 0, "ypad", 0, "relative-height", 0.2, NULL);
  gst_util_set_object_arg (G_OBJECT (shield.h->element), "valignment", "top");
  out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 0));
  fail_unless (gst_video_frame_map (&frame, &shield.info, out, GST_MAP_READ));

  for (guint s = 0; s < G_N_ELEMENTS (spots); s++) {
    guint8 wanted[3];

    convert_colour (&shield.info, spots[s].argb, wanted);
    for (guint c = 0; c < 3; c++) {
      guint8 *data = GST_VIDEO_FRAME_COMP_DATA (&frame, c);
      gint value = data[spots[s].y * GST_VIDEO_FRAME_COMP_STRIDE (&frame, c) + spots[s].x];

      fail_unless (ABS (value - wanted[c]) <= 1, "%s: spot %u component %u is %d, not %d",
          colorimetries[__i__], s, c, value, wanted[c]);
    }
  }
  gst_video_frame_unmap (&frame);
  gst_buffer_unref (out);
  g_free (caps);
  shield_free (&shield);
}

GST_END_TEST;

/* Every other row of @badge. */
static E2eeBadge *
one_field (const E2eeBadge * badge, gint field)
{
  E2eeBadge *half = e2ee_badge_copy (badge);

  half->height = badge->height / 2;
  for (gint y = 0; y < half->height; y++)
    memcpy (half->pixels + y * badge->width, badge->pixels + (2 * y + field) * badge->width,
        4 * badge->width);
  return half;
}

static GstBuffer *
plain_buffer (const GstVideoInfo * info)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);

  gst_buffer_memset (buffer, 0, 90, -1);
  return buffer;
}

static void
draw (const GstVideoInfo * info, gboolean interlaced, const E2eeBadge * badge, gint x, gint y,
    GstBuffer * buffer)
{
  E2eeBlend *blend = e2ee_blend_new (info, interlaced, badge, x, y);
  GstVideoFrame frame;

  fail_unless (gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE));
  fail_unless (e2ee_blend_draw (blend, &frame));
  gst_video_frame_unmap (&frame);
  e2ee_blend_free (blend);
}

static const GstVideoFormat interlaced_formats[] = { GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12,
  GST_VIDEO_FORMAT_Y42B, GST_VIDEO_FORMAT_YUV9, GST_VIDEO_FORMAT_RGB
};

/* Drawn as two fields of half the height, or as one interlaced frame: the same bytes. */
GST_START_TEST (test_interlaced_chroma_belongs_to_its_field)
{
  E2eeBadge *badge = e2ee_badge_new (GST_E2EE_STATE_ON, 32, 1, 1, 320, 240);
  GstVideoInfo whole_info, half_info;
  GstBuffer *whole, *half;
  GstVideoFrame whole_frame, half_frame;

  gst_video_info_set_interlaced_format (&whole_info, interlaced_formats[__i__],
      GST_VIDEO_INTERLACE_MODE_INTERLEAVED, 320, 240);
  gst_video_info_set_format (&half_info, interlaced_formats[__i__], 320, 120);
  whole = plain_buffer (&whole_info);
  draw (&whole_info, TRUE, badge, 8, 64, whole);
  fail_unless (gst_video_frame_map (&whole_frame, &whole_info, whole, GST_MAP_READ));

  for (gint field = 0; field < 2; field++) {
    E2eeBadge *half_badge = one_field (badge, field);

    half = plain_buffer (&half_info);
    draw (&half_info, FALSE, half_badge, 8, 32, half);
    fail_unless (gst_video_frame_map (&half_frame, &half_info, half, GST_MAP_READ));
    for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES (&half_info); p++) {
      gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (&half_frame, p);
      gint rows = GST_VIDEO_FRAME_COMP_HEIGHT (&half_frame, p);

      for (gint row = 0; row < rows; row++)
        fail_unless (memcmp ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&half_frame, p) + row * stride,
                (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&whole_frame, p)
                + (2 * row + field) * stride, stride) == 0, "field %d plane %u row %d",
            field, p, row);
    }
    gst_video_frame_unmap (&half_frame);
    gst_buffer_unref (half);
    e2ee_badge_free (half_badge);
  }
  gst_video_frame_unmap (&whole_frame);
  gst_buffer_unref (whole);
  e2ee_badge_free (badge);
}

GST_END_TEST;

static const gchar *const interlaced_caps[] = {
  "video/x-raw,format=I420,width=321,height=242,framerate=25/1,interlace-mode=interleaved",
  "video/x-raw,format=I420,width=321,height=242,framerate=25/1,interlace-mode=mixed",
  "video/x-raw,format=NV12_10LE32,width=321,height=242,framerate=25/1,interlace-mode=interleaved",
  "video/x-raw(format:Interlaced),format=I420,width=321,height=242,framerate=25/1,"
      "interlace-mode=alternate",
};

GST_START_TEST (test_interlaced_streams_have_a_badge)
{
  Shield shield = shield_new (interlaced_caps[__i__]);
  GstBuffer *in, *out;
  GstMapInfo before, after;

  for (guint flag = 0; flag < 2; flag++) {
    GstBuffer *copy;

    in = shield_make (&shield, GST_E2EE_STATE_ON, flag);
    if (flag)
      GST_BUFFER_FLAG_SET (in, GST_VIDEO_BUFFER_FLAG_INTERLACED);
    copy = gst_buffer_copy_deep (in);
    out = shield_push_and_pull (&shield, in);
    gst_buffer_map (copy, &before, GST_MAP_READ);
    gst_buffer_map (out, &after, GST_MAP_READ);
    fail_unless (memcmp (before.data, after.data, after.size) != 0);
    gst_buffer_unmap (copy, &before);
    gst_buffer_unmap (out, &after);
    gst_buffer_unref (copy);
    gst_buffer_unref (out);
  }
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_the_other_branch_of_a_tee_keeps_its_picture)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *in = shield_make (&shield, GST_E2EE_STATE_ON, 0);
  GstBuffer *copy = gst_buffer_copy_deep (in), *out;
  GstVideoRectangle area;

  out = shield_push_and_pull (&shield, gst_buffer_ref (in));
  area = shield_changed_area (&shield.info, copy, in);
  fail_unless (area.w <= 0);
  area = shield_changed_area (&shield.info, copy, out);
  fail_unless (area.w > 100);
  gst_buffer_unref (in);
  gst_buffer_unref (copy);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_other_strides_and_offsets_are_followed)
{
  Shield shield = shield_new (SMALL);
  gsize offset[4] = { 64, 64 + 400 * 260, 64 + 400 * 260 + 200 * 140, 0 };
  gint stride[4] = { 400, 200, 200, 0 };
  GstBuffer *in = gst_buffer_new_allocate (NULL, 64 + 400 * 260 + 2 * 200 * 140, NULL);
  GstBuffer *before, *out;
  GstVideoRectangle area, usual = shield_draw_and_find (&shield, GST_E2EE_STATE_ON);

  gst_buffer_memset (in, 0, 90, -1);
  gst_buffer_add_video_meta_full (in, 0, GST_VIDEO_FORMAT_I420, 321, 241, 3, offset, stride);
  shield_add_status (in, GST_E2EE_STATE_ON);
  before = gst_buffer_copy_deep (in);
  out = shield_push_and_pull (&shield, in);
  area = shield_changed_area (&shield.info, before, out);
  fail_unless_equals_int (area.x, usual.x);
  fail_unless_equals_int (area.y, usual.y);
  gst_buffer_unref (before);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_frame_that_contradicts_its_caps_is_an_error_and_does_not_pass)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *in = shield_make (&shield, GST_E2EE_STATE_ON, 0);
  GstMessage *message;

  gst_buffer_add_video_meta (in, 0, GST_VIDEO_FORMAT_I420, 64, 48);
  fail_unless_equals_int (gst_harness_push (shield.h, in), GST_FLOW_ERROR);
  fail_unless_equals_int (gst_harness_buffers_received (shield.h), 0);
  message = gst_bus_pop_filtered (shield.bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_unref (message);
  shield_free (&shield);
}

GST_END_TEST;

static Suite *
shieldoverlay_formats_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-formats");
  TCase *tc = tcase_create ("formats");
  guint n_formats;

  gst_video_formats_raw (&n_formats);
  g_print ("# %u raw formats, all of which are tested\n", n_formats);
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_every_raw_format_shows_the_badge_and_nothing_else_changes, 0,
      (n_formats + FORMATS_A_TEST - 1) / FORMATS_A_TEST);
  tcase_add_loop_test (tc, test_colours_follow_the_colorimetry_of_the_frame, 0,
      G_N_ELEMENTS (colorimetries));
  tcase_add_loop_test (tc, test_interlaced_chroma_belongs_to_its_field, 0,
      G_N_ELEMENTS (interlaced_formats));
  tcase_add_loop_test (tc, test_interlaced_streams_have_a_badge, 0,
      G_N_ELEMENTS (interlaced_caps));
  tcase_add_test (tc, test_the_other_branch_of_a_tee_keeps_its_picture);
  tcase_add_test (tc, test_other_strides_and_offsets_are_followed);
  tcase_add_test (tc, test_a_frame_that_contradicts_its_caps_is_an_error_and_does_not_pass);
  return s;
}

GST_CHECK_MAIN (shieldoverlay_formats);
