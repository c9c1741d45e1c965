/* A Welcome: the group that we asked to be let into.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_WELCOME_H
#define E2EE_CORE_MEETING_MOVES_WELCOME_H

#include "core/meeting/state/state.h"

E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_welcome (e2ee_meeting * m,
    e2ee_bytes welcome);

#endif
