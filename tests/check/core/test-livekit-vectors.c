/* Frames and ratchet steps that livekit-client made, out of their files.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "trailer-frames.h"

#include "core/crypto/secret.h"
#include "core/frame/trailerkey.h"

#include <sys/stat.h>

#include <jansson.h>

#ifndef E2EE_TEST_VECTORS
#define E2EE_TEST_VECTORS ""
#endif

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

/* Without the folder there is nothing to test; without the file in it something is wrong. */
static json_t *
load (const char *name)
{
  char path[4096];
  json_t *file;

  snprintf (path, sizeof path, "%s/livekit/%s", vectors_folder (), name);
  file = json_load_file (path, 0, NULL);
  if (file == NULL)
    check_fail (__FILE__, __LINE__, "%s cannot be read", name);
  return file;
}

static const char *
text_of (const json_t * object, const char *name)
{
  const char *text = json_string_value (json_object_get (object, name));

  if (text == NULL)
    check_fail (__FILE__, __LINE__, "no \"%s\"", name);
  return text != NULL ? text : "";
}

/* Of a whole file: larger than the typed ones. */
static e2ee_bytes
bytes_of (const json_t * object, const char *name, uint8_t * out, size_t capacity)
{
  return hex_decode (text_of (object, name), out, capacity);
}

#define MAX_FILE_FRAME 65536

static void
check_frame (const e2ee_keyring * ring, const json_t * frame)
{
  static uint8_t plain_bytes[MAX_FILE_FRAME], sealed_bytes[MAX_FILE_FRAME], out[MAX_FILE_FRAME];
  e2ee_codec codec = strcmp (text_of (frame, "codec"), "opus") == 0 ? E2EE_CODEC_OPUS
      : E2EE_CODEC_VP8;
  e2ee_bytes plain = bytes_of (frame, "plaintext", plain_bytes, sizeof plain_bytes);
  e2ee_bytes sealed = bytes_of (frame, "encrypted", sealed_bytes, sizeof sealed_bytes);
  e2ee_frame_info info;
  size_t size;

  CHECK_INT (e2ee_format_livekit.open (ring, 0, codec, sealed, out, &size, &info), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, size), plain);
}

static void
test_frames_of_a_file_open (void)
{
  json_t *file, *frame;
  const char *passphrase;
  e2ee_keyring *ring;
  test_bytes secret;
  size_t i;

  if (!have_vectors ())
    CHECK_SKIP ("the official vectors are not there");
  file = load ("livekit_vp8_pbkdf2_k0.json");
  CHECK_RETURN_IF_FAILED ();
  passphrase = text_of (json_object_get (file, "key_material"), "passphrase");
  secret.size = strlen (passphrase);
  CHECK (secret.size <= sizeof secret.bytes);
  memcpy (secret.bytes, passphrase, secret.size);
  ring = ring_with (make_key_with (e2ee_env_default (),
          trailer_params (E2EE_KEY_DECRYPT, E2EE_SUITE_LIVEKIT_PBKDF2,
              (uint64_t) json_integer_value (json_object_get (file, "key_index")), &secret)));
  CHECK (json_array_size (json_object_get (file, "frames")) >= 12);
  json_array_foreach (json_object_get (file, "frames"), i, frame) {
    CHECK_ROW ("frame %zu", i);
    check_frame (ring, frame);
    CHECK_RETURN_IF_FAILED ();
  }
  e2ee_keyring_unref (ring);
  json_decref (file);
}

static void
check_step (const json_t * file, const json_t * step)
{
  const e2ee_suite *suite = e2ee_suite_find (E2EE_SUITE_LIVEKIT_PBKDF2);
  uint8_t aes_key[16], next[E2EE_TRAILER_MATERIAL_SIZE];
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE] = { 0 };
  test_bytes material, expected, out;
  e2ee_aead *aead;

  read_hex (text_of (step, "material"), &material);
  CHECK_INT (e2ee_trailer_key_step (suite, VIEW (&material), aes_key, next), E2EE_OK);
  read_hex (text_of (step, "aes_key"), &expected);
  CHECK_BYTES (E2EE_BYTES (aes_key, sizeof aes_key), VIEW (&expected));

  read_hex (text_of (step, "ciphertext_and_tag"), &expected);
  CHECK_INT (e2ee_aead_new (suite->aead, E2EE_BYTES (aes_key, sizeof aes_key), &aead), E2EE_OK);
  CHECK_INT (e2ee_aead_open (aead, nonce, E2EE_NO_BYTES, VIEW (&expected), out.bytes), E2EE_OK);
  out.size = expected.size - 16;
  read_hex (text_of (file, "plaintext"), &expected);
  CHECK_BYTES (VIEW (&out), VIEW (&expected));
  e2ee_aead_free (aead);
}

static void
test_ratchet_steps_of_a_file_are_ours (void)
{
  json_t *file, *step;
  size_t i;

  if (!have_vectors ())
    CHECK_SKIP ("the official vectors are not there");
  file = load ("ratchet-pbkdf2.json");
  CHECK_RETURN_IF_FAILED ();
  CHECK (json_array_size (json_object_get (file, "steps")) >= 10);
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
  json_array_foreach (json_object_get (file, "steps"), i, step) {
    CHECK_ROW ("step %zu", i);
    check_step (file, step);
    CHECK_RETURN_IF_FAILED ();
  }
  json_decref (file);
}

static const check_case cases[] = {
  CHECK_CASE (test_frames_of_a_file_open),
  CHECK_CASE (test_ratchet_steps_of_a_file_are_ours),
};

CHECK_MAIN (cases)
