/* The vectors of PublicMessage, PrivateMessage and Welcome.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "vectors.h"

#include "core/crypto/secret.h"
#include "core/mls/protect.h"
#include "core/mls/transcript.h"

#define SENDER 1
#define N_LEAVES 2

/* One row of message-protection.json. */
typedef struct
{
  vectors *file;
  const json_t *row;
  const e2ee_mls_suite *suite;
  e2ee_bytes group_id;
  uint64_t epoch;
  e2ee_mls_buffer context;
  e2ee_bytes signature_private;
  e2ee_bytes signature_public;
  e2ee_mls_digest membership_key;
  e2ee_mls_digest sender_data_secret;
  e2ee_mls_secret_tree *sending;
  e2ee_mls_secret_tree *receiving;
} group_row;

static e2ee_mls_digest
digest_of (vectors * file, const json_t * row, const char *name)
{
  const e2ee_bytes bytes = vectors_bytes (file, row, name);
  e2ee_mls_digest digest = { {0} };

  if (bytes.size <= sizeof (digest.data))
    memcpy (digest.data, bytes.data, bytes.size);
  return digest;
}

static void
group_row_open (group_row * group, vectors * file, const json_t * row)
{
  const e2ee_mls_digest encryption_secret = digest_of (file, row, "encryption_secret");
  e2ee_mls_group_context context;

  group->file = file;
  group->row = row;
  group->suite = e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite"));
  group->group_id = vectors_bytes (file, row, "group_id");
  group->epoch = vectors_number (row, "epoch");
  group->signature_private = vectors_bytes (file, row, "signature_priv");
  group->signature_public = vectors_bytes (file, row, "signature_pub");
  group->membership_key = digest_of (file, row, "membership_key");
  group->sender_data_secret = digest_of (file, row, "sender_data_secret");
  context = (e2ee_mls_group_context) {
    .version = E2EE_MLS_VERSION,
    .cipher_suite = group->suite->id,
    .group_id = group->group_id,
    .epoch = group->epoch,
    .tree_hash = vectors_bytes (file, row, "tree_hash"),
    .confirmed_transcript_hash = vectors_bytes (file, row, "confirmed_transcript_hash"),
  };
  CHECK_INT (e2ee_mls_group_context_encode (&context, &group->context), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_new (group->suite, N_LEAVES, &encryption_secret,
          &group->sending), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_new (group->suite, N_LEAVES, &encryption_secret,
          &group->receiving), E2EE_MLS_OK);
}

static void
group_row_close (group_row * group)
{
  e2ee_mls_buffer_clear (&group->context);
  e2ee_mls_secret_tree_free (group->sending);
  e2ee_mls_secret_tree_free (group->receiving);
}

/* What was framed is @expected, the raw body, signed by the sender of the row. */
static void
check_content (const group_row * group, const e2ee_mls_authenticated_content * auth,
    e2ee_bytes expected)
{
  e2ee_mls_writer body = E2EE_MLS_WRITER_INIT;

  CHECK_INT (e2ee_mls_content_verify (group->suite, auth, e2ee_mls_buffer_view (group->context),
          group->signature_public), E2EE_MLS_OK);
  CHECK_INT (auth->content.sender.index, SENDER);
  if (auth->content.content_type == E2EE_MLS_CONTENT_APPLICATION) {
    CHECK_BYTES (auth->content.u.application_data, expected);
    return;
  }
  e2ee_mls_content_body_write (&body, &auth->content);
  CHECK_BYTES (e2ee_mls_writer_view (&body), expected);
  e2ee_mls_writer_clear (&body);
}

static void
check_public (const group_row * group, e2ee_bytes in, e2ee_bytes expected)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_message message;

  CHECK_INT (e2ee_mls_message_decode (in, &arena, &message), E2EE_MLS_OK);
  CHECK_INT (message.wire_format, E2EE_MLS_WIRE_PUBLIC_MESSAGE);
  CHECK_INT (e2ee_mls_public_verify (group->suite, &message.u.public_message,
          &group->membership_key, e2ee_mls_buffer_view (group->context)), E2EE_MLS_OK);
  check_content (group, &message.u.public_message.auth, expected);
  e2ee_mls_arena_clear (&arena);
}

static void
check_private (const group_row * group, e2ee_bytes in, e2ee_bytes expected)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_message message;
  e2ee_mls_sender_data sender;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_buffer plaintext;

  CHECK_INT (e2ee_mls_message_decode (in, &arena, &message), E2EE_MLS_OK);
  CHECK_INT (message.wire_format, E2EE_MLS_WIRE_PRIVATE_MESSAGE);
  CHECK_INT (e2ee_mls_private_sender (group->suite, &message.u.private_message,
          &group->sender_data_secret, &sender), E2EE_MLS_OK);
  CHECK_INT (sender.leaf, SENDER);
  CHECK_INT (e2ee_mls_private_open (group->suite, &message.u.private_message, &sender,
          group->receiving, &arena, &plaintext, &auth), E2EE_MLS_OK);
  check_content (group, &auth, expected);
  e2ee_mls_buffer_clear (&plaintext);
  CHECK_INT (e2ee_mls_private_open (group->suite, &message.u.private_message, &sender,
          group->receiving, &arena, &plaintext, &auth), E2EE_MLS_ERR_REPLAYED);
  e2ee_mls_arena_clear (&arena);
}

/* Seals @body in both wire formats with the row's keys, and opens what came out. */
static void
check_round_trip (group_row * group, uint8_t content_type, e2ee_bytes body)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_authenticated_content auth = {
    .content = {
          .group_id = group->group_id,
          .epoch = group->epoch,
          .sender = {E2EE_MLS_SENDER_MEMBER, SENDER},
          .authenticated_data = E2EE_BYTES ("aad", 3),
          .content_type = content_type,
        },
  };
  const e2ee_bytes context = e2ee_mls_buffer_view (group->context);
  e2ee_mls_buffer signature, sealed;
  e2ee_mls_reader reader;

  if (content_type == E2EE_MLS_CONTENT_APPLICATION) {
    auth.content.u.application_data = body;
  } else {
    e2ee_mls_reader_init (&reader, body, &arena);
    e2ee_mls_content_body_read (&reader, &auth.content);
    CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  }
  if (content_type == E2EE_MLS_CONTENT_COMMIT)
    auth.confirmation_tag = E2EE_BYTES ("tag", 3);

  auth.wire_format = E2EE_MLS_WIRE_PUBLIC_MESSAGE;
  CHECK_INT (e2ee_mls_content_sign (group->suite, &auth, context, group->signature_private,
          &signature), E2EE_MLS_OK);
  if (content_type == E2EE_MLS_CONTENT_APPLICATION) {
    CHECK_INT (e2ee_mls_public_seal (group->suite, &auth, &group->membership_key, context,
            &sealed), E2EE_MLS_ERR_APPLICATION_IN_CLEAR);
  } else {
    CHECK_INT (e2ee_mls_public_seal (group->suite, &auth, &group->membership_key, context,
            &sealed), E2EE_MLS_OK);
    check_public (group, e2ee_mls_buffer_view (sealed), body);
  }
  e2ee_mls_buffer_clear (&signature);
  e2ee_mls_buffer_clear (&sealed);

  auth.wire_format = E2EE_MLS_WIRE_PRIVATE_MESSAGE;
  CHECK_INT (e2ee_mls_content_sign (group->suite, &auth, context, group->signature_private,
          &signature), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_private_seal (group->suite, e2ee_env_default (), &auth,
          &group->sender_data_secret, group->sending, 17, &sealed), E2EE_MLS_OK);
  check_private (group, e2ee_mls_buffer_view (sealed), body);
  e2ee_mls_buffer_clear (&signature);
  e2ee_mls_buffer_clear (&sealed);
  e2ee_mls_arena_clear (&arena);
}

static void
test_messages_open_and_seal_as_in_message_protection_json (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  if (!vectors_open (&file, "message-protection.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_bytes proposal = vectors_bytes (&file, row, "proposal");
    const e2ee_bytes commit = vectors_bytes (&file, row, "commit");
    const e2ee_bytes application = vectors_bytes (&file, row, "application");
    group_row group;

    CHECK_ROW ("%zu", i);
    group_row_open (&group, &file, row);
    CHECK_RETURN_IF_FAILED ();
    check_public (&group, vectors_bytes (&file, row, "proposal_pub"), proposal);
    check_public (&group, vectors_bytes (&file, row, "commit_pub"), commit);
    check_private (&group, vectors_bytes (&file, row, "proposal_priv"), proposal);
    check_private (&group, vectors_bytes (&file, row, "application_priv"), application);
    CHECK_RETURN_IF_FAILED ();
    group_row_close (&group);

    /* Every message of the vectors is the first of its ratchet. */
    group_row_open (&group, &file, row);
    check_private (&group, vectors_bytes (&file, row, "commit_priv"), commit);
    CHECK_RETURN_IF_FAILED ();
    group_row_close (&group);

    group_row_open (&group, &file, row);
    check_round_trip (&group, E2EE_MLS_CONTENT_PROPOSAL, proposal);
    check_round_trip (&group, E2EE_MLS_CONTENT_COMMIT, commit);
    check_round_trip (&group, E2EE_MLS_CONTENT_APPLICATION, application);
    CHECK_RETURN_IF_FAILED ();
    group_row_close (&group);
  }
  vectors_close (&file);
}

/* Opens @welcome's GroupInfo with the key package's private half. */
static void
open_welcome (vectors * file, const json_t * row, const e2ee_mls_suite * suite,
    const e2ee_mls_welcome * welcome, const e2ee_mls_key_package * key_package,
    e2ee_mls_digest * joiner_secret, e2ee_mls_buffer * group_info)
{
  const e2ee_mls_digest no_psk = { {0} };
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_digest ref, welcome_secret;
  e2ee_mls_group_secrets secrets;
  e2ee_mls_buffer plaintext;
  e2ee_mls_reader reader;

  CHECK_INT (e2ee_mls_key_package_ref (suite, key_package, &ref), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_welcome_open_secrets (suite, welcome, &ref,
          vectors_bytes (file, row, "init_priv"), &plaintext), E2EE_MLS_OK);
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (plaintext), &arena);
  e2ee_mls_group_secrets_read (&reader, &secrets);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK_INT (secrets.joiner_secret.size, suite->nh);
  memcpy (joiner_secret->data, secrets.joiner_secret.data, suite->nh);
  CHECK_INT (e2ee_mls_welcome_secret (suite, joiner_secret, &no_psk, &welcome_secret),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_welcome_open_info (suite, &welcome_secret, welcome->encrypted_group_info,
          group_info), E2EE_MLS_OK);
  e2ee_mls_buffer_clear (&plaintext);
  e2ee_mls_arena_clear (&arena);

  ref.data[0] ^= 1;
  CHECK_INT (e2ee_mls_welcome_open_secrets (suite, welcome, &ref,
          vectors_bytes (file, row, "init_priv"), &plaintext), E2EE_MLS_ERR_WELCOME_NOT_FOR_US);
}

static void
check_group_info (vectors * file, const json_t * row, const e2ee_mls_suite * suite,
    const e2ee_mls_digest * joiner_secret, e2ee_bytes encoded)
{
  const e2ee_mls_digest no_psk = { {0} };
  const e2ee_bytes signer = vectors_bytes (file, row, "signer_pub");
  e2ee_mls_epoch_secrets *secrets = e2ee_mls_epoch_secrets_new ();
  e2ee_mls_group_info info;
  e2ee_mls_buffer context;
  e2ee_mls_reader reader;

  e2ee_mls_reader_init (&reader, encoded, NULL);
  e2ee_mls_group_info_read (&reader, &info);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_group_info_verify (suite, &info, signer), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_group_context_encode (&info.context, &context), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_epoch_secrets_derive (suite, joiner_secret, &no_psk,
          e2ee_mls_buffer_view (context), secrets), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_confirmation_tag_verify (suite, &secrets->confirmation_key,
          info.context.confirmed_transcript_hash, info.confirmation_tag), E2EE_MLS_OK);
  info.signer ^= 1;
  CHECK_INT (e2ee_mls_group_info_verify (suite, &info, signer), E2EE_MLS_ERR_GROUP_INFO_SIGNATURE);
  e2ee_mls_buffer_clear (&context);
  e2ee_mls_epoch_secrets_free (secrets);
}

static void
test_welcome_json_opens_to_a_signed_and_confirmed_group_info (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  if (!vectors_open (&file, "welcome.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_mls_suite *suite =
        e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite"));
    e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
    e2ee_mls_message welcome, key_package;
    e2ee_mls_digest joiner_secret;
    e2ee_mls_buffer group_info = E2EE_MLS_NO_BUFFER;

    CHECK_ROW ("%zu", i);
    CHECK_INT (e2ee_mls_message_decode (vectors_bytes (&file, row, "welcome"), &arena, &welcome),
        E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_message_decode (vectors_bytes (&file, row, "key_package"), &arena,
            &key_package), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_key_package_verify (suite, &key_package.u.key_package), E2EE_MLS_OK);
    open_welcome (&file, row, suite, &welcome.u.welcome, &key_package.u.key_package,
        &joiner_secret, &group_info);
    CHECK_RETURN_IF_FAILED ();
    check_group_info (&file, row, suite, &joiner_secret, e2ee_mls_buffer_view (group_info));
    CHECK_RETURN_IF_FAILED ();
    e2ee_mls_buffer_clear (&group_info);
    e2ee_mls_arena_clear (&arena);
  }
  vectors_close (&file);
}

static const check_case cases[] = {
  CHECK_CASE (test_messages_open_and_seal_as_in_message_protection_json),
  CHECK_CASE (test_welcome_json_opens_to_a_signed_and_confirmed_group_info),
};

CHECK_MAIN (cases)
