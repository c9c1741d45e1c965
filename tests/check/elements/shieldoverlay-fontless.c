/* shieldoverlay on a machine without any font (no-fonts.conf).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "shield.h"

#include "elements/badge.h"

GST_START_TEST (test_without_any_font_the_shield_stands_alone)
{
  E2eeBadge *badge = e2ee_badge_new (__i__, 40, 1, 1, 1280, 720);
  gint bright = 0;

  fail_unless (badge->width < 60, "%d pixels wide", badge->width);
  fail_unless_equals_int (badge->height, 40);
  for (gint i = 0; i < badge->width * badge->height; i++)
    bright += (badge->pixels[i] >> 8 & 0xff) > 0x50;
  fail_unless (bright > 100);
  e2ee_badge_free (badge);
}

GST_END_TEST;

GST_START_TEST (test_without_any_font_a_picture_has_a_badge)
{
  Shield shield = shield_new (SMALL);

  g_object_set (shield.h->element, "show-name", TRUE, "language", "ar", NULL);
  fail_unless (shield_draw_and_find (&shield, GST_E2EE_STATE_DEGRADED).w > 20);
  shield_free (&shield);
}

GST_END_TEST;

static Suite *
shieldoverlay_fontless_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-fontless");
  TCase *tc = tcase_create ("fontless");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_without_any_font_the_shield_stands_alone, 0, 6);
  tcase_add_test (tc, test_without_any_font_a_picture_has_a_badge);
  return s;
}

GST_CHECK_MAIN (shieldoverlay_fontless);
