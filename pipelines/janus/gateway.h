/* A session with a Janus gateway over its WebSocket API, and the handles in it, each of which is
 * one attachment to the VideoRoom plugin.  Main thread only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

typedef struct _Gateway Gateway;
typedef struct _GatewayHandle GatewayHandle;

typedef struct
{
  const gchar *url;             /* wss://; ws:// to a loopback address only */
  const gchar *tls_ca;          /* NULL: the system's authorities */
  const gchar *token;           /* NULL: the gateway asks for none */
  const gchar *api_secret;      /* likewise */
} GatewayAddress;

typedef struct
{
  /* There is a session: handles may be attached. */
  void (*opened) (gpointer user_data);
  /* There is none, or none any more. */
  void (*failed) (gpointer user_data, const gchar * reason);
} GatewayHandlers;

/* @data and @jsep (NULL: none) belong to the caller.  Each may free the handle. */
typedef struct
{
  void (*attached) (gpointer user_data);
  void (*event) (gpointer user_data, json_t * data, json_t * jsep);
  /* The gateway will not do what was asked for; @code is its own number for the reason. */
  void (*refused) (gpointer user_data, gint code, const gchar * reason);
  /* The gateway's side of the peer connection takes and gives media. */
  void (*media_up) (gpointer user_data);
  /* The gateway has ended the peer connection, or the handle. */
  void (*hung_up) (gpointer user_data, const gchar * reason);
} GatewayHandleHandlers;

/* @handlers must stay. */
Gateway *gateway_new (const GatewayAddress * address, const GatewayHandlers * handlers,
    gpointer user_data);
/* Ends the session; handles must have been freed. */
void gateway_free (Gateway * gateway);

/* After opened.  @handlers must stay. */
GatewayHandle *gateway_attach (Gateway * gateway, const GatewayHandleHandlers * handlers,
    gpointer user_data);
/* Detaches it. */
void gateway_handle_free (GatewayHandle * handle);

/* What the gateway calls somebody, or says of something, for people to read: of bounded length,
 * and without characters that do something to a terminal. (transfer full) */
gchar *gateway_readable (const gchar * text);

/* Sends a request to the room plugin; @body and @jsep (may be NULL) are taken.  The answer comes as
 * event or as refused. */
void gateway_handle_request (GatewayHandle * handle, json_t * body, json_t * jsep);
/* One ICE candidate of ours (taken), or {"completed": true}. */
void gateway_handle_trickle (GatewayHandle * handle, json_t * candidate);

G_END_DECLS
