/* Who is heard; when nobody is, we are silent, and closed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

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

  for (size_t i = 0; i < m->roster.n; i++) {
    const e2ee_entry *entry = &m->roster.entries[i];
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

  for (size_t i = 0; i < m->roster.n; i++) {
    e2ee_entry *entry = &m->roster.entries[i];
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
