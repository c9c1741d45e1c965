/* Every element of the plugin through every state, twice, without a key and without a peer.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/check/gstcheck.h>

static const gchar *const elements[] = {
  "e2eedec", "e2eeenc", "e2eepolicy", "shieldoverlay",
};

/* Up, down, up in one step, down in one step, and down half way. */
static const GstState way[] = {
  GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_READY,
  GST_STATE_NULL, GST_STATE_PLAYING, GST_STATE_NULL, GST_STATE_PAUSED, GST_STATE_READY,
  GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_NULL,
};

static GstElement *
make_element (gint index)
{
  GstElement *element = gst_element_factory_make (elements[index], NULL);

  fail_unless (element != NULL, "there is no element %s", elements[index]);
  return gst_object_ref_sink (element);
}

static void
go_to (GstElement * element, GstState state)
{
  GstStateChangeReturn ret = gst_element_set_state (element, state);

  if (ret == GST_STATE_CHANGE_ASYNC)
    ret = gst_element_get_state (element, NULL, NULL, GST_CLOCK_TIME_NONE);
  fail_if (ret == GST_STATE_CHANGE_FAILURE, "%s does not go to %s", GST_OBJECT_NAME (element),
      gst_element_state_get_name (state));
}

static void
read_and_write_back_every_property (GstElement * element)
{
  guint n_pspecs = 0;
  GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n_pspecs);

  for (guint i = 0; i < n_pspecs; i++) {
    GParamSpec *pspec = pspecs[i];
    GValue value = G_VALUE_INIT;

    if (!(pspec->flags & G_PARAM_READABLE))
      continue;
    g_value_init (&value, pspec->value_type);
    g_object_get_property (G_OBJECT (element), pspec->name, &value);
    /* A parent or a name belongs to whoever holds the element. */
    if ((pspec->flags & G_PARAM_WRITABLE) && !(pspec->flags & G_PARAM_CONSTRUCT_ONLY)
        && pspec->owner_type != GST_TYPE_OBJECT)
      g_object_set_property (G_OBJECT (element), pspec->name, &value);
    g_value_unset (&value);
  }
  g_free (pspecs);
}

GST_START_TEST (test_plugin_has_the_elements_that_are_tested_here)
{
  GList *features = gst_registry_get_feature_list_by_plugin (gst_registry_get (), "e2ee");
  guint n_elements = 0;

  for (GList * l = features; l != NULL; l = l->next) {
    if (!GST_IS_ELEMENT_FACTORY (l->data))
      continue;
    n_elements++;
    fail_unless (g_strv_contains ((const gchar * const[]) {
              elements[0], elements[1], elements[2], elements[3], NULL},
            GST_OBJECT_NAME (l->data)), "%s is not tested", GST_OBJECT_NAME (l->data));
  }
  fail_unless_equals_int (n_elements, G_N_ELEMENTS (elements));
  gst_plugin_feature_list_free (features);
}

GST_END_TEST;

GST_START_TEST (test_element_goes_through_every_state_twice)
{
  GstElement *element = make_element (__i__);

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < G_N_ELEMENTS (way); i++)
      go_to (element, way[i]);
  gst_object_unref (element);
}

GST_END_TEST;

GST_START_TEST (test_element_goes_through_every_state_in_a_pipeline)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *element = make_element (__i__);

  /* Not linked, so that no media decides about the state. */
  fail_unless (gst_bin_add (GST_BIN (pipeline), element));
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < G_N_ELEMENTS (way); i++)
      go_to (pipeline, way[i]);
  gst_object_unref (element);
  gst_object_unref (pipeline);
}

GST_END_TEST;

GST_START_TEST (test_element_takes_its_own_values_back_in_every_state)
{
  GstElement *element = make_element (__i__);

  read_and_write_back_every_property (element);
  for (guint i = 0; i < G_N_ELEMENTS (way); i++) {
    go_to (element, way[i]);
    read_and_write_back_every_property (element);
  }
  gst_object_unref (element);
}

GST_END_TEST;

GST_START_TEST (test_element_is_gone_after_its_last_reference)
{
  GstElement *element = make_element (__i__);
  gpointer watch = element;

  g_object_add_weak_pointer (G_OBJECT (element), &watch);
  go_to (element, GST_STATE_PLAYING);
  go_to (element, GST_STATE_NULL);
  gst_object_unref (element);
  fail_unless (watch == NULL, "%s is still there", elements[__i__]);
}

GST_END_TEST;

static Suite *
states_suite (void)
{
  Suite *suite = suite_create ("states");
  TCase *tcase = tcase_create ("states");
  const gint n = G_N_ELEMENTS (elements);

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_plugin_has_the_elements_that_are_tested_here);
  tcase_add_loop_test (tcase, test_element_goes_through_every_state_twice, 0, n);
  tcase_add_loop_test (tcase, test_element_goes_through_every_state_in_a_pipeline, 0, n);
  tcase_add_loop_test (tcase, test_element_takes_its_own_values_back_in_every_state, 0, n);
  tcase_add_loop_test (tcase, test_element_is_gone_after_its_last_reference, 0, n);
  return suite;
}

GST_CHECK_MAIN (states)
