/* Who owns an element's keys, by its settings: an object, a meeting by name, a key file, or the meeting
 * of the pipeline's context (cryptor.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "cryptor.h"

/* @suite: of keys that name none; 0: their length decides. */
static GstE2eeKeyProvider *
open_key_file (const gchar * path, GstE2eeCipherSuite suite, GError ** error)
{
  GstE2eeKeyFile *file = g_object_new (GST_TYPE_E2EE_KEY_FILE, "path", path, NULL);

  if ((suite != 0 && !gst_e2ee_key_file_set_default_suite (file, suite, error))
      || !gst_e2ee_key_file_reload (file, error))
    g_clear_object (&file);
  return (GstE2eeKeyProvider *) file;
}

/* The neighbours are asked first, then the application; whoever has the meeting answers with
 * gst_element_set_context(). */
static void
ask_for_context (GstE2eeCryptor * self)
{
  GstQuery *query = gst_query_new_context (GST_E2EE_MEETING_CONTEXT);
  GstContext *context = NULL;

  if (gst_pad_peer_query (self->srcpad, query) || gst_pad_peer_query (self->sinkpad, query))
    gst_query_parse_context (query, &context);
  if (context)
    gst_element_set_context (GST_ELEMENT_CAST (self), context);
  else
    gst_element_post_message (GST_ELEMENT_CAST (self),
        gst_message_new_need_context (GST_OBJECT_CAST (self), GST_E2EE_MEETING_CONTEXT));
  gst_query_unref (query);
}

static GstE2eeKeyProvider *
find_meeting (const gchar * name, GError ** error)
{
  GstE2eeMeeting *meeting = gst_e2ee_meeting_find (name);

  if (meeting == NULL)
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
        "There is no meeting of the name %s in this process", name);
  return (GstE2eeKeyProvider *) meeting;
}

/* What cannot work is said before the first frame. */
static gboolean
has_keys_of (GstE2eeKeyProvider * provider, const e2ee_format * format, GstE2eeKeyUsage usage,
    GError ** error)
{
  const GstE2eeKey *foreign = NULL;
  GList *keys;

  if (GST_IS_E2EE_MEETING (provider)) {
    gboolean fits = e2ee_suite_for_group (e2ee_suite_find (E2EE_SUITE_AES_128_GCM_SHA256_128),
        format->id) != NULL;

    if (!fits)
      g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
          "The keys of a meeting are not for format=%s", format->name);
    return fits;
  }
  keys = gst_e2ee_key_provider_list_keys (provider, usage);
  for (GList * link = keys; link && !foreign; link = link->next)
    if (e2ee_suite_find (gst_e2ee_key_get_suite (link->data))->format != format->id)
      foreign = link->data;
  if (foreign)
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "Key %" G_GUINT64_FORMAT " is for %s, which format=%s does not have",
        gst_e2ee_key_get_key_id (foreign),
        gst_e2ee_cipher_suite_get_name (gst_e2ee_key_get_suite (foreign)), format->name);
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  return foreign == NULL;
}

GstE2eeKeyProvider *
gst_e2ee_cryptor_find_provider (GstE2eeCryptor * self, GError ** error)
{
  GstE2eeKeyProvider *provider = NULL;
  GstE2eeCipherSuite suite;
  gboolean asks;
  gchar *key_file, *meeting;

  GST_OBJECT_LOCK (self);
  key_file = g_strdup (self->settings.key_file);
  meeting = g_strdup (self->settings.meeting);
  suite = self->settings.suite_is_set ? self->settings.suite :
      (GstE2eeCipherSuite) self->format->default_suite;
  if (self->settings.provider)
    provider = g_object_ref (self->settings.provider);
  asks = !provider && !meeting && !key_file && !self->settings.context;
  GST_OBJECT_UNLOCK (self);

  if (asks)
    ask_for_context (self);
  if (provider == NULL && meeting)
    provider = find_meeting (meeting, error);
  else if (provider == NULL && key_file)
    provider = open_key_file (key_file, suite, error);
  else if (provider == NULL) {
    GST_OBJECT_LOCK (self);
    if (self->settings.context)
      provider = GST_E2EE_KEY_PROVIDER (g_object_ref (self->settings.context));
    GST_OBJECT_UNLOCK (self);
  }
  g_free (key_file);
  g_free (meeting);
  if (provider
      && !has_keys_of (provider, self->format, GST_E2EE_CRYPTOR_GET_CLASS (self)->usage, error))
    g_clear_object (&provider);
  return provider;
}

void
gst_e2ee_cryptor_take_context (GstE2eeCryptor * self, GstContext * context)
{
  GstE2eeMeeting *meeting = gst_context_get_e2ee_meeting (context);
  GstE2eeMeeting *old = meeting;

  if (meeting) {
    GST_OBJECT_LOCK (self);
    old = self->settings.context;
    self->settings.context = meeting;
    GST_OBJECT_UNLOCK (self);
  }
  g_clear_object (&old);
}
