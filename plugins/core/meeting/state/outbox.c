/* What leaves the meeting: collected while a call works, given out when everything is consistent.
 *
 * The order is part of the contract: state is saved before the messages that it belongs to leave,
 * and events are told last.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/meeting-private.h"

static e2ee_queued *
append (e2ee_queue * queue)
{
  e2ee_queued *queued = e2ee_mls_alloc (1, sizeof (*queued));

  if (queued == NULL)
    return NULL;
  if (queue->last != NULL)
    queue->last->next = queued;
  else
    queue->first = queued;
  queue->last = queued;
  return queued;
}

static void
drop (e2ee_queue queue)
{
  while (queue.first != NULL) {
    e2ee_queued *queued = queue.first;

    queue.first = queued->next;
    e2ee_mls_buffer_clear (&queued->text);
    e2ee_mls_free (queued);
  }
}

/* ---- events ---- */

static e2ee_queued *
post (e2ee_meeting * m, e2ee_event_type type)
{
  e2ee_queued *queued = append (&m->events);

  /* Without memory an event is lost, and nobody writes into nothing. */
  if (queued == NULL) {
    e2ee_mls_buffer_clear (&m->lost.text);
    queued = &m->lost;
  }
  queued->event = (e2ee_meeting_event) {
    .type = type,
    .phase = m->phase,
    .state = m->state,
    .epoch = m->group != NULL ? e2ee_mls_group_epoch (m->group) : 0,
    .leaf = E2EE_NOBODY,
  };
  return queued;
}

e2ee_meeting_event *
e2ee_meeting_post (e2ee_meeting * m, e2ee_event_type type)
{
  return &post (m, type)->event;
}

void
e2ee_meeting_post_member (e2ee_meeting * m, e2ee_event_type type, const e2ee_entry * entry,
    e2ee_meeting_result result)
{
  e2ee_queued *queued = post (m, type);

  queued->event.result = result;
  queued->event.leaf = entry->leaf;
  queued->account = entry->account;
  queued->event.account = &queued->account;
}

int
e2ee_meeting_post_text (e2ee_meeting * m, e2ee_event_type type, const e2ee_entry * entry,
    e2ee_bytes text)
{
  e2ee_mls_buffer copy = E2EE_MLS_NO_BUFFER;
  e2ee_queued *queued;

  /* Rather no event than one without its text. */
  if (e2ee_mls_buffer_dup (text, &copy) != E2EE_MLS_OK)
    return 0;
  queued = post (m, type);
  if (entry != NULL) {
    queued->event.leaf = entry->leaf;
    queued->account = entry->account;
    queued->event.account = &queued->account;
  }
  queued->text = copy;
  queued->event.text = e2ee_mls_buffer_view (copy);
  return queued != &m->lost;
}

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
  e2ee_queued *queued;
  json_t *fields;

  if (is_ordinary (cause)
      || (m->refused_ms[cause] != 0 && now - m->refused_ms[cause] < E2EE_REFUSED_MS))
    return;
  m->refused_ms[cause] = now > 0 ? now : 1;
  queued = post (m, E2EE_EVENT_REFUSED);
  queued->event.result = cause;
  if (account != NULL) {
    queued->account = *account;
    queued->event.account = &queued->account;
  }
  fields = account != NULL ? e2ee_meeting_evidence_of (account) : json_object ();
  json_object_set_new (fields, "cause", json_string (e2ee_meeting_result_code (cause)));
  e2ee_meeting_evidence (m, "refused", fields);
}

/* ---- evidence ---- */

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
  const e2ee_log before = m->log;
  e2ee_mls_buffer line = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r;

  r = e2ee_log_append (&m->log, e2ee_meeting_unix_time (m), epoch, kind, fields, &line);
  if (r == E2EE_MEETING_OK
      && !e2ee_meeting_post_text (m, E2EE_EVENT_LOG, NULL, e2ee_mls_buffer_view (line)))
    r = E2EE_MEETING_ERR_NO_MEMORY;
  /* A line that nobody gets would be a gap in the chain. */
  if (r == E2EE_MEETING_OK)
    m->is_dirty = 1;
  else
    m->log = before;
  e2ee_mls_buffer_clear (&line);
  return r;
}

e2ee_meeting_result
e2ee_meeting_evidence (e2ee_meeting * m, const char *kind, json_t * fields)
{
  json_t *begin;
  e2ee_meeting_result r = E2EE_MEETING_OK;

  if (m->log.n == 0) {
    begin = json_pack ("{s:s}", "meeting", m->ticket.meeting_id);
    r = append_line (m, "begin", begin);
    json_decref (begin);
  }
  if (r == E2EE_MEETING_OK)
    r = append_line (m, kind, fields);
  json_decref (fields);
  return r;
}

/* ---- messages ---- */

e2ee_meeting_result
e2ee_meeting_send_again (e2ee_meeting * m, e2ee_bytes envelope)
{
  e2ee_queued *queued = append (&m->messages);

  if (queued == NULL || e2ee_mls_buffer_dup (envelope, &queued->text) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_meeting_send (e2ee_meeting * m, const e2ee_content * content, e2ee_mls_buffer * envelope)
{
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER, sealed = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r;

  r = e2ee_content_write (content, &encoded);
  if (r == E2EE_MEETING_OK)
    r = e2ee_envelope_seal (m->host->env, E2EE_BYTES (m->keys.data, E2EE_ENVELOPE_KEY_SIZE),
        m->ticket.meeting_id, e2ee_mls_buffer_view (encoded), &sealed);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_send_again (m, e2ee_mls_buffer_view (sealed));
  if (r == E2EE_MEETING_OK && envelope != NULL)
    *envelope = sealed;
  else
    e2ee_mls_buffer_clear (&sealed);
  e2ee_mls_buffer_clear (&encoded);
  return r;
}

/* ---- giving out ---- */

void
e2ee_meeting_give_out (e2ee_meeting * m)
{
  const e2ee_queue messages = m->messages, events = m->events;

  m->messages = m->events = (e2ee_queue) { NULL, NULL };
  for (e2ee_queued * queued = messages.first; queued != NULL; queued = queued->next)
    m->host->send (m->host->user, e2ee_mls_buffer_view (queued->text));
  for (e2ee_queued * queued = events.first; queued != NULL; queued = queued->next)
    m->host->event (m->host->user, &queued->event);
  drop (messages);
  drop (events);
}

void
e2ee_meeting_drop_queues (e2ee_meeting * m)
{
  drop (m->messages);
  drop (m->events);
  m->messages = m->events = (e2ee_queue) { NULL, NULL };
  e2ee_mls_buffer_clear (&m->lost.text);
}
