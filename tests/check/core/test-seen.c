/* Nonces seen lately.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"

#include "core/frame/seen.h"

static const uint8_t *
nonce_of (uint64_t number)
{
  static uint8_t nonce[E2EE_AEAD_NONCE_SIZE];

  memset (nonce, 0x11, sizeof nonce);
  e2ee_put_be (nonce + 4, number, 8);
  return nonce;
}

static e2ee_result
take (e2ee_seen * seen, uint64_t number)
{
  e2ee_result r = e2ee_seen_check (seen, nonce_of (number));

  if (r == E2EE_OK)
    e2ee_seen_commit (seen, nonce_of (number));
  return r;
}

static void
test_a_nonce_is_taken_once (void)
{
  e2ee_seen *seen = e2ee_seen_new (e2ee_env_default (), 64);

  CHECK (seen != NULL);
  for (uint64_t i = 0; i < 64; i++) {
    CHECK_ROW ("nonce %" PRIu64, i);
    CHECK_INT (take (seen, i), E2EE_OK);
    for (uint64_t j = 0; j <= i; j++)
      CHECK_INT (take (seen, j), E2EE_ERR_REPLAYED);
  }
  e2ee_seen_free (seen);
}

static void
test_check_alone_remembers_nothing (void)
{
  e2ee_seen *seen = e2ee_seen_new (e2ee_env_default (), 64);

  CHECK_INT (e2ee_seen_check (seen, nonce_of (1)), E2EE_OK);
  CHECK_INT (e2ee_seen_check (seen, nonce_of (1)), E2EE_OK);
  e2ee_seen_free (seen);
}

static void
test_every_byte_of_a_nonce_counts (void)
{
  e2ee_seen *seen = e2ee_seen_new (e2ee_env_default (), 64);
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE] = { 0 };

  e2ee_seen_commit (seen, nonce);
  for (size_t i = 0; i < sizeof nonce; i++) {
    CHECK_ROW ("byte %zu", i);
    nonce[i] ^= 0x80;
    CHECK_INT (e2ee_seen_check (seen, nonce), E2EE_OK);
    nonce[i] ^= 0x80;
  }
  CHECK_INT (e2ee_seen_check (seen, nonce), E2EE_ERR_REPLAYED);
  e2ee_seen_free (seen);
}

static void
test_the_newest_are_remembered_and_the_oldest_forgotten_one_by_one (void)
{
  const uint64_t capacity = 100;
  e2ee_seen *seen = e2ee_seen_new (e2ee_env_default (), capacity);

  for (uint64_t i = 0; i < 1000; i++) {
    CHECK_ROW ("nonce %" PRIu64, i);
    CHECK_INT (take (seen, i), E2EE_OK);
    if (i < capacity)
      continue;
    CHECK_INT (e2ee_seen_check (seen, nonce_of (i - capacity + 1)), E2EE_ERR_REPLAYED);
    CHECK_INT (e2ee_seen_check (seen, nonce_of (i - capacity)), E2EE_OK);
  }
  e2ee_seen_free (seen);
}

static void
test_sizes_are_brought_between_their_limits (void)
{
  static const struct
  {
    const char *name;
    size_t asked, given;
  } rows[] = {
    {"nothing", 0, E2EE_SEEN_MIN},
    {"too little", 1, E2EE_SEEN_MIN},
    {"no power of two", 1000, 1000},
    {"the most", E2EE_SEEN_MAX, E2EE_SEEN_MAX},
    {"too much", SIZE_MAX, E2EE_SEEN_MAX},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    e2ee_seen *seen = e2ee_seen_new (e2ee_env_default (), rows[i].asked);

    CHECK_ROW ("%s", rows[i].name);
    CHECK (seen != NULL);
    for (uint64_t j = 0; j < rows[i].given; j++)
      e2ee_seen_commit (seen, nonce_of (j));
    CHECK_INT (e2ee_seen_check (seen, nonce_of (0)), E2EE_ERR_REPLAYED);
    e2ee_seen_commit (seen, nonce_of (rows[i].given));
    CHECK_INT (e2ee_seen_check (seen, nonce_of (0)), E2EE_OK);
    CHECK_INT (e2ee_seen_check (seen, nonce_of (1)), E2EE_ERR_REPLAYED);
    e2ee_seen_free (seen);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_a_nonce_is_taken_once),
  CHECK_CASE (test_check_alone_remembers_nothing),
  CHECK_CASE (test_every_byte_of_a_nonce_counts),
  CHECK_CASE (test_the_newest_are_remembered_and_the_oldest_forgotten_one_by_one),
  CHECK_CASE (test_sizes_are_brought_between_their_limits),
};

CHECK_MAIN (cases)
