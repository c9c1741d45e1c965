/* One peer connection with a room of a Janus gateway.
 * First leg: attached -> (the room was looked at) -> entered -> published.  The others: attached ->
 * offered to -> answered.  Janus offers to subscribers and answers publishers; its candidates
 * are in its descriptions, ours trickle.
 * gst-e2ee, LGPL-2.1-or-later */

#include "leg.h"

#include <gst/video/video.h>

#include "common/peer.h"

/* JANUS_VIDEOROOM_ERROR_NO_SUCH_FEED */
#define NO_SUCH_FEED 428

/* How often it is looked whether a key frame is wanted; for how long it must have been; how long an
 * answer may take; and how long nobody must have asked for it to be over. */
#define LOOK_MS 100
#define WANTED_MS 200
#define ANSWER_MS 500
#define OVER_MS 1000

struct _Leg
{
  const LegContext *context;
  GatewayHandle *handle;
  Peer *peer;                   /* NULL: no connection yet */
  gchar *name;
  json_t *feed;                 /* NULL: the first leg */
  json_t *video_mid;            /* of the feed, to choose layers of */
  json_int_t private_id;
  gboolean needs_e2ee;
  gboolean entered;
  gboolean media_up;            /* on the gateway's side */
  gboolean connected;           /* on both */
  gint wanted;                  /* atomic: how often the receiver has asked for a key frame */
  gint wanted_before;           /* when it was last looked */
  gint64 wanted_since;          /* 0: it is not */
  gint64 last_wanted;
  gint64 last_request;          /* by name */
  guint requests;
  guint look;                   /* source */
  gint64 lose_until;            /* control; of the streaming thread */
  gint64 asked_at;
  gint64 offered_at;
  gint64 connected_at;
  const LegHandlers *handlers;
  gpointer user_data;
};

static void G_GNUC_PRINTF (2, 3)
fail (Leg * leg, const gchar * format, ...)
{
  va_list args;
  gchar *reason;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  leg->handlers->failed (leg->user_data, leg, reason);
  g_free (reason);
}

/* --- the peer connection ---------------------------------------------------------------------- */

static void
send_description (Leg * leg, const gchar * type, const gchar * sdp)
{
  const LegContext *context = leg->context;
  json_t *jsep = json_pack ("{s:s, s:s}", "type", type, "sdp", sdp);
  json_t *body;

  /* A flag, with which the gateway leaves the media alone and tells the others; that the media are
   * encrypted is our own doing. */
  if (context->says_e2ee)
    json_object_set_new (jsep, "e2ee", json_true ());
  if (leg->feed) {
    body = json_pack ("{s:s}", "request", "start");
  } else {
    body = json_pack ("{s:s}", "request", "publish");
    if (context->audio_codec)
      json_object_set_new (body, "audiocodec", json_string (context->audio_codec));
    if (context->video_codec)
      json_object_set_new (body, "videocodec", json_string (context->video_codec));
  }
  gateway_handle_request (leg->handle, body, jsep);
}

static void
on_peer_send (gpointer user_data, const gchar * name, json_t * message)
{
  Leg *leg = user_data;
  const gchar *type = json_string_value (json_object_get (message, "type"));
  const gchar *sdp = json_string_value (json_object_get (message, "sdp"));

  if (g_strcmp0 (type, "candidate") == 0)
    gateway_handle_trickle (leg->handle, json_pack ("{s:O, s:O}",
            "candidate", json_object_get (message, "candidate"),
            "sdpMLineIndex", json_object_get (message, "sdpMLineIndex")));
  else if (type && sdp)
    send_description (leg, type, sdp);
  json_decref (message);
}

static void
consider_connected (Leg * leg)
{
  if (leg->connected || !leg->media_up || !leg->peer || !peer_is_connected (leg->peer))
    return;
  leg->connected = TRUE;
  leg->connected_at = g_get_monotonic_time ();
  leg->handlers->connected (leg->user_data, leg);
}

static void
on_peer_connected (gpointer user_data, const gchar * name)
{
  consider_connected (user_data);
}

static void
on_peer_failed (gpointer user_data, const gchar * name, const gchar * reason)
{
  fail (user_data, "%s: %s", name, reason);
}

static GstPadProbeReturn
on_upstream_event (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Leg *leg = user_data;

  if (gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    g_atomic_int_inc (&leg->wanted);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_control_packet (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Leg *leg = user_data;
  gint64 now = g_get_monotonic_time ();

  if (!leg->lose_until)
    leg->lose_until = now + leg->context->control_lose * G_TIME_SPAN_MILLISECOND;
  return now < leg->lose_until ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* webrtcbin asks the gateway for a key frame in RTCP.  Of a subscriber, who has no SSRC there,
 * Janus takes a whole RTCP packet to be about the medium of its first report block: a request for
 * video behind a report of audio is one for a key frame of audio, and left.  So what the receiver
 * goes on asking for is asked for by name, too. */
static gboolean
on_look (gpointer user_data)
{
  Leg *leg = user_data;
  gint wanted = g_atomic_int_get (&leg->wanted);
  gint64 now = g_get_monotonic_time () / G_TIME_SPAN_MILLISECOND;

  if (wanted == leg->wanted_before) {
    if (now - leg->last_wanted >= OVER_MS)
      leg->wanted_since = 0;
    return G_SOURCE_CONTINUE;
  }
  leg->wanted_before = wanted;
  leg->last_wanted = now;
  if (!leg->wanted_since)
    leg->wanted_since = now;
  if (leg->video_mid && now - leg->wanted_since >= WANTED_MS
      && now - leg->last_request >= ANSWER_MS) {
    leg->last_request = now;
    leg->requests++;
    gateway_handle_request (leg->handle, json_pack ("{s:s, s:[{s:O, s:b}]}",
            "request", "configure", "streams", "mid", leg->video_mid, "send", 1), NULL);
  }
  return G_SOURCE_CONTINUE;
}

/* Streaming thread. */
static void
on_pad_added (gpointer user_data, const gchar * name, GstPad * pad)
{
  Leg *leg = user_data;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, leg, NULL);
  if (leg->context->control_lose > 0)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
        on_control_packet, leg, NULL);
  receiver_add (leg->context->receiver, name, pad);
}

static const PeerHandlers peer_handlers = {
  on_peer_send, on_peer_connected, on_peer_failed, on_pad_added
};

/* A publisher gets nothing on his own connection. */
static Peer *
make_peer (Leg * leg)
{
  return peer_new (leg->context->pipeline, leg->name, leg->feed == NULL,
      leg->context->ice_address, &peer_handlers, leg);
}

/* --- what the room says ----------------------------------------------------------------------- */

static void
join (Leg * leg)
{
  const LegContext *context = leg->context;
  json_t *body = json_pack ("{s:s, s:O}", "request", "join", "room", context->room);

  if (context->pin)
    json_object_set_new (body, "pin", json_string (context->pin));
  if (leg->feed) {
    json_object_set_new (body, "ptype", json_string ("subscriber"));
    json_object_set_new (body, "autoupdate", json_false ());
    json_object_set_new (body, "streams", json_pack ("[{s:O}]", "feed", leg->feed));
    if (leg->private_id)
      json_object_set_new (body, "private_id", json_integer (leg->private_id));
  } else {
    json_object_set_new (body, "ptype", json_string ("publisher"));
    json_object_set_new (body, "display", json_string (context->name));
  }
  gateway_handle_request (leg->handle, body, NULL);
}

static void
on_attached (gpointer user_data)
{
  Leg *leg = user_data;

  if (leg->needs_e2ee)
    gateway_handle_request (leg->handle, json_pack ("{s:s}", "request", "list"), NULL);
  else
    join (leg);
}

/* A private room is not in the list: of it is not known what it demands, and so it does not do. */
static void
look_for_room (Leg * leg, const json_t * list)
{
  gboolean demands = FALSE;
  json_t *room;
  size_t i;

  json_array_foreach (list, i, room) {
    if (json_equal (json_object_get (room, "room"), leg->context->room))
      demands = json_is_true (json_object_get (room, "require_e2ee"));
  }
  if (demands)
    join (leg);
  else
    fail (leg, "the room does not demand end-to-end encryption of who publishes, or is not listed");
}

static json_t *
find_video_mid (const json_t * streams)
{
  json_t *stream;
  size_t i;

  json_array_foreach (streams, i, stream) {
    if (g_strcmp0 (json_string_value (json_object_get (stream, "type")), "video") == 0)
      return json_object_get (stream, "mid");
  }
  return NULL;
}

static void
take_description (Leg * leg, const json_t * jsep)
{
  const gchar *type = json_string_value (json_object_get (jsep, "type"));
  const gchar *sdp = json_string_value (json_object_get (jsep, "sdp"));
  gboolean taken = FALSE;

  if (leg->feed && sdp && g_strcmp0 (type, "offer") == 0 && !leg->peer) {
    leg->offered_at = g_get_monotonic_time ();
    leg->peer = make_peer (leg);
    taken = peer_answer (leg->peer, NULL, sdp);
  } else if (leg->feed && leg->peer) {
    /* What the feed sends has changed.  It goes on with what it began with, or is given up. */
    journal_say (leg->context->journal, "a new offer of what %s sends is left", leg->name);
    taken = TRUE;
  } else if (!leg->feed && sdp && g_strcmp0 (type, "answer") == 0 && leg->peer) {
    taken = peer_take_answer (leg->peer, sdp);
  }
  if (!taken)
    fail (leg, "the gateway's session description cannot be used");
}

static void
on_event (gpointer user_data, json_t * data, json_t * jsep)
{
  Leg *leg = user_data;
  const gchar *kind = json_string_value (json_object_get (data, "videoroom"));

  if (!kind) {
    journal_say (leg->context->journal, "the gateway said something that is not of a room");
    return;
  }
  if (g_str_equal (kind, "success") && json_object_get (data, "list")) {
    look_for_room (leg, json_object_get (data, "list"));
    return;
  }
  if (g_str_equal (kind, "attached") && leg->feed) {
    json_decref (leg->video_mid);
    leg->video_mid = json_incref (find_video_mid (json_object_get (data, "streams")));
  }
  if (json_is_integer (json_object_get (data, "substream"))
      || json_is_integer (json_object_get (data, "temporal")))
    journal_note (leg->context->journal, "layer", json_pack ("{s:s, s:O*, s:O*}", "from",
            leg->name, "substream", json_object_get (data, "substream"), "temporal",
            json_object_get (data, "temporal")));
  if (g_str_equal (kind, "joined"))
    leg->entered = TRUE;
  if (jsep)
    take_description (leg, jsep);
  else if (!leg->feed)
    leg->handlers->told (leg->user_data, leg, data);
}

static void
on_refused (gpointer user_data, gint code, const gchar * reason)
{
  Leg *leg = user_data;

  if (leg->feed && !leg->peer && code == NO_SUCH_FEED)
    leg->handlers->gone (leg->user_data, leg);
  else
    fail (leg, "%s (%d)", reason, code);
}

static void
on_media_up (gpointer user_data)
{
  Leg *leg = user_data;

  leg->media_up = TRUE;
  consider_connected (leg);
}

static void
on_hung_up (gpointer user_data, const gchar * reason)
{
  fail (user_data, "the gateway hung up: %s", reason);
}

static const GatewayHandleHandlers handle_handlers = {
  on_attached, on_event, on_refused, on_media_up, on_hung_up
};

/* --- for the caller --------------------------------------------------------------------------- */

static Leg *
new_leg (const LegContext * context, const gchar * name, const LegHandlers * handlers,
    gpointer user_data)
{
  Leg *leg = g_new0 (Leg, 1);

  leg->context = context;
  leg->name = g_strdup (name);
  leg->asked_at = g_get_monotonic_time ();
  leg->handlers = handlers;
  leg->user_data = user_data;
  return leg;
}

Leg *
leg_enter (const LegContext * context, Gateway * gateway, gboolean needs_e2ee,
    const LegHandlers * handlers, gpointer user_data)
{
  Leg *leg = new_leg (context, context->name, handlers, user_data);

  leg->needs_e2ee = needs_e2ee;
  leg->handle = gateway_attach (gateway, &handle_handlers, leg);
  return leg;
}

Leg *
leg_subscribe (const LegContext * context, Gateway * gateway, json_t * feed,
    json_int_t private_id, const gchar * name, const LegHandlers * handlers, gpointer user_data)
{
  Leg *leg = new_leg (context, name, handlers, user_data);

  leg->feed = json_incref (feed);
  leg->private_id = private_id;
  leg->look = g_timeout_add (LOOK_MS, on_look, leg);
  leg->handle = gateway_attach (gateway, &handle_handlers, leg);
  return leg;
}

gboolean
leg_publish (Leg * leg, Sender * sender)
{
  g_return_val_if_fail (leg->entered && !leg->peer, FALSE);
  leg->peer = make_peer (leg);
  return peer_offer (leg->peer, sender);
}

void
leg_unpublish (Leg * leg)
{
  if (leg->entered)
    gateway_handle_request (leg->handle, json_pack ("{s:s}", "request", "leave"), NULL);
}

void
leg_choose_layer (Leg * leg, const gchar * what, gint layer)
{
  if (leg->video_mid)
    gateway_handle_request (leg->handle, json_pack ("{s:s, s:[{s:O, s:i}]}",
            "request", "configure", "streams", "mid", leg->video_mid, what, layer), NULL);
}

void
leg_free (Leg * leg)
{
  g_clear_handle_id (&leg->look, g_source_remove);
  gateway_handle_free (leg->handle);
  if (leg->peer) {
    GstElement *webrtc = gst_object_ref (peer_get_element (leg->peer));

    gst_element_set_state (webrtc, GST_STATE_NULL);
    if (leg->feed)
      receiver_remove (leg->context->receiver, leg->name);
    gst_bin_remove (leg->context->pipeline, webrtc);
    peer_free (leg->peer);
    gst_object_unref (webrtc);
  }
  json_decref (leg->feed);
  json_decref (leg->video_mid);
  g_free (leg->name);
  g_free (leg);
}

const gchar *
leg_get_name (Leg * leg)
{
  return leg->name;
}

json_t *
leg_get_feed (Leg * leg)
{
  return leg->feed;
}

gboolean
leg_is_connected (Leg * leg)
{
  return leg->connected;
}

static void
add_time (json_t * object, const gchar * name, gint64 begun, gint64 when)
{
  if (when)
    json_object_set_new (object, name, json_real ((when - begun) / 1000.0));
}

json_t *
leg_stats (Leg * leg, gint64 begun)
{
  json_t *stats = json_pack ("{s:s, s:b, s:b}", "name", leg->name, "publishes", leg->feed == NULL,
      "connected", leg->connected);

  add_time (stats, "asked-ms", begun, leg->asked_at);
  add_time (stats, "offered-ms", begun, leg->offered_at);
  add_time (stats, "connected-ms", begun, leg->connected_at);
  if (leg->feed)
    json_object_set_new (stats, "key-frames-requested", json_integer (leg->requests));
  return stats;
}
