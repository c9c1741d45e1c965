/* Digests of frames and tiny pictures, one JSON object a line.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "evidence.h"

#include <errno.h>
#include <stdio.h>
#include <gio/gio.h>
#include <gst/e2ee/e2ee.h>
#include <jansson.h>

#include "picture.h"

/* 64 bits of SHA-256: a chance match among some thousand frames is out of the question. */
#define DIGEST_DIGITS 16

struct _Evidence
{
  GMutex lock;
  FILE *file;
};

static const gchar *const places[] = { "sent", "opened", "raw" };

Evidence *
evidence_new (const gchar * path, GError ** error)
{
  Evidence *evidence = g_new0 (Evidence, 1);

  g_mutex_init (&evidence->lock);
  if (path) {
    evidence->file = fopen (path, "w");
    if (!evidence->file) {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
          g_strerror (errno));
      evidence_free (evidence);
      return NULL;
    }
  }
  return evidence;
}

void
evidence_free (Evidence * evidence)
{
  if (evidence->file)
    fclose (evidence->file);
  g_mutex_clear (&evidence->lock);
  g_free (evidence);
}

static gdouble
now (void)
{
  return g_get_monotonic_time () / 1000.0;
}

/* Takes @line. */
static void
add_line (Evidence * evidence, json_t * line)
{
  g_mutex_lock (&evidence->lock);
  json_dumpf (line, evidence->file, JSON_COMPACT | JSON_REAL_PRECISION (13));
  fputc ('\n', evidence->file);
  g_mutex_unlock (&evidence->lock);
  json_decref (line);
}

/* Behind e2eedec a buffer carries what is known of it. */
static const gchar *
state_of (EvidencePlace place, GstBuffer * buffer)
{
  return place == EVIDENCE_OPENED ?
      gst_e2ee_state_get_nick (gst_buffer_get_e2ee_state (buffer)) : NULL;
}

void
evidence_add_frame (Evidence * evidence, EvidencePlace place, const gchar * media,
    const gchar * from, GstBuffer * frame)
{
  GstMapInfo map;
  gchar *digest;

  if (!evidence->file || !gst_buffer_map (frame, &map, GST_MAP_READ))
    return;
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, map.data, map.size);
  digest[DIGEST_DIGITS] = '\0';
  add_line (evidence, json_pack ("{s:s, s:s, s:s?, s:f, s:s*, s:I, s:s}", "frame", places[place],
          "media", media, "from", from, "t", now (), "state", state_of (place, frame),
          "size", (json_int_t) map.size, "digest", digest));
  g_free (digest);
  gst_buffer_unmap (frame, &map);
}

void
evidence_add_picture (Evidence * evidence, EvidencePlace place, const gchar * from,
    GstPad * pad, GstBuffer * picture)
{
  guint8 luma[PICTURE_THUMBNAIL_SIZE];
  gchar *text;

  if (!evidence->file || !picture_thumbnail (pad, picture, luma))
    return;
  text = g_base64_encode (luma, sizeof (luma));
  add_line (evidence, json_pack ("{s:s, s:s?, s:f, s:s*, s:s}", "picture", places[place],
          "from", from, "t", now (), "state", state_of (place, picture), "luma", text));
  g_free (text);
}
