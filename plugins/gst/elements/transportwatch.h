/* Keeps an eye on a webrtcbin's transport (gst/e2ee/transport.h), for gates.
 *
 * The check waits for webrtcbin's locks, so it runs in a thread of its own: whenever webrtcbin says
 * that something has changed, and once a second while somebody looks.  Closed until the first
 * check has gone well.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _E2eeTransportWatch E2eeTransportWatch;

/* @owner gets an element message `e2ee-transport` (`ok`, `reason`) on its bus at every change. */
E2eeTransportWatch *e2ee_transport_watch_new (GstElement * owner, GstElement * webrtcbin);
/* A check that is under way ends by itself.  NULL is allowed. */
void e2ee_transport_watch_stop (E2eeTransportWatch * watch);

/* NULL when the transport is what it must be, else why not.  Static; any thread; never waits. */
const gchar *e2ee_transport_watch_look (E2eeTransportWatch * watch);

G_END_DECLS
