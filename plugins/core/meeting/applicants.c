/* Those who ask to be let in, until a commit adds them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/meeting-private.h"

static void
drop_applicant (e2ee_meeting * m, size_t index)
{
  e2ee_mls_buffer_clear (&m->applicants[index].key_package);
  memmove (&m->applicants[index], &m->applicants[index + 1],
      (m->n_applicants - index - 1) * sizeof (*m->applicants));
  m->n_applicants--;
}

void
e2ee_meeting_drop_applicants (e2ee_meeting * m)
{
  while (m->n_applicants > 0)
    drop_applicant (m, m->n_applicants - 1);
}

void
e2ee_meeting_drop_applicant (e2ee_meeting * m, const e2ee_thumbprint * device)
{
  for (size_t i = m->n_applicants; i > 0; i--) {
    if (e2ee_thumbprint_equal (&m->applicants[i - 1].account.thumbprint, device))
      drop_applicant (m, i - 1);
  }
}

void
e2ee_meeting_drop_removed (e2ee_meeting * m, const e2ee_mls_staged_view * view)
{
  for (size_t i = 0; i < view->n_removed; i++) {
    e2ee_entry *entry = e2ee_meeting_entry (m, view->removed[i]);

    if (entry == NULL)
      continue;
    entry->is_replaced = 1;
    if (!entry->wants_to_leave)
      e2ee_meeting_drop_applicant (m, &entry->account.thumbprint);
  }
}

/* A device that is in already takes no place. */
static int
has_room_for (const e2ee_meeting * m, const e2ee_account * account)
{
  return m->n_entries < m->max_members
      || e2ee_meeting_entry_of_device (m, &account->thumbprint) != NULL;
}

/* Whom nobody can let in is no work. */
void
e2ee_meeting_forget_applicants (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  for (size_t i = m->n_applicants; i > 0; i--) {
    const e2ee_applicant *applicant = &m->applicants[i - 1];

    if (now - applicant->since_ms >= E2EE_JOIN_LIFE_MS
        || (m->newest.statement.on && applicant->account.tier == E2EE_TIER_GUEST)
        || !has_room_for (m, &applicant->account))
      drop_applicant (m, i - 1);
  }
}

/* Guests hear of a host's word why nobody lets them in: from the first in line, now and then. */
static void
tell_guest (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);
  const e2ee_content content = {
    .kind = E2EE_CONTENT_STATE,
    .body = e2ee_mls_buffer_view (m->shown.text),
  };

  if (!e2ee_meeting_is_member (m) || e2ee_meeting_turn (m) > 0
      || (m->told_guest_ms != 0 && now - m->told_guest_ms < E2EE_REFUSED_MS))
    return;
  m->told_guest_ms = now > 0 ? now : 1;
  (void) !e2ee_meeting_send (m, &content, NULL);
}

/* Key package and identity as an Add of them will be judged. */
static e2ee_meeting_result
look_at (e2ee_meeting * m, e2ee_bytes key_package, e2ee_account * account)
{
  e2ee_mls_key_package decoded;
  e2ee_identity_check check = {
    .authorities = &m->authorities,
    .meeting_id = m->ticket.meeting_id,
    .now = e2ee_meeting_unix_time (m),
    .fresh = 1,
  };
  e2ee_meeting_result r;

  r = e2ee_meeting_result_of (m, e2ee_mls_key_package_check (&m->mls_host, m->mls_suite,
          key_package, &decoded));
  if (r != E2EE_MEETING_OK)
    return r;
  check.leaf_key = decoded.leaf.signature_key;
  return e2ee_identity_verify (decoded.leaf.credential.body, &check, account);
}

e2ee_meeting_result
e2ee_meeting_take_join (e2ee_meeting * m, const e2ee_content * content)
{
  e2ee_applicant applicant = { .since_ms = e2ee_meeting_now (m) };
  e2ee_version version;
  e2ee_meeting_result r;

  for (size_t i = 0; i < m->n_applicants; i++) {
    const e2ee_bytes known = e2ee_mls_buffer_view (m->applicants[i].key_package);

    if (known.size == content->body.size && e2ee_equal (known, content->body))
      return E2EE_MEETING_OK;
  }
  /* Ours, coming back. */
  for (size_t i = 0; i < 2; i++) {
    if (m->joiners[i] != NULL) {
      const e2ee_bytes own = e2ee_mls_joiner_key_package (m->joiners[i]);

      if (own.size == content->body.size && e2ee_equal (own, content->body))
        return E2EE_MEETING_OK;
    }
  }
  r = look_at (m, content->body, &applicant.account);
  if (r == E2EE_MEETING_OK && content->statement.size > 0) {
    r = e2ee_meeting_remember (m, content->statement);
    if (r == E2EE_MEETING_ERR_STATEMENT_OLD)
      r = E2EE_MEETING_OK;
  }
  if (r != E2EE_MEETING_OK)
    return r;
  if (e2ee_thumbprint_equal (&applicant.account.thumbprint, &m->account.thumbprint))
    return E2EE_MEETING_OK;
  /* He looks for another version than the one that we are in together. */
  if (m->group != NULL && e2ee_version_read (content->version, &version)
      && e2ee_version_compare (&version, &m->version) == 0)
    return E2EE_MEETING_OK;
  if (applicant.account.tier == E2EE_TIER_GUEST && m->newest.statement.on) {
    e2ee_meeting_refused (m, E2EE_MEETING_ERR_GUEST, &applicant.account);
    tell_guest (m);
    return E2EE_MEETING_OK;
  }
  e2ee_meeting_drop_applicant (m, &applicant.account.thumbprint);
  if (m->n_applicants == E2EE_MAX_PENDING_JOINS
      || (e2ee_meeting_is_member (m) && !has_room_for (m, &applicant.account)))
    return E2EE_MEETING_ERR_MEETING_FULL;
  if (e2ee_mls_buffer_dup (content->body, &applicant.key_package) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  m->applicants[m->n_applicants++] = applicant;
  return E2EE_MEETING_OK;
}
