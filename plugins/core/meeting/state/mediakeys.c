/* Media keys by epoch, RFC 9605 section 5.2 (meeting.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

static void
drop_key (e2ee_meeting * m, size_t index)
{
  e2ee_mls_secret_clear (&m->media.keys[index].base_key);
  memmove (&m->media.keys[index], &m->media.keys[index + 1],
      (m->media.n - index - 1) * sizeof (m->media.keys[0]));
  m->media.n--;
  memset (&m->media.keys[m->media.n], 0, sizeof (m->media.keys[0]));
}

void
e2ee_meeting_drop_media_keys (e2ee_meeting * m)
{
  while (m->media.n > 0)
    drop_key (m, m->media.n - 1);
  e2ee_meeting_set_timer (m, E2EE_TIMER_KEYS, E2EE_NEVER);
}

static void
set_timer (e2ee_meeting * m)
{
  uint64_t at = E2EE_NEVER;

  for (size_t i = 0; i < m->media.n; i++) {
    if (m->media.keys[i].until_ms < at)
      at = m->media.keys[i].until_ms;
  }
  e2ee_meeting_set_timer (m, E2EE_TIMER_KEYS, at);
}

void
e2ee_meeting_on_keys_timer (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  for (size_t i = m->media.n; i > 0; i--) {
    if (m->media.keys[i - 1].until_ms <= now)
      drop_key (m, i - 1);
  }
  set_timer (m);
  e2ee_meeting_post (m, E2EE_EVENT_KEYS);
}

e2ee_meeting_result
e2ee_meeting_add_media_key (e2ee_meeting * m, int is_new_group)
{
  const uint64_t epoch = e2ee_mls_group_epoch (m->group);
  const uint64_t until = e2ee_meeting_now (m) + m->timing.old_key_ms;
  e2ee_epoch_key key = { .epoch = epoch, .until_ms = E2EE_NEVER };

  if (e2ee_mls_secret_init (&key.base_key, m->base_key_size) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  if (e2ee_mls_group_export (m->group, "SFrame 1.0 Base Key", E2EE_NO_BYTES, key.base_key.data,
          key.base_key.size) != E2EE_MLS_OK) {
    e2ee_mls_secret_clear (&key.base_key);
    return E2EE_MEETING_ERR_CRYPTO;
  }
  /* One key id must not stand for two keys: in another group of this meeting epochs count anew. */
  if (is_new_group)
    e2ee_meeting_drop_media_keys (m);
  for (size_t i = m->media.n; i > 0; i--) {
    if ((m->media.keys[i - 1].epoch & 255) == (epoch & 255))
      drop_key (m, i - 1);
  }
  if (m->media.n == E2EE_MAX_MEDIA_EPOCHS)
    drop_key (m, m->media.n - 1);
  for (size_t i = 0; i < m->media.n; i++) {
    if (m->media.keys[i].until_ms == E2EE_NEVER)
      m->media.keys[i].until_ms = until;
  }
  memmove (&m->media.keys[1], &m->media.keys[0], m->media.n * sizeof (m->media.keys[0]));
  m->media.keys[0] = key;
  m->media.n++;
  set_timer (m);
  return E2EE_MEETING_OK;
}
