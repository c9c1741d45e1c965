/* The receiving keys of one stream: sorted by key id, never changed once made.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/keyring.h"

#include "core/frame/key-private.h"

#include <stdlib.h>

#define NEVER UINT64_MAX

typedef struct
{
  uint64_t kid;
  uint64_t epoch;
  uint64_t ends_ms;
  e2ee_key *key;
} ring_entry;

struct e2ee_keyring
{
  atomic_size_t refs;
  size_t mki_size;
  size_t n_entries;
  ring_entry entries[];
};

static e2ee_keyring *
ring_alloc (size_t capacity)
{
  e2ee_keyring *ring = calloc (1, sizeof *ring + capacity * sizeof ring->entries[0]);

  if (ring != NULL)
    atomic_init (&ring->refs, 1);
  return ring;
}

/* Empty, for what becomes of @ring. */
static e2ee_keyring *
ring_alloc_like (const e2ee_keyring * ring, size_t capacity)
{
  e2ee_keyring *out = ring_alloc (capacity);

  if (out != NULL)
    out->mki_size = ring->mki_size;
  return out;
}

static void
ring_append (e2ee_keyring * ring, ring_entry entry)
{
  e2ee_key_ref (entry.key);
  ring->entries[ring->n_entries++] = entry;
}

/* The index of the first entry whose key id is not below @kid. */
static size_t
ring_lower_bound (const e2ee_keyring * ring, uint64_t kid)
{
  size_t low = 0, high = ring->n_entries;

  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (ring->entries[middle].kid < kid)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static const ring_entry *
ring_lookup (const e2ee_keyring * ring, uint64_t kid)
{
  size_t at = ring_lower_bound (ring, kid);

  return at < ring->n_entries && ring->entries[at].kid == kid ? &ring->entries[at] : NULL;
}

e2ee_keyring *
e2ee_keyring_new (void)
{
  return ring_alloc (0);
}

e2ee_keyring *
e2ee_keyring_ref (e2ee_keyring * ring)
{
  atomic_fetch_add_explicit (&ring->refs, 1, memory_order_relaxed);
  return ring;
}

void
e2ee_keyring_unref (e2ee_keyring * ring)
{
  if (ring == NULL)
    return;
  if (atomic_fetch_sub_explicit (&ring->refs, 1, memory_order_acq_rel) != 1)
    return;

  for (size_t i = 0; i < ring->n_entries; i++)
    e2ee_key_unref (ring->entries[i].key);
  free (ring);
}

e2ee_result
e2ee_keyring_add (const e2ee_keyring * ring, e2ee_key * key, uint64_t epoch, e2ee_keyring ** out)
{
  ring_entry added = { e2ee_key_get_kid (key), epoch, NEVER, key };
  const ring_entry *replaced = ring_lookup (ring, added.kid);
  size_t i = 0;

  *out = NULL;
  if (key->usage != E2EE_KEY_DECRYPT)
    return E2EE_ERR_KEY_USAGE;
  if (replaced != NULL && replaced->epoch == epoch)
    return E2EE_ERR_DUPLICATE_KEY;
  /* A fresh window over the same secret would let every old frame in once more. */
  if (replaced != NULL && e2ee_key_is_same_secret (replaced->key, key))
    added.key = replaced->key;

  *out = ring_alloc_like (ring, ring->n_entries + 1);
  if (*out == NULL)
    return E2EE_ERR_NO_MEMORY;

  while (i < ring->n_entries && ring->entries[i].kid < added.kid)
    ring_append (*out, ring->entries[i++]);
  ring_append (*out, added);
  if (replaced != NULL)
    i++;
  while (i < ring->n_entries)
    ring_append (*out, ring->entries[i++]);
  return E2EE_OK;
}

e2ee_keyring *
e2ee_keyring_remove (const e2ee_keyring * ring, uint64_t kid)
{
  e2ee_keyring *out = ring_alloc_like (ring, ring->n_entries);

  for (size_t i = 0; out != NULL && i < ring->n_entries; i++) {
    if (ring->entries[i].kid != kid)
      ring_append (out, ring->entries[i]);
  }
  return out;
}

e2ee_keyring *
e2ee_keyring_retire (const e2ee_keyring * ring, uint64_t epoch, uint64_t at_ms, uint64_t now_ms)
{
  e2ee_keyring *out = ring_alloc_like (ring, ring->n_entries);

  for (size_t i = 0; out != NULL && i < ring->n_entries; i++) {
    ring_entry entry = ring->entries[i];

    if (entry.epoch < epoch && entry.ends_ms > at_ms)
      entry.ends_ms = at_ms;
    if (entry.ends_ms > now_ms)
      ring_append (out, entry);
  }
  return out;
}

e2ee_key *
e2ee_keyring_find (const e2ee_keyring * ring, uint64_t kid, uint64_t now_ms, uint64_t * epoch)
{
  const ring_entry *entry = ring_lookup (ring, kid);

  if (entry == NULL || entry->ends_ms <= now_ms)
    return NULL;
  if (epoch != NULL)
    *epoch = entry->epoch;
  return entry->key;
}

static int
is_newer (const ring_entry * a, const ring_entry * b)
{
  return a->epoch > b->epoch || (a->epoch == b->epoch && a < b);
}

e2ee_key *
e2ee_keyring_nth_newest (const e2ee_keyring * ring, uint64_t now_ms, size_t nth, uint64_t * epoch)
{
  const ring_entry *before = NULL, *next;

  do {
    next = NULL;
    for (size_t i = 0; i < ring->n_entries; i++) {
      const ring_entry *entry = &ring->entries[i];

      if (entry->ends_ms > now_ms && (before == NULL || is_newer (before, entry))
          && (next == NULL || is_newer (entry, next)))
        next = entry;
    }
    before = next;
  } while (next != NULL && nth-- > 0);

  if (next == NULL)
    return NULL;
  if (epoch != NULL)
    *epoch = next->epoch;
  return next->key;
}

void
e2ee_keyring_set_mki_size (e2ee_keyring * ring, size_t size)
{
  ring->mki_size = size;
}

size_t
e2ee_keyring_get_mki_size (const e2ee_keyring * ring)
{
  return ring->mki_size;
}

size_t
e2ee_keyring_size (const e2ee_keyring * ring)
{
  return ring->n_entries;
}
