/* What members tell each other inside the group: that they are there, chat, what they send.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/application.h"
#include "core/meeting/state/state.h"
#include "core/meeting/text.h"

/* ---- sending ---- */

static e2ee_meeting_result
send (e2ee_meeting * m, const e2ee_application * application)
{
  e2ee_content content = { .kind = E2EE_CONTENT_MLS };
  e2ee_mls_buffer data = E2EE_MLS_NO_BUFFER, message = E2EE_MLS_NO_BUFFER;
  uint8_t version[E2EE_VERSION_SIZE];
  e2ee_meeting_result r;

  e2ee_version_write (&m->version, version);
  r = e2ee_application_write (application, &data);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_group_protect (m->group, e2ee_mls_buffer_view (data),
            E2EE_BYTES (version, sizeof (version)), &message));
  content.body = e2ee_mls_buffer_view (message);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_send (m, &content, NULL);
  e2ee_mls_buffer_clear (&data);
  e2ee_mls_buffer_clear (&message);
  return r;
}

void
e2ee_meeting_say_alive (e2ee_meeting * m)
{
  const e2ee_application alive = { .kind = E2EE_APPLICATION_ALIVE, .flags = 1 };
  const uint64_t now = e2ee_meeting_now (m);

  if (!e2ee_meeting_is_member (m)) {
    e2ee_meeting_set_timer (m, E2EE_TIMER_ALIVE, E2EE_NEVER);
    return;
  }
  m->alive_ms = now;
  e2ee_meeting_set_timer (m, E2EE_TIMER_ALIVE, now + m->timing.heartbeat_ms);
  /* One that is not sent for want of memory is one that got lost. */
  (void) !send (m, &alive);
}

void
e2ee_meeting_say_streams (e2ee_meeting * m)
{
  e2ee_application streams = { .kind = E2EE_APPLICATION_STREAMS, .n_streams = m->n_streams };

  if (!e2ee_meeting_is_member (m))
    return;
  memcpy (streams.streams, m->streams, m->n_streams * sizeof (m->streams[0]));
  (void) !send (m, &streams);
}

e2ee_meeting_result
e2ee_meeting_say_chat (e2ee_meeting * m, e2ee_bytes text)
{
  e2ee_application chat = { .kind = E2EE_APPLICATION_CHAT };
  e2ee_mls_buffer clean = { .size = 3 * text.size + 1 };
  e2ee_meeting_result r = E2EE_MEETING_OK;

  clean.data = e2ee_mls_alloc (clean.size, 1);
  if (clean.data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_text_sanitize_chat (text, (char *) clean.data, clean.size);
  /* Broken UTF-8 grows when it is mended. */
  chat.text = E2EE_BYTES (clean.data, strlen ((char *) clean.data));
  if (chat.text.size == 0 || chat.text.size > E2EE_MAX_CHAT)
    r = E2EE_MEETING_ERR_TEXT;
  if (r == E2EE_MEETING_OK)
    r = send (m, &chat);
  e2ee_mls_buffer_clear (&clean);
  return r;
}

void
e2ee_meeting_announce_streams (e2ee_meeting * m, const e2ee_stream streams[E2EE_MAX_STREAMS],
    size_t n_streams)
{
  memcpy (m->streams, streams, sizeof (m->streams));
  m->n_streams = n_streams;
  if (e2ee_meeting_is_member (m) && m->shown.statement.on)
    m->n_streams = e2ee_streams_without_closed (m->streams, n_streams);
  e2ee_meeting_say_streams (m);
  if (e2ee_meeting_self (m) != NULL)
    e2ee_meeting_post_member (m, E2EE_EVENT_STREAMS, e2ee_meeting_self (m), E2EE_MEETING_OK);
}

/* ---- receiving ---- */

static void
take_alive (e2ee_meeting * m, e2ee_entry * entry, uint64_t epoch)
{
  if (epoch != e2ee_mls_group_epoch (m->group) || entry->is_ready)
    return;
  entry->is_ready = 1;
  e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_CHANGED, entry, E2EE_MEETING_OK);
  e2ee_meeting_check_ready (m);
}

static e2ee_meeting_result
take_chat (e2ee_meeting * m, const e2ee_entry * entry, e2ee_bytes text)
{
  const size_t size = 3 * text.size + 1;
  char *clean = e2ee_mls_alloc (size, 1);

  if (clean == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_text_sanitize_chat (text, clean, size);
  e2ee_meeting_post_text (m, E2EE_EVENT_CHAT, entry, E2EE_BYTES (clean, strlen (clean)));
  e2ee_mls_free (clean);
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
take_streams (e2ee_meeting * m, e2ee_entry * entry, const e2ee_application * application)
{
  if (entry->streams == NULL)
    entry->streams = e2ee_mls_alloc (E2EE_MAX_STREAMS, sizeof (*entry->streams));
  if (entry->streams == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  memcpy (entry->streams, application->streams, sizeof (application->streams));
  entry->n_streams = application->n_streams;
  if (m->shown.statement.on)
    entry->n_streams = e2ee_streams_without_closed (entry->streams, entry->n_streams);
  e2ee_meeting_post_member (m, E2EE_EVENT_STREAMS, entry, E2EE_MEETING_OK);
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_meeting_take_application (e2ee_meeting * m, uint32_t leaf, uint64_t epoch, e2ee_bytes data)
{
  e2ee_entry *entry = e2ee_meeting_entry (m, leaf);
  e2ee_application application;
  e2ee_meeting_result r;

  /* A late message of somebody who has gone, and whose name we do not have any more. */
  if (entry == NULL)
    return E2EE_MEETING_OK;
  r = e2ee_application_read (data, &application);
  if (r != E2EE_MEETING_OK)
    return r;
  if (epoch == e2ee_mls_group_epoch (m->group))
    e2ee_meeting_heard (m, entry);
  switch (application.kind) {
    case E2EE_APPLICATION_ALIVE:
      take_alive (m, entry, epoch);
      return E2EE_MEETING_OK;
    case E2EE_APPLICATION_CHAT:
      return take_chat (m, entry, application.text);
    case E2EE_APPLICATION_STREAMS:
      return take_streams (m, entry, &application);
    default:
      return E2EE_MEETING_OK;
  }
}
