/* An application that uses the installed library, compiled by install.sh.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gst/e2ee/e2ee.h>

int
main (int argc, char **argv)
{
  GstE2eeStatus *status;
  GstE2eeKeyFile *file;
  GError *error = NULL;
  GstBuffer *buffer;
  gboolean ok;

  gst_init (&argc, &argv);
  status = gst_e2ee_status_new (GST_E2EE_STATE_ON, "alice", 1);
  buffer = gst_buffer_new ();
  gst_buffer_add_e2ee_status_meta (buffer, status, 1, 1);
  file = gst_e2ee_key_file_new ("/nonexistent/keys.json", &error);
  ok = gst_buffer_get_e2ee_state (buffer) == GST_E2EE_STATE_ON && file == NULL
      && g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND);
  g_error_free (error);
  gst_buffer_unref (buffer);
  gst_e2ee_status_unref (status);
  return ok ? 0 : 1;
}
