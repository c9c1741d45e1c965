/* Reading and writing keys and tickets (tool.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <gst/gst.h>
#include <jansson.h>

#include "api/secretfile.h"
#include "common/newfiles.h"
#include "core/crypto/jwktext.h"
#include "core/crypto/secret.h"
#include "core/meeting/jwk.h"
#include "tool.h"

static gboolean
read_open (const gchar * path, ToolFile * file, GError ** error)
{
  gchar *text;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, error))
    return FALSE;
  if (size > GST_E2EE_SECRET_FILE_MAX_SIZE) {
    g_free (text);
    return tool_fail (error, "%s: the file is larger than 1 MiB", path);
  }
  /* One more, so that an empty file has memory too. */
  file->text.data = e2ee_secret_alloc (size + 1);
  if (file->text.data == NULL)
    g_error ("no memory for secrets");
  memcpy ((guint8 *) file->text.data, text, size);
  file->text.size = size;
  e2ee_wipe (text, size);
  g_free (text);
  return TRUE;
}

gboolean
tool_file_read (const gchar * path, ToolFile * file, GError ** error)
{
  GError *failure = NULL;

  memset (file, 0, sizeof (*file));
  if (!gst_e2ee_secret_file_read (path, &file->text, &failure)) {
    if (!g_error_matches (failure, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED)
        || !g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
      g_propagate_error (error, failure);
      return FALSE;
    }
    file->open_to_others = failure;
    if (!read_open (path, file, error)) {
      tool_file_clear (file);
      return FALSE;
    }
  }
  while (file->text.size > 0 && g_ascii_isspace (file->text.data[file->text.size - 1]))
    file->text.size--;
  return TRUE;
}

void
tool_file_clear (ToolFile * file)
{
  e2ee_secret_free ((guint8 *) file->text.data);
  g_clear_error (&file->open_to_others);
  memset (file, 0, sizeof (*file));
}

gboolean
tool_read_private (const gchar * path, e2ee_device ** device, GError ** error)
{
  ToolFile file;
  gboolean ok = FALSE;

  *device = NULL;
  if (!tool_file_read (path, &file, error))
    return FALSE;
  if (file.open_to_others)
    g_propagate_error (error, g_steal_pointer (&file.open_to_others));
  else
    ok = tool_check (e2ee_device_from_jwk (file.text, device), path, error);
  tool_file_clear (&file);
  return ok;
}

/* Never shows the parser a private half, which the file should not have but may. */
static e2ee_meeting_result
parse_public (e2ee_bytes text, e2ee_public_key * key)
{
  static const char *const readable[] = { "kty", "crv", "x", NULL };
  guint8 *copy = e2ee_secret_dup (text);
  e2ee_meeting_result r = E2EE_MEETING_ERR_KEY_FORMAT;
  json_t *jwk = NULL;

  if (copy) {
    e2ee_jwk_text_hide ((char *) copy, text.size, readable);
    jwk = json_loadb ((const char *) copy, text.size, JSON_REJECT_DUPLICATES, NULL);
  }
  if (jwk)
    r = e2ee_jwk_read (jwk, key);
  json_decref (jwk);
  e2ee_secret_free (copy);
  return r;
}

gboolean
tool_read_public (const gchar * path, e2ee_public_key * key, GError ** error)
{
  e2ee_device *device;
  ToolFile file;
  gboolean ok = FALSE;

  if (!tool_file_read (path, &file, error))
    return FALSE;
  if (e2ee_device_from_jwk (file.text, &device) != E2EE_MEETING_OK) {
    ok = tool_check (parse_public (file.text, key), path, error);
  } else {
    *key = *e2ee_device_public_key (device);
    e2ee_device_unref (device);
    ok = file.open_to_others == NULL;
    if (!ok)
      g_propagate_error (error, g_steal_pointer (&file.open_to_others));
  }
  tool_file_clear (&file);
  return ok;
}

gboolean
tool_read_authorities (const gchar * path, e2ee_authorities * authorities, GError ** error)
{
  ToolFile file;
  gboolean ok;

  if (!tool_file_read (path, &file, error))
    return FALSE;
  ok = tool_check (e2ee_authorities_parse (file.text, authorities), path, error);
  tool_file_clear (&file);
  return ok;
}

static gboolean
write_all (int fd, const guint8 * bytes, gsize size)
{
  while (size > 0) {
    const ssize_t written = write (fd, bytes, size);

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return FALSE;
    bytes += written;
    size -= written;
  }
  return TRUE;
}

static gboolean
write_text (int fd, gconstpointer content)
{
  const e2ee_bytes *text = content;

  return write_all (fd, text->data, text->size) && write_all (fd, (const guint8 *) "\n", 1);
}

gboolean
tool_write (const ToolOutput * outputs, guint n_outputs, gboolean force, GError ** error)
{
  NewFile files[2] = { {0}, };

  g_assert (n_outputs <= G_N_ELEMENTS (files));
  for (guint i = 0; i < n_outputs; i++)
    files[i] = (NewFile) {
      .path = outputs[i].path,.mode = outputs[i].mode,.write = write_text,.content = &outputs[i].text
    };
  return new_files_write (files, n_outputs, force, error);
}
