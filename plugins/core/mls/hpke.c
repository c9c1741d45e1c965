/* HPKE in base mode, RFC 9180.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/hpke.h"

#include <string.h>

#include "core/crypto/hmac.h"
#include "core/crypto/secret.h"
#include "core/mls/codec.h"
#include "core/mls/hpke-private.h"

#define VERSION_LABEL "HPKE-v1"
#define MODE_BASE 0x00
#define SUITE_ID_SIZE 10

static e2ee_bytes
text (const char *string)
{
  return E2EE_BYTES (string, strlen (string));
}

/* Section 4: Extract (salt, "HPKE-v1" || suite_id || label || ikm). */
void
e2ee_mls_labeled_extract (e2ee_hash hash, e2ee_bytes suite_id, e2ee_bytes salt,
    const char *label, e2ee_bytes ikm, uint8_t * prk)
{
  e2ee_hmac hmac;

  e2ee_hmac_init (&hmac, hash, salt);
  e2ee_hmac_update (&hmac, text (VERSION_LABEL));
  e2ee_hmac_update (&hmac, suite_id);
  e2ee_hmac_update (&hmac, text (label));
  e2ee_hmac_update (&hmac, ikm);
  e2ee_hmac_final (&hmac, prk);
}

/* Section 4: Expand (prk, I2OSP (L, 2) || "HPKE-v1" || suite_id || label || info, L). */
e2ee_mls_result
e2ee_mls_labeled_expand (e2ee_hash hash, e2ee_bytes suite_id, e2ee_bytes prk, const char *label,
    e2ee_bytes info, uint8_t * out, size_t out_size)
{
  e2ee_mls_writer labeled_info = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_write_u16 (&labeled_info, (uint16_t) out_size);
  e2ee_mls_write_raw (&labeled_info, text (VERSION_LABEL));
  e2ee_mls_write_raw (&labeled_info, suite_id);
  e2ee_mls_write_raw (&labeled_info, text (label));
  e2ee_mls_write_raw (&labeled_info, info);
  r = labeled_info.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_result_of (e2ee_hkdf_expand (hash, prk, e2ee_mls_writer_view (&labeled_info), out,
            out_size));
  e2ee_mls_writer_clear (&labeled_info);
  return r;
}

static void
put_suite_id (const e2ee_mls_suite * suite, uint8_t suite_id[SUITE_ID_SIZE])
{
  memcpy (suite_id, "HPKE", 4);
  e2ee_put_be (suite_id + 4, suite->kem->id, 2);
  e2ee_put_be (suite_id + 6, suite->kdf_id, 2);
  e2ee_put_be (suite_id + 8, suite->aead_id, 2);
}

/* What section 5.1 calls a context, as far as one message or one export needs it. */
typedef struct
{
  uint8_t secret[E2EE_HASH_MAX_SIZE];
  uint8_t ks_context[1 + 2 * E2EE_HASH_MAX_SIZE];
  uint8_t suite_id[SUITE_ID_SIZE];
  uint8_t key[E2EE_AEAD_MAX_KEY_SIZE];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
} hpke_context;

static e2ee_mls_result
context_expand (const e2ee_mls_suite * suite, const hpke_context * context, const char *label,
    uint8_t * out, size_t out_size)
{
  return e2ee_mls_labeled_expand (suite->hash, E2EE_BYTES (context->suite_id, SUITE_ID_SIZE),
      E2EE_BYTES (context->secret, suite->nh), label,
      E2EE_BYTES (context->ks_context, 1 + 2 * suite->nh), out, out_size);
}

/* Section 5.1, KeySchedule with mode_base: psk and psk_id are empty. */
static void
context_init (const e2ee_mls_suite * suite, const uint8_t * shared_secret, e2ee_bytes info,
    hpke_context * context)
{
  const e2ee_bytes suite_id = E2EE_BYTES (context->suite_id, SUITE_ID_SIZE);

  put_suite_id (suite, context->suite_id);
  context->ks_context[0] = MODE_BASE;
  e2ee_mls_labeled_extract (suite->hash, suite_id, E2EE_NO_BYTES, "psk_id_hash", E2EE_NO_BYTES,
      context->ks_context + 1);
  e2ee_mls_labeled_extract (suite->hash, suite_id, E2EE_NO_BYTES, "info_hash", info,
      context->ks_context + 1 + suite->nh);
  e2ee_mls_labeled_extract (suite->hash, suite_id,
      E2EE_BYTES (shared_secret, suite->kem->n_secret), "secret", E2EE_NO_BYTES, context->secret);
}

static e2ee_mls_result
context_keys (const e2ee_mls_suite * suite, hpke_context * context)
{
  e2ee_mls_result r = context_expand (suite, context, "key", context->key, suite->nk);

  if (r == E2EE_MLS_OK)
    r = context_expand (suite, context, "base_nonce", context->nonce, suite->nn);
  return r;
}

/* Section 5.3 with external init's exporter_context, RFC 9420 section 8.3. */
static e2ee_mls_result
context_export_init_secret (const e2ee_mls_suite * suite, const hpke_context * context,
    uint8_t * out)
{
  uint8_t exporter_secret[E2EE_HASH_MAX_SIZE];
  e2ee_mls_result r = context_expand (suite, context, "exp", exporter_secret, suite->nh);

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_labeled_expand (suite->hash, E2EE_BYTES (context->suite_id, SUITE_ID_SIZE),
        E2EE_BYTES (exporter_secret, suite->nh), "sec", text ("MLS 1.0 external init secret"), out,
        suite->nh);
  e2ee_wipe (exporter_secret, sizeof (exporter_secret));
  return r;
}

/* Encapsulates to @public_key; @enc gets the row's size. */
static e2ee_mls_result
setup_send (const e2ee_mls_suite * suite, const e2ee_env * env, e2ee_bytes public_key,
    e2ee_bytes info, e2ee_mls_buffer * enc, hpke_context * context)
{
  const e2ee_mls_kem *kem = suite->kem;
  uint8_t *shared_secret = NULL;
  e2ee_mls_result r = E2EE_MLS_ERR_NO_MEMORY;

  if (public_key.size != kem->n_public)
    return E2EE_MLS_ERR_KEY;
  shared_secret = e2ee_mls_alloc (kem->n_secret, 1);
  enc->data = e2ee_mls_alloc (kem->n_enc, 1);
  if (shared_secret == NULL || enc->data == NULL)
    goto out;
  enc->size = kem->n_enc;
  r = kem->encap (kem, env, public_key.data, shared_secret, enc->data);
  if (r == E2EE_MLS_OK)
    context_init (suite, shared_secret, info, context);
out:
  e2ee_mls_free (shared_secret);
  if (r != E2EE_MLS_OK)
    e2ee_mls_buffer_clear (enc);
  return r;
}

static e2ee_mls_result
setup_receive (const e2ee_mls_suite * suite, e2ee_bytes enc, e2ee_bytes private_key,
    e2ee_bytes info, hpke_context * context)
{
  const e2ee_mls_kem *kem = suite->kem;
  uint8_t *shared_secret;
  e2ee_mls_result r;

  if (enc.size != kem->n_enc || private_key.size != kem->n_private)
    return E2EE_MLS_ERR_KEY;
  shared_secret = e2ee_mls_alloc (kem->n_secret, 1);
  if (shared_secret == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  r = kem->decap (kem, enc.data, private_key.data, shared_secret);
  if (r == E2EE_MLS_OK)
    context_init (suite, shared_secret, info, context);
  e2ee_mls_free (shared_secret);
  return r;
}

static void
key_pair_clear (e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key)
{
  e2ee_mls_secret_clear (private_key);
  e2ee_mls_buffer_clear (public_key);
}

e2ee_mls_result
e2ee_mls_hpke_derive_key_pair (const e2ee_mls_suite * suite, e2ee_bytes ikm,
    e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key)
{
  const e2ee_mls_kem *kem = suite->kem;
  e2ee_mls_result r = e2ee_mls_secret_init (private_key, kem->n_private);

  *public_key = E2EE_MLS_NO_BUFFER;
  if (r != E2EE_MLS_OK)
    return r;
  public_key->data = e2ee_mls_alloc (kem->n_public, 1);
  if (public_key->data == NULL) {
    r = E2EE_MLS_ERR_NO_MEMORY;
  } else {
    public_key->size = kem->n_public;
    r = kem->derive_key_pair (kem, ikm, private_key->data, public_key->data);
  }
  if (r != E2EE_MLS_OK)
    key_pair_clear (private_key, public_key);
  return r;
}

e2ee_mls_result
e2ee_mls_hpke_generate_key_pair (const e2ee_mls_suite * suite, const e2ee_env * env,
    e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key)
{
  uint8_t ikm[E2EE_HASH_MAX_SIZE];
  e2ee_mls_result r;

  env->random (env->user, ikm, sizeof (ikm));
  r = e2ee_mls_hpke_derive_key_pair (suite, E2EE_BYTES (ikm, sizeof (ikm)), private_key,
      public_key);
  e2ee_wipe (ikm, sizeof (ikm));
  return r;
}

e2ee_mls_result
e2ee_mls_hpke_public_of (const e2ee_mls_suite * suite, e2ee_bytes private_key,
    e2ee_mls_buffer * public_key)
{
  const e2ee_mls_kem *kem = suite->kem;
  e2ee_mls_result r;

  *public_key = E2EE_MLS_NO_BUFFER;
  if (private_key.size != kem->n_private)
    return E2EE_MLS_ERR_KEY;
  public_key->data = e2ee_mls_alloc (kem->n_public, 1);
  if (public_key->data == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  public_key->size = kem->n_public;
  r = kem->public_of (kem, private_key.data, public_key->data);
  if (r != E2EE_MLS_OK)
    e2ee_mls_buffer_clear (public_key);
  return r;
}

e2ee_mls_result
e2ee_mls_hpke_seal (const e2ee_mls_suite * suite, const e2ee_env * env, e2ee_bytes public_key,
    e2ee_bytes info, e2ee_bytes aad, e2ee_bytes plaintext, e2ee_mls_buffer * enc,
    e2ee_mls_buffer * ciphertext)
{
  hpke_context context;
  e2ee_mls_result r;

  *enc = *ciphertext = E2EE_MLS_NO_BUFFER;
  r = setup_send (suite, env, public_key, info, enc, &context);
  if (r == E2EE_MLS_OK)
    r = context_keys (suite, &context);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_aead_seal (suite, E2EE_BYTES (context.key, suite->nk),
        E2EE_BYTES (context.nonce, suite->nn), aad, plaintext, ciphertext);
  e2ee_wipe (&context, sizeof (context));
  if (r != E2EE_MLS_OK)
    e2ee_mls_buffer_clear (enc);
  return r;
}

e2ee_mls_result
e2ee_mls_hpke_open (const e2ee_mls_suite * suite, e2ee_bytes enc, e2ee_bytes private_key,
    e2ee_bytes info, e2ee_bytes aad, e2ee_bytes ciphertext, e2ee_mls_buffer * plaintext)
{
  hpke_context context;
  e2ee_mls_result r;

  *plaintext = E2EE_MLS_NO_BUFFER;
  r = setup_receive (suite, enc, private_key, info, &context);
  if (r == E2EE_MLS_OK)
    r = context_keys (suite, &context);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_aead_open (suite, E2EE_BYTES (context.key, suite->nk),
        E2EE_BYTES (context.nonce, suite->nn), aad, ciphertext, plaintext);
  e2ee_wipe (&context, sizeof (context));
  return r;
}

e2ee_mls_result
e2ee_mls_hpke_external_init_send (const e2ee_mls_suite * suite, const e2ee_env * env,
    e2ee_bytes external_pub, e2ee_mls_buffer * kem_output, uint8_t * out)
{
  hpke_context context;
  e2ee_mls_result r;

  *kem_output = E2EE_MLS_NO_BUFFER;
  r = setup_send (suite, env, external_pub, E2EE_NO_BYTES, kem_output, &context);
  if (r == E2EE_MLS_OK)
    r = context_export_init_secret (suite, &context, out);
  e2ee_wipe (&context, sizeof (context));
  if (r != E2EE_MLS_OK)
    e2ee_mls_buffer_clear (kem_output);
  return r;
}

e2ee_mls_result
e2ee_mls_hpke_external_init_receive (const e2ee_mls_suite * suite, e2ee_bytes kem_output,
    e2ee_bytes external_private, uint8_t * out)
{
  hpke_context context;
  e2ee_mls_result r = setup_receive (suite, kem_output, external_private, E2EE_NO_BYTES, &context);

  if (r == E2EE_MLS_OK)
    r = context_export_init_secret (suite, &context, out);
  e2ee_wipe (&context, sizeof (context));
  return r;
}
