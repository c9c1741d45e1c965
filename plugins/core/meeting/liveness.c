/* Who is heard, and whether the meeting that we are in is the one that goes on.
 *
 * A server that withholds and forks cannot be told from a bad network; both are told from a good one:
 *
 *   another version of the meeting is heard that goes on rather than ours (content.h), and nobody in
 *   ours answers                     we are behind: closed, and we ask to be taken in again
 *   the same, and ours answers       a fork: shown, and we ask the other version to take us in
 *   nothing is heard of anybody      silent: closed
 *
 * What is said about other versions cannot be verified from outside them.  So it never decides by
 * itself: whoever forges it makes us ask, and those in our own version go on.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/meeting-private.h"

/* ---- members ---- */

int
e2ee_meeting_is_gone (const e2ee_meeting * m, const e2ee_entry * entry)
{
  return entry != e2ee_meeting_self (m) && !entry->is_host
      && e2ee_meeting_now (m) - entry->heard_ms >= m->timing.gone_ms;
}

static void
plan (e2ee_meeting * m)
{
  const e2ee_entry *self = e2ee_meeting_self (m);
  uint64_t at = E2EE_NEVER;

  for (size_t i = 0; i < m->n_entries; i++) {
    const e2ee_entry *entry = &m->entries[i];
    uint64_t next = entry->heard_ms + m->timing.silence_ms;

    if (entry == self)
      continue;
    if (!entry->is_heard)
      next = e2ee_meeting_is_gone (m, entry) || entry->is_host
          ? E2EE_NEVER : entry->heard_ms + m->timing.gone_ms;
    if (next < at)
      at = next;
  }
  e2ee_meeting_set_timer (m, E2EE_TIMER_LIVENESS, at);
}

static void
look_who_is_heard (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);
  const e2ee_entry *self = e2ee_meeting_self (m);
  size_t n_others = 0, n_heard = 0;

  for (size_t i = 0; i < m->n_entries; i++) {
    e2ee_entry *entry = &m->entries[i];
    const int is_heard = entry == self || now - entry->heard_ms < m->timing.silence_ms;

    if (is_heard != entry->is_heard) {
      entry->is_heard = is_heard;
      e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_CHANGED, entry, E2EE_MEETING_OK);
    }
    n_others += entry != self;
    n_heard += entry != self && is_heard;
  }
  m->is_silent = n_others > 0 && n_heard == 0;
  plan (m);
}

void
e2ee_meeting_on_liveness_timer (e2ee_meeting * m)
{
  look_who_is_heard (m);
}

void
e2ee_meeting_heard (e2ee_meeting * m, e2ee_entry * entry)
{
  /* He is there after all: the commit that takes him out must not count any more. */
  if (m->own.because_gone && e2ee_meeting_is_gone (m, entry))
    e2ee_meeting_drop_own_commit (m);
  entry->heard_ms = e2ee_meeting_now (m);
  m->other.own_heard = 1;
  if (!entry->is_heard || m->is_silent || m->timers[E2EE_TIMER_LIVENESS] == E2EE_NEVER)
    look_who_is_heard (m);
}

/* ---- other versions ---- */

void
e2ee_meeting_forget_other (e2ee_meeting * m)
{
  memset (&m->other, 0, sizeof (m->other));
  m->is_forked = 0;
  e2ee_meeting_set_timer (m, E2EE_TIMER_BEHIND, E2EE_NEVER);
  e2ee_meeting_set_timer (m, E2EE_TIMER_FORK, E2EE_NEVER);
}

void
e2ee_meeting_answer (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);
  const uint64_t at = m->alive_ms + 500;

  e2ee_meeting_hurry_timer (m, E2EE_TIMER_ALIVE, at > now ? at : now);
}

void
e2ee_meeting_saw_other_version (e2ee_meeting * m, const e2ee_version * version)
{
  const uint64_t now = e2ee_meeting_now (m);

  /* What was kept for later tells nothing of now. */
  if (m->group == NULL || m->is_leaving || m->is_playing)
    return;
  e2ee_meeting_answer (m);
  if (e2ee_version_compare (version, &m->version) <= 0) {
    /* Ours goes on.  A fork of this very group is shown all the same. */
    if (version->epoch == m->version.epoch && version->epoch > 0)
      e2ee_meeting_refused (m, E2EE_MEETING_ERR_FORK, NULL);
    return;
  }
  m->other.last_ms = now;
  if (m->other.is_known && e2ee_version_compare (version, &m->other.version) <= 0)
    return;
  m->other.version = *version;
  if (m->other.is_known || m->phase != E2EE_PHASE_MEMBER)
    return;
  m->other.is_known = 1;
  m->other.since_ms = now;
  m->other.own_heard = 0;
  e2ee_meeting_set_timer (m, E2EE_TIMER_BEHIND,
      now + (m->n_entries > 1 ? m->timing.behind_ms : 0));
}

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
