/* Commands on standard input.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "commands.h"

#include <string.h>
#include <unistd.h>

/* Janus knows three layers of each kind. */
#define MAX_LAYER 2

static const struct
{
  const gchar *word;
  gboolean has_number;
} known[] = {
  {"substream", TRUE}, {"temporal", TRUE}, {"stats", FALSE}, {"leave", FALSE}
};

struct _Commands
{
  CommandsFunc func;
  gpointer user_data;
  GIOChannel *input;
  guint watch;
};

static gboolean
run (Commands * commands, const gchar * line)
{
  gchar **words = g_strsplit (line, " ", 2);
  gboolean has_number = words[0] && words[1];
  guint64 number = 0;
  gboolean good = FALSE;
  guint i;

  if (!has_number || g_ascii_string_to_unsigned (words[1], 10, 0, MAX_LAYER, &number, NULL)) {
    for (i = 0; words[0] && i < G_N_ELEMENTS (known) && !good; i++) {
      good = g_str_equal (words[0], known[i].word) && has_number == known[i].has_number;
      if (good)
        commands->func (commands->user_data, known[i].word, has_number ? (gint) number : -1);
    }
  }
  g_strfreev (words);
  return good;
}

static gboolean
on_input (GIOChannel * input, GIOCondition condition, gpointer user_data)
{
  Commands *commands = user_data;
  gchar *line = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    commands->watch = 0;
    return G_SOURCE_REMOVE;
  }
  g_strstrip (line);
  if (*line && !run (commands, line))
    g_printerr ("e2ee-janus: \"%s\" is no command; substream 0-2, temporal 0-2, stats, leave\n",
        line);
  g_free (line);
  return G_SOURCE_CONTINUE;
}

Commands *
commands_new (CommandsFunc func, gpointer user_data)
{
  Commands *commands = g_new0 (Commands, 1);

  commands->func = func;
  commands->user_data = user_data;
  commands->input = g_io_channel_unix_new (STDIN_FILENO);
  commands->watch = g_io_add_watch (commands->input, G_IO_IN | G_IO_HUP, on_input, commands);
  return commands;
}

void
commands_free (Commands * commands)
{
  if (!commands)
    return;
  g_clear_handle_id (&commands->watch, g_source_remove);
  g_io_channel_unref (commands->input);
  g_free (commands);
}
