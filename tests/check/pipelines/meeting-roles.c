/* Who may do what: hosts and others, paid and free accounts, guests.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

#include "api/meeting-private.h"
#include "core/meeting/content.h"
#include "core/meeting/envelope.h"
#include "core/meeting/jws.h"
#include "core/meeting/state/state.h"

#include <string.h>

#define MUST(call) fail_unless_equals_string (e2ee_meeting_result_code (call), "ok")
#define MUST_MLS(call) fail_unless_equals_string (e2ee_mls_result_name (call), "ok")

static e2ee_bytes
text_bytes (const gchar * text)
{
  return E2EE_BYTES (text, strlen (text));
}

/* ---- a member whose program does what he wants ---- */

/* A statement as a host would make it, signed by @by. */
static void
forge_statement (Stage * stage, guint by, guint64 revision, gboolean on, e2ee_mls_buffer * text)
{
  e2ee_meeting *core = stage_meeting (stage, by)->core;
  e2ee_statement statement = {.revision = revision,.on = on,.features = E2EE_FEATURES_DEFAULT };
  e2ee_mls_buffer right;
  e2ee_jws jws;

  MUST (e2ee_statement_issue (&statement, &core->ticket, stage->room->people[0].device, NULL, 0,
          1700000000 + stage->room->now_ms / 1000, &right));
  MUST (e2ee_jws_parse (e2ee_mls_buffer_view (right), "e2ee-state+jwt", &jws));
  MUST (e2ee_jws_sign (stage->room->people[by].device, "e2ee-state+jwt", jws.claims, 1, text));
  e2ee_jws_clear (&jws);
  e2ee_mls_buffer_clear (&right);
}

/* @by commits it, and the service brings it to everybody. */
static void
forge_commit (Stage * stage, guint by, guint64 revision, gboolean on)
{
  e2ee_meeting *core = stage_meeting (stage, by)->core;
  e2ee_mls_buffer text, extensions, commit, welcome, encoded, sealed;
  e2ee_mls_change change = {.type = E2EE_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS };
  e2ee_mls_commit_params params = {.changes = &change,.n_changes = 1,.force_path = 1 };
  e2ee_content content = {.kind = E2EE_CONTENT_MLS };
  uint8_t key[E2EE_ENVELOPE_KEY_SIZE];
  e2ee_link link;
  GBytes *message;

  forge_statement (stage, by, revision, on, &text);
  MUST (e2ee_meeting_state_write (&core->ticket, e2ee_mls_buffer_view (text), &extensions));
  change.extensions.list = e2ee_mls_buffer_view (extensions);
  MUST_MLS (e2ee_mls_group_commit (core->group, &params, &commit, &welcome, NULL));
  e2ee_mls_group_discard_pending (core->group);
  content.body = e2ee_mls_buffer_view (commit);
  MUST (e2ee_content_write (&content, &encoded));
  MUST (e2ee_link_parse (text_bytes (stage->room->link), &link));
  MUST (e2ee_link_derive (&link, "e2ee-meeting envelope", key, sizeof key));
  MUST (e2ee_envelope_seal (e2ee_env_default (), E2EE_BYTES (key, sizeof key),
          core->ticket.meeting_id, e2ee_mls_buffer_view (encoded), &sealed));
  message = g_bytes_new (sealed.data, sealed.size);
  server_hand_all (stage->server, message);
  g_bytes_unref (message);
  e2ee_link_clear (&link);
  e2ee_mls_buffer_clear (&sealed);
  e2ee_mls_buffer_clear (&encoded);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  e2ee_mls_buffer_clear (&extensions);
  e2ee_mls_buffer_clear (&text);
}

static void
check_forged (Stage * stage, guint64 revision, gboolean on)
{
  room_forget (stage->room);
  forge_commit (stage, 1, revision, on);
  stage_step (stage, 2 * STAGE_SECOND);
  fail_unless_equals_int (room_told (&stage->room->people[0], "refused not-host Bob"), 1);
  fail_unless_equals_int (room_told (&stage->room->people[2], "refused not-host Bob"), 1);
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int (gst_e2ee_meeting_is_on (stage_meeting (stage, i)), !on);
  stage_check_all_shown (stage);
}

GST_START_TEST (test_nobody_but_a_host_turns_it_on_or_off_even_if_the_server_carries_it)
{
  StagePlan plan = {.names = "Alice Bob Carol" };
  Stage *stage = stage_new (&plan);
  GError *error = NULL;
  guint n;

  stage_join_all (stage);
  fail_if (gst_e2ee_meeting_request_e2ee (stage_meeting (stage, 1), TRUE, NULL, &error));
  fail_unless (g_error_matches (error, GST_E2EE_MEETING_ERROR, GST_E2EE_MEETING_ERROR_NOT_HOST));
  g_clear_error (&error);
  check_forged (stage, 1, TRUE);
  n = stage->actors[0].out[VIDEO].n_protected + stage->actors[2].out[VIDEO].n_protected;
  fail_unless_equals_int (n, 0);

  stage_turn (stage, TRUE, STAGE_SECOND);
  n = stage->actors[0].out[VIDEO].n_clear + stage->actors[2].out[VIDEO].n_clear;
  check_forged (stage, 2, FALSE);
  fail_unless_equals_int (stage->actors[0].out[VIDEO].n_clear + stage->actors[2].out[VIDEO].n_clear,
      n);
  stage_free (stage);
}

GST_END_TEST;

/* ---- scheduled and instant ---- */

static void
check_never_clear (Stage * stage)
{
  for (guint i = 0; i < stage->n; i++)
    for (guint kind = 0; kind < N_KINDS; kind++) {
      fail_unless_equals_int (stage->actors[i].out[kind].n_clear, 0);
      fail_unless (stage->actors[i].out[kind].n_protected > 0);
    }
}

GST_START_TEST (test_a_meeting_that_was_scheduled_encrypted_is_so_from_the_first_frame_on)
{
  StagePlan plan = {.names = "Alice Bob Carol",.is_on_from_the_start = TRUE };
  Stage *stage = stage_new (&plan);

  /* The host is late. */
  stage_join (stage, 1);
  stage_join (stage, 2);
  stage_step (stage, STAGE_SECOND);
  fail_unless (stage_is_shown (stage, 1, 2, VIDEO));
  fail_unless (stage_is_shown (stage, 2, 1, AUDIO));
  stage_join (stage, 0);
  stage_step (stage, STAGE_SECOND);
  stage_check_all_shown (stage);
  check_never_clear (stage);
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_an_instant_meeting_is_encrypted_before_the_first_one_comes)
{
  StagePlan plan = {.names = "Alice Bob Carol" };
  Stage *stage = stage_new (&plan);

  stage_join (stage, 0);
  stage_turn (stage, TRUE, 5);
  stage->actors[0].out[VIDEO].n_clear = stage->actors[0].out[AUDIO].n_clear = 0;
  stage_join (stage, 1);
  stage_join (stage, 2);
  stage_step (stage, STAGE_SECOND);
  stage_check_all_shown (stage);
  check_never_clear (stage);
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_people_come_before_the_host_and_he_is_host_when_he_comes)
{
  StagePlan plan = {.names = "Alice Bob Carol" };
  Stage *stage = stage_new (&plan);
  GList *members;

  stage_join (stage, 1);
  stage_join (stage, 2);
  stage_step (stage, 2 * STAGE_SECOND);
  fail_unless (stage_is_shown (stage, 1, 2, VIDEO));
  fail_unless (stage_is_shown (stage, 2, 1, VIDEO));
  fail_if (gst_e2ee_meeting_request_e2ee (stage_meeting (stage, 1), TRUE, NULL, NULL));

  stage_join (stage, 0);
  fail_unless (gst_e2ee_meeting_is_host (stage_meeting (stage, 0)));
  members = gst_e2ee_meeting_list_members (stage_meeting (stage, 1));
  for (GList * walk = members; walk; walk = walk->next)
    fail_unless_equals_int (gst_e2ee_member_is_host (walk->data),
        g_str_equal (gst_e2ee_member_get_name (walk->data), "Alice"));
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  stage_turn (stage, TRUE, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_turn (stage, FALSE, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_free (stage);
}

GST_END_TEST;

/* ---- accounts ---- */

/* The ticket as it would be had Alice a free account: signed by her, with that token beside it. */
static gchar *
ticket_of_a_free_account (Room * room)
{
  Person *alice = &room->people[0];
  gchar *half = g_strndup (room->ticket, strcspn (room->ticket, "~"));
  gchar *ticket, *token;
  e2ee_mls_buffer buffer;

  MUST (e2ee_account_issue (room->authority, "alice", "Alice", E2EE_TIER_FREE,
          e2ee_device_public_key (alice->device), 1700000000 - 100, 1700000000 + 1000, &buffer));
  token = g_strndup ((const gchar *) buffer.data, buffer.size);
  e2ee_mls_buffer_clear (&buffer);
  ticket = g_strconcat (half, "~", token, NULL);
  g_free (token);
  g_free (half);
  return ticket;
}

GST_START_TEST (test_anyone_with_an_account_joins_and_only_a_paid_one_schedules)
{
  StagePlan plan = {.names = "Alice Bob" };
  Stage *stage = stage_new (&plan);
  Room *room = stage->room;
  gchar *ticket = room->ticket, *forged = ticket_of_a_free_account (room);
  GError *error = NULL;

  room_close (&room->people[1]);
  room->ticket = forged;
  fail_unless (room_open (&room->people[1], NULL, &error) == NULL);
  fail_unless (g_error_matches (error, GST_E2EE_MEETING_ERROR,
          GST_E2EE_MEETING_ERROR_TICKET_TIER), "%s", error->message);
  g_clear_error (&error);
  g_free (forged);
  room->ticket = ticket;
  stage_reopen (stage, 1, 1, E2EE_TIER_FREE, FALSE);

  stage_join_all (stage);
  stage_turn (stage, TRUE, STAGE_SECOND);
  stage_check_all_shown (stage);
  stage_free (stage);
}

GST_END_TEST;

/* ---- guests ---- */

GST_START_TEST (test_a_guest_is_put_out_at_on_and_comes_again_when_he_has_signed_in)
{
  StagePlan plan = {.names = "Alice Bob Guest" };
  Stage *stage = stage_new (&plan);
  Actor *guest = &stage->actors[2];
  guint shown, sent;

  stage_join_all (stage);
  stage_check_all_shown (stage);
  stage_forget (stage);
  stage_turn (stage, TRUE, STAGE_SECOND);
  fail_unless_equals_int (stage_count (stage, 0), 2);
  fail_unless_equals_int (gst_e2ee_meeting_get_phase (stage_meeting (stage, 2)),
      GST_E2EE_MEETING_PHASE_IDLE);
  fail_unless_equals_int (room_told (guest->person, "phase idle guest"), 1);
  fail_unless (stage_posted (stage, 2, "video-to-all unknown closed"));
  fail_unless (stage_posted (stage, 2, "audio-from-Alice unknown closed"));

  sent = guest->out[VIDEO].n_clear + guest->out[AUDIO].n_clear + guest->out[VIDEO].n_protected;
  shown = guest->in[0][VIDEO].n_shown + guest->in[0][AUDIO].n_shown + guest->in[1][VIDEO].n_shown;
  stage_step (stage, 2 * STAGE_SECOND);
  fail_unless_equals_int (guest->out[VIDEO].n_clear + guest->out[AUDIO].n_clear
      + guest->out[VIDEO].n_protected, sent);
  fail_unless_equals_int (guest->in[0][VIDEO].n_shown + guest->in[0][AUDIO].n_shown
      + guest->in[1][VIDEO].n_shown, shown);
  fail_unless (stage_is_shown (stage, 0, 1, VIDEO) && stage_is_shown (stage, 1, 0, AUDIO));

  stage_reopen (stage, 2, 2, E2EE_TIER_FREE, FALSE);
  stage_join (stage, 2);
  stage_step (stage, STAGE_SECOND);
  fail_unless_equals_int (stage_count (stage, 0), 3);
  stage_check_all_shown (stage);
  stage_free (stage);
}

GST_END_TEST;

static Suite *
meeting_roles_suite (void)
{
  Suite *s = suite_create ("meeting-roles");
  TCase *tc = tcase_create ("meeting-roles");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_nobody_but_a_host_turns_it_on_or_off_even_if_the_server_carries_it);
  tcase_add_test (tc, test_a_meeting_that_was_scheduled_encrypted_is_so_from_the_first_frame_on);
  tcase_add_test (tc, test_an_instant_meeting_is_encrypted_before_the_first_one_comes);
  tcase_add_test (tc, test_people_come_before_the_host_and_he_is_host_when_he_comes);
  tcase_add_test (tc, test_anyone_with_an_account_joins_and_only_a_paid_one_schedules);
  tcase_add_test (tc, test_a_guest_is_put_out_at_on_and_comes_again_when_he_has_signed_in);
  return s;
}

GST_CHECK_MAIN (meeting_roles);
