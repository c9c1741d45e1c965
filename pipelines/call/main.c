/* e2ee-call: one participant of an end-to-end encrypted call, or one who taps the line.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <stdlib.h>
#include <glib-unix.h>
#include <gst/gst.h>

#include "call.h"
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

/* Loaded now: a plugin that is loaded when the first packet is there holds up all that come
 * behind it. */
static gboolean
load_elements (GError ** error)
{
  static const gchar *const needed[] = { "webrtcbin", "rtpbin", "nicesink", "dtlsenc", "srtpenc",
    "vp8enc", "vp8dec", "opusenc", "opusdec", "rtpvp8pay", "rtpvp8depay", "rtpopuspay",
    "rtpopusdepay", "videoconvert", "audioconvert", "audioresample", "matroskamux", "pngenc",
    "errorignore", "e2eeenc", "e2eedec", "e2eepolicy", "shieldoverlay"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (needed); i++) {
    GstElementFactory *factory = gst_element_factory_find (needed[i]);
    GstPluginFeature *loaded =
        factory ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory)) : NULL;

    gst_clear_object (&factory);
    if (!loaded) {
      g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
          "the GStreamer element %s is missing", needed[i]);
      return FALSE;
    }
    gst_object_unref (loaded);
  }
  return TRUE;
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
  if (!load_elements (&error))
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
  return status;
}
