/* The recording branch: what was decrypted, as far as the policy lets it pass.
 *
 *     tee ! e2eepolicy feature=recording ! queue ! matroskamux ! filesink
 *
 * With H.264 and H.265 a parser stands in front of the gate, for the muxer.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <jansson.h>

#include "codecs.h"
#include "protection.h"

G_BEGIN_DECLS

typedef struct _Recorder Recorder;

/* @gated: FALSE only in negative controls.  NULL and @error when the file cannot be made. */
Recorder *recorder_new (GstBin * pipeline, const gchar * path, gboolean gated,
    const Protection * protection, GError ** error);
/* The pipeline must be in NULL. */
void recorder_free (Recorder * recorder);

/* Streaming thread: one of each medium is recorded, from @tee in @bin, of the first who sends. */
void recorder_link (Recorder * recorder, const gchar * from, const Codec * codec,
    GstElement * bin, GstElement * tee);

/* Main thread: @bin goes; its streams end in the recording. */
void recorder_unlink (Recorder * recorder, GstElement * bin);

/* Ends the file; @finished is called in the main thread when it is closed for good. */
void recorder_finish (Recorder * recorder, GSourceFunc finished, gpointer user_data);

/* {"file": path, "gates": {"video": {...}, "audio": {...}}} */
json_t *recorder_stats (Recorder * recorder);

G_END_DECLS
