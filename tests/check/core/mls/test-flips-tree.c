/* The official trees and update paths with each byte changed or cut short.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "changes.h"
#include "vectors.h"

#include "core/crypto/secret.h"
#include "core/mls/groupinfo.h"
#include "core/mls/treekem.h"

/* A tree that stands for @hash. */
typedef struct
{
  const e2ee_mls_suite *suite;
  e2ee_bytes hash;
  e2ee_bytes group_id;
} known_tree;

static e2ee_mls_result
check_same_again (const e2ee_mls_tree * tree, e2ee_bytes in)
{
  e2ee_mls_writer out = E2EE_MLS_WRITER_INIT;
  int same;

  e2ee_mls_tree_write (&out, tree);
  same = out.result == E2EE_MLS_OK && check_same (e2ee_mls_writer_view (&out), in);
  e2ee_mls_writer_clear (&out);
  return same ? E2EE_MLS_OK : E2EE_MLS_N_RESULTS;
}

static e2ee_mls_result
check_hash (const known_tree * known, const e2ee_mls_tree * tree)
{
  e2ee_mls_digest hash;
  e2ee_mls_result r = e2ee_mls_tree_root_hash (tree, &hash);

  if (r == E2EE_MLS_OK && !check_same (e2ee_mls_digest_view (known->suite, &hash), known->hash))
    r = E2EE_MLS_ERR_TREE_HASH;
  return r;
}

static e2ee_mls_result
check_leaves (const known_tree * known, const e2ee_mls_tree * tree)
{
  e2ee_mls_result r = E2EE_MLS_OK;

  for (uint32_t i = 0; r == E2EE_MLS_OK && i < e2ee_mls_tree_n_leaves (tree); i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);
    const e2ee_mls_leaf_place place = { known->group_id, i };

    if (leaf != NULL)
      r = e2ee_mls_leaf_node_verify (known->suite, leaf, &place);
  }
  return r;
}

/* What is decoded is written again as it was read, and the rules that a tree must hold by itself
 * are asked of it even though the hash would refuse it: they must bear any tree. */
static e2ee_mls_result
accept_tree (void *user, e2ee_bytes in)
{
  const known_tree *known = user;
  e2ee_mls_result r, unmerged, parents;
  e2ee_mls_tree *tree;

  r = e2ee_mls_tree_decode (known->suite, in, &tree);
  if (r != E2EE_MLS_OK)
    return r;
  unmerged = e2ee_mls_tree_verify_unmerged_leaves (tree);
  parents = e2ee_mls_tree_verify_parent_hashes (tree);
  r = check_same_again (tree, in);
  if (r == E2EE_MLS_OK)
    r = check_hash (known, tree);
  if (r == E2EE_MLS_ERR_TREE_HASH && unmerged != E2EE_MLS_OK)
    r = unmerged;
  else if (r == E2EE_MLS_ERR_TREE_HASH && parents != E2EE_MLS_OK)
    r = parents;
  else if (r == E2EE_MLS_OK)
    r = check_leaves (known, tree);
  e2ee_mls_tree_free (tree);
  return r;
}

static void
test_changed_trees_of_messages_json_are_refused (void)
{
  changes what = changes_begin (29, 64);
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "messages.json", 300))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_bytes in = vectors_bytes (&file, row, "ratchet_tree");
    known_tree known = { .suite = e2ee_mls_suite_find (1) };
    e2ee_mls_digest hash;
    e2ee_mls_tree *tree;

    /* They differ in their random bytes only. */
    if (what.stride > 1 && i % 7 != 0)
      continue;
    CHECK_ROW ("%zu", i);
    CHECK_INT (e2ee_mls_tree_decode (known.suite, in, &tree), E2EE_MLS_OK);
    CHECK_INT (check_same_again (tree, in), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
    e2ee_mls_tree_free (tree);
    known.hash = e2ee_mls_digest_view (known.suite, &hash);
    check_changes (&what, accept_tree, &known, in);
    CHECK_RETURN_IF_FAILED ();
  }
  changes_print (&what);
  vectors_close (&file);
}

static void
test_changed_trees_of_tree_validation_json_are_refused (void)
{
  changes what = changes_begin (61, 64);
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "tree-validation.json", 28))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_bytes in = vectors_bytes (&file, row, "tree");
    const json_t *hashes = json_object_get (row, "tree_hashes");
    const json_t *root = json_array_get (hashes, json_array_size (hashes) / 2);
    known_tree known = {
      .suite = e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite")),
      .hash = vectors_decode (&file, json_string_value (root)),
      .group_id = vectors_bytes (&file, row, "group_id"),
    };

    CHECK_ROW ("%zu", i);
    CHECK_INT (accept_tree (&known, in), E2EE_MLS_OK);
    check_changes (&what, accept_tree, &known, in);
    CHECK_RETURN_IF_FAILED ();
  }
  changes_print (&what);
  vectors_close (&file);
}

/* The receivers of one path of treekem.json. */
typedef struct
{
  known_tree after;
  e2ee_mls_tree *before;
  e2ee_mls_tree_keys *keys[64];
  uint32_t sender;
  uint32_t refused_by;          /* asked first: the next byte is most likely for the same one */
  e2ee_mls_buffer context;
  e2ee_bytes commit_secret;
} path_receivers;

static e2ee_mls_result
open_as (const path_receivers * to, const e2ee_mls_tree * tree, const e2ee_mls_update_path * path,
    uint32_t leaf)
{
  e2ee_mls_tree_keys *keys = NULL;
  e2ee_mls_digest secret;
  e2ee_mls_result r = e2ee_mls_tree_keys_copy (to->keys[leaf], &keys);

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_path_open (tree, keys, to->sender, path, e2ee_mls_buffer_view (to->context),
        NULL, 0, &secret);
  if (r == E2EE_MLS_OK
      && !check_same (e2ee_mls_digest_view (to->after.suite, &secret), to->commit_secret))
    r = E2EE_MLS_ERR_CONFIRMATION_TAG;
  e2ee_mls_tree_keys_free (keys);
  return r;
}

/* A path is accepted when every member opens it: each ciphertext is for one of them. */
static e2ee_mls_result
accept_path (void *user, e2ee_bytes in)
{
  path_receivers *to = user;
  const uint32_t first = to->refused_by;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_update_path path;
  e2ee_mls_reader reader;
  e2ee_mls_tree *tree = NULL;
  e2ee_mls_result r;

  e2ee_mls_reader_init (&reader, in, &arena);
  e2ee_mls_update_path_read (&reader, &path);
  r = e2ee_mls_reader_finish (&reader);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_copy (to->before, &tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_path_merge (tree, to->sender, &path, NULL, 0);
  if (r == E2EE_MLS_OK)
    r = check_hash (&to->after, tree);
  for (uint32_t i = 0, n = r == E2EE_MLS_OK ? e2ee_mls_tree_n_leaves (tree) : 0; i < n; i++) {
    const uint32_t leaf = (first + i) % n;

    if (leaf == to->sender || e2ee_mls_tree_leaf (tree, leaf) == NULL)
      continue;
    r = open_as (to, tree, &path, leaf);
    if (r != E2EE_MLS_OK) {
      to->refused_by = leaf;
      break;
    }
  }
  e2ee_mls_tree_free (tree);
  e2ee_mls_arena_clear (&arena);
  return r;
}

static void
add_path_key (const e2ee_mls_suite * suite, e2ee_bytes path_secret, uint32_t node,
    e2ee_mls_tree_keys * keys)
{
  e2ee_mls_digest node_secret;
  e2ee_mls_secret private_key;
  e2ee_mls_buffer public_key;

  CHECK_INT (e2ee_mls_derive_secret (suite, path_secret, "node", &node_secret), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_hpke_derive_key_pair (suite, e2ee_mls_digest_view (suite, &node_secret),
          &private_key, &public_key), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_keys_set (keys, node, e2ee_mls_secret_view (private_key)),
      E2EE_MLS_OK);
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
}

static void
receivers_open (path_receivers * to, vectors * file, const json_t * row)
{
  size_t i, k;
  json_t *leaf, *secret;

  *to = (path_receivers) { .after.suite =
        e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite")) };
  CHECK_INT (e2ee_mls_tree_decode (to->after.suite, vectors_bytes (file, row, "ratchet_tree"),
          &to->before), E2EE_MLS_OK);
  json_array_foreach (json_object_get (row, "leaves_private"), i, leaf) {
    const uint32_t index = (uint32_t) vectors_number (leaf, "index");

    CHECK (index < CHECK_N (to->keys));
    CHECK_INT (e2ee_mls_tree_keys_new (to->after.suite, index,
            vectors_bytes (file, leaf, "encryption_priv"), &to->keys[index]), E2EE_MLS_OK);
    json_array_foreach (json_object_get (leaf, "path_secrets"), k, secret)
      add_path_key (to->after.suite, vectors_bytes (file, secret, "path_secret"),
        (uint32_t) vectors_number (secret, "node"), to->keys[index]);
  }
}

static void
receivers_close (path_receivers * to)
{
  e2ee_mls_tree_free (to->before);
  for (size_t i = 0; i < CHECK_N (to->keys); i++)
    e2ee_mls_tree_keys_free (to->keys[i]);
}

static void
change_path (changes * what, path_receivers * to, vectors * file, const json_t * row,
    const json_t * given)
{
  const e2ee_bytes in = vectors_bytes (file, given, "update_path");
  e2ee_mls_group_context context = {
    .version = E2EE_MLS_VERSION,
    .cipher_suite = to->after.suite->id,
    .group_id = vectors_bytes (file, row, "group_id"),
    .epoch = vectors_number (row, "epoch"),
    .tree_hash = vectors_bytes (file, given, "tree_hash_after"),
    .confirmed_transcript_hash = vectors_bytes (file, row, "confirmed_transcript_hash"),
  };

  to->sender = (uint32_t) vectors_number (given, "sender");
  to->after.hash = context.tree_hash;
  to->commit_secret = vectors_bytes (file, given, "commit_secret");
  CHECK_INT (e2ee_mls_group_context_encode (&context, &to->context), E2EE_MLS_OK);
  CHECK_INT (accept_path (to, in), E2EE_MLS_OK);
  check_changes (what, accept_path, to, in);
  e2ee_mls_buffer_clear (&to->context);
}

static void
test_changed_update_paths_are_refused (void)
{
  changes what = changes_begin (31, 64);
  vectors file;
  size_t i, k;
  json_t *row, *given;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "treekem.json", 22))
    return;
  json_array_foreach (file.root, i, row) {
    path_receivers to;

    receivers_open (&to, &file, row);
    json_array_foreach (json_object_get (row, "update_paths"), k, given) {
      CHECK_ROW ("case %zu, path %zu", i, k);
      change_path (&what, &to, &file, row, given);
      CHECK_RETURN_IF_FAILED ();
    }
    receivers_close (&to);
  }
  changes_print (&what);
  vectors_close (&file);
}

static const check_case cases[] = {
  CHECK_CASE (test_changed_trees_of_messages_json_are_refused),
  CHECK_CASE (test_changed_trees_of_tree_validation_json_are_refused),
  CHECK_CASE (test_changed_update_paths_are_refused),
};

int
main (void)
{
  if (e2ee_crypto_init () != E2EE_OK)
    return 1;
  return check_run (cases, CHECK_N (cases));
}
