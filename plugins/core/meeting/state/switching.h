/* What is shown, and what media may do; when a switch is over.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_SWITCHING_H
#define E2EE_CORE_MEETING_STATE_SWITCHING_H

#include "core/meeting/meeting.h"

/* State, reason, mode and features from everything else; posts STATE. */
void e2ee_meeting_judge (e2ee_meeting * m);
/* Ends the switch, when everybody has been heard in this epoch. */
void e2ee_meeting_check_ready (e2ee_meeting * m);
/* Does not wait for the others any longer. */
void e2ee_meeting_on_epoch_timer (e2ee_meeting * m);

#endif
