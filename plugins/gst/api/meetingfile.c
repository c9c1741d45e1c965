/* What a meeting reads and writes: the device's key, and the state that survives a restart
 * (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/meeting-private.h"

#include "api/secretfile.h"
#include "core/crypto/hkdf.h"
#include "core/crypto/secret.h"

#define STORE_KEY_LABEL "e2ee-meeting state "
#define STORE_KEY_SIZE 32

GST_DEBUG_CATEGORY_STATIC (e2ee_meeting_file_debug);
#define GST_CAT_DEFAULT e2ee_meeting_file_debug

static void
init_debug (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (e2ee_meeting_file_debug, "e2eemeetingfile", 0,
        "files of E2EE meetings");
    g_once_init_leave (&once, 1);
  }
}

e2ee_device *
gst_e2ee_meeting_read_device (const gchar * path, GError ** error)
{
  gchar *name = g_filename_display_name (path);
  e2ee_device *device = NULL;
  e2ee_bytes text;

  if (gst_e2ee_secret_file_read (path, &text, error)) {
    gst_e2ee_meeting_check (e2ee_device_from_jwk (text, &device), name, error);
    e2ee_secret_free ((void *) text.data);
  }
  g_free (name);
  return device;
}

gboolean
gst_e2ee_meeting_read_state (const gchar * path, e2ee_bytes * sealed, GError ** error)
{
  GError *fault = NULL;

  if (gst_e2ee_secret_file_read (path, sealed, &fault))
    return TRUE;
  *sealed = E2EE_NO_BYTES;
  if (g_error_matches (fault, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND)) {
    g_error_free (fault);
    return TRUE;
  }
  g_propagate_error (error, fault);
  return FALSE;
}

/* Whole or not at all, and on the disk when it returns: what was promised to others must not be
 * forgotten. */
gboolean
gst_e2ee_meeting_write_state (const gchar * path, e2ee_bytes sealed)
{
  GError *error = NULL;

  if (g_file_set_contents_full (path, (const gchar *) sealed.data, sealed.size,
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    return TRUE;
  init_debug ();
  GST_ERROR ("the state cannot be written: %s", error->message);
  g_error_free (error);
  return FALSE;
}

gboolean
gst_e2ee_meeting_derive_store_key (const e2ee_device * device, const gchar * meeting_id,
    guint8 * key)
{
  guint8 prk[E2EE_HASH_MAX_SIZE];
  gchar *label = g_strconcat (STORE_KEY_LABEL, meeting_id, NULL);
  e2ee_mls_buffer jwk = E2EE_MLS_NO_BUFFER;
  gboolean ok = FALSE;

  if (e2ee_device_to_jwk (device, &jwk) == E2EE_MEETING_OK) {
    e2ee_hkdf_extract (E2EE_HASH_SHA256, E2EE_NO_BYTES, e2ee_mls_buffer_view (jwk), prk);
    ok = e2ee_hkdf_expand (E2EE_HASH_SHA256, E2EE_BYTES (prk, 32),
        E2EE_BYTES (label, strlen (label)), key, STORE_KEY_SIZE) == E2EE_OK;
  }
  e2ee_mls_buffer_clear (&jwk);
  e2ee_wipe (prk, sizeof prk);
  g_free (label);
  return ok;
}
