/* What is written into the log of the meeting (log.h), and told of what was refused.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_EVIDENCE_H
#define E2EE_CORE_MEETING_STATE_EVIDENCE_H

#include <jansson.h>

#include "core/meeting/log.h"
#include "core/meeting/meeting.h"

/* A kind of refusal is told once in this time. */
#define E2EE_REFUSED_MS 1000

typedef struct
{
  e2ee_log log;
  uint64_t refused_ms[E2EE_MEETING_N_RESULTS];  /* when it was told last; 0: never */
} e2ee_evidence;

/* A line of evidence; takes @fields over.  Fails for want of memory, and for fields that no line
 * may have. */
e2ee_meeting_result e2ee_meeting_evidence (e2ee_meeting * m, const char *kind, json_t * fields);
json_t *e2ee_meeting_evidence_of (const e2ee_account * account);
/* Tells, once in a while for each cause, that something was refused; @account may be NULL. */
void e2ee_meeting_refused (e2ee_meeting * m, e2ee_meeting_result cause,
    const e2ee_account * account);

#endif
