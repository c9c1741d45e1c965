/* e2eeenc: what leaves it, and what does not.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#define _GNU_SOURCE             /* memmem */

#include "clock.h"
#include "media.h"

#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <string.h>

static void
push (GstHarness * h, Media * media, guint i)
{
  fail_unless_equals_int (gst_pad_push_list (h->srcpad, media_list (media, i)), GST_FLOW_OK);
}

/* The first frame of @media again and again, each time as a new one. */
static void
push_again (GstHarness * h, Media * media, guint16 * seq)
{
  GstBufferList *list = media_renumber (g_ptr_array_index (media->lists, 0), seq, *seq * 3000u);

  fail_unless_equals_int (gst_pad_push_list (h->srcpad, list), GST_FLOW_OK);
}

static GstHarness *
vp8_harness (Media * media, const gchar * json)
{
  GstHarness *h = media_harness ("e2eeenc", json, NULL);

  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  return h;
}

/* No run of 16 bytes of the frame behind its clear prefix may stand in what was sent. */
static gboolean
shows_plaintext (GBytes * sent, GBytes * frame, gsize prefix)
{
  gsize sent_size, size;
  const guint8 *sent_data = g_bytes_get_data (sent, &sent_size);
  const guint8 *data = g_bytes_get_data (frame, &size);

  for (gsize at = prefix; at + 16 <= size; at += 16)
    if (memmem (sent_data, sent_size, data + at, 16))
      return TRUE;
  return FALSE;
}

GST_START_TEST (test_frames_leave_encrypted_behind_their_clear_prefix)
{
  Media *media = media_vp8 (12, NULL, NULL);
  GstHarness *h = vp8_harness (media, KEYS_1);
  GPtrArray *out;

  for (guint i = 0; i < 12; i++)
    push (h, media, i);
  out = media_collect (h);
  fail_unless_equals_int (out->len, 12);
  for (guint i = 0; i < 12; i++) {
    GBytes *sent = media_join (g_ptr_array_index (out, i), TRUE);
    GBytes *frame = g_ptr_array_index (media->frames, i);
    const guint8 *data = g_bytes_get_data (frame, NULL);
    gsize prefix = data[0] & 1 ? 3 : 10;

    fail_unless (memcmp (g_bytes_get_data (sent, NULL), data, prefix) == 0);
    /* one byte of configuration, key id inside, eight bytes of counter, tag of 16 */
    fail_unless (g_bytes_get_size (sent) >= g_bytes_get_size (frame) + 1 + 16);
    fail_unless (g_bytes_get_size (sent) <= g_bytes_get_size (frame) + 9 + 16);
    fail_if (shows_plaintext (sent, frame, prefix));
    g_bytes_unref (sent);
  }
  fail_unless_equals_uint64 (media_stat (h, "frames"), 12);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  g_ptr_array_unref (out);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_packets_keep_their_header_and_stay_under_the_mtu)
{
  Media *media = media_vp8 (3, NULL, NULL);
  GstHarness *h = vp8_harness (media, KEYS_1);
  GPtrArray *out;

  g_object_set (h->element, "mtu", 300, NULL);
  for (guint i = 0; i < 3; i++)
    push (h, media, i);
  out = media_collect (h);
  fail_unless_equals_int (out->len, 3);
  for (guint i = 0; i < 3; i++) {
    GstBufferList *list = g_ptr_array_index (out, i);
    GstRTPBuffer in = GST_RTP_BUFFER_INIT;
    guint n = gst_buffer_list_length (list);

    gst_rtp_buffer_map (gst_buffer_list_get (g_ptr_array_index (media->lists, i), 0),
        GST_MAP_READ, &in);
    for (guint k = 0; k < n; k++) {
      GstBuffer *packet = gst_buffer_list_get (list, k);
      GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

      fail_unless (gst_buffer_get_size (packet) <= 300);
      fail_unless_equals_int (gst_buffer_n_memory (packet), 1);
      gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp);
      fail_unless_equals_int (gst_rtp_buffer_get_ssrc (&rtp), gst_rtp_buffer_get_ssrc (&in));
      fail_unless_equals_int (gst_rtp_buffer_get_timestamp (&rtp),
          gst_rtp_buffer_get_timestamp (&in));
      fail_unless_equals_int (gst_rtp_buffer_get_marker (&rtp), k == n - 1);
      fail_unless_equals_int (gst_buffer_get_e2ee_state (packet), GST_E2EE_STATE_ON);
      gst_rtp_buffer_unmap (&rtp);
    }
    gst_rtp_buffer_unmap (&in);
  }
  g_ptr_array_unref (out);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

static GstPadProbeReturn
count_list (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  guint *n = user_data;

  n[GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST ? 0 : 1]++;
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_a_list_stays_a_list)
{
  Media *media = media_vp8 (4, NULL, NULL);
  GstHarness *h = vp8_harness (media, KEYS_1);
  GstPad *pad = gst_element_get_static_pad (h->element, "src");
  guint n[2] = { 0, 0 }, expected = 0;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, count_list,
      n, NULL);
  for (guint i = 0; i < 4; i++) {
    g_object_set (h->element, "mtu", 600, NULL);
    expected += gst_buffer_list_length (g_ptr_array_index (media->lists, i)) > 1;
    push (h, media, i);
  }
  fail_unless (expected > 0);
  fail_unless (n[0] >= expected);
  fail_unless_equals_int (n[0] + n[1], 4);
  gst_object_unref (pad);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_nothing_leaves_without_a_key)
{
  Media *media = media_vp8 (3, NULL, NULL);
  GstHarness *h = vp8_harness (media, NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;

  gst_element_set_bus (h->element, bus);
  for (guint i = 0; i < 3; i++)
    push (h, media, i);
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "no-key"), 3);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless (message != NULL);
  gst_message_unref (message);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

static GstE2eeKey *
give_key (GstElement * element, guint64 key_id, gpointer user_data)
{
  GstStructure *stats;

  /* Must not deadlock: no lock is held while the signal runs. */
  g_object_get (element, "stats", &stats, NULL);
  gst_structure_free (stats);
  (*(guint *) user_data)++;
  return media_key (7, 0x55, 1);
}

GST_START_TEST (test_request_key_gives_the_key)
{
  Media *media = media_vp8 (3, NULL, NULL);
  GstHarness *h = vp8_harness (media, NULL);
  guint asked = 0;

  g_signal_connect (h->element, "request-key", G_CALLBACK (give_key), &asked);
  for (guint i = 0; i < 3; i++)
    push (h, media, i);
  fail_unless_equals_int (asked, 1);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 3);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 7);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

/* Each of these must be refused with an error on the bus that says why, and nothing may pass. */
static const struct
{
  const gchar *name;
  const gchar *caps;
  const gchar *why;
} refused_caps[] = {
  {"a codec without a row",
      "application/x-rtp,media=video,encoding-name=THEORA,clock-rate=90000,payload=96",
      "these can: VP8, VP9, "},
  {"RTP without encoding-name", "application/x-rtp,media=video,clock-rate=90000,payload=96",
      "no encoding-name"},
  {"RTP of a static payload type without a row",
      "application/x-rtp,media=audio,clock-rate=8000,payload=3", "payload type does not stand for"},
  {"RTP that says nothing", "application/x-rtp", "no encoding-name"},
  {"AV1 in RTP", "application/x-rtp,media=video,encoding-name=AV1,clock-rate=90000,payload=96",
      "rtpav1pay"},
  {"AV1 frames", "video/x-av1", "rtpav1pay"},
  {"audio with its redundancy",
      "application/x-rtp,media=audio,encoding-name=RED,clock-rate=48000,payload=63",
      "in front of rtpredenc"},
  {"raw video", "video/x-raw,format=I420,width=320,height=240,framerate=30/1", "behind their encoder"},
  {"raw audio", "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2",
      "behind their encoder"},
  {"encoded frames of another codec", "video/x-theora", "these can: "},
  {"encoded sound of another codec", "audio/x-vorbis", "these can: "},
  {"RTP that is encrypted already", "application/x-srtp,encoding-name=VP8", "encrypted already"},
  {"control packets", "application/x-rtcp", "of this type"},
};

GST_START_TEST (test_media_that_cannot_be_protected_is_refused)
{
  GstHarness *h = media_harness ("e2eeenc", KEYS_1, NULL);
  GstBus *bus = gst_bus_new ();
  GstCaps *caps = gst_caps_from_string (refused_caps[__i__].caps);
  GError *error = NULL;
  GstSegment segment;
  GstMessage *message;

  gst_element_set_bus (h->element, bus);
  gst_harness_play (h);
  gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("test"));
  gst_pad_push_event (h->srcpad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (h->srcpad, gst_event_new_segment (&segment));
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "no error for %s", refused_caps[__i__].name);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, refused_caps[__i__].why) != NULL, "%s: %s",
      refused_caps[__i__].name, error->message);
  g_error_free (error);
  gst_message_unref (message);
  fail_unless_equals_int (gst_harness_push (h, gst_rtp_buffer_new_allocate (100, 0, 0)),
      GST_FLOW_NOT_NEGOTIATED);
  fail_unless (gst_harness_try_pull (h) == NULL);
  gst_caps_unref (caps);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_a_bad_key_file_stops_the_start_and_is_named)
{
  static const gchar *const bad[] = { "", "{", "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\"AA\"}]}",
    "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\"" KEY_1_K "\",\"alg\":\"NO_SUCH_SUITE\"}]}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    GstElement *element = gst_element_factory_make ("e2eeenc", NULL);
    gchar *path = media_key_file (bad[i]);
    GstBus *bus = gst_bus_new ();
    GstMessage *message;
    GError *error = NULL;
    gchar *debug = NULL;

    gst_element_set_bus (element, bus);
    g_object_set (element, "key-file", path, NULL);
    fail_unless_equals_int (gst_element_set_state (element, GST_STATE_READY),
        GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    fail_unless (message != NULL);
    gst_message_parse_error (message, &error, &debug);
    fail_unless (strstr (error->message, path) != NULL, "%s", error->message);
    fail_unless (strstr (error->message, KEY_1_K) == NULL);
    g_error_free (error);
    g_free (debug);
    gst_message_unref (message);
    gst_element_set_state (element, GST_STATE_NULL);
    gst_element_set_bus (element, NULL);
    gst_object_unref (bus);
    gst_object_unref (element);
    media_unlink (path);
  }
}

GST_END_TEST;

static guint
count_key_frame_requests (GstHarness * h)
{
  GstEvent *event;
  guint n = 0;

  while ((event = gst_harness_try_pull_upstream_event (h))) {
    n += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  return n;
}

static GstHarness *
provider_harness (Media * media, MediaProvider * provider)
{
  GstElement *element = gst_element_factory_make ("e2eeenc", NULL);
  GstHarness *h;

  g_object_set (element, "key-provider", provider, NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  return h;
}

GST_START_TEST (test_key_change_waits_for_a_key_frame_and_asks_for_one)
{
  Media *media = media_vp8 (12, "keyframe-max-dist=8", NULL);
  MediaProvider *provider = media_provider_new ();
  GstHarness *h;
  guint key_frame = 0;

  for (guint i = 1; i < 12 && key_frame == 0; i++)
    if (!(*(const guint8 *) g_bytes_get_data (g_ptr_array_index (media->frames, i), NULL) & 1))
      key_frame = i;
  fail_unless (key_frame > 3);

  media_provider_set (provider, media_key (1, 1, 1), NULL);
  h = provider_harness (media, provider);
  push (h, media, 0);
  push (h, media, 1);
  count_key_frame_requests (h);
  media_provider_set (provider, media_key (1, 1, 1), media_key (2, 2, 2), NULL);
  for (guint i = 2; i < key_frame; i++) {
    push (h, media, i);
    fail_unless_equals_uint64 (media_stat (h, "key-id"), 1);
  }
  fail_unless_equals_int (count_key_frame_requests (h), 1);
  push (h, media, key_frame);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 2);
  fail_unless_equals_uint64 (media_stat (h, "frames"), key_frame + 1);
  gst_harness_teardown (h);
  g_object_unref (provider);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_key_change_waits_for_500_ms_and_no_longer)
{
  Media *media = media_vp8 (2, "keyframe-max-dist=100", NULL);
  MediaProvider *provider = media_provider_new ();
  guint16 seq = media_seq_behind (g_ptr_array_index (media->lists, 0));
  GstHarness *h;

  media_provider_set (provider, media_key (1, 1, 1), NULL);
  h = provider_harness (media, provider);
  push (h, media, 0);
  g_ptr_array_remove_index (media->lists, 0);   /* the key frame */
  media_provider_set (provider, media_key (1, 1, 1), media_key (2, 2, 2), NULL);
  push_again (h, media, &seq);
  clock_advance (499);
  push_again (h, media, &seq);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 1);
  clock_advance (1);
  push_again (h, media, &seq);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 2);
  gst_harness_teardown (h);
  g_object_unref (provider);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_a_removed_key_encrypts_no_more)
{
  Media *media = media_vp8 (6, "keyframe-max-dist=100", NULL);
  MediaProvider *provider = media_provider_new ();
  gboolean removed = FALSE;
  GstHarness *h;

  media_provider_set (provider, media_key (1, 1, 1), media_key (2, 2, 1), NULL);
  h = provider_harness (media, provider);
  push (h, media, 0);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 1);
  g_signal_emit_by_name (h->element, "remove-key", (guint64) 1, &removed);
  fail_unless (removed);
  push (h, media, 1);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 2);
  g_signal_emit_by_name (h->element, "clear-keys");
  push (h, media, 2);
  push (h, media, 3);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 2);
  fail_unless_equals_uint64 (media_stat (h, "no-key"), 2);
  gst_harness_teardown (h);
  g_object_unref (provider);
  media_free (media);
}

GST_END_TEST;

static void
on_soft_limit (GstElement * element, guint64 key_id, guint * n)
{
  GstStructure *stats;

  g_object_get (element, "stats", &stats, NULL);
  gst_structure_free (stats);
  fail_unless_equals_uint64 (key_id, 1);
  (*n)++;
}

static void
on_hard_limit (GstElement * element, guint64 key_id, MediaProvider * provider)
{
  fail_unless_equals_uint64 (key_id, 1);
  media_provider_set (provider, media_key (2, 2, 2), NULL);
}

GST_START_TEST (test_the_limits_are_told_and_held)
{
  Media *media = media_vp8 (1, NULL, NULL);
  MediaProvider *provider = media_provider_new ();
  GstElement *element = gst_element_factory_make ("e2eeenc", NULL);
  GstHarness *h;
  guint16 seq = 0;
  guint soft = 0;

  g_object_set (element, "key-provider", provider, "frame-limit", (guint64) 20, NULL);
  media_provider_set (provider, media_key (1, 1, 1), NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  g_signal_connect (element, "soft-limit", G_CALLBACK (on_soft_limit), &soft);
  for (guint i = 0; i < 17; i++)
    push_again (h, media, &seq);
  fail_unless_equals_int (soft, 0);
  for (guint i = 0; i < 13; i++)
    push_again (h, media, &seq);
  fail_unless_equals_int (soft, 1);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 20);
  fail_unless_equals_uint64 (media_stat (h, "exhausted"), 10);
  gst_harness_teardown (h);
  gst_object_unref (element);
  g_object_unref (provider);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_a_new_key_in_hard_limit_loses_no_frame)
{
  Media *media = media_vp8 (1, NULL, NULL);
  MediaProvider *provider = media_provider_new ();
  GstElement *element = gst_element_factory_make ("e2eeenc", NULL);
  guint16 seq = 0;
  GstHarness *h;

  g_object_set (element, "key-provider", provider, "frame-limit", (guint64) 5, NULL);
  media_provider_set (provider, media_key (1, 1, 1), NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  g_signal_connect (element, "hard-limit", G_CALLBACK (on_hard_limit), provider);
  for (guint i = 0; i < 9; i++)
    push_again (h, media, &seq);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 9);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 2);
  gst_harness_teardown (h);
  gst_object_unref (element);
  g_object_unref (provider);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_key_id_chooses_the_key)
{
  Media *media = media_vp8 (1, NULL, NULL);
  MediaProvider *provider = media_provider_new ();
  guint16 seq = 0;
  GstHarness *h;

  media_provider_set (provider, media_key (1, 1, 9), media_key (4, 4, 1), NULL);
  h = provider_harness (media, provider);
  g_object_set (h->element, "key-id", (gint64) 4, NULL);
  push_again (h, media, &seq);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 4);
  g_object_set (h->element, "key-id", (gint64) 5, NULL);
  push_again (h, media, &seq);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 1);
  fail_unless_equals_uint64 (media_stat (h, "no-key"), 1);
  gst_harness_teardown (h);
  g_object_unref (provider);
  media_free (media);
}

GST_END_TEST;

/* Two elements on one static key, and one element that starts again, never meet on a counter. */
GST_START_TEST (test_counters_of_one_key_never_meet)
{
  Media *media = media_vp8 (1, NULL, NULL);
  GHashTable *seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint pushed = 0;

  for (guint run = 0; run < 8; run++) {
    GstHarness *h = vp8_harness (media, KEYS_1);
    guint16 seq = 0;

    for (guint i = 0; i < 20; i++) {
      GstE2eeStatusMeta *meta;
      GstBuffer *buffer;

      push_again (h, media, &seq);
      pushed++;
      buffer = gst_harness_pull (h);
      meta = gst_buffer_get_e2ee_status_meta (buffer);
      fail_unless (meta != NULL);
      fail_unless (g_hash_table_add (seen, g_memdup2 (&meta->counter, sizeof meta->counter)));
      gst_buffer_unref (buffer);
      while ((buffer = gst_harness_try_pull (h)))
        gst_buffer_unref (buffer);
    }
    gst_harness_teardown (h);
  }
  fail_unless_equals_int (g_hash_table_size (seen), pushed);
  g_hash_table_unref (seen);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_a_force_key_unit_event_passes_untouched)
{
  Media *media = media_vp8 (1, NULL, NULL);
  GstHarness *h = vp8_harness (media, KEYS_1);
  GstEvent *event = gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM,
      gst_structure_new ("GstForceKeyUnit", "ssrc", G_TYPE_UINT, 4711u, "all-headers",
          G_TYPE_BOOLEAN, TRUE, NULL)), *got;
  guint ssrc = 0;

  push (h, media, 0);
  fail_unless (gst_harness_push_upstream_event (h, event));
  while ((got = gst_harness_try_pull_upstream_event (h))) {
    if (gst_event_has_name (got, "GstForceKeyUnit"))
      gst_structure_get_uint (gst_event_get_structure (got), "ssrc", &ssrc);
    gst_event_unref (got);
  }
  fail_unless_equals_int (ssrc, 4711);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_flush_and_caps_change_keep_encrypting)
{
  Media *media = media_vp8 (3, NULL, NULL);
  GstHarness *h = vp8_harness (media, KEYS_1);
  GstCaps *caps = gst_caps_copy (media->caps);
  GPtrArray *out;

  push (h, media, 0);
  fail_unless (gst_harness_push_event (h, gst_event_new_flush_start ()));
  fail_unless (gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)));
  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  push (h, media, 1);
  gst_caps_set_simple (caps, "a-something", G_TYPE_STRING, "else", NULL);
  gst_harness_set_src_caps (h, caps);
  push (h, media, 2);
  out = media_collect (h);
  for (guint i = 0; i < out->len; i++) {
    GBytes *sent = media_join (g_ptr_array_index (out, i), TRUE);

    for (guint k = 0; k < 3; k++)
      fail_if (shows_plaintext (sent, g_ptr_array_index (media->frames, k), 10));
    g_bytes_unref (sent);
  }
  fail_unless_equals_uint64 (media_stat (h, "frames"), 3);
  g_ptr_array_unref (out);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_a_packet_lost_before_us_loses_its_frame_only)
{
  Media *media = media_vp8 (6, NULL, NULL);
  GstHarness *h = vp8_harness (media, KEYS_1);
  guint whole = 0;

  for (guint i = 0; i < 6; i++) {
    GstBufferList *list = gst_buffer_list_copy (g_ptr_array_index (media->lists, i));
    gboolean lose = gst_buffer_list_length (list) > 1;

    if (lose)
      gst_buffer_list_remove (list, 0, 1);
    else
      whole++;
    gst_pad_push_list (h->srcpad, list);
  }
  fail_unless (whole < 6);
  fail_unless_equals_uint64 (media_stat (h, "frames"), whole);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_text_is_encrypted_whole)
{
  GstHarness *h = media_harness ("e2eeenc", KEYS_1, "text/x-raw,format=utf8");
  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_new_wrapped (g_strdup ("hello, all"),
          10));
  GstMapInfo map;

  gst_buffer_map (out, &map, GST_MAP_READ);
  fail_unless (map.size > 10 + 16);
  fail_unless (memmem (map.data, map.size, "hello", 5) == NULL);
  gst_buffer_unmap (out, &map);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_what_is_no_rtp_is_counted_and_dropped)
{
  Media *media = media_vp8 (1, NULL, NULL);
  GstHarness *h = vp8_harness (media, KEYS_1);

  fail_unless_equals_int (gst_harness_push (h, gst_buffer_new_wrapped (g_strdup ("no RTP"), 6)),
      GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_push (h, gst_rtp_buffer_new_allocate (0, 0, 0)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "not-rtp"), 1);
  fail_unless_equals_uint64 (media_stat (h, "empty"), 1);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

static Suite *
e2eeenc_suite (void)
{
  Suite *s = suite_create ("e2eeenc");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_frames_leave_encrypted_behind_their_clear_prefix);
  tcase_add_test (tc, test_packets_keep_their_header_and_stay_under_the_mtu);
  tcase_add_test (tc, test_a_list_stays_a_list);
  tcase_add_test (tc, test_nothing_leaves_without_a_key);
  tcase_add_test (tc, test_request_key_gives_the_key);
  tcase_add_loop_test (tc, test_media_that_cannot_be_protected_is_refused, 0,
      G_N_ELEMENTS (refused_caps));
  tcase_add_test (tc, test_a_bad_key_file_stops_the_start_and_is_named);
  tcase_add_test (tc, test_key_change_waits_for_a_key_frame_and_asks_for_one);
  tcase_add_test (tc, test_key_change_waits_for_500_ms_and_no_longer);
  tcase_add_test (tc, test_a_removed_key_encrypts_no_more);
  tcase_add_test (tc, test_the_limits_are_told_and_held);
  tcase_add_test (tc, test_a_new_key_in_hard_limit_loses_no_frame);
  tcase_add_test (tc, test_key_id_chooses_the_key);
  tcase_add_test (tc, test_counters_of_one_key_never_meet);
  tcase_add_test (tc, test_a_force_key_unit_event_passes_untouched);
  tcase_add_test (tc, test_flush_and_caps_change_keep_encrypting);
  tcase_add_test (tc, test_a_packet_lost_before_us_loses_its_frame_only);
  tcase_add_test (tc, test_text_is_encrypted_whole);
  tcase_add_test (tc, test_what_is_no_rtp_is_counted_and_dropped);
  return s;
}

GST_CHECK_MAIN (e2eeenc);
