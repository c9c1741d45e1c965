/* NAL units in RTP payloads.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "rtp/nalpacking.h"

#include <string.h>

/* The first bit behind the header of a slice: first_mb_in_slice, ue(v), is 0 in H.264. */
#define FIRST_IN_PICTURE 0x80
/* Of a unit in an aggregation packet. */
#define LENGTH_SIZE 2
/* guint state between the fragments of a unit: its type, and this. */
#define STATE_OPEN 0x100

static const guint8 start_code[E2EE_NAL_START_CODE_SIZE] = { 0, 0, 0, 1 };

/* ---- reading ---- */

static gboolean
is_later_slice (const E2eeRtpNalLayout * layout, const guint8 * unit, gsize size)
{
  return layout->tells_first_slice && size > layout->header_size
      && !(unit[layout->header_size] & FIRST_IN_PICTURE);
}

/* A delimiter begins a frame.  Parameter sets and SEI may stand in front of any slice of it, and the
 * first slice behind them. */
E2eeRtpStart
e2ee_rtp_nal_start (const E2eeRtpNalLayout * layout, const guint8 * unit, gsize size)
{
  switch (e2ee_nal_get_kind (layout->codec, e2ee_nal_type (layout->codec, unit[0]))) {
    case E2EE_NAL_DELIMITER:
      return E2EE_RTP_START_YES;
    case E2EE_NAL_SLICE:
      return is_later_slice (layout, unit, size) ? E2EE_RTP_START_NO : E2EE_RTP_START_MAYBE;
    case E2EE_NAL_SET:
    case E2EE_NAL_SEI:
    case E2EE_NAL_PARTITION:
    case E2EE_NAL_OTHER:
      break;
  }
  return E2EE_RTP_START_MAYBE;
}

/* Parameter sets come in front of what a decoder can begin with; without them (they are in the
 * caps) it is the first slice of a key picture. */
gboolean
e2ee_rtp_nal_is_entry (const E2eeRtpNalLayout * layout, const guint8 * unit, gsize size)
{
  guint type = e2ee_nal_type (layout->codec, unit[0]);

  switch (e2ee_nal_get_kind (layout->codec, type)) {
    case E2EE_NAL_SET:
      return e2ee_nal_is_sequence_set (layout->codec, type);
    case E2EE_NAL_SLICE:
      return e2ee_nal_is_key_slice (layout->codec, type) && !is_later_slice (layout, unit, size);
    case E2EE_NAL_DELIMITER:
    case E2EE_NAL_SEI:
    case E2EE_NAL_PARTITION:
    case E2EE_NAL_OTHER:
      break;
  }
  return FALSE;
}

gsize
e2ee_rtp_nal_next_aggregated (const E2eeRtpNalLayout * layout, const guint8 * payload, gsize size,
    gsize * offset)
{
  gsize unit_size;

  if (size - *offset < LENGTH_SIZE + layout->header_size)
    return 0;
  unit_size = e2ee_get_be (payload + *offset, LENGTH_SIZE);
  *offset += LENGTH_SIZE;
  if (unit_size < layout->header_size || unit_size > size - *offset)
    return 0;
  *offset += unit_size;
  return unit_size;
}

gssize
e2ee_rtp_nal_unpack_single (const guint8 * payload, gsize size, guint8 * out)
{
  memcpy (out, start_code, sizeof start_code);
  memcpy (out + sizeof start_code, payload, size);
  return sizeof start_code + size;
}

gssize
e2ee_rtp_nal_unpack_aggregate (const E2eeRtpNalLayout * layout, const guint8 * payload, gsize size,
    guint8 * out)
{
  gsize offset = layout->header_size;
  gssize written = 0;

  while (offset < size) {
    gsize unit_size = e2ee_rtp_nal_next_aggregated (layout, payload, size, &offset);

    if (unit_size == 0)
      return -1;
    written += e2ee_rtp_nal_unpack_single (payload + offset - unit_size, unit_size, out + written);
  }
  return written;
}

gssize
e2ee_rtp_nal_unpack_fragment (const E2eeRtpNalLayout * layout, const guint8 * header,
    const guint8 * payload, gsize size, guint8 * out, guint * state)
{
  guint8 fu_header = payload[layout->fragment_size - 1];
  guint unit = STATE_OPEN | e2ee_nal_type (layout->codec, header[0]);
  gssize written = 0;

  if (*state != (fu_header & E2EE_RTP_FU_S ? 0 : unit))
    return -1;
  *state = fu_header & E2EE_RTP_FU_E ? 0 : unit;

  if (fu_header & E2EE_RTP_FU_S)
    written = e2ee_rtp_nal_unpack_single (header, layout->header_size, out);
  memcpy (out + written, payload + layout->fragment_size, size - layout->fragment_size);
  return written + size - layout->fragment_size;
}

/* ---- cutting ---- */

/* Behind the start codes at @offset, empty units among them; there is one byte at least. */
static gsize
skip_start_codes (const E2eeRtpWhole * whole, gsize offset)
{
  for (gsize i = offset; i < whole->size; i++) {
    if (whole->data[i] == 1 && i >= offset + 2)
      offset = i + 1;
    else if (whole->data[i] != 0)
      break;
  }
  return MIN (offset, whole->size - 1);
}

/* Where the unit ends of which the bytes from @from on are left, if that is at most @most bytes away;
 * else further. */
static gsize
find_end (const E2eeRtpWhole * whole, gsize from, gsize most)
{
  gsize window = MIN (whole->size, from + most + E2EE_NAL_START_CODE_SIZE);
  gsize code = e2ee_nal_find_start_code (E2EE_BYTES (whole->data, window), from);
  gsize end = code;

  if (code == window)
    return window;
  while (end > from && whole->data[end - 1] == 0)
    end--;
  /* Nothing but zero bytes is left, and something must go. */
  return end > from ? end : code;
}

void
e2ee_rtp_nal_cut (const E2eeRtpNalLayout * layout, E2eeRtpFragmentHeadFunc make_head,
    const E2eeRtpWhole * whole, gsize offset, gsize room, gsize last_room, E2eeRtpPiece * piece)
{
  guint8 *fu_header = &piece->head[layout->fragment_size - 1];
  gboolean goes_on = offset > 0 && piece->head_size > 0 && !(*fu_header & E2EE_RTP_FU_E);
  gsize begin = goes_on ? offset : skip_start_codes (whole, offset);
  gsize end = find_end (whole, begin, MAX (room, last_room));
  gsize head_size = goes_on ? layout->fragment_size : 0;
  gboolean fits = head_size + end - begin <= (end == whole->size ? last_room : room);

  if (goes_on) {
    *fu_header &= (guint8) ~ E2EE_RTP_FU_S;
  } else if (fits) {
    piece->head_size = 0;
  } else if (make_head != NULL) {
    make_head (whole->data + begin, piece->head);
    *fu_header |= E2EE_RTP_FU_S;
    piece->head_size = layout->fragment_size;
    begin += layout->header_size;
  }
  piece->skip = begin - offset;

  if (fits) {
    piece->size = end - begin;
    if (goes_on)
      *fu_header |= E2EE_RTP_FU_E;
  } else {
    piece->size = make_head != NULL ? MIN (room - layout->fragment_size, end - begin - 1) : 0;
  }
}
