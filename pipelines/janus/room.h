/* One participant in a room, from the first word to the figures.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "options.h"

G_BEGIN_DECLS

typedef struct _Room Room;

/* @finished is called once in the main thread, when all is over and the main loop may end. */
Room *room_new (const JanusOptions * options, void (*finished) (gpointer user_data),
    gpointer user_data, GError ** error);

/* Leaves: what there is to write is written, then finished is called.  May be called again. */
void room_stop (Room * room);

/* Reads the key file again. */
void room_reload_keys (Room * room);

/* After finished.  Writes statistics and snapshot, frees everything; NULL, or what went wrong,
 * for a person. (transfer full) */
gchar *room_free (Room * room);

G_END_DECLS
