/* Frames to packets: sizes under the mtu, headers, descriptors, markers, metas, numbers.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

#define HEADER 12
#define DESCRIPTOR 1

static GstBuffer *
out (Kit * kit, guint i)
{
  fail_unless (i < kit->out->len);
  return kit->out->pdata[i];
}

static gsize
out_size (Kit * kit, guint i)
{
  return gst_buffer_get_size (out (kit, i));
}

static void
assert_bytes (GstBuffer * packet, gsize offset, const void *expected, gsize size)
{
  fail_unless (gst_buffer_memcmp (packet, offset, expected, size) == 0);
}

static GstBuffer *
whole_frame (guint16 seq, gsize size)
{
  KitPacket spec = { seq, seq, TRUE, NULL };
  gchar *text = g_strnfill (size + 1, 'f');

  GstBuffer *packet;

  text[0] = 0x10;
  spec.payload = text;
  packet = kit_packet (&spec);
  g_free (text);
  return packet;
}

/* ---- sizes ---- */

GST_START_TEST (test_frame_that_fits_the_mtu_exactly_is_one_packet)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 500);

  kit->grow = 100;
  kit_push (kit, whole_frame (1, 400));
  fail_unless_equals_int (kit->out->len, 1);
  fail_unless_equals_uint64 (out_size (kit, 0), HEADER + DESCRIPTOR + 500);
  fail_unless_equals_int (g_array_index (kit->batches, guint, 0), 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_one_byte_over_the_mtu_is_two_packets)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 500);

  kit->grow = 101;
  kit_push (kit, whole_frame (1, 400));
  fail_unless_equals_int (kit->out->len, 2);
  fail_unless_equals_uint64 (out_size (kit, 0), HEADER + DESCRIPTOR + 500);
  fail_unless_equals_uint64 (out_size (kit, 1), HEADER + DESCRIPTOR + 1);
  fail_unless_equals_int (g_array_index (kit->batches, guint, 0), 2);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_room_that_is_not_used_makes_no_packet)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 500);

  kit->grow = 100;
  kit->slack = 300;
  kit_push (kit, whole_frame (1, 400));
  kit_push (kit, whole_frame (2, 10));
  fail_unless_equals_int (kit->out->len, 2);
  fail_unless_equals_uint64 (out_size (kit, 0), HEADER + DESCRIPTOR + 500);
  fail_unless_equals_uint64 (out_size (kit, 1), HEADER + DESCRIPTOR + 110);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_mtu_too_small_for_anything_still_works)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1);

  kit_push (kit, whole_frame (1, 2 * E2EE_RTP_MIN_ROOM + 1));
  fail_unless_equals_int (kit->out->len, 3);
  fail_unless_equals_uint64 (out_size (kit, 0), HEADER + DESCRIPTOR + E2EE_RTP_MIN_ROOM);
  fail_unless_equals_uint64 (out_size (kit, 2), HEADER + DESCRIPTOR + 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_large_frame_under_a_tiny_mtu_makes_a_bounded_number_of_packets)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 0);

  kit->grow = 8 * 1024 * 1024;
  kit_push (kit, whole_frame (1, 1));
  fail_unless (kit->out->len > 4000);
  fail_unless (kit->out->len <= E2EE_RTP_MAX_FRAME_PACKETS);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_mtu_may_change_between_frames)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1200);

  kit_push (kit, whole_frame (1, 1000));
  e2ee_rtp_regroup_set_mtu (kit->regroup, HEADER + DESCRIPTOR + 500);
  kit_push (kit, whole_frame (2, 1000));
  kit_assert_seqs (kit, "1 2 3");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_audio_frame_is_one_packet_however_large)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_opus, 100);
  KitPacket spec = { 1, 1, TRUE, NULL, 5000 };

  kit->grow = 30;
  kit_push (kit, kit_packet (&spec));
  fail_unless_equals_int (kit->out->len, 1);
  fail_unless_equals_uint64 (out_size (kit, 0), HEADER + 5030);
  kit_free (kit);
}

GST_END_TEST;

/* ---- headers ---- */

static const struct
{
  const gchar *name;
  guint id;
  gsize size;
} extension_rows[] = {
  {"one-byte", 0xbede, 4},
  {"one-byte, long", 0xbede, 64},
  {"two-byte", 0x1000, 12},
  {"two-byte with app bits", 0x100f, 8},
  {"another profile", 0x1234, 8},
};

GST_START_TEST (test_extensions_csrcs_and_payload_type_are_byte_identical)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1200);
  KitPacket spec = { 7, 90000, TRUE, "\x10" "frame",.n_csrcs = 15 };
  gsize head = HEADER + 15 * 4 + 4 + extension_rows[__i__].size;
  GstBuffer *packet, *plain;
  GstMapInfo map;

  spec.extension_id = extension_rows[__i__].id;
  spec.extension_size = extension_rows[__i__].size;
  packet = kit_packet (&spec);
  plain = gst_buffer_copy_deep (packet);
  kit->grow = 40;
  kit_push (kit, packet);

  gst_buffer_map (plain, &map, GST_MAP_READ);
  fail_unless (gst_buffer_memcmp (out (kit, 0), 0, map.data, head + DESCRIPTOR) == 0, "%s",
      extension_rows[__i__].name);
  gst_buffer_unmap (plain, &map);
  gst_buffer_unref (plain);
  fail_unless_equals_uint64 (out_size (kit, 0), head + DESCRIPTOR + 5 + 40);
  kit_free (kit);
}

GST_END_TEST;

/* Three packets in, whose extensions differ in size: 4, none, 8. */
static void
push_three (Kit * kit, gsize size)
{
  KitPacket spec = { 10, 1, FALSE, NULL,.extension_id = 0xbede };
  gchar *text = g_strnfill (size + 1, 'x');

  spec.payload = text;
  text[0] = 0x10;
  spec.extension_size = 4;
  kit_push (kit, kit_packet (&spec));
  text[0] = 0x01;
  spec.seq = 11;
  spec.extension_size = 0;
  kit_push (kit, kit_packet (&spec));
  spec.seq = 12;
  spec.extension_size = 8;
  spec.marker = TRUE;
  kit_push (kit, kit_packet (&spec));
  g_free (text);
}

static gsize
extension_size (GstBuffer * packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint words = 0;

  fail_unless (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  if (!gst_rtp_buffer_get_extension_data (&rtp, NULL, NULL, &words))
    words = 0;
  gst_rtp_buffer_unmap (&rtp);
  return words * 4;
}

GST_START_TEST (test_each_packet_takes_the_header_of_its_counterpart)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + 8 + DESCRIPTOR + 300);

  push_three (kit, 300);
  fail_unless_equals_int (kit->out->len, 3);
  fail_unless_equals_uint64 (extension_size (out (kit, 0)), 4);
  fail_unless_equals_uint64 (extension_size (out (kit, 1)), 0);
  fail_unless_equals_uint64 (extension_size (out (kit, 2)), 8);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_further_packets_take_the_header_of_the_last)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + 12 + DESCRIPTOR + 300);

  kit->grow = 600;
  push_three (kit, 300);
  fail_unless_equals_int (kit->out->len, 5);
  fail_unless_equals_uint64 (extension_size (out (kit, 3)), 8);
  fail_unless_equals_uint64 (extension_size (out (kit, 4)), 8);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_last_of_fewer_packets_takes_the_header_of_the_last)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + 12 + DESCRIPTOR + 300);

  kit->grow = -400;
  push_three (kit, 300);
  fail_unless_equals_int (kit->out->len, 2);
  fail_unless_equals_uint64 (extension_size (out (kit, 0)), 4);
  fail_unless_equals_uint64 (extension_size (out (kit, 1)), 8);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_single_packet_for_several_takes_the_longest_header)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1400);

  push_three (kit, 300);
  fail_unless_equals_int (kit->out->len, 1);
  fail_unless_equals_uint64 (extension_size (out (kit, 0)), 8);
  kit_free (kit);
}

GST_END_TEST;

/* The frame fits behind the header of the first packet, but the last one's is longer. */
GST_START_TEST (test_longer_header_of_the_last_packet_stays_under_the_mtu)
{
  gsize mtu = HEADER + 8 + DESCRIPTOR + 900;
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, mtu);

  push_three (kit, 300);
  fail_unless_equals_int (kit->out->len, 2);
  fail_unless (out_size (kit, 0) <= mtu);
  fail_unless (out_size (kit, 1) <= mtu);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_padding_bit_is_taken_off)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1200);
  KitPacket spec = { 7, 1, TRUE, "\x10" "frame",.padding = 9 };
  guint8 flags = 0;

  kit_push (kit, kit_packet (&spec));
  gst_buffer_extract (out (kit, 0), 0, &flags, 1);
  fail_unless_equals_int (flags, 0x80);
  fail_unless_equals_uint64 (out_size (kit, 0), HEADER + DESCRIPTOR + 5);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_marker_is_on_the_last_packet_alone)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 100);
  GstBuffer *packet = whole_frame (1, 300);

  GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_MARKER);
  kit_push (kit, packet);
  fail_unless_equals_int (kit->out->len, 3);
  fail_if (kit_marker (out (kit, 0)));
  fail_if (kit_marker (out (kit, 1)));
  fail_unless (kit_marker (out (kit, 2)));
  fail_if (GST_BUFFER_FLAG_IS_SET (out (kit, 0), GST_BUFFER_FLAG_MARKER));
  fail_if (GST_BUFFER_FLAG_IS_SET (out (kit, 1), GST_BUFFER_FLAG_MARKER));
  fail_unless (GST_BUFFER_FLAG_IS_SET (out (kit, 2), GST_BUFFER_FLAG_MARKER));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_that_came_without_marker_leaves_without)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1200);

  kit_push (kit, kit_vp8 (10, 1, TRUE, FALSE, "A"));
  kit_push (kit, kit_vp8 (11, 2, TRUE, TRUE, "B"));
  fail_if (kit_marker (out (kit, 0)));
  fail_unless (kit_marker (out (kit, 1)));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_marker_of_audio_is_as_it_came)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_opus, 1200);
  KitPacket talk_spurt = { 1, 1, TRUE, "a" };

  kit_push (kit, kit_packet (&talk_spurt));
  kit_push (kit, kit_opus (2, "b"));
  fail_unless (kit_marker (out (kit, 0)));
  fail_if (kit_marker (out (kit, 1)));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_later_packets_carry_the_first_descriptor_without_its_start)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + 6 + 100);
  KitPacket start = { 10, 1, FALSE, "\xb0\xf0\x81\x01\x02\x43" "A" };
  KitPacket later = { 11, 1, TRUE, "\x01" "B" };

  kit->grow = 200;
  kit_push (kit, kit_packet (&start));
  kit_push (kit, kit_packet (&later));
  fail_unless_equals_int (kit->out->len, 3);
  assert_bytes (out (kit, 0), HEADER, "\xb0\xf0\x81\x01\x02\x43" "AB+", 9);
  assert_bytes (out (kit, 1), HEADER, "\xa0\xf0\x81\x01\x02\x43" "+", 7);
  assert_bytes (out (kit, 2), HEADER, "\xa0\xf0\x81\x01\x02\x43" "+", 7);
  kit_free (kit);
}

GST_END_TEST;

/* ---- times, flags, metas ---- */

GST_START_TEST (test_times_and_flags_follow)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 100);
  GstBuffer *packet = whole_frame (1, 150);
  GstBuffer *p, *q;

  GST_BUFFER_PTS (packet) = 1;
  GST_BUFFER_DTS (packet) = 2;
  GST_BUFFER_DURATION (packet) = 3;
  GST_BUFFER_OFFSET (packet) = 4;
  GST_BUFFER_OFFSET_END (packet) = 5;
  GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_DELTA_UNIT);
  kit_push (kit, packet);

  p = out (kit, 0);
  q = out (kit, 1);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (q), 1);
  fail_unless_equals_uint64 (GST_BUFFER_DTS (q), 2);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (q), 3);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (p), 4);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET_END (p), 5);
  fail_unless (GST_BUFFER_FLAG_IS_SET (p, GST_BUFFER_FLAG_DELTA_UNIT));
  fail_unless (GST_BUFFER_FLAG_IS_SET (q, GST_BUFFER_FLAG_DELTA_UNIT));
  fail_unless (GST_BUFFER_IS_DISCONT (p));
  fail_if (GST_BUFFER_IS_DISCONT (q));
  kit_free (kit);
}

GST_END_TEST;

/* Three packets, each with a reference timestamp of its own seq. */
static void
push_three_with_metas (Kit * kit)
{
  GstCaps *caps = gst_caps_new_empty_simple ("timestamp/x-test");

  for (guint i = 0; i < 3; i++) {
    GstBuffer *packet = kit_vp8 (10 + i, 1, i == 0, i == 2, "xxxxxxxxxx");

    gst_buffer_add_reference_timestamp_meta (packet, caps, 10 + i, GST_CLOCK_TIME_NONE);
    kit_push (kit, packet);
  }
  gst_caps_unref (caps);
}

/* "10 11" */
static gchar *
metas (GstBuffer * packet)
{
  GString *text = g_string_new (NULL);
  gpointer state = NULL;
  GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta_filtered (packet, &state,
              GST_REFERENCE_TIMESTAMP_META_API_TYPE)) != NULL)
    g_string_append_printf (text, "%s%u", text->len > 0 ? " " : "",
        (guint) ((GstReferenceTimestampMeta *) meta)->timestamp);
  return g_string_free (text, FALSE);
}

static void
assert_metas (Kit * kit, guint i, const gchar * expected)
{
  gchar *text = metas (out (kit, i));

  fail_unless_equals_string (text, expected);
  g_free (text);
}

GST_START_TEST (test_metas_follow_their_packets)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 100);

  kit->grow = 370;
  push_three_with_metas (kit);
  fail_unless_equals_int (kit->out->len, 4);
  assert_metas (kit, 0, "10");
  assert_metas (kit, 1, "11");
  assert_metas (kit, 2, "12");
  assert_metas (kit, 3, "12");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_metas_of_packets_that_vanish_go_on_the_last)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1200);

  push_three_with_metas (kit);
  fail_unless_equals_int (kit->out->len, 1);
  assert_metas (kit, 0, "10 11 12");
  kit_free (kit);
}

GST_END_TEST;

static void
count_stamp (GstBuffer * packet, gpointer user_data)
{
  fail_unless (gst_buffer_is_writable (packet));
  fail_unless (gst_buffer_n_memory (packet) == 1);
  (*(guint *) user_data)++;
}

GST_START_TEST (test_every_new_packet_is_stamped)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 100);
  guint n = 0;

  kit->stamp = count_stamp;
  kit->stamp_data = &n;
  kit_push (kit, whole_frame (1, 301));
  fail_unless_equals_int (n, 4);
  kit_push (kit, whole_frame (2, 1));
  fail_unless_equals_int (n, 5);
  kit_free (kit);
}

GST_END_TEST;

/* ---- numbers and lists ---- */

GST_START_TEST (test_growing_and_shrinking_frames_leave_no_gap)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 100);

  kit->grow = 250;
  kit_push (kit, whole_frame (1, 50));
  kit->grow = -200;
  kit_push (kit, whole_frame (2, 250));
  kit_push (kit, kit_vp8 (3, 3, TRUE, FALSE, ""));
  kit->grow = 0;
  kit_push (kit, kit_vp8 (4, 4, TRUE, FALSE, "a"));
  kit_push (kit, kit_vp8 (5, 4, FALSE, FALSE, "b"));
  kit_push (kit, kit_vp8 (6, 4, FALSE, TRUE, "c"));
  kit_push (kit, kit_vp8 (7, 5, TRUE, TRUE, "d"));
  kit_assert_stat (kit, malformed, 1);
  /* 1 became 3 (1 to 3), 2 stayed (4), 3 was malformed (5), 4 to 6 became one (6), 7 (7). */
  kit_assert_seqs (kit, "1 2 3 4 6 7");
  fail_if (GST_BUFFER_IS_DISCONT (out (kit, 3)));
  fail_unless (GST_BUFFER_IS_DISCONT (out (kit, 4)));
  fail_if (GST_BUFFER_IS_DISCONT (out (kit, 5)));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_list_of_a_frame_leaves_as_one_list)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, HEADER + DESCRIPTOR + 1);
  GstBufferList *list = gst_buffer_list_new ();
  gchar *a = g_strnfill (100, 'a');

  gst_buffer_list_add (list, kit_vp8 (1, 1, TRUE, FALSE, a));
  gst_buffer_list_add (list, kit_vp8 (2, 1, FALSE, TRUE, a));
  gst_buffer_list_add (list, kit_vp8 (3, 2, TRUE, TRUE, "b"));
  gst_buffer_list_add (list, kit_vp8 (4, 3, TRUE, TRUE, a));
  kit_push_list (kit, list);
  fail_unless_equals_int (kit->batches->len, 3);
  fail_unless_equals_int (g_array_index (kit->batches, guint, 0), 4);
  fail_unless_equals_int (g_array_index (kit->batches, guint, 1), 0);
  fail_unless_equals_int (g_array_index (kit->batches, guint, 2), 2);
  g_free (a);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_of_no_bytes_is_dropped)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1200);

  kit->grow = -1;
  kit_push (kit, kit_vp8 (1, 1, TRUE, TRUE, "a"));
  kit->grow = 0;
  kit_push (kit, kit_vp8 (2, 2, TRUE, TRUE, "b"));
  kit_assert_seqs (kit, "2");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_that_was_begun_and_not_ended_is_dropped)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 100);

  kit->action = KIT_BEGIN_ONLY;
  kit_push (kit, whole_frame (1, 50));
  kit_push (kit, whole_frame (2, 500));
  kit->action = KIT_WRITE;
  kit_push (kit, whole_frame (3, 50));
  kit_assert_seqs (kit, "3");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_packets_that_came_are_not_written_to)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp8, 1200);
  GstBuffer *packet = whole_frame (1, 50);
  GstBuffer *plain = gst_buffer_copy_deep (packet);
  GstMapInfo map;

  kit->grow = 10;
  kit_push (kit, gst_buffer_ref (packet));
  gst_buffer_map (plain, &map, GST_MAP_READ);
  fail_unless (gst_buffer_memcmp (packet, 0, map.data, map.size) == 0);
  gst_buffer_unmap (plain, &map);
  ASSERT_BUFFER_REFCOUNT (packet, "packet", 1);
  gst_buffer_unref (packet);
  gst_buffer_unref (plain);
  kit_free (kit);
}

GST_END_TEST;

static Suite *
rtp_writer_suite (void)
{
  Suite *suite = suite_create ("rtp-writer");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_frame_that_fits_the_mtu_exactly_is_one_packet);
  tcase_add_test (tc, test_frame_one_byte_over_the_mtu_is_two_packets);
  tcase_add_test (tc, test_room_that_is_not_used_makes_no_packet);
  tcase_add_test (tc, test_mtu_too_small_for_anything_still_works);
  tcase_add_test (tc, test_large_frame_under_a_tiny_mtu_makes_a_bounded_number_of_packets);
  tcase_add_test (tc, test_mtu_may_change_between_frames);
  tcase_add_test (tc, test_audio_frame_is_one_packet_however_large);
  tcase_add_loop_test (tc, test_extensions_csrcs_and_payload_type_are_byte_identical, 0,
      G_N_ELEMENTS (extension_rows));
  tcase_add_test (tc, test_each_packet_takes_the_header_of_its_counterpart);
  tcase_add_test (tc, test_further_packets_take_the_header_of_the_last);
  tcase_add_test (tc, test_last_of_fewer_packets_takes_the_header_of_the_last);
  tcase_add_test (tc, test_single_packet_for_several_takes_the_longest_header);
  tcase_add_test (tc, test_longer_header_of_the_last_packet_stays_under_the_mtu);
  tcase_add_test (tc, test_padding_bit_is_taken_off);
  tcase_add_test (tc, test_marker_is_on_the_last_packet_alone);
  tcase_add_test (tc, test_frame_that_came_without_marker_leaves_without);
  tcase_add_test (tc, test_marker_of_audio_is_as_it_came);
  tcase_add_test (tc, test_later_packets_carry_the_first_descriptor_without_its_start);
  tcase_add_test (tc, test_times_and_flags_follow);
  tcase_add_test (tc, test_metas_follow_their_packets);
  tcase_add_test (tc, test_metas_of_packets_that_vanish_go_on_the_last);
  tcase_add_test (tc, test_every_new_packet_is_stamped);
  tcase_add_test (tc, test_growing_and_shrinking_frames_leave_no_gap);
  tcase_add_test (tc, test_list_of_a_frame_leaves_as_one_list);
  tcase_add_test (tc, test_frame_of_no_bytes_is_dropped);
  tcase_add_test (tc, test_frame_that_was_begun_and_not_ended_is_dropped);
  tcase_add_test (tc, test_packets_that_came_are_not_written_to);
  return suite;
}

GST_CHECK_MAIN (rtp_writer);
