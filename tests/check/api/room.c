/* People in a meeting (room.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/crypto/secret.h"
#include "core/meeting/meeting.h"

#define BEGIN 1700000000

#define MUST(call) fail_unless_equals_string (e2ee_meeting_result_code (call), "ok")

static guint64
now_ms (gpointer user_data)
{
  return (guint64) __atomic_load_n (&((Room *) user_data)->now_ms, __ATOMIC_SEQ_CST);
}

static guint64
unix_time (gpointer user_data)
{
  return ((Room *) user_data)->begin + now_ms (user_data) / 1000;
}

/* ---- papers ---- */

static gchar *
take_text (e2ee_mls_buffer * buffer)
{
  gchar *text = g_strndup ((const gchar *) buffer->data, buffer->size);

  e2ee_mls_buffer_clear (buffer);
  return text;
}

static e2ee_bytes
view (const gchar * text)
{
  return E2EE_BYTES (text, strlen (text));
}

static gchar *
path_in (Room * room, const gchar * name, const gchar * suffix)
{
  gchar *file = g_strconcat (name, suffix, NULL);
  gchar *path = g_build_filename (room->folder, file, NULL);

  g_free (file);
  return path;
}

static void
make_authority (Room * room)
{
  e2ee_mls_buffer jwk;
  gchar *text, *d;

  MUST (e2ee_device_generate (e2ee_env_default (), &room->authority));
  MUST (e2ee_device_to_jwk (room->authority, &jwk));
  text = take_text (&jwk);
  /* The public half: without its "d". */
  d = strstr (text, ",\"d\":\"");
  if (d) {
    gchar *end = strchr (d + strlen (",\"d\":\""), '"') + 1;

    memmove (d, end, strlen (end) + 1);
  } else {
    gchar *end;

    d = strstr (text, "\"d\":\"");
    end = strchr (d + strlen ("\"d\":\""), '"') + 2;
    memmove (d, end, strlen (end) + 1);
  }
  room->authorities = g_strdup_printf ("{\"keys\":[%s]}", text);
  g_free (text);
}

static void
make_person (Room * room, const gchar * name)
{
  Person *person = &room->people[room->n_people];
  e2ee_tier tier = room->n_people == 0 ? E2EE_TIER_PAID : E2EE_TIER_FREE;
  gchar *subject = g_ascii_strdown (name, -1);
  e2ee_mls_buffer buffer;
  GError *error = NULL;

  if (g_str_has_prefix (name, "Guest"))
    tier = E2EE_TIER_GUEST;
  person->room = room;
  person->name = g_intern_string (name);
  person->told = g_string_new (NULL);
  person->key_file = path_in (room, name, ".jwk");
  MUST (e2ee_device_generate (e2ee_env_default (), &person->device));
  MUST (e2ee_device_to_jwk (person->device, &buffer));
  fail_unless (g_file_set_contents_full (person->key_file, (const gchar *) buffer.data,
          buffer.size, G_FILE_SET_CONTENTS_NONE, 0600, &error));
  e2ee_mls_buffer_clear (&buffer);
  MUST (e2ee_account_issue (room->authority, subject, name, tier,
          e2ee_device_public_key (person->device), room->begin - 100, room->begin + 100000, &buffer));
  person->token = take_text (&buffer);
  g_free (subject);
  room->n_people++;
}

static void
make_ticket (Room * room, GstE2eeFloor policy)
{
  Person *host = &room->people[0];
  gchar *subject = g_ascii_strdown (host->name, -1);
  e2ee_ticket ticket;
  e2ee_link link = { 0, };
  e2ee_authorities authorities;
  e2ee_mls_buffer buffer;

  memset (&ticket, 0, sizeof ticket);
  g_strlcpy (ticket.meeting_id, "room-1", sizeof ticket.meeting_id);
  g_strlcpy (ticket.hosts[0].subject, subject, sizeof ticket.hosts[0].subject);
  e2ee_public_key_thumbprint (e2ee_device_public_key (host->device), &ticket.hosts[0].device);
  ticket.n_hosts = 1;
  ticket.e2ee = (e2ee_floor) policy;
  ticket.initially_on = policy == GST_E2EE_FLOOR_REQUIRE;
  ticket.features = E2EE_FEATURES_DEFAULT;
  ticket.not_before = room->begin;
  ticket.not_after = room->begin + 100000;
  MUST (e2ee_ticket_issue (&ticket, host->device, view (host->token), room->begin, &buffer));
  room->ticket = take_text (&buffer);

  MUST (e2ee_authorities_parse (view (room->authorities), &authorities));
  MUST (e2ee_ticket_verify (view (room->ticket), &authorities, &ticket));
  g_strlcpy (link.meeting_id, ticket.meeting_id, sizeof link.meeting_id);
  memcpy (link.ticket_hash, ticket.hash, sizeof link.ticket_hash);
  e2ee_env_default ()->random (e2ee_env_default ()->user, room->join_secret,
      sizeof room->join_secret);
  fail_unless (e2ee_mls_secret_dup (E2EE_BYTES (room->join_secret, 32), &link.join_secret)
      == E2EE_MLS_OK);
  MUST (e2ee_link_format ("https://meet.example/join", &link, &buffer));
  room->link = take_text (&buffer);
  e2ee_link_clear (&link);
  g_free (subject);
}

/* ---- delivery ---- */

static void
deliver (Room * room, GBytes * message)
{
  for (guint i = 0; i < room->n_people; i++) {
    Person *person = &room->people[i];

    if (person->is_held_back)
      g_queue_push_tail (&person->kept, g_bytes_ref (message));
    else if (person->meeting && !person->is_cut_off)
      gst_e2ee_meeting_receive (person->meeting, message, NULL);
  }
}

void
room_let_through (Person * person)
{
  GBytes *message;

  person->is_held_back = FALSE;
  while ((message = g_queue_pop_head (&person->kept))) {
    gst_e2ee_meeting_receive (person->meeting, message, NULL);
    g_bytes_unref (message);
  }
}

static void
on_message (GstE2eeMeeting * meeting, GBytes * message, Person * person)
{
  Room *room = person->room;

  if (person->is_cut_off)
    return;
  if (room->at_once) {
    deliver (room, message);
    return;
  }
  g_mutex_lock (&room->lock);
  g_queue_push_tail (&room->messages, g_bytes_ref (message));
  g_mutex_unlock (&room->lock);
}

/* ---- what is told: a line for each signal ---- */

static void
tell (Person * person, const gchar * format, ...) G_GNUC_PRINTF (2, 3);

static void
tell (Person * person, const gchar * format, ...)
{
  va_list list;

  va_start (list, format);
  g_string_append_vprintf (person->told, format, list);
  va_end (list);
  g_string_append_c (person->told, '\n');
}

static void
on_state (GstE2eeMeeting * meeting, GstE2eeState state, const gchar * code, Person * person)
{
  tell (person, "state %s %s", gst_e2ee_state_get_nick (state), code);
}

static void
on_phase (GstE2eeMeeting * meeting, GstE2eeMeetingPhase phase, const gchar * code, Person * person)
{
  GEnumClass *klass = g_type_class_ref (GST_TYPE_E2EE_MEETING_PHASE);

  tell (person, "phase %s %s", g_enum_get_value (klass, phase)->value_nick, code);
  g_type_class_unref (klass);
}

static void
on_joined (GstE2eeMeeting * meeting, GstE2eeMember * member, Person * person)
{
  tell (person, "joined %s", gst_e2ee_member_get_name (member));
}

static void
on_left (GstE2eeMeeting * meeting, GstE2eeMember * member, const gchar * code, Person * person)
{
  tell (person, "left %s %s", gst_e2ee_member_get_name (member), code);
}

static void
on_changed (GstE2eeMeeting * meeting, GstE2eeMember * member, Person * person)
{
  tell (person, "changed %s", gst_e2ee_member_get_name (member));
}

static void
on_streams (GstE2eeMeeting * meeting, GstE2eeMember * member, Person * person)
{
  GList *streams = gst_e2ee_member_list_streams (member);

  tell (person, "streams %s %u", gst_e2ee_member_get_name (member), g_list_length (streams));
  g_list_free_full (streams, (GDestroyNotify) gst_e2ee_stream_info_unref);
}

static void
on_new_device (GstE2eeMeeting * meeting, GstE2eeMember * member, Person * person)
{
  tell (person, "new-device %s", gst_e2ee_member_get_name (member));
}

static void
on_code (GstE2eeMeeting * meeting, const gchar * code, Person * person)
{
  tell (person, "code %s", code ? "there" : "gone");
}

static void
on_chat (GstE2eeMeeting * meeting, GstE2eeMember * member, const gchar * text, Person * person)
{
  tell (person, "chat %s: %s", gst_e2ee_member_get_name (member), text);
}

static void
on_refused (GstE2eeMeeting * meeting, const gchar * code, const gchar * text,
    GstE2eeMember * member, Person * person)
{
  tell (person, "refused %s %s", code, member ? gst_e2ee_member_get_name (member) : "-");
}

static void
on_done (GstE2eeMeeting * meeting, guint64 request, const gchar * code, const gchar * text,
    Person * person)
{
  person->last_request = request;
  tell (person, "done %s", code);
}

static void
on_notify (GstE2eeMeeting * meeting, GParamSpec * pspec, Person * person)
{
  tell (person, "notify %s", pspec->name);
}

static void
listen (Person * person)
{
  static const struct
  {
    const gchar *signal;
    GCallback callback;
  } all[] = {
    {"outgoing-message", G_CALLBACK (on_message)},
    {"state-changed", G_CALLBACK (on_state)},
    {"phase-changed", G_CALLBACK (on_phase)},
    {"member-joined", G_CALLBACK (on_joined)},
    {"member-left", G_CALLBACK (on_left)},
    {"member-changed", G_CALLBACK (on_changed)},
    {"streams-changed", G_CALLBACK (on_streams)},
    {"new-device", G_CALLBACK (on_new_device)},
    {"code-changed", G_CALLBACK (on_code)},
    {"chat-received", G_CALLBACK (on_chat)},
    {"refused", G_CALLBACK (on_refused)},
    {"request-done", G_CALLBACK (on_done)},
    {"notify", G_CALLBACK (on_notify)},
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_signal_connect (person->meeting, all[i].signal, all[i].callback, person);
}

GstE2eeMeeting *
room_open (Person * person, const gchar * name, GError ** error)
{
  Room *room = person->room;
  GstE2eeMeetingTest test = { now_ms, unix_time, room, {0,} };

  person->meeting = _gst_e2ee_meeting_new_for_test (name, room->ticket, room->link,
      person->token, person->key_file, room->authorities, person->state_file, &test, error);
  if (person->meeting)
    listen (person);
  return person->meeting;
}

void
room_close (Person * person)
{
  if (person->meeting)
    g_signal_handlers_disconnect_by_data (person->meeting, person);
  g_clear_object (&person->meeting);
}

static Room *
make (const gchar * names, GstE2eeFloor policy, guint64 begin)
{
  Room *room = g_new0 (Room, 1);
  gchar **list = g_strsplit (names, " ", ROOM_MAX_PEOPLE);

  fail_unless (e2ee_crypto_init () == E2EE_OK);
  room->begin = begin;
  room->now_ms = 1000000;
  g_mutex_init (&room->lock);
  g_queue_init (&room->messages);
  room->folder = g_dir_make_tmp ("e2ee-room-XXXXXX", NULL);
  make_authority (room);
  for (gchar ** name = list; *name; name++)
    make_person (room, *name);
  make_ticket (room, policy);
  g_strfreev (list);
  return room;
}

Room *
room_new (const gchar * names, GstE2eeFloor policy)
{
  Room *room = make (names, policy, BEGIN);

  for (guint i = 0; i < room->n_people; i++) {
    GError *error = NULL;

    room_open (&room->people[i], NULL, &error);
    fail_unless (error == NULL, "%s", error ? error->message : "");
  }
  return room;
}

Room *
room_new_now (const gchar * names, GstE2eeFloor policy)
{
  return make (names, policy, g_get_real_time () / G_USEC_PER_SEC);
}

static void
remove_folder (const gchar * folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir))) {
    gchar *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (folder);
}

void
room_free (Room * room)
{
  for (guint i = 0; i < room->n_people; i++) {
    Person *person = &room->people[i];

    room_close (person);
    g_queue_clear_full (&person->kept, (GDestroyNotify) g_bytes_unref);
    e2ee_device_unref (person->device);
    g_string_free (person->told, TRUE);
    g_free (person->token);
    g_free (person->key_file);
    g_free (person->state_file);
  }
  g_queue_clear_full (&room->messages, (GDestroyNotify) g_bytes_unref);
  e2ee_device_unref (room->authority);
  remove_folder (room->folder);
  g_free (room->folder);
  g_free (room->authorities);
  g_free (room->ticket);
  g_free (room->link);
  g_mutex_clear (&room->lock);
  g_free (room);
}

/* ---- time ---- */

static gboolean
deliver_next (Room * room)
{
  GBytes *message;

  g_mutex_lock (&room->lock);
  message = g_queue_pop_head (&room->messages);
  g_mutex_unlock (&room->lock);
  if (message == NULL)
    return FALSE;
  deliver (room, message);
  g_bytes_unref (message);
  return TRUE;
}

/* Whoever is due has his turn; the time at which the next one is. */
static guint64
tick (Room * room, gboolean * any)
{
  guint64 next = G_MAXUINT64;

  *any = FALSE;
  for (guint i = 0; i < room->n_people; i++) {
    GstE2eeMeeting *meeting = room->people[i].meeting;
    guint64 due;

    if (meeting == NULL)
      continue;
    due = _gst_e2ee_meeting_next_tick (meeting);
    if (due <= now_ms (room)) {
      _gst_e2ee_meeting_tick (meeting);
      *any = TRUE;
    }
    next = MIN (next, due);
  }
  return next;
}

static guint64
run (Room * room)
{
  gboolean any;
  guint64 next;

  do {
    while (deliver_next (room));
    next = tick (room, &any);
  } while (any || !g_queue_is_empty (&room->messages));
  return next;
}

void
room_settle (Room * room)
{
  run (room);
}

void
room_advance (Room * room, guint ms)
{
  guint64 end = now_ms (room) + ms, next;

  while ((next = run (room)) <= end)
    __atomic_store_n (&room->now_ms, (gint64) next, __ATOMIC_SEQ_CST);
  __atomic_store_n (&room->now_ms, (gint64) end, __ATOMIC_SEQ_CST);
  run (room);
}

void
room_join (Room * room)
{
  for (guint i = 0; i < room->n_people; i++) {
    GError *error = NULL;

    fail_unless (gst_e2ee_meeting_join (room->people[i].meeting, &error), "%s",
        error ? error->message : "");
    room_advance (room, 2000);
    fail_unless_equals_int (gst_e2ee_meeting_get_phase (room->people[i].meeting),
        GST_E2EE_MEETING_PHASE_MEMBER);
  }
  room_advance (room, 3000);
}

void
room_turn (Room * room, gboolean on)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_request_e2ee (room->people[0].meeting, on, NULL, &error), "%s",
      error ? error->message : "");
  room_settle (room);
  for (guint i = 0; i < room->n_people; i++)
    if (room->people[i].meeting && !room->people[i].is_cut_off && !room->people[i].is_held_back
        && gst_e2ee_meeting_get_phase (room->people[i].meeting) == GST_E2EE_MEETING_PHASE_MEMBER)
      fail_unless (gst_e2ee_meeting_is_on (room->people[i].meeting) == on);
}

guint
room_told (const Person * person, const gchar * line)
{
  gchar **lines = g_strsplit (person->told->str, "\n", -1);
  guint n = 0;

  for (gchar ** l = lines; *l; l++)
    n += g_str_equal (*l, line);
  g_strfreev (lines);
  return n;
}

void
room_forget (Room * room)
{
  for (guint i = 0; i < room->n_people; i++)
    g_string_truncate (room->people[i].told, 0);
}
