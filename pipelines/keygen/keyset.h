/* A JWK Set in the making, docs/key-files.md.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/keyprovider.h>

#include <jansson.h>

#include "given.h"

G_BEGIN_DECLS

/* Starts libsodium and makes jansson keep everything in locked memory that is wiped when freed.
 * The hook is the whole process's: for a program's main, never for a library.  Call it first. */
gboolean keygen_init (void);

/* A new random secret for @suite in locked memory; free it with sodium_free(). */
KeygenSecret keygen_random_key (GstE2eeCipherSuite suite);

/* {"keys":[]} */
json_t *keygen_set_new (void);

/* Adds one key; @base_key stays the caller's. */
void keygen_set_add (json_t * set, guint64 key_id, GstE2eeCipherSuite suite, GstE2eeKeyUsage usage,
    const KeygenSecret * base_key);

G_END_DECLS
