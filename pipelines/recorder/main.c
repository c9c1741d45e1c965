/* Runs a pipeline in which `e2eerecorder` is an element.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 *   e2ee-recorder 'e2eerecorder name=r location=part-%03u.mkv  ... ! r.video_0  ... ! r.audio_0'
 *
 * Prints a line for each file and for each change of a gate.  Interrupted, it ends the streams and
 * finishes the file. */
#include "recorderbin.h"

#include <glib-unix.h>

typedef struct
{
  GstElement *pipeline;
  GMainLoop *loop;
  gint status;
} Run;

static gboolean
on_interrupt (gpointer user_data)
{
  Run *run = user_data;

  gst_element_send_event (run->pipeline, gst_event_new_eos ());
  return G_SOURCE_CONTINUE;
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;
  gchar *text;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (!gst_message_has_name (message, "e2ee-policy")
          && !gst_message_has_name (message, "e2ee-recorder-part"))
        break;
      text = gst_structure_to_string (gst_message_get_structure (message));
      g_print ("%s\n", text);
      g_free (text);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("e2ee-recorder: %s\n", error->message);
      g_error_free (error);
      run->status = 1;
      g_main_loop_quit (run->loop);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (run->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Run run = { NULL, NULL, 0 };
  GError *error = NULL;
  GstBus *bus;

  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: e2ee-recorder 'PIPELINE with e2eerecorder'\n");
    return 2;
  }
  e2ee_recorder_register ();
  run.pipeline = gst_parse_launch (argv[1], &error);
  if (error != NULL) {
    g_printerr ("e2ee-recorder: %s\n", error->message);
    g_error_free (error);
    return 2;
  }
  run.loop = g_main_loop_new (NULL, FALSE);
  bus = gst_element_get_bus (run.pipeline);
  gst_bus_add_watch (bus, on_message, &run);
  g_unix_signal_add (SIGINT, on_interrupt, &run);
  g_unix_signal_add (SIGTERM, on_interrupt, &run);
  gst_element_set_state (run.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (run.loop);
  gst_element_set_state (run.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (run.pipeline);
  g_main_loop_unref (run.loop);
  return run.status;
}
