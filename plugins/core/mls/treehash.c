/* Tree hashes and parent hashes, RFC 9420 sections 7.8 and 7.9.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/treehash.h"

#include <string.h>

#include "core/mls/tree-private.h"

/* TreeHashInput of a leaf. */
static void
hash_leaf (const e2ee_mls_suite * suite, uint32_t leaf_index, const e2ee_mls_node * node,
    uint8_t * out)
{
  uint8_t head[6] = { E2EE_MLS_NODE_LEAF };

  e2ee_put_be (head + 1, leaf_index, 4);
  head[5] = node != NULL;
  e2ee_mls_hash (suite, (e2ee_bytes[]) { E2EE_BYTES (head, sizeof (head)),
          node != NULL ? E2EE_BYTES (node->encoded + 1, node->size - 1) : E2EE_NO_BYTES }, 2, out);
}

/* TreeHashInput of a parent; @parent is the encoded ParentNode, empty for a blank one. */
static e2ee_mls_result
hash_parent (const e2ee_mls_suite * suite, e2ee_bytes parent, const uint8_t * left,
    const uint8_t * right, uint8_t * out)
{
  const uint8_t head[2] = { E2EE_MLS_NODE_PARENT, parent.size > 0 };
  e2ee_mls_writer hashes = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_write_vector (&hashes, E2EE_BYTES (left, suite->nh));
  e2ee_mls_write_vector (&hashes, E2EE_BYTES (right, suite->nh));
  r = hashes.result;
  if (r == E2EE_MLS_OK)
    e2ee_mls_hash (suite, (e2ee_bytes[]) { E2EE_BYTES (head, sizeof (head)), parent,
            e2ee_mls_writer_view (&hashes) }, 3, out);
  e2ee_mls_writer_clear (&hashes);
  return r;
}

static e2ee_bytes
parent_node_of (const e2ee_mls_node * node)
{
  return node != NULL ? E2EE_BYTES (node->encoded + 1, node->size - 1) : E2EE_NO_BYTES;
}

/* Children first, so that a known hash means known hashes below it. */
static e2ee_mls_result
know_hash (const e2ee_mls_tree * tree, uint32_t node)
{
  const size_t nh = tree->suite->nh;
  uint8_t *hash = tree->hashes + node * nh;
  e2ee_mls_result r = E2EE_MLS_OK;

  if (tree->has_hash[node])
    return E2EE_MLS_OK;
  if (e2ee_mls_node_is_leaf (node)) {
    hash_leaf (tree->suite, e2ee_mls_leaf_of_node (node), tree->nodes[node], hash);
  } else {
    const uint32_t left = e2ee_mls_left (node), right = e2ee_mls_right (node);

    r = know_hash (tree, left);
    if (r == E2EE_MLS_OK)
      r = know_hash (tree, right);
    if (r == E2EE_MLS_OK)
      r = hash_parent (tree->suite, parent_node_of (tree->nodes[node]),
          tree->hashes + left * nh, tree->hashes + right * nh, hash);
  }
  tree->has_hash[node] = r == E2EE_MLS_OK;
  return r;
}

e2ee_mls_result
e2ee_mls_tree_hash (const e2ee_mls_tree * tree, uint32_t node, e2ee_mls_digest * out)
{
  const size_t nh = tree->suite->nh;
  e2ee_mls_result r;

  if (node >= e2ee_mls_node_width (tree->n_leaves))
    return E2EE_MLS_ERR_ARGUMENT;
  r = know_hash (tree, node);
  if (r == E2EE_MLS_OK)
    memcpy (out->data, tree->hashes + node * nh, nh);
  return r;
}

e2ee_mls_result
e2ee_mls_tree_root_hash (const e2ee_mls_tree * tree, e2ee_mls_digest * out)
{
  return e2ee_mls_tree_hash (tree, e2ee_mls_root (tree->n_leaves), out);
}

/* The part of an ascending list of leaves that stands in the subtree of @node. */
static e2ee_bytes
leaves_below (e2ee_bytes list, uint32_t node)
{
  const uint32_t reach = ((uint32_t) 1 << e2ee_mls_node_level (node)) - 1;
  const size_t first = e2ee_mls_leaf_list_position (list, (node - reach) / 2);
  const size_t last = e2ee_mls_leaf_list_position (list, (node + reach) / 2 + 1);

  /* Of a list that does not ascend nothing sensible can be said. */
  return first < last ? E2EE_BYTES (list.data + 4 * first, 4 * (last - first)) : E2EE_NO_BYTES;
}

/* The ParentNode of @node without the leaves of @removed among its unmerged leaves. */
static void
write_without (e2ee_mls_writer * writer, const e2ee_mls_node * node, e2ee_bytes removed)
{
  const e2ee_bytes unmerged = node->as.parent.unmerged_leaves;
  size_t begun;

  e2ee_mls_write_vector (writer, node->as.parent.encryption_key);
  e2ee_mls_write_vector (writer, node->as.parent.parent_hash);
  begun = e2ee_mls_write_begin (writer);
  for (size_t i = 0; i < e2ee_mls_u32_list_size (unmerged); i++) {
    const uint32_t leaf = e2ee_mls_u32_list_get (unmerged, i);

    if (!e2ee_mls_leaf_list_has (removed, leaf))
      e2ee_mls_write_u32 (writer, leaf);
  }
  e2ee_mls_write_end (writer, begun);
}

/* Section 7.9: the tree hash of @node as if the leaves of @removed had never been added.  Where
 * none of them stands below, that is the tree hash. */
static e2ee_mls_result
original_hash (const e2ee_mls_tree * tree, uint32_t node, e2ee_bytes removed, uint8_t * out)
{
  const e2ee_bytes below = leaves_below (removed, node);
  e2ee_mls_digest left, right;
  e2ee_mls_writer parent = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  if (below.size == 0) {
    r = know_hash (tree, node);
    if (r == E2EE_MLS_OK)
      memcpy (out, tree->hashes + node * tree->suite->nh, tree->suite->nh);
    return r;
  }
  if (e2ee_mls_node_is_leaf (node)) {
    hash_leaf (tree->suite, e2ee_mls_leaf_of_node (node), NULL, out);
    return E2EE_MLS_OK;
  }
  r = original_hash (tree, e2ee_mls_left (node), below, left.data);
  if (r == E2EE_MLS_OK)
    r = original_hash (tree, e2ee_mls_right (node), below, right.data);
  if (r != E2EE_MLS_OK)
    return r;
  if (tree->nodes[node] != NULL)
    write_without (&parent, tree->nodes[node], below);
  r = parent.result;
  if (r == E2EE_MLS_OK)
    r = hash_parent (tree->suite, e2ee_mls_writer_view (&parent), left.data, right.data, out);
  e2ee_mls_writer_clear (&parent);
  return r;
}

e2ee_mls_result
e2ee_mls_parent_hash (const e2ee_mls_tree * tree, uint32_t parent, uint32_t copath_child,
    e2ee_mls_digest * out)
{
  const e2ee_mls_parent_node *node = e2ee_mls_tree_parent (tree, parent);
  e2ee_mls_writer input = E2EE_MLS_WRITER_INIT;
  e2ee_mls_digest sibling;
  e2ee_mls_result r;

  if (node == NULL || e2ee_mls_parent (copath_child, tree->n_leaves) != parent)
    return E2EE_MLS_ERR_ARGUMENT;
  r = original_hash (tree, copath_child, node->unmerged_leaves, sibling.data);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_write_vector (&input, node->encryption_key);
  e2ee_mls_write_vector (&input, node->parent_hash);
  e2ee_mls_write_vector (&input, e2ee_mls_digest_view (tree->suite, &sibling));
  r = input.result;
  if (r == E2EE_MLS_OK)
    e2ee_mls_hash (tree->suite, (e2ee_bytes[]) { e2ee_mls_writer_view (&input) }, 1, out->data);
  e2ee_mls_writer_clear (&input);
  return r;
}

/* The parent_hash field of a node that is not blank; empty where it has none. */
static e2ee_bytes
parent_hash_field (const e2ee_mls_tree * tree, uint32_t node)
{
  return e2ee_mls_node_is_leaf (node) ?
      tree->nodes[node]->as.leaf.parent_hash : tree->nodes[node]->as.parent.parent_hash;
}

/* Section 7.9.2: the resolution of @child must be the leaves of @parent that are unmerged there and
 * one node more.  That node, or NO_NODE. */
static e2ee_mls_result
find_updated_with (const e2ee_mls_tree * tree, uint32_t parent, uint32_t child, uint32_t * found)
{
  const e2ee_bytes unmerged =
      leaves_below (e2ee_mls_tree_parent (tree, parent)->unmerged_leaves, child);
  e2ee_mls_node_list list = { NULL, 0 };
  size_t n_unmerged = 0, n_others = 0;
  e2ee_mls_result r = e2ee_mls_tree_resolution (tree, child, NULL, 0, &list);

  *found = E2EE_MLS_NO_NODE;
  if (r != E2EE_MLS_OK)
    return r;
  for (size_t i = 0; i < list.n_nodes; i++) {
    const uint32_t node = list.nodes[i];

    if (e2ee_mls_node_is_leaf (node)
        && e2ee_mls_leaf_list_has (unmerged, e2ee_mls_leaf_of_node (node))) {
      n_unmerged++;
    } else {
      n_others++;
      *found = node;
    }
  }
  if (n_others != 1 || n_unmerged != e2ee_mls_u32_list_size (unmerged)
      || e2ee_mls_tree_is_blank (tree, *found))
    *found = E2EE_MLS_NO_NODE;
  e2ee_mls_node_list_clear (&list);
  return E2EE_MLS_OK;
}

/* *@valid counts one when some node below @child was updated together with @parent. */
static e2ee_mls_result
verify_side (const e2ee_mls_tree * tree, uint32_t parent, uint32_t child, uint32_t sibling,
    unsigned *valid)
{
  const size_t nh = tree->suite->nh;
  e2ee_mls_digest expected;
  e2ee_bytes field;
  uint32_t node;
  e2ee_mls_result r = find_updated_with (tree, parent, child, &node);

  if (r != E2EE_MLS_OK || node == E2EE_MLS_NO_NODE)
    return r;
  /* An absent hash is never a right one. */
  field = parent_hash_field (tree, node);
  if (field.size != nh)
    return E2EE_MLS_OK;
  r = e2ee_mls_parent_hash (tree, parent, sibling, &expected);
  if (r == E2EE_MLS_OK && memcmp (field.data, expected.data, nh) == 0)
    ++*valid;
  return r;
}

/* Top down: if for every parent exactly one descendant is valid, the chains from the leaves cover
 * all parents. */
e2ee_mls_result
e2ee_mls_tree_verify_parent_hashes (const e2ee_mls_tree * tree)
{
  for (uint32_t node = 1; node < e2ee_mls_node_width (tree->n_leaves); node += 2) {
    const uint32_t left = e2ee_mls_left (node), right = e2ee_mls_right (node);
    unsigned valid = 0;
    e2ee_mls_result r;

    if (tree->nodes[node] == NULL)
      continue;
    r = verify_side (tree, node, left, right, &valid);
    if (r == E2EE_MLS_OK)
      r = verify_side (tree, node, right, left, &valid);
    if (r != E2EE_MLS_OK)
      return r;
    if (valid != 1)
      return E2EE_MLS_ERR_PARENT_HASH;
  }
  return E2EE_MLS_OK;
}

/* @leaf is a member below @node, and unmerged at each node between that is not blank. */
static int
is_unmerged_leaf (const e2ee_mls_tree * tree, uint32_t node, uint32_t leaf)
{
  uint32_t between = e2ee_mls_node_of_leaf (leaf);

  if (e2ee_mls_tree_leaf (tree, leaf) == NULL || !e2ee_mls_is_in_subtree (between, node))
    return 0;
  while ((between = e2ee_mls_parent (between, tree->n_leaves)) != node) {
    const e2ee_mls_parent_node *parent = e2ee_mls_tree_parent (tree, between);

    if (parent != NULL && !e2ee_mls_leaf_list_has (parent->unmerged_leaves, leaf))
      return 0;
  }
  return 1;
}

e2ee_mls_result
e2ee_mls_tree_verify_unmerged_leaves (const e2ee_mls_tree * tree)
{
  for (uint32_t node = 1; node < e2ee_mls_node_width (tree->n_leaves); node += 2) {
    const e2ee_mls_parent_node *parent = e2ee_mls_tree_parent (tree, node);
    const e2ee_bytes unmerged = parent != NULL ? parent->unmerged_leaves : E2EE_NO_BYTES;

    for (size_t i = 0; i < e2ee_mls_u32_list_size (unmerged); i++) {
      const uint32_t leaf = e2ee_mls_u32_list_get (unmerged, i);

      if (i > 0 && leaf <= e2ee_mls_u32_list_get (unmerged, i - 1))
        return E2EE_MLS_ERR_UNMERGED_LEAVES;
      if (!is_unmerged_leaf (tree, node, leaf))
        return E2EE_MLS_ERR_UNMERGED_LEAVES;
    }
  }
  return E2EE_MLS_OK;
}
