/* What is in a recording.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "recording.h"

#include <gst/gst.h>
#include <sys/stat.h>

/* What a muxer writes that was never given a frame. */
#define EMPTY_FILE 2048
#define READ_SECONDS 60

static GstPadProbeReturn
on_frame (GstPad * pad, GstPadProbeInfo * info, gpointer frames)
{
  g_atomic_int_inc ((gint *) frames);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement * demuxer, GstPad * pad, gpointer frames)
{
  GstObject *pipeline = gst_object_get_parent (GST_OBJECT (demuxer));
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstPad *entry = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, frames, NULL);
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, entry);
  gst_object_unref (entry);
  gst_object_unref (pipeline);
}

gboolean
recording_count (const gchar * path, guint64 * frames, guint64 * size)
{
  GstElement *pipeline, *source, *demuxer;
  GstMessage *message;
  gboolean whole;
  struct stat info;
  gint n = 0;

  *frames = *size = 0;
  if (stat (path, &info) != 0)
    return FALSE;
  *size = info.st_size;
  if (*size == 0)
    return TRUE;

  pipeline = gst_pipeline_new (NULL);
  source = gst_element_factory_make ("filesrc", NULL);
  demuxer = gst_element_factory_make ("matroskademux", NULL);
  g_object_set (source, "location", path, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, demuxer, NULL);
  gst_element_link (source, demuxer);
  g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_pad_added), &n);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (GST_ELEMENT_BUS (pipeline), READ_SECONDS * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  whole = message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  g_clear_pointer (&message, gst_message_unref);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);

  *frames = g_atomic_int_get (&n);
  /* The demuxer calls a file that holds headers alone broken. */
  return whole || (*frames == 0 && *size < EMPTY_FILE);
}
