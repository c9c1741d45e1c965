/* A whole frame, put together and handed to the callback.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/regroup-private.h"

/* The only copy of a frame of several packets; one of a single packet is read where it lies. */
static const guint8 *
gather_plainly (E2eeRtpRegroup * self, const E2eeRtpCurrent * current, gsize * size)
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

/* A payload lies in one memory as a rule; where it does not it is put together behind the frame. */
static const guint8 *
unpack (E2eeRtpRegroup * self, const E2eeRtpCurrent * current, gsize * size)
{
  gsize most = 0, longest = 0;
  guint8 *data, *spread;
  guint state = 0;

  for (guint i = 0; i < current->n_packets; i++) {
    most += E2EE_RTP_UNPACKED_SIZE (current->packets[i]->body_size);
    longest = MAX (longest, current->packets[i]->body_size);
  }
  data = e2ee_rtp_scratch_get (&self->gathered, most + longest);
  spread = data + most;

  *size = 0;
  for (guint i = 0; i < current->n_packets; i++) {
    E2eeRtpPacket *packet = current->packets[i];
    const guint8 *body = e2ee_rtp_packet_peek_body (packet);
    gssize n;

    if (body == NULL) {
      e2ee_rtp_packet_extract (packet, packet->header_size + packet->descriptor_size, spread,
          packet->body_size);
      body = spread;
    }
    n = self->in->unpack (body, packet->body_size, data + *size, &state);
    if (n < 0)
      return NULL;
    *size += n;
  }
  return *size > 0 && state == 0 ? data : NULL;
}

gboolean
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
    .is_payload = first->is_payload,
    .discont = current->discont,
    .doubtful = current->doubtful,
  };

  if (self->in->unpack != NULL)
    frame.data.data = unpack (self, current, &frame.data.size);
  else
    frame.data.data = gather_plainly (self, current, &frame.data.size);
  if (frame.data.data == NULL) {
    self->stats.malformed++;
    return FALSE;
  }
  self->current = current;
  self->func (self, &frame, self->user_data);
  self->current = NULL;
  e2ee_rtp_writer_end_frame (&self->writer);
  if (current->not_whole) {
    self->stats.incomplete++;
    return FALSE;
  }
  return TRUE;
}

void
e2ee_rtp_regroup_not_whole (E2eeRtpRegroup * self)
{
  g_assert (self->current != NULL && !self->current->held && self->current->n_written == 0);
  self->current->not_whole = TRUE;
}
