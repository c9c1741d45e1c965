/* A tree of a thousand: what a commit costs in hashes, and a member in memory.
 *
 * Hashes and bytes are counted, so the cases do not depend on the machine; times are printed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <time.h>

#include "core/mls/tree-private.h"
#include "core/mls/validate.h"

#define N_MEMBERS 1000
#define N_LEVELS 10

static test_memory memory;
static e2ee_mls_tree *tree;
static e2ee_mls_secret signature_private[N_MEMBERS];

static double
milliseconds_since (clock_t begin)
{
  return 1000.0 * (double) (clock () - begin) / CLOCKS_PER_SEC;
}

/* Hashes that the next question for the root costs. */
static size_t
n_unknown_hashes (const e2ee_mls_tree * of)
{
  size_t n = 0;

  for (uint32_t i = 0; i < e2ee_mls_node_width (of->n_leaves); i++)
    n += !of->has_hash[i];
  return n;
}

static size_t
n_blank_parents (void)
{
  size_t n = 0;

  for (uint32_t i = 1; i < e2ee_mls_node_width (tree->n_leaves); i += 2)
    n += e2ee_mls_tree_is_blank (tree, i);
  return n;
}

/* A path from @sender goes into the tree @in; what others would need of it is thrown away. */
static void
commit_in (e2ee_mls_tree * in, uint32_t sender, e2ee_mls_tree_keys * keys)
{
  e2ee_mls_path *path;

  CHECK_INT (e2ee_mls_path_prepare (e2ee_env_default (), in, keys,
          e2ee_mls_tree_leaf (in, sender), TEST_GROUP,
          e2ee_mls_secret_view (signature_private[sender]), &path), E2EE_MLS_OK);
  e2ee_mls_path_free (path);
}

static void
thousand_make (void)
{
  uint32_t leaf;

  memory = (test_memory) { 0, 0, 0 };
  test_memory_use (&memory);
  for (uint32_t i = 0; i < N_MEMBERS; i++) {
    test_member made;

    member_make (&made, test_suite (), i);
    CHECK_RETURN_IF_FAILED ();
    if (i == 0)
      CHECK_INT (e2ee_mls_tree_new (test_suite (), &made.leaf, &tree), E2EE_MLS_OK);
    else
      CHECK_INT (e2ee_mls_tree_add (tree, &made.leaf, &leaf), E2EE_MLS_OK);
    signature_private[i] = made.signature_private;
    made.signature_private = E2EE_MLS_NO_SECRET;
    member_clear (&made);
  }
}

/* Each second member commits, which gives every parent a key. */
static void
thousand_fill (void)
{
  static const uint8_t key[32] = { 1 };

  for (uint32_t i = 0; i < N_MEMBERS; i += 2) {
    e2ee_mls_tree_keys *keys;

    CHECK_INT (e2ee_mls_tree_keys_new (test_suite (), i, E2EE_BYTES (key, 32), &keys),
        E2EE_MLS_OK);
    commit_in (tree, i, keys);
    e2ee_mls_tree_keys_free (keys);
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
thousand_gone (void)
{
  e2ee_mls_tree_free (tree);
  tree = NULL;
  for (uint32_t i = 0; i < N_MEMBERS; i++)
    e2ee_mls_secret_clear (&signature_private[i]);
  CHECK_INT (memory.bytes, 0);
  e2ee_mls_set_allocator (NULL);
}

/* Copy, path, hash, seal: all that a commit does to the tree. */
static void
time_a_commit (uint32_t sender, double *taken)
{
  static const uint8_t key[32] = { 1 };
  e2ee_mls_tree_keys *keys;
  e2ee_mls_writer sealed = E2EE_MLS_WRITER_INIT;
  e2ee_mls_path *path;
  e2ee_mls_tree *copy;
  e2ee_mls_buffer context;
  const clock_t begin = clock ();

  CHECK_INT (e2ee_mls_tree_keys_new (test_suite (), sender, E2EE_BYTES (key, 32), &keys),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_copy (tree, &copy), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_path_prepare (e2ee_env_default (), copy, keys,
          e2ee_mls_tree_leaf (copy, sender), TEST_GROUP,
          e2ee_mls_secret_view (signature_private[sender]), &path), E2EE_MLS_OK);
  context = group_context (copy);
  CHECK_INT (e2ee_mls_path_seal (path, e2ee_env_default (), copy, e2ee_mls_buffer_view (context),
          NULL, 0, &sealed), E2EE_MLS_OK);
  *taken = milliseconds_since (begin);
  printf ("# a path of %zu bytes in %.1f ms\n", e2ee_mls_writer_view (&sealed).size, *taken);
  e2ee_mls_writer_clear (&sealed);
  e2ee_mls_buffer_clear (&context);
  e2ee_mls_path_free (path);
  e2ee_mls_tree_keys_free (keys);
  e2ee_mls_tree_free (copy);
}

static void
test_a_commit_in_a_full_tree_costs_one_hash_a_level (void)
{
  static const uint8_t key[32] = { 1 };
  e2ee_mls_digest hash;
  e2ee_mls_tree_keys *keys;
  e2ee_mls_tree *copy;

  thousand_make ();
  thousand_fill ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
  CHECK_INT (n_unknown_hashes (tree), 0);
  CHECK_INT (e2ee_mls_tree_keys_new (test_suite (), 500, E2EE_BYTES (key, 32), &keys),
      E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_copy (tree, &copy), E2EE_MLS_OK);
  commit_in (copy, 500, keys);
  /* The leaf and the nodes above it; the copath, which parent hashes take in, was known. */
  CHECK_INT (n_unknown_hashes (copy), N_LEVELS + 1);
  CHECK_INT (n_unknown_hashes (tree), 0);
  e2ee_mls_tree_keys_free (keys);
  e2ee_mls_tree_free (copy);
  thousand_gone ();
}

static void
test_an_add_an_update_and_a_remove_cost_one_hash_a_level (void)
{
  e2ee_mls_digest hash;
  uint32_t leaf;

  thousand_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_update (tree, 77, e2ee_mls_tree_leaf (tree, 3)), E2EE_MLS_OK);
  CHECK_INT (n_unknown_hashes (tree), N_LEVELS + 1);
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_remove (tree, 78), E2EE_MLS_OK);
  CHECK_INT (n_unknown_hashes (tree), N_LEVELS + 1);
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_add (tree, e2ee_mls_tree_leaf (tree, 3), &leaf), E2EE_MLS_OK);
  CHECK_INT (leaf, 78);
  CHECK_INT (n_unknown_hashes (tree), N_LEVELS + 1);
  thousand_gone ();
}

static void
test_a_member_takes_less_than_4096_bytes (void)
{
  e2ee_mls_tree *copy;
  e2ee_mls_digest hash;
  size_t one;

  thousand_make ();
  thousand_fill ();
  CHECK_RETURN_IF_FAILED ();
  /* Those right of the last member, and those that have nobody on their right. */
  CHECK_INT (n_blank_parents (), 24);
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
  one = memory.bytes;
  CHECK_INT (e2ee_mls_tree_copy (tree, &copy), E2EE_MLS_OK);
  printf ("# %zu bytes a member, %zu more for a copy\n", one / N_MEMBERS,
      (memory.bytes - one) / N_MEMBERS);
  CHECK (one / N_MEMBERS < 2048);
  CHECK ((memory.bytes - one) / N_MEMBERS < 256);
  e2ee_mls_tree_free (copy);
  thousand_gone ();
}

static int
accept (void *user, const e2ee_mls_credential_check * check)
{
  return 1;
}

static uint64_t
test_time (void *user)
{
  return TEST_NOW;
}

static void
test_a_thousand_commit_and_join_in_bearable_time (void)
{
  const e2ee_mls_host host = {
    .env = e2ee_env_default (),
    .unix_time = test_time,
    .check_credential = accept,
  };
  e2ee_mls_group_context context = {
    .cipher_suite = test_suite ()->id,
    .group_id = TEST_GROUP,
  };
  e2ee_mls_buffer encoded;
  e2ee_mls_tree *decoded;
  e2ee_mls_digest hash;
  double flat, full;
  clock_t begin;

  thousand_make ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
  time_a_commit (3, &flat);
  thousand_fill ();
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_root_hash (tree, &hash), E2EE_MLS_OK);
  time_a_commit (3, &full);
  CHECK (full < flat);

  encoded = tree_encoded (tree);
  begin = clock ();
  CHECK_INT (e2ee_mls_tree_decode (test_suite (), e2ee_mls_buffer_view (encoded), &decoded),
      E2EE_MLS_OK);
  printf ("# a tree of %zu bytes read in %.1f ms", encoded.size, milliseconds_since (begin));
  begin = clock ();
  context.tree_hash = e2ee_mls_digest_view (test_suite (), &hash);
  CHECK_INT (e2ee_mls_tree_validate (&host, decoded, &context), E2EE_MLS_OK);
  printf (", validated in %.1f ms\n", milliseconds_since (begin));
  e2ee_mls_tree_free (decoded);
  e2ee_mls_buffer_clear (&encoded);
  thousand_gone ();
}

static const check_case cases[] = {
  CHECK_CASE (test_a_commit_in_a_full_tree_costs_one_hash_a_level),
  CHECK_CASE (test_an_add_an_update_and_a_remove_cost_one_hash_a_level),
  CHECK_CASE (test_a_member_takes_less_than_4096_bytes),
  CHECK_CASE (test_a_thousand_commit_and_join_in_bearable_time),
};

TEST_MAIN (cases)
