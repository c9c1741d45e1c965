/* The change that the application has asked for, until the group is as it wanted it or it has
 * failed.  One is on its way at a time.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

void
e2ee_meeting_start_request (e2ee_meeting * m, const e2ee_request * request, uint64_t *number)
{
  m->request = *request;
  m->request.number = ++m->last_request;
  if (number != NULL)
    *number = m->request.number;
  e2ee_meeting_set_timer (m, E2EE_TIMER_REQUEST,
      e2ee_meeting_now (m) + m->timing.silence_ms);
  e2ee_meeting_check_request (m);
}

/* ---- how it ends ---- */

void
e2ee_meeting_end_request (e2ee_meeting * m, e2ee_meeting_result result)
{
  e2ee_meeting_event *event;

  if (m->request.kind == E2EE_REQUEST_NONE)
    return;
  event = e2ee_meeting_post (m, E2EE_EVENT_REQUEST_DONE);
  event->request = m->request.number;
  event->result = result;
  memset (&m->request, 0, sizeof (m->request));
  e2ee_meeting_set_timer (m, E2EE_TIMER_REQUEST, E2EE_NEVER);
}

void
e2ee_meeting_on_request_timer (e2ee_meeting * m)
{
  /* What was told to have failed must not come true later, by our own sending it again. */
  if (m->own.request != 0 && m->own.request == m->request.number)
    e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_end_request (m, E2EE_MEETING_ERR_TIMEOUT);
}

static int
is_fulfilled (const e2ee_meeting * m)
{
  const e2ee_request *request = &m->request;
  const e2ee_statement *statement = &m->shown.statement;

  switch (request->kind) {
    case E2EE_REQUEST_E2EE:
      return statement->on == request->value;
    case E2EE_REQUEST_FEATURE:
      return (int) (statement->features >> request->feature & 1) == request->value;
    case E2EE_REQUEST_HOST:
      return e2ee_statement_has_host (statement, &m->ticket, request->host.subject,
          &request->host.device);
    case E2EE_REQUEST_REMOVE:
      return e2ee_meeting_entry_of_device (m, &request->host.device) == NULL;
    default:
      return 0;
  }
}

void
e2ee_meeting_check_request (e2ee_meeting * m)
{
  const e2ee_entry *self = e2ee_meeting_self (m);

  if (m->request.kind == E2EE_REQUEST_NONE || m->group == NULL)
    return;
  if (is_fulfilled (m))
    e2ee_meeting_end_request (m, E2EE_MEETING_OK);
  else if (self != NULL && !self->is_host && m->request.kind < E2EE_REQUEST_REMOVE)
    e2ee_meeting_end_request (m, E2EE_MEETING_ERR_NOT_HOST);
}

/* ---- the statement ---- */

/* Signs what @next says with all grants of the one in force and @grant. */
static e2ee_meeting_result
issue (e2ee_meeting * m, const e2ee_statement * next, e2ee_bytes grant, e2ee_mls_buffer * text)
{
  e2ee_mls_buffer *old = NULL;
  e2ee_bytes grants[E2EE_MAX_GRANTS + 1];
  size_t n_old = 0, n = 0;
  e2ee_meeting_result r = E2EE_MEETING_OK;

  if (m->shown.text.size > 0)
    r = e2ee_statement_grants (e2ee_mls_buffer_view (m->shown.text), &old, &n_old);
  for (size_t i = 0; i < n_old && n < E2EE_MAX_GRANTS; i++)
    grants[n++] = e2ee_mls_buffer_view (old[i]);
  if (grant.size > 0)
    grants[n++] = grant;
  if (r == E2EE_MEETING_OK)
    r = e2ee_statement_issue (next, &m->ticket, m->device, grants, n, e2ee_meeting_unix_time (m),
        text);
  for (size_t i = 0; i < n_old; i++)
    e2ee_mls_buffer_clear (&old[i]);
  e2ee_mls_free (old);
  return r;
}

e2ee_meeting_result
e2ee_meeting_request_statement (e2ee_meeting * m, e2ee_mls_buffer * text,
    e2ee_statement * statement)
{
  e2ee_statement next = m->shown.statement;
  e2ee_mls_buffer grant = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r = E2EE_MEETING_OK;

  *text = E2EE_MLS_NO_BUFFER;
  switch (m->request.kind) {
    case E2EE_REQUEST_E2EE:
      next.on = m->request.value;
      break;
    case E2EE_REQUEST_FEATURE:
      next.features &= ~((e2ee_features) 1 << m->request.feature);
      next.features |= (e2ee_features) m->request.value << m->request.feature;
      break;
    case E2EE_REQUEST_HOST:
      r = e2ee_grant_issue (&m->ticket, m->device, m->request.host.subject,
          &m->request.host.device, e2ee_meeting_unix_time (m), &grant);
      break;
    default:
      return E2EE_MEETING_ERR_STATEMENT_OLD;
  }
  next.revision = m->newest.statement.revision > m->issued
      ? m->newest.statement.revision : m->issued;
  next.revision++;
  if (r == E2EE_MEETING_OK)
    r = issue (m, &next, e2ee_mls_buffer_view (grant), text);
  /* As the others will read it. */
  if (r == E2EE_MEETING_OK)
    r = e2ee_statement_verify (e2ee_mls_buffer_view (*text), &m->ticket, statement);
  if (r == E2EE_MEETING_OK) {
    m->issued = next.revision;
    m->is_dirty = 1;
  } else {
    e2ee_mls_buffer_clear (text);
  }
  e2ee_mls_buffer_clear (&grant);
  return r;
}
