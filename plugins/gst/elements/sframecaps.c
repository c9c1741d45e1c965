/* The mark that caps of SFrame packets carry (sframecaps.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "sframecaps.h"

/* webrtcbin writes caps fields "a-NAME" as attributes of the medium, and reads attributes it does
 * not know into them.  The attribute has no value (draft-ietf-avtcore-rtp-sframe-02 section 6). */
#define MARK "a-sframe"

static gboolean
is_rtp (const GstStructure * structure)
{
  return gst_structure_has_name (structure, "application/x-rtp");
}

gboolean
e2ee_sframe_caps_is_marked (const GstCaps * caps)
{
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    const GstStructure *structure = gst_caps_get_structure (caps, i);

    if (is_rtp (structure) && gst_structure_has_field (structure, MARK))
      return TRUE;
  }
  return FALSE;
}

GstCaps *
e2ee_sframe_caps_mark (const GstCaps * caps)
{
  GstCaps *marked = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (marked); i++) {
    GstStructure *structure = gst_caps_get_structure (marked, i);

    if (is_rtp (structure))
      gst_structure_set (structure, MARK, G_TYPE_STRING, "", NULL);
  }
  return marked;
}

GstCaps *
e2ee_sframe_caps_unmark (const GstCaps * caps)
{
  GstCaps *plain = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (plain); i++)
    gst_structure_remove_field (gst_caps_get_structure (plain, i), MARK);
  return plain;
}

/* What is downstream may ask for the mark, which upstream does not know. */
static void
answer_caps (GstPad * srcpad, GstQuery * query)
{
  GstCaps *downstream = gst_pad_peer_query_caps (srcpad, NULL);
  GstCaps *filter, *answer = e2ee_sframe_caps_unmark (downstream);

  gst_query_parse_caps (query, &filter);
  if (filter != NULL) {
    GstCaps *all = answer;

    answer = gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (all);
  }
  gst_query_set_caps_result (query, answer);
  gst_caps_unref (answer);
  gst_caps_unref (downstream);
}

static void
answer_accept_caps (GstPad * srcpad, gboolean marks, GstQuery * query)
{
  GstCaps *caps, *mapped;

  gst_query_parse_accept_caps (query, &caps);
  mapped = marks ? e2ee_sframe_caps_mark (caps) : e2ee_sframe_caps_unmark (caps);
  gst_query_set_accept_caps_result (query, gst_pad_peer_query_accept_caps (srcpad, mapped));
  gst_caps_unref (mapped);
}

gboolean
e2ee_sframe_caps_query (GstPad * srcpad, gboolean marks, GstQuery * query)
{
  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:
      answer_caps (srcpad, query);
      return TRUE;
    case GST_QUERY_ACCEPT_CAPS:
      answer_accept_caps (srcpad, marks, query);
      return TRUE;
    default:
      return FALSE;
  }
}
