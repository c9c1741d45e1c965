/* Packets made to order.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

GstBuffer *
kit_packet (const KitPacket * spec)
{
  gsize size = spec->payload != NULL && spec->size == 0 ? strlen (spec->payload) : spec->size;
  gsize total = 12 + 4 * spec->n_csrcs + size + spec->padding
      + (spec->extension_size > 0 ? 4 + spec->extension_size : 0);
  GstBuffer *packet = gst_buffer_new_allocate (NULL, total, NULL);
  GstMapInfo map;
  guint8 *p;

  gst_buffer_map (packet, &map, GST_MAP_WRITE);
  p = map.data;
  p[0] = 0x80 | spec->n_csrcs | (spec->padding > 0 ? 0x20 : 0)
      | (spec->extension_size > 0 ? 0x10 : 0);
  p[1] = (spec->pt != 0 ? spec->pt : KIT_PT) | (spec->marker ? 0x80 : 0);
  e2ee_put_be (p + 2, spec->seq, 2);
  e2ee_put_be (p + 4, spec->timestamp, 4);
  e2ee_put_be (p + 8, spec->ssrc != 0 ? spec->ssrc : KIT_SSRC, 4);
  p += 12;
  for (guint i = 0; i < spec->n_csrcs; i++, p += 4)
    e2ee_put_be (p, 0xc0ffee00 + i, 4);
  if (spec->extension_size > 0) {
    e2ee_put_be (p, spec->extension_id, 2);
    e2ee_put_be (p + 2, spec->extension_size / 4, 2);
    for (gsize i = 0; i < spec->extension_size; i++)
      p[4 + i] = (guint8) (0x40 + i + spec->seq);
    p += 4 + spec->extension_size;
  }
  for (gsize i = 0; i < size; i++)
    *p++ = spec->payload != NULL ? (guint8) spec->payload[i] : (guint8) (i * 7 + spec->seq);
  memset (p, 0, spec->padding);
  if (spec->padding > 0)
    p[spec->padding - 1] = spec->padding;
  gst_buffer_unmap (packet, &map);
  return packet;
}

GstBuffer *
kit_vp8 (guint16 seq, guint32 timestamp, gboolean start, gboolean marker, const gchar * text)
{
  gchar *payload = g_strconcat (start ? "\x10" : "\x20", text, NULL);
  KitPacket spec = { seq, timestamp, marker, payload };
  GstBuffer *packet = kit_packet (&spec);

  g_free (payload);
  return packet;
}

GstBuffer *
kit_opus (guint16 seq, const gchar * text)
{
  KitPacket spec = { seq, seq * 960, FALSE, text };

  return kit_packet (&spec);
}

GstBuffer *
kit_cut (GstBuffer * packet, gsize offset)
{
  GstBuffer *head = gst_buffer_copy_region (packet,
      GST_BUFFER_COPY_METADATA | GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_DEEP, 0, offset);
  GstBuffer *tail = gst_buffer_copy_region (packet, GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_DEEP,
      offset, -1);

  gst_buffer_unref (packet);
  return gst_buffer_append (head, tail);
}

static void
take_frame (E2eeRtpRegroup * regroup, const E2eeRtpFrame * frame, gpointer user_data)
{
  Kit *kit = user_data;
  E2eeRtpFrame info = *frame;
  gsize size = frame->data.size + kit->grow;
  guint8 *out;

  g_ptr_array_add (kit->frames, g_bytes_new (frame->data.data, frame->data.size));
  info.data = E2EE_NO_BYTES;
  g_array_append_val (kit->infos, info);

  if (kit->action == KIT_HOLD)
    g_ptr_array_add (kit->held, e2ee_rtp_regroup_hold (regroup));
  if (kit->action == KIT_DROP || kit->action == KIT_HOLD)
    return;

  out = e2ee_rtp_regroup_write_begin (regroup, size + kit->slack);
  if (size > 0)
    memset (out, '+', size);
  memcpy (out, frame->data.data, MIN (size, frame->data.size));
  if (kit->action == KIT_BEGIN_AND_HOLD)
    g_ptr_array_add (kit->held, e2ee_rtp_regroup_hold (regroup));
  if (kit->action == KIT_WRITE)
    e2ee_rtp_regroup_write_end (regroup, size, kit->stamp, kit->stamp_data);
}

Kit *
kit_new (const E2eeRtpCodec * codec, guint mtu)
{
  return kit_new_between (codec->packing, codec->packing, mtu);
}

Kit *
kit_new_between (const E2eeRtpPacking * in, const E2eeRtpPacking * out, guint mtu)
{
  Kit *kit = g_new0 (Kit, 1);

  kit->regroup = e2ee_rtp_regroup_new (in, out, mtu, take_frame, kit);
  kit->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  kit->infos = g_array_new (FALSE, FALSE, sizeof (E2eeRtpFrame));
  kit->held = g_ptr_array_new_with_free_func ((GDestroyNotify) e2ee_rtp_held_free);
  kit->out = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  kit->batches = g_array_new (FALSE, FALSE, sizeof (guint));
  return kit;
}

void
kit_free (Kit * kit)
{
  e2ee_rtp_regroup_free (kit->regroup);
  g_ptr_array_unref (kit->frames);
  g_array_unref (kit->infos);
  g_ptr_array_unref (kit->held);
  g_ptr_array_unref (kit->out);
  g_array_unref (kit->batches);
  g_free (kit);
}

static void
take_out (Kit * kit, GstBuffer * packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  fail_unless_equals_int (gst_buffer_n_memory (packet), 1);
  fail_unless (gst_buffer_is_writable (packet));
  fail_unless (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  fail_if (gst_rtp_buffer_get_padding (&rtp));
  gst_rtp_buffer_unmap (&rtp);
  g_ptr_array_add (kit->out, packet);
}

void
kit_pull (Kit * kit)
{
  GstBuffer *packet;
  GstBufferList *list;

  while (e2ee_rtp_regroup_pull (kit->regroup, &packet, &list)) {
    guint n = 0;

    fail_unless ((packet == NULL) != (list == NULL));
    if (packet != NULL) {
      take_out (kit, packet);
    } else {
      n = gst_buffer_list_length (list);
      fail_unless (n > 1, "a list of one");
      fail_unless (gst_buffer_list_is_writable (list));
      while (gst_buffer_list_length (list) > 0) {
        packet = gst_buffer_ref (gst_buffer_list_get (list, 0));
        gst_buffer_list_remove (list, 0, 1);
        take_out (kit, packet);
      }
      gst_buffer_list_unref (list);
    }
    g_array_append_val (kit->batches, n);
  }
}

void
kit_push (Kit * kit, GstBuffer * packet)
{
  e2ee_rtp_regroup_push (kit->regroup, packet);
  kit_pull (kit);
}

void
kit_push_list (Kit * kit, GstBufferList * list)
{
  e2ee_rtp_regroup_push_list (kit->regroup, list);
  kit_pull (kit);
}

guint16
kit_seq (GstBuffer * packet)
{
  guint8 bytes[2] = { 0 };

  gst_buffer_extract (packet, 2, bytes, 2);
  return (guint16) e2ee_get_be (bytes, 2);
}

gboolean
kit_marker (GstBuffer * packet)
{
  guint8 byte = 0;

  gst_buffer_extract (packet, 1, &byte, 1);
  return (byte & 0x80) != 0;
}

GBytes *
kit_payload (GstBuffer * packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  GBytes *payload;

  fail_unless (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  payload = g_bytes_new (gst_rtp_buffer_get_payload (&rtp), gst_rtp_buffer_get_payload_len (&rtp));
  gst_rtp_buffer_unmap (&rtp);
  return payload;
}

gchar *
kit_seqs (Kit * kit)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < kit->out->len; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? " " : "", kit_seq (kit->out->pdata[i]));
  return g_string_free (text, FALSE);
}

gchar *
kit_frames (Kit * kit)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < kit->frames->len; i++) {
    gsize size;
    const gchar *data = g_bytes_get_data (kit->frames->pdata[i], &size);

    if (i > 0)
      g_string_append_c (text, '|');
    g_string_append_len (text, data, size);
  }
  return g_string_free (text, FALSE);
}
