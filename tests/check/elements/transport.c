/* A gate that watches a webrtcbin: two real ones on the loopback, and a server that meddles.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#define GST_USE_UNSTABLE_API
#include "gate.h"
#include "../loopback.h"

#include <gst/e2ee/transport.h>
#include <gst/sdp/sdp.h>
#include <string.h>

#define PATIENCE (50 * GST_SECOND)

/* What the server does to a description on its way; @text may be changed freely. */
typedef void (*Meddle) (GString * text);

typedef struct
{
  GstElement *pipeline;
  GstElement *caller;
  GstElement *callee;
  GstBus *bus;
} Call;

/* -- The server -- */

static void
leave_alone (GString * text)
{
}

/* Another certificate's fingerprint, in every medium. */
static void
change_fingerprint (GString * text)
{
  gchar *at = text->str;
  guint n = 0;

  while ((at = strstr (at, "a=fingerprint:sha-256 ")) != NULL) {
    at += strlen ("a=fingerprint:sha-256 ");
    *at = *at == '0' ? '1' : '0';
    n++;
  }
  fail_unless (n > 0);
}

/* One that nobody can be held to. */
static void
weaken_fingerprint (GString * text)
{
  fail_unless (g_string_replace (text, "a=fingerprint:sha-256 ", "a=fingerprint:sha-1 ", 0) > 0);
}

static void
strip_sframe (GString * text)
{
  fail_unless (g_string_replace (text, "a=sframe\r\n", "", 0) > 0);
}

static void
add_sframe (GString * text)
{
  fail_unless (g_string_replace (text, "a=rtcp-mux\r\n", "a=rtcp-mux\r\na=sframe\r\n", 0) > 0);
}

static GstWebRTCSessionDescription *
meddle_with (const GstWebRTCSessionDescription * description, Meddle meddle)
{
  gchar *before = gst_sdp_message_as_text (description->sdp);
  GString *text = g_string_new (before);
  GstSDPMessage *sdp;

  meddle (text);
  fail_unless_equals_int (gst_sdp_message_new_from_text (text->str, &sdp), GST_SDP_OK);
  g_string_free (text, TRUE);
  g_free (before);
  return gst_webrtc_session_description_new (description->type, sdp);
}

/* -- The call -- */

/* The negotiation is asked for as soon as the stream has caps. */
static void
on_negotiation_needed (GstElement * webrtcbin, GstElement * pipeline)
{
  gst_element_post_message (pipeline, gst_message_new_application (GST_OBJECT (webrtcbin),
          gst_structure_new_empty ("negotiation-needed")));
}

/* @answered is done by the callee himself, @offer and @answer by the server. */
static void
negotiate (Call * call, Meddle offer, Meddle answered, Meddle answer)
{
  GstWebRTCSessionDescription *sent, *arrived, *written;

  sent = loopback_create (call->caller, "offer");
  arrived = meddle_with (sent, offer);
  loopback_set (call->caller, "local", sent);
  loopback_set (call->callee, "remote", arrived);
  gst_webrtc_session_description_free (sent);
  gst_webrtc_session_description_free (arrived);

  written = loopback_create (call->callee, "answer");
  sent = meddle_with (written, answered);
  arrived = meddle_with (sent, answer);
  loopback_set (call->callee, "local", sent);
  loopback_set (call->caller, "remote", arrived);
  gst_webrtc_session_description_free (written);
  gst_webrtc_session_description_free (sent);
  gst_webrtc_session_description_free (arrived);
}

static void
wait_for (GstBus * bus, GstMessageType type, const gchar * name)
{
  GstMessage *message;

  do {
    message = gst_bus_timed_pop_filtered (bus, PATIENCE, type);
    fail_unless (message != NULL, "no message %s", name);
    if (gst_message_has_name (message, name)) {
      gst_message_unref (message);
      return;
    }
    gst_message_unref (message);
  } while (TRUE);
}

static Call
call_new (gboolean with_sframe)
{
  GstCaps *caps = gst_caps_from_string ("application/x-rtp,media=audio,encoding-name=OPUS,"
      "payload=97");
  GError *error = NULL;
  GstElement *filter;
  Call call;

  call.pipeline = gst_parse_launch ("webrtcbin name=caller bundle-policy=max-bundle"
      " webrtcbin name=callee bundle-policy=max-bundle"
      " audiotestsrc is-live=true wave=silence ! opusenc ! rtpopuspay"
      " ! capsfilter name=filter ! caller.", &error);
  g_assert_no_error (error);
  if (with_sframe)
    gst_caps_set_simple (caps, "a-sframe", G_TYPE_STRING, "", NULL);
  filter = gst_bin_get_by_name (GST_BIN (call.pipeline), "filter");
  g_object_set (filter, "caps", caps, NULL);
  gst_caps_unref (caps);
  gst_object_unref (filter);
  call.bus = gst_element_get_bus (call.pipeline);
  call.caller = gst_bin_get_by_name (GST_BIN (call.pipeline), "caller");
  call.callee = gst_bin_get_by_name (GST_BIN (call.pipeline), "callee");
  loopback_only (call.caller);
  loopback_only (call.callee);
  loopback_connect (call.caller, call.callee);
  g_signal_connect (call.caller, "on-negotiation-needed", G_CALLBACK (on_negotiation_needed),
      call.pipeline);
  gst_element_set_state (call.pipeline, GST_STATE_PLAYING);
  wait_for (call.bus, GST_MESSAGE_APPLICATION, "negotiation-needed");
  return call;
}

static void
call_free (Call * call)
{
  gst_element_set_state (call->pipeline, GST_STATE_NULL);
  gst_object_unref (call->caller);
  gst_object_unref (call->callee);
  gst_object_unref (call->bus);
  gst_object_unref (call->pipeline);
  loopback_leave_at_once ();
}

/* -- The gate -- */

static Gate
watching_gate (GstElement * webrtcbin)
{
  GstElement *element = gst_element_factory_make ("e2eepolicy", NULL);
  Gate gate;

  g_object_set (element, "transport", webrtcbin, NULL);
  gate = gate_wrap (element, RAW, NULL);
  gst_object_unref (element);
  return gate;
}

/* Waits until the gate has said @reason of the transport. */
static void
wait_for_reason (Gate * gate, const gchar * reason)
{
  const gchar *last = "nothing";

  do {
    GstMessage *message = gst_bus_timed_pop_filtered (gate->bus, PATIENCE, GST_MESSAGE_ELEMENT);
    const GstStructure *s;

    fail_unless (message != NULL, "the last that was said is %s, not %s", last, reason);
    s = gst_message_get_structure (message);
    if (gst_structure_has_name (s, "e2ee-transport")) {
      gboolean ok;

      last = g_intern_string (gst_structure_get_string (s, "reason"));
      gst_structure_get_boolean (s, "ok", &ok);
      fail_unless_equals_int (ok, g_str_equal (last, "ok"));
    }
    gst_message_unref (message);
  } while (!g_str_equal (last, reason));
}

static const struct
{
  const gchar *name;
  gboolean with_sframe;
  Meddle offer;
  Meddle answered;
  Meddle answer;
  const gchar *caller_says;
  const gchar *callee_says;
} calls[] = {
  {"untouched", FALSE, leave_alone, leave_alone, leave_alone, "ok", "ok"},
  {"fingerprint changed in the answer", FALSE, leave_alone, leave_alone, change_fingerprint,
      "transport-fingerprint", "ok"},
  {"fingerprint changed in the offer", FALSE, change_fingerprint, leave_alone, leave_alone,
      "ok", "transport-fingerprint"},
  {"weak fingerprint in the offer", FALSE, weaken_fingerprint, leave_alone, leave_alone,
      "ok", "transport-fingerprint"},
  {"a=sframe on both sides", TRUE, leave_alone, add_sframe, leave_alone, "ok", "ok"},
  {"a=sframe not in the answer", TRUE, leave_alone, leave_alone, leave_alone,
      "transport-sframe", "transport-sframe"},
  {"a=sframe stripped from the answer", TRUE, leave_alone, add_sframe, strip_sframe,
      "transport-sframe", "ok"},
  {"a=sframe stripped from the offer", TRUE, strip_sframe, leave_alone, leave_alone,
      "transport-sframe", "ok"},
};

static void
expect_gate (Gate * gate, GstElement * webrtcbin, const gchar * says)
{
  const gchar *reason = "?";
  gboolean ok = g_str_equal (says, "ok");

  wait_for_reason (gate, says);
  fail_unless_equals_int (gst_e2ee_transport_check (webrtcbin, &reason), ok);
  fail_unless_equals_string (reason, ok ? NULL : says);

  push (gate, make (GST_E2EE_STATE_OFF, 0));
  fail_unless_equals_int (is_open (gate), ok);
  expect_message (gate, ok, ok ? "off" : says, 0);
  fail_unless_equals_uint64 (counter (gate, "dropped-transport"), !ok);
}

GST_START_TEST (test_a_call_that_is_not_what_was_agreed_closes_the_gate)
{
  Call call = call_new (calls[__i__].with_sframe);
  Gate caller = watching_gate (call.caller), callee = watching_gate (call.callee);

  GST_INFO ("%s", calls[__i__].name);
  negotiate (&call, calls[__i__].offer, calls[__i__].answered, calls[__i__].answer);
  expect_gate (&caller, call.caller, calls[__i__].caller_says);
  expect_gate (&callee, call.callee, calls[__i__].callee_says);
  gate_free (&caller);
  gate_free (&callee);
  call_free (&call);
}

GST_END_TEST;

GST_START_TEST (test_a_call_that_has_not_come_about_is_closed)
{
  GstElement *webrtcbin = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  const gchar *reason;
  Gate gate;

  loopback_only (webrtcbin);
  gst_element_set_state (webrtcbin, GST_STATE_PLAYING);
  gate = watching_gate (webrtcbin);
  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  fail_if (is_open (&gate));
  wait_for_reason (&gate, "transport-connecting");
  fail_if (gst_e2ee_transport_check (webrtcbin, &reason));
  fail_unless_equals_string (reason, "transport-connecting");
  fail_if (gst_e2ee_transport_check (webrtcbin, NULL));
  gate_free (&gate);
  gst_element_set_state (webrtcbin, GST_STATE_NULL);
  gst_object_unref (webrtcbin);
}

GST_END_TEST;

/* DTLS closes what it sends (close_notify) when its stream ends. */
static void
end_dtls (const GValue * item, gpointer data)
{
  GstIterator *sinks = gst_element_iterate_sink_pads (g_value_get_object (item));
  GValue sink = G_VALUE_INIT;

  while (gst_iterator_next (sinks, &sink) == GST_ITERATOR_OK) {
    gst_pad_send_event (g_value_get_object (&sink), gst_event_new_eos ());
    g_value_reset (&sink);
  }
  g_value_unset (&sink);
  gst_iterator_free (sinks);
}

static void
say_good_bye (GstElement * webrtcbin)
{
  GstIterator *encoders = gst_bin_iterate_all_by_element_factory_name (GST_BIN (webrtcbin),
      "dtlsenc");

  fail_unless_equals_int (gst_iterator_foreach (encoders, end_dtls, NULL), GST_ITERATOR_DONE);
  gst_iterator_free (encoders);
}

GST_START_TEST (test_a_peer_that_goes_away_closes_the_gate)
{
  Call call = call_new (FALSE);
  Gate gate = watching_gate (call.caller), callee = watching_gate (call.callee);

  negotiate (&call, leave_alone, leave_alone, leave_alone);
  wait_for_reason (&gate, "ok");
  wait_for_reason (&callee, "ok");
  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  fail_unless (is_open (&gate));
  expect_message (&gate, TRUE, "off", 0);

  say_good_bye (call.callee);
  wait_for_reason (&gate, "transport-closed");
  push (&gate, make (GST_E2EE_STATE_OFF, 1));
  expect_message (&gate, FALSE, "transport-closed", 0);
  fail_if (is_open (&gate));
  gate_free (&gate);
  gate_free (&callee);
  call_free (&call);
}

GST_END_TEST;

GST_START_TEST (test_a_webrtcbin_that_is_gone_closes_the_gate)
{
  GstElement *webrtcbin = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  const gchar *reason;
  Gate gate;

  fail_if (gst_e2ee_transport_check (webrtcbin, &reason));
  fail_unless_equals_string (reason, "transport-connecting");
  gate = watching_gate (webrtcbin);
  gst_object_unref (webrtcbin);
  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  fail_if (is_open (&gate));
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_a_broken_transport_closes_every_gate_of_the_pipeline)
{
  GstElement *webrtcbin = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *element = gst_element_factory_make ("e2eepolicy", NULL);
  Gate watching, other = gate_new_in (GST_BIN (pipeline), AUDIO, "feature=media");

  g_object_set (element, "transport", webrtcbin, NULL);
  gst_bin_add (GST_BIN (pipeline), element);
  watching = gate_wrap (element, RAW, NULL);
  push (&other, make (GST_E2EE_STATE_ON, 0));
  fail_unless (is_open (&other));
  push (&watching, make (GST_E2EE_STATE_OFF, 0));
  push (&other, make (GST_E2EE_STATE_ON, 1));
  fail_if (is_open (&other));
  gate_free (&watching);
  gate_free (&other);
  gst_object_unref (pipeline);
  gst_object_unref (webrtcbin);
}

GST_END_TEST;

GST_START_TEST (test_a_name_that_is_no_element_does_not_start)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch ("webrtcbin name=w fakesrc ! e2eepolicy name=gate"
      " transport-name=nobody ! fakesink", &error);
  GstElement *gate;

  g_assert_no_error (error);
  gate = gst_bin_get_by_name (GST_BIN (pipeline), "gate");
  fail_unless_equals_int (gst_element_set_state (gate, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  g_object_set (gate, "transport-name", "w", NULL);
  fail_unless_equals_int (gst_element_set_state (gate, GST_STATE_PAUSED),
      GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (gate, GST_STATE_NULL);
  gst_object_unref (gate);
  gst_object_unref (pipeline);
}

GST_END_TEST;

static Suite *
transport_suite (void)
{
  Suite *s = suite_create ("transport");
  TCase *tc = tcase_create ("transport");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_a_call_that_is_not_what_was_agreed_closes_the_gate, 0,
      G_N_ELEMENTS (calls));
  tcase_add_test (tc, test_a_call_that_has_not_come_about_is_closed);
  tcase_add_test (tc, test_a_peer_that_goes_away_closes_the_gate);
  tcase_add_test (tc, test_a_webrtcbin_that_is_gone_closes_the_gate);
  tcase_add_test (tc, test_a_broken_transport_closes_every_gate_of_the_pipeline);
  tcase_add_test (tc, test_a_name_that_is_no_element_does_not_start);
  return s;
}

GST_CHECK_MAIN (transport);
