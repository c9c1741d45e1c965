/* Why media cannot be protected.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "refusal.h"

#include "rtp/codec.h"

/* No element of GStreamer 1.22 puts AV1 into RTP packets; newer ones do, in a payload format that
 * cannot carry a protected frame: it is made of OBUs, whose headers and sizes are part of it. */
static const gchar *
refuse_av1 (void)
{
  GstElementFactory *payloader = gst_element_factory_find ("rtpav1pay");

  if (payloader == NULL)
    return "AV1 cannot be protected, and there is no payloader for it here (rtpav1pay)";
  gst_object_unref (payloader);
  return "AV1 cannot be protected, although there is a payloader for it here (rtpav1pay): its "
      "packets are cut between OBUs, which a protected frame does not have";
}

static const gchar *
refuse_codec (void)
{
  static const gchar *text;

  if (g_once_init_enter (&text)) {
    g_once_init_leave (&text, g_strdup_printf ("this codec cannot be protected; these can: %s",
            e2ee_rtp_codec_names ()));
  }
  return text;
}

static const gchar *
refuse_rtp (const GstStructure * structure)
{
  const gchar *name = gst_structure_get_string (structure, "encoding-name");

  if (name == NULL && !gst_structure_has_field (structure, "payload"))
    return "the RTP caps have no encoding-name";
  if (name == NULL)
    return "the RTP caps have no encoding-name, and their payload type does not stand for a codec "
        "that can be protected";
  if (g_ascii_strcasecmp (name, "AV1") == 0)
    return refuse_av1 ();
  if (g_ascii_strcasecmp (name, "RED") == 0)
    return "RED (RFC 2198) puts several frames into a packet; frames are protected before that and "
        "opened behind it: e2eeenc belongs in front of rtpredenc, e2eedec behind rtpreddec";
  return refuse_codec ();
}

const gchar *
e2ee_refusal_of_caps (const GstCaps * caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const gchar *name = gst_structure_get_name (structure);

  if (g_str_equal (name, "application/x-rtp"))
    return refuse_rtp (structure);
  if (g_str_equal (name, "video/x-av1"))
    return refuse_av1 ();
  if (g_str_equal (name, "video/x-raw") || g_str_equal (name, "audio/x-raw"))
    return "it is raw; frames are protected behind their encoder and opened in front of their "
        "decoder";
  if (g_str_equal (name, "application/x-srtp"))
    return "these packets are encrypted already; frames are protected before they become SRTP";
  if (g_str_has_prefix (name, "video/") || g_str_has_prefix (name, "audio/"))
    return refuse_codec ();
  return "media of this type cannot be protected";
}
