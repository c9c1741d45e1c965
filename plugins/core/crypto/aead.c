/* One AEAD interface: picks a back end, checks sizes, wipes after failures.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/aead.h"

#include <stdalign.h>

#include "core/crypto/aead-private.h"
#include "core/crypto/secret.h"

struct e2ee_aead
{
  const e2ee_aead_backend *backend;
  const e2ee_aead_algorithm *algorithm;
  const e2ee_aead_info *info;
  alignas (E2EE_AEAD_STATE_ALIGNMENT) uint8_t state[];
};

static const e2ee_aead_info infos[] = {
  {E2EE_AEAD_AES_128_GCM, "AES-128-GCM", 16, 16},
  {E2EE_AEAD_AES_256_GCM, "AES-256-GCM", 32, 16},
  {E2EE_AEAD_CHACHA20_POLY1305, "ChaCha20-Poly1305", 32, 16},
  {E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80, "AES-128-CTR-HMAC-SHA256-80", 48, 10},
  {E2EE_AEAD_AES_128_CTR_HMAC_SHA256_64, "AES-128-CTR-HMAC-SHA256-64", 48, 8},
  {E2EE_AEAD_AES_128_CTR_HMAC_SHA256_32, "AES-128-CTR-HMAC-SHA256-32", 48, 4},
  {E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80, "AES-256-CTR-HMAC-SHA512-80", 96, 10},
  {E2EE_AEAD_AES_256_CTR_HMAC_SHA512_64, "AES-256-CTR-HMAC-SHA512-64", 96, 8},
  {E2EE_AEAD_AES_256_CTR_HMAC_SHA512_32, "AES-256-CTR-HMAC-SHA512-32", 96, 4},
};

#define N_INFOS (sizeof (infos) / sizeof (infos)[0])

_Static_assert (N_INFOS + 1 == E2EE_AEAD_N_IDS, "every algorithm has its row");

/* Fastest first.  libgcrypt's ChaCha20-Poly1305 is twice as fast as libsodium 1.0.18's. */
static const e2ee_aead_backend *const built[] = {
#ifdef HAVE_IPSEC_MB
  &e2ee_aead_ipsec_mb,
#endif
#ifdef HAVE_GCRYPT
  &e2ee_aead_gcrypt,
#endif
  &e2ee_aead_sodium,
#ifdef HAVE_BEARSSL
  &e2ee_aead_bearssl,
#endif
};

#define N_BUILT (sizeof (built) / sizeof (built)[0])

static const e2ee_aead_backend *usable[N_BUILT];
static size_t n_usable;

void
e2ee_aead_start_backends (void)
{
  n_usable = 0;
  for (size_t i = 0; i < N_BUILT; i++)
    if (built[i]->start ())
      usable[n_usable++] = built[i];
}

void
e2ee_aead_stop_backends (void)
{
  n_usable = 0;
}

const e2ee_aead_info *
e2ee_aead_info_get (e2ee_aead_id id)
{
  for (size_t i = 0; i < N_INFOS; i++)
    if (infos[i].id == id)
      return &infos[i];
  return NULL;
}

const e2ee_aead_backend *
e2ee_aead_backend_nth (size_t index)
{
  return index < n_usable ? usable[index] : NULL;
}

const char *
e2ee_aead_backend_name (const e2ee_aead_backend * backend)
{
  return backend->name;
}

static const e2ee_aead_algorithm *
find_algorithm (const e2ee_aead_backend * backend, e2ee_aead_id id)
{
  for (size_t i = 0; i < backend->n_algorithms; i++)
    if (backend->algorithms[i].id == id)
      return &backend->algorithms[i];
  return NULL;
}

int
e2ee_aead_backend_has (const e2ee_aead_backend * backend, e2ee_aead_id id)
{
  return find_algorithm (backend, id) != NULL;
}

e2ee_result
e2ee_aead_new (e2ee_aead_id id, e2ee_bytes key, e2ee_aead ** aead)
{
  *aead = NULL;
  for (size_t i = 0; i < n_usable; i++)
    if (e2ee_aead_backend_has (usable[i], id))
      return e2ee_aead_new_on (usable[i], id, key, aead);
  return E2EE_ERR_UNSUPPORTED;
}

static size_t
context_size (const e2ee_aead_algorithm * algorithm)
{
  const size_t size = sizeof (e2ee_aead) + algorithm->state_size;
  const size_t mask = E2EE_AEAD_STATE_ALIGNMENT - 1;

  return (size + mask) & ~mask;
}

e2ee_result
e2ee_aead_new_on (const e2ee_aead_backend * backend, e2ee_aead_id id, e2ee_bytes key,
    e2ee_aead ** aead)
{
  const e2ee_aead_info *info = e2ee_aead_info_get (id);
  const e2ee_aead_algorithm *algorithm = find_algorithm (backend, id);
  e2ee_aead *self;
  e2ee_result r;

  *aead = NULL;
  if (info == NULL || algorithm == NULL)
    return E2EE_ERR_UNSUPPORTED;
  if (key.size != info->key_size)
    return E2EE_ERR_KEY_SIZE;

  self = e2ee_secret_alloc (context_size (algorithm));
  if (self == NULL)
    return E2EE_ERR_NO_MEMORY;
  self->backend = backend;
  self->algorithm = algorithm;
  self->info = info;
  r = algorithm->init (self->state, info, key.data);
  if (r != E2EE_OK) {
    e2ee_secret_free (self);
    return r;
  }
  *aead = self;
  return E2EE_OK;
}

void
e2ee_aead_free (e2ee_aead * aead)
{
  if (aead == NULL)
    return;
  if (aead->algorithm->clear != NULL)
    aead->algorithm->clear (aead->state);
  e2ee_secret_free (aead);
}

const e2ee_aead_info *
e2ee_aead_get_info (const e2ee_aead * aead)
{
  return aead->info;
}

const char *
e2ee_aead_get_backend_name (const e2ee_aead * aead)
{
  return aead->backend->name;
}

e2ee_result
e2ee_aead_seal (e2ee_aead * aead, const uint8_t nonce[E2EE_AEAD_NONCE_SIZE], e2ee_bytes aad,
    e2ee_bytes plaintext, uint8_t * out)
{
  e2ee_result r;

  if (plaintext.size > E2EE_AEAD_MAX_MESSAGE_SIZE || aad.size > E2EE_AEAD_MAX_MESSAGE_SIZE)
    return E2EE_ERR_TOO_LARGE;
  if (plaintext.size == 0)
    plaintext.data = out;
  r = aead->algorithm->seal (aead->state, nonce, aad, plaintext, out, out + plaintext.size);
  if (r != E2EE_OK)
    e2ee_wipe (out, plaintext.size + aead->info->tag_size);
  return r;
}

e2ee_result
e2ee_aead_open (e2ee_aead * aead, const uint8_t nonce[E2EE_AEAD_NONCE_SIZE], e2ee_bytes aad,
    e2ee_bytes sealed, uint8_t * out)
{
  const size_t tag_size = aead->info->tag_size;
  e2ee_bytes ciphertext;
  e2ee_result r;

  if (sealed.size < tag_size)
    return E2EE_ERR_TRUNCATED;
  ciphertext = E2EE_BYTES (sealed.data, sealed.size - tag_size);
  if (ciphertext.size > E2EE_AEAD_MAX_MESSAGE_SIZE || aad.size > E2EE_AEAD_MAX_MESSAGE_SIZE)
    return E2EE_ERR_TOO_LARGE;

  r = aead->algorithm->open (aead->state, nonce, aad, ciphertext, sealed.data + ciphertext.size,
      out);
  /* Some back ends decrypt while they authenticate. */
  if (r != E2EE_OK)
    e2ee_wipe (out, ciphertext.size);
  return r;
}
