/* The ratchet tree: who is in the group and which public keys stand where, RFC 9420 sections 4 and 7.
 *
 * Holds no secret.  Nodes are immutable and shared between copies, so a copy, which is how a commit
 * is tried without touching the group, costs one reference a node.  Not thread-safe.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_TREE_H
#define E2EE_CORE_MLS_TREE_H

#include "core/mls/leafnode.h"
#include "core/mls/treemath.h"

typedef struct e2ee_mls_tree e2ee_mls_tree;

/* ParentNode, section 7.1. */
typedef struct
{
  e2ee_bytes encryption_key;
  e2ee_bytes parent_hash;
  e2ee_bytes unmerged_leaves;   /* list of uint32, codec.h */
} e2ee_mls_parent_node;

void e2ee_mls_parent_node_read (e2ee_mls_reader * reader, e2ee_mls_parent_node * out);
void e2ee_mls_parent_node_write (e2ee_mls_writer * writer, const e2ee_mls_parent_node * in);

/* A list of node indices, owned by whoever declared it; zero-initialised is empty. */
typedef struct
{
  uint32_t *nodes;
  size_t n_nodes;
} e2ee_mls_node_list;

void e2ee_mls_node_list_clear (e2ee_mls_node_list * list);

/* A tree with one leaf, a copy of @leaf. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_new (const e2ee_mls_suite * suite,
    const e2ee_mls_leaf_node * leaf, e2ee_mls_tree ** tree);
/* From the data of a ratchet_tree extension (section 12.4.3.3): extended to a full tree.  TREE_SHAPE
 * when empty, ending in a blank, or with a leaf where a parent belongs.  Nothing else is judged:
 * see treehash.h and validate.h. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_decode (const e2ee_mls_suite * suite,
    e2ee_bytes ratchet_tree, e2ee_mls_tree ** tree);
/* The data of a ratchet_tree extension: optional<Node><V>, without blanks at the right end. */
void e2ee_mls_tree_write (e2ee_mls_writer * writer, const e2ee_mls_tree * tree);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_copy (const e2ee_mls_tree * tree,
    e2ee_mls_tree ** copy);
/* NULL is allowed. */
void e2ee_mls_tree_free (e2ee_mls_tree * tree);

const e2ee_mls_suite *e2ee_mls_tree_suite (const e2ee_mls_tree * tree);
/* Leaves of the full tree, blank ones included: a power of two. */
uint32_t e2ee_mls_tree_n_leaves (const e2ee_mls_tree * tree);
uint32_t e2ee_mls_tree_n_members (const e2ee_mls_tree * tree);
/* NULL when blank or outside.  Valid until that node of this tree changes. */
const e2ee_mls_leaf_node *e2ee_mls_tree_leaf (const e2ee_mls_tree * tree, uint32_t leaf);
const e2ee_mls_parent_node *e2ee_mls_tree_parent (const e2ee_mls_tree * tree, uint32_t node);
int e2ee_mls_tree_is_blank (const e2ee_mls_tree * tree, uint32_t node);
/* The encryption key of a leaf or parent; empty when blank. */
e2ee_bytes e2ee_mls_tree_encryption_key (const e2ee_mls_tree * tree, uint32_t node);
/* The leaf that holds the key; NO_NODE when there is none. */
uint32_t e2ee_mls_tree_find_signature_key (const e2ee_mls_tree * tree, e2ee_bytes key);
uint32_t e2ee_mls_tree_find_leaf_encryption_key (const e2ee_mls_tree * tree, e2ee_bytes key);
/* The node, leaf or parent, that holds the key; NO_NODE when there is none. */
uint32_t e2ee_mls_tree_find_encryption_key (const e2ee_mls_tree * tree, e2ee_bytes key);

/* Changes; each leaves the tree as it was on failure.  They copy what they are given. */
/* Section 7.7: the leftmost blank leaf, or the tree doubled (TREE_FULL at MAX_LEAVES); the leaf is
 * unmerged above. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_add (e2ee_mls_tree * tree,
    const e2ee_mls_leaf_node * leaf, uint32_t * index);
/* Section 12.1.2: replaces the leaf and blanks its direct path.  PROPOSAL_UNKNOWN_LEAF when blank. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_update (e2ee_mls_tree * tree, uint32_t index,
    const e2ee_mls_leaf_node * leaf);
/* Section 12.1.3: blanks leaf and direct path, then truncates.  PROPOSAL_UNKNOWN_LEAF when blank. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_remove (e2ee_mls_tree * tree, uint32_t index);
/* For treekem.c: sets one node without touching others. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_set_leaf (e2ee_mls_tree * tree, uint32_t index,
    const e2ee_mls_leaf_node * leaf);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_set_parent (e2ee_mls_tree * tree, uint32_t node,
    const e2ee_mls_parent_node * parent);
void e2ee_mls_tree_blank (e2ee_mls_tree * tree, uint32_t node);

/* Section 4.1.1.  @list must hold nothing.  Leaves of @excluded (ascending leaf indices; may be
 * empty) are left out: what section 7.5 asks for members added by the same commit. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_resolution (const e2ee_mls_tree * tree, uint32_t node,
    const uint32_t * excluded, size_t n_excluded, e2ee_mls_node_list * list);
/* Section 4.1.2: the filtered direct path of a leaf, and the copath child belonging to each of its
 * nodes (@copath may be NULL). */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_filtered_path (const e2ee_mls_tree * tree,
    uint32_t leaf, e2ee_mls_node_list * path, e2ee_mls_node_list * copath);

#endif
