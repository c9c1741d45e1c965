/* Making the meeting, for whoever comes first; and looking at somebody who says that he has.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/epoch.h"
#include "core/meeting/moves/founding.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/moves/leaving.h"
#include "core/meeting/state/state.h"

static int
is_guest_outside (const e2ee_meeting * m)
{
  return m->account.tier == E2EE_TIER_GUEST && m->newest.statement.on;
}

static e2ee_meeting_result
found (e2ee_meeting * m)
{
  e2ee_mls_create_params params = { .leaf = &e2ee_meeting_leaf_params };
  e2ee_mls_buffer extensions = E2EE_MLS_NO_BUFFER;
  e2ee_content content = { .kind = E2EE_CONTENT_FOUND };
  e2ee_mls_identity *identity = NULL;
  uint8_t group_id[16];
  e2ee_meeting_result r;

  m->host->env->random (m->host->env->user, group_id, sizeof (group_id));
  params.group_id = E2EE_BYTES (group_id, sizeof (group_id));
  r = e2ee_meeting_state_write (&m->ticket, e2ee_mls_buffer_view (m->newest.text), &extensions);
  params.extensions.list = e2ee_mls_buffer_view (extensions);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_make_identity (m, &identity);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_group_create (&m->mls_host, identity, &params,
            &m->group));
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_group_info_make (m->group, 1, &m->own.message));
  content.body = e2ee_mls_buffer_view (m->own.message);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_send (m, &content, &m->own.envelope);
  e2ee_mls_identity_unref (identity);
  e2ee_mls_buffer_clear (&extensions);
  if (r != E2EE_MEETING_OK) {
    e2ee_meeting_drop_own_commit (m);
    e2ee_meeting_set_group (m, NULL);
    return r;
  }
  m->founder_unconfirmed = 1;
  return E2EE_MEETING_OK;
}

void
e2ee_meeting_give_up_founding (e2ee_meeting * m)
{
  if (!m->founder_unconfirmed)
    return;
  m->founder_unconfirmed = 0;
  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_set_group (m, NULL);
}

void
e2ee_meeting_on_found_timer (e2ee_meeting * m)
{
  e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND,
      e2ee_meeting_now (m) + m->timing.join_retry_ms);
  if (m->founder_unconfirmed) {
    (void) !e2ee_meeting_send_again (m, e2ee_mls_buffer_view (m->own.envelope));
    return;
  }
  if (m->phase == E2EE_PHASE_REJOINING && (m->group == NULL
          || !e2ee_mls_group_is_active (m->group))) {
    /* Nobody is left of those whom we knew. */
    e2ee_meeting_set_group (m, NULL);
    e2ee_meeting_drop_roster (m);
    m->phase = E2EE_PHASE_JOINING;
    e2ee_meeting_post (m, E2EE_EVENT_PHASE);
  }
  if (m->phase != E2EE_PHASE_JOINING) {
    e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND, E2EE_NEVER);
    return;
  }
  if (is_guest_outside (m))
    e2ee_meeting_go_out (m, E2EE_MEETING_ERR_GUEST);
  else
    (void) !found (m);
}

/* Ours, in its place: the meeting is ours to begin. */
static e2ee_meeting_result
begin (e2ee_meeting * m)
{
  e2ee_statement statement;
  e2ee_bytes text;
  e2ee_meeting_result r;

  r = e2ee_meeting_state_read (e2ee_mls_group_extensions (m->group), &m->ticket, &statement,
      &text);
  if (r != E2EE_MEETING_OK)
    return r;
  m->founder_unconfirmed = 0;
  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_drop_joiners (m);
  /* Of a meeting that is no more. */
  e2ee_kept_clear (&m->kept);
  e2ee_meeting_evidence (m, "founded", NULL);
  e2ee_meeting_enter_epoch (m, &statement, text, E2EE_NOBODY, 1);
  return E2EE_MEETING_OK;
}

/* Looks at a GroupInfo the way the MLS room offers: by getting ready to enter, which verifies the
 * signature and every leaf, and not entering. */
static e2ee_meeting_result
verify_founder (e2ee_meeting * m, e2ee_bytes info)
{
  const e2ee_mls_external_params params = { .leaf = &e2ee_meeting_leaf_params };
  e2ee_mls_identity *identity = NULL;
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_group *group = NULL;
  e2ee_meeting_result r;

  r = e2ee_meeting_make_identity (m, &identity);
  m->credential_fresh = 1;
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_group_join_external (&m->mls_host, identity, info,
            &params, &group, &commit));
  m->credential_fresh = 0;
  e2ee_mls_group_free (group);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_identity_unref (identity);
  return r;
}

e2ee_meeting_result
e2ee_meeting_take_found (e2ee_meeting * m, e2ee_bytes info)
{
  const e2ee_version nothing = { 0 };
  const uint64_t heard_ms = m->group_heard_ms;
  e2ee_meeting_result r;

  if (m->founder_unconfirmed && info.size == m->own.message.size
      && memcmp (info.data, m->own.message.data, info.size) == 0)
    return begin (m);
  if (m->phase == E2EE_PHASE_MEMBER) {
    /* He will hear from us that there is a meeting. */
    e2ee_meeting_saw_other_version (m, &nothing);
    return E2EE_MEETING_OK;
  }
  if (m->phase != E2EE_PHASE_JOINING)
    return E2EE_MEETING_OK;
  r = verify_founder (m, info);
  if (r != E2EE_MEETING_OK)
    return r;
  e2ee_meeting_give_up_founding (m);
  e2ee_meeting_group_is_there (m);
  /* When many come at once, many found: who has asked the first does not ask again for each. */
  if (heard_ms > 0 && m->group_heard_ms - heard_ms < m->timing.join_retry_ms)
    return E2EE_MEETING_OK;
  return e2ee_meeting_ask (m);
}
