/* Going: of one's own will, because one was put out, or because one's floor forbids to stay.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/leaving.h"
#include "core/meeting/state/state.h"

void
e2ee_meeting_go_out (e2ee_meeting * m, e2ee_meeting_result why)
{
  const int was_in = m->phase != E2EE_PHASE_IDLE;

  e2ee_meeting_end_request (m, why != E2EE_MEETING_OK ? why : E2EE_MEETING_ERR_NOT_JOINED);
  m->founder_unconfirmed = 0;
  m->is_leaving = 0;
  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_drop_joiners (m);
  e2ee_applicants_clear (&m->applicants);
  e2ee_kept_clear (&m->kept);
  e2ee_meeting_drop_media_keys (m);
  e2ee_meeting_drop_roster (m);
  e2ee_meeting_forget_other (m);
  e2ee_meeting_set_group (m, NULL);
  m->is_silent = m->is_switching = m->media.sends_newest = 0;
  m->code[0] = 0;
  for (size_t i = 0; i < E2EE_N_TIMERS; i++)
    m->timers[i] = E2EE_NEVER;
  m->phase = E2EE_PHASE_IDLE;
  m->out_reason = why;
  if (was_in) {
    e2ee_meeting_evidence (m, "out", json_pack ("{s:s}", "why", e2ee_meeting_result_code (why)));
    e2ee_meeting_post (m, E2EE_EVENT_PHASE)->result = why;
  }
}

/* 0 when there is nobody who could take us out. */
static int
propose_to_leave (e2ee_meeting * m)
{
  const e2ee_mls_change change = {
    .type = E2EE_MLS_PROPOSAL_REMOVE,
    .leaf = e2ee_mls_group_own_leaf (m->group),
  };
  e2ee_content content = { .kind = E2EE_CONTENT_MLS };
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r;

  if (e2ee_mls_group_n_members (m->group) < 2)
    return 0;
  r = e2ee_meeting_result_of (m, e2ee_mls_group_propose (m->group, &change, E2EE_NO_BYTES,
          &message));
  content.body = e2ee_mls_buffer_view (message);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_send (m, &content, NULL);
  e2ee_mls_buffer_clear (&message);
  return r == E2EE_MEETING_OK;
}

void
e2ee_meeting_say_good_bye (e2ee_meeting * m, e2ee_meeting_result why)
{
  const int was_member = e2ee_meeting_is_member (m);
  e2ee_mls_group *group = was_member ? m->group : NULL;

  /* The group stays for a moment, to be asked again should a commit pass the good-bye by. */
  if (was_member)
    m->group = NULL;
  e2ee_meeting_go_out (m, why);
  m->group = group;
  if (was_member && propose_to_leave (m)) {
    m->is_leaving = 1;
    e2ee_meeting_set_timer (m, E2EE_TIMER_LEAVE, e2ee_meeting_now (m) + m->timing.silence_ms);
  } else {
    e2ee_meeting_set_group (m, NULL);
  }
}

void
e2ee_meeting_on_leave_timer (e2ee_meeting * m)
{
  e2ee_meeting_set_timer (m, E2EE_TIMER_LEAVE, E2EE_NEVER);
  m->is_leaving = 0;
  e2ee_meeting_set_group (m, NULL);
}

/* What we still listen to after the good-bye: whether it has been heard. */
void
e2ee_meeting_take_while_leaving (e2ee_meeting * m, e2ee_bytes message)
{
  e2ee_mls_event event;
  e2ee_mls_staged_view view;

  if (e2ee_mls_group_receive (m->group, message, &event) != E2EE_MLS_OK)
    return;
  if (event.staged != NULL) {
    e2ee_mls_staged_look (event.staged, &view);
    if (view.removes_us) {
      e2ee_meeting_on_leave_timer (m);
    } else if (e2ee_mls_group_merge (m->group, &event) != E2EE_MLS_OK || !propose_to_leave (m)) {
      e2ee_meeting_on_leave_timer (m);
    }
  }
  e2ee_mls_event_clear (&event);
}
