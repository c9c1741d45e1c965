/* What members tell each other inside the group: that they are there, chat, what they send.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MOVES_APPLICATION_H
#define E2EE_CORE_MEETING_MOVES_APPLICATION_H

#include "core/meeting/state/state.h"

E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_application (e2ee_meeting * m,
    uint32_t leaf, uint64_t epoch, e2ee_bytes data);
void e2ee_meeting_say_alive (e2ee_meeting * m);
void e2ee_meeting_say_streams (e2ee_meeting * m);
/* TEXT when nothing is left of @text, or it grows too long, once it is sanitised. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_say_chat (e2ee_meeting * m, e2ee_bytes text);
/* Ours are these from now on, with sanitised labels. */
void e2ee_meeting_announce_streams (e2ee_meeting * m, const e2ee_stream streams[E2EE_MAX_STREAMS],
    size_t n_streams);

#endif
