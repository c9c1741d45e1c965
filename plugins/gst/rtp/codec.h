/* What regrouping and splitting must know of a codec's RTP payload, one row per codec.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include "core/frame/codec.h"

G_BEGIN_DECLS

#define E2EE_RTP_MAX_DESCRIPTOR 16

typedef struct
{
  gsize descriptor_size;        /* bytes in front of the codec's own, 0 for Opus */
  gboolean frame_start;         /* this packet holds the first byte of a frame */
} E2eeRtpPayload;

typedef struct
{
  const gchar *encoding_name;   /* of the RTP caps, in upper case */
  const gchar *media_type;      /* of the encoded frames' caps: "video/x-vp8" */
  e2ee_codec codec;
  gboolean is_audio;
  /* Every packet is a whole frame, whatever its marker (Opus, RFC 7587). */
  gboolean one_packet_per_frame;
  /* Reads the front of a payload of @size bytes, of which @payload holds the first
   * MIN (@size, E2EE_RTP_MAX_DESCRIPTOR).  FALSE: not a payload of this codec, or nothing behind
   * its descriptor; @info is then undefined. */
  gboolean (*parse) (const guint8 * payload, gsize size, E2eeRtpPayload * info);
  /* Turns the descriptor of a frame's first packet, in place, into that of a later packet.  NULL
   * for codecs without a descriptor. */
  void (*continue_descriptor) (guint8 * descriptor, gsize size);
} E2eeRtpCodec;

/* The row for RTP caps, or for caps of encoded frames; NULL when this codec cannot be protected. */
const E2eeRtpCodec *e2ee_rtp_codec_from_caps (const GstCaps * caps);

extern const E2eeRtpCodec e2ee_rtp_codec_vp8;
extern const E2eeRtpCodec e2ee_rtp_codec_opus;

G_END_DECLS
