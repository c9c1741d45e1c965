/* Reads what participants wrote with --evidence, and compares it.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "evidence.h"

#include <gio/gio.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LUMA_SIZE (32 * 18)
/* A standard deviation of 2 of 255 is a picture of nothing. */
#define FLAT 2.0
/* Half a minute of pictures tells as much as an hour. */
#define MAX_COMPARED 750

typedef struct
{
  gboolean is_picture;
  gchar *place;
  gchar *media;
  gchar *from;                  /* NULL: own */
  gchar *digest;
  gfloat *luma;                 /* mean 0, length 1; NULL when flat */
} Line;

struct _EvidenceFile
{
  GPtrArray *lines;
};

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->place);
  g_free (line->media);
  g_free (line->from);
  g_free (line->digest);
  g_free (line->luma);
  g_free (line);
}

static gfloat *
normalise (const guint8 * luma)
{
  gfloat *unit;
  gdouble mean = 0, square = 0;
  guint i;

  for (i = 0; i < LUMA_SIZE; i++)
    mean += luma[i];
  mean /= LUMA_SIZE;
  for (i = 0; i < LUMA_SIZE; i++)
    square += (luma[i] - mean) * (luma[i] - mean);
  if (sqrt (square / LUMA_SIZE) < FLAT)
    return NULL;

  unit = g_new (gfloat, LUMA_SIZE);
  for (i = 0; i < LUMA_SIZE; i++)
    unit[i] = (luma[i] - mean) / sqrt (square);
  return unit;
}

static Line *
read_line (const json_t * json)
{
  const gchar *frame = json_string_value (json_object_get (json, "frame"));
  const gchar *picture = json_string_value (json_object_get (json, "picture"));
  const gchar *digest = json_string_value (json_object_get (json, "digest"));
  const gchar *text = json_string_value (json_object_get (json, "luma"));
  const gchar *media = json_string_value (json_object_get (json, "media"));
  Line *line = g_new0 (Line, 1);
  guchar *luma = NULL;
  gsize size = 0;

  line->is_picture = picture != NULL;
  line->place = g_strdup (picture ? picture : frame);
  line->media = g_strdup (picture ? "video" : media);
  line->from = g_strdup (json_string_value (json_object_get (json, "from")));
  line->digest = g_strdup (digest);
  if (text)
    luma = g_base64_decode (text, &size);
  if (size == LUMA_SIZE)
    line->luma = normalise (luma);
  g_free (luma);

  if (!line->place || !line->media || (picture ? size != LUMA_SIZE : !digest))
    g_clear_pointer (&line, line_free);
  return line;
}

EvidenceFile *
evidence_file_read (const gchar * path, GError ** error)
{
  EvidenceFile *evidence = g_new0 (EvidenceFile, 1);
  FILE *file = fopen (path, "r");

  evidence->lines = g_ptr_array_new_with_free_func (line_free);
  if (!file) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
        g_strerror (errno));
    goto fail;
  }
  for (;;) {
    json_error_t json_error;
    json_t *json = json_loadf (file, JSON_DISABLE_EOF_CHECK, &json_error);
    Line *line = json ? read_line (json) : NULL;

    json_decref (json);
    if (!json && feof (file))
      break;
    if (!line) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: entry %u makes no sense", path,
          evidence->lines->len + 1);
      goto fail;
    }
    g_ptr_array_add (evidence->lines, line);
  }
  fclose (file);
  return evidence;

fail:
  if (file)
    fclose (file);
  evidence_file_free (evidence);
  return NULL;
}

void
evidence_file_free (EvidenceFile * evidence)
{
  if (!evidence)
    return;
  g_ptr_array_unref (evidence->lines);
  g_free (evidence);
}

static gboolean
is_frame (const Line * line, const gchar * place, const gchar * media, const gchar * from)
{
  return !line->is_picture && g_str_equal (line->place, place)
      && g_str_equal (line->media, media) && g_strcmp0 (line->from, from) == 0;
}

guint
evidence_count_frames (const EvidenceFile * evidence, const gchar * place, const gchar * media,
    const gchar * from)
{
  guint i, n = 0;

  for (i = 0; i < evidence->lines->len; i++)
    n += is_frame (g_ptr_array_index (evidence->lines, i), place, media, from);
  return n;
}

guint
evidence_count_identical (const EvidenceFile * sender, const EvidenceFile * receiver,
    const gchar * place, const gchar * media, const gchar * from)
{
  GHashTable *left = g_hash_table_new (g_str_hash, g_str_equal);
  guint i, n = 0;

  for (i = 0; i < sender->lines->len; i++) {
    Line *line = g_ptr_array_index (sender->lines, i);

    if (is_frame (line, "sent", media, NULL))
      g_hash_table_insert (left, line->digest,
          GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (left, line->digest)) + 1));
  }
  for (i = 0; i < receiver->lines->len; i++) {
    Line *line = g_ptr_array_index (receiver->lines, i);
    guint copies;

    if (!is_frame (line, place, media, from))
      continue;
    copies = GPOINTER_TO_UINT (g_hash_table_lookup (left, line->digest));
    if (copies > 0) {
      g_hash_table_insert (left, line->digest, GUINT_TO_POINTER (copies - 1));
      n++;
    }
  }
  g_hash_table_unref (left);
  return n;
}

static GPtrArray *
pictures_at (const EvidenceFile * evidence, const gchar * place, const gchar * from, guint * flat)
{
  GPtrArray *pictures = g_ptr_array_new ();
  guint i;

  *flat = 0;
  for (i = 0; i < evidence->lines->len; i++) {
    Line *line = g_ptr_array_index (evidence->lines, i);

    if (!line->is_picture || !g_str_equal (line->place, place)
        || g_strcmp0 (line->from, from) != 0)
      continue;
    if (line->luma)
      g_ptr_array_add (pictures, line->luma);
    else
      (*flat)++;
  }
  return pictures;
}

static gfloat
best_of (const gfloat * picture, const GPtrArray * sent)
{
  gfloat best = -1;
  guint i, k;

  for (i = 0; i < sent->len; i++) {
    const gfloat *other = g_ptr_array_index (sent, i);
    gfloat product = 0;

    for (k = 0; k < LUMA_SIZE; k++)
      product += picture[k] * other[k];
    best = MAX (best, product);
  }
  return best;
}

static gint
compare_floats (gconstpointer a, gconstpointer b)
{
  gfloat x = *(const gfloat *) a, y = *(const gfloat *) b;

  return x < y ? -1 : x > y;
}

EvidenceLikeness
evidence_compare_pictures (const EvidenceFile * sender, const EvidenceFile * receiver,
    const gchar * place, const gchar * from, gdouble threshold)
{
  EvidenceLikeness likeness = { 0, };
  GArray *bests = g_array_new (FALSE, FALSE, sizeof (gfloat));
  guint flat_sent, i, step;
  GPtrArray *sent = pictures_at (sender, "sent", NULL, &flat_sent);
  GPtrArray *seen = pictures_at (receiver, place, from, &likeness.flat);

  step = seen->len / MAX_COMPARED + 1;
  for (i = 0; sent->len > 0 && i < seen->len; i += step) {
    gfloat best = best_of (g_ptr_array_index (seen, i), sent);

    likeness.recognised += best >= threshold;
    g_array_append_val (bests, best);
  }
  likeness.threshold = threshold;
  likeness.pictures = bests->len;
  if (bests->len > 0) {
    g_array_sort (bests, compare_floats);
    likeness.low = g_array_index (bests, gfloat, bests->len / 20);
    likeness.median = g_array_index (bests, gfloat, bests->len / 2);
    likeness.best = g_array_index (bests, gfloat, bests->len - 1);
  }
  g_array_unref (bests);
  g_ptr_array_unref (sent);
  g_ptr_array_unref (seen);
  return likeness;
}

gdouble
evidence_threshold (const EvidenceLikeness * rightful)
{
  if (rightful->pictures == 0)
    return EVIDENCE_ALIKE;
  return CLAMP (rightful->low, EVIDENCE_ALIKE, EVIDENCE_SURELY_ALIKE);
}
