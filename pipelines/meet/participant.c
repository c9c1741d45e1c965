/* One participant's meeting.
 * It goes through: making what is sent -> in the room, joining -> gathered, the schedule runs ->
 * leaving -> over.  Everything here runs in the main thread.
 * gst-e2ee, LGPL-2.1-or-later */

#include "participant.h"

#include <gst/gst.h>
#include <sodium.h>

#include "common/buswatch.h"
#include "common/evidence.h"
#include "common/journal.h"
#include "common/receiver.h"
#include "common/recorder.h"
#include "common/sender.h"
#include "common/stats.h"
#include "membership.h"
#include "mesh.h"
#include "schedule.h"
#include "snapshots.h"

/* The good-bye goes out, and the recording is closed. */
#define LEAVING_MS 300
#define RECORDING_MS 3000
/* Of main loop iterations, more than there are peers with something to say. */
#define LAST_WORDS 10000

struct _Participant
{
  const MeetOptions *options;
  void (*finished) (gpointer user_data);
  gpointer user_data;

  gchar *endpoint;              /* our name in the room */
  gchar *name;                  /* for people and files */
  GstElement *pipeline;
  BusWatch *bus_watch;
  Journal *journal;
  Evidence *evidence;
  Membership *membership;       /* NULL: a stranger, who taps */
  Protection no_protection;
  SenderOptions sent;
  Sender *sender;
  Receiver *receiver;
  Recorder *recorder;
  Mesh *mesh;
  Schedule *schedule;
  Snapshots *snapshots;

  gboolean gathered;
  gboolean leaving;
  gboolean over;
  guint timer;                  /* of the end */
  gchar *failure;
};

static void
fail (Participant * self, const gchar * format, ...)
{
  va_list args;

  if (!self->failure) {
    va_start (args, format);
    self->failure = g_strdup_vprintf (format, args);
    va_end (args);
  }
  participant_leave (self);
}

/* --- the end ---------------------------------------------------------------------------------- */

static gboolean
finish (gpointer user_data)
{
  Participant *self = user_data;

  if (self->over)
    return G_SOURCE_REMOVE;
  self->over = TRUE;
  if (self->timer)
    g_source_remove (self->timer);
  self->timer = 0;
  self->finished (self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_recording_stuck (gpointer user_data)
{
  Participant *self = user_data;

  self->timer = 0;
  if (!self->failure)
    self->failure = g_strdup ("the recording could not be closed");
  return finish (self);
}

static gboolean
on_left (gpointer user_data)
{
  Participant *self = user_data;

  self->timer = 0;
  if (!self->recorder)
    return finish (self);
  self->timer = g_timeout_add (RECORDING_MS, on_recording_stuck, self);
  recorder_finish (self->recorder, finish, self);
  return G_SOURCE_REMOVE;
}

static void
mark (Participant * self)
{
  journal_note (self->journal, "mark", json_pack ("{s:o, s:o}", "sent",
          sender_stats (self->sender), "received", receiver_stats (self->receiver)));
}

void
participant_leave (Participant * self)
{
  if (self->leaving)
    return;
  self->leaving = TRUE;
  mark (self);
  journal_note (self->journal, "leaving", self->membership ?
      membership_stats (self->membership) : NULL);
  if (self->sender)
    sender_stop (self->sender);
  if (self->membership)
    membership_leave (self->membership);
  self->timer = g_timeout_add (LEAVING_MS, on_left, self);
}

/* --- who is there ----------------------------------------------------------------------------- */

static void
consider_beginning (Participant * self)
{
  guint wanted = self->options->gather;

  if (self->gathered || self->leaving || !self->mesh
      || mesh_count_connected (self->mesh) < wanted
      || (self->membership && membership_count_others (self->membership) < wanted))
    return;
  self->gathered = TRUE;
  journal_note (self->journal, "gathered", NULL);
  schedule_begin (self->schedule);
  snapshots_begin (self->snapshots);
}

static void
on_command (gpointer user_data, const gchar * command, const gchar * text)
{
  Participant *self = user_data;

  if (g_str_equal (command, "leave"))
    participant_leave (self);
  else if (self->membership && !self->leaving)
    membership_do (self->membership, command, text);
}

static gchar *
whose_picture (gpointer user_data)
{
  Participant *self = user_data;

  return self->membership ? membership_host_endpoint (self->membership) : NULL;
}

/* --- the meeting and the room ----------------------------------------------------------------- */

static void
on_meeting_send (gpointer user_data, GBytes * message)
{
  Participant *self = user_data;

  if (self->mesh)
    mesh_broadcast (self->mesh, message);
}

static void
on_meeting_changed (gpointer user_data)
{
  consider_beginning (user_data);
}

static void
on_meeting_state (gpointer user_data, GstE2eeState state)
{
  Participant *self = user_data;

  if (self->leaving)
    return;
  mark (self);
  snapshots_state (self->snapshots, state);
}

static void
on_meeting_ended (gpointer user_data, const gchar * why)
{
  fail (user_data, "out of the meeting: %s", why);
}

static const MembershipHandlers membership_handlers = {
  on_meeting_send, on_meeting_changed, on_meeting_state, on_meeting_ended
};

static void
on_room_joined (gpointer user_data)
{
  Participant *self = user_data;

  if (self->membership && !self->leaving)
    membership_join (self->membership);
}

static void
on_room_changed (gpointer user_data)
{
  consider_beginning (user_data);
}

static void
on_room_message (gpointer user_data, GBytes * message)
{
  Participant *self = user_data;

  if (self->membership)
    membership_receive (self->membership, message);
}

static void
on_room_failed (gpointer user_data, const gchar * reason)
{
  Participant *self = user_data;

  fail (self, "rendezvous %s: %s", self->options->rendezvous, reason);
}

static const MeshHandlers mesh_handlers = {
  on_room_joined, on_room_changed, on_room_message, on_room_failed
};

/* What we send has caps now and can be offered. */
static gboolean
on_sender_ready (gpointer user_data)
{
  Participant *self = user_data;
  const MeetOptions *options = self->options;
  const SignallingAddress address = { options->rendezvous, options->tls_ca,
    options->room ? options->room : membership_room (self->membership), self->endpoint
  };

  if (!self->mesh && !self->leaving)
    self->mesh = mesh_new (GST_BIN (self->pipeline), &address, options->ice_address,
        options->role == ROLE_WIRETAP,
        options->video_source || options->audio_source ? self->sender : NULL, self->receiver,
        self->journal, &mesh_handlers, self);
  return G_SOURCE_REMOVE;
}

/* --- what the elements say -------------------------------------------------------------------- */

static void
on_element_failed (gpointer user_data, const gchar * reason)
{
  fail (user_data, "%s", reason);
}

/* --- for the caller --------------------------------------------------------------------------- */

/* The server knows us by this; 128 bits that say nothing. */
static gchar *
make_endpoint (void)
{
  guint8 bytes[16];
  gchar text[2 * sizeof (bytes) + 1];

  randombytes_buf (bytes, sizeof (bytes));
  return g_strdup (sodium_bin2hex (text, sizeof (text), bytes, sizeof (bytes)));
}

/* "bob.jwt" is bob's; without an account, the role. */
static gchar *
make_name (const MeetOptions * options)
{
  gchar *name = g_path_get_basename (options->stats ? options->stats
      : options->account ? options->account : "wiretap");
  gchar *dot = strchr (name, '.');

  if (dot && dot > name)
    *dot = '\0';
  return name;
}

static gboolean
make_media (Participant * self, GError ** error)
{
  static const ReceiverRole roles[] = { RECEIVER_SHOWS, RECEIVER_SHOWS, RECEIVER_RECORDS,
    RECEIVER_TAPS
  };
  SenderPayloadTypes types;
  const MeetOptions *options = self->options;
  const Protection *protection = self->membership ?
      membership_protection (self->membership) : &self->no_protection;
  GstBin *pipeline = GST_BIN (self->pipeline);

  self->evidence = evidence_new (options->evidence, error);
  if (!self->evidence)
    return FALSE;
  if (options->record) {
    self->recorder = recorder_new (pipeline, options->record, !options->control_no_gate,
        protection, error);
    if (!self->recorder)
      return FALSE;
  }
  self->receiver = receiver_new (pipeline, roles[options->role], protection, self->evidence,
      self->recorder);
  self->bus_watch = bus_watch_new (self->pipeline, self->journal, self->receiver, on_element_failed,
      self);
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
        "the pipeline does not start");
    return FALSE;
  }
  self->sent.video_source = options->video_source;
  self->sent.audio_source = options->audio_source;
  self->sent.clear_copy = options->control_clear_copy;
  /* All e2ee-meet use the same, so that one packet can go to everybody. */
  types = sender_own_types (&self->sent);
  self->sender = sender_new (pipeline, &self->sent, protection, self->evidence, &types,
      on_sender_ready, self, error);
  return self->sender != NULL;
}

Participant *
participant_new (const MeetOptions * options, void (*finished) (gpointer user_data),
    gpointer user_data, GError ** error)
{
  Participant *self = g_new0 (Participant, 1);

  self->options = options;
  self->finished = finished;
  self->user_data = user_data;
  self->endpoint = make_endpoint ();
  self->name = make_name (options);
  self->journal = journal_new (self->name, options->verbose);
  self->pipeline = gst_pipeline_new ("meeting");

  if (options->ticket) {
    self->membership = membership_new (options, self->endpoint, self->journal,
        &membership_handlers, self, error);
    if (!self->membership)
      goto fail;
  }
  if (!make_media (self, error))
    goto fail;
  self->snapshots = snapshots_new (options->snapshots, self->name, self->receiver, self->journal,
      whose_picture, self);
  self->schedule = schedule_new (options->schedule, on_command, self);
  return self;

fail:
  g_free (participant_free (self));
  return NULL;
}

static json_t *
all_stats (Participant * self)
{
  static const gchar *const roles[] = { "speaker", "viewer", "recorder", "wiretap" };
  json_t *stats = json_pack ("{s:s, s:s, s:s, s:o, s:o, s:o, s:O, s:O}", "name", self->name,
      "endpoint", self->endpoint, "role", roles[self->options->role], "peers",
      self->mesh ? mesh_stats (self->mesh) : json_array (), "sent", sender_stats (self->sender),
      "received", receiver_stats (self->receiver), "events", journal_events (self->journal),
      "messages", journal_messages (self->journal));

  if (self->recorder)
    json_object_set_new (stats, "recording", recorder_stats (self->recorder));
  if (self->failure)
    json_object_set_new (stats, "failure", json_string (self->failure));
  return stats;
}

static void
write_stats (Participant * self)
{
  json_t *stats = all_stats (self);

  if (json_dump_file (stats, self->options->stats, JSON_INDENT (2) | JSON_REAL_PRECISION (13)) != 0
      && !self->failure)
    self->failure = g_strdup_printf ("%s cannot be written", self->options->stats);
  json_decref (stats);
}

gchar *
participant_free (Participant * self)
{
  gchar *failure;
  guint i;

  if (self->over && self->options->stats)
    write_stats (self);
  schedule_free (self->schedule);
  snapshots_free (self->snapshots);
  g_clear_pointer (&self->bus_watch, bus_watch_free);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_pointer (&self->mesh, mesh_free);
  /* What webrtcbin said last still holds peers. */
  for (i = 0; i < LAST_WORDS && g_main_context_iteration (NULL, FALSE); i++);
  sender_free (self->sender);
  if (self->receiver)
    receiver_free (self->receiver);
  recorder_free (self->recorder);
  gst_object_unref (self->pipeline);
  membership_free (self->membership);
  if (self->evidence)
    evidence_free (self->evidence);
  journal_free (self->journal);
  g_free (self->endpoint);
  g_free (self->name);
  failure = self->failure;
  g_free (self);
  return failure;
}
