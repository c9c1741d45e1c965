/* The vectors of the ratchet tree and of TreeKEM.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "vectors.h"

#include "core/crypto/secret.h"
#include "core/mls/groupinfo.h"
#include "core/mls/treehash.h"
#include "core/mls/treekem.h"

static uint32_t
node_or_none (const json_t * list, size_t i)
{
  const json_t *value = json_array_get (list, i);

  return json_is_null (value) ? E2EE_MLS_NO_NODE : (uint32_t) json_integer_value (value);
}

static void
test_tree_math_is_as_in_tree_math_json (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "tree-math.json", 10))
    return;
  json_array_foreach (file.root, i, row) {
    const uint32_t n_leaves = (uint32_t) vectors_number (row, "n_leaves");
    const uint32_t n_nodes = (uint32_t) vectors_number (row, "n_nodes");

    CHECK_ROW ("%zu", i);
    CHECK_INT (e2ee_mls_node_width (n_leaves), n_nodes);
    CHECK_INT (e2ee_mls_root (n_leaves), vectors_number (row, "root"));
    for (uint32_t node = 0; node < n_nodes; node++) {
      CHECK_INT (e2ee_mls_left (node), node_or_none (json_object_get (row, "left"), node));
      CHECK_INT (e2ee_mls_right (node), node_or_none (json_object_get (row, "right"), node));
      CHECK_INT (e2ee_mls_parent (node, n_leaves),
          node_or_none (json_object_get (row, "parent"), node));
      CHECK_INT (e2ee_mls_sibling (node, n_leaves),
          node_or_none (json_object_get (row, "sibling"), node));
    }
  }
  vectors_close (&file);
}

static void
check_root_hash (const e2ee_mls_tree * tree, e2ee_bytes expected)
{
  e2ee_mls_digest hash;

  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (e2ee_mls_tree_suite (tree), &hash), expected);
}

static void
check_encoding (const e2ee_mls_tree * tree, e2ee_bytes expected)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_tree_write (&writer, tree);
  CHECK_INT (writer.result, E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_writer_view (&writer), expected);
  e2ee_mls_writer_clear (&writer);
}

static void
apply (e2ee_mls_tree * tree, e2ee_bytes encoded, uint32_t sender)
{
  e2ee_mls_proposal proposal;
  e2ee_mls_reader reader;
  uint32_t added;

  e2ee_mls_reader_init (&reader, encoded, NULL);
  e2ee_mls_proposal_read (&reader, &proposal);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  switch (proposal.type) {
    case 1:
      CHECK_INT (e2ee_mls_tree_add (tree, &proposal.u.add.leaf, &added), E2EE_MLS_OK);
      break;
    case 2:
      CHECK_INT (e2ee_mls_tree_update (tree, sender, &proposal.u.update), E2EE_MLS_OK);
      break;
    default:
      CHECK_INT (proposal.type, 3);
      CHECK_INT (e2ee_mls_tree_remove (tree, proposal.u.remove), E2EE_MLS_OK);
  }
}

static void
test_proposals_change_the_tree_as_in_tree_operations_json (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "tree-operations.json", 5))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_mls_suite *suite =
        e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite"));
    e2ee_mls_tree *tree;

    CHECK_ROW ("%zu", i);
    CHECK_INT (e2ee_mls_tree_decode (suite, vectors_bytes (&file, row, "tree_before"), &tree),
        E2EE_MLS_OK);
    /* Known before the change, so that a hash kept too long shows. */
    check_root_hash (tree, vectors_bytes (&file, row, "tree_hash_before"));
    apply (tree, vectors_bytes (&file, row, "proposal"),
        (uint32_t) vectors_number (row, "proposal_sender"));
    check_encoding (tree, vectors_bytes (&file, row, "tree_after"));
    check_root_hash (tree, vectors_bytes (&file, row, "tree_hash_after"));
    e2ee_mls_tree_free (tree);
  }
  vectors_close (&file);
}

static void
check_nodes (vectors * file, const e2ee_mls_tree * tree, const json_t * row)
{
  const json_t *hashes = json_object_get (row, "tree_hashes");
  const json_t *resolutions = json_object_get (row, "resolutions");
  size_t node;
  json_t *hex;

  CHECK_INT (json_array_size (hashes), e2ee_mls_node_width (e2ee_mls_tree_n_leaves (tree)));
  json_array_foreach (hashes, node, hex) {
    const json_t *expected = json_array_get (resolutions, node);
    e2ee_mls_node_list resolution;
    e2ee_mls_digest hash;

    CHECK_INT (e2ee_mls_tree_hash (tree, (uint32_t) node, &hash), E2EE_MLS_OK);
    CHECK_BYTES (e2ee_mls_digest_view (e2ee_mls_tree_suite (tree), &hash),
        vectors_decode (file, json_string_value (hex)));
    CHECK_INT (e2ee_mls_tree_resolution (tree, (uint32_t) node, NULL, 0, &resolution),
        E2EE_MLS_OK);
    CHECK_INT (resolution.n_nodes, json_array_size (expected));
    for (size_t i = 0; i < resolution.n_nodes; i++)
      CHECK_INT (resolution.nodes[i], node_or_none (expected, i));
    e2ee_mls_node_list_clear (&resolution);
  }
}

static void
check_leaf_signatures (const e2ee_mls_tree * tree, e2ee_bytes group_id)
{
  for (uint32_t i = 0; i < e2ee_mls_tree_n_leaves (tree); i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_tree_leaf (tree, i);
    const e2ee_mls_leaf_place place = { group_id, i };

    if (leaf != NULL)
      CHECK_INT (e2ee_mls_leaf_node_verify (e2ee_mls_tree_suite (tree), leaf, &place),
          E2EE_MLS_OK);
  }
}

static void
check_trees_of (unsigned suite_id, size_t n_expected)
{
  vectors file;
  size_t i, n_seen = 0;
  json_t *row;

  if (!vectors_open (&file, "tree-validation.json", 28))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_bytes encoded = vectors_bytes (&file, row, "tree");
    e2ee_mls_tree *tree;

    if (vectors_number (row, "cipher_suite") != suite_id)
      continue;
    n_seen++;
    CHECK_ROW ("%zu", i);
    CHECK_INT (e2ee_mls_tree_decode (e2ee_mls_suite_find (suite_id), encoded, &tree),
        E2EE_MLS_OK);
    check_encoding (tree, encoded);
    check_nodes (&file, tree, row);
    CHECK_INT (e2ee_mls_tree_verify_parent_hashes (tree), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (tree), E2EE_MLS_OK);
    check_leaf_signatures (tree, vectors_bytes (&file, row, "group_id"));
    e2ee_mls_tree_free (tree);
  }
  CHECK_INT (n_seen, n_expected);
  vectors_close (&file);
}

static void
test_trees_of_suite_1_are_valid_as_in_tree_validation_json (void)
{
  VECTORS_OR_SKIP ();
  check_trees_of (1, 14);
}

static void
test_trees_of_suite_3_are_valid_as_in_tree_validation_json (void)
{
  VECTORS_OR_SKIP ();
  check_trees_of (3, 14);
}

/* The private key that belongs to a path secret of the vectors. */
static void
set_from_path_secret (const e2ee_mls_suite * suite, e2ee_bytes path_secret, uint32_t node,
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

/* Each private key that @keys has belongs to the public key that the tree has. */
static void
check_consistent (const e2ee_mls_tree * tree, const e2ee_mls_tree_keys * keys)
{
  for (uint32_t i = 0; i < e2ee_mls_node_width (e2ee_mls_tree_n_leaves (tree)); i++) {
    const e2ee_bytes private_key = e2ee_mls_tree_keys_get (keys, i);
    e2ee_mls_buffer public_key;

    if (private_key.size == 0)
      continue;
    CHECK_INT (e2ee_mls_hpke_public_of (e2ee_mls_tree_suite (tree), private_key, &public_key),
        E2EE_MLS_OK);
    CHECK_BYTES (e2ee_mls_buffer_view (public_key), e2ee_mls_tree_encryption_key (tree, i));
    e2ee_mls_buffer_clear (&public_key);
  }
}

/* One case of treekem.json. */
typedef struct
{
  vectors *file;
  const json_t *row;
  const e2ee_mls_suite *suite;
  e2ee_mls_tree *tree;
  e2ee_mls_tree_keys *keys[64];
  e2ee_bytes signature_private[64];
} treekem_case;

static void
treekem_open (treekem_case * with)
{
  size_t i, k;
  json_t *leaf, *secret;

  CHECK_INT (e2ee_mls_tree_decode (with->suite,
          vectors_bytes (with->file, with->row, "ratchet_tree"), &with->tree), E2EE_MLS_OK);
  json_array_foreach (json_object_get (with->row, "leaves_private"), i, leaf) {
    const uint32_t index = (uint32_t) vectors_number (leaf, "index");

    CHECK (index < CHECK_N (with->keys));
    CHECK_INT (e2ee_mls_tree_keys_new (with->suite, index,
            vectors_bytes (with->file, leaf, "encryption_priv"), &with->keys[index]),
        E2EE_MLS_OK);
    with->signature_private[index] = vectors_bytes (with->file, leaf, "signature_priv");
    json_array_foreach (json_object_get (leaf, "path_secrets"), k, secret)
      set_from_path_secret (with->suite, vectors_bytes (with->file, secret, "path_secret"),
        (uint32_t) vectors_number (secret, "node"), with->keys[index]);
    check_consistent (with->tree, with->keys[index]);
  }
}

static void
treekem_close (treekem_case * with)
{
  e2ee_mls_tree_free (with->tree);
  for (size_t i = 0; i < CHECK_N (with->keys); i++)
    e2ee_mls_tree_keys_free (with->keys[i]);
}

static e2ee_mls_buffer
context_of (const treekem_case * with, const e2ee_mls_tree * tree)
{
  e2ee_mls_digest hash;
  e2ee_mls_group_context context = {
    .version = E2EE_MLS_VERSION,
    .cipher_suite = with->suite->id,
    .group_id = vectors_bytes (with->file, with->row, "group_id"),
    .epoch = vectors_number (with->row, "epoch"),
    .confirmed_transcript_hash =
        vectors_bytes (with->file, with->row, "confirmed_transcript_hash"),
  };
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;

  if (e2ee_mls_tree_root_hash (tree, &hash) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no tree hash");
  context.tree_hash = e2ee_mls_digest_view (with->suite, &hash);
  if (e2ee_mls_group_context_encode (&context, &encoded) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no context");
  return encoded;
}

/* What the member at @leaf makes of a path: the commit secret, and with @path_secret the key of the
 * node where it meets the sender. */
static void
check_opens (const treekem_case * with, const e2ee_mls_tree * tree, uint32_t sender,
    const e2ee_mls_update_path * path, e2ee_bytes context, uint32_t leaf, e2ee_bytes path_secret,
    e2ee_bytes commit_secret)
{
  const uint32_t meeting = e2ee_mls_common_ancestor (2 * sender, 2 * leaf);
  e2ee_mls_tree_keys *keys, *expected;
  e2ee_mls_digest opened;

  CHECK_INT (e2ee_mls_tree_keys_copy (with->keys[leaf], &keys), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_path_open (tree, keys, sender, path, context, NULL, 0, &opened),
      E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (with->suite, &opened), commit_secret);
  check_consistent (tree, keys);
  if (path_secret.size > 0) {
    CHECK_INT (e2ee_mls_tree_keys_copy (with->keys[leaf], &expected), E2EE_MLS_OK);
    set_from_path_secret (with->suite, path_secret, meeting, expected);
    CHECK_BYTES (e2ee_mls_tree_keys_get (keys, meeting),
        e2ee_mls_tree_keys_get (expected, meeting));
    e2ee_mls_tree_keys_free (expected);
  }
  e2ee_mls_tree_keys_free (keys);
}

static void
check_given_path (const treekem_case * with, const json_t * given)
{
  const uint32_t sender = (uint32_t) vectors_number (given, "sender");
  const json_t *secrets = json_object_get (given, "path_secrets");
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_update_path path;
  e2ee_mls_reader reader;
  e2ee_mls_tree *tree;
  e2ee_mls_buffer context;

  e2ee_mls_reader_init (&reader, vectors_bytes (with->file, given, "update_path"), &arena);
  e2ee_mls_update_path_read (&reader, &path);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_copy (with->tree, &tree), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_path_merge (tree, sender, &path, NULL, 0), E2EE_MLS_OK);
  check_root_hash (tree, vectors_bytes (with->file, given, "tree_hash_after"));
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (tree), E2EE_MLS_OK);
  context = context_of (with, tree);
  for (uint32_t leaf = 0; leaf < e2ee_mls_tree_n_leaves (tree); leaf++) {
    const json_t *secret = json_array_get (secrets, leaf);

    if (leaf != sender && e2ee_mls_tree_leaf (tree, leaf) != NULL)
      check_opens (with, tree, sender, &path, e2ee_mls_buffer_view (context), leaf,
          vectors_decode (with->file, json_string_value (secret)),
          vectors_bytes (with->file, given, "commit_secret"));
  }
  e2ee_mls_buffer_clear (&context);
  e2ee_mls_tree_free (tree);
  e2ee_mls_arena_clear (&arena);
}

static void
check_made_path (const treekem_case * with, uint32_t sender)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_writer sealed = E2EE_MLS_WRITER_INIT;
  e2ee_mls_update_path path;
  e2ee_mls_reader reader;
  e2ee_mls_tree *ours, *theirs;
  e2ee_mls_tree_keys *keys;
  e2ee_mls_path *made;
  e2ee_mls_digest hash;
  e2ee_mls_buffer context;

  CHECK_INT (e2ee_mls_tree_copy (with->tree, &ours), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_copy (with->tree, &theirs), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_keys_copy (with->keys[sender], &keys), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_path_prepare (e2ee_env_default (), ours, keys,
          e2ee_mls_tree_leaf (ours, sender), vectors_bytes (with->file, with->row, "group_id"),
          with->signature_private[sender], &made), E2EE_MLS_OK);
  check_consistent (ours, keys);
  context = context_of (with, ours);
  CHECK_INT (e2ee_mls_path_seal (made, e2ee_env_default (), ours, e2ee_mls_buffer_view (context),
          NULL, 0, &sealed), E2EE_MLS_OK);

  e2ee_mls_reader_init (&reader, e2ee_mls_writer_view (&sealed), &arena);
  e2ee_mls_update_path_read (&reader, &path);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_path_merge (theirs, sender, &path, NULL, 0), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_root_hash (ours, &hash), E2EE_MLS_OK);
  check_root_hash (theirs, e2ee_mls_digest_view (with->suite, &hash));
  check_leaf_signatures (theirs, vectors_bytes (with->file, with->row, "group_id"));
  for (uint32_t leaf = 0; leaf < e2ee_mls_tree_n_leaves (theirs); leaf++) {
    if (leaf != sender && e2ee_mls_tree_leaf (theirs, leaf) != NULL)
      check_opens (with, theirs, sender, &path, e2ee_mls_buffer_view (context), leaf,
          E2EE_NO_BYTES, e2ee_mls_digest_view (with->suite,
              e2ee_mls_path_commit_secret (made)));
  }
  e2ee_mls_path_free (made);
  e2ee_mls_tree_keys_free (keys);
  e2ee_mls_tree_free (ours);
  e2ee_mls_tree_free (theirs);
  e2ee_mls_buffer_clear (&context);
  e2ee_mls_writer_clear (&sealed);
  e2ee_mls_arena_clear (&arena);
}

static void
check_treekem_of (unsigned suite_id, size_t n_expected)
{
  vectors file;
  size_t i, k, n_seen = 0;
  json_t *row, *given;

  if (!vectors_open (&file, "treekem.json", 22))
    return;
  json_array_foreach (file.root, i, row) {
    treekem_case with = { &file, row, e2ee_mls_suite_find (suite_id), NULL, { NULL }, { { 0 } } };

    if (vectors_number (row, "cipher_suite") != suite_id)
      continue;
    n_seen++;
    treekem_open (&with);
    json_array_foreach (json_object_get (row, "update_paths"), k, given) {
      CHECK_ROW ("case %zu, path %zu", i, k);
      check_given_path (&with, given);
      check_made_path (&with, (uint32_t) vectors_number (given, "sender"));
    }
    treekem_close (&with);
  }
  CHECK_INT (n_seen, n_expected);
  vectors_close (&file);
}

static void
test_update_paths_of_suite_1_open_and_are_made_as_in_treekem_json (void)
{
  VECTORS_OR_SKIP ();
  check_treekem_of (1, 11);
}

static void
test_update_paths_of_suite_3_open_and_are_made_as_in_treekem_json (void)
{
  VECTORS_OR_SKIP ();
  check_treekem_of (3, 11);
}

static const check_case cases[] = {
  CHECK_CASE (test_tree_math_is_as_in_tree_math_json),
  CHECK_CASE (test_proposals_change_the_tree_as_in_tree_operations_json),
  CHECK_CASE (test_trees_of_suite_1_are_valid_as_in_tree_validation_json),
  CHECK_CASE (test_trees_of_suite_3_are_valid_as_in_tree_validation_json),
  CHECK_CASE (test_update_paths_of_suite_1_open_and_are_made_as_in_treekem_json),
  CHECK_CASE (test_update_paths_of_suite_3_open_and_are_made_as_in_treekem_json),
};

int
main (void)
{
  if (e2ee_crypto_init () != E2EE_OK)
    return 1;
  return check_run (cases, CHECK_N (cases));
}
