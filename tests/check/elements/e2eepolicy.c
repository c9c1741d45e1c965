/* e2eepolicy: what passes the gate, what does not, and what it says about it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"

#include <glib/gstdio.h>
#include <gst/rtp/gstrtpbuffer.h>

/* -- Which state opens -- */

static const struct
{
  GstE2eeState state;
  const gchar *reason;
  const gchar *counter;
} closed_states[] = {
  {GST_E2EE_STATE_UNKNOWN, "unknown", "dropped-unknown"},
  {GST_E2EE_STATE_SWITCHING, "switching", "dropped-switching"},
  {GST_E2EE_STATE_ON, "on", "dropped-on"},
  {GST_E2EE_STATE_VERIFIED, "verified", "dropped-verified"},
  {GST_E2EE_STATE_DEGRADED, "degraded", "dropped-degraded"},
  {NO_STATE, "unknown", "dropped-unknown"},
};

GST_START_TEST (test_every_state_but_off_is_closed)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (closed_states[__i__].state, 0));
  push (&gate, make (closed_states[__i__].state, 1));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  fail_if (is_open (&gate));
  fail_unless_equals_uint64 (counter (&gate, closed_states[__i__].counter), 2);
  fail_unless_equals_uint64 (counter (&gate, "passed"), 0);
  expect_message (&gate, FALSE, closed_states[__i__].reason, 0);
  expect_no_message (&gate);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_every_state_but_off_closes_an_open_gate)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  fail_unless (is_open (&gate));
  push (&gate, make (closed_states[__i__].state, 1));
  expect_message (&gate, FALSE, closed_states[__i__].reason, 0);
  fail_if (is_open (&gate));
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_off_passes_untouched)
{
  Gate gate = gate_new (RAW);
  GstBuffer *in = make (GST_E2EE_STATE_OFF, 0), *out;

  push (&gate, in);
  out = gst_harness_pull (gate.h);
  fail_unless (out == in);
  fail_if (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_an_event_does_not_open_the_gate)
{
  Gate gate = gate_new (RAW);
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_OFF, NULL, 0);

  gst_harness_push_event (gate.h, gst_event_new_e2ee_status (status));
  push (&gate, make (NO_STATE, 0));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  gst_e2ee_status_unref (status);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Reopening -- */

GST_START_TEST (test_raw_media_reopens_at_once_with_discont)
{
  static const gchar *const caps[] = { RAW, AUDIO, "text/x-raw,format=utf8", RTP_OPUS };
  Gate gate = gate_new (caps[__i__]);
  GstBuffer *out;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  push (&gate, make (GST_E2EE_STATE_OFF, 2));
  expect_message (&gate, FALSE, "on", 0);
  expect_message (&gate, TRUE, "off", 2);
  out = gst_harness_pull (gate.h);
  fail_unless_equals_int (GST_BUFFER_OFFSET (out), 2);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);

  push (&gate, make (GST_E2EE_STATE_OFF, 3));
  out = gst_harness_pull (gate.h);
  fail_if (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  fail_unless_equals_int (count_key_frame_requests (&gate), 0);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_encoded_video_reopens_at_a_key_frame)
{
  Gate gate = gate_new (VP8);
  GstBuffer *out;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 1));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 2));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  fail_unless_equals_uint64 (counter (&gate, "dropped-waiting-keyframe"), 2);
  push (&gate, make (GST_E2EE_STATE_OFF, 3));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 4));
  out = gst_harness_pull (gate.h);
  fail_unless_equals_int (GST_BUFFER_OFFSET (out), 3);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  fail_unless_equals_int (pull_public (&gate), 1);
  expect_message (&gate, FALSE, "on", 0);
  expect_message (&gate, TRUE, "off", 3);
  expect_no_message (&gate);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_key_frames_are_asked_for_once_a_second)
{
  Gate gate = gate_new (VP8);

  for (guint i = 0; i < 50; i++)
    push (&gate, make_delta (GST_E2EE_STATE_OFF, i));
  fail_unless_equals_int (count_key_frame_requests (&gate), 1);
  for (guint i = 50; i < 101; i++)
    push (&gate, make_delta (GST_E2EE_STATE_OFF, i));
  fail_unless_equals_int (count_key_frame_requests (&gate), 2);

  /* The next closed spell does not wait for the rest of the second. */
  push (&gate, make (GST_E2EE_STATE_OFF, 101));
  push (&gate, make (GST_E2EE_STATE_ON, 102));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 103));
  fail_unless_equals_int (count_key_frame_requests (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_private_video_asks_for_no_key_frame)
{
  Gate gate = gate_new (VP8);

  for (guint i = 0; i < 10; i++)
    push (&gate, make_delta (GST_E2EE_STATE_ON, i));
  fail_unless_equals_int (count_key_frame_requests (&gate), 0);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_rtp_video_reopens_at_the_first_packet_of_a_key_frame)
{
  Gate gate = gate_new (RTP_VP8);
  GstBuffer *out;

  push (&gate, make_rtp (GST_E2EE_STATE_ON, 0, TRUE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 1, FALSE, TRUE));  /* in mid-frame */
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 2, TRUE, FALSE));  /* a delta frame without the flag */
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 3, FALSE, FALSE));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 4, TRUE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 5, FALSE, TRUE));
  out = gst_harness_pull (gate.h);
  fail_unless_equals_int (GST_BUFFER_OFFSET (out), 4);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

/* A frame says nothing while it is protected; the descriptor does. */
GST_START_TEST (test_vp9_reopens_at_the_lowest_layer_of_a_key_picture)
{
  static const struct
  {
    const gchar *name;
    guint8 front[4];
  } no_entries[] = {
    {"a later picture", {0xe8, 0x05, 0x00, 0x01}},
    {"a later packet of a key frame", {0xa0, 0x05, 0x00, 0x01}},
    {"an upper layer of a key picture", {0xa8, 0x05, 0x03, 0x01}},
    {"no VP9", {0x1c, 0x05, 0x00, 0x01}},
  };
  static const guint8 entry[] = { 0xa8, 0x05, 0x00, 0x01 };
  Gate gate = gate_new (RTP_VP9);
  guint n = 0;

  push (&gate, make_rtp_with (GST_E2EE_STATE_ON, n++, entry, sizeof (entry)));
  for (guint i = 0; i < G_N_ELEMENTS (no_entries); i++) {
    push (&gate, make_rtp_with (GST_E2EE_STATE_OFF, n++, no_entries[i].front, 4));
    fail_unless (gst_harness_buffers_received (gate.h) == 0, "%s", no_entries[i].name);
  }
  push (&gate, make_rtp_with (GST_E2EE_STATE_OFF, n++, entry, sizeof (entry)));
  push (&gate, make_rtp_with (GST_E2EE_STATE_OFF, n++, no_entries[2].front, 4));
  fail_unless_equals_int (pull_public (&gate), 2);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_a_key_frame_whose_first_packet_was_lost_does_not_reopen)
{
  Gate gate = gate_new (RTP_VP8);

  push (&gate, make_rtp (GST_E2EE_STATE_ON, 0, TRUE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 2, FALSE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 3, FALSE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 4, TRUE, FALSE));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 5, TRUE, TRUE));
  fail_unless_equals_int (pull_public (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_what_is_not_rtp_does_not_reopen_rtp)
{
  Gate gate = gate_new (RTP_VP8);
  GstBuffer *one_byte;

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  push (&gate, stamp (gst_buffer_new (), GST_E2EE_STATE_OFF, 1));
  push (&gate, stamp (gst_rtp_buffer_new_allocate (0, 0, 0), GST_E2EE_STATE_OFF, 2));
  one_byte = gst_rtp_buffer_new_allocate (1, 0, 0);
  gst_buffer_memset (one_byte, 12, 0x10, 1);    /* a descriptor, and no frame */
  push (&gate, stamp (one_byte, GST_E2EE_STATE_OFF, 3));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_rtp_video_without_recognisable_key_frames_stays_closed_and_says_so)
{
  Gate gate = gate_new (RTP_THEORA);
  GstMessage *warning;

  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 0, TRUE, TRUE));
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 1, TRUE, TRUE));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), 0);
  warning = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_WARNING);
  fail_unless (warning != NULL);
  gst_message_unref (warning);
  fail_unless (gst_bus_pop_filtered (gate.bus, GST_MESSAGE_WARNING) == NULL);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Many toggles -- */

/* The same throws in every run. */
GST_START_TEST (test_a_thousand_toggles_let_nothing_private_out)
{
  static const gchar *const caps[] = { RAW, VP8 };
  Gate gate = gate_new (caps[__i__ & 1]);
  guint32 dice = 20 + __i__;
  guint public_buffers = 0, n = 0, opened = 0, closed = 0;
  gboolean last_open = FALSE, is_first = TRUE;
  GstMessage *message;
  guint64 sum = 0;

  g_object_set (gate.h->element, "when-blocked", __i__ >> 1, NULL);
  for (guint toggle = 0; toggle < 1000; toggle++) {
    GstE2eeState state = toggle & 1 ? GST_E2EE_STATE_OFF
        : (GstE2eeState) (throw_dice (&dice, 7) - 1);
    guint length = 1 + throw_dice (&dice, 5);
    GstBufferList *list = gst_buffer_list_new ();

    for (guint i = 0; i < length; i++, n++) {
      gst_buffer_list_add (list, throw_dice (&dice, 2) ? make (state, n) : make_delta (state, n));
      public_buffers += state == GST_E2EE_STATE_OFF;
    }
    fail_unless_equals_int (gst_pad_push_list (gate.h->srcpad, list), GST_FLOW_OK);
  }

  /* Every message is a change, and the first one and the last one tell the truth. */
  while ((message = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_ELEMENT)) != NULL) {
    gboolean open;

    gst_structure_get_boolean (gst_message_get_structure (message), "open", &open);
    fail_unless (is_first || open != last_open);
    is_first = FALSE;
    last_open = open;
    opened += open;
    closed += !open;
    gst_message_unref (message);
  }
  fail_unless_equals_int (last_open, is_open (&gate));
  fail_unless_equals_uint64 (counter (&gate, "opened"), opened);
  fail_unless_equals_uint64 (counter (&gate, "closed"), closed);

  /* Nothing is lost without a trace. */
  fail_unless_equals_uint64 (counter (&gate, "passed")
      + counter (&gate, "dropped-waiting-keyframe"), public_buffers);
  sum = counter (&gate, "passed") + counter (&gate, "dropped-on")
      + counter (&gate, "dropped-verified") + counter (&gate, "dropped-switching")
      + counter (&gate, "dropped-degraded") + counter (&gate, "dropped-unknown")
      + counter (&gate, "dropped-waiting-keyframe");
  fail_unless_equals_uint64 (sum, n);
  fail_unless_equals_uint64 (counter (&gate, "gaps"),
      __i__ >> 1 ? n - counter (&gate, "passed") : 0);
  fail_unless_equals_uint64 (pull_public (&gate), counter (&gate, "passed"));
  gate_free (&gate);
}

GST_END_TEST;

/* -- A recorder behind the gate -- */

static GstPadProbeReturn
stamp_pictures (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  static const GstE2eeState way[] = { GST_E2EE_STATE_OFF, GST_E2EE_STATE_ON,
    GST_E2EE_STATE_SWITCHING, GST_E2EE_STATE_OFF, NO_STATE, GST_E2EE_STATE_OFF
  };
  guint *n = data;
  GstE2eeState state = way[*n / 10 % G_N_ELEMENTS (way)];

  info->data = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  gst_buffer_memset (info->data, 0, state == GST_E2EE_STATE_OFF ? 'P' : 'S', -1);
  stamp (info->data, state, *n);
  (*n)++;
  return GST_PAD_PROBE_OK;
}

static void
run (const gchar * description, guint * n)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  GstElement *source;
  GstMessage *message;
  GstBus *bus;

  g_assert_no_error (error);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  if (source != NULL) {
    GstPad *pad = gst_element_get_static_pad (source, "src");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stamp_pictures, n, NULL);
    gst_object_unref (pad);
    gst_object_unref (source);
  }
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  fail_unless_equals_string (GST_MESSAGE_TYPE_NAME (message), "eos");
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

static guint n_public, n_private;

static void
look_at_picture (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (gsize i = 0; i < map.size; i++)
    if (map.data[i] != 'P') {
      n_private++;
      break;
    }
  n_public++;
  gst_buffer_unmap (buffer, &map);
}

GST_START_TEST (test_a_recording_holds_public_pictures_only)
{
  static const gchar *const when_blocked[] = { "drop", "gap" };
  gchar *folder = g_dir_make_tmp ("e2eepolicy-XXXXXX", NULL);
  gchar *file = g_build_filename (folder, "meeting.mkv", NULL);
  gchar *record = g_strdup_printf ("videotestsrc name=source num-buffers=60"
      " ! video/x-raw,format=I420,width=64,height=64,framerate=50/1"
      " ! e2eepolicy feature=recording when-blocked=%s ! matroskamux ! filesink location=%s",
      when_blocked[__i__], file);
  GstElement *player;
  guint n = 0;
  gchar *play = g_strdup_printf ("filesrc location=%s ! matroskademux"
      " ! fakesink name=sink signal-handoffs=true", file);
  GstElement *sink;
  GstMessage *message;
  GstBus *bus;

  run (record, &n);
  fail_unless_equals_int (n, 60);

  n_public = n_private = 0;
  player = gst_parse_launch (play, NULL);
  sink = gst_bin_get_by_name (GST_BIN (player), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (look_at_picture), NULL);
  bus = gst_element_get_bus (player);
  gst_element_set_state (player, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  fail_unless_equals_string (GST_MESSAGE_TYPE_NAME (message), "eos");
  gst_message_unref (message);
  gst_element_set_state (player, GST_STATE_NULL);
  fail_unless_equals_int (n_public, 30);
  fail_unless_equals_int (n_private, 0);

  gst_object_unref (sink);
  gst_object_unref (bus);
  gst_object_unref (player);
  g_unlink (file);
  g_rmdir (folder);
  g_free (play);
  g_free (record);
  g_free (file);
  g_free (folder);
}

GST_END_TEST;

static Suite *
e2eepolicy_suite (void)
{
  Suite *s = suite_create ("e2eepolicy");
  TCase *tc = tcase_create ("gate");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_every_state_but_off_is_closed, 0, G_N_ELEMENTS (closed_states));
  tcase_add_loop_test (tc, test_every_state_but_off_closes_an_open_gate, 0,
      G_N_ELEMENTS (closed_states));
  tcase_add_test (tc, test_off_passes_untouched);
  tcase_add_test (tc, test_an_event_does_not_open_the_gate);
  tcase_add_loop_test (tc, test_raw_media_reopens_at_once_with_discont, 0, 4);
  tcase_add_test (tc, test_encoded_video_reopens_at_a_key_frame);
  tcase_add_test (tc, test_key_frames_are_asked_for_once_a_second);
  tcase_add_test (tc, test_private_video_asks_for_no_key_frame);
  tcase_add_test (tc, test_rtp_video_reopens_at_the_first_packet_of_a_key_frame);
  tcase_add_test (tc, test_vp9_reopens_at_the_lowest_layer_of_a_key_picture);
  tcase_add_test (tc, test_a_key_frame_whose_first_packet_was_lost_does_not_reopen);
  tcase_add_test (tc, test_what_is_not_rtp_does_not_reopen_rtp);
  tcase_add_test (tc, test_rtp_video_without_recognisable_key_frames_stays_closed_and_says_so);
  tcase_add_loop_test (tc, test_a_thousand_toggles_let_nothing_private_out, 0, 4);
  tcase_add_loop_test (tc, test_a_recording_holds_public_pictures_only, 0, 2);
  return s;
}

GST_CHECK_MAIN (e2eepolicy);
