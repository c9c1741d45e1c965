/* The keys of one participant, out of a file, for every element of his that needs them, and how
 * they protect.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "protection.h"

G_BEGIN_DECLS

typedef struct _Keys Keys;

typedef struct
{
  const gchar *file;            /* NULL: no keys */
  gint64 key_id;                /* to send with; -1: the newest of the file */
  gint late;                    /* milliseconds after the first packet; 0: from the start */
  /* Nicks of the elements' properties; NULL: their default. */
  const gchar *format;
  const gchar *packetization;
} KeysOptions;

/* Reads the key file, if there is one; @error names what is wrong with it, or a nick that the
 * elements do not know. */
Keys *keys_new (const KeysOptions * options, GError ** error);
void keys_free (Keys * keys);

/* Valid as long as @keys. */
const Protection *keys_protection (Keys * keys);

/* Reads the key file again; every element goes over to what it says. */
gboolean keys_reload (Keys * keys, GError ** error);

G_END_DECLS
