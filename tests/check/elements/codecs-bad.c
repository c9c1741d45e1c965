/* Protected frames that were cut, changed or never protected, for each codec: nothing comes out,
 * and each is counted.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "media.h"

#include <gst/rtp/rtp.h>

#define SINK " ! appsink name=sink sync=false buffer-list=true"
#define VIDEO "videotestsrc num-buffers=4 pattern=ball ! video/x-raw,width=160,height=120 ! "
#define SOUND(rate, samples) "audiotestsrc num-buffers=4 samplesperbuffer=" samples " ! " \
  "audio/x-raw,channels=1,rate=" rate " ! "

typedef struct
{
  const gchar *name;
  const gchar *source;
  gsize descriptor_size;        /* of a frame that is no key frame */
} Row;

enum
{
  VP8, VP9, VP9_WITHOUT_ID, OPUS, PCMU, PCMA
};

static const Row rows[] = {
  [VP8] = {"VP8", VIDEO "vp8enc deadline=1 ! rtpvp8pay picture-id-mode=15-bit mtu=20000" SINK, 4},
  [VP9] = {"VP9", VIDEO "vp9enc deadline=1 cpu-used=8 lag-in-frames=0 ! "
      "rtpvp9pay picture-id-mode=15-bit mtu=20000" SINK, 3},
  [VP9_WITHOUT_ID] = {"VP9 without picture id", VIDEO "vp9enc deadline=1 cpu-used=8 "
      "lag-in-frames=0 ! rtpvp9pay mtu=20000" SINK, 1},
  [OPUS] = {"Opus", SOUND ("48000", "960") "opusenc ! rtpopuspay" SINK, 0},
  [PCMU] = {"PCMU", SOUND ("8000", "160") "mulawenc ! rtppcmupay" SINK, 0},
  [PCMA] = {"PCMA", SOUND ("8000", "160") "alawenc ! rtppcmapay" SINK, 0},
};

typedef struct
{
  const Row *row;
  Media *media;
  gchar *caps;
  GstBuffer *sealed;            /* a frame of one packet that is no key frame */
  gsize payload_size;
  GstHarness *dec;
  guint n;                      /* packets that must not open */
} Bad;

static gsize
payload_size (GstBuffer * packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gsize size;

  fail_unless (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  size = gst_rtp_buffer_get_payload_len (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  return size;
}

static Bad *
bad_new (const Row * row)
{
  Bad *bad = g_new0 (Bad, 1);
  GstHarness *enc;

  bad->row = row;
  bad->media = media_record (row->source, FALSE, FALSE);
  bad->caps = gst_caps_to_string (bad->media->caps);
  enc = media_harness ("e2eeenc", KEYS_1, bad->caps);
  g_object_set (enc->element, "mtu", 20000, NULL);
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (gst_pad_push_list (enc->srcpad, media_list (bad->media, i)),
        GST_FLOW_OK);
    gst_clear_buffer (&bad->sealed);
    bad->sealed = gst_harness_pull (enc);
    fail_unless (gst_harness_try_pull (enc) == NULL);
  }
  bad->payload_size = payload_size (bad->sealed);
  gst_harness_teardown (enc);
  bad->dec = media_harness ("e2eedec", KEYS_1, bad->caps);
  return bad;
}

static void
bad_free (Bad * bad)
{
  gst_harness_teardown (bad->dec);
  gst_buffer_unref (bad->sealed);
  g_free (bad->caps);
  media_free (bad->media);
  g_free (bad);
}

/* @packet (transfer full), or its first @size bytes of payload, as a packet of its own. */
static void
push (Bad * bad, GstBuffer * packet, gsize size)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gsize header;

  gst_rtp_buffer_map (packet, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_seq (&rtp, 1000 + bad->n);
  gst_rtp_buffer_set_timestamp (&rtp, 960 * bad->n);
  header = gst_rtp_buffer_get_header_len (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  if (size < payload_size (packet))
    gst_buffer_set_size (packet, header + size);
  bad->n++;
  fail_unless_equals_int (gst_harness_push (bad->dec, packet), GST_FLOW_OK);
}

static GstBuffer *
copy (Bad * bad)
{
  return gst_buffer_copy_deep (bad->sealed);
}

/* Nothing has come out, the frame itself still opens, and then everything else has been counted:
 * what waited for its key or its end as well. */
static void
check (Bad * bad, const gchar * what)
{
  static const gchar *const causes[] = { "dropped", "malformed", "empty", "incomplete" };
  guint n = bad->n;
  guint64 counted = 0;

  fail_unless (gst_harness_try_pull (bad->dec) == NULL, "%s: %s", bad->row->name, what);
  fail_unless_equals_uint64 (media_stat (bad->dec, "frames"), 0);
  push (bad, copy (bad), G_MAXSIZE);
  fail_unless_equals_uint64 (media_stat (bad->dec, "frames"), 1);
  fail_unless (media_stat (bad->dec, "replayed") == 0, "%s: %s", bad->row->name, what);
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    counted += media_stat (bad->dec, causes[i]);
  fail_unless (counted == n, "%s: %s: %" G_GUINT64_FORMAT " of %u", bad->row->name, what, counted,
      n);
}

GST_START_TEST (test_frame_of_every_codec_that_was_cut_anywhere_gives_nothing)
{
  Bad *bad = bad_new (&rows[__i__]);

  for (gsize size = 0; size < bad->payload_size; size++)
    push (bad, copy (bad), size);
  check (bad, "cut");
  fail_unless (media_stat (bad->dec, "truncated") > 0);
  fail_unless (media_stat (bad->dec, "tag") > 0);
  fail_unless_equals_uint64 (media_stat (bad->dec, "empty"), 1);
  bad_free (bad);
}

GST_END_TEST;

/* Servers rewrite descriptors, so that these are not authenticated; all that is behind them is. */
GST_START_TEST (test_frame_of_every_codec_with_a_changed_byte_gives_nothing)
{
  Bad *bad = bad_new (&rows[__i__]);

  for (gsize i = bad->row->descriptor_size; i < bad->payload_size; i++) {
    GstBuffer *packet = copy (bad);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

    gst_rtp_buffer_map (packet, GST_MAP_READWRITE, &rtp);
    ((guint8 *) gst_rtp_buffer_get_payload (&rtp))[i] ^= 1 << i % 8;
    gst_rtp_buffer_unmap (&rtp);
    push (bad, packet, G_MAXSIZE);
  }
  check (bad, "changed");
  fail_unless (media_stat (bad->dec, "tag") + 30 > bad->n, "tag %" G_GUINT64_FORMAT " of %u",
      media_stat (bad->dec, "tag"), bad->n);
  bad_free (bad);
}

GST_END_TEST;

GST_START_TEST (test_bytes_behind_a_frame_of_every_codec_give_nothing)
{
  Bad *bad = bad_new (&rows[__i__]);

  for (gsize n = 1; n <= 40; n++) {
    GstBuffer *packet = copy (bad);

    packet = gst_buffer_append (packet, gst_buffer_new_allocate (NULL, n, NULL));
    gst_buffer_memset (packet, gst_buffer_get_size (packet) - n, 0, n);
    push (bad, packet, G_MAXSIZE);
  }
  check (bad, "longer");
  fail_unless_equals_uint64 (media_stat (bad->dec, "tag"), 40);
  bad_free (bad);
}

GST_END_TEST;

GST_START_TEST (test_frame_of_every_codec_that_was_never_protected_gives_nothing)
{
  Bad *bad = bad_new (&rows[__i__]);

  for (guint i = 0; i < bad->media->lists->len; i++) {
    GstBufferList *list = bad->media->lists->pdata[i];

    fail_unless_equals_int (gst_buffer_list_length (list), 1);
    push (bad, gst_buffer_copy_deep (gst_buffer_list_get (list, 0)), G_MAXSIZE);
  }
  check (bad, "plain");
  bad_free (bad);
}

GST_END_TEST;

/* A server that says of a stream that it is of another codec.  What has no descriptor and no clear
 * byte is the same to us. */
static const struct
{
  guint sent, said;             /* rows */
} others[] = {
  {VP8, VP9}, {VP8, OPUS}, {VP8, PCMU}, {VP9, VP8}, {VP9, OPUS}, {VP9, PCMU}, {OPUS, VP8},
  {OPUS, VP9}, {PCMU, VP8}, {PCMU, VP9},
};

GST_START_TEST (test_frame_of_one_codec_does_not_open_as_one_of_another)
{
  Bad *sent = bad_new (&rows[others[__i__].sent]), *said = bad_new (&rows[others[__i__].said]);

  push (said, copy (sent), G_MAXSIZE);
  check (said, sent->row->name);
  bad_free (sent);
  bad_free (said);
}

GST_END_TEST;

static Suite *
codecs_bad_suite (void)
{
  Suite *suite = suite_create ("codecs-bad");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_frame_of_every_codec_that_was_cut_anywhere_gives_nothing, 0,
      G_N_ELEMENTS (rows));
  tcase_add_loop_test (tc, test_frame_of_every_codec_with_a_changed_byte_gives_nothing, 0,
      G_N_ELEMENTS (rows));
  tcase_add_loop_test (tc, test_bytes_behind_a_frame_of_every_codec_give_nothing, 0,
      G_N_ELEMENTS (rows));
  tcase_add_loop_test (tc, test_frame_of_every_codec_that_was_never_protected_gives_nothing, 0,
      G_N_ELEMENTS (rows));
  tcase_add_loop_test (tc, test_frame_of_one_codec_does_not_open_as_one_of_another, 0,
      G_N_ELEMENTS (others));
  return suite;
}

GST_CHECK_MAIN (codecs_bad);
