/* Real payloaders' streams through the regroup, against what the encoder made and the depayloader
 * gets.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <gst/check/gstharness.h>
#include <string.h>

/* SFrame's header and a 16-byte tag. */
#define OVERHEAD 26

typedef struct
{
  GPtrArray *frames;            /* GBytes: what the encoder made */
  GPtrArray *pushes;            /* GstBuffer or GstBufferList: what the payloader pushed */
} Capture;

static GstPadProbeReturn
keep_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Capture *capture = user_data;
  GstMapInfo map;

  fail_unless (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ));
  g_ptr_array_add (capture->frames, g_bytes_new (map.data, map.size));
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
keep_push (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Capture *capture = user_data;

  g_ptr_array_add (capture->pushes, gst_mini_object_ref (GST_PAD_PROBE_INFO_DATA (info)));
  return GST_PAD_PROBE_DROP;
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/* vp8enc takes GValueArrays, which gst_parse_launch() cannot read. */
static void
set_ints (GstElement * element, const gchar * property, gint a, gint b)
{
  GValueArray *array = g_value_array_new (2);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, a);
  g_value_array_append (array, &value);
  g_value_set_int (&value, b);
  g_value_array_append (array, &value);
  g_object_set (element, property, array, NULL);
  g_value_unset (&value);
  g_value_array_free (array);
}
G_GNUC_END_IGNORE_DEPRECATIONS

static void
set_two_temporal_layers (GstElement * encoder)
{
  set_ints (encoder, "temporal-scalability-layer-id", 0, 1);
  set_ints (encoder, "temporal-scalability-rate-decimator", 2, 1);
  set_ints (encoder, "temporal-scalability-target-bitrate", 300000, 500000);
  /* Without sync flags vp8enc 1.22 divides by their number, 0. */
  gst_util_set_object_arg (G_OBJECT (encoder), "temporal-scalability-layer-sync-flags",
      "<false, true>");
  g_object_set (encoder, "temporal-scalability-number-layers", 2,
      "temporal-scalability-periodicity", 2, NULL);
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

static Capture *
capture_new (const gchar * description, gboolean layers)
{
  Capture *capture = g_new0 (Capture, 1);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  GstBus *bus;
  GstMessage *message;

  fail_unless (error == NULL && pipeline != NULL);
  capture->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  capture->pushes = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_mini_object_unref);
  watch (pipeline, "sink", GST_PAD_PROBE_TYPE_BUFFER, keep_frame, capture);
  watch (pipeline, "src", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, keep_push,
      capture);
  if (layers) {
    GstElement *encoder = gst_bin_get_by_name (GST_BIN (pipeline), "enc");

    set_two_temporal_layers (encoder);
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
  fail_unless (capture->frames->len >= 10);
  return capture;
}

static void
capture_free (Capture * capture)
{
  g_ptr_array_unref (capture->frames);
  g_ptr_array_unref (capture->pushes);
  g_free (capture);
}

static void
push_capture (Kit * kit, Capture * capture)
{
  for (guint i = 0; i < capture->pushes->len; i++) {
    GstMiniObject *object = gst_mini_object_ref (capture->pushes->pdata[i]);
    guint batches = kit->batches->len;

    if (GST_IS_BUFFER_LIST (object))
      kit_push_list (kit, GST_BUFFER_LIST_CAST (object));
    else
      kit_push (kit, GST_BUFFER_CAST (object));
    /* A payloader's push is a frame: it leaves at once and as one push. */
    fail_unless_equals_int (kit->batches->len, batches + 1);
  }
}

static void
assert_same_frames (GPtrArray * frames, GPtrArray * expected)
{
  fail_unless_equals_int (frames->len, expected->len);
  for (guint i = 0; i < frames->len; i++)
    fail_unless (g_bytes_equal (frames->pdata[i], expected->pdata[i]), "frame %u", i);
}

static void
assert_contiguous (Kit * kit, guint16 seq, gsize mtu)
{
  for (guint i = 0; i < kit->out->len; i++) {
    fail_unless_equals_int (kit_seq (kit->out->pdata[i]), (guint16) (seq + i));
    fail_unless (mtu == 0 || gst_buffer_get_size (kit->out->pdata[i]) <= mtu);
  }
}

static GPtrArray *
depayload (Kit * kit, const gchar * depayloader, const gchar * caps)
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

static guint16
first_seq (Capture * capture)
{
  GstMiniObject *object = capture->pushes->pdata[0];

  return kit_seq (GST_IS_BUFFER_LIST (object)
      ? gst_buffer_list_get (GST_BUFFER_LIST_CAST (object), 0) : GST_BUFFER_CAST (object));
}

/* Captured frames grow under @mtu as if encrypted, shrink again under @back_mtu, and are compared
 * at every step. */
static void
round_trip (Capture * capture, const E2eeRtpCodec * codec, guint mtu, guint back_mtu,
    const gchar * depayloader, const gchar * caps)
{
  Kit *there = kit_new (codec, mtu);
  Kit *back = kit_new (codec, back_mtu);
  GPtrArray *frames;
  guint16 seq = first_seq (capture);

  there->grow = OVERHEAD;
  push_capture (there, capture);
  assert_same_frames (there->frames, capture->frames);
  assert_contiguous (there, seq, mtu);

  back->grow = -OVERHEAD;
  for (guint i = 0; i < there->out->len; i++)
    kit_push (back, gst_buffer_ref (there->out->pdata[i]));
  assert_contiguous (back, seq, back_mtu);
  fail_unless_equals_int (back->batches->len, capture->frames->len);

  frames = depayload (back, depayloader, caps);
  assert_same_frames (frames, capture->frames);
  g_ptr_array_unref (frames);
  kit_free (there);
  kit_free (back);
}

#define VP8_CAPS "application/x-rtp,media=video,clock-rate=90000,encoding-name=VP8,payload=96"
#define OPUS_CAPS "application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=96"
#define VP8_SOURCE "videotestsrc num-buffers=30 pattern=ball ! video/x-raw,width=320,height=240 ! "
#define NOISE_SOURCE \
  "videotestsrc num-buffers=12 pattern=snow ! video/x-raw,width=640,height=360 ! "
#define SINK " ! fakesink sync=false async=false"

static const struct
{
  const gchar *encoder;
  const gchar *payloader;
  guint mtu;
  gboolean layers;
} vp8_rows[] = {
  {"", "", 1200},
  {"", "picture-id-mode=1", 1200},
  {"", "picture-id-mode=2", 1200},
  {"token-partitions=1", "picture-id-mode=2", 1200},
  {"token-partitions=2", "picture-id-mode=1", 1200},
  {"token-partitions=3", "picture-id-mode=2", 1200},
  {"token-partitions=3 error-resilient=partitions", "", 1200},
  {"error-resilient=default", "picture-id-mode=2 mtu=1400", 1400},
  {"token-partitions=3", "picture-id-mode=2 mtu=300", 300},
  {"", "picture-id-mode=2 mtu=100", 150},
  {"token-partitions=2", "picture-id-mode=2 mtu=9000", 9000},
  {"", "picture-id-mode=2 mtu=9000", 500},
  {"", "picture-id-mode=2 mtu=300", 1400},
  {"", "picture-id-mode=2", 1200, TRUE},
  {"token-partitions=2 error-resilient=default", "picture-id-mode=2", 600, TRUE},
};

GST_START_TEST (test_vp8_stream_survives_growing_and_shrinking)
{
  gchar *description = g_strdup_printf (VP8_SOURCE "vp8enc name=enc deadline=1 %s "
      "keyframe-max-dist=10 target-bitrate=500000 ! rtpvp8pay name=pay seqnum-offset=65500 %s" SINK,
      vp8_rows[__i__].encoder, vp8_rows[__i__].payloader);
  Capture *capture = capture_new (description, vp8_rows[__i__].layers);

  round_trip (capture, &e2ee_rtp_codec_vp8, vp8_rows[__i__].mtu, vp8_rows[__i__].mtu, "rtpvp8depay",
      VP8_CAPS);
  capture_free (capture);
  g_free (description);
}

GST_END_TEST;

GST_START_TEST (test_large_vp8_frames_survive_with_another_mtu_on_the_way_back)
{
  Capture *capture = capture_new (NOISE_SOURCE "vp8enc name=enc deadline=1 token-partitions=3 "
      "target-bitrate=20000000 ! rtpvp8pay name=pay picture-id-mode=2" SINK, FALSE);

  round_trip (capture, &e2ee_rtp_codec_vp8, 1200, 1400, "rtpvp8depay", VP8_CAPS);
  capture_free (capture);
}

GST_END_TEST;

GST_START_TEST (test_vp8_stream_that_is_not_changed_leaves_as_it_came)
{
  Capture *capture = capture_new (VP8_SOURCE "vp8enc name=enc deadline=1 ! "
      "rtpvp8pay name=pay picture-id-mode=2 mtu=600" SINK, FALSE);
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 600);
  GPtrArray *frames;
  guint n = 0;

  push_capture (kit, capture);
  assert_same_frames (kit->frames, capture->frames);
  frames = depayload (kit, "rtpvp8depay", VP8_CAPS);
  assert_same_frames (frames, capture->frames);

  /* With a single partition the payloader cuts where we do: the packets are the same. */
  for (guint i = 0; i < capture->pushes->len; i++) {
    GstMiniObject *object = capture->pushes->pdata[i];
    guint n_packets = GST_IS_BUFFER_LIST (object)
        ? gst_buffer_list_length (GST_BUFFER_LIST_CAST (object)) : 1;

    n += n_packets;
  }
  fail_unless (kit->out->len <= n);
  g_ptr_array_unref (frames);
  kit_free (kit);
  capture_free (capture);
}

GST_END_TEST;

GST_START_TEST (test_layered_stream_keeps_layer_fields_on_every_packet)
{
  Capture *capture = capture_new (VP8_SOURCE "vp8enc name=enc deadline=1 target-bitrate=500000 ! "
      "rtpvp8pay name=pay picture-id-mode=2" SINK, TRUE);
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 200);
  guint8 start[6] = { 0 };
  guint n_starts = 0;

  push_capture (kit, capture);
  for (guint i = 0; i < kit->out->len; i++) {
    GBytes *payload = kit_payload (kit->out->pdata[i]);
    const guint8 *data = g_bytes_get_data (payload, NULL);

    fail_unless_equals_int (data[0] & 0x80, 0x80);
    fail_unless_equals_int (data[1], 0xe0);     /* I, L, T */
    if (data[0] & 0x10) {
      n_starts++;
      memcpy (start, data, 6);
    }
    fail_unless (memcmp (data + 1, start + 1, 5) == 0);
    g_bytes_unref (payload);
  }
  fail_unless_equals_int (n_starts, capture->frames->len);
  fail_unless (kit->out->len > n_starts);
  kit_free (kit);
  capture_free (capture);
}

GST_END_TEST;

static const gchar *opus_rows[] = {
  "opusenc",
  "opusenc frame-size=60 bitrate=128000",
  "opusenc frame-size=2.5",
  "opusenc dtx=true ! rtpopuspay name=pay dtx=true seqnum-offset=65530",
};

GST_START_TEST (test_opus_stream_survives_growing_and_shrinking)
{
  gchar *description = g_strconcat ("audiotestsrc num-buffers=60 wave=sine ! ", opus_rows[__i__],
      strstr (opus_rows[__i__], "name=pay") != NULL ? "" : " ! rtpopuspay name=pay", SINK, NULL);
  Capture *capture = capture_new (description, FALSE);

  /* dtx=true drops packets before us, and the payloader's numbers stay contiguous. */
  if (strstr (opus_rows[__i__], "dtx") != NULL) {
    Kit *kit = kit_new (&e2ee_rtp_codec_opus, 1200);

    kit->grow = OVERHEAD;
    push_capture (kit, capture);
    assert_contiguous (kit, first_seq (capture), 0);
    kit_free (kit);
  } else {
    round_trip (capture, &e2ee_rtp_codec_opus, 0, 0, "rtpopusdepay", OPUS_CAPS);
  }
  capture_free (capture);
  g_free (description);
}

GST_END_TEST;

static Suite *
rtp_streams_suite (void)
{
  Suite *suite = suite_create ("rtp-streams");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_loop_test (tc, test_vp8_stream_survives_growing_and_shrinking, 0,
      G_N_ELEMENTS (vp8_rows));
  tcase_add_test (tc, test_large_vp8_frames_survive_with_another_mtu_on_the_way_back);
  tcase_add_test (tc, test_vp8_stream_that_is_not_changed_leaves_as_it_came);
  tcase_add_test (tc, test_layered_stream_keeps_layer_fields_on_every_packet);
  tcase_add_loop_test (tc, test_opus_stream_survives_growing_and_shrinking, 0,
      G_N_ELEMENTS (opus_rows));
  return suite;
}

GST_CHECK_MAIN (rtp_streams);
