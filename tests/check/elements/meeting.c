/* e2eeenc and e2eedec in a meeting: off, on, closed, and everything in between.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"

#include <gst/video/video.h>

#define ALLOW GST_E2EE_FLOOR_ALLOW

static Call *
vp8_call (const gchar * names)
{
  Room *room = room_new (names, ALLOW);

  room_join (room);
  return call_new (room, media_vp8 (16, "keyframe-max-dist=4", NULL));
}

static Call *
opus_call (const gchar * names)
{
  Room *room = room_new (names, ALLOW);

  room_join (room);
  return call_new (room, media_opus (16));
}

/* ---- off and on ---- */

GST_START_TEST (test_off_passes_frames_as_they_came_and_says_so)
{
  Call *call = vp8_call ("Alice Bob");

  call_run (call, 10);
  fail_unless_equals_int (call_check_came (call), 10);
  for (guint i = 0; i < 10; i++) {
    fail_unless (call_is_clear_on_wire (call, i));
    fail_unless_equals_int (call_state (g_ptr_array_index (call->on_wire, i)),
        GST_E2EE_STATE_OFF);
    fail_unless_equals_int (call_state (g_ptr_array_index (call->came, i)), GST_E2EE_STATE_OFF);
  }
  fail_unless_equals_uint64 (media_stat (call->enc, "clear-frames"), 10);
  fail_unless_equals_uint64 (media_stat (call->dec, "clear-frames"), 10);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_on_protects_from_the_very_next_frame_on)
{
  Call *call = vp8_call ("Alice Bob");

  call_run (call, 2);
  room_turn (call->room, TRUE);
  /* Not a key frame: the first is the one of the start, the next the fifth. */
  call_run (call, 2);
  room_advance (call->room, 3000);
  call_run (call, 6);
  for (guint i = 2; i < 10; i++) {
    fail_if (call_is_clear_on_wire (call, i), "frame %u is clear", i);
    fail_unless_equals_uint64 (call_meta (g_ptr_array_index (call->on_wire, i))->counter, i - 2);
  }
  fail_unless_equals_int (call_check_came (call), 10);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->enc, "dropped"), 0);
  fail_unless_equals_int (call_state (g_ptr_array_index (call->came, 9)), GST_E2EE_STATE_ON);
  fail_unless_equals_string (gst_e2ee_status_get_sender (call_meta (g_ptr_array_index
              (call->came, 9))->status), "Alice");
  fail_unless_equals_uint64 (gst_e2ee_status_get_epoch (call_meta (g_ptr_array_index
              (call->came, 9))->status),
      gst_e2ee_meeting_get_epoch (call->room->people[1].meeting));
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_change_asks_the_encoder_for_a_key_frame)
{
  Call *call = vp8_call ("Alice Bob");
  guint n = 0;
  GstEvent *event;

  call_run (call, 1);
  while ((event = gst_harness_try_pull_upstream_event (call->enc)))
    gst_event_unref (event);
  room_turn (call->room, TRUE);
  call_run (call, 1);
  room_turn (call->room, FALSE);
  call_run (call, 1);
  while ((event = gst_harness_try_pull_upstream_event (call->enc))) {
    n += gst_video_event_is_force_key_unit (event);
    gst_event_unref (event);
  }
  fail_unless_equals_int (n, 2);
  call_free (call);
}

GST_END_TEST;

/* Every frame is either clear with the status off while it is off, or protected while it is on, and
 * all of them arrive as they were. */
static void
check_toggles (Call * call, guint n_toggles)
{
  for (guint i = 0; i < n_toggles; i++) {
    gboolean on = i % 2 == 0;
    guint from = call->on_wire->len;

    room_turn (call->room, on);
    call_run (call, 3);
    for (guint k = from; k < call->on_wire->len; k++)
      fail_unless_equals_int (call_is_clear_on_wire (call, k), !on);
    for (guint k = from; k < call->came->len; k++)
      fail_unless_equals_int (call_state (g_ptr_array_index (call->came, k)) ==
          GST_E2EE_STATE_OFF, !on);
  }
  fail_unless_equals_int (call_check_came (call), 3 * n_toggles);
  fail_unless_equals_uint64 (media_stat (call->enc, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "incomplete"), 0);
}

GST_START_TEST (test_twenty_toggles_lose_no_picture_and_send_none_clear)
{
  Call *call = vp8_call ("Alice Bob");

  check_toggles (call, 20);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_twenty_toggles_lose_no_sound_and_send_none_clear)
{
  Call *call = opus_call ("Alice Bob");

  check_toggles (call, 20);
  call_free (call);
}

GST_END_TEST;

/* ---- one is earlier than the other ---- */

/* Bob gets messages later: they are kept for him. */
static void
hold_back (Call * call)
{
  call->room->people[1].is_held_back = TRUE;
}

static void
let_through (Call * call)
{
  room_let_through (&call->room->people[1]);
  room_settle (call->room);
}

GST_START_TEST (test_protected_frames_wait_for_on_to_arrive)
{
  Call *call = vp8_call ("Alice Bob");

  call_run (call, 1);
  hold_back (call);
  room_turn (call->room, TRUE);
  call_run (call, 2);
  fail_unless_equals_int (call->came->len, 1);
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 2);
  let_through (call);
  call_run (call, 1);
  fail_unless_equals_int (call_check_came (call), 4);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_protected_frames_never_pass_as_clear_ones)
{
  Call *call = vp8_call ("Alice Bob");

  call_run (call, 1);
  hold_back (call);
  room_turn (call->room, TRUE);
  call_run (call, 3);
  clock_advance (200);
  call_run (call, 1);
  clock_advance (200);
  call_run (call, 1);
  fail_unless_equals_int (call->came->len, 1);
  fail_unless_equals_uint64 (media_stat (call->dec, "unknown-key"), 4);
  fail_unless_equals_uint64 (media_stat (call->dec, "clear-frames"), 1);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_clear_frames_are_refused_by_those_who_have_heard_of_on)
{
  Call *call = vp8_call ("Alice Bob");

  call_send (call, 3);
  room_turn (call->room, TRUE);
  call_carry (call);
  fail_unless_equals_int (call->came->len, 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "not-protected"), 3);
  call_run (call, 2);
  fail_unless_equals_int (call_check_came (call), 2);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_what_was_protected_still_opens_after_off)
{
  Call *call = vp8_call ("Alice Bob");

  room_turn (call->room, TRUE);
  call_send (call, 3);
  room_turn (call->room, FALSE);
  call_carry (call);
  call_run (call, 2);
  fail_unless_equals_int (call_check_came (call), 5);
  fail_unless_equals_int (call_state (g_ptr_array_index (call->came, 2)), GST_E2EE_STATE_ON);
  fail_unless_equals_int (call_state (g_ptr_array_index (call->came, 3)), GST_E2EE_STATE_OFF);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_clear_frame_that_waits_for_nothing_is_no_noise)
{
  Call *call = vp8_call ("Alice Bob");

  hold_back (call);
  room_turn (call->room, TRUE);
  call_send (call, 2);
  room_turn (call->room, FALSE);
  call_send (call, 2);
  call_carry (call);
  /* The protected ones are older than a clear one that has passed. */
  fail_unless_equals_int (call_check_came (call), 2);
  fail_unless_equals_uint64 (media_stat (call->dec, "unknown-key"), 2);
  call_free (call);
}

GST_END_TEST;

/* ---- closed ---- */

static void
check_closed (Call * call)
{
  guint came = call->came->len;

  call_run (call, 3);
  fail_unless_equals_int (call->came->len, came);
}

GST_START_TEST (test_nothing_flows_before_joining)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  Call *call = call_new (room, media_opus (16));

  call_run (call, 3);
  fail_unless_equals_int (call->on_wire->len, 0);
  fail_unless_equals_uint64 (media_stat (call->enc, "closed"), 3);
  room_join (room);
  call_run (call, 3);
  fail_unless_equals_int (call_check_came (call), 3);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_require_lets_nothing_clear_out_or_in)
{
  Call *call = opus_call ("Alice Bob");
  GstHarness *bobs = call_harness ("e2eeenc", call->room->people[1].meeting, call->media);

  g_object_set (call->room->people[1].meeting, "e2ee", GST_E2EE_FLOOR_REQUIRE, NULL);
  check_closed (call);
  fail_unless_equals_uint64 (media_stat (call->dec, "closed"), 3);
  fail_unless_equals_int (gst_pad_push_list (bobs->srcpad, media_list (call->media, 0)),
      GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (bobs) == NULL);
  room_turn (call->room, TRUE);
  call_run (call, 3);
  fail_unless_equals_int (call_check_came (call), 3);
  gst_harness_teardown (bobs);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_who_has_left_sends_and_shows_nothing)
{
  Call *call = opus_call ("Alice Bob");

  room_turn (call->room, TRUE);
  call_run (call, 2);
  call_send (call, 1);
  gst_e2ee_meeting_leave (call->room->people[1].meeting);
  check_closed (call);
  fail_unless_equals_uint64 (media_stat (call->dec, "closed"), 4);
  gst_e2ee_meeting_leave (call->room->people[0].meeting);
  call_run (call, 2);
  fail_unless_equals_uint64 (media_stat (call->enc, "closed"), 2);
  call_free (call);
}

GST_END_TEST;

/* The state of the last status message on @bus, and why. */
static gchar *
last_status (GstBus * bus)
{
  gchar *last = NULL;
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    const GstStructure *s = gst_message_get_structure (message);

    g_free (last);
    last = g_strdup_printf ("%s %s", gst_structure_get_string (s, "state"),
        gst_structure_get_string (s, "reason"));
    gst_message_unref (message);
  }
  return last;
}

GST_START_TEST (test_a_host_who_waits_for_his_on_is_switching_and_sends_nothing)
{
  Call *call = opus_call ("Alice Bob");
  GstBus *bus = gst_bus_new ();
  gchar *status;

  gst_element_set_bus (call->enc->element, bus);
  call->room->people[0].is_held_back = TRUE;
  fail_unless (gst_e2ee_meeting_request_e2ee (call->room->people[0].meeting, TRUE, NULL, NULL));
  room_settle (call->room);
  call_run (call, 2);
  fail_unless_equals_int (call->on_wire->len, 0);
  status = last_status (bus);
  fail_unless_equals_string (status, "switching closed");
  room_let_through (&call->room->people[0]);
  room_settle (call->room);
  call_run (call, 2);
  fail_unless_equals_int (call_check_came (call), 2);
  g_free (status);
  gst_element_set_bus (call->enc->element, NULL);
  gst_object_unref (bus);
  call_free (call);
}

GST_END_TEST;

/* ---- senders ---- */

/* Frames of each of the two others, into an element that expects one of them. */
/* Behind the call's own packets, so that they are not taken for late ones of them. */
static GstFlowReturn
push_next (Call * call, GstHarness * h, guint i)
{
  return gst_pad_push_list (h->srcpad, media_renumber (g_ptr_array_index (call->media->lists, i),
          &call->seq, call->timestamp += 3000));
}

static void
check_sender (const gchar * format)
{
  Call *call = opus_call ("Alice Bob Carol");
  GstHarness *carols = call_harness ("e2eeenc", call->room->people[2].meeting, call->media);
  GList *members = gst_e2ee_meeting_list_members (call->room->people[1].meeting);
  gchar *sender = NULL;
  GPtrArray *lists;

  for (GList * link = members; link; link = link->next)
    if (g_str_equal (gst_e2ee_member_get_name (link->data), "Alice"))
      sender = *format == 's' ? g_strdup (gst_e2ee_member_get_subject (link->data))
          : g_strdup_printf ("%u", gst_e2ee_member_get_leaf (link->data));
  g_object_set (call->dec->element, "sender", sender, NULL);
  room_turn (call->room, TRUE);
  call_run (call, 3);
  fail_unless_equals_int (call_check_came (call), 3);

  fail_unless_equals_int (push_next (call, carols, 0),
      GST_FLOW_OK);
  lists = media_collect (carols);
  fail_unless_equals_int (lists->len, 1);
  fail_unless_equals_int (gst_pad_push_list (call->dec->srcpad,
          gst_buffer_list_ref (g_ptr_array_index (lists, 0))), GST_FLOW_OK);
  fail_unless (gst_harness_try_pull (call->dec) == NULL);
  fail_unless_equals_uint64 (media_stat (call->dec, "sender"), 1);
  call_run (call, 1);
  fail_unless_equals_int (call_check_came (call), 4);

  g_object_set (call->dec->element, "sender", NULL, NULL);
  g_ptr_array_unref (lists);
  fail_unless_equals_int (push_next (call, carols, 1),
      GST_FLOW_OK);
  lists = media_collect (carols);
  fail_unless_equals_int (gst_pad_push_list (call->dec->srcpad,
          gst_buffer_list_ref (g_ptr_array_index (lists, 0))), GST_FLOW_OK);
  g_ptr_array_unref (lists);
  lists = media_collect (call->dec);
  fail_unless_equals_int (lists->len, 1);
  fail_unless_equals_string (gst_e2ee_status_get_sender (call_meta (g_ptr_array_index (lists,
                  0))->status), "Carol");
  g_ptr_array_unref (lists);
  gst_harness_teardown (carols);
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  g_free (sender);
  call_free (call);
}

GST_START_TEST (test_frames_of_others_than_the_expected_account_are_dropped)
{
  check_sender ("subject");
}

GST_END_TEST;

GST_START_TEST (test_frames_of_others_than_the_expected_leaf_are_dropped)
{
  check_sender ("leaf");
}

GST_END_TEST;

/* ---- keys ---- */

static void
rekey (Call * call)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_request_rekey (call->room->people[0].meeting, NULL, &error), "%s",
      error ? error->message : "");
  room_settle (call->room);
}

GST_START_TEST (test_new_keys_in_mid_stream_lose_no_frame)
{
  Call *call = vp8_call ("Alice Bob");

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  for (guint i = 0; i < 12; i++) {
    call_run (call, 3);
    rekey (call);
  }
  call_run (call, 5);
  fail_unless_equals_int (call_check_came (call), 41);
  fail_unless_equals_uint64 (media_stat (call->enc, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->enc, "key-changes"), 9);
  call_free (call);
}

GST_END_TEST;

static guint64
key_id_of_last (Call * call)
{
  return call_meta (g_ptr_array_index (call->on_wire, call->on_wire->len - 1))->key_id;
}

GST_START_TEST (test_new_keys_wait_for_a_key_frame)
{
  Call *call = vp8_call ("Alice Bob");
  guint64 before;

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  call_run (call, 2);
  before = key_id_of_last (call);
  rekey (call);
  call_run (call, 2);
  fail_unless_equals_uint64 (key_id_of_last (call), before);
  call_run (call, 1);
  fail_if (key_id_of_last (call) == before);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_new_keys_wait_for_nothing_when_somebody_was_put_out)
{
  Call *call = vp8_call ("Alice Bob Carol");
  GList *members = gst_e2ee_meeting_list_members (call->room->people[0].meeting);
  GstHarness *carols = call_harness ("e2eedec", call->room->people[2].meeting, call->media);
  guint64 before;

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  call_run (call, 2);
  before = key_id_of_last (call);
  for (GList * link = members; link; link = link->next)
    if (g_str_equal (gst_e2ee_member_get_name (link->data), "Carol"))
      fail_unless (gst_e2ee_meeting_request_removal (call->room->people[0].meeting,
              gst_e2ee_member_get_leaf (link->data), NULL, NULL));
  room_settle (call->room);
  call_run (call, 1);
  fail_if (key_id_of_last (call) == before);
  fail_unless_equals_int (call_check_came (call), 3);
  gst_pad_push_list (carols->srcpad,
      gst_buffer_list_copy_deep (g_ptr_array_index (call->on_wire, 2)));
  fail_unless (gst_harness_try_pull (carols) == NULL);
  gst_harness_teardown (carols);
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_who_was_put_out_is_heard_no_more)
{
  Call *call = opus_call ("Alice Bob Carol");
  GstHarness *carols = call_harness ("e2eeenc", call->room->people[2].meeting, call->media);
  GList *members = gst_e2ee_meeting_list_members (call->room->people[0].meeting);
  GPtrArray *lists;

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  for (guint i = 0; i < 2; i++)
    gst_pad_push_list (carols->srcpad, media_list (call->media, i));
  lists = media_collect (carols);
  fail_unless_equals_int (lists->len, 2);
  gst_pad_push_list (call->dec->srcpad,
      gst_buffer_list_copy_deep (g_ptr_array_index (lists, 0)));
  gst_buffer_unref (gst_harness_pull (call->dec));
  for (GList * link = members; link; link = link->next)
    if (g_str_equal (gst_e2ee_member_get_name (link->data), "Carol"))
      fail_unless (gst_e2ee_meeting_request_removal (call->room->people[0].meeting,
              gst_e2ee_member_get_leaf (link->data), NULL, NULL));
  room_settle (call->room);
  gst_pad_push_list (call->dec->srcpad,
      gst_buffer_list_copy_deep (g_ptr_array_index (lists, 1)));
  fail_unless (gst_harness_try_pull (call->dec) == NULL);
  g_ptr_array_unref (lists);
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  gst_harness_teardown (carols);
  call_free (call);
}

GST_END_TEST;

/* Fails when a key id and counter come twice under one epoch's key. */
static void
check_nonces (GPtrArray * on_wire, GHashTable * seen)
{
  for (guint i = 0; i < on_wire->len; i++) {
    GstE2eeStatusMeta *meta = call_meta (g_ptr_array_index (on_wire, i));
    gchar *nonce;

    if (meta->key_id == 0)
      continue;
    nonce = g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, meta->key_id,
        meta->counter);
    fail_unless (g_hash_table_add (seen, nonce), "frame %u repeats %s", i, nonce);
  }
}

GST_START_TEST (test_no_counter_comes_twice_however_often_an_element_starts)
{
  Call *call = opus_call ("Alice Bob");
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  room_turn (call->room, TRUE);
  for (guint i = 0; i < 6; i++) {
    gst_element_set_state (call->enc->element, i % 2 ? GST_STATE_NULL : GST_STATE_READY);
    gst_harness_teardown (call->enc);
    call->enc = call_harness ("e2eeenc", call->room->people[0].meeting, call->media);
    room_settle (call->room);
    call_send (call, 3);
  }
  check_nonces (call->on_wire, seen);
  fail_unless_equals_int (g_hash_table_size (seen), 18);
  g_hash_table_unref (seen);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_no_counter_comes_twice_when_the_meeting_was_closed_in_between)
{
  Call *call = opus_call ("Alice Bob");
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  call_run (call, 3);
  /* Nothing is heard of bob. */
  call->room->people[1].is_cut_off = TRUE;
  room_advance (call->room, 20000);
  fail_unless_equals_int (gst_e2ee_meeting_get_state (call->room->people[0].meeting),
      GST_E2EE_STATE_UNKNOWN);
  call_send (call, 2);
  fail_unless_equals_uint64 (media_stat (call->enc, "closed"), 2);
  call->room->people[1].is_cut_off = FALSE;
  room_advance (call->room, 6000);
  fail_unless_equals_int (gst_e2ee_meeting_get_state (call->room->people[0].meeting),
      GST_E2EE_STATE_ON);
  call_send (call, 3);
  check_nonces (call->on_wire, seen);
  fail_unless_equals_int (g_hash_table_size (seen), 6);
  /* And what was played before is not played again. */
  for (guint i = 0; i < 3; i++)
    gst_pad_push_list (call->dec->srcpad, media_renumber (g_ptr_array_index (call->on_wire, i),
            &call->seq, call->timestamp += 3000));
  fail_unless_equals_uint64 (media_stat (call->dec, "replayed"), 3);
  g_hash_table_unref (seen);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_forty_streams_one_after_the_other_find_a_number)
{
  Call *call = opus_call ("Alice Bob");

  room_turn (call->room, TRUE);
  for (guint i = 0; i < 40; i++) {
    gst_harness_teardown (call->enc);
    call->enc = NULL;
    /* When all numbers are spent new keys are asked for, and come. */
    for (guint tries = 0; call->enc == NULL; tries++) {
      GstE2eeMeetingStream *stream = gst_e2ee_meeting_add_stream (call->room->people[0].meeting,
          GST_E2EE_STREAM_KIND_MICROPHONE, NULL, NULL);

      fail_unless (tries < 3);
      if (stream)
        call->enc = call_harness ("e2eeenc", (GstE2eeMeeting *) stream, call->media);
      g_clear_object (&stream);
      room_advance (call->room, 3000);
    }
    call_run (call, 1);
  }
  fail_unless_equals_int (call_check_came (call), 40);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_one_stream_is_for_one_element)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMeetingStream *stream;
  GstElement *one = gst_element_factory_make ("e2eeenc", NULL);
  GstElement *other = gst_element_factory_make ("e2eeenc", NULL);

  room_join (room);
  stream = gst_e2ee_meeting_add_stream (room->people[0].meeting, GST_E2EE_STREAM_KIND_DATA, NULL,
      NULL);
  g_object_set (one, "key-provider", stream, NULL);
  g_object_set (other, "key-provider", stream, NULL);
  fail_unless_equals_int (gst_element_set_state (one, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (gst_element_set_state (other, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (one, GST_STATE_NULL);
  fail_unless_equals_int (gst_element_set_state (other, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (gst_e2ee_meeting_stream_get_number (stream), 1);
  gst_element_set_state (other, GST_STATE_NULL);
  gst_object_unref (one);
  gst_object_unref (other);
  g_object_unref (stream);
  room_free (room);
}

GST_END_TEST;

static GstE2eeKey *
give_key_of_alice (GstElement * element, guint64 key_id, GstE2eeMeeting * meeting)
{
  GList *keys = gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (meeting),
      GST_E2EE_KEY_USAGE_DECRYPT);
  GstE2eeKey *key = gst_e2ee_key_ref (keys->data);

  g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
  return key;
}

GST_START_TEST (test_no_key_of_a_meeting_comes_by_a_back_door)
{
  Call *call = opus_call ("Alice Bob");
  GstElement *dec = gst_element_factory_make ("e2eedec", NULL);
  GstHarness *h;

  room_turn (call->room, TRUE);
  call_run (call, 1);
  g_signal_connect (dec, "request-key", G_CALLBACK (give_key_of_alice),
      call->room->people[1].meeting);
  h = gst_harness_new_with_element (dec, "sink", "src");
  gst_harness_set_src_caps (h, gst_caps_ref (call->media->caps));
  gst_pad_push_list (h->srcpad, gst_buffer_list_copy_deep (g_ptr_array_index (call->on_wire, 0)));
  fail_unless (gst_harness_try_pull (h) == NULL);
  gst_harness_teardown (h);
  gst_object_unref (dec);
  call_free (call);
}

GST_END_TEST;

/* ---- a provider that is slow to answer ---- */

#define SLOW_TYPE (slow_get_type ())
G_DECLARE_FINAL_TYPE (Slow, slow, TEST, SLOW, GObject)

/* While it lists the keys for the first time they change. */
struct _Slow
{
  GObject parent;
  GstE2eeMediaMode mode;
  guint n_lists;
};

static GList *
slow_list_keys (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage)
{
  Slow *self = TEST_SLOW (provider);

  if (self->n_lists++ == 0) {
    self->mode = GST_E2EE_MEDIA_MODE_CLOSED;
    gst_e2ee_key_provider_changed (provider);
  }
  return NULL;
}

static void
slow_get_media (GstE2eeKeyProvider * provider, GstE2eeMedia * media)
{
  media->mode = TEST_SLOW (provider)->mode;
}

static void
slow_provider_init (GstE2eeKeyProviderInterface * iface)
{
  iface->list_keys = slow_list_keys;
  iface->get_media = slow_get_media;
}

G_DEFINE_TYPE_WITH_CODE (Slow, slow, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_E2EE_KEY_PROVIDER, slow_provider_init));

static void
slow_class_init (SlowClass * klass)
{
}

static void
slow_init (Slow * self)
{
  self->mode = GST_E2EE_MEDIA_MODE_CLEAR;
}

GST_START_TEST (test_an_answer_that_was_overtaken_does_not_count)
{
  GstElement *enc = gst_element_factory_make ("e2eeenc", NULL);
  Slow *provider = g_object_new (SLOW_TYPE, NULL);
  GstHarness *h;

  g_object_set (enc, "key-provider", provider, NULL);
  h = gst_harness_new_with_element (enc, "sink", "src");
  gst_harness_set_src_caps_str (h, "text/x-raw,format=utf8");
  gst_harness_push (h, gst_buffer_new_wrapped (g_strdup ("hi"), 2));
  fail_unless (gst_harness_try_pull (h) == NULL);
  fail_unless_equals_uint64 (media_stat (h, "closed"), 1);
  gst_harness_teardown (h);
  gst_object_unref (enc);
  g_object_unref (provider);
}

GST_END_TEST;

/* ---- keys that are not there yet ---- */

/* Pushes frames until none waits: the key is made in another thread. */
static void
run_until_none_waits (Call * call)
{
  for (guint i = 0; i < 20000 && (i == 0 || media_stat (call->dec, "held") > 0); i++) {
    g_usleep (1000);
    call_run (call, 1);
  }
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 0);
}

GST_START_TEST (test_a_stream_that_was_not_announced_yet_is_heard)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  Call *call;

  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  room->people[1].is_cut_off = TRUE;
  call = call_new (room, media_opus (16));
  call_run (call, 1);
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 1);
  run_until_none_waits (call);
  fail_unless_equals_int (call_check_came (call), call->sent->len);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_of_a_large_meeting_the_keys_that_are_needed_are_made)
{
  Room *room = room_new ("Alice Bob Carol Dave Eve", ALLOW);
  GList *streams = NULL;
  Call *call;

  room_join (room);
  for (guint i = 0; i < room->n_people; i++)
    for (guint k = 0; k < 20; k++)
      streams = g_list_prepend (streams, gst_e2ee_meeting_add_stream (room->people[i].meeting,
              GST_E2EE_STREAM_KIND_DATA, NULL, NULL));
  room_turn (room, TRUE);
  room_advance (room, 3000);
  call = call_new (room, media_opus (16));
  room_advance (room, 1000);
  call_run (call, 1);
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 1);
  run_until_none_waits (call);
  /* From then on also those of the epochs to come. */
  for (guint i = 0; i < 4; i++) {
    rekey (call);
    call_run (call, 3);
    fail_unless_equals_uint64 (media_stat (call->dec, "held"), 0);
  }
  fail_unless_equals_int (call_check_came (call), call->sent->len);
  g_list_free_full (streams, g_object_unref);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_media_of_an_epoch_ahead_makes_the_meeting_look_whether_it_is_behind)
{
  Call *call = opus_call ("Alice Bob");
  Person *bob = &call->room->people[1];

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  call_run (call, 1);
  room_forget (call->room);
  bob->is_held_back = TRUE;
  rekey (call);
  room_advance (call->room, 2500);
  for (guint i = 0; i < 20000 && room_told (bob, "phase rejoining behind") == 0; i++) {
    g_usleep (1000);
    call_run (call, 1);
    clock_advance (1001);
    room_advance (call->room, 100);
  }
  fail_unless_equals_int (room_told (bob, "phase rejoining behind"), 1);
  call_free (call);
}

GST_END_TEST;

/* ---- finding the meeting ---- */

static GstElement *
make (const gchar * factory)
{
  return gst_object_ref_sink (gst_element_factory_make (factory, NULL));
}

GST_START_TEST (test_the_meeting_is_found_by_its_name)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstElement *enc = make ("e2eeenc");

  room_close (&room->people[0]);
  fail_unless (room_open (&room->people[0], "standup", NULL) != NULL);
  g_object_set (enc, "meeting", "standup", "stream-kind", GST_E2EE_STREAM_KIND_SCREEN,
      "stream-label", "slides", NULL);
  room_join (room);
  fail_unless_equals_int (gst_element_set_state (enc, GST_STATE_PAUSED),
      GST_STATE_CHANGE_SUCCESS);
  room_settle (room);
  fail_unless_equals_int (room_told (&room->people[1], "streams Alice 1"), 1);
  gst_element_set_state (enc, GST_STATE_NULL);
  room_settle (room);
  fail_unless (room_told (&room->people[1], "streams Alice 0") >= 1);
  gst_object_unref (enc);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_name_that_no_meeting_has_stops_the_start)
{
  GstElement *dec = make ("e2eedec");
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error;

  gst_element_set_bus (dec, bus);
  g_object_set (dec, "meeting", "nowhere", NULL);
  fail_unless_equals_int (gst_element_set_state (dec, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "nowhere") != NULL, "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (dec, NULL);
  gst_element_set_state (dec, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (dec);
}

GST_END_TEST;

GST_START_TEST (test_the_meeting_comes_as_a_context_of_the_pipeline)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstElement *pipeline = gst_pipeline_new (NULL), *dec = gst_element_factory_make ("e2eedec", NULL);
  GstContext *context = gst_context_new_e2ee_meeting (room->people[0].meeting);
  GstHarness *h;

  gst_element_set_context (pipeline, context);
  gst_context_unref (context);
  gst_bin_add (GST_BIN (pipeline), dec);
  h = gst_harness_new_with_element (dec, "sink", "src");
  gst_harness_set_src_caps_str (h, "text/x-raw,format=utf8");
  fail_unless_equals_int (gst_harness_push (h, gst_buffer_new_wrapped (g_strdup ("hi"), 2)),
      GST_FLOW_OK);
  fail_unless_equals_uint64 (media_stat (h, "closed"), 1);
  gst_harness_teardown (h);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_without_any_keys_the_application_is_asked_for_the_meeting)
{
  GstElement *dec = make ("e2eedec");
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  const gchar *type;

  gst_element_set_bus (dec, bus);
  gst_element_set_state (dec, GST_STATE_READY);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_NEED_CONTEXT);
  fail_unless (message != NULL);
  fail_unless (gst_message_parse_context_type (message, &type));
  fail_unless_equals_string (type, GST_E2EE_MEETING_CONTEXT);
  gst_message_unref (message);
  gst_element_set_state (dec, GST_STATE_NULL);
  gst_element_set_bus (dec, NULL);
  gst_object_unref (bus);
  gst_object_unref (dec);
}

GST_END_TEST;

/* ---- as everywhere ---- */

GST_START_TEST (test_a_codec_that_cannot_be_protected_is_refused_while_off_too)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstElement *enc = make ("e2eeenc");
  GstHarness *h;
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GstCaps *caps = gst_caps_from_string ("application/x-rtp,media=video,encoding-name=H264,"
      "clock-rate=90000,payload=96");

  room_join (room);
  gst_element_set_bus (enc, bus);
  g_object_set (enc, "key-provider", room->people[0].meeting, NULL);
  h = gst_harness_new_with_element (enc, "sink", "src");
  gst_harness_play (h);
  gst_harness_push_event (h, gst_event_new_stream_start ("a"));
  gst_harness_push_event (h, gst_event_new_caps (caps));
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_unref (message);
  gst_caps_unref (caps);
  gst_element_set_bus (enc, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  gst_object_unref (enc);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_other_caps_leave_the_stream_and_its_counters_as_they_are)
{
  Call *call = opus_call ("Alice Bob");
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GstCaps *caps = gst_caps_copy (call->media->caps);

  room_turn (call->room, TRUE);
  call_run (call, 2);
  gst_caps_set_simple (caps, "extmap-1", G_TYPE_STRING, "urn:ietf:params:rtp-hdrext:sdes:mid",
      NULL);
  gst_harness_push_event (call->enc, gst_event_new_caps (caps));
  room_settle (call->room);
  call_run (call, 2);
  check_nonces (call->on_wire, seen);
  fail_unless_equals_uint64 (call_meta (g_ptr_array_index (call->on_wire, 3))->counter, 3);
  fail_unless_equals_uint64 (key_id_of_last (call),
      call_meta (g_ptr_array_index (call->on_wire, 0))->key_id);
  gst_caps_unref (caps);
  g_hash_table_unref (seen);
  call_free (call);
}

GST_END_TEST;

static GstPadProbeReturn
turn_on (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  room_turn (data, TRUE);
  return GST_PAD_PROBE_REMOVE;
}

GST_START_TEST (test_in_a_list_of_sounds_on_counts_from_the_very_next_on)
{
  Call *call = opus_call ("Alice Bob");
  GstPad *pad = gst_element_get_static_pad (call->enc->element, "src");
  GstBufferList *list = gst_buffer_list_new ();

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, turn_on, call->room, NULL);
  for (guint i = 0; i < 3; i++)
    gst_buffer_list_add (list,
        gst_buffer_ref (gst_buffer_list_get (g_ptr_array_index (call->media->lists, i), 0)));
  fail_unless_equals_int (gst_pad_push_list (call->enc->srcpad, list), GST_FLOW_OK);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = gst_harness_pull (call->enc);

    fail_unless_equals_int (gst_buffer_get_e2ee_state (buffer) == GST_E2EE_STATE_OFF, i == 0);
    gst_buffer_unref (buffer);
  }
  gst_object_unref (pad);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_flush_forgets_what_waits_and_goes_on)
{
  Call *call = vp8_call ("Alice Bob");
  GstSegment segment;

  hold_back (call);
  room_turn (call->room, TRUE);
  call_run (call, 3);
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 3);
  gst_harness_push_event (call->dec, gst_event_new_flush_start ());
  gst_harness_push_event (call->dec, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (call->dec, gst_event_new_segment (&segment));
  fail_unless_equals_uint64 (media_stat (call->dec, "held"), 0);
  let_through (call);
  call_run (call, 2);
  fail_unless_equals_int (call_check_came (call), 2);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_a_stopped_element_starts_again_in_the_mode_of_then)
{
  Call *call = opus_call ("Alice Bob");

  call_run (call, 2);
  gst_element_set_state (call->enc->element, GST_STATE_READY);
  gst_element_set_state (call->dec->element, GST_STATE_READY);
  room_turn (call->room, TRUE);
  gst_harness_teardown (call->enc);
  gst_harness_teardown (call->dec);
  call->enc = call_harness ("e2eeenc", call->room->people[0].meeting, call->media);
  call->dec = call_harness ("e2eedec", call->room->people[1].meeting, call->media);
  room_settle (call->room);
  call_run (call, 2);
  fail_if (call_is_clear_on_wire (call, 2));
  fail_unless_equals_int (call_check_came (call), 4);
  call_free (call);
}

GST_END_TEST;

static Suite *
meeting_suite (void)
{
  Suite *s = suite_create ("meeting");
  TCase *tc = tcase_create ("meeting");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_off_passes_frames_as_they_came_and_says_so);
  tcase_add_test (tc, test_on_protects_from_the_very_next_frame_on);
  tcase_add_test (tc, test_a_change_asks_the_encoder_for_a_key_frame);
  tcase_add_test (tc, test_twenty_toggles_lose_no_picture_and_send_none_clear);
  tcase_add_test (tc, test_twenty_toggles_lose_no_sound_and_send_none_clear);
  tcase_add_test (tc, test_protected_frames_wait_for_on_to_arrive);
  tcase_add_test (tc, test_protected_frames_never_pass_as_clear_ones);
  tcase_add_test (tc, test_clear_frames_are_refused_by_those_who_have_heard_of_on);
  tcase_add_test (tc, test_what_was_protected_still_opens_after_off);
  tcase_add_test (tc, test_a_clear_frame_that_waits_for_nothing_is_no_noise);
  tcase_add_test (tc, test_nothing_flows_before_joining);
  tcase_add_test (tc, test_require_lets_nothing_clear_out_or_in);
  tcase_add_test (tc, test_who_has_left_sends_and_shows_nothing);
  tcase_add_test (tc, test_a_host_who_waits_for_his_on_is_switching_and_sends_nothing);
  tcase_add_test (tc, test_frames_of_others_than_the_expected_account_are_dropped);
  tcase_add_test (tc, test_frames_of_others_than_the_expected_leaf_are_dropped);
  tcase_add_test (tc, test_new_keys_in_mid_stream_lose_no_frame);
  tcase_add_test (tc, test_new_keys_wait_for_a_key_frame);
  tcase_add_test (tc, test_new_keys_wait_for_nothing_when_somebody_was_put_out);
  tcase_add_test (tc, test_who_was_put_out_is_heard_no_more);
  tcase_add_test (tc, test_media_of_an_epoch_ahead_makes_the_meeting_look_whether_it_is_behind);
  tcase_add_test (tc, test_other_caps_leave_the_stream_and_its_counters_as_they_are);
  tcase_add_test (tc, test_in_a_list_of_sounds_on_counts_from_the_very_next_on);
  tcase_add_test (tc, test_no_counter_comes_twice_however_often_an_element_starts);
  tcase_add_test (tc, test_no_counter_comes_twice_when_the_meeting_was_closed_in_between);
  tcase_add_test (tc, test_forty_streams_one_after_the_other_find_a_number);
  tcase_add_test (tc, test_one_stream_is_for_one_element);
  tcase_add_test (tc, test_no_key_of_a_meeting_comes_by_a_back_door);
  tcase_add_test (tc, test_an_answer_that_was_overtaken_does_not_count);
  tcase_add_test (tc, test_a_stream_that_was_not_announced_yet_is_heard);
  tcase_add_test (tc, test_of_a_large_meeting_the_keys_that_are_needed_are_made);
  tcase_add_test (tc, test_the_meeting_is_found_by_its_name);
  tcase_add_test (tc, test_a_name_that_no_meeting_has_stops_the_start);
  tcase_add_test (tc, test_the_meeting_comes_as_a_context_of_the_pipeline);
  tcase_add_test (tc, test_without_any_keys_the_application_is_asked_for_the_meeting);
  tcase_add_test (tc, test_a_codec_that_cannot_be_protected_is_refused_while_off_too);
  tcase_add_test (tc, test_a_flush_forgets_what_waits_and_goes_on);
  tcase_add_test (tc, test_a_stopped_element_starts_again_in_the_mode_of_then);
  return s;
}

GST_CHECK_MAIN (meeting);
