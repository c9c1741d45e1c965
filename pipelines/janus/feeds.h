/* Whom we hear in a room: a leg for each publisher, under a name that no other has.  Main thread
 * only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "leg.h"

G_BEGIN_DECLS

typedef struct _Feeds Feeds;

/* @context and @handlers, which are those of the legs, must stay. */
Feeds *feeds_new (const LegContext * context, Gateway * gateway, const LegHandlers * handlers,
    gpointer user_data);
void feeds_free (Feeds * feeds);

/* Subscribes to all of @publishers, a list as rooms tell it, who are not heard yet.  TRUE: there
 * was somebody new. */
gboolean feeds_subscribe (Feeds * feeds, const json_t * publishers, json_int_t private_id);

/* The leg of the publisher @id; NULL when he is not heard. */
Leg *feeds_find (Feeds * feeds, const json_t * id);
gboolean feeds_have (Feeds * feeds, const Leg * leg);
guint feeds_count (Feeds * feeds);
gboolean feeds_are_connected (Feeds * feeds);

/* Frees @leg; its figures are kept. */
void feeds_let_go (Feeds * feeds, Leg * leg, gint64 begun);
/* For leg_choose_layer(), of everybody. */
void feeds_choose_layer (Feeds * feeds, const gchar * what, gint layer);

/* Puts the figures of all, also of who is gone, into the array @peers. */
void feeds_add_stats (Feeds * feeds, json_t * peers, gint64 begun);

G_END_DECLS
