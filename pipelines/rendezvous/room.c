/* The rooms of a rendezvous; the protocol is docs/rendezvous.md.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "room.h"

struct _RendezvousRooms
{
  GHashTable *by_name;          /* gchar * -> GHashTable of gchar * -> RendezvousMember */
  RendezvousTapFunc tap;        /* NULL: nobody listens in */
  gpointer user_data;
};

struct _RendezvousMember
{
  RendezvousRooms *rooms;
  RendezvousSendFunc send;
  gpointer user_data;
  gchar *room;                  /* NULL until he has joined */
  gchar *name;
};

RendezvousRooms *
rendezvous_rooms_new (RendezvousTapFunc tap, gpointer user_data)
{
  RendezvousRooms *rooms = g_new0 (RendezvousRooms, 1);

  rooms->tap = tap;
  rooms->user_data = user_data;
  rooms->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      (GDestroyNotify) g_hash_table_unref);
  return rooms;
}

void
rendezvous_rooms_free (RendezvousRooms * rooms)
{
  g_hash_table_unref (rooms->by_name);
  g_free (rooms);
}

/* Takes @object. */
static GRefString *
text_of (json_t * object)
{
  gchar *text = json_dumps (object, JSON_COMPACT);
  GRefString *shared = g_ref_string_new (text ? text : "{}");

  free (text);
  json_decref (object);
  return shared;
}

/* Takes @object. */
static void
send_object (RendezvousMember * member, json_t * object)
{
  GRefString *text = text_of (object);

  member->send (member->user_data, text);
  g_ref_string_release (text);
}

static void
send_error (RendezvousMember * member, const gchar * reason)
{
  send_object (member, json_pack ("{s:s, s:s}", "type", "error", "reason", reason));
}

/* To all in @members but @except (NULL: to everybody).  Takes @object. */
static void
send_to_members (GHashTable * members, RendezvousMember * except, json_t * object)
{
  GRefString *text = text_of (object);
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, NULL, &other)) {
    RendezvousMember *member = other;

    if (member != except)
      member->send (member->user_data, text);
  }
  g_ref_string_release (text);
}

static void
tell_others (RendezvousMember * member, GHashTable * members, const gchar * type)
{
  send_to_members (members, member, json_pack ("{s:s, s:s}", "type", type, "name",
          member->name));
}

static gboolean
is_name (const gchar * name)
{
  return name && *name && strlen (name) <= RENDEZVOUS_MAX_NAME;
}

static gboolean
join (RendezvousMember * member, const json_t * object)
{
  const gchar *room = json_string_value (json_object_get (object, "room"));
  const gchar *name = json_string_value (json_object_get (object, "name"));
  GHashTable *members;
  GHashTableIter iter;
  gpointer other;
  json_t *peers;

  if (member->room) {
    send_error (member, "already joined");
    return FALSE;
  }
  if (!is_name (room) || !is_name (name)) {
    send_error (member, "join needs a room and a name of 1 to 64 bytes");
    return FALSE;
  }
  members = g_hash_table_lookup (member->rooms->by_name, room);
  if (!members) {
    if (g_hash_table_size (member->rooms->by_name) >= RENDEZVOUS_MAX_ROOMS) {
      send_error (member, "too many rooms");
      return FALSE;
    }
    members = g_hash_table_new (g_str_hash, g_str_equal);
    g_hash_table_insert (member->rooms->by_name, g_strdup (room), members);
  } else if (g_hash_table_contains (members, name)) {
    send_error (member, "this name is taken in this room");
    return FALSE;
  } else if (g_hash_table_size (members) >= RENDEZVOUS_MAX_MEMBERS) {
    send_error (member, "the room is full");
    return FALSE;
  }

  peers = json_array ();
  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    json_array_append_new (peers, json_string (other));

  member->room = g_strdup (room);
  member->name = g_strdup (name);
  g_hash_table_insert (members, member->name, member);

  send_object (member, json_pack ("{s:s, s:o}", "type", "joined", "peers", peers));
  tell_others (member, members, "peer-joined");
  return TRUE;
}

static GHashTable *
members_with (RendezvousMember * member)
{
  return g_hash_table_lookup (member->rooms->by_name, member->room);
}

/* The meeting's channel: everybody gets it, he who sent it too, so that all know its place in the
 * one order. */
static gboolean
broadcast (RendezvousMember * member, json_t * object)
{
  json_t *data = json_object_get (object, "data");

  if (!json_is_string (data)) {
    send_error (member, "a broadcast needs \"data\"");
    return FALSE;
  }
  if (json_string_length (data) > RENDEZVOUS_MAX_DATA) {
    send_error (member, "a broadcast carries up to 1 MiB");
    return FALSE;
  }
  send_to_members (members_with (member), NULL, json_pack ("{s:s, s:s, s:O}", "type", "broadcast",
          "from", member->name, "data", data));
  return TRUE;
}

static gboolean
relay (RendezvousMember * member, json_t * object)
{
  const gchar *to = json_string_value (json_object_get (object, "to"));
  RendezvousMember *other;

  if (!to) {
    send_error (member, "neither a join nor a broadcast nor a message with \"to\"");
    return FALSE;
  }
  other = g_hash_table_lookup (members_with (member), to);
  if (!other) {
    send_error (member, "nobody of that name in this room");
    return FALSE;
  }
  /* Who sent it is what the server knows, not what the sender says. */
  json_object_set_new (object, "from", json_string (member->name));
  send_object (other, json_incref (object));
  return TRUE;
}

RendezvousMember *
rendezvous_member_new (RendezvousRooms * rooms, RendezvousSendFunc send, gpointer user_data)
{
  RendezvousMember *member = g_new0 (RendezvousMember, 1);

  member->rooms = rooms;
  member->send = send;
  member->user_data = user_data;
  return member;
}

void
rendezvous_member_free (RendezvousMember * member)
{
  if (member->room) {
    GHashTable *members = members_with (member);

    g_hash_table_remove (members, member->name);
    tell_others (member, members, "peer-left");
    if (g_hash_table_size (members) == 0)
      g_hash_table_remove (member->rooms->by_name, member->room);
  }
  g_free (member->room);
  g_free (member->name);
  g_free (member);
}

void
rendezvous_member_receive (RendezvousMember * member, const gchar * text, gsize size)
{
  json_t *object = json_loadb (text, size, JSON_REJECT_DUPLICATES, NULL);
  const gchar *type = json_string_value (json_object_get (object, "type"));
  gboolean to_one = json_object_get (object, "to") != NULL;
  gboolean done = FALSE;

  if (!json_is_object (object))
    send_error (member, "not a JSON object");
  else if (g_strcmp0 (type, "join") == 0 && !to_one)
    done = join (member, object);
  else if (!member->room)
    send_error (member, "join first");
  else if (g_strcmp0 (type, "broadcast") == 0 && !to_one)
    done = broadcast (member, object);
  else if (size > RENDEZVOUS_MAX_MESSAGE)
    send_error (member, "a message to one participant has up to 64 KiB");
  else
    done = relay (member, object);

  if (done && member->rooms->tap)
    member->rooms->tap (member->rooms->user_data, member->room, member->name, text, size);
  json_decref (object);
}
