/* e2eepolicy: all gates of a pipeline close and open at one running time.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"

#define OFF GST_E2EE_STATE_OFF
#define ON GST_E2EE_STATE_ON

/* A picture and a sound branch of one recorder. */
typedef struct
{
  GstElement *pipeline;
  Gate video;
  Gate audio;
} Pair;

static Pair
pair_new (const gchar * video, const gchar * video_properties, const gchar * audio_properties)
{
  Pair pair;

  pair.pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  pair.video = gate_new_in (GST_BIN (pair.pipeline), video, video_properties);
  pair.audio = gate_new_in (GST_BIN (pair.pipeline), AUDIO, audio_properties);
  return pair;
}

static void
pair_free (Pair * pair)
{
  gate_free (&pair->video);
  gate_free (&pair->audio);
  gst_object_unref (pair->pipeline);
}

/* Pushes @index, and says whether it passed. */
static gboolean
passes (Gate * gate, GstBuffer * buffer)
{
  guint before = gst_harness_buffers_received (gate->h);

  push (gate, buffer);
  return gst_harness_buffers_received (gate->h) > before;
}

GST_START_TEST (test_the_first_gate_that_closes_closes_the_others_from_its_time_on)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_unless (passes (&pair.video, make (OFF, 0)));
  fail_unless (passes (&pair.audio, make (OFF, 0)));
  fail_if (passes (&pair.video, make (ON, 3)));

  /* The sound lags behind: what was before the time passes, what is later does not. */
  fail_unless (passes (&pair.audio, make (OFF, 1)));
  fail_unless (passes (&pair.audio, make (OFF, 2)));
  fail_if (passes (&pair.audio, make (OFF, 3)));
  fail_if (passes (&pair.audio, make (OFF, 4)));
  fail_unless_equals_uint64 (counter (&pair.audio, "dropped-together"), 2);
  expect_message (&pair.audio, TRUE, "off", 0);
  expect_message (&pair.audio, FALSE, "together", 0);
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_a_gate_that_lags_behind_drops_the_interval_of_the_other)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_unless (passes (&pair.video, make (OFF, 0)));
  fail_unless (passes (&pair.audio, make (OFF, 0)));
  fail_if (passes (&pair.video, make (ON, 5)));
  fail_if (passes (&pair.video, make (ON, 9)));
  /* Alone it would open here, but the sound has not come so far. */
  fail_unless (passes (&pair.video, make (OFF, 10)));

  fail_unless (passes (&pair.audio, make (OFF, 4)));
  fail_if (passes (&pair.audio, make (OFF, 5)));
  fail_if (passes (&pair.audio, make (OFF, 9)));
  fail_unless (passes (&pair.audio, make (OFF, 10)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_gates_open_when_the_slowest_may)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_if (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (ON, 0)));
  fail_if (passes (&pair.audio, make (OFF, 1)));
  fail_if (passes (&pair.video, make (ON, 1)));
  fail_if (passes (&pair.audio, make (OFF, 2)));
  fail_unless (passes (&pair.video, make (OFF, 2)));
  fail_unless (passes (&pair.audio, make (OFF, 3)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_sound_waits_for_the_picture_s_key_frame)
{
  Pair pair = pair_new (VP8, NULL, NULL);

  fail_if (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (ON, 0)));
  fail_if (passes (&pair.video, make_delta (OFF, 1)));
  fail_if (passes (&pair.audio, make (OFF, 1)));
  /* The picture asks when everybody may go, and not before. */
  fail_if (passes (&pair.video, make_delta (OFF, 2)));
  fail_unless_equals_int (count_key_frame_requests (&pair.video), 1);
  fail_if (passes (&pair.audio, make (OFF, 2)));
  fail_unless (passes (&pair.video, make (OFF, 3)));

  /* A sound from before the key frame stays out, one of its time is in. */
  fail_if (passes (&pair.audio, make (OFF, 2)));
  fail_unless (passes (&pair.audio, make (OFF, 3)));
  expect_message (&pair.audio, FALSE, "on", 0);
  expect_message (&pair.audio, TRUE, "off", 4);
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_pictures_do_not_wait_for_each_other_s_key_frames)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  Gate one = gate_new_in (GST_BIN (pipeline), VP8, NULL);
  Gate two = gate_new_in (GST_BIN (pipeline), VP8, NULL);

  fail_if (passes (&one, make (ON, 0)));
  fail_if (passes (&two, make (ON, 0)));
  fail_if (passes (&one, make_delta (OFF, 1)));
  fail_if (passes (&two, make_delta (OFF, 1)));
  fail_unless (passes (&one, make (OFF, 2)));
  fail_unless (passes (&two, make (OFF, 3)));
  gate_free (&one);
  gate_free (&two);
  gst_object_unref (pipeline);
}

GST_END_TEST;

GST_START_TEST (test_sound_waits_for_a_key_frame_no_longer_than_three_seconds)
{
  Pair pair = pair_new (VP8, NULL, NULL);

  fail_if (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (ON, 0)));
  for (guint i = 1; i <= 151; i++) {
    fail_if (passes (&pair.audio, make (OFF, i)), "passed at %u", i);
    fail_if (passes (&pair.video, make_delta (OFF, i)));
  }
  fail_unless (passes (&pair.audio, make (OFF, 152)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_a_picture_that_joins_later_does_not_stop_the_sound)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  Gate audio = gate_new_in (GST_BIN (pipeline), AUDIO, NULL);
  Gate late;

  fail_unless (passes (&audio, make (OFF, 0)));
  late = gate_new_in (GST_BIN (pipeline), VP8, NULL);
  fail_if (passes (&late, make_delta (OFF, 1)));
  fail_unless (passes (&audio, make (OFF, 1)));
  gate_free (&late);
  gate_free (&audio);
  gst_object_unref (pipeline);
}

GST_END_TEST;

/* -- Streams that have no say -- */

GST_START_TEST (test_a_silent_stream_blocks_for_no_longer_than_a_second)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_if (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (ON, 0)));
  fail_if (passes (&pair.audio, make (OFF, 1)));
  fail_if (passes (&pair.audio, make (OFF, 50)));
  fail_unless (passes (&pair.audio, make (OFF, 51)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_a_stream_of_gaps_is_not_silent)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_if (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (ON, 0)));
  gst_harness_push_event (pair.video.h, gst_event_new_gap (50 * FRAME, FRAME));
  fail_if (passes (&pair.audio, make (OFF, 51)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_a_stream_that_has_ended_blocks_nobody)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_if (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (ON, 0)));
  gst_harness_push_event (pair.video.h, gst_event_new_eos ());
  fail_unless (passes (&pair.audio, make (OFF, 1)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_a_stream_that_has_not_begun_blocks_nobody)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_unless (passes (&pair.audio, make (OFF, 0)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_a_flushed_stream_has_said_nothing)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_if (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (OFF, 0)));
  gst_harness_push_event (pair.video.h, gst_event_new_flush_start ());
  gst_harness_push_event (pair.video.h, gst_event_new_flush_stop (TRUE));
  fail_unless (passes (&pair.audio, make (OFF, 1)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_a_gate_that_is_taken_out_blocks_nobody)
{
  Pair pair = pair_new (RAW, NULL, NULL);

  fail_if (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (OFF, 0)));
  gst_element_set_state (pair.video.h->element, GST_STATE_READY);
  fail_unless (passes (&pair.audio, make (OFF, 1)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_buffers_without_a_time_are_judged_alone)
{
  Pair pair = pair_new (RAW, NULL, NULL);
  GstBuffer *timeless = make (OFF, 1);

  GST_BUFFER_PTS (timeless) = GST_CLOCK_TIME_NONE;
  fail_if (passes (&pair.video, make (ON, 0)));
  fail_unless (passes (&pair.audio, timeless));
  pair_free (&pair);
}

GST_END_TEST;

/* -- Who belongs together -- */

GST_START_TEST (test_gates_of_two_pipelines_know_nothing_of_each_other)
{
  Pair one = pair_new (RAW, NULL, NULL), two = pair_new (RAW, NULL, NULL);

  fail_if (passes (&one.video, make (ON, 0)));
  fail_unless (passes (&two.audio, make (OFF, 1)));
  pair_free (&one);
  pair_free (&two);
}

GST_END_TEST;

GST_START_TEST (test_each_gate_judges_the_others_by_its_own_rule)
{
  /* A display that shows encrypted media closes no recorder, and the other way round. */
  Pair pair = pair_new (RAW, "feature=media", "feature=recording");

  fail_unless (passes (&pair.video, make (ON, 0)));
  fail_if (passes (&pair.audio, make (OFF, 0)));
  fail_unless (passes (&pair.video, make (OFF, 1)));
  fail_unless (passes (&pair.audio, make (OFF, 1)));
  fail_if (passes (&pair.audio, make (ON, 2)));
  fail_unless (passes (&pair.video, make (ON, 2)));
  pair_free (&pair);
}

GST_END_TEST;

GST_START_TEST (test_running_times_count_and_not_timestamps)
{
  Pair pair = pair_new (RAW, NULL, NULL);
  GstSegment segment;

  /* The picture's segment begins ten frames later. */
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 10 * FRAME;
  gst_harness_push_event (pair.video.h, gst_event_new_segment (&segment));
  fail_unless (passes (&pair.video, make (OFF, 10)));
  fail_unless (passes (&pair.audio, make (OFF, 0)));
  fail_if (passes (&pair.video, make (ON, 13)));
  fail_unless (passes (&pair.audio, make (OFF, 2)));
  fail_if (passes (&pair.audio, make (OFF, 3)));
  pair_free (&pair);
}

GST_END_TEST;

/* -- Threads -- */

typedef struct
{
  Gate *gate;
  guint32 dice;
} Feeder;

/* The state is a function of the time, alike for all. */
static GstE2eeState
state_at (guint index)
{
  return index / 7 % 2 ? ON : OFF;
}

static gpointer
feed (gpointer data)
{
  Feeder *feeder = data;

  for (guint i = 0; i < 2000; i++) {
    push (feeder->gate, make (state_at (i), i));
    if (throw_dice (&feeder->dice, 50) == 0)
      g_thread_yield ();
  }
  return NULL;
}

GST_START_TEST (test_gates_in_threads_of_their_own_let_nothing_private_out)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  Gate gates[4];
  Feeder feeders[4];
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (gates); i++) {
    gates[i] = gate_new_in (GST_BIN (pipeline), RAW, NULL);
    feeders[i] = (Feeder) { &gates[i], i };
  }
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    threads[i] = g_thread_new ("feeder", feed, &feeders[i]);
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++) {
    fail_unless (counter (&gates[i], "passed") > 0);
    fail_unless_equals_uint64 (counter (&gates[i], "passed"), pull_public (&gates[i]));
    gate_free (&gates[i]);
  }
  gst_object_unref (pipeline);
}

GST_END_TEST;

static Suite *
e2eepolicy_group_suite (void)
{
  Suite *s = suite_create ("e2eepolicy-group");
  TCase *tc = tcase_create ("group");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_the_first_gate_that_closes_closes_the_others_from_its_time_on);
  tcase_add_test (tc, test_a_gate_that_lags_behind_drops_the_interval_of_the_other);
  tcase_add_test (tc, test_gates_open_when_the_slowest_may);
  tcase_add_test (tc, test_sound_waits_for_the_picture_s_key_frame);
  tcase_add_test (tc, test_pictures_do_not_wait_for_each_other_s_key_frames);
  tcase_add_test (tc, test_sound_waits_for_a_key_frame_no_longer_than_three_seconds);
  tcase_add_test (tc, test_a_picture_that_joins_later_does_not_stop_the_sound);
  tcase_add_test (tc, test_a_silent_stream_blocks_for_no_longer_than_a_second);
  tcase_add_test (tc, test_a_stream_of_gaps_is_not_silent);
  tcase_add_test (tc, test_a_stream_that_has_ended_blocks_nobody);
  tcase_add_test (tc, test_a_stream_that_has_not_begun_blocks_nobody);
  tcase_add_test (tc, test_a_flushed_stream_has_said_nothing);
  tcase_add_test (tc, test_a_gate_that_is_taken_out_blocks_nobody);
  tcase_add_test (tc, test_buffers_without_a_time_are_judged_alone);
  tcase_add_test (tc, test_gates_of_two_pipelines_know_nothing_of_each_other);
  tcase_add_test (tc, test_each_gate_judges_the_others_by_its_own_rule);
  tcase_add_test (tc, test_running_times_count_and_not_timestamps);
  tcase_add_test (tc, test_gates_in_threads_of_their_own_let_nothing_private_out);
  return s;
}

GST_CHECK_MAIN (e2eepolicy_group);
