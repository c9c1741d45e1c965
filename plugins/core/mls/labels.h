/* The labelled functions every other file calls: RFC 9420 sections 5.1, 5.2, 8 and 9.
 *
 * Labels are written without "MLS 1.0 ", which is added here.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_LABELS_H
#define E2EE_CORE_MLS_LABELS_H

#include "core/mls/hpke.h"

/* A hash or a secret of the schedule, as large as any suite's KDF.Nh may be.  The suite says how
 * many bytes count.  Holders of secrets wipe it. */
typedef struct
{
  uint8_t data[E2EE_HASH_MAX_SIZE];
} e2ee_mls_digest;

static inline e2ee_bytes
e2ee_mls_digest_view (const e2ee_mls_suite * suite, const e2ee_mls_digest * digest)
{
  return E2EE_BYTES (digest->data, suite->nh);
}

/* Section 5.2.  @label is whole here, "MLS 1.0 KeyPackage Reference" for instance. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_ref_hash (const e2ee_mls_suite * suite, const char *label,
    e2ee_bytes value, e2ee_mls_digest * out);

/* Section 5.1.2.  VERIFY gives SIGNATURE. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_sign_with_label (const e2ee_mls_suite * suite,
    e2ee_bytes private_key, const char *label, e2ee_bytes content, e2ee_mls_buffer * signature);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_verify_with_label (const e2ee_mls_suite * suite,
    e2ee_bytes public_key, const char *label, e2ee_bytes content, e2ee_bytes signature);

/* Section 8. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_expand_with_label (const e2ee_mls_suite * suite,
    e2ee_bytes secret, const char *label, e2ee_bytes context, uint8_t * out, size_t out_size);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_derive_secret (const e2ee_mls_suite * suite,
    e2ee_bytes secret, const char *label, e2ee_mls_digest * out);
/* Section 9: the context is the generation. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_derive_tree_secret (const e2ee_mls_suite * suite,
    e2ee_bytes secret, const char *label, uint32_t generation, uint8_t * out, size_t out_size);

/* Section 5.1.3. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_encrypt_with_label (const e2ee_mls_suite * suite,
    const e2ee_env * env, e2ee_bytes public_key, const char *label, e2ee_bytes context,
    e2ee_bytes plaintext, e2ee_mls_buffer * kem_output, e2ee_mls_buffer * ciphertext);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_decrypt_with_label (const e2ee_mls_suite * suite,
    e2ee_bytes private_key, const char *label, e2ee_bytes context, e2ee_bytes kem_output,
    e2ee_bytes ciphertext, e2ee_mls_buffer * plaintext);

#endif
