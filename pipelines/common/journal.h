/* What happens in a call: what the elements post, for the figures, and all of it for whoever reads
 * along.  Main thread only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <jansson.h>

G_BEGIN_DECLS

typedef struct _Journal Journal;

/* @aloud: everything is also printed, behind @name. */
Journal *journal_new (const gchar * name, gboolean aloud);
void journal_free (Journal * journal);

void journal_say (Journal * journal, const gchar * format, ...) G_GNUC_PRINTF (2, 3);

/* Something that happened; @fields (taken, may be NULL) tell of it. */
void journal_note (Journal * journal, const gchar * event, json_t * fields);

/* An element message; those of our elements ("e2ee-...") are kept. */
void journal_take (Journal * journal, GstMessage * message);

/* An array of the messages that were kept, with "message", "element", "t" as below and "ms" since
 * the journal began; owned by it. */
json_t *journal_messages (Journal * journal);
/* An array of the notes, with "event" and "t", the monotonic clock in ms; owned by it. */
json_t *journal_events (Journal * journal);
/* The last "e2ee-shield" of them; NULL before the first. */
json_t *journal_shield (Journal * journal);

G_END_DECLS
