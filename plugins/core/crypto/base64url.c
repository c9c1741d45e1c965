/* base64url (base64url.h), on libsodium.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/base64url.h"

#include <sodium.h>

/* libsodium refuses padding, other characters and bits left over, but where char is signed it takes
 * every byte over 127 for "_". */
int
e2ee_base64url_read (e2ee_bytes text, uint8_t * out, size_t space, size_t * size)
{
  uint8_t any = 0;

  *size = 0;
  for (size_t i = 0; i < text.size; i++)
    any |= text.data[i];
  return (any & 0x80) == 0
      && sodium_base642bin (out, space, (const char *) text.data, text.size, NULL, size, NULL,
      sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}
