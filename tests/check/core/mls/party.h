/* A few members of one group, for the tests of the state machine.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MLS_PARTY_H
#define E2EE_TESTS_MLS_PARTY_H

#include "../check.h"

#include "core/crypto/secret.h"
#include "core/mls/mls.h"

#define SUITE_AES E2EE_MLS_SUITE_X25519_AES128GCM_SHA256_ED25519
#define SUITE_CHACHA E2EE_MLS_SUITE_X25519_CHACHA20_SHA256_ED25519

#define PARTY_MAX 16
#define N_PLACES (E2EE_MLS_AT_TREE + 1)

#define TEXT(string) E2EE_BYTES (string, sizeof (string) - 1)
#define CHECK_OK(call) CHECK_STR (e2ee_mls_result_name (call), "ok")
#define CHECK_RESULT(call, expected) \
  CHECK_STR (e2ee_mls_result_name (call), e2ee_mls_result_name (expected))

/* The clocks stand still unless a test moves them. */
static uint64_t party_ms = 1000000;
static uint64_t party_unix_time = 1700000000;

static const uint8_t party_psk[] = "a secret that came with the link";

typedef struct
{
  char name[16];
  e2ee_env env;
  e2ee_mls_host host;
  e2ee_mls_identity *identity;
  e2ee_mls_group *group;
  unsigned asked[N_PLACES];     /* by the credential callback */
  unsigned refuse;              /* bits: places at which it says no */
  int refuse_changes;           /* no to a credential that replaces another */
} member;

typedef struct
{
  unsigned suite;
  member members[PARTY_MAX];
} party;

static inline uint64_t
party_now_ms (void *user)
{
  (void) user;
  return party_ms;
}

static inline uint64_t
party_now (void *user)
{
  (void) user;
  return party_unix_time;
}

static inline int
party_check_credential (void *user, const e2ee_mls_credential_check * check)
{
  member *m = user;

  m->asked[check->place]++;
  if (m->refuse_changes && check->old_credential != NULL
      && !e2ee_mls_credential_equal (check->old_credential, check->credential))
    return 0;
  return (m->refuse >> check->place & 1) == 0;
}

static inline int
party_find_psk (void *user, e2ee_bytes id, e2ee_mls_secret * psk)
{
  (void) user;
  return check_same (id, TEXT ("link"))
      && e2ee_mls_secret_dup (E2EE_BYTES (party_psk, sizeof (party_psk)), psk) == E2EE_MLS_OK;
}

static inline void
member_init (member * m, unsigned suite, const char *name)
{
  e2ee_mls_credential credential = { .type = E2EE_MLS_CREDENTIAL_BASIC };

  memset (m, 0, sizeof (*m));
  snprintf (m->name, sizeof (m->name), "%s", name);
  m->env = *e2ee_env_default ();
  m->env.now_ms = party_now_ms;
  m->host = (e2ee_mls_host) {
    .env = &m->env,
    .unix_time = party_now,
    .check_credential = party_check_credential,
    .find_psk = party_find_psk,
    .user = m,
  };
  credential.body = E2EE_BYTES (m->name, strlen (m->name));
  CHECK_OK (e2ee_mls_identity_new (&m->host, suite, &credential, E2EE_NO_BYTES, &m->identity));
}

static inline void
member_clear (member * m)
{
  e2ee_mls_group_free (m->group);
  e2ee_mls_identity_unref (m->identity);
  m->group = NULL;
  m->identity = NULL;
}

static inline void
party_init (party * p, unsigned suite)
{
  memset (p, 0, sizeof (*p));
  p->suite = suite;
  for (unsigned i = 0; i < PARTY_MAX; i++) {
    char name[16];

    snprintf (name, sizeof (name), "member %u", i);
    member_init (&p->members[i], suite, name);
    CHECK_RETURN_IF_FAILED ();
  }
}

static inline void
party_clear (party * p)
{
  for (unsigned i = 0; i < PARTY_MAX; i++)
    member_clear (&p->members[i]);
}

static inline int
member_is_in (const member * m)
{
  return m->group != NULL && e2ee_mls_group_is_active (m->group);
}

/* ---- agreement ---- */

/* Everybody who is in has one view of keys and roster. */
static inline void
party_check_agreement (party * p)
{
  member *first = NULL;
  uint8_t expected[32], exported[32];
  e2ee_mls_buffer roster = E2EE_MLS_NO_BUFFER;

  for (unsigned i = 0; i < PARTY_MAX && !check_state.failed; i++) {
    member *m = &p->members[i];
    e2ee_mls_buffer own = E2EE_MLS_NO_BUFFER;

    if (!member_is_in (m))
      continue;
    CHECK_OK (e2ee_mls_group_export (m->group, "test", TEXT ("context"), exported, 32));
    CHECK_OK (e2ee_mls_group_ratchet_tree (m->group, &own));
    if (first == NULL) {
      first = m;
      memcpy (expected, exported, 32);
      roster = own;
      continue;
    }
    CHECK_INT (e2ee_mls_group_epoch (m->group), e2ee_mls_group_epoch (first->group));
    CHECK_BYTES (e2ee_mls_group_epoch_authenticator (m->group),
        e2ee_mls_group_epoch_authenticator (first->group));
    CHECK_MEM (exported, expected, 32);
    CHECK_BYTES (e2ee_mls_buffer_view (own), e2ee_mls_buffer_view (roster));
    e2ee_mls_buffer_clear (&own);
  }
  e2ee_mls_buffer_clear (&roster);
}

/* ---- moving ---- */

/* Everybody in but @sender receives a commit and merges it. */
static inline void
party_deliver (party * p, const member * sender, e2ee_mls_buffer commit)
{
  for (unsigned i = 0; i < PARTY_MAX; i++) {
    member *m = &p->members[i];
    e2ee_mls_event event;

    if (m == sender || !member_is_in (m))
      continue;
    CHECK_OK (e2ee_mls_group_receive (m->group, e2ee_mls_buffer_view (commit), &event));
    CHECK_INT (event.type, E2EE_MLS_EVENT_COMMIT);
    CHECK_OK (e2ee_mls_group_merge (m->group, &event));
    e2ee_mls_event_clear (&event);
  }
}

/* Everybody in but @sender receives a proposal. */
static inline void
party_deliver_proposal (party * p, const member * sender, e2ee_mls_buffer proposal)
{
  for (unsigned i = 0; i < PARTY_MAX; i++) {
    member *m = &p->members[i];
    e2ee_mls_event event;

    if (m == sender || !member_is_in (m))
      continue;
    CHECK_OK (e2ee_mls_group_receive (m->group, e2ee_mls_buffer_view (proposal), &event));
    CHECK_INT (event.type, E2EE_MLS_EVENT_PROPOSAL);
    e2ee_mls_event_clear (&event);
  }
}

/* @sender commits @params; all follow; @joiners[i] belongs to @joining[i]. */
static inline void
party_commit (party * p, member * sender, const e2ee_mls_commit_params * params,
    member ** joining, e2ee_mls_joiner ** joiners, size_t n_joining)
{
  e2ee_mls_buffer commit, welcome, tree = E2EE_MLS_NO_BUFFER;

  CHECK_OK (e2ee_mls_group_commit (sender->group, params, &commit, &welcome, NULL));
  party_deliver (p, sender, commit);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_merge_pending (sender->group));
  CHECK_INT (welcome.size > 0, n_joining > 0);
  if (params == NULL || !params->tree_in_welcome)
    CHECK_OK (e2ee_mls_group_ratchet_tree (sender->group, &tree));
  for (size_t i = 0; i < n_joining; i++) {
    e2ee_mls_group_free (joining[i]->group);
    joining[i]->group = NULL;
    CHECK_OK (e2ee_mls_group_join (&joining[i]->host, joiners[i],
            e2ee_mls_buffer_view (welcome), e2ee_mls_buffer_view (tree), &joining[i]->group));
  }
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  e2ee_mls_buffer_clear (&tree);
}

/* @by adds members @from to @to - 1 in one commit. */
static inline void
party_add (party * p, member * by, unsigned from, unsigned to)
{
  e2ee_mls_change changes[PARTY_MAX] = { { .type = 0 } };
  e2ee_mls_commit_params params = { .changes = changes, .tree_in_welcome = 1 };
  e2ee_mls_joiner *joiners[PARTY_MAX] = { NULL };
  member *joining[PARTY_MAX];
  size_t n = 0;

  for (unsigned i = from; i < to; i++, n++) {
    joining[n] = &p->members[i];
    CHECK_OK (e2ee_mls_joiner_new (&joining[n]->host, joining[n]->identity, NULL, &joiners[n]));
    changes[n].type = E2EE_MLS_PROPOSAL_ADD;
    changes[n].key_package = e2ee_mls_joiner_key_package (joiners[n]);
  }
  params.n_changes = n;
  party_commit (p, by, &params, joining, joiners, n);
  for (size_t i = 0; i < n; i++)
    e2ee_mls_joiner_free (joiners[i]);
}

/* Members 0 to @n - 1 in a group that 0 made. */
static inline void
party_start (party * p, unsigned suite, unsigned n)
{
  party_init (p, suite);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_create (&p->members[0].host, p->members[0].identity, NULL,
          &p->members[0].group));
  if (n > 1)
    party_add (p, &p->members[0], 1, n);
}

/* @m comes in by himself with @guide's GroupInfo; everybody follows. */
static inline void
party_enter (party * p, member * m, const member * guide, const e2ee_mls_external_params * params)
{
  e2ee_mls_buffer info, commit;
  e2ee_mls_group *group = NULL;

  CHECK_OK (e2ee_mls_group_info_make (guide->group, 1, &info));
  CHECK_OK (e2ee_mls_group_join_external (&m->host, m->identity, e2ee_mls_buffer_view (info),
          params, &group, &commit));
  party_deliver (p, m, commit);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_group_merge_pending (group));
  e2ee_mls_group_free (m->group);
  m->group = group;
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&commit);
}

static inline int
party_main (const check_case * cases, size_t n_cases)
{
  return e2ee_crypto_init () == E2EE_OK ? check_run (cases, n_cases) : 1;
}

#define PARTY_MAIN(cases) \
  int \
  main (void) \
  { \
    return party_main (cases, CHECK_N (cases)); \
  }

#endif
