/* Our commit, until it comes back: sent again, judged by the rules of all, or dropped.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

void
e2ee_meeting_drop_own_commit (e2ee_meeting * m)
{
  e2ee_mls_buffer_clear (&m->own.message);
  e2ee_mls_buffer_clear (&m->own.welcome);
  e2ee_mls_buffer_clear (&m->own.envelope);
  memset (&m->own, 0, sizeof (m->own));
  if (m->group != NULL && e2ee_mls_group_has_pending (m->group))
    e2ee_mls_group_discard_pending (m->group);
  e2ee_meeting_set_timer (m, E2EE_TIMER_RESEND, E2EE_NEVER);
}

/* The same bytes: it is one commit, however often it arrives.  It stays pending for as long as its
 * epoch lasts, for it may have reached the others. */
void
e2ee_meeting_on_resend_timer (e2ee_meeting * m)
{
  e2ee_meeting_set_timer (m, E2EE_TIMER_RESEND, E2EE_NEVER);
  if (m->own.envelope.size == 0)
    return;
  (void) !e2ee_meeting_send_again (m, e2ee_mls_buffer_view (m->own.envelope));
  if (m->own.n_resends < E2EE_MAX_RESENDS)
    m->own.n_resends++;
  e2ee_meeting_set_timer (m, E2EE_TIMER_RESEND,
      e2ee_meeting_now (m) + ((uint64_t) E2EE_RESEND_MS << m->own.n_resends));
}

e2ee_meeting_result
e2ee_meeting_judge_own_commit (e2ee_meeting * m, e2ee_statement * next, e2ee_bytes * text)
{
  const e2ee_policy policy = e2ee_meeting_policy (m);
  const e2ee_policy_members members = e2ee_meeting_policy_members (m);
  const e2ee_mls_staged *pending = e2ee_mls_group_pending (m->group);

  return pending == NULL ? E2EE_MEETING_ERR_MLS : e2ee_policy_commit (&policy, &members, m->group,
      pending, &m->shown.statement, next, text);
}
