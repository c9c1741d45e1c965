/* Keys per SSRC: streams there and back, a new SSRC in the middle, who does not agree, and how many.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "sframekit.h"

#include <gst/rtp/rtp.h>
#include <string.h>

#define MAX_STREAMS 64

static const gchar *const packetizations[] = { "codec", "frame", "packet" };

static gchar *
properties (const gchar * packetization, gboolean per_ssrc)
{
  return g_strdup_printf ("packetization=%s per-ssrc-keys=%s", packetization,
      per_ssrc ? "true" : "false");
}

/* A copy of the packets with another SSRC. */
static GstBufferList *
with_ssrc (GstBufferList * list, guint32 ssrc)
{
  GstBufferList *copy = gst_buffer_list_copy_deep (list);

  for (guint i = 0; i < gst_buffer_list_length (copy); i++) {
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

    fail_unless (gst_rtp_buffer_map (gst_buffer_list_get (copy, i), GST_MAP_WRITE, &rtp));
    gst_rtp_buffer_set_ssrc (&rtp, ssrc);
    gst_rtp_buffer_unmap (&rtp);
  }
  gst_buffer_list_unref (list);
  return copy;
}

typedef struct
{
  Media *media;
  GstHarness *enc, *dec;
} Pair;

static Pair
pair_new (const gchar * packetization, gboolean sender, gboolean receiver)
{
  gchar *sends = properties (packetization, sender), *receives = properties (packetization,
      receiver);
  Pair pair = { sframe_media (TRUE, 6) };
  GstCaps *caps;

  pair.enc = sframe_harness ("e2eeenc", KEYS_1, sends);
  pair.dec = sframe_harness ("e2eedec", KEYS_1, receives);
  gst_harness_set_src_caps (pair.enc, gst_caps_ref (pair.media->caps));
  push_list (pair.enc, media_list (pair.media, 0));
  caps = gst_pad_get_current_caps (pair.enc->sinkpad);
  gst_harness_set_src_caps (pair.dec, caps);
  g_free (sends);
  g_free (receives);
  return pair;
}

static void
pair_free (Pair * pair)
{
  gst_harness_teardown (pair->enc);
  gst_harness_teardown (pair->dec);
  media_free (pair->media);
}

/* What has been sealed since the last call. (transfer full) */
static GPtrArray *
take_sealed (Pair * pair)
{
  return media_collect (pair->enc);
}

static void
open_all (Pair * pair, GPtrArray * sealed)
{
  for (guint i = 0; i < sealed->len; i++)
    push_list (pair->dec, gst_buffer_list_ref (g_ptr_array_index (sealed, i)));
}

static guint
count_opened (Pair * pair)
{
  GPtrArray *out = media_collect (pair->dec);
  guint n = out->len;

  g_ptr_array_unref (out);
  return n;
}

GST_START_TEST (test_streams_come_back_and_a_new_ssrc_in_the_middle)
{
  Pair pair = pair_new (packetizations[__i__], TRUE, TRUE);
  GPtrArray *sealed;

  push_list (pair.enc, media_list (pair.media, 1));
  push_list (pair.enc, with_ssrc (media_list (pair.media, 2), 0xa11ce));
  push_list (pair.enc, with_ssrc (media_list (pair.media, 3), 0xa11ce));
  push_list (pair.enc, media_list (pair.media, 4));
  sealed = take_sealed (&pair);
  fail_unless_equals_int (sealed->len, 5);
  open_all (&pair, sealed);
  fail_unless_equals_int (count_opened (&pair), 5);
  fail_unless_equals_uint64 (media_stat (pair.dec, "dropped"), 0);

  /* All of it once more: nothing is forgotten. */
  open_all (&pair, sealed);
  fail_unless_equals_int (count_opened (&pair), 0);
  g_ptr_array_unref (sealed);
  pair_free (&pair);
}

GST_END_TEST;

static const struct
{
  const gchar *name;
  gboolean sender, receiver;
} disagreements[] = {
  {"only the sender derives", TRUE, FALSE},
  {"only the receiver derives", FALSE, TRUE},
};

GST_START_TEST (test_who_does_not_agree_opens_nothing)
{
  for (guint i = 0; i < G_N_ELEMENTS (packetizations); i++) {
    Pair pair = pair_new (packetizations[i], disagreements[__i__].sender,
        disagreements[__i__].receiver);
    GPtrArray *sealed = take_sealed (&pair);

    open_all (&pair, sealed);
    fail_unless (gst_harness_try_pull (pair.dec) == NULL);
    fail_unless (media_stat (pair.dec, "tag") > 0, "%s", disagreements[__i__].name);
    fail_unless_equals_uint64 (media_stat (pair.dec, "tag"), media_stat (pair.dec, "dropped"));
    g_ptr_array_unref (sealed);
    pair_free (&pair);
  }
}

GST_END_TEST;

GST_START_TEST (test_a_frame_under_another_ssrc_is_refused)
{
  Pair pair = pair_new ("frame", TRUE, TRUE);
  GPtrArray *sealed = take_sealed (&pair);

  push_list (pair.dec, with_ssrc (gst_buffer_list_ref (g_ptr_array_index (sealed, 0)), 0xbad));
  fail_unless (gst_harness_try_pull (pair.dec) == NULL);
  fail_unless_equals_uint64 (media_stat (pair.dec, "tag"), 1);
  open_all (&pair, sealed);
  fail_unless_equals_int (count_opened (&pair), 1);
  g_ptr_array_unref (sealed);
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_a_sender_of_too_many_streams_sends_no_more_of_them)
{
  Pair pair = pair_new ("frame", TRUE, TRUE);
  GPtrArray *sealed;

  for (guint i = 1; i < MAX_STREAMS; i++)
    push_list (pair.enc, with_ssrc (media_list (pair.media, 0), i));
  sealed = take_sealed (&pair);
  fail_unless_equals_int (sealed->len, MAX_STREAMS);
  push_list (pair.enc, with_ssrc (media_list (pair.media, 0), MAX_STREAMS));
  fail_unless (gst_harness_try_pull (pair.enc) == NULL);
  fail_unless_equals_uint64 (media_stat (pair.enc, "too-many-senders"), 1);

  open_all (&pair, sealed);
  fail_unless_equals_int (count_opened (&pair), MAX_STREAMS);
  g_ptr_array_unref (sealed);
  pair_free (&pair);
}

GST_END_TEST;

static void
add_key (GstElement * element, guint64 key_id, MediaProvider * provider)
{
  media_provider_set (provider, media_key (1, 1, 1), media_key (2, 2, 2), NULL);
}

GST_START_TEST (test_a_new_key_in_hard_limit_loses_no_frame)
{
  GstElement *element = gst_parse_launch ("e2eeenc per-ssrc-keys=true frame-limit=2", NULL);
  MediaProvider *provider = media_provider_new ();
  Media *media = media_opus (4);
  GstHarness *h;

  gst_object_ref_sink (element);
  media_provider_set (provider, media_key (1, 1, 1), NULL);
  g_object_set (element, "key-provider", provider, NULL);
  g_signal_connect (element, "hard-limit", G_CALLBACK (add_key), provider);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps (h, gst_caps_ref (media->caps));
  for (guint i = 0; i < 4; i++)
    push_list (h, media_list (media, i));
  fail_unless_equals_uint64 (media_stat (h, "frames"), 4);
  fail_unless_equals_uint64 (media_stat (h, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (h, "key-id"), 2);
  gst_harness_teardown (h);
  gst_object_unref (element);
  g_object_unref (provider);
  media_free (media);
}

GST_END_TEST;

static const struct
{
  const gchar *name;
  const gchar *factory, *properties, *caps, *says;
} refusals[] = {
  {"chat", "e2eeenc", "per-ssrc-keys=true", "text/x-raw,format=utf8", "this is no RTP"},
  {"frames to be opened", "e2eedec", "per-ssrc-keys=true", "video/x-vp8,width=8,height=8",
      "this is no RTP"},
};

GST_START_TEST (test_what_has_no_ssrc_is_refused)
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

static const struct
{
  const gchar *settings, *says;
} misfits[] = {
  {"e2eeenc format=livekit packetization=frame", "SFrame packets"},
  {"e2eedec format=livekit packetization=packet", "SFrame packets"},
  {"e2eeenc format=livekit per-ssrc-keys=true", "keys per SSRC"},
  {"e2eedec format=livekit per-ssrc-keys=true", "keys per SSRC"},
};

GST_START_TEST (test_settings_of_sframe_with_another_format_do_not_start)
{
  GstElement *element = gst_object_ref_sink (gst_parse_launch (misfits[__i__].settings, NULL));
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error = NULL;

  gst_element_set_bus (element, bus);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "%s: no error", misfits[__i__].settings);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, misfits[__i__].says) != NULL, "%s: %s",
      misfits[__i__].settings, error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

GST_END_TEST;

static Suite *
per_ssrc_keys_suite (void)
{
  Suite *s = suite_create ("per-ssrc-keys");
  TCase *tc = tcase_create ("per-ssrc-keys");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_streams_come_back_and_a_new_ssrc_in_the_middle, 0,
      G_N_ELEMENTS (packetizations));
  tcase_add_loop_test (tc, test_who_does_not_agree_opens_nothing, 0, G_N_ELEMENTS (disagreements));
  tcase_add_test (tc, test_a_frame_under_another_ssrc_is_refused);
  tcase_add_test (tc, test_a_sender_of_too_many_streams_sends_no_more_of_them);
  tcase_add_test (tc, test_a_new_key_in_hard_limit_loses_no_frame);
  tcase_add_loop_test (tc, test_what_has_no_ssrc_is_refused, 0, G_N_ELEMENTS (refusals));
  tcase_add_loop_test (tc, test_settings_of_sframe_with_another_format_do_not_start, 0,
      G_N_ELEMENTS (misfits));
  return s;
}

GST_CHECK_MAIN (per_ssrc_keys);
