/* The keys of one participant.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "protection.h"

#include <gst/e2ee/e2ee.h>

struct _Protection
{
  GstE2eeKeyFile *keys;         /* NULL: no keys */
  gint64 key_id;
  gint64 late;                  /* microseconds */
  gint first_asked;             /* atomic, for since */
  gint64 since;
};

Protection *
protection_new (const CallOptions * options, GError ** error)
{
  Protection *protection = g_new0 (Protection, 1);

  protection->key_id = options->key_id;
  protection->late = options->late_key * G_TIME_SPAN_MILLISECOND;
  if (options->key_file) {
    protection->keys = gst_e2ee_key_file_new (options->key_file, error);
    if (!protection->keys)
      g_clear_pointer (&protection, g_free);
  }
  return protection;
}

void
protection_free (Protection * protection)
{
  if (!protection)
    return;
  g_clear_object (&protection->keys);
  g_free (protection);
}

void
protection_set_up_encryptor (Protection * protection, GstElement * element)
{
  if (protection->keys)
    g_object_set (element, "key-provider", protection->keys, "key-id", protection->key_id, NULL);
}

/* Answers request-key, but not before it is late enough.  Streaming threads. */
static GstE2eeKey *
on_request_key (GstElement * element, guint64 key_id, Protection * protection)
{
  GstE2eeKey *found = NULL;
  GList *keys;

  if (g_atomic_int_compare_and_exchange (&protection->first_asked, 0, 1)) {
    protection->since = g_get_monotonic_time ();
    g_atomic_int_set (&protection->first_asked, 2);
  }
  if (g_atomic_int_get (&protection->first_asked) != 2
      || g_get_monotonic_time () - protection->since < protection->late)
    return NULL;

  keys = gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (protection->keys),
      GST_E2EE_KEY_USAGE_DECRYPT);
  for (GList * link = keys; link && !found; link = link->next)
    if (gst_e2ee_key_get_key_id (link->data) == key_id)
      found = gst_e2ee_key_ref (link->data);
  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  return found;
}

void
protection_set_up_decryptor (Protection * protection, GstElement * element)
{
  if (protection->keys && protection->late > 0)
    g_signal_connect (element, "request-key", G_CALLBACK (on_request_key), protection);
  else if (protection->keys)
    g_object_set (element, "key-provider", protection->keys, NULL);
}

gboolean
protection_reload (Protection * protection, GError ** error)
{
  return !protection->keys || gst_e2ee_key_file_reload (protection->keys, error);
}
