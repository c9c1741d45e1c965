/* A meeting and what calls it from elsewhere: handlers that call back, several threads, the main
 * context, the end of the object.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"
#include "room.h"

#define ALLOW GST_E2EE_FLOOR_ALLOW

GST_START_TEST (test_messages_may_come_back_while_they_are_being_sent)
{
  Room *room = room_new ("Alice Bob Carol", ALLOW);

  room->at_once = TRUE;
  room_join (room);
  room_turn (room, TRUE);
  room_advance (room, 3000);
  fail_unless (gst_e2ee_meeting_send_chat (room->people[2].meeting, "hi", NULL));
  for (guint i = 0; i < 3; i++) {
    fail_unless_equals_int (gst_e2ee_meeting_get_state (room->people[i].meeting),
        GST_E2EE_STATE_ON);
    fail_unless_equals_int (room_told (&room->people[i], "chat Carol: hi"), i != 2);
  }
  room_free (room);
}

GST_END_TEST;

typedef struct
{
  guint depth;
  guint deepest;
  guint n;
} Depth;

static void
answer (GstE2eeMeeting * meeting, GstE2eeMember * member, const gchar * text, Depth * depth)
{
  depth->depth++;
  depth->deepest = MAX (depth->deepest, depth->depth);
  if (++depth->n < 50) {
    fail_unless (gst_e2ee_meeting_send_chat (meeting, "and you?", NULL));
    fail_unless (gst_e2ee_meeting_get_epoch (meeting) > 0);
  }
  depth->depth--;
}

GST_START_TEST (test_a_handler_that_calls_back_is_called_again_only_after_it_has_returned)
{
  Room *room = room_new ("Alice Bob", ALLOW);
  Depth depth = { 0, };

  room->at_once = TRUE;
  room_join (room);
  g_signal_connect (room->people[0].meeting, "chat-received", G_CALLBACK (answer), &depth);
  g_signal_connect (room->people[1].meeting, "chat-received", G_CALLBACK (answer), &depth);
  fail_unless (gst_e2ee_meeting_send_chat (room->people[0].meeting, "how are you?", NULL));
  fail_unless_equals_int (depth.n, 50);
  /* One for each of the two. */
  fail_unless (depth.deepest <= 2);
  room_free (room);
}

GST_END_TEST;

static void
drop_last (GstE2eeMeeting * meeting, GBytes * message, Person * person)
{
  g_signal_handlers_disconnect_by_data (meeting, person);
  g_clear_object (&person->meeting);
}

GST_START_TEST (test_a_handler_may_drop_the_meeting)
{
  Room *room = room_new ("Alice", ALLOW);
  Person *alice = &room->people[0];
  GWeakRef weak;

  g_weak_ref_init (&weak, alice->meeting);
  g_signal_connect (alice->meeting, "outgoing-message", G_CALLBACK (drop_last), alice);
  fail_unless (gst_e2ee_meeting_join (alice->meeting, NULL));
  fail_unless (g_weak_ref_get (&weak) == NULL);
  g_weak_ref_clear (&weak);
  room_free (room);
}

GST_END_TEST;

/* ---- threads ---- */

typedef struct
{
  GstE2eeMeeting *meeting;
  GPtrArray *messages;
  gint *stop;
} Feed;

static gpointer
feed (gpointer data)
{
  Feed *f = data;

  for (guint i = 0; i < f->messages->len; i++)
    gst_e2ee_meeting_receive (f->meeting, g_ptr_array_index (f->messages, i), NULL);
  return NULL;
}

static gpointer
look (gpointer data)
{
  Feed *f = data;

  while (!g_atomic_int_get (f->stop)) {
    GList *members = gst_e2ee_meeting_list_members (f->meeting);
    GList *keys = gst_e2ee_key_provider_list_keys (GST_E2EE_KEY_PROVIDER (f->meeting),
        GST_E2EE_KEY_USAGE_DECRYPT);
    gchar *code = gst_e2ee_meeting_dup_code (f->meeting);

    g_free (code);
    g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
    g_list_free_full (keys, (GDestroyNotify) gst_e2ee_key_unref);
    gst_e2ee_status_unref (gst_e2ee_meeting_dup_status (f->meeting));
    g_thread_yield ();
  }
  return NULL;
}

static void
collect (GstE2eeMeeting * meeting, GBytes * message, GPtrArray * messages)
{
  g_ptr_array_add (messages, g_bytes_ref (message));
}

static gint n_inside;
static gint n_chats;

static void
count_inside (GstE2eeMeeting * meeting, GstE2eeMember * member, const gchar * text, gpointer data)
{
  fail_unless_equals_int (g_atomic_int_add (&n_inside, 1), 0);
  g_atomic_int_inc (&n_chats);
  g_thread_yield ();
  g_atomic_int_add (&n_inside, -1);
}

GST_START_TEST (test_several_threads_may_receive_and_signals_come_one_at_a_time)
{
  /* Bob gets what each of the others sends in one thread, in its order. */
  Room *room = room_new ("Alice Bob Carol Dave Eve", ALLOW);
  static const guint senders[4] = { 0, 2, 3, 4 };
  GThread *threads[4], *looking;
  Feed feeds[4];
  gint stop = 0;
  guint n = 0;

  room_join (room);
  n_inside = n_chats = 0;
  g_signal_connect (room->people[1].meeting, "chat-received", G_CALLBACK (count_inside), NULL);
  for (guint i = 0; i < 4; i++) {
    GstE2eeMeeting *sender = room->people[senders[i]].meeting;

    feeds[i].meeting = room->people[1].meeting;
    feeds[i].messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    feeds[i].stop = &stop;
    g_signal_connect (sender, "outgoing-message", G_CALLBACK (collect), feeds[i].messages);
    for (guint k = 0; k < 25; k++, n++)
      fail_unless (gst_e2ee_meeting_send_chat (sender, "x", NULL));
    g_signal_handlers_disconnect_by_data (sender, feeds[i].messages);
  }
  looking = g_thread_new ("look", look, &feeds[0]);
  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("feed", feed, &feeds[i]);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_atomic_int_set (&stop, 1);
  g_thread_join (looking);
  fail_unless_equals_int (n_chats, n);
  for (guint i = 0; i < 4; i++)
    g_ptr_array_unref (feeds[i].messages);
  room_free (room);
}

GST_END_TEST;

/* ---- the main context ---- */

static void
loop_back (GstE2eeMeeting * meeting, GBytes * message, gpointer data)
{
  gst_e2ee_meeting_receive (meeting, message, NULL);
}

static void
stop_when_member (GstE2eeMeeting * meeting, GstE2eeMeetingPhase phase, const gchar * code,
    GMainLoop * loop)
{
  if (phase == GST_E2EE_MEETING_PHASE_MEMBER)
    g_main_loop_quit (loop);
}

/* With the real clock, and tokens that are valid now. */
static GstE2eeMeeting *
open_for_real (Room * room)
{
  Person *alice = &room->people[0];
  GError *error = NULL;
  GstE2eeMeeting *meeting = gst_e2ee_meeting_new (NULL, room->ticket, room->link, alice->token,
      alice->key_file, room->authorities, NULL, &error);

  fail_unless (meeting != NULL, "%s", error ? error->message : "");
  return meeting;
}

GST_START_TEST (test_time_goes_on_in_the_context_of_its_making)
{
  Room *room = room_new_now ("Alice", ALLOW);
  GMainContext *context = g_main_context_new ();
  GMainLoop *loop = g_main_loop_new (context, FALSE);
  GstE2eeMeeting *meeting;

  g_main_context_push_thread_default (context);
  meeting = open_for_real (room);
  g_signal_connect (meeting, "outgoing-message", G_CALLBACK (loop_back), NULL);
  g_signal_connect (meeting, "phase-changed", G_CALLBACK (stop_when_member), loop);
  fail_unless (gst_e2ee_meeting_join (meeting, NULL));
  g_main_loop_run (loop);
  fail_unless_equals_int (gst_e2ee_meeting_get_state (meeting), GST_E2EE_STATE_OFF);
  g_object_unref (meeting);
  g_main_context_pop_thread_default (context);
  g_main_loop_unref (loop);
  g_main_context_unref (context);
  room_free (room);
}

GST_END_TEST;

GST_START_TEST (test_a_meeting_that_is_gone_leaves_no_source_behind)
{
  Room *room = room_new_now ("Alice", ALLOW);
  GMainContext *context = g_main_context_new ();
  GstE2eeMeeting *meeting;

  g_main_context_push_thread_default (context);
  meeting = open_for_real (room);
  fail_unless (gst_e2ee_meeting_join (meeting, NULL));
  g_object_unref (meeting);
  g_main_context_pop_thread_default (context);
  while (g_main_context_iteration (context, FALSE));
  g_main_context_unref (context);
  room_free (room);
}

GST_END_TEST;

static Suite *
meeting_threads_suite (void)
{
  Suite *s = suite_create ("meeting-threads");
  TCase *tc = tcase_create ("meeting-threads");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_messages_may_come_back_while_they_are_being_sent);
  tcase_add_test (tc, test_a_handler_that_calls_back_is_called_again_only_after_it_has_returned);
  tcase_add_test (tc, test_a_handler_may_drop_the_meeting);
  tcase_add_test (tc, test_several_threads_may_receive_and_signals_come_one_at_a_time);
  tcase_add_test (tc, test_time_goes_on_in_the_context_of_its_making);
  tcase_add_test (tc, test_a_meeting_that_is_gone_leaves_no_source_behind);
  return s;
}

KIT_MAIN (meeting_threads)
