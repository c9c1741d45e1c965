/* The form of H.264 and H.265 frames.
 *
 * Units with lengths in front of them (avc, hvc1) have their parameter sets in the caps, where
 * nobody could tell whether they are still those that were sent.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "nalcaps.h"

static gboolean
has_nal_units (const GstStructure * structure)
{
  return gst_structure_has_name (structure, "video/x-h264")
      || gst_structure_has_name (structure, "video/x-h265");
}

static gboolean
has_string (const GstStructure * structure, const gchar * field, const gchar * value)
{
  return g_strcmp0 (gst_structure_get_string (structure, field), value) == 0;
}

const gchar *
e2ee_nal_caps_refusal (const GstCaps * caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  if (!has_nal_units (structure) || (has_string (structure, "stream-format", "byte-stream")
          && has_string (structure, "alignment", "au")))
    return NULL;
  return "H.264 and H.265 frames must be stream-format=byte-stream, alignment=au; h264parse and "
      "h265parse make them so";
}

static GstCaps *
keep_right_form (GstCaps * caps)
{
  GstCaps *kept = gst_caps_new_empty ();

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    GstCaps *one = gst_caps_copy_nth (caps, i);
    const gchar *name = gst_structure_get_name (gst_caps_get_structure (one, 0));

    if (has_nal_units (gst_caps_get_structure (one, 0))) {
      GstCaps *right = gst_caps_new_simple (name, "stream-format", G_TYPE_STRING, "byte-stream",
          "alignment", G_TYPE_STRING, "au", NULL);
      GstCaps *both = gst_caps_intersect (one, right);

      gst_caps_unref (right);
      gst_caps_replace (&one, both);
      gst_caps_unref (both);
    }
    gst_caps_append (kept, one);
  }
  gst_caps_unref (caps);
  return kept;
}

gboolean
e2ee_nal_caps_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstCaps *caps;

  if (GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS) {
    /* Taken, to be refused with a reason. */
    gst_query_parse_accept_caps (query, &caps);
    if (!gst_caps_is_fixed (caps) || e2ee_nal_caps_refusal (caps) == NULL)
      return FALSE;
    gst_query_set_accept_caps_result (query, TRUE);
    return TRUE;
  }
  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS || !gst_pad_query_default (pad, parent, query))
    return FALSE;

  gst_query_parse_caps_result (query, &caps);
  if (caps == NULL || gst_caps_is_any (caps))
    return TRUE;
  caps = keep_right_form (gst_caps_ref (caps));
  gst_query_set_caps_result (query, caps);
  gst_caps_unref (caps);
  return TRUE;
}
