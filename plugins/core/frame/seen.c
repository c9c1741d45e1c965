/* Nonces seen lately: a ring of them, and a hash table over the ring.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/seen.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#define NOWHERE UINT32_MAX

typedef struct
{
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  uint32_t next;                /* in the same bucket */
} seen_entry;

struct e2ee_seen
{
  /* Whoever holds the key chooses his nonces; only what he cannot foretell keeps the buckets even. */
  uint8_t hash_key[crypto_shorthash_KEYBYTES];
  size_t capacity;
  size_t n_entries;
  size_t oldest;                /* to be overwritten next, once the ring is full */
  size_t mask;
  uint32_t *buckets;
  seen_entry entries[];
};

e2ee_seen *
e2ee_seen_new (const e2ee_env * env, size_t capacity)
{
  e2ee_seen *seen;
  size_t n_buckets = 1;

  if (capacity < E2EE_SEEN_MIN)
    capacity = E2EE_SEEN_MIN;
  if (capacity > E2EE_SEEN_MAX)
    capacity = E2EE_SEEN_MAX;
  while (n_buckets < capacity)
    n_buckets *= 2;

  seen = calloc (1, sizeof *seen + capacity * sizeof seen->entries[0]);
  if (seen == NULL)
    return NULL;
  seen->buckets = malloc (n_buckets * sizeof seen->buckets[0]);
  if (seen->buckets == NULL) {
    free (seen);
    return NULL;
  }
  memset (seen->buckets, 0xff, n_buckets * sizeof seen->buckets[0]);
  env->random (env->user, seen->hash_key, sizeof seen->hash_key);
  seen->capacity = capacity;
  seen->mask = n_buckets - 1;
  return seen;
}

void
e2ee_seen_free (e2ee_seen * seen)
{
  if (seen == NULL)
    return;
  free (seen->buckets);
  free (seen);
}

static uint32_t *
bucket_of (const e2ee_seen * seen, const uint8_t nonce[E2EE_AEAD_NONCE_SIZE])
{
  uint8_t hash[crypto_shorthash_BYTES];

  crypto_shorthash (hash, nonce, E2EE_AEAD_NONCE_SIZE, seen->hash_key);
  return &seen->buckets[e2ee_get_be (hash, sizeof hash) & seen->mask];
}

e2ee_result
e2ee_seen_check (const e2ee_seen * seen, const uint8_t nonce[E2EE_AEAD_NONCE_SIZE])
{
  for (uint32_t at = *bucket_of (seen, nonce); at != NOWHERE; at = seen->entries[at].next) {
    if (memcmp (seen->entries[at].nonce, nonce, E2EE_AEAD_NONCE_SIZE) == 0)
      return E2EE_ERR_REPLAYED;
  }
  return E2EE_OK;
}

static void
forget (e2ee_seen * seen, uint32_t entry)
{
  uint32_t *link = bucket_of (seen, seen->entries[entry].nonce);

  while (*link != entry)
    link = &seen->entries[*link].next;
  *link = seen->entries[entry].next;
}

void
e2ee_seen_commit (e2ee_seen * seen, const uint8_t nonce[E2EE_AEAD_NONCE_SIZE])
{
  uint32_t *bucket;
  uint32_t at;

  if (seen->n_entries < seen->capacity) {
    at = (uint32_t) seen->n_entries++;
  } else {
    at = (uint32_t) seen->oldest;
    seen->oldest = (seen->oldest + 1) % seen->capacity;
    forget (seen, at);
  }
  bucket = bucket_of (seen, nonce);
  memcpy (seen->entries[at].nonce, nonce, E2EE_AEAD_NONCE_SIZE);
  seen->entries[at].next = *bucket;
  *bucket = at;
}
