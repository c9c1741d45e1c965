/* Draws the badge with cairo and pango.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Every flat colour is invisible on some video, so that the shield stands on a plate of its own with
 * a white rim: the better of the two edges has a contrast of 4.3 to 1 on anything. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/badge.h"
#include "elements/shapes.h"
#include "elements/wording.h"

#include <math.h>
#include <string.h>
#include <pango/pangocairo.h>

/* Everything is measured in heights of a row. */
#define CORNER 0.26
#define ICON_HEIGHT 0.68
#define ICON_WIDTH (ICON_HEIGHT * E2EE_SHAPE_WIDTH)
#define PAD_LEFT 0.26
#define PAD_RIGHT 0.36
#define ICON_GAP 0.22
#define FONT_SIZE 0.44
#define SMALL_FONT_SIZE 0.38
#define LINE_HEIGHT 0.54        /* of the lines below the headline */
#define TAIL_GAP 0.40           /* between the headline and what stands beside it */
#define CAPITALS 0.365          /* half the height of a capital letter, in font sizes */

/* Below this the words cannot be read, and the shield gets the room. */
#define SMALLEST_HEIGHT_WITH_WORDS 22

#define WHITE 0xffffff

/* A code of twelve groups stands in four lines, and beside a picture in two. */
#define GROUPS_PER_LINE 3
#define GROUPS_PER_WIDE_LINE 6
#define MAX_CODE_LINES 4
#define MAX_LINES (2 + MAX_CODE_LINES)

/* What is given up for room, in this order. */
enum
{
  ALL, NO_CODE, NO_SPEAKER, NO_DETAIL, NO_WORDS
};

struct _E2eeBadgePainter
{
  PangoFontMap *map;            /* of our own: the default one lives as long as its thread */
  PangoContext *context;
};

typedef struct
{
  PangoLayout *headline;        /* NULL: the shield alone */
  PangoLayout *tail;            /* beside it */
  PangoLayout *lines[MAX_LINES];        /* below it */
  guint n_lines;
} Text;

E2eeBadgePainter *
e2ee_badge_painter_new (void)
{
  E2eeBadgePainter *self = g_new0 (E2eeBadgePainter, 1);
  cairo_font_options_t *options = cairo_font_options_create ();

  self->map = pango_cairo_font_map_new ();
  self->context = pango_font_map_create_context (self->map);
  /* Subpixel colours would be wrong on chroma planes, and on every screen but one. */
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (self->context, options);
  cairo_font_options_destroy (options);
  return self;
}

void
e2ee_badge_painter_free (E2eeBadgePainter * self)
{
  if (self == NULL)
    return;
  g_object_unref (self->context);
  g_object_unref (self->map);
  g_free (self);
}

/* NULL when no font has the glyphs. */
static PangoLayout *
create_layout (E2eeBadgePainter * self, const gchar * text, const gchar * font_name, gdouble size)
{
  PangoFontDescription *font = pango_font_description_from_string (font_name);
  PangoLayout *layout = pango_layout_new (self->context);

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  if (pango_layout_get_unknown_glyphs_count (layout) > 0)
    g_clear_object (&layout);
  pango_font_description_free (font);
  return layout;
}

static gdouble
layout_width (PangoLayout * layout)
{
  PangoRectangle logical;

  if (layout == NULL)
    return 0;
  pango_layout_get_extents (layout, NULL, &logical);
  return (gdouble) logical.width / PANGO_SCALE;
}

static void
clip (PangoLayout * layout, gdouble width)
{
  if (layout_width (layout) <= width)
    return;
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, (gint) (MAX (width, 1) * PANGO_SCALE));
}

static void
clear_text (Text * text)
{
  g_clear_object (&text->headline);
  g_clear_object (&text->tail);
  for (guint i = 0; i < text->n_lines; i++)
    g_clear_object (&text->lines[i]);
  text->n_lines = 0;
}

static void
add_line (E2eeBadgePainter * self, Text * text, const gchar * words, gdouble height,
    gdouble max_width)
{
  PangoLayout *layout = NULL;

  if (words != NULL && text->n_lines < MAX_LINES)
    layout = create_layout (self, words, "Sans", SMALL_FONT_SIZE * height);
  if (layout == NULL)
    return;
  clip (layout, max_width);
  text->lines[text->n_lines++] = layout;
}

/* All lines of the code, or none: half of it would be compared and found right. */
static gboolean
add_code (E2eeBadgePainter * self, Text * text, const E2eeBadgeWords * words, gdouble height,
    gdouble max_width)
{
  gchar **groups = g_strsplit (words->code, " ", -1);
  guint n = g_strv_length (groups), per_line = words->wide ? GROUPS_PER_WIDE_LINE : GROUPS_PER_LINE;
  gboolean fits = n <= per_line * MAX_CODE_LINES;

  for (guint i = 0; fits && i < n; i += per_line) {
    GString *line = g_string_new (groups[i]);
    PangoLayout *layout;

    for (guint j = i + 1; j < MIN (n, i + per_line); j++)
      g_string_append_printf (line, " %s", groups[j]);
    layout = create_layout (self, line->str, "Sans", SMALL_FONT_SIZE * height);
    fits = layout != NULL && layout_width (layout) <= max_width && text->n_lines < MAX_LINES;
    if (fits)
      text->lines[text->n_lines++] = g_object_ref (layout);
    g_clear_object (&layout);
    g_string_free (line, TRUE);
  }
  g_strfreev (groups);
  return fits;
}

static gdouble
room_for_words (gdouble width, gdouble height)
{
  return width - (PAD_LEFT + ICON_WIDTH + ICON_GAP + PAD_RIGHT) * height;
}

/* The words of a badge with rows of @height; FALSE when they do not fit into @max_width. */
static gboolean
lay_out (E2eeBadgePainter * self, const E2eeBadgeWords * words, gint left_out, gint height,
    gdouble max_width, Text * text)
{
  gdouble room = room_for_words (max_width, height);
  const gchar *detail = left_out < NO_DETAIL ? words->detail : NULL;
  const gchar *speaker = left_out < NO_SPEAKER ? words->speaker : NULL;
  const gchar *code = left_out < NO_CODE ? words->code : NULL;

  text->headline = create_layout (self, words->headline, "Sans Bold", FONT_SIZE * height);
  if (text->headline == NULL || layout_width (text->headline) > room)
    goto no_room;

  if (words->wide && (detail != NULL || speaker != NULL)) {
    gchar *both = g_strjoin (detail != NULL && speaker != NULL ? " · " : "",
        detail != NULL ? detail : "", speaker != NULL ? speaker : "", NULL);
    gdouble rest = room - layout_width (text->headline) - TAIL_GAP * height;

    text->tail = create_layout (self, both, "Sans", SMALL_FONT_SIZE * height);
    g_free (both);
    if (text->tail != NULL && rest < 2 * height)
      goto no_room;
    if (text->tail != NULL)
      clip (text->tail, rest);
  } else {
    add_line (self, text, detail, height, room);
    add_line (self, text, speaker, height, room);
  }
  if (code == NULL || add_code (self, text, words, height, room))
    return TRUE;

no_room:
  clear_text (text);
  return FALSE;
}

static gdouble
rows_of (guint n_lines)
{
  return n_lines == 0 ? 1 : 1 + n_lines * LINE_HEIGHT + 0.06;
}

gdouble
e2ee_badge_get_rows (const E2eeBadgeWords * words)
{
  guint n_lines = 0;

  if (!words->wide)
    n_lines = (words->detail != NULL) + (words->speaker != NULL);
  if (words->code != NULL)
    n_lines += words->wide ? 2 : MAX_CODE_LINES;
  return rows_of (n_lines);
}

/* Of the whole plate, in square pixels. */
static gint
plate_width (const Text * text, gint height)
{
  gdouble words = layout_width (text->headline);

  if (text->headline == NULL)
    return MAX (1, (gint) ceil ((2 * PAD_LEFT + ICON_WIDTH) * height));
  if (text->tail != NULL)
    words += TAIL_GAP * height + layout_width (text->tail);
  for (guint i = 0; i < text->n_lines; i++)
    words = MAX (words, layout_width (text->lines[i]));
  return (gint) ceil ((PAD_LEFT + ICON_WIDTH + ICON_GAP + PAD_RIGHT) * height + words);
}

/* @from is the edge at which reading begins. */
static void
show_layout (cairo_t * cr, PangoLayout * layout, gdouble from, gboolean rtl, gdouble middle,
    gdouble font_size)
{
  /* Centred on the height of capital letters, as the eye does, not on the font's line. */
  gdouble baseline = (gdouble) pango_layout_get_baseline (layout) / PANGO_SCALE;
  PangoRectangle logical;
  gdouble x;

  pango_layout_get_extents (layout, NULL, &logical);
  x = rtl ? from - (gdouble) logical.width / PANGO_SCALE : from;
  cairo_move_to (cr, x - (gdouble) logical.x / PANGO_SCALE,
      round (middle + CAPITALS * font_size) - baseline);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_plate (cairo_t * cr, gint width, gint height, gint row, gdouble alpha)
{
  gdouble rim = MAX (1.0, round (row / 32.0));
  gdouble corner = CORNER * row;

  e2ee_shape_rounded_rectangle (cr, 0, 0, width, height, corner);
  e2ee_shape_set_colour (cr, WHITE);
  cairo_fill (cr);
  e2ee_shape_rounded_rectangle (cr, rim, rim, width - 2 * rim, height - 2 * rim, corner - rim);
  e2ee_shape_set_colour (cr, E2EE_SHAPE_PLATE);
  cairo_fill (cr);
  if (alpha >= 1 || width <= 4 * rim || height <= 4 * rim)
    return;

  /* The rim keeps a dark line of its own, or its contrast would depend on the video. */
  e2ee_shape_rounded_rectangle (cr, 2 * rim, 2 * rim, width - 4 * rim, height - 4 * rim,
      MAX (0, corner - 2 * rim));
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_set_source_rgba (cr, (E2EE_SHAPE_PLATE >> 16) / 255.0,
      (E2EE_SHAPE_PLATE >> 8 & 0xff) / 255.0, (E2EE_SHAPE_PLATE & 0xff) / 255.0,
      MAX (alpha, E2EE_BADGE_MIN_ALPHA));
  cairo_fill (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
}

static void
draw_badge (cairo_t * cr, const E2eeBadgeWords * words, const Text * text, gint width, gint height,
    gint row)
{
  gdouble inset = (PAD_LEFT + ICON_WIDTH + ICON_GAP) * row;
  gdouble from = words->rtl ? width - inset : inset, middle = row / 2.0;

  draw_plate (cr, width, height, row, words->alpha);

  cairo_save (cr);
  cairo_translate (cr, words->rtl ? width - (PAD_LEFT + ICON_WIDTH) * row : PAD_LEFT * row,
      (1 - ICON_HEIGHT) / 2 * row);
  cairo_scale (cr, ICON_HEIGHT * row, ICON_HEIGHT * row);
  e2ee_shape_draw (cr, words->state);
  cairo_restore (cr);

  if (text->headline == NULL)
    return;
  e2ee_shape_set_colour (cr, WHITE);
  show_layout (cr, text->headline, from, words->rtl, middle, FONT_SIZE * row);
  if (text->tail != NULL) {
    gdouble gap = layout_width (text->headline) + TAIL_GAP * row;

    show_layout (cr, text->tail, words->rtl ? from - gap : from + gap, words->rtl, middle,
        FONT_SIZE * row);
  }
  for (guint i = 0; i < text->n_lines; i++)
    show_layout (cr, text->lines[i], from, words->rtl, (0.93 + (i + 0.5) * LINE_HEIGHT) * row,
        SMALL_FONT_SIZE * row);
}

E2eeBadge *
e2ee_badge_painter_draw (E2eeBadgePainter * self, const E2eeBadgeWords * words, gint height,
    gdouble stretch_x, gdouble stretch_y, gint max_width, gint max_height)
{
  E2eeBadge *badge = g_new0 (E2eeBadge, 1);
  gdouble room_x = max_width / stretch_x, room_y = max_height / stretch_y;
  gint row = MAX (1, MIN (height, (gint) room_y));
  Text text = { NULL, };
  cairo_surface_t *surface;
  cairo_t *cr;
  gint width, total;

  for (gint left_out = ALL; left_out < NO_WORDS && text.headline == NULL; left_out++)
    for (gint size = row; size >= SMALLEST_HEIGHT_WITH_WORDS; size = MIN (size - 1, size * 15 / 16)) {
      if (lay_out (self, words, left_out, size, room_x, &text)) {
        if (rows_of (text.n_lines) * size <= room_y) {
          row = size;
          break;
        }
        clear_text (&text);
      }
    }
  while (row > 1 && plate_width (&text, row) > room_x)
    row--;
  width = plate_width (&text, row);
  total = MAX (1, (gint) lround (rows_of (text.n_lines) * row));

  badge->width = CLAMP ((gint) lround (width * stretch_x), 1, max_width);
  badge->height = CLAMP ((gint) lround (total * stretch_y), 1, max_height);
  badge->pixels = g_new0 (guint32, (gsize) badge->width * badge->height);

  /* The stride of four-byte pixels is the width: cairo asks for four-byte alignment. */
  surface = cairo_image_surface_create_for_data ((guchar *) badge->pixels, CAIRO_FORMAT_ARGB32,
      badge->width, badge->height, badge->width * 4);
  cr = cairo_create (surface);
  cairo_scale (cr, (gdouble) badge->width / width, (gdouble) badge->height / total);
  draw_badge (cr, words, &text, width, total, row);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  clear_text (&text);
  return badge;
}

E2eeBadge *
e2ee_badge_new (GstE2eeState state, gint height, gdouble stretch_x, gdouble stretch_y,
    gint max_width, gint max_height)
{
  E2eeBadgePainter *painter = e2ee_badge_painter_new ();
  E2eeWording *english = e2ee_wording_new ("en");
  E2eeBadgeWords words = {.state = state,.headline = e2ee_wording_get_state (english, state),
    .alpha = 1
  };
  E2eeBadge *badge = e2ee_badge_painter_draw (painter, &words, height, stretch_x, stretch_y,
      max_width, max_height);

  e2ee_wording_free (english);
  e2ee_badge_painter_free (painter);
  return badge;
}

E2eeBadge *
e2ee_badge_copy (const E2eeBadge * badge)
{
  E2eeBadge *copy = g_new (E2eeBadge, 1);

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
