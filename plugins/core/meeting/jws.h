/* JSON Web Signatures in compact form, EdDSA with Ed25519 only (RFC 7515, RFC 8037).
 *
 * Strict on purpose: one algorithm, one type for each use, no unknown "crit", no padding or line
 * breaks in base64url, no duplicate members, 16 KiB at most.  The type in the header keeps a
 * signature of one kind from being taken for another (RFC 8725 section 3.11).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_JWS_H
#define E2EE_CORE_MEETING_JWS_H

#include <jansson.h>

#include "core/meeting/device.h"

#define E2EE_JWS_MAX_SIZE 16384

typedef struct
{
  json_t *claims;               /* an object */
  int has_jwk;                  /* the header carried the signer's public key */
  e2ee_public_key jwk;
  e2ee_bytes signing_input;     /* points into the text */
  uint8_t signature[64];
} e2ee_jws;

/* Reads form and header and verifies nothing.  JWS_FORMAT. */
E2EE_MUST_USE e2ee_meeting_result e2ee_jws_parse (e2ee_bytes text, const char *type,
    e2ee_jws * jws);
/* JWS_SIGNATURE. */
E2EE_MUST_USE e2ee_meeting_result e2ee_jws_verify (const e2ee_jws * jws,
    const e2ee_public_key * key);
void e2ee_jws_clear (e2ee_jws * jws);

/* Signs @claims (stays the caller's).  @with_jwk: the header carries the public key, for signers
 * that the reader knows by thumbprint. */
E2EE_MUST_USE e2ee_meeting_result e2ee_jws_sign (const e2ee_device * device, const char *type,
    const json_t * claims, int with_jwk, e2ee_mls_buffer * text);

/* base64url without padding, RFC 4648 section 5; strict: trailing bits are zero. */
E2EE_MUST_USE e2ee_meeting_result e2ee_base64url_decode (e2ee_bytes text, e2ee_mls_buffer * out);
E2EE_MUST_USE e2ee_meeting_result e2ee_base64url_encode (e2ee_bytes bytes, e2ee_mls_buffer * text);

#endif
