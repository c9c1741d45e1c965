/* Stored state: what comes back, in which order it must be stored, and what is refused.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "forge.h"

#include "core/mls/store-private.h"

static party p;
static const uint8_t store_key[32] = { 0x42 };

#define KEY E2EE_BYTES (store_key, sizeof (store_key))

/* The machine goes off and on again. */
static void
restart (member * m)
{
  e2ee_mls_buffer stored;
  e2ee_mls_group *again;

  CHECK_OK (e2ee_mls_group_store (m->group, KEY, &stored));
  CHECK_OK (e2ee_mls_group_restore (&m->host, KEY, e2ee_mls_buffer_view (stored), &again));
  e2ee_mls_group_free (m->group);
  m->group = again;
  e2ee_mls_buffer_clear (&stored);
}

/* As it was when it was last stored: what happened since is lost. */
static void
fall_back (member * m, e2ee_mls_buffer stored)
{
  e2ee_mls_group_free (m->group);
  m->group = NULL;
  CHECK_OK (e2ee_mls_group_restore (&m->host, KEY, e2ee_mls_buffer_view (stored), &m->group));
}

static void
test_a_group_goes_on_after_a_restart (void)
{
  party_start (&p, SUITE_AES, 4);
  for (int i = 0; i < 4; i++)
    restart (&p.members[i]);
  CHECK_RETURN_IF_FAILED ();
  party_check_agreement (&p);
  party_commit (&p, &p.members[2], NULL, NULL, NULL, 0);
  party_add (&p, &p.members[3], 4, 6);
  party_check_agreement (&p);
  party_clear (&p);
}

static void
test_settings_survive (void)
{
  member *m = &p.members[0];

  party_start (&p, SUITE_AES, 2);
  CHECK_RETURN_IF_FAILED ();
  e2ee_mls_group_set_private_handshake (m->group, 1);
  e2ee_mls_group_set_padding (m->group, 128);
  restart (m);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (m->group->private_handshake, 1);
  CHECK_INT (m->group->padding, 128);
  CHECK_BYTES (e2ee_mls_identity_signature_key (m->group->identity),
      e2ee_mls_identity_signature_key (m->identity));
  party_clear (&p);
}

static void
test_a_pending_commit_survives (void)
{
  e2ee_mls_buffer commit;
  e2ee_mls_change changes[2] = { { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 2 },
    { .type = E2EE_MLS_PROPOSAL_PSK, .psk_id = TEXT ("link") }
  };
  const e2ee_mls_commit_params params = { .changes = changes, .n_changes = 2 };
  e2ee_mls_staged_view view;
  member *m = &p.members[1];

  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_commit (m->group, &params, &commit, NULL, NULL));
  restart (m);
  CHECK_RETURN_IF_FAILED ();
  CHECK (e2ee_mls_group_has_pending (m->group));
  e2ee_mls_staged_look (e2ee_mls_group_pending (m->group), &view);
  CHECK_INT (view.committer, 1);
  CHECK_INT (view.n_removed, 1);
  CHECK_INT (view.removed[0], 2);
  CHECK_INT (view.n_psks, 1);
  CHECK_BYTES (view.psks[0]->psk_id, TEXT ("link"));
  party_deliver (&p, m, commit);
  CHECK_OK (e2ee_mls_group_merge_pending (m->group));
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_an_external_join_survives (void)
{
  e2ee_mls_buffer info, commit;
  member *m = &p.members[5];

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_info_make (p.members[0].group, 1, &info));
  CHECK_OK (e2ee_mls_group_join_external (&m->host, m->identity, e2ee_mls_buffer_view (info),
          NULL, &m->group, &commit));
  restart (m);
  CHECK_RETURN_IF_FAILED ();
  CHECK (!e2ee_mls_group_is_active (m->group));
  party_deliver (&p, m, commit);
  CHECK_OK (e2ee_mls_group_merge_pending (m->group));
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_an_update_of_ours_survives_until_it_is_committed (void)
{
  const e2ee_mls_change update = { .type = E2EE_MLS_PROPOSAL_UPDATE };
  e2ee_mls_buffer message;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_propose (p.members[2].group, &update, E2EE_NO_BYTES, &message));
  restart (&p.members[2]);
  party_deliver_proposal (&p, &p.members[2], message);
  CHECK_RETURN_IF_FAILED ();
  restart (&p.members[0]);
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  party_commit (&p, &p.members[0], NULL, NULL, NULL, 0);
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&message);
  party_clear (&p);
}

static void
test_past_epochs_survive_for_the_time_they_had_left (void)
{
  e2ee_mls_buffer early, late;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("a"), E2EE_NO_BYTES, &early));
  CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("b"), E2EE_NO_BYTES, &late));
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  party_ms += 6000;
  restart (&p.members[2]);
  party_ms += 3999;
  CHECK_OK (forge_deliver (&p.members[2], early));
  CHECK_RESULT (forge_deliver (&p.members[2], early), E2EE_MLS_ERR_REPLAYED);
  party_ms += 1;
  CHECK_RESULT (forge_deliver (&p.members[2], late), E2EE_MLS_ERR_WRONG_EPOCH);
  e2ee_mls_buffer_clear (&early);
  e2ee_mls_buffer_clear (&late);
  party_clear (&p);
}

static void
test_past_epochs_come_back_for_as_long_as_allowed_now (void)
{
  e2ee_mls_buffer late;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_protect (p.members[0].group, TEXT ("b"), E2EE_NO_BYTES, &late));
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  p.members[2].host.max_past_ms = 3000;
  restart (&p.members[2]);
  party_ms += 3000;
  CHECK_RESULT (forge_deliver (&p.members[2], late), E2EE_MLS_ERR_WRONG_EPOCH);
  e2ee_mls_buffer_clear (&late);
  party_clear (&p);
}

static void
test_one_who_was_removed_stays_removed (void)
{
  const e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 2 };
  const e2ee_mls_commit_params params = { .changes = &change, .n_changes = 1 };

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  party_commit (&p, &p.members[1], &params, NULL, NULL, 0);
  restart (&p.members[2]);
  CHECK_RETURN_IF_FAILED ();
  CHECK (!e2ee_mls_group_is_active (p.members[2].group));
  party_clear (&p);
}

/* ---- cut at every point ---- */

/* The order of mls.h: commit, store, send, accepted, merge, store.  Wherever the committer dies,
 * what he stored last and what the others have seen fit together. */
static void
die_after (unsigned point)
{
  member *m = &p.members[1];
  e2ee_mls_buffer before, pending, merged = E2EE_MLS_NO_BUFFER, commit;

  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_store (m->group, KEY, &before));
  CHECK_OK (e2ee_mls_group_commit (m->group, NULL, &commit, NULL, NULL));
  CHECK_OK (e2ee_mls_group_store (m->group, KEY, &pending));
  switch (point) {
    case 0:                    /* made, not stored: nobody has seen it */
      fall_back (m, before);
      break;
    case 1:                    /* stored, not sent: thrown away or sent now */
      fall_back (m, pending);
      e2ee_mls_group_discard_pending (m->group);
      break;
    case 2:                    /* sent and accepted, not merged */
      party_deliver (&p, m, commit);
      fall_back (m, pending);
      CHECK_OK (e2ee_mls_group_merge_pending (m->group));
      break;
    case 3:                    /* sent and lost to another's */
      fall_back (m, pending);
      party_commit (&p, &p.members[3], NULL, NULL, NULL, 0);
      CHECK (!e2ee_mls_group_has_pending (m->group));
      break;
    default:                   /* merged and stored */
      party_deliver (&p, m, commit);
      CHECK_OK (e2ee_mls_group_merge_pending (m->group));
      CHECK_OK (e2ee_mls_group_store (m->group, KEY, &merged));
      fall_back (m, merged);
  }
  CHECK_RETURN_IF_FAILED ();
  party_check_agreement (&p);
  party_commit (&p, m, NULL, NULL, NULL, 0);
  party_commit (&p, &p.members[0], NULL, NULL, NULL, 0);
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&before);
  e2ee_mls_buffer_clear (&pending);
  e2ee_mls_buffer_clear (&merged);
  e2ee_mls_buffer_clear (&commit);
  party_clear (&p);
}

static void
test_a_committer_may_die_at_every_point (void)
{
  for (unsigned point = 0; point < 5 && !check_state.failed; point++) {
    CHECK_ROW ("point %u", point);
    die_after (point);
  }
}

/* A letter is stored before it leaves, so that its key is not used again: the next one has another
 * generation. */
static void
test_a_sender_who_stored_uses_no_key_twice (void)
{
  e2ee_mls_buffer first, second;
  member *m = &p.members[0];

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_protect (m->group, TEXT ("one"), E2EE_NO_BYTES, &first));
  restart (m);
  CHECK_OK (e2ee_mls_group_protect (m->group, TEXT ("two"), E2EE_NO_BYTES, &second));
  CHECK_OK (forge_deliver (&p.members[1], second));
  CHECK_OK (forge_deliver (&p.members[1], first));
  restart (&p.members[1]);
  CHECK_RESULT (forge_deliver (&p.members[1], first), E2EE_MLS_ERR_REPLAYED);
  CHECK_RESULT (forge_deliver (&p.members[1], second), E2EE_MLS_ERR_REPLAYED);
  e2ee_mls_buffer_clear (&first);
  e2ee_mls_buffer_clear (&second);
  party_clear (&p);
}

/* ---- what is refused ---- */

static e2ee_mls_result
restore (e2ee_bytes key, e2ee_bytes stored)
{
  e2ee_mls_group *group;
  e2ee_mls_result r = e2ee_mls_group_restore (&p.members[0].host, key, stored, &group);

  if (r != E2EE_MLS_OK && group != NULL)
    return E2EE_MLS_OK;
  e2ee_mls_group_free (group);
  return r;
}

static void
test_damaged_state_is_refused (void)
{
  e2ee_mls_buffer stored;
  uint8_t other_key[32] = { 0x43 };

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_store (p.members[0].group, KEY, &stored));
  CHECK_OK (restore (KEY, e2ee_mls_buffer_view (stored)));
  CHECK_RESULT (restore (E2EE_BYTES (other_key, 32), e2ee_mls_buffer_view (stored)),
      E2EE_MLS_ERR_STORE);
  CHECK_RESULT (restore (E2EE_BYTES (store_key, 31), e2ee_mls_buffer_view (stored)),
      E2EE_MLS_ERR_ARGUMENT);
  for (size_t i = 0; i < stored.size; i++) {
    const e2ee_mls_result expected = i == 5 || i == 6
        ? E2EE_MLS_ERR_STORE_VERSION : E2EE_MLS_ERR_STORE;

    CHECK_ROW ("byte %zu", i);
    stored.data[i] ^= 0x10;
    CHECK_RESULT (restore (KEY, e2ee_mls_buffer_view (stored)), expected);
    stored.data[i] ^= 0x10;
    CHECK_RESULT (restore (KEY, E2EE_BYTES (stored.data, i)), E2EE_MLS_ERR_STORE);
  }
  e2ee_mls_buffer_clear (&stored);
  party_clear (&p);
}

/* Sealed by us and still not whole: the seal is not what keeps the reader within bounds. */
static void
test_state_that_was_sealed_short_is_refused (void)
{
  e2ee_mls_buffer stored, plain, shorter;

  party_start (&p, SUITE_CHACHA, 3);
  party_commit (&p, &p.members[1], NULL, NULL, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_commit (p.members[0].group, NULL, &shorter, NULL, NULL));
  e2ee_mls_buffer_clear (&shorter);
  CHECK_OK (e2ee_mls_group_store (p.members[0].group, KEY, &stored));
  CHECK_OK (e2ee_mls_store_open (E2EE_MLS_STORE_GROUP, KEY, e2ee_mls_buffer_view (stored),
          &plain));
  for (size_t i = 1; i < plain.size; i++) {
    CHECK_ROW ("%zu bytes", i);
    CHECK_OK (e2ee_mls_store_seal (&p.members[0].env, E2EE_MLS_STORE_GROUP, KEY,
            E2EE_BYTES (plain.data, i), &shorter));
    CHECK_RESULT (restore (KEY, e2ee_mls_buffer_view (shorter)), E2EE_MLS_ERR_STORE);
    e2ee_mls_buffer_clear (&shorter);
  }
  e2ee_mls_buffer_clear (&stored);
  e2ee_mls_buffer_clear (&plain);
  party_clear (&p);
}

static int
contains (e2ee_mls_buffer haystack, e2ee_bytes needle)
{
  for (size_t i = 0; i + needle.size <= haystack.size; i++) {
    if (memcmp (haystack.data + i, needle.data, needle.size) == 0)
      return 1;
  }
  return 0;
}

static void
test_stored_state_shows_nothing_and_differs_each_time (void)
{
  e2ee_mls_buffer one, two;
  const member *m = &p.members[0];

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_store (m->group, KEY, &one));
  CHECK_OK (e2ee_mls_group_store (m->group, KEY, &two));
  CHECK (!contains (one, TEXT ("member")));
  CHECK (!contains (one, e2ee_mls_secret_view (m->identity->signature_private)));
  CHECK (!contains (two, E2EE_BYTES (one.data + 7, 32)));
  e2ee_mls_buffer_clear (&one);
  e2ee_mls_buffer_clear (&two);
  party_clear (&p);
}

static void
test_a_joiner_survives_and_joins_once (void)
{
  e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_ADD };
  const e2ee_mls_commit_params params = { .changes = &change, .n_changes = 1,
      .tree_in_welcome = 1 };
  e2ee_mls_joiner *joiner, *again;
  e2ee_mls_group *group;
  e2ee_mls_buffer stored;
  member *m = &p.members[4];

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_joiner_new (&m->host, m->identity, NULL, &joiner));
  CHECK_OK (e2ee_mls_joiner_store (joiner, KEY, &stored));
  CHECK_OK (e2ee_mls_joiner_restore (&m->host, KEY, e2ee_mls_buffer_view (stored), &again));
  CHECK_BYTES (e2ee_mls_joiner_key_package (again), e2ee_mls_joiner_key_package (joiner));
  CHECK_RESULT (e2ee_mls_group_restore (&m->host, KEY, e2ee_mls_buffer_view (stored), &group),
      E2EE_MLS_ERR_STORE);
  change.key_package = e2ee_mls_joiner_key_package (again);
  party_commit (&p, &p.members[0], &params, &m, &again, 1);
  CHECK_RETURN_IF_FAILED ();
  party_check_agreement (&p);
  e2ee_mls_buffer_clear (&stored);
  CHECK_RESULT (e2ee_mls_joiner_store (again, KEY, &stored), E2EE_MLS_ERR_ARGUMENT);
  e2ee_mls_joiner_free (joiner);
  e2ee_mls_joiner_free (again);
  party_clear (&p);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_group_goes_on_after_a_restart),
  CHECK_CASE (test_settings_survive),
  CHECK_CASE (test_a_pending_commit_survives),
  CHECK_CASE (test_an_external_join_survives),
  CHECK_CASE (test_an_update_of_ours_survives_until_it_is_committed),
  CHECK_CASE (test_past_epochs_survive_for_the_time_they_had_left),
  CHECK_CASE (test_past_epochs_come_back_for_as_long_as_allowed_now),
  CHECK_CASE (test_one_who_was_removed_stays_removed),
  CHECK_CASE (test_a_committer_may_die_at_every_point),
  CHECK_CASE (test_a_sender_who_stored_uses_no_key_twice),
  CHECK_CASE (test_damaged_state_is_refused),
  CHECK_CASE (test_state_that_was_sealed_short_is_refused),
  CHECK_CASE (test_stored_state_shows_nothing_and_differs_each_time),
  CHECK_CASE (test_a_joiner_survives_and_joins_once),
};

PARTY_MAIN (cases)
