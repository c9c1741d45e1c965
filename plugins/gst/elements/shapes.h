/* The shields themselves, in vectors: one shape and one colour for each state.
 *
 * No state is told by colour alone: green and amber have a contrast of 1.08 to 1 for eyes without
 * green cones.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <cairo.h>
#include <gst/e2ee/status.h>

G_BEGIN_DECLS

/* What every shield stands on. */
#define E2EE_SHAPE_PLATE 0x101418
/* Width of a shield that is 1 high. */
#define E2EE_SHAPE_WIDTH 0.86

/* @state, or unknown for a number that is none. */
GstE2eeState e2ee_shape_known_state (GstE2eeState state);
/* 0xRRGGBB */
guint32 e2ee_shape_colour (GstE2eeState state);

/* Draws the shield in a box from (0, 0) to (E2EE_SHAPE_WIDTH, 1), with nothing behind it. */
void e2ee_shape_draw (cairo_t * cr, GstE2eeState state);

void e2ee_shape_set_colour (cairo_t * cr, guint32 rgb);
void e2ee_shape_rounded_rectangle (cairo_t * cr, gdouble x, gdouble y, gdouble w, gdouble h,
    gdouble r);

G_END_DECLS
