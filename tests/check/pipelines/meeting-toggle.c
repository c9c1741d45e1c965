/* The host turns encryption on and off while everybody talks.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

static const StagePlan people = {.names = "Alice Bob Carol" };

/* Off, on, off ... and each time every frame on the wire is what it should be. */
static void
toggle (Stage * stage, guint n_times, guint steps)
{
  for (guint i = 0; i < n_times; i++) {
    gboolean on = i % 2 == 0;
    guint clear = 0, protected = 0;

    stage_turn (stage, on, steps);
    for (guint k = 0; k < stage->n; k++)
      for (guint kind = 0; kind < N_KINDS; kind++) {
        clear -= stage->actors[k].out[kind].n_clear;
        protected -= stage->actors[k].out[kind].n_protected;
      }
    stage_step (stage, 2);
    for (guint k = 0; k < stage->n; k++)
      for (guint kind = 0; kind < N_KINDS; kind++) {
        clear += stage->actors[k].out[kind].n_clear;
        protected += stage->actors[k].out[kind].n_protected;
      }
    fail_unless_equals_int (on ? clear : protected, 0);
    fail_unless (on ? protected > 0 : clear > 0);
    stage_check_all_shown (stage);
  }
}

GST_START_TEST (test_the_host_turns_it_on_and_off_and_nothing_clear_is_on_the_wire_while_on)
{
  Stage *stage = stage_new (&people);

  stage_join_all (stage);
  stage_check_all_shown (stage);
  stage_watch_gaps (stage);
  toggle (stage, 8, STAGE_SECOND);
  stage_say ("3 people, 8 changes: longest gap %u ms of picture, %u ms of sound",
      stage_longest_gap_ms (stage, VIDEO), stage_longest_gap_ms (stage, AUDIO));
  fail_unless (stage_longest_gap_ms (stage, VIDEO) < 1000);
  fail_unless (stage_longest_gap_ms (stage, AUDIO) < 1000);
  stage_free (stage);
}

GST_END_TEST;

static const gchar *crowds[] = { "Alice Bob", "Alice Bob Carol Dave Eve Frank Grace Heidi Ivan Judy" };

/* Each message takes 40 ms to each. */
GST_START_TEST (test_two_and_ten_people_miss_no_picture_and_no_sound)
{
  StagePlan plan = {.names = crowds[__i__] };
  Stage *stage = stage_new (&plan);
  guint64 dropped = 0;
  guint steps = 0, n_on;

  stage->is_quiet = TRUE;
  stage_join_all (stage);
  stage->is_quiet = FALSE;
  stage_step (stage, STAGE_SECOND);
  stage_check_all_shown (stage);
  for (guint i = 0; i < stage->n; i++)
    stage->server->delay_ms[i] = STAGE_STEP_MS;
  stage_watch_gaps (stage);
  stage_press (stage, 0, TRUE);
  do {
    stage_step (stage, 1);
    steps++;
    n_on = 0;
    for (guint i = 0; i < stage->n; i++)
      n_on += gst_e2ee_meeting_get_state (stage_meeting (stage, i)) == GST_E2EE_STATE_ON;
  } while (n_on < stage->n && steps < 3 * STAGE_SECOND);
  fail_unless_equals_int (n_on, stage->n);
  stage_step (stage, STAGE_SECOND);
  stage_turn (stage, FALSE, STAGE_SECOND);
  stage_check_all_shown (stage);
  for (guint i = 0; i < stage->n; i++)
    for (guint k = 0; k < stage->n; k++)
      if (i != k)
        dropped += stage_stat (stage->actors[i].in[k][VIDEO].dec, "dropped")
            + stage_stat (stage->actors[i].in[k][AUDIO].dec, "dropped");
  stage_say ("%u people: on %u ms after pressing; longest gap %u ms of picture, %u ms of sound; %u "
      "frames dropped", stage->n, steps * STAGE_STEP_MS, stage_longest_gap_ms (stage, VIDEO),
      stage_longest_gap_ms (stage, AUDIO), (guint) dropped);
  fail_unless (stage_longest_gap_ms (stage, VIDEO) < 250);
  fail_unless (stage_longest_gap_ms (stage, AUDIO) < 250);
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_the_wire_is_right_for_each_one_from_the_moment_at_which_he_hears_of_it)
{
  Stage *stage = stage_new (&people);
  Actor *carol = &stage->actors[2];
  guint clear;

  stage_join_all (stage);
  stage->server->delay_ms[1] = 120;
  stage->server->delay_ms[2] = 400;
  stage_watch_gaps (stage);
  for (guint i = 0; i < 3; i++) {
    clear = carol->out[VIDEO].n_clear;
    stage_turn (stage, TRUE, 3 * STAGE_SECOND);
    /* She went on in clear for as long as she did not know; nobody looked at it. */
    fail_unless (carol->out[VIDEO].n_clear - clear >= 400 / STAGE_STEP_MS - 1);
    stage_check_all_shown (stage);
    stage_turn (stage, FALSE, 3 * STAGE_SECOND);
    stage_check_all_shown (stage);
  }
  fail_unless (stage_stat (stage->actors[0].in[2][VIDEO].dec, "not-protected") > 0);
  stage_say ("messages late by 120 and 400 ms: longest gap %u ms of picture, %u ms of sound",
      stage_longest_gap_ms (stage, VIDEO), stage_longest_gap_ms (stage, AUDIO));
  fail_unless (stage_longest_gap_ms (stage, VIDEO) < 1000);
  fail_unless (stage_longest_gap_ms (stage, AUDIO) < 1000);
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_who_presses_again_before_anybody_has_heard_of_it_gets_what_he_pressed_last)
{
  Stage *stage = stage_new (&people);

  stage_join_all (stage);
  for (guint i = 0; i < 3; i++)
    stage->server->delay_ms[i] = 100;
  stage_press (stage, 0, TRUE);
  stage_step (stage, 1);
  fail_if (gst_e2ee_meeting_request_e2ee (stage_meeting (stage, 0), FALSE, NULL, NULL));
  stage_step (stage, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_turn (stage, FALSE, STAGE_SECOND);
  stage_turn (stage, TRUE, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_free (stage);
}

GST_END_TEST;

static Suite *
meeting_toggle_suite (void)
{
  Suite *s = suite_create ("meeting-toggle");
  TCase *tc = tcase_create ("meeting-toggle");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_the_host_turns_it_on_and_off_and_nothing_clear_is_on_the_wire_while_on);
  tcase_add_loop_test (tc, test_two_and_ten_people_miss_no_picture_and_no_sound, 0,
      G_N_ELEMENTS (crowds));
  tcase_add_test (tc,
      test_the_wire_is_right_for_each_one_from_the_moment_at_which_he_hears_of_it);
  tcase_add_test (tc,
      test_who_presses_again_before_anybody_has_heard_of_it_gets_what_he_pressed_last);
  return s;
}

GST_CHECK_MAIN (meeting_toggle);
