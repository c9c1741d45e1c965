/* The VP8 payload descriptor, RFC 7741 section 4.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/codec.h"

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

  info->descriptor_size = descriptor_size;
  info->frame_start = (payload[0] & (VP8_S | VP8_PID)) == VP8_S;
  return TRUE;
}

/* A protected frame has no partitions that could be told apart: everything behind its first packet
 * is "the rest of partition 0".  Picture id, TL0PICIDX, TID and KEYIDX belong on every packet. */
static void
vp8_continue_descriptor (guint8 * descriptor, gsize size)
{
  if (size > 0)
    descriptor[0] &= (guint8) ~ (VP8_S | VP8_PID);
}

const E2eeRtpCodec e2ee_rtp_codec_vp8 = {
  .encoding_name = "VP8",
  .media_type = "video/x-vp8",
  .codec = E2EE_CODEC_VP8,
  .parse = vp8_parse,
  .continue_descriptor = vp8_continue_descriptor,
};
