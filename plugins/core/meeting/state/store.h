/* What survives a crash.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_STORE_H
#define E2EE_CORE_MEETING_STATE_STORE_H

#include "core/meeting/meeting.h"

/* When something of it has changed. */
void e2ee_meeting_save (e2ee_meeting * m);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_unstore (e2ee_meeting * m, e2ee_bytes sealed);

#endif
