/* One language's words from a gettext catalogue (.mo).
 *
 * gettext's own functions know one language for a whole process, and that only where the system has
 * a locale for it; a shield may speak the language of whoever looks at this screen.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _E2eeCatalogue E2eeCatalogue;

/* @language: "de", "pt_BR", "de_AT.UTF-8" (the longest known part counts); NULL or "" for the
 * languages of the environment.  NULL when none of them has a catalogue. */
E2eeCatalogue *e2ee_catalogue_new (const gchar * language);
/* A file of these bytes; NULL when they are no catalogue. */
E2eeCatalogue *e2ee_catalogue_new_from_bytes (GBytes * bytes);
/* NULL is allowed. */
void e2ee_catalogue_free (E2eeCatalogue * catalogue);

/* The translation, valid UTF-8, or @text itself.  Lives as long as the catalogue. */
const gchar *e2ee_catalogue_lookup (const E2eeCatalogue * catalogue, const gchar * text);

G_END_DECLS
