/* Rules for leaf nodes, key packages and whole trees, RFC 9420 sections 7.3, 10.1 and 12.4.3.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_VALIDATE_H
#define E2EE_CORE_MLS_VALIDATE_H

#include "core/mls/groupinfo.h"
#include "core/mls/host.h"
#include "core/mls/keypackage.h"
#include "core/mls/tree.h"

/* What a leaf is held against. */
typedef struct
{
  const e2ee_mls_host *host;
  const e2ee_mls_suite *suite;
  /* The group's extensions, for required_capabilities and that each type is supported; NULL for a
   * key package on its own. */
  const e2ee_mls_extensions *group_extensions;
  e2ee_mls_leaf_source source;  /* what the place asks for */
  e2ee_mls_leaf_place place;
  e2ee_mls_credential_place credential_place;
  /* The leaf it replaces, for the successor check; NULL when it replaces none. */
  const e2ee_mls_leaf_node *old;
  /* 0 on joining: a member of long standing may have outlived its key package (section 7.3). */
  int check_lifetime;
} e2ee_mls_leaf_check;

/* Everything of section 7.3 that can be said without the other leaves. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_leaf_validate (const e2ee_mls_leaf_check * check,
    const e2ee_mls_leaf_node * leaf);

/* What needs the other leaves: keys that are unique, credential types that everybody supports.
 * @replaced is the leaf index that it takes over, NO_NODE for none; it is not counted.
 * An encryption key may not be that of a parent either.
 * DUPLICATE_SIGNATURE_KEY, DUPLICATE_ENCRYPTION_KEY, ENCRYPTION_KEY_UNCHANGED,
 * LEAF_CREDENTIAL_UNSUPPORTED. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_leaf_validate_in_tree (const e2ee_mls_tree * tree,
    const e2ee_mls_leaf_node * leaf, uint32_t replaced);

/* Section 10.1, the leaf inside included.  @check says the leaf's part; its source is ignored. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_key_package_validate (const e2ee_mls_leaf_check * check,
    const e2ee_mls_key_package * key_package);

/* Every member supports @type. */
int e2ee_mls_tree_supports_extension (const e2ee_mls_tree * tree, uint16_t type);
int e2ee_mls_tree_supports_proposal (const e2ee_mls_tree * tree, uint16_t type);
int e2ee_mls_tree_supports_credential (const e2ee_mls_tree * tree, uint16_t type);

/* A GroupContext's extensions against all members of @tree: no type twice, each supported by
 * everyone, required_capabilities met by everyone, no external_senders (refused here). */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_group_extensions_validate (const e2ee_mls_tree * tree,
    const e2ee_mls_extensions * extensions);

/* A tree that came with a Welcome or GroupInfo: hash as in @context, parent hashes, unmerged
 * leaves, every leaf (credentials go to the host), unique keys over leaves and parents, credential
 * types that all support, group extensions.  WRONG_SUITE when @context names another one. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_validate (const e2ee_mls_host * host,
    const e2ee_mls_tree * tree, const e2ee_mls_group_context * context);

#endif
