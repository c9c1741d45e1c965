/* What is to be done, and when: a list given beforehand, and lines of standard input.
 *
 * A command is a word and perhaps a text: on, off, chat TEXT, leave, members, code.  "at 3 on" is
 * done three seconds after the schedule began; without "at", at once.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Schedule Schedule;

/* @text is NULL where there is none.  Main thread. */
typedef void (*ScheduleFunc) (gpointer user_data, const gchar * command, const gchar * text);

/* @list: commands apart by ";" or line ends.  FALSE and @error names the one that is none. */
gboolean schedule_check (const gchar * list, GError ** error);

/* Reads standard input from now on, and keeps @list (NULL: none), which must be good. */
Schedule *schedule_new (const gchar * list, ScheduleFunc func, gpointer user_data);
void schedule_free (Schedule * schedule);

/* From now on the seconds count.  May be called again; only the first counts. */
void schedule_begin (Schedule * schedule);

G_END_DECLS
