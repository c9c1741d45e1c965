/* Writes a PNG of every state at four sizes, to be looked at: shield-pictures FOLDER
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/gst.h>
#include <gst/e2ee/e2ee.h>

static const gint sizes[][2] = { {320, 240}, {640, 360}, {1280, 720}, {1920, 1080} };

static GstPadProbeReturn
stamp (GstPad * pad, GstPadProbeInfo * info, gpointer status)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  gst_buffer_add_e2ee_status_meta (buffer, status, 1, 1);
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

static gboolean
write_picture (const gchar * folder, GstE2eeState state, gint width, gint height)
{
  gchar *description = g_strdup_printf ("videotestsrc name=source num-buffers=1 pattern=%s"
      " ! video/x-raw,format=I420,width=%d,height=%d ! shieldoverlay ! videoconvert ! pngenc"
      " ! filesink location=\"%s/%s-%d.png\"", state % 2 ? "smpte" : "gamut", width, height, folder,
      gst_e2ee_state_get_nick (state), width);
  GstElement *pipeline = gst_parse_launch (description, NULL);
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  GstPad *pad = gst_element_get_static_pad (source, "src");
  GstE2eeStatus *status = gst_e2ee_status_new (state, "alice", 1);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  gboolean ok;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stamp, status, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  ok = message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  gst_clear_message (&message);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (source);
  gst_object_unref (pipeline);
  gst_e2ee_status_unref (status);
  g_free (description);
  return ok;
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: %s FOLDER\n", argv[0]);
    return 2;
  }

  for (guint size = 0; size < G_N_ELEMENTS (sizes); size++)
    for (guint state = GST_E2EE_STATE_UNKNOWN; state <= GST_E2EE_STATE_DEGRADED; state++)
      if (!write_picture (argv[1], state, sizes[size][0], sizes[size][1])) {
        g_printerr ("no picture of %s\n", gst_e2ee_state_get_nick (state));
        return 1;
      }
  return 0;
}
