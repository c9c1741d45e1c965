/* State changes, flushes, caps changes and key changes at any moment, from threads of their own.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#define _GNU_SOURCE             /* memmem */

#include "media.h"

#include <gst/rtp/rtp.h>
#include <string.h>

#define OPUS_CAPS "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=97"
#define MIN_BUFFERS 3000
#define PLAINTEXT "sixteen bytes and more of plaintext"

typedef struct
{
  gint n_out;
  gint n_clear;
  gint seq;
} Watch;

static GstBuffer *
make_packet (GstHarness * h, gpointer user_data)
{
  Watch *watch = user_data;
  guint16 seq = g_atomic_int_add (&watch->seq, 1);
  GstBuffer *packet = gst_rtp_buffer_new_allocate (sizeof PLAINTEXT, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  gst_rtp_buffer_map (packet, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_payload_type (&rtp, 97);
  gst_rtp_buffer_set_seq (&rtp, seq);
  gst_rtp_buffer_set_timestamp (&rtp, seq * 960u);
  memcpy (gst_rtp_buffer_get_payload (&rtp), PLAINTEXT, sizeof PLAINTEXT);
  gst_rtp_buffer_unmap (&rtp);
  return packet;
}

static GstPadProbeReturn
watch_out (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Watch *watch = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMapInfo map;

  g_atomic_int_inc (&watch->n_out);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  if (memmem (map.data, map.size, "sixteen", 7))
    g_atomic_int_inc (&watch->n_clear);
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

typedef struct
{
  GstHarness *h;
  MediaProvider *provider;
  Watch watch;
  gint stop;
} Stress;

static gpointer
feed (gpointer user_data)
{
  Stress *stress = user_data;
  GstCaps *opus = gst_caps_from_string (OPUS_CAPS);
  GstCaps *other = gst_caps_from_string (OPUS_CAPS ",a-something=else");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  while (!g_atomic_int_get (&stress->stop)) {
    gst_pad_push_event (stress->h->srcpad, gst_event_new_stream_start ("stress"));
    gst_pad_push_event (stress->h->srcpad, gst_event_new_caps (opus));
    gst_pad_push_event (stress->h->srcpad, gst_event_new_segment (&segment));
    for (guint i = 0; i < 20; i++)
      gst_pad_push (stress->h->srcpad, make_packet (stress->h, &stress->watch));
    gst_pad_push_event (stress->h->srcpad, gst_event_new_caps (other));
    for (guint i = 0; i < 20; i++)
      gst_pad_push (stress->h->srcpad, make_packet (stress->h, &stress->watch));
  }
  gst_caps_unref (opus);
  gst_caps_unref (other);
  return NULL;
}

static gpointer
flush (gpointer user_data)
{
  Stress *stress = user_data;

  while (!g_atomic_int_get (&stress->stop)) {
    gst_pad_push_event (stress->h->srcpad, gst_event_new_flush_start ());
    gst_pad_push_event (stress->h->srcpad, gst_event_new_flush_stop (TRUE));
    g_thread_yield ();
  }
  return NULL;
}

static gpointer
change_states (gpointer user_data)
{
  Stress *stress = user_data;

  while (!g_atomic_int_get (&stress->stop)) {
    GstStructure *stats = NULL;

    gst_element_set_state (stress->h->element, GST_STATE_READY);
    g_object_get (stress->h->element, "stats", &stats, NULL);
    gst_structure_free (stats);
    gst_element_set_state (stress->h->element, GST_STATE_PLAYING);
    g_thread_yield ();
  }
  return NULL;
}

static gpointer
change_keys (gpointer user_data)
{
  Stress *stress = user_data;

  while (!g_atomic_int_get (&stress->stop)) {
    media_provider_set (stress->provider, media_key (1, 1, 1), NULL);
    media_provider_set (stress->provider, media_key (1, 1, 1), media_key (2, 2, 2), NULL);
    g_signal_emit_by_name (stress->h->element, "clear-keys");
    media_provider_set (stress->provider, media_key (3, 3, 3), NULL);
  }
  return NULL;
}

static void
stress (const gchar * factory, gint min_out)
{
  static const GThreadFunc jobs[] = { feed, flush, change_states, change_keys };
  GstElement *element = gst_element_factory_make (factory, NULL);
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  GThread *threads[G_N_ELEMENTS (jobs)];
  Stress stress = { 0, };
  GstPad *pad;

  /* A flush takes the segment away under the feeding thread, as it would under any. */
  gst_check_add_log_filter ("GStreamer", G_LOG_LEVEL_WARNING,
      g_regex_new ("Got data flow before|Sticky event misordering", 0, 0, NULL), NULL, NULL, NULL);
  stress.provider = media_provider_new ();
  g_object_set (element, "key-provider", stress.provider, NULL);
  stress.h = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_drop_buffers (stress.h, TRUE);
  gst_harness_play (stress.h);
  pad = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, watch_out, &stress.watch, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    threads[i] = g_thread_new ("stress", jobs[i], &stress);
  while ((g_atomic_int_get (&stress.watch.seq) < MIN_BUFFERS
          || g_atomic_int_get (&stress.watch.n_out) < min_out)
      && g_get_monotonic_time () < deadline)
    g_thread_yield ();
  g_atomic_int_set (&stress.stop, 1);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    g_thread_join (threads[i]);

  fail_unless (stress.watch.seq >= MIN_BUFFERS, "only %d buffers went in", stress.watch.seq);
  fail_unless (stress.watch.n_out >= min_out, "only %d buffers came out", stress.watch.n_out);
  fail_unless_equals_int (stress.watch.n_clear, 0);
  gst_object_unref (pad);
  gst_harness_teardown (stress.h);
  gst_object_unref (element);
  g_object_unref (stress.provider);
}

GST_START_TEST (test_e2eeenc_lets_no_clear_frame_out_at_any_moment)
{
  stress ("e2eeenc", 20);
}

GST_END_TEST;

GST_START_TEST (test_e2eedec_lets_no_clear_frame_through_at_any_moment)
{
  stress ("e2eedec", 0);
}

GST_END_TEST;

static Suite *
stress_suite (void)
{
  Suite *s = suite_create ("stress");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_test (tc, test_e2eeenc_lets_no_clear_frame_out_at_any_moment);
  tcase_add_test (tc, test_e2eedec_lets_no_clear_frame_through_at_any_moment);
  return s;
}

GST_CHECK_MAIN (stress);
