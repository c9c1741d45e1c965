/* e2ee-meet: one participant of an end-to-end encrypted meeting, or one who taps the lines.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <stdlib.h>
#include <glib-unix.h>
#include <gst/gst.h>

#include "common/elements.h"
#include "common/peer.h"
#include "options.h"
#include "participant.h"

static gboolean
on_hang_up (gpointer participant)
{
  participant_leave (participant);
  return G_SOURCE_CONTINUE;
}

static void
on_finished (gpointer loop)
{
  g_main_loop_quit (loop);
}

int
main (int argc, char **argv)
{
  GError *error = NULL;
  MeetOptions *options = NULL;
  GMainLoop *loop = NULL;
  Participant *participant = NULL;
  gchar *failure = NULL;
  int status = EXIT_FAILURE;
  guint sources[2];

  gst_init (NULL, NULL);
  options = meet_options_parse (&argc, &argv, &error);
  if (!options) {
    status = 2;
    goto out;
  }
  if (!elements_load (&error))
    goto out;

  loop = g_main_loop_new (NULL, FALSE);
  participant = participant_new (options, on_finished, loop, &error);
  if (!participant)
    goto out;
  sources[0] = g_unix_signal_add (SIGINT, on_hang_up, participant);
  sources[1] = g_unix_signal_add (SIGTERM, on_hang_up, participant);
  g_main_loop_run (loop);
  g_source_remove (sources[0]);
  g_source_remove (sources[1]);
  failure = participant_free (participant);
  status = failure ? EXIT_FAILURE : EXIT_SUCCESS;

out:
  if (error || failure)
    g_printerr ("e2ee-meet: %s\n", error ? error->message : failure);
  g_clear_error (&error);
  g_free (failure);
  g_clear_pointer (&loop, g_main_loop_unref);
  meet_options_free (options);
  gst_deinit ();
  peer_leave_program (status);
}
