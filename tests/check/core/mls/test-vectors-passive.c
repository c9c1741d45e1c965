/* The vectors of a client that only follows: joins by Welcome, long histories of commits.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "vectors.h"

#include "core/crypto/secret.h"
#include "core/mls/mls.h"

/* One row of a passive-client file. */
typedef struct
{
  vectors *file;
  const json_t *row;
  e2ee_mls_host host;
  unsigned n_credentials;       /* how often the application was asked */
  e2ee_mls_group *group;
  size_t n_commits;
  size_t n_proposals;
} client;

static uint64_t
unix_time (void *user)
{
  (void) user;
  return 1700000000;
}

static int
check_credential (void *user, const e2ee_mls_credential_check * check)
{
  client *c = user;

  c->n_credentials++;
  return check->credential->type == E2EE_MLS_CREDENTIAL_BASIC && check->signature_key.size > 0;
}

static int
find_psk (void *user, e2ee_bytes psk_id, e2ee_mls_secret * psk)
{
  client *c = user;
  size_t i;
  json_t *known;

  json_array_foreach (json_object_get (c->row, "external_psks"), i, known) {
    if (check_same (vectors_bytes (c->file, known, "psk_id"), psk_id))
      return e2ee_mls_secret_dup (vectors_bytes (c->file, known, "psk"), psk) == E2EE_MLS_OK;
  }
  return 0;
}

static void
client_join (client * c, vectors * file, const json_t * row)
{
  e2ee_mls_joiner *joiner = NULL;
  e2ee_mls_result r;

  memset (c, 0, sizeof (*c));
  c->file = file;
  c->row = row;
  c->host = (e2ee_mls_host) {
    .env = e2ee_env_default (),
    .unix_time = unix_time,
    .check_credential = check_credential,
    .find_psk = find_psk,
    .user = c,
    .max_lifetime = UINT64_MAX, /* theirs never end */
    .max_past_epochs = 8,
  };
  CHECK_INT (e2ee_mls_joiner_import (&c->host, vectors_bytes (file, row, "key_package"),
          vectors_bytes (file, row, "signature_priv"), vectors_bytes (file, row, "init_priv"),
          vectors_bytes (file, row, "encryption_priv"), &joiner), E2EE_MLS_OK);
  r = e2ee_mls_group_join (&c->host, joiner, vectors_bytes (file, row, "welcome"),
      vectors_bytes (file, row, "ratchet_tree"), &c->group);
  e2ee_mls_joiner_free (joiner);
  CHECK_STR (e2ee_mls_result_name (r), "ok");
  CHECK_BYTES (e2ee_mls_group_epoch_authenticator (c->group),
      vectors_bytes (file, row, "initial_epoch_authenticator"));
  CHECK (c->n_credentials >= e2ee_mls_group_n_members (c->group));
}

static void
client_follow (client * c, const json_t * epoch)
{
  e2ee_mls_event event;
  json_t *proposal;
  size_t i;

  json_array_foreach (json_object_get (epoch, "proposals"), i, proposal) {
    CHECK_STR (e2ee_mls_result_name (e2ee_mls_group_receive (c->group,
                vectors_decode (c->file, json_string_value (proposal)), &event)), "ok");
    CHECK_INT (event.type, E2EE_MLS_EVENT_PROPOSAL);
    e2ee_mls_event_clear (&event);
    c->n_proposals++;
  }
  CHECK_STR (e2ee_mls_result_name (e2ee_mls_group_receive (c->group,
              vectors_bytes (c->file, epoch, "commit"), &event)), "ok");
  CHECK_INT (event.type, E2EE_MLS_EVENT_COMMIT);
  CHECK_INT (e2ee_mls_group_merge (c->group, &event), E2EE_MLS_OK);
  e2ee_mls_event_clear (&event);
  CHECK_BYTES (e2ee_mls_group_epoch_authenticator (c->group),
      vectors_bytes (c->file, epoch, "epoch_authenticator"));
  c->n_commits++;
}

/* The whole history of a row; with @restart the state goes through the store after each commit. */
static void
run_row (vectors * file, const json_t * row, int restart, size_t *n_commits, size_t *n_proposals)
{
  static const uint8_t key[32] = { 7 };
  const size_t n_epochs = json_array_size (json_object_get (row, "epochs"));
  client c;

  client_join (&c, file, row);
  for (size_t i = 0; i < n_epochs && !check_state.failed; i++) {
    client_follow (&c, json_array_get (json_object_get (row, "epochs"), i));
    if (restart && !check_state.failed) {
      e2ee_mls_buffer stored = E2EE_MLS_NO_BUFFER;
      e2ee_mls_result r = e2ee_mls_group_store (c.group, E2EE_BYTES (key, 32), &stored);

      e2ee_mls_group_free (c.group);
      c.group = NULL;
      if (r == E2EE_MLS_OK)
        r = e2ee_mls_group_restore (&c.host, E2EE_BYTES (key, 32), e2ee_mls_buffer_view (stored),
            &c.group);
      e2ee_mls_buffer_clear (&stored);
      if (r != E2EE_MLS_OK)
        check_fail (__FILE__, __LINE__, "restart: %s", e2ee_mls_result_name (r));
    }
  }
  *n_commits += c.n_commits;
  *n_proposals += c.n_proposals;
  e2ee_mls_group_free (c.group);
}

static void
run_file (const char *name, size_t n_cases, int restart)
{
  vectors file;
  size_t i, n_commits = 0, n_proposals = 0;
  json_t *row;

  if (!vectors_open (&file, name, n_cases))
    return;
  json_array_foreach (file.root, i, row) {
    CHECK_ROW ("%s case %zu, suite %u", name, i, (unsigned) vectors_number (row, "cipher_suite"));
    run_row (&file, row, restart, &n_commits, &n_proposals);
    if (check_state.failed)
      break;
  }
  vectors_close (&file);
  printf ("# %s: %zu commits and %zu proposals followed\n", name, n_commits, n_proposals);
}

static void
test_passive_clients_join_by_welcome (void)
{
  VECTORS_OR_SKIP ();
  run_file ("passive-client-welcome.json", 16, 0);
}

static void
test_passive_clients_follow_commits (void)
{
  VECTORS_OR_SKIP ();
  run_file ("passive-client-handling-commit.json", 26, 0);
}

static void
test_passive_clients_follow_commits_through_restarts (void)
{
  VECTORS_OR_SKIP ();
  run_file ("passive-client-handling-commit.json", 26, 1);
}

static void
test_passive_client_follows_a_long_random_history (void)
{
  VECTORS_OR_SKIP ();
  run_file ("passive-client-random.json", 1, 0);
}

static const check_case cases[] = {
  CHECK_CASE (test_passive_clients_join_by_welcome),
  CHECK_CASE (test_passive_clients_follow_commits),
  CHECK_CASE (test_passive_clients_follow_commits_through_restarts),
  CHECK_CASE (test_passive_client_follows_a_long_random_history),
};

int
main (void)
{
  if (e2ee_crypto_init () != E2EE_OK)
    return 1;
  return check_run (cases, CHECK_N (cases));
}
