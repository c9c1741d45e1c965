/* The SFrame payload, draft-ietf-avtcore-rtp-sframe-02 section 4: one byte, and behind it a fragment
 * of an SFrame object, whatever the codec.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/packing.h"

#define SFRAME_DESCRIPTOR_SIZE 1

#define SFRAME_S 0x80           /* the first fragment */
#define SFRAME_E 0x40           /* the last */
#define SFRAME_T 0x20           /* the object is an RTP payload of the codec, not a frame */

/* The other five bits are reserved: sent as 0, and not looked at. */
static gboolean
sframe_parse (const guint8 * payload, gsize size, E2eeRtpPayload * info)
{
  if (size <= SFRAME_DESCRIPTOR_SIZE)
    return FALSE;

  *info = (E2eeRtpPayload) {
    .descriptor_size = SFRAME_DESCRIPTOR_SIZE,
    .start = payload[0] & SFRAME_S ? E2EE_RTP_START_YES : E2EE_RTP_START_NO,
    .end = (payload[0] & SFRAME_E) != 0,
    .is_payload = (payload[0] & SFRAME_T) != 0,
  };
  return TRUE;
}

static void
sframe_cut (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
    E2eeRtpPiece * piece)
{
  gboolean is_last;

  piece->head_size = SFRAME_DESCRIPTOR_SIZE;
  is_last = e2ee_rtp_piece_fill (piece, whole, offset, room, last_room);
  piece->head[0] = (offset == 0 ? SFRAME_S : 0) | (is_last ? SFRAME_E : 0);
}

static void
sframe_payload_cut (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
    E2eeRtpPiece * piece)
{
  sframe_cut (whole, offset, room, last_room, piece);
  piece->head[0] |= SFRAME_T;
}

const E2eeRtpPacking e2ee_rtp_packing_sframe = {
  .name = "SFrame",
  .front_size = SFRAME_DESCRIPTOR_SIZE,
  .tells_ends = TRUE,
  .parse = sframe_parse,
  .cuts_blindly = TRUE,
  .fresh_size = SFRAME_DESCRIPTOR_SIZE,
  .cut = sframe_cut,
};

const E2eeRtpPacking e2ee_rtp_packing_sframe_payload = {
  .name = "SFrame of payloads",
  .front_size = SFRAME_DESCRIPTOR_SIZE,
  .tells_ends = TRUE,
  .parse = sframe_parse,
  .cuts_blindly = TRUE,
  .fresh_size = SFRAME_DESCRIPTOR_SIZE,
  .cut = sframe_payload_cut,
};
