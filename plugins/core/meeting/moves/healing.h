/* Whether the meeting that we are in is the one that goes on.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_HEALING_H
#define E2EE_CORE_MEETING_MOVES_HEALING_H

#include "core/meeting/state/state.h"

void e2ee_meeting_on_behind_timer (e2ee_meeting * m);
void e2ee_meeting_on_fork_timer (e2ee_meeting * m);

#endif
