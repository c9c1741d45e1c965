/* SFrame for H.264 and H.265 (docs/wire-format.md).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/sframe-nal.h"

#include "core/crypto/secret.h"
#include "core/frame/nal.h"
#include "core/frame/sframe.h"

#include <string.h>

/* A unit must not end in a zero byte, which payloaders cut off: rbsp_trailing_bits() is what stands
 * there in every other unit too. */
#define STOP_BYTE 0x80

/* A frame without a slice (parameter sets that come alone) has its object in an SEI. */
#define CARRIER_SIZE (E2EE_NAL_START_CODE_SIZE + E2EE_NAL_CLEAR_SIZE)

static const uint8_t *
get_carrier (e2ee_codec codec)
{
  static const uint8_t h264[CARRIER_SIZE] = { 0, 0, 0, 1, 0x06, 0x05 };
  static const uint8_t h265[CARRIER_SIZE] = { 0, 0, 0, 1, 0x4e, 0x01 };

  return codec == E2EE_CODEC_H265 ? h265 : h264;
}

/* The longest header, were all of it escaped. */
#define MAX_ESCAPED_HEADER E2EE_NAL_ESCAPED_BOUND (E2EE_SFRAME_MAX_HEADER_SIZE)

/* Zero bytes before the object: the last clear byte may be one, and the byte before it is none. */
static unsigned
zeros_before (const uint8_t * object)
{
  return object[-1] == 0;
}

size_t
e2ee_sframe_nal_seal_bound (const e2ee_key * key, size_t frame_size)
{
  /* The front grows by a byte a unit, of four bytes at least; escaped bytes by half. */
  return CARRIER_SIZE + E2EE_NAL_ESCAPED_BOUND (frame_size + e2ee_sframe_overhead (key) + 1);
}

e2ee_result
e2ee_sframe_nal_seal (e2ee_key * key, e2ee_codec codec, e2ee_bytes frame, uint8_t * out,
    size_t *out_size, e2ee_frame_info * info)
{
  e2ee_bytes plain = E2EE_NO_BYTES;
  e2ee_nal_front front;
  uint8_t *object;
  size_t size;
  e2ee_result r = e2ee_nal_read_front (codec, frame, &front);

  if (r != E2EE_OK)
    return r;
  if (front.size == 0)
    return E2EE_ERR_FRAME;
  if (front.size + CARRIER_SIZE > E2EE_SFRAME_MAX_METADATA)
    return E2EE_ERR_TOO_LARGE;

  object = out + e2ee_nal_write_front (&front, frame, out);
  if (front.has_slice) {
    size_t end = frame.size, begin = front.slice + E2EE_NAL_CLEAR_SIZE;

    while (end > begin && frame.data[end - 1] == 0)
      end--;
    plain = E2EE_BYTES (frame.data + begin, end - begin);
  } else {
    memcpy (object, get_carrier (codec), CARRIER_SIZE);
    object += CARRIER_SIZE;
  }

  r = e2ee_sframe_seal (key, E2EE_BYTES (out, object - out), plain, object, &size, &info->ctr);
  if (r != E2EE_OK)
    return r;
  object[size++] = STOP_BYTE;
  *out_size = (size_t) (object - out) + e2ee_nal_escape (object, size, zeros_before (object));
  return E2EE_OK;
}

/* A protected frame, taken apart. */
typedef struct
{
  e2ee_nal_front front;
  size_t begin;                 /* where the escaped object stands in the frame */
  e2ee_bytes escaped;           /* without the stop byte */
} parsed_frame;

static e2ee_result
parse_frame (e2ee_codec codec, e2ee_bytes frame, parsed_frame * parsed)
{
  size_t end = frame.size;
  e2ee_result r = e2ee_nal_read_front (codec, frame, &parsed->front);

  if (r != E2EE_OK)
    return r;
  if (!parsed->front.has_slice && (!parsed->front.has_sei
          || memcmp (frame.data + parsed->front.sei, get_carrier (codec)
              + E2EE_NAL_START_CODE_SIZE, E2EE_NAL_CLEAR_SIZE) != 0))
    return E2EE_ERR_FRAME;

  parsed->begin = (parsed->front.has_slice ? parsed->front.slice : parsed->front.sei)
      + E2EE_NAL_CLEAR_SIZE;
  while (end > parsed->begin && frame.data[end - 1] == 0)
    end--;
  if (end == parsed->begin)
    return E2EE_ERR_TRUNCATED;
  if (frame.data[end - 1] != STOP_BYTE)
    return E2EE_ERR_FRAME;
  parsed->escaped = E2EE_BYTES (frame.data + parsed->begin, end - 1 - parsed->begin);
  return E2EE_OK;
}

e2ee_result
e2ee_sframe_nal_peek (e2ee_codec codec, e2ee_bytes frame, e2ee_frame_info * info)
{
  uint8_t start[MAX_ESCAPED_HEADER];
  e2ee_sframe_header header;
  parsed_frame parsed;
  size_t size;
  e2ee_result r = parse_frame (codec, frame, &parsed);

  if (r != E2EE_OK)
    return r;
  size = parsed.escaped.size < sizeof start ? parsed.escaped.size : sizeof start;
  r = e2ee_nal_unescape (E2EE_BYTES (parsed.escaped.data, size), zeros_before (parsed.escaped.data),
      start, &size);
  if (r == E2EE_OK)
    r = e2ee_sframe_header_read (E2EE_BYTES (start, size), &header);
  if (r == E2EE_OK) {
    info->kid = header.kid;
    info->ctr = header.ctr;
  }
  return r;
}

/* Few frames hold an escape: one byte in four million is one by chance.  The others are opened from
 * where they lie. */
static e2ee_result
open_object (const e2ee_keyring * ring, uint64_t now_ms, e2ee_bytes metadata, e2ee_bytes escaped,
    uint8_t * out, size_t *size, e2ee_sframe_info * info)
{
  unsigned zeros = zeros_before (escaped.data);
  e2ee_result r;

  if (!e2ee_nal_is_escaped (escaped, zeros))
    return e2ee_sframe_open (ring, now_ms, metadata, escaped, out, size, info);

  r = e2ee_nal_unescape (escaped, zeros, out, size);
  if (r == E2EE_OK)
    r = e2ee_sframe_open_in_place (ring, now_ms, metadata, out, *size, size, info);
  if (r == E2EE_OK)
    memmove (out, out + info->header_size, *size);
  return r;
}

e2ee_result
e2ee_sframe_nal_open (const e2ee_keyring * ring, uint64_t now_ms, e2ee_codec codec,
    e2ee_bytes frame, uint8_t * out, size_t *out_size, e2ee_frame_info * info)
{
  e2ee_sframe_info sframe = { 0 };
  parsed_frame parsed;
  size_t front_size, size;
  e2ee_result r = parse_frame (codec, frame, &parsed);

  if (r != E2EE_OK)
    return r;

  front_size = parsed.front.size + (parsed.front.has_slice ? 0 : CARRIER_SIZE);
  if (front_size > E2EE_SFRAME_MAX_METADATA)
    return E2EE_ERR_TOO_LARGE;
  /* Short start codes, which nobody sends, make the front grow. */
  if (front_size + parsed.escaped.size > frame.size)
    return E2EE_ERR_FRAME;

  e2ee_nal_write_front (&parsed.front, frame, out);
  if (!parsed.front.has_slice)
    memcpy (out + parsed.front.size, get_carrier (codec), CARRIER_SIZE);
  r = open_object (ring, now_ms, E2EE_BYTES (out, front_size), parsed.escaped, out + front_size,
      &size, &sframe);
  *info = (e2ee_frame_info) { sframe.kid, sframe.ctr, sframe.epoch };
  if (r != E2EE_OK)
    return r;

  /* The carrier is no part of the plain frame. */
  if (!parsed.front.has_slice)
    memmove (out + parsed.front.size, out + front_size, size);
  *out_size = parsed.front.size + size;
  return E2EE_OK;
}
