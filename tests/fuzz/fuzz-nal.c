/* Fuzz target: H.264 and H.265 frames.  Whatever is sealed opens as what its front and the rest of it
 * were, and whatever was not sealed does not open.
 *
 * The first byte of the input says which codec (bit 0), whether the rest is a plain frame or one that
 * somebody says is protected (bit 1), and whether the counter makes escapes (bit 2).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "core/env.h"
#include "core/frame/format.h"
#include "core/frame/nal.h"

#define KID 3
#define START_WITH_ZEROS (UINT64_C (0x0200000204060000))

static uint64_t start;

static void
give_start (void *user, uint8_t * out, size_t size)
{
  e2ee_put_be (out, start, size);
}

static uint64_t
no_time (void *user)
{
  return 0;
}

static e2ee_key *
make_key (e2ee_key_usage usage)
{
  static const uint8_t base_key[16] = { 0x42 };
  const e2ee_env env = { give_start, no_time, NULL };
  const e2ee_key_params params = {
    .suite = e2ee_suite_find (E2EE_SUITE_AES_128_GCM_SHA256_128),
    .kid = KID,
    .base_key = E2EE_BYTES (base_key, sizeof base_key),
    .usage = usage,
    .origin = E2EE_KEY_STATIC,
  };
  e2ee_key *key;

  FUZZ_ASSERT (e2ee_key_new (&env, &params, &key) == E2EE_OK);
  return key;
}

static e2ee_keyring *
make_ring (void)
{
  e2ee_keyring *empty = e2ee_keyring_new (), *ring;
  e2ee_key *key = make_key (E2EE_KEY_DECRYPT);

  FUZZ_ASSERT (e2ee_keyring_add (empty, key, 1, &ring) == E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (empty);
  return ring;
}

/* @out has frame.size bytes, and not one more. */
static e2ee_result
open_frame (e2ee_codec codec, e2ee_bytes frame, uint8_t * out, size_t *size)
{
  e2ee_keyring *ring = make_ring ();
  e2ee_frame_info info;
  e2ee_result r = e2ee_format_sframe.open (ring, 0, codec, frame, out, size, &info);

  FUZZ_ASSERT (*size <= frame.size);
  e2ee_keyring_unref (ring);
  return r;
}

static void
check_opened (e2ee_codec codec, e2ee_bytes plain, e2ee_bytes opened)
{
  size_t end = plain.size, begin = plain.size;
  uint8_t *front_bytes;
  e2ee_nal_front front;

  FUZZ_ASSERT (e2ee_nal_read_front (codec, plain, &front) == E2EE_OK);
  if (front.has_slice) {
    begin = front.slice + E2EE_NAL_CLEAR_SIZE;
    while (end > begin && plain.data[end - 1] == 0)
      end--;
  }
  FUZZ_ASSERT (opened.size == front.size + end - begin);
  front_bytes = malloc (front.size);
  e2ee_nal_write_front (&front, plain, front_bytes);
  FUZZ_ASSERT (memcmp (opened.data, front_bytes, front.size) == 0);
  FUZZ_ASSERT (end == begin
      || memcmp (opened.data + front.size, plain.data + begin, end - begin) == 0);
  free (front_bytes);
}

static void
seal_and_open (e2ee_codec codec, e2ee_bytes plain)
{
  e2ee_key *key = make_key (E2EE_KEY_ENCRYPT);
  size_t bound = e2ee_format_sframe.seal_bound (key, codec, plain.size), size, opened_size;
  uint8_t *wire = malloc (bound), *opened;
  e2ee_frame_info info;

  if (e2ee_format_sframe.seal (key, codec, plain, wire, &size, &info) == E2EE_OK) {
    FUZZ_ASSERT (size <= bound && wire[size - 1] != 0);
    wire = realloc (wire, size);
    opened = malloc (size);
    FUZZ_ASSERT (open_frame (codec, E2EE_BYTES (wire, size), opened, &opened_size) == E2EE_OK);
    check_opened (codec, plain, E2EE_BYTES (opened, opened_size));
    free (opened);
  }
  free (wire);
  e2ee_key_unref (key);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  e2ee_codec codec;
  uint8_t *out;
  size_t opened_size;

  if (size < 1)
    return 0;
  codec = data[0] & 1 ? E2EE_CODEC_H265 : E2EE_CODEC_H264;
  start = data[0] & 4 ? START_WITH_ZEROS : 5;
  if (data[0] & 2) {
    out = malloc (size);
    FUZZ_ASSERT (open_frame (codec, E2EE_BYTES (data + 1, size - 1), out, &opened_size) != E2EE_OK);
    free (out);
  } else {
    seal_and_open (codec, E2EE_BYTES (data + 1, size - 1));
  }
  return 0;
}
