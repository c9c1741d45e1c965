/* Verb: show.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <jansson.h>

#include "core/meeting/account-private.h"
#include "core/meeting/jwk.h"
#include "core/meeting/jws.h"
#include "tool.h"

typedef enum
{
  KIND_ACCOUNT,
  KIND_BINDING,
  KIND_TICKET,
  KIND_STATEMENT,
  KIND_GRANT,
  KIND_NONE
} Kind;

static const struct
{
  const gchar *type;
  const gchar *title;
} kinds[KIND_NONE] = {
  {"e2ee-account+jwt", "account token"},
  {"e2ee-binding+jwt", "key binding"},
  {"e2ee-ticket+jwt", "meeting ticket"},
  {"e2ee-state+jwt", "statement of a host"},
  {"e2ee-host+jwt", "grant of a host"}
};

static void
print_time (const json_t * claims, const gchar * name)
{
  const json_t *value = json_object_get (claims, name);
  GDateTime *time = json_is_integer (value)
      ? g_date_time_new_from_unix_utc (json_integer_value (value)) : NULL;

  if (time) {
    gchar *text = g_date_time_format_iso8601 (time);

    g_print ("%s is %s\n", name, text);
    g_free (text);
    g_date_time_unref (time);
  }
}

/* ASCII only: what others wrote must not steer a terminal. */
static void
print_claims (const gchar * title, const e2ee_jws * jws)
{
  char *text = json_dumps (jws->claims, JSON_INDENT (2) | JSON_ENSURE_ASCII);

  g_print ("%s\n%s\n", title, text);
  free (text);
  print_time (jws->claims, "iat");
  print_time (jws->claims, "nbf");
  print_time (jws->claims, "exp");
}

static void
print_signer (const e2ee_jws * jws)
{
  char text[E2EE_BASE64URL_32 + 1];
  e2ee_thumbprint thumbprint;

  if (!jws->has_jwk)
    return;
  e2ee_public_key_thumbprint (&jws->jwk, &thumbprint);
  e2ee_base64url_write_32 (thumbprint.bytes, text);
  g_print ("signed by the device %s: %s\n", text,
      e2ee_jws_verify (jws, &jws->jwk) == E2EE_MEETING_OK ? "yes" : "NO, the signature is wrong");
}

static Kind
show_jws (e2ee_bytes text)
{
  for (guint i = 0; i < KIND_NONE; i++) {
    e2ee_jws jws;

    if (e2ee_jws_parse (text, kinds[i].type, &jws) != E2EE_MEETING_OK)
      continue;
    print_claims (kinds[i].title, &jws);
    print_signer (&jws);
    e2ee_jws_clear (&jws);
    return i;
  }
  return KIND_NONE;
}

static void
print_hash (const gchar * what, const uint8_t hash[32])
{
  char text[E2EE_BASE64URL_32 + 1];

  e2ee_base64url_write_32 (hash, text);
  g_print ("%s %s\n", what, text);
}

/* A ticket and its token, or a token and its binding; the kind is the first part's. */
static Kind
show_pair (e2ee_bytes first, e2ee_bytes second)
{
  const Kind kind = show_jws (first);

  g_print ("\n");
  return show_jws (second) != KIND_NONE ? kind : KIND_NONE;
}

static void
show_link (const e2ee_link * link)
{
  g_print ("link of the meeting %s\n", link->meeting_id);
  print_hash ("ticket hash", link->ticket_hash);
  g_print ("a join secret of %" G_GSIZE_FORMAT " bytes, which is not shown\n",
      link->join_secret.size);
}

static e2ee_meeting_result
verify_ticket (e2ee_bytes text, const e2ee_authorities * authorities)
{
  e2ee_ticket ticket;
  e2ee_meeting_result r = e2ee_ticket_verify (text, authorities, &ticket);

  if (r != E2EE_MEETING_OK)
    return r;
  print_hash ("\nhash of the ticket", ticket.hash);
  return e2ee_ticket_check_time (&ticket, tool_now ());
}

/* What can be verified without a meeting at hand. */
static gboolean
verify (Kind kind, e2ee_bytes text, e2ee_bytes token, const gchar * authorities_path,
    GError ** error)
{
  e2ee_authorities authorities;
  e2ee_account account;

  if (kind != KIND_TICKET && kind != KIND_ACCOUNT)
    return !authorities_path || tool_fail (error, "what this says is verified with its meeting's "
        "ticket, not with authorities");
  if (!authorities_path) {
    g_print ("\nnot verified: --authorities says whom to trust\n");
    return TRUE;
  }
  if (!tool_read_authorities (authorities_path, &authorities, error)
      || !tool_check (kind == KIND_TICKET ? verify_ticket (text, &authorities)
          : e2ee_account_verify (token, &authorities, tool_now (), &account), "not valid", error))
    return FALSE;
  g_print ("%s is valid\n", kinds[kind].title);
  return TRUE;
}

/* A link is as secret as a key. */
static gboolean
show_link_file (ToolFile * file, const e2ee_link * link, GError ** error)
{
  if (file->open_to_others) {
    g_propagate_error (error, g_steal_pointer (&file->open_to_others));
    return FALSE;
  }
  show_link (link);
  return TRUE;
}

static gboolean
show_file (const gchar * path, ToolFile * file, const gchar * authorities_path, GError ** error)
{
  e2ee_bytes first = file->text, second;
  e2ee_link link;
  gboolean ok;
  Kind kind;

  if (e2ee_link_parse (file->text, &link) == E2EE_MEETING_OK) {
    ok = show_link_file (file, &link, error);
    e2ee_link_clear (&link);
    return ok;
  }
  kind = e2ee_split_pair (file->text, &first, &second) ? show_pair (first, second)
      : show_jws (file->text);
  if (kind == KIND_NONE)
    return tool_fail (error, "%s: neither token, ticket, statement nor link", path);
  return verify (kind, file->text, first, authorities_path, error);
}

gboolean
tool_show (int argc, char **argv, GError ** error)
{
  gchar *authorities_path = NULL;
  const GOptionEntry entries[] = {
    {"authorities", 'a', 0, G_OPTION_ARG_FILENAME, &authorities_path, "Verify a token or ticket "
          "with this key set, now", "FILE"},
    {NULL}
  };
  const gchar *path;
  ToolFile file;
  gboolean ok;

  ok = tool_parse (argc, argv, "FILE", "Prints what a token, ticket, statement or link says, never "
      "a secret.", entries, 1, &path, error) && tool_file_read (path, &file, error);
  if (ok) {
    ok = show_file (path, &file, authorities_path, error);
    tool_file_clear (&file);
  }
  g_free (authorities_path);
  return ok;
}
