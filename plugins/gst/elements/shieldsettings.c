/* The properties of shieldoverlay (shieldsettings.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/shieldsettings.h"
#include "elements/badge.h"

#include <math.h>

#define DEFAULT_PLACEMENT GST_SHIELD_OVERLAY_PLACEMENT_OVERLAY
#define DEFAULT_HALIGNMENT GST_SHIELD_OVERLAY_HALIGN_START
#define DEFAULT_VALIGNMENT GST_SHIELD_OVERLAY_VALIGN_BOTTOM
#define DEFAULT_XPAD (-1)
#define DEFAULT_YPAD (-1)
#define DEFAULT_RELATIVE_HEIGHT 0.05
#define DEFAULT_ALPHA 1.0
#define DEFAULT_SHOW_CODE FALSE
#define DEFAULT_SHOW_NAME FALSE
#define DEFAULT_TIMEOUT (2 * GST_SECOND)

/* The bounds are what keeps the badge from being hidden by a setting: always legible, never out
 * of date for long. */
#define MIN_RELATIVE_HEIGHT 0.04
#define MAX_RELATIVE_HEIGHT 0.25
#define MIN_HEIGHT 28
#define MIN_TIMEOUT (100 * GST_MSECOND)
#define MAX_TIMEOUT (10 * GST_SECOND)

static GType
register_enum (gsize * type, const gchar * name, const GEnumValue * values)
{
  if (g_once_init_enter (type))
    g_once_init_leave (type, g_enum_register_static (name, values));
  return *type;
}

GType
gst_shield_overlay_halign_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_SHIELD_OVERLAY_HALIGN_START, "Where reading begins", "start"},
    {GST_SHIELD_OVERLAY_HALIGN_LEFT, "Left", "left"},
    {GST_SHIELD_OVERLAY_HALIGN_CENTER, "Centre", "center"},
    {GST_SHIELD_OVERLAY_HALIGN_RIGHT, "Right", "right"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  return register_enum (&type, "GstShieldOverlayHAlign", values);
}

GType
gst_shield_overlay_valign_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_SHIELD_OVERLAY_VALIGN_TOP, "Top", "top"},
    {GST_SHIELD_OVERLAY_VALIGN_CENTER, "Centre", "center"},
    {GST_SHIELD_OVERLAY_VALIGN_BOTTOM, "Bottom", "bottom"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  return register_enum (&type, "GstShieldOverlayVAlign", values);
}

GType
gst_shield_overlay_placement_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_SHIELD_OVERLAY_PLACEMENT_OVERLAY, "On the picture", "overlay"},
    {GST_SHIELD_OVERLAY_PLACEMENT_BORDER, "On a strip outside of the picture", "border"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  return register_enum (&type, "GstShieldOverlayPlacement", values);
}

void
e2ee_shield_settings_init (E2eeShieldSettings * settings)
{
  *settings = (E2eeShieldSettings) {
    .placement = DEFAULT_PLACEMENT,
    .halign = DEFAULT_HALIGNMENT,
    .valign = DEFAULT_VALIGNMENT,
    .xpad = DEFAULT_XPAD,
    .ypad = DEFAULT_YPAD,
    .relative_height = DEFAULT_RELATIVE_HEIGHT,
    .alpha = DEFAULT_ALPHA,
    .show_code = DEFAULT_SHOW_CODE,
    .show_name = DEFAULT_SHOW_NAME,
    .timeout = DEFAULT_TIMEOUT
  };
}

void
e2ee_shield_settings_clear (E2eeShieldSettings * settings)
{
  g_clear_pointer (&settings->language, g_free);
  g_clear_pointer (&settings->meeting, g_free);
}

gboolean
e2ee_shield_settings_take (E2eeShieldSettings * to, const E2eeShieldSettings * from)
{
  if (to->serial == from->serial)
    return FALSE;
  e2ee_shield_settings_clear (to);
  *to = *from;
  to->language = g_strdup (from->language);
  to->meeting = g_strdup (from->meeting);
  return TRUE;
}

gint
e2ee_shield_settings_get_row_height (const E2eeShieldSettings * settings, gdouble picture_height)
{
  return MAX (MIN_HEIGHT, (gint) lround (settings->relative_height * picture_height));
}

gint
e2ee_shield_settings_get_strip_margin (gint row)
{
  return row / 8;
}

gint
e2ee_shield_settings_get_strip_height (const E2eeShieldSettings * settings, gint height)
{
  E2eeBadgeWords words = {.code = settings->show_code ? "" : NULL,.wide = TRUE };
  gint row = e2ee_shield_settings_get_row_height (settings, height);
  gint strip = ceil (e2ee_badge_get_rows (&words) * row)
      + 2 * e2ee_shield_settings_get_strip_margin (row);

  return GST_ROUND_UP_4 (strip);
}

void
e2ee_shield_settings_create_properties (GParamSpec ** properties)
{
  const GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  const GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_PLAYING;
  const GParamFlags live = playing | GST_PARAM_CONTROLLABLE;

  /**
   * GstShieldOverlay:placement:
   *
   * Whether the badge stands on the picture, or on a strip that makes the picture higher and that no
   * stream can paint on.  The strip is at the top when #GstShieldOverlay:valignment says so, else at
   * the bottom.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_PLACEMENT] = g_param_spec_enum ("placement", "Placement",
      "Whether the badge stands on the picture or on a strip outside of it",
      GST_TYPE_SHIELD_OVERLAY_PLACEMENT, DEFAULT_PLACEMENT, playing);
  /**
   * GstShieldOverlay:halignment:
   *
   * Where the badge stands, across; by default where reading begins in its language.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_HALIGNMENT] = g_param_spec_enum ("halignment", "Horizontal alignment",
      "Where the badge stands, across",
      GST_TYPE_SHIELD_OVERLAY_HALIGN, DEFAULT_HALIGNMENT, live);
  /**
   * GstShieldOverlay:valignment:
   *
   * Where the badge stands, up and down.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_VALIGNMENT] = g_param_spec_enum ("valignment", "Vertical alignment",
      "Where the badge stands, up and down",
      GST_TYPE_SHIELD_OVERLAY_VALIGN, DEFAULT_VALIGNMENT, live);
  /**
   * GstShieldOverlay:xpad:
   *
   * Distance to the left or right edge in pixels; -1 for a third of the height of a row.  The badge
   * always stays wholly inside of the picture.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_XPAD] = g_param_spec_int ("xpad", "Horizontal padding",
      "Distance to the left or right edge in pixels, -1 for a third of the badge's height",
      -1, G_MAXINT16, DEFAULT_XPAD, live);
  /**
   * GstShieldOverlay:ypad:
   *
   * Distance to the top or bottom edge in pixels; -1 for a third of the height of a row.  The badge
   * always stays wholly inside of the picture.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_YPAD] = g_param_spec_int ("ypad", "Vertical padding",
      "Distance to the top or bottom edge in pixels, -1 for a third of the badge's height",
      -1, G_MAXINT16, DEFAULT_YPAD, live);
  /**
   * GstShieldOverlay:relative-height:
   *
   * Height of a row of the badge as a fraction of the picture's, never less than 28 pixels where the
   * picture has room for them.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_RELATIVE_HEIGHT] = g_param_spec_double ("relative-height", "Relative height",
      "Height of a row of the badge as a fraction of the picture's (never less than 28 pixels)",
      MIN_RELATIVE_HEIGHT, MAX_RELATIVE_HEIGHT, DEFAULT_RELATIVE_HEIGHT, live);
  /**
   * GstShieldOverlay:alpha:
   *
   * How opaque the plate is inside of its rim.  Shield, words and rim always are; the floor keeps
   * their contrast on every video.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_ALPHA] = g_param_spec_double ("alpha", "Alpha",
      "How opaque the plate is inside of its rim; shield and words always are",
      E2EE_BADGE_MIN_ALPHA, 1.0, DEFAULT_ALPHA, live);
  /**
   * GstShieldOverlay:show-code:
   *
   * Show the meeting's security code, 60 digits in groups of five, for people to compare.  It needs
   * a meeting, and is left out where not all of it has room.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_SHOW_CODE] = g_param_spec_boolean ("show-code", "Show code",
      "Show the meeting's security code of 60 digits below the words",
      DEFAULT_SHOW_CODE, live);
  /**
   * GstShieldOverlay:show-name:
   *
   * Show whose picture this is, as the keys tell it, made safe to show.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_SHOW_NAME] = g_param_spec_boolean ("show-name", "Show name",
      "Show whose picture this is, made safe to show",
      DEFAULT_SHOW_NAME, live);
  /**
   * GstShieldOverlay:language:
   *
   * Language of the words on the badge and in messages, such as "ar" or "pt_BR"; %NULL for that of
   * the environment.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_LANGUAGE] = g_param_spec_string ("language", "Language",
      "Language of the words, such as ar or pt_BR; by default that of the environment",
      NULL, playing);
  /**
   * GstShieldOverlay:timeout:
   *
   * How long a status stays true that is not said again, in nanoseconds: of running time for the
   * `e2ee-status` event, of the clock for a stream that falls silent.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_TIMEOUT] = g_param_spec_uint64 ("timeout", "Timeout",
      "Time after which a status that is not said again is unknown, in nanoseconds",
      MIN_TIMEOUT, MAX_TIMEOUT, DEFAULT_TIMEOUT, playing);
  /**
   * GstShieldOverlay:meeting:
   *
   * Name of a #GstE2eeMeeting in this process.  What it knows of everybody counts too: the badge shows
   * the weakest of the picture and the meeting.  Without a name the meeting comes as #GstContext
   * %GST_E2EE_MEETING_CONTEXT, if there is one.
   *
   * Since: 0.1
   */
  properties[E2EE_SHIELD_PROP_MEETING] = g_param_spec_string ("meeting", "Meeting",
      "Name of the meeting in this process whose state counts too",
      NULL, ready);
}

gboolean
e2ee_shield_settings_set (E2eeShieldSettings * settings, guint id, const GValue * value)
{
  switch (id) {
    case E2EE_SHIELD_PROP_PLACEMENT:
      settings->placement = g_value_get_enum (value);
      break;
    case E2EE_SHIELD_PROP_HALIGNMENT:
      settings->halign = g_value_get_enum (value);
      break;
    case E2EE_SHIELD_PROP_VALIGNMENT:
      settings->valign = g_value_get_enum (value);
      break;
    case E2EE_SHIELD_PROP_XPAD:
      settings->xpad = g_value_get_int (value);
      break;
    case E2EE_SHIELD_PROP_YPAD:
      settings->ypad = g_value_get_int (value);
      break;
    case E2EE_SHIELD_PROP_RELATIVE_HEIGHT:
      settings->relative_height = g_value_get_double (value);
      break;
    case E2EE_SHIELD_PROP_ALPHA:
      settings->alpha = g_value_get_double (value);
      break;
    case E2EE_SHIELD_PROP_SHOW_CODE:
      settings->show_code = g_value_get_boolean (value);
      break;
    case E2EE_SHIELD_PROP_SHOW_NAME:
      settings->show_name = g_value_get_boolean (value);
      break;
    case E2EE_SHIELD_PROP_LANGUAGE:
      g_free (settings->language);
      settings->language = g_value_dup_string (value);
      break;
    case E2EE_SHIELD_PROP_TIMEOUT:
      settings->timeout = g_value_get_uint64 (value);
      break;
    case E2EE_SHIELD_PROP_MEETING:
      g_free (settings->meeting);
      settings->meeting = g_value_dup_string (value);
      break;
    default:
      return FALSE;
  }
  settings->serial++;
  return TRUE;
}

gboolean
e2ee_shield_settings_get (const E2eeShieldSettings * settings, guint id, GValue * value)
{
  switch (id) {
    case E2EE_SHIELD_PROP_PLACEMENT:
      g_value_set_enum (value, settings->placement);
      break;
    case E2EE_SHIELD_PROP_HALIGNMENT:
      g_value_set_enum (value, settings->halign);
      break;
    case E2EE_SHIELD_PROP_VALIGNMENT:
      g_value_set_enum (value, settings->valign);
      break;
    case E2EE_SHIELD_PROP_XPAD:
      g_value_set_int (value, settings->xpad);
      break;
    case E2EE_SHIELD_PROP_YPAD:
      g_value_set_int (value, settings->ypad);
      break;
    case E2EE_SHIELD_PROP_RELATIVE_HEIGHT:
      g_value_set_double (value, settings->relative_height);
      break;
    case E2EE_SHIELD_PROP_ALPHA:
      g_value_set_double (value, settings->alpha);
      break;
    case E2EE_SHIELD_PROP_SHOW_CODE:
      g_value_set_boolean (value, settings->show_code);
      break;
    case E2EE_SHIELD_PROP_SHOW_NAME:
      g_value_set_boolean (value, settings->show_name);
      break;
    case E2EE_SHIELD_PROP_LANGUAGE:
      g_value_set_string (value, settings->language);
      break;
    case E2EE_SHIELD_PROP_TIMEOUT:
      g_value_set_uint64 (value, settings->timeout);
      break;
    case E2EE_SHIELD_PROP_MEETING:
      g_value_set_string (value, settings->meeting);
      break;
    default:
      return FALSE;
  }
  return TRUE;
}
