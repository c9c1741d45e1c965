/* What an application may choose about a shield, and nothing that hides one.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstShieldOverlayHAlign:
 *
 * Where the badge stands, across.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_SHIELD_OVERLAY_HALIGN_START,
  GST_SHIELD_OVERLAY_HALIGN_LEFT,
  GST_SHIELD_OVERLAY_HALIGN_CENTER,
  GST_SHIELD_OVERLAY_HALIGN_RIGHT
} GstShieldOverlayHAlign;

/**
 * GstShieldOverlayVAlign:
 *
 * Where the badge stands, up and down.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_SHIELD_OVERLAY_VALIGN_TOP,
  GST_SHIELD_OVERLAY_VALIGN_CENTER,
  GST_SHIELD_OVERLAY_VALIGN_BOTTOM
} GstShieldOverlayVAlign;

/**
 * GstShieldOverlayPlacement:
 *
 * Whether the badge covers a part of the picture or stands outside of it.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_SHIELD_OVERLAY_PLACEMENT_OVERLAY,
  GST_SHIELD_OVERLAY_PLACEMENT_BORDER
} GstShieldOverlayPlacement;

#define GST_TYPE_SHIELD_OVERLAY_HALIGN (gst_shield_overlay_halign_get_type ())
GType gst_shield_overlay_halign_get_type (void);
#define GST_TYPE_SHIELD_OVERLAY_VALIGN (gst_shield_overlay_valign_get_type ())
GType gst_shield_overlay_valign_get_type (void);
#define GST_TYPE_SHIELD_OVERLAY_PLACEMENT (gst_shield_overlay_placement_get_type ())
GType gst_shield_overlay_placement_get_type (void);

enum
{
  E2EE_SHIELD_PROP_0,
  E2EE_SHIELD_PROP_PLACEMENT,
  E2EE_SHIELD_PROP_HALIGNMENT,
  E2EE_SHIELD_PROP_VALIGNMENT,
  E2EE_SHIELD_PROP_XPAD,
  E2EE_SHIELD_PROP_YPAD,
  E2EE_SHIELD_PROP_RELATIVE_HEIGHT,
  E2EE_SHIELD_PROP_ALPHA,
  E2EE_SHIELD_PROP_SHOW_CODE,
  E2EE_SHIELD_PROP_SHOW_NAME,
  E2EE_SHIELD_PROP_LANGUAGE,
  E2EE_SHIELD_PROP_TIMEOUT,
  E2EE_SHIELD_PROP_MEETING,
  E2EE_SHIELD_N_SETTINGS
};

typedef struct
{
  GstShieldOverlayPlacement placement;
  GstShieldOverlayHAlign halign;
  GstShieldOverlayVAlign valign;
  gint xpad;
  gint ypad;
  gdouble relative_height;
  gdouble alpha;
  gboolean show_code;
  gboolean show_name;
  gchar *language;
  GstClockTime timeout;
  gchar *meeting;

  guint serial;                 /* another one after every change of what is drawn */
} E2eeShieldSettings;

/* As the properties' defaults. */
void e2ee_shield_settings_init (E2eeShieldSettings * settings);
void e2ee_shield_settings_clear (E2eeShieldSettings * settings);
/* @to becomes what @from is; nothing is done, and FALSE returned, when it is already. */
gboolean e2ee_shield_settings_take (E2eeShieldSettings * to, const E2eeShieldSettings * from);

/* The properties from E2EE_SHIELD_PROP_PLACEMENT on. */
void e2ee_shield_settings_create_properties (GParamSpec ** properties);
/* FALSE for the id of another property. */
gboolean e2ee_shield_settings_set (E2eeShieldSettings * settings, guint id, const GValue * value);
gboolean e2ee_shield_settings_get (const E2eeShieldSettings * settings, guint id, GValue * value);

/* Of one row of the badge, in square pixels, for a picture of @picture_height. */
gint e2ee_shield_settings_get_row_height (const E2eeShieldSettings * settings,
    gdouble picture_height);
/* Rows of the strip for a picture of @height: a multiple of four, so that fields and chroma rows keep
 * their places, and enough for the longest words that can come, since a strip that grew and shrank
 * would change the caps. */
gint e2ee_shield_settings_get_strip_height (const E2eeShieldSettings * settings, gint height);
/* Above and below a badge with rows of @row. */
gint e2ee_shield_settings_get_strip_margin (gint row);

G_END_DECLS
