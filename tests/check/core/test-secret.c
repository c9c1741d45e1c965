/* Secret memory, wiping, constant-time comparison, and the core's results and surroundings.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "hex.h"

#include "core/crypto/secret.h"
#include "core/env.h"

static void
test_crypto_starts (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
}

static void
test_secret_memory_is_zeroed_and_aligned (void)
{
  for (size_t size = 1; size < 5000; size += 63) {
    uint8_t *secret = e2ee_secret_alloc (size);

    CHECK_ROW ("%zu bytes", size);
    CHECK (secret != NULL);
    CHECK_INT ((uintptr_t) secret % _Alignof (max_align_t), 0);
    if (size % 64 == 0)
      CHECK_INT ((uintptr_t) secret % 64, 0);
    for (size_t i = 0; i < size; i++)
      CHECK_INT (secret[i], 0);
    memset (secret, 0xff, size);
    e2ee_secret_free (secret);
  }
}

static void
test_secret_memory_of_no_or_impossible_size_is_refused (void)
{
  CHECK (e2ee_secret_alloc (0) == NULL);
  CHECK (e2ee_secret_alloc (SIZE_MAX) == NULL);
  CHECK (e2ee_secret_alloc (SIZE_MAX - 16) == NULL);
  e2ee_secret_free (NULL);
}

static void
test_dup_copies_into_memory_of_its_own (void)
{
  uint8_t original[] = { 1, 2, 3, 4, 5 };
  uint8_t *copy = e2ee_secret_dup (E2EE_BYTES (original, sizeof (original)));

  CHECK (copy != NULL && copy != original);
  original[0] = 9;
  CHECK_BYTES (E2EE_BYTES (copy, sizeof (original)), HEX ("0102030405"));
  e2ee_secret_free (copy);
  CHECK (e2ee_secret_dup (E2EE_NO_BYTES) == NULL);
}

static void
test_wipe_leaves_zeros_and_its_neighbours (void)
{
  uint8_t memory[] = { 1, 2, 3, 4, 5 };

  e2ee_wipe (memory + 1, 3);
  CHECK_BYTES (E2EE_BYTES (memory, sizeof (memory)), HEX ("0100000005"));
  e2ee_wipe (NULL, 0);
}

static void
test_equal_compares_size_and_every_bit (void)
{
  const e2ee_bytes a = HEX ("00112233445566778899aabbccddeeff");
  uint8_t b[16];

  memcpy (b, a.data, sizeof (b));
  CHECK_INT (e2ee_equal (a, E2EE_BYTES (b, 16)), 1);
  CHECK_INT (e2ee_equal (a, E2EE_BYTES (b, 15)), 0);
  CHECK_INT (e2ee_equal (a, E2EE_NO_BYTES), 0);
  CHECK_INT (e2ee_equal (E2EE_NO_BYTES, E2EE_NO_BYTES), 1);
  for (size_t bit = 0; bit < 128; bit++) {
    CHECK_ROW ("bit %zu", bit);
    b[bit / 8] ^= (uint8_t) (1 << bit % 8);
    CHECK_INT (e2ee_equal (a, E2EE_BYTES (b, 16)), 0);
    b[bit / 8] ^= (uint8_t) (1 << bit % 8);
  }
}

static void
test_every_result_has_its_own_name_and_sentence (void)
{
  for (int i = 0; i < E2EE_N_RESULTS; i++) {
    const char *name = e2ee_result_name ((e2ee_result) i);
    const char *text = e2ee_result_text ((e2ee_result) i);

    CHECK_ROW ("result %d", i);
    CHECK (name != NULL && name[0] != '\0');
    CHECK (text != NULL && text[0] != '\0');
    CHECK_INT (strspn (name, "abcdefghijklmnopqrstuvwxyz-"), strlen (name));
    CHECK (text[strlen (text) - 1] != '.');
    for (int k = 0; k < i; k++) {
      CHECK (strcmp (name, e2ee_result_name ((e2ee_result) k)) != 0);
      CHECK (strcmp (text, e2ee_result_text ((e2ee_result) k)) != 0);
    }
  }
  CHECK_STR (e2ee_result_name (E2EE_OK), "ok");
  CHECK_STR (e2ee_result_name (E2EE_ERR_REPLAYED), "replayed");
  CHECK_STR (e2ee_result_name (E2EE_N_RESULTS), "unknown");
  CHECK (e2ee_result_text ((e2ee_result) - 1) != NULL);
}

static void
test_the_default_environment_has_randomness_and_a_clock (void)
{
  const e2ee_env *env = e2ee_env_default ();
  uint8_t one[32] = { 0 }, two[32] = { 0 }, zeros[32] = { 0 };
  uint64_t before, after;

  env->random (env->user, one, sizeof (one));
  env->random (env->user, two, sizeof (two));
  CHECK (memcmp (one, zeros, sizeof (one)) != 0);
  CHECK (memcmp (one, two, sizeof (one)) != 0);
  before = env->now_ms (env->user);
  after = env->now_ms (env->user);
  CHECK (before > 0 && after >= before && after - before < 60000);
  CHECK (e2ee_env_default () == env);
}

static const check_case cases[] = {
  CHECK_CASE (test_crypto_starts),
  CHECK_CASE (test_secret_memory_is_zeroed_and_aligned),
  CHECK_CASE (test_secret_memory_of_no_or_impossible_size_is_refused),
  CHECK_CASE (test_dup_copies_into_memory_of_its_own),
  CHECK_CASE (test_wipe_leaves_zeros_and_its_neighbours),
  CHECK_CASE (test_equal_compares_size_and_every_bit),
  CHECK_CASE (test_every_result_has_its_own_name_and_sentence),
  CHECK_CASE (test_the_default_environment_has_randomness_and_a_clock),
};

CHECK_MAIN (cases)
