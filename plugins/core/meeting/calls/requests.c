/* What the application asks for: who may, and what the ticket allows.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/calls/loop.h"
#include "core/meeting/state/state.h"

static e2ee_meeting_result
start (e2ee_meeting * m, const e2ee_request * request, uint64_t *number)
{
  e2ee_meeting_start_request (m, request, number);
  e2ee_meeting_settle (m);
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
may_ask (const e2ee_meeting * m)
{
  if (!e2ee_meeting_is_member (m))
    return E2EE_MEETING_ERR_NOT_JOINED;
  return m->request.kind != E2EE_REQUEST_NONE ? E2EE_MEETING_ERR_BUSY : E2EE_MEETING_OK;
}

static e2ee_meeting_result
may_ask_as_host (const e2ee_meeting * m)
{
  const e2ee_entry *self = e2ee_meeting_self (m);
  const e2ee_meeting_result r = may_ask (m);

  if (r == E2EE_MEETING_OK && (self == NULL || !self->is_host))
    return E2EE_MEETING_ERR_NOT_HOST;
  return r;
}

e2ee_meeting_result
e2ee_meeting_set_e2ee (e2ee_meeting * m, int on, uint64_t *request)
{
  const e2ee_request wanted = { .kind = E2EE_REQUEST_E2EE, .value = on != 0 };
  const e2ee_meeting_result r = may_ask_as_host (m);

  if (r != E2EE_MEETING_OK)
    return r;
  if (m->ticket.e2ee == (on ? E2EE_FLOOR_FORBID : E2EE_FLOOR_REQUIRE))
    return E2EE_MEETING_ERR_STATEMENT_POLICY;
  return start (m, &wanted, request);
}

e2ee_meeting_result
e2ee_meeting_set_feature (e2ee_meeting * m, e2ee_feature feature, int available,
    uint64_t *request)
{
  const e2ee_request wanted = { .kind = E2EE_REQUEST_FEATURE, .value = available != 0,
    .feature = feature
  };
  const e2ee_meeting_result r = may_ask_as_host (m);

  if (r != E2EE_MEETING_OK)
    return r;
  if ((unsigned) feature >= E2EE_N_FEATURES)
    return E2EE_MEETING_ERR_ARGUMENT;
  if (available && (E2EE_FEATURES_NEVER >> feature & 1) != 0)
    return E2EE_MEETING_ERR_STATEMENT_POLICY;
  return start (m, &wanted, request);
}

e2ee_meeting_result
e2ee_meeting_make_host (e2ee_meeting * m, uint32_t leaf, uint64_t *request)
{
  const e2ee_entry *entry = e2ee_meeting_entry (m, leaf);
  e2ee_request wanted = { .kind = E2EE_REQUEST_HOST };
  const e2ee_meeting_result r = may_ask_as_host (m);

  if (r != E2EE_MEETING_OK)
    return r;
  if (!e2ee_ticket_has_host (&m->ticket, m->account.subject, &m->account.thumbprint))
    return E2EE_MEETING_ERR_NOT_HOST;
  if (entry == NULL)
    return E2EE_MEETING_ERR_UNKNOWN_MEMBER;
  if (m->shown.statement.n_granted == E2EE_MAX_GRANTS && !entry->is_host)
    return E2EE_MEETING_ERR_ARGUMENT;
  memcpy (wanted.host.subject, entry->account.subject, sizeof (wanted.host.subject));
  wanted.host.device = entry->account.thumbprint;
  return start (m, &wanted, request);
}

e2ee_meeting_result
e2ee_meeting_remove (e2ee_meeting * m, uint32_t leaf, uint64_t *request)
{
  const e2ee_entry *entry = e2ee_meeting_entry (m, leaf);
  const e2ee_entry *self = e2ee_meeting_self (m);
  e2ee_request wanted = { .kind = E2EE_REQUEST_REMOVE };
  const e2ee_meeting_result r = may_ask (m);

  if (r != E2EE_MEETING_OK)
    return r;
  if (entry == NULL || self == NULL)
    return E2EE_MEETING_ERR_UNKNOWN_MEMBER;
  if (entry == self)
    return E2EE_MEETING_ERR_ARGUMENT;
  if (entry->is_host && !self->is_host)
    return E2EE_MEETING_ERR_NOT_HOST;
  wanted.host.device = entry->account.thumbprint;
  return start (m, &wanted, request);
}

e2ee_meeting_result
e2ee_meeting_rekey (e2ee_meeting * m, uint64_t *request)
{
  const e2ee_request wanted = { .kind = E2EE_REQUEST_REKEY };
  const e2ee_meeting_result r = may_ask (m);

  return r != E2EE_MEETING_OK ? r : start (m, &wanted, request);
}
