/* NAL units in RTP payloads, form by form: H.264 (RFC 6184) and H.265 (RFC 7798).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

#define BYTES(text) text, sizeof (text) - 1
#define SC "\0\0\0\1"

typedef struct
{
  const gchar *name;
  const E2eeRtpPacking *packing;
  const gchar *payload;
  gsize size;
  gint start;                   /* E2eeRtpStart, or REFUSED */
  const gchar *units;           /* what it stands for; NULL: its inside contradicts itself */
  gsize units_size;
  gboolean is_entry;
} Row;

#define REFUSED -1
#define H264 &e2ee_rtp_packing_h264
#define H265 &e2ee_rtp_packing_h265
#define NO E2EE_RTP_START_NO
#define YES E2EE_RTP_START_YES
#define MAYBE E2EE_RTP_START_MAYBE

static const Row rows[] = {
  {"delimiter", H264, BYTES ("\x09\xf0"), YES, BYTES (SC "\x09\xf0"), FALSE},
  {"SPS", H264, BYTES ("\x67\x42"), MAYBE, BYTES (SC "\x67\x42"), TRUE},
  {"PPS", H264, BYTES ("\x68\xce"), MAYBE, BYTES (SC "\x68\xce"), FALSE},
  {"SEI", H264, BYTES ("\x06\x05"), MAYBE, BYTES (SC "\x06\x05"), FALSE},
  {"IDR slice", H264, BYTES ("\x65\x88\x84"), MAYBE, BYTES (SC "\x65\x88\x84"), TRUE},
  {"later IDR slice", H264, BYTES ("\x65\x48\x84"), NO, BYTES (SC "\x65\x48\x84"), FALSE},
  {"slice", H264, BYTES ("\x41\x9a"), MAYBE, BYTES (SC "\x41\x9a"), FALSE},
  {"later slice", H264, BYTES ("\x41\x1a"), NO, BYTES (SC "\x41\x1a"), FALSE},
  {"unit of one byte", H264, BYTES ("\x41"), MAYBE, BYTES (SC "\x41"), FALSE},
  {"type 23", H264, BYTES ("\x17\x01"), MAYBE, BYTES (SC "\x17\x01"), FALSE},
  {"STAP-A of two", H264, BYTES ("\x78\0\2\x67\x42\0\3\x68\xce\x3c"), MAYBE,
      BYTES (SC "\x67\x42" SC "\x68\xce\x3c"), TRUE},
  {"STAP-A of one byte", H264, BYTES ("\x18\0\1\x09"), YES, BYTES (SC "\x09"), FALSE},
  {"STAP-A, delimiter first", H264, BYTES ("\x18\0\2\x09\xf0\0\2\x65\x88"), YES,
      BYTES (SC "\x09\xf0" SC "\x65\x88"), TRUE},
  {"STAP-A, later slice", H264, BYTES ("\x18\0\2\x41\x1a\0\2\x41\x0a"), NO,
      BYTES (SC "\x41\x1a" SC "\x41\x0a"), FALSE},
  {"STAP-A, length too large", H264, BYTES ("\x78\0\5\x67\x42"), MAYBE, NULL, 0, FALSE},
  {"STAP-A, second length too large", H264, BYTES ("\x78\0\2\x67\x42\0\4\x68\xce\x3c"), MAYBE,
      NULL, 0, TRUE},
  {"STAP-A, second length cut", H264, BYTES ("\x78\0\2\x67\x42\0"), MAYBE, NULL, 0, TRUE},
  {"STAP-A, length alone behind", H264, BYTES ("\x78\0\2\x67\x42\0\1"), MAYBE, NULL, 0, TRUE},
  {"STAP-A, length 0", H264, BYTES ("\x78\0\0\x67\x42"), MAYBE, NULL, 0, FALSE},
  {"STAP-A, second length 0", H264, BYTES ("\x78\0\2\x67\x42\0\0\x68"), MAYBE, NULL, 0, TRUE},
  {"STAP-A, largest length", H264, BYTES ("\x78\xff\xff\x67\x42"), MAYBE, NULL, 0, FALSE},
  {"STAP-A, empty", H264, BYTES ("\x78"), REFUSED},
  {"STAP-A, a length alone", H264, BYTES ("\x78\0\1"), REFUSED},
  {"STAP-A in STAP-A", H264, BYTES ("\x78\0\2\x78\0"), REFUSED},
  {"FU-A, first", H264, BYTES ("\x7c\x85\x88\x84"), MAYBE, BYTES (SC "\x65\x88\x84"), TRUE},
  {"FU-A, first of another slice", H264, BYTES ("\x5c\x81\x9a"), MAYBE, BYTES (SC "\x41\x9a"), FALSE},
  {"FU-A, first of a later slice", H264, BYTES ("\x7c\x85\x48"), NO, BYTES (SC "\x65\x48"), FALSE},
  {"FU-A, S and E", H264, BYTES ("\x7c\xc5\x88"), REFUSED},
  {"FU-A, no unit type", H264, BYTES ("\x7c\x80\x88"), REFUSED},
  {"FU-A of STAP-A", H264, BYTES ("\x7c\x98\x88"), REFUSED},
  {"FU-A of FU-A", H264, BYTES ("\x7c\x9c\x88"), REFUSED},
  {"FU-A, empty", H264, BYTES ("\x7c\x85"), REFUSED},
  {"FU-A, header alone", H264, BYTES ("\x7c"), REFUSED},
  {"nothing", H264, BYTES (""), REFUSED},
  {"type 0", H264, BYTES ("\x00\x01"), REFUSED},
  {"forbidden bit", H264, BYTES ("\xe5\x88"), REFUSED},
  {"STAP-B", H264, BYTES ("\x79\0\0\0\2\x67\x42"), REFUSED},
  {"MTAP16", H264, BYTES ("\x7a\0\0\0\2\0\0\0\x67\x42"), REFUSED},
  {"MTAP24", H264, BYTES ("\x7b\0\0\0\2\0\0\0\0\x67\x42"), REFUSED},
  {"FU-B", H264, BYTES ("\x7d\x85\0\0\x88"), REFUSED},
  {"type 30", H264, BYTES ("\x7e\x85\x88"), REFUSED},
  {"type 31", H264, BYTES ("\x7f\x85\x88"), REFUSED},

  {"H.265 delimiter", H265, BYTES ("\x46\x01\x50"), YES, BYTES (SC "\x46\x01\x50"), FALSE},
  {"H.265 VPS", H265, BYTES ("\x40\x01\x0c"), MAYBE, BYTES (SC "\x40\x01\x0c"), TRUE},
  {"H.265 SPS", H265, BYTES ("\x42\x01\x01"), MAYBE, BYTES (SC "\x42\x01\x01"), TRUE},
  {"H.265 PPS", H265, BYTES ("\x44\x01\xc1"), MAYBE, BYTES (SC "\x44\x01\xc1"), FALSE},
  {"H.265 IDR slice", H265, BYTES ("\x26\x01\xaf"), MAYBE, BYTES (SC "\x26\x01\xaf"), TRUE},
  {"H.265 protected IDR slice", H265, BYTES ("\x26\x01\x75"), MAYBE, BYTES (SC "\x26\x01\x75"), TRUE},
  {"H.265 CRA slice", H265, BYTES ("\x2a\x01\xaf"), MAYBE, BYTES (SC "\x2a\x01\xaf"), TRUE},
  {"H.265 slice", H265, BYTES ("\x02\x01\xd0"), MAYBE, BYTES (SC "\x02\x01\xd0"), FALSE},
  {"H.265 header alone", H265, BYTES ("\x02\x01"), MAYBE, BYTES (SC "\x02\x01"), FALSE},
  {"H.265 type 47", H265, BYTES ("\x5e\x01\x00"), MAYBE, BYTES (SC "\x5e\x01\x00"), FALSE},
  {"AP of two", H265, BYTES ("\x60\x01\0\3\x40\x01\x0c\0\2\x42\x01"), MAYBE,
      BYTES (SC "\x40\x01\x0c" SC "\x42\x01"), TRUE},
  {"AP, delimiter first", H265, BYTES ("\x60\x01\0\2\x46\x01\0\2\x26\x01"), YES,
      BYTES (SC "\x46\x01" SC "\x26\x01"), TRUE},
  {"AP, length too large", H265, BYTES ("\x60\x01\0\4\x40\x01\x0c"), MAYBE, NULL, 0, FALSE},
  {"AP, unit of one byte", H265, BYTES ("\x60\x01\0\1\x40\x01\x0c"), MAYBE, NULL, 0, FALSE},
  {"AP, second length cut", H265, BYTES ("\x60\x01\0\2\x40\x01\0"), MAYBE, NULL, 0, TRUE},
  {"AP, a length alone", H265, BYTES ("\x60\x01\0\2\x40"), REFUSED},
  {"AP in AP", H265, BYTES ("\x60\x01\0\2\x60\x01"), REFUSED},
  {"FU, first", H265, BYTES ("\x62\x01\x93\xaf"), MAYBE, BYTES (SC "\x26\x01\xaf"), TRUE},
  {"FU, first of a layer", H265, BYTES ("\x63\x0a\x81\xd0"), MAYBE, BYTES (SC "\x03\x0a\xd0"), FALSE},
  {"FU, S and E", H265, BYTES ("\x62\x01\xd3\xaf"), REFUSED},
  {"FU of AP", H265, BYTES ("\x62\x01\xb0\xaf"), REFUSED},
  {"FU of FU", H265, BYTES ("\x62\x01\xb1\xaf"), REFUSED},
  {"FU, empty", H265, BYTES ("\x62\x01\x93"), REFUSED},
  {"PACI", H265, BYTES ("\x64\x01\x02\x80\x26\x01"), REFUSED},
  {"H.265 type 63", H265, BYTES ("\x7e\x01\x02"), REFUSED},
  {"H.265 forbidden bit", H265, BYTES ("\xa6\x01\xaf"), REFUSED},
  {"H.265 temporal id 0", H265, BYTES ("\x26\x00\xaf"), REFUSED},
  {"H.265 one byte", H265, BYTES ("\x26"), REFUSED},
  {"H.265 nothing", H265, BYTES (""), REFUSED},
};

/* Memory of the very size, so that a read behind its end shows under valgrind and ASan. */
static guint8 *
exact_copy (const gchar * bytes, gsize size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  memcpy (copy, bytes, size);
  return g_realloc (copy, MAX (size, 1));
}

GST_START_TEST (test_payload_of_every_form_is_read_or_refused)
{
  const Row *row = &rows[__i__];
  gsize front_size = MIN (row->size, row->packing->front_size);
  guint8 *front = exact_copy (row->payload, front_size);
  guint8 *payload = exact_copy (row->payload, row->size);
  guint8 *out = g_malloc (E2EE_RTP_UNPACKED_SIZE (row->size));
  E2eeRtpPayload info = { 0 };
  guint state = 0;
  gssize size;

  fail_unless_equals_int (row->packing->parse (front, row->size, &info), row->start != REFUSED);
  if (row->start != REFUSED) {
    fail_unless_equals_int (info.start, (guint) row->start);
    fail_unless_equals_uint64 (info.descriptor_size, 0);
    fail_if (info.end);
    fail_unless_equals_int (row->packing->is_entry (payload, row->size), row->is_entry);
    size = row->packing->unpack (payload, row->size, out, &state);
    fail_unless_equals_int64 (size, row->units != NULL ? (gint64) row->units_size : -1);
    if (row->units != NULL)
      fail_unless (memcmp (out, row->units, row->units_size) == 0, "%s", row->name);
  }
  g_free (front);
  g_free (payload);
  g_free (out);
}

GST_END_TEST;

/* ---- fragments in a row ---- */

#define S5 "\x7c\x85"
#define M5 "\x7c\x05"
#define E5 "\x7c\x45"
#define HS "\x62\x01\x93"
#define HM "\x62\x01\x13"
#define HE "\x62\x01\x53"

static const struct
{
  const gchar *name;
  const E2eeRtpPacking *packing;
  const gchar *payloads[5];
  const gchar *units;           /* NULL: refused */
} run_rows[] = {
  {"two fragments", H264, {S5 "ab", E5 "cd"}, "\x65" "abcd"},
  {"three fragments", H264, {S5 "ab", M5 "cd", E5 "ef"}, "\x65" "abcdef"},
  {"no first", H264, {M5 "ab", E5 "cd"}, NULL},
  {"no last", H264, {S5 "ab", M5 "cd"}, NULL},
  {"two firsts", H264, {S5 "ab", S5 "cd", E5 "ef"}, NULL},
  {"another type in the middle", H264, {S5 "ab", "\x7c\x01" "cd", E5 "ef"}, NULL},
  {"a unit in the middle", H264, {S5 "ab", "\x41" "cd", E5 "ef"}, NULL},
  {"a STAP-A in the middle", H264, {S5 "ab", "\x78\x01\x01" "c", E5 "ef"}, NULL},
  {"one more behind the last", H264, {S5 "ab", E5 "cd", M5 "ef"}, NULL},
  {"another NRI in the middle", H264, {S5 "ab", "\x1c\x45" "cd"}, "\x65" "abcd"},
  {"H.265 two fragments", H265, {HS "ab", HE "cd"}, "\x26\x01" "abcd"},
  {"H.265 three fragments", H265, {HS "ab", HM "cd", HE "ef"}, "\x26\x01" "abcdef"},
  {"H.265 no first", H265, {HE "cd"}, NULL},
  {"H.265 no last", H265, {HS "ab"}, NULL},
  {"H.265 two firsts", H265, {HS "ab", HS "cd", HE "ef"}, NULL},
  {"H.265 another type", H265, {HS "ab", "\x62\x01\x54" "cd"}, NULL},
  {"H.265 a unit in the middle", H265, {HS "ab", "\x02\x01" "cd", HE "ef"}, NULL},
};

GST_START_TEST (test_fragments_make_one_unit_or_are_refused)
{
  guint8 out[256];
  gsize size = 0;
  guint state = 0;
  gboolean ok = TRUE;

  for (guint i = 0; ok && run_rows[__i__].payloads[i] != NULL; i++) {
    const gchar *payload = run_rows[__i__].payloads[i];
    gssize n = run_rows[__i__].packing->unpack ((const guint8 *) payload, strlen (payload),
        out + size, &state);

    ok = n >= 0;
    size += MAX (n, 0);
  }
  ok = ok && state == 0;
  fail_unless_equals_int (ok, run_rows[__i__].units != NULL);
  if (ok) {
    fail_unless_equals_uint64 (size, 4 + strlen (run_rows[__i__].units));
    fail_unless (memcmp (out + 4, run_rows[__i__].units, size - 4) == 0);
  }
}

GST_END_TEST;

/* ---- cutting ---- */

/* Cuts @frame as the writer does and puts it together again as a reader does. */
static GByteArray *
cut_and_join (const E2eeRtpPacking * packing, const GByteArray * frame, gsize room,
    gsize last_room, guint * n_packets)
{
  E2eeRtpWhole whole = { frame->data, frame->len, NULL, 0 };
  GByteArray *joined = g_byte_array_new ();
  E2eeRtpPiece piece = { .size = 0 };
  guint state = 0;

  *n_packets = 0;
  for (gsize offset = 0; offset < frame->len; offset += piece.skip + piece.size) {
    guint8 payload[4096], out[E2EE_RTP_UNPACKED_SIZE (4096)];
    gboolean is_last;
    gsize size;
    gssize n;

    packing->cut (&whole, offset, room, last_room, &piece);
    fail_unless (piece.size > 0, "nothing at %" G_GSIZE_FORMAT, offset);
    size = piece.head_size + piece.size;
    is_last = offset + piece.skip + piece.size == frame->len;
    fail_unless (size <= (is_last ? last_room : room), "%" G_GSIZE_FORMAT " bytes", size);
    fail_unless (offset + piece.skip + piece.size <= frame->len);
    memcpy (payload, piece.head, piece.head_size);
    memcpy (payload + piece.head_size, frame->data + offset + piece.skip, piece.size);
    n = packing->unpack (payload, size, out, &state);
    fail_unless (n > 0, "packet %u does not follow from those before", *n_packets);
    g_byte_array_append (joined, out, n);
    (*n_packets)++;
  }
  fail_unless_equals_int (state, 0);
  return joined;
}

static void
add_unit (GByteArray * frame, gsize start_code, const gchar * header, gsize size)
{
  g_byte_array_append (frame, (const guint8 *) SC + 4 - start_code, start_code);
  g_byte_array_append (frame, (const guint8 *) header, MIN (size, strlen (header)));
  for (gsize i = strlen (header); i < size; i++) {
    guint8 byte = 0x20 + i % 0x50;

    g_byte_array_append (frame, &byte, 1);
  }
}

static void
assert_cut (const E2eeRtpPacking * packing, const GByteArray * frame, const GByteArray * expected,
    gsize room, gsize last_room)
{
  guint n_packets;
  GByteArray *joined = cut_and_join (packing, frame, room, last_room, &n_packets);

  fail_unless (joined->len == expected->len
      && memcmp (joined->data, expected->data, joined->len) == 0,
      "rooms %" G_GSIZE_FORMAT " and %" G_GSIZE_FORMAT, room, last_room);
  g_byte_array_unref (joined);
}

static const struct
{
  const gchar *name;
  const E2eeRtpPacking *packing;
  const gchar *set;
  const gchar *slice;
} codec_rows[] = {
  {"H.264", H264, "\x67", "\x65\x88"},
  {"H.265", H265, "\x40\x01", "\x26\x01\xaf"},
};

/* Every size of unit around every multiple of a packet, with start codes of both lengths. */
GST_START_TEST (test_frame_of_any_size_is_cut_into_packets_that_fit_and_comes_back)
{
  const gsize room = 100;

  for (gsize size = 3; size < 4 * room; size++) {
    for (gsize start_code = 3; start_code <= 4; start_code++) {
      GByteArray *frame = g_byte_array_new (), *expected = g_byte_array_new ();

      add_unit (frame, 4, codec_rows[__i__].set, 20);
      add_unit (frame, start_code, codec_rows[__i__].slice, size);
      add_unit (frame, start_code, codec_rows[__i__].slice, size / 2 + 3);
      add_unit (expected, 4, codec_rows[__i__].set, 20);
      add_unit (expected, 4, codec_rows[__i__].slice, size);
      add_unit (expected, 4, codec_rows[__i__].slice, size / 2 + 3);
      assert_cut (codec_rows[__i__].packing, frame, expected, room, room);
      assert_cut (codec_rows[__i__].packing, frame, expected, room, room - 20);
      assert_cut (codec_rows[__i__].packing, frame, expected, room - 20, room);
      g_byte_array_unref (frame);
      g_byte_array_unref (expected);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_units_that_fit_are_not_taken_apart)
{
  GByteArray *frame = g_byte_array_new ();
  guint n_packets;

  add_unit (frame, 4, codec_rows[__i__].set, 100);
  add_unit (frame, 4, codec_rows[__i__].set, 3);
  add_unit (frame, 4, codec_rows[__i__].slice, 100);
  g_byte_array_unref (cut_and_join (codec_rows[__i__].packing, frame, 100, 100, &n_packets));
  fail_unless_equals_int (n_packets, 3);
  g_byte_array_unref (cut_and_join (codec_rows[__i__].packing, frame, 99, 99, &n_packets));
  fail_unless_equals_int (n_packets, 5);
  g_byte_array_unref (frame);
}

GST_END_TEST;

/* What a frame that was opened may hold, if its sender is strange. */
static const struct
{
  const gchar *name;
  const gchar *frame;
  gsize size;
} strange_rows[] = {
  {"no start code", BYTES ("abcdef")},
  {"one byte", BYTES ("a")},
  {"a zero byte", BYTES ("\0")},
  {"zero bytes", BYTES ("\0\0\0\0\0\0")},
  {"a start code", BYTES (SC)},
  {"start codes", BYTES (SC SC SC)},
  {"zero bytes and no start code", BYTES ("\0\0\0\5\x65")},
  {"empty units between others", BYTES (SC "\x65\x88" SC SC SC "\x65\x88" SC)},
  {"zero bytes between units", BYTES (SC "\x65\x88\0\0\0\0\0\0" SC "\x65\x88\0\0\0")},
  {"units of one byte", BYTES (SC "\x65" SC "\x65" SC "\x65")},
};

GST_START_TEST (test_strange_frames_are_cut_to_their_end)
{
  for (guint i = 0; i < G_N_ELEMENTS (codec_rows); i++) {
    for (guint padding = 0; padding < 300; padding++) {
      gsize size = strange_rows[__i__].size + padding, offset = 0;
      guint8 *data = g_malloc0 (size);
      E2eeRtpWhole whole = { data, size, NULL, 0 };
      E2eeRtpPiece piece = { .size = 0 };

      memcpy (data, strange_rows[__i__].frame, strange_rows[__i__].size);
      for (guint n = 0; offset < size; n++) {
        codec_rows[i].packing->cut (&whole, offset, 100, 80, &piece);
        fail_unless (piece.size > 0 && n < 100, "%s", strange_rows[__i__].name);
        offset += piece.skip + piece.size;
        fail_unless (offset <= size);
        fail_unless (piece.head_size + piece.size <= (offset == size ? 80 : 100));
      }
      g_free (data);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_single_nal_unit_mode_cuts_what_fits_and_nothing_else)
{
  GByteArray *frame = g_byte_array_new ();
  E2eeRtpWhole whole;
  E2eeRtpPiece piece = { .size = 0 };

  add_unit (frame, 4, "\x67", 20);
  add_unit (frame, 4, "\x65\x88", 101);
  whole = (E2eeRtpWhole) { frame->data, frame->len, NULL, 0 };
  e2ee_rtp_packing_h264_single.cut (&whole, 0, 100, 100, &piece);
  fail_unless_equals_uint64 (piece.skip, 4);
  fail_unless_equals_uint64 (piece.size, 20);
  e2ee_rtp_packing_h264_single.cut (&whole, 24, 100, 100, &piece);
  fail_unless_equals_uint64 (piece.size, 0);
  e2ee_rtp_packing_h264_single.cut (&whole, 24, 100, 101, &piece);
  fail_unless_equals_uint64 (piece.size, 101);
  fail_unless_equals_uint64 (piece.head_size, 0);
  g_byte_array_unref (frame);
}

GST_END_TEST;

static const struct
{
  const gchar *caps;
  const E2eeRtpPacking *packing;
} mode_rows[] = {
  {"application/x-rtp, encoding-name=H264, packetization-mode=(string)1", H264},
  {"application/x-rtp, encoding-name=H264, packetization-mode=(string)0",
      &e2ee_rtp_packing_h264_single},
  {"application/x-rtp, encoding-name=H264", &e2ee_rtp_packing_h264_single},
  {"application/x-rtp, encoding-name=H265", H265},
  {"application/x-rtp, encoding-name=VP8", &e2ee_rtp_packing_vp8},
};

GST_START_TEST (test_packetization_mode_says_what_may_be_written)
{
  GstCaps *caps = gst_caps_from_string (mode_rows[__i__].caps);
  const E2eeRtpCodec *codec = e2ee_rtp_codec_from_caps (caps);

  fail_unless (e2ee_rtp_codec_choose_packing (codec, caps) == mode_rows[__i__].packing);
  gst_caps_unref (caps);
}

GST_END_TEST;

static Suite *
rtp_nal_suite (void)
{
  Suite *suite = suite_create ("rtp-nal");
  TCase *tc = tcase_create ("general");
  const gint n_codecs = G_N_ELEMENTS (codec_rows);

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_payload_of_every_form_is_read_or_refused, 0, G_N_ELEMENTS (rows));
  tcase_add_loop_test (tc, test_fragments_make_one_unit_or_are_refused, 0,
      G_N_ELEMENTS (run_rows));
  tcase_add_loop_test (tc, test_frame_of_any_size_is_cut_into_packets_that_fit_and_comes_back, 0,
      n_codecs);
  tcase_add_loop_test (tc, test_units_that_fit_are_not_taken_apart, 0, n_codecs);
  tcase_add_loop_test (tc, test_strange_frames_are_cut_to_their_end, 0,
      G_N_ELEMENTS (strange_rows));
  tcase_add_test (tc, test_single_nal_unit_mode_cuts_what_fits_and_nothing_else);
  tcase_add_loop_test (tc, test_packetization_mode_says_what_may_be_written, 0,
      G_N_ELEMENTS (mode_rows));
  return suite;
}

GST_CHECK_MAIN (rtp_nal);
