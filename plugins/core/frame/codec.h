/* The codecs whose frames can be protected, and what must be known of an encoded frame.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_CODEC_H
#define E2EE_CORE_FRAME_CODEC_H

#include "core/bytes.h"

typedef enum
{
  E2EE_CODEC_NONE = 0,          /* opaque bytes, chat: nothing is clear, each stands alone */
  E2EE_CODEC_OPUS,
  E2EE_CODEC_G711,              /* PCMU and PCMA; G.722 likewise: samples without any header */
  E2EE_CODEC_VP8,
  E2EE_CODEC_VP9,
  E2EE_CODEC_H264,              /* Annex B, like the next */
  E2EE_CODEC_H265
} e2ee_codec;

/* Nonzero when the plain @frame can be decoded without an earlier one.  What cannot be read is no
 * key frame. */
int e2ee_codec_is_key_frame (e2ee_codec codec, e2ee_bytes frame);

int e2ee_codec_is_audio (e2ee_codec codec);

#endif
