/* e2ee-rendezvous: a WebSocket server over which participants find each other.
 *
 * It relays what it does not understand, and is trusted with nothing: keys and verdicts never
 * pass through it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <glib-unix.h>
#include <libsoup/soup.h>

#include "client.h"
#include "room.h"

typedef struct
{
  gint port;
  gchar *address;
  gchar *certificate;
  gchar *key;
  gchar *wiretap;
} Options;

/* One JSON object a line: who said what in which room. */
static void
write_down (gpointer file, const gchar * room, const gchar * from, const gchar * text, gsize size)
{
  gdouble now = g_get_real_time () / (gdouble) G_USEC_PER_SEC;
  json_t *line = json_pack ("{s:f, s:s, s:s, s:s%}", "time", now, "room", room, "from", from,
      "said", text, size);

  if (!line)
    return;
  json_dumpf (line, file, JSON_COMPACT | JSON_REAL_PRECISION (17));
  fputc ('\n', file);
  fflush (file);
  json_decref (line);
}

static void
on_connected (SoupServer * server, SoupServerMessage * message, const char *path,
    SoupWebsocketConnection * connection, gpointer rooms)
{
  client_accept (connection, rooms);
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

/* Without TLS whoever is on the way could be the server; on loopback there is nobody on the way. */
static gboolean
check (const Options * options, GSocketAddress * address, GError ** error)
{
  const gchar *wrong = NULL;

  if (options->port < 0 || options->port > 65535)
    wrong = "a port is a number from 0 to 65535";
  else if (!options->certificate != !options->key)
    wrong = "--tls-certificate and --tls-key belong together";
  else if (!address)
    wrong = "--address is no IP address";
  else if (!options->certificate && !g_inet_address_get_is_loopback (
          g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    wrong = "without TLS (--tls-certificate, --tls-key) only a loopback address will do";
  if (wrong)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
  return !wrong;
}

static SoupServer *
listen_at (const Options * options, RendezvousRooms * rooms, GError ** error)
{
  GSocketAddress *address = g_inet_socket_address_new_from_string (
      options->address ? options->address : "127.0.0.1", CLAMP (options->port, 0, 65535));
  GTlsCertificate *certificate = NULL;
  SoupServer *server = NULL;

  if (!check (options, address, error))
    goto out;
  if (options->certificate) {
    certificate = g_tls_certificate_new_from_files (options->certificate, options->key, error);
    if (!certificate)
      goto out;
  }
  server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_websocket_handler (server, "/", NULL, NULL, on_connected, rooms, NULL);
  if (!soup_server_listen (server, address, certificate ? SOUP_SERVER_LISTEN_HTTPS : 0, error))
    g_clear_object (&server);

out:
  g_clear_object (&certificate);
  g_clear_object (&address);
  return server;
}

static gboolean
parse (Options * options, int *argc, char ***argv, GError ** error)
{
  const GOptionEntry entries[] = {
    {"port", 'p', 0, G_OPTION_ARG_INT, &options->port, "TCP port; 0: any that is free", "PORT"},
    {"address", 0, 0, G_OPTION_ARG_STRING, &options->address,
        "Address to listen on (default: 127.0.0.1)", "IP"},
    {"tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate,
        "Certificate in PEM: clients come with wss://", "FILE"},
    {"tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options->key, "Its private key in PEM", "FILE"},
    {"wiretap", 0, 0, G_OPTION_ARG_FILENAME, &options->wiretap,
        "Write down everything that is relayed, to see what a server sees", "FILE"},
    {NULL}
  };
  GOptionContext *context = g_option_context_new ("- lets participants find each other");
  gboolean parsed;

  g_option_context_add_main_entries (context, entries, NULL);
  parsed = g_option_context_parse (context, argc, argv, error);
  if (parsed && *argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "do not know what %s is",
        (*argv)[1]);
    parsed = FALSE;
  }
  g_option_context_free (context);
  return parsed;
}

int
main (int argc, char **argv)
{
  Options options = { 0, };
  RendezvousRooms *rooms = NULL;
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  SoupServer *server = NULL;
  FILE *wiretap = NULL;
  GError *error = NULL;
  int status = EXIT_FAILURE;

  if (!parse (&options, &argc, &argv, &error))
    goto out;
  if (options.wiretap) {
    wiretap = fopen (options.wiretap, "w");
    if (!wiretap) {
      g_set_error (&error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", options.wiretap,
          g_strerror (errno));
      goto out;
    }
  }
  rooms = rendezvous_rooms_new (wiretap ? write_down : NULL, wiretap);
  server = listen_at (&options, rooms, &error);
  if (!server)
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
  g_main_loop_unref (loop);
  /* The clients that are still there, and the rooms with them, end with the process. */
  g_clear_object (&server);
  if (wiretap)
    fclose (wiretap);
  g_free (options.address);
  g_free (options.certificate);
  g_free (options.key);
  g_free (options.wiretap);
  return status;
}
