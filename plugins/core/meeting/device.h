/* A device: the Ed25519 key that stands for it as long as it lives.
 *
 * Accounts name it by the thumbprint of its public key (RFC 7638, SHA-256 over the OKP JWK).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_DEVICE_H
#define E2EE_CORE_MEETING_DEVICE_H

#include "core/bytes.h"
#include "core/env.h"
#include "core/meeting/result.h"
#include "core/mls/memory.h"

#define E2EE_PUBLIC_KEY_SIZE 32
#define E2EE_THUMBPRINT_SIZE 32
#define E2EE_SIGNATURE_SIZE 64

typedef struct
{
  uint8_t bytes[E2EE_PUBLIC_KEY_SIZE];
} e2ee_public_key;

typedef struct
{
  uint8_t bytes[E2EE_THUMBPRINT_SIZE];
} e2ee_thumbprint;

/* Also an account authority's key pair, in the tools and in tests.  Reference-counted, immutable;
 * the private half is in locked memory that the last reference wipes. */
typedef struct e2ee_device e2ee_device;

E2EE_MUST_USE e2ee_meeting_result e2ee_device_generate (const e2ee_env * env,
    e2ee_device ** device);
/* A private JWK, RFC 8037: {"kty":"OKP","crv":"Ed25519","x":...,"d":...}; "x" must belong to "d".
 * KEY_FORMAT. */
E2EE_MUST_USE e2ee_meeting_result e2ee_device_from_jwk (e2ee_bytes jwk, e2ee_device ** device);
/* The same form; the caller clears (and thereby wipes) the buffer. */
E2EE_MUST_USE e2ee_meeting_result e2ee_device_to_jwk (const e2ee_device * device,
    e2ee_mls_buffer * jwk);
e2ee_device *e2ee_device_ref (e2ee_device * device);
void e2ee_device_unref (e2ee_device * device);
const e2ee_public_key *e2ee_device_public_key (const e2ee_device * device);
/* Ed25519, RFC 8032.  What is signed names its use, as the header of a jws.h does. */
void e2ee_device_sign (const e2ee_device * device, e2ee_bytes message,
    uint8_t signature[E2EE_SIGNATURE_SIZE]);

void e2ee_public_key_thumbprint (const e2ee_public_key * key, e2ee_thumbprint * thumbprint);
/* Constant time; also for ordering nothing. */
int e2ee_thumbprint_equal (const e2ee_thumbprint * a, const e2ee_thumbprint * b);

/* Authorities that are trusted: a JWK Set of public keys.  At most 16.  KEY_FORMAT. */
typedef struct
{
  e2ee_public_key keys[16];
  size_t n_keys;
} e2ee_authorities;

E2EE_MUST_USE e2ee_meeting_result e2ee_authorities_parse (e2ee_bytes jwk_set,
    e2ee_authorities * authorities);

#endif
