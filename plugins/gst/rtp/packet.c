/* One RTP packet, mapped and read once.
 *
 * Payloaders make packets of two memories, header and payload.  Mapping such a packet as a whole
 * would merge them, an allocation and a copy, so every access goes to the memory it needs.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/packet.h"

#include <string.h>

E2eeRtpPacketResult
e2ee_rtp_packet_read (E2eeRtpPacket * packet, const E2eeRtpPacking * packing, GstBuffer * buffer)
{
  guint8 front[E2EE_RTP_MAX_DESCRIPTOR];
  E2eeRtpPayload payload = { 0 };
  gsize payload_size;

  memset (packet, 0, sizeof (*packet));
  /* gst_rtp_buffer_map() logs an error of its own for this. */
  if (gst_buffer_n_memory (buffer) == 0
      || !gst_rtp_buffer_map (buffer, GST_MAP_READ, &packet->rtp)) {
    gst_buffer_unref (buffer);
    return E2EE_RTP_PACKET_NOT_RTP;
  }

  packet->buffer = buffer;
  packet->ssrc = gst_rtp_buffer_get_ssrc (&packet->rtp);
  packet->timestamp = gst_rtp_buffer_get_timestamp (&packet->rtp);
  packet->seq = gst_rtp_buffer_get_seq (&packet->rtp);
  packet->pt = gst_rtp_buffer_get_payload_type (&packet->rtp);
  packet->marker = gst_rtp_buffer_get_marker (&packet->rtp);
  packet->after_loss = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  packet->header_size = gst_rtp_buffer_get_header_len (&packet->rtp);

  payload_size = gst_rtp_buffer_get_payload_len (&packet->rtp);
  if (payload_size == 0) {
    packet->empty = TRUE;
    return E2EE_RTP_PACKET_OK;
  }

  e2ee_rtp_packet_extract (packet, packet->header_size, front, MIN (payload_size,
          packing->front_size));
  if (!packing->parse (front, payload_size, &payload)) {
    e2ee_rtp_packet_clear (packet);
    return E2EE_RTP_PACKET_MALFORMED;
  }

  packet->start = payload.start;
  packet->end = payload.end || (packet->marker && !packing->tells_ends);
  packet->is_payload = payload.is_payload;
  packet->descriptor_size = payload.descriptor_size;
  packet->body_size = payload_size - payload.descriptor_size;
  return E2EE_RTP_PACKET_OK;
}

void
e2ee_rtp_packet_clear (E2eeRtpPacket * packet)
{
  if (packet->buffer == NULL)
    return;
  if (packet->body_map.memory != NULL)
    gst_buffer_unmap (packet->buffer, &packet->body_map);
  packet->body_map.memory = NULL;
  gst_rtp_buffer_unmap (&packet->rtp);
  gst_clear_buffer (&packet->buffer);
}

void
e2ee_rtp_packet_free (E2eeRtpPacket * packet)
{
  e2ee_rtp_packet_clear (packet);
  g_free (packet);
}

void
e2ee_rtp_packet_extract (const E2eeRtpPacket * packet, gsize offset, guint8 * out, gsize size)
{
  const GstMapInfo *first = &packet->rtp.map[0];

  if (offset + size <= first->size)
    memcpy (out, first->data + offset, size);
  else
    gst_buffer_extract (packet->buffer, offset, out, size);
}

const guint8 *
e2ee_rtp_packet_peek_body (E2eeRtpPacket * packet)
{
  const GstMapInfo *first = &packet->rtp.map[0];
  gsize offset = packet->header_size + packet->descriptor_size;
  guint index, length;
  gsize skip;

  if (offset + packet->body_size <= first->size)
    return first->data + offset;

  if (!gst_buffer_find_memory (packet->buffer, offset, packet->body_size, &index, &length, &skip)
      || length != 1)
    return NULL;
  if (packet->body_map.memory == NULL
      && !gst_buffer_map_range (packet->buffer, index, 1, &packet->body_map, GST_MAP_READ)) {
    packet->body_map.memory = NULL;
    return NULL;
  }
  return packet->body_map.data + skip;
}
