/* What is to be done, and when.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "schedule.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

static const gchar *const words[] = { "on", "off", "chat", "leave", "members", "code" };

typedef struct
{
  Schedule *schedule;
  gdouble seconds;              /* after the beginning; less than 0: at once */
  gchar *word;
  gchar *text;
} Command;

struct _Schedule
{
  ScheduleFunc func;
  gpointer user_data;
  gboolean begun;
  GPtrArray *commands;          /* that wait for the beginning */
  GHashTable *timers;           /* set of source ids */
  GIOChannel *input;
  guint watch;
};

static void
command_free (gpointer data)
{
  Command *command = data;

  g_free (command->word);
  g_free (command->text);
  g_free (command);
}

static gboolean
takes_text (const gchar * word)
{
  return g_str_equal (word, "chat");
}

/* NULL and @error when @line is no command; NULL without when it is empty. */
static Command *
parse (const gchar * line, GError ** error)
{
  Command *command = g_new0 (Command, 1);
  gchar *copy = g_strstrip (g_strdup (line));
  gchar *rest = copy, *end, *space;
  guint i;

  command->seconds = -1;
  if (g_str_has_prefix (rest, "at ")) {
    rest = g_strchug (rest + 3);
    command->seconds = g_ascii_strtod (rest, &end);
    if (end == rest || !(command->seconds >= 0 && command->seconds < 1e6) || *end != ' ')
      goto bad;
    rest = g_strchug (end);
  } else if (!*rest) {
    g_clear_pointer (&command, command_free);
    goto out;
  }
  space = strchr (rest, ' ');
  if (space) {
    *space = '\0';
    command->text = g_strdup (g_strchug (space + 1));
  }
  command->word = g_strdup (rest);
  for (i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_str_equal (rest, words[i]) && takes_text (rest) == (command->text != NULL))
      goto out;
  }

bad:
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "\"%s\" is no command", line);
  g_clear_pointer (&command, command_free);
out:
  g_free (copy);
  return command;
}

static gboolean
parse_list (const gchar * list, GPtrArray * commands, GError ** error)
{
  gchar **lines = g_strsplit_set (list, ";\n", -1);
  GError *wrong = NULL;
  guint i;

  for (i = 0; lines[i] && !wrong; i++) {
    Command *command = parse (lines[i], &wrong);

    if (command)
      g_ptr_array_add (commands, command);
  }
  g_strfreev (lines);
  if (wrong)
    g_propagate_error (error, wrong);
  return !wrong;
}

gboolean
schedule_check (const gchar * list, GError ** error)
{
  GPtrArray *commands = g_ptr_array_new_with_free_func (command_free);
  gboolean good = parse_list (list, commands, error);

  g_ptr_array_unref (commands);
  return good;
}

static gboolean
on_time (gpointer user_data)
{
  Command *command = user_data;
  Schedule *schedule = command->schedule;

  g_hash_table_remove (schedule->timers,
      GUINT_TO_POINTER (g_source_get_id (g_main_current_source ())));
  schedule->func (schedule->user_data, command->word, command->text);
  return G_SOURCE_REMOVE;
}

/* Takes @command. */
static void
set (Schedule * schedule, Command * command)
{
  guint ms = command->seconds > 0 ? command->seconds * 1000 : 0;

  command->schedule = schedule;
  g_hash_table_add (schedule->timers, GUINT_TO_POINTER (g_timeout_add_full (G_PRIORITY_DEFAULT, ms,
              on_time, command, command_free)));
}

static gboolean
on_input (GIOChannel * input, GIOCondition condition, gpointer user_data)
{
  Schedule *schedule = user_data;
  Command *command;
  GError *error = NULL;
  gchar *line = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    schedule->watch = 0;
    return G_SOURCE_REMOVE;
  }
  line[strcspn (line, "\r\n")] = '\0';
  command = parse (line, &error);
  if (command && command->seconds >= 0 && !schedule->begun)
    g_ptr_array_add (schedule->commands, command);
  else if (command)
    set (schedule, command);
  if (error)
    g_printerr ("e2ee-meet: %s; on, off, chat TEXT, leave, members, code\n", error->message);
  g_clear_error (&error);
  g_free (line);
  return G_SOURCE_CONTINUE;
}

Schedule *
schedule_new (const gchar * list, ScheduleFunc func, gpointer user_data)
{
  Schedule *schedule = g_new0 (Schedule, 1);

  schedule->func = func;
  schedule->user_data = user_data;
  schedule->commands = g_ptr_array_new_with_free_func (command_free);
  schedule->timers = g_hash_table_new (NULL, NULL);
  if (list)
    parse_list (list, schedule->commands, NULL);
  schedule->input = g_io_channel_unix_new (STDIN_FILENO);
  schedule->watch = g_io_add_watch (schedule->input, G_IO_IN | G_IO_HUP, on_input, schedule);
  return schedule;
}

void
schedule_free (Schedule * schedule)
{
  GHashTableIter iter;
  gpointer id;

  if (!schedule)
    return;
  g_hash_table_iter_init (&iter, schedule->timers);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_source_remove (GPOINTER_TO_UINT (id));
  g_hash_table_unref (schedule->timers);
  if (schedule->watch)
    g_source_remove (schedule->watch);
  g_io_channel_unref (schedule->input);
  g_ptr_array_unref (schedule->commands);
  g_free (schedule);
}

void
schedule_begin (Schedule * schedule)
{
  GPtrArray *commands;
  guint i;

  if (schedule->begun)
    return;
  schedule->begun = TRUE;
  commands = schedule->commands;
  schedule->commands = g_ptr_array_new_with_free_func (command_free);
  g_ptr_array_set_free_func (commands, NULL);
  for (i = 0; i < commands->len; i++)
    set (schedule, g_ptr_array_index (commands, i));
  g_ptr_array_unref (commands);
}
