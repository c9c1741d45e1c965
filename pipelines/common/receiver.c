/* What comes from other participants.
 * Streams are added in streaming threads and read in the main thread; the list has a lock, what
 * is counted is atomic.
 * gst-e2ee, LGPL-2.1-or-later */

#include "receiver.h"

#include <gio/gio.h>
#include <gst/e2ee/e2ee.h>
#include <gst/video/video.h>

#include "codecs.h"
#include "picture.h"
#include "stats.h"

/* Sinks neither wait for a first buffer nor hold one up: a stream may stay empty for ever. */
#define SINK "fakesink name=sink async=false sync=false"
#define SHOWN_SINK "fakesink name=sink async=false sync=true enable-last-sample=true"

#define SHOWN_VIDEO "videoconvert ! shieldoverlay name=shield ! videoconvert ! " SHOWN_SINK
#define HEARD_AUDIO "audioconvert ! " SINK

/* How long whole frames may come of which the depayloader makes nothing. */
#define PATIENCE_MS 250

/* One way of making something of a stream. */
typedef struct
{
  struct Stream *stream;
  EvidencePlace place;
  gint frames;                  /* atomic; encoded frames behind the depayloader */
  gint pictures;                /* atomic; buffers behind the decoder */
  gint64 first_frame;           /* set once by the streaming thread, before frames is counted up */
  gint64 first_picture;
  gint64 last_picture;          /* of the streaming thread */
  gint longest_gap;             /* atomic; ms between two pictures */
  gint width, height;           /* atomic; of the last picture, 0 before */
} Branch;

typedef struct Stream
{
  Receiver *receiver;
  gchar *from;
  const Codec *codec;
  GstElement *bin;
  GstElement *decryptor;
  json_t *last_stats;           /* of the decryptor, when its owner is gone */
  GstElement *sink;             /* with the last picture; NULL for a wiretap */
  Branch opened;
  Branch raw;                   /* of a wiretap */
  gint64 first_packet;
  gint frames_before;           /* of the streaming thread, like the next: when a frame came last */
  gint64 waiting_since;         /* that nothing came of frames; 0: something did */
  gint asked;                   /* atomic: how often for a key frame, for that reason */
  gint shield_state;            /* atomic: of the last picture that left the overlay, -1 before */
} Stream;

struct _Receiver
{
  GstBin *pipeline;
  ReceiverRole role;
  const Protection *protection;
  Evidence *evidence;
  Recorder *recorder;
  gint64 begun;
  GMutex lock;
  GPtrArray *streams;           /* guarded by lock; a Stream stays until the receiver goes */
};

static gboolean
is_video (const Stream * stream)
{
  return g_str_equal (stream->codec->media, "video");
}

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  g_free (stream->from);
  json_decref (stream->last_stats);
  gst_clear_object (&stream->decryptor);
  gst_clear_object (&stream->sink);
  g_free (stream);
}

Receiver *
receiver_new (GstBin * pipeline, ReceiverRole role, const Protection * protection,
    Evidence * evidence, Recorder * recorder)
{
  Receiver *receiver = g_new0 (Receiver, 1);

  receiver->pipeline = pipeline;
  receiver->role = role;
  receiver->protection = protection;
  receiver->evidence = evidence;
  receiver->recorder = recorder;
  receiver->begun = g_get_monotonic_time ();
  g_mutex_init (&receiver->lock);
  receiver->streams = g_ptr_array_new_with_free_func (stream_free);
  return receiver;
}

void
receiver_free (Receiver * receiver)
{
  g_ptr_array_unref (receiver->streams);
  g_mutex_clear (&receiver->lock);
  g_free (receiver);
}

static GstPadProbeReturn
on_packet (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;

  stream->first_packet = g_get_monotonic_time ();
  return GST_PAD_PROBE_REMOVE;
}

static void
take_frame (Branch * branch, GstBuffer * frame)
{
  if (!branch->first_frame)
    branch->first_frame = g_get_monotonic_time ();
  g_atomic_int_inc (&branch->frames);
  evidence_add_frame (branch->stream->receiver->evidence, branch->place,
      branch->stream->codec->media, branch->stream->from, frame);
}

static GstPadProbeReturn
on_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBufferList *list;
  guint i;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    take_frame (user_data, GST_PAD_PROBE_INFO_BUFFER (info));
    return GST_PAD_PROBE_OK;
  }
  list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);
  for (i = 0; i < gst_buffer_list_length (list); i++)
    take_frame (user_data, gst_buffer_list_get (list, i));
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_decoded (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Branch *branch = user_data;

  gint64 now = g_get_monotonic_time ();
  gint gap;

  if (!branch->first_picture)
    branch->first_picture = now;
  else if ((gap = (now - branch->last_picture) / 1000) > g_atomic_int_get (&branch->longest_gap))
    g_atomic_int_set (&branch->longest_gap, gap);
  branch->last_picture = now;
  g_atomic_int_inc (&branch->pictures);
  if (is_video (branch->stream))
    evidence_add_picture (branch->stream->receiver->evidence, branch->place, branch->stream->from,
        pad, GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

/* A forwarding server may switch to another layer, of another size. */
static GstPadProbeReturn
on_decoded_caps (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Branch *branch = user_data;
  const GstStructure *structure;
  GstCaps *caps;
  gint width, height;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
  structure = gst_caps_get_structure (caps, 0);
  if (gst_structure_get_int (structure, "width", &width)
      && gst_structure_get_int (structure, "height", &height)) {
    g_atomic_int_set (&branch->width, width);
    g_atomic_int_set (&branch->height, height);
  }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_shown (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;

  g_atomic_int_set (&stream->shield_state,
      gst_buffer_get_e2ee_state (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

static void
add_probe (Stream * stream, const gchar * element_name, const gchar * pad_name,
    GstPadProbeType type, GstPadProbeCallback probe, gpointer user_data)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (stream->bin), element_name);
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, probe, user_data, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

/* Not every depayloader that waits for a key frame asks for one when it has seen no loss; and it
 * has seen none when the first key frame came before this side had its SRTP keys.  e2eedec hands
 * over whole frames, so that a large one that takes its time is none that nothing comes of. */
static GstPadProbeReturn
on_opened_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Stream *stream = user_data;
  gint64 now = g_get_monotonic_time ();
  gint frames = g_atomic_int_get (&stream->opened.frames);

  if (frames != stream->frames_before)
    stream->waiting_since = 0;
  stream->frames_before = frames;
  if (!stream->waiting_since) {
    stream->waiting_since = now;
  } else if (now - stream->waiting_since >= PATIENCE_MS * G_TIME_SPAN_MILLISECOND) {
    stream->waiting_since = now;
    g_atomic_int_inc (&stream->asked);
    gst_pad_send_event (pad,
        gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
  }
  return GST_PAD_PROBE_OK;
}

static void
watch_branch (Stream * stream, Branch * branch, EvidencePlace place, const gchar * depayloader,
    const gchar * decoder)
{
  branch->stream = stream;
  branch->place = place;
  add_probe (stream, depayloader, "src", GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_frame, branch);
  if (stream->receiver->role != RECEIVER_RECORDS) {
    add_probe (stream, decoder, "src", GST_PAD_PROBE_TYPE_BUFFER, on_decoded, branch);
    add_probe (stream, decoder, "src", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_decoded_caps,
        branch);
  }
}

/* NULL for what we cannot decode. */
static const Codec *
codec_of_pad (GstPad * pad)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  const Codec *codec;

  if (!caps)
    caps = gst_pad_query_caps (pad, NULL);
  codec = codec_of_caps (caps);
  gst_clear_caps (&caps);
  return codec;
}

static void
set_up_shield (Stream * stream)
{
  const Protection *protection = stream->receiver->protection;
  GstElement *shield = gst_bin_get_by_name (GST_BIN (stream->bin), "shield");

  if (protection->shield)
    protection->shield (protection->user_data, shield);
  gst_object_unref (shield);
}

/* Of a wiretap: whatever its decoder says to ciphertext, it gets the next frame, of any kind. */
#define TAP "%s ! errorignore convert-to=ok ! %s name=%s ! fakesink async=false sync=false "

static gchar *
line_for (Receiver * receiver, const Codec * codec, GError ** error)
{
  gboolean taps = receiver->role == RECEIVER_TAPS;
  const gchar *decoder =
      receiver->role == RECEIVER_RECORDS ? NULL : codec_decoder (codec, error);
  gchar *depayloader, *raw_depayloader, *line;

  if (!decoder && receiver->role != RECEIVER_RECORDS)
    return NULL;
  /* Behind a loss a decoder shows what nobody sent, until the next key frame: that is waited
   * for. */
  depayloader = codec_depayloader (codec, "depayloader", !taps);
  raw_depayloader = codec_depayloader (codec, "raw-depayloader", FALSE);
  if (taps)
    line = g_strdup_printf ("tee name=packets allow-not-linked=true "
        "packets. ! queue ! e2eedec name=decryptor ! " TAP "packets. ! queue ! " TAP,
        depayloader, decoder, "decoder", raw_depayloader, decoder, "raw-decoder");
  else if (decoder)
    line = g_strdup_printf ("e2eedec name=decryptor ! %s ! tee name=frames allow-not-linked=true "
        "! queue ! %s name=decoder ! %s", depayloader, decoder,
        g_str_equal (codec->media, "video") ? SHOWN_VIDEO : HEARD_AUDIO);
  else
    line = g_strdup_printf ("e2eedec name=decryptor ! %s ! tee name=frames allow-not-linked=true",
        depayloader);
  g_free (raw_depayloader);
  g_free (depayloader);
  return line;
}

static void
throw_away (Receiver * receiver, GstPad * pad)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstPad *entry;

  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add (receiver->pipeline, sink);
  gst_element_sync_state_with_parent (sink);
  entry = gst_element_get_static_pad (sink, "sink");
  gst_pad_link (pad, entry);
  gst_object_unref (entry);
}

void
receiver_add (Receiver * receiver, const gchar * from, GstPad * pad)
{
  const Codec *codec = codec_of_pad (pad);
  GError *error = NULL;
  GstElement *entry_element, *frames;
  Stream *stream;
  GstPad *entry, *ghost;
  gchar *line;

  if (!codec) {
    g_printerr ("%s sends with a codec that nothing here decodes; ignored\n", from);
    throw_away (receiver, pad);
    return;
  }

  stream = g_new0 (Stream, 1);
  stream->receiver = receiver;
  stream->from = g_strdup (from);
  stream->codec = codec;
  stream->shield_state = -1;
  line = line_for (receiver, codec, &error);
  if (line)
    stream->bin = gst_parse_bin_from_description_full (line, FALSE, NULL,
        GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_free (line);
  if (!stream->bin) {
    GST_ELEMENT_ERROR (receiver->pipeline, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
    g_clear_error (&error);
    stream_free (stream);
    throw_away (receiver, pad);
    return;
  }
  stream->decryptor = gst_bin_get_by_name (GST_BIN (stream->bin), "decryptor");
  if (receiver->protection->decryptor)
    receiver->protection->decryptor (receiver->protection->user_data, stream->decryptor);
  watch_branch (stream, &stream->opened, EVIDENCE_OPENED, "depayloader", "decoder");
  if (is_video (stream))
    add_probe (stream, "decryptor", "src", GST_PAD_PROBE_TYPE_BUFFER
        | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_opened_frame, stream);
  if (receiver->role == RECEIVER_TAPS) {
    watch_branch (stream, &stream->raw, EVIDENCE_RAW, "raw-depayloader", "raw-decoder");
    entry_element = gst_bin_get_by_name (GST_BIN (stream->bin), "packets");
  } else {
    entry_element = gst_object_ref (stream->decryptor);
    if (is_video (stream) && receiver->role == RECEIVER_SHOWS) {
      set_up_shield (stream);
      stream->sink = gst_bin_get_by_name (GST_BIN (stream->bin), "sink");
      add_probe (stream, "shield", "src", GST_PAD_PROBE_TYPE_BUFFER, on_shown, stream);
    }
  }

  g_mutex_lock (&receiver->lock);
  g_ptr_array_add (receiver->streams, stream);
  g_mutex_unlock (&receiver->lock);

  gst_bin_add (receiver->pipeline, stream->bin);
  frames = gst_bin_get_by_name (GST_BIN (stream->bin), "frames");
  if (frames && receiver->recorder)
    recorder_link (receiver->recorder, from, codec, stream->bin, frames);
  gst_clear_object (&frames);

  entry = gst_element_get_static_pad (entry_element, "sink");
  ghost = gst_ghost_pad_new ("sink", entry);
  gst_pad_add_probe (ghost, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packet,
      stream, NULL);
  gst_element_add_pad (stream->bin, ghost);
  gst_element_sync_state_with_parent (stream->bin);
  if (GST_PAD_LINK_FAILED (gst_pad_link (pad, ghost)))
    GST_ELEMENT_ERROR (receiver->pipeline, CORE, PAD, ("What %s sends cannot be linked.", from),
        (NULL));
  gst_object_unref (entry);
  gst_object_unref (entry_element);
}

void
receiver_remove (Receiver * receiver, const gchar * from)
{
  GPtrArray *bins = g_ptr_array_new ();
  guint i;

  g_mutex_lock (&receiver->lock);
  for (i = 0; i < receiver->streams->len; i++) {
    Stream *stream = g_ptr_array_index (receiver->streams, i);

    if (stream->bin && g_str_equal (stream->from, from)) {
      g_ptr_array_add (bins, stream->bin);
      stream->bin = NULL;
      stream->last_stats = stats_of_element (stream->decryptor);
      gst_clear_object (&stream->sink);
    }
  }
  g_mutex_unlock (&receiver->lock);

  for (i = 0; i < bins->len; i++) {
    GstElement *bin = g_ptr_array_index (bins, i);

    if (receiver->recorder)
      recorder_unlink (receiver->recorder, bin);
    gst_element_set_state (bin, GST_STATE_NULL);
    gst_bin_remove (receiver->pipeline, bin);
  }
  g_ptr_array_unref (bins);
}

gboolean
receiver_forgives (Receiver * receiver, GstObject * source)
{
  gboolean forgives = FALSE;
  guint i;

  if (receiver->role != RECEIVER_TAPS)
    return FALSE;
  g_mutex_lock (&receiver->lock);
  for (i = 0; i < receiver->streams->len && !forgives; i++) {
    Stream *stream = g_ptr_array_index (receiver->streams, i);

    forgives = stream->bin && gst_object_has_as_ancestor (source, GST_OBJECT (stream->bin));
  }
  g_mutex_unlock (&receiver->lock);
  return forgives;
}

guint64
receiver_count_frames (Receiver * receiver)
{
  guint64 n = 0;
  guint i;

  g_mutex_lock (&receiver->lock);
  for (i = 0; i < receiver->streams->len; i++) {
    Stream *stream = g_ptr_array_index (receiver->streams, i);

    n += 1 + g_atomic_int_get (&stream->opened.frames) + g_atomic_int_get (&stream->opened.pictures)
        + g_atomic_int_get (&stream->raw.frames) + g_atomic_int_get (&stream->raw.pictures);
  }
  g_mutex_unlock (&receiver->lock);
  return n;
}

gboolean
receiver_save_snapshot (Receiver * receiver, const gchar * from, const gchar * path,
    GstE2eeState * state, GError ** error)
{
  GstSample *sample = NULL;
  gboolean saved = FALSE;
  guint i;

  g_mutex_lock (&receiver->lock);
  for (i = 0; i < receiver->streams->len && !sample; i++) {
    Stream *stream = g_ptr_array_index (receiver->streams, i);

    if (stream->sink && (!from || g_str_equal (stream->from, from)))
      g_object_get (stream->sink, "last-sample", &sample, NULL);
  }
  g_mutex_unlock (&receiver->lock);

  if (sample) {
    saved = picture_save (sample, path, error);
    if (state)
      *state = gst_buffer_get_e2ee_state (gst_sample_get_buffer (sample));
    gst_sample_unref (sample);
  } else {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no picture has been decoded");
  }
  return saved;
}

static void
add_time (json_t * object, const gchar * name, gint64 begun, gint64 when)
{
  if (when)
    json_object_set_new (object, name, json_real ((when - begun) / 1000.0));
}

/* From when the participant started. */
static json_t *
branch_stats (const Branch * branch, gint64 begun)
{
  json_t *object = json_pack ("{s:I, s:I}", "frames",
      (json_int_t) g_atomic_int_get (&branch->frames), "decoded",
      (json_int_t) g_atomic_int_get (&branch->pictures));

  add_time (object, "first-frame-ms", begun, branch->first_frame);
  add_time (object, "first-decoded-ms", begun, branch->first_picture);
  json_object_set_new (object, "longest-gap-ms",
      json_integer (g_atomic_int_get (&branch->longest_gap)));
  if (g_atomic_int_get (&branch->width)) {
    json_object_set_new (object, "width", json_integer (g_atomic_int_get (&branch->width)));
    json_object_set_new (object, "height", json_integer (g_atomic_int_get (&branch->height)));
  }
  return object;
}

json_t *
receiver_stats (Receiver * receiver)
{
  json_t *all = json_array ();
  guint i;

  g_mutex_lock (&receiver->lock);
  for (i = 0; i < receiver->streams->len; i++) {
    Stream *stream = g_ptr_array_index (receiver->streams, i);
    json_t *object = json_pack ("{s:s, s:s, s:s, s:o, s:o}", "from", stream->from,
        "media", stream->codec->media, "codec", stream->codec->name,
        "decryptor", stream->last_stats ?
        json_incref (stream->last_stats) : stats_of_element (stream->decryptor),
        "opened", branch_stats (&stream->opened, receiver->begun));

    add_time (object, "first-packet-ms", receiver->begun, stream->first_packet);
    if (is_video (stream))
      json_object_set_new (object, "key-frames-asked",
          json_integer (g_atomic_int_get (&stream->asked)));
    if (receiver->role == RECEIVER_TAPS)
      json_object_set_new (object, "raw", branch_stats (&stream->raw, receiver->begun));
    if (stream->sink && g_atomic_int_get (&stream->shield_state) >= 0)
      json_object_set_new (object, "status-of-last-picture",
          json_string (gst_e2ee_state_get_nick (g_atomic_int_get (&stream->shield_state))));
    json_array_append_new (all, object);
  }
  g_mutex_unlock (&receiver->lock);
  return all;
}
