/* Messages that came too early: before a Welcome, or past a commit that they overtook.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/meeting-private.h"

static void
drop_kept (e2ee_meeting * m, size_t index)
{
  m->kept_bytes -= m->kept[index].size;
  e2ee_mls_buffer_clear (&m->kept[index]);
  memmove (&m->kept[index], &m->kept[index + 1], (m->n_kept - index - 1) * sizeof (*m->kept));
  m->n_kept--;
}

void
e2ee_meeting_drop_kept (e2ee_meeting * m)
{
  while (m->n_kept > 0)
    drop_kept (m, m->n_kept - 1);
}

void
e2ee_meeting_keep (e2ee_meeting * m, e2ee_bytes message)
{
  if (message.size > E2EE_MAX_KEPT_BYTES)
    return;
  /* The newest are those that a Welcome is followed by. */
  while (m->n_kept == E2EE_MAX_KEPT_MESSAGES
      || m->kept_bytes + message.size > E2EE_MAX_KEPT_BYTES)
    drop_kept (m, 0);
  if (e2ee_mls_buffer_dup (message, &m->kept[m->n_kept]) == E2EE_MLS_OK) {
    m->n_kept++;
    m->kept_bytes += message.size;
  }
}

/* Each is taken or kept anew; one round for each epoch that the kept ones open. */
void
e2ee_meeting_play_kept (e2ee_meeting * m)
{
  e2ee_mls_buffer playing[E2EE_MAX_KEPT_MESSAGES];
  uint64_t epoch;

  if (m->is_playing)
    return;
  m->is_playing = 1;
  do {
    const size_t n = m->n_kept;

    epoch = m->group != NULL ? e2ee_mls_group_epoch (m->group) : 0;
    memcpy (playing, m->kept, n * sizeof (*playing));
    m->n_kept = 0;
    m->kept_bytes = 0;
    for (size_t i = 0; i < n; i++) {
      (void) !e2ee_meeting_take_mls (m, e2ee_mls_buffer_view (playing[i]));
      e2ee_mls_buffer_clear (&playing[i]);
    }
  } while (m->n_kept > 0 && m->group != NULL && e2ee_mls_group_epoch (m->group) != epoch);
  m->is_playing = 0;
}
