/* Lists of proposals that are refused, RFC 9420 sections 12.1 and 12.2, named after OpenMLS's
 * ValSem numbers.  A commit that is refused here has no path and no tag: were the rule missing, the
 * answer would be another one.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "forge.h"

/* Members 0 to 3 are in; 1 commits, 0 judges; 4 and on are outside. */
static party p;

static void
begin (void)
{
  party_start (&p, SUITE_CHACHA, 4);
}

static void
end (void)
{
  CHECK_INT (e2ee_mls_group_epoch (p.members[0].group), 1);
  party_clear (&p);
}

static e2ee_mls_result
commit (e2ee_mls_proposal_or_ref * proposals, size_t n)
{
  return forge_commit (&p.members[1], &p.members[0], proposals, n);
}

static void
expect (e2ee_mls_proposal_or_ref * proposals, size_t n, e2ee_mls_result expected)
{
  CHECK_RESULT (commit (proposals, n), expected);
  end ();
}

/* The list itself is good: what is missing is the rest of the commit. */
static void
test_a_good_list_is_refused_for_its_tag_only (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref add;

  begin ();
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  add = forge_add (&f);
  expect (&add, 1, E2EE_MLS_ERR_CONFIRMATION_TAG);
  forge_package_clear (&f);
}

static void
test_valsem101_refuses_the_signature_key_of_a_member (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref add;

  begin ();
  forge_package_begin (&f, &p.members[2]);
  CHECK_RETURN_IF_FAILED ();
  add = forge_add (&f);
  expect (&add, 1, E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY);
  forge_package_clear (&f);
}

static void
test_valsem101_refuses_one_client_added_twice (void)
{
  forged_package f, g;
  e2ee_mls_proposal_or_ref adds[2];

  begin ();
  forge_package_begin (&f, &p.members[4]);
  forge_package_begin (&g, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  adds[0] = forge_add (&f);
  adds[1] = forge_add (&g);
  expect (adds, 2, E2EE_MLS_ERR_PROPOSAL_SAME_CLIENT_TWICE);
  forge_package_clear (&f);
  forge_package_clear (&g);
}

static void
test_a_client_may_come_back_in_the_commit_that_removes_him (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref list[2];

  begin ();
  forge_package_begin (&f, &p.members[2]);
  CHECK_RETURN_IF_FAILED ();
  list[0] = forge_add (&f);
  list[1] = forge_remove (2);
  expect (list, 2, E2EE_MLS_ERR_PATH_MISSING);
  forge_package_clear (&f);
}

static void
test_valsem102_refuses_one_init_key_twice (void)
{
  forged_package f, g;
  e2ee_mls_proposal_or_ref adds[2];

  begin ();
  forge_package_begin (&f, &p.members[4]);
  forge_package_begin (&g, &p.members[5]);
  CHECK_RETURN_IF_FAILED ();
  g.key_package.init_key = f.key_package.init_key;
  forge_package_sign (&g, &p.members[5]);
  adds[0] = forge_add (&f);
  adds[1] = forge_add (&g);
  expect (adds, 2, E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
  forge_package_clear (&f);
  forge_package_clear (&g);
}

static void
test_valsem103_refuses_the_encryption_key_of_a_member (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref add;

  begin ();
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  f.key_package.leaf.encryption_key =
      e2ee_mls_tree_leaf (p.members[1].group->epoch->tree, 3)->encryption_key;
  forge_package_sign (&f, &p.members[4]);
  add = forge_add (&f);
  expect (&add, 1, E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
  forge_package_clear (&f);
}

static void
test_valsem103_refuses_one_encryption_key_added_twice (void)
{
  forged_package f, g;
  e2ee_mls_proposal_or_ref adds[2];

  begin ();
  forge_package_begin (&f, &p.members[4]);
  forge_package_begin (&g, &p.members[5]);
  CHECK_RETURN_IF_FAILED ();
  g.key_package.leaf.encryption_key = f.key_package.leaf.encryption_key;
  forge_package_sign (&g, &p.members[5]);
  adds[0] = forge_add (&f);
  adds[1] = forge_add (&g);
  expect (adds, 2, E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
  forge_package_clear (&f);
  forge_package_clear (&g);
}

static void
test_valsem104_refuses_an_init_key_that_is_the_encryption_key (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref add;

  begin ();
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  f.key_package.init_key = f.key_package.leaf.encryption_key;
  forge_package_sign (&f, &p.members[4]);
  add = forge_add (&f);
  expect (&add, 1, E2EE_MLS_ERR_KEY_PACKAGE_INIT_KEY);
  forge_package_clear (&f);
}

static void
test_valsem105_refuses_another_suite_or_version (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref add;

  begin ();
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  f.key_package.cipher_suite = SUITE_AES;
  forge_package_sign (&f, &p.members[4]);
  add = forge_add (&f);
  CHECK_RESULT (commit (&add, 1), E2EE_MLS_ERR_KEY_PACKAGE_SUITE);
  e2ee_mls_buffer_clear (&f.leaf_signature);
  e2ee_mls_buffer_clear (&f.signature);
  f.key_package.cipher_suite = SUITE_CHACHA;
  f.key_package.version = 2;
  forge_package_sign (&f, &p.members[4]);
  add = forge_add (&f);
  expect (&add, 1, E2EE_MLS_ERR_KEY_PACKAGE_SUITE);
  forge_package_clear (&f);
}

/* required_capabilities: the private-use extension 0xf042, which nobody here lists. */
static const uint8_t requires_f042[] = { 0x00, 0x03, 0x05, 0x02, 0xf0, 0x42, 0x00, 0x00 };

static const uint8_t lists_f042[] = { 0xf0, 0x42 };

/* A group of 0 alone that requires 0xf042. */
static void
begin_with_requirement (void)
{
  const e2ee_mls_leaf_params leaf = { .extension_types = E2EE_BYTES (lists_f042, 2) };
  const e2ee_mls_create_params create = {
    .extensions = { E2EE_BYTES (requires_f042, sizeof (requires_f042)) },
    .leaf = &leaf,
  };
  e2ee_mls_joiner *joiner;
  e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_ADD };
  const e2ee_mls_commit_params params = { .changes = &change, .n_changes = 1,
      .tree_in_welcome = 1 };
  member *joining = &p.members[1];

  party_init (&p, SUITE_CHACHA);
  CHECK_OK (e2ee_mls_group_create (&p.members[0].host, p.members[0].identity, &create,
          &p.members[0].group));
  CHECK_OK (e2ee_mls_joiner_new (&joining->host, joining->identity, &leaf, &joiner));
  change.key_package = e2ee_mls_joiner_key_package (joiner);
  party_commit (&p, &p.members[0], &params, &joining, &joiner, 1);
  e2ee_mls_joiner_free (joiner);
}

static void
test_valsem106_refuses_an_add_without_required_capabilities (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref add;

  begin_with_requirement ();
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  add = forge_add (&f);
  expect (&add, 1, E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
  forge_package_clear (&f);
}

static void
test_valsem107_refuses_two_removes_of_one_member (void)
{
  e2ee_mls_proposal_or_ref list[2] = { forge_remove (2), forge_remove (2) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 2, E2EE_MLS_ERR_PROPOSAL_SAME_LEAF_TWICE);
}

static void
test_valsem108_refuses_a_remove_of_nobody (void)
{
  e2ee_mls_proposal_or_ref list[1] = { forge_remove (4) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (commit (list, 1), E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
  list[0] = forge_remove (UINT32_MAX);
  expect (list, 1, E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
}

/* ---- updates, which come by reference ---- */

/* An update of @m's leaf with @change made before it is signed, known to all; the reference goes
 * into @out, whose memory is @reference. */
typedef void (*leaf_change) (e2ee_mls_leaf_node * leaf);

static void
propose_update (const member * m, leaf_change change, e2ee_mls_digest * reference,
    e2ee_mls_proposal_or_ref * out)
{
  const e2ee_mls_leaf_place place = { m->group->epoch->context.group_id, m->group->own_leaf };
  e2ee_mls_proposal proposal = { .type = E2EE_MLS_PROPOSAL_UPDATE };
  e2ee_mls_secret private_key = E2EE_MLS_NO_SECRET;
  e2ee_mls_buffer public_key = E2EE_MLS_NO_BUFFER, signature = E2EE_MLS_NO_BUFFER;

  proposal.u.update = *e2ee_mls_tree_leaf (m->group->epoch->tree, m->group->own_leaf);
  CHECK_OK (e2ee_mls_hpke_generate_key_pair (m->group->suite, &m->env, &private_key,
          &public_key));
  proposal.u.update.encryption_key = e2ee_mls_buffer_view (public_key);
  proposal.u.update.source = E2EE_MLS_LEAF_UPDATE;
  if (change != NULL)
    change (&proposal.u.update);
  CHECK_OK (e2ee_mls_leaf_node_sign (m->group->suite, &proposal.u.update, &place,
          e2ee_mls_secret_view (m->identity->signature_private), &signature));
  forge_proposal (&p, m, &proposal, reference);
  *out = (e2ee_mls_proposal_or_ref) { .by_reference = 1,
      .reference = e2ee_mls_digest_view (m->group->suite, reference) };
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
  e2ee_mls_buffer_clear (&signature);
}

static void
refuse_update (const member * by, leaf_change change, e2ee_mls_result expected)
{
  e2ee_mls_digest reference;
  e2ee_mls_proposal_or_ref update = { .by_reference = 0 };

  propose_update (by, change, &reference, &update);
  CHECK_RETURN_IF_FAILED ();
  expect (&update, 1, expected);
}

static void
test_a_good_update_is_refused_for_its_path_only (void)
{
  begin ();
  CHECK_RETURN_IF_FAILED ();
  refuse_update (&p.members[2], NULL, E2EE_MLS_ERR_PATH_MISSING);
}

static void
forget_extension_types (e2ee_mls_leaf_node * leaf)
{
  leaf->capabilities.extensions = E2EE_NO_BYTES;
}

/* 1 judges what 0 commits of 2's. */
static void
test_valsem109_refuses_an_update_without_required_capabilities (void)
{
  const e2ee_mls_leaf_params leaf = { .extension_types = E2EE_BYTES (lists_f042, 2) };
  const e2ee_mls_external_params params = { .leaf = &leaf };
  e2ee_mls_digest reference;
  e2ee_mls_proposal_or_ref update = { .by_reference = 0 };

  begin_with_requirement ();
  CHECK_RETURN_IF_FAILED ();
  party_enter (&p, &p.members[2], &p.members[0], &params);
  propose_update (&p.members[2], forget_extension_types, &reference, &update);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (commit (&update, 1), E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
  party_clear (&p);
}

static void
take_key_of_leaf_3 (e2ee_mls_leaf_node * leaf)
{
  leaf->encryption_key = e2ee_mls_tree_leaf (p.members[0].group->epoch->tree, 3)->encryption_key;
}

static void
test_valsem110_refuses_an_update_to_the_key_of_another (void)
{
  begin ();
  CHECK_RETURN_IF_FAILED ();
  refuse_update (&p.members[2], take_key_of_leaf_3, E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
}

static void
keep_key_of_leaf_2 (e2ee_mls_leaf_node * leaf)
{
  leaf->encryption_key = e2ee_mls_tree_leaf (p.members[0].group->epoch->tree, 2)->encryption_key;
}

static void
test_valsem110_refuses_an_update_that_keeps_its_key (void)
{
  begin ();
  CHECK_RETURN_IF_FAILED ();
  refuse_update (&p.members[2], keep_key_of_leaf_2, E2EE_MLS_ERR_ENCRYPTION_KEY_UNCHANGED);
}

static void
test_valsem111_refuses_the_committers_own_update (void)
{
  begin ();
  CHECK_RETURN_IF_FAILED ();
  refuse_update (&p.members[1], NULL, E2EE_MLS_ERR_PROPOSAL_OWN_UPDATE);
}

static void
test_an_update_by_value_is_refused (void)
{
  e2ee_mls_proposal_or_ref update = { .proposal = { .type = E2EE_MLS_PROPOSAL_UPDATE } };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  update.proposal.u.update = *e2ee_mls_tree_leaf (p.members[1].group->epoch->tree, 1);
  expect (&update, 1, E2EE_MLS_ERR_PROPOSAL_UPDATE_BY_VALUE);
}

static void
test_an_update_and_a_remove_of_one_member_are_refused (void)
{
  e2ee_mls_digest reference;
  e2ee_mls_proposal_or_ref list[2] = { { .by_reference = 0 }, forge_remove (2) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  propose_update (&p.members[2], NULL, &reference, &list[0]);
  CHECK_RETURN_IF_FAILED ();
  expect (list, 2, E2EE_MLS_ERR_PROPOSAL_SAME_LEAF_TWICE);
}

static void
made_for_a_commit (e2ee_mls_leaf_node * leaf)
{
  leaf->source = E2EE_MLS_LEAF_COMMIT;
}

static void
test_a_leaf_made_for_a_commit_is_no_update (void)
{
  begin ();
  CHECK_RETURN_IF_FAILED ();
  refuse_update (&p.members[2], made_for_a_commit, E2EE_MLS_ERR_LEAF_SOURCE);
}

static void
test_the_application_may_refuse_an_update (void)
{
  begin ();
  CHECK_RETURN_IF_FAILED ();
  p.members[0].refuse = 1u << E2EE_MLS_AT_UPDATE;
  refuse_update (&p.members[2], NULL, E2EE_MLS_ERR_CREDENTIAL_REFUSED);
}

/* ---- the rest of section 12.2 ---- */

static void
test_valsem200_refuses_a_commit_that_removes_its_sender (void)
{
  e2ee_mls_proposal_or_ref list[1] = { forge_remove (1) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_PROPOSAL_REMOVES_COMMITTER);
}

static e2ee_mls_proposal_or_ref
psk (e2ee_bytes id, size_t nonce_size)
{
  static const uint8_t nonce[64];

  return (e2ee_mls_proposal_or_ref) { .proposal = { .type = E2EE_MLS_PROPOSAL_PSK,
      .u = { .psk = { .type = E2EE_MLS_PSK_EXTERNAL, .psk_id = id,
          .psk_nonce = E2EE_BYTES (nonce, nonce_size) } } } };
}

static void
test_valsem401_refuses_a_nonce_of_another_size (void)
{
  e2ee_mls_proposal_or_ref list[1] = { psk (TEXT ("link"), 31) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_PSK_NONCE);
}

static void
test_valsem402_refuses_resumption_keys_of_other_uses (void)
{
  e2ee_mls_proposal_or_ref list[1] = { psk (TEXT ("link"), 32) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  list[0].proposal.u.psk.type = E2EE_MLS_PSK_RESUMPTION;
  list[0].proposal.u.psk.usage = E2EE_MLS_RESUMPTION_REINIT;
  list[0].proposal.u.psk.psk_group_id = e2ee_mls_group_id (p.members[0].group);
  CHECK_RESULT (commit (list, 1), E2EE_MLS_ERR_PSK_USAGE);
  list[0].proposal.u.psk.usage = E2EE_MLS_RESUMPTION_BRANCH;
  CHECK_RESULT (commit (list, 1), E2EE_MLS_ERR_PSK_USAGE);
  list[0].proposal.u.psk.usage = E2EE_MLS_RESUMPTION_APPLICATION;
  list[0].proposal.u.psk.psk_epoch = 1;
  expect (list, 1, E2EE_MLS_ERR_CONFIRMATION_TAG);
}

static void
test_valsem403_refuses_one_key_twice (void)
{
  e2ee_mls_proposal_or_ref list[2] = { psk (TEXT ("link"), 32), psk (TEXT ("link"), 32) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 2, E2EE_MLS_ERR_PROPOSAL_DUPLICATE_PSK);
}

static void
test_a_key_that_is_not_at_hand_is_refused (void)
{
  e2ee_mls_proposal_or_ref list[1] = { psk (TEXT ("another link"), 32) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_PSK_UNKNOWN);
}

static e2ee_mls_proposal_or_ref
context_extensions (const uint8_t * list, size_t size)
{
  return (e2ee_mls_proposal_or_ref) { .proposal = {
      .type = E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
      .u = { .group_context_extensions = { E2EE_BYTES (list, size) } } } };
}

static void
test_valsem208_refuses_two_group_context_extensions (void)
{
  e2ee_mls_proposal_or_ref list[2] = { context_extensions (NULL, 0),
    context_extensions (NULL, 0)
  };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 2, E2EE_MLS_ERR_PROPOSAL_TWO_CONTEXTS);
}

static void
test_valsem209_refuses_an_extension_that_a_member_lacks (void)
{
  static const uint8_t extension[] = { 0xf0, 0x42, 0x00 };
  e2ee_mls_proposal_or_ref list[1] = { context_extensions (extension, sizeof (extension)) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_PROPOSAL_EXTENSION_UNSUPPORTED);
}

static void
test_capabilities_that_a_member_lacks_cannot_be_required (void)
{
  e2ee_mls_proposal_or_ref list[1] = { context_extensions (requires_f042,
        sizeof (requires_f042)) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_LEAF_REQUIRED_CAPABILITIES);
}

/* The new extensions count for the adds beside them (section 12.3), whatever the order. */
static void
test_new_requirements_hold_for_those_added_with_them (void)
{
  e2ee_mls_proposal_or_ref list[2];
  forged_package f;

  begin_with_requirement ();
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  list[0] = forge_add (&f);
  list[1] = context_extensions (NULL, 0);
  expect (list, 2, E2EE_MLS_ERR_PATH_MISSING);
  forge_package_clear (&f);
}

static void
test_external_senders_cannot_be_let_in (void)
{
  static const uint8_t extension[] = { 0x00, 0x05, 0x01, 0x00 };
  e2ee_mls_proposal_or_ref list[1] = { context_extensions (extension, sizeof (extension)) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_UNSUPPORTED_SENDER);
}

static void
test_extensions_of_one_type_twice_are_refused (void)
{
  static const uint8_t extensions[] = { 0x00, 0x03, 0x03, 0, 0, 0, 0x00, 0x03, 0x03, 0, 0, 0 };
  e2ee_mls_proposal_or_ref list[1] = { context_extensions (extensions, sizeof (extensions)) };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_DUPLICATE_EXTENSION);
}

static void
test_external_init_is_refused_in_a_members_commit (void)
{
  e2ee_mls_proposal_or_ref list[1] = { { .proposal = {
          .type = E2EE_MLS_PROPOSAL_EXTERNAL_INIT, .u = { .external_init = TEXT ("x") } } } };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_PROPOSAL_EXTERNAL_INIT);
}

static void
test_reinit_is_refused (void)
{
  e2ee_mls_proposal_or_ref list[1] = { { .proposal = { .type = E2EE_MLS_PROPOSAL_REINIT,
          .u = { .reinit = { .group_id = TEXT ("next"), .version = 1,
              .cipher_suite = SUITE_CHACHA } } } } };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL);
}

static void
test_reinit_is_not_even_remembered (void)
{
  e2ee_mls_authenticated_content auth;
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;

  begin ();
  CHECK_RETURN_IF_FAILED ();
  auth = forge_content (&p.members[1], E2EE_MLS_CONTENT_PROPOSAL);
  auth.content.u.proposal = (e2ee_mls_proposal) { .type = E2EE_MLS_PROPOSAL_REINIT,
      .u = { .reinit = { .group_id = TEXT ("next"), .version = 1 } } };
  forge_seal (&p.members[1], &auth, &message);
  CHECK_RESULT (forge_deliver (&p.members[0], message), E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL);
  e2ee_mls_buffer_clear (&message);
  auth.content.u.proposal = (e2ee_mls_proposal) { .type = E2EE_MLS_PROPOSAL_EXTERNAL_INIT,
      .u = { .external_init = TEXT ("x") } };
  forge_seal (&p.members[1], &auth, &message);
  CHECK_RESULT (forge_deliver (&p.members[0], message), E2EE_MLS_ERR_PROPOSAL_EXTERNAL_INIT);
  CHECK_INT (e2ee_mls_group_n_proposals (p.members[0].group), 0);
  e2ee_mls_buffer_clear (&message);
  end ();
}

static void
test_a_reference_to_nothing_is_refused (void)
{
  static const uint8_t nothing[32];
  e2ee_mls_proposal_or_ref list[1] = { { .by_reference = 1,
          .reference = E2EE_BYTES (nothing, 32) } };

  begin ();
  CHECK_RETURN_IF_FAILED ();
  expect (list, 1, E2EE_MLS_ERR_PROPOSAL_UNKNOWN);
}

static void
test_the_application_may_refuse_who_is_added (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref add;

  begin ();
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  add = forge_add (&f);
  p.members[0].refuse = 1u << E2EE_MLS_AT_ADD;
  expect (&add, 1, E2EE_MLS_ERR_CREDENTIAL_REFUSED);
  forge_package_clear (&f);
}

static void
test_a_group_may_be_full (void)
{
  forged_package f;
  e2ee_mls_proposal_or_ref list[2];

  begin ();
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  p.members[0].host.max_members = 4;
  list[0] = forge_add (&f);
  CHECK_RESULT (commit (list, 1), E2EE_MLS_ERR_TREE_FULL);
  list[1] = forge_remove (2);
  expect (list, 2, E2EE_MLS_ERR_PATH_MISSING);
  forge_package_clear (&f);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_good_list_is_refused_for_its_tag_only),
  CHECK_CASE (test_valsem101_refuses_the_signature_key_of_a_member),
  CHECK_CASE (test_valsem101_refuses_one_client_added_twice),
  CHECK_CASE (test_a_client_may_come_back_in_the_commit_that_removes_him),
  CHECK_CASE (test_valsem102_refuses_one_init_key_twice),
  CHECK_CASE (test_valsem103_refuses_the_encryption_key_of_a_member),
  CHECK_CASE (test_valsem103_refuses_one_encryption_key_added_twice),
  CHECK_CASE (test_valsem104_refuses_an_init_key_that_is_the_encryption_key),
  CHECK_CASE (test_valsem105_refuses_another_suite_or_version),
  CHECK_CASE (test_valsem106_refuses_an_add_without_required_capabilities),
  CHECK_CASE (test_valsem107_refuses_two_removes_of_one_member),
  CHECK_CASE (test_valsem108_refuses_a_remove_of_nobody),
  CHECK_CASE (test_a_good_update_is_refused_for_its_path_only),
  CHECK_CASE (test_valsem109_refuses_an_update_without_required_capabilities),
  CHECK_CASE (test_valsem110_refuses_an_update_to_the_key_of_another),
  CHECK_CASE (test_valsem110_refuses_an_update_that_keeps_its_key),
  CHECK_CASE (test_valsem111_refuses_the_committers_own_update),
  CHECK_CASE (test_an_update_by_value_is_refused),
  CHECK_CASE (test_an_update_and_a_remove_of_one_member_are_refused),
  CHECK_CASE (test_a_leaf_made_for_a_commit_is_no_update),
  CHECK_CASE (test_the_application_may_refuse_an_update),
  CHECK_CASE (test_valsem200_refuses_a_commit_that_removes_its_sender),
  CHECK_CASE (test_valsem401_refuses_a_nonce_of_another_size),
  CHECK_CASE (test_valsem402_refuses_resumption_keys_of_other_uses),
  CHECK_CASE (test_valsem403_refuses_one_key_twice),
  CHECK_CASE (test_a_key_that_is_not_at_hand_is_refused),
  CHECK_CASE (test_valsem208_refuses_two_group_context_extensions),
  CHECK_CASE (test_valsem209_refuses_an_extension_that_a_member_lacks),
  CHECK_CASE (test_capabilities_that_a_member_lacks_cannot_be_required),
  CHECK_CASE (test_new_requirements_hold_for_those_added_with_them),
  CHECK_CASE (test_external_senders_cannot_be_let_in),
  CHECK_CASE (test_extensions_of_one_type_twice_are_refused),
  CHECK_CASE (test_external_init_is_refused_in_a_members_commit),
  CHECK_CASE (test_reinit_is_refused),
  CHECK_CASE (test_reinit_is_not_even_remembered),
  CHECK_CASE (test_a_reference_to_nothing_is_refused),
  CHECK_CASE (test_the_application_may_refuse_who_is_added),
  CHECK_CASE (test_a_group_may_be_full),
};

PARTY_MAIN (cases)
