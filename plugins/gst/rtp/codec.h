/* The codecs that can be protected: how caps name them and how their frames lie in RTP payloads.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include "core/frame/codec.h"
#include "rtp/packing.h"

G_BEGIN_DECLS

typedef struct
{
  const gchar *encoding_name;   /* of the RTP caps, in upper case */
  const gchar *media_type;      /* of the encoded frames' caps: "video/x-vp8" */
  e2ee_codec codec;
  gboolean is_audio;
  const E2eeRtpPacking *packing;
} E2eeRtpCodec;

/* The row for RTP caps, or for caps of encoded frames; NULL when this codec cannot be protected.  RTP
 * caps of a static payload type (RFC 3551 section 6) need no encoding-name. */
const E2eeRtpCodec *e2ee_rtp_codec_from_caps (const GstCaps * caps);

/* The packing that a receiver of these RTP caps takes: H.264 knows several modes. */
const E2eeRtpPacking *e2ee_rtp_codec_choose_packing (const E2eeRtpCodec * codec,
    const GstCaps * caps);

/* The codecs that can, for people: "VP8, VP9, OPUS".  Static. */
const gchar *e2ee_rtp_codec_names (void);

extern const E2eeRtpCodec e2ee_rtp_codec_vp8;
extern const E2eeRtpCodec e2ee_rtp_codec_vp9;
extern const E2eeRtpCodec e2ee_rtp_codec_h264;
extern const E2eeRtpCodec e2ee_rtp_codec_h265;
extern const E2eeRtpCodec e2ee_rtp_codec_opus;
extern const E2eeRtpCodec e2ee_rtp_codec_multiopus;
extern const E2eeRtpCodec e2ee_rtp_codec_pcmu;
extern const E2eeRtpCodec e2ee_rtp_codec_pcma;
extern const E2eeRtpCodec e2ee_rtp_codec_g722;

G_END_DECLS
