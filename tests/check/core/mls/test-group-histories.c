/* Random histories among members of our own: whatever happens in whatever order, all agree.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "party.h"

#define N_STEPS 300
#define N_WAITING 8

/* An application message that has not arrived yet. */
typedef struct
{
  e2ee_mls_buffer message;
  unsigned to;
  uint64_t epoch;
  unsigned number;
} letter;

typedef struct
{
  party p;
  uint64_t seed;
  letter waiting[N_WAITING];
  unsigned n_letters;
  unsigned read;
  unsigned lost;
  unsigned commits;
  unsigned discarded;
  unsigned entered;
  unsigned restarts;
} history;

/* splitmix64: the history is the same on every machine. */
static uint64_t
draw (history * h)
{
  uint64_t z = (h->seed += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static unsigned
below (history * h, unsigned n)
{
  return (unsigned) (draw (h) % n);
}

/* Somebody who is in, or out, other than @not; NULL when there is nobody. */
static member *
somebody (history * h, int in, const member * not)
{
  const unsigned start = below (h, PARTY_MAX);

  for (unsigned i = 0; i < PARTY_MAX; i++) {
    member *m = &h->p.members[(start + i) % PARTY_MAX];

    if (m != not && member_is_in (m) == in)
      return m;
  }
  return NULL;
}

static unsigned
n_in (history * h)
{
  unsigned n = 0;

  for (unsigned i = 0; i < PARTY_MAX; i++)
    n += member_is_in (&h->p.members[i]) != 0;
  return n;
}

/* ---- letters ---- */

static void
write_letter (history * h)
{
  member *from = somebody (h, 1, NULL);
  member *to = somebody (h, 1, from);
  letter *slot = &h->waiting[below (h, N_WAITING)];
  char text[32];

  if (to == NULL || slot->message.size > 0)
    return;
  slot->number = h->n_letters++;
  slot->to = (unsigned) (to - h->p.members);
  slot->epoch = e2ee_mls_group_epoch (from->group);
  snprintf (text, sizeof (text), "letter %u", slot->number);
  CHECK_OK (e2ee_mls_group_protect (from->group, E2EE_BYTES (text, strlen (text)),
          TEXT ("stamp"), &slot->message));
}

/* Arrives when it likes: within three epochs it is read, later it is refused. */
static void
read_letter (history * h)
{
  letter *slot = &h->waiting[below (h, N_WAITING)];
  member *to = &h->p.members[slot->to];
  e2ee_mls_event event;
  e2ee_mls_result r;
  char text[32];

  if (slot->message.size == 0)
    return;
  if (member_is_in (to)) {
    const uint64_t now = e2ee_mls_group_epoch (to->group);

    r = e2ee_mls_group_receive (to->group, e2ee_mls_buffer_view (slot->message), &event);
    if (now - slot->epoch > 3) {
      CHECK_RESULT (r, E2EE_MLS_ERR_WRONG_EPOCH);
      h->lost++;
    } else if (r == E2EE_MLS_ERR_WRONG_EPOCH) {
      /* One who came in since has no keys of that time. */
      h->lost++;
    } else {
      CHECK_OK (r);
      CHECK_INT (event.type, E2EE_MLS_EVENT_APPLICATION);
      snprintf (text, sizeof (text), "letter %u", slot->number);
      CHECK_BYTES (e2ee_mls_buffer_view (event.application_data),
          E2EE_BYTES (text, strlen (text)));
      h->read++;
    }
    e2ee_mls_event_clear (&event);
  }
  e2ee_mls_buffer_clear (&slot->message);
}

/* ---- commits ---- */

static void
propose (history * h, member * by)
{
  e2ee_mls_change change = { .type = E2EE_MLS_PROPOSAL_UPDATE };
  e2ee_mls_joiner *joiner = NULL;
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;
  const member *victim;

  switch (below (h, 3)) {
    case 0:
      break;
    case 1:
      victim = somebody (h, 1, by);
      if (victim == NULL || n_in (h) < 4)
        return;
      change.type = E2EE_MLS_PROPOSAL_REMOVE;
      change.leaf = e2ee_mls_group_own_leaf (victim->group);
      break;
    default:
      change.type = E2EE_MLS_PROPOSAL_PSK;
      change.psk_id = TEXT ("link");
  }
  CHECK_OK (e2ee_mls_group_propose (by->group, &change, E2EE_NO_BYTES, &message));
  party_deliver_proposal (&h->p, by, message);
  e2ee_mls_buffer_clear (&message);
  e2ee_mls_joiner_free (joiner);
}

/* What the committer adds by value. */
static size_t
choose_changes (history * h, member * by, e2ee_mls_change * changes, member ** joining,
    e2ee_mls_joiner ** joiners, size_t *n_joining)
{
  size_t n = 0;
  member *m;

  while (below (h, 3) == 0 && *n_joining < 3) {
    m = somebody (h, 0, *n_joining > 0 ? joining[*n_joining - 1] : NULL);
    if (m == NULL || (*n_joining > 1 && m == joining[0]))
      break;
    if (e2ee_mls_joiner_new (&m->host, m->identity, NULL, &joiners[*n_joining]) != E2EE_MLS_OK)
      break;
    changes[n].type = E2EE_MLS_PROPOSAL_ADD;
    changes[n++].key_package = e2ee_mls_joiner_key_package (joiners[*n_joining]);
    joining[(*n_joining)++] = m;
  }
  m = somebody (h, 1, by);
  if (m != NULL && below (h, 4) == 0 && n_in (h) > 2) {
    changes[n].type = E2EE_MLS_PROPOSAL_REMOVE;
    changes[n++].leaf = e2ee_mls_group_own_leaf (m->group);
  }
  if (below (h, 6) == 0) {
    changes[n].type = E2EE_MLS_PROPOSAL_PSK;
    changes[n++].psk_id = TEXT ("link");
  }
  return n;
}

static void
commit (history * h)
{
  e2ee_mls_change changes[8] = { { .type = 0 } };
  e2ee_mls_commit_params params = { .changes = changes, .force_path = (int) below (h, 2),
      .tree_in_welcome = (int) below (h, 2) };
  e2ee_mls_joiner *joiners[4] = { NULL };
  member *joining[4] = { NULL };
  member *by = somebody (h, 1, NULL);
  size_t n_joining = 0;

  params.n_changes = choose_changes (h, by, changes, joining, joiners, &n_joining);
  e2ee_mls_group_set_private_handshake (by->group, (int) below (h, 2));
  party_commit (&h->p, by, &params, joining, joiners, n_joining);
  for (size_t i = 0; i < n_joining; i++)
    e2ee_mls_joiner_free (joiners[i]);
  h->commits++;
}

/* Made and lost on the way: the committer throws it away, and nobody has noticed. */
static void
lose_commit (history * h)
{
  member *by = somebody (h, 1, NULL);
  e2ee_mls_buffer message;

  CHECK_OK (e2ee_mls_group_commit (by->group, NULL, &message, NULL, NULL));
  e2ee_mls_buffer_clear (&message);
  if (below (h, 2) == 0)
    e2ee_mls_group_discard_pending (by->group);
  else {
    /* Another one wins, whose merge discards it. */
    member *winner = somebody (h, 1, by);
    e2ee_mls_buffer won;

    if (winner == NULL) {
      e2ee_mls_group_discard_pending (by->group);
      return;
    }
    CHECK_OK (e2ee_mls_group_commit (winner->group, NULL, &won, NULL, NULL));
    party_deliver (&h->p, winner, won);
    CHECK_RETURN_IF_FAILED ();
    CHECK_OK (e2ee_mls_group_merge_pending (winner->group));
    CHECK (!e2ee_mls_group_has_pending (by->group) || !member_is_in (by));
    e2ee_mls_buffer_clear (&won);
  }
  h->discarded++;
}

static void
enter (history * h, int resync)
{
  const e2ee_bytes psk = TEXT ("link");
  e2ee_mls_external_params params = { .resync = resync };
  member *guide = somebody (h, 1, NULL);
  member *m = somebody (h, resync, guide);

  if (m == NULL)
    return;
  if (below (h, 2) == 0) {
    params.psk_ids = &psk;
    params.n_psk_ids = 1;
  }
  party_enter (&h->p, m, guide, &params);
  h->entered++;
}

/* Off and on again, with what is pending and remembered. */
static void
restart (history * h)
{
  static const uint8_t key[32] = { 1, 2, 3 };
  member *m = somebody (h, 1, NULL);
  e2ee_mls_buffer stored;
  e2ee_mls_group *again = NULL;

  CHECK_OK (e2ee_mls_group_store (m->group, E2EE_BYTES (key, 32), &stored));
  CHECK_OK (e2ee_mls_group_restore (&m->host, E2EE_BYTES (key, 32),
          e2ee_mls_buffer_view (stored), &again));
  CHECK_INT (e2ee_mls_group_n_proposals (again), e2ee_mls_group_n_proposals (m->group));
  e2ee_mls_group_free (m->group);
  m->group = again;
  e2ee_mls_buffer_clear (&stored);
  h->restarts++;
}

static void
step (history * h)
{
  const unsigned what = below (h, 20);

  if (what < 5)
    write_letter (h);
  else if (what < 12)
    read_letter (h);
  else if (what < 14)
    propose (h, somebody (h, 1, NULL));
  else if (what < 16)
    commit (h);
  else if (what < 17)
    lose_commit (h);
  else if (what < 18)
    enter (h, 0);
  else if (what < 19)
    enter (h, 1);
  else
    restart (h);
  if (!check_state.failed)
    party_check_agreement (&h->p);
}

static void
run_history (unsigned suite, uint64_t seed)
{
  static history h;

  memset (&h, 0, sizeof (h));
  h.seed = seed;
  party_start (&h.p, suite, 3);
  for (unsigned i = 0; i < N_STEPS && !check_state.failed; i++) {
    CHECK_ROW ("suite %u, history %u, step %u", suite, (unsigned) seed, i);
    step (&h);
  }
  for (unsigned i = 0; i < N_WAITING; i++)
    e2ee_mls_buffer_clear (&h.waiting[i].message);
  party_clear (&h.p);
  printf ("# suite %u, history %u: %u commits, %u lost, %u came in, %u restarts, %u of %u "
      "letters read, %u too late\n", suite, (unsigned) seed, h.commits, h.discarded, h.entered,
      h.restarts, h.read, h.n_letters, h.lost);
}

static void
test_random_histories_agree_in_suite_1 (void)
{
  for (uint64_t seed = 1; seed <= 4 && !check_state.failed; seed++)
    run_history (SUITE_AES, seed);
}

static void
test_random_histories_agree_in_suite_3 (void)
{
  for (uint64_t seed = 101; seed <= 104 && !check_state.failed; seed++)
    run_history (SUITE_CHACHA, seed);
}

static const check_case cases[] = {
  CHECK_CASE (test_random_histories_agree_in_suite_1),
  CHECK_CASE (test_random_histories_agree_in_suite_3),
};

PARTY_MAIN (cases)
