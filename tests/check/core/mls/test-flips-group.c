/* A client that joins and follows while each byte of what it receives comes changed or cut short.
 *
 * All of that is refused, the group stays as it was, and then it takes the true message.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "changes.h"
#include "vectors.h"

#include "core/crypto/secret.h"
#include "core/mls/mls.h"

/* One row of a passive-client file. */
typedef struct
{
  vectors *file;
  const json_t *row;
  e2ee_mls_host host;
  e2ee_mls_joiner *joiner;
  e2ee_bytes welcome;
  e2ee_bytes ratchet_tree;
  e2ee_mls_group *group;
  uint64_t epoch;               /* the group before the change */
  e2ee_bytes authenticator;
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
  (void) user;
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

static e2ee_mls_result
join (client * c, e2ee_bytes welcome, e2ee_bytes ratchet_tree)
{
  e2ee_mls_result r = e2ee_mls_group_join (&c->host, c->joiner, welcome, ratchet_tree, &c->group);

  return r != E2EE_MLS_OK && c->group != NULL ? E2EE_MLS_N_RESULTS : r;
}

static e2ee_mls_result
accept_welcome (void *user, e2ee_bytes in)
{
  client *c = user;

  return join (c, in, c->ratchet_tree);
}

static e2ee_mls_result
accept_welcome_tree (void *user, e2ee_bytes in)
{
  client *c = user;

  return join (c, c->welcome, in);
}

/* The same joiner sees every changed Welcome first and joins by the true one. */
static void
client_join (client * c, changes * what, vectors * file, const json_t * row)
{
  *c = (client) {
    .file = file,
    .row = row,
    .host = {
      .env = e2ee_env_default (),
      .unix_time = unix_time,
      .check_credential = check_credential,
      .find_psk = find_psk,
      .user = c,
      .max_lifetime = UINT64_MAX,       /* theirs never end */
      .max_past_epochs = 8,
    },
    .welcome = vectors_bytes (file, row, "welcome"),
    .ratchet_tree = vectors_bytes (file, row, "ratchet_tree"),
  };
  CHECK_INT (e2ee_mls_joiner_import (&c->host, vectors_bytes (file, row, "key_package"),
          vectors_bytes (file, row, "signature_priv"), vectors_bytes (file, row, "init_priv"),
          vectors_bytes (file, row, "encryption_priv"), &c->joiner), E2EE_MLS_OK);
  check_changes (what, accept_welcome, c, c->welcome);
  CHECK_RETURN_IF_FAILED ();
  check_changes (what, accept_welcome_tree, c, c->ratchet_tree);
  CHECK_RETURN_IF_FAILED ();
  CHECK_STR (e2ee_mls_result_name (join (c, c->welcome, c->ratchet_tree)), "ok");
  CHECK_BYTES (e2ee_mls_group_epoch_authenticator (c->group),
      vectors_bytes (file, row, "initial_epoch_authenticator"));
  c->authenticator = vectors_bytes (file, row, "initial_epoch_authenticator");
  c->epoch = e2ee_mls_group_epoch (c->group);
}

static e2ee_mls_result
accept_message (void *user, e2ee_bytes in)
{
  client *c = user;
  e2ee_mls_event event;
  e2ee_mls_result r = e2ee_mls_group_receive (c->group, in, &event);
  const int empty = event.type == 0 && event.staged == NULL && event.application_data.size == 0;

  e2ee_mls_event_clear (&event);
  if (r == E2EE_MLS_OK)
    return r;
  if (!empty || e2ee_mls_group_epoch (c->group) != c->epoch
      || e2ee_mls_group_n_proposals (c->group) != c->n_proposals
      || !e2ee_mls_group_is_active (c->group) || e2ee_mls_group_has_pending (c->group)
      || !check_same (e2ee_mls_group_epoch_authenticator (c->group), c->authenticator))
    return E2EE_MLS_N_RESULTS;
  return r;
}

static void
client_follow (client * c, changes * what, const json_t * epoch)
{
  e2ee_mls_event event;
  json_t *proposal;
  size_t i;

  json_array_foreach (json_object_get (epoch, "proposals"), i, proposal) {
    const e2ee_bytes in = vectors_decode (c->file, json_string_value (proposal));

    check_changes (what, accept_message, c, in);
    CHECK_RETURN_IF_FAILED ();
    CHECK_STR (e2ee_mls_result_name (e2ee_mls_group_receive (c->group, in, &event)), "ok");
    CHECK_INT (event.type, E2EE_MLS_EVENT_PROPOSAL);
    e2ee_mls_event_clear (&event);
    c->n_proposals = e2ee_mls_group_n_proposals (c->group);
  }
  check_changes (what, accept_message, c, vectors_bytes (c->file, epoch, "commit"));
  CHECK_RETURN_IF_FAILED ();
  CHECK_STR (e2ee_mls_result_name (e2ee_mls_group_receive (c->group,
              vectors_bytes (c->file, epoch, "commit"), &event)), "ok");
  CHECK_INT (event.type, E2EE_MLS_EVENT_COMMIT);
  CHECK_INT (e2ee_mls_group_merge (c->group, &event), E2EE_MLS_OK);
  e2ee_mls_event_clear (&event);
  c->authenticator = vectors_bytes (c->file, epoch, "epoch_authenticator");
  CHECK_BYTES (e2ee_mls_group_epoch_authenticator (c->group), c->authenticator);
  c->epoch = e2ee_mls_group_epoch (c->group);
  c->n_proposals = e2ee_mls_group_n_proposals (c->group);
}

static void
follow_file (const char *name, size_t n_cases, changes what)
{
  vectors file;
  size_t i;
  json_t *row;

  if (!vectors_open (&file, name, n_cases))
    return;
  json_array_foreach (file.root, i, row) {
    const json_t *epochs = json_object_get (row, "epochs");
    client c;

    CHECK_ROW ("%s case %zu", name, i);
    client_join (&c, &what, &file, row);
    for (size_t k = 0; k < json_array_size (epochs) && !check_state.failed; k++) {
      CHECK_ROW ("%s case %zu, epoch %zu", name, i, k);
      client_follow (&c, &what, json_array_get (epochs, k));
    }
    e2ee_mls_group_free (c.group);
    e2ee_mls_joiner_free (c.joiner);
    if (check_state.failed)
      break;
  }
  changes_print (&what);
  vectors_close (&file);
}

static void
test_changed_welcomes_are_refused (void)
{
  VECTORS_OR_SKIP ();
  follow_file ("passive-client-welcome.json", 16, changes_begin (61, 64));
}

static void
test_changed_proposals_and_commits_leave_the_group_as_it_was (void)
{
  VECTORS_OR_SKIP ();
  follow_file ("passive-client-handling-commit.json", 26, changes_begin (31, 64));
}

static void
test_changed_messages_of_a_long_history_leave_the_group_as_it_was (void)
{
  VECTORS_OR_SKIP ();
  follow_file ("passive-client-random.json", 1, changes_begin (401, 0));
}

static const check_case cases[] = {
  CHECK_CASE (test_changed_welcomes_are_refused),
  CHECK_CASE (test_changed_proposals_and_commits_leave_the_group_as_it_was),
  CHECK_CASE (test_changed_messages_of_a_long_history_leave_the_group_as_it_was),
};

int
main (void)
{
  if (e2ee_crypto_init () != E2EE_OK)
    return 1;
  return check_run (cases, CHECK_N (cases));
}
