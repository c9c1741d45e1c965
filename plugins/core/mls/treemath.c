/* The array form of a full binary tree, RFC 9420 appendix C.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/treemath.h"

uint32_t
e2ee_mls_node_width (uint32_t n_leaves)
{
  return n_leaves > 0 ? 2 * n_leaves - 1 : 0;
}

/* The number of trailing ones: leaves are even, their parents end in 01, those above in 011. */
unsigned
e2ee_mls_node_level (uint32_t node)
{
  unsigned level = 0;

  while (level < 31 && (node >> level & 1) != 0)
    level++;
  return level;
}

uint32_t
e2ee_mls_root (uint32_t n_leaves)
{
  return n_leaves > 0 ? n_leaves - 1 : E2EE_MLS_NO_NODE;
}

uint32_t
e2ee_mls_left (uint32_t node)
{
  const unsigned level = e2ee_mls_node_level (node);

  return level > 0 ? node ^ (uint32_t) 1 << (level - 1) : E2EE_MLS_NO_NODE;
}

uint32_t
e2ee_mls_right (uint32_t node)
{
  const unsigned level = e2ee_mls_node_level (node);

  return level > 0 ? node ^ (uint32_t) 3 << (level - 1) : E2EE_MLS_NO_NODE;
}

uint32_t
e2ee_mls_parent (uint32_t node, uint32_t n_leaves)
{
  const unsigned level = e2ee_mls_node_level (node);
  const uint32_t is_right = node >> (level + 1) & 1;

  if (node == e2ee_mls_root (n_leaves))
    return E2EE_MLS_NO_NODE;
  return (node | (uint32_t) 1 << level) ^ is_right << (level + 1);
}

uint32_t
e2ee_mls_sibling (uint32_t node, uint32_t n_leaves)
{
  const uint32_t parent = e2ee_mls_parent (node, n_leaves);

  if (parent == E2EE_MLS_NO_NODE)
    return E2EE_MLS_NO_NODE;
  return node < parent ? e2ee_mls_right (parent) : e2ee_mls_left (parent);
}

int
e2ee_mls_is_in_subtree (uint32_t node, uint32_t ancestor)
{
  const uint32_t reach = ((uint32_t) 1 << e2ee_mls_node_level (ancestor)) - 1;

  return node >= ancestor - reach && node <= ancestor + reach;
}

uint32_t
e2ee_mls_common_ancestor (uint32_t a, uint32_t b)
{
  unsigned k = 0;

  if (e2ee_mls_is_in_subtree (a, b))
    return b;
  if (e2ee_mls_is_in_subtree (b, a))
    return a;
  while (a >> k != b >> k)
    k++;
  return (a >> k << k) + ((uint32_t) 1 << (k - 1)) - 1;
}
