/* Between MLS and the meeting: what MLS asks, answered by the rules, and what its answers mean.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

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

void
e2ee_meeting_set_mls_host (e2ee_meeting * m)
{
  m->mls_host = (e2ee_mls_host) {
    .env = m->host->env,
    .unix_time = mls_time,
    .check_credential = check_credential,
    .find_psk = find_psk,
    .user = m,
    .max_past_epochs = 8,
    .max_past_ms = m->timing.old_key_ms,
    .max_members = m->max_members,
  };
}

/* ---- what MLS says ---- */

e2ee_meeting_result
e2ee_meeting_result_of (e2ee_meeting * m, e2ee_mls_result result)
{
  switch (result) {
    case E2EE_MLS_OK:
      return E2EE_MEETING_OK;
    case E2EE_MLS_ERR_CREDENTIAL_REFUSED:
    case E2EE_MLS_ERR_SUCCESSOR_REFUSED:
      return m->credential_result != E2EE_MEETING_OK ? m->credential_result
          : E2EE_MEETING_ERR_MLS;
    case E2EE_MLS_ERR_TREE_FULL:
      return E2EE_MEETING_ERR_MEETING_FULL;
    case E2EE_MLS_ERR_NO_MEMORY:
      return E2EE_MEETING_ERR_NO_MEMORY;
    case E2EE_MLS_ERR_PSK_UNKNOWN:
      return E2EE_MEETING_ERR_COMMIT_WITHOUT_SECRET;
    case E2EE_MLS_ERR_CRYPTO:
      return E2EE_MEETING_ERR_CRYPTO;
    default:
      return E2EE_MEETING_ERR_MLS;
  }
}
