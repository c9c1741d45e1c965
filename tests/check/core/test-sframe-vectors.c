/* Every case of the SFrame working group's test vectors, read from the folder that the build names.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "frame-keys.h"
#include "hex.h"

#include "core/crypto/secret.h"
#include "core/frame/key-private.h"
#include "core/frame/sframe.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <jansson.h>

#ifndef E2EE_TEST_VECTORS
#define E2EE_TEST_VECTORS ""
#endif

#define MAX_BYTES 256

/* The environment goes before the build. */
static const char *
vectors_folder (void)
{
  const char *folder = getenv ("E2EE_VECTORS");

  return folder != NULL ? folder : E2EE_TEST_VECTORS;
}

static int
have_vectors (void)
{
  struct stat status;

  return stat (vectors_folder (), &status) == 0;
}

/* Kids and counters reach 2^64 - 1, for which jansson has no number: so every number outside a
 * string becomes a string before jansson sees it. */
static char *
quote_numbers (const char *text)
{
  char *out = malloc (3 * strlen (text) + 1), *o = out;
  int in_string = 0;

  while (*text != '\0') {
    if (!in_string && isdigit ((unsigned char) *text)) {
      *o++ = '"';
      while (isdigit ((unsigned char) *text))
        *o++ = *text++;
      *o++ = '"';
    } else {
      in_string ^= *text == '"';
      *o++ = *text++;
    }
  }
  *o = '\0';
  return out;
}

static char *
read_text (const char *path)
{
  static char text[1 << 20];
  FILE *file = fopen (path, "rb");
  size_t size;

  if (file == NULL)
    return NULL;
  size = fread (text, 1, sizeof text - 1, file);
  fclose (file);
  text[size] = '\0';
  return text;
}

/* The array @name of the file sframe/@file, which must have @n_cases; the root owns it. */
static json_t *
load_cases (const char *file, const char *name, size_t n_cases, json_t ** root)
{
  char path[4096];
  char *text, *quoted;
  json_t *rows;

  snprintf (path, sizeof path, "%s/sframe/%s", vectors_folder (), file);
  text = read_text (path);
  if (text == NULL) {
    check_fail (__FILE__, __LINE__, "cannot read sframe/%s in the vectors folder", file);
    return NULL;
  }
  quoted = quote_numbers (text);
  *root = json_loads (quoted, JSON_REJECT_DUPLICATES, NULL);
  free (quoted);
  rows = json_object_get (*root, name);
  if (json_array_size (rows) != n_cases)
    check_fail (__FILE__, __LINE__, "%zu cases of %s, not %zu", json_array_size (rows), name,
        n_cases);
  return rows;
}

static uint64_t
number_of (json_t * row, const char *name)
{
  const char *text = json_string_value (json_object_get (row, name));

  if (text == NULL) {
    check_fail (__FILE__, __LINE__, "no number \"%s\"", name);
    return 0;
  }
  return strtoull (text, NULL, 10);
}

/* A fresh buffer for each member of a row. */
#define BYTES(row, name) bytes_of (row, name, (uint8_t[MAX_BYTES]) { 0 })

static e2ee_bytes
bytes_of (json_t * row, const char *name, uint8_t buffer[MAX_BYTES])
{
  const char *text = json_string_value (json_object_get (row, name));

  if (text == NULL) {
    check_fail (__FILE__, __LINE__, "no bytes \"%s\"", name);
    return E2EE_NO_BYTES;
  }
  return hex_decode (text, buffer, MAX_BYTES);
}

static void
check_header (json_t * row)
{
  uint64_t kid = number_of (row, "kid");
  uint64_t ctr = number_of (row, "ctr");
  e2ee_bytes encoded = BYTES (row, "encoded");
  uint8_t out[E2EE_SFRAME_MAX_HEADER_SIZE];
  e2ee_sframe_header header;
  size_t size = e2ee_sframe_header_write (kid, ctr, out);

  CHECK_BYTES (E2EE_BYTES (out, size), encoded);
  CHECK_INT (e2ee_sframe_header_read (encoded, &header), E2EE_OK);
  CHECK (header.kid == kid);
  CHECK (header.ctr == ctr);
  CHECK_INT (header.size, encoded.size);
}

static void
check_ctr_hmac (json_t * row)
{
  const e2ee_suite *suite = e2ee_suite_find ((unsigned) number_of (row, "cipher_suite"));
  e2ee_bytes plaintext = BYTES (row, "pt");
  e2ee_bytes sealed = BYTES (row, "ct");
  uint8_t out[MAX_BYTES];
  e2ee_aead *aead;

  CHECK_INT (e2ee_aead_new (suite->aead, BYTES (row, "key"), &aead), E2EE_OK);
  CHECK_INT (e2ee_aead_seal (aead, BYTES (row, "nonce").data, BYTES (row, "aad"), plaintext, out),
      E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, plaintext.size + suite->nt), sealed);
  CHECK_INT (e2ee_aead_open (aead, BYTES (row, "nonce").data, BYTES (row, "aad"), sealed, out),
      E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, plaintext.size), plaintext);
  e2ee_aead_free (aead);
}

static void
check_derivation (json_t * row, const e2ee_suite * suite)
{
  uint8_t secret[E2EE_HASH_MAX_SIZE];
  uint8_t sframe_key[E2EE_AEAD_MAX_KEY_SIZE];
  uint8_t sframe_salt[E2EE_AEAD_NONCE_SIZE];
  uint8_t expanded[E2EE_AEAD_MAX_KEY_SIZE];

  e2ee_hkdf_extract (suite->hash, E2EE_NO_BYTES, BYTES (row, "base_key"), secret);
  CHECK_BYTES (E2EE_BYTES (secret, suite->nh), BYTES (row, "sframe_secret"));

  CHECK_INT (e2ee_key_derive (suite, number_of (row, "kid"), BYTES (row, "base_key"), sframe_key,
          sframe_salt), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (sframe_key, suite->nk), BYTES (row, "sframe_key"));
  CHECK_BYTES (E2EE_BYTES (sframe_salt, sizeof sframe_salt), BYTES (row, "sframe_salt"));

  CHECK_INT (e2ee_hkdf_expand (suite->hash, E2EE_BYTES (secret, suite->nh),
          BYTES (row, "sframe_key_label"), expanded, suite->nk), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (expanded, suite->nk), BYTES (row, "sframe_key"));
  CHECK_INT (e2ee_hkdf_expand (suite->hash, E2EE_BYTES (secret, suite->nh),
          BYTES (row, "sframe_salt_label"), expanded, sizeof sframe_salt), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (expanded, sizeof sframe_salt), BYTES (row, "sframe_salt"));
}

static void
check_frame (json_t * row, const e2ee_suite * suite)
{
  e2ee_key_params params = {
    .suite = suite,
    .kid = number_of (row, "kid"),
    .base_key = BYTES (row, "base_key"),
    .usage = E2EE_KEY_ENCRYPT,
    .origin = E2EE_KEY_STATIC,
  };
  e2ee_bytes metadata = BYTES (row, "metadata");
  foretold_env foretold;
  e2ee_keyring *ring = e2ee_keyring_new ();
  uint8_t out[MAX_BYTES];
  size_t size;
  e2ee_sframe_info info;
  e2ee_key *key = make_key_with (foretold_env_init (&foretold, 2 * number_of (row, "ctr")),
      params);

  CHECK_INT (e2ee_sframe_seal (key, metadata, BYTES (row, "pt"), out, &size, NULL), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, size), BYTES (row, "ct"));

  params.usage = E2EE_KEY_DECRYPT;
  CHECK_INT (ring_take (&ring, make_key_with (&foretold.env, params), 0), E2EE_OK);
  CHECK_INT (e2ee_sframe_open (ring, 0, metadata, BYTES (row, "ct"), out, &size, &info), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, size), BYTES (row, "pt"));
  CHECK (info.ctr == number_of (row, "ctr"));

  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
check_sframe (json_t * row)
{
  const e2ee_suite *suite = e2ee_suite_find ((unsigned) number_of (row, "cipher_suite"));

  CHECK (suite != NULL);
  check_derivation (row, suite);
  CHECK_RETURN_IF_FAILED ();
  check_frame (row, suite);
}

static void
check_stream_keys (json_t * row)
{
  const e2ee_suite *suite = e2ee_suite_find ((unsigned) number_of (row, "cipher_suite"));
  uint8_t stream_key[E2EE_HASH_MAX_SIZE];

  CHECK (suite != NULL);
  CHECK_INT (e2ee_key_bind_ssrc (suite, (uint32_t) number_of (row, "ssrc_a"),
          BYTES (row, "base_key"), stream_key), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (stream_key, suite->nh), BYTES (row, "stream_key_a"));
  CHECK_INT (e2ee_key_bind_ssrc (suite, (uint32_t) number_of (row, "ssrc_b"),
          BYTES (row, "base_key"), stream_key), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (stream_key, suite->nh), BYTES (row, "stream_key_b"));
}

static void
check_cases (const char *file, const char *name, size_t n_cases, void (*check_row) (json_t * row))
{
  json_t *root = NULL;
  json_t *rows;

  if (!have_vectors ())
    CHECK_SKIP ("no vectors folder");

  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  rows = load_cases (file, name, n_cases, &root);
  for (size_t i = 0; i < json_array_size (rows) && !check_state.failed; i++) {
    CHECK_ROW ("%s, case %zu", name, i);
    check_row (json_array_get (rows, i));
  }
  json_decref (root);
}

static void
test_all_289_headers_are_right (void)
{
  check_cases ("test-vectors.json", "header", 289, check_header);
}

static void
test_ctr_hmac_with_sha256_is_right (void)
{
  check_cases ("test-vectors.json", "aes_ctr_hmac", 3, check_ctr_hmac);
}

static void
test_ctr_hmac_with_sha512_is_right (void)
{
  check_cases ("test-vectors.json", "aes_256_ctr_hmac", 3, check_ctr_hmac);
}

static void
test_frames_of_the_five_rfc_suites_are_right (void)
{
  check_cases ("test-vectors.json", "sframe", 5, check_sframe);
}

static void
test_frames_of_the_three_256_bit_suites_are_right (void)
{
  check_cases ("test-vectors-aes256.json", "sframe_aes_256_ctr_hmac", 3, check_sframe);
}

static void
test_keys_of_streams_are_right (void)
{
  check_cases ("test-vectors-per-ssrc-key-derivation.json", "sframe_per_ssrc_key_derivation", 8,
      check_stream_keys);
}

static const check_case cases[] = {
  CHECK_CASE (test_all_289_headers_are_right),
  CHECK_CASE (test_ctr_hmac_with_sha256_is_right),
  CHECK_CASE (test_ctr_hmac_with_sha512_is_right),
  CHECK_CASE (test_frames_of_the_five_rfc_suites_are_right),
  CHECK_CASE (test_frames_of_the_three_256_bit_suites_are_right),
  CHECK_CASE (test_keys_of_streams_are_right),
};

CHECK_MAIN (cases)
