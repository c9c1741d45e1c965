/* Reading a file that must be nobody else's business (secretfile.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/secretfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/crypto/secret.h"

#define TOO_LARGE "the file is larger than 1 MiB"

static void
set_open_error (const gchar * name, int failure, GError ** error)
{
  gboolean missing = failure == ENOENT || failure == ENOTDIR;

  g_set_error (error, GST_RESOURCE_ERROR,
      missing ? GST_RESOURCE_ERROR_NOT_FOUND : GST_RESOURCE_ERROR_OPEN_READ,
      "%s: %s", name, missing ? "there is no such file" : g_strerror (failure));
}

/* Everything that can be told without reading. */
static gboolean
check (const gchar * name, const struct stat *info, GError ** error)
{
  const gchar *fault = NULL;

  if (!S_ISREG (info->st_mode))
    fault = "it is not a regular file";
  else if (info->st_uid != geteuid () && info->st_uid != 0)
    fault = "it belongs to another user";
  if (fault) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED, "%s: %s", name,
        fault);
    return FALSE;
  }
  if (info->st_mode & (S_IRWXG | S_IRWXO)) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        "%s: group or others may access it (mode %04o); make it 0600", name,
        (guint) info->st_mode & 07777);
    return FALSE;
  }
  if (info->st_size > GST_E2EE_SECRET_FILE_MAX_SIZE) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "%s: " TOO_LARGE, name);
    return FALSE;
  }
  return TRUE;
}

/* Fills @buffer; the size that fstat told may have changed since.  -1 and errno on failure. */
static gssize
read_up_to (int fd, guint8 * buffer, gsize size)
{
  gsize done = 0;

  while (done < size) {
    ssize_t got = read (fd, buffer + done, size - done);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    done += got;
  }
  return done;
}

static gboolean
read_all (const gchar * name, int fd, gsize expected, e2ee_bytes * text, GError ** error)
{
  gsize space = expected + 1;   /* one more tells a file that has grown */
  guint8 *buffer = e2ee_secret_alloc (space);
  gssize got;

  if (buffer == NULL) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
        "%s: no memory for secrets", name);
    return FALSE;
  }
  got = read_up_to (fd, buffer, space);
  if (got < 0)
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "%s: %s", name,
        g_strerror (errno));
  else if ((gsize) got == space)
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
        "%s: it grew while it was read", name);
  if (got < 0 || (gsize) got == space) {
    e2ee_secret_free (buffer);
    return FALSE;
  }
  *text = E2EE_BYTES (buffer, got);
  return TRUE;
}

gboolean
gst_e2ee_secret_file_read (const gchar * path, e2ee_bytes * text, GError ** error)
{
  gchar *name = g_filename_display_name (path);
  gboolean ok = FALSE;
  struct stat info;
  int fd;

  *text = E2EE_NO_BYTES;
  /* O_NONBLOCK: a FIFO must be refused, not waited for. */
  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
  if (fd < 0) {
    set_open_error (name, errno, error);
    goto out;
  }
  if (fstat (fd, &info) < 0) {
    set_open_error (name, errno, error);
    goto out;
  }
  ok = check (name, &info, error) && read_all (name, fd, info.st_size, text, error);

out:
  if (fd >= 0)
    close (fd);
  g_free (name);
  return ok;
}
