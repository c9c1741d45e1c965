/* One RTP packet, mapped and read once, for the files of this folder only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/rtp/gstrtpbuffer.h>
#include "rtp/packing.h"

G_BEGIN_DECLS

/* Owns its buffer and keeps it mapped. */
typedef struct
{
  GstRTPBuffer rtp;
  GstMapInfo body_map;          /* set when the body lies in a memory of its own */
  GstBuffer *buffer;
  guint64 number;               /* extended sequence number, set by the regroup */
  guint32 ssrc;
  guint32 timestamp;
  guint16 seq;
  guint8 pt;
  gboolean marker;
  gboolean after_loss;          /* something before it is missing, whatever the numbers say */
  gboolean empty;               /* no payload: none of what follows is set */
  E2eeRtpStart start;
  gboolean end;                 /* it ends its frame, by its marker or without */
  gboolean is_payload;
  gsize header_size;            /* CSRCs and extensions included */
  gsize descriptor_size;
  gsize body_size;              /* of what is behind the descriptor, without padding */
} E2eeRtpPacket;

typedef enum
{
  E2EE_RTP_PACKET_OK,
  E2EE_RTP_PACKET_NOT_RTP,
  E2EE_RTP_PACKET_MALFORMED
} E2eeRtpPacketResult;

/* Reads @buffer (transfer full) into @packet.  After MALFORMED the RTP fields are set, but the
 * packet owns nothing; after NOT_RTP nothing is set.  Only OK needs a clear. */
E2eeRtpPacketResult e2ee_rtp_packet_read (E2eeRtpPacket * packet, const E2eeRtpPacking * packing,
    GstBuffer * buffer);
void e2ee_rtp_packet_clear (E2eeRtpPacket * packet);
/* Clears it, and gives its own memory back (g_free). */
void e2ee_rtp_packet_free (E2eeRtpPacket * packet);

/* Copies @size bytes from @offset, which lie within the packet. */
void e2ee_rtp_packet_extract (const E2eeRtpPacket * packet, gsize offset, guint8 * out,
    gsize size);

/* The body where it lies, or NULL when it is spread over several memories. */
const guint8 *e2ee_rtp_packet_peek_body (E2eeRtpPacket * packet);

G_END_DECLS
