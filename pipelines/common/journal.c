/* What happens in a call.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "journal.h"

#include <stdio.h>

#include "stats.h"

/* An element says something once for each change; who sends thousands of changes is not worth
 * the memory. */
#define MAX_MESSAGES 200
#define MAX_EVENTS 2000

struct _Journal
{
  gchar *name;
  gboolean aloud;
  gint64 begun;
  json_t *messages;
  json_t *events;
  json_t *shield;
};

Journal *
journal_new (const gchar * name, gboolean aloud)
{
  Journal *journal = g_new0 (Journal, 1);

  journal->name = g_strdup (name);
  journal->aloud = aloud;
  journal->begun = g_get_monotonic_time ();
  journal->messages = json_array ();
  journal->events = json_array ();
  return journal;
}

void
journal_free (Journal * journal)
{
  json_decref (journal->messages);
  json_decref (journal->events);
  json_decref (journal->shield);
  g_free (journal->name);
  g_free (journal);
}

void
journal_say (Journal * journal, const gchar * format, ...)
{
  va_list args;
  gchar *text;

  if (!journal->aloud)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_print ("%s: %s\n", journal->name, text);
  fflush (stdout);
  g_free (text);
}

void
journal_note (Journal * journal, const gchar * event, json_t * fields)
{
  json_t *json = json_pack ("{s:s, s:f}", "event", event, "t",
      g_get_monotonic_time () / 1000.0);

  if (fields)
    json_object_update (json, fields);
  json_decref (fields);
  if (journal->aloud) {
    gchar *text = json_dumps (json, JSON_COMPACT | JSON_REAL_PRECISION (13));

    journal_say (journal, "%s", text);
    free (text);
  }
  if (json_array_size (journal->events) < MAX_EVENTS)
    json_array_append (journal->events, json);
  json_decref (json);
}

json_t *
journal_events (Journal * journal)
{
  return journal->events;
}

void
journal_take (Journal * journal, GstMessage * message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  json_t *json;

  if (!structure || !g_str_has_prefix (gst_structure_get_name (structure), "e2ee-"))
    return;
  json = stats_from_structure (structure);
  json_object_set_new (json, "message", json_string (gst_structure_get_name (structure)));
  json_object_set_new (json, "element", json_string (GST_MESSAGE_SRC_NAME (message)));
  json_object_set_new (json, "t", json_real (g_get_monotonic_time () / 1000.0));
  json_object_set_new (json, "ms",
      json_real ((g_get_monotonic_time () - journal->begun) / 1000.0));
  if (journal->aloud) {
    gchar *text = json_dumps (json, JSON_COMPACT | JSON_REAL_PRECISION (6));

    journal_say (journal, "%s", text);
    free (text);
  }
  if (gst_structure_has_name (structure, "e2ee-shield")) {
    json_decref (journal->shield);
    journal->shield = json_incref (json);
  }
  if (json_array_size (journal->messages) < MAX_MESSAGES)
    json_array_append (journal->messages, json);
  json_decref (json);
}

json_t *
journal_messages (Journal * journal)
{
  return journal->messages;
}

json_t *
journal_shield (Journal * journal)
{
  return journal->shield;
}
