/* Jitsi's frame format, that of lib-jitsi-meet's worker (docs/wire-format.md).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/format.h"

#include "core/frame/trailer.h"

#include <string.h>

/* By whether a frame is a key frame, and not by its codec.  So of the codecs only those pass whose
 * payloaders and depayloaders need no more: VP8, and VP9, whose descriptor tells all.  H.264 and
 * H.265 would be taken apart at start codes that ciphertext holds by chance. */
#define KEY_FRAME_PREFIX 10
#define DELTA_FRAME_PREFIX 3
#define AUDIO_PREFIX 1

/* By bits of the first byte alone, which is always clear, so that sender and receiver agree on any
 * frame: of VP8 RFC 6386 section 9.1; of VP9 show_existing_frame and frame_type, behind a reserved
 * bit in profile 3 (its bitstream specification, section 6.2). */
static int
is_key_frame (e2ee_codec codec, uint8_t first)
{
  if (codec == E2EE_CODEC_VP8)
    return (first & 0x01) == 0;
  return (first & ((first & 0x30) == 0x30 ? 0x06 : 0x0c)) == 0;
}

static e2ee_result
read_prefix (e2ee_codec codec, e2ee_bytes frame, size_t *size)
{
  *size = 0;
  if (frame.size == 0)
    return E2EE_ERR_TRUNCATED;
  switch (codec) {
    case E2EE_CODEC_OPUS:
    case E2EE_CODEC_G711:
      *size = AUDIO_PREFIX;
      break;
    case E2EE_CODEC_VP8:
    case E2EE_CODEC_VP9:
      *size = is_key_frame (codec, frame.data[0]) ? KEY_FRAME_PREFIX : DELTA_FRAME_PREFIX;
      break;
    case E2EE_CODEC_H264:
    case E2EE_CODEC_H265:
    case E2EE_CODEC_NONE:
      return E2EE_ERR_UNSUPPORTED;
  }
  return frame.size < *size ? E2EE_ERR_TRUNCATED : E2EE_OK;
}

static int
jitsi_takes (e2ee_codec codec)
{
  return e2ee_codec_is_audio (codec) || codec == E2EE_CODEC_VP8 || codec == E2EE_CODEC_VP9;
}

static size_t
jitsi_seal_bound (const e2ee_key * key, e2ee_codec codec, size_t frame_size)
{
  (void) key;
  (void) codec;
  return frame_size + E2EE_TRAILER_OVERHEAD;
}

static e2ee_result
jitsi_seal (e2ee_key * key, e2ee_codec codec, e2ee_bytes frame, uint8_t * out, size_t *out_size,
    e2ee_frame_info * info)
{
  size_t prefix_size;
  e2ee_result r = read_prefix (codec, frame, &prefix_size);

  *out_size = 0;
  *info = (e2ee_frame_info) { .kid = e2ee_key_get_kid (key) };
  if (r != E2EE_OK)
    return r;
  if (frame.size > E2EE_AEAD_MAX_MESSAGE_SIZE)
    return E2EE_ERR_TOO_LARGE;
  memcpy (out, frame.data, prefix_size);
  return e2ee_trailer_seal (key, E2EE_FORMAT_JITSI, prefix_size,
      E2EE_BYTES (frame.data + prefix_size, frame.size - prefix_size), out, out_size, info);
}

static e2ee_result
jitsi_peek (const e2ee_keyring * ring, e2ee_codec codec, e2ee_bytes frame, e2ee_frame_info * info)
{
  (void) ring;
  (void) codec;
  return e2ee_trailer_peek (frame, 0, info);
}

static e2ee_result
jitsi_open (const e2ee_keyring * ring, uint64_t now_ms, e2ee_codec codec, e2ee_bytes frame,
    uint8_t * out, size_t *out_size, e2ee_frame_info * info)
{
  size_t prefix_size;
  e2ee_result r = read_prefix (codec, frame, &prefix_size);

  *out_size = 0;
  *info = (e2ee_frame_info) { 0 };
  if (r != E2EE_OK)
    return r;
  return e2ee_trailer_open (ring, now_ms, E2EE_FORMAT_JITSI, prefix_size, 0, frame, out, out_size,
      info);
}

const e2ee_format e2ee_format_jitsi = {
  .id = E2EE_FORMAT_JITSI,
  .name = "jitsi",
  .default_suite = E2EE_SUITE_JITSI_HKDF,
  .takes = jitsi_takes,
  .takes_text = "audio, VP8 and VP9",
  .seal_bound = jitsi_seal_bound,
  .seal = jitsi_seal,
  .peek = jitsi_peek,
  .open = jitsi_open,
};
