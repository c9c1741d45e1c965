/* This participant's own floor, whatever a host does.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

static guint
sent (Actor * actor)
{
  return actor->out[VIDEO].n_clear + actor->out[VIDEO].n_protected + actor->out[AUDIO].n_clear
      + actor->out[AUDIO].n_protected;
}

static guint
shown (Actor * actor, guint from)
{
  return actor->in[from][VIDEO].n_shown + actor->in[from][AUDIO].n_shown;
}

GST_START_TEST (test_who_requires_encryption_never_sends_or_is_shown_anything_clear)
{
  StagePlan plan = {.names = "Alice Bob Carol" };
  Stage *stage = stage_new (&plan);
  Actor *bob = &stage->actors[1];

  g_object_set (stage_meeting (stage, 1), "e2ee", GST_E2EE_FLOOR_REQUIRE, NULL);
  stage_join_all (stage);
  fail_unless (stage_is_shown (stage, 0, 2, VIDEO));
  for (guint round = 0; round < 2; round++) {
    guint n_sent = sent (bob), n_shown = shown (bob, 0) + shown (bob, 2);

    stage_step (stage, STAGE_SECOND);
    fail_unless_equals_int (sent (bob), n_sent);
    fail_unless_equals_int (shown (bob, 0) + shown (bob, 2), n_shown);
    stage_turn (stage, TRUE, STAGE_SECOND);
    stage_check_all_shown (stage);
    stage_forget (stage);
    stage_turn (stage, FALSE, STAGE_SECOND);
    fail_unless (stage_posted (stage, 1, "video-to-all unknown closed"));
    fail_unless (stage_posted (stage, 1, "video-from-Alice unknown closed"));
    fail_unless_equals_string (gst_e2ee_meeting_get_reason (stage_meeting (stage, 1)),
        "floor-require");
    fail_unless (stage_is_shown (stage, 0, 2, VIDEO));
  }
  for (guint kind = 0; kind < N_KINDS; kind++) {
    fail_unless_equals_int (bob->out[kind].n_clear, 0);
    fail_unless_equals_int (bob->in[0][kind].n_shown_while_off, 0);
    fail_unless_equals_int (bob->in[2][kind].n_shown_while_off, 0);
  }
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_who_forbids_encryption_leaves_and_is_told_why)
{
  StagePlan plan = {.names = "Alice Bob Carol" };
  Stage *stage = stage_new (&plan);
  Actor *bob = &stage->actors[1];
  guint n;

  g_object_set (stage_meeting (stage, 1), "e2ee", GST_E2EE_FLOOR_FORBID, NULL);
  stage_join_all (stage);
  stage_check_all_shown (stage);
  stage_turn (stage, TRUE, STAGE_SECOND);
  fail_unless_equals_int (gst_e2ee_meeting_get_phase (stage_meeting (stage, 1)),
      GST_E2EE_MEETING_PHASE_IDLE);
  fail_unless_equals_int (room_told (bob->person, "phase idle floor-forbid"), 1);
  fail_unless_equals_string (gst_e2ee_meeting_get_reason (stage_meeting (stage, 1)),
      "floor-forbid");
  fail_unless (stage_posted (stage, 1, "video-to-all unknown closed"));
  n = sent (bob) + shown (bob, 0);
  stage_step (stage, STAGE_SECOND);
  fail_unless_equals_int (sent (bob) + shown (bob, 0), n);
  fail_unless_equals_int (bob->out[VIDEO].n_protected, 0);
  fail_unless_equals_int (stage_count (stage, 0), 2);
  fail_unless (stage_is_shown (stage, 0, 2, VIDEO) && stage_is_shown (stage, 2, 0, AUDIO));
  stage_free (stage);
}

GST_END_TEST;

static Suite *
meeting_floor_suite (void)
{
  Suite *s = suite_create ("meeting-floor");
  TCase *tc = tcase_create ("meeting-floor");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_who_requires_encryption_never_sends_or_is_shown_anything_clear);
  tcase_add_test (tc, test_who_forbids_encryption_leaves_and_is_told_why);
  return s;
}

GST_CHECK_MAIN (meeting_floor);
