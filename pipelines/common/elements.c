/* The elements of a participant.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "elements.h"

gboolean
elements_load (GError ** error)
{
  static const gchar *const needed[] = { "webrtcbin", "rtpbin", "nicesink", "dtlsenc", "srtpenc",
    "vp8enc", "vp8dec", "opusenc", "opusdec", "rtpvp8pay", "rtpvp8depay", "rtpopuspay",
    "rtpopusdepay", "videoconvert", "audioconvert", "audioresample", "matroskamux", "pngenc",
    "errorignore", "e2eeenc", "e2eedec", "e2eepolicy", "shieldoverlay"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (needed); i++) {
    GstElementFactory *factory = gst_element_factory_find (needed[i]);
    GstPluginFeature *loaded =
        factory ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory)) : NULL;

    gst_clear_object (&factory);
    if (!loaded) {
      g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
          "the GStreamer element %s is missing", needed[i]);
      return FALSE;
    }
    gst_object_unref (loaded);
  }
  return TRUE;
}
