/* A whole frame, put together and handed to the callback.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/regroup-private.h"

/* The only copy of a frame of several packets; one of a single packet is read where it lies. */
static const guint8 *
gather (E2eeRtpRegroup * self, const E2eeRtpCurrent * current, gsize * size)
{
  const guint8 *body;
  guint8 *data;

  *size = 0;
  for (guint i = 0; i < current->n_packets; i++)
    *size += current->packets[i]->body_size;

  if (current->n_packets == 1) {
    body = e2ee_rtp_packet_peek_body (current->packets[0]);
    if (body != NULL)
      return body;
  }

  data = e2ee_rtp_scratch_get (&self->gathered, *size);
  for (guint i = 0, offset = 0; i < current->n_packets; i++) {
    const E2eeRtpPacket *packet = current->packets[i];

    e2ee_rtp_packet_extract (packet, packet->header_size + packet->descriptor_size, data + offset,
        packet->body_size);
    offset += packet->body_size;
  }
  return data;
}

void
e2ee_rtp_regroup_run (E2eeRtpRegroup * self, E2eeRtpCurrent * current)
{
  const E2eeRtpPacket *first = current->packets[0];
  E2eeRtpFrame frame = {
    .ssrc = first->ssrc,
    .timestamp = first->timestamp,
    .pts = GST_BUFFER_PTS (first->buffer),
    .dts = GST_BUFFER_DTS (first->buffer),
    .duration = GST_BUFFER_DURATION (first->buffer),
    .n_packets = current->n_packets,
    .discont = current->discont,
  };

  frame.data.data = gather (self, current, &frame.data.size);
  self->current = current;
  self->func (self, &frame, self->user_data);
  self->current = NULL;
  e2ee_rtp_writer_end_frame (&self->writer);
}
