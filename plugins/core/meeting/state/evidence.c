/* What is written into the log of the meeting, and told of what was refused.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

/* ---- the log ---- */

json_t *
e2ee_meeting_evidence_of (const e2ee_account * account)
{
  char device[2 * E2EE_THUMBPRINT_SIZE + 1];

  for (size_t i = 0; i < E2EE_THUMBPRINT_SIZE; i++)
    snprintf (device + 2 * i, 3, "%02x", account->thumbprint.bytes[i]);
  return json_pack ("{s:s, s:s, s:s}", "sub", account->subject, "name", account->name, "device",
      device);
}

static e2ee_meeting_result
append_line (e2ee_meeting * m, const char *kind, const json_t * fields)
{
  const uint64_t epoch = m->group != NULL ? e2ee_mls_group_epoch (m->group) : 0;
  const e2ee_log before = m->evidence.log;
  e2ee_mls_buffer line = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r;

  r = e2ee_log_append (&m->evidence.log, e2ee_meeting_unix_time (m), epoch, kind, fields, &line);
  if (r == E2EE_MEETING_OK
      && !e2ee_meeting_post_text (m, E2EE_EVENT_LOG, NULL, e2ee_mls_buffer_view (line)))
    r = E2EE_MEETING_ERR_NO_MEMORY;
  /* A line that nobody gets would be a gap in the chain. */
  if (r == E2EE_MEETING_OK)
    m->is_dirty = 1;
  else
    m->evidence.log = before;
  e2ee_mls_buffer_clear (&line);
  return r;
}

e2ee_meeting_result
e2ee_meeting_evidence (e2ee_meeting * m, const char *kind, json_t * fields)
{
  json_t *begin;
  e2ee_meeting_result r = E2EE_MEETING_OK;

  if (m->evidence.log.n == 0) {
    begin = json_pack ("{s:s}", "meeting", m->ticket.meeting_id);
    r = append_line (m, "begin", begin);
    json_decref (begin);
  }
  if (r == E2EE_MEETING_OK)
    r = append_line (m, kind, fields);
  json_decref (fields);
  return r;
}

/* ---- refused ---- */

/* What comes of lateness, doubling and loss, and means nobody harm. */
static int
is_ordinary (e2ee_meeting_result cause)
{
  switch (cause) {
    case E2EE_MEETING_OK:
    case E2EE_MEETING_ERR_MLS:
    case E2EE_MEETING_ERR_NO_MEMORY:
    case E2EE_MEETING_ERR_NOT_JOINED:
      return 1;
    default:
      return 0;
  }
}

void
e2ee_meeting_refused (e2ee_meeting * m, e2ee_meeting_result cause, const e2ee_account * account)
{
  const uint64_t now = e2ee_meeting_now (m);
  const uint64_t told_ms = m->evidence.refused_ms[cause];
  json_t *fields;

  if (is_ordinary (cause) || (told_ms != 0 && now - told_ms < E2EE_REFUSED_MS))
    return;
  m->evidence.refused_ms[cause] = now > 0 ? now : 1;
  e2ee_meeting_post_account (m, E2EE_EVENT_REFUSED, account, cause);
  fields = account != NULL ? e2ee_meeting_evidence_of (account) : json_object ();
  json_object_set_new (fields, "cause", json_string (e2ee_meeting_result_code (cause)));
  e2ee_meeting_evidence (m, "refused", fields);
}
