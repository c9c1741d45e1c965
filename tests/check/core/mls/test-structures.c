/* What the wire structures refuse, and the small rules that live beside them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "../check.h"

#include "core/mls/message.h"

/* Reads @bytes as one structure; @value is for looking at afterwards. */
#define READ_AS(type, value, bytes) \
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT; \
  e2ee_mls_reader reader; \
  e2ee_mls_##type value; \
  e2ee_mls_reader_init (&reader, (bytes), &arena); \
  e2ee_mls_##type##_read (&reader, &value)

#define RAW(...) \
  E2EE_BYTES (((const uint8_t[]) { __VA_ARGS__ }), sizeof ((const uint8_t[]) { __VA_ARGS__ }))

/* Empty keys, basic credential "A", empty capabilities. */
#define LEAF_HEAD 0x00, 0x00, 0x00, 0x01, 0x01, 'A', 0x00, 0x00, 0x00, 0x00, 0x00

static void
test_credential_of_an_unknown_type_is_refused (void)
{
  READ_AS (credential, credential, RAW (0x0a, 0x0a, 0x00));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_UNSUPPORTED_CREDENTIAL);
  CHECK_INT (credential.body.size, 0);
}

static void
test_certificates_must_be_whole (void)
{
  READ_AS (credential, credential, RAW (0x00, 0x02, 0x04, 0x01, 0x30, 0x05, 0x31));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_TRUNCATED);
  CHECK_INT (credential.body.size, 0);
}

static void
test_certificates_are_kept_as_a_list (void)
{
  READ_AS (credential, credential, RAW (0x00, 0x02, 0x04, 0x01, 0x30, 0x01, 0x31));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK_BYTES (credential.body, RAW (0x01, 0x30, 0x01, 0x31));
}

static void
test_credentials_are_equal_in_type_and_body_only (void)
{
  const e2ee_mls_credential a = { E2EE_MLS_CREDENTIAL_BASIC, E2EE_BYTES ("alice", 5) };
  const e2ee_mls_credential b = { E2EE_MLS_CREDENTIAL_BASIC, E2EE_BYTES ("alicf", 5) };
  const e2ee_mls_credential c = { E2EE_MLS_CREDENTIAL_X509, E2EE_BYTES ("alice", 5) };
  const e2ee_mls_credential d = { E2EE_MLS_CREDENTIAL_BASIC, E2EE_BYTES ("alic", 4) };

  CHECK (e2ee_mls_credential_equal (&a, &a));
  CHECK (!e2ee_mls_credential_equal (&a, &b));
  CHECK (!e2ee_mls_credential_equal (&a, &c));
  CHECK (!e2ee_mls_credential_equal (&a, &d));
}

static void
test_credential_of_an_unknown_type_is_not_written (void)
{
  const e2ee_mls_credential unknown = { 7, E2EE_NO_BYTES };
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_credential_write (&writer, &unknown);
  CHECK_INT (writer.result, E2EE_MLS_ERR_UNSUPPORTED_CREDENTIAL);
  e2ee_mls_writer_clear (&writer);
}

static void
test_leaf_node_of_no_known_source_is_refused (void)
{
  READ_AS (leaf_node, leaf, RAW (LEAF_HEAD, 0x00, 0x00, 0x00));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_ENCODING);
}

static void
test_leaf_node_of_an_update_is_read (void)
{
  READ_AS (leaf_node, leaf, RAW (LEAF_HEAD, 0x02, 0x00, 0x02, 'x', 'y'));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK_INT (leaf.source, E2EE_MLS_LEAF_UPDATE);
  CHECK_BYTES (leaf.signature, E2EE_BYTES ("xy", 2));
}

static void
test_extension_that_is_cut_off_is_refused (void)
{
  READ_AS (extensions, extensions, RAW (0x04, 0x00, 0x01, 0x05, 'x'));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_TRUNCATED);
  CHECK_INT (extensions.list.size, 0);
}

static void
test_extensions_are_found_by_their_type (void)
{
  READ_AS (extensions, extensions, RAW (0x08, 0x00, 0x01, 0x01, 'x', 0xf0, 0x00, 0x01, 'y'));
  e2ee_bytes data;

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK (e2ee_mls_extensions_find (&extensions, 0xf000, &data));
  CHECK_BYTES (data, E2EE_BYTES ("y", 1));
  CHECK (e2ee_mls_extensions_find (&extensions, 0x0001, NULL));
  CHECK (!e2ee_mls_extensions_find (&extensions, 0x0002, &data));
  CHECK (e2ee_mls_extensions_unique (&extensions));
}

static void
test_two_extensions_of_one_type_are_noticed (void)
{
  READ_AS (extensions, extensions,
      RAW (0x09, 0xf0, 0x00, 0x00, 0x00, 0x01, 0x00, 0xf0, 0x00, 0x00));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK (!e2ee_mls_extensions_unique (&extensions));
}

static void
test_list_of_extensions_put_together_wrongly_ends_there (void)
{
  e2ee_mls_extensions broken = { RAW (0x00, 0x01, 0x00, 0x00, 0x02, 0x05) };
  e2ee_mls_extension extension;

  CHECK (e2ee_mls_extensions_next (&broken, &extension));
  CHECK (!e2ee_mls_extensions_next (&broken, &extension));
  CHECK (!e2ee_mls_extensions_next (&broken, &extension));
}

static void
test_grease_is_known_by_its_pattern (void)
{
  CHECK (e2ee_mls_is_grease (0x0a0a));
  CHECK (e2ee_mls_is_grease (0x1a1a));
  CHECK (e2ee_mls_is_grease (0xeaea));
  CHECK (!e2ee_mls_is_grease (0xfafa));
  CHECK (!e2ee_mls_is_grease (0x0a1a));
  CHECK (!e2ee_mls_is_grease (0x0b0b));
  CHECK (!e2ee_mls_is_grease (0x0001));
}

static void
test_default_types_are_those_of_the_rfc (void)
{
  CHECK (!e2ee_mls_extension_is_default (0));
  CHECK (e2ee_mls_extension_is_default (1));
  CHECK (e2ee_mls_extension_is_default (5));
  CHECK (!e2ee_mls_extension_is_default (6));
  CHECK (!e2ee_mls_proposal_is_default (0));
  CHECK (e2ee_mls_proposal_is_default (1));
  CHECK (e2ee_mls_proposal_is_default (7));
  CHECK (!e2ee_mls_proposal_is_default (8));
}

static void
test_path_is_needed_after_all_but_add_psk_and_reinit (void)
{
  CHECK (!e2ee_mls_proposal_needs_path (E2EE_MLS_PROPOSAL_ADD));
  CHECK (e2ee_mls_proposal_needs_path (E2EE_MLS_PROPOSAL_UPDATE));
  CHECK (e2ee_mls_proposal_needs_path (E2EE_MLS_PROPOSAL_REMOVE));
  CHECK (!e2ee_mls_proposal_needs_path (E2EE_MLS_PROPOSAL_PSK));
  CHECK (!e2ee_mls_proposal_needs_path (E2EE_MLS_PROPOSAL_REINIT));
  CHECK (e2ee_mls_proposal_needs_path (E2EE_MLS_PROPOSAL_EXTERNAL_INIT));
  CHECK (e2ee_mls_proposal_needs_path (E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS));
}

static void
test_required_capabilities_are_empty_when_the_extension_is_absent (void)
{
  const e2ee_mls_extensions none = { E2EE_NO_BYTES };
  const e2ee_mls_extensions some = { RAW (0x00, 0x03, 0x05, 0x02, 0xf0, 0x00, 0x00, 0x00) };
  const e2ee_mls_extensions cut = { RAW (0x00, 0x03, 0x04, 0x02, 0xf0, 0x00, 0x00) };
  const e2ee_mls_extensions more = { RAW (0x00, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00) };
  e2ee_mls_required_capabilities required;

  CHECK_INT (e2ee_mls_required_capabilities_find (&none, &required), E2EE_MLS_OK);
  CHECK_INT (required.extensions.size, 0);
  CHECK_INT (e2ee_mls_required_capabilities_find (&some, &required), E2EE_MLS_OK);
  CHECK (e2ee_mls_u16_list_has (required.extensions, 0xf000));
  CHECK_INT (e2ee_mls_required_capabilities_find (&cut, &required), E2EE_MLS_ERR_TRUNCATED);
  CHECK_INT (e2ee_mls_required_capabilities_find (&more, &required), E2EE_MLS_ERR_TRAILING);
}

static void
test_external_pub_has_a_length_in_front (void)
{
  const e2ee_mls_extensions none = { E2EE_NO_BYTES };
  const e2ee_mls_extensions good = { RAW (0x00, 0x04, 0x03, 0x02, 'p', 'k') };
  const e2ee_mls_extensions bare = { RAW (0x00, 0x04, 0x02, 'p', 'k') };
  e2ee_bytes external_pub;

  CHECK_INT (e2ee_mls_external_pub_find (&none, &external_pub), E2EE_MLS_ERR_EXTERNAL_PUB_MISSING);
  CHECK_INT (e2ee_mls_external_pub_find (&good, &external_pub), E2EE_MLS_OK);
  CHECK_BYTES (external_pub, E2EE_BYTES ("pk", 2));
  CHECK (e2ee_mls_external_pub_find (&bare, &external_pub) != E2EE_MLS_OK);
}

static void
test_psk_of_an_unknown_type_or_usage_is_refused (void)
{
  static const struct
  {
    uint8_t bytes[13];
    e2ee_mls_result result;
  } rows[] = {
    {{0x00}, E2EE_MLS_ERR_ENCODING},
    {{0x03}, E2EE_MLS_ERR_ENCODING},
    {{0x02, 0x00}, E2EE_MLS_ERR_ENCODING},
    {{0x02, 0x04}, E2EE_MLS_ERR_ENCODING},
    {{0x02, 0x01, 0x01, 'g', 0, 0, 0, 0, 0, 0, 0, 9, 0}, E2EE_MLS_OK},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    READ_AS (psk_id, id, E2EE_BYTES (rows[i].bytes, sizeof (rows[i].bytes)));

    CHECK_ROW ("%zu", i);
    CHECK_INT (e2ee_mls_reader_finish (&reader), rows[i].result);
    CHECK_INT (id.psk_epoch, rows[i].result == E2EE_MLS_OK ? 9 : 0);
  }
}

static void
test_psk_ids_name_the_same_key_whatever_the_nonce (void)
{
  const e2ee_mls_psk_id a = {
    .type = E2EE_MLS_PSK_EXTERNAL,.psk_id = E2EE_BYTES ("k", 1),.psk_nonce = E2EE_BYTES ("1", 1)
  };
  e2ee_mls_psk_id b = a;
  e2ee_mls_psk_id r = {
    .type = E2EE_MLS_PSK_RESUMPTION,.usage = 1,.psk_group_id = E2EE_BYTES ("g", 1),.psk_epoch = 4
  };
  e2ee_mls_psk_id s = r;

  b.psk_nonce = E2EE_BYTES ("2", 1);
  CHECK (e2ee_mls_psk_id_same_key (&a, &b));
  b.psk_id = E2EE_BYTES ("l", 1);
  CHECK (!e2ee_mls_psk_id_same_key (&a, &b));
  CHECK (!e2ee_mls_psk_id_same_key (&a, &r));
  CHECK (e2ee_mls_psk_id_same_key (&r, &s));
  s.psk_epoch = 5;
  CHECK (!e2ee_mls_psk_id_same_key (&r, &s));
}

static void
test_valsem113_refuses_a_proposal_of_an_unknown_type (void)
{
  READ_AS (proposal, proposal, RAW (0x00, 0x0a));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL);
  CHECK_INT (proposal.type, 10);
}

static void
test_proposal_neither_by_value_nor_by_reference_is_refused (void)
{
  READ_AS (proposal_or_ref, entry, RAW (0x03, 0x00));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_ENCODING);
  CHECK_INT (entry.by_reference, 0);
}

static void
test_commit_with_more_proposals_than_the_limit_is_refused (void)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  const size_t begun = e2ee_mls_write_begin (&writer);

  for (size_t i = 0; i <= E2EE_MLS_MAX_LIST; i++)
    e2ee_mls_write_raw (&writer, RAW (0x02, 0x00));
  e2ee_mls_write_end (&writer, begun);
  e2ee_mls_write_u8 (&writer, 0);
  {
    READ_AS (commit, commit, e2ee_mls_writer_view (&writer));

    CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_TOO_LARGE);
    CHECK_INT (commit.n_proposals, 0);
    CHECK (arena.last == NULL);
  }
  e2ee_mls_writer_clear (&writer);
}

static void
test_message_of_another_version_is_refused (void)
{
  READ_AS (message, message, RAW (0x00, 0x02, 0x00, 0x05));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_UNSUPPORTED_VERSION);
}

static void
test_message_of_an_unknown_wire_format_is_refused (void)
{
  READ_AS (message, message, RAW (0x00, 0x01, 0x00, 0x06));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_ENCODING);
}

static void
test_sender_and_content_of_unknown_types_are_refused (void)
{
  static const struct
  {
    uint8_t bytes[16];
    size_t size;
  } rows[] = {
    /* PublicMessage, empty group id, epoch 0, then sender type 0 and 5 */
    {{0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 14},
    {{0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5}, 14},
    /* a new member's content of type 0 */
    {{0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0}, 16},
    /* PrivateMessage with content type 4 */
    {{0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4}, 14},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    READ_AS (message, message, E2EE_BYTES (rows[i].bytes, rows[i].size));

    CHECK_ROW ("%zu", i);
    CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_ENCODING);
    e2ee_mls_arena_clear (&arena);
  }
}

static void
test_content_is_authenticated_in_two_wire_formats_only (void)
{
  READ_AS (authenticated_content, content, RAW (0x00, 0x03, 0x00));

  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_ERR_ENCODING);
  CHECK_INT (content.wire_format, 3);
}

static void
test_what_has_no_encoding_is_not_written (void)
{
  const e2ee_mls_message message = {.wire_format = 9 };
  const e2ee_mls_proposal proposal = {.type = 9 };
  const e2ee_mls_framed_content content = {.content_type = 9 };
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_buffer out;

  CHECK_INT (e2ee_mls_message_encode (&message, &out), E2EE_MLS_ERR_ENCODING);
  e2ee_mls_proposal_write (&writer, &proposal);
  CHECK_INT (writer.result, E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL);
  e2ee_mls_writer_clear (&writer);
  e2ee_mls_framed_content_write (&writer, &content);
  CHECK_INT (writer.result, E2EE_MLS_ERR_ENCODING);
  e2ee_mls_writer_clear (&writer);
}

static const check_case cases[] = {
  CHECK_CASE (test_credential_of_an_unknown_type_is_refused),
  CHECK_CASE (test_certificates_must_be_whole),
  CHECK_CASE (test_certificates_are_kept_as_a_list),
  CHECK_CASE (test_credentials_are_equal_in_type_and_body_only),
  CHECK_CASE (test_credential_of_an_unknown_type_is_not_written),
  CHECK_CASE (test_leaf_node_of_no_known_source_is_refused),
  CHECK_CASE (test_leaf_node_of_an_update_is_read),
  CHECK_CASE (test_extension_that_is_cut_off_is_refused),
  CHECK_CASE (test_extensions_are_found_by_their_type),
  CHECK_CASE (test_two_extensions_of_one_type_are_noticed),
  CHECK_CASE (test_list_of_extensions_put_together_wrongly_ends_there),
  CHECK_CASE (test_grease_is_known_by_its_pattern),
  CHECK_CASE (test_default_types_are_those_of_the_rfc),
  CHECK_CASE (test_path_is_needed_after_all_but_add_psk_and_reinit),
  CHECK_CASE (test_required_capabilities_are_empty_when_the_extension_is_absent),
  CHECK_CASE (test_external_pub_has_a_length_in_front),
  CHECK_CASE (test_psk_of_an_unknown_type_or_usage_is_refused),
  CHECK_CASE (test_psk_ids_name_the_same_key_whatever_the_nonce),
  CHECK_CASE (test_valsem113_refuses_a_proposal_of_an_unknown_type),
  CHECK_CASE (test_proposal_neither_by_value_nor_by_reference_is_refused),
  CHECK_CASE (test_commit_with_more_proposals_than_the_limit_is_refused),
  CHECK_CASE (test_message_of_another_version_is_refused),
  CHECK_CASE (test_message_of_an_unknown_wire_format_is_refused),
  CHECK_CASE (test_sender_and_content_of_unknown_types_are_refused),
  CHECK_CASE (test_content_is_authenticated_in_two_wire_formats_only),
  CHECK_CASE (test_what_has_no_encoding_is_not_written),
};

CHECK_MAIN (cases)
