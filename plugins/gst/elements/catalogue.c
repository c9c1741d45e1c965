/* Reading .mo files (catalogue.h; the format: GNU gettext manual, "The Format of GNU MO Files").
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * A file may be damaged: every offset is checked before it is followed, once for each word. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/catalogue.h"

#include <string.h>

#define MAGIC 0x950412de
#define HEADER_SIZE 20
#define ENTRY_SIZE 8            /* length and offset */

struct _E2eeCatalogue
{
  GBytes *bytes;
  const guint8 *data;
  gsize size;
  gboolean swapped;
  guint32 n_words;
  guint32 originals;            /* offset of their table */
  guint32 translations;
};

static guint32
read_word (const E2eeCatalogue * self, gsize offset)
{
  guint32 value;

  memcpy (&value, self->data + offset, sizeof (value));
  return self->swapped ? GUINT32_SWAP_LE_BE (value) : value;
}

static gboolean
has_table (const E2eeCatalogue * self, guint32 offset)
{
  return offset <= self->size && (self->size - offset) / ENTRY_SIZE >= self->n_words;
}

E2eeCatalogue *
e2ee_catalogue_new_from_bytes (GBytes * bytes)
{
  E2eeCatalogue *self = g_new0 (E2eeCatalogue, 1);

  self->bytes = g_bytes_ref (bytes);
  self->data = g_bytes_get_data (bytes, &self->size);
  if (self->size < HEADER_SIZE)
    goto broken;
  self->swapped = read_word (self, 0) != MAGIC;
  if (read_word (self, 0) != MAGIC)
    goto broken;
  self->n_words = read_word (self, 8);
  self->originals = read_word (self, 12);
  self->translations = read_word (self, 16);
  if (has_table (self, self->originals) && has_table (self, self->translations))
    return self;

broken:
  e2ee_catalogue_free (self);
  return NULL;
}

void
e2ee_catalogue_free (E2eeCatalogue * self)
{
  if (self == NULL)
    return;
  g_bytes_unref (self->bytes);
  g_free (self);
}

static E2eeCatalogue *
open_file (const gchar * language)
{
  const gchar *folder = g_getenv ("GST_E2EE_LOCALE_DIR");
  gchar *path = g_build_filename (folder != NULL ? folder : LOCALEDIR, language, "LC_MESSAGES",
      GETTEXT_PACKAGE ".mo", NULL);
  GMappedFile *file = g_mapped_file_new (path, FALSE, NULL);
  E2eeCatalogue *self = NULL;

  if (file != NULL) {
    GBytes *bytes = g_mapped_file_get_bytes (file);

    self = e2ee_catalogue_new_from_bytes (bytes);
    g_bytes_unref (bytes);
    g_mapped_file_unref (file);
  }
  g_free (path);
  return self;
}

/* A language is a name in a folder, never a way out of it. */
static gboolean
is_name (const gchar * language)
{
  for (const gchar * c = language; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("_-@.", *c) == NULL)
      return FALSE;
  return g_ascii_isalpha (*language);
}

static gboolean
is_english (const gchar * language)
{
  return strcmp (language, "C") == 0 || strcmp (language, "en") == 0
      || g_str_has_prefix (language, "en_") || g_str_has_prefix (language, "en-");
}

E2eeCatalogue *
e2ee_catalogue_new (const gchar * language)
{
  gboolean given = language != NULL && *language != '\0';
  gchar *posix = given ? g_strdelimit (g_strdup (language), "-", '_') : NULL;
  gchar **variants = given ? g_get_locale_variants (posix) : NULL;
  const gchar *const *names = given ? (const gchar * const *) variants
      : g_get_language_names_with_category ("LC_MESSAGES");
  E2eeCatalogue *self = NULL;

  for (; *names != NULL && self == NULL && !is_english (*names); names++)
    if (is_name (*names))
      self = open_file (*names);
  g_strfreev (variants);
  g_free (posix);
  return self;
}

/* The string of entry @index in the table at @table: terminated, and inside of the file. */
static const gchar *
string_at (const E2eeCatalogue * self, guint32 table, guint32 index)
{
  gsize length = read_word (self, table + (gsize) index * ENTRY_SIZE);
  gsize offset = read_word (self, table + (gsize) index * ENTRY_SIZE + 4);

  if (offset >= self->size || length >= self->size - offset || self->data[offset + length] != '\0')
    return NULL;
  return (const gchar *) self->data + offset;
}

const gchar *
e2ee_catalogue_lookup (const E2eeCatalogue * self, const gchar * text)
{
  if (self == NULL)
    return text;
  for (guint32 i = 0; i < self->n_words; i++) {
    const gchar *original = string_at (self, self->originals, i);
    const gchar *translation;

    if (original == NULL || strcmp (original, text) != 0)
      continue;
    translation = string_at (self, self->translations, i);
    if (translation != NULL && *translation != '\0' && g_utf8_validate (translation, -1, NULL))
      return translation;
  }
  return text;
}
