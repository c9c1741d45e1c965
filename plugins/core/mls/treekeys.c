/* The private keys of one member: of its leaf and of nodes above it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/treekem-private.h"

#include <string.h>

#include "core/crypto/secret.h"

#define FIRST_CAPACITY 8

/* All keys of a suite have one size and stand side by side in one block of locked memory: a block
 * for each would cost some pages and system calls for every node and every commit. */
struct e2ee_mls_tree_keys
{
  const e2ee_mls_suite *suite;
  uint32_t leaf;
  size_t n_keys;
  size_t capacity;
  uint32_t *nodes;
  uint8_t *keys;
};

static uint8_t *
key_at (const e2ee_mls_tree_keys * keys, size_t i)
{
  return keys->keys + i * keys->suite->kem->n_private;
}

static e2ee_mls_result
grow (e2ee_mls_tree_keys * keys, size_t capacity)
{
  const size_t n_private = keys->suite->kem->n_private;
  uint32_t *nodes = e2ee_mls_alloc (capacity, sizeof (*nodes));
  uint8_t *block = e2ee_secret_alloc (capacity * n_private);

  if (nodes == NULL || block == NULL) {
    e2ee_mls_free (nodes);
    e2ee_secret_free (block);
    return E2EE_MLS_ERR_NO_MEMORY;
  }
  if (keys->n_keys > 0) {
    memcpy (nodes, keys->nodes, keys->n_keys * sizeof (*nodes));
    memcpy (block, keys->keys, keys->n_keys * n_private);
  }
  e2ee_mls_free (keys->nodes);
  e2ee_secret_free (keys->keys);
  keys->nodes = nodes;
  keys->keys = block;
  keys->capacity = capacity;
  return E2EE_MLS_OK;
}

static e2ee_mls_result
keys_alloc (const e2ee_mls_suite * suite, uint32_t leaf, e2ee_mls_tree_keys ** out)
{
  e2ee_mls_tree_keys *keys = e2ee_mls_alloc (1, sizeof (*keys));

  *out = keys;
  if (keys == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  keys->suite = suite;
  keys->leaf = leaf;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_tree_keys_new (const e2ee_mls_suite * suite, uint32_t leaf, e2ee_bytes leaf_private,
    e2ee_mls_tree_keys ** keys)
{
  e2ee_mls_result r = keys_alloc (suite, leaf, keys);

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_keys_set (*keys, e2ee_mls_node_of_leaf (leaf), leaf_private);
  if (r != E2EE_MLS_OK) {
    e2ee_mls_tree_keys_free (*keys);
    *keys = NULL;
  }
  return r;
}

e2ee_mls_result
e2ee_mls_tree_keys_copy (const e2ee_mls_tree_keys * keys, e2ee_mls_tree_keys ** copy)
{
  e2ee_mls_result r = keys_alloc (keys->suite, keys->leaf, copy);

  if (r == E2EE_MLS_OK && keys->n_keys > 0) {
    r = grow (*copy, keys->capacity);
    if (r == E2EE_MLS_OK) {
      memcpy ((*copy)->nodes, keys->nodes, keys->n_keys * sizeof (*keys->nodes));
      memcpy ((*copy)->keys, keys->keys, keys->n_keys * keys->suite->kem->n_private);
      (*copy)->n_keys = keys->n_keys;
    }
  }
  if (r != E2EE_MLS_OK) {
    e2ee_mls_tree_keys_free (*copy);
    *copy = NULL;
  }
  return r;
}

void
e2ee_mls_tree_keys_free (e2ee_mls_tree_keys * keys)
{
  if (keys == NULL)
    return;
  e2ee_mls_free (keys->nodes);
  e2ee_secret_free (keys->keys);
  e2ee_mls_free (keys);
}

uint32_t
e2ee_mls_tree_keys_leaf (const e2ee_mls_tree_keys * keys)
{
  return keys->leaf;
}

/* n_keys when there is none.  A member has one for each level, so a search would not pay. */
static size_t
position (const e2ee_mls_tree_keys * keys, uint32_t node)
{
  size_t i = 0;

  while (i < keys->n_keys && keys->nodes[i] != node)
    i++;
  return i;
}

e2ee_bytes
e2ee_mls_tree_keys_get (const e2ee_mls_tree_keys * keys, uint32_t node)
{
  const size_t i = position (keys, node);

  return i < keys->n_keys ?
      E2EE_BYTES (key_at (keys, i), keys->suite->kem->n_private) : E2EE_NO_BYTES;
}

e2ee_mls_result
e2ee_mls_tree_keys_set (e2ee_mls_tree_keys * keys, uint32_t node, e2ee_bytes private_key)
{
  const size_t i = position (keys, node);
  e2ee_mls_result r = E2EE_MLS_OK;

  if (private_key.size != keys->suite->kem->n_private)
    return E2EE_MLS_ERR_KEY;
  if (i == keys->capacity)
    r = grow (keys, i > 0 ? 2 * i : FIRST_CAPACITY);
  if (r != E2EE_MLS_OK)
    return r;
  memcpy (key_at (keys, i), private_key.data, private_key.size);
  keys->nodes[i] = node;
  if (i == keys->n_keys)
    keys->n_keys++;
  return E2EE_MLS_OK;
}

void
e2ee_mls_tree_keys_prune (e2ee_mls_tree_keys * keys, const e2ee_mls_tree * tree)
{
  const size_t n_private = keys->suite->kem->n_private;
  size_t i = 0;

  while (i < keys->n_keys) {
    const size_t last = keys->n_keys - 1;

    if (!e2ee_mls_tree_is_blank (tree, keys->nodes[i])) {
      i++;
      continue;
    }
    if (i < last) {
      memcpy (key_at (keys, i), key_at (keys, last), n_private);
      keys->nodes[i] = keys->nodes[last];
    }
    e2ee_wipe (key_at (keys, last), n_private);
    keys->n_keys--;
  }
}

void
e2ee_mls_tree_keys_write (e2ee_mls_writer * writer, const e2ee_mls_tree_keys * keys)
{
  size_t begun;

  e2ee_mls_write_u32 (writer, keys->leaf);
  begun = e2ee_mls_write_begin (writer);
  for (size_t i = 0; i < keys->n_keys; i++) {
    e2ee_mls_write_u32 (writer, keys->nodes[i]);
    e2ee_mls_write_vector (writer, E2EE_BYTES (key_at (keys, i), keys->suite->kem->n_private));
  }
  e2ee_mls_write_end (writer, begun);
}

e2ee_mls_result
e2ee_mls_tree_keys_read (e2ee_mls_reader * reader, const e2ee_mls_suite * suite,
    e2ee_mls_tree_keys ** out)
{
  const uint32_t leaf = e2ee_mls_read_u32 (reader);
  e2ee_mls_reader inner = e2ee_mls_read_begin (reader);
  e2ee_mls_tree_keys *keys;
  e2ee_mls_result r = keys_alloc (suite, leaf, &keys);

  *out = NULL;
  while (r == E2EE_MLS_OK && e2ee_mls_reader_left (&inner) > 0) {
    const uint32_t node = e2ee_mls_read_u32 (&inner);
    const e2ee_bytes private_key = e2ee_mls_read_vector (&inner);

    if (e2ee_mls_reader_ok (&inner))
      r = e2ee_mls_tree_keys_set (keys, node, private_key);
  }
  if (r == E2EE_MLS_OK)
    e2ee_mls_read_end (reader, &inner);
  else
    e2ee_mls_reader_fail (reader, r);
  r = reader->result;
  if (r == E2EE_MLS_OK)
    *out = keys;
  else
    e2ee_mls_tree_keys_free (keys);
  return r;
}

e2ee_mls_result
e2ee_mls_path_next (const e2ee_mls_suite * suite, e2ee_mls_digest * path_secret)
{
  e2ee_mls_digest next;
  e2ee_mls_result r = e2ee_mls_derive_secret (suite, e2ee_mls_digest_view (suite, path_secret),
      "path", &next);

  if (r == E2EE_MLS_OK)
    *path_secret = next;
  e2ee_wipe (&next, sizeof (next));
  return r;
}

e2ee_mls_result
e2ee_mls_path_node_keys (const e2ee_mls_suite * suite, const e2ee_mls_digest * path_secret,
    e2ee_mls_secret * private_key, e2ee_mls_buffer * public_key)
{
  e2ee_mls_digest node_secret;
  e2ee_mls_result r = e2ee_mls_derive_secret (suite, e2ee_mls_digest_view (suite, path_secret),
      "node", &node_secret);

  *private_key = E2EE_MLS_NO_SECRET;
  *public_key = E2EE_MLS_NO_BUFFER;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_derive_key_pair (suite, e2ee_mls_digest_view (suite, &node_secret),
        private_key, public_key);
  e2ee_wipe (&node_secret, sizeof (node_secret));
  return r;
}

/* The private key of @node from its path secret, if it belongs to the public key in the tree. */
static e2ee_mls_result
take_node_key (e2ee_mls_tree_keys * keys, const e2ee_mls_tree * tree, uint32_t node,
    const e2ee_mls_digest * path_secret)
{
  e2ee_mls_secret private_key;
  e2ee_mls_buffer public_key;
  e2ee_mls_result r =
      e2ee_mls_path_node_keys (keys->suite, path_secret, &private_key, &public_key);

  if (r == E2EE_MLS_OK && !e2ee_equal (e2ee_mls_buffer_view (public_key),
          e2ee_mls_tree_encryption_key (tree, node)))
    r = E2EE_MLS_ERR_PATH_SECRET;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_keys_set (keys, node, e2ee_mls_secret_view (private_key));
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
  return r;
}

e2ee_mls_result
e2ee_mls_tree_keys_take_path (e2ee_mls_tree_keys * keys, const e2ee_mls_tree * tree,
    const uint32_t * nodes, size_t n_nodes, e2ee_mls_digest * path_secret)
{
  e2ee_mls_result r = E2EE_MLS_OK;

  for (size_t i = 0; r == E2EE_MLS_OK && i < n_nodes; i++) {
    r = take_node_key (keys, tree, nodes[i], path_secret);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_path_next (keys->suite, path_secret);
  }
  return r;
}

e2ee_mls_result
e2ee_mls_tree_keys_from_path_secret (e2ee_mls_tree_keys * keys, const e2ee_mls_tree * tree,
    uint32_t committer, e2ee_bytes path_secret)
{
  const uint32_t meeting = e2ee_mls_common_ancestor (e2ee_mls_node_of_leaf (keys->leaf),
      e2ee_mls_node_of_leaf (committer));
  e2ee_mls_node_list path;
  e2ee_mls_digest secret;
  size_t from = 0;
  e2ee_mls_result r;

  if (path_secret.size != keys->suite->nh)
    return E2EE_MLS_ERR_PATH_SECRET;
  r = e2ee_mls_tree_filtered_path (tree, committer, &path, NULL);
  if (r != E2EE_MLS_OK)
    return r;
  memcpy (secret.data, path_secret.data, path_secret.size);
  while (from < path.n_nodes && path.nodes[from] != meeting)
    from++;
  if (from < path.n_nodes)
    r = e2ee_mls_tree_keys_take_path (keys, tree, path.nodes + from, path.n_nodes - from, &secret);
  else
    r = E2EE_MLS_ERR_PATH_SECRET;
  e2ee_wipe (&secret, sizeof (secret));
  e2ee_mls_node_list_clear (&path);
  return r;
}
