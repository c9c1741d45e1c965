/* What a participant can show afterwards of the frames and pictures that he had in his hands.
 * One JSON object a line; e2ee-report compares the files of the participants.  Digests and
 * pictures of 32x18 pixels, not the media.  "t" is the machine's monotonic clock in milliseconds,
 * the same for all participants on it; "state" what the status on a buffer says.
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _Evidence Evidence;

/* Where a frame or a picture was seen. */
typedef enum
{
  EVIDENCE_SENT,                /* before it was encrypted */
  EVIDENCE_OPENED,              /* after e2eedec */
  EVIDENCE_RAW                  /* as it came, without e2eedec */
} EvidencePlace;

/* An Evidence that writes nothing if @path is NULL; NULL and @error when the file cannot be
 * made. */
Evidence *evidence_new (const gchar * path, GError ** error);
void evidence_free (Evidence * evidence);

/* Any thread.  @from is who sent it; NULL: we. */
void evidence_add_frame (Evidence * evidence, EvidencePlace place, const gchar * media,
    const gchar * from, GstBuffer * frame);
/* @pad: the pad of raw video in I420, NV12 or a like format on which @picture travels. */
void evidence_add_picture (Evidence * evidence, EvidencePlace place, const gchar * from,
    GstPad * pad, GstBuffer * picture);

G_END_DECLS
