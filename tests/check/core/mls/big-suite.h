/* A suite whose sizes are those of a post-quantum one: what passes with it knows no size by heart.
 *
 * X25519 and Ed25519 inside, stretched with bytes that follow from the key, and SHA-512 with KDF.Nh
 * of 64.  For tests only: it protects nothing more than X25519 does.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MLS_BIG_SUITE_H
#define E2EE_TESTS_MLS_BIG_SUITE_H

#include <string.h>

#include "core/mls/suite.h"

#define BIG_SUITE_ID 0xf0b1
#define BIG_PUBLIC_SIZE 1216
#define BIG_PRIVATE_SIZE 96
#define BIG_ENC_SIZE 1120
#define BIG_SECRET_SIZE 48
#define BIG_SIGNER_PUBLIC_SIZE 1312
#define BIG_SIGNER_PRIVATE_SIZE 64
#define BIG_SIGNATURE_SIZE 2420

static const e2ee_mls_kem *
big_inner_kem (void)
{
  return e2ee_mls_suite_find (E2EE_MLS_SUITE_X25519_CHACHA20_SHA256_ED25519)->kem;
}

static const e2ee_mls_signer *
big_inner_signer (void)
{
  return e2ee_mls_suite_find (E2EE_MLS_SUITE_X25519_CHACHA20_SHA256_ED25519)->signer;
}

/* Fills what is behind the first @used bytes from them, so that every byte counts. */
static void
big_stretch (uint8_t * bytes, size_t used, size_t size)
{
  for (size_t i = used; i < size; i++)
    bytes[i] = (uint8_t) (bytes[i % used] ^ i);
}

static int
big_is_stretched (const uint8_t * bytes, size_t used, size_t size)
{
  uint8_t wrong = 0;

  for (size_t i = used; i < size; i++)
    wrong |= (uint8_t) (bytes[i] ^ bytes[i % used] ^ i);
  return wrong == 0;
}

static e2ee_mls_result
big_derive_key_pair (const e2ee_mls_kem * kem, e2ee_bytes ikm, uint8_t * private_key,
    uint8_t * public_key)
{
  e2ee_mls_result r = big_inner_kem ()->derive_key_pair (big_inner_kem (), ikm, private_key,
      public_key);

  big_stretch (private_key, 32, BIG_PRIVATE_SIZE);
  big_stretch (public_key, 32, BIG_PUBLIC_SIZE);
  return r;
}

static e2ee_mls_result
big_public_of (const e2ee_mls_kem * kem, const uint8_t * private_key, uint8_t * public_key)
{
  e2ee_mls_result r = big_inner_kem ()->public_of (big_inner_kem (), private_key, public_key);

  big_stretch (public_key, 32, BIG_PUBLIC_SIZE);
  return r;
}

static e2ee_mls_result
big_encap (const e2ee_mls_kem * kem, const e2ee_env * env, const uint8_t * public_key,
    uint8_t * shared_secret, uint8_t * enc)
{
  e2ee_mls_result r;

  if (!big_is_stretched (public_key, 32, BIG_PUBLIC_SIZE))
    return E2EE_MLS_ERR_KEY;
  r = big_inner_kem ()->encap (big_inner_kem (), env, public_key, shared_secret, enc);
  big_stretch (shared_secret, 32, BIG_SECRET_SIZE);
  big_stretch (enc, 32, BIG_ENC_SIZE);
  return r;
}

static e2ee_mls_result
big_decap (const e2ee_mls_kem * kem, const uint8_t * enc, const uint8_t * private_key,
    uint8_t * shared_secret)
{
  e2ee_mls_result r;

  if (!big_is_stretched (enc, 32, BIG_ENC_SIZE))
    return E2EE_MLS_ERR_KEY;
  r = big_inner_kem ()->decap (big_inner_kem (), enc, private_key, shared_secret);
  big_stretch (shared_secret, 32, BIG_SECRET_SIZE);
  return r;
}

static e2ee_mls_result
big_signer_public_of (const uint8_t * private_key, uint8_t * public_key)
{
  e2ee_mls_result r = big_inner_signer ()->public_of (private_key, public_key);

  big_stretch (public_key, 32, BIG_SIGNER_PUBLIC_SIZE);
  return r;
}

static e2ee_mls_result
big_sign (const uint8_t * private_key, e2ee_bytes message, uint8_t * signature,
    size_t *signature_size)
{
  e2ee_mls_result r = big_inner_signer ()->sign (private_key, message, signature, signature_size);

  big_stretch (signature, 64, BIG_SIGNATURE_SIZE);
  *signature_size = BIG_SIGNATURE_SIZE;
  return r;
}

static e2ee_mls_result
big_verify (e2ee_bytes public_key, e2ee_bytes message, e2ee_bytes signature)
{
  if (public_key.size != BIG_SIGNER_PUBLIC_SIZE
      || !big_is_stretched (public_key.data, 32, public_key.size))
    return E2EE_MLS_ERR_KEY;
  if (signature.size != BIG_SIGNATURE_SIZE
      || !big_is_stretched (signature.data, 64, signature.size))
    return E2EE_MLS_ERR_SIGNATURE;
  return big_inner_signer ()->verify (E2EE_BYTES (public_key.data, 32), message,
      E2EE_BYTES (signature.data, 64));
}

static const e2ee_mls_kem big_kem = {
  .id = 0xf0b1,
  .n_secret = BIG_SECRET_SIZE,
  .n_enc = BIG_ENC_SIZE,
  .n_public = BIG_PUBLIC_SIZE,
  .n_private = BIG_PRIVATE_SIZE,
  .derive_key_pair = big_derive_key_pair,
  .public_of = big_public_of,
  .encap = big_encap,
  .decap = big_decap,
};

static const e2ee_mls_signer big_signer = {
  .n_public = BIG_SIGNER_PUBLIC_SIZE,
  .n_private = BIG_SIGNER_PRIVATE_SIZE,
  .n_signature = BIG_SIGNATURE_SIZE,
  .public_of = big_signer_public_of,
  .sign = big_sign,
  .verify = big_verify,
};

/* Hand it to e2ee_mls_suite_set_extra(), and NULL when done. */
static const e2ee_mls_suite big_suite = {
  .id = BIG_SUITE_ID,
  .name = "TEST_BIG",
  .kem = &big_kem,
  .kdf_id = 0x0003,
  .aead_id = 0x0002,
  .hash = E2EE_HASH_SHA512,
  .aead = E2EE_AEAD_AES_256_GCM,
  .signer = &big_signer,
  .nh = 64,
  .nk = 32,
  .nn = 12,
  .nt = 16,
};

#endif
