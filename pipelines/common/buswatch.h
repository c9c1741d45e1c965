/* What the elements of a pipeline say: all of it for the journal, and of errors the one that ends
 * the whole.  Main thread only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "journal.h"
#include "receiver.h"

G_BEGIN_DECLS

typedef struct _BusWatch BusWatch;

/* @reason is for a person. */
typedef void (*BusWatchFunc) (gpointer user_data, const gchar * reason);

/* @journal and @receiver, whose errors may be forgiven, must stay. */
BusWatch *bus_watch_new (GstElement * pipeline, Journal * journal, Receiver * receiver,
    BusWatchFunc failed, gpointer user_data);
/* Nothing is told any more; NULL is nothing. */
void bus_watch_free (BusWatch * watch);

G_END_DECLS
