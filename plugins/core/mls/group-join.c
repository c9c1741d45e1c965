/* Joining by Welcome, RFC 9420 section 12.4.3.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/mls/group-private.h"

/* A Welcome being opened. */
typedef struct
{
  const e2ee_mls_host *host;
  e2ee_mls_joiner *joiner;
  const e2ee_mls_suite *suite;
  e2ee_mls_arena arena;
  e2ee_mls_buffer plaintext;    /* GroupSecrets */
  e2ee_mls_group_secrets secrets;
  e2ee_mls_digest joiner_secret;
  e2ee_mls_digest psk_secret;
  e2ee_mls_buffer encoded_info;
  e2ee_mls_group_info info;
  e2ee_mls_epoch *epoch;
  uint32_t own_leaf;
} joining;

/* Section 8.4; reinit and branch join other kinds of groups, and resumption keys of this one are
 * not known to somebody who joins it. */
static e2ee_mls_result
check_psks (const joining * j)
{
  for (size_t i = 0; i < j->secrets.n_psks; i++) {
    const e2ee_mls_psk_id *id = &j->secrets.psks[i];

    if (id->type == E2EE_MLS_PSK_RESUMPTION && id->usage != E2EE_MLS_RESUMPTION_APPLICATION)
      return E2EE_MLS_ERR_UNSUPPORTED_PSK;
    if (id->psk_nonce.size != j->suite->nh)
      return E2EE_MLS_ERR_PSK_NONCE;
    for (size_t k = 0; k < i; k++) {
      if (e2ee_mls_psk_id_same_key (id, &j->secrets.psks[k]))
        return E2EE_MLS_ERR_PROPOSAL_DUPLICATE_PSK;
    }
  }
  return E2EE_MLS_OK;
}

static e2ee_mls_result
open_secrets (joining * j, const e2ee_mls_welcome * welcome)
{
  e2ee_mls_digest ref;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  if (welcome->cipher_suite != j->suite->id)
    return E2EE_MLS_ERR_WRONG_SUITE;
  /* It has joined already. */
  if (j->joiner->init_private.size == 0)
    return E2EE_MLS_ERR_WELCOME_NOT_FOR_US;
  r = e2ee_mls_key_package_ref (j->suite, &j->joiner->key_package, &ref);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_open_secrets (j->suite, welcome, &ref,
        e2ee_mls_secret_view (j->joiner->init_private), &j->plaintext);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (j->plaintext), &j->arena);
  e2ee_mls_group_secrets_read (&reader, &j->secrets);
  r = e2ee_mls_reader_finish (&reader);
  if (r == E2EE_MLS_OK && j->secrets.joiner_secret.size != j->suite->nh)
    r = E2EE_MLS_ERR_ENCODING;
  if (r == E2EE_MLS_OK)
    memcpy (j->joiner_secret.data, j->secrets.joiner_secret.data, j->suite->nh);
  if (r == E2EE_MLS_OK)
    r = check_psks (j);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_gather_psks (j->host, j->suite, NULL, j->secrets.psks, j->secrets.n_psks,
        &j->psk_secret);
  return r;
}

static e2ee_mls_result
open_info (joining * j, const e2ee_mls_welcome * welcome, e2ee_bytes ratchet_tree)
{
  e2ee_mls_digest welcome_secret;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  r = e2ee_mls_welcome_secret (j->suite, &j->joiner_secret, &j->psk_secret, &welcome_secret);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_open_info (j->suite, &welcome_secret, welcome->encrypted_group_info,
        &j->encoded_info);
  e2ee_wipe (&welcome_secret, sizeof (welcome_secret));
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (j->encoded_info), &j->arena);
  e2ee_mls_group_info_read (&reader, &j->info);
  r = e2ee_mls_reader_finish (&reader);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_supports_context (&j->joiner->key_package.leaf,
        &j->info.context.extensions);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_info_check (j->host, j->suite, &j->info, ratchet_tree, &j->epoch->tree);
  return r;
}

/* The leaf that is identical to the key package's. */
static e2ee_mls_result
find_own_leaf (joining * j)
{
  const e2ee_mls_leaf_node *own = &j->joiner->key_package.leaf;
  e2ee_mls_writer ours = E2EE_MLS_WRITER_INIT, theirs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  j->own_leaf = e2ee_mls_tree_find_leaf_encryption_key (j->epoch->tree, own->encryption_key);
  if (j->own_leaf == E2EE_MLS_NO_NODE)
    return E2EE_MLS_ERR_WELCOME_LEAF;
  e2ee_mls_leaf_node_write (&ours, own);
  e2ee_mls_leaf_node_write (&theirs, e2ee_mls_tree_leaf (j->epoch->tree, j->own_leaf));
  r = ours.result != E2EE_MLS_OK ? ours.result : theirs.result;
  if (r == E2EE_MLS_OK
      && !e2ee_mls_same (e2ee_mls_writer_view (&ours), e2ee_mls_writer_view (&theirs)))
    r = E2EE_MLS_ERR_WELCOME_LEAF;
  e2ee_mls_writer_clear (&ours);
  e2ee_mls_writer_clear (&theirs);
  return r;
}

static e2ee_mls_result
enter_epoch (joining * j)
{
  e2ee_mls_epoch *epoch = j->epoch;
  e2ee_mls_result r;

  r = find_own_leaf (j);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_keys_new (j->suite, j->own_leaf,
        e2ee_mls_secret_view (j->joiner->encryption_private), &epoch->keys);
  if (r == E2EE_MLS_OK && j->secrets.has_path_secret)
    r = e2ee_mls_tree_keys_from_path_secret (epoch->keys, epoch->tree, j->info.signer,
        j->secrets.path_secret);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_set_context (epoch, &j->info.context);
  if (r == E2EE_MLS_OK && (epoch->secrets = e2ee_mls_epoch_secrets_new ()) == NULL)
    r = E2EE_MLS_ERR_NO_MEMORY;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_secrets_derive (j->suite, &j->joiner_secret, &j->psk_secret,
        e2ee_mls_buffer_view (epoch->encoded_context), epoch->secrets);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_confirmation_tag_verify (j->suite, &epoch->secrets->confirmation_key,
        epoch->context.confirmed_transcript_hash, j->info.confirmation_tag);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_set_interim (epoch, j->info.confirmation_tag);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_start_ratchets (epoch);
  return r;
}

e2ee_mls_result
e2ee_mls_group_join (const e2ee_mls_host * host, e2ee_mls_joiner * joiner, e2ee_bytes welcome,
    e2ee_bytes ratchet_tree, e2ee_mls_group ** out)
{
  joining j = { .host = host, .joiner = joiner, .suite = joiner->suite };
  e2ee_mls_group *group = e2ee_mls_group_new (host, joiner->suite, joiner->identity);
  e2ee_mls_message message;
  e2ee_mls_result r;

  *out = NULL;
  if (group == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  group->epoch = j.epoch = e2ee_mls_epoch_new ();
  r = j.epoch != NULL ? E2EE_MLS_OK : E2EE_MLS_ERR_NO_MEMORY;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_message_decode (welcome, &j.arena, &message);
  if (r == E2EE_MLS_OK && message.wire_format != E2EE_MLS_WIRE_WELCOME)
    r = E2EE_MLS_ERR_WIRE_FORMAT;
  if (r == E2EE_MLS_OK)
    r = open_secrets (&j, &message.u.welcome);
  if (r == E2EE_MLS_OK)
    r = open_info (&j, &message.u.welcome, ratchet_tree);
  if (r == E2EE_MLS_OK)
    r = enter_epoch (&j);
  if (r == E2EE_MLS_OK) {
    group->own_leaf = j.own_leaf;
    e2ee_mls_secret_clear (&joiner->init_private);
    e2ee_mls_secret_clear (&joiner->encryption_private);
    *out = group;
  } else {
    e2ee_mls_group_free (group);
  }
  e2ee_mls_buffer_clear (&j.plaintext);
  e2ee_mls_buffer_clear (&j.encoded_info);
  e2ee_mls_arena_clear (&j.arena);
  e2ee_wipe (&j, sizeof (j));
  return r;
}
