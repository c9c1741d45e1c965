/* The ring of receiving keys.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "frame-keys.h"

#include "core/frame/key-private.h"

static void
test_new_ring_is_empty (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (e2ee_keyring_size (ring), 0);
  CHECK (e2ee_keyring_find (ring, 0, 0, NULL) == NULL);
  e2ee_keyring_unref (ring);
}

static void
test_find_tells_key_and_epoch (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();
  e2ee_key *key = make_key (E2EE_KEY_DECRYPT, 5, 1);
  uint64_t epoch = 0;

  CHECK_INT (ring_take (&ring, key, 42), E2EE_OK);
  CHECK (e2ee_keyring_find (ring, 5, 0, &epoch) == key);
  CHECK_INT (epoch, 42);
  CHECK (e2ee_keyring_find (ring, 5, UINT64_MAX - 1, NULL) == key);
  e2ee_keyring_unref (ring);
}

static void
test_find_sees_every_key_whatever_the_order_they_came_in (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  /* 37 generates all residues of 101 */
  for (uint64_t i = 0; i < 100; i++)
    CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 2 * (i * 37 % 101), 1), i), E2EE_OK);
  CHECK_INT (e2ee_keyring_size (ring), 100);

  for (uint64_t i = 0; i < 100; i++) {
    uint64_t kid = 2 * (i * 37 % 101);
    uint64_t epoch;

    CHECK_ROW ("key id %" PRIu64, kid);
    CHECK (e2ee_keyring_find (ring, kid, 0, &epoch) != NULL);
    CHECK_INT (epoch, i);
    CHECK_INT (e2ee_key_get_kid (e2ee_keyring_find (ring, kid, 0, NULL)), kid);
    CHECK (e2ee_keyring_find (ring, kid + 1, 0, NULL) == NULL);
  }
  CHECK (e2ee_keyring_find (ring, UINT64_MAX, 0, NULL) == NULL);
  e2ee_keyring_unref (ring);
}

static void
test_add_takes_the_largest_key_id (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, UINT64_MAX, 1), 0), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 0, 1), 0), E2EE_OK);
  CHECK (e2ee_keyring_find (ring, UINT64_MAX, 0, NULL) != NULL);
  CHECK (e2ee_keyring_find (ring, 0, 0, NULL) != NULL);
  CHECK_INT (e2ee_keyring_size (ring), 2);
  e2ee_keyring_unref (ring);
}

static void
test_add_refuses_a_second_key_of_one_epoch (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();
  e2ee_keyring *next;
  e2ee_key *first = make_key (E2EE_KEY_DECRYPT, 5, 1);
  e2ee_key *second = make_key (E2EE_KEY_DECRYPT, 5, 2);

  CHECK_INT (ring_take (&ring, first, 1), E2EE_OK);
  CHECK_INT (e2ee_keyring_add (ring, second, 1, &next), E2EE_ERR_DUPLICATE_KEY);
  CHECK (next == NULL);
  CHECK_INT (e2ee_keyring_add (ring, first, 1, &next), E2EE_ERR_DUPLICATE_KEY);
  CHECK (e2ee_keyring_find (ring, 5, 0, NULL) == first);
  e2ee_key_unref (second);
  e2ee_keyring_unref (ring);
}

static void
test_add_replaces_the_key_of_another_epoch (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();
  e2ee_key *second = make_key (E2EE_KEY_DECRYPT, 5, 2);
  uint64_t epoch;

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 4, 1), 1), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 5, 1), 1), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 6, 1), 1), E2EE_OK);
  CHECK_INT (ring_take (&ring, second, 257), E2EE_OK);

  CHECK_INT (e2ee_keyring_size (ring), 3);
  CHECK (e2ee_keyring_find (ring, 5, 0, &epoch) == second);
  CHECK_INT (epoch, 257);
  CHECK (e2ee_keyring_find (ring, 4, 0, NULL) != NULL);
  CHECK (e2ee_keyring_find (ring, 6, 0, NULL) != NULL);
  e2ee_keyring_unref (ring);
}

static void
test_replacing_key_has_a_time_of_its_own (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 5, 1), 1), E2EE_OK);
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 2, 1000, 0)));
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 5, 2), 2), E2EE_OK);
  CHECK (e2ee_keyring_find (ring, 5, 2000, NULL) != NULL);
  e2ee_keyring_unref (ring);
}

static void
test_same_secret_in_a_new_epoch_keeps_its_window (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();
  e2ee_key *first = make_key (E2EE_KEY_DECRYPT, 5, 1);
  uint64_t epoch;

  CHECK_INT (ring_take (&ring, first, 1), E2EE_OK);
  CHECK_INT (e2ee_replay_commit (first->replay, 10), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 5, 1), 2), E2EE_OK);
  CHECK_INT (e2ee_replay_check (e2ee_keyring_find (ring, 5, 0, &epoch)->replay, 10),
      E2EE_ERR_REPLAYED);
  CHECK_INT (epoch, 2);
  e2ee_keyring_unref (ring);
}

static void
test_add_refuses_a_key_for_encrypting (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_ENCRYPT, 5, 1), 1), E2EE_ERR_KEY_USAGE);
  CHECK (e2ee_keyring_find (ring, 5, 0, NULL) == NULL);
  e2ee_keyring_unref (ring);
}

static void
test_remove_takes_one_key_out (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 5, 1), 1), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 6, 1), 1), E2EE_OK);
  CHECK (ring_move (&ring, e2ee_keyring_remove (ring, 7)));
  CHECK_INT (e2ee_keyring_size (ring), 2);
  CHECK (ring_move (&ring, e2ee_keyring_remove (ring, 5)));
  CHECK_INT (e2ee_keyring_size (ring), 1);
  CHECK (e2ee_keyring_find (ring, 5, 0, NULL) == NULL);
  CHECK (e2ee_keyring_find (ring, 6, 0, NULL) != NULL);
  e2ee_keyring_unref (ring);
}

static void
test_retired_epoch_ends_at_its_time (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 1, 1), 1), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 2, 1), 2), E2EE_OK);
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 2, 1000, 500)));

  CHECK (e2ee_keyring_find (ring, 1, 999, NULL) != NULL);
  CHECK (e2ee_keyring_find (ring, 1, 1000, NULL) == NULL);
  CHECK (e2ee_keyring_find (ring, 2, UINT64_MAX - 1, NULL) != NULL);
  e2ee_keyring_unref (ring);
}

static void
test_retire_prolongs_nothing (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 1, 1), 1), E2EE_OK);
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 2, 1000, 0)));
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 3, 2000, 500)));
  CHECK (e2ee_keyring_find (ring, 1, 999, NULL) != NULL);
  CHECK (e2ee_keyring_find (ring, 1, 1000, NULL) == NULL);
  e2ee_keyring_unref (ring);
}

static void
test_retire_drops_what_has_ended (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 1, 1), 1), E2EE_OK);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 2, 1), 2), E2EE_OK);
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 2, 1000, 500)));
  CHECK_INT (e2ee_keyring_size (ring), 2);
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 2, 5000, 1000)));
  CHECK_INT (e2ee_keyring_size (ring), 1);
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 3, 1000, 1000)));
  CHECK_INT (e2ee_keyring_size (ring), 0);
  e2ee_keyring_unref (ring);
}

static void
test_snapshot_is_untouched_by_what_is_made_from_it (void)
{
  e2ee_keyring *old = e2ee_keyring_new ();
  e2ee_key *first = make_key (E2EE_KEY_DECRYPT, 5, 1);
  e2ee_key *second = make_key (E2EE_KEY_DECRYPT, 5, 2);
  e2ee_keyring *replaced, *removed, *retired;
  uint64_t epoch;

  CHECK_INT (ring_take (&old, first, 1), E2EE_OK);
  CHECK_INT (e2ee_keyring_add (old, second, 2, &replaced), E2EE_OK);
  e2ee_key_unref (second);
  removed = e2ee_keyring_remove (old, 5);
  retired = e2ee_keyring_retire (old, 2, 10, 10);
  CHECK (removed != NULL && retired != NULL);

  CHECK_INT (e2ee_keyring_size (old), 1);
  CHECK (e2ee_keyring_find (old, 5, 1000, &epoch) == first);
  CHECK_INT (epoch, 1);

  e2ee_keyring_unref (removed);
  e2ee_keyring_unref (retired);
  e2ee_keyring_unref (replaced);
  CHECK (e2ee_keyring_find (old, 5, 1000, NULL) == first);
  e2ee_keyring_unref (old);
}

static void
test_new_ring_outlives_the_snapshot_it_was_made_from (void)
{
  e2ee_keyring *old = e2ee_keyring_new ();
  e2ee_keyring *next;
  e2ee_key *added = make_key (E2EE_KEY_DECRYPT, 6, 1);

  CHECK_INT (ring_take (&old, make_key (E2EE_KEY_DECRYPT, 5, 1), 1), E2EE_OK);
  CHECK_INT (e2ee_keyring_add (old, added, 1, &next), E2EE_OK);
  e2ee_key_unref (added);
  e2ee_keyring_unref (old);
  CHECK_INT (e2ee_key_get_kid (e2ee_keyring_find (next, 5, 0, NULL)), 5);
  CHECK_INT (e2ee_key_get_kid (e2ee_keyring_find (next, 6, 0, NULL)), 6);
  e2ee_keyring_unref (next);
}

static void
test_ring_lives_until_its_last_reference (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK (e2ee_keyring_ref (ring) == ring);
  e2ee_keyring_unref (ring);
  CHECK_INT (e2ee_keyring_size (ring), 0);
  e2ee_keyring_unref (ring);
  e2ee_keyring_unref (NULL);
}

static void
test_newest_keys_come_first (void)
{
  static const struct
  {
    uint64_t kid, epoch;
  } rows[] = {
    {5, 2}, {3, 1}, {9, 3}, {1, 3}, {4, 0},
  };
  static const uint64_t order[] = { 1, 9, 5, 3, 4 };
  e2ee_keyring *ring = e2ee_keyring_new ();
  uint64_t epoch;

  for (size_t i = 0; i < CHECK_N (rows); i++)
    CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, rows[i].kid, 1), rows[i].epoch),
        E2EE_OK);
  for (size_t i = 0; i < CHECK_N (order); i++)
    CHECK_INT (e2ee_key_get_kid (e2ee_keyring_nth_newest (ring, 0, i, &epoch)), order[i]);
  CHECK_INT (epoch, 0);
  CHECK (e2ee_keyring_nth_newest (ring, 0, CHECK_N (order), NULL) == NULL);

  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 3, 100, 50)));
  CHECK_INT (e2ee_key_get_kid (e2ee_keyring_nth_newest (ring, 99, 2, NULL)), 5);
  CHECK (e2ee_keyring_nth_newest (ring, 100, 2, NULL) == NULL);
  e2ee_keyring_unref (ring);
}

static void
test_every_ring_that_is_made_of_one_has_its_mki_size (void)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  CHECK_INT (e2ee_keyring_get_mki_size (ring), 0);
  e2ee_keyring_set_mki_size (ring, 3);
  CHECK_INT (ring_take (&ring, make_key (E2EE_KEY_DECRYPT, 1, 1), 1), E2EE_OK);
  CHECK_INT (e2ee_keyring_get_mki_size (ring), 3);
  CHECK (ring_move (&ring, e2ee_keyring_retire (ring, 2, 100, 50)));
  CHECK_INT (e2ee_keyring_get_mki_size (ring), 3);
  CHECK (ring_move (&ring, e2ee_keyring_remove (ring, 1)));
  CHECK_INT (e2ee_keyring_get_mki_size (ring), 3);
  e2ee_keyring_unref (ring);
}

static const check_case cases[] = {
  CHECK_CASE (test_new_ring_is_empty),
  CHECK_CASE (test_find_tells_key_and_epoch),
  CHECK_CASE (test_find_sees_every_key_whatever_the_order_they_came_in),
  CHECK_CASE (test_add_takes_the_largest_key_id),
  CHECK_CASE (test_add_refuses_a_second_key_of_one_epoch),
  CHECK_CASE (test_add_replaces_the_key_of_another_epoch),
  CHECK_CASE (test_replacing_key_has_a_time_of_its_own),
  CHECK_CASE (test_same_secret_in_a_new_epoch_keeps_its_window),
  CHECK_CASE (test_add_refuses_a_key_for_encrypting),
  CHECK_CASE (test_remove_takes_one_key_out),
  CHECK_CASE (test_retired_epoch_ends_at_its_time),
  CHECK_CASE (test_retire_prolongs_nothing),
  CHECK_CASE (test_retire_drops_what_has_ended),
  CHECK_CASE (test_snapshot_is_untouched_by_what_is_made_from_it),
  CHECK_CASE (test_new_ring_outlives_the_snapshot_it_was_made_from),
  CHECK_CASE (test_newest_keys_come_first),
  CHECK_CASE (test_every_ring_that_is_made_of_one_has_its_mki_size),
  CHECK_CASE (test_ring_lives_until_its_last_reference),
};

CHECK_MAIN (cases)
