/* Who may be let in.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_ADMISSION_H
#define E2EE_CORE_MEETING_MOVES_ADMISSION_H

#include "core/meeting/state/state.h"

E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_join (e2ee_meeting * m,
    const e2ee_content * content);
/* Those whom nobody can let in. */
void e2ee_meeting_forget_applicants (e2ee_meeting * m);

#endif
