/* The rooms of the rendezvous: who hears what, and what is refused.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <gst/check/gstcheck.h>

#include "rendezvous/budget.h"
#include "rendezvous/room.h"

/* A participant on the other end of a line. */
typedef struct
{
  RendezvousMember *member;
  GQueue said_to_me;            /* json_t * */
} Person;

static RendezvousRooms *rooms;
static GPtrArray *tapped;       /* gchar *: "room from text" */
static Person anna, ben, carl;

static void
hear (gpointer user_data, GRefString * text)
{
  Person *person = user_data;

  g_queue_push_tail (&person->said_to_me, json_loads (text, JSON_REJECT_DUPLICATES, NULL));
}

static void
tap (gpointer user_data, const gchar * room, const gchar * from, const gchar * text, gsize size)
{
  g_ptr_array_add (tapped, g_strdup_printf ("%s %s %.*s", room, from, (int) size, text));
}

static void
connect_person (Person * person)
{
  g_queue_init (&person->said_to_me);
  person->member = rendezvous_member_new (rooms, hear, person);
}

static void
hang_up (Person * person)
{
  if (person->member)
    rendezvous_member_free (person->member);
  person->member = NULL;
}

static void
set_up (void)
{
  tapped = g_ptr_array_new_with_free_func (g_free);
  rooms = rendezvous_rooms_new (tap, NULL);
  connect_person (&anna);
  connect_person (&ben);
  connect_person (&carl);
}

static void
tear_down (void)
{
  Person *const all[] = { &anna, &ben, &carl };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (all); i++) {
    hang_up (all[i]);
    g_queue_clear_full (&all[i]->said_to_me, (GDestroyNotify) json_decref);
  }
  rendezvous_rooms_free (rooms);
  g_ptr_array_unref (tapped);
}

static void
say (Person * person, const gchar * text)
{
  rendezvous_member_receive (person->member, text, strlen (text));
}

/* The next thing that @person was told is exactly @expected. */
static void
expect (Person * person, const gchar * expected)
{
  json_t *wanted = json_loads (expected, JSON_REJECT_DUPLICATES, NULL);
  json_t *got = g_queue_pop_head (&person->said_to_me);
  gchar *text = got ? json_dumps (got, JSON_COMPACT) : NULL;

  fail_unless (wanted != NULL);
  fail_unless (json_equal (wanted, got), "expected %s, got %s", expected,
      text ? text : "nothing");
  free (text);
  json_decref (got);
  json_decref (wanted);
}

static void
expect_error (Person * person)
{
  json_t *got = g_queue_pop_head (&person->said_to_me);

  fail_unless (got != NULL);
  fail_unless_equals_string (json_string_value (json_object_get (got, "type")), "error");
  fail_unless (json_is_string (json_object_get (got, "reason")));
  json_decref (got);
}

static void
expect_silence (Person * person)
{
  fail_unless_equals_int (person->said_to_me.length, 0);
}

GST_START_TEST (test_who_joins_is_told_who_is_there)
{
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  expect (&anna, "{\"type\":\"joined\",\"peers\":[]}");
  say (&ben, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"ben\"}");
  expect (&ben, "{\"type\":\"joined\",\"peers\":[\"anna\"]}");
  expect (&anna, "{\"type\":\"peer-joined\",\"name\":\"ben\"}");
  expect_silence (&carl);
}

GST_END_TEST;

GST_START_TEST (test_who_leaves_is_missed_by_the_others)
{
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  say (&ben, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"ben\"}");
  g_queue_clear_full (&anna.said_to_me, (GDestroyNotify) json_decref);
  hang_up (&ben);
  expect (&anna, "{\"type\":\"peer-left\",\"name\":\"ben\"}");
  expect_silence (&anna);
}

GST_END_TEST;

GST_START_TEST (test_a_message_reaches_its_recipient_alone_and_names_its_sender)
{
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  say (&ben, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"ben\"}");
  say (&carl, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"carl\"}");
  g_queue_clear_full (&anna.said_to_me, (GDestroyNotify) json_decref);
  g_queue_clear_full (&ben.said_to_me, (GDestroyNotify) json_decref);
  g_queue_clear_full (&carl.said_to_me, (GDestroyNotify) json_decref);

  say (&anna, "{\"to\":\"ben\",\"type\":\"offer\",\"sdp\":\"v=0\",\"more\":[1,null]}");
  expect (&ben, "{\"to\":\"ben\",\"type\":\"offer\",\"sdp\":\"v=0\",\"more\":[1,null],"
      "\"from\":\"anna\"}");
  expect_silence (&anna);
  expect_silence (&carl);
}

GST_END_TEST;

GST_START_TEST (test_nobody_can_speak_in_the_name_of_another)
{
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  say (&ben, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"ben\"}");
  g_queue_clear_full (&ben.said_to_me, (GDestroyNotify) json_decref);
  say (&anna, "{\"to\":\"ben\",\"type\":\"answer\",\"from\":\"carl\"}");
  expect (&ben, "{\"to\":\"ben\",\"type\":\"answer\",\"from\":\"anna\"}");
}

GST_END_TEST;

GST_START_TEST (test_rooms_do_not_hear_each_other)
{
  say (&anna, "{\"type\":\"join\",\"room\":\"one\",\"name\":\"anna\"}");
  say (&ben, "{\"type\":\"join\",\"room\":\"two\",\"name\":\"ben\"}");
  expect (&anna, "{\"type\":\"joined\",\"peers\":[]}");
  expect (&ben, "{\"type\":\"joined\",\"peers\":[]}");
  say (&anna, "{\"to\":\"ben\",\"type\":\"offer\"}");
  expect_error (&anna);
  expect_silence (&ben);
}

GST_END_TEST;

GST_START_TEST (test_a_name_is_taken_until_its_owner_leaves)
{
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"x\"}");
  g_queue_clear_full (&anna.said_to_me, (GDestroyNotify) json_decref);
  say (&ben, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"x\"}");
  expect_error (&ben);
  expect_silence (&anna);
  hang_up (&anna);
  say (&ben, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"x\"}");
  expect (&ben, "{\"type\":\"joined\",\"peers\":[]}");
}

GST_END_TEST;

GST_START_TEST (test_nobody_joins_twice)
{
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  expect (&anna, "{\"type\":\"joined\",\"peers\":[]}");
  say (&anna, "{\"type\":\"join\",\"room\":\"s\",\"name\":\"other\"}");
  expect_error (&anna);
}

GST_END_TEST;

GST_START_TEST (test_nobody_speaks_before_joining)
{
  say (&anna, "{\"to\":\"ben\",\"type\":\"offer\"}");
  expect_error (&anna);
}

GST_END_TEST;

/* Each of these is refused to its sender, and the line goes on. */
static const gchar *const nonsense[] = {
  "", "nothing", "[]", "\"text\"", "{\"type\":\"join\"}", "{\"type\":\"join\",\"room\":\"r\"}",
  "{\"type\":\"join\",\"room\":\"\",\"name\":\"n\"}",
  "{\"type\":\"join\",\"room\":1,\"name\":\"n\"}",
  "{\"type\":\"join\",\"type\":\"join\",\"room\":\"r\",\"name\":\"n\"}", "{\"type\":\"offer\"}",
  "{\"to\":7}", "{\"type\":\"join\",\"room\":\"r\",\"name\":"
      "\"0123456789012345678901234567890123456789012345678901234567890123456789\"}"
};

GST_START_TEST (test_nonsense_is_refused_and_the_line_goes_on)
{
  say (&anna, nonsense[__i__]);
  expect_error (&anna);
  expect_silence (&anna);
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  expect (&anna, "{\"type\":\"joined\",\"peers\":[]}");
}

GST_END_TEST;

GST_START_TEST (test_a_room_has_room_for_so_many)
{
  Person crowd[RENDEZVOUS_MAX_MEMBERS];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (crowd); i++) {
    gchar *text = g_strdup_printf ("{\"type\":\"join\",\"room\":\"r\",\"name\":\"%u\"}", i);

    connect_person (&crowd[i]);
    say (&crowd[i], text);
    g_free (text);
  }
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  expect_error (&anna);
  hang_up (&crowd[0]);
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  fail_unless_equals_int (anna.said_to_me.length, 1);
  for (i = 0; i < G_N_ELEMENTS (crowd); i++) {
    hang_up (&crowd[i]);
    g_queue_clear_full (&crowd[i].said_to_me, (GDestroyNotify) json_decref);
  }
}

GST_END_TEST;

static void
join_all_three (void)
{
  Person *const all[] = { &anna, &ben, &carl };
  guint i;

  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  say (&ben, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"ben\"}");
  say (&carl, "{\"type\":\"join\",\"room\":\"other\",\"name\":\"carl\"}");
  for (i = 0; i < G_N_ELEMENTS (all); i++)
    g_queue_clear_full (&all[i]->said_to_me, (GDestroyNotify) json_decref);
}

GST_START_TEST (test_a_broadcast_reaches_everybody_in_the_room_and_its_sender)
{
  join_all_three ();
  say (&anna, "{\"type\":\"broadcast\",\"data\":\"AAEC\"}");
  expect (&anna, "{\"type\":\"broadcast\",\"from\":\"anna\",\"data\":\"AAEC\"}");
  expect (&ben, "{\"type\":\"broadcast\",\"from\":\"anna\",\"data\":\"AAEC\"}");
  expect_silence (&carl);
}

GST_END_TEST;

GST_START_TEST (test_broadcasts_have_one_order_for_all)
{
  join_all_three ();
  say (&anna, "{\"type\":\"broadcast\",\"data\":\"1\"}");
  say (&ben, "{\"type\":\"broadcast\",\"data\":\"2\"}");
  say (&anna, "{\"type\":\"broadcast\",\"data\":\"3\"}");
  expect (&anna, "{\"type\":\"broadcast\",\"from\":\"anna\",\"data\":\"1\"}");
  expect (&anna, "{\"type\":\"broadcast\",\"from\":\"ben\",\"data\":\"2\"}");
  expect (&anna, "{\"type\":\"broadcast\",\"from\":\"anna\",\"data\":\"3\"}");
  expect (&ben, "{\"type\":\"broadcast\",\"from\":\"anna\",\"data\":\"1\"}");
  expect (&ben, "{\"type\":\"broadcast\",\"from\":\"ben\",\"data\":\"2\"}");
  expect (&ben, "{\"type\":\"broadcast\",\"from\":\"anna\",\"data\":\"3\"}");
}

GST_END_TEST;

GST_START_TEST (test_a_broadcast_carries_data_and_its_true_sender_and_nothing_else)
{
  join_all_three ();
  say (&anna, "{\"type\":\"broadcast\",\"from\":\"ben\",\"data\":\"AAEC\",\"more\":1}");
  expect (&ben, "{\"type\":\"broadcast\",\"from\":\"anna\",\"data\":\"AAEC\"}");
}

GST_END_TEST;

GST_START_TEST (test_who_comes_late_gets_no_old_broadcast)
{
  say (&anna, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"anna\"}");
  say (&anna, "{\"type\":\"broadcast\",\"data\":\"AAEC\"}");
  say (&ben, "{\"type\":\"join\",\"room\":\"r\",\"name\":\"ben\"}");
  expect (&ben, "{\"type\":\"joined\",\"peers\":[\"anna\"]}");
  expect_silence (&ben);
}

GST_END_TEST;

GST_START_TEST (test_a_broadcast_without_data_is_refused)
{
  join_all_three ();
  say (&anna, "{\"type\":\"broadcast\"}");
  expect_error (&anna);
  say (&anna, "{\"type\":\"broadcast\",\"data\":7}");
  expect_error (&anna);
  expect_silence (&ben);
}

GST_END_TEST;

static void
say_with_padding (Person * person, const gchar * format, gsize size)
{
  gchar *padding = g_strnfill (size, 'A');
  gchar *text = g_strdup_printf (format, padding);

  say (person, text);
  g_free (text);
  g_free (padding);
}

GST_START_TEST (test_a_broadcast_of_one_mebibyte_passes_and_a_larger_one_is_refused)
{
  join_all_three ();
  say_with_padding (&anna, "{\"type\":\"broadcast\",\"data\":\"%s\"}", RENDEZVOUS_MAX_DATA);
  fail_unless_equals_int (ben.said_to_me.length, 1);
  fail_unless_equals_int (anna.said_to_me.length, 1);
  g_queue_clear_full (&anna.said_to_me, (GDestroyNotify) json_decref);
  say_with_padding (&anna, "{\"type\":\"broadcast\",\"data\":\"%s\"}", RENDEZVOUS_MAX_DATA + 1);
  expect_error (&anna);
  fail_unless_equals_int (ben.said_to_me.length, 1);
}

GST_END_TEST;

GST_START_TEST (test_a_message_to_one_of_more_than_64_kib_is_refused)
{
  join_all_three ();
  say_with_padding (&anna, "{\"to\":\"ben\",\"sdp\":\"%s\"}", 65000);
  fail_unless_equals_int (ben.said_to_me.length, 1);
  say_with_padding (&anna, "{\"to\":\"ben\",\"sdp\":\"%s\"}", RENDEZVOUS_MAX_MESSAGE);
  expect_error (&anna);
  fail_unless_equals_int (ben.said_to_me.length, 1);
}

GST_END_TEST;

GST_START_TEST (test_a_wiretap_gets_all_that_is_relayed_and_nothing_that_is_refused)
{
  join_all_three ();
  g_ptr_array_set_size (tapped, 0);
  say (&anna, "{\"type\":\"broadcast\",\"data\":\"AAEC\"}");
  say (&anna, "{\"type\":\"broadcast\"}");
  say (&ben, "{\"to\":\"anna\",\"type\":\"offer\"}");
  fail_unless_equals_int (tapped->len, 2);
  fail_unless_equals_string (g_ptr_array_index (tapped, 0),
      "r anna {\"type\":\"broadcast\",\"data\":\"AAEC\"}");
  fail_unless_equals_string (g_ptr_array_index (tapped, 1),
      "r ben {\"to\":\"anna\",\"type\":\"offer\"}");
}

GST_END_TEST;

GST_START_TEST (test_a_budget_is_spent_by_messages_and_comes_back_with_time)
{
  Budget budget;
  guint i;

  budget_init (&budget, 0);
  for (i = 0; i < BUDGET_MESSAGES; i++)
    fail_unless (budget_spend (&budget, 10, 0));
  fail_if (budget_spend (&budget, 10, 0));
  fail_if (budget_spend (&budget, 10, G_USEC_PER_SEC / BUDGET_MESSAGES_A_SECOND / 2));
  fail_unless (budget_spend (&budget, 10, G_USEC_PER_SEC));
}

GST_END_TEST;

GST_START_TEST (test_a_budget_is_spent_by_bytes_and_comes_back_with_time)
{
  Budget budget;

  budget_init (&budget, 0);
  fail_unless (budget_spend (&budget, BUDGET_BYTES, 0));
  fail_if (budget_spend (&budget, 1000, 0));
  fail_unless (budget_spend (&budget, BUDGET_BYTES_A_SECOND, G_USEC_PER_SEC));
  fail_if (budget_spend (&budget, 1000, G_USEC_PER_SEC));
}

GST_END_TEST;

static Suite *
rendezvous_suite (void)
{
  Suite *suite = suite_create ("rendezvous");
  TCase *rules = tcase_create ("rules");

  suite_add_tcase (suite, rules);
  tcase_add_checked_fixture (rules, set_up, tear_down);
  tcase_add_test (rules, test_who_joins_is_told_who_is_there);
  tcase_add_test (rules, test_who_leaves_is_missed_by_the_others);
  tcase_add_test (rules, test_a_message_reaches_its_recipient_alone_and_names_its_sender);
  tcase_add_test (rules, test_nobody_can_speak_in_the_name_of_another);
  tcase_add_test (rules, test_rooms_do_not_hear_each_other);
  tcase_add_test (rules, test_a_name_is_taken_until_its_owner_leaves);
  tcase_add_test (rules, test_nobody_joins_twice);
  tcase_add_test (rules, test_nobody_speaks_before_joining);
  tcase_add_loop_test (rules, test_nonsense_is_refused_and_the_line_goes_on, 0,
      G_N_ELEMENTS (nonsense));
  tcase_add_test (rules, test_a_room_has_room_for_so_many);
  tcase_add_test (rules, test_a_broadcast_reaches_everybody_in_the_room_and_its_sender);
  tcase_add_test (rules, test_broadcasts_have_one_order_for_all);
  tcase_add_test (rules, test_a_broadcast_carries_data_and_its_true_sender_and_nothing_else);
  tcase_add_test (rules, test_who_comes_late_gets_no_old_broadcast);
  tcase_add_test (rules, test_a_broadcast_without_data_is_refused);
  tcase_add_test (rules, test_a_broadcast_of_one_mebibyte_passes_and_a_larger_one_is_refused);
  tcase_add_test (rules, test_a_message_to_one_of_more_than_64_kib_is_refused);
  tcase_add_test (rules, test_a_wiretap_gets_all_that_is_relayed_and_nothing_that_is_refused);
  tcase_add_test (rules, test_a_budget_is_spent_by_messages_and_comes_back_with_time);
  tcase_add_test (rules, test_a_budget_is_spent_by_bytes_and_comes_back_with_time);
  return suite;
}

GST_CHECK_MAIN (rendezvous);
