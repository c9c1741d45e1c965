/* Runs the audit (gst/e2ee/audit.h) of the pipeline that an element is in, again when it has changed.
 *
 * In the streaming thread of that element, before a buffer leaves it: at the first one, after an
 * element was added or a pad of it was linked, and once a second.  So no buffer of this element enters
 * a new branch before the branch has been looked at.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstE2eeAudit:
 * @GST_E2EE_AUDIT_OFF: no audit
 * @GST_E2EE_AUDIT_WARN: a warning for every sink without a gate
 * @GST_E2EE_AUDIT_ERROR: an error, and no more media
 *
 * What happens when decrypted media can reach a sink without passing a gate.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_AUDIT_OFF,
  GST_E2EE_AUDIT_WARN,
  GST_E2EE_AUDIT_ERROR
} GstE2eeAudit;

#define GST_TYPE_E2EE_AUDIT (gst_e2ee_audit_get_type ())
GType gst_e2ee_audit_get_type (void);

typedef struct _E2eeAuditor E2eeAuditor;

/* @owner posts the messages: `e2ee-audit` with `ungated` and `klasses` (string arrays) at every change,
 * and a warning or an error that names the sinks. */
E2eeAuditor *e2ee_auditor_new (GstElement * owner);
/* NULL is allowed. */
void e2ee_auditor_free (E2eeAuditor * self);

/* Whether a buffer may go. */
gboolean e2ee_auditor_look (E2eeAuditor * self, GstE2eeAudit mode);

/* Looks before each buffer that leaves @pad, and drops those that may not go.  @mode (GstE2eeAudit,
 * atomic) must outlive the pad. */
void e2ee_auditor_guard (E2eeAuditor * self, GstPad * pad, const gint * mode);

G_END_DECLS
