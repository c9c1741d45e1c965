/* Entry points: by flag where flags can be trusted, by the codec's own bits in RTP.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/entry.h"

#include <gst/rtp/gstrtpbuffer.h>

E2eeEntry
e2ee_entry_from_caps (const GstCaps * caps)
{
  E2eeEntry entry = { E2EE_ENTRY_BY_FLAG, NULL, TRUE };
  const GstStructure *structure;
  const E2eeRtpCodec *codec;

  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return entry;
  structure = gst_caps_get_structure (caps, 0);
  if (!gst_structure_has_name (structure, "application/x-rtp")) {
    const gchar *name = gst_structure_get_name (structure);

    entry.anywhere = !g_str_has_prefix (name, "video/") || g_str_equal (name, "video/x-raw");
    return entry;
  }

  /* In RTP the flag says nothing: rtpvp8pay and rtpvp9pay leave DELTA_UNIT off every packet, and
   * what comes out of a jitter buffer never carries it. */
  codec = e2ee_rtp_codec_from_caps (caps);
  if (codec != NULL && !codec->is_audio) {
    entry.kind = E2EE_ENTRY_RTP_KEY_FRAME;
    entry.codec = codec;
    entry.anywhere = FALSE;
  } else if (codec == NULL) {
    const gchar *media = gst_structure_get_string (structure, "media");

    if (g_strcmp0 (media, "audio") != 0 && g_strcmp0 (media, "text") != 0)
      entry = (E2eeEntry) { E2EE_ENTRY_NEVER, NULL, FALSE };
  }
  return entry;
}

static gboolean
rtp_packet_starts_key_frame (const E2eeRtpCodec * codec, GstBuffer * buffer)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  E2eeRtpPayload info;
  gboolean starts = FALSE;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return FALSE;

  {
    const guint8 *payload = gst_rtp_buffer_get_payload (&rtp);
    gsize size = gst_rtp_buffer_get_payload_len (&rtp);

    starts = size > 0 && codec->packing->parse (payload, size, &info)
        && info.start != E2EE_RTP_START_NO
        && (codec->packing->is_entry != NULL ? codec->packing->is_entry (payload, size)
        : e2ee_codec_is_key_frame (codec->codec, E2EE_BYTES (payload + info.descriptor_size,
                size - info.descriptor_size)));
  }

  gst_rtp_buffer_unmap (&rtp);
  return starts;
}

gboolean
e2ee_entry_is_possible (const E2eeEntry * entry, GstBuffer * buffer)
{
  switch (entry->kind) {
    case E2EE_ENTRY_BY_FLAG:
      return !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    case E2EE_ENTRY_RTP_KEY_FRAME:
      return rtp_packet_starts_key_frame (entry->codec, buffer);
    case E2EE_ENTRY_NEVER:
      break;
  }
  return FALSE;
}
