/* Sequence numbers: wraps, gaps, other SSRCs and jumps, flush and drain.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

static Kit *
vp8_kit (void)
{
  return kit_new (&e2ee_rtp_codec_vp8, 1200);
}

static Kit *
opus_kit (void)
{
  return kit_new (&e2ee_rtp_codec_opus, 1200);
}

/* ---- numbers ---- */

GST_START_TEST (test_wraps_in_the_middle_of_a_frame_are_followed)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (65533, 0xfffffff0, TRUE, TRUE, "0"));
  kit_push (kit, kit_vp8 (65535, 0xffffffff, FALSE, FALSE, "B"));
  kit_push (kit, kit_vp8 (0, 0xffffffff, FALSE, TRUE, "C"));
  kit_push (kit, kit_vp8 (65534, 0xffffffff, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (2, 0, FALSE, TRUE, "E"));
  kit_push (kit, kit_vp8 (1, 0, TRUE, FALSE, "D"));
  kit_assert_frames (kit, "0|ABC|DE");
  kit_assert_seqs (kit, "65533 65534 65535");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_growing_numbers_wrap_before_those_that_came)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 12 + 1 + 100);

  kit->grow = 99 + 100;
  kit_push (kit, kit_vp8 (65533, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (65534, 2, TRUE, TRUE, "B"));
  kit_push (kit, kit_vp8 (65535, 3, TRUE, TRUE, "C"));
  kit_assert_seqs (kit, "65533 65534 65535 0 1 2");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_numbers_stay_contiguous_over_two_cycles)
{
  Kit *kit = opus_kit ();
  guint n_wrong = 0;

  for (guint i = 0; i < 70000; i++)
    kit_push (kit, kit_opus ((guint16) (65000 + i), "x"));
  fail_unless_equals_int (kit->out->len, 70000);
  for (guint i = 0; i < 70000; i++)
    n_wrong += kit_seq (kit->out->pdata[i]) != (guint16) (65000 + i);
  fail_unless_equals_int (n_wrong, 0);
  kit_assert_stat (kit, frames, 70000);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_lost_packets_leave_their_gap)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (14, 2, TRUE, TRUE, "B"));
  kit_push (kit, kit_vp8 (15, 3, TRUE, TRUE, "C"));
  kit_assert_seqs (kit, "10 14 15");
  fail_unless (g_array_index (kit->infos, E2eeRtpFrame, 1).discont);
  fail_if (g_array_index (kit->infos, E2eeRtpFrame, 2).discont);
  fail_unless (GST_BUFFER_IS_DISCONT (kit->out->pdata[1]));
  fail_if (GST_BUFFER_IS_DISCONT (kit->out->pdata[2]));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_dropped_frame_leaves_the_gap_of_its_packets)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit->action = KIT_DROP;
  kit_push (kit, kit_vp8 (11, 2, TRUE, FALSE, "B"));
  kit_push (kit, kit_vp8 (12, 2, FALSE, TRUE, "B"));
  kit->action = KIT_WRITE;
  kit_push (kit, kit_vp8 (13, 3, TRUE, TRUE, "C"));
  kit_assert_seqs (kit, "10 13");
  fail_unless (GST_BUFFER_IS_DISCONT (kit->out->pdata[1]));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_other_ssrc_starts_over)
{
  Kit *kit = vp8_kit ();
  KitPacket other = { 500, 9, TRUE, "\x10" "X",.ssrc = 0xabcd };
  KitPacket padding = { 11, 1,.padding = 200 };

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_vp8 (12, 2, TRUE, FALSE, "B"));
  kit_push (kit, kit_packet (&other));
  kit_assert_frames (kit, "A|X");
  kit_assert_seqs (kit, "10 500");
  kit_assert_stat (kit, incomplete, 1);
  fail_unless_equals_uint64 (g_array_index (kit->infos, E2eeRtpFrame, 1).ssrc, 0xabcd);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_other_ssrc_is_a_discontinuity_even_where_its_numbers_go_on)
{
  Kit *kit = vp8_kit ();
  KitPacket other = { 11, 9, TRUE, "\x10" "X",.ssrc = 0xabcd };

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_packet (&other));
  fail_if (GST_BUFFER_IS_DISCONT (kit->out->pdata[0]));
  fail_unless (GST_BUFFER_IS_DISCONT (kit->out->pdata[1]));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_other_ssrc_knows_nothing_of_older_gaps)
{
  Kit *kit = opus_kit ();
  KitPacket padding = { 99, 1,.padding = 200 };
  KitPacket other = { 100, 9, FALSE, "x",.ssrc = 0xabcd };

  kit_push (kit, kit_opus (98, "a"));
  kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_opus (100, "c"));
  kit_push (kit, kit_opus (102, "e"));
  kit_push (kit, kit_packet (&other));
  other.seq = 103;
  kit_push (kit, kit_packet (&other));
  other.seq = 101;
  kit_push (kit, kit_packet (&other));
  kit_assert_seqs (kit, "98 99 101 100 103 101");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_jump_over_the_whole_window_forgets_what_was_seen)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (10 + E2EE_RTP_REORDER_WINDOW, 2, TRUE, TRUE, "B"));
  kit_push (kit, kit_vp8 (11 + 2 * E2EE_RTP_REORDER_WINDOW, 3, TRUE, TRUE, "C"));
  kit_assert_frames (kit, "A|B|C");
  kit_assert_stat (kit, duplicate, 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_jump_far_back_starts_over)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (20000, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (20001, 2, TRUE, FALSE, "B"));
  kit_push (kit, kit_vp8 (20000 - E2EE_RTP_REORDER_WINDOW, 3, TRUE, FALSE, "C"));
  kit_push (kit, kit_vp8 (20001 - E2EE_RTP_REORDER_WINDOW, 3, FALSE, TRUE, "D"));
  kit_assert_frames (kit, "A|CD");
  kit_assert_seqs (kit, "20000 15904");
  kit_assert_stat (kit, incomplete, 1);
  kit_assert_stat (kit, late, 0);
  fail_unless (GST_BUFFER_IS_DISCONT (kit->out->pdata[1]));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_packet_within_the_window_is_late)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (20000, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (20001 - E2EE_RTP_REORDER_WINDOW, 3, TRUE, TRUE, "C"));
  kit_push (kit, kit_vp8 (20001, 2, TRUE, TRUE, "B"));
  kit_assert_frames (kit, "A|B");
  kit_assert_seqs (kit, "20000 20001");
  kit_assert_stat (kit, late, 1);
  kit_free (kit);
}

GST_END_TEST;

/* ---- flush and drain ---- */

GST_START_TEST (test_flush_drops_what_is_collected_and_numbers_go_on)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (11, 2, TRUE, FALSE, "B"));
  e2ee_rtp_regroup_flush (kit->regroup);
  kit_push (kit, kit_vp8 (12, 2, FALSE, TRUE, "b"));
  kit_push (kit, kit_vp8 (13, 3, TRUE, TRUE, "C"));
  kit_assert_frames (kit, "A|C");
  kit_assert_seqs (kit, "10 13");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_flush_counts_nothing_and_drops_what_was_finished)
{
  Kit *kit = vp8_kit ();

  e2ee_rtp_regroup_flush (kit->regroup);
  e2ee_rtp_regroup_push (kit->regroup, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  e2ee_rtp_regroup_push (kit->regroup, kit_vp8 (11, 2, TRUE, FALSE, "B"));
  e2ee_rtp_regroup_flush (kit->regroup);
  kit_pull (kit);
  kit_assert_seqs (kit, "");
  kit_assert_stat (kit, incomplete, 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_drain_counts_what_is_incomplete)
{
  Kit *kit = vp8_kit ();

  e2ee_rtp_regroup_drain (kit->regroup);
  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (12, 2, TRUE, FALSE, "B"));
  e2ee_rtp_regroup_drain (kit->regroup);
  e2ee_rtp_regroup_drain (kit->regroup);
  kit_assert_stat (kit, incomplete, 2);
  kit_push (kit, kit_vp8 (13, 2, FALSE, TRUE, "C"));
  kit_assert_frames (kit, "");
  kit_free (kit);
}

GST_END_TEST;

static Suite *
rtp_numbers_suite (void)
{
  Suite *suite = suite_create ("rtp-numbers");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, test_wraps_in_the_middle_of_a_frame_are_followed);
  tcase_add_test (tc, test_growing_numbers_wrap_before_those_that_came);
  tcase_add_test (tc, test_numbers_stay_contiguous_over_two_cycles);
  tcase_add_test (tc, test_lost_packets_leave_their_gap);
  tcase_add_test (tc, test_dropped_frame_leaves_the_gap_of_its_packets);
  tcase_add_test (tc, test_other_ssrc_starts_over);
  tcase_add_test (tc, test_other_ssrc_is_a_discontinuity_even_where_its_numbers_go_on);
  tcase_add_test (tc, test_other_ssrc_knows_nothing_of_older_gaps);
  tcase_add_test (tc, test_jump_over_the_whole_window_forgets_what_was_seen);
  tcase_add_test (tc, test_jump_far_back_starts_over);
  tcase_add_test (tc, test_packet_within_the_window_is_late);
  tcase_add_test (tc, test_flush_drops_what_is_collected_and_numbers_go_on);
  tcase_add_test (tc, test_flush_counts_nothing_and_drops_what_was_finished);
  tcase_add_test (tc, test_drain_counts_what_is_incomplete);
  return suite;
}

GST_CHECK_MAIN (rtp_numbers);
