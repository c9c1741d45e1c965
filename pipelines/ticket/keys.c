/* Verbs: authority, device, thumbprint.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <jansson.h>

#include "core/meeting/jwk.h"
#include "tool.h"

/* The public half as one key or as a set of one. */
static gchar *
public_text (const e2ee_public_key * key, gboolean as_set)
{
  json_t *jwk = e2ee_jwk_new (key);
  json_t *root = as_set ? json_pack ("{s:[o]}", "keys", jwk) : jwk;
  gchar *text = json_dumps (root, JSON_COMPACT);

  json_decref (root);
  return text;
}

static void
print_thumbprint (const e2ee_public_key * key)
{
  char text[E2EE_BASE64URL_32 + 1];
  e2ee_thumbprint thumbprint;

  e2ee_public_key_thumbprint (key, &thumbprint);
  e2ee_base64url_write_32 (thumbprint.bytes, text);
  g_print ("%s\n", text);
}

static gboolean
write_pair (const gchar * path, const e2ee_device * device, gboolean as_set, gboolean force,
    GError ** error)
{
  gchar *public_path = g_strconcat (path, ".pub", NULL);
  gchar *text = public_text (e2ee_device_public_key (device), as_set);
  e2ee_mls_buffer jwk;
  gboolean ok;

  ok = tool_check (e2ee_device_to_jwk (device, &jwk), path, error);
  if (ok) {
    const ToolOutput outputs[] = {
      {path, 0600, e2ee_mls_buffer_view (jwk)},
      {public_path, 0644, E2EE_BYTES (text, strlen (text))}
    };

    ok = tool_write (outputs, 2, force, error);
  }
  e2ee_mls_buffer_clear (&jwk);
  free (text);
  g_free (public_path);
  return ok;
}

static gboolean
make_pair (int argc, char **argv, const gchar * summary, gboolean as_set, GError ** error)
{
  gboolean force = FALSE;
  const GOptionEntry entries[] = {
    {"force", 'f', 0, G_OPTION_ARG_NONE, &force, "Replace files that exist", NULL},
    {NULL}
  };
  const gchar *path;
  e2ee_device *device;
  gboolean ok;

  if (!tool_parse (argc, argv, "FILE", summary, entries, 1, &path, error)
      || !tool_check (e2ee_device_generate (e2ee_env_default (), &device), path, error))
    return FALSE;
  ok = write_pair (path, device, as_set, force, error);
  if (ok)
    print_thumbprint (e2ee_device_public_key (device));
  e2ee_device_unref (device);
  return ok;
}

gboolean
tool_authority (int argc, char **argv, GError ** error)
{
  return make_pair (argc, argv, "Makes the key of an account authority: FILE for itself alone, and "
      "FILE.pub, a key set,\nfor all who are to trust it.  Prints the thumbprint.", TRUE, error);
}

gboolean
tool_device (int argc, char **argv, GError ** error)
{
  return make_pair (argc, argv, "Makes the key of a device: FILE for itself alone, and FILE.pub for "
      "the authority that\nissues its account.  Prints the thumbprint.", FALSE, error);
}

gboolean
tool_thumbprint (int argc, char **argv, GError ** error)
{
  const GOptionEntry entries[] = { {NULL} };
  e2ee_public_key key;
  const gchar *path;

  if (!tool_parse (argc, argv, "FILE", "Prints the thumbprint (RFC 7638) of a key, private or "
          "public.", entries, 1, &path, error) || !tool_read_public (path, &key, error))
    return FALSE;
  print_thumbprint (&key);
  return TRUE;
}
