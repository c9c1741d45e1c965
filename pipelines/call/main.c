/* e2ee-call: one participant of an end-to-end encrypted call, or one who taps the line.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <stdlib.h>
#include <glib-unix.h>
#include <gst/gst.h>

#include "call.h"
#include "common/codecs.h"
#include "common/elements.h"
#include "common/peer.h"
#include "options.h"

static gboolean
on_hang_up (gpointer call)
{
  call_stop (call);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_reload (gpointer call)
{
  call_reload_keys (call);
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
  CallOptions *options = NULL;
  GMainLoop *loop = NULL;
  Call *call = NULL;
  gchar *failure = NULL;
  int status = EXIT_FAILURE;
  guint i, sources[3];

  gst_init (NULL, NULL);
  options = call_options_parse (&argc, &argv, &error);
  if (!options) {
    status = 2;
    goto out;
  }
  if (!elements_load (&error) || !codec_load (options->video_codec, &error)
      || !codec_load (options->audio_codec, &error))
    goto out;

  loop = g_main_loop_new (NULL, FALSE);
  call = call_new (options, on_finished, loop, &error);
  if (!call)
    goto out;
  sources[0] = g_unix_signal_add (SIGINT, on_hang_up, call);
  sources[1] = g_unix_signal_add (SIGTERM, on_hang_up, call);
  sources[2] = g_unix_signal_add (SIGHUP, on_reload, call);
  g_main_loop_run (loop);
  for (i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  failure = call_free (call);
  status = failure ? EXIT_FAILURE : EXIT_SUCCESS;

out:
  if (error || failure)
    g_printerr ("e2ee-call: %s\n", error ? error->message : failure);
  g_clear_error (&error);
  g_free (failure);
  g_clear_pointer (&loop, g_main_loop_unref);
  call_options_free (options);
  gst_deinit ();
  peer_leave_program (status);
}
