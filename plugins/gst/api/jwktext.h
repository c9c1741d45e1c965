/* Keeps the secrets of a JWK Set away from the JSON parser.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "core/bytes.h"

G_BEGIN_DECLS

/* Replaces, in place, every string that is not the name of a member or the value of one that
 * docs/key-files.md lets be read in clear ("kty", "kid", "alg", "use", "key_ops", "sender") by a
 * placeholder of the same length.  So the parser's copies and messages hold no "k", no secret
 * under a misspelt name either, and its lines and columns stay true.  Needs no valid JSON. */
void gst_e2ee_jwk_text_hide (gchar * text, gsize size);

/* The part of @original, which is the text before it was hidden, that @placeholder stands for;
 * empty when it is too short to be a key or no placeholder. */
e2ee_bytes gst_e2ee_jwk_text_find (e2ee_bytes original, const gchar * placeholder, gsize size);

G_END_DECLS
