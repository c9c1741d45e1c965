/* MLS messages: of this version of the meeting, of another, or too early.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/application.h"
#include "core/meeting/moves/commits.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/moves/messages.h"
#include "core/meeting/state/state.h"

/* ---- what can be seen of an MLS message before it is opened ---- */

typedef struct
{
  e2ee_bytes group_id;
  uint64_t epoch;
  uint8_t content_type;
  int is_private;
  int is_from_member;
  uint32_t sender;              /* public */
  uint16_t proposal_type;
  uint32_t proposal_leaf;       /* of a Remove */
  int has_version;
  e2ee_version version;
} glance;

static e2ee_meeting_result
glance_at (e2ee_bytes in, e2ee_mls_arena * arena, glance * g)
{
  e2ee_mls_message message;

  memset (g, 0, sizeof (*g));
  if (e2ee_mls_message_decode (in, arena, &message) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_MESSAGE_FORMAT;
  if (message.wire_format == E2EE_MLS_WIRE_PRIVATE_MESSAGE) {
    const e2ee_mls_private_message *private_message = &message.u.private_message;

    g->is_private = 1;
    g->is_from_member = 1;
    g->group_id = private_message->group_id;
    g->epoch = private_message->epoch;
    g->content_type = private_message->content_type;
    g->has_version = e2ee_version_read (private_message->authenticated_data, &g->version);
    return E2EE_MEETING_OK;
  }
  if (message.wire_format == E2EE_MLS_WIRE_PUBLIC_MESSAGE) {
    const e2ee_mls_framed_content *content = &message.u.public_message.auth.content;

    g->group_id = content->group_id;
    g->epoch = content->epoch;
    g->content_type = content->content_type;
    g->is_from_member = content->sender.type == E2EE_MLS_SENDER_MEMBER;
    g->sender = content->sender.index;
    if (content->content_type == E2EE_MLS_CONTENT_PROPOSAL) {
      g->proposal_type = content->u.proposal.type;
      if (g->proposal_type == E2EE_MLS_PROPOSAL_REMOVE)
        g->proposal_leaf = content->u.proposal.u.remove;
    }
    return E2EE_MEETING_OK;
  }
  return E2EE_MEETING_ERR_MESSAGE_FORMAT;
}

/* 1 when it is not of the version that we are in, and has been seen to. */
static int
is_of_another_version (e2ee_meeting * m, const glance * g, e2ee_bytes message)
{
  const uint64_t epoch = e2ee_mls_group_epoch (m->group);
  const e2ee_bytes id = e2ee_mls_group_id (m->group);
  e2ee_version version = m->version;
  const int is_this_group = g->group_id.size == id.size && e2ee_equal (g->group_id, id);

  if (is_this_group && g->epoch < epoch)
    return 0;
  if (is_this_group && g->epoch == epoch) {
    if (!g->has_version || memcmp (g->version.branch, m->version.branch, E2EE_BRANCH_SIZE) == 0)
      return 0;
    e2ee_meeting_saw_other_version (m, &g->version);
    return 1;
  }
  /* It may open soon: after a commit that is late, or a Welcome. */
  e2ee_kept_add (&m->kept, message);
  if (g->has_version) {
    e2ee_meeting_saw_other_version (m, &g->version);
  } else if (is_this_group) {
    version.epoch = g->epoch;
    e2ee_meeting_saw_other_version (m, &version);
  }
  return 1;
}

/* Meetings use: commits and proposals of members in the open, no other proposal than to leave. */
static e2ee_meeting_result
check_form (const glance * g)
{
  if (g->content_type == E2EE_MLS_CONTENT_APPLICATION)
    return g->is_private ? E2EE_MEETING_OK : E2EE_MEETING_ERR_MESSAGE_FORMAT;
  if (!g->is_from_member)
    return E2EE_MEETING_ERR_COMMIT_EXTERNAL;
  if (g->is_private)
    return E2EE_MEETING_ERR_COMMIT_PROPOSAL;
  if (g->content_type == E2EE_MLS_CONTENT_PROPOSAL
      && (g->proposal_type != E2EE_MLS_PROPOSAL_REMOVE || g->proposal_leaf != g->sender))
    return E2EE_MEETING_ERR_COMMIT_PROPOSAL;
  return E2EE_MEETING_OK;
}

/* ---- what it is ---- */

static void
take_good_bye (e2ee_meeting * m, uint32_t leaf)
{
  e2ee_entry *entry = e2ee_meeting_entry (m, leaf);

  if (entry == NULL || entry->wants_to_leave)
    return;
  entry->wants_to_leave = 1;
  e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_CHANGED, entry, E2EE_MEETING_OK);
}

static e2ee_meeting_result
take_opened (e2ee_meeting * m, e2ee_mls_event * event)
{
  switch (event->type) {
    case E2EE_MLS_EVENT_APPLICATION:
      return e2ee_meeting_take_application (m, event->sender, event->epoch,
          e2ee_mls_buffer_view (event->application_data));
    case E2EE_MLS_EVENT_PROPOSAL:
      take_good_bye (m, event->sender);
      return E2EE_MEETING_OK;
    default:
      return e2ee_meeting_take_commit (m, event);
  }
}

e2ee_meeting_result
e2ee_meeting_take_mls (e2ee_meeting * m, e2ee_bytes message)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_event event;
  e2ee_mls_result mls;
  e2ee_meeting_result r;
  glance g;

  if (e2ee_meeting_take_own_commit (m, message))
    return E2EE_MEETING_OK;
  r = glance_at (message, &arena, &g);
  if (r == E2EE_MEETING_OK && (m->group == NULL || m->founder_unconfirmed)) {
    e2ee_meeting_group_is_there (m);
    e2ee_kept_add (&m->kept, message);
  } else if (r == E2EE_MEETING_OK && !is_of_another_version (m, &g, message)) {
    r = check_form (&g);
    /* Late, or shown again; only an application message may be late. */
    if (g.epoch < e2ee_mls_group_epoch (m->group)
        && g.content_type != E2EE_MLS_CONTENT_APPLICATION) {
      r = E2EE_MEETING_OK;
    } else if (r == E2EE_MEETING_OK) {
      m->credential_result = E2EE_MEETING_OK;
      mls = e2ee_mls_group_receive (m->group, message, &event);
      if (mls == E2EE_MLS_OK)
        r = take_opened (m, &event);
      else if (mls != E2EE_MLS_ERR_SENDER_SELF && mls != E2EE_MLS_ERR_REPLAYED
          && !(mls == E2EE_MLS_ERR_WRONG_EPOCH && g.epoch < e2ee_mls_group_epoch (m->group)))
        r = e2ee_meeting_result_of (m, mls);
      if (mls == E2EE_MLS_OK)
        e2ee_mls_event_clear (&event);
    }
  }
  e2ee_mls_arena_clear (&arena);
  return r;
}

/* ---- those that came too early ---- */

/* Each is taken or kept anew; one round for each epoch that the kept ones open. */
void
e2ee_meeting_play_kept (e2ee_meeting * m)
{
  e2ee_kept playing;
  uint64_t epoch;

  m->is_playing = 1;
  do {
    epoch = m->group != NULL ? e2ee_mls_group_epoch (m->group) : 0;
    e2ee_kept_take (&m->kept, &playing);
    for (size_t i = 0; i < playing.n; i++)
      (void) !e2ee_meeting_take_mls (m, e2ee_mls_buffer_view (playing.messages[i]));
    e2ee_kept_clear (&playing);
  } while (m->kept.n > 0 && m->group != NULL && e2ee_mls_group_epoch (m->group) != epoch);
  m->is_playing = 0;
  m->kept_due = 0;
}
