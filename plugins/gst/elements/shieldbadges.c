/* Keeping what was drawn (shieldbadges.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/shieldbadges.h"
#include "elements/badge.h"
#include "elements/shapes.h"

#include <math.h>
#include <string.h>

GST_DEBUG_CATEGORY_EXTERN (shield_overlay_debug);
#define GST_CAT_DEFAULT shield_overlay_debug

/* All states of a meeting, and some reasons and speakers; of more, the oldest is drawn again. */
#define MAX_KEPT 24

typedef struct
{
  GstE2eeState state;
  E2eeReason reason;
  gchar *name;
  gchar *speaker;
  gboolean interlaced;
  E2eeBlend *blend;             /* one of the two */
  GstVideoOverlayComposition *composition;
} Kept;

struct _E2eeShieldBadges
{
  E2eeShieldSettings settings;
  E2eeBadgePainter *painter;
  E2eeWording *wording;
  gchar *code;

  GstVideoRectangle visible;    /* what all that is kept was placed in */
  gboolean is_strip;
  Kept kept[MAX_KEPT];
  guint n_kept;
  guint next;                   /* to be thrown away */
  guint last;                   /* asked for */
};

static void
kept_clear (Kept * kept)
{
  g_free (kept->name);
  g_free (kept->speaker);
  e2ee_blend_free (kept->blend);
  if (kept->composition != NULL)
    gst_video_overlay_composition_unref (kept->composition);
  memset (kept, 0, sizeof (*kept));
}

E2eeShieldBadges *
e2ee_shield_badges_new (void)
{
  E2eeShieldBadges *self = g_new0 (E2eeShieldBadges, 1);

  e2ee_shield_settings_init (&self->settings);
  return self;
}

void
e2ee_shield_badges_free (E2eeShieldBadges * self)
{
  e2ee_shield_badges_drop (self);
  e2ee_shield_settings_clear (&self->settings);
  e2ee_badge_painter_free (self->painter);
  e2ee_wording_free (self->wording);
  g_free (self->code);
  g_free (self);
}

void
e2ee_shield_badges_drop (E2eeShieldBadges * self)
{
  for (guint i = 0; i < self->n_kept; i++)
    kept_clear (&self->kept[i]);
  self->n_kept = self->next = self->last = 0;
}

void
e2ee_shield_badges_set_settings (E2eeShieldBadges * self, const E2eeShieldSettings * settings)
{
  gboolean same_language = g_strcmp0 (self->settings.language, settings->language) == 0;

  if (!e2ee_shield_settings_take (&self->settings, settings))
    return;
  e2ee_shield_badges_drop (self);
  if (!same_language)
    g_clear_pointer (&self->wording, e2ee_wording_free);
}

void
e2ee_shield_badges_set_code (E2eeShieldBadges * self, const gchar * code)
{
  if (g_strcmp0 (self->code, code) == 0)
    return;
  g_free (self->code);
  self->code = g_strdup (code);
  if (self->settings.show_code)
    e2ee_shield_badges_drop (self);
}

const E2eeWording *
e2ee_shield_badges_get_wording (E2eeShieldBadges * self)
{
  if (self->wording == NULL)
    self->wording = e2ee_wording_new (self->settings.language);
  return self->wording;
}

/* -- Places -- */

static gdouble
get_stretch_x (const GstVideoInfo * info)
{
  return CLAMP ((gdouble) GST_VIDEO_INFO_PAR_D (info) / MAX (1, GST_VIDEO_INFO_PAR_N (info)), 0.25,
      4);
}

static gdouble
get_stretch_y (const GstVideoInfo * info)
{
  return GST_VIDEO_INFO_INTERLACE_MODE (info) == GST_VIDEO_INTERLACE_MODE_ALTERNATE ? 0.5 : 1;
}

/* A place for @size within @room behind @start, on a multiple of @align where one is inside.
 * @alignment: 0 in front, 1 in the middle, 2 at the end. */
static gint
place (gint alignment, gint start, gint room, gint pad, gint size, gint align)
{
  gint at = start;

  if (alignment == 0)
    at += pad;
  else if (alignment == 1)
    at += (room - size) / 2;
  else
    at += room - size - pad;

  at = CLAMP (at, start, start + room - size);
  at -= at % align;
  if (at < start && at + align + size <= start + room)
    at += align;
  return at;
}

static gint
place_x (E2eeShieldBadges * self)
{
  switch (self->settings.halign) {
    case GST_SHIELD_OVERLAY_HALIGN_LEFT:
      return 0;
    case GST_SHIELD_OVERLAY_HALIGN_CENTER:
      return 1;
    case GST_SHIELD_OVERLAY_HALIGN_RIGHT:
      return 2;
    default:
      return e2ee_wording_is_rtl (e2ee_shield_badges_get_wording (self)) ? 2 : 0;
  }
}

static gint
place_y (E2eeShieldBadges * self)
{
  return self->settings.valign == GST_SHIELD_OVERLAY_VALIGN_TOP ? 0
      : self->settings.valign == GST_SHIELD_OVERLAY_VALIGN_CENTER ? 1 : 2;
}

/* -- Drawing -- */

static E2eeBadge *
draw (E2eeShieldBadges * self, const E2eeVerdict * verdict, gboolean wide, gint row,
    gdouble stretch_x, gdouble stretch_y, gint max_width, gint max_height)
{
  const E2eeWording *wording = e2ee_shield_badges_get_wording (self);
  gchar *reason = e2ee_wording_dup_reason (wording, verdict);
  gchar *speaker = self->settings.show_name ? e2ee_wording_dup_speaker (wording, verdict) : NULL;
  E2eeBadgeWords words = {
    .state = verdict->state,
    .headline = e2ee_wording_get_state (wording, verdict->state),
    .detail = reason,
    .speaker = speaker,
    .code = self->settings.show_code ? self->code : NULL,
    .rtl = e2ee_wording_is_rtl (wording),
    .wide = wide,
    .alpha = wide ? 1 : self->settings.alpha
  };
  E2eeBadge *badge;

  if (self->painter == NULL)
    self->painter = e2ee_badge_painter_new ();
  badge = e2ee_badge_painter_draw (self->painter, &words, row, stretch_x, stretch_y, max_width,
      max_height);
  GST_DEBUG ("%s: %dx%d", gst_e2ee_state_get_nick (verdict->state), badge->width, badge->height);
  g_free (reason);
  g_free (speaker);
  return badge;
}

/* The badge for @visible, a part of a picture whose pixels are @stretch_x and @stretch_y of a
 * square one, and where it stands. */
static E2eeBadge *
draw_placed (E2eeShieldBadges * self, const E2eeVerdict * verdict,
    const GstVideoRectangle * visible, gdouble stretch_x, gdouble stretch_y, gint align_x,
    gint align_y, gint * x, gint * y)
{
  const E2eeShieldSettings *settings = &self->settings;
  gint row = e2ee_shield_settings_get_row_height (settings, visible->h / stretch_y);
  gint margin = row / 3;
  gint xpad = settings->xpad >= 0 ? settings->xpad : lround (margin * stretch_x);
  gint ypad = settings->ypad >= 0 ? settings->ypad : lround (margin * stretch_y);
  gint auto_pad = MIN (lround (margin * stretch_x), visible->w / 16);
  E2eeBadge *badge;

  badge = draw (self, verdict, FALSE, row, stretch_x, stretch_y,
      MAX (1, visible->w - 2 * auto_pad), visible->h);
  *x = place (place_x (self), visible->x, visible->w, xpad, badge->width, align_x);
  *y = place (place_y (self), visible->y, visible->h, ypad, badge->height, align_y);
  return badge;
}

/* One premultiplied pixel over an opaque one. */
static guint32
over (guint32 above, guint32 below)
{
  guint rest = 255 - (above >> 24);
  guint32 result = 0;

  for (guint shift = 0; shift < 32; shift += 8) {
    guint sum = (above >> shift & 0xff) + ((below >> shift & 0xff) * rest + 127) / 255;

    result |= (guint32) MIN (sum, 255) << shift;
  }
  return result;
}

/* All pixels of @strip: plate and badge. */
static E2eeBadge *
draw_strip (E2eeShieldBadges * self, const E2eeVerdict * verdict, const GstVideoInfo * info,
    const GstVideoRectangle * strip)
{
  const E2eeShieldSettings *settings = &self->settings;
  gdouble stretch_x = get_stretch_x (info), stretch_y = get_stretch_y (info);
  gint picture = GST_VIDEO_INFO_FIELD_HEIGHT (info) - strip->h;
  gint row = e2ee_shield_settings_get_row_height (settings, picture / stretch_y);
  gint margin = lround (e2ee_shield_settings_get_strip_margin (row) * stretch_y);
  gint xpad = settings->xpad >= 0 ? settings->xpad : lround (row / 3 * stretch_x);
  gint auto_pad = MIN (lround (row / 3 * stretch_x), strip->w / 16);
  E2eeBadge *badge = draw (self, verdict, TRUE, row, stretch_x, stretch_y,
      MAX (1, strip->w - 2 * auto_pad), MAX (1, strip->h - 2 * margin));
  E2eeBadge *whole = g_new0 (E2eeBadge, 1);
  gint x = place (place_x (self), 0, strip->w, xpad, badge->width, 1);
  gint y = (strip->h - badge->height) / 2;

  whole->width = strip->w;
  whole->height = strip->h;
  whole->pixels = g_new (guint32, (gsize) strip->w * strip->h);
  for (gsize i = 0; i < (gsize) strip->w * strip->h; i++)
    whole->pixels[i] = 0xff000000 | E2EE_SHAPE_PLATE;
  for (gint r = 0; r < badge->height; r++)
    for (gint c = 0; c < badge->width; c++) {
      guint32 *pixel = &whole->pixels[(gsize) (y + r) * strip->w + x + c];

      *pixel = over (badge->pixels[(gsize) r * badge->width + c], *pixel);
    }
  e2ee_badge_free (badge);
  return whole;
}

void
e2ee_shield_badges_prepare (E2eeShieldBadges * self, const E2eeShieldSettings * settings)
{
  const E2eeVerdict verdict = { GST_E2EE_STATE_UNKNOWN, E2EE_REASON_STALE, "0", NULL };

  e2ee_shield_badges_set_settings (self, settings);
  e2ee_badge_free (draw (self, &verdict, FALSE, 64, 1, 1, 1920, 1080));
}

/* -- Keeping -- */

static gboolean
is_for (const Kept * kept, const E2eeShieldBadges * self, const E2eeVerdict * verdict,
    gboolean interlaced)
{
  return kept->state == verdict->state && kept->reason == verdict->reason
      && kept->interlaced == interlaced && g_strcmp0 (kept->name, verdict->name) == 0
      && (!self->settings.show_name || g_strcmp0 (kept->speaker, verdict->speaker) == 0);
}

static Kept *
find (E2eeShieldBadges * self, const E2eeVerdict * verdict, const GstVideoRectangle * visible,
    gboolean is_strip, gboolean interlaced)
{
  Kept *kept;

  if (is_strip != self->is_strip || memcmp (visible, &self->visible, sizeof (*visible)) != 0) {
    e2ee_shield_badges_drop (self);
    self->visible = *visible;
    self->is_strip = is_strip;
  }
  if (self->n_kept > 0 && is_for (&self->kept[self->last], self, verdict, interlaced))
    return &self->kept[self->last];
  for (guint i = 0; i < self->n_kept; i++)
    if (is_for (&self->kept[i], self, verdict, interlaced)) {
      self->last = i;
      return &self->kept[i];
    }

  self->last = self->next;
  self->next = (self->next + 1) % MAX_KEPT;
  self->n_kept = MIN (self->n_kept + 1, MAX_KEPT);
  kept = &self->kept[self->last];
  kept_clear (kept);
  kept->state = verdict->state;
  kept->reason = verdict->reason;
  kept->name = g_strdup (verdict->name);
  kept->speaker = g_strdup (verdict->speaker);
  kept->interlaced = interlaced;
  return kept;
}

E2eeBlend *
e2ee_shield_badges_get_blend (E2eeShieldBadges * self, const E2eeVerdict * verdict,
    const GstVideoInfo * info, const GstVideoRectangle * visible, gboolean interlaced)
{
  Kept *kept = find (self, verdict, visible, FALSE, interlaced);

  if (kept->blend == NULL) {
    gint x, y;
    E2eeBadge *badge = draw_placed (self, verdict, visible, get_stretch_x (info),
        get_stretch_y (info), e2ee_blend_get_align_x (info), e2ee_blend_get_align_y (info), &x, &y);

    kept->blend = e2ee_blend_new (info, interlaced, badge, x, y);
    e2ee_badge_free (badge);
  }
  return kept->blend;
}

E2eeBlend *
e2ee_shield_badges_get_strip (E2eeShieldBadges * self, const E2eeVerdict * verdict,
    const GstVideoInfo * info, const GstVideoRectangle * strip, gboolean interlaced)
{
  Kept *kept = find (self, verdict, strip, TRUE, interlaced);

  if (kept->blend == NULL) {
    E2eeBadge *badge = draw_strip (self, verdict, info, strip);

    kept->blend = e2ee_blend_new (info, interlaced, badge, strip->x, strip->y);
    e2ee_badge_free (badge);
  }
  return kept->blend;
}

GstVideoOverlayComposition *
e2ee_shield_badges_get_composition (E2eeShieldBadges * self, const E2eeVerdict * verdict,
    gint window_width, gint window_height)
{
  const GstVideoRectangle window = { 0, 0, window_width, window_height };
  Kept *kept = find (self, verdict, &window, FALSE, FALSE);

  if (kept->composition == NULL) {
    gint x, y;
    E2eeBadge *badge = draw_placed (self, verdict, &window, 1, 1, 1, 1, &x, &y);

    kept->composition = e2ee_blend_create_composition (badge, x, y);
    e2ee_badge_free (badge);
  }
  return kept->composition;
}
