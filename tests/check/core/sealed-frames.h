/* Frames that are sealed, spoiled and opened, for the tests of SFrame.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_SEALED_FRAMES_H
#define E2EE_TESTS_SEALED_FRAMES_H

#include "check.h"
#include "frame-keys.h"

#include "core/frame/sframe.h"

#define GCM E2EE_SUITE_AES_128_GCM_SHA256_128
#define UNTOUCHED 0xaa
#define MAX_FRAME 512

/* A frame on the wire, and what it was made of. */
typedef struct
{
  uint8_t metadata[16];
  size_t metadata_size;
  uint8_t plaintext[MAX_FRAME];
  size_t plaintext_size;
  uint8_t bytes[MAX_FRAME + E2EE_SFRAME_MAX_OVERHEAD];
  size_t size;
  uint64_t ctr;
} test_frame;

#define METADATA(frame) E2EE_BYTES ((frame)->metadata, (frame)->metadata_size)
#define WIRE(frame) E2EE_BYTES ((frame)->bytes, (frame)->size)
#define PLAINTEXT(frame) E2EE_BYTES ((frame)->plaintext, (frame)->plaintext_size)

/* A frame of @size bytes, none of which is 0 or UNTOUCHED, so that plaintext cannot hide in
 * wiped memory. */
static inline e2ee_result
seal_frame (e2ee_key * key, size_t size, test_frame * frame)
{
  frame->metadata_size = 3;
  memcpy (frame->metadata, "\x31\x02\x00", 3);
  frame->plaintext_size = size;
  for (size_t i = 0; i < size; i++)
    frame->plaintext[i] = (uint8_t) (1 + i % 100);
  return e2ee_sframe_seal (key, METADATA (frame), PLAINTEXT (frame), frame->bytes, &frame->size,
      &frame->ctr);
}

/* Opens out of place and checks what a failure must leave behind. */
static inline e2ee_result
open_bytes (const e2ee_keyring * ring, e2ee_bytes metadata, e2ee_bytes wire, uint8_t * out,
    size_t *out_size, e2ee_sframe_info * info)
{
  e2ee_result r;

  memset (out, UNTOUCHED, MAX_FRAME);
  *out_size = 12345;
  r = e2ee_sframe_open (ring, 0, metadata, wire, out, out_size, info);
  if (r != E2EE_OK) {
    if (*out_size != 0)
      check_fail (__FILE__, __LINE__, "a size was given for a frame that did not open");
    for (size_t i = 0; i < MAX_FRAME; i++) {
      if (out[i] != 0 && out[i] != UNTOUCHED)
        check_fail (__FILE__, __LINE__, "byte %zu came out of a frame that did not open", i);
    }
  }
  return r;
}

static inline e2ee_result
open_frame (const e2ee_keyring * ring, const test_frame * frame)
{
  uint8_t out[MAX_FRAME];
  size_t size;
  e2ee_sframe_info info;
  e2ee_result r = open_bytes (ring, METADATA (frame), WIRE (frame), out, &size, &info);

  if (r == E2EE_OK && !check_same (E2EE_BYTES (out, size), PLAINTEXT (frame)))
    check_fail (__FILE__, __LINE__, "the frame opened to something else");
  return r;
}

static inline e2ee_result
open_frame_in_place (const e2ee_keyring * ring, const test_frame * frame)
{
  uint8_t bytes[sizeof frame->bytes];
  size_t size = 12345;
  e2ee_sframe_info info;
  e2ee_result r;

  memcpy (bytes, frame->bytes, sizeof bytes);
  r = e2ee_sframe_open_in_place (ring, 0, METADATA (frame), bytes, frame->size, &size, &info);
  if (r == E2EE_OK && !check_same (E2EE_BYTES (bytes + info.header_size, size), PLAINTEXT (frame)))
    check_fail (__FILE__, __LINE__, "the frame opened to something else");
  if (r != E2EE_OK && size != 0)
    check_fail (__FILE__, __LINE__, "a size was given for a frame that did not open");
  for (size_t i = 0; r != E2EE_OK && i < frame->size; i++) {
    if (bytes[i] != 0 && bytes[i] != frame->bytes[i])
      check_fail (__FILE__, __LINE__, "byte %zu was left by a frame that did not open", i);
  }
  return r;
}

static inline e2ee_keyring *
ring_of (e2ee_key * key)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  if (ring_take (&ring, key, 1) != E2EE_OK)
    check_fail (__FILE__, __LINE__, "no ring");
  return ring;
}

static inline e2ee_keyring *
ring_for (e2ee_suite_id suite, uint64_t kid, uint8_t secret)
{
  return ring_of (make_key_with (e2ee_env_default (),
          key_params (E2EE_KEY_DECRYPT, E2EE_KEY_OF_GROUP, suite, kid, secret)));
}

static inline e2ee_key *
sender_for (e2ee_suite_id suite, uint64_t kid, uint8_t secret)
{
  return make_key_with (e2ee_env_default (),
      key_params (E2EE_KEY_ENCRYPT, E2EE_KEY_OF_GROUP, suite, kid, secret));
}

#endif
