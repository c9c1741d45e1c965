/* Making, merging and opening paths, RFC 9420 sections 7.4 to 7.6.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tree-fixture.h"

#include "big-suite.h"

static void
test_everybody_follows_everybody (void)
{
  test_group group;

  group_make (&group, test_suite (), 7);
  group_fill (&group);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_OK);
  group_clear (&group);
}

static void
test_a_member_has_no_key_but_of_its_leaf_and_the_nodes_above (void)
{
  test_group group;
  size_t n_keys;

  group_make (&group, test_suite (), 8);
  group_fill (&group);
  CHECK_RETURN_IF_FAILED ();
  for (uint32_t i = 0; i < 8; i++) {
    check_keys_agree (group.tree, group.members[i].keys, &n_keys);
    CHECK_INT (n_keys, 4);
    for (uint32_t node = 0; node < 15; node++) {
      if (!e2ee_mls_is_in_subtree (2 * i, node))
        CHECK_INT (e2ee_mls_tree_keys_get (group.members[i].keys, node).size, 0);
    }
  }
  group_clear (&group);
}

static void
test_added_members_get_no_ciphertext_but_a_path_secret (void)
{
  test_group group;
  uint32_t added[2];
  test_path path;

  group_make (&group, test_suite (), 6);
  group_fill (&group);
  CHECK_RETURN_IF_FAILED ();
  group_remove (&group, 3);
  group_add (&group, &added[0]);
  group_add (&group, &added[1]);
  CHECK_INT (added[0], 3);
  CHECK_INT (added[1], 6);
  path_make (&path, &group, 2, added, 2);
  CHECK_RETURN_IF_FAILED ();
  /* Leaf 3 is the whole copath of the first node, and new. */
  CHECK_INT (path.path.nodes[0].n_ciphertexts, 0);
  path_clear (&path);
  group_commit (&group, 2, added, 2);
  CHECK_RETURN_IF_FAILED ();
  group_commit (&group, 3, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  group_commit (&group, 6, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_OK);
  group_clear (&group);
}

static void
test_unmerged_members_open_with_their_leaf_key (void)
{
  test_group group;
  uint32_t leaf;

  group_make (&group, test_suite (), 5);
  group_fill (&group);
  CHECK_RETURN_IF_FAILED ();
  group_add (&group, &leaf);
  CHECK_INT (e2ee_mls_u32_list_size (e2ee_mls_tree_parent (group.tree, 7)->unmerged_leaves), 1);
  group_commit (&group, 1, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_u32_list_size (e2ee_mls_tree_parent (group.tree, 7)->unmerged_leaves), 0);
  CHECK (e2ee_mls_tree_keys_get (group.members[leaf].keys, 7).size > 0);
  group_clear (&group);
}

static void
test_a_group_of_one_makes_a_path_of_no_nodes (void)
{
  test_group group;
  test_path path;

  group_make (&group, test_suite (), 1);
  path_make (&path, &group, 0, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (path.path.n_nodes, 0);
  CHECK_INT (path.path.leaf.parent_hash.size, 0);
  CHECK (e2ee_mls_path_secret_for (path.made, 0) == NULL);
  path_clear (&path);
  group_commit (&group, 0, NULL, 0);
  group_clear (&group);
}

static void
test_paths_are_fresh_each_time (void)
{
  test_group group;
  test_path a, b;

  group_make (&group, test_suite (), 3);
  path_make (&a, &group, 0, NULL, 0);
  path_make (&b, &group, 0, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK (memcmp (e2ee_mls_path_commit_secret (a.made), e2ee_mls_path_commit_secret (b.made),
          group.suite->nh) != 0);
  CHECK (!check_same (a.path.leaf.encryption_key, b.path.leaf.encryption_key));
  CHECK (!check_same (a.path.leaf.encryption_key,
          e2ee_mls_tree_leaf (group.tree, 0)->encryption_key));
  path_clear (&a);
  path_clear (&b);
  group_clear (&group);
}

static uint32_t
some_member (const test_group * of, uint32_t chance)
{
  uint32_t leaf = chance % e2ee_mls_tree_n_leaves (of->tree);

  while (e2ee_mls_tree_leaf (of->tree, leaf) == NULL)
    leaf = (leaf + 1) % e2ee_mls_tree_n_leaves (of->tree);
  return leaf;
}

/* Up to two adds and a remove, then a commit by someone who was there, or none when there were only
 * adds: those are then unmerged for longer. */
static void
one_epoch (test_group * of, uint32_t chance)
{
  const uint32_t n_members = e2ee_mls_tree_n_members (of->tree);
  const int removes = (chance & 1) && n_members > 2;
  const uint32_t sender = some_member (of, chance >> 8);
  const uint32_t leaver = some_member (of, chance >> 16);
  uint32_t added[2];
  size_t n_added = 0;

  if (removes && leaver != sender)
    group_remove (of, leaver);
  if ((chance & 2) && n_members < 20)
    group_add (of, &added[n_added++]);
  if ((chance & 4) && n_members < 20)
    group_add (of, &added[n_added++]);
  CHECK_RETURN_IF_FAILED ();
  if (n_added == 2 && added[0] > added[1])
    check_fail (__FILE__, __LINE__, "leaves were not added from left to right");
  if (removes || n_added == 0 || (chance & 8))
    group_commit (of, sender, added, n_added);
}

static void
test_random_histories_keep_trees_valid_and_keys_right (void)
{
  test_group group;
  uint32_t chance = 3;

  group_make (&group, test_suite (), 9);
  for (uint32_t step = 0; step < 150; step++) {
    CHECK_ROW ("step %u", (unsigned) step);
    chance = chance * 1103515245 + 12345;
    one_epoch (&group, chance >> 7);
    CHECK_RETURN_IF_FAILED ();
    CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (group.tree), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_OK);
  }
  group_clear (&group);
}

/* Leaf 5 is merged at the root by a commit from the other half but stays unmerged at node 11; leaf
 * 7 comes later, so the root's parent hash is over a sibling without 7 and with 5. */
static void
test_a_sibling_hash_keeps_leaves_that_were_unmerged_before_the_commit (void)
{
  test_group group;
  uint32_t leaf;

  group_make (&group, test_suite (), 7);
  group_fill (&group);
  CHECK_RETURN_IF_FAILED ();
  group_remove (&group, 5);
  group_commit (&group, 6, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  group_add (&group, &leaf);
  CHECK_INT (leaf, 5);
  group_commit (&group, 0, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  group_add (&group, &leaf);
  CHECK_INT (leaf, 7);
  CHECK_BYTES (e2ee_mls_tree_parent (group.tree, 7)->unmerged_leaves,
      E2EE_BYTES ("\0\0\0\7", 4));
  CHECK_BYTES (e2ee_mls_tree_parent (group.tree, 11)->unmerged_leaves,
      E2EE_BYTES ("\0\0\0\5\0\0\0\7", 8));
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_OK);
  group_commit (&group, 7, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_OK);
  group_clear (&group);
}

static void
test_a_suite_with_keys_of_1200_bytes_and_hashes_of_64_runs_alike (void)
{
  test_group group;
  uint32_t added;
  e2ee_mls_buffer encoded;
  e2ee_mls_tree *decoded;

  e2ee_mls_suite_set_extra (&big_suite);
  group_make (&group, e2ee_mls_suite_find (BIG_SUITE_ID), 5);
  CHECK (group.suite->kem->n_public >= 1200);
  group_fill (&group);
  CHECK_RETURN_IF_FAILED ();
  group_remove (&group, 1);
  group_add (&group, &added);
  group_commit (&group, 4, &added, 1);
  CHECK_RETURN_IF_FAILED ();
  group_commit (&group, added, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  encoded = tree_encoded (group.tree);
  CHECK_INT (e2ee_mls_tree_decode (group.suite, e2ee_mls_buffer_view (encoded), &decoded),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (decoded), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (decoded), E2EE_MLS_OK);
  e2ee_mls_tree_free (decoded);
  e2ee_mls_buffer_clear (&encoded);
  group_clear (&group);
  e2ee_mls_suite_set_extra (NULL);
}

/* A filled group of four and a path of member 0, which has two nodes of one ciphertext each. */
static test_group group;
static test_path path;

static void
four_make (void)
{
  group_make (&group, test_suite (), 4);
  group_fill (&group);
  path_make (&path, &group, 0, NULL, 0);
}

static void
four_clear (void)
{
  path_clear (&path);
  group_clear (&group);
}

static e2ee_mls_result
merge (void)
{
  return e2ee_mls_path_merge (group.tree, 0, &path.path, NULL, 0);
}

static e2ee_mls_result
open_as (uint32_t leaf)
{
  e2ee_mls_digest commit_secret;

  return e2ee_mls_path_open (group.tree, group.members[leaf].keys, 0, &path.path,
      e2ee_mls_buffer_view (path.context), NULL, 0, &commit_secret);
}

static void
test_valsem202_merge_refuses_a_path_that_is_too_short (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.n_nodes--;
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_LENGTH);
  four_clear ();
}

static void
test_valsem202_merge_refuses_a_path_that_is_too_long (void)
{
  e2ee_mls_path_node nodes[3];

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  memcpy (nodes, path.path.nodes, 2 * sizeof (*nodes));
  nodes[2] = nodes[1];
  path.path.nodes = nodes;
  path.path.n_nodes = 3;
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_LENGTH);
  four_clear ();
}

static void
test_valsem203_merge_refuses_a_missing_ciphertext (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.nodes[1].n_ciphertexts = 0;
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_CIPHERTEXTS);
  four_clear ();
}

static void
test_valsem203_merge_refuses_a_ciphertext_for_an_added_member (void)
{
  static const uint32_t added[] = { 1 };

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_path_merge (group.tree, 0, &path.path, added, 1),
      E2EE_MLS_ERR_PATH_CIPHERTEXTS);
  four_clear ();
}

static void
test_valsem206_merge_refuses_a_key_of_another_leaf (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.nodes[0].encryption_key = e2ee_mls_tree_leaf (group.tree, 2)->encryption_key;
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_KEY_KNOWN);
  four_clear ();
}

static void
test_valsem206_merge_refuses_a_key_of_a_parent_it_replaces (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.nodes[1].encryption_key = e2ee_mls_tree_encryption_key (group.tree, 3);
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_KEY_KNOWN);
  four_clear ();
}

static void
test_valsem206_merge_refuses_one_key_twice_in_a_path (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.nodes[1].encryption_key = path.path.nodes[0].encryption_key;
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_KEY_KNOWN);
  four_clear ();
}

static void
test_valsem206_merge_refuses_the_leaf_key_for_a_node (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.nodes[1].encryption_key = path.path.leaf.encryption_key;
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_KEY_KNOWN);
  four_clear ();
}

static void
test_valsem206_merge_refuses_a_leaf_key_that_stays (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.leaf.encryption_key = e2ee_mls_tree_leaf (group.tree, 0)->encryption_key;
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_KEY_KNOWN);
  four_clear ();
}

static void
test_valsem206_merge_refuses_a_leaf_key_of_another_member (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.leaf.encryption_key = e2ee_mls_tree_leaf (group.tree, 3)->encryption_key;
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_KEY_KNOWN);
  e2ee_mls_tree_blank (group.tree, 0);
  CHECK_INT (merge (), E2EE_MLS_ERR_PATH_KEY_KNOWN);
  four_clear ();
}

static void
test_merge_takes_an_external_committer_whose_leaf_was_added_before (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 0, &path.path.leaf), E2EE_MLS_OK);
  CHECK_INT (merge (), E2EE_MLS_OK);
  four_clear ();
}

static void
test_merge_refuses_a_wrong_parent_hash (void)
{
  uint8_t wrong[E2EE_HASH_MAX_SIZE];

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  memcpy (wrong, path.path.leaf.parent_hash.data, path.path.leaf.parent_hash.size);
  wrong[31] ^= 1;
  path.path.leaf.parent_hash.data = wrong;
  CHECK_INT (merge (), E2EE_MLS_ERR_PARENT_HASH);
  four_clear ();
}

static void
test_merge_refuses_an_absent_parent_hash (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  path.path.leaf.parent_hash = E2EE_NO_BYTES;
  CHECK_INT (merge (), E2EE_MLS_ERR_PARENT_HASH);
  four_clear ();
}

static void
test_merge_refuses_a_sender_outside_the_tree (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_path_merge (group.tree, 4, &path.path, NULL, 0), E2EE_MLS_ERR_ARGUMENT);
  four_clear ();
}

static void
test_open_refuses_a_flipped_bit_in_ciphertext_and_encapsulation (void)
{
  uint8_t bytes[128];
  e2ee_mls_hpke_ciphertext *sealed;

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (merge (), E2EE_MLS_OK);
  sealed = &path.path.nodes[0].ciphertexts[0];
  memcpy (bytes, sealed->ciphertext.data, sealed->ciphertext.size);
  bytes[3] ^= 4;
  sealed->ciphertext.data = bytes;
  CHECK_INT (open_as (1), E2EE_MLS_ERR_DECRYPT);
  sealed = &path.path.nodes[1].ciphertexts[0];
  memcpy (bytes, sealed->kem_output.data, sealed->kem_output.size);
  bytes[3] ^= 4;
  sealed->kem_output.data = bytes;
  CHECK_INT (open_as (2), E2EE_MLS_ERR_DECRYPT);
  CHECK_INT (open_as (3), E2EE_MLS_ERR_DECRYPT);
  four_clear ();
}

static void
test_open_refuses_another_group_context (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (merge (), E2EE_MLS_OK);
  path.context.data[path.context.size - 1] ^= 1;
  CHECK_INT (open_as (1), E2EE_MLS_ERR_DECRYPT);
  four_clear ();
}

static void
test_valsem204_open_refuses_a_public_key_that_does_not_follow (void)
{
  e2ee_mls_parent_node parent;

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (merge (), E2EE_MLS_OK);
  parent = *e2ee_mls_tree_parent (group.tree, 3);
  parent.encryption_key = e2ee_mls_buffer_view (group.members[1].encryption_public);
  CHECK_INT (e2ee_mls_tree_set_parent (group.tree, 3, &parent), E2EE_MLS_OK);
  CHECK_INT (open_as (1), E2EE_MLS_ERR_PATH_SECRET);
  CHECK_INT (open_as (2), E2EE_MLS_ERR_PATH_SECRET);
  four_clear ();
}

/* What @secret gives when it comes in place of the path secret of the first node. */
static void
check_open_of (e2ee_bytes secret, e2ee_mls_result expected)
{
  e2ee_mls_buffer kem_output, ciphertext;

  CHECK_INT (e2ee_mls_encrypt_with_label (group.suite, e2ee_env_default (),
          e2ee_mls_tree_encryption_key (group.tree, 2), "UpdatePathNode",
          e2ee_mls_buffer_view (path.context), secret, &kem_output, &ciphertext), E2EE_MLS_OK);
  path.path.nodes[0].ciphertexts[0] = (e2ee_mls_hpke_ciphertext) {
    e2ee_mls_buffer_view (kem_output), e2ee_mls_buffer_view (ciphertext)
  };
  CHECK_INT (open_as (1), expected);
  e2ee_mls_buffer_clear (&kem_output);
  e2ee_mls_buffer_clear (&ciphertext);
}

static void
test_valsem204_open_refuses_a_path_secret_of_another_size (void)
{
  static const uint8_t zeros[65];

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (merge (), E2EE_MLS_OK);
  check_open_of (E2EE_BYTES (zeros, 31), E2EE_MLS_ERR_PATH_SECRET);
  check_open_of (E2EE_BYTES (zeros, 33), E2EE_MLS_ERR_PATH_SECRET);
  check_open_of (E2EE_BYTES (zeros, 65), E2EE_MLS_ERR_PATH_SECRET);
  check_open_of (E2EE_NO_BYTES, E2EE_MLS_ERR_PATH_SECRET);
  check_open_of (E2EE_BYTES (zeros, 32), E2EE_MLS_ERR_PATH_SECRET);
  check_open_of (E2EE_BYTES (e2ee_mls_path_secret_for (path.made, 1), 32), E2EE_MLS_OK);
  four_clear ();
}

static void
test_open_refuses_a_path_of_ones_own (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (merge (), E2EE_MLS_OK);
  CHECK_INT (open_as (0), E2EE_MLS_ERR_ARGUMENT);
  four_clear ();
}

static void
test_open_refuses_a_path_whose_counts_were_not_checked (void)
{
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (merge (), E2EE_MLS_OK);
  path.path.nodes[0].n_ciphertexts = 0;
  CHECK_INT (open_as (1), E2EE_MLS_ERR_PATH_CIPHERTEXTS);
  path.path.n_nodes = 1;
  CHECK_INT (open_as (2), E2EE_MLS_ERR_PATH_LENGTH);
  four_clear ();
}

static void
test_open_refuses_a_path_that_is_not_for_us (void)
{
  static const uint32_t us[] = { 1 };
  e2ee_mls_digest commit_secret;

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (merge (), E2EE_MLS_OK);
  path.path.nodes[0].n_ciphertexts = 0;
  CHECK_INT (e2ee_mls_path_open (group.tree, group.members[1].keys, 0, &path.path,
          e2ee_mls_buffer_view (path.context), us, 1, &commit_secret), E2EE_MLS_ERR_DECRYPT);
  four_clear ();
}

static void
test_a_joiner_refuses_a_path_secret_that_does_not_fit_the_tree (void)
{
  static const uint8_t long_secret[65];
  e2ee_mls_digest secret;
  e2ee_mls_tree_keys *keys = NULL;

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (merge (), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_keys_new (group.suite, 2, e2ee_mls_tree_keys_get
          (group.members[2].keys, 4), &keys), E2EE_MLS_OK);
  secret = *e2ee_mls_path_secret_for (path.made, 2);
  CHECK_INT (e2ee_mls_tree_keys_from_path_secret (keys, group.tree, 0,
          E2EE_BYTES (secret.data, 31)), E2EE_MLS_ERR_PATH_SECRET);
  CHECK_INT (e2ee_mls_tree_keys_from_path_secret (keys, group.tree, 0,
          E2EE_BYTES (long_secret, 65)), E2EE_MLS_ERR_PATH_SECRET);
  /* Its own leaf meets itself at no parent. */
  CHECK_INT (e2ee_mls_tree_keys_from_path_secret (keys, group.tree, 2,
          E2EE_BYTES (secret.data, 32)), E2EE_MLS_ERR_PATH_SECRET);
  secret.data[0] ^= 1;
  CHECK_INT (e2ee_mls_tree_keys_from_path_secret (keys, group.tree, 0,
          E2EE_BYTES (secret.data, 32)), E2EE_MLS_ERR_PATH_SECRET);
  secret.data[0] ^= 1;
  CHECK_INT (e2ee_mls_tree_keys_from_path_secret (keys, group.tree, 0,
          E2EE_BYTES (secret.data, 32)), E2EE_MLS_OK);
  CHECK (e2ee_mls_tree_keys_get (keys, 3).size > 0);
  e2ee_mls_tree_keys_free (keys);
  four_clear ();
}

static void
test_keys_survive_the_store (void)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_reader reader;
  e2ee_mls_tree_keys *read;

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  e2ee_mls_tree_keys_write (&writer, group.members[2].keys);
  e2ee_mls_reader_init (&reader, e2ee_mls_writer_view (&writer), NULL);
  CHECK_INT (e2ee_mls_tree_keys_read (&reader, group.suite, &read), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_keys_leaf (read), 2);
  for (uint32_t node = 0; node < 7; node++)
    CHECK_BYTES (e2ee_mls_tree_keys_get (read, node),
        e2ee_mls_tree_keys_get (group.members[2].keys, node));
  e2ee_mls_tree_keys_free (read);
  for (size_t size = 0; size < e2ee_mls_writer_view (&writer).size; size++) {
    CHECK_ROW ("%zu bytes", size);
    e2ee_mls_reader_init (&reader, E2EE_BYTES (e2ee_mls_writer_view (&writer).data, size), NULL);
    CHECK_INT (e2ee_mls_tree_keys_read (&reader, group.suite, &read), E2EE_MLS_ERR_TRUNCATED);
    CHECK (read == NULL);
  }
  e2ee_mls_writer_clear (&writer);
  four_clear ();
}

static void
test_stored_keys_of_another_size_are_refused (void)
{
  static const uint8_t stored[] = { 0, 0, 0, 1, 6, 0, 0, 0, 2, 1, 0x55 };
  e2ee_mls_reader reader;
  e2ee_mls_tree_keys *read;

  e2ee_mls_reader_init (&reader, E2EE_BYTES (stored, sizeof (stored)), NULL);
  CHECK_INT (e2ee_mls_tree_keys_read (&reader, test_suite (), &read), E2EE_MLS_ERR_KEY);
  CHECK (read == NULL);
}

static void
test_a_private_key_of_another_size_is_refused (void)
{
  static const uint8_t key[33];
  e2ee_mls_tree_keys *keys;

  CHECK_INT (e2ee_mls_tree_keys_new (test_suite (), 0, E2EE_BYTES (key, 31), &keys),
      E2EE_MLS_ERR_KEY);
  CHECK (keys == NULL);
  CHECK_INT (e2ee_mls_tree_keys_new (test_suite (), 0, E2EE_BYTES (key, 32), &keys),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_keys_set (keys, 1, E2EE_BYTES (key, 33)), E2EE_MLS_ERR_KEY);
  CHECK_INT (e2ee_mls_tree_keys_get (keys, 1).size, 0);
  e2ee_mls_tree_keys_free (keys);
}

static void
test_prune_forgets_keys_of_blank_nodes_and_of_nodes_outside (void)
{
  e2ee_mls_tree_keys *keys;

  four_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_keys_copy (group.members[0].keys, &keys), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_keys_set (keys, 7, e2ee_mls_tree_keys_get (keys, 0)), E2EE_MLS_OK);
  e2ee_mls_tree_blank (group.tree, 1);
  e2ee_mls_tree_keys_prune (keys, group.tree);
  CHECK_INT (e2ee_mls_tree_keys_get (keys, 1).size, 0);
  CHECK_INT (e2ee_mls_tree_keys_get (keys, 7).size, 0);
  CHECK_BYTES (e2ee_mls_tree_keys_get (keys, 0),
      e2ee_mls_tree_keys_get (group.members[0].keys, 0));
  CHECK_BYTES (e2ee_mls_tree_keys_get (keys, 3),
      e2ee_mls_tree_keys_get (group.members[0].keys, 3));
  e2ee_mls_tree_keys_free (keys);
  four_clear ();
}

/* Whatever allocation fails, there is an error and nothing leaks; the group's own tree stays. */
static void
test_without_memory_paths_fail_cleanly (void)
{
  test_memory memory = { 0, 0, 0 };
  e2ee_mls_buffer before, after;
  e2ee_mls_result r = E2EE_MLS_ERR_NO_MEMORY;

  test_memory_use (&memory);
  four_make ();
  CHECK_RETURN_IF_FAILED ();
  before = tree_encoded (group.tree);
  for (size_t fail_at = 1; r == E2EE_MLS_ERR_NO_MEMORY; fail_at++) {
    e2ee_mls_tree *tree = NULL;
    e2ee_mls_tree_keys *ours = NULL, *theirs = NULL;
    e2ee_mls_path *made = NULL;
    e2ee_mls_writer sealed = E2EE_MLS_WRITER_INIT;
    e2ee_mls_digest secret;

    memory.n_given = 0;
    memory.fail_at = fail_at;
    r = e2ee_mls_tree_copy (group.tree, &tree);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_tree_keys_copy (group.members[0].keys, &ours);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_path_prepare (e2ee_env_default (), tree, ours, e2ee_mls_tree_leaf (tree, 0),
          TEST_GROUP, e2ee_mls_secret_view (group.members[0].signature_private), &made);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_path_seal (made, e2ee_env_default (), tree,
          e2ee_mls_buffer_view (path.context), NULL, 0, &sealed);
    e2ee_mls_tree_free (tree);
    tree = NULL;
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_tree_copy (group.tree, &tree);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_path_merge (tree, 0, &path.path, NULL, 0);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_tree_keys_copy (group.members[3].keys, &theirs);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_path_open (tree, theirs, 0, &path.path, e2ee_mls_buffer_view (path.context),
          NULL, 0, &secret);
    memory.fail_at = 0;
    e2ee_mls_tree_free (tree);
    e2ee_mls_tree_keys_free (ours);
    e2ee_mls_tree_keys_free (theirs);
    e2ee_mls_path_free (made);
    e2ee_mls_writer_clear (&sealed);
  }
  CHECK_INT (r, E2EE_MLS_OK);
  after = tree_encoded (group.tree);
  CHECK_BYTES (e2ee_mls_buffer_view (after), e2ee_mls_buffer_view (before));
  e2ee_mls_buffer_clear (&before);
  e2ee_mls_buffer_clear (&after);
  four_clear ();
  CHECK_INT (memory.bytes, 0);
  e2ee_mls_set_allocator (NULL);
}

static const check_case cases[] = {
  CHECK_CASE (test_everybody_follows_everybody),
  CHECK_CASE (test_a_member_has_no_key_but_of_its_leaf_and_the_nodes_above),
  CHECK_CASE (test_added_members_get_no_ciphertext_but_a_path_secret),
  CHECK_CASE (test_unmerged_members_open_with_their_leaf_key),
  CHECK_CASE (test_a_group_of_one_makes_a_path_of_no_nodes),
  CHECK_CASE (test_paths_are_fresh_each_time),
  CHECK_CASE (test_random_histories_keep_trees_valid_and_keys_right),
  CHECK_CASE (test_a_sibling_hash_keeps_leaves_that_were_unmerged_before_the_commit),
  CHECK_CASE (test_a_suite_with_keys_of_1200_bytes_and_hashes_of_64_runs_alike),
  CHECK_CASE (test_valsem202_merge_refuses_a_path_that_is_too_short),
  CHECK_CASE (test_valsem202_merge_refuses_a_path_that_is_too_long),
  CHECK_CASE (test_valsem203_merge_refuses_a_missing_ciphertext),
  CHECK_CASE (test_valsem203_merge_refuses_a_ciphertext_for_an_added_member),
  CHECK_CASE (test_valsem206_merge_refuses_a_key_of_another_leaf),
  CHECK_CASE (test_valsem206_merge_refuses_a_key_of_a_parent_it_replaces),
  CHECK_CASE (test_valsem206_merge_refuses_one_key_twice_in_a_path),
  CHECK_CASE (test_valsem206_merge_refuses_the_leaf_key_for_a_node),
  CHECK_CASE (test_valsem206_merge_refuses_a_leaf_key_that_stays),
  CHECK_CASE (test_valsem206_merge_refuses_a_leaf_key_of_another_member),
  CHECK_CASE (test_merge_takes_an_external_committer_whose_leaf_was_added_before),
  CHECK_CASE (test_merge_refuses_a_wrong_parent_hash),
  CHECK_CASE (test_merge_refuses_an_absent_parent_hash),
  CHECK_CASE (test_merge_refuses_a_sender_outside_the_tree),
  CHECK_CASE (test_open_refuses_a_flipped_bit_in_ciphertext_and_encapsulation),
  CHECK_CASE (test_open_refuses_another_group_context),
  CHECK_CASE (test_valsem204_open_refuses_a_public_key_that_does_not_follow),
  CHECK_CASE (test_valsem204_open_refuses_a_path_secret_of_another_size),
  CHECK_CASE (test_open_refuses_a_path_of_ones_own),
  CHECK_CASE (test_open_refuses_a_path_whose_counts_were_not_checked),
  CHECK_CASE (test_open_refuses_a_path_that_is_not_for_us),
  CHECK_CASE (test_a_joiner_refuses_a_path_secret_that_does_not_fit_the_tree),
  CHECK_CASE (test_keys_survive_the_store),
  CHECK_CASE (test_stored_keys_of_another_size_are_refused),
  CHECK_CASE (test_a_private_key_of_another_size_is_refused),
  CHECK_CASE (test_prune_forgets_keys_of_blank_nodes_and_of_nodes_outside),
  CHECK_CASE (test_without_memory_paths_fail_cleanly),
};

TEST_MAIN (cases)
