/* Transcript hashes and the confirmation tag, RFC 9420 sections 8.2 and 6.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_TRANSCRIPT_H
#define E2EE_CORE_MLS_TRANSCRIPT_H

#include "core/mls/message.h"

/* confirmed_transcript_hash of the epoch that @commit opens.  @interim_before is empty in epoch 0,
 * else nh bytes. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_confirmed_transcript_hash (const e2ee_mls_suite * suite,
    e2ee_bytes interim_before, const e2ee_mls_authenticated_content * commit,
    e2ee_mls_digest * out);
/* @confirmed is empty for the group's first epoch. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_interim_transcript_hash (const e2ee_mls_suite * suite,
    e2ee_bytes confirmed, e2ee_bytes confirmation_tag, e2ee_mls_digest * out);

void e2ee_mls_confirmation_tag (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * confirmation_key, e2ee_bytes confirmed, e2ee_mls_digest * out);
/* CONFIRMATION_TAG; length first, then in constant time. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_confirmation_tag_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * confirmation_key, e2ee_bytes confirmed, e2ee_bytes tag);

#endif
