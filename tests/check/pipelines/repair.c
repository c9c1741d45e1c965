/* Every codec and packetization through webrtcbin, over a clean line and one that loses packets:
 * encrypted frames live through RTX, RED and ULPFEC.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Two webrtcbin in this process.  In front of the sender's SRTP, behind RTX, RED and FEC, every
 * seventh packet is thrown away, and no repair.  Every frame must be opened all the same, which the
 * counters of SFrame tell; where FEC is alone, those that it restored, since webrtcbin keeps what
 * FEC needs for hardly longer than the jitter buffer waits.  Nothing waits for a time: a case is
 * over when enough frames have come. */
#include <gst/check/gstcheck.h>
#include <gst/e2ee/e2ee.h>
#include <gst/rtp/rtp.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "../sframeloop.h"

#define N_FRAMES 60
#define LOSE_EVERY 7
/* For what hangs, and for the jitter buffers, which must not give up on a busy machine. */
#define LIMIT_S 60
#define LATENCY_MS 3000
#define POLL_MS 20

#define KEYS "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\"AAECAwQFBgcICQoLDA0ODw\"}]}"
#define PAYLOAD_TYPE 96
#define PICTURES "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=30/1 ! " \
  "timeoverlay ! "
#define SOUND "audiotestsrc is-live=true samplesperbuffer=160 ! "

typedef struct
{
  const gchar *name;            /* of RTP caps */
  const gchar *media;
  guint clock_rate;
  const gchar *source, *sink;
} Codec;

/* Key frames of several packets, others of one or two. */
static const Codec codecs[] = {
  {"VP8", "video", 90000, PICTURES "vp8enc deadline=1 keyframe-max-dist=20 target-bitrate=600000 ! "
      "rtpvp8pay picture-id-mode=2", "rtpvp8depay ! vp8dec"},
  {"VP9", "video", 90000, PICTURES "vp9enc deadline=1 cpu-used=8 lag-in-frames=0 "
      "keyframe-max-dist=20 target-bitrate=600000 ! rtpvp9pay picture-id-mode=15-bit",
      "rtpvp9depay ! vp9dec"},
  {"H264", "video", 90000, PICTURES "x264enc tune=zerolatency speed-preset=ultrafast "
      "key-int-max=20 bitrate=600 ! video/x-h264,profile=constrained-baseline ! "
      "rtph264pay config-interval=-1", "rtph264depay ! avdec_h264"},
  {"H265", "video", 90000, PICTURES "x265enc tune=zerolatency speed-preset=ultrafast "
      "key-int-max=20 bitrate=600 ! rtph265pay config-interval=-1", "rtph265depay ! avdec_h265"},
  {"OPUS", "audio", 48000, SOUND "audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay",
      "rtpopusdepay ! opusdec"},
  {"PCMU", "audio", 8000, SOUND "audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay",
      "rtppcmudepay ! mulawdec"},
};

/* What happens on the line, and how packets are made. */
typedef struct
{
  const gchar *name;
  const Codec *codec;
  const gchar *packetization;
  gboolean clean;
  GstWebRTCFECType fec;
  gboolean nack;
} Line;

typedef struct
{
  const Line *line;
  GstElement *pipeline;
  GstElement *sender, *receiver;
  gchar *keys;

  GMutex lock;                  /* guards the rest */
  GstElement *dec;
  guint32 ssrc;                 /* of what is lost; 0 until the first packet */
  guint n_sent, n_lost;
  GHashTable *lost;             /* timestamps of frames that lost a packet */
  guint n_opened, n_repaired, n_decoded;
  guint64 counter;              /* of the last frame */
  gboolean skipped;
} Call;

static guint64
counter (GstElement * element, const gchar * name)
{
  GstStructure *stats = NULL;
  guint64 value = 0;

  g_object_get (element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &value), "no counter %s", name);
  gst_structure_free (stats);
  return value;
}

/* -- The line -- */

/* RED says in its first byte what is inside, and FEC has a payload type of its own there. */
static gboolean
is_media (GstRTPBuffer * rtp)
{
  guint type = gst_rtp_buffer_get_payload_type (rtp);

  return type == PAYLOAD_TYPE
      || (*(const guint8 *) gst_rtp_buffer_get_payload (rtp) & 0x7f) == PAYLOAD_TYPE;
}

/* Retransmissions have an SSRC of their own. */
static gboolean
is_lost (Call * call, GstBuffer * buffer)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gboolean lost = FALSE;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return FALSE;
  g_mutex_lock (&call->lock);
  if (call->ssrc == 0)
    call->ssrc = gst_rtp_buffer_get_ssrc (&rtp);
  if (call->ssrc == gst_rtp_buffer_get_ssrc (&rtp) && is_media (&rtp)) {
    lost = call->n_sent++ % LOSE_EVERY == LOSE_EVERY - 1 && !call->line->clean;
    call->n_lost += lost;
    if (lost)
      g_hash_table_add (call->lost, GUINT_TO_POINTER (gst_rtp_buffer_get_timestamp (&rtp)));
  }
  g_mutex_unlock (&call->lock);
  gst_rtp_buffer_unmap (&rtp);
  return lost;
}

static GstPadProbeReturn
on_line (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Call *call = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));

    for (guint i = gst_buffer_list_length (list); i > 0; i--)
      if (is_lost (call, gst_buffer_list_get (list, i - 1)))
        gst_buffer_list_remove (list, i - 1, 1);
    GST_PAD_PROBE_INFO_DATA (info) = list;
    return GST_PAD_PROBE_OK;
  }
  return is_lost (call, GST_PAD_PROBE_INFO_BUFFER (info)) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
on_deep_element (GstBin * bin, GstBin * sub_bin, GstElement * element, Call * call)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  GstPad *pad;

  if (!factory || !g_str_equal (GST_OBJECT_NAME (factory), "dtlssrtpenc"))
    return;
  pad = gst_element_get_static_pad (element, "rtp_sink_0");
  fail_unless (pad != NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_line, call,
      NULL);
  gst_object_unref (pad);
}

/* -- What comes out -- */

static guint32
timestamp_of (GstBuffer * buffer)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint32 timestamp;

  gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp);
  timestamp = gst_rtp_buffer_get_timestamp (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  return timestamp;
}

static void
take_opened (Call * call, GstBuffer * buffer)
{
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (buffer);
  guint32 timestamp = timestamp_of (buffer);

  g_mutex_lock (&call->lock);
  if (call->n_opened == 0 || meta->counter != call->counter) {
    if (call->n_opened > 0 && meta->counter != call->counter + 1)
      call->skipped = TRUE;
    call->counter = meta->counter;
    call->n_opened++;
    call->n_repaired += g_hash_table_contains (call->lost, GUINT_TO_POINTER (timestamp));
  }
  g_mutex_unlock (&call->lock);
}

static GstPadProbeReturn
on_opened (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      take_opened (user_data, gst_buffer_list_get (list, i));
  } else {
    take_opened (user_data, GST_PAD_PROBE_INFO_BUFFER (info));
  }
  return GST_PAD_PROBE_OK;
}

static void
on_decoded (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer user_data)
{
  Call *call = user_data;

  g_mutex_lock (&call->lock);
  call->n_decoded++;
  g_mutex_unlock (&call->lock);
}

/* -- Two that speak -- */

static void
on_media (GstElement * receiver, GstPad * pad, Call * call)
{
  GstElement *dec = gst_element_factory_make ("e2eedec", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstElement *decoder = gst_parse_bin_from_description (call->line->codec->sink, TRUE, NULL);
  GstPad *dec_sink = gst_element_get_static_pad (dec, "sink");
  GstPad *dec_src = gst_element_get_static_pad (dec, "src");

  g_object_set (dec, "key-file", call->keys, NULL);
  gst_util_set_object_arg (G_OBJECT (dec), "packetization", call->line->packetization);
  g_object_set (sink, "async", FALSE, "sync", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_decoded), call);
  gst_bin_add_many (GST_BIN (call->pipeline), dec, decoder, sink, NULL);
  fail_unless (gst_element_link_many (dec, decoder, sink, NULL));
  gst_element_sync_state_with_parent (sink);
  gst_element_sync_state_with_parent (decoder);
  gst_element_sync_state_with_parent (dec);
  fail_unless_equals_int (gst_pad_link (pad, dec_sink), GST_PAD_LINK_OK);
  gst_pad_add_probe (dec_src, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_opened,
      call, NULL);
  gst_object_unref (dec_sink);
  gst_object_unref (dec_src);
  g_mutex_lock (&call->lock);
  call->dec = gst_object_ref (dec);
  g_mutex_unlock (&call->lock);
}

static GstElement *
add_webrtc (Call * call, const gchar * name)
{
  GstElement *webrtc = gst_element_factory_make ("webrtcbin", name);

  g_object_set (webrtc, "latency", call->line->clean ? 200 : LATENCY_MS, NULL);
  gst_util_set_object_arg (G_OBJECT (webrtc), "bundle-policy", "max-bundle");
  loopback_only (webrtc);
  gst_bin_add (GST_BIN (call->pipeline), webrtc);
  return webrtc;
}

static gchar *
write_keys (void)
{
  gchar *path = NULL;
  gint fd = g_file_open_tmp ("e2ee-repair-XXXXXX.jwks", &path, NULL);

  fail_unless (fd >= 0);
  fail_unless_equals_int (write (fd, KEYS, sizeof KEYS - 1), sizeof KEYS - 1);
  close (fd);
  return path;
}

/* Only with the SSRC that they name does webrtcbin ask for what is lost. */
static void
wait_for_caps (GstPad * pad)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;

  while (!gst_pad_has_current_caps (pad)) {
    fail_unless (g_get_monotonic_time () < end, "no caps");
    g_usleep (POLL_MS * 1000);
  }
}

static Call *
call_new (const Line * line)
{
  Call *call = g_new0 (Call, 1);
  gchar *description, *text;
  GstElement *source;
  GObject *transceiver;
  GstCaps *caps;
  GstPad *pad;

  g_mutex_init (&call->lock);
  call->lost = g_hash_table_new (NULL, NULL);
  call->keys = write_keys ();
  call->line = line;
  call->pipeline = gst_pipeline_new (NULL);
  call->sender = add_webrtc (call, "sender");
  call->receiver = add_webrtc (call, "receiver");
  loopback_connect (call->sender, call->receiver);
  g_signal_connect (call->receiver, "pad-added", G_CALLBACK (on_media), call);
  g_signal_connect (call->sender, "deep-element-added", G_CALLBACK (on_deep_element), call);

  text = g_strdup_printf ("application/x-rtp,media=%s,encoding-name=%s,clock-rate=%u,payload=%d",
      line->codec->media, line->codec->name, line->codec->clock_rate, PAYLOAD_TYPE);
  description = g_strdup_printf ("%s pt=%d mtu=566 ! e2eeenc mtu=600 key-file=%s "
      "packetization=%s ! capsfilter caps=\"%s\"", line->codec->source, PAYLOAD_TYPE, call->keys,
      line->packetization, text);
  source = gst_parse_bin_from_description (description, TRUE, NULL);
  g_free (description);
  fail_unless (source != NULL);
  gst_bin_add (GST_BIN (call->pipeline), source);
  fail_unless (gst_element_link (source, call->sender));
  caps = gst_caps_from_string (text);
  g_free (text);
  pad = gst_element_get_static_pad (call->sender, "sink_0");
  g_object_get (pad, "transceiver", &transceiver, NULL);
  g_object_set (transceiver, "do-nack", line->nack, "fec-type", line->fec, "fec-percentage", 100, NULL);
  gst_object_unref (transceiver);
  g_signal_emit_by_name (call->receiver, "add-transceiver",
      GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps, &transceiver);
  g_object_set (transceiver, "do-nack", line->nack, "fec-type", line->fec, NULL);
  gst_object_unref (transceiver);
  gst_caps_unref (caps);

  fail_if (gst_element_set_state (call->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE);
  wait_for_caps (pad);
  gst_object_unref (pad);
  sframeloop_negotiate (call->sender, call->receiver, !g_str_equal (line->packetization, "codec"));
  return call;
}

static guint
count_opened (Call * call)
{
  guint n;

  g_mutex_lock (&call->lock);
  n = call->n_opened;
  g_mutex_unlock (&call->lock);
  return n;
}

static void
wait_for_frames (Call * call)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;

  while (count_opened (call) < N_FRAMES) {
    fail_unless (g_get_monotonic_time () < end, "%u frames opened, %u of %u packets lost",
        call->n_opened, call->n_lost, call->n_sent);
    g_usleep (POLL_MS * 1000);
  }
}

/* One decoded buffer for every frame. */
static void
wait_for_decoded (Call * call)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;
  guint n = 0;

  while (n < N_FRAMES) {
    fail_unless (g_get_monotonic_time () < end, "%u decoded, %u opened", n, call->n_opened);
    g_usleep (POLL_MS * 1000);
    g_mutex_lock (&call->lock);
    n = call->n_decoded;
    g_mutex_unlock (&call->lock);
  }
}

static void
call_free (Call * call)
{
  GWeakRef sender, receiver;

  g_weak_ref_init (&sender, call->sender);
  g_weak_ref_init (&receiver, call->receiver);
  gst_element_set_state (call->pipeline, GST_STATE_NULL);
  gst_clear_object (&call->dec);
  gst_object_unref (call->pipeline);
  loopback_wait_until_gone (&sender);
  loopback_wait_until_gone (&receiver);
  loopback_leave_at_once ();
  g_unlink (call->keys);
  g_free (call->keys);
  g_hash_table_unref (call->lost);
  g_mutex_clear (&call->lock);
  g_free (call);
}

#define NO_FEC GST_WEBRTC_FEC_TYPE_NONE
#define FEC GST_WEBRTC_FEC_TYPE_ULP_RED

static const Line repairs[] = {
  {"retransmission", codecs, "codec", FALSE, NO_FEC, TRUE},
  {"RED and ULPFEC", codecs, "codec", FALSE, FEC, FALSE},
  {"retransmission, RED and ULPFEC", codecs, "codec", FALSE, FEC, TRUE},
  {"retransmission of frames in SFrame packets", codecs, "frame", FALSE, NO_FEC, TRUE},
  {"RED and ULPFEC of frames in SFrame packets", codecs, "frame", FALSE, FEC, FALSE},
  {"all of it, of frames in SFrame packets", codecs, "frame", FALSE, FEC, TRUE},
  {"retransmission of payloads in SFrame packets", codecs, "packet", FALSE, NO_FEC, TRUE},
  {"RED and ULPFEC of payloads in SFrame packets", codecs, "packet", FALSE, FEC, FALSE},
  {"all of it, of payloads in SFrame packets", codecs, "packet", FALSE, FEC, TRUE},
};

static void
check_repairs (const Line * line)
{
  Call *call = call_new (line);

  wait_for_frames (call);
  fail_unless (call->n_repaired > 0, "%s: nothing was repaired", line->name);
  if (line->nack) {
    fail_if (call->skipped, "%s: a frame is missing", line->name);
    fail_unless_equals_uint64 (counter (call->dec, "dropped"), 0);
  }
  call_free (call);
}

GST_START_TEST (test_frames_of_lost_and_repaired_packets_are_opened)
{
  check_repairs (&repairs[__i__]);
}

GST_END_TEST;

static const gchar *const packetizations[] = { "codec", "frame", "packet" };

/* Row @i of every codec but the first in every packetization. */
static Line
line_of (guint i, gboolean clean)
{
  Line line = { NULL, &codecs[i / G_N_ELEMENTS (packetizations)],
    packetizations[i % G_N_ELEMENTS (packetizations)], clean, NO_FEC, !clean
  };

  line.name = line.codec->name;
  return line;
}

GST_START_TEST (test_every_codec_lives_through_retransmission)
{
  Line line = line_of ((guint) __i__, FALSE);

  check_repairs (&line);
}

GST_END_TEST;

GST_START_TEST (test_every_codec_is_decoded_over_a_clean_line)
{
  Line line = line_of ((guint) __i__, TRUE);
  Call *call = call_new (&line);

  wait_for_decoded (call);
  fail_if (call->skipped, "%s, %s: a frame is missing", line.name, line.packetization);
  fail_unless_equals_uint64 (counter (call->dec, "dropped"), 0);
  fail_unless_equals_uint64 (counter (call->dec, "incomplete"), 0);
  fail_unless_equals_int (g_hash_table_size (call->lost), 0);
  call_free (call);
}

GST_END_TEST;

static Suite *
repair_suite (void)
{
  Suite *s = suite_create ("repair");
  TCase *tc = tcase_create ("repair");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 2 * LIMIT_S);
  tcase_add_loop_test (tc, test_frames_of_lost_and_repaired_packets_are_opened, 0,
      G_N_ELEMENTS (repairs));
  tcase_add_loop_test (tc, test_every_codec_is_decoded_over_a_clean_line, 0,
      G_N_ELEMENTS (codecs) * G_N_ELEMENTS (packetizations));
  tcase_add_loop_test (tc, test_every_codec_lives_through_retransmission,
      G_N_ELEMENTS (packetizations), G_N_ELEMENTS (codecs) * G_N_ELEMENTS (packetizations));
  return s;
}

GST_CHECK_MAIN (repair);
