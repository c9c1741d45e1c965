/* Verb: account.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "tool.h"

typedef struct
{
  gchar *authority;
  gchar *device;
  gchar *subject;
  gchar *name;
  gchar *tier;
  gint64 expires;
  gboolean force;
} Options;

static gboolean
find_tier (const gchar * name, e2ee_tier * tier)
{
  for (gint i = E2EE_TIER_GUEST; i <= E2EE_TIER_PAID; i++) {
    if (strcmp (e2ee_tier_name (i), name) == 0) {
      *tier = i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
check (const Options * options, e2ee_tier * tier, GError ** error)
{
  if (!options->authority || !options->device || !options->subject || !options->name)
    return tool_refuse (error, "account: --authority, --device, --subject and --name are needed");
  if (!find_tier (options->tier ? options->tier : "free", tier))
    return tool_refuse (error, "account: --tier is guest, free or paid");
  if (options->expires < 1 || options->expires > 30 * 24 * 60 * 60)
    return tool_refuse (error, "account: --expires is 1 to 2592000 seconds");
  return TRUE;
}

static gboolean
issue (const Options * options, e2ee_tier tier, const gchar * path, GError ** error)
{
  const guint64 now = tool_now ();
  e2ee_device *authority;
  e2ee_public_key device;
  e2ee_mls_buffer token = E2EE_MLS_NO_BUFFER;
  gboolean ok;

  if (!tool_read_private (options->authority, &authority, error))
    return FALSE;
  ok = tool_read_public (options->device, &device, error)
      && tool_check (e2ee_account_issue (authority, options->subject, options->name, tier, &device,
          now, now + options->expires, &token), "account", error);
  if (ok) {
    const ToolOutput output = { path, 0644, e2ee_mls_buffer_view (token) };

    ok = tool_write (&output, 1, options->force, error);
  }
  e2ee_mls_buffer_clear (&token);
  e2ee_device_unref (authority);
  return ok;
}

gboolean
tool_account (int argc, char **argv, GError ** error)
{
  Options options = {.expires = 24 * 60 * 60 };
  const GOptionEntry entries[] = {
    {"authority", 'a', 0, G_OPTION_ARG_FILENAME, &options.authority, "Private key of the authority",
          "FILE"},
    {"device", 'd', 0, G_OPTION_ARG_FILENAME, &options.device, "Key of the device, its public half "
          "is enough", "FILE"},
    {"subject", 's', 0, G_OPTION_ARG_STRING, &options.subject, "The account's name for the "
          "authority, 1 to 128 bytes", "S"},
    {"name", 'n', 0, G_OPTION_ARG_STRING, &options.name, "The name that people see", "N"},
    {"tier", 't', 0, G_OPTION_ARG_STRING, &options.tier, "guest, free (default) or paid", "TIER"},
    {"expires", 'e', 0, G_OPTION_ARG_INT64, &options.expires, "Valid for so long from now on "
          "(default 86400, at most 2592000)", "SECONDS"},
    {"force", 'f', 0, G_OPTION_ARG_NONE, &options.force, "Replace a file that exists", NULL},
    {NULL}
  };
  const gchar *path;
  e2ee_tier tier = E2EE_TIER_GUEST;
  gboolean ok;

  ok = tool_parse (argc, argv, "OUT", "Issues an account token for a device.", entries, 1, &path,
      error) && check (&options, &tier, error) && issue (&options, tier, path, error);
  g_free (options.authority);
  g_free (options.device);
  g_free (options.subject);
  g_free (options.name);
  g_free (options.tier);
  return ok;
}
