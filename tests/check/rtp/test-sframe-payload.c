/* The SFrame payload: its descriptor, fragments out and back, and what lies about itself.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

#define HEADER 12

/* ---- the descriptor ---- */

/* draft-ietf-avtcore-rtp-sframe-02 section 4, the byte drawn there as "S E T x x x x x". */
static const struct
{
  const gchar *name;
  guint8 byte;
  gboolean first, last, is_payload;
} descriptors[] = {
  {"frame in one packet", 0xc0, TRUE, TRUE, FALSE},
  {"first fragment of a frame", 0x80, TRUE, FALSE, FALSE},
  {"fragment in the middle of a frame", 0x00, FALSE, FALSE, FALSE},
  {"last fragment of a frame", 0x40, FALSE, TRUE, FALSE},
  {"payload in one packet", 0xe0, TRUE, TRUE, TRUE},
  {"first fragment of a payload", 0xa0, TRUE, FALSE, TRUE},
  {"fragment in the middle of a payload", 0x20, FALSE, FALSE, TRUE},
  {"last fragment of a payload", 0x60, FALSE, TRUE, TRUE},
  {"frame in one packet, all reserved bits set", 0xdf, TRUE, TRUE, FALSE},
  {"middle of a payload, all reserved bits set", 0x3f, FALSE, FALSE, TRUE},
};

static const E2eeRtpPacking *const packings[] = {
  &e2ee_rtp_packing_sframe, &e2ee_rtp_packing_sframe_payload
};

GST_START_TEST (test_a_descriptor_is_read_as_the_draft_draws_it)
{
  for (guint i = 0; i < G_N_ELEMENTS (packings); i++) {
    guint8 payload[2] = { descriptors[__i__].byte, 0x17 };
    E2eeRtpPayload info;
    const gchar *name = descriptors[__i__].name;

    fail_unless (packings[i]->parse (payload, 2, &info), "%s", name);
    fail_unless_equals_uint64 (info.descriptor_size, 1);
    fail_unless_equals_int (info.start,
        descriptors[__i__].first ? E2EE_RTP_START_YES : E2EE_RTP_START_NO);
    fail_unless_equals_int (info.end, descriptors[__i__].last);
    fail_unless_equals_int (info.is_payload, descriptors[__i__].is_payload);
    fail_if (packings[i]->parse (payload, 1, &info), "%s, with nothing behind it", name);
    fail_if (packings[i]->parse (payload, 0, &info), "%s, and not even that", name);
  }
}

GST_END_TEST;

/* ---- writing ---- */

static GstBuffer *
opus_packet (guint16 seq, gsize size, gboolean marker)
{
  KitPacket spec = { seq, seq, marker, NULL, size };

  return kit_packet (&spec);
}

/* "80 00 40": the first byte of every payload that left; (transfer full). */
static gchar *
heads (Kit * kit)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < kit->out->len; i++) {
    guint8 byte = 0;

    gst_buffer_extract (kit->out->pdata[i], HEADER, &byte, 1);
    g_string_append_printf (text, "%s%02x", i > 0 ? " " : "", byte);
  }
  return g_string_free (text, FALSE);
}

static const struct
{
  const gchar *name;
  gsize size;
  const gchar *frame, *payload;
} cuts[] = {
  {"one byte", 1, "c0", "e0"},
  {"exactly what one packet holds", 99, "c0", "e0"},
  {"one byte more", 100, "80 40", "a0 60"},
  {"exactly two packets", 198, "80 40", "a0 60"},
  {"one byte more than two", 199, "80 00 40", "a0 20 60"},
  {"many", 950, "80 00 00 00 00 00 00 00 00 40", "a0 20 20 20 20 20 20 20 20 60"},
};

GST_START_TEST (test_an_object_is_cut_into_fragments_that_say_what_they_are)
{
  for (guint i = 0; i < G_N_ELEMENTS (packings); i++) {
    Kit *kit = kit_new_between (&e2ee_rtp_packing_whole, packings[i], HEADER + 1 + 99);
    GByteArray *joined = g_byte_array_new ();
    gchar *text;

    kit_push (kit, opus_packet (7, cuts[__i__].size, TRUE));
    text = heads (kit);
    fail_unless_equals_string (text, i == 0 ? cuts[__i__].frame : cuts[__i__].payload);
    g_free (text);

    for (guint j = 0; j < kit->out->len; j++) {
      GBytes *payload = kit_payload (kit->out->pdata[j]);
      gsize size;
      const guint8 *data = g_bytes_get_data (payload, &size);

      fail_unless (size <= 100, "%s: over the mtu", cuts[__i__].name);
      g_byte_array_append (joined, data + 1, size - 1);
      fail_unless_equals_int (kit_marker (kit->out->pdata[j]), j + 1 == kit->out->len);
      fail_unless_equals_int (kit_seq (kit->out->pdata[j]), 7 + j);
      g_bytes_unref (payload);
    }
    fail_unless_equals_uint64 (joined->len, cuts[__i__].size);
    fail_unless (memcmp (joined->data, g_bytes_get_data (kit->frames->pdata[0], NULL),
            joined->len) == 0);
    g_byte_array_unref (joined);
    kit_free (kit);
  }
}

GST_END_TEST;

GST_START_TEST (test_a_packet_without_marker_makes_fragments_without)
{
  Kit *kit = kit_new_between (&e2ee_rtp_packing_whole, &e2ee_rtp_packing_sframe, HEADER + 100);

  kit_push (kit, opus_packet (7, 150, FALSE));
  fail_unless_equals_int (kit->out->len, 2);
  fail_if (kit_marker (kit->out->pdata[0]));
  fail_if (kit_marker (kit->out->pdata[1]));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_a_frame_of_codec_packets_leaves_without_their_descriptors)
{
  Kit *kit = kit_new_between (&e2ee_rtp_packing_vp8, &e2ee_rtp_packing_sframe, 1200);
  GBytes *payload;

  kit_push (kit, kit_vp8 (10, 3000, TRUE, FALSE, "one"));
  kit_push (kit, kit_vp8 (11, 3000, FALSE, TRUE, "two"));
  kit_assert_frames (kit, "onetwo");
  kit_assert_seqs (kit, "10");
  payload = kit_payload (kit->out->pdata[0]);
  fail_unless_equals_uint64 (g_bytes_get_size (payload), 7);
  fail_unless (memcmp (g_bytes_get_data (payload, NULL), "\xc0" "onetwo", 7) == 0);
  fail_unless (kit_marker (kit->out->pdata[0]));
  g_bytes_unref (payload);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frames_leave_as_codec_packets_with_fresh_descriptors)
{
  Kit *kit = kit_new_between (&e2ee_rtp_packing_sframe, &e2ee_rtp_packing_vp8, HEADER + 1 + 64);
  KitPacket spec = { 10, 3000, TRUE, "\xc0" };
  gchar *text = g_strnfill (100, 'f');

  text[0] = '\xc0';
  spec.payload = text;
  kit_push (kit, kit_packet (&spec));
  fail_unless_equals_int (kit->out->len, 2);
  for (guint i = 0; i < 2; i++) {
    E2eeRtpPayload info;
    GBytes *payload = kit_payload (kit->out->pdata[i]);
    gsize size;
    const guint8 *data = g_bytes_get_data (payload, &size);

    fail_unless (e2ee_rtp_packing_vp8.parse (data, size, &info));
    fail_unless_equals_int (info.start, i == 0 ? E2EE_RTP_START_YES : E2EE_RTP_START_NO);
    fail_unless_equals_int (kit_marker (kit->out->pdata[i]), i == 1);
    g_bytes_unref (payload);
  }
  g_free (text);
  kit_free (kit);
}

GST_END_TEST;

/* ---- reading ---- */

typedef struct
{
  guint16 seq;
  guint timestamp;
  guint8 descriptor;
  gchar body;
  gboolean marker;
  guint pt;
} Fragment;

static const struct
{
  const gchar *name;
  Fragment fragments[5];
  const gchar *frames;          /* what is handed over by then */
  guint incomplete;             /* what is counted, once the stream has ended */
} streams[] = {
  {"three fragments in order",
      {{1, 9, 0x80, 'A'}, {2, 9, 0x00, 'B'}, {3, 9, 0x40, 'C', TRUE}}, "ABC", 0},
  {"the last first",
      {{1, 8, 0xc0, 'X'}, {4, 9, 0x40, 'C', TRUE}, {2, 9, 0x80, 'A'}, {3, 9, 0x00, 'B'}},
      "X|ABC", 0},
  {"no marker at all: E ends a frame",
      {{1, 9, 0x80, 'A'}, {2, 9, 0x40, 'B'}}, "AB", 0},
  {"reserved bits are not looked at",
      {{1, 9, 0x9f, 'A'}, {2, 9, 0x15, 'B'}, {3, 9, 0x4a, 'C', TRUE}}, "ABC", 0},
  {"two objects of one timestamp",
      {{1, 9, 0xa0, 'A'}, {2, 9, 0x60, 'B'}, {3, 9, 0xe0, 'C', TRUE}}, "AB|C", 0},
  {"frames and payloads one after the other",
      {{1, 9, 0xc0, 'A', TRUE}, {2, 10, 0xe0, 'B', TRUE}, {3, 11, 0xc0, 'C', TRUE}}, "A|B|C", 0},
  {"a marker before the end does not end it",
      {{1, 9, 0x80, 'A', TRUE}, {2, 9, 0x40, 'B', TRUE}}, "AB", 0},
  {"no end, and another object begins",
      {{1, 9, 0x80, 'A'}, {2, 9, 0x00, 'B', TRUE}, {3, 10, 0xc0, 'C', TRUE}}, "C", 1},
  {"the smallest run from S to E",
      {{1, 9, 0x80, 'A'}, {2, 9, 0x80, 'B'}, {3, 9, 0x40, 'C', TRUE}}, "BC", 1},
  {"no beginning", {{1, 9, 0x00, 'A'}, {2, 9, 0x40, 'B', TRUE}}, "", 1},
  {"a fragment is missing", {{1, 9, 0x80, 'A'}, {3, 9, 0x40, 'C', TRUE}}, "", 1},
  {"T changes on the last fragment",
      {{1, 9, 0x80, 'A'}, {2, 9, 0x60, 'B', TRUE}, {3, 10, 0xc0, 'C', TRUE}}, "C", 2},
  {"T changes on a fragment in the middle",
      {{1, 9, 0xa0, 'A'}, {2, 9, 0x00, 'B'}, {3, 9, 0x60, 'C', TRUE}, {4, 10, 0xe0, 'D', TRUE}},
      "D", 3},
  {"the payload type changes",
      {{1, 9, 0x80, 'A'}, {2, 9, 0x40, 'B', TRUE, 111}, {3, 10, 0xc0, 'C', TRUE}}, "C", 2},
  {"the timestamp changes",
      {{1, 9, 0x80, 'A'}, {2, 10, 0x40, 'B', TRUE}, {3, 11, 0xc0, 'C', TRUE}}, "C", 2},
};

GST_START_TEST (test_only_a_run_of_one_kind_from_s_to_e_is_an_object)
{
  Kit *kit = kit_new_between (&e2ee_rtp_packing_sframe, &e2ee_rtp_packing_whole, 1200);
  gchar *text;

  for (guint i = 0; i < 5 && streams[__i__].fragments[i].body != 0; i++) {
    const Fragment *f = &streams[__i__].fragments[i];
    gchar payload[3] = { (gchar) f->descriptor, f->body };
    KitPacket spec = {.seq = f->seq,.timestamp = f->timestamp,.marker = f->marker,
      .payload = payload,.size = 2,.pt = f->pt
    };

    kit_push (kit, kit_packet (&spec));
  }
  text = kit_frames (kit);
  fail_unless (g_str_equal (text, streams[__i__].frames), "%s: %s", streams[__i__].name, text);
  g_free (text);
  e2ee_rtp_regroup_drain (kit->regroup);
  fail_unless (e2ee_rtp_regroup_get_stats (kit->regroup)->incomplete
      == streams[__i__].incomplete, "%s: %u incomplete", streams[__i__].name,
      (guint) e2ee_rtp_regroup_get_stats (kit->regroup)->incomplete);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_t_is_told_with_the_object)
{
  Kit *kit = kit_new_between (&e2ee_rtp_packing_sframe, &e2ee_rtp_packing_whole, 1200);
  KitPacket frame = { 1, 1, TRUE, "\xc0" "A" }, payload = { 2, 1, TRUE, "\xe0" "B" };

  kit_push (kit, kit_packet (&frame));
  kit_push (kit, kit_packet (&payload));
  fail_if (g_array_index (kit->infos, E2eeRtpFrame, 0).is_payload);
  fail_unless (g_array_index (kit->infos, E2eeRtpFrame, 1).is_payload);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_a_descriptor_with_nothing_behind_it_is_malformed)
{
  Kit *kit = kit_new_between (&e2ee_rtp_packing_sframe, &e2ee_rtp_packing_whole, 1200);
  KitPacket bare = { 1, 1, TRUE, "\xc0" };

  kit_push (kit, kit_packet (&bare));
  kit_assert_frames (kit, "");
  kit_assert_stat (kit, malformed, 1);
  kit_free (kit);
}

GST_END_TEST;

static Suite *
sframe_payload_suite (void)
{
  Suite *s = suite_create ("sframe-payload");
  TCase *tc = tcase_create ("sframe-payload");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_a_descriptor_is_read_as_the_draft_draws_it, 0,
      G_N_ELEMENTS (descriptors));
  tcase_add_loop_test (tc, test_an_object_is_cut_into_fragments_that_say_what_they_are, 0,
      G_N_ELEMENTS (cuts));
  tcase_add_test (tc, test_a_packet_without_marker_makes_fragments_without);
  tcase_add_test (tc, test_a_frame_of_codec_packets_leaves_without_their_descriptors);
  tcase_add_test (tc, test_frames_leave_as_codec_packets_with_fresh_descriptors);
  tcase_add_loop_test (tc, test_only_a_run_of_one_kind_from_s_to_e_is_an_object, 0,
      G_N_ELEMENTS (streams));
  tcase_add_test (tc, test_t_is_told_with_the_object);
  tcase_add_test (tc, test_a_descriptor_with_nothing_behind_it_is_malformed);
  return s;
}

GST_CHECK_MAIN (sframe_payload);
