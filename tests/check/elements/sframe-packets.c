/* SFrame packets: frames and payloads out and back, what is said of them, keys, holes.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "clock.h"
#include "sframekit.h"

#include <gst/rtp/rtp.h>
#include <string.h>

/* ---- there and back ---- */

static const struct
{
  const gchar *name;
  gboolean vp8;
  const gchar *sender, *receiver;
  gboolean of_payloads;
} trips[] = {
  {"VP8 frames", TRUE, "packetization=frame", "packetization=frame", FALSE},
  {"VP8 payloads", TRUE, "packetization=packet", "packetization=packet", TRUE},
  {"VP8 frames to one who sends payloads", TRUE, "packetization=frame", "packetization=packet",
      FALSE},
  {"VP8 payloads to one who sends frames", TRUE, "packetization=packet", "packetization=frame",
      TRUE},
  {"Opus frames", FALSE, "packetization=frame", "packetization=frame", FALSE},
  {"Opus payloads", FALSE, "packetization=packet", "packetization=packet", TRUE},
};

GST_START_TEST (test_media_comes_back_byte_for_byte)
{
  SealedCall *call = sealed_call_new (sframe_media (trips[__i__].vp8, 20), trips[__i__].vp8,
      trips[__i__].sender);
  GstHarness *h = sealed_call_dec (call, KEYS_1, trips[__i__].receiver);

  for (guint i = 0; i < 20; i++)
    push_sealed (h, call, i);
  expect_plain (h, call, 0, 20);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (h, "incomplete"), 0);
  gst_harness_teardown (h);
  sealed_call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_receiver_follows_a_sender_who_changes_his_mind)
{
  SealedCall *frames = sealed_call_new (sframe_media (TRUE, 4), TRUE, "packetization=frame");
  GstHarness *enc = sframe_harness ("e2eeenc", KEYS_1, "packetization=packet mtu=300");
  GstHarness *h = sealed_call_dec (frames, KEYS_1, "packetization=frame");
  guint16 seq = media_seq_behind (g_ptr_array_index (frames->sealed, 1));
  GPtrArray *sealed;

  gst_harness_set_src_caps (enc, gst_caps_ref (frames->media->caps));
  push_list (enc, media_list (frames->media, 2));
  push_list (enc, media_list (frames->media, 3));
  sealed = media_collect (enc);
  fail_unless_equals_int (sealed->len, 2);

  push_sealed (h, frames, 0);
  push_sealed (h, frames, 1);
  push_list (h, media_renumber (g_ptr_array_index (sealed, 0), &seq, 70000));
  push_list (h, media_renumber (g_ptr_array_index (sealed, 1), &seq, 80000));
  expect_plain (h, frames, 0, 4);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  g_ptr_array_unref (sealed);
  gst_harness_teardown (enc);
  gst_harness_teardown (h);
  sealed_call_free (frames);
}

GST_END_TEST;

/* ---- on the wire ---- */

GST_START_TEST (test_packets_are_what_the_draft_draws)
{
  SealedCall *call = sealed_call_new (sframe_media (trips[__i__].vp8, 10), trips[__i__].vp8,
      trips[__i__].sender);
  guint8 t = trips[__i__].of_payloads ? SFRAME_T : 0;
  guint split = 0;
  guint16 seq = 0;

  for (guint i = 0; i < 10; i++) {
    GstBufferList *list = g_ptr_array_index (call->sealed, i);
    guint n = gst_buffer_list_length (list);
    gsize bytes = 0;

    for (guint j = 0; j < n; j++) {
      GstBuffer *packet = gst_buffer_list_get (list, j);
      guint8 expected = t | (t || j == 0 ? SFRAME_S : 0) | (t || j + 1 == n ? SFRAME_E : 0);
      GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

      fail_unless_equals_int_hex (descriptor_of (packet), expected);
      fail_unless (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
      if (call->vp8) {
        fail_unless (gst_buffer_get_size (packet) <= SFRAME_MTU);
        fail_unless_equals_int (gst_rtp_buffer_get_marker (&rtp), j + 1 == n);
      }
      if (i + j > 0)
        fail_unless_equals_int (gst_rtp_buffer_get_seq (&rtp), seq);
      seq = gst_rtp_buffer_get_seq (&rtp) + 1;
      bytes += gst_rtp_buffer_get_payload_len (&rtp) - 1;
      gst_rtp_buffer_unmap (&rtp);
    }
    split += n > 1;
    if (!t) {
      /* Key id 1 inline, a long counter, a tag of 16; no byte of the codec in front. */
      guint8 config = 0;

      gst_buffer_extract (gst_buffer_list_get (list, 0), RTP_HEADER + 1, &config, 1);
      fail_unless_equals_int_hex (config & 0xf8, 0x18);
      fail_unless_equals_uint64 (bytes, g_bytes_get_size (g_ptr_array_index (call->media->frames,
                  i)) + 1 + (config & 7) + 1 + 16);
    } else {
      fail_unless_equals_int (n, gst_buffer_list_length (g_ptr_array_index (call->media->lists,
                  i)));
    }
  }
  fail_unless_equals_int (split > 0, call->vp8);
  sealed_call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_payload_that_fills_its_packet_is_split)
{
  Media *media = media_vp8 (3, NULL, "mtu=300");
  SealedCall *call = sealed_call_new (media, TRUE, "packetization=packet");
  GstHarness *h = sealed_call_dec (call, KEYS_1, "packetization=packet");
  GstBufferList *list = g_ptr_array_index (call->sealed, 0);

  fail_unless (gst_buffer_list_length (list)
      > gst_buffer_list_length (g_ptr_array_index (media->lists, 0)));
  fail_unless_equals_int_hex (descriptor_of (gst_buffer_list_get (list, 0)), SFRAME_S | SFRAME_T);
  fail_unless_equals_int_hex (descriptor_of (gst_buffer_list_get (list, 1)), SFRAME_E | SFRAME_T);
  for (guint i = 0; i < 3; i++)
    push_sealed (h, call, i);
  expect_plain (h, call, 0, 3);
  gst_harness_teardown (h);
  sealed_call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_an_audio_frame_over_the_mtu_is_split)
{
  SealedCall *call = sealed_call_new (media_opus (3), FALSE, "packetization=frame");
  GstHarness *enc = sframe_harness ("e2eeenc", KEYS_1, "packetization=frame mtu=77");
  GstHarness *h = sealed_call_dec (call, KEYS_1, "packetization=frame");
  GstBuffer *packet;
  guint n = 0;

  gst_harness_set_src_caps (enc, gst_caps_ref (call->media->caps));
  push_list (enc, media_list (call->media, 1));
  while ((packet = gst_harness_try_pull (enc))) {
    fail_unless (gst_buffer_get_size (packet) <= 77);
    fail_unless_equals_int (descriptor_of (packet) & SFRAME_S, n == 0 ? SFRAME_S : 0);
    n++;
    gst_harness_push (h, packet);
  }
  fail_unless (n > 1);
  expect_plain (h, call, 1, 1);
  gst_harness_teardown (enc);
  gst_harness_teardown (h);
  sealed_call_free (call);
}

GST_END_TEST;

/* ---- caps ---- */

GST_START_TEST (test_caps_of_sframe_packets_say_so_and_no_more)
{
  SealedCall *call = sealed_call_new (sframe_media (TRUE, 1), TRUE, trips[__i__].sender);
  GstHarness *h = sealed_call_dec (call, KEYS_1, trips[__i__].receiver);
  GstCaps *expected = gst_caps_copy (call->media->caps), *caps;

  caps = gst_pad_get_current_caps (h->sinkpad);
  fail_unless (gst_caps_is_strictly_equal (caps, expected));
  gst_caps_unref (caps);
  gst_caps_set_simple (expected, "a-sframe", G_TYPE_STRING, "", NULL);
  fail_unless (gst_caps_is_strictly_equal (call->caps, expected));
  gst_caps_unref (expected);
  gst_harness_teardown (h);
  sealed_call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_caps_of_codec_packets_are_not_changed)
{
  SealedCall *call = sealed_call_new (sframe_media (TRUE, 1), TRUE, NULL);

  fail_unless (gst_caps_is_strictly_equal (call->caps, call->media->caps));
  sealed_call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_filter_may_ask_for_the_mark)
{
  gchar *path = media_key_file (KEYS_1);
  gchar *description = g_strdup_printf ("videotestsrc num-buffers=3 ! vp8enc deadline=1 ! rtpvp8pay "
      "! e2eeenc key-file=\"%s\" packetization=frame ! "
      "application/x-rtp,a-sframe=(string)\"\",payload=101 ! fakesink", path);
  GstElement *pipeline = gst_parse_launch (description, NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 30 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  g_free (description);
  media_unlink (path);
}

GST_END_TEST;

/* ---- lists ---- */

static GstPadProbeReturn
count_pushes (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  guint *n = user_data;

  n[(info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0]++;
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_a_list_stays_a_list)
{
  SealedCall *call = sealed_call_new (sframe_media (TRUE, 3), TRUE, trips[__i__].sender);
  GstHarness *h[2] = { sframe_harness ("e2eeenc", KEYS_1, trips[__i__].sender),
    sframe_harness ("e2eedec", KEYS_1, trips[__i__].receiver)
  };
  GstBufferList *lists[2] = { media_list (call->media, 0),
    gst_buffer_list_ref (g_ptr_array_index (call->sealed, 0))
  };
  guint pushes[2][2] = { {0}, {0} };

  g_object_set (h[0]->element, "mtu", SFRAME_MTU, NULL);
  g_object_set (h[1]->element, "mtu", SFRAME_MTU, NULL);
  for (guint i = 0; i < 2; i++) {
    GstPad *pad = gst_pad_get_peer (h[i]->sinkpad);

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
        count_pushes, pushes[i], NULL);
    gst_object_unref (pad);
    gst_harness_set_src_caps (h[i], gst_caps_ref (i == 0 ? call->media->caps : call->caps));
    fail_unless (gst_buffer_list_length (lists[i]) > 1);
    push_list (h[i], lists[i]);
    fail_unless_equals_int (pushes[i][TRUE], 1);
    fail_unless_equals_int (pushes[i][FALSE], 0);
    gst_harness_teardown (h[i]);
  }
  sealed_call_free (call);
}

GST_END_TEST;

static const struct
{
  const gchar *name;
  const gchar *factory, *properties, *caps, *says;
} refusals[] = {
  {"frames to be packed", "e2eeenc", "packetization=frame", "video/x-vp8,width=8,height=8",
      "this is none"},
  {"frames to be opened", "e2eedec", "packetization=packet", "audio/x-opus", "this is none"},
  {"chat", "e2eeenc", "packetization=packet", "text/x-raw,format=utf8", "this is none"},
  {"SFrame packets for one who expects codec packets", "e2eedec", "packetization=codec",
      "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,"
      "a-sframe=(string)\"\"", "set packetization"},
};

GST_START_TEST (test_what_does_not_go_together_is_refused_and_it_is_said_why)
{
  GstHarness *h = sframe_harness (refusals[__i__].factory, KEYS_1, refusals[__i__].properties);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error = NULL;

  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps_str (h, refusals[__i__].caps);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "%s: no error", refusals[__i__].name);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, refusals[__i__].says) != NULL, "%s: %s",
      refusals[__i__].name, error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* ---- keys ---- */

static GstHarness *
provider_harness (const gchar * factory, GstCaps * caps, MediaProvider * provider)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstHarness *h;

  g_object_set (element, "key-provider", provider, NULL);
  gst_util_set_object_arg (G_OBJECT (element), "packetization", "packet");
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps (h, gst_caps_ref (caps));
  return h;
}

#define KEY_FRAME 8
#define PICTURES "videotestsrc num-buffers=10 pattern=ball ! " \
  "video/x-raw,width=320,height=240,framerate=30/1 ! "
#define PACKETS " mtu=266 ! appsink name=sink sync=false buffer-list=true"

static const struct
{
  const gchar *name, *description;
} key_frames[] = {
  {"VP8", PICTURES "vp8enc deadline=1 keyframe-max-dist=8 ! rtpvp8pay" PACKETS},
  {"VP9", PICTURES "vp9enc deadline=1 cpu-used=8 lag-in-frames=0 keyframe-max-dist=8 ! rtpvp9pay"
      PACKETS},
  {"H.264", PICTURES "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=8 ! "
      "rtph264pay config-interval=-1" PACKETS},
  {"H.264, parameter sets in a packet with others", PICTURES "x264enc tune=zerolatency "
      "speed-preset=ultrafast key-int-max=8 ! rtph264pay config-interval=-1 "
      "aggregate-mode=zero-latency" PACKETS},
  {"H.265", PICTURES "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=8 ! "
      "rtph265pay config-interval=-1" PACKETS},
};

/* Which key encrypted the packets that came out since the last time: 0, when it was not one. */
static guint64
take_key_id (GstHarness * h)
{
  guint64 key_id = 0;
  GstBuffer *packet;
  gboolean same = TRUE;

  while ((packet = gst_harness_try_pull (h))) {
    guint64 id = gst_buffer_get_e2ee_status_meta (packet)->key_id;

    same &= key_id == 0 || key_id == id;
    key_id = id;
    gst_buffer_unref (packet);
  }
  return same ? key_id : 0;
}

/* The next frame's packets: payloaders of H.264 hand its units over one by one. */
static void
push_frame (GstHarness * h, Media * media, guint * next)
{
  gboolean marker = FALSE;

  while (!marker) {
    GstBufferList *list = media_list (media, (*next)++);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

    gst_rtp_buffer_map (gst_buffer_list_get (list, gst_buffer_list_length (list) - 1),
        GST_MAP_READ, &rtp);
    marker = gst_rtp_buffer_get_marker (&rtp);
    gst_rtp_buffer_unmap (&rtp);
    push_list (h, list);
  }
}

GST_START_TEST (test_a_key_changes_with_a_key_frame)
{
  Media *media = media_record (key_frames[__i__].description, FALSE, FALSE);
  MediaProvider *provider = media_provider_new ();
  const gchar *name = key_frames[__i__].name;
  guint next = 0;
  GstHarness *h;

  media_provider_set (provider, media_key (1, 1, 1), NULL);
  h = provider_harness ("e2eeenc", media->caps, provider);
  push_frame (h, media, &next);
  fail_unless_equals_uint64 (take_key_id (h), 1);
  count_key_frame_requests (h);
  media_provider_set (provider, media_key (1, 1, 1), media_key (2, 2, 2), NULL);
  for (guint i = 1; i < KEY_FRAME; i++) {
    push_frame (h, media, &next);
    fail_unless (take_key_id (h) == 1, "%s: frame %u", name, i);
  }
  fail_unless_equals_int (count_key_frame_requests (h), 1);
  /* Delimiters and the like in front of the picture may still be under the key before. */
  push_frame (h, media, &next);
  fail_unless (media_stat (h, "key-id") == 2, "%s", name);
  take_key_id (h);
  push_frame (h, media, &next);
  fail_unless_equals_uint64 (take_key_id (h), 2);
  gst_harness_teardown (h);
  g_object_unref (provider);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_packets_wait_for_a_key_that_is_a_little_late)
{
  SealedCall *call = sealed_call_new (sframe_media (TRUE, 8), TRUE, trips[__i__].sender);
  MediaProvider *provider = media_provider_new ();
  GstHarness *h = provider_harness ("e2eedec", call->caps, provider);
  static const guint8 secret[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

  for (guint i = 0; i < 4; i++)
    push_sealed (h, call, i);
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless (media_stat (h, "held") >= 4);
  clock_advance (199);
  media_provider_set (provider, gst_e2ee_key_new (1, GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128,
          secret, sizeof secret, GST_E2EE_KEY_USAGE_DECRYPT, 1, NULL, NULL), NULL);
  for (guint i = 4; i < 8; i++)
    push_sealed (h, call, i);
  expect_plain (h, call, 0, 8);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  gst_harness_teardown (h);
  g_object_unref (provider);
  sealed_call_free (call);
}

GST_END_TEST;

/* ---- holes ---- */

GST_START_TEST (test_a_lost_fragment_loses_its_object_only_and_shows_as_a_gap)
{
  SealedCall *call = sealed_call_new (sframe_media (TRUE, 4), TRUE, trips[__i__].sender);
  GstHarness *h = sealed_call_dec (call, KEYS_1, trips[__i__].receiver);
  GstBufferList *cut = gst_buffer_list_copy_deep (g_ptr_array_index (call->sealed, 0));
  guint n = gst_buffer_list_length (cut), discont = 0, packets = 0;
  gboolean of_payloads = trips[__i__].of_payloads;
  guint16 seq = 0;
  guint jumps = 0;
  GstBuffer *packet;

  fail_unless (n > 2);
  gst_buffer_list_remove (cut, 1, 1);
  push_list (h, cut);
  push_sealed (h, call, 1);
  while ((packet = gst_harness_try_pull (h))) {
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

    fail_unless (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
    jumps += packets > 0 && gst_rtp_buffer_get_seq (&rtp) != seq;
    seq = gst_rtp_buffer_get_seq (&rtp) + 1;
    gst_rtp_buffer_unmap (&rtp);
    discont += packets > 0 && GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DISCONT);
    packets++;
    gst_buffer_unref (packet);
  }
  /* Of payloads all but one come out, of a frame nothing. */
  fail_unless_equals_int (jumps, of_payloads);
  fail_unless_equals_int (discont, of_payloads);
  fail_unless_equals_uint64 (media_stat (h, "incomplete"), !of_payloads);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  fail_unless_equals_int (packets, of_payloads ? n - 1
      + gst_buffer_list_length (g_ptr_array_index (call->sealed, 1)) : 1);
  fail_unless_equals_int (count_key_frame_requests (h), !of_payloads);
  gst_harness_teardown (h);
  sealed_call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_lost_audio_becomes_a_gap_in_its_place)
{
  SealedCall *call = sealed_call_new (media_opus (3), FALSE, trips[__i__].sender);
  GstHarness *h = sealed_call_dec (call, KEYS_1, trips[__i__].receiver);
  GstBufferList *forged = gst_buffer_list_copy_deep (g_ptr_array_index (call->sealed, 1));
  GstEvent *event;
  guint gaps = 0;

  media_flip (gst_buffer_list_get (forged, 0), -1);
  push_sealed (h, call, 0);
  push_list (h, forged);
  push_sealed (h, call, 2);
  while ((event = gst_harness_try_pull_event (h))) {
    gaps += GST_EVENT_TYPE (event) == GST_EVENT_GAP;
    gst_event_unref (event);
  }
  fail_unless_equals_int (gaps, 1);
  fail_unless_equals_uint64 (media_stat (h, "tag"), 1);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 2);
  gst_harness_teardown (h);
  sealed_call_free (call);
}

GST_END_TEST;

static Suite *
sframe_packets_suite (void)
{
  Suite *s = suite_create ("sframe-packets");
  TCase *tc = tcase_create ("sframe-packets");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_loop_test (tc, test_media_comes_back_byte_for_byte, 0, G_N_ELEMENTS (trips));
  tcase_add_test (tc, test_a_receiver_follows_a_sender_who_changes_his_mind);
  tcase_add_loop_test (tc, test_packets_are_what_the_draft_draws, 0, G_N_ELEMENTS (trips));
  tcase_add_test (tc, test_a_payload_that_fills_its_packet_is_split);
  tcase_add_test (tc, test_an_audio_frame_over_the_mtu_is_split);
  tcase_add_loop_test (tc, test_caps_of_sframe_packets_say_so_and_no_more, 0, 2);
  tcase_add_test (tc, test_caps_of_codec_packets_are_not_changed);
  tcase_add_test (tc, test_a_filter_may_ask_for_the_mark);
  tcase_add_loop_test (tc, test_a_list_stays_a_list, 0, 2);
  tcase_add_loop_test (tc, test_what_does_not_go_together_is_refused_and_it_is_said_why, 0,
      G_N_ELEMENTS (refusals));
  tcase_add_loop_test (tc, test_a_key_changes_with_a_key_frame, 0, G_N_ELEMENTS (key_frames));
  tcase_add_loop_test (tc, test_packets_wait_for_a_key_that_is_a_little_late, 0, 2);
  tcase_add_loop_test (tc, test_a_lost_fragment_loses_its_object_only_and_shows_as_a_gap, 0, 2);
  tcase_add_loop_test (tc, test_lost_audio_becomes_a_gap_in_its_place, 4, 6);
  return s;
}

GST_CHECK_MAIN (sframe_packets);
