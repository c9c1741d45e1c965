/* A meeting's life through its GObject: joining, turning on and off, chat, codes, leaving.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"
#include "room.h"

#include <string.h>
#include <sys/stat.h>

#define ALLOW GST_E2EE_FLOOR_ALLOW

static GstE2eeMeeting *
meeting_of (Room * room, guint i)
{
  return room->people[i].meeting;
}

/* The member of that name as @i sees him; (transfer full). */
static GstE2eeMember *
member (Room * room, guint i, const gchar * name)
{
  GList *members = gst_e2ee_meeting_list_members (meeting_of (room, i));
  GstE2eeMember *found = NULL;

  for (GList * link = members; link; link = link->next)
    if (g_str_equal (gst_e2ee_member_get_name (link->data), name))
      found = gst_e2ee_member_ref (link->data);
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  fail_unless (found != NULL, "nobody sees %s", name);
  return found;
}

/* Where @line was told, counted in bytes; fails when it was not. */
static gsize
place (const Person * person, const gchar * line)
{
  gchar *wanted = g_strconcat ("\n", line, "\n", NULL);
  gchar *all = g_strconcat ("\n", person->told->str, NULL);
  gchar *at = strstr (all, wanted);
  gsize found;

  fail_unless (at != NULL, "%s was not told \"%s\" but\n%s", person->name, line,
      person->told->str);
  found = at - all;
  g_free (wanted);
  g_free (all);
  return found;
}

/* Clears *@error. */
static void
assert_error (gboolean ok, GError ** set, GstE2eeMeetingError code, const gchar * who)
{
  GError *error = g_steal_pointer (set);

  fail_if (ok);
  fail_unless (g_error_matches (error, GST_E2EE_MEETING_ERROR, code), "%s",
      error ? error->message : "no error is set");
  fail_unless (strstr (error->message, who) != NULL, "%s", error->message);
  g_error_free (error);
}

/* ---- being in it ---- */

GST_START_TEST (test_a_new_meeting_is_closed_and_says_why)
{
  Room *room = room_new ("Alice", ALLOW);
  GstE2eeMeeting *meeting = meeting_of (room, 0);
  GstE2eeMedia media;

  fail_unless_equals_int (gst_e2ee_meeting_get_state (meeting), GST_E2EE_STATE_UNKNOWN);
  fail_unless_equals_string (gst_e2ee_meeting_get_reason (meeting), "not-joined");
  fail_unless_equals_int (gst_e2ee_meeting_get_phase (meeting), GST_E2EE_MEETING_PHASE_IDLE);
  fail_unless_equals_string (gst_e2ee_meeting_get_meeting_id (meeting), "room-1");
  fail_unless (gst_e2ee_meeting_dup_code (meeting) == NULL);
  fail_unless (gst_e2ee_meeting_list_members (meeting) == NULL);
  fail_unless_equals_int (gst_e2ee_meeting_get_features (meeting), 0);
  gst_e2ee_key_provider_get_media (GST_E2EE_KEY_PROVIDER (meeting), &media);
  fail_unless_equals_int (media.mode, GST_E2EE_MEDIA_MODE_CLOSED);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_people_join_and_see_each_other)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMember *alice, *bob;
  gchar *codes[2];

  room_join (room);
  alice = member (room, 1, "Alice");
  bob = member (room, 1, "Bob");
  fail_unless_equals_string (gst_e2ee_member_get_subject (alice), "alice");
  fail_unless_equals_int (gst_e2ee_member_get_tier (alice), GST_E2EE_TIER_PAID);
  fail_unless_equals_int (gst_e2ee_member_get_tier (bob), GST_E2EE_TIER_FREE);
  fail_unless (gst_e2ee_member_is_host (alice) && !gst_e2ee_member_is_host (bob));
  fail_unless (gst_e2ee_member_is_self (bob) && !gst_e2ee_member_is_self (alice));
  fail_unless (gst_e2ee_member_is_heard (alice) && gst_e2ee_member_is_ready (alice));
  fail_if (gst_e2ee_member_is_verified (alice) || gst_e2ee_member_is_new_device (alice));
  fail_unless_equals_int (strlen (gst_e2ee_member_get_code (alice)), 71);
  fail_unless (gst_e2ee_meeting_is_host (meeting_of (room, 0)));
  fail_if (gst_e2ee_meeting_is_host (meeting_of (room, 1)));
  codes[0] = gst_e2ee_meeting_dup_code (meeting_of (room, 0));
  codes[1] = gst_e2ee_meeting_dup_code (meeting_of (room, 1));
  fail_unless_equals_string (codes[0], codes[1]);
  fail_unless_equals_int (strlen (codes[0]), 71);
  fail_unless (room_told (&room->people[0], "joined Bob") == 1);
  fail_unless (place (&room->people[1], "joined Alice") < place (&room->people[1],
          "phase member ok"));
  g_free (codes[0]);
  g_free (codes[1]);
  gst_e2ee_member_unref (alice);
  gst_e2ee_member_unref (bob);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_on_and_off_are_told_in_their_order)
{
  Room *room = room_new ("Alice Bob", ALLOW);

  room_join (room);
  for (guint i = 0; i < 2; i++) {
    room_forget (room);
    room_turn (room, TRUE);
    room_advance (room, 3000);
    for (guint k = 0; k < 2; k++) {
      Person *person = &room->people[k];

      fail_unless_equals_int (gst_e2ee_meeting_get_state (person->meeting), GST_E2EE_STATE_ON);
      /* A host switches when he presses the button, the others when they hear of it. */
      if (k == 1)
        fail_unless (place (person, "notify on") < place (person, "state switching ok"));
      fail_unless (place (person, "state switching ok") < place (person, "state on ok"));
      fail_unless_equals_int (gst_e2ee_meeting_get_features (person->meeting),
          GST_E2EE_FEATURES_SCREENSHARE | GST_E2EE_FEATURES_CHAT);
      fail_unless_equals_uint64 (gst_e2ee_meeting_get_revision (person->meeting), 2 * i + 1);
    }
    place (&room->people[0], "done ok");
    room_turn (room, FALSE);
    fail_unless_equals_int (gst_e2ee_meeting_get_state (meeting_of (room, 1)),
        GST_E2EE_STATE_OFF);
    place (&room->people[1], "state off ok");
  }
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_who_is_no_host_is_refused_by_name)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GError *error = NULL;
  gboolean ok;

  ok = gst_e2ee_meeting_request_e2ee (meeting_of (room, 0), TRUE, NULL, &error);
  assert_error (ok, &error, GST_E2EE_MEETING_ERROR_NOT_JOINED, "Alice");
  room_join (room);
  ok = gst_e2ee_meeting_request_e2ee (meeting_of (room, 1), TRUE, NULL, &error);
  assert_error (ok, &error, GST_E2EE_MEETING_ERROR_NOT_HOST, "Bob");
  ok = gst_e2ee_meeting_request_removal (meeting_of (room, 0), 77, NULL, &error);
  assert_error (ok, &error, GST_E2EE_MEETING_ERROR_UNKNOWN_MEMBER, "77");
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_member_who_was_made_a_host_turns_it_on)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMember *bob;
  guint64 request = 0;

  room_join (room);
  bob = member (room, 0, "Bob");
  fail_unless (gst_e2ee_meeting_request_host (meeting_of (room, 0),
          gst_e2ee_member_get_leaf (bob), &request, NULL));
  room_settle (room);
  fail_unless_equals_uint64 (room->people[0].last_request, request);
  fail_unless (gst_e2ee_meeting_is_host (meeting_of (room, 1)));
  fail_unless (gst_e2ee_meeting_request_e2ee (meeting_of (room, 1), TRUE, NULL, NULL));
  room_settle (room);
  fail_unless (gst_e2ee_meeting_is_on (meeting_of (room, 0)));
  gst_e2ee_member_unref (bob);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_guest_is_put_out_by_on)
{
  Room *room = room_new ("Alice Bob Guesty", ALLOW);

  room_join (room);
  room_forget (room);
  room->people[2].is_held_back = TRUE;
  room_turn (room, TRUE);
  room_let_through (&room->people[2]);
  room_settle (room);
  fail_unless_equals_int (room_told (&room->people[1], "left Guesty guest"), 1);
  fail_unless_equals_int (room_told (&room->people[2], "phase idle guest"), 1);
  fail_unless_equals_string (gst_e2ee_meeting_get_reason (meeting_of (room, 2)), "guest");
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_chat_comes_to_the_others_with_its_writer)
{
  Room *room = room_new ("Alice Bob Carol", ALLOW);
  GError *error = NULL;

  room_join (room);
  fail_unless (gst_e2ee_meeting_send_chat (meeting_of (room, 1), "good morning", NULL));
  room_settle (room);
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int (room_told (&room->people[i], "chat Bob: good morning"), i != 1);
  assert_error (gst_e2ee_meeting_send_chat (meeting_of (room, 1), "", &error), &error,
      GST_E2EE_MEETING_ERROR_TEXT, "Bob");
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_verifying_everybody_turns_on_into_verified_and_back)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMember *bob;

  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  bob = member (room, 0, "Bob");
  fail_unless (gst_e2ee_meeting_set_verified (meeting_of (room, 0),
          gst_e2ee_member_get_leaf (bob), TRUE, NULL));
  fail_unless_equals_int (gst_e2ee_meeting_get_state (meeting_of (room, 0)),
      GST_E2EE_STATE_VERIFIED);
  fail_unless (gst_e2ee_meeting_set_verified (meeting_of (room, 0),
          gst_e2ee_member_get_leaf (bob), FALSE, NULL));
  fail_unless_equals_int (gst_e2ee_meeting_get_state (meeting_of (room, 0)), GST_E2EE_STATE_ON);
  gst_e2ee_member_unref (bob);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_who_leaves_is_out_at_once_and_then_off_the_list)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GList *members;

  room_join (room);
  room_turn (room, TRUE);
  gst_e2ee_meeting_leave (meeting_of (room, 1));
  fail_unless_equals_int (gst_e2ee_meeting_get_phase (meeting_of (room, 1)),
      GST_E2EE_MEETING_PHASE_IDLE);
  fail_unless (gst_e2ee_meeting_list_members (meeting_of (room, 1)) == NULL);
  room_advance (room, 3000);
  fail_unless_equals_int (room_told (&room->people[0], "left Bob ok"), 1);
  members = gst_e2ee_meeting_list_members (meeting_of (room, 0));
  fail_unless_equals_int (g_list_length (members), 1);
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_the_floor_closes_and_a_forbidden_meeting_is_left)
{
  Room *room = room_new ("Alice Bob Carol", ALLOW);
  GstE2eeMedia media;

  room_join (room);
  g_object_set (meeting_of (room, 1), "e2ee", GST_E2EE_FLOOR_REQUIRE, NULL);
  gst_e2ee_meeting_set_floor (meeting_of (room, 2), GST_E2EE_FLOOR_FORBID);
  fail_unless_equals_int (gst_e2ee_meeting_get_floor (meeting_of (room, 1)),
      GST_E2EE_FLOOR_REQUIRE);
  gst_e2ee_key_provider_get_media (GST_E2EE_KEY_PROVIDER (meeting_of (room, 1)), &media);
  fail_unless_equals_int (media.mode, GST_E2EE_MEDIA_MODE_CLOSED);
  fail_unless_equals_string (gst_e2ee_meeting_get_reason (meeting_of (room, 1)),
      "floor-require");
  room_turn (room, TRUE);
  fail_unless_equals_int (gst_e2ee_meeting_get_phase (meeting_of (room, 2)),
      GST_E2EE_MEETING_PHASE_IDLE);
  fail_unless_equals_int (room_told (&room->people[2], "phase idle floor-forbid"), 1);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_rubbish_is_refused_and_changes_nothing)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  guint64 epoch;
  GBytes *rubbish = g_bytes_new_static ("\001rubbish", 8), *nothing = g_bytes_new_static ("", 0);
  GError *error = NULL;

  room_join (room);
  epoch = gst_e2ee_meeting_get_epoch (meeting_of (room, 0));
  assert_error (gst_e2ee_meeting_receive (meeting_of (room, 0), rubbish, &error), &error,
      GST_E2EE_MEETING_ERROR_ENVELOPE, "");
  fail_if (gst_e2ee_meeting_receive (meeting_of (room, 0), nothing, NULL));
  fail_unless_equals_int (room_told (&room->people[0], "refused envelope -"), 1);
  fail_unless_equals_uint64 (gst_e2ee_meeting_get_epoch (meeting_of (room, 0)), epoch);
  g_bytes_unref (rubbish);
  g_bytes_unref (nothing);
  room_free (room);
}

GST_END_TEST;

static void
on_line (GstE2eeMeeting * meeting, const gchar * line, GString * lines)
{
  g_string_append_printf (lines, "%s\n", line);
}

GST_START_TEST (test_a_line_of_evidence_comes_back_with_its_fields)
{
  Room *room = room_new ("Alice", ALLOW);
  GString *lines = g_string_new (NULL);
  GstStructure *fields = gst_structure_new ("fields", "feature", G_TYPE_STRING, "recording",
      "open", G_TYPE_BOOLEAN, FALSE, "frames", G_TYPE_UINT64, G_GUINT64_CONSTANT (7), NULL);
  GstStructure *wrong = gst_structure_new ("fields", "list", GST_TYPE_CAPS, NULL, NULL);
  GError *error = NULL;

  room_join (room);
  g_signal_connect (meeting_of (room, 0), "log-line", G_CALLBACK (on_line), lines);
  fail_unless (gst_e2ee_meeting_log (meeting_of (room, 0), "gate", fields, &error));
  fail_unless (strstr (lines->str, "\"kind\":\"gate\"") != NULL, "%s", lines->str);
  fail_unless (strstr (lines->str, "\"open\":false") != NULL, "%s", lines->str);
  fail_unless (strstr (lines->str, "\"frames\":7") != NULL, "%s", lines->str);
  assert_error (gst_e2ee_meeting_log (meeting_of (room, 0), "gate", wrong, &error), &error,
      GST_E2EE_MEETING_ERROR_ARGUMENT, "gate");
  g_string_free (lines, TRUE);
  gst_structure_free (fields);
  gst_structure_free (wrong);
  room_free (room);
}

GST_END_TEST;

/* ---- making it ---- */

typedef struct
{
  const gchar *name;
  gint paper;                   /* which of them is spoilt */
  const gchar *text;
  GstE2eeMeetingError code;
  const gchar *who;
} Spoilt;

enum
{ TICKET, LINK, TOKEN, AUTHORITIES, KEY };

static const Spoilt spoilt[] = {
  {"no ticket", TICKET, "", GST_E2EE_MEETING_ERROR_JWS_FORMAT, "Alice"},
  {"no link", LINK, "https://meet.example/", GST_E2EE_MEETING_ERROR_LINK_FORMAT, "link"},
  {"no token", TOKEN, "a.b.c", GST_E2EE_MEETING_ERROR_JWS_FORMAT, ""},
  {"no authorities", AUTHORITIES, "[]", GST_E2EE_MEETING_ERROR_KEY_FORMAT, "authorities"},
  {"no key", KEY, "{}", GST_E2EE_MEETING_ERROR_KEY_FORMAT, "key"},
};

GST_START_TEST (test_papers_that_are_wrong_are_refused)
{
  Room *room = room_new_now ("Alice", ALLOW);
  const Spoilt *row = &spoilt[__i__];
  Person *alice = &room->people[0];
  const gchar *key = row->paper == KEY ? kit_write ("bad.key", row->text) : alice->key_file;
  GError *error = NULL;
  GstE2eeMeeting *meeting;

  meeting = gst_e2ee_meeting_new (NULL, row->paper == TICKET ? row->text : room->ticket,
      row->paper == LINK ? row->text : room->link, row->paper == TOKEN ? row->text : alice->token,
      key, row->paper == AUTHORITIES ? row->text : room->authorities, NULL, &error);
  assert_error (meeting != NULL, &error, row->code, row->who);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_device_key_that_others_may_read_is_refused)
{
  Room *room = room_new ("Alice", ALLOW);
  Person *alice = &room->people[0];
  GError *error = NULL;

  room_close (alice);
  fail_unless (chmod (alice->key_file, 0640) == 0);
  fail_unless (room_open (alice, NULL, &error) == NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED));
  fail_unless (strstr (error->message, alice->key_file) != NULL);
  g_error_free (error);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_another_devices_token_is_refused)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GError *error = NULL;
  gchar *own = room->people[0].token;

  room_close (&room->people[0]);
  room->people[0].token = room->people[1].token;
  fail_unless (room_open (&room->people[0], NULL, &error) == NULL);
  assert_error (FALSE, &error, GST_E2EE_MEETING_ERROR_TOKEN_DEVICE, "");
  room->people[0].token = own;
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_an_object_made_without_papers_refuses_everything)
{
  GstE2eeMeeting *meeting = g_object_new (GST_TYPE_E2EE_MEETING, NULL);
  GError *error = NULL;

  assert_error (gst_e2ee_meeting_join (meeting, &error), &error, GST_E2EE_MEETING_ERROR_ARGUMENT,
      "");
  gst_e2ee_meeting_leave (meeting);
  fail_unless (gst_e2ee_meeting_list_members (meeting) == NULL);
  fail_unless (gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (meeting),
          GST_E2EE_KEY_USAGE_DECRYPT) == NULL);
  fail_unless_equals_int (gst_e2ee_meeting_get_state (meeting), GST_E2EE_STATE_UNKNOWN);
  g_object_unref (meeting);
}

GST_END_TEST;

/* ---- names ---- */

GST_START_TEST (test_a_meeting_is_found_by_its_name_as_long_as_it_lives)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  GstE2eeMeeting *found;
  GError *error = NULL;

  room_close (&room->people[0]);
  room_close (&room->people[1]);
  fail_unless (gst_e2ee_meeting_find ("standup") == NULL);
  fail_unless (room_open (&room->people[0], "standup", NULL) != NULL);
  found = gst_e2ee_meeting_find ("standup");
  fail_unless (found == meeting_of (room, 0));
  fail_unless_equals_string (gst_e2ee_meeting_get_name (found), "standup");
  g_object_unref (found);
  fail_unless (room_open (&room->people[1], "standup", &error) == NULL);
  assert_error (FALSE, &error, GST_E2EE_MEETING_ERROR_NAME_TAKEN, "standup");
  fail_unless (room_open (&room->people[1], "other", NULL) != NULL);
  room_close (&room->people[0]);
  fail_unless (gst_e2ee_meeting_find ("standup") == NULL);
  fail_unless (room_open (&room->people[0], "standup", NULL) != NULL);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_context_holds_the_meeting)
{
  Room *room = room_new ("Alice", ALLOW);
  GstContext *context = gst_context_new_e2ee_meeting (meeting_of (room, 0));
  GstContext *other = gst_context_new ("gst.soup.session", TRUE);
  GstE2eeMeeting *meeting = gst_context_get_e2ee_meeting (context);

  fail_unless (meeting == meeting_of (room, 0));
  fail_unless (gst_context_get_e2ee_meeting (other) == NULL);
  g_object_unref (meeting);
  gst_context_unref (context);
  gst_context_unref (other);
  room_free (room);
}

GST_END_TEST;

/* ---- errors have one code each ---- */

GST_START_TEST (test_every_result_of_the_core_has_its_code_and_sentence)
{
  GEnumClass *klass = g_type_class_ref (GST_TYPE_E2EE_MEETING_ERROR);

  for (guint i = 1; i < E2EE_MEETING_N_RESULTS; i++) {
    const gchar *code = e2ee_meeting_result_code (i);
    GEnumValue *value = g_enum_get_value_by_nick (klass, code);

    fail_unless (value != NULL, "%s is not public", code);
    fail_unless_equals_string (gst_e2ee_meeting_error_get_code (value->value), code);
    fail_unless_equals_string (gst_e2ee_meeting_error_get_text (value->value),
        e2ee_meeting_result_text (i));
  }
  fail_unless_equals_string (gst_e2ee_meeting_error_get_code (9999), "failed");
  g_type_class_unref (klass);
}

GST_END_TEST;

GST_START_TEST (test_features_and_streams_are_called_what_the_core_calls_them)
{
  GEnumClass *kinds = g_type_class_ref (GST_TYPE_E2EE_STREAM_KIND);

  for (guint i = 0; i < E2EE_N_FEATURES; i++)
    fail_unless_equals_string (gst_e2ee_feature_get_nick ((GstE2eeFeature) i),
        e2ee_feature_name (i));
  fail_unless (gst_e2ee_feature_get_nick ((GstE2eeFeature) E2EE_N_FEATURES) == NULL);
  for (guint i = 0; i < E2EE_N_STREAM_KINDS; i++)
    fail_unless_equals_string (g_enum_get_value (kinds, i)->value_nick,
        e2ee_stream_kind_name (i));
  g_type_class_unref (kinds);
}

GST_END_TEST;

static Suite *
meeting_suite (void)
{
  Suite *s = suite_create ("meeting");
  TCase *tc = tcase_create ("meeting");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, kit_setup, kit_teardown);
  tcase_add_test (tc, test_a_new_meeting_is_closed_and_says_why);
  tcase_add_test (tc, test_people_join_and_see_each_other);
  tcase_add_test (tc, test_on_and_off_are_told_in_their_order);
  tcase_add_test (tc, test_who_is_no_host_is_refused_by_name);
  tcase_add_test (tc, test_a_member_who_was_made_a_host_turns_it_on);
  tcase_add_test (tc, test_a_guest_is_put_out_by_on);
  tcase_add_test (tc, test_chat_comes_to_the_others_with_its_writer);
  tcase_add_test (tc, test_verifying_everybody_turns_on_into_verified_and_back);
  tcase_add_test (tc, test_who_leaves_is_out_at_once_and_then_off_the_list);
  tcase_add_test (tc, test_the_floor_closes_and_a_forbidden_meeting_is_left);
  tcase_add_test (tc, test_rubbish_is_refused_and_changes_nothing);
  tcase_add_test (tc, test_a_line_of_evidence_comes_back_with_its_fields);
  tcase_add_loop_test (tc, test_papers_that_are_wrong_are_refused, 0, G_N_ELEMENTS (spoilt));
  tcase_add_test (tc, test_a_device_key_that_others_may_read_is_refused);
  tcase_add_test (tc, test_another_devices_token_is_refused);
  tcase_add_test (tc, test_an_object_made_without_papers_refuses_everything);
  tcase_add_test (tc, test_a_meeting_is_found_by_its_name_as_long_as_it_lives);
  tcase_add_test (tc, test_a_context_holds_the_meeting);
  tcase_add_test (tc, test_every_result_of_the_core_has_its_code_and_sentence);
  tcase_add_test (tc, test_features_and_streams_are_called_what_the_core_calls_them);
  return s;
}

KIT_MAIN (meeting)
