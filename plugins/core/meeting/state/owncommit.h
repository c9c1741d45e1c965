/* Our commit, until it comes back.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_OWNCOMMIT_H
#define E2EE_CORE_MEETING_STATE_OWNCOMMIT_H

#include "core/meeting/meeting.h"
#include "core/mls/mls.h"
#include "core/meeting/statement.h"

#define E2EE_RESEND_MS 1000
#define E2EE_MAX_RESENDS 4
/* Authenticated data of a commit: whom it removes was not heard any more, and may come again. */
#define E2EE_COMMIT_BECAUSE_GONE 1

/* A commit of ours that has not come back. */
typedef struct
{
  e2ee_mls_buffer message;
  e2ee_mls_buffer welcome;
  e2ee_mls_buffer envelope;     /* what is sent, and sent again */
  uint64_t request;             /* the one it fulfils; 0: none */
  int because_gone;             /* it takes out members that were not heard */
  unsigned n_resends;
} e2ee_own_commit;

void e2ee_meeting_drop_own_commit (e2ee_meeting * m);
void e2ee_meeting_on_resend_timer (e2ee_meeting * m);
/* As all the others will. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_judge_own_commit (e2ee_meeting * m,
    e2ee_statement * next, e2ee_bytes * text);

#endif
