/* e2eepolicy: events at a closed gate, and what makes it forget.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"

#include <gst/video/video.h>

/* -- Events -- */

GST_START_TEST (test_structure_passes_a_closed_gate_in_order)
{
  static const GstEventType order[] = {
    GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT, GST_EVENT_SEGMENT, GST_EVENT_EOS
  };
  Gate gate = gate_new (RAW);
  GstSegment segment;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = GST_SECOND;
  gst_harness_push_event (gate.h, gst_event_new_segment (&segment));
  gst_harness_push_event (gate.h, gst_event_new_eos ());
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    GstEvent *event = gst_harness_pull_event (gate.h);

    fail_unless_equals_string (GST_EVENT_TYPE_NAME (event), gst_event_type_get_name (order[i]));
    gst_event_unref (event);
  }
  gate_free (&gate);
}

GST_END_TEST;

static GstEvent *
make_tags (void)
{
  return gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "what was said", GST_TAG_COMMENT,
          "by whom", GST_TAG_VIDEO_CODEC, "VP8", GST_TAG_BITRATE, 64000, NULL));
}

GST_START_TEST (test_a_closed_gate_reduces_tags_to_what_is_technical)
{
  Gate gate = gate_new (RAW);
  GstTagList *tags;
  GstEvent *event;

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  gst_harness_push_event (gate.h, make_tags ());
  event = pull_event (&gate, GST_EVENT_TAG);
  fail_unless (event != NULL);
  gst_event_parse_tag (event, &tags);
  fail_unless_equals_int (gst_tag_list_n_tags (tags), 2);
  fail_unless_equals_int (gst_tag_list_get_tag_size (tags, GST_TAG_VIDEO_CODEC), 1);
  fail_unless_equals_int (gst_tag_list_get_tag_size (tags, GST_TAG_BITRATE), 1);
  gst_event_unref (event);

  gst_harness_push_event (gate.h, gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "x", NULL)));
  fail_unless (pull_event (&gate, GST_EVENT_TAG) == NULL);
  fail_unless_equals_uint64 (counter (&gate, "dropped-events"), 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_an_open_gate_passes_tags_as_they_are)
{
  Gate gate = gate_new (RAW);
  GstEvent *in = make_tags (), *out;

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  gst_harness_push_event (gate.h, in);
  out = pull_event (&gate, GST_EVENT_TAG);
  fail_unless (out == in);
  gst_event_unref (out);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_events_that_may_carry_content_stay_out_of_a_closed_gate)
{
  Gate gate = gate_new (RAW);
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_ON, NULL, 0);
  GstToc *toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);

  push (&gate, make (GST_E2EE_STATE_ON, 0));
  gst_harness_push_event (gate.h, gst_event_new_toc (toc, FALSE));
  gst_harness_push_event (gate.h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
          gst_structure_new ("caption", "text", G_TYPE_STRING, "what was said", NULL)));
  gst_harness_push_event (gate.h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB,
          gst_structure_new ("caption", "text", G_TYPE_STRING, "what was said", NULL)));
  gst_harness_push_event (gate.h, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
          gst_structure_new ("caption", "text", G_TYPE_STRING, "what was said", NULL)));
  fail_unless_equals_uint64 (counter (&gate, "dropped-events"), 4);

  gst_harness_push_event (gate.h, gst_event_new_e2ee_status (status));
  gst_harness_push_event (gate.h, gst_video_event_new_downstream_force_key_unit (0, 0, 0, TRUE, 1));
  fail_unless_equals_uint64 (counter (&gate, "dropped-events"), 4);
  fail_unless_equals_int (count_events (&gate, GST_EVENT_CUSTOM_DOWNSTREAM_STICKY), 1);
  gst_toc_unref (toc);
  gst_e2ee_status_unref (status);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_upstream_events_pass_a_closed_gate)
{
  Gate gate = gate_new (RAW);

  gst_harness_push_upstream_event (gate.h,
      gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 1));
  fail_unless_equals_int (count_key_frame_requests (&gate), 1);
  gate_free (&gate);
}

GST_END_TEST;

/* -- Flush, caps, states -- */

GST_START_TEST (test_after_a_flush_the_gate_is_closed_until_it_has_seen_a_status)
{
  Gate gate = gate_new (VP8);
  GstSegment segment;

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_harness_push_event (gate.h, gst_event_new_flush_start ());
  gst_harness_push_event (gate.h, gst_event_new_flush_stop (TRUE));
  fail_if (is_open (&gate));
  expect_message (&gate, FALSE, "flush", 0);

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (gate.h, gst_event_new_segment (&segment));
  push (&gate, make_delta (GST_E2EE_STATE_OFF, 1));
  expect_message (&gate, FALSE, "waiting-keyframe", 0);
  push (&gate, make (GST_E2EE_STATE_OFF, 2));
  expect_message (&gate, TRUE, "off", 1);
  fail_unless_equals_int (pull_public (&gate), 2);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_caps_of_another_kind_close_the_gate)
{
  Gate gate = gate_new (RTP_OPUS);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_harness_set_src_caps_str (gate.h, RTP_VP8);
  expect_message (&gate, FALSE, "caps", 0);
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 1, TRUE, FALSE));
  expect_message (&gate, FALSE, "waiting-keyframe", 0);
  push (&gate, make_rtp (GST_E2EE_STATE_OFF, 2, TRUE, TRUE));
  expect_message (&gate, TRUE, "off", 1);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_caps_of_the_same_kind_leave_the_gate_open)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_harness_set_src_caps_str (gate.h,
      "video/x-raw,format=GRAY8,width=2,height=8,framerate=50/1");
  expect_no_message (&gate);
  push (&gate, make (GST_E2EE_STATE_OFF, 1));
  fail_unless_equals_int (pull_public (&gate), 2);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_a_new_stream_starts_closed)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_harness_push_event (gate.h, gst_event_new_stream_start ("another"));
  expect_message (&gate, FALSE, "stream-start", 0);
  fail_if (is_open (&gate));
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_ready_forgets_the_stream)
{
  Gate gate = gate_new (RAW);

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  expect_message (&gate, TRUE, "off", 0);
  gst_element_set_state (gate.h->element, GST_STATE_READY);
  expect_message (&gate, FALSE, "stopped", 0);
  fail_if (is_open (&gate));
  fail_unless_equals_uint64 (counter (&gate, "passed"), 1);

  gst_element_set_state (gate.h->element, GST_STATE_PLAYING);
  fail_unless_equals_uint64 (counter (&gate, "passed"), 0);
  expect_no_message (&gate);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_the_segment_makes_the_running_time_of_a_message)
{
  Gate gate = gate_new (NULL);
  GstCaps *caps = gst_caps_from_string (RAW);
  GstMessage *message;
  GstSegment segment;
  guint64 running_time, epoch;

  gst_harness_push_event (gate.h, gst_event_new_stream_start ("a"));
  gst_harness_push_event (gate.h, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 2 * FRAME;
  segment.base = GST_SECOND;
  gst_harness_push_event (gate.h, gst_event_new_segment (&segment));
  push (&gate, make (GST_E2EE_STATE_ON, 3));
  message = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_ELEMENT);
  fail_unless (gst_structure_get (gst_message_get_structure (message), "running-time",
          G_TYPE_UINT64, &running_time, "epoch", G_TYPE_UINT64, &epoch, NULL));
  fail_unless_equals_uint64 (running_time, GST_SECOND + FRAME);
  fail_unless_equals_uint64 (epoch, 7);
  gst_message_unref (message);
  gate_free (&gate);
}

GST_END_TEST;

static GstBusSyncReply
read_stats_in_handler (GstBus * bus, GstMessage * message, gpointer data)
{
  GstStructure *stats;
  gboolean open;

  g_object_get (GST_MESSAGE_SRC (message), "stats", &stats, "open", &open, NULL);
  gst_structure_free (stats);
  g_object_set (GST_MESSAGE_SRC (message), "feature", 1, NULL);
  (*(guint *) data)++;
  gst_message_unref (message);
  return GST_BUS_DROP;
}

GST_START_TEST (test_no_lock_is_held_while_a_message_is_posted)
{
  Gate gate = gate_new (RAW);
  guint n = 0;

  gst_bus_set_sync_handler (gate.bus, read_stats_in_handler, &n, NULL);
  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  push (&gate, make (GST_E2EE_STATE_ON, 1));
  fail_unless_equals_int (n, 2);
  gst_bus_set_sync_handler (gate.bus, NULL, NULL, NULL);
  gate_free (&gate);
}

GST_END_TEST;

GST_START_TEST (test_a_pull_does_not_go_around_the_gate)
{
  GstElement *gate = gst_element_factory_make ("e2eepolicy", NULL);
  GstPad *src = gst_element_get_static_pad (gate, "src");
  GstQuery *query = gst_query_new_scheduling ();

  fail_if (gst_pad_query (src, query)
      && gst_query_has_scheduling_mode (query, GST_PAD_MODE_PULL));
  fail_if (gst_pad_activate_mode (src, GST_PAD_MODE_PULL, TRUE));
  gst_query_unref (query);
  gst_object_unref (src);
  gst_object_unref (gate);
}

GST_END_TEST;

static Suite *
e2eepolicy_events_suite (void)
{
  Suite *s = suite_create ("e2eepolicy-events");
  TCase *tc = tcase_create ("events");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_structure_passes_a_closed_gate_in_order);
  tcase_add_test (tc, test_a_closed_gate_reduces_tags_to_what_is_technical);
  tcase_add_test (tc, test_an_open_gate_passes_tags_as_they_are);
  tcase_add_test (tc, test_events_that_may_carry_content_stay_out_of_a_closed_gate);
  tcase_add_test (tc, test_upstream_events_pass_a_closed_gate);
  tcase_add_test (tc, test_after_a_flush_the_gate_is_closed_until_it_has_seen_a_status);
  tcase_add_test (tc, test_caps_of_another_kind_close_the_gate);
  tcase_add_test (tc, test_caps_of_the_same_kind_leave_the_gate_open);
  tcase_add_test (tc, test_a_new_stream_starts_closed);
  tcase_add_test (tc, test_ready_forgets_the_stream);
  tcase_add_test (tc, test_the_segment_makes_the_running_time_of_a_message);
  tcase_add_test (tc, test_no_lock_is_held_while_a_message_is_posted);
  tcase_add_test (tc, test_a_pull_does_not_go_around_the_gate);
  return s;
}

GST_CHECK_MAIN (e2eepolicy_events);
