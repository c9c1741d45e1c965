/* One peer connection.
 * webrtcbin calls back from threads of its own; what it says is carried to the main thread, each
 * time with a reference to the peer.
 * gst-e2ee, LGPL-2.1-or-later */

#define GST_USE_UNSTABLE_API
#include "peer.h"

#include <stdio.h>
#include <unistd.h>

#include <gst/e2ee/transport.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

struct _Peer
{
  GstElement *webrtc;
  gchar *name;
  gboolean is_copy;
  gboolean sframe;              /* media are SFrame packets */
  gchar *asked;                 /* the offer that is answered */
  gboolean offered;             /* we offered, and have no answer yet */
  gboolean described;           /* the other side's description is set */
  gboolean connected;
  gboolean failed;
  gboolean closed;              /* the owner is gone */
  gint64 begun;
  gint64 connected_at;
  GSList *early;                /* Candidate, newest first */
  const PeerHandlers *handlers;
  gpointer user_data;
};

typedef struct
{
  guint mline;
  gchar *text;
} Candidate;

/* Something that happened in another thread. */
typedef struct
{
  Peer *peer;
  void (*func) (Peer * peer, json_t * data);
  json_t *data;
} Note;

static void
clear_peer (gpointer data)
{
  Peer *peer = data;

  g_free (peer->name);
  g_free (peer->asked);
  gst_object_unref (peer->webrtc);
}

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->text);
  g_free (candidate);
}

static gboolean
run_note (gpointer data)
{
  Note *note = data;

  if (!note->peer->closed)
    note->func (note->peer, note->data);
  json_decref (note->data);
  g_atomic_rc_box_release_full (note->peer, clear_peer);
  g_free (note);
  return G_SOURCE_REMOVE;
}

/* @data (taken, may be NULL). */
static void
in_main_thread (Peer * peer, void (*func) (Peer * peer, json_t * data), json_t * data)
{
  Note *note = g_new (Note, 1);

  note->peer = g_atomic_rc_box_acquire (peer);
  note->func = func;
  note->data = data;
  g_idle_add_full (G_PRIORITY_DEFAULT, run_note, note, NULL);
}

/* --- what webrtcbin says ---------------------------------------------------------------------- */

static void
send_message (Peer * peer, json_t * message)
{
  peer->handlers->send (peer->user_data, peer->name, json_incref (message));
}

static void
on_ice_candidate (GstElement * webrtc, guint mline, const gchar * candidate, Peer * peer)
{
  in_main_thread (peer, send_message, json_pack ("{s:s, s:s, s:i}", "type", "candidate",
          "candidate", candidate, "sdpMLineIndex", (int) mline));
}

static void
state_changed (Peer * peer, json_t * data)
{
  GstWebRTCPeerConnectionState state;

  g_object_get (peer->webrtc, "connection-state", &state, NULL);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED && !peer->connected) {
    peer->connected = TRUE;
    peer->connected_at = g_get_monotonic_time ();
    peer->handlers->connected (peer->user_data, peer->name);
  } else if ((state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED
          || state == GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED) && !peer->failed) {
    peer->failed = TRUE;
    peer->handlers->failed (peer->user_data, peer->name, peer->connected ?
        "the connection broke" : "no connection came about");
  }
}

static void
on_connection_state (GstElement * webrtc, GParamSpec * pspec, Peer * peer)
{
  in_main_thread (peer, state_changed, NULL);
}

static void
on_pad_added (GstElement * webrtc, GstPad * pad, Peer * peer)
{
  if (GST_PAD_IS_SRC (pad))
    peer->handlers->pad_added (peer->user_data, peer->name, pad);
}

static void
negotiation_failed (Peer * peer, json_t * data)
{
  if (!peer->failed) {
    peer->failed = TRUE;
    peer->handlers->failed (peer->user_data, peer->name, json_string_value (data));
  }
}

static void
fail (Peer * peer, const gchar * what, const GstStructure * reply)
{
  GError *error = NULL;
  gchar *text;

  if (reply && gst_structure_has_field (reply, "error"))
    gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL);
  text = g_strdup_printf ("%s: %s", what, error ? error->message : "no answer from webrtcbin");
  in_main_thread (peer, negotiation_failed, json_string (text));
  g_free (text);
  g_clear_error (&error);
}

/* --- descriptions ----------------------------------------------------------------------------- */

/* webrtcbin wants a promise for everything; this one is only there to be told of failure. */
static void
on_applied (GstPromise * promise, gpointer user_data)
{
  Peer *peer = user_data;
  const GstStructure *reply = gst_promise_get_reply (promise);

  if (reply && gst_structure_has_field (reply, "error"))
    fail (peer, "the session description was refused", reply);
  gst_promise_unref (promise);
}

static void
release_peer (gpointer peer)
{
  g_atomic_rc_box_release_full (peer, clear_peer);
}

static GstPromise *
promise_for (Peer * peer, GstPromiseChangeFunc func)
{
  return gst_promise_new_with_change_func (func, g_atomic_rc_box_acquire (peer), release_peer);
}

/* Frees with the webrtcbin's lists: NULL on what is no SDP. */
static GstWebRTCSessionDescription *
parse_description (GstWebRTCSDPType type, const gchar * text)
{
  GstSDPMessage *sdp = NULL;

  if (!*text || gst_sdp_message_new_from_text (text, &sdp) != GST_SDP_OK)
    return NULL;
  return gst_webrtc_session_description_new (type, sdp);
}

/* webrtcbin's answers do not say by themselves what was agreed on SFrame packets. */
static void
fit_answer (Peer * peer, GstWebRTCSessionDescription ** answer)
{
  gchar *written = gst_sdp_message_as_text ((*answer)->sdp);
  gchar *text = gst_e2ee_transport_answer_sframe (peer->asked, written, peer->sframe);
  GstWebRTCSessionDescription *fitted = text ?
      parse_description (GST_WEBRTC_SDP_TYPE_ANSWER, text) : NULL;

  if (fitted) {
    gst_webrtc_session_description_free (*answer);
    *answer = fitted;
  }
  g_free (text);
  g_free (written);
}

/* An offer or answer of ours is made: it becomes the local description, and goes to the other
 * side. */
static void
on_created (GstPromise * promise, gpointer user_data)
{
  Peer *peer = user_data;
  const GstStructure *reply = gst_promise_get_reply (promise);
  GstWebRTCSessionDescription *description = NULL;
  const gchar *type = "offer";
  gchar *text;

  if (reply && gst_structure_has_field (reply, "answer"))
    type = "answer";
  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED && reply
      && gst_structure_has_field (reply, type))
    gst_structure_get (reply, type, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  if (!description) {
    fail (peer, "no session description could be made", reply);
    gst_promise_unref (promise);
    return;
  }
  if (peer->asked && g_str_equal (type, "answer"))
    fit_answer (peer, &description);
  text = gst_sdp_message_as_text (description->sdp);
  g_signal_emit_by_name (peer->webrtc, "set-local-description", description,
      promise_for (peer, on_applied));
  in_main_thread (peer, send_message, json_pack ("{s:s, s:s}", "type", type, "sdp", text));

  g_free (text);
  gst_webrtc_session_description_free (description);
  gst_promise_unref (promise);
}

static void
described (Peer * peer, json_t * data)
{
  GSList *item;

  peer->described = TRUE;
  peer->early = g_slist_reverse (peer->early);
  for (item = peer->early; item; item = item->next) {
    Candidate *candidate = item->data;

    g_signal_emit_by_name (peer->webrtc, "add-ice-candidate", candidate->mline, candidate->text);
  }
  g_slist_free_full (peer->early, candidate_free);
  peer->early = NULL;
}

/* The answering side has its transceivers now, and not before. */
static void
ask_for_retransmission (GstElement * webrtc)
{
  GArray *transceivers = NULL;
  guint i;

  g_signal_emit_by_name (webrtc, "get-transceivers", &transceivers);
  for (i = 0; transceivers && i < transceivers->len; i++) {
    GObject *transceiver = g_array_index (transceivers, GObject *, i);
    GstWebRTCKind kind;

    /* Not for sound: with a second SSRC in its description, Chromium refuses the whole offer. */
    g_object_get (transceiver, "kind", &kind, NULL);
    g_object_set (transceiver, "do-nack", kind == GST_WEBRTC_KIND_VIDEO, NULL);
  }
  g_clear_pointer (&transceivers, g_array_unref);
}

static void
on_offer_applied (GstPromise * promise, gpointer user_data)
{
  Peer *peer = user_data;
  const GstStructure *reply = gst_promise_get_reply (promise);

  if (reply && gst_structure_has_field (reply, "error")) {
    fail (peer, "the offer was refused", reply);
  } else {
    ask_for_retransmission (peer->webrtc);
    in_main_thread (peer, described, NULL);
    g_signal_emit_by_name (peer->webrtc, "create-answer", NULL, promise_for (peer, on_created));
  }
  gst_promise_unref (promise);
}

static void
on_answer_applied (GstPromise * promise, gpointer user_data)
{
  Peer *peer = user_data;
  const GstStructure *reply = gst_promise_get_reply (promise);

  if (reply && gst_structure_has_field (reply, "error"))
    fail (peer, "the answer was refused", reply);
  else
    in_main_thread (peer, described, NULL);
  gst_promise_unref (promise);
}

/* --- for the caller --------------------------------------------------------------------------- */

/* Only this address (NULL: those of all interfaces), and only UDP: no STUN server learns of the
 * call. */
static void
restrict_ice (GstElement * webrtc, const gchar * address)
{
  GObject *ice = NULL, *agent = NULL;
  gboolean added = FALSE;

  g_object_get (webrtc, "ice-agent", &ice, NULL);
  if (address)
    g_signal_emit_by_name (ice, "add-local-ip-address", address, &added);
  if (address && !added)
    g_printerr ("%s cannot be used as a local address\n", address);
  g_object_get (ice, "agent", &agent, NULL);
  if (agent)
    g_object_set (agent, "ice-tcp", FALSE, "upnp", FALSE, NULL);
  g_clear_object (&agent);
  g_object_unref (ice);
}

Peer *
peer_new (GstBin * pipeline, const gchar * name, gboolean is_copy, const gchar * ice_address,
    const PeerHandlers * handlers, gpointer user_data)
{
  Peer *peer = g_atomic_rc_box_new0 (Peer);

  peer->webrtc = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  peer->name = g_strdup (name);
  peer->is_copy = is_copy;
  peer->handlers = handlers;
  peer->user_data = user_data;
  peer->begun = g_get_monotonic_time ();
  g_object_set (peer->webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, NULL);
  restrict_ice (peer->webrtc, ice_address);
  g_signal_connect (peer->webrtc, "on-ice-candidate", G_CALLBACK (on_ice_candidate), peer);
  g_signal_connect (peer->webrtc, "notify::connection-state", G_CALLBACK (on_connection_state),
      peer);
  g_signal_connect (peer->webrtc, "pad-added", G_CALLBACK (on_pad_added), peer);
  gst_bin_add (pipeline, peer->webrtc);
  gst_element_sync_state_with_parent (peer->webrtc);
  return peer;
}

void
peer_free (Peer * peer)
{
  g_signal_handlers_disconnect_by_data (peer->webrtc, peer);
  g_slist_free_full (peer->early, candidate_free);
  peer->early = NULL;
  peer->closed = TRUE;
  g_atomic_rc_box_release_full (peer, clear_peer);
}

GstElement *
peer_get_element (Peer * peer)
{
  return peer->webrtc;
}

const gchar *
peer_get_name (Peer * peer)
{
  return peer->name;
}

gboolean
peer_is_copy (Peer * peer)
{
  return peer->is_copy;
}

gboolean
peer_is_connected (Peer * peer)
{
  return peer->connected;
}

gboolean
peer_offer (Peer * peer, Sender * sender)
{
  if (!sender_link (sender, peer->webrtc, peer->is_copy))
    return FALSE;
  peer->offered = TRUE;
  g_signal_emit_by_name (peer->webrtc, "create-offer", NULL, promise_for (peer, on_created));
  return TRUE;
}

/* What a=fmtp says of @type, or NULL. */
static const gchar *
parameters_of (const GstSDPMedia * media, gint type)
{
  const gchar *text;
  guint i;

  for (i = 0; (text = gst_sdp_media_get_attribute_val_n (media, "fmtp", i)); i++) {
    gchar *end;

    if (g_ascii_strtoll (text, &end, 10) == type && end != text && *end == ' ')
      return end + 1;
  }
  return NULL;
}

static gint
payload_type_of (const GstSDPMedia * media, const Codec * codec)
{
  guint i;

  for (i = 0; i < gst_sdp_media_formats_len (media); i++) {
    gint type = atoi (gst_sdp_media_get_format (media, i));
    GstCaps *caps = gst_sdp_media_get_caps_from_media (media, type);
    gboolean found = caps && codec_fits (codec, caps, parameters_of (media, type));

    gst_clear_caps (&caps);
    if (found)
      return type;
  }
  return CODEC_NO_TYPE;
}

gboolean
peer_read_offer (const gchar * sdp, const SenderOptions * options, SenderPayloadTypes * types)
{
  GstSDPMessage *message = NULL;
  guint i;

  types->video = types->audio = CODEC_NO_TYPE;
  if (!*sdp || gst_sdp_message_new_from_text (sdp, &message) != GST_SDP_OK)
    return FALSE;
  for (i = 0; i < gst_sdp_message_medias_len (message); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (message, i);
    gboolean wants = !gst_sdp_media_get_attribute_val (media, "sendonly")
        && !gst_sdp_media_get_attribute_val (media, "inactive");

    if (wants && g_str_equal (gst_sdp_media_get_media (media), "video")
        && types->video == CODEC_NO_TYPE)
      types->video = payload_type_of (media, sender_video_codec (options));
    if (wants && g_str_equal (gst_sdp_media_get_media (media), "audio")
        && types->audio == CODEC_NO_TYPE)
      types->audio = payload_type_of (media, sender_audio_codec (options));
  }
  gst_sdp_message_free (message);
  return TRUE;
}

void
peer_set_sframe (Peer * peer, gboolean sframe)
{
  peer->sframe = sframe;
}

gboolean
peer_answer (Peer * peer, Sender * sender, const gchar * sdp)
{
  GstWebRTCSessionDescription *description = parse_description (GST_WEBRTC_SDP_TYPE_OFFER, sdp);

  if (!description)
    return FALSE;
  if (sender && !sender_link (sender, peer->webrtc, FALSE)) {
    gst_webrtc_session_description_free (description);
    return FALSE;
  }
  g_free (peer->asked);
  peer->asked = g_strdup (sdp);
  g_signal_emit_by_name (peer->webrtc, "set-remote-description", description,
      promise_for (peer, on_offer_applied));
  gst_webrtc_session_description_free (description);
  return TRUE;
}

gboolean
peer_take_answer (Peer * peer, const gchar * sdp)
{
  GstWebRTCSessionDescription *description;

  if (!peer->offered)
    return FALSE;
  description = parse_description (GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
  if (!description)
    return FALSE;
  peer->offered = FALSE;
  g_signal_emit_by_name (peer->webrtc, "set-remote-description", description,
      promise_for (peer, on_answer_applied));
  gst_webrtc_session_description_free (description);
  return TRUE;
}

void
peer_take_candidate (Peer * peer, guint mline, const gchar * candidate)
{
  Candidate *early;

  /* A browser's sign that there are no more, which webrtcbin does not know. */
  if (!*candidate)
    return;
  if (peer->described) {
    g_signal_emit_by_name (peer->webrtc, "add-ice-candidate", mline, candidate);
    return;
  }
  early = g_new (Candidate, 1);
  early->mline = mline;
  early->text = g_strdup (candidate);
  peer->early = g_slist_prepend (peer->early, early);
}

json_t *
peer_stats (Peer * peer)
{
  json_t *stats = json_pack ("{s:s, s:b, s:b}", "name", peer->name, "copy", peer->is_copy,
      "connected", peer->connected);

  if (peer->connected)
    json_object_set_new (stats, "connected-after-ms",
        json_real ((peer->connected_at - peer->begun) / 1000.0));
  return stats;
}

void
peer_leave_program (int status)
{
  fflush (NULL);
  _exit (status);
}
