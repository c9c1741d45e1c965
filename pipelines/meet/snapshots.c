/* A picture of each state of the meeting.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "snapshots.h"

/* Long enough that what is seen is of that state, and a person would have seen it. */
#define SETTLED_MS 1500

struct _Snapshots
{
  gchar *folder;
  gchar *name;
  Receiver *receiver;
  Journal *journal;
  SnapshotsWhoseFunc whose;
  gpointer user_data;
  GstE2eeState state;
  gboolean begun;
  guint number;
  guint timer;
};

static gboolean
on_settled (gpointer user_data)
{
  Snapshots *self = user_data;
  const gchar *nick = gst_e2ee_state_get_nick (self->state);
  gchar *file = g_strdup_printf ("%s-%u-%s.png", self->name, self->number + 1, nick);
  gchar *path = g_build_filename (self->folder, file, NULL);
  gchar *whose = self->whose (self->user_data);
  GstE2eeState state = GST_E2EE_STATE_UNKNOWN;
  GError *error = NULL;
  gboolean again = G_SOURCE_CONTINUE;

  if (receiver_save_snapshot (self->receiver, whose, path, &state, &error)) {
    self->number++;
    journal_note (self->journal, "snapshot", json_pack ("{s:s, s:s?, s:s, s:s}", "file", file,
            "from", whose, "meeting", nick, "picture", gst_e2ee_state_get_nick (state)));
    self->timer = 0;
    again = G_SOURCE_REMOVE;
  }
  /* Otherwise there is none yet. */
  g_clear_error (&error);
  g_free (whose);
  g_free (path);
  g_free (file);
  return again;
}

static void
consider (Snapshots * self)
{
  gboolean lasts = self->state != GST_E2EE_STATE_SWITCHING
      && self->state != GST_E2EE_STATE_UNKNOWN;

  if (self->timer)
    g_source_remove (self->timer);
  self->timer = self->folder && self->begun && lasts ?
      g_timeout_add (SETTLED_MS, on_settled, self) : 0;
}

Snapshots *
snapshots_new (const gchar * folder, const gchar * name, Receiver * receiver, Journal * journal,
    SnapshotsWhoseFunc whose, gpointer user_data)
{
  Snapshots *self = g_new0 (Snapshots, 1);

  self->folder = g_strdup (folder);
  self->name = g_strdup (name);
  self->receiver = receiver;
  self->journal = journal;
  self->whose = whose;
  self->user_data = user_data;
  return self;
}

void
snapshots_free (Snapshots * self)
{
  if (!self)
    return;
  if (self->timer)
    g_source_remove (self->timer);
  g_free (self->folder);
  g_free (self->name);
  g_free (self);
}

void
snapshots_state (Snapshots * self, GstE2eeState state)
{
  if (state == self->state)
    return;
  self->state = state;
  consider (self);
}

void
snapshots_begin (Snapshots * self)
{
  if (self->begun)
    return;
  self->begun = TRUE;
  consider (self);
}
