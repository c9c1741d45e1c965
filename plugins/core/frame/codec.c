/* What must be known of an encoded frame.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/codec.h"

#include "core/frame/nal.h"
#include "core/frame/vp9.h"

/* RFC 6386 section 9.1: the first bit of the frame tag is 0 on key frames. */
#define VP8_INTERFRAME_BIT 0x01

static int
is_nal_key_frame (e2ee_codec codec, e2ee_bytes frame)
{
  e2ee_nal slice;

  return e2ee_nal_find_slice (codec, frame, &slice) == E2EE_OK
      && e2ee_nal_is_key_slice (codec, e2ee_nal_type (codec, frame.data[slice.offset]));
}

int
e2ee_codec_is_key_frame (e2ee_codec codec, e2ee_bytes frame)
{
  uint32_t width, height;

  if (frame.size == 0)
    return 0;

  switch (codec) {
    case E2EE_CODEC_NONE:
    case E2EE_CODEC_OPUS:
    case E2EE_CODEC_G711:
      /* Each stands alone. */
      return 1;
    case E2EE_CODEC_VP8:
      return !(frame.data[0] & VP8_INTERFRAME_BIT);
    case E2EE_CODEC_VP9:
      return e2ee_vp9_read_key_frame (frame, &width, &height);
    case E2EE_CODEC_H264:
    case E2EE_CODEC_H265:
      return is_nal_key_frame (codec, frame);
  }
  return 0;
}

int
e2ee_codec_is_audio (e2ee_codec codec)
{
  return codec == E2EE_CODEC_OPUS || codec == E2EE_CODEC_G711;
}
