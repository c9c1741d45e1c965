/* The H.265 payload, RFC 7798: single NAL unit packets, aggregation packets and fragmentation units,
 * without DONL (sprop-max-don-diff 0); PACI is refused.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/nalpacking.h"

#define H265_FORBIDDEN 0x80
#define H265_TYPE_SHIFT 1
#define H265_FU_TYPE 0x3f
#define H265_TID 0x07

#define H265_LAST_UNIT 47
#define H265_AP 48
#define H265_FU 49

static const E2eeRtpNalLayout h265 = {
  .codec = E2EE_CODEC_H265,
  .header_size = 2,
  .fragment_size = 3,
};

static guint
read_type (const guint8 * header)
{
  return e2ee_nal_type (E2EE_CODEC_H265, header[0]);
}

/* The temporal id is sent plus one, and never 0. */
static gboolean
is_header (const guint8 * header)
{
  return !(header[0] & H265_FORBIDDEN) && (header[1] & H265_TID) != 0;
}

static gboolean
is_unit (const guint8 * header)
{
  return is_header (header) && read_type (header) <= H265_LAST_UNIT;
}

static void
make_unit_header (const guint8 * payload, guint8 * header)
{
  header[0] = (payload[0] & 0x81) | (payload[2] & H265_FU_TYPE) << H265_TYPE_SHIFT;
  header[1] = payload[1];
}

static gboolean
h265_parse (const guint8 * payload, gsize size, E2eeRtpPayload * info)
{
  guint8 unit[2];

  *info = (E2eeRtpPayload) { 0 };
  if (size < 2 || !is_header (payload))
    return FALSE;

  if (is_unit (payload)) {
    info->start = e2ee_rtp_nal_start (&h265, payload, size);
    return TRUE;
  }
  if (read_type (payload) == H265_AP) {
    if (size < 6 || !is_unit (payload + 4))
      return FALSE;
    info->start = e2ee_rtp_nal_start (&h265, payload + 4, h265.header_size);
    return TRUE;
  }
  if (read_type (payload) == H265_FU) {
    if (size < 4 || (payload[2] & E2EE_RTP_FU_S && payload[2] & E2EE_RTP_FU_E))
      return FALSE;
    make_unit_header (payload, unit);
    if (!is_unit (unit))
      return FALSE;
    if (payload[2] & E2EE_RTP_FU_S)
      info->start = e2ee_rtp_nal_start (&h265, unit, sizeof unit);
    return TRUE;
  }
  return FALSE;
}

static gssize
h265_unpack (const guint8 * payload, gsize size, guint8 * out, guint * state)
{
  guint8 header[2];

  if (read_type (payload) == H265_FU) {
    make_unit_header (payload, header);
    return e2ee_rtp_nal_unpack_fragment (&h265, header, payload, size, out, state);
  }
  if (*state != 0)
    return -1;
  if (read_type (payload) == H265_AP)
    return e2ee_rtp_nal_unpack_aggregate (&h265, payload, size, out);
  return e2ee_rtp_nal_unpack_single (payload, size, out);
}

static gboolean
h265_is_entry (const guint8 * payload, gsize size)
{
  gsize offset = h265.header_size, unit_size;
  guint8 unit[2];

  if (read_type (payload) == H265_FU) {
    make_unit_header (payload, unit);
    return payload[2] & E2EE_RTP_FU_S && e2ee_rtp_nal_is_entry (&h265, unit, sizeof unit);
  }
  if (read_type (payload) != H265_AP)
    return e2ee_rtp_nal_is_entry (&h265, payload, size);
  while ((unit_size = e2ee_rtp_nal_next_aggregated (&h265, payload, size, &offset)) > 0) {
    if (e2ee_rtp_nal_is_entry (&h265, payload + offset - unit_size, unit_size))
      return TRUE;
  }
  return FALSE;
}

static void
h265_make_head (const guint8 * unit, guint8 * head)
{
  head[0] = (unit[0] & 0x81) | H265_FU << H265_TYPE_SHIFT;
  head[1] = unit[1];
  head[2] = read_type (unit);
}

static void
h265_cut (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
    E2eeRtpPiece * piece)
{
  e2ee_rtp_nal_cut (&h265, h265_make_head, whole, offset, room, last_room, piece);
}

const E2eeRtpPacking e2ee_rtp_packing_h265 = {
  .name = "H265",
  .front_size = 6,
  .parse = h265_parse,
  .unpack = h265_unpack,
  .is_entry = h265_is_entry,
  .fresh_size = 3,
  .cut = h265_cut,
};
