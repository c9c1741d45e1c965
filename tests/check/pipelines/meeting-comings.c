/* Who comes and who goes: pictures for the one who is late, none for the one who has left.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

static guint
shown (Actor * actor)
{
  guint n = 0;

  for (guint i = 0; i < actor->stage->n; i++)
    n += actor->in[i][VIDEO].n_shown + actor->in[i][AUDIO].n_shown;
  return n;
}

GST_START_TEST (test_who_has_left_is_shown_nothing_from_that_moment_on)
{
  StagePlan plan = {.names = "Alice Bob Carol",.is_on_from_the_start = TRUE };
  Stage *stage = stage_new (&plan);
  guint n;

  stage_join_all (stage);
  stage_check_all_shown (stage);
  gst_e2ee_meeting_leave (stage_meeting (stage, 2));
  n = shown (&stage->actors[2]);
  stage_step (stage, STAGE_SECOND);
  fail_unless_equals_int (shown (&stage->actors[2]), n);
  fail_unless (stage_stat (stage->actors[2].in[0][VIDEO].dec, "closed") > 0);
  fail_unless_equals_int (stage_count (stage, 0), 2);
  fail_unless (stage_is_shown (stage, 0, 1, VIDEO) && stage_is_shown (stage, 1, 0, VIDEO));
  stage_free (stage);
}

GST_END_TEST;

/* He does not hear that he was put out, and keeps all that he had: keys, elements, the whole group. */
GST_START_TEST (test_who_was_put_out_decrypts_nothing_new_though_he_kept_his_keys)
{
  StagePlan plan = {.names = "Alice Bob Carol",.is_on_from_the_start = TRUE };
  Stage *stage = stage_new (&plan);
  Actor *carol = &stage->actors[2];
  guint n, before;

  stage_join_all (stage);
  stage_check_all_shown (stage);
  stage->server->is_deaf[2] = stage->server->is_mute[2] = TRUE;
  fail_unless (gst_e2ee_meeting_request_removal (stage_meeting (stage, 0), stage_leaf (stage, 0, 2),
          NULL, NULL));
  n = shown (carol);
  before = stage->actors[0].in[2][VIDEO].n_shown;
  stage_step (stage, 1);
  fail_unless_equals_int (stage_count (stage, 0), 2);
  fail_unless_equals_int (stage_count (stage, 1), 2);
  fail_unless_equals_int (gst_e2ee_meeting_get_phase (stage_meeting (stage, 2)),
      GST_E2EE_MEETING_PHASE_MEMBER);
  stage_step (stage, 5 * STAGE_SECOND);
  fail_unless_equals_int (shown (carol), n);
  fail_unless (stage_stat (carol->in[0][VIDEO].dec, "unknown-key") > 0);
  /* And nobody looks at what he goes on to send. */
  fail_unless_equals_int (stage->actors[0].in[2][VIDEO].n_shown, before);
  fail_unless (stage_is_shown (stage, 0, 1, VIDEO) && stage_is_shown (stage, 1, 0, VIDEO));
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_who_comes_late_is_shown_everybody_within_a_second)
{
  StagePlan plan = {.names = "Alice Bob Carol",.is_on_from_the_start = TRUE };
  Stage *stage = stage_new (&plan);
  guint steps = 0;

  stage_join (stage, 0);
  stage_join (stage, 1);
  stage_step (stage, 3 * STAGE_SECOND);
  stage_join (stage, 2);
  while (steps < STAGE_SECOND && !(stage_is_shown (stage, 2, 0, VIDEO)
          && stage_is_shown (stage, 2, 1, VIDEO) && stage_is_shown (stage, 2, 0, AUDIO)
          && stage_is_shown (stage, 2, 1, AUDIO))) {
    stage_step (stage, 1);
    steps++;
  }
  stage_say ("pictures and sound of two people %u ms after joining", steps * STAGE_STEP_MS);
  fail_unless (steps < STAGE_SECOND);
  stage_step (stage, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_free (stage);
}

GST_END_TEST;

static Suite *
meeting_comings_suite (void)
{
  Suite *s = suite_create ("meeting-comings");
  TCase *tc = tcase_create ("meeting-comings");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_who_has_left_is_shown_nothing_from_that_moment_on);
  tcase_add_test (tc, test_who_was_put_out_decrypts_nothing_new_though_he_kept_his_keys);
  tcase_add_test (tc, test_who_comes_late_is_shown_everybody_within_a_second);
  return s;
}

GST_CHECK_MAIN (meeting_comings);
