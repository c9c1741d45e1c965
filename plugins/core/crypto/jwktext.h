/* Keeps the secrets of JSON Web Keys away from the JSON parser.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_CRYPTO_JWKTEXT_H
#define E2EE_CORE_CRYPTO_JWKTEXT_H

#include "core/bytes.h"

/* Replaces, in place, every string that is not the name of a member or the value of one that may
 * be read in clear by a placeholder of the same length.  So the parser's copies and messages hold
 * no "k" and no "d", no secret under a misspelt name either, and its lines and columns stay true.
 * Needs no valid JSON.
 *
 *   @readable  the names of members whose value may be read, then NULL: "kid" for one string,
 *              "key_ops[]" for all strings of an array */
void e2ee_jwk_text_hide (char *text, size_t size, const char *const *readable);

/* The part of @original, which is the text before it was hidden, that @placeholder stands for;
 * empty when it is too short to be a key or no placeholder. */
e2ee_bytes e2ee_jwk_text_find (e2ee_bytes original, const char *placeholder, size_t size);

#endif
