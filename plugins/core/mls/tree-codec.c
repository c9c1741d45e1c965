/* The ratchet tree on the wire, RFC 9420 section 12.4.3.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/tree-private.h"

/* Leaves of the smallest full tree that holds @n_nodes nodes. */
static uint32_t
leaves_for (uint32_t n_nodes)
{
  uint32_t n_leaves = 1;

  while (e2ee_mls_node_width (n_leaves) < n_nodes)
    n_leaves *= 2;
  return n_leaves;
}

/* Walks through the entries once to see how many there are and that each is in a place of its kind,
 * so that nothing is allocated for a tree that is not one. */
static e2ee_mls_result
count_nodes (e2ee_bytes ratchet_tree, uint32_t * n_nodes)
{
  e2ee_mls_reader reader, inner;
  int last_is_blank = 1;

  *n_nodes = 0;
  e2ee_mls_reader_init (&reader, ratchet_tree, NULL);
  inner = e2ee_mls_read_begin (&reader);
  while (e2ee_mls_reader_left (&inner) > 0) {
    if (*n_nodes == e2ee_mls_node_width (E2EE_MLS_MAX_LEAVES))
      return E2EE_MLS_ERR_TREE_FULL;
    last_is_blank = !e2ee_mls_read_optional (&inner);
    if (!last_is_blank) {
      const unsigned type = e2ee_mls_node_read (&inner, NULL);
      const int is_leaf = e2ee_mls_node_is_leaf (*n_nodes);

      if (type != 0 && (type == E2EE_MLS_NODE_LEAF) != is_leaf)
        return E2EE_MLS_ERR_TREE_SHAPE;
    }
    ++*n_nodes;
  }
  e2ee_mls_read_end (&reader, &inner);
  if (e2ee_mls_reader_ok (&reader) && last_is_blank)
    return E2EE_MLS_ERR_TREE_SHAPE;
  return e2ee_mls_reader_finish (&reader);
}

e2ee_mls_result
e2ee_mls_tree_decode (const e2ee_mls_suite * suite, e2ee_bytes ratchet_tree,
    e2ee_mls_tree ** out)
{
  e2ee_mls_reader reader, inner;
  e2ee_mls_tree *tree = NULL;
  uint32_t n_nodes;
  e2ee_mls_result r = count_nodes (ratchet_tree, &n_nodes);

  *out = NULL;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_alloc (suite, leaves_for (n_nodes), &tree);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_reader_init (&reader, ratchet_tree, NULL);
  inner = e2ee_mls_read_begin (&reader);
  for (uint32_t i = 0; i < n_nodes; i++) {
    e2ee_mls_node *node = NULL;

    if (e2ee_mls_read_optional (&inner) && e2ee_mls_node_read (&inner, &node) != 0)
      e2ee_mls_tree_put (tree, i, node);
  }
  r = e2ee_mls_reader_finish (&inner);
  if (r == E2EE_MLS_OK)
    *out = tree;
  else
    e2ee_mls_tree_free (tree);
  return r;
}

void
e2ee_mls_tree_write (e2ee_mls_writer * writer, const e2ee_mls_tree * tree)
{
  const size_t begun = e2ee_mls_write_begin (writer);
  uint32_t n_nodes = e2ee_mls_node_width (tree->n_leaves);

  while (n_nodes > 0 && tree->nodes[n_nodes - 1] == NULL)
    n_nodes--;
  for (uint32_t i = 0; i < n_nodes; i++) {
    const e2ee_mls_node *node = tree->nodes[i];

    e2ee_mls_write_u8 (writer, node != NULL);
    if (node != NULL)
      e2ee_mls_write_raw (writer, E2EE_BYTES (node->encoded, node->size));
  }
  e2ee_mls_write_end (writer, begun);
}
