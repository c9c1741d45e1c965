/* The AEAD interface: published answers, refusals, and what a context promises.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <stdlib.h>

#include "aead-vectors.h"
#include "check.h"
#include "hex.h"

#include "aead-data.h"

#include "core/crypto/secret.h"

#define MARK 0xa5

static const size_t sizes[] = { 0, 1, 15, 16, 17, 80, 1199, 1200, 20000, 100000 };

#define MAX_SIZE 100000

static uint8_t plaintext_data[MAX_SIZE];
static uint8_t sealed_data[MAX_SIZE + E2EE_AEAD_MAX_TAG_SIZE];
static uint8_t out_data[MAX_SIZE + E2EE_AEAD_MAX_TAG_SIZE];
static uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
static uint8_t aad_data[64];

static int
holds_only (const uint8_t * data, size_t size, uint8_t value)
{
  for (size_t i = 0; i < size; i++)
    if (data[i] != value)
      return 0;
  return 1;
}

static void
test_init_answers_ok_and_again (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
}

static void
test_every_algorithm_has_a_description_and_a_back_end (void)
{
  for (int id = 1; id < E2EE_AEAD_N_IDS; id++) {
    const e2ee_aead_info *info = e2ee_aead_info_get ((e2ee_aead_id) id);
    e2ee_aead *aead;

    CHECK_ROW ("algorithm %d", id);
    CHECK (info != NULL);
    CHECK_INT (info->id, id);
    CHECK (info->key_size <= E2EE_AEAD_MAX_KEY_SIZE);
    CHECK (info->tag_size <= E2EE_AEAD_MAX_TAG_SIZE);
    aead = aead_of_seed (NULL, (e2ee_aead_id) id, 1);
    CHECK (aead != NULL);
    CHECK (e2ee_aead_get_info (aead) == info);
    e2ee_aead_free (aead);
  }
}

static void
test_an_unknown_algorithm_is_unsupported (void)
{
  e2ee_aead *aead = (e2ee_aead *) & nonce;

  CHECK (e2ee_aead_info_get ((e2ee_aead_id) 0) == NULL);
  CHECK (e2ee_aead_info_get (E2EE_AEAD_N_IDS) == NULL);
  CHECK_INT (e2ee_aead_new (E2EE_AEAD_N_IDS, E2EE_BYTES (plaintext_data, 16), &aead),
      E2EE_ERR_UNSUPPORTED);
  CHECK (aead == NULL);
}

static void
test_an_algorithm_that_a_back_end_lacks_is_unsupported_on_it (void)
{
  for (size_t i = 0; e2ee_aead_backend_nth (i) != NULL; i++) {
    const e2ee_aead_backend *backend = e2ee_aead_backend_nth (i);

    for (int id = 1; id < E2EE_AEAD_N_IDS; id++) {
      const size_t key_size = e2ee_aead_info_get ((e2ee_aead_id) id)->key_size;
      e2ee_aead *aead = (e2ee_aead *) & nonce;

      if (e2ee_aead_backend_has (backend, (e2ee_aead_id) id))
        continue;
      CHECK_INT (e2ee_aead_new_on (backend, (e2ee_aead_id) id,
              E2EE_BYTES (plaintext_data, key_size), &aead), E2EE_ERR_UNSUPPORTED);
      CHECK (aead == NULL);
    }
  }
}

static void
test_the_fastest_back_end_is_chosen (void)
{
  for (int id = 1; id < E2EE_AEAD_N_IDS; id++) {
    e2ee_aead *aead = aead_of_seed (NULL, (e2ee_aead_id) id, 1);
    size_t first = 0;

    CHECK (aead != NULL);
    while (!e2ee_aead_backend_has (e2ee_aead_backend_nth (first), (e2ee_aead_id) id))
      first++;
    CHECK_STR (e2ee_aead_get_backend_name (aead),
        e2ee_aead_backend_name (e2ee_aead_backend_nth (first)));
    e2ee_aead_free (aead);
  }
}

static void
test_published_answers_come_out (void)
{
  static uint8_t buffers[5][256];

  for (size_t v = 0; v < CHECK_N (aead_vectors); v++) {
    const e2ee_bytes key = hex_decode (aead_vectors[v].key, buffers[0], 256);
    const e2ee_bytes iv = hex_decode (aead_vectors[v].nonce, buffers[1], 256);
    const e2ee_bytes aad = hex_decode (aead_vectors[v].aad, buffers[2], 256);
    const e2ee_bytes plaintext = hex_decode (aead_vectors[v].plaintext, buffers[3], 256);
    const e2ee_bytes sealed = hex_decode (aead_vectors[v].sealed, buffers[4], 256);

    for (size_t i = 0; e2ee_aead_backend_nth (i) != NULL; i++) {
      const e2ee_aead_backend *backend = e2ee_aead_backend_nth (i);
      e2ee_aead *aead;

      if (!e2ee_aead_backend_has (backend, aead_vectors[v].id))
        continue;
      CHECK_ROW ("%s on %s", aead_vectors[v].name, e2ee_aead_backend_name (backend));
      CHECK_INT (e2ee_aead_new_on (backend, aead_vectors[v].id, key, &aead), E2EE_OK);
      CHECK_INT (e2ee_aead_seal (aead, iv.data, aad, plaintext, out_data), E2EE_OK);
      CHECK_BYTES (E2EE_BYTES (out_data, sealed.size), sealed);
      CHECK_INT (e2ee_aead_open (aead, iv.data, aad, sealed, out_data), E2EE_OK);
      CHECK_BYTES (E2EE_BYTES (out_data, plaintext.size), plaintext);
      e2ee_aead_free (aead);
    }
  }
}

static void
test_a_key_of_another_size_is_refused (void)
{
  FOR_EACH_ALGORITHM (backend, id) {
    for (size_t size = 0; size <= E2EE_AEAD_MAX_KEY_SIZE + 1; size++) {
      e2ee_aead *aead = (e2ee_aead *) & nonce;

      if (size == e2ee_aead_info_get (id)->key_size)
        continue;
      CHECK_INT (e2ee_aead_new_on (backend, id, E2EE_BYTES (plaintext_data, size), &aead),
          E2EE_ERR_KEY_SIZE);
      CHECK (aead == NULL);
      aead = (e2ee_aead *) & nonce;
      CHECK_INT (e2ee_aead_new (id, E2EE_BYTES (plaintext_data, size), &aead),
          E2EE_ERR_KEY_SIZE);
      CHECK (aead == NULL);
    }
  }
}

static void
test_a_message_shorter_than_its_tag_is_truncated (void)
{
  FOR_EACH_ALGORITHM (backend, id) {
    const size_t tag_size = e2ee_aead_info_get (id)->tag_size;
    e2ee_aead *aead = aead_of_seed (backend, id, 2);

    CHECK (aead != NULL);
    CHECK_INT (e2ee_aead_open (aead, nonce, E2EE_NO_BYTES, E2EE_NO_BYTES, out_data),
        E2EE_ERR_TRUNCATED);
    for (size_t size = 0; size < tag_size; size++)
      CHECK_INT (e2ee_aead_open (aead, nonce, E2EE_NO_BYTES, E2EE_BYTES (sealed_data, size),
              out_data), E2EE_ERR_TRUNCATED);
    e2ee_aead_free (aead);
  }
}

static void
test_a_message_cut_anywhere_is_refused (void)
{
  const e2ee_bytes aad = E2EE_BYTES (aad_data, 14);
  const e2ee_bytes plaintext = E2EE_BYTES (plaintext_data, 80);

  fill (plaintext_data, 80, 3);
  FOR_EACH_ALGORITHM (backend, id) {
    const size_t tag_size = e2ee_aead_info_get (id)->tag_size;
    e2ee_aead *aead = aead_of_seed (backend, id, 3);

    CHECK (aead != NULL);
    CHECK_INT (e2ee_aead_seal (aead, nonce, aad, plaintext, sealed_data), E2EE_OK);
    for (size_t size = tag_size; size < plaintext.size + tag_size; size++) {
      memset (out_data, MARK, sizeof (out_data));
      CHECK_INT (e2ee_aead_open (aead, nonce, aad, E2EE_BYTES (sealed_data, size), out_data),
          E2EE_ERR_TAG);
      CHECK (holds_only (out_data, size - tag_size, 0)
          || holds_only (out_data, size - tag_size, MARK));
    }
    e2ee_aead_free (aead);
  }
}

/* Opens what must be refused, out of place and in place, and looks at what is left. */
static void
check_refused (e2ee_aead * aead, const uint8_t * iv, e2ee_bytes aad, e2ee_bytes sealed)
{
  const size_t size = sealed.size - e2ee_aead_get_info (aead)->tag_size;

  memset (out_data, MARK, sealed.size);
  CHECK_INT (e2ee_aead_open (aead, iv, aad, sealed, out_data), E2EE_ERR_TAG);
  CHECK (holds_only (out_data, size, 0) || holds_only (out_data, size, MARK));
  CHECK (holds_only (out_data + size, sealed.size - size, MARK));

  memcpy (out_data, sealed.data, sealed.size);
  CHECK_INT (e2ee_aead_open (aead, iv, aad, E2EE_BYTES (out_data, sealed.size), out_data),
      E2EE_ERR_TAG);
  CHECK (holds_only (out_data, size, 0) || memcmp (out_data, sealed.data, size) == 0);
}

/* Each bit of @where in turn. */
static void
check_each_bit_refused (e2ee_aead * aead, uint8_t * where, size_t where_size, e2ee_bytes aad,
    e2ee_bytes sealed)
{
  for (size_t bit = 0; bit < 8 * where_size; bit++) {
    where[bit / 8] ^= (uint8_t) (1 << bit % 8);
    check_refused (aead, nonce, aad, sealed);
    where[bit / 8] ^= (uint8_t) (1 << bit % 8);
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
test_a_flipped_bit_anywhere_is_refused_and_leaves_no_plaintext (void)
{
  static const size_t small[] = { 0, 1, 16, 33, 80 };
  const e2ee_bytes aad = E2EE_BYTES (aad_data, 14);

  fill (nonce, sizeof (nonce), 4);
  fill (aad_data, sizeof (aad_data), 5);
  FOR_EACH_ALGORITHM (backend, id) {
    e2ee_aead *aead = aead_of_seed (backend, id, 6);

    CHECK (aead != NULL);
    for (size_t s = 0; s < CHECK_N (small); s++) {
      const size_t sealed_size = small[s] + e2ee_aead_info_get (id)->tag_size;
      const e2ee_bytes sealed = E2EE_BYTES (sealed_data, sealed_size);

      fill (plaintext_data, small[s], 7 + s);
      CHECK_INT (e2ee_aead_seal (aead, nonce, aad, E2EE_BYTES (plaintext_data, small[s]),
              sealed_data), E2EE_OK);
      check_each_bit_refused (aead, nonce, sizeof (nonce), aad, sealed);
      check_each_bit_refused (aead, aad_data, aad.size, aad, sealed);
      check_each_bit_refused (aead, sealed_data, sealed_size, aad, sealed);
      CHECK_RETURN_IF_FAILED ();
      /* The message itself was left whole. */
      CHECK_INT (e2ee_aead_open (aead, nonce, aad, sealed, out_data), E2EE_OK);
    }
    e2ee_aead_free (aead);
  }
}

static void
test_a_flipped_bit_in_a_large_message_is_refused_and_leaves_no_plaintext (void)
{
  const e2ee_bytes aad = E2EE_BYTES (aad_data, sizeof (aad_data));

  FOR_EACH_ALGORITHM (backend, id) {
    e2ee_aead *aead = aead_of_seed (backend, id, 8);

    CHECK (aead != NULL);
    for (size_t s = 0; s < CHECK_N (sizes); s++) {
      const size_t sealed_size = sizes[s] + e2ee_aead_info_get (id)->tag_size;
      const e2ee_bytes sealed = E2EE_BYTES (sealed_data, sealed_size);
      const size_t places[] = { 0, sizes[s] / 2, sizes[s], sealed_size - 1 };

      fill (plaintext_data, sizes[s], 9);
      CHECK_INT (e2ee_aead_seal (aead, nonce, aad, E2EE_BYTES (plaintext_data, sizes[s]),
              sealed_data), E2EE_OK);
      for (size_t p = 0; p < CHECK_N (places); p++) {
        sealed_data[places[p]] ^= 0x10;
        check_refused (aead, nonce, aad, sealed);
        sealed_data[places[p]] ^= 0x10;
        CHECK_RETURN_IF_FAILED ();
      }
    }
    e2ee_aead_free (aead);
  }
}

static void
test_additional_data_of_another_length_is_refused (void)
{
  const e2ee_bytes plaintext = E2EE_BYTES (plaintext_data, 80);

  /* Zeros, so that padding cannot tell the lengths apart. */
  memset (aad_data, 0, sizeof (aad_data));
  FOR_EACH_ALGORITHM (backend, id) {
    const e2ee_bytes sealed = E2EE_BYTES (sealed_data, 80 + e2ee_aead_info_get (id)->tag_size);
    e2ee_aead *aead = aead_of_seed (backend, id, 10);

    CHECK (aead != NULL);
    CHECK_INT (e2ee_aead_seal (aead, nonce, E2EE_BYTES (aad_data, 14), plaintext, sealed_data),
        E2EE_OK);
    check_refused (aead, nonce, E2EE_BYTES (aad_data, 13), sealed);
    check_refused (aead, nonce, E2EE_BYTES (aad_data, 15), sealed);
    check_refused (aead, nonce, E2EE_NO_BYTES, sealed);
    CHECK_RETURN_IF_FAILED ();
    e2ee_aead_free (aead);
  }
}

static void
test_a_byte_moved_between_additional_data_and_ciphertext_is_refused (void)
{
  uint8_t frame[14 + 80 + E2EE_AEAD_MAX_TAG_SIZE];

  fill (frame, sizeof (frame), 11);
  FOR_EACH_ALGORITHM (backend, id) {
    const size_t tag_size = e2ee_aead_info_get (id)->tag_size;
    e2ee_aead *aead = aead_of_seed (backend, id, 11);

    CHECK (aead != NULL);
    CHECK_INT (e2ee_aead_seal (aead, nonce, E2EE_BYTES (frame, 14), E2EE_BYTES (frame + 14, 80),
            frame + 14), E2EE_OK);
    check_refused (aead, nonce, E2EE_BYTES (frame, 13), E2EE_BYTES (frame + 13, 81 + tag_size));
    check_refused (aead, nonce, E2EE_BYTES (frame, 15), E2EE_BYTES (frame + 15, 79 + tag_size));
    CHECK_RETURN_IF_FAILED ();
    e2ee_aead_free (aead);
  }
}

/* RFC 9605 section 4.5.1: Nt is part of what is authenticated. */
static void
test_a_tag_of_one_length_is_no_tag_of_another (void)
{
  static const e2ee_aead_id ids[][3] = {
    {E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80, E2EE_AEAD_AES_128_CTR_HMAC_SHA256_64,
        E2EE_AEAD_AES_128_CTR_HMAC_SHA256_32},
    {E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80, E2EE_AEAD_AES_256_CTR_HMAC_SHA512_64,
        E2EE_AEAD_AES_256_CTR_HMAC_SHA512_32},
  };

  for (size_t i = 0; i < 2; i++) {
    for (size_t k = 1; k < 3; k++) {
      const size_t shorter = e2ee_aead_info_get (ids[i][k])->tag_size;
      e2ee_aead *from = aead_of_seed (NULL, ids[i][0], 12);
      e2ee_aead *to = aead_of_seed (NULL, ids[i][k], 12);

      CHECK (from != NULL && to != NULL);
      CHECK_INT (e2ee_aead_seal (from, nonce, E2EE_NO_BYTES, E2EE_BYTES (plaintext_data, 80),
              sealed_data), E2EE_OK);
      check_refused (to, nonce, E2EE_NO_BYTES, E2EE_BYTES (sealed_data, 80 + shorter));
      CHECK_RETURN_IF_FAILED ();
      e2ee_aead_free (from);
      e2ee_aead_free (to);
    }
  }
}

static void
test_another_key_is_refused (void)
{
  FOR_EACH_ALGORITHM (backend, id) {
    const e2ee_bytes sealed = E2EE_BYTES (sealed_data, 80 + e2ee_aead_info_get (id)->tag_size);
    e2ee_aead *one = aead_of_seed (backend, id, 13);
    e2ee_aead *other = aead_of_seed (backend, id, 14);

    CHECK (one != NULL && other != NULL);
    CHECK_INT (e2ee_aead_seal (one, nonce, E2EE_NO_BYTES, E2EE_BYTES (plaintext_data, 80),
            sealed_data), E2EE_OK);
    check_refused (other, nonce, E2EE_NO_BYTES, sealed);
    CHECK_RETURN_IF_FAILED ();
    e2ee_aead_free (one);
    e2ee_aead_free (other);
  }
}

static void
test_a_message_over_the_limit_is_not_touched (void)
{
  FOR_EACH_ALGORITHM (backend, id) {
    const size_t tag_size = e2ee_aead_info_get (id)->tag_size;
    const e2ee_bytes huge = E2EE_BYTES (plaintext_data, E2EE_AEAD_MAX_MESSAGE_SIZE + 1);
    const e2ee_bytes huge_sealed =
        E2EE_BYTES (sealed_data, E2EE_AEAD_MAX_MESSAGE_SIZE + 1 + tag_size);
    const e2ee_bytes small = E2EE_BYTES (plaintext_data, 80);
    e2ee_aead *aead = aead_of_seed (backend, id, 15);

    CHECK (aead != NULL);
    memset (out_data, MARK, sizeof (out_data));
    CHECK_INT (e2ee_aead_seal (aead, nonce, E2EE_NO_BYTES, huge, out_data), E2EE_ERR_TOO_LARGE);
    CHECK_INT (e2ee_aead_seal (aead, nonce, huge, small, out_data), E2EE_ERR_TOO_LARGE);
    CHECK_INT (e2ee_aead_open (aead, nonce, E2EE_NO_BYTES, huge_sealed, out_data),
        E2EE_ERR_TOO_LARGE);
    CHECK_INT (e2ee_aead_open (aead, nonce, huge, small, out_data), E2EE_ERR_TOO_LARGE);
    CHECK (holds_only (out_data, sizeof (out_data), MARK));
    e2ee_aead_free (aead);
  }
}

static void
test_a_refused_message_leaves_the_context_as_it_was (void)
{
  FOR_EACH_ALGORITHM (backend, id) {
    const size_t sealed_size = 80 + e2ee_aead_info_get (id)->tag_size;
    e2ee_aead *fresh = aead_of_seed (backend, id, 16);
    e2ee_aead *used = aead_of_seed (backend, id, 16);
    uint8_t expected[80 + E2EE_AEAD_MAX_TAG_SIZE];

    CHECK (fresh != NULL && used != NULL);
    CHECK_INT (e2ee_aead_seal (fresh, nonce, E2EE_NO_BYTES, E2EE_BYTES (plaintext_data, 80),
            expected), E2EE_OK);
    memset (sealed_data, MARK, 1216);
    check_refused (used, nonce, E2EE_BYTES (aad_data, 14), E2EE_BYTES (sealed_data, 1216));
    CHECK_INT (e2ee_aead_seal (used, nonce, E2EE_NO_BYTES, E2EE_BYTES (plaintext_data, 80),
            out_data), E2EE_OK);
    CHECK_MEM (out_data, expected, sealed_size);
    CHECK_RETURN_IF_FAILED ();
    e2ee_aead_free (fresh);
    e2ee_aead_free (used);
  }
}

/* As many as a large meeting has keys: locked memory may run out, contexts must not. */
static void
test_a_thousand_contexts_of_each_back_end_live_side_by_side (void)
{
  enum { N = 1000 };
  static e2ee_aead *contexts[N];

  FOR_EACH_ALGORITHM (backend, id) {
    const size_t sealed_size = 80 + e2ee_aead_info_get (id)->tag_size;

    /* One algorithm of each kind is enough. */
    if (id != E2EE_AEAD_AES_128_GCM && id != E2EE_AEAD_CHACHA20_POLY1305
        && id != E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80)
      continue;
    for (size_t i = 0; i < N; i++) {
      contexts[i] = aead_of_seed (backend, id, 100 + i);
      CHECK (contexts[i] != NULL);
    }
    /* 7 and 1,000 have no common factor, so every context has its turn, out of order. */
    for (size_t i = 0; i < N; i++) {
      const size_t n = i * 7 % N;

      CHECK_INT (e2ee_aead_seal (contexts[n], nonce, E2EE_NO_BYTES,
              E2EE_BYTES (plaintext_data, 80), sealed_data), E2EE_OK);
      CHECK_INT (e2ee_aead_open (contexts[n], nonce, E2EE_NO_BYTES,
              E2EE_BYTES (sealed_data, sealed_size), out_data), E2EE_OK);
      CHECK_MEM (out_data, plaintext_data, 80);
      CHECK_INT (e2ee_aead_open (contexts[(n + 1) % N], nonce, E2EE_NO_BYTES,
              E2EE_BYTES (sealed_data, sealed_size), out_data), E2EE_ERR_TAG);
    }
    for (size_t i = 0; i < N; i++)
      e2ee_aead_free (contexts[i]);
  }
}

static void
test_freeing_nothing_is_allowed (void)
{
  e2ee_aead_free (NULL);
}

static const check_case cases[] = {
  CHECK_CASE (test_init_answers_ok_and_again),
  CHECK_CASE (test_every_algorithm_has_a_description_and_a_back_end),
  CHECK_CASE (test_an_unknown_algorithm_is_unsupported),
  CHECK_CASE (test_an_algorithm_that_a_back_end_lacks_is_unsupported_on_it),
  CHECK_CASE (test_the_fastest_back_end_is_chosen),
  CHECK_CASE (test_published_answers_come_out),
  CHECK_CASE (test_a_key_of_another_size_is_refused),
  CHECK_CASE (test_a_message_shorter_than_its_tag_is_truncated),
  CHECK_CASE (test_a_message_cut_anywhere_is_refused),
  CHECK_CASE (test_a_flipped_bit_anywhere_is_refused_and_leaves_no_plaintext),
  CHECK_CASE (test_a_flipped_bit_in_a_large_message_is_refused_and_leaves_no_plaintext),
  CHECK_CASE (test_additional_data_of_another_length_is_refused),
  CHECK_CASE (test_a_byte_moved_between_additional_data_and_ciphertext_is_refused),
  CHECK_CASE (test_a_tag_of_one_length_is_no_tag_of_another),
  CHECK_CASE (test_another_key_is_refused),
  CHECK_CASE (test_a_message_over_the_limit_is_not_touched),
  CHECK_CASE (test_a_refused_message_leaves_the_context_as_it_was),
  CHECK_CASE (test_a_thousand_contexts_of_each_back_end_live_side_by_side),
  CHECK_CASE (test_freeing_nothing_is_allowed),
};

CHECK_MAIN (cases)
