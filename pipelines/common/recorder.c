/* The recording branch.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "recorder.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>

#include "stats.h"

typedef struct
{
  const gchar *media;
  GstElement *gate;             /* NULL in a negative control */
  GstPad *entry;                /* of the recorder's bin */
  GstPad *source;               /* ghost of the tee's pad, once linked */
  gboolean ended;
} Track;

typedef enum
{
  FINISH_ASKED = 1,
  FILE_ENDED = 2                /* of itself, when all who were recorded had left */
} Ending;

struct _Recorder
{
  GstElement *bin;
  gchar *path;
  Track tracks[2];
  GMutex lock;                  /* guards from, and source and ended of the tracks */
  gchar *from;                  /* who is recorded */
  guint ending;                 /* atomic, Ending; both: finished is to be called */
  GSourceFunc finished;
  gpointer user_data;
};

/* The queue stands behind the gate, and is never full: a muxer waits for every track, and when the
 * gate of one has closed, the other must not be held up with its last frames, and the call with it. */
#define TRACK(media) "%s name=" media "-gate ! queue leaky=downstream max-size-buffers=0 " \
    "max-size-bytes=0 max-size-time=10000000000 ! mux." media "_%%u "
#define GATE "e2eepolicy feature=recording"

static GstPadProbeReturn
on_end (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Recorder *recorder = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  if (g_atomic_int_or (&recorder->ending, FILE_ENDED) & FINISH_ASKED)
    g_main_context_invoke (NULL, recorder->finished, recorder->user_data);
  return GST_PAD_PROBE_REMOVE;
}

Recorder *
recorder_new (GstBin * pipeline, const gchar * path, gboolean gated,
    const Protection * protection, GError ** error)
{
  static const gchar *const media[] = { "video", "audio" };
  const gchar *gate = gated ? GATE : "identity";
  gchar *line = g_strdup_printf ("matroskamux name=mux ! filesink name=file async=false sync=false "
      TRACK ("video") TRACK ("audio"), gate, gate);
  Recorder *recorder = g_new0 (Recorder, 1);
  GstElement *file;
  GstPad *pad;
  FILE *probe;
  guint i;

  g_mutex_init (&recorder->lock);
  recorder->path = g_strdup (path);
  /* filesink would say so only in the middle of a call. */
  probe = fopen (path, "wb");
  if (!probe) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
        g_strerror (errno));
    goto fail;
  }
  fclose (probe);
  recorder->bin = gst_parse_bin_from_description_full (line, FALSE, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (!recorder->bin)
    goto fail;

  file = gst_bin_get_by_name (GST_BIN (recorder->bin), "file");
  g_object_set (file, "location", path, NULL);
  pad = gst_element_get_static_pad (file, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_end, recorder, NULL);
  gst_object_unref (pad);
  gst_object_unref (file);

  for (i = 0; i < G_N_ELEMENTS (media); i++) {
    Track *track = &recorder->tracks[i];
    gchar *name = g_strconcat (media[i], "-gate", NULL);
    GstElement *first = gst_bin_get_by_name (GST_BIN (recorder->bin), name);

    pad = gst_element_get_static_pad (first, "sink");
    track->media = media[i];
    track->entry = gst_object_ref (gst_ghost_pad_new (media[i], pad));
    gst_element_add_pad (recorder->bin, track->entry);
    gst_object_unref (pad);
    g_free (name);
    if (gated) {
      track->gate = gst_object_ref (first);
      if (protection->gate)
        protection->gate (protection->user_data, track->gate);
    }
    gst_object_unref (first);
  }
  gst_bin_add (pipeline, recorder->bin);
  goto out;

fail:
  recorder_free (recorder);
  recorder = NULL;
out:
  g_free (line);
  return recorder;
}

void
recorder_free (Recorder * recorder)
{
  guint i;

  if (!recorder)
    return;
  for (i = 0; i < G_N_ELEMENTS (recorder->tracks); i++) {
    gst_clear_object (&recorder->tracks[i].gate);
    gst_clear_object (&recorder->tracks[i].entry);
    gst_clear_object (&recorder->tracks[i].source);
  }
  g_mutex_clear (&recorder->lock);
  g_free (recorder->path);
  g_free (recorder->from);
  g_free (recorder);
}

/* What is recorded comes out of this pad. (transfer full) */
static GstPad *
tap (GstElement * bin, GstElement * tee, const Codec * codec)
{
  GstElement *parser =
      codec->parser ? gst_element_factory_make (codec->parser, NULL) : NULL;

  if (!parser)
    return gst_element_request_pad_simple (tee, "src_%u");
  gst_bin_add (GST_BIN (bin), parser);
  gst_element_sync_state_with_parent (parser);
  gst_element_link (tee, parser);
  return gst_element_get_static_pad (parser, "src");
}

void
recorder_link (Recorder * recorder, const gchar * from, const Codec * codec, GstElement * bin,
    GstElement * tee)
{
  guint i;

  g_mutex_lock (&recorder->lock);
  if (!recorder->from)
    recorder->from = g_strdup (from);
  for (i = 0; i < G_N_ELEMENTS (recorder->tracks); i++) {
    Track *track = &recorder->tracks[i];

    if (g_str_equal (recorder->from, from) && g_str_equal (track->media, codec->media)
        && !track->source) {
      GstPad *pad = tap (bin, tee, codec);

      track->source = gst_object_ref (gst_ghost_pad_new ("recorded", pad));
      gst_pad_set_active (track->source, TRUE);
      gst_element_add_pad (bin, track->source);
      gst_pad_link (track->source, track->entry);
      gst_object_unref (pad);
    }
  }
  g_mutex_unlock (&recorder->lock);
}

void
recorder_unlink (Recorder * recorder, GstElement * bin)
{
  guint i;

  g_mutex_lock (&recorder->lock);
  for (i = 0; i < G_N_ELEMENTS (recorder->tracks); i++) {
    Track *track = &recorder->tracks[i];

    if (track->source && GST_OBJECT_PARENT (track->source) == GST_OBJECT (bin)) {
      gst_pad_unlink (track->source, track->entry);
      gst_pad_send_event (track->entry, gst_event_new_eos ());
      track->ended = TRUE;
    }
  }
  g_mutex_unlock (&recorder->lock);
}

/* The pad is idle: nothing goes through while it is cut off. */
static GstPadProbeReturn
on_idle (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Track *track = user_data;

  gst_pad_unlink (pad, track->entry);
  gst_pad_send_event (track->entry, gst_event_new_eos ());
  return GST_PAD_PROBE_REMOVE;
}

void
recorder_finish (Recorder * recorder, GSourceFunc finished, gpointer user_data)
{
  guint i;

  recorder->finished = finished;
  recorder->user_data = user_data;
  if (g_atomic_int_or (&recorder->ending, FINISH_ASKED) & FILE_ENDED) {
    g_main_context_invoke (NULL, finished, user_data);
    return;
  }
  g_mutex_lock (&recorder->lock);
  for (i = 0; i < G_N_ELEMENTS (recorder->tracks); i++) {
    Track *track = &recorder->tracks[i];

    if (track->ended)
      continue;
    if (track->source)
      gst_pad_add_probe (track->source, GST_PAD_PROBE_TYPE_IDLE, on_idle, track, NULL);
    else
      gst_pad_send_event (track->entry, gst_event_new_eos ());
  }
  g_mutex_unlock (&recorder->lock);
}

json_t *
recorder_stats (Recorder * recorder)
{
  json_t *gates = json_object ();
  guint i;

  for (i = 0; i < G_N_ELEMENTS (recorder->tracks); i++) {
    if (recorder->tracks[i].gate)
      json_object_set_new (gates, recorder->tracks[i].media,
          stats_of_element (recorder->tracks[i].gate));
  }
  return json_pack ("{s:s, s:s?, s:o}", "file", recorder->path, "from", recorder->from,
      "gates", gates);
}
