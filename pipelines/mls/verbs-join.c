/* create_group, create_key_package, join_group, external_join.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "verbs.h"

#define MAX_PSKS 64

void
verbs_set_up_group (Request * request, Member * member)
{
  e2ee_mls_group_set_private_handshake (member->group,
      request_maybe_flag (request, request->in, "encrypt_handshake", 0));
  e2ee_mls_group_set_padding (member->group,
      (size_t) request_maybe_number (request, request->in, "padding", 65536, 0));
}

void
verbs_set_state (Request * request, const Member * member)
{
  const e2ee_mls_group *group = member->group;

  request_set (request, "epoch", json_integer ((json_int_t) e2ee_mls_group_epoch (group)));
  request_set (request, "active", json_boolean (e2ee_mls_group_is_active (group)));
  request_set (request, "pending", json_boolean (e2ee_mls_group_has_pending (group)));
  request_set (request, "leaf", json_integer (e2ee_mls_group_own_leaf (group)));
  if (e2ee_mls_group_is_active (group))
    request_set (request, "epoch_authenticator",
        request_hex (e2ee_mls_group_epoch_authenticator (group)));
}

/* A member without a handle that anyone has heard of is no use to anyone. */
static void
finish_new (Request * request, uint64_t handle, const char *field)
{
  request_set (request, field, json_integer ((json_int_t) handle));
  if (!request_ok (request))
    member_free (handle);
}

void
verb_create_group (Request * request)
{
  unsigned suite = (unsigned) request_number (request, request->in, "cipher_suite", UINT16_MAX);
  e2ee_mls_leaf_params leaf = member_leaf_params (request, request->in);
  e2ee_mls_create_params params = {
    .group_id = request_maybe_bytes (request, request->in, "group_id"),
    .extensions = request_extensions (request, request->in, "extensions"),
    .leaf = &leaf,
  };
  uint64_t handle = 0;
  Member *member = member_new (request, &handle);

  if (member != NULL && member_set_identity (request, member, suite)) {
    request_start (request);
    if (request_stop (request, e2ee_mls_group_create (&member->host, member->identity, &params,
                &member->group))) {
      verbs_set_up_group (request, member);
      verbs_set_state (request, member);
      request_set (request, "group_id", request_hex (e2ee_mls_group_id (member->group)));
    }
  }
  finish_new (request, handle, "state_id");
}

void
verb_create_key_package (Request * request)
{
  unsigned suite = (unsigned) request_number (request, request->in, "cipher_suite", UINT16_MAX);
  e2ee_mls_leaf_params leaf = member_leaf_params (request, request->in);
  uint64_t handle = 0;
  Member *member = member_new (request, &handle);

  if (member != NULL && member_set_identity (request, member, suite)) {
    request_start (request);
    if (request_stop (request, e2ee_mls_joiner_new (&member->host, member->identity, &leaf,
                &member->joiner)))
      request_set (request, "key_package",
          request_hex (e2ee_mls_joiner_key_package (member->joiner)));
  }
  finish_new (request, handle, "transaction_id");
}

void
verb_join_group (Request * request)
{
  Member *member = member_get (request, "transaction_id");
  e2ee_bytes welcome = request_bytes (request, request->in, "welcome");
  e2ee_bytes ratchet_tree = request_maybe_bytes (request, request->in, "ratchet_tree");

  if (member != NULL && member->joiner == NULL)
    request_fail (request, REQUEST_ERROR_HANDLE, "transaction_id has no key package to join with");
  if (!request_ok (request))
    return;
  request_start (request);
  if (!request_stop (request, e2ee_mls_group_join (&member->host, member->joiner, welcome,
              ratchet_tree, &member->group)))
    return;
  e2ee_mls_joiner_free (member->joiner);
  member->joiner = NULL;
  verbs_set_up_group (request, member);
  verbs_set_state (request, member);
  request_set (request, "state_id", json_incref (json_object_get (request->in,
              "transaction_id")));
}

/* The field psks: [{"psk_id":hex,"psk_secret":hex}...], for the commit and for the member. */
static void
take_psks (Request * request, Member * member, e2ee_mls_external_params * params)
{
  json_t *list = request_maybe (request, request->in, "psks", JSON_ARRAY);
  size_t n = json_array_size (list);
  e2ee_bytes *ids;

  if (n > MAX_PSKS)
    request_fail (request, REQUEST_ERROR_FIELD, "psks has more than %d entries", MAX_PSKS);
  ids = request_array (request, n, sizeof *ids);
  if (ids == NULL)
    return;
  for (size_t i = 0; i < n && request_ok (request); i++) {
    json_t *item = json_array_get (list, i);

    ids[i] = request_bytes (request, item, "psk_id");
    member_add_psk (request, member, ids[i], request_bytes (request, item, "psk_secret"));
  }
  params->psk_ids = ids;
  params->n_psk_ids = n;
}

/* The suite that the GroupInfo names: the identity is made before the group. */
static unsigned
suite_of_group_info (Request * request, e2ee_bytes group_info)
{
  e2ee_mls_message message;
  e2ee_mls_result r = e2ee_mls_message_decode (group_info, &request->arena, &message);

  if (r == E2EE_MLS_OK && message.wire_format != E2EE_MLS_WIRE_GROUP_INFO)
    r = E2EE_MLS_ERR_WIRE_FORMAT;
  if (r != E2EE_MLS_OK) {
    request_fail (request, e2ee_mls_result_name (r), "%s", e2ee_mls_result_text (r));
    return 0;
  }
  return message.u.group_info.context.cipher_suite;
}

void
verb_external_join (Request * request)
{
  e2ee_bytes group_info = request_bytes (request, request->in, "group_info");
  e2ee_mls_leaf_params leaf = member_leaf_params (request, request->in);
  e2ee_mls_external_params params = {
    .ratchet_tree = request_maybe_bytes (request, request->in, "ratchet_tree"),
    .leaf = &leaf,
    .resync = request_maybe_flag (request, request->in, "remove_prior", 0),
    .resync_leaf = (uint32_t) request_maybe_number (request, request->in, "prior_leaf", UINT32_MAX,
        UINT32_MAX),
    .authenticated_data = request_maybe_bytes (request, request->in, "authenticated_data"),
  };
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER;
  unsigned suite = request_ok (request) ? suite_of_group_info (request, group_info) : 0;
  uint64_t handle = 0;
  Member *member = member_new (request, &handle);

  if (member != NULL)
    take_psks (request, member, &params);
  if (request_ok (request) && member_set_identity (request, member, suite)) {
    request_start (request);
    if (request_stop (request, e2ee_mls_group_join_external (&member->host, member->identity,
                group_info, &params, &member->group, &commit))) {
      verbs_set_up_group (request, member);
      request_set (request, "epoch",
          json_integer ((json_int_t) e2ee_mls_group_epoch (member->group)));
      request_set (request, "pending", json_true ());
      request_set_buffer (request, "commit", &commit);
    }
  }
  finish_new (request, handle, "state_id");
}
