/* Caps on the two sides of an element that makes SRTP of RTP, or RTP of SRTP (srtpcaps.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "srtpcaps.h"

#include <string.h>

#define RTP "application/x-rtp"
#define SRTP "application/x-srtp"

static gboolean
keep_field (GQuark field, GValue * value, gpointer user_data)
{
  const gchar *name = g_quark_to_string (field);

  return !g_str_has_prefix (name, "srtp-") && !g_str_has_prefix (name, "srtcp-")
      && !g_str_has_prefix (name, "mki") && strcmp (name, "roc") != 0;
}

GstCaps *
e2ee_srtp_caps_map (const GstCaps * caps, gboolean to_srtp)
{
  const gchar *from = to_srtp ? RTP : SRTP, *to = to_srtp ? SRTP : RTP;
  GstCaps *mapped;

  if (gst_caps_is_any (caps))
    return gst_caps_new_empty_simple (to);
  mapped = gst_caps_new_empty ();
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *structure;

    if (!gst_structure_has_name (gst_caps_get_structure (caps, i), from))
      continue;
    structure = gst_structure_copy (gst_caps_get_structure (caps, i));
    gst_structure_set_name (structure, to);
    gst_structure_filter_and_map_in_place (structure, keep_field, NULL);
    gst_caps_append_structure (mapped, structure);
  }
  return mapped;
}

static void
answer_caps (GstPad * other, gboolean is_srtp, GstQuery * query)
{
  GstCaps *peer = gst_pad_peer_query_caps (other, NULL);
  GstCaps *answer = e2ee_srtp_caps_map (peer, is_srtp);
  GstCaps *filter;

  gst_query_parse_caps (query, &filter);
  if (filter != NULL) {
    GstCaps *all = answer;

    answer = gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (all);
  }
  gst_query_set_caps_result (query, answer);
  gst_caps_unref (answer);
  gst_caps_unref (peer);
}

static void
answer_accept_caps (GstPad * other, gboolean is_srtp, GstQuery * query)
{
  GstCaps *caps, *mapped;

  gst_query_parse_accept_caps (query, &caps);
  mapped = e2ee_srtp_caps_map (caps, !is_srtp);
  gst_query_set_accept_caps_result (query, !gst_caps_is_empty (mapped)
      && gst_pad_peer_query_accept_caps (other, mapped));
  gst_caps_unref (mapped);
}

gboolean
e2ee_srtp_caps_query (GstPad * other, gboolean is_srtp, GstQuery * query)
{
  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:
      answer_caps (other, is_srtp, query);
      return TRUE;
    case GST_QUERY_ACCEPT_CAPS:
      answer_accept_caps (other, is_srtp, query);
      return TRUE;
    default:
      return FALSE;
  }
}
