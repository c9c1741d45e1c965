/* The proof that a recording made behind the gate holds nothing of an encrypted part.
 *
 * A camera and a microphone with time codes in picture and sound, VP8 and Opus, RTP, e2eeenc, queues
 * of any size, e2eedec, gates, matroskamux, in a meeting whose host turns encryption on and off at
 * random.  What was encrypted is learnt from the packets alone: those that do not leave e2eeenc as
 * they came.  Afterwards the files are decoded and every time code is looked up.
 *
 *   recorder-proof [TOGGLES [SEED]]
 *
 * Prints TAP, with the figures as comments.  12 toggles unless given; 100 with E2EE_LONG set.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"
#include "timecode.h"

#include <glib/gstdio.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <gst/video/video.h>
#include <recorder/recorderbin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FPS 30
#define WIDTH 160
#define HEIGHT 120
#define MAX_FRAMES 8192
#define HEAD 64
#define MAX_TOLD 5
#define LOOKAHEAD 312           /* samples, of opusenc at 48 kHz */
#define PATIENCE (30 * GST_SECOND)

typedef enum
{
  UNGATED,                      /* the control: it must find something */
  GATED,                        /* one file */
  PARTS                         /* e2eerecorder: a file for each public part */
} Mode;

/* One stream's packets, by the number of the frame. */
typedef struct
{
  guint units_per_second;
  GstClockTime base;            /* of the unit number 0 */
  guint8 head[MAX_FRAMES][HEAD];        /* of a frame's first packet as it came to e2eeenc */
  guint8 head_size[MAX_FRAMES];
  guint8 sent[MAX_FRAMES];      /* 0: not, 1: clear, 2: encrypted */
  guint8 recorded[MAX_FRAMES];
  guint n_checked;
  guint n_unclear;
  guint n_private;
  gint last;                    /* that was read */
} Stream;

typedef struct
{
  Stream video;
  Stream audio;
  GstClockTime first_sound;
  GMutex lock;
  GCond cond;
  guint n_painted;
  guint n_files;
  guint n_bad_files;
} Proof;

static Proof *proof;
static guint32 dice;
static guint toggles = 12;
static guint seed = 20;

static guint
throw_dice (guint from, guint to)
{
  dice = dice * 1664525u + 1013904223u;
  return from + (dice >> 16) % (to - from + 1);
}

static guint
number_of (const Stream * stream, GstClockTime pts)
{
  return (guint) MIN (gst_util_uint64_scale_round (pts - stream->base, stream->units_per_second,
          GST_SECOND), MAX_FRAMES - 1);
}

/* -- Writing the time -- */

static GstPadProbeReturn
paint (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstBuffer *buffer = info->data = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  timecode_paint (map.data, WIDTH, WIDTH, HEIGHT,
      number_of (&proof->video, GST_BUFFER_PTS (buffer)));
  gst_buffer_unmap (buffer, &map);

  g_mutex_lock (&proof->lock);
  proof->n_painted++;
  g_cond_signal (&proof->cond);
  g_mutex_unlock (&proof->lock);
  return GST_PAD_PROBE_OK;
}

/* Opus: a packet holds what was heard from LOOKAHEAD before it came in, and is stamped accordingly, but
 * the first one, which is shorter.  With blocks that begin where packets do each packet is one block. */
static GstPadProbeReturn
sing (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstBuffer *buffer = info->data = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  if (!GST_CLOCK_TIME_IS_VALID (proof->first_sound)) {
    proof->first_sound = GST_BUFFER_PTS (buffer);
    proof->audio.base = proof->first_sound - LOOKAHEAD * GST_SECOND / TIMECODE_RATE;
  }
  timecode_sing ((gint16 *) map.data, map.size / 2, LOOKAHEAD
      + gst_util_uint64_scale_round (GST_BUFFER_PTS (buffer) - proof->first_sound, TIMECODE_RATE,
          GST_SECOND));
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

/* -- What was encrypted -- */

static void
look_at_packet (Stream * stream, GstBuffer * buffer, gboolean before)
{
  guint n = number_of (stream, GST_BUFFER_PTS (buffer));
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint8 *payload;
  guint size;

  fail_unless (gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp));
  payload = gst_rtp_buffer_get_payload (&rtp);
  size = MIN (gst_rtp_buffer_get_payload_len (&rtp), HEAD);
  if (before && stream->head_size[n] == 0) {
    memcpy (stream->head[n], payload, size);
    stream->head_size[n] = size;
  } else if (!before && stream->sent[n] == 0) {
    stream->sent[n] = size == stream->head_size[n]
        && memcmp (payload, stream->head[n], size) == 0 ? 1 : 2;
  }
  gst_rtp_buffer_unmap (&rtp);
}

static void
look_at (Stream * stream, GstPadProbeInfo * info, gboolean before)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      look_at_packet (stream, gst_buffer_list_get (list, i), before);
  } else {
    look_at_packet (stream, GST_PAD_PROBE_INFO_BUFFER (info), before);
  }
}

static GstPadProbeReturn
before_encryption (GstPad * pad, GstPadProbeInfo * info, gpointer stream)
{
  look_at (stream, info, TRUE);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
after_encryption (GstPad * pad, GstPadProbeInfo * info, gpointer stream)
{
  look_at (stream, info, FALSE);
  return GST_PAD_PROBE_OK;
}

/* -- The meeting -- */

static void
add_probe (GstElement * pipeline, const gchar * element, const gchar * pad_name,
    GstPadProbeCallback callback, gpointer data)
{
  GstElement *found = gst_bin_get_by_name (GST_BIN (pipeline), element);
  GstPad *pad = gst_element_get_static_pad (found, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, callback,
      data, NULL);
  gst_object_unref (pad);
  gst_object_unref (found);
}

static void
give_meeting (GstElement * pipeline, const gchar * element, GstE2eeMeeting * meeting)
{
  GstElement *found = gst_bin_get_by_name (GST_BIN (pipeline), element);
  GstContext *context = gst_context_new_e2ee_meeting (meeting);

  if (found != NULL)
    gst_element_set_context (found, context);
  gst_context_unref (context);
  g_clear_object (&found);
}

static gchar *
random_queue (void)
{
  return g_strdup_printf ("queue max-size-bytes=0 max-size-time=0 max-size-buffers=%u",
      throw_dice (1, 60));
}

/* A muxer keeps the thread that brought the last public buffer of one track until the other track goes
 * on, which is after the private part.  Behind a gate only public media waits for that; the recorder's
 * muxer is told the end and keeps nobody. */
#define HOLD "queue max-size-bytes=0 max-size-time=0 max-size-buffers=0"

static GstElement *
make_pipeline (Mode mode, const gchar * folder)
{
  gchar *queues[4] = { random_queue (), random_queue (), random_queue (), random_queue () };
  const gchar *hold = mode == GATED ? "! " HOLD : "";
  const gchar *gate = mode == GATED ? "e2eepolicy feature=recording name" : "identity name";
  gchar *recorder = mode == PARTS ?
      g_strdup_printf ("e2eerecorder name=mux location=%s/part-%%03u.mkv ", folder)
      : g_strdup_printf ("matroskamux name=mux ! filesink async=false sync=false"
      " location=%s/meeting.mkv ", folder);
  gchar *text = g_strdup_printf ("%s"
      "videotestsrc is-live=true pattern=black"
      " ! video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! identity name=paint"
      " ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist=9000 target-bitrate=400000 ! rtpvp8pay"
      " ! e2eeenc name=venc ! %s ! e2eedec name=vdec ! rtpvp8depay ! %s ! %s=vgate %s ! mux.video_0 "
      "audiotestsrc is-live=true samplesperbuffer=%d"
      " ! audio/x-raw,format=S16LE,channels=1,rate=%d ! identity name=sing"
      " ! opusenc bitrate=96000 ! rtpopuspay"
      " ! e2eeenc name=aenc ! %s ! e2eedec name=adec ! rtpopusdepay ! %s ! %s=agate %s ! mux.audio_0",
      recorder, WIDTH, HEIGHT, FPS, queues[0], queues[1], gate, hold, TIMECODE_BLOCK,
      TIMECODE_RATE, queues[2], queues[3], gate, hold);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (text, &error);

  fail_unless (error == NULL, "%s", error ? error->message : "");
  for (guint i = 0; i < G_N_ELEMENTS (queues); i++)
    g_free (queues[i]);
  g_free (recorder);
  g_free (text);
  return pipeline;
}

static void
wait_for_pictures (guint n)
{
  gint64 end = g_get_monotonic_time () + GST_TIME_AS_USECONDS (PATIENCE);
  guint until;

  g_mutex_lock (&proof->lock);
  until = proof->n_painted + n;
  while (proof->n_painted < until)
    fail_unless (g_cond_wait_until (&proof->cond, &proof->lock, end), "no pictures come");
  g_mutex_unlock (&proof->lock);
}

static void
record (Mode mode, guint n, const gchar * folder)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  GstElement *pipeline;
  GstMessage *message;
  gboolean on = FALSE;
  GstBus *bus;

  room_join (room);
  pipeline = make_pipeline (mode, folder);
  bus = gst_element_get_bus (pipeline);
  give_meeting (pipeline, "venc", room->people[0].meeting);
  give_meeting (pipeline, "aenc", room->people[0].meeting);
  give_meeting (pipeline, "vdec", room->people[1].meeting);
  give_meeting (pipeline, "adec", room->people[1].meeting);
  give_meeting (pipeline, "vgate", room->people[1].meeting);
  give_meeting (pipeline, "agate", room->people[1].meeting);
  give_meeting (pipeline, "mux", room->people[1].meeting);
  add_probe (pipeline, "paint", "src", paint, NULL);
  add_probe (pipeline, "sing", "src", sing, NULL);
  add_probe (pipeline, "venc", "sink", before_encryption, &proof->video);
  add_probe (pipeline, "venc", "src", after_encryption, &proof->video);
  add_probe (pipeline, "aenc", "sink", before_encryption, &proof->audio);
  add_probe (pipeline, "aenc", "src", after_encryption, &proof->audio);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  wait_for_pictures (10);
  for (guint i = 0; i < n; i++) {
    guint pictures = throw_dice (5, 25);

    wait_for_pictures (pictures);
    on = !on;
    room_turn (room, on);
    room_advance (room, pictures * 1000 / FPS);
  }
  wait_for_pictures (30);
  gst_element_send_event (pipeline, gst_event_new_eos ());
  message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "the recording does not end");
  fail_unless_equals_string (GST_MESSAGE_TYPE_NAME (message), "eos");
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  room_free (room);
}

/* -- Reading the files -- */

static void
note (Stream * stream, gint number)
{
  stream->n_checked++;
  if (number < 0 || number >= MAX_FRAMES - 2) {
    stream->n_unclear++;
    return;
  }
  stream->recorded[number] = 1;
  if (stream->sent[number] != 1) {
    if (stream->n_private++ < MAX_TOLD)
      printf ("# %s %d, after %d: %d%d|%d|%d%d\n", stream == &proof->video ? "picture" : "sound",
          number, stream->last, stream->sent[MAX (number, 2) - 2],
          stream->sent[MAX (number, 1) - 1], stream->sent[number], stream->sent[number + 1],
          stream->sent[number + 2]);
  }
  stream->last = number;
}

static void
on_picture (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  note (&proof->video, timecode_read (map.data, WIDTH, WIDTH, HEIGHT));
  gst_buffer_unmap (buffer, &map);
}

/* Windows that lie in two blocks cannot be told, and those in one lie next to them. */
static void
on_sound (GstElement * sink, GstBuffer * buffer, GstPad * pad, GArray * samples)
{
  GstMapInfo map;
  guint at = 0;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT))
    g_array_set_size (samples, 0);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_array_append_vals (samples, map.data, map.size / 2);
  gst_buffer_unmap (buffer, &map);
  for (; at + TIMECODE_WINDOW <= samples->len; at += TIMECODE_WINDOW / 4)
    note (&proof->audio, timecode_hear (&g_array_index (samples, gint16, at)));
  g_array_remove_range (samples, 0, MIN (at, samples->len));
}

typedef struct
{
  GstElement *pipeline;
  GArray *samples;
} Player;

static void
on_demuxed (GstElement * demuxer, GstPad * pad, Player * player)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  gboolean is_video = gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-vp8");
  GstElement *bin = gst_parse_bin_from_description (is_video ?
      "queue ! vp8dec ! fakesink name=sink signal-handoffs=true sync=false async=false"
      : "queue ! opusdec ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,channels=1,"
      "rate=48000 ! fakesink name=sink signal-handoffs=true sync=false async=false", TRUE, NULL);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (bin), "sink");
  GstPad *target = gst_element_get_static_pad (bin, "sink");

  g_signal_connect (sink, "handoff", is_video ? G_CALLBACK (on_picture) : G_CALLBACK (on_sound),
      player->samples);
  gst_bin_add (GST_BIN (player->pipeline), bin);
  gst_pad_link (pad, target);
  gst_element_sync_state_with_parent (bin);
  gst_object_unref (target);
  gst_object_unref (sink);
  gst_caps_unref (caps);
}

static void
play (const gchar * file)
{
  gchar *text = g_strdup_printf ("filesrc location=%s ! matroskademux name=d", file);
  Player player = { gst_parse_launch (text, NULL), g_array_new (FALSE, FALSE, 2) };
  GstElement *demuxer = gst_bin_get_by_name (GST_BIN (player.pipeline), "d");
  GstBus *bus = gst_element_get_bus (player.pipeline);
  guint before = proof->video.n_checked + proof->audio.n_checked;
  GstMessage *message;

  g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_demuxed), &player);
  gst_element_set_state (player.pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  proof->n_files++;
  if (message == NULL || GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS
      || proof->video.n_checked + proof->audio.n_checked == before) {
    proof->n_bad_files++;
    printf ("# %s cannot be played\n", file);
  }
  if (message != NULL)
    gst_message_unref (message);
  gst_element_set_state (player.pipeline, GST_STATE_NULL);
  gst_object_unref (demuxer);
  gst_object_unref (bus);
  gst_object_unref (player.pipeline);
  g_array_unref (player.samples);
  g_free (text);
}

static void
play_all (const gchar * folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  GList *files = NULL;
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    files = g_list_insert_sorted (files, g_build_filename (folder, name, NULL),
        (GCompareFunc) strcmp);
  g_dir_close (dir);
  for (GList * l = files; l != NULL; l = l->next) {
    play (l->data);
    g_unlink (l->data);
  }
  g_list_free_full (files, g_free);
  g_rmdir (folder);
}

/* -- Figures -- */

static gint
by_value (gconstpointer a, gconstpointer b)
{
  return *(const gint *) a - *(const gint *) b;
}

static void
print_spread (const gchar * what, GArray * ms)
{
  if (ms->len == 0)
    return;
  g_array_sort (ms, by_value);
  printf ("# %s: median %d ms, max %d ms, of %u\n", what, g_array_index (ms, gint, ms->len / 2),
      g_array_index (ms, gint, ms->len - 1), ms->len);
}

/* The number of the first unit that was recorded from @from on before the next encrypted one; -1. */
static gint
first_recorded (const Stream * stream, guint from)
{
  for (guint i = from; i < MAX_FRAMES && stream->sent[i] != 2; i++)
    if (stream->recorded[i])
      return (gint) i;
  return -1;
}

/* The sound that became clear with the picture, near @at: its sender switched in its own time. */
static guint
first_clear (guint at)
{
  guint i = MAX (at, 3) - 3;

  while (i < MAX_FRAMES - 1 && i < at + 10 && !(proof->audio.sent[i] == 1
          && proof->audio.sent[MAX (i, 1) - 1] == 2))
    i++;
  return i;
}

/* For each time at which pictures became clear again: when the recording went on. */
static void
print_resumes (void)
{
  GArray *delays = g_array_new (FALSE, FALSE, sizeof (gint));
  GArray *gaps = g_array_new (FALSE, FALSE, sizeof (gint));
  guint n_short = 0;

  for (guint i = 1; i < MAX_FRAMES; i++) {
    gint picture, sound, ms;

    if (proof->video.sent[i - 1] != 2 || proof->video.sent[i] != 1)
      continue;
    picture = first_recorded (&proof->video, i);
    sound = picture < 0 ? -1 : first_recorded (&proof->audio, first_clear (i * 50 / FPS));
    if (picture < 0 || sound < 0) {
      n_short++;
      continue;
    }
    ms = (picture - (gint) i) * 1000 / FPS;
    g_array_append_val (delays, ms);
    ms = ABS ((gint) ((gint64) proof->audio.base / (gint64) GST_MSECOND) + sound * 20
        - picture * 1000 / FPS);
    g_array_append_val (gaps, ms);
  }
  print_spread ("from the first clear picture to the first recorded one", delays);
  print_spread ("between the first picture and the first sound of a part", gaps);
  printf ("# public parts too short to be resumed in: %u\n", n_short);
  g_array_unref (delays);
  g_array_unref (gaps);
}

static guint
count_sent (const Stream * stream, guint how)
{
  guint n = 0;

  for (guint i = 0; i < MAX_FRAMES; i++)
    n += stream->sent[i] == how;
  return n;
}

static void
print_figures (void)
{
  printf ("# sent encrypted: %u pictures, %u sounds; clear: %u pictures, %u sounds\n",
      count_sent (&proof->video, 2), count_sent (&proof->audio, 2), count_sent (&proof->video, 1),
      count_sent (&proof->audio, 1));
  printf ("# recorded: %u files, %u pictures (%u unclear), %u windows of sound (%u between blocks)\n",
      proof->n_files, proof->video.n_checked, proof->video.n_unclear, proof->audio.n_checked,
      proof->audio.n_unclear);
  printf ("# of encrypted parts: %u pictures, %u windows of sound\n", proof->video.n_private,
      proof->audio.n_private);
}

static void
run (Mode mode, guint n)
{
  gchar *folder = g_dir_make_tmp ("e2ee-recorder-XXXXXX", NULL);

  proof = g_new0 (Proof, 1);
  proof->video.units_per_second = FPS;
  proof->audio.units_per_second = 50;
  proof->first_sound = GST_CLOCK_TIME_NONE;
  dice = seed;
  printf ("# %u toggles, %s\n", n, mode == GATED ? "one file behind gates" : mode == PARTS ?
      "a file for each public part" : "no gate");
  record (mode, n, folder);
  play_all (folder);
  print_figures ();
  if (mode != UNGATED)
    print_resumes ();
  fflush (stdout);
  g_free (folder);
}

/* Something was encrypted, something was not, and that is in the files. */
static void
expect_clear_parts_only (void)
{
  fail_unless (count_sent (&proof->video, 2) > 0);
  fail_unless (count_sent (&proof->audio, 2) > 0);
  fail_unless_equals_int (proof->video.n_private, 0);
  fail_unless_equals_int (proof->audio.n_private, 0);
  fail_unless_equals_int (proof->video.n_unclear, 0);
  fail_unless (proof->video.n_checked > 20);
  fail_unless (proof->audio.n_checked - proof->audio.n_unclear > 100);
  fail_unless_equals_int (proof->n_bad_files, 0);
}

GST_START_TEST (test_a_gated_recording_holds_nothing_encrypted)
{
  run (GATED, toggles);
  expect_clear_parts_only ();
  fail_unless_equals_int (proof->n_files, 1);
  g_free (proof);
}

GST_END_TEST;

GST_START_TEST (test_files_of_public_parts_hold_nothing_encrypted_and_can_be_played)
{
  run (PARTS, toggles);
  expect_clear_parts_only ();
  fail_unless (proof->n_files > 1);
  g_free (proof);
}

GST_END_TEST;

GST_START_TEST (test_without_a_gate_the_proof_finds_what_was_encrypted)
{
  run (UNGATED, MIN (toggles, 4));
  fail_unless (proof->video.n_private > 0);
  fail_unless (proof->audio.n_private > 0);
  g_free (proof);
}

GST_END_TEST;

static Suite *
recorder_proof_suite (void)
{
  Suite *s = suite_create ("recorder-proof");
  TCase *tc = tcase_create ("proof");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 60 + 3 * toggles);
  tcase_add_test (tc, test_a_gated_recording_holds_nothing_encrypted);
  tcase_add_test (tc, test_files_of_public_parts_hold_nothing_encrypted_and_can_be_played);
  tcase_add_test (tc, test_without_a_gate_the_proof_finds_what_was_encrypted);
  return s;
}

int
main (int argc, char **argv)
{
  if (g_getenv ("E2EE_LONG") != NULL)
    toggles = 100;
  if (argc > 1)
    toggles = (guint) CLAMP (atoi (argv[1]), 2, 120);
  if (argc > 2)
    seed = (guint) atoi (argv[2]);
  gst_check_init (&argc, &argv);
  e2ee_recorder_register ();
  return gst_check_run_suite (recorder_proof_suite (), "recorder-proof", __FILE__);
}
