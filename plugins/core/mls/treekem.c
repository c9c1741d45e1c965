/* TreeKEM: making, merging and opening an UpdatePath, RFC 9420 sections 7.4 to 7.6.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/treekem.h"

#include <string.h>

#include "core/crypto/secret.h"
#include "core/mls/treekem-private.h"

#define LABEL "UpdatePathNode"

struct e2ee_mls_path
{
  const e2ee_mls_suite *suite;
  uint32_t leaf;
  /* The filtered direct path and the copath child of each of its nodes. */
  e2ee_mls_node_list nodes;
  e2ee_mls_node_list copath;
  /* One path secret for each node, and the commit secret behind the last.  Locked. */
  e2ee_mls_digest *secrets;
};

/* Section 7.5, steps 1 to 3: @keys on the filtered direct path of @leaf, all other nodes of its
 * direct path blank.  Parent hashes go from the root down, since each takes in the one above it;
 * the last is the leaf's.  For a path of no nodes, in a group of one, it is empty. */
static e2ee_mls_result
put_path (e2ee_mls_tree * tree, uint32_t leaf, const e2ee_mls_node_list * nodes,
    const e2ee_mls_node_list * copath, const e2ee_bytes * keys, e2ee_mls_digest * parent_hash,
    size_t *parent_hash_size)
{
  const size_t nh = e2ee_mls_tree_suite (tree)->nh;
  uint32_t node = e2ee_mls_node_of_leaf (leaf);
  e2ee_mls_result r = E2EE_MLS_OK;

  while ((node = e2ee_mls_parent (node, e2ee_mls_tree_n_leaves (tree))) != E2EE_MLS_NO_NODE)
    e2ee_mls_tree_blank (tree, node);
  *parent_hash_size = 0;
  for (size_t i = nodes->n_nodes; r == E2EE_MLS_OK && i-- > 0;) {
    const e2ee_mls_parent_node parent = {
      .encryption_key = keys[i],
      .parent_hash = E2EE_BYTES (parent_hash->data, *parent_hash_size),
    };

    r = e2ee_mls_tree_set_parent (tree, nodes->nodes[i], &parent);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_parent_hash (tree, nodes->nodes[i], copath->nodes[i], parent_hash);
    *parent_hash_size = nh;
  }
  return r;
}

static e2ee_mls_result
path_alloc (const e2ee_mls_tree * tree, uint32_t leaf, e2ee_mls_path ** out)
{
  e2ee_mls_path *path = e2ee_mls_alloc (1, sizeof (*path));
  e2ee_mls_result r;

  *out = NULL;
  if (path == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  path->suite = e2ee_mls_tree_suite (tree);
  path->leaf = leaf;
  r = e2ee_mls_tree_filtered_path (tree, leaf, &path->nodes, &path->copath);
  if (r == E2EE_MLS_OK) {
    path->secrets = e2ee_secret_alloc ((path->nodes.n_nodes + 1) * sizeof (*path->secrets));
    if (path->secrets == NULL)
      r = E2EE_MLS_ERR_NO_MEMORY;
  }
  if (r != E2EE_MLS_OK)
    e2ee_mls_path_free (path);
  else
    *out = path;
  return r;
}

void
e2ee_mls_path_free (e2ee_mls_path * path)
{
  if (path == NULL)
    return;
  e2ee_mls_node_list_clear (&path->nodes);
  e2ee_mls_node_list_clear (&path->copath);
  e2ee_secret_free (path->secrets);
  e2ee_mls_free (path);
}

const e2ee_mls_digest *
e2ee_mls_path_commit_secret (const e2ee_mls_path * path)
{
  return &path->secrets[path->nodes.n_nodes];
}

const e2ee_mls_digest *
e2ee_mls_path_secret_for (const e2ee_mls_path * path, uint32_t leaf)
{
  const uint32_t meeting = e2ee_mls_common_ancestor (e2ee_mls_node_of_leaf (path->leaf),
      e2ee_mls_node_of_leaf (leaf));

  for (size_t i = 0; i < path->nodes.n_nodes; i++) {
    if (path->nodes.nodes[i] == meeting)
      return &path->secrets[i];
  }
  return NULL;
}

/* Section 7.4: fresh path secrets; their private keys go into @keys, the public ones into
 * @public_keys, which holds one for each node of the path. */
static e2ee_mls_result
make_secrets (const e2ee_env * env, e2ee_mls_path * path, e2ee_mls_tree_keys * keys,
    e2ee_mls_buffer * public_keys)
{
  e2ee_mls_digest *secrets = path->secrets;
  e2ee_mls_result r = E2EE_MLS_OK;

  env->random (env->user, secrets[0].data, path->suite->nh);
  for (size_t i = 0; r == E2EE_MLS_OK && i < path->nodes.n_nodes; i++) {
    e2ee_mls_secret private_key;

    r = e2ee_mls_path_node_keys (path->suite, &secrets[i], &private_key, &public_keys[i]);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_tree_keys_set (keys, path->nodes.nodes[i], e2ee_mls_secret_view (private_key));
    e2ee_mls_secret_clear (&private_key);
    secrets[i + 1] = secrets[i];
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_path_next (path->suite, &secrets[i + 1]);
  }
  return r;
}

/* Section 7.5, step 4: the leaf with a fresh key of its own, which no path secret gives. */
static e2ee_mls_result
put_leaf (const e2ee_env * env, e2ee_mls_tree * tree, e2ee_mls_tree_keys * keys,
    const e2ee_mls_leaf_node * leaf, e2ee_bytes parent_hash, e2ee_bytes group_id,
    e2ee_bytes signature_private)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (tree);
  const e2ee_mls_leaf_place place = { group_id, e2ee_mls_tree_keys_leaf (keys) };
  e2ee_mls_leaf_node fresh = *leaf;
  e2ee_mls_secret private_key = E2EE_MLS_NO_SECRET;
  e2ee_mls_buffer public_key = E2EE_MLS_NO_BUFFER, signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r = e2ee_mls_hpke_generate_key_pair (suite, env, &private_key, &public_key);

  if (r != E2EE_MLS_OK)
    goto out;
  fresh.encryption_key = e2ee_mls_buffer_view (public_key);
  fresh.source = E2EE_MLS_LEAF_COMMIT;
  fresh.parent_hash = parent_hash;
  r = e2ee_mls_leaf_node_sign (suite, &fresh, &place, signature_private, &signature);
  if (r != E2EE_MLS_OK)
    goto out;
  r = e2ee_mls_tree_set_leaf (tree, place.leaf_index, &fresh);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_keys_set (keys, e2ee_mls_node_of_leaf (place.leaf_index),
        e2ee_mls_secret_view (private_key));
out:
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
  e2ee_mls_buffer_clear (&signature);
  return r;
}

e2ee_mls_result
e2ee_mls_path_prepare (const e2ee_env * env, e2ee_mls_tree * tree, e2ee_mls_tree_keys * keys,
    const e2ee_mls_leaf_node * leaf, e2ee_bytes group_id, e2ee_bytes signature_private,
    e2ee_mls_path ** out)
{
  const uint32_t own = e2ee_mls_tree_keys_leaf (keys);
  e2ee_mls_path *path = NULL;
  e2ee_mls_buffer *public_keys = NULL;
  e2ee_bytes *views = NULL;
  e2ee_mls_digest parent_hash;
  size_t n_nodes = 0, parent_hash_size = 0;
  e2ee_mls_result r = path_alloc (tree, own, &path);

  *out = NULL;
  if (r != E2EE_MLS_OK)
    return r;
  n_nodes = path->nodes.n_nodes;
  /* One more, so that a path of no nodes has memory to point at. */
  public_keys = e2ee_mls_alloc (n_nodes + 1, sizeof (*public_keys));
  views = e2ee_mls_alloc (n_nodes + 1, sizeof (*views));
  r = E2EE_MLS_ERR_NO_MEMORY;
  if (public_keys == NULL || views == NULL)
    goto out;
  r = make_secrets (env, path, keys, public_keys);
  if (r != E2EE_MLS_OK)
    goto out;
  for (size_t i = 0; i < n_nodes; i++)
    views[i] = e2ee_mls_buffer_view (public_keys[i]);
  r = put_path (tree, own, &path->nodes, &path->copath, views, &parent_hash, &parent_hash_size);
  if (r == E2EE_MLS_OK)
    r = put_leaf (env, tree, keys, leaf, E2EE_BYTES (parent_hash.data, parent_hash_size), group_id,
        signature_private);
  if (r == E2EE_MLS_OK)
    e2ee_mls_tree_keys_prune (keys, tree);
out:
  for (size_t i = 0; public_keys != NULL && i < n_nodes; i++)
    e2ee_mls_buffer_clear (&public_keys[i]);
  e2ee_mls_free (public_keys);
  e2ee_mls_free (views);
  if (r == E2EE_MLS_OK)
    *out = path;
  else
    e2ee_mls_path_free (path);
  return r;
}

/* encrypted_path_secret<V>: one for each node that the copath child resolves to. */
static e2ee_mls_result
seal_to (const e2ee_env * env, const e2ee_mls_tree * tree, const e2ee_mls_node_list * recipients,
    e2ee_bytes group_context, e2ee_bytes path_secret, e2ee_mls_writer * out)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (tree);
  const size_t begun = e2ee_mls_write_begin (out);
  e2ee_mls_result r = E2EE_MLS_OK;

  for (size_t i = 0; r == E2EE_MLS_OK && i < recipients->n_nodes; i++) {
    e2ee_mls_buffer kem_output, ciphertext;

    r = e2ee_mls_encrypt_with_label (suite, env,
        e2ee_mls_tree_encryption_key (tree, recipients->nodes[i]), LABEL, group_context,
        path_secret, &kem_output, &ciphertext);
    if (r == E2EE_MLS_OK)
      e2ee_mls_hpke_ciphertext_write (out, &(e2ee_mls_hpke_ciphertext) {
            e2ee_mls_buffer_view (kem_output), e2ee_mls_buffer_view (ciphertext) });
    e2ee_mls_buffer_clear (&kem_output);
    e2ee_mls_buffer_clear (&ciphertext);
  }
  e2ee_mls_write_end (out, begun);
  return r;
}

e2ee_mls_result
e2ee_mls_path_seal (const e2ee_mls_path * path, const e2ee_env * env,
    const e2ee_mls_tree * tree, e2ee_bytes group_context, const uint32_t * added, size_t n_added,
    e2ee_mls_writer * out)
{
  const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, path->leaf);
  e2ee_mls_result r = E2EE_MLS_OK;
  size_t begun;

  if (leaf == NULL)
    return E2EE_MLS_ERR_ARGUMENT;
  e2ee_mls_leaf_node_write (out, leaf);
  begun = e2ee_mls_write_begin (out);
  for (size_t i = 0; r == E2EE_MLS_OK && i < path->nodes.n_nodes; i++) {
    e2ee_mls_node_list recipients;

    e2ee_mls_write_vector (out, e2ee_mls_tree_encryption_key (tree, path->nodes.nodes[i]));
    r = e2ee_mls_tree_resolution (tree, path->copath.nodes[i], added, n_added, &recipients);
    if (r == E2EE_MLS_OK)
      r = seal_to (env, tree, &recipients, group_context,
          e2ee_mls_digest_view (path->suite, &path->secrets[i]), out);
    e2ee_mls_node_list_clear (&recipients);
  }
  e2ee_mls_write_end (out, begun);
  if (r != E2EE_MLS_OK)
    e2ee_mls_writer_fail (out, r);
  return out->result;
}

static int
same (e2ee_bytes a, e2ee_bytes b)
{
  return a.size == b.size && (a.size == 0 || memcmp (a.data, b.data, a.size) == 0);
}

/* Section 12.4.2: no key of the path stands in the tree, or twice in the path. */
static e2ee_mls_result
check_keys_are_new (const e2ee_mls_tree * tree, uint32_t sender,
    const e2ee_mls_update_path * path)
{
  const e2ee_mls_leaf_node *old = e2ee_mls_tree_leaf (tree, sender);
  const uint32_t holder = e2ee_mls_tree_find_encryption_key (tree, path->leaf.encryption_key);

  /* An external committer's leaf may have been added already: then it is the whole leaf, signature
   * included, that stands in its own place. */
  if (holder != E2EE_MLS_NO_NODE && (holder != e2ee_mls_node_of_leaf (sender)
          || !same (old->signature, path->leaf.signature)))
    return E2EE_MLS_ERR_PATH_KEY_KNOWN;
  for (size_t i = 0; i < path->n_nodes; i++) {
    const e2ee_bytes key = path->nodes[i].encryption_key;

    if (e2ee_mls_tree_find_encryption_key (tree, key) != E2EE_MLS_NO_NODE
        || same (key, path->leaf.encryption_key))
      return E2EE_MLS_ERR_PATH_KEY_KNOWN;
    for (size_t k = 0; k < i; k++) {
      if (same (key, path->nodes[k].encryption_key))
        return E2EE_MLS_ERR_PATH_KEY_KNOWN;
    }
  }
  return E2EE_MLS_OK;
}

static e2ee_mls_result
check_ciphertext_counts (const e2ee_mls_tree * tree, const e2ee_mls_node_list * copath,
    const e2ee_mls_update_path * path, const uint32_t * added, size_t n_added)
{
  e2ee_mls_result r = E2EE_MLS_OK;

  for (size_t i = 0; r == E2EE_MLS_OK && i < path->n_nodes; i++) {
    e2ee_mls_node_list recipients;

    r = e2ee_mls_tree_resolution (tree, copath->nodes[i], added, n_added, &recipients);
    if (r == E2EE_MLS_OK && recipients.n_nodes != path->nodes[i].n_ciphertexts)
      r = E2EE_MLS_ERR_PATH_CIPHERTEXTS;
    e2ee_mls_node_list_clear (&recipients);
  }
  return r;
}

e2ee_mls_result
e2ee_mls_path_merge (e2ee_mls_tree * tree, uint32_t sender, const e2ee_mls_update_path * path,
    const uint32_t * added, size_t n_added)
{
  e2ee_mls_node_list nodes, copath;
  e2ee_bytes *keys = NULL;
  e2ee_mls_digest parent_hash;
  size_t parent_hash_size;
  e2ee_mls_result r = e2ee_mls_tree_filtered_path (tree, sender, &nodes, &copath);

  if (r != E2EE_MLS_OK)
    return r;
  r = E2EE_MLS_ERR_PATH_LENGTH;
  if (path->n_nodes != nodes.n_nodes)
    goto out;
  r = check_ciphertext_counts (tree, &copath, path, added, n_added);
  if (r == E2EE_MLS_OK)
    r = check_keys_are_new (tree, sender, path);
  if (r != E2EE_MLS_OK)
    goto out;
  r = E2EE_MLS_ERR_NO_MEMORY;
  keys = e2ee_mls_alloc (path->n_nodes + 1, sizeof (*keys));
  if (keys == NULL)
    goto out;
  for (size_t i = 0; i < path->n_nodes; i++)
    keys[i] = path->nodes[i].encryption_key;
  r = put_path (tree, sender, &nodes, &copath, keys, &parent_hash, &parent_hash_size);
  if (r == E2EE_MLS_OK
      && !same (path->leaf.parent_hash, E2EE_BYTES (parent_hash.data, parent_hash_size)))
    r = E2EE_MLS_ERR_PARENT_HASH;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_set_leaf (tree, sender, &path->leaf);
out:
  e2ee_mls_free (keys);
  e2ee_mls_node_list_clear (&nodes);
  e2ee_mls_node_list_clear (&copath);
  return r;
}

/* Decrypts the one of @ciphertexts whose node of the resolution we have the key of. */
static e2ee_mls_result
open_for_us (const e2ee_mls_tree_keys * keys, const e2ee_mls_node_list * recipients,
    const e2ee_mls_path_node * from, const e2ee_mls_suite * suite, e2ee_bytes group_context,
    e2ee_mls_digest * path_secret)
{
  e2ee_mls_buffer opened = E2EE_MLS_NO_BUFFER;
  e2ee_bytes private_key = E2EE_NO_BYTES;
  size_t i = 0;
  e2ee_mls_result r;

  if (recipients->n_nodes != from->n_ciphertexts)
    return E2EE_MLS_ERR_PATH_CIPHERTEXTS;
  while (i < recipients->n_nodes) {
    private_key = e2ee_mls_tree_keys_get (keys, recipients->nodes[i]);
    if (private_key.size > 0)
      break;
    i++;
  }
  if (private_key.size == 0)
    return E2EE_MLS_ERR_DECRYPT;
  r = e2ee_mls_decrypt_with_label (suite, private_key, LABEL, group_context,
      from->ciphertexts[i].kem_output, from->ciphertexts[i].ciphertext, &opened);
  if (r == E2EE_MLS_OK && opened.size != suite->nh)
    r = E2EE_MLS_ERR_PATH_SECRET;
  if (r == E2EE_MLS_OK)
    memcpy (path_secret->data, opened.data, opened.size);
  e2ee_mls_buffer_clear (&opened);
  return r;
}

e2ee_mls_result
e2ee_mls_path_open (const e2ee_mls_tree * tree, e2ee_mls_tree_keys * keys, uint32_t sender,
    const e2ee_mls_update_path * path, e2ee_bytes group_context, const uint32_t * added,
    size_t n_added, e2ee_mls_digest * commit_secret)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (tree);
  const uint32_t own = e2ee_mls_node_of_leaf (e2ee_mls_tree_keys_leaf (keys));
  e2ee_mls_node_list nodes, copath, recipients = { NULL, 0 };
  e2ee_mls_digest path_secret;
  size_t at = 0;
  e2ee_mls_result r = e2ee_mls_tree_filtered_path (tree, sender, &nodes, &copath);

  if (r != E2EE_MLS_OK)
    return r;
  r = E2EE_MLS_ERR_PATH_LENGTH;
  if (path->n_nodes != nodes.n_nodes)
    goto out;
  while (at < nodes.n_nodes && !e2ee_mls_is_in_subtree (own, copath.nodes[at]))
    at++;
  r = E2EE_MLS_ERR_ARGUMENT;
  if (at == nodes.n_nodes)
    goto out;
  r = e2ee_mls_tree_resolution (tree, copath.nodes[at], added, n_added, &recipients);
  if (r == E2EE_MLS_OK)
    r = open_for_us (keys, &recipients, &path->nodes[at], suite, group_context, &path_secret);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_keys_take_path (keys, tree, nodes.nodes + at, nodes.n_nodes - at,
        &path_secret);
  if (r != E2EE_MLS_OK)
    goto out;
  e2ee_mls_tree_keys_prune (keys, tree);
  *commit_secret = path_secret;
out:
  e2ee_wipe (&path_secret, sizeof (path_secret));
  e2ee_mls_node_list_clear (&nodes);
  e2ee_mls_node_list_clear (&copath);
  e2ee_mls_node_list_clear (&recipients);
  return r;
}
