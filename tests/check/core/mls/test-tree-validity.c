/* Whole trees, as one who joins meets them: RFC 9420 sections 7.9.2 and 12.4.3.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tree-fixture.h"

#include "core/mls/validate.h"

static test_group group;

/* Eight members who all committed; then the last is taken out and a new one added, so that leaf 7
 * is unmerged at nodes 11 and 7 once 6 and 0 have committed. */
static void
eight_make (void)
{
  uint32_t leaf;

  group_make (&group, test_suite (), 8);
  group_fill (&group);
  CHECK_RETURN_IF_FAILED ();
  group_remove (&group, 7);
  group_commit (&group, 6, NULL, 0);
  group_commit (&group, 4, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  group_add (&group, &leaf);
  CHECK_INT (leaf, 7);
}

static void
eight_clear (void)
{
  group_clear (&group);
}

static int
accept (void *user, const e2ee_mls_credential_check * check)
{
  return 1;
}

static int
refuse (void *user, const e2ee_mls_credential_check * check)
{
  return 0;
}

static uint64_t
test_time (void *user)
{
  return TEST_NOW;
}

static e2ee_mls_host
host_that (int (*check) (void *, const e2ee_mls_credential_check *))
{
  return (e2ee_mls_host) {
    .env = e2ee_env_default (),
    .unix_time = test_time,
    .check_credential = check,
  };
}

static e2ee_mls_result
validate_with (const e2ee_mls_host * host, e2ee_mls_extensions extensions)
{
  e2ee_mls_digest hash;
  e2ee_mls_group_context context = {
    .version = E2EE_MLS_VERSION,
    .cipher_suite = group.suite->id,
    .group_id = TEST_GROUP,
    .extensions = extensions,
  };

  if (e2ee_mls_tree_root_hash (group.tree, &hash) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no tree hash");
  context.tree_hash = e2ee_mls_digest_view (group.suite, &hash);
  return e2ee_mls_tree_validate (host, group.tree, &context);
}

static e2ee_mls_result
validate (void)
{
  const e2ee_mls_host host = host_that (accept);

  return validate_with (&host, (e2ee_mls_extensions) { E2EE_NO_BYTES });
}

/* Changes one field of a parent, then looks what the tree is worth. */
static void
set_unmerged (uint32_t node, e2ee_bytes unmerged)
{
  e2ee_mls_parent_node parent = *e2ee_mls_tree_parent (group.tree, node);

  parent.unmerged_leaves = unmerged;
  CHECK_INT (e2ee_mls_tree_set_parent (group.tree, node, &parent), E2EE_MLS_OK);
}

static void
check_unmerged_refused (uint32_t node, e2ee_bytes unmerged)
{
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  set_unmerged (node, unmerged);
  CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (group.tree), E2EE_MLS_ERR_UNMERGED_LEAVES);
  CHECK_INT (validate (), E2EE_MLS_ERR_UNMERGED_LEAVES);
  eight_clear ();
}

static void
test_a_tree_with_unmerged_leaves_is_valid (void)
{
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_BYTES (e2ee_mls_tree_parent (group.tree, 7)->unmerged_leaves,
      E2EE_BYTES ("\0\0\0\7", 4));
  CHECK_BYTES (e2ee_mls_tree_parent (group.tree, 11)->unmerged_leaves,
      E2EE_BYTES ("\0\0\0\7", 4));
  CHECK_INT (validate (), E2EE_MLS_OK);
  eight_clear ();
}

static void
test_unmerged_leaves_that_are_not_below_are_refused (void)
{
  check_unmerged_refused (3, E2EE_BYTES ("\0\0\0\4", 4));
}

static void
test_unmerged_leaves_that_are_not_below_are_refused_with_blanks_between (void)
{
  static const uint8_t key[32] = { 9 };
  const e2ee_mls_parent_node parent = {
    E2EE_BYTES (key, 32), E2EE_NO_BYTES, E2EE_BYTES ("\0\0\0\4", 4)
  };

  group_make (&group, test_suite (), 8);
  CHECK_INT (e2ee_mls_tree_set_parent (group.tree, 3, &parent), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (group.tree), E2EE_MLS_ERR_UNMERGED_LEAVES);
  eight_clear ();
}

static void
test_unmerged_leaves_outside_the_tree_are_refused (void)
{
  check_unmerged_refused (7, E2EE_BYTES ("\0\0\0\10", 4));
}

static void
test_unmerged_leaves_whose_node_number_would_wrap_are_refused (void)
{
  check_unmerged_refused (7, E2EE_BYTES ("\200\0\0\7", 4));
}

static void
test_unmerged_leaves_that_are_blank_are_refused (void)
{
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  e2ee_mls_tree_blank (group.tree, 14);
  CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (group.tree), E2EE_MLS_ERR_UNMERGED_LEAVES);
  eight_clear ();
}

static void
test_unmerged_leaves_that_a_node_between_lacks_are_refused (void)
{
  check_unmerged_refused (11, E2EE_NO_BYTES);
}

static void
test_unmerged_leaves_that_do_not_ascend_are_refused (void)
{
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  set_unmerged (11, E2EE_BYTES ("\0\0\0\7\0\0\0\5", 8));
  set_unmerged (9, E2EE_BYTES ("\0\0\0\5", 4));
  CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (group.tree), E2EE_MLS_ERR_UNMERGED_LEAVES);
  set_unmerged (11, E2EE_BYTES ("\0\0\0\5\0\0\0\7", 8));
  CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (group.tree), E2EE_MLS_OK);
  eight_clear ();
}

static void
test_unmerged_leaves_that_come_twice_are_refused (void)
{
  check_unmerged_refused (11, E2EE_BYTES ("\0\0\0\7\0\0\0\7", 8));
}

static void
test_a_flipped_bit_in_any_parent_breaks_the_parent_hashes (void)
{
  static const uint32_t nodes[] = { 1, 3, 5, 7, 9, 11 };

  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  for (size_t i = 0; i < CHECK_N (nodes); i++) {
    const e2ee_mls_parent_node *old = e2ee_mls_tree_parent (group.tree, nodes[i]);
    e2ee_mls_parent_node parent = *old;
    uint8_t key[32], kept[32];

    CHECK_ROW ("node %u", (unsigned) nodes[i]);
    memcpy (kept, old->encryption_key.data, 32);
    memcpy (key, kept, 32);
    key[0] ^= 1;
    parent.encryption_key = E2EE_BYTES (key, 32);
    CHECK_INT (e2ee_mls_tree_set_parent (group.tree, nodes[i], &parent), E2EE_MLS_OK);
    CHECK_INT (validate (), E2EE_MLS_ERR_PARENT_HASH);
    parent = *e2ee_mls_tree_parent (group.tree, nodes[i]);
    parent.encryption_key = E2EE_BYTES (kept, 32);
    CHECK_INT (e2ee_mls_tree_set_parent (group.tree, nodes[i], &parent), E2EE_MLS_OK);
    CHECK_INT (validate (), E2EE_MLS_OK);
  }
  eight_clear ();
}

static void
test_a_parent_without_parent_hash_below_another_is_refused (void)
{
  e2ee_mls_parent_node parent;

  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  parent = *e2ee_mls_tree_parent (group.tree, 11);
  CHECK_INT (parent.parent_hash.size, 32);
  parent.parent_hash = E2EE_NO_BYTES;
  CHECK_INT (e2ee_mls_tree_set_parent (group.tree, 11, &parent), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_ERR_PARENT_HASH);
  eight_clear ();
}

static void
test_a_parent_that_no_member_committed_is_refused (void)
{
  static const uint8_t key[32] = { 9 };
  const e2ee_mls_parent_node parent = { E2EE_BYTES (key, 32), E2EE_NO_BYTES, E2EE_NO_BYTES };

  group_make (&group, test_suite (), 8);
  CHECK_INT (validate (), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_set_parent (group.tree, 5, &parent), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_PARENT_HASH);
  eight_clear ();
}

static void
test_a_parent_over_blank_leaves_is_refused (void)
{
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  e2ee_mls_tree_blank (group.tree, 4);
  e2ee_mls_tree_blank (group.tree, 6);
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_ERR_PARENT_HASH);
  eight_clear ();
}

/* The sibling's subtree is part of the parent hash, but not what was added to it later. */
static void
test_a_sibling_that_changed_behind_a_parents_back_is_refused (void)
{
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  group.members[7].leaf.not_after++;
  member_sign (&group.members[7], 7);
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 7, &group.members[7].leaf), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_OK);
  group.members[0].leaf.not_after++;
  member_sign (&group.members[0], 0);
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 0, &group.members[0].leaf), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_ERR_PARENT_HASH);
  eight_clear ();
}

static void
test_a_leaf_that_is_not_listed_as_unmerged_is_refused (void)
{
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  set_unmerged (7, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_verify_unmerged_leaves (group.tree), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_PARENT_HASH);
  eight_clear ();
}

/* Leaf 1 committed alone on its side, so its parent hash is right; the leaf beside it never got the
 * key of the root, nor is it said to be unmerged there. */
static void
test_a_leaf_that_was_slipped_in_beside_a_committer_is_refused (void)
{
  test_member slipped;

  group_make (&group, test_suite (), 4);
  group_remove (&group, 0);
  group_commit (&group, 1, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (validate (), E2EE_MLS_OK);
  member_make (&slipped, test_suite (), 99);
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 0, &slipped.leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_PARENT_HASH);
  member_clear (&slipped);
  eight_clear ();
}

/* Said to be unmerged, but not in the resolution. */
static void
test_a_parent_hash_over_an_unmerged_leaf_that_is_not_there_is_refused (void)
{
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  e2ee_mls_tree_blank (group.tree, 14);
  set_unmerged (11, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_ERR_PARENT_HASH);
  set_unmerged (7, E2EE_NO_BYTES);
  CHECK_INT (e2ee_mls_tree_verify_parent_hashes (group.tree), E2EE_MLS_OK);
  eight_clear ();
}

static void
test_valsem300_a_tree_with_another_hash_is_refused (void)
{
  static const uint8_t zeros[32];
  const e2ee_mls_host host = host_that (accept);
  e2ee_mls_group_context context = {
    .cipher_suite = test_suite ()->id,
    .group_id = TEST_GROUP,
    .tree_hash = E2EE_BYTES (zeros, 32),
  };

  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_validate (&host, group.tree, &context), E2EE_MLS_ERR_TREE_HASH);
  context.tree_hash.size = 0;
  CHECK_INT (e2ee_mls_tree_validate (&host, group.tree, &context), E2EE_MLS_ERR_TREE_HASH);
  eight_clear ();
}

static void
test_a_tree_of_another_suite_is_refused (void)
{
  const e2ee_mls_host host = host_that (accept);
  const e2ee_mls_group_context context = {
    .cipher_suite = E2EE_MLS_SUITE_X25519_AES128GCM_SHA256_ED25519,
  };

  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_validate (&host, group.tree, &context), E2EE_MLS_ERR_WRONG_SUITE);
  eight_clear ();
}

static void
test_a_tree_with_a_parent_key_of_another_size_is_refused (void)
{
  e2ee_mls_parent_node parent;

  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  parent = *e2ee_mls_tree_parent (group.tree, 7);
  parent.encryption_key.size = 31;
  CHECK_INT (e2ee_mls_tree_set_parent (group.tree, 7, &parent), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_KEY);
  eight_clear ();
}

/* Eight new members, one of whom has something of another's. */
static void
flat_make (void)
{
  group_make (&group, test_suite (), 8);
}

static void
test_a_tree_with_a_signature_key_twice_is_refused (void)
{
  test_member *copy = &group.members[6];

  flat_make ();
  copy->leaf.signature_key = group.members[1].leaf.signature_key;
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 6, &copy->leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY);
  eight_clear ();
}

static void
test_a_tree_of_two_with_one_signature_key_is_refused (void)
{
  group_make (&group, test_suite (), 2);
  group.members[1].leaf.signature_key = group.members[0].leaf.signature_key;
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 1, &group.members[1].leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY);
  eight_clear ();
}

static void
test_a_tree_with_an_encryption_key_in_two_leaves_is_refused (void)
{
  test_member *copy = &group.members[6];

  flat_make ();
  copy->leaf.encryption_key = group.members[1].leaf.encryption_key;
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 6, &copy->leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
  eight_clear ();
}

static void
test_a_tree_with_an_encryption_key_in_leaf_and_parent_is_refused (void)
{
  test_member *copy = &group.members[7];

  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  copy->leaf.encryption_key = e2ee_mls_tree_encryption_key (group.tree, 7);
  member_sign (copy, 7);
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 7, &copy->leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
  eight_clear ();
}

static void
test_a_tree_with_one_bad_signature_is_refused (void)
{
  test_member *forged = &group.members[5];

  flat_make ();
  forged->leaf.not_after++;
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 5, &forged->leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_LEAF_SIGNATURE);
  eight_clear ();
}

static void
test_a_leaf_committed_elsewhere_is_refused (void)
{
  e2ee_mls_leaf_node leaf;

  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  leaf = *e2ee_mls_tree_leaf (group.tree, 6);
  CHECK_INT (leaf.source, E2EE_MLS_LEAF_COMMIT);
  group_clear (&group);
  flat_make ();
  group.members[6].leaf.source = E2EE_MLS_LEAF_UPDATE;
  member_sign (&group.members[6], 2);
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 6, &group.members[6].leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_LEAF_SIGNATURE);
  member_sign (&group.members[6], 6);
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 6, &group.members[6].leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_OK);
  eight_clear ();
}

static void
test_a_tree_with_a_credential_that_is_refused_is_refused (void)
{
  const e2ee_mls_host host = host_that (refuse);

  flat_make ();
  CHECK_INT (validate_with (&host, (e2ee_mls_extensions) { E2EE_NO_BYTES }),
      E2EE_MLS_ERR_CREDENTIAL_REFUSED);
  eight_clear ();
}

/* Of the one member who shows a certificate and supports both types. */
static void
test_a_tree_with_a_credential_type_that_a_member_lacks_is_refused (void)
{
  test_member *odd = &group.members[3];

  flat_make ();
  odd->leaf.credential = (e2ee_mls_credential) { E2EE_MLS_CREDENTIAL_X509, E2EE_BYTES ("\1c", 2) };
  odd->leaf.capabilities.credentials = E2EE_BYTES ("\0\1\0\2", 4);
  member_sign (odd, 3);
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 3, &odd->leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_ERR_LEAF_CREDENTIAL_UNSUPPORTED);
  eight_clear ();
}

static void
test_an_expired_member_does_not_make_a_tree_invalid (void)
{
  flat_make ();
  group.members[3].leaf.not_before = 1;
  group.members[3].leaf.not_after = 2;
  member_sign (&group.members[3], 3);
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 3, &group.members[3].leaf), E2EE_MLS_OK);
  CHECK_INT (validate (), E2EE_MLS_OK);
  eight_clear ();
}

/* Group extensions, section 13. */
#define PRIVATE_TYPE "\xf0\1"
#define ONE_PRIVATE E2EE_BYTES (PRIVATE_TYPE "\0", 3)

static e2ee_mls_result
validate_extensions (e2ee_bytes list)
{
  return e2ee_mls_group_extensions_validate (group.tree, &(e2ee_mls_extensions) { list });
}

static void
all_support (e2ee_bytes types)
{
  for (uint32_t i = 0; i < 8; i++) {
    group.members[i].leaf.capabilities.extensions = types;
    member_sign (&group.members[i], i);
    CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, i, &group.members[i].leaf), E2EE_MLS_OK);
  }
}

static void
test_group_extensions_need_the_support_of_all (void)
{
  const e2ee_mls_host host = host_that (accept);

  flat_make ();
  CHECK_INT (validate_extensions (ONE_PRIVATE), E2EE_MLS_ERR_PROPOSAL_EXTENSION_UNSUPPORTED);
  all_support (E2EE_BYTES (PRIVATE_TYPE, 2));
  CHECK_INT (validate_extensions (ONE_PRIVATE), E2EE_MLS_OK);
  CHECK_INT (validate_with (&host, (e2ee_mls_extensions) { ONE_PRIVATE }), E2EE_MLS_OK);
  CHECK (e2ee_mls_tree_supports_extension (group.tree, 0xf001));
  CHECK (!e2ee_mls_tree_supports_extension (group.tree, 0xf002));
  group.members[7].leaf.capabilities.extensions = E2EE_NO_BYTES;
  CHECK_INT (e2ee_mls_tree_set_leaf (group.tree, 7, &group.members[7].leaf), E2EE_MLS_OK);
  CHECK_INT (validate_extensions (ONE_PRIVATE), E2EE_MLS_ERR_PROPOSAL_EXTENSION_UNSUPPORTED);
  eight_clear ();
}

static void
test_group_extensions_must_not_come_twice (void)
{
  flat_make ();
  all_support (E2EE_BYTES (PRIVATE_TYPE, 2));
  CHECK_INT (validate_extensions (E2EE_BYTES (PRIVATE_TYPE "\0" PRIVATE_TYPE "\0", 6)),
      E2EE_MLS_ERR_DUPLICATE_EXTENSION);
  eight_clear ();
}

static void
test_group_extensions_must_not_name_external_senders (void)
{
  flat_make ();
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\5\0", 3)), E2EE_MLS_ERR_UNSUPPORTED_SENDER);
  eight_clear ();
}

static void
test_required_capabilities_bind_every_member (void)
{
  flat_make ();
  /* extensions, proposals, credentials: nothing; basic; a private proposal; a private extension */
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\3\3\0\0\0", 6)), E2EE_MLS_OK);
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\3\5\0\0\2\0\1", 8)), E2EE_MLS_OK);
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\3\5\0\0\2\0\2", 8)),
      E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\3\5\0\2\xf0\1\0", 8)),
      E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\3\5\2\xf0\1\0\0", 8)),
      E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
  /* What nobody lists because everybody has it. */
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\3\7\2\0\1\2\0\7\0", 10)), E2EE_MLS_OK);
  eight_clear ();
}

static void
test_required_capabilities_that_are_broken_are_refused (void)
{
  flat_make ();
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\3\2\0\0", 5)), E2EE_MLS_ERR_TRUNCATED);
  CHECK_INT (validate_extensions (E2EE_BYTES ("\0\3\4\0\0\0\0", 7)), E2EE_MLS_ERR_TRAILING);
  eight_clear ();
}

static void
test_what_all_members_support_is_counted_over_all (void)
{
  flat_make ();
  CHECK (e2ee_mls_tree_supports_proposal (group.tree, 7));
  CHECK (!e2ee_mls_tree_supports_proposal (group.tree, 8));
  CHECK (e2ee_mls_tree_supports_credential (group.tree, 1));
  CHECK (!e2ee_mls_tree_supports_credential (group.tree, 2));
  CHECK (e2ee_mls_tree_supports_extension (group.tree, 5));
  CHECK (!e2ee_mls_tree_supports_extension (group.tree, 6));
  eight_clear ();
}

static void
test_without_memory_a_tree_is_not_called_valid (void)
{
  test_memory memory = { 0, 0, 0 };
  const e2ee_mls_host host = host_that (accept);
  e2ee_mls_result r = E2EE_MLS_ERR_NO_MEMORY;
  e2ee_mls_group_context context = { .group_id = TEST_GROUP };
  e2ee_mls_digest hash;

  test_memory_use (&memory);
  eight_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_root_hash (group.tree, &hash), E2EE_MLS_OK);
  context.cipher_suite = group.suite->id;
  context.tree_hash = e2ee_mls_digest_view (group.suite, &hash);
  for (size_t fail_at = 1; r == E2EE_MLS_ERR_NO_MEMORY; fail_at++) {
    memory.n_given = 0;
    memory.fail_at = fail_at;
    r = e2ee_mls_tree_validate (&host, group.tree, &context);
    memory.fail_at = 0;
  }
  CHECK_INT (r, E2EE_MLS_OK);
  eight_clear ();
  CHECK_INT (memory.bytes, 0);
  e2ee_mls_set_allocator (NULL);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_tree_with_unmerged_leaves_is_valid),
  CHECK_CASE (test_unmerged_leaves_that_are_not_below_are_refused),
  CHECK_CASE (test_unmerged_leaves_that_are_not_below_are_refused_with_blanks_between),
  CHECK_CASE (test_unmerged_leaves_outside_the_tree_are_refused),
  CHECK_CASE (test_unmerged_leaves_whose_node_number_would_wrap_are_refused),
  CHECK_CASE (test_unmerged_leaves_that_are_blank_are_refused),
  CHECK_CASE (test_unmerged_leaves_that_a_node_between_lacks_are_refused),
  CHECK_CASE (test_unmerged_leaves_that_do_not_ascend_are_refused),
  CHECK_CASE (test_unmerged_leaves_that_come_twice_are_refused),
  CHECK_CASE (test_a_flipped_bit_in_any_parent_breaks_the_parent_hashes),
  CHECK_CASE (test_a_parent_without_parent_hash_below_another_is_refused),
  CHECK_CASE (test_a_parent_that_no_member_committed_is_refused),
  CHECK_CASE (test_a_parent_over_blank_leaves_is_refused),
  CHECK_CASE (test_a_sibling_that_changed_behind_a_parents_back_is_refused),
  CHECK_CASE (test_a_leaf_that_is_not_listed_as_unmerged_is_refused),
  CHECK_CASE (test_a_leaf_that_was_slipped_in_beside_a_committer_is_refused),
  CHECK_CASE (test_a_parent_hash_over_an_unmerged_leaf_that_is_not_there_is_refused),
  CHECK_CASE (test_valsem300_a_tree_with_another_hash_is_refused),
  CHECK_CASE (test_a_tree_of_another_suite_is_refused),
  CHECK_CASE (test_a_tree_with_a_parent_key_of_another_size_is_refused),
  CHECK_CASE (test_a_tree_with_a_signature_key_twice_is_refused),
  CHECK_CASE (test_a_tree_of_two_with_one_signature_key_is_refused),
  CHECK_CASE (test_a_tree_with_an_encryption_key_in_two_leaves_is_refused),
  CHECK_CASE (test_a_tree_with_an_encryption_key_in_leaf_and_parent_is_refused),
  CHECK_CASE (test_a_tree_with_one_bad_signature_is_refused),
  CHECK_CASE (test_a_leaf_committed_elsewhere_is_refused),
  CHECK_CASE (test_a_tree_with_a_credential_that_is_refused_is_refused),
  CHECK_CASE (test_a_tree_with_a_credential_type_that_a_member_lacks_is_refused),
  CHECK_CASE (test_an_expired_member_does_not_make_a_tree_invalid),
  CHECK_CASE (test_group_extensions_need_the_support_of_all),
  CHECK_CASE (test_group_extensions_must_not_come_twice),
  CHECK_CASE (test_group_extensions_must_not_name_external_senders),
  CHECK_CASE (test_required_capabilities_bind_every_member),
  CHECK_CASE (test_required_capabilities_that_are_broken_are_refused),
  CHECK_CASE (test_what_all_members_support_is_counted_over_all),
  CHECK_CASE (test_without_memory_a_tree_is_not_called_valid),
};

TEST_MAIN (cases)
