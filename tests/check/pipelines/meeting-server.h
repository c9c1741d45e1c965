/* A delivery service in memory that does what the test says: it delivers, and it lies.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "room.h"

G_BEGIN_DECLS

typedef struct _Server Server;

/* In place of the ordinary: what becomes of @message, which came from @from.  It calls server_hand()
 * as often and for whom it likes. */
typedef void (*ServerLie) (Server * server, guint from, GBytes * message, gpointer user_data);

struct _Server
{
  Room *room;
  GQueue inbox[ROOM_MAX_PEOPLE];        /* what is on its way, by the time at which it is due */
  guint delay_ms[ROOM_MAX_PEOPLE];      /* of what goes to him */
  gboolean is_deaf[ROOM_MAX_PEOPLE];    /* what goes to him is lost */
  gboolean is_mute[ROOM_MAX_PEOPLE];    /* what comes from him is lost */
  GPtrArray *carried;           /* GBytes: all that ever came, in order */
  guint n_refused;              /* messages that a member refused */
  ServerLie lie;
  gpointer lie_data;
};

/* Takes the place of @room's own service; @room stays the caller's and must outlive it. */
Server *server_new (Room * room);
void server_free (Server * server);

/* After somebody's meeting was opened anew. */
void server_listen (Server * server, guint who);
/* Brings @message to @to after @delay_ms, whatever else holds. */
void server_hand (Server * server, guint to, GBytes * message, guint delay_ms);
/* To everybody, as an honest service does. */
void server_hand_all (Server * server, GBytes * message);
/* Time goes on by @ms. */
void server_run (Server * server, guint ms);

/* Whether @text stands somewhere in what was carried. */
gboolean server_has_seen (Server * server, const gchar * text);

G_END_DECLS
