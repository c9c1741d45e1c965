/* What is in a recording.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "recording.h"

#include <gst/gst.h>
#include <jansson.h>
#include <sys/stat.h>

/* What a muxer writes that was never given a frame. */
#define EMPTY_FILE 2048
#define READ_SECONDS 60

#define DIGEST_DIGITS 16

/* Of one recording; its pads have threads of their own. */
typedef struct
{
  GMutex lock;
  guint64 frames;
  FILE *out;                    /* NULL: only counted */
} Reading;

static void
list (const GstPad * pad, GstBuffer * frame, FILE * out)
{
  GstMapInfo map;
  gchar *digest;
  json_t *line;

  if (!gst_buffer_map (frame, &map, GST_MAP_READ))
    return;
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, map.data, map.size);
  digest[DIGEST_DIGITS] = '\0';
  line = json_pack ("{s:s, s:s, s:f}", "media",
      g_str_has_prefix (GST_PAD_NAME (pad), "video") ? "video" : "audio", "digest", digest, "pts",
      GST_BUFFER_PTS (frame) / (gdouble) GST_SECOND);
  json_dumpf (line, out, JSON_COMPACT | JSON_REAL_PRECISION (9));
  fputc ('\n', out);
  json_decref (line);
  g_free (digest);
  gst_buffer_unmap (frame, &map);
}

static GstPadProbeReturn
on_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Reading *reading = user_data;

  g_mutex_lock (&reading->lock);
  reading->frames++;
  if (reading->out)
    list (pad, GST_PAD_PROBE_INFO_BUFFER (info), reading->out);
  g_mutex_unlock (&reading->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement * demuxer, GstPad * pad, gpointer reading)
{
  GstObject *pipeline = gst_object_get_parent (GST_OBJECT (demuxer));
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstPad *entry = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, reading, NULL);
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, entry);
  gst_object_unref (entry);
  gst_object_unref (pipeline);
}

static gboolean
read_through (const gchar * path, Reading * reading)
{
  GstElement *pipeline, *source, *demuxer;
  GstMessage *message;
  gboolean whole;

  pipeline = gst_pipeline_new (NULL);
  source = gst_element_factory_make ("filesrc", NULL);
  demuxer = gst_element_factory_make ("matroskademux", NULL);
  g_object_set (source, "location", path, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, demuxer, NULL);
  gst_element_link (source, demuxer);
  g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_pad_added), reading);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (GST_ELEMENT_BUS (pipeline), READ_SECONDS * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  whole = message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  g_clear_pointer (&message, gst_message_unref);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return whole;
}

static gboolean
read_file (const gchar * path, Reading * reading, guint64 * size)
{
  struct stat info;
  gboolean whole;

  *size = 0;
  if (stat (path, &info) != 0)
    return FALSE;
  *size = info.st_size;
  if (*size == 0)
    return TRUE;
  g_mutex_init (&reading->lock);
  whole = read_through (path, reading);
  g_mutex_clear (&reading->lock);
  /* The demuxer calls a file that holds headers alone broken. */
  return whole || (reading->frames == 0 && *size < EMPTY_FILE);
}

gboolean
recording_count (const gchar * path, guint64 * frames, guint64 * size)
{
  Reading reading = { 0, };
  gboolean whole = read_file (path, &reading, size);

  *frames = reading.frames;
  return whole;
}

gboolean
recording_list (const gchar * path, FILE * out, guint64 * frames)
{
  Reading reading = {.out = out };
  guint64 size;
  gboolean whole = read_file (path, &reading, &size);

  *frames = reading.frames;
  return whole;
}
