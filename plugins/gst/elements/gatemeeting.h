/* What a gate asks its meeting: which features a buffer's epoch allowed, and what the state was at a
 * running time.
 *
 * Both have an answer of their time: what was said before the host allowed recording is not recorded
 * because it was still in a queue, and what is said after he took it back is not recorded because its
 * sender had not heard of it yet.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/gaterule.h"

#include <gst/e2ee/meeting.h>

G_BEGIN_DECLS

typedef struct _E2eeGateMeeting E2eeGateMeeting;

/* @element's clock and base time make the running times. */
E2eeGateMeeting *e2ee_gate_meeting_new (GstE2eeMeeting * meeting, GstElement * element);
/* NULL is allowed. */
void e2ee_gate_meeting_free (E2eeGateMeeting * self);

/* The table for media that was protected in @epoch: what it allowed then and still does.  None for an
 * epoch before this participant came, and while encryption was off. */
GstE2eeFeatures e2ee_gate_meeting_get_features (E2eeGateMeeting * self, guint64 epoch);
/* The state at @running_time; unknown when that is not known. */
GstE2eeState e2ee_gate_meeting_get_state (E2eeGateMeeting * self, GstClockTime running_time,
    guint64 * epoch);

/* A line `gate` of the meeting's log, of the message that the gate posts. */
void e2ee_gate_meeting_log (E2eeGateMeeting * self, const GstStructure * message);

G_END_DECLS
