/* Draws the badge with cairo and pango.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * No state is told by colour alone: green and amber have a contrast of 1.08 to 1 for eyes without
 * green cones.  So each has a shape, words and a colour, on a plate of its own with a white rim,
 * since every flat colour is invisible on some video. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/badge.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <glib/gi18n-lib.h>

/* Everything is measured in plate heights. */
#define CORNER 0.26
#define ICON_HEIGHT 0.68
#define ICON_WIDTH (ICON_HEIGHT * 0.86)
#define PAD_LEFT 0.26
#define PAD_RIGHT 0.36
#define ICON_GAP 0.22
#define FONT_SIZE 0.44

/* Below this the words cannot be read, and the shield gets the room. */
#define SMALLEST_HEIGHT_WITH_WORDS 22

#define PLATE 0x101418
#define WHITE 0xffffff
#define GREY 0x9e9e9e
#define AMBER 0xffb000
#define GREEN 0x4ade80
#define RED 0xff5a4f

static const struct
{
  const gchar *text;
  guint32 colour;
  gboolean filled;
} looks[] = {
  [GST_E2EE_STATE_UNKNOWN] = {N_("Status unknown"), GREY, FALSE},
  [GST_E2EE_STATE_OFF] = {N_("Not end-to-end encrypted"), GREY, FALSE},
  [GST_E2EE_STATE_SWITCHING] = {N_("Switching…"), AMBER, FALSE},
  [GST_E2EE_STATE_ON] = {N_("End-to-end encrypted"), GREEN, TRUE},
  [GST_E2EE_STATE_VERIFIED] = {N_("Encrypted and verified"), GREEN, TRUE},
  [GST_E2EE_STATE_DEGRADED] = {N_("Not everyone is protected"), RED, TRUE},
};

static GstE2eeState
known_state (GstE2eeState state)
{
  return (guint) state < G_N_ELEMENTS (looks) ? state : GST_E2EE_STATE_UNKNOWN;
}

const gchar *
e2ee_badge_get_text (GstE2eeState state)
{
  return _(looks[known_state (state)].text);
}

static void
set_colour (cairo_t * cr, guint32 rgb)
{
  cairo_set_source_rgb (cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
}

static void
rounded_rectangle (cairo_t * cr, gdouble x, gdouble y, gdouble w, gdouble h, gdouble r)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + w - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + w - r, y + h - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + h - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

/* In a box from (0, 0) to (0.86, 1), moved in by @inset on every side. */
static void
shield_path (cairo_t * cr, gdouble inset)
{
  cairo_save (cr);
  cairo_translate (cr, 0.43, 0.5);
  cairo_scale (cr, 1 - inset / 0.43, 1 - inset / 0.5);
  cairo_translate (cr, -0.43, -0.5);
  cairo_move_to (cr, 0.43, 0);
  cairo_curve_to (cr, 0.55, 0.09, 0.70, 0.13, 0.86, 0.135);
  cairo_line_to (cr, 0.86, 0.46);
  cairo_curve_to (cr, 0.86, 0.72, 0.69, 0.90, 0.43, 1.0);
  cairo_curve_to (cr, 0.17, 0.90, 0, 0.72, 0, 0.46);
  cairo_line_to (cr, 0, 0.135);
  cairo_curve_to (cr, 0.16, 0.13, 0.31, 0.09, 0.43, 0);
  cairo_close_path (cr);
  cairo_restore (cr);
}

static void
dot (cairo_t * cr, gdouble x, gdouble y, gdouble r)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, r, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
draw_padlock (cairo_t * cr)
{
  rounded_rectangle (cr, 0.25, 0.44, 0.36, 0.28, 0.045);
  cairo_fill (cr);
  cairo_set_line_width (cr, 0.075);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_move_to (cr, 0.315, 0.45);
  cairo_line_to (cr, 0.315, 0.36);
  cairo_arc (cr, 0.43, 0.36, 0.115, G_PI, 0);
  cairo_line_to (cr, 0.545, 0.45);
  cairo_stroke (cr);
}

static void
draw_tick (cairo_t * cr)
{
  cairo_set_line_width (cr, 0.125);
  cairo_move_to (cr, 0.22, 0.50);
  cairo_line_to (cr, 0.375, 0.655);
  cairo_line_to (cr, 0.645, 0.345);
  cairo_stroke (cr);
}

static void
draw_exclamation_mark (cairo_t * cr)
{
  cairo_set_line_width (cr, 0.13);
  cairo_move_to (cr, 0.43, 0.25);
  cairo_line_to (cr, 0.43, 0.51);
  cairo_stroke (cr);
  dot (cr, 0.43, 0.71, 0.08);
}

static void
draw_question_mark (cairo_t * cr)
{
  cairo_set_line_width (cr, 0.105);
  cairo_move_to (cr, 0.305, 0.375);
  cairo_curve_to (cr, 0.32, 0.20, 0.56, 0.21, 0.56, 0.375);
  cairo_curve_to (cr, 0.56, 0.475, 0.43, 0.47, 0.43, 0.58);
  cairo_stroke (cr);
  dot (cr, 0.43, 0.735, 0.066);
}

static void
draw_dots (cairo_t * cr)
{
  dot (cr, 0.235, 0.47, 0.085);
  dot (cr, 0.43, 0.47, 0.085);
  dot (cr, 0.625, 0.47, 0.085);
}

/* The slash stands in a gap of its own, or it would melt into the outline at small sizes. */
static void
draw_slash (cairo_t * cr, guint32 colour)
{
  cairo_move_to (cr, 0.06, 0.06);
  cairo_line_to (cr, 0.80, 0.90);
  set_colour (cr, PLATE);
  cairo_set_line_width (cr, 0.27);
  cairo_stroke_preserve (cr);
  set_colour (cr, colour);
  cairo_set_line_width (cr, 0.11);
  cairo_stroke (cr);
}

static void
draw_shield (cairo_t * cr, GstE2eeState state)
{
  const gdouble line = 0.105;

  set_colour (cr, looks[state].colour);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);

  if (looks[state].filled) {
    shield_path (cr, 0);
    cairo_fill (cr);
    set_colour (cr, PLATE);
  } else {
    const gdouble dashes[] = { 0.165, 0.12 };

    shield_path (cr, line / 2);
    cairo_set_line_width (cr, line);
    if (state == GST_E2EE_STATE_UNKNOWN) {
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
      cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
    }
    cairo_stroke (cr);
    cairo_set_dash (cr, NULL, 0, 0);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  }

  switch (state) {
    case GST_E2EE_STATE_OFF:
      draw_slash (cr, looks[state].colour);
      break;
    case GST_E2EE_STATE_SWITCHING:
      draw_dots (cr);
      break;
    case GST_E2EE_STATE_ON:
      draw_padlock (cr);
      break;
    case GST_E2EE_STATE_VERIFIED:
      draw_tick (cr);
      break;
    case GST_E2EE_STATE_DEGRADED:
      draw_exclamation_mark (cr);
      break;
    case GST_E2EE_STATE_UNKNOWN:
      draw_question_mark (cr);
      break;
  }
}

/* NULL when no font has the glyphs.  A font map of our own: the default one would live as long as
 * the streaming thread. */
static PangoLayout *
create_layout (PangoFontMap * map, const gchar * text, gint height)
{
  PangoContext *context = pango_font_map_create_context (map);
  PangoFontDescription *font = pango_font_description_from_string ("Sans Bold");
  cairo_font_options_t *options = cairo_font_options_create ();
  PangoLayout *layout;

  /* Subpixel colours would be wrong on chroma planes, and on every screen but one. */
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_font_description_set_absolute_size (font, FONT_SIZE * height * PANGO_SCALE);

  layout = pango_layout_new (context);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  if (pango_layout_get_unknown_glyphs_count (layout) > 0)
    g_clear_object (&layout);

  cairo_font_options_destroy (options);
  pango_font_description_free (font);
  g_object_unref (context);
  return layout;
}

static gdouble
layout_width (PangoLayout * layout)
{
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  return (gdouble) logical.width / PANGO_SCALE;
}

/* Of the whole plate, in square pixels. */
static gint
plate_width (PangoLayout * layout, gint height)
{
  if (layout == NULL)
    return MAX (1, (gint) ceil ((2 * PAD_LEFT + ICON_WIDTH) * height));
  return (gint) ceil ((PAD_LEFT + ICON_WIDTH + ICON_GAP + PAD_RIGHT) * height
      + layout_width (layout));
}

static void
draw_badge (cairo_t * cr, GstE2eeState state, PangoLayout * layout, gint width, gint height)
{
  gdouble rim = MAX (1.0, round (height / 32.0));

  rounded_rectangle (cr, 0, 0, width, height, CORNER * height);
  set_colour (cr, WHITE);
  cairo_fill (cr);
  rounded_rectangle (cr, rim, rim, width - 2 * rim, height - 2 * rim, CORNER * height - rim);
  set_colour (cr, PLATE);
  cairo_fill (cr);

  cairo_save (cr);
  cairo_translate (cr, PAD_LEFT * height, (1 - ICON_HEIGHT) / 2 * height);
  cairo_scale (cr, ICON_HEIGHT * height, ICON_HEIGHT * height);
  draw_shield (cr, state);
  cairo_restore (cr);

  if (layout != NULL) {
    /* Centred on the height of capital letters, as the eye does, not on the font's line. */
    gdouble baseline = (gdouble) pango_layout_get_baseline (layout) / PANGO_SCALE;

    set_colour (cr, WHITE);
    cairo_move_to (cr, (PAD_LEFT + ICON_WIDTH + ICON_GAP) * height,
        round (height / 2.0 + 0.365 * FONT_SIZE * height) - baseline);
    pango_cairo_show_layout (cr, layout);
  }
}

E2eeBadge *
e2ee_badge_new (GstE2eeState state, gint height, gdouble stretch_x, gdouble stretch_y,
    gint max_width, gint max_height)
{
  E2eeBadge *badge = g_new0 (E2eeBadge, 1);
  PangoFontMap *map = pango_cairo_font_map_new ();
  PangoLayout *layout = NULL;
  cairo_surface_t *surface;
  cairo_t *cr;
  gint width;

  state = known_state (state);
  height = MAX (1, MIN (height, (gint) (max_height / stretch_y)));
  for (gint with_words = height; with_words >= SMALLEST_HEIGHT_WITH_WORDS;) {
    gdouble needed;

    layout = create_layout (map, e2ee_badge_get_text (state), with_words);
    if (layout == NULL)
      break;
    needed = plate_width (layout, with_words) * stretch_x;
    if (needed <= max_width) {
      height = with_words;
      break;
    }
    g_clear_object (&layout);
    with_words = MIN (with_words - 1, (gint) (with_words * max_width / needed));
  }
  while (height > 1 && plate_width (layout, height) * stretch_x > max_width)
    height--;
  width = plate_width (layout, height);

  badge->width = CLAMP ((gint) lround (width * stretch_x), 1, max_width);
  badge->height = CLAMP ((gint) lround (height * stretch_y), 1, max_height);
  badge->pixels = g_new0 (guint32, (gsize) badge->width * badge->height);

  /* The stride of four-byte pixels is the width: cairo asks for four-byte alignment. */
  surface = cairo_image_surface_create_for_data ((guchar *) badge->pixels, CAIRO_FORMAT_ARGB32,
      badge->width, badge->height, badge->width * 4);
  cr = cairo_create (surface);
  cairo_scale (cr, (gdouble) badge->width / width, (gdouble) badge->height / height);
  draw_badge (cr, state, layout, width, height);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);

  g_clear_object (&layout);
  g_object_unref (map);
  return badge;
}

E2eeBadge *
e2ee_badge_copy (const E2eeBadge * badge)
{
  E2eeBadge *copy = g_new0 (E2eeBadge, 1);

  *copy = *badge;
  copy->pixels = g_memdup2 (badge->pixels, (gsize) badge->width * badge->height * 4);
  return copy;
}

void
e2ee_badge_free (E2eeBadge * badge)
{
  if (badge == NULL)
    return;
  g_free (badge->pixels);
  g_free (badge);
}
