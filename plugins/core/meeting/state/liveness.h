/* Who is heard.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_LIVENESS_H
#define E2EE_CORE_MEETING_STATE_LIVENESS_H

#include "core/meeting/meeting.h"
#include "core/meeting/state/roster.h"

/* He has said something in our epoch. */
void e2ee_meeting_heard (e2ee_meeting * m, e2ee_entry * entry);
/* Looks who is heard still, and sets the timer. */
void e2ee_meeting_on_liveness_timer (e2ee_meeting * m);
/* Not heard for so long that he is to be taken out. */
int e2ee_meeting_is_gone (const e2ee_meeting * m, const e2ee_entry * entry);

#endif
