/* The labelled HKDF of RFC 9180 section 4, for hpke.c and the KEM rows.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_HPKE_PRIVATE_H
#define E2EE_CORE_MLS_HPKE_PRIVATE_H

#include "core/mls/suite.h"

/* Writes e2ee_hash_size() bytes. */
void e2ee_mls_labeled_extract (e2ee_hash hash, e2ee_bytes suite_id, e2ee_bytes salt,
    const char *label, e2ee_bytes ikm, uint8_t * prk);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_labeled_expand (e2ee_hash hash, e2ee_bytes suite_id,
    e2ee_bytes prk, const char *label, e2ee_bytes info, uint8_t * out, size_t out_size);

/* DHKEM(X25519, HKDF-SHA256). */
extern const e2ee_mls_kem e2ee_mls_kem_x25519;
/* RFC 8032. */
extern const e2ee_mls_signer e2ee_mls_signer_ed25519;

#endif
