/* The badge: a dark plate with a shield and words.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/status.h>

G_BEGIN_DECLS

/* Premultiplied native-endian ARGB words, rows without padding. */
typedef struct
{
  gint width;
  gint height;
  guint32 *pixels;
} E2eeBadge;

/* What stands on it.  Everything but the shield may be left out where there is no room or no font;
 * the last goes first, and the code goes as a whole. */
typedef struct
{
  GstE2eeState state;
  const gchar *headline;        /* never clipped */
  const gchar *detail;          /* nullable; why */
  const gchar *speaker;         /* nullable */
  const gchar *code;            /* nullable; groups of digits with a space between them */
  gboolean rtl;                 /* the shield stands on the right */
  gboolean wide;                /* detail and speaker beside the headline, not below it */
  gdouble alpha;                /* of the plate inside of its rim; E2EE_BADGE_MIN_ALPHA to 1 */
} E2eeBadgeWords;

/* Below it a white video would take the contrast of 4.3 to 1 from the red shield. */
#define E2EE_BADGE_MIN_ALPHA 0.9

/* Rows of a badge with such words, in units of a row with the headline alone. */
gdouble e2ee_badge_get_rows (const E2eeBadgeWords * words);

/* Fonts, opened once.  Not thread-safe. */
typedef struct _E2eeBadgePainter E2eeBadgePainter;

E2eeBadgePainter *e2ee_badge_painter_new (void);
/* NULL is allowed. */
void e2ee_badge_painter_free (E2eeBadgePainter * painter);

/* Draws a badge, opaque but for its rounded corners and @alpha.
 *
 *   @height        of a row in square pixels; made smaller where the badge would not fit otherwise
 *   @stretch_x     pixels of the picture for each square pixel, across: below 1 for wide pixels
 *   @stretch_y     the same down: 0.5 for one field of an interlaced picture
 *   @max_width, @max_height  of the result, in pixels of the picture, at least 1; words are left
 *                  out before the shield would become too small to tell
 *
 * Never NULL: without a font for the words the shield alone is drawn. */
E2eeBadge *e2ee_badge_painter_draw (E2eeBadgePainter * painter, const E2eeBadgeWords * words,
    gint height, gdouble stretch_x, gdouble stretch_y, gint max_width, gint max_height);

/* The same of @state alone, in English, with fonts of its own. */
E2eeBadge *e2ee_badge_new (GstE2eeState state, gint height, gdouble stretch_x, gdouble stretch_y,
    gint max_width, gint max_height);
E2eeBadge *e2ee_badge_copy (const E2eeBadge * badge);
/* NULL is allowed. */
void e2ee_badge_free (E2eeBadge * badge);

G_END_DECLS
