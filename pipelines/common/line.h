/* A WebSocket on which JSON objects go to and fro.  Main thread only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

typedef struct _Line Line;

typedef struct
{
  const gchar *url;             /* wss://; ws:// to a loopback address only */
  const gchar *tls_ca;          /* certificates to trust, and no others; NULL: the system's */
  const gchar *protocol;        /* the WebSocket subprotocol to ask for; NULL: none */
} LineAddress;

typedef struct
{
  void (*opened) (gpointer user_data);
  /* @object belongs to the caller.  May free the line. */
  void (*received) (gpointer user_data, json_t * object);
  /* The line is closed, or never opened; nothing more comes. */
  void (*failed) (gpointer user_data, const gchar * reason);
} LineHandlers;

/* What is wrong with @address is told as failed, later.  @handlers must stay. */
Line *line_new (const LineAddress * address, const LineHandlers * handlers, gpointer user_data);
void line_free (Line * line);

/* Sends @object (taken); dropped when the line is not open. */
void line_send (Line * line, json_t * object);

G_END_DECLS
