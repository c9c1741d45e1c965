/* Asking to be let in, and coming again.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_JOINING_H
#define E2EE_CORE_MEETING_MOVES_JOINING_H

#include "core/meeting/state/state.h"

/* The start of it, when there is nothing of an earlier time left. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_start_joining (e2ee_meeting * m,
    e2ee_meeting_phase phase, e2ee_meeting_result why);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_ask (e2ee_meeting * m);
void e2ee_meeting_on_join_timer (e2ee_meeting * m);
/* Something of a group was heard while we were in none. */
void e2ee_meeting_group_is_there (e2ee_meeting * m);
/* Behind, or out by a removal that was not meant for good: asks to be taken in again. */
void e2ee_meeting_rejoin (e2ee_meeting * m, e2ee_meeting_result why);
/* The same, when the service is so slow that a join was heard again after we had come in by it. */
void e2ee_meeting_rejoin_patiently (e2ee_meeting * m);

#endif
