/* What comes from other participants: decryption, decoding, shield; or, for a wiretap, every
 * attempt at it.
 *
 *     webrtcbin ! e2eedec ! depayloader ! tee ! decoder ! videoconvert ! shieldoverlay ! sink
 *                                         tee ! recorder
 *
 * A wiretap has, beside the same branch, one without e2eedec:
 *
 *     webrtcbin ! tee ! e2eedec ! ...     tee ! depayloader ! decoder ! sink
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/e2ee.h>
#include <gst/gst.h>
#include <jansson.h>

#include "evidence.h"
#include "protection.h"
#include "recorder.h"

G_BEGIN_DECLS

typedef struct _Receiver Receiver;

typedef enum
{
  RECEIVER_SHOWS,
  RECEIVER_RECORDS,             /* and decodes nothing */
  RECEIVER_TAPS
} ReceiverRole;

/* @recorder may be NULL; @protection must stay. */
Receiver *receiver_new (GstBin * pipeline, ReceiverRole role, const Protection * protection,
    Evidence * evidence, Recorder * recorder);
/* The pipeline must be in NULL. */
void receiver_free (Receiver * receiver);

/* Streaming thread: a medium of participant @from comes on @pad. */
void receiver_add (Receiver * receiver, const gchar * from, GstPad * pad);
/* Main thread: he is gone, and his webrtcbin in NULL.  What was counted of him stays. */
void receiver_remove (Receiver * receiver, const gchar * from);

/* Whether an error of @source stays its own: a decoder that is fed with ciphertext may complain. */
gboolean receiver_forgives (Receiver * receiver, GstObject * source);

/* All that came so far: frames and pictures of every stream together.  Grows as long as
 * something comes. */
guint64 receiver_count_frames (Receiver * receiver);

/* Main thread: the last picture of @from (NULL: of the first whose there is) with its shield, as
 * PNG.  @state (may be NULL): what that very picture says of itself.  FALSE with @error when there
 * was none. */
gboolean receiver_save_snapshot (Receiver * receiver, const gchar * from, const gchar * path,
    GstE2eeState * state, GError ** error);

/* An array with an object for each stream: who, which medium, decryptor figures, frames,
 * pictures, times. */
json_t *receiver_stats (Receiver * receiver);

G_END_DECLS
