/* SFrame for H.264 and H.265, whose frames are handed on by their NAL units:
 *
 *   clear front | escape (SFrame object | 80)
 *
 * On its way such a frame is a few parameter sets and one more unit, which no packetizer takes
 * apart in the wrong place (docs/wire-format.md).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_SFRAME_NAL_H
#define E2EE_CORE_FRAME_SFRAME_NAL_H

#include "core/frame/format.h"

/* As the functions of e2ee_format, for E2EE_CODEC_H264 and E2EE_CODEC_H265. */
size_t e2ee_sframe_nal_seal_bound (const e2ee_key * key, size_t frame_size);
E2EE_MUST_USE e2ee_result e2ee_sframe_nal_seal (e2ee_key * key, e2ee_codec codec,
    e2ee_bytes frame, uint8_t * out, size_t *out_size, e2ee_frame_info * info);
E2EE_MUST_USE e2ee_result e2ee_sframe_nal_peek (e2ee_codec codec, e2ee_bytes frame,
    e2ee_frame_info * info);
E2EE_MUST_USE e2ee_result e2ee_sframe_nal_open (const e2ee_keyring * ring, uint64_t now_ms,
    e2ee_codec codec, e2ee_bytes frame, uint8_t * out, size_t *out_size, e2ee_frame_info * info);

#endif
