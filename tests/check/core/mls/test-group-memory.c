/* Memory: what is given back is wiped, old secrets are gone, and running out of it harms nothing.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "forge.h"

#include <stdlib.h>

#define MAX_BLOCKS 65536

/* A debug allocator: knows every live block, looks at every one that comes back, and fails once
 * when told to. */
static struct
{
  uint8_t *blocks[MAX_BLOCKS];
  size_t sizes[MAX_BLOCKS];
  size_t n;
  size_t n_unwiped;
  long fail_in;                 /* allocations to go; negative: never */
  int failed;
} heap;

static void *
debug_alloc (void *user, size_t size)
{
  uint8_t *block;

  if (heap.fail_in == 0) {
    heap.failed = 1;
    heap.fail_in = -1;
    return NULL;
  }
  if (heap.fail_in > 0)
    heap.fail_in--;
  block = malloc (size);
  if (block != NULL && heap.n < MAX_BLOCKS) {
    heap.blocks[heap.n] = block;
    heap.sizes[heap.n++] = size;
  }
  return block;
}

static void
debug_free (void *user, void *memory, size_t size)
{
  const uint8_t *bytes = memory;

  for (size_t i = 0; i < size; i++) {
    if (bytes[i] != 0) {
      heap.n_unwiped++;
      break;
    }
  }
  for (size_t i = heap.n; i-- > 0;) {
    if (heap.blocks[i] == memory) {
      heap.n--;
      heap.blocks[i] = heap.blocks[heap.n];
      heap.sizes[i] = heap.sizes[heap.n];
      break;
    }
  }
  free (memory);
}

static const e2ee_mls_allocator debug_allocator = { debug_alloc, debug_free, NULL };

static void
heap_begin (void)
{
  memset (&heap, 0, sizeof (heap));
  heap.fail_in = -1;
  e2ee_mls_set_allocator (&debug_allocator);
}

static void
heap_end (void)
{
  e2ee_mls_set_allocator (NULL);
}

/* 1 when @needle stands in a live block. */
static int
heap_holds (const uint8_t * needle)
{
  for (size_t i = 0; i < heap.n; i++) {
    for (size_t at = 0; at + 32 <= heap.sizes[i]; at++) {
      if (memcmp (heap.blocks[i] + at, needle, 32) == 0)
        return 1;
    }
  }
  return 0;
}

static party p;

static void
test_all_that_is_given_back_is_wiped (void)
{
  heap_begin ();
  party_start (&p, SUITE_AES, 5);
  party_commit (&p, &p.members[2], NULL, NULL, NULL, 0);
  party_enter (&p, &p.members[7], &p.members[1], NULL);
  party_check_agreement (&p);
  party_clear (&p);
  CHECK_INT (heap.n_unwiped, 0);
  CHECK_INT (heap.n, 0);
  heap_end ();
}

static int
is_zero (const e2ee_mls_digest * digest)
{
  static const e2ee_mls_digest zeros;

  return memcmp (digest, &zeros, sizeof (zeros)) == 0;
}

static void
test_the_secrets_of_a_past_epoch_are_gone (void)
{
  e2ee_mls_epoch_secrets old;
  e2ee_mls_buffer commit, pending;
  const e2ee_mls_epoch_secrets *left;
  uint8_t leaf_private[32];
  member *m = &p.members[1];

  heap_begin ();
  party_start (&p, SUITE_CHACHA, 4);
  CHECK_RETURN_IF_FAILED ();
  old = *m->group->epoch->secrets;
  memcpy (leaf_private, e2ee_mls_tree_keys_get (m->group->epoch->keys, 2).data, 32);
  CHECK_OK (e2ee_mls_group_commit (m->group, NULL, &commit, NULL, NULL));
  CHECK_OK (e2ee_mls_group_commit (p.members[2].group, NULL, &pending, NULL, NULL));
  party_deliver (&p, m, commit);
  CHECK_OK (e2ee_mls_group_merge_pending (m->group));
  for (int i = 0; i < 4; i++) {
    CHECK_INT (p.members[i].group->n_past, i == 0 ? 2 : 1);
    left = p.members[i].group->past[0]->secrets;
    CHECK (is_zero (&left->encryption_secret) && is_zero (&left->exporter_secret));
    CHECK (is_zero (&left->external_secret) && is_zero (&left->confirmation_key));
    CHECK (is_zero (&left->membership_key) && is_zero (&left->epoch_authenticator));
    CHECK (is_zero (&left->init_secret));
    CHECK (p.members[i].group->past[0]->keys == NULL);
  }
  CHECK (!heap_holds (old.init_secret.data));
  CHECK (!heap_holds (old.exporter_secret.data));
  CHECK (!heap_holds (old.epoch_authenticator.data));
  CHECK (!heap_holds (old.confirmation_key.data));
  CHECK (!heap_holds (old.membership_key.data));
  CHECK (!heap_holds (leaf_private));
  CHECK (memcmp (e2ee_mls_tree_keys_get (m->group->epoch->keys, 2).data, leaf_private, 32) != 0);
  /* Those of now are in locked memory and not among our blocks either. */
  CHECK (!heap_holds (m->group->epoch->secrets->exporter_secret.data));
  CHECK (!heap_holds (m->group->epoch->secrets->init_secret.data));
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&pending);
  party_clear (&p);
  heap_end ();
}

static void
test_the_keys_of_blank_nodes_are_gone (void)
{
  const e2ee_mls_change remove_5 = { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 5 };
  const e2ee_mls_commit_params params = { .changes = &remove_5, .n_changes = 1 };

  party_start (&p, SUITE_CHACHA, 8);
  for (int i = 7; i >= 0; i--)
    party_commit (&p, &p.members[i], NULL, NULL, NULL, 0);
  party_commit (&p, &p.members[0], &params, NULL, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  /* Node 9, above leaves 4 and 5, and node 11 were blanked and are not on the committer's path. */
  CHECK (e2ee_mls_tree_is_blank (p.members[0].group->epoch->tree, 9));
  for (int i = 0; i < 8; i++) {
    const e2ee_mls_epoch *epoch = p.members[i].group->epoch;

    if (i == 5)
      continue;
    for (uint32_t node = 0; node < 15; node++) {
      if (e2ee_mls_tree_is_blank (epoch->tree, node))
        CHECK_INT (e2ee_mls_tree_keys_get (epoch->keys, node).size, 0);
    }
  }
  party_clear (&p);
}

/* A committer's own, when his leaf hangs below a node that his commit blanks. */
static void
test_the_keys_of_nodes_that_a_committer_blanks_are_gone (void)
{
  const e2ee_mls_change remove_0 = { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 0 };
  const e2ee_mls_commit_params params = { .changes = &remove_0, .n_changes = 1 };
  const member *m = &p.members[1];

  party_start (&p, SUITE_CHACHA, 4);
  for (int i = 3; i >= 0; i--)
    party_commit (&p, &p.members[i], NULL, NULL, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK (e2ee_mls_tree_keys_get (m->group->epoch->keys, 1).size > 0);
  party_commit (&p, &p.members[1], &params, NULL, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  CHECK (e2ee_mls_tree_is_blank (m->group->epoch->tree, 1));
  CHECK_INT (e2ee_mls_tree_keys_get (m->group->epoch->keys, 1).size, 0);
  party_clear (&p);
}

/* ---- without memory ---- */

typedef e2ee_mls_result (*operation) (void);

static e2ee_mls_buffer info, stored;

static e2ee_mls_result
do_commit (void)
{
  e2ee_mls_change changes[2] = { { .type = E2EE_MLS_PROPOSAL_ADD },
    { .type = E2EE_MLS_PROPOSAL_REMOVE, .leaf = 2 }
  };
  const e2ee_mls_commit_params params = { .changes = changes, .n_changes = 2,
      .tree_in_welcome = 1 };
  member *joining = &p.members[6];
  e2ee_mls_joiner *joiner = NULL;
  e2ee_mls_buffer commit, welcome, group_info;
  e2ee_mls_group *joined = NULL;
  e2ee_mls_event event;
  e2ee_mls_result r;

  memset (&event, 0, sizeof (event));
  r = e2ee_mls_joiner_new (&joining->host, joining->identity, NULL, &joiner);
  if (r != E2EE_MLS_OK)
    return r;
  changes[0].key_package = e2ee_mls_joiner_key_package (joiner);
  r = e2ee_mls_group_commit (p.members[0].group, &params, &commit, &welcome, &group_info);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_receive (p.members[1].group, e2ee_mls_buffer_view (commit), &event);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_join (&joining->host, joiner, e2ee_mls_buffer_view (welcome),
        E2EE_NO_BYTES, &joined);
  e2ee_mls_group_free (joined);
  e2ee_mls_event_clear (&event);
  e2ee_mls_group_discard_pending (p.members[0].group);
  e2ee_mls_joiner_free (joiner);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  e2ee_mls_buffer_clear (&group_info);
  return r;
}

static e2ee_mls_result
do_propose (void)
{
  const e2ee_mls_change update = { .type = E2EE_MLS_PROPOSAL_UPDATE };
  e2ee_mls_buffer proposal, commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_event event;
  e2ee_mls_result r;

  r = e2ee_mls_group_propose (p.members[1].group, &update, E2EE_NO_BYTES, &proposal);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_receive (p.members[0].group, e2ee_mls_buffer_view (proposal), &event);
  if (r == E2EE_MLS_OK)
    e2ee_mls_event_clear (&event);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_commit (p.members[0].group, NULL, &commit, NULL, NULL);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_receive (p.members[1].group, e2ee_mls_buffer_view (commit), &event);
  if (r == E2EE_MLS_OK)
    e2ee_mls_event_clear (&event);
  e2ee_mls_group_discard_pending (p.members[0].group);
  e2ee_mls_group_clear_proposals (p.members[0].group);
  e2ee_mls_group_clear_proposals (p.members[1].group);
  e2ee_mls_buffer_clear (&proposal);
  e2ee_mls_buffer_clear (&commit);
  return r;
}

static e2ee_mls_result
do_enter (void)
{
  const e2ee_bytes psk = TEXT ("link");
  const e2ee_mls_external_params params = { .psk_ids = &psk, .n_psk_ids = 1 };
  member *m = &p.members[5];
  e2ee_mls_group *group = NULL;
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_event event;
  e2ee_mls_result r;

  r = e2ee_mls_group_info_make (p.members[0].group, 1, &info);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_join_external (&m->host, m->identity, e2ee_mls_buffer_view (info),
        &params, &group, &commit);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_receive (p.members[1].group, e2ee_mls_buffer_view (commit), &event);
  if (r == E2EE_MLS_OK)
    e2ee_mls_event_clear (&event);
  e2ee_mls_group_free (group);
  e2ee_mls_buffer_clear (&info);
  e2ee_mls_buffer_clear (&commit);
  return r;
}

static e2ee_mls_result
do_store (void)
{
  static const uint8_t key[32];
  e2ee_mls_group *again = NULL;
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  r = e2ee_mls_group_commit (p.members[0].group, NULL, &commit, NULL, NULL);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_store (p.members[0].group, E2EE_BYTES (key, 32), &stored);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_restore (&p.members[0].host, E2EE_BYTES (key, 32),
        e2ee_mls_buffer_view (stored), &again);
  e2ee_mls_group_discard_pending (p.members[0].group);
  e2ee_mls_group_free (again);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&stored);
  return r;
}

static e2ee_mls_result
do_letter (void)
{
  e2ee_mls_buffer message;
  e2ee_mls_event event;
  e2ee_mls_result r;

  r = e2ee_mls_group_protect (p.members[0].group, TEXT ("text"), E2EE_NO_BYTES, &message);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_receive (p.members[1].group, e2ee_mls_buffer_view (message), &event);
  if (r == E2EE_MLS_OK)
    e2ee_mls_event_clear (&event);
  e2ee_mls_buffer_clear (&message);
  return r;
}

static e2ee_mls_result
do_create (void)
{
  e2ee_mls_group *group = NULL;
  e2ee_mls_result r;

  r = e2ee_mls_group_create (&p.members[0].host, p.members[0].identity, NULL, &group);
  e2ee_mls_group_free (group);
  return r;
}

/* Fails each allocation of @run in turn; the next try finds everything as it was. */
static void
starve (const char *name, operation run)
{
  long n_failures = 0;

  party_start (&p, SUITE_CHACHA, 4);
  party_commit (&p, &p.members[3], NULL, NULL, NULL, 0);
  CHECK_RETURN_IF_FAILED ();
  for (;;) {
    const size_t before = heap.n;
    e2ee_mls_result r;

    CHECK_ROW ("%s without allocation %ld", name, n_failures);
    heap.failed = 0;
    heap.fail_in = n_failures;
    r = run ();
    heap.fail_in = -1;
    CHECK_INT (heap.n, before);
    if (!heap.failed) {
      CHECK_OK (r);
      break;
    }
    CHECK_RESULT (r, E2EE_MLS_ERR_NO_MEMORY);
    CHECK_OK (run ());
    n_failures++;
  }
  CHECK (n_failures > 0);
  party_check_agreement (&p);
  party_commit (&p, &p.members[0], NULL, NULL, NULL, 0);
  party_check_agreement (&p);
  party_clear (&p);
  printf ("# %s: %ld allocations failed in turn\n", name, n_failures);
}

static void
test_running_out_of_memory_harms_nothing (void)
{
  static const struct
  {
    const char *name;
    operation run;
  } rows[] = {
    { "create", do_create }, { "letter", do_letter }, { "propose", do_propose },
    { "commit and join", do_commit }, { "enter", do_enter }, { "store", do_store },
  };

  heap_begin ();
  for (size_t i = 0; i < CHECK_N (rows) && !check_state.failed; i++)
    starve (rows[i].name, rows[i].run);
  heap_end ();
}

static const check_case cases[] = {
  CHECK_CASE (test_all_that_is_given_back_is_wiped),
  CHECK_CASE (test_the_secrets_of_a_past_epoch_are_gone),
  CHECK_CASE (test_the_keys_of_blank_nodes_are_gone),
  CHECK_CASE (test_the_keys_of_nodes_that_a_committer_blanks_are_gone),
  CHECK_CASE (test_running_out_of_memory_harms_nothing),
};

PARTY_MAIN (cases)
