/* Caps features of attached and blended overlays (overlaycaps.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/overlaycaps.h"

#include <string.h>

#define META GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION

static gboolean
has_meta (const GstCapsFeatures * features)
{
  return !gst_caps_features_is_any (features) && gst_caps_features_contains (features, META);
}

gboolean
e2ee_overlay_caps_is_mappable (const GstCapsFeatures * features)
{
  if (gst_caps_features_is_any (features))
    return FALSE;
  for (guint i = 0; i < gst_caps_features_get_size (features); i++) {
    const gchar *feature = gst_caps_features_get_nth (features, i);

    if (g_str_has_prefix (feature, "memory:")
        && strcmp (feature, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY) != 0)
      return FALSE;
  }
  return TRUE;
}

GstCaps *
e2ee_overlay_caps_add_meta (const GstCaps * caps)
{
  GstCaps *result = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (result); i++) {
    GstCapsFeatures *features = gst_caps_get_features (result, i);

    if (!gst_caps_features_is_any (features) && !has_meta (features))
      gst_caps_features_add (features, META);
  }
  return result;
}

static GstCaps *
remove_meta (const GstCaps * caps)
{
  GstCaps *result = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (result); i++)
    gst_caps_features_remove (gst_caps_get_features (result, i), META);
  return result;
}

gboolean
e2ee_overlay_caps_can_blend (const GstCaps * caps, const GstVideoInfo * info)
{
  return e2ee_overlay_caps_is_mappable (gst_caps_get_features (caps, 0)) && info->finfo->unpack_func != NULL
      && info->finfo->pack_func != NULL;
}

static GstCaps *
transform (const GstCaps * caps, gboolean for_sink)
{
  GstCaps *result = gst_caps_new_empty ();

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    GstCaps *one = gst_caps_copy_nth (caps, i);
    GstCapsFeatures *features = gst_caps_get_features (one, 0);
    gboolean any = gst_caps_features_is_any (features);

    if (!any && for_sink && has_meta (features))
      gst_caps_append (result, remove_meta (one));
    if (!any && !for_sink && !has_meta (features))
      gst_caps_append (result, e2ee_overlay_caps_add_meta (one));
    if (any || has_meta (features) || e2ee_overlay_caps_is_mappable (features))
      gst_caps_append (result, gst_caps_ref (one));
    gst_caps_unref (one);
  }
  return result;
}

GstCaps *
e2ee_overlay_caps_for_sink (const GstCaps * downstream)
{
  return transform (downstream, TRUE);
}

GstCaps *
e2ee_overlay_caps_for_src (const GstCaps * upstream)
{
  return transform (upstream, FALSE);
}
