/* What format=srtp costs on top of libsrtp: a packet sealed and opened, against bare srtp_protect()
 * and srtp_unprotect() of the same packet under the same policy.
 *
 * The four cases run in turn in every round, and the figure is the median over the rounds of ours /
 * bare: the machine's other load moves both.  Copying the packet, which libsrtp works on in place,
 * is ours.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/format.h"
#include "core/frame/srtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <srtp2/srtp.h>

#define N_ROUNDS 301
#define N_PACKETS 64
#define STRIDE 2048
#define MKI_SIZE 4
#define SSRC 0x01020304

static const size_t sizes[] = { 60, 200, 1200 };

static const struct
{
  e2ee_suite_id suite;
  void (*set) (srtp_crypto_policy_t *);
} kinds[] = {
  {E2EE_SUITE_SRTP_AEAD_AES_128_GCM, srtp_crypto_policy_set_aes_gcm_128_16_auth},
  {E2EE_SUITE_SRTP_AEAD_AES_256_GCM, srtp_crypto_policy_set_aes_gcm_256_16_auth},
  {E2EE_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80, srtp_crypto_policy_set_rtp_default},
};

#define N(array) (sizeof (array) / sizeof (array)[0])

static uint8_t master[46];
static uint8_t plain[N_PACKETS][STRIDE], sealed[N_PACKETS][STRIDE], work[N_PACKETS][STRIDE];
static size_t sealed_size[N_PACKETS];

typedef struct
{
  srtp_t sends, receives;
  e2ee_key *key;
  e2ee_keyring *ring;
  uint16_t bare_seq, our_seq;
} bench;

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

static srtp_t
bare_new (size_t kind, srtp_ssrc_type_t direction)
{
  uint8_t mki[MKI_SIZE] = { 0, 0, 0, 1 };
  srtp_master_key_t key = { master, mki, MKI_SIZE }, *keys = &key;
  srtp_policy_t policy;
  srtp_t session;

  memset (&policy, 0, sizeof policy);
  kinds[kind].set (&policy.rtp);
  kinds[kind].set (&policy.rtcp);
  policy.keys = &keys;
  policy.num_master_keys = 1;
  policy.window_size = 1024;
  policy.ssrc.type = direction;
  die_unless (srtp_create (&session, &policy) == srtp_err_status_ok, "srtp_create");
  return session;
}

static e2ee_key *
our_key (size_t kind, e2ee_key_usage usage)
{
  const e2ee_suite *suite = e2ee_suite_find (kinds[kind].suite);
  e2ee_key_params params = {
    .suite = suite,
    .kid = 1,
    .base_key = E2EE_BYTES (master, e2ee_srtp_master_size (suite)),
    .usage = usage,
    .origin = E2EE_KEY_STATIC,
    .mki_size = MKI_SIZE,
  };
  e2ee_key *key;

  die_unless (e2ee_key_new (e2ee_env_default (), &params, &key) == E2EE_OK, "e2ee_key_new");
  return key;
}

static bench
bench_new (size_t kind)
{
  e2ee_keyring *empty = e2ee_keyring_new ();
  bench b = { .key = our_key (kind, E2EE_KEY_ENCRYPT) };
  e2ee_key *receives = our_key (kind, E2EE_KEY_DECRYPT);

  b.sends = bare_new (kind, ssrc_any_outbound);
  b.receives = bare_new (kind, ssrc_any_inbound);
  e2ee_keyring_set_mki_size (empty, MKI_SIZE);
  die_unless (e2ee_keyring_add (empty, receives, 1, &b.ring) == E2EE_OK, "e2ee_keyring_add");
  e2ee_key_unref (receives);
  e2ee_keyring_unref (empty);
  return b;
}

static void
bench_free (bench * b)
{
  srtp_dealloc (b->sends);
  srtp_dealloc (b->receives);
  e2ee_key_unref (b->key);
  e2ee_keyring_unref (b->ring);
}

static void
number_packets (uint16_t * seq)
{
  for (size_t i = 0; i < N_PACKETS; i++, (*seq)++) {
    plain[i][0] = 0x80;
    plain[i][1] = 96;
    e2ee_put_be (plain[i] + 2, *seq, 2);
    e2ee_put_be (plain[i] + 8, SSRC, 4);
  }
}

/* libsrtp's packet must be in place before the clock starts. */
static double
time_bare_seal (bench * b, size_t size)
{
  double start;

  number_packets (&b->bare_seq);
  memcpy (work, plain, sizeof work);
  start = now_ns ();
  for (size_t i = 0; i < N_PACKETS; i++) {
    int length = (int) size;

    die_unless (srtp_protect_mki (b->sends, work[i], &length, 1, 0) == srtp_err_status_ok,
        "srtp_protect");
    sealed_size[i] = (size_t) length;
  }
  return (now_ns () - start) / N_PACKETS;
}

static double
time_bare_open (bench * b)
{
  double start = now_ns ();

  for (size_t i = 0; i < N_PACKETS; i++) {
    int length = (int) sealed_size[i];

    die_unless (srtp_unprotect_mki (b->receives, work[i], &length, 1) == srtp_err_status_ok,
        "srtp_unprotect");
  }
  return (now_ns () - start) / N_PACKETS;
}

static double
time_seal (bench * b, size_t size)
{
  double start;

  number_packets (&b->our_seq);
  start = now_ns ();
  for (size_t i = 0; i < N_PACKETS; i++) {
    e2ee_frame_info info;

    die_unless (e2ee_format_srtp.seal (b->key, E2EE_CODEC_NONE, E2EE_BYTES (plain[i], size),
            sealed[i], &sealed_size[i], &info) == E2EE_OK, "seal");
  }
  return (now_ns () - start) / N_PACKETS;
}

static double
time_open (bench * b)
{
  double start = now_ns ();

  for (size_t i = 0; i < N_PACKETS; i++) {
    e2ee_frame_info info;
    size_t size;

    die_unless (e2ee_format_srtp.open (b->ring, 0, E2EE_CODEC_NONE,
            E2EE_BYTES (sealed[i], sealed_size[i]), work[i], &size, &info) == E2EE_OK, "open");
  }
  return (now_ns () - start) / N_PACKETS;
}

static void
run (size_t kind, size_t size)
{
  static double bare[2][N_ROUNDS], ours[2][N_ROUNDS], ratio[2][N_ROUNDS];
  static const char *const what[] = { "seal", "open" };
  bench b = bench_new (kind);

  for (size_t i = 0; i < N_ROUNDS; i++) {
    bare[0][i] = time_bare_seal (&b, size);
    bare[1][i] = time_bare_open (&b);
    ours[0][i] = time_seal (&b, size);
    ours[1][i] = time_open (&b);
    for (size_t k = 0; k < 2; k++)
      ratio[k][i] = ours[k][i] / bare[k][i];
  }
  for (size_t k = 0; k < 2; k++)
    printf ("%-24s %5zu bytes  %s  libsrtp %6.0f ns  format=srtp %6.0f ns  ratio %.2f\n",
        e2ee_suite_find (kinds[kind].suite)->name, size, what[k], median (bare[k], N_ROUNDS),
        median (ours[k], N_ROUNDS), median (ratio[k], N_ROUNDS));
  bench_free (&b);
}

#define N_KEYS 101

static void
measure_first_packets (void)
{
  static double made[N_KEYS], first[N_KEYS];
  uint16_t seq = 1;

  number_packets (&seq);
  for (size_t i = 0; i < N_KEYS; i++) {
    double start = now_ns ();
    e2ee_key *key = our_key (0, E2EE_KEY_ENCRYPT);
    e2ee_frame_info info;
    size_t size;

    made[i] = now_ns () - start;
    start = now_ns ();
    die_unless (e2ee_format_srtp.seal (key, E2EE_CODEC_NONE, E2EE_BYTES (plain[0], 1200), sealed[0],
            &size, &info) == E2EE_OK, "seal");
    first[i] = now_ns () - start;
    e2ee_key_unref (key);
  }
  printf ("a new key %.0f us; the first packet of an SSRC under it %.0f us\n",
      median (made, N_KEYS) / 1000, median (first, N_KEYS) / 1000);
}

int
main (void)
{
  memset (master, 0x5a, sizeof master);
  die_unless (srtp_init () == srtp_err_status_ok, "srtp_init");
  for (size_t kind = 0; kind < N (kinds); kind++) {
    for (size_t i = 0; i < N (sizes); i++)
      run (kind, sizes[i]);
  }
  measure_first_packets ();
  return 0;
}
