/* The way of media frames through an element: buffers in, whole frames to a callback, buffers out.
 *
 * Hides what carries the frames: RTP packets (rtp/regroup.h), buffers of encoded frames, or
 * buffers that are protected whole.  Lists stay lists.  Everything belongs to the streaming
 * thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/e2ee.h>
#include "core/frame/codec.h"
#include "rtp/regroup.h"

G_BEGIN_DECLS

typedef struct _E2eeFramePath E2eeFramePath;
typedef struct _E2eeHeldFrame E2eeHeldFrame;

/* How frames lie in the RTP packets that come and in those that leave. */
typedef enum
{
  E2EE_FRAME_PATH_CODEC,        /* in the codec's own, on both sides */
  E2EE_FRAME_PATH_TO_SFRAME,    /* codec packets in; out SFrame payloads, of whole frames */
  E2EE_FRAME_PATH_TO_SFRAME_PAYLOADS,   /* the same, but each packet's payload is a frame */
  E2EE_FRAME_PATH_FROM_SFRAME,  /* SFrame payloads of both kinds in, codec packets out */
  E2EE_FRAME_PATH_TO_SRTP,      /* RTP packets in, of any codec, each as a whole; SRTP out */
  E2EE_FRAME_PATH_FROM_SRTP     /* the reverse */
} E2eeFramePathPacking;

/* One whole frame, valid during the callback. */
typedef struct
{
  e2ee_bytes data;
  e2ee_codec codec;             /* what the plain frame is */
  e2ee_codec layout;            /* by whose rules bytes stay clear: its own, or NONE's where nobody on
                                 * the way looks into the frame */
  guint32 ssrc;                 /* 0 where there is none */
  gboolean is_payload;          /* one RTP payload of the codec, not a frame */
  gboolean is_packet;           /* one whole RTP packet, header and all */
  gboolean doubtful;            /* packets at its front or end may be missing */
  gboolean is_audio;            /* a frame of sound: what is lost leaves a gap */
  gboolean is_video;
  GstClockTime pts;
  GstClockTime duration;
} E2eeFrame;

/* Answers with e2ee_frame_path_write_begin() and _end(), or e2ee_frame_path_hold(), or nothing:
 * the frame is then dropped, and the next buffer carries DISCONT. */
typedef void (*E2eeFrameFunc) (E2eeFramePath * path, const E2eeFrame * frame, gpointer user_data);

E2eeFramePath *e2ee_frame_path_new (E2eeFrameFunc func, gpointer user_data);
void e2ee_frame_path_free (E2eeFramePath * path);

/* Before the caps of a stream. */
void e2ee_frame_path_set_packing (E2eeFramePath * path, E2eeFramePathPacking packing);
/* What comes is clear and from payloaders, what leaves goes to a peer.  Before any caps. */
void e2ee_frame_path_set_sends (E2eeFramePath * path);
/* How to read what comes.  FALSE: media of these caps cannot be protected; *@why (static) says
 * why. */
gboolean e2ee_frame_path_set_caps (E2eeFramePath * path, const GstCaps * caps, const gchar ** why);
/* Largest RTP packet to make; RTP only. */
void e2ee_frame_path_set_mtu (E2eeFramePath * path, guint mtu);

/* FALSE: no caps have been accepted yet. */
gboolean e2ee_frame_path_is_ready (const E2eeFramePath * path);
/* TRUE when every buffer is a frame of its own, so that lists may be taken apart for gap events in
 * between. */
gboolean e2ee_frame_path_is_audio (const E2eeFramePath * path);
gboolean e2ee_frame_path_is_video (const E2eeFramePath * path);
/* TRUE when frames come in RTP packets, or are such. */
gboolean e2ee_frame_path_is_rtp (const E2eeFramePath * path);
/* Of the frames of the caps that were accepted: E2eeFrame::layout. */
e2ee_codec e2ee_frame_path_get_layout (const E2eeFramePath * path);
/* TRUE for sound in whatever it is carried. */
gboolean e2ee_frame_path_is_sound (const E2eeFramePath * path);
/* TRUE when whole RTP packets are protected: none depends on another. */
gboolean e2ee_frame_path_is_packets (const E2eeFramePath * path);

/* (transfer full) The callback runs inside. */
void e2ee_frame_path_push (E2eeFramePath * path, GstBuffer * buffer);
void e2ee_frame_path_push_list (E2eeFramePath * path, GstBufferList * list);
/* What is ready to leave, a buffer or a list, or NULL. (transfer full) */
GstMiniObject *e2ee_frame_path_pull (E2eeFramePath * path);

/* flush: forget what is collected; drain: give it up and count it (end of stream); reset: forget
 * the stream. */
void e2ee_frame_path_flush (E2eeFramePath * path);
void e2ee_frame_path_drain (E2eeFramePath * path);
void e2ee_frame_path_reset (E2eeFramePath * path);

/* Counters of the RTP side and, for other buffers, packets, frames and empty. */
const E2eeRtpRegroupStats *e2ee_frame_path_get_stats (const E2eeFramePath * path);

/* Inside the callback only: room for @max_size contiguous bytes, then the frame's real size and
 * what is said of it. */
guint8 *e2ee_frame_path_write_begin (E2eeFramePath * path, gsize max_size);
void e2ee_frame_path_write_end (E2eeFramePath * path, gsize size, GstE2eeStatus * status,
    guint64 key_id, guint64 counter);

/* Whether a receiver can begin with the plain @frame, which in packets of its own is the first of
 * them. */
gboolean e2ee_frame_path_is_key_frame (E2eeFramePath * path, const E2eeFrame * frame);

/* Instead: a doubtful frame was not whole, and counts as incomplete. */
void e2ee_frame_path_not_whole (E2eeFramePath * path);

/* Keeps the frame of the callback for later.  replay() runs the callback with it again (transfer
 * full); frames held one after the other must be replayed in that order, before anything newer
 * leaves. */
E2eeHeldFrame *e2ee_frame_path_hold (E2eeFramePath * path);
void e2ee_frame_path_replay (E2eeFramePath * path, E2eeHeldFrame * held);
void e2ee_held_frame_free (E2eeHeldFrame * held);

G_END_DECLS
