/* One participant's call, from the first word to the figures.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "options.h"

G_BEGIN_DECLS

typedef struct _Call Call;

/* @finished is called once in the main thread, when the call is over and the main loop may end. */
Call *call_new (const CallOptions * options, void (*finished) (gpointer user_data),
    gpointer user_data, GError ** error);

/* Hang up: what there is to write is written, then finished is called.  May be called again. */
void call_stop (Call * call);

/* Reads the key file again. */
void call_reload_keys (Call * call);

/* After finished.  Writes statistics and snapshot, frees everything; NULL, or what went wrong,
 * for a person. (transfer full) */
gchar *call_free (Call * call);

G_END_DECLS
