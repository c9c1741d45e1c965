/* receive and its stricter sisters, and protect.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "verbs.h"

static json_t *
indices (const uint32_t * leaves, size_t n)
{
  json_t *list = json_array ();

  for (size_t i = 0; i < n; i++)
    json_array_append_new (list, json_integer (leaves[i]));
  return list;
}

static void
set_staged (Request * request, const e2ee_mls_staged * staged)
{
  e2ee_mls_staged_view view;

  e2ee_mls_staged_look (staged, &view);
  request_set (request, "external", json_boolean (view.is_external));
  request_set (request, "removes_us", json_boolean (view.removes_us));
  request_set (request, "added", indices (view.added, view.n_added));
  request_set (request, "removed", indices (view.removed, view.n_removed));
  request_set (request, "updated", indices (view.updated, view.n_updated));
  request_set (request, "changes_extensions", json_boolean (view.changes_extensions));
  request_set (request, "n_psks", json_integer ((json_int_t) view.n_psks));
}

static void
set_commit (Request * request, Member * member, e2ee_mls_event * event)
{
  set_staged (request, event->staged);
  if (request_maybe_flag (request, request->in, "discard", 0) || !request_ok (request))
    return;
  request_start (request);
  if (request_stop (request, e2ee_mls_group_merge (member->group, event)))
    verbs_set_state (request, member);
}

static const char *
type_name (e2ee_mls_event_type type)
{
  switch (type) {
    case E2EE_MLS_EVENT_APPLICATION:
      return "application";
    case E2EE_MLS_EVENT_PROPOSAL:
      return "proposal";
    case E2EE_MLS_EVENT_COMMIT:
      return "commit";
  }
  return "";
}

/* @expected 0 is any. */
static void
receive (Request * request, const char *field, e2ee_mls_event_type expected)
{
  Member *member = member_in_group (request);
  e2ee_bytes message = request_bytes (request, request->in, field);
  e2ee_mls_event event = { 0 };

  if (!request_ok (request))
    return;
  request_start (request);
  if (!request_stop (request, e2ee_mls_group_receive (member->group, message, &event)))
    return;
  request_set (request, "type", json_string (type_name (event.type)));
  request_set (request, "epoch", json_integer ((json_int_t) event.epoch));
  request_set (request, "sender", json_integer (event.sender));
  request_set_buffer (request, "authenticated_data", &event.authenticated_data);
  if (expected != 0 && event.type != expected)
    request_fail (request, REQUEST_ERROR_TYPE, "this is a message of type %s",
        type_name (event.type));
  else if (event.type == E2EE_MLS_EVENT_APPLICATION)
    request_set_buffer (request, "plaintext", &event.application_data);
  else if (event.type == E2EE_MLS_EVENT_COMMIT)
    set_commit (request, member, &event);
  e2ee_mls_event_clear (&event);
}

void
verb_receive (Request * request)
{
  receive (request, "message", 0);
}

void
verb_handle_proposal (Request * request)
{
  receive (request, "message", E2EE_MLS_EVENT_PROPOSAL);
}

void
verb_handle_commit (Request * request)
{
  receive (request, "commit", E2EE_MLS_EVENT_COMMIT);
}

void
verb_unprotect (Request * request)
{
  receive (request, "ciphertext", E2EE_MLS_EVENT_APPLICATION);
}

void
verb_protect (Request * request)
{
  Member *member = member_in_group (request);
  e2ee_bytes plaintext = request_bytes (request, request->in, "plaintext");
  e2ee_bytes authenticated_data =
      request_maybe_bytes (request, request->in, "authenticated_data");
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;

  if (!request_ok (request))
    return;
  request_start (request);
  if (request_stop (request, e2ee_mls_group_protect (member->group, plaintext,
              authenticated_data, &message)))
    request_set_buffer (request, "ciphertext", &message);
}
