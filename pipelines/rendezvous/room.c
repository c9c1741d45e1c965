/* The rooms of a rendezvous; the protocol is docs/rendezvous.md.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "room.h"

struct _RendezvousRooms
{
  GHashTable *by_name;          /* gchar * -> GHashTable of gchar * -> RendezvousMember */
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
rendezvous_rooms_new (void)
{
  RendezvousRooms *rooms = g_new0 (RendezvousRooms, 1);

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
static void
send_object (RendezvousMember * member, json_t * object)
{
  gchar *text = json_dumps (object, JSON_COMPACT);

  if (text)
    member->send (member->user_data, text);
  free (text);
  json_decref (object);
}

static void
send_error (RendezvousMember * member, const gchar * reason)
{
  send_object (member, json_pack ("{s:s, s:s}", "type", "error", "reason", reason));
}

static void
tell_others (RendezvousMember * member, GHashTable * members, const gchar * type)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, NULL, &other)) {
    if (other != member)
      send_object (other, json_pack ("{s:s, s:s}", "type", type, "name", member->name));
  }
}

static gboolean
is_name (const gchar * name)
{
  return name && *name && strlen (name) <= RENDEZVOUS_MAX_NAME;
}

static void
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
    return;
  }
  if (!is_name (room) || !is_name (name)) {
    send_error (member, "join needs a room and a name of 1 to 64 bytes");
    return;
  }
  members = g_hash_table_lookup (member->rooms->by_name, room);
  if (!members) {
    if (g_hash_table_size (member->rooms->by_name) >= RENDEZVOUS_MAX_ROOMS) {
      send_error (member, "too many rooms");
      return;
    }
    members = g_hash_table_new (g_str_hash, g_str_equal);
    g_hash_table_insert (member->rooms->by_name, g_strdup (room), members);
  } else if (g_hash_table_contains (members, name)) {
    send_error (member, "this name is taken in this room");
    return;
  } else if (g_hash_table_size (members) >= RENDEZVOUS_MAX_MEMBERS) {
    send_error (member, "the room is full");
    return;
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
}

static void
relay (RendezvousMember * member, json_t * object)
{
  const gchar *to = json_string_value (json_object_get (object, "to"));
  RendezvousMember *other;

  if (!member->room) {
    send_error (member, "join first");
    return;
  }
  if (!to) {
    send_error (member, "neither a join nor a message with \"to\"");
    return;
  }
  other = g_hash_table_lookup (g_hash_table_lookup (member->rooms->by_name, member->room), to);
  if (!other) {
    send_error (member, "nobody of that name in this room");
    return;
  }
  /* Who sent it is what the server knows, not what the sender says. */
  json_object_set_new (object, "from", json_string (member->name));
  send_object (other, json_incref (object));
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
    GHashTable *members = g_hash_table_lookup (member->rooms->by_name, member->room);

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

  if (!json_is_object (object))
    send_error (member, "not a JSON object");
  else if (g_strcmp0 (json_string_value (json_object_get (object, "type")), "join") == 0
      && !json_object_get (object, "to"))
    join (member, object);
  else
    relay (member, object);
  json_decref (object);
}
