/* Which media a gate lets through: a table, and the words for what it says.
 *
 * Pure: looks at its arguments and at nothing else.
 *
 *   state          `allow`            `require`          `forbid`
 *                  allowed  not       allowed  not       allowed  not
 *   off            pass     pass      floor    floor     pass     pass
 *   on             pass     on        pass     on        floor    on
 *   verified       pass     verified  pass     verified  floor    verified
 *   all others     closed, whatever else holds
 *
 * "Allowed" is said of the branch while encryption is on: by the meeting's feature table, or
 * because the branch is the meeting itself (`media`).  The floor only ever takes away.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/policyenums.h"

#include <gst/e2ee/status.h>

G_BEGIN_DECLS

/* Why a buffer passes or does not; one counter and one word for each. */
typedef enum
{
  E2EE_CAUSE_PASS_OFF,
  E2EE_CAUSE_PASS_ON,
  E2EE_CAUSE_PASS_VERIFIED,
  E2EE_CAUSE_ON,
  E2EE_CAUSE_VERIFIED,
  E2EE_CAUSE_SWITCHING,
  E2EE_CAUSE_DEGRADED,
  E2EE_CAUSE_UNKNOWN,
  E2EE_CAUSE_FLOOR,             /* this participant insists on something else */
  E2EE_CAUSE_TRANSPORT,         /* the watched transport is not what it must be */
  E2EE_CAUSE_TOGETHER,          /* another gate of the meeting is closed */
  E2EE_CAUSE_WAITING_KEYFRAME,
  E2EE_CAUSE_AUDIT,             /* a branch without a gate was found, and must not be */
  E2EE_N_CAUSES
} E2eeCause;

static inline gboolean
e2ee_cause_passes (E2eeCause cause)
{
  return cause <= E2EE_CAUSE_PASS_VERIFIED;
}

/* Static. */
const gchar *e2ee_cause_get_reason (E2eeCause cause);
const gchar *e2ee_cause_get_counter (E2eeCause cause);

/* @allowed: whether the branch stays open while encryption is on. */
E2eeCause e2ee_gate_rule (GstE2eeFloor floor, gboolean allowed, GstE2eeState state);

/* What a feature table says of @feature: never for guests and telephones, always for the meeting
 * itself. */
gboolean e2ee_gate_rule_allows (GstE2eePolicyFeature feature, GstE2eeFeatures table);

G_END_DECLS
