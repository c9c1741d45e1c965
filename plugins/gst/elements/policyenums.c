/* The types of e2eepolicy's enumerations.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/policyenums.h"

GType
gst_e2ee_policy_feature_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_E2EE_POLICY_FEATURE_RECORDING, "Recording to a file", "recording"},
    {GST_E2EE_POLICY_FEATURE_TRANSCRIPTION, "Speech to text that is kept", "transcription"},
    {GST_E2EE_POLICY_FEATURE_CAPTIONS, "Live captions", "captions"},
    {GST_E2EE_POLICY_FEATURE_STREAMING, "Streaming to an audience", "streaming"},
    {GST_E2EE_POLICY_FEATURE_BREAKOUT, "Breakout rooms", "breakout"},
    {GST_E2EE_POLICY_FEATURE_NOTES, "Shared notes", "notes"},
    {GST_E2EE_POLICY_FEATURE_WHITEBOARD, "Whiteboard", "whiteboard"},
    {GST_E2EE_POLICY_FEATURE_PSTN, "Participants by telephone", "pstn"},
    {GST_E2EE_POLICY_FEATURE_SIP_H323, "SIP and H.323 devices", "sip-h323"},
    {GST_E2EE_POLICY_FEATURE_GUEST, "Participants without an account", "guest"},
    {GST_E2EE_POLICY_FEATURE_SCREENSHARE, "Screen sharing", "screenshare"},
    {GST_E2EE_POLICY_FEATURE_CHAT, "Chat", "chat"},
    {GST_E2EE_POLICY_FEATURE_MEDIA, "The meeting itself, sent or shown", "media"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eePolicyFeature", values));
  return type;
}

const gchar *
gst_e2ee_policy_feature_get_nick (GstE2eePolicyFeature feature)
{
  GEnumClass *class = g_type_class_ref (GST_TYPE_E2EE_POLICY_FEATURE);
  const gchar *nick = g_enum_get_value (class, feature)->value_nick;

  g_type_class_unref (class);
  return nick;
}

GType
gst_e2ee_policy_when_blocked_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_E2EE_POLICY_DROP, "Nothing flows", "drop"},
    {GST_E2EE_POLICY_GAP, "A gap event in place of every buffer", "gap"},
    {GST_E2EE_POLICY_BLANK, "A dark picture or silence in place of every raw buffer", "blank"},
    {GST_E2EE_POLICY_EOS, "The stream ends, and begins anew when the gate opens", "eos"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eePolicyWhenBlocked", values));
  return type;
}

GType
gst_e2ee_policy_source_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_E2EE_POLICY_SOURCE_REMOTE, "Media that carries its status", "remote"},
    {GST_E2EE_POLICY_SOURCE_CAPTURE, "This participant's own camera or microphone", "capture"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eePolicySource", values));
  return type;
}

GType
gst_e2ee_policy_flush_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_E2EE_POLICY_FLUSH_AUTO, "For transcription, captions and notes", "auto"},
    {GST_E2EE_POLICY_FLUSH_NEVER, "What passed may be used", "never"},
    {GST_E2EE_POLICY_FLUSH_ALWAYS, "Nothing that is still in the branch may be used", "always"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eePolicyFlush", values));
  return type;
}
