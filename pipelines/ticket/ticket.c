/* Verb: ticket.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include <sodium.h>

#include "core/crypto/secret.h"
#include "core/meeting/account-private.h"
#include "core/meeting/jwk.h"
#include "tool.h"

#define DEFAULT_BASE "https://meet.example/join"
#define ID_BYTES 16

typedef struct
{
  gchar *device;
  gchar *account;
  gchar *meeting;
  gchar **hosts;
  gchar *e2ee;
  gchar *initial;
  gchar **features;
  gint64 valid;
  gchar *base;
  gboolean force;
} Options;

/* Index of @name in the list, or -1. */
static gint
find (const gchar * name, const gchar * const *list)
{
  for (gint i = 0; list[i]; i++)
    if (strcmp (list[i], name) == 0)
      return i;
  return -1;
}

static gboolean
add_host (const gchar * text, e2ee_ticket * plan, GError ** error)
{
  const gchar *colon = strrchr (text, ':');
  e2ee_host *host = &plan->hosts[plan->n_hosts];

  if (plan->n_hosts == E2EE_MAX_HOSTS)
    return tool_refuse (error, "ticket: at most %d hosts", E2EE_MAX_HOSTS);
  if (!colon || colon == text || colon - text > E2EE_MAX_SUBJECT
      || !e2ee_base64url_read_32 (colon + 1, strlen (colon + 1), host->device.bytes))
    return tool_refuse (error, "ticket: --host is SUBJECT:THUMBPRINT, not \"%s\"", text);
  memcpy (host->subject, text, colon - text);
  /* Whoever schedules is host already, and may be named all the same. */
  if (!e2ee_ticket_has_host (plan, host->subject, &host->device))
    plan->n_hosts++;
  else
    memset (host, 0, sizeof (*host));
  return TRUE;
}

static gboolean
set_feature (const gchar * text, e2ee_ticket * plan, GError ** error)
{
  static const gchar *const decisions[] = { "deny", "allow", NULL };
  gchar **parts = g_strsplit (text, "=", 2);
  const gint feature = e2ee_feature_find (parts[0] ? parts[0] : "");
  const gint allow = parts[0] && parts[1] ? find (parts[1], decisions) : -1;

  g_strfreev (parts);
  if (feature < 0 || allow < 0)
    return tool_refuse (error, "ticket: --feature is NAME=allow or NAME=deny, not \"%s\"", text);
  if (allow && (E2EE_FEATURES_NEVER >> feature & 1))
    return tool_refuse (error, "ticket: %s never stays while encryption is on",
        e2ee_feature_name (feature));
  plan->features &= ~((e2ee_features) 1 << feature);
  plan->features |= (e2ee_features) allow << feature;
  return TRUE;
}

static gboolean
set_switches (const Options * options, e2ee_ticket * plan, GError ** error)
{
  static const gchar *const floors[] = { "allow", "require", "forbid", NULL };
  static const gchar *const switches[] = { "off", "on", NULL };
  const gint e2ee = options->e2ee ? find (options->e2ee, floors) : E2EE_FLOOR_ALLOW;
  const gint initial = options->initial ? find (options->initial, switches)
      : e2ee == E2EE_FLOOR_REQUIRE;

  if (e2ee < 0)
    return tool_refuse (error, "ticket: --e2ee is allow, require or forbid");
  if (initial < 0)
    return tool_refuse (error, "ticket: --initial is on or off");
  if ((e2ee == E2EE_FLOOR_REQUIRE && !initial) || (e2ee == E2EE_FLOOR_FORBID && initial))
    return tool_refuse (error, "ticket: --initial contradicts --e2ee");
  plan->e2ee = e2ee;
  plan->initially_on = initial;
  return TRUE;
}

static gboolean
set_meeting_id (const Options * options, e2ee_ticket * plan, GError ** error)
{
  guint8 random[ID_BYTES];

  if (!options->meeting) {
    randombytes_buf (random, sizeof (random));
    sodium_bin2base64 (plan->meeting_id, sizeof (plan->meeting_id), random, sizeof (random),
        sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return TRUE;
  }
  if (options->meeting[0] == '\0' || strlen (options->meeting) > E2EE_MAX_MEETING_ID
      || options->meeting[strspn (options->meeting, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-")])
    return tool_refuse (error, "ticket: --meeting is 1 to %d letters, digits, \"-\" and \"_\"",
        E2EE_MAX_MEETING_ID);
  strcpy (plan->meeting_id, options->meeting);
  return TRUE;
}

static gboolean
make_plan (const Options * options, e2ee_ticket * plan, GError ** error)
{
  if (!options->device || !options->account)
    return tool_refuse (error, "ticket: --device and --account are needed");
  if (options->valid < 1 || options->valid > G_MAXINT32)
    return tool_refuse (error, "ticket: --valid is 1 to %d seconds", G_MAXINT32);
  plan->features = E2EE_FEATURES_DEFAULT;
  plan->not_before = tool_now ();
  plan->not_after = plan->not_before + options->valid;
  if (!set_meeting_id (options, plan, error) || !set_switches (options, plan, error))
    return FALSE;
  for (guint i = 0; options->features && options->features[i]; i++)
    if (!set_feature (options->features[i], plan, error))
      return FALSE;
  return TRUE;
}

/* Whoever schedules comes first, by the account's own words. */
static gboolean
add_hosts (const Options * options, e2ee_bytes account, e2ee_ticket * plan, GError ** error)
{
  e2ee_token token;

  if (!tool_check (e2ee_token_read (account, NULL, &token), options->account, error))
    return FALSE;
  memcpy (plan->hosts[0].subject, token.account.subject, sizeof (plan->hosts[0].subject));
  plan->hosts[0].device = token.account.thumbprint;
  plan->n_hosts = 1;
  if (plan->e2ee != E2EE_FLOOR_FORBID && token.account.tier != E2EE_TIER_PAID)
    return tool_check (E2EE_MEETING_ERR_TICKET_TIER, options->account, error);
  for (guint i = 0; options->hosts && options->hosts[i]; i++)
    if (!add_host (options->hosts[i], plan, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_both (const Options * options, const gchar * path, const e2ee_ticket * plan,
    e2ee_mls_buffer ticket, GError ** error)
{
  gchar *link_path = g_strconcat (path, ".link", NULL);
  e2ee_mls_buffer text = E2EE_MLS_NO_BUFFER;
  gboolean ok = FALSE;
  e2ee_link link;

  memset (&link, 0, sizeof (link));
  strcpy (link.meeting_id, plan->meeting_id);
  crypto_hash_sha256 (link.ticket_hash, ticket.data, ticket.size);
  if (e2ee_mls_secret_init (&link.join_secret, E2EE_JOIN_SECRET_SIZE) != E2EE_MLS_OK)
    g_error ("no memory for secrets");
  randombytes_buf (link.join_secret.data, link.join_secret.size);
  if (tool_check (e2ee_link_format (options->base ? options->base : DEFAULT_BASE, &link, &text),
          "ticket: --base", error)) {
    const ToolOutput outputs[] = {
      {path, 0644, e2ee_mls_buffer_view (ticket)},
      {link_path, 0600, e2ee_mls_buffer_view (text)}
    };

    ok = tool_write (outputs, 2, options->force, error);
  }
  e2ee_mls_buffer_clear (&text);
  e2ee_link_clear (&link);
  g_free (link_path);
  return ok;
}

static gboolean
issue (const Options * options, const gchar * path, GError ** error)
{
  e2ee_mls_buffer text = E2EE_MLS_NO_BUFFER;
  e2ee_device *device = NULL;
  ToolFile account = { {0}, };
  e2ee_ticket plan;
  gboolean ok;

  memset (&plan, 0, sizeof (plan));
  ok = make_plan (options, &plan, error)
      && tool_read_private (options->device, &device, error)
      && tool_file_read (options->account, &account, error)
      && add_hosts (options, account.text, &plan, error)
      && tool_check (e2ee_ticket_issue (&plan, device, account.text, tool_now (), &text),
      "ticket: the account is not this device's, has expired, or a host is wrong", error)
      && write_both (options, path, &plan, text, error);
  e2ee_mls_buffer_clear (&text);
  tool_file_clear (&account);
  e2ee_device_unref (device);
  return ok;
}

gboolean
tool_ticket (int argc, char **argv, GError ** error)
{
  Options options = {.valid = 24 * 60 * 60 };
  const GOptionEntry entries[] = {
    {"device", 'd', 0, G_OPTION_ARG_FILENAME, &options.device, "Private key of the device that "
          "schedules", "FILE"},
    {"account", 'a', 0, G_OPTION_ARG_FILENAME, &options.account, "Its account token", "FILE"},
    {"meeting", 'm', 0, G_OPTION_ARG_STRING, &options.meeting, "Name of the meeting (default: "
          "random)", "ID"},
    {"host", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &options.hosts, "A further host (repeatable)",
          "SUBJECT:THUMBPRINT"},
    {"e2ee", 'e', 0, G_OPTION_ARG_STRING, &options.e2ee, "allow (default), require or forbid",
          "FLOOR"},
    {"initial", 'i', 0, G_OPTION_ARG_STRING, &options.initial, "Encryption at the start, on or off "
          "(default: on with require)", "SWITCH"},
    {"feature", 'F', 0, G_OPTION_ARG_STRING_ARRAY, &options.features, "What stays while encryption "
          "is on (repeatable)", "NAME=allow|deny"},
    {"valid", 'v', 0, G_OPTION_ARG_INT64, &options.valid, "Valid for so long from now on (default "
          "86400)", "SECONDS"},
    {"base", 'b', 0, G_OPTION_ARG_STRING, &options.base, "What the link begins with (default "
          DEFAULT_BASE ")", "URL"},
    {"force", 'f', 0, G_OPTION_ARG_NONE, &options.force, "Replace files that exist", NULL},
    {NULL}
  };
  const gchar *path;
  gboolean ok;

  ok = tool_parse (argc, argv, "OUT", "Schedules a meeting: the ticket goes to OUT, the link with "
      "the secret to OUT.link.", entries, 1, &path, error) && issue (&options, path, error);
  g_free (options.device);
  g_free (options.account);
  g_free (options.meeting);
  g_strfreev (options.hosts);
  g_free (options.e2ee);
  g_free (options.initial);
  g_strfreev (options.features);
  g_free (options.base);
  return ok;
}
