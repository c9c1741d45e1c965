/* What tree.c, tree-codec.c, tree-path.c and treehash.c share of a ratchet tree.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_TREE_PRIVATE_H
#define E2EE_CORE_MLS_TREE_PRIVATE_H

#include "core/mls/tree.h"

#define E2EE_MLS_NODE_LEAF 1
#define E2EE_MLS_NODE_PARENT 2

/* A node that is not blank.  Never changed once made, so that trees share it by reference.  @as
 * points into @encoded, the Node of section 12.4.3.3: the node type, then the structure. */
typedef struct
{
  size_t n_refs;
  union
  {
    e2ee_mls_leaf_node leaf;
    e2ee_mls_parent_node parent;
  } as;
  size_t size;
  uint8_t encoded[];
} e2ee_mls_node;

struct e2ee_mls_tree
{
  const e2ee_mls_suite *suite;
  uint32_t n_leaves;
  uint32_t n_members;
  /* No leaf to the left of it is blank. */
  uint32_t first_blank;
  /* Nodes that the arrays have room for; those behind the tree's width are blank. */
  uint32_t capacity;
  e2ee_mls_node **nodes;
  /* The tree hashes known so far, suite->nh bytes each.  Where a node's is known those of all nodes
   * below it are. */
  uint8_t *hashes;
  uint8_t *has_hash;
};

e2ee_mls_node *e2ee_mls_node_ref (e2ee_mls_node * node);
void e2ee_mls_node_unref (e2ee_mls_node * node);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_node_of_leaf_node (const e2ee_mls_leaf_node * leaf,
    e2ee_mls_node ** node);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_node_of_parent_node (const e2ee_mls_parent_node * parent,
    e2ee_mls_node ** node);
/* Reads a Node; the reader needs no arena.  With @node NULL it is only read past.  Returns its
 * type, 0 with a sticking error otherwise. */
unsigned e2ee_mls_node_read (e2ee_mls_reader * reader, e2ee_mls_node ** node);

/* A tree of @n_leaves blank leaves. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_alloc (const e2ee_mls_suite * suite,
    uint32_t n_leaves, e2ee_mls_tree ** tree);
/* Puts @node (NULL: blank) at @index, which lies in the tree, and takes it over.  The only way in
 * which a node changes: it forgets the hashes above and keeps the counts. */
void e2ee_mls_tree_put (e2ee_mls_tree * tree, uint32_t index, e2ee_mls_node * node);

/* Where @leaf stands, or would, in an ascending list of uint32. */
size_t e2ee_mls_leaf_list_position (e2ee_bytes list, uint32_t leaf);
int e2ee_mls_leaf_list_has (e2ee_bytes list, uint32_t leaf);

#endif
