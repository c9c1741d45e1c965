/* The life of a group and what can be seen of it; RFC 9420 sections 8.5 and 11.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/group-private.h"

#define GROUP_ID_SIZE 32

e2ee_mls_group *
e2ee_mls_group_new (const e2ee_mls_host * host, const e2ee_mls_suite * suite,
    e2ee_mls_identity * identity)
{
  e2ee_mls_group *group = e2ee_mls_alloc (1, sizeof (*group));

  if (group == NULL)
    return NULL;
  group->host = host;
  group->suite = suite;
  group->identity = e2ee_mls_identity_ref (identity);
  return group;
}

static void
forget_past (e2ee_mls_group * group)
{
  while (group->n_past > 0)
    e2ee_mls_epoch_free (group->past[--group->n_past]);
}

void
e2ee_mls_group_free (e2ee_mls_group * group)
{
  if (group == NULL)
    return;
  e2ee_mls_group_clear_proposals (group);
  e2ee_mls_staged_free (group->pending);
  forget_past (group);
  e2ee_mls_epoch_free (group->epoch);
  e2ee_mls_identity_unref (group->identity);
  e2ee_mls_free (group);
}

/* Our first leaf, as a key package would carry it. */
static e2ee_mls_result
plant (e2ee_mls_epoch * epoch, const e2ee_mls_host * host, const e2ee_mls_identity * identity,
    const e2ee_mls_leaf_params * params)
{
  const e2ee_mls_suite *suite = identity->suite;
  e2ee_mls_buffer public_key = E2EE_MLS_NO_BUFFER, signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_secret private_key = E2EE_MLS_NO_SECRET;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_leaf_node leaf;
  e2ee_mls_result r;

  r = e2ee_mls_leaf_make (host, identity, params, &arena, &leaf);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_generate_key_pair (suite, host->env, &private_key, &public_key);
  leaf.encryption_key = e2ee_mls_buffer_view (public_key);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_node_sign (suite, &leaf, NULL,
        e2ee_mls_secret_view (identity->signature_private), &signature);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_new (suite, &leaf, &epoch->tree);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_keys_new (suite, 0, e2ee_mls_secret_view (private_key), &epoch->keys);
  e2ee_mls_buffer_clear (&public_key);
  e2ee_mls_buffer_clear (&signature);
  e2ee_mls_secret_clear (&private_key);
  e2ee_mls_arena_clear (&arena);
  return r;
}

/* The context of epoch 0 over the tree. */
static e2ee_mls_result
describe (e2ee_mls_epoch * epoch, const e2ee_mls_host * host,
    const e2ee_mls_create_params * params)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (epoch->tree);
  e2ee_mls_group_context context = { .version = E2EE_MLS_VERSION, .cipher_suite = suite->id };
  uint8_t id[GROUP_ID_SIZE];
  e2ee_mls_digest tree_hash;
  e2ee_mls_result r;

  host->env->random (host->env->user, id, sizeof (id));
  context.group_id = E2EE_BYTES (id, sizeof (id));
  if (params != NULL && params->group_id.size > 0)
    context.group_id = params->group_id;
  if (params != NULL)
    context.extensions = params->extensions;
  r = e2ee_mls_group_extensions_validate (epoch->tree, &context.extensions);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_tree_root_hash (epoch->tree, &tree_hash);
  context.tree_hash = e2ee_mls_digest_view (suite, &tree_hash);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_set_context (epoch, &context);
  return r;
}

/* Section 11: the epoch secret is drawn, and the interim transcript hash counts the confirmation
 * tag although no commit carried it. */
static e2ee_mls_result
begin (e2ee_mls_epoch * epoch, const e2ee_mls_host * host)
{
  const e2ee_mls_suite *suite = e2ee_mls_tree_suite (epoch->tree);
  e2ee_mls_digest epoch_secret, tag;
  e2ee_mls_result r;

  epoch->secrets = e2ee_mls_epoch_secrets_new ();
  if (epoch->secrets == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  host->env->random (host->env->user, epoch_secret.data, suite->nh);
  r = e2ee_mls_epoch_secrets_expand (suite, &epoch_secret, epoch->secrets);
  e2ee_wipe (&epoch_secret, sizeof (epoch_secret));
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_epoch_start_ratchets (epoch);
  if (r == E2EE_MLS_OK) {
    e2ee_mls_epoch_confirmation_tag (epoch, &tag);
    r = e2ee_mls_epoch_set_interim (epoch, e2ee_mls_digest_view (suite, &tag));
  }
  return r;
}

e2ee_mls_result
e2ee_mls_group_create (const e2ee_mls_host * host, e2ee_mls_identity * identity,
    const e2ee_mls_create_params * params, e2ee_mls_group ** out)
{
  e2ee_mls_group *group = e2ee_mls_group_new (host, identity->suite, identity);
  e2ee_mls_result r;

  *out = NULL;
  if (group == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  group->epoch = e2ee_mls_epoch_new ();
  r = group->epoch != NULL ? E2EE_MLS_OK : E2EE_MLS_ERR_NO_MEMORY;
  if (r == E2EE_MLS_OK)
    r = plant (group->epoch, host, identity, params != NULL ? params->leaf : NULL);
  if (r == E2EE_MLS_OK)
    r = describe (group->epoch, host, params);
  if (r == E2EE_MLS_OK)
    r = begin (group->epoch, host);
  if (r == E2EE_MLS_OK)
    *out = group;
  else
    e2ee_mls_group_free (group);
  return r;
}

/* ---- looking ---- */

unsigned
e2ee_mls_group_suite (const e2ee_mls_group * group)
{
  return group->suite->id;
}

e2ee_bytes
e2ee_mls_group_id (const e2ee_mls_group * group)
{
  return group->epoch->context.group_id;
}

uint64_t
e2ee_mls_group_epoch (const e2ee_mls_group * group)
{
  return group->epoch->context.epoch;
}

uint32_t
e2ee_mls_group_own_leaf (const e2ee_mls_group * group)
{
  return group->own_leaf;
}

int
e2ee_mls_group_is_active (const e2ee_mls_group * group)
{
  return e2ee_mls_group_ready (group) == E2EE_MLS_OK;
}

int
e2ee_mls_group_has_pending (const e2ee_mls_group * group)
{
  return group->pending != NULL;
}

const e2ee_mls_staged *
e2ee_mls_group_pending (const e2ee_mls_group * group)
{
  return group->pending;
}

size_t
e2ee_mls_group_n_members (const e2ee_mls_group * group)
{
  return e2ee_mls_tree_n_members (group->epoch->tree);
}

int
e2ee_mls_group_next_member (const e2ee_mls_group * group, uint32_t from, e2ee_mls_member * member)
{
  const uint32_t n_leaves = e2ee_mls_tree_n_leaves (group->epoch->tree);

  for (uint32_t leaf = from; leaf < n_leaves; leaf++) {
    member->node = e2ee_mls_tree_leaf (group->epoch->tree, leaf);
    if (member->node != NULL) {
      member->leaf = leaf;
      return 1;
    }
  }
  return 0;
}

const e2ee_mls_extensions *
e2ee_mls_group_extensions (const e2ee_mls_group * group)
{
  return &group->epoch->context.extensions;
}

e2ee_bytes
e2ee_mls_group_epoch_authenticator (const e2ee_mls_group * group)
{
  if (group->epoch->secrets == NULL)
    return E2EE_NO_BYTES;
  return e2ee_mls_digest_view (group->suite, &group->epoch->secrets->epoch_authenticator);
}

e2ee_mls_result
e2ee_mls_group_export (const e2ee_mls_group * group, const char *label, e2ee_bytes context,
    uint8_t * out, size_t out_size)
{
  e2ee_mls_result r = e2ee_mls_group_ready (group);

  if (r != E2EE_MLS_OK)
    return r;
  return e2ee_mls_exporter (group->suite, &group->epoch->secrets->exporter_secret, label, context,
      out, out_size);
}

e2ee_mls_result
e2ee_mls_group_ratchet_tree (const e2ee_mls_group * group, e2ee_mls_buffer * ratchet_tree)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_tree_write (&writer, group->epoch->tree);
  return e2ee_mls_writer_finish (&writer, ratchet_tree);
}

/* ---- settings, and our own messages ---- */

void
e2ee_mls_group_set_private_handshake (e2ee_mls_group * group, int enabled)
{
  group->private_handshake = enabled;
}

void
e2ee_mls_group_set_padding (e2ee_mls_group * group, size_t block)
{
  group->padding = block;
}

e2ee_mls_result
e2ee_mls_group_ready (const e2ee_mls_group * group)
{
  if (group->removed)
    return E2EE_MLS_ERR_REMOVED;
  return group->epoch->secrets != NULL ? E2EE_MLS_OK : E2EE_MLS_ERR_PENDING;
}

e2ee_mls_result
e2ee_mls_group_own_leaf_again (const e2ee_mls_group * group, const e2ee_mls_leaf_params * params,
    e2ee_mls_arena * arena, e2ee_mls_leaf_node * leaf)
{
  if (params != NULL)
    return e2ee_mls_leaf_make (group->host, group->identity, params, arena, leaf);
  *leaf = *e2ee_mls_tree_leaf (group->epoch->tree, group->own_leaf);
  leaf->parent_hash = E2EE_NO_BYTES;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_group_sign_own (const e2ee_mls_group * group, e2ee_mls_authenticated_content * auth,
    e2ee_mls_buffer * signature)
{
  const e2ee_mls_epoch *epoch = group->epoch;

  auth->content.group_id = epoch->context.group_id;
  auth->content.epoch = epoch->context.epoch;
  auth->content.sender = (e2ee_mls_sender) { E2EE_MLS_SENDER_MEMBER, group->own_leaf };
  if (auth->wire_format == 0)
    auth->wire_format = group->private_handshake
        ? E2EE_MLS_WIRE_PRIVATE_MESSAGE : E2EE_MLS_WIRE_PUBLIC_MESSAGE;
  return e2ee_mls_content_sign (group->suite, auth,
      e2ee_mls_buffer_view (epoch->encoded_context),
      e2ee_mls_secret_view (group->identity->signature_private), signature);
}

e2ee_mls_result
e2ee_mls_group_seal_handshake (e2ee_mls_group * group, const e2ee_mls_authenticated_content * auth,
    e2ee_mls_buffer * message)
{
  e2ee_mls_epoch *epoch = group->epoch;

  if (auth->wire_format == E2EE_MLS_WIRE_PRIVATE_MESSAGE)
    return e2ee_mls_private_seal (group->suite, group->host->env, auth,
        &epoch->secrets->sender_data_secret, epoch->ratchets, 0, message);
  return e2ee_mls_public_seal (group->suite, auth, &epoch->secrets->membership_key,
      e2ee_mls_buffer_view (epoch->encoded_context), message);
}

e2ee_mls_result
e2ee_mls_group_protect (e2ee_mls_group * group, e2ee_bytes data, e2ee_bytes authenticated_data,
    e2ee_mls_buffer * message)
{
  e2ee_mls_authenticated_content auth = {
    .wire_format = E2EE_MLS_WIRE_PRIVATE_MESSAGE,
    .content = { .authenticated_data = authenticated_data,
        .content_type = E2EE_MLS_CONTENT_APPLICATION,
        .u = { .application_data = data } },
  };
  const size_t block = group->padding > 1 ? group->padding : 1;
  e2ee_mls_buffer signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r = e2ee_mls_group_ready (group);

  *message = E2EE_MLS_NO_BUFFER;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_sign_own (group, &auth, &signature);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_private_seal (group->suite, group->host->env, &auth,
        &group->epoch->secrets->sender_data_secret, group->epoch->ratchets,
        (block - data.size % block) % block, message);
  e2ee_mls_buffer_clear (&signature);
  return r;
}

/* ---- moving on ---- */

void
e2ee_mls_group_enter (e2ee_mls_group * group, e2ee_mls_staged * staged)
{
  e2ee_mls_group_clear_proposals (group);
  if (staged->removes_us) {
    /* Section 12.4.2: the keys of a group that we are out of are deleted at once. */
    group->removed = 1;
    forget_past (group);
    e2ee_mls_epoch_secrets_free (group->epoch->secrets);
    e2ee_mls_secret_tree_free (group->epoch->ratchets);
    e2ee_mls_tree_keys_free (group->epoch->keys);
    group->epoch->secrets = NULL;
    group->epoch->ratchets = NULL;
    group->epoch->keys = NULL;
  } else {
    e2ee_mls_group_move_on (group, staged->next);
    staged->next = NULL;
  }
  e2ee_mls_staged_free (staged);
}

e2ee_mls_result
e2ee_mls_group_merge_pending (e2ee_mls_group * group)
{
  e2ee_mls_staged *staged = group->pending;

  if (staged == NULL)
    return E2EE_MLS_ERR_NOT_PENDING;
  group->pending = NULL;
  e2ee_mls_group_enter (group, staged);
  return E2EE_MLS_OK;
}

void
e2ee_mls_group_discard_pending (e2ee_mls_group * group)
{
  e2ee_mls_staged_free (group->pending);
  group->pending = NULL;
}

e2ee_mls_result
e2ee_mls_group_merge (e2ee_mls_group * group, e2ee_mls_event * event)
{
  e2ee_mls_staged *staged = event->staged;

  if (staged == NULL)
    return E2EE_MLS_ERR_NOT_PENDING;
  if (group->removed)
    return E2EE_MLS_ERR_REMOVED;
  if (staged->base_epoch != group->epoch->context.epoch)
    return E2EE_MLS_ERR_STALE;
  event->staged = NULL;
  e2ee_mls_group_discard_pending (group);
  e2ee_mls_group_enter (group, staged);
  return E2EE_MLS_OK;
}
