/* RTP packets of no codec in particular (packets.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "packets.h"

#include <gst/rtp/rtp.h>

GstBuffer *
packet_new (guint32 ssrc, guint16 seq)
{
  GstBuffer *header = gst_rtp_buffer_new_allocate (0, 0, 0);
  guint8 payload[PACKET_PAYLOAD];
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  for (guint i = 0; i < PACKET_PAYLOAD; i++)
    payload[i] = 1 + (i * 7 + seq) % 250;
  fail_unless (gst_rtp_buffer_map (header, GST_MAP_WRITE, &rtp));
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_marker (&rtp, seq % 5 == 4);
  gst_rtp_buffer_set_ssrc (&rtp, ssrc);
  gst_rtp_buffer_set_seq (&rtp, seq);
  gst_rtp_buffer_set_timestamp (&rtp, 3000 * seq);
  gst_rtp_buffer_unmap (&rtp);
  GST_BUFFER_PTS (header) = seq * 20 * GST_MSECOND;
  return gst_buffer_append (header, gst_buffer_new_memdup (payload, PACKET_PAYLOAD));
}

void
expect_packet (GstBuffer * packet, guint32 ssrc, guint16 seq)
{
  GstBuffer *expected = packet_new (ssrc, seq);
  GstMapInfo map;

  fail_unless (packet != NULL, "packet %u did not come", seq);
  fail_unless (gst_buffer_map (expected, &map, GST_MAP_READ));
  fail_unless_equals_int (gst_buffer_get_size (packet), map.size);
  fail_unless (gst_buffer_memcmp (packet, 0, map.data, map.size) == 0,
      "packet %u is another one", seq);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (packet), GST_BUFFER_PTS (expected));
  gst_buffer_unmap (expected, &map);
  gst_buffer_unref (expected);
  gst_buffer_unref (packet);
}
