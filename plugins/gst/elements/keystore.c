/* The keys of one element (keystore.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Lock order: provider's own lock -> never held here; store->lock guards everything but `serial`.
 * */

#include "keystore-private.h"
#include "srtpclaims.h"

#include "core/frame/srtp.h"

#include <string.h>

void
e2ee_key_entry_free (gpointer data)
{
  Entry *entry = data;

  gst_e2ee_key_unref (entry->listed);
  e2ee_key_unref (entry->key);
  g_free (entry);
}

static GHashTable *
statuses_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
      (GDestroyNotify) gst_e2ee_status_unref);
}

Entry *
e2ee_key_entries_find (GPtrArray * entries, const GstE2eeKey * listed)
{
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);

    if (gst_e2ee_key_is_equal (entry->listed, listed))
      return entry;
  }
  return NULL;
}

gboolean
e2ee_key_store_is_removed (E2eeKeyStore * store, const GstE2eeKey * listed)
{
  for (guint i = 0; i < store->removed->len; i++)
    if (gst_e2ee_key_is_equal (g_ptr_array_index (store->removed, i), listed))
      return TRUE;
  return FALSE;
}

static void
complain (E2eeKeyStore * store, GstE2eeKey * listed, e2ee_result result)
{
  g_free (store->complaint);
  store->complaint = g_strdup_printf ("Key %" G_GUINT64_FORMAT ": %s",
      gst_e2ee_key_get_key_id (listed), e2ee_result_text (result));
}

gboolean
e2ee_key_store_is_stranger (E2eeKeyStore * store, const GstE2eeKey * listed)
{
  return store->sender && !gst_e2ee_key_is_of_sender (listed, store->sender);
}

void
e2ee_key_ids_add (GHashTable * set, guint64 key_id)
{
  g_hash_table_add (set, g_memdup2 (&key_id, sizeof key_id));
}

/* Must be called with the lock held.  Adds @listed to @entries, with the working key that it
 * already has in @old or @made.  A key of somebody who is not expected is not made; one that was
 * made before is kept for its replay window. */
static gboolean
take_listed (E2eeKeyStore * store, GPtrArray * entries, GPtrArray * old, GPtrArray * made,
    GstE2eeKey * listed, gboolean ours)
{
  Entry *known, *entry;
  e2ee_key *key = NULL;

  if (!(gst_e2ee_key_get_usage (listed) & store->usage) || e2ee_key_store_is_removed (store, listed))
    return FALSE;
  if (e2ee_key_entries_find (entries, listed))
    return TRUE;
  known = e2ee_key_entries_find (old, listed);
  if (known == NULL && made && !e2ee_key_store_is_stranger (store, listed))
    known = e2ee_key_entries_find (made, listed);
  if (known) {
    key = e2ee_key_ref (known->key);
  } else if (e2ee_key_store_is_stranger (store, listed)) {
    e2ee_key_ids_add (store->strangers, gst_e2ee_key_get_key_id (listed));
    return FALSE;
  } else {
    e2ee_result result = e2ee_key_store_make (store, listed, &key);

    if (result != E2EE_OK) {
      complain (store, listed, result);
      return FALSE;
    }
  }

  entry = g_new0 (Entry, 1);
  entry->listed = gst_e2ee_key_ref (listed);
  entry->key = key;
  entry->ours = ours;
  g_ptr_array_add (entries, entry);
  return TRUE;
}

/* What is said of frames under @listed.  They were decrypted and authenticated, even when they come
 * late, in a state that knows of no protection. */
static GstE2eeStatus *
make_status (E2eeKeyStore * store, const GstE2eeKey * listed)
{
  GstE2eeState state = store->media.state;

  if (state == GST_E2EE_STATE_OFF || state == GST_E2EE_STATE_UNKNOWN)
    state = GST_E2EE_STATE_ON;
  return gst_e2ee_status_new (state, gst_e2ee_key_get_sender (listed),
      gst_e2ee_key_get_epoch (listed));
}

/* Must be called with the lock held.  Retired keys still open frames: their status stays known
 * until they are gone. */
static void
keep_statuses_of_retired (E2eeKeyStore * store, GHashTable * statuses, guint64 now_ms)
{
  GHashTableIter iter;
  gpointer key_id, status;

  if (store->statuses == NULL)
    return;
  g_hash_table_iter_init (&iter, store->statuses);
  while (g_hash_table_iter_next (&iter, &key_id, &status))
    if (!g_hash_table_contains (statuses, key_id)
        && e2ee_keyring_find (store->ring, *(guint64 *) key_id, now_ms, NULL))
      g_hash_table_insert (statuses, g_memdup2 (key_id, sizeof (guint64)),
          gst_e2ee_status_ref (status));
}

/* Takes @next, if there is one, in place of the ring. */
static void
replace_ring (E2eeKeyStore * store, e2ee_keyring * next)
{
  if (next == NULL)
    return;
  if (store->ring)
    e2ee_keyring_unref (store->ring);
  store->ring = next;
}

/* Must be called with the lock held.  Nobody else has it yet. */
static e2ee_keyring *
ring_new (E2eeKeyStore * store)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  if (ring == NULL)
    g_error ("out of memory");
  e2ee_keyring_set_mki_size (ring, store->settings.mki_size);
  return ring;
}

/* Must be called with the lock held.  The ring's epochs are generations of the list: a key that is
 * listed again moves to the new one, so that retiring everything before it retires exactly what is
 * listed no more. */
static void
publish (E2eeKeyStore * store)
{
  guint64 now_ms = g_get_monotonic_time () / 1000;
  gboolean keeps_old = store->provider && gst_e2ee_key_provider_can_find (store->provider);
  GHashTable *statuses = statuses_new ();
  e2ee_keyring *next;

  store->generation++;
  if (store->ring == NULL)
    replace_ring (store, ring_new (store));
  for (guint i = 0; i < store->entries->len; i++) {
    Entry *entry = g_ptr_array_index (store->entries, i);
    guint64 key_id = gst_e2ee_key_get_key_id (entry->listed);

    g_hash_table_replace (statuses, g_memdup2 (&key_id, sizeof key_id),
        make_status (store, entry->listed));
    if (e2ee_key_store_is_stranger (store, entry->listed))
      e2ee_key_ids_add (store->strangers, key_id);
    if (store->usage == GST_E2EE_KEY_USAGE_DECRYPT) {
      e2ee_result result = e2ee_keyring_add (store->ring, entry->key, store->generation, &next);

      if (result != E2EE_OK)
        complain (store, entry->listed, result);
      replace_ring (store, next);
    }
  }
  replace_ring (store, e2ee_keyring_retire (store->ring, store->generation,
          keeps_old ? now_ms : now_ms + E2EE_KEY_STORE_RETIRE_MS, now_ms));

  keep_statuses_of_retired (store, statuses, now_ms);
  g_clear_pointer (&store->statuses, g_hash_table_unref);
  store->statuses = statuses;
  atomic_fetch_add (&store->serial, 1);
}

/* Must be called with the lock held.  A set of its own for the next snapshot, with those whose keys
 * are still there. */
static void
renew_strangers (E2eeKeyStore * store)
{
  GHashTable *strangers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key_id;

  if (store->strangers) {
    g_hash_table_iter_init (&iter, store->strangers);
    while (g_hash_table_iter_next (&iter, &key_id, NULL))
      if (store->sender && store->ring && e2ee_keyring_find (store->ring, *(guint64 *) key_id,
              g_get_monotonic_time () / 1000, NULL))
        e2ee_key_ids_add (strangers, *(guint64 *) key_id);
    g_hash_table_unref (store->strangers);
  }
  store->strangers = strangers;
}

/* Must be called with the lock held. */
void
e2ee_key_store_take_list (E2eeKeyStore * store, GList * listed, GPtrArray * made)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (e2ee_key_entry_free);

  renew_strangers (store);
  for (GList * link = listed; link; link = link->next)
    take_listed (store, entries, store->entries, made, link->data, FALSE);
  for (guint i = 0; i < store->entries->len; i++) {
    Entry *entry = g_ptr_array_index (store->entries, i);

    if (entry->ours)
      take_listed (store, entries, store->entries, NULL, entry->listed, TRUE);
  }
  g_ptr_array_unref (store->entries);
  store->entries = entries;
  publish (store);
}

static void
on_keys_changed (GstE2eeKeyProvider * provider, gpointer user_data)
{
  e2ee_key_store_ask (user_data, provider);
}

static void
reset_media (E2eeKeyStore * store)
{
  memset (&store->media, 0, sizeof store->media);
  store->media.mode = GST_E2EE_MEDIA_MODE_PROTECTED;
  store->media.state = GST_E2EE_STATE_ON;
}

E2eeKeyStore *
e2ee_key_store_new (GstE2eeKeyUsage usage)
{
  E2eeKeyStore *store = g_atomic_rc_box_new0 (E2eeKeyStore);

  g_mutex_init (&store->lock);
  store->usage = usage;
  store->settings.key_id = -1;
  store->settings.ratchet_window = -1;
  store->settings.failure_tolerance = -1;
  store->settings.mki_size = E2EE_SRTP_DEFAULT_MKI_SIZE;
  store->rollover = e2ee_srtp_claims_rollover_new ();
  store->entries = g_ptr_array_new_with_free_func (e2ee_key_entry_free);
  store->removed = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_e2ee_key_unref);
  store->wanted = g_array_new (FALSE, FALSE, sizeof (Wanted));
  renew_strangers (store);
  reset_media (store);
  atomic_init (&store->serial, 1);
  return store;
}

static void
store_clear (gpointer data)
{
  E2eeKeyStore *store = data;

  g_ptr_array_unref (store->entries);
  g_ptr_array_unref (store->removed);
  g_array_unref (store->wanted);
  g_hash_table_unref (store->strangers);
  e2ee_rollover_unref (store->rollover);
  g_free (store->sender);
  g_mutex_clear (&store->lock);
}

/* The signal's closure holds a reference of its own: disconnecting does not wait for a handler
 * that runs in another thread. */
void
e2ee_key_store_unref (gpointer data, GClosure * closure)
{
  g_atomic_rc_box_release_full (data, store_clear);
}

void
e2ee_key_store_free (E2eeKeyStore * store)
{
  e2ee_key_store_reset (store);
  e2ee_key_store_unref (store, NULL);
}

void
e2ee_key_store_configure (E2eeKeyStore * store, const E2eeKeyStoreSettings * settings)
{
  g_mutex_lock (&store->lock);
  if (store->settings.mki_size != settings->mki_size)
    g_clear_pointer (&store->ring, e2ee_keyring_unref);
  store->settings = *settings;
  atomic_fetch_add (&store->serial, 1);
  g_mutex_unlock (&store->lock);
}

void
e2ee_key_store_set_provider (E2eeKeyStore * store, GstE2eeKeyProvider * provider)
{
  GstE2eeKeyProvider *old;
  gulong old_id;

  g_mutex_lock (&store->lock);
  old = store->provider;
  old_id = store->changed_id;
  store->provider = provider ? g_object_ref (provider) : NULL;
  store->changed_id = 0;
  g_mutex_unlock (&store->lock);

  if (old) {
    g_signal_handler_disconnect (old, old_id);
    g_object_unref (old);
  }
  if (provider) {
    gulong id = g_signal_connect_data (provider, "keys-changed", G_CALLBACK (on_keys_changed),
        g_atomic_rc_box_acquire (store), e2ee_key_store_unref, 0);

    g_mutex_lock (&store->lock);
    store->changed_id = id;
    g_mutex_unlock (&store->lock);
    e2ee_key_store_ask (store, provider);
  } else {
    g_mutex_lock (&store->lock);
    reset_media (store);
    e2ee_key_store_take_list (store, NULL, NULL);
    g_mutex_unlock (&store->lock);
  }
}

void
e2ee_key_store_set_sender (E2eeKeyStore * store, const gchar * sender)
{
  GstE2eeKeyProvider *provider = NULL;

  g_mutex_lock (&store->lock);
  g_free (store->sender);
  store->sender = g_strdup (sender);
  if (store->provider)
    provider = g_object_ref (store->provider);
  g_mutex_unlock (&store->lock);
  if (provider) {
    e2ee_key_store_ask (store, provider);
    g_object_unref (provider);
  }
}

/* Must be called with the lock held. */
static gboolean
add_key (E2eeKeyStore * store, GstE2eeKey * key, GPtrArray * made)
{
  gboolean taken;

  renew_strangers (store);
  for (guint i = store->removed->len; i > 0; i--)
    if (gst_e2ee_key_is_equal (g_ptr_array_index (store->removed, i - 1), key))
      g_ptr_array_remove_index (store->removed, i - 1);
  /* One key a key id: the newest of the app's replaces what it gave before. */
  for (guint i = store->entries->len; i > 0; i--) {
    Entry *entry = g_ptr_array_index (store->entries, i - 1);

    if (gst_e2ee_key_get_key_id (entry->listed) == gst_e2ee_key_get_key_id (key)
        && !gst_e2ee_key_is_equal (entry->listed, key))
      g_ptr_array_remove_index (store->entries, i - 1);
  }
  taken = take_listed (store, store->entries, store->entries, made, key, TRUE);
  if (taken)
    publish (store);
  return taken;
}

void
e2ee_key_store_add_made (E2eeKeyStore * store, GstE2eeKey * key, guint64 forgets)
{
  GList listed = { key, NULL, NULL };
  GPtrArray *made = e2ee_key_store_make_ahead (store, &listed);

  g_mutex_lock (&store->lock);
  if (store->forgets == forgets)
    add_key (store, key, made);
  g_mutex_unlock (&store->lock);
  g_ptr_array_unref (made);
}

gboolean
e2ee_key_store_add (E2eeKeyStore * store, GstE2eeKey * key)
{
  e2ee_key_params params;
  gboolean taken;

  /* What counts from 0 comes from the provider that gives it to one element alone. */
  if (gst_e2ee_key_is_of_group (key))
    return FALSE;
  g_mutex_lock (&store->lock);
  if (e2ee_key_takes_long_to_make (key) && !e2ee_key_entries_find (store->entries, key)) {
    taken = (gst_e2ee_key_get_usage (key) & store->usage)
        && e2ee_key_store_make_params (store, key, &params) == E2EE_OK;
    if (taken)
      e2ee_key_store_add_later (store, key, store->forgets);
  } else {
    taken = add_key (store, key, NULL);
  }
  g_mutex_unlock (&store->lock);
  return taken;
}

/* Must be called with the lock held. */
static void
remove_entry (E2eeKeyStore * store, guint index)
{
  Entry *entry = g_ptr_array_index (store->entries, index);
  e2ee_keyring *ring;

  g_ptr_array_add (store->removed, gst_e2ee_key_ref (entry->listed));
  ring = e2ee_keyring_remove (store->ring, gst_e2ee_key_get_key_id (entry->listed));
  if (ring) {
    e2ee_keyring_unref (store->ring);
    store->ring = ring;
  }
  g_ptr_array_remove_index (store->entries, index);
}

gboolean
e2ee_key_store_remove (E2eeKeyStore * store, guint64 key_id)
{
  gboolean found = FALSE;

  g_mutex_lock (&store->lock);
  store->forgets++;
  renew_strangers (store);
  for (guint i = store->entries->len; i > 0; i--) {
    Entry *entry = g_ptr_array_index (store->entries, i - 1);

    if (gst_e2ee_key_get_key_id (entry->listed) == key_id) {
      remove_entry (store, i - 1);
      found = TRUE;
    }
  }
  if (found)
    publish (store);
  g_mutex_unlock (&store->lock);
  return found;
}

void
e2ee_key_store_clear (E2eeKeyStore * store)
{
  g_mutex_lock (&store->lock);
  store->forgets++;
  renew_strangers (store);
  for (guint i = store->entries->len; i > 0; i--)
    remove_entry (store, i - 1);
  /* Keys that were listed no more go as well. */
  g_clear_pointer (&store->ring, e2ee_keyring_unref);
  publish (store);
  g_mutex_unlock (&store->lock);
}

void
e2ee_key_store_reset (E2eeKeyStore * store)
{
  GstE2eeKeyProvider *provider;
  gulong id;

  g_mutex_lock (&store->lock);
  store->forgets++;
  provider = g_steal_pointer (&store->provider);
  id = store->changed_id;
  store->changed_id = 0;
  g_ptr_array_set_size (store->entries, 0);
  g_ptr_array_set_size (store->removed, 0);
  g_clear_pointer (&store->ring, e2ee_keyring_unref);
  g_clear_pointer (&store->statuses, g_hash_table_unref);
  g_clear_pointer (&store->complaint, g_free);
  e2ee_rollover_unref (store->rollover);
  store->rollover = e2ee_srtp_claims_rollover_new ();
  g_array_set_size (store->wanted, 0);
  g_clear_pointer (&store->strangers, g_hash_table_unref);
  renew_strangers (store);
  reset_media (store);
  atomic_fetch_add (&store->serial, 1);
  g_mutex_unlock (&store->lock);

  if (provider) {
    g_signal_handler_disconnect (provider, id);
    g_object_unref (provider);
  }
}

gchar *
e2ee_key_store_take_complaint (E2eeKeyStore * store)
{
  gchar *complaint;

  g_mutex_lock (&store->lock);
  complaint = g_steal_pointer (&store->complaint);
  g_mutex_unlock (&store->lock);
  return complaint;
}

/* Must be called with the lock held.  The newest epoch sends; within it the first listed, so that
 * a file's order is its owner's choice. */
static Entry *
choose_sending (E2eeKeyStore * store)
{
  Entry *chosen = NULL;

  for (guint i = 0; i < store->entries->len; i++) {
    Entry *entry = g_ptr_array_index (store->entries, i);

    if (store->settings.key_id >= 0
        && gst_e2ee_key_get_key_id (entry->listed) != (guint64) store->settings.key_id)
      continue;
    if (chosen == NULL
        || gst_e2ee_key_get_epoch (entry->listed) > gst_e2ee_key_get_epoch (chosen->listed))
      chosen = entry;
  }
  return chosen;
}

e2ee_rollover *
e2ee_key_store_get_rollover (E2eeKeyStore * store)
{
  return store->rollover;
}

gboolean
e2ee_key_store_take (E2eeKeyStore * store, E2eeKeySnapshot * snapshot)
{
  if (G_LIKELY (atomic_load_explicit (&store->serial, memory_order_acquire) == snapshot->serial))
    return FALSE;

  e2ee_key_snapshot_clear (snapshot);
  g_mutex_lock (&store->lock);
  snapshot->serial = atomic_load (&store->serial);
  if (store->ring == NULL) {
    renew_strangers (store);
    publish (store);
  }
  snapshot->ring = e2ee_keyring_ref (store->ring);
  snapshot->statuses = g_hash_table_ref (store->statuses);
  snapshot->strangers = g_hash_table_ref (store->strangers);
  snapshot->media = store->media;
  if (store->usage == GST_E2EE_KEY_USAGE_ENCRYPT) {
    Entry *entry = choose_sending (store);

    if (entry) {
      guint64 key_id = gst_e2ee_key_get_key_id (entry->listed);

      snapshot->sending = e2ee_key_ref (entry->key);
      snapshot->sending_status =
          gst_e2ee_status_ref (g_hash_table_lookup (store->statuses, &key_id));
    }
  }
  snapshot->serial = atomic_load (&store->serial);
  g_mutex_unlock (&store->lock);
  return TRUE;
}

void
e2ee_key_snapshot_clear (E2eeKeySnapshot * snapshot)
{
  g_clear_pointer (&snapshot->ring, e2ee_keyring_unref);
  g_clear_pointer (&snapshot->sending, e2ee_key_unref);
  g_clear_pointer (&snapshot->sending_status, gst_e2ee_status_unref);
  g_clear_pointer (&snapshot->statuses, g_hash_table_unref);
  g_clear_pointer (&snapshot->strangers, g_hash_table_unref);
  snapshot->serial = 0;
}

GstE2eeStatus *
e2ee_key_snapshot_status (const E2eeKeySnapshot * snapshot, guint64 key_id)
{
  return snapshot->statuses ? g_hash_table_lookup (snapshot->statuses, &key_id) : NULL;
}

gboolean
e2ee_key_snapshot_is_stranger (const E2eeKeySnapshot * snapshot, guint64 key_id)
{
  return snapshot->strangers && g_hash_table_size (snapshot->strangers) > 0
      && g_hash_table_contains (snapshot->strangers, &key_id);
}

gboolean
e2ee_key_snapshot_is_ours (const E2eeKeySnapshot * snapshot, guint64 key_id)
{
  const GstE2eeMedia *media = &snapshot->media;

  return media->key_id_mask != 0 && (key_id & media->key_id_mask) == media->key_id_value;
}
