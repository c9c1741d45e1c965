/* The watch on a webrtcbin (transportwatch.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Lives as long as the last of: its user, the signal handlers, a check under way.  `reason`,
 * `pending`, `stopped` and `next` are atomic; `transports` belongs to the check, of which there is
 * one at a time: guarded by `lock`. */
#include "elements/transportwatch.h"

#include <gst/e2ee/transport.h>

#define INTERVAL G_USEC_PER_SEC

struct _E2eeTransportWatch
{
  GWeakRef owner;
  GWeakRef webrtcbin;
  const gchar *reason;
  gint pending;
  gint stopped;
  gint64 next;                  /* when to look again; guarded by lock */
  gboolean told;                /* guarded by lock */
  GMutex lock;
};

static const gchar *const signals[] = {
  "notify::connection-state", "notify::ice-connection-state", "notify::signaling-state",
  "on-new-transceiver", "pad-added"
};

static void
clear (gpointer data)
{
  E2eeTransportWatch *watch = data;

  g_weak_ref_clear (&watch->owner);
  g_weak_ref_clear (&watch->webrtcbin);
  g_mutex_clear (&watch->lock);
}

static void
release (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear);
}

static void
release_closure (gpointer data, GClosure * closure)
{
  release (data);
}

static void
tell (E2eeTransportWatch * watch, const gchar * reason)
{
  GstElement *owner = g_weak_ref_get (&watch->owner);

  if (owner == NULL)
    return;
  gst_element_post_message (owner, gst_message_new_element (GST_OBJECT (owner),
          gst_structure_new ("e2ee-transport", "ok", G_TYPE_BOOLEAN, reason == NULL,
              "reason", G_TYPE_STRING, reason != NULL ? reason : "ok", NULL)));
  gst_object_unref (owner);
}

static void ask (E2eeTransportWatch * watch);

static void
follow (E2eeTransportWatch * watch, GObject * object, const gchar * signal)
{
  if (g_signal_handler_find (object, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, watch) == 0)
    g_signal_connect_data (object, signal, G_CALLBACK (ask), g_atomic_rc_box_acquire (watch),
        release_closure, G_CONNECT_SWAPPED);
}

/* A DTLS transport says itself when it is closed, and webrtcbin does not. */
static void
follow_transports (E2eeTransportWatch * watch, GstElement * webrtcbin)
{
  GArray *transceivers = NULL;

  g_signal_emit_by_name (webrtcbin, "get-transceivers", &transceivers);
  for (guint i = 0; transceivers != NULL && i < transceivers->len; i++) {
    GObject *receiver = NULL, *transport = NULL;

    g_object_get (g_array_index (transceivers, GObject *, i), "receiver", &receiver, NULL);
    if (receiver != NULL)
      g_object_get (receiver, "transport", &transport, NULL);
    if (transport != NULL)
      follow (watch, transport, "notify::state");
    g_clear_object (&transport);
    g_clear_object (&receiver);
  }
  if (transceivers != NULL)
    g_array_unref (transceivers);
}

static void
check (GstElement * webrtcbin, gpointer data)
{
  E2eeTransportWatch *watch = data;
  const gchar *reason = NULL;
  gboolean changed;

  /* What changes from here on asks for another check. */
  g_atomic_int_set (&watch->pending, 0);
  g_mutex_lock (&watch->lock);
  follow_transports (watch, webrtcbin);
  gst_e2ee_transport_check (webrtcbin, &reason);
  changed = !watch->told || reason != g_atomic_pointer_get (&watch->reason);
  watch->told = TRUE;
  g_atomic_pointer_set (&watch->reason, reason);
  g_mutex_unlock (&watch->lock);
  if (changed && !g_atomic_int_get (&watch->stopped))
    tell (watch, reason);
}

static void
ask (E2eeTransportWatch * watch)
{
  GstElement *webrtcbin;

  if (g_atomic_int_get (&watch->stopped)
      || !g_atomic_int_compare_and_exchange (&watch->pending, 0, 1))
    return;
  webrtcbin = g_weak_ref_get (&watch->webrtcbin);
  if (webrtcbin == NULL) {
    g_atomic_pointer_set (&watch->reason, "transport-closed");
    return;
  }
  gst_element_call_async (webrtcbin, check, g_atomic_rc_box_acquire (watch), release);
  gst_object_unref (webrtcbin);
}

E2eeTransportWatch *
e2ee_transport_watch_new (GstElement * owner, GstElement * webrtcbin)
{
  E2eeTransportWatch *watch = g_atomic_rc_box_new0 (E2eeTransportWatch);

  g_weak_ref_init (&watch->owner, owner);
  g_weak_ref_init (&watch->webrtcbin, webrtcbin);
  g_mutex_init (&watch->lock);
  watch->reason = "transport-connecting";
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_data (webrtcbin, signals[i], G_CALLBACK (ask),
        g_atomic_rc_box_acquire (watch), release_closure, G_CONNECT_SWAPPED);
  ask (watch);
  return watch;
}

void
e2ee_transport_watch_stop (E2eeTransportWatch * watch)
{
  GstElement *webrtcbin;

  if (watch == NULL)
    return;
  g_atomic_int_set (&watch->stopped, 1);
  webrtcbin = g_weak_ref_get (&watch->webrtcbin);
  if (webrtcbin != NULL) {
    g_signal_handlers_disconnect_by_data (webrtcbin, watch);
    gst_object_unref (webrtcbin);
  }
  release (watch);
}

const gchar *
e2ee_transport_watch_look (E2eeTransportWatch * watch)
{
  gint64 now = g_get_monotonic_time ();

  /* A transport tells nobody of some of its changes. */
  if (g_mutex_trylock (&watch->lock)) {
    gboolean due = now >= watch->next;

    if (due)
      watch->next = now + INTERVAL;
    g_mutex_unlock (&watch->lock);
    if (due)
      ask (watch);
  }
  return g_atomic_pointer_get (&watch->reason);
}
