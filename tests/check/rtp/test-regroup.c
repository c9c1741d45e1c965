/* Packets to frames: order, loss, ends without a marker, bad packets, bounds.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

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

/* ---- whole frames ---- */

GST_START_TEST (test_frame_of_one_packet_is_handed_over_at_once)
{
  Kit *kit = vp8_kit ();
  GstBuffer *packet = kit_vp8 (10, 3000, TRUE, TRUE, "A");
  const E2eeRtpFrame *info;

  GST_BUFFER_PTS (packet) = 7 * GST_MSECOND;
  GST_BUFFER_DTS (packet) = 6 * GST_MSECOND;
  GST_BUFFER_DURATION (packet) = 5 * GST_MSECOND;
  kit_push (kit, packet);

  kit_assert_frames (kit, "A");
  info = &g_array_index (kit->infos, E2eeRtpFrame, 0);
  fail_unless_equals_uint64 (info->ssrc, KIT_SSRC);
  fail_unless_equals_uint64 (info->timestamp, 3000);
  fail_unless_equals_uint64 (info->pts, 7 * GST_MSECOND);
  fail_unless_equals_uint64 (info->dts, 6 * GST_MSECOND);
  fail_unless_equals_uint64 (info->duration, 5 * GST_MSECOND);
  fail_unless_equals_int (info->n_packets, 1);
  fail_if (info->discont);
  kit_assert_stat (kit, packets, 1);
  kit_assert_stat (kit, frames, 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_is_handed_over_with_its_marker_and_not_before)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 3000, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 3000, FALSE, FALSE, "B"));
  kit_assert_frames (kit, "");
  kit_push (kit, kit_vp8 (12, 3000, FALSE, TRUE, "C"));
  kit_assert_frames (kit, "ABC");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_comes_out_of_packets_of_two_memories)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_cut (kit_vp8 (9, 0, TRUE, TRUE, "alone"), 13));
  kit_push (kit, kit_cut (kit_vp8 (10, 3000, TRUE, FALSE, "one"), 12));
  kit_push (kit, kit_cut (kit_vp8 (11, 3000, FALSE, FALSE, "two"), 13));
  kit_push (kit, kit_cut (kit_vp8 (12, 3000, FALSE, TRUE, "three"), 15));
  kit_push (kit, kit_cut (kit_vp8 (13, 6000, TRUE, TRUE, "four"), 15));
  kit_assert_frames (kit, "alone|onetwothree|four");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_header_that_runs_into_a_second_memory_is_kept_whole)
{
  Kit *kit = vp8_kit ();
  KitPacket spec = { 10, 0, TRUE, "\x10" "A",.n_csrcs = 3 };
  GstBuffer *packet = kit_packet (&spec);
  GstBuffer *plain = gst_buffer_copy_deep (packet);
  GstMapInfo a, b;

  kit_push (kit, kit_cut (packet, 14));
  fail_unless_equals_int (kit->out->len, 1);
  gst_buffer_map (kit->out->pdata[0], &a, GST_MAP_READ);
  gst_buffer_map (plain, &b, GST_MAP_READ);
  fail_unless (a.size == b.size && memcmp (a.data, b.data, a.size) == 0);
  gst_buffer_unmap (plain, &b);
  gst_buffer_unmap (kit->out->pdata[0], &a);
  gst_buffer_unref (plain);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_partitions_do_not_end_a_frame)
{
  Kit *kit = vp8_kit ();
  KitPacket later = { 11, 3000, FALSE, "\x11" "B" };
  KitPacket last = { 12, 3000, TRUE, "\x12" "C" };

  kit_push (kit, kit_vp8 (10, 3000, TRUE, FALSE, "A"));
  kit_push (kit, kit_packet (&later));
  kit_push (kit, kit_packet (&last));
  kit_assert_frames (kit, "ABC");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_every_opus_packet_is_a_frame)
{
  Kit *kit = opus_kit ();

  kit_push (kit, kit_opus (1, "a"));
  kit_push (kit, kit_opus (2, "b"));
  kit_assert_frames (kit, "a|b");
  kit_assert_seqs (kit, "1 2");
  kit_free (kit);
}

GST_END_TEST;

/* ---- order ---- */

GST_START_TEST (test_packets_of_a_frame_may_come_in_any_order)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (9, 0, TRUE, TRUE, "0"));
  kit_push (kit, kit_vp8 (12, 3000, FALSE, TRUE, "C"));
  kit_push (kit, kit_vp8 (10, 3000, TRUE, FALSE, "A"));
  kit_assert_frames (kit, "0");
  kit_push (kit, kit_vp8 (11, 3000, FALSE, FALSE, "B"));
  kit_assert_frames (kit, "0|ABC");
  kit_assert_seqs (kit, "9 10");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_packets_of_the_next_frame_may_come_among_them)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 3000, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (12, 6000, TRUE, FALSE, "C"));
  kit_push (kit, kit_vp8 (11, 3000, FALSE, TRUE, "B"));
  kit_push (kit, kit_vp8 (13, 6000, FALSE, TRUE, "D"));
  kit_assert_frames (kit, "AB|CD");
  kit_assert_stat (kit, incomplete, 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_whole_frame_makes_the_older_incomplete_one_lost)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 3000, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (12, 6000, TRUE, TRUE, "C"));
  kit_push (kit, kit_vp8 (11, 3000, FALSE, TRUE, "B"));
  kit_assert_frames (kit, "C");
  kit_assert_seqs (kit, "12");
  kit_assert_stat (kit, incomplete, 1);
  kit_assert_stat (kit, late, 1);
  fail_unless (g_array_index (kit->infos, E2eeRtpFrame, 0).discont);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_several_incomplete_frames_are_counted_one_by_one)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (13, 2, FALSE, TRUE, "B"));
  kit_push (kit, kit_vp8 (14, 3, TRUE, FALSE, "C"));
  kit_push (kit, kit_vp8 (16, 3, FALSE, FALSE, "C"));
  kit_push (kit, kit_vp8 (20, 4, TRUE, TRUE, "D"));
  kit_assert_frames (kit, "D");
  kit_assert_stat (kit, incomplete, 3);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_incomplete_frames_of_one_timestamp_are_counted_apart)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, FALSE, TRUE, "A"));
  kit_push (kit, kit_vp8 (12, 1, FALSE, TRUE, "B"));
  kit_push (kit, kit_vp8 (13, 2, TRUE, TRUE, "C"));
  kit_assert_stat (kit, incomplete, 2);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_straggling_audio_keeps_its_own_number)
{
  Kit *kit = opus_kit ();

  kit_push (kit, kit_opus (1, "a"));
  kit_push (kit, kit_opus (4, "d"));
  kit_push (kit, kit_opus (2, "b"));
  kit_push (kit, kit_opus (3, "c"));
  kit_push (kit, kit_opus (5, "e"));
  kit_assert_frames (kit, "a|d|b|c|e");
  kit_assert_seqs (kit, "1 4 2 3 5");
  kit_assert_stat (kit, late, 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_straggling_frame_of_one_packet_keeps_its_own_number)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (12, 3, TRUE, TRUE, "C"));
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  kit_assert_frames (kit, "A|C|B");
  kit_assert_seqs (kit, "10 12 11");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_straggler_that_grew_over_its_one_number_is_late)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 12 + 1 + 100);

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_vp8 (12, 3, TRUE, TRUE, "C"));
  kit->grow = 100;
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  kit_assert_seqs (kit, "10 12");
  kit_assert_stat (kit, late, 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_straggler_is_numbered_as_before_what_was_removed_behind_it)
{
  Kit *kit = opus_kit ();
  KitPacket padding = { 3,.padding = 8 };

  kit_push (kit, kit_opus (1, "a"));
  kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_opus (4, "d"));    /* 2 is missing, 3 was padding */
  kit_push (kit, kit_opus (2, "b"));
  kit_push (kit, kit_opus (5, "e"));
  kit_assert_seqs (kit, "1 3 2 4");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_duplicate_is_dropped_in_a_frame_after_it_and_alone)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, TRUE, "B"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, TRUE, "B"));
  kit_push (kit, kit_vp8 (12, 2, TRUE, TRUE, "C"));
  kit_push (kit, kit_vp8 (12, 2, TRUE, TRUE, "C"));
  kit_assert_frames (kit, "AB|C");
  kit_assert_stat (kit, duplicate, 3);
  kit_assert_stat (kit, late, 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_straggler_comes_once)
{
  Kit *kit = opus_kit ();

  kit_push (kit, kit_opus (1, "a"));
  kit_push (kit, kit_opus (3, "c"));
  kit_push (kit, kit_opus (2, "b"));
  kit_push (kit, kit_opus (2, "b"));
  kit_assert_frames (kit, "a|c|b");
  kit_assert_stat (kit, duplicate, 1);
  kit_free (kit);
}

GST_END_TEST;

/* ---- ends without a marker ---- */

GST_START_TEST (test_next_frame_start_ends_a_frame_without_marker)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, FALSE, "B"));
  kit_push (kit, kit_vp8 (12, 2, TRUE, FALSE, "C"));
  kit_assert_frames (kit, "AB");
  kit_push (kit, kit_vp8 (13, 3, TRUE, TRUE, "D"));
  kit_assert_frames (kit, "AB|C|D");
  kit_assert_stat (kit, incomplete, 0);
  kit_free (kit);
}

GST_END_TEST;

/* A server that switches layers cuts off a frame where it is, and numbers on without a gap. */
GST_START_TEST (test_frame_that_ends_without_marker_is_doubtful)
{
  static const gboolean doubtful[] = { TRUE, TRUE, FALSE, FALSE };
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, FALSE, "B"));
  kit_push (kit, kit_vp8 (12, 2, TRUE, FALSE, "C"));
  kit_push (kit, kit_vp8 (13, 3, TRUE, TRUE, "D"));
  kit_push (kit, kit_vp8 (14, 4, TRUE, FALSE, "E"));
  kit_push (kit, kit_vp8 (15, 4, FALSE, TRUE, "F"));
  kit_assert_frames (kit, "AB|C|D|EF");
  for (guint i = 0; i < G_N_ELEMENTS (doubtful); i++)
    fail_unless_equals_int (g_array_index (kit->infos, E2eeRtpFrame, i).doubtful, doubtful[i]);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_without_marker_does_not_end_where_a_packet_is_missing)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (12, 2, TRUE, FALSE, "C"));
  kit_assert_frames (kit, "");
  kit_push (kit, kit_vp8 (11, 1, FALSE, FALSE, "B"));
  kit_assert_frames (kit, "AB");
  kit_free (kit);
}

GST_END_TEST;

static GstBuffer *
discont (GstBuffer * packet)
{
  GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DISCONT);
  return packet;
}

/* As behind rtpulpfecdec, which numbers anew what came and what it restored. */
GST_START_TEST (test_loss_that_left_no_gap_is_known_by_its_discont)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, discont (kit_vp8 (10, 1, TRUE, TRUE, "A")));
  kit_push (kit, kit_vp8 (11, 2, TRUE, FALSE, "B"));
  kit_push (kit, discont (kit_vp8 (12, 2, FALSE, TRUE, "D")));
  kit_assert_frames (kit, "A");
  kit_push (kit, kit_vp8 (13, 3, TRUE, TRUE, "E"));
  kit_assert_frames (kit, "A|E");
  kit_assert_seqs (kit, "10 13");
  kit_assert_stat (kit, incomplete, 1);
  fail_unless (GST_BUFFER_IS_DISCONT (kit->out->pdata[1]));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_does_not_end_where_the_next_comes_with_a_discont)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, discont (kit_vp8 (11, 2, TRUE, TRUE, "C")));
  kit_assert_frames (kit, "C");
  kit_assert_stat (kit, incomplete, 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_discont_between_whole_frames_leaves_no_gap)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, discont (kit_vp8 (11, 2, TRUE, FALSE, "B")));
  kit_push (kit, kit_vp8 (12, 2, FALSE, TRUE, "C"));
  kit_assert_frames (kit, "A|BC");
  kit_assert_seqs (kit, "10 11");
  kit_assert_stat (kit, incomplete, 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_padding_between_does_not_hide_the_end)
{
  Kit *kit = vp8_kit ();
  KitPacket padding = { 11, 1,.padding = 8 };

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (12, 2, TRUE, FALSE, "C"));
  kit_assert_frames (kit, "");
  kit_push (kit, kit_packet (&padding));
  kit_assert_frames (kit, "A");
  kit_push (kit, kit_vp8 (13, 2, FALSE, TRUE, "D"));
  kit_assert_frames (kit, "A|CD");
  kit_assert_seqs (kit, "10 11");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_behind_padding_ends_the_one_before_and_is_whole_itself)
{
  Kit *kit = vp8_kit ();
  KitPacket padding = { 11, 1,.padding = 8 };

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_vp8 (12, 2, TRUE, TRUE, "C"));
  kit_assert_frames (kit, "A|C");
  kit_assert_seqs (kit, "10 11");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_two_frames_of_one_timestamp_are_told_apart)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, TRUE, "B"));
  kit_push (kit, kit_vp8 (12, 1, TRUE, FALSE, "C"));
  kit_push (kit, kit_vp8 (13, 1, FALSE, TRUE, "D"));
  kit_assert_frames (kit, "AB|CD");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_two_frames_of_one_timestamp_without_marker_are_told_apart)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, FALSE, "B"));
  kit_push (kit, kit_vp8 (12, 1, TRUE, FALSE, "C"));
  kit_assert_frames (kit, "AB");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_without_its_first_packet_is_never_handed_over)
{
  Kit *kit = vp8_kit ();

  kit_push (kit, kit_vp8 (10, 1, FALSE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 1, FALSE, TRUE, "B"));
  kit_push (kit, kit_vp8 (12, 2, TRUE, TRUE, "C"));
  kit_assert_frames (kit, "C");
  kit_assert_stat (kit, incomplete, 1);
  kit_free (kit);
}

GST_END_TEST;

/* ---- bad packets ---- */

static GstBuffer *
corrupt (GstBuffer * packet, gsize size, gsize offset, guint8 byte)
{
  gst_buffer_fill (packet, offset, &byte, 1);
  gst_buffer_set_size (packet, size);
  return packet;
}

GST_START_TEST (test_what_is_no_rtp_is_counted)
{
  Kit *kit = vp8_kit ();
  KitPacket extended = { 10, 1, TRUE, "\x10" "A",.extension_id = 0xbede,.extension_size = 8 };
  KitPacket padded = { 10, 1, TRUE, "\x10" "A",.padding = 4 };

  kit_push (kit, gst_buffer_new ());
  kit_push (kit, gst_buffer_new_allocate (NULL, 0, NULL));
  kit_push (kit, corrupt (kit_vp8 (10, 1, TRUE, TRUE, "A"), 11, 0, 0x80));
  kit_push (kit, corrupt (kit_vp8 (10, 1, TRUE, TRUE, "A"), 14, 0, 0x40));
  kit_push (kit, corrupt (kit_vp8 (10, 1, TRUE, TRUE, "A"), 14, 0, 0x8f));
  kit_push (kit, corrupt (kit_packet (&extended), 26, 15, 9));
  kit_push (kit, corrupt (kit_packet (&extended), 14, 0, 0x90));
  kit_push (kit, corrupt (kit_packet (&padded), 18, 17, 7));
  kit_push (kit, corrupt (kit_packet (&padded), 18, 17, 255));
  kit_assert_frames (kit, "");
  kit_assert_stat (kit, not_rtp, 9);
  kit_assert_stat (kit, packets, 9);

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_assert_frames (kit, "A");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_malformed_payload_is_counted_and_leaves_a_gap)
{
  Kit *kit = vp8_kit ();
  KitPacket bad = { 11, 2, TRUE, "\x90" };

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  kit_push (kit, kit_packet (&bad));
  kit_push (kit, kit_vp8 (12, 3, TRUE, TRUE, "C"));
  kit_assert_frames (kit, "A|C");
  kit_assert_seqs (kit, "10 12");
  kit_assert_stat (kit, malformed, 1);
  fail_unless (g_array_index (kit->infos, E2eeRtpFrame, 1).discont);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_padding_only_packets_leave_no_gap)
{
  Kit *kit = vp8_kit ();
  KitPacket padding = {.padding = 200 };
  KitPacket bare = { 4000, 1 };

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  for (padding.seq = 11; padding.seq < 4000; padding.seq++)
    kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_packet (&bare));
  kit_push (kit, kit_vp8 (4001, 2, TRUE, TRUE, "B"));
  kit_assert_seqs (kit, "10 11");
  kit_assert_stat (kit, empty, 3990);
  fail_if (g_array_index (kit->infos, E2eeRtpFrame, 1).discont);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_padding_in_the_middle_of_a_frame_is_taken_out_of_it)
{
  Kit *kit = vp8_kit ();
  KitPacket padding = { 11, 1,.padding = 200 };

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_vp8 (12, 1, FALSE, TRUE, "B"));
  kit_push (kit, kit_vp8 (13, 2, TRUE, TRUE, "C"));
  kit_assert_frames (kit, "AB|C");
  kit_assert_seqs (kit, "10 11");
  fail_unless_equals_int (g_array_index (kit->infos, E2eeRtpFrame, 0).n_packets, 2);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_padding_behind_a_loss_leaves_only_the_loss)
{
  Kit *kit = vp8_kit ();
  KitPacket padding = {.padding = 200 };

  kit_push (kit, kit_vp8 (10, 1, TRUE, TRUE, "A"));
  padding.seq = 12;
  kit_push (kit, kit_packet (&padding));
  padding.seq = 13;
  kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_vp8 (14, 2, TRUE, TRUE, "B"));
  kit_assert_seqs (kit, "10 12");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_padding_behind_the_payload_is_no_payload)
{
  Kit *kit = vp8_kit ();
  KitPacket padded = { 10, 1, TRUE, "\x10" "A",.padding = 4 };

  kit_push (kit, kit_packet (&padded));
  kit_assert_frames (kit, "A");
  fail_unless_equals_uint64 (gst_buffer_get_size (kit->out->pdata[0]), 14);
  kit_free (kit);
}

GST_END_TEST;

/* ---- bounds ---- */

static void
push_frame_of (Kit * kit, guint n_packets, gboolean marker)
{
  for (guint i = 1; i <= n_packets; i++)
    kit_push (kit, kit_vp8 (i, 1, i == 1, marker && i == n_packets, "A"));
}

GST_START_TEST (test_frame_of_as_many_packets_as_are_held_is_whole)
{
  Kit *kit = vp8_kit ();

  push_frame_of (kit, E2EE_RTP_MAX_HELD_PACKETS + 1, TRUE);
  fail_unless_equals_int (kit->frames->len, 1);
  fail_unless_equals_uint64 (g_bytes_get_size (kit->frames->pdata[0]),
      E2EE_RTP_MAX_HELD_PACKETS + 1);
  kit_assert_stat (kit, incomplete, 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_that_never_ends_is_given_up)
{
  Kit *kit = vp8_kit ();

  push_frame_of (kit, E2EE_RTP_MAX_HELD_PACKETS, FALSE);
  kit_assert_stat (kit, incomplete, 0);
  kit_push (kit, kit_vp8 (E2EE_RTP_MAX_HELD_PACKETS + 1, 1, FALSE, FALSE, "B"));
  kit_assert_stat (kit, incomplete, 1);
  kit_push (kit, kit_vp8 (E2EE_RTP_MAX_HELD_PACKETS + 2, 1, FALSE, TRUE, "C"));
  kit_assert_frames (kit, "");
  kit_push (kit, kit_vp8 (E2EE_RTP_MAX_HELD_PACKETS + 3, 2, TRUE, TRUE, "D"));
  kit_assert_frames (kit, "D");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_ninth_incomplete_frame_pushes_the_oldest_out)
{
  Kit *kit = vp8_kit ();

  for (guint i = 0; i < E2EE_RTP_MAX_HELD_FRAMES; i++)
    kit_push (kit, kit_vp8 (10 + 2 * i, i, TRUE, FALSE, "A"));
  kit_assert_stat (kit, incomplete, 0);
  kit_push (kit, kit_vp8 (10 + 2 * E2EE_RTP_MAX_HELD_FRAMES, 100, TRUE, FALSE, "B"));
  kit_assert_stat (kit, incomplete, 1);
  kit_push (kit, kit_vp8 (11, 0, FALSE, TRUE, "a"));
  kit_assert_stat (kit, late, 1);
  kit_push (kit, kit_vp8 (13, 1, FALSE, TRUE, "a"));
  kit_assert_frames (kit, "Aa");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_bytes_held_are_bounded)
{
  Kit *kit = vp8_kit ();
  KitPacket large = {.timestamp = 1,.size = 1024 * 1024 };

  /* The made-up payload starts with its sequence number: 0x20 to 0x2f start no frame. */
  for (large.seq = 0x20; large.seq < 0x20 + 16; large.seq++)
    kit_push (kit, kit_packet (&large));
  kit_assert_stat (kit, incomplete, 0);
  kit_push (kit, kit_packet (&large));
  kit_assert_stat (kit, incomplete, 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_padding_out_of_order_is_bounded_too)
{
  Kit *kit = vp8_kit ();
  KitPacket padding = {.padding = 8 };

  kit_push (kit, kit_vp8 (1, 1, TRUE, TRUE, "A"));
  for (padding.seq = 3; padding.seq < 10000; padding.seq++)
    kit_push (kit, kit_packet (&padding));
  kit_push (kit, kit_vp8 (10000, 2, TRUE, TRUE, "B"));
  kit_assert_seqs (kit, "1 3");
  kit_free (kit);
}

GST_END_TEST;

static Suite *
rtp_regroup_suite (void)
{
  Suite *suite = suite_create ("rtp-regroup");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, test_frame_of_one_packet_is_handed_over_at_once);
  tcase_add_test (tc, test_frame_is_handed_over_with_its_marker_and_not_before);
  tcase_add_test (tc, test_frame_comes_out_of_packets_of_two_memories);
  tcase_add_test (tc, test_header_that_runs_into_a_second_memory_is_kept_whole);
  tcase_add_test (tc, test_partitions_do_not_end_a_frame);
  tcase_add_test (tc, test_every_opus_packet_is_a_frame);
  tcase_add_test (tc, test_packets_of_a_frame_may_come_in_any_order);
  tcase_add_test (tc, test_packets_of_the_next_frame_may_come_among_them);
  tcase_add_test (tc, test_whole_frame_makes_the_older_incomplete_one_lost);
  tcase_add_test (tc, test_several_incomplete_frames_are_counted_one_by_one);
  tcase_add_test (tc, test_incomplete_frames_of_one_timestamp_are_counted_apart);
  tcase_add_test (tc, test_straggling_audio_keeps_its_own_number);
  tcase_add_test (tc, test_straggling_frame_of_one_packet_keeps_its_own_number);
  tcase_add_test (tc, test_straggler_that_grew_over_its_one_number_is_late);
  tcase_add_test (tc, test_straggler_is_numbered_as_before_what_was_removed_behind_it);
  tcase_add_test (tc, test_duplicate_is_dropped_in_a_frame_after_it_and_alone);
  tcase_add_test (tc, test_straggler_comes_once);
  tcase_add_test (tc, test_next_frame_start_ends_a_frame_without_marker);
  tcase_add_test (tc, test_frame_that_ends_without_marker_is_doubtful);
  tcase_add_test (tc, test_frame_without_marker_does_not_end_where_a_packet_is_missing);
  tcase_add_test (tc, test_loss_that_left_no_gap_is_known_by_its_discont);
  tcase_add_test (tc, test_frame_does_not_end_where_the_next_comes_with_a_discont);
  tcase_add_test (tc, test_discont_between_whole_frames_leaves_no_gap);
  tcase_add_test (tc, test_padding_between_does_not_hide_the_end);
  tcase_add_test (tc, test_frame_behind_padding_ends_the_one_before_and_is_whole_itself);
  tcase_add_test (tc, test_two_frames_of_one_timestamp_are_told_apart);
  tcase_add_test (tc, test_two_frames_of_one_timestamp_without_marker_are_told_apart);
  tcase_add_test (tc, test_frame_without_its_first_packet_is_never_handed_over);
  tcase_add_test (tc, test_what_is_no_rtp_is_counted);
  tcase_add_test (tc, test_malformed_payload_is_counted_and_leaves_a_gap);
  tcase_add_test (tc, test_padding_only_packets_leave_no_gap);
  tcase_add_test (tc, test_padding_in_the_middle_of_a_frame_is_taken_out_of_it);
  tcase_add_test (tc, test_padding_behind_a_loss_leaves_only_the_loss);
  tcase_add_test (tc, test_padding_behind_the_payload_is_no_payload);
  tcase_add_test (tc, test_frame_of_as_many_packets_as_are_held_is_whole);
  tcase_add_test (tc, test_frame_that_never_ends_is_given_up);
  tcase_add_test (tc, test_ninth_incomplete_frame_pushes_the_oldest_out);
  tcase_add_test (tc, test_bytes_held_are_bounded);
  tcase_add_test (tc, test_padding_out_of_order_is_bounded_too);
  return suite;
}

GST_CHECK_MAIN (rtp_regroup);
