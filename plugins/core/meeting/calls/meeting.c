/* The object, and what it is made from.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/suite.h"
#include "core/meeting/moves/leaving.h"
#include "core/meeting/state/state.h"

static const char psk_label[] = "e2ee-meeting";

/* ---- new ---- */

static void
set_timing (e2ee_meeting_timing * timing)
{
  static const e2ee_meeting_timing defaults = {
    .found_ms = 1500, .join_retry_ms = 3000, .batch_ms = 100, .turn_ms = 800,
    .heartbeat_ms = 5000, .silence_ms = 15000, .gone_ms = 45000, .behind_ms = 2000,
    .switch_ms = 2000, .rekey_ms = 300000, .old_key_ms = 10000,
  };

#define SET(name) if (timing->name == 0) timing->name = defaults.name
  SET (found_ms);
  SET (join_retry_ms);
  SET (batch_ms);
  SET (turn_ms);
  SET (heartbeat_ms);
  SET (silence_ms);
  SET (gone_ms);
  SET (behind_ms);
  SET (switch_ms);
  SET (rekey_ms);
  SET (old_key_ms);
#undef SET
}

static e2ee_meeting_result
derive_keys (e2ee_meeting * m, const e2ee_link * link)
{
  const size_t id_size = strlen (m->ticket.meeting_id);
  uint8_t tag[2];
  e2ee_meeting_result r;

  if (e2ee_mls_secret_init (&m->keys, E2EE_ENVELOPE_KEY_SIZE + 32) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  r = e2ee_link_derive (link, "e2ee-meeting envelope", m->keys.data, E2EE_ENVELOPE_KEY_SIZE);
  if (r == E2EE_MEETING_OK)
    r = e2ee_link_derive (link, "e2ee-meeting join", m->keys.data + E2EE_ENVELOPE_KEY_SIZE, 32);
  if (r == E2EE_MEETING_OK)
    r = e2ee_link_derive (link, "e2ee-meeting tag", tag, sizeof (tag));
  if (r != E2EE_MEETING_OK)
    return r;
  /* The first 15 bits behind the bit that is always set. */
  m->tag = (uint16_t) (0x8000 | e2ee_get_be (tag, 2) >> 1);
  m->psk_id.size = sizeof (psk_label) - 1 + id_size;
  m->psk_id.data = e2ee_mls_alloc (m->psk_id.size, 1);
  if (m->psk_id.data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  memcpy (m->psk_id.data, psk_label, sizeof (psk_label) - 1);
  memcpy (m->psk_id.data + sizeof (psk_label) - 1, m->ticket.meeting_id, id_size);
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
verify_token (const e2ee_meeting * m, e2ee_bytes token, e2ee_account * account)
{
  const e2ee_meeting_result r = e2ee_account_verify (token, &m->authorities,
      e2ee_meeting_unix_time (m), account);

  if (r != E2EE_MEETING_OK)
    return r;
  return memcmp (account->device.bytes, e2ee_device_public_key (m->device)->bytes,
      E2EE_PUBLIC_KEY_SIZE) == 0 ? E2EE_MEETING_OK : E2EE_MEETING_ERR_TOKEN_DEVICE;
}

static e2ee_meeting_result
verify_given (e2ee_meeting * m, const e2ee_meeting_config * config)
{
  e2ee_meeting_result r;

  r = verify_token (m, config->account_token, &m->account);
  if (r == E2EE_MEETING_OK)
    r = e2ee_ticket_verify (config->ticket, &m->authorities, &m->ticket);
  if (r == E2EE_MEETING_OK)
    r = e2ee_link_check_ticket (config->link, &m->ticket);
  if (r != E2EE_MEETING_OK)
    return r;
  return e2ee_ticket_check_time (&m->ticket, e2ee_meeting_unix_time (m));
}

static e2ee_meeting_result
fill (e2ee_meeting * m, const e2ee_meeting_config * config)
{
  const e2ee_suite *suite;
  e2ee_meeting_result r;

  m->host = config->host;
  m->timing = config->timing;
  set_timing (&m->timing);
  m->device = e2ee_device_ref (config->device);
  m->authorities = *config->authorities;
  m->mls_suite = config->mls_suite != 0 ? config->mls_suite : 0x0003;
  m->media_suite = config->media_suite != 0 ? config->media_suite : 0x0004;
  m->max_members = config->max_members != 0 ? config->max_members : 1000;
  m->floor = config->floor;
  suite = e2ee_suite_find (m->media_suite);
  /* Leaf indices have ten bits in a key id. */
  if (suite == NULL || m->max_members > 1000 || (unsigned) m->floor > E2EE_FLOOR_FORBID
      || (m->mls_suite != 0x0001 && m->mls_suite != 0x0003)
      || (config->store_key.size != 0 && config->store_key.size != 32))
    return E2EE_MEETING_ERR_ARGUMENT;
  m->base_key_size = suite->nk;
  r = verify_given (m, config);
  if (r != E2EE_MEETING_OK)
    return r;
  if (e2ee_mls_buffer_dup (config->account_token, &m->token) != E2EE_MLS_OK
      || (config->store_key.size > 0
          && e2ee_mls_secret_dup (config->store_key, &m->store_key) != E2EE_MLS_OK))
    return E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_meeting_set_mls_host (m);
  r = derive_keys (m, config->link);
  if (r != E2EE_MEETING_OK)
    return r;
  r = e2ee_applicants_init (&m->applicants);
  if (r != E2EE_MEETING_OK)
    return r;
  m->devices.list = e2ee_mls_alloc (E2EE_MAX_DEVICES, sizeof (*m->devices.list));
  if (m->devices.list == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_statement_initial (&m->ticket, &m->newest.statement);
  m->shown.statement = m->newest.statement;
  e2ee_log_init (&m->evidence.log);
  for (size_t i = 0; i < E2EE_N_TIMERS; i++)
    m->timers[i] = E2EE_NEVER;
  m->reason = E2EE_MEETING_ERR_NOT_JOINED;
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
open_meeting (const e2ee_meeting_config * config, const e2ee_bytes * sealed,
    e2ee_meeting ** meeting)
{
  e2ee_meeting *m;
  e2ee_meeting_result r;

  *meeting = NULL;
  if (config->host == NULL || config->device == NULL || config->authorities == NULL
      || config->link == NULL || config->host->env == NULL || config->host->send == NULL
      || config->host->event == NULL || config->host->unix_time == NULL)
    return E2EE_MEETING_ERR_ARGUMENT;
  m = e2ee_mls_alloc (1, sizeof (*m));
  if (m == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  r = fill (m, config);
  if (r == E2EE_MEETING_OK && sealed != NULL)
    r = e2ee_meeting_unstore (m, *sealed);
  if (r == E2EE_MEETING_OK)
    *meeting = m;
  else
    e2ee_meeting_free (m);
  return r;
}

e2ee_meeting_result
e2ee_meeting_new (const e2ee_meeting_config * config, e2ee_meeting ** meeting)
{
  return open_meeting (config, NULL, meeting);
}

e2ee_meeting_result
e2ee_meeting_restore (const e2ee_meeting_config * config, e2ee_bytes sealed,
    e2ee_meeting ** meeting)
{
  return open_meeting (config, &sealed, meeting);
}

void
e2ee_meeting_free (e2ee_meeting * m)
{
  if (m == NULL)
    return;
  if (m->device != NULL && m->applicants.list != NULL)
    e2ee_meeting_go_out (m, E2EE_MEETING_OK);
  e2ee_meeting_drop_queues (m);
  e2ee_applicants_free (&m->applicants);
  e2ee_mls_free (m->devices.list);
  e2ee_mls_buffer_clear (&m->shown.text);
  e2ee_mls_buffer_clear (&m->newest.text);
  e2ee_mls_buffer_clear (&m->token);
  e2ee_mls_buffer_clear (&m->psk_id);
  e2ee_mls_secret_clear (&m->keys);
  e2ee_mls_secret_clear (&m->store_key);
  e2ee_device_unref (m->device);
  e2ee_mls_free (m);
}

/* ---- given anew ---- */

e2ee_meeting_result
e2ee_meeting_set_token (e2ee_meeting * m, e2ee_bytes account_token)
{
  e2ee_mls_buffer copy = E2EE_MLS_NO_BUFFER;
  e2ee_account account;
  e2ee_meeting_result r;

  r = verify_token (m, account_token, &account);
  if (r != E2EE_MEETING_OK)
    return r;
  /* A guest who has signed in is somebody else now, and joins as such. */
  if (m->phase != E2EE_PHASE_IDLE && strcmp (account.subject, m->account.subject) != 0)
    return E2EE_MEETING_ERR_BUSY;
  if (e2ee_mls_buffer_dup (account_token, &copy) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_mls_buffer_clear (&m->token);
  m->token = copy;
  m->account = account;
  return E2EE_MEETING_OK;
}
