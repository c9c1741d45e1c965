/* What waits to be written to one client.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "outbox.h"

struct _Outbox
{
  SoupWebsocketConnection *connection;
  GQueue waiting;               /* GRefString * */
  gsize bytes;                  /* of all that waits */
  GSource *source;              /* NULL when nothing waits */
  gboolean overflown;
};

/* The connection writes in a source of its own, of default priority, for as long as it holds
 * something.  Ours, of the same stream, comes behind it: when it is its turn, the stream takes
 * more and the connection has nothing left.  So never more than one message is out of our
 * hands. */
G_STATIC_ASSERT (OUTBOX_PRIORITY > G_PRIORITY_DEFAULT);

Outbox *
outbox_new (SoupWebsocketConnection * connection)
{
  Outbox *outbox = g_new0 (Outbox, 1);

  outbox->connection = g_object_ref (connection);
  g_queue_init (&outbox->waiting);
  return outbox;
}

static void
clear (Outbox * outbox)
{
  g_queue_clear_full (&outbox->waiting, (GDestroyNotify) g_ref_string_release);
  outbox->bytes = 0;
  if (outbox->source) {
    g_source_destroy (outbox->source);
    g_clear_pointer (&outbox->source, g_source_unref);
  }
}

void
outbox_free (Outbox * outbox)
{
  clear (outbox);
  g_object_unref (outbox->connection);
  g_free (outbox);
}

static gboolean
on_writable (GObject * stream, gpointer user_data)
{
  Outbox *outbox = user_data;
  GRefString *text;

  if (soup_websocket_connection_get_state (outbox->connection) != SOUP_WEBSOCKET_STATE_OPEN) {
    clear (outbox);
    return G_SOURCE_REMOVE;
  }
  text = g_queue_pop_head (&outbox->waiting);
  outbox->bytes -= g_ref_string_length (text);
  soup_websocket_connection_send_text (outbox->connection, text);
  g_ref_string_release (text);
  if (!g_queue_is_empty (&outbox->waiting))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&outbox->source, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
watch_stream (Outbox * outbox)
{
  GIOStream *stream = soup_websocket_connection_get_io_stream (outbox->connection);

  outbox->source = g_pollable_output_stream_create_source (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)), NULL);
  g_source_set_callback (outbox->source, G_SOURCE_FUNC (on_writable), outbox, NULL);
  g_source_set_priority (outbox->source, OUTBOX_PRIORITY);
  g_source_attach (outbox->source, g_main_context_get_thread_default ());
}

gboolean
outbox_add (Outbox * outbox, GRefString * text)
{
  gsize size = g_ref_string_length (text);

  if (outbox->overflown)
    return FALSE;
  if (soup_websocket_connection_get_state (outbox->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return TRUE;
  if (outbox->bytes + size > OUTBOX_MAX_BYTES
      || g_queue_get_length (&outbox->waiting) >= OUTBOX_MAX_MESSAGES) {
    outbox->overflown = TRUE;
    clear (outbox);
    return FALSE;
  }
  g_queue_push_tail (&outbox->waiting, g_ref_string_acquire (text));
  outbox->bytes += size;
  if (!outbox->source)
    watch_stream (outbox);
  return TRUE;
}
