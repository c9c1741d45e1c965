/* What waits to be written to one client, and how much of it may.
 *
 * A WebSocket connection of libsoup takes all that it is given and keeps it until the other side
 * reads; one client who does not would hold the memory of everything that the others say.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Of one client: a few messages of the greatest size, or very many small ones. */
#define OUTBOX_MAX_BYTES (4 * 1024 * 1024)
#define OUTBOX_MAX_MESSAGES 4096

/* Of the sources in which outboxes are emptied. */
#define OUTBOX_PRIORITY (G_PRIORITY_DEFAULT + 10)

typedef struct _Outbox Outbox;

Outbox *outbox_new (SoupWebsocketConnection * connection);
void outbox_free (Outbox * outbox);

/* Keeps a reference of @text until it has been handed to the connection; order is kept.  FALSE:
 * the client is too slow, nothing more goes to him. */
gboolean outbox_add (Outbox * outbox, GRefString * text);

G_END_DECLS
