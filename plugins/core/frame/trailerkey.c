/* The keys of the formats with a trailer (trailerkey.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/trailerkey.h"

#include "core/crypto/hmac.h"
#include "core/crypto/pbkdf2.h"
#include "core/crypto/secret.h"

#include <stdlib.h>
#include <string.h>

#define MATERIAL_SIZE E2EE_TRAILER_MATERIAL_SIZE

/* livekit-client: one salt for keys and ratchet, PBKDF2 over a passphrase, HKDF with 128 zero bytes
 * of info over raw keys. */
#define LIVEKIT_SALT "LKFrameEncryptionKey"
#define LIVEKIT_ITERATIONS 100000
#define LIVEKIT_INFO_SIZE 128
/* lib-jitsi-meet: HKDF with no info, keys and ratchet under salts of their own. */
#define JITSI_KEY_SALT "JFrameEncryptionKey"
#define JITSI_RATCHET_SALT "JFrameRatchetKey"

#define TEXT(literal) E2EE_BYTES (literal, sizeof (literal) - 1)

/* What a sender adds to the nonce of his own: a random start, then the number of the frame. */
#define START_SIZE 8
#define NUMBER_SIZE 4
#define DIGITS 255

/* Holds no secret but in the contexts of its steps, which keep theirs in locked memory. */
struct e2ee_trailer_key
{
  uint8_t start[START_SIZE];
  e2ee_seen *seen;              /* for decrypting */
  size_t max_failures;          /* 0: any number */
  size_t failures;              /* in a row */
  size_t current;               /* the step in use */
  size_t n_steps;
  e2ee_aead *steps[];
};

static e2ee_result
hkdf (e2ee_bytes material, e2ee_bytes salt, e2ee_bytes info, uint8_t * out, size_t out_size)
{
  uint8_t prk[E2EE_HASH_MAX_SIZE];
  e2ee_result r;

  e2ee_hkdf_extract (E2EE_HASH_SHA256, salt, material, prk);
  r = e2ee_hkdf_expand (E2EE_HASH_SHA256,
      E2EE_BYTES (prk, e2ee_hash_size (E2EE_HASH_SHA256)), info, out, out_size);
  e2ee_wipe (prk, sizeof prk);
  return r;
}

/* Both key and next material are the front of one derivation, so that whoever has learnt an AES key
 * of 256 bits has the material of the next step, and of 128 bits half of it. */
static e2ee_result
livekit_step (const e2ee_suite * suite, e2ee_bytes material, uint8_t * aes_key,
    uint8_t * next_material)
{
  static const uint8_t info[LIVEKIT_INFO_SIZE];
  e2ee_result r;

  if (suite->id == E2EE_SUITE_LIVEKIT_PBKDF2 || suite->id == E2EE_SUITE_LIVEKIT_PBKDF2_256)
    r = e2ee_pbkdf2 (E2EE_HASH_SHA256, material, TEXT (LIVEKIT_SALT), LIVEKIT_ITERATIONS,
        next_material, MATERIAL_SIZE);
  else
    r = hkdf (material, TEXT (LIVEKIT_SALT), E2EE_BYTES (info, sizeof info), next_material,
        MATERIAL_SIZE);
  if (r == E2EE_OK)
    memcpy (aes_key, next_material, suite->nk);
  return r;
}

static e2ee_result
jitsi_step (const e2ee_suite * suite, e2ee_bytes material, uint8_t * aes_key,
    uint8_t * next_material)
{
  e2ee_result r;

  r = hkdf (material, TEXT (JITSI_KEY_SALT), E2EE_NO_BYTES, aes_key, suite->nk);
  if (r == E2EE_OK)
    r = hkdf (material, TEXT (JITSI_RATCHET_SALT), E2EE_NO_BYTES, next_material, MATERIAL_SIZE);
  return r;
}

e2ee_result
e2ee_trailer_key_step (const e2ee_suite * suite, e2ee_bytes material, uint8_t * aes_key,
    uint8_t next_material[E2EE_TRAILER_MATERIAL_SIZE])
{
  e2ee_result r = E2EE_ERR_UNSUPPORTED;

  if (suite->format == E2EE_FORMAT_LIVEKIT)
    r = livekit_step (suite, material, aes_key, next_material);
  else if (suite->format == E2EE_FORMAT_JITSI)
    r = jitsi_step (suite, material, aes_key, next_material);
  if (r != E2EE_OK) {
    e2ee_wipe (aes_key, suite->nk);
    e2ee_wipe (next_material, MATERIAL_SIZE);
  }
  return r;
}

/* Out of the material behind the first key, which anybody who has the secret can make and nobody
 * else. */
static void
make_fingerprint (const uint8_t material[MATERIAL_SIZE],
    uint8_t fingerprint[E2EE_AEAD_NONCE_SIZE])
{
  uint8_t mac[E2EE_HASH_MAX_SIZE];
  e2ee_hmac hmac;

  e2ee_hmac_init (&hmac, E2EE_HASH_SHA256, E2EE_BYTES (material, MATERIAL_SIZE));
  e2ee_hmac_update (&hmac, TEXT ("gst-e2ee fingerprint of a frame key"));
  e2ee_hmac_final (&hmac, mac);
  memcpy (fingerprint, mac, E2EE_AEAD_NONCE_SIZE);
  e2ee_wipe (mac, sizeof mac);
}

static e2ee_result
make_steps (e2ee_trailer_key * key, const e2ee_key_params * params, size_t n_steps,
    uint8_t fingerprint[E2EE_AEAD_NONCE_SIZE])
{
  uint8_t aes_key[E2EE_AEAD_MAX_KEY_SIZE];
  uint8_t material[MATERIAL_SIZE], next[MATERIAL_SIZE];
  e2ee_bytes from = params->base_key;
  e2ee_result r = E2EE_OK;

  while (r == E2EE_OK && key->n_steps < n_steps) {
    r = e2ee_trailer_key_step (params->suite, from, aes_key, next);
    if (r != E2EE_OK)
      break;
    if (key->n_steps == 0)
      make_fingerprint (next, fingerprint);
    r = e2ee_aead_new (params->suite->aead, E2EE_BYTES (aes_key, params->suite->nk),
        &key->steps[key->n_steps]);
    if (r == E2EE_OK)
      key->n_steps++;
    memcpy (material, next, sizeof material);
    from = E2EE_BYTES (material, sizeof material);
  }
  e2ee_wipe (aes_key, sizeof aes_key);
  e2ee_wipe (material, sizeof material);
  e2ee_wipe (next, sizeof next);
  return r;
}

e2ee_result
e2ee_trailer_key_new (const e2ee_env * env, const e2ee_key_params * params,
    uint8_t fingerprint[E2EE_AEAD_NONCE_SIZE], e2ee_trailer_key ** key)
{
  size_t n_steps = 1;
  e2ee_trailer_key *new_key;
  e2ee_result r = E2EE_ERR_NO_MEMORY;

  *key = NULL;
  if (params->usage == E2EE_KEY_DECRYPT)
    n_steps += params->ratchet_window < E2EE_KEY_MAX_RATCHET_WINDOW ?
        params->ratchet_window : E2EE_KEY_MAX_RATCHET_WINDOW;
  new_key = calloc (1, sizeof *new_key + n_steps * sizeof new_key->steps[0]);
  if (new_key == NULL)
    goto out;

  new_key->max_failures = params->max_failures;
  if (params->usage == E2EE_KEY_ENCRYPT) {
    env->random (env->user, new_key->start, sizeof new_key->start);
  } else {
    new_key->seen = e2ee_seen_new (env, params->replay_window != 0 ? params->replay_window
        : E2EE_REPLAY_DEFAULT_WINDOW);
    if (new_key->seen == NULL)
      goto out;
  }
  r = make_steps (new_key, params, n_steps, fingerprint);
  if (r != E2EE_OK)
    goto out;

  *key = new_key;
  new_key = NULL;

out:
  e2ee_trailer_key_free (new_key);
  return r;
}

void
e2ee_trailer_key_free (e2ee_trailer_key * key)
{
  if (key == NULL)
    return;
  for (size_t i = 0; i < key->n_steps; i++)
    e2ee_aead_free (key->steps[i]);
  e2ee_seen_free (key->seen);
  free (key);
}

/* @number in @n digits to the base 255, each a byte that is not 0. */
static void
put_digits (uint64_t number, uint8_t * out, size_t n)
{
  while (n > 0) {
    out[--n] = (uint8_t) (1 + number % DIGITS);
    number /= DIGITS;
  }
}

void
e2ee_trailer_key_nonce (const e2ee_trailer_key * key, uint64_t ctr,
    uint8_t nonce[E2EE_AEAD_NONCE_SIZE])
{
  put_digits (e2ee_get_be (key->start, START_SIZE), nonce, START_SIZE);
  put_digits (ctr, nonce + START_SIZE, NUMBER_SIZE);
}

e2ee_aead *
e2ee_trailer_key_sealer (const e2ee_trailer_key * key)
{
  return key->steps[0];
}

e2ee_result
e2ee_trailer_key_may_open (const e2ee_trailer_key * key,
    const uint8_t nonce[E2EE_AEAD_NONCE_SIZE])
{
  if (key->max_failures != 0 && key->failures >= key->max_failures)
    return E2EE_ERR_GIVEN_UP;
  return e2ee_seen_check (key->seen, nonce);
}

e2ee_aead *
e2ee_trailer_key_opener (const e2ee_trailer_key * key, size_t try)
{
  return try < key->n_steps - key->current ? key->steps[key->current + try] : NULL;
}

void
e2ee_trailer_key_opened (e2ee_trailer_key * key, size_t try,
    const uint8_t nonce[E2EE_AEAD_NONCE_SIZE])
{
  key->current += try;
  key->failures = 0;
  e2ee_seen_commit (key->seen, nonce);
}

void
e2ee_trailer_key_failed (e2ee_trailer_key * key)
{
  key->failures++;
}

size_t
e2ee_trailer_key_get_step (const e2ee_trailer_key * key)
{
  return key->current;
}
