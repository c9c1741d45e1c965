/* The VP8 payload descriptor, RFC 7741 section 4.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/packing.h"

#include <string.h>

/* Two octets of flags, picture id of two, TL0PICIDX, TID with KEYIDX. */
#define VP8_MAX_DESCRIPTOR 6
#define VP8_FRESH_SIZE 1

/* First octet */
#define VP8_X 0x80
#define VP8_S 0x10
#define VP8_PID 0x07
/* Extension octet */
#define VP8_I 0x80
#define VP8_L 0x40
#define VP8_T 0x20
#define VP8_K 0x10
/* First octet of the picture id */
#define VP8_M 0x80

/* Reserved bits are not looked at: the RFC has receivers ignore them. */
static gboolean
vp8_parse (const guint8 * payload, gsize size, E2eeRtpPayload * info)
{
  gsize descriptor_size = 1;

  if (size < 1)
    return FALSE;

  if (payload[0] & VP8_X) {
    guint8 extension;

    if (size < 2)
      return FALSE;
    extension = payload[1];
    descriptor_size = 2;

    if (extension & VP8_I) {
      if (size < 3)
        return FALSE;
      descriptor_size += payload[2] & VP8_M ? 2 : 1;
    }
    if (extension & VP8_L)
      descriptor_size += 1;
    /* TID, Y and KEYIDX share one octet, there if either of T and K is set. */
    if (extension & (VP8_T | VP8_K))
      descriptor_size += 1;
  }

  if (size <= descriptor_size)
    return FALSE;

  *info = (E2eeRtpPayload) { .descriptor_size = descriptor_size };
  if ((payload[0] & (VP8_S | VP8_PID)) == VP8_S)
    info->start = E2EE_RTP_START_YES;
  return TRUE;
}

/* A protected frame has no partitions that could be told apart: everything behind its first packet
 * is "the rest of partition 0".  Picture id, TL0PICIDX, TID and KEYIDX belong on every packet. */
static void
vp8_cut (const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room,
    E2eeRtpPiece * piece)
{
  if (whole->descriptor_size > 0) {
    memcpy (piece->head, whole->descriptor, whole->descriptor_size);
    piece->head_size = whole->descriptor_size;
  } else {
    piece->head[0] = VP8_S;
    piece->head_size = VP8_FRESH_SIZE;
  }
  if (offset > 0)
    piece->head[0] &= (guint8) ~ (VP8_S | VP8_PID);
  e2ee_rtp_piece_fill (piece, whole, offset, room, last_room);
}

const E2eeRtpPacking e2ee_rtp_packing_vp8 = {
  .name = "VP8",
  .front_size = VP8_MAX_DESCRIPTOR,
  .parse = vp8_parse,
  .cuts_blindly = TRUE,
  .fresh_size = VP8_FRESH_SIZE,
  .cut = vp8_cut,
};
