/* Looking at a group, its exported secrets, and keeping it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "verbs.h"

#include "core/crypto/secret.h"

#define MAX_EXPORT (255u * 32)

void
verb_name (Request * request)
{
  request_set (request, "name", json_string ("gst-e2ee"));
  request_set (request, "version", json_string (VERSION));
}

void
verb_supported_ciphersuites (Request * request)
{
  json_t *list = json_array ();
  const e2ee_mls_suite *suite;

  for (size_t i = 0; (suite = e2ee_mls_suite_nth (i)) != NULL; i++)
    json_array_append_new (list, json_integer (suite->id));
  request_set (request, "ciphersuites", list);
}

void
verb_configure (Request * request)
{
  MemberSettings settings = {
    .max_past_epochs = (unsigned) request_maybe_number (request, request->in, "max_past_epochs",
        UINT16_MAX, member_settings.max_past_epochs),
    .max_past_ms = request_maybe_number (request, request->in, "max_past_ms", INT64_MAX,
        member_settings.max_past_ms),
    .clock_offset = member_settings.clock_offset,
  };
  json_t *offset = request_maybe (request, request->in, "clock_offset", JSON_INTEGER);

  if (offset != NULL)
    settings.clock_offset = json_integer_value (offset);
  if (request_ok (request))
    member_settings = settings;
}

void
verb_group_info (Request * request)
{
  Member *member = member_in_group (request);
  int external_tree = request_maybe_flag (request, request->in, "external_tree", 0);
  e2ee_mls_buffer info = E2EE_MLS_NO_BUFFER;

  if (!request_ok (request))
    return;
  request_start (request);
  if (!request_stop (request, e2ee_mls_group_info_make (member->group, !external_tree, &info)))
    return;
  request_set_buffer (request, "group_info", &info);
  if (external_tree)
    verb_ratchet_tree (request);
}

void
verb_ratchet_tree (Request * request)
{
  Member *member = member_in_group (request);
  e2ee_mls_buffer tree = E2EE_MLS_NO_BUFFER;

  if (member == NULL)
    return;
  request_start (request);
  if (request_stop (request, e2ee_mls_group_ratchet_tree (member->group, &tree)))
    request_set_buffer (request, "ratchet_tree", &tree);
}

void
verb_state_auth (Request * request)
{
  Member *member = member_in_group (request);

  if (member != NULL)
    request_set (request, "state_auth_secret",
        request_hex (e2ee_mls_group_epoch_authenticator (member->group)));
}

void
verb_export (Request * request)
{
  Member *member = member_in_group (request);
  const char *label = request_text (request, request->in, "label");
  e2ee_bytes context = request_maybe_bytes (request, request->in, "context");
  size_t size = (size_t) request_number (request, request->in, "key_length", MAX_EXPORT);
  uint8_t *secret = request_array (request, size + 1, 1);

  if (!request_ok (request))
    return;
  request_start (request);
  if (request_stop (request, e2ee_mls_group_export (member->group, label, context, secret, size)))
    request_set (request, "exported_secret", request_hex (E2EE_BYTES (secret, size)));
}

static json_t *
describe_extensions (const e2ee_mls_extensions * extensions)
{
  e2ee_mls_extensions left = *extensions;
  e2ee_mls_extension extension;
  json_t *list = json_array ();

  while (e2ee_mls_extensions_next (&left, &extension))
    json_array_append_new (list, json_pack ("{s:i, s:o}", "type", (int) extension.type, "data",
            request_hex (extension.data)));
  return list;
}

void
verb_roster (Request * request)
{
  Member *member = member_in_group (request);
  e2ee_mls_member one;
  json_t *list;

  if (member == NULL)
    return;
  list = json_array ();
  for (uint32_t from = 0; e2ee_mls_group_next_member (member->group, from, &one);
      from = one.leaf + 1)
    json_array_append_new (list, json_pack ("{s:i, s:o, s:o, s:o}", "leaf", (int) one.leaf,
            "identity", request_hex (one.node->credential.body),
            "signature_key", request_hex (one.node->signature_key),
            "encryption_key", request_hex (one.node->encryption_key)));
  request_set (request, "members", list);
  request_set (request, "extensions",
      describe_extensions (e2ee_mls_group_extensions (member->group)));
  request_set (request, "cipher_suite",
      json_integer (e2ee_mls_group_suite (member->group)));
  request_set (request, "group_id", request_hex (e2ee_mls_group_id (member->group)));
  request_set (request, "n_proposals",
      json_integer ((json_int_t) e2ee_mls_group_n_proposals (member->group)));
  verbs_set_state (request, member);
}

void
verb_store_psk (Request * request)
{
  const int joined = json_object_get (request->in, "state_id") != NULL;
  Member *member = member_get (request, joined ? "state_id" : "transaction_id");
  e2ee_bytes id = request_bytes (request, request->in, "psk_id");
  e2ee_bytes secret = request_bytes (request, request->in, "psk_secret");

  if (request_ok (request))
    member_add_psk (request, member, id, secret);
}

void
verb_store (Request * request)
{
  const int joined = json_object_get (request->in, "state_id") != NULL;
  Member *member = member_get (request, joined ? "state_id" : "transaction_id");
  e2ee_bytes key = request_bytes (request, request->in, "key");
  e2ee_mls_buffer stored = E2EE_MLS_NO_BUFFER;

  if (member != NULL && (joined ? (void *) member->group : (void *) member->joiner) == NULL)
    request_fail (request, REQUEST_ERROR_HANDLE, "there is nothing to store behind this handle");
  if (!request_ok (request))
    return;
  request_start (request);
  if (request_stop (request, joined ? e2ee_mls_group_store (member->group, key, &stored)
          : e2ee_mls_joiner_store (member->joiner, key, &stored)))
    request_set_buffer (request, "stored", &stored);
}

void
verb_restore (Request * request)
{
  e2ee_bytes key = request_bytes (request, request->in, "key");
  e2ee_bytes stored = request_bytes (request, request->in, "stored");
  int is_joiner = request_maybe_flag (request, request->in, "joiner", 0);
  uint64_t handle = 0;
  Member *member = member_new (request, &handle);

  if (member == NULL)
    return;
  request_start (request);
  if (request_stop (request, is_joiner
          ? e2ee_mls_joiner_restore (&member->host, key, stored, &member->joiner)
          : e2ee_mls_group_restore (&member->host, key, stored, &member->group))
      && !is_joiner)
    verbs_set_state (request, member);
  request_set (request, is_joiner ? "transaction_id" : "state_id",
      json_integer ((json_int_t) handle));
  if (!request_ok (request))
    member_free (handle);
}

void
verb_free (Request * request)
{
  const int joined = json_object_get (request->in, "state_id") != NULL;
  const char *field = joined ? "state_id" : "transaction_id";

  if (member_get (request, field) != NULL)
    member_free ((uint64_t) json_integer_value (json_object_get (request->in, field)));
}

void
verb_memory (Request * request)
{
  request_set (request, "blocks", json_integer ((json_int_t) member_memory.blocks));
  request_set (request, "bytes", json_integer ((json_int_t) member_memory.bytes));
}
