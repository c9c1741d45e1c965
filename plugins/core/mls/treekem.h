/* TreeKEM: making, merging and opening an UpdatePath, RFC 9420 sections 7.4 to 7.6.
 *
 * Both ways go in two steps, because the path is encrypted under the GroupContext that holds the
 * tree hash with the path merged.  Work on a copy of the group's tree and keys: what failed halfway
 * is thrown away.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_TREEKEM_H
#define E2EE_CORE_MLS_TREEKEM_H

#include "core/mls/commit.h"
#include "core/mls/treehash.h"

/* The private keys that one member holds: of its leaf and of nodes above it.  Locked. */
typedef struct e2ee_mls_tree_keys e2ee_mls_tree_keys;

E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_keys_new (const e2ee_mls_suite * suite, uint32_t leaf,
    e2ee_bytes leaf_private, e2ee_mls_tree_keys ** keys);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_keys_copy (const e2ee_mls_tree_keys * keys,
    e2ee_mls_tree_keys ** copy);
void e2ee_mls_tree_keys_free (e2ee_mls_tree_keys * keys);
uint32_t e2ee_mls_tree_keys_leaf (const e2ee_mls_tree_keys * keys);
/* Empty when we do not know it. */
e2ee_bytes e2ee_mls_tree_keys_get (const e2ee_mls_tree_keys * keys, uint32_t node);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_keys_set (e2ee_mls_tree_keys * keys, uint32_t node,
    e2ee_bytes private_key);
/* Wipes the keys of nodes that are blank in @tree or lie outside it. */
void e2ee_mls_tree_keys_prune (e2ee_mls_tree_keys * keys, const e2ee_mls_tree * tree);
/* For the store: what set() was given, in a form of our own. */
void e2ee_mls_tree_keys_write (e2ee_mls_writer * writer, const e2ee_mls_tree_keys * keys);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_keys_read (e2ee_mls_reader * reader,
    const e2ee_mls_suite * suite, e2ee_mls_tree_keys ** keys);

/* On joining: the keys that follow from the path secret of the node where our leaf and the
 * committer's meet, each compared with the tree's public key (PATH_SECRET). */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_tree_keys_from_path_secret (e2ee_mls_tree_keys * keys,
    const e2ee_mls_tree * tree, uint32_t committer, e2ee_bytes path_secret);

/* A path of our own between the two steps: its path secrets. */
typedef struct e2ee_mls_path e2ee_mls_path;

/* Step one.  Fresh secrets for the filtered direct path and leaf of keys' leaf; @tree and @keys then
 * hold the new keys, and the leaf is @leaf with encryption_key, source commit, parent_hash and
 * signature set here (by @signature_private; section 7.5).  @keys must be at its leaf, which for an
 * external commit has just been added. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_path_prepare (const e2ee_env * env, e2ee_mls_tree * tree,
    e2ee_mls_tree_keys * keys, const e2ee_mls_leaf_node * leaf, e2ee_bytes group_id,
    e2ee_bytes signature_private, e2ee_mls_path ** path);
/* nh bytes of the next epoch. */
const e2ee_mls_digest *e2ee_mls_path_commit_secret (const e2ee_mls_path * path);
/* The path secret that a new member at @leaf gets in the Welcome; NULL when the two leaves meet at
 * no node of the path. */
const e2ee_mls_digest *e2ee_mls_path_secret_for (const e2ee_mls_path * path, uint32_t leaf);
/* Step two: the UpdatePath, written out.  @tree as step one left it, @group_context encoded with its
 * hash; @added are the leaves that this commit adds, ascending. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_path_seal (const e2ee_mls_path * path,
    const e2ee_env * env, const e2ee_mls_tree * tree, e2ee_bytes group_context,
    const uint32_t * added, size_t n_added, e2ee_mls_writer * out);
void e2ee_mls_path_free (e2ee_mls_path * path);

/* Step one for somebody else's path: puts it into @tree.  Checks length against the filtered direct
 * path, ciphertext counts against the resolutions without @added, that no key stands in the tree
 * (PATH_KEY_KNOWN) and the leaf's parent hash.  The leaf itself is validate.h's.
 * Errors: PATH_LENGTH, PATH_CIPHERTEXTS, PATH_KEY_KNOWN, PARENT_HASH. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_path_merge (e2ee_mls_tree * tree, uint32_t sender,
    const e2ee_mls_update_path * path, const uint32_t * added, size_t n_added);
/* Step two: decrypts the secret meant for us, derives the rest, compares every public key
 * (PATH_SECRET) and puts the private ones into @keys.  DECRYPT when it does not open. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_path_open (const e2ee_mls_tree * tree,
    e2ee_mls_tree_keys * keys, uint32_t sender, const e2ee_mls_update_path * path,
    e2ee_bytes group_context, const uint32_t * added, size_t n_added,
    e2ee_mls_digest * commit_secret);

#endif
