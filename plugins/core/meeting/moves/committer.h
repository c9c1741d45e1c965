/* Whose turn it is to commit, and what there is to commit.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_COMMITTER_H
#define E2EE_CORE_MEETING_MOVES_COMMITTER_H

#include "core/meeting/state/state.h"

#define E2EE_MAX_ADDS 100       /* in one commit */
#define E2EE_MAX_REMOVES 1000

/* Looks at what there is to do, and sets the timer to our turn. */
void e2ee_meeting_look_for_work (e2ee_meeting * m);
void e2ee_meeting_on_commit_timer (e2ee_meeting * m);

#endif
