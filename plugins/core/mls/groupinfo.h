/* GroupContext and GroupInfo, RFC 9420 sections 8.1 and 12.4.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_GROUPINFO_H
#define E2EE_CORE_MLS_GROUPINFO_H

#include "core/mls/extension.h"
#include "core/mls/labels.h"

typedef struct
{
  uint16_t version;
  uint16_t cipher_suite;
  e2ee_bytes group_id;
  uint64_t epoch;
  e2ee_bytes tree_hash;
  e2ee_bytes confirmed_transcript_hash;
  e2ee_mls_extensions extensions;
} e2ee_mls_group_context;

/* Needs no arena. */
void e2ee_mls_group_context_read (e2ee_mls_reader * reader, e2ee_mls_group_context * out);
void e2ee_mls_group_context_write (e2ee_mls_writer * writer, const e2ee_mls_group_context * in);
/* Its encoding, which most of the key schedule takes. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_context_encode (const e2ee_mls_group_context * context,
    e2ee_mls_buffer * out);

typedef struct
{
  e2ee_mls_group_context context;
  e2ee_mls_extensions extensions;
  e2ee_bytes confirmation_tag;
  uint32_t signer;              /* leaf index */
  e2ee_bytes signature;
} e2ee_mls_group_info;

/* Needs no arena. */
void e2ee_mls_group_info_read (e2ee_mls_reader * reader, e2ee_mls_group_info * out);
void e2ee_mls_group_info_write (e2ee_mls_writer * writer, const e2ee_mls_group_info * in);

/* As e2ee_mls_leaf_node_sign(), for GroupInfoTBS. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_info_sign (const e2ee_mls_suite * suite,
    e2ee_mls_group_info * info, e2ee_bytes private_key, e2ee_mls_buffer * signature);
/* GROUP_INFO_SIGNATURE when it is not right. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_info_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_group_info * info, e2ee_bytes signature_key);

#endif
