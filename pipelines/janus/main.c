/* e2ee-janus: one participant of a Janus VideoRoom whose media are end-to-end encrypted.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <stdlib.h>
#include <glib-unix.h>
#include <gst/gst.h>

#include "common/elements.h"
#include "common/peer.h"
#include "options.h"
#include "room.h"

static gboolean
on_hang_up (gpointer room)
{
  room_stop (room);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_reload (gpointer room)
{
  room_reload_keys (room);
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
  JanusOptions *options = NULL;
  GMainLoop *loop = NULL;
  Room *room = NULL;
  gchar *failure = NULL;
  int status = EXIT_FAILURE;
  guint i, sources[3];

  gst_init (NULL, NULL);
  options = janus_options_parse (&argc, &argv, &error);
  if (!options) {
    status = 2;
    goto out;
  }
  if (!elements_load (&error) || !codec_load (options->video_codec, &error)
      || !codec_load (options->audio_codec, &error))
    goto out;

  loop = g_main_loop_new (NULL, FALSE);
  room = room_new (options, on_finished, loop, &error);
  if (!room)
    goto out;
  sources[0] = g_unix_signal_add (SIGINT, on_hang_up, room);
  sources[1] = g_unix_signal_add (SIGTERM, on_hang_up, room);
  sources[2] = g_unix_signal_add (SIGHUP, on_reload, room);
  g_main_loop_run (loop);
  for (i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  failure = room_free (room);
  status = failure ? EXIT_FAILURE : EXIT_SUCCESS;

out:
  if (error || failure)
    g_printerr ("e2ee-janus: %s\n", error ? error->message : failure);
  g_clear_error (&error);
  g_free (failure);
  g_clear_pointer (&loop, g_main_loop_unref);
  janus_options_free (options);
  gst_deinit ();
  peer_leave_program (status);
}
