/* The badge: a dark plate with a shield and words, one picture for each state.
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

/* The state in a few words of the user's language.  Static. */
const gchar *e2ee_badge_get_text (GstE2eeState state);

/* Draws the badge of @state, opaque but for its rounded corners.
 *
 *   @height        of the plate in square pixels; made smaller where the badge would
 *                  not fit otherwise
 *   @stretch_x     pixels of the picture for each square pixel, across: below 1 for wide pixels
 *   @stretch_y     the same down: 0.5 for one field of an interlaced picture
 *   @max_width, @max_height  of the result, in pixels of the picture, at least 1; words are left
 *                  out before the shield would become too small to tell
 *
 * Never NULL: without a font for the words the shield alone is drawn.  Takes milliseconds. */
E2eeBadge *e2ee_badge_new (GstE2eeState state, gint height, gdouble stretch_x, gdouble stretch_y,
    gint max_width, gint max_height);
E2eeBadge *e2ee_badge_copy (const E2eeBadge * badge);
void e2ee_badge_free (E2eeBadge * badge);

G_END_DECLS
