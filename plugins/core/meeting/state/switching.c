/* What is shown, and what media may do: one function from everything that is known; and when a
 * switch is over.
 *
 * Clear media only where the group has agreed on it, nothing is in doubt, our own floor lets it, and
 * we have not just asked for encryption ourselves: whoever has pressed "on" sends nothing clear any
 * more, even if the service keeps from him that his commit was taken.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

/* ---- the verdict ---- */

typedef struct
{
  e2ee_meeting_state state;
  e2ee_meeting_result reason;
  e2ee_media_mode mode;
} verdict;

static int
all_are_verified (const e2ee_meeting * m)
{
  const e2ee_entry *self = e2ee_meeting_self (m);

  for (size_t i = 0; i < m->roster.n; i++) {
    if (&m->roster.entries[i] != self && !m->roster.entries[i].is_verified)
      return 0;
  }
  return m->roster.n > 1;
}

static verdict
closed (e2ee_meeting_result why)
{
  return (verdict) { E2EE_STATE_UNKNOWN, why, E2EE_MEDIA_CLOSED };
}

static int
asks_for_on (const e2ee_meeting * m)
{
  return m->request.kind == E2EE_REQUEST_E2EE && m->request.value == 1;
}

static verdict
find (const e2ee_meeting * m)
{
  if (m->phase == E2EE_PHASE_REJOINING)
    return closed (E2EE_MEETING_ERR_BEHIND);
  if (!e2ee_meeting_is_member (m))
    return closed (m->out_reason != E2EE_MEETING_OK ? m->out_reason : E2EE_MEETING_ERR_NOT_JOINED);
  if (e2ee_meeting_is_outdated (m))
    return closed (E2EE_MEETING_ERR_STATE_BEHIND);
  if (m->is_silent)
    return closed (E2EE_MEETING_ERR_SILENT);
  if (!m->shown.statement.on) {
    /* The other version may have been turned on. */
    if (m->is_forked)
      return closed (E2EE_MEETING_ERR_FORK);
    if (asks_for_on (m))
      return (verdict) { E2EE_STATE_SWITCHING, E2EE_MEETING_OK, E2EE_MEDIA_CLOSED };
    return m->floor == E2EE_FLOOR_REQUIRE
        ? (verdict) { E2EE_STATE_OFF, E2EE_MEETING_ERR_FLOOR_REQUIRE, E2EE_MEDIA_CLOSED }
        : (verdict) { E2EE_STATE_OFF, E2EE_MEETING_OK, E2EE_MEDIA_CLEAR };
  }
  if (m->is_forked)
    return (verdict) { E2EE_STATE_DEGRADED, E2EE_MEETING_ERR_FORK, E2EE_MEDIA_PROTECTED };
  if (m->is_switching)
    return (verdict) { E2EE_STATE_SWITCHING, E2EE_MEETING_OK, E2EE_MEDIA_PROTECTED };
  return (verdict) { all_are_verified (m) ? E2EE_STATE_VERIFIED : E2EE_STATE_ON, E2EE_MEETING_OK,
      E2EE_MEDIA_PROTECTED };
}

void
e2ee_meeting_judge (e2ee_meeting * m)
{
  const verdict now = find (m);
  const e2ee_features all = ((e2ee_features) 1 << E2EE_N_FEATURES) - 1;
  const e2ee_features features = !e2ee_meeting_is_member (m) ? 0
      : m->shown.statement.on ? m->shown.statement.features & ~E2EE_FEATURES_NEVER : all;
  e2ee_meeting_event *event;

  if (now.state == m->state && now.reason == m->reason && now.mode == m->mode
      && features == m->features)
    return;
  m->state = now.state;
  m->reason = now.reason;
  m->mode = now.mode;
  m->features = features;
  event = e2ee_meeting_post (m, E2EE_EVENT_STATE);
  event->result = now.reason;
}

/* ---- the end of a switch ---- */

void
e2ee_meeting_on_epoch_timer (e2ee_meeting * m)
{
  e2ee_meeting_set_timer (m, E2EE_TIMER_EPOCH, E2EE_NEVER);
  m->is_switching = 0;
  if (!m->media.sends_newest) {
    m->media.sends_newest = 1;
    e2ee_meeting_post (m, E2EE_EVENT_KEYS);
  }
}

void
e2ee_meeting_check_ready (e2ee_meeting * m)
{
  const e2ee_entry *self = e2ee_meeting_self (m);

  for (size_t i = 0; i < m->roster.n; i++) {
    const e2ee_entry *entry = &m->roster.entries[i];

    if (entry != self && !entry->is_ready)
      return;
  }
  e2ee_meeting_on_epoch_timer (m);
}
