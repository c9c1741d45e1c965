/* What a meeting knows of everybody, for a shield: its state, why, the code.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/wording.h"

#include <gst/e2ee/meeting.h>

G_BEGIN_DECLS

typedef struct
{
  GstE2eeState state;
  E2eeReason reason;
  gchar *names;                 /* nullable; of whom the reason speaks */
  gchar *code;                  /* nullable; 60 digits in groups of five */
} E2eeShieldMeetingView;

typedef struct _E2eeShieldMeeting E2eeShieldMeeting;

E2eeShieldMeeting *e2ee_shield_meeting_new (GstE2eeMeeting * meeting);
/* NULL is allowed. */
void e2ee_shield_meeting_free (E2eeShieldMeeting * self);

/* What is known now; the meeting is asked only when it has said that something changed.
 * @code_changed (out): since the last look.  Owned by @self until the next look.
 * For one thread. */
const E2eeShieldMeetingView *e2ee_shield_meeting_look (E2eeShieldMeeting * self,
    gboolean * code_changed);

/* @verdict of a picture, and what the meeting says: the weakest.  A meeting never lifts what the
 * picture itself says. */
E2eeVerdict e2ee_shield_meeting_judge (const E2eeShieldMeetingView * view, E2eeVerdict verdict);

G_END_DECLS
