/* A WebSocket on which JSON objects go to and fro.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "line.h"

#include <libsoup/soup.h>

/* A broadcast of the greatest size in its JSON object. */
#define MAX_MESSAGE (2 * 1024 * 1024)

struct _Line
{
  SoupSession *session;
  SoupWebsocketConnection *connection;
  GCancellable *cancellable;
  GError *wrong;                /* with the address, until it is told */
  guint idle;
  const LineHandlers *handlers;
  gpointer user_data;
};

static void
on_message (SoupWebsocketConnection * connection, gint data_type, GBytes * bytes, Line * self)
{
  gsize size;
  const gchar *text = g_bytes_get_data (bytes, &size);
  json_t *object = json_loadb (text, size, JSON_REJECT_DUPLICATES, NULL);

  if (json_is_object (object))
    self->handlers->received (self->user_data, object);
  else
    g_printerr ("a message that is no JSON object was ignored\n");
  json_decref (object);
}

static void
on_closed (SoupWebsocketConnection * connection, Line * self)
{
  self->handlers->failed (self->user_data, "the other side closed the line");
}

static void
on_connected (GObject * session, GAsyncResult * result, gpointer user_data)
{
  Line *self = user_data;
  GError *error = NULL;
  SoupWebsocketConnection *connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);

  if (!connection) {
    /* Cancelled: the line was freed, and self with it. */
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      self->handlers->failed (self->user_data, error->message);
    g_clear_error (&error);
    return;
  }
  self->connection = connection;
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_MESSAGE);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  self->handlers->opened (self->user_data);
}

static gboolean
is_loopback (const gchar * host)
{
  GInetAddress *address = host ? g_inet_address_new_from_string (host) : NULL;
  gboolean loopback = address ? g_inet_address_get_is_loopback (address)
      : g_strcmp0 (host, "localhost") == 0;

  g_clear_object (&address);
  return loopback;
}

/* Without TLS only a server on this machine: descriptions are not for everybody on the way. */
static gboolean
check_url (const gchar * url, GError ** error)
{
  GUri *uri = g_uri_parse (url, G_URI_FLAGS_NONE, error);
  gboolean good;

  if (!uri)
    return FALSE;
  good = g_str_equal (g_uri_get_scheme (uri), "wss")
      || (g_str_equal (g_uri_get_scheme (uri), "ws") && is_loopback (g_uri_get_host (uri)));
  if (!good)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "neither wss:// nor ws:// to this machine");
  g_uri_unref (uri);
  return good;
}

/* With @tls_ca the system's authorities are not asked: a certificate that they would sign for
 * somebody else does not help him. */
static gboolean
trust (Line * self, const gchar * tls_ca, GError ** error)
{
  GTlsDatabase *database;
  gchar *path;

  if (!tls_ca)
    return TRUE;
  path = g_canonicalize_filename (tls_ca, NULL);
  database = g_tls_file_database_new (path, error);
  g_free (path);
  if (!database)
    return FALSE;
  soup_session_set_tls_database (self->session, database);
  g_object_unref (database);
  return TRUE;
}

static gboolean
tell_wrong (gpointer user_data)
{
  Line *self = user_data;

  self->idle = 0;
  self->handlers->failed (self->user_data, self->wrong->message);
  return G_SOURCE_REMOVE;
}

Line *
line_new (const LineAddress * address, const LineHandlers * handlers, gpointer user_data)
{
  const gchar *protocols[] = { address->protocol, NULL };
  Line *self = g_new0 (Line, 1);
  SoupMessage *message;

  self->session = soup_session_new ();
  self->cancellable = g_cancellable_new ();
  self->handlers = handlers;
  self->user_data = user_data;
  if (!check_url (address->url, &self->wrong) || !trust (self, address->tls_ca, &self->wrong)) {
    self->idle = g_idle_add (tell_wrong, self);
    return self;
  }
  message = soup_message_new (SOUP_METHOD_GET, address->url);
  soup_session_websocket_connect_async (self->session, message, NULL,
      address->protocol ? (gchar **) protocols : NULL, G_PRIORITY_DEFAULT, self->cancellable,
      on_connected, self);
  g_object_unref (message);
  return self;
}

void
line_free (Line * self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->connection) {
    g_signal_handlers_disconnect_by_data (self->connection, self);
    if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    g_object_unref (self->connection);
  }
  if (self->idle)
    g_source_remove (self->idle);
  g_clear_error (&self->wrong);
  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_free (self);
}

void
line_send (Line * self, json_t * object)
{
  gchar *text = json_dumps (object, JSON_COMPACT);

  if (text && self->connection
      && soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, text);
  free (text);
  json_decref (object);
}
