/* How a key store makes keys that work out of those that are listed (keystore.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "keystore-private.h"

e2ee_result
e2ee_key_store_make_params (E2eeKeyStore * store, GstE2eeKey * listed, e2ee_key_params * out)
{
  e2ee_key_params params = { 0, };

  params.suite = e2ee_suite_find (gst_e2ee_key_get_suite (listed));
  if (params.suite && gst_e2ee_key_is_of_group (listed))
    params.suite = e2ee_suite_for_group (params.suite, store->settings.format);
  params.kid = gst_e2ee_key_get_key_id (listed);
  params.base_key.data = gst_e2ee_key_peek_base_key (listed, &params.base_key.size);
  params.usage = store->usage == GST_E2EE_KEY_USAGE_ENCRYPT ? E2EE_KEY_ENCRYPT : E2EE_KEY_DECRYPT;
  params.origin = gst_e2ee_key_is_of_group (listed) ? E2EE_KEY_OF_GROUP : E2EE_KEY_STATIC;
  params.replay_window = store->settings.replay_window;
  params.hard_limit = store->settings.frame_limit;
  params.of_streams = store->settings.per_ssrc;
  if (params.suite == NULL)
    return E2EE_ERR_UNSUPPORTED;
  if (params.suite->format != store->settings.format)
    return E2EE_ERR_KEY_FORMAT;
  params.ratchet_window = store->settings.ratchet_window >= 0 ?
      (gsize) store->settings.ratchet_window : e2ee_key_default_ratchet_window (params.suite);
  params.mki_size = store->settings.mki_size;
  params.rollover = store->rollover;
  params.max_failures = store->settings.failure_tolerance + 1;
  *out = params;
  return E2EE_OK;
}

e2ee_result
e2ee_key_store_make (E2eeKeyStore * store, GstE2eeKey * listed, e2ee_key ** key)
{
  e2ee_key_params params;
  e2ee_result result = e2ee_key_store_make_params (store, listed, &params);

  return result == E2EE_OK ? e2ee_key_new (e2ee_env_default (), &params, key) : result;
}

gboolean
e2ee_key_takes_long_to_make (const GstE2eeKey * listed)
{
  const e2ee_suite *suite = e2ee_suite_find (gst_e2ee_key_get_suite (listed));

  return suite && e2ee_key_takes_long (suite);
}

/* Must be called with the lock held. */
static gboolean
is_wanted (E2eeKeyStore * store, const GstE2eeKey * listed)
{
  return (gst_e2ee_key_get_usage (listed) & store->usage)
      && !e2ee_key_store_is_removed (store, listed)
      && !e2ee_key_store_is_stranger (store, listed)
      && !e2ee_key_entries_find (store->entries, listed);
}

GPtrArray *
e2ee_key_store_make_ahead (E2eeKeyStore * store, GList * listed)
{
  GPtrArray *made = g_ptr_array_new_with_free_func (e2ee_key_entry_free);

  for (GList * link = listed; link; link = link->next) {
    e2ee_key_params params;
    e2ee_key *key = NULL;
    gboolean wanted;
    Entry *entry;

    if (!e2ee_key_takes_long_to_make (link->data))
      continue;
    g_mutex_lock (&store->lock);
    wanted = is_wanted (store, link->data)
        && e2ee_key_store_make_params (store, link->data, &params) == E2EE_OK;
    g_mutex_unlock (&store->lock);
    if (!wanted || e2ee_key_new (e2ee_env_default (), &params, &key) != E2EE_OK)
      continue;
    entry = g_new0 (Entry, 1);
    entry->listed = gst_e2ee_key_ref (link->data);
    entry->key = key;
    g_ptr_array_add (made, entry);
  }
  return made;
}
