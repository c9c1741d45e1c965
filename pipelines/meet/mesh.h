/* Everybody with everybody: a peer connection to each who is in the room, and the room's line for
 * the meeting's own messages.
 *
 * Who comes into the room calls those who are there; one who sends nothing asks to be called, for
 * an offer describes what its maker sends.  The server may lie about who is there: it can make
 * connections, and what goes over them is protected, or clear, as the meeting has it.
 *
 * Main thread, except where said otherwise.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <jansson.h>

#include "common/journal.h"
#include "common/receiver.h"
#include "common/sender.h"
#include "common/signalling.h"

G_BEGIN_DECLS

typedef struct _Mesh Mesh;

typedef struct
{
  /* We are in the room: messages of the meeting come from now on.  Again after the line broke. */
  void (*joined) (gpointer user_data);
  /* How many are connected, has changed. */
  void (*changed) (gpointer user_data);
  /* A message of the meeting, of us or of somebody else. */
  void (*message) (gpointer user_data, GBytes * message);
  /* The line to the rendezvous cannot be had. */
  void (*failed) (gpointer user_data, const gchar * reason);
} MeshHandlers;

/* @is_tap: we say so, for negative controls in which a wiretap gets something else.  @sender must
 * be ready; NULL: we send nothing.  All but @address must stay. */
Mesh *mesh_new (GstBin * pipeline, const SignallingAddress * address, const gchar * ice_address,
    gboolean is_tap, Sender * sender, Receiver * receiver, Journal * journal,
    const MeshHandlers * handlers, gpointer user_data);
/* The pipeline must be in NULL. */
void mesh_free (Mesh * mesh);

guint mesh_count_connected (Mesh * mesh);
/* To everybody in the room, us included. */
void mesh_broadcast (Mesh * mesh, GBytes * message);
/* An array of what peer_stats() says of each who is there. */
json_t *mesh_stats (Mesh * mesh);

G_END_DECLS
