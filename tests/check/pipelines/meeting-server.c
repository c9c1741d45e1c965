/* A delivery service in memory that does what the test says (meeting-server.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#define _GNU_SOURCE             /* memmem */
#include "meeting-server.h"

#include <string.h>

/* More than that in one call goes round in a circle. */
#define MAX_TURNS 200000

typedef struct
{
  GBytes *message;
  gint64 due;
} Parcel;

static gint64
now_of (Server * server)
{
  return __atomic_load_n (&server->room->now_ms, __ATOMIC_SEQ_CST);
}

static gint
compare_due (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Parcel *one = a, *other = b;

  /* Never 0: what comes later stays behind. */
  return one->due <= other->due ? -1 : 1;
}

void
server_hand (Server * server, guint to, GBytes * message, guint delay_ms)
{
  Parcel *parcel = g_new (Parcel, 1);

  parcel->message = g_bytes_ref (message);
  parcel->due = now_of (server) + delay_ms;
  g_queue_insert_sorted (&server->inbox[to], parcel, compare_due, NULL);
}

void
server_hand_all (Server * server, GBytes * message)
{
  for (guint i = 0; i < server->room->n_people; i++)
    if (!server->is_deaf[i])
      server_hand (server, i, message, server->delay_ms[i]);
}

static void
on_message (GstE2eeMeeting * meeting, GBytes * message, Server * server)
{
  guint from = 0;

  while (server->room->people[from].meeting != meeting)
    from++;
  if (server->is_mute[from])
    return;
  g_ptr_array_add (server->carried, g_bytes_ref (message));
  if (server->lie)
    server->lie (server, from, message, server->lie_data);
  else
    server_hand_all (server, message);
}

void
server_listen (Server * server, guint who)
{
  Person *person = &server->room->people[who];

  person->is_cut_off = TRUE;    /* from the room's own service */
  g_signal_connect (person->meeting, "outgoing-message", G_CALLBACK (on_message), server);
}

Server *
server_new (Room * room)
{
  Server *server = g_new0 (Server, 1);

  server->room = room;
  server->carried = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < room->n_people; i++)
    server_listen (server, i);
  return server;
}

static void
parcel_free (Parcel * parcel)
{
  g_bytes_unref (parcel->message);
  g_free (parcel);
}

void
server_free (Server * server)
{
  for (guint i = 0; i < server->room->n_people; i++) {
    if (server->room->people[i].meeting)
      g_signal_handlers_disconnect_by_data (server->room->people[i].meeting, server);
    g_queue_clear_full (&server->inbox[i], (GDestroyNotify) parcel_free);
  }
  g_ptr_array_unref (server->carried);
  g_free (server);
}

/* One message, or one turn of the clock's; FALSE when nothing is due. */
static gboolean
turn (Server * server, guint who)
{
  GstE2eeMeeting *meeting = server->room->people[who].meeting;
  Parcel *parcel = g_queue_peek_head (&server->inbox[who]);

  if (parcel && parcel->due <= now_of (server)) {
    g_queue_pop_head (&server->inbox[who]);
    if (meeting && !gst_e2ee_meeting_receive (meeting, parcel->message, NULL))
      server->n_refused++;
    parcel_free (parcel);
    return TRUE;
  }
  if (meeting == NULL || _gst_e2ee_meeting_next_tick (meeting) > (guint64) now_of (server))
    return FALSE;
  _gst_e2ee_meeting_tick (meeting);
  return TRUE;
}

static gint64
next_due (Server * server)
{
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < server->room->n_people; i++) {
    GstE2eeMeeting *meeting = server->room->people[i].meeting;
    Parcel *parcel = g_queue_peek_head (&server->inbox[i]);

    if (parcel)
      next = MIN (next, parcel->due);
    if (meeting)
      next = MIN (next, (gint64) MIN (_gst_e2ee_meeting_next_tick (meeting), G_MAXINT64));
  }
  return next;
}

void
server_run (Server * server, guint ms)
{
  gint64 end = now_of (server) + ms;
  guint turns = 0;

  for (;;) {
    gboolean any = FALSE;
    gint64 next;

    for (guint i = 0; i < server->room->n_people; i++)
      any |= turn (server, i);
    fail_unless (turns++ < MAX_TURNS, "the messages do not come to an end");
    if (any)
      continue;
    next = next_due (server);
    if (next > end)
      break;
    __atomic_store_n (&server->room->now_ms, next, __ATOMIC_SEQ_CST);
  }
  __atomic_store_n (&server->room->now_ms, end, __ATOMIC_SEQ_CST);
}

gboolean
server_has_seen (Server * server, const gchar * text)
{
  for (guint i = 0; i < server->carried->len; i++) {
    gsize size;
    gconstpointer data = g_bytes_get_data (g_ptr_array_index (server->carried, i), &size);

    if (memmem (data, size, text, strlen (text)))
      return TRUE;
  }
  return FALSE;
}
