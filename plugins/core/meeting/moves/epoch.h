/* What follows when the group has moved.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_EPOCH_H
#define E2EE_CORE_MEETING_MOVES_EPOCH_H

#include "core/meeting/state/state.h"

/* The group is in another epoch than before, or is another one: @next and @text are what it says
 * now.  @committer made the commit; NOBODY: a Welcome or a new group. */
void e2ee_meeting_enter_epoch (e2ee_meeting * m, const e2ee_statement * next, e2ee_bytes text,
    uint32_t committer, int is_new_group);

#endif
