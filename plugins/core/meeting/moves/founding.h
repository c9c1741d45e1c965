/* Making the meeting, for whoever comes first; and looking at somebody who says that he has.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_FOUNDING_H
#define E2EE_CORE_MEETING_MOVES_FOUNDING_H

#include "core/meeting/state/state.h"

E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_found (e2ee_meeting * m, e2ee_bytes info);
void e2ee_meeting_give_up_founding (e2ee_meeting * m);
void e2ee_meeting_on_found_timer (e2ee_meeting * m);

#endif
