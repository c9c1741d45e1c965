/* One participant's meeting, from the first word to the figures.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "options.h"

G_BEGIN_DECLS

typedef struct _Participant Participant;

/* @finished is called once in the main thread, when it is over and the main loop may end. */
Participant *participant_new (const MeetOptions * options, void (*finished) (gpointer user_data),
    gpointer user_data, GError ** error);

/* Leaves: what there is to write is written, then finished is called.  May be called again. */
void participant_leave (Participant * participant);

/* After finished.  Writes the figures, frees everything; NULL, or what went wrong, for a person.
 * (transfer full) */
gchar *participant_free (Participant * participant);

G_END_DECLS
