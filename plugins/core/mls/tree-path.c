/* Resolutions and filtered direct paths, RFC 9420 sections 4.1.1 and 4.1.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/tree-private.h"

#include <string.h>

#define FIRST_CAPACITY 16

void
e2ee_mls_node_list_clear (e2ee_mls_node_list * list)
{
  e2ee_mls_free (list->nodes);
  *list = (e2ee_mls_node_list) { NULL, 0 };
}

/* The capacity is the smallest power of two, from FIRST_CAPACITY on, that holds the list. */
static e2ee_mls_result
push (e2ee_mls_node_list * list, uint32_t node)
{
  const size_t n = list->n_nodes;

  if (n == 0 || (n >= FIRST_CAPACITY && (n & (n - 1)) == 0)) {
    uint32_t *nodes = e2ee_mls_alloc (n == 0 ? FIRST_CAPACITY : 2 * n, sizeof (*nodes));

    if (nodes == NULL)
      return E2EE_MLS_ERR_NO_MEMORY;
    if (n > 0)
      memcpy (nodes, list->nodes, n * sizeof (*nodes));
    e2ee_mls_free (list->nodes);
    list->nodes = nodes;
  }
  list->nodes[list->n_nodes++] = node;
  return E2EE_MLS_OK;
}

typedef struct
{
  const uint32_t *leaves;
  size_t n_leaves;
} excluded_leaves;

static int
is_excluded (const excluded_leaves * excluded, uint32_t leaf)
{
  size_t low = 0, high = excluded->n_leaves;

  while (low < high) {
    const size_t middle = low + (high - low) / 2;

    if (excluded->leaves[middle] == leaf)
      return 1;
    if (excluded->leaves[middle] < leaf)
      low = middle + 1;
    else
      high = middle;
  }
  return 0;
}

static e2ee_mls_result
push_leaf (const excluded_leaves * excluded, uint32_t leaf, e2ee_mls_node_list * list)
{
  return is_excluded (excluded, leaf) ? E2EE_MLS_OK : push (list, e2ee_mls_node_of_leaf (leaf));
}

/* As deep as the tree, so 21 levels at most. */
static e2ee_mls_result
resolve (const e2ee_mls_tree * tree, uint32_t node, const excluded_leaves * excluded,
    e2ee_mls_node_list * list)
{
  const e2ee_mls_parent_node *parent;
  e2ee_mls_result r;

  if (e2ee_mls_node_is_leaf (node))
    return e2ee_mls_tree_is_blank (tree, node) ?
        E2EE_MLS_OK : push_leaf (excluded, e2ee_mls_leaf_of_node (node), list);
  parent = e2ee_mls_tree_parent (tree, node);
  if (parent == NULL) {
    r = resolve (tree, e2ee_mls_left (node), excluded, list);
    return r == E2EE_MLS_OK ? resolve (tree, e2ee_mls_right (node), excluded, list) : r;
  }
  r = push (list, node);
  for (size_t i = 0; r == E2EE_MLS_OK && i < e2ee_mls_u32_list_size (parent->unmerged_leaves); i++)
    r = push_leaf (excluded, e2ee_mls_u32_list_get (parent->unmerged_leaves, i), list);
  return r;
}

e2ee_mls_result
e2ee_mls_tree_resolution (const e2ee_mls_tree * tree, uint32_t node, const uint32_t * excluded,
    size_t n_excluded, e2ee_mls_node_list * list)
{
  const excluded_leaves without = { excluded, n_excluded };
  e2ee_mls_result r;

  *list = (e2ee_mls_node_list) { NULL, 0 };
  if (node >= e2ee_mls_node_width (tree->n_leaves))
    return E2EE_MLS_ERR_ARGUMENT;
  r = resolve (tree, node, &without, list);
  if (r != E2EE_MLS_OK)
    e2ee_mls_node_list_clear (list);
  return r;
}

/* The resolution of @node is not empty. */
static int
resolves (const e2ee_mls_tree * tree, uint32_t node)
{
  if (!e2ee_mls_tree_is_blank (tree, node))
    return 1;
  return !e2ee_mls_node_is_leaf (node)
      && (resolves (tree, e2ee_mls_left (node)) || resolves (tree, e2ee_mls_right (node)));
}

e2ee_mls_result
e2ee_mls_tree_filtered_path (const e2ee_mls_tree * tree, uint32_t leaf,
    e2ee_mls_node_list * path, e2ee_mls_node_list * copath)
{
  uint32_t node = e2ee_mls_node_of_leaf (leaf), sibling;
  e2ee_mls_result r = E2EE_MLS_OK;

  *path = (e2ee_mls_node_list) { NULL, 0 };
  if (copath != NULL)
    *copath = (e2ee_mls_node_list) { NULL, 0 };
  if (leaf >= tree->n_leaves)
    return E2EE_MLS_ERR_ARGUMENT;
  while ((sibling = e2ee_mls_sibling (node, tree->n_leaves)) != E2EE_MLS_NO_NODE) {
    node = e2ee_mls_parent (node, tree->n_leaves);
    if (!resolves (tree, sibling))
      continue;
    r = push (path, node);
    if (r == E2EE_MLS_OK && copath != NULL)
      r = push (copath, sibling);
    if (r != E2EE_MLS_OK)
      goto out;
  }
out:
  if (r != E2EE_MLS_OK) {
    e2ee_mls_node_list_clear (path);
    if (copath != NULL)
      e2ee_mls_node_list_clear (copath);
  }
  return r;
}
