/* A participant's line to the rendezvous.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "signalling.h"

#include <libsoup/soup.h>

struct _Signalling
{
  SoupSession *session;
  SoupWebsocketConnection *connection;
  GCancellable *cancellable;
  gchar *room;
  gchar *name;
  const SignallingHandlers *handlers;
  gpointer user_data;
};

static void
send_object (Signalling * self, json_t * object)
{
  gchar *text = json_dumps (object, JSON_COMPACT);

  if (text && self->connection
      && soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, text);
  free (text);
  json_decref (object);
}

static void
joined (Signalling * self, const json_t * object)
{
  json_t *peers = json_object_get (object, "peers");
  json_t *peer;
  size_t i;

  json_array_foreach (peers, i, peer) {
    if (json_is_string (peer))
      self->handlers->peer_joined (self->user_data, json_string_value (peer));
  }
}

static void
on_message (SoupWebsocketConnection * connection, gint data_type, GBytes * bytes, Signalling * self)
{
  gsize size;
  const gchar *text = g_bytes_get_data (bytes, &size);
  json_t *object = json_loadb (text, size, JSON_REJECT_DUPLICATES, NULL);
  const gchar *type = json_string_value (json_object_get (object, "type"));
  const gchar *from = json_string_value (json_object_get (object, "from"));
  const gchar *name = json_string_value (json_object_get (object, "name"));
  const gchar *reason = json_string_value (json_object_get (object, "reason"));

  if (!type) {
    g_printerr ("rendezvous: a message that is none was ignored\n");
  } else if (from) {
    self->handlers->message (self->user_data, from, type, object);
  } else if (g_str_equal (type, "joined")) {
    joined (self, object);
  } else if (g_str_equal (type, "peer-joined") && name) {
    self->handlers->peer_joined (self->user_data, name);
  } else if (g_str_equal (type, "peer-left") && name) {
    self->handlers->peer_left (self->user_data, name);
  } else if (g_str_equal (type, "error")) {
    /* A peer that left between two of our messages is no fault of the line. */
    g_printerr ("rendezvous: %s\n", reason ? reason : "error without a reason");
    if (reason && g_str_has_prefix (reason, "this name is taken"))
      self->handlers->failed (self->user_data, reason);
  }
  json_decref (object);
}

static void
on_closed (SoupWebsocketConnection * connection, Signalling * self)
{
  self->handlers->failed (self->user_data, "the rendezvous closed the line");
}

static void
on_connected (GObject * session, GAsyncResult * result, gpointer user_data)
{
  Signalling *self = user_data;
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
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  send_object (self, json_pack ("{s:s, s:s, s:s}", "type", "join", "room", self->room,
          "name", self->name));
}

Signalling *
signalling_new (const gchar * url, const gchar * room, const gchar * name,
    const SignallingHandlers * handlers, gpointer user_data)
{
  Signalling *self = g_new0 (Signalling, 1);
  SoupMessage *message = soup_message_new (SOUP_METHOD_GET, url);

  self->session = soup_session_new ();
  self->cancellable = g_cancellable_new ();
  self->room = g_strdup (room);
  self->name = g_strdup (name);
  self->handlers = handlers;
  self->user_data = user_data;
  if (message) {
    soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
        self->cancellable, on_connected, self);
    g_object_unref (message);
  } else {
    handlers->failed (user_data, "the address of the rendezvous is not a URL");
  }
  return self;
}

void
signalling_free (Signalling * self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->connection) {
    g_signal_handlers_disconnect_by_data (self->connection, self);
    if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    g_object_unref (self->connection);
  }
  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_free (self->room);
  g_free (self->name);
  g_free (self);
}

void
signalling_send (Signalling * self, const gchar * to, json_t * message)
{
  json_object_set_new (message, "to", json_string (to));
  send_object (self, message);
}
