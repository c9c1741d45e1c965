/* Which bytes of an encoded frame stay clear, per codec (docs/wire-format.md).
 *
 * They are what an SFU, a packetizer or a depacketizer reads; they are authenticated as SFrame
 * metadata.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_PREFIX_H
#define E2EE_CORE_FRAME_PREFIX_H

#include "core/frame/codec.h"
#include "core/result.h"

typedef struct
{
  size_t size;                  /* clear bytes at the front of the frame */
  int key_frame;                /* its clear bytes say that it can be decoded without an earlier one */
} e2ee_prefix;

/* Reads the clear prefix of @frame, which may be plain or protected: the answer is the same,
 * since it depends on clear bytes alone.  Errors: TRUNCATED (shorter than its own prefix),
 * UNSUPPORTED (unknown codec; H.264 and H.265, of which something else than the first bytes as they
 * are stays clear: nal.h). */
E2EE_MUST_USE e2ee_result e2ee_prefix_read (e2ee_codec codec, e2ee_bytes frame,
    e2ee_prefix * prefix);

#endif
