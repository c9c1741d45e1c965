/* propose, commit, and what becomes of a commit of our own.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "verbs.h"

#include <string.h>

#define MAX_CHANGES 4096

static const struct
{
  const char *name;
  e2ee_mls_proposal_type type;
} change_types[] = {
  {"add", E2EE_MLS_PROPOSAL_ADD},
  {"update", E2EE_MLS_PROPOSAL_UPDATE},
  {"remove", E2EE_MLS_PROPOSAL_REMOVE},
  {"psk", E2EE_MLS_PROPOSAL_PSK},
  {"group_context_extensions", E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS},
};

/* The fields of one change; those of its type must be there. */
static void
read_change (Request * request, json_t * object, e2ee_mls_change * change)
{
  const char *type = request_text (request, object, "type");
  e2ee_mls_leaf_params *leaf;

  for (size_t i = 0; i < sizeof change_types / sizeof *change_types; i++) {
    if (strcmp (change_types[i].name, type) == 0)
      change->type = change_types[i].type;
  }
  switch ((int) change->type) {
    case E2EE_MLS_PROPOSAL_ADD:
      change->key_package = request_bytes (request, object, "key_package");
      break;
    case E2EE_MLS_PROPOSAL_UPDATE:
      if (json_object_size (object) > 1) {
        leaf = request_array (request, 1, sizeof *leaf);
        if (leaf != NULL)
          *leaf = member_leaf_params (request, object);
        change->leaf_params = leaf;
      }
      break;
    case E2EE_MLS_PROPOSAL_REMOVE:
      change->leaf = (uint32_t) request_number (request, object, "leaf", UINT32_MAX);
      break;
    case E2EE_MLS_PROPOSAL_PSK:
      change->psk_id = request_bytes (request, object, "psk_id");
      break;
    case E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
      change->extensions = request_extensions (request, object, "extensions");
      break;
    default:
      request_fail (request, REQUEST_ERROR_FIELD, "type names no proposal");
  }
}

void
verb_propose (Request * request)
{
  Member *member = member_in_group (request);
  json_t *object = request_get (request, request->in, "proposal", JSON_OBJECT);
  e2ee_bytes authenticated_data =
      request_maybe_bytes (request, request->in, "authenticated_data");
  e2ee_mls_change change = { 0 };
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;

  if (request_ok (request))
    read_change (request, object, &change);
  if (!request_ok (request))
    return;
  request_start (request);
  if (request_stop (request, e2ee_mls_group_propose (member->group, &change, authenticated_data,
              &message))) {
    request_set_buffer (request, "message", &message);
    request_set (request, "n_proposals",
        json_integer ((json_int_t) e2ee_mls_group_n_proposals (member->group)));
  }
}

void
verb_clear_proposals (Request * request)
{
  Member *member = member_in_group (request);

  if (member != NULL)
    e2ee_mls_group_clear_proposals (member->group);
}

static void
read_commit (Request * request, e2ee_mls_commit_params * params)
{
  json_t *by_value = request_maybe (request, request->in, "by_value", JSON_ARRAY);
  size_t n = json_array_size (by_value);
  e2ee_mls_change *changes;

  if (n > MAX_CHANGES)
    request_fail (request, REQUEST_ERROR_FIELD, "by_value has more than %d entries", MAX_CHANGES);
  changes = request_array (request, n, sizeof *changes);
  for (size_t i = 0; changes != NULL && i < n && request_ok (request); i++)
    read_change (request, json_array_get (by_value, i), &changes[i]);
  params->changes = changes;
  params->n_changes = changes != NULL ? n : 0;
  params->without_proposals = !request_maybe_flag (request, request->in, "by_reference", 1);
  params->force_path = request_maybe_flag (request, request->in, "force_path", 0);
  params->tree_in_welcome = !request_maybe_flag (request, request->in, "external_tree", 0);
  params->authenticated_data = request_maybe_bytes (request, request->in, "authenticated_data");
}

void
verb_commit (Request * request)
{
  Member *member = member_in_group (request);
  e2ee_mls_commit_params params = { 0 };
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER, welcome = E2EE_MLS_NO_BUFFER;
  e2ee_mls_buffer group_info = E2EE_MLS_NO_BUFFER;
  int with_info = request_maybe_flag (request, request->in, "group_info", 0);

  read_commit (request, &params);
  if (!request_ok (request))
    return;
  request_start (request);
  if (!request_stop (request, e2ee_mls_group_commit (member->group, &params, &commit, &welcome,
              with_info ? &group_info : NULL)))
    return;
  request_set_buffer (request, "commit", &commit);
  if (welcome.size > 0)
    request_set_buffer (request, "welcome", &welcome);
  if (with_info)
    request_set_buffer (request, "group_info", &group_info);
}

void
verb_handle_pending_commit (Request * request)
{
  Member *member = member_in_group (request);

  if (member == NULL)
    return;
  request_start (request);
  if (request_stop (request, e2ee_mls_group_merge_pending (member->group)))
    verbs_set_state (request, member);
}

void
verb_discard_pending_commit (Request * request)
{
  Member *member = member_in_group (request);

  if (member != NULL) {
    e2ee_mls_group_discard_pending (member->group);
    verbs_set_state (request, member);
  }
}
