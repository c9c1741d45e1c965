/* The SFrame header, RFC 9605 section 4.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_HEADER_H
#define E2EE_CORE_FRAME_HEADER_H

#include "core/bytes.h"
#include "core/result.h"

#define E2EE_SFRAME_MAX_HEADER_SIZE 17

typedef struct
{
  uint64_t kid;
  uint64_t ctr;
  size_t size;                  /* bytes on the wire, 1 to 17 */
} e2ee_sframe_header;

/* Writes the one encoding that the RFC allows and returns its size. */
size_t e2ee_sframe_header_write (uint64_t kid, uint64_t ctr,
    uint8_t out[E2EE_SFRAME_MAX_HEADER_SIZE]);

/* Reads a header from the front of @in.  Errors: TRUNCATED; HEADER for a value in more bytes
 * than it needs, which no encoder may write ("MUST", section 4.3), so that a frame has one form. */
E2EE_MUST_USE e2ee_result e2ee_sframe_header_read (e2ee_bytes in, e2ee_sframe_header * header);

#endif
