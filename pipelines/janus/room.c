/* One participant in a room. The first leg enters the room and publishes; each publisher who is
 * there is subscribed to by a leg of its own.  It ends so: time is up, or nobody is left -> what is
 * on its way is waited for -> the room is left -> the recording is closed -> over.  Everything here
 * runs in the main thread. gst-e2ee, LGPL-2.1-or-later */

#include "room.h"

#include <gst/gst.h>
#include <stdio.h>

#include "commands.h"
#include "common/buswatch.h"
#include "common/evidence.h"
#include "common/journal.h"
#include "common/keys.h"
#include "common/receiver.h"
#include "common/recorder.h"
#include "common/sender.h"
#include "feeds.h"

/* A connection on one machine takes half a second. */
#define CONNECT_SECONDS 30
/* What is still in jitter buffers, retransmission and decoders is waited for until nothing has come
 * for so long, but no longer than that. */
#define QUIET_MS 500
#define LINGER_MS 2000
/* For the gateway to say that we have left, and for the recording to be closed. */
#define LEAVE_MS 1000
#define RECORDING_MS 3000

enum
{
  TIMER_CONNECT,
  TIMER_SECONDS,
  TIMER_QUIET,
  TIMER_LINGER,
  TIMER_LEAVE,
  TIMER_RECORDING,
  N_TIMERS
};

struct _Room
{
  const JanusOptions *options;
  void (*finished) (gpointer user_data);
  gpointer user_data;

  GstElement *pipeline;
  BusWatch *bus_watch;
  Keys *keys;
  SenderOptions sent;
  Evidence *evidence;
  Recorder *recorder;
  Receiver *receiver;
  Sender *sender;               /* NULL: nothing to send, or not in the room yet */
  Commands *commands;
  Gateway *gateway;
  LegContext context;
  Leg *first;
  Feeds *feeds;                 /* whom we hear; NULL: there is no session yet */
  json_int_t own_id;
  json_int_t private_id;

  gboolean heard;               /* somebody, once */
  gboolean ending;              /* nothing is sent any more */
  gboolean leaving;
  gboolean left;
  gboolean stopping;
  gboolean over;
  guint timers[N_TIMERS];
  guint64 frames_before;        /* that had come when it was last looked whether more had */
  gchar *failure;

  Journal *journal;
  gint64 begun;
  gint64 started_at;            /* media flow */
  gint64 stopped_at;
};

static void
set_timer (Room * room, guint timer, guint ms, GSourceFunc func)
{
  if (room->timers[timer])
    g_source_remove (room->timers[timer]);
  room->timers[timer] = ms ? g_timeout_add (ms, func, room) : 0;
}

static void G_GNUC_PRINTF (2, 3)
fail (Room * room, const gchar * format, ...)
{
  va_list args;

  if (!room->failure) {
    va_start (args, format);
    room->failure = g_strdup_vprintf (format, args);
    va_end (args);
  }
  room_stop (room);
}

/* --- the end ---------------------------------------------------------------------------------- */

static gboolean
finish (gpointer user_data)
{
  Room *room = user_data;
  guint i;

  if (room->over)
    return G_SOURCE_REMOVE;
  room->over = TRUE;
  for (i = 0; i < N_TIMERS; i++)
    set_timer (room, i, 0, NULL);
  room->finished (room->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_recording_stuck (gpointer user_data)
{
  Room *room = user_data;

  room->timers[TIMER_RECORDING] = 0;
  if (!room->failure)
    room->failure = g_strdup ("the recording could not be closed");
  return finish (room);
}

/* The gateway has let us go, or does not answer. */
static gboolean
on_left (gpointer user_data)
{
  Room *room = user_data;

  if (room->left)
    return G_SOURCE_REMOVE;
  room->left = TRUE;
  set_timer (room, TIMER_LEAVE, 0, NULL);
  if (room->recorder && room->heard) {
    set_timer (room, TIMER_RECORDING, RECORDING_MS, on_recording_stuck);
    recorder_finish (room->recorder, finish, room);
  } else {
    g_idle_add (finish, room);
  }
  return G_SOURCE_REMOVE;
}

void
room_stop (Room * room)
{
  guint i;

  if (room->stopping)
    return;
  room->stopping = TRUE;
  room->stopped_at = g_get_monotonic_time ();
  for (i = 0; i < N_TIMERS; i++)
    set_timer (room, i, 0, NULL);
  if (room->sender)
    sender_stop (room->sender);
  if (room->own_id && !room->leaving) {
    room->leaving = TRUE;
    leg_unpublish (room->first);
    set_timer (room, TIMER_LEAVE, LEAVE_MS, on_left);
  } else {
    on_left (room);
  }
}

static gboolean
on_linger_over (gpointer user_data)
{
  Room *room = user_data;

  room->timers[TIMER_LINGER] = 0;
  room_stop (room);
  return G_SOURCE_REMOVE;
}

static gboolean
on_perhaps_quiet (gpointer user_data)
{
  Room *room = user_data;
  guint64 frames = receiver_count_frames (room->receiver);

  if (frames != room->frames_before) {
    room->frames_before = frames;
    return G_SOURCE_CONTINUE;
  }
  room->timers[TIMER_QUIET] = 0;
  room_stop (room);
  return G_SOURCE_REMOVE;
}

static void
end (Room * room)
{
  if (room->ending || room->stopping)
    return;
  room->ending = TRUE;
  set_timer (room, TIMER_SECONDS, 0, NULL);
  if (room->sender)
    sender_stop (room->sender);
  room->frames_before = receiver_count_frames (room->receiver);
  set_timer (room, TIMER_QUIET, QUIET_MS, on_perhaps_quiet);
  set_timer (room, TIMER_LINGER, LINGER_MS, on_linger_over);
}

static gboolean
on_seconds_over (gpointer user_data)
{
  Room *room = user_data;

  room->timers[TIMER_SECONDS] = 0;
  journal_say (room->journal, "the time is over");
  end (room);
  return G_SOURCE_REMOVE;
}

/* --- connections ------------------------------------------------------------------------------ */

static gboolean
on_connect_timeout (gpointer user_data)
{
  Room *room = user_data;

  room->timers[TIMER_CONNECT] = 0;
  fail (room, "not everybody was connected within %d seconds", CONNECT_SECONDS);
  return G_SOURCE_REMOVE;
}

/* Who sends is there from when he can; who only listens, from when he hears somebody. */
static void
on_leg_connected (gpointer user_data, Leg * leg)
{
  Room *room = user_data;

  if (room->stopping)
    return;
  journal_note (room->journal, "connected", json_pack ("{s:s, s:b}", "who", leg_get_name (leg),
          "publishes", leg == room->first));
  /* The elements of this connection were not there when the pipeline's latency was last told. */
  gst_bin_recalculate_latency (GST_BIN (room->pipeline));
  if (leg == room->first)
    sender_start (room->sender);
  else
    room->heard = TRUE;
  if (!room->started_at && (leg == room->first || !room->sender)) {
    room->started_at = g_get_monotonic_time ();
    if (room->options->seconds > 0)
      set_timer (room, TIMER_SECONDS, room->options->seconds * 1000, on_seconds_over);
  }
  if ((!room->sender || leg_is_connected (room->first)) && feeds_are_connected (room->feeds))
    set_timer (room, TIMER_CONNECT, 0, NULL);
}

/* The last one whom we heard is not taken away before his last frames have been looked at. */
static void
consider_gone (Room * room, Leg * leg)
{
  if (room->ending || room->stopping)
    return;
  if (feeds_count (room->feeds) == 1 && room->options->seconds == 0 && !room->options->stay) {
    journal_say (room->journal, "nobody is left");
    end (room);
  } else {
    feeds_let_go (room->feeds, leg, room->begun);
  }
}

static void
on_leg_gone (gpointer user_data, Leg * leg)
{
  Room *room = user_data;

  if (!room->stopping && feeds_have (room->feeds, leg))
    consider_gone (room, leg);
}

static void
on_leg_failed (gpointer user_data, Leg * leg, const gchar * reason)
{
  Room *room = user_data;

  if (room->stopping)
    return;
  if (leg == room->first) {
    fail (room, "room %s: %s", room->options->room, reason);
  } else if (!leg_is_connected (leg) && !room->options->stay) {
    fail (room, "%s: %s", leg_get_name (leg), reason);
  } else if (feeds_have (room->feeds, leg)) {
    journal_say (room->journal, "%s: %s", leg_get_name (leg), reason);
    consider_gone (room, leg);
  }
}

/* --- what the room tells ---------------------------------------------------------------------- */

static void on_told (gpointer user_data, Leg * leg, json_t * data);

static const LegHandlers leg_handlers = { on_told, on_leg_connected, on_leg_gone, on_leg_failed };

static void
subscribe_to (Room * room, const json_t * publishers)
{
  if (!room->options->no_receive && !room->ending
      && feeds_subscribe (room->feeds, publishers, room->private_id))
    set_timer (room, TIMER_CONNECT, CONNECT_SECONDS * 1000, on_connect_timeout);
}

/* The branches have caps, and so can be offered. */
static gboolean
on_sender_ready (gpointer user_data)
{
  Room *room = user_data;

  if (!room->stopping && !leg_publish (room->first, room->sender))
    fail (room, "what we send could not be offered to the room");
  return G_SOURCE_REMOVE;
}

static void
publish (Room * room)
{
  SenderPayloadTypes types = sender_own_types (&room->sent);
  GError *error = NULL;

  room->sender = sender_new (GST_BIN (room->pipeline), &room->sent, keys_protection (room->keys),
      room->evidence, &types, on_sender_ready, room, &error);
  if (!room->sender)
    fail (room, "%s", error->message);
  g_clear_error (&error);
  set_timer (room, TIMER_CONNECT, CONNECT_SECONDS * 1000, on_connect_timeout);
}

static void
entered (Room * room, const json_t * data)
{
  room->own_id = json_integer_value (json_object_get (data, "id"));
  if (!room->own_id)
    room->own_id = -1;          /* a text; only whether there is one is asked */
  room->private_id = json_integer_value (json_object_get (data, "private_id"));
  journal_note (room->journal, "entered", NULL);
  subscribe_to (room, json_object_get (data, "publishers"));
  if (room->sent.video_source || room->sent.audio_source)
    publish (room);
}

static void
on_told (gpointer user_data, Leg * leg, json_t * data)
{
  Room *room = user_data;
  const gchar *kind = json_string_value (json_object_get (data, "videoroom"));
  json_t *gone = json_object_get (data, "unpublished");

  if (!gone)
    gone = json_object_get (data, "leaving");
  if (gone && g_strcmp0 (json_string_value (gone), "ok") == 0) {
    if (room->leaving)
      on_left (room);
    return;
  }
  if (room->stopping)
    return;
  if (g_str_equal (kind, "joined"))
    entered (room, data);
  else if (g_str_equal (kind, "destroyed"))
    fail (room, "room %s was closed", room->options->room);
  else if (gone && feeds_find (room->feeds, gone))
    consider_gone (room, feeds_find (room->feeds, gone));
  else
    subscribe_to (room, json_object_get (data, "publishers"));
}

/* --- the gateway ------------------------------------------------------------------------------ */

static void
on_gateway_opened (gpointer user_data)
{
  Room *room = user_data;

  if (room->stopping)
    return;
  room->feeds = feeds_new (&room->context, room->gateway, &leg_handlers, room);
  room->first = leg_enter (&room->context, room->gateway, room->options->needs_e2ee,
      &leg_handlers, room);
}

static void
on_gateway_failed (gpointer user_data, const gchar * reason)
{
  Room *room = user_data;

  if (!room->stopping)
    fail (room, "gateway %s: %s", room->options->gateway, reason);
}

static const GatewayHandlers gateway_handlers = { on_gateway_opened, on_gateway_failed };

/* --- figures ---------------------------------------------------------------------------------- */

static json_t *
all_stats (Room * room)
{
  json_t *peers = json_array ();
  json_t *stats;

  if (room->first)
    json_array_append_new (peers, leg_stats (room->first, room->begun));
  if (room->feeds)
    feeds_add_stats (room->feeds, peers, room->begun);
  stats = json_pack ("{s:s, s:b, s:o, s:o, s:o, s:O, s:O}", "name", room->options->name,
      "wiretap", room->options->wiretap, "peers", peers, "sent", sender_stats (room->sender),
      "received", receiver_stats (room->receiver), "messages", journal_messages (room->journal),
      "events", journal_events (room->journal));
  if (room->started_at)
    json_object_set_new (stats, "connected-ms",
        json_real ((room->started_at - room->begun) / 1000.0));
  if (room->stopped_at)
    json_object_set_new (stats, "ended-ms", json_real ((room->stopped_at - room->begun) / 1000.0));
  if (journal_shield (room->journal))
    json_object_set (stats, "shield", journal_shield (room->journal));
  if (room->recorder)
    json_object_set_new (stats, "recording", recorder_stats (room->recorder));
  if (room->failure)
    json_object_set_new (stats, "failure", json_string (room->failure));
  return stats;
}

static void
on_command (gpointer user_data, const gchar * word, gint number)
{
  Room *room = user_data;

  if (g_str_equal (word, "leave")) {
    room_stop (room);
  } else if (g_str_equal (word, "stats")) {
    json_t *stats = all_stats (room);
    gchar *text = json_dumps (stats, JSON_COMPACT | JSON_REAL_PRECISION (13));

    printf ("%s\n", text);
    fflush (stdout);
    free (text);
    json_decref (stats);
  } else if (room->feeds) {
    feeds_choose_layer (room->feeds, word, number);
  }
}

/* Statistics of elements are gone with their streams, so they are read first. */
static void
write_results (Room * room)
{
  GError *error = NULL;

  if (room->options->snapshot && !receiver_save_snapshot (room->receiver, NULL,
          room->options->snapshot, NULL, &error)) {
    if (!room->failure)
      room->failure = g_strdup_printf ("%s: %s", room->options->snapshot, error->message);
    g_clear_error (&error);
  }
  if (room->options->stats) {
    json_t *stats = all_stats (room);

    if (json_dump_file (stats, room->options->stats,
            JSON_INDENT (2) | JSON_REAL_PRECISION (13)) != 0 && !room->failure)
      room->failure = g_strdup_printf ("%s cannot be written", room->options->stats);
    json_decref (stats);
  }
}

/* --- what the elements say -------------------------------------------------------------------- */

static void
on_element_failed (gpointer user_data, const gchar * reason)
{
  fail (user_data, "%s", reason);
}

/* --- for the caller --------------------------------------------------------------------------- */

/* A number is one to Janus, unless it was set up for rooms with texts; then no room is a number. */
static json_t *
room_id (const gchar * text)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
    return json_integer (number);
  return json_string (text);
}

static gboolean
set_up (Room * room, GError ** error)
{
  const JanusOptions *options = room->options;
  const KeysOptions keys = { options->key_file, options->key_id, 0, options->format,
    options->packetization
  };

  room->sent.video_source = options->video_source;
  room->sent.audio_source = options->audio_source;
  room->sent.video_codec = options->video_codec;
  room->sent.audio_codec = options->audio_codec;
  /* The gateway asks when somebody comes or has lost something. */
  room->sent.key_frames_on_request = TRUE;
  room->keys = keys_new (&keys, error);
  if (!room->keys)
    return FALSE;
  room->evidence = evidence_new (options->evidence, error);
  if (!room->evidence)
    return FALSE;
  if (options->record) {
    room->recorder = recorder_new (GST_BIN (room->pipeline), options->record, TRUE,
        keys_protection (room->keys), error);
    if (!room->recorder)
      return FALSE;
  }
  room->receiver = receiver_new (GST_BIN (room->pipeline),
      options->wiretap ? RECEIVER_TAPS : RECEIVER_SHOWS, keys_protection (room->keys),
      room->evidence, room->recorder);
  return TRUE;
}

Room *
room_new (const JanusOptions * options, void (*finished) (gpointer user_data),
    gpointer user_data, GError ** error)
{
  const GatewayAddress address = { options->gateway, options->tls_ca, options->token,
    options->api_secret
  };
  Room *room = g_new0 (Room, 1);

  room->options = options;
  room->finished = finished;
  room->user_data = user_data;
  room->begun = g_get_monotonic_time ();
  room->journal = journal_new (options->name, options->verbose);
  room->pipeline = gst_pipeline_new ("room");
  if (!set_up (room, error))
    goto fail;
  room->context = (LegContext) {
    .pipeline = GST_BIN (room->pipeline),
    .journal = room->journal,
    .receiver = room->receiver,
    .room = room_id (options->room),
    .name = options->name,
    .pin = options->pin,
    .ice_address = options->ice_address,
    .video_codec = options->video_source ? options->video_codec->name : NULL,
    .audio_codec = options->audio_source ? options->audio_codec->name : NULL,
    .says_e2ee = !options->control_no_flag,
    .control_lose = options->control_lose,
  };

  room->bus_watch = bus_watch_new (room->pipeline, room->journal, room->receiver, on_element_failed,
      room);
  if (gst_element_set_state (room->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
        "the pipeline does not start");
    goto fail;
  }
  room->commands = commands_new (on_command, room);
  room->gateway = gateway_new (&address, &gateway_handlers, room);
  return room;

fail:
  g_free (room_free (room));
  return NULL;
}

void
room_reload_keys (Room * room)
{
  GError *error = NULL;

  if (!keys_reload (room->keys, &error))
    g_printerr ("e2ee-janus: %s\n", error->message);
  else
    journal_say (room->journal, "the keys were read again");
  g_clear_error (&error);
}

gchar *
room_free (Room * room)
{
  gchar *failure;

  if (room->over)
    write_results (room);
  commands_free (room->commands);
  g_clear_pointer (&room->bus_watch, bus_watch_free);
  gst_element_set_state (room->pipeline, GST_STATE_NULL);
  g_clear_pointer (&room->feeds, feeds_free);
  g_clear_pointer (&room->first, leg_free);
  g_clear_pointer (&room->gateway, gateway_free);
  /* What webrtcbin said last still holds peers. */
  while (g_main_context_iteration (NULL, FALSE));
  sender_free (room->sender);
  g_clear_pointer (&room->receiver, receiver_free);
  recorder_free (room->recorder);
  gst_object_unref (room->pipeline);
  g_clear_pointer (&room->evidence, evidence_free);
  keys_free (room->keys);
  json_decref (room->context.room);
  journal_free (room->journal);
  failure = room->failure;
  g_free (room);
  return failure;
}
