/* SFrame protection of one media frame, RFC 9605 section 4.4.
 *
 * On the wire: metadata (clear, sent by the caller) | header | ciphertext | tag.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_SFRAME_H
#define E2EE_CORE_FRAME_SFRAME_H

#include "core/frame/keyring.h"

#define E2EE_SFRAME_MIN_OVERHEAD (1 + 4)
#define E2EE_SFRAME_MAX_OVERHEAD (E2EE_SFRAME_MAX_HEADER_SIZE + E2EE_AEAD_MAX_TAG_SIZE)
/* Bytes of metadata that can be authenticated; more is TOO_LARGE.  An H.264 prefix with
 * parameter sets and SEI measures up to 756 bytes. */
#define E2EE_SFRAME_MAX_METADATA 4096
/* Bytes of plaintext in one frame; more is TOO_LARGE.  Far below what any suite may encrypt
 * under one nonce. */
#define E2EE_SFRAME_MAX_FRAME ((size_t) 1 << 30)

/* Bytes that the next e2ee_sframe_seal() with @key adds: header and tag. */
size_t e2ee_sframe_overhead (const e2ee_key * key);

/* Seals one frame with the next counter of @key.
 *
 *   @metadata   bytes in front of the SFrame object that are authenticated, not encrypted
 *               (section 4.4.3); may be empty
 *   @plaintext  may be empty
 *   @out        plaintext.size + e2ee_sframe_overhead() bytes, must not overlap @plaintext
 *   @ctr        told the counter used; may be NULL
 *
 * The counter is spent before the cipher runs, so no failure can lead to its reuse.  Allocates
 * nothing.  Errors: KEY_USAGE, EXHAUSTED, TOO_LARGE; then @out_size is 0 and @out holds nothing
 * readable. */
E2EE_MUST_USE e2ee_result e2ee_sframe_seal (e2ee_key * key, e2ee_bytes metadata,
    e2ee_bytes plaintext, uint8_t * out, size_t *out_size, uint64_t * ctr);

typedef struct
{
  uint64_t kid;                 /* valid once the header could be read, also on failure */
  uint64_t ctr;
  size_t header_size;           /* likewise */
  uint64_t epoch;               /* valid on success */
} e2ee_sframe_info;

/* Opens one SFrame object.
 *
 *   @in    header | ciphertext | tag
 *   @out   in.size - E2EE_SFRAME_MIN_OVERHEAD bytes are enough; must not overlap @in
 *
 * On any other result than E2EE_OK, @out holds no plaintext, @out_size is 0, and the replay
 * window is as it was: nothing is committed before the tag has been verified.  Allocates
 * nothing, save for the first frame of a counter run.  Errors: TRUNCATED, HEADER, UNKNOWN_KEY,
 * REPLAYED, TOO_MANY_SENDERS, TAG, TOO_LARGE, NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_sframe_open (const e2ee_keyring * ring, uint64_t now_ms,
    e2ee_bytes metadata, e2ee_bytes in, uint8_t * out, size_t *out_size, e2ee_sframe_info * info);

/* As e2ee_sframe_open(), in place: the plaintext is left where the ciphertext was, at
 * frame + info->header_size.  On failure no byte of the plaintext stands in @frame. */
E2EE_MUST_USE e2ee_result e2ee_sframe_open_in_place (const e2ee_keyring * ring, uint64_t now_ms,
    e2ee_bytes metadata, uint8_t * frame, size_t size, size_t *plaintext_size,
    e2ee_sframe_info * info);

#endif
