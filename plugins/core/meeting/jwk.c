/* Public Ed25519 keys in JSON (jwk.h), and their thumbprints.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/jwk.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "core/crypto/secret.h"

static int
has_text (const json_t * jwk, const char *name, const char *wanted)
{
  const json_t *value = json_object_get (jwk, name);

  return json_is_string (value) && json_string_length (value) == strlen (wanted)
      && strcmp (json_string_value (value), wanted) == 0;
}

e2ee_meeting_result
e2ee_jwk_read_public_half (const json_t * jwk, e2ee_public_key * key)
{
  const json_t *x = json_object_get (jwk, "x");

  if (!has_text (jwk, "kty", "OKP") || !has_text (jwk, "crv", "Ed25519")
      || !json_is_string (x)
      || !e2ee_base64url_read_32 (json_string_value (x), json_string_length (x), key->bytes)
      || !crypto_core_ed25519_is_valid_point (key->bytes)) {
    memset (key, 0, sizeof (*key));
    return E2EE_MEETING_ERR_KEY_FORMAT;
  }
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_jwk_read (const json_t * jwk, e2ee_public_key * key)
{
  if (json_object_get (jwk, "d") == NULL)
    return e2ee_jwk_read_public_half (jwk, key);
  memset (key, 0, sizeof (*key));
  return E2EE_MEETING_ERR_KEY_FORMAT;
}

json_t *
e2ee_jwk_new (const e2ee_public_key * key)
{
  char x[E2EE_BASE64URL_32 + 1];

  e2ee_base64url_write_32 (key->bytes, x);
  return json_pack ("{s:s, s:s, s:s}", "kty", "OKP", "crv", "Ed25519", "x", x);
}

/* RFC 7638 section 3: the required members in the order of their names, without white space. */
void
e2ee_public_key_thumbprint (const e2ee_public_key * key, e2ee_thumbprint * thumbprint)
{
  char x[E2EE_BASE64URL_32 + 1], jwk[128];
  int size;

  e2ee_base64url_write_32 (key->bytes, x);
  size = snprintf (jwk, sizeof (jwk), "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x);
  crypto_hash_sha256 (thumbprint->bytes, (const unsigned char *) jwk, (unsigned long long) size);
}

int
e2ee_thumbprint_equal (const e2ee_thumbprint * a, const e2ee_thumbprint * b)
{
  return e2ee_equal (E2EE_BYTES (a->bytes, sizeof (a->bytes)),
      E2EE_BYTES (b->bytes, sizeof (b->bytes)));
}
