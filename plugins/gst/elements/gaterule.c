/* The rule of the gate (gaterule.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/gaterule.h"

/* Who has no device of the meeting cannot be a member of its group, whatever a table says. */
#define NEVER (GST_E2EE_FEATURES_GUEST | GST_E2EE_FEATURES_PSTN | GST_E2EE_FEATURES_SIP_H323)

static const struct
{
  const gchar *reason;
  const gchar *counter;
} causes[E2EE_N_CAUSES] = {
  [E2EE_CAUSE_PASS_OFF] = {"off", "passed-off"},
  [E2EE_CAUSE_PASS_ON] = {"on", "passed-on"},
  [E2EE_CAUSE_PASS_VERIFIED] = {"verified", "passed-verified"},
  [E2EE_CAUSE_ON] = {"on", "dropped-on"},
  [E2EE_CAUSE_VERIFIED] = {"verified", "dropped-verified"},
  [E2EE_CAUSE_SWITCHING] = {"switching", "dropped-switching"},
  [E2EE_CAUSE_DEGRADED] = {"degraded", "dropped-degraded"},
  [E2EE_CAUSE_UNKNOWN] = {"unknown", "dropped-unknown"},
  [E2EE_CAUSE_FLOOR] = {"floor", "dropped-floor"},
  [E2EE_CAUSE_TRANSPORT] = {"transport", "dropped-transport"},
  [E2EE_CAUSE_TOGETHER] = {"together", "dropped-together"},
  [E2EE_CAUSE_WAITING_KEYFRAME] = {"waiting-keyframe", "dropped-waiting-keyframe"},
  [E2EE_CAUSE_AUDIT] = {"audit", "dropped-audit"},
};

const gchar *
e2ee_cause_get_reason (E2eeCause cause)
{
  return causes[cause].reason;
}

const gchar *
e2ee_cause_get_counter (E2eeCause cause)
{
  return causes[cause].counter;
}

E2eeCause
e2ee_gate_rule (GstE2eeFloor floor, gboolean allowed, GstE2eeState state)
{
  switch (state) {
    case GST_E2EE_STATE_OFF:
      return floor == GST_E2EE_FLOOR_REQUIRE ? E2EE_CAUSE_FLOOR : E2EE_CAUSE_PASS_OFF;
    case GST_E2EE_STATE_ON:
      if (!allowed)
        return E2EE_CAUSE_ON;
      return floor == GST_E2EE_FLOOR_FORBID ? E2EE_CAUSE_FLOOR : E2EE_CAUSE_PASS_ON;
    case GST_E2EE_STATE_VERIFIED:
      if (!allowed)
        return E2EE_CAUSE_VERIFIED;
      return floor == GST_E2EE_FLOOR_FORBID ? E2EE_CAUSE_FLOOR : E2EE_CAUSE_PASS_VERIFIED;
    case GST_E2EE_STATE_SWITCHING:
      return E2EE_CAUSE_SWITCHING;
    case GST_E2EE_STATE_DEGRADED:
      return E2EE_CAUSE_DEGRADED;
    case GST_E2EE_STATE_UNKNOWN:
    default:
      return E2EE_CAUSE_UNKNOWN;
  }
}

gboolean
e2ee_gate_rule_allows (GstE2eePolicyFeature feature, GstE2eeFeatures table)
{
  if (feature == GST_E2EE_POLICY_FEATURE_MEDIA)
    return TRUE;
  return (table & ~NEVER & (1u << feature)) != 0;
}
