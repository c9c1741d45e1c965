/* One peer connection: a webrtcbin, its session descriptions and its ICE candidates.
 * Main thread, but for the pad handler.  Handlers run in the main thread, except where said
 * otherwise.
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <jansson.h>

#include "sender.h"

G_BEGIN_DECLS

typedef struct _Peer Peer;

typedef struct
{
  /* A message for the other side; @message is taken. */
  void (*send) (gpointer user_data, const gchar * name, json_t * message);
  void (*connected) (gpointer user_data, const gchar * name);
  /* For good: it will not connect, or no more. */
  void (*failed) (gpointer user_data, const gchar * name, const gchar * reason);
  /* Media come in; streaming thread. */
  void (*pad_added) (gpointer user_data, const gchar * name, GstPad * pad);
} PeerHandlers;

/* Adds a webrtcbin to @pipeline.  @ice_address: the only local address to use; NULL: all but
 * loopback.  @handlers must stay.  Several peers may have one name:
 * @is_copy tells the one to whom copies are sent from one who is spoken with. */
Peer *peer_new (GstBin * pipeline, const gchar * name, gboolean is_copy, const gchar * ice_address,
    const PeerHandlers * handlers, gpointer user_data);
/* The webrtcbin must be in NULL. */
void peer_free (Peer * peer);

/* Owned by the peer. */
GstElement *peer_get_element (Peer * peer);
const gchar *peer_get_name (Peer * peer);
gboolean peer_is_copy (Peer * peer);
gboolean peer_is_connected (Peer * peer);

/* Links what @sender sends and makes an offer.  FALSE: it cannot be linked. */
gboolean peer_offer (Peer * peer, Sender * sender);

/* The payload types that an offer names for what @options would send; FALSE when it is no session
 * description. */
gboolean peer_read_offer (const gchar * sdp, const SenderOptions * options,
    SenderPayloadTypes * types);
/* Before anything is offered or answered: whether media are SFrame packets.  Answers then say
 * a=sframe where it was asked for, and refuse the media where it was not; else the other way round. */
void peer_set_sframe (Peer * peer, gboolean sframe);
/* Links what @sender (NULL: nothing) sends and answers the offer. */
gboolean peer_answer (Peer * peer, Sender * sender, const gchar * sdp);

gboolean peer_take_answer (Peer * peer, const gchar * sdp);
/* May come before the description that it belongs to. */
void peer_take_candidate (Peer * peer, guint mline, const gchar * candidate);

/* Milliseconds since the connection was begun, and its state. */
json_t *peer_stats (Peer * peer);

/* Ends a program that has had peers, without the handlers of exit(): OpenSSL cleans up behind itself
 * there, and threads of a webrtcbin that end only then crash in what is left of it. */
void peer_leave_program (int status) G_GNUC_NORETURN;

G_END_DECLS
