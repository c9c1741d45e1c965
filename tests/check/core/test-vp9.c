/* What the front of a VP9 frame says: key frames and their size.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "hex.h"

#include "core/frame/codec.h"
#include "core/frame/vp9.h"

typedef struct
{
  const char *name;
  const char *frame;
  uint32_t width;               /* 0: no key frame */
  uint32_t height;
} row;

/* The fronts of frames of 320x240 that libvpx 1.12 made, unless their name says that they are made
 * up. */
static const row rows[] = {
  { "profile 0", "82 49 83 42 20 13 f0 0e f6 10", 320, 240 },
  { "profile 1, 4:4:4", "a2 49 83 42 20 02 7e 01 de c2", 320, 240 },
  { "profile 2, 10 bits", "92 49 83 42 10 09 f8 07 7b 08", 320, 240 },
  { "profile 2, 12 bits", "92 49 83 42 90 09 f8 07 7b 06", 320, 240 },
  { "profile 3, 4:4:4", "b1 24 c1 a1 08 00 9f 80 77 b0", 320, 240 },
  { "profile 3, 4:2:2", "b1 24 c1 a1 0a 00 9f 80 77 b0", 320, 240 },
  { "made up: profile 1, RGB", "a2 49 83 42 e0 13 f0 0e f0", 320, 240 },
  { "made up: not shown", "80 49 83 42 20 13 f0 0e f0", 320, 240 },
  { "made up: error resilient", "83 49 83 42 20 13 f0 0e f0", 320, 240 },
  { "made up: the smallest", "82 49 83 42 20 00 00 00 00", 1, 1 },
  { "made up: the largest", "82 49 83 42 2f ff ff ff f0", 65536, 65536 },
  { "later frame, profile 0", "86 00 40 92 f1 c1", 0, 0 },
  { "later frame, profile 1", "a6 00 40 92 f1 c1", 0, 0 },
  { "later frame, profile 2", "96 00 40 92 f2 41", 0, 0 },
  { "later frame, profile 3", "b3 00 20 49 79 20", 0, 0 },
  { "made up: intra-only", "84 49 83 42 00 13 f0 0e f0", 0, 0 },
  { "made up: shows an earlier picture", "8a 49 83 42 20 13 f0 0e f0", 0, 0 },
  { "made up: profile 3 shows one", "b4 24 c1 a1 08 00 9f 80 77 b0", 0, 0 },
  { "made up: frame marker 0", "02 49 83 42 20 13 f0 0e f0", 0, 0 },
  { "made up: frame marker 1", "42 49 83 42 20 13 f0 0e f0", 0, 0 },
  { "made up: frame marker 3", "c2 49 83 42 20 13 f0 0e f0", 0, 0 },
  { "made up: sync code, first byte", "82 48 83 42 20 13 f0 0e f0", 0, 0 },
  { "made up: sync code, last byte", "82 49 83 43 20 13 f0 0e f0", 0, 0 },
  { "made up: profile 3, reserved bit", "b9 24 c1 a1 08 00 9f 80 77 b0", 0, 0 },
  { "made up: profile 1, reserved bit", "a2 49 83 42 22 02 7e 01 de c2", 0, 0 },
  { "made up: profile 1, RGB, reserved bit", "a2 49 83 42 f0 13 f0 0e f0", 0, 0 },
  { "made up: RGB in profile 0", "82 49 83 42 e0 13 f0 0e f0", 0, 0 },
  { "made up: RGB in profile 2", "92 49 83 42 70 09 f8 07 78", 0, 0 },
};

static void
test_front_of_every_profile_is_read (void)
{
  for (size_t i = 0; i < CHECK_N (rows); i++) {
    uint32_t width = 0, height = 0;
    uint8_t bytes[16];
    e2ee_bytes frame = hex_decode (rows[i].frame, bytes, sizeof bytes);

    CHECK_ROW ("%s", rows[i].name);
    CHECK_INT (e2ee_vp9_read_key_frame (frame, &width, &height) != 0, rows[i].width != 0);
    CHECK_INT (e2ee_codec_is_key_frame (E2EE_CODEC_VP9, frame) != 0, rows[i].width != 0);
    if (rows[i].width != 0) {
      CHECK_INT (width, rows[i].width);
      CHECK_INT (height, rows[i].height);
    }
  }
}

/* Size of the front up to the last bit of the height. */
static void
check_truncations (const char *text, size_t needed)
{
  uint32_t width, height;
  uint8_t bytes[16];
  e2ee_bytes frame = hex_decode (text, bytes, sizeof bytes);

  for (size_t size = 0; size <= frame.size; size++) {
    CHECK_ROW ("%s, %zu bytes", text, size);
    CHECK_INT (e2ee_vp9_read_key_frame (E2EE_BYTES (frame.data, size), &width, &height) != 0,
        size >= needed);
  }
}

static void
test_front_that_is_cut_anywhere_is_no_key_frame (void)
{
  check_truncations ("82 49 83 42 20 13 f0 0e f6 10", 9);
  check_truncations ("b1 24 c1 a1 08 00 9f 80 77 b0", 10);
}

static void
test_no_bytes_are_no_key_frame (void)
{
  uint32_t width, height;

  CHECK_INT (e2ee_vp9_read_key_frame (E2EE_NO_BYTES, &width, &height), 0);
  CHECK_INT (e2ee_codec_is_key_frame (E2EE_CODEC_VP9, E2EE_NO_BYTES), 0);
}

static const check_case cases[] = {
  CHECK_CASE (test_front_of_every_profile_is_read),
  CHECK_CASE (test_front_that_is_cut_anywhere_is_no_key_frame),
  CHECK_CASE (test_no_bytes_are_no_key_frame),
};

CHECK_MAIN (cases)
