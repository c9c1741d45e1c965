/* The VP9 payload descriptor: reading every form, cutting, and layers of one picture.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

#define BYTES(text) (const guint8 *) text, sizeof (text) - 1

/* First octets: I 80, P 40, L 20, F 10, B 08, E 04, V 02, Z 01. */
typedef struct
{
  const gchar *name;
  const guint8 *payload;
  gsize size;
  gsize descriptor_size;        /* 0: refused */
  gboolean start;
  gboolean end;
  gboolean entry;
} Row;

static const Row rows[] = {
  {"nothing but flags, middle", BYTES ("\x00" "F"), 1, FALSE, FALSE, FALSE},
  {"first packet of a key frame", BYTES ("\x08" "F"), 1, TRUE, FALSE, TRUE},
  {"whole key frame", BYTES ("\x0c" "F"), 1, TRUE, TRUE, TRUE},
  {"last packet of a key frame", BYTES ("\x04" "F"), 1, FALSE, TRUE, FALSE},
  {"whole inter frame", BYTES ("\x4c" "F"), 1, TRUE, TRUE, FALSE},
  {"not a reference for upper layers", BYTES ("\x0d" "F"), 1, TRUE, TRUE, TRUE},
  {"I, 7 bits", BYTES ("\x8c\x7f" "F"), 2, TRUE, TRUE, TRUE},
  {"I, 15 bits", BYTES ("\x8c\xff\xff" "F"), 3, TRUE, TRUE, TRUE},
  {"I, 15 bits of 0", BYTES ("\x88\x80\x00" "F"), 3, TRUE, FALSE, TRUE},
  {"L with TL0PICIDX", BYTES ("\x2c\x00\x55" "F"), 3, TRUE, TRUE, TRUE},
  {"L, temporal layer 2", BYTES ("\x6c\x50\x55" "F"), 3, TRUE, TRUE, FALSE},
  {"L, upper spatial layer of a key frame", BYTES ("\x2c\x03\x55" "F"), 3, TRUE, TRUE, FALSE},
  {"L, layer 7 alone", BYTES ("\x28\x0e\x55" "F"), 3, TRUE, FALSE, FALSE},
  {"I 7, L", BYTES ("\xac\x05\x00\x55" "F"), 4, TRUE, TRUE, TRUE},
  {"I 15, L", BYTES ("\xac\x81\x05\x00\x55" "F"), 5, TRUE, TRUE, TRUE},
  {"F, key frame", BYTES ("\x9c\x05" "F"), 2, TRUE, TRUE, TRUE},
  {"F, L without TL0PICIDX", BYTES ("\xbc\x05\x00" "F"), 3, TRUE, TRUE, TRUE},
  {"F, L, upper layer", BYTES ("\xbc\x05\x02" "F"), 3, TRUE, TRUE, FALSE},
  {"F, one P_DIFF", BYTES ("\xdc\x05\x02" "F"), 3, TRUE, TRUE, FALSE},
  {"F, two P_DIFFs", BYTES ("\xdc\x05\x03\x04" "F"), 4, TRUE, TRUE, FALSE},
  {"F, three P_DIFFs", BYTES ("\xdc\x05\x03\x05\x06" "F"), 5, TRUE, TRUE, FALSE},
  {"F, I 15, L, three P_DIFFs", BYTES ("\xfc\x81\x05\x20\x03\x05\x06" "F"), 7, TRUE, TRUE, FALSE},
  {"P without F has no P_DIFF", BYTES ("\xcc\x05\x03" "F"), 2, TRUE, TRUE, FALSE},
  {"V, one layer, nothing more", BYTES ("\x0e\x00" "F"), 2, TRUE, TRUE, TRUE},
  {"V, Y, one layer", BYTES ("\x0e\x10\x01\x40\x00\xf0" "F"), 6, TRUE, TRUE, TRUE},
  {"V, three layers without sizes", BYTES ("\x0e\x40" "F"), 2, TRUE, TRUE, TRUE},
  {"V, Y, three layers", BYTES ("\x0e\x50" "aaaabbbbcccc" "F"), 14, TRUE, TRUE, TRUE},
  {"V, Y, eight layers", BYTES ("\x0e\xf0" "aaaabbbbccccddddeeeeffffgggghhhh" "F"), 34,
    TRUE, TRUE, TRUE},
  {"V, G of no picture", BYTES ("\x0e\x08\x00" "F"), 3, TRUE, TRUE, TRUE},
  {"V, G, one picture without reference", BYTES ("\x0e\x08\x01\x00" "F"), 4, TRUE, TRUE, TRUE},
  {"V, G, one picture with three", BYTES ("\x0e\x08\x01\x0c\x01\x02\x03" "F"), 7, TRUE, TRUE, TRUE},
  {"V, Y, G, as rtpvp9pay writes it", BYTES ("\x8a\x05\x18\x01\x40\x00\xf0\x01\x04\x01" "F"), 10,
    TRUE, FALSE, TRUE},
  {"V, G of four pictures", BYTES ("\x0e\x08\x04\x00\x44\x01\x28\x02\x03\x48\x01\x02" "F"), 12,
    TRUE, TRUE, TRUE},
  {"everything", BYTES ("\xfe\x81\x05\x20\x03\x05\x06\x38" "aaaabbbb" "\x01\x04\x01" "F"), 19,
    TRUE, TRUE, FALSE},
  {"reserved bits of the structure", BYTES ("\x0e\x0f\x01\x03" "F"), 4, TRUE, TRUE, TRUE},
  {"F without I", BYTES ("\x1c" "FFFF"), 0, FALSE, FALSE, FALSE},
  {"F and P without I", BYTES ("\x5c\x02" "FFFF"), 0, FALSE, FALSE, FALSE},
  {"four P_DIFFs", BYTES ("\xdc\x05\x03\x05\x07\x08" "FFFF"), 0, FALSE, FALSE, FALSE},
};

/* Of the very size, so that a read behind its end shows under valgrind and ASan. */
static guint8 *
exact_copy (const guint8 * bytes, gsize size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  memcpy (copy, bytes, size);
  return copy;
}

GST_START_TEST (test_vp9_descriptor_of_every_form_is_read)
{
  const Row *row = &rows[__i__];
  guint8 *payload = exact_copy (row->payload, row->size);
  E2eeRtpPayload info = { 0 };
  gboolean ok = e2ee_rtp_packing_vp9.parse (payload, row->size, &info);

  fail_unless (ok == (row->descriptor_size > 0), "%s: accepted %d", row->name, ok);
  if (ok) {
    fail_unless (info.descriptor_size == row->descriptor_size, "%s: size %" G_GSIZE_FORMAT,
        row->name, info.descriptor_size);
    fail_unless ((info.start == E2EE_RTP_START_YES) == row->start, "%s: start %d", row->name,
        info.start);
    fail_unless (info.end == row->end, "%s: end %d", row->name, info.end);
  }
  fail_unless (e2ee_rtp_packing_vp9.is_entry (payload, row->size) == row->entry, "%s: entry",
      row->name);
  g_free (payload);
}

GST_END_TEST;

GST_START_TEST (test_vp9_descriptor_without_a_frame_or_cut_anywhere_is_refused)
{
  const Row *row = &rows[__i__];

  for (gsize size = 0; size <= row->descriptor_size; size++) {
    guint8 *payload = exact_copy (row->payload, size);
    E2eeRtpPayload info;

    fail_if (e2ee_rtp_packing_vp9.parse (payload, size, &info), "%s, %" G_GSIZE_FORMAT " bytes",
        row->name, size);
    g_free (payload);
  }
}

GST_END_TEST;

/* A structure of @n_pictures pictures with three references each: 4 bytes a picture. */
static guint8 *
long_structure (guint n_pictures, gsize * descriptor_size)
{
  guint8 *payload = g_malloc0 (2048);

  payload[0] = 0x0a;
  payload[1] = 0x08;
  payload[2] = (guint8) n_pictures;
  for (guint i = 0; i < n_pictures; i++)
    payload[3 + 4 * i] = 0x0c;
  *descriptor_size = 3 + 4 * n_pictures;
  return payload;
}

GST_START_TEST (test_vp9_descriptor_may_fill_all_the_room_there_is_and_no_more)
{
  gsize descriptor_size;
  E2eeRtpPayload info;
  guint8 *payload = long_structure (63, &descriptor_size);

  fail_unless (descriptor_size <= E2EE_RTP_MAX_DESCRIPTOR);
  fail_unless (e2ee_rtp_packing_vp9.parse (payload, descriptor_size + 1, &info));
  fail_unless_equals_uint64 (info.descriptor_size, descriptor_size);
  g_free (payload);

  payload = long_structure (64, &descriptor_size);
  fail_unless (descriptor_size > E2EE_RTP_MAX_DESCRIPTOR);
  fail_if (e2ee_rtp_packing_vp9.parse (payload, 2048, &info));
  fail_if (e2ee_rtp_packing_vp9.is_entry (payload, 2048));
  g_free (payload);

  payload = long_structure (255, &descriptor_size);
  fail_if (e2ee_rtp_packing_vp9.parse (payload, 2048, &info));
  g_free (payload);
}

GST_END_TEST;

/* I with 15 bits, L, F, P with two P_DIFFs, V with sizes of two layers, Z. */
#define FULL "\xff\x81\x05\x20\x03\x04\x30" "aaaabbbb"
/* The same without I, L, F and references. */
#define SHORT "\x0e\x10" "aaaa"

typedef struct
{
  const gchar *name;
  const guint8 *descriptor;
  gsize descriptor_size;
  gsize offset;
  gsize room;
  gsize last_room;
  const guint8 *head;
  gsize head_size;
  gsize piece_size;
} CutRow;

/* All of a frame of 100 bytes. */
static const CutRow cut_rows[] = {
  {"all in one", BYTES (FULL), 0, 500, 500, BYTES (FULL), 100},
  {"fits to the byte", BYTES (FULL), 0, 115, 115, BYTES (FULL), 100},
  {"one byte over", BYTES (FULL), 0, 114, 114,
    BYTES ("\xfb\x81\x05\x20\x03\x04\x30" "aaaabbbb"), 99},
  {"first of several", BYTES (FULL), 0, 60, 60,
    BYTES ("\xfb\x81\x05\x20\x03\x04\x30" "aaaabbbb"), 45},
  {"middle", BYTES (FULL), 45, 40, 40, BYTES ("\xf1\x81\x05\x20\x03\x04"), 34},
  {"last", BYTES (FULL), 79, 40, 40, BYTES ("\xf5\x81\x05\x20\x03\x04"), 21},
  {"last header is the longer one", BYTES (FULL), 79, 40, 26,
    BYTES ("\xf1\x81\x05\x20\x03\x04"), 20},
  {"no B in the descriptor that came", BYTES ("\x44"), 0, 500, 500, BYTES ("\x4c"), 100},
  {"structure, first of several", BYTES (SHORT), 0, 60, 60, BYTES ("\x0a\x10" "aaaa"), 54},
  {"structure, last", BYTES (SHORT), 54, 60, 60, BYTES ("\x04"), 46},
  {"flags alone, middle", BYTES ("\x4c"), 20, 60, 60, BYTES ("\x40"), 59},
};

GST_START_TEST (test_vp9_frame_is_cut_under_the_descriptor_that_it_came_with)
{
  const CutRow *row = &cut_rows[__i__];
  E2eeRtpWhole whole = { NULL, 100, row->descriptor, row->descriptor_size };
  E2eeRtpPiece piece;

  e2ee_rtp_packing_vp9.cut (&whole, row->offset, row->room, row->last_room, &piece);
  fail_unless (piece.head_size == row->head_size, "%s: head of %" G_GSIZE_FORMAT, row->name,
      piece.head_size);
  fail_unless (memcmp (piece.head, row->head, row->head_size) == 0, "%s: head", row->name);
  fail_unless (piece.size == row->piece_size, "%s: %" G_GSIZE_FORMAT " bytes", row->name,
      piece.size);
  fail_unless_equals_uint64 (piece.skip, 0);
}

GST_END_TEST;

static const struct
{
  const gchar *name;
  const guint8 *frame;
  gsize frame_size;
  gsize offset;
  const guint8 *head;
  gsize head_size;
} fresh_rows[] = {
  {"key frame, whole", BYTES ("\x82\x49\x83\x42\x20\x13\xf0\x0e\xf6\x10"), 0,
    BYTES ("\x0e\x10\x01\x40\x00\xf0")},
  {"key frame, rest", BYTES ("\x82\x49\x83\x42\x20\x13\xf0\x0e\xf6\x10"), 4, BYTES ("\x04")},
  {"key frame too large for the structure", BYTES ("\x82\x49\x83\x42\x2f\xff\xff\xff\xf0"), 0,
    BYTES ("\x0c")},
  {"inter frame, whole", BYTES ("\x86\x00\x40\x92\xf1\xc1"), 0, BYTES ("\x4c")},
  {"inter frame, rest", BYTES ("\x86\x00\x40\x92\xf1\xc1"), 2, BYTES ("\x44")},
  {"shows an earlier picture", BYTES ("\x88"), 0, BYTES ("\x4c")},
  {"no VP9", BYTES ("x"), 0, BYTES ("\x4c")},
};

GST_START_TEST (test_vp9_descriptor_is_made_afresh_for_a_frame_that_had_none)
{
  E2eeRtpWhole whole = { fresh_rows[__i__].frame, fresh_rows[__i__].frame_size, NULL, 0 };
  E2eeRtpPiece piece;

  e2ee_rtp_packing_vp9.cut (&whole, fresh_rows[__i__].offset, 100, 100, &piece);
  fail_unless (piece.head_size == fresh_rows[__i__].head_size, "%s", fresh_rows[__i__].name);
  fail_unless (memcmp (piece.head, fresh_rows[__i__].head, piece.head_size) == 0, "%s",
      fresh_rows[__i__].name);
  fail_unless_equals_uint64 (piece.size, whole.size - fresh_rows[__i__].offset);
  fail_unless (piece.head_size <= e2ee_rtp_packing_vp9.fresh_size);
}

GST_END_TEST;

/* A packet of payload @text behind @descriptor. */
static GstBuffer *
packet (guint16 seq, guint32 timestamp, gboolean marker, const gchar * descriptor, gsize size,
    const gchar * text)
{
  gchar *payload = g_malloc (size + strlen (text));
  KitPacket spec = { seq, timestamp, marker, payload, size + strlen (text) };
  GstBuffer *buffer;

  memcpy (payload, descriptor, size);
  memcpy (payload + size, text, strlen (text));
  buffer = kit_packet (&spec);
  g_free (payload);
  return buffer;
}

#define PACKET(seq, marker, descriptor, text) \
  packet (seq, 3000, marker, descriptor, sizeof (descriptor) - 1, text)

GST_START_TEST (test_layers_of_one_picture_are_frames_of_their_own)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp9, 1200);

  kit_push (kit, PACKET (7, FALSE, "\x28\x00\x01", "aa"));
  kit_assert_frames (kit, "");
  kit_push (kit, PACKET (8, FALSE, "\x24\x00\x01", "AA"));
  kit_assert_frames (kit, "aaAA");
  kit_push (kit, PACKET (9, FALSE, "\x2c\x03\x01", "bb"));
  kit_assert_frames (kit, "aaAA|bb");
  kit_push (kit, PACKET (10, TRUE, "\x2c\x05\x01", "cc"));
  kit_assert_frames (kit, "aaAA|bb|cc");

  kit_assert_seqs (kit, "7 8 9");
  fail_if (kit_marker (kit->out->pdata[0]));
  fail_if (kit_marker (kit->out->pdata[1]));
  fail_unless (kit_marker (kit->out->pdata[2]));
  kit_assert_stat (kit, incomplete, 0);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_marker_stays_on_the_last_packet_of_the_last_layer)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp9, 12 + 3 + 64);
  gchar *text = g_strnfill (150, 'x');

  kit_push (kit, PACKET (7, FALSE, "\x2c\x00\x01", text));
  kit_push (kit, PACKET (8, TRUE, "\x2c\x03\x01", text));
  fail_unless_equals_int (kit->out->len, 6);
  for (guint i = 0; i < 6; i++) {
    GBytes *payload = kit_payload (kit->out->pdata[i]);
    guint8 first = ((const guint8 *) g_bytes_get_data (payload, NULL))[0];

    fail_unless (kit_marker (kit->out->pdata[i]) == (i == 5), "packet %u", i);
    fail_unless (!(first & 0x08) == (i % 3 != 0), "packet %u: B", i);
    fail_unless (!(first & 0x04) == (i % 3 != 2), "packet %u: E", i);
    g_bytes_unref (payload);
  }
  kit_assert_seqs (kit, "7 8 9 10 11 12");
  g_free (text);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_layer_that_lost_a_packet_does_not_take_the_next_layer_with_it)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp9, 1200);

  kit_push (kit, packet (6, 0, TRUE, "\x2c\x00\x00", 3, "zz"));
  kit_push (kit, PACKET (7, FALSE, "\x28\x00\x01", "aa"));
  kit_push (kit, PACKET (9, FALSE, "\x2c\x03\x01", "bb"));
  kit_push (kit, PACKET (10, TRUE, "\x2c\x05\x01", "cc"));
  kit_assert_frames (kit, "zz|bb|cc");
  kit_assert_seqs (kit, "6 9 10");
  kit_assert_stat (kit, incomplete, 1);
  fail_unless (GST_BUFFER_FLAG_IS_SET (kit->out->pdata[1], GST_BUFFER_FLAG_DISCONT));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_layer_whose_end_was_lost_is_not_joined_with_the_next)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp9, 1200);

  /* A marker moved by a server that dropped the upper layers; then the end of a layer is lost. */
  kit_push (kit, PACKET (7, FALSE, "\x28\x00\x01", "aa"));
  kit_push (kit, PACKET (8, TRUE, "\x24\x00\x01", "AA"));
  kit_push (kit, packet (9, 6000, FALSE, "\x28\x00\x02", 3, "bb"));
  kit_push (kit, packet (11, 9000, TRUE, "\x2c\x00\x03", 3, "cc"));
  kit_assert_frames (kit, "aaAA|cc");
  kit_assert_stat (kit, incomplete, 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_packets_of_layers_that_come_out_of_order_are_sorted)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp9, 1200);

  kit_push (kit, PACKET (7, FALSE, "\x28\x00\x01", "aa"));
  kit_push (kit, PACKET (9, FALSE, "\x28\x03\x01", "bb"));
  kit_push (kit, PACKET (10, TRUE, "\x24\x03\x01", "BB"));
  kit_push (kit, PACKET (8, FALSE, "\x24\x00\x01", "AA"));
  /* The upper layer was whole first, and what is older is late by then. */
  kit_assert_frames (kit, "bbBB");
  kit_assert_stat (kit, late, 1);
  kit_assert_stat (kit, incomplete, 1);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_malformed_vp9_packet_is_counted_and_ends_nothing)
{
  Kit *kit = kit_new (&e2ee_rtp_codec_vp9, 1200);

  kit_push (kit, PACKET (7, FALSE, "\x28\x00\x01", "aa"));
  kit_push (kit, PACKET (8, FALSE, "\x1c", "xx"));
  kit_push (kit, PACKET (9, TRUE, "\x24\x00\x01", "AA"));
  kit_assert_frames (kit, "");
  kit_assert_stat (kit, malformed, 1);
  kit_free (kit);
}

GST_END_TEST;

static Suite *
rtp_vp9_suite (void)
{
  Suite *suite = suite_create ("rtp-vp9");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_vp9_descriptor_of_every_form_is_read, 0, G_N_ELEMENTS (rows));
  tcase_add_loop_test (tc, test_vp9_descriptor_without_a_frame_or_cut_anywhere_is_refused, 0,
      G_N_ELEMENTS (rows));
  tcase_add_test (tc, test_vp9_descriptor_may_fill_all_the_room_there_is_and_no_more);
  tcase_add_loop_test (tc, test_vp9_frame_is_cut_under_the_descriptor_that_it_came_with, 0,
      G_N_ELEMENTS (cut_rows));
  tcase_add_loop_test (tc, test_vp9_descriptor_is_made_afresh_for_a_frame_that_had_none, 0,
      G_N_ELEMENTS (fresh_rows));
  tcase_add_test (tc, test_layers_of_one_picture_are_frames_of_their_own);
  tcase_add_test (tc, test_marker_stays_on_the_last_packet_of_the_last_layer);
  tcase_add_test (tc, test_layer_that_lost_a_packet_does_not_take_the_next_layer_with_it);
  tcase_add_test (tc, test_layer_whose_end_was_lost_is_not_joined_with_the_next);
  tcase_add_test (tc, test_packets_of_layers_that_come_out_of_order_are_sorted);
  tcase_add_test (tc, test_malformed_vp9_packet_is_counted_and_ends_nothing);
  return suite;
}

GST_CHECK_MAIN (rtp_vp9);
