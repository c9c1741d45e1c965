/* JSON Web Signatures in compact form (jws.h), RFC 7515 section 7.1 and RFC 8037.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/jws.h"

#include <string.h>

#include <sodium.h>

#include "core/meeting/claims.h"
#include "core/meeting/jwk.h"

/* header "." payload "." signature */
typedef struct
{
  e2ee_bytes header;
  e2ee_bytes payload;
  e2ee_bytes signature;
  e2ee_bytes signing_input;
} jws_parts;

static int
split (e2ee_bytes text, jws_parts * parts)
{
  const uint8_t *first, *second;
  const uint8_t *const end = text.size > 0 ? text.data + text.size : NULL;

  if (text.size == 0 || text.size > E2EE_JWS_MAX_SIZE)
    return 0;
  first = memchr (text.data, '.', text.size);
  if (first == NULL)
    return 0;
  second = memchr (first + 1, '.', (size_t) (end - first - 1));
  if (second == NULL)
    return 0;
  parts->header = E2EE_BYTES (text.data, (size_t) (first - text.data));
  parts->payload = E2EE_BYTES (first + 1, (size_t) (second - first - 1));
  /* A third dot is no character of base64url. */
  parts->signature = E2EE_BYTES (second + 1, (size_t) (end - second - 1));
  parts->signing_input = E2EE_BYTES (text.data, (size_t) (second - text.data));
  return 1;
}

static e2ee_meeting_result
decode_object (e2ee_bytes text, json_t ** object)
{
  e2ee_mls_buffer json;
  e2ee_meeting_result r = e2ee_base64url_decode (text, &json);

  *object = NULL;
  if (r == E2EE_MEETING_OK)
    r = e2ee_json_read (e2ee_mls_buffer_view (json), E2EE_MEETING_ERR_JWS_FORMAT, object);
  e2ee_mls_buffer_clear (&json);
  return r;
}

static int
is_text (const json_t * header, const char *name, const char *wanted)
{
  const json_t *value = json_object_get (header, name);

  return json_is_string (value) && strcmp (json_string_value (value), wanted) == 0;
}

/* Keys that a header only points to (jku, x5u) or wraps (x5c) are not looked at: a signer is known
 * beforehand, or by the thumbprint of "jwk". */
static e2ee_meeting_result
read_header (const json_t * header, const char *type, e2ee_jws * jws)
{
  const json_t *jwk = json_object_get (header, "jwk");

  /* No extension is understood here (RFC 7515 section 4.1.11). */
  if (!is_text (header, "alg", "EdDSA") || !is_text (header, "typ", type)
      || json_object_get (header, "crit") != NULL)
    return E2EE_MEETING_ERR_JWS_FORMAT;
  jws->has_jwk = jwk != NULL;
  if (jwk != NULL && e2ee_jwk_read (jwk, &jws->jwk) != E2EE_MEETING_OK)
    return E2EE_MEETING_ERR_JWS_FORMAT;
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
read_signature (e2ee_bytes text, uint8_t signature[E2EE_SIGNATURE_SIZE])
{
  e2ee_mls_buffer bytes;
  e2ee_meeting_result r = e2ee_base64url_decode (text, &bytes);

  if (r != E2EE_MEETING_OK)
    return r;
  if (bytes.size == E2EE_SIGNATURE_SIZE)
    memcpy (signature, bytes.data, E2EE_SIGNATURE_SIZE);
  else
    r = E2EE_MEETING_ERR_JWS_FORMAT;
  e2ee_mls_buffer_clear (&bytes);
  return r;
}

e2ee_meeting_result
e2ee_jws_parse (e2ee_bytes text, const char *type, e2ee_jws * jws)
{
  json_t *header = NULL;
  e2ee_meeting_result r;
  jws_parts parts;

  memset (jws, 0, sizeof (*jws));
  if (!split (text, &parts))
    return E2EE_MEETING_ERR_JWS_FORMAT;
  r = decode_object (parts.header, &header);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = read_header (header, type, jws);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = read_signature (parts.signature, jws->signature);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = decode_object (parts.payload, &jws->claims);
  jws->signing_input = parts.signing_input;

out:
  json_decref (header);
  if (r != E2EE_MEETING_OK)
    e2ee_jws_clear (jws);
  return r;
}

/* libsodium refuses keys and R of small order, and every second spelling of a signature. */
e2ee_meeting_result
e2ee_jws_verify (const e2ee_jws * jws, const e2ee_public_key * key)
{
  return crypto_sign_verify_detached (jws->signature, jws->signing_input.data,
      jws->signing_input.size, key->bytes) == 0 ? E2EE_MEETING_OK : E2EE_MEETING_ERR_JWS_SIGNATURE;
}

void
e2ee_jws_clear (e2ee_jws * jws)
{
  json_decref (jws->claims);
  memset (jws, 0, sizeof (*jws));
}

static json_t *
make_header (const e2ee_device * device, const char *type, int with_jwk)
{
  json_t *header = json_pack ("{s:s, s:s}", "typ", type, "alg", "EdDSA");

  if (header != NULL && with_jwk
      && json_object_set_new (header, "jwk", e2ee_jwk_new (e2ee_device_public_key (device))) != 0) {
    json_decref (header);
    header = NULL;
  }
  return header;
}

static e2ee_meeting_result
encode_object (const json_t * object, e2ee_mls_buffer * text)
{
  const size_t size = json_dumpb (object, NULL, 0, JSON_COMPACT);
  e2ee_mls_buffer json = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r;

  if (size == 0 || size > E2EE_JWS_MAX_SIZE)
    return E2EE_MEETING_ERR_ARGUMENT;
  json.data = e2ee_mls_alloc (size, 1);
  if (json.data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  json.size = size;
  r = json_dumpb (object, (char *) json.data, size, JSON_COMPACT) == size
      ? e2ee_base64url_encode (e2ee_mls_buffer_view (json), text) : E2EE_MEETING_ERR_ARGUMENT;
  e2ee_mls_buffer_clear (&json);
  return r;
}

/* @header "." @payload "." and the signature of what stands in front of the last dot. */
static e2ee_meeting_result
assemble (const e2ee_device * device, e2ee_bytes header, e2ee_bytes payload, e2ee_mls_buffer * text)
{
  const size_t signed_size = header.size + 1 + payload.size;
  uint8_t signature[E2EE_SIGNATURE_SIZE];
  e2ee_mls_buffer encoded;
  e2ee_meeting_result r;

  text->data = e2ee_mls_alloc (signed_size + 1 + 2 * E2EE_SIGNATURE_SIZE, 1);
  if (text->data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  memcpy (text->data, header.data, header.size);
  text->data[header.size] = '.';
  memcpy (text->data + header.size + 1, payload.data, payload.size);
  e2ee_device_sign (device, E2EE_BYTES (text->data, signed_size), signature);
  r = e2ee_base64url_encode (E2EE_BYTES (signature, sizeof (signature)), &encoded);
  if (r != E2EE_MEETING_OK)
    return r;
  text->data[signed_size] = '.';
  memcpy (text->data + signed_size + 1, encoded.data, encoded.size);
  text->size = signed_size + 1 + encoded.size;
  e2ee_mls_buffer_clear (&encoded);
  return text->size <= E2EE_JWS_MAX_SIZE ? E2EE_MEETING_OK : E2EE_MEETING_ERR_ARGUMENT;
}

e2ee_meeting_result
e2ee_jws_sign (const e2ee_device * device, const char *type, const json_t * claims, int with_jwk,
    e2ee_mls_buffer * text)
{
  json_t *header = make_header (device, type, with_jwk);
  e2ee_mls_buffer head = E2EE_MLS_NO_BUFFER, payload = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r = E2EE_MEETING_ERR_NO_MEMORY;

  *text = E2EE_MLS_NO_BUFFER;
  if (header == NULL)
    goto out;
  r = encode_object (header, &head);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = encode_object (claims, &payload);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = assemble (device, e2ee_mls_buffer_view (head), e2ee_mls_buffer_view (payload), text);

out:
  json_decref (header);
  e2ee_mls_buffer_clear (&head);
  e2ee_mls_buffer_clear (&payload);
  if (r != E2EE_MEETING_OK)
    e2ee_mls_buffer_clear (text);
  return r;
}
