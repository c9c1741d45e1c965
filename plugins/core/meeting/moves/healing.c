/* Whether the meeting that we are in is the one that goes on.
 *
 * A server that withholds and forks cannot be told from a bad network; both are told from a good one:
 *
 *   another version of the meeting is heard that goes on rather than ours (content.h), and nobody in
 *   ours answers                     we are behind: closed, and we ask to be taken in again
 *   the same, and ours answers       a fork: shown, and we ask the other version to take us in
 *   nothing is heard of anybody      silent: closed (liveness.c)
 *
 * What is said about other versions cannot be verified from outside them.  So it never decides by
 * itself: whoever forges it makes us ask, and those in our own version go on.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/healing.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/state/state.h"

void
e2ee_meeting_on_behind_timer (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  e2ee_meeting_set_timer (m, E2EE_TIMER_BEHIND, E2EE_NEVER);
  if (!m->other.is_known || !e2ee_meeting_is_member (m))
    return;
  if (e2ee_version_compare (&m->other.version, &m->version) <= 0
      || now - m->other.last_ms >= m->timing.silence_ms) {
    e2ee_meeting_forget_other (m);
    return;
  }
  if (!m->other.own_heard) {
    e2ee_meeting_rejoin (m, E2EE_MEETING_ERR_BEHIND);
    return;
  }
  if (!m->is_forked) {
    m->is_forked = 1;
    m->backoff_ms = 1000;
    e2ee_meeting_refused (m, E2EE_MEETING_ERR_FORK, NULL);
    e2ee_meeting_set_timer (m, E2EE_TIMER_FORK, now + e2ee_meeting_random (m, m->backoff_ms));
  }
  m->other.own_heard = 0;
  e2ee_meeting_set_timer (m, E2EE_TIMER_BEHIND, now + 2 * (uint64_t) m->timing.heartbeat_ms);
}

void
e2ee_meeting_on_fork_timer (e2ee_meeting * m)
{
  e2ee_meeting_set_timer (m, E2EE_TIMER_FORK, E2EE_NEVER);
  if (!m->is_forked || !e2ee_meeting_is_member (m))
    return;
  if (m->backoff_ms < E2EE_MAX_BACKOFF_MS / 2)
    m->backoff_ms *= 2;
  e2ee_meeting_set_timer (m, E2EE_TIMER_FORK,
      e2ee_meeting_now (m) + m->backoff_ms + e2ee_meeting_random (m, m->backoff_ms));
  (void) !e2ee_meeting_ask (m);
}
