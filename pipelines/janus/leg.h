/* One peer connection with a room of a Janus gateway: what we publish, or what one other publishes.
 * Main thread only, but for what webrtcbin calls.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <jansson.h>

#include "common/journal.h"
#include "common/receiver.h"
#include "common/sender.h"
#include "gateway.h"

G_BEGIN_DECLS

typedef struct _Leg Leg;

/* The same for all legs; must stay. */
typedef struct
{
  GstBin *pipeline;
  Journal *journal;
  Receiver *receiver;
  json_t *room;                 /* its id, a number or a text */
  const gchar *name;            /* ours, which the others see */
  const gchar *pin;             /* NULL: none */
  const gchar *ice_address;
  const gchar *video_codec;     /* as Janus writes it: "vp8" */
  const gchar *audio_codec;
  gboolean says_e2ee;           /* FALSE only in a negative control */
  gint control_lose;            /* ms in the beginning of which all packets are lost */
} LegContext;

typedef struct
{
  /* The room's answer to join, or what it tells by itself; of the first leg only. */
  void (*told) (gpointer user_data, Leg * leg, json_t * data);
  /* Media flow. */
  void (*connected) (gpointer user_data, Leg * leg);
  /* The feed was no more when it was subscribed to, which is nobody's fault.  The leg may be
   * freed. */
  void (*gone) (gpointer user_data, Leg * leg);
  /* For good.  The leg may be freed. */
  void (*failed) (gpointer user_data, Leg * leg, const gchar * reason);
} LegHandlers;

/* Enters the room.  @needs_e2ee: only one that refuses publishers without end-to-end encryption.
 * The others are told of in "told". */
Leg *leg_enter (const LegContext * context, Gateway * gateway, gboolean needs_e2ee,
    const LegHandlers * handlers, gpointer user_data);
/* After it was told that it has entered: offers what @sender sends.  FALSE: it cannot be linked. */
gboolean leg_publish (Leg * leg, Sender * sender);
/* Nothing more is sent; the others are told. */
void leg_unpublish (Leg * leg);

/* Subscribes to all that the publisher @feed sends, whom the figures shall call @name. */
Leg *leg_subscribe (const LegContext * context, Gateway * gateway, json_t * feed,
    json_int_t private_id, const gchar * name, const LegHandlers * handlers, gpointer user_data);
/* Which layer of a simulcast to get from now on; @what is "substream" or "temporal". */
void leg_choose_layer (Leg * leg, const gchar * what, gint layer);

/* Gives the handle back, and takes what came by this leg out of the pipeline.  Of the first leg,
 * what is sent must have been unlinked. */
void leg_free (Leg * leg);

const gchar *leg_get_name (Leg * leg);
json_t *leg_get_feed (Leg * leg);
gboolean leg_is_connected (Leg * leg);
/* Who, and when since @begun (monotonic time): asked, offered to, connected. */
json_t *leg_stats (Leg * leg, gint64 begun);

G_END_DECLS
