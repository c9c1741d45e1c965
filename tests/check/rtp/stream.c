/* Real payloaders' streams through the regroup.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "stream.h"
#include "../temporal.h"

#include <gst/check/gstharness.h>

static GstPadProbeReturn
keep_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;
  GstMapInfo map;

  fail_unless (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ));
  g_ptr_array_add (stream->frames, g_bytes_new (map.data, map.size));
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
keep_push (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;

  g_ptr_array_add (stream->pushes, gst_mini_object_ref (GST_PAD_PROBE_INFO_DATA (info)));
  return GST_PAD_PROBE_DROP;
}

static void
watch (GstElement * pipeline, const gchar * pad_name, GstPadProbeType type,
    GstPadProbeCallback callback, gpointer user_data)
{
  GstElement *pay = gst_bin_get_by_name (GST_BIN (pipeline), "pay");
  GstPad *pad = gst_element_get_static_pad (pay, pad_name);

  gst_pad_add_probe (pad, type, callback, user_data, NULL);
  gst_object_unref (pad);
  gst_object_unref (pay);
}

Stream *
stream_new (const gchar * description, gboolean layers)
{
  Stream *stream = g_new0 (Stream, 1);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  GstBus *bus;
  GstMessage *message;

  fail_unless (error == NULL && pipeline != NULL);
  stream->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  stream->pushes = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_mini_object_unref);
  watch (pipeline, "sink", GST_PAD_PROBE_TYPE_BUFFER, keep_frame, stream);
  watch (pipeline, "src", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, keep_push,
      stream);
  if (layers) {
    GstElement *encoder = gst_bin_get_by_name (GST_BIN (pipeline), "enc");

    temporal_two_layers (encoder);
    gst_object_unref (encoder);
  }

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  bus = gst_element_get_bus (pipeline);
  message = gst_bus_timed_pop_filtered (bus, 30 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  fail_unless (stream->frames->len >= 10);
  return stream;
}

void
stream_free (Stream * stream)
{
  g_ptr_array_unref (stream->frames);
  g_ptr_array_unref (stream->pushes);
  g_free (stream);
}

void
stream_push (Kit * kit, Stream * stream)
{
  for (guint i = 0; i < stream->pushes->len; i++) {
    GstMiniObject *object = gst_mini_object_ref (stream->pushes->pdata[i]);
    guint batches = kit->batches->len;

    if (GST_IS_BUFFER_LIST (object))
      kit_push_list (kit, GST_BUFFER_LIST_CAST (object));
    else
      kit_push (kit, GST_BUFFER_CAST (object));
    /* A payloader's push is a frame: it leaves at once and as one push. */
    fail_unless_equals_int (kit->batches->len, batches + 1);
  }
}

void
stream_assert_same_frames (GPtrArray * frames, GPtrArray * expected)
{
  fail_unless_equals_int (frames->len, expected->len);
  for (guint i = 0; i < frames->len; i++)
    fail_unless (g_bytes_equal (frames->pdata[i], expected->pdata[i]), "frame %u", i);
}

void
stream_assert_contiguous (Kit * kit, guint16 seq, gsize mtu)
{
  for (guint i = 0; i < kit->out->len; i++) {
    fail_unless_equals_int (kit_seq (kit->out->pdata[i]), (guint16) (seq + i));
    fail_unless (mtu == 0 || gst_buffer_get_size (kit->out->pdata[i]) <= mtu);
  }
}

GPtrArray *
stream_depayload (Kit * kit, const gchar * depayloader, const gchar * caps)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GstHarness *harness = gst_harness_new (depayloader);
  GstBuffer *frame;

  gst_harness_set_src_caps_str (harness, caps);
  for (guint i = 0; i < kit->out->len; i++) {
    fail_unless_equals_int (gst_harness_push (harness, gst_buffer_ref (kit->out->pdata[i])),
        GST_FLOW_OK);
    while ((frame = gst_harness_try_pull (harness)) != NULL) {
      GstMapInfo map;

      gst_buffer_map (frame, &map, GST_MAP_READ);
      g_ptr_array_add (frames, g_bytes_new (map.data, map.size));
      gst_buffer_unmap (frame, &map);
      gst_buffer_unref (frame);
    }
  }
  gst_harness_teardown (harness);
  return frames;
}

guint16
stream_first_seq (Stream * stream)
{
  GstMiniObject *object = stream->pushes->pdata[0];

  return kit_seq (GST_IS_BUFFER_LIST (object)
      ? gst_buffer_list_get (GST_BUFFER_LIST_CAST (object), 0) : GST_BUFFER_CAST (object));
}

void
stream_round_trip (Stream * stream, const E2eeRtpCodec * codec, guint mtu, guint back_mtu,
    const gchar * depayloader, const gchar * caps)
{
  Kit *there = kit_new (codec, mtu);
  Kit *back = kit_new (codec, back_mtu);
  GPtrArray *frames;
  guint16 seq = stream_first_seq (stream);

  there->grow = STREAM_OVERHEAD;
  stream_push (there, stream);
  stream_assert_same_frames (there->frames, stream->frames);
  stream_assert_contiguous (there, seq, mtu);

  back->grow = -STREAM_OVERHEAD;
  for (guint i = 0; i < there->out->len; i++)
    kit_push (back, gst_buffer_ref (there->out->pdata[i]));
  stream_assert_contiguous (back, seq, back_mtu);
  fail_unless_equals_int (back->batches->len, stream->frames->len);

  frames = stream_depayload (back, depayloader, caps);
  stream_assert_same_frames (frames, stream->frames);
  g_ptr_array_unref (frames);
  kit_free (there);
  kit_free (back);
}
