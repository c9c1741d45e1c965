/* Making a commit: proposals picked, path, secrets of the next epoch, Welcome; RFC 9420 section
 * 12.4.1.  The group itself only gets a pending commit.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/mls/group-private.h"

e2ee_mls_result
e2ee_mls_make_path (const e2ee_mls_host * host, const e2ee_mls_identity * identity,
    const e2ee_mls_epoch * before, e2ee_mls_epoch * next, const e2ee_mls_leaf_node * leaf,
    const e2ee_mls_extensions * extensions, const uint32_t * added, size_t n_added,
    e2ee_mls_arena * arena, e2ee_mls_path ** path, e2ee_mls_buffer * encoded,
    e2ee_mls_update_path * out)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  r = e2ee_mls_path_prepare (host->env, next->tree, next->keys, leaf, before->context.group_id,
      e2ee_mls_secret_view (identity->signature_private), path);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_next_context (before, extensions, before->context.confirmed_transcript_hash,
        next);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_path_seal (*path, host->env, next->tree,
        e2ee_mls_buffer_view (next->encoded_context), added, n_added, &writer);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_writer_finish (&writer, encoded);
  e2ee_mls_writer_clear (&writer);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (*encoded), arena);
  e2ee_mls_update_path_read (&reader, out);
  return e2ee_mls_reader_finish (&reader);
}

/* A commit on its way. */
typedef struct
{
  e2ee_mls_group *group;
  const e2ee_mls_commit_params *params;
  e2ee_mls_arena arena;
  e2ee_mls_list_check check;
  e2ee_mls_listed_proposal *listed;
  e2ee_mls_proposal_or_ref *wire;       /* the same, as they go into the commit */
  size_t n;
  e2ee_mls_list_effect effect;
  e2ee_mls_staged *staged;
  e2ee_mls_path *path;
  e2ee_mls_buffer encoded_path;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_buffer signature;
  e2ee_mls_digest psk_secret;
  e2ee_mls_digest joiner_secret;
} making;

/* ---- which proposals ---- */

static e2ee_mls_result
take_changes (making * m)
{
  const e2ee_mls_group *group = m->group;
  const size_t room = m->params->n_changes + group->n_proposals;
  e2ee_mls_result r = E2EE_MLS_OK;

  if (m->params->n_changes > E2EE_MLS_MAX_LIST)
    return E2EE_MLS_ERR_TOO_LARGE;
  if (room == 0)
    return E2EE_MLS_OK;
  m->listed = e2ee_mls_arena_alloc (&m->arena, room, sizeof (*m->listed));
  m->wire = e2ee_mls_arena_alloc (&m->arena, room, sizeof (*m->wire));
  if (m->listed == NULL || m->wire == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  for (size_t i = 0; i < m->params->n_changes && r == E2EE_MLS_OK; i++) {
    const e2ee_mls_change *change = &m->params->changes[i];
    e2ee_mls_proposal_or_ref *wire = &m->wire[m->n];

    if (change->type == E2EE_MLS_PROPOSAL_UPDATE)
      return E2EE_MLS_ERR_PROPOSAL_UPDATE_BY_VALUE;
    r = e2ee_mls_change_to_proposal (group->host, group->suite, change, &m->arena,
        &wire->proposal);
    m->listed[m->n++] = (e2ee_mls_listed_proposal) { &wire->proposal, group->own_leaf, 0 };
  }
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_proposal_list_validate (&m->check, m->listed, m->n);
  return r;
}

/* Adds those of @candidates that can stand with what is in the list, halving until the ones that
 * cannot are alone: few bad ones cost few tries.  Earlier candidates go before later ones. */
static e2ee_mls_result
add_candidates (making * m, const e2ee_mls_cached_proposal ** candidates, size_t n)
{
  const size_t before = m->n;
  e2ee_mls_result r;

  if (n == 0 || m->n + 1 > E2EE_MLS_MAX_LIST)
    return E2EE_MLS_OK;
  if (n > E2EE_MLS_MAX_LIST - m->n)
    n = E2EE_MLS_MAX_LIST - m->n;
  for (size_t i = 0; i < n; i++) {
    m->wire[m->n] = (e2ee_mls_proposal_or_ref) { .by_reference = 1,
        .reference = e2ee_mls_digest_view (m->group->suite, &candidates[i]->reference) };
    m->listed[m->n++] = (e2ee_mls_listed_proposal) { &candidates[i]->proposal,
        candidates[i]->sender, 1 };
  }
  r = e2ee_mls_proposal_list_validate_together (&m->check, m->listed, m->n);
  if (r == E2EE_MLS_OK || r == E2EE_MLS_ERR_NO_MEMORY)
    return r;
  m->n = before;
  if (n == 1)
    return E2EE_MLS_OK;
  r = add_candidates (m, candidates, n / 2);
  if (r == E2EE_MLS_OK)
    r = add_candidates (m, candidates + n / 2, n - n / 2);
  return r;
}

/* A lack of memory says nothing of the proposal: NO_MEMORY ends the commit. */
static e2ee_mls_result
judge_alone (making * m, const e2ee_mls_cached_proposal * cached)
{
  const e2ee_mls_listed_proposal listed = { &cached->proposal, cached->sender, 1 };
  e2ee_mls_digest unused;
  e2ee_mls_result r;

  r = e2ee_mls_proposal_validate_alone (&m->check,
      e2ee_mls_proposal_list_extensions (&m->check, m->listed, m->n), &listed);
  if (r == E2EE_MLS_OK && cached->proposal.type == E2EE_MLS_PROPOSAL_PSK) {
    r = e2ee_mls_gather_psks (m->group->host, m->group->suite, m->group,
        &cached->proposal.u.psk, 1, &unused);
    e2ee_wipe (&unused, sizeof (unused));
  }
  return r;
}

/* Section 12.2: of several proposals for one leaf a Remove is preferred, then the latest Update.
 * GroupContextExtensions go first, because the others are judged under them. */
static e2ee_mls_result
take_remembered (making * m)
{
  static const e2ee_mls_proposal_type order[] = {
    E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS, E2EE_MLS_PROPOSAL_REMOVE,
    E2EE_MLS_PROPOSAL_UPDATE, E2EE_MLS_PROPOSAL_ADD, E2EE_MLS_PROPOSAL_PSK,
  };
  const e2ee_mls_group *group = m->group;
  const e2ee_mls_cached_proposal **candidates;
  e2ee_mls_result r = E2EE_MLS_OK;

  if (group->n_proposals == 0 || m->params->without_proposals)
    return E2EE_MLS_OK;
  candidates = e2ee_mls_arena_alloc (&m->arena, group->n_proposals, sizeof (*candidates));
  if (candidates == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  for (size_t step = 0; step < sizeof (order) / sizeof (order[0]) && r == E2EE_MLS_OK; step++) {
    size_t n = 0;

    for (const e2ee_mls_cached_proposal * cached = group->proposals; cached != NULL;
        cached = cached->next) {
      if (cached->proposal.type != order[step])
        continue;
      r = judge_alone (m, cached);
      if (r == E2EE_MLS_ERR_NO_MEMORY)
        return r;
      if (r == E2EE_MLS_OK)
        candidates[n++] = cached;
    }
    if (order[step] == E2EE_MLS_PROPOSAL_UPDATE) {
      for (size_t i = 0; i < n / 2; i++) {
        const e2ee_mls_cached_proposal *early = candidates[i];

        candidates[i] = candidates[n - 1 - i];
        candidates[n - 1 - i] = early;
      }
    }
    r = add_candidates (m, candidates, n);
  }
  return r;
}

/* ---- the commit ---- */

/* Tree and keys of the next epoch with the proposals in them, and a path where one belongs. */
static e2ee_mls_result
change_tree (making * m, e2ee_mls_extensions * extensions)
{
  const e2ee_mls_epoch *before = m->group->epoch;
  e2ee_mls_epoch *next = m->staged->next;
  e2ee_mls_leaf_node leaf;
  e2ee_mls_commit *commit = &m->auth.content.u.commit;
  e2ee_mls_result r;

  r = e2ee_mls_tree_copy (before->tree, &next->tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_keys_copy (before->keys, &next->keys);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_proposal_list_apply (next->tree, m->listed, m->n, &m->arena, &m->effect);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_staged_set_effect (m->staged, &m->effect);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_tree_keys_prune (next->keys, next->tree);
  if (m->effect.has_extensions)
    *extensions = m->effect.extensions;
  if (!m->effect.needs_path && !m->params->force_path && m->params->leaf_params == NULL)
    return E2EE_MLS_OK;
  commit->has_path = 1;
  r = e2ee_mls_group_own_leaf_again (m->group, m->params->leaf_params, &m->arena, &leaf);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_make_path (m->group->host, m->group->identity, before, next, &leaf, extensions,
        m->effect.added, m->effect.n_added, &m->arena, &m->path, &m->encoded_path,
        &commit->path);
  return r;
}

static e2ee_mls_result
close_epoch (making * m, const e2ee_mls_extensions * extensions, e2ee_mls_buffer * message)
{
  e2ee_mls_group *group = m->group;
  e2ee_mls_epoch *next = m->staged->next;
  e2ee_mls_digest tag;
  e2ee_mls_result r;

  r = e2ee_mls_gather_psks (group->host, group->suite, group,
      m->staged->psk_ids, m->staged->n_psks, &m->psk_secret);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_sign_own (group, &m->auth, &m->signature);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_next_secrets (group->epoch, &m->auth, extensions,
        &group->epoch->secrets->init_secret,
        m->path != NULL ? e2ee_mls_path_commit_secret (m->path) : NULL, &m->psk_secret, next,
        &m->joiner_secret);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_epoch_confirmation_tag (next, &tag);
  m->auth.confirmation_tag = e2ee_mls_digest_view (group->suite, &tag);
  r = e2ee_mls_epoch_set_interim (next, m->auth.confirmation_tag);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_seal_handshake (group, &m->auth, message);
  m->auth.confirmation_tag = E2EE_NO_BYTES;
  return r;
}

/* ---- the Welcome ---- */

static e2ee_mls_result
seal_for (making * m, size_t i, e2ee_bytes encrypted_info, e2ee_mls_encrypted_group_secrets * out)
{
  const e2ee_mls_suite *suite = m->group->suite;
  const e2ee_mls_key_package *key_package = m->effect.added_key_packages[i];
  const e2ee_mls_digest *path_secret = NULL;
  e2ee_mls_group_secrets secrets = {
    .joiner_secret = e2ee_mls_digest_view (suite, &m->joiner_secret),
    .psks = m->staged->psk_ids,
    .n_psks = m->staged->n_psks,
  };
  e2ee_mls_buffer kem_output = E2EE_MLS_NO_BUFFER, ciphertext = E2EE_MLS_NO_BUFFER;
  e2ee_mls_digest ref;
  e2ee_mls_result r;

  if (m->path != NULL)
    path_secret = e2ee_mls_path_secret_for (m->path, m->effect.added[i]);
  if (path_secret != NULL) {
    secrets.has_path_secret = 1;
    secrets.path_secret = e2ee_mls_digest_view (suite, path_secret);
  }
  r = e2ee_mls_key_package_ref (suite, key_package, &ref);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (&m->arena, e2ee_mls_digest_view (suite, &ref), &out->new_member);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_seal_secrets (suite, m->group->host->env, key_package->init_key,
        &secrets, encrypted_info, &kem_output, &ciphertext);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (&m->arena, e2ee_mls_buffer_view (kem_output),
        &out->encrypted_group_secrets.kem_output);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (&m->arena, e2ee_mls_buffer_view (ciphertext),
        &out->encrypted_group_secrets.ciphertext);
  e2ee_mls_buffer_clear (&kem_output);
  e2ee_mls_buffer_clear (&ciphertext);
  return r;
}

static e2ee_mls_result
make_welcome (making * m, e2ee_mls_buffer * out)
{
  const e2ee_mls_group *group = m->group;
  e2ee_mls_message message = { .wire_format = E2EE_MLS_WIRE_WELCOME };
  e2ee_mls_welcome *welcome = &message.u.welcome;
  e2ee_mls_buffer info = E2EE_MLS_NO_BUFFER, encrypted = E2EE_MLS_NO_BUFFER;
  e2ee_mls_digest welcome_secret;
  e2ee_mls_result r;

  r = e2ee_mls_epoch_group_info (m->staged->next, group->identity, group->own_leaf, 0,
      m->params->tree_in_welcome, &info);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_secret (group->suite, &m->joiner_secret, &m->psk_secret,
        &welcome_secret);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_seal_info (group->suite, &welcome_secret, e2ee_mls_buffer_view (info),
        &encrypted);
  e2ee_wipe (&welcome_secret, sizeof (welcome_secret));
  welcome->cipher_suite = group->suite->id;
  welcome->n_secrets = m->effect.n_added;
  welcome->encrypted_group_info = e2ee_mls_buffer_view (encrypted);
  welcome->secrets = e2ee_mls_arena_alloc (&m->arena, m->effect.n_added,
      sizeof (*welcome->secrets));
  if (r == E2EE_MLS_OK && welcome->secrets == NULL)
    r = E2EE_MLS_ERR_NO_MEMORY;
  for (size_t i = 0; i < m->effect.n_added && r == E2EE_MLS_OK; i++)
    r = seal_for (m, i, welcome->encrypted_group_info, &welcome->secrets[i]);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_message_encode (&message, out);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&encrypted);
  return r;
}

static e2ee_mls_result
make_outputs (making * m, e2ee_mls_buffer * welcome, e2ee_mls_buffer * group_info)
{
  const e2ee_mls_group *group = m->group;
  e2ee_mls_buffer info = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r = E2EE_MLS_OK;

  if (m->effect.n_added > 0 && welcome == NULL)
    return E2EE_MLS_ERR_ARGUMENT;
  if (m->effect.n_added > 0)
    r = make_welcome (m, welcome);
  if (r == E2EE_MLS_OK && group_info != NULL) {
    r = e2ee_mls_epoch_group_info (m->staged->next, group->identity, group->own_leaf, 1, 1,
        &info);
    if (r == E2EE_MLS_OK)
      r = e2ee_mls_group_info_wrap (e2ee_mls_buffer_view (info), group_info);
    e2ee_mls_buffer_clear (&info);
  }
  return r;
}

e2ee_mls_result
e2ee_mls_group_commit (e2ee_mls_group * group, const e2ee_mls_commit_params * params,
    e2ee_mls_buffer * commit, e2ee_mls_buffer * welcome, e2ee_mls_buffer * group_info)
{
  static const e2ee_mls_commit_params defaults;
  making m = { .group = group, .params = params != NULL ? params : &defaults };
  e2ee_mls_extensions extensions;
  e2ee_mls_result r;

  *commit = E2EE_MLS_NO_BUFFER;
  if (welcome != NULL)
    *welcome = E2EE_MLS_NO_BUFFER;
  if (group_info != NULL)
    *group_info = E2EE_MLS_NO_BUFFER;
  r = e2ee_mls_group_ready (group);
  if (r != E2EE_MLS_OK)
    return r;
  if (group->pending != NULL)
    return E2EE_MLS_ERR_PENDING;
  m.check = (e2ee_mls_list_check) { group->host, group->epoch->tree, &group->epoch->context,
    group->own_leaf, NULL
  };
  extensions = group->epoch->context.extensions;
  m.auth.content.content_type = E2EE_MLS_CONTENT_COMMIT;
  m.auth.content.authenticated_data = m.params->authenticated_data;
  m.staged = e2ee_mls_staged_new (group->epoch);
  r = m.staged != NULL ? E2EE_MLS_OK : E2EE_MLS_ERR_NO_MEMORY;
  if (r == E2EE_MLS_OK)
    r = take_changes (&m);
  if (r == E2EE_MLS_OK)
    r = take_remembered (&m);
  m.auth.content.u.commit.proposals = m.wire;
  m.auth.content.u.commit.n_proposals = m.n;
  if (r == E2EE_MLS_OK)
    r = change_tree (&m, &extensions);
  if (r == E2EE_MLS_OK)
    r = close_epoch (&m, &extensions, commit);
  if (r == E2EE_MLS_OK)
    r = make_outputs (&m, welcome, group_info);
  if (r == E2EE_MLS_OK) {
    m.staged->committer = group->own_leaf;
    group->pending = m.staged;
  } else {
    e2ee_mls_staged_free (m.staged);
    e2ee_mls_buffer_clear (commit);
    if (welcome != NULL)
      e2ee_mls_buffer_clear (welcome);
    if (group_info != NULL)
      e2ee_mls_buffer_clear (group_info);
  }
  e2ee_mls_path_free (m.path);
  e2ee_mls_buffer_clear (&m.encoded_path);
  e2ee_mls_buffer_clear (&m.signature);
  e2ee_mls_arena_clear (&m.arena);
  e2ee_wipe (&m, sizeof (m));
  return r;
}
