/* Framed messages: what is refused on the way out and on the way in.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "../check.h"

#include "core/crypto/secret.h"
#include "core/mls/protect.h"

#define SENDER 2
#define N_LEAVES 4

/* A sender and a receiver in one epoch. */
typedef struct
{
  const e2ee_mls_suite *suite;
  e2ee_mls_digest membership_key;
  e2ee_mls_digest sender_data_secret;
  e2ee_mls_secret_tree *sending;
  e2ee_mls_secret_tree *receiving;
  e2ee_mls_secret signature_private;
  e2ee_mls_buffer signature_public;
  e2ee_mls_buffer signature;
  e2ee_mls_buffer sealed;
  e2ee_mls_arena arena;
} epoch;

#define CONTEXT E2EE_BYTES ("group context", 13)

static void
epoch_open (epoch * e)
{
  const e2ee_mls_digest secret = { {9} };

  memset (e, 0, sizeof (*e));
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  e->suite = e2ee_mls_suite_nth (0);
  e->membership_key.data[0] = 1;
  e->sender_data_secret.data[0] = 2;
  CHECK_INT (e2ee_mls_secret_tree_new (e->suite, N_LEAVES, &secret, &e->sending), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_new (e->suite, N_LEAVES, &secret, &e->receiving), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_signature_key_generate (e->suite, e2ee_env_default (),
          &e->signature_private, &e->signature_public), E2EE_MLS_OK);
}

static void
epoch_close (epoch * e)
{
  e2ee_mls_secret_tree_free (e->sending);
  e2ee_mls_secret_tree_free (e->receiving);
  e2ee_mls_secret_clear (&e->signature_private);
  e2ee_mls_buffer_clear (&e->signature_public);
  e2ee_mls_buffer_clear (&e->signature);
  e2ee_mls_buffer_clear (&e->sealed);
  e2ee_mls_arena_clear (&e->arena);
}

/* Content of one type by the sender, signed for @wire_format. */
static e2ee_mls_authenticated_content
sign (epoch * e, uint8_t content_type, uint16_t wire_format)
{
  e2ee_mls_authenticated_content auth = {
    .wire_format = wire_format,
    .content = {
          .group_id = E2EE_BYTES ("group", 5),
          .epoch = 7,
          .sender = {E2EE_MLS_SENDER_MEMBER, SENDER},
          .content_type = content_type,
        },
  };

  if (content_type == E2EE_MLS_CONTENT_APPLICATION)
    auth.content.u.application_data = E2EE_BYTES ("hello", 5);
  if (content_type == E2EE_MLS_CONTENT_PROPOSAL)
    auth.content.u.proposal = (e2ee_mls_proposal) {.type = E2EE_MLS_PROPOSAL_REMOVE,.u.remove = 1 };
  if (content_type == E2EE_MLS_CONTENT_COMMIT)
    auth.confirmation_tag = E2EE_BYTES ("tag", 3);
  e2ee_mls_buffer_clear (&e->signature);
  if (e2ee_mls_content_sign (e->suite, &auth, CONTEXT, e2ee_mls_secret_view (e->signature_private),
          &e->signature) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no signature");
  return auth;
}

/* A proposal sealed as PublicMessage and decoded again. */
static e2ee_mls_public_message
public_message (epoch * e, uint8_t content_type)
{
  const e2ee_mls_authenticated_content auth = sign (e, content_type, E2EE_MLS_WIRE_PUBLIC_MESSAGE);
  e2ee_mls_message message;

  if (e2ee_mls_public_seal (e->suite, &auth, &e->membership_key, CONTEXT, &e->sealed)
      != E2EE_MLS_OK || e2ee_mls_message_decode (e2ee_mls_buffer_view (e->sealed), &e->arena,
          &message) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no public message");
  return message.u.public_message;
}

static e2ee_mls_result
verify (epoch * e, const e2ee_mls_public_message * message)
{
  return e2ee_mls_public_verify (e->suite, message, &e->membership_key, CONTEXT);
}

static void
test_public_message_verifies_in_its_context_only (void)
{
  epoch e;
  e2ee_mls_public_message message;

  epoch_open (&e);
  message = public_message (&e, E2EE_MLS_CONTENT_PROPOSAL);
  CHECK_INT (verify (&e, &message), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_content_verify (e.suite, &message.auth, CONTEXT,
          e2ee_mls_buffer_view (e.signature_public)), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_public_verify (e.suite, &message, &e.membership_key,
          E2EE_BYTES ("other context", 13)), E2EE_MLS_ERR_MEMBERSHIP_TAG);
  CHECK_INT (e2ee_mls_content_verify (e.suite, &message.auth, E2EE_BYTES ("other context", 13),
          e2ee_mls_buffer_view (e.signature_public)), E2EE_MLS_ERR_SIGNATURE);
  epoch_close (&e);
}

static void
test_valsem_005_application_data_in_clear_is_refused (void)
{
  epoch e;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_public_message message;

  epoch_open (&e);
  auth = sign (&e, E2EE_MLS_CONTENT_APPLICATION, E2EE_MLS_WIRE_PUBLIC_MESSAGE);
  CHECK_INT (e2ee_mls_public_seal (e.suite, &auth, &e.membership_key, CONTEXT, &e.sealed),
      E2EE_MLS_ERR_APPLICATION_IN_CLEAR);
  message = (e2ee_mls_public_message) { auth, E2EE_BYTES ("tag", 3) };
  CHECK_INT (verify (&e, &message), E2EE_MLS_ERR_APPLICATION_IN_CLEAR);
  epoch_close (&e);
}

static void
test_valsem_007_member_without_membership_tag_is_refused (void)
{
  epoch e;
  e2ee_mls_public_message message;

  epoch_open (&e);
  message = public_message (&e, E2EE_MLS_CONTENT_PROPOSAL);
  message.membership_tag = E2EE_NO_BYTES;
  CHECK_INT (verify (&e, &message), E2EE_MLS_ERR_MEMBERSHIP_TAG_MISSING);
  epoch_close (&e);
}

static void
test_valsem_008_wrong_or_cut_membership_tag_is_refused (void)
{
  epoch e;
  e2ee_mls_public_message message;

  epoch_open (&e);
  message = public_message (&e, E2EE_MLS_CONTENT_PROPOSAL);
  message.membership_tag.size--;
  CHECK_INT (verify (&e, &message), E2EE_MLS_ERR_MEMBERSHIP_TAG);
  message.membership_tag.size++;
  CHECK_INT (verify (&e, &message), E2EE_MLS_OK);
  e.sealed.data[e.sealed.size - 1] ^= 1;
  CHECK_INT (verify (&e, &message), E2EE_MLS_ERR_MEMBERSHIP_TAG);
  epoch_close (&e);
}

static void
test_valsem_009_commit_without_confirmation_tag_is_refused (void)
{
  epoch e;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_public_message message;

  epoch_open (&e);
  message = public_message (&e, E2EE_MLS_CONTENT_COMMIT);
  CHECK_INT (verify (&e, &message), E2EE_MLS_OK);
  message.auth.confirmation_tag = E2EE_NO_BYTES;
  CHECK_INT (verify (&e, &message), E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING);
  e2ee_mls_buffer_clear (&e.sealed);

  auth = sign (&e, E2EE_MLS_CONTENT_COMMIT, E2EE_MLS_WIRE_PUBLIC_MESSAGE);
  auth.confirmation_tag = E2EE_NO_BYTES;
  CHECK_INT (e2ee_mls_public_seal (e.suite, &auth, &e.membership_key, CONTEXT, &e.sealed),
      E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING);
  auth = sign (&e, E2EE_MLS_CONTENT_COMMIT, E2EE_MLS_WIRE_PRIVATE_MESSAGE);
  auth.confirmation_tag = E2EE_NO_BYTES;
  CHECK_INT (e2ee_mls_private_seal (e.suite, e2ee_env_default (), &auth, &e.sender_data_secret,
          e.sending, 0, &e.sealed), E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING);
  epoch_close (&e);
}

static void
test_valsem_010_signature_of_another_key_is_refused (void)
{
  epoch e, other;
  e2ee_mls_public_message message;

  epoch_open (&e);
  epoch_open (&other);
  message = public_message (&e, E2EE_MLS_CONTENT_PROPOSAL);
  CHECK_INT (e2ee_mls_content_verify (e.suite, &message.auth, CONTEXT,
          e2ee_mls_buffer_view (other.signature_public)), E2EE_MLS_ERR_SIGNATURE);
  message.auth.content.u.proposal.u.remove ^= 1;
  CHECK_INT (e2ee_mls_content_verify (e.suite, &message.auth, CONTEXT,
          e2ee_mls_buffer_view (e.signature_public)), E2EE_MLS_ERR_SIGNATURE);
  epoch_close (&e);
  epoch_close (&other);
}

static void
test_content_signed_for_one_wire_format_is_not_sent_in_another (void)
{
  epoch e;
  e2ee_mls_authenticated_content auth;

  epoch_open (&e);
  auth = sign (&e, E2EE_MLS_CONTENT_PROPOSAL, E2EE_MLS_WIRE_PUBLIC_MESSAGE);
  CHECK_INT (e2ee_mls_private_seal (e.suite, e2ee_env_default (), &auth, &e.sender_data_secret,
          e.sending, 0, &e.sealed), E2EE_MLS_ERR_WIRE_FORMAT);
  auth = sign (&e, E2EE_MLS_CONTENT_PROPOSAL, E2EE_MLS_WIRE_PRIVATE_MESSAGE);
  CHECK_INT (e2ee_mls_public_seal (e.suite, &auth, &e.membership_key, CONTEXT, &e.sealed),
      E2EE_MLS_ERR_WIRE_FORMAT);
  auth.content.sender.type = E2EE_MLS_SENDER_NEW_MEMBER_COMMIT;
  CHECK_INT (e2ee_mls_private_seal (e.suite, e2ee_env_default (), &auth, &e.sender_data_secret,
          e.sending, 0, &e.sealed), E2EE_MLS_ERR_WIRE_FORMAT);
  epoch_close (&e);
}

static void
test_new_member_needs_no_membership_tag (void)
{
  epoch e;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_message message;

  epoch_open (&e);
  auth = sign (&e, E2EE_MLS_CONTENT_COMMIT, E2EE_MLS_WIRE_PUBLIC_MESSAGE);
  auth.content.sender = (e2ee_mls_sender) { E2EE_MLS_SENDER_NEW_MEMBER_COMMIT, 0 };
  CHECK_INT (e2ee_mls_public_seal (e.suite, &auth, NULL, CONTEXT, &e.sealed), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_message_decode (e2ee_mls_buffer_view (e.sealed), &e.arena, &message),
      E2EE_MLS_OK);
  CHECK_INT (message.u.public_message.membership_tag.size, 0);
  CHECK_INT (verify (&e, &message.u.public_message), E2EE_MLS_OK);
  epoch_close (&e);
}

/* An external sender signs without the GroupContext, which it does not have. */
static void
test_external_sender_is_not_bound_to_the_context (void)
{
  epoch e;
  e2ee_mls_authenticated_content auth;

  epoch_open (&e);
  auth = sign (&e, E2EE_MLS_CONTENT_PROPOSAL, E2EE_MLS_WIRE_PUBLIC_MESSAGE);
  auth.content.sender = (e2ee_mls_sender) { E2EE_MLS_SENDER_EXTERNAL, 0 };
  e2ee_mls_buffer_clear (&e.signature);
  CHECK_INT (e2ee_mls_content_sign (e.suite, &auth, CONTEXT,
          e2ee_mls_secret_view (e.signature_private), &e.signature), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_content_verify (e.suite, &auth, E2EE_NO_BYTES,
          e2ee_mls_buffer_view (e.signature_public)), E2EE_MLS_OK);
  epoch_close (&e);
}

/* An application message as PrivateMessage, decoded again. */
static e2ee_mls_private_message
private_message (epoch * e, size_t padding)
{
  const e2ee_mls_authenticated_content auth = sign (e, E2EE_MLS_CONTENT_APPLICATION,
      E2EE_MLS_WIRE_PRIVATE_MESSAGE);
  e2ee_mls_message message;

  e2ee_mls_buffer_clear (&e->sealed);
  if (e2ee_mls_private_seal (e->suite, e2ee_env_default (), &auth, &e->sender_data_secret,
          e->sending, padding, &e->sealed) != E2EE_MLS_OK
      || e2ee_mls_message_decode (e2ee_mls_buffer_view (e->sealed), &e->arena, &message)
      != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no private message");
  return message.u.private_message;
}

/* Both steps of opening; what was opened is looked at and let go. */
static e2ee_mls_result
open_private (epoch * e, const e2ee_mls_private_message * message)
{
  e2ee_mls_sender_data sender;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_buffer plaintext;
  e2ee_mls_result r = e2ee_mls_private_sender (e->suite, message, &e->sender_data_secret,
      &sender);

  if (r != E2EE_MLS_OK)
    return r;
  r = e2ee_mls_private_open (e->suite, message, &sender, e->receiving, &e->arena, &plaintext,
      &auth);
  if (r == E2EE_MLS_OK && !check_same (auth.content.u.application_data, E2EE_BYTES ("hello", 5)))
    check_fail (__FILE__, __LINE__, "not what was sent");
  e2ee_mls_buffer_clear (&plaintext);
  return r;
}

static void
test_padding_hides_the_size_and_is_taken_off (void)
{
  epoch e;
  e2ee_mls_private_message plain, padded;
  size_t size;

  epoch_open (&e);
  plain = private_message (&e, 0);
  CHECK_INT (open_private (&e, &plain), E2EE_MLS_OK);
  size = plain.ciphertext.size;
  padded = private_message (&e, 100);
  CHECK_INT (padded.ciphertext.size, size + 100);
  CHECK_INT (open_private (&e, &padded), E2EE_MLS_OK);
  epoch_close (&e);
}

static void
test_private_message_opens_once (void)
{
  epoch e;
  e2ee_mls_private_message message;

  epoch_open (&e);
  message = private_message (&e, 0);
  CHECK_INT (open_private (&e, &message), E2EE_MLS_OK);
  CHECK_INT (open_private (&e, &message), E2EE_MLS_ERR_REPLAYED);
  epoch_close (&e);
}

static void
test_forged_private_message_does_not_spend_the_key (void)
{
  epoch e;
  e2ee_mls_private_message message;
  uint8_t *last;

  epoch_open (&e);
  message = private_message (&e, 0);
  last = e.sealed.data + e.sealed.size - 1;
  *last ^= 1;
  CHECK_INT (open_private (&e, &message), E2EE_MLS_ERR_DECRYPT);
  *last ^= 1;
  CHECK_INT (open_private (&e, &message), E2EE_MLS_OK);
  epoch_close (&e);
}

static void
test_everything_in_clear_is_authenticated (void)
{
  epoch e;
  e2ee_mls_private_message message, forged;

  epoch_open (&e);
  message = private_message (&e, 0);
  forged = message;
  forged.epoch++;
  CHECK_INT (open_private (&e, &forged), E2EE_MLS_ERR_DECRYPT);
  forged = message;
  forged.group_id = E2EE_BYTES ("grouq", 5);
  CHECK_INT (open_private (&e, &forged), E2EE_MLS_ERR_DECRYPT);
  forged = message;
  forged.content_type = E2EE_MLS_CONTENT_PROPOSAL;
  CHECK_INT (open_private (&e, &forged), E2EE_MLS_ERR_DECRYPT);
  forged = message;
  forged.authenticated_data = E2EE_BYTES ("x", 1);
  CHECK_INT (open_private (&e, &forged), E2EE_MLS_ERR_DECRYPT);
  forged = message;
  forged.ciphertext = E2EE_NO_BYTES;
  CHECK_INT (open_private (&e, &forged), E2EE_MLS_ERR_DECRYPT);
  CHECK_INT (open_private (&e, &message), E2EE_MLS_OK);
  epoch_close (&e);
}

/* A PrivateMessage by SENDER of generation 0 around any plaintext, as only a member could make. */
static void
seal_raw (epoch * e, e2ee_bytes plaintext, uint8_t content_type, e2ee_mls_private_message * message,
    e2ee_mls_sender_data * sender)
{
  e2ee_mls_writer aad = E2EE_MLS_WRITER_INIT;
  e2ee_mls_message_key key;

  *message = (e2ee_mls_private_message) {.group_id = E2EE_BYTES ("group", 5),
    .content_type = content_type };
  *sender = (e2ee_mls_sender_data) {.leaf = SENDER };
  CHECK_INT (e2ee_mls_secret_tree_next (e->sending, SENDER,
          content_type == E2EE_MLS_CONTENT_APPLICATION ? E2EE_MLS_RATCHET_APPLICATION :
          E2EE_MLS_RATCHET_HANDSHAKE, &sender->generation, &key), E2EE_MLS_OK);
  e2ee_mls_write_vector (&aad, message->group_id);
  e2ee_mls_write_u64 (&aad, 0);
  e2ee_mls_write_u8 (&aad, content_type);
  e2ee_mls_write_vector (&aad, E2EE_NO_BYTES);
  e2ee_mls_buffer_clear (&e->sealed);
  CHECK_INT (e2ee_mls_aead_seal (e->suite, E2EE_BYTES (key.key, e->suite->nk),
          E2EE_BYTES (key.nonce, e->suite->nn), e2ee_mls_writer_view (&aad), plaintext,
          &e->sealed), E2EE_MLS_OK);
  message->ciphertext = e2ee_mls_buffer_view (e->sealed);
  e2ee_mls_writer_clear (&aad);
}

static void
test_valsem_011_padding_that_is_not_zeros_is_refused (void)
{
  static const struct
  {
    uint8_t plaintext[8];
    size_t size;
    uint8_t content_type;
    e2ee_mls_result result;
  } rows[] = {
    /* data "A", signature "B", padding */
    {{1, 'A', 1, 'B', 0, 0, 0}, 7, E2EE_MLS_CONTENT_APPLICATION, E2EE_MLS_OK},
    {{1, 'A', 1, 'B', 0, 0, 1}, 7, E2EE_MLS_CONTENT_APPLICATION, E2EE_MLS_ERR_PADDING},
    {{1, 'A', 1, 'B', 1, 0, 0}, 7, E2EE_MLS_CONTENT_APPLICATION, E2EE_MLS_ERR_PADDING},
    {{1, 'A', 2, 'B'}, 4, E2EE_MLS_CONTENT_APPLICATION, E2EE_MLS_ERR_TRUNCATED},
    /* no proposals, no path, signature "B", no confirmation tag */
    {{0, 0, 1, 'B', 0}, 5, E2EE_MLS_CONTENT_COMMIT, E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING},
    {{0, 0, 1, 'B', 1, 'C'}, 6, E2EE_MLS_CONTENT_COMMIT, E2EE_MLS_OK},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    e2ee_mls_private_message message;
    e2ee_mls_sender_data sender;
    e2ee_mls_authenticated_content auth;
    e2ee_mls_buffer plaintext;
    epoch e;

    CHECK_ROW ("%zu", i);
    epoch_open (&e);
    seal_raw (&e, E2EE_BYTES (rows[i].plaintext, rows[i].size), rows[i].content_type, &message,
        &sender);
    CHECK_INT (e2ee_mls_private_open (e.suite, &message, &sender, e.receiving, &e.arena,
            &plaintext, &auth), rows[i].result);
    CHECK_INT (plaintext.size, rows[i].result == E2EE_MLS_OK ? rows[i].size : 0);
    e2ee_mls_buffer_clear (&plaintext);
    epoch_close (&e);
  }
}

static void
test_sender_outside_the_tree_is_unknown (void)
{
  epoch e;
  e2ee_mls_private_message message;
  e2ee_mls_sender_data sender;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_buffer plaintext;

  epoch_open (&e);
  message = private_message (&e, 0);
  CHECK_INT (e2ee_mls_private_sender (e.suite, &message, &e.sender_data_secret, &sender),
      E2EE_MLS_OK);
  CHECK_INT (sender.leaf, SENDER);
  sender.leaf = N_LEAVES;
  CHECK_INT (e2ee_mls_private_open (e.suite, &message, &sender, e.receiving, &e.arena, &plaintext,
          &auth), E2EE_MLS_ERR_SENDER_UNKNOWN);
  sender.leaf = SENDER;
  sender.generation = UINT32_MAX;
  CHECK_INT (e2ee_mls_private_open (e.suite, &message, &sender, e.receiving, &e.arena, &plaintext,
          &auth), E2EE_MLS_ERR_TOO_FAR_AHEAD);
  epoch_close (&e);
}

static void
test_two_messages_of_one_generation_do_not_share_a_nonce (void)
{
  epoch e, copy;
  e2ee_mls_private_message a, b;
  e2ee_mls_sender_data of_a, of_b;

  epoch_open (&e);
  epoch_open (&copy);
  a = private_message (&e, 0);
  b = private_message (&copy, 0);
  CHECK_INT (e2ee_mls_private_sender (e.suite, &a, &e.sender_data_secret, &of_a), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_private_sender (e.suite, &b, &e.sender_data_secret, &of_b), E2EE_MLS_OK);
  CHECK_INT (of_a.generation, of_b.generation);
  CHECK (memcmp (of_a.reuse_guard, of_b.reuse_guard, sizeof (of_a.reuse_guard)) != 0);
  epoch_close (&e);
  epoch_close (&copy);
}

static const check_case cases[] = {
  CHECK_CASE (test_public_message_verifies_in_its_context_only),
  CHECK_CASE (test_valsem_005_application_data_in_clear_is_refused),
  CHECK_CASE (test_valsem_007_member_without_membership_tag_is_refused),
  CHECK_CASE (test_valsem_008_wrong_or_cut_membership_tag_is_refused),
  CHECK_CASE (test_valsem_009_commit_without_confirmation_tag_is_refused),
  CHECK_CASE (test_valsem_010_signature_of_another_key_is_refused),
  CHECK_CASE (test_content_signed_for_one_wire_format_is_not_sent_in_another),
  CHECK_CASE (test_new_member_needs_no_membership_tag),
  CHECK_CASE (test_external_sender_is_not_bound_to_the_context),
  CHECK_CASE (test_padding_hides_the_size_and_is_taken_off),
  CHECK_CASE (test_private_message_opens_once),
  CHECK_CASE (test_forged_private_message_does_not_spend_the_key),
  CHECK_CASE (test_everything_in_clear_is_authenticated),
  CHECK_CASE (test_valsem_011_padding_that_is_not_zeros_is_refused),
  CHECK_CASE (test_sender_outside_the_tree_is_unknown),
  CHECK_CASE (test_two_messages_of_one_generation_do_not_share_a_nonce),
};

CHECK_MAIN (cases)
