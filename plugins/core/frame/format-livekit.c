/* LiveKit's frame format, that of livekit-client's worker (docs/wire-format.md).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/format.h"

#include "core/frame/nal.h"
#include "core/frame/prefix.h"
#include "core/frame/trailer.h"

#include <string.h>

/* The table of contents of an Opus packet; LiveKit leaves as much of every other audio. */
#define AUDIO_PREFIX 1

static int
is_nal (e2ee_codec codec)
{
  return codec == E2EE_CODEC_H264 || codec == E2EE_CODEC_H265;
}

static int
livekit_takes (e2ee_codec codec)
{
  return codec != E2EE_CODEC_NONE;
}

/* The clear bytes of a frame as it is, plain or protected. */
static e2ee_result
read_prefix (e2ee_codec codec, e2ee_bytes frame, size_t *size)
{
  e2ee_prefix prefix;
  e2ee_nal slice;
  e2ee_result r;

  *size = 0;
  if (frame.size == 0)
    return E2EE_ERR_TRUNCATED;
  switch (codec) {
    case E2EE_CODEC_OPUS:
    case E2EE_CODEC_G711:
      *size = AUDIO_PREFIX;
      return E2EE_OK;
    case E2EE_CODEC_VP8:
      r = e2ee_prefix_read (codec, frame, &prefix);
      *size = prefix.size;
      return r;
    case E2EE_CODEC_VP9:
      return E2EE_OK;
    case E2EE_CODEC_H264:
    case E2EE_CODEC_H265:
      r = e2ee_nal_find_slice (codec, frame, &slice);
      *size = slice.offset + E2EE_NAL_CLEAR_SIZE;
      return r;
    case E2EE_CODEC_NONE:
      break;
  }
  return E2EE_ERR_UNSUPPORTED;
}

/* A start code may grow by a byte, for each parameter set and for the slice. */
static size_t
livekit_seal_bound (const e2ee_key * key, e2ee_codec codec, size_t frame_size)
{
  (void) key;
  if (!is_nal (codec))
    return frame_size + E2EE_TRAILER_OVERHEAD;
  return E2EE_NAL_MAX_SETS + 1 + E2EE_NAL_ESCAPED_BOUND (frame_size + E2EE_TRAILER_OVERHEAD);
}

/* A receiver authenticates every byte that it has in front of the slice, so nothing may stand there
 * that is not handed on as it is: start codes get four bytes, as depayloaders give them back, and
 * delimiters and SEI go.  The length of the front is a byte in native receivers, and SEI alone
 * would fill it. */
static e2ee_result
seal_units (e2ee_key * key, e2ee_codec codec, e2ee_bytes frame, uint8_t * out, size_t *out_size,
    e2ee_frame_info * info)
{
  e2ee_nal_front front;
  size_t hidden;
  e2ee_result r = e2ee_nal_read_front (codec, frame, &front);

  if (r != E2EE_OK)
    return r;
  if (!front.has_slice)
    return E2EE_ERR_FRAME;
  hidden = front.slice + E2EE_NAL_CLEAR_SIZE;
  /* Receivers undo the escaping as if nothing stood before it, so behind a zero byte ciphertext
   * could become a start code.  No header of H.265 ends in one, nor does a picture of H.264 begin
   * so. */
  if (frame.data[hidden - 1] == 0)
    return E2EE_ERR_FRAME;

  e2ee_nal_write_front (&front, frame, out);
  r = e2ee_trailer_seal (key, E2EE_FORMAT_LIVEKIT, front.size,
      E2EE_BYTES (frame.data + hidden, frame.size - hidden), out, out_size, info);
  if (r == E2EE_OK)
    *out_size = front.size + e2ee_nal_escape (out + front.size, *out_size - front.size, 0);
  return r;
}

static e2ee_result
livekit_seal (e2ee_key * key, e2ee_codec codec, e2ee_bytes frame, uint8_t * out,
    size_t *out_size, e2ee_frame_info * info)
{
  size_t prefix_size;
  e2ee_result r;

  *out_size = 0;
  *info = (e2ee_frame_info) { .kid = e2ee_key_get_kid (key) };
  if (frame.size > E2EE_AEAD_MAX_MESSAGE_SIZE)
    return E2EE_ERR_TOO_LARGE;
  if (is_nal (codec))
    return seal_units (key, codec, frame, out, out_size, info);

  r = read_prefix (codec, frame, &prefix_size);
  if (r != E2EE_OK)
    return r;
  memcpy (out, frame.data, prefix_size);
  return e2ee_trailer_seal (key, E2EE_FORMAT_LIVEKIT, prefix_size,
      E2EE_BYTES (frame.data + prefix_size, frame.size - prefix_size), out, out_size, info);
}

static e2ee_result
livekit_peek (const e2ee_keyring * ring, e2ee_codec codec, e2ee_bytes frame,
    e2ee_frame_info * info)
{
  (void) ring;
  return e2ee_trailer_peek (frame, is_nal (codec), info);
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
  return e2ee_trailer_open (ring, now_ms, E2EE_FORMAT_LIVEKIT, prefix_size, is_nal (codec), frame,
      out, out_size, info);
}

const e2ee_format e2ee_format_livekit = {
  .id = E2EE_FORMAT_LIVEKIT,
  .name = "livekit",
  .default_suite = E2EE_SUITE_LIVEKIT_PBKDF2,
  .takes = livekit_takes,
  .takes_text = "audio, VP8, VP9, H.264 and H.265",
  .seal_bound = livekit_seal_bound,
  .seal = livekit_seal,
  .peek = livekit_peek,
  .open = livekit_open,
};
