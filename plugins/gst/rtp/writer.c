/* Frames to packets: the new bytes of a frame, split under the mtu.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/regroup-private.h"

#include <string.h>

#define RTP_PADDING 0x20
#define RTP_MARKER 0x80

guint8 *
e2ee_rtp_scratch_get (E2eeRtpScratch * scratch, gsize size)
{
  if (scratch->data == NULL || size > scratch->size) {
    g_free (scratch->data);
    scratch->size = MAX (size, 4096);
    scratch->data = g_malloc (scratch->size);
  }
  return scratch->data;
}

void
e2ee_rtp_writer_end_frame (E2eeRtpWriter * writer)
{
  if (writer->direct != NULL) {
    gst_buffer_unmap (writer->direct, &writer->map);
    gst_clear_buffer (&writer->direct);
  }
  writer->bytes = NULL;
  writer->max_size = 0;
}

void
e2ee_rtp_writer_clear (E2eeRtpWriter * writer)
{
  e2ee_rtp_writer_end_frame (writer);
  g_clear_pointer (&writer->scratch.data, g_free);
}

/* The packet in whose header the @i-th packet out takes over.  Some extensions are sent on the
 * last packet of a frame alone, so the last takes the last. */
static const E2eeRtpPacket *
header_source (const E2eeRtpCurrent * current, guint i, gboolean is_last)
{
  const E2eeRtpPacket *first = current->packets[0];
  const E2eeRtpPacket *last = current->packets[current->n_packets - 1];

  if (is_last && i == 0)
    return last->header_size > first->header_size ? last : first;
  if (is_last || i >= current->n_packets)
    return last;
  return current->packets[i];
}

/* The room behind the header of @source in a packet of a frame of @frame_size bytes. */
static gsize
room_behind (const E2eeRtpRegroup * self, const E2eeRtpPacket * source, gsize frame_size)
{
  gsize head = MAX (self->writer.descriptor_size, self->out->fresh_size);
  gsize room = self->mtu > source->header_size ? self->mtu - source->header_size : 0;
  gsize least = MAX (E2EE_RTP_MIN_ROOM, frame_size / (E2EE_RTP_MAX_FRAME_PACKETS - 1) + 1);

  return MAX (room, head + least);
}

/* The @i-th packet out, whose bytes begin at @offset; TRUE when it is the last. */
static gboolean
cut (const E2eeRtpRegroup * self, const guint8 * data, gsize size, guint i, gsize offset,
    E2eeRtpPiece * piece)
{
  const E2eeRtpCurrent *current = self->current;
  E2eeRtpWhole whole = {
    .data = data,
    .size = size,
    .descriptor = self->writer.descriptor,
    .descriptor_size = self->writer.descriptor_size,
  };
  gsize room = room_behind (self, header_source (current, i, FALSE), size);
  gsize last_room = self->out->one_packet ? G_MAXSIZE
      : room_behind (self, header_source (current, i, TRUE), size);

  self->out->cut (&whole, offset, room, last_room, piece);
  return offset + piece->skip + piece->size == size;
}

static void
write_head (const E2eeRtpCurrent * current, guint i, gboolean is_last, const E2eeRtpPacket * source,
    const E2eeRtpPiece * piece, guint8 * out)
{
  gboolean marker = is_last && current->packets[current->n_packets - 1]->marker;
  guint16 seq = (guint16) (current->first + current->offset + i);

  e2ee_rtp_packet_extract (source, 0, out, source->header_size);
  out[0] &= (guint8) ~ RTP_PADDING;
  out[1] = (out[1] & ~RTP_MARKER) | (marker ? RTP_MARKER : 0);
  e2ee_put_be (out + 2, seq, 2);
  memcpy (out + source->header_size, piece->head, piece->head_size);
}

static void
copy_metadata (const E2eeRtpRegroup * self, guint i, gboolean is_last,
    const E2eeRtpPacket * source, GstBuffer * packet)
{
  const E2eeRtpCurrent *current = self->current;
  const E2eeRtpWriter *writer = &self->writer;
  const E2eeRtpPacket *last = current->packets[current->n_packets - 1];
  gboolean discont = FALSE;

  gst_buffer_copy_into (packet, source->buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  for (guint j = i; is_last && j < current->n_packets; j++) {
    if (current->packets[j] != source)
      gst_buffer_copy_into (packet, current->packets[j]->buffer, GST_BUFFER_COPY_META, 0, -1);
  }

  if (i == 0) {
    guint16 seq = (guint16) (current->first + current->offset);

    discont = !current->straggler && (writer->jump || (writer->started && seq != writer->next));
    for (guint j = 0; !discont && j < current->n_packets; j++)
      discont = GST_BUFFER_FLAG_IS_SET (current->packets[j]->buffer, GST_BUFFER_FLAG_DISCONT);
  }
  GST_BUFFER_FLAG_UNSET (packet, GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_MARKER);
  if (discont)
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DISCONT);
  if (is_last && GST_BUFFER_FLAG_IS_SET (last->buffer, GST_BUFFER_FLAG_MARKER))
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_MARKER);
}

/* A frame that came in another packing has no descriptor that could go on. */
static void
take_descriptor (E2eeRtpRegroup * self)
{
  const E2eeRtpPacket *first = self->current->packets[0];
  E2eeRtpWriter *writer = &self->writer;

  writer->descriptor_size = self->in == self->out ? first->descriptor_size : 0;
  e2ee_rtp_packet_extract (first, first->header_size, writer->descriptor, writer->descriptor_size);
}

/* Whether the frame may be written before anybody has looked at it. */
static gboolean
is_cut_blindly (const E2eeRtpRegroup * self)
{
  return self->out->cuts_blindly
      && (self->writer.descriptor_size > 0 || !self->out->fresh_looks);
}

guint8 *
e2ee_rtp_regroup_write_begin (E2eeRtpRegroup * self, gsize max_size)
{
  E2eeRtpWriter *writer = &self->writer;

  g_assert (self->current != NULL && !self->current->held && writer->bytes == NULL);

  writer->max_size = max_size;
  take_descriptor (self);
  if (is_cut_blindly (self) && cut (self, NULL, max_size, 0, 0, &writer->piece)) {
    const E2eeRtpPacket *source = header_source (self->current, 0, TRUE);
    gsize head = source->header_size + writer->piece.head_size;

    /* One byte more, so that the pointer is one into the memory even for a frame of none. */
    writer->direct = gst_buffer_new_allocate (NULL, head + MAX (max_size, 1), NULL);
    gst_buffer_map (writer->direct, &writer->map, GST_MAP_WRITE);
    writer->bytes = writer->map.data + head;
  } else {
    writer->bytes = e2ee_rtp_scratch_get (&writer->scratch, max_size);
  }
  return writer->bytes;
}

/* The frame lies in its packet already; only what stands in front of it is missing. */
static GstMiniObject *
finish_direct (E2eeRtpRegroup * self, gsize size, E2eeRtpStampFunc stamp, gpointer stamp_data)
{
  E2eeRtpWriter *writer = &self->writer;
  const E2eeRtpPacket *source = header_source (self->current, 0, TRUE);
  GstBuffer *packet = g_steal_pointer (&writer->direct);

  write_head (self->current, 0, TRUE, source, &writer->piece, writer->map.data);
  gst_buffer_unmap (packet, &writer->map);
  gst_buffer_set_size (packet, source->header_size + writer->piece.head_size + size);
  copy_metadata (self, 0, TRUE, source, packet);
  if (stamp != NULL)
    stamp (packet, stamp_data);
  self->current->n_written = 1;
  return GST_MINI_OBJECT_CAST (packet);
}

static GstBuffer *
make_packet (E2eeRtpRegroup * self, guint i, gboolean is_last, const E2eeRtpPiece * piece,
    const guint8 * bytes)
{
  const E2eeRtpPacket *source = header_source (self->current, i, is_last);
  gsize head = source->header_size + piece->head_size;
  GstBuffer *packet = gst_buffer_new_allocate (NULL, head + piece->size, NULL);
  GstMapInfo map;

  gst_buffer_map (packet, &map, GST_MAP_WRITE);
  write_head (self->current, i, is_last, source, piece, map.data);
  memcpy (map.data + head, bytes, piece->size);
  gst_buffer_unmap (packet, &map);
  copy_metadata (self, i, is_last, source, packet);
  return packet;
}

/* NULL: it cannot be done. */
static GstMiniObject *
split (E2eeRtpRegroup * self, gsize size, E2eeRtpStampFunc stamp, gpointer stamp_data)
{
  E2eeRtpCurrent *current = self->current;
  const guint8 *bytes = self->writer.bytes;
  GstBufferList *list = NULL;
  GstBuffer *packet = NULL;
  E2eeRtpPiece piece = { .size = 0 };
  gboolean is_last = FALSE;
  gsize offset = 0;

  for (guint i = 0; !is_last; i++) {
    is_last = cut (self, bytes, size, i, offset, &piece);
    if (piece.size == 0 || i == E2EE_RTP_MAX_FRAME_PACKETS) {
      g_clear_pointer (&list, gst_buffer_list_unref);
      current->n_written = 0;
      return NULL;
    }
    packet = make_packet (self, i, is_last, &piece, bytes + offset + piece.skip);
    if (stamp != NULL)
      stamp (packet, stamp_data);
    offset += piece.skip + piece.size;
    current->n_written++;

    if (list == NULL && !is_last)
      list = gst_buffer_list_new_sized (size / piece.size + 2);
    if (list != NULL)
      gst_buffer_list_add (list, packet);
  }
  return list != NULL ? GST_MINI_OBJECT_CAST (list) : GST_MINI_OBJECT_CAST (packet);
}

static gboolean
is_one_packet (E2eeRtpRegroup * self, gsize size)
{
  E2eeRtpPiece piece = { .size = 0 };

  return self->writer.direct != NULL || cut (self, self->writer.bytes, size, 0, 0, &piece);
}

void
e2ee_rtp_regroup_write_end (E2eeRtpRegroup * self, gsize size, E2eeRtpStampFunc stamp,
    gpointer stamp_data)
{
  E2eeRtpWriter *writer = &self->writer;
  E2eeRtpCurrent *current = self->current;
  GstMiniObject *out;

  g_assert (current != NULL && writer->bytes != NULL && size <= writer->max_size);

  if (size == 0)
    goto out;
  if (current->straggler && !is_one_packet (self, size)) {
    self->stats.late++;
    goto out;
  }

  if (writer->direct != NULL)
    out = finish_direct (self, size, stamp, stamp_data);
  else
    out = split (self, size, stamp, stamp_data);
  if (out == NULL) {
    self->stats.oversize++;
    goto out;
  }
  gst_queue_array_push_tail (self->output, out);

  if (!current->straggler) {
    writer->started = TRUE;
    writer->jump = FALSE;
    writer->next = (guint16) (current->first + current->offset + current->n_written);
  }

out:
  e2ee_rtp_writer_end_frame (writer);
}
