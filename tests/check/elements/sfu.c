/* A server that forwards one of several layers (sfu.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "sfu.h"

#include <gst/check/gstcheck.h>
#include <gst/rtp/rtp.h>

#define SSRC 0x0badcafe
#define PICTURE 3000            /* between two pictures, of 90,000 a second */

/* What it reads of a payload; offsets are 0 where the field is not there. */
typedef struct
{
  gsize picture_id;
  gboolean long_id;
  gsize tl0picidx;
  guint temporal;
  guint spatial;
  gboolean start;               /* of a frame */
  gboolean end;                 /* of a frame; VP9 only */
  gboolean key;                 /* the receiver can begin here */
} Info;

struct _Sfu
{
  gboolean vp9;
  guint wanted_stream, wanted_temporal, wanted_spatial;
  guint late_by;

  gboolean started;
  guint stream;                 /* that is forwarded */
  guint spatial;
  guint16 seq_offset, last_seq;
  guint32 timestamp_offset, last_timestamp;
  guint16 id_offset, last_id;
  guint8 tl0_offset, last_tl0;

  GstBuffer *kept;              /* the newest packet, before it leaves */
  GstBuffer *late;
  guint late_in;
  guint n_pictures, n_switches;
};

static void
read_vp8 (const guint8 * p, gsize size, Info * info)
{
  gsize n = 1;

  info->start = (p[0] & 0x17) == 0x10;
  if (p[0] & 0x80) {
    guint8 x = p[n++];

    if (x & 0x80) {
      info->picture_id = n;
      info->long_id = (p[n] & 0x80) != 0;
      n += info->long_id ? 2 : 1;
    }
    if (x & 0x40)
      info->tl0picidx = n++;
    if (x & 0x20)
      info->temporal = p[n] >> 6;
    if (x & 0x30)
      n++;
  }
  fail_unless (n < size);
  info->key = info->start && (p[n] & 1) == 0;
}

static void
read_vp9 (const guint8 * p, gsize size, Info * info)
{
  gsize n = 1;

  info->start = (p[0] & 0x08) != 0;
  info->end = (p[0] & 0x04) != 0;
  if (p[0] & 0x80) {
    info->picture_id = n;
    info->long_id = (p[n] & 0x80) != 0;
    n += info->long_id ? 2 : 1;
  }
  if (p[0] & 0x20) {
    info->temporal = p[n] >> 5;
    info->spatial = p[n++] >> 1 & 7;
    if (!(p[0] & 0x10))
      info->tl0picidx = n++;
  }
  fail_unless (n < size);
  info->key = info->start && info->spatial == 0 && (p[0] & 0x40) == 0;
}

static guint16
get_id (const guint8 * p, const Info * info)
{
  return info->long_id ? GST_READ_UINT16_BE (p + info->picture_id) & 0x7fff : p[info->picture_id];
}

static void
put_id (guint8 * p, const Info * info, guint16 id)
{
  if (info->long_id)
    GST_WRITE_UINT16_BE (p + info->picture_id, 0x8000 | (id & 0x7fff));
  else
    p[info->picture_id] = id & 0x7f;
}

/* The numbers of another stream go on where those of the one before have stopped. */
static void
switch_to (Sfu * sfu, guint stream, GstRTPBuffer * rtp, const guint8 * p, const Info * info)
{
  sfu->stream = stream;
  sfu->seq_offset = (guint16) (sfu->last_seq + 1 - gst_rtp_buffer_get_seq (rtp));
  sfu->timestamp_offset = sfu->last_timestamp + PICTURE - gst_rtp_buffer_get_timestamp (rtp);
  if (info->picture_id > 0)
    sfu->id_offset = (guint16) (sfu->last_id + 1 - get_id (p, info));
  if (info->tl0picidx > 0)
    sfu->tl0_offset = (guint8) (sfu->last_tl0 + 1 - p[info->tl0picidx]);
  if (sfu->started && sfu->kept != NULL && sfu->late_by > 0 && sfu->late == NULL) {
    sfu->late = g_steal_pointer (&sfu->kept);
    sfu->late_in = sfu->late_by;
  }
  sfu->n_switches += sfu->started;
  sfu->started = TRUE;
}

static gboolean
is_forwarded (Sfu * sfu, guint stream, GstRTPBuffer * rtp, const guint8 * p, const Info * info)
{
  if (info->key && stream == sfu->wanted_stream && (!sfu->started || stream != sfu->stream))
    switch_to (sfu, stream, rtp, p, info);
  if (!sfu->started || stream != sfu->stream)
    return FALSE;

  if (info->key || (info->start && info->spatial == 0 && sfu->wanted_spatial < sfu->spatial))
    sfu->spatial = sfu->wanted_spatial;
  if (info->temporal <= sfu->wanted_temporal && info->spatial <= sfu->spatial)
    return TRUE;
  /* The receiver must not take it for lost. */
  sfu->seq_offset--;
  return FALSE;
}

static void
rewrite (Sfu * sfu, GstRTPBuffer * rtp, guint8 * p, const Info * info)
{
  guint32 timestamp = gst_rtp_buffer_get_timestamp (rtp) + sfu->timestamp_offset;

  sfu->n_pictures += sfu->n_pictures == 0 || timestamp != sfu->last_timestamp;
  sfu->last_timestamp = timestamp;
  sfu->last_seq = gst_rtp_buffer_get_seq (rtp) + sfu->seq_offset;
  gst_rtp_buffer_set_ssrc (rtp, SSRC);
  gst_rtp_buffer_set_timestamp (rtp, timestamp);
  gst_rtp_buffer_set_seq (rtp, sfu->last_seq);
  if (info->picture_id > 0) {
    sfu->last_id = get_id (p, info) + sfu->id_offset;
    put_id (p, info, sfu->last_id);
  }
  if (info->tl0picidx > 0) {
    sfu->last_tl0 = p[info->tl0picidx] + sfu->tl0_offset;
    p[info->tl0picidx] = sfu->last_tl0;
  }
  /* The last layer that is forwarded ends the picture. */
  if (sfu->vp9 && info->end && info->spatial == sfu->spatial)
    gst_rtp_buffer_set_marker (rtp, TRUE);
}

static void
send (Sfu * sfu, GstBuffer * packet, GPtrArray * out)
{
  g_ptr_array_add (out, packet);
  if (sfu->late != NULL && --sfu->late_in == 0)
    g_ptr_array_add (out, g_steal_pointer (&sfu->late));
}

void
sfu_push (Sfu * sfu, guint stream, GstBuffer * packet, GPtrArray * out)
{
  GstBuffer *copy = gst_buffer_new ();
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  Info info = { 0 };
  gboolean forwarded;
  guint8 *p;

  /* What travels is bytes: metas and flags stay behind. */
  gst_buffer_copy_into (copy, packet, GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_DEEP
      | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  fail_unless (gst_rtp_buffer_map (copy, GST_MAP_READWRITE, &rtp));
  p = gst_rtp_buffer_get_payload (&rtp);
  if (sfu->vp9)
    read_vp9 (p, gst_rtp_buffer_get_payload_len (&rtp), &info);
  else
    read_vp8 (p, gst_rtp_buffer_get_payload_len (&rtp), &info);

  forwarded = is_forwarded (sfu, stream, &rtp, p, &info);
  if (forwarded)
    rewrite (sfu, &rtp, p, &info);
  gst_rtp_buffer_unmap (&rtp);
  if (!forwarded) {
    gst_buffer_unref (copy);
    return;
  }
  if (sfu->late_by == 0) {
    send (sfu, copy, out);
    return;
  }
  if (sfu->kept != NULL)
    send (sfu, sfu->kept, out);
  sfu->kept = copy;
}

void
sfu_want (Sfu * sfu, guint stream, guint temporal, guint spatial)
{
  sfu->wanted_stream = stream;
  sfu->wanted_temporal = temporal;
  sfu->wanted_spatial = spatial;
}

void
sfu_send_last_packet_late (Sfu * sfu, guint packets)
{
  sfu->late_by = packets;
}

guint
sfu_n_pictures (const Sfu * sfu)
{
  return sfu->n_pictures;
}

guint
sfu_n_switches (const Sfu * sfu)
{
  return sfu->n_switches;
}

Sfu *
sfu_new (gboolean vp9)
{
  Sfu *sfu = g_new0 (Sfu, 1);

  sfu->vp9 = vp9;
  sfu->last_seq = 65530;
  sfu->last_id = 0x7ffc;
  sfu->last_tl0 = 252;
  sfu->last_timestamp = 0xfffffe00;
  return sfu;
}

void
sfu_free (Sfu * sfu)
{
  gst_clear_buffer (&sfu->kept);
  gst_clear_buffer (&sfu->late);
  g_free (sfu);
}
