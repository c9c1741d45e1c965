/* What follows when the group has moved: roster, state, keys, and saying that we are there.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/application.h"
#include "core/meeting/moves/epoch.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/moves/leaving.h"
#include "core/meeting/state/state.h"

static void
tell_state (e2ee_meeting * m, const e2ee_statement * before, uint32_t committer)
{
  const e2ee_statement *now = &m->shown.statement;
  const e2ee_entry *by = e2ee_meeting_entry (m, committer);
  json_t *fields;

  if (now->revision == before->revision && now->on == before->on)
    return;
  fields = by != NULL ? e2ee_meeting_evidence_of (&by->account) : json_object ();
  json_object_set_new (fields, "revision", json_integer ((json_int_t) now->revision));
  json_object_set_new (fields, "features", json_integer ((json_int_t) now->features));
  e2ee_meeting_evidence (m, now->on ? "on" : "off", fields);
}

static void
tell_code (e2ee_meeting * m)
{
  char code[E2EE_CODE_SIZE];

  e2ee_code_of_epoch (e2ee_mls_group_epoch_authenticator (m->group), code);
  if (strcmp (code, m->code) == 0)
    return;
  memcpy (m->code, code, sizeof (code));
  e2ee_meeting_post_text (m, E2EE_EVENT_CODE, NULL, E2EE_BYTES (code, strlen (code)));
  e2ee_meeting_evidence (m, "code", json_pack ("{s:s}", "code", code));
}

/* Somebody on the phone cannot encrypt: his leg is closed, and with it what was announced of it. */
static void
close_streams (e2ee_meeting * m)
{
  const e2ee_entry *self = e2ee_meeting_self (m);
  const size_t n_own = m->n_streams;

  m->n_streams = e2ee_streams_without_closed (m->streams, n_own);
  if (m->n_streams != n_own && self != NULL)
    e2ee_meeting_post_member (m, E2EE_EVENT_STREAMS, self, E2EE_MEETING_OK);
  for (size_t i = 0; i < m->roster.n; i++) {
    e2ee_entry *entry = &m->roster.entries[i];
    const size_t before = entry->n_streams;

    entry->n_streams = e2ee_streams_without_closed (entry->streams, before);
    if (entry->n_streams != before)
      e2ee_meeting_post_member (m, E2EE_EVENT_STREAMS, entry, E2EE_MEETING_OK);
  }
}

static void
start_timers (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  m->epoch_since_ms = now;
  m->not_before_ms = 0;
  m->work_since_ms = 0;
  e2ee_meeting_set_timer (m, E2EE_TIMER_COMMIT, E2EE_NEVER);
  e2ee_meeting_set_timer (m, E2EE_TIMER_EPOCH, now + m->timing.switch_ms);
  e2ee_meeting_set_timer (m, E2EE_TIMER_REKEY, now + m->timing.rekey_ms);
  e2ee_meeting_on_liveness_timer (m);
}

static void
become_member (e2ee_meeting * m)
{
  if (m->phase == E2EE_PHASE_MEMBER)
    return;
  m->phase = E2EE_PHASE_MEMBER;
  m->out_reason = E2EE_MEETING_OK;
  m->backoff_ms = 0;
  m->group_heard_ms = 0;
  e2ee_meeting_set_timer (m, E2EE_TIMER_JOIN, E2EE_NEVER);
  e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND, E2EE_NEVER);
  e2ee_meeting_post (m, E2EE_EVENT_PHASE);
}

void
e2ee_meeting_enter_epoch (e2ee_meeting * m, const e2ee_statement * next, e2ee_bytes text,
    uint32_t committer, int is_new_group)
{
  const e2ee_statement before = m->shown.statement;
  const int was_known = m->roster.n > 0;
  const int turned_on = was_known && next->on && !before.on;
  int n_came = 0, n_went = 0;
  e2ee_meeting_result r;

  m->kept_due = 1;
  r = e2ee_agreed_set (&m->shown, next, text);
  if (r == E2EE_MEETING_OK
      && e2ee_statement_rank (next) > e2ee_statement_rank (&m->newest.statement)) {
    r = e2ee_agreed_set (&m->newest, next, text);
    m->is_dirty = 1;
  }
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_update_roster (m, turned_on, committer, &n_came, &n_went);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_add_media_key (m, is_new_group);
  if (r != E2EE_MEETING_OK) {
    /* No roster or no keys: as if we had never come. */
    e2ee_meeting_rejoin (m, r);
    return;
  }
  e2ee_meeting_set_version (m);
  if (e2ee_version_compare (&m->other.version, &m->version) <= 0)
    e2ee_meeting_forget_other (m);
  become_member (m);
  if (committer == E2EE_NOBODY)
    m->rekeyed_ms = e2ee_meeting_now (m);
  m->media.sends_newest = turned_on || n_went > 0 || committer == E2EE_NOBODY;
  if (turned_on)
    m->is_switching = 1;
  if (!next->on)
    m->is_switching = 0;
  start_timers (m);
  if (next->on)
    close_streams (m);
  tell_state (m, &before, committer);
  tell_code (m);
  e2ee_meeting_post (m, E2EE_EVENT_KEYS);
  e2ee_meeting_check_request (m);
  e2ee_meeting_check_ready (m);
  if (next->on && m->floor == E2EE_FLOOR_FORBID) {
    e2ee_meeting_say_good_bye (m, E2EE_MEETING_ERR_FLOOR_FORBID);
    return;
  }
  e2ee_meeting_say_alive (m);
  if (m->n_streams > 0 && (n_came > 0 || committer == E2EE_NOBODY))
    e2ee_meeting_say_streams (m);
}
