/* The shield says what is so, and the gate does what the shield says.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

#include <string.h>

static const StagePlan plan = {.names = "Alice Bob",
  .video_tail = "shieldoverlay name=shield ! tee name=t ! " STAGE_SINK
      " t. ! e2eepolicy name=gate feature=recording meeting=stage-Bob ! " STAGE_SINK
};

/* Whether @lines were posted in this order, whatever else was. */
static gboolean
posted_in_order (Stage * stage, guint who, const gchar * const *lines)
{
  const gchar *at = stage->actors[who].posted->str;

  for (; *lines; lines++) {
    at = strstr (at, *lines);
    if (at == NULL)
      return FALSE;
    at += strlen (*lines);
  }
  return TRUE;
}

/* Steps in which gate and shield are compared. */
static void
step_and_compare (Stage * stage, guint steps)
{
  GstElement *shield = gst_bin_get_by_name (GST_BIN (stage->actors[1].in[0][VIDEO].bin), "shield");
  GstElement *gate = gst_bin_get_by_name (GST_BIN (stage->actors[1].in[0][VIDEO].bin), "gate");

  for (guint i = 0; i < steps; i++) {
    GstE2eeState state;
    gboolean open;

    stage_step (stage, 1);
    g_object_get (shield, "state", &state, NULL);
    g_object_get (gate, "open", &open, NULL);
    fail_unless_equals_int (open, state == GST_E2EE_STATE_OFF);
  }
  gst_object_unref (shield);
  gst_object_unref (gate);
}

GST_START_TEST (test_the_shield_and_the_gate_agree)
{
  static const gchar *const turning_on[] = { "shield Alice switching\n", "shield Alice on\n", NULL };
  static const gchar *const turning_off[] = { "shield Alice off\n", NULL };
  Stage *stage = stage_new (&plan);

  stage_join_all (stage);
  fail_unless (stage_posted (stage, 1, "shield Alice off"));
  stage->server->delay_ms[0] = stage->server->delay_ms[1] = 100;
  for (guint i = 0; i < 3; i++) {
    stage_forget (stage);
    stage_press (stage, 0, TRUE);
    step_and_compare (stage, 2 * STAGE_SECOND);
    fail_unless (posted_in_order (stage, 1, turning_on), "%s", stage->actors[1].posted->str);
    stage_forget (stage);
    stage_press (stage, 0, FALSE);
    step_and_compare (stage, 2 * STAGE_SECOND);
    fail_unless (posted_in_order (stage, 1, turning_off), "%s", stage->actors[1].posted->str);
  }
  stage_free (stage);
}

GST_END_TEST;

static void
verify (Stage * stage, guint who, guint other)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_set_verified (stage_meeting (stage, who), stage_leaf (stage, who,
              other), TRUE, &error), "%s", error ? error->message : "");
}

GST_START_TEST (test_verified_is_shown_when_everyone_is_and_taken_back_by_a_new_device)
{
  StagePlan three = {.names = "Alice Bob Carol",.is_on_from_the_start = TRUE };
  Stage *stage = stage_new (&three);

  stage_join_all (stage);
  verify (stage, 0, 1);
  stage_step (stage, STAGE_SECOND);
  fail_unless_equals_int (stage->actors[0].in[1][VIDEO].last_state, GST_E2EE_STATE_ON);
  verify (stage, 0, 2);
  stage_step (stage, STAGE_SECOND);
  fail_unless (stage_posted (stage, 0, "shield Bob verified"));
  fail_unless (stage_posted (stage, 0, "shield Carol verified"));
  /* The others have compared nothing. */
  fail_if (stage_posted (stage, 1, "shield Alice verified"));

  gst_e2ee_meeting_leave (stage_meeting (stage, 2));
  stage_step (stage, STAGE_SECOND);
  stage_reopen (stage, 2, 2, E2EE_TIER_FREE, TRUE);
  stage_forget (stage);
  stage_join (stage, 2);
  stage_step (stage, STAGE_SECOND);
  fail_unless_equals_int (room_told (&stage->room->people[0], "new-device Carol"), 1);
  fail_unless (stage_posted (stage, 0, "shield Bob on"));
  fail_unless_equals_int (stage->actors[0].in[2][VIDEO].last_state, GST_E2EE_STATE_ON);
  stage_check_all_shown (stage);
  stage_free (stage);
}

GST_END_TEST;

static Suite *
meeting_shield_suite (void)
{
  Suite *s = suite_create ("meeting-shield");
  TCase *tc = tcase_create ("meeting-shield");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_the_shield_and_the_gate_agree);
  tcase_add_test (tc, test_verified_is_shown_when_everyone_is_and_taken_back_by_a_new_device);
  return s;
}

GST_CHECK_MAIN (meeting_shield);
