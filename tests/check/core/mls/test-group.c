/* The life of a group: what is pending, what is remembered, who is out, what is kept how long.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "forge.h"

static party p;

static const e2ee_mls_change remove_2 = { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 2 };

static void
test_a_new_group_has_one_member (void)
{
  e2ee_mls_member first;
  uint8_t exported[32];
  member *m = &p.members[0];

  party_start (&p, SUITE_AES, 1);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_group_suite (m->group), SUITE_AES);
  CHECK_INT (e2ee_mls_group_id (m->group).size, 32);
  CHECK_INT (e2ee_mls_group_epoch (m->group), 0);
  CHECK_INT (e2ee_mls_group_n_members (m->group), 1);
  CHECK_INT (e2ee_mls_group_own_leaf (m->group), 0);
  CHECK (e2ee_mls_group_next_member (m->group, 0, &first));
  CHECK_BYTES (first.node->signature_key, e2ee_mls_identity_signature_key (m->identity));
  CHECK_BYTES (first.node->credential.body, TEXT ("member 0"));
  CHECK (!e2ee_mls_group_next_member (m->group, 1, &first));
  CHECK_INT (e2ee_mls_group_epoch_authenticator (m->group).size, 32);
  CHECK_OK (e2ee_mls_group_export (m->group, "label", E2EE_NO_BYTES, exported, 32));
  CHECK_INT (e2ee_mls_group_extensions (m->group)->list.size, 0);
  party_clear (&p);
}

static void
test_identities_of_unknown_kinds_are_refused (void)
{
  const e2ee_mls_credential x509 = { .type = E2EE_MLS_CREDENTIAL_X509 };
  const e2ee_mls_credential basic = { .type = E2EE_MLS_CREDENTIAL_BASIC };
  e2ee_mls_identity *identity;

  party_start (&p, SUITE_AES, 1);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (e2ee_mls_identity_new (&p.members[0].host, SUITE_AES, &x509, E2EE_NO_BYTES,
          &identity), E2EE_MLS_ERR_UNSUPPORTED_CREDENTIAL);
  CHECK_RESULT (e2ee_mls_identity_new (&p.members[0].host, 0x0002, &basic, E2EE_NO_BYTES,
          &identity), E2EE_MLS_ERR_UNSUPPORTED_SUITE);
  CHECK_RESULT (e2ee_mls_identity_new (&p.members[0].host, SUITE_AES, &basic, TEXT ("short"),
          &identity), E2EE_MLS_ERR_KEY);
  CHECK (identity == NULL);
  party_clear (&p);
}

/* ---- pending ---- */

/* All that a member can see of his group. */
typedef struct
{
  uint64_t epoch;
  uint8_t authenticator[32];
  e2ee_mls_buffer tree;
  size_t n_proposals;
} sight;

static void
look (const member * m, sight * s)
{
  memset (s, 0, sizeof (*s));
  s->epoch = e2ee_mls_group_epoch (m->group);
  s->n_proposals = e2ee_mls_group_n_proposals (m->group);
  memcpy (s->authenticator, e2ee_mls_group_epoch_authenticator (m->group).data, 32);
  CHECK_OK (e2ee_mls_group_ratchet_tree (m->group, &s->tree));
}

static void
check_same_sight (const member * m, const sight * before)
{
  sight now;

  look (m, &now);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (now.epoch, before->epoch);
  CHECK_INT (now.n_proposals, before->n_proposals);
  CHECK_MEM (now.authenticator, before->authenticator, 32);
  CHECK_BYTES (e2ee_mls_buffer_view (now.tree), e2ee_mls_buffer_view (before->tree));
  e2ee_mls_buffer_clear (&now.tree);
}

/* @from writes, @to reads. */
static void
check_letter (member * from, member * to)
{
  e2ee_mls_buffer message;
  e2ee_mls_event event;

  CHECK_OK (e2ee_mls_group_protect (from->group, TEXT ("letter"), TEXT ("stamp"), &message));
  CHECK_OK (e2ee_mls_group_receive (to->group, e2ee_mls_buffer_view (message), &event));
  CHECK_INT (event.type, E2EE_MLS_EVENT_APPLICATION);
  CHECK_INT (event.sender, e2ee_mls_group_own_leaf (from->group));
  CHECK_BYTES (e2ee_mls_buffer_view (event.application_data), TEXT ("letter"));
  CHECK_BYTES (e2ee_mls_buffer_view (event.authenticated_data), TEXT ("stamp"));
  e2ee_mls_event_clear (&event);
  e2ee_mls_buffer_clear (&message);
}

static void
test_making_a_commit_changes_nothing (void)
{
  const e2ee_mls_commit_params params = { .changes = &remove_2, .n_changes = 1 };
  member *m = &p.members[1];
  sight before;
  e2ee_mls_buffer commit, second;

  party_start (&p, SUITE_CHACHA, 4);
  look (m, &before);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_commit (m->group, &params, &commit, NULL, NULL));
  CHECK (e2ee_mls_group_has_pending (m->group));
  check_same_sight (m, &before);
  CHECK_RESULT (e2ee_mls_group_commit (m->group, &params, &second, NULL, NULL),
      E2EE_MLS_ERR_PENDING);
  check_letter (m, &p.members[0]);
  check_letter (&p.members[2], m);
  e2ee_mls_group_discard_pending (m->group);
  check_same_sight (m, &before);
  e2ee_mls_buffer_clear (&before.tree);
  CHECK_RESULT (e2ee_mls_group_merge_pending (m->group), E2EE_MLS_ERR_NOT_PENDING);
  /* What was discarded is not known to the others, who take the next one. */
  party_commit (&p, m, NULL, NULL, NULL, 0);
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_receiving_a_commit_changes_nothing_before_the_merge (void)
{
  member *m = &p.members[0];
  sight before;
  e2ee_mls_buffer commit;
  e2ee_mls_event event;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, NULL, &commit, NULL, NULL));
  look (m, &before);
  CHECK_OK (e2ee_mls_group_receive (m->group, e2ee_mls_buffer_view (commit), &event));
  e2ee_mls_event_clear (&event);
  check_same_sight (m, &before);
  e2ee_mls_buffer_clear (&before.tree);
  check_letter (m, &p.members[2]);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_a_staged_commit_of_a_past_epoch_is_stale (void)
{
  e2ee_mls_buffer first, second;
  e2ee_mls_event one, two;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, NULL, &first, NULL, NULL));
  CHECK_OK (e2ee_mls_group_commit (p.members[2].group, NULL, &second, NULL, NULL));
  CHECK_OK (e2ee_mls_group_receive (p.members[0].group, e2ee_mls_buffer_view (first), &one));
  CHECK_OK (e2ee_mls_group_receive (p.members[0].group, e2ee_mls_buffer_view (second), &two));
  CHECK_OK (e2ee_mls_group_merge (p.members[0].group, &two));
  CHECK_RESULT (e2ee_mls_group_merge (p.members[0].group, &one), E2EE_MLS_ERR_STALE);
  CHECK_RESULT (e2ee_mls_group_merge (p.members[0].group, &two), E2EE_MLS_ERR_NOT_PENDING);
  e2ee_mls_event_clear (&one);
  e2ee_mls_event_clear (&two);
  e2ee_mls_buffer_clear (&first);
  e2ee_mls_buffer_clear (&second);
  party_clear (&p);
}

static void
test_the_commit_of_another_discards_ours (void)
{
  e2ee_mls_buffer ours, theirs;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_commit (p.members[0].group, NULL, &ours, NULL, NULL));
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, NULL, &theirs, NULL, NULL));
  party_deliver (&p, &p.members[1], theirs);
  CHECK_OK (e2ee_mls_group_merge_pending (p.members[1].group));
  CHECK (!e2ee_mls_group_has_pending (p.members[0].group));
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&ours);
  e2ee_mls_buffer_clear (&theirs);
  party_clear (&p);
}

/* ---- what a commit shows ---- */

static void
test_a_staged_commit_shows_what_it_does (void)
{
  e2ee_mls_change changes[3] = { { .type = E2EE_MLS_PROPOSAL_ADD }, remove_2,
    { .type = E2EE_MLS_PROPOSAL_PSK, .psk_id = TEXT ("link") }
  };
  const e2ee_mls_commit_params params = { .changes = changes, .n_changes = 3,
      .authenticated_data = TEXT ("why") };
  e2ee_mls_joiner *joiner;
  e2ee_mls_staged_view view;
  e2ee_mls_buffer commit, welcome;
  e2ee_mls_event event;

  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_joiner_new (&p.members[5].host, p.members[5].identity, NULL, &joiner));
  changes[0].key_package = e2ee_mls_joiner_key_package (joiner);
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, &params, &commit, &welcome, NULL));
  CHECK_OK (e2ee_mls_group_receive (p.members[0].group, e2ee_mls_buffer_view (commit), &event));
  CHECK_BYTES (e2ee_mls_buffer_view (event.authenticated_data), TEXT ("why"));
  CHECK_INT (event.sender, 1);
  CHECK (!event.sender_is_new);
  e2ee_mls_staged_look (event.staged, &view);
  CHECK_INT (view.committer, 1);
  CHECK (!view.is_external && !view.removes_us && !view.changes_extensions);
  /* The one who comes takes the leaf of the one who goes. */
  CHECK_INT (view.n_added, 1);
  CHECK_INT (view.added[0], 2);
  CHECK_INT (view.n_removed, 1);
  CHECK_INT (view.removed[0], 2);
  CHECK_INT (view.n_updated, 0);
  CHECK_INT (view.n_psks, 1);
  CHECK_BYTES (view.psks[0]->psk_id, TEXT ("link"));
  CHECK_BYTES (e2ee_mls_staged_leaf (event.staged, 2)->credential.body, TEXT ("member 5"));
  e2ee_mls_event_clear (&event);
  e2ee_mls_staged_look (e2ee_mls_group_pending (p.members[1].group), &view);
  CHECK_INT (view.committer, 1);
  CHECK_INT (view.added[0], 2);
  CHECK_OK (e2ee_mls_group_receive (p.members[2].group, e2ee_mls_buffer_view (commit), &event));
  e2ee_mls_staged_look (event.staged, &view);
  CHECK (view.removes_us);
  e2ee_mls_event_clear (&event);
  e2ee_mls_joiner_free (joiner);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  party_clear (&p);
}

static void
test_one_who_is_removed_can_do_nothing_more (void)
{
  const e2ee_mls_commit_params params = { .changes = &remove_2, .n_changes = 1 };
  member *m = &p.members[2];
  e2ee_mls_buffer message, letter;
  uint8_t exported[32];

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("late"), E2EE_NO_BYTES, &letter));
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  CHECK_INT (m->group->n_past, 1);
  party_commit (&p, &p.members[1], &params, NULL, NULL, 0);
  CHECK (!e2ee_mls_group_is_active (m->group));
  CHECK_INT (m->group->n_past, 0);
  CHECK_INT (e2ee_mls_group_epoch_authenticator (m->group).size, 0);
  CHECK_RESULT (e2ee_mls_group_export (m->group, "x", E2EE_NO_BYTES, exported, 32),
      E2EE_MLS_ERR_REMOVED);
  CHECK_RESULT (e2ee_mls_group_protect (m->group, TEXT ("x"), E2EE_NO_BYTES, &message),
      E2EE_MLS_ERR_REMOVED);
  CHECK_RESULT (e2ee_mls_group_commit (m->group, NULL, &message, NULL, NULL),
      E2EE_MLS_ERR_REMOVED);
  CHECK_RESULT (e2ee_mls_group_propose (m->group, &remove_2, E2EE_NO_BYTES, &message),
      E2EE_MLS_ERR_REMOVED);
  CHECK_RESULT (forge_deliver (m, letter), E2EE_MLS_ERR_REMOVED);
  CHECK_INT (e2ee_mls_group_n_members (p.members[0].group), 2);
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&letter);
  party_clear (&p);
}

/* ---- proposals ---- */

static void
propose (member * m, const e2ee_mls_change * change)
{
  e2ee_mls_buffer message;

  CHECK_OK (e2ee_mls_group_propose (m->group, change, E2EE_NO_BYTES, &message));
  party_deliver_proposal (&p, m, message);
  e2ee_mls_buffer_clear (&message);
}

static const e2ee_mls_change update = { .type = E2EE_MLS_PROPOSAL_UPDATE };

static void
test_an_update_is_committed_by_another (void)
{
  e2ee_bytes before;
  uint8_t old[32];

  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  before = e2ee_mls_tree_leaf (p.members[0].group->epoch->tree, 2)->encryption_key;
  memcpy (old, before.data, 32);
  propose (&p.members[2], &update);
  CHECK_INT (e2ee_mls_group_n_proposals (p.members[2].group), 1);
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  CHECK_INT (e2ee_mls_group_n_proposals (p.members[2].group), 0);
  CHECK (memcmp (e2ee_mls_tree_leaf (p.members[0].group->epoch->tree, 2)->encryption_key.data,
          old, 32) != 0);
  /* He reads with his new key. */
  party_commit (&p, &p.members[3], NULL, NULL, NULL, 0);
  party_check_agreement (&p);
  party_clear (&p);
}

static void
test_a_remove_is_preferred_to_updates_and_the_last_update_to_others (void)
{
  const e2ee_mls_change remove_3 = { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 3 };
  const e2ee_mls_change remove_1 = { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 1 };
  const e2ee_mls_cached_proposal *last;
  uint8_t newest[32];

  party_start (&p, SUITE_CHACHA, 5);
  CHECK_RETURN_IF_FAILED ();
  propose (&p.members[3], &update);
  propose (&p.members[2], &update);
  propose (&p.members[2], &update);
  for (last = p.members[2].group->proposals; last->next != NULL; last = last->next)
    continue;
  memcpy (newest, last->proposal.u.update.encryption_key.data, 32);
  propose (&p.members[4], &remove_3);
  propose (&p.members[0], &remove_3);
  /* Neither may stand in what 1 commits. */
  propose (&p.members[1], &update);
  propose (&p.members[4], &remove_1);
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  CHECK (!member_is_in (&p.members[3]));
  CHECK (member_is_in (&p.members[1]));
  CHECK_MEM (e2ee_mls_tree_leaf (p.members[0].group->epoch->tree, 2)->encryption_key.data,
      newest, 32);
  party_commit (&p, &p.members[4], NULL, NULL, NULL, 0);
  party_check_agreement (&p);
  party_clear (&p);
}

/* One client twice, one key twice, a key that is not at hand. */
static void
test_proposals_that_cannot_stand_are_left_out (void)
{
  const e2ee_mls_change psk = { .type = E2EE_MLS_PROPOSAL_PSK, .psk_id = TEXT ("link") };
  const e2ee_mls_change other = { .type = E2EE_MLS_PROPOSAL_PSK, .psk_id = TEXT ("not at hand") };
  e2ee_mls_joiner *joiners[2];
  e2ee_mls_change add = { .type = E2EE_MLS_PROPOSAL_ADD };
  e2ee_mls_buffer commit, welcome;
  e2ee_mls_staged_view view;

  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  for (int i = 0; i < 2; i++) {
    CHECK_OK (e2ee_mls_joiner_new (&p.members[5].host, p.members[5].identity, NULL,
            &joiners[i]));
    add.key_package = e2ee_mls_joiner_key_package (joiners[i]);
    propose (&p.members[i], &add);
  }
  propose (&p.members[0], &psk);
  propose (&p.members[1], &psk);
  propose (&p.members[2], &other);
  propose (&p.members[3], &update);
  propose (&p.members[0], &remove_2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, NULL, &commit, &welcome, NULL));
  e2ee_mls_staged_look (e2ee_mls_group_pending (p.members[1].group), &view);
  CHECK_INT (view.n_added, 1);
  CHECK_INT (view.n_psks, 1);
  CHECK_INT (view.n_updated, 1);
  CHECK_INT (view.n_removed, 1);
  party_deliver (&p, &p.members[1], commit);
  CHECK_OK (e2ee_mls_group_merge_pending (p.members[1].group));
  party_check_agreement (&p);
  for (int i = 0; i < 2; i++)
    e2ee_mls_joiner_free (joiners[i]);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  party_clear (&p);
}

static void
test_proposals_can_be_left_out_and_forgotten (void)
{
  const e2ee_mls_commit_params params = { .without_proposals = 1 };

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  propose (&p.members[0], &remove_2);
  e2ee_mls_group_clear_proposals (p.members[0].group);
  CHECK_INT (e2ee_mls_group_n_proposals (p.members[0].group), 0);
  party_commit (&p, &p.members[1], &params, NULL, NULL, 0);
  CHECK_INT (e2ee_mls_group_n_members (p.members[0].group), 3);
  party_clear (&p);
}

static void
test_what_nobody_could_commit_is_not_proposed (void)
{
  const e2ee_mls_change nobody = { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 9 };
  const e2ee_mls_change reinit = { .type = E2EE_MLS_PROPOSAL_REINIT };
  const e2ee_mls_change garbage = { .type = E2EE_MLS_PROPOSAL_ADD, .key_package = TEXT ("?") };
  const e2ee_mls_commit_params by_value = { .changes = &update, .n_changes = 1 };
  e2ee_mls_buffer message;

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (e2ee_mls_group_propose (p.members[0].group, &nobody, E2EE_NO_BYTES, &message),
      E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF);
  CHECK_RESULT (e2ee_mls_group_propose (p.members[0].group, &reinit, E2EE_NO_BYTES, &message),
      E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL);
  CHECK_RESULT (e2ee_mls_group_propose (p.members[0].group, &garbage, E2EE_NO_BYTES, &message),
      E2EE_MLS_ERR_TRUNCATED);
  CHECK_RESULT (e2ee_mls_group_commit (p.members[0].group, &by_value, &message, NULL, NULL),
      E2EE_MLS_ERR_PROPOSAL_UPDATE_BY_VALUE);
  CHECK_INT (message.size, 0);
  CHECK_INT (e2ee_mls_group_n_proposals (p.members[0].group), 0);
  party_clear (&p);
}

/* Nobody fills our memory with proposals. */
static void
test_proposals_are_remembered_up_to_what_a_commit_can_name (void)
{
  static const uint8_t remove_1[] = { 0x00, 0x03, 0x00, 0x00, 0x00, 0x01 };
  const e2ee_bytes encoded = E2EE_BYTES (remove_1, sizeof (remove_1));
  e2ee_mls_digest reference = { {0} };
  e2ee_mls_buffer commit;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  for (unsigned i = 0; i < E2EE_MLS_MAX_LIST; i++) {
    e2ee_put_be (reference.data, i, 4);
    CHECK_OK (e2ee_mls_group_remember_again (p.members[0].group, &reference, 2, encoded,
            E2EE_NO_BYTES));
  }
  CHECK_RESULT (e2ee_mls_group_remember_again (p.members[0].group, &reference, 2, encoded,
          E2EE_NO_BYTES), E2EE_MLS_ERR_TOO_LARGE);
  CHECK_INT (e2ee_mls_group_n_proposals (p.members[0].group), E2EE_MLS_MAX_LIST);
  /* Of all of them one can stand. */
  CHECK_OK (e2ee_mls_group_commit (p.members[0].group, NULL, &commit, NULL, NULL));
  CHECK_INT (e2ee_mls_group_pending (p.members[0].group)->n_removed, 1);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

/* ---- extensions, secrets of the link, private handshake, padding ---- */

static const uint8_t type_f042[] = { 0xf0, 0x42 };

static void
test_extensions_change_for_everybody (void)
{
  static const uint8_t list[] = { 0xf0, 0x42, 0x02, 'o', 'n' };
  const e2ee_mls_leaf_params leaf = { .extension_types = E2EE_BYTES (type_f042, 2) };
  const e2ee_mls_create_params create = { .leaf = &leaf, .group_id = TEXT ("meeting") };
  const e2ee_mls_external_params enter = { .leaf = &leaf };
  const e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
      .extensions = { E2EE_BYTES (list, sizeof (list)) } };
  const e2ee_mls_commit_params params = { .changes = &change, .n_changes = 1 };
  e2ee_bytes data;

  party_init (&p, SUITE_CHACHA);
  CHECK_OK (e2ee_mls_group_create (&p.members[0].host, p.members[0].identity, &create,
          &p.members[0].group));
  CHECK_BYTES (e2ee_mls_group_id (p.members[0].group), TEXT ("meeting"));
  party_enter (&p, &p.members[1], &p.members[0], &enter);
  CHECK_RETURN_IF_FAILED ();
  party_commit (&p, &p.members[0], &params, NULL, NULL, 0);
  party_check_agreement (&p);
  CHECK_RETURN_IF_FAILED ();
  CHECK (e2ee_mls_extensions_find (e2ee_mls_group_extensions (p.members[1].group), 0xf042,
          &data));
  CHECK_BYTES (data, TEXT ("on"));
  party_clear (&p);
}

static void
test_a_leaf_may_not_carry_what_it_does_not_list (void)
{
  static const uint8_t list[] = { 0xf0, 0x42, 0x00 };
  e2ee_mls_leaf_params leaf = { .leaf_extensions = { E2EE_BYTES (list, sizeof (list)) } };
  e2ee_mls_joiner *joiner;

  party_init (&p, SUITE_CHACHA);
  CHECK_RESULT (e2ee_mls_joiner_new (&p.members[0].host, p.members[0].identity, &leaf, &joiner),
      E2EE_MLS_ERR_ARGUMENT);
  leaf.extension_types = E2EE_BYTES (type_f042, 2);
  CHECK_OK (e2ee_mls_joiner_new (&p.members[0].host, p.members[0].identity, &leaf, &joiner));
  e2ee_mls_joiner_free (joiner);
  party_clear (&p);
}

static int
find_other_psk (void *user, e2ee_bytes id, e2ee_mls_secret * psk)
{
  return e2ee_mls_secret_dup (TEXT ("another secret"), psk) == E2EE_MLS_OK;
}

static void
test_one_with_another_secret_does_not_follow (void)
{
  const e2ee_mls_change psk = { .type = E2EE_MLS_PROPOSAL_PSK, .psk_id = TEXT ("link") };
  const e2ee_mls_commit_params params = { .changes = &psk, .n_changes = 1 };
  e2ee_mls_buffer commit;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, &params, &commit, NULL, NULL));
  p.members[2].host.find_psk = find_other_psk;
  CHECK_RESULT (forge_deliver (&p.members[2], commit), E2EE_MLS_ERR_CONFIRMATION_TAG);
  CHECK_OK (forge_deliver (&p.members[0], commit));
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_private_handshake_hides_what_is_done (void)
{
  e2ee_mls_buffer commit;
  e2ee_mls_message message;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;

  party_start (&p, SUITE_AES, 4);
  CHECK_RETURN_IF_FAILED ();
  for (int i = 0; i < 4; i++)
    e2ee_mls_group_set_private_handshake (p.members[i].group, 1);
  propose (&p.members[3], &remove_2);
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, NULL, &commit, NULL, NULL));
  CHECK_OK (e2ee_mls_message_decode (e2ee_mls_buffer_view (commit), &arena, &message));
  CHECK_INT (message.wire_format, E2EE_MLS_WIRE_PRIVATE_MESSAGE);
  party_deliver (&p, &p.members[1], commit);
  CHECK_OK (e2ee_mls_group_merge_pending (p.members[1].group));
  CHECK_INT (e2ee_mls_group_n_members (p.members[0].group), 3);
  party_check_agreement (&p);
  e2ee_mls_arena_clear (&arena);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_padding_hides_the_length (void)
{
  e2ee_mls_buffer one, two;

  party_start (&p, SUITE_AES, 2);
  CHECK_RETURN_IF_FAILED ();
  e2ee_mls_group_set_padding (p.members[0].group, 64);
  CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("yes"), E2EE_NO_BYTES, &one));
  CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("certainly not"), E2EE_NO_BYTES,
          &two));
  CHECK_INT (one.size, two.size);
  CHECK_OK (forge_deliver (&p.members[1], two));
  CHECK_OK (forge_deliver (&p.members[1], one));
  e2ee_mls_buffer_clear (&one);
  e2ee_mls_buffer_clear (&two);
  party_clear (&p);
}

static void
test_an_exported_secret_has_a_length_that_exists (void)
{
  static uint8_t exported[255 * 32 + 1];

  party_start (&p, SUITE_AES, 1);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_export (p.members[0].group, "x", E2EE_NO_BYTES, exported, 255 * 32));
  CHECK_RESULT (e2ee_mls_group_export (p.members[0].group, "x", E2EE_NO_BYTES, exported,
          sizeof (exported)), E2EE_MLS_ERR_EXPORT_LENGTH);
  party_clear (&p);
}

/* ---- past epochs ---- */

static void
test_late_letters_open_for_three_epochs (void)
{
  e2ee_mls_buffer letters[5];

  party_start (&p, SUITE_CHACHA, 3);
  for (int i = 0; i < 5; i++) {
    CHECK_RETURN_IF_FAILED ();
    CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("late"), E2EE_NO_BYTES,
            &letters[i]));
    if (i < 4)
      party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  }
  CHECK_RESULT (forge_deliver (&p.members[2], letters[0]), E2EE_MLS_ERR_WRONG_EPOCH);
  for (int i = 1; i < 5; i++) {
    CHECK_OK (forge_deliver (&p.members[2], letters[i]));
    CHECK_RESULT (forge_deliver (&p.members[2], letters[i]), E2EE_MLS_ERR_REPLAYED);
  }
  for (int i = 0; i < 5; i++)
    e2ee_mls_buffer_clear (&letters[i]);
  party_clear (&p);
}

static void
test_late_letters_open_for_ten_seconds (void)
{
  e2ee_mls_buffer early, late;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("a"), E2EE_NO_BYTES, &early));
  CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("b"), E2EE_NO_BYTES, &late));
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  party_ms += 9999;
  CHECK_OK (forge_deliver (&p.members[2], early));
  CHECK_INT (p.members[2].group->n_past, 1);
  party_ms += 1;
  e2ee_mls_group_expire (p.members[2].group);
  CHECK_INT (p.members[2].group->n_past, 0);
  CHECK_RESULT (forge_deliver (&p.members[2], late), E2EE_MLS_ERR_WRONG_EPOCH);
  e2ee_mls_buffer_clear (&early);
  e2ee_mls_buffer_clear (&late);
  party_clear (&p);
}

/* Handshake messages of a past epoch decide nothing. */
static void
test_late_private_commits_are_refused (void)
{
  e2ee_mls_buffer commit;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  e2ee_mls_group_set_private_handshake (p.members[0].group, 1);
  CHECK_OK (e2ee_mls_group_commit (p.members[0].group, NULL, &commit, NULL, NULL));
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  CHECK_RESULT (forge_deliver (&p.members[2], commit), E2EE_MLS_ERR_WRONG_EPOCH);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_a_resumption_key_of_a_kept_epoch_is_taken (void)
{
  static const uint8_t nonce[32];
  e2ee_mls_proposal_or_ref list[1] = { { .proposal = { .type = E2EE_MLS_PROPOSAL_PSK,
          .u = { .psk = { .type = E2EE_MLS_PSK_RESUMPTION,
              .usage = E2EE_MLS_RESUMPTION_APPLICATION,
              .psk_nonce = E2EE_BYTES (nonce, 32) } } } } };
  e2ee_mls_psk_id *id = &list[0].proposal.u.psk;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  id->psk_group_id = e2ee_mls_group_id (p.members[0].group);
  id->psk_epoch = 1;
  CHECK_RESULT (forge_commit (&p.members[1], &p.members[0], list, 1),
      E2EE_MLS_ERR_CONFIRMATION_TAG);
  id->psk_epoch = 0;
  CHECK_RESULT (forge_commit (&p.members[1], &p.members[2], list, 1), E2EE_MLS_ERR_PSK_UNKNOWN);
  id->psk_group_id = TEXT ("another group");
  id->psk_epoch = 1;
  CHECK_RESULT (forge_commit (&p.members[1], &p.members[0], list, 1), E2EE_MLS_ERR_PSK_UNKNOWN);
  party_clear (&p);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_new_group_has_one_member),
  CHECK_CASE (test_identities_of_unknown_kinds_are_refused),
  CHECK_CASE (test_making_a_commit_changes_nothing),
  CHECK_CASE (test_receiving_a_commit_changes_nothing_before_the_merge),
  CHECK_CASE (test_a_staged_commit_of_a_past_epoch_is_stale),
  CHECK_CASE (test_the_commit_of_another_discards_ours),
  CHECK_CASE (test_a_staged_commit_shows_what_it_does),
  CHECK_CASE (test_one_who_is_removed_can_do_nothing_more),
  CHECK_CASE (test_an_update_is_committed_by_another),
  CHECK_CASE (test_a_remove_is_preferred_to_updates_and_the_last_update_to_others),
  CHECK_CASE (test_proposals_that_cannot_stand_are_left_out),
  CHECK_CASE (test_proposals_can_be_left_out_and_forgotten),
  CHECK_CASE (test_what_nobody_could_commit_is_not_proposed),
  CHECK_CASE (test_proposals_are_remembered_up_to_what_a_commit_can_name),
  CHECK_CASE (test_extensions_change_for_everybody),
  CHECK_CASE (test_a_leaf_may_not_carry_what_it_does_not_list),
  CHECK_CASE (test_one_with_another_secret_does_not_follow),
  CHECK_CASE (test_private_handshake_hides_what_is_done),
  CHECK_CASE (test_padding_hides_the_length),
  CHECK_CASE (test_an_exported_secret_has_a_length_that_exists),
  CHECK_CASE (test_late_letters_open_for_three_epochs),
  CHECK_CASE (test_late_letters_open_for_ten_seconds),
  CHECK_CASE (test_late_private_commits_are_refused),
  CHECK_CASE (test_a_resumption_key_of_a_kept_epoch_is_taken),
};

PARTY_MAIN (cases)
