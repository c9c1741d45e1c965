/* The secret tree in a form of our own, for the store.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/secrettree-private.h"

#include <string.h>

void
e2ee_mls_secret_tree_write (e2ee_mls_writer * writer, const e2ee_mls_secret_tree * tree)
{
  const e2ee_mls_suite *suite = tree->suite;

  e2ee_mls_write_u32 (writer, tree->n_leaves);
  e2ee_mls_write_u32 (writer, (uint32_t) tree->nodes.n);
  for (size_t i = 0; i < tree->nodes.n; i++) {
    const e2ee_mls_node_secret *entry = e2ee_mls_locked_at (&tree->nodes, i);

    e2ee_mls_write_u32 (writer, entry->node);
    e2ee_mls_write_raw (writer, e2ee_mls_digest_view (suite, &entry->secret));
  }
  e2ee_mls_write_u32 (writer, (uint32_t) tree->leaves.n);
  for (size_t i = 0; i < tree->leaves.n; i++) {
    const e2ee_mls_leaf_ratchets *entry = e2ee_mls_locked_at (&tree->leaves, i);

    e2ee_mls_write_u32 (writer, entry->leaf);
    for (unsigned k = 0; k < E2EE_MLS_N_RATCHETS; k++) {
      e2ee_mls_write_u64 (writer, entry->ratchets[k].generation);
      e2ee_mls_write_raw (writer, e2ee_mls_digest_view (suite, &entry->ratchets[k].secret));
    }
  }
  e2ee_mls_write_u32 (writer, (uint32_t) tree->skipped.n);
  for (size_t i = 0; i < tree->skipped.n; i++) {
    const e2ee_mls_skipped_key *entry = e2ee_mls_locked_at (&tree->skipped, i);

    e2ee_mls_write_u32 (writer, entry->leaf);
    e2ee_mls_write_u8 (writer, (uint8_t) entry->ratchet);
    e2ee_mls_write_u32 (writer, entry->generation);
    e2ee_mls_write_raw (writer, E2EE_BYTES (entry->key.key, suite->nk));
    e2ee_mls_write_raw (writer, E2EE_BYTES (entry->key.nonce, suite->nn));
  }
}

static void
copy_raw (e2ee_mls_reader * reader, uint8_t * out, size_t size)
{
  const e2ee_bytes raw = e2ee_mls_read_raw (reader, size);

  if (raw.size == size && size > 0)
    memcpy (out, raw.data, size);
}

/* The next element of @array, or NULL when reading has failed or @good is not true. */
static void *
read_element (e2ee_mls_reader * reader, e2ee_mls_locked_array * array, int good)
{
  e2ee_mls_result r;

  if (!good)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_STORE);
  if (!e2ee_mls_reader_ok (reader))
    return NULL;
  r = e2ee_mls_locked_reserve (array, 1);
  if (r != E2EE_MLS_OK) {
    e2ee_mls_reader_fail (reader, r);
    return NULL;
  }
  return e2ee_mls_locked_insert (array, array->n);
}

static void
read_node (e2ee_mls_reader * reader, e2ee_mls_secret_tree * tree)
{
  const uint32_t node = e2ee_mls_read_u32 (reader);
  e2ee_mls_node_secret *entry = read_element (reader, &tree->nodes,
      node < e2ee_mls_node_width (tree->n_leaves)
      && e2ee_mls_secret_tree_covering (tree, node) == NULL);

  if (entry == NULL)
    return;
  entry->node = node;
  copy_raw (reader, entry->secret.data, tree->suite->nh);
}

static void
read_leaf (e2ee_mls_reader * reader, e2ee_mls_secret_tree * tree)
{
  const uint32_t leaf = e2ee_mls_read_u32 (reader);
  e2ee_mls_leaf_ratchets *entry = read_element (reader, &tree->leaves,
      leaf < tree->n_leaves && e2ee_mls_secret_tree_position (tree, leaf) == tree->leaves.n
      && e2ee_mls_secret_tree_covering (tree, e2ee_mls_node_of_leaf (leaf)) == NULL);

  if (entry == NULL)
    return;
  entry->leaf = leaf;
  for (unsigned k = 0; k < E2EE_MLS_N_RATCHETS; k++) {
    entry->ratchets[k].generation = e2ee_mls_read_u64 (reader);
    if (entry->ratchets[k].generation > (uint64_t) UINT32_MAX + 1)
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_STORE);
    copy_raw (reader, entry->ratchets[k].secret.data, tree->suite->nh);
  }
}

static void
read_skipped (e2ee_mls_reader * reader, e2ee_mls_secret_tree * tree)
{
  const uint32_t leaf = e2ee_mls_read_u32 (reader);
  const uint8_t ratchet = e2ee_mls_read_u8 (reader);
  const uint32_t generation = e2ee_mls_read_u32 (reader);
  e2ee_mls_skipped_key *entry = read_element (reader, &tree->skipped,
      leaf < tree->n_leaves && ratchet < E2EE_MLS_N_RATCHETS);

  if (entry == NULL)
    return;
  entry->leaf = leaf;
  entry->ratchet = ratchet;
  entry->generation = generation;
  copy_raw (reader, entry->key.key, tree->suite->nk);
  copy_raw (reader, entry->key.nonce, tree->suite->nn);
}

e2ee_mls_result
e2ee_mls_secret_tree_read (e2ee_mls_reader * reader, const e2ee_mls_suite * suite,
    e2ee_mls_secret_tree ** tree)
{
  void (*const readers[]) (e2ee_mls_reader *, e2ee_mls_secret_tree *) = {
  read_node, read_leaf, read_skipped};
  const uint32_t n_leaves = e2ee_mls_read_u32 (reader);
  e2ee_mls_result r = reader->result;

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_secret_tree_empty (suite, n_leaves, tree);
  if (r == E2EE_MLS_ERR_ARGUMENT)
    r = E2EE_MLS_ERR_STORE;
  if (r != E2EE_MLS_OK) {
    *tree = NULL;
    e2ee_mls_reader_fail (reader, r);
    return r;
  }
  for (size_t kind = 0; kind < sizeof (readers) / sizeof (readers[0]); kind++) {
    const uint32_t n = e2ee_mls_read_u32 (reader);

    for (uint32_t i = 0; i < n && e2ee_mls_reader_ok (reader); i++)
      readers[kind] (reader, *tree);
  }
  if (!e2ee_mls_reader_ok (reader)) {
    e2ee_mls_secret_tree_free (*tree);
    *tree = NULL;
  }
  return reader->result;
}
