/* This participant's meeting.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "membership.h"

#include <stdio.h>

/* By which the elements of this process find it. */
#define NAME "meeting"

struct _Membership
{
  GstE2eeMeeting *meeting;
  gchar *endpoint;
  Journal *journal;
  const MembershipHandlers *handlers;
  gpointer user_data;
  Protection protection;
  gdouble message_at;           /* when the message came that is being taken; 0: none is */
  gboolean left;
  gboolean was_member;
};

static gdouble
now (void)
{
  return g_get_monotonic_time () / 1000.0;
}

/* --- what the meeting says -------------------------------------------------------------------- */

static void
on_outgoing (GstE2eeMeeting * meeting, GBytes * message, Membership * self)
{
  self->handlers->send (self->user_data, message);
}

static json_t *
json_of_member (GstE2eeMember * member)
{
  json_t *streams = json_array ();
  GList *list = gst_e2ee_member_list_streams (member);
  GList *link;

  for (link = list; link; link = link->next)
    json_array_append_new (streams, json_pack ("{s:i, s:i, s:s}", "number",
            (int) gst_e2ee_stream_info_get_number (link->data), "kind",
            (int) gst_e2ee_stream_info_get_kind (link->data), "label",
            gst_e2ee_stream_info_get_label (link->data)));
  g_list_free_full (list, (GDestroyNotify) gst_e2ee_stream_info_unref);
  return json_pack ("{s:i, s:s, s:s, s:i, s:b, s:b, s:o}", "leaf",
      (int) gst_e2ee_member_get_leaf (member), "subject", gst_e2ee_member_get_subject (member),
      "name", gst_e2ee_member_get_name (member), "tier", (int) gst_e2ee_member_get_tier (member),
      "host", gst_e2ee_member_is_host (member), "self", gst_e2ee_member_is_self (member),
      "streams", streams);
}

static json_t *
json_of_roster (Membership * self)
{
  json_t *roster = json_array ();
  GList *members = gst_e2ee_meeting_list_members (self->meeting);
  GList *link;

  for (link = members; link; link = link->next)
    json_array_append_new (roster, json_of_member (link->data));
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  return roster;
}

/* "after": when the message came that this is the consequence of; what is true of the media now
 * was not true before that. */
static void
note (Membership * self, const gchar * event, json_t * fields)
{
  if (self->message_at > 0)
    json_object_set_new (fields, "after", json_real (self->message_at));
  json_object_set_new (fields, "epoch",
      json_integer (gst_e2ee_meeting_get_epoch (self->meeting)));
  journal_note (self->journal, event, fields);
}

static void
on_state (GstE2eeMeeting * meeting, GstE2eeState state, const gchar * code, Membership * self)
{
  note (self, "state", json_pack ("{s:s, s:s?}", "state", gst_e2ee_state_get_nick (state), "code",
          code));
  self->handlers->state (self->user_data, state);
}

static void
on_phase (GstE2eeMeeting * meeting, GstE2eeMeetingPhase phase, const gchar * code,
    Membership * self)
{
  static const gchar *const phases[] = { "idle", "joining", "member", "rejoining" };

  note (self, "phase", json_pack ("{s:s, s:s?}", "phase", phases[phase], "code", code));
  if (phase == GST_E2EE_MEETING_PHASE_MEMBER)
    self->was_member = TRUE;
  if (phase == GST_E2EE_MEETING_PHASE_IDLE && self->was_member && !self->left)
    self->handlers->ended (self->user_data, code);
  else
    self->handlers->changed (self->user_data);
}

static void
note_member (Membership * self, const gchar * event, GstE2eeMember * member, const gchar * code)
{
  json_t *fields = json_of_member (member);

  if (code)
    json_object_set_new (fields, "code", json_string (code));
  note (self, event, fields);
  self->handlers->changed (self->user_data);
}

static void
on_member_joined (GstE2eeMeeting * meeting, GstE2eeMember * member, Membership * self)
{
  note_member (self, "member-joined", member, NULL);
}

static void
on_member_left (GstE2eeMeeting * meeting, GstE2eeMember * member, const gchar * code,
    Membership * self)
{
  note_member (self, "member-left", member, code);
}

static void
on_streams (GstE2eeMeeting * meeting, GstE2eeMember * member, Membership * self)
{
  note_member (self, "streams", member, NULL);
}

static void
on_code (GstE2eeMeeting * meeting, const gchar * code, Membership * self)
{
  note (self, "code", json_pack ("{s:s?, s:o}", "code", code, "members", json_of_roster (self)));
}

static void
on_chat (GstE2eeMeeting * meeting, GstE2eeMember * member, const gchar * text, Membership * self)
{
  g_print ("%s: %s\n", gst_e2ee_member_get_name (member), text);
  note (self, "chat", json_pack ("{s:s, s:s}", "from", gst_e2ee_member_get_subject (member),
          "text", text));
}

static void
on_refused (GstE2eeMeeting * meeting, const gchar * code, const gchar * text,
    GstE2eeMember * member, Membership * self)
{
  note (self, "refused", json_pack ("{s:s, s:s?}", "code", code, "text", text));
}

static void
on_request_done (GstE2eeMeeting * meeting, guint64 request, const gchar * code,
    const gchar * text, Membership * self)
{
  note (self, "request-done", json_pack ("{s:I, s:s}", "request", (json_int_t) request, "code",
          code));
}

/* --- what the elements ask for ---------------------------------------------------------------- */

/* The label says from where in the room the stream comes. */
static void
set_up_encryptor (gpointer user_data, GstElement * element, const gchar * media)
{
  Membership *self = user_data;

  g_object_set (element, "meeting", NAME, "stream-label", self->endpoint, NULL);
}

static void
set_meeting (gpointer user_data, GstElement * element)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "meeting"))
    g_object_set (element, "meeting", NAME, NULL);
}

/* --- for the caller --------------------------------------------------------------------------- */

static void
follow (Membership * self)
{
  g_signal_connect (self->meeting, "outgoing-message", G_CALLBACK (on_outgoing), self);
  g_signal_connect (self->meeting, "state-changed", G_CALLBACK (on_state), self);
  g_signal_connect (self->meeting, "phase-changed", G_CALLBACK (on_phase), self);
  g_signal_connect (self->meeting, "member-joined", G_CALLBACK (on_member_joined), self);
  g_signal_connect (self->meeting, "member-left", G_CALLBACK (on_member_left), self);
  g_signal_connect (self->meeting, "streams-changed", G_CALLBACK (on_streams), self);
  g_signal_connect (self->meeting, "code-changed", G_CALLBACK (on_code), self);
  g_signal_connect (self->meeting, "chat-received", G_CALLBACK (on_chat), self);
  g_signal_connect (self->meeting, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect (self->meeting, "request-done", G_CALLBACK (on_request_done), self);
}

static gchar *
text_of (const gchar * path, GError ** error)
{
  gchar *text = NULL;

  return g_file_get_contents (path, &text, NULL, error) ? g_strstrip (text) : NULL;
}

Membership *
membership_new (const MeetOptions * options, const gchar * endpoint, Journal * journal,
    const MembershipHandlers * handlers, gpointer user_data, GError ** error)
{
  Membership *self = g_new0 (Membership, 1);
  gchar *ticket = text_of (options->ticket, error);
  gchar *link = ticket ? text_of (options->link, error) : NULL;
  gchar *account = link ? text_of (options->account, error) : NULL;
  gchar *authorities = account ? text_of (options->authorities, error) : NULL;

  self->endpoint = g_strdup (endpoint);
  self->journal = journal;
  self->handlers = handlers;
  self->user_data = user_data;
  self->protection.encryptor = set_up_encryptor;
  self->protection.decryptor = set_meeting;
  self->protection.gate = set_meeting;
  self->protection.shield = set_meeting;
  self->protection.user_data = self;
  if (authorities)
    self->meeting = gst_e2ee_meeting_new (NAME, ticket, link, account, options->device,
        authorities, options->state, error);
  if (self->meeting) {
    gst_e2ee_meeting_set_floor (self->meeting, options->floor);
    follow (self);
  } else {
    g_clear_pointer (&self, membership_free);
  }
  g_free (ticket);
  g_free (link);
  g_free (account);
  g_free (authorities);
  return self;
}

void
membership_free (Membership * self)
{
  if (!self)
    return;
  if (self->meeting)
    g_signal_handlers_disconnect_by_data (self->meeting, self);
  g_clear_object (&self->meeting);
  g_free (self->endpoint);
  g_free (self);
}

const Protection *
membership_protection (Membership * self)
{
  return &self->protection;
}

const gchar *
membership_room (Membership * self)
{
  return gst_e2ee_meeting_get_meeting_id (self->meeting);
}

void
membership_join (Membership * self)
{
  GError *error = NULL;

  if (gst_e2ee_meeting_get_phase (self->meeting) != GST_E2EE_MEETING_PHASE_IDLE)
    return;
  if (!gst_e2ee_meeting_join (self->meeting, &error))
    self->handlers->ended (self->user_data, error->message);
  g_clear_error (&error);
}

void
membership_leave (Membership * self)
{
  self->left = TRUE;
  gst_e2ee_meeting_leave (self->meeting);
}

void
membership_receive (Membership * self, GBytes * message)
{
  self->message_at = now ();
  gst_e2ee_meeting_receive (self->meeting, message, NULL);
  self->message_at = 0;
}

static void
request_e2ee (Membership * self, gboolean on)
{
  GError *error = NULL;
  guint64 request = 0;

  journal_note (self->journal, "request", json_pack ("{s:s}", "what", on ? "on" : "off"));
  if (!gst_e2ee_meeting_request_e2ee (self->meeting, on, &request, &error)) {
    g_printerr ("e2ee-meet: %s\n", error->message);
    journal_note (self->journal, "request-refused", json_pack ("{s:s}", "why", error->message));
  }
  g_clear_error (&error);
}

static void
print_members (Membership * self)
{
  GList *members = gst_e2ee_meeting_list_members (self->meeting);
  GList *link;

  for (link = members; link; link = link->next) {
    GstE2eeMember *member = link->data;

    g_print ("%s%s%s\n  %s\n", gst_e2ee_member_get_name (member),
        gst_e2ee_member_is_host (member) ? ", host" : "",
        gst_e2ee_member_is_self (member) ? ", that is you" : "",
        gst_e2ee_member_get_code (member));
  }
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
}

void
membership_do (Membership * self, const gchar * command, const gchar * text)
{
  GError *error = NULL;
  gchar *code;

  if (g_str_equal (command, "on") || g_str_equal (command, "off")) {
    request_e2ee (self, g_str_equal (command, "on"));
  } else if (g_str_equal (command, "chat")) {
    if (!gst_e2ee_meeting_send_chat (self->meeting, text, &error))
      g_printerr ("e2ee-meet: %s\n", error->message);
  } else if (g_str_equal (command, "members")) {
    print_members (self);
  } else if (g_str_equal (command, "code")) {
    code = gst_e2ee_meeting_dup_code (self->meeting);
    g_print ("%s\n", code ? code : "no code yet");
    g_free (code);
  }
  g_clear_error (&error);
  fflush (stdout);
}

guint
membership_count_others (Membership * self)
{
  GList *members = gst_e2ee_meeting_list_members (self->meeting);
  guint n = g_list_length (members);

  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  return gst_e2ee_meeting_get_phase (self->meeting) == GST_E2EE_MEETING_PHASE_MEMBER ? n - 1 : 0;
}

GstE2eeState
membership_state (Membership * self)
{
  return gst_e2ee_meeting_get_state (self->meeting);
}

gchar *
membership_host_endpoint (Membership * self)
{
  GList *members = gst_e2ee_meeting_list_members (self->meeting);
  GList *link;
  gchar *endpoint = NULL;

  for (link = members; link && !endpoint; link = link->next) {
    GList *streams = gst_e2ee_member_list_streams (link->data);

    if (gst_e2ee_member_is_host (link->data) && !gst_e2ee_member_is_self (link->data) && streams)
      endpoint = g_strdup (gst_e2ee_stream_info_get_label (streams->data));
    g_list_free_full (streams, (GDestroyNotify) gst_e2ee_stream_info_unref);
  }
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  return endpoint;
}

json_t *
membership_stats (Membership * self)
{
  gchar *code = gst_e2ee_meeting_dup_code (self->meeting);
  json_t *stats = json_pack ("{s:s, s:b, s:I, s:I, s:s?, s:o}", "state",
      gst_e2ee_state_get_nick (gst_e2ee_meeting_get_state (self->meeting)), "is-host",
      gst_e2ee_meeting_is_host (self->meeting), "epoch",
      (json_int_t) gst_e2ee_meeting_get_epoch (self->meeting), "revision",
      (json_int_t) gst_e2ee_meeting_get_revision (self->meeting), "code", code, "members",
      json_of_roster (self));

  g_free (code);
  return stats;
}
