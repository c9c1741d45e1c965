/* A picture of each state of the meeting, as this participant sees it.
 *
 * Main thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/e2ee.h>
#include <jansson.h>

#include "common/journal.h"
#include "common/receiver.h"

G_BEGIN_DECLS

typedef struct _Snapshots Snapshots;

/* (transfer full): whose picture, or NULL for anybody's. */
typedef gchar *(*SnapshotsWhoseFunc) (gpointer user_data);

/* Writes FOLDER/NAME-1-off.png and so on.  NULL folder: writes nothing. */
Snapshots *snapshots_new (const gchar * folder, const gchar * name, Receiver * receiver,
    Journal * journal, SnapshotsWhoseFunc whose, gpointer user_data);
void snapshots_free (Snapshots * snapshots);

/* A picture is taken when the state has lasted for a moment; switching has none. */
void snapshots_state (Snapshots * snapshots, GstE2eeState state);
/* None before this is called: there may be nothing to see yet. */
void snapshots_begin (Snapshots * snapshots);

G_END_DECLS
