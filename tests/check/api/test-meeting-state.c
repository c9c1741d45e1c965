/* What a meeting keeps over a restart.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#define _GNU_SOURCE             /* memmem */

#include "kit.h"
#include "room.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define ALLOW GST_E2EE_FLOOR_ALLOW

/* Alice and bob, who keeps his state in a file. */
static Room *
room_with_state (void)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  Person *bob = &room->people[1];
  GError *error = NULL;

  room_close (bob);
  bob->state_file = g_build_filename (room->folder, "bob.state", NULL);
  fail_unless (room_open (bob, NULL, &error) != NULL, "%s", error ? error->message : "");
  room_join (room);
  return room;
}

static void
reopen (Person * person)
{
  GError *error = NULL;

  room_close (person);
  fail_unless (room_open (person, NULL, &error) != NULL, "%s", error ? error->message : "");
}

GST_START_TEST (test_the_state_is_its_owners_alone_and_sealed)
{
  Room *room = room_with_state ();
  Person *bob = &room->people[1];
  struct stat info;
  gchar *text, *told = NULL;
  gsize size;

  fail_unless (g_file_get_contents (bob->state_file, &text, &size, NULL));
  fail_unless (g_stat (bob->state_file, &info) == 0);
  fail_unless_equals_int (info.st_mode & 0777, 0600);
  fail_unless (memmem (text, size, room->join_secret, 32) == NULL);
  fail_unless (memmem (text, size, "alice", 5) == NULL);
  g_object_get (bob->meeting, "state-file", &told, NULL);
  fail_unless_equals_string (told, bob->state_file);
  g_free (told);
  g_free (text);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_who_comes_back_knows_who_was_verified)
{
  Room *room = room_with_state ();
  Person *bob = &room->people[1];
  GList *members;

  fail_unless (gst_e2ee_meeting_set_verified (bob->meeting, 0, TRUE, NULL));
  reopen (bob);
  fail_unless (gst_e2ee_meeting_join (bob->meeting, NULL));
  room_advance (room, 3000);
  members = gst_e2ee_meeting_list_members (bob->meeting);
  fail_unless_equals_int (g_list_length (members), 2);
  fail_unless (gst_e2ee_member_is_verified (members->data));
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_who_comes_back_is_sent_to_under_keys_that_were_never_used)
{
  Room *room = room_with_state ();
  Person *bob = &room->people[1];
  guint64 epoch;

  room_turn (room, TRUE);
  epoch = gst_e2ee_meeting_get_epoch (bob->meeting);
  reopen (bob);
  fail_unless (gst_e2ee_meeting_join (bob->meeting, NULL));
  room_advance (room, 3000);
  fail_unless_equals_int (gst_e2ee_meeting_get_state (bob->meeting), GST_E2EE_STATE_ON);
  fail_unless (gst_e2ee_meeting_get_epoch (bob->meeting) > epoch);
  room_free (room);
}

GST_END_TEST;

static GError *
refusal (Person * person)
{
  GError *error = NULL;

  room_close (person);
  fail_unless (room_open (person, NULL, &error) == NULL);
  fail_unless (error != NULL);
  fail_unless (strstr (error->message, person->state_file) != NULL, "%s", error->message);
  return error;
}

GST_START_TEST (test_a_state_that_was_changed_is_refused_by_name)
{
  Room *room = room_with_state ();
  Person *bob = &room->people[1];
  GError *error;
  gchar *text;
  gsize size;

  room_close (bob);
  fail_unless (g_file_get_contents (bob->state_file, &text, &size, NULL));
  text[size / 2] ^= 1;
  fail_unless (g_file_set_contents_full (bob->state_file, text, size, G_FILE_SET_CONTENTS_NONE,
          0600, NULL));
  error = refusal (bob);
  fail_unless (g_error_matches (error, GST_E2EE_MEETING_ERROR, GST_E2EE_MEETING_ERROR_STORE));
  g_error_free (error);
  g_free (text);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_state_of_another_device_is_refused)
{
  Room *room = room_with_state ();
  GError *error;

  room->people[0].state_file = g_strdup (room->people[1].state_file);
  error = refusal (&room->people[0]);
  fail_unless (g_error_matches (error, GST_E2EE_MEETING_ERROR, GST_E2EE_MEETING_ERROR_STORE));
  g_error_free (error);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_state_that_others_may_read_is_refused)
{
  Room *room = room_with_state ();
  Person *bob = &room->people[1];
  GError *error;

  fail_unless (chmod (bob->state_file, 0644) == 0);
  error = refusal (bob);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED));
  g_error_free (error);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_state_that_cannot_be_written_is_told)
{
  Room *room = room_new ("Alice", ALLOW);
  Person *alice = &room->people[0];

  room_close (alice);
  alice->state_file = g_build_filename (room->folder, "no-such-folder", "state", NULL);
  fail_unless (room_open (alice, NULL, NULL) != NULL);
  room_join (room);
  fail_unless (room_told (alice, "refused store -") >= 1);
  room_free (room);
}

GST_END_TEST;

static Suite *
meeting_state_suite (void)
{
  Suite *s = suite_create ("meeting-state");
  TCase *tc = tcase_create ("meeting-state");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_the_state_is_its_owners_alone_and_sealed);
  tcase_add_test (tc, test_who_comes_back_knows_who_was_verified);
  tcase_add_test (tc, test_who_comes_back_is_sent_to_under_keys_that_were_never_used);
  tcase_add_test (tc, test_a_state_that_was_changed_is_refused_by_name);
  tcase_add_test (tc, test_a_state_of_another_device_is_refused);
  tcase_add_test (tc, test_a_state_that_others_may_read_is_refused);
  tcase_add_test (tc, test_a_state_that_cannot_be_written_is_told);
  return s;
}

KIT_MAIN (meeting_state)
