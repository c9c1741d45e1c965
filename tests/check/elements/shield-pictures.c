/* Pictures of the shield, to be looked at and for the documents.
 *
 *   shield-pictures sheet FILE      every state on light, dark, busy and flat video, at three sizes,
 *                                   on the picture and on the strip
 *   shield-pictures states FILE     the six states
 *   shield-pictures languages FILE  one state in six languages
 *   shield-pictures fake FILE       a video with a perfect fake shield while nothing is encrypted
 *   shield-pictures code FILE       code, speaker and reason
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/badge.h"
#include "elements/blend.h"

#include <cairo.h>
#include <string.h>
#include <gst/check/gstharness.h>
#include <gst/e2ee/e2ee.h>

typedef struct
{
  gint width, height;
  const gchar *background;      /* light, dark, busy, flat */
  GstE2eeState state;
  const gchar *sender;
  const gchar *properties;      /* of shieldoverlay, as in gst-launch-1.0 */
  gboolean fake;                /* a badge painted by the sender */
} Shot;

static guint32
background_at (const gchar * name, gint x, gint y)
{
  static guint32 dice = 1;

  switch (*name) {
    case 'l':
      return 0xf4f2ee - ((x + y) / 40 % 8) * 0x010101;
    case 'd':
      return 0x0a0c10 + ((x + y) / 40 % 8) * 0x010101;
    case 'b':
      dice = dice * 1664525u + 1013904223u;
      return dice >> 8;
    default:
      return 0x4ade80;          /* the colour of the shield itself */
  }
}

static void
paint_fake (GstVideoInfo * info, GstBuffer * buffer)
{
  gint row = MAX (28, info->height / 20);       /* as ours */
  E2eeBadge *badge = e2ee_badge_new (GST_E2EE_STATE_VERIFIED, row, 1, 1, info->width, info->height);
  GstVideoFrame frame;

  for (guint i = 0; i < 2; i++) {
    gint y = i == 0 ? info->height / 3 : info->height - row - row / 3;
    E2eeBlend *blend = e2ee_blend_new (info, FALSE, badge, row / 3, y);

    if (gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE)) {
      g_assert_true (e2ee_blend_draw (blend, &frame));
      gst_video_frame_unmap (&frame);
    }
    e2ee_blend_free (blend);
  }
  e2ee_badge_free (badge);
}

/* What shieldoverlay makes of it, as a surface. */
static cairo_surface_t *
take (const Shot * shot)
{
  gchar *line = g_strdup_printf ("shieldoverlay %s", shot->properties);
  GstHarness *h = gst_harness_new_parse (line);
  GstCaps *caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "BGRx",
      "width", G_TYPE_INT, shot->width, "height", G_TYPE_INT, shot->height,
      "framerate", GST_TYPE_FRACTION, 25, 1, NULL);
  GstE2eeStatus *status = gst_e2ee_status_new (shot->state, shot->sender, 1);
  GstBuffer *buffer, *out;
  cairo_surface_t *surface;
  GstVideoInfo info;
  GstMapInfo map;

  gst_video_info_from_caps (&info, caps);
  gst_harness_set_src_caps (h, caps);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gint y = 0; y < shot->height; y++)
    for (gint x = 0; x < shot->width; x++)
      ((guint32 *) map.data)[y * shot->width + x] = background_at (shot->background, x, y);
  gst_buffer_unmap (buffer, &map);
  if (shot->fake)
    paint_fake (&info, buffer);
  gst_buffer_add_e2ee_status_meta (buffer, status, 1, 1);
  GST_BUFFER_PTS (buffer) = 0;
  out = gst_harness_push_and_pull (h, buffer);
  g_assert_nonnull (out);

  gst_buffer_map (out, &map, GST_MAP_READ);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, shot->width,
      map.size / 4 / shot->width);
  memcpy (cairo_image_surface_get_data (surface), map.data, map.size);
  cairo_surface_mark_dirty (surface);
  gst_buffer_unmap (out, &map);
  gst_buffer_unref (out);
  gst_e2ee_status_unref (status);
  gst_harness_teardown (h);
  g_free (line);
  return surface;
}

/* The part of it around the badge, at its own size. */
static void
show (cairo_t * cr, const Shot * shot, gint x, gint y, gint width, gint height, gboolean at_end)
{
  cairo_surface_t *surface = take (shot);
  gint w = cairo_image_surface_get_width (surface), h = cairo_image_surface_get_height (surface);

  cairo_save (cr);
  cairo_rectangle (cr, x, y, width, height);
  cairo_clip (cr);
  cairo_set_source_surface (cr, surface, at_end ? x + width - w : x, y + height - h);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static void
label (cairo_t * cr, gint x, gint y, const gchar * text)
{
  cairo_select_font_face (cr, "Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, 13);
  cairo_set_source_rgb (cr, 0.1, 0.1, 0.1);
  cairo_move_to (cr, x, y);
  cairo_show_text (cr, text);
}

static const gchar *const backgrounds[] = { "light", "dark", "busy", "flat" };

static const gint sizes[][2] = { {320, 180}, {1280, 720}, {1920, 1080} };

static void
draw_sheet (cairo_t * cr)
{
  static const gint cell_width[] = { 320, 470, 600 }, cell_height[] = { 90, 110, 130 };
  static const gchar *const placements[] = { "overlay", "border" };
  gint y = 30;

  for (guint p = 0; p < 2; p++)
    for (guint b = 0; b < G_N_ELEMENTS (backgrounds); b++)
      for (guint s = 0; s < 6; s++) {
        gint x = 130;
        gchar *text = g_strdup_printf ("%s, %s", placements[p], backgrounds[b]);
        gchar *properties = g_strdup_printf ("placement=%s", placements[p]);

        label (cr, 8, y + 40, text);
        label (cr, 8, y + 60, gst_e2ee_state_get_nick (s));
        for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
          const Shot shot = { sizes[i][0], sizes[i][1], backgrounds[b], s, "Alice", properties,
            FALSE
          };

          show (cr, &shot, x, y, cell_width[i], cell_height[i], FALSE);
          x += cell_width[i] + 10;
        }
        g_free (text);
        g_free (properties);
        y += 140;
      }
}

static void
draw_states (cairo_t * cr)
{
  for (guint s = 0; s < 6; s++) {
    const Shot shot = { 1280, 720, s % 2 ? "dark" : "light", s, "Alice", "", FALSE };
    const Shot strip = { 1280, 720, s % 2 ? "dark" : "light", s, "Alice", "placement=border",
      FALSE
    };

    show (cr, &shot, 0, s * 100, 400, 90, FALSE);
    show (cr, &strip, 410, s * 100, 560, 90, FALSE);
  }
}

static void
draw_languages (cairo_t * cr)
{
  static const gchar *const languages[] = { "en", "de", "fr", "es", "ja", "ar" };

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    gchar *properties = g_strdup_printf ("language=%s", languages[i]);
    const Shot on = { 460, 720, "dark", GST_E2EE_STATE_ON, NULL, properties, FALSE };
    const Shot degraded = { 460, 720, "light", GST_E2EE_STATE_DEGRADED, "Alice", properties,
      FALSE
    };

    show (cr, &on, 0, i * 100, 460, 90, FALSE);
    show (cr, &degraded, 470, i * 100, 460, 90, FALSE);
    g_free (properties);
  }
}

static void
draw_fake (cairo_t * cr)
{
  const Shot overlay = { 640, 360, "light", GST_E2EE_STATE_OFF, "Mallory", "", TRUE };
  const Shot border = { 640, 360, "light", GST_E2EE_STATE_OFF, "Mallory", "placement=border", TRUE };

  show (cr, &overlay, 0, 36, 640, 360, FALSE);
  show (cr, &border, 650, 0, 640, 396, FALSE);
}

static void
draw_code (cairo_t * cr)
{
  static const gchar code[] = "12345 67890 12345 67890 12345 67890 12345 67890 12345 67890 12345 67890";
  E2eeBadgePainter *painter = e2ee_badge_painter_new ();

  for (guint i = 0; i < 2; i++) {
    E2eeBadgeWords words = {.state = GST_E2EE_STATE_ON,.headline = "End-to-end encrypted",
      .speaker = "Speaker: Alice",.code = code,.wide = i == 1,.alpha = 1
    };
    E2eeBadge *badge = e2ee_badge_painter_draw (painter, &words, 40, 1, 1, 900, 400);
    cairo_surface_t *surface = cairo_image_surface_create_for_data ((guchar *) badge->pixels,
        CAIRO_FORMAT_ARGB32, badge->width, badge->height, badge->width * 4);

    cairo_set_source_surface (cr, surface, 10 + i * 400, 10);
    cairo_paint (cr);
    cairo_surface_destroy (surface);
    e2ee_badge_free (badge);
  }
  e2ee_badge_painter_free (painter);
}

static const struct
{
  const gchar *name;
  void (*draw) (cairo_t * cr);
  gint width, height;
} pictures[] = {
  {"sheet", draw_sheet, 1560, 30 + 48 * 140},
  {"states", draw_states, 970, 600},
  {"languages", draw_languages, 930, 600},
  {"fake", draw_fake, 1290, 396},
  {"code", draw_code, 1020, 160},
};

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  for (guint i = 0; argc == 3 && i < G_N_ELEMENTS (pictures); i++)
    if (strcmp (argv[1], pictures[i].name) == 0) {
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, pictures[i].width,
          pictures[i].height);
      cairo_t *cr = cairo_create (surface);
      cairo_status_t written;

      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_paint (cr);
      pictures[i].draw (cr);
      cairo_destroy (cr);
      written = cairo_surface_write_to_png (surface, argv[2]);
      cairo_surface_destroy (surface);
      return written == CAIRO_STATUS_SUCCESS ? 0 : 1;
    }
  g_printerr ("usage: %s sheet|states|languages|fake|code FILE\n", argv[0]);
  return 2;
}
