/* e2eepolicy: what leaves a closed gate.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"

#include "elements/slate.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>
#include <string.h>

/* -- Gaps -- */

GST_START_TEST (test_gap_mode_replaces_every_buffer_by_a_gap)
{
  Gate gate = gate_new (AUDIO);
  GstClockTime pts, duration;
  GstGapFlags flags;
  GstEvent *gap;

  g_object_set (gate.h->element, "when-blocked", 1, NULL);
  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  push (&gate, make (GST_E2EE_STATE_ON, 2));
  gap = pull_event (&gate, GST_EVENT_GAP);
  fail_unless (gap != NULL);
  gst_event_parse_gap (gap, &pts, &duration);
  gst_event_parse_gap_flags (gap, &flags);
  fail_unless_equals_clocktime (pts, FRAME);
  fail_unless_equals_clocktime (duration, FRAME);
  fail_unless_equals_int (flags, GST_GAP_FLAG_MISSING_DATA);
  gst_event_unref (gap);
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 1);
  fail_unless_equals_uint64 (counter (&gate, "gaps"), 2);
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_packets_of_one_frame_leave_one_gap)
{
  Gate gate = gate_new (RTP_VP8);

  g_object_set (gate.h->element, "when-blocked", 1, NULL);
  for (guint i = 0; i < 3; i++)
    push (&gate, stamp (make_rtp (NO_STATE, i, i == 0, TRUE), GST_E2EE_STATE_ON, 5));
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_drop_mode_lets_no_gap_through)
{
  Gate gate = gate_new (AUDIO);

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  gst_harness_push_event (gate.h, gst_event_new_gap (FRAME, FRAME));
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 0);
  push (&gate, make (GST_E2EE_STATE_OFF, 2));
  gst_harness_push_event (gate.h, gst_event_new_gap (3 * FRAME, FRAME));
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 1);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Blank -- */

static const gchar *const video_formats[] = { "I420", "NV12", "YUY2", "BGRA", "RGB", "GRAY8",
  "Y444_10LE", "v210", "P010_10LE", "RGB16"
};

/* Light and dark pixels of the brightest sort that the slate has: words on a plate. */
static void
look_at_slate (const GstVideoInfo * info, GstBuffer * buffer, guint * n_light, guint * n_dark)
{
  GstVideoInfo gray;
  GstVideoConverter *converter;
  GstVideoFrame from, to;
  GstBuffer *flat;

  gst_video_info_set_format (&gray, GST_VIDEO_FORMAT_GRAY8, info->width, info->height);
  gray.fps_n = info->fps_n;
  gray.fps_d = info->fps_d;
  converter = gst_video_converter_new (info, &gray, NULL);
  flat = gst_buffer_new_allocate (NULL, gray.size, NULL);
  fail_unless (gst_video_frame_map (&from, info, buffer, GST_MAP_READ));
  fail_unless (gst_video_frame_map (&to, &gray, flat, GST_MAP_WRITE));
  gst_video_converter_frame (converter, &from, &to);
  *n_light = *n_dark = 0;
  for (gint y = 0; y < gray.height; y++) {
    const guint8 *row = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&to, 0) + y * gray.stride[0];

    for (gint x = 0; x < gray.width; x++) {
      *n_light += row[x] > 120;
      *n_dark += row[x] < 50;
    }
  }
  gst_video_frame_unmap (&from);
  gst_video_frame_unmap (&to);
  gst_video_converter_free (converter);
  gst_buffer_unref (flat);
}

GST_START_TEST (test_a_picture_is_replaced_by_words_in_its_own_format)
{
  gchar *text = g_strdup_printf ("video/x-raw,format=%s,width=640,height=360,framerate=50/1",
      video_formats[__i__]);
  Gate gate = gate_new_full (text, "when-blocked=blank");
  GstCaps *caps = gst_caps_from_string (text);
  GstVideoInfo info;
  GstBuffer *out;
  guint light, dark;

  fail_unless (gst_video_info_from_caps (&info, caps));
  push (&gate, make (GST_E2EE_STATE_ON, 3));
  out = gst_harness_pull (gate.h);
  fail_unless_equals_uint64 (gst_buffer_get_size (out), info.size);
  fail_unless_equals_clocktime (GST_BUFFER_PTS (out), 3 * FRAME);
  fail_unless_equals_clocktime (GST_BUFFER_DURATION (out), FRAME);
  fail_unless (gst_buffer_get_e2ee_status_meta (out) == NULL);
  look_at_slate (&info, out, &light, &dark);
  fail_unless (light > 500, "%u light pixels", light);
  fail_unless (dark > 640 * 360 * 8 / 10, "%u dark pixels", dark);
  fail_unless_equals_uint64 (counter (&gate, "blanks"), 1);
  gst_buffer_unref (out);
  gst_caps_unref (caps);
  gate_free (&gate);
  g_free (text);
}

GST_END_TEST;

static const struct
{
  gint width, height, par_n, par_d;
  gboolean has_words;
} sizes[] = {
  {1, 1, 1, 1, FALSE},
  {16, 16, 1, 1, FALSE},
  {321, 241, 1, 1, TRUE},
  {720, 576, 64, 45, TRUE},
  {90, 1280, 1, 1, TRUE},
  {1920, 1080, 1, 1, TRUE},
};

GST_START_TEST (test_the_words_fit_or_are_left_out)
{
  E2eeSlate *slate = e2ee_slate_new ();
  GstCaps *caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420",
      "width", G_TYPE_INT, sizes[__i__].width, "height", G_TYPE_INT, sizes[__i__].height,
      "framerate", GST_TYPE_FRACTION, 30, 1, "pixel-aspect-ratio", GST_TYPE_FRACTION,
      sizes[__i__].par_n, sizes[__i__].par_d, NULL);
  GstBuffer *in = make (GST_E2EE_STATE_ON, 0), *out;
  GstVideoInfo info;
  guint light, dark;

  fail_unless (e2ee_slate_set_caps (slate, caps));
  gst_video_info_from_caps (&info, caps);
  out = e2ee_slate_make (slate, in);
  look_at_slate (&info, out, &light, &dark);
  fail_unless_equals_int (light > 0, sizes[__i__].has_words);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  gst_caps_unref (caps);
  e2ee_slate_free (slate);
}

GST_END_TEST;

GST_START_TEST (test_the_slate_is_drawn_once)
{
  Gate gate = gate_new_full ("video/x-raw,format=I420,width=64,height=64,framerate=50/1",
      "when-blocked=blank");
  GstBuffer *one, *two;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  one = gst_harness_pull (gate.h);
  two = gst_harness_pull (gate.h);
  fail_unless (gst_buffer_peek_memory (one, 0) == gst_buffer_peek_memory (two, 0));
  gst_buffer_unref (one);
  gst_buffer_unref (two);
  gate_free (&gate);
}

GST_END_TEST;

static const struct
{
  const gchar *format;
  guint8 silence;
} audio_formats[] = {
  {"S16LE", 0}, {"F32LE", 0}, {"U8", 0x80},
};

GST_START_TEST (test_sound_is_replaced_by_silence_of_the_same_length)
{
  gchar *caps = g_strdup_printf ("audio/x-raw,format=%s,rate=48000,channels=1,layout=interleaved",
      audio_formats[__i__].format);
  Gate gate = gate_new_full (caps, "when-blocked=blank");
  GstBuffer *out;
  GstMapInfo map;

  push (&gate, make (GST_E2EE_STATE_ON, 1));
  out = gst_harness_pull (gate.h);
  fail_unless_equals_clocktime (GST_BUFFER_PTS (out), FRAME);
  gst_buffer_map (out, &map, GST_MAP_READ);
  fail_unless_equals_uint64 (map.size, 16);
  for (gsize i = 0; i < map.size; i++)
    fail_unless_equals_int (map.data[i], audio_formats[__i__].silence);
  gst_buffer_unmap (out, &map);
  gst_buffer_unref (out);
  gate_free (&gate);
  g_free (caps);
}

GST_END_TEST;

GST_START_TEST (test_planar_sound_keeps_its_layout)
{
  Gate gate = gate_new_full ("audio/x-raw,format=S16LE,rate=48000,channels=2,"
      "channel-mask=(bitmask)3,layout=non-interleaved", "when-blocked=blank");
  GstBuffer *in = make (GST_E2EE_STATE_ON, 0), *out;
  GstAudioInfo info;
  GstAudioMeta *meta;

  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_S16LE, 48000, 2, NULL);
  info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
  gst_buffer_add_audio_meta (in, &info, 4, NULL);
  push (&gate, in);
  out = gst_harness_pull (gate.h);
  meta = gst_buffer_get_audio_meta (out);
  fail_unless (meta != NULL);
  fail_unless_equals_uint64 (meta->samples, 4);
  fail_unless_equals_uint64 (meta->offsets[1], 8);
  gst_buffer_unref (out);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_after_a_slate_the_picture_goes_on_without_a_hole)
{
  Gate gate = gate_new_full (RAW, "when-blocked=blank");
  GstBuffer *out;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  push (&gate, make (GST_E2EE_STATE_OFF, 1));
  gst_buffer_unref (gst_harness_pull (gate.h));
  out = gst_harness_pull (gate.h);
  fail_unless_equals_int (gst_buffer_get_e2ee_state (out), GST_E2EE_STATE_OFF);
  fail_if (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  gate_free (&gate);
}

GST_END_TEST;

static const gchar *const no_slate[] = { VP8, RTP_OPUS, "text/x-raw,format=utf8",
  "video/x-raw(memory:GLMemory),format=RGBA,width=4,height=4,framerate=50/1"
};

GST_START_TEST (test_what_has_no_slate_leaves_gaps_and_says_so_once)
{
  Gate gate = gate_new_full (no_slate[__i__], "when-blocked=blank");
  GstMessage *warning;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  fail_unless_equals_int (count_events (&gate, GST_EVENT_GAP), 2);
  warning = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_WARNING);
  fail_unless (warning != NULL);
  gst_message_unref (warning);
  fail_unless (gst_bus_pop_filtered (gate.bus, GST_MESSAGE_WARNING) == NULL);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_what_downstream_answers_to_a_slate_goes_upstream)
{
  Gate gate = gate_new_full (RAW, "when-blocked=blank");

  gst_pad_set_active (gate.h->sinkpad, FALSE);
  fail_unless_equals_int (gst_harness_push (gate.h, make (GST_E2EE_STATE_ON, 0)),
      GST_FLOW_FLUSHING);
  gate_free (&gate);
}

GST_END_TEST;

/* -- End of stream, and a new one -- */

/* What leaves, in a few letters: stream-start, caps, segment, tags, buffer, eos. */
static GString *
seen (Gate * gate)
{
  GString *letters = g_string_new (NULL);
  GstEvent *event;

  while ((event = gst_harness_try_pull_event (gate->h)) != NULL) {
    switch (GST_EVENT_TYPE (event)) {
      case GST_EVENT_STREAM_START:
        g_string_append_c (letters, 's');
        break;
      case GST_EVENT_CAPS:
        g_string_append_c (letters, 'c');
        break;
      case GST_EVENT_SEGMENT:
        g_string_append_c (letters, 'g');
        break;
      case GST_EVENT_TAG:
        g_string_append_c (letters, 't');
        break;
      case GST_EVENT_FLUSH_START:
        g_string_append_c (letters, '(');
        break;
      case GST_EVENT_FLUSH_STOP:
        g_string_append_c (letters, ')');
        break;
      case GST_EVENT_EOS:
        g_string_append_c (letters, 'e');
        break;
      default:
        g_string_append_c (letters, '?');
        break;
    }
    gst_event_unref (event);
  }
  return letters;
}

static void
expect_seen (Gate * gate, const gchar * expected)
{
  GString *letters = seen (gate);

  fail_unless_equals_string (letters->str, expected);
  g_string_free (letters, TRUE);
}

GST_START_TEST (test_closing_ends_the_stream_and_opening_begins_another)
{
  Gate gate = gate_new_full (RAW, "when-blocked=eos");
  GstMessage *message;
  guint segment;

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_seen (&gate, "scg");
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  expect_seen (&gate, "e");
  push (&gate, make (GST_E2EE_STATE_ON, 2));
  push (&gate, make (GST_E2EE_STATE_OFF, 3));
  expect_seen (&gate, "scg");
  push (&gate, make (GST_E2EE_STATE_OFF, 4));
  push (&gate, make (GST_E2EE_STATE_ON, 5));
  expect_seen (&gate, "e");
  fail_unless_equals_int (pull_public (&gate), 3);

  expect_message (&gate, TRUE, "off", 0);
  expect_message (&gate, FALSE, "on", 0);
  message = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_ELEMENT);
  gst_structure_get_uint (gst_message_get_structure (message), "segment", &segment);
  gst_message_unref (message);
  fail_unless_equals_int (segment, 2);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_a_stream_that_was_never_public_is_not_ended)
{
  Gate gate = gate_new_full (RAW, "when-blocked=eos");

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  expect_seen (&gate, "scg");
  push (&gate, make (GST_E2EE_STATE_OFF, 1));
  expect_seen (&gate, "");
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_what_structures_a_stream_while_it_has_ended_comes_with_the_next)
{
  Gate gate = gate_new_full (RAW, "when-blocked=eos");
  GstSegment segment;

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  expect_seen (&gate, "scge");
  gst_harness_set_src_caps_str (gate.h,
      "video/x-raw,format=GRAY8,width=2,height=8,framerate=50/1");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  fail_unless (gst_harness_push_event (gate.h, gst_event_new_segment (&segment)));
  fail_unless (gst_harness_push_event (gate.h,
          gst_event_new_tag (gst_tag_list_new (GST_TAG_VIDEO_CODEC, "raw", NULL))));
  fail_unless (gst_harness_push_event (gate.h, gst_event_new_gap (FRAME, FRAME)));
  expect_seen (&gate, "");
  push (&gate, make (GST_E2EE_STATE_OFF, 2));
  expect_seen (&gate, "scgt");
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_the_end_of_all_comes_once)
{
  Gate gate = gate_new_full (RAW, "when-blocked=eos");

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  expect_seen (&gate, "scge");
  fail_unless (gst_harness_push_event (gate.h, gst_event_new_eos ()));
  expect_seen (&gate, "");
  gate_free (&gate);
}

GST_END_TEST;

/* -- Flush on close -- */

static const struct
{
  const gchar *properties;
  const gchar *seen;
} flushes[] = {
  {"feature=transcription", "()g"},
  {"feature=captions", "()g"},
  {"feature=notes", "()g"},
  {"feature=recording", ""},
  {"feature=streaming", ""},
  {"feature=breakout", ""},
  {"feature=recording flush-on-close=always", "()g"},
  {"feature=transcription flush-on-close=never", ""},
  {"feature=transcription flush-on-close=always when-blocked=eos", "e"},
};

GST_START_TEST (test_closing_flushes_what_gathers_media)
{
  Gate gate = gate_new_full (RAW, flushes[__i__].properties);

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  expect_seen (&gate, "scg");
  push (&gate, make (GST_E2EE_STATE_OFF, 1));
  expect_seen (&gate, "");
  push (&gate, make (GST_E2EE_STATE_ON, 2));
  expect_seen (&gate, flushes[__i__].seen);
  push (&gate, make (GST_E2EE_STATE_ON, 3));
  expect_seen (&gate, "");
  push (&gate, make (GST_E2EE_STATE_OFF, 4));
  fail_unless_equals_int (pull_public (&gate), 2);
  fail_unless_equals_uint64 (counter (&gate, "flushes"), flushes[__i__].seen[0] == '(');
  gate_free (&gate);
}

GST_END_TEST;

static GstPadProbeReturn
hold (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_a_flush_empties_the_queue_behind_the_gate)
{
  GstHarness *h = gst_harness_new_parse ("e2eepolicy feature=captions"
      " ! queue name=queue max-size-buffers=0 max-size-bytes=0 max-size-time=0");
  GstElement *queue = gst_bin_get_by_name (GST_BIN (h->element), "queue");
  GstPad *src = gst_element_get_static_pad (queue, "src");
  gulong block;
  guint level;

  /* Nothing leaves the queue. */
  block = gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER,
      hold, NULL, NULL);
  gst_harness_set_src_caps_str (h, RAW);
  for (guint i = 0; i < 5; i++)
    fail_unless_equals_int (gst_harness_push (h, make (GST_E2EE_STATE_OFF, i)), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_push (h, make (GST_E2EE_STATE_ON, 5)), GST_FLOW_OK);
  g_object_get (queue, "current-level-buffers", &level, NULL);
  fail_unless_equals_int (level, 0);

  gst_pad_remove_probe (src, block);
  fail_unless_equals_int (gst_harness_push (h, make (GST_E2EE_STATE_OFF, 6)), GST_FLOW_OK);
  gst_buffer_unref (gst_harness_pull (h));
  gst_object_unref (src);
  gst_object_unref (queue);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
e2eepolicy_blocked_suite (void)
{
  Suite *s = suite_create ("e2eepolicy-blocked");
  TCase *tc = tcase_create ("blocked");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_gap_mode_replaces_every_buffer_by_a_gap);
  tcase_add_test (tc, test_packets_of_one_frame_leave_one_gap);
  tcase_add_test (tc, test_drop_mode_lets_no_gap_through);
  tcase_add_loop_test (tc, test_a_picture_is_replaced_by_words_in_its_own_format, 0,
      G_N_ELEMENTS (video_formats));
  tcase_add_loop_test (tc, test_the_words_fit_or_are_left_out, 0, G_N_ELEMENTS (sizes));
  tcase_add_test (tc, test_the_slate_is_drawn_once);
  tcase_add_loop_test (tc, test_sound_is_replaced_by_silence_of_the_same_length, 0,
      G_N_ELEMENTS (audio_formats));
  tcase_add_test (tc, test_planar_sound_keeps_its_layout);
  tcase_add_test (tc, test_after_a_slate_the_picture_goes_on_without_a_hole);
  tcase_add_loop_test (tc, test_what_has_no_slate_leaves_gaps_and_says_so_once, 0,
      G_N_ELEMENTS (no_slate));
  tcase_add_test (tc, test_what_downstream_answers_to_a_slate_goes_upstream);
  tcase_add_test (tc, test_closing_ends_the_stream_and_opening_begins_another);
  tcase_add_test (tc, test_a_stream_that_was_never_public_is_not_ended);
  tcase_add_test (tc, test_what_structures_a_stream_while_it_has_ended_comes_with_the_next);
  tcase_add_test (tc, test_the_end_of_all_comes_once);
  tcase_add_loop_test (tc, test_closing_flushes_what_gathers_media, 0, G_N_ELEMENTS (flushes));
  tcase_add_test (tc, test_a_flush_empties_the_queue_behind_the_gate);
  return s;
}

GST_CHECK_MAIN (e2eepolicy_blocked);
