/* The vectors of the key schedule, the transcript, pre-shared keys and the secret tree.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "vectors.h"

#include "core/crypto/secret.h"
#include "core/mls/groupinfo.h"
#include "core/mls/protect.h"
#include "core/mls/psk.h"
#include "core/mls/schedule.h"
#include "core/mls/secrettree.h"
#include "core/mls/transcript.h"

static const e2ee_mls_suite *
suite_of (const json_t * row)
{
  return e2ee_mls_suite_find ((unsigned) vectors_number (row, "cipher_suite"));
}

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
check_secrets (vectors * file, const e2ee_mls_suite * suite, const json_t * row,
    const e2ee_mls_epoch_secrets * secrets)
{
  const struct
  {
    const char *name;
    const e2ee_mls_digest *secret;
  } rows[] = {
    {"sender_data_secret", &secrets->sender_data_secret},
    {"encryption_secret", &secrets->encryption_secret},
    {"exporter_secret", &secrets->exporter_secret},
    {"external_secret", &secrets->external_secret},
    {"confirmation_key", &secrets->confirmation_key},
    {"membership_key", &secrets->membership_key},
    {"resumption_psk", &secrets->resumption_psk},
    {"epoch_authenticator", &secrets->epoch_authenticator},
    {"init_secret", &secrets->init_secret},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    CHECK_ROW ("%s", rows[i].name);
    CHECK_BYTES (e2ee_mls_digest_view (suite, rows[i].secret),
        vectors_bytes (file, row, rows[i].name));
  }
}

static void
check_exports (vectors * file, const e2ee_mls_suite * suite, const json_t * row,
    const e2ee_mls_epoch_secrets * secrets)
{
  const json_t *exporter = json_object_get (row, "exporter");
  const size_t length = vectors_number (exporter, "length");
  e2ee_mls_secret private_key;
  e2ee_mls_buffer public_key;
  uint8_t out[256];

  CHECK_INT (e2ee_mls_exporter (suite, &secrets->exporter_secret,
          vectors_text (exporter, "label"), vectors_bytes (file, exporter, "context"), out,
          length), E2EE_MLS_OK);
  CHECK_BYTES (E2EE_BYTES (out, length), vectors_bytes (file, exporter, "secret"));
  CHECK_INT (e2ee_mls_external_key_pair (suite, &secrets->external_secret, &private_key,
          &public_key), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_buffer_view (public_key), vectors_bytes (file, row, "external_pub"));
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
}

static void
check_epoch (vectors * file, const e2ee_mls_suite * suite, const json_t * row, uint64_t epoch,
    e2ee_bytes group_id, e2ee_mls_digest * init_secret)
{
  const e2ee_mls_group_context context = {
    .version = E2EE_MLS_VERSION,
    .cipher_suite = suite->id,
    .group_id = group_id,
    .epoch = epoch,
    .tree_hash = vectors_bytes (file, row, "tree_hash"),
    .confirmed_transcript_hash = vectors_bytes (file, row, "confirmed_transcript_hash"),
  };
  const e2ee_mls_digest commit_secret = digest_of (file, row, "commit_secret");
  const e2ee_mls_digest psk_secret = digest_of (file, row, "psk_secret");
  e2ee_mls_epoch_secrets *secrets = e2ee_mls_epoch_secrets_new ();
  e2ee_mls_digest joiner_secret, welcome_secret;
  e2ee_mls_buffer encoded;

  CHECK_INT (e2ee_mls_group_context_encode (&context, &encoded), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_buffer_view (encoded), vectors_bytes (file, row, "group_context"));
  CHECK_INT (e2ee_mls_joiner_secret (suite, init_secret, &commit_secret,
          e2ee_mls_buffer_view (encoded), &joiner_secret), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (suite, &joiner_secret),
      vectors_bytes (file, row, "joiner_secret"));
  CHECK_INT (e2ee_mls_welcome_secret (suite, &joiner_secret, &psk_secret, &welcome_secret),
      E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (suite, &welcome_secret),
      vectors_bytes (file, row, "welcome_secret"));
  CHECK_INT (e2ee_mls_epoch_secrets_derive (suite, &joiner_secret, &psk_secret,
          e2ee_mls_buffer_view (encoded), secrets), E2EE_MLS_OK);
  check_secrets (file, suite, row, secrets);
  check_exports (file, suite, row, secrets);
  *init_secret = secrets->init_secret;
  e2ee_mls_buffer_clear (&encoded);
  e2ee_mls_epoch_secrets_free (secrets);
}

static void
test_five_epochs_give_the_secrets_of_key_schedule_json (void)
{
  vectors file;
  size_t i, epoch;
  json_t *row, *epoch_row;

  VECTORS_OR_SKIP ();
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  if (!vectors_open (&file, "key-schedule.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    e2ee_mls_digest init_secret = digest_of (&file, row, "initial_init_secret");

    json_array_foreach (json_object_get (row, "epochs"), epoch, epoch_row) {
      check_epoch (&file, suite_of (row), epoch_row, epoch, vectors_bytes (&file, row, "group_id"),
          &init_secret);
      CHECK_RETURN_IF_FAILED ();
    }
    CHECK_INT (epoch, 5);
  }
  vectors_close (&file);
}

static void
test_exporter_refuses_what_cannot_be_expanded (void)
{
  const e2ee_mls_suite *suite = e2ee_mls_suite_nth (0);
  const e2ee_mls_digest secret = { {1} };
  static uint8_t out[UINT16_MAX + 1];

  CHECK_INT (e2ee_mls_exporter (suite, &secret, "label", E2EE_NO_BYTES, out, 255 * suite->nh),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_exporter (suite, &secret, "label", E2EE_NO_BYTES, out, 255 * suite->nh + 1),
      E2EE_MLS_ERR_EXPORT_LENGTH);
  CHECK_INT (e2ee_mls_exporter (suite, &secret, "label", E2EE_NO_BYTES, out, sizeof (out)),
      E2EE_MLS_ERR_EXPORT_LENGTH);
}

static void
check_transcript (vectors * file, const json_t * row)
{
  const e2ee_mls_suite *suite = suite_of (row);
  const e2ee_mls_digest confirmation_key = digest_of (file, row, "confirmation_key");
  const e2ee_bytes in = vectors_bytes (file, row, "authenticated_content");
  const e2ee_bytes after = vectors_bytes (file, row, "confirmed_transcript_hash_after");
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_authenticated_content content;
  e2ee_mls_reader reader;
  e2ee_mls_digest confirmed, interim, tag;

  e2ee_mls_reader_init (&reader, in, &arena);
  e2ee_mls_authenticated_content_read (&reader, &content);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_confirmed_transcript_hash (suite,
          vectors_bytes (file, row, "interim_transcript_hash_before"), &content, &confirmed),
      E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (suite, &confirmed), after);
  CHECK_INT (e2ee_mls_interim_transcript_hash (suite, after, content.confirmation_tag, &interim),
      E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (suite, &interim),
      vectors_bytes (file, row, "interim_transcript_hash_after"));

  e2ee_mls_confirmation_tag (suite, &confirmation_key, after, &tag);
  CHECK_BYTES (e2ee_mls_digest_view (suite, &tag), content.confirmation_tag);
  CHECK_INT (e2ee_mls_confirmation_tag_verify (suite, &confirmation_key, after,
          content.confirmation_tag), E2EE_MLS_OK);
  /* GHSA-8x3w-qj7j-gqhf: a comparison that stops at the shorter of two takes an empty tag. */
  CHECK_INT (e2ee_mls_confirmation_tag_verify (suite, &confirmation_key, after, E2EE_NO_BYTES),
      E2EE_MLS_ERR_CONFIRMATION_TAG);
  CHECK_INT (e2ee_mls_confirmation_tag_verify (suite, &confirmation_key, after,
          E2EE_BYTES (tag.data, suite->nh - 1)), E2EE_MLS_ERR_CONFIRMATION_TAG);
  tag.data[suite->nh - 1] ^= 1;
  CHECK_INT (e2ee_mls_confirmation_tag_verify (suite, &confirmation_key, after,
          e2ee_mls_digest_view (suite, &tag)), E2EE_MLS_ERR_CONFIRMATION_TAG);
  e2ee_mls_arena_clear (&arena);
}

static void
test_transcript_moves_as_in_transcript_hashes_json (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "transcript-hashes.json", 2))
    return;
  json_array_foreach (file.root, i, row) {
    CHECK_ROW ("%zu", i);
    check_transcript (&file, row);
    CHECK_RETURN_IF_FAILED ();
  }
  vectors_close (&file);
}

static void
test_pre_shared_keys_chain_as_in_psk_secret_json (void)
{
  vectors file;
  size_t i, k;
  json_t *row, *psk;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "psk_secret.json", 22))
    return;
  json_array_foreach (file.root, i, row) {
    const e2ee_mls_suite *suite = suite_of (row);
    e2ee_mls_psk_id ids[16];
    e2ee_bytes psks[16];
    e2ee_mls_digest out;

    CHECK_ROW ("%zu", i);
    CHECK (json_array_size (json_object_get (row, "psks")) <= CHECK_N (ids));
    json_array_foreach (json_object_get (row, "psks"), k, psk) {
      ids[k] = (e2ee_mls_psk_id) {
        .type = E2EE_MLS_PSK_EXTERNAL,
        .psk_id = vectors_bytes (&file, psk, "psk_id"),
        .psk_nonce = vectors_bytes (&file, psk, "psk_nonce"),
      };
      psks[k] = vectors_bytes (&file, psk, "psk");
    }
    CHECK_INT (e2ee_mls_psk_secret (suite, ids, psks, k, &out), E2EE_MLS_OK);
    CHECK_BYTES (e2ee_mls_digest_view (suite, &out), vectors_bytes (&file, row, "psk_secret"));
  }
  vectors_close (&file);
}

static void
check_generation (vectors * file, const json_t * row, e2ee_mls_secret_tree * tree,
    const e2ee_mls_suite * suite, uint32_t leaf)
{
  static const struct
  {
    e2ee_mls_ratchet ratchet;
    const char *key;
    const char *nonce;
  } rows[] = {
    {E2EE_MLS_RATCHET_APPLICATION, "application_key", "application_nonce"},
    {E2EE_MLS_RATCHET_HANDSHAKE, "handshake_key", "handshake_nonce"},
  };
  const uint32_t generation = (uint32_t) vectors_number (row, "generation");

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    e2ee_mls_message_key key;

    CHECK_INT (e2ee_mls_secret_tree_peek (tree, leaf, rows[i].ratchet, generation, &key),
        E2EE_MLS_OK);
    CHECK_BYTES (E2EE_BYTES (key.key, suite->nk), vectors_bytes (file, row, rows[i].key));
    CHECK_BYTES (E2EE_BYTES (key.nonce, suite->nn), vectors_bytes (file, row, rows[i].nonce));
    CHECK_INT (e2ee_mls_secret_tree_consume (tree, leaf, rows[i].ratchet, generation),
        E2EE_MLS_OK);
  }
}

static void
check_secret_tree (vectors * file, const json_t * row)
{
  const e2ee_mls_suite *suite = suite_of (row);
  const json_t *sender_data = json_object_get (row, "sender_data");
  const json_t *leaves = json_object_get (row, "leaves");
  const e2ee_mls_digest encryption_secret = digest_of (file, row, "encryption_secret");
  const e2ee_mls_digest sender_data_secret = digest_of (file, sender_data, "sender_data_secret");
  e2ee_mls_secret_tree *tree;
  e2ee_mls_message_key key;
  size_t leaf, i;
  json_t *generations, *generation;

  CHECK_INT (e2ee_mls_sender_data_key (suite, &sender_data_secret,
          vectors_bytes (file, sender_data, "ciphertext"), &key), E2EE_MLS_OK);
  CHECK_BYTES (E2EE_BYTES (key.key, suite->nk), vectors_bytes (file, sender_data, "key"));
  CHECK_BYTES (E2EE_BYTES (key.nonce, suite->nn), vectors_bytes (file, sender_data, "nonce"));

  CHECK_INT (e2ee_mls_secret_tree_new (suite, (uint32_t) json_array_size (leaves),
          &encryption_secret, &tree), E2EE_MLS_OK);
  json_array_foreach (leaves, leaf, generations) {
    json_array_foreach (generations, i, generation) {
      check_generation (file, generation, tree, suite, (uint32_t) leaf);
      CHECK_RETURN_IF_FAILED ();
    }
  }
  e2ee_mls_secret_tree_free (tree);
}

static void
test_ratchets_of_every_leaf_give_the_keys_of_secret_tree_json (void)
{
  vectors file;
  size_t i;
  json_t *row;

  VECTORS_OR_SKIP ();
  if (!vectors_open (&file, "secret-tree.json", 6))
    return;
  json_array_foreach (file.root, i, row) {
    CHECK_ROW ("%zu", i);
    check_secret_tree (&file, row);
    CHECK_RETURN_IF_FAILED ();
  }
  vectors_close (&file);
}

static const check_case cases[] = {
  CHECK_CASE (test_five_epochs_give_the_secrets_of_key_schedule_json),
  CHECK_CASE (test_exporter_refuses_what_cannot_be_expanded),
  CHECK_CASE (test_transcript_moves_as_in_transcript_hashes_json),
  CHECK_CASE (test_pre_shared_keys_chain_as_in_psk_secret_json),
  CHECK_CASE (test_ratchets_of_every_leaf_give_the_keys_of_secret_tree_json),
};

CHECK_MAIN (cases)
