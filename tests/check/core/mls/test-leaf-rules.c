/* Leaf nodes and key packages: RFC 9420 sections 7.2, 7.3 and 10.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tree-fixture.h"

#include "core/mls/validate.h"

/* What the application was asked last. */
static e2ee_mls_credential_check asked;
static unsigned n_asked;
static int answer;
static uint64_t now;

static int
check_credential (void *user, const e2ee_mls_credential_check * check)
{
  asked = *check;
  n_asked++;
  return answer;
}

static uint64_t
unix_time (void *user)
{
  return now;
}

static test_member member;
static e2ee_mls_host host;
static e2ee_mls_extensions group_extensions;
static e2ee_mls_leaf_check check;

static void
leaf_make (void)
{
  answer = 1;
  n_asked = 0;
  now = TEST_NOW;
  host = (e2ee_mls_host) {
    .env = e2ee_env_default (),
    .unix_time = unix_time,
    .check_credential = check_credential,
  };
  group_extensions.list = E2EE_NO_BYTES;
  check = (e2ee_mls_leaf_check) {
    .host = &host,
    .suite = test_suite (),
    .group_extensions = &group_extensions,
    .source = E2EE_MLS_LEAF_KEY_PACKAGE,
    .place = { TEST_GROUP, 5 },
    .credential_place = E2EE_MLS_AT_ADD,
    .check_lifetime = 1,
  };
  member_make (&member, test_suite (), 1);
}

/* Signs what the test has made of the leaf, looks at it, and cleans up. */
static void
check_leaf (e2ee_mls_result expected)
{
  e2ee_mls_result r;

  member_sign (&member, 5);
  r = e2ee_mls_leaf_validate (&check, &member.leaf);
  member_clear (&member);
  CHECK_INT (r, expected);
}

static void
test_a_right_leaf_is_taken_and_the_application_asked_once (void)
{
  leaf_make ();
  member_sign (&member, 5);
  CHECK_INT (e2ee_mls_leaf_validate (&check, &member.leaf), E2EE_MLS_OK);
  CHECK_INT (n_asked, 1);
  CHECK_INT (asked.place, E2EE_MLS_AT_ADD);
  CHECK (asked.credential == &member.leaf.credential);
  CHECK_BYTES (asked.signature_key, member.leaf.signature_key);
  CHECK (asked.old_credential == NULL);
  CHECK_INT (asked.old_signature_key.size, 0);
  CHECK_BYTES (asked.group_id, TEST_GROUP);
  member_clear (&member);
}

static void
test_leaf_made_for_a_commit_is_refused_in_an_add (void)
{
  leaf_make ();
  member.leaf.source = E2EE_MLS_LEAF_COMMIT;
  check_leaf (E2EE_MLS_ERR_LEAF_SOURCE);
}

static void
test_leaf_of_a_key_package_is_refused_in_a_commit (void)
{
  leaf_make ();
  check.source = E2EE_MLS_LEAF_COMMIT;
  check_leaf (E2EE_MLS_ERR_LEAF_SOURCE);
}

static void
test_leaf_of_a_key_package_is_refused_in_an_update (void)
{
  leaf_make ();
  check.source = E2EE_MLS_LEAF_UPDATE;
  check_leaf (E2EE_MLS_ERR_LEAF_SOURCE);
}

static void
test_leaf_with_a_flipped_bit_in_its_signature_is_refused (void)
{
  leaf_make ();
  member.signature.data[7] ^= 2;
  CHECK_INT (e2ee_mls_leaf_validate (&check, &member.leaf), E2EE_MLS_ERR_LEAF_SIGNATURE);
  /* Who is not proven to hold the key is not shown to the application. */
  CHECK_INT (n_asked, 0);
  member_clear (&member);
}

static void
test_leaf_signed_by_another_key_is_refused (void)
{
  test_member other;

  leaf_make ();
  member_make (&other, test_suite (), 2);
  member.leaf.signature_key = other.leaf.signature_key;
  CHECK_INT (e2ee_mls_leaf_validate (&check, &member.leaf), E2EE_MLS_ERR_LEAF_SIGNATURE);
  member_clear (&other);
  member_clear (&member);
}

static void
test_leaf_signed_for_another_group_or_place_is_refused (void)
{
  leaf_make ();
  member.leaf.source = check.source = E2EE_MLS_LEAF_UPDATE;
  member_sign (&member, 5);
  CHECK_INT (e2ee_mls_leaf_validate (&check, &member.leaf), E2EE_MLS_OK);
  check.place.leaf_index = 6;
  CHECK_INT (e2ee_mls_leaf_validate (&check, &member.leaf), E2EE_MLS_ERR_LEAF_SIGNATURE);
  check.place.leaf_index = 5;
  check.place.group_id = E2EE_BYTES ("b group", 7);
  CHECK_INT (e2ee_mls_leaf_validate (&check, &member.leaf), E2EE_MLS_ERR_LEAF_SIGNATURE);
  member_clear (&member);
}

static void
test_leaf_with_keys_of_another_size_is_refused (void)
{
  leaf_make ();
  member.leaf.encryption_key.size = 31;
  check_leaf (E2EE_MLS_ERR_KEY);
  leaf_make ();
  member.leaf.signature_key.size = 31;
  check_leaf (E2EE_MLS_ERR_KEY);
  leaf_make ();
  member.leaf.encryption_key = E2EE_NO_BYTES;
  check_leaf (E2EE_MLS_ERR_KEY);
}

static void
test_leaf_without_this_version_is_refused (void)
{
  leaf_make ();
  member.leaf.capabilities.versions = E2EE_BYTES ("\0\2\x0a\x0a", 4);
  check_leaf (E2EE_MLS_ERR_LEAF_CAPABILITIES);
}

static void
test_leaf_without_this_suite_is_refused (void)
{
  leaf_make ();
  member.leaf.capabilities.cipher_suites = E2EE_BYTES ("\0\1\0\2", 4);
  check_leaf (E2EE_MLS_ERR_LEAF_CAPABILITIES);
}

static void
test_leaf_that_does_not_list_its_credential_is_refused (void)
{
  leaf_make ();
  member.leaf.capabilities.credentials = E2EE_BYTES ("\0\2", 2);
  check_leaf (E2EE_MLS_ERR_LEAF_CREDENTIAL_UNLISTED);
}

static void
test_leaf_that_does_not_list_its_extension_is_refused (void)
{
  leaf_make ();
  member.leaf.extensions.list = E2EE_BYTES ("\xf0\1\0", 3);
  check_leaf (E2EE_MLS_ERR_LEAF_EXTENSION_UNLISTED);
  leaf_make ();
  member.leaf.extensions.list = E2EE_BYTES ("\xf0\1\0", 3);
  member.leaf.capabilities.extensions = E2EE_BYTES ("\xf0\1", 2);
  check_leaf (E2EE_MLS_OK);
}

static void
test_leaf_with_grease_that_it_does_not_list_is_refused (void)
{
  leaf_make ();
  member.leaf.extensions.list = E2EE_BYTES ("\x0a\x0a\0", 3);
  check_leaf (E2EE_MLS_ERR_LEAF_EXTENSION_UNLISTED);
}

static void
test_leaf_with_an_application_id_need_not_list_it (void)
{
  leaf_make ();
  member.leaf.extensions.list = E2EE_BYTES ("\0\1\1x", 4);
  check_leaf (E2EE_MLS_OK);
}

static void
test_leaf_with_unknown_and_grease_capabilities_is_taken (void)
{
  leaf_make ();
  member.leaf.capabilities = (e2ee_mls_capabilities) {
    .versions = E2EE_BYTES ("\0\1\x1a\x1a", 4),
    .cipher_suites = E2EE_BYTES ("\xaa\xaa\0\3", 4),
    .extensions = E2EE_BYTES ("\x5a\x5a\x0b\xad", 4),
    .proposals = E2EE_BYTES ("\xea\xea\0\x0a", 4),
    .credentials = E2EE_BYTES ("\0\1\xda\xda", 4),
  };
  check_leaf (E2EE_MLS_OK);
}

static void
test_leaf_that_lists_a_default_extension_is_refused (void)
{
  leaf_make ();
  member.leaf.capabilities.extensions = E2EE_BYTES ("\xf0\1\0\3", 4);
  check_leaf (E2EE_MLS_ERR_LEAF_DEFAULT_LISTED);
}

static void
test_leaf_that_lists_a_default_proposal_is_refused (void)
{
  leaf_make ();
  member.leaf.capabilities.proposals = E2EE_BYTES ("\xf0\1\0\7", 4);
  check_leaf (E2EE_MLS_ERR_LEAF_DEFAULT_LISTED);
}

static void
test_leaf_with_one_extension_twice_is_refused (void)
{
  leaf_make ();
  member.leaf.extensions.list = E2EE_BYTES ("\0\1\1x\0\1\1y", 8);
  check_leaf (E2EE_MLS_ERR_DUPLICATE_EXTENSION);
}

static void
test_leaf_before_its_time_is_refused (void)
{
  leaf_make ();
  member.leaf.not_before = TEST_NOW + 3600;
  member.leaf.not_after = TEST_NOW + 7200;
  check_leaf (E2EE_MLS_OK);
  leaf_make ();
  member.leaf.not_before = TEST_NOW + 3601;
  member.leaf.not_after = TEST_NOW + 7200;
  check_leaf (E2EE_MLS_ERR_LEAF_LIFETIME);
}

static void
test_leaf_after_its_time_is_refused (void)
{
  leaf_make ();
  now = TEST_NOW + 100 + 3600;
  check_leaf (E2EE_MLS_OK);
  leaf_make ();
  now = TEST_NOW + 100 + 3601;
  check_leaf (E2EE_MLS_ERR_LEAF_LIFETIME);
}

static void
test_leaf_after_its_time_is_taken_where_time_does_not_count (void)
{
  leaf_make ();
  now = TEST_NOW + 1000000;
  check.check_lifetime = 0;
  check_leaf (E2EE_MLS_OK);
}

static void
test_the_clock_skew_is_the_hosts (void)
{
  leaf_make ();
  host.clock_skew = 10;
  now = TEST_NOW + 100 + 11;
  check_leaf (E2EE_MLS_ERR_LEAF_LIFETIME);
}

static void
test_leaf_that_lives_too_long_is_refused_everywhere (void)
{
  leaf_make ();
  member.leaf.not_after = member.leaf.not_before + 90 * 24 * 3600;
  check_leaf (E2EE_MLS_OK);
  leaf_make ();
  member.leaf.not_after = member.leaf.not_before + 90 * 24 * 3600 + 1;
  check_leaf (E2EE_MLS_ERR_LEAF_LIFETIME_RANGE);
  leaf_make ();
  member.leaf.not_before = 0;
  member.leaf.not_after = UINT64_MAX;
  check.check_lifetime = 0;
  check_leaf (E2EE_MLS_ERR_LEAF_LIFETIME_RANGE);
}

static void
test_the_longest_lifetime_is_the_hosts (void)
{
  leaf_make ();
  host.max_lifetime = 199;
  check_leaf (E2EE_MLS_ERR_LEAF_LIFETIME_RANGE);
  leaf_make ();
  host.max_lifetime = UINT64_MAX;
  member.leaf.not_before = 0;
  member.leaf.not_after = UINT64_MAX;
  check_leaf (E2EE_MLS_OK);
}

static void
test_leaf_whose_lifetime_ends_before_it_begins_is_refused (void)
{
  leaf_make ();
  host.max_lifetime = UINT64_MAX;
  member.leaf.not_before = TEST_NOW + 2;
  member.leaf.not_after = TEST_NOW + 1;
  check_leaf (E2EE_MLS_ERR_LEAF_LIFETIME_RANGE);
}

static void
test_leaf_of_an_update_has_no_lifetime (void)
{
  leaf_make ();
  member.leaf.source = check.source = E2EE_MLS_LEAF_UPDATE;
  member.leaf.not_before = member.leaf.not_after = 0;
  check_leaf (E2EE_MLS_OK);
}

static void
test_valsem106_leaf_without_required_capabilities_is_refused (void)
{
  leaf_make ();
  group_extensions.list = E2EE_BYTES ("\0\3\5\2\xf0\1\0\0", 8);
  check_leaf (E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
  leaf_make ();
  group_extensions.list = E2EE_BYTES ("\0\3\5\0\2\xf0\1\0", 8);
  check_leaf (E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
  leaf_make ();
  group_extensions.list = E2EE_BYTES ("\0\3\5\0\0\2\0\2", 8);
  check_leaf (E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
}

static void
test_leaf_with_required_capabilities_is_taken (void)
{
  leaf_make ();
  group_extensions.list = E2EE_BYTES ("\0\3\x09\2\xf0\1\2\xf0\2\2\0\1", 12);
  member.leaf.capabilities.extensions = E2EE_BYTES ("\xf0\1", 2);
  member.leaf.capabilities.proposals = E2EE_BYTES ("\xf0\2", 2);
  check_leaf (E2EE_MLS_OK);
}

static void
test_leaf_that_lacks_an_extension_of_the_group_is_refused (void)
{
  leaf_make ();
  group_extensions.list = E2EE_BYTES ("\xf0\1\0", 3);
  check_leaf (E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
}

static void
test_leaf_on_its_own_is_held_against_no_group (void)
{
  leaf_make ();
  group_extensions.list = E2EE_BYTES ("\xf0\1\0", 3);
  check.group_extensions = NULL;
  check_leaf (E2EE_MLS_OK);
}

static void
test_leaf_with_a_credential_that_is_refused_is_refused (void)
{
  leaf_make ();
  answer = 0;
  check_leaf (E2EE_MLS_ERR_CREDENTIAL_REFUSED);
  CHECK_INT (n_asked, 1);
}

static void
test_the_application_sees_what_a_leaf_replaces (void)
{
  test_member old;

  leaf_make ();
  member_make (&old, test_suite (), 2);
  check.old = &old.leaf;
  answer = 0;
  member_sign (&member, 5);
  CHECK_INT (e2ee_mls_leaf_validate (&check, &member.leaf), E2EE_MLS_ERR_SUCCESSOR_REFUSED);
  CHECK (asked.old_credential == &old.leaf.credential);
  CHECK_BYTES (asked.old_signature_key, old.leaf.signature_key);
  /* The same person with the same key is no successor. */
  check.old = &member.leaf;
  CHECK_INT (e2ee_mls_leaf_validate (&check, &member.leaf), E2EE_MLS_ERR_CREDENTIAL_REFUSED);
  member_clear (&old);
  member_clear (&member);
}

/* With other leaves. */
static test_group group;
static test_member newcomer;

static void
group_and_newcomer (void)
{
  group_make (&group, test_suite (), 4);
  group_commit (&group, 0, NULL, 0);
  member_make (&newcomer, test_suite (), 9);
}

static void
check_in_tree (uint32_t replaced, e2ee_mls_result expected)
{
  const e2ee_mls_result r =
      e2ee_mls_leaf_validate_in_tree (group.tree, &newcomer.leaf, replaced);

  member_clear (&newcomer);
  group_clear (&group);
  CHECK_INT (r, expected);
}

static void
test_a_new_leaf_with_new_keys_is_taken (void)
{
  group_and_newcomer ();
  check_in_tree (E2EE_MLS_NO_NODE, E2EE_MLS_OK);
}

static void
test_valsem101_a_signature_key_of_a_member_is_refused (void)
{
  group_and_newcomer ();
  newcomer.leaf.signature_key = group.members[3].leaf.signature_key;
  check_in_tree (E2EE_MLS_NO_NODE, E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY);
}

static void
test_a_leaf_may_keep_the_signature_key_of_the_one_it_replaces (void)
{
  group_and_newcomer ();
  newcomer.leaf.signature_key = group.members[3].leaf.signature_key;
  check_in_tree (3, E2EE_MLS_OK);
}

static void
test_a_leaf_may_not_take_the_signature_key_of_one_it_does_not_replace (void)
{
  group_and_newcomer ();
  newcomer.leaf.signature_key = group.members[3].leaf.signature_key;
  check_in_tree (2, E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY);
}

static void
test_valsem103_an_encryption_key_of_a_member_is_refused (void)
{
  group_and_newcomer ();
  newcomer.leaf.encryption_key = e2ee_mls_tree_leaf (group.tree, 1)->encryption_key;
  check_in_tree (E2EE_MLS_NO_NODE, E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
}

static void
test_valsem103_an_encryption_key_of_a_parent_is_refused (void)
{
  group_and_newcomer ();
  CHECK (!e2ee_mls_tree_is_blank (group.tree, 3));
  newcomer.leaf.encryption_key = e2ee_mls_tree_encryption_key (group.tree, 3);
  check_in_tree (E2EE_MLS_NO_NODE, E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
}

static void
test_valsem110_an_encryption_key_that_stays_is_refused (void)
{
  group_and_newcomer ();
  newcomer.leaf.encryption_key = e2ee_mls_tree_leaf (group.tree, 2)->encryption_key;
  check_in_tree (2, E2EE_MLS_ERR_ENCRYPTION_KEY_UNCHANGED);
}

static void
test_a_credential_type_that_members_lack_is_refused (void)
{
  group_and_newcomer ();
  newcomer.leaf.credential.type = E2EE_MLS_CREDENTIAL_X509;
  newcomer.leaf.capabilities.credentials = E2EE_BYTES ("\0\1\0\2", 4);
  check_in_tree (E2EE_MLS_NO_NODE, E2EE_MLS_ERR_LEAF_CREDENTIAL_UNSUPPORTED);
}

static void
test_a_leaf_that_lacks_the_members_credential_type_is_refused (void)
{
  group_and_newcomer ();
  newcomer.leaf.capabilities.credentials = E2EE_BYTES ("\0\2", 2);
  check_in_tree (E2EE_MLS_NO_NODE, E2EE_MLS_ERR_LEAF_CREDENTIAL_UNSUPPORTED);
}

/* Key packages. */
static e2ee_mls_key_package package;
static e2ee_mls_secret init_private;
static e2ee_mls_buffer init_public;
static e2ee_mls_buffer package_signature;

static void
package_sign (void)
{
  e2ee_mls_buffer_clear (&package_signature);
  CHECK_INT (e2ee_mls_key_package_sign (test_suite (), &package,
          e2ee_mls_secret_view (member.signature_private), &package_signature), E2EE_MLS_OK);
}

static void
package_make (void)
{
  leaf_make ();
  check.source = E2EE_MLS_LEAF_COMMIT;  /* ignored */
  CHECK_INT (e2ee_mls_hpke_generate_key_pair (test_suite (), e2ee_env_default (), &init_private,
          &init_public), E2EE_MLS_OK);
  package = (e2ee_mls_key_package) {
    .version = E2EE_MLS_VERSION,
    .cipher_suite = test_suite ()->id,
    .init_key = e2ee_mls_buffer_view (init_public),
    .leaf = member.leaf,
  };
}

static void
package_clear (void)
{
  e2ee_mls_secret_clear (&init_private);
  e2ee_mls_buffer_clear (&init_public);
  e2ee_mls_buffer_clear (&package_signature);
  member_clear (&member);
}

static void
check_package (e2ee_mls_result expected)
{
  e2ee_mls_result r;

  package_sign ();
  r = e2ee_mls_key_package_validate (&check, &package);
  package_clear ();
  CHECK_INT (r, expected);
}

static void
test_a_right_key_package_is_taken (void)
{
  package_make ();
  check_package (E2EE_MLS_OK);
  CHECK_INT (n_asked, 1);
}

static void
test_valsem105_a_key_package_of_another_suite_is_refused (void)
{
  package_make ();
  package.cipher_suite = E2EE_MLS_SUITE_X25519_AES128GCM_SHA256_ED25519;
  check_package (E2EE_MLS_ERR_KEY_PACKAGE_SUITE);
}

static void
test_valsem105_a_key_package_of_another_version_is_refused (void)
{
  package_make ();
  package.version = 2;
  check_package (E2EE_MLS_ERR_KEY_PACKAGE_SUITE);
}

static void
test_a_key_package_with_one_key_for_both_is_refused (void)
{
  package_make ();
  package.init_key = package.leaf.encryption_key;
  check_package (E2EE_MLS_ERR_KEY_PACKAGE_INIT_KEY);
}

static void
test_a_key_package_with_an_init_key_of_another_size_is_refused (void)
{
  package_make ();
  package.init_key.size = 31;
  check_package (E2EE_MLS_ERR_KEY);
}

static void
test_a_key_package_with_a_flipped_bit_in_its_signature_is_refused (void)
{
  package_make ();
  package_sign ();
  package_signature.data[0] ^= 1;
  CHECK_INT (e2ee_mls_key_package_validate (&check, &package),
      E2EE_MLS_ERR_KEY_PACKAGE_SIGNATURE);
  CHECK_INT (n_asked, 0);
  package_clear ();
}

static void
test_a_key_package_around_a_bad_leaf_is_refused (void)
{
  package_make ();
  package.leaf.not_after++;
  check_package (E2EE_MLS_ERR_LEAF_SIGNATURE);
}

static void
test_a_key_package_around_a_leaf_of_another_source_is_refused (void)
{
  package_make ();
  member.leaf.source = E2EE_MLS_LEAF_UPDATE;
  member_sign (&member, 5);
  package.leaf = member.leaf;
  check_package (E2EE_MLS_ERR_LEAF_SOURCE);
}

static void
test_a_key_package_with_an_extension_that_is_not_listed_is_refused (void)
{
  package_make ();
  package.extensions.list = E2EE_BYTES ("\xf0\1\0", 3);
  check_package (E2EE_MLS_ERR_LEAF_EXTENSION_UNLISTED);
}

static void
test_a_key_package_with_an_unknown_extension_that_is_listed_is_taken (void)
{
  package_make ();
  member.leaf.capabilities.extensions = E2EE_BYTES ("\x3a\x3a", 2);
  member_sign (&member, 5);
  package.leaf = member.leaf;
  package.extensions.list = E2EE_BYTES ("\x3a\x3a\1z", 4);
  check_package (E2EE_MLS_OK);
}

static void
test_a_key_package_with_one_extension_twice_is_refused (void)
{
  package_make ();
  package.extensions.list = E2EE_BYTES ("\0\1\1x\0\1\1y", 8);
  check_package (E2EE_MLS_ERR_DUPLICATE_EXTENSION);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_right_leaf_is_taken_and_the_application_asked_once),
  CHECK_CASE (test_leaf_made_for_a_commit_is_refused_in_an_add),
  CHECK_CASE (test_leaf_of_a_key_package_is_refused_in_a_commit),
  CHECK_CASE (test_leaf_of_a_key_package_is_refused_in_an_update),
  CHECK_CASE (test_leaf_with_a_flipped_bit_in_its_signature_is_refused),
  CHECK_CASE (test_leaf_signed_by_another_key_is_refused),
  CHECK_CASE (test_leaf_signed_for_another_group_or_place_is_refused),
  CHECK_CASE (test_leaf_with_keys_of_another_size_is_refused),
  CHECK_CASE (test_leaf_without_this_version_is_refused),
  CHECK_CASE (test_leaf_without_this_suite_is_refused),
  CHECK_CASE (test_leaf_that_does_not_list_its_credential_is_refused),
  CHECK_CASE (test_leaf_that_does_not_list_its_extension_is_refused),
  CHECK_CASE (test_leaf_with_grease_that_it_does_not_list_is_refused),
  CHECK_CASE (test_leaf_with_an_application_id_need_not_list_it),
  CHECK_CASE (test_leaf_with_unknown_and_grease_capabilities_is_taken),
  CHECK_CASE (test_leaf_that_lists_a_default_extension_is_refused),
  CHECK_CASE (test_leaf_that_lists_a_default_proposal_is_refused),
  CHECK_CASE (test_leaf_with_one_extension_twice_is_refused),
  CHECK_CASE (test_leaf_before_its_time_is_refused),
  CHECK_CASE (test_leaf_after_its_time_is_refused),
  CHECK_CASE (test_leaf_after_its_time_is_taken_where_time_does_not_count),
  CHECK_CASE (test_the_clock_skew_is_the_hosts),
  CHECK_CASE (test_leaf_that_lives_too_long_is_refused_everywhere),
  CHECK_CASE (test_the_longest_lifetime_is_the_hosts),
  CHECK_CASE (test_leaf_whose_lifetime_ends_before_it_begins_is_refused),
  CHECK_CASE (test_leaf_of_an_update_has_no_lifetime),
  CHECK_CASE (test_valsem106_leaf_without_required_capabilities_is_refused),
  CHECK_CASE (test_leaf_with_required_capabilities_is_taken),
  CHECK_CASE (test_leaf_that_lacks_an_extension_of_the_group_is_refused),
  CHECK_CASE (test_leaf_on_its_own_is_held_against_no_group),
  CHECK_CASE (test_leaf_with_a_credential_that_is_refused_is_refused),
  CHECK_CASE (test_the_application_sees_what_a_leaf_replaces),
  CHECK_CASE (test_a_new_leaf_with_new_keys_is_taken),
  CHECK_CASE (test_valsem101_a_signature_key_of_a_member_is_refused),
  CHECK_CASE (test_a_leaf_may_keep_the_signature_key_of_the_one_it_replaces),
  CHECK_CASE (test_a_leaf_may_not_take_the_signature_key_of_one_it_does_not_replace),
  CHECK_CASE (test_valsem103_an_encryption_key_of_a_member_is_refused),
  CHECK_CASE (test_valsem103_an_encryption_key_of_a_parent_is_refused),
  CHECK_CASE (test_valsem110_an_encryption_key_that_stays_is_refused),
  CHECK_CASE (test_a_credential_type_that_members_lack_is_refused),
  CHECK_CASE (test_a_leaf_that_lacks_the_members_credential_type_is_refused),
  CHECK_CASE (test_a_right_key_package_is_taken),
  CHECK_CASE (test_valsem105_a_key_package_of_another_suite_is_refused),
  CHECK_CASE (test_valsem105_a_key_package_of_another_version_is_refused),
  CHECK_CASE (test_a_key_package_with_one_key_for_both_is_refused),
  CHECK_CASE (test_a_key_package_with_an_init_key_of_another_size_is_refused),
  CHECK_CASE (test_a_key_package_with_a_flipped_bit_in_its_signature_is_refused),
  CHECK_CASE (test_a_key_package_around_a_bad_leaf_is_refused),
  CHECK_CASE (test_a_key_package_around_a_leaf_of_another_source_is_refused),
  CHECK_CASE (test_a_key_package_with_an_extension_that_is_not_listed_is_refused),
  CHECK_CASE (test_a_key_package_with_an_unknown_extension_that_is_listed_is_taken),
  CHECK_CASE (test_a_key_package_with_one_extension_twice_is_refused),
};

TEST_MAIN (cases)
