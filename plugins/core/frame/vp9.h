/* What the front of a VP9 frame says (VP9 bitstream specification, section 6.2).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_VP9_H
#define E2EE_CORE_FRAME_VP9_H

#include "core/bytes.h"

#include <stdint.h>

/* Nonzero when the plain @frame is a key frame, and then its size in pixels, 1 to 65,536.  Of a
 * superframe the first frame counts, behind which the others are decoded.  An intra-only frame is
 * none, since pictures before it stay in use, nor is one that shows an earlier picture again. */
int e2ee_vp9_read_key_frame (e2ee_bytes frame, uint32_t * width, uint32_t * height);

#endif
