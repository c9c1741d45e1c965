/* Two webrtcbins that call each other (loopback.h) and speak of SFrame packets.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "loopback.h"

#include <gst/e2ee/transport.h>
#include <gst/sdp/sdp.h>

/* @text as a description. */
static inline GstWebRTCSessionDescription *
sframeloop_parse (GstWebRTCSDPType type, const gchar * text)
{
  GstSDPMessage *sdp;

  fail_unless_equals_int (gst_sdp_message_new_from_text (text, &sdp), GST_SDP_OK);
  return gst_webrtc_session_description_new (type, sdp);
}

/* The callee makes his answer fit with gst_e2ee_transport_answer_sframe(). */
static inline void
sframeloop_negotiate (GstElement * caller, GstElement * callee, gboolean sframe)
{
  GstWebRTCSessionDescription *offer, *answer;
  gchar *offered, *written, *text;

  offer = loopback_create (caller, "offer");
  loopback_set (caller, "local", offer);
  loopback_set (callee, "remote", offer);
  answer = loopback_create (callee, "answer");
  offered = gst_sdp_message_as_text (offer->sdp);
  written = gst_sdp_message_as_text (answer->sdp);
  text = gst_e2ee_transport_answer_sframe (offered, written, sframe);
  fail_unless (text != NULL);
  gst_webrtc_session_description_free (offer);
  gst_webrtc_session_description_free (answer);

  answer = sframeloop_parse (GST_WEBRTC_SDP_TYPE_ANSWER, text);
  loopback_set (callee, "local", answer);
  loopback_set (caller, "remote", answer);
  gst_webrtc_session_description_free (answer);
  g_free (offered);
  g_free (written);
  g_free (text);
}
