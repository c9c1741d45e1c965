/* The Opus payload, RFC 7587 section 4.2: one packet holds one Opus packet and nothing else.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/codec.h"

static gboolean
opus_parse (const guint8 * payload, gsize size, E2eeRtpPayload * info)
{
  info->descriptor_size = 0;
  info->frame_start = TRUE;
  return size > 0;
}

const E2eeRtpCodec e2ee_rtp_codec_opus = {
  .encoding_name = "OPUS",
  .media_type = "audio/x-opus",
  .codec = E2EE_CODEC_OPUS,
  .is_audio = TRUE,
  .one_packet_per_frame = TRUE,
  .parse = opus_parse,
};
