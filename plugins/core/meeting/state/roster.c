/* The members: the leaves of the MLS tree and nothing else.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

e2ee_entry *
e2ee_meeting_entry (const e2ee_meeting * m, uint32_t leaf)
{
  size_t low = 0, high = m->roster.n;

  while (low < high) {
    const size_t middle = (low + high) / 2;

    if (m->roster.entries[middle].leaf < leaf)
      low = middle + 1;
    else
      high = middle;
  }
  return low < m->roster.n && m->roster.entries[low].leaf == leaf ? &m->roster.entries[low] : NULL;
}

e2ee_entry *
e2ee_meeting_entry_of_device (const e2ee_meeting * m, const e2ee_thumbprint * thumbprint)
{
  for (size_t i = 0; i < m->roster.n; i++) {
    if (e2ee_thumbprint_equal (&m->roster.entries[i].account.thumbprint, thumbprint))
      return &m->roster.entries[i];
  }
  return NULL;
}

const e2ee_entry *
e2ee_meeting_self (const e2ee_meeting * m)
{
  return m->group != NULL ? e2ee_meeting_entry (m, e2ee_mls_group_own_leaf (m->group)) : NULL;
}

static void
clear_entries (e2ee_entry * entries, size_t n)
{
  for (size_t i = 0; i < n; i++)
    e2ee_mls_free (entries[i].streams);
  e2ee_mls_free (entries);
}

void
e2ee_meeting_drop_roster (e2ee_meeting * m)
{
  clear_entries (m->roster.entries, m->roster.n);
  m->roster.entries = NULL;
  m->roster.n = 0;
}

/* ---- the rules' view ---- */

static const e2ee_account *
member_account (void *user, uint32_t leaf)
{
  const e2ee_entry *entry = e2ee_meeting_entry (user, leaf);

  return entry != NULL ? &entry->account : NULL;
}

static int
member_wants_to_leave (void *user, uint32_t leaf)
{
  const e2ee_entry *entry = e2ee_meeting_entry (user, leaf);

  return entry != NULL && entry->wants_to_leave;
}

e2ee_policy_members
e2ee_meeting_policy_members (e2ee_meeting * m)
{
  return (e2ee_policy_members) { member_account, member_wants_to_leave, m };
}

/* ---- the next epoch's ---- */

/* A join that is heard twice replaces a leaf by one with the same key: he has come again. */
static e2ee_entry *
same_leaf (const e2ee_meeting * m, const e2ee_mls_member * member)
{
  e2ee_entry *entry = e2ee_meeting_entry (m, member->leaf);

  return entry != NULL && !entry->is_replaced
      && member->node->signature_key.size == sizeof (entry->signature_key)
      && memcmp (entry->signature_key, member->node->signature_key.data,
      sizeof (entry->signature_key)) == 0 ? entry : NULL;
}

static e2ee_meeting_result
make_entry (const e2ee_meeting * m, const e2ee_mls_member * member, e2ee_entry * entry)
{
  const e2ee_identity_check check = {
    .authorities = &m->authorities,
    .meeting_id = m->ticket.meeting_id,
    .leaf_key = member->node->signature_key,
    .now = e2ee_meeting_unix_time (m),
  };
  e2ee_meeting_result r;

  r = e2ee_identity_verify (member->node->credential.body, &check, &entry->account);
  if (r != E2EE_MEETING_OK)
    return r;
  if (member->node->signature_key.size != sizeof (entry->signature_key))
    return E2EE_MEETING_ERR_KEY_FORMAT;
  memcpy (entry->signature_key, member->node->signature_key.data, sizeof (entry->signature_key));
  entry->leaf = member->leaf;
  entry->heard_ms = e2ee_meeting_now (m);
  entry->is_heard = 1;
  return E2EE_MEETING_OK;
}

/* He is still there, with another leaf: came again. */
static int
is_in (const e2ee_entry * entries, size_t n, const e2ee_account * account)
{
  for (size_t i = 0; i < n; i++) {
    if (e2ee_thumbprint_equal (&entries[i].account.thumbprint, &account->thumbprint))
      return 1;
  }
  return 0;
}

static void
tell_who_went (e2ee_meeting * m, const e2ee_entry * entry, int turned_on, uint32_t committer)
{
  e2ee_meeting_result why = E2EE_MEETING_ERR_REMOVED;
  json_t *fields = e2ee_meeting_evidence_of (&entry->account);
  const e2ee_entry *by = e2ee_meeting_entry (m, committer);

  if (entry->wants_to_leave)
    why = E2EE_MEETING_OK;
  else if (turned_on && entry->account.tier == E2EE_TIER_GUEST)
    why = E2EE_MEETING_ERR_GUEST;
  e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_LEFT, entry, why);
  json_object_set_new (fields, "why", json_string (e2ee_meeting_result_code (why)));
  if (by != NULL)
    json_object_set_new (fields, "by", json_string (by->account.subject));
  e2ee_meeting_evidence (m, "left", fields);
}

static void
tell_who_came (e2ee_meeting * m, e2ee_entry * entry, int came_again)
{
  const int is_self = m->group != NULL && entry->leaf == e2ee_mls_group_own_leaf (m->group);

  e2ee_applicants_drop (&m->applicants, &entry->account.thumbprint);
  entry->is_new_device = e2ee_meeting_see_device (m, &entry->account);
  if (!came_again) {
    e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_JOINED, entry, E2EE_MEETING_OK);
  } else {
    e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_CHANGED, entry, E2EE_MEETING_OK);
  }
  e2ee_meeting_evidence (m, came_again ? "rejoined" : "joined",
      e2ee_meeting_evidence_of (&entry->account));
  if (entry->is_new_device && !is_self) {
    e2ee_meeting_post_member (m, E2EE_EVENT_NEW_DEVICE, entry, E2EE_MEETING_OK);
    e2ee_meeting_evidence (m, "new-device", e2ee_meeting_evidence_of (&entry->account));
  }
}

/* Host and mark may change with every statement and device. */
static void
refresh (e2ee_meeting * m, e2ee_entry * entry)
{
  const int was_host = entry->is_host, was_verified = entry->is_verified;

  entry->is_host = e2ee_statement_has_host (&m->shown.statement, &m->ticket,
      entry->account.subject, &entry->account.thumbprint);
  entry->is_verified = e2ee_meeting_device_is_verified (m, &entry->account);
  if (was_host != entry->is_host || was_verified != entry->is_verified)
    e2ee_meeting_post_member (m, E2EE_EVENT_MEMBER_CHANGED, entry, E2EE_MEETING_OK);
}

e2ee_meeting_result
e2ee_meeting_update_roster (e2ee_meeting * m, int turned_on, uint32_t committer, int *n_came,
    int *n_went)
{
  const size_t n = e2ee_mls_group_n_members (m->group);
  e2ee_entry *next = e2ee_mls_alloc (n, sizeof (*next));
  e2ee_entry *before = m->roster.entries;
  const size_t n_before = m->roster.n;
  e2ee_mls_member member;
  e2ee_meeting_result r = E2EE_MEETING_OK;
  size_t n_next = 0;

  *n_came = *n_went = 0;
  if (next == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  for (uint32_t from = 0; r == E2EE_MEETING_OK && n_next < n
      && e2ee_mls_group_next_member (m->group, from, &member); from = member.leaf + 1) {
    e2ee_entry *old = same_leaf (m, &member);

    if (old != NULL) {
      next[n_next] = *old;
      old->streams = NULL;
    } else {
      r = make_entry (m, &member, &next[n_next]);
    }
    n_next++;
  }
  if (r != E2EE_MEETING_OK) {
    clear_entries (next, n);
    return r;
  }

  for (size_t i = 0; i < n_before; i++) {
    if (is_in (next, n_next, &before[i].account))
      continue;
    tell_who_went (m, &before[i], turned_on, committer);
    ++*n_went;
  }
  m->roster.entries = next;
  m->roster.n = n_next;
  for (size_t i = 0; i < n_next; i++) {
    e2ee_entry *entry = &next[i];
    int is_old = 0;

    for (size_t k = 0; k < n_before && !is_old; k++)
      is_old = before[k].leaf == entry->leaf && !before[k].is_replaced
          && memcmp (before[k].signature_key, entry->signature_key, 32) == 0;
    entry->is_ready = 0;
    entry->wants_to_leave = 0;
    if (!is_old) {
      tell_who_came (m, entry, is_in (before, n_before, &entry->account));
      ++*n_came;
    }
    refresh (m, entry);
  }
  clear_entries (before, n_before);
  return E2EE_MEETING_OK;
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
      e2ee_applicants_drop (&m->applicants, &entry->account.thumbprint);
  }
}

/* ---- the line ---- */

size_t
e2ee_meeting_turn (const e2ee_meeting * m)
{
  const e2ee_entry *self = e2ee_meeting_self (m);
  size_t turn = 0;

  for (size_t i = 0; self != NULL && i < m->roster.n; i++) {
    const e2ee_entry *entry = &m->roster.entries[i];

    if (entry == self || !entry->is_heard || entry->wants_to_leave)
      continue;
    turn += entry->is_host > self->is_host
        || (entry->is_host == self->is_host && entry->leaf < self->leaf);
  }
  return turn;
}
