/* One connection.
 * The order of work: what has come is read, what waits is written, and only then is the next
 * message of anybody looked at.  So a burst of one client does not pile up in front of the
 * others faster than they can take it.
 * gst-e2ee, LGPL-2.1-or-later */

#include "client.h"

#include "budget.h"
#include "outbox.h"

/* A broadcast of the greatest size in its JSON object. */
#define MAX_MESSAGE (RENDEZVOUS_MAX_DATA + 4096)

#define BEHIND_THE_OUTBOXES (OUTBOX_PRIORITY + 10)

typedef struct
{
  SoupWebsocketConnection *connection;
  RendezvousMember *member;
  Outbox *outbox;
  Budget budget;
  GQueue inbox;                 /* GBytes *: what the budget let in */
  guint reading;                /* source; 0: the inbox is empty */
  gboolean ended;               /* by us; what still comes is not looked at */
  gboolean closed;              /* goes when the inbox is empty */
} Client;

static guint n_clients;

static gboolean
close_stream (gpointer stream)
{
  g_io_stream_close (stream, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* Says why, and does not wait for an answer: one who does not read will not answer either. */
static void
end (Client * client, const gchar * reason)
{
  GIOStream *stream = soup_websocket_connection_get_io_stream (client->connection);

  if (client->ended)
    return;
  client->ended = TRUE;
  soup_websocket_connection_close (client->connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
      reason);
  g_timeout_add_full (G_PRIORITY_HIGH, 100, close_stream, g_object_ref (stream), g_object_unref);
}

static void
on_send (gpointer user_data, GRefString * text)
{
  Client *client = user_data;

  if (!client->ended && !outbox_add (client->outbox, text))
    end (client, "reads too slowly");
}

static void
free_client (Client * client)
{
  rendezvous_member_free (client->member);
  outbox_free (client->outbox);
  g_object_unref (client->connection);
  g_free (client);
  n_clients--;
}

static gboolean
read_one (gpointer user_data)
{
  Client *client = user_data;
  GBytes *message = g_queue_pop_head (&client->inbox);
  gsize size;
  const gchar *text = g_bytes_get_data (message, &size);

  if (!client->ended)
    rendezvous_member_receive (client->member, text, size);
  g_bytes_unref (message);
  if (!g_queue_is_empty (&client->inbox))
    return G_SOURCE_CONTINUE;
  client->reading = 0;
  if (client->closed)
    free_client (client);
  return G_SOURCE_REMOVE;
}

static void
on_message (SoupWebsocketConnection * connection, gint type, GBytes * message, Client * client)
{
  if (client->ended)
    return;
  if (!budget_spend (&client->budget, g_bytes_get_size (message), g_get_monotonic_time ())) {
    end (client, "says too much");
  } else if (type == SOUP_WEBSOCKET_DATA_TEXT) {
    g_queue_push_tail (&client->inbox, g_bytes_ref (message));
    if (!client->reading)
      client->reading = g_idle_add_full (BEHIND_THE_OUTBOXES, read_one, client, NULL);
  }
}

static void
on_closed (SoupWebsocketConnection * connection, Client * client)
{
  g_signal_handlers_disconnect_by_data (connection, client);
  client->closed = TRUE;
  if (!client->reading)
    free_client (client);
}

void
client_accept (SoupWebsocketConnection * connection, RendezvousRooms * rooms)
{
  Client *client;

  if (n_clients >= CLIENT_MAX_CLIENTS) {
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "full");
    return;
  }
  n_clients++;
  client = g_new0 (Client, 1);
  client->connection = g_object_ref (connection);
  g_queue_init (&client->inbox);
  client->outbox = outbox_new (connection);
  client->member = rendezvous_member_new (rooms, on_send, client);
  budget_init (&client->budget, g_get_monotonic_time ());
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_MESSAGE);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), client);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), client);
}
