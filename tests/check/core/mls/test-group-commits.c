/* Commits whose path or tag is wrong, RFC 9420 section 12.4.2, named after OpenMLS's ValSems.
 * Each is a real commit of member 1's, changed in one place and signed again.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "forge.h"

static party p;
static e2ee_mls_buffer scratch;  /* what a changed commit points to */
static e2ee_mls_buffer scratch2;

/* Member 1's empty commit with @change made to it, as member 0 sees it. */
static void
refuse (forge_change change, e2ee_mls_result expected)
{
  e2ee_mls_result r;

  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  r = forge_changed_commit (&p.members[1], &p.members[0], NULL, change, NULL);
  e2ee_mls_buffer_clear (&scratch);
  e2ee_mls_buffer_clear (&scratch2);
  CHECK_RESULT (r, expected);
  /* Nothing has moved: the next good commit is taken. */
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  party_check_agreement (&p);
  party_clear (&p);
}

static const e2ee_mls_leaf_node *
leaf_of (uint32_t leaf)
{
  return e2ee_mls_tree_leaf (p.members[0].group->epoch->tree, leaf);
}

/* The changed leaf, signed again for its place. */
static void
sign_leaf (e2ee_mls_authenticated_content * auth)
{
  const e2ee_mls_leaf_place place = { auth->content.group_id, 1 };

  if (e2ee_mls_leaf_node_sign (p.members[1].group->suite, &auth->content.u.commit.path.leaf,
          &place, e2ee_mls_secret_view (p.members[1].identity->signature_private),
          &scratch) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "the leaf was not signed");
}

static void
leave (e2ee_mls_authenticated_content * auth, void *user)
{
  sign_leaf (auth);
}

/* Ed25519 signs the same content the same way, so what the others change is all that is wrong. */
static void
test_a_commit_that_is_signed_again_is_taken (void)
{
  refuse (leave, E2EE_MLS_OK);
}

static void
drop_path (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.has_path = 0;
}

static void
test_valsem201_refuses_an_empty_commit_without_path (void)
{
  refuse (drop_path, E2EE_MLS_ERR_PATH_MISSING);
}

static void
test_valsem201_refuses_a_remove_without_path (void)
{
  e2ee_mls_proposal_or_ref list[1] = { forge_remove (2) };

  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (forge_commit (&p.members[1], &p.members[0], list, 1), E2EE_MLS_ERR_PATH_MISSING);
  party_clear (&p);
}

static void
test_valsem201_takes_an_add_without_path (void)
{
  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  party_add (&p, &p.members[1], 4, 6);
  party_check_agreement (&p);
  party_clear (&p);
}

static void
shorten (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.path.n_nodes--;
}

static void
lengthen (e2ee_mls_authenticated_content * auth, void *user)
{
  static e2ee_mls_path_node nodes[3];
  e2ee_mls_update_path *path = &auth->content.u.commit.path;

  if (path->n_nodes != 2)
    check_fail (__FILE__, __LINE__, "a path of %zu nodes", path->n_nodes);
  nodes[0] = path->nodes[0];
  nodes[1] = path->nodes[1];
  nodes[2] = path->nodes[1];
  path->nodes = nodes;
  path->n_nodes = 3;
}

static void
test_valsem202_refuses_a_path_of_another_length (void)
{
  refuse (shorten, E2EE_MLS_ERR_PATH_LENGTH);
  refuse (lengthen, E2EE_MLS_ERR_PATH_LENGTH);
}

static void
drop_ciphertext (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.path.nodes[1].n_ciphertexts--;
}

static void
test_valsem203_refuses_too_few_ciphertexts (void)
{
  refuse (drop_ciphertext, E2EE_MLS_ERR_PATH_CIPHERTEXTS);
}

static void
swap_ciphertexts (e2ee_mls_authenticated_content * auth, void *user)
{
  e2ee_mls_path_node *nodes = auth->content.u.commit.path.nodes;

  nodes[0].ciphertexts[0] = nodes[1].ciphertexts[0];
}

static void
test_valsem203_refuses_a_ciphertext_that_is_not_for_us (void)
{
  refuse (swap_ciphertexts, E2EE_MLS_ERR_DECRYPT);
}

/* Another path secret than the one whose keys are in the path, well encrypted to member 0. */
static void
lie_about_secret (e2ee_mls_authenticated_content * auth, void *user)
{
  const member *m = &p.members[1];
  const e2ee_mls_suite *suite = m->group->suite;
  e2ee_mls_group_context context = m->group->pending->next->context;
  e2ee_mls_hpke_ciphertext *target = &auth->content.u.commit.path.nodes[0].ciphertexts[0];
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;
  const uint8_t secret[32] = { 1 };

  context.confirmed_transcript_hash = m->group->epoch->context.confirmed_transcript_hash;
  CHECK_OK (e2ee_mls_group_context_encode (&context, &encoded));
  CHECK_OK (e2ee_mls_encrypt_with_label (suite, &m->env, leaf_of (0)->encryption_key,
          "UpdatePathNode", e2ee_mls_buffer_view (encoded), E2EE_BYTES (secret, 32), &scratch,
          &scratch2));
  target->kem_output = e2ee_mls_buffer_view (scratch);
  target->ciphertext = e2ee_mls_buffer_view (scratch2);
  e2ee_mls_buffer_clear (&encoded);
}

static void
test_valsem204_refuses_a_secret_that_is_not_that_of_the_keys (void)
{
  refuse (lie_about_secret, E2EE_MLS_ERR_PATH_SECRET);
}

static void
other_tag (e2ee_mls_authenticated_content * auth, void *user)
{
  static const uint8_t tag[32];

  auth->confirmation_tag = E2EE_BYTES (tag, sizeof (tag));
}

static void
short_tag (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->confirmation_tag.size = 1;
}

static void
test_valsem205_refuses_a_wrong_confirmation_tag (void)
{
  refuse (other_tag, E2EE_MLS_ERR_CONFIRMATION_TAG);
  refuse (short_tag, E2EE_MLS_ERR_CONFIRMATION_TAG);
}

static void
take_key_of_leaf_3 (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.path.leaf.encryption_key = leaf_of (3)->encryption_key;
  sign_leaf (auth);
}

static void
test_valsem206_refuses_the_leaf_key_of_another (void)
{
  refuse (take_key_of_leaf_3, E2EE_MLS_ERR_DUPLICATE_ENCRYPTION_KEY);
}

static void
keep_key (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.path.leaf.encryption_key = leaf_of (1)->encryption_key;
  sign_leaf (auth);
}

static void
test_valsem206_refuses_the_old_leaf_key (void)
{
  refuse (keep_key, E2EE_MLS_ERR_ENCRYPTION_KEY_UNCHANGED);
}

static void
reuse_key_in_path (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.path.nodes[1].encryption_key = leaf_of (3)->encryption_key;
}

static void
test_valsem207_refuses_a_path_key_that_is_in_the_tree (void)
{
  refuse (reuse_key_in_path, E2EE_MLS_ERR_PATH_KEY_KNOWN);
}

static void
other_parent_hash (e2ee_mls_authenticated_content * auth, void *user)
{
  static const uint8_t hash[32];

  auth->content.u.commit.path.leaf.parent_hash = E2EE_BYTES (hash, sizeof (hash));
  sign_leaf (auth);
}

static void
test_a_leaf_with_another_parent_hash_is_refused (void)
{
  refuse (other_parent_hash, E2EE_MLS_ERR_PARENT_HASH);
}

static void
made_for_an_update (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.path.leaf.source = E2EE_MLS_LEAF_UPDATE;
  sign_leaf (auth);
}

static void
test_a_leaf_made_for_an_update_is_refused (void)
{
  refuse (made_for_an_update, E2EE_MLS_ERR_LEAF_SOURCE);
}

static void
other_name (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.path.leaf.credential.body = TEXT ("somebody else");
}

static void
test_a_leaf_that_is_not_signed_is_refused (void)
{
  refuse (other_name, E2EE_MLS_ERR_LEAF_SIGNATURE);
}

static void
other_name_signed (e2ee_mls_authenticated_content * auth, void *user)
{
  p.members[0].refuse_changes = 1;
  auth->content.u.commit.path.leaf.credential.body = TEXT ("somebody else");
  sign_leaf (auth);
}

static void
test_the_application_may_refuse_a_changed_credential (void)
{
  refuse (other_name_signed, E2EE_MLS_ERR_SUCCESSOR_REFUSED);
}

static void
test_the_application_is_asked_about_a_committer (void)
{
  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  p.members[0].refuse = 1u << E2EE_MLS_AT_COMMIT;
  CHECK_RESULT (forge_changed_commit (&p.members[1], &p.members[0], NULL, leave, NULL),
      E2EE_MLS_ERR_CREDENTIAL_REFUSED);
  e2ee_mls_buffer_clear (&scratch);
  party_clear (&p);
}

/* The signature key of another member in one's own leaf. */
static void
take_signature_key (e2ee_mls_authenticated_content * auth, void *user)
{
  auth->content.u.commit.path.leaf.signature_key = leaf_of (3)->signature_key;
  sign_leaf (auth);
}

static void
test_the_signature_key_of_another_is_refused (void)
{
  refuse (take_signature_key, E2EE_MLS_ERR_DUPLICATE_SIGNATURE_KEY);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_commit_that_is_signed_again_is_taken),
  CHECK_CASE (test_valsem201_refuses_an_empty_commit_without_path),
  CHECK_CASE (test_valsem201_refuses_a_remove_without_path),
  CHECK_CASE (test_valsem201_takes_an_add_without_path),
  CHECK_CASE (test_valsem202_refuses_a_path_of_another_length),
  CHECK_CASE (test_valsem203_refuses_too_few_ciphertexts),
  CHECK_CASE (test_valsem203_refuses_a_ciphertext_that_is_not_for_us),
  CHECK_CASE (test_valsem204_refuses_a_secret_that_is_not_that_of_the_keys),
  CHECK_CASE (test_valsem205_refuses_a_wrong_confirmation_tag),
  CHECK_CASE (test_valsem206_refuses_the_leaf_key_of_another),
  CHECK_CASE (test_valsem206_refuses_the_old_leaf_key),
  CHECK_CASE (test_valsem207_refuses_a_path_key_that_is_in_the_tree),
  CHECK_CASE (test_a_leaf_with_another_parent_hash_is_refused),
  CHECK_CASE (test_a_leaf_made_for_an_update_is_refused),
  CHECK_CASE (test_a_leaf_that_is_not_signed_is_refused),
  CHECK_CASE (test_the_application_may_refuse_a_changed_credential),
  CHECK_CASE (test_the_application_is_asked_about_a_committer),
  CHECK_CASE (test_the_signature_key_of_another_is_refused),
};

PARTY_MAIN (cases)
