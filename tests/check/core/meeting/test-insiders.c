/* Malicious members: each makes a commit that MLS takes and the rules do not.  Every other member
 * refuses it, for the same reason, and stays where he was.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <sodium.h>

#include "malice.h"

static room r;

/* Two hosts, a member who is malicious (2) and one more (3). */
static void
start (int on)
{
  const room_plan plan = { .n_people = 4, .n_hosts = 2 };

  room_start (&r, &plan);
  CHECK_RETURN_IF_FAILED ();
  if (on) {
    CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
    CHECK (room_run_until (&r, room_all_on, 3000, NULL));
    room_run (&r, 500);
  }
}

static e2ee_mls_change
state_change (e2ee_bytes statement, const e2ee_ticket * ticket, e2ee_mls_buffer * extensions)
{
  ROOM_MUST (e2ee_meeting_state_write (ticket, statement, extensions) == E2EE_MEETING_OK);
  return (e2ee_mls_change) {
    .type = E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
    .extensions.list = e2ee_mls_buffer_view (*extensions),
  };
}

static e2ee_mls_change
psk_change (void)
{
  return (e2ee_mls_change) { .type = E2EE_MLS_PROPOSAL_PSK,
      .psk_id = e2ee_mls_buffer_view (r.people[0].meeting->psk_id) };
}

/* ---- on and off ---- */

static void
commit_statement (int by, const e2ee_device * signer, uint64_t revision, int on,
    e2ee_meeting_result cause)
{
  e2ee_mls_buffer text = E2EE_MLS_NO_BUFFER, extensions = E2EE_MLS_NO_BUFFER;
  const malice_before before = malice_look (&r);
  e2ee_mls_change change;

  malice_statement (&r, signer, revision, on, &text);
  change = state_change (e2ee_mls_buffer_view (text), &r.ticket, &extensions);
  malice_commit (&r.people[by], &change, 1);
  malice_check_refused (&r, &before, by, cause);
  e2ee_mls_buffer_clear (&text);
  e2ee_mls_buffer_clear (&extensions);
}

static void
test_member_who_is_no_host_turns_it_on (void)
{
  start (0);
  commit_statement (2, r.people[2].device, 1, 1, E2EE_MEETING_ERR_NOT_HOST);
  room_clear (&r);
}

static void
test_member_who_is_no_host_turns_it_off (void)
{
  start (1);
  commit_statement (2, r.people[2].device, 2, 0, E2EE_MEETING_ERR_NOT_HOST);
  room_check_never_clear (&r);
  room_clear (&r);
}

/* A host's own word of long ago, carried by somebody else. */
static void
test_member_commits_an_old_off_of_a_host (void)
{
  start (1);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 0, NULL));
  CHECK (room_run_until (&r, room_all_off, 3000, NULL));
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK (room_run_until (&r, room_all_on, 3000, NULL));
  commit_statement (2, r.people[0].device, 2, 0, E2EE_MEETING_ERR_STATEMENT_OLD);
  commit_statement (2, r.people[0].device, 3, 0, E2EE_MEETING_ERR_STATEMENT_OLD);
  room_clear (&r);
}

static void
test_member_takes_the_statement_out_of_the_group (void)
{
  e2ee_mls_buffer extensions = E2EE_MLS_NO_BUFFER;
  malice_before before;
  e2ee_mls_change change;

  start (1);
  before = malice_look (&r);
  change = state_change (E2EE_NO_BYTES, &r.ticket, &extensions);
  malice_commit (&r.people[2], &change, 1);
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_STATEMENT_OLD);
  change.extensions.list = E2EE_NO_BYTES;
  malice_commit (&r.people[2], &change, 1);
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_COMMIT_CONTEXT);
  e2ee_mls_buffer_clear (&extensions);
  room_clear (&r);
}

static void
test_member_writes_nonsense_for_a_statement (void)
{
  e2ee_mls_buffer extensions = E2EE_MLS_NO_BUFFER;
  malice_before before;
  e2ee_mls_change change;

  start (0);
  before = malice_look (&r);
  change = state_change (E2EE_BYTES ("no.such.thing", 13), &r.ticket, &extensions);
  malice_commit (&r.people[2], &change, 1);
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_COMMIT_STATE);
  e2ee_mls_buffer_clear (&extensions);
  room_clear (&r);
}

static void
test_member_changes_the_ticket_of_the_group (void)
{
  e2ee_mls_buffer extensions = E2EE_MLS_NO_BUFFER;
  malice_before before;
  e2ee_mls_change change;
  e2ee_ticket other;

  start (0);
  other = r.ticket;
  other.hash[0] ^= 1;
  before = malice_look (&r);
  change = state_change (E2EE_NO_BYTES, &other, &extensions);
  malice_commit (&r.people[2], &change, 1);
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_COMMIT_CONTEXT);
  e2ee_mls_buffer_clear (&extensions);
  room_clear (&r);
}

static void
test_host_turns_it_on_and_keeps_a_guest (void)
{
  start (0);
  room_add_person (&r, "guest", E2EE_TIER_GUEST);
  CHECK_OK (room_join (&r, 4));
  room_run (&r, 2000);
  CHECK_INT (room_view (&r, 0).n_members, 5);
  commit_statement (0, r.people[0].device, 1, 1, E2EE_MEETING_ERR_COMMIT_KEEPS_GUEST);
  room_clear (&r);
}

/* ---- who is in ---- */

/* @by adds a leaf with these papers; with the secret of the link unless told otherwise. */
static void
commit_add (int by, const malice_papers * papers, int with_psk, e2ee_meeting_result cause)
{
  e2ee_mls_joiner *joiner = malice_joiner (&r, &r.people[by], papers);
  const malice_before before = malice_look (&r);
  const e2ee_mls_change changes[2] = {
    { .type = E2EE_MLS_PROPOSAL_ADD, .key_package = e2ee_mls_joiner_key_package (joiner) },
    psk_change (),
  };

  malice_commit (&r.people[by], changes, with_psk ? 2 : 1);
  malice_check_refused (&r, &before, by, cause);
  e2ee_mls_joiner_free (joiner);
}

static void
test_member_adds_somebody_without_the_secret (void)
{
  malice_papers papers;

  start (0);
  room_add_person (&r, "friend", E2EE_TIER_FREE);
  papers = malice_papers_of (&r.people[4]);
  commit_add (2, &papers, 0, E2EE_MEETING_ERR_COMMIT_WITHOUT_SECRET);
  room_clear (&r);
}

static void
test_member_adds_a_guest_while_on (void)
{
  malice_papers papers;

  start (1);
  room_add_person (&r, "guest", E2EE_TIER_GUEST);
  papers = malice_papers_of (&r.people[4]);
  commit_add (2, &papers, 1, E2EE_MEETING_ERR_COMMIT_ADDS_GUEST);
  room_clear (&r);
}

static void
test_member_adds_a_second_leaf_of_a_device (void)
{
  malice_papers papers;

  start (0);
  papers = malice_papers_of (&r.people[3]);
  commit_add (2, &papers, 1, E2EE_MEETING_ERR_COMMIT_DUPLICATE_DEVICE);
  papers = malice_papers_of (&r.people[2]);
  commit_add (2, &papers, 1, E2EE_MEETING_ERR_COMMIT_DUPLICATE_DEVICE);
  room_clear (&r);
}

static void
test_member_adds_somebody_with_wrong_papers (void)
{
  e2ee_mls_buffer token = E2EE_MLS_NO_BUFFER;
  malice_papers papers;
  uint64_t now;

  start (0);
  room_add_person (&r, "friend", E2EE_TIER_FREE);
  now = room_unix_time (&r.people[4]);

  papers = malice_papers_of (&r.people[4]);
  papers.meeting_id = "another";
  commit_add (2, &papers, 1, E2EE_MEETING_ERR_BINDING_MEETING);
  papers = malice_papers_of (&r.people[4]);
  papers.bound_at -= 2 * E2EE_CLOCK_SKEW;
  commit_add (2, &papers, 1, E2EE_MEETING_ERR_BINDING_STALE);
  /* An account of an authority that nobody trusts: his own. */
  CHECK_OK (e2ee_account_issue (r.people[2].device, "friend", "Friend", E2EE_TIER_PAID,
          e2ee_device_public_key (r.people[4].device), now, now + 3600, &token));
  papers = malice_papers_of (&r.people[4]);
  papers.token = e2ee_mls_buffer_view (token);
  commit_add (2, &papers, 1, E2EE_MEETING_ERR_TOKEN_ISSUER);
  e2ee_mls_buffer_clear (&token);
  /* An expired one. */
  CHECK_OK (e2ee_account_issue (r.authority, "friend", "Friend", E2EE_TIER_PAID,
          e2ee_device_public_key (r.people[4].device), now - 7200, now - 3600, &token));
  papers.token = e2ee_mls_buffer_view (token);
  commit_add (2, &papers, 1, E2EE_MEETING_ERR_TOKEN_EXPIRED);
  e2ee_mls_buffer_clear (&token);
  room_clear (&r);
}

static void
test_member_adds_an_identity_bound_long_ago (void)
{
  malice_papers papers;

  start (0);
  room_add_person (&r, "friend", E2EE_TIER_FREE);
  papers = malice_papers_of (&r.people[4]);
  room_run (&r, 1000 * (2 * E2EE_CLOCK_SKEW + 1));
  commit_add (2, &papers, 1, E2EE_MEETING_ERR_BINDING_STALE);
  room_clear (&r);
}

static void
test_member_removes_a_host (void)
{
  e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_REMOVE };
  malice_before before;

  start (0);
  change.leaf = room_leaf (&r, 0);
  before = malice_look (&r);
  malice_commit (&r.people[2], &change, 1);
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_COMMIT_REMOVES_HOST);
  room_clear (&r);
}

static void
test_member_who_was_named_host_may_remove_one_and_others_see_who_did (void)
{
  start (0);
  CHECK_OK (e2ee_meeting_make_host (r.people[0].meeting, room_leaf (&r, 3), NULL));
  room_run (&r, 1000);
  CHECK_OK (e2ee_meeting_remove (r.people[3].meeting, room_leaf (&r, 1), NULL));
  room_run (&r, 1000);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  CHECK (strstr (r.people[0].log, "\"by\":\"p3\"") != NULL);
  room_clear (&r);
}

/* ---- form ---- */

static void
test_member_lets_somebody_in_by_an_external_commit (void)
{
  static const uint8_t type[2] = { 0xF0, 0xE2 };
  const e2ee_mls_leaf_params leaf = { .extension_types = { type, 2 } };
  e2ee_mls_external_params params = { .leaf = &leaf, .n_psk_ids = 1 };
  e2ee_mls_buffer info, commit, identity = E2EE_MLS_NO_BUFFER;
  e2ee_mls_credential credential = { .type = E2EE_MLS_CREDENTIAL_BASIC };
  e2ee_mls_identity *mls = NULL;
  e2ee_mls_group *group = NULL;
  malice_before before;
  malice_papers papers;
  uint8_t seed[32];
  e2ee_bytes psk;

  start (0);
  room_add_person (&r, "friend", E2EE_TIER_FREE);
  papers = malice_papers_of (&r.people[4]);
  malice_begin (&r.people[2]);
  malice_identity (&r, &papers, &identity, seed);
  credential.body = e2ee_mls_buffer_view (identity);
  psk = e2ee_mls_buffer_view (r.people[2].meeting->psk_id);
  params.psk_ids = &psk;
  CHECK (e2ee_mls_identity_new (&r.people[2].meeting->mls_host, 3, &credential,
          E2EE_BYTES (seed, 32), &mls) == E2EE_MLS_OK);
  CHECK (e2ee_mls_group_info_make (r.people[2].meeting->group, 1, &info) == E2EE_MLS_OK);
  CHECK_STR (e2ee_mls_result_name (e2ee_mls_group_join_external
          (&r.people[2].meeting->mls_host, mls, e2ee_mls_buffer_view (info), &params, &group,
              &commit)), "ok");
  before = malice_look (&r);
  malice_send (&r, E2EE_CONTENT_MLS, e2ee_mls_buffer_view (commit));
  malice_check_refused (&r, &before, -1, E2EE_MEETING_ERR_COMMIT_EXTERNAL);
  e2ee_mls_group_free (group);
  e2ee_mls_identity_unref (mls);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&identity);
  room_clear (&r);
}

/* The credential in his path's leaf is the host's, and the key his own. */
static void
test_member_changes_his_identity_in_a_path (void)
{
  e2ee_mls_group *group;
  e2ee_mls_member host, own;
  e2ee_mls_leaf_node *leaf;
  e2ee_bytes body;
  malice_before before;

  start (0);
  group = malice_begin (&r.people[2]);
  CHECK (e2ee_mls_group_next_member (group, room_leaf (&r, 0), &host));
  CHECK (e2ee_mls_group_next_member (group, room_leaf (&r, 2), &own));
  leaf = (e2ee_mls_leaf_node *) own.node;
  body = leaf->credential.body;
  leaf->credential.body = host.node->credential.body;
  before = malice_look (&r);
  malice_commit (&r.people[2], NULL, 0);
  leaf->credential.body = body;
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_COMMIT_CONTEXT);
  room_clear (&r);
}

static void
propose (const e2ee_mls_change * change, int is_private)
{
  const malice_before before = malice_look (&r);
  e2ee_mls_group *group = malice_begin (&r.people[2]);
  e2ee_mls_buffer message;

  e2ee_mls_group_set_private_handshake (group, is_private);
  CHECK_STR (e2ee_mls_result_name (e2ee_mls_group_propose (group, change, E2EE_NO_BYTES,
              &message)), "ok");
  e2ee_mls_group_set_private_handshake (group, 0);
  e2ee_mls_group_clear_proposals (group);
  malice_send (&r, E2EE_CONTENT_MLS, e2ee_mls_buffer_view (message));
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_COMMIT_PROPOSAL);
  for (int i = 0; i < 4; i++) {
    if (i != 2)
      CHECK_INT (e2ee_mls_group_n_proposals (r.people[i].meeting->group), 0);
  }
  e2ee_mls_buffer_clear (&message);
}

static void
test_member_proposes_what_meetings_do_not_use (void)
{
  e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_REMOVE };
  malice_papers papers;
  e2ee_mls_joiner *joiner;

  start (0);
  change.leaf = room_leaf (&r, 3);
  propose (&change, 0);
  change = (e2ee_mls_change) { .type = E2EE_MLS_PROPOSAL_UPDATE };
  propose (&change, 0);
  change = psk_change ();
  propose (&change, 0);
  room_add_person (&r, "friend", E2EE_TIER_FREE);
  papers = malice_papers_of (&r.people[4]);
  joiner = malice_joiner (&r, &r.people[2], &papers);
  change = (e2ee_mls_change) { .type = E2EE_MLS_PROPOSAL_ADD,
      .key_package = e2ee_mls_joiner_key_package (joiner) };
  propose (&change, 0);
  /* To leave, but where nobody sees what it is. */
  change = (e2ee_mls_change) { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = room_leaf (&r, 2) };
  propose (&change, 1);
  e2ee_mls_joiner_free (joiner);
  room_clear (&r);
}

static void
test_member_commits_a_secret_that_lets_nobody_in (void)
{
  malice_before before;
  e2ee_mls_change change;

  start (0);
  before = malice_look (&r);
  change = psk_change ();
  malice_commit (&r.people[2], &change, 1);
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_COMMIT_PROPOSAL);
  room_clear (&r);
}

static void
test_member_sends_a_commit_as_a_private_message (void)
{
  malice_before before;
  e2ee_mls_group *group;

  start (0);
  group = malice_begin (&r.people[2]);
  before = malice_look (&r);
  e2ee_mls_group_set_private_handshake (group, 1);
  malice_commit (&r.people[2], NULL, 0);
  e2ee_mls_group_set_private_handshake (group, 0);
  malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_COMMIT_PROPOSAL);
  room_clear (&r);
}

/* ---- messages ---- */

static void
say (e2ee_bytes data)
{
  uint8_t version[E2EE_VERSION_SIZE];
  e2ee_mls_buffer message;

  e2ee_version_write (&r.people[2].meeting->version, version);
  CHECK (e2ee_mls_group_protect (r.people[2].meeting->group, data,
          E2EE_BYTES (version, sizeof (version)), &message) == E2EE_MLS_OK);
  malice_send (&r, E2EE_CONTENT_MLS, e2ee_mls_buffer_view (message));
  e2ee_mls_buffer_clear (&message);
}

static void
test_member_sends_broken_application_messages (void)
{
  static const uint8_t broken[][8] = {
    { 0 },                      /* no kind */
    { 1 },                      /* alive without flags */
    { 2, 5, 'a' },              /* chat that is cut */
    { 3, 3, 40, 0, 0 },         /* a stream number too large */
    { 3, 3, 1, 99, 0 },         /* a kind of stream that is none */
    { 3, 6, 1, 0, 0, 1, 0, 0 }, /* one number twice */
  };
  static const size_t sizes[] = { 1, 1, 3, 5, 5, 8 };
  malice_before before;

  start (0);
  for (size_t i = 0; i < CHECK_N (sizes); i++) {
    before = malice_look (&r);
    say (E2EE_BYTES (broken[i], sizes[i]));
    malice_check_refused (&r, &before, 2, E2EE_MEETING_ERR_MESSAGE_FORMAT);
    CHECK_INT (room_member (&r, 0, 2).n_streams, 0);
  }
  /* A kind that is not known yet is no fault. */
  say (E2EE_BYTES ("\x63xyz", 4));
  room_run (&r, 50);
  CHECK_INT (r.people[0].last_refused, E2EE_MEETING_OK);
  room_clear (&r);
}

static void
test_chat_and_labels_of_others_are_made_harmless (void)
{
  static const char text[] = "a\xe2\x80\xae" "b";
  e2ee_stream stream = { 1, E2EE_STREAM_CAMERA, "\xf0\x9f\x9b\xa1 Verified" };

  start (0);
  CHECK_OK (e2ee_meeting_chat (r.people[2].meeting, text));
  CHECK_OK (e2ee_meeting_set_streams (r.people[2].meeting, &stream, 1));
  room_run (&r, 100);
  CHECK_STR (r.people[0].chat, "ab");
  CHECK_STR (room_member (&r, 0, 2).streams[0].label, "Verified");
  room_clear (&r);
}

/* He goes on in a version of his own after a commit that the others refused, and says that it is the
 * larger one.  They hear each other, and stay. */
static void
test_member_in_a_version_of_his_own_moves_nobody (void)
{
  e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_REMOVE };
  e2ee_mls_commit_params params = { .changes = &change, .n_changes = 1, .force_path = 1 };
  e2ee_mls_buffer commit, welcome;
  e2ee_mls_group *group;

  start (1);
  change.leaf = room_leaf (&r, 0);
  group = malice_begin (&r.people[2]);
  CHECK (e2ee_mls_group_commit (group, &params, &commit, &welcome, NULL) == E2EE_MLS_OK);
  malice_send (&r, E2EE_CONTENT_MLS, e2ee_mls_buffer_view (commit));
  CHECK (e2ee_mls_group_merge_pending (group) == E2EE_MLS_OK);
  room_run (&r, 30);
  for (int i = 0; i < 12; i++) {
    uint8_t version[E2EE_VERSION_SIZE];
    e2ee_version boast = r.people[0].meeting->version;
    e2ee_mls_buffer message;

    boast.epoch += 100;
    e2ee_version_write (&boast, version);
    CHECK (e2ee_mls_group_protect (group, E2EE_BYTES ("\1\1", 2),
            E2EE_BYTES (version, sizeof (version)), &message) == E2EE_MLS_OK);
    malice_send (&r, E2EE_CONTENT_MLS, e2ee_mls_buffer_view (message));
    e2ee_mls_buffer_clear (&message);
    room_run (&r, 1000);
    for (int k = 0; k < 4; k++) {
      CHECK_ROW ("person %d", k);
      if (k != 2) {
        CHECK_INT (room_view (&r, k).phase, E2EE_PHASE_MEMBER);
        CHECK_INT (room_view (&r, k).mode, E2EE_MEDIA_PROTECTED);
        CHECK (room_member (&r, k, 0).leaf != E2EE_NOBODY);
      }
    }
  }
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_DEGRADED);
  CHECK_INT (room_view (&r, 0).reason, E2EE_MEETING_ERR_FORK);
  /* He falls silent, and all is as it was. */
  room_crash (&r, 2);
  room_run (&r, 60000);
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_ON);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  room_check_never_clear (&r);
  room_clear (&r);
}

static const check_case cases[] = {
  CHECK_CASE (test_member_who_is_no_host_turns_it_on),
  CHECK_CASE (test_member_who_is_no_host_turns_it_off),
  CHECK_CASE (test_member_commits_an_old_off_of_a_host),
  CHECK_CASE (test_member_takes_the_statement_out_of_the_group),
  CHECK_CASE (test_member_writes_nonsense_for_a_statement),
  CHECK_CASE (test_member_changes_the_ticket_of_the_group),
  CHECK_CASE (test_host_turns_it_on_and_keeps_a_guest),
  CHECK_CASE (test_member_adds_somebody_without_the_secret),
  CHECK_CASE (test_member_adds_a_guest_while_on),
  CHECK_CASE (test_member_adds_a_second_leaf_of_a_device),
  CHECK_CASE (test_member_adds_somebody_with_wrong_papers),
  CHECK_CASE (test_member_adds_an_identity_bound_long_ago),
  CHECK_CASE (test_member_removes_a_host),
  CHECK_CASE (test_member_who_was_named_host_may_remove_one_and_others_see_who_did),
  CHECK_CASE (test_member_lets_somebody_in_by_an_external_commit),
  CHECK_CASE (test_member_changes_his_identity_in_a_path),
  CHECK_CASE (test_member_proposes_what_meetings_do_not_use),
  CHECK_CASE (test_member_commits_a_secret_that_lets_nobody_in),
  CHECK_CASE (test_member_sends_a_commit_as_a_private_message),
  CHECK_CASE (test_member_sends_broken_application_messages),
  CHECK_CASE (test_chat_and_labels_of_others_are_made_harmless),
  CHECK_CASE (test_member_in_a_version_of_his_own_moves_nobody),
};

ROOM_MAIN (cases)
