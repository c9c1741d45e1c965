/* What LiveKit puts around encrypted frames, or in their place, and nobody authenticates: for
 * receivers that were told to expect it (docs/wire-format.md).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_LIVEKIT_H
#define E2EE_CORE_FRAME_LIVEKIT_H

#include "core/frame/codec.h"

/* The packet trailer that a video track may carry behind each frame, outside of encryption: its
 * size, or 0 when @frame has none. */
size_t e2ee_livekit_packet_trailer (e2ee_bytes frame);

/* A blank frame that the server sends in place of a muted sender's: one of few that are known to
 * the byte, with the room's own @sif_trailer behind it, which is not empty.  The size of the blank
 * frame, or 0: then it is a frame like any other.  Whatever stands in front of such a trailer and
 * is not known is nothing that may pass. */
size_t e2ee_livekit_blank_frame (e2ee_codec codec, e2ee_bytes frame, e2ee_bytes sif_trailer);

#endif
