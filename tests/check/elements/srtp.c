/* format=srtp in e2eeenc and e2eedec: whole RTP packets in and out.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "clock.h"
#include "media.h"
#include "packets.h"

#include <gst/video/video.h>
#include <string.h>

/* 28, 44 and 30 bytes that count up. */
#define K_28 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw"
#define K_44 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis"
#define K_30 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
/* 28 others. */
#define K_28_OTHER "8PHy8_T19vf4-fr7_P3-_wABAgMEBQYHCAkKCw"
#define KEY(kid, alg, k) "{\"kty\":\"oct\",\"kid\":\"" kid "\",\"alg\":\"" alg "\",\"k\":\"" k "\"}"
#define SET(keys) "{\"keys\":[" keys "]}"
#define KEYS_128 SET (KEY ("7", "AEAD_AES_128_GCM", K_28))
#define KEYS_256 SET (KEY ("7", "AEAD_AES_256_GCM", K_44))
#define KEYS_CM SET (KEY ("7", "AES_CM_128_HMAC_SHA1_80", K_30))
#define KEYS_128_OTHER SET (KEY ("7", "AEAD_AES_128_GCM", K_28_OTHER))
#define KEYS_128_AT_8 SET (KEY ("8", "AEAD_AES_128_GCM", K_28_OTHER))
#define KEYS_128_AT_300 SET (KEY ("300", "AEAD_AES_128_GCM", K_28))
#define KEYS_WITHOUT_ALG SET ("{\"kty\":\"oct\",\"kid\":\"7\",\"k\":\"" K_28 "\"}")

#define RTP_CAPS "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"
#define SRTP_CAPS "application/x-srtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"

#define HEADER 12
#define PAYLOAD PACKET_PAYLOAD
#define TRAILER (16 + 8)        /* tag and MKI */

/* Every element of a test has an SSRC of its own: keys are the same in all, and what was sent under
 * one is remembered. */
static guint32 next_ssrc = 0x10000000;

static GstHarness *
enc_new (const gchar * json)
{
  GstHarness *h = media_harness ("e2eeenc", NULL, NULL);
  gchar *path = json ? media_key_file (json) : NULL;

  gst_element_set_state (h->element, GST_STATE_NULL);
  g_object_set (h->element, "format", 3, "key-file", path, NULL);
  fail_unless (gst_element_set_state (h->element, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
  gst_harness_set_src_caps_str (h, RTP_CAPS);
  if (path)
    media_unlink (path);
  return h;
}

static GstHarness *
dec_new (const gchar * json)
{
  GstHarness *h = media_harness ("e2eedec", NULL, NULL);
  gchar *path = json ? media_key_file (json) : NULL;

  gst_element_set_state (h->element, GST_STATE_NULL);
  g_object_set (h->element, "format", 3, "key-file", path, NULL);
  fail_unless (gst_element_set_state (h->element, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
  gst_harness_set_src_caps_str (h, SRTP_CAPS);
  if (path)
    media_unlink (path);
  return h;
}

static GstBuffer *
seal (GstHarness * enc, guint32 ssrc, guint16 seq)
{
  GstBuffer *out = gst_harness_push_and_pull (enc, packet_new (ssrc, seq));

  fail_unless (out != NULL, "packet %u was not sent", seq);
  return out;
}

/* @packet (taken) is dropped for @cause. */
static void
expect_drop (GstHarness * dec, GstBuffer * packet, const gchar * cause)
{
  guint64 before = media_stat (dec, cause), all = media_stat (dec, "dropped");

  fail_unless_equals_int (gst_harness_push (dec, packet), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (dec) == NULL, "something came out");
  fail_unless_equals_uint64 (media_stat (dec, cause), before + 1);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), all + 1);
}

static void
flip (GstBuffer ** packet, gssize offset)
{
  *packet = gst_buffer_make_writable (*packet);
  media_flip (*packet, offset);
}

static const gchar *const key_sets[] = { KEYS_128, KEYS_256, KEYS_CM };

GST_START_TEST (test_packets_come_back_byte_for_byte_over_the_wrap)
{
  GstHarness *enc = enc_new (key_sets[__i__]), *dec = dec_new (key_sets[__i__]);
  guint32 ssrc = next_ssrc++;

  for (guint i = 65500; i < 65600; i++) {
    GstBuffer *sealed = seal (enc, ssrc, (guint16) i), *plain = packet_new (ssrc, (guint16) i);
    GstMapInfo map;

    fail_unless (gst_buffer_map (plain, &map, GST_MAP_READ));
    fail_unless (gst_buffer_memcmp (sealed, 0, map.data, HEADER) == 0);
    fail_unless (gst_buffer_memcmp (sealed, HEADER, map.data + HEADER, PAYLOAD) != 0);
    gst_buffer_unmap (plain, &map);
    gst_buffer_unref (plain);
    expect_packet (gst_harness_push_and_pull (dec, sealed), ssrc, (guint16) i);
  }
  fail_unless_equals_uint64 (media_stat (enc, "frames"), 100);
  fail_unless_equals_uint64 (media_stat (dec, "frames"), 100);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

GST_START_TEST (test_lists_stay_lists)
{
  GstHarness *enc = enc_new (KEYS_128), *dec = dec_new (KEYS_128);
  GstBufferList *list = gst_buffer_list_new (), *out;
  guint32 ssrc = next_ssrc++;
  GPtrArray *all;

  for (guint i = 0; i < 5; i++)
    gst_buffer_list_add (list, packet_new (ssrc, 100 + i));
  fail_unless_equals_int (gst_pad_push_list (enc->srcpad, list), GST_FLOW_OK);
  all = media_collect (enc);
  fail_unless_equals_int (all->len, 1);
  list = gst_buffer_list_ref (g_ptr_array_index (all, 0));
  g_ptr_array_unref (all);
  fail_unless_equals_int (gst_buffer_list_length (list), 5);

  fail_unless_equals_int (gst_pad_push_list (dec->srcpad, list), GST_FLOW_OK);
  all = media_collect (dec);
  fail_unless_equals_int (all->len, 1);
  out = g_ptr_array_index (all, 0);
  fail_unless_equals_int (gst_buffer_list_length (out), 5);
  for (guint i = 0; i < 5; i++)
    expect_packet (gst_buffer_ref (gst_buffer_list_get (out, i)), ssrc, 100 + i);
  g_ptr_array_unref (all);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

GST_START_TEST (test_loss_and_reorder_change_nothing_for_the_others)
{
  static const guint16 order[] = { 10, 12, 11, 20, 18, 19, 13, 40 };
  GstHarness *enc = enc_new (KEYS_128), *dec = dec_new (KEYS_128);
  guint32 ssrc = next_ssrc++;
  GstBuffer *sealed[41];

  for (guint i = 10; i <= 40; i++)
    sealed[i] = seal (enc, ssrc, i);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    GstBuffer *out = gst_harness_push_and_pull (dec, gst_buffer_ref (sealed[order[i]]));

    /* A gap is the jitter buffer's affair, which stands behind. */
    fail_if (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT) && i > 0);
    expect_packet (out, ssrc, order[i]);
  }
  for (guint i = 10; i <= 40; i++)
    gst_buffer_unref (sealed[i]);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

GST_START_TEST (test_a_doubled_packet_is_dropped_and_no_key_frame_asked_for)
{
  GstHarness *enc = enc_new (KEYS_128), *dec = dec_new (KEYS_128);
  guint32 ssrc = next_ssrc++;
  GstBuffer *sealed = seal (enc, ssrc, 1);
  GstEvent *event;

  expect_packet (gst_harness_push_and_pull (dec, gst_buffer_ref (sealed)), ssrc, 1);
  while ((event = gst_harness_try_pull_upstream_event (dec)))
    gst_event_unref (event);
  expect_drop (dec, gst_buffer_ref (sealed), "replayed");
  while ((event = gst_harness_try_pull_upstream_event (dec))) {
    fail_if (gst_video_event_is_force_key_unit (event));
    gst_event_unref (event);
  }
  /* Where something is missing it is asked for. */
  flip (&sealed, -TRAILER - 1);
  sealed = gst_buffer_make_writable (sealed);
  gst_buffer_unref (sealed);
  sealed = seal (enc, ssrc, 2);
  flip (&sealed, -TRAILER - 1);
  expect_drop (dec, sealed, "tag");
  event = gst_harness_try_pull_upstream_event (dec);
  fail_unless (event != NULL && gst_video_event_is_force_key_unit (event));
  gst_event_unref (event);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

/* Where a bit is turned, and for which cause the packet must be dropped. */
static const struct
{
  const gchar *what;
  gint offset;
  const gchar *cause;
} flips[] = {
  {"payload type", 1, "tag"},
  {"timestamp", 5, "tag"},
  {"SSRC", 9, "tag"},
  {"first byte of the payload", HEADER, "tag"},
  {"last byte of the payload", -TRAILER - 1, "tag"},
  {"first byte of the tag", -TRAILER, "tag"},
  {"last byte of the tag", -9, "tag"},
  {"last byte of the MKI", -1, "unknown-key"},
};

GST_START_TEST (test_a_flipped_bit_drops_the_packet)
{
  GstHarness *enc = enc_new (KEYS_128), *dec = dec_new (KEYS_128);
  guint32 ssrc = next_ssrc++;
  GstBuffer *sealed = seal (enc, ssrc, 1), *forged;

  expect_packet (gst_harness_push_and_pull (dec, sealed), ssrc, 1);
  forged = seal (enc, ssrc, 2);
  flip (&forged, flips[__i__].offset);
  if (strcmp (flips[__i__].cause, "unknown-key") == 0) {
    /* It waits for its key first. */
    fail_unless_equals_int (gst_harness_push (dec, forged), GST_FLOW_OK);
    fail_unless (gst_harness_try_pull (dec) == NULL, "%s: something came out",
        flips[__i__].what);
    fail_unless_equals_uint64 (media_stat (dec, "held"), 1);
    clock_advance (201);
  } else {
    expect_drop (dec, forged, flips[__i__].cause);
  }
  expect_packet (gst_harness_push_and_pull (dec, seal (enc, ssrc, 3)), ssrc, 3);
  fail_unless_equals_uint64 (media_stat (dec, flips[__i__].cause), 1);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 1);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

GST_START_TEST (test_a_truncated_packet_is_dropped_at_every_length)
{
  GstHarness *enc = enc_new (KEYS_128), *dec = dec_new (KEYS_128);
  guint32 ssrc = next_ssrc++;
  GstBuffer *sealed = seal (enc, ssrc, 1);
  guint size = gst_buffer_get_size (sealed);

  for (guint i = 1; i < size; i++)
    fail_unless_equals_int (gst_harness_push (dec, gst_buffer_copy_region (sealed,
                GST_BUFFER_COPY_ALL, 0, i)), GST_FLOW_OK);
  gst_harness_push_event (dec, gst_event_new_eos ());
  fail_unless (gst_harness_try_pull (dec) == NULL);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), size - 1);
  /* Below the smallest of all: header, ten bytes of tag, eight of MKI. */
  fail_unless_equals_uint64 (media_stat (dec, "truncated"), HEADER + 10 + 8 - 1);
  fail_unless_equals_uint64 (media_stat (dec, "unknown-key"), size - (HEADER + 10 + 8));
  gst_buffer_unref (sealed);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

/* What is not SRTP of ours; nothing of it comes out. */
GST_START_TEST (test_foreign_packets_are_dropped)
{
  GstHarness *dec = dec_new (KEYS_128);
  Media *vp8 = media_vp8 (3, NULL, NULL);
  GstHarness *sframe = media_harness ("e2eeenc", KEYS_1, NULL);
  guint32 ssrc = next_ssrc++;
  GPtrArray *all;
  GstBuffer *report;
  guint n = 0;

  /* plain RTP */
  for (guint i = 0; i < 50; i++, n++)
    fail_unless_equals_int (gst_harness_push (dec, packet_new (ssrc, i)), GST_FLOW_OK);
  /* SFrame in RTP */
  gst_harness_set_src_caps (sframe, gst_caps_ref (vp8->caps));
  for (guint i = 0; i < 3; i++)
    gst_pad_push_list (sframe->srcpad, media_list (vp8, i));
  all = media_collect (sframe);
  for (guint i = 0; i < all->len; i++) {
    n += gst_buffer_list_length (g_ptr_array_index (all, i));
    fail_unless_equals_int (gst_pad_push_list (dec->srcpad,
            gst_buffer_list_ref (g_ptr_array_index (all, i))), GST_FLOW_OK);
  }
  g_ptr_array_unref (all);
  gst_harness_push_event (dec, gst_event_new_eos ());
  fail_unless (gst_harness_try_pull (dec) == NULL, "something came out");
  fail_unless_equals_uint64 (media_stat (dec, "unknown-key"), n);

  /* RTCP that was put among it */
  gst_harness_teardown (dec);
  dec = dec_new (KEYS_128);
  report = gst_buffer_new_memdup ("\x80\xc8\x00\x06zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 40);
  expect_drop (dec, report, "frame");
  gst_harness_teardown (sframe);
  gst_harness_teardown (dec);
  media_free (vp8);
}

GST_END_TEST;

GST_START_TEST (test_rtcp_and_headers_that_lie_are_not_sent)
{
  static const guint8 lies[][HEADER + 4] = {
    {0x80, 200, 0, 3},          /* a sender report */
    {0x00, 96, 0, 1},           /* version 0 */
    {0x8f, 96, 0, 2},           /* fifteen CSRCs */
    {0x90, 96, 0, 3, [12] = 0xbe, 0xde, 0xff, 0xff},    /* an endless extension */
    {0xa0, 96, 0, 4},           /* padding of 0 */
  };
  GstHarness *enc = enc_new (KEYS_128);

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    fail_unless_equals_int (gst_harness_push (enc, gst_buffer_new_memdup (lies[i],
                sizeof lies[i])), GST_FLOW_OK);
    fail_unless (gst_harness_try_pull (enc) == NULL, "row %u went out", i);
  }
  fail_unless_equals_uint64 (media_stat (enc, "frame"), 3);
  fail_unless_equals_uint64 (media_stat (enc, "truncated"), 2);
  gst_harness_teardown (enc);
}

GST_END_TEST;

GST_START_TEST (test_without_a_key_nothing_leaves_and_nothing_comes)
{
  GstHarness *enc = enc_new (NULL), *dec = dec_new (NULL), *sender = enc_new (KEYS_128);
  guint32 ssrc = next_ssrc++;

  fail_unless_equals_int (gst_harness_push (enc, packet_new (ssrc, 1)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (enc) == NULL);
  fail_unless_equals_uint64 (media_stat (enc, "no-key"), 1);
  fail_unless_equals_int (gst_harness_push (dec, seal (sender, ssrc, 1)), GST_FLOW_OK);
  gst_harness_push_event (dec, gst_event_new_eos ());
  fail_unless (gst_harness_try_pull (dec) == NULL);
  fail_unless_equals_uint64 (media_stat (dec, "unknown-key"), 1);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  gst_harness_teardown (sender);
}

GST_END_TEST;

GST_START_TEST (test_a_wrong_key_lets_nothing_through)
{
  GstHarness *enc = enc_new (KEYS_128), *dec = dec_new (KEYS_128_OTHER);
  guint32 ssrc = next_ssrc++;

  for (guint i = 0; i < 30; i++)
    expect_drop (dec, seal (enc, ssrc, i), "tag");
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

/* --- settings --- */

static const struct
{
  const gchar *what, *json;
  guint mki_size;
  const gchar *fault;           /* NULL: it starts */
} starts[] = {
  {"a key without a suite that is too short", KEYS_1, 8, "AEAD_AES_128_GCM takes 28"},
  {"a key of SFrame", SET (KEY ("7", "AES_128_GCM_SHA256_128", KEY_1_K)), 8, "format=srtp"},
  {"a salt that is too long", SET (KEY ("7", "AEAD_AES_128_GCM", K_30)), 8, "takes 28"},
  {"the suite of the format", KEYS_WITHOUT_ALG, 8, NULL},
  {"a key id that fits", KEYS_128_AT_300, 2, NULL},
  {"no MKI", KEYS_128_AT_300, 0, NULL},
};

GST_START_TEST (test_what_cannot_work_does_not_start)
{
  GstElement *element = gst_element_factory_make ("e2eeenc", NULL);
  gchar *path = media_key_file (starts[__i__].json);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error;

  gst_element_set_bus (element, bus);
  g_object_set (element, "format", 3, "key-file", path, "mki-size", starts[__i__].mki_size, NULL);
  if (starts[__i__].fault == NULL) {
    fail_unless (gst_element_set_state (element, GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS,
        "%s", starts[__i__].what);
  } else {
    fail_unless (gst_element_set_state (element, GST_STATE_READY) == GST_STATE_CHANGE_FAILURE,
        "%s", starts[__i__].what);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    gst_message_parse_error (message, &error, NULL);
    fail_unless (strstr (error->message, starts[__i__].fault) != NULL, "%s", error->message);
    g_error_free (error);
    gst_message_unref (message);
  }
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
  media_unlink (path);
}

GST_END_TEST;

GST_START_TEST (test_a_key_id_that_does_not_fit_sends_nothing)
{
  GstElement *element = gst_element_factory_make ("e2eeenc", NULL);
  gchar *path = media_key_file (KEYS_128_AT_300);
  GstHarness *h;

  g_object_set (element, "format", 3, "key-file", path, "mki-size", 1, NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps_str (h, RTP_CAPS);
  fail_unless_equals_int (gst_harness_push (h, packet_new (next_ssrc++, 1)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "no-key"), 1);
  gst_harness_teardown (h);
  gst_object_unref (element);
  media_unlink (path);
}

GST_END_TEST;

/* Caps that are refused, in either direction: what cannot work is said. */
static const struct
{
  const gchar *factory, *caps;
  gboolean taken;
} refusals[] = {
  {"e2eeenc", RTP_CAPS, TRUE},
  {"e2eeenc", "application/x-rtp", TRUE},
  {"e2eeenc", SRTP_CAPS, FALSE},
  {"e2eeenc", "application/x-rtcp", FALSE},
  {"e2eeenc", "video/x-vp8", FALSE},
  {"e2eeenc", "text/x-raw,format=utf8", FALSE},
  {"e2eedec", SRTP_CAPS, TRUE},
  {"e2eedec", RTP_CAPS, FALSE},
  {"e2eedec", "application/x-srtcp", FALSE},
  {"e2eedec", "video/x-vp8", FALSE},
};

GST_START_TEST (test_only_rtp_becomes_srtp_and_only_srtp_rtp)
{
  GstElement *element = gst_element_factory_make (refusals[__i__].factory, NULL);
  GstPad *pad = gst_element_get_static_pad (element, "sink");
  GstCaps *caps = gst_caps_from_string (refusals[__i__].caps);
  GstBus *bus = gst_bus_new ();
  GstMessage *error;

  gst_element_set_bus (element, bus);
  g_object_set (element, "format", 3, NULL);
  fail_unless (gst_pad_query_accept_caps (pad, caps) == refusals[__i__].taken, "%s: %s",
      refusals[__i__].factory, refusals[__i__].caps);
  gst_element_set_state (element, GST_STATE_PAUSED);
  gst_pad_send_event (pad, gst_event_new_stream_start ("stream"));
  gst_pad_send_event (pad, gst_event_new_caps (caps));
  error = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  /* The pad itself refuses what the query does not take. */
  fail_unless (!refusals[__i__].taken || error == NULL);
  g_clear_pointer (&error, gst_message_unref);
  {
    GstCaps *current = gst_pad_get_current_caps (pad);

    fail_unless ((current != NULL) == refusals[__i__].taken);
    gst_clear_caps (&current);
  }
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  gst_object_unref (element);
}

GST_END_TEST;

GST_START_TEST (test_caps_change_their_name_and_lose_every_key)
{
  GstHarness *enc = enc_new (KEYS_128), *dec = dec_new (KEYS_128);
  GstCaps *caps = gst_pad_get_current_caps (enc->sinkpad), *expected;

  expected = gst_caps_from_string (SRTP_CAPS);
  fail_unless (gst_caps_is_equal (caps, expected));
  gst_caps_unref (caps);
  gst_caps_unref (expected);
  /* as srtpenc would have them */
  gst_harness_set_src_caps_str (dec, SRTP_CAPS ",ssrc=(uint)1,srtp-key=(buffer)00010203,"
      "srtp-cipher=aes-128-gcm,srtp-auth=null,srtcp-cipher=aes-128-gcm,srtcp-auth=null,"
      "mki=(buffer)01,roc=(uint)4,srtp-key2=(buffer)01,mki2=(buffer)02");
  caps = gst_pad_get_current_caps (dec->sinkpad);
  expected = gst_caps_from_string (RTP_CAPS ",ssrc=(uint)1");
  fail_unless (gst_caps_is_equal (caps, expected), "%" GST_PTR_FORMAT, caps);
  gst_caps_unref (caps);
  gst_caps_unref (expected);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

/* webrtcbin, rtpbin and srtpenc take RTP only, and so cannot be linked behind. */
GST_START_TEST (test_srtp_is_linked_to_nothing_that_takes_rtp)
{
  static const gchar *const takers[] = { "rtpjitterbuffer", "rtpvp8depay", "rtpbin", "srtpenc",
    "webrtcbin"
  };

  for (guint i = 0; i < G_N_ELEMENTS (takers); i++) {
    GstElement *bin = gst_bin_new (NULL);
    GstElement *enc = gst_element_factory_make ("e2eeenc", NULL);
    GstElement *taker = gst_element_factory_make (takers[i], NULL);

    if (taker == NULL) {
      gst_object_unref (enc);
      gst_object_unref (bin);
      continue;
    }
    gst_bin_add_many (GST_BIN (bin), enc, taker, NULL);
    g_object_set (enc, "format", 3, NULL);
    fail_if (gst_element_link (enc, taker), "%s", takers[i]);
    g_object_set (enc, "format", 0, NULL);
    fail_unless (gst_element_link (enc, taker), "%s", takers[i]);
    gst_object_unref (bin);
  }
}

GST_END_TEST;

/* --- change of keys --- */

static GstE2eeKey *
srtp_key (guint64 key_id, guint8 byte, guint64 epoch)
{
  guint8 master[28];
  GstE2eeKey *key;

  memset (master, byte, sizeof master);
  key = gst_e2ee_key_new (key_id, GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_128_GCM, master,
      sizeof master, GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT, epoch, NULL, NULL);
  fail_unless (key != NULL);
  return key;
}

static GstHarness *
provider_harness (const gchar * factory, MediaProvider * provider, const gchar * caps)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstHarness *h;

  g_object_set (element, "format", 3, "key-provider", provider, NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps_str (h, caps);
  return h;
}

static guint64
key_id_of (GstBuffer * packet)
{
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (packet);

  fail_unless (meta != NULL);
  return meta->key_id;
}

/* The next packet has the new key, no key frame is asked for, and the roll-over counter goes on. */
GST_START_TEST (test_a_new_key_is_used_at_once_and_loses_nothing)
{
  MediaProvider *provider = media_provider_new ();
  guint32 ssrc = next_ssrc++;
  GstHarness *enc, *dec;
  GstEvent *event;

  media_provider_set (provider, srtp_key (1, 0x51, 1), NULL);
  enc = provider_harness ("e2eeenc", provider, RTP_CAPS);
  dec = provider_harness ("e2eedec", provider, SRTP_CAPS);
  for (guint i = 65000; i < 66000; i++) {
    GstBuffer *sealed;

    if (i == 65536)
      media_provider_set (provider, srtp_key (2, 0x52, 2), srtp_key (1, 0x51, 1), NULL);
    if (i == 65600)
      media_provider_set (provider, srtp_key (3, 0x53, 3), srtp_key (2, 0x52, 2), NULL);
    sealed = seal (enc, ssrc, (guint16) i);
    fail_unless_equals_uint64 (key_id_of (sealed), i < 65536 ? 1 : i < 65600 ? 2 : 3);
    expect_packet (gst_harness_push_and_pull (dec, sealed), ssrc, (guint16) i);
  }
  while ((event = gst_harness_try_pull_upstream_event (enc))) {
    fail_if (gst_video_event_is_force_key_unit (event), "a key frame was asked for");
    gst_event_unref (event);
  }
  fail_unless_equals_uint64 (media_stat (enc, "key-changes"), 2);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  g_object_unref (provider);
}

GST_END_TEST;

GST_START_TEST (test_a_long_time_without_a_key_loses_nothing_behind_it)
{
  MediaProvider *provider = media_provider_new ();
  guint32 ssrc = next_ssrc++;
  GstHarness *enc, *dec;

  media_provider_set (provider, srtp_key (1, 0x71, 1), NULL);
  enc = provider_harness ("e2eeenc", provider, RTP_CAPS);
  dec = provider_harness ("e2eedec", provider, SRTP_CAPS);
  expect_packet (gst_harness_push_and_pull (dec, seal (enc, ssrc, 40000)), ssrc, 40000);
  media_provider_set (provider, NULL, NULL);
  for (guint i = 40001; i < 100000; i++)
    fail_unless_equals_int (gst_harness_push (enc, packet_new (ssrc, (guint16) i)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (enc) == NULL);
  media_provider_set (provider, srtp_key (2, 0x72, 2), NULL);
  for (guint i = 100000; i < 100100; i++)
    expect_packet (gst_harness_push_and_pull (dec, seal (enc, ssrc, (guint16) i)), ssrc,
        (guint16) i);
  fail_unless_equals_uint64 (media_stat (enc, "replayed"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  g_object_unref (provider);
}

GST_END_TEST;

GST_START_TEST (test_packets_wait_for_a_key_that_is_a_little_late)
{
  MediaProvider *here = media_provider_new (), *there = media_provider_new ();
  guint32 ssrc = next_ssrc++;
  GstHarness *enc, *dec;

  media_provider_set (here, srtp_key (1, 0x61, 1), NULL);
  media_provider_set (there, srtp_key (1, 0x61, 1), NULL);
  enc = provider_harness ("e2eeenc", here, RTP_CAPS);
  dec = provider_harness ("e2eedec", there, SRTP_CAPS);
  expect_packet (gst_harness_push_and_pull (dec, seal (enc, ssrc, 1)), ssrc, 1);
  media_provider_set (here, srtp_key (2, 0x62, 2), NULL);
  for (guint i = 2; i < 202; i++)
    fail_unless_equals_int (gst_harness_push (dec, seal (enc, ssrc, i)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (dec) == NULL);
  fail_unless_equals_uint64 (media_stat (dec, "held"), 200);
  clock_advance (150);
  media_provider_set (there, srtp_key (2, 0x62, 2), srtp_key (1, 0x61, 1), NULL);
  fail_unless_equals_int (gst_harness_push (dec, seal (enc, ssrc, 202)), GST_FLOW_OK);
  for (guint i = 2; i <= 202; i++)
    expect_packet (gst_harness_pull (dec), ssrc, i);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  g_object_unref (here);
  g_object_unref (there);
}

GST_END_TEST;

GST_START_TEST (test_a_flush_forgets_what_waits)
{
  GstHarness *enc = enc_new (KEYS_128_AT_8), *dec = dec_new (KEYS_128);
  guint32 ssrc = next_ssrc++;

  fail_unless_equals_int (gst_harness_push (dec, seal (enc, ssrc, 1)), GST_FLOW_OK);
  fail_unless_equals_uint64 (media_stat (dec, "held"), 1);
  gst_harness_push_event (dec, gst_event_new_flush_start ());
  gst_harness_push_event (dec, gst_event_new_flush_stop (TRUE));
  fail_unless_equals_uint64 (media_stat (dec, "held"), 0);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

/* --- nonces --- */

static guint
count_warnings (GstBus * bus)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING))) {
    n++;
    gst_message_unref (message);
  }
  return n;
}

GST_START_TEST (test_a_packet_that_was_sent_is_not_sent_again)
{
  GstHarness *enc = enc_new (KEYS_128);
  guint32 ssrc = next_ssrc++;
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (enc->element, bus);
  gst_buffer_unref (seal (enc, ssrc, 500));
  for (guint i = 0; i < 3; i++) {
    fail_unless_equals_int (gst_harness_push (enc, packet_new (ssrc, 500)), GST_FLOW_OK);
    fail_unless (gst_harness_try_pull (enc) == NULL);
  }
  fail_unless_equals_uint64 (media_stat (enc, "replayed"), 3);
  fail_unless_equals_int (count_warnings (bus), 1);
  gst_buffer_unref (seal (enc, ssrc, 501));
  gst_element_set_bus (enc->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (enc);
}

GST_END_TEST;

GST_START_TEST (test_an_ssrc_is_not_sent_by_two_elements_under_a_static_key)
{
  GstHarness *one = enc_new (KEYS_128), *other;
  guint32 ssrc = next_ssrc++;

  gst_buffer_unref (seal (one, ssrc, 1));
  other = enc_new (KEYS_128);
  fail_unless_equals_int (gst_harness_push (other, packet_new (ssrc, 30000)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (other) == NULL);
  fail_unless_equals_uint64 (media_stat (other, "replayed"), 1);
  gst_buffer_unref (seal (other, next_ssrc++, 1));
  gst_harness_teardown (one);
  gst_harness_teardown (other);
}

GST_END_TEST;

GST_START_TEST (test_an_element_that_starts_again_needs_a_new_ssrc_under_a_static_key)
{
  GstHarness *enc = enc_new (KEYS_128);
  guint32 ssrc = next_ssrc++;

  gst_buffer_unref (seal (enc, ssrc, 1));
  gst_harness_teardown (enc);
  enc = enc_new (KEYS_128);
  fail_unless_equals_int (gst_harness_push (enc, packet_new (ssrc, 2)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (enc) == NULL);
  gst_buffer_unref (seal (enc, next_ssrc++, 2));
  gst_harness_teardown (enc);
  enc = enc_new (KEYS_128_OTHER);
  gst_buffer_unref (seal (enc, ssrc, 2));
  gst_harness_teardown (enc);
}

GST_END_TEST;

GST_START_TEST (test_ready_and_back_goes_on_where_the_ssrc_was)
{
  GstHarness *enc = enc_new (KEYS_128), *dec = dec_new (KEYS_128);
  guint32 ssrc = next_ssrc++;

  expect_packet (gst_harness_push_and_pull (dec, seal (enc, ssrc, 100)), ssrc, 100);
  gst_element_set_state (enc->element, GST_STATE_READY);
  gst_element_set_state (enc->element, GST_STATE_PLAYING);
  gst_harness_set_src_caps_str (enc, RTP_CAPS);
  fail_unless_equals_int (gst_harness_push (enc, packet_new (ssrc, 100)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (enc) == NULL);
  expect_packet (gst_harness_push_and_pull (dec, seal (enc, ssrc, 101)), ssrc, 101);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

GST_START_TEST (test_every_packet_says_what_it_is)
{
  const gchar *json = SET ("{\"kty\":\"oct\",\"kid\":\"9\",\"alg\":\"AEAD_AES_128_GCM\","
      "\"k\":\"" K_28 "\",\"sender\":\"alice\"}");
  GstHarness *enc = enc_new (json), *dec = dec_new (json);
  guint32 ssrc = next_ssrc++;
  GstBuffer *out = gst_harness_push_and_pull (dec, seal (enc, ssrc, 7));
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (out);

  fail_unless (meta != NULL);
  fail_unless_equals_int (gst_e2ee_status_get_state (meta->status), GST_E2EE_STATE_ON);
  fail_unless_equals_string (gst_e2ee_status_get_sender (meta->status), "alice");
  fail_unless_equals_uint64 (meta->key_id, 9);
  fail_unless_equals_uint64 (meta->counter, 7);
  gst_buffer_unref (out);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
}

GST_END_TEST;

static Suite *
srtp_suite (void)
{
  Suite *s = suite_create ("srtp");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_loop_test (tc, test_packets_come_back_byte_for_byte_over_the_wrap, 0,
      G_N_ELEMENTS (key_sets));
  tcase_add_test (tc, test_lists_stay_lists);
  tcase_add_test (tc, test_loss_and_reorder_change_nothing_for_the_others);
  tcase_add_test (tc, test_a_doubled_packet_is_dropped_and_no_key_frame_asked_for);
  tcase_add_loop_test (tc, test_a_flipped_bit_drops_the_packet, 0, G_N_ELEMENTS (flips));
  tcase_add_test (tc, test_a_truncated_packet_is_dropped_at_every_length);
  tcase_add_test (tc, test_foreign_packets_are_dropped);
  tcase_add_test (tc, test_rtcp_and_headers_that_lie_are_not_sent);
  tcase_add_test (tc, test_without_a_key_nothing_leaves_and_nothing_comes);
  tcase_add_test (tc, test_a_wrong_key_lets_nothing_through);
  tcase_add_loop_test (tc, test_what_cannot_work_does_not_start, 0, G_N_ELEMENTS (starts));
  tcase_add_test (tc, test_a_key_id_that_does_not_fit_sends_nothing);
  tcase_add_loop_test (tc, test_only_rtp_becomes_srtp_and_only_srtp_rtp, 0,
      G_N_ELEMENTS (refusals));
  tcase_add_test (tc, test_caps_change_their_name_and_lose_every_key);
  tcase_add_test (tc, test_srtp_is_linked_to_nothing_that_takes_rtp);
  tcase_add_test (tc, test_a_new_key_is_used_at_once_and_loses_nothing);
  tcase_add_test (tc, test_a_long_time_without_a_key_loses_nothing_behind_it);
  tcase_add_test (tc, test_packets_wait_for_a_key_that_is_a_little_late);
  tcase_add_test (tc, test_a_flush_forgets_what_waits);
  tcase_add_test (tc, test_a_packet_that_was_sent_is_not_sent_again);
  tcase_add_test (tc, test_an_ssrc_is_not_sent_by_two_elements_under_a_static_key);
  tcase_add_test (tc, test_an_element_that_starts_again_needs_a_new_ssrc_under_a_static_key);
  tcase_add_test (tc, test_ready_and_back_goes_on_where_the_ssrc_was);
  tcase_add_test (tc, test_every_packet_says_what_it_is);
  return s;
}

GST_CHECK_MAIN (srtp);
