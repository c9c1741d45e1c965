/* The object: made, timed, looked at.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/suite.h"
#include "core/meeting/meeting-private.h"

static const char psk_label[] = "e2ee-meeting";

/* ---- what MLS asks ---- */

static int
check_credential (void *user, const e2ee_mls_credential_check * check)
{
  e2ee_meeting *m = user;
  const e2ee_policy policy = e2ee_meeting_policy (m);
  e2ee_mls_credential_check asked = *check;
  e2ee_meeting_result r;

  /* The one leaf of a founder's tree was bound just now, as if it were being added. */
  if (m->credential_fresh && asked.place == E2EE_MLS_AT_TREE)
    asked.place = E2EE_MLS_AT_ADD;
  r = e2ee_policy_credential (&policy, &asked);
  if (r != E2EE_MEETING_OK)
    m->credential_result = r;
  return r == E2EE_MEETING_OK;
}

static int
find_psk (void *user, e2ee_bytes id, e2ee_mls_secret * psk)
{
  const e2ee_meeting *m = user;

  return id.size == m->psk_id.size && e2ee_equal (id, e2ee_mls_buffer_view (m->psk_id))
      && e2ee_mls_secret_dup (E2EE_BYTES (m->keys.data + E2EE_ENVELOPE_KEY_SIZE, 32), psk)
      == E2EE_MLS_OK;
}

static uint64_t
mls_time (void *user)
{
  return e2ee_meeting_unix_time (user);
}

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
  m->mls_host = (e2ee_mls_host) {
    .env = config->host->env,
    .unix_time = mls_time,
    .check_credential = check_credential,
    .find_psk = find_psk,
    .user = m,
    .max_past_epochs = 8,
    .max_past_ms = m->timing.old_key_ms,
    .max_members = m->max_members,
  };
  r = derive_keys (m, config->link);
  if (r != E2EE_MEETING_OK)
    return r;
  m->applicants = e2ee_mls_alloc (E2EE_MAX_PENDING_JOINS, sizeof (*m->applicants));
  m->devices = e2ee_mls_alloc (E2EE_MAX_DEVICES, sizeof (*m->devices));
  if (m->applicants == NULL || m->devices == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_statement_initial (&m->ticket, &m->newest.statement);
  m->shown.statement = m->newest.statement;
  e2ee_log_init (&m->log);
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
  if (m->device != NULL && m->applicants != NULL)
    e2ee_meeting_go_out (m, E2EE_MEETING_OK);
  e2ee_meeting_drop_queues (m);
  e2ee_mls_free (m->applicants);
  e2ee_mls_free (m->devices);
  e2ee_mls_buffer_clear (&m->shown.text);
  e2ee_mls_buffer_clear (&m->newest.text);
  e2ee_mls_buffer_clear (&m->token);
  e2ee_mls_buffer_clear (&m->psk_id);
  e2ee_mls_secret_clear (&m->keys);
  e2ee_mls_secret_clear (&m->store_key);
  e2ee_device_unref (m->device);
  e2ee_mls_free (m);
}

/* ---- time ---- */

static void
on_rekey_timer (e2ee_meeting * m)
{
  /* The end of the call looks for work, and finds it. */
  e2ee_meeting_set_timer (m, E2EE_TIMER_REKEY, E2EE_NEVER);
}

static void (*const timer_handlers[E2EE_N_TIMERS]) (e2ee_meeting *) = {
  [E2EE_TIMER_JOIN] = e2ee_meeting_on_join_timer,
  [E2EE_TIMER_FOUND] = e2ee_meeting_on_found_timer,
  [E2EE_TIMER_COMMIT] = e2ee_meeting_on_commit_timer,
  [E2EE_TIMER_RESEND] = e2ee_meeting_on_resend_timer,
  [E2EE_TIMER_REQUEST] = e2ee_meeting_on_request_timer,
  [E2EE_TIMER_ALIVE] = e2ee_meeting_say_alive,
  [E2EE_TIMER_EPOCH] = e2ee_meeting_on_epoch_timer,
  [E2EE_TIMER_BEHIND] = e2ee_meeting_on_behind_timer,
  [E2EE_TIMER_FORK] = e2ee_meeting_on_fork_timer,
  [E2EE_TIMER_LIVENESS] = e2ee_meeting_on_liveness_timer,
  [E2EE_TIMER_REKEY] = on_rekey_timer,
  [E2EE_TIMER_KEYS] = e2ee_meeting_on_keys_timer,
  [E2EE_TIMER_LEAVE] = e2ee_meeting_on_leave_timer,
};

void
e2ee_meeting_tick (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  for (size_t i = 0; i < E2EE_N_TIMERS; i++) {
    if (m->timers[i] <= now)
      timer_handlers[i] (m);
  }
  e2ee_meeting_settle (m);
}

uint64_t
e2ee_meeting_next_tick (const e2ee_meeting * m)
{
  uint64_t next = E2EE_NEVER;

  for (size_t i = 0; i < E2EE_N_TIMERS; i++) {
    if (m->timers[i] < next)
      next = m->timers[i];
  }
  return next;
}

/* ---- small requests ---- */

void
e2ee_meeting_suspect (e2ee_meeting * m)
{
  e2ee_version version = m->version;

  if (!e2ee_meeting_is_member (m))
    return;
  /* No more than the next epoch is what media under an unknown key shows. */
  version.epoch++;
  e2ee_meeting_saw_other_version (m, &version);
  e2ee_meeting_settle (m);
}

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

void
e2ee_meeting_set_floor (e2ee_meeting * m, e2ee_floor floor)
{
  if ((unsigned) floor > E2EE_FLOOR_FORBID)
    return;
  m->floor = floor;
  if (floor == E2EE_FLOOR_FORBID && e2ee_meeting_is_member (m) && m->shown.statement.on)
    e2ee_meeting_say_good_bye (m, E2EE_MEETING_ERR_FLOOR_FORBID);
  e2ee_meeting_settle (m);
}

e2ee_meeting_result
e2ee_meeting_set_verified (e2ee_meeting * m, uint32_t leaf, int verified)
{
  e2ee_entry *entry = e2ee_meeting_entry (m, leaf);
  e2ee_meeting_result r;
  json_t *fields;

  if (entry == NULL)
    return E2EE_MEETING_ERR_UNKNOWN_MEMBER;
  r = e2ee_meeting_verify_device (m, &entry->account, verified);
  if (r != E2EE_MEETING_OK)
    return r;
  if (entry->is_verified != (verified != 0)) {
    entry->is_verified = verified != 0;
    e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_CHANGED, entry, E2EE_MEETING_OK);
    fields = e2ee_meeting_evidence_of (&entry->account);
    json_object_set_new (fields, "verified", json_boolean (verified != 0));
    e2ee_meeting_evidence (m, "verified", fields);
  }
  e2ee_meeting_settle (m);
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_meeting_log (e2ee_meeting * m, const char *kind, const char *json_fields)
{
  json_t *fields = NULL;
  e2ee_meeting_result r;

  if (kind == NULL || kind[0] == 0)
    return E2EE_MEETING_ERR_ARGUMENT;
  if (json_fields != NULL && json_fields[0] != 0) {
    fields = json_loads (json_fields, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object (fields)) {
      json_decref (fields);
      return E2EE_MEETING_ERR_ARGUMENT;
    }
  }
  r = e2ee_meeting_evidence (m, kind, fields);
  e2ee_meeting_settle (m);
  return r;
}

/* ---- looking ---- */

void
e2ee_meeting_look (const e2ee_meeting * m, e2ee_meeting_view * view)
{
  const e2ee_entry *self = e2ee_meeting_self (m);
  const int is_in = m->n_entries > 0 && m->group != NULL;

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
    .n_members = m->n_entries,
    .ticket = &m->ticket,
  };
}

int
e2ee_meeting_next_member (const e2ee_meeting * m, uint32_t from, e2ee_member * member)
{
  const e2ee_entry *self = e2ee_meeting_self (m);

  for (size_t i = 0; i < m->n_entries; i++) {
    const e2ee_entry *entry = &m->entries[i];

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
