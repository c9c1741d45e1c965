/* Options and errors (tool.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tool.h"

#include <gio/gio.h>

gboolean
tool_refuse (GError ** error, const gchar * format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format,
          arguments));
  va_end (arguments);
  return FALSE;
}

gboolean
tool_fail (GError ** error, const gchar * format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (G_IO_ERROR, G_IO_ERROR_FAILED, format, arguments));
  va_end (arguments);
  return FALSE;
}

gboolean
tool_check (e2ee_meeting_result result, const gchar * what, GError ** error)
{
  return result == E2EE_MEETING_OK || tool_fail (error, "%s: %s (%s)", what,
      e2ee_meeting_result_text (result), e2ee_meeting_result_code (result));
}

gboolean
tool_parse (int argc, char **argv, const gchar * usage, const gchar * summary,
    const GOptionEntry * entries, guint n_files, const gchar ** files, GError ** error)
{
  GOptionContext *context = g_option_context_new (usage);
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, summary);
  ok = g_option_context_parse (context, &argc, &argv, error);
  g_option_context_free (context);
  if (!ok)
    return FALSE;
  if ((guint) argc != n_files + 1)
    return tool_refuse (error, "%s: it takes %u file%s, not %d", argv[0], n_files,
        n_files == 1 ? "" : "s", argc - 1);
  for (guint i = 0; i < n_files; i++)
    files[i] = argv[1 + i];
  return TRUE;
}

guint64
tool_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}
