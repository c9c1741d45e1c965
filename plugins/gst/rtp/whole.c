/* Payloads that are one frame and nothing else: Opus (RFC 7587 section 4.2), G.711 (RFC 3551
 * section 4.5.14).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/packing.h"

static gboolean
whole_parse (const guint8 * payload, gsize size, E2eeRtpPayload * info)
{
  *info = (E2eeRtpPayload) { .start = E2EE_RTP_START_YES, .end = TRUE };
  return size > 0;
}

static void
whole_cut (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
    E2eeRtpPiece * piece)
{
  piece->head_size = 0;
  e2ee_rtp_piece_fill (piece, whole, offset, room, last_room);
}

const E2eeRtpPacking e2ee_rtp_packing_whole = {
  .name = "whole",
  .one_packet = TRUE,
  .parse = whole_parse,
  .cuts_blindly = TRUE,
  .cut = whole_cut,
};
