/* What sealing and opening one message costs on every back end.
 *
 * All cases run in turn in every round, in one process, over the same memory; the factor is the
 * median over the rounds of case / reference, the reference being libgcrypt's AES-128-GCM called
 * directly, so that the machine's other load moves both.  Nanoseconds are comparable within
 * one run only.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <gcrypt.h>

#include "core/crypto/aead.h"
#include "core/crypto/secret.h"

#define N_ROUNDS 51
/* Calls of one case in one round: enough to drown the clock, few enough to come round often. */
#define BYTES_PER_ROUND (200 * 1000)
#define MIN_CALLS 4
#define MAX_CALLS 200
#define AAD_SIZE 14
#define MAX_SIZE 100000
#define MAX_CASES 40

static const size_t sizes[] = { 80, 1200, 20000, 100000 };

#define N_SIZES (sizeof sizes / sizeof sizes[0])

typedef struct bench_case bench_case;

struct bench_case
{
  char name[64];
  void (*run) (const bench_case * self, size_t size, size_t n_calls);
  e2ee_aead *aead;
  uint8_t *sealed;              /* the message of the size at hand, for opening */
  double ns[N_ROUNDS];
  double factor[N_ROUNDS];
};

static bench_case cases[MAX_CASES];
static size_t n_cases;

static gcry_cipher_hd_t reference;
static uint8_t plaintext[MAX_SIZE];
static uint8_t out[MAX_SIZE + E2EE_AEAD_MAX_TAG_SIZE];
static const uint8_t aad[AAD_SIZE];

static void
die_unless (int condition, const char *what)
{
  if (!condition) {
    fprintf (stderr, "%s failed\n", what);
    exit (1);
  }
}

static double
now_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec * 1e9 + (double) t.tv_nsec;
}

static int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values, size_t n)
{
  qsort (values, n, sizeof values[0], compare_doubles);
  return values[n / 2];
}

/* --- The cases --- */

static void
run_reference (const bench_case * self, size_t size, size_t n_calls)
{
  uint8_t nonce[12] = { 0 };

  for (size_t i = 0; i < n_calls; i++) {
    e2ee_put_be (nonce + 4, i, 8);
    die_unless (gcry_cipher_setiv (reference, nonce, sizeof nonce) == 0
        && gcry_cipher_authenticate (reference, aad, sizeof aad) == 0
        && gcry_cipher_encrypt (reference, out, size, plaintext, size) == 0
        && gcry_cipher_gettag (reference, out + size, 16) == 0, "reference");
  }
}

static void
run_seal (const bench_case * self, size_t size, size_t n_calls)
{
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE] = { 0 };

  for (size_t i = 0; i < n_calls; i++) {
    e2ee_put_be (nonce + 4, i, 8);
    die_unless (e2ee_aead_seal (self->aead, nonce, E2EE_BYTES (aad, sizeof aad),
            E2EE_BYTES (plaintext, size), out) == E2EE_OK, self->name);
  }
}

static void
run_open (const bench_case * self, size_t size, size_t n_calls)
{
  static const uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  const size_t sealed_size = size + e2ee_aead_get_info (self->aead)->tag_size;

  for (size_t i = 0; i < n_calls; i++)
    die_unless (e2ee_aead_open (self->aead, nonce, E2EE_BYTES (aad, sizeof aad),
            E2EE_BYTES (self->sealed, sealed_size), out) == E2EE_OK, self->name);
}

static bench_case *
add_case (const char *direction, const char *algorithm, const char *backend,
    void (*run) (const bench_case * self, size_t size, size_t n_calls))
{
  bench_case *added = &cases[n_cases++];

  die_unless (n_cases <= MAX_CASES, "number of cases");
  snprintf (added->name, sizeof added->name, "%-28s %-9s %s", algorithm, backend, direction);
  added->run = run;
  return added;
}

static void
add_algorithm (const e2ee_aead_backend * backend, e2ee_aead_id id)
{
  static const uint8_t key[E2EE_AEAD_MAX_KEY_SIZE] = { 1 };
  const e2ee_aead_info *info = e2ee_aead_info_get (id);
  const char *name = e2ee_aead_backend_name (backend);
  bench_case *seal = add_case ("seal", info->name, name, run_seal);
  bench_case *open = add_case ("open", info->name, name, run_open);

  die_unless (e2ee_aead_new_on (backend, id, E2EE_BYTES (key, info->key_size),
          &seal->aead) == E2EE_OK, info->name);
  open->aead = seal->aead;
  open->sealed = malloc (MAX_SIZE + E2EE_AEAD_MAX_TAG_SIZE);
  die_unless (open->sealed != NULL, "allocation");
}

static void
add_all_cases (void)
{
  /* The tag lengths of one construction cost the same. */
  static const e2ee_aead_id ids[] = {
    E2EE_AEAD_AES_128_GCM, E2EE_AEAD_AES_256_GCM, E2EE_AEAD_CHACHA20_POLY1305,
    E2EE_AEAD_AES_128_CTR_HMAC_SHA256_80, E2EE_AEAD_AES_256_CTR_HMAC_SHA512_80
  };

  add_case ("seal", "AES-128-GCM", "raw", run_reference);
  for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
    for (size_t k = 0; e2ee_aead_backend_nth (k) != NULL; k++)
      if (e2ee_aead_backend_has (e2ee_aead_backend_nth (k), ids[i]))
        add_algorithm (e2ee_aead_backend_nth (k), ids[i]);
}

/* --- Measuring --- */

static void
run_size (size_t size)
{
  static const uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  size_t n_calls = BYTES_PER_ROUND / size;

  n_calls = n_calls < MIN_CALLS ? MIN_CALLS : n_calls > MAX_CALLS ? MAX_CALLS : n_calls;
  for (size_t c = 0; c < n_cases; c++)
    if (cases[c].sealed != NULL)
      die_unless (e2ee_aead_seal (cases[c].aead, nonce, E2EE_BYTES (aad, sizeof aad),
              E2EE_BYTES (plaintext, size), cases[c].sealed) == E2EE_OK, cases[c].name);

  for (size_t round = 0; round < N_ROUNDS; round++)
    for (size_t c = 0; c < n_cases; c++) {
      double start;

      /* The first calls fetch code and tables. */
      cases[c].run (&cases[c], size, MIN_CALLS);
      start = now_ns ();
      cases[c].run (&cases[c], size, n_calls);
      cases[c].ns[round] = (now_ns () - start) / (double) n_calls;
      cases[c].factor[round] = cases[c].ns[round] / cases[0].ns[round];
    }

  printf ("%zu bytes\n", size);
  for (size_t c = 0; c < n_cases; c++)
    printf ("  %s  %8.0f ns  x%.2f\n", cases[c].name, median (cases[c].ns, N_ROUNDS),
        median (cases[c].factor, N_ROUNDS));
}

int
main (void)
{
  static const uint8_t key[16] = { 1 };

  die_unless (e2ee_crypto_init () == E2EE_OK, "crypto");
  die_unless (gcry_cipher_open (&reference, GCRY_CIPHER_AES, GCRY_CIPHER_MODE_GCM, 0) == 0
      && gcry_cipher_setkey (reference, key, sizeof key) == 0, "libgcrypt");
  add_all_cases ();
  for (size_t i = 0; i < N_SIZES; i++)
    run_size (sizes[i]);

  for (size_t c = 0; c < n_cases; c++)
    if (cases[c].sealed != NULL) {
      free (cases[c].sealed);
      e2ee_aead_free (cases[c].aead);
    }
  gcry_cipher_close (reference);
  return 0;
}
