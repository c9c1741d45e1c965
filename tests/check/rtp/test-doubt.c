/* Frames whose payloads do not tell where they begin: what is whole, what may be, what is not.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <string.h>

/* Two pictures of one packet, a key frame, two more. */
static const struct
{
  gchar letter;
  const gchar *payload;
  guint timestamp;
  gboolean marker;
} sent[] = {
  {'a', "\x41\xe1", 3000, TRUE},
  {'b', "\x41\xe2", 6000, TRUE},
  {'S', "\x67\x42", 9000, FALSE},
  {'P', "\x68\xce", 9000, FALSE},
  {'1', "\x7c\x85\x88" "1", 9000, FALSE},
  {'2', "\x7c\x05" "2", 9000, FALSE},
  {'3', "\x7c\x45" "3", 9000, TRUE},
  {'c', "\x41\xe3", 12000, TRUE},
  {'d', "\x41\xe4", 15000, TRUE},
};

#define FIRST_SEQ 65533

static Kit *
h264_kit (void)
{
  return kit_new (&e2ee_rtp_codec_h264, 1200);
}

static void
push (Kit * kit, gchar letter, gboolean discont)
{
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++) {
    KitPacket spec = { (guint16) (FIRST_SEQ + i), sent[i].timestamp, sent[i].marker,
      sent[i].payload
    };
    GstBuffer *packet;

    if (sent[i].letter != letter)
      continue;
    packet = kit_packet (&spec);
    if (discont)
      GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DISCONT);
    kit_push (kit, packet);
  }
}

/* "a b SP123?": the packets of every frame handed over, and which was doubtful. */
static gchar *
describe (Kit * kit)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < kit->frames->len; i++) {
    gsize size;
    const gchar *data = g_bytes_get_data (kit->frames->pdata[i], &size);

    if (i > 0)
      g_string_append_c (text, ' ');
    for (guint k = 0; k < G_N_ELEMENTS (sent); k++) {
      const gchar *mark = sent[k].payload + strlen (sent[k].payload) - 1;

      if (memchr (data, *mark, size) != NULL)
        g_string_append_c (text, sent[k].letter);
    }
    if (g_array_index (kit->infos, E2eeRtpFrame, i).doubtful)
      g_string_append_c (text, '?');
  }
  return g_string_free (text, FALSE);
}

static const struct
{
  const gchar *name;
  const gchar *order;           /* packets as they come; ! before one with DISCONT */
  const gchar *frames;
  guint incomplete;
} rows[] = {
  /* Nothing is known of what came before the first packet. */
  {"nothing is missing", "abSP123cd", "a? b SP123 c d", 0},
  {"a jitter buffer's first packet", "!abSP123cd", "a? b SP123 c d", 0},
  {"joined at the key frame", "SP123cd", "SP123? c d", 0},
  {"joined in the key frame", "P123cd", "P123? c d", 0},
  {"joined in its fragments", "23cd", "c d", 1},

  /* Lost: the packet behind it says so. */
  {"a picture before the key frame", "a!SP123cd", "a? SP123? c d", 0},
  {"the first packet of the key frame", "ab!P123cd", "a? b P123? c d", 0},
  {"the second", "abS!123cd", "a? b c d", 1},
  {"the first fragment", "abSP!23cd", "a? b c d", 1},
  {"a fragment in the middle", "abSP1!3cd", "a? b c d", 1},
  {"the last fragment", "abSP12!cd", "a? b c? d", 1},
  {"a picture behind it", "abSP123!d", "a? b SP123 d?", 0},
  {"two pictures and the first packet", "a!P123cd", "a? P123? c d", 0},
  {"the last of one and the first of the next", "abSP12!d", "a? b d?", 1},

  /* Lost: nobody says so, and it may still come. */
  {"silently, a picture before the key frame", "aSP123cd", "a? SP123? c d", 0},
  {"silently, the first packet of the key frame", "abP123cd", "a? b P123? c d", 0},
  {"silently, the second", "abS123cd", "a? b c d", 1},
  {"silently, the first fragment", "abSP23cd", "a? b c d", 1},
  {"silently, the last fragment", "abSP12cd", "a? b c? d", 1},
  {"silently, and nothing whole comes any more", "abSP123d", "a? b SP123 d?", 0},

  /* Late, and there in the end. */
  {"a packet of another picture", "aSP123bcd", "a? b SP123 c d", 0},
  {"the first packet of the key frame", "abP123Scd", "a? b SP123 c d", 0},
  {"the last packet of the key frame", "abSP12c3d", "a? b SP123 c d", 0},
  {"backwards", "ab321PScd", "a? b SP123 c d", 0},
  {"mixed with the next", "abScP132d", "a? b SP123 c d", 0},
  {"the last when two newer pictures are whole", "abScP13d2", "a? b c d", 1},
  {"a picture, when a newer one is through", "aSP123cbd", "a? SP123? c b? d", 0},

  /* Twice. */
  {"every packet twice", "aabbSSPP112233ccdd", "a? b SP123 c d", 0},
};

GST_START_TEST (test_frame_is_whole_or_doubtful_or_never_seen)
{
  Kit *kit = h264_kit ();
  gboolean discont = FALSE;
  gchar *text;

  for (const gchar *p = rows[__i__].order; *p != '\0'; p++) {
    if (*p == '!') {
      discont = TRUE;
      continue;
    }
    push (kit, *p, discont);
    discont = FALSE;
  }
  e2ee_rtp_regroup_drain (kit->regroup);
  kit_pull (kit);
  text = describe (kit);
  fail_unless (g_strcmp0 (text, rows[__i__].frames) == 0, "%s: %s", rows[__i__].name, text);
  kit_assert_stat (kit, incomplete, rows[__i__].incomplete);
  kit_assert_stat (kit, frames, kit->frames->len);
  g_free (text);
  kit_free (kit);
}

GST_END_TEST;

/* What is not doubtful has all its packets, and nothing comes twice. */
static void
assert_only_whole_frames_are_certain (const gchar * text, const gchar * order)
{
  static const gchar *const whole[] = { "a", "b", "SP123", "c", "d", NULL };
  gchar **frames = g_strsplit (text, " ", -1);

  for (guint i = 0; frames[i] != NULL; i++) {
    for (guint k = 0; k < i; k++)
      fail_unless (strpbrk (frames[i], g_strdelimit (frames[k], "?", ' ')) == NULL, "%s: %s", order,
          text);
    fail_unless (g_str_has_suffix (frames[i], "?") || g_strv_contains (whole, frames[i]), "%s: %s",
        order, text);
  }
  fail_unless (g_str_has_suffix (text, " d"), "%s: %s", order, text);
  g_strfreev (frames);
}

/* All orders in which the packets of a key frame and the picture behind it can come. */
GST_START_TEST (test_packets_in_any_order_make_no_frame_that_was_not_sent)
{
  gchar order[] = "SP123c";
  guint n = strlen (order), counters[8] = { 0 };

  for (guint i = 0; i < n;) {
    Kit *kit = h264_kit ();
    gchar *text;

    push (kit, 'a', FALSE);
    push (kit, 'b', FALSE);
    for (const gchar *p = order; *p != '\0'; p++)
      push (kit, *p, FALSE);
    push (kit, 'd', FALSE);
    e2ee_rtp_regroup_drain (kit->regroup);
    kit_pull (kit);
    text = describe (kit);
    assert_only_whole_frames_are_certain (text, order);
    kit_assert_stat (kit, malformed, 0);
    kit_assert_stat (kit, duplicate, 0);
    g_free (text);
    kit_free (kit);

    /* Heap's algorithm. */
    while (i < n && counters[i] >= i)
      counters[i++] = 0;
    if (i < n) {
      guint k = i % 2 ? counters[i] : 0;
      gchar swap = order[k];

      order[k] = order[i];
      order[i] = swap;
      counters[i]++;
      i = 1;
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_frame_behind_a_loss_is_not_kept_when_the_loss_is_certain)
{
  Kit *kit = h264_kit ();

  push (kit, 'a', FALSE);
  push (kit, 'c', TRUE);
  fail_unless_equals_int (kit->frames->len, 2);
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_behind_a_gap_waits_for_the_next)
{
  Kit *kit = h264_kit ();

  push (kit, 'a', FALSE);
  push (kit, 'c', FALSE);
  fail_unless_equals_int (kit->frames->len, 1);
  push (kit, 'd', FALSE);
  fail_unless_equals_int (kit->frames->len, 3);
  kit_assert_seqs (kit, "65533 4 5");
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frames_behind_gaps_are_not_kept_without_end)
{
  Kit *kit = h264_kit ();

  for (guint i = 0; i < 2 * E2EE_RTP_MAX_HELD_FRAMES; i++) {
    KitPacket spec = { 10 + 2 * i, 3000 * i, TRUE, "\x41\xe1" };

    kit_push (kit, kit_packet (&spec));
  }
  fail_unless (kit->frames->len >= E2EE_RTP_MAX_HELD_FRAMES);
  kit_assert_stat (kit, incomplete, 0);
  e2ee_rtp_regroup_drain (kit->regroup);
  kit_assert_stat (kit, frames, 2 * E2EE_RTP_MAX_HELD_FRAMES);
  kit_free (kit);
}

GST_END_TEST;

/* rtph264pay in front of a parser that cuts pictures into units. */
GST_START_TEST (test_discont_says_nothing_behind_a_payloader)
{
  Kit *kit = h264_kit ();
  gchar *text;

  e2ee_rtp_regroup_trust_numbers (kit->regroup);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    push (kit, sent[i].letter, TRUE);
  text = describe (kit);
  fail_unless_equals_string (text, "a? b SP123 c d");
  g_free (text);
  kit_free (kit);
}

GST_END_TEST;

static void
say_not_whole (E2eeRtpRegroup * regroup, const E2eeRtpFrame * frame, gpointer user_data)
{
  if (frame->doubtful)
    e2ee_rtp_regroup_not_whole (regroup);
}

GST_START_TEST (test_doubtful_frame_that_was_not_whole_counts_as_incomplete)
{
  E2eeRtpRegroup *regroup = e2ee_rtp_regroup_new (&e2ee_rtp_packing_h264,
      &e2ee_rtp_packing_h264, 1200, say_not_whole, NULL);
  KitPacket spec = { 10, 3000, TRUE, "\x41\xe1" };

  e2ee_rtp_regroup_push (regroup, kit_packet (&spec));
  fail_unless_equals_uint64 (e2ee_rtp_regroup_get_stats (regroup)->incomplete, 1);
  fail_unless_equals_uint64 (e2ee_rtp_regroup_get_stats (regroup)->frames, 0);
  e2ee_rtp_regroup_free (regroup);
}

GST_END_TEST;

GST_START_TEST (test_frame_that_is_held_stays_doubtful)
{
  Kit *kit = h264_kit ();

  kit->action = KIT_HOLD;
  push (kit, 'a', FALSE);
  push (kit, 'b', FALSE);
  kit->action = KIT_WRITE;
  fail_unless_equals_int (kit->held->len, 2);
  e2ee_rtp_regroup_replay (kit->regroup, g_ptr_array_steal_index (kit->held, 0));
  e2ee_rtp_regroup_replay (kit->regroup, g_ptr_array_steal_index (kit->held, 0));
  kit_pull (kit);
  fail_unless (g_array_index (kit->infos, E2eeRtpFrame, 2).doubtful);
  fail_if (g_array_index (kit->infos, E2eeRtpFrame, 3).doubtful);
  kit_assert_seqs (kit, "65533 65534");
  kit_free (kit);
}

GST_END_TEST;

static const struct
{
  const gchar *name;
  const gchar *payloads[4];     /* the last with a marker */
} lie_rows[] = {
  {"fragments without a last", {"\x7c\x85\x88" "1", "\x7c\x05" "2"}},
  {"two first fragments", {"\x7c\x85\x88" "1", "\x7c\x85\x88" "2", "\x7c\x45" "3"}},
  {"a unit among fragments", {"\x7c\x85\x88" "1", "\x68\xce", "\x7c\x45" "3"}},
  {"fragments of two units", {"\x7c\x85\x88" "1", "\x7c\x41" "2"}},
  {"lengths that lie", {"\x67\x42", "\x78\x01\x01\x68\xce"}},
};

GST_START_TEST (test_frame_that_contradicts_itself_is_malformed_and_leaves_a_gap)
{
  Kit *kit = h264_kit ();
  guint seq = 10;
  KitPacket spec = { seq++, 3000, TRUE, "\x41\xe1" };

  kit_push (kit, kit_packet (&spec));
  for (guint i = 0; lie_rows[__i__].payloads[i] != NULL; i++) {
    spec = (KitPacket) { seq++, 6000, lie_rows[__i__].payloads[i + 1] == NULL,
      lie_rows[__i__].payloads[i]
    };
    kit_push (kit, kit_packet (&spec));
  }
  spec = (KitPacket) { seq, 9000, TRUE, "\x41\xe2" };
  kit_push (kit, kit_packet (&spec));

  kit_assert_stat (kit, malformed, 1);
  kit_assert_stat (kit, frames, 2);
  fail_unless_equals_int (kit_seq (kit->out->pdata[1]), seq);
  fail_unless (GST_BUFFER_FLAG_IS_SET (kit->out->pdata[1], GST_BUFFER_FLAG_DISCONT));
  kit_free (kit);
}

GST_END_TEST;

GST_START_TEST (test_frame_that_cannot_be_cut_is_counted_and_leaves_a_gap)
{
  Kit *kit = h264_kit ();
  gchar *payload = g_strdup_printf ("\x65\x88%300d", 1);
  KitPacket small = { 10, 3000, TRUE, "\x41\xe1" }, large = { 11, 6000, TRUE, payload };

  e2ee_rtp_regroup_set_out (kit->regroup, &e2ee_rtp_packing_h264_single);
  e2ee_rtp_regroup_set_mtu (kit->regroup, 200);
  kit_push (kit, kit_packet (&small));
  kit_push (kit, kit_packet (&large));
  small.seq = 12;
  small.timestamp = 9000;
  kit_push (kit, kit_packet (&small));
  kit_assert_stat (kit, oversize, 1);
  kit_assert_seqs (kit, "10 12");
  g_free (payload);
  kit_free (kit);
}

GST_END_TEST;

/* A sender who has the key can be strange, too. */
GST_START_TEST (test_frame_of_more_units_than_packets_are_made_is_not_written)
{
  Kit *kit = h264_kit ();
  gsize size = 4 * (E2EE_RTP_MAX_FRAME_PACKETS + 1);
  gchar *payload = g_malloc (size + 2);
  KitPacket spec = { 10, 3000, TRUE, payload, size + 2 };

  memcpy (payload, "\x41\x9a", 2);
  for (gsize i = 0; i < size; i += 4)
    memcpy (payload + 2 + i, "\0\0\1\x41", 4);
  kit_push (kit, kit_packet (&spec));
  kit_assert_stat (kit, oversize, 1);
  fail_unless_equals_int (kit->out->len, 0);
  g_free (payload);
  kit_free (kit);
}

GST_END_TEST;

static Suite *
rtp_doubt_suite (void)
{
  Suite *suite = suite_create ("rtp-doubt");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_frame_is_whole_or_doubtful_or_never_seen, 0, G_N_ELEMENTS (rows));
  tcase_add_test (tc, test_packets_in_any_order_make_no_frame_that_was_not_sent);
  tcase_add_test (tc, test_frame_behind_a_loss_is_not_kept_when_the_loss_is_certain);
  tcase_add_test (tc, test_frame_behind_a_gap_waits_for_the_next);
  tcase_add_test (tc, test_frames_behind_gaps_are_not_kept_without_end);
  tcase_add_test (tc, test_discont_says_nothing_behind_a_payloader);
  tcase_add_test (tc, test_doubtful_frame_that_was_not_whole_counts_as_incomplete);
  tcase_add_test (tc, test_frame_that_is_held_stays_doubtful);
  tcase_add_loop_test (tc, test_frame_that_contradicts_itself_is_malformed_and_leaves_a_gap, 0,
      G_N_ELEMENTS (lie_rows));
  tcase_add_test (tc, test_frame_that_cannot_be_cut_is_counted_and_leaves_a_gap);
  tcase_add_test (tc, test_frame_of_more_units_than_packets_are_made_is_not_written);
  return suite;
}

GST_CHECK_MAIN (rtp_doubt);
