/* Real payloaders' streams through the regroup, against what the encoder made and the depayloader
 * gets.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "stream.h"

#include <string.h>

#define VP8_CAPS "application/x-rtp,media=video,clock-rate=90000,encoding-name=VP8,payload=96"
#define VP9_CAPS "application/x-rtp,media=video,clock-rate=90000,encoding-name=VP9,payload=96"
#define OPUS_CAPS "application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=96"

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
  gchar *description = g_strdup_printf (STREAM_BALL "vp8enc name=enc deadline=1 %s "
      "keyframe-max-dist=10 target-bitrate=500000 ! rtpvp8pay name=pay seqnum-offset=65500 %s"
      STREAM_SINK,
      vp8_rows[__i__].encoder, vp8_rows[__i__].payloader);
  Stream *stream = stream_new (description, vp8_rows[__i__].layers);

  stream_round_trip (stream, &e2ee_rtp_codec_vp8, vp8_rows[__i__].mtu, vp8_rows[__i__].mtu,
      "rtpvp8depay", VP8_CAPS);
  stream_free (stream);
  g_free (description);
}

GST_END_TEST;

GST_START_TEST (test_large_vp8_frames_survive_with_another_mtu_on_the_way_back)
{
  Stream *stream = stream_new (STREAM_NOISE "vp8enc name=enc deadline=1 token-partitions=3 "
      "target-bitrate=20000000 ! rtpvp8pay name=pay picture-id-mode=2" STREAM_SINK, FALSE);

  stream_round_trip (stream, &e2ee_rtp_codec_vp8, 1200, 1400, "rtpvp8depay", VP8_CAPS);
  stream_free (stream);
}

GST_END_TEST;

GST_START_TEST (test_vp8_stream_that_is_not_changed_leaves_as_it_came)
{
  Stream *stream = stream_new (STREAM_BALL "vp8enc name=enc deadline=1 ! "
      "rtpvp8pay name=pay picture-id-mode=2 mtu=600" STREAM_SINK, FALSE);
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 600);
  GPtrArray *frames;
  guint n = 0;

  stream_push (kit, stream);
  stream_assert_same_frames (kit->frames, stream->frames);
  frames = stream_depayload (kit, "rtpvp8depay", VP8_CAPS);
  stream_assert_same_frames (frames, stream->frames);

  /* With a single partition the payloader cuts where we do: the packets are the same. */
  for (guint i = 0; i < stream->pushes->len; i++) {
    GstMiniObject *object = stream->pushes->pdata[i];
    guint n_packets = GST_IS_BUFFER_LIST (object)
        ? gst_buffer_list_length (GST_BUFFER_LIST_CAST (object)) : 1;

    n += n_packets;
  }
  fail_unless (kit->out->len <= n);
  g_ptr_array_unref (frames);
  kit_free (kit);
  stream_free (stream);
}

GST_END_TEST;

GST_START_TEST (test_layered_stream_keeps_layer_fields_on_every_packet)
{
  Stream *stream = stream_new (STREAM_BALL "vp8enc name=enc deadline=1 target-bitrate=500000 ! "
      "rtpvp8pay name=pay picture-id-mode=2" STREAM_SINK, TRUE);
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 200);
  guint8 start[6] = { 0 };
  guint n_starts = 0;

  stream_push (kit, stream);
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
  fail_unless_equals_int (n_starts, stream->frames->len);
  fail_unless (kit->out->len > n_starts);
  kit_free (kit);
  stream_free (stream);
}

GST_END_TEST;

static const struct
{
  const gchar *encoder;
  const gchar *payloader;
  guint mtu;
  guint back_mtu;
  gboolean layers;
} vp9_rows[] = {
  {"", "", 1200, 1200},
  {"", "picture-id-mode=1", 1200, 1200},
  {"", "picture-id-mode=2", 1200, 1200},
  {"error-resilient=default", "picture-id-mode=2 mtu=1400", 1400, 1400},
  {"", "picture-id-mode=2 mtu=300", 300, 300},
  {"", "picture-id-mode=2 mtu=100", 150, 150},
  {"", "picture-id-mode=2 mtu=9000", 9000, 9000},
  {"", "picture-id-mode=2 mtu=9000", 500, 1200},
  {"", "picture-id-mode=2 mtu=300", 1400, 600},
  /* Frames that are not shown travel with the next one, as a superframe. */
  {"auto-alt-ref=true lag-in-frames=10", "picture-id-mode=2", 600, 600},
  {"", "picture-id-mode=2", 1200, 1200, TRUE},
  {"error-resilient=default", "picture-id-mode=1", 600, 600, TRUE},
};

GST_START_TEST (test_vp9_stream_survives_growing_and_shrinking)
{
  gchar *description = g_strdup_printf (STREAM_BALL "vp9enc name=enc deadline=1 cpu-used=8 "
      "lag-in-frames=0 keyframe-max-dist=10 target-bitrate=500000 %s ! "
      "rtpvp9pay name=pay seqnum-offset=65500 %s" STREAM_SINK,
      vp9_rows[__i__].encoder, vp9_rows[__i__].payloader);
  Stream *stream = stream_new (description, vp9_rows[__i__].layers);

  stream_round_trip (stream, &e2ee_rtp_codec_vp9, vp9_rows[__i__].mtu, vp9_rows[__i__].back_mtu,
      "rtpvp9depay", VP9_CAPS);
  stream_free (stream);
  g_free (description);
}

GST_END_TEST;

GST_START_TEST (test_large_vp9_frames_survive_with_another_mtu_on_the_way_back)
{
  Stream *stream = stream_new (STREAM_NOISE "vp9enc name=enc deadline=1 cpu-used=8 lag-in-frames=0 "
      "target-bitrate=20000000 ! rtpvp9pay name=pay picture-id-mode=2" STREAM_SINK, FALSE);

  stream_round_trip (stream, &e2ee_rtp_codec_vp9, 1200, 1400, "rtpvp9depay", VP9_CAPS);
  stream_free (stream);
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
      strstr (opus_rows[__i__], "name=pay") != NULL ? "" : " ! rtpopuspay name=pay", STREAM_SINK,
      NULL);
  Stream *stream = stream_new (description, FALSE);

  /* dtx=true drops packets before us, and the payloader's numbers stay contiguous. */
  if (strstr (opus_rows[__i__], "dtx") != NULL) {
    Kit *kit = kit_new (&e2ee_rtp_codec_opus, 1200);

    kit->grow = STREAM_OVERHEAD;
    stream_push (kit, stream);
    stream_assert_contiguous (kit, stream_first_seq (stream), 0);
    kit_free (kit);
  } else {
    stream_round_trip (stream, &e2ee_rtp_codec_opus, 0, 0, "rtpopusdepay", OPUS_CAPS);
  }
  stream_free (stream);
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
  tcase_add_loop_test (tc, test_vp9_stream_survives_growing_and_shrinking, 0,
      G_N_ELEMENTS (vp9_rows));
  tcase_add_test (tc, test_large_vp9_frames_survive_with_another_mtu_on_the_way_back);
  tcase_add_loop_test (tc, test_opus_stream_survives_growing_and_shrinking, 0,
      G_N_ELEMENTS (opus_rows));
  return suite;
}

GST_CHECK_MAIN (rtp_streams);
