/* How a key store asks the owner of the keys: after every change, and for what frames need
 * (keystore.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "keystore-private.h"

/* A stream that nobody knows is asked for again so long. */
#define WANTED_MS 2000

/* Must be called with the lock held.  The streams whose keys are needed: those that there are keys
 * of, and those that were asked for, for two seconds. */
static GArray *
copy_wanted (E2eeKeyStore * store)
{
  guint64 now_ms = g_get_monotonic_time () / 1000;
  GArray *wanted;

  for (guint i = store->wanted->len; i > 0; i--)
    if (now_ms - g_array_index (store->wanted, Wanted, i - 1).asked_ms > WANTED_MS)
      g_array_remove_index_fast (store->wanted, i - 1);
  wanted = g_array_copy (store->wanted);
  for (guint i = 0; i < store->entries->len; i++) {
    Entry *entry = g_ptr_array_index (store->entries, i);
    Wanted w = { gst_e2ee_key_get_key_id (entry->listed), now_ms };

    if (!entry->ours)
      g_array_append_val (wanted, w);
  }
  return wanted;
}

static gboolean
has_key (GHashTable * seen, GstE2eeKey * key)
{
  guint64 key_id = gst_e2ee_key_get_key_id (key);

  return g_hash_table_contains (seen, &key_id);
}

/* What @provider has for this element, in its order: all that it lists, unless that is too much,
 * and what frames have asked for.  Called with no lock held. */
static GList *
get_keys (E2eeKeyStore * store, GstE2eeKeyProvider * provider, GArray * wanted)
{
  GList *keys = gst_e2ee_key_provider_list_keys (provider, store->usage);
  GHashTable *seen;

  if (!gst_e2ee_key_provider_can_find (provider))
    return keys;
  if (g_list_length (keys) > E2EE_KEY_STORE_EAGER) {
    g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
    keys = NULL;
  }
  seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (GList * link = keys; link; link = link->next)
    e2ee_key_ids_add (seen, gst_e2ee_key_get_key_id (link->data));
  for (guint i = 0; i < wanted->len; i++) {
    guint64 key_id = g_array_index (wanted, Wanted, i).key_id;
    GList *found;

    if (g_hash_table_contains (seen, &key_id))
      continue;
    found = gst_e2ee_key_provider_find_keys (provider, store->usage, key_id);
    for (GList * link = found; link; link = link->next) {
      if (has_key (seen, link->data))
        continue;
      e2ee_key_ids_add (seen, gst_e2ee_key_get_key_id (link->data));
      keys = g_list_append (keys, gst_e2ee_key_ref (link->data));
    }
    g_list_free_full (found, (GDestroyNotify) gst_e2ee_key_unref);
  }
  g_hash_table_unref (seen);
  return keys;
}

void
e2ee_key_store_ask (E2eeKeyStore * store, GstE2eeKeyProvider * provider)
{
  GstE2eeMedia media;
  GPtrArray *made;
  GArray *wanted;
  GList *listed;
  guint64 turn;

  g_mutex_lock (&store->lock);
  turn = ++store->turns;
  wanted = copy_wanted (store);
  g_mutex_unlock (&store->lock);

  gst_e2ee_key_provider_get_media (provider, &media);
  listed = get_keys (store, provider, wanted);
  made = e2ee_key_store_make_ahead (store, listed);

  g_mutex_lock (&store->lock);
  if (store->provider == provider && turn > store->taken) {
    store->taken = turn;
    store->media = media;
    e2ee_key_store_take_list (store, listed, made);
  }
  g_mutex_unlock (&store->lock);
  g_ptr_array_unref (made);
  g_list_free_full (listed, (GDestroyNotify) gst_e2ee_key_unref);
  g_array_unref (wanted);
}

/* A search, or a key to be made. */
typedef struct
{
  E2eeKeyStore *store;
  GstE2eeKeyProvider *provider;
  GstE2eeKey *key;
  guint64 forgets;
} Search;

/* In a thread of the pool. */
static void
search (gpointer data, gpointer user_data)
{
  Search *search = data;

  if (search->key) {
    e2ee_key_store_add_made (search->store, search->key, search->forgets);
    gst_e2ee_key_unref (search->key);
    e2ee_key_store_unref (search->store, NULL);
    g_free (search);
    return;
  }
  g_mutex_lock (&search->store->lock);
  search->store->is_searching = FALSE;
  g_mutex_unlock (&search->store->lock);
  e2ee_key_store_ask (search->store, search->provider);
  g_object_unref (search->provider);
  e2ee_key_store_unref (search->store, NULL);
  g_free (search);
}

/* Never freed: searches of any element may be under way as long as the process lives. */
static GThreadPool *
search_pool (void)
{
  static GThreadPool *pool = NULL;
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    pool = g_thread_pool_new (search, NULL, 1, FALSE, NULL);
    g_once_init_leave (&once, 1);
  }
  return pool;
}

void
e2ee_key_store_add_later (E2eeKeyStore * store, GstE2eeKey * key, guint64 forgets)
{
  Search *job = g_new0 (Search, 1);

  job->store = g_atomic_rc_box_acquire (store);
  job->key = gst_e2ee_key_ref (key);
  job->forgets = forgets;
  g_thread_pool_push (search_pool (), job, NULL);
}

void
e2ee_key_store_want (E2eeKeyStore * store, guint64 key_id)
{
  Wanted w = { key_id, g_get_monotonic_time () / 1000 };
  Search *job = NULL;
  guint i;

  g_mutex_lock (&store->lock);
  for (i = 0; i < store->wanted->len; i++)
    if (g_array_index (store->wanted, Wanted, i).key_id == key_id)
      break;
  if (i < store->wanted->len)
    g_array_index (store->wanted, Wanted, i).asked_ms = w.asked_ms;
  else if (i < E2EE_KEY_STORE_MAX_WANTED && store->entries->len < E2EE_KEY_STORE_MAX_KEYS)
    g_array_append_val (store->wanted, w);
  if (!store->is_searching && store->provider
      && gst_e2ee_key_provider_can_find (store->provider)) {
    store->is_searching = TRUE;
    job = g_new0 (Search, 1);
    job->store = g_atomic_rc_box_acquire (store);
    job->provider = g_object_ref (store->provider);
  }
  g_mutex_unlock (&store->lock);
  if (job)
    g_thread_pool_push (search_pool (), job, NULL);
}
