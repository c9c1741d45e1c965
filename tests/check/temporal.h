/* Two temporal layers from vp8enc and vp9enc, for the tests of several folders.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/* The encoders take GValueArrays, which gst_parse_launch() cannot read. */
static inline void
temporal_set_ints (GstElement * encoder, const gchar * property, gint a, gint b)
{
  GValueArray *array = g_value_array_new (2);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, a);
  g_value_array_append (array, &value);
  g_value_set_int (&value, b);
  g_value_array_append (array, &value);
  g_object_set (encoder, property, array, NULL);
  g_value_unset (&value);
  g_value_array_free (array);
}
G_GNUC_END_IGNORE_DEPRECATIONS

/* Every other picture is of the upper layer, to which none refers. */
static inline void
temporal_two_layers (GstElement * encoder)
{
  temporal_set_ints (encoder, "temporal-scalability-layer-id", 0, 1);
  temporal_set_ints (encoder, "temporal-scalability-rate-decimator", 2, 1);
  temporal_set_ints (encoder, "temporal-scalability-target-bitrate", 300000, 500000);
  gst_util_set_object_arg (G_OBJECT (encoder), "temporal-scalability-layer-flags",
      "<no-ref-golden+no-ref-alt+no-upd-golden+no-upd-alt, "
      "no-ref-golden+no-ref-alt+no-upd-last+no-upd-golden+no-upd-alt+no-upd-entropy>");
  /* Without sync flags both 1.22 encoders divide by their number, 0. */
  gst_util_set_object_arg (G_OBJECT (encoder), "temporal-scalability-layer-sync-flags",
      "<false, true>");
  g_object_set (encoder, "temporal-scalability-number-layers", 2,
      "temporal-scalability-periodicity", 2, NULL);
}
