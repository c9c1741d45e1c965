/* One participant's call.
 * A call goes through: waiting for the other -> negotiating -> connected, sending -> sent all,
 * waiting for what is on its way -> recording is being closed -> over.  Everything here runs in
 * the main thread, but for on_pad_added().
 * gst-e2ee, LGPL-2.1-or-later */

#include "call.h"

#include <gst/gst.h>
#include <string.h>

#include "common/buswatch.h"
#include "common/evidence.h"
#include "common/journal.h"
#include "common/keys.h"
#include "common/peer.h"
#include "common/receiver.h"
#include "common/recorder.h"
#include "common/sender.h"
#include "common/signalling.h"
#include "common/stats.h"

/* A connection on one machine takes half a second. */
#define CONNECT_SECONDS 30
/* A browser does not say that it is ready. */
#define READY_MS 1000
/* When all has been sent, what is still in jitter buffers, retransmission and decoders is waited
 * for until nothing has come for so long. */
#define QUIET_MS 700
/* How long the other side may go on when we have sent all: it may have begun later, or be
 * slower. */
#define LINGER_MS 10000
#define RECORDING_MS 3000

enum
{
  TIMER_CONNECT,
  TIMER_READY,
  TIMER_SECONDS,
  TIMER_LINGER,
  TIMER_QUIET,
  TIMER_RECORDING,
  N_TIMERS
};

struct _Call
{
  const CallOptions *options;
  void (*finished) (gpointer user_data);
  gpointer user_data;

  GstElement *pipeline;
  BusWatch *bus_watch;
  Keys *keys;
  SenderOptions sent;
  Evidence *evidence;
  Recorder *recorder;
  Receiver *receiver;
  Sender *sender;
  Signalling *signalling;
  GHashTable *peers;            /* gchar * -> Peer */
  GHashTable *present;          /* set of gchar *: who is in the room */
  GHashTable *ready;            /* set of gchar *: whose side of the connection is up, too */
  GHashTable *done;             /* set of gchar *: who has sent all */

  gchar *offer_from;            /* waits until our sender is ready */
  gchar *offer;
  GPtrArray *early_candidates;  /* of the one whose offer waits: json_t * with "candidate" */
  gboolean started;             /* all are connected, media flows */
  gboolean sent_all;
  gboolean stopping;
  gboolean over;
  guint timers[N_TIMERS];
  guint64 frames_before;        /* that had come when it was last looked whether more had */
  gchar *failure;

  Journal *journal;
  gint64 begun;
  gint64 started_at;
  gint64 stopped_at;
};

static void
set_timer (Call * call, guint timer, guint ms, GSourceFunc func)
{
  if (call->timers[timer])
    g_source_remove (call->timers[timer]);
  call->timers[timer] = ms ? g_timeout_add (ms, func, call) : 0;
}

static void
fail (Call * call, const gchar * format, ...)
{
  va_list args;

  if (!call->failure) {
    va_start (args, format);
    call->failure = g_strdup_vprintf (format, args);
    va_end (args);
  }
  call_stop (call);
}

/* --- the end ---------------------------------------------------------------------------------- */

static gboolean
finish (gpointer user_data)
{
  Call *call = user_data;
  guint i;

  if (call->over)
    return G_SOURCE_REMOVE;
  call->over = TRUE;
  call->timers[TIMER_RECORDING] = 0;
  for (i = 0; i < G_N_ELEMENTS (call->timers); i++)
    set_timer (call, i, 0, NULL);
  call->finished (call->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_recording_stuck (gpointer user_data)
{
  Call *call = user_data;

  call->timers[TIMER_RECORDING] = 0;
  if (!call->failure)
    call->failure = g_strdup ("the recording could not be closed");
  return finish (call);
}

void
call_stop (Call * call)
{
  guint i;

  if (call->stopping)
    return;
  call->stopping = TRUE;
  call->stopped_at = g_get_monotonic_time ();
  for (i = 0; i < G_N_ELEMENTS (call->timers); i++)
    set_timer (call, i, 0, NULL);
  if (call->sender)
    sender_stop (call->sender);
  if (call->recorder && call->started) {
    set_timer (call, TIMER_RECORDING, RECORDING_MS, on_recording_stuck);
    recorder_finish (call->recorder, finish, call);
  } else {
    g_idle_add (finish, call);
  }
}

static gboolean
on_linger_over (gpointer user_data)
{
  Call *call = user_data;

  call->timers[TIMER_LINGER] = 0;
  call_stop (call);
  return G_SOURCE_REMOVE;
}

static gboolean
on_perhaps_quiet (gpointer user_data)
{
  Call *call = user_data;
  guint64 frames = receiver_count_frames (call->receiver);

  if (frames != call->frames_before) {
    call->frames_before = frames;
    return G_SOURCE_CONTINUE;
  }
  call->timers[TIMER_QUIET] = 0;
  call_stop (call);
  return G_SOURCE_REMOVE;
}

static gboolean
is_done (Call * call, const gchar * name)
{
  return g_hash_table_contains (call->done, name) || !g_hash_table_contains (call->present, name);
}

/* Nobody whom we hear has more to say. */
static gboolean
heard_all (Call * call)
{
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, call->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer)) {
    if (!peer_is_copy (peer) && !is_done (call, peer_get_name (peer)))
      return FALSE;
  }
  return TRUE;
}

/* A caller with nothing set ends when the others have: who only listens has nothing of his own
 * to send. */
static void
consider_ending (Call * call)
{
  gboolean own_end = call->sent_all || call->options->seconds == 0;

  if (call->stopping || !call->started || !own_end)
    return;
  if (!call->timers[TIMER_LINGER] && call->sent_all)
    set_timer (call, TIMER_LINGER, LINGER_MS, on_linger_over);
  if (!call->timers[TIMER_QUIET] && heard_all (call)) {
    journal_say (call->journal, "all has been said");
    if (call->sender)
      sender_stop (call->sender);
    call->frames_before = receiver_count_frames (call->receiver);
    set_timer (call, TIMER_QUIET, QUIET_MS, on_perhaps_quiet);
  }
}

static gboolean
on_seconds_over (gpointer user_data)
{
  Call *call = user_data;
  GHashTableIter iter;
  gpointer name;

  call->timers[TIMER_SECONDS] = 0;
  call->sent_all = TRUE;
  if (call->sender)
    sender_stop (call->sender);
  g_hash_table_iter_init (&iter, call->peers);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    signalling_send (call->signalling, name, json_pack ("{s:s}", "type", "done"));
  journal_say (call->journal, "sent all");
  consider_ending (call);
  return G_SOURCE_REMOVE;
}

/* --- peers ------------------------------------------------------------------------------------ */

static void
on_peer_send (gpointer user_data, const gchar * name, json_t * message)
{
  Call *call = user_data;

  signalling_send (call->signalling, name, message);
}

static gboolean
on_connect_timeout (gpointer user_data)
{
  Call *call = user_data;

  call->timers[TIMER_CONNECT] = 0;
  fail (call, "not everybody was connected within %d seconds", CONNECT_SECONDS);
  return G_SOURCE_REMOVE;
}

static gboolean
everybody_is_connected (Call * call)
{
  GHashTableIter iter;
  gpointer peer;
  guint i;

  for (i = 0; call->options->copy_to && call->options->copy_to[i]; i++) {
    if (!g_hash_table_contains (call->peers, call->options->copy_to[i]))
      return FALSE;
  }
  g_hash_table_iter_init (&iter, call->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer)) {
    if (!peer_is_connected (peer))
      return FALSE;
  }
  return g_hash_table_size (call->peers) > 0;
}

static void
start_sending (Call * call)
{
  call->started = TRUE;
  call->started_at = g_get_monotonic_time ();
  set_timer (call, TIMER_CONNECT, 0, NULL);
  set_timer (call, TIMER_READY, 0, NULL);
  if (call->sender)
    sender_start (call->sender);
  if (call->options->seconds > 0)
    set_timer (call, TIMER_SECONDS, call->options->seconds * 1000, on_seconds_over);
}

static gboolean
on_ready_timeout (gpointer user_data)
{
  Call *call = user_data;

  call->timers[TIMER_READY] = 0;
  start_sending (call);
  return G_SOURCE_REMOVE;
}

/* What is sent before the other side has its SRTP keys is lost, and no retransmission brings it
 * back, since the receiver never knew of it. */
static void
consider_starting (Call * call)
{
  GHashTableIter iter;
  gpointer name;
  gboolean ready = TRUE;

  if (call->stopping || call->started || !everybody_is_connected (call))
    return;
  g_hash_table_iter_init (&iter, call->peers);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    ready = ready && g_hash_table_contains (call->ready, name);
  if (ready)
    start_sending (call);
  else if (!call->timers[TIMER_READY])
    set_timer (call, TIMER_READY, READY_MS, on_ready_timeout);
}

static void
on_peer_connected (gpointer user_data, const gchar * name)
{
  Call *call = user_data;

  journal_say (call->journal, "connected with %s", name);
  /* The elements of this connection were not there when the pipeline's latency was last told. */
  gst_bin_recalculate_latency (GST_BIN (call->pipeline));
  signalling_send (call->signalling, name, json_pack ("{s:s}", "type", "ready"));
  consider_starting (call);
}

static void
on_peer_failed (gpointer user_data, const gchar * name, const gchar * reason)
{
  Call *call = user_data;

  if (call->stopping)
    return;
  /* Who has hung up cannot be reached any more, and need not be. */
  if (call->started && is_done (call, name))
    journal_say (call->journal, "%s is gone", name);
  else
    fail (call, "%s: %s", name, reason);
}

/* Streaming thread. */
static void
on_pad_added (gpointer user_data, const gchar * name, GstPad * pad)
{
  Call *call = user_data;

  receiver_add (call->receiver, name, pad);
}

static const PeerHandlers peer_handlers = {
  on_peer_send, on_peer_connected, on_peer_failed, on_pad_added
};

static Peer *
add_peer (Call * call, const gchar * name, gboolean is_copy)
{
  const gchar *packetization = call->options->packetization;
  Peer *peer = peer_new (GST_BIN (call->pipeline), name, is_copy, call->options->ice_address,
      &peer_handlers, call);

  peer_set_sframe (peer, packetization && !g_str_equal (packetization, "codec"));
  g_hash_table_insert (call->peers, g_strdup (name), peer);
  set_timer (call, TIMER_CONNECT, CONNECT_SECONDS * 1000, on_connect_timeout);
  return peer;
}

/* Whom we call, and to whom we send copies, once they are there and we have something to offer. */
static void
offer_to (Call * call, const gchar * name, gboolean is_copy)
{
  Peer *peer;

  if (!g_hash_table_contains (call->present, name) || g_hash_table_contains (call->peers, name))
    return;
  journal_say (call->journal, "calling %s", name);
  peer = add_peer (call, name, is_copy);
  if (!peer_offer (peer, call->sender))
    fail (call, "what we send could not be offered to %s", name);
}

static void
answer_waiting_offer (Call * call)
{
  gchar *from = g_steal_pointer (&call->offer_from);
  gchar *sdp = g_steal_pointer (&call->offer);
  Peer *peer = add_peer (call, from, FALSE);
  guint i;

  journal_say (call->journal, "answering %s", from);
  if (!peer_answer (peer, call->sender, sdp))
    fail (call, "the offer of %s is no session description that can be answered", from);
  for (i = 0; i < call->early_candidates->len; i++) {
    json_t *message = g_ptr_array_index (call->early_candidates, i);

    peer_take_candidate (peer, json_integer_value (json_object_get (message, "sdpMLineIndex")),
        json_string_value (json_object_get (message, "candidate")));
  }
  g_ptr_array_set_size (call->early_candidates, 0);
  g_free (from);
  g_free (sdp);
}

/* Does what can be done now. */
static gboolean
go_on (gpointer user_data)
{
  Call *call = user_data;
  guint i;

  if (call->stopping)
    return G_SOURCE_REMOVE;
  if (call->offer && (call->options->wiretap || (call->sender && sender_is_ready (call->sender))))
    answer_waiting_offer (call);
  if (!call->sender || !sender_is_ready (call->sender))
    return G_SOURCE_REMOVE;
  if (call->options->call)
    offer_to (call, call->options->call, FALSE);
  for (i = 0; call->options->copy_to && call->options->copy_to[i]; i++)
    offer_to (call, call->options->copy_to[i], TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
make_sender (Call * call, const SenderPayloadTypes * types)
{
  GError *error = NULL;

  if (call->sender)
    return TRUE;
  call->sender = sender_new (GST_BIN (call->pipeline), &call->sent, keys_protection (call->keys),
      call->evidence, types, go_on, call, &error);
  if (!call->sender)
    fail (call, "%s", error->message);
  g_clear_error (&error);
  return call->sender != NULL;
}

static void
tell_what_is_not_sent (const gchar * from, gint type, const gchar * source, const Codec * codec)
{
  if (source && type == CODEC_NO_TYPE)
    g_printerr ("e2ee-call: %s does not offer to take %s; no %s is sent\n", from, codec->name,
        codec->media);
}

static void
take_offer (Call * call, const gchar * from, const gchar * sdp)
{
  SenderPayloadTypes types;

  if (g_hash_table_contains (call->peers, from) || call->offer) {
    g_printerr ("e2ee-call: a second offer of %s was ignored\n", from);
    return;
  }
  if (!peer_read_offer (sdp, &call->sent, &types)) {
    fail (call, "the offer of %s is no session description", from);
    return;
  }
  if (!call->options->wiretap) {
    tell_what_is_not_sent (from, types.video, call->sent.video_source, call->sent.video_codec);
    tell_what_is_not_sent (from, types.audio, call->sent.audio_source, call->sent.audio_codec);
  }
  call->offer_from = g_strdup (from);
  call->offer = g_strdup (sdp);
  if (call->options->wiretap || make_sender (call, &types))
    go_on (call);
}

/* --- the rendezvous --------------------------------------------------------------------------- */

static void
on_peer_joined (gpointer user_data, const gchar * name)
{
  Call *call = user_data;

  journal_say (call->journal, "%s is there", name);
  g_hash_table_add (call->present, g_strdup (name));
  go_on (call);
}

static void
on_peer_left (gpointer user_data, const gchar * name)
{
  Call *call = user_data;

  journal_say (call->journal, "%s left", name);
  g_hash_table_remove (call->present, name);
  if (g_hash_table_contains (call->peers, name) && !call->started)
    fail (call, "%s left before the call began", name);
  else
    consider_ending (call);
}

static void
on_message (gpointer user_data, const gchar * from, const gchar * type, json_t * message)
{
  Call *call = user_data;
  Peer *peer = g_hash_table_lookup (call->peers, from);
  const gchar *sdp = json_string_value (json_object_get (message, "sdp"));
  const gchar *candidate = json_string_value (json_object_get (message, "candidate"));
  json_int_t mline = json_integer_value (json_object_get (message, "sdpMLineIndex"));

  if (call->stopping)
    return;
  if (g_str_equal (type, "offer") && sdp) {
    take_offer (call, from, sdp);
  } else if (g_str_equal (type, "answer") && sdp && peer) {
    if (!peer_take_answer (peer, sdp))
      fail (call, "the answer of %s is no session description, or nobody asked", from);
  } else if (g_str_equal (type, "candidate") && candidate && mline >= 0 && mline < 256) {
    if (peer)
      peer_take_candidate (peer, mline, candidate);
    else if (g_strcmp0 (call->offer_from, from) == 0)
      g_ptr_array_add (call->early_candidates, json_incref (message));
  } else if (g_str_equal (type, "ready")) {
    g_hash_table_add (call->ready, g_strdup (from));
    consider_starting (call);
  } else if (g_str_equal (type, "done")) {
    g_hash_table_add (call->done, g_strdup (from));
    consider_ending (call);
  } else {
    journal_say (call->journal, "%s said \"%s\", which says nothing to us", from, type);
  }
}

static void
on_signalling_failed (gpointer user_data, const gchar * reason)
{
  Call *call = user_data;

  /* A call that runs does not need the rendezvous any more. */
  if (!call->started)
    fail (call, "rendezvous %s: %s", call->options->rendezvous, reason);
}

static const SignallingHandlers signalling_handlers = {
  on_peer_joined, NULL, on_peer_left, on_message, NULL, on_signalling_failed
};

/* --- what the elements say -------------------------------------------------------------------- */

static void
on_element_failed (gpointer user_data, const gchar * reason)
{
  fail (user_data, "%s", reason);
}

/* --- for the caller --------------------------------------------------------------------------- */

Call *
call_new (const CallOptions * options, void (*finished) (gpointer user_data),
    gpointer user_data, GError ** error)
{
  const KeysOptions keys = { options->key_file, options->key_id, options->late_key,
    options->format, options->packetization
  };
  SenderPayloadTypes own;
  const SignallingAddress address = { options->rendezvous, options->tls_ca, options->room,
    options->name
  };
  Call *call = g_new0 (Call, 1);

  call->options = options;
  call->finished = finished;
  call->user_data = user_data;
  call->begun = g_get_monotonic_time ();
  call->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      (GDestroyNotify) peer_free);
  call->present = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  call->ready = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  call->done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  call->early_candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  call->journal = journal_new (options->name, options->verbose);
  call->pipeline = gst_pipeline_new ("call");

  call->sent.video_source = options->video_source;
  call->sent.audio_source = options->audio_source;
  call->sent.video_codec = options->video_codec;
  call->sent.audio_codec = options->audio_codec;
  call->sent.clear_copy = options->control_clear_copy;
  own = sender_own_types (&call->sent);
  call->keys = keys_new (&keys, error);
  if (!call->keys)
    goto fail;
  call->evidence = evidence_new (options->evidence, error);
  if (!call->evidence)
    goto fail;
  if (options->record) {
    call->recorder = recorder_new (GST_BIN (call->pipeline), options->record,
        !options->control_no_gate, keys_protection (call->keys), error);
    if (!call->recorder)
      goto fail;
  }
  call->receiver = receiver_new (GST_BIN (call->pipeline),
      options->wiretap ? RECEIVER_TAPS : RECEIVER_SHOWS, keys_protection (call->keys),
      call->evidence, call->recorder);

  call->bus_watch = bus_watch_new (call->pipeline, call->journal, call->receiver, on_element_failed,
      call);
  if (gst_element_set_state (call->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
        "the pipeline does not start");
    goto fail;
  }
  /* Who calls decides what is sent; who is called reads it in the offer. */
  if (options->call)
    make_sender (call, &own);
  call->signalling = signalling_new (&address, &signalling_handlers, call);
  return call;

fail:
  g_free (call_free (call));
  return NULL;
}

void
call_reload_keys (Call * call)
{
  GError *error = NULL;

  if (!keys_reload (call->keys, &error))
    g_printerr ("e2ee-call: %s\n", error->message);
  else
    journal_say (call->journal, "the keys were read again");
  g_clear_error (&error);
}

static json_t *
all_stats (Call * call)
{
  json_t *peers = json_array ();
  json_t *stats;
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, call->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    json_array_append_new (peers, peer_stats (peer));
  stats = json_pack ("{s:s, s:b, s:o, s:o, s:o, s:O}", "name", call->options->name,
      "wiretap", call->options->wiretap, "peers", peers, "sent", sender_stats (call->sender),
      "received", receiver_stats (call->receiver), "messages", journal_messages (call->journal));
  if (call->started)
    json_object_set_new (stats, "connected-ms",
        json_real ((call->started_at - call->begun) / 1000.0));
  if (call->stopped_at)
    json_object_set_new (stats, "ended-ms",
        json_real ((call->stopped_at - call->begun) / 1000.0));
  if (journal_shield (call->journal))
    json_object_set (stats, "shield", journal_shield (call->journal));
  if (call->recorder)
    json_object_set_new (stats, "recording", recorder_stats (call->recorder));
  if (call->failure)
    json_object_set_new (stats, "failure", json_string (call->failure));
  return stats;
}

/* Statistics of elements are gone with their streams, so they are read first. */
static void
write_results (Call * call)
{
  GError *error = NULL;

  if (call->options->snapshot
      && !receiver_save_snapshot (call->receiver, NULL, call->options->snapshot, NULL,
          &error)) {
    if (!call->failure)
      call->failure = g_strdup_printf ("%s: %s", call->options->snapshot, error->message);
    g_clear_error (&error);
  }
  if (call->options->stats) {
    json_t *stats = all_stats (call);

    if (json_dump_file (stats, call->options->stats, JSON_INDENT (2) | JSON_REAL_PRECISION (6)) != 0
        && !call->failure)
      call->failure = g_strdup_printf ("%s cannot be written", call->options->stats);
    json_decref (stats);
  }
}

gchar *
call_free (Call * call)
{
  gchar *failure;

  if (call->over)
    write_results (call);
  g_clear_pointer (&call->signalling, signalling_free);
  g_clear_pointer (&call->bus_watch, bus_watch_free);
  gst_element_set_state (call->pipeline, GST_STATE_NULL);
  g_hash_table_unref (call->peers);
  /* What webrtcbin said last still holds peers. */
  while (g_main_context_iteration (NULL, FALSE));
  sender_free (call->sender);
  if (call->receiver)
    receiver_free (call->receiver);
  recorder_free (call->recorder);
  gst_object_unref (call->pipeline);
  if (call->evidence)
    evidence_free (call->evidence);
  keys_free (call->keys);
  g_hash_table_unref (call->present);
  g_hash_table_unref (call->ready);
  g_hash_table_unref (call->done);
  g_ptr_array_unref (call->early_candidates);
  journal_free (call->journal);
  g_free (call->offer);
  g_free (call->offer_from);
  failure = call->failure;
  g_free (call);
  return failure;
}
