/* The rules for commits (policy.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/policy.h"

#include <string.h>

#include "core/crypto/secret.h"
#include "core/mls/codec.h"

static int
same (e2ee_bytes a, e2ee_bytes b)
{
  return a.size == b.size && (a.size == 0 || e2ee_equal (a, b));
}

/* ---- the meeting_state extension ---- */

e2ee_meeting_result
e2ee_meeting_state_write (const e2ee_ticket * ticket, e2ee_bytes statement,
    e2ee_mls_buffer * extensions)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT, list = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_write_vector (&writer, E2EE_BYTES (ticket->hash, sizeof (ticket->hash)));
  e2ee_mls_write_vector (&writer, statement);
  if (writer.result != E2EE_MLS_OK)
    e2ee_mls_writer_fail (&list, writer.result);
  e2ee_mls_extension_write (&list, E2EE_EXTENSION_MEETING_STATE, e2ee_mls_writer_view (&writer));
  r = e2ee_mls_writer_finish (&list, extensions);
  e2ee_mls_writer_clear (&writer);
  e2ee_mls_writer_clear (&list);
  return r == E2EE_MLS_OK ? E2EE_MEETING_OK : E2EE_MEETING_ERR_NO_MEMORY;
}

e2ee_meeting_result
e2ee_meeting_state_read (const e2ee_mls_extensions * extensions, const e2ee_ticket * ticket,
    e2ee_statement * statement, e2ee_bytes * text)
{
  e2ee_mls_extensions left = *extensions;
  e2ee_mls_extension only, more;
  e2ee_mls_reader reader;
  e2ee_bytes hash, in;

  if (!e2ee_mls_extensions_next (&left, &only) || e2ee_mls_extensions_next (&left, &more)
      || only.type != E2EE_EXTENSION_MEETING_STATE)
    return E2EE_MEETING_ERR_COMMIT_CONTEXT;
  e2ee_mls_reader_init (&reader, only.data, NULL);
  hash = e2ee_mls_read_vector (&reader);
  in = e2ee_mls_read_vector (&reader);
  if (e2ee_mls_reader_finish (&reader) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_MESSAGE_FORMAT;
  if (!same (hash, E2EE_BYTES (ticket->hash, sizeof (ticket->hash))))
    return E2EE_MEETING_ERR_COMMIT_CONTEXT;
  if (text != NULL)
    *text = in;
  if (in.size == 0) {
    e2ee_statement_initial (ticket, statement);
    return E2EE_MEETING_OK;
  }
  return e2ee_statement_verify (in, ticket, statement);
}

/* ---- who somebody is ---- */

static e2ee_meeting_result
verify (const e2ee_policy * policy, const e2ee_mls_credential * credential,
    e2ee_bytes signature_key, int fresh, e2ee_account * account)
{
  const e2ee_identity_check check = {
    .authorities = policy->authorities,
    .meeting_id = policy->ticket->meeting_id,
    .leaf_key = signature_key,
    .now = policy->now,
    .fresh = fresh,
  };

  if (credential->type != E2EE_MLS_CREDENTIAL_BASIC)
    return E2EE_MEETING_ERR_JWS_FORMAT;
  return e2ee_identity_verify (credential->body, &check, account);
}

e2ee_meeting_result
e2ee_policy_credential (const e2ee_policy * policy, const e2ee_mls_credential_check * check)
{
  e2ee_account account;

  switch (check->place) {
    case E2EE_MLS_AT_EXTERNAL_JOIN:
      return E2EE_MEETING_ERR_COMMIT_EXTERNAL;
    case E2EE_MLS_AT_UPDATE:
    case E2EE_MLS_AT_COMMIT:
      /* The identity is bound to the leaf's key, so both stay or he comes again. */
      return check->old_credential != NULL
          && e2ee_mls_credential_equal (check->old_credential, check->credential)
          && same (check->old_signature_key, check->signature_key)
          ? E2EE_MEETING_OK : E2EE_MEETING_ERR_COMMIT_CONTEXT;
    default:
      return verify (policy, check->credential, check->signature_key,
          check->place != E2EE_MLS_AT_TREE, &account);
  }
}

/* ---- commits ---- */

/* A commit being judged. */
typedef struct
{
  const e2ee_policy *policy;
  const e2ee_policy_members *members;
  const e2ee_mls_group *group;
  const e2ee_mls_staged *staged;
  e2ee_mls_staged_view view;
  const e2ee_statement *in_force;
  e2ee_statement *next;
  e2ee_account *added;          /* of view.added */
} judging;

static const e2ee_account *
account_of (const judging * j, uint32_t leaf)
{
  return j->members->account (j->members->user, leaf);
}

static int
is_host (const e2ee_statement * statement, const e2ee_policy * policy,
    const e2ee_account * account)
{
  return e2ee_statement_has_host (statement, policy->ticket, account->subject,
      &account->thumbprint);
}

static int
is_removed (const judging * j, uint32_t leaf)
{
  for (size_t i = 0; i < j->view.n_removed; i++) {
    if (j->view.removed[i] == leaf)
      return 1;
  }
  return 0;
}

/* Exactly the one PSK where somebody is added, and none where nobody is. */
static e2ee_meeting_result
judge_psks (const judging * j)
{
  if (j->view.n_added == 0)
    return j->view.n_psks == 0 ? E2EE_MEETING_OK : E2EE_MEETING_ERR_COMMIT_PROPOSAL;
  if (j->view.n_psks != 1 || j->view.psks[0]->type != E2EE_MLS_PSK_EXTERNAL
      || !same (j->view.psks[0]->psk_id, j->policy->psk_id))
    return E2EE_MEETING_ERR_COMMIT_WITHOUT_SECRET;
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
judge_state (const judging * j, e2ee_bytes * text)
{
  e2ee_meeting_result r;

  r = e2ee_meeting_state_read (j->view.extensions, j->policy->ticket, j->next, text);
  if (r == E2EE_MEETING_ERR_COMMIT_CONTEXT || r == E2EE_MEETING_ERR_MESSAGE_FORMAT)
    return r;
  if (!j->view.changes_extensions)
    return r;
  if (r == E2EE_MEETING_ERR_STATEMENT_POLICY || r == E2EE_MEETING_ERR_NOT_HOST)
    return r;
  if (r != E2EE_MEETING_OK)
    return E2EE_MEETING_ERR_COMMIT_STATE;
  return e2ee_statement_rank (j->next) > e2ee_statement_rank (j->in_force)
      ? E2EE_MEETING_OK : E2EE_MEETING_ERR_STATEMENT_OLD;
}

static e2ee_meeting_result
judge_added (const judging * j)
{
  e2ee_mls_member member;
  e2ee_meeting_result r;

  for (size_t i = 0; i < j->view.n_added; i++) {
    const e2ee_mls_leaf_node *leaf = e2ee_mls_staged_leaf (j->staged, j->view.added[i]);

    /* That the binding is fresh has been asked as MLS came to the leaf. */
    r = verify (j->policy, &leaf->credential, leaf->signature_key, 0, &j->added[i]);
    if (r != E2EE_MEETING_OK)
      return r;
    if (j->next->on && j->added[i].tier == E2EE_TIER_GUEST)
      return E2EE_MEETING_ERR_COMMIT_ADDS_GUEST;
    for (size_t k = 0; k < i; k++) {
      if (e2ee_thumbprint_equal (&j->added[i].thumbprint, &j->added[k].thumbprint))
        return E2EE_MEETING_ERR_COMMIT_DUPLICATE_DEVICE;
    }
    for (uint32_t from = 0; e2ee_mls_group_next_member (j->group, from, &member);
        from = member.leaf + 1) {
      const e2ee_account *other = account_of (j, member.leaf);

      if (other != NULL && !is_removed (j, member.leaf)
          && e2ee_thumbprint_equal (&j->added[i].thumbprint, &other->thumbprint))
        return E2EE_MEETING_ERR_COMMIT_DUPLICATE_DEVICE;
    }
  }
  return E2EE_MEETING_OK;
}

static int
comes_again (const judging * j, const e2ee_account * account)
{
  for (size_t i = 0; i < j->view.n_added; i++) {
    if (e2ee_thumbprint_equal (&j->added[i].thumbprint, &account->thumbprint))
      return 1;
  }
  return 0;
}

static e2ee_meeting_result
judge_removed (const judging * j)
{
  const e2ee_account *committer = account_of (j, j->view.committer);

  if (committer == NULL)
    return E2EE_MEETING_ERR_UNKNOWN_MEMBER;
  if (is_host (j->in_force, j->policy, committer))
    return E2EE_MEETING_OK;
  for (size_t i = 0; i < j->view.n_removed; i++) {
    const e2ee_account *account = account_of (j, j->view.removed[i]);

    if (account != NULL && is_host (j->in_force, j->policy, account)
        && !j->members->wants_to_leave (j->members->user, j->view.removed[i])
        && !comes_again (j, account))
      return E2EE_MEETING_ERR_COMMIT_REMOVES_HOST;
  }
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
judge_guests (const judging * j)
{
  e2ee_mls_member member;

  if (!j->next->on)
    return E2EE_MEETING_OK;
  for (uint32_t from = 0; e2ee_mls_group_next_member (j->group, from, &member);
      from = member.leaf + 1) {
    const e2ee_account *account = account_of (j, member.leaf);

    if (account != NULL && account->tier == E2EE_TIER_GUEST && !is_removed (j, member.leaf))
      return E2EE_MEETING_ERR_COMMIT_KEEPS_GUEST;
  }
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_policy_commit (const e2ee_policy * policy, const e2ee_policy_members * members,
    const e2ee_mls_group * group, const e2ee_mls_staged * staged, const e2ee_statement * in_force,
    e2ee_statement * next, e2ee_bytes * next_text)
{
  judging j = {
    .policy = policy, .members = members, .group = group, .staged = staged,
    .in_force = in_force, .next = next,
  };
  e2ee_meeting_result r = E2EE_MEETING_OK;

  e2ee_mls_staged_look (staged, &j.view);
  if (j.view.is_external)
    return E2EE_MEETING_ERR_COMMIT_EXTERNAL;
  if (j.view.n_updated > 0)
    return E2EE_MEETING_ERR_COMMIT_PROPOSAL;
  if (j.view.n_added > 0) {
    j.added = e2ee_mls_alloc (j.view.n_added, sizeof (*j.added));
    if (j.added == NULL)
      return E2EE_MEETING_ERR_NO_MEMORY;
  }
  r = judge_psks (&j);
  if (r == E2EE_MEETING_OK)
    r = judge_state (&j, next_text);
  if (r == E2EE_MEETING_OK)
    r = judge_added (&j);
  if (r == E2EE_MEETING_OK)
    r = judge_removed (&j);
  if (r == E2EE_MEETING_OK)
    r = judge_guests (&j);
  e2ee_mls_free (j.added);
  return r;
}

/* ---- a group that one comes into ---- */

e2ee_meeting_result
e2ee_policy_group (const e2ee_policy * policy, const e2ee_mls_group * group,
    e2ee_statement * statement, e2ee_bytes * text)
{
  const size_t n = e2ee_mls_group_n_members (group);
  e2ee_account *accounts = e2ee_mls_alloc (n, sizeof (*accounts));
  e2ee_mls_member member;
  e2ee_meeting_result r;
  size_t n_known = 0;

  if (accounts == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  r = e2ee_meeting_state_read (e2ee_mls_group_extensions (group), policy->ticket, statement, text);
  for (uint32_t from = 0; r == E2EE_MEETING_OK && n_known < n
      && e2ee_mls_group_next_member (group, from, &member); from = member.leaf + 1) {
    e2ee_account *account = &accounts[n_known];

    r = verify (policy, &member.node->credential, member.node->signature_key, 0, account);
    if (r == E2EE_MEETING_OK && statement->on && account->tier == E2EE_TIER_GUEST)
      r = E2EE_MEETING_ERR_COMMIT_KEEPS_GUEST;
    for (size_t i = 0; r == E2EE_MEETING_OK && i < n_known; i++) {
      if (e2ee_thumbprint_equal (&account->thumbprint, &accounts[i].thumbprint))
        r = E2EE_MEETING_ERR_COMMIT_DUPLICATE_DEVICE;
    }
    n_known++;
  }
  e2ee_mls_free (accounts);
  return r;
}
