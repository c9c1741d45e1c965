/* What LiveKit puts around encrypted frames, or in their place (livekit.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/livekit.h"

#include <string.h>

/* The packet trailer: fields of tag, length, value, then the size of it all, each byte XOR ff, and
 * "LKTS". */
#define MAGIC_SIZE 4
#define ENVELOPE_SIZE (1 + MAGIC_SIZE)
#define MASK 0xff
#define TAG_TIMESTAMP 1
#define TAG_FRAME_ID 2
#define TAG_USER_DATA 3

static int
is_field (unsigned tag, size_t size)
{
  return (tag == TAG_TIMESTAMP && size == 8) || (tag == TAG_FRAME_ID && size == 4)
      || tag == TAG_USER_DATA;
}

size_t
e2ee_livekit_packet_trailer (e2ee_bytes frame)
{
  const uint8_t *end = frame.data + frame.size;
  size_t trailer_size, left;
  const uint8_t *at;
  int any = 0;

  if (frame.size < ENVELOPE_SIZE || memcmp (end - MAGIC_SIZE, "LKTS", MAGIC_SIZE) != 0)
    return 0;
  trailer_size = end[-ENVELOPE_SIZE] ^ MASK;
  if (trailer_size < ENVELOPE_SIZE || trailer_size > frame.size)
    return 0;

  at = end - trailer_size;
  left = trailer_size - ENVELOPE_SIZE;
  while (left >= 2 && (size_t) (at[1] ^ MASK) <= left - 2) {
    size_t size = at[1] ^ MASK;

    any |= is_field (at[0] ^ MASK, size);
    at += 2 + size;
    left -= 2 + size;
  }
  return any ? trailer_size : 0;
}

/* A key frame of 8x8 pixels. */
static const uint8_t vp8_blank[] = {
  0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x08, 0x00, 0x08, 0x00, 0x00, 0x47, 0x08, 0x85, 0x85, 0x88,
  0x85, 0x84, 0x88, 0x02, 0x02, 0x00, 0x0c, 0x0d, 0x60, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80
};

/* A key frame of 2x2 pixels: parameter sets, and the slice, which also comes alone. */
static const uint8_t h264_blank[] = {
  0x00, 0x00, 0x00, 0x01, 0x67, 0x42, 0xc0, 0x1f, 0x0f, 0xd9, 0x1f, 0x88, 0x88, 0x84, 0x00, 0x00,
  0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc9, 0x20,
  0x00, 0x00, 0x00, 0x01, 0x68, 0x87, 0xcb, 0x83, 0xcb, 0x20,
  0x00, 0x00, 0x00, 0x01, 0x65, 0x88, 0x84, 0x0a, 0xf2, 0x62, 0x80, 0x00, 0xa7, 0xbe
};

#define H264_SLICE_SIZE 14
#define OPUS_SILENCE_SIZE 80
#define G711_SILENCE_SIZE 160
#define PCMU_SILENCE 0xff
#define PCMA_SILENCE 0xd5

static int
is_bytes (e2ee_bytes frame, const uint8_t * known, size_t size)
{
  return frame.size == size && memcmp (frame.data, known, size) == 0;
}

static int
is_filled (e2ee_bytes frame, size_t from, uint8_t value)
{
  for (size_t i = from; i < frame.size; i++) {
    if (frame.data[i] != value)
      return 0;
  }
  return 1;
}

static int
is_blank (e2ee_codec codec, e2ee_bytes frame)
{
  static const uint8_t opus_front[] = { 0xf8, 0xff, 0xfe };

  switch (codec) {
    case E2EE_CODEC_VP8:
      return is_bytes (frame, vp8_blank, sizeof vp8_blank);
    case E2EE_CODEC_H264:
      return is_bytes (frame, h264_blank, sizeof h264_blank)
          || is_bytes (frame, h264_blank + sizeof h264_blank - H264_SLICE_SIZE, H264_SLICE_SIZE);
    case E2EE_CODEC_OPUS:
      return frame.size == OPUS_SILENCE_SIZE
          && memcmp (frame.data, opus_front, sizeof opus_front) == 0
          && is_filled (frame, sizeof opus_front, 0);
    case E2EE_CODEC_G711:
      return frame.size == G711_SILENCE_SIZE
          && (is_filled (frame, 0, PCMU_SILENCE) || is_filled (frame, 0, PCMA_SILENCE));
    case E2EE_CODEC_VP9:
    case E2EE_CODEC_H265:
    case E2EE_CODEC_NONE:
      break;
  }
  return 0;
}

size_t
e2ee_livekit_blank_frame (e2ee_codec codec, e2ee_bytes frame, e2ee_bytes sif_trailer)
{
  size_t size;

  if (sif_trailer.size == 0 || frame.size <= sif_trailer.size)
    return 0;
  size = frame.size - sif_trailer.size;
  if (memcmp (frame.data + size, sif_trailer.data, sif_trailer.size) != 0)
    return 0;
  return is_blank (codec, E2EE_BYTES (frame.data, size)) ? size : 0;
}
