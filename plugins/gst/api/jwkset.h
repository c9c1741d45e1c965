/* The JWK Set of a key file, RFC 7517 and RFC 7518 section 6.4, as docs/key-files.md narrows it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/keyprovider.h>

#include "core/bytes.h"

G_BEGIN_DECLS

/* More keys than any meeting has participants; each takes locked pages. */
#define GST_E2EE_JWK_SET_MAX_KEYS 1024

typedef struct
{
  GstE2eeKey *key;              /* of epoch 0: the text says nothing about time */
  gboolean names_suite;         /* FALSE: the text has no "alg", the suite is a default */
} GstE2eeJwk;

/* Reads the whole set or nothing.  @default_suite is the suite of keys without "alg"; 0 lets
 * their length decide.  (transfer full) (element-type GstE2eeJwk), in the order of the text; NULL
 * with GST_LIBRARY_ERROR_SETTINGS and a sentence that names the key and the fault, without one
 * value from @text but numeric key ids, because a key may stand in the wrong member.  @text is in
 * locked memory and stays the caller's; no other copy of a secret is made but the keys. */
GPtrArray *gst_e2ee_jwk_set_parse (e2ee_bytes text, GstE2eeCipherSuite default_suite,
    GError ** error);

/* For arrays of such entries. */
void gst_e2ee_jwk_free (gpointer jwk);

G_END_DECLS
