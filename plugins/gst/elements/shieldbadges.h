/* The badges of one shield, drawn when they are first needed and kept for as long as they may be
 * needed again.
 *
 * Not thread-safe: belongs to the streaming thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/blend.h"
#include "elements/shieldsettings.h"
#include "elements/wording.h"

G_BEGIN_DECLS

typedef struct _E2eeShieldBadges E2eeShieldBadges;

E2eeShieldBadges *e2ee_shield_badges_new (void);
void e2ee_shield_badges_free (E2eeShieldBadges * badges);

/* Opens fonts and words, so that the first picture need not wait for them. */
void e2ee_shield_badges_prepare (E2eeShieldBadges * badges, const E2eeShieldSettings * settings);
/* Everything that was drawn is out of date. */
void e2ee_shield_badges_drop (E2eeShieldBadges * badges);
/* Drops what was drawn with other settings; the fonts and the language stay where they can. */
void e2ee_shield_badges_set_settings (E2eeShieldBadges * badges,
    const E2eeShieldSettings * settings);
/* @code (nullable): the meeting's. */
void e2ee_shield_badges_set_code (E2eeShieldBadges * badges, const gchar * code);
const E2eeWording *e2ee_shield_badges_get_wording (E2eeShieldBadges * badges);

/* To be blended into frames of @info, inside of @visible.
 *   @interlaced    chroma rows belong to alternate fields */
E2eeBlend *e2ee_shield_badges_get_blend (E2eeShieldBadges * badges, const E2eeVerdict * verdict,
    const GstVideoInfo * info, const GstVideoRectangle * visible, gboolean interlaced);
/* To be blended into frames of @info: all rows of @strip, with the badge on them.  Its first row
 * must be a multiple of e2ee_blend_get_align_y(). */
E2eeBlend *e2ee_shield_badges_get_strip (E2eeShieldBadges * badges, const E2eeVerdict * verdict,
    const GstVideoInfo * info, const GstVideoRectangle * strip, gboolean interlaced);
/* To be attached to frames that are shown in a window of this size. */
GstVideoOverlayComposition *e2ee_shield_badges_get_composition (E2eeShieldBadges * badges,
    const E2eeVerdict * verdict, gint window_width, gint window_height);

G_END_DECLS
