/* What the elements of a pipeline say.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "buswatch.h"

struct _BusWatch
{
  GstElement *pipeline;
  Journal *journal;
  Receiver *receiver;
  BusWatchFunc failed;
  gpointer user_data;
};

static void
take_error (BusWatch * watch, GstObject * source, const GError * error, const gchar * debug)
{
  gchar *reason;

  if (receiver_forgives (watch->receiver, source)) {
    journal_say (watch->journal, "error from %s: %s", GST_OBJECT_NAME (source), error->message);
    return;
  }
  reason = g_strdup_printf ("%s: %s (%s)", GST_OBJECT_NAME (source), error->message,
      debug ? debug : "no details");
  watch->failed (watch->user_data, reason);
  g_free (reason);
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  BusWatch *watch = user_data;
  GError *error = NULL;
  gchar *debug = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      journal_take (watch->journal, message);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (watch->pipeline));
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, &debug);
      journal_say (watch->journal, "warning from %s: %s", GST_MESSAGE_SRC_NAME (message),
          error->message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, &debug);
      take_error (watch, GST_MESSAGE_SRC (message), error, debug);
      break;
    default:
      break;
  }
  g_clear_error (&error);
  g_free (debug);
  return G_SOURCE_CONTINUE;
}

BusWatch *
bus_watch_new (GstElement * pipeline, Journal * journal, Receiver * receiver, BusWatchFunc failed,
    gpointer user_data)
{
  BusWatch *watch = g_new0 (BusWatch, 1);

  watch->pipeline = pipeline;
  watch->journal = journal;
  watch->receiver = receiver;
  watch->failed = failed;
  watch->user_data = user_data;
  gst_bus_add_watch (GST_ELEMENT_BUS (pipeline), on_message, watch);
  return watch;
}

void
bus_watch_free (BusWatch * watch)
{
  if (!watch)
    return;
  gst_bus_remove_watch (GST_ELEMENT_BUS (watch->pipeline));
  g_free (watch);
}
