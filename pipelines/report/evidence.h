/* Reads what participants wrote with --evidence, and compares it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _EvidenceFile EvidenceFile;

/* NULL and @error when @path cannot be read or a line of it makes no sense. */
EvidenceFile *evidence_file_read (const gchar * path, GError ** error);
void evidence_file_free (EvidenceFile * file);

/* How many frames of @media were seen at @place ("sent", "opened", "raw"); @from: NULL for own
 * ones. */
guint evidence_count_frames (const EvidenceFile * file, const gchar * place, const gchar * media,
    const gchar * from);

/* How many of the frames that @receiver saw at @place are, byte for byte, frames that @sender
 * sent.  Each that was sent counts once. */
guint evidence_count_identical (const EvidenceFile * sender, const EvidenceFile * receiver,
    const gchar * place, const gchar * media, const gchar * from);

/* Pictures of one place against those that were sent: normalised correlation with the most alike
 * of them. */
typedef struct
{
  guint pictures;               /* compared */
  guint flat;                   /* of one brightness all over: like nothing, and not compared */
  guint recognised;             /* at or over the threshold */
  gdouble threshold;
  gdouble low;                  /* one in twenty is less alike than that */
  gdouble median;
  gdouble best;
} EvidenceLikeness;

EvidenceLikeness evidence_compare_pictures (const EvidenceFile * sender,
    const EvidenceFile * receiver, const gchar * place, const gchar * from, gdouble threshold);

/* Measured (docs/demo.md): pictures that were decrypted correlate by 0.99 and more with what was
 * sent, snow at a low bit rate by 0.88; what a decoder made of ciphertext, by 0.60 at most. */
#define EVIDENCE_ALIKE 0.75
#define EVIDENCE_SURELY_ALIKE 0.9

/* From when on an eavesdropper counts as having recognised a picture: as alike as nearly all that
 * the @rightful receiver got of the same sender, but EVIDENCE_SURELY_ALIKE is always enough and
 * less than EVIDENCE_ALIKE never. */
gdouble evidence_threshold (const EvidenceLikeness * rightful);

G_END_DECLS
