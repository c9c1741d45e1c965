/* base64url without padding, RFC 4648 section 5.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_BASE64URL_H
#define E2EE_CORE_CRYPTO_BASE64URL_H

#include "core/bytes.h"

/* Decodes @text into @out and returns 1; 0 when it is not the one spelling of some bytes (padding,
 * white space, another character, bits left over) or they do not fit into @space; @out then holds
 * anything.  In a time that depends on the sizes alone. */
int e2ee_base64url_read (e2ee_bytes text, uint8_t * out, size_t space, size_t * size);

#endif
