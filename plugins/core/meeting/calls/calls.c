/* What the application does in a meeting: comes and goes, talks, marks somebody verified.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/calls/loop.h"
#include "core/meeting/moves/application.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/moves/leaving.h"
#include "core/meeting/state/state.h"
#include "core/meeting/text.h"

/* ---- being in it ---- */

e2ee_meeting_result
e2ee_meeting_join (e2ee_meeting * m)
{
  e2ee_meeting_result r;

  if (m->phase != E2EE_PHASE_IDLE)
    return E2EE_MEETING_ERR_BUSY;
  if (m->account.tier == E2EE_TIER_GUEST && m->ticket.e2ee == E2EE_FLOOR_REQUIRE)
    return E2EE_MEETING_ERR_GUEST;
  if (m->floor == E2EE_FLOOR_FORBID && m->ticket.e2ee == E2EE_FLOOR_REQUIRE)
    return E2EE_MEETING_ERR_FLOOR_FORBID;
  r = e2ee_account_verify (e2ee_mls_buffer_view (m->token), &m->authorities,
      e2ee_meeting_unix_time (m), &m->account);
  if (r == E2EE_MEETING_OK)
    r = e2ee_ticket_check_time (&m->ticket, e2ee_meeting_unix_time (m));
  if (r != E2EE_MEETING_OK)
    return r;
  e2ee_meeting_go_out (m, E2EE_MEETING_OK);
  r = e2ee_meeting_start_joining (m, E2EE_PHASE_JOINING, E2EE_MEETING_OK);
  e2ee_meeting_settle (m);
  return r;
}

void
e2ee_meeting_leave (e2ee_meeting * m)
{
  if (m->phase == E2EE_PHASE_IDLE)
    return;
  e2ee_meeting_say_good_bye (m, E2EE_MEETING_OK);
  e2ee_meeting_settle (m);
}

void
e2ee_meeting_suspect (e2ee_meeting * m)
{
  e2ee_version version = m->version;

  if (!e2ee_meeting_is_member (m))
    return;
  /* No more than the next epoch is what media under an unknown key shows. */
  version.epoch++;
  e2ee_meeting_saw_other_version (m, &version);
  e2ee_meeting_settle (m);
}

void
e2ee_meeting_set_floor (e2ee_meeting * m, e2ee_floor floor)
{
  if ((unsigned) floor > E2EE_FLOOR_FORBID)
    return;
  m->floor = floor;
  if (floor == E2EE_FLOOR_FORBID && e2ee_meeting_is_member (m) && m->shown.statement.on)
    e2ee_meeting_say_good_bye (m, E2EE_MEETING_ERR_FLOOR_FORBID);
  e2ee_meeting_settle (m);
}

/* ---- talking ---- */

e2ee_meeting_result
e2ee_meeting_chat (e2ee_meeting * m, const char *text)
{
  const size_t size = text != NULL ? strlen (text) : 0;
  e2ee_meeting_result r;

  if (!e2ee_meeting_is_member (m))
    return E2EE_MEETING_ERR_NOT_JOINED;
  if (size == 0 || size > E2EE_MAX_CHAT)
    return E2EE_MEETING_ERR_TEXT;
  if ((m->features >> E2EE_FEATURE_CHAT & 1) == 0)
    return E2EE_MEETING_ERR_STATEMENT_POLICY;
  r = e2ee_meeting_say_chat (m, E2EE_BYTES (text, size));
  e2ee_meeting_settle (m);
  return r;
}

e2ee_meeting_result
e2ee_meeting_set_streams (e2ee_meeting * m, const e2ee_stream * streams, size_t n_streams)
{
  e2ee_stream clean[E2EE_MAX_STREAMS];
  uint32_t numbers = 0;

  if (n_streams > E2EE_MAX_STREAMS)
    return E2EE_MEETING_ERR_ARGUMENT;
  memset (clean, 0, sizeof (clean));
  for (size_t i = 0; i < n_streams; i++) {
    const char *label = streams[i].label;
    const char *end = memchr (label, 0, sizeof (streams[i].label));

    if (streams[i].number >= E2EE_MAX_STREAMS || (unsigned) streams[i].kind >= E2EE_N_STREAM_KINDS
        || end == NULL || (numbers >> streams[i].number & 1) != 0)
      return E2EE_MEETING_ERR_ARGUMENT;
    numbers |= 1u << streams[i].number;
    clean[i].number = streams[i].number;
    clean[i].kind = streams[i].kind;
    if (end != label)
      e2ee_text_sanitize (E2EE_BYTES (label, (size_t) (end - label)), clean[i].label,
          sizeof (clean[i].label));
  }
  e2ee_meeting_announce_streams (m, clean, n_streams);
  e2ee_meeting_settle (m);
  return E2EE_MEETING_OK;
}

/* ---- marks and evidence ---- */

e2ee_meeting_result
e2ee_meeting_set_verified (e2ee_meeting * m, uint32_t leaf, int verified)
{
  e2ee_entry *entry = e2ee_meeting_entry (m, leaf);
  e2ee_meeting_result r;
  json_t *fields;

  if (entry == NULL)
    return E2EE_MEETING_ERR_UNKNOWN_MEMBER;
  r = e2ee_meeting_verify_device (m, &entry->account, verified);
  if (r != E2EE_MEETING_OK)
    return r;
  if (entry->is_verified != (verified != 0)) {
    entry->is_verified = verified != 0;
    e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_CHANGED, entry, E2EE_MEETING_OK);
    fields = e2ee_meeting_evidence_of (&entry->account);
    json_object_set_new (fields, "verified", json_boolean (verified != 0));
    e2ee_meeting_evidence (m, "verified", fields);
  }
  e2ee_meeting_settle (m);
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_meeting_log (e2ee_meeting * m, const char *kind, const char *json_fields)
{
  json_t *fields = NULL;
  e2ee_meeting_result r;

  if (kind == NULL || kind[0] == 0)
    return E2EE_MEETING_ERR_ARGUMENT;
  if (json_fields != NULL && json_fields[0] != 0) {
    fields = json_loads (json_fields, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object (fields)) {
      json_decref (fields);
      return E2EE_MEETING_ERR_ARGUMENT;
    }
  }
  r = e2ee_meeting_evidence (m, kind, fields);
  e2ee_meeting_settle (m);
  return r;
}
