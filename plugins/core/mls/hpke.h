/* HPKE in base mode, RFC 9180, for the suite's KEM, KDF and AEAD.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_HPKE_H
#define E2EE_CORE_MLS_HPKE_H

#include "core/mls/suite.h"

/* KEM.DeriveKeyPair: the key pair of a secret.  Buffers must hold nothing. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_hpke_derive_key_pair (const e2ee_mls_suite * suite,
    e2ee_bytes ikm, e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key);
/* As above with fresh randomness. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_hpke_generate_key_pair (const e2ee_mls_suite * suite,
    const e2ee_env * env, e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key);
/* The public half of @private_key.  KEY when of the wrong size. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_hpke_public_of (const e2ee_mls_suite * suite,
    e2ee_bytes private_key, e2ee_mls_buffer * public_key);

/* Single-shot seal and open.  KEY for a public key or encapsulation that the KEM refuses, DECRYPT
 * for everything else that does not open. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_hpke_seal (const e2ee_mls_suite * suite,
    const e2ee_env * env, e2ee_bytes public_key, e2ee_bytes info, e2ee_bytes aad,
    e2ee_bytes plaintext, e2ee_mls_buffer * enc, e2ee_mls_buffer * ciphertext);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_hpke_open (const e2ee_mls_suite * suite, e2ee_bytes enc,
    e2ee_bytes private_key, e2ee_bytes info, e2ee_bytes aad, e2ee_bytes ciphertext,
    e2ee_mls_buffer * plaintext);

/* The export-only use of external init, RFC 9420 section 8.3: @out gets nh bytes of
 * context.Export ("MLS 1.0 external init secret", nh). */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_hpke_external_init_send (const e2ee_mls_suite * suite,
    const e2ee_env * env, e2ee_bytes external_pub, e2ee_mls_buffer * kem_output, uint8_t * out);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_hpke_external_init_receive (const e2ee_mls_suite * suite,
    e2ee_bytes kem_output, e2ee_bytes external_private, uint8_t * out);

#endif
