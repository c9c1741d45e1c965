/* Commits in the place that the delivery service gave them: those of others, ours that comes back,
 * and those that take us out.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/commits.h"
#include "core/meeting/moves/epoch.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/moves/leaving.h"
#include "core/meeting/state/state.h"

/* ---- being taken out ---- */

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
  return event->authenticated_data.size == 1
      && event->authenticated_data.data[0] == E2EE_COMMIT_BECAUSE_GONE;
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
  e2ee_meeting_set_group (m, NULL);
  if (added == E2EE_JOIN_OURS)
    wait_for_welcome (m);
  else if (added == E2EE_JOIN_OLD)
    e2ee_meeting_rejoin_patiently (m);
  else if (added == E2EE_JOIN_NONE || may_come_again (m))
    e2ee_meeting_rejoin (m, E2EE_MEETING_ERR_SILENT);
  else
    e2ee_meeting_go_out (m, E2EE_MEETING_ERR_REMOVED);
}

/* ---- another's ---- */

e2ee_meeting_result
e2ee_meeting_take_commit (e2ee_meeting * m, e2ee_mls_event * event)
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
  }
  e2ee_mls_buffer_clear (&copy);
  return r;
}

/* ---- ours ---- */

int
e2ee_meeting_take_own_commit (e2ee_meeting * m, e2ee_bytes message)
{
  e2ee_content welcome = { .kind = E2EE_CONTENT_WELCOME };
  e2ee_own_commit own = m->own;
  e2ee_statement next;
  e2ee_mls_buffer copy = E2EE_MLS_NO_BUFFER;
  e2ee_mls_staged_view view;
  e2ee_bytes text;
  const uint32_t self = m->group != NULL ? e2ee_mls_group_own_leaf (m->group) : E2EE_NOBODY;

  if (!e2ee_meeting_is_member (m) || own.message.size == 0 || own.message.size != message.size
      || !e2ee_equal (e2ee_mls_buffer_view (own.message), message))
    return 0;
  /* A good-bye may have come since it was made: judged again, as all the others do. */
  if (e2ee_meeting_judge_own_commit (m, &next, &text) != E2EE_MEETING_OK
      || e2ee_mls_buffer_dup (text, &copy) != E2EE_MLS_OK) {
    e2ee_meeting_drop_own_commit (m);
    return 1;
  }
  e2ee_mls_staged_look (e2ee_mls_group_pending (m->group), &view);
  if (!own.because_gone)
    e2ee_meeting_drop_removed (m, &view);
  if (e2ee_mls_group_merge_pending (m->group) != E2EE_MLS_OK) {
    e2ee_mls_buffer_clear (&copy);
    e2ee_meeting_drop_own_commit (m);
    return 1;
  }
  memset (&m->own, 0, sizeof (m->own));
  e2ee_meeting_set_timer (m, E2EE_TIMER_RESEND, E2EE_NEVER);
  welcome.body = e2ee_mls_buffer_view (own.welcome);
  if (welcome.body.size > 0)
    (void) !e2ee_meeting_send (m, &welcome, NULL);
  if (own.request != 0 && own.request == m->request.number
      && m->request.kind == E2EE_REQUEST_REKEY)
    e2ee_meeting_end_request (m, E2EE_MEETING_OK);
  if (welcome.body.size == 0)
    m->rekeyed_ms = e2ee_meeting_now (m);
  e2ee_meeting_enter_epoch (m, &next, e2ee_mls_buffer_view (copy), self, 0);
  e2ee_mls_buffer_clear (&copy);
  e2ee_mls_buffer_clear (&own.message);
  e2ee_mls_buffer_clear (&own.welcome);
  e2ee_mls_buffer_clear (&own.envelope);
  return 1;
}
