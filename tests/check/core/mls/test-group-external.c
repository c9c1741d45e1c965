/* External commits: how they are used, and which are refused (RFC 9420 sections 12.2 and 12.4.3.2,
 * named after OpenMLS's ValSem numbers).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "forge.h"

static party p;

/* What member 3, who is outside, sends with @params and @change made to it, as member 0 sees it. */
static e2ee_mls_result
enter_with (const e2ee_mls_external_params * params, forge_change change, void *user)
{
  member *m = &p.members[3];
  e2ee_mls_buffer info = E2EE_MLS_NO_BUFFER, commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  r = e2ee_mls_group_info_make (p.members[1].group, 1, &info);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_join_external (&m->host, m->identity, e2ee_mls_buffer_view (info), params,
        &m->group, &commit);
  if (r == E2EE_MLS_OK)
    r = change != NULL ? forge_again (m, &p.members[0], commit, change, user)
        : forge_deliver (&p.members[0], commit);
  e2ee_mls_group_free (m->group);
  m->group = NULL;
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&commit);
  return r;
}

static void
refuse (const e2ee_mls_external_params * params, forge_change change, e2ee_mls_result expected)
{
  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (enter_with (params, change, NULL), expected);
  CHECK_INT (e2ee_mls_group_epoch (p.members[0].group), 1);
  party_clear (&p);
}

static void
leave (e2ee_mls_authenticated_content * auth, void *user)
{
}

static void
test_an_external_commit_is_taken (void)
{
  refuse (NULL, NULL, E2EE_MLS_OK);
  /* Ed25519 signs the same content the same way. */
  refuse (NULL, leave, E2EE_MLS_OK);
}

static void
no_proposals (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.n_proposals = 0;
}

static void
test_valsem240_refuses_a_commit_without_external_init (void)
{
  refuse (NULL, no_proposals, E2EE_MLS_ERR_EXTERNAL_INIT_COUNT);
}

/* One more proposal behind the ExternalInit. */
static void
append (e2ee_mls_authenticated_content * auth, e2ee_mls_proposal_or_ref more)
{
  static e2ee_mls_proposal_or_ref list[8];
  e2ee_mls_commit *commit = &auth->content.u.commit;

  for (size_t i = 0; i < commit->n_proposals; i++)
    list[i] = commit->proposals[i];
  list[commit->n_proposals++] = more;
  commit->proposals = list;
}

static void
two_inits (e2ee_mls_authenticated_content * auth, void *user)
{
  append (auth, auth->content.u.commit.proposals[0]);
}

static void
test_valsem241_refuses_two_external_inits (void)
{
  refuse (NULL, two_inits, E2EE_MLS_ERR_EXTERNAL_INIT_COUNT);
}

static void
with_extensions (e2ee_mls_authenticated_content * auth, void *user)
{
  append (auth, (e2ee_mls_proposal_or_ref) { .proposal = {
          .type = E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS } });
}

static void
with_update (e2ee_mls_authenticated_content * auth, void *user)
{
  append (auth, (e2ee_mls_proposal_or_ref) { .proposal = { .type = E2EE_MLS_PROPOSAL_UPDATE,
          .u = { .update = auth->content.u.commit.path.leaf } } });
}

static void
with_reinit (e2ee_mls_authenticated_content * auth, void *user)
{
  append (auth, (e2ee_mls_proposal_or_ref) { .proposal = { .type = E2EE_MLS_PROPOSAL_REINIT,
          .u = { .reinit = { .group_id = TEXT ("next") } } } });
}

static void
with_add (e2ee_mls_authenticated_content * auth, void *user)
{
  append (auth, forge_add (user));
}

static void
test_valsem242_refuses_other_proposals (void)
{
  forged_package f;

  refuse (NULL, with_extensions, E2EE_MLS_ERR_EXTERNAL_PROPOSAL);
  refuse (NULL, with_update, E2EE_MLS_ERR_EXTERNAL_PROPOSAL);
  refuse (NULL, with_reinit, E2EE_MLS_ERR_EXTERNAL_PROPOSAL);
  CHECK_RETURN_IF_FAILED ();
  party_start (&p, SUITE_CHACHA, 3);
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (enter_with (NULL, with_add, &f), E2EE_MLS_ERR_EXTERNAL_PROPOSAL);
  forge_package_clear (&f);
  party_clear (&p);
}

static void
test_valsem243_refuses_the_removal_of_another (void)
{
  const e2ee_mls_external_params params = { .resync = 1, .resync_leaf = 2 };

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  p.members[0].refuse_changes = 1;
  CHECK_RESULT (enter_with (&params, NULL, NULL), E2EE_MLS_ERR_EXTERNAL_REMOVE);
  party_clear (&p);
}

static void
with_two_removes (e2ee_mls_authenticated_content * auth, void *user)
{
  append (auth, forge_remove (0));
  append (auth, forge_remove (2));
}

static void
test_valsem243_refuses_two_removes (void)
{
  refuse (NULL, with_two_removes, E2EE_MLS_ERR_EXTERNAL_REMOVE);
}

static void
with_remove_of_nobody (e2ee_mls_authenticated_content * auth, void *user)
{
  append (auth, forge_remove (3));
}

static void
test_a_remove_of_nobody_is_refused (void)
{
  refuse (NULL, with_remove_of_nobody, E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
}

static void
with_reference (e2ee_mls_authenticated_content * auth, void *user)
{
  append (auth, (e2ee_mls_proposal_or_ref) { .by_reference = 1,
          .reference = TEXT ("what somebody proposed, 32 bytes") });
}

static void
test_valsem244_refuses_references (void)
{
  refuse (NULL, with_reference, E2EE_MLS_ERR_EXTERNAL_BY_REFERENCE);
}

/* The list refuses them by itself too. */
static void
test_valsem244_refuses_a_resolved_reference (void)
{
  const e2ee_mls_proposal proposal = { .type = E2EE_MLS_PROPOSAL_EXTERNAL_INIT,
      .u = { .external_init = TEXT ("x") } };
  e2ee_mls_listed_proposal listed = { &proposal, E2EE_MLS_NO_NODE, 0 };
  e2ee_mls_list_check check;

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  check = (e2ee_mls_list_check) { &p.members[0].host, p.members[0].group->epoch->tree,
    &p.members[0].group->epoch->context, E2EE_MLS_NO_NODE, NULL
  };
  CHECK_OK (e2ee_mls_proposal_list_validate (&check, &listed, 1));
  listed.by_reference = 1;
  CHECK_RESULT (e2ee_mls_proposal_list_validate (&check, &listed, 1),
      E2EE_MLS_ERR_EXTERNAL_BY_REFERENCE);
  party_clear (&p);
}

static void
without_path (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.has_path = 0;
}

static void
test_valsem245_refuses_a_commit_without_path (void)
{
  refuse (NULL, without_path, E2EE_MLS_ERR_EXTERNAL_NO_PATH);
}

/* Signed by a member, with the leaf of somebody who is not. */
static void
test_valsem246_refuses_a_signature_that_is_not_the_leafs (void)
{
  member liar;
  e2ee_mls_buffer info, commit;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_info_make (p.members[1].group, 1, &info));
  CHECK_OK (e2ee_mls_group_join_external (&p.members[3].host, p.members[3].identity,
          e2ee_mls_buffer_view (info), NULL, &p.members[3].group, &commit));
  liar = p.members[3];
  liar.identity = p.members[2].identity;
  CHECK_RESULT (forge_again (&liar, &p.members[0], commit, leave, NULL), E2EE_MLS_ERR_SIGNATURE);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_one_who_is_in_comes_back_by_resync_only (void)
{
  e2ee_mls_external_params params = { .resync = 0 };
  e2ee_mls_group *old;

  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  old = p.members[3].group;
  CHECK_RESULT (enter_with (&params, NULL, NULL), E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY);
  e2ee_mls_group_free (old);
  params.resync = 1;
  party_enter (&p, &p.members[3], &p.members[0], &params);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_group_own_leaf (p.members[3].group), 3);
  CHECK_INT (e2ee_mls_group_n_members (p.members[0].group), 4);
  party_check_agreement (&p);
  party_clear (&p);
}

static void
test_the_application_is_asked_about_one_who_comes_in (void)
{
  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  p.members[0].refuse = 1u << E2EE_MLS_AT_EXTERNAL_JOIN;
  CHECK_RESULT (enter_with (NULL, NULL, NULL), E2EE_MLS_ERR_CREDENTIAL_REFUSED);
  party_clear (&p);
}

static void
test_one_who_comes_in_asks_about_every_member (void)
{
  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  p.members[3].refuse = 1u << E2EE_MLS_AT_TREE;
  CHECK_RESULT (enter_with (NULL, NULL, NULL), E2EE_MLS_ERR_CREDENTIAL_REFUSED);
  p.members[3].refuse = 0;
  memset (p.members[3].asked, 0, sizeof (p.members[3].asked));
  CHECK_OK (enter_with (NULL, NULL, NULL));
  CHECK_INT (p.members[3].asked[E2EE_MLS_AT_TREE], 3);
  party_clear (&p);
}

static int
find_other_psk (void *user, e2ee_bytes id, e2ee_mls_secret * psk)
{
  return e2ee_mls_secret_dup (TEXT ("another secret"), psk) == E2EE_MLS_OK;
}

static void
test_another_secret_from_the_link_gets_nobody_in (void)
{
  const e2ee_bytes id = TEXT ("link");
  const e2ee_mls_external_params params = { .psk_ids = &id, .n_psk_ids = 1 };

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  p.members[3].host.find_psk = find_other_psk;
  CHECK_RESULT (enter_with (&params, NULL, NULL), E2EE_MLS_ERR_CONFIRMATION_TAG);
  p.members[3].host.find_psk = NULL;
  CHECK_RESULT (enter_with (&params, NULL, NULL), E2EE_MLS_ERR_PSK_UNKNOWN);
  p.members[3].host.find_psk = party_find_psk;
  CHECK_OK (enter_with (&params, NULL, NULL));
  party_clear (&p);
}

static void
test_a_full_group_lets_nobody_in (void)
{
  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  p.members[0].host.max_members = 3;
  CHECK_RESULT (enter_with (NULL, NULL, NULL), E2EE_MLS_ERR_TREE_FULL);
  party_clear (&p);
}

/* ---- the GroupInfo that a joiner is given ---- */

typedef void (*info_change) (e2ee_mls_group_info * info);

static e2ee_mls_result
join_with_info (info_change change, int with_tree, int sign)
{
  const member *guide = &p.members[1];
  member *m = &p.members[3];
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer info = E2EE_MLS_NO_BUFFER, changed = E2EE_MLS_NO_BUFFER;
  e2ee_mls_buffer signature = E2EE_MLS_NO_BUFFER, commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_message message;
  e2ee_mls_result r;

  r = e2ee_mls_group_info_make (guide->group, with_tree, &info);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_message_decode (e2ee_mls_buffer_view (info), &arena, &message);
  if (r == E2EE_MLS_OK) {
    change (&message.u.group_info);
    if (sign)
      r = e2ee_mls_group_info_sign (guide->group->suite, &message.u.group_info,
          e2ee_mls_secret_view (guide->identity->signature_private), &signature);
  }
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_message_encode (&message, &changed);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_join_external (&m->host, m->identity, e2ee_mls_buffer_view (changed),
        NULL, &m->group, &commit);
  e2ee_mls_group_free (m->group);
  m->group = NULL;
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&changed);
  e2ee_mls_buffer_clear (&signature);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_arena_clear (&arena);
  return r;
}

static void
refuse_info (info_change change, int with_tree, int sign, e2ee_mls_result expected)
{
  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (join_with_info (change, with_tree, sign), expected);
  party_clear (&p);
}

static void
keep_info (e2ee_mls_group_info * info)
{
}

static void
no_extensions (e2ee_mls_group_info * info)
{
  info->extensions.list = E2EE_NO_BYTES;
}

/* The list holds external_pub first. */
static void
tree_only (e2ee_mls_group_info * info)
{
  e2ee_mls_extensions left = info->extensions;
  e2ee_mls_extension first;

  if (e2ee_mls_extensions_next (&left, &first))
    info->extensions = left;
}

static void
other_epoch (e2ee_mls_group_info * info)
{
  info->context.epoch++;
}

static void
blank_signer (e2ee_mls_group_info * info)
{
  info->signer = 3;
}

static void
other_tree_hash (e2ee_mls_group_info * info)
{
  info->context.tree_hash = info->context.confirmed_transcript_hash;
}

static void
other_suite (e2ee_mls_group_info * info)
{
  info->context.cipher_suite = SUITE_AES;
}

static void
other_version (e2ee_mls_group_info * info)
{
  info->context.version = 2;
}

static void
same_extension_twice (e2ee_mls_group_info * info)
{
  static uint8_t list[4096];
  const e2ee_bytes once = info->extensions.list;

  if (2 * once.size > sizeof (list))
    return;
  memcpy (list, once.data, once.size);
  memcpy (list + once.size, once.data, once.size);
  info->extensions.list = E2EE_BYTES (list, 2 * once.size);
}

static void
unknown_extension (e2ee_mls_group_info * info)
{
  static const uint8_t extension[] = { 0xf0, 0x42, 0x00 };

  info->context.extensions.list = E2EE_BYTES (extension, sizeof (extension));
}

static void
test_a_group_info_that_is_wrong_is_refused (void)
{
  refuse_info (keep_info, 1, 1, E2EE_MLS_OK);
  refuse_info (keep_info, 0, 1, E2EE_MLS_ERR_TREE_MISSING);
  refuse_info (no_extensions, 1, 1, E2EE_MLS_ERR_TREE_MISSING);
  refuse_info (tree_only, 1, 1, E2EE_MLS_ERR_EXTERNAL_PUB_MISSING);
  refuse_info (other_epoch, 1, 0, E2EE_MLS_ERR_GROUP_INFO_SIGNATURE);
  refuse_info (blank_signer, 1, 1, E2EE_MLS_ERR_WELCOME_SIGNER);
  refuse_info (other_tree_hash, 1, 1, E2EE_MLS_ERR_TREE_HASH);
  refuse_info (other_suite, 1, 1, E2EE_MLS_ERR_WRONG_SUITE);
  refuse_info (other_version, 1, 1, E2EE_MLS_ERR_UNSUPPORTED_VERSION);
  refuse_info (same_extension_twice, 1, 1, E2EE_MLS_ERR_DUPLICATE_EXTENSION);
  refuse_info (unknown_extension, 1, 1, E2EE_MLS_ERR_EXTENSION_UNSUPPORTED);
}

/* Made for an epoch that has passed: the members no longer take it. */
static void
test_an_old_group_info_leads_nowhere (void)
{
  e2ee_mls_buffer info, commit;
  member *m;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  m = &p.members[3];
  CHECK_OK (e2ee_mls_group_info_make (p.members[1].group, 1, &info));
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  CHECK_OK (e2ee_mls_group_join_external (&m->host, m->identity, e2ee_mls_buffer_view (info),
          NULL, &m->group, &commit));
  CHECK_RESULT (forge_deliver (&p.members[0], commit), E2EE_MLS_ERR_WRONG_EPOCH);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

/* Before the commit is accepted there is a group that can do nothing. */
static void
test_nothing_works_before_the_external_commit_is_merged (void)
{
  e2ee_mls_buffer info, commit, out;
  member *m;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  m = &p.members[3];
  CHECK_OK (e2ee_mls_group_info_make (p.members[1].group, 1, &info));
  CHECK_OK (e2ee_mls_group_join_external (&m->host, m->identity, e2ee_mls_buffer_view (info),
          NULL, &m->group, &commit));
  CHECK (!e2ee_mls_group_is_active (m->group));
  CHECK (e2ee_mls_group_has_pending (m->group));
  CHECK_INT (e2ee_mls_group_epoch_authenticator (m->group).size, 0);
  CHECK_RESULT (e2ee_mls_group_protect (m->group, TEXT ("x"), E2EE_NO_BYTES, &out),
      E2EE_MLS_ERR_PENDING);
  CHECK_RESULT (e2ee_mls_group_commit (m->group, NULL, &out, NULL, NULL), E2EE_MLS_ERR_PENDING);
  CHECK_RESULT (e2ee_mls_group_info_make (m->group, 1, &out), E2EE_MLS_ERR_PENDING);
  CHECK_RESULT (forge_deliver (m, commit), E2EE_MLS_ERR_PENDING);
  party_deliver (&p, m, commit);
  CHECK_OK (e2ee_mls_group_merge_pending (m->group));
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static const check_case cases[] = {
  CHECK_CASE (test_an_external_commit_is_taken),
  CHECK_CASE (test_valsem240_refuses_a_commit_without_external_init),
  CHECK_CASE (test_valsem241_refuses_two_external_inits),
  CHECK_CASE (test_valsem242_refuses_other_proposals),
  CHECK_CASE (test_valsem243_refuses_the_removal_of_another),
  CHECK_CASE (test_valsem243_refuses_two_removes),
  CHECK_CASE (test_a_remove_of_nobody_is_refused),
  CHECK_CASE (test_valsem244_refuses_references),
  CHECK_CASE (test_valsem244_refuses_a_resolved_reference),
  CHECK_CASE (test_valsem245_refuses_a_commit_without_path),
  CHECK_CASE (test_valsem246_refuses_a_signature_that_is_not_the_leafs),
  CHECK_CASE (test_one_who_is_in_comes_back_by_resync_only),
  CHECK_CASE (test_the_application_is_asked_about_one_who_comes_in),
  CHECK_CASE (test_one_who_comes_in_asks_about_every_member),
  CHECK_CASE (test_another_secret_from_the_link_gets_nobody_in),
  CHECK_CASE (test_a_full_group_lets_nobody_in),
  CHECK_CASE (test_a_group_info_that_is_wrong_is_refused),
  CHECK_CASE (test_an_old_group_info_leads_nowhere),
  CHECK_CASE (test_nothing_works_before_the_external_commit_is_merged),
};

PARTY_MAIN (cases)
