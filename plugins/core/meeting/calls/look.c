/* Looking at a meeting changes nothing.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

void
e2ee_meeting_look (const e2ee_meeting * m, e2ee_meeting_view * view)
{
  const e2ee_entry *self = e2ee_meeting_self (m);
  const int is_in = m->roster.n > 0 && m->group != NULL;

  *view = (e2ee_meeting_view) {
    .phase = m->phase,
    .state = m->state,
    .reason = m->reason,
    .mode = m->mode,
    .on = is_in && m->shown.statement.on,
    .features = m->features,
    .revision = is_in ? m->shown.statement.revision : m->newest.statement.revision,
    .epoch = is_in ? e2ee_mls_group_epoch (m->group) : 0,
    .own_leaf = is_in ? e2ee_mls_group_own_leaf (m->group) : E2EE_NOBODY,
    .is_host = self != NULL ? self->is_host
        : e2ee_statement_has_host (&m->newest.statement, &m->ticket, m->account.subject,
            &m->account.thumbprint),
    .n_members = m->roster.n,
    .ticket = &m->ticket,
  };
}

int
e2ee_meeting_next_member (const e2ee_meeting * m, uint32_t from, e2ee_member * member)
{
  const e2ee_entry *self = e2ee_meeting_self (m);

  for (size_t i = 0; i < m->roster.n; i++) {
    const e2ee_entry *entry = &m->roster.entries[i];

    if (entry->leaf < from)
      continue;
    *member = (e2ee_member) {
      .leaf = entry->leaf,
      .account = entry->account,
      .is_self = entry == self,
      .is_host = entry->is_host,
      .is_verified = entry->is_verified,
      .is_new_device = entry->is_new_device,
      .is_heard = entry->is_heard,
      .is_ready = entry == self || entry->is_ready,
      .streams = entry == self ? m->streams : entry->streams,
      .n_streams = entry == self ? m->n_streams : entry->n_streams,
    };
    return 1;
  }
  return 0;
}

void
e2ee_meeting_code (const e2ee_meeting * m, char code[E2EE_CODE_SIZE])
{
  memcpy (code, m->code, E2EE_CODE_SIZE);
}

e2ee_meeting_result
e2ee_meeting_member_code (const e2ee_meeting * m, uint32_t leaf, char code[E2EE_CODE_SIZE])
{
  const e2ee_entry *entry = e2ee_meeting_entry (m, leaf);

  if (entry == NULL)
    return E2EE_MEETING_ERR_UNKNOWN_MEMBER;
  e2ee_code_of_device (entry->account.subject, &entry->account.device, code);
  return E2EE_MEETING_OK;
}

void
e2ee_meeting_media (const e2ee_meeting * m, e2ee_media_view * view)
{
  memset (view, 0, sizeof (*view));
  view->mode = m->mode;
  view->suite = m->media_suite;
  view->tag = m->tag;
  view->own_leaf = m->group != NULL ? e2ee_mls_group_own_leaf (m->group) : E2EE_NOBODY;
  view->sending = -1;
  if (m->mode == E2EE_MEDIA_CLOSED)
    return;
  for (size_t i = 0; i < m->media.n; i++)
    view->epochs[i] = (e2ee_media_epoch) { m->media.keys[i].epoch,
        e2ee_mls_secret_view (m->media.keys[i].base_key), m->media.keys[i].until_ms };
  view->n_epochs = m->media.n;
  if (m->media.n > 0)
    view->sending = m->media.sends_newest || m->media.n == 1 ? 0 : 1;
}
