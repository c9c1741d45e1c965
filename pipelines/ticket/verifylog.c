/* Verb: verify-log.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include <sodium.h>

#include "core/meeting/log.h"
#include "tool.h"

static gboolean
verify (const gchar * path, const gchar * last, GError ** error)
{
  char hash[2 * E2EE_LOG_HASH_SIZE + 1];
  guint64 wrong;
  e2ee_log log;
  gchar *text;
  gsize size;
  e2ee_meeting_result r;

  if (!g_file_get_contents (path, &text, &size, error))
    return FALSE;
  r = e2ee_log_verify (E2EE_BYTES (text, size), &log, &wrong);
  g_free (text);
  if (r == E2EE_MEETING_ERR_LOG)
    return tool_fail (error, "%s: line %" G_GUINT64_FORMAT " does not follow from those before it",
        path, wrong + 1);
  if (!tool_check (r, path, error))
    return FALSE;
  sodium_bin2hex (hash, sizeof (hash), log.prev, sizeof (log.prev));
  if (last && strcmp (last, hash) != 0)
    return tool_fail (error, "%s: the last hash is %s: lines were cut off or added", path, hash);
  g_print ("%" G_GUINT64_FORMAT " lines, last hash %s\n", log.n, hash);
  return TRUE;
}

gboolean
tool_verify_log (int argc, char **argv, GError ** error)
{
  gchar *last = NULL;
  const GOptionEntry entries[] = {
    {"last", 'l', 0, G_OPTION_ARG_STRING, &last, "The last hash, as it was kept: tells a cut at "
          "the end", "HASH"},
    {NULL}
  };
  const gchar *path;
  gboolean ok;

  ok = tool_parse (argc, argv, "FILE", "Verifies the log of a meeting and prints its last hash.",
      entries, 1, &path, error) && verify (path, last, error);
  g_free (last);
  return ok;
}
