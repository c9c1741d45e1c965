/* Making the group of the MLS fuzz targets, and its messages.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "mls-world.h"

#include <string.h>

#include <sodium.h>

#include "core/crypto/secret.h"

#define SUITE E2EE_MLS_SUITE_X25519_CHACHA20_SHA256_ED25519
#define NOW 1800000000

static const uint8_t psk[32] = { 0x5e };
static const uint8_t store_key[32] = { 0x57 };

#define STORE_KEY E2EE_BYTES (store_key, sizeof store_key)

static uint64_t n_draws;

static void
foretold_random (void *user, uint8_t * out, size_t size)
{
  uint8_t seed[randombytes_SEEDBYTES] = { 0 };

  e2ee_put_be (seed, ++n_draws, 8);
  randombytes_buf_deterministic (out, size, seed);
}

static uint64_t
no_time (void *user)
{
  return 0;
}

static uint64_t
unix_time (void *user)
{
  return NOW;
}

static int
accept_anybody (void *user, const e2ee_mls_credential_check * check)
{
  return check->credential->type == E2EE_MLS_CREDENTIAL_BASIC;
}

static int
know_one_psk (void *user, e2ee_bytes psk_id, e2ee_mls_secret * secret)
{
  return psk_id.size == 1 && e2ee_mls_secret_dup (E2EE_BYTES (psk, sizeof psk), secret)
      == E2EE_MLS_OK;
}

static const e2ee_env env = { foretold_random, no_time, NULL };

static mls_world world;

#define MUST(call) FUZZ_ASSERT ((call) == E2EE_MLS_OK)

static e2ee_mls_identity *
identity_of (const char *name)
{
  const e2ee_mls_credential credential = { E2EE_MLS_CREDENTIAL_BASIC,
    E2EE_BYTES (name, strlen (name))
  };
  e2ee_mls_identity *identity;

  MUST (e2ee_mls_identity_new (&world.host, SUITE, &credential, E2EE_NO_BYTES, &identity));
  return identity;
}

static e2ee_mls_joiner *
joiner_of (const char *name)
{
  e2ee_mls_identity *identity = identity_of (name);
  e2ee_mls_joiner *joiner;

  MUST (e2ee_mls_joiner_new (&world.host, identity, NULL, &joiner));
  e2ee_mls_identity_unref (identity);
  return joiner;
}

static void
keep (const char *name, e2ee_mls_buffer bytes)
{
  FUZZ_ASSERT (world.n_messages < MLS_WORLD_MAX_MESSAGES && bytes.size > 0);
  world.messages[world.n_messages++] = (mls_world_message) { name, bytes };
}

static void
keep_proposal (const char *name, const e2ee_mls_change * change)
{
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;

  MUST (e2ee_mls_group_propose (world.alice, change, E2EE_BYTES ("aad", 3), &message));
  e2ee_mls_group_clear_proposals (world.alice);
  keep (name, message);
}

/* Gives a Welcome the caller asks for; the commit is kept unless it has no name. */
static e2ee_mls_buffer
keep_commit (const char *name, const e2ee_mls_change * change, int merge)
{
  e2ee_mls_commit_params params = { .changes = change,.n_changes = change != NULL,
    .tree_in_welcome = 1
  };
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER, welcome = E2EE_MLS_NO_BUFFER;

  MUST (e2ee_mls_group_commit (world.alice, &params, &commit, &welcome, NULL));
  if (merge)
    MUST (e2ee_mls_group_merge_pending (world.alice));
  else
    e2ee_mls_group_discard_pending (world.alice);
  if (name != NULL)
    keep (name, commit);
  else
    e2ee_mls_buffer_clear (&commit);
  return welcome;
}

static void
keep_external_commit (void)
{
  e2ee_mls_identity *frank = identity_of ("frank");
  e2ee_mls_external_params params = { 0 };
  e2ee_mls_buffer info = E2EE_MLS_NO_BUFFER, commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_group *group;

  MUST (e2ee_mls_group_info_make (world.alice, 1, &info));
  MUST (e2ee_mls_group_join_external (&world.host, frank, e2ee_mls_buffer_view (info), &params,
          &group, &commit));
  keep ("external-commit", commit);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_group_free (group);
  e2ee_mls_identity_unref (frank);
}

static void
make_handshakes (e2ee_bytes key_package)
{
  static const uint8_t extension[] = { 0x00, 0x03, 0x03, 0x00, 0x00, 0x00 };
  const e2ee_mls_change add = {.type = E2EE_MLS_PROPOSAL_ADD,.key_package = key_package };
  const e2ee_mls_change update = {.type = E2EE_MLS_PROPOSAL_UPDATE };
  const e2ee_mls_change removal = {.type = E2EE_MLS_PROPOSAL_REMOVE,.leaf = 3 };
  const e2ee_mls_change with_psk = {.type = E2EE_MLS_PROPOSAL_PSK,.psk_id = E2EE_BYTES ("p", 1) };
  const e2ee_mls_change context = {.type = E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
    .extensions = {E2EE_BYTES (extension, sizeof extension)}
  };
  e2ee_mls_buffer welcome;

  keep_proposal ("proposal-add", &add);
  keep_proposal ("proposal-update", &update);
  keep_proposal ("proposal-remove", &removal);
  keep_proposal ("proposal-psk", &with_psk);
  keep_proposal ("proposal-extensions", &context);
  welcome = keep_commit ("commit-path", NULL, 0);
  e2ee_mls_buffer_clear (&welcome);
  welcome = keep_commit ("commit-add", &add, 0);
  e2ee_mls_buffer_clear (&welcome);
  welcome = keep_commit ("commit-remove", &removal, 0);
  e2ee_mls_buffer_clear (&welcome);
  welcome = keep_commit ("commit-psk", &with_psk, 0);
  e2ee_mls_buffer_clear (&welcome);
  welcome = keep_commit ("commit-extensions", &context, 0);
  e2ee_mls_buffer_clear (&welcome);
}

static void
make_messages (mls_world_type type)
{
  e2ee_mls_joiner *joiner;
  e2ee_mls_buffer bytes = E2EE_MLS_NO_BUFFER;
  e2ee_mls_change add = {.type = E2EE_MLS_PROPOSAL_ADD };

  MUST (e2ee_mls_joiner_restore (&world.host, STORE_KEY,
          e2ee_mls_buffer_view (world.erin_stored), &joiner));
  add.key_package = e2ee_mls_joiner_key_package (joiner);
  switch (type) {
    case MLS_WORLD_PUBLIC_MESSAGE:
      make_handshakes (add.key_package);
      keep_external_commit ();
      break;
    case MLS_WORLD_PRIVATE_MESSAGE:
      e2ee_mls_group_set_private_handshake (world.alice, 1);
      make_handshakes (add.key_package);
      e2ee_mls_group_set_padding (world.alice, 64);
      MUST (e2ee_mls_group_protect (world.alice, E2EE_BYTES ("good morning", 12),
              E2EE_BYTES ("aad", 3), &bytes));
      keep ("application", bytes);
      break;
    case MLS_WORLD_WELCOME:
      keep ("welcome", keep_commit (NULL, &add, 0));
      break;
    case MLS_WORLD_GROUP_INFO:
      MUST (e2ee_mls_group_info_make (world.alice, 1, &bytes));
      keep ("group-info", bytes);
      break;
    case MLS_WORLD_KEY_PACKAGE:
      MUST (e2ee_mls_buffer_dup (add.key_package, &bytes));
      keep ("key-package", bytes);
      break;
    case MLS_WORLD_RATCHET_TREE:
      MUST (e2ee_mls_group_ratchet_tree (world.alice, &bytes));
      keep ("ratchet-tree", bytes);
      break;
    case MLS_WORLD_STORED:
      MUST (e2ee_mls_group_store (world.alice, STORE_KEY, &bytes));
      keep ("group", bytes);
      break;
  }
  e2ee_mls_joiner_free (joiner);
}

static void
join_by_commit (const char *name, e2ee_mls_group ** others, size_t *n_others)
{
  e2ee_mls_joiner *joiner = joiner_of (name);
  const e2ee_mls_change add = {.type = E2EE_MLS_PROPOSAL_ADD,
    .key_package = e2ee_mls_joiner_key_package (joiner)
  };
  e2ee_mls_commit_params params = {.changes = &add,.n_changes = 1,.tree_in_welcome = 1 };
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER, welcome = E2EE_MLS_NO_BUFFER;

  params.force_path = 1;
  MUST (e2ee_mls_group_commit (world.alice, &params, &commit, &welcome, NULL));
  MUST (e2ee_mls_group_merge_pending (world.alice));
  for (size_t i = 0; i < *n_others; i++) {
    e2ee_mls_event event = { 0 };

    MUST (e2ee_mls_group_receive (others[i], e2ee_mls_buffer_view (commit), &event));
    MUST (e2ee_mls_group_merge (others[i], &event));
    e2ee_mls_event_clear (&event);
  }
  MUST (e2ee_mls_group_join (&world.host, joiner, e2ee_mls_buffer_view (welcome), E2EE_NO_BYTES,
          &others[(*n_others)++]));
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  e2ee_mls_joiner_free (joiner);
}

static void
drop_world (void)
{
  e2ee_mls_group_free (world.alice);
  e2ee_mls_buffer_clear (&world.bob_stored);
  e2ee_mls_buffer_clear (&world.erin_stored);
  for (size_t i = 0; i < world.n_messages; i++)
    e2ee_mls_buffer_clear (&world.messages[i].bytes);
}

mls_world *
mls_world_get (mls_world_type type)
{
  e2ee_mls_create_params params = {.group_id = E2EE_BYTES ("fuzz", 4) };
  e2ee_mls_group *others[3];
  e2ee_mls_identity *alice;
  e2ee_mls_joiner *erin;
  size_t n_others = 0;

  if (world.alice != NULL)
    return &world;
  FUZZ_ASSERT (e2ee_crypto_init () == E2EE_OK);
  world.host = (e2ee_mls_host) {
    .env = &env,.unix_time = unix_time,.check_credential = accept_anybody,
    .find_psk = know_one_psk
  };
  alice = identity_of ("alice");
  MUST (e2ee_mls_group_create (&world.host, alice, &params, &world.alice));
  e2ee_mls_identity_unref (alice);
  join_by_commit ("bob", others, &n_others);
  join_by_commit ("carol", others, &n_others);
  join_by_commit ("dave", others, &n_others);
  MUST (e2ee_mls_group_store (others[0], STORE_KEY, &world.bob_stored));
  for (size_t i = 0; i < n_others; i++)
    e2ee_mls_group_free (others[i]);
  erin = joiner_of ("erin");
  MUST (e2ee_mls_joiner_store (erin, STORE_KEY, &world.erin_stored));
  e2ee_mls_joiner_free (erin);
  make_messages (type);
  atexit (drop_world);
  return &world;
}

/* ---- delivering ---- */

static e2ee_mls_group *bob;
static e2ee_mls_joiner *erin_again;

static void
forget_receivers (void)
{
  e2ee_mls_group_free (bob);
  e2ee_mls_joiner_free (erin_again);
  bob = NULL;
  erin_again = NULL;
}

static void
wake_receivers (void)
{
  static int registered;

  if (!registered)
    registered = atexit (forget_receivers) == 0;
  if (bob == NULL)
    MUST (e2ee_mls_group_restore (&world.host, STORE_KEY,
            e2ee_mls_buffer_view (world.bob_stored), &bob));
  if (erin_again == NULL)
    MUST (e2ee_mls_joiner_restore (&world.host, STORE_KEY,
            e2ee_mls_buffer_view (world.erin_stored), &erin_again));
}

static e2ee_mls_result
receive_and_merge (e2ee_bytes message)
{
  e2ee_mls_event event = { 0 };
  e2ee_mls_result r = e2ee_mls_group_receive (bob, message, &event);

  if (r == E2EE_MLS_OK && event.type == E2EE_MLS_EVENT_COMMIT)
    r = e2ee_mls_group_merge (bob, &event);
  else if (r != E2EE_MLS_OK)
    FUZZ_ASSERT (event.staged == NULL && event.application_data.size == 0);
  e2ee_mls_event_clear (&event);
  return r;
}

static e2ee_mls_result
join_from_outside (e2ee_bytes group_info, e2ee_bytes ratchet_tree)
{
  e2ee_mls_identity *frank = identity_of ("frank");
  e2ee_mls_external_params params = {.ratchet_tree = ratchet_tree };
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_group *group = NULL;
  e2ee_mls_result r;

  r = e2ee_mls_group_join_external (&world.host, frank, group_info, &params, &group, &commit);
  FUZZ_ASSERT ((r == E2EE_MLS_OK) == (group != NULL) && (r == E2EE_MLS_OK) == (commit.size > 0));
  e2ee_mls_group_free (group);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_identity_unref (frank);
  return r;
}

static e2ee_mls_result
join_with_tree (e2ee_bytes ratchet_tree)
{
  e2ee_mls_buffer info = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  MUST (e2ee_mls_group_info_make (world.alice, 0, &info));
  r = join_from_outside (e2ee_mls_buffer_view (info), ratchet_tree);
  e2ee_mls_buffer_clear (&info);
  return r;
}

static e2ee_mls_result
add_by_key_package (e2ee_bytes key_package)
{
  const e2ee_mls_change add = {.type = E2EE_MLS_PROPOSAL_ADD,.key_package = key_package };
  e2ee_mls_commit_params params = {.changes = &add,.n_changes = 1 };
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER, welcome = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r = e2ee_mls_group_commit (bob, &params, &commit, &welcome, NULL);

  FUZZ_ASSERT ((r == E2EE_MLS_OK) == (commit.size > 0));
  FUZZ_ASSERT ((r == E2EE_MLS_OK) == (e2ee_mls_group_has_pending (bob) != 0));
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  return r;
}

e2ee_mls_result
mls_world_deliver (mls_world * self, mls_world_type type, e2ee_bytes message)
{
  e2ee_mls_group *group = NULL;
  e2ee_mls_result r = E2EE_MLS_OK;

  wake_receivers ();
  switch (type) {
    case MLS_WORLD_PUBLIC_MESSAGE:
    case MLS_WORLD_PRIVATE_MESSAGE:
      r = receive_and_merge (message);
      break;
    case MLS_WORLD_WELCOME:
      r = e2ee_mls_group_join (&world.host, erin_again, message, E2EE_NO_BYTES, &group);
      break;
    case MLS_WORLD_GROUP_INFO:
      r = join_from_outside (message, E2EE_NO_BYTES);
      break;
    case MLS_WORLD_KEY_PACKAGE:
      r = add_by_key_package (message);
      break;
    case MLS_WORLD_RATCHET_TREE:
      r = join_with_tree (message);
      break;
    case MLS_WORLD_STORED:
      r = e2ee_mls_group_restore (&world.host, STORE_KEY, message, &group);
      break;
  }
  FUZZ_ASSERT (r == E2EE_MLS_OK || group == NULL);
  e2ee_mls_group_free (group);
  if (r == E2EE_MLS_OK)
    forget_receivers ();
  return r;
}
