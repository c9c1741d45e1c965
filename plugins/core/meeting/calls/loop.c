/* When a meeting does what: at the end of every call, and when a time has come.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/calls/loop.h"
#include "core/meeting/moves/application.h"
#include "core/meeting/moves/committer.h"
#include "core/meeting/moves/founding.h"
#include "core/meeting/moves/healing.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/moves/leaving.h"
#include "core/meeting/state/state.h"

/* ---- the end of a call ---- */

void
e2ee_meeting_settle (e2ee_meeting * m)
{
  if (e2ee_meeting_is_member (m))
    e2ee_meeting_look_for_work (m);
  e2ee_meeting_judge (m);
  e2ee_meeting_save (m);
  e2ee_meeting_give_out (m);
}

/* ---- time ---- */

static void
on_rekey_timer (e2ee_meeting * m)
{
  /* The end of the call looks for work, and finds it. */
  e2ee_meeting_set_timer (m, E2EE_TIMER_REKEY, E2EE_NEVER);
}

static void (*const timer_handlers[E2EE_N_TIMERS]) (e2ee_meeting *) = {
  [E2EE_TIMER_JOIN] = e2ee_meeting_on_join_timer,
  [E2EE_TIMER_FOUND] = e2ee_meeting_on_found_timer,
  [E2EE_TIMER_COMMIT] = e2ee_meeting_on_commit_timer,
  [E2EE_TIMER_RESEND] = e2ee_meeting_on_resend_timer,
  [E2EE_TIMER_REQUEST] = e2ee_meeting_on_request_timer,
  [E2EE_TIMER_ALIVE] = e2ee_meeting_say_alive,
  [E2EE_TIMER_EPOCH] = e2ee_meeting_on_epoch_timer,
  [E2EE_TIMER_BEHIND] = e2ee_meeting_on_behind_timer,
  [E2EE_TIMER_FORK] = e2ee_meeting_on_fork_timer,
  [E2EE_TIMER_LIVENESS] = e2ee_meeting_on_liveness_timer,
  [E2EE_TIMER_REKEY] = on_rekey_timer,
  [E2EE_TIMER_KEYS] = e2ee_meeting_on_keys_timer,
  [E2EE_TIMER_LEAVE] = e2ee_meeting_on_leave_timer,
};

void
e2ee_meeting_tick (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  for (size_t i = 0; i < E2EE_N_TIMERS; i++) {
    if (m->timers[i] <= now)
      timer_handlers[i] (m);
  }
  e2ee_meeting_settle (m);
}

uint64_t
e2ee_meeting_next_tick (const e2ee_meeting * m)
{
  uint64_t next = E2EE_NEVER;

  for (size_t i = 0; i < E2EE_N_TIMERS; i++) {
    if (m->timers[i] < next)
      next = m->timers[i];
  }
  return next;
}
