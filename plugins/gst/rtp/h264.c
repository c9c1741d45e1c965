/* The H.264 payload, RFC 6184: single NAL unit packets, STAP-A and FU-A.  The other types are for
 * interleaved mode, in which no browser sends.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/nalpacking.h"

#define H264_FORBIDDEN 0x80
#define H264_NRI 0x60
#define H264_TYPE 0x1f

#define H264_LAST_UNIT 23
#define H264_STAP_A 24
#define H264_FU_A 28

static const E2eeRtpNalLayout h264 = {
  .codec = E2EE_CODEC_H264,
  .header_size = 1,
  .fragment_size = 2,
  .tells_first_slice = TRUE,
};

static gboolean
is_unit (guint type)
{
  return type > 0 && type <= H264_LAST_UNIT;
}

static gboolean
h264_parse (const guint8 * payload, gsize size, E2eeRtpPayload * info)
{
  guint type;

  *info = (E2eeRtpPayload) { 0 };
  if (size < 1 || payload[0] & H264_FORBIDDEN)
    return FALSE;

  type = payload[0] & H264_TYPE;
  if (is_unit (type)) {
    info->start = e2ee_rtp_nal_start (&h264, payload, size);
    return TRUE;
  }
  if (type == H264_STAP_A) {
    if (size < 4 || !is_unit (payload[3] & H264_TYPE))
      return FALSE;
    info->start = e2ee_rtp_nal_start (&h264, payload + 3, MIN (size - 3,
            e2ee_get_be (payload + 1, 2)));
    return TRUE;
  }
  if (type == H264_FU_A) {
    if (size < 3 || !is_unit (payload[1] & H264_TYPE)
        || (payload[1] & E2EE_RTP_FU_S && payload[1] & E2EE_RTP_FU_E))
      return FALSE;
    if (payload[1] & E2EE_RTP_FU_S)
      info->start = e2ee_rtp_nal_start (&h264, payload + 1, 2);
    return TRUE;
  }
  return FALSE;
}

static gssize
h264_unpack (const guint8 * payload, gsize size, guint8 * out, guint * state)
{
  guint8 header;

  if ((payload[0] & H264_TYPE) == H264_FU_A) {
    header = (payload[0] & H264_NRI) | (payload[1] & H264_TYPE);
    return e2ee_rtp_nal_unpack_fragment (&h264, &header, payload, size, out, state);
  }
  if (*state != 0)
    return -1;
  if ((payload[0] & H264_TYPE) == H264_STAP_A)
    return e2ee_rtp_nal_unpack_aggregate (&h264, payload, size, out);
  return e2ee_rtp_nal_unpack_single (payload, size, out);
}

static gboolean
h264_is_entry (const guint8 * payload, gsize size)
{
  guint type = payload[0] & H264_TYPE;
  gsize offset = h264.header_size, unit_size;

  if (type == H264_FU_A)
    return payload[1] & E2EE_RTP_FU_S && e2ee_rtp_nal_is_entry (&h264, payload + 1, size - 1);
  if (type != H264_STAP_A)
    return e2ee_rtp_nal_is_entry (&h264, payload, size);
  while ((unit_size = e2ee_rtp_nal_next_aggregated (&h264, payload, size, &offset)) > 0) {
    if (e2ee_rtp_nal_is_entry (&h264, payload + offset - unit_size, unit_size))
      return TRUE;
  }
  return FALSE;
}

static void
h264_make_head (const guint8 * unit, guint8 * head)
{
  head[0] = (unit[0] & (H264_FORBIDDEN | H264_NRI)) | H264_FU_A;
  head[1] = unit[0] & H264_TYPE;
}

static void
h264_cut (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
    E2eeRtpPiece * piece)
{
  e2ee_rtp_nal_cut (&h264, h264_make_head, whole, offset, room, last_room, piece);
}

/* Section 6.2: single NAL unit mode has no fragments. */
static void
h264_single_cut (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
    E2eeRtpPiece * piece)
{
  e2ee_rtp_nal_cut (&h264, NULL, whole, offset, room, last_room, piece);
}

#define H264_READING \
  .front_size = 5, \
  .parse = h264_parse, \
  .unpack = h264_unpack, \
  .is_entry = h264_is_entry

const E2eeRtpPacking e2ee_rtp_packing_h264 = {
  .name = "H264",
  H264_READING,
  .fresh_size = 2,
  .cut = h264_cut,
};

const E2eeRtpPacking e2ee_rtp_packing_h264_single = {
  .name = "H264 in single NAL unit mode",
  H264_READING,
  .cut = h264_single_cut,
};
