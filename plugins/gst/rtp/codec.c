/* The codecs that can be protected.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/codec.h"

#include <gst/rtp/gstrtppayloads.h>

#define FIRST_DYNAMIC_PAYLOAD_TYPE 96

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

const E2eeRtpCodec e2ee_rtp_codec_h264 = {
  .encoding_name = "H264",
  .media_type = "video/x-h264",
  .codec = E2EE_CODEC_H264,
  .packing = &e2ee_rtp_packing_h264,
};

const E2eeRtpCodec e2ee_rtp_codec_h265 = {
  .encoding_name = "H265",
  .media_type = "video/x-h265",
  .codec = E2EE_CODEC_H265,
  .packing = &e2ee_rtp_packing_h265,
};

const E2eeRtpCodec e2ee_rtp_codec_opus = {
  .encoding_name = "OPUS",
  .media_type = "audio/x-opus",
  .codec = E2EE_CODEC_OPUS,
  .is_audio = TRUE,
  .packing = &e2ee_rtp_packing_whole,
};

/* More than two channels: every packet is an Opus packet of several streams, and what they are is
 * said in the SDP. */
const E2eeRtpCodec e2ee_rtp_codec_multiopus = {
  .encoding_name = "MULTIOPUS",
  .media_type = "audio/x-opus",
  .codec = E2EE_CODEC_OPUS,
  .is_audio = TRUE,
  .packing = &e2ee_rtp_packing_whole,
};

const E2eeRtpCodec e2ee_rtp_codec_pcmu = {
  .encoding_name = "PCMU",
  .media_type = "audio/x-mulaw",
  .codec = E2EE_CODEC_G711,
  .is_audio = TRUE,
  .packing = &e2ee_rtp_packing_whole,
};

const E2eeRtpCodec e2ee_rtp_codec_pcma = {
  .encoding_name = "PCMA",
  .media_type = "audio/x-alaw",
  .codec = E2EE_CODEC_G711,
  .is_audio = TRUE,
  .packing = &e2ee_rtp_packing_whole,
};

const E2eeRtpCodec e2ee_rtp_codec_g722 = {
  .encoding_name = "G722",
  .media_type = "audio/G722",
  .codec = E2EE_CODEC_G711,
  .is_audio = TRUE,
  .packing = &e2ee_rtp_packing_whole,
};

static const E2eeRtpCodec *const codecs[] = {
  &e2ee_rtp_codec_vp8,
  &e2ee_rtp_codec_vp9,
  &e2ee_rtp_codec_h264,
  &e2ee_rtp_codec_h265,
  &e2ee_rtp_codec_opus,
  &e2ee_rtp_codec_multiopus,
  &e2ee_rtp_codec_pcmu,
  &e2ee_rtp_codec_pcma,
  &e2ee_rtp_codec_g722,
};

/* The name in RTP caps, or what their payload type has always stood for; NULL when neither says. */
static const gchar *
find_encoding_name (const GstStructure * structure)
{
  const GstRTPPayloadInfo *info;
  gint payload_type;

  if (gst_structure_has_field (structure, "encoding-name"))
    return gst_structure_get_string (structure, "encoding-name");
  if (!gst_structure_get_int (structure, "payload", &payload_type) || payload_type < 0
      || payload_type >= FIRST_DYNAMIC_PAYLOAD_TYPE)
    return NULL;
  info = gst_rtp_payload_info_for_pt (payload_type);
  return info != NULL ? info->encoding_name : NULL;
}

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
    encoding_name = find_encoding_name (structure);
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

/* RFC 6184 section 8.1: 0, single NAL unit mode, is what a receiver takes who names none. */
const E2eeRtpPacking *
e2ee_rtp_codec_choose_packing (const E2eeRtpCodec * codec, const GstCaps * caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const gchar *mode = gst_structure_get_string (structure, "packetization-mode");

  if (codec == &e2ee_rtp_codec_h264 && (mode == NULL || g_str_equal (mode, "0")))
    return &e2ee_rtp_packing_h264_single;
  return codec->packing;
}

const gchar *
e2ee_rtp_codec_names (void)
{
  static const gchar *names;

  if (g_once_init_enter (&names)) {
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", codecs[i]->encoding_name);
    g_once_init_leave (&names, g_string_free (text, FALSE));
  }
  return names;
}
