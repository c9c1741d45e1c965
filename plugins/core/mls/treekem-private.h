/* Path secrets and what follows from them, for treekem.c and treekeys.c.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_TREEKEM_PRIVATE_H
#define E2EE_CORE_MLS_TREEKEM_PRIVATE_H

#include "core/mls/treekem.h"

/* Section 7.4: path_secret[n + 1] in place of path_secret[n]. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_path_next (const e2ee_mls_suite * suite,
    e2ee_mls_digest * path_secret);
/* Section 7.4: the key pair of the node whose path secret this is. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_path_node_keys (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * path_secret, e2ee_mls_secret * private_key,
    e2ee_mls_buffer * public_key);
/* Private keys of @nodes, the end of a filtered direct path, from the path secret of the first.
 * What is left in @path_secret is the commit secret.  PATH_SECRET when a public key of the tree
 * does not agree. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_keys_take_path (e2ee_mls_tree_keys * keys,
    const e2ee_mls_tree * tree, const uint32_t * nodes, size_t n_nodes,
    e2ee_mls_digest * path_secret);

#endif
