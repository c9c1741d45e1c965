/* The properties of e2eepolicy (policysettings.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/policysettings.h"

#define DEFAULT_FEATURE GST_E2EE_POLICY_FEATURE_RECORDING
#define DEFAULT_WHEN_BLOCKED GST_E2EE_POLICY_DROP
#define DEFAULT_FLUSH GST_E2EE_POLICY_FLUSH_AUTO
#define DEFAULT_AUDIT GST_E2EE_AUDIT_OFF
#define DEFAULT_SOURCE GST_E2EE_POLICY_SOURCE_REMOTE
#define DEFAULT_FLOOR GST_E2EE_FLOOR_ALLOW

enum
{
  PROP_0,
  PROP_FEATURE,
  PROP_WHEN_BLOCKED,
  PROP_FLUSH_ON_CLOSE,
  PROP_E2EE,
  PROP_MEETING,
  PROP_SOURCE,
  PROP_TRANSPORT,
  PROP_TRANSPORT_NAME,
  PROP_AUDIT
};

void
e2ee_policy_settings_init (E2eePolicySettings * settings)
{
  settings->rules.feature = DEFAULT_FEATURE;
  settings->rules.when_blocked = DEFAULT_WHEN_BLOCKED;
  settings->rules.flush = DEFAULT_FLUSH;
  settings->rules.source = DEFAULT_SOURCE;
  settings->rules.floor = DEFAULT_FLOOR;
  settings->rules.audit = DEFAULT_AUDIT;
  settings->transport = NULL;
  settings->transport_name = NULL;
  settings->meeting = NULL;
  settings->context = NULL;
}

void
e2ee_policy_settings_clear (E2eePolicySettings * settings)
{
  gst_clear_object (&settings->transport);
  g_clear_pointer (&settings->transport_name, g_free);
  g_clear_pointer (&settings->meeting, g_free);
  g_clear_object (&settings->context);
}

gboolean
e2ee_policy_settings_set (E2eePolicySettings * settings, guint id, const GValue * value,
    GstElement ** old)
{
  *old = NULL;
  switch (id) {
    case PROP_FEATURE:
      settings->rules.feature = g_value_get_enum (value);
      return TRUE;
    case PROP_WHEN_BLOCKED:
      settings->rules.when_blocked = g_value_get_enum (value);
      return TRUE;
    case PROP_FLUSH_ON_CLOSE:
      settings->rules.flush = g_value_get_enum (value);
      return TRUE;
    case PROP_E2EE:
      settings->rules.floor = g_value_get_enum (value);
      return TRUE;
    case PROP_MEETING:
      g_free (settings->meeting);
      settings->meeting = g_value_dup_string (value);
      return TRUE;
    case PROP_SOURCE:
      settings->rules.source = g_value_get_enum (value);
      return TRUE;
    case PROP_AUDIT:
      settings->rules.audit = g_value_get_enum (value);
      return TRUE;
    case PROP_TRANSPORT:
      *old = settings->transport;
      settings->transport = g_value_dup_object (value);
      return TRUE;
    case PROP_TRANSPORT_NAME:
      g_free (settings->transport_name);
      settings->transport_name = g_value_dup_string (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
e2ee_policy_settings_get (const E2eePolicySettings * settings, guint id, GValue * value)
{
  switch (id) {
    case PROP_FEATURE:
      g_value_set_enum (value, settings->rules.feature);
      return TRUE;
    case PROP_WHEN_BLOCKED:
      g_value_set_enum (value, settings->rules.when_blocked);
      return TRUE;
    case PROP_FLUSH_ON_CLOSE:
      g_value_set_enum (value, settings->rules.flush);
      return TRUE;
    case PROP_E2EE:
      g_value_set_enum (value, settings->rules.floor);
      return TRUE;
    case PROP_MEETING:
      g_value_set_string (value, settings->meeting);
      return TRUE;
    case PROP_SOURCE:
      g_value_set_enum (value, settings->rules.source);
      return TRUE;
    case PROP_AUDIT:
      g_value_set_enum (value, settings->rules.audit);
      return TRUE;
    case PROP_TRANSPORT:
      g_value_set_object (value, settings->transport);
      return TRUE;
    case PROP_TRANSPORT_NAME:
      g_value_set_string (value, settings->transport_name);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
e2ee_policy_settings_find_meeting (const E2eePolicySettings * settings, GstE2eeMeeting ** meeting)
{
  if (settings->meeting != NULL)
    *meeting = gst_e2ee_meeting_find (settings->meeting);
  else
    *meeting = settings->context != NULL ? g_object_ref (settings->context) : NULL;
  return *meeting != NULL || settings->meeting == NULL;
}

gboolean
e2ee_policy_rules_flush (const E2eePolicyRules * rules)
{
  switch (rules->flush) {
    case GST_E2EE_POLICY_FLUSH_ALWAYS:
      return TRUE;
    case GST_E2EE_POLICY_FLUSH_NEVER:
      return FALSE;
    case GST_E2EE_POLICY_FLUSH_AUTO:
      break;
  }
  /* These gather speech for seconds before they use it.  A flush would break a muxer. */
  return rules->feature == GST_E2EE_POLICY_FEATURE_TRANSCRIPTION
      || rules->feature == GST_E2EE_POLICY_FEATURE_CAPTIONS
      || rules->feature == GST_E2EE_POLICY_FEATURE_NOTES;
}

void
e2ee_policy_settings_install (GObjectClass * klass)
{
  /**
   * GstE2eePolicy:feature:
   *
   * What the branch behind the gate does.  Named in every message, so that an application or a
   * log can tell which output was closed.  Every feature but `media` is open for `off` only, unless
   * a meeting's feature table allows it while encryption is on.  Read when the element starts.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_FEATURE,
      g_param_spec_enum ("feature", "Feature",
          "What the branch behind the gate does", GST_TYPE_E2EE_POLICY_FEATURE, DEFAULT_FEATURE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstE2eePolicy:when-blocked:
   *
   * What leaves the gate while it is closed.  `drop` suits a branch behind a tee; `gap` a branch
   * that is muxed with others or played, since it keeps their clocks going; `blank` says in the
   * picture why there is none; `eos` finishes a file, and needs somebody who begins the next.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_WHEN_BLOCKED,
      g_param_spec_enum ("when-blocked", "When blocked",
          "What leaves the gate while it is closed", GST_TYPE_E2EE_POLICY_WHEN_BLOCKED,
          DEFAULT_WHEN_BLOCKED,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstE2eePolicy:flush-on-close:
   *
   * Whether a gate that closes flushes the branch behind it, so that nothing is used any more that
   * passed before and waits in queues, or in the window of a recogniser.  What passed was public;
   * a muxer does not survive a flush.  Not with `when-blocked=eos`.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_FLUSH_ON_CLOSE,
      g_param_spec_enum ("flush-on-close", "Flush on close",
          "Whether a gate that closes flushes the branch behind it", GST_TYPE_E2EE_POLICY_FLUSH,
          DEFAULT_FLUSH, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstE2eePolicy:e2ee:
   *
   * What this participant insists on, whatever a host says: with `require` nothing passes that was
   * not end-to-end encrypted, with `forbid` nothing that was.  It only ever takes away.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_E2EE,
      g_param_spec_enum ("e2ee", "End-to-end encryption",
          "What this participant insists on", GST_TYPE_E2EE_FLOOR, DEFAULT_FLOOR,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstE2eePolicy:meeting:
   *
   * The name of a #GstE2eeMeeting of this process, as for e2eedec; without one the #GstContext
   * `gst.e2ee.meeting` counts.  The meeting's feature table decides whether `on` and `verified`
   * pass, and every change is a line of its log.  Read when the element starts, which fails when
   * there is none of that name.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MEETING,
      g_param_spec_string ("meeting", "Meeting", "The name of a meeting of this process", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  /**
   * GstE2eePolicy:source:
   *
   * Where the media comes from.  Remote media carries its status.  This participant's own camera
   * and microphone carry none: with `capture` the meeting's state at the running time of each buffer
   * counts, and without a meeting nothing passes.  A buffer that carries a status all the same is
   * judged by the weaker of the two.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SOURCE,
      g_param_spec_enum ("source", "Source", "Where the media comes from",
          GST_TYPE_E2EE_POLICY_SOURCE, DEFAULT_SOURCE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  /**
   * GstE2eePolicy:transport:
   *
   * A webrtcbin to watch: the gate is closed unless DTLS is connected, the peer's certificate is
   * that of a=fingerprint, and both descriptions agree on a=sframe (gst_e2ee_transport_check()).
   * Read when the element starts; every change is an element message `e2ee-transport`.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TRANSPORT,
      g_param_spec_object ("transport", "Transport",
          "A webrtcbin whose transport must be what its descriptions say", GST_TYPE_ELEMENT,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  /**
   * GstE2eePolicy:transport-name:
   *
   * The webrtcbin to watch by its name in this pipeline, for gst-launch; `transport` goes before
   * it.  The element does not start when there is none of that name.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TRANSPORT_NAME,
      g_param_spec_string ("transport-name", "Transport name",
          "The name of the webrtcbin to watch", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  /**
   * GstE2eePolicy:audit:
   *
   * Whether to look for sinks of this pipeline that decrypted media can reach without passing a
   * gate (gst_e2ee_policy_audit()): at the first buffer, when elements are added or linked, and once
   * a second.  `warn` says so; `error` posts an error and lets nothing through any more.
   * e2eedec has the same property, for pipelines in which the gate was forgotten.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_AUDIT,
      g_param_spec_enum ("audit", "Audit",
          "What happens when decrypted media can reach a sink without passing a gate",
          GST_TYPE_E2EE_AUDIT, DEFAULT_AUDIT,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}
