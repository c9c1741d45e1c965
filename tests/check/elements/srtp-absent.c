/* A build without libsrtp2 says so when format=srtp is asked for.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <gst/check/gstcheck.h>

#include <string.h>

static const gchar *const factories[] = { "e2eeenc", "e2eedec" };

GST_START_TEST (test_format_srtp_does_not_start_and_says_why)
{
  GstElement *element = gst_element_factory_make (factories[__i__], NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error;

  gst_element_set_bus (element, bus);
  gst_util_set_object_arg (G_OBJECT (element), "format", "srtp");
  fail_unless (gst_element_set_state (element, GST_STATE_READY) == GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "no SRTP") != NULL, "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_util_set_object_arg (G_OBJECT (element), "format", "sframe");
  fail_unless (gst_element_set_state (element, GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

GST_END_TEST;

static Suite *
srtp_absent_suite (void)
{
  Suite *s = suite_create ("srtp-absent");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_format_srtp_does_not_start_and_says_why, 0,
      G_N_ELEMENTS (factories));
  return s;
}

GST_CHECK_MAIN (srtp_absent);
