/* Going: of one's own will, because one was put out, or because one's floor forbids to stay.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_LEAVING_H
#define E2EE_CORE_MEETING_MOVES_LEAVING_H

#include "core/meeting/state/state.h"

/* Out of it: IDLE, no group, no keys. */
void e2ee_meeting_go_out (e2ee_meeting * m, e2ee_meeting_result why);
/* The same, and the others are told. */
void e2ee_meeting_say_good_bye (e2ee_meeting * m, e2ee_meeting_result why);
void e2ee_meeting_take_while_leaving (e2ee_meeting * m, e2ee_bytes message);
void e2ee_meeting_on_leave_timer (e2ee_meeting * m);

#endif
