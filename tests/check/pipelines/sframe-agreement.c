/* a=sframe in offer and answer, through two webrtcbins: who has agreed hears the other, and who has
 * not is told so and sends nothing.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>
#include <gst/e2ee/e2ee.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "../sframeloop.h"

#define LIMIT_S 60
#define POLL_MS 10
#define N_FRAMES 20
#define KEYS "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\"AAECAwQFBgcICQoLDA0ODw\"}]}"
#define VP8_CAPS "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96"
#define OPUS_CAPS "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=97"

typedef struct
{
  GstElement *webrtcbin;
  const gchar *packetization;
  GstElement *enc;              /* NULL: only listens */
  GstElement *picture;          /* its encryptor; NULL: only sound */

  GMutex lock;                  /* guards the rest */
  GstElement *dec;
  guint n_heard;
} Side;

typedef struct
{
  GstElement *pipeline;
  GstBus *bus;
  gchar *keys;
  Side caller, callee;
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

/* -- One side -- */

static void
on_heard (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer user_data)
{
  Side *side = user_data;

  g_mutex_lock (&side->lock);
  side->n_heard++;
  g_mutex_unlock (&side->lock);
}

static void
on_pad_added (GstElement * webrtcbin, GstPad * pad, gpointer user_data)
{
  Call *call = g_object_get_data (G_OBJECT (webrtcbin), "call");
  Side *side = user_data;
  GstElement *dec, *sink;
  GstPad *dec_sink;

  if (GST_PAD_IS_SINK (pad))
    return;
  dec = gst_element_factory_make ("e2eedec", NULL);
  sink = gst_element_factory_make ("fakesink", NULL);
  dec_sink = gst_element_get_static_pad (dec, "sink");
  g_object_set (dec, "key-file", call->keys, NULL);
  gst_util_set_object_arg (G_OBJECT (dec), "packetization", side->packetization);
  g_object_set (sink, "async", FALSE, "sync", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_heard), side);
  gst_bin_add_many (GST_BIN (call->pipeline), dec, sink, NULL);
  fail_unless (gst_element_link (dec, sink));
  gst_element_sync_state_with_parent (sink);
  gst_element_sync_state_with_parent (dec);
  fail_unless_equals_int (gst_pad_link (pad, dec_sink), GST_PAD_LINK_OK);
  gst_object_unref (dec_sink);
  g_mutex_lock (&side->lock);
  side->dec = gst_object_ref (dec);
  g_mutex_unlock (&side->lock);
}

static void
add_picture (Call * call, Side * side)
{
  gchar *description = g_strdup_printf ("videotestsrc is-live=true ! "
      "video/x-raw,width=64,height=48,framerate=20/1 ! vp8enc deadline=1 ! rtpvp8pay pt=96 ! "
      "e2eeenc name=enc packetization=%s key-file=\"%s\" ! capsfilter caps=\"" VP8_CAPS "\"",
      side->packetization, call->keys);
  GstElement *source = gst_parse_bin_from_description (description, TRUE, NULL);

  g_free (description);
  fail_unless (source != NULL);
  side->picture = gst_bin_get_by_name (GST_BIN (source), "enc");
  gst_bin_add (GST_BIN (call->pipeline), source);
  fail_unless (gst_element_link (source, side->webrtcbin));
}

static void
side_init (Call * call, Side * side, const gchar * name, const gchar * packetization,
    gboolean speaks, gboolean through_a_tee, gboolean with_picture)
{
  side->packetization = packetization;
  g_mutex_init (&side->lock);
  side->webrtcbin = gst_element_factory_make ("webrtcbin", name);
  g_object_set_data (G_OBJECT (side->webrtcbin), "call", call);
  gst_util_set_object_arg (G_OBJECT (side->webrtcbin), "bundle-policy", "max-bundle");
  loopback_only (side->webrtcbin);
  g_signal_connect (side->webrtcbin, "pad-added", G_CALLBACK (on_pad_added), side);
  gst_bin_add (GST_BIN (call->pipeline), side->webrtcbin);

  if (speaks) {
    gchar *description = g_strdup_printf ("audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=97 ! "
        "e2eeenc name=enc packetization=%s key-file=\"%s\" ! %s capsfilter caps=\"" OPUS_CAPS "\"",
        packetization, call->keys, through_a_tee ? "tee ! queue !" : "");
    GstElement *source = gst_parse_bin_from_description (description, TRUE, NULL);

    g_free (description);
    fail_unless (source != NULL);
    side->enc = gst_bin_get_by_name (GST_BIN (source), "enc");
    gst_bin_add (GST_BIN (call->pipeline), source);
    fail_unless (gst_element_link (source, side->webrtcbin));
  }
  if (with_picture)
    add_picture (call, side);
}

static void
side_clear (Side * side)
{
  gst_clear_object (&side->enc);
  gst_clear_object (&side->picture);
  gst_clear_object (&side->dec);
  g_mutex_clear (&side->lock);
}

static guint
count_heard (Side * side)
{
  guint n;

  g_mutex_lock (&side->lock);
  n = side->n_heard;
  g_mutex_unlock (&side->lock);
  return n;
}

/* -- Two sides -- */

static void
wait_for_caps (GstElement * webrtcbin, const gchar * name)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;
  GstPad *pad = gst_element_get_static_pad (webrtcbin, name);

  while (pad != NULL && !gst_pad_has_current_caps (pad)) {
    fail_unless (g_get_monotonic_time () < end, "no caps");
    g_usleep (POLL_MS * 1000);
  }
  gst_clear_object (&pad);
}

static Call *
call_new (const gchar * caller, const gchar * callee, gboolean callee_speaks, gboolean tee,
    gboolean picture)
{
  Call *call = g_new0 (Call, 1);
  gint fd = g_file_open_tmp ("e2ee-agreement-XXXXXX.jwks", &call->keys, NULL);

  fail_unless (fd >= 0);
  fail_unless_equals_int (write (fd, KEYS, sizeof KEYS - 1), sizeof KEYS - 1);
  close (fd);
  call->pipeline = gst_pipeline_new (NULL);
  call->bus = gst_element_get_bus (call->pipeline);
  side_init (call, &call->caller, "caller", caller, TRUE, tee, picture);
  side_init (call, &call->callee, "callee", callee, callee_speaks, FALSE, FALSE);
  loopback_connect (call->caller.webrtcbin, call->callee.webrtcbin);
  fail_if (gst_element_set_state (call->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE);
  wait_for_caps (call->caller.webrtcbin, "sink_0");
  wait_for_caps (call->caller.webrtcbin, "sink_1");
  wait_for_caps (call->callee.webrtcbin, "sink_0");
  return call;
}

static void
call_free (Call * call)
{
  GWeakRef caller, callee;

  g_weak_ref_init (&caller, call->caller.webrtcbin);
  g_weak_ref_init (&callee, call->callee.webrtcbin);
  gst_element_set_state (call->pipeline, GST_STATE_NULL);
  side_clear (&call->caller);
  side_clear (&call->callee);
  /* Its messages have their sources. */
  gst_bus_set_flushing (call->bus, TRUE);
  gst_object_unref (call->bus);
  gst_object_unref (call->pipeline);
  loopback_wait_until_gone (&caller);
  loopback_wait_until_gone (&callee);
  loopback_leave_at_once ();
  g_unlink (call->keys);
  g_free (call->keys);
  g_free (call);
}

static void
expect_no_error (Call * call)
{
  GstMessage *message = gst_bus_pop_filtered (call->bus, GST_MESSAGE_ERROR);
  GError *error = NULL;

  if (message != NULL)
    gst_message_parse_error (message, &error, NULL);
  fail_unless (message == NULL, "%s", error ? error->message : "");
}

static void
wait_until_heard (Call * call, Side * side)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;

  while (count_heard (side) < N_FRAMES) {
    fail_unless (g_get_monotonic_time () < end, "heard %u", count_heard (side));
    expect_no_error (call);
    g_usleep (POLL_MS * 1000);
  }
}

static void
wait_until_sent (Call * call, GstElement * enc)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;

  while (counter (enc, "frames") < N_FRAMES) {
    fail_unless (g_get_monotonic_time () < end, "sent %u", (guint) counter (enc, "frames"));
    expect_no_error (call);
    g_usleep (POLL_MS * 1000);
  }
}

/* Each says what he must (NULL: nothing), in any order. */
static void
wait_for_errors (Call * call, const gchar * caller_says, const gchar * callee_says)
{
  while (caller_says != NULL || callee_says != NULL) {
    GstMessage *message = gst_bus_timed_pop_filtered (call->bus, LIMIT_S * GST_SECOND,
        GST_MESSAGE_ERROR);
    const gchar **says = NULL;
    GError *error = NULL;

    fail_unless (message != NULL, "missing: %s, %s", caller_says, callee_says);
    gst_message_parse_error (message, &error, NULL);
    if (GST_MESSAGE_SRC (message) == GST_OBJECT (call->caller.enc))
      says = &caller_says;
    else if (GST_MESSAGE_SRC (message) == GST_OBJECT (call->callee.enc))
      says = &callee_says;
    if (says != NULL) {
      fail_unless (*says != NULL && strstr (error->message, *says) != NULL, "%s of %s",
          error->message, GST_MESSAGE_SRC_NAME (message));
      *says = NULL;
    }
    g_error_free (error);
    gst_message_unref (message);
  }
}

static void
wait_for_drops (GstElement * element, guint64 n)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;

  while (counter (element, "negotiation") < n) {
    fail_unless (g_get_monotonic_time () < end, "%u dropped",
        (guint) counter (element, "negotiation"));
    g_usleep (POLL_MS * 1000);
  }
}

/* -- Who has agreed -- */

static const struct
{
  const gchar *name;
  const gchar *caller, *callee;
  gboolean sframe, callee_speaks, tee, picture;
} agreements[] = {
  {"codec packets on both sides", "codec", "codec", FALSE, TRUE, FALSE},
  {"frames on both sides", "frame", "frame", TRUE, TRUE, FALSE},
  {"payloads on both sides", "packet", "packet", TRUE, TRUE, FALSE},
  {"each his own", "packet", "frame", TRUE, TRUE, FALSE},
  {"one only listens", "frame", "frame", TRUE, FALSE, FALSE},
  {"through a tee and a queue", "frame", "frame", TRUE, TRUE, TRUE},
  {"sound and picture in one bundle", "packet", "packet", TRUE, TRUE, FALSE, TRUE},
};

GST_START_TEST (test_who_has_agreed_hears_the_other)
{
  Call *call = call_new (agreements[__i__].caller, agreements[__i__].callee,
      agreements[__i__].callee_speaks, agreements[__i__].tee, agreements[__i__].picture);
  gboolean sframe = agreements[__i__].sframe;
  const gchar *reason = "?";
  GstPad *pad;

  GST_INFO ("%s", agreements[__i__].name);
  sframeloop_negotiate (call->caller.webrtcbin, call->callee.webrtcbin, sframe);
  pad = gst_element_get_static_pad (call->caller.webrtcbin, "sink_0");
  fail_unless (gst_e2ee_transport_check_sframe (pad, sframe, &reason));
  fail_unless (reason == NULL);
  fail_if (gst_e2ee_transport_check_sframe (pad, !sframe, &reason));
  fail_unless_equals_string (reason, "transport-sframe");
  gst_object_unref (pad);

  wait_until_heard (call, &call->callee);
  if (agreements[__i__].picture)
    wait_until_sent (call, call->caller.picture);
  if (agreements[__i__].callee_speaks)
    wait_until_heard (call, &call->caller);
  fail_unless_equals_uint64 (counter (call->callee.dec, "dropped"), 0);
  expect_no_error (call);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_nothing_leaves_before_the_peer_has_answered)
{
  Call *call = call_new ("frame", "frame", TRUE, FALSE, FALSE);

  wait_for_drops (call->caller.enc, N_FRAMES);
  fail_unless_equals_uint64 (counter (call->caller.enc, "frames"), 0);
  fail_unless_equals_uint64 (counter (call->callee.enc, "frames"), 0);
  expect_no_error (call);
  sframeloop_negotiate (call->caller.webrtcbin, call->callee.webrtcbin, TRUE);
  wait_until_heard (call, &call->callee);
  wait_until_heard (call, &call->caller);
  call_free (call);
}

GST_END_TEST;

/* -- Who has not -- */

typedef void (*Negotiate) (Call * call);

static void
as_webrtcbin_answers (Call * call)
{
  loopback_negotiate (call->caller.webrtcbin, call->callee.webrtcbin);
}

static void
refuse_what_does_not_fit (Call * call)
{
  sframeloop_negotiate (call->caller.webrtcbin, call->callee.webrtcbin,
      !g_str_equal (call->callee.packetization, "codec"));
}

/* A server that takes a=sframe out of one description and puts it into the other. */
static void
negotiate_with (Call * call, gboolean strip_offer, gboolean strip_answer)
{
  GstWebRTCSessionDescription *offer, *answer, *arrived;
  gchar *offered, *written, *text;
  GString *changed;

  offer = loopback_create (call->caller.webrtcbin, "offer");
  offered = gst_sdp_message_as_text (offer->sdp);
  loopback_set (call->caller.webrtcbin, "local", offer);
  changed = g_string_new (offered);
  if (strip_offer)
    fail_unless (g_string_replace (changed, "a=sframe\r\n", "", 0) > 0);
  arrived = sframeloop_parse (GST_WEBRTC_SDP_TYPE_OFFER, changed->str);
  loopback_set (call->callee.webrtcbin, "remote", arrived);
  g_string_free (changed, TRUE);
  gst_webrtc_session_description_free (arrived);
  gst_webrtc_session_description_free (offer);

  answer = loopback_create (call->callee.webrtcbin, "answer");
  written = gst_sdp_message_as_text (answer->sdp);
  text = gst_e2ee_transport_answer_sframe (offered, written, TRUE);
  gst_webrtc_session_description_free (answer);
  answer = sframeloop_parse (GST_WEBRTC_SDP_TYPE_ANSWER, text);
  loopback_set (call->callee.webrtcbin, "local", answer);
  changed = g_string_new (text);
  if (strip_answer)
    fail_unless (g_string_replace (changed, "a=sframe\r\n", "", 0) > 0);
  arrived = sframeloop_parse (GST_WEBRTC_SDP_TYPE_ANSWER, changed->str);
  loopback_set (call->caller.webrtcbin, "remote", arrived);
  g_string_free (changed, TRUE);
  gst_webrtc_session_description_free (arrived);
  gst_webrtc_session_description_free (answer);
  g_free (text);
  g_free (written);
  g_free (offered);
}

static void
strip_the_offer (Call * call)
{
  negotiate_with (call, TRUE, FALSE);
}

static void
strip_the_answer (Call * call)
{
  negotiate_with (call, FALSE, TRUE);
}

#define NOT_BOTH "Not both ends have agreed on SFrame packets"
#define PEER_EXPECTS "The peer expects SFrame packets"

static const struct
{
  const gchar *name;
  const gchar *caller, *callee;
  gboolean callee_speaks, tee;
  Negotiate negotiate;
  const gchar *caller_says, *callee_says;       /* NULL: nothing, but he may be closed */
} disagreements[] = {
  {"the callee does not know of it", "frame", "codec", TRUE, FALSE, as_webrtcbin_answers,
      NOT_BOTH, PEER_EXPECTS},
  {"the callee does not know of it, and there is a tee", "packet", "codec", TRUE, TRUE,
      as_webrtcbin_answers, NOT_BOTH, PEER_EXPECTS},
  {"the callee only listens and does not say it", "frame", "frame", FALSE, FALSE,
      as_webrtcbin_answers, NOT_BOTH, NULL},
  {"the caller does not know of it", "codec", "packet", TRUE, FALSE, as_webrtcbin_answers,
      PEER_EXPECTS, NOT_BOTH},
  {"taken out of the offer on its way", "frame", "frame", TRUE, FALSE, strip_the_offer,
      NULL, NOT_BOTH},
  {"taken out of the answer on its way", "frame", "frame", TRUE, FALSE, strip_the_answer,
      NOT_BOTH, NULL},
};

GST_START_TEST (test_who_has_not_agreed_is_told_and_sends_nothing)
{
  Call *call = call_new (disagreements[__i__].caller, disagreements[__i__].callee,
      disagreements[__i__].callee_speaks, disagreements[__i__].tee, FALSE);
  gboolean caller_sframe = !g_str_equal (disagreements[__i__].caller, "codec");
  gboolean callee_sframe = !g_str_equal (disagreements[__i__].callee, "codec");
  guint64 sent_by_caller, sent_by_callee = 0;

  GST_INFO ("%s", disagreements[__i__].name);
  disagreements[__i__].negotiate (call);
  wait_for_errors (call, disagreements[__i__].caller_says, disagreements[__i__].callee_says);
  if (disagreements[__i__].caller_says) {
    wait_for_drops (call->caller.enc, 1);
    sent_by_caller = counter (call->caller.enc, "frames");
    wait_for_drops (call->caller.enc, counter (call->caller.enc, "negotiation") + N_FRAMES);
    fail_unless_equals_uint64 (counter (call->caller.enc, "frames"), sent_by_caller);
    if (caller_sframe)
      fail_unless_equals_uint64 (sent_by_caller, 0);
  }
  if (disagreements[__i__].callee_says) {
    wait_for_drops (call->callee.enc, 1);
    sent_by_callee = counter (call->callee.enc, "frames");
    wait_for_drops (call->callee.enc, counter (call->callee.enc, "negotiation") + N_FRAMES);
    fail_unless_equals_uint64 (counter (call->callee.enc, "frames"), sent_by_callee);
    if (callee_sframe)
      fail_unless_equals_uint64 (sent_by_callee, 0);
  }
  if (disagreements[__i__].caller_says && disagreements[__i__].callee_says) {
    fail_unless_equals_int (count_heard (&call->callee), 0);
    fail_unless_equals_int (count_heard (&call->caller), 0);
  }
  call_free (call);
}

GST_END_TEST;

static const struct
{
  const gchar *caller, *callee;
} misfits[] = {
  {"frame", "codec"},
  {"codec", "frame"},
};

GST_START_TEST (test_a_medium_that_does_not_fit_is_refused_in_the_answer)
{
  Call *call = call_new (misfits[__i__].caller, misfits[__i__].callee, TRUE, FALSE, FALSE);
  GstWebRTCSessionDescription *remote = NULL;
  const GstSDPMedia *media;

  refuse_what_does_not_fit (call);
  g_object_get (call->caller.webrtcbin, "current-remote-description", &remote, NULL);
  media = gst_sdp_message_get_media (remote->sdp, 0);
  fail_unless_equals_int (gst_sdp_media_get_port (media), 0);
  fail_unless (gst_sdp_media_get_attribute_val (media, "sframe") == NULL);
  gst_webrtc_session_description_free (remote);
  if (g_str_equal (misfits[__i__].caller, "frame")) {
    wait_for_drops (call->caller.enc, N_FRAMES);
    fail_unless_equals_uint64 (counter (call->caller.enc, "frames"), 0);
  } else {
    wait_for_drops (call->callee.enc, N_FRAMES);
    fail_unless_equals_uint64 (counter (call->callee.enc, "frames"), 0);
  }
  fail_unless_equals_int (count_heard (&call->callee), 0);
  fail_unless_equals_int (count_heard (&call->caller), 0);
  call_free (call);
}

GST_END_TEST;

static Suite *
sframe_agreement_suite (void)
{
  Suite *s = suite_create ("sframe-agreement");
  TCase *tc = tcase_create ("sframe-agreement");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 2 * LIMIT_S);
  tcase_add_loop_test (tc, test_who_has_agreed_hears_the_other, 0, G_N_ELEMENTS (agreements));
  tcase_add_test (tc, test_nothing_leaves_before_the_peer_has_answered);
  tcase_add_loop_test (tc, test_who_has_not_agreed_is_told_and_sends_nothing, 0,
      G_N_ELEMENTS (disagreements));
  tcase_add_loop_test (tc, test_a_medium_that_does_not_fit_is_refused_in_the_answer, 0,
      G_N_ELEMENTS (misfits));
  return s;
}

GST_CHECK_MAIN (sframe_agreement);
