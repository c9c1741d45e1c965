/* The keys of one participant, out of a file, for every element of his that needs them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "common/protection.h"
#include "options.h"

G_BEGIN_DECLS

typedef struct _Keys Keys;

/* Reads the key file, if there is one; @error names what is wrong with it. */
Keys *keys_new (const CallOptions * options, GError ** error);
void keys_free (Keys * keys);

/* Valid as long as @keys. */
const Protection *keys_protection (Keys * keys);

/* Reads the key file again; every element goes over to what it says. */
gboolean keys_reload (Keys * keys, GError ** error);

G_END_DECLS
