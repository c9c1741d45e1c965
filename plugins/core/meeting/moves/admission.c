/* Who may be let in: a join is looked at as an Add of it will be judged.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/admission.h"
#include "core/meeting/state/state.h"

/* A device that is in already takes no place. */
static int
has_room_for (const e2ee_meeting * m, const e2ee_account * account)
{
  return m->roster.n < m->max_members
      || e2ee_meeting_entry_of_device (m, &account->thumbprint) != NULL;
}

/* Whom nobody can let in is no work. */
void
e2ee_meeting_forget_applicants (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  for (size_t i = m->applicants.n; i > 0; i--) {
    const e2ee_applicant *applicant = &m->applicants.list[i - 1];

    if (now - applicant->since_ms >= E2EE_JOIN_LIFE_MS
        || (m->newest.statement.on && applicant->account.tier == E2EE_TIER_GUEST)
        || !has_room_for (m, &applicant->account))
      e2ee_applicants_drop_at (&m->applicants, i - 1);
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
  e2ee_account account;
  e2ee_version version;
  e2ee_meeting_result r;

  if (e2ee_applicants_have (&m->applicants, content->body)
      || e2ee_meeting_is_own_key_package (m, content->body))
    return E2EE_MEETING_OK;
  r = look_at (m, content->body, &account);
  if (r == E2EE_MEETING_OK && content->statement.size > 0) {
    r = e2ee_meeting_remember (m, content->statement);
    if (r == E2EE_MEETING_ERR_STATEMENT_OLD)
      r = E2EE_MEETING_OK;
  }
  if (r != E2EE_MEETING_OK)
    return r;
  if (e2ee_thumbprint_equal (&account.thumbprint, &m->account.thumbprint))
    return E2EE_MEETING_OK;
  /* He looks for another version than the one that we are in together. */
  if (m->group != NULL && e2ee_version_read (content->version, &version)
      && e2ee_version_compare (&version, &m->version) == 0)
    return E2EE_MEETING_OK;
  if (account.tier == E2EE_TIER_GUEST && m->newest.statement.on) {
    e2ee_meeting_refused (m, E2EE_MEETING_ERR_GUEST, &account);
    tell_guest (m);
    return E2EE_MEETING_OK;
  }
  e2ee_applicants_drop (&m->applicants, &account.thumbprint);
  if (m->applicants.n == E2EE_MAX_PENDING_JOINS
      || (e2ee_meeting_is_member (m) && !has_room_for (m, &account)))
    return E2EE_MEETING_ERR_MEETING_FULL;
  return e2ee_applicants_add (&m->applicants, &account, content->body, e2ee_meeting_now (m));
}
