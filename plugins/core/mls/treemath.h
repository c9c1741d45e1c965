/* The array form of a full binary tree, RFC 9420 section 7 and appendix C.
 *
 * A tree of n leaves (a power of two) has 2 n - 1 nodes; leaf i is node 2 i.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_TREEMATH_H
#define E2EE_CORE_MLS_TREEMATH_H

#include <stdint.h>

/* So that no node index, and no count of them, leaves 32 bits. */
#define E2EE_MLS_MAX_LEAVES ((uint32_t) 1 << 20)
#define E2EE_MLS_NO_NODE UINT32_MAX

static inline uint32_t
e2ee_mls_node_of_leaf (uint32_t leaf)
{
  return 2 * leaf;
}

static inline uint32_t
e2ee_mls_leaf_of_node (uint32_t node)
{
  return node / 2;
}

static inline int
e2ee_mls_node_is_leaf (uint32_t node)
{
  return (node & 1) == 0;
}

/* Number of nodes of a tree of @n_leaves, 0 for 0. */
uint32_t e2ee_mls_node_width (uint32_t n_leaves);
/* 0 for a leaf. */
unsigned e2ee_mls_node_level (uint32_t node);
uint32_t e2ee_mls_root (uint32_t n_leaves);
/* NO_NODE for a leaf. */
uint32_t e2ee_mls_left (uint32_t node);
uint32_t e2ee_mls_right (uint32_t node);
/* NO_NODE for the root. */
uint32_t e2ee_mls_parent (uint32_t node, uint32_t n_leaves);
uint32_t e2ee_mls_sibling (uint32_t node, uint32_t n_leaves);
/* 1 when @node is @ancestor or below it. */
int e2ee_mls_is_in_subtree (uint32_t node, uint32_t ancestor);
/* The lowest node above (or equal to) both. */
uint32_t e2ee_mls_common_ancestor (uint32_t a, uint32_t b);

#endif
