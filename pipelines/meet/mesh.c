/* Everybody with everybody.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "mesh.h"

#include "common/peer.h"

/* The line is tried again after so long, when it was open before. */
#define AGAIN_MS 2000

struct _Mesh
{
  GstBin *pipeline;
  gchar *url, *tls_ca, *room, *name;
  gchar *ice_address;
  gboolean is_tap;
  Sender *sender;
  Receiver *receiver;
  Journal *journal;
  const MeshHandlers *handlers;
  gpointer user_data;

  Signalling *line;             /* NULL while it is broken */
  gboolean joined;              /* those who are told now have come after us */
  gboolean was_joined;          /* once */
  guint again;
  GHashTable *peers;            /* gchar * -> Peer */
};

/* --- peers ------------------------------------------------------------------------------------ */

static void
on_peer_send (gpointer user_data, const gchar * name, json_t * message)
{
  Mesh *mesh = user_data;

  if (mesh->line)
    signalling_send (mesh->line, name, message);
  else
    json_decref (message);
}

static void
on_peer_connected (gpointer user_data, const gchar * name)
{
  Mesh *mesh = user_data;

  journal_note (mesh->journal, "connected", json_pack ("{s:s}", "with", name));
  /* The elements of this connection were not there when the pipeline's latency was last told. */
  gst_bin_recalculate_latency (mesh->pipeline);
  on_peer_send (mesh, name, json_pack ("{s:s}", "type", "ready"));
  if (mesh->sender)
    sender_start (mesh->sender);
  mesh->handlers->changed (mesh->user_data);
}

/* What is sent to him first, then his connection, then what comes of him: each has nothing behind
 * or in front of it any more when it goes. */
static void
drop (Mesh * mesh, const gchar * name)
{
  Peer *peer = g_hash_table_lookup (mesh->peers, name);
  GstElement *webrtc;

  if (!peer)
    return;
  webrtc = gst_object_ref (peer_get_element (peer));
  journal_note (mesh->journal, "gone", json_pack ("{s:s}", "who", name));
  if (mesh->sender)
    sender_unlink (mesh->sender, webrtc);
  gst_element_set_state (webrtc, GST_STATE_NULL);
  receiver_remove (mesh->receiver, name);
  gst_bin_remove (mesh->pipeline, webrtc);
  g_hash_table_remove (mesh->peers, name);
  gst_object_unref (webrtc);
  mesh->handlers->changed (mesh->user_data);
}

static void
on_peer_failed (gpointer user_data, const gchar * name, const gchar * reason)
{
  Mesh *mesh = user_data;
  gchar *who = g_strdup (name);

  journal_note (mesh->journal, "peer-failed", json_pack ("{s:s, s:s}", "who", who, "why", reason));
  drop (mesh, who);
  g_free (who);
}

/* Streaming thread. */
static void
on_pad_added (gpointer user_data, const gchar * name, GstPad * pad)
{
  Mesh *mesh = user_data;

  receiver_add (mesh->receiver, name, pad);
}

static const PeerHandlers peer_handlers = {
  on_peer_send, on_peer_connected, on_peer_failed, on_pad_added
};

static Peer *
add_peer (Mesh * mesh, const gchar * name, gboolean is_copy)
{
  Peer *peer = peer_new (mesh->pipeline, name, is_copy, mesh->ice_address, &peer_handlers, mesh);

  g_hash_table_insert (mesh->peers, g_strdup (name), peer);
  return peer;
}

static void
call (Mesh * mesh, const gchar * name, gboolean is_copy)
{
  if (g_hash_table_contains (mesh->peers, name))
    return;
  if (!mesh->sender)
    signalling_send (mesh->line, name, json_pack ("{s:s, s:b}", "type", "call-me", "tap",
            mesh->is_tap));
  else if (!peer_offer (add_peer (mesh, name, is_copy), mesh->sender))
    on_peer_failed (mesh, name, "what we send cannot be offered");
}

static void
answer (Mesh * mesh, const gchar * name, const gchar * sdp)
{
  if (g_hash_table_contains (mesh->peers, name))
    journal_say (mesh->journal, "a second offer of %s is ignored", name);
  else if (!peer_answer (add_peer (mesh, name, FALSE), mesh->sender, sdp))
    on_peer_failed (mesh, name, "an offer that cannot be answered");
}

/* --- the room --------------------------------------------------------------------------------- */

static void
on_peer_joined (gpointer user_data, const gchar * name)
{
  Mesh *mesh = user_data;

  /* Who comes after us calls us. */
  if (!mesh->joined)
    call (mesh, name, FALSE);
}

static void
on_joined (gpointer user_data)
{
  Mesh *mesh = user_data;

  mesh->joined = mesh->was_joined = TRUE;
  mesh->handlers->joined (mesh->user_data);
}

static void
on_peer_left (gpointer user_data, const gchar * name)
{
  Mesh *mesh = user_data;

  drop (mesh, name);
}

static void
on_message (gpointer user_data, const gchar * from, const gchar * type, json_t * message)
{
  Mesh *mesh = user_data;
  Peer *peer = g_hash_table_lookup (mesh->peers, from);
  const gchar *sdp = json_string_value (json_object_get (message, "sdp"));
  const gchar *candidate = json_string_value (json_object_get (message, "candidate"));
  json_int_t mline = json_integer_value (json_object_get (message, "sdpMLineIndex"));

  if (g_str_equal (type, "offer") && sdp) {
    answer (mesh, from, sdp);
  } else if (g_str_equal (type, "answer") && sdp && peer) {
    if (!peer_take_answer (peer, sdp))
      on_peer_failed (mesh, from, "an answer that makes no sense");
  } else if (g_str_equal (type, "candidate") && candidate && peer && mline >= 0 && mline < 256) {
    peer_take_candidate (peer, mline, candidate);
  } else if (g_str_equal (type, "call-me")) {
    if (mesh->sender)
      call (mesh, from, json_is_true (json_object_get (message, "tap")));
  } else if (g_str_equal (type, "ready")) {
    /* What he was sent before is lost; a key frame lets him begin. */
    if (mesh->sender)
      sender_start (mesh->sender);
  }
}

static void
on_broadcast (gpointer user_data, const gchar * from, GBytes * data)
{
  Mesh *mesh = user_data;

  mesh->handlers->message (mesh->user_data, data);
}

static void open_line (Mesh * mesh);

static gboolean
on_again (gpointer user_data)
{
  Mesh *mesh = user_data;

  mesh->again = 0;
  g_clear_pointer (&mesh->line, signalling_free);
  open_line (mesh);
  return G_SOURCE_REMOVE;
}

/* Media goes on without the rendezvous; the meeting's own messages do not. */
static void
on_line_failed (gpointer user_data, const gchar * reason)
{
  Mesh *mesh = user_data;

  journal_note (mesh->journal, "line-failed", json_pack ("{s:s}", "why", reason));
  mesh->joined = FALSE;
  if (!mesh->was_joined)
    mesh->handlers->failed (mesh->user_data, reason);
  else if (!mesh->again)
    mesh->again = g_timeout_add (AGAIN_MS, on_again, mesh);
}

static const SignallingHandlers line_handlers = {
  on_peer_joined, on_joined, on_peer_left, on_message, on_broadcast, on_line_failed
};

static void
open_line (Mesh * mesh)
{
  const SignallingAddress address = { mesh->url, mesh->tls_ca, mesh->room, mesh->name };

  mesh->line = signalling_new (&address, &line_handlers, mesh);
}

/* --- for the caller --------------------------------------------------------------------------- */

Mesh *
mesh_new (GstBin * pipeline, const SignallingAddress * address, const gchar * ice_address,
    gboolean is_tap, Sender * sender, Receiver * receiver, Journal * journal,
    const MeshHandlers * handlers, gpointer user_data)
{
  Mesh *mesh = g_new0 (Mesh, 1);

  mesh->pipeline = pipeline;
  mesh->url = g_strdup (address->url);
  mesh->tls_ca = g_strdup (address->tls_ca);
  mesh->room = g_strdup (address->room);
  mesh->name = g_strdup (address->name);
  mesh->ice_address = g_strdup (ice_address);
  mesh->is_tap = is_tap;
  mesh->sender = sender;
  mesh->receiver = receiver;
  mesh->journal = journal;
  mesh->handlers = handlers;
  mesh->user_data = user_data;
  mesh->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      (GDestroyNotify) peer_free);
  open_line (mesh);
  return mesh;
}

void
mesh_free (Mesh * mesh)
{
  if (!mesh)
    return;
  if (mesh->again)
    g_source_remove (mesh->again);
  g_clear_pointer (&mesh->line, signalling_free);
  g_hash_table_unref (mesh->peers);
  g_free (mesh->url);
  g_free (mesh->tls_ca);
  g_free (mesh->room);
  g_free (mesh->name);
  g_free (mesh->ice_address);
  g_free (mesh);
}

guint
mesh_count_connected (Mesh * mesh)
{
  GHashTableIter iter;
  gpointer peer;
  guint n = 0;

  g_hash_table_iter_init (&iter, mesh->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    n += peer_is_connected (peer);
  return n;
}

void
mesh_broadcast (Mesh * mesh, GBytes * message)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);

  if (mesh->line)
    signalling_broadcast (mesh->line, data, size);
}

json_t *
mesh_stats (Mesh * mesh)
{
  json_t *peers = json_array ();
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, mesh->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    json_array_append_new (peers, peer_stats (peer));
  return peers;
}
