/* Fuzz target: SRTP packets under fixed keys, raw ones and ones that were sealed here and then
 * spoiled; and raw RTP packets that are to be sealed.
 *
 * The first byte of the input chooses:
 *
 *   00xxMMMM  open what follows, with M % 9 bytes of MKI; key ids 0 to 2 stand for the three suites
 *   01xxMMMM  seal what follows, with every suite, and open it again
 *   1xxxMMSS  sealed: then two bytes of a position and a byte to XOR there; the rest is payload,
 *             sealed with suite S % 3 and an MKI of M bytes
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "fuzz.h"

#include "core/frame/format.h"
#include "core/frame/srtp.h"

#include <string.h>

#define N_SUITES 3
#define FIRST_SUITE E2EE_SUITE_SRTP_AEAD_AES_128_GCM

static e2ee_key *
make_key (e2ee_key_usage usage, unsigned suite, size_t mki_size)
{
  static const uint8_t master[E2EE_SRTP_MAX_MASTER_SIZE] = { 0xf0, 0x0d };
  const e2ee_suite *s = e2ee_suite_find (FIRST_SUITE + suite);
  e2ee_key_params params = {
    .suite = s,
    .kid = suite,
    .base_key = E2EE_BYTES (master, e2ee_srtp_master_size (s)),
    .usage = usage,
    .origin = E2EE_KEY_STATIC,
    .mki_size = mki_size,
  };
  e2ee_key *key;

  FUZZ_ASSERT (e2ee_key_new (e2ee_env_default (), &params, &key) == E2EE_OK);
  return key;
}

static e2ee_keyring *
make_ring (size_t mki_size)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  e2ee_keyring_set_mki_size (ring, mki_size);
  for (unsigned suite = 0; suite < N_SUITES; suite++) {
    e2ee_key *key = make_key (E2EE_KEY_DECRYPT, suite, mki_size);
    e2ee_keyring *next;

    FUZZ_ASSERT (e2ee_keyring_add (ring, key, suite, &next) == E2EE_OK);
    e2ee_key_unref (key);
    e2ee_keyring_unref (ring);
    ring = next;
  }
  return ring;
}

/* The output is as large as the contract says and no larger. */
static e2ee_result
open_packet (const e2ee_keyring * ring, e2ee_bytes packet, uint8_t * out, size_t *out_size)
{
  e2ee_frame_info peeked, info;
  e2ee_result p = e2ee_format_srtp.peek (ring, E2EE_CODEC_NONE, packet, &peeked);
  e2ee_result r = e2ee_format_srtp.open (ring, 0, E2EE_CODEC_NONE, packet, out, out_size, &info);

  if (r == E2EE_OK) {
    FUZZ_ASSERT (p == E2EE_OK);
    FUZZ_ASSERT (*out_size + E2EE_SRTP_MIN_TAG_SIZE <= packet.size);
    FUZZ_ASSERT (*out_size >= E2EE_SRTP_MIN_HEADER);
  } else {
    FUZZ_ASSERT (*out_size == 0);
  }
  if (p != E2EE_OK)
    FUZZ_ASSERT (r == p);
  return r;
}

static void
open_raw (e2ee_bytes packet, size_t mki_size)
{
  e2ee_keyring *ring = make_ring (mki_size);
  uint8_t *out = malloc (packet.size + 1);
  size_t out_size;

  if (open_packet (ring, packet, out, &out_size) == E2EE_OK)
    FUZZ_ASSERT (open_packet (ring, packet, out, &out_size) != E2EE_OK);
  free (out);
  e2ee_keyring_unref (ring);
}

static void
seal_raw (e2ee_bytes packet, unsigned suite, size_t mki_size)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, suite, mki_size);
  size_t bound = e2ee_format_srtp.seal_bound (key, E2EE_CODEC_NONE, packet.size);
  uint8_t *wire = malloc (bound), *out = malloc (bound);
  e2ee_frame_info info;
  size_t size, out_size;

  if (e2ee_format_srtp.seal (key, E2EE_CODEC_NONE, packet, wire, &size, &info) == E2EE_OK) {
    e2ee_keyring *ring = make_ring (mki_size);

    FUZZ_ASSERT (size == bound);
    FUZZ_ASSERT (open_packet (ring, E2EE_BYTES (wire, size), out, &out_size) == E2EE_OK);
    FUZZ_ASSERT (out_size == packet.size && memcmp (out, packet.data, packet.size) == 0);
    e2ee_keyring_unref (ring);
  } else {
    FUZZ_ASSERT (size == 0);
  }
  free (wire);
  free (out);
  e2ee_key_unref (key);
}

static void
open_spoiled (e2ee_bytes payload, unsigned suite, size_t mki_size, size_t position, uint8_t mask)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, suite, mki_size);
  e2ee_keyring *ring = make_ring (mki_size);
  size_t plain_size = E2EE_SRTP_MIN_HEADER + payload.size;
  size_t bound = e2ee_format_srtp.seal_bound (key, E2EE_CODEC_NONE, plain_size);
  uint8_t *plain = calloc (1, plain_size), *wire = malloc (bound), *out = malloc (bound);
  e2ee_frame_info info;
  size_t size, out_size;
  e2ee_result r;

  plain[0] = 0x80;
  plain[1] = 96;
  if (payload.size > 0)
    memcpy (plain + E2EE_SRTP_MIN_HEADER, payload.data, payload.size);
  FUZZ_ASSERT (e2ee_format_srtp.seal (key, E2EE_CODEC_NONE, E2EE_BYTES (plain, plain_size), wire,
          &size, &info) == E2EE_OK);
  wire[position % size] ^= mask;
  r = open_packet (ring, E2EE_BYTES (wire, size), out, &out_size);
  if (mask == 0)
    FUZZ_ASSERT (r == E2EE_OK && out_size == plain_size && memcmp (out, plain, plain_size) == 0);
  else
    FUZZ_ASSERT (r != E2EE_OK);
  free (plain);
  free (wire);
  free (out);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (key);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  if (size == 0)
    return 0;
  if (data[0] & 0x80) {
    if (size >= 4 && size <= 60000)
      open_spoiled (E2EE_BYTES (data + 4, size - 4), (data[0] & 3) % N_SUITES, data[0] >> 2 & 3,
          (size_t) e2ee_get_be (data + 1, 2), data[3]);
  } else if (data[0] & 0x40) {
    for (unsigned suite = 0; suite < N_SUITES; suite++)
      seal_raw (E2EE_BYTES (data + 1, size - 1), suite, (data[0] & 15) % 9);
  } else {
    open_raw (E2EE_BYTES (data + 1, size - 1), (data[0] & 15) % 9);
  }
  return 0;
}
