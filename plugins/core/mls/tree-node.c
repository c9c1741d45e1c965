/* Nodes of the ratchet tree, immutable and shared, and the leaves that a parent node lists; RFC 9420
 * sections 7.1 and 12.4.3.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/tree-private.h"

#include <string.h>

e2ee_mls_node *
e2ee_mls_node_ref (e2ee_mls_node * node)
{
  if (node != NULL)
    node->n_refs++;
  return node;
}

void
e2ee_mls_node_unref (e2ee_mls_node * node)
{
  if (node != NULL && --node->n_refs == 0)
    e2ee_mls_free (node);
}

void
e2ee_mls_parent_node_read (e2ee_mls_reader * reader, e2ee_mls_parent_node * out)
{
  out->encryption_key = e2ee_mls_read_vector (reader);
  out->parent_hash = e2ee_mls_read_vector (reader);
  out->unmerged_leaves = e2ee_mls_read_u32_list (reader);
}

void
e2ee_mls_parent_node_write (e2ee_mls_writer * writer, const e2ee_mls_parent_node * in)
{
  e2ee_mls_write_vector (writer, in->encryption_key);
  e2ee_mls_write_vector (writer, in->parent_hash);
  e2ee_mls_write_vector (writer, in->unmerged_leaves);
}

/* @encoded is a Node that has been read or written in this file, so it can be read once more. */
static e2ee_mls_result
node_new (e2ee_bytes encoded, e2ee_mls_node ** out)
{
  e2ee_mls_node *node = e2ee_mls_alloc (1, sizeof (*node) + encoded.size);
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  *out = NULL;
  if (node == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  node->n_refs = 1;
  node->size = encoded.size;
  memcpy (node->encoded, encoded.data, encoded.size);
  e2ee_mls_reader_init (&reader, E2EE_BYTES (node->encoded, node->size), NULL);
  if (e2ee_mls_read_u8 (&reader) == E2EE_MLS_NODE_LEAF)
    e2ee_mls_leaf_node_read (&reader, &node->as.leaf);
  else
    e2ee_mls_parent_node_read (&reader, &node->as.parent);
  r = e2ee_mls_reader_finish (&reader);
  if (r == E2EE_MLS_OK)
    *out = node;
  else
    e2ee_mls_free (node);
  return r;
}

static e2ee_mls_result
node_written (e2ee_mls_writer * writer, e2ee_mls_node ** node)
{
  e2ee_mls_result r = writer->result;

  *node = NULL;
  if (r == E2EE_MLS_OK)
    r = node_new (e2ee_mls_writer_view (writer), node);
  e2ee_mls_writer_clear (writer);
  return r;
}

e2ee_mls_result
e2ee_mls_node_of_leaf_node (const e2ee_mls_leaf_node * leaf, e2ee_mls_node ** node)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_write_u8 (&writer, E2EE_MLS_NODE_LEAF);
  e2ee_mls_leaf_node_write (&writer, leaf);
  return node_written (&writer, node);
}

e2ee_mls_result
e2ee_mls_node_of_parent_node (const e2ee_mls_parent_node * parent, e2ee_mls_node ** node)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_write_u8 (&writer, E2EE_MLS_NODE_PARENT);
  e2ee_mls_parent_node_write (&writer, parent);
  return node_written (&writer, node);
}

unsigned
e2ee_mls_node_read (e2ee_mls_reader * reader, e2ee_mls_node ** node)
{
  const uint8_t *begin = reader->at;
  const unsigned type = e2ee_mls_read_u8 (reader);
  e2ee_mls_leaf_node leaf;
  e2ee_mls_parent_node parent;
  e2ee_mls_result r;

  if (type == E2EE_MLS_NODE_LEAF)
    e2ee_mls_leaf_node_read (reader, &leaf);
  else if (type == E2EE_MLS_NODE_PARENT)
    e2ee_mls_parent_node_read (reader, &parent);
  else
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  if (!e2ee_mls_reader_ok (reader))
    return 0;
  if (node == NULL)
    return type;
  r = node_new (E2EE_BYTES (begin, (size_t) (reader->at - begin)), node);
  if (r == E2EE_MLS_OK)
    return type;
  e2ee_mls_reader_fail (reader, r);
  return 0;
}

size_t
e2ee_mls_leaf_list_position (e2ee_bytes list, uint32_t leaf)
{
  size_t low = 0, high = e2ee_mls_u32_list_size (list);

  while (low < high) {
    const size_t middle = low + (high - low) / 2;

    if (e2ee_mls_u32_list_get (list, middle) < leaf)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int
e2ee_mls_leaf_list_has (e2ee_bytes list, uint32_t leaf)
{
  const size_t position = e2ee_mls_leaf_list_position (list, leaf);

  return position < e2ee_mls_u32_list_size (list)
      && e2ee_mls_u32_list_get (list, position) == leaf;
}
