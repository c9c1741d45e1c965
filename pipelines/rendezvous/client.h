/* One connection: what comes is limited and given to its member, what goes out waits in an outbox.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

#include "room.h"

G_BEGIN_DECLS

#define CLIENT_MAX_CLIENTS 1024

/* Lives until @connection is closed. */
void client_accept (SoupWebsocketConnection * connection, RendezvousRooms * rooms);

G_END_DECLS
