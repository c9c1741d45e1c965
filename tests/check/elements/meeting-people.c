/* e2eeenc and e2eedec in a meeting: whose frames are taken, and whose no more.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "call.h"

/* ---- the expected sender ---- */

/* Behind the call's own packets, so that they are not taken for late ones of them. */
static GstFlowReturn
push_next (Call * call, GstHarness * h, guint i)
{
  return gst_pad_push_list (h->srcpad, media_renumber (g_ptr_array_index (call->media->lists, i),
          &call->seq, call->timestamp += 3000));
}

/* Frames of each of the two others, into an element that expects one of them. */
static void
check_sender (const gchar * format)
{
  Call *call = call_opus ("Alice Bob Carol");
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

  fail_unless_equals_int (push_next (call, carols, 0), GST_FLOW_OK);
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
  fail_unless_equals_int (push_next (call, carols, 1), GST_FLOW_OK);
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

/* ---- who was put out ---- */

/* Alice puts somebody out. */
static void
put_out (Call * call, const gchar * name)
{
  GList *members = gst_e2ee_meeting_list_members (call->room->people[0].meeting);

  for (GList * link = members; link; link = link->next)
    if (g_str_equal (gst_e2ee_member_get_name (link->data), name))
      fail_unless (gst_e2ee_meeting_request_removal (call->room->people[0].meeting,
              gst_e2ee_member_get_leaf (link->data), NULL, NULL));
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  room_settle (call->room);
}

GST_START_TEST (test_new_keys_wait_for_nothing_when_somebody_was_put_out)
{
  Call *call = call_vp8 ("Alice Bob Carol");
  GstHarness *carols = call_harness ("e2eedec", call->room->people[2].meeting, call->media);
  guint64 before;

  room_turn (call->room, TRUE);
  room_advance (call->room, 3000);
  call_run (call, 2);
  before = call_last_key_id (call);
  put_out (call, "Carol");
  call_run (call, 1);
  fail_if (call_last_key_id (call) == before);
  fail_unless_equals_int (call_check_came (call), 3);
  gst_pad_push_list (carols->srcpad,
      gst_buffer_list_copy_deep (g_ptr_array_index (call->on_wire, 2)));
  fail_unless (gst_harness_try_pull (carols) == NULL);
  gst_harness_teardown (carols);
  call_free (call);
}

GST_END_TEST;

GST_START_TEST (test_who_was_put_out_is_heard_no_more)
{
  Call *call = call_opus ("Alice Bob Carol");
  GstHarness *carols = call_harness ("e2eeenc", call->room->people[2].meeting, call->media);
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
  put_out (call, "Carol");
  gst_pad_push_list (call->dec->srcpad,
      gst_buffer_list_copy_deep (g_ptr_array_index (lists, 1)));
  fail_unless (gst_harness_try_pull (call->dec) == NULL);
  g_ptr_array_unref (lists);
  gst_harness_teardown (carols);
  call_free (call);
}

GST_END_TEST;

static Suite *
meeting_people_suite (void)
{
  Suite *s = suite_create ("meeting-people");
  TCase *tc = tcase_create ("meeting-people");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_frames_of_others_than_the_expected_account_are_dropped);
  tcase_add_test (tc, test_frames_of_others_than_the_expected_leaf_are_dropped);
  tcase_add_test (tc, test_new_keys_wait_for_nothing_when_somebody_was_put_out);
  tcase_add_test (tc, test_who_was_put_out_is_heard_no_more);
  return s;
}

GST_CHECK_MAIN (meeting_people);
