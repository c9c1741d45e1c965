/* Chat is for members.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-stage.h"

#include "../elements/clock.h"

#include <string.h>

#define TEXT "the swallow flies at noon"

static void
say (Stage * stage, const gchar * text)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_send_chat (stage_meeting (stage, 0), text, &error), "%s",
      error ? error->message : "");
  stage_step (stage, 2);
}

GST_START_TEST (test_chat_is_read_by_members_only_in_both_states)
{
  StagePlan plan = {.names = "Alice Bob Carol" };
  Stage *stage = stage_new (&plan);
  Room *room = stage->room;

  /* Carol has ticket, link and account, and has not come. */
  stage_join (stage, 0);
  stage_join (stage, 1);
  say (stage, "off: " TEXT);
  stage_turn (stage, TRUE, STAGE_SECOND);
  say (stage, "on: " TEXT);
  stage_turn (stage, FALSE, STAGE_SECOND);
  say (stage, "off again: " TEXT);
  fail_unless_equals_int (room_told (&room->people[1], "chat Alice: off: " TEXT), 1);
  fail_unless_equals_int (room_told (&room->people[1], "chat Alice: on: " TEXT), 1);
  fail_unless_equals_int (room_told (&room->people[1], "chat Alice: off again: " TEXT), 1);
  fail_unless (strstr (room->people[2].told->str, TEXT) == NULL);

  /* What was said before he came stays what it was. */
  stage_join (stage, 2);
  fail_unless (strstr (room->people[2].told->str, TEXT) == NULL);
  say (stage, "all: " TEXT);
  fail_unless_equals_int (room_told (&room->people[2], "chat Alice: all: " TEXT), 1);
  gst_e2ee_meeting_leave (stage_meeting (stage, 2));
  stage_step (stage, STAGE_SECOND);
  say (stage, "without Carol: " TEXT);
  fail_unless_equals_int (room_told (&room->people[1], "chat Alice: without Carol: " TEXT), 1);
  fail_unless_equals_int (room_told (&room->people[2], "chat Alice: without Carol: " TEXT), 0);
  stage_free (stage);
}

GST_END_TEST;

GST_START_TEST (test_the_service_sees_neither_chat_nor_names_nor_accounts)
{
  StagePlan plan = {.names = "Alice Bob" };
  Stage *stage = stage_new (&plan);

  stage_join_all (stage);
  say (stage, TEXT);
  stage_turn (stage, TRUE, STAGE_SECOND);
  say (stage, TEXT);
  fail_unless (stage->server->carried->len > 10);
  fail_if (server_has_seen (stage->server, "swallow"));
  fail_if (server_has_seen (stage->server, "Alice"));
  fail_if (server_has_seen (stage->server, "bob"));
  fail_if (server_has_seen (stage->server, stage->room->people[0].token));
  fail_if (server_has_seen (stage->server, stage->room->ticket));
  stage_free (stage);
}

GST_END_TEST;

static Suite *
meeting_chat_suite (void)
{
  Suite *s = suite_create ("meeting-chat");
  TCase *tc = tcase_create ("meeting-chat");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, clock_stop, NULL);
  tcase_add_test (tc, test_chat_is_read_by_members_only_in_both_states);
  tcase_add_test (tc, test_the_service_sees_neither_chat_nor_names_nor_accounts);
  return s;
}

GST_CHECK_MAIN (meeting_chat);
