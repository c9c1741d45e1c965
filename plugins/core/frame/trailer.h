/* Protection with a trailer, the common part of LiveKit's and Jitsi's formats
 * (docs/wire-format.md).
 *
 * On the wire: clear prefix | ciphertext | tag (16) | nonce (12) | 0c | key id (1).  AES-GCM; the
 * prefix is authenticated, the nonce by its use; 0c and the key id are not.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_TRAILER_H
#define E2EE_CORE_FRAME_TRAILER_H

#include "core/frame/format.h"

#define E2EE_TRAILER_TAG_SIZE 16
#define E2EE_TRAILER_SIZE (E2EE_AEAD_NONCE_SIZE + 2)
/* What a frame grows by. */
#define E2EE_TRAILER_OVERHEAD (E2EE_TRAILER_TAG_SIZE + E2EE_TRAILER_SIZE)

/* Seals @plaintext behind the @prefix_size clear bytes that @out begins with, which has room for
 * E2EE_TRAILER_OVERHEAD bytes more than both.  Otherwise as seal() of format.h. */
E2EE_MUST_USE e2ee_result e2ee_trailer_seal (e2ee_key * key, e2ee_format_id format,
    size_t prefix_size, e2ee_bytes plaintext, uint8_t * out, size_t *out_size,
    e2ee_frame_info * info);

/* As peek() of format.h.  Emulation prevention does not reach the last two bytes of a frame, which
 * are all that is looked at when it is @escaped; its ctr then comes with open(). */
E2EE_MUST_USE e2ee_result e2ee_trailer_peek (e2ee_bytes frame, int escaped,
    e2ee_frame_info * info);

/* As open() of format.h; the first @prefix_size bytes of the frame are clear, and what is behind
 * them may be @escaped (nal.h). */
E2EE_MUST_USE e2ee_result e2ee_trailer_open (const e2ee_keyring * ring, uint64_t now_ms,
    e2ee_format_id format, size_t prefix_size, int escaped, e2ee_bytes frame, uint8_t * out,
    size_t *out_size, e2ee_frame_info * info);

#endif
