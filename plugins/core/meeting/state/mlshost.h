/* Between MLS and the meeting: what MLS asks, answered by the rules, and what its answers mean.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_MLSHOST_H
#define E2EE_CORE_MEETING_STATE_MLSHOST_H

#include "core/meeting/meeting.h"
#include "core/mls/mls.h"

/* Lets MLS ask @m.  Time, rules and secrets are looked up when it does. */
void e2ee_meeting_set_mls_host (e2ee_meeting * m);
/* What MLS said, in this room's words: the rule that a credential broke, or MLS. */
e2ee_meeting_result e2ee_meeting_result_of (e2ee_meeting * m, e2ee_mls_result result);

#endif
