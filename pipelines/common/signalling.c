/* A participant's line to the rendezvous.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "signalling.h"

#include "line.h"

struct _Signalling
{
  Line *line;
  gchar *room;
  gchar *name;
  const SignallingHandlers *handlers;
  gpointer user_data;
};

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
  if (self->handlers->joined)
    self->handlers->joined (self->user_data);
}

static void
take_broadcast (Signalling * self, const gchar * from, const json_t * object)
{
  const gchar *text = json_string_value (json_object_get (object, "data"));
  gsize size = 0;
  guchar *bytes;
  GBytes *data;

  if (!text || !self->handlers->broadcast)
    return;
  bytes = g_base64_decode (text, &size);
  data = g_bytes_new_take (bytes, size);
  self->handlers->broadcast (self->user_data, from, data);
  g_bytes_unref (data);
}

static void
on_received (gpointer user_data, json_t * object)
{
  Signalling *self = user_data;
  const gchar *type = json_string_value (json_object_get (object, "type"));
  const gchar *from = json_string_value (json_object_get (object, "from"));
  const gchar *name = json_string_value (json_object_get (object, "name"));
  const gchar *reason = json_string_value (json_object_get (object, "reason"));

  if (!type) {
    g_printerr ("rendezvous: a message that is none was ignored\n");
  } else if (from && g_str_equal (type, "broadcast")) {
    take_broadcast (self, from, object);
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
}

static void
on_failed (gpointer user_data, const gchar * reason)
{
  Signalling *self = user_data;

  self->handlers->failed (self->user_data, reason);
}

static void
on_opened (gpointer user_data)
{
  Signalling *self = user_data;

  line_send (self->line, json_pack ("{s:s, s:s, s:s}", "type", "join", "room", self->room,
          "name", self->name));
}

static const LineHandlers line_handlers = { on_opened, on_received, on_failed };

Signalling *
signalling_new (const SignallingAddress * address, const SignallingHandlers * handlers,
    gpointer user_data)
{
  const LineAddress line = { address->url, address->tls_ca, NULL };
  Signalling *self = g_new0 (Signalling, 1);

  self->room = g_strdup (address->room);
  self->name = g_strdup (address->name);
  self->handlers = handlers;
  self->user_data = user_data;
  self->line = line_new (&line, &line_handlers, self);
  return self;
}

void
signalling_free (Signalling * self)
{
  line_free (self->line);
  g_free (self->room);
  g_free (self->name);
  g_free (self);
}

void
signalling_send (Signalling * self, const gchar * to, json_t * message)
{
  json_object_set_new (message, "to", json_string (to));
  line_send (self->line, message);
}

void
signalling_broadcast (Signalling * self, const guint8 * data, gsize size)
{
  gchar *text = g_base64_encode (data, size);

  line_send (self->line, json_pack ("{s:s, s:s}", "type", "broadcast", "data", text));
  g_free (text);
}
