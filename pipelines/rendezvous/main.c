/* e2ee-rendezvous: a WebSocket server on loopback over which participants find each other.
 *
 * It relays what it does not understand, and is trusted with nothing: keys and verdicts never
 * pass through it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <glib-unix.h>
#include <libsoup/soup.h>

#include "room.h"

/* An SDP of a browser with every codec is 10 kB. */
#define MAX_MESSAGE (64 * 1024)

typedef struct
{
  SoupWebsocketConnection *connection;
  RendezvousMember *member;
} Client;

static void
client_send (gpointer user_data, const gchar * text)
{
  Client *client = user_data;

  if (soup_websocket_connection_get_state (client->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (client->connection, text);
}

static void
on_message (SoupWebsocketConnection * connection, gint type, GBytes * message, Client * client)
{
  gsize size;
  const gchar *text = g_bytes_get_data (message, &size);

  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    rendezvous_member_receive (client->member, text, size);
}

static void
on_closed (SoupWebsocketConnection * connection, Client * client)
{
  rendezvous_member_free (client->member);
  g_signal_handlers_disconnect_by_data (connection, client);
  g_object_unref (client->connection);
  g_free (client);
}

static void
on_connected (SoupServer * server, SoupServerMessage * message, const char *path,
    SoupWebsocketConnection * connection, gpointer rooms)
{
  Client *client = g_new0 (Client, 1);

  client->connection = g_object_ref (connection);
  client->member = rendezvous_member_new (rooms, client_send, client);
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_MESSAGE);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), client);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), client);
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gint
listening_port (SoupServer * server)
{
  GSList *uris = soup_server_get_uris (server);
  gint port = uris ? g_uri_get_port (uris->data) : -1;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

int
main (int argc, char **argv)
{
  gint port = 0;
  const GOptionEntry entries[] = {
    {"port", 'p', 0, G_OPTION_ARG_INT, &port, "TCP port on 127.0.0.1; 0: any that is free", "PORT"},
    {NULL}
  };
  GOptionContext *context = g_option_context_new ("- lets participants find each other");
  RendezvousRooms *rooms = rendezvous_rooms_new ();
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  SoupServer *server = NULL;
  GError *error = NULL;
  int status = EXIT_FAILURE;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    goto out;
  if (port < 0 || port > 65535 || argc > 1) {
    g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        argc > 1 ? "too many arguments" : "a port is a number from 0 to 65535");
    goto out;
  }

  server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (server, "/", NULL, NULL, on_connected, rooms, NULL);
  if (!soup_server_listen_local (server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    goto out;

  /* Whoever started us on port 0 waits for this line. */
  printf ("listening %d\n", listening_port (server));
  fflush (stdout);

  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_main_loop_run (loop);
  status = EXIT_SUCCESS;

out:
  if (error)
    g_printerr ("e2ee-rendezvous: %s\n", error->message);
  g_clear_error (&error);
  g_option_context_free (context);
  g_main_loop_unref (loop);
  /* The clients that are still there, and the rooms with them, end with the process. */
  g_clear_object (&server);
  return status;
}
