/* A lying delivery service, with media: never a clear frame after on, and pictures come back.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

#include <string.h>

static const StagePlan three = {.names = "Alice Bob Carol" };

static guint
sent (Actor * actor)
{
  guint n = 0;

  for (guint kind = 0; kind < N_KINDS; kind++)
    n += actor->out[kind].n_clear + actor->out[kind].n_protected;
  return n;
}

static guint
clear (Actor * actor)
{
  return actor->out[VIDEO].n_clear + actor->out[AUDIO].n_clear;
}

/* Until everybody is shown everybody in the state @on; in how many milliseconds. */
static guint
heal (Stage * stage, gboolean on, guint limit_s)
{
  for (guint i = 0; i < limit_s * STAGE_SECOND; i++) {
    gboolean all = TRUE;

    stage_step (stage, 1);
    for (guint a = 0; a < stage->n; a++) {
      all &= gst_e2ee_meeting_get_phase (stage_meeting (stage, a))
          == GST_E2EE_MEETING_PHASE_MEMBER && gst_e2ee_meeting_is_on (stage_meeting (stage, a)) == on;
      for (guint b = 0; b < stage->n; b++)
        for (guint kind = 0; kind < N_KINDS; kind++)
          all &= a == b || stage->actors[a].in[b][kind].last_shown_at + 1 >= stage->at;
    }
    if (all)
      return i * STAGE_STEP_MS;
  }
  fail ("not everybody sees everybody after %u s", limit_s);
  return 0;
}

/* ---- withheld ---- */

static gboolean withholds;

/* Carol does not get the next message of Alice's. */
static void
withhold_from_carol (Server * server, guint from, GBytes * message, gpointer user_data)
{
  for (guint i = 0; i < server->room->n_people; i++) {
    if (withholds && from == 0 && i == 2) {
      withholds = FALSE;
      continue;
    }
    server_hand (server, i, message, 0);
  }
}

GST_START_TEST (test_who_is_not_given_the_on_is_closed_soon_and_nobody_looks_at_what_he_sends)
{
  Stage *stage = stage_new (&three);
  Actor *carol = &stage->actors[2];
  guint steps = 0, before, dropped;

  stage_join_all (stage);
  stage->server->lie = withhold_from_carol;
  withholds = TRUE;
  stage_press (stage, 0, TRUE);
  stage_step (stage, 1);
  fail_if (withholds);
  fail_unless (gst_e2ee_meeting_is_on (stage_meeting (stage, 1)));
  fail_if (gst_e2ee_meeting_is_on (stage_meeting (stage, 2)));
  before = clear (carol) - 3;
  do {
    dropped = clear (carol);
    stage_step (stage, 1);
    steps++;
  } while (clear (carol) > dropped && steps < 20 * STAGE_SECOND);
  dropped = clear (carol) - before;
  for (guint kind = 0; kind < N_KINDS; kind++)
    dropped -= stage_stat (stage->actors[0].in[2][kind].dec, "not-protected");
  fail_unless_equals_int (dropped, 0);
  stage_say ("closed %u ms after the others were on, who dropped all that was clear",
      steps * STAGE_STEP_MS);
  fail_unless (steps < 4 * STAGE_SECOND);
  stage_say ("everybody sees everybody %u ms later", heal (stage, TRUE, 30));
  stage_free (stage);
}

GST_END_TEST;

static GstBufferList *
cut_off_carol (Stage * stage, Outlet * outlet, Inlet * inlet, GstBufferList * list)
{
  if (inlet->actor->number != 2)
    return list;
  gst_buffer_list_unref (list);
  return NULL;
}

/* With media withheld as well it is silence that tells, after 15 s. */
GST_START_TEST (test_who_is_cut_off_wholly_is_closed_within_the_time_of_silence)
{
  Stage *stage = stage_new (&three);
  Actor *carol = &stage->actors[2];
  guint last, steps = 0;

  stage_join_all (stage);
  stage->server->is_deaf[2] = stage->server->is_mute[2] = TRUE;
  stage->tamper = cut_off_carol;
  stage_press (stage, 0, TRUE);
  do {
    last = sent (carol);
    stage_step (stage, 1);
    steps++;
  } while (sent (carol) > last && steps < 30 * STAGE_SECOND);
  stage_say ("closed %u ms after the others were on", steps * STAGE_STEP_MS);
  fail_unless (steps <= 16 * STAGE_SECOND);
  fail_unless_equals_string (gst_e2ee_meeting_get_reason (stage_meeting (stage, 2)), "silent");
  stage->server->is_deaf[2] = stage->server->is_mute[2] = FALSE;
  stage->tamper = NULL;
  stage_say ("everybody sees everybody %u ms after messages come again", heal (stage, TRUE, 60));
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_who_is_given_no_messages_at_all_knows_by_the_media_that_he_is_behind)
{
  Stage *stage = stage_new (&three);
  Actor *carol = &stage->actors[2];
  guint last, steps = 0;

  stage_join_all (stage);
  stage->server->is_deaf[2] = TRUE;
  stage_press (stage, 0, TRUE);
  do {
    last = sent (carol);
    stage_step (stage, 1);
    steps++;
  } while (sent (carol) > last && steps < 30 * STAGE_SECOND);
  stage_say ("closed %u ms after the others were on", steps * STAGE_STEP_MS);
  fail_unless (steps <= 4 * STAGE_SECOND);
  fail_unless_equals_string (gst_e2ee_meeting_get_reason (stage_meeting (stage, 2)), "behind");
  stage->server->is_deaf[2] = FALSE;
  stage_say ("everybody sees everybody %u ms after messages come again", heal (stage, TRUE, 60));
  stage_free (stage);
}

GST_END_TEST;

/* ---- played again ---- */

GST_START_TEST (test_an_old_off_that_is_played_again_changes_nothing)
{
  Stage *stage = stage_new (&three);
  guint n, before = 0;

  stage_join_all (stage);
  stage_turn (stage, TRUE, STAGE_SECOND);
  stage_turn (stage, FALSE, STAGE_SECOND);
  stage_turn (stage, TRUE, STAGE_SECOND);
  for (guint i = 0; i < 3; i++)
    before += clear (&stage->actors[i]);
  n = stage->server->carried->len;
  for (guint i = 0; i < n; i++)
    server_hand_all (stage->server, g_ptr_array_index (stage->server->carried, i));
  stage_step (stage, 3 * STAGE_SECOND);
  for (guint i = 0; i < 3; i++) {
    fail_unless (gst_e2ee_meeting_is_on (stage_meeting (stage, i)));
    before -= clear (&stage->actors[i]);
  }
  fail_unless_equals_int (before, 0);
  stage_check_all_shown (stage);
  stage_say ("%u messages played again to each", n);
  stage_free (stage);
}

GST_END_TEST;

/* ---- two halves ---- */

static gboolean splits;

static void
split (Server * server, guint from, GBytes * message, gpointer user_data)
{
  for (guint i = 0; i < server->room->n_people; i++)
    if (!splits || from / 2 == i / 2)
      server_hand (server, i, message, 0);
}

GST_START_TEST (test_two_halves_that_hear_nothing_of_each_other_find_together_again)
{
  StagePlan four = {.names = "Alice Bob Carol Dave" };
  Stage *stage = stage_new (&four);
  guint shown;

  stage_join_all (stage);
  stage->server->lie = split;
  splits = TRUE;
  stage_press (stage, 0, TRUE);
  stage_step (stage, STAGE_SECOND);
  fail_unless (gst_e2ee_meeting_is_on (stage_meeting (stage, 1)));
  fail_if (gst_e2ee_meeting_is_on (stage_meeting (stage, 2)));
  /* Carol and Dave go on in clear until they are behind; Alice and Bob look at none of it. */
  shown = stage->actors[0].in[2][VIDEO].n_shown + stage->actors[1].in[3][AUDIO].n_shown;
  stage_step (stage, 5 * STAGE_SECOND);
  fail_unless (stage_is_shown (stage, 0, 1, VIDEO) && stage_is_shown (stage, 1, 0, AUDIO));
  fail_unless_equals_int (gst_e2ee_meeting_get_state (stage_meeting (stage, 3)),
      GST_E2EE_STATE_UNKNOWN);
  fail_unless_equals_int (stage->actors[0].in[2][VIDEO].n_shown
      + stage->actors[1].in[3][AUDIO].n_shown, shown);
  splits = FALSE;
  stage_say ("everybody sees everybody %u ms after the halves met", heal (stage, TRUE, 60));
  stage_turn (stage, FALSE, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_free (stage);
}

GST_END_TEST;

/* ---- disorder ---- */

/* Late by up to 700 ms, so that messages overtake one another, and every fifth one twice. */
static void
disorder (Server * server, guint from, GBytes * message, gpointer user_data)
{
  GRand *dice = user_data;

  for (guint i = 0; i < server->room->n_people; i++) {
    server_hand (server, i, message, g_rand_int_range (dice, 0, 700));
    if (g_rand_int_range (dice, 0, 5) == 0)
      server_hand (server, i, message, g_rand_int_range (dice, 0, 2000));
  }
}

GST_START_TEST (test_late_doubled_and_reordered_messages_do_no_harm)
{
  GRand *dice = g_rand_new_with_seed (__i__);
  Stage *stage = stage_new (&three);

  stage_join_all (stage);
  stage->server->lie_data = dice;
  stage->server->lie = disorder;
  for (guint i = 0; i < 4; i++) {
    gboolean on = i % 2 == 0;

    stage_press (stage, 0, on);
    stage_say ("seed %u, turned %s: everybody sees everybody after %u ms", __i__,
        on ? "on" : "off", heal (stage, on, 60));
    stage_step (stage, STAGE_SECOND);
  }
  stage->server->lie = NULL;
  stage_step (stage, 3 * STAGE_SECOND);
  stage_turn (stage, TRUE, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_free (stage);
  g_rand_free (dice);
}

GST_END_TEST;

static Suite *
meeting_lies_suite (void)
{
  Suite *s = suite_create ("meeting-lies");
  TCase *tc = tcase_create ("meeting-lies");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc,
      test_who_is_not_given_the_on_is_closed_soon_and_nobody_looks_at_what_he_sends);
  tcase_add_test (tc, test_who_is_cut_off_wholly_is_closed_within_the_time_of_silence);
  tcase_add_test (tc, test_who_is_given_no_messages_at_all_knows_by_the_media_that_he_is_behind);
  tcase_add_test (tc, test_an_old_off_that_is_played_again_changes_nothing);
  tcase_add_test (tc, test_two_halves_that_hear_nothing_of_each_other_find_together_again);
  tcase_add_loop_test (tc, test_late_doubled_and_reordered_messages_do_no_harm, 1, 4);
  return s;
}

GST_CHECK_MAIN (meeting_lies);
