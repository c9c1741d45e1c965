/* The known-answer self-test.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/selftest-private.h"

#include <string.h>

#include "core/crypto/secret.h"

#define MAX_SIZE 160

/* --- Reading the rows --- */

typedef struct
{
  uint8_t data[MAX_SIZE];
  size_t size;
} buffer;

static int
digit (char c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static e2ee_bytes
decode (buffer * out, const char *hex)
{
  out->size = 0;
  while (out->size < MAX_SIZE && digit (hex[0]) >= 0 && digit (hex[1]) >= 0) {
    out->data[out->size++] = (uint8_t) (digit (hex[0]) << 4 | digit (hex[1]));
    hex += 2;
  }
  return E2EE_BYTES (out->data, out->size);
}

static int
all_zero (e2ee_bytes bytes)
{
  uint8_t any = 0;

  for (size_t i = 0; i < bytes.size; i++)
    any |= bytes.data[i];
  return any == 0;
}

/* --- AEAD --- */

/* The answer must come out, go back in, and with one wrong bit in the tag be refused with nothing
 * left in the output. */
static int
aead_answers_right (const e2ee_aead_backend * backend, const e2ee_aead_answer * answer)
{
  buffer key_buffer, nonce_buffer, aad_buffer, plaintext_buffer, sealed_buffer;
  const e2ee_bytes key = decode (&key_buffer, answer->key);
  const e2ee_bytes nonce = decode (&nonce_buffer, answer->nonce);
  const e2ee_bytes aad = decode (&aad_buffer, answer->aad);
  const e2ee_bytes plaintext = decode (&plaintext_buffer, answer->plaintext);
  const e2ee_bytes sealed = decode (&sealed_buffer, answer->sealed);
  uint8_t out[MAX_SIZE];
  e2ee_aead *aead = NULL;
  int right = 0;

  if (nonce.size != E2EE_AEAD_NONCE_SIZE
      || e2ee_aead_new_on (backend, answer->id, key, &aead) != E2EE_OK
      || sealed.size != plaintext.size + e2ee_aead_get_info (aead)->tag_size)
    goto out;

  if (e2ee_aead_seal (aead, nonce.data, aad, plaintext, out) != E2EE_OK
      || !e2ee_equal (E2EE_BYTES (out, sealed.size), sealed))
    goto out;

  if (e2ee_aead_open (aead, nonce.data, aad, sealed, out) != E2EE_OK
      || !e2ee_equal (E2EE_BYTES (out, plaintext.size), plaintext))
    goto out;

  memset (out, 0, sizeof (out));
  sealed_buffer.data[sealed.size - 1] ^= 1;
  right = e2ee_aead_open (aead, nonce.data, aad, sealed, out) == E2EE_ERR_TAG
      && all_zero (E2EE_BYTES (out, plaintext.size));

out:
  e2ee_aead_free (aead);
  return right;
}

static const e2ee_aead_answer *
find_answer (const e2ee_aead_answer * answers, size_t n_answers, e2ee_aead_id id)
{
  for (size_t i = 0; i < n_answers; i++)
    if (answers[i].id == id)
      return &answers[i];
  return NULL;
}

e2ee_result
e2ee_aead_self_test (const e2ee_aead_answer * answers, size_t n_answers)
{
  const e2ee_aead_backend *backend;

  for (size_t i = 0; (backend = e2ee_aead_backend_nth (i)) != NULL; i++) {
    for (int id = 1; id < E2EE_AEAD_N_IDS; id++) {
      const e2ee_aead_answer *answer = find_answer (answers, n_answers, (e2ee_aead_id) id);

      if (!e2ee_aead_backend_has (backend, (e2ee_aead_id) id))
        continue;
      if (answer == NULL || !aead_answers_right (backend, answer))
        return E2EE_ERR_SELF_TEST;
    }
  }
  return E2EE_OK;
}

/* --- HKDF --- */

static int
hkdf_answers_right (const e2ee_hkdf_answer * answer)
{
  buffer ikm_buffer, salt_buffer, info_buffer, okm_buffer;
  const e2ee_bytes okm = decode (&okm_buffer, answer->okm);
  uint8_t prk[E2EE_HASH_MAX_SIZE];
  uint8_t out[MAX_SIZE];

  e2ee_hkdf_extract (answer->hash, decode (&salt_buffer, answer->salt),
      decode (&ikm_buffer, answer->ikm), prk);
  return e2ee_hkdf_expand (answer->hash, E2EE_BYTES (prk, e2ee_hash_size (answer->hash)),
      decode (&info_buffer, answer->info), out, okm.size) == E2EE_OK
      && e2ee_equal (E2EE_BYTES (out, okm.size), okm);
}

e2ee_result
e2ee_hkdf_self_test (const e2ee_hkdf_answer * answers, size_t n_answers)
{
  for (size_t i = 0; i < n_answers; i++)
    if (!hkdf_answers_right (&answers[i]))
      return E2EE_ERR_SELF_TEST;
  return E2EE_OK;
}

e2ee_result
e2ee_crypto_self_test (void)
{
  e2ee_result r = e2ee_aead_self_test (e2ee_aead_answers, e2ee_n_aead_answers);

  if (r != E2EE_OK)
    return r;
  return e2ee_hkdf_self_test (e2ee_hkdf_answers, e2ee_n_hkdf_answers);
}
