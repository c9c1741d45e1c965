/* The envelope around every message of a meeting: all that the delivery service sees.
 *
 *   version (1 byte, 01) | nonce (24 bytes, random) | XChaCha20-Poly1305
 *
 * sealed under a key of ticket and join secret, with version and meeting id beside it.  It keeps out
 * who has not got the link; everything inside is authenticated by itself.
 * docs/meeting-protocol.md, "Delivery".
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_ENVELOPE_H
#define E2EE_CORE_MEETING_ENVELOPE_H

#include "core/meeting/ticket.h"

#define E2EE_ENVELOPE_KEY_SIZE 32
#define E2EE_ENVELOPE_NONCE_SIZE 24
#define E2EE_ENVELOPE_OVERHEAD (1 + E2EE_ENVELOPE_NONCE_SIZE + 16)
/* The largest envelope: a Welcome with the tree of a full meeting. */
#define E2EE_ENVELOPE_MAX_SIZE ((size_t) 4 << 20)

/* HKDF-SHA256 (salt = ticket hash, ikm = join secret, info = @label): every key of a link. */
E2EE_MUST_USE e2ee_meeting_result e2ee_link_derive (const e2ee_link * link, const char *label,
    uint8_t * out, size_t out_size);

/* ENVELOPE when the content is too large. */
E2EE_MUST_USE e2ee_meeting_result e2ee_envelope_seal (const e2ee_env * env, e2ee_bytes key,
    const char *meeting_id, e2ee_bytes content, e2ee_mls_buffer * message);
/* ENVELOPE when it is not one, changed, or of another meeting. */
E2EE_MUST_USE e2ee_meeting_result e2ee_envelope_open (e2ee_bytes key, const char *meeting_id,
    e2ee_bytes message, e2ee_mls_buffer * content);

#endif
