/* One key: derivation for SFrame, counter and references.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/key-private.h"

#include "core/crypto/secret.h"

#include <string.h>

#define MAX_BASE_KEY_SIZE 256
#define DEFAULT_RATCHET_WINDOW 8

/* RFC 9605 section 4.4.2; the space at the end belongs to the label.  Neither the key id (8
 * bytes) nor the suite (2 bytes) that follow it may be left out: they part the keys of one base
 * key. */
#define KEY_LABEL "SFrame 1.0 Secret key "
#define SALT_LABEL "SFrame 1.0 Secret salt "
#define STREAM_LABEL "SFrame 1.0 RTP Stream"
#define KEY_LABEL_SIZE (sizeof KEY_LABEL - 1)
#define SALT_LABEL_SIZE (sizeof SALT_LABEL - 1)
#define STREAM_LABEL_SIZE (sizeof STREAM_LABEL - 1)

static e2ee_result
expand_labelled (const e2ee_suite * suite, uint64_t kid, const char *label, size_t label_size,
    e2ee_bytes sframe_secret, uint8_t * out, size_t out_size)
{
  uint8_t info[SALT_LABEL_SIZE + 8 + 2];

  memcpy (info, label, label_size);
  e2ee_put_be (info + label_size, kid, 8);
  e2ee_put_be (info + label_size + 8, (uint64_t) suite->id, 2);
  return e2ee_hkdf_expand (suite->hash, sframe_secret, E2EE_BYTES (info, label_size + 8 + 2),
      out, out_size);
}

e2ee_result
e2ee_key_derive (const e2ee_suite * suite, uint64_t kid, e2ee_bytes base_key,
    uint8_t * sframe_key, uint8_t sframe_salt[E2EE_AEAD_NONCE_SIZE])
{
  uint8_t sframe_secret[E2EE_HASH_MAX_SIZE];
  e2ee_bytes secret = E2EE_BYTES (sframe_secret, suite->nh);
  e2ee_result r;

  e2ee_hkdf_extract (suite->hash, E2EE_NO_BYTES, base_key, sframe_secret);

  r = expand_labelled (suite, kid, KEY_LABEL, KEY_LABEL_SIZE, secret, sframe_key, suite->nk);
  if (r != E2EE_OK)
    goto out;
  r = expand_labelled (suite, kid, SALT_LABEL, SALT_LABEL_SIZE, secret, sframe_salt,
      E2EE_AEAD_NONCE_SIZE);

out:
  if (r != E2EE_OK) {
    e2ee_wipe (sframe_key, suite->nk);
    e2ee_wipe (sframe_salt, E2EE_AEAD_NONCE_SIZE);
  }
  e2ee_wipe (sframe_secret, sizeof sframe_secret);
  return r;
}

e2ee_result
e2ee_key_bind_ssrc (const e2ee_suite * suite, uint32_t ssrc, e2ee_bytes base_key,
    uint8_t * stream_key)
{
  uint8_t salt[4];
  uint8_t prk[E2EE_HASH_MAX_SIZE];
  e2ee_result r;

  e2ee_put_be (salt, ssrc, sizeof salt);
  e2ee_hkdf_extract (suite->hash, E2EE_BYTES (salt, sizeof salt), base_key, prk);
  r = e2ee_hkdf_expand (suite->hash, E2EE_BYTES (prk, suite->nh),
      E2EE_BYTES (STREAM_LABEL, STREAM_LABEL_SIZE), stream_key, suite->nh);
  e2ee_wipe (prk, sizeof prk);
  return r;
}

/* Gives an SFrame @key its salt and its AEAD context. */
static e2ee_result
set_secrets (e2ee_key * key, const e2ee_key_params * params)
{
  uint8_t stream_key[E2EE_HASH_MAX_SIZE];
  uint8_t sframe_key[E2EE_AEAD_MAX_KEY_SIZE];
  e2ee_bytes base_key = params->base_key;
  e2ee_result r;

  if (params->per_ssrc) {
    r = e2ee_key_bind_ssrc (key->suite, params->ssrc, base_key, stream_key);
    if (r != E2EE_OK)
      goto out;
    base_key = E2EE_BYTES (stream_key, key->suite->nh);
  }

  r = e2ee_key_derive (key->suite, key->kid, base_key, sframe_key, key->salt);
  if (r != E2EE_OK)
    goto out;
  r = e2ee_aead_new (key->suite->aead, E2EE_BYTES (sframe_key, key->suite->nk), &key->aead);

out:
  e2ee_wipe (stream_key, sizeof stream_key);
  e2ee_wipe (sframe_key, sizeof sframe_key);
  return r;
}

/* The key itself is only what the others are made of; it has a salt to be known by. */
static e2ee_result
set_up_streams (e2ee_key * key, const e2ee_env * env, const e2ee_key_params * params)
{
  uint8_t sframe_key[E2EE_AEAD_MAX_KEY_SIZE];
  e2ee_result r;

  r = e2ee_key_derive (key->suite, key->kid, params->base_key, sframe_key, key->salt);
  e2ee_wipe (sframe_key, sizeof sframe_key);
  if (r == E2EE_OK)
    r = e2ee_streams_new (env, params, &key->streams);
  return r;
}

static e2ee_result
set_up_sframe (e2ee_key * key, const e2ee_env * env, const e2ee_key_params * params)
{
  if (params->of_streams)
    return set_up_streams (key, env, params);
  if (params->usage == E2EE_KEY_DECRYPT) {
    key->replay = e2ee_replay_new (params->replay_window != 0 ? params->replay_window
        : E2EE_REPLAY_DEFAULT_WINDOW,
        params->origin == E2EE_KEY_STATIC ? E2EE_REPLAY_MAX_RUNS : 1);
    if (key->replay == NULL)
      return E2EE_ERR_NO_MEMORY;
  }
  return set_secrets (key, params);
}

/* The counter cannot wrap: it starts below 2^63 and, since at most 2^32 frames are sealed, stays
 * below 2^63 + 2^32.  That bound is also what a receiver's window reckons with (replay.c), so a
 * larger limit is cut to it. */
static void
set_counter (e2ee_key * key, const e2ee_env * env, const e2ee_key_params * params)
{
  uint8_t start[8];

  key->hard_limit = params->hard_limit;
  if (key->hard_limit == 0 || key->hard_limit > E2EE_KEY_DEFAULT_LIMIT)
    key->hard_limit = E2EE_KEY_DEFAULT_LIMIT;

  if (key->trailer != NULL) {
    /* The random start is in the rest of the nonce. */
    if (key->hard_limit > E2EE_TRAILER_KEY_LIMIT)
      key->hard_limit = E2EE_TRAILER_KEY_LIMIT;
  } else if (params->origin == E2EE_KEY_STATIC) {
    env->random (env->user, start, sizeof start);
    key->first_ctr = e2ee_get_be (start, sizeof start) >> 1;
  }
}

static e2ee_result
check_params (const e2ee_key_params * params)
{
  if (params->suite == NULL)
    return E2EE_ERR_UNSUPPORTED;
  if (params->base_key.size < 1 || params->base_key.size > MAX_BASE_KEY_SIZE)
    return E2EE_ERR_KEY_SIZE;
  if (params->kid > params->suite->max_kid)
    return E2EE_ERR_KEY_ID;
  if (params->usage != E2EE_KEY_ENCRYPT && params->usage != E2EE_KEY_DECRYPT)
    return E2EE_ERR_KEY_USAGE;
  if (params->of_streams && params->suite->format != E2EE_FORMAT_SFRAME)
    return E2EE_ERR_UNSUPPORTED;
  /* No default: a key that counts from 0 by mistake repeats nonces. */
  if (params->origin != E2EE_KEY_OF_GROUP && params->origin != E2EE_KEY_STATIC)
    return E2EE_ERR_KEY_USAGE;
  return E2EE_OK;
}

size_t
e2ee_key_default_ratchet_window (const e2ee_suite * suite)
{
  switch (suite->id) {
    case E2EE_SUITE_LIVEKIT_HKDF:
    case E2EE_SUITE_LIVEKIT_HKDF_256:
    case E2EE_SUITE_JITSI_HKDF:
      return DEFAULT_RATCHET_WINDOW;
    default:
      return 0;
  }
}

int
e2ee_key_takes_long (const e2ee_suite * suite)
{
  return suite->id == E2EE_SUITE_LIVEKIT_PBKDF2 || suite->id == E2EE_SUITE_LIVEKIT_PBKDF2_256;
}

e2ee_result
e2ee_key_new (const e2ee_env * env, const e2ee_key_params * params, e2ee_key ** key)
{
  e2ee_key *new_key = NULL;
  e2ee_result r;

  *key = NULL;
  r = e2ee_crypto_init ();
  if (r != E2EE_OK)
    goto out;
  r = check_params (params);
  if (r != E2EE_OK)
    goto out;

  r = E2EE_ERR_NO_MEMORY;
  new_key = e2ee_secret_alloc (sizeof *new_key);
  if (new_key == NULL)
    goto out;

  atomic_init (&new_key->refs, 1);
  atomic_init (&new_key->used, 0);
  new_key->suite = params->suite;
  new_key->kid = params->kid;
  new_key->usage = params->usage;

  switch (params->suite->format) {
    case E2EE_FORMAT_SFRAME:
      r = set_up_sframe (new_key, env, params);
      break;
    case E2EE_FORMAT_LIVEKIT:
    case E2EE_FORMAT_JITSI:
      r = e2ee_trailer_key_new (env, params, new_key->salt, &new_key->trailer);
      break;
    case E2EE_FORMAT_SRTP:
      r = e2ee_srtp_key_new (params, new_key->salt, &new_key->srtp);
      break;
  }
  if (r != E2EE_OK)
    goto out;
  if (params->usage == E2EE_KEY_ENCRYPT)
    set_counter (new_key, env, params);

  *key = new_key;
  new_key = NULL;

out:
  e2ee_key_unref (new_key);
  return r;
}

e2ee_key *
e2ee_key_ref (e2ee_key * key)
{
  atomic_fetch_add_explicit (&key->refs, 1, memory_order_relaxed);
  return key;
}

void
e2ee_key_unref (e2ee_key * key)
{
  if (key == NULL)
    return;
  if (atomic_fetch_sub_explicit (&key->refs, 1, memory_order_acq_rel) != 1)
    return;

  e2ee_aead_free (key->aead);
  e2ee_replay_free (key->replay);
  e2ee_trailer_key_free (key->trailer);
  e2ee_srtp_free (key->srtp);
  e2ee_streams_free (key->streams);
  e2ee_secret_free (key);
}

uint64_t
e2ee_key_get_kid (const e2ee_key * key)
{
  return key->kid;
}

const e2ee_suite *
e2ee_key_get_suite (const e2ee_key * key)
{
  return key->suite;
}

e2ee_result
e2ee_key_choose_stream (e2ee_key * key, uint32_t ssrc)
{
  return key->streams != NULL ? e2ee_streams_choose (key->streams, ssrc) : E2EE_OK;
}

uint64_t
e2ee_key_get_used (const e2ee_key * key)
{
  if (key->streams != NULL) {
    e2ee_key *current = e2ee_streams_get_current (key->streams);

    return current != NULL ? e2ee_key_get_used (current) : 0;
  }
  return atomic_load_explicit (&key->used, memory_order_relaxed);
}

uint64_t
e2ee_key_get_left (const e2ee_key * key)
{
  return key->hard_limit - e2ee_key_get_used (key);
}

size_t
e2ee_key_get_ratchet_step (const e2ee_key * key)
{
  return key->trailer != NULL ? e2ee_trailer_key_get_step (key->trailer) : 0;
}

uint64_t
e2ee_key_next_ctr (const e2ee_key * key)
{
  return key->first_ctr + e2ee_key_get_used (key);
}

e2ee_result
e2ee_key_take_ctr (e2ee_key * key, uint64_t * ctr)
{
  uint64_t used = e2ee_key_get_used (key);

  if (key->usage != E2EE_KEY_ENCRYPT)
    return E2EE_ERR_KEY_USAGE;
  if (used >= key->hard_limit)
    return E2EE_ERR_EXHAUSTED;

  *ctr = key->first_ctr + used;
  atomic_store_explicit (&key->used, used + 1, memory_order_relaxed);
  return E2EE_OK;
}

int
e2ee_key_is_same_secret (const e2ee_key * a, const e2ee_key * b)
{
  /* The salt names the base key: 96 bits out of the same derivation, or a fingerprint of it. */
  return a->suite == b->suite && a->kid == b->kid
      && e2ee_equal (E2EE_BYTES (a->salt, sizeof a->salt), E2EE_BYTES (b->salt, sizeof b->salt));
}
