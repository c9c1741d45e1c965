/* A call over a bad line, in time of its own: the picture comes back by itself, and what is lost is
 * counted as lost and as nothing else.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Frames are encoded one by one, since the receiver's requests for key frames must reach the
 * encoder.  Each picture shows its number, so that one that was decoded without what it refers to
 * is seen.  With E2EE_LONG set in the environment (tests/run --long) a call lasts an hour. */
#include "clock.h"
#include "line.h"
#include "media.h"

#include <gst/check/gsttestclock.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <string.h>

/* A picture of 4 by 3 blocks, black or white: a number of 12 bits. */
#define BLOCK 40
#define COLUMNS 4
#define ROWS 3
#define WIDTH (COLUMNS * BLOCK)
#define HEIGHT (ROWS * BLOCK)
#define N_NUMBERS (1 << (COLUMNS * ROWS))
#define FRAME_MS 33
#define LATENCY_MS 200
/* For what hangs. */
#define LIMIT_S 30

typedef struct
{
  const gchar *name;
  const gchar *caps;            /* of what goes in, and of the packets */
  const gchar *rtp_caps;
  const gchar *sender;          /* up to e2eeenc */
  const gchar *receiver;        /* from e2eedec on */
  gboolean is_audio;
} Codec;

#define VIDEO_CAPS "video/x-raw,format=I420,width=160,height=120,framerate=1000/33"
#define RTP(media, name, rate) \
  "application/x-rtp,media=" media ",encoding-name=" name ",clock-rate=" rate ",payload=96"

static const Codec codecs[] = {
  {"VP8", VIDEO_CAPS, RTP ("video", "VP8", "90000"),
      "vp8enc deadline=1 threads=1 keyframe-max-dist=100000 target-bitrate=300000 ! "
      "rtpvp8pay picture-id-mode=15-bit mtu=200 seqnum-offset=65000",
      "rtpvp8depay wait-for-keyframe=true request-keyframe=true ! vp8dec"},
  {"VP9", VIDEO_CAPS, RTP ("video", "VP9", "90000"),
      "vp9enc deadline=1 cpu-used=8 threads=1 lag-in-frames=0 keyframe-max-dist=100000 "
      "target-bitrate=300000 ! rtpvp9pay picture-id-mode=15-bit mtu=200 seqnum-offset=65000",
      "rtpvp9depay wait-for-keyframe=true request-keyframe=true ! vp9dec"},
  {"H.264", VIDEO_CAPS, RTP ("video", "H264", "90000") ",packetization-mode=(string)1",
      "openh264enc multi-thread=1 gop-size=0 bitrate=300000 ! "
      "video/x-h264,profile=constrained-baseline ! "
      "rtph264pay config-interval=-1 aggregate-mode=zero-latency mtu=200 seqnum-offset=65000",
      "rtph264depay wait-for-keyframe=true request-keyframe=true ! h264parse ! openh264dec"},
  {"Opus", "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1",
      RTP ("audio", "OPUS", "48000"), "opusenc ! rtpopuspay seqnum-offset=65000",
      "rtpopusdepay ! opusdec", TRUE},
};

static const LineQuality good = { "good" };

static const LineQuality qualities[] = {
  {"1 % lost", 10},
  {"5 % lost", 50},
  {"20 % lost", 200},
  {"repeated", 0, 100},
  {"out of order", 0, 0, 50},
  {"all of it", 50, 50, 50},
  {"cut for 30 s", 0, 0, 0, 3000, 33000},
};

typedef struct
{
  const Codec *codec;
  gchar *keys;
  GstHarness *sender;
  GstHarness *receiver;
  Line *line;
  guint64 now_ms;
  guint n_sent;                 /* frames */
  guint n_requests;             /* for key frames, that came to the encoder */
  guint64 request_due_ms;       /* 0: none is under way */
  guint n_decoded;
  gint last_number;
  guint last_decoded;           /* what n_sent was */
  guint64 n_arrived;            /* packets */

  gboolean jitter;
  GQueue waited_for;            /* Arrival: what the jitter buffer has not had time to hand on */
  GMutex lock;                  /* guards the rest */
  GCond moved;
  gboolean started;
  gint64 handed_on;             /* the highest number that left the jitter buffer */
} Call;

typedef struct
{
  gint64 number;
  guint64 at_ms;
} Arrival;

/* ---- pictures ---- */

/* With noise, so that a frame takes several packets. */
static GstBuffer *
draw_picture (guint number)
{
  guint32 noise = number * 2654435761u;
  gsize luma = WIDTH * HEIGHT;
  GstBuffer *picture = gst_buffer_new_allocate (NULL, luma * 3 / 2, NULL);
  GstMapInfo map;

  gst_buffer_map (picture, &map, GST_MAP_WRITE);
  for (guint y = 0; y < HEIGHT; y++) {
    for (guint x = 0; x < WIDTH; x++) {
      guint bit = y / BLOCK * COLUMNS + x / BLOCK;

      noise = noise * 1664525 + 1013904223;
      map.data[y * WIDTH + x] = (number >> bit & 1 ? 210 : 20) + (noise >> 28);
    }
  }
  memset (map.data + luma, 128, luma / 2);
  gst_buffer_unmap (picture, &map);
  return picture;
}

/* -1: some block is neither black nor white. */
static gint
read_picture (GstBuffer * picture)
{
  GstMapInfo map;
  gint number = 0;

  gst_buffer_map (picture, &map, GST_MAP_READ);
  for (guint bit = 0; bit < COLUMNS * ROWS && number >= 0; bit++) {
    guint sum = 0;

    for (guint y = 10; y < 30; y++) {
      for (guint x = 10; x < 30; x++)
        sum += map.data[(bit / COLUMNS * BLOCK + y) * WIDTH + bit % COLUMNS * BLOCK + x];
    }
    sum /= 400;
    if (sum > 80 && sum < 170)
      number = -1;
    else if (sum >= 170)
      number |= 1 << bit;
  }
  gst_buffer_unmap (picture, &map);
  return number;
}

static GstBuffer *
make_sound (guint number)
{
  gsize n = FRAME_MS * 48;
  GstBuffer *sound = gst_buffer_new_allocate (NULL, n * 2, NULL);
  GstMapInfo map;

  gst_buffer_map (sound, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < n; i++)
    ((gint16 *) map.data)[i] = (gint16) ((number * n + i) * 331 % 20000) - 10000;
  gst_buffer_unmap (sound, &map);
  return sound;
}

/* ---- the call ---- */

static gint64
number_of (Call * call, GstBuffer * packet, gint64 near)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint16 seq;

  fail_unless (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  seq = gst_rtp_buffer_get_seq (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  return near + (gint16) (seq - (guint16) near);
}

static GstPadProbeReturn
note_handed_on (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Call *call = user_data;

  g_mutex_lock (&call->lock);
  call->handed_on = MAX (call->handed_on, number_of (call, GST_PAD_PROBE_INFO_BUFFER (info),
          call->handed_on));
  g_cond_signal (&call->moved);
  g_mutex_unlock (&call->lock);
  return GST_PAD_PROBE_OK;
}

static void
watch_jitter_buffer (Call * call)
{
  GstElement *jitter = gst_bin_get_by_name (GST_BIN (call->receiver->element), "jitter");
  GstPad *pad = gst_element_get_static_pad (jitter, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_handed_on, call, NULL);
  gst_object_unref (pad);
  gst_object_unref (jitter);
}

static Call *
call_begin (const Codec * codec, gboolean jitter, const LineQuality * quality)
{
  Call *call = g_new0 (Call, 1);
  gchar *sender, *receiver;

  clock_stop ();
  call->codec = codec;
  call->keys = media_key_file (KEYS_1);
  call->jitter = jitter;
  call->last_number = -1;
  call->handed_on = 65000 - 1;
  call->line = line_new (quality, 4711);
  sender = g_strdup_printf ("%s ! e2eeenc name=encryptor mtu=200 key-file=%s", codec->sender,
      call->keys);
  receiver = g_strdup_printf ("%se2eedec name=decryptor key-file=%s ! %s", jitter ?
      "rtpjitterbuffer name=jitter do-lost=true latency=" G_STRINGIFY (LATENCY_MS) " ! " : "",
      call->keys, codec->receiver);
  call->sender = gst_harness_new_parse (sender);
  call->receiver = gst_harness_new_parse (receiver);
  if (jitter)
    watch_jitter_buffer (call);
  gst_harness_set_src_caps_str (call->sender, codec->caps);
  gst_harness_set_src_caps_str (call->receiver, codec->rtp_caps);
  g_free (sender);
  g_free (receiver);
  return call;
}

static void
call_end (Call * call)
{
  gst_harness_teardown (call->sender);
  gst_harness_teardown (call->receiver);
  g_queue_clear_full (&call->waited_for, g_free);
  line_free (call->line);
  media_unlink (call->keys);
  g_free (call);
}

static GstStructure *
get_stats (GstHarness * h, const gchar * name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (h->element), name);
  GstStructure *stats = NULL;

  g_object_get (element, "stats", &stats, NULL);
  gst_object_unref (element);
  return stats;
}

static guint64
get_stat (GstHarness * h, const gchar * element, const gchar * name)
{
  GstStructure *stats = get_stats (h, element);
  guint64 value = 0;

  fail_unless (gst_structure_get_uint64 (stats, name, &value), "%s", name);
  gst_structure_free (stats);
  return value;
}

static void
send_frame (Call * call)
{
  GstBuffer *buffer = call->codec->is_audio ? make_sound (call->n_sent)
      : draw_picture (call->n_sent % N_NUMBERS);

  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = call->n_sent * FRAME_MS * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = FRAME_MS * GST_MSECOND;
  call->n_sent++;
  fail_unless_equals_int (gst_harness_push (call->sender, buffer), GST_FLOW_OK);
  while ((buffer = gst_harness_try_pull (call->sender)) != NULL)
    line_send (call->line, call->now_ms, buffer);
}

static void
take_decoded (Call * call)
{
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (call->receiver)) != NULL) {
    if (!call->codec->is_audio) {
      gint number = read_picture (buffer);
      guint ahead = (guint) (number - call->last_number + N_NUMBERS) % N_NUMBERS;

      fail_unless (number >= 0, "%s: a broken picture behind %d", call->codec->name,
          call->last_number);
      fail_unless (call->last_number < 0 || (ahead > 0 && ahead < N_NUMBERS / 2),
          "%s: picture %d behind %d", call->codec->name, number, call->last_number);
      call->last_number = number;
    }
    call->n_decoded++;
    call->last_decoded = call->n_sent;
    gst_buffer_unref (buffer);
  }
}

/* Wakes what waits on the clock for a time that has come. */
static void
wake_timers (Call * call)
{
  GstTestClock *clock = gst_harness_get_testclock (call->receiver);
  GstClockID id = NULL;

  while (gst_test_clock_peek_next_pending_id (clock, &id)) {
    gboolean is_due = gst_clock_id_get_time (id) <= call->now_ms * GST_MSECOND;

    gst_clock_id_unref (id);
    if (!is_due)
      break;
    gst_clock_id_unref (gst_test_clock_process_next_clock_id (clock));
  }
  gst_object_unref (clock);
}

/* What arrived longer ago than the jitter buffer may keep it must have left it. */
static void
wait_for_jitter_buffer (Call * call)
{
  gint64 end = g_get_real_time () + LIMIT_S * G_USEC_PER_SEC;
  Arrival *arrival;

  while ((arrival = g_queue_peek_head (&call->waited_for)) != NULL
      && arrival->at_ms + LATENCY_MS + FRAME_MS < call->now_ms) {
    g_mutex_lock (&call->lock);
    while (call->handed_on < arrival->number) {
      fail_unless (g_get_real_time () < end, "%s: the jitter buffer keeps packet %" G_GINT64_FORMAT,
          call->codec->name, arrival->number);
      g_mutex_unlock (&call->lock);
      wake_timers (call);
      g_thread_yield ();
      g_mutex_lock (&call->lock);
    }
    g_mutex_unlock (&call->lock);
    g_free (g_queue_pop_head (&call->waited_for));
  }
}

static void
note_arrival (Call * call, GstBuffer * packet)
{
  Arrival *last = g_queue_peek_tail (&call->waited_for);
  gint64 number = number_of (call, packet, last ? last->number : call->handed_on);

  if (last != NULL ? number > last->number : number > call->handed_on) {
    Arrival *arrival = g_new (Arrival, 1);

    *arrival = (Arrival) { number, call->now_ms };
    g_queue_push_tail (&call->waited_for, arrival);
  }
}

static void
receive (Call * call)
{
  GstBuffer *packet;

  if (call->jitter)
    gst_harness_set_time (call->receiver, call->now_ms * GST_MSECOND);
  while ((packet = line_receive (call->line, call->now_ms)) != NULL) {
    /* What travels is bytes. */
    GstBuffer *arrived = gst_buffer_new ();

    gst_buffer_copy_into (arrived, packet, GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_DEEP, 0, -1);
    gst_buffer_unref (packet);
    GST_BUFFER_PTS (arrived) = GST_BUFFER_DTS (arrived) = call->now_ms * GST_MSECOND;
    call->n_arrived++;
    if (call->jitter)
      note_arrival (call, arrived);
    fail_unless_equals_int (gst_harness_push (call->receiver, arrived), GST_FLOW_OK);
  }
  if (call->jitter) {
    wake_timers (call);
    wait_for_jitter_buffer (call);
  }
  take_decoded (call);
}

/* Requests for key frames go back as fast as packets come, one at a time. */
static void
answer_requests (Call * call)
{
  GstEvent *event;

  while ((event = gst_harness_try_pull_upstream_event (call->receiver)) != NULL) {
    if (gst_video_event_is_force_key_unit (event) && call->request_due_ms == 0)
      call->request_due_ms = call->now_ms + LINE_DELAY;
    gst_event_unref (event);
  }
  if (call->request_due_ms == 0 || call->request_due_ms > call->now_ms)
    return;
  call->request_due_ms = 0;
  call->n_requests++;
  gst_harness_push_upstream_event (call->sender,
      gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

static void
call_run (Call * call, guint ms)
{
  for (guint64 end = call->now_ms + ms; call->now_ms < end; call->now_ms += FRAME_MS) {
    send_frame (call);
    receive (call);
    answer_requests (call);
    clock_advance (FRAME_MS);
  }
}

/* ---- what is asserted ---- */

static gboolean
is_of_loss (const gchar * name)
{
  static const gchar *const names[] = { "frames", "bytes", "packets", "whole-frames", "duplicate",
    "late", "incomplete", "empty", "gaps", "key-id", "frames-left", "key-changes"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (name, names[i]))
      return TRUE;
  }
  return FALSE;
}

/* Every counter but those, whatever counters there are. */
static void
check_counters (Call * call, GstHarness * h, const gchar * element, const gchar * what)
{
  GstStructure *stats = get_stats (h, element);

  for (gint i = 0; i < gst_structure_n_fields (stats); i++) {
    const gchar *name = gst_structure_nth_field_name (stats, i);
    guint64 value = 0;

    fail_unless (gst_structure_get_uint64 (stats, name, &value), "%s", name);
    fail_unless (value == 0 || is_of_loss (name), "%s, %s: %s of %s is %" G_GUINT64_FORMAT,
        call->codec->name, what, name, element, value);
  }
  gst_structure_free (stats);
}

/* The line is good again: the picture must come back within a second, and then go on.  Behind a
 * jitter buffer everything is later, by as much as it may hold back, and what is decoded in its
 * thread a frame or two more. */
static void
check_recovery (Call * call, const gchar * what)
{
  guint lag = call->jitter ? LATENCY_MS / FRAME_MS + 4 : 0;
  guint before;

  line_set_quality (call->line, &good);
  call_run (call, 1000 + (call->jitter ? LATENCY_MS : 0));
  fail_unless (call->n_sent - call->last_decoded < 4 + lag, "%s, %s: dark for %u frames",
      call->codec->name, what, call->n_sent - call->last_decoded);
  before = call->n_decoded;
  call_run (call, (30 + lag) * FRAME_MS);
  fail_unless (call->n_decoded - before >= 29, "%s, %s: %u frames in a second", call->codec->name,
      what, call->n_decoded - before);
}

static void
check_call (const Codec * codec, const LineQuality * quality, gboolean jitter, guint ms)
{
  Call *call = call_begin (codec, jitter, quality);
  gboolean loses = quality->loss > 0 || quality->cut_to > 0;

  call_run (call, ms);
  check_counters (call, call->sender, "encryptor", quality->name);
  check_counters (call, call->receiver, "decryptor", quality->name);
  check_recovery (call, quality->name);
  check_counters (call, call->receiver, "decryptor", quality->name);

  fail_unless (codec->is_audio || !loses || call->n_requests > 0, "%s, %s: nobody asked",
      codec->name, quality->name);
  fail_unless (call->n_decoded > 30, "%s, %s: %u frames", codec->name, quality->name,
      call->n_decoded);
  /* The newest frames are still in the jitter buffer, of which a busy machine lets more wait. */
  if (!loses && jitter)
    fail_unless (call->n_decoded * 5 > call->n_sent * 4, "%s, %s: %u of %u frames", codec->name,
        quality->name, call->n_decoded, call->n_sent);
  if (!jitter)
    fail_unless_equals_uint64 (get_stat (call->receiver, "decryptor", "packets"), call->n_arrived);
  call_end (call);
}

GST_START_TEST (test_picture_and_sound_come_back_by_themselves)
{
  const Codec *codec = &codecs[__i__ / G_N_ELEMENTS (qualities)];
  const LineQuality *quality = &qualities[__i__ % G_N_ELEMENTS (qualities)];

  check_call (codec, quality, FALSE, MAX (10000, quality->cut_to + 100));
}

GST_END_TEST;

GST_START_TEST (test_picture_and_sound_come_back_by_themselves_behind_a_jitter_buffer)
{
  const Codec *codec = &codecs[__i__ / G_N_ELEMENTS (qualities)];
  const LineQuality *quality = &qualities[__i__ % G_N_ELEMENTS (qualities)];

  check_call (codec, quality, TRUE, MAX (10000, quality->cut_to + 100));
}

GST_END_TEST;

/* Sequence numbers wrap, and timestamps do. */
GST_START_TEST (test_long_call_over_a_bad_line_loses_what_was_lost_and_nothing_else)
{
  static const LineQuality bad = { "bad for long", 20, 10, 50 };
  guint minutes = g_getenv ("E2EE_LONG") ? 60 : 1;

  check_call (&codecs[__i__], &bad, FALSE, minutes * 60 * 1000);
}

GST_END_TEST;

static Suite *
loss_suite (void)
{
  Suite *suite = suite_create ("loss");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, g_getenv ("E2EE_LONG") ? 7200 : 300);
  tcase_add_loop_test (tc, test_picture_and_sound_come_back_by_themselves, 0,
      G_N_ELEMENTS (codecs) * G_N_ELEMENTS (qualities));
  tcase_add_loop_test (tc,
      test_picture_and_sound_come_back_by_themselves_behind_a_jitter_buffer, 0,
      G_N_ELEMENTS (codecs) * G_N_ELEMENTS (qualities));
  tcase_add_loop_test (tc, test_long_call_over_a_bad_line_loses_what_was_lost_and_nothing_else, 0,
      G_N_ELEMENTS (codecs));
  return suite;
}

GST_CHECK_MAIN (loss);
