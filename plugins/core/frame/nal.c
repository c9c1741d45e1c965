/* NAL units of H.264 (ITU-T H.264 section 7.3.1, Annex B) and H.265 (the same of ITU-T H.265).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/nal.h"

#include <string.h>

/* ITU-T H.264 table 7-1 */
#define H264_SLICE 1
#define H264_PARTITION_A 2
#define H264_PARTITION_C 4
#define H264_IDR_SLICE 5
#define H264_SEI 6
#define H264_SPS 7
#define H264_PPS 8
#define H264_DELIMITER 9
#define H264_SPS_EXTENSION 13
#define H264_SUBSET_SPS 15
#define H264_AUXILIARY_SLICE 19
#define H264_LAST_SLICE_EXTENSION 21

/* ITU-T H.265 table 7-1; types below 32 are coded picture data. */
#define H265_LAST_TRAILING_OR_LEADING 9
#define H265_FIRST_IRAP 16
#define H265_LAST_IRAP 21
#define H265_FIRST_NON_VCL 32
#define H265_VPS 32
#define H265_PPS 34
#define H265_DELIMITER 35
#define H265_PREFIX_SEI 39
#define H265_SUFFIX_SEI 40

static const uint8_t start_code[E2EE_NAL_START_CODE_SIZE] = { 0, 0, 0, 1 };

/* Three bytes at a time: a byte over 1 is in none of the three places. */
size_t
e2ee_nal_find_start_code (e2ee_bytes frame, size_t from)
{
  const uint8_t *data = frame.data;

  for (size_t i = from; i + 3 <= frame.size;) {
    if (data[i + 2] == 0)
      i++;
    else if (data[i + 2] == 1 && data[i] == 0 && data[i + 1] == 0)
      return i;
    else
      i += 3;
  }
  return frame.size;
}

e2ee_result
e2ee_nal_first (e2ee_bytes frame, size_t *at)
{
  size_t code = e2ee_nal_find_start_code (frame, 0);

  *at = frame.size;
  if (code == frame.size)
    return E2EE_ERR_FRAME;
  for (size_t i = 0; i < code; i++) {
    if (frame.data[i] != 0)
      return E2EE_ERR_FRAME;
  }
  *at = code + 3;
  return E2EE_OK;
}

int
e2ee_nal_next (e2ee_bytes frame, size_t *at, e2ee_nal * nal)
{
  size_t begin = *at, end;

  if (begin >= frame.size)
    return 0;

  end = e2ee_nal_find_start_code (frame, begin);
  *at = end < frame.size ? end + 3 : frame.size;
  while (end > begin && frame.data[end - 1] == 0)
    end--;
  *nal = (e2ee_nal) { begin, end - begin };
  return 1;
}

/* ---- what units are ---- */

unsigned
e2ee_nal_type (e2ee_codec codec, uint8_t first)
{
  return codec == E2EE_CODEC_H265 ? (first >> 1) & 0x3f : first & 0x1f;
}

static e2ee_nal_kind
get_h264_kind (unsigned type)
{
  switch (type) {
    case H264_SLICE:
    case H264_IDR_SLICE:
      return E2EE_NAL_SLICE;
    case H264_SPS:
    case H264_PPS:
    case H264_SPS_EXTENSION:
    case H264_SUBSET_SPS:
      return E2EE_NAL_SET;
    case H264_SEI:
      return E2EE_NAL_SEI;
    case H264_DELIMITER:
      return E2EE_NAL_DELIMITER;
    default:
      break;
  }
  if ((type >= H264_PARTITION_A && type <= H264_PARTITION_C)
      || (type >= H264_AUXILIARY_SLICE && type <= H264_LAST_SLICE_EXTENSION))
    return E2EE_NAL_PARTITION;
  return E2EE_NAL_OTHER;
}

static e2ee_nal_kind
get_h265_kind (unsigned type)
{
  if (type <= H265_LAST_TRAILING_OR_LEADING || (type >= H265_FIRST_IRAP && type <= H265_LAST_IRAP))
    return E2EE_NAL_SLICE;
  if (type < H265_FIRST_NON_VCL)
    return E2EE_NAL_PARTITION;
  if (type >= H265_VPS && type <= H265_PPS)
    return E2EE_NAL_SET;
  if (type == H265_PREFIX_SEI || type == H265_SUFFIX_SEI)
    return E2EE_NAL_SEI;
  return type == H265_DELIMITER ? E2EE_NAL_DELIMITER : E2EE_NAL_OTHER;
}

e2ee_nal_kind
e2ee_nal_get_kind (e2ee_codec codec, unsigned type)
{
  return codec == E2EE_CODEC_H265 ? get_h265_kind (type) : get_h264_kind (type);
}

int
e2ee_nal_is_sequence_set (e2ee_codec codec, unsigned type)
{
  if (codec == E2EE_CODEC_H265)
    return type >= H265_VPS && type < H265_PPS;
  return type == H264_SPS;
}

int
e2ee_nal_is_key_slice (e2ee_codec codec, unsigned type)
{
  if (codec == E2EE_CODEC_H265)
    return type >= H265_FIRST_IRAP && type <= H265_LAST_IRAP;
  return type == H264_IDR_SLICE;
}

/* ---- the front of a frame ---- */

/* As e2ee_nal_next(), but the end of a slice, which is nearly all of a frame, is not looked for: @nal
 * has the bytes that have to be there, and no other comes behind it. */
static int
next_up_to_slice (e2ee_codec codec, e2ee_bytes frame, size_t *at, e2ee_nal * nal)
{
  size_t begin = *at;

  if (begin + E2EE_NAL_CLEAR_SIZE > frame.size || frame.data[begin + 1] == 0
      || e2ee_nal_get_kind (codec, e2ee_nal_type (codec, frame.data[begin])) != E2EE_NAL_SLICE)
    return e2ee_nal_next (frame, at, nal);
  *nal = (e2ee_nal) { begin, E2EE_NAL_CLEAR_SIZE };
  *at = frame.size;
  return 1;
}

e2ee_result
e2ee_nal_find_slice (e2ee_codec codec, e2ee_bytes frame, e2ee_nal * slice)
{
  size_t at;
  e2ee_result r = e2ee_nal_first (frame, &at);

  *slice = (e2ee_nal) { 0, 0 };
  if (r != E2EE_OK)
    return r;
  while (next_up_to_slice (codec, frame, &at, slice)) {
    if (slice->size > 0 && e2ee_nal_get_kind (codec, e2ee_nal_type (codec,
                frame.data[slice->offset])) == E2EE_NAL_SLICE)
      return slice->size >= E2EE_NAL_CLEAR_SIZE ? E2EE_OK : E2EE_ERR_FRAME;
  }
  *slice = (e2ee_nal) { 0, 0 };
  return E2EE_ERR_FRAME;
}

static int
has_set (const e2ee_nal_front * front, e2ee_bytes set)
{
  for (size_t i = 0; i < front->n_sets; i++) {
    if (front->sets[i].size == set.size && memcmp (front->sets[i].data, set.data, set.size) == 0)
      return 1;
  }
  return 0;
}

static e2ee_result
take_unit (e2ee_codec codec, e2ee_bytes frame, const e2ee_nal * nal, e2ee_nal_front * front)
{
  e2ee_bytes unit = E2EE_BYTES (frame.data + nal->offset, nal->size);

  switch (e2ee_nal_get_kind (codec, e2ee_nal_type (codec, unit.data[0]))) {
    case E2EE_NAL_SLICE:
      if (nal->size < E2EE_NAL_CLEAR_SIZE)
        return E2EE_ERR_FRAME;
      front->has_slice = 1;
      front->slice = nal->offset;
      front->size += E2EE_NAL_START_CODE_SIZE + E2EE_NAL_CLEAR_SIZE;
      return E2EE_OK;
    case E2EE_NAL_SET:
      if (has_set (front, unit))
        return E2EE_OK;
      if (front->n_sets == E2EE_NAL_MAX_SETS)
        return E2EE_ERR_TOO_LARGE;
      front->sets[front->n_sets++] = unit;
      front->size += E2EE_NAL_START_CODE_SIZE + nal->size;
      return E2EE_OK;
    case E2EE_NAL_SEI:
      if (!front->has_sei && nal->size >= E2EE_NAL_CLEAR_SIZE) {
        front->has_sei = 1;
        front->sei = nal->offset;
      }
      return E2EE_OK;
    case E2EE_NAL_PARTITION:
      return E2EE_ERR_FRAME;
    case E2EE_NAL_DELIMITER:
    case E2EE_NAL_OTHER:
      break;
  }
  return E2EE_OK;
}

e2ee_result
e2ee_nal_read_front (e2ee_codec codec, e2ee_bytes frame, e2ee_nal_front * front)
{
  e2ee_nal nal;
  size_t at;
  e2ee_result r;

  front->n_sets = front->size = front->slice = front->sei = 0;
  front->has_slice = front->has_sei = 0;
  r = e2ee_nal_first (frame, &at);
  while (r == E2EE_OK && !front->has_slice
      && next_up_to_slice (codec, frame, &at, &nal)) {
    if (nal.size > 0)
      r = take_unit (codec, frame, &nal, front);
  }
  return r;
}

static uint8_t *
put_unit (uint8_t * out, const uint8_t * data, size_t size)
{
  memcpy (out, start_code, sizeof start_code);
  memcpy (out + sizeof start_code, data, size);
  return out + sizeof start_code + size;
}

size_t
e2ee_nal_write_front (const e2ee_nal_front * front, e2ee_bytes frame, uint8_t * out)
{
  for (size_t i = 0; i < front->n_sets; i++)
    out = put_unit (out, front->sets[i].data, front->sets[i].size);
  if (front->has_slice)
    put_unit (out, frame.data + front->slice, E2EE_NAL_CLEAR_SIZE);
  return front->size;
}

/* ---- emulation prevention ---- */

/* Where the next byte of at most 3 stands that has two zero bytes before it, from @i on, before
 * which @zeros of them stand; or @size.  Where the byte two further on is over 3, no such byte can
 * be among the three. */
static size_t
find_escape (const uint8_t * data, size_t size, size_t i, unsigned zeros)
{
  while (i < size) {
    if (zeros == 0 && i + 2 < size && data[i + 2] > 3) {
      i += 3;
      continue;
    }
    if (zeros >= 2 && data[i] <= 3)
      return i;
    zeros = data[i] == 0 ? zeros + 1 : 0;
    i++;
  }
  return size;
}

size_t
e2ee_nal_count_escapes (e2ee_bytes data, unsigned zeros)
{
  size_t n = 0;
  size_t i = find_escape (data.data, data.size, 0, zeros);

  for (; i < data.size; n++) {
    zeros = data.data[i] == 0;
    i = find_escape (data.data, data.size, i + 1, zeros);
  }
  return n;
}

size_t
e2ee_nal_escape (uint8_t * data, size_t size, unsigned zeros)
{
  size_t from = find_escape (data, size, 0, zeros);
  size_t to = from;
  size_t n, new_size;

  if (from == size)
    return size;
  n = e2ee_nal_count_escapes (E2EE_BYTES (data, size), zeros);
  new_size = size + n;

  /* The bytes from the first escape on move behind the room that all will need, and back from
   * there: what is written never overtakes what is still to be read. */
  memmove (data + from + n, data + from, size - from);
  from += n;
  while (from < new_size) {
    size_t next;

    data[to++] = 3;
    zeros = data[from] == 0;
    next = find_escape (data, new_size, from + 1, zeros);
    memmove (data + to, data + from, next - from);
    to += next - from;
    from = next;
  }
  return new_size;
}

int
e2ee_nal_is_escaped (e2ee_bytes in, unsigned zeros)
{
  return find_escape (in.data, in.size, 0, zeros) < in.size;
}

e2ee_result
e2ee_nal_unescape (e2ee_bytes in, unsigned zeros, uint8_t * out, size_t *out_size)
{
  size_t from = 0, to = 0;

  *out_size = 0;
  while (from < in.size) {
    size_t next = find_escape (in.data, in.size, from, zeros);

    if (next < in.size && in.data[next] != 3)
      return E2EE_ERR_FRAME;
    memmove (out + to, in.data + from, next - from);
    to += next - from;
    from = next + 1;
    zeros = 0;
  }
  *out_size = to;
  return E2EE_OK;
}
