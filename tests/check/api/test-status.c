/* States and how they mix, the shared statement, its sticky event.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <gst/check/gstharness.h>

#define N_STATES (GST_E2EE_STATE_DEGRADED + 1)

#define U GST_E2EE_STATE_UNKNOWN
#define O GST_E2EE_STATE_OFF
#define S GST_E2EE_STATE_SWITCHING
#define E GST_E2EE_STATE_ON
#define V GST_E2EE_STATE_VERIFIED
#define D GST_E2EE_STATE_DEGRADED

/* status.h in one table: rows and columns unknown, off, switching, on, verified, degraded */
static const GstE2eeState merged[N_STATES][N_STATES] = {
  {U, U, U, U, U, U},
  {U, O, D, D, D, D},
  {U, D, S, S, S, D},
  {U, D, S, E, E, D},
  {U, D, S, E, V, D},
  {U, D, D, D, D, D},
};

GST_START_TEST (test_merge_answers_as_the_table_says)
{
  for (gint a = 0; a < N_STATES; a++)
    for (gint b = 0; b < N_STATES; b++)
      fail_unless (gst_e2ee_state_merge (a, b) == merged[a][b], "%s with %s is %s",
          gst_e2ee_state_get_nick (a), gst_e2ee_state_get_nick (b),
          gst_e2ee_state_get_nick (gst_e2ee_state_merge (a, b)));
}

GST_END_TEST;

GST_START_TEST (test_merge_is_commutative)
{
  for (gint a = 0; a < N_STATES; a++)
    for (gint b = 0; b < N_STATES; b++)
      fail_unless_equals_int (gst_e2ee_state_merge (a, b), gst_e2ee_state_merge (b, a));
}

GST_END_TEST;

GST_START_TEST (test_merge_is_associative)
{
  for (gint a = 0; a < N_STATES; a++)
    for (gint b = 0; b < N_STATES; b++)
      for (gint c = 0; c < N_STATES; c++)
        fail_unless_equals_int (gst_e2ee_state_merge (gst_e2ee_state_merge (a, b), c),
            gst_e2ee_state_merge (a, gst_e2ee_state_merge (b, c)));
}

GST_END_TEST;

GST_START_TEST (test_merge_of_different_states_is_never_off)
{
  for (gint a = 0; a < N_STATES; a++)
    for (gint b = 0; b < N_STATES; b++)
      fail_if (a != b && gst_e2ee_state_merge (a, b) == O);
}

GST_END_TEST;

GST_START_TEST (test_merge_with_a_number_that_is_no_state_is_unknown)
{
  fail_unless_equals_int (gst_e2ee_state_merge (N_STATES, N_STATES), U);
  fail_unless_equals_int (gst_e2ee_state_merge (E, N_STATES), U);
  fail_unless_equals_int (gst_e2ee_state_merge (-1, E), U);
}

GST_END_TEST;

GST_START_TEST (test_nicks_are_the_words_of_the_header)
{
  fail_unless_equals_string (gst_e2ee_state_get_nick (U), "unknown");
  fail_unless_equals_string (gst_e2ee_state_get_nick (O), "off");
  fail_unless_equals_string (gst_e2ee_state_get_nick (S), "switching");
  fail_unless_equals_string (gst_e2ee_state_get_nick (E), "on");
  fail_unless_equals_string (gst_e2ee_state_get_nick (V), "verified");
  fail_unless_equals_string (gst_e2ee_state_get_nick (D), "degraded");
  fail_unless_equals_string (gst_e2ee_state_get_nick (N_STATES), "unknown");
}

GST_END_TEST;

GST_START_TEST (test_a_status_keeps_what_it_was_told)
{
  gchar sender[] = "alice";
  GstE2eeStatus *status = gst_e2ee_status_new (V, sender, 7);

  sender[0] = 'x';
  fail_unless_equals_int (gst_e2ee_status_get_state (status), V);
  fail_unless_equals_string (gst_e2ee_status_get_sender (status), "alice");
  fail_unless_equals_uint64 (gst_e2ee_status_get_epoch (status), 7);
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

GST_START_TEST (test_a_status_of_no_state_is_unknown)
{
  GstE2eeStatus *status = gst_e2ee_status_new (99, NULL, 0);

  fail_unless_equals_int (gst_e2ee_status_get_state (status), U);
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

GST_START_TEST (test_statuses_are_equal_only_when_all_of_it_is)
{
  GstE2eeStatus *one = gst_e2ee_status_new (E, "alice", 7);
  GstE2eeStatus *same = gst_e2ee_status_new (E, "alice", 7);
  GstE2eeStatus *other_state = gst_e2ee_status_new (V, "alice", 7);
  GstE2eeStatus *other_sender = gst_e2ee_status_new (E, "bob", 7);
  GstE2eeStatus *no_sender = gst_e2ee_status_new (E, NULL, 7);
  GstE2eeStatus *other_epoch = gst_e2ee_status_new (E, "alice", 8);

  fail_unless (gst_e2ee_status_is_equal (one, one));
  fail_unless (gst_e2ee_status_is_equal (one, same));
  fail_if (gst_e2ee_status_is_equal (one, other_state));
  fail_if (gst_e2ee_status_is_equal (one, other_sender));
  fail_if (gst_e2ee_status_is_equal (one, no_sender));
  fail_if (gst_e2ee_status_is_equal (one, other_epoch));
  gst_e2ee_status_unref (one);
  gst_e2ee_status_unref (same);
  gst_e2ee_status_unref (other_state);
  gst_e2ee_status_unref (other_sender);
  gst_e2ee_status_unref (no_sender);
  gst_e2ee_status_unref (other_epoch);
}

GST_END_TEST;

GST_START_TEST (test_event_carries_the_very_status)
{
  GstE2eeStatus *status = gst_e2ee_status_new (E, "alice", 7);
  GstEvent *event = gst_event_new_e2ee_status (status);
  GstE2eeStatus *parsed = gst_event_parse_e2ee_status (event);

  fail_unless (GST_EVENT_IS_STICKY (event));
  fail_unless (GST_EVENT_IS_DOWNSTREAM (event));
  fail_unless (parsed == status);
  gst_event_unref (event);
  gst_e2ee_status_unref (parsed);
  ASSERT_MINI_OBJECT_REFCOUNT (status, "status", 1);
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

static void
assert_parses_to_nothing (GstEvent * event)
{
  fail_unless (gst_event_parse_e2ee_status (event) == NULL);
  gst_event_unref (event);
}

GST_START_TEST (test_event_parse_refuses_another_event)
{
  assert_parses_to_nothing (gst_event_new_eos ());
}

GST_END_TEST;

GST_START_TEST (test_event_parse_refuses_another_name)
{
  GstE2eeStatus *status = gst_e2ee_status_new (E, NULL, 1);

  assert_parses_to_nothing (gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
          gst_structure_new ("e2ee-statues", "status", GST_TYPE_E2EE_STATUS, status, NULL)));
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

GST_START_TEST (test_event_parse_refuses_the_name_without_a_status)
{
  assert_parses_to_nothing (gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
          gst_structure_new ("e2ee-status", "status", G_TYPE_STRING, "on", NULL)));
}

GST_END_TEST;

GST_START_TEST (test_event_parse_refuses_one_that_does_not_stick)
{
  GstE2eeStatus *status = gst_e2ee_status_new (E, NULL, 1);

  assert_parses_to_nothing (gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
          gst_structure_new ("e2ee-status", "status", GST_TYPE_E2EE_STATUS, status, NULL)));
  gst_e2ee_status_unref (status);
}

GST_END_TEST;

static GstE2eeStatus *
pull_sticky_status (GstPad * pad)
{
  GstE2eeStatus *status = NULL;
  GstEvent *event;

  for (guint i = 0; (event = gst_pad_get_sticky_event (pad, GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, i));
      i++) {
    fail_unless (status == NULL, "two statuses stick");
    status = gst_event_parse_e2ee_status (event);
    gst_event_unref (event);
  }
  return status;
}

GST_START_TEST (test_event_sticks_behind_elements_and_the_newest_wins)
{
  GstHarness *h = gst_harness_new_parse ("videoconvert ! videoscale ! identity");
  GstE2eeStatus *off = gst_e2ee_status_new (O, NULL, 0);
  GstE2eeStatus *on = gst_e2ee_status_new (E, "alice", 1);
  GstE2eeStatus *seen;

  gst_harness_set_src_caps_str (h, "video/x-raw,format=I420,width=16,height=16,framerate=30/1");
  fail_unless (gst_harness_push_event (h, gst_event_new_e2ee_status (off)));
  fail_unless (gst_harness_push_event (h, gst_event_new_e2ee_status (on)));
  fail_unless_equals_int (gst_harness_push (h, gst_harness_create_buffer (h, 16 * 16 * 3 / 2)),
      GST_FLOW_OK);
  seen = pull_sticky_status (h->sinkpad);
  fail_unless (seen == on);
  gst_e2ee_status_unref (seen);
  gst_e2ee_status_unref (on);
  gst_e2ee_status_unref (off);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
status_suite (void)
{
  Suite *s = suite_create ("status");
  TCase *tc = tcase_create ("status");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_merge_answers_as_the_table_says);
  tcase_add_test (tc, test_merge_is_commutative);
  tcase_add_test (tc, test_merge_is_associative);
  tcase_add_test (tc, test_merge_of_different_states_is_never_off);
  tcase_add_test (tc, test_merge_with_a_number_that_is_no_state_is_unknown);
  tcase_add_test (tc, test_nicks_are_the_words_of_the_header);
  tcase_add_test (tc, test_a_status_keeps_what_it_was_told);
  tcase_add_test (tc, test_a_status_of_no_state_is_unknown);
  tcase_add_test (tc, test_statuses_are_equal_only_when_all_of_it_is);
  tcase_add_test (tc, test_event_carries_the_very_status);
  tcase_add_test (tc, test_event_parse_refuses_another_event);
  tcase_add_test (tc, test_event_parse_refuses_another_name);
  tcase_add_test (tc, test_event_parse_refuses_the_name_without_a_status);
  tcase_add_test (tc, test_event_parse_refuses_one_that_does_not_stick);
  tcase_add_test (tc, test_event_sticks_behind_elements_and_the_newest_wins);
  return s;
}

KIT_MAIN (status)
