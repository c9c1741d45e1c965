/* What is set on a gate: the properties that are written, what they hold, and what they mean.
 *
 * Not thread-safe: the element guards it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/auditor.h"
#include "elements/policyenums.h"

#include <gst/e2ee/meeting.h>

G_BEGIN_DECLS

/* What a buffer is judged by; copied at its start. */
typedef struct
{
  GstE2eePolicyFeature feature;
  GstE2eePolicyWhenBlocked when_blocked;
  GstE2eePolicyFlush flush;
  GstE2eePolicySource source;
  GstE2eeFloor floor;
  GstE2eeAudit audit;
} E2eePolicyRules;

typedef struct
{
  E2eePolicyRules rules;
  GstElement *transport;        /* a webrtcbin, by its object or by its name */
  gchar *transport_name;
  gchar *meeting;               /* its name in this process */
  GstE2eeMeeting *context;      /* the one that a GstContext brought */
} E2eePolicySettings;

/* Of the element's own properties the first is this one. */
#define E2EE_POLICY_FIRST_OTHER_PROP 100

void e2ee_policy_settings_install (GObjectClass * klass);
void e2ee_policy_settings_init (E2eePolicySettings * settings);
void e2ee_policy_settings_clear (E2eePolicySettings * settings);

/* FALSE: @id is not one of these.  @old (out): what was there before, to be unreferenced when no
 * lock is held; NULL for most. */
gboolean e2ee_policy_settings_set (E2eePolicySettings * settings, guint id, const GValue * value,
    GstElement ** old);
gboolean e2ee_policy_settings_get (const E2eePolicySettings * settings, guint id, GValue * value);

/* The meeting that is meant: (transfer full), NULL when there is none; FALSE when one is named that is
 * not in this process. */
gboolean e2ee_policy_settings_find_meeting (const E2eePolicySettings * settings,
    GstE2eeMeeting ** meeting);

/* Whether a gate that closes flushes its branch. */
gboolean e2ee_policy_rules_flush (const E2eePolicyRules * rules);

G_END_DECLS
