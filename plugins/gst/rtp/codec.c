/* The codecs that can be protected.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/codec.h"

const E2eeRtpCodec e2ee_rtp_codec_vp8 = {
  .encoding_name = "VP8",
  .media_type = "video/x-vp8",
  .codec = E2EE_CODEC_VP8,
  .packing = &e2ee_rtp_packing_vp8,
};

const E2eeRtpCodec e2ee_rtp_codec_vp9 = {
  .encoding_name = "VP9",
  .media_type = "video/x-vp9",
  .codec = E2EE_CODEC_VP9,
  .packing = &e2ee_rtp_packing_vp9,
};

const E2eeRtpCodec e2ee_rtp_codec_opus = {
  .encoding_name = "OPUS",
  .media_type = "audio/x-opus",
  .codec = E2EE_CODEC_OPUS,
  .is_audio = TRUE,
  .packing = &e2ee_rtp_packing_whole,
};

static const E2eeRtpCodec *const codecs[] = {
  &e2ee_rtp_codec_vp8,
  &e2ee_rtp_codec_vp9,
  &e2ee_rtp_codec_opus,
};

const E2eeRtpCodec *
e2ee_rtp_codec_from_caps (const GstCaps * caps)
{
  const GstStructure *structure;
  const gchar *encoding_name = NULL;
  gboolean is_rtp;

  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return NULL;

  structure = gst_caps_get_structure (caps, 0);
  is_rtp = gst_structure_has_name (structure, "application/x-rtp");
  if (is_rtp) {
    encoding_name = gst_structure_get_string (structure, "encoding-name");
    if (encoding_name == NULL)
      return NULL;
  }

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    /* SDP writes encoding names in any case (RFC 8866 section 6.6). */
    if (is_rtp ? g_ascii_strcasecmp (encoding_name, codecs[i]->encoding_name) == 0
        : gst_structure_has_name (structure, codecs[i]->media_type))
      return codecs[i];
  }
  return NULL;
}
