/* In an application that has set libgcrypt up for itself, with little locked memory.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <gcrypt.h>

#include "check.h"

#include "aead-data.h"

#include "core/crypto/secret.h"

#define N_CONTEXTS 200

static const e2ee_aead_backend *
find_gcrypt (void)
{
  for (size_t i = 0; e2ee_aead_backend_nth (i) != NULL; i++)
    if (strcmp (e2ee_aead_backend_name (e2ee_aead_backend_nth (i)), "gcrypt") == 0)
      return e2ee_aead_backend_nth (i);
  return NULL;
}

static void
test_we_start_after_the_application_did (void)
{
  CHECK (gcry_check_version (NULL) != NULL);
  gcry_control (GCRYCTL_DISABLE_SECMEM_WARN);
  gcry_control (GCRYCTL_INIT_SECMEM, 16384, 0);
  gcry_control (GCRYCTL_INITIALIZATION_FINISHED, 0);
  CHECK_INT (e2ee_crypto_init (), E2EE_OK);
}

static void
test_contexts_outlast_the_application_s_locked_memory (void)
{
  static e2ee_aead *aeads[N_CONTEXTS];
  static const uint8_t nonce[E2EE_AEAD_NONCE_SIZE], plaintext[80];
  const e2ee_aead_backend *gcrypt = find_gcrypt ();
  uint8_t sealed[80 + E2EE_AEAD_MAX_TAG_SIZE], out[80];
  void *secure;

  CHECK (gcrypt != NULL);
  for (size_t i = 0; i < N_CONTEXTS; i++) {
    aeads[i] = aead_of_seed (gcrypt, E2EE_AEAD_AES_128_GCM, i);
    CHECK (aeads[i] != NULL);
  }
  /* The pool is full, so some of them lie outside of it. */
  secure = gcry_malloc_secure (4096);
  CHECK (secure == NULL);
  for (size_t i = 0; i < N_CONTEXTS; i++) {
    CHECK_ROW ("context %zu", i);
    CHECK_INT (e2ee_aead_seal (aeads[i], nonce, E2EE_NO_BYTES, E2EE_BYTES (plaintext, 80),
            sealed), E2EE_OK);
    CHECK_INT (e2ee_aead_open (aeads[i], nonce, E2EE_NO_BYTES, E2EE_BYTES (sealed, 96), out),
        E2EE_OK);
    CHECK_MEM (out, plaintext, 80);
  }
  for (size_t i = 0; i < N_CONTEXTS; i++)
    e2ee_aead_free (aeads[i]);
  /* And all of it was given back. */
  secure = gcry_malloc_secure (8192);
  CHECK (secure != NULL);
  gcry_free (secure);
}

static const check_case cases[] = {
  CHECK_CASE (test_we_start_after_the_application_did),
  CHECK_CASE (test_contexts_outlast_the_application_s_locked_memory),
};

CHECK_MAIN (cases)
