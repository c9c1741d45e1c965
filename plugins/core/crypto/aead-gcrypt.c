/* AES-GCM, AES-CTR with HMAC, and ChaCha20-Poly1305 on libgcrypt.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/aead-private.h"

#ifdef HAVE_GCRYPT

#include <string.h>

#include <gcrypt.h>
#include <sodium.h>

#include "core/crypto/ctr-hmac.h"
#include "core/crypto/secret.h"

/* libgcrypt's pool of locked memory: 256 KiB holds about 100 AES-GCM contexts.  What does not fit
 * goes to overflow pools of 1 MiB, which are wiped but not locked. */
#define POOL_SIZE (256 * 1024)
#define MIN_POOL_SIZE (16 * 1024)
#define OVERFLOW_POOL_SIZE (1024 * 1024)

/* libgcrypt cannot shrink a pool that the system refuses to lock, so try the size on memory of our
 * own. */
static size_t
lockable_pool_size (void)
{
  size_t size;

  for (size = POOL_SIZE; size > MIN_POOL_SIZE; size /= 2) {
    void *probe = sodium_malloc (size);
    int locked;

    if (probe == NULL)
      continue;
    locked = sodium_mlock (probe, size) == 0;
    sodium_free (probe);
    if (locked)
      break;
  }
  return size;
}

/* An application that has set libgcrypt up has decided about its memory; only a library that nobody
 * has touched is ours to set up. */
static int
start (void)
{
  if (gcry_control (GCRYCTL_INITIALIZATION_FINISHED_P))
    return 1;
  if (gcry_check_version ("1.10.0") == NULL)
    return 0;
  /* A plug-in has no business on stderr, nor with the privileges of the process. */
  gcry_control (GCRYCTL_DISABLE_SECMEM_WARN);
  gcry_control (GCRYCTL_DISABLE_PRIV_DROP);
  gcry_control (GCRYCTL_INIT_SECMEM, (unsigned) lockable_pool_size ());
  gcry_control (GCRYCTL_AUTO_EXPAND_SECMEM, (unsigned) OVERFLOW_POOL_SIZE);
  gcry_control (GCRYCTL_INITIALIZATION_FINISHED, 0);
  return 1;
}

static e2ee_result
open_cipher (gcry_cipher_hd_t * cipher, int algo, int mode, e2ee_bytes key)
{
  /* An application's own pool may be full: then ordinary memory, which libgcrypt wipes as well. */
  if (gcry_cipher_open (cipher, algo, mode, GCRY_CIPHER_SECURE) != 0
      && gcry_cipher_open (cipher, algo, mode, 0) != 0)
    return E2EE_ERR_NO_MEMORY;
  if (gcry_cipher_setkey (*cipher, key.data, key.size) != 0) {
    gcry_cipher_close (*cipher);
    return E2EE_ERR_UNSUPPORTED;
  }
  return E2EE_OK;
}

/* --- AES-GCM and ChaCha20-Poly1305 --- */

typedef struct
{
  gcry_cipher_hd_t cipher;
} aead_state;

static e2ee_result
aead_init (void *state, const e2ee_aead_info * info, const uint8_t * key)
{
  aead_state *self = state;
  const e2ee_bytes all = E2EE_BYTES (key, info->key_size);

  if (info->id == E2EE_AEAD_CHACHA20_POLY1305)
    return open_cipher (&self->cipher, GCRY_CIPHER_CHACHA20, GCRY_CIPHER_MODE_POLY1305, all);
  return open_cipher (&self->cipher,
      info->key_size == 32 ? GCRY_CIPHER_AES256 : GCRY_CIPHER_AES, GCRY_CIPHER_MODE_GCM, all);
}

static void
aead_clear (void *state)
{
  aead_state *self = state;

  gcry_cipher_close (self->cipher);
}

/* Setting the nonce also resets the tag of the message before. */
static gcry_error_t
aead_start (aead_state * self, const uint8_t * nonce, e2ee_bytes aad)
{
  gcry_error_t e = gcry_cipher_setiv (self->cipher, nonce, E2EE_AEAD_NONCE_SIZE);

  if (e == 0 && aad.size > 0)
    e = gcry_cipher_authenticate (self->cipher, aad.data, aad.size);
  return e;
}

static e2ee_result
aead_seal (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext,
    uint8_t * out, uint8_t * tag)
{
  aead_state *self = state;
  gcry_error_t e = aead_start (self, nonce, aad);

  if (e == 0 && plaintext.size > 0)
    e = gcry_cipher_encrypt (self->cipher, out, plaintext.size, plaintext.data, plaintext.size);
  if (e == 0)
    e = gcry_cipher_gettag (self->cipher, tag, 16);
  return e == 0 ? E2EE_OK : E2EE_ERR_UNSUPPORTED;
}

static e2ee_result
aead_open (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
    const uint8_t * tag, uint8_t * out)
{
  aead_state *self = state;
  gcry_error_t e = aead_start (self, nonce, aad);

  if (e == 0 && ciphertext.size > 0)
    e = gcry_cipher_decrypt (self->cipher, out, ciphertext.size, ciphertext.data, ciphertext.size);
  if (e != 0)
    return E2EE_ERR_UNSUPPORTED;
  return gcry_cipher_checktag (self->cipher, tag, 16) == 0 ? E2EE_OK : E2EE_ERR_TAG;
}

/* --- AES-CTR with HMAC --- */

/* gcry_md in HMAC mode keeps a saved state, but allocates in every message, and if its key is to
 * lie in locked memory does so from one list of all secrets under one lock.  gcry_md_hash_buffers()
 * does neither: the padded keys lie here and are hashed again, which costs two blocks (measured at
 * 80 bytes: 231 against 197 ns with SHA-256, 677 against 447 ns with SHA-512). */
typedef struct
{
  gcry_cipher_hd_t cipher;
  int hash;
  size_t hash_size;
  size_t block_size;
  size_t tag_size;
  uint8_t inner_pad[128];
  uint8_t outer_pad[128];
} ctr_hmac_state;

static e2ee_result
ctr_hmac_init (void *state, const e2ee_aead_info * info, const uint8_t * key)
{
  ctr_hmac_state *self = state;
  const size_t enc_key_size = e2ee_ctr_hmac_enc_key_size (info);
  const uint8_t *auth_key = key + enc_key_size;
  e2ee_result r;

  r = open_cipher (&self->cipher, enc_key_size == 32 ? GCRY_CIPHER_AES256 : GCRY_CIPHER_AES,
      GCRY_CIPHER_MODE_CTR, E2EE_BYTES (key, enc_key_size));
  if (r != E2EE_OK)
    return r;
  self->hash_size = e2ee_ctr_hmac_auth_key_size (info);
  self->hash = self->hash_size == 64 ? GCRY_MD_SHA512 : GCRY_MD_SHA256;
  self->block_size = 2 * self->hash_size;
  self->tag_size = info->tag_size;
  /* RFC 2104: the key, as long as the hash here, padded with zeros to a block. */
  memset (self->inner_pad, 0x36, self->block_size);
  memset (self->outer_pad, 0x5c, self->block_size);
  for (size_t i = 0; i < self->hash_size; i++) {
    self->inner_pad[i] ^= auth_key[i];
    self->outer_pad[i] ^= auth_key[i];
  }
  return E2EE_OK;
}

static void
ctr_hmac_clear (void *state)
{
  ctr_hmac_state *self = state;

  gcry_cipher_close (self->cipher);
}

static e2ee_result
ctr_crypt (void *state, const uint8_t counter[16], e2ee_bytes in, uint8_t * out)
{
  ctr_hmac_state *self = state;

  if (gcry_cipher_setctr (self->cipher, counter, 16) != 0
      || gcry_cipher_encrypt (self->cipher, out, in.size, in.data, in.size) != 0)
    return E2EE_ERR_UNSUPPORTED;
  return E2EE_OK;
}

static gcry_buffer_t
hash_input (const uint8_t * data, size_t size)
{
  gcry_buffer_t buffer = { 0 };

  buffer.len = size;
  buffer.data = (void *) data;
  return buffer;
}

static e2ee_result
hmac_mac (void *state, e2ee_bytes head, e2ee_bytes aad, e2ee_bytes ciphertext, uint8_t * mac)
{
  ctr_hmac_state *self = state;
  const gcry_buffer_t inner[] = {
    hash_input (self->inner_pad, self->block_size), hash_input (head.data, head.size),
    hash_input (aad.data, aad.size), hash_input (ciphertext.data, ciphertext.size)
  };
  const gcry_buffer_t outer[] = {
    hash_input (self->outer_pad, self->block_size), hash_input (mac, self->hash_size)
  };

  if (gcry_md_hash_buffers (self->hash, 0, mac, inner, 4) != 0
      || gcry_md_hash_buffers (self->hash, 0, mac, outer, 2) != 0)
    return E2EE_ERR_UNSUPPORTED;
  return E2EE_OK;
}

static const e2ee_ctr_hmac_primitives primitives = { ctr_crypt, hmac_mac };

static e2ee_result
ctr_hmac_seal (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes plaintext,
    uint8_t * out, uint8_t * tag)
{
  const ctr_hmac_state *self = state;

  return e2ee_ctr_hmac_seal (&primitives, state, self->tag_size, nonce, aad, plaintext, out, tag);
}

static e2ee_result
ctr_hmac_open (void *state, const uint8_t * nonce, e2ee_bytes aad, e2ee_bytes ciphertext,
    const uint8_t * tag, uint8_t * out)
{
  const ctr_hmac_state *self = state;

  return e2ee_ctr_hmac_open (&primitives, state, self->tag_size, nonce, aad, ciphertext, tag, out);
}

#define AEAD(id) \
  { id, sizeof (aead_state), aead_init, aead_clear, aead_seal, aead_open }
#define CTR_HMAC(id) \
  { id, sizeof (ctr_hmac_state), ctr_hmac_init, ctr_hmac_clear, ctr_hmac_seal, ctr_hmac_open }

static const e2ee_aead_algorithm algorithms[] = {
  AEAD (E2EE_AEAD_AES_128_GCM),
  AEAD (E2EE_AEAD_AES_256_GCM),
  AEAD (E2EE_AEAD_CHACHA20_POLY1305),
  CTR_HMAC (E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80),
  CTR_HMAC (E2EE_AEAD_AES_128_CTR_HMAC_SHA256_64),
  CTR_HMAC (E2EE_AEAD_AES_128_CTR_HMAC_SHA256_32),
  CTR_HMAC (E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80),
  CTR_HMAC (E2EE_AEAD_AES_256_CTR_HMAC_SHA512_64),
  CTR_HMAC (E2EE_AEAD_AES_256_CTR_HMAC_SHA512_32),
};

const e2ee_aead_backend e2ee_aead_gcrypt = {
  "gcrypt", start, algorithms, sizeof (algorithms) / sizeof (algorithms)[0]
};

#endif
