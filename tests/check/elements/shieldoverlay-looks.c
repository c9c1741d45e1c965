/* shieldoverlay: seen by everybody, on everything, in six languages.
 *
 * Contrast is that of WCAG 2.1; eyes without green or red cones are those of Machado, Oliveira and
 * Fernandes (2009), severity 1.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "shield.h"

#include "elements/badge.h"
#include "elements/catalogue.h"
#include "elements/shapes.h"
#include "elements/wording.h"

#include <math.h>
#include <string.h>

#define LEAST_CONTRAST 4.3
#define N_STATES (GST_E2EE_STATE_DEGRADED + 1)

static gdouble
linear (guint8 component)
{
  gdouble c = component / 255.0;

  return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static gdouble
luminance (guint32 rgb)
{
  return 0.2126 * linear (rgb >> 16 & 0xff) + 0.7152 * linear (rgb >> 8 & 0xff)
      + 0.0722 * linear (rgb & 0xff);
}

static gdouble
contrast (guint32 a, guint32 b)
{
  gdouble one = luminance (a), other = luminance (b);

  return (MAX (one, other) + 0.05) / (MIN (one, other) + 0.05);
}

/* -- On everything -- */

static E2eeBadge *
draw_on (GstE2eeState state, gdouble alpha)
{
  E2eeBadgePainter *painter = e2ee_badge_painter_new ();
  E2eeBadgeWords words = {.state = state,.headline = "End-to-end encrypted",.alpha = alpha };
  E2eeBadge *badge = e2ee_badge_painter_draw (painter, &words, 64, 1, 1, 1280, 720);

  e2ee_badge_painter_free (painter);
  return badge;
}

static guint32
over (guint32 above, guint32 below)
{
  guint rest = 255 - (above >> 24);
  guint32 result = 0;

  for (guint shift = 0; shift < 24; shift += 8)
    result |= MIN (255, (above >> shift & 0xff) + ((below >> shift & 0xff) * rest + 127) / 255)
        << shift;
  return result;
}

/* The badge on a picture of one colour: its better edge, its shield and its words. */
static gdouble
least_contrast_on (const E2eeBadge * badge, GstE2eeState state, guint32 background)
{
  gint middle = badge->width / 2;
  guint32 rim = over (badge->pixels[middle], background);
  guint32 edge = over (badge->pixels[2 * badge->width + middle], background);
  /* Inside of the plate, behind the words, where nothing is drawn. */
  guint32 plate = over (badge->pixels[8 * badge->width + badge->width - 30], background);
  gdouble least = MAX (contrast (rim, background), contrast (edge, background));

  least = MIN (least, contrast (e2ee_shape_colour (state), plate));
  least = MIN (least, contrast (0xffffff, plate));
  return least;
}

static gdouble
sweep (GstE2eeState state, gdouble alpha)
{
  E2eeBadge *badge = draw_on (state, alpha);
  gdouble least = G_MAXDOUBLE;
  guint32 dice = 1;

  for (guint grey = 0; grey < 256; grey++)
    least = MIN (least, least_contrast_on (badge, state, grey * 0x010101));
  for (guint r = 0; r < 256; r += 17)
    for (guint g = 0; g < 256; g += 17)
      for (guint b = 0; b < 256; b += 17)
        least = MIN (least, least_contrast_on (badge, state, r << 16 | g << 8 | b));
  for (guint i = 0; i < 4096; i++) {
    dice = dice * 1664525u + 1013904223u;
    least = MIN (least, least_contrast_on (badge, state, dice >> 8));
  }
  e2ee_badge_free (badge);
  return least;
}

GST_START_TEST (test_the_contrast_is_enough_on_every_background)
{
  gdouble opaque = sweep (__i__, 1), clear = sweep (__i__, 0);

  g_print ("# %s: contrast at least %.2f, with the clearest plate %.2f\n",
      gst_e2ee_state_get_nick (__i__), opaque, clear);
  fail_unless (opaque >= LEAST_CONTRAST, "%.2f", opaque);
  fail_unless (clear >= LEAST_CONTRAST, "%.2f", clear);
}

GST_END_TEST;

/* -- By everybody -- */

typedef guint8 (*Eye) (guint32 rgb);

static guint8
to_grey (gdouble y)
{
  gdouble c = y <= 0.0031308 ? 12.92 * y : 1.055 * pow (y, 1 / 2.4) - 0.055;

  return CLAMP (lround (c * 255), 0, 255);
}

/* Of what the eye sees, only how bright it is: hues do not count. */
static guint8
through_matrix (const gdouble m[9], guint32 rgb)
{
  gdouble in[3] = { linear (rgb >> 16 & 0xff), linear (rgb >> 8 & 0xff), linear (rgb & 0xff) };
  gdouble y = 0;
  static const gdouble weights[3] = { 0.2126, 0.7152, 0.0722 };

  for (guint i = 0; i < 3; i++)
    y += weights[i] * CLAMP (m[3 * i] * in[0] + m[3 * i + 1] * in[1] + m[3 * i + 2] * in[2], 0, 1);
  return to_grey (y);
}

static guint8
deuteranope (guint32 rgb)
{
  static const gdouble m[9] = { 0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413,
    -0.011820, 0.042940, 0.968881
  };

  return through_matrix (m, rgb);
}

static guint8
protanope (guint32 rgb)
{
  static const gdouble m[9] = { 0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216,
    -0.003882, -0.048116, 1.051998
  };

  return through_matrix (m, rgb);
}

static guint8
achromat (guint32 rgb)
{
  return to_grey (luminance (rgb));
}

static const struct
{
  const gchar *name;
  Eye eye;
} eyes[] = { {"deuteranope", deuteranope}, {"protanope", protanope}, {"greyscale", achromat} };

/* The shield alone, as the eye sees its shape: what is brighter than half of its own colour. */
static guint8 *
see_shape (GstE2eeState state, Eye eye, gint size, gint * n_pixels)
{
  E2eeBadge *badge = e2ee_badge_new (state, size, 1, 1, size + size / 4, size);
  guint8 dark = eye (E2EE_SHAPE_PLATE), bright = eye (e2ee_shape_colour (state));
  guint8 *shape = g_malloc (badge->width * badge->height);

  for (gint i = 0; i < badge->width * badge->height; i++)
    shape[i] = eye (badge->pixels[i] & 0xffffff) > (dark + bright) / 2;
  *n_pixels = badge->width * badge->height;
  e2ee_badge_free (badge);
  return shape;
}

GST_START_TEST (test_states_are_told_apart_by_shape_alone)
{
  gint least = G_MAXINT, n[2], lit;

  for (guint a = 0; a < N_STATES; a++)
    for (guint b = a + 1; b < N_STATES; b++) {
      guint8 *one = see_shape (a, eyes[__i__].eye, 28, &n[0]);
      guint8 *other = see_shape (b, eyes[__i__].eye, 28, &n[1]);
      gint different = 0;

      fail_unless_equals_int (n[0], n[1]);
      lit = 0;
      for (gint i = 0; i < n[0]; i++) {
        different += one[i] != other[i];
        lit += one[i] || other[i];
      }
      least = MIN (least, 1000 * different / lit);
      g_free (one);
      g_free (other);
    }
  g_print ("# %s: the two shields most alike differ in %.1f %% of what either shows, at 28 pixels\n",
      eyes[__i__].name, least / 10.0);
  fail_unless (least >= 80, "%d of 1000", least);
}

GST_END_TEST;

GST_START_TEST (test_nothing_moves_while_a_state_stays)
{
  Shield shield = shield_new (SMALL);
  GstBuffer *first = shield_push_and_pull (&shield, shield_make (&shield, __i__, 0));

  for (guint i = 1; i < 50; i++) {
    GstBuffer *next = shield_push_and_pull (&shield, shield_make (&shield, __i__, i));

    fail_unless (shield_changed_area (&shield.info, first, next).w <= 0);
    gst_buffer_unref (next);
  }
  gst_buffer_unref (first);
  shield_free (&shield);
}

GST_END_TEST;

/* -- In six languages -- */

static const struct
{
  const gchar *language;
  const gchar *on;
  gboolean rtl;
} languages[] = {
  {"en", "End-to-end encrypted", FALSE},
  {"en_GB", "End-to-end encrypted", FALSE},
  {"de", "Ende-zu-Ende-verschlüsselt", FALSE},
  {"de_AT.UTF-8", "Ende-zu-Ende-verschlüsselt", FALSE},
  {"fr-CA", "Chiffré de bout en bout", FALSE},
  {"es", "Cifrado de extremo a extremo", FALSE},
  {"ja", "エンドツーエンド暗号化済み", FALSE},
  {"ar", "مشفر من الطرف إلى الطرف", TRUE},
  {"xx", "End-to-end encrypted", FALSE},
  {"../de", "End-to-end encrypted", FALSE},
};

GST_START_TEST (test_a_language_is_spoken_and_written_in_its_direction)
{
  E2eeWording *wording = e2ee_wording_new (languages[__i__].language);

  fail_unless_equals_string (e2ee_wording_get_state (wording, GST_E2EE_STATE_ON),
      languages[__i__].on);
  fail_unless_equals_int (e2ee_wording_is_rtl (wording), languages[__i__].rtl);
  e2ee_wording_free (wording);
}

GST_END_TEST;

/* Where the shield is: the side with the most green. */
static gboolean
shield_is_left (const E2eeBadge * badge)
{
  gint left = 0, right = 0;

  for (gint y = 0; y < badge->height; y++)
    for (gint x = 0; x < badge->width; x++)
      if (badge->pixels[y * badge->width + x] == 0xff4ade80) {
        left += x < badge->width / 2;
        right += x >= badge->width / 2;
      }
  return left > right;
}

GST_START_TEST (test_a_badge_from_right_to_left_is_mirrored)
{
  E2eeBadgePainter *painter = e2ee_badge_painter_new ();
  E2eeBadgeWords words = {.state = GST_E2EE_STATE_ON,.headline = "abc",.alpha = 1 };
  E2eeBadge *ltr = e2ee_badge_painter_draw (painter, &words, 40, 1, 1, 1000, 100), *rtl;

  words.rtl = TRUE;
  rtl = e2ee_badge_painter_draw (painter, &words, 40, 1, 1, 1000, 100);
  fail_unless (shield_is_left (ltr));
  fail_if (shield_is_left (rtl));
  fail_unless_equals_int (ltr->width, rtl->width);
  e2ee_badge_free (ltr);
  e2ee_badge_free (rtl);
  e2ee_badge_painter_free (painter);
}

GST_END_TEST;

GST_START_TEST (test_a_language_moves_the_badge_while_playing)
{
  Shield shield = shield_new (SMALL);

  fail_unless (shield_draw_and_find (&shield, GST_E2EE_STATE_ON).x < 20);
  g_object_set (shield.h->element, "language", "ar", NULL);
  fail_unless (shield_draw_and_find (&shield, GST_E2EE_STATE_ON).x > 50);
  gst_util_set_object_arg (G_OBJECT (shield.h->element), "halignment", "left");
  fail_unless (shield_draw_and_find (&shield, GST_E2EE_STATE_ON).x < 20);
  shield_free (&shield);
}

GST_END_TEST;

/* A catalogue of one word, in the file's byte order. */
static GBytes *
make_catalogue (gboolean swapped)
{
  guint32 words[] = { 0x950412de, 0, 1, 28, 36, 0, 0, 2, 44, 3, 47 };
  GByteArray *bytes = g_byte_array_new ();

  if (swapped)
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
      words[i] = GUINT32_SWAP_LE_BE (words[i]);
  g_byte_array_append (bytes, (guint8 *) words, sizeof (words));
  g_byte_array_append (bytes, (const guint8 *) "hi\0hey\0", 7);
  return g_byte_array_free_to_bytes (bytes);
}

GST_START_TEST (test_catalogues_of_both_byte_orders_are_read)
{
  GBytes *bytes = make_catalogue (__i__);
  E2eeCatalogue *catalogue = e2ee_catalogue_new_from_bytes (bytes);

  fail_unless (catalogue != NULL);
  fail_unless_equals_string (e2ee_catalogue_lookup (catalogue, "hi"), "hey");
  fail_unless_equals_string (e2ee_catalogue_lookup (catalogue, "ho"), "ho");
  e2ee_catalogue_free (catalogue);
  g_bytes_unref (bytes);
}

GST_END_TEST;

GST_START_TEST (test_damaged_catalogues_are_read_no_further_than_they_go)
{
  GBytes *whole = make_catalogue (FALSE);
  gsize size;
  const guint8 *data = g_bytes_get_data (whole, &size);

  for (gsize cut = 0; cut <= size; cut++)
    for (guint value = 0; value < 256; value += 51) {
      /* of exactly this size, so that a memory checker sees one byte more */
      guint8 *copy = g_memdup2 (data, MAX (cut, 1));
      GBytes *bytes;
      E2eeCatalogue *catalogue;

      if (cut > 0)
        copy[(cut * 7 + value) % cut] = value;
      bytes = g_bytes_new_take (copy, cut);
      catalogue = e2ee_catalogue_new_from_bytes (bytes);
      fail_unless (g_utf8_validate (e2ee_catalogue_lookup (catalogue, "hi"), -1, NULL));
      e2ee_catalogue_free (catalogue);
      g_bytes_unref (bytes);
    }
  g_bytes_unref (whole);
}

GST_END_TEST;

/* -- Names -- */

static const struct
{
  const gchar *name;
  const gchar *shown;
} names[] = {
  {"Alice", "Key missing: Alice"},
  {"\342\200\256Alice\n\t Bob", "Key missing: Alice Bob"},
  {"\360\237\224\222 Alice \342\234\223", "Key missing: Alice"},
  {"%s%n%d", "Key missing: %s%n%d"},
  {"\377\376", "Key missing: \357\277\275\357\277\275"},
  {"\331\205\330\261\331\212\331\205", "Key missing: \342\201\250\331\205\330\261\331\212\331\205\342\201\251"},
  {"", "Key missing"},
};

GST_START_TEST (test_names_are_made_safe_to_show)
{
  E2eeWording *wording = e2ee_wording_new ("en");
  E2eeVerdict verdict = { GST_E2EE_STATE_DEGRADED, E2EE_REASON_KEY_MISSING, names[__i__].name, NULL };
  gchar *reason = e2ee_wording_dup_reason (wording, &verdict);

  fail_unless_equals_string (reason, names[__i__].shown);
  g_free (reason);
  e2ee_wording_free (wording);
}

GST_END_TEST;

GST_START_TEST (test_long_names_are_clipped_and_the_state_is_not)
{
  Shield shield = shield_new (SMALL);
  gchar *name = g_strnfill (4000, 'W');
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_DEGRADED, name, 1);
  GstBuffer *in = shield_make (&shield, NO_STATE, 0), *before = gst_buffer_copy_deep (in), *out;
  GstVideoRectangle area;

  g_object_set (shield.h->element, "show-name", TRUE, NULL);
  gst_buffer_add_e2ee_status_meta (in, status, 1, 1);
  out = shield_push_and_pull (&shield, in);
  area = shield_changed_area (&shield.info, before, out);
  fail_unless (area.w > 200 && area.x + area.w <= 321 - BADGE_MARGIN + 1);
  fail_unless (area.h > 2 * BADGE_HEIGHT);      /* the state, the reason and the speaker */
  gst_buffer_unref (before);
  gst_buffer_unref (out);
  gst_e2ee_status_unref (status);
  g_free (name);
  shield_free (&shield);
}

GST_END_TEST;

#define CODE "00000 11111 22222 33333 44444 55555 66666 77777 88888 99999 12345 67890"

static const struct
{
  gint width, height;
  gboolean shown;
} rooms[] = { {1280, 720, TRUE}, {640, 360, TRUE}, {640, 60, FALSE}, {120, 360, FALSE} };

GST_START_TEST (test_a_code_is_shown_as_a_whole_or_not_at_all)
{
  E2eeBadgePainter *painter = e2ee_badge_painter_new ();
  E2eeBadgeWords words = {.state = GST_E2EE_STATE_ON,.headline = "End-to-end encrypted",.alpha = 1 };
  E2eeBadge *without = e2ee_badge_painter_draw (painter, &words, 28, 1, 1, rooms[__i__].width,
      rooms[__i__].height), *with;

  words.code = CODE;
  with = e2ee_badge_painter_draw (painter, &words, 28, 1, 1, rooms[__i__].width,
      rooms[__i__].height);
  fail_unless_equals_int (with->height > without->height, rooms[__i__].shown);
  if (rooms[__i__].shown)
    fail_unless (with->height >= 4 * without->height / 2);      /* four lines */
  e2ee_badge_free (with);
  e2ee_badge_free (without);
  e2ee_badge_painter_free (painter);
}

GST_END_TEST;

static Suite *
shieldoverlay_looks_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-looks");
  TCase *tc = tcase_create ("looks");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_the_contrast_is_enough_on_every_background, 0, N_STATES);
  tcase_add_loop_test (tc, test_states_are_told_apart_by_shape_alone, 0, G_N_ELEMENTS (eyes));
  tcase_add_loop_test (tc, test_nothing_moves_while_a_state_stays, 0, N_STATES);
  tcase_add_loop_test (tc, test_a_language_is_spoken_and_written_in_its_direction, 0,
      G_N_ELEMENTS (languages));
  tcase_add_test (tc, test_a_badge_from_right_to_left_is_mirrored);
  tcase_add_test (tc, test_a_language_moves_the_badge_while_playing);
  tcase_add_loop_test (tc, test_catalogues_of_both_byte_orders_are_read, 0, 2);
  tcase_add_test (tc, test_damaged_catalogues_are_read_no_further_than_they_go);
  tcase_add_loop_test (tc, test_names_are_made_safe_to_show, 0, G_N_ELEMENTS (names));
  tcase_add_test (tc, test_long_names_are_clipped_and_the_state_is_not);
  tcase_add_loop_test (tc, test_a_code_is_shown_as_a_whole_or_not_at_all, 0, G_N_ELEMENTS (rooms));
  return s;
}

GST_CHECK_MAIN (shieldoverlay_looks);
