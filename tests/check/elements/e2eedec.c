/* e2eedec: what it lets through, and under which cause it drops the rest.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "clock.h"
#include "media.h"

#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <string.h>

/* Of what rtpvp8pay makes with picture-id-mode=2. */
#define RTP_HEADER 12
#define VP8_DESCRIPTOR 4

typedef struct
{
  Media *media;                 /* plain */
  GPtrArray *sealed;            /* GstBufferList a frame, as e2eeenc sent it */
} Call;

static void
seal_from (Call * call, GstHarness * enc, guint from, guint n)
{
  GPtrArray *out;

  for (guint i = from; i < from + n; i++)
    fail_unless_equals_int (gst_pad_push_list (enc->srcpad, media_list (call->media, i)),
        GST_FLOW_OK);
  out = media_collect (enc);
  fail_unless_equals_int (out->len, n);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (call->sealed, gst_buffer_list_ref (g_ptr_array_index (out, i)));
  g_ptr_array_unref (out);
}

/* All frames of @media (taken over) under @json. */
static Call *
call_new (Media * media, const gchar * json)
{
  Call *call = g_new0 (Call, 1);
  GstHarness *enc = media_harness ("e2eeenc", json, NULL);

  /* so that key frames are several packets */
  g_object_set (enc->element, "mtu", 300, NULL);
  call->media = media;
  call->sealed = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  gst_harness_set_src_caps (enc, gst_caps_ref (media->caps));
  seal_from (call, enc, 0, media->lists->len);
  gst_harness_teardown (enc);
  return call;
}

static void
call_free (Call * call)
{
  g_ptr_array_unref (call->sealed);
  media_free (call->media);
  g_free (call);
}

static GstHarness *
dec_harness (Call * call, const gchar * json)
{
  GstHarness *h = media_harness ("e2eedec", json, NULL);

  gst_harness_set_src_caps (h, gst_caps_ref (call->media->caps));
  return h;
}

static GstHarness *
provider_harness (Call * call, MediaProvider * provider)
{
  GstElement *element = gst_element_factory_make ("e2eedec", NULL);
  GstHarness *h;

  g_object_set (element, "key-provider", provider, NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps (h, gst_caps_ref (call->media->caps));
  return h;
}

static void
push (GstHarness * h, GstBufferList * list)
{
  fail_unless_equals_int (gst_pad_push_list (h->srcpad, list), GST_FLOW_OK);
}

static void
push_sealed (GstHarness * h, Call * call, guint i)
{
  push (h, gst_buffer_list_ref (g_ptr_array_index (call->sealed, i)));
}

/* The frames that came out are frames @from, @from + 1, ... of the call, byte for byte. */
static void
expect_frames (GstHarness * h, Call * call, gboolean vp8, guint from, guint n)
{
  GPtrArray *out = media_collect (h);

  fail_unless_equals_int (out->len, n);
  for (guint i = 0; i < n; i++) {
    GBytes *frame = media_join (g_ptr_array_index (out, i), vp8);

    fail_unless (g_bytes_equal (frame, g_ptr_array_index (call->media->frames, from + i)),
        "frame %u is not what was sent", from + i);
    g_bytes_unref (frame);
  }
  g_ptr_array_unref (out);
}

static void
expect_drop (GstHarness * h, const gchar * cause, guint64 n)
{
  fail_unless (gst_harness_try_pull (h) == NULL, "something came out");
  fail_unless_equals_uint64 (media_stat (h, cause), n);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), n);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 0);
}

GST_START_TEST (test_vp8_comes_back_byte_for_byte)
{
  Call *call = call_new (media_vp8 (20, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);

  for (guint i = 0; i < 20; i++)
    push_sealed (h, call, i);
  expect_frames (h, call, TRUE, 0, 20);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 20);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_opus_comes_back_byte_for_byte)
{
  Call *call = call_new (media_opus (20), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);

  for (guint i = 0; i < call->sealed->len; i++)
    push_sealed (h, call, i);
  expect_frames (h, call, FALSE, 0, call->sealed->len);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

static const gchar *const suites[] = { "AES_128_CTR_HMAC_SHA256_80", "AES_128_CTR_HMAC_SHA256_64",
  "AES_128_CTR_HMAC_SHA256_32", "AES_128_GCM_SHA256_128", "AES_256_GCM_SHA512_128",
  "AES_256_CTR_HMAC_SHA512_80", "AES_256_CTR_HMAC_SHA512_64", "AES_256_CTR_HMAC_SHA512_32"
};

GST_START_TEST (test_every_suite_comes_back)
{
  const gchar *k = g_str_has_prefix (suites[__i__], "AES_128") ? KEY_1_K :
      "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  gchar *json = g_strdup_printf ("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"300\",\"k\":\"%s\","
      "\"alg\":\"%s\"}]}", k, suites[__i__]);
  Call *call = call_new (media_vp8 (4, NULL, NULL), json);
  GstHarness *h = dec_harness (call, json);

  for (guint i = 0; i < 4; i++)
    push_sealed (h, call, i);
  expect_frames (h, call, TRUE, 0, 4);
  gst_harness_teardown (h);
  call_free (call);
  g_free (json);
}

GST_END_TEST;

GST_START_TEST (test_text_comes_back)
{
  GstHarness *enc = media_harness ("e2eeenc", KEYS_1, "text/x-raw,format=utf8");
  GstHarness *dec = media_harness ("e2eedec", KEYS_1, "text/x-raw,format=utf8");
  GstBuffer *out = gst_harness_push_and_pull (dec, gst_harness_push_and_pull (enc,
          gst_buffer_new_wrapped (g_strdup ("hello, all"), 10)));

  gst_check_buffer_data (out, "hello, all", 10);
  gst_buffer_unref (out);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

GST_START_TEST (test_encoded_frames_without_rtp_come_back)
{
  GstHarness *enc = media_harness ("e2eeenc", KEYS_1, "video/x-vp8");
  GstHarness *dec = media_harness ("e2eedec", KEYS_1, "video/x-vp8");
  Media *media = media_vp8 (6, NULL, NULL);

  for (guint i = 0; i < 6; i++) {
    GBytes *frame = g_ptr_array_index (media->frames, i);
    gsize size;
    const guint8 *data = g_bytes_get_data (frame, &size);
    GstBuffer *out = gst_harness_push_and_pull (enc, gst_buffer_new_memdup (data, size));

    fail_unless (gst_buffer_memcmp (out, 10, data + 10, 16) != 0);
    out = gst_harness_push_and_pull (dec, out);
    gst_check_buffer_data (out, data, size);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_a_wrong_key_lets_nothing_through)
{
  Call *call = call_new (media_vp8 (5, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1_OTHER);

  for (guint i = 0; i < 5; i++)
    push_sealed (h, call, i);
  expect_drop (h, "tag", 5);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_key_that_is_not_there_lets_nothing_through)
{
  Call *call = call_new (media_vp8 (5, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_2);

  for (guint i = 0; i < 5; i++)
    push_sealed (h, call, i);
  gst_harness_push_event (h, gst_event_new_eos ());
  expect_drop (h, "unknown-key", 5);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_no_key_at_all_lets_nothing_through_and_warns_once)
{
  Call *call = call_new (media_opus (100), KEYS_1);
  GstHarness *h = dec_harness (call, NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  guint warnings = 0;

  gst_element_set_bus (h->element, bus);
  for (guint i = 0; i < call->sealed->len; i++)
    push_sealed (h, call, i);
  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING))) {
    warnings++;
    gst_message_unref (message);
  }
  fail_unless_equals_int (warnings, 1);
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 0);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_plain_frames_are_refused_and_it_is_said)
{
  Media *media = media_vp8 (60, NULL, NULL);
  GstHarness *h = media_harness ("e2eedec", KEYS_1, NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  guint said = 0;

  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  for (guint i = 0; i < 60; i++)
    push (h, media_list (media, i));
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 0);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 60);
  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    const GstStructure *structure = gst_message_get_structure (message);

    fail_unless (gst_structure_has_name (structure, "e2ee-status"));
    fail_unless_equals_string (gst_structure_get_string (structure, "state"), "degraded");
    said++;
    gst_message_unref (message);
  }
  fail_unless_equals_int (said, 1);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_a_replayed_frame_is_dropped)
{
  Call *call = call_new (media_vp8 (5, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  guint16 seq = media_seq_behind (g_ptr_array_index (call->sealed, 4));

  for (guint i = 0; i < 5; i++)
    push_sealed (h, call, i);
  expect_frames (h, call, TRUE, 0, 5);
  push (h, media_renumber (g_ptr_array_index (call->sealed, 2), &seq, 0x7fffffff));
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "replayed"), 1);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

/* Each flips one bit of a sealed frame; where, and under which cause it must be dropped.  Offsets count from the front of the
 * frame, negative ones from its end. */
static const struct
{
  const gchar *what;
  gint offset;
  const gchar *cause;
} flips[] = {
  {"the clear prefix", 2, "tag"},
  {"the key id in the header", 3, "unknown-key"},
  {"the counter in the header", 6, "tag"},
  {"the ciphertext", 20, "tag"},
  {"the tag", -1, "tag"},
};

GST_START_TEST (test_a_flipped_bit_drops_the_frame)
{
  Call *call = call_new (media_vp8 (2, "keyframe-max-dist=100", NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  GstBufferList *list = gst_buffer_list_copy_deep (g_ptr_array_index (call->sealed, 1));
  gint offset = flips[__i__].offset;

  if (offset < 0)
    media_flip (gst_buffer_list_get (list, gst_buffer_list_length (list) - 1), offset);
  else
    media_flip (gst_buffer_list_get (list, 0), RTP_HEADER + VP8_DESCRIPTOR + offset);
  push (h, list);
  gst_harness_push_event (h, gst_event_new_eos ());
  expect_drop (h, flips[__i__].cause, 1);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_truncated_frame_is_dropped)
{
  Call *call = call_new (media_opus (2), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  GstBuffer *packet = gst_buffer_copy_deep (gst_buffer_list_get (g_ptr_array_index (call->sealed,
              0), 0));

  gst_buffer_set_size (packet, 12 + 9 + 4);
  fail_unless_equals_int (gst_harness_push (h, packet), GST_FLOW_OK);
  expect_drop (h, "truncated", 1);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_frame_waits_for_a_key_that_is_a_little_late)
{
  Call *call = call_new (media_vp8 (8, NULL, NULL), KEYS_1);
  MediaProvider *provider = media_provider_new ();
  GstHarness *h = provider_harness (call, provider);
  static const guint8 secret[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

  for (guint i = 0; i < 4; i++)
    push_sealed (h, call, i);
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "held"), 4);
  media_provider_set (provider, gst_e2ee_key_new (1, GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128,
          secret, sizeof secret, GST_E2EE_KEY_USAGE_DECRYPT, 1, NULL, NULL), NULL);
  for (guint i = 4; i < 8; i++)
    push_sealed (h, call, i);
  expect_frames (h, call, TRUE, 0, 8);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (h, "held"), 0);
  gst_harness_teardown (h);
  g_object_unref (provider);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_frame_waits_for_200_ms_and_no_longer)
{
  Call *call = call_new (media_vp8 (3, NULL, NULL), KEYS_1);
  MediaProvider *provider = media_provider_new ();
  GstHarness *h = provider_harness (call, provider);

  push_sealed (h, call, 0);
  clock_advance (199);
  push_sealed (h, call, 1);
  fail_unless_equals_uint64 (media_stat (h, "held"), 2);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  clock_advance (1);
  push_sealed (h, call, 2);
  fail_unless_equals_uint64 (media_stat (h, "held"), 2);
  fail_unless_equals_uint64 (media_stat (h, "unknown-key"), 1);
  fail_unless (gst_harness_try_pull (h) == NULL);
  gst_harness_teardown (h);
  g_object_unref (provider);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_no_more_than_64_frames_wait)
{
  Call *call = call_new (media_vp8 (1, NULL, NULL), KEYS_1);
  MediaProvider *provider = media_provider_new ();
  GstHarness *h = provider_harness (call, provider);
  guint16 seq = media_seq_behind (g_ptr_array_index (call->sealed, 0));

  push_sealed (h, call, 0);
  for (guint i = 1; i < 70; i++)
    push (h, media_renumber (g_ptr_array_index (call->sealed, 0), &seq, i * 3000));
  fail_unless_equals_uint64 (media_stat (h, "held"), 64);
  fail_unless_equals_uint64 (media_stat (h, "unknown-key"), 6);
  gst_harness_teardown (h);
  g_object_unref (provider);
  call_free (call);
}

GST_END_TEST;

static GstE2eeKey *
give_key (GstElement * element, guint64 key_id, gpointer user_data)
{
  static const guint8 secret[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
  GstStructure *stats;

  g_object_get (element, "stats", &stats, NULL);
  gst_structure_free (stats);
  (*(guint *) user_data)++;
  return gst_e2ee_key_new (key_id, GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128, secret,
      sizeof secret, GST_E2EE_KEY_USAGE_DECRYPT, 1, "alice", NULL);
}

GST_START_TEST (test_request_key_gives_the_key)
{
  Call *call = call_new (media_vp8 (4, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, NULL);
  guint asked = 0;

  g_signal_connect (h->element, "request-key", G_CALLBACK (give_key), &asked);
  for (guint i = 0; i < 4; i++)
    push_sealed (h, call, i);
  expect_frames (h, call, TRUE, 0, 4);
  fail_unless_equals_int (asked, 1);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_key_change_in_mid_call_loses_no_frame)
{
  Call *call = g_new0 (Call, 1);
  MediaProvider *sender = media_provider_new (), *receiver = media_provider_new ();
  GstElement *element = gst_element_factory_make ("e2eeenc", NULL);
  GstHarness *enc, *dec;

  call->media = media_vp8 (30, "keyframe-max-dist=10", NULL);
  call->sealed = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  g_object_set (element, "key-provider", sender, NULL);
  media_provider_set (sender, media_key (1, 1, 1), NULL);
  enc = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps (enc, gst_caps_ref (call->media->caps));
  seal_from (call, enc, 0, 8);
  media_provider_set (sender, media_key (1, 1, 1), media_key (2, 2, 2), NULL);
  seal_from (call, enc, 8, 12);
  media_provider_set (sender, media_key (3, 3, 3), NULL);
  seal_from (call, enc, 20, 10);
  fail_unless_equals_uint64 (media_stat (enc, "key-changes"), 2);

  media_provider_set (receiver, media_key (1, 1, 1), NULL);
  dec = provider_harness (call, receiver);
  for (guint i = 0; i < 6; i++)
    push_sealed (dec, call, i);
  /* The old keys are not listed any more; frames on their way still open. */
  media_provider_set (receiver, media_key (2, 2, 2), media_key (3, 3, 3), NULL);
  for (guint i = 6; i < 30; i++)
    push_sealed (dec, call, i);
  expect_frames (dec, call, TRUE, 0, 30);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  gst_object_unref (element);
  g_object_unref (sender);
  g_object_unref (receiver);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_removed_key_opens_nothing_at_once)
{
  Call *call = call_new (media_vp8 (2, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  gboolean removed = FALSE;
  GstBuffer *buffer;

  push_sealed (h, call, 0);
  while ((buffer = gst_harness_try_pull (h)))
    gst_buffer_unref (buffer);
  g_signal_emit_by_name (h->element, "remove-key", (guint64) 1, &removed);
  fail_unless (removed);
  push_sealed (h, call, 1);
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 1);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_lost_audio_becomes_a_gap_in_its_place)
{
  Call *call = call_new (media_opus (10), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  GstBuffer *broken = gst_buffer_copy_deep (gst_buffer_list_get (g_ptr_array_index (call->sealed,
              5), 0));
  GstClockTime pts = GST_BUFFER_PTS (broken), gap_pts, gap_duration;
  GstEvent *event;
  guint gaps = 0;

  for (guint i = 0; i < 5; i++)
    push_sealed (h, call, i);
  media_flip (broken, -1);
  gst_harness_push (h, broken);
  push_sealed (h, call, 6);
  while ((event = gst_harness_try_pull_event (h))) {
    if (GST_EVENT_TYPE (event) == GST_EVENT_GAP) {
      gst_event_parse_gap (event, &gap_pts, &gap_duration);
      fail_unless_equals_uint64 (gap_pts, pts);
      fail_unless (gap_duration >= 19 * GST_MSECOND && gap_duration <= 21 * GST_MSECOND);
      gaps++;
    }
    gst_event_unref (event);
  }
  fail_unless_equals_int (gaps, 1);
  fail_unless_equals_uint64 (media_stat (h, "gaps"), 1);
  fail_unless_equals_uint64 (media_stat (h, "tag"), 1);
  for (guint i = 0; i < 5; i++)
    gst_buffer_unref (gst_harness_pull (h));
  broken = gst_harness_pull (h);
  fail_unless (GST_BUFFER_FLAG_IS_SET (broken, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (broken);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_the_gap_of_lost_audio_reaches_the_decoder)
{
  Call *call = call_new (media_opus (6), KEYS_1);
  gchar *path = media_key_file (KEYS_1);
  gchar *description = g_strdup_printf ("e2eedec key-file=%s ! rtpopusdepay ! opusdec", path);
  GstHarness *h = gst_harness_new_parse (description);
  GstBuffer *broken = gst_buffer_copy_deep (gst_buffer_list_get (g_ptr_array_index (call->sealed,
              3), 0));
  GstEvent *event;
  guint gaps = 0;

  gst_harness_set_src_caps (h, gst_caps_ref (call->media->caps));
  for (guint i = 0; i < 3; i++)
    push_sealed (h, call, i);
  media_flip (broken, -1);
  gst_harness_push (h, broken);
  push_sealed (h, call, 4);
  while ((event = gst_harness_try_pull_event (h))) {
    gaps += GST_EVENT_TYPE (event) == GST_EVENT_GAP;
    gst_event_unref (event);
  }
  fail_unless_equals_int (gaps, 1);
  gst_harness_teardown (h);
  g_free (description);
  media_unlink (path);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_lost_video_asks_for_a_key_frame_but_not_for_each)
{
  Call *call = call_new (media_vp8 (10, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1_OTHER);
  GstEvent *event;
  guint asked = 0;

  for (guint i = 0; i < 10; i++)
    push_sealed (h, call, i);
  while ((event = gst_harness_try_pull_upstream_event (h))) {
    asked += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  fail_unless_equals_int (asked, 1);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_every_buffer_says_what_it_is)
{
  Call *call = call_new (media_vp8 (5, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  GstBuffer *buffer;
  guint n = 0;

  for (guint i = 0; i < 5; i++)
    push_sealed (h, call, i);
  while ((buffer = gst_harness_try_pull (h))) {
    GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (buffer);

    fail_unless (meta != NULL);
    fail_unless_equals_int (gst_e2ee_status_get_state (meta->status), GST_E2EE_STATE_ON);
    fail_unless_equals_string (gst_e2ee_status_get_sender (meta->status), "alice");
    fail_unless_equals_uint64 (meta->key_id, 1);
    n++;
    gst_buffer_unref (buffer);
  }
  fail_unless (n >= 5);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

static GstE2eeState
last_event_state (GstHarness * h, guint * n)
{
  GstE2eeState state = GST_E2EE_STATE_UNKNOWN;
  GstEvent *event;

  *n = 0;
  while ((event = gst_harness_try_pull_event (h))) {
    GstE2eeStatus *status = gst_event_parse_e2ee_status (event);

    if (status) {
      state = gst_e2ee_status_get_state (status);
      (*n)++;
      gst_e2ee_status_unref (status);
    }
    gst_event_unref (event);
  }
  return state;
}

GST_START_TEST (test_the_state_goes_downstream_as_an_event)
{
  Call *call = call_new (media_opus (60), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  guint n;

  for (guint i = 0; i < 10; i++)
    push_sealed (h, call, i);
  fail_unless_equals_int (last_event_state (h, &n), GST_E2EE_STATE_ON);
  fail_unless_equals_int (n, 1);
  for (guint i = 10; i < 40; i++) {
    GstBufferList *list = gst_buffer_list_copy_deep (g_ptr_array_index (call->sealed, i));

    media_flip (gst_buffer_list_get (list, 0), 40);
    push (h, list);
  }
  fail_unless_equals_int (last_event_state (h, &n), GST_E2EE_STATE_DEGRADED);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_one_forged_frame_does_not_take_the_shield_away)
{
  Call *call = call_new (media_opus (60), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  GstBus *bus = gst_bus_new ();
  GString *said = g_string_new (NULL);
  GstMessage *message;

  gst_element_set_bus (h->element, bus);
  for (guint i = 0; i < 60; i++) {
    GstBufferList *list = gst_buffer_list_copy_deep (g_ptr_array_index (call->sealed, i));

    if (i == 3 || (i >= 10 && i < 50))
      media_flip (gst_buffer_list_get (list, 0), 40);
    push (h, list);
  }
  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    g_string_append_printf (said, "%s ",
        gst_structure_get_string (gst_message_get_structure (message), "state"));
    gst_message_unref (message);
  }
  fail_unless_equals_string (said->str, "on degraded on ");
  g_string_free (said, TRUE);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_lost_packet_loses_its_frame_only_and_shows_as_a_gap)
{
  Call *call = call_new (media_vp8 (12, "keyframe-max-dist=5", NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  GstBufferList *list = gst_buffer_list_copy (g_ptr_array_index (call->sealed, 5));
  GstBuffer *buffer;

  fail_unless (gst_buffer_list_length (list) > 1);
  gst_buffer_list_remove (list, 1, 1);
  for (guint i = 0; i < 5; i++)
    push_sealed (h, call, i);
  expect_frames (h, call, TRUE, 0, 5);
  push (h, list);
  fail_unless (gst_harness_try_pull (h) == NULL);
  push_sealed (h, call, 6);
  buffer = gst_harness_pull (h);
  fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (buffer);
  fail_unless_equals_uint64 (media_stat (h, "incomplete"), 1);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 6);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

/* A server that switches a receiver to another layer lets the rest of a frame go, and numbers on. */
GST_START_TEST (test_a_frame_that_a_server_cut_off_is_incomplete_and_not_forged)
{
  Call *call = call_new (media_vp8 (20, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  GstBufferList *cut = gst_buffer_list_copy_deep (g_ptr_array_index (call->sealed, 0));
  guint n = gst_buffer_list_length (cut);

  fail_unless (n > 2);
  gst_buffer_list_remove (cut, n - 1, 1);
  push (h, cut);
  for (guint i = 1; i < 20; i++) {
    GstBufferList *list = gst_buffer_list_copy_deep (g_ptr_array_index (call->sealed, i));

    for (guint k = 0; k < gst_buffer_list_length (list); k++) {
      GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

      gst_rtp_buffer_map (gst_buffer_list_get (list, k), GST_MAP_READWRITE, &rtp);
      gst_rtp_buffer_set_seq (&rtp, gst_rtp_buffer_get_seq (&rtp) - 1);
      gst_rtp_buffer_unmap (&rtp);
    }
    push (h, list);
  }
  expect_frames (h, call, TRUE, 1, 19);
  fail_unless_equals_uint64 (media_stat (h, "incomplete"), 1);
  fail_unless_equals_uint64 (media_stat (h, "tag"), 0);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 19);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_flush_forgets_what_waits)
{
  Call *call = call_new (media_vp8 (6, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_2);

  for (guint i = 0; i < 3; i++)
    push_sealed (h, call, i);
  fail_unless_equals_uint64 (media_stat (h, "held"), 3);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  fail_unless_equals_uint64 (media_stat (h, "held"), 0);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_caps_change_with_frames_waiting_is_clean)
{
  Call *call = call_new (media_vp8 (3, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_2);

  for (guint i = 0; i < 3; i++)
    push_sealed (h, call, i);
  gst_harness_set_src_caps_str (h,
      "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=97");
  push_sealed (h, call, 0);
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 0);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_ready_and_back_forgets_the_stream_but_not_the_replays)
{
  Call *call = call_new (media_vp8 (3, NULL, NULL), KEYS_1);
  GstHarness *h = dec_harness (call, KEYS_1);
  GstBuffer *buffer;

  for (guint i = 0; i < 3; i++)
    push_sealed (h, call, i);
  while ((buffer = gst_harness_try_pull (h)))
    gst_buffer_unref (buffer);
  gst_element_set_state (h->element, GST_STATE_READY);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 0);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("again"));
  gst_harness_set_src_caps (h, gst_caps_ref (call->media->caps));
  push_sealed (h, call, 1);
  expect_drop (h, "replayed", 1);
  gst_harness_teardown (h);
  call_free (call);
}

GST_END_TEST;

/* The picture that comes out of a decoder is the one that went in, and it still says what it is. */
GST_START_TEST (test_the_status_reaches_the_decoded_picture)
{
  gchar *path = media_key_file (KEYS_1);
  gchar *description = g_strdup_printf ("videotestsrc num-buffers=30 ! "
      "video/x-raw,width=320,height=240 ! vp8enc deadline=1 ! rtpvp8pay ! e2eeenc key-file=%s ! "
      "e2eedec key-file=%s ! rtpvp8depay ! vp8dec ! videoconvert ! appsink name=sink sync=false",
      path, path);
  GstElement *pipeline = gst_parse_launch (description, NULL);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstSample *sample;
  guint n = 0;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  do {
    g_signal_emit_by_name (sink, "pull-sample", &sample);
    if (sample) {
      fail_unless_equals_int (gst_buffer_get_e2ee_state (gst_sample_get_buffer (sample)),
          GST_E2EE_STATE_ON);
      n++;
      gst_sample_unref (sample);
    }
  } while (sample);
  fail_unless_equals_int (n, 30);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_free (description);
  media_unlink (path);
}

GST_END_TEST;

static Suite *
e2eedec_suite (void)
{
  Suite *s = suite_create ("e2eedec");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_vp8_comes_back_byte_for_byte);
  tcase_add_test (tc, test_opus_comes_back_byte_for_byte);
  tcase_add_loop_test (tc, test_every_suite_comes_back, 0, G_N_ELEMENTS (suites));
  tcase_add_test (tc, test_text_comes_back);
  tcase_add_test (tc, test_encoded_frames_without_rtp_come_back);
  tcase_add_test (tc, test_a_wrong_key_lets_nothing_through);
  tcase_add_test (tc, test_a_key_that_is_not_there_lets_nothing_through);
  tcase_add_test (tc, test_no_key_at_all_lets_nothing_through_and_warns_once);
  tcase_add_test (tc, test_plain_frames_are_refused_and_it_is_said);
  tcase_add_test (tc, test_a_replayed_frame_is_dropped);
  tcase_add_loop_test (tc, test_a_flipped_bit_drops_the_frame, 0, G_N_ELEMENTS (flips));
  tcase_add_test (tc, test_a_truncated_frame_is_dropped);
  tcase_add_test (tc, test_a_frame_waits_for_a_key_that_is_a_little_late);
  tcase_add_test (tc, test_a_frame_waits_for_200_ms_and_no_longer);
  tcase_add_test (tc, test_no_more_than_64_frames_wait);
  tcase_add_test (tc, test_request_key_gives_the_key);
  tcase_add_test (tc, test_a_key_change_in_mid_call_loses_no_frame);
  tcase_add_test (tc, test_a_removed_key_opens_nothing_at_once);
  tcase_add_test (tc, test_lost_audio_becomes_a_gap_in_its_place);
  tcase_add_test (tc, test_the_gap_of_lost_audio_reaches_the_decoder);
  tcase_add_test (tc, test_lost_video_asks_for_a_key_frame_but_not_for_each);
  tcase_add_test (tc, test_every_buffer_says_what_it_is);
  tcase_add_test (tc, test_the_state_goes_downstream_as_an_event);
  tcase_add_test (tc, test_one_forged_frame_does_not_take_the_shield_away);
  tcase_add_test (tc, test_a_lost_packet_loses_its_frame_only_and_shows_as_a_gap);
  tcase_add_test (tc, test_a_frame_that_a_server_cut_off_is_incomplete_and_not_forged);
  tcase_add_test (tc, test_a_flush_forgets_what_waits);
  tcase_add_test (tc, test_a_caps_change_with_frames_waiting_is_clean);
  tcase_add_test (tc, test_ready_and_back_forgets_the_stream_but_not_the_replays);
  tcase_add_test (tc, test_the_status_reaches_the_decoded_picture);
  return s;
}

GST_CHECK_MAIN (e2eedec);
