/* Tree hashes and parent hashes, RFC 9420 sections 7.8 and 7.9.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_TREEHASH_H
#define E2EE_CORE_MLS_TREEHASH_H

#include "core/mls/tree.h"

/* The hash of the subtree of @node; kept in the tree until a node below it changes, so that the
 * hash of a tree in which one path changed costs log n. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_hash (const e2ee_mls_tree * tree, uint32_t node,
    e2ee_mls_digest * out);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_root_hash (const e2ee_mls_tree * tree,
    e2ee_mls_digest * out);

/* The parent hash that the child of @parent on the side away from @copath_child carries: H
 * (ParentHashInput) with the original sibling tree hash of @copath_child. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_parent_hash (const e2ee_mls_tree * tree, uint32_t parent,
    uint32_t copath_child, e2ee_mls_digest * out);

/* Section 7.9.2: every non-blank parent of the tree is parent-hash valid.  PARENT_HASH.  Of a tree
 * whose unmerged leaves have not been verified the answer means nothing, but is safe to ask for. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_verify_parent_hashes (const e2ee_mls_tree * tree);

/* Section 12.4.3.1: every entry of unmerged_leaves is a member below the node, stands in every
 * non-blank node between, and the list ascends.  UNMERGED_LEAVES. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_verify_unmerged_leaves (const e2ee_mls_tree * tree);

#endif
