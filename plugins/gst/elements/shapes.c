/* The six shields (shapes.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/shapes.h"

#define GREY 0x9e9e9e
#define AMBER 0xffb000
#define GREEN 0x4ade80
#define RED 0xff5a4f

static const struct
{
  guint32 colour;
  gboolean filled;
} looks[] = {
  [GST_E2EE_STATE_UNKNOWN] = {GREY, FALSE},
  [GST_E2EE_STATE_OFF] = {GREY, FALSE},
  [GST_E2EE_STATE_SWITCHING] = {AMBER, FALSE},
  [GST_E2EE_STATE_ON] = {GREEN, TRUE},
  [GST_E2EE_STATE_VERIFIED] = {GREEN, TRUE},
  [GST_E2EE_STATE_DEGRADED] = {RED, TRUE},
};

GstE2eeState
e2ee_shape_known_state (GstE2eeState state)
{
  return (guint) state < G_N_ELEMENTS (looks) ? state : GST_E2EE_STATE_UNKNOWN;
}

guint32
e2ee_shape_colour (GstE2eeState state)
{
  return looks[e2ee_shape_known_state (state)].colour;
}

void
e2ee_shape_set_colour (cairo_t * cr, guint32 rgb)
{
  cairo_set_source_rgb (cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
}

void
e2ee_shape_rounded_rectangle (cairo_t * cr, gdouble x, gdouble y, gdouble w, gdouble h, gdouble r)
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
  e2ee_shape_rounded_rectangle (cr, 0.25, 0.44, 0.36, 0.28, 0.045);
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
  e2ee_shape_set_colour (cr, E2EE_SHAPE_PLATE);
  cairo_set_line_width (cr, 0.27);
  cairo_stroke_preserve (cr);
  e2ee_shape_set_colour (cr, colour);
  cairo_set_line_width (cr, 0.11);
  cairo_stroke (cr);
}

void
e2ee_shape_draw (cairo_t * cr, GstE2eeState state)
{
  const gdouble line = 0.105;

  state = e2ee_shape_known_state (state);
  e2ee_shape_set_colour (cr, looks[state].colour);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);

  if (looks[state].filled) {
    shield_path (cr, 0);
    cairo_fill (cr);
    e2ee_shape_set_colour (cr, E2EE_SHAPE_PLATE);
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
