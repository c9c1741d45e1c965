/* MLS messages: of this version of the meeting, of another, or too early.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_MESSAGES_H
#define E2EE_CORE_MEETING_MOVES_MESSAGES_H

#include "core/meeting/state/state.h"

E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_mls (e2ee_meeting * m, e2ee_bytes message);
/* When an epoch has begun: takes those that waited for it. */
void e2ee_meeting_play_kept (e2ee_meeting * m);

#endif
