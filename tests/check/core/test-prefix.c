/* The clear prefix of each codec.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "hex.h"

#include "core/frame/prefix.h"

/* A key frame of 320x240: tag with bit 0 clear, start code 9d 01 2a, dimensions, first
 * partition. */
#define VP8_KEY_FRAME "10 0f 00 9d 01 2a 40 01 f0 00 00 47 08"
#define VP8_INTERFRAME "31 02 00 01 10"

static void
test_vp8_key_frame_has_ten_clear_bytes (void)
{
  e2ee_prefix prefix;

  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP8, HEX (VP8_KEY_FRAME), &prefix), E2EE_OK);
  CHECK_INT (prefix.size, 10);
  CHECK (prefix.key_frame);
}

static void
test_vp8_interframe_has_three_clear_bytes (void)
{
  e2ee_prefix prefix;

  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP8, HEX (VP8_INTERFRAME), &prefix), E2EE_OK);
  CHECK_INT (prefix.size, 3);
  CHECK (!prefix.key_frame);
}

static void
test_vp8_prefix_is_the_same_before_and_after_protection (void)
{
  e2ee_prefix prefix;

  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP8, HEX ("10 0f 00 9d 01 2a 40 01 f0 00 08 ff c3 55"),
          &prefix), E2EE_OK);
  CHECK_INT (prefix.size, 10);
  CHECK (prefix.key_frame);
}

static void
test_vp8_frame_shorter_than_its_prefix_is_refused (void)
{
  e2ee_bytes key_frame = HEX (VP8_KEY_FRAME);
  e2ee_bytes interframe = HEX (VP8_INTERFRAME);
  e2ee_prefix prefix;

  for (size_t size = 0; size < 10; size++) {
    CHECK_ROW ("key frame of %zu bytes", size);
    CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP8, E2EE_BYTES (key_frame.data, size), &prefix),
        E2EE_ERR_TRUNCATED);
    CHECK_INT (prefix.size, 0);
  }
  for (size_t size = 0; size < 3; size++) {
    CHECK_ROW ("interframe of %zu bytes", size);
    CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP8, E2EE_BYTES (interframe.data, size), &prefix),
        E2EE_ERR_TRUNCATED);
    CHECK_INT (prefix.size, 0);
  }
  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP8, E2EE_NO_BYTES, &prefix), E2EE_ERR_TRUNCATED);
  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP8, E2EE_BYTES (key_frame.data, 10), &prefix), E2EE_OK);
  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP8, E2EE_BYTES (interframe.data, 3), &prefix), E2EE_OK);
}

static void
test_vp9_has_no_clear_byte_and_a_protected_frame_says_nothing (void)
{
  e2ee_prefix prefix;

  /* A key frame; as nobody can tell of it once it is protected, nobody does before. */
  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP9, HEX ("82 49 83 42 00 13 f0 0e f0 00"), &prefix),
      E2EE_OK);
  CHECK_INT (prefix.size, 0);
  CHECK (!prefix.key_frame);
  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_VP9, E2EE_NO_BYTES, &prefix), E2EE_OK);
  CHECK_INT (prefix.size, 0);
}

static void
test_opus_has_no_clear_byte_and_every_frame_stands_alone (void)
{
  e2ee_prefix prefix;

  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_OPUS, HEX ("78 01 02"), &prefix), E2EE_OK);
  CHECK_INT (prefix.size, 0);
  CHECK (prefix.key_frame);
  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_OPUS, E2EE_NO_BYTES, &prefix), E2EE_OK);
  CHECK_INT (prefix.size, 0);
}

static void
test_opaque_bytes_have_no_clear_byte (void)
{
  e2ee_prefix prefix;

  CHECK_INT (e2ee_prefix_read (E2EE_CODEC_NONE, HEX ("10 0f 00"), &prefix), E2EE_OK);
  CHECK_INT (prefix.size, 0);
  CHECK (prefix.key_frame);
}

static void
test_unknown_codec_is_refused (void)
{
  e2ee_prefix prefix = { 99, 1 };

  CHECK_INT (e2ee_prefix_read ((e2ee_codec) 77, HEX (VP8_KEY_FRAME), &prefix),
      E2EE_ERR_UNSUPPORTED);
  CHECK_INT (prefix.size, 0);
  CHECK (!prefix.key_frame);
}

static const check_case cases[] = {
  CHECK_CASE (test_vp8_key_frame_has_ten_clear_bytes),
  CHECK_CASE (test_vp8_interframe_has_three_clear_bytes),
  CHECK_CASE (test_vp8_prefix_is_the_same_before_and_after_protection),
  CHECK_CASE (test_vp8_frame_shorter_than_its_prefix_is_refused),
  CHECK_CASE (test_vp9_has_no_clear_byte_and_a_protected_frame_says_nothing),
  CHECK_CASE (test_opus_has_no_clear_byte_and_every_frame_stands_alone),
  CHECK_CASE (test_opaque_bytes_have_no_clear_byte),
  CHECK_CASE (test_unknown_codec_is_refused),
};

CHECK_MAIN (cases)
