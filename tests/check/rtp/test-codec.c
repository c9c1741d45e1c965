/* The payload descriptors, form by form, and which caps have a row.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

typedef struct
{
  const gchar *name;
  const gchar *payload;
  gsize size;
  gsize descriptor_size;        /* 0: refused */
  gboolean frame_start;
} Row;

#define BYTES(text) text, sizeof (text) - 1

static const Row vp8_rows[] = {
  {"no extension, start", BYTES ("\x10" "F"), 1, TRUE},
  {"no extension, later", BYTES ("\x00" "F"), 1, FALSE},
  {"non-reference, start", BYTES ("\x30" "F"), 1, TRUE},
  {"reserved bits set, start", BYTES ("\x58" "F"), 1, TRUE},
  {"partition 1 starts", BYTES ("\x11" "F"), 1, FALSE},
  {"partition 7 starts", BYTES ("\x17" "F"), 1, FALSE},
  {"partition 3 goes on", BYTES ("\x03" "F"), 1, FALSE},
  {"X, empty extension", BYTES ("\x90\x00" "F"), 2, TRUE},
  {"X, reserved extension bits", BYTES ("\x90\x0f" "F"), 2, TRUE},
  {"I, 7 bits", BYTES ("\x90\x80\x7f" "F"), 3, TRUE},
  {"I, 15 bits", BYTES ("\x90\x80\xff\xff" "F"), 4, TRUE},
  {"I, 15 bits of 0", BYTES ("\x80\x80\x80\x00" "F"), 4, FALSE},
  {"L", BYTES ("\x90\x40\x99" "F"), 3, TRUE},
  {"T", BYTES ("\x90\x20\xe0" "F"), 3, TRUE},
  {"K", BYTES ("\x90\x10\x1f" "F"), 3, TRUE},
  {"T and K share an octet", BYTES ("\x90\x30\xff" "F"), 3, TRUE},
  {"L and T", BYTES ("\x90\x60\x01\x40" "F"), 4, TRUE},
  {"L and K", BYTES ("\x90\x50\x01\x05" "F"), 4, TRUE},
  {"I 7, L", BYTES ("\x90\xc0\x01\x02" "F"), 4, TRUE},
  {"I 7, T", BYTES ("\x90\xa0\x01\x40" "F"), 4, TRUE},
  {"I 7, K", BYTES ("\x90\x90\x01\x02" "F"), 4, TRUE},
  {"I 7, L, T, K", BYTES ("\x90\xf0\x01\x02\x43" "F"), 5, TRUE},
  {"I 15, L", BYTES ("\x90\xc0\x81\x01\x02" "F"), 5, TRUE},
  {"I 15, T", BYTES ("\x90\xa0\x81\x01\x40" "F"), 5, TRUE},
  {"I 15, K", BYTES ("\x90\x90\x81\x01\x02" "F"), 5, TRUE},
  {"I 15, L, T, K", BYTES ("\x90\xf0\x81\x01\x02\x43" "F"), 6, TRUE},
  {"I 15, L, T, K, partition 2", BYTES ("\x92\xf0\x81\x01\x02\x43" "F"), 6, FALSE},
  {"nothing", "", 0, 0, FALSE},
  {"first octet alone", BYTES ("\x10"), 0, FALSE},
  {"X without extension", BYTES ("\x90"), 0, FALSE},
  {"extension alone", BYTES ("\x90\x00"), 0, FALSE},
  {"I without picture id", BYTES ("\x90\x80"), 0, FALSE},
  {"I 7, no frame", BYTES ("\x90\x80\x01"), 0, FALSE},
  {"I 15 cut in half", BYTES ("\x90\x80\x81"), 0, FALSE},
  {"I 15, no frame", BYTES ("\x90\x80\x81\x01"), 0, FALSE},
  {"L without its octet", BYTES ("\x90\x40"), 0, FALSE},
  {"L, no frame", BYTES ("\x90\x40\x01"), 0, FALSE},
  {"T without its octet", BYTES ("\x90\x20"), 0, FALSE},
  {"K, no frame", BYTES ("\x90\x10\x01"), 0, FALSE},
  {"all, cut before TID", BYTES ("\x90\xf0\x81\x01\x02"), 0, FALSE},
  {"all, no frame", BYTES ("\x90\xf0\x81\x01\x02\x43"), 0, FALSE},
};

GST_START_TEST (test_vp8_descriptor_of_every_form_is_read)
{
  const Row *row = &vp8_rows[__i__];
  /* Of the very size, so that a read behind its end shows under valgrind and ASan. */
  guint8 *payload = g_memdup2 (row->payload, MAX (row->size, 1));
  E2eeRtpPayload info = { 0 };
  gboolean ok;

  payload = g_realloc (payload, MAX (row->size, 1));
  ok = e2ee_rtp_packing_vp8.parse (payload, row->size, &info);
  fail_unless (ok == (row->descriptor_size > 0), "%s: accepted %d", row->name, ok);
  if (ok) {
    fail_unless (info.descriptor_size == row->descriptor_size, "%s: size %" G_GSIZE_FORMAT,
        row->name, info.descriptor_size);
    fail_unless ((info.start == E2EE_RTP_START_YES) == row->frame_start, "%s: start %d",
        row->name, info.start);
    fail_unless (info.descriptor_size <= e2ee_rtp_packing_vp8.front_size);
  }
  g_free (payload);
}

GST_END_TEST;

GST_START_TEST (test_vp8_later_descriptor_keeps_all_but_start_and_partition)
{
  const guint8 descriptor[] = { 0xff, 0xf0, 0x81, 0x01, 0x02, 0x43 };
  const guint8 expected[] = { 0xe8, 0xf0, 0x81, 0x01, 0x02, 0x43 };
  E2eeRtpWhole whole = { NULL, 100, descriptor, sizeof (descriptor) };
  E2eeRtpPiece piece;

  e2ee_rtp_packing_vp8.cut (&whole, 10, 1000, 1000, &piece);
  fail_unless_equals_uint64 (piece.head_size, sizeof (expected));
  fail_unless (memcmp (piece.head, expected, sizeof (expected)) == 0);
  fail_unless_equals_uint64 (piece.size, 90);
}

GST_END_TEST;

GST_START_TEST (test_vp8_descriptor_is_made_afresh_for_a_frame_that_had_none)
{
  E2eeRtpWhole whole = { NULL, 100, NULL, 0 };
  E2eeRtpPiece piece;

  e2ee_rtp_packing_vp8.cut (&whole, 0, 50, 50, &piece);
  fail_unless_equals_uint64 (piece.head_size, 1);
  fail_unless_equals_int (piece.head[0], 0x10);
  fail_unless_equals_uint64 (piece.size, 49);

  e2ee_rtp_packing_vp8.cut (&whole, 49, 50, 50, &piece);
  fail_unless_equals_int (piece.head[0], 0x00);
  fail_unless_equals_uint64 (piece.size, 49);
}

GST_END_TEST;

GST_START_TEST (test_opus_payload_is_a_frame_and_nothing_else)
{
  E2eeRtpPayload info = { 99, };

  fail_unless (e2ee_rtp_packing_whole.parse ((const guint8 *) "\x90", 1, &info));
  fail_unless_equals_uint64 (info.descriptor_size, 0);
  fail_unless (info.start == E2EE_RTP_START_YES && info.end);
  fail_if (e2ee_rtp_packing_whole.parse ((const guint8 *) "", 0, &info));
}

GST_END_TEST;

static const struct
{
  const gchar *caps;
  const E2eeRtpCodec *codec;
} caps_rows[] = {
  {"application/x-rtp, media=video, encoding-name=VP8", &e2ee_rtp_codec_vp8},
  {"application/x-rtp, media=video, encoding-name=vp8", &e2ee_rtp_codec_vp8},
  {"application/x-rtp, media=audio, encoding-name=OPUS", &e2ee_rtp_codec_opus},
  {"application/x-rtp, media=audio, encoding-name=opus", &e2ee_rtp_codec_opus},
  {"application/x-rtp, media=video, encoding-name=VP9", &e2ee_rtp_codec_vp9},
  {"application/x-rtp, media=video, encoding-name=vp9", &e2ee_rtp_codec_vp9},
  {"application/x-rtp, media=audio, encoding-name=MULTIOPUS", &e2ee_rtp_codec_multiopus},
  {"application/x-rtp, media=audio, encoding-name=PCMU, payload=0", &e2ee_rtp_codec_pcmu},
  {"application/x-rtp, media=audio, encoding-name=PCMA, payload=97", &e2ee_rtp_codec_pcma},
  {"application/x-rtp, media=audio, encoding-name=G722, payload=9", &e2ee_rtp_codec_g722},
  {"application/x-rtp, media=audio, payload=0, clock-rate=8000", &e2ee_rtp_codec_pcmu},
  {"application/x-rtp, media=audio, payload=8, clock-rate=8000", &e2ee_rtp_codec_pcma},
  {"application/x-rtp, payload=9", &e2ee_rtp_codec_g722},
  {"video/x-vp8, width=320", &e2ee_rtp_codec_vp8},
  {"video/x-vp9, width=320", &e2ee_rtp_codec_vp9},
  {"audio/x-opus", &e2ee_rtp_codec_opus},
  {"audio/x-mulaw, rate=8000, channels=1", &e2ee_rtp_codec_pcmu},
  {"audio/x-alaw, rate=8000, channels=1", &e2ee_rtp_codec_pcma},
  {"audio/G722, rate=16000", &e2ee_rtp_codec_g722},
  {"application/x-rtp, media=video, encoding-name=AV1", NULL},
  {"application/x-rtp, media=video, encoding-name=VP80", NULL},
  {"application/x-rtp, media=audio, encoding-name=RED, payload=63", NULL},
  {"application/x-rtp, media=audio, encoding-name=L16, payload=0", NULL},
  {"application/x-rtp, media=audio, encoding-name=(int)8, payload=0", NULL},
  {"application/x-rtp, media=audio, payload=3, clock-rate=8000", NULL},
  {"application/x-rtp, media=audio, payload=1", NULL},
  {"application/x-rtp, media=video, payload=96", NULL},
  {"application/x-rtp, media=video, payload=127", NULL},
  {"application/x-rtp, media=video, payload=255", NULL},
  {"application/x-rtp, media=video, payload=-1", NULL},
  {"application/x-rtp, media=audio, payload=(string)0", NULL},
  {"application/x-rtp, media=video", NULL},
  {"application/x-rtp, media=video, encoding-name=(int)8", NULL},
  {"application/x-rtp", NULL},
  {"video/x-av1", NULL},
  {"text/x-raw, encoding-name=VP8", NULL},
  {"ANY", NULL},
  {"EMPTY", NULL},
};

GST_START_TEST (test_caps_find_their_codec_or_none)
{
  GstCaps *caps = gst_caps_from_string (caps_rows[__i__].caps);

  fail_unless (e2ee_rtp_codec_from_caps (caps) == caps_rows[__i__].codec, "%s",
      caps_rows[__i__].caps);
  gst_caps_unref (caps);
}

GST_END_TEST;

GST_START_TEST (test_codecs_are_named_for_people)
{
  const gchar *names = e2ee_rtp_codec_names ();

  fail_unless (g_str_has_prefix (names, "VP8, VP9, "));
  fail_unless (strstr (names, ", OPUS, ") != NULL);
  fail_if (g_str_has_suffix (names, ", "));
  fail_unless (e2ee_rtp_codec_names () == names);
}

GST_END_TEST;

GST_START_TEST (test_no_caps_have_no_codec)
{
  fail_unless (e2ee_rtp_codec_from_caps (NULL) == NULL);
}

GST_END_TEST;

static Suite *
rtp_codec_suite (void)
{
  Suite *suite = suite_create ("rtp-codec");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_vp8_descriptor_of_every_form_is_read, 0, G_N_ELEMENTS (vp8_rows));
  tcase_add_test (tc, test_vp8_later_descriptor_keeps_all_but_start_and_partition);
  tcase_add_test (tc, test_vp8_descriptor_is_made_afresh_for_a_frame_that_had_none);
  tcase_add_test (tc, test_opus_payload_is_a_frame_and_nothing_else);
  tcase_add_loop_test (tc, test_caps_find_their_codec_or_none, 0, G_N_ELEMENTS (caps_rows));
  tcase_add_test (tc, test_codecs_are_named_for_people);
  tcase_add_test (tc, test_no_caps_have_no_codec);
  return suite;
}

GST_CHECK_MAIN (rtp_codec);
