/* Making proposals, RFC 9420 section 12.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/group-private.h"

/* A bare KeyPackage starts with version and suite, an MLSMessage with version and wire format:
 * no suite of this build has the number of that format. */
static e2ee_mls_result
read_key_package (e2ee_bytes in, e2ee_mls_arena * arena, e2ee_mls_key_package * out)
{
  e2ee_mls_message message;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  if (in.size >= 4 && e2ee_get_be (in.data + 2, 2) == E2EE_MLS_WIRE_KEY_PACKAGE) {
    r = e2ee_mls_message_decode (in, arena, &message);
    if (r == E2EE_MLS_OK)
      *out = message.u.key_package;
    return r;
  }
  e2ee_mls_reader_init (&reader, in, arena);
  e2ee_mls_key_package_read (&reader, out);
  return e2ee_mls_reader_finish (&reader);
}

static e2ee_mls_result
make_psk_id (const e2ee_mls_host * host, const e2ee_mls_suite * suite, e2ee_bytes id,
    e2ee_mls_arena * arena, e2ee_mls_psk_id * out)
{
  uint8_t *nonce = e2ee_mls_arena_alloc (arena, suite->nh, 1);

  if (nonce == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  host->env->random (host->env->user, nonce, suite->nh);
  *out = (e2ee_mls_psk_id) { .type = E2EE_MLS_PSK_EXTERNAL, .psk_id = id,
      .psk_nonce = E2EE_BYTES (nonce, suite->nh) };
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_change_to_proposal (const e2ee_mls_host * host, const e2ee_mls_suite * suite,
    const e2ee_mls_change * change, e2ee_mls_arena * arena, e2ee_mls_proposal * proposal)
{
  proposal->type = (uint16_t) change->type;
  switch (change->type) {
    case E2EE_MLS_PROPOSAL_ADD:
      return read_key_package (change->key_package, arena, &proposal->u.add);
    case E2EE_MLS_PROPOSAL_REMOVE:
      proposal->u.remove = change->leaf;
      return E2EE_MLS_OK;
    case E2EE_MLS_PROPOSAL_PSK:
      return make_psk_id (host, suite, change->psk_id, arena, &proposal->u.psk);
    case E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
      proposal->u.group_context_extensions = change->extensions;
      return E2EE_MLS_OK;
    case E2EE_MLS_PROPOSAL_UPDATE:
      return E2EE_MLS_ERR_ARGUMENT;
    default:
      return E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL;
  }
}

/* A leaf of ours with a new key, signed for its place. */
static e2ee_mls_result
make_update (e2ee_mls_group * group, const e2ee_mls_leaf_params * params, e2ee_mls_arena * arena,
    e2ee_mls_leaf_node * leaf, e2ee_mls_secret * leaf_private)
{
  const e2ee_mls_leaf_place place = { group->epoch->context.group_id, group->own_leaf };
  e2ee_mls_buffer public_key = E2EE_MLS_NO_BUFFER, signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  r = e2ee_mls_group_own_leaf_again (group, params, arena, leaf);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_hpke_generate_key_pair (group->suite, group->host->env, leaf_private,
        &public_key);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (arena, e2ee_mls_buffer_view (public_key), &leaf->encryption_key);
  leaf->source = E2EE_MLS_LEAF_UPDATE;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_leaf_node_sign (group->suite, leaf, &place,
        e2ee_mls_secret_view (group->identity->signature_private), &signature);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (arena, e2ee_mls_buffer_view (signature), &leaf->signature);
  e2ee_mls_buffer_clear (&public_key);
  e2ee_mls_buffer_clear (&signature);
  return r;
}

/* What nobody could commit is not proposed. */
static e2ee_mls_result
check_own (const e2ee_mls_group * group, const e2ee_mls_proposal * proposal)
{
  const e2ee_mls_list_check check = { group->host, group->epoch->tree, &group->epoch->context,
    E2EE_MLS_NO_NODE, NULL
  };
  const e2ee_mls_listed_proposal listed = { proposal, group->own_leaf, 1 };

  if (proposal->type == E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS)
    return e2ee_mls_group_extensions_validate (group->epoch->tree,
        &proposal->u.group_context_extensions);
  return e2ee_mls_proposal_validate_alone (&check, &group->epoch->context.extensions, &listed);
}

e2ee_mls_result
e2ee_mls_group_propose (e2ee_mls_group * group, const e2ee_mls_change * change,
    e2ee_bytes authenticated_data, e2ee_mls_buffer * message)
{
  e2ee_mls_authenticated_content auth = { .content = {
      .authenticated_data = authenticated_data, .content_type = E2EE_MLS_CONTENT_PROPOSAL } };
  e2ee_mls_proposal *proposal = &auth.content.u.proposal;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_secret leaf_private = E2EE_MLS_NO_SECRET;
  e2ee_mls_buffer signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  *message = E2EE_MLS_NO_BUFFER;
  r = e2ee_mls_group_ready (group);
  if (r != E2EE_MLS_OK)
    return r;
  if (change->type == E2EE_MLS_PROPOSAL_UPDATE) {
    proposal->type = E2EE_MLS_PROPOSAL_UPDATE;
    r = make_update (group, change->leaf_params, &arena, &proposal->u.update, &leaf_private);
  } else {
    r = e2ee_mls_change_to_proposal (group->host, group->suite, change, &arena, proposal);
  }
  if (r == E2EE_MLS_OK)
    r = check_own (group, proposal);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_sign_own (group, &auth, &signature);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_seal_handshake (group, &auth, message);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_remember (group, &auth, &leaf_private);
  if (r != E2EE_MLS_OK)
    e2ee_mls_buffer_clear (message);
  e2ee_mls_secret_clear (&leaf_private);
  e2ee_mls_buffer_clear (&signature);
  e2ee_mls_arena_clear (&arena);
  return r;
}
