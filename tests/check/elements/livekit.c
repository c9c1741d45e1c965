/* e2eeenc and e2eedec with format=livekit and format=jitsi: what comes through, what does not, and
 * what is refused before the first frame.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "clock.h"
#include "media.h"

#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <string.h>

/* "correct horse battery" at place 0; "opensesame" at place 0; raw bytes 00 to 1f at place 5. */
#define K_PASSPHRASE "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5"
#define K_OTHER "b3BlbnNlc2FtZQ"
#define K_RAW "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define KEY(kid, k, more) "{\"kty\":\"oct\",\"kid\":" kid ",\"k\":\"" k "\"" more "}"
#define SET(keys) "{\"keys\":[" keys "]}"

#define PASSPHRASE SET (KEY ("0", K_PASSPHRASE, ""))
#define OTHER SET (KEY ("0", K_OTHER, ""))
#define RAW SET (KEY ("5", K_RAW, ",\"alg\":\"LIVEKIT_HKDF\""))
#define JITSI SET (KEY ("3", K_RAW, ""))
#define SFRAME SET (KEY ("1", "AAECAwQFBgcICQoLDA0ODw", ",\"alg\":\"AES_128_GCM_SHA256_128\""))

#define OVERHEAD 30

static GstElement *
make (const gchar * factory, const gchar * path, const gchar * format)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  gst_util_set_object_arg (G_OBJECT (element), "format", format);
  g_object_set (element, "key-file", path, NULL);
  return element;
}

static GstHarness *
harness (const gchar * factory, const gchar * json, GstCaps * caps)
{
  gchar *path = media_key_file (json);
  GstElement *element = make (factory, path, g_str_equal (json, JITSI) ? "jitsi" : "livekit");
  GstHarness *h = gst_harness_new_with_element (element, "sink", "src");

  gst_object_unref (element);
  gst_harness_set_src_caps (h, gst_caps_ref (caps));
  media_unlink (path);
  return h;
}

static GPtrArray *
seal (Media * media, const gchar * json)
{
  GstHarness *enc = harness ("e2eeenc", json, media->caps);
  GPtrArray *sealed;

  for (guint i = 0; i < media->lists->len; i++)
    fail_unless_equals_int (gst_pad_push_list (enc->srcpad, media_list (media, i)), GST_FLOW_OK);
  sealed = media_collect (enc);
  fail_unless_equals_int (sealed->len, media->lists->len);
  gst_harness_teardown (enc);
  return sealed;
}

static void
push_all (GstHarness * h, GPtrArray * lists)
{
  for (guint i = 0; i < lists->len; i++)
    fail_unless_equals_int (gst_pad_push_list (h->srcpad,
            gst_buffer_list_ref (g_ptr_array_index (lists, i))), GST_FLOW_OK);
}

static void
assert_comes_back (Media * media, gboolean vp8, const gchar * json)
{
  GPtrArray *sealed = seal (media, json), *out;
  GstHarness *dec = harness ("e2eedec", json, media->caps);

  push_all (dec, sealed);
  out = media_collect (dec);
  fail_unless_equals_int (out->len, media->frames->len);
  for (guint i = 0; i < out->len; i++) {
    GBytes *plain = g_ptr_array_index (media->frames, i);
    GBytes *wire = media_join (g_ptr_array_index (sealed, i), vp8);
    GBytes *frame = media_join (g_ptr_array_index (out, i), vp8);

    fail_unless (g_bytes_equal (frame, plain), "frame %u is not what was sent", i);
    fail_unless_equals_int (g_bytes_get_size (wire), g_bytes_get_size (plain) + OVERHEAD);
    g_bytes_unref (wire);
    g_bytes_unref (frame);
  }
  g_ptr_array_unref (out);
  g_ptr_array_unref (sealed);
  gst_harness_teardown (dec);
  media_free (media);
}

GST_START_TEST (test_vp8_and_opus_come_back_under_a_passphrase)
{
  assert_comes_back (media_vp8 (20, NULL, NULL), TRUE, PASSPHRASE);
  assert_comes_back (media_opus (20), FALSE, PASSPHRASE);
}

GST_END_TEST;

GST_START_TEST (test_vp8_and_opus_come_back_under_raw_bytes)
{
  assert_comes_back (media_vp8 (20, NULL, NULL), TRUE, RAW);
  assert_comes_back (media_opus (20), FALSE, RAW);
}

GST_END_TEST;

GST_START_TEST (test_vp8_and_opus_come_back_in_jitsis_format)
{
  assert_comes_back (media_vp8 (20, NULL, NULL), TRUE, JITSI);
  assert_comes_back (media_opus (20), FALSE, JITSI);
}

GST_END_TEST;

static void
assert_drops (GPtrArray * lists, GstCaps * caps, const gchar * json, const gchar * cause)
{
  GstHarness *dec = harness ("e2eedec", json, caps);

  push_all (dec, lists);
  fail_unless (gst_harness_try_pull (dec) == NULL, "something came out");
  gst_element_send_event (dec->element, gst_event_new_eos ());
  fail_unless_equals_uint64 (media_stat (dec, "frames"), 0);
  fail_unless (media_stat (dec, cause) + media_stat (dec, "held") >= lists->len,
      "%s: %u", cause, (guint) media_stat (dec, cause));
  gst_harness_teardown (dec);
}

GST_START_TEST (test_nothing_opens_under_another_key)
{
  Media *media = media_vp8 (5, NULL, NULL);
  GPtrArray *sealed = seal (media, PASSPHRASE);

  assert_drops (sealed, media->caps, OTHER, "tag");
  assert_drops (sealed, media->caps, RAW, "unknown-key");
  g_ptr_array_unref (sealed);
  media_free (media);
}

GST_END_TEST;

GST_START_TEST (test_a_frame_comes_once)
{
  Media *media = media_opus (5);
  GPtrArray *sealed = seal (media, PASSPHRASE), *out;
  GstHarness *dec = harness ("e2eedec", PASSPHRASE, media->caps);
  guint16 seq = media_seq_behind (g_ptr_array_index (sealed, sealed->len - 1));

  push_all (dec, sealed);
  fail_unless_equals_int (gst_pad_push_list (dec->srcpad,
          media_renumber (g_ptr_array_index (sealed, 2), &seq, 12345)), GST_FLOW_OK);
  out = media_collect (dec);
  fail_unless_equals_int (out->len, media->lists->len);
  fail_unless_equals_uint64 (media_stat (dec, "replayed"), 1);
  g_ptr_array_unref (out);
  gst_harness_teardown (dec);
  g_ptr_array_unref (sealed);
  media_free (media);
}

GST_END_TEST;

/* Frames without RTP, one buffer each, in hexadecimal; NULL: nothing. */
static GstBuffer *
from_hex (const gchar * text)
{
  gsize size = strlen (text) / 2;
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]);
  return gst_buffer_new_wrapped (bytes, size);
}

static GstHarness *
dec_of_frames (const gchar * json, const gchar * caps, const gchar * first_property, ...)
{
  gchar *path = media_key_file (json);
  GstElement *element = make ("e2eedec", path, g_str_equal (json, JITSI) ? "jitsi" : "livekit");
  va_list properties;
  GstHarness *h;

  va_start (properties, first_property);
  g_object_set_valist (G_OBJECT (element), first_property, properties);
  va_end (properties);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps_str (h, caps);
  media_unlink (path);
  return h;
}

static void
expect (GstHarness * h, const gchar * frame, const gchar * plain)
{
  GstBuffer *out, *wanted;
  GstMapInfo map;

  fail_unless_equals_int (gst_harness_push (h, from_hex (frame)), GST_FLOW_OK);
  out = gst_harness_try_pull (h);
  if (plain == NULL) {
    fail_unless (out == NULL, "something came out of %s", frame);
    return;
  }
  fail_unless (out != NULL, "nothing came out of %s", frame);
  wanted = from_hex (plain);
  gst_buffer_map (wanted, &map, GST_MAP_READ);
  fail_unless_equals_int (gst_buffer_get_size (out), map.size);
  fail_unless_equals_int (gst_buffer_memcmp (out, 0, map.data, map.size), 0);
  gst_buffer_unmap (wanted, &map);
  gst_buffer_unref (wanted);
  gst_buffer_unref (out);
}

/* What livekit-client and lib-jitsi-meet sealed, and what each step of a ratchet makes of it. */
#define OPUS_PLAIN "780be4c136ecc58d8c49469904"
#define VP8_PLAIN "d11300e35bbf"
#define VP8_SEALED \
    "d113004e50115d23d693016187792cb5d37ef6725b541122334401020304010112cf0c00"

static const gchar *const livekit_steps[] = {
  "7810f758617ee7255e10fe4b71df09a667d49af322a0e6c3824c007c5311223344010203040101a0d70c"
      "05",
  "7883314223373f69298f516b0cee3f7058207837fb9353f3600bd555d511223344010203040101eb4b0c"
      "05",
  "78aedbdc71f87268caffd6a76594b1cb92effcdee632e553bf0d11f60d1122334401020304010159300c"
      "05",
  "78f3876373fd6e96689111afc8f2b39d7f88b0a1de4bd7ed0513614cf51122334401020304010171820c"
      "05"
};

static const gchar *const jitsi_steps[] = {
  "7828134e6ca8c9d8edd698fba2d2e75797fbd6ea19913eea7297ca1309112233440102030400007bad0c"
      "03",
  "78ecc337b5f2342a434f420f9c65e350f713b380384c24a8275048dea4112233440102030400007bb30c"
      "03",
  "78cd1dc062a8e00956e70afefcf00be5ac12d7872d6fc4b2aadcfb58a2112233440102030400007bb40c"
      "03",
  "78490eb0471d46afd0c41c80004fafdccd588ed35c9b9a9d7be7c0f09b112233440102030400007bb50c"
      "03"
};

GST_START_TEST (test_a_sender_who_ratchets_is_followed_within_the_window)
{
  GstHarness *h = dec_of_frames (RAW, "audio/x-opus", NULL);

  expect (h, livekit_steps[0], OPUS_PLAIN);
  expect (h, livekit_steps[2], OPUS_PLAIN);
  expect (h, livekit_steps[1], NULL);
  expect (h, livekit_steps[3], OPUS_PLAIN);
  fail_unless_equals_uint64 (media_stat (h, "tag"), 1);
  gst_harness_teardown (h);

  h = dec_of_frames (RAW, "audio/x-opus", "ratchet-window-size", 1, NULL);
  expect (h, livekit_steps[2], NULL);
  expect (h, livekit_steps[1], OPUS_PLAIN);
  fail_unless_equals_uint64 (media_stat (h, "tag"), 1);
  gst_harness_teardown (h);

  h = dec_of_frames (JITSI, "audio/x-opus", NULL);
  expect (h, jitsi_steps[3], OPUS_PLAIN);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_a_key_that_fails_too_often_is_given_up)
{
  GstHarness *h = dec_of_frames (RAW, "audio/x-opus", "failure-tolerance", 1,
      "ratchet-window-size", 0, NULL);

  for (guint i = 1; i <= 3; i++)
    expect (h, livekit_steps[i], NULL);
  expect (h, livekit_steps[0], NULL);
  fail_unless_equals_uint64 (media_stat (h, "tag"), 2);
  fail_unless_equals_uint64 (media_stat (h, "given-up"), 2);
  gst_harness_teardown (h);

  h = dec_of_frames (RAW, "audio/x-opus", "ratchet-window-size", 0, NULL);
  for (guint i = 0; i < 50; i++)
    expect (h, livekit_steps[1], NULL);
  expect (h, livekit_steps[0], OPUS_PLAIN);
  gst_harness_teardown (h);
}

GST_END_TEST;

#define SIF "0badcafe5eed"
#define VP8_BLANK_REST "02009d012a080008000047088585888584880202000c0d6000feffab5080"
#define VP8_BLANK "10" VP8_BLANK_REST

GST_START_TEST (test_a_blank_frame_of_the_server_passes_where_its_trailer_is_known)
{
  GstHarness *h = dec_of_frames (PASSPHRASE, "video/x-vp8", "sif-trailer", SIF, NULL);
  GstE2eeStatusMeta *meta;
  GstBuffer *out;

  fail_unless_equals_int (gst_harness_push (h, from_hex (VP8_BLANK SIF)), GST_FLOW_OK);
  out = gst_harness_try_pull (h);
  fail_unless (out != NULL);
  fail_unless_equals_int (gst_buffer_get_size (out), strlen (VP8_BLANK) / 2);
  meta = gst_buffer_get_e2ee_status_meta (out);
  fail_unless (meta != NULL);
  fail_unless_equals_int (gst_e2ee_status_get_state (meta->status), GST_E2EE_STATE_OFF);
  gst_buffer_unref (out);
  fail_unless_equals_uint64 (media_stat (h, "clear-frames"), 1);

  /* a byte of it changed, another trailer, none, a real frame with one */
  expect (h, "11" VP8_BLANK_REST SIF, NULL);
  expect (h, VP8_BLANK "0badcafe5eee", NULL);
  expect (h, VP8_BLANK, NULL);
  expect (h, "d11300e35bbfc4b7afa747a7d88517ef37903cc79d5d680cd5422f" SIF, NULL);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 4);
  fail_unless_equals_uint64 (media_stat (h, "clear-frames"), 1);
  gst_harness_teardown (h);

  h = dec_of_frames (PASSPHRASE, "video/x-vp8", NULL);
  expect (h, VP8_BLANK SIF, NULL);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_the_servers_blank_frames_do_not_change_the_state)
{
  GstHarness *h = dec_of_frames (PASSPHRASE, "video/x-vp8", "sif-trailer", SIF, NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;

  gst_element_set_bus (h->element, bus);
  expect (h, VP8_SEALED, VP8_PLAIN);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  fail_unless (message != NULL);
  gst_message_unref (message);
  for (guint i = 0; i < 30; i++)
    expect (h, VP8_BLANK SIF, VP8_BLANK);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  fail_unless (message == NULL);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_a_packet_trailer_is_taken_off_where_it_is_expected)
{
  static const gchar *const trailer = "fdfbfffffffef44c4b5453";
  gchar *frame = g_strconcat (VP8_SEALED, trailer, NULL);
  GstHarness *h = dec_of_frames (PASSPHRASE, "video/x-vp8", "packet-trailer", TRUE, NULL);

  expect (h, frame, VP8_PLAIN);
  gst_harness_teardown (h);
  h = dec_of_frames (PASSPHRASE, "video/x-vp8", NULL);
  expect (h, frame, NULL);
  fail_unless_equals_uint64 (media_stat (h, "header"), 1);
  gst_harness_teardown (h);
  g_free (frame);
}

GST_END_TEST;

/* A passphrase takes tens of milliseconds, in which a stream must not stand still. */
#define OPUS_SEALED_0 \
    "785e2a47c33c8833580094dbb6514889c88339a3b7ce8471a913ba8942112233440102030401012b" \
    "110c00"
#define OPUS_SEALED_15 \
    "787616f437e62e486d404926c3ebcff03c8a23193fa24a132e2d77f31411223344010203040101aa" \
    "050c0f"

static GstE2eeKey *
give_passphrase (GstElement * element, guint64 key_id, gpointer user_data)
{
  static const gchar first[] = "correct horse battery", other[] = "Gr\303\274\303\237e";
  GstE2eeKeyUsage both = GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT;

  (*(guint *) user_data)++;
  return key_id == 15 ?
      gst_e2ee_key_new (key_id, GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2_256, other,
      sizeof other - 1, both, 1, NULL, NULL) :
      gst_e2ee_key_new (key_id, GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2, first, sizeof first - 1,
      both, 1, NULL, NULL);
}

static GstHarness *
asking_harness (const gchar * factory, const gchar * caps, guint * asked)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstHarness *h;

  gst_util_set_object_arg (G_OBJECT (element), "format", "livekit");
  g_signal_connect (element, "request-key", G_CALLBACK (give_passphrase), asked);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps_str (h, caps);
  return h;
}

/* Empty buffers, which are no frames but let the element look for new keys, until one comes out. */
static GstBuffer *
wait_for_frame (GstHarness * h)
{
  GstBuffer *out = NULL;

  for (guint i = 0; i < 6000 && out == NULL; i++) {
    gst_harness_push (h, gst_buffer_new ());
    out = gst_harness_try_pull (h);
    if (out == NULL)
      g_usleep (5000);
  }
  fail_unless (out != NULL, "no frame came");
  return out;
}

GST_START_TEST (test_a_frame_waits_while_a_passphrase_becomes_a_key)
{
  guint asked = 0;
  GstHarness *h = asking_harness ("e2eedec", "audio/x-opus", &asked);

  expect (h, OPUS_SEALED_0, NULL);
  fail_unless_equals_int (asked, 1);
  fail_unless_equals_uint64 (media_stat (h, "held"), 1);
  gst_buffer_unref (wait_for_frame (h));
  fail_unless_equals_uint64 (media_stat (h, "frames"), 1);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_a_key_frame_is_asked_for_when_a_passphrase_has_become_a_key)
{
  guint asked = 0, requests = 0;
  GstHarness *h = asking_harness ("e2eeenc", "video/x-vp8", &asked);
  GstEvent *event;

  gst_harness_push (h, from_hex ("1024009d012aa0007800390d00041c22"));
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "no-key"), 1);
  for (guint i = 0; i < 6000 && media_stat (h, "frames") == 0; i++) {
    gst_harness_push (h, from_hex (VP8_PLAIN));
    g_usleep (5000);
  }
  fail_unless (media_stat (h, "frames") > 0);
  while ((event = gst_harness_try_pull_upstream_event (h))) {
    requests += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  fail_unless_equals_int (requests, 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_a_key_that_was_cleared_while_it_was_made_does_not_come)
{
  guint asked = 0;
  GstHarness *h = asking_harness ("e2eedec", "audio/x-opus", &asked);

  expect (h, OPUS_SEALED_0, NULL);
  g_signal_emit_by_name (h->element, "clear-keys");
  /* Keys are made one after the other, so behind this one the first would be there. */
  expect (h, OPUS_SEALED_15, NULL);
  fail_unless_equals_int (asked, 2);
  clock_advance (200);
  for (guint i = 0; i < 6000 && media_stat (h, "frames") == 0; i++) {
    gst_harness_push (h, from_hex (OPUS_SEALED_15));
    g_usleep (5000);
  }
  fail_unless_equals_uint64 (media_stat (h, "frames"), 1);
  gst_buffer_unref (gst_harness_pull (h));
  expect (h, OPUS_SEALED_0, NULL);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 1);
  fail_unless_equals_int (asked, 2);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Under e2eedec with the passphrase at place 0, nothing of these comes out. */
static const struct
{
  const gchar *name, *caps, *frame, *cause;
} refused[] = {
  {"a plain vp8 frame", "video/x-vp8",
        "d11300e35bbfc4b7afa747a7d88517ef37903cc79d5d680cd5422f1cd7fc", "header"},
  {"a plain opus frame", "audio/x-opus",
        "780be4c136ecc58d8c49469904c5aaed92e7634a3a1898ee62cb60ff6c1b2900", "header"},
  {"a short plain opus frame", "audio/x-opus",
        "780be4c1", "truncated"},
  {"jitsi's opus, at the same place", "audio/x-opus",
        "7828134e6ca8c9d8edd698fba2d2e75797fbd6ea19913eea7297ca1309112233440102030400007bad0c"
        "00", "tag"},
  {"an SFrame frame", "audio/x-opus",
        "0000112233445566778899aabbccddeeff00112233445566778899aabbccddee", "header"},
  {"another key of the room", "audio/x-opus",
        "7810f758617ee7255e10fe4b71df09a667d49af322a0e6c3824c007c5311223344010203040101a0d70c"
        "05", "unknown-key"},
  {"the clear byte changed", "audio/x-opus",
        "385e2a47c33c8833580094dbb6514889c88339a3b7ce8471a913ba8942112233440102030401012b110c"
        "00", "tag"},
  {"the ciphertext changed", "audio/x-opus",
        "785e2a47c37c8833580094dbb6514889c88339a3b7ce8471a913ba8942112233440102030401012b110c"
        "00", "tag"},
  {"the tag changed", "audio/x-opus",
        "785e2a47c33c8833580094dbb6514889c88339a3b7ce8471a913ba8902112233440102030401012b110c"
        "00", "tag"},
  {"the nonce changed", "audio/x-opus",
        "785e2a47c33c8833580094dbb6514889c88339a3b7ce8471a913ba8942112233444102030401012b110c"
        "00", "tag"},
  {"the size of the nonce changed", "audio/x-opus",
        "785e2a47c33c8833580094dbb6514889c88339a3b7ce8471a913ba8942112233440102030401012b114c"
        "00", "header"},
  {"the place changed", "audio/x-opus",
        "785e2a47c33c8833580094dbb6514889c88339a3b7ce8471a913ba8942112233440102030401012b110c"
        "40", "unknown-key"},
  {"a video frame as sound", "audio/x-opus",
        "d113004e50115d23d693016187792cb5d37ef6725b541122334401020304010112cf0c00", "tag"},
  {"sound as a video frame", "video/x-vp8",
        "785e2a47c33c8833580094dbb6514889c88339a3b7ce8471a913ba8942112233440102030401012b110c"
        "00", "tag"},
  {"a frame with the trailer twice", "audio/x-opus",
        "785e2a47c33c8833580094dbb6514889c88339a3b7ce8471a913ba8942112233440102030401012b110c"
        "00112233440102030401012b110c00", "tag"},
};

GST_START_TEST (test_what_is_not_the_rooms_is_dropped_under_its_cause)
{
  GstHarness *h = dec_of_frames (PASSPHRASE, refused[__i__].caps, NULL);

  expect (h, refused[__i__].frame, NULL);
  fail_unless (media_stat (h, refused[__i__].cause) + media_stat (h, "held") == 1,
      "%s: no %s", refused[__i__].name, refused[__i__].cause);
  fail_unless_equals_uint64 (media_stat (h, "frames"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_a_frame_cut_anywhere_is_dropped)
{
  GstHarness *h = dec_of_frames (PASSPHRASE, "video/x-vp8", NULL);
  gsize size = strlen (VP8_SEALED) / 2;

  for (gsize n = 1; n < size; n++) {
    gchar *cut = g_strndup (VP8_SEALED, 2 * n);

    expect (h, cut, NULL);
    g_free (cut);
  }
  fail_unless_equals_uint64 (media_stat (h, "dropped") + media_stat (h, "held"), size - 1);
  expect (h, VP8_SEALED, VP8_PLAIN);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
assert_does_not_start (GstElement * element, const gchar * why)
{
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error = NULL;

  gst_element_set_bus (element, bus);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "no error was posted");
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, why) != NULL, "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}

GST_START_TEST (test_keys_of_another_format_stop_the_start)
{
  static const struct
  {
    const gchar *json, *format, *why;
  } rows[] = {
    {SFRAME, "livekit",
          "Key 1 is for AES_128_GCM_SHA256_128, which format=livekit does not have"},
    {RAW, "sframe", "Key 5 is for LIVEKIT_HKDF, which format=sframe does not have"},
    {RAW, "jitsi", "Key 5 is for LIVEKIT_HKDF, which format=jitsi does not have"},
    {PASSPHRASE, "sframe", "\"k\" has 21 bytes; without \"alg\" it must have 16 or 32"},
  };
  static const gchar *const factories[] = { "e2eeenc", "e2eedec" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (factories); j++) {
      gchar *path = media_key_file (rows[i].json);

      assert_does_not_start (make (factories[j], path, rows[i].format), rows[i].why);
      media_unlink (path);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_a_key_id_that_payloaders_lose_is_warned_of)
{
  static const struct
  {
    const gchar *json, *caps;
    gboolean warns;
  } rows[] = {
    {PASSPHRASE, "video/x-h264,stream-format=byte-stream,alignment=au", TRUE},
    {PASSPHRASE, "video/x-vp8", FALSE},
    {RAW, "video/x-h264,stream-format=byte-stream,alignment=au", FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gchar *path = media_key_file (rows[i].json);
    GstElement *element = make ("e2eeenc", path, "livekit");
    GstHarness *h = gst_harness_new_with_element (element, "sink", "src");
    GstBus *bus = gst_bus_new ();
    GstMessage *message;

    gst_element_set_bus (element, bus);
    gst_harness_set_src_caps_str (h, rows[i].caps);
    gst_harness_push (h, from_hex ("00000001419a0142ff112233"));
    gst_buffer_unref (gst_harness_pull (h));
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
    fail_unless_equals_int (message != NULL, rows[i].warns);
    gst_clear_message (&message);
    gst_element_set_bus (element, NULL);
    gst_object_unref (bus);
    gst_harness_teardown (h);
    gst_object_unref (element);
    media_unlink (path);
  }
}

GST_END_TEST;

/* What a format has no rule for is refused when its caps come, and not frame by frame. */
GST_START_TEST (test_media_that_a_format_does_not_protect_is_refused_with_its_caps)
{
  static const struct
  {
    const gchar *json, *format, *caps, *why;
  } rows[] = {
    {JITSI, "jitsi", "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96",
          "format=jitsi is for audio, VP8 and VP9"},
    {JITSI, "jitsi", "text/x-raw,format=utf8", "format=jitsi is for audio, VP8 and VP9"},
    {PASSPHRASE, "livekit", "text/x-raw,format=utf8",
          "format=livekit is for audio, VP8, VP9, H.264 and H.265"},
    {PASSPHRASE, "livekit", "application/x-chat",
          "format=livekit is for audio, VP8, VP9, H.264 and H.265"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gchar *path = media_key_file (rows[i].json);
    GstElement *element = make ("e2eeenc", path, rows[i].format);
    GstHarness *h = gst_harness_new_with_element (element, "sink", "src");
    GstCaps *caps = gst_caps_from_string (rows[i].caps);
    GstBus *bus = gst_bus_new ();
    GstMessage *message;
    GError *error = NULL;
    GstSegment segment;

    gst_element_set_bus (element, bus);
    gst_harness_play (h);
    gst_harness_push_event (h, gst_event_new_stream_start ("a"));
    gst_harness_push_event (h, gst_event_new_caps (caps));
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_harness_push_event (h, gst_event_new_segment (&segment));
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    fail_unless (message != NULL, "%s", rows[i].caps);
    gst_message_parse_error (message, &error, NULL);
    fail_unless (strstr (error->message, rows[i].why) != NULL, "%s", error->message);
    g_error_free (error);
    gst_message_unref (message);
    fail_unless_equals_int (gst_harness_push (h, from_hex (OPUS_PLAIN)),
        GST_FLOW_NOT_NEGOTIATED);
    fail_unless (gst_harness_try_pull (h) == NULL);
    gst_caps_unref (caps);
    gst_element_set_bus (element, NULL);
    gst_object_unref (bus);
    gst_harness_teardown (h);
    gst_object_unref (element);
    media_unlink (path);
  }
}

GST_END_TEST;

GST_START_TEST (test_a_meeting_has_no_keys_for_livekit)
{
  static const gchar *const factories[] = { "e2eeenc", "e2eedec" };

  for (guint j = 0; j < G_N_ELEMENTS (factories); j++) {
    GstElement *element = gst_element_factory_make (factories[j], NULL);
    GstE2eeMeeting *meeting = g_object_new (GST_TYPE_E2EE_MEETING, NULL);

    gst_util_set_object_arg (G_OBJECT (element), "format", "livekit");
    g_object_set (element, "key-provider", meeting, NULL);
    assert_does_not_start (element, "The keys of a meeting are not for format=livekit");
    g_object_unref (meeting);
  }
}

GST_END_TEST;

GST_START_TEST (test_settings_of_a_room_that_make_no_sense_stop_the_start)
{
  static const struct
  {
    const gchar *json, *format, *property, *value, *why;
  } rows[] = {
    {PASSPHRASE, "livekit", "sif-trailer", "0bad0", "sif-trailer is not up to 64 bytes"},
    {PASSPHRASE, "livekit", "sif-trailer", "LK-ROCKS", "sif-trailer is not up to 64 bytes"},
    {PASSPHRASE, "livekit", "sif-trailer",
          "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"
          "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e",
          "sif-trailer is not up to 64 bytes"},
    {PASSPHRASE, "livekit", "packetization", "frame", "Only frames of format=sframe go into"},
    {SFRAME, "sframe", "sif-trailer", "0bad", "are for format=livekit only"},
    {SFRAME, "sframe", "packet-trailer", "true", "are for format=livekit only"},
    {JITSI, "jitsi", "sif-trailer", "0bad", "are for format=livekit only"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gchar *path = media_key_file (rows[i].json);
    GstElement *element = make ("e2eedec", path, rows[i].format);

    gst_util_set_object_arg (G_OBJECT (element), rows[i].property, rows[i].value);
    assert_does_not_start (element, rows[i].why);
    media_unlink (path);
  }
}

GST_END_TEST;

static Suite *
livekit_suite (void)
{
  Suite *s = suite_create ("livekit");
  TCase *tc = tcase_create ("livekit");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_vp8_and_opus_come_back_under_a_passphrase);
  tcase_add_test (tc, test_vp8_and_opus_come_back_under_raw_bytes);
  tcase_add_test (tc, test_vp8_and_opus_come_back_in_jitsis_format);
  tcase_add_test (tc, test_nothing_opens_under_another_key);
  tcase_add_test (tc, test_a_frame_comes_once);
  tcase_add_test (tc, test_a_sender_who_ratchets_is_followed_within_the_window);
  tcase_add_test (tc, test_a_key_that_fails_too_often_is_given_up);
  tcase_add_test (tc, test_a_blank_frame_of_the_server_passes_where_its_trailer_is_known);
  tcase_add_test (tc, test_the_servers_blank_frames_do_not_change_the_state);
  tcase_add_test (tc, test_a_packet_trailer_is_taken_off_where_it_is_expected);
  tcase_add_loop_test (tc, test_what_is_not_the_rooms_is_dropped_under_its_cause, 0,
      G_N_ELEMENTS (refused));
  tcase_add_test (tc, test_a_frame_cut_anywhere_is_dropped);
  tcase_add_test (tc, test_a_frame_waits_while_a_passphrase_becomes_a_key);
  tcase_add_test (tc, test_a_key_frame_is_asked_for_when_a_passphrase_has_become_a_key);
  tcase_add_test (tc, test_a_key_that_was_cleared_while_it_was_made_does_not_come);
  tcase_add_test (tc, test_keys_of_another_format_stop_the_start);
  tcase_add_test (tc, test_a_key_id_that_payloaders_lose_is_warned_of);
  tcase_add_test (tc, test_media_that_a_format_does_not_protect_is_refused_with_its_caps);
  tcase_add_test (tc, test_a_meeting_has_no_keys_for_livekit);
  tcase_add_test (tc, test_settings_of_a_room_that_make_no_sense_stop_the_start);
  return s;
}

GST_CHECK_MAIN (livekit);
