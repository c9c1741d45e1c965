/* Keys and frames of the formats with a trailer, for their tests.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_TRAILER_FRAMES_H
#define E2EE_TESTS_TRAILER_FRAMES_H

#include "check.h"
#include "frame-keys.h"
#include "hex.h"
#include "peer-frames.h"

#include "core/frame/format.h"
#include "core/frame/trailer.h"

#define UNTOUCHED 0xaa
#define MAX_FRAME 1024

typedef struct
{
  uint8_t bytes[MAX_FRAME];
  size_t size;
} test_bytes;

#define VIEW(test) E2EE_BYTES ((test)->bytes, (test)->size)

static inline void
read_hex (const char *text, test_bytes * out)
{
  out->size = hex_decode (text, out->bytes, sizeof out->bytes).size;
}

static inline e2ee_key_params
trailer_params (e2ee_key_usage usage, e2ee_suite_id suite, uint64_t kid, const test_bytes * secret)
{
  return (e2ee_key_params) {
    .suite = e2ee_suite_find (suite),
    .kid = kid,
    .base_key = VIEW (secret),
    .usage = usage,
    .origin = E2EE_KEY_STATIC,
  };
}

static inline e2ee_keyring *
ring_with (e2ee_key * key)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  if (key == NULL || ring_take (&ring, key, 1) != E2EE_OK)
    check_fail (__FILE__, __LINE__, "no ring");
  return ring;
}

static inline const e2ee_format *
format_of (e2ee_suite_id suite)
{
  return e2ee_format_find (e2ee_suite_find (suite)->format);
}

/* Opens @frame and checks what a failure must leave behind. */
static inline e2ee_result
open_into (const e2ee_format * format, const e2ee_keyring * ring, e2ee_codec codec,
    e2ee_bytes frame, test_bytes * out, e2ee_frame_info * info)
{
  e2ee_result r;

  memset (out->bytes, UNTOUCHED, sizeof out->bytes);
  out->size = 12345;
  r = format->open (ring, 0, codec, frame, out->bytes, &out->size, info);
  if (r != E2EE_OK && out->size != 0)
    check_fail (__FILE__, __LINE__, "a size was given for a frame that did not open");
  return r;
}

static inline e2ee_result
open_only (const e2ee_format * format, const e2ee_keyring * ring, e2ee_codec codec,
    e2ee_bytes frame)
{
  e2ee_frame_info info;
  test_bytes out;

  return open_into (format, ring, codec, frame, &out, &info);
}

/* Seals @plain into @out, which nothing is written behind. */
static inline e2ee_result
seal_into (const e2ee_format * format, e2ee_key * key, e2ee_codec codec, e2ee_bytes plain,
    test_bytes * out, e2ee_frame_info * info)
{
  size_t bound = format->seal_bound (key, codec, plain.size);
  e2ee_result r;

  memset (out->bytes, UNTOUCHED, sizeof out->bytes);
  out->size = 12345;
  if (bound > sizeof out->bytes) {
    check_fail (__FILE__, __LINE__, "%zu bytes for a frame of %zu", bound, plain.size);
    return E2EE_ERR_TOO_LARGE;
  }
  r = format->seal (key, codec, plain, out->bytes, &out->size, info);
  if (r == E2EE_OK ? out->size > bound : out->size != 0)
    check_fail (__FILE__, __LINE__, "sealed %zu bytes", out->size);
  for (size_t i = bound; i < sizeof out->bytes; i++) {
    if (out->bytes[i] != UNTOUCHED)
      check_fail (__FILE__, __LINE__, "byte %zu was written behind the bound", i);
  }
  return r;
}

#endif
