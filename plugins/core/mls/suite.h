/* Cipher suites as data, RFC 9420 section 17.1.
 *
 * A new suite is one row of the table, and one KEM, hash or signature row where it brings one.
 * Nothing in this room knows a size but through its suite.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_SUITE_H
#define E2EE_CORE_MLS_SUITE_H

#include "core/crypto/aead.h"
#include "core/crypto/hkdf.h"
#include "core/env.h"
#include "core/mls/memory.h"

#define E2EE_MLS_VERSION 1      /* mls10 */

#define E2EE_MLS_SUITE_X25519_AES128GCM_SHA256_ED25519 0x0001
#define E2EE_MLS_SUITE_X25519_CHACHA20_SHA256_ED25519 0x0003

/* A key encapsulation, RFC 9180 section 4.  Sizes have been checked by hpke.c before a row is
 * called, and every output has the row's size. */
typedef struct e2ee_mls_kem
{
  uint16_t id;                  /* of RFC 9180 section 7.1 */
  size_t n_secret;
  size_t n_enc;
  size_t n_public;
  size_t n_private;
  /* section 7.1.3; @ikm of any size */
  e2ee_mls_result (*derive_key_pair) (const struct e2ee_mls_kem * kem, e2ee_bytes ikm,
      uint8_t * private_key, uint8_t * public_key);
  e2ee_mls_result (*public_of) (const struct e2ee_mls_kem * kem, const uint8_t * private_key,
      uint8_t * public_key);
  e2ee_mls_result (*encap) (const struct e2ee_mls_kem * kem, const e2ee_env * env,
      const uint8_t * public_key, uint8_t * shared_secret, uint8_t * enc);
  e2ee_mls_result (*decap) (const struct e2ee_mls_kem * kem, const uint8_t * enc,
      const uint8_t * private_key, uint8_t * shared_secret);
} e2ee_mls_kem;

typedef struct e2ee_mls_signer
{
  size_t n_public;
  size_t n_private;             /* Ed25519: the seed of RFC 8032 */
  size_t n_signature;           /* the largest */
  e2ee_mls_result (*public_of) (const uint8_t * private_key, uint8_t * public_key);
  e2ee_mls_result (*sign) (const uint8_t * private_key, e2ee_bytes message, uint8_t * signature,
      size_t *signature_size);
  /* SIGNATURE or KEY; @signature of any size */
  e2ee_mls_result (*verify) (e2ee_bytes public_key, e2ee_bytes message, e2ee_bytes signature);
} e2ee_mls_signer;

typedef struct
{
  uint16_t id;
  const char *name;             /* as IANA writes it */
  const e2ee_mls_kem *kem;
  uint16_t kdf_id;              /* for HPKE's suite_id */
  uint16_t aead_id;
  e2ee_hash hash;
  e2ee_aead_id aead;
  const e2ee_mls_signer *signer;
  size_t nh;                    /* KDF.Nh, the size of every secret of the schedule */
  size_t nk;
  size_t nn;
  size_t nt;
} e2ee_mls_suite;

/* NULL for a suite that does not exist here.  Static. */
const e2ee_mls_suite *e2ee_mls_suite_find (unsigned id);
/* The @index-th suite, the default first; NULL past the last. */
const e2ee_mls_suite *e2ee_mls_suite_nth (size_t index);

/* For tests: one more suite that find() and nth() give after the built-in ones, such as one with
 * 1,200-byte public keys.  NULL takes it away.  Not thread-safe. */
void e2ee_mls_suite_set_extra (const e2ee_mls_suite * suite);

/* The hash, nh bytes, of the parts in their order. */
void e2ee_mls_hash (const e2ee_mls_suite * suite, const e2ee_bytes * parts, size_t n_parts,
    uint8_t * out);

/* The MAC of section 5.1 (HMAC for every suite so far), nh bytes. */
void e2ee_mls_mac (const e2ee_mls_suite * suite, e2ee_bytes key, e2ee_bytes message,
    uint8_t * out);
/* Length first, then in constant time: 1 when @tag is the whole MAC. */
int e2ee_mls_mac_verify (const e2ee_mls_suite * suite, e2ee_bytes key, e2ee_bytes message,
    e2ee_bytes tag);

/* One-shot AEAD.  @nonce of nn bytes, @key of nk bytes; ciphertext || tag. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_aead_seal (const e2ee_mls_suite * suite, e2ee_bytes key,
    e2ee_bytes nonce, e2ee_bytes aad, e2ee_bytes plaintext, e2ee_mls_buffer * out);
/* DECRYPT for anything that does not open, too short a ciphertext included. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_aead_open (const e2ee_mls_suite * suite, e2ee_bytes key,
    e2ee_bytes nonce, e2ee_bytes aad, e2ee_bytes sealed, e2ee_mls_buffer * out);

/* A fresh signature key pair. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_signature_key_generate (const e2ee_mls_suite * suite,
    const e2ee_env * env, e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key);
/* The public half of a private key that is brought; KEY when of the wrong size. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_signature_key_public (const e2ee_mls_suite * suite,
    e2ee_bytes private_key, e2ee_mls_buffer * public_key);

#endif
