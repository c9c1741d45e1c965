/* Every official message with each byte changed, and cut short at each byte.
 *
 * What is changed must be refused, or, where nothing but the encoding is judged, mean exactly what
 * it says: written again it gives the changed bytes.  Each input stands in memory of its own size,
 * so that a read past its end is seen by the tools that watch for that.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "vectors.h"

#include "core/crypto/secret.h"
#include "core/mls/protect.h"
#include "core/mls/transcript.h"

/* What one input is for: OK when it was accepted whole.  @user is the test's. */
typedef e2ee_mls_result (*accept_function) (void *user, e2ee_bytes in);

static e2ee_mls_result
accept_copy (accept_function accept, void *user, e2ee_bytes in, size_t size, size_t flip)
{
  uint8_t *copy = malloc (size > 0 ? size : 1);
  e2ee_mls_result r;

  memcpy (copy, in.data, size);
  if (flip < size)
    copy[flip] ^= 0xff;
  r = accept (user, E2EE_BYTES (copy, size));
  free (copy);
  return r;
}

/* @strict: no changed byte is accepted.  A message cut short never is. */
static void
check_every_byte (accept_function accept, void *user, e2ee_bytes in, int strict)
{
  CHECK_INT (accept_copy (accept, user, in, in.size, SIZE_MAX), E2EE_MLS_OK);
  for (size_t i = 0; i < in.size; i++) {
    const e2ee_mls_result flipped = accept_copy (accept, user, in, in.size, i);
    const e2ee_mls_result cut = accept_copy (accept, user, in, i, SIZE_MAX);

    if (flipped == E2EE_MLS_N_RESULTS || (strict && flipped == E2EE_MLS_OK))
      check_fail (__FILE__, __LINE__, "byte %zu of %zu changed: accepted", i, in.size);
    if (cut == E2EE_MLS_OK || cut == E2EE_MLS_N_RESULTS)
      check_fail (__FILE__, __LINE__, "cut to %zu of %zu bytes: accepted", i, in.size);
    CHECK_RETURN_IF_FAILED ();
  }
}

/* N_RESULTS when what was read is not what is written. */
static e2ee_mls_result
same_again (e2ee_mls_writer * out, e2ee_bytes in)
{
  const int same = out->result == E2EE_MLS_OK && check_same (e2ee_mls_writer_view (out), in);

  e2ee_mls_writer_clear (out);
  return same ? E2EE_MLS_OK : E2EE_MLS_N_RESULTS;
}

#define ACCEPT_ENCODING(type) \
  static e2ee_mls_result \
  accept_##type (void *user, e2ee_bytes in) \
  { \
    e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT; \
    e2ee_mls_writer out = E2EE_MLS_WRITER_INIT; \
    e2ee_mls_reader reader; \
    e2ee_mls_##type value; \
    e2ee_mls_result r; \
    \
    e2ee_mls_reader_init (&reader, in, &arena); \
    e2ee_mls_##type##_read (&reader, &value); \
    r = e2ee_mls_reader_finish (&reader); \
    if (r == E2EE_MLS_OK) { \
      e2ee_mls_##type##_write (&out, &value); \
      r = same_again (&out, in); \
    } \
    e2ee_mls_arena_clear (&arena); \
    return r; \
  }

ACCEPT_ENCODING (message)
ACCEPT_ENCODING (commit)
ACCEPT_ENCODING (group_secrets)

/* The bodies in the vectors have no type in front. */
static e2ee_mls_result
accept_proposal (void *user, e2ee_bytes in)
{
  e2ee_mls_writer typed = E2EE_MLS_WRITER_INIT, out = E2EE_MLS_WRITER_INIT;
  e2ee_mls_reader reader;
  e2ee_mls_proposal proposal;
  uint8_t *exact;
  e2ee_mls_result r;

  e2ee_mls_write_u16 (&typed, *(const uint16_t *) user);
  e2ee_mls_write_raw (&typed, in);
  exact = malloc (typed.size);
  memcpy (exact, typed.data, typed.size);
  e2ee_mls_reader_init (&reader, E2EE_BYTES (exact, typed.size), NULL);
  e2ee_mls_proposal_read (&reader, &proposal);
  r = e2ee_mls_reader_finish (&reader);
  if (r == E2EE_MLS_OK) {
    e2ee_mls_proposal_write (&out, &proposal);
    r = same_again (&out, E2EE_BYTES (exact, typed.size));
  }
  free (exact);
  e2ee_mls_writer_clear (&typed);
  return r;
}

/* The rows of messages.json differ in their random bytes more than in their shape, so each case
 * takes every step-th row. */
static void
flip_messages (size_t first, size_t step)
{
  static const char *const messages[] = {
    "mls_welcome", "mls_group_info", "mls_key_package", "public_message_application",
    "public_message_proposal", "public_message_commit", "private_message",
  };
  static const struct
  {
    const char *name;
    uint16_t type;
  } proposals[] = {
    {"add_proposal", E2EE_MLS_PROPOSAL_ADD},
    {"update_proposal", E2EE_MLS_PROPOSAL_UPDATE},
    {"remove_proposal", E2EE_MLS_PROPOSAL_REMOVE},
    {"pre_shared_key_proposal", E2EE_MLS_PROPOSAL_PSK},
    {"re_init_proposal", E2EE_MLS_PROPOSAL_REINIT},
    {"external_init_proposal", E2EE_MLS_PROPOSAL_EXTERNAL_INIT},
    {"group_context_extensions_proposal", E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS},
  };
  vectors file;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "messages.json", 300))
    return;
  for (size_t i = first; i < 300; i += step) {
    const json_t *row = json_array_get (file.root, i);

    for (size_t k = 0; k < CHECK_N (messages); k++) {
      CHECK_ROW ("%zu %s", i, messages[k]);
      check_every_byte (accept_message, NULL, vectors_bytes (&file, row, messages[k]), 0);
      CHECK_RETURN_IF_FAILED ();
    }
    for (size_t k = 0; k < CHECK_N (proposals); k++) {
      uint16_t type = proposals[k].type;

      CHECK_ROW ("%zu %s", i, proposals[k].name);
      check_every_byte (accept_proposal, &type, vectors_bytes (&file, row, proposals[k].name), 0);
      CHECK_RETURN_IF_FAILED ();
    }
    CHECK_ROW ("%zu", i);
    check_every_byte (accept_commit, NULL, vectors_bytes (&file, row, "commit"), 0);
    check_every_byte (accept_group_secrets, NULL, vectors_bytes (&file, row, "group_secrets"), 0);
    CHECK_RETURN_IF_FAILED ();
  }
  vectors_close (&file);
}

static void
test_changed_messages_are_refused_or_mean_what_they_say_1 (void)
{
  flip_messages (0, 3);
}

static void
test_changed_messages_are_refused_or_mean_what_they_say_2 (void)
{
  flip_messages (1, 3);
}

static void
test_changed_messages_are_refused_or_mean_what_they_say_3 (void)
{
  flip_messages (2, 3);
}

/* What a receiver of message-protection.json has. */
typedef struct
{
  const e2ee_mls_suite *suite;
  e2ee_mls_buffer context;
  e2ee_bytes signature_key;
  e2ee_mls_digest membership_key;
  e2ee_mls_digest sender_data_secret;
  e2ee_mls_digest encryption_secret;
} receiver;

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
receiver_open (receiver * to, vectors * file, const json_t * row)
{
  e2ee_mls_group_context context = {
    .version = E2EE_MLS_VERSION,
    .cipher_suite = (uint16_t) vectors_number (row, "cipher_suite"),
    .group_id = vectors_bytes (file, row, "group_id"),
    .epoch = vectors_number (row, "epoch"),
    .tree_hash = vectors_bytes (file, row, "tree_hash"),
    .confirmed_transcript_hash = vectors_bytes (file, row, "confirmed_transcript_hash"),
  };

  to->suite = e2ee_mls_suite_find (context.cipher_suite);
  to->signature_key = vectors_bytes (file, row, "signature_pub");
  to->membership_key = digest_of (file, row, "membership_key");
  to->sender_data_secret = digest_of (file, row, "sender_data_secret");
  to->encryption_secret = digest_of (file, row, "encryption_secret");
  CHECK_INT (e2ee_mls_group_context_encode (&context, &to->context), E2EE_MLS_OK);
}

static e2ee_mls_result
accept_protected (void *user, e2ee_bytes in)
{
  const receiver *to = user;
  const e2ee_bytes context = e2ee_mls_buffer_view (to->context);
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer plaintext = E2EE_MLS_NO_BUFFER;
  e2ee_mls_authenticated_content opened, *auth = &opened;
  e2ee_mls_secret_tree *secrets = NULL;
  e2ee_mls_sender_data sender;
  e2ee_mls_message message;
  e2ee_mls_result r = e2ee_mls_message_decode (in, &arena, &message);

  if (r != E2EE_MLS_OK)
    goto out;
  if (message.wire_format == E2EE_MLS_WIRE_PUBLIC_MESSAGE) {
    auth = &message.u.public_message.auth;
    r = e2ee_mls_public_verify (to->suite, &message.u.public_message, &to->membership_key,
        context);
  } else if (message.wire_format == E2EE_MLS_WIRE_PRIVATE_MESSAGE) {
    r = e2ee_mls_secret_tree_new (to->suite, 2, &to->encryption_secret, &secrets);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_private_sender (to->suite, &message.u.private_message,
          &to->sender_data_secret, &sender);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_private_open (to->suite, &message.u.private_message, &sender, secrets, &arena,
          &plaintext, auth);
  } else {
    r = E2EE_MLS_ERR_WIRE_FORMAT;
  }
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_content_verify (to->suite, auth, context, to->signature_key);
out:
  e2ee_mls_secret_tree_free (secrets);
  e2ee_mls_buffer_clear (&plaintext);
  e2ee_mls_arena_clear (&arena);
  return r;
}

static void
test_no_changed_byte_of_a_protected_message_is_accepted (void)
{
  static const char *const names[] = {
    "proposal_pub", "proposal_priv", "commit_pub", "commit_priv", "application_priv",
  };
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  if (!vectors_open (&file, "message-protection.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    receiver to;

    receiver_open (&to, &file, row);
    for (size_t k = 0; k < CHECK_N (names); k++) {
      CHECK_ROW ("%zu %s", i, names[k]);
      check_every_byte (accept_protected, &to, vectors_bytes (&file, row, names[k]), 1);
      CHECK_RETURN_IF_FAILED ();
    }
    e2ee_mls_buffer_clear (&to.context);
  }
  vectors_close (&file);
}

/* The joiner of welcome.json. */
typedef struct
{
  const e2ee_mls_suite *suite;
  e2ee_mls_digest ref;
  e2ee_bytes init_private;
  e2ee_bytes signer;
} joiner;

static e2ee_mls_result
accept_key_package (void *user, e2ee_bytes in)
{
  joiner *to = user;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_message message;
  e2ee_mls_result r = e2ee_mls_message_decode (in, &arena, &message);

  if (r == E2EE_MLS_OK && message.wire_format != E2EE_MLS_WIRE_KEY_PACKAGE)
    r = E2EE_MLS_ERR_WIRE_FORMAT;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_key_package_verify (to->suite, &message.u.key_package);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_node_verify (to->suite, &message.u.key_package.leaf, NULL);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_key_package_ref (to->suite, &message.u.key_package, &to->ref);
  e2ee_mls_arena_clear (&arena);
  return r;
}

static e2ee_mls_result
accept_group_info (const joiner * to, e2ee_bytes in)
{
  e2ee_mls_group_info info;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  e2ee_mls_reader_init (&reader, in, NULL);
  e2ee_mls_group_info_read (&reader, &info);
  r = e2ee_mls_reader_finish (&reader);
  return r == E2EE_MLS_OK ? e2ee_mls_group_info_verify (to->suite, &info, to->signer) : r;
}

static e2ee_mls_result
accept_welcome (void *user, e2ee_bytes in)
{
  const joiner *to = user;
  const e2ee_mls_digest no_psk = { {0} };
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer plaintext = E2EE_MLS_NO_BUFFER, info = E2EE_MLS_NO_BUFFER;
  e2ee_mls_digest joiner_secret = { {0} }, welcome_secret;
  e2ee_mls_group_secrets secrets;
  e2ee_mls_message message;
  e2ee_mls_reader reader;
  e2ee_mls_result r = e2ee_mls_message_decode (in, &arena, &message);

  if (r == E2EE_MLS_OK && message.wire_format != E2EE_MLS_WIRE_WELCOME)
    r = E2EE_MLS_ERR_WIRE_FORMAT;
  if (r == E2EE_MLS_OK && message.u.welcome.cipher_suite != to->suite->id)
    r = E2EE_MLS_ERR_WRONG_SUITE;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_open_secrets (to->suite, &message.u.welcome, &to->ref, to->init_private,
        &plaintext);
  if (r != E2EE_MLS_OK)
    goto out;
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (plaintext), &arena);
  e2ee_mls_group_secrets_read (&reader, &secrets);
  r = e2ee_mls_reader_finish (&reader);
  if (r != E2EE_MLS_OK)
    goto out;
  memcpy (joiner_secret.data, secrets.joiner_secret.data, secrets.joiner_secret.size);
  r = e2ee_mls_welcome_secret (to->suite, &joiner_secret, &no_psk, &welcome_secret);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_open_info (to->suite, &welcome_secret,
        message.u.welcome.encrypted_group_info, &info);
  if (r == E2EE_MLS_OK)
    r = accept_group_info (to, e2ee_mls_buffer_view (info));
out:
  e2ee_mls_buffer_clear (&plaintext);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_arena_clear (&arena);
  return r;
}

static void
test_no_changed_byte_of_a_welcome_or_key_package_is_accepted (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  if (!vectors_open (&file, "welcome.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_bytes key_package = vectors_bytes (&file, row, "key_package");
    joiner to = {
      .suite = e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite")),
      .init_private = vectors_bytes (&file, row, "init_priv"),
      .signer = vectors_bytes (&file, row, "signer_pub"),
    };

    CHECK_ROW ("%zu", i);
    check_every_byte (accept_key_package, &to, key_package, 1);
    CHECK_INT (accept_key_package (&to, key_package), E2EE_MLS_OK);
    check_every_byte (accept_welcome, &to, vectors_bytes (&file, row, "welcome"), 1);
    CHECK_RETURN_IF_FAILED ();
  }
  vectors_close (&file);
}

/* A commit of transcript-hashes.json must lead to the hash that its own tag confirms. */
typedef struct
{
  const e2ee_mls_suite *suite;
  e2ee_bytes interim_before;
  e2ee_mls_digest confirmation_key;
} transcript;

static e2ee_mls_result
accept_transcript (void *user, e2ee_bytes in)
{
  const transcript *from = user;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_authenticated_content content;
  e2ee_mls_digest confirmed;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  e2ee_mls_reader_init (&reader, in, &arena);
  e2ee_mls_authenticated_content_read (&reader, &content);
  r = e2ee_mls_reader_finish (&reader);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_confirmed_transcript_hash (from->suite, from->interim_before, &content,
        &confirmed);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_confirmation_tag_verify (from->suite, &from->confirmation_key,
        e2ee_mls_digest_view (from->suite, &confirmed), content.confirmation_tag);
  e2ee_mls_arena_clear (&arena);
  return r;
}

static void
test_no_changed_byte_of_a_commit_is_confirmed (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "transcript-hashes.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    transcript from = {
      .suite = e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite")),
      .interim_before = vectors_bytes (&file, row, "interim_transcript_hash_before"),
      .confirmation_key = digest_of (&file, row, "confirmation_key"),
    };

    CHECK_ROW ("%zu", i);
    check_every_byte (accept_transcript, &from,
        vectors_bytes (&file, row, "authenticated_content"), 1);
    CHECK_RETURN_IF_FAILED ();
  }
  vectors_close (&file);
}

/* One member of a row of crypto-basics.json that is changed while the rest stays. */
typedef struct
{
  const e2ee_mls_suite *suite;
  vectors *file;
  const json_t *part;
  const char *changed;
} basics;

static e2ee_bytes
part_of (const basics * b, const char *name, e2ee_bytes in)
{
  return strcmp (b->changed, name) == 0 ? in : vectors_bytes (b->file, b->part, name);
}

static e2ee_mls_result
accept_signature (void *user, e2ee_bytes in)
{
  const basics *b = user;

  return e2ee_mls_verify_with_label (b->suite, part_of (b, "pub", in),
      vectors_text (b->part, "label"), part_of (b, "content", in), part_of (b, "signature", in));
}

static e2ee_mls_result
accept_hpke (void *user, e2ee_bytes in)
{
  const basics *b = user;
  e2ee_mls_buffer plaintext;
  e2ee_mls_result r = e2ee_mls_decrypt_with_label (b->suite, part_of (b, "priv", in),
      vectors_text (b->part, "label"), part_of (b, "context", in), part_of (b, "kem_output", in),
      part_of (b, "ciphertext", in), &plaintext);

  e2ee_mls_buffer_clear (&plaintext);
  return r;
}

static void
test_no_changed_byte_of_a_signature_or_ciphertext_is_accepted (void)
{
  static const struct
  {
    const char *part;
    const char *changed;
    accept_function accept;
  } rows[] = {
    {"sign_with_label", "pub", accept_signature},
    {"sign_with_label", "content", accept_signature},
    {"sign_with_label", "signature", accept_signature},
    {"encrypt_with_label", "priv", accept_hpke},
    {"encrypt_with_label", "context", accept_hpke},
    {"encrypt_with_label", "kem_output", accept_hpke},
    {"encrypt_with_label", "ciphertext", accept_hpke},
  };
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  if (!vectors_open (&file, "crypto-basics.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    for (size_t k = 0; k < CHECK_N (rows); k++) {
      basics b = {
        .suite = e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite")),
        .file = &file,
        .part = json_object_get (row, rows[k].part),
        .changed = rows[k].changed,
      };

      CHECK_ROW ("%zu %s %s", i, rows[k].part, rows[k].changed);
      check_every_byte (rows[k].accept, &b, vectors_bytes (&file, b.part, b.changed), 1);
      CHECK_RETURN_IF_FAILED ();
    }
  }
  vectors_close (&file);
}

static const check_case cases[] = {
  CHECK_CASE (test_changed_messages_are_refused_or_mean_what_they_say_1),
  CHECK_CASE (test_changed_messages_are_refused_or_mean_what_they_say_2),
  CHECK_CASE (test_changed_messages_are_refused_or_mean_what_they_say_3),
  CHECK_CASE (test_no_changed_byte_of_a_protected_message_is_accepted),
  CHECK_CASE (test_no_changed_byte_of_a_welcome_or_key_package_is_accepted),
  CHECK_CASE (test_no_changed_byte_of_a_commit_is_confirmed),
  CHECK_CASE (test_no_changed_byte_of_a_signature_or_ciphertext_is_accepted),
};

CHECK_MAIN (cases)
