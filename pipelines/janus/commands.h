/* Commands on standard input, one a line: a word, and perhaps a number.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Commands Commands;

/* @word is one of "substream", "temporal" with a @number from 0 to 2, and "stats", "leave" with -1.
 * Main thread. */
typedef void (*CommandsFunc) (gpointer user_data, const gchar * word, gint number);

/* Reads standard input from now on. */
Commands *commands_new (CommandsFunc func, gpointer user_data);
void commands_free (Commands * commands);

G_END_DECLS
