/* Public Ed25519 keys in JSON (RFC 8037): in "cnf", in the headers of signatures, in key sets.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_JWK_H
#define E2EE_CORE_MEETING_JWK_H

#include <jansson.h>

#include "core/meeting/device.h"

/* The characters of 32 bytes in base64url. */
#define E2EE_BASE64URL_32 43

/* {"kty":"OKP","crv":"Ed25519","x":...}, further members are ignored.  KEY_FORMAT: also for a key
 * that is no point of the curve's main subgroup, and for one that tells its private half. */
E2EE_MUST_USE e2ee_meeting_result e2ee_jwk_read (const json_t * jwk, e2ee_public_key * key);

/* The same of a private key, whose "d" is the caller's to read. */
E2EE_MUST_USE e2ee_meeting_result e2ee_jwk_read_public_half (const json_t * jwk,
    e2ee_public_key * key);

/* The form that e2ee_jwk_read() reads; NULL without memory. */
json_t *e2ee_jwk_new (const e2ee_public_key * key);

/* Exactly 32 bytes; 0 when @text is anything else. */
int e2ee_base64url_read_32 (const char *text, size_t size, uint8_t out[32]);
/* With a zero behind. */
void e2ee_base64url_write_32 (const uint8_t bytes[32], char text[E2EE_BASE64URL_32 + 1]);

#endif
