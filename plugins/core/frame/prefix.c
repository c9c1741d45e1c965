/* Which bytes of an encoded frame stay clear.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/prefix.h"

/* RFC 6386 section 9.1: the frame tag of 3 bytes, and on key frames start code and dimensions in 7
 * more.  Packetizers and SFUs read these and nothing behind them; browsers' transforms leave the
 * same 10 and 3 bytes. */
#define VP8_KEY_FRAME_PREFIX 10
#define VP8_INTERFRAME_PREFIX 3

static e2ee_result
read_vp8 (e2ee_bytes frame, e2ee_prefix * prefix)
{
  int key_frame;
  size_t size;

  if (frame.size < 1)
    return E2EE_ERR_TRUNCATED;

  key_frame = e2ee_codec_is_key_frame (E2EE_CODEC_VP8, frame);
  size = key_frame ? VP8_KEY_FRAME_PREFIX : VP8_INTERFRAME_PREFIX;
  if (frame.size < size)
    return E2EE_ERR_TRUNCATED;

  *prefix = (e2ee_prefix) { size, key_frame };
  return E2EE_OK;
}

e2ee_result
e2ee_prefix_read (e2ee_codec codec, e2ee_bytes frame, e2ee_prefix * prefix)
{
  *prefix = (e2ee_prefix) { 0, 0 };

  switch (codec) {
    case E2EE_CODEC_NONE:
    case E2EE_CODEC_OPUS:
    case E2EE_CODEC_G711:
      /* Nobody on the way reads into these, and each stands alone. */
      *prefix = (e2ee_prefix) { 0, 1 };
      return E2EE_OK;
    case E2EE_CODEC_VP8:
      return read_vp8 (frame, prefix);
    case E2EE_CODEC_VP9:
      /* The payload descriptor says all that anybody on the way reads: what is a key frame, a layer,
       * the size of the picture.  The frame itself does not, once it is protected. */
      return E2EE_OK;
    case E2EE_CODEC_H264:
    case E2EE_CODEC_H265:
      break;
  }
  return E2EE_ERR_UNSUPPORTED;
}
