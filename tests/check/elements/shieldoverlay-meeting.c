/* shieldoverlay: what a meeting and a compositor's other streams have to say.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "shield.h"
#include "room.h"

#include "elements/mixer.h"
#include "elements/shieldmeeting.h"

/* -- The weakest of both -- */

static const struct
{
  GstE2eeState picture, meeting, shown;
  E2eeReason of_meeting, reason;
  const gchar *name;
} both[] = {
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_ON, GST_E2EE_STATE_ON, E2EE_REASON_NONE, E2EE_REASON_NONE, NULL},
  {GST_E2EE_STATE_VERIFIED, GST_E2EE_STATE_ON, GST_E2EE_STATE_ON, E2EE_REASON_NONE,
      E2EE_REASON_NONE, NULL},
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_VERIFIED, GST_E2EE_STATE_ON, E2EE_REASON_NONE,
      E2EE_REASON_NONE, NULL},
  {GST_E2EE_STATE_OFF, GST_E2EE_STATE_OFF, GST_E2EE_STATE_OFF, E2EE_REASON_NONE,
      E2EE_REASON_NONE, NULL},
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_SWITCHING, GST_E2EE_STATE_SWITCHING, E2EE_REASON_WAITING,
      E2EE_REASON_WAITING, "Bob"},
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_DEGRADED, GST_E2EE_STATE_DEGRADED, E2EE_REASON_FORK,
      E2EE_REASON_FORK, "Bob"},
  {GST_E2EE_STATE_OFF, GST_E2EE_STATE_ON, GST_E2EE_STATE_DEGRADED, E2EE_REASON_NONE,
      E2EE_REASON_NOT_ENCRYPTED, "Alice"},
  {GST_E2EE_STATE_ON, GST_E2EE_STATE_UNKNOWN, GST_E2EE_STATE_UNKNOWN, E2EE_REASON_SILENT,
      E2EE_REASON_SILENT, "Bob"},
  {GST_E2EE_STATE_UNKNOWN, GST_E2EE_STATE_VERIFIED, GST_E2EE_STATE_UNKNOWN, E2EE_REASON_NONE,
      E2EE_REASON_NO_STATUS, NULL},
};

GST_START_TEST (test_the_weakest_of_picture_and_meeting_is_shown)
{
  gchar name[] = "Bob";
  const E2eeShieldMeetingView view = { both[__i__].meeting, both[__i__].of_meeting,
    both[__i__].of_meeting != E2EE_REASON_NONE ? name : NULL, NULL
  };
  E2eeVerdict verdict = { both[__i__].picture,
    both[__i__].picture == GST_E2EE_STATE_UNKNOWN ? E2EE_REASON_NO_STATUS : E2EE_REASON_NONE, NULL,
    "Alice"
  };

  verdict = e2ee_shield_meeting_judge (&view, verdict);
  fail_unless_equals_int (verdict.state, both[__i__].shown);
  fail_unless_equals_int (verdict.reason, both[__i__].reason);
  fail_unless_equals_string (verdict.name, both[__i__].name);
}

GST_END_TEST;

/* -- A meeting of two -- */

static Shield
shield_in (Room * room, guint who)
{
  GstElement *element = gst_element_factory_make ("shieldoverlay", NULL);
  GstContext *context = gst_context_new_e2ee_meeting (room->people[who].meeting);
  Shield shield = { NULL, gst_bus_new () };

  gst_element_set_context (element, context);
  gst_context_unref (context);
  shield.h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_use_testclock (shield.h);
  gst_harness_play (shield.h);
  gst_element_set_bus (shield.h->element, shield.bus);
  shield_set_caps (&shield, "video/x-raw,format=I420,width=640,height=480,framerate=25/1");
  return shield;
}

static GstE2eeState
show (Shield * shield, GstE2eeState state, guint index)
{
  GstE2eeState shown;

  shield_push (shield, state, index);
  g_object_get (shield->h->element, "state", &shown, NULL);
  return shown;
}

GST_START_TEST (test_a_shield_follows_its_meeting)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  Shield shield;

  room_join (room);
  shield = shield_in (room, 1);
  fail_unless_equals_int (show (&shield, GST_E2EE_STATE_OFF, 0), GST_E2EE_STATE_OFF);
  fail_unless_equals_int (show (&shield, NO_STATE, 1), GST_E2EE_STATE_UNKNOWN);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  fail_unless_equals_int (show (&shield, GST_E2EE_STATE_ON, 2), GST_E2EE_STATE_ON);
  fail_unless_equals_int (show (&shield, GST_E2EE_STATE_OFF, 3), GST_E2EE_STATE_DEGRADED);
  fail_unless_equals_int (show (&shield, NO_STATE, 4), GST_E2EE_STATE_UNKNOWN);
  /* What the meeting says counts without a word from the picture. */
  gst_e2ee_meeting_leave (room->people[1].meeting);
  fail_unless_equals_int (show (&shield, GST_E2EE_STATE_ON, 5), GST_E2EE_STATE_UNKNOWN);
  shield_free (&shield);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_the_code_of_the_meeting_is_shown_when_asked_for)
{
  Room *room = room_new ("Alice Bob", GST_E2EE_FLOOR_ALLOW);
  Shield shield;
  gint without, with;

  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  shield = shield_in (room, 1);
  without = shield_draw_and_find (&shield, GST_E2EE_STATE_ON).h;
  g_object_set (shield.h->element, "show-code", TRUE, NULL);
  with = shield_draw_and_find (&shield, GST_E2EE_STATE_ON).h;
  fail_unless (with > 2 * without, "%d and %d rows", with, without);
  shield_free (&shield);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_name_that_no_meeting_has_is_an_error)
{
  GstElement *element = gst_element_factory_make ("shieldoverlay", NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error = NULL;

  gst_element_set_bus (element, bus);
  g_object_set (element, "meeting", "no such meeting", NULL);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND));
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

GST_END_TEST;

/* -- Streams that say nothing -- */

static void
say (GstPad * pad, const gchar * sender)
{
  GstE2eeStatus *status = gst_e2ee_status_new (GST_E2EE_STATE_ON, sender, 1);
  GstEvent *events[] = { gst_event_new_stream_start (sender), gst_event_new_e2ee_status (status) };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    gst_pad_store_sticky_event (pad, events[i]);
    gst_event_unref (events[i]);
  }
  gst_e2ee_status_unref (status);
}

/* Two streams in a bin, their compositor in another, and a shield behind. */
GST_START_TEST (test_one_stream_of_a_mixed_picture_that_says_nothing_is_found)
{
  GError *error = NULL;
  GstElement *tiles = gst_parse_bin_from_description ("compositor name=mix ! identity"
      " videotestsrc name=a ! mix. videotestsrc ! mix.", TRUE, &error);
  GstElement *shield = gst_element_factory_make ("shieldoverlay", NULL);
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *mix = gst_bin_get_by_name (GST_BIN (tiles), "mix");
  GstPad *sink = gst_element_get_static_pad (shield, "sink");
  GstPad *first = gst_element_get_static_pad (mix, "sink_0");
  GstPad *second = gst_element_get_static_pad (mix, "sink_1");

  fail_unless (error == NULL);
  fail_unless (e2ee_mixer_all_streams_speak (sink));
  gst_bin_add_many (GST_BIN (pipeline), tiles, shield, NULL);
  fail_unless (gst_element_link (tiles, shield));
  gst_pad_set_active (first, TRUE);
  gst_pad_set_active (second, TRUE);
  fail_if (e2ee_mixer_all_streams_speak (sink));
  say (first, "alice");
  fail_if (e2ee_mixer_all_streams_speak (sink));
  say (second, "bob");
  fail_unless (e2ee_mixer_all_streams_speak (sink));
  gst_object_unref (first);
  gst_object_unref (second);
  gst_object_unref (sink);
  gst_object_unref (mix);
  gst_object_unref (pipeline);
}

GST_END_TEST;

/* A webrtcbin has sink pads too: what it sends is in no picture that it has received. */
GST_START_TEST (test_streams_beyond_the_decoder_are_not_counted)
{
  GstElement *pipeline = gst_parse_launch ("funnel name=both ! identity name=received"
      " ! shieldoverlay name=shield  fakesrc ! both.  fakesrc ! both.", NULL);
  GstElement *received = gst_bin_get_by_name (GST_BIN (pipeline), "received");
  GstElement *shield = gst_bin_get_by_name (GST_BIN (pipeline), "shield");
  GstPad *sink = gst_element_get_static_pad (shield, "sink");
  GstPad *source = gst_element_get_static_pad (received, "src");
  GstCaps *caps = gst_caps_new_empty_simple ("video/x-vp8");
  GstEvent *event = gst_event_new_caps (caps);

  fail_if (e2ee_mixer_all_streams_speak (sink));
  gst_pad_set_active (source, TRUE);
  say (source, "alice");
  gst_pad_store_sticky_event (source, event);
  fail_unless (e2ee_mixer_all_streams_speak (sink));
  gst_event_unref (event);
  gst_caps_unref (caps);
  gst_object_unref (source);
  gst_object_unref (sink);
  gst_object_unref (shield);
  gst_object_unref (received);
  gst_object_unref (pipeline);
}

GST_END_TEST;

static Suite *
shieldoverlay_meeting_suite (void)
{
  Suite *s = suite_create ("shieldoverlay-meeting");
  TCase *tc = tcase_create ("meeting");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_the_weakest_of_picture_and_meeting_is_shown, 0,
      G_N_ELEMENTS (both));
  tcase_add_test (tc, test_a_shield_follows_its_meeting);
  tcase_add_test (tc, test_the_code_of_the_meeting_is_shown_when_asked_for);
  tcase_add_test (tc, test_a_name_that_no_meeting_has_is_an_error);
  tcase_add_test (tc, test_one_stream_of_a_mixed_picture_that_says_nothing_is_found);
  tcase_add_test (tc, test_streams_beyond_the_decoder_are_not_counted);
  return s;
}

GST_CHECK_MAIN (shieldoverlay_meeting);
