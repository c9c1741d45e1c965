/* The ratchet tree: its nodes, its members and how they come and go, RFC 9420 sections 4 and 7.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/tree-private.h"

#include <string.h>

/* More than any leaf has parents. */
#define MAX_DEPTH 32

static uint32_t
width (const e2ee_mls_tree * tree)
{
  return e2ee_mls_node_width (tree->n_leaves);
}

/* Makes the arrays hold a tree of @n_leaves; what they hold stays. */
static e2ee_mls_result
reserve (e2ee_mls_tree * tree, uint32_t n_leaves)
{
  const uint32_t capacity = e2ee_mls_node_width (n_leaves);
  const size_t nh = tree->suite->nh;
  e2ee_mls_node **nodes;
  uint8_t *hashes, *has_hash;

  if (capacity <= tree->capacity)
    return E2EE_MLS_OK;
  nodes = e2ee_mls_alloc (capacity, sizeof (*nodes));
  hashes = e2ee_mls_alloc (capacity, nh);
  has_hash = e2ee_mls_alloc (capacity, 1);
  if (nodes == NULL || hashes == NULL || has_hash == NULL) {
    e2ee_mls_free (nodes);
    e2ee_mls_free (hashes);
    e2ee_mls_free (has_hash);
    return E2EE_MLS_ERR_NO_MEMORY;
  }
  if (tree->capacity > 0) {
    memcpy (nodes, tree->nodes, tree->capacity * sizeof (*nodes));
    memcpy (hashes, tree->hashes, tree->capacity * nh);
    memcpy (has_hash, tree->has_hash, tree->capacity);
  }
  e2ee_mls_free (tree->nodes);
  e2ee_mls_free (tree->hashes);
  e2ee_mls_free (tree->has_hash);
  tree->nodes = nodes;
  tree->hashes = hashes;
  tree->has_hash = has_hash;
  tree->capacity = capacity;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_tree_alloc (const e2ee_mls_suite * suite, uint32_t n_leaves, e2ee_mls_tree ** out)
{
  e2ee_mls_tree *tree = e2ee_mls_alloc (1, sizeof (*tree));
  e2ee_mls_result r = E2EE_MLS_ERR_NO_MEMORY;

  *out = NULL;
  if (tree == NULL)
    return r;
  tree->suite = suite;
  r = reserve (tree, n_leaves);
  if (r != E2EE_MLS_OK) {
    e2ee_mls_free (tree);
    return r;
  }
  tree->n_leaves = n_leaves;
  *out = tree;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_tree_new (const e2ee_mls_suite * suite, const e2ee_mls_leaf_node * leaf,
    e2ee_mls_tree ** tree)
{
  e2ee_mls_node *node;
  e2ee_mls_result r = e2ee_mls_node_of_leaf_node (leaf, &node);

  *tree = NULL;
  if (r != E2EE_MLS_OK)
    return r;
  r = e2ee_mls_tree_alloc (suite, 1, tree);
  if (r == E2EE_MLS_OK)
    e2ee_mls_tree_put (*tree, 0, node);
  else
    e2ee_mls_node_unref (node);
  return r;
}

e2ee_mls_result
e2ee_mls_tree_copy (const e2ee_mls_tree * tree, e2ee_mls_tree ** copy)
{
  const size_t n_nodes = width (tree);
  e2ee_mls_result r = e2ee_mls_tree_alloc (tree->suite, tree->n_leaves, copy);

  if (r != E2EE_MLS_OK)
    return r;
  for (size_t i = 0; i < n_nodes; i++)
    (*copy)->nodes[i] = e2ee_mls_node_ref (tree->nodes[i]);
  memcpy ((*copy)->hashes, tree->hashes, n_nodes * tree->suite->nh);
  memcpy ((*copy)->has_hash, tree->has_hash, n_nodes);
  (*copy)->n_members = tree->n_members;
  (*copy)->first_blank = tree->first_blank;
  return E2EE_MLS_OK;
}

void
e2ee_mls_tree_free (e2ee_mls_tree * tree)
{
  if (tree == NULL)
    return;
  for (size_t i = 0; i < width (tree); i++)
    e2ee_mls_node_unref (tree->nodes[i]);
  e2ee_mls_free (tree->nodes);
  e2ee_mls_free (tree->hashes);
  e2ee_mls_free (tree->has_hash);
  e2ee_mls_free (tree);
}

const e2ee_mls_suite *
e2ee_mls_tree_suite (const e2ee_mls_tree * tree)
{
  return tree->suite;
}

uint32_t
e2ee_mls_tree_n_leaves (const e2ee_mls_tree * tree)
{
  return tree->n_leaves;
}

uint32_t
e2ee_mls_tree_n_members (const e2ee_mls_tree * tree)
{
  return tree->n_members;
}

static const e2ee_mls_node *
node_at (const e2ee_mls_tree * tree, uint32_t node)
{
  return node < width (tree) ? tree->nodes[node] : NULL;
}

const e2ee_mls_leaf_node *
e2ee_mls_tree_leaf (const e2ee_mls_tree * tree, uint32_t leaf)
{
  const e2ee_mls_node *node =
      leaf < tree->n_leaves ? node_at (tree, e2ee_mls_node_of_leaf (leaf)) : NULL;

  return node != NULL ? &node->as.leaf : NULL;
}

const e2ee_mls_parent_node *
e2ee_mls_tree_parent (const e2ee_mls_tree * tree, uint32_t node)
{
  const e2ee_mls_node *found = e2ee_mls_node_is_leaf (node) ? NULL : node_at (tree, node);

  return found != NULL ? &found->as.parent : NULL;
}

int
e2ee_mls_tree_is_blank (const e2ee_mls_tree * tree, uint32_t node)
{
  return node_at (tree, node) == NULL;
}

e2ee_bytes
e2ee_mls_tree_encryption_key (const e2ee_mls_tree * tree, uint32_t node)
{
  const e2ee_mls_node *found = node_at (tree, node);

  if (found == NULL)
    return E2EE_NO_BYTES;
  return e2ee_mls_node_is_leaf (node) ?
      found->as.leaf.encryption_key : found->as.parent.encryption_key;
}

/* Public keys: time need not be constant. */
static int
same (e2ee_bytes a, e2ee_bytes b)
{
  return a.size == b.size && (a.size == 0 || memcmp (a.data, b.data, a.size) == 0);
}

uint32_t
e2ee_mls_tree_find_signature_key (const e2ee_mls_tree * tree, e2ee_bytes key)
{
  for (uint32_t i = 0; i < tree->n_leaves; i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);

    if (leaf != NULL && same (leaf->signature_key, key))
      return i;
  }
  return E2EE_MLS_NO_NODE;
}

uint32_t
e2ee_mls_tree_find_leaf_encryption_key (const e2ee_mls_tree * tree, e2ee_bytes key)
{
  for (uint32_t i = 0; i < tree->n_leaves; i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);

    if (leaf != NULL && same (leaf->encryption_key, key))
      return i;
  }
  return E2EE_MLS_NO_NODE;
}

uint32_t
e2ee_mls_tree_find_encryption_key (const e2ee_mls_tree * tree, e2ee_bytes key)
{
  for (uint32_t i = 0; i < width (tree); i++) {
    if (tree->nodes[i] != NULL && same (e2ee_mls_tree_encryption_key (tree, i), key))
      return i;
  }
  return E2EE_MLS_NO_NODE;
}

void
e2ee_mls_tree_put (e2ee_mls_tree * tree, uint32_t index, e2ee_mls_node * node)
{
  uint32_t above = index;

  if (e2ee_mls_node_is_leaf (index)) {
    const uint32_t leaf = e2ee_mls_leaf_of_node (index);

    tree->n_members += (node != NULL);
    tree->n_members -= (tree->nodes[index] != NULL);
    if (node == NULL && leaf < tree->first_blank)
      tree->first_blank = leaf;
  }
  e2ee_mls_node_unref (tree->nodes[index]);
  tree->nodes[index] = node;
  /* Above a node whose hash is not known none is. */
  while (above != E2EE_MLS_NO_NODE && tree->has_hash[above]) {
    tree->has_hash[above] = 0;
    above = e2ee_mls_parent (above, tree->n_leaves);
  }
}

e2ee_mls_result
e2ee_mls_tree_set_leaf (e2ee_mls_tree * tree, uint32_t index, const e2ee_mls_leaf_node * leaf)
{
  e2ee_mls_node *node;
  e2ee_mls_result r;

  if (index >= tree->n_leaves)
    return E2EE_MLS_ERR_ARGUMENT;
  r = e2ee_mls_node_of_leaf_node (leaf, &node);
  if (r == E2EE_MLS_OK)
    e2ee_mls_tree_put (tree, e2ee_mls_node_of_leaf (index), node);
  return r;
}

e2ee_mls_result
e2ee_mls_tree_set_parent (e2ee_mls_tree * tree, uint32_t index,
    const e2ee_mls_parent_node * parent)
{
  e2ee_mls_node *node;
  e2ee_mls_result r;

  if (index >= width (tree) || e2ee_mls_node_is_leaf (index))
    return E2EE_MLS_ERR_ARGUMENT;
  r = e2ee_mls_node_of_parent_node (parent, &node);
  if (r == E2EE_MLS_OK)
    e2ee_mls_tree_put (tree, index, node);
  return r;
}

void
e2ee_mls_tree_blank (e2ee_mls_tree * tree, uint32_t node)
{
  if (node < width (tree))
    e2ee_mls_tree_put (tree, node, NULL);
}

static void
blank_direct_path (e2ee_mls_tree * tree, uint32_t node)
{
  while ((node = e2ee_mls_parent (node, tree->n_leaves)) != E2EE_MLS_NO_NODE)
    e2ee_mls_tree_put (tree, node, NULL);
}

/* A copy of @parent with @leaf in its unmerged leaves. */
static e2ee_mls_result
with_unmerged (const e2ee_mls_parent_node * parent, uint32_t leaf, e2ee_mls_node ** node)
{
  const e2ee_bytes old = parent->unmerged_leaves;
  const size_t before = 4 * e2ee_mls_leaf_list_position (old, leaf);
  e2ee_mls_parent_node changed = *parent;
  e2ee_mls_writer list = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_write_raw (&list, E2EE_BYTES (old.data, before));
  e2ee_mls_write_u32 (&list, leaf);
  e2ee_mls_write_raw (&list, E2EE_BYTES (old.data + before, old.size - before));
  r = list.result;
  if (r == E2EE_MLS_OK) {
    changed.unmerged_leaves = e2ee_mls_writer_view (&list);
    r = e2ee_mls_node_of_parent_node (&changed, node);
  }
  e2ee_mls_writer_clear (&list);
  return r;
}

/* The new parents are made before one is put in place, so that failing changes nothing. */
static e2ee_mls_result
add_to_unmerged_leaves (e2ee_mls_tree * tree, uint32_t leaf)
{
  uint32_t above[MAX_DEPTH];
  e2ee_mls_node *made[MAX_DEPTH] = { NULL };
  size_t n_above = 0;
  e2ee_mls_result r = E2EE_MLS_OK;
  uint32_t node = e2ee_mls_node_of_leaf (leaf);

  while ((node = e2ee_mls_parent (node, tree->n_leaves)) != E2EE_MLS_NO_NODE) {
    const e2ee_mls_parent_node *parent = e2ee_mls_tree_parent (tree, node);

    if (parent == NULL)
      continue;
    r = with_unmerged (parent, leaf, &made[n_above]);
    if (r != E2EE_MLS_OK)
      goto out;
    above[n_above++] = node;
  }
  for (size_t i = 0; i < n_above; i++) {
    e2ee_mls_tree_put (tree, above[i], made[i]);
    made[i] = NULL;
  }
out:
  for (size_t i = 0; i < n_above; i++)
    e2ee_mls_node_unref (made[i]);
  return r;
}

e2ee_mls_result
e2ee_mls_tree_add (e2ee_mls_tree * tree, const e2ee_mls_leaf_node * leaf, uint32_t * index)
{
  e2ee_mls_node *node;
  e2ee_mls_result r = e2ee_mls_node_of_leaf_node (leaf, &node);

  if (r != E2EE_MLS_OK)
    return r;
  while (tree->first_blank < tree->n_leaves
      && tree->nodes[e2ee_mls_node_of_leaf (tree->first_blank)] != NULL)
    tree->first_blank++;
  if (tree->first_blank < tree->n_leaves) {
    r = add_to_unmerged_leaves (tree, tree->first_blank);
  } else if (tree->n_leaves >= E2EE_MLS_MAX_LEAVES) {
    r = E2EE_MLS_ERR_TREE_FULL;
  } else {
    r = reserve (tree, 2 * tree->n_leaves);
    /* The new root and everything right of it is blank: nobody to be unmerged at. */
    if (r == E2EE_MLS_OK)
      tree->n_leaves *= 2;
  }
  if (r != E2EE_MLS_OK) {
    e2ee_mls_node_unref (node);
    return r;
  }
  *index = tree->first_blank++;
  e2ee_mls_tree_put (tree, e2ee_mls_node_of_leaf (*index), node);
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_tree_update (e2ee_mls_tree * tree, uint32_t index, const e2ee_mls_leaf_node * leaf)
{
  e2ee_mls_result r;

  if (e2ee_mls_tree_leaf (tree, index) == NULL)
    return E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF;
  r = e2ee_mls_tree_set_leaf (tree, index, leaf);
  if (r == E2EE_MLS_OK)
    blank_direct_path (tree, e2ee_mls_node_of_leaf (index));
  return r;
}

/* Section 7.7: the right half goes while all of it is blank, and the root with it, blank or not.
 * Hashes known of the right half stay: should it come back, it is as blank as it was. */
static void
truncate_tree (e2ee_mls_tree * tree)
{
  while (tree->n_leaves > 1) {
    const uint32_t root = e2ee_mls_root (tree->n_leaves);
    uint32_t last = width (tree) - 1;

    while (last > root && tree->nodes[last] == NULL)
      last--;
    if (last > root)
      return;
    e2ee_mls_tree_put (tree, root, NULL);
    tree->n_leaves /= 2;
  }
}

e2ee_mls_result
e2ee_mls_tree_remove (e2ee_mls_tree * tree, uint32_t index)
{
  if (e2ee_mls_tree_leaf (tree, index) == NULL)
    return E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF;
  e2ee_mls_tree_put (tree, e2ee_mls_node_of_leaf (index), NULL);
  blank_direct_path (tree, e2ee_mls_node_of_leaf (index));
  truncate_tree (tree);
  return E2EE_MLS_OK;
}
