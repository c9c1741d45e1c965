/* shieldoverlay: where the badge stands, how large it is, and what it looks like.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "shield.h"

#include "elements/badge.h"

static const struct
{
  const gchar *halignment, *valignment;
  gint x, y;                    /* 0: at the left or top, 1: centre, 2: at the right or bottom */
} corners[] = {
  {"left", "top", 0, 0}, {"center", "top", 1, 0}, {"right", "top", 2, 0},
  {"left", "center", 0, 1}, {"center", "center", 1, 1}, {"right", "center", 2, 1},
  {"left", "bottom", 0, 2}, {"center", "bottom", 1, 2}, {"right", "bottom", 2, 2},
};

GST_START_TEST (test_the_badge_stands_where_it_is_told_to)
{
  Shield shield = shield_new ("video/x-raw,format=RGB,width=401,height=301,framerate=25/1");
  GstVideoRectangle area;
  gint room_x, room_y;

  gst_util_set_object_arg (G_OBJECT (shield.h->element), "halignment", corners[__i__].halignment);
  gst_util_set_object_arg (G_OBJECT (shield.h->element), "valignment", corners[__i__].valignment);
  g_object_set (shield.h->element, "xpad", 10, "ypad", 20, NULL);
  area = shield_draw_and_find (&shield, GST_E2EE_STATE_ON);
  room_x = 401 - area.w;
  room_y = 301 - area.h;
  fail_unless_equals_int (area.x, corners[__i__].x == 0 ? 10 : corners[__i__].x == 1 ? room_x / 2
      : room_x - 10);
  fail_unless_equals_int (area.y, corners[__i__].y == 0 ? 20 : corners[__i__].y == 1 ? room_y / 2
      : room_y - 20);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_no_padding_pushes_the_badge_out_of_the_picture)
{
  Shield shield = shield_new (SMALL);
  GstVideoRectangle area, usual = shield_draw_and_find (&shield, GST_E2EE_STATE_ON);

  gst_util_set_object_arg (G_OBJECT (shield.h->element), "halignment", __i__ ? "right" : "left");
  g_object_set (shield.h->element, "xpad", G_MAXINT16, "ypad", G_MAXINT16, NULL);
  area = shield_draw_and_find (&shield, GST_E2EE_STATE_ON);
  fail_unless (ABS (area.w - usual.w) <= 2);
  fail_unless (ABS (area.h - usual.h) <= 2);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_the_badge_grows_with_the_picture)
{
  static const struct
  {
    gint width, height, badge;
  } sizes[] = { {320, 240, 28}, {640, 360, 28}, {1280, 720, 36}, {1920, 1080, 54} };
  gchar *caps = g_strdup_printf ("video/x-raw,format=GRAY8,width=%d,height=%d,framerate=25/1",
      sizes[__i__].width, sizes[__i__].height);
  Shield shield = shield_new (caps);

  fail_unless_equals_int (shield_draw_and_find (&shield, GST_E2EE_STATE_OFF).h, sizes[__i__].badge);
  g_object_set (shield.h->element, "relative-height", 0.25, NULL);
  fail_unless (shield_draw_and_find (&shield, GST_E2EE_STATE_OFF).h > sizes[__i__].badge);
  g_free (caps);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_the_smallest_pictures_have_a_badge_too)
{
  static const gint sizes[][2] = { {1, 1}, {2, 1}, {1, 2}, {3, 5}, {16, 16}, {33, 17}, {64, 48},
  {176, 144}, {1000, 4}, {4, 1000}
  };
  gchar *caps = g_strdup_printf ("video/x-raw,format=I420,width=%d,height=%d,framerate=25/1",
      sizes[__i__][0], sizes[__i__][1]);
  Shield shield = shield_new (caps);
  GstVideoRectangle area = shield_draw_and_find (&shield, GST_E2EE_STATE_ON);

  fail_unless (area.w > 0 && area.h > 0);
  fail_unless (area.x + area.w <= sizes[__i__][0] && area.y + area.h <= sizes[__i__][1]);
  g_free (caps);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_states_look_different_without_colour)
{
  guint8 *pictures[6];

  for (guint s = 0; s < 6; s++) {
    E2eeBadge *badge = e2ee_badge_new (s, 28, 1, 1, 32, 32);    /* the shield alone, no words */

    fail_unless (badge->width < 40);
    pictures[s] = g_malloc0 (40 * 40);
    for (gint i = 0; i < badge->width * badge->height; i++)
      pictures[s][i] = (badge->pixels[i] >> 8 & 0xff) > 0x50;   /* shape: what is not plate */
    e2ee_badge_free (badge);
  }
  for (guint a = 0; a < 6; a++)
    for (guint b = a + 1; b < 6; b++) {
      gint different = 0;

      for (gint i = 0; i < 40 * 40; i++)
        different += pictures[a][i] != pictures[b][i];
      fail_unless (different >= 20, "states %u and %u differ in %d pixels", a, b, different);
    }
  for (guint s = 0; s < 6; s++)
    g_free (pictures[s]);
}

GST_END_TEST;

GST_START_TEST (test_the_plate_is_drawn_and_opaque_in_every_state)
{
  E2eeBadge *badge = e2ee_badge_new (__i__, 36, 1, 1, 1280, 720);

  for (gint y = 0; y < badge->height; y++)
    for (gint x = 12; x < badge->width - 12; x++)
      fail_unless_equals_int (badge->pixels[y * badge->width + x] >> 24, 255);
  fail_unless_equals_int (badge->pixels[badge->width / 2], -1);        /* the rim is white */
  fail_unless_equals_int (badge->pixels[4 * badge->width + badge->width / 2], 0xff101418);
  e2ee_badge_free (badge);
}

GST_END_TEST;

GST_START_TEST (test_wide_pixels_make_a_narrow_badge)
{
  Shield square = shield_new ("video/x-raw,format=GRAY8,width=640,height=480,framerate=25/1");
  Shield wide = shield_new ("video/x-raw,format=GRAY8,width=640,height=480,framerate=25/1,"
      "pixel-aspect-ratio=2/1");
  GstVideoRectangle a = shield_draw_and_find (&square, GST_E2EE_STATE_ON);
  GstVideoRectangle b = shield_draw_and_find (&wide, GST_E2EE_STATE_ON);

  fail_unless_equals_int (a.h, b.h);
  fail_unless (ABS (a.w - 2 * b.w) <= 2);
  shield_free (&square);
  shield_free (&wide);
}

GST_END_TEST;

GST_START_TEST (test_the_badge_stands_inside_of_what_a_crop_leaves)
{
  Shield shield = shield_new ("video/x-raw,format=I420,width=640,height=480,framerate=25/1");
  GstBuffer *in = shield_make (&shield, GST_E2EE_STATE_ON, 0);
  GstBuffer *before = gst_buffer_copy_deep (in), *out;
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (in);
  GstVideoRectangle area;

  crop->x = 101;
  crop->y = 51;
  crop->width = 320;
  crop->height = 200;
  out = shield_push_and_pull (&shield, in);
  area = shield_changed_area (&shield.info, before, out);
  fail_unless (area.x >= 100 && area.x + area.w <= 421);
  fail_unless (area.y >= 150 && area.y + area.h <= 251);
  gst_buffer_unref (before);
  gst_buffer_unref (out);
  shield_free (&shield);
}

GST_END_TEST;

GST_START_TEST (test_new_caps_make_a_new_badge)
{
  Shield shield = shield_new ("video/x-raw,format=I420,width=1280,height=720,framerate=25/1");

  fail_unless_equals_int (shield_draw_and_find (&shield, GST_E2EE_STATE_ON).h, 36);
  shield_set_caps (&shield, "video/x-raw,format=NV12,width=320,height=240,framerate=25/1");
  fail_unless_equals_int (shield_draw_and_find (&shield, GST_E2EE_STATE_ON).h, 28);
  shield_set_caps (&shield, "video/x-raw,format=BGRA,width=1920,height=1080,framerate=25/1");
  fail_unless_equals_int (shield_draw_and_find (&shield, GST_E2EE_STATE_ON).h, 54);
  shield_free (&shield);
}

GST_END_TEST;

static Suite *
shieldoverlay_badge_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-badge");
  TCase *tc = tcase_create ("badge");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_the_badge_stands_where_it_is_told_to, 0, G_N_ELEMENTS (corners));
  tcase_add_loop_test (tc, test_no_padding_pushes_the_badge_out_of_the_picture, 0, 2);
  tcase_add_loop_test (tc, test_the_badge_grows_with_the_picture, 0, 4);
  tcase_add_loop_test (tc, test_the_smallest_pictures_have_a_badge_too, 0, 10);
  tcase_add_test (tc, test_states_look_different_without_colour);
  tcase_add_loop_test (tc, test_the_plate_is_drawn_and_opaque_in_every_state, 0, 6);
  tcase_add_test (tc, test_wide_pixels_make_a_narrow_badge);
  tcase_add_test (tc, test_the_badge_stands_inside_of_what_a_crop_leaves);
  tcase_add_test (tc, test_new_caps_make_a_new_badge);
  return s;
}

GST_CHECK_MAIN (shieldoverlay_badge);
