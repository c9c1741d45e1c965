/* e2eeenc and e2eedec with format=livekit: what comes through, what does not, and what is refused
 * before the first frame.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "media.h"

#include <gst/rtp/rtp.h>
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
  GstElement *element = make (factory, path, "livekit");
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

static Suite *
livekit_suite (void)
{
  Suite *s = suite_create ("livekit");
  TCase *tc = tcase_create ("livekit");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_vp8_and_opus_come_back_under_a_passphrase);
  tcase_add_test (tc, test_vp8_and_opus_come_back_under_raw_bytes);
  tcase_add_test (tc, test_nothing_opens_under_another_key);
  tcase_add_test (tc, test_a_frame_comes_once);
  tcase_add_test (tc, test_keys_of_another_format_stop_the_start);
  tcase_add_test (tc, test_a_meeting_has_no_keys_for_livekit);
  return s;
}

GST_CHECK_MAIN (livekit);
