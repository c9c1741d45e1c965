/* What one participant sends: sources, encoders, encryptors, and a branch to each who gets it.
 *
 *     source ! encoder ! payloader ! e2eeenc ! tee ! queue ! webrtcbin
 *
 * What is encoded is dropped before the payloader until there is somebody who gets it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <jansson.h>

#include "codecs.h"
#include "evidence.h"
#include "protection.h"

G_BEGIN_DECLS

typedef struct _Sender Sender;

typedef struct
{
  const gchar *video_source;    /* launch lines; NULL: send none */
  const gchar *audio_source;
  const Codec *video_codec;     /* NULL: VP8 */
  const Codec *audio_codec;     /* NULL: Opus */
  /* Video has key frames when somebody asks for one, and hardly else: for a server that hands
   * requests on. */
  gboolean key_frames_on_request;
  gboolean clear_copy;          /* negative control: copies are sent unencrypted */
} SenderOptions;

/* The RTP payload types to send with; CODEC_NO_TYPE: the offer does not have this medium, or not
 * with the codec. */
typedef struct
{
  gint video;
  gint audio;
} SenderPayloadTypes;

const Codec *sender_video_codec (const SenderOptions * options);
const Codec *sender_audio_codec (const SenderOptions * options);
/* What is offered, by the codecs of @options. */
SenderPayloadTypes sender_own_types (const SenderOptions * options);

/* @options and @protection must stay.  @ready is called in the main thread when the branches have
 * caps, and so can be offered. */
Sender *sender_new (GstBin * pipeline, const SenderOptions * options, const Protection * protection,
    Evidence * evidence, const SenderPayloadTypes * types, GSourceFunc ready, gpointer user_data,
    GError ** error);
/* The pipeline must be in NULL. */
void sender_free (Sender * sender);

gboolean sender_is_ready (Sender * sender);

/* Pads of @webrtc are asked for and linked: video, then audio.  @is_copy: he only gets, and
 * gives nothing. */
gboolean sender_link (Sender * sender, GstElement * webrtc, gboolean is_copy);
/* Takes away what goes to @webrtc, in mid-call. */
void sender_unlink (Sender * sender, GstElement * webrtc);

/* Frames go out from the next key frame on, and no more after stop.  Started again, it makes a
 * key frame for somebody who has come in. */
void sender_start (Sender * sender);
void sender_stop (Sender * sender);

/* {"video": {"codec": name, "frames-encoded": n, "encryptor": {...}}, "audio": ...} */
json_t *sender_stats (Sender * sender);

G_END_DECLS
