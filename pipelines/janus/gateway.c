/* A session with a Janus gateway. Every request carries a transaction, by which its first answer
 * ("success", "error", "ack") finds the handle that asked; what comes later, or by itself, names
 * the handle as its sender. gst-e2ee, LGPL-2.1-or-later */

#include "gateway.h"

#include "common/line.h"

#define PLUGIN "janus.plugin.videoroom"
/* Janus ends a session of which it has heard nothing for 60 seconds. */
#define KEEPALIVE_SECONDS 25
#define MAX_READABLE 128
/* JANUS_ERROR_SESSION_NOT_FOUND */
#define NO_SUCH_SESSION 458

struct _Gateway
{
  Line *line;
  gchar *token;
  gchar *api_secret;
  json_int_t session;           /* 0: not there yet */
  guint64 transactions;
  guint keepalive;
  GHashTable *pending;          /* gchar *: transaction -> GatewayHandle, NULL for the session */
  GPtrArray *handles;           /* not owned */
  const GatewayHandlers *handlers;
  gpointer user_data;
};

struct _GatewayHandle
{
  Gateway *gateway;
  json_int_t id;                /* 0: not attached yet */
  const GatewayHandleHandlers *handlers;
  gpointer user_data;
};

gchar *
gateway_readable (const gchar * text)
{
  gchar *valid = g_utf8_make_valid (text, -1);
  GString *readable = g_string_new (NULL);
  const gchar *at;
  guint n = 0;

  for (at = valid; *at && n < MAX_READABLE; at = g_utf8_next_char (at), n++) {
    gunichar c = g_utf8_get_char (at);

    g_string_append_unichar (readable, g_unichar_isprint (c) ? c : ' ');
  }
  g_free (valid);
  return g_string_free (readable, FALSE);
}

/* Sends @message (taken).  @handle is who asks; NULL: the session. */
static void
send_message (Gateway * self, GatewayHandle * handle, json_t * message)
{
  gchar *transaction = g_strdup_printf ("%" G_GUINT64_FORMAT, ++self->transactions);

  json_object_set_new (message, "transaction", json_string (transaction));
  if (self->token)
    json_object_set_new (message, "token", json_string (self->token));
  if (self->api_secret)
    json_object_set_new (message, "apisecret", json_string (self->api_secret));
  if (self->session)
    json_object_set_new (message, "session_id", json_integer (self->session));
  if (handle && handle->id)
    json_object_set_new (message, "handle_id", json_integer (handle->id));
  g_hash_table_insert (self->pending, transaction, handle);
  line_send (self->line, message);
}

static gboolean
on_keepalive (gpointer user_data)
{
  send_message (user_data, NULL, json_pack ("{s:s}", "janus", "keepalive"));
  return G_SOURCE_CONTINUE;
}

static GatewayHandle *
find_handle (Gateway * self, json_int_t id)
{
  guint i;

  for (i = 0; i < self->handles->len; i++) {
    GatewayHandle *handle = g_ptr_array_index (self->handles, i);

    if (handle->id == id && id != 0)
      return handle;
  }
  return NULL;
}

/* --- what comes ------------------------------------------------------------------------------- */

static void
take_success (Gateway * self, GatewayHandle * handle, const json_t * object)
{
  json_int_t id = json_integer_value (json_object_get (json_object_get (object, "data"), "id"));
  json_t *data = json_object_get (json_object_get (object, "plugindata"), "data");

  if (json_is_object (data) && handle) {
    handle->handlers->event (handle->user_data, data, NULL);
  } else if (handle && id && !handle->id) {
    handle->id = id;
    handle->handlers->attached (handle->user_data);
  } else if (!handle && id && !self->session) {
    self->session = id;
    self->keepalive = g_timeout_add_seconds (KEEPALIVE_SECONDS, on_keepalive, self);
    self->handlers->opened (self->user_data);
  }
}

static void
take_error (Gateway * self, GatewayHandle * handle, const json_t * object)
{
  const json_t *error = json_object_get (object, "error");
  const gchar *text = json_string_value (json_object_get (error, "reason"));
  gchar *reason = gateway_readable (text ? text : "an error without a reason");
  gint code = json_integer_value (json_object_get (error, "code"));

  /* That it does not know a handle any more that we give back is no fault. */
  if (handle)
    handle->handlers->refused (handle->user_data, code, reason);
  else if (!self->session || code == NO_SUCH_SESSION)
    self->handlers->failed (self->user_data, reason);
  g_free (reason);
}

static void
take_event (GatewayHandle * handle, const json_t * object)
{
  json_t *data = json_object_get (json_object_get (object, "plugindata"), "data");
  json_t *jsep = json_object_get (object, "jsep");
  const gchar *error = json_string_value (json_object_get (data, "error"));

  if (error) {
    gchar *reason = gateway_readable (error);

    handle->handlers->refused (handle->user_data,
        json_integer_value (json_object_get (data, "error_code")), reason);
    g_free (reason);
  } else if (json_is_object (data)) {
    handle->handlers->event (handle->user_data, data, json_is_object (jsep) ? jsep : NULL);
  }
}

static void
take_end (GatewayHandle * handle, const gchar * text)
{
  gchar *reason = gateway_readable (text);

  handle->handlers->hung_up (handle->user_data, reason);
  g_free (reason);
}

static void
on_received (gpointer user_data, json_t * object)
{
  Gateway *self = user_data;
  const gchar *kind = json_string_value (json_object_get (object, "janus"));
  const gchar *transaction = json_string_value (json_object_get (object, "transaction"));
  const gchar *reason = json_string_value (json_object_get (object, "reason"));
  GatewayHandle *sender =
      find_handle (self, json_integer_value (json_object_get (object, "sender")));
  gpointer asked = NULL;
  gboolean answers = transaction
      && g_hash_table_lookup_extended (self->pending, transaction, NULL, &asked);

  if (answers)
    g_hash_table_remove (self->pending, transaction);
  if (!kind) {
    g_printerr ("the gateway: a message that is none was ignored\n");
  } else if (g_str_equal (kind, "success") && answers) {
    take_success (self, asked, object);
  } else if (g_str_equal (kind, "error") && answers) {
    take_error (self, asked, object);
  } else if (g_str_equal (kind, "event") && sender) {
    take_event (sender, object);
  } else if (g_str_equal (kind, "webrtcup") && sender) {
    sender->handlers->media_up (sender->user_data);
  } else if ((g_str_equal (kind, "hangup") || g_str_equal (kind, "detached")) && sender) {
    take_end (sender, reason ? reason : kind);
  } else if (g_str_equal (kind, "timeout")) {
    self->handlers->failed (self->user_data, "the gateway ended the session");
  }
}

static void
on_opened (gpointer user_data)
{
  send_message (user_data, NULL, json_pack ("{s:s}", "janus", "create"));
}

static void
on_failed (gpointer user_data, const gchar * reason)
{
  Gateway *self = user_data;

  self->handlers->failed (self->user_data, reason);
}

static const LineHandlers line_handlers = { on_opened, on_received, on_failed };

/* --- for the caller --------------------------------------------------------------------------- */

Gateway *
gateway_new (const GatewayAddress * address, const GatewayHandlers * handlers, gpointer user_data)
{
  const LineAddress line = { address->url, address->tls_ca, "janus-protocol" };
  Gateway *self = g_new0 (Gateway, 1);

  self->token = g_strdup (address->token);
  self->api_secret = g_strdup (address->api_secret);
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->handles = g_ptr_array_new ();
  self->handlers = handlers;
  self->user_data = user_data;
  self->line = line_new (&line, &line_handlers, self);
  return self;
}

void
gateway_free (Gateway * self)
{
  g_assert (self->handles->len == 0);
  if (self->session)
    send_message (self, NULL, json_pack ("{s:s}", "janus", "destroy"));
  g_clear_handle_id (&self->keepalive, g_source_remove);
  line_free (self->line);
  g_hash_table_unref (self->pending);
  g_ptr_array_unref (self->handles);
  g_free (self->token);
  g_free (self->api_secret);
  g_free (self);
}

GatewayHandle *
gateway_attach (Gateway * gateway, const GatewayHandleHandlers * handlers, gpointer user_data)
{
  GatewayHandle *handle = g_new0 (GatewayHandle, 1);

  handle->gateway = gateway;
  handle->handlers = handlers;
  handle->user_data = user_data;
  g_ptr_array_add (gateway->handles, handle);
  send_message (gateway, handle, json_pack ("{s:s, s:s}", "janus", "attach", "plugin", PLUGIN));
  return handle;
}

static gboolean
is_of (gpointer transaction, gpointer handle, gpointer gone)
{
  return handle == gone;
}

void
gateway_handle_free (GatewayHandle * handle)
{
  Gateway *self = handle->gateway;

  g_ptr_array_remove (self->handles, handle);
  g_hash_table_foreach_remove (self->pending, is_of, handle);
  if (handle->id) {
    json_t *message = json_pack ("{s:s, s:I}", "janus", "detach", "handle_id", handle->id);

    send_message (self, NULL, message);
    /* Nobody waits for the answer. */
  }
  g_free (handle);
}

void
gateway_handle_request (GatewayHandle * handle, json_t * body, json_t * jsep)
{
  json_t *message = json_pack ("{s:s, s:o}", "janus", "message", "body", body);

  if (jsep)
    json_object_set_new (message, "jsep", jsep);
  send_message (handle->gateway, handle, message);
}

void
gateway_handle_trickle (GatewayHandle * handle, json_t * candidate)
{
  send_message (handle->gateway, handle, json_pack ("{s:s, s:o}", "janus", "trickle", "candidate",
          candidate));
}
