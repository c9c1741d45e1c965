/* Messages that come in, RFC 9420 sections 6 and 12.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/mls/group-private.h"

void
e2ee_mls_event_clear (e2ee_mls_event * event)
{
  e2ee_mls_buffer_clear (&event->authenticated_data);
  e2ee_mls_buffer_clear (&event->application_data);
  e2ee_mls_staged_free (event->staged);
  memset (event, 0, sizeof (*event));
}

/* What a member alone can say of a proposal; the rest is judged with the commit that names it, for
 * it may depend on the others there. */
static e2ee_mls_result
receive_proposal (e2ee_mls_group * group, const e2ee_mls_authenticated_content * auth)
{
  const e2ee_mls_proposal *proposal = &auth->content.u.proposal;

  switch (proposal->type) {
    case E2EE_MLS_PROPOSAL_ADD:
    case E2EE_MLS_PROPOSAL_UPDATE:
    case E2EE_MLS_PROPOSAL_PSK:
    case E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
      break;
    case E2EE_MLS_PROPOSAL_REMOVE:
      if (e2ee_mls_tree_leaf (group->epoch->tree, proposal->u.remove) == NULL)
        return E2EE_MLS_ERR_PROPOSAL_UNKNOWN_LEAF;
      break;
    case E2EE_MLS_PROPOSAL_EXTERNAL_INIT:
      return E2EE_MLS_ERR_PROPOSAL_EXTERNAL_INIT;
    default:
      return E2EE_MLS_ERR_UNSUPPORTED_PROPOSAL;
  }
  return e2ee_mls_group_remember (group, auth, NULL);
}

/* Content whose frame and signature are good. */
static e2ee_mls_result
dispatch (e2ee_mls_group * group, const e2ee_mls_authenticated_content * auth,
    e2ee_mls_event * event)
{
  const e2ee_mls_framed_content *content = &auth->content;
  e2ee_mls_result r;

  event->epoch = content->epoch;
  event->sender = content->sender.index;
  r = e2ee_mls_buffer_dup (content->authenticated_data, &event->authenticated_data);
  if (r != E2EE_MLS_OK)
    return r;
  switch (content->content_type) {
    case E2EE_MLS_CONTENT_APPLICATION:
      event->type = E2EE_MLS_EVENT_APPLICATION;
      return e2ee_mls_buffer_dup (content->u.application_data, &event->application_data);
    case E2EE_MLS_CONTENT_PROPOSAL:
      event->type = E2EE_MLS_EVENT_PROPOSAL;
      return receive_proposal (group, auth);
    default:
      event->type = E2EE_MLS_EVENT_COMMIT;
      r = e2ee_mls_group_stage (group, auth, &event->staged);
      if (r == E2EE_MLS_OK) {
        event->sender = event->staged->committer;
        event->sender_is_new = event->staged->is_external;
      }
      return r;
  }
}

/* Who may send this in clear, and the key that signs it; NULL for an external committer, whose key
 * is in his path. */
static e2ee_mls_result
check_public_sender (const e2ee_mls_group * group, const e2ee_mls_framed_content * content,
    const e2ee_mls_leaf_node ** signer)
{
  *signer = NULL;
  switch (content->sender.type) {
    case E2EE_MLS_SENDER_MEMBER:
      *signer = e2ee_mls_tree_leaf (group->epoch->tree, content->sender.index);
      if (*signer == NULL)
        return E2EE_MLS_ERR_SENDER_UNKNOWN;
      return E2EE_MLS_OK;
    case E2EE_MLS_SENDER_NEW_MEMBER_COMMIT:
      return content->content_type == E2EE_MLS_CONTENT_COMMIT
          ? E2EE_MLS_OK : E2EE_MLS_ERR_PROPOSAL_SENDER;
    default:
      return E2EE_MLS_ERR_UNSUPPORTED_SENDER;
  }
}

static e2ee_mls_result
receive_public (e2ee_mls_group * group, const e2ee_mls_public_message * message,
    e2ee_mls_event * event)
{
  const e2ee_mls_framed_content *content = &message->auth.content;
  const e2ee_mls_epoch *epoch = group->epoch;
  const e2ee_bytes context = e2ee_mls_buffer_view (epoch->encoded_context);
  const e2ee_mls_leaf_node *signer;
  e2ee_mls_result r;

  if (!e2ee_mls_same (content->group_id, epoch->context.group_id))
    return E2EE_MLS_ERR_WRONG_GROUP;
  if (content->epoch != epoch->context.epoch)
    return E2EE_MLS_ERR_WRONG_EPOCH;
  r = check_public_sender (group, content, &signer);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_public_verify (group->suite, message, &epoch->secrets->membership_key, context);
  if (r == E2EE_MLS_OK && signer != NULL)
    r = e2ee_mls_content_verify (group->suite, &message->auth, context, signer->signature_key);
  if (r == E2EE_MLS_OK && signer != NULL && content->sender.index == group->own_leaf)
    r = E2EE_MLS_ERR_SENDER_SELF;
  if (r == E2EE_MLS_OK)
    r = dispatch (group, &message->auth, event);
  return r;
}

/* Handshake messages belong to the current epoch; application messages may be late. */
static e2ee_mls_epoch *
find_epoch (e2ee_mls_group * group, const e2ee_mls_private_message * message)
{
  if (message->epoch == group->epoch->context.epoch)
    return group->epoch;
  if (message->content_type != E2EE_MLS_CONTENT_APPLICATION)
    return NULL;
  return e2ee_mls_group_past (group, message->epoch);
}

static e2ee_mls_result
receive_private (e2ee_mls_group * group, const e2ee_mls_private_message * message,
    e2ee_mls_arena * arena, e2ee_mls_event * event)
{
  e2ee_mls_authenticated_content auth;
  e2ee_mls_buffer plaintext = E2EE_MLS_NO_BUFFER;
  e2ee_mls_epoch *epoch;
  e2ee_mls_sender_data sender;
  const e2ee_mls_leaf_node *signer;
  e2ee_mls_result r;

  if (!e2ee_mls_same (message->group_id, group->epoch->context.group_id))
    return E2EE_MLS_ERR_WRONG_GROUP;
  epoch = find_epoch (group, message);
  if (epoch == NULL)
    return E2EE_MLS_ERR_WRONG_EPOCH;
  r = e2ee_mls_private_sender (group->suite, message, &epoch->secrets->sender_data_secret,
      &sender);
  if (r != E2EE_MLS_OK)
    return r;
  signer = e2ee_mls_tree_leaf (epoch->tree, sender.leaf);
  if (signer == NULL)
    return E2EE_MLS_ERR_SENDER_UNKNOWN;
  /* The key of our own message went when it was sent. */
  if (sender.leaf == group->own_leaf)
    return E2EE_MLS_ERR_SENDER_SELF;
  r = e2ee_mls_private_open (group->suite, message, &sender, epoch->ratchets, arena, &plaintext,
      &auth);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_content_verify (group->suite, &auth,
        e2ee_mls_buffer_view (epoch->encoded_context), signer->signature_key);
  if (r == E2EE_MLS_OK)
    r = dispatch (group, &auth, event);
  e2ee_mls_buffer_clear (&plaintext);
  return r;
}

e2ee_mls_result
e2ee_mls_group_receive (e2ee_mls_group * group, e2ee_bytes in, e2ee_mls_event * event)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_message message;
  e2ee_mls_result r;

  memset (event, 0, sizeof (*event));
  e2ee_mls_group_expire (group);
  r = e2ee_mls_group_ready (group);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_message_decode (in, &arena, &message);
  if (r == E2EE_MLS_OK) {
    switch (message.wire_format) {
      case E2EE_MLS_WIRE_PUBLIC_MESSAGE:
        r = receive_public (group, &message.u.public_message, event);
        break;
      case E2EE_MLS_WIRE_PRIVATE_MESSAGE:
        r = receive_private (group, &message.u.private_message, &arena, event);
        break;
      default:
        r = E2EE_MLS_ERR_WIRE_FORMAT;
    }
  }
  if (r != E2EE_MLS_OK)
    e2ee_mls_event_clear (event);
  e2ee_mls_arena_clear (&arena);
  return r;
}
