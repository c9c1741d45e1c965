/* A received commit, judged and worked out without touching the group; RFC 9420 section 12.4.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/mls/group-private.h"

/* A commit being worked out. */
typedef struct
{
  e2ee_mls_group *group;
  const e2ee_mls_authenticated_content *auth;
  const e2ee_mls_commit *commit;
  e2ee_mls_arena arena;
  e2ee_mls_listed_proposal *listed;
  e2ee_mls_list_effect effect;
  e2ee_mls_extensions extensions;       /* of the next epoch */
  e2ee_mls_staged *staged;
  uint32_t committer;           /* NO_NODE until an external one has his leaf */
  e2ee_mls_digest init_secret;
  e2ee_mls_digest commit_secret;
  e2ee_mls_digest psk_secret;
} staging;

static e2ee_mls_result
resolve (staging * s)
{
  const e2ee_mls_commit *commit = s->commit;

  if (commit->n_proposals == 0)
    return E2EE_MLS_OK;
  s->listed = e2ee_mls_arena_alloc (&s->arena, commit->n_proposals, sizeof (*s->listed));
  if (s->listed == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  for (size_t i = 0; i < commit->n_proposals; i++) {
    const e2ee_mls_proposal_or_ref *wire = &commit->proposals[i];
    const e2ee_mls_cached_proposal *cached;

    if (!wire->by_reference) {
      s->listed[i] = (e2ee_mls_listed_proposal) { &wire->proposal, s->committer, 0 };
      continue;
    }
    /* Before any look-up: one who is outside cannot know what was proposed inside. */
    if (s->committer == E2EE_MLS_NO_NODE)
      return E2EE_MLS_ERR_EXTERNAL_BY_REFERENCE;
    cached = e2ee_mls_group_find_proposal (s->group, wire->reference);
    if (cached == NULL)
      return E2EE_MLS_ERR_PROPOSAL_UNKNOWN;
    s->listed[i] = (e2ee_mls_listed_proposal) { &cached->proposal, cached->sender, 1 };
  }
  return E2EE_MLS_OK;
}

static e2ee_mls_result
judge (staging * s)
{
  const e2ee_mls_list_check check = { s->group->host, s->group->epoch->tree,
    &s->group->epoch->context, s->committer, s->commit->has_path ? &s->commit->path.leaf : NULL
  };
  e2ee_mls_result r;

  if (s->committer == E2EE_MLS_NO_NODE && !s->commit->has_path)
    return E2EE_MLS_ERR_EXTERNAL_NO_PATH;
  r = resolve (s);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_proposal_list_validate (&check, s->listed, s->commit->n_proposals);
  return r;
}

/* Our own Update has been committed by somebody: its private key is our leaf's now. */
static e2ee_mls_result
take_own_update (staging * s)
{
  const uint32_t own = s->group->own_leaf;

  for (size_t i = 0; i < s->commit->n_proposals; i++) {
    const e2ee_mls_cached_proposal *cached;

    if (s->listed[i].proposal->type != E2EE_MLS_PROPOSAL_UPDATE || s->listed[i].sender != own)
      continue;
    cached = e2ee_mls_group_find_proposal (s->group, s->commit->proposals[i].reference);
    return e2ee_mls_tree_keys_set (s->staged->next->keys, e2ee_mls_node_of_leaf (own),
        e2ee_mls_secret_view (cached->leaf_private));
  }
  return E2EE_MLS_OK;
}

static e2ee_mls_result
apply (staging * s)
{
  const e2ee_mls_epoch *before = s->group->epoch;
  e2ee_mls_epoch *next = s->staged->next;
  e2ee_mls_result r;

  r = e2ee_mls_tree_copy (before->tree, &next->tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_proposal_list_apply (next->tree, s->listed, s->commit->n_proposals, &s->arena,
        &s->effect);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_staged_set_effect (s->staged, &s->effect);
  if (r != E2EE_MLS_OK)
    return r;
  if (s->effect.needs_path && !s->commit->has_path)
    return E2EE_MLS_ERR_PATH_MISSING;
  s->extensions = s->effect.has_extensions ? s->effect.extensions : before->context.extensions;
  for (size_t i = 0; i < s->effect.n_removed; i++)
    s->staged->removes_us |= s->effect.removed[i] == s->group->own_leaf;
  if (s->staged->removes_us)
    return E2EE_MLS_OK;
  r = e2ee_mls_tree_keys_copy (before->keys, &next->keys);
  if (r == E2EE_MLS_OK)
    r = take_own_update (s);
  if (r == E2EE_MLS_OK)
    e2ee_mls_tree_keys_prune (next->keys, next->tree);
  return r;
}

/* The leaf in the path, section 7.3, and of an external committer his place and signature. */
static e2ee_mls_result
judge_leaf (staging * s)
{
  const e2ee_mls_group *group = s->group;
  const e2ee_mls_leaf_node *leaf = &s->commit->path.leaf;
  e2ee_mls_tree *tree = s->staged->next->tree;
  e2ee_mls_leaf_check check = {
    .host = group->host,
    .suite = group->suite,
    .group_extensions = &s->extensions,
    .source = E2EE_MLS_LEAF_COMMIT,
    .place = { group->epoch->context.group_id, s->committer },
    .credential_place = E2EE_MLS_AT_COMMIT,
  };
  const int is_external = s->committer == E2EE_MLS_NO_NODE;
  e2ee_mls_result r;

  r = e2ee_mls_leaf_validate_in_tree (tree, leaf, s->committer);
  if (is_external) {
    check.credential_place = E2EE_MLS_AT_EXTERNAL_JOIN;
    if (s->effect.n_removed > 0)
      check.old = e2ee_mls_tree_leaf (group->epoch->tree, s->effect.removed[0]);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_content_verify (group->suite, s->auth,
          e2ee_mls_buffer_view (group->epoch->encoded_context), leaf->signature_key);
    if (r == E2EE_MLS_OK && group->host->max_members != 0
        && e2ee_mls_tree_n_members (tree) >= group->host->max_members)
      r = E2EE_MLS_ERR_TREE_FULL;
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_tree_add (tree, leaf, &s->committer);
    check.place.leaf_index = s->committer;
  } else {
    check.old = e2ee_mls_tree_leaf (tree, s->committer);
  }
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_validate (&check, leaf);
  /* Nobody may remove another client from outside. */
  if (is_external && check.old != NULL && r == E2EE_MLS_ERR_SUCCESSOR_REFUSED)
    r = E2EE_MLS_ERR_EXTERNAL_REMOVE;
  return r;
}

static e2ee_mls_result
follow_path (staging * s)
{
  const e2ee_mls_epoch *before = s->group->epoch;
  const e2ee_mls_update_path *path = &s->commit->path;
  e2ee_mls_epoch *next = s->staged->next;
  e2ee_mls_result r;

  r = judge_leaf (s);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_path_merge (next->tree, s->committer, path, s->effect.added, s->effect.n_added);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_next_context (before, &s->extensions,
        before->context.confirmed_transcript_hash, next);
  if (r != E2EE_MLS_OK || s->staged->removes_us)
    return r;
  return e2ee_mls_path_open (next->tree, next->keys, s->committer, path,
      e2ee_mls_buffer_view (next->encoded_context), s->effect.added, s->effect.n_added,
      &s->commit_secret);
}

static e2ee_mls_result
find_init_secret (staging * s)
{
  const e2ee_mls_epoch_secrets *secrets = s->group->epoch->secrets;
  e2ee_mls_secret private_key = E2EE_MLS_NO_SECRET;
  e2ee_mls_buffer public_key = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  if (!s->effect.has_external_init) {
    s->init_secret = secrets->init_secret;
    return E2EE_MLS_OK;
  }
  r = e2ee_mls_external_key_pair (s->group->suite, &secrets->external_secret, &private_key,
      &public_key);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_external_init_receive (s->group->suite, s->effect.external_init,
        e2ee_mls_secret_view (private_key), s->init_secret.data);
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
  return r;
}

/* One who is removed has no secrets to compare with: for him the signature must do. */
static e2ee_mls_result
close_epoch (staging * s)
{
  e2ee_mls_group *group = s->group;
  e2ee_mls_epoch *next = s->staged->next;
  e2ee_mls_result r;

  if (s->staged->removes_us)
    return E2EE_MLS_OK;
  r = e2ee_mls_gather_psks (group->host, group->suite, group,
      s->staged->psk_ids, s->staged->n_psks, &s->psk_secret);
  if (r == E2EE_MLS_OK)
    r = find_init_secret (s);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_next_secrets (group->epoch, s->auth, &s->extensions, &s->init_secret,
        &s->commit_secret, &s->psk_secret, next, NULL);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_confirmation_tag_verify (group->suite, &next->secrets->confirmation_key,
        next->context.confirmed_transcript_hash, s->auth->confirmation_tag);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_set_interim (next, s->auth->confirmation_tag);
  return r;
}

e2ee_mls_result
e2ee_mls_group_stage (e2ee_mls_group * group, const e2ee_mls_authenticated_content * auth,
    e2ee_mls_staged ** out)
{
  staging s = { .group = group, .auth = auth, .commit = &auth->content.u.commit };
  e2ee_mls_result r;

  *out = NULL;
  s.committer = auth->content.sender.type == E2EE_MLS_SENDER_MEMBER
      ? auth->content.sender.index : E2EE_MLS_NO_NODE;
  s.staged = e2ee_mls_staged_new (group->epoch);
  if (s.staged == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  s.staged->is_external = s.committer == E2EE_MLS_NO_NODE;
  r = auth->confirmation_tag.size > 0 ? E2EE_MLS_OK : E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING;
  if (r == E2EE_MLS_OK)
    r = judge (&s);
  if (r == E2EE_MLS_OK)
    r = apply (&s);
  if (r == E2EE_MLS_OK && s.commit->has_path)
    r = follow_path (&s);
  else if (r == E2EE_MLS_OK)
    r = e2ee_mls_next_context (group->epoch, &s.extensions,
        group->epoch->context.confirmed_transcript_hash, s.staged->next);
  if (r == E2EE_MLS_OK)
    r = close_epoch (&s);
  s.staged->committer = s.committer;
  if (r == E2EE_MLS_OK)
    *out = s.staged;
  else
    e2ee_mls_staged_free (s.staged);
  e2ee_mls_arena_clear (&s.arena);
  e2ee_wipe (&s, sizeof (s));
  return r;
}
