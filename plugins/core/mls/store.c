/* A stored group, with its past epochs, proposals and pending commit.
 *
 * Reading trusts that we wrote it (the seal says so) and still never reads past the end.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <stddef.h>
#include <string.h>

#include "core/mls/store-private.h"

/* ---- parts ---- */

static void
write_identity (e2ee_mls_writer * writer, const e2ee_mls_identity * identity)
{
  e2ee_mls_write_u16 (writer, identity->suite->id);
  e2ee_mls_credential_write (writer, &identity->credential);
  e2ee_mls_write_vector (writer, e2ee_mls_secret_view (identity->signature_private));
}

static void
read_identity (e2ee_mls_reader * reader, const e2ee_mls_host * host, e2ee_mls_identity ** out)
{
  const uint16_t suite = e2ee_mls_read_u16 (reader);
  e2ee_mls_credential credential = { 0 };
  e2ee_bytes private_key;

  *out = NULL;
  e2ee_mls_credential_read (reader, &credential);
  private_key = e2ee_mls_read_vector (reader);
  /* An empty key would make identity_new() draw a fresh one. */
  if (private_key.size == 0)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_STORE);
  if (e2ee_mls_reader_ok (reader)) {
    e2ee_mls_result r = e2ee_mls_identity_new (host, suite, &credential, private_key, out);

    if (r != E2EE_MLS_OK)
      e2ee_mls_reader_fail (reader, r);
  }
}

static const size_t secret_offsets[] = {
  offsetof (e2ee_mls_epoch_secrets, sender_data_secret),
  offsetof (e2ee_mls_epoch_secrets, encryption_secret),
  offsetof (e2ee_mls_epoch_secrets, exporter_secret),
  offsetof (e2ee_mls_epoch_secrets, external_secret),
  offsetof (e2ee_mls_epoch_secrets, confirmation_key),
  offsetof (e2ee_mls_epoch_secrets, membership_key),
  offsetof (e2ee_mls_epoch_secrets, resumption_psk),
  offsetof (e2ee_mls_epoch_secrets, epoch_authenticator),
  offsetof (e2ee_mls_epoch_secrets, init_secret),
};

#define N_SECRETS (sizeof (secret_offsets) / sizeof (secret_offsets[0]))

static void
write_digest (e2ee_mls_writer * writer, const e2ee_mls_suite * suite,
    const e2ee_mls_digest * digest)
{
  e2ee_mls_write_raw (writer, e2ee_mls_digest_view (suite, digest));
}

static void
read_digest (e2ee_mls_reader * reader, const e2ee_mls_suite * suite, e2ee_mls_digest * out)
{
  const e2ee_bytes raw = e2ee_mls_read_raw (reader, suite->nh);

  if (raw.size == suite->nh)
    memcpy (out->data, raw.data, raw.size);
}

static void
write_secrets (e2ee_mls_writer * writer, const e2ee_mls_suite * suite,
    const e2ee_mls_epoch_secrets * secrets)
{
  for (size_t i = 0; i < N_SECRETS; i++)
    write_digest (writer, suite,
        (const e2ee_mls_digest *) ((const uint8_t *) secrets + secret_offsets[i]));
}

static void
read_secrets (e2ee_mls_reader * reader, const e2ee_mls_suite * suite,
    e2ee_mls_epoch_secrets ** out)
{
  *out = e2ee_mls_epoch_secrets_new ();
  if (*out == NULL) {
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_NO_MEMORY);
    return;
  }
  for (size_t i = 0; i < N_SECRETS; i++)
    read_digest (reader, suite, (e2ee_mls_digest *) ((uint8_t *) *out + secret_offsets[i]));
}

/* ---- epochs ---- */

static void
write_epoch (e2ee_mls_writer * writer, const e2ee_mls_epoch * epoch)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (epoch->tree);
  size_t begun;

  e2ee_mls_write_vector (writer, e2ee_mls_buffer_view (epoch->encoded_context));
  begun = e2ee_mls_write_begin (writer);
  e2ee_mls_tree_write (writer, epoch->tree);
  e2ee_mls_write_end (writer, begun);
  write_digest (writer, suite, &epoch->interim);
  e2ee_mls_write_u8 (writer, epoch->keys != NULL);
  if (epoch->keys != NULL)
    e2ee_mls_tree_keys_write (writer, epoch->keys);
  e2ee_mls_write_u8 (writer, epoch->secrets != NULL);
  if (epoch->secrets != NULL)
    write_secrets (writer, suite, epoch->secrets);
  e2ee_mls_write_u8 (writer, epoch->ratchets != NULL);
  if (epoch->ratchets != NULL)
    e2ee_mls_secret_tree_write (writer, epoch->ratchets);
}

static void
read_context (e2ee_mls_reader * reader, e2ee_mls_epoch * epoch)
{
  e2ee_mls_group_context context;
  e2ee_mls_reader inner = e2ee_mls_read_begin (reader);
  e2ee_mls_result r;

  e2ee_mls_group_context_read (&inner, &context);
  e2ee_mls_read_end (reader, &inner);
  if (!e2ee_mls_reader_ok (reader))
    return;
  r = e2ee_mls_epoch_set_context (epoch, &context);
  if (r != E2EE_MLS_OK)
    e2ee_mls_reader_fail (reader, r);
}

static e2ee_mls_epoch *
read_epoch (e2ee_mls_reader * reader, const e2ee_mls_suite * suite)
{
  e2ee_mls_epoch *epoch = e2ee_mls_epoch_new ();
  e2ee_bytes tree;
  e2ee_mls_result r;

  if (epoch == NULL) {
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_NO_MEMORY);
    return NULL;
  }
  read_context (reader, epoch);
  tree = e2ee_mls_read_vector (reader);
  r = reader->result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_decode (suite, tree, &epoch->tree);
  if (r != E2EE_MLS_OK)
    e2ee_mls_reader_fail (reader, r);
  read_digest (reader, suite, &epoch->interim);
  if (e2ee_mls_read_optional (reader)) {
    r = e2ee_mls_tree_keys_read (reader, suite, &epoch->keys);
    if (r != E2EE_MLS_OK)
      e2ee_mls_reader_fail (reader, r);
  }
  if (e2ee_mls_read_optional (reader))
    read_secrets (reader, suite, &epoch->secrets);
  if (e2ee_mls_read_optional (reader)) {
    r = e2ee_mls_secret_tree_read (reader, suite, &epoch->ratchets);
    if (r != E2EE_MLS_OK)
      e2ee_mls_reader_fail (reader, r);
  }
  if (e2ee_mls_reader_ok (reader))
    return epoch;
  e2ee_mls_epoch_free (epoch);
  return NULL;
}

/* What is left of its time, since the clock that counts it starts anew. */
static void
write_past (e2ee_mls_writer * writer, const e2ee_mls_group * group)
{
  const uint64_t now = group->host->env->now_ms (group->host->env->user);

  e2ee_mls_write_u8 (writer, (uint8_t) group->n_past);
  for (size_t i = 0; i < group->n_past; i++) {
    const uint64_t expires = group->past[i]->expires_ms;

    e2ee_mls_write_u64 (writer, expires > now ? expires - now : 0);
    write_epoch (writer, group->past[i]);
  }
}

static void
read_past (e2ee_mls_reader * reader, e2ee_mls_group * group)
{
  const uint64_t now = group->host->env->now_ms (group->host->env->user);
  const uint64_t limit = group->host->max_past_ms != 0
      ? group->host->max_past_ms : E2EE_MLS_DEFAULT_PAST_MS;
  const size_t n = e2ee_mls_read_u8 (reader);

  if (n > E2EE_MLS_MAX_PAST_EPOCHS)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_STORE);
  for (size_t i = 0; i < n && e2ee_mls_reader_ok (reader); i++) {
    const uint64_t left = e2ee_mls_read_u64 (reader);
    e2ee_mls_epoch *epoch = read_epoch (reader, group->suite);

    if (epoch == NULL)
      return;
    epoch->expires_ms = now + (left < limit ? left : limit);
    group->past[group->n_past++] = epoch;
    if (epoch->secrets == NULL || epoch->ratchets == NULL)
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_STORE);
  }
}

/* ---- proposals ---- */

static void
write_proposals (e2ee_mls_writer * writer, const e2ee_mls_group * group)
{
  e2ee_mls_write_u32 (writer, (uint32_t) group->n_proposals);
  for (const e2ee_mls_cached_proposal * cached = group->proposals; cached != NULL;
      cached = cached->next) {
    write_digest (writer, group->suite, &cached->reference);
    e2ee_mls_write_u32 (writer, cached->sender);
    e2ee_mls_write_vector (writer, e2ee_mls_buffer_view (cached->encoded));
    e2ee_mls_write_vector (writer, e2ee_mls_secret_view (cached->leaf_private));
  }
}

static void
read_proposals (e2ee_mls_reader * reader, e2ee_mls_group * group)
{
  const uint32_t n = e2ee_mls_read_u32 (reader);

  for (uint32_t i = 0; i < n && e2ee_mls_reader_ok (reader); i++) {
    e2ee_mls_digest reference = { {0} };
    uint32_t sender;
    e2ee_bytes encoded, leaf_private;
    e2ee_mls_result r;

    read_digest (reader, group->suite, &reference);
    sender = e2ee_mls_read_u32 (reader);
    encoded = e2ee_mls_read_vector (reader);
    leaf_private = e2ee_mls_read_vector (reader);
    if (!e2ee_mls_reader_ok (reader))
      return;
    r = e2ee_mls_group_remember_again (group, &reference, sender, encoded, leaf_private);
    if (r != E2EE_MLS_OK)
      e2ee_mls_reader_fail (reader, r);
  }
}

/* ---- the pending commit ---- */

static void
write_list (e2ee_mls_writer * writer, const uint32_t * list, size_t n)
{
  e2ee_mls_write_u32 (writer, (uint32_t) n);
  for (size_t i = 0; i < n; i++)
    e2ee_mls_write_u32 (writer, list[i]);
}

static void
read_list (e2ee_mls_reader * reader, uint32_t ** list, size_t *n)
{
  const size_t count = e2ee_mls_read_u32 (reader);

  *n = 0;
  if (count > e2ee_mls_reader_left (reader) / 4)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_STORE);
  if (e2ee_mls_reader_ok (reader))
    *list = e2ee_mls_read_array (reader, count, sizeof (**list));
  for (size_t i = 0; i < count && e2ee_mls_reader_ok (reader); i++)
    (*list)[i] = e2ee_mls_read_u32 (reader);
  if (e2ee_mls_reader_ok (reader))
    *n = count;
}

static void
write_staged (e2ee_mls_writer * writer, const e2ee_mls_staged * staged)
{
  e2ee_mls_write_u64 (writer, staged->base_epoch);
  e2ee_mls_write_u32 (writer, staged->committer);
  e2ee_mls_write_u8 (writer, (uint8_t) staged->is_external);
  e2ee_mls_write_u8 (writer, (uint8_t) staged->changes_extensions);
  write_list (writer, staged->added, staged->n_added);
  write_list (writer, staged->removed, staged->n_removed);
  write_list (writer, staged->updated, staged->n_updated);
  e2ee_mls_write_u32 (writer, (uint32_t) staged->n_psks);
  for (size_t i = 0; i < staged->n_psks; i++)
    e2ee_mls_psk_id_write (writer, staged->psks[i]);
  write_epoch (writer, staged->next);
}

/* The ids of the staged commit, read into its own arena. */
static void
read_psks (e2ee_mls_reader * reader, e2ee_mls_staged * staged)
{
  const size_t n = e2ee_mls_read_u32 (reader);
  e2ee_mls_list_effect effect = { 0 };
  e2ee_mls_psk_id *ids;
  const e2ee_mls_psk_id **views;

  if (n > E2EE_MLS_MAX_LIST)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_STORE);
  if (n == 0 || !e2ee_mls_reader_ok (reader))
    return;
  ids = e2ee_mls_read_array (reader, n, sizeof (*ids));
  views = e2ee_mls_read_array (reader, n, sizeof (*views));
  for (size_t i = 0; i < n && e2ee_mls_reader_ok (reader); i++) {
    e2ee_mls_psk_id_read (reader, &ids[i]);
    views[i] = &ids[i];
  }
  if (e2ee_mls_reader_ok (reader)) {
    e2ee_mls_result r;

    effect.psks = views;
    effect.n_psks = n;
    effect.has_extensions = staged->changes_extensions;
    r = e2ee_mls_staged_set_effect (staged, &effect);
    if (r != E2EE_MLS_OK)
      e2ee_mls_reader_fail (reader, r);
  }
}

static void
read_staged (e2ee_mls_reader * reader, e2ee_mls_group * group)
{
  e2ee_mls_staged *staged = e2ee_mls_staged_new (group->epoch);
  e2ee_mls_arena *outer = reader->arena;

  if (staged == NULL) {
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_NO_MEMORY);
    return;
  }
  staged->base_epoch = e2ee_mls_read_u64 (reader);
  staged->committer = e2ee_mls_read_u32 (reader);
  staged->is_external = e2ee_mls_read_u8 (reader);
  staged->changes_extensions = e2ee_mls_read_u8 (reader);
  reader->arena = &staged->arena;
  {
    uint32_t *added = NULL, *removed = NULL, *updated = NULL;
    size_t n_added, n_removed, n_updated;

    read_list (reader, &added, &n_added);
    read_list (reader, &removed, &n_removed);
    read_list (reader, &updated, &n_updated);
    read_psks (reader, staged);
    staged->added = added;
    staged->n_added = n_added;
    staged->removed = removed;
    staged->n_removed = n_removed;
    staged->updated = updated;
    staged->n_updated = n_updated;
  }
  reader->arena = outer;
  e2ee_mls_epoch_free (staged->next);
  staged->next = read_epoch (reader, group->suite);
  if (e2ee_mls_reader_ok (reader) && (staged->next->secrets == NULL
          || staged->next->ratchets == NULL || staged->next->keys == NULL))
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_STORE);
  if (e2ee_mls_reader_ok (reader))
    group->pending = staged;
  else
    e2ee_mls_staged_free (staged);
}

/* ---- groups ---- */

e2ee_mls_result
e2ee_mls_group_store (const e2ee_mls_group * group, e2ee_bytes key, e2ee_mls_buffer * stored)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *stored = E2EE_MLS_NO_BUFFER;
  write_identity (&writer, group->identity);
  e2ee_mls_write_u32 (&writer, group->own_leaf);
  e2ee_mls_write_u8 (&writer, (uint8_t) (group->removed != 0));
  e2ee_mls_write_u8 (&writer, (uint8_t) (group->private_handshake != 0));
  e2ee_mls_write_u64 (&writer, group->padding);
  write_epoch (&writer, group->epoch);
  write_past (&writer, group);
  write_proposals (&writer, group);
  e2ee_mls_write_u8 (&writer, group->pending != NULL);
  if (group->pending != NULL)
    write_staged (&writer, group->pending);
  r = writer.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_store_seal (group->host->env, E2EE_MLS_STORE_GROUP, key,
        e2ee_mls_writer_view (&writer), stored);
  e2ee_mls_writer_clear (&writer);
  return r;
}

static void
read_group (e2ee_mls_reader * reader, const e2ee_mls_host * host, e2ee_mls_group ** out)
{
  e2ee_mls_identity *identity;
  e2ee_mls_group *group = NULL;

  read_identity (reader, host, &identity);
  if (!e2ee_mls_reader_ok (reader))
    return;
  *out = group = e2ee_mls_group_new (host, identity->suite, identity);
  e2ee_mls_identity_unref (identity);
  if (group == NULL) {
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_NO_MEMORY);
    return;
  }
  group->own_leaf = e2ee_mls_read_u32 (reader);
  group->removed = e2ee_mls_read_u8 (reader);
  group->private_handshake = e2ee_mls_read_u8 (reader);
  group->padding = (size_t) e2ee_mls_read_u64 (reader);
  group->epoch = read_epoch (reader, group->suite);
  if (!e2ee_mls_reader_ok (reader))
    return;
  read_past (reader, group);
  read_proposals (reader, group);
  if (e2ee_mls_read_optional (reader))
    read_staged (reader, group);
}

e2ee_mls_result
e2ee_mls_group_restore (const e2ee_mls_host * host, e2ee_bytes key, e2ee_bytes stored,
    e2ee_mls_group ** out)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer plain = E2EE_MLS_NO_BUFFER;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  *out = NULL;
  r = e2ee_mls_store_open (E2EE_MLS_STORE_GROUP, key, stored, &plain);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (plain), &arena);
  read_group (&reader, host, out);
  r = e2ee_mls_store_finish (&reader);
  if (r != E2EE_MLS_OK) {
    e2ee_mls_group_free (*out);
    *out = NULL;
  } else {
    e2ee_mls_group_expire (*out);
  }
  e2ee_mls_buffer_clear (&plain);
  e2ee_mls_arena_clear (&arena);
  return r;
}
