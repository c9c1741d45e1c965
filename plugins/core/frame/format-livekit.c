/* LiveKit's frame format, that of livekit-client's worker (docs/wire-format.md).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/format.h"

#include "core/frame/prefix.h"
#include "core/frame/trailer.h"

/* The table of contents of an Opus packet; LiveKit leaves as much of every other audio. */
#define AUDIO_PREFIX 1

static e2ee_result
read_prefix (e2ee_codec codec, e2ee_bytes frame, size_t *size)
{
  e2ee_prefix prefix;
  e2ee_result r;

  switch (codec) {
    case E2EE_CODEC_OPUS:
    case E2EE_CODEC_G711:
      *size = AUDIO_PREFIX;
      return frame.size < AUDIO_PREFIX ? E2EE_ERR_TRUNCATED : E2EE_OK;
    case E2EE_CODEC_VP8:
      r = e2ee_prefix_read (codec, frame, &prefix);
      *size = prefix.size;
      return r;
    case E2EE_CODEC_VP9:
      *size = 0;
      return E2EE_OK;
    case E2EE_CODEC_H264:
    case E2EE_CODEC_H265:
    case E2EE_CODEC_NONE:
      break;
  }
  return E2EE_ERR_UNSUPPORTED;
}

static size_t
livekit_seal_bound (const e2ee_key * key, e2ee_codec codec, size_t frame_size)
{
  (void) key;
  (void) codec;
  return frame_size + E2EE_TRAILER_OVERHEAD;
}

static e2ee_result
livekit_seal (e2ee_key * key, e2ee_codec codec, e2ee_bytes frame, uint8_t * out,
    size_t *out_size, e2ee_frame_info * info)
{
  size_t prefix_size;
  e2ee_result r = read_prefix (codec, frame, &prefix_size);

  *out_size = 0;
  *info = (e2ee_frame_info) { .kid = e2ee_key_get_kid (key) };
  if (r != E2EE_OK)
    return r;
  return e2ee_trailer_seal (key, E2EE_FORMAT_LIVEKIT, prefix_size, frame, out, out_size, info);
}

static e2ee_result
livekit_peek (const e2ee_keyring * ring, e2ee_codec codec, e2ee_bytes frame,
    e2ee_frame_info * info)
{
  (void) ring;
  (void) codec;
  return e2ee_trailer_peek (frame, info);
}

static e2ee_result
livekit_open (const e2ee_keyring * ring, uint64_t now_ms, e2ee_codec codec, e2ee_bytes frame,
    uint8_t * out, size_t *out_size, e2ee_frame_info * info)
{
  size_t prefix_size;
  e2ee_result r = read_prefix (codec, frame, &prefix_size);

  *out_size = 0;
  *info = (e2ee_frame_info) { 0 };
  if (r != E2EE_OK)
    return r;
  return e2ee_trailer_open (ring, now_ms, E2EE_FORMAT_LIVEKIT, prefix_size, frame, out, out_size,
      info);
}

const e2ee_format e2ee_format_livekit = {
  .id = E2EE_FORMAT_LIVEKIT,
  .name = "livekit",
  .default_suite = E2EE_SUITE_LIVEKIT_PBKDF2,
  .seal_bound = livekit_seal_bound,
  .seal = livekit_seal,
  .peek = livekit_peek,
  .open = livekit_open,
};
