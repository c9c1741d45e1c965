/* shieldoverlay: a strip outside of the picture, in every format and at every size.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "shield.h"

#include "elements/badge.h"
#include "elements/border.h"
#include "elements/shapes.h"

#include <string.h>

#define WIDTH 321
#define HEIGHT 241
/* A row of 28 pixels, three above and three below, in whole fours. */
#define STRIP 36

static Shield
border_new (const gchar * caps, const gchar * valignment)
{
  Shield shield = shield_new (NULL);

  gst_util_set_object_arg (G_OBJECT (shield.h->element), "placement", "border");
  gst_util_set_object_arg (G_OBJECT (shield.h->element), "valignment", valignment);
  shield_set_caps (&shield, caps);
  return shield;
}

static void
get_out_info (Shield * shield, GstVideoInfo * info)
{
  GstCaps *caps = gst_pad_get_current_caps (shield->h->sinkpad);

  fail_unless (caps != NULL);
  fail_unless (gst_video_info_from_caps (info, caps));
  gst_caps_unref (caps);
}

/* The unpacked picture of @in is that of @out from row @from on; components may be off by what a
 * neighbour shares with it in the first or the last row. */
static void
expect_picture (const GstVideoInfo * in_info, GstBuffer * in, const GstVideoInfo * out_info,
    GstBuffer * out, gint from)
{
  guint8 *before = shield_unpack (in_info, in), *after = shield_unpack (out_info, out);
  gint width = GST_VIDEO_INFO_WIDTH (in_info), height = GST_VIDEO_INFO_HEIGHT (in_info);

  for (gint y = 1; y < height - 2; y++)
    fail_unless (memcmp (before + (gsize) y * width * 4, after + (gsize) (from + y) * width * 4,
            width * 4) == 0, "%s: row %d is not as it was",
        gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (in_info)), y);
  g_free (before);
  g_free (after);
}

/* Beside the badge the strip is of one colour, and on it there is a badge. */
static void
expect_strip (const GstVideoInfo * info, GstBuffer * out, gint from, gint rows)
{
  guint8 *pixels = shield_unpack (info, out);
  gint width = GST_VIDEO_INFO_WIDTH (info), different = 0;
  const guint8 *plate = pixels + ((gsize) (from + 4) * width + width - 2) * 4;

  /* The row that shares its colours with the picture is not looked at. */
  for (gint y = from + MAX (2, e2ee_blend_get_align_y (info)); y < from + rows; y++)
    for (gint c = 0; c < 4; c++) {
      gint off = pixels[((gsize) y * width + width - 2) * 4 + c] - plate[c];

      fail_unless (ABS (off) <= 4, "%s: row %d of the strip is off by %d in component %d",
          gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (info)), y - from, off, c);
    }
  for (gint x = 0; x < width; x++)
    different += memcmp (pixels + ((gsize) (from + rows / 2) * width + x) * 4, plate, 4) != 0;
  fail_unless (different > 20, "%s shows no badge",
      gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (info)));
  g_free (pixels);
}

static void
expect_border (GstVideoFormat format)
{
  gchar *caps = g_strdup_printf ("video/x-raw,format=%s,width=%d,height=%d,framerate=25/1",
      gst_video_format_to_string (format), WIDTH, HEIGHT);
  Shield shield = border_new (caps, "bottom");
  GstBuffer *in = shield_make (&shield, GST_E2EE_STATE_ON, 0);
  GstBuffer *out = shield_push_and_pull (&shield, gst_buffer_ref (in));
  GstVideoInfo info;

  get_out_info (&shield, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_HEIGHT (&info), HEIGHT + STRIP);
  fail_unless (gst_buffer_get_e2ee_status_meta (out) != NULL);
  expect_picture (&shield.info, in, &info, out, 0);
  expect_strip (&info, out, HEIGHT, STRIP);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  g_free (caps);
  shield_free (&shield);
}

/* Several a process: starting one takes longer than a format does. */
#define FORMATS_A_TEST 16

GST_START_TEST (test_every_raw_format_has_a_strip_below_its_picture)
{
  guint n_formats, first = __i__ * FORMATS_A_TEST;
  const GstVideoFormat *formats = gst_video_formats_raw (&n_formats);

  for (guint i = first; i < MIN (first + FORMATS_A_TEST, n_formats); i++)
    expect_border (formats[i]);
}

GST_END_TEST;

static const gchar *const at_top[] = {
  "video/x-raw,format=I420,width=321,height=241,framerate=25/1",
  "video/x-raw,format=NV12,width=321,height=241,framerate=25/1",
  "video/x-raw,format=I420_10LE,width=321,height=241,framerate=25/1",
  "video/x-raw,format=BGRx,width=321,height=241,framerate=25/1",
  "video/x-raw,format=RGB8P,width=321,height=241,framerate=25/1",
  "video/x-raw,format=v210,width=321,height=241,framerate=25/1",
  "video/x-raw,format=I420,width=321,height=241,framerate=25/1,interlace-mode=interleaved",
};

GST_START_TEST (test_the_strip_may_be_above_the_picture)
{
  Shield shield = border_new (at_top[__i__], "top");
  GstBuffer *in = shield_make (&shield, GST_E2EE_STATE_ON, 0);
  GstBuffer *out = shield_push_and_pull (&shield, gst_buffer_ref (in));
  GstVideoInfo info;

  get_out_info (&shield, &info);
  expect_picture (&shield.info, in, &info, out, STRIP);
  expect_strip (&info, out, 0, STRIP);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_fields_have_half_a_strip)
{
  Shield shield = border_new ("video/x-raw(format:Interlaced),format=I420,width=320,height=240,"
      "framerate=25/1,interlace-mode=alternate", "bottom");
  GstBuffer *out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 0));
  GstVideoInfo info;

  get_out_info (&shield, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_FIELD_HEIGHT (&info), 120 + STRIP / 2);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

static const gint sizes[][2] = { {1, 1}, {2, 1}, {1, 2}, {3, 5}, {16, 16}, {33, 17}, {176, 144},
{1000, 4}, {4, 1000}, {1920, 1080}
};

GST_START_TEST (test_every_size_has_a_strip)
{
  gchar *caps = g_strdup_printf ("video/x-raw,format=I420,width=%d,height=%d,framerate=25/1",
      sizes[__i__][0], sizes[__i__][1]);
  Shield shield = border_new (caps, "bottom");
  GstBuffer *out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 0));
  GstVideoInfo info;

  get_out_info (&shield, &info);
  fail_unless (GST_VIDEO_INFO_HEIGHT (&info) >= sizes[__i__][1] + 28);
  fail_unless_equals_int (gst_buffer_get_size (out), GST_VIDEO_INFO_SIZE (&info));
  gst_buffer_unref (out);
  g_free (caps);
  shield_free (&shield);
}

GST_END_TEST;

/* -- Negotiation -- */

static const struct
{
  const gchar *downstream;
  gint wanted;                  /* height that may come in; 0: none */
} heights[] = {
  {"video/x-raw,format=I420,width=640,height=396", 360},
  {"video/x-raw,format=I420,width=640,height=397", 361},
  {"video/x-raw,format=I420,width=640,height=36", 0},
  {"video/x-raw,format=I420,width=640,height=37", 1},
  {"video/x-raw(memory:GLMemory),format=RGBA,width=640,height=396", 0},
};

GST_START_TEST (test_a_height_that_downstream_wants_leaves_room_for_the_strip)
{
  GstHarness *h = gst_harness_new ("shieldoverlay");
  GstCaps *offered;
  gint height = 0;

  gst_util_set_object_arg (G_OBJECT (h->element), "placement", "border");
  gst_harness_set_sink_caps_str (h, heights[__i__].downstream);
  offered = gst_pad_peer_query_caps (h->srcpad, NULL);
  if (!gst_caps_is_empty (offered))
    gst_structure_get_int (gst_caps_get_structure (offered, 0), "height", &height);
  fail_unless_equals_int (height, heights[__i__].wanted);
  gst_caps_unref (offered);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_a_strip_grows_to_the_height_that_downstream_takes)
{
  Shield shield = shield_new (NULL);
  GstBuffer *out;
  GstVideoInfo info;

  gst_util_set_object_arg (G_OBJECT (shield.h->element), "placement", "border");
  gst_harness_set_sink_caps_str (shield.h, "video/x-raw,height=480");
  shield_set_caps (&shield, "video/x-raw,format=I420,width=640,height=400,framerate=25/1");
  out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 0));
  get_out_info (&shield, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_HEIGHT (&info), 480);
  expect_strip (&info, out, 400, 80);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_the_placement_changes_while_playing)
{
  Shield shield = shield_new (SMALL);
  GstVideoInfo info;

  shield_push (&shield, GST_E2EE_STATE_ON, 0);
  get_out_info (&shield, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_HEIGHT (&info), HEIGHT);
  gst_util_set_object_arg (G_OBJECT (shield.h->element), "placement", "border");
  shield_push (&shield, GST_E2EE_STATE_ON, 1);
  get_out_info (&shield, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_HEIGHT (&info), HEIGHT + STRIP);
  gst_util_set_object_arg (G_OBJECT (shield.h->element), "placement", "overlay");
  shield_push (&shield, GST_E2EE_STATE_ON, 2);
  get_out_info (&shield, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_HEIGHT (&info), HEIGHT);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_caps_change_in_the_middle_of_a_stream)
{
  Shield shield = border_new ("video/x-raw,format=I420,width=640,height=480,framerate=25/1",
      "bottom");
  GstVideoInfo info;
  GstBuffer *out;

  shield_push (&shield, GST_E2EE_STATE_ON, 0);
  shield_set_caps (&shield, "video/x-raw,format=NV12,width=1280,height=720,framerate=25/1");
  out = shield_push_and_pull (&shield, shield_make (&shield, GST_E2EE_STATE_ON, 1));
  get_out_info (&shield, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_FORMAT (&info), GST_VIDEO_FORMAT_NV12);
  fail_unless_equals_int (GST_VIDEO_INFO_HEIGHT (&info), 720 + 44);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

/* -- A picture that lies -- */

/* A perfect badge of @state, painted into a picture by whoever sends it. */
static void
paint (const GstVideoInfo * info, GstBuffer * buffer, GstE2eeState state, gint x, gint y)
{
  E2eeBadge *badge = e2ee_badge_new (state, 36, 1, 1, 1280, 720);
  E2eeBlend *blend = e2ee_blend_new (info, FALSE, badge, x, y);
  GstVideoFrame frame;

  fail_unless (gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE));
  fail_unless (e2ee_blend_draw (blend, &frame));
  gst_video_frame_unmap (&frame);
  e2ee_blend_free (blend);
  e2ee_badge_free (badge);
}

#define HD "video/x-raw,format=RGB,width=1280,height=720,framerate=25/1"

/* Two pictures of one state, one of which has a fake badge painted where ours stands. */
static void
expect_same_from (Shield * shield, gint from_row, gint rows, gboolean all_of_row)
{
  GstBuffer *honest = shield_make (shield, GST_E2EE_STATE_OFF, 0), *fake, *a, *b;
  guint8 *one, *other;
  GstVideoInfo info;

  fake = gst_buffer_copy_deep (honest);
  shield_add_status (fake, GST_E2EE_STATE_OFF);
  paint (&shield->info, fake, GST_E2EE_STATE_ON, 12, 720 - 36 - 12);
  a = shield_push_and_pull (shield, honest);
  b = shield_push_and_pull (shield, fake);
  get_out_info (shield, &info);
  one = shield_unpack (&info, a);
  other = shield_unpack (&info, b);
  for (gint y = from_row; y < from_row + rows; y++) {
    gsize at = ((gsize) y * 1280 + (all_of_row ? 0 : 12 + 12)) * 4;
    gsize n = (all_of_row ? 1280 : 200) * 4;

    fail_unless (memcmp (one + at, other + at, n) == 0, "the fake shows in row %d", y);
  }
  g_free (one);
  g_free (other);
  gst_buffer_unref (a);
  gst_buffer_unref (b);
}

GST_START_TEST (test_a_fake_green_shield_is_covered_where_the_badge_stands)
{
  Shield shield = shield_new (HD);

  expect_same_from (&shield, 720 - 36 - 12, 36, FALSE);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_a_fake_green_shield_never_reaches_the_strip)
{
  Shield shield = border_new (HD, "bottom");

  expect_same_from (&shield, 720, 44, TRUE);
  shield_free (&shield);
}

GST_END_TEST;

static Suite *
shieldoverlay_border_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-border");
  TCase *tc = tcase_create ("border");
  guint n_formats;

  gst_video_formats_raw (&n_formats);
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_every_raw_format_has_a_strip_below_its_picture, 0,
      (n_formats + FORMATS_A_TEST - 1) / FORMATS_A_TEST);
  tcase_add_loop_test (tc, test_the_strip_may_be_above_the_picture, 0, G_N_ELEMENTS (at_top));
  tcase_add_test (tc, test_fields_have_half_a_strip);
  tcase_add_loop_test (tc, test_every_size_has_a_strip, 0, G_N_ELEMENTS (sizes));
  tcase_add_loop_test (tc, test_a_height_that_downstream_wants_leaves_room_for_the_strip, 0,
      G_N_ELEMENTS (heights));
  tcase_add_test (tc, test_a_strip_grows_to_the_height_that_downstream_takes);
  tcase_add_test (tc, test_the_placement_changes_while_playing);
  tcase_add_test (tc, test_caps_change_in_the_middle_of_a_stream);
  tcase_add_test (tc, test_a_fake_green_shield_is_covered_where_the_badge_stands);
  tcase_add_test (tc, test_a_fake_green_shield_never_reaches_the_strip);
  return s;
}

GST_CHECK_MAIN (shieldoverlay_border);
