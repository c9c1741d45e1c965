/* DHKEM(X25519, HKDF-SHA256), RFC 9180 sections 4.1 and 7.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/hpke-private.h"

#include <string.h>

#include <sodium.h>

#include "core/crypto/secret.h"

#define KEM_ID 0x0020
#define KEY_SIZE crypto_scalarmult_curve25519_BYTES

static const uint8_t kem_suite_id[] = { 'K', 'E', 'M', KEM_ID >> 8, KEM_ID & 0xff };

#define SUITE_ID E2EE_BYTES (kem_suite_id, sizeof (kem_suite_id))

/* Section 7.1.3; X25519 takes any 32 bytes. */
static e2ee_mls_result
x25519_derive_key_pair (const e2ee_mls_kem * kem, e2ee_bytes ikm, uint8_t * private_key,
    uint8_t * public_key)
{
  uint8_t dkp_prk[E2EE_HASH_MAX_SIZE];
  e2ee_mls_result r;

  e2ee_mls_labeled_extract (E2EE_HASH_SHA256, SUITE_ID, E2EE_NO_BYTES, "dkp_prk", ikm, dkp_prk);
  r = e2ee_mls_labeled_expand (E2EE_HASH_SHA256, SUITE_ID,
      E2EE_BYTES (dkp_prk, e2ee_hash_size (E2EE_HASH_SHA256)), "sk", E2EE_NO_BYTES, private_key,
      KEY_SIZE);
  e2ee_wipe (dkp_prk, sizeof (dkp_prk));
  if (r == E2EE_MLS_OK)
    r = kem->public_of (kem, private_key, public_key);
  return r;
}

static e2ee_mls_result
x25519_public_of (const e2ee_mls_kem * kem, const uint8_t * private_key, uint8_t * public_key)
{
  return crypto_scalarmult_curve25519_base (public_key, private_key) == 0 ?
      E2EE_MLS_OK : E2EE_MLS_ERR_KEY;
}

/* Section 4.1: Diffie-Hellman, then ExtractAndExpand with kem_context = enc || pkR.  libsodium
 * refuses the all-zero result, as section 7.1.4 asks. */
static e2ee_mls_result
x25519_shared_secret (const uint8_t * private_key, const uint8_t * peer, const uint8_t * enc,
    const uint8_t * recipient, uint8_t * shared_secret)
{
  uint8_t dh[KEY_SIZE], eae_prk[E2EE_HASH_MAX_SIZE], kem_context[2 * KEY_SIZE];
  e2ee_mls_result r = E2EE_MLS_ERR_KEY;

  if (crypto_scalarmult_curve25519 (dh, private_key, peer) != 0)
    goto out;
  memcpy (kem_context, enc, KEY_SIZE);
  memcpy (kem_context + KEY_SIZE, recipient, KEY_SIZE);
  e2ee_mls_labeled_extract (E2EE_HASH_SHA256, SUITE_ID, E2EE_NO_BYTES, "eae_prk",
      E2EE_BYTES (dh, sizeof (dh)), eae_prk);
  r = e2ee_mls_labeled_expand (E2EE_HASH_SHA256, SUITE_ID,
      E2EE_BYTES (eae_prk, e2ee_hash_size (E2EE_HASH_SHA256)), "shared_secret",
      E2EE_BYTES (kem_context, sizeof (kem_context)), shared_secret, e2ee_mls_kem_x25519.n_secret);
out:
  e2ee_wipe (dh, sizeof (dh));
  e2ee_wipe (eae_prk, sizeof (eae_prk));
  return r;
}

static e2ee_mls_result
x25519_encap (const e2ee_mls_kem * kem, const e2ee_env * env, const uint8_t * public_key,
    uint8_t * shared_secret, uint8_t * enc)
{
  uint8_t ephemeral[KEY_SIZE];
  e2ee_mls_result r;

  env->random (env->user, ephemeral, sizeof (ephemeral));
  r = x25519_public_of (kem, ephemeral, enc);
  if (r == E2EE_MLS_OK)
    r = x25519_shared_secret (ephemeral, public_key, enc, public_key, shared_secret);
  e2ee_wipe (ephemeral, sizeof (ephemeral));
  return r;
}

static e2ee_mls_result
x25519_decap (const e2ee_mls_kem * kem, const uint8_t * enc, const uint8_t * private_key,
    uint8_t * shared_secret)
{
  uint8_t public_key[KEY_SIZE];
  e2ee_mls_result r = x25519_public_of (kem, private_key, public_key);

  if (r == E2EE_MLS_OK)
    r = x25519_shared_secret (private_key, enc, enc, public_key, shared_secret);
  return r;
}

const e2ee_mls_kem e2ee_mls_kem_x25519 = {
  .id = KEM_ID,
  .n_secret = 32,
  .n_enc = KEY_SIZE,
  .n_public = KEY_SIZE,
  .n_private = KEY_SIZE,
  .derive_key_pair = x25519_derive_key_pair,
  .public_of = x25519_public_of,
  .encap = x25519_encap,
  .decap = x25519_decap,
};
