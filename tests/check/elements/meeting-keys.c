/* e2eeenc and e2eedec in a meeting: one key after the other, and no counter twice under one.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"

/* ---- new keys ---- */

GST_START_TEST (test_new_keys_in_mid_stream_lose_no_frame)
{
  Call *call = call_vp8 ("Alice Bob");

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  for (guint i = 0; i < 12; i++) {
    call_run (call, 3);
    call_rekey (call);
  }
  call_run (call, 5);
  fail_unless_equals_int (call_check_came (call), 41);
  fail_unless_equals_uint64 (media_stat (call->enc, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->dec, "dropped"), 0);
  fail_unless_equals_uint64 (media_stat (call->enc, "key-changes"), 9);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_new_keys_wait_for_a_key_frame)
{
  Call *call = call_vp8 ("Alice Bob");
  guint64 before;

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  call_run (call, 2);
  before = call_last_key_id (call);
  call_rekey (call);
  call_run (call, 2);
  fail_unless_equals_uint64 (call_last_key_id (call), before);
  call_run (call, 1);
  fail_if (call_last_key_id (call) == before);
  call_free (call);
}

GST_END_TEST;

/* ---- counters ---- */

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
  Call *call = call_opus ("Alice Bob");
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
  Call *call = call_opus ("Alice Bob");
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

GST_START_TEST (test_other_caps_leave_the_stream_and_its_counters_as_they_are)
{
  Call *call = call_opus ("Alice Bob");
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
  fail_unless_equals_uint64 (call_last_key_id (call),
      call_meta (g_ptr_array_index (call->on_wire, 0))->key_id);
  gst_caps_unref (caps);
  g_hash_table_unref (seen);
  call_free (call);
}

GST_END_TEST;

/* ---- streams ---- */

GST_START_TEST (test_forty_streams_one_after_the_other_find_a_number)
{
  Call *call = call_opus ("Alice Bob");

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

static Suite *
meeting_keys_suite (void)
{
  Suite *s = suite_create ("meeting-keys");
  TCase *tc = tcase_create ("meeting-keys");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_new_keys_in_mid_stream_lose_no_frame);
  tcase_add_test (tc, test_new_keys_wait_for_a_key_frame);
  tcase_add_test (tc, test_no_counter_comes_twice_however_often_an_element_starts);
  tcase_add_test (tc, test_no_counter_comes_twice_when_the_meeting_was_closed_in_between);
  tcase_add_test (tc, test_other_caps_leave_the_stream_and_its_counters_as_they_are);
  tcase_add_test (tc, test_forty_streams_one_after_the_other_find_a_number);
  return s;
}

GST_CHECK_MAIN (meeting_keys);
