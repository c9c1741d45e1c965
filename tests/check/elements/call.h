/* Two elements between two people of a meeting, for tests.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "clock.h"
#include "media.h"
#include "room.h"

G_BEGIN_DECLS

/* What alice sends through her e2eeenc comes to bob's e2eedec, frame by frame. */
typedef struct
{
  Room *room;
  Media *media;
  GstHarness *enc;
  GstHarness *dec;
  guint next;                   /* frame of the media that is sent next */
  guint carried;                /* frames of on_wire that were handed over */
  guint16 seq;
  guint32 timestamp;
  GPtrArray *on_wire;           /* GstBufferList: what left e2eeenc, one for each frame */
  GPtrArray *sent;              /* GBytes: the frames themselves */
  GPtrArray *came;              /* GstBufferList: what left e2eedec */
} Call;

/* @media is taken.  Everybody has joined; the elements have the meetings as key-provider. */
Call *call_new (Room * room, Media * media);
/* The same with frames of VP8, every fifth a key frame, or of Opus; the people of a new room join. */
Call *call_vp8 (const gchar * names);
Call *call_opus (const gchar * names);
void call_free (Call * call);

/* An element of @factory with @meeting. */
GstHarness *call_harness (const gchar * factory, GstE2eeMeeting * meeting, Media * media);

/* Encrypts the next @n frames; they are not on their way yet. */
void call_send (Call * call, guint n);
/* Hands over what call_send() has left behind since the last time. */
void call_carry (Call * call);
/* Both, frame by frame. */
void call_run (Call * call, guint n);

/* New keys for the meeting, asked for by alice. */
void call_rekey (Call * call);

/* Whether frame @i on the wire is the frame as it was sent. */
gboolean call_is_clear_on_wire (Call * call, guint i);
/* Fails unless every frame that came is one that was sent, in order; how many. */
guint call_check_came (Call * call);
/* The status on a frame's first packet. */
GstE2eeState call_state (GstBufferList * list);
GstE2eeStatusMeta *call_meta (GstBufferList * list);
/* Of the last frame on the wire. */
guint64 call_last_key_id (Call * call);

G_END_DECLS
