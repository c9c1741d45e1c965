/* Every AEAD against other implementations of the same algorithm.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"

#include "aead-data.h"

#include <sodium.h>

#include "core/crypto/secret.h"

#define MAX_SIZE 100000
#define MAX_AAD_SIZE 1000

static const size_t sizes[] = { 0, 1, 15, 16, 17, 80, 1199, 1200, 20000, MAX_SIZE };
static const size_t aad_sizes[] = { 0, 1, 12, 14, 15, 16, 17, 33, 128, MAX_AAD_SIZE };

static uint8_t plaintext[MAX_SIZE];
static uint8_t aad[MAX_AAD_SIZE];
static uint8_t expected[MAX_SIZE + E2EE_AEAD_MAX_TAG_SIZE];
static uint8_t out[MAX_SIZE + E2EE_AEAD_MAX_TAG_SIZE];

/* Seals and opens one message with @aead, in place and out of place; it must come out as it stands
 * in @expected. */
static void
check_message (e2ee_aead * aead, const uint8_t * nonce, e2ee_bytes aad_view, size_t size)
{
  const size_t sealed_size = size + e2ee_aead_get_info (aead)->tag_size;

  CHECK_INT (e2ee_aead_seal (aead, nonce, aad_view, E2EE_BYTES (plaintext, size), out), E2EE_OK);
  CHECK_MEM (out, expected, sealed_size);
  memcpy (out, plaintext, size);
  CHECK_INT (e2ee_aead_seal (aead, nonce, aad_view, E2EE_BYTES (out, size), out), E2EE_OK);
  CHECK_MEM (out, expected, sealed_size);

  CHECK_INT (e2ee_aead_open (aead, nonce, aad_view, E2EE_BYTES (out, sealed_size), out), E2EE_OK);
  CHECK_MEM (out, plaintext, size);
  CHECK_INT (e2ee_aead_open (aead, nonce, aad_view, E2EE_BYTES (expected, sealed_size), out),
      E2EE_OK);
  CHECK_MEM (out, plaintext, size);
}

/* The first back end that has the algorithm speaks; every other must say the same. */
static void
check_all_back_ends (e2ee_aead_id id)
{
  e2ee_aead *aeads[8] = { NULL };
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  size_t n_aeads = 0;

  for (size_t i = 0; e2ee_aead_backend_nth (i) != NULL; i++)
    if (e2ee_aead_backend_has (e2ee_aead_backend_nth (i), id)) {
      aeads[n_aeads] = aead_of_seed (e2ee_aead_backend_nth (i), id, 1);
      CHECK (aeads[n_aeads] != NULL);
      n_aeads++;
    }
  for (size_t s = 0; s < CHECK_N (sizes); s++)
    for (size_t a = 0; a < CHECK_N (aad_sizes); a++) {
      const e2ee_bytes aad_view = E2EE_BYTES (aad, aad_sizes[a]);

      fill (nonce, sizeof (nonce), 1000 * s + a);
      CHECK_INT (e2ee_aead_seal (aeads[0], nonce, aad_view, E2EE_BYTES (plaintext, sizes[s]),
              expected), E2EE_OK);
      for (size_t i = 0; i < n_aeads; i++) {
        CHECK_ROW ("%s on %s, %zu bytes, %zu of aad", e2ee_aead_info_get (id)->name,
            e2ee_aead_get_backend_name (aeads[i]), sizes[s], aad_sizes[a]);
        check_message (aeads[i], nonce, aad_view, sizes[s]);
        CHECK_RETURN_IF_FAILED ();
      }
    }
  for (size_t i = 0; i < n_aeads; i++)
    e2ee_aead_free (aeads[i]);
}

static void
test_every_back_end_agrees_with_every_other (void)
{
  fill (plaintext, sizeof (plaintext), 1);
  fill (aad, sizeof (aad), 2);
  for (int id = 1; id < E2EE_AEAD_N_IDS; id++) {
    check_all_back_ends ((e2ee_aead_id) id);
    CHECK_RETURN_IF_FAILED ();
  }
}

/* The keystream of GCM starts at counter 2, that of section 4.5.1 at 0: from the third block on
 * they are the same, and the published answers hold the first two. */
static void
check_ctr_against_gcm (e2ee_aead_id ctr_id, e2ee_aead_id gcm_id, size_t size)
{
  static uint8_t gcm_out[MAX_SIZE + E2EE_AEAD_MAX_TAG_SIZE];
  static uint8_t ctr_out[MAX_SIZE + E2EE_AEAD_MAX_TAG_SIZE];
  static const uint8_t zeros[MAX_SIZE];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  /* Both take the first bytes of the same made-up key. */
  e2ee_aead *ctr = aead_of_seed (NULL, ctr_id, 3);
  e2ee_aead *gcm = aead_of_seed (NULL, gcm_id, 3);

  CHECK (ctr != NULL && gcm != NULL);
  fill (nonce, sizeof (nonce), size);
  CHECK_INT (e2ee_aead_seal (ctr, nonce, E2EE_NO_BYTES, E2EE_BYTES (zeros, size), ctr_out),
      E2EE_OK);
  CHECK_INT (e2ee_aead_seal (gcm, nonce, E2EE_NO_BYTES, E2EE_BYTES (zeros, size), gcm_out),
      E2EE_OK);
  CHECK_MEM (ctr_out + 32, gcm_out, size - 32);
  e2ee_aead_free (ctr);
  e2ee_aead_free (gcm);
}

static void
test_ctr_keystream_is_that_of_gcm_two_blocks_on (void)
{
  for (size_t s = 0; s < CHECK_N (sizes); s++) {
    if (sizes[s] <= 32)
      continue;
    CHECK_ROW ("%zu bytes", sizes[s]);
    check_ctr_against_gcm (E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80, E2EE_AEAD_AES_128_GCM, sizes[s]);
    check_ctr_against_gcm (E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80, E2EE_AEAD_AES_256_GCM, sizes[s]);
    CHECK_RETURN_IF_FAILED ();
  }
}

/* RFC 9605 section 4.5.1, written down a second time on libsodium's HMAC. */
static void
libsodium_tag (int is_512, const uint8_t * auth_key, const uint8_t * nonce, e2ee_bytes aad_view,
    e2ee_bytes ciphertext, size_t tag_size, uint8_t * tag)
{
  static uint8_t message[36 + MAX_AAD_SIZE + MAX_SIZE];
  uint8_t mac[64];
  const size_t size = 36 + aad_view.size + ciphertext.size;

  e2ee_put_be (message, aad_view.size, 8);
  e2ee_put_be (message + 8, ciphertext.size, 8);
  e2ee_put_be (message + 16, tag_size, 8);
  memcpy (message + 24, nonce, 12);
  memcpy (message + 36, aad_view.data, aad_view.size);
  memcpy (message + 36 + aad_view.size, ciphertext.data, ciphertext.size);
  if (is_512) {
    crypto_auth_hmacsha512_state state;

    crypto_auth_hmacsha512_init (&state, auth_key, 64);
    crypto_auth_hmacsha512_update (&state, message, size);
    crypto_auth_hmacsha512_final (&state, mac);
  } else {
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init (&state, auth_key, 32);
    crypto_auth_hmacsha256_update (&state, message, size);
    crypto_auth_hmacsha256_final (&state, mac);
  }
  memcpy (tag, mac, tag_size);
}

static void
check_tags_against_libsodium (e2ee_aead_id id)
{
  const e2ee_aead_info *info = e2ee_aead_info_get (id);
  const int is_512 = info->key_size == 96;
  uint8_t key[E2EE_AEAD_MAX_KEY_SIZE];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  uint8_t tag[E2EE_AEAD_MAX_TAG_SIZE];
  e2ee_aead *aead = aead_of_seed (NULL, id, 4);

  CHECK (aead != NULL);
  fill (key, sizeof (key), 4);
  for (size_t s = 0; s < CHECK_N (sizes); s++)
    for (size_t a = 0; a < CHECK_N (aad_sizes); a++) {
      const e2ee_bytes aad_view = E2EE_BYTES (aad, aad_sizes[a]);

      CHECK_ROW ("%s, %zu bytes, %zu of aad", info->name, sizes[s], aad_sizes[a]);
      fill (nonce, sizeof (nonce), 10 * s + a);
      CHECK_INT (e2ee_aead_seal (aead, nonce, aad_view, E2EE_BYTES (plaintext, sizes[s]), out),
          E2EE_OK);
      libsodium_tag (is_512, key + (is_512 ? 32 : 16), nonce, aad_view,
          E2EE_BYTES (out, sizes[s]), info->tag_size, tag);
      CHECK_MEM (out + sizes[s], tag, info->tag_size);
    }
  e2ee_aead_free (aead);
}

static void
test_ctr_hmac_tags_are_what_libsodium_computes (void)
{
  fill (plaintext, sizeof (plaintext), 5);
  fill (aad, sizeof (aad), 6);
  for (int id = E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80;
      id <= E2EE_AEAD_AES_256_CTR_HMAC_SHA512_32; id++) {
    check_tags_against_libsodium ((e2ee_aead_id) id);
    CHECK_RETURN_IF_FAILED ();
  }
}

/* Contexts of every kind take turns with messages of every size, as with many senders. */
static void
test_interleaved_contexts_do_not_disturb_each_other (void)
{
  enum { N = 40, ROUNDS = 2000 };
  e2ee_aead *senders[N], *receivers[N];
  uint8_t random[8];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];

  for (size_t i = 0; i < N; i++) {
    const e2ee_aead_id id = (e2ee_aead_id) (1 + i % (E2EE_AEAD_N_IDS - 1));
    const e2ee_aead_backend *last = NULL;

    for (size_t k = 0; e2ee_aead_backend_nth (k) != NULL; k++)
      if (e2ee_aead_backend_has (e2ee_aead_backend_nth (k), id))
        last = e2ee_aead_backend_nth (k);
    senders[i] = aead_of_seed (NULL, id, i);
    receivers[i] = aead_of_seed (last, id, i);
    CHECK (senders[i] != NULL && receivers[i] != NULL);
  }
  for (size_t round = 0; round < ROUNDS; round++) {
    size_t i, size, aad_size;

    fill (random, sizeof (random), round);
    i = random[0] % N;
    size = (size_t) e2ee_get_be (random + 1, 2) % 2000;
    aad_size = random[3];
    fill (nonce, sizeof (nonce), round);
    CHECK_ROW ("round %zu: context %zu, %zu bytes, %zu of aad", round, i, size, aad_size);
    CHECK_INT (e2ee_aead_seal (senders[i], nonce, E2EE_BYTES (aad, aad_size),
            E2EE_BYTES (plaintext, size), out), E2EE_OK);
    /* Now and then a forgery comes in between. */
    if (random[4] % 4 == 0) {
      memcpy (expected, out, size + 16);
      expected[size] ^= 1;
      CHECK_INT (e2ee_aead_open (receivers[i], nonce, E2EE_BYTES (aad, aad_size),
              E2EE_BYTES (expected, size + e2ee_aead_get_info (receivers[i])->tag_size),
              expected), E2EE_ERR_TAG);
    }
    CHECK_INT (e2ee_aead_open (receivers[i], nonce, E2EE_BYTES (aad, aad_size),
            E2EE_BYTES (out, size + e2ee_aead_get_info (receivers[i])->tag_size), out), E2EE_OK);
    CHECK_MEM (out, plaintext, size);
  }
  for (size_t i = 0; i < N; i++) {
    e2ee_aead_free (senders[i]);
    e2ee_aead_free (receivers[i]);
  }
}

static void
test_crypto_starts (void)
{
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
}

static const check_case cases[] = {
  CHECK_CASE (test_crypto_starts),
  CHECK_CASE (test_every_back_end_agrees_with_every_other),
  CHECK_CASE (test_ctr_keystream_is_that_of_gcm_two_blocks_on),
  CHECK_CASE (test_ctr_hmac_tags_are_what_libsodium_computes),
  CHECK_CASE (test_interleaved_contexts_do_not_disturb_each_other),
};

CHECK_MAIN (cases)
