/* Whose turn it is to commit, what there is to commit, and our commit until it comes back.
 *
 * Making a commit changes nothing.  It counts when it comes back from the delivery service, in the
 * place that it has there; when another one of its epoch came first it is dropped, and what is left
 * to do is looked at anew.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/admission.h"
#include "core/meeting/moves/committer.h"
#include "core/meeting/state/state.h"

/* ---- making a commit ---- */

#define MAX_CHANGES (2 * E2EE_MAX_ADDS + E2EE_MAX_REMOVES + 2)

typedef struct
{
  e2ee_mls_change changes[MAX_CHANGES];
  size_t n;
  e2ee_mls_buffer extensions;
  e2ee_mls_buffer statement_text;
  e2ee_statement next;
  size_t n_adds;
  int because_gone;
  uint64_t request;
} making;

static void
add_change (making * c, e2ee_mls_proposal_type type, uint32_t leaf, e2ee_bytes key_package)
{
  if (c->n < MAX_CHANGES)
    c->changes[c->n++] = (e2ee_mls_change) { .type = type, .leaf = leaf,
        .key_package = key_package };
}

static void
remove_leaf (making * c, uint32_t leaf)
{
  for (size_t i = 0; i < c->n; i++) {
    if (c->changes[i].type == E2EE_MLS_PROPOSAL_REMOVE && c->changes[i].leaf == leaf)
      return;
  }
  add_change (c, E2EE_MLS_PROPOSAL_REMOVE, leaf, E2EE_NO_BYTES);
}

/* The newest statement when the group does not have it; else the one that the request asks for. */
static e2ee_meeting_result
take_statement (e2ee_meeting * m, making * c)
{
  e2ee_bytes text;
  e2ee_meeting_result r;

  c->next = m->shown.statement;
  if (e2ee_meeting_is_outdated (m)) {
    c->next = m->newest.statement;
    text = e2ee_mls_buffer_view (m->newest.text);
  } else {
    if (m->request.kind != E2EE_REQUEST_NONE)
      c->request = m->request.number;
    r = e2ee_meeting_request_statement (m, &c->statement_text, &c->next);
    if (r == E2EE_MEETING_ERR_STATEMENT_OLD)
      return E2EE_MEETING_OK;
    if (r != E2EE_MEETING_OK)
      return r;
    text = e2ee_mls_buffer_view (c->statement_text);
  }
  r = e2ee_meeting_state_write (&m->ticket, text, &c->extensions);
  if (r == E2EE_MEETING_OK && c->n < MAX_CHANGES)
    c->changes[c->n++] = (e2ee_mls_change) {
      .type = E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
      .extensions.list = e2ee_mls_buffer_view (c->extensions),
    };
  return r;
}

/* Whom the request puts out; NULL: nobody. */
static const e2ee_entry *
whom_to_put_out (const e2ee_meeting * m, const making * c)
{
  return c->request != 0 && m->request.kind == E2EE_REQUEST_REMOVE
      ? e2ee_meeting_entry_of_device (m, &m->request.host.device) : NULL;
}

/* Guests when it is on; whom the request names; or else those who are gone. */
static void
take_removals (e2ee_meeting * m, making * c)
{
  const e2ee_entry *put_out = whom_to_put_out (m, c);
  size_t n_gone = 0;

  for (size_t i = 0; i < m->roster.n; i++) {
    if (c->next.on && m->roster.entries[i].account.tier == E2EE_TIER_GUEST)
      remove_leaf (c, m->roster.entries[i].leaf);
  }
  if (put_out != NULL)
    remove_leaf (c, put_out->leaf);
  if (c->n > 0)
    return;
  for (size_t i = 0; i < m->roster.n && n_gone < E2EE_MAX_REMOVES; i++) {
    if (e2ee_meeting_is_gone (m, &m->roster.entries[i])) {
      remove_leaf (c, m->roster.entries[i].leaf);
      n_gone++;
    }
  }
  c->because_gone = n_gone > 0;
}

static void
take_applicants (e2ee_meeting * m, making * c)
{
  const size_t room = m->max_members > m->roster.n ? m->max_members - m->roster.n : 0;
  const e2ee_entry *put_out = whom_to_put_out (m, c);

  /* Whoever is taken out for being gone gets a commit of his own: its reason is all that it has. */
  if (c->because_gone)
    return;
  for (size_t i = 0; i < m->applicants.n && c->n_adds < E2EE_MAX_ADDS; i++) {
    const e2ee_applicant *applicant = &m->applicants.list[i];
    const e2ee_entry *old = e2ee_meeting_entry_of_device (m, &applicant->account.thumbprint);

    if ((c->next.on && applicant->account.tier == E2EE_TIER_GUEST)
        || (old == NULL && c->n_adds >= room) || (old != NULL && old == put_out))
      continue;
    if (old != NULL)
      remove_leaf (c, old->leaf);
    add_change (c, E2EE_MLS_PROPOSAL_ADD, 0, e2ee_mls_buffer_view (applicant->key_package));
    c->n_adds++;
  }
  if (c->n_adds > 0 && c->n < MAX_CHANGES)
    c->changes[c->n++] = (e2ee_mls_change) { .type = E2EE_MLS_PROPOSAL_PSK,
        .psk_id = e2ee_mls_buffer_view (m->psk_id) };
}

static e2ee_meeting_result
make (e2ee_meeting * m, making * c)
{
  const uint8_t reason = E2EE_COMMIT_BECAUSE_GONE;
  e2ee_mls_commit_params params = { .changes = c->changes, .tree_in_welcome = 1 };
  e2ee_content content = { .kind = E2EE_CONTENT_MLS };
  e2ee_statement next;
  e2ee_bytes text;
  e2ee_meeting_result r;

  r = take_statement (m, c);
  if (r != E2EE_MEETING_OK)
    return r;
  take_removals (m, c);
  take_applicants (m, c);
  params.n_changes = c->n;
  /* Newcomers alone need no path; everything else heals with one. */
  params.force_path = c->n_adds == 0
      || e2ee_meeting_now (m) - m->rekeyed_ms >= m->timing.rekey_ms;
  if (c->because_gone)
    params.authenticated_data = E2EE_BYTES (&reason, 1);
  r = e2ee_meeting_result_of (m, e2ee_mls_group_commit (m->group, &params, &m->own.message,
          &m->own.welcome, NULL));
  /* What others would refuse is not sent. */
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_judge_own_commit (m, &next, &text);
  content.body = e2ee_mls_buffer_view (m->own.message);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_send (m, &content, &m->own.envelope);
  m->own.request = c->request;
  m->own.because_gone = c->because_gone;
  if (r != E2EE_MEETING_OK)
    e2ee_meeting_drop_own_commit (m);
  else
    e2ee_meeting_set_timer (m, E2EE_TIMER_RESEND, e2ee_meeting_now (m) + E2EE_RESEND_MS);
  return r;
}

/* An applicant with whom there is no commit (a key that somebody has already, for instance) must
 * not keep the others out. */
static void
drop_bad_applicants (e2ee_meeting * m)
{
  for (size_t i = m->applicants.n; i > 0; i--) {
    const e2ee_applicant *applicant = &m->applicants.list[i - 1];
    const e2ee_thumbprint device = applicant->account.thumbprint;
    const e2ee_entry *old = e2ee_meeting_entry_of_device (m, &device);
    e2ee_mls_change changes[3] = {
      { .type = E2EE_MLS_PROPOSAL_ADD,
          .key_package = e2ee_mls_buffer_view (applicant->key_package) },
      { .type = E2EE_MLS_PROPOSAL_PSK, .psk_id = e2ee_mls_buffer_view (m->psk_id) },
      { .type = E2EE_MLS_PROPOSAL_REMOVE },
    };
    const e2ee_mls_commit_params params = { .changes = changes,
      .n_changes = old != NULL ? 3 : 2, .without_proposals = 1
    };
    e2ee_mls_buffer commit, welcome;
    e2ee_mls_result r;

    if (old != NULL)
      changes[2].leaf = old->leaf;
    r = e2ee_mls_group_commit (m->group, &params, &commit, &welcome, NULL);
    e2ee_mls_group_discard_pending (m->group);
    e2ee_mls_buffer_clear (&commit);
    e2ee_mls_buffer_clear (&welcome);
    if (r != E2EE_MLS_OK && r != E2EE_MLS_ERR_NO_MEMORY) {
      e2ee_meeting_refused (m, E2EE_MEETING_ERR_MESSAGE_FORMAT, &applicant->account);
      e2ee_applicants_drop (&m->applicants, &device);
    }
  }
}

void
e2ee_meeting_on_commit_timer (e2ee_meeting * m)
{
  making *c = e2ee_mls_alloc (1, sizeof (*c));
  e2ee_meeting_result r = E2EE_MEETING_ERR_NO_MEMORY;

  e2ee_meeting_set_timer (m, E2EE_TIMER_COMMIT, E2EE_NEVER);
  if (c != NULL && e2ee_meeting_is_member (m) && m->own.message.size == 0
      && e2ee_mls_group_is_active (m->group)) {
    r = make (m, c);
    if (r != E2EE_MEETING_OK) {
      if (c->request != 0)
        e2ee_meeting_end_request (m, r);
      drop_bad_applicants (m);
      m->not_before_ms = e2ee_meeting_now (m) + m->timing.turn_ms;
    }
    e2ee_mls_buffer_clear (&c->extensions);
    e2ee_mls_buffer_clear (&c->statement_text);
  }
  e2ee_mls_free (c);
}

/* ---- whose turn ---- */

static int
somebody_is_gone (const e2ee_meeting * m)
{
  for (size_t i = 0; i < m->roster.n; i++) {
    if (e2ee_meeting_is_gone (m, &m->roster.entries[i]))
      return 1;
  }
  return 0;
}

static int
somebody_wants_to_leave (const e2ee_meeting * m)
{
  for (size_t i = 0; i < m->roster.n; i++) {
    if (m->roster.entries[i].wants_to_leave)
      return 1;
  }
  return 0;
}

void
e2ee_meeting_look_for_work (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);
  const int is_asked = m->request.kind != E2EE_REQUEST_NONE;
  uint64_t at;

  e2ee_meeting_forget_applicants (m);
  if (m->own.message.size > 0)
    return;
  if (!is_asked && m->applicants.n == 0 && !e2ee_meeting_is_outdated (m)
      && !somebody_wants_to_leave (m) && !somebody_is_gone (m)
      && now - m->epoch_since_ms < m->timing.rekey_ms) {
    m->work_since_ms = 0;
    e2ee_meeting_set_timer (m, E2EE_TIMER_COMMIT, E2EE_NEVER);
    return;
  }
  if (m->work_since_ms == 0)
    m->work_since_ms = now > 0 ? now : 1;
  at = m->work_since_ms + e2ee_meeting_turn (m) * (uint64_t) m->timing.turn_ms
      + (m->applicants.n > 0 ? m->timing.batch_ms : 0);
  if (is_asked || at < now)
    at = now;
  if (at < m->not_before_ms)
    at = m->not_before_ms;
  e2ee_meeting_set_timer (m, E2EE_TIMER_COMMIT, at);
  if (is_asked && at == now)
    e2ee_meeting_on_commit_timer (m);
}
