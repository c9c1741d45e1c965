/* The vectors of the encoding and of the labelled primitives.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "vectors.h"

#include "core/crypto/secret.h"
#include "core/mls/labels.h"
#include "core/mls/message.h"
#include "core/mls/tree.h"

static void
test_vector_lengths_are_read_and_written_as_in_deserialization_json (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "deserialization.json", 14))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_bytes header = vectors_bytes (&file, row, "vlbytes_header");
    const uint64_t length = vectors_number (row, "length");
    e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
    e2ee_mls_reader reader;

    CHECK_ROW ("%zu", i);
    e2ee_mls_reader_init (&reader, header, NULL);
    CHECK_INT (e2ee_mls_read_varint (&reader), length);
    CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
    e2ee_mls_write_varint (&writer, length);
    CHECK_BYTES (e2ee_mls_writer_view (&writer), header);
    e2ee_mls_writer_clear (&writer);
  }
  vectors_close (&file);
}

static void
check_expansions (vectors * file, const e2ee_mls_suite * suite, const json_t * row)
{
  const json_t *part = json_object_get (row, "ref_hash");
  uint8_t out[256];
  e2ee_mls_digest digest;

  CHECK_INT (e2ee_mls_ref_hash (suite, vectors_text (part, "label"),
          vectors_bytes (file, part, "value"), &digest), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (suite, &digest), vectors_bytes (file, part, "out"));

  part = json_object_get (row, "expand_with_label");
  CHECK_INT (e2ee_mls_expand_with_label (suite, vectors_bytes (file, part, "secret"),
          vectors_text (part, "label"), vectors_bytes (file, part, "context"), out,
          vectors_number (part, "length")), E2EE_MLS_OK);
  CHECK_BYTES (E2EE_BYTES (out, vectors_number (part, "length")),
      vectors_bytes (file, part, "out"));

  part = json_object_get (row, "derive_secret");
  CHECK_INT (e2ee_mls_derive_secret (suite, vectors_bytes (file, part, "secret"),
          vectors_text (part, "label"), &digest), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (suite, &digest), vectors_bytes (file, part, "out"));

  part = json_object_get (row, "derive_tree_secret");
  CHECK_INT (e2ee_mls_derive_tree_secret (suite, vectors_bytes (file, part, "secret"),
          vectors_text (part, "label"), (uint32_t) vectors_number (part, "generation"), out,
          vectors_number (part, "length")), E2EE_MLS_OK);
  CHECK_BYTES (E2EE_BYTES (out, vectors_number (part, "length")),
      vectors_bytes (file, part, "out"));
}

static void
check_signatures (vectors * file, const e2ee_mls_suite * suite, const json_t * row)
{
  const json_t *part = json_object_get (row, "sign_with_label");
  const e2ee_bytes public_key = vectors_bytes (file, part, "pub");
  const e2ee_bytes content = vectors_bytes (file, part, "content");
  const char *label = vectors_text (part, "label");
  e2ee_mls_buffer signature;

  CHECK_INT (e2ee_mls_verify_with_label (suite, public_key, label, content,
          vectors_bytes (file, part, "signature")), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_sign_with_label (suite, vectors_bytes (file, part, "priv"), label, content,
          &signature), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_verify_with_label (suite, public_key, label, content,
          e2ee_mls_buffer_view (signature)), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_verify_with_label (suite, public_key, "another", content,
          e2ee_mls_buffer_view (signature)), E2EE_MLS_ERR_SIGNATURE);
  e2ee_mls_buffer_clear (&signature);
}

static void
check_hpke (vectors * file, const e2ee_mls_suite * suite, const json_t * row)
{
  const json_t *part = json_object_get (row, "encrypt_with_label");
  const e2ee_bytes private_key = vectors_bytes (file, part, "priv");
  const e2ee_bytes context = vectors_bytes (file, part, "context");
  const e2ee_bytes plaintext = vectors_bytes (file, part, "plaintext");
  const char *label = vectors_text (part, "label");
  e2ee_mls_buffer kem_output, ciphertext, opened, public_key;

  CHECK_INT (e2ee_mls_decrypt_with_label (suite, private_key, label, context,
          vectors_bytes (file, part, "kem_output"), vectors_bytes (file, part, "ciphertext"),
          &opened), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_buffer_view (opened), plaintext);
  e2ee_mls_buffer_clear (&opened);

  CHECK_INT (e2ee_mls_hpke_public_of (suite, private_key, &public_key), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_buffer_view (public_key), vectors_bytes (file, part, "pub"));
  CHECK_INT (e2ee_mls_encrypt_with_label (suite, e2ee_env_default (),
          e2ee_mls_buffer_view (public_key), label, context, plaintext, &kem_output, &ciphertext),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_decrypt_with_label (suite, private_key, label, context,
          e2ee_mls_buffer_view (kem_output), e2ee_mls_buffer_view (ciphertext), &opened),
      E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_buffer_view (opened), plaintext);
  e2ee_mls_buffer_clear (&opened);
  CHECK_INT (e2ee_mls_decrypt_with_label (suite, private_key, "another", context,
          e2ee_mls_buffer_view (kem_output), e2ee_mls_buffer_view (ciphertext), &opened),
      E2EE_MLS_ERR_DECRYPT);
  e2ee_mls_buffer_clear (&kem_output);
  e2ee_mls_buffer_clear (&ciphertext);
  e2ee_mls_buffer_clear (&public_key);
}

static void
test_labelled_primitives_answer_as_in_crypto_basics_json (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  if (!vectors_open (&file, "crypto-basics.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_mls_suite *suite =
        e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite"));

    CHECK_ROW ("%zu", i);
    CHECK (suite != NULL);
    check_expansions (&file, suite, row);
    check_signatures (&file, suite, row);
    check_hpke (&file, suite, row);
    CHECK_RETURN_IF_FAILED ();
  }
  vectors_close (&file);
}

/* Decodes @in as a whole message of @wire_format and writes it again. */
static void
check_message (e2ee_bytes in, uint16_t wire_format)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_message message;
  e2ee_mls_buffer out;

  CHECK_INT (e2ee_mls_message_decode (in, &arena, &message), E2EE_MLS_OK);
  CHECK_INT (message.wire_format, wire_format);
  CHECK_INT (e2ee_mls_message_encode (&message, &out), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_buffer_view (out), in);
  e2ee_mls_buffer_clear (&out);
  e2ee_mls_arena_clear (&arena);
}

/* The vectors hold the body of a proposal, without its type. */
static void
check_proposal (e2ee_bytes body, uint16_t type)
{
  e2ee_mls_writer in = E2EE_MLS_WRITER_INIT, out = E2EE_MLS_WRITER_INIT;
  e2ee_mls_reader reader;
  e2ee_mls_proposal proposal;

  e2ee_mls_write_u16 (&in, type);
  e2ee_mls_write_raw (&in, body);
  e2ee_mls_reader_init (&reader, e2ee_mls_writer_view (&in), NULL);
  e2ee_mls_proposal_read (&reader, &proposal);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  e2ee_mls_proposal_write (&out, &proposal);
  CHECK_BYTES (e2ee_mls_writer_view (&out), e2ee_mls_writer_view (&in));
  e2ee_mls_writer_clear (&in);
  e2ee_mls_writer_clear (&out);
}

#define CHECK_AGAIN(bytes, type) do { \
    e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT; \
    e2ee_mls_writer out = E2EE_MLS_WRITER_INIT; \
    e2ee_mls_reader reader; \
    e2ee_mls_##type value; \
    e2ee_mls_reader_init (&reader, (bytes), &arena); \
    e2ee_mls_##type##_read (&reader, &value); \
    CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK); \
    e2ee_mls_##type##_write (&out, &value); \
    CHECK_BYTES (e2ee_mls_writer_view (&out), (bytes)); \
    e2ee_mls_writer_clear (&out); \
    e2ee_mls_arena_clear (&arena); \
  } while (0)

static void
check_ratchet_tree (e2ee_bytes in)
{
  e2ee_mls_writer out = E2EE_MLS_WRITER_INIT;
  e2ee_mls_tree *tree;

  CHECK_INT (e2ee_mls_tree_decode (e2ee_mls_suite_nth (0), in, &tree), E2EE_MLS_OK);
  e2ee_mls_tree_write (&out, tree);
  CHECK_BYTES (e2ee_mls_writer_view (&out), in);
  e2ee_mls_writer_clear (&out);
  e2ee_mls_tree_free (tree);
}

static void
check_bare_structures (vectors * file, const json_t * row)
{
  const e2ee_bytes commit = vectors_bytes (file, row, "commit");
  const e2ee_bytes group_secrets = vectors_bytes (file, row, "group_secrets");

  CHECK_AGAIN (commit, commit);
  CHECK_AGAIN (group_secrets, group_secrets);
  check_ratchet_tree (vectors_bytes (file, row, "ratchet_tree"));
}

static void
test_every_message_of_messages_json_is_written_as_it_was_read (void)
{
  static const struct
  {
    const char *name;
    uint16_t type;
  } messages[] = {
    {"mls_welcome", E2EE_MLS_WIRE_WELCOME},
    {"mls_group_info", E2EE_MLS_WIRE_GROUP_INFO},
    {"mls_key_package", E2EE_MLS_WIRE_KEY_PACKAGE},
    {"public_message_application", E2EE_MLS_WIRE_PUBLIC_MESSAGE},
    {"public_message_proposal", E2EE_MLS_WIRE_PUBLIC_MESSAGE},
    {"public_message_commit", E2EE_MLS_WIRE_PUBLIC_MESSAGE},
    {"private_message", E2EE_MLS_WIRE_PRIVATE_MESSAGE},
  }, proposals[] = {
    {"add_proposal", E2EE_MLS_PROPOSAL_ADD},
    {"update_proposal", E2EE_MLS_PROPOSAL_UPDATE},
    {"remove_proposal", E2EE_MLS_PROPOSAL_REMOVE},
    {"pre_shared_key_proposal", E2EE_MLS_PROPOSAL_PSK},
    {"re_init_proposal", E2EE_MLS_PROPOSAL_REINIT},
    {"external_init_proposal", E2EE_MLS_PROPOSAL_EXTERNAL_INIT},
    {"group_context_extensions_proposal", E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS},
  };
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "messages.json", 300))
    return;
  json_array_foreach (file.root, i, row) {
    for (size_t k = 0; k < CHECK_N (messages); k++) {
      CHECK_ROW ("%zu %s", i, messages[k].name);
      check_message (vectors_bytes (&file, row, messages[k].name), messages[k].type);
      CHECK_RETURN_IF_FAILED ();
    }
    for (size_t k = 0; k < CHECK_N (proposals); k++) {
      CHECK_ROW ("%zu %s", i, proposals[k].name);
      check_proposal (vectors_bytes (&file, row, proposals[k].name), proposals[k].type);
      CHECK_RETURN_IF_FAILED ();
    }
    check_bare_structures (&file, row);
    CHECK_RETURN_IF_FAILED ();
  }
  vectors_close (&file);
}

static const check_case cases[] = {
  CHECK_CASE (test_vector_lengths_are_read_and_written_as_in_deserialization_json),
  CHECK_CASE (test_labelled_primitives_answer_as_in_crypto_basics_json),
  CHECK_CASE (test_every_message_of_messages_json_is_written_as_it_was_read),
};

CHECK_MAIN (cases)
