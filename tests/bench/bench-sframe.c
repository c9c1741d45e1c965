/* What SFrame costs on top of its cipher: seal and open against the bare AEAD calls of the same
 * size.
 *
 * The four cases run in turn in every round, over the same memory, and the figure is the median
 * over the rounds of SFrame / bare: the machine's other load moves both.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/sframe.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_ROUNDS 301
/* Frames of one round: few enough to stay in the second-level cache, as a frame in a pipeline
 * does. */
#define BYTES_PER_ROUND (400 * 1000)
#define MAX_CALLS 64
#define METADATA_SIZE 3
#define N_STREAM_ROUNDS 31
#define MAX_SIZE 100000

static const size_t sizes[] = { 80, 1200, 20000, 100000 };

#define N_SIZES (sizeof sizes / sizeof sizes[0])

typedef struct
{
  e2ee_aead *aead;
  uint64_t bare_ctr;
  e2ee_key *sender;
  e2ee_keyring *ring;
  uint8_t *plaintext;
  uint8_t *sealed;              /* the frames of a round, one behind the other */
} bench;

/* One size of frame in one round. */
typedef struct
{
  size_t size;
  size_t stride;
  size_t n_calls;
} bench_load;

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
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values, size_t n)
{
  qsort (values, n, sizeof values[0], compare_doubles);
  return values[n / 2];
}

static const uint8_t metadata[METADATA_SIZE] = { 0x31, 0x02, 0x00 };

/* As much additional data as SFrame gives the cipher: a header of 6 bytes and the metadata. */
static const uint8_t bare_aad[6 + METADATA_SIZE];

static double
time_bare_seal (bench * b, const bench_load * load)
{
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE] = { 0 };
  double start = now_ns ();

  for (size_t i = 0; i < load->n_calls; i++) {
    e2ee_put_be (nonce + 4, b->bare_ctr + i, 8);
    die_unless (e2ee_aead_seal (b->aead, nonce, E2EE_BYTES (bare_aad, sizeof bare_aad),
            E2EE_BYTES (b->plaintext, load->size), b->sealed + i * load->stride) == E2EE_OK,
        "bare seal");
  }
  return (now_ns () - start) / (double) load->n_calls;
}

static double
time_bare_open (bench * b, const bench_load * load)
{
  size_t sealed_size = load->size + e2ee_aead_get_info (b->aead)->tag_size;
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE] = { 0 };
  double start = now_ns ();

  for (size_t i = 0; i < load->n_calls; i++) {
    uint8_t *frame = b->sealed + i * load->stride;

    e2ee_put_be (nonce + 4, b->bare_ctr + i, 8);
    die_unless (e2ee_aead_open (b->aead, nonce, E2EE_BYTES (bare_aad, sizeof bare_aad),
            E2EE_BYTES (frame, sealed_size), frame) == E2EE_OK, "bare open");
  }
  b->bare_ctr += load->n_calls;
  return (now_ns () - start) / (double) load->n_calls;
}

static double
time_seal (bench * b, const bench_load * load, size_t sizes_out[MAX_CALLS])
{
  double start = now_ns ();

  for (size_t i = 0; i < load->n_calls; i++)
    die_unless (e2ee_sframe_seal (b->sender, E2EE_BYTES (metadata, METADATA_SIZE),
            E2EE_BYTES (b->plaintext, load->size), b->sealed + i * load->stride, &sizes_out[i],
            NULL) == E2EE_OK, "seal");
  return (now_ns () - start) / (double) load->n_calls;
}

static double
time_open (bench * b, const bench_load * load, const size_t sizes_in[MAX_CALLS])
{
  double start = now_ns ();

  for (size_t i = 0; i < load->n_calls; i++) {
    e2ee_sframe_info info;
    size_t size;

    die_unless (e2ee_sframe_open_in_place (b->ring, 0, E2EE_BYTES (metadata, METADATA_SIZE),
            b->sealed + i * load->stride, sizes_in[i], &size, &info) == E2EE_OK, "open");
  }
  return (now_ns () - start) / (double) load->n_calls;
}

static void
run_size (bench * b, size_t size)
{
  double seal[N_ROUNDS], open[N_ROUNDS], seal_ratio[N_ROUNDS], open_ratio[N_ROUNDS];
  size_t sealed_sizes[MAX_CALLS];
  bench_load load = { size, size + E2EE_SFRAME_MAX_OVERHEAD, 0 };

  load.n_calls = BYTES_PER_ROUND / load.stride;
  if (load.n_calls > MAX_CALLS)
    load.n_calls = MAX_CALLS;

  for (size_t i = 0; i < N_ROUNDS; i++) {
    double bare_seal = time_bare_seal (b, &load);
    double bare_open = time_bare_open (b, &load);

    seal[i] = time_seal (b, &load, sealed_sizes);
    open[i] = time_open (b, &load, sealed_sizes);
    seal_ratio[i] = seal[i] / bare_seal;
    open_ratio[i] = open[i] / bare_open;
  }
  printf ("  %6zu B   seal %7.0f ns (x%.2f)   open %7.0f ns (x%.2f)\n", size,
      median (seal, N_ROUNDS), median (seal_ratio, N_ROUNDS), median (open, N_ROUNDS),
      median (open_ratio, N_ROUNDS));
}

/* What an SSRC costs with keys of streams: the first time, and with every frame after it. */
static void
run_streams (e2ee_key_params params)
{
  double made[N_STREAM_ROUNDS], same[N_STREAM_ROUNDS];

  params.of_streams = 1;
  for (size_t i = 0; i < N_STREAM_ROUNDS; i++) {
    e2ee_key *key;
    double start;

    die_unless (e2ee_key_new (e2ee_env_default (), &params, &key) == E2EE_OK, "key");
    start = now_ns ();
    for (uint32_t ssrc = 0; ssrc < E2EE_KEY_MAX_STREAMS; ssrc++)
      die_unless (e2ee_key_choose_stream (key, ssrc) == E2EE_OK, "stream");
    made[i] = (now_ns () - start) / E2EE_KEY_MAX_STREAMS;
    start = now_ns ();
    for (size_t j = 0; j < MAX_CALLS; j++)
      die_unless (e2ee_key_choose_stream (key, E2EE_KEY_MAX_STREAMS - 1) == E2EE_OK, "stream");
    same[i] = (now_ns () - start) / MAX_CALLS;
    e2ee_key_unref (key);
  }
  printf ("  new SSRC %7.0f ns   the same again %4.1f ns\n", median (made, N_STREAM_ROUNDS),
      median (same, N_STREAM_ROUNDS));
}

static void
run_suite (bench * b, const e2ee_suite * suite)
{
  static const uint8_t secret[E2EE_AEAD_MAX_KEY_SIZE] = { 1 };
  e2ee_key_params params = {
    .suite = suite,
    .kid = 300,
    .base_key = E2EE_BYTES (secret, suite->nk),
    .usage = E2EE_KEY_ENCRYPT,
    .origin = E2EE_KEY_OF_GROUP,
  };
  e2ee_keyring *empty = e2ee_keyring_new ();
  e2ee_key *key;

  b->bare_ctr = 0;
  die_unless (e2ee_key_new (e2ee_env_default (), &params, &b->sender) == E2EE_OK, "key");
  params.usage = E2EE_KEY_DECRYPT;
  die_unless (e2ee_key_new (e2ee_env_default (), &params, &key) == E2EE_OK, "key");
  die_unless (empty != NULL && e2ee_keyring_add (empty, key, 0, &b->ring) == E2EE_OK, "ring");
  die_unless (e2ee_aead_new (suite->aead, E2EE_BYTES (secret, suite->nk), &b->aead) == E2EE_OK,
      "cipher");

  printf ("%s on %s\n", suite->name, e2ee_aead_get_backend_name (b->aead));
  for (size_t i = 0; i < N_SIZES; i++)
    run_size (b, sizes[i]);
  run_streams (params);

  e2ee_aead_free (b->aead);
  e2ee_keyring_unref (b->ring);
  e2ee_keyring_unref (empty);
  e2ee_key_unref (key);
  e2ee_key_unref (b->sender);
}

int
main (void)
{
  static const e2ee_suite_id suites[] = {
    E2EE_SUITE_AES_128_GCM_SHA256_128, E2EE_SUITE_AES_256_GCM_SHA512_128,
    E2EE_SUITE_AES_128_CTR_HMAC_SHA256_80
  };
  bench b = { 0 };

  b.plaintext = calloc (1, MAX_SIZE);
  b.sealed = calloc (1, BYTES_PER_ROUND);
  die_unless (b.plaintext != NULL && b.sealed != NULL, "memory");

  for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
    run_suite (&b, e2ee_suite_find (suites[i]));

  free (b.plaintext);
  free (b.sealed);
  return 0;
}
