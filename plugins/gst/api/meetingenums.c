/* The enumerations of meetings and their policy, and the words for what went wrong.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/api-private.h"

#include <gst/e2ee/meeting.h>

#include "api/meetingerror.h"

#define ENTRY(value, nick) { value, #value, nick }

static const GEnumValue features[] = {
  ENTRY (GST_E2EE_FEATURE_RECORDING, "recording"),
  ENTRY (GST_E2EE_FEATURE_TRANSCRIPTION, "transcription"),
  ENTRY (GST_E2EE_FEATURE_CAPTIONS, "captions"),
  ENTRY (GST_E2EE_FEATURE_STREAMING, "streaming"),
  ENTRY (GST_E2EE_FEATURE_BREAKOUT, "breakout"),
  ENTRY (GST_E2EE_FEATURE_NOTES, "notes"),
  ENTRY (GST_E2EE_FEATURE_WHITEBOARD, "whiteboard"),
  ENTRY (GST_E2EE_FEATURE_PSTN, "pstn"),
  ENTRY (GST_E2EE_FEATURE_SIP_H323, "sip-h323"),
  ENTRY (GST_E2EE_FEATURE_GUEST, "guest"),
  ENTRY (GST_E2EE_FEATURE_SCREENSHARE, "screenshare"),
  ENTRY (GST_E2EE_FEATURE_CHAT, "chat"),
  {0, NULL, NULL}
};

static const GFlagsValue feature_sets[] = {
  ENTRY (GST_E2EE_FEATURES_NONE, "none"),
  ENTRY (GST_E2EE_FEATURES_RECORDING, "recording"),
  ENTRY (GST_E2EE_FEATURES_TRANSCRIPTION, "transcription"),
  ENTRY (GST_E2EE_FEATURES_CAPTIONS, "captions"),
  ENTRY (GST_E2EE_FEATURES_STREAMING, "streaming"),
  ENTRY (GST_E2EE_FEATURES_BREAKOUT, "breakout"),
  ENTRY (GST_E2EE_FEATURES_NOTES, "notes"),
  ENTRY (GST_E2EE_FEATURES_WHITEBOARD, "whiteboard"),
  ENTRY (GST_E2EE_FEATURES_PSTN, "pstn"),
  ENTRY (GST_E2EE_FEATURES_SIP_H323, "sip-h323"),
  ENTRY (GST_E2EE_FEATURES_GUEST, "guest"),
  ENTRY (GST_E2EE_FEATURES_SCREENSHARE, "screenshare"),
  ENTRY (GST_E2EE_FEATURES_CHAT, "chat"),
  {0, NULL, NULL}
};

static const GEnumValue floors[] = {
  ENTRY (GST_E2EE_FLOOR_ALLOW, "allow"),
  ENTRY (GST_E2EE_FLOOR_REQUIRE, "require"),
  ENTRY (GST_E2EE_FLOOR_FORBID, "forbid"),
  {0, NULL, NULL}
};

static const GEnumValue phases[] = {
  ENTRY (GST_E2EE_MEETING_PHASE_IDLE, "idle"),
  ENTRY (GST_E2EE_MEETING_PHASE_JOINING, "joining"),
  ENTRY (GST_E2EE_MEETING_PHASE_MEMBER, "member"),
  ENTRY (GST_E2EE_MEETING_PHASE_REJOINING, "rejoining"),
  {0, NULL, NULL}
};

static const GEnumValue tiers[] = {
  ENTRY (GST_E2EE_TIER_GUEST, "guest"),
  ENTRY (GST_E2EE_TIER_FREE, "free"),
  ENTRY (GST_E2EE_TIER_PAID, "paid"),
  {0, NULL, NULL}
};

static const GEnumValue stream_kinds[] = {
  ENTRY (GST_E2EE_STREAM_KIND_MICROPHONE, "microphone"),
  ENTRY (GST_E2EE_STREAM_KIND_CAMERA, "camera"),
  ENTRY (GST_E2EE_STREAM_KIND_SCREEN, "screen"),
  ENTRY (GST_E2EE_STREAM_KIND_SCREEN_AUDIO, "screen-audio"),
  ENTRY (GST_E2EE_STREAM_KIND_PSTN, "pstn"),
  ENTRY (GST_E2EE_STREAM_KIND_SIP_H323, "sip-h323"),
  ENTRY (GST_E2EE_STREAM_KIND_DATA, "data"),
  {0, NULL, NULL}
};

/* A result that the core has and the public list has not stops the build here: give it a number in
 * include/gst/e2ee/meeting.h. */
#define ERROR_ENTRY(value, code, text) \
  { GST_E2EE_MEETING_ERROR_##value, "GST_E2EE_MEETING_ERROR_" #value, code },

static const GEnumValue errors[] = {
  ENTRY (GST_E2EE_MEETING_ERROR_FAILED, "failed"),
  E2EE_MEETING_RESULTS (ERROR_ENTRY)
  ENTRY (GST_E2EE_MEETING_ERROR_NAME_TAKEN, "name-taken"),
  ENTRY (GST_E2EE_MEETING_ERROR_TOO_MANY_STREAMS, "too-many-streams"),
  {0, NULL, NULL}
};

#define DEFINE_TYPE(kind, Kind, name, values) \
  GType \
  gst_e2ee_##name##_get_type (void) \
  { \
    static gsize type = 0; \
    if (g_once_init_enter (&type)) \
      g_once_init_leave (&type, g_##kind##_register_static ("GstE2ee" #Kind, values)); \
    return type; \
  }

DEFINE_TYPE (enum, Feature, feature, features)
DEFINE_TYPE (flags, Features, features, feature_sets)
DEFINE_TYPE (enum, Floor, floor, floors)
DEFINE_TYPE (enum, MeetingPhase, meeting_phase, phases)
DEFINE_TYPE (enum, Tier, tier, tiers)
DEFINE_TYPE (enum, StreamKind, stream_kind, stream_kinds)
DEFINE_TYPE (enum, MeetingError, meeting_error, errors)

/**
 * gst_e2ee_feature_get_nick:
 * @feature: a #GstE2eeFeature
 *
 * Returns: (transfer none) (nullable): the word for it, such as "sip-h323"; %NULL for a number that
 * is no feature; static
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_feature_get_nick (GstE2eeFeature feature)
{
  return (guint) feature < G_N_ELEMENTS (features) - 1 ? features[feature].value_nick : NULL;
}

/**
 * gst_e2ee_meeting_error_quark:
 *
 * Returns: the domain of #GstE2eeMeetingError
 *
 * Since: 0.1
 */
G_DEFINE_QUARK (gst-e2ee-meeting-error-quark, gst_e2ee_meeting_error)

/**
 * gst_e2ee_meeting_error_get_code:
 * @error: a #GstE2eeMeetingError
 *
 * The word for it in signals, in the log and in docs/meeting-protocol.md.  Unlike the sentence it does
 * not change and is in no language.
 *
 * Returns: (transfer none): a static string such as "not-host"; "failed" for a number that is none
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_meeting_error_get_code (GstE2eeMeetingError error)
{
  for (gsize i = 0; errors[i].value_nick; i++)
    if (errors[i].value == (gint) error)
      return errors[i].value_nick;
  return "failed";
}

/**
 * gst_e2ee_meeting_error_get_text:
 * @error: a #GstE2eeMeetingError
 *
 * Returns: (transfer none): one sentence for a person, in English and without a full stop; static
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_meeting_error_get_text (GstE2eeMeetingError error)
{
  switch (error) {
#define TEXT_CASE(value, code, text) case GST_E2EE_MEETING_ERROR_##value: return text;
      E2EE_MEETING_RESULTS (TEXT_CASE)
    case GST_E2EE_MEETING_ERROR_NAME_TAKEN:
      return "a meeting of this name is there already";
    case GST_E2EE_MEETING_ERROR_TOO_MANY_STREAMS:
      return "one participant cannot send more streams";
    default:
      return "something failed";
  }
}

GstE2eeMeetingError
gst_e2ee_meeting_error_from_core (e2ee_meeting_result result)
{
  switch (result) {
#define FROM_CORE(value, code, text) \
    case E2EE_MEETING_ERR_##value: return GST_E2EE_MEETING_ERROR_##value;
      E2EE_MEETING_RESULTS (FROM_CORE)
    default:
      return GST_E2EE_MEETING_ERROR_FAILED;
  }
}

void
gst_e2ee_meeting_set_error (GError ** error, GstE2eeMeetingError code, const gchar * who)
{
  const gchar *text = gst_e2ee_meeting_error_get_text (code);

  if (who && *who)
    g_set_error (error, GST_E2EE_MEETING_ERROR, code, "%s: %s", who, text);
  else
    g_set_error_literal (error, GST_E2EE_MEETING_ERROR, code, text);
}

gboolean
gst_e2ee_meeting_check (e2ee_meeting_result result, const gchar * who, GError ** error)
{
  if (result == E2EE_MEETING_OK)
    return TRUE;
  gst_e2ee_meeting_set_error (error, gst_e2ee_meeting_error_from_core (result), who);
  return FALSE;
}
