/* Joining from outside, and coming back: external commits, RFC 9420 section 12.4.3.2.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/mls/group-private.h"

/* An external commit on its way. */
typedef struct
{
  const e2ee_mls_host *host;
  e2ee_mls_identity *identity;
  const e2ee_mls_suite *suite;
  const e2ee_mls_external_params *params;
  e2ee_mls_arena arena;
  e2ee_mls_group_info info;
  e2ee_mls_group *group;        /* its epoch is the one that is joined */
  e2ee_mls_staged *staged;
  e2ee_mls_leaf_node leaf;
  e2ee_mls_proposal_or_ref *wire;
  e2ee_mls_listed_proposal *listed;
  size_t n;
  e2ee_mls_list_effect effect;
  e2ee_mls_digest init_secret;
  e2ee_mls_digest psk_secret;
  e2ee_mls_path *path;
  e2ee_mls_buffer encoded_path;
  e2ee_mls_authenticated_content auth;
  e2ee_mls_buffer signature;
} entering;

/* The epoch as the GroupInfo shows it: all that can be seen from outside. */
static e2ee_mls_result
look (entering * e)
{
  e2ee_mls_epoch *epoch = e->group->epoch;
  e2ee_mls_result r;

  r = e2ee_mls_leaf_make (e->host, e->identity, e->params->leaf, &e->arena, &e->leaf);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_supports_context (&e->leaf, &e->info.context.extensions);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_info_check (e->host, e->suite, &e->info, e->params->ratchet_tree,
        &epoch->tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_set_context (epoch, &e->info.context);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_set_interim (epoch, e->info.confirmation_tag);
  return r;
}

static void
list (entering * e, e2ee_mls_proposal proposal)
{
  e->wire[e->n] = (e2ee_mls_proposal_or_ref) { .proposal = proposal };
  e->listed[e->n] = (e2ee_mls_listed_proposal) { &e->wire[e->n].proposal, E2EE_MLS_NO_NODE, 0 };
  e->n++;
}

static e2ee_mls_result
list_external_init (entering * e)
{
  e2ee_mls_proposal proposal = { .type = E2EE_MLS_PROPOSAL_EXTERNAL_INIT };
  e2ee_mls_buffer kem_output = E2EE_MLS_NO_BUFFER;
  e2ee_bytes external_pub;
  e2ee_mls_result r;

  r = e2ee_mls_external_pub_find (&e->info.extensions, &external_pub);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_external_init_send (e->suite, e->host->env, external_pub, &kem_output,
        e->init_secret.data);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (&e->arena, e2ee_mls_buffer_view (kem_output),
        &proposal.u.external_init);
  if (r == E2EE_MLS_OK)
    list (e, proposal);
  e2ee_mls_buffer_clear (&kem_output);
  return r;
}

/* Our old leaf is the one with our key, or the one the caller names when the key is new. */
static e2ee_mls_result
list_remove (entering * e)
{
  const e2ee_mls_tree *tree = e->group->epoch->tree;
  e2ee_mls_proposal proposal = { .type = E2EE_MLS_PROPOSAL_REMOVE };

  proposal.u.remove = e2ee_mls_tree_find_signature_key (tree, e->leaf.signature_key);
  if (proposal.u.remove == E2EE_MLS_NO_NODE)
    proposal.u.remove = e->params->resync_leaf;
  if (e2ee_mls_tree_leaf (tree, proposal.u.remove) == NULL)
    return E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF;
  list (e, proposal);
  return E2EE_MLS_OK;
}

static e2ee_mls_result
list_proposals (entering * e)
{
  const e2ee_mls_list_check check = { e->host, e->group->epoch->tree, &e->group->epoch->context,
    E2EE_MLS_NO_NODE, NULL
  };
  const size_t room = 2 + e->params->n_psk_ids;
  e2ee_mls_result r;

  if (e->params->n_psk_ids > E2EE_MLS_MAX_LIST - 2)
    return E2EE_MLS_ERR_TOO_LARGE;
  e->wire = e2ee_mls_arena_alloc (&e->arena, room, sizeof (*e->wire));
  e->listed = e2ee_mls_arena_alloc (&e->arena, room, sizeof (*e->listed));
  if (e->wire == NULL || e->listed == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  r = list_external_init (e);
  if (r == E2EE_MLS_OK && e->params->resync)
    r = list_remove (e);
  for (size_t i = 0; i < e->params->n_psk_ids && r == E2EE_MLS_OK; i++) {
    const e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_PSK,
        .psk_id = e->params->psk_ids[i] };
    e2ee_mls_proposal proposal;

    r = e2ee_mls_change_to_proposal (e->host, e->suite, &change, &e->arena, &proposal);
    if (r == E2EE_MLS_OK)
      list (e, proposal);
  }
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_proposal_list_validate (&check, e->listed, e->n);
  return r;
}

/* Takes the leftmost free leaf.  The key that stands there until the path is made serves nobody. */
static e2ee_mls_result
take_leaf (entering * e)
{
  e2ee_mls_epoch *next = e->staged->next;
  e2ee_mls_secret private_key = E2EE_MLS_NO_SECRET;
  e2ee_mls_buffer public_key = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  r = e2ee_mls_hpke_generate_key_pair (e->suite, e->host->env, &private_key, &public_key);
  e->leaf.encryption_key = e2ee_mls_buffer_view (public_key);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_validate_in_tree (next->tree, &e->leaf, E2EE_MLS_NO_NODE);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_add (next->tree, &e->leaf, &e->staged->committer);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_keys_new (e->suite, e->staged->committer,
        e2ee_mls_secret_view (private_key), &next->keys);
  e->leaf.encryption_key = E2EE_NO_BYTES;
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_buffer_clear (&public_key);
  return r;
}

static e2ee_mls_result
change_tree (entering * e)
{
  const e2ee_mls_epoch *before = e->group->epoch;
  e2ee_mls_epoch *next;
  e2ee_mls_commit *commit = &e->auth.content.u.commit;
  e2ee_mls_result r;

  e->staged = e2ee_mls_staged_new (before);
  if (e->staged == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  next = e->staged->next;
  e->staged->is_external = 1;
  r = e2ee_mls_tree_copy (before->tree, &next->tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_proposal_list_apply (next->tree, e->listed, e->n, &e->arena, &e->effect);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_staged_set_effect (e->staged, &e->effect);
  if (r == E2EE_MLS_OK)
    r = take_leaf (e);
  commit->has_path = 1;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_make_path (e->host, e->identity, before, next, &e->leaf,
        &before->context.extensions, NULL, 0, &e->arena, &e->path, &e->encoded_path,
        &commit->path);
  return r;
}

static e2ee_mls_result
close_epoch (entering * e, e2ee_mls_buffer * message)
{
  const e2ee_mls_epoch *before = e->group->epoch;
  const e2ee_bytes context = e2ee_mls_buffer_view (before->encoded_context);
  e2ee_mls_framed_content *content = &e->auth.content;
  e2ee_mls_epoch *next = e->staged->next;
  e2ee_mls_digest tag;
  e2ee_mls_result r;

  e->auth.wire_format = E2EE_MLS_WIRE_PUBLIC_MESSAGE;
  content->group_id = before->context.group_id;
  content->epoch = before->context.epoch;
  content->sender.type = E2EE_MLS_SENDER_NEW_MEMBER_COMMIT;
  content->authenticated_data = e->params->authenticated_data;
  content->content_type = E2EE_MLS_CONTENT_COMMIT;
  content->u.commit.proposals = e->wire;
  content->u.commit.n_proposals = e->n;
  r = e2ee_mls_content_sign (e->suite, &e->auth, context,
      e2ee_mls_secret_view (e->identity->signature_private), &e->signature);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_gather_psks (e->host, e->suite, NULL, e->staged->psk_ids,
        e->staged->n_psks, &e->psk_secret);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_next_secrets (before, &e->auth, &before->context.extensions, &e->init_secret,
        e2ee_mls_path_commit_secret (e->path), &e->psk_secret, next, NULL);
  if (r != E2EE_MLS_OK)
    return r;
  e2ee_mls_epoch_confirmation_tag (next, &tag);
  e->auth.confirmation_tag = e2ee_mls_digest_view (e->suite, &tag);
  r = e2ee_mls_epoch_set_interim (next, e->auth.confirmation_tag);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_public_seal (e->suite, &e->auth, NULL, context, message);
  return r;
}

static e2ee_mls_result
read_info (entering * e, e2ee_bytes in)
{
  e2ee_mls_message message;
  e2ee_mls_result r;

  r = e2ee_mls_message_decode (in, &e->arena, &message);
  if (r != E2EE_MLS_OK)
    return r;
  if (message.wire_format != E2EE_MLS_WIRE_GROUP_INFO)
    return E2EE_MLS_ERR_WIRE_FORMAT;
  e->info = message.u.group_info;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_group_join_external (const e2ee_mls_host * host, e2ee_mls_identity * identity,
    e2ee_bytes group_info, const e2ee_mls_external_params * params, e2ee_mls_group ** out,
    e2ee_mls_buffer * commit)
{
  static const e2ee_mls_external_params defaults;
  entering e = { .host = host, .identity = identity, .suite = identity->suite,
      .params = params != NULL ? params : &defaults };
  e2ee_mls_result r;

  *out = NULL;
  *commit = E2EE_MLS_NO_BUFFER;
  e.group = e2ee_mls_group_new (host, identity->suite, identity);
  if (e.group == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  e.group->epoch = e2ee_mls_epoch_new ();
  r = e.group->epoch != NULL ? E2EE_MLS_OK : E2EE_MLS_ERR_NO_MEMORY;
  if (r == E2EE_MLS_OK)
    r = read_info (&e, group_info);
  if (r == E2EE_MLS_OK)
    r = look (&e);
  if (r == E2EE_MLS_OK)
    r = list_proposals (&e);
  if (r == E2EE_MLS_OK)
    r = change_tree (&e);
  if (r == E2EE_MLS_OK)
    r = close_epoch (&e, commit);
  if (r == E2EE_MLS_OK) {
    e.group->own_leaf = e.staged->committer;
    e.group->pending = e.staged;
    *out = e.group;
  } else {
    e2ee_mls_staged_free (e.staged);
    e2ee_mls_group_free (e.group);
    e2ee_mls_buffer_clear (commit);
  }
  e2ee_mls_path_free (e.path);
  e2ee_mls_buffer_clear (&e.encoded_path);
  e2ee_mls_buffer_clear (&e.signature);
  e2ee_mls_arena_clear (&e.arena);
  e2ee_wipe (&e, sizeof (e));
  return r;
}
