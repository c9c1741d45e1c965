/* Whole messages from the delivery service, by kind.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/meeting-private.h"

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
  e2ee_meeting_keep (m, message);
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

/* ---- commits ---- */

/* Of our own device. */
static e2ee_join_owner
added_join (const e2ee_meeting * m, const e2ee_mls_event * event,
    const e2ee_mls_staged_view * view)
{
  e2ee_identity_check check = {
    .authorities = &m->authorities,
    .meeting_id = m->ticket.meeting_id,
    .now = e2ee_meeting_unix_time (m),
  };
  for (size_t i = 0; i < view->n_added; i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_staged_leaf (event->staged, view->added[i]);
    e2ee_account account;

    check.leaf_key = leaf->signature_key;
    if (e2ee_identity_verify (leaf->credential.body, &check, &account) == E2EE_MEETING_OK
        && e2ee_thumbprint_equal (&account.thumbprint, &m->account.thumbprint))
      return e2ee_meeting_whose_join (m, leaf->signature_key);
  }
  return E2EE_JOIN_NONE;
}

/* The Welcome is on its way; should it get lost we ask again. */
static void
wait_for_welcome (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_forget_other (m);
  if (m->phase == E2EE_PHASE_MEMBER) {
    m->phase = E2EE_PHASE_REJOINING;
    e2ee_meeting_post (m, E2EE_EVENT_PHASE)->result = E2EE_MEETING_ERR_FORK;
  }
  e2ee_meeting_set_timer (m, E2EE_TIMER_ALIVE, E2EE_NEVER);
  e2ee_meeting_set_timer (m, E2EE_TIMER_COMMIT, E2EE_NEVER);
  e2ee_meeting_set_timer (m, E2EE_TIMER_JOIN, now + m->timing.join_retry_ms);
  e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND, now + m->timing.silence_ms);
}

/* Two programs on one device put each other out; after a few times one of them stays out. */
static int
may_come_again (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  if (m->n_replaced == 0 || now - m->replaced_ms >= E2EE_MAX_BACKOFF_MS) {
    m->n_replaced = 0;
    m->replaced_ms = now;
  }
  return ++m->n_replaced <= 3;
}

static int
is_because_gone (const e2ee_mls_event * event)
{
  return event->authenticated_data.size == 1 && event->authenticated_data.data[0] == 1;
}

/* We are taken out: as we come again, because we were not heard, or for good. */
static void
be_removed (e2ee_meeting * m, const e2ee_mls_event * event, const e2ee_mls_staged_view * view,
    const e2ee_statement * next)
{
  const e2ee_join_owner added = added_join (m, event, view);

  if (m->account.tier == E2EE_TIER_GUEST && next->on) {
    e2ee_meeting_go_out (m, E2EE_MEETING_ERR_GUEST);
    return;
  }
  if (!is_because_gone (event) && added == E2EE_JOIN_NONE) {
    e2ee_meeting_go_out (m, E2EE_MEETING_ERR_REMOVED);
    return;
  }
  e2ee_mls_group_free (m->group);
  m->group = NULL;
  if (added == E2EE_JOIN_OURS)
    wait_for_welcome (m);
  else if (added == E2EE_JOIN_OLD)
    e2ee_meeting_rejoin_patiently (m);
  else if (added == E2EE_JOIN_NONE || may_come_again (m))
    e2ee_meeting_rejoin (m, E2EE_MEETING_ERR_SILENT);
  else
    e2ee_meeting_go_out (m, E2EE_MEETING_ERR_REMOVED);
}

static e2ee_meeting_result
take_commit (e2ee_meeting * m, e2ee_mls_event * event)
{
  const e2ee_policy policy = e2ee_meeting_policy (m);
  const e2ee_policy_members members = e2ee_meeting_policy_members (m);
  const e2ee_entry *by = e2ee_meeting_entry (m, event->sender);
  e2ee_mls_staged_view view;
  e2ee_statement next;
  e2ee_mls_buffer copy = E2EE_MLS_NO_BUFFER;
  e2ee_bytes text = E2EE_NO_BYTES;
  const uint32_t committer = event->sender;
  e2ee_meeting_result r;

  r = e2ee_policy_commit (&policy, &members, m->group, event->staged, &m->shown.statement, &next,
      &text);
  if (r != E2EE_MEETING_OK) {
    e2ee_meeting_refused (m, r, by != NULL ? &by->account : NULL);
    return r;
  }
  e2ee_mls_staged_look (event->staged, &view);
  if (view.removes_us) {
    if (view.changes_extensions && e2ee_meeting_remember (m, text) == E2EE_MEETING_ERR_NO_MEMORY)
      return E2EE_MEETING_ERR_NO_MEMORY;
    be_removed (m, event, &view, &next);
    return E2EE_MEETING_OK;
  }
  if (view.n_added == 0)
    m->rekeyed_ms = e2ee_meeting_now (m);
  if (e2ee_mls_buffer_dup (text, &copy) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_meeting_heard (m, e2ee_meeting_entry (m, committer));
  if (!is_because_gone (event))
    e2ee_meeting_drop_removed (m, &view);
  r = e2ee_meeting_result_of (m, e2ee_mls_group_merge (m->group, event));
  if (r == E2EE_MEETING_OK) {
    e2ee_meeting_drop_own_commit (m);
    e2ee_meeting_enter_epoch (m, &next, e2ee_mls_buffer_view (copy), committer, 0);
    e2ee_meeting_play_kept (m);
  }
  e2ee_mls_buffer_clear (&copy);
  return r;
}

static void
take_good_bye (e2ee_meeting * m, uint32_t leaf)
{
  e2ee_entry *entry = e2ee_meeting_entry (m, leaf);

  if (entry == NULL || entry->wants_to_leave)
    return;
  entry->wants_to_leave = 1;
  e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_CHANGED, entry, E2EE_MEETING_OK);
}

/* ---- mls ---- */

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
      return take_commit (m, event);
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
    e2ee_meeting_keep (m, message);
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

/* ---- everything ---- */

/* What a host has decided, told to one who was not let in. */
static e2ee_meeting_result
take_state (e2ee_meeting * m, e2ee_bytes statement)
{
  e2ee_meeting_result r = E2EE_MEETING_OK;

  if (statement.size > 0)
    r = e2ee_meeting_remember (m, statement);
  if (r == E2EE_MEETING_ERR_STATEMENT_OLD)
    r = E2EE_MEETING_OK;
  if (r == E2EE_MEETING_OK && m->account.tier == E2EE_TIER_GUEST && m->newest.statement.on
      && m->phase == E2EE_PHASE_JOINING)
    e2ee_meeting_go_out (m, E2EE_MEETING_ERR_GUEST);
  return r;
}

static e2ee_meeting_result
take (e2ee_meeting * m, const e2ee_content * content)
{
  switch (content->kind) {
    case E2EE_CONTENT_JOIN:
      /* Whether he is let in or not: he need not found a meeting of his own. */
      if (e2ee_meeting_is_member (m) && e2ee_meeting_turn (m) < 3)
        e2ee_meeting_answer (m);
      return e2ee_meeting_take_join (m, content);
    case E2EE_CONTENT_FOUND:
      return e2ee_meeting_take_found (m, content->body);
    case E2EE_CONTENT_MLS:
      return e2ee_meeting_take_mls (m, content->body);
    case E2EE_CONTENT_WELCOME:
      return e2ee_meeting_take_welcome (m, content->body);
    case E2EE_CONTENT_STATE:
      return take_state (m, content->body);
    default:
      return E2EE_MEETING_OK;
  }
}

/* Nonces are random, so one that comes again is a message that comes again. */
static int
was_seen (e2ee_meeting * m, e2ee_bytes message)
{
  const uint64_t nonce = e2ee_get_be (message.data + 1, 8);

  for (size_t i = 0; i < E2EE_N_NONCES; i++) {
    if (m->nonces[i] == nonce)
      return 1;
  }
  m->nonces[m->next_nonce] = nonce;
  m->next_nonce = (m->next_nonce + 1) % E2EE_N_NONCES;
  return 0;
}

e2ee_meeting_result
e2ee_meeting_receive (e2ee_meeting * m, e2ee_bytes message)
{
  e2ee_mls_buffer opened = E2EE_MLS_NO_BUFFER;
  e2ee_content content;
  e2ee_meeting_result r;

  if (m->phase == E2EE_PHASE_IDLE && !m->is_leaving)
    return E2EE_MEETING_ERR_NOT_JOINED;
  r = e2ee_envelope_open (E2EE_BYTES (m->keys.data, E2EE_ENVELOPE_KEY_SIZE),
      m->ticket.meeting_id, message, &opened);
  if (r == E2EE_MEETING_OK && was_seen (m, message))
    goto out;
  if (r == E2EE_MEETING_OK)
    r = e2ee_content_read (e2ee_mls_buffer_view (opened), &content);
  if (r == E2EE_MEETING_OK) {
    if (m->is_leaving) {
      if (content.kind == E2EE_CONTENT_MLS)
        e2ee_meeting_take_while_leaving (m, content.body);
    } else {
      r = take (m, &content);
    }
  }
  e2ee_meeting_refused (m, r, NULL);
out:
  e2ee_mls_buffer_clear (&opened);
  e2ee_meeting_settle (m);
  return r;
}
