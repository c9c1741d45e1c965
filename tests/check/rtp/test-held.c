/* Frames that wait for their key: held, replayed, forgotten.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#define ROOM 100

static Kit *
holding_kit (void)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 12 + 1 + ROOM);

  kit_push (kit, kit_vp8 (9, 0, TRUE, TRUE, "0"));
  kit->action = KIT_HOLD;
  return kit;
}

static gboolean
replay (Kit * kit, guint i)
{
  E2eeRtpHeld *held = g_steal_pointer (&kit->held->pdata[i]);
  gboolean replayed = e2ee_rtp_regroup_replay (kit->regroup, held);

  kit_pull (kit);
  return replayed;
}

GST_START_TEST (test_held_frame_is_written_later_under_its_own_numbers)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, TRUE, "B"));
  kit_assert_seqs (kit, "9");
  kit->action = KIT_WRITE;
  fail_unless (replay (kit, 0));
  kit_push (kit, kit_vp8 (12, 2, TRUE, TRUE, "C"));
  kit_assert_frames (kit, "0|AB|AB|C");
  kit_assert_seqs (kit, "9 10 11");
  kit_assert_stat (kit, frames, 3);
  fail_if (GST_BUFFER_IS_DISCONT (kit->out->pdata[1]));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_held_frames_that_grow_leave_neither_gap_nor_overlap)
{
  Kit *kit = holding_kit ();
  KitPacket padding = { 12, 1,.padding = 8 };

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_vp8 (13, 3, TRUE, FALSE, "C"));
  kit_push (kit, kit_vp8 (14, 3, FALSE, TRUE, "D"));
  kit->action = KIT_WRITE;
  kit->grow = 2 * ROOM;
  fail_unless (replay (kit, 0));
  fail_unless (replay (kit, 1));
  kit->grow = 0;
  fail_unless (replay (kit, 2));
  kit_push (kit, kit_vp8 (15, 4, TRUE, TRUE, "E"));
  kit_assert_seqs (kit, "9 10 11 12 13 14 15 16 17");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_held_frame_is_late_when_a_newer_one_was_written)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit->action = KIT_WRITE;
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  fail_if (replay (kit, 0));
  kit_assert_frames (kit, "0|A|B");
  kit_assert_seqs (kit, "9 11");
  kit_assert_stat (kit, late, 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_held_frame_is_not_late_when_the_newer_one_was_dropped)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit->action = KIT_DROP;
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  kit->action = KIT_WRITE;
  kit->grow = ROOM;
  fail_unless (replay (kit, 0));
  kit->grow = 0;
  kit_push (kit, kit_vp8 (12, 3, TRUE, TRUE, "C"));
  kit_assert_seqs (kit, "9 10 11 13");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frames_replayed_out_of_order_are_late)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  kit->action = KIT_WRITE;
  fail_unless (replay (kit, 1));
  fail_if (replay (kit, 0));
  kit_assert_seqs (kit, "9 11");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_held_frame_that_is_forgotten_leaves_a_gap)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, TRUE, "B"));
  g_ptr_array_set_size (kit->held, 0);
  kit->action = KIT_WRITE;
  kit_push (kit, kit_vp8 (12, 2, TRUE, TRUE, "C"));
  kit_assert_seqs (kit, "9 12");
  fail_unless (GST_BUFFER_IS_DISCONT (kit->out->pdata[1]));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_held_frame_may_be_held_again)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, TRUE, "B"));
  fail_unless (replay (kit, 0));
  fail_unless_equals_int (kit->held->len, 2);
  kit->action = KIT_WRITE;
  fail_unless (replay (kit, 1));
  kit_assert_frames (kit, "0|AB|AB|AB");
  kit_assert_seqs (kit, "9 10");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_may_be_held_after_writing_was_begun)
{
  Kit *kit = holding_kit ();
  gchar *large = g_strnfill (2 * ROOM, 'B');

  kit->action = KIT_BEGIN_AND_HOLD;
  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, large));
  kit->action = KIT_WRITE;
  fail_unless (replay (kit, 0));
  fail_unless (replay (kit, 1));
  kit_assert_seqs (kit, "9 10 11 12");
  g_free (large);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_replay_that_drops_leaves_a_gap)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  kit->action = KIT_DROP;
  fail_unless (replay (kit, 0));
  kit->action = KIT_WRITE;
  fail_unless (replay (kit, 1));
  kit_assert_seqs (kit, "9 11");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_held_frame_of_another_ssrc_is_late)
{
  Kit *kit = holding_kit ();
  KitPacket other = { 5, 9, TRUE, "\x10" "X",.ssrc = 0xabcd };

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit->action = KIT_DROP;
  kit_push (kit, kit_packet (&other));
  kit->action = KIT_WRITE;
  fail_if (replay (kit, 0));
  kit_assert_stat (kit, late, 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_straggler_behind_a_grown_replay_is_numbered_behind_it)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit->action = KIT_DROP;
  kit_push (kit, kit_vp8 (12, 3, TRUE, TRUE, "C"));
  kit->action = KIT_WRITE;
  kit->grow = ROOM;
  fail_unless (replay (kit, 0));
  kit->grow = 0;
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  kit_push (kit, kit_vp8 (13, 4, TRUE, TRUE, "D"));
  kit_assert_seqs (kit, "9 10 11 12 14");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_held_frame_is_late_when_a_straggler_behind_it_was_written)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit->action = KIT_DROP;
  kit_push (kit, kit_vp8 (12, 3, TRUE, TRUE, "C"));
  kit->action = KIT_WRITE;
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  fail_if (replay (kit, 0));
  kit_assert_seqs (kit, "9 11");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_held_frame_outlives_its_regroup)
{
  E2eeRtpHeld *held;
  Kit *kit = holding_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  held = g_steal_pointer (&kit->held->pdata[0]);
  kit_free (kit);
  e2ee_rtp_held_free (held);
  e2ee_rtp_held_free (NULL);
}

GST_END_TEST;

GST_START_TEST (test_held_packets_of_two_memories_are_replayed)
{
  Kit *kit = holding_kit ();

  kit_push (kit, kit_cut (kit_vp8 (10, 1, TRUE, TRUE, "alone"), 13));
  kit_push (kit, kit_cut (kit_vp8 (11, 2, TRUE, FALSE, "one"), 12));
  kit_push (kit, kit_cut (kit_vp8 (12, 2, FALSE, TRUE, "two"), 14));
  kit->action = KIT_WRITE;
  fail_unless (replay (kit, 0));
  fail_unless (replay (kit, 1));
  kit_assert_frames (kit, "0|alone|onetwo|alone|onetwo");
  kit_free (kit);
}

GST_END_TEST;

static Suite *
rtp_held_suite (void)
{
  Suite *suite = suite_create ("rtp-held");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_held_frame_is_written_later_under_its_own_numbers);
  tcase_add_test (tc, test_held_frames_that_grow_leave_neither_gap_nor_overlap);
  tcase_add_test (tc, test_held_frame_is_late_when_a_newer_one_was_written);
  tcase_add_test (tc, test_held_frame_is_not_late_when_the_newer_one_was_dropped);
  tcase_add_test (tc, test_frames_replayed_out_of_order_are_late);
  tcase_add_test (tc, test_held_frame_that_is_forgotten_leaves_a_gap);
  tcase_add_test (tc, test_held_frame_may_be_held_again);
  tcase_add_test (tc, test_frame_may_be_held_after_writing_was_begun);
  tcase_add_test (tc, test_replay_that_drops_leaves_a_gap);
  tcase_add_test (tc, test_held_frame_of_another_ssrc_is_late);
  tcase_add_test (tc, test_straggler_behind_a_grown_replay_is_numbered_behind_it);
  tcase_add_test (tc, test_held_frame_is_late_when_a_straggler_behind_it_was_written);
  tcase_add_test (tc, test_held_frame_outlives_its_regroup);
  tcase_add_test (tc, test_held_packets_of_two_memories_are_replayed);
  return suite;
}

GST_CHECK_MAIN (rtp_held);
