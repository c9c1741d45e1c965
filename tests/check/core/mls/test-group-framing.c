/* Messages whose frame is wrong, RFC 9420 section 6, named after OpenMLS's ValSem numbers.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "forge.h"

typedef void (*frame_change) (e2ee_mls_public_message * message);

/* A PublicMessage of member 1's with an empty commit, its frame changed but not sealed again. */
static e2ee_mls_result
receive_changed (frame_change change)
{
  party p;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER, changed = E2EE_MLS_NO_BUFFER;
  e2ee_mls_message message;
  e2ee_mls_result r = E2EE_MLS_N_RESULTS;

  party_start (&p, SUITE_CHACHA, 3);
  if (!check_state.failed)
    r = e2ee_mls_group_commit (p.members[1].group, NULL, &commit, NULL, NULL);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_message_decode (e2ee_mls_buffer_view (commit), &arena, &message);
  if (r == E2EE_MLS_OK) {
    change (&message.u.public_message);
    r = e2ee_mls_message_encode (&message, &changed);
  }
  if (r == E2EE_MLS_OK)
    r = forge_deliver (&p.members[0], changed);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&changed);
  e2ee_mls_arena_clear (&arena);
  party_clear (&p);
  return r;
}

static void
leave (e2ee_mls_public_message * message)
{
}

static void
test_a_frame_that_is_left_alone_is_taken (void)
{
  CHECK_OK (receive_changed (leave));
}

static void
other_group (e2ee_mls_public_message * message)
{
  message->auth.content.group_id = TEXT ("another group");
}

static void
test_valsem002_refuses_another_group (void)
{
  CHECK_RESULT (receive_changed (other_group), E2EE_MLS_ERR_WRONG_GROUP);
}

static void
next_epoch (e2ee_mls_public_message * message)
{
  message->auth.content.epoch++;
}

static void
last_epoch (e2ee_mls_public_message * message)
{
  message->auth.content.epoch--;
}

static void
test_valsem003_refuses_another_epoch (void)
{
  CHECK_RESULT (receive_changed (next_epoch), E2EE_MLS_ERR_WRONG_EPOCH);
  CHECK_RESULT (receive_changed (last_epoch), E2EE_MLS_ERR_WRONG_EPOCH);
}

static void
blank_sender (e2ee_mls_public_message * message)
{
  message->auth.content.sender.index = 3;
}

static void
sender_outside (e2ee_mls_public_message * message)
{
  message->auth.content.sender.index = UINT32_MAX;
}

static void
test_valsem004_refuses_a_sender_who_is_no_member (void)
{
  CHECK_RESULT (receive_changed (blank_sender), E2EE_MLS_ERR_SENDER_UNKNOWN);
  CHECK_RESULT (receive_changed (sender_outside), E2EE_MLS_ERR_SENDER_UNKNOWN);
}

static void
application_data (e2ee_mls_public_message * message)
{
  message->auth.content.content_type = E2EE_MLS_CONTENT_APPLICATION;
  message->auth.content.u.application_data = TEXT ("in clear");
}

static void
test_valsem005_refuses_application_data_in_clear (void)
{
  CHECK_RESULT (receive_changed (application_data), E2EE_MLS_ERR_APPLICATION_IN_CLEAR);
}

static void
test_valsem006_refuses_what_does_not_decrypt (void)
{
  party p;
  e2ee_mls_buffer message;

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_protect (p.members[1].group, TEXT ("text"), E2EE_NO_BYTES, &message));
  message.data[message.size - 1] ^= 1;
  CHECK_RESULT (forge_deliver (&p.members[0], message), E2EE_MLS_ERR_DECRYPT);
  /* The flipped one has not used the key up. */
  message.data[message.size - 1] ^= 1;
  CHECK_OK (forge_deliver (&p.members[0], message));
  CHECK_RESULT (forge_deliver (&p.members[0], message), E2EE_MLS_ERR_REPLAYED);
  e2ee_mls_buffer_clear (&message);
  party_clear (&p);
}

static void
no_membership_tag (e2ee_mls_public_message * message)
{
  message->membership_tag = E2EE_NO_BYTES;
}

static void
test_valsem007_refuses_a_member_without_membership_tag (void)
{
  CHECK_RESULT (receive_changed (no_membership_tag), E2EE_MLS_ERR_MEMBERSHIP_TAG_MISSING);
}

static void
short_membership_tag (e2ee_mls_public_message * message)
{
  message->membership_tag.size--;
}

static void
other_membership_tag (e2ee_mls_public_message * message)
{
  message->membership_tag = message->auth.confirmation_tag;
}

static void
test_valsem008_refuses_a_wrong_membership_tag (void)
{
  CHECK_RESULT (receive_changed (short_membership_tag), E2EE_MLS_ERR_MEMBERSHIP_TAG);
  CHECK_RESULT (receive_changed (other_membership_tag), E2EE_MLS_ERR_MEMBERSHIP_TAG);
}

static void
no_confirmation_tag (e2ee_mls_public_message * message)
{
  message->auth.confirmation_tag = E2EE_NO_BYTES;
}

static void
test_valsem009_refuses_a_commit_without_confirmation_tag (void)
{
  CHECK_RESULT (receive_changed (no_confirmation_tag), E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING);
}

/* Tagged by a member, signed by another: members share the membership key. */
static void
test_valsem010_refuses_a_wrong_signature (void)
{
  party p;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  auth = forge_content (&p.members[1], E2EE_MLS_CONTENT_PROPOSAL);
  auth.content.u.proposal.type = E2EE_MLS_PROPOSAL_REMOVE;
  auth.content.u.proposal.u.remove = 0;
  auth.content.sender.index = 2;
  forge_seal (&p.members[1], &auth, &message);
  CHECK_RESULT (forge_deliver (&p.members[0], message), E2EE_MLS_ERR_SIGNATURE);
  CHECK_INT (e2ee_mls_group_n_proposals (p.members[0].group), 0);
  e2ee_mls_buffer_clear (&message);
  party_clear (&p);
}

static void
external_sender (e2ee_mls_public_message * message)
{
  message->auth.content.sender.type = E2EE_MLS_SENDER_EXTERNAL;
}

static void
new_member_proposal (e2ee_mls_public_message * message)
{
  message->auth.content.sender.type = E2EE_MLS_SENDER_NEW_MEMBER_PROPOSAL;
}

static void
test_external_senders_are_refused (void)
{
  CHECK_RESULT (receive_changed (external_sender), E2EE_MLS_ERR_UNSUPPORTED_SENDER);
  CHECK_RESULT (receive_changed (new_member_proposal), E2EE_MLS_ERR_UNSUPPORTED_SENDER);
}

/* ValSem112: only members propose updates, and a new member sends nothing but his commit. */
static void
update_of_a_new_member (e2ee_mls_public_message * message)
{
  const e2ee_mls_leaf_node leaf = message->auth.content.u.commit.path.leaf;

  message->auth.content.sender.type = E2EE_MLS_SENDER_NEW_MEMBER_COMMIT;
  message->auth.content.content_type = E2EE_MLS_CONTENT_PROPOSAL;
  message->auth.content.u.proposal.type = E2EE_MLS_PROPOSAL_UPDATE;
  message->auth.content.u.proposal.u.update = leaf;
}

static void
test_valsem112_refuses_an_update_from_outside (void)
{
  CHECK_RESULT (receive_changed (update_of_a_new_member), E2EE_MLS_ERR_PROPOSAL_SENDER);
}

static void
test_own_messages_coming_back_are_said_to_be_own (void)
{
  party p;
  e2ee_mls_buffer commit, letter;

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_protect (p.members[1].group, TEXT ("text"), E2EE_NO_BYTES, &letter));
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, NULL, &commit, NULL, NULL));
  CHECK_RESULT (forge_deliver (&p.members[1], commit), E2EE_MLS_ERR_SENDER_SELF);
  CHECK_RESULT (forge_deliver (&p.members[1], letter), E2EE_MLS_ERR_SENDER_SELF);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&letter);
  party_clear (&p);
}

static void
test_other_kinds_of_messages_are_refused (void)
{
  party p;
  e2ee_mls_buffer info;

  party_start (&p, SUITE_CHACHA, 2);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_info_make (p.members[1].group, 1, &info));
  CHECK_RESULT (forge_deliver (&p.members[0], info), E2EE_MLS_ERR_WIRE_FORMAT);
  e2ee_mls_buffer_clear (&info);
  party_clear (&p);
}

static const check_case cases[] = {
  CHECK_CASE (test_a_frame_that_is_left_alone_is_taken),
  CHECK_CASE (test_valsem002_refuses_another_group),
  CHECK_CASE (test_valsem003_refuses_another_epoch),
  CHECK_CASE (test_valsem004_refuses_a_sender_who_is_no_member),
  CHECK_CASE (test_valsem005_refuses_application_data_in_clear),
  CHECK_CASE (test_valsem006_refuses_what_does_not_decrypt),
  CHECK_CASE (test_valsem007_refuses_a_member_without_membership_tag),
  CHECK_CASE (test_valsem008_refuses_a_wrong_membership_tag),
  CHECK_CASE (test_valsem009_refuses_a_commit_without_confirmation_tag),
  CHECK_CASE (test_valsem010_refuses_a_wrong_signature),
  CHECK_CASE (test_external_senders_are_refused),
  CHECK_CASE (test_valsem112_refuses_an_update_from_outside),
  CHECK_CASE (test_own_messages_coming_back_are_said_to_be_own),
  CHECK_CASE (test_other_kinds_of_messages_are_refused),
};

PARTY_MAIN (cases)
