/* The envelope of stored state.
 *
 *   "e2ee" kind version(2) salt(32) ciphertext || tag
 *
 * Everything before the ciphertext is authenticated with it.  Each time a fresh salt makes a fresh
 * ChaCha20-Poly1305 key, so that the nonce may be zeros however often a group is stored.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/mls/store-private.h"

#define MAGIC "e2ee"
#define MAGIC_SIZE 4
#define KIND_AT 4
#define VERSION_AT 5
#define SALT_AT 7
#define SALT_SIZE 32
#define HEADER_SIZE (SALT_AT + SALT_SIZE)
#define KEY_SIZE 32
#define TAG_SIZE 16

static const uint8_t zero_nonce[E2EE_AEAD_NONCE_SIZE];

static e2ee_mls_result
make_aead (e2ee_bytes key, const uint8_t * salt, e2ee_aead ** aead)
{
  static const char info[] = "gst-e2ee mls stored state";
  uint8_t prk[E2EE_HASH_MAX_SIZE], store_key[KEY_SIZE];
  e2ee_result r;

  if (key.size != KEY_SIZE)
    return E2EE_MLS_ERR_ARGUMENT;
  e2ee_hkdf_extract (E2EE_HASH_SHA256, E2EE_BYTES (salt, SALT_SIZE), key, prk);
  r = e2ee_hkdf_expand (E2EE_HASH_SHA256, E2EE_BYTES (prk, e2ee_hash_size (E2EE_HASH_SHA256)),
      E2EE_BYTES (info, sizeof (info) - 1), store_key, sizeof (store_key));
  if (r == E2EE_OK)
    r = e2ee_aead_new (E2EE_AEAD_CHACHA20_POLY1305, E2EE_BYTES (store_key, sizeof (store_key)),
        aead);
  e2ee_wipe (prk, sizeof (prk));
  e2ee_wipe (store_key, sizeof (store_key));
  return e2ee_mls_result_of (r);
}

e2ee_mls_result
e2ee_mls_store_seal (const e2ee_env * env, e2ee_mls_store_kind kind, e2ee_bytes key,
    e2ee_bytes plain, e2ee_mls_buffer * stored)
{
  e2ee_aead *aead = NULL;
  uint8_t *data = NULL;
  const size_t size = HEADER_SIZE + plain.size + TAG_SIZE;
  e2ee_mls_result r = E2EE_MLS_OK;

  data = e2ee_mls_alloc (size, 1);
  if (data == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  memcpy (data, MAGIC, MAGIC_SIZE);
  data[KIND_AT] = (uint8_t) kind;
  e2ee_put_be (data + VERSION_AT, E2EE_MLS_STORE_VERSION, 2);
  env->random (env->user, data + SALT_AT, SALT_SIZE);
  r = make_aead (key, data + SALT_AT, &aead);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_result_of (e2ee_aead_seal (aead, zero_nonce, E2EE_BYTES (data, HEADER_SIZE),
            plain, data + HEADER_SIZE));
  e2ee_aead_free (aead);
  if (r == E2EE_MLS_OK)
    *stored = (e2ee_mls_buffer) { data, size };
  else
    e2ee_mls_free (data);
  return r;
}

e2ee_mls_result
e2ee_mls_store_open (e2ee_mls_store_kind kind, e2ee_bytes key, e2ee_bytes stored,
    e2ee_mls_buffer * plain)
{
  e2ee_aead *aead = NULL;
  uint8_t *data = NULL;
  size_t size;
  e2ee_mls_result r;

  /* An empty state does not exist, so one byte at least is sealed. */
  if (stored.size <= HEADER_SIZE + TAG_SIZE || memcmp (stored.data, MAGIC, MAGIC_SIZE) != 0
      || stored.data[KIND_AT] != (uint8_t) kind)
    return E2EE_MLS_ERR_STORE;
  if (e2ee_get_be (stored.data + VERSION_AT, 2) != E2EE_MLS_STORE_VERSION)
    return E2EE_MLS_ERR_STORE_VERSION;
  size = stored.size - HEADER_SIZE - TAG_SIZE;
  data = e2ee_mls_alloc (size, 1);
  if (data == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  r = make_aead (key, stored.data + SALT_AT, &aead);
  if (r == E2EE_MLS_OK && e2ee_aead_open (aead, zero_nonce, E2EE_BYTES (stored.data, HEADER_SIZE),
          E2EE_BYTES (stored.data + HEADER_SIZE, stored.size - HEADER_SIZE), data) != E2EE_OK)
    r = E2EE_MLS_ERR_STORE;
  e2ee_aead_free (aead);
  if (r == E2EE_MLS_OK)
    *plain = (e2ee_mls_buffer) { data, size };
  else
    e2ee_mls_free (data);
  return r;
}

e2ee_mls_result
e2ee_mls_store_finish (const e2ee_mls_reader * reader)
{
  const e2ee_mls_result r = e2ee_mls_reader_finish (reader);

  return r == E2EE_MLS_OK || r == E2EE_MLS_ERR_NO_MEMORY ? r : E2EE_MLS_ERR_STORE;
}
