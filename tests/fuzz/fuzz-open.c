/* Fuzz target: opening frames under fixed keys, from raw bytes and from frames sealed here and
 * then spoiled.
 *
 * The first byte of the input chooses:
 *
 *   0xxxMMMM  raw: M bytes of metadata, then a frame; key ids 0 to 7 stand for the suites 1 to 8
 *   1xxxxSSS  sealed: then the size of the metadata, two bytes of a position and a byte to XOR
 *             there; the rest is metadata and plaintext, sealed with suite S + 1
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "fuzz.h"

#include "core/frame/sframe.h"

#include <string.h>

#define N_SUITES 8

static const uint8_t base_key[16] = { 0xf0, 0x0d };

static e2ee_key *
make_key (e2ee_key_usage usage, unsigned suite)
{
  e2ee_key_params params = {
    .suite = e2ee_suite_find (1 + suite),
    .kid = suite,
    .base_key = E2EE_BYTES (base_key, sizeof base_key),
    .usage = usage,
    .origin = E2EE_KEY_OF_GROUP,
  };
  e2ee_key *key;

  FUZZ_ASSERT (e2ee_key_new (e2ee_env_default (), &params, &key) == E2EE_OK);
  return key;
}

static e2ee_keyring *
ring_with (e2ee_keyring * ring, unsigned suite)
{
  e2ee_key *key = make_key (E2EE_KEY_DECRYPT, suite);
  e2ee_keyring *next;

  FUZZ_ASSERT (e2ee_keyring_add (ring, key, 0, &next) == E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
  return next;
}

/* Opens out of place and, if that failed and so left everything as it was, in place: they must
 * agree. */
static e2ee_result
open_frame (const e2ee_keyring * ring, e2ee_bytes metadata, e2ee_bytes frame, uint8_t * out,
    size_t *out_size)
{
  uint8_t *copy = malloc (frame.size + 1);
  e2ee_sframe_info info;
  size_t size;
  e2ee_result r = e2ee_sframe_open (ring, 0, metadata, frame, out, out_size, &info);

  if (r == E2EE_OK) {
    FUZZ_ASSERT (*out_size + E2EE_SFRAME_MIN_OVERHEAD <= frame.size);
  } else {
    FUZZ_ASSERT (*out_size == 0);
    memcpy (copy, frame.data, frame.size);
    FUZZ_ASSERT (e2ee_sframe_open_in_place (ring, 0, metadata, copy, frame.size, &size,
            &info) == r);
    FUZZ_ASSERT (size == 0);
  }
  free (copy);
  return r;
}

/* Keys take their time, so this ring serves many inputs. */
static e2ee_keyring *kept_ring;

static void
drop_kept_ring (void)
{
  e2ee_keyring_unref (kept_ring);
  kept_ring = NULL;
}

static const e2ee_keyring *
keep_ring (void)
{
  static int registered;

  if (!registered)
    registered = atexit (drop_kept_ring) == 0;
  if (kept_ring == NULL) {
    kept_ring = e2ee_keyring_new ();
    for (unsigned suite = 0; suite < N_SUITES; suite++)
      kept_ring = ring_with (kept_ring, suite);
  }
  return kept_ring;
}

static void
open_raw (const uint8_t * data, size_t size, size_t metadata_size)
{
  uint8_t *out = malloc (size + 1);
  size_t out_size;

  if (metadata_size > size)
    metadata_size = size;

  /* A frame that opens is remembered; the next input must find the ring as this one did. */
  if (open_frame (keep_ring (), E2EE_BYTES (data, metadata_size),
          E2EE_BYTES (data + metadata_size, size - metadata_size), out, &out_size) == E2EE_OK)
    drop_kept_ring ();
  free (out);
}

static void
open_spoiled (const uint8_t * data, size_t size, unsigned suite, size_t metadata_size,
    size_t position, uint8_t mask)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT, suite);
  e2ee_keyring *ring = ring_with (e2ee_keyring_new (), suite);
  uint8_t *wire = malloc (size + E2EE_SFRAME_MAX_OVERHEAD);
  uint8_t *out = malloc (size + 1);
  e2ee_bytes plaintext;
  size_t frame_size, out_size;
  e2ee_result r;

  if (metadata_size > size)
    metadata_size = size;
  plaintext = E2EE_BYTES (data + metadata_size, size - metadata_size);
  memcpy (wire, data, metadata_size);
  FUZZ_ASSERT (e2ee_sframe_seal (key, E2EE_BYTES (wire, metadata_size), plaintext,
          wire + metadata_size, &frame_size, NULL) == E2EE_OK);

  wire[position % (metadata_size + frame_size)] ^= mask;
  r = open_frame (ring, E2EE_BYTES (wire, metadata_size),
      E2EE_BYTES (wire + metadata_size, frame_size), out, &out_size);

  if (mask == 0) {
    FUZZ_ASSERT (r == E2EE_OK && out_size == plaintext.size);
    FUZZ_ASSERT (out_size == 0 || memcmp (out, plaintext.data, out_size) == 0);
  } else if (e2ee_key_get_suite (key)->nt >= 8) {
    /* A tag of 4 bytes is right by chance once in 2^32 inputs, which a fuzzer does reach. */
    FUZZ_ASSERT (r != E2EE_OK);
  }

  free (out);
  free (wire);
  e2ee_keyring_unref (ring);
  e2ee_key_unref (key);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  if (size >= 1 && !(data[0] & 0x80))
    open_raw (data + 1, size - 1, data[0] & 0x0f);
  else if (size >= 5)
    open_spoiled (data + 5, size - 5, data[0] & 7, data[1],
        (size_t) e2ee_get_be (data + 2, 2), data[4]);
  return 0;
}
