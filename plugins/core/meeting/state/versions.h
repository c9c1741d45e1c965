/* Which version of the meeting we are in, and whether another one is heard.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_VERSIONS_H
#define E2EE_CORE_MEETING_STATE_VERSIONS_H

#include "core/meeting/content.h"
#include "core/meeting/meeting.h"

/* Something of another version of the meeting. */
typedef struct
{
  int is_known;
  e2ee_version version;
  uint64_t since_ms;
  uint64_t last_ms;
  int own_heard;                /* somebody of our own version was heard since */
} e2ee_sighting;

/* Ours, from the group. */
void e2ee_meeting_set_version (e2ee_meeting * m);
/* An unopenable message with this version, or of a later epoch. */
void e2ee_meeting_saw_other_version (e2ee_meeting * m, const e2ee_version * version);
void e2ee_meeting_forget_other (e2ee_meeting * m);
/* Says `alive` soon: those in our version hear that we are in it, and whoever is outside that there
 * is a meeting. */
void e2ee_meeting_answer (e2ee_meeting * m);

#endif
