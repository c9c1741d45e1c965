/* What leaves the meeting: collected while a call works, given out when everything is consistent.
 *
 * The order is part of the contract: state is saved before the messages that it belongs to leave,
 * and events are told last.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

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
  e2ee_queued *queued = append (&m->outbox.events);

  /* Without memory an event is lost, and nobody writes into nothing. */
  if (queued == NULL) {
    e2ee_mls_buffer_clear (&m->outbox.lost.text);
    queued = &m->outbox.lost;
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

void
e2ee_meeting_post_account (e2ee_meeting * m, e2ee_event_type type, const e2ee_account * account,
    e2ee_meeting_result result)
{
  e2ee_queued *queued = post (m, type);

  queued->event.result = result;
  if (account != NULL) {
    queued->account = *account;
    queued->event.account = &queued->account;
  }
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
  return queued != &m->outbox.lost;
}

/* ---- messages ---- */

e2ee_meeting_result
e2ee_meeting_send_again (e2ee_meeting * m, e2ee_bytes envelope)
{
  e2ee_queued *queued = append (&m->outbox.messages);

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
  const e2ee_queue messages = m->outbox.messages, events = m->outbox.events;

  m->outbox.messages = m->outbox.events = (e2ee_queue) { NULL, NULL };
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
  drop (m->outbox.messages);
  drop (m->outbox.events);
  m->outbox.messages = m->outbox.events = (e2ee_queue) { NULL, NULL };
  e2ee_mls_buffer_clear (&m->outbox.lost.text);
}
