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
  const gchar *url;             /* wss://; ws:// to a loopback address only */
  const gchar *tls_ca;          /* certificates to trust, and no others; NULL: the system's */
  const gchar *room;
  const gchar *name;
} SignallingAddress;

typedef struct
{
  /* @name is in the room: told once for everyone who is there when we come, and for all who come
   * later. */
  void (*peer_joined) (gpointer user_data, const gchar * name);
  /* NULL: not wanted.  We are in the room, and all who were there before have been told. */
  void (*joined) (gpointer user_data);
  void (*peer_left) (gpointer user_data, const gchar * name);
  /* @message belongs to the caller and has a string "type". */
  void (*message) (gpointer user_data, const gchar * from, const gchar * type, json_t * message);
  /* NULL: not wanted.  From everybody in the room, us included, in one order. */
  void (*broadcast) (gpointer user_data, const gchar * from, GBytes * data);
  /* The line is closed, or never opened; nothing more comes. */
  void (*failed) (gpointer user_data, const gchar * reason);
} SignallingHandlers;

/* Connects and joins.  What is wrong with @address is told as failed, later.  @handlers must
 * stay. */
Signalling *signalling_new (const SignallingAddress * address,
    const SignallingHandlers * handlers, gpointer user_data);
void signalling_free (Signalling * signalling);

/* Sends @message (taken) to one participant; dropped when the line is closed. */
void signalling_send (Signalling * signalling, const gchar * to, json_t * message);
/* To everybody, us included; up to 1 MiB. */
void signalling_broadcast (Signalling * signalling, const guint8 * data, gsize size);

G_END_DECLS
