/* What the shield costs per 1080p I420 frame, against gst_video_overlay_composition_blend() of
 * the same rectangle.
 *
 * Blending alone, with the mapping of the frame: the badge in the frame's own format, and
 * GStreamer's function.  Then from pad to pad: pooled buffers with a status through
 * shieldoverlay, through overlay-free pads, and their difference.  All cases run in turn in every
 * round; the figure is the median over the rounds.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/blend.h"

#include <gst/e2ee/e2ee.h>
#include <stdlib.h>

#define N_ROUNDS 101
#define N_FRAMES 40
#define GOAL 15

#define CAPS "video/x-raw,format=I420,width=1920,height=1080,framerate=30/1"

enum
{
  DIRECT, COMPOSITION, PADS, ELEMENT, N_CASES
};

typedef struct
{
  GstVideoInfo info;
  GstBuffer *buffer;
  GstBufferPool *pool;
  GstE2eeStatus *status;
  E2eeBlend *blend;
  GstVideoOverlayComposition *composition;
  GstPad *pads;                 /* into nothing */
  GstPad *through;              /* into shieldoverlay */
} Bench;

static GstFlowReturn
take (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstStaticPadTemplate any_sink = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK,
    GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static GstPad *
start (GstElement * element)
{
  GstPad *src = gst_pad_new ("src", GST_PAD_SRC);
  GstPad *sink = gst_pad_new_from_static_template (&any_sink, "sink");
  GstCaps *caps = gst_caps_from_string (CAPS);
  GstSegment segment;

  gst_pad_set_chain_function (sink, take);
  gst_pad_set_active (sink, TRUE);
  if (element != NULL) {
    GstPad *in = gst_element_get_static_pad (element, "sink");
    GstPad *out = gst_element_get_static_pad (element, "src");

    gst_element_set_state (element, GST_STATE_PLAYING);
    gst_pad_link (src, in);
    gst_pad_link (out, sink);
    gst_object_unref (in);
    gst_object_unref (out);
  } else {
    gst_pad_link (src, sink);
  }
  gst_pad_set_active (src, TRUE);
  gst_pad_push_event (src, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (src, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (src, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  return src;
}

static void
draw_once (Bench * bench, guint which)
{
  GstVideoFrame frame;
  gboolean drawn;

  g_assert_true (gst_video_frame_map (&frame, &bench->info, bench->buffer,
          GST_MAP_READWRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF));
  drawn = which == DIRECT ? e2ee_blend_draw (bench->blend, &frame)
      : gst_video_overlay_composition_blend (bench->composition, &frame);
  g_assert_true (drawn);
  gst_video_frame_unmap (&frame);
}

static void
push_once (Bench * bench, GstPad * pad)
{
  GstBuffer *buffer = NULL;

  g_assert_true (gst_buffer_pool_acquire_buffer (bench->pool, &buffer, NULL) == GST_FLOW_OK);
  GST_BUFFER_PTS (buffer) = 0;
  gst_buffer_add_e2ee_status_meta (buffer, bench->status, 1, 1);
  g_assert_true (gst_pad_push (pad, buffer) == GST_FLOW_OK);
}

static gdouble
measure (Bench * bench, guint which)
{
  gint64 then, now;
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  then = ts.tv_sec * G_GINT64_CONSTANT (1000000000) + ts.tv_nsec;
  for (guint i = 0; i < N_FRAMES; i++)
    if (which == PADS || which == ELEMENT)
      push_once (bench, which == PADS ? bench->pads : bench->through);
    else
      draw_once (bench, which);
  clock_gettime (CLOCK_MONOTONIC, &ts);
  now = ts.tv_sec * G_GINT64_CONSTANT (1000000000) + ts.tv_nsec;
  return (gdouble) (now - then) / N_FRAMES / 1000;
}

static int
compare (const void *a, const void *b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
median (gdouble * values)
{
  qsort (values, N_ROUNDS, sizeof (gdouble), compare);
  return values[N_ROUNDS / 2];
}

int
main (int argc, char **argv)
{
  static gdouble times[N_CASES][N_ROUNDS], ratios[N_ROUNDS], net[N_ROUNDS];
  GstElement *element;
  E2eeBadge *badge;
  Bench bench = { 0, };
  GstStructure *config;
  GstCaps *caps;

  gst_init (&argc, &argv);
  element = gst_element_factory_make ("shieldoverlay", NULL);
  if (element == NULL) {
    g_printerr ("there is no shieldoverlay\n");
    return 1;
  }

  caps = gst_caps_from_string (CAPS);
  gst_video_info_from_caps (&bench.info, caps);
  bench.buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&bench.info), NULL);
  gst_buffer_memset (bench.buffer, 0, 90, -1);
  badge = e2ee_badge_new (GST_E2EE_STATE_ON, 54, 1, 1, 1920, 1080);
  bench.blend = e2ee_blend_new (&bench.info, FALSE, badge, 18, 1008);
  bench.composition = e2ee_blend_create_composition (badge, 18, 1008);
  bench.status = gst_e2ee_status_new (GST_E2EE_STATE_ON, "alice", 1);
  bench.pool = gst_buffer_pool_new ();
  config = gst_buffer_pool_get_config (bench.pool);
  gst_buffer_pool_config_set_params (config, caps, GST_VIDEO_INFO_SIZE (&bench.info), 2, 4);
  gst_buffer_pool_set_config (bench.pool, config);
  gst_buffer_pool_set_active (bench.pool, TRUE);
  bench.pads = start (NULL);
  bench.through = start (gst_object_ref_sink (element));

  for (guint which = 0; which < N_CASES; which++)
    measure (&bench, which);
  for (guint round = 0; round < N_ROUNDS; round++) {
    for (guint which = 0; which < N_CASES; which++)
      times[which][round] = measure (&bench, which);
    ratios[round] = times[COMPOSITION][round] / times[DIRECT][round];
    net[round] = times[ELEMENT][round] - times[PADS][round];
  }

  g_print ("badge of %d x %d on 1920 x 1080 I420, microseconds a frame\n", badge->width,
      badge->height);
  g_print ("  in the frame's own format   %8.2f\n", median (times[DIRECT]));
  g_print ("  composition_blend           %8.2f\n", median (times[COMPOSITION]));
  g_print ("  1/%.0f of it (goal 1/%d)\n", median (ratios), GOAL);
  g_print ("  shieldoverlay, net of pads  %8.2f\n", median (net));

  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
  gst_buffer_pool_set_active (bench.pool, FALSE);
  gst_object_unref (bench.pool);
  gst_object_unref (bench.pads);
  gst_object_unref (bench.through);
  gst_e2ee_status_unref (bench.status);
  gst_video_overlay_composition_unref (bench.composition);
  e2ee_blend_free (bench.blend);
  e2ee_badge_free (badge);
  gst_buffer_unref (bench.buffer);
  gst_caps_unref (caps);
  return 0;
}
