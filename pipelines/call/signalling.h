/* A participant's line to the rendezvous (docs/rendezvous.md).  Main thread only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

typedef struct _Signalling Signalling;

typedef struct
{
  /* @name is in the room: told once for everyone who is there when we come, and for all who come
   * later. */
  void (*peer_joined) (gpointer user_data, const gchar * name);
  void (*peer_left) (gpointer user_data, const gchar * name);
  /* @message belongs to the caller and has a string "type". */
  void (*message) (gpointer user_data, const gchar * from, const gchar * type, json_t * message);
  /* The line is closed, or never opened; nothing more comes. */
  void (*failed) (gpointer user_data, const gchar * reason);
} SignallingHandlers;

/* Connects to @url and joins.  @handlers must stay. */
Signalling *signalling_new (const gchar * url, const gchar * room, const gchar * name,
    const SignallingHandlers * handlers, gpointer user_data);
void signalling_free (Signalling * signalling);

/* Sends @message (taken) to one participant; dropped when the line is closed. */
void signalling_send (Signalling * signalling, const gchar * to, json_t * message);

G_END_DECLS
