/* From one epoch to the next: what made and received commits have in common; RFC 9420 sections 8
 * and 12.4.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/mls/group-private.h"

e2ee_mls_result
e2ee_mls_next_context (const e2ee_mls_epoch * before, const e2ee_mls_extensions * extensions,
    e2ee_bytes confirmed, e2ee_mls_epoch * next)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (next->tree);
  e2ee_mls_group_context context = before->context;
  e2ee_mls_digest tree_hash;
  e2ee_mls_result r;

  if (before->context.epoch == UINT64_MAX)
    return E2EE_MLS_ERR_TOO_LARGE;
  r = e2ee_mls_tree_root_hash (next->tree, &tree_hash);
  if (r != E2EE_MLS_OK)
    return r;
  context.epoch++;
  context.tree_hash = e2ee_mls_digest_view (suite, &tree_hash);
  context.confirmed_transcript_hash = confirmed;
  context.extensions = *extensions;
  return e2ee_mls_epoch_set_context (next, &context);
}

/* Of this group, in an epoch that is still kept; section 8.6. */
static e2ee_mls_result
find_resumption (const e2ee_mls_group * group, const e2ee_mls_psk_id * id, e2ee_mls_secret * psk)
{
  const e2ee_mls_epoch *epoch = NULL;

  if (group != NULL && group->epoch->secrets != NULL
      && e2ee_mls_same (id->psk_group_id, group->epoch->context.group_id))
    epoch = id->psk_epoch == group->epoch->context.epoch
        ? group->epoch : e2ee_mls_group_past (group, id->psk_epoch);
  if (epoch == NULL)
    return E2EE_MLS_ERR_PSK_UNKNOWN;
  return e2ee_mls_secret_dup (e2ee_mls_digest_view (group->suite, &epoch->secrets->resumption_psk),
      psk);
}

e2ee_mls_result
e2ee_mls_gather_psks (const e2ee_mls_host * host, const e2ee_mls_suite * suite,
    const e2ee_mls_group * group, const e2ee_mls_psk_id * ids, size_t n, e2ee_mls_digest * out)
{
  e2ee_mls_secret *secrets = NULL;
  e2ee_bytes *views = NULL;
  e2ee_mls_result r = E2EE_MLS_OK;

  memset (out, 0, sizeof (*out));
  if (n == 0)
    return e2ee_mls_psk_secret (suite, NULL, NULL, 0, out);
  secrets = e2ee_mls_alloc (n, sizeof (*secrets));
  views = e2ee_mls_alloc (n, sizeof (*views));
  if (secrets == NULL || views == NULL)
    r = E2EE_MLS_ERR_NO_MEMORY;
  for (size_t i = 0; i < n && r == E2EE_MLS_OK; i++) {
    if (ids[i].type == E2EE_MLS_PSK_RESUMPTION)
      r = find_resumption (group, &ids[i], &secrets[i]);
    else if (host->find_psk == NULL
        || !host->find_psk (host->user, ids[i].psk_id, &secrets[i]))
      r = E2EE_MLS_ERR_PSK_UNKNOWN;
    views[i] = e2ee_mls_secret_view (secrets[i]);
  }
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_psk_secret (suite, ids, views, n, out);
  for (size_t i = 0; secrets != NULL && i < n; i++)
    e2ee_mls_secret_clear (&secrets[i]);
  e2ee_mls_free (secrets);
  e2ee_mls_free (views);
  return r;
}

e2ee_mls_result
e2ee_mls_next_secrets (const e2ee_mls_epoch * before,
    const e2ee_mls_authenticated_content * commit, const e2ee_mls_extensions * extensions,
    const e2ee_mls_digest * init_secret, const e2ee_mls_digest * commit_secret,
    const e2ee_mls_digest * psk_secret, e2ee_mls_epoch * next, e2ee_mls_digest * joiner_secret)
{
  static const e2ee_mls_digest zeros;
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (next->tree);
  e2ee_mls_digest confirmed, joiner;
  e2ee_bytes context;
  e2ee_mls_result r;

  if (commit_secret == NULL)
    commit_secret = &zeros;
  r = e2ee_mls_confirmed_transcript_hash (suite,
      e2ee_mls_digest_view (suite, &before->interim), commit, &confirmed);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_next_context (before, extensions, e2ee_mls_digest_view (suite, &confirmed),
        next);
  context = e2ee_mls_buffer_view (next->encoded_context);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_joiner_secret (suite, init_secret, commit_secret, context, &joiner);
  if (r == E2EE_MLS_OK && (next->secrets = e2ee_mls_epoch_secrets_new ()) == NULL)
    r = E2EE_MLS_ERR_NO_MEMORY;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_secrets_derive (suite, &joiner, psk_secret, context, next->secrets);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_start_ratchets (next);
  if (r == E2EE_MLS_OK && joiner_secret != NULL)
    *joiner_secret = joiner;
  e2ee_wipe (&joiner, sizeof (joiner));
  return r;
}

/* ---- what waits to be merged ---- */

e2ee_mls_staged *
e2ee_mls_staged_new (const e2ee_mls_epoch * before)
{
  e2ee_mls_staged *staged = e2ee_mls_alloc (1, sizeof (*staged));

  if (staged == NULL)
    return NULL;
  staged->base_epoch = before->context.epoch;
  staged->next = e2ee_mls_epoch_new ();
  if (staged->next == NULL) {
    e2ee_mls_free (staged);
    return NULL;
  }
  return staged;
}

void
e2ee_mls_staged_free (e2ee_mls_staged * staged)
{
  if (staged == NULL)
    return;
  e2ee_mls_epoch_free (staged->next);
  e2ee_mls_arena_clear (&staged->arena);
  e2ee_mls_free (staged);
}

static e2ee_mls_result
copy_list (e2ee_mls_arena * arena, const uint32_t * in, size_t n, uint32_t ** out, size_t *n_out)
{
  *n_out = 0;
  if (n == 0)
    return E2EE_MLS_OK;
  *out = e2ee_mls_arena_alloc (arena, n, sizeof (**out));
  if (*out == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  memcpy (*out, in, n * sizeof (*in));
  *n_out = n;
  return E2EE_MLS_OK;
}

static e2ee_mls_result
copy_psks (e2ee_mls_staged * staged, const e2ee_mls_psk_id * const *psks, size_t n)
{
  e2ee_mls_psk_id *copies;
  e2ee_mls_result r = E2EE_MLS_OK;

  if (n == 0)
    return E2EE_MLS_OK;
  copies = e2ee_mls_arena_alloc (&staged->arena, n, sizeof (*copies));
  staged->psks = e2ee_mls_arena_alloc (&staged->arena, n, sizeof (*staged->psks));
  if (copies == NULL || staged->psks == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  for (size_t i = 0; i < n && r == E2EE_MLS_OK; i++) {
    copies[i] = *psks[i];
    r = e2ee_mls_arena_dup (&staged->arena, psks[i]->psk_id, &copies[i].psk_id);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_arena_dup (&staged->arena, psks[i]->psk_group_id, &copies[i].psk_group_id);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_arena_dup (&staged->arena, psks[i]->psk_nonce, &copies[i].psk_nonce);
    staged->psks[i] = &copies[i];
  }
  staged->psk_ids = copies;
  if (r == E2EE_MLS_OK)
    staged->n_psks = n;
  return r;
}

e2ee_mls_result
e2ee_mls_staged_set_effect (e2ee_mls_staged * staged, const e2ee_mls_list_effect * effect)
{
  e2ee_mls_arena *arena = &staged->arena;
  e2ee_mls_result r;

  staged->changes_extensions = effect->has_extensions;
  r = copy_list (arena, effect->added, effect->n_added, &staged->added, &staged->n_added);
  if (r == E2EE_MLS_OK)
    r = copy_list (arena, effect->removed, effect->n_removed, &staged->removed,
        &staged->n_removed);
  if (r == E2EE_MLS_OK)
    r = copy_list (arena, effect->updated, effect->n_updated, &staged->updated,
        &staged->n_updated);
  if (r == E2EE_MLS_OK)
    r = copy_psks (staged, effect->psks, effect->n_psks);
  return r;
}

void
e2ee_mls_staged_look (const e2ee_mls_staged * staged, e2ee_mls_staged_view * view)
{
  *view = (e2ee_mls_staged_view) {
    .committer = staged->committer,
    .is_external = staged->is_external,
    .removes_us = staged->removes_us,
    .added = staged->added,
    .n_added = staged->n_added,
    .removed = staged->removed,
    .n_removed = staged->n_removed,
    .updated = staged->updated,
    .n_updated = staged->n_updated,
    .changes_extensions = staged->changes_extensions,
    .extensions = &staged->next->context.extensions,
    .psks = staged->psks,
    .n_psks = staged->n_psks,
  };
}

const e2ee_mls_leaf_node *
e2ee_mls_staged_leaf (const e2ee_mls_staged * staged, uint32_t leaf)
{
  return e2ee_mls_tree_leaf (staged->next->tree, leaf);
}
