/* SFrame behind a clear prefix: clear prefix | SFrame object (docs/wire-format.md); for H.264 and
 * H.265 see sframe-nal.h.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/format.h"

#include "core/frame/prefix.h"
#include "core/frame/sframe.h"
#include "core/frame/sframe-nal.h"

#include <string.h>

static int
has_nal_units (e2ee_codec codec)
{
  return codec == E2EE_CODEC_H264 || codec == E2EE_CODEC_H265;
}

static size_t
sframe_seal_bound (const e2ee_key * key, e2ee_codec codec, size_t frame_size)
{
  if (has_nal_units (codec))
    return e2ee_sframe_nal_seal_bound (key, frame_size);
  return frame_size + e2ee_sframe_overhead (key);
}

static e2ee_result
sframe_seal (e2ee_key * key, e2ee_codec codec, e2ee_bytes frame, uint8_t * out, size_t *out_size,
    e2ee_frame_info * info)
{
  e2ee_prefix prefix;
  size_t size;
  e2ee_result r;

  *out_size = 0;
  *info = (e2ee_frame_info) { .kid = e2ee_key_get_kid (key) };
  if (has_nal_units (codec))
    return e2ee_sframe_nal_seal (key, codec, frame, out, out_size, info);
  r = e2ee_prefix_read (codec, frame, &prefix);
  if (r != E2EE_OK)
    return r;

  memcpy (out, frame.data, prefix.size);
  r = e2ee_sframe_seal (key, E2EE_BYTES (out, prefix.size),
      E2EE_BYTES (frame.data + prefix.size, frame.size - prefix.size), out + prefix.size, &size,
      &info->ctr);
  if (r == E2EE_OK)
    *out_size = prefix.size + size;
  return r;
}

static e2ee_result
sframe_peek (const e2ee_keyring * ring, e2ee_codec codec, e2ee_bytes frame, e2ee_frame_info * info)
{
  e2ee_sframe_header header;
  e2ee_prefix prefix;
  e2ee_result r;

  (void) ring;
  *info = (e2ee_frame_info) { 0 };
  if (has_nal_units (codec))
    return e2ee_sframe_nal_peek (codec, frame, info);
  r = e2ee_prefix_read (codec, frame, &prefix);
  if (r == E2EE_OK)
    r = e2ee_sframe_header_read (E2EE_BYTES (frame.data + prefix.size, frame.size - prefix.size),
        &header);
  if (r == E2EE_OK) {
    info->kid = header.kid;
    info->ctr = header.ctr;
  }
  return r;
}

static e2ee_result
sframe_open (const e2ee_keyring * ring, uint64_t now_ms, e2ee_codec codec, e2ee_bytes frame,
    uint8_t * out, size_t *out_size, e2ee_frame_info * info)
{
  e2ee_sframe_info sframe = { 0 };
  e2ee_prefix prefix;
  size_t size;
  e2ee_result r;

  *out_size = 0;
  *info = (e2ee_frame_info) { 0 };
  if (has_nal_units (codec))
    return e2ee_sframe_nal_open (ring, now_ms, codec, frame, out, out_size, info);
  r = e2ee_prefix_read (codec, frame, &prefix);
  if (r != E2EE_OK)
    return r;

  r = e2ee_sframe_open (ring, now_ms, E2EE_BYTES (frame.data, prefix.size),
      E2EE_BYTES (frame.data + prefix.size, frame.size - prefix.size), out + prefix.size, &size,
      &sframe);
  *info = (e2ee_frame_info) { sframe.kid, sframe.ctr, sframe.epoch };
  if (r != E2EE_OK)
    return r;

  memcpy (out, frame.data, prefix.size);
  *out_size = prefix.size + size;
  return E2EE_OK;
}

const e2ee_format e2ee_format_sframe = {
  .id = E2EE_FORMAT_SFRAME,
  .name = "sframe",
  .seal_bound = sframe_seal_bound,
  .seal = sframe_seal,
  .peek = sframe_peek,
  .open = sframe_open,
};
