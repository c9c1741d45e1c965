/* When a meeting does what: at the end of every call, and when a time has come.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_CALLS_LOOP_H
#define E2EE_CORE_MEETING_CALLS_LOOP_H

#include "core/meeting/state/state.h"

/* The end of every public call: looks for work, judges the state, saves, sends, tells. */
void e2ee_meeting_settle (e2ee_meeting * m);

#endif
