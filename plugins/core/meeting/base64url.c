/* base64url in the forms that this room needs (jws.h, jwk.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <sodium.h>

#include "core/crypto/base64url.h"
#include "core/meeting/jwk.h"
#include "core/meeting/jws.h"

e2ee_meeting_result
e2ee_base64url_decode (e2ee_bytes text, e2ee_mls_buffer * out)
{
  /* With room for what is left over of four characters. */
  const size_t space = text.size / 4 * 3 + 3;
  size_t size;

  *out = E2EE_MLS_NO_BUFFER;
  if (text.size == 0)
    return E2EE_MEETING_OK;
  out->data = e2ee_mls_alloc (space, 1);
  if (out->data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  if (!e2ee_base64url_read (text, out->data, space, &size)) {
    e2ee_mls_buffer_clear (out);
    return E2EE_MEETING_ERR_JWS_FORMAT;
  }
  out->size = size;
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_base64url_encode (e2ee_bytes bytes, e2ee_mls_buffer * text)
{
  size_t space;

  *text = E2EE_MLS_NO_BUFFER;
  if (bytes.size == 0)
    return E2EE_MEETING_OK;
  if (bytes.size > SIZE_MAX / 4)
    return E2EE_MEETING_ERR_NO_MEMORY;
  space = sodium_base64_ENCODED_LEN (bytes.size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text->data = e2ee_mls_alloc (space, 1);
  if (text->data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  sodium_bin2base64 ((char *) text->data, space, bytes.data, bytes.size,
      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text->size = space - 1;       /* its zero is not counted */
  return E2EE_MEETING_OK;
}

int
e2ee_base64url_read_32 (const char *text, size_t size, uint8_t out[32])
{
  size_t written;

  return e2ee_base64url_read (E2EE_BYTES (text, size), out, 32, &written) && written == 32;
}

void
e2ee_base64url_write_32 (const uint8_t bytes[32], char text[E2EE_BASE64URL_32 + 1])
{
  sodium_bin2base64 (text, E2EE_BASE64URL_32 + 1, bytes, 32,
      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
