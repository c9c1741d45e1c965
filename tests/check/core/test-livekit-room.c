/* What LiveKit puts around encrypted frames, or in their place.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "trailer-frames.h"

#include "core/frame/livekit.h"

/* The first three are what livekit-client 2.23.0 makes. */
static const struct
{
  const char *name, *frame;
  size_t size;
} packet_trailers[] = {
  {"frame id", "d113000c05 fdfbfffffffe f4 4c4b5453", 11},
  {"time", "d113000c05 fef7fff99eded73d2b7f f0 4c4b5453", 15},
  {"time and frame id", "d113000c05 fef7fff99eded73d046f fdfbfffffffe ea 4c4b5453", 21},
  {"user data", "0c05 fcfd0102 f6 4c4b5453", 9},
  {"user data of no bytes", "0c05 fcff f8 4c4b5453", 7},
  {"an unknown field beside a known one", "0c05 f0fe55 fdfbfffffffe f1 4c4b5453", 14},
  {"nothing but a trailer", "fdfbfffffffe f4 4c4b5453", 11},
  {"no trailer", "d11300e35bbf0c05", 0},
  {"an empty frame", "", 0},
  {"the mark alone", "4c4b5453", 0},
  {"another mark", "d113000c05 fdfbfffffffe f4 4c4b5454", 0},
  {"no field at all", "0c05 fa 4c4b5453", 0},
  {"an unknown field alone", "0c05 f0fe55 f7 4c4b5453", 0},
  {"a time of four bytes", "0c05 fefb00000000 f4 4c4b5453", 0},
  {"a frame id of eight bytes", "0c05 fdf70000000000000000 f0 4c4b5453", 0},
  {"a field longer than the trailer", "0c05 fdfafffffffe f4 4c4b5453", 0},
  {"a size below the envelope", "0c05 fdfbfffffffe fb 4c4b5453", 0},
  {"a size of nothing", "0c05 fdfbfffffffe ff 4c4b5453", 0},
  {"a size above the frame", "fdfbfffffffe f3 4c4b5453", 0},
};

static void
test_packet_trailers_are_measured (void)
{
  for (size_t i = 0; i < CHECK_N (packet_trailers); i++) {
    test_bytes frame;

    CHECK_ROW ("%s", packet_trailers[i].name);
    read_hex (packet_trailers[i].frame, &frame);
    CHECK_INT (e2ee_livekit_packet_trailer (VIEW (&frame)), packet_trailers[i].size);
  }
}

static void
test_a_packet_trailer_is_never_larger_than_its_frame (void)
{
  test_bytes frame;

  read_hex ("d113000c05 fef7fff99eded73d046f fdfbfffffffe ea 4c4b5453", &frame);
  for (size_t from = 0; from <= frame.size; from++) {
    CHECK_ROW ("the last %zu bytes", frame.size - from);
    CHECK (e2ee_livekit_packet_trailer (E2EE_BYTES (frame.bytes + from, frame.size - from))
        <= frame.size - from);
  }
}

#define SIF "0badcafe5eed"
#define VP8_BLANK "1002009d012a080008000047088585888584880202000c0d6000feffab5080"
#define H264_SETS "00000001 6742c01f0fd91f8888840000030004000003 00c83c60c920 00000001 6887cb83cb20"
#define H264_IDR "00000001 6588840af2628000a7be"

static const struct
{
  const char *name;
  e2ee_codec codec;
  const char *front;
  uint8_t fill;
  size_t size;                  /* of the blank frame, filled up with fill */
  int is_blank;
} blanks[] = {
  {"vp8", E2EE_CODEC_VP8, VP8_BLANK, 0, 31, 1},
  {"opus", E2EE_CODEC_OPUS, "f8fffe", 0, 80, 1},
  {"pcmu", E2EE_CODEC_G711, "ff", 0xff, 160, 1},
  {"pcma", E2EE_CODEC_G711, "d5", 0xd5, 160, 1},
  {"h264", E2EE_CODEC_H264, H264_SETS H264_IDR, 0, 52, 1},
  {"h264 slice", E2EE_CODEC_H264, H264_IDR, 0, 14, 1},
  {"vp8 for opus", E2EE_CODEC_OPUS, VP8_BLANK, 0, 31, 0},
  {"opus for vp8", E2EE_CODEC_VP8, "f8fffe", 0, 80, 0},
  {"h264 for h265", E2EE_CODEC_H265, H264_SETS H264_IDR, 0, 52, 0},
  {"vp8 for vp9", E2EE_CODEC_VP9, VP8_BLANK, 0, 31, 0},
  {"vp8 for a codec that is none", E2EE_CODEC_NONE, VP8_BLANK, 0, 31, 0},
  {"vp8 with a byte more", E2EE_CODEC_VP8, VP8_BLANK, 0, 32, 0},
  {"opus with a byte less", E2EE_CODEC_OPUS, "f8fffe", 0, 79, 0},
  {"pcmu with a byte less", E2EE_CODEC_G711, "ff", 0xff, 159, 0},
  {"pcma in pcmu", E2EE_CODEC_G711, "d5", 0xff, 160, 0},
  {"h264 parameter sets alone", E2EE_CODEC_H264, H264_SETS, 0, 38, 0},
  {"a real frame", E2EE_CODEC_VP8, "d11300e35bbf", 0x5b, 300, 0},
  {"nothing", E2EE_CODEC_OPUS, "", 0, 0, 0},
};

static void
make_blank (size_t row, test_bytes * frame)
{
  test_bytes sif;

  memset (frame->bytes, blanks[row].fill, sizeof frame->bytes);
  read_hex (blanks[row].front, frame);
  read_hex (SIF, &sif);
  memcpy (frame->bytes + blanks[row].size, sif.bytes, sif.size);
  frame->size = blanks[row].size + sif.size;
}

static void
test_blank_frames_are_known_to_the_byte (void)
{
  test_bytes sif;

  read_hex (SIF, &sif);
  for (size_t i = 0; i < CHECK_N (blanks); i++) {
    test_bytes frame;

    CHECK_ROW ("%s", blanks[i].name);
    make_blank (i, &frame);
    CHECK_INT (e2ee_livekit_blank_frame (blanks[i].codec, VIEW (&frame), VIEW (&sif)),
        blanks[i].is_blank ? blanks[i].size : 0);
    for (size_t at = 0; blanks[i].is_blank && at < frame.size; at++) {
      CHECK_ROW ("%s, byte %zu changed", blanks[i].name, at);
      frame.bytes[at] ^= 0x10;
      CHECK_INT (e2ee_livekit_blank_frame (blanks[i].codec, VIEW (&frame), VIEW (&sif)), 0);
      frame.bytes[at] ^= 0x10;
    }
  }
}

static void
test_no_frame_is_blank_where_no_trailer_is_expected (void)
{
  for (size_t i = 0; i < CHECK_N (blanks); i++) {
    test_bytes frame;

    CHECK_ROW ("%s", blanks[i].name);
    make_blank (i, &frame);
    CHECK_INT (e2ee_livekit_blank_frame (blanks[i].codec, VIEW (&frame), E2EE_NO_BYTES), 0);
    frame.size = blanks[i].size;
    CHECK_INT (e2ee_livekit_blank_frame (blanks[i].codec, VIEW (&frame), E2EE_NO_BYTES), 0);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_packet_trailers_are_measured),
  CHECK_CASE (test_a_packet_trailer_is_never_larger_than_its_frame),
  CHECK_CASE (test_blank_frames_are_known_to_the_byte),
  CHECK_CASE (test_no_frame_is_blank_where_no_trailer_is_expected),
};

CHECK_MAIN (cases)
