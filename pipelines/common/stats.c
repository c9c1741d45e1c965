/* Figures of elements, as JSON.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "stats.h"

static json_t *
from_value (const GValue * value)
{
  GValue number = G_VALUE_INIT;
  json_t *json = NULL;

  if (G_VALUE_HOLDS_STRING (value))
    return json_string (g_value_get_string (value));
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return json_boolean (g_value_get_boolean (value));
  if (GST_VALUE_HOLDS_STRUCTURE (value))
    return stats_from_structure (gst_value_get_structure (value));
  if (G_VALUE_HOLDS_FLOAT (value) || G_VALUE_HOLDS_DOUBLE (value)) {
    g_value_init (&number, G_TYPE_DOUBLE);
    if (g_value_transform (value, &number))
      json = json_real (g_value_get_double (&number));
  } else if (g_value_type_transformable (G_VALUE_TYPE (value), G_TYPE_INT64)) {
    g_value_init (&number, G_TYPE_INT64);
    if (g_value_transform (value, &number))
      json = json_integer (g_value_get_int64 (&number));
  }
  if (G_IS_VALUE (&number))
    g_value_unset (&number);
  return json;
}

json_t *
stats_from_structure (const GstStructure * structure)
{
  json_t *object = json_object ();
  gint i;

  for (i = 0; i < gst_structure_n_fields (structure); i++) {
    const gchar *name = gst_structure_nth_field_name (structure, i);
    json_t *json = from_value (gst_structure_get_value (structure, name));

    if (json)
      json_object_set_new (object, name, json);
  }
  return object;
}

json_t *
stats_of_element (GstElement * element)
{
  GstStructure *structure = NULL;
  json_t *object;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "stats"))
    g_object_get (element, "stats", &structure, NULL);
  if (!structure)
    return json_object ();
  object = stats_from_structure (structure);
  gst_structure_free (structure);
  return object;
}
