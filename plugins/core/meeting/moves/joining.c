/* Asking to be let in, and coming again.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/application.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/moves/leaving.h"
#include "core/meeting/state/state.h"

/* ---- asking ---- */

e2ee_meeting_result
e2ee_meeting_ask (e2ee_meeting * m)
{
  uint8_t version[E2EE_VERSION_SIZE];
  e2ee_content content = {
    .kind = E2EE_CONTENT_JOIN,
    .statement = e2ee_mls_buffer_view (m->newest.text),
  };
  const e2ee_meeting_result r = e2ee_meeting_key_package (m, &content.body);

  if (r != E2EE_MEETING_OK)
    return r;
  if (m->group != NULL && m->phase != E2EE_PHASE_JOINING) {
    e2ee_version_write (&m->version, version);
    content.version = E2EE_BYTES (version, sizeof (version));
  }
  return e2ee_meeting_send (m, &content, NULL);
}

/* How long to wait at least before asking a second time: more than the service was seen to take. */
static uint32_t
patience (const e2ee_meeting * m)
{
  const int is_slow = m->overtaken_ms != 0
      && e2ee_meeting_now (m) - m->overtaken_ms < E2EE_MAX_BACKOFF_MS;

  return is_slow && m->patience_ms > m->timing.join_retry_ms ? m->patience_ms
      : m->timing.join_retry_ms;
}

/* A random time, up to doubled each time. */
static void
plan_next_ask (e2ee_meeting * m)
{
  const uint32_t most = m->phase == E2EE_PHASE_JOINING
      ? 4 * m->timing.join_retry_ms : E2EE_MAX_BACKOFF_MS;

  if (m->backoff_ms == 0)
    m->backoff_ms = patience (m);
  e2ee_meeting_set_timer (m, E2EE_TIMER_JOIN, e2ee_meeting_now (m) + m->backoff_ms / 2
      + e2ee_meeting_random (m, m->backoff_ms / 2 + 1));
  m->backoff_ms = m->backoff_ms < most / 2 ? 2 * m->backoff_ms : most;
}

void
e2ee_meeting_on_join_timer (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  e2ee_meeting_set_timer (m, E2EE_TIMER_JOIN, E2EE_NEVER);
  if (m->phase != E2EE_PHASE_JOINING && m->phase != E2EE_PHASE_REJOINING)
    return;
  /* Nothing has come of the version that made us doubt: ours is what there is. */
  if (m->phase == E2EE_PHASE_REJOINING && m->group != NULL
      && e2ee_mls_group_is_active (m->group)
      && now - m->other.last_ms >= m->timing.silence_ms) {
    e2ee_meeting_forget_other (m);
    m->phase = E2EE_PHASE_MEMBER;
    m->backoff_ms = 0;
    e2ee_meeting_post (m, E2EE_EVENT_PHASE);
    e2ee_meeting_on_liveness_timer (m);
    e2ee_meeting_say_alive (m);
    return;
  }
  if (!m->founder_unconfirmed)
    (void) !e2ee_meeting_ask (m);
  plan_next_ask (m);
}

void
e2ee_meeting_group_is_there (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  m->group_heard_ms = now;
  if (m->phase != E2EE_PHASE_MEMBER && !m->founder_unconfirmed)
    e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND, now + m->timing.silence_ms);
}

e2ee_meeting_result
e2ee_meeting_start_joining (e2ee_meeting * m, e2ee_meeting_phase phase,
    e2ee_meeting_result why)
{
  const e2ee_meeting_result r = e2ee_meeting_ask (m);

  if (r != E2EE_MEETING_OK)
    return r;
  m->phase = phase;
  m->backoff_ms = 0;
  m->group_heard_ms = 0;
  plan_next_ask (m);
  e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND,
      e2ee_meeting_now (m) + (phase == E2EE_PHASE_JOINING ? m->timing.found_ms
          : m->timing.silence_ms));
  e2ee_meeting_post (m, E2EE_EVENT_PHASE)->result = why;
  return E2EE_MEETING_OK;
}

void
e2ee_meeting_rejoin (e2ee_meeting * m, e2ee_meeting_result why)
{
  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_end_request (m, why);
  e2ee_meeting_set_timer (m, E2EE_TIMER_ALIVE, E2EE_NEVER);
  e2ee_meeting_set_timer (m, E2EE_TIMER_COMMIT, E2EE_NEVER);
  e2ee_meeting_evidence (m, "behind", json_pack ("{s:s}", "cause",
          e2ee_meeting_result_code (why)));
  if (e2ee_meeting_start_joining (m, E2EE_PHASE_REJOINING, why) != E2EE_MEETING_OK)
    e2ee_meeting_go_out (m, why);
}

/* Asking more often than an answer takes goes round in circles: each join that is heard again takes
 * us out for a new one. */
void
e2ee_meeting_rejoin_patiently (e2ee_meeting * m)
{
  const uint32_t before = patience (m);

  m->patience_ms = before < E2EE_MAX_BACKOFF_MS / 2 ? 2 * before : E2EE_MAX_BACKOFF_MS;
  m->overtaken_ms = e2ee_meeting_now (m);
  e2ee_meeting_rejoin (m, E2EE_MEETING_ERR_SILENT);
}
