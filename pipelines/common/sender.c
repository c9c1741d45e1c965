/* What one participant sends.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "sender.h"

#define GST_USE_UNSTABLE_API
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>

#include "stats.h"

/* Old packets give way after so long, so that a receiver who is stuck never holds up another. */
#define BRANCH_LINE "queue leaky=downstream max-size-buffers=0 max-size-bytes=0 " \
    "max-size-time=2000000000 ! capsfilter name=caps"

#define VIDEO_INPUT "queue ! videoconvert ! video/x-raw,format=I420 "
#define AUDIO_INPUT "queue ! audioconvert ! audioresample "
#define OUTPUT "e2eeenc name=encryptor ! tee name=out allow-not-linked=true"

/* An encoder's property for the most frames from one key frame to the next. */
static const gchar *const key_distances[] = { "keyframe-max-dist", "gop-size", "key-int-max" };

/* Two minutes at 25 frames a second: at the latest then, also when nobody asks. */
#define LONG_KEY_DISTANCE 3000

/* Between encoder and payloader, in a negative control only. */
#define CLEAR_TEE "! tee name=clear "

/* Where a sender is, for the probes in the streaming threads. */
typedef enum
{
  CLOSED,
  OPENING,                      /* waits for a key frame */
  OPEN
} Gate;

typedef struct
{
  Sender *sender;
  const Codec *codec;
  GstElement *bin;
  GstElement *encoder;
  GstElement *encryptor;
  GstPad *entry;                /* of the encryptor */
  GstElement *tee;
  GstPad *clear;                /* encoded, not encrypted */
  gint payload_type;
  gint gate;                    /* atomic, Gate */
  gint frames;                  /* atomic */
  gint key_frames;              /* atomic; of them */
  gint asked;                   /* atomic: how often somebody asked for a key frame */
  gboolean only_caps;           /* streaming thread: of this frame nothing else is wanted */
} Stream;

struct _Sender
{
  GstBin *pipeline;
  const SenderOptions *options;
  Evidence *evidence;
  Stream streams[2];
  guint n_streams;
  GSourceFunc ready;
  gpointer user_data;
  gint told_ready;              /* atomic */
};

/* Before the sources start for good, what they make is thrown away here: caps go through, so
 * that there is something to offer, and frames do not, so that every frame that is encrypted has
 * somebody to go to. */
static GstPadProbeReturn
on_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;
  GstBuffer *frame = GST_PAD_PROBE_INFO_BUFFER (info);

  if (g_atomic_int_get (&stream->gate) == OPENING
      && !GST_BUFFER_FLAG_IS_SET (frame, GST_BUFFER_FLAG_DELTA_UNIT))
    g_atomic_int_compare_and_exchange (&stream->gate, OPENING, OPEN);
  stream->only_caps = g_atomic_int_get (&stream->gate) != OPEN;
  if (stream->only_caps)
    /* The payloaders of H.264 and H.265 have no caps before they have seen a frame. */
    return gst_pad_has_current_caps (stream->entry) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;

  g_atomic_int_inc (&stream->frames);
  if (!GST_BUFFER_FLAG_IS_SET (frame, GST_BUFFER_FLAG_DELTA_UNIT))
    g_atomic_int_inc (&stream->key_frames);
  evidence_add_frame (stream->sender->evidence, EVIDENCE_SENT, stream->codec->media, NULL,
      frame);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_packet (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;

  return stream->only_caps ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_payloader_event (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  const Codec *codec = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    caps = codec_describe (codec, caps);
    gst_event_unref (event);
    GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_caps (caps);
    gst_caps_unref (caps);
  }
  return GST_PAD_PROBE_OK;
}

/* rtph264pay would ask for the level in the caps of the encoder that was described to the other
 * side, and not every encoder says its level there. */
static GstPadProbeReturn
on_payloader_query (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstCaps *caps;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return GST_PAD_PROBE_OK;
  caps = gst_pad_get_pad_template_caps (pad);
  gst_query_set_caps_result (query, caps);
  gst_caps_unref (caps);
  return GST_PAD_PROBE_HANDLED;
}

/* The one of @bin. */
static void
set_up_payloader (GstElement * bin, const Codec * codec, gint payload_type)
{
  GstElement *payloader = gst_bin_get_by_name (GST_BIN (bin), "payloader");
  GstPad *pad = gst_element_get_static_pad (payloader, "src");

  g_object_set (payloader, "pt", payload_type, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_payloader_event, (gpointer) codec,
      NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, on_payloader_query, NULL, NULL);
  gst_object_unref (pad);
  gst_object_unref (payloader);
}

static GstPadProbeReturn
on_upstream_event (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;

  if (gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    g_atomic_int_inc (&stream->asked);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_picture (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;

  if (g_atomic_int_get (&stream->gate) != CLOSED)
    evidence_add_picture (stream->sender->evidence, EVIDENCE_SENT, NULL, pad,
        GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

gboolean
sender_is_ready (Sender * sender)
{
  guint i;

  for (i = 0; i < sender->n_streams; i++) {
    GstPad *pad = gst_element_get_static_pad (sender->streams[i].encryptor, "src");
    gboolean has_caps = gst_pad_has_current_caps (pad);

    gst_object_unref (pad);
    if (!has_caps)
      return FALSE;
  }
  return TRUE;
}

/* Streaming thread. */
static void
on_caps (GstPad * pad, GParamSpec * pspec, gpointer user_data)
{
  Sender *sender = user_data;

  if (sender_is_ready (sender) && g_atomic_int_compare_and_exchange (&sender->told_ready, 0, 1))
    g_main_context_invoke (NULL, sender->ready, sender->user_data);
}

static void
add_probe (GstElement * element, const gchar * pad_name, GstPadProbeCallback probe,
    Stream * stream)
{
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, probe, stream, NULL);
  gst_object_unref (pad);
}

static gboolean
is_video (const Stream * stream)
{
  return g_str_equal (stream->codec->media, "video");
}

static void
wait_for_requests (GstElement * encoder)
{
  GObjectClass *class = G_OBJECT_GET_CLASS (encoder);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (key_distances); i++) {
    if (g_object_class_find_property (class, key_distances[i]))
      g_object_set (encoder, key_distances[i], LONG_KEY_DISTANCE, NULL);
  }
}

static gboolean
add_stream (Sender * sender, const Codec * codec, const gchar * source, gint payload_type,
    const Protection * protection, GError ** error)
{
  Stream *stream = &sender->streams[sender->n_streams];
  const gchar *encoder = codec_encoder (codec, error);
  GstElement *bin;
  GstPad *pad;
  gchar *line;

  if (!encoder)
    return FALSE;
  line = g_strconcat (source, " ! ",
      g_str_equal (codec->media, "video") ? VIDEO_INPUT : AUDIO_INPUT, "! ", encoder, " ",
      sender->options->clear_copy ? CLEAR_TEE : "", "! ", codec->payloader,
      " ! " OUTPUT, NULL);
  bin = gst_parse_bin_from_description_full (line, FALSE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_free (line);
  if (!bin) {
    g_prefix_error (error, "%s source: ", codec->media);
    return FALSE;
  }
  stream->sender = sender;
  stream->codec = codec;
  stream->bin = bin;
  stream->payload_type = payload_type;
  stream->encoder = gst_bin_get_by_name (GST_BIN (bin), "encoder");
  stream->encryptor = gst_bin_get_by_name (GST_BIN (bin), "encryptor");
  stream->entry = gst_element_get_static_pad (stream->encryptor, "sink");
  stream->tee = gst_bin_get_by_name (GST_BIN (bin), "out");
  stream->clear = gst_element_get_static_pad (stream->encoder, "src");
  sender->n_streams++;

  set_up_payloader (bin, codec, payload_type);
  if (protection->encryptor)
    protection->encryptor (protection->user_data, stream->encryptor, codec->media);

  add_probe (stream->encoder, "src", on_frame, stream);
  gst_pad_add_probe (stream->entry, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
      on_packet, stream, NULL);
  if (is_video (stream)) {
    add_probe (stream->encoder, "sink", on_picture, stream);
    gst_pad_add_probe (stream->clear, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, stream,
        NULL);
    if (sender->options->key_frames_on_request)
      wait_for_requests (stream->encoder);
  }
  pad = gst_element_get_static_pad (stream->encryptor, "src");
  g_signal_connect (pad, "notify::caps", G_CALLBACK (on_caps), sender);
  gst_object_unref (pad);

  gst_bin_add (sender->pipeline, bin);
  return TRUE;
}

const Codec *
sender_video_codec (const SenderOptions * options)
{
  return options->video_codec ? options->video_codec : codec_find ("video", "vp8");
}

const Codec *
sender_audio_codec (const SenderOptions * options)
{
  return options->audio_codec ? options->audio_codec : codec_find ("audio", "opus");
}

SenderPayloadTypes
sender_own_types (const SenderOptions * options)
{
  SenderPayloadTypes types = {
    sender_video_codec (options)->payload_type, sender_audio_codec (options)->payload_type
  };

  return types;
}

Sender *
sender_new (GstBin * pipeline, const SenderOptions * options, const Protection * protection,
    Evidence * evidence, const SenderPayloadTypes * types, GSourceFunc ready, gpointer user_data,
    GError ** error)
{
  Sender *sender = g_new0 (Sender, 1);
  guint i;

  sender->pipeline = pipeline;
  sender->options = options;
  sender->evidence = evidence;
  sender->ready = ready;
  sender->user_data = user_data;

  if (types->video != CODEC_NO_TYPE && options->video_source && !add_stream (sender,
          sender_video_codec (options), options->video_source, types->video, protection, error))
    goto fail;
  if (types->audio != CODEC_NO_TYPE && options->audio_source && !add_stream (sender,
          sender_audio_codec (options), options->audio_source, types->audio, protection, error))
    goto fail;

  for (i = 0; i < sender->n_streams; i++)
    gst_element_sync_state_with_parent (sender->streams[i].bin);
  /* Nothing to wait for. */
  if (sender->n_streams == 0)
    g_main_context_invoke (NULL, ready, user_data);
  return sender;

fail:
  sender_free (sender);
  return NULL;
}

void
sender_free (Sender * sender)
{
  guint i;

  if (!sender)
    return;
  for (i = 0; i < sender->n_streams; i++) {
    Stream *stream = &sender->streams[i];

    gst_object_unref (stream->clear);
    gst_object_unref (stream->encoder);
    gst_object_unref (stream->encryptor);
    gst_object_unref (stream->entry);
    gst_object_unref (stream->tee);
  }
  g_free (sender);
}

static GstPad *
request_pad (GstElement * webrtc, const Stream * stream, gboolean is_copy)
{
  GstPadTemplate *template = gst_element_get_pad_template (webrtc, "sink_%u");
  /* No SSRC: with it the caps would never intersect with what the other side offers. */
  GstCaps *caps = codec_caps (stream->codec, stream->payload_type);
  GstPad *pad = gst_element_request_pad (webrtc, template, NULL, caps);
  GstWebRTCRTPTransceiver *transceiver = NULL;

  gst_caps_unref (caps);
  if (pad)
    g_object_get (pad, "transceiver", &transceiver, NULL);
  if (transceiver) {
    /* Set here and not in on-new-transceiver: there it keeps webrtcbin 1.22 from ever making an
     * offer. */
    g_object_set (transceiver, "do-nack", is_video (stream), NULL);
    if (is_copy)
      g_object_set (transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, NULL);
    gst_object_unref (transceiver);
  }
  return pad;
}

/* The branch begins at the tee behind the encryptor; a copy in clear, which is there to see
 * whether anybody would notice, at a payloader of its own. */
static gboolean
add_branch (Sender * sender, Stream * stream, GstPad * sink, gboolean in_clear)
{
  GstElement *branch = gst_parse_bin_from_description (BRANCH_LINE, TRUE, NULL);
  GstElement *filter = gst_bin_get_by_name (GST_BIN (branch), "caps");
  GstCaps *caps;
  gboolean linked;
  GstPad *src;

  /* The caps came before this branch was there, and come again only with the first packet;
   * webrtcbin asks for them now, and must be told the whole of them, SSRC included. */
  src = gst_element_get_static_pad (stream->encryptor, "src");
  caps = gst_pad_get_current_caps (src);
  if (in_clear) {
    /* Its payloader numbers packets by itself. */
    caps = gst_caps_make_writable (caps);
    gst_structure_remove_fields (gst_caps_get_structure (caps, 0), "ssrc", "timestamp-offset",
        "seqnum-offset", "a-sframe", NULL);
  }
  g_object_set (filter, "caps", caps, NULL);
  gst_caps_unref (caps);
  gst_object_unref (src);
  gst_object_unref (filter);

  gst_bin_add (GST_BIN (stream->bin), branch);
  if (in_clear) {
    gchar *line = g_strconcat ("queue ! ", stream->codec->payloader, NULL);
    GstElement *clear = gst_parse_bin_from_description (line, TRUE, NULL);
    GstElement *tee = gst_bin_get_by_name (GST_BIN (stream->bin), "clear");

    set_up_payloader (clear, stream->codec, stream->payload_type);
    g_free (line);
    gst_bin_add (GST_BIN (stream->bin), clear);
    gst_element_sync_state_with_parent (branch);
    gst_element_sync_state_with_parent (clear);
    linked = gst_element_link_many (tee, clear, branch, NULL);
    gst_object_unref (tee);
  } else {
    gst_element_sync_state_with_parent (branch);
    linked = gst_element_link (stream->tee, branch);
  }

  src = gst_element_get_static_pad (branch, "src");
  if (linked) {
    GstPad *ghost = gst_ghost_pad_new (NULL, src);

    gst_pad_set_active (ghost, TRUE);
    gst_element_add_pad (stream->bin, ghost);
    linked = gst_pad_link (ghost, sink) == GST_PAD_LINK_OK;
  }
  gst_object_unref (src);
  return linked;
}

gboolean
sender_link (Sender * sender, GstElement * webrtc, gboolean is_copy)
{
  gboolean linked = TRUE;
  guint i;

  for (i = 0; i < sender->n_streams && linked; i++) {
    GstPad *pad = request_pad (webrtc, &sender->streams[i], is_copy);

    linked = pad && add_branch (sender, &sender->streams[i], pad,
        is_copy && sender->options->clear_copy);
    gst_clear_object (&pad);
  }
  return linked;
}

/* The pad of the tee first: what the branch answers to a packet that is on its way no longer
 * counts then. */
static void
take_away (Stream * stream, GstPad * ghost)
{
  GstPad *end = gst_ghost_pad_get_target (GST_GHOST_PAD (ghost));
  GstElement *branch = gst_pad_get_parent_element (end);
  GstPad *entry = gst_element_get_static_pad (branch, "sink");
  GstPad *start = gst_pad_get_peer (entry);

  if (start) {
    gst_element_release_request_pad (stream->tee, start);
    gst_object_unref (start);
  }
  gst_element_set_state (branch, GST_STATE_NULL);
  gst_element_remove_pad (stream->bin, ghost);
  gst_bin_remove (GST_BIN (stream->bin), branch);
  gst_object_unref (entry);
  gst_object_unref (branch);
  gst_object_unref (end);
}

void
sender_unlink (Sender * sender, GstElement * webrtc)
{
  guint i;

  for (i = 0; i < sender->n_streams; i++) {
    Stream *stream = &sender->streams[i];
    GList *pads = NULL;
    GList *item;

    for (item = stream->bin->srcpads; item; item = item->next)
      pads = g_list_prepend (pads, gst_object_ref (item->data));
    for (item = pads; item; item = item->next) {
      GstPad *peer = gst_pad_get_peer (item->data);

      if (peer && GST_OBJECT_PARENT (peer) == GST_OBJECT (webrtc))
        take_away (stream, item->data);
      gst_clear_object (&peer);
    }
    g_list_free_full (pads, gst_object_unref);
  }
}

void
sender_start (Sender * sender)
{
  guint i;

  for (i = 0; i < sender->n_streams; i++) {
    Stream *stream = &sender->streams[i];

    g_atomic_int_compare_and_exchange (&stream->gate, CLOSED, OPENING);
    if (is_video (stream))
      gst_pad_send_event (stream->clear,
          gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
  }
}

void
sender_stop (Sender * sender)
{
  guint i;

  for (i = 0; i < sender->n_streams; i++)
    g_atomic_int_set (&sender->streams[i].gate, CLOSED);
}

json_t *
sender_stats (Sender * sender)
{
  json_t *all = json_object ();
  guint i;

  for (i = 0; sender && i < sender->n_streams; i++) {
    Stream *stream = &sender->streams[i];
    json_t *object = json_pack ("{s:s, s:I, s:o}", "codec", stream->codec->name, "frames-encoded",
        (json_int_t) g_atomic_int_get (&stream->frames), "encryptor",
        stats_of_element (stream->encryptor));

    if (is_video (stream)) {
      json_object_set_new (object, "key-frames",
          json_integer (g_atomic_int_get (&stream->key_frames)));
      json_object_set_new (object, "key-frames-asked",
          json_integer (g_atomic_int_get (&stream->asked)));
    }
    json_object_set_new (all, stream->codec->media, object);
  }
  return all;
}
