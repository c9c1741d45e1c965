/* Commits in the place that the delivery service gave them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_COMMITS_H
#define E2EE_CORE_MEETING_MOVES_COMMITS_H

#include "core/meeting/state/state.h"

/* Another's, opened and verified as MLS; looks at the rules. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_commit (e2ee_meeting * m,
    e2ee_mls_event * event);
/* 1 when @message is our commit coming back; it has been merged then. */
int e2ee_meeting_take_own_commit (e2ee_meeting * m, e2ee_bytes message);

#endif
