/* A secret that somebody has already (given.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

/* Room for the end of a line, and for a byte more, which tells that there is too much. */
#define SPACE (KEYGEN_MAX_GIVEN + 3)

static gboolean
fail (GError ** error, const gchar * path, const gchar * fault)
{
  gchar *name = strcmp (path, "-") == 0 ? g_strdup ("the standard input") :
      g_filename_display_name (path);

  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "--secret: %s %s", name, fault);
  g_free (name);
  return FALSE;
}

/* Into locked memory, and through no buffer of stdio. */
static gboolean
read_all (int fd, guint8 * bytes, gsize * size)
{
  *size = 0;
  while (*size < SPACE) {
    ssize_t n = read (fd, bytes + *size, SPACE - *size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    if (n == 0)
      break;
    *size += n;
    /* a terminal gives a line at a time, and one is all that is wanted of it */
    if (isatty (fd) && bytes[*size - 1] == '\n')
      break;
  }
  return TRUE;
}

static gboolean
read_terminal (guint8 * bytes, gsize * size)
{
  struct termios shown, hidden;
  gboolean ok;

  if (tcgetattr (STDIN_FILENO, &shown) != 0)
    return FALSE;
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
  g_printerr ("Secret: ");
  ok = read_all (STDIN_FILENO, bytes, size);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
  g_printerr ("\n");
  return ok;
}

static gboolean
read_path (const gchar * path, guint8 * bytes, gsize * size)
{
  gboolean ok;
  int fd;

  if (strcmp (path, "-") == 0)
    return isatty (STDIN_FILENO) ? read_terminal (bytes, size) :
        read_all (STDIN_FILENO, bytes, size);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  ok = read_all (fd, bytes, size);
  close (fd);
  return ok;
}

/* A line feed, and a carriage return before it: editors put them there. */
static gsize
without_line_end (const guint8 * bytes, gsize size)
{
  if (size > 0 && bytes[size - 1] == '\n')
    size--;
  if (size > 0 && bytes[size - 1] == '\r')
    size--;
  return size;
}

static gboolean
check_passphrase (const gchar * path, const KeygenSecret * secret, GError ** error)
{
  if (!g_utf8_validate ((const gchar *) secret->bytes, secret->size, NULL))
    return fail (error, path, "is not UTF-8");
  for (gsize i = 0; i < secret->size; i++)
    if (secret->bytes[i] < 0x20)
      return fail (error, path, "has more than one line, or a control character");
  return TRUE;
}

gboolean
keygen_read_given (const gchar * path, gboolean passphrase, KeygenSecret * secret, GError ** error)
{
  gboolean ok = FALSE;

  secret->bytes = sodium_malloc (SPACE);
  if (secret->bytes == NULL)
    g_error ("no memory for secrets");
  if (!read_path (path, secret->bytes, &secret->size)) {
    fail (error, path, g_strerror (errno));
    goto out;
  }
  if (passphrase)
    secret->size = without_line_end (secret->bytes, secret->size);
  if (secret->size == 0)
    fail (error, path, "is empty");
  else if (secret->size > KEYGEN_MAX_GIVEN)
    fail (error, path, "has more than 256 bytes");
  else
    ok = !passphrase || check_passphrase (path, secret, error);

out:
  if (!ok) {
    sodium_free (secret->bytes);
    secret->bytes = NULL;
  }
  return ok;
}
