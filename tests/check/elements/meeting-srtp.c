/* format=srtp in a meeting: keys of its epochs, on and off, who is heard.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "clock.h"
#include "media.h"
#include "packets.h"
#include "room.h"

#include <gst/video/video.h>

#define RTP_CAPS "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"
#define SRTP_CAPS "application/x-srtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"
#define SSRC 0x7a7a7a7a

typedef struct
{
  Room *room;
  GstHarness *enc;              /* the first person's */
  GstHarness *dec;              /* the second's */
} Line;

static GstHarness *
end_new (const gchar * factory, GstE2eeMeeting * meeting, const gchar * sender, const gchar * caps)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstHarness *h;

  g_object_set (element, "format", 3, "key-provider", meeting, NULL);
  if (sender)
    g_object_set (element, "sender", sender, NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps_str (h, caps);
  return h;
}

static Line *
line_new (const gchar * names, const gchar * sender)
{
  Line *line = g_new0 (Line, 1);

  line->room = room_new (names, GST_E2EE_FLOOR_ALLOW);
  room_join (line->room);
  line->enc = end_new ("e2eeenc", line->room->people[0].meeting, NULL, RTP_CAPS);
  line->dec = end_new ("e2eedec", line->room->people[1].meeting, sender, SRTP_CAPS);
  room_settle (line->room);
  return line;
}

static void
line_free (Line * line)
{
  gst_harness_teardown (line->enc);
  gst_harness_teardown (line->dec);
  room_free (line->room);
  g_free (line);
}

static void
line_rekey (Line * line)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_request_rekey (line->room->people[0].meeting, NULL, &error), "%s",
      error ? error->message : "");
  room_settle (line->room);
}

static GstBuffer *
line_seal (Line * line, guint index)
{
  GstBuffer *out = gst_harness_push_and_pull (line->enc, packet_new (SSRC, (guint16) index));

  fail_unless (out != NULL);
  return out;
}

static void
line_pass (Line * line, guint from, guint n)
{
  for (guint i = from; i < from + n; i++)
    expect_packet (gst_harness_push_and_pull (line->dec, line_seal (line, i)), SSRC, (guint16) i);
}

static guint64
key_id_of (GstBuffer * packet)
{
  return gst_buffer_get_e2ee_status_meta (packet)->key_id;
}

GST_START_TEST (test_new_keys_are_used_at_once_and_the_roll_over_goes_on)
{
  Line *line = line_new ("Alice Bob", NULL);
  GstEvent *event;

  room_turn (line->room, TRUE);
  line_pass (line, 65400, 1);
  while ((event = gst_harness_try_pull_upstream_event (line->enc)))
    gst_event_unref (event);
  for (guint i = 0; i < 5; i++) {
    GstBuffer *last = line_seal (line, 65499 + 100 * i), *first;

    line_rekey (line);
    first = line_seal (line, 65500 + 100 * i);
    fail_if (key_id_of (first) == key_id_of (last));
    /* What was on its way under the old key still opens. */
    expect_packet (gst_harness_push_and_pull (line->dec, first), SSRC, (guint16) (65500 + 100 * i));
    expect_packet (gst_harness_push_and_pull (line->dec, last), SSRC, (guint16) (65499 + 100 * i));
    line_pass (line, 65501 + 100 * i, 98);
  }
  while ((event = gst_harness_try_pull_upstream_event (line->enc))) {
    fail_if (gst_video_event_is_force_key_unit (event), "a key frame was asked for");
    gst_event_unref (event);
  }
  fail_unless_equals_uint64 (media_stat (line->dec, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (line->enc, "dropped"), 0);
  line_free (line);
}

GST_END_TEST;

/* Of the turns before he came he knows nothing. */
GST_START_TEST (test_who_comes_late_hears_a_stream_that_has_rolled_over)
{
  Line *line = line_new ("Alice Bob", NULL);
  GstHarness *late;

  room_turn (line->room, TRUE);
  line_pass (line, 65500, 100);
  for (guint i = 70000; i < 65536 * 3 + 500; i += 1000)
    gst_buffer_unref (line_seal (line, i));
  line_rekey (line);
  late = end_new ("e2eedec", line->room->people[1].meeting, NULL, SRTP_CAPS);
  for (guint i = 65536 * 3 + 500; i < 65536 * 3 + 550; i++)
    expect_packet (gst_harness_push_and_pull (late, line_seal (line, i)), SSRC, (guint16) i);
  fail_unless_equals_uint64 (media_stat (late, "dropped"), 0);
  gst_harness_teardown (late);
  line_free (line);
}

GST_END_TEST;

GST_START_TEST (test_off_passes_packets_as_they_came_and_on_protects_the_very_next)
{
  Line *line = line_new ("Alice Bob", NULL);
  guint seq = 100;

  for (guint i = 0; i < 3; i++) {
    GstBuffer *clear = line_seal (line, seq);

    expect_packet (gst_buffer_ref (clear), SSRC, (guint16) seq);
    expect_packet (gst_harness_push_and_pull (line->dec, clear), SSRC, (guint16) seq);
    seq++;
    room_turn (line->room, TRUE);
    line_pass (line, seq, 10);
    seq += 10;
    /* and a clear one is refused */
    fail_unless_equals_int (gst_harness_push (line->dec, packet_new (SSRC, (guint16) seq)),
        GST_FLOW_OK);
    fail_unless (gst_harness_try_pull (line->dec) == NULL);
    fail_unless_equals_uint64 (media_stat (line->dec, "not-protected"), i + 1);
    room_turn (line->room, FALSE);
  }
  line_free (line);
}

GST_END_TEST;

/* More packets than half a turn of sequence numbers. */
GST_START_TEST (test_a_long_time_in_clear_loses_nothing_when_it_is_on_again)
{
  Line *line = line_new ("Alice Bob", NULL);
  guint i;

  room_turn (line->room, TRUE);
  line_pass (line, 60000, 100);
  room_turn (line->room, FALSE);
  for (i = 60100; i < 60100 + 60000; i++) {
    GstBuffer *clear = line_seal (line, i);

    if (i % 1000 == 0)
      expect_packet (gst_harness_push_and_pull (line->dec, gst_buffer_ref (clear)), SSRC,
          (guint16) i);
    gst_buffer_unref (clear);
  }
  room_turn (line->room, TRUE);
  line_pass (line, i, 100);
  fail_unless_equals_uint64 (media_stat (line->enc, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (line->dec, "dropped"), 0);
  line_free (line);
}

GST_END_TEST;

GST_START_TEST (test_a_stopped_element_sends_one_ssrc_again_under_a_key_of_its_own)
{
  Line *line = line_new ("Alice Bob", NULL);
  guint64 before;

  room_turn (line->room, TRUE);
  for (guint i = 0; i < 4; i++) {
    GstBuffer *sealed = line_seal (line, 1000);

    before = key_id_of (sealed);
    expect_packet (gst_harness_push_and_pull (line->dec, sealed), SSRC, 1000);
    gst_harness_teardown (line->enc);
    line->enc = end_new ("e2eeenc", line->room->people[0].meeting, NULL, RTP_CAPS);
    room_settle (line->room);
    sealed = line_seal (line, 1000);
    fail_if (key_id_of (sealed) == before, "one nonce twice");
    expect_packet (gst_harness_push_and_pull (line->dec, sealed), SSRC, 1000);
    gst_harness_teardown (line->enc);
    line->enc = end_new ("e2eeenc", line->room->people[0].meeting, NULL, RTP_CAPS);
    room_settle (line->room);
  }
  line_free (line);
}

GST_END_TEST;

GST_START_TEST (test_packets_of_others_than_the_expected_account_are_dropped)
{
  Line *line = line_new ("Alice Bob Carol", "carol");

  room_turn (line->room, TRUE);
  for (guint i = 0; i < 10; i++)
    fail_unless_equals_int (gst_harness_push (line->dec, line_seal (line, i)), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (line->dec) == NULL);
  fail_unless_equals_uint64 (media_stat (line->dec, "sender"), 10);
  line_free (line);
}

GST_END_TEST;

static Suite *
meeting_srtp_suite (void)
{
  Suite *s = suite_create ("meeting-srtp");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_new_keys_are_used_at_once_and_the_roll_over_goes_on);
  tcase_add_test (tc, test_who_comes_late_hears_a_stream_that_has_rolled_over);
  tcase_add_test (tc, test_off_passes_packets_as_they_came_and_on_protects_the_very_next);
  tcase_add_test (tc, test_a_long_time_in_clear_loses_nothing_when_it_is_on_again);
  tcase_add_test (tc, test_a_stopped_element_sends_one_ssrc_again_under_a_key_of_its_own);
  tcase_add_test (tc, test_packets_of_others_than_the_expected_account_are_dropped);
  return s;
}

GST_CHECK_MAIN (meeting_srtp);
