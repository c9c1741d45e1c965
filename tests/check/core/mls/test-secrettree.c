/* The secret tree: what a ratchet gives once, late, never, and after a restart.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "../check.h"

#include "core/crypto/secret.h"
#include "core/mls/secrettree.h"

#define LEAF 3
#define N_LEAVES 8
#define APPLICATION E2EE_MLS_RATCHET_APPLICATION
#define HANDSHAKE E2EE_MLS_RATCHET_HANDSHAKE

static e2ee_mls_secret_tree *
make_tree (uint32_t n_leaves)
{
  const e2ee_mls_digest secret = { {0x42} };
  e2ee_mls_secret_tree *tree = NULL;

  if (e2ee_crypto_init () != E2EE_OK || e2ee_mls_secret_tree_new (e2ee_mls_suite_nth (0), n_leaves,
          &secret, &tree) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no secret tree");
  return tree;
}

/* The key of a generation, got once for all. */
static e2ee_mls_result
take (e2ee_mls_secret_tree * tree, e2ee_mls_ratchet ratchet, uint32_t generation)
{
  e2ee_mls_message_key key;
  e2ee_mls_result r = e2ee_mls_secret_tree_peek (tree, LEAF, ratchet, generation, &key);

  return r == E2EE_MLS_OK ? e2ee_mls_secret_tree_consume (tree, LEAF, ratchet, generation) : r;
}

static void
test_sender_and_receiver_meet_in_every_generation (void)
{
  e2ee_mls_secret_tree *sending = make_tree (N_LEAVES), *receiving = make_tree (N_LEAVES);

  for (uint32_t leaf = 0; leaf < N_LEAVES; leaf++) {
    for (uint32_t i = 0; i < 3; i++) {
      e2ee_mls_message_key sent = { {0}, {0} }, received = { {0}, {0} };
      uint32_t generation;

      CHECK_INT (e2ee_mls_secret_tree_next (sending, leaf, APPLICATION, &generation, &sent),
          E2EE_MLS_OK);
      CHECK_INT (generation, i);
      CHECK_INT (e2ee_mls_secret_tree_peek (receiving, leaf, APPLICATION, generation, &received),
          E2EE_MLS_OK);
      CHECK_MEM (&sent, &received, sizeof (sent));
      CHECK_INT (e2ee_mls_secret_tree_consume (receiving, leaf, APPLICATION, generation),
          E2EE_MLS_OK);
    }
  }
  e2ee_mls_secret_tree_free (sending);
  e2ee_mls_secret_tree_free (receiving);
}

static void
test_ratchets_of_one_leaf_differ (void)
{
  e2ee_mls_secret_tree *tree = make_tree (N_LEAVES);
  e2ee_mls_message_key a, b, c;

  CHECK_INT (e2ee_mls_secret_tree_peek (tree, LEAF, APPLICATION, 0, &a), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_peek (tree, LEAF, HANDSHAKE, 0, &b), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_peek (tree, LEAF, APPLICATION, 1, &c), E2EE_MLS_OK);
  CHECK (memcmp (a.key, b.key, 32) != 0);
  CHECK (memcmp (a.key, c.key, 32) != 0);
  e2ee_mls_secret_tree_free (tree);
}

static void
test_peek_does_not_move_the_ratchet (void)
{
  e2ee_mls_secret_tree *tree = make_tree (N_LEAVES);
  e2ee_mls_message_key key;

  CHECK_INT (e2ee_mls_secret_tree_peek (tree, LEAF, APPLICATION, 900, &key), E2EE_MLS_OK);
  CHECK_INT (take (tree, APPLICATION, 0), E2EE_MLS_OK);
  e2ee_mls_secret_tree_free (tree);
}

static void
test_generation_that_was_used_is_refused (void)
{
  e2ee_mls_secret_tree *tree = make_tree (N_LEAVES);

  CHECK_INT (take (tree, APPLICATION, 0), E2EE_MLS_OK);
  CHECK_INT (take (tree, APPLICATION, 0), E2EE_MLS_ERR_REPLAYED);
  CHECK_INT (e2ee_mls_secret_tree_consume (tree, LEAF, APPLICATION, 0), E2EE_MLS_ERR_REPLAYED);
  CHECK_INT (take (tree, HANDSHAKE, 0), E2EE_MLS_OK);
  e2ee_mls_secret_tree_free (tree);
}

static void
test_overtaken_generations_open_once (void)
{
  e2ee_mls_secret_tree *tree = make_tree (N_LEAVES), *straight = make_tree (N_LEAVES);
  e2ee_mls_message_key late, expected;

  CHECK_INT (take (tree, APPLICATION, 5), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_peek (tree, LEAF, APPLICATION, 2, &late), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_peek (straight, LEAF, APPLICATION, 2, &expected), E2EE_MLS_OK);
  CHECK_MEM (late.key, expected.key, 32);
  CHECK_MEM (late.nonce, expected.nonce, 12);
  for (uint32_t i = 5; i-- > 0;) {
    CHECK_INT (take (tree, APPLICATION, i), E2EE_MLS_OK);
    CHECK_INT (take (tree, APPLICATION, i), E2EE_MLS_ERR_REPLAYED);
  }
  e2ee_mls_secret_tree_free (tree);
  e2ee_mls_secret_tree_free (straight);
}

static void
test_oldest_overtaken_generations_are_dropped_first (void)
{
  e2ee_mls_secret_tree *tree = make_tree (N_LEAVES);

  /* 0 to 99 overtaken: the last 64 are kept. */
  CHECK_INT (take (tree, APPLICATION, 100), E2EE_MLS_OK);
  CHECK_INT (take (tree, APPLICATION, 100 - E2EE_MLS_MAX_SKIPPED - 1), E2EE_MLS_ERR_REPLAYED);
  CHECK_INT (take (tree, APPLICATION, 100 - E2EE_MLS_MAX_SKIPPED), E2EE_MLS_OK);
  /* ten more, and one had been used: nine of the old ones go */
  CHECK_INT (take (tree, APPLICATION, 111), E2EE_MLS_OK);
  CHECK_INT (take (tree, APPLICATION, 45), E2EE_MLS_ERR_REPLAYED);
  CHECK_INT (take (tree, APPLICATION, 46), E2EE_MLS_OK);
  CHECK_INT (take (tree, APPLICATION, 110), E2EE_MLS_OK);
  e2ee_mls_secret_tree_free (tree);
}

static void
test_dropping_leaves_other_ratchets_alone (void)
{
  e2ee_mls_secret_tree *tree = make_tree (N_LEAVES);

  CHECK_INT (take (tree, HANDSHAKE, 2), E2EE_MLS_OK);
  CHECK_INT (take (tree, APPLICATION, 200), E2EE_MLS_OK);
  CHECK_INT (take (tree, APPLICATION, 400), E2EE_MLS_OK);
  CHECK_INT (take (tree, HANDSHAKE, 0), E2EE_MLS_OK);
  CHECK_INT (take (tree, HANDSHAKE, 1), E2EE_MLS_OK);
  e2ee_mls_secret_tree_free (tree);
}

static void
test_generation_too_far_ahead_is_refused (void)
{
  e2ee_mls_secret_tree *tree = make_tree (N_LEAVES);
  const uint32_t far = E2EE_MLS_MAX_FORWARD + 1;

  CHECK_INT (take (tree, APPLICATION, far), E2EE_MLS_ERR_TOO_FAR_AHEAD);
  CHECK_INT (e2ee_mls_secret_tree_consume (tree, LEAF, APPLICATION, far),
      E2EE_MLS_ERR_TOO_FAR_AHEAD);
  CHECK_INT (take (tree, APPLICATION, UINT32_MAX), E2EE_MLS_ERR_TOO_FAR_AHEAD);
  CHECK_INT (take (tree, APPLICATION, far - 1), E2EE_MLS_OK);
  CHECK_INT (take (tree, APPLICATION, far), E2EE_MLS_OK);
  e2ee_mls_secret_tree_free (tree);
}

static void
test_leaf_outside_the_tree_is_unknown (void)
{
  e2ee_mls_secret_tree *tree = make_tree (N_LEAVES);
  e2ee_mls_message_key key;
  uint32_t generation;

  CHECK_INT (e2ee_mls_secret_tree_peek (tree, N_LEAVES, APPLICATION, 0, &key),
      E2EE_MLS_ERR_SENDER_UNKNOWN);
  CHECK_INT (e2ee_mls_secret_tree_peek (tree, UINT32_MAX, APPLICATION, 0, &key),
      E2EE_MLS_ERR_SENDER_UNKNOWN);
  CHECK_INT (e2ee_mls_secret_tree_consume (tree, N_LEAVES, APPLICATION, 0),
      E2EE_MLS_ERR_SENDER_UNKNOWN);
  CHECK_INT (e2ee_mls_secret_tree_next (tree, N_LEAVES, APPLICATION, &generation, &key),
      E2EE_MLS_ERR_SENDER_UNKNOWN);
  e2ee_mls_secret_tree_free (tree);
}

static void
test_tree_of_no_or_too_many_leaves_is_refused (void)
{
  const e2ee_mls_digest secret = { {0} };
  e2ee_mls_secret_tree *tree;

  CHECK_INT (e2ee_mls_secret_tree_new (e2ee_mls_suite_nth (0), 0, &secret, &tree),
      E2EE_MLS_ERR_ARGUMENT);
  CHECK_INT (e2ee_mls_secret_tree_new (e2ee_mls_suite_nth (0), 6, &secret, &tree),
      E2EE_MLS_ERR_ARGUMENT);
  CHECK_INT (e2ee_mls_secret_tree_new (e2ee_mls_suite_nth (0), UINT32_MAX, &secret, &tree),
      E2EE_MLS_ERR_ARGUMENT);
  CHECK (tree == NULL);
}

static e2ee_mls_result
read_tree (e2ee_bytes stored, e2ee_mls_secret_tree ** tree)
{
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  e2ee_mls_reader_init (&reader, stored, NULL);
  r = e2ee_mls_secret_tree_read (&reader, e2ee_mls_suite_nth (0), tree);
  if (r == E2EE_MLS_OK) {
    r = e2ee_mls_reader_finish (&reader);
    if (r != E2EE_MLS_OK) {
      e2ee_mls_secret_tree_free (*tree);
      *tree = NULL;
    }
  }
  return r;
}

/* A tree with opened nodes, two ratchets and keys put aside, in stored form. */
static e2ee_mls_writer
store_used_tree (e2ee_mls_secret_tree ** tree)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_message_key key;

  *tree = make_tree (N_LEAVES);
  if (take (*tree, APPLICATION, 4) != E2EE_MLS_OK || take (*tree, HANDSHAKE, 0) != E2EE_MLS_OK
      || e2ee_mls_secret_tree_peek (*tree, 6, HANDSHAKE, 0, &key) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no used tree");
  e2ee_mls_secret_tree_write (&writer, *tree);
  return writer;
}

static void
test_stored_tree_goes_on_where_it_was (void)
{
  e2ee_mls_secret_tree *tree, *restored;
  e2ee_mls_writer stored = store_used_tree (&tree), again = E2EE_MLS_WRITER_INIT;
  e2ee_mls_message_key a = { {0}, {0} }, b = { {0}, {0} };

  CHECK_INT (read_tree (e2ee_mls_writer_view (&stored), &restored), E2EE_MLS_OK);
  e2ee_mls_secret_tree_write (&again, restored);
  CHECK_BYTES (e2ee_mls_writer_view (&again), e2ee_mls_writer_view (&stored));
  CHECK_INT (take (restored, APPLICATION, 4), E2EE_MLS_ERR_REPLAYED);
  CHECK_INT (take (restored, APPLICATION, 3), E2EE_MLS_OK);
  for (uint32_t leaf = 0; leaf < N_LEAVES; leaf++) {
    CHECK_INT (e2ee_mls_secret_tree_peek (tree, leaf, APPLICATION, 7, &a), E2EE_MLS_OK);
    CHECK_INT (e2ee_mls_secret_tree_peek (restored, leaf, APPLICATION, 7, &b), E2EE_MLS_OK);
    CHECK_MEM (&a, &b, sizeof (a));
  }
  e2ee_mls_secret_tree_free (tree);
  e2ee_mls_secret_tree_free (restored);
  e2ee_mls_writer_clear (&stored);
  e2ee_mls_writer_clear (&again);
}

static void
test_stored_tree_that_was_cut_is_refused (void)
{
  e2ee_mls_secret_tree *tree, *restored;
  e2ee_mls_writer stored = store_used_tree (&tree);

  for (size_t size = 0; size < stored.size; size++) {
    CHECK_ROW ("%zu", size);
    CHECK (read_tree (E2EE_BYTES (stored.data, size), &restored) != E2EE_MLS_OK);
    CHECK (restored == NULL);
  }
  e2ee_mls_secret_tree_free (tree);
  e2ee_mls_writer_clear (&stored);
}

static void
test_stored_tree_with_any_byte_changed_does_no_harm (void)
{
  e2ee_mls_secret_tree *tree, *restored;
  e2ee_mls_writer stored = store_used_tree (&tree);

  for (size_t i = 0; i < stored.size; i++) {
    stored.data[i] ^= 0xff;
    if (read_tree (e2ee_mls_writer_view (&stored), &restored) == E2EE_MLS_OK) {
      for (uint32_t leaf = 0; leaf < N_LEAVES; leaf++) {
        e2ee_mls_message_key key;

        (void) !e2ee_mls_secret_tree_peek (restored, leaf, APPLICATION, 1, &key);
      }
      e2ee_mls_secret_tree_free (restored);
    }
    stored.data[i] ^= 0xff;
  }
  e2ee_mls_secret_tree_free (tree);
  e2ee_mls_writer_clear (&stored);
}

/* A stored tree of two leaves with the nodes and leaves named, and one key put aside. */
static e2ee_mls_result
read_made_up (const uint32_t nodes[2], const uint32_t leaves[2], uint32_t aside, uint8_t ratchet)
{
  static const uint8_t secret[32];
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_secret_tree *tree;
  e2ee_mls_result r;

  e2ee_mls_write_u32 (&writer, 2);
  for (int part = 0; part < 2; part++) {
    const uint32_t *list = part == 0 ? nodes : leaves;
    const uint32_t n = (list[0] != UINT32_MAX) + (list[1] != UINT32_MAX);

    e2ee_mls_write_u32 (&writer, n);
    for (uint32_t i = 0; i < n; i++) {
      e2ee_mls_write_u32 (&writer, list[i]);
      for (int k = 0; k < (part == 0 ? 1 : 2); k++) {
        if (part == 1)
          e2ee_mls_write_u64 (&writer, 1);
        e2ee_mls_write_raw (&writer, E2EE_BYTES (secret, sizeof (secret)));
      }
    }
  }
  e2ee_mls_write_u32 (&writer, 1);
  e2ee_mls_write_u32 (&writer, aside);
  e2ee_mls_write_u8 (&writer, ratchet);
  e2ee_mls_write_u32 (&writer, 0);
  e2ee_mls_write_raw (&writer, E2EE_BYTES (secret, 32));
  e2ee_mls_write_raw (&writer, E2EE_BYTES (secret, 12));
  r = read_tree (e2ee_mls_writer_view (&writer), &tree);
  if (r == E2EE_MLS_OK)
    e2ee_mls_secret_tree_free (tree);
  e2ee_mls_writer_clear (&writer);
  return r;
}

static void
test_stored_tree_that_no_tree_writes_is_refused (void)
{
  static const struct
  {
    const char *name;
    uint32_t nodes[2];
    uint32_t leaves[2];
    uint32_t aside;
    uint8_t ratchet;
    e2ee_mls_result result;
  } rows[] = {
    {"good", {2, UINT32_MAX}, {0, UINT32_MAX}, 0, 1, E2EE_MLS_OK},
    {"good, all opened", {UINT32_MAX, UINT32_MAX}, {0, 1}, 1, 0, E2EE_MLS_OK},
    {"a node outside", {3, UINT32_MAX}, {0, UINT32_MAX}, 0, 1, E2EE_MLS_ERR_STORE},
    {"a node twice", {2, 2}, {0, UINT32_MAX}, 0, 1, E2EE_MLS_ERR_STORE},
    {"a node below another", {1, 2}, {UINT32_MAX, UINT32_MAX}, 0, 1, E2EE_MLS_ERR_STORE},
    {"a leaf that is not opened", {2, UINT32_MAX}, {1, UINT32_MAX}, 0, 1, E2EE_MLS_ERR_STORE},
    {"a leaf outside", {2, UINT32_MAX}, {2, UINT32_MAX}, 0, 1, E2EE_MLS_ERR_STORE},
    {"leaves descending", {UINT32_MAX, UINT32_MAX}, {1, 0}, 0, 1, E2EE_MLS_ERR_STORE},
    {"a leaf twice", {UINT32_MAX, UINT32_MAX}, {1, 1}, 0, 1, E2EE_MLS_ERR_STORE},
    {"a key of a leaf outside", {2, UINT32_MAX}, {0, UINT32_MAX}, 2, 1, E2EE_MLS_ERR_STORE},
    {"a key of no ratchet", {2, UINT32_MAX}, {0, UINT32_MAX}, 0, 2, E2EE_MLS_ERR_STORE},
  };

  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  for (size_t i = 0; i < CHECK_N (rows); i++) {
    CHECK_ROW ("%s", rows[i].name);
    CHECK_INT (read_made_up (rows[i].nodes, rows[i].leaves, rows[i].aside, rows[i].ratchet),
        rows[i].result);
  }
}

static void
test_stored_ratchet_at_its_end_sends_no_more (void)
{
  const uint32_t last = UINT32_MAX;
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_secret_tree *tree;
  e2ee_mls_message_key key;
  uint32_t generation;
  static const uint8_t secret[32];

  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  e2ee_mls_write_u32 (&writer, 1);
  e2ee_mls_write_u32 (&writer, 0);
  e2ee_mls_write_u32 (&writer, 1);
  e2ee_mls_write_u32 (&writer, 0);
  for (int i = 0; i < 2; i++) {
    e2ee_mls_write_u64 (&writer, last);
    e2ee_mls_write_raw (&writer, E2EE_BYTES (secret, sizeof (secret)));
  }
  e2ee_mls_write_u32 (&writer, 0);
  CHECK_INT (read_tree (e2ee_mls_writer_view (&writer), &tree), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_next (tree, 0, APPLICATION, &generation, &key), E2EE_MLS_OK);
  CHECK (generation == last);
  CHECK_INT (e2ee_mls_secret_tree_next (tree, 0, APPLICATION, &generation, &key),
      E2EE_MLS_ERR_GENERATION_EXHAUSTED);
  CHECK_INT (e2ee_mls_secret_tree_peek (tree, 0, HANDSHAKE, last, &key), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_consume (tree, 0, HANDSHAKE, last), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_secret_tree_peek (tree, 0, HANDSHAKE, last, &key), E2EE_MLS_ERR_REPLAYED);
  e2ee_mls_secret_tree_free (tree);
  e2ee_mls_writer_clear (&writer);
}

/* Section 9.2: once a leaf has been opened, no secret that it follows from is kept. */
static void
test_used_secrets_are_not_in_the_stored_form (void)
{
  const e2ee_mls_suite *suite = e2ee_mls_suite_nth (0);
  const e2ee_mls_digest root = { {0x42} };
  e2ee_mls_secret_tree *tree;
  e2ee_mls_writer stored = store_used_tree (&tree);
  e2ee_mls_digest left;

  CHECK_INT (e2ee_mls_expand_with_label (suite, e2ee_mls_digest_view (suite, &root), "tree",
          E2EE_BYTES ("left", 4), left.data, suite->nh), E2EE_MLS_OK);
  for (size_t i = 0; i + suite->nh <= stored.size; i++) {
    CHECK (memcmp (stored.data + i, root.data, suite->nh) != 0);
    CHECK (memcmp (stored.data + i, left.data, suite->nh) != 0);
  }
  e2ee_mls_secret_tree_free (tree);
  e2ee_mls_writer_clear (&stored);
}

static const check_case cases[] = {
  CHECK_CASE (test_sender_and_receiver_meet_in_every_generation),
  CHECK_CASE (test_ratchets_of_one_leaf_differ),
  CHECK_CASE (test_peek_does_not_move_the_ratchet),
  CHECK_CASE (test_generation_that_was_used_is_refused),
  CHECK_CASE (test_overtaken_generations_open_once),
  CHECK_CASE (test_oldest_overtaken_generations_are_dropped_first),
  CHECK_CASE (test_dropping_leaves_other_ratchets_alone),
  CHECK_CASE (test_generation_too_far_ahead_is_refused),
  CHECK_CASE (test_leaf_outside_the_tree_is_unknown),
  CHECK_CASE (test_tree_of_no_or_too_many_leaves_is_refused),
  CHECK_CASE (test_stored_tree_goes_on_where_it_was),
  CHECK_CASE (test_stored_tree_that_was_cut_is_refused),
  CHECK_CASE (test_stored_tree_with_any_byte_changed_does_no_harm),
  CHECK_CASE (test_stored_tree_that_no_tree_writes_is_refused),
  CHECK_CASE (test_stored_ratchet_at_its_end_sends_no_more),
  CHECK_CASE (test_used_secrets_are_not_in_the_stored_form),
};

CHECK_MAIN (cases)
