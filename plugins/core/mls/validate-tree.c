/* Rules that need all members: RFC 9420 sections 12.4.3.1 and 13.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/validate.h"

#include <string.h>

#include "core/mls/treehash.h"
#include "core/mls/validate-private.h"

typedef int (*supports) (const e2ee_mls_leaf_node * leaf, uint16_t type);

static int
everybody (const e2ee_mls_tree * tree, supports does, uint16_t type)
{
  for (uint32_t i = 0; i < e2ee_mls_tree_n_leaves (tree); i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);

    if (leaf != NULL && !does (leaf, type))
      return 0;
  }
  return 1;
}

int
e2ee_mls_tree_supports_extension (const e2ee_mls_tree * tree, uint16_t type)
{
  return everybody (tree, e2ee_mls_leaf_supports_extension, type);
}

int
e2ee_mls_tree_supports_proposal (const e2ee_mls_tree * tree, uint16_t type)
{
  return everybody (tree, e2ee_mls_leaf_supports_proposal, type);
}

int
e2ee_mls_tree_supports_credential (const e2ee_mls_tree * tree, uint16_t type)
{
  return everybody (tree, e2ee_mls_leaf_supports_credential, type);
}

e2ee_mls_result
e2ee_mls_group_extensions_validate (const e2ee_mls_tree * tree,
    const e2ee_mls_extensions * extensions)
{
  e2ee_mls_required_capabilities required;
  e2ee_mls_extensions left = *extensions;
  e2ee_mls_extension extension;
  e2ee_mls_result r;

  if (!e2ee_mls_extensions_unique (extensions))
    return E2EE_MLS_ERR_DUPLICATE_EXTENSION;
  /* A group with external senders has handed its server a say in who is a member. */
  if (e2ee_mls_extensions_find (extensions, E2EE_MLS_EXT_EXTERNAL_SENDERS, NULL))
    return E2EE_MLS_ERR_UNSUPPORTED_SENDER;
  while (e2ee_mls_extensions_next (&left, &extension)) {
    if (!e2ee_mls_tree_supports_extension (tree, extension.type))
      return E2EE_MLS_ERR_PROPOSAL_EXTENSION_UNSUPPORTED;
  }
  r = e2ee_mls_required_capabilities_find (extensions, &required);
  for (uint32_t i = 0; r == E2EE_MLS_OK && i < e2ee_mls_tree_n_leaves (tree); i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);

    if (leaf != NULL)
      r = e2ee_mls_leaf_meets_requirements (leaf, &required);
  }
  return r;
}

static int
compare (e2ee_bytes a, e2ee_bytes b)
{
  const size_t size = a.size < b.size ? a.size : b.size;
  const int order = size > 0 ? memcmp (a.data, b.data, size) : 0;

  return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static void
sift_down (e2ee_bytes * keys, size_t n_keys, size_t at)
{
  size_t child;

  while ((child = 2 * at + 1) < n_keys) {
    const e2ee_bytes moving = keys[at];

    if (child + 1 < n_keys && compare (keys[child], keys[child + 1]) < 0)
      child++;
    if (compare (moving, keys[child]) >= 0)
      return;
    keys[at] = keys[child];
    keys[child] = moving;
    at = child;
  }
}

/* A heap sort: the tree is a stranger's, so no order of its keys may cost n squared, and qsort()
 * allocates where we cannot see it. */
static int
all_differ (e2ee_bytes * keys, size_t n_keys)
{
  for (size_t i = n_keys / 2; i-- > 0;)
    sift_down (keys, n_keys, i);
  for (size_t n = n_keys; n > 1; n--) {
    const e2ee_bytes largest = keys[0];

    keys[0] = keys[n - 1];
    keys[n - 1] = largest;
    sift_down (keys, n - 1, 0);
    if (n < n_keys && compare (keys[n - 1], keys[n]) == 0)
      return 0;
  }
  return n_keys < 2 || compare (keys[0], keys[1]) != 0;
}

/* Signature keys differ from one another, and so do encryption keys over leaves and parents. */
static e2ee_mls_result
check_unique_keys (const e2ee_mls_tree * tree)
{
  const uint32_t n_leaves = e2ee_mls_tree_n_leaves (tree);
  const uint32_t n_nodes = e2ee_mls_node_width (n_leaves);
  e2ee_bytes *keys = e2ee_mls_alloc (n_nodes, sizeof (*keys));
  e2ee_mls_result r = E2EE_MLS_OK;
  size_t n_keys = 0;

  if (keys == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  for (uint32_t i = 0; i < n_leaves; i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);

    if (leaf != NULL)
      keys[n_keys++] = leaf->signature_key;
  }
  if (!all_differ (keys, n_keys))
    r = E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY;
  n_keys = 0;
  for (uint32_t i = 0; i < n_nodes; i++) {
    if (!e2ee_mls_tree_is_blank (tree, i))
      keys[n_keys++] = e2ee_mls_tree_encryption_key (tree, i);
  }
  if (r == E2EE_MLS_OK && !all_differ (keys, n_keys))
    r = E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY;
  e2ee_mls_free (keys);
  return r;
}

/* Each type in use is supported by everybody.  A leaf of a type other than the two of credential.h
 * cannot be read, so two answers are all there are. */
static e2ee_mls_result
check_credential_types (const e2ee_mls_tree * tree)
{
  int seen[2] = { 0, 0 };

  for (uint32_t i = 0; i < e2ee_mls_tree_n_leaves (tree); i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);
    int *known;

    if (leaf == NULL)
      continue;
    known = &seen[leaf->credential.type == E2EE_MLS_CREDENTIAL_BASIC ? 0 : 1];
    if (!*known && !e2ee_mls_tree_supports_credential (tree, leaf->credential.type))
      return E2EE_MLS_ERR_LEAF_CREDENTIAL_UNSUPPORTED;
    *known = 1;
  }
  return E2EE_MLS_OK;
}

static e2ee_mls_result
check_parent_keys (const e2ee_mls_tree * tree)
{
  const size_t n_public = e2ee_mls_tree_suite (tree)->kem->n_public;

  for (uint32_t i = 1; i < e2ee_mls_node_width (e2ee_mls_tree_n_leaves (tree)); i += 2) {
    if (!e2ee_mls_tree_is_blank (tree, i)
        && e2ee_mls_tree_encryption_key (tree, i).size != n_public)
      return E2EE_MLS_ERR_KEY;
  }
  return E2EE_MLS_OK;
}

static e2ee_mls_result
check_leaves (const e2ee_mls_host * host, const e2ee_mls_tree * tree,
    const e2ee_mls_group_context * context)
{
  e2ee_mls_leaf_check check = {
    .host = host,
    .suite = e2ee_mls_tree_suite (tree),
    .group_extensions = &context->extensions,
    .place.group_id = context->group_id,
    .credential_place = E2EE_MLS_AT_TREE,
  };
  e2ee_mls_result r = E2EE_MLS_OK;

  for (uint32_t i = 0; r == E2EE_MLS_OK && i < e2ee_mls_tree_n_leaves (tree); i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);

    if (leaf == NULL)
      continue;
    /* Any source is right in a tree. */
    check.source = leaf->source;
    check.place.leaf_index = i;
    r = e2ee_mls_leaf_validate (&check, leaf);
  }
  return r;
}

/* The tree hash first: it says that this is the tree meant.  Signatures, which cost most, last. */
e2ee_mls_result
e2ee_mls_tree_validate (const e2ee_mls_host * host, const e2ee_mls_tree * tree,
    const e2ee_mls_group_context * context)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (tree);
  e2ee_mls_digest hash;
  e2ee_mls_result r;

  if (context->cipher_suite != suite->id)
    return E2EE_MLS_ERR_WRONG_SUITE;
  r = e2ee_mls_tree_root_hash (tree, &hash);
  if (r == E2EE_MLS_OK && compare (e2ee_mls_digest_view (suite, &hash), context->tree_hash) != 0)
    r = E2EE_MLS_ERR_TREE_HASH;
  if (r == E2EE_MLS_OK)
    r = check_parent_keys (tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_verify_unmerged_leaves (tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_verify_parent_hashes (tree);
  if (r == E2EE_MLS_OK)
    r = check_unique_keys (tree);
  if (r == E2EE_MLS_OK)
    r = check_credential_types (tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_extensions_validate (tree, &context->extensions);
  if (r == E2EE_MLS_OK)
    r = check_leaves (host, tree, context);
  return r;
}
