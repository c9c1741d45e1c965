/* NAL units of H.264 and H.265 in a byte stream (Annex B of both), and what a frame format needs of
 * them: the clear front of a frame, and emulation prevention for what stands behind it.
 *
 * Everything here works on memory of the caller and allocates nothing.  Payloaders, depayloaders
 * and SFUs hand NAL units on; start codes, and zero bytes behind a unit, they write as they like.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_NAL_H
#define E2EE_CORE_FRAME_NAL_H

#include "core/frame/codec.h"
#include "core/result.h"

#define E2EE_NAL_START_CODE_SIZE 4
/* Clear bytes of the unit that the protected bytes stand in: the header of H.264 and the byte
 * behind it, whose first bit tells a slice that begins a picture; the header of H.265. */
#define E2EE_NAL_CLEAR_SIZE 2
/* Different parameter sets in one frame; more is TOO_LARGE. */
#define E2EE_NAL_MAX_SETS 64

/* One NAL unit, from its header on, without start code and without zero bytes behind it. */
typedef struct
{
  size_t offset;                /* in the frame */
  size_t size;                  /* may be 0 */
} e2ee_nal;

/* Where 00 00 01 stands from @from on, or frame.size. */
size_t e2ee_nal_find_start_code (e2ee_bytes frame, size_t from);

/* Sets *@at to the first NAL unit of @frame.  FRAME: something else than zero bytes stands before
 * the first start code, or there is none. */
E2EE_MUST_USE e2ee_result e2ee_nal_first (e2ee_bytes frame, size_t *at);
/* The unit at *@at, which moves to the next.  0 when there is none. */
int e2ee_nal_next (e2ee_bytes frame, size_t *at, e2ee_nal * nal);

/* The type in the header @first, the first byte of a unit. */
unsigned e2ee_nal_type (e2ee_codec codec, uint8_t first);

typedef enum
{
  E2EE_NAL_SLICE,               /* a whole slice: H.264 1, 5; H.265 0-9, 16-21 */
  E2EE_NAL_SET,                 /* a parameter set */
  E2EE_NAL_SEI,
  E2EE_NAL_DELIMITER,           /* access unit delimiter: begins a frame */
  E2EE_NAL_PARTITION,           /* coded picture data that is no whole slice */
  E2EE_NAL_OTHER
} e2ee_nal_kind;

e2ee_nal_kind e2ee_nal_get_kind (e2ee_codec codec, unsigned type);
/* Whether a parameter set of this type is one for a whole sequence: H.264 SPS; H.265 VPS, SPS. */
int e2ee_nal_is_sequence_set (e2ee_codec codec, unsigned type);
/* Whether a slice of this type lets a decoder begin: H.264 5; H.265 16-21. */
int e2ee_nal_is_key_slice (e2ee_codec codec, unsigned type);

/* The first slice of @frame: where it begins, and so much of it as is looked at.  FRAME: there is
 * none, or it is shorter than E2EE_NAL_CLEAR_SIZE.  Behind slice->offset + E2EE_NAL_CLEAR_SIZE begins
 * what is encrypted. */
E2EE_MUST_USE e2ee_result e2ee_nal_find_slice (e2ee_codec codec, e2ee_bytes frame,
    e2ee_nal * slice);

/* What stands in front of the encrypted bytes, in the one form that every receiver can find again:
 * the different parameter sets before the first slice, in their order, each behind a start code of
 * four bytes, and then the first bytes of the slice behind another.  Delimiters, SEI, filler and
 * what is unknown are left out: SEI tells what is in the picture, and the others not everybody
 * hands on; a parameter set that comes twice was put there again by a payloader or depayloader. */
typedef struct
{
  e2ee_bytes sets[E2EE_NAL_MAX_SETS];   /* in the frame */
  size_t n_sets;
  size_t size;                  /* that write_front() writes */
  int has_slice;
  size_t slice;                 /* offset of its header in the frame */
  int has_sei;
  size_t sei;                   /* likewise, the first */
} e2ee_nal_front;

/* Errors: FRAME (no byte stream; coded data before the first slice; a slice, or while there is none
 * an SEI, shorter than E2EE_NAL_CLEAR_SIZE), TOO_LARGE (E2EE_NAL_MAX_SETS). */
E2EE_MUST_USE e2ee_result e2ee_nal_read_front (e2ee_codec codec, e2ee_bytes frame,
    e2ee_nal_front * front);
/* Without a slice: the parameter sets alone.  Returns front->size. */
size_t e2ee_nal_write_front (const e2ee_nal_front * front, e2ee_bytes frame, uint8_t * out);

/* Emulation prevention: 03 stands behind two zero bytes and before a byte of at most 3.  @zeros is
 * the number of zero bytes right before the block.
 *
 * count_escapes: how many bytes escape() inserts.
 * escape: in place; @data has room for @size + count_escapes().  Returns the new size.
 * is_escaped: whether two zero bytes and a byte of at most 3 stand in @in: if not, unescape()
 *   changes nothing and needs not be called.
 * unescape: @out has room for in.size bytes and may be in.data.  FRAME: two zero bytes and one
 *   below 3, which no escaped block has: a start code, or bytes that were never escaped. */
#define E2EE_NAL_ESCAPED_BOUND(size) ((size) + (size) / 2 + 1)
size_t e2ee_nal_count_escapes (e2ee_bytes data, unsigned zeros);
size_t e2ee_nal_escape (uint8_t * data, size_t size, unsigned zeros);
int e2ee_nal_is_escaped (e2ee_bytes in, unsigned zeros);
E2EE_MUST_USE e2ee_result e2ee_nal_unescape (e2ee_bytes in, unsigned zeros, uint8_t * out,
    size_t *out_size);

#endif
