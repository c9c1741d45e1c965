/* LeafNode and Capabilities, RFC 9420 section 7.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_LEAFNODE_H
#define E2EE_CORE_MLS_LEAFNODE_H

#include "core/mls/credential.h"
#include "core/mls/extension.h"
#include "core/mls/labels.h"

/* Lists of uint16 in their encoding; codec.h reads them. */
typedef struct
{
  e2ee_bytes versions;
  e2ee_bytes cipher_suites;
  e2ee_bytes extensions;
  e2ee_bytes proposals;
  e2ee_bytes credentials;
} e2ee_mls_capabilities;

void e2ee_mls_capabilities_read (e2ee_mls_reader * reader, e2ee_mls_capabilities * out);
void e2ee_mls_capabilities_write (e2ee_mls_writer * writer, const e2ee_mls_capabilities * in);

typedef enum
{
  E2EE_MLS_LEAF_KEY_PACKAGE = 1,
  E2EE_MLS_LEAF_UPDATE = 2,
  E2EE_MLS_LEAF_COMMIT = 3
} e2ee_mls_leaf_source;

typedef struct
{
  e2ee_bytes encryption_key;
  e2ee_bytes signature_key;
  e2ee_mls_credential credential;
  e2ee_mls_capabilities capabilities;
  e2ee_mls_leaf_source source;
  uint64_t not_before;          /* of source key_package; seconds since 1970 */
  uint64_t not_after;
  e2ee_bytes parent_hash;       /* of source commit */
  e2ee_mls_extensions extensions;
  e2ee_bytes signature;
} e2ee_mls_leaf_node;

/* Needs no arena. */
void e2ee_mls_leaf_node_read (e2ee_mls_reader * reader, e2ee_mls_leaf_node * out);
void e2ee_mls_leaf_node_write (e2ee_mls_writer * writer, const e2ee_mls_leaf_node * in);

/* Where a leaf of source update or commit stands: part of what is signed.  Ignored for
 * key_package. */
typedef struct
{
  e2ee_bytes group_id;
  uint32_t leaf_index;
} e2ee_mls_leaf_place;

/* LeafNodeTBS signed with the key whose public half is leaf->signature_key.  On success
 * leaf->signature points into *@signature, which the caller owns. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_leaf_node_sign (const e2ee_mls_suite * suite,
    e2ee_mls_leaf_node * leaf, const e2ee_mls_leaf_place * place, e2ee_bytes private_key,
    e2ee_mls_buffer * signature);
/* LEAF_SIGNATURE when it is not right. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_leaf_node_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_leaf_node * leaf, const e2ee_mls_leaf_place * place);

#endif
