/* The host turns encryption on and off while everybody talks.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

#define ALLOW GST_E2EE_FLOOR_ALLOW

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
  Stage *stage = stage_new ("Alice Bob Carol", ALLOW, NULL, NULL);

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

static Suite *
meeting_toggle_suite (void)
{
  Suite *s = suite_create ("meeting-toggle");
  TCase *tc = tcase_create ("meeting-toggle");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_the_host_turns_it_on_and_off_and_nothing_clear_is_on_the_wire_while_on);
  return s;
}

GST_CHECK_MAIN (meeting_toggle);
