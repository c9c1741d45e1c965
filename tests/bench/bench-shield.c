/* What the shield costs per 1080p I420 frame, against gst_video_overlay_composition_blend() of the same
 * rectangle and against textoverlay; what a new state costs; and what is allocated.
 *
 * Blending alone, with the mapping of the frame, of badges of three sizes: in the frame's own format,
 * and by GStreamer's function.  Then from pad to pad: pooled buffers with a status through
 * shieldoverlay, through textoverlay with a text as long, and through pads with nothing between them,
 * whose time is taken off.  All cases run in turn in every round; figures are medians over the
 * rounds.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/blend.h"

#include <gst/e2ee/e2ee.h>
#include <stdlib.h>
#include <string.h>

#define N_ROUNDS 61
#define N_FRAMES 20
#define N_CHANGES 60

#define CAPS "video/x-raw,format=I420,width=1920,height=1080,framerate=30/1"

/* -- Allocations of this thread -- */

static __thread guint64 n_allocated;

/* AddressSanitizer has a malloc of its own; then nothing is counted. */
#ifndef __SANITIZE_ADDRESS__
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);

__attribute__ ((visibility ("default")))
void *
malloc (size_t size)
{
  n_allocated++;
  return __libc_malloc (size);
}

__attribute__ ((visibility ("default")))
void *
calloc (size_t n, size_t size)
{
  n_allocated++;
  return __libc_calloc (n, size);
}

__attribute__ ((visibility ("default")))
void *
realloc (void *memory, size_t size)
{
  n_allocated++;
  return __libc_realloc (memory, size);
}
#endif

/* -- Cases -- */

static const struct
{
  gint width, height;
  gdouble goal;                 /* of composition_blend; 0: none */
} badges[] = { {64, 64, 20}, {200, 200, 15}, {0, 54, 15} };

#define N_BADGES G_N_ELEMENTS (badges)

typedef struct
{
  GstVideoInfo info;
  GstBuffer *buffer;
  GstBufferPool *pool;
  GstE2eeStatus *status;
  E2eeBlend *blends[N_BADGES];
  GstVideoOverlayComposition *compositions[N_BADGES];
  gint widths[N_BADGES];
  GstPad *pads, *shield, *border, *text;        /* into nothing, and into elements */
} Bench;

static GstFlowReturn
take (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstStaticPadTemplate any_sink = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK,
    GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

/* @element is taken. */
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

    if (in == NULL)
      in = gst_element_get_static_pad (element, "video_sink");
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
draw_once (Bench * bench, E2eeBlend * blend, GstVideoOverlayComposition * composition)
{
  GstVideoFrame frame;
  gboolean drawn;

  g_assert_true (gst_video_frame_map (&frame, &bench->info, bench->buffer,
          GST_MAP_READWRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF));
  drawn = blend != NULL ? e2ee_blend_draw (blend, &frame)
      : gst_video_overlay_composition_blend (composition, &frame);
  g_assert_true (drawn);
  gst_video_frame_unmap (&frame);
}

static void
push_once (Bench * bench, GstPad * pad, GstE2eeStatus * status)
{
  GstBuffer *buffer = NULL;

  g_assert_true (gst_buffer_pool_acquire_buffer (bench->pool, &buffer, NULL) == GST_FLOW_OK);
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DURATION (buffer) = GST_SECOND / 30;
  gst_buffer_add_e2ee_status_meta (buffer, status, 1, 1);
  g_assert_true (gst_pad_push (pad, buffer) == GST_FLOW_OK);
}

static gint64
now_ns (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * G_GINT64_CONSTANT (1000000000) + ts.tv_nsec;
}

/* Microseconds a frame. */
static gdouble
measure_draw (Bench * bench, E2eeBlend * blend, GstVideoOverlayComposition * composition)
{
  gint64 then = now_ns ();

  for (guint i = 0; i < N_FRAMES; i++)
    draw_once (bench, blend, composition);
  return (gdouble) (now_ns () - then) / N_FRAMES / 1000;
}

static gdouble
measure_push (Bench * bench, GstPad * pad)
{
  gint64 then = now_ns ();

  for (guint i = 0; i < N_FRAMES; i++)
    push_once (bench, pad, bench->status);
  return (gdouble) (now_ns () - then) / N_FRAMES / 1000;
}

static int
compare (const void *a, const void *b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
median (gdouble * values, guint n)
{
  qsort (values, n, sizeof (gdouble), compare);
  return values[n / 2];
}

/* Beyond what the same buffers cost without an element. */
static guint64
count_allocations (Bench * bench, GstPad * pad)
{
  guint64 before, without;

  before = n_allocated;
  for (guint i = 0; i < 100; i++)
    push_once (bench, bench->pads, bench->status);
  without = n_allocated - before;
  before = n_allocated;
  for (guint i = 0; i < 100; i++)
    push_once (bench, pad, bench->status);
  before = n_allocated - before;
  return before > without ? before - without : 0;
}

/* The first picture of a state whose reason was never shown before, in milliseconds. */
static gdouble
measure_change (Bench * bench, GstPad * pad, guint index, gboolean is_new)
{
  gchar *name = g_strdup_printf ("Participant number %u", is_new ? index : index % 2);
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_DEGRADED, name, 1);
  gint64 then = now_ns ();
  gdouble took;

  push_once (bench, pad, status);
  took = (gdouble) (now_ns () - then) / 1e6;
  gst_e2ee_status_unref (status);
  g_free (name);
  return took;
}

static void
make_badge (Bench * bench, guint which)
{
  E2eeBadge *badge;

  if (badges[which].width == 0) {
    badge = e2ee_badge_new (GST_E2EE_STATE_ON, badges[which].height, 1, 1, 1920, 1080);
  } else {
    badge = g_new0 (E2eeBadge, 1);
    badge->width = badges[which].width;
    badge->height = badges[which].height;
    badge->pixels = g_new (guint32, badge->width * badge->height);
    for (gint i = 0; i < badge->width * badge->height; i++)
      badge->pixels[i] = 0xff101418;
    /* corners, as every badge has */
    for (gint i = 0; i < 4; i++)
      badge->pixels[i] = badge->pixels[(badge->height - 1) * badge->width + i] =
          0x40040506;
  }
  bench->widths[which] = badge->width;
  bench->blends[which] = e2ee_blend_new (&bench->info, FALSE, badge, 18, 860);
  bench->compositions[which] = e2ee_blend_create_composition (badge, 18, 860);
  e2ee_badge_free (badge);
}

int
main (int argc, char **argv)
{
  static gdouble direct[N_BADGES][N_ROUNDS], composition[N_BADGES][N_ROUNDS];
  static gdouble ratios[N_BADGES][N_ROUNDS], shield[N_ROUNDS], border[N_ROUNDS], text[N_ROUNDS];
  static gdouble text_ratio[N_ROUNDS], changes[N_CHANGES], returns[N_CHANGES];
  GstElement *element, *with_border, *textoverlay;
  Bench bench = { 0, };
  GstStructure *config;
  gboolean too_slow = FALSE;
  gdouble worst;
  GstCaps *caps;

  gst_init (&argc, &argv);
  element = gst_element_factory_make ("shieldoverlay", NULL);
  with_border = gst_element_factory_make ("shieldoverlay", NULL);
  if (element == NULL) {
    g_printerr ("there is no shieldoverlay\n");
    return 1;
  }
  gst_util_set_object_arg (G_OBJECT (with_border), "placement", "border");
  textoverlay = gst_element_factory_make ("textoverlay", NULL);
  if (textoverlay != NULL)
    g_object_set (textoverlay, "text", "End-to-end encrypted", "shaded-background", TRUE, NULL);

  caps = gst_caps_from_string (CAPS);
  gst_video_info_from_caps (&bench.info, caps);
  bench.buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&bench.info), NULL);
  gst_buffer_memset (bench.buffer, 0, 90, -1);
  bench.status = gst_e2ee_status_new (GST_E2EE_STATE_ON, "alice", 1);
  for (guint which = 0; which < N_BADGES; which++)
    make_badge (&bench, which);
  bench.pool = gst_buffer_pool_new ();
  config = gst_buffer_pool_get_config (bench.pool);
  gst_buffer_pool_config_set_params (config, caps, GST_VIDEO_INFO_SIZE (&bench.info), 2, 4);
  gst_buffer_pool_set_config (bench.pool, config);
  gst_buffer_pool_set_active (bench.pool, TRUE);
  bench.pads = start (NULL);
  bench.shield = start (gst_object_ref_sink (element));
  bench.border = start (gst_object_ref_sink (with_border));
  if (textoverlay != NULL)
    bench.text = start (gst_object_ref_sink (textoverlay));

  for (guint round = 0; round < N_ROUNDS; round++) {
    gdouble pads;

    for (guint which = 0; which < N_BADGES; which++) {
      direct[which][round] = measure_draw (&bench, bench.blends[which], NULL);
      composition[which][round] = measure_draw (&bench, NULL, bench.compositions[which]);
      ratios[which][round] = composition[which][round] / direct[which][round];
    }
    pads = measure_push (&bench, bench.pads);
    shield[round] = measure_push (&bench, bench.shield) - pads;
    border[round] = measure_push (&bench, bench.border) - pads;
    if (bench.text != NULL) {
      text[round] = measure_push (&bench, bench.text) - pads;
      text_ratio[round] = text[round] / MAX (shield[round], 0.01);
    }
  }

  g_print ("on 1920 x 1080 I420, microseconds a frame, medians of %d rounds\n", N_ROUNDS);
  for (guint which = 0; which < N_BADGES; which++) {
    gdouble ratio = median (ratios[which], N_ROUNDS);

    g_print ("  %3d x %3d  in the frame's own format %7.2f  composition_blend %8.2f"
        "  1/%.0f of it (goal 1/%.0f)\n", bench.widths[which], badges[which].height,
        median (direct[which], N_ROUNDS), median (composition[which], N_ROUNDS), ratio,
        badges[which].goal);
    too_slow = too_slow || ratio < badges[which].goal;
  }
  g_print ("  shieldoverlay, net of pads  %8.2f\n", median (shield, N_ROUNDS));
  if (bench.text != NULL) {
    gdouble ratio = median (text_ratio, N_ROUNDS);

    g_print ("  textoverlay, net of pads    %8.2f  1/%.0f of it (goal 1/10)\n",
        median (text, N_ROUNDS), ratio);
    too_slow = too_slow || ratio < 10;
  }
  g_print ("  placement=border, with a copy of the picture  %8.2f\n", median (border, N_ROUNDS));
  g_print ("allocations in 100 frames: shieldoverlay %" G_GUINT64_FORMAT ", with border %"
      G_GUINT64_FORMAT "\n", count_allocations (&bench, bench.shield),
      count_allocations (&bench, bench.border));
  too_slow = too_slow || count_allocations (&bench, bench.shield) > 0;

  for (guint i = 0; i < N_CHANGES; i++)
    changes[i] = measure_change (&bench, bench.shield, i, TRUE);
  for (guint i = 0; i < N_CHANGES; i++)
    returns[i] = measure_change (&bench, bench.shield, i, FALSE);
  worst = changes[0];
  g_print ("a change to what was never shown, milliseconds: first %.2f, median %.2f (goal 5)\n", worst,
      median (changes, N_CHANGES));
  g_print ("a change to what was shown before, milliseconds: median %.3f\n",
      median (returns, N_CHANGES));
  too_slow = too_slow || median (changes, N_CHANGES) > 5;
  if (too_slow)
    g_print ("slower than the goal\n");

  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_state (with_border, GST_STATE_NULL);
  if (textoverlay != NULL)
    gst_element_set_state (textoverlay, GST_STATE_NULL);
  return 0;
}
