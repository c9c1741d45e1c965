/* The ratchet tree: its encoding, how members come and go, what is looked up in it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tree-fixture.h"

#include "core/mls/tree-private.h"

/* A tree of @n members without parents, and one leaf more. */
static e2ee_mls_tree *tree;
static test_member members[17];
static test_member another;

static void
tree_of (uint32_t n)
{
  uint32_t leaf;

  for (uint32_t i = 0; i < n; i++)
    member_make (&members[i], test_suite (), i);
  member_make (&another, test_suite (), 99);
  CHECK_INT (e2ee_mls_tree_new (test_suite (), &members[0].leaf, &tree), E2EE_MLS_OK);
  for (uint32_t i = 1; i < n; i++) {
    CHECK_INT (e2ee_mls_tree_add (tree, &members[i].leaf, &leaf), E2EE_MLS_OK);
    CHECK_INT (leaf, i);
  }
}

static void
tree_gone (void)
{
  e2ee_mls_tree_free (tree);
  tree = NULL;
  for (size_t i = 0; i < CHECK_N (members); i++)
    member_clear (&members[i]);
  member_clear (&another);
}

/* A parent with a key that tells the nodes apart; @unmerged as in codec.h. */
static void
put_parent (uint32_t node, e2ee_bytes unmerged)
{
  uint8_t key[32] = { (uint8_t) node };
  const e2ee_mls_parent_node parent = {
    .encryption_key = E2EE_BYTES (key, sizeof (key)),
    .unmerged_leaves = unmerged,
  };

  CHECK_INT (e2ee_mls_tree_set_parent (tree, node, &parent), E2EE_MLS_OK);
}

static e2ee_mls_result
decode (e2ee_bytes encoded)
{
  e2ee_mls_tree *decoded = NULL;
  const e2ee_mls_result r = e2ee_mls_tree_decode (test_suite (), encoded, &decoded);

  if (r != E2EE_MLS_OK && decoded != NULL)
    check_fail (__FILE__, __LINE__, "a tree in spite of an error");
  e2ee_mls_tree_free (decoded);
  return r;
}

/* Decodes the entries @parts, joined, as one ratchet tree. */
static e2ee_mls_result
decode_parts (const e2ee_bytes * parts, size_t n_parts)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  const size_t begun = e2ee_mls_write_begin (&writer);
  e2ee_mls_result r;

  for (size_t i = 0; i < n_parts; i++)
    e2ee_mls_write_raw (&writer, parts[i]);
  e2ee_mls_write_end (&writer, begun);
  r = decode (e2ee_mls_writer_view (&writer));
  e2ee_mls_writer_clear (&writer);
  return r;
}

#define BLANK E2EE_BYTES ("\0", 1)
/* Present, a parent node with key "k" and nothing else. */
#define PARENT E2EE_BYTES ("\1\2\1k\0\0", 6)

static void
write_leaf_entry (e2ee_mls_writer * writer)
{
  e2ee_mls_write_u8 (writer, 1);
  e2ee_mls_write_u8 (writer, E2EE_MLS_NODE_LEAF);
  e2ee_mls_leaf_node_write (writer, &another.leaf);
}

static void
test_decode_refuses_a_tree_without_nodes (void)
{
  CHECK_INT (decode_parts (NULL, 0), E2EE_MLS_ERR_TREE_SHAPE);
}

static void
test_decode_refuses_a_tree_that_ends_in_a_blank (void)
{
  e2ee_mls_writer leaf = E2EE_MLS_WRITER_INIT;

  member_make (&another, test_suite (), 99);
  write_leaf_entry (&leaf);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { e2ee_mls_writer_view (&leaf) }, 1), E2EE_MLS_OK);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { e2ee_mls_writer_view (&leaf), BLANK }, 2),
      E2EE_MLS_ERR_TREE_SHAPE);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { BLANK }, 1), E2EE_MLS_ERR_TREE_SHAPE);
  e2ee_mls_writer_clear (&leaf);
  member_clear (&another);
}

static void
test_decode_refuses_a_node_in_the_wrong_place (void)
{
  e2ee_mls_writer leaf = E2EE_MLS_WRITER_INIT;
  e2ee_bytes entry;

  member_make (&another, test_suite (), 99);
  write_leaf_entry (&leaf);
  entry = e2ee_mls_writer_view (&leaf);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { entry, PARENT, entry }, 3), E2EE_MLS_OK);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { PARENT, PARENT, entry }, 3),
      E2EE_MLS_ERR_TREE_SHAPE);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { entry, entry, entry }, 3), E2EE_MLS_ERR_TREE_SHAPE);
  e2ee_mls_writer_clear (&leaf);
  member_clear (&another);
}

static void
test_decode_refuses_unknown_nodes_and_bad_options (void)
{
  CHECK_INT (decode_parts ((e2ee_bytes[]) { E2EE_BYTES ("\1\3\1k\0\0", 6) }, 1),
      E2EE_MLS_ERR_ENCODING);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { E2EE_BYTES ("\1\0\1k\0\0", 6) }, 1),
      E2EE_MLS_ERR_ENCODING);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { E2EE_BYTES ("\2\1", 2) }, 1), E2EE_MLS_ERR_ENCODING);
}

static void
test_decode_refuses_unmerged_leaves_of_half_a_number (void)
{
  CHECK_INT (decode_parts ((e2ee_bytes[]) { BLANK, E2EE_BYTES ("\1\2\1k\0\3\0\0\1", 9) }, 2),
      E2EE_MLS_ERR_TRUNCATED);
}

static void
test_decode_refuses_more_nodes_than_any_group_has (void)
{
  const size_t n = e2ee_mls_node_width (E2EE_MLS_MAX_LEAVES) + 1;
  uint8_t *blanks = e2ee_mls_alloc (n, 1);

  CHECK (blanks != NULL);
  CHECK_INT (decode_parts ((e2ee_bytes[]) { E2EE_BYTES (blanks, n) }, 1),
      E2EE_MLS_ERR_TREE_FULL);
  e2ee_mls_free (blanks);
}

static void
test_decode_refuses_every_cut_and_what_follows (void)
{
  e2ee_mls_buffer encoded;
  uint8_t *longer;

  tree_of (3);
  put_parent (1, E2EE_NO_BYTES);
  encoded = tree_encoded (tree);
  CHECK_INT (decode (e2ee_mls_buffer_view (encoded)), E2EE_MLS_OK);
  for (size_t size = 0; size < encoded.size; size++) {
    CHECK_ROW ("%zu bytes", size);
    CHECK_INT (decode (E2EE_BYTES (encoded.data, size)), E2EE_MLS_ERR_TRUNCATED);
  }
  longer = e2ee_mls_alloc (encoded.size + 1, 1);
  memcpy (longer, encoded.data, encoded.size);
  CHECK_INT (decode (E2EE_BYTES (longer, encoded.size + 1)), E2EE_MLS_ERR_TRAILING);
  e2ee_mls_free (longer);
  e2ee_mls_buffer_clear (&encoded);
  tree_gone ();
}

static void
test_a_decoded_tree_is_written_as_it_came (void)
{
  e2ee_mls_buffer encoded, again;
  e2ee_mls_tree *decoded;

  tree_of (6);
  put_parent (1, E2EE_NO_BYTES);
  put_parent (3, E2EE_BYTES ("\0\0\0\1\0\0\0\2", 8));
  encoded = tree_encoded (tree);
  CHECK_INT (e2ee_mls_tree_decode (test_suite (), e2ee_mls_buffer_view (encoded), &decoded),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_n_leaves (decoded), 8);
  CHECK_INT (e2ee_mls_tree_n_members (decoded), 6);
  again = tree_encoded (decoded);
  CHECK_BYTES (e2ee_mls_buffer_view (again), e2ee_mls_buffer_view (encoded));
  e2ee_mls_buffer_clear (&encoded);
  e2ee_mls_buffer_clear (&again);
  e2ee_mls_tree_free (decoded);
  tree_gone ();
}

static void
test_add_takes_the_leftmost_blank_leaf (void)
{
  uint32_t leaf;

  tree_of (5);
  CHECK_INT (e2ee_mls_tree_remove (tree, 3), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_remove (tree, 1), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_add (tree, &another.leaf, &leaf), E2EE_MLS_OK);
  CHECK_INT (leaf, 1);
  CHECK_INT (e2ee_mls_tree_add (tree, &members[1].leaf, &leaf), E2EE_MLS_OK);
  CHECK_INT (leaf, 3);
  CHECK_INT (e2ee_mls_tree_add (tree, &members[3].leaf, &leaf), E2EE_MLS_OK);
  CHECK_INT (leaf, 5);
  CHECK_INT (e2ee_mls_tree_n_members (tree), 6);
  tree_gone ();
}

static void
test_add_to_a_full_tree_doubles_it (void)
{
  uint32_t leaf;

  tree_of (4);
  CHECK_INT (e2ee_mls_tree_n_leaves (tree), 4);
  put_parent (3, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_add (tree, &another.leaf, &leaf), E2EE_MLS_OK);
  CHECK_INT (leaf, 4);
  CHECK_INT (e2ee_mls_tree_n_leaves (tree), 8);
  CHECK_INT (e2ee_mls_u32_list_size (e2ee_mls_tree_parent (tree, 3)->unmerged_leaves), 0);
  tree_gone ();
}

static void
test_add_lists_the_leaf_as_unmerged_in_order (void)
{
  uint32_t leaf;

  tree_of (8);
  CHECK_INT (e2ee_mls_tree_remove (tree, 2), E2EE_MLS_OK);
  put_parent (3, E2EE_BYTES ("\0\0\0\1\0\0\0\3", 8));
  put_parent (7, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_add (tree, &another.leaf, &leaf), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_tree_parent (tree, 3)->unmerged_leaves,
      E2EE_BYTES ("\0\0\0\1\0\0\0\2\0\0\0\3", 12));
  CHECK_BYTES (e2ee_mls_tree_parent (tree, 7)->unmerged_leaves, E2EE_BYTES ("\0\0\0\2", 4));
  tree_gone ();
}

static void
test_add_refuses_what_no_tree_holds (void)
{
  uint32_t leaf;

  member_make (&another, test_suite (), 99);
  CHECK_INT (e2ee_mls_tree_alloc (test_suite (), E2EE_MLS_MAX_LEAVES, &tree), E2EE_MLS_OK);
  tree->first_blank = E2EE_MLS_MAX_LEAVES;
  CHECK_INT (e2ee_mls_tree_add (tree, &another.leaf, &leaf), E2EE_MLS_ERR_TREE_FULL);
  CHECK_INT (e2ee_mls_tree_n_members (tree), 0);
  tree_gone ();
}

static void
test_update_replaces_the_leaf_and_blanks_its_path (void)
{
  tree_of (8);
  for (uint32_t node = 1; node < 15; node += 2)
    put_parent (node, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_update (tree, 2, &another.leaf), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_tree_leaf (tree, 2)->signature_key, another.leaf.signature_key);
  for (uint32_t node = 1; node < 15; node += 2)
    CHECK_INT (e2ee_mls_tree_is_blank (tree, node), node == 5 || node == 3 || node == 7);
  CHECK_INT (e2ee_mls_tree_n_members (tree), 8);
  tree_gone ();
}

static void
test_remove_blanks_leaf_and_path (void)
{
  tree_of (8);
  for (uint32_t node = 1; node < 15; node += 2)
    put_parent (node, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_remove (tree, 4), E2EE_MLS_OK);
  CHECK (e2ee_mls_tree_leaf (tree, 4) == NULL);
  for (uint32_t node = 1; node < 15; node += 2)
    CHECK_INT (e2ee_mls_tree_is_blank (tree, node), node == 9 || node == 11 || node == 7);
  CHECK_INT (e2ee_mls_tree_n_members (tree), 7);
  CHECK_INT (e2ee_mls_tree_n_leaves (tree), 8);
  tree_gone ();
}

static void
test_remove_truncates_as_far_as_leaves_are_blank (void)
{
  uint32_t leaf;

  tree_of (9);
  CHECK_INT (e2ee_mls_tree_remove (tree, 4), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_remove (tree, 5), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_remove (tree, 6), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_remove (tree, 7), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_n_leaves (tree), 16);
  /* A root on the way goes although it has a key, and is blank when the tree grows again. */
  put_parent (7, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_remove (tree, 8), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_n_leaves (tree), 4);
  CHECK_INT (e2ee_mls_tree_n_members (tree), 4);
  CHECK_INT (e2ee_mls_tree_add (tree, &another.leaf, &leaf), E2EE_MLS_OK);
  CHECK_INT (leaf, 4);
  CHECK (e2ee_mls_tree_is_blank (tree, 7));
  tree_gone ();
}

static void
test_a_tree_that_was_truncated_grows_blank_nodes (void)
{
  uint32_t leaf;

  tree_of (5);
  put_parent (7, E2EE_NO_BYTES);
  put_parent (9, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_remove (tree, 4), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_n_leaves (tree), 4);
  CHECK_INT (e2ee_mls_tree_add (tree, &another.leaf, &leaf), E2EE_MLS_OK);
  CHECK_INT (leaf, 4);
  CHECK (e2ee_mls_tree_is_blank (tree, 7));
  CHECK (e2ee_mls_tree_is_blank (tree, 9));
  tree_gone ();
}

static void
test_changes_of_a_blank_leaf_are_refused (void)
{
  tree_of (3);
  CHECK_INT (e2ee_mls_tree_remove (tree, 3), E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
  CHECK_INT (e2ee_mls_tree_remove (tree, 4), E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
  CHECK_INT (e2ee_mls_tree_remove (tree, UINT32_MAX), E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
  /* Twice this is 2 in 32 bits, which is the node of leaf 1. */
  CHECK_INT (e2ee_mls_tree_remove (tree, 0x80000001), E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
  CHECK_INT (e2ee_mls_tree_update (tree, 3, &another.leaf), E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
  CHECK_INT (e2ee_mls_tree_update (tree, 0x80000001, &another.leaf),
      E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
  CHECK_INT (e2ee_mls_tree_n_members (tree), 3);
  tree_gone ();
}

static void
test_nodes_outside_the_tree_are_neither_set_nor_looked_at (void)
{
  const e2ee_mls_parent_node parent = { E2EE_NO_BYTES, E2EE_NO_BYTES, E2EE_NO_BYTES };
  e2ee_mls_node_list list;
  e2ee_mls_digest hash;

  tree_of (3);
  CHECK_INT (e2ee_mls_tree_set_leaf (tree, 4, &another.leaf), E2EE_MLS_ERR_ARGUMENT);
  CHECK_INT (e2ee_mls_tree_set_parent (tree, 7, &parent), E2EE_MLS_ERR_ARGUMENT);
  CHECK_INT (e2ee_mls_tree_set_parent (tree, 2, &parent), E2EE_MLS_ERR_ARGUMENT);
  e2ee_mls_tree_blank (tree, 7);
  CHECK (e2ee_mls_tree_leaf (tree, 4) == NULL);
  CHECK (e2ee_mls_tree_parent (tree, 7) == NULL);
  CHECK (e2ee_mls_tree_parent (tree, 2) == NULL);
  CHECK_INT (e2ee_mls_tree_encryption_key (tree, 7).size, 0);
  CHECK_INT (e2ee_mls_tree_resolution (tree, 7, NULL, 0, &list), E2EE_MLS_ERR_ARGUMENT);
  CHECK_INT (e2ee_mls_tree_filtered_path (tree, 4, &list, NULL), E2EE_MLS_ERR_ARGUMENT);
  CHECK_INT (e2ee_mls_tree_hash (tree, 7, &hash), E2EE_MLS_ERR_ARGUMENT);
  CHECK_INT (e2ee_mls_parent_hash (tree, 1, 0, &hash), E2EE_MLS_ERR_ARGUMENT);
  put_parent (1, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_parent_hash (tree, 1, 4, &hash), E2EE_MLS_ERR_ARGUMENT);
  CHECK_INT (e2ee_mls_parent_hash (tree, 1, 0, &hash), E2EE_MLS_OK);
  tree_gone ();
}

static void
test_keys_are_found_where_they_stand (void)
{
  tree_of (5);
  put_parent (3, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_find_signature_key (tree, members[4].leaf.signature_key), 4);
  CHECK_INT (e2ee_mls_tree_find_signature_key (tree, another.leaf.signature_key),
      E2EE_MLS_NO_NODE);
  CHECK_INT (e2ee_mls_tree_find_leaf_encryption_key (tree, members[3].leaf.encryption_key), 3);
  CHECK_INT (e2ee_mls_tree_find_leaf_encryption_key (tree,
          e2ee_mls_tree_encryption_key (tree, 3)), E2EE_MLS_NO_NODE);
  CHECK_INT (e2ee_mls_tree_find_encryption_key (tree, members[3].leaf.encryption_key), 6);
  CHECK_INT (e2ee_mls_tree_find_encryption_key (tree, e2ee_mls_tree_encryption_key (tree, 3)), 3);
  CHECK_INT (e2ee_mls_tree_find_encryption_key (tree, another.leaf.encryption_key),
      E2EE_MLS_NO_NODE);
  CHECK_INT (e2ee_mls_tree_find_encryption_key (tree, E2EE_NO_BYTES), E2EE_MLS_NO_NODE);
  tree_gone ();
}

static void
check_list (const e2ee_mls_node_list * list, const uint32_t * expected, size_t n_expected)
{
  CHECK_INT (list->n_nodes, n_expected);
  for (size_t i = 0; i < n_expected; i++)
    CHECK_INT (list->nodes[i], expected[i]);
}

static void
test_a_resolution_leaves_out_what_it_is_told_to (void)
{
  static const uint32_t excluded[] = { 1, 3, 4 };
  e2ee_mls_node_list list;

  tree_of (8);
  put_parent (3, E2EE_BYTES ("\0\0\0\0\0\0\0\1", 8));
  CHECK_INT (e2ee_mls_tree_resolution (tree, 7, NULL, 0, &list), E2EE_MLS_OK);
  check_list (&list, (uint32_t[]) { 3, 0, 2, 8, 10, 12, 14 }, 7);
  e2ee_mls_node_list_clear (&list);
  CHECK_INT (e2ee_mls_tree_resolution (tree, 7, excluded, 3, &list), E2EE_MLS_OK);
  check_list (&list, (uint32_t[]) { 3, 0, 10, 12, 14 }, 5);
  e2ee_mls_node_list_clear (&list);
  CHECK_INT (e2ee_mls_tree_resolution (tree, 8, excluded, 3, &list), E2EE_MLS_OK);
  check_list (&list, NULL, 0);
  e2ee_mls_node_list_clear (&list);
  tree_gone ();
}

static void
test_a_filtered_path_skips_nodes_over_blank_subtrees (void)
{
  e2ee_mls_node_list path, copath;

  tree_of (9);
  CHECK_INT (e2ee_mls_tree_remove (tree, 2), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_remove (tree, 3), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_filtered_path (tree, 0, &path, &copath), E2EE_MLS_OK);
  check_list (&path, (uint32_t[]) { 1, 7, 15 }, 3);
  check_list (&copath, (uint32_t[]) { 2, 11, 23 }, 3);
  e2ee_mls_node_list_clear (&path);
  e2ee_mls_node_list_clear (&copath);
  CHECK_INT (e2ee_mls_tree_filtered_path (tree, 8, &path, NULL), E2EE_MLS_OK);
  check_list (&path, (uint32_t[]) { 15 }, 1);
  e2ee_mls_node_list_clear (&path);
  tree_gone ();
}

static void
test_a_copy_stays_when_the_original_changes (void)
{
  e2ee_mls_tree *copy;
  e2ee_mls_buffer before, after;
  e2ee_mls_digest hash_before, hash_after;
  uint32_t leaf;

  tree_of (4);
  put_parent (3, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash_before), E2EE_MLS_OK);
  before = tree_encoded (tree);
  CHECK_INT (e2ee_mls_tree_copy (tree, &copy), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_update (tree, 1, &another.leaf), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_add (tree, &members[1].leaf, &leaf), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_remove (tree, 0), E2EE_MLS_OK);
  e2ee_mls_tree_free (tree);
  tree = copy;
  after = tree_encoded (tree);
  CHECK_BYTES (e2ee_mls_buffer_view (after), e2ee_mls_buffer_view (before));
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash_after), E2EE_MLS_OK);
  CHECK_MEM (hash_after.data, hash_before.data, 32);
  e2ee_mls_buffer_clear (&before);
  e2ee_mls_buffer_clear (&after);
  tree_gone ();
}

/* The hash that the tree keeps is the one that the same tree has when nothing is kept. */
static void
check_hashes_are_fresh (void)
{
  e2ee_mls_buffer encoded = tree_encoded (tree);
  e2ee_mls_tree *decoded;
  e2ee_mls_digest kept, fresh;

  CHECK_INT (e2ee_mls_tree_decode (test_suite (), e2ee_mls_buffer_view (encoded), &decoded),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_n_leaves (decoded), e2ee_mls_tree_n_leaves (tree));
  CHECK_INT (e2ee_mls_tree_n_members (decoded), e2ee_mls_tree_n_members (tree));
  for (uint32_t i = 0; i < e2ee_mls_node_width (e2ee_mls_tree_n_leaves (tree)); i++) {
    CHECK_INT (e2ee_mls_tree_hash (tree, i, &kept), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_tree_hash (decoded, i, &fresh), E2EE_MLS_OK);
    CHECK_MEM (kept.data, fresh.data, 32);
  }
  e2ee_mls_tree_free (decoded);
  e2ee_mls_buffer_clear (&encoded);
}

static void
change_by_chance (uint32_t chance)
{
  const uint32_t n_leaves = e2ee_mls_tree_n_leaves (tree);
  const uint32_t leaf = chance / 8 % n_leaves;
  const int there = e2ee_mls_tree_leaf (tree, leaf) != NULL;
  uint32_t added;

  switch (chance % 8) {
    case 0:
    case 1:
      if (n_leaves <= 16)
        CHECK_INT (e2ee_mls_tree_add (tree, &members[chance / 8 % 17].leaf, &added),
            E2EE_MLS_OK);
      break;
    case 2:
    case 3:
      if (e2ee_mls_tree_n_members (tree) > 1)
        CHECK_INT (e2ee_mls_tree_remove (tree, leaf),
            there ? E2EE_MLS_OK : E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
      break;
    case 4:
      CHECK_INT (e2ee_mls_tree_update (tree, leaf, &another.leaf),
          there ? E2EE_MLS_OK : E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
      break;
    case 5:
      if (there)
        CHECK_INT (e2ee_mls_tree_set_leaf (tree, leaf, &members[chance / 8 % 17].leaf),
            E2EE_MLS_OK);
      break;
    default:
      /* Not beyond the last member: such a parent would not be a tree's. */
      if (there && n_leaves > 1)
        put_parent (e2ee_mls_parent (2 * leaf, n_leaves), E2EE_NO_BYTES);
  }
}

static void
test_kept_hashes_are_those_of_a_tree_read_anew (void)
{
  uint32_t chance = 1;

  tree_of (17);
  for (uint32_t step = 0; step < 500; step++) {
    CHECK_ROW ("step %u", (unsigned) step);
    chance = chance * 1103515245 + 12345;
    change_by_chance (chance >> 8);
    CHECK_RETURN_IF_FAILED ();
    if (step % 3 == 0)
      check_hashes_are_fresh ();
    CHECK_RETURN_IF_FAILED ();
  }
  tree_gone ();
}

typedef e2ee_mls_result (*change) (void);

static e2ee_mls_result
change_add (void)
{
  uint32_t leaf;

  return e2ee_mls_tree_add (tree, &another.leaf, &leaf);
}

static e2ee_mls_result
change_update (void)
{
  return e2ee_mls_tree_update (tree, 1, &another.leaf);
}

static e2ee_mls_result
change_parent (void)
{
  const e2ee_mls_parent_node parent = { another.leaf.encryption_key, E2EE_NO_BYTES,
    E2EE_NO_BYTES };

  return e2ee_mls_tree_set_parent (tree, 5, &parent);
}

static e2ee_mls_result
change_copy (void)
{
  e2ee_mls_tree *copy = NULL;
  const e2ee_mls_result r = e2ee_mls_tree_copy (tree, &copy);

  e2ee_mls_tree_free (copy);
  return r;
}

static e2ee_mls_result
change_decode (void)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_tree *decoded = NULL;
  e2ee_mls_result r;

  e2ee_mls_tree_write (&writer, tree);
  r = writer.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_decode (test_suite (), e2ee_mls_writer_view (&writer), &decoded);
  e2ee_mls_writer_clear (&writer);
  e2ee_mls_tree_free (decoded);
  return r;
}

static e2ee_mls_result
change_new (void)
{
  e2ee_mls_tree *made = NULL;
  const e2ee_mls_result r = e2ee_mls_tree_new (test_suite (), &another.leaf, &made);

  e2ee_mls_tree_free (made);
  return r;
}

static e2ee_mls_result
change_look (void)
{
  e2ee_mls_node_list path, copath;
  e2ee_mls_result r = e2ee_mls_tree_filtered_path (tree, 0, &path, &copath);

  e2ee_mls_node_list_clear (&path);
  e2ee_mls_node_list_clear (&copath);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_resolution (tree, e2ee_mls_root (e2ee_mls_tree_n_leaves (tree)), NULL, 0,
        &path);
  e2ee_mls_node_list_clear (&path);
  return r;
}

/* Each allocation fails in turn; the tree must be as it was, and the change work at last. */
static void
check_fails_cleanly (uint32_t n_members, change does)
{
  test_memory memory = { 0, 0, 0 };
  e2ee_mls_buffer before, after;
  e2ee_mls_result r = E2EE_MLS_ERR_NO_MEMORY;

  test_memory_use (&memory);
  tree_of (n_members);
  put_parent (1, E2EE_NO_BYTES);
  put_parent (3, E2EE_NO_BYTES);
  CHECK_RETURN_IF_FAILED ();
  before = tree_encoded (tree);
  for (size_t fail_at = 1; r == E2EE_MLS_ERR_NO_MEMORY; fail_at++) {
    memory.n_given = 0;
    memory.fail_at = fail_at;
    r = does ();
    memory.fail_at = 0;
    if (r == E2EE_MLS_OK)
      break;
    CHECK_INT (r, E2EE_MLS_ERR_NO_MEMORY);
    after = tree_encoded (tree);
    CHECK_BYTES (e2ee_mls_buffer_view (after), e2ee_mls_buffer_view (before));
    e2ee_mls_buffer_clear (&after);
  }
  CHECK_INT (r, E2EE_MLS_OK);
  e2ee_mls_buffer_clear (&before);
  tree_gone ();
  CHECK_INT (memory.bytes, 0);
  e2ee_mls_set_allocator (NULL);
}

static void
test_without_memory_an_add_changes_nothing (void)
{
  check_fails_cleanly (3, change_add);
  CHECK_RETURN_IF_FAILED ();
  check_fails_cleanly (4, change_add);
}

static void
test_without_memory_updates_parents_and_copies_change_nothing (void)
{
  check_fails_cleanly (4, change_update);
  CHECK_RETURN_IF_FAILED ();
  check_fails_cleanly (4, change_parent);
  CHECK_RETURN_IF_FAILED ();
  check_fails_cleanly (4, change_new);
  CHECK_RETURN_IF_FAILED ();
  check_fails_cleanly (4, change_copy);
  CHECK_RETURN_IF_FAILED ();
  check_fails_cleanly (4, change_decode);
  CHECK_RETURN_IF_FAILED ();
  check_fails_cleanly (17, change_look);
}

static void
test_common_ancestors_are_the_lowest_above_both (void)
{
  CHECK_INT (e2ee_mls_common_ancestor (0, 2), 1);
  CHECK_INT (e2ee_mls_common_ancestor (0, 4), 3);
  CHECK_INT (e2ee_mls_common_ancestor (2, 12), 7);
  CHECK_INT (e2ee_mls_common_ancestor (8, 10), 9);
  CHECK_INT (e2ee_mls_common_ancestor (6, 8), 7);
  CHECK_INT (e2ee_mls_common_ancestor (4, 4), 4);
  CHECK_INT (e2ee_mls_common_ancestor (5, 6), 5);
  CHECK_INT (e2ee_mls_common_ancestor (6, 5), 5);
  CHECK_INT (e2ee_mls_common_ancestor (1, 5), 3);
  CHECK_INT (e2ee_mls_node_width (0), 0);
  CHECK_INT (e2ee_mls_root (0), E2EE_MLS_NO_NODE);
}

static const check_case cases[] = {
  CHECK_CASE (test_decode_refuses_a_tree_without_nodes),
  CHECK_CASE (test_decode_refuses_a_tree_that_ends_in_a_blank),
  CHECK_CASE (test_decode_refuses_a_node_in_the_wrong_place),
  CHECK_CASE (test_decode_refuses_unknown_nodes_and_bad_options),
  CHECK_CASE (test_decode_refuses_unmerged_leaves_of_half_a_number),
  CHECK_CASE (test_decode_refuses_more_nodes_than_any_group_has),
  CHECK_CASE (test_decode_refuses_every_cut_and_what_follows),
  CHECK_CASE (test_a_decoded_tree_is_written_as_it_came),
  CHECK_CASE (test_add_takes_the_leftmost_blank_leaf),
  CHECK_CASE (test_add_to_a_full_tree_doubles_it),
  CHECK_CASE (test_add_lists_the_leaf_as_unmerged_in_order),
  CHECK_CASE (test_add_refuses_what_no_tree_holds),
  CHECK_CASE (test_update_replaces_the_leaf_and_blanks_its_path),
  CHECK_CASE (test_remove_blanks_leaf_and_path),
  CHECK_CASE (test_remove_truncates_as_far_as_leaves_are_blank),
  CHECK_CASE (test_a_tree_that_was_truncated_grows_blank_nodes),
  CHECK_CASE (test_changes_of_a_blank_leaf_are_refused),
  CHECK_CASE (test_nodes_outside_the_tree_are_neither_set_nor_looked_at),
  CHECK_CASE (test_keys_are_found_where_they_stand),
  CHECK_CASE (test_a_resolution_leaves_out_what_it_is_told_to),
  CHECK_CASE (test_a_filtered_path_skips_nodes_over_blank_subtrees),
  CHECK_CASE (test_a_copy_stays_when_the_original_changes),
  CHECK_CASE (test_kept_hashes_are_those_of_a_tree_read_anew),
  CHECK_CASE (test_without_memory_an_add_changes_nothing),
  CHECK_CASE (test_without_memory_updates_parents_and_copies_change_nothing),
  CHECK_CASE (test_common_ancestors_are_the_lowest_above_both),
};

TEST_MAIN (cases)
