/* What regroup.c (packets to frames) and writer.c (frames to packets) share.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstqueuearray.h>
#include "rtp/packet.h"
#include "rtp/regroup.h"
#include "rtp/sequence.h"

G_BEGIN_DECLS

#define E2EE_RTP_MAX_SPARE 128

/* Bytes that grow and are used again for the next frame. */
typedef struct
{
  guint8 *data;
  gsize size;
} E2eeRtpScratch;

/* The frame that is in the callback. */
typedef struct
{
  E2eeRtpPacket **packets;      /* none of them empty */
  guint n_packets;
  guint64 first;                /* incoming numbers, those of empty packets between them included */
  guint64 last;
  gint64 offset;
  gboolean discont;
  gboolean doubtful;            /* see E2eeRtpFrame */
  gboolean not_whole;
  gboolean straggler;           /* behind newer frames: it has its own number and no more */
  gboolean held;                /* the packets belong to a E2eeRtpHeld now */
  guint n_written;
} E2eeRtpCurrent;

typedef struct
{
  guint8 *bytes;                /* what write_begin() answered, NULL before */
  gsize max_size;
  GstBuffer *direct;            /* the outgoing packet that @bytes lies in, if it does */
  GstMapInfo map;
  E2eeRtpPiece piece;           /* what stands in front of them there */
  guint8 descriptor[E2EE_RTP_MAX_DESCRIPTOR];   /* of the first packet in */
  gsize descriptor_size;
  E2eeRtpScratch scratch;
  gboolean jump;                /* the next packet starts a new run of numbers */
  gboolean started;
  guint16 next;                 /* the outgoing number that would continue the run */
} E2eeRtpWriter;

struct _E2eeRtpRegroup
{
  const E2eeRtpPacking *in;
  const E2eeRtpPacking *out;
  guint mtu;
  gboolean trusts_numbers;
  E2eeRtpFrameFunc func;
  gpointer user_data;
  E2eeRtpRegroupStats stats;

  gboolean have_ssrc;
  guint32 ssrc;
  gboolean discont;             /* something is missing before the next frame */
  gboolean knows_previous;      /* the packet before sequence.next came */
  E2eeRtpSequence sequence;

  /* In the order of their numbers, all of them at or behind sequence.next. */
  E2eeRtpPacket **held;
  guint n_held;
  guint n_allocated;
  gsize held_bytes;
  E2eeRtpPacket *spare[E2EE_RTP_MAX_SPARE];     /* cleared, to be used again */
  guint n_spare;

  E2eeRtpScratch gathered;
  E2eeRtpCurrent *current;
  E2eeRtpWriter writer;
  GstQueueArray *output;        /* of GstBuffer and GstBufferList */
};

guint8 *e2ee_rtp_scratch_get (E2eeRtpScratch * scratch, gsize size);

/* After the callback: forgets what was begun and not ended. */
void e2ee_rtp_writer_end_frame (E2eeRtpWriter * writer);
void e2ee_rtp_writer_clear (E2eeRtpWriter * writer);

/* Hands @current over; its packets are the caller's still, unless they were held.  FALSE: they
 * contradict themselves, or are not all there; it was counted as malformed or incomplete. */
gboolean e2ee_rtp_regroup_run (E2eeRtpRegroup * self, E2eeRtpCurrent * current);

G_END_DECLS
