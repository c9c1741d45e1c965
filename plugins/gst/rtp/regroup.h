/* Packets to frames and back, without adding latency.
 *
 * Regroup collects the RTP packets of one frame (same SSRC and timestamp, from the packet that
 * starts the frame to the marker) and hands the frame over as soon as it is whole.  Whoever takes
 * it may have the frame's new bytes split into packets again (the writer functions below).  A whole
 * frame of one packet, which is every audio frame, is neither copied nor collected.
 *
 * Order: packets of a frame may come in any order, and those of the next frame among them.  A frame
 * without a marker ends where the packet with the next sequence number starts another, unless its
 * packing tells ends; it is doubtful, for a server that switches layers cuts frames off there.  A frame that becomes whole makes every older, incomplete one lost; an older
 * frame of a single packet still goes out, under the number that was left free for it.  Duplicates
 * are dropped.  DISCONT on a packet says that one before it is missing, also where the numbers have
 * no gap (FEC).
 *
 * A packet that may start its frame and cannot tell (E2EE_RTP_START_MAYBE) does when the packet
 * before it came and is of another frame.  When that one is lost, the frame is handed over as
 * doubtful; while it may still come (no DISCONT says that it will not), when a newer one is whole.
 *
 * Sequence numbers are owned here from the first packet of an SSRC on, which keeps its number: what
 * leaves is contiguous where what came was, and has a gap where packets were lost or a frame was
 * dropped, so that a depayloader sees a loss where there is one and nowhere else.  Wraps of
 * sequence number and timestamp are followed.  Another SSRC, or a jump back by more than
 * E2EE_RTP_REORDER_WINDOW, starts over.
 *
 * Memory is bounded: over E2EE_RTP_MAX_HELD_* the oldest incomplete frame is given up.
 *
 * Not thread-safe: everything belongs to the streaming thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include "core/bytes.h"
#include "rtp/packing.h"

G_BEGIN_DECLS

/* Incomplete frames that wait for their packets. */
#define E2EE_RTP_MAX_HELD_PACKETS 2048
#define E2EE_RTP_MAX_HELD_FRAMES 8
#define E2EE_RTP_MAX_HELD_BYTES (16 * 1024 * 1024)

/* How many sequence numbers a packet may be late. */
#define E2EE_RTP_REORDER_WINDOW 4096

/* Every packet has room for this many bytes of the frame, even where the mtu is too small for
 * header, descriptor and them; a frame never makes more than E2EE_RTP_MAX_FRAME_PACKETS, whatever
 * the mtu. */
#define E2EE_RTP_MIN_ROOM 64
#define E2EE_RTP_MAX_FRAME_PACKETS 4096

typedef struct _E2eeRtpRegroup E2eeRtpRegroup;

/* One whole frame.  Valid during the callback only. */
typedef struct
{
  e2ee_bytes data;              /* contiguous, not empty; the descriptors are taken out */
  gboolean is_payload;          /* see E2eeRtpPayload */
  guint32 ssrc;
  guint32 timestamp;
  GstClockTime pts;             /* of the first packet, like dts and duration; may be NONE */
  GstClockTime dts;
  GstClockTime duration;
  guint n_packets;              /* that it came in */
  gboolean discont;             /* packets or frames before it are missing */
  gboolean doubtful;            /* packets of its own may be, too: nothing in it tells */
} E2eeRtpFrame;

/* One counter per cause, so that nothing is lost without a trace. */
typedef struct
{
  guint64 packets;              /* taken in */
  guint64 frames;               /* handed over whole; a replay does not count again */
  guint64 not_rtp;              /* no RTP packet, or one whose sizes contradict each other */
  guint64 empty;                /* no payload: padding for bandwidth probes; leaves no gap */
  guint64 malformed;            /* a payload that its format does not allow */
  guint64 duplicate;
  guint64 late;                 /* packets of a frame that was whole, or given up, before; frames
                                 * whose numbers had been passed when they were written */
  guint64 incomplete;           /* frames given up because packets were missing */
  guint64 oversize;             /* frames that could not be cut into packets */
} E2eeRtpRegroupStats;

/* Takes the frame and may answer with its new bytes through the writer functions below; without
 * e2ee_rtp_regroup_write_end() the frame is dropped and leaves a gap.  Must not push, flush, drain,
 * replay or free. */
typedef void (*E2eeRtpFrameFunc) (E2eeRtpRegroup * regroup, const E2eeRtpFrame * frame,
    gpointer user_data);

/* @in and @out: how frames lie in the packets that come, and are to lie in those that leave.
 * @mtu: the largest packet to make, RTP header included; a frame of a packing without fragments is
 * always one packet, however large (audio: RFC 7587 knows none). */
E2eeRtpRegroup *e2ee_rtp_regroup_new (const E2eeRtpPacking * in, const E2eeRtpPacking * out,
    guint mtu, E2eeRtpFrameFunc func, gpointer user_data);
void e2ee_rtp_regroup_free (E2eeRtpRegroup * regroup);
/* The numbers tell every loss: DISCONT says nothing.  For what comes from a payloader, which may set
 * it on each NAL unit of a picture. */
void e2ee_rtp_regroup_trust_numbers (E2eeRtpRegroup * regroup);
void e2ee_rtp_regroup_set_mtu (E2eeRtpRegroup * regroup, guint mtu);
/* From the next write_begin() on, also inside the callback. */
void e2ee_rtp_regroup_set_out (E2eeRtpRegroup * regroup, const E2eeRtpPacking * out);

/* Takes one packet (transfer full), or a list.  The callback runs inside for every frame that
 * becomes whole.  What the callback wrote is appended to the output. */
void e2ee_rtp_regroup_push (E2eeRtpRegroup * regroup, GstBuffer * packet);
void e2ee_rtp_regroup_push_list (E2eeRtpRegroup * regroup, GstBufferList * packets);

/* Takes the finished packets: exactly one of *@buffer and *@list is set, or none (returns FALSE).
 * A frame of a single packet comes as a buffer, of more as one list.  Each buffer has a single
 * GstMemory.  Call until FALSE. (transfer full) */
gboolean e2ee_rtp_regroup_pull (E2eeRtpRegroup * regroup, GstBuffer ** buffer,
    GstBufferList ** list);

/* A flush: everything collected, and everything finished but not pulled, is dropped without being
 * counted; sequence numbers go on. */
void e2ee_rtp_regroup_flush (E2eeRtpRegroup * regroup);
/* End of stream: what may be whole is handed over, what is incomplete is given up and counted. */
void e2ee_rtp_regroup_drain (E2eeRtpRegroup * regroup);
const E2eeRtpRegroupStats *e2ee_rtp_regroup_get_stats (const E2eeRtpRegroup * regroup);

/* The writer, for use inside the callback.
 *
 * The i-th packet out takes header, extensions, payload type, CSRCs, times, flags and metas of the
 * i-th packet in, further ones those of the last in, the last out those of the last in (some
 * extensions, such as the colour space, are sent on it alone); a single packet out for several
 * takes the longest header of the first and the last.  Metas of packets in that have no packet out
 * go on the last out.  Padding is removed.  Where @out is @in, the first has the first
 * descriptor as it came, the others the same made into a later packet's; else they are made afresh.
 * The marker, and GST_BUFFER_FLAG_MARKER, are on the last if they came; DISCONT is on the first if
 * it came, or where the outgoing numbers jump. */

/* Called for every new packet, writable, to put a meta on it. */
typedef void (*E2eeRtpStampFunc) (GstBuffer * packet, gpointer user_data);

/* Room for @max_size contiguous bytes of new frame; where one packet can hold them it is the memory
 * of the outgoing packet itself.  Once per frame.  Never NULL; valid to the end of the callback. */
/* Instead of writing a frame that is doubtful: it was not whole.  It counts as incomplete. */
void e2ee_rtp_regroup_not_whole (E2eeRtpRegroup * regroup);

guint8 *e2ee_rtp_regroup_write_begin (E2eeRtpRegroup * regroup, gsize max_size);

/* The frame is the first @size of these bytes.  @size 0 drops it, like never calling this; so does a
 * frame that cannot be cut (oversize).  @stamp may be NULL. */
void e2ee_rtp_regroup_write_end (E2eeRtpRegroup * regroup, gsize size, E2eeRtpStampFunc stamp,
    gpointer stamp_data);

/* A frame taken out of its callback, so that it can be written later (a key not yet known) or not
 * at all.  How many, and how long, is the caller's bound.
 *
 * hold: inside the callback, instead of write_end(); what was begun is forgotten.  Takes the
 *   references of the packets and copies nothing.
 * replay: outside of it; takes @held (transfer full) and runs the callback as if the frame became
 *   whole now, under the sequence numbers that were kept free for it: held frames that are replayed
 *   in their order leave neither gap nor overlap, however many packets each becomes.  The callback
 *   may hold again.  FALSE, without running it, when a newer frame has been written since or the
 *   stream has started over: the frame is counted late and is gone.
 * free: the frame is dropped and leaves a gap; NULL is allowed, also after the regroup is gone. */
typedef struct _E2eeRtpHeld E2eeRtpHeld;
E2eeRtpHeld *e2ee_rtp_regroup_hold (E2eeRtpRegroup * regroup);
gboolean e2ee_rtp_regroup_replay (E2eeRtpRegroup * regroup, E2eeRtpHeld * held);
void e2ee_rtp_held_free (E2eeRtpHeld * held);

G_END_DECLS
