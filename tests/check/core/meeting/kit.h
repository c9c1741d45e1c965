/* People, their tokens and tickets, and ways to spoil them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MEETING_KIT_H
#define E2EE_TESTS_MEETING_KIT_H

#include <stdlib.h>

#include "../check.h"

#include "core/meeting/account.h"
#include "core/meeting/claims.h"
#include "core/meeting/jwk.h"
#include "core/meeting/jws.h"

#define NOW UINT64_C (1700000000)
#define DAY UINT64_C (86400)

#define TEXT(string) E2EE_BYTES (string, strlen (string))
#define CHECK_OK(call) CHECK_STR (e2ee_meeting_result_code (call), "ok")
#define CHECK_RESULT(call, expected) \
  CHECK_STR (e2ee_meeting_result_code (call), \
      e2ee_meeting_result_code (E2EE_MEETING_ERR_##expected))

/* A mistake in the test itself. */
#define KIT_MUST(condition) do { \
    if (!(condition)) { \
      printf ("Bail out! %s\n", #condition); \
      abort (); \
    } \
  } while (0)

static inline void
kit_random (void *user, uint8_t * out, size_t size)
{
  memset (out, *(const uint8_t *) user, size);
}

/* The same key for the same number, so that a failure can be looked at twice. */
static inline e2ee_device *
kit_device (uint8_t number)
{
  const e2ee_env env = { kit_random, NULL, &number };
  e2ee_device *device;

  KIT_MUST (e2ee_device_generate (&env, &device) == E2EE_MEETING_OK);
  return device;
}

typedef struct
{
  e2ee_device *authority;
  e2ee_device *alice;
  e2ee_device *bob;
  e2ee_device *mallory;         /* knows everybody's public keys and has one of her own */
  e2ee_authorities authorities;
} kit_people;

/* Lives as long as the program. */
static inline const kit_people *
people (void)
{
  static kit_people all;

  if (all.authority == NULL) {
    all.authority = kit_device (1);
    all.alice = kit_device (2);
    all.bob = kit_device (3);
    all.mallory = kit_device (4);
    all.authorities.keys[0] = *e2ee_device_public_key (all.authority);
    all.authorities.n_keys = 1;
  }
  return &all;
}

static inline e2ee_thumbprint
kit_thumbprint (const e2ee_device * device)
{
  e2ee_thumbprint thumbprint;

  e2ee_public_key_thumbprint (e2ee_device_public_key (device), &thumbprint);
  return thumbprint;
}

static inline e2ee_mls_buffer
kit_token (const e2ee_device * device, const char *subject, e2ee_tier tier)
{
  e2ee_mls_buffer token;

  KIT_MUST (e2ee_account_issue (people ()->authority, subject, "A. Name", tier,
          e2ee_device_public_key (device), NOW - DAY, NOW + DAY, &token) == E2EE_MEETING_OK);
  return token;
}

/* Changes one member; "a.b" is "b" in "a".  @json NULL takes it away. */
static inline void
kit_set (json_t * object, const char *path, const char *json)
{
  const char *dot = strchr (path, '.');
  char head[32];
  json_t *value;

  if (dot != NULL) {
    snprintf (head, sizeof (head), "%.*s", (int) (dot - path), path);
    kit_set (json_object_get (object, head), dot + 1, json);
  } else if (json == NULL) {
    KIT_MUST (json_object_del (object, path) == 0);
  } else {
    value = json_loads (json, JSON_DECODE_ANY, NULL);
    KIT_MUST (value != NULL);
    json_object_set_new (object, path, value);
  }
}

/* The claims of a signed text, to change and sign again; decref them. */
static inline json_t *
kit_claims (e2ee_bytes text, const char *type)
{
  e2ee_jws jws;
  json_t *claims;

  KIT_MUST (e2ee_jws_parse (text, type, &jws) == E2EE_MEETING_OK);
  claims = json_deep_copy (jws.claims);
  e2ee_jws_clear (&jws);
  return claims;
}

static inline e2ee_mls_buffer
kit_sign (const e2ee_device * device, const char *type, const json_t * claims, int with_jwk)
{
  e2ee_mls_buffer text;

  KIT_MUST (e2ee_jws_sign (device, type, claims, with_jwk, &text) == E2EE_MEETING_OK);
  return text;
}

/* @text signed again by @device with one claim changed; @text is taken. */
static inline e2ee_mls_buffer
kit_resign (e2ee_mls_buffer text, const char *type, const e2ee_device * device, int with_jwk,
    const char *path, const char *json)
{
  json_t *claims = kit_claims (e2ee_mls_buffer_view (text), type);

  kit_set (claims, path, json);
  e2ee_mls_buffer_clear (&text);
  text = kit_sign (device, type, claims, with_jwk);
  json_decref (claims);
  return text;
}

static inline void
kit_append (e2ee_mls_buffer * buffer, e2ee_bytes bytes)
{
  e2ee_mls_buffer grown = E2EE_MLS_NO_BUFFER;

  if (bytes.size == 0)
    return;
  grown.data = e2ee_mls_alloc (buffer->size + bytes.size, 1);
  grown.size = buffer->size + bytes.size;
  if (buffer->size > 0)
    memcpy (grown.data, buffer->data, buffer->size);
  memcpy (grown.data + buffer->size, bytes.data, bytes.size);
  e2ee_mls_buffer_clear (buffer);
  *buffer = grown;
}

static inline void
kit_append_base64url (e2ee_mls_buffer * buffer, e2ee_bytes bytes)
{
  e2ee_mls_buffer text;

  KIT_MUST (e2ee_base64url_encode (bytes, &text) == E2EE_MEETING_OK);
  kit_append (buffer, e2ee_mls_buffer_view (text));
  e2ee_mls_buffer_clear (&text);
}

/* A JWS of any header and payload, rightly signed. */
static inline e2ee_mls_buffer
kit_raw_jws (const e2ee_device * device, const char *header, const char *payload)
{
  e2ee_mls_buffer text = E2EE_MLS_NO_BUFFER;
  uint8_t signature[E2EE_SIGNATURE_SIZE];

  kit_append_base64url (&text, TEXT (header));
  kit_append (&text, TEXT ("."));
  kit_append_base64url (&text, TEXT (payload));
  e2ee_device_sign (device, e2ee_mls_buffer_view (text), signature);
  kit_append (&text, TEXT ("."));
  kit_append_base64url (&text, E2EE_BYTES (signature, sizeof (signature)));
  return text;
}

/* @first "~" @second, both taken. */
static inline e2ee_mls_buffer
kit_pair (e2ee_mls_buffer first, e2ee_mls_buffer second)
{
  kit_append (&first, TEXT ("~"));
  kit_append (&first, e2ee_mls_buffer_view (second));
  e2ee_mls_buffer_clear (&second);
  return first;
}

/* The half of a pair, copied. */
static inline e2ee_mls_buffer
kit_half (e2ee_mls_buffer pair, int second)
{
  const uint8_t *tilde = memchr (pair.data, '~', pair.size);
  const size_t first_size = (size_t) (tilde - pair.data);
  e2ee_mls_buffer half;

  KIT_MUST (e2ee_mls_buffer_dup (second ? E2EE_BYTES (tilde + 1, pair.size - first_size - 1)
          : E2EE_BYTES (pair.data, first_size), &half) == E2EE_MLS_OK);
  return half;
}

/* Calls @verify with @text changed at every byte in four ways and cut at every length, each time in
 * a block of just that size, so that a read past its end is seen.  Fails where one is taken. */
static inline void
kit_check_every_byte_counts (e2ee_bytes text, int (*verify) (e2ee_bytes text))
{
  static const uint8_t masks[] = { 0x01, 0x06, 0x20, 0x80 };

  for (size_t i = 0; i < text.size; i++) {
    uint8_t *copy = malloc (text.size);

    for (size_t m = 0; m < CHECK_N (masks); m++) {
      memcpy (copy, text.data, text.size);
      copy[i] ^= masks[m];
      CHECK_ROW ("byte %zu changed by 0x%02x", i, masks[m]);
      CHECK (!verify (E2EE_BYTES (copy, text.size)));
    }
    free (copy);
  }
  for (size_t size = 0; size < text.size; size++) {
    uint8_t *copy = malloc (size > 0 ? size : 1);

    memcpy (copy, text.data, size);
    CHECK_ROW ("cut to %zu bytes", size);
    CHECK (!verify (E2EE_BYTES (copy, size)));
    free (copy);
  }
  CHECK_ROW ("as it was");
  CHECK (verify (text));
}

#endif
