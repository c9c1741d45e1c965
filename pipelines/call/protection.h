/* The keys of one participant, for every element of his that needs them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "options.h"

G_BEGIN_DECLS

typedef struct _Protection Protection;

/* Reads the key file, if there is one; @error names what is wrong with it. */
Protection *protection_new (const CallOptions * options, GError ** error);
void protection_free (Protection * protection);

/* Gives @element (e2eeenc or e2eedec, in state NULL) what it needs. */
void protection_set_up_encryptor (Protection * protection, GstElement * element);
void protection_set_up_decryptor (Protection * protection, GstElement * element);

/* Reads the key file again; every element goes over to what it says. */
gboolean protection_reload (Protection * protection, GError ** error);

G_END_DECLS
