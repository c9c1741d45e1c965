/* e2eepolicy: what leaves a closed gate.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"

#include <gst/rtp/gstrtpbuffer.h>

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

static Suite *
e2eepolicy_blocked_suite (void)
{
  Suite *s = suite_create ("e2eepolicy-blocked");
  TCase *tc = tcase_create ("blocked");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_gap_mode_replaces_every_buffer_by_a_gap);
  tcase_add_test (tc, test_packets_of_one_frame_leave_one_gap);
  tcase_add_test (tc, test_drop_mode_lets_no_gap_through);
  return s;
}

GST_CHECK_MAIN (e2eepolicy_blocked);
