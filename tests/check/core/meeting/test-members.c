/* Who is in the meeting: guests, devices, marks, codes, going.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

static void
turn (int number, int on)
{
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[number].meeting, on, NULL));
  CHECK (room_run_until (&r, on ? room_all_on : room_all_off, 5000, NULL));
}

/* Two people, of whom the first is host, and a guest. */
static void
start_with_guest (void)
{
  const room_plan plan = { .n_people = 2 };

  room_init (&r, &plan);
  room_add_person (&r, "guest", E2EE_TIER_GUEST);
  for (int i = 0; i < 3; i++)
    CHECK_OK (room_join (&r, i));
  CHECK (room_run_until (&r, room_is_settled, 10000, NULL));
  room_run (&r, 500);
}

static void
test_any_account_joins (void)
{
  static const e2ee_tier tiers[] = { E2EE_TIER_GUEST, E2EE_TIER_FREE, E2EE_TIER_PAID };
  const room_plan plan = { .n_people = 1 };

  room_init (&r, &plan);
  room_add_person (&r, "a", tiers[0]);
  room_add_person (&r, "b", tiers[1]);
  room_add_person (&r, "c", tiers[2]);
  for (int i = 0; i < 4; i++)
    CHECK_OK (room_join (&r, i));
  CHECK (room_run_until (&r, room_is_settled, 10000, NULL));
  CHECK_INT (room_view (&r, 0).n_members, 4);
  for (int i = 0; i < 3; i++)
    CHECK_INT (room_member (&r, 0, i + 1).account.tier, tiers[i]);
  room_clear (&r);
}

static void
test_only_a_paid_account_schedules (void)
{
  const room_plan plan = { .n_people = 1 };
  e2ee_mls_buffer text = E2EE_MLS_NO_BUFFER;
  e2ee_ticket ticket;
  room_person *free_person;

  room_init (&r, &plan);
  free_person = room_add_person (&r, "frugal", E2EE_TIER_FREE);
  ticket = r.ticket;
  snprintf (ticket.hosts[0].subject, sizeof (ticket.hosts[0].subject), "frugal");
  e2ee_public_key_thumbprint (e2ee_device_public_key (free_person->device),
      &ticket.hosts[0].device);
  CHECK (e2ee_ticket_issue (&ticket, free_person->device,
          e2ee_mls_buffer_view (free_person->token), room_unix_time (free_person), &text)
      != E2EE_MEETING_OK);
  room_clear (&r);
}

static void
test_guest_is_put_out_at_on_and_told_why (void)
{
  start_with_guest ();
  CHECK_INT (room_view (&r, 0).n_members, 3);
  turn (0, 1);
  CHECK_INT (room_view (&r, 0).n_members, 2);
  CHECK_INT (room_view (&r, 2).phase, E2EE_PHASE_IDLE);
  CHECK_INT (r.people[2].last_phase_result, E2EE_MEETING_ERR_GUEST);
  CHECK_INT (room_view (&r, 2).mode, E2EE_MEDIA_CLOSED);
  CHECK_INT (r.people[1].last_left_result, E2EE_MEETING_ERR_GUEST);
  CHECK_INT (room_view (&r, 1).state, E2EE_STATE_ON);
  room_check_never_clear (&r);
  room_clear (&r);
}

static void
test_guest_is_refused_while_on_and_told_why (void)
{
  const uint64_t start = 0;

  start_with_guest ();
  turn (0, 1);
  CHECK_OK (e2ee_meeting_join (r.people[2].meeting));
  room_run (&r, 2500);
  CHECK_INT (room_view (&r, 2).phase, E2EE_PHASE_IDLE);
  CHECK_INT (r.people[2].last_phase_result, E2EE_MEETING_ERR_GUEST);
  CHECK (r.people[0].refused[E2EE_MEETING_ERR_GUEST] > start);
  CHECK_INT (room_view (&r, 0).n_members, 2);
  /* One who has never been here hears it too. */
  room_add_person (&r, "guest-2", E2EE_TIER_GUEST);
  CHECK_OK (room_join (&r, 3));
  room_run (&r, 2500);
  CHECK_INT (room_view (&r, 3).phase, E2EE_PHASE_IDLE);
  CHECK_INT (r.people[3].last_phase_result, E2EE_MEETING_ERR_GUEST);
  CHECK_INT (room_view (&r, 0).n_members, 2);
  room_clear (&r);
}

static void
test_guest_who_signs_in_may_join_again (void)
{
  start_with_guest ();
  turn (0, 1);
  r.people[2].tier = E2EE_TIER_FREE;
  snprintf (r.people[2].subject, sizeof (r.people[2].subject), "signed-in");
  room_make_token (&r.people[2]);
  CHECK_OK (e2ee_meeting_set_token (r.people[2].meeting,
          e2ee_mls_buffer_view (r.people[2].token)));
  CHECK_OK (e2ee_meeting_join (r.people[2].meeting));
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  CHECK_INT (room_view (&r, 2).phase, E2EE_PHASE_MEMBER);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  CHECK_STR (room_member (&r, 0, 2).account.subject, "signed-in");
  room_clear (&r);
}

static void
test_guest_cannot_join_a_meeting_that_requires_encryption (void)
{
  const room_plan plan = { .n_people = 1, .e2ee = E2EE_FLOOR_REQUIRE, .initially_on = 1 };

  room_init (&r, &plan);
  room_add_person (&r, "guest", E2EE_TIER_GUEST);
  CHECK_RESULT (room_join (&r, 1), GUEST);
  CHECK_INT (r.n_messages, 0);
  room_clear (&r);
}

static void
test_phone_and_sip_streams_close_at_on (void)
{
  static const e2ee_stream streams[] = {
    { 0, E2EE_STREAM_MICROPHONE, "" },
    { 1, E2EE_STREAM_PSTN, "Aunt Ada, by phone" },
    { 2, E2EE_STREAM_SIP_H323, "Room 4" },
  };
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_set_streams (r.people[1].meeting, streams, 3));
  room_run (&r, 200);
  CHECK_INT (room_member (&r, 0, 1).n_streams, 3);
  CHECK_STR (room_member (&r, 0, 1).streams[1].label, "Aunt Ada, by phone");
  turn (0, 1);
  CHECK_INT (room_member (&r, 0, 1).n_streams, 1);
  CHECK_INT (room_member (&r, 2, 1).streams[0].kind, E2EE_STREAM_MICROPHONE);
  CHECK_INT (room_member (&r, 1, 1).n_streams, 1);
  /* They cannot be announced now either. */
  CHECK_OK (e2ee_meeting_set_streams (r.people[1].meeting, streams, 3));
  room_run (&r, 200);
  CHECK_INT (room_member (&r, 2, 1).n_streams, 1);
  turn (0, 0);
  CHECK_OK (e2ee_meeting_set_streams (r.people[1].meeting, streams, 3));
  room_run (&r, 200);
  CHECK_INT (room_member (&r, 2, 1).n_streams, 3);
  room_clear (&r);
}

static void
test_who_comes_later_hears_what_streams_there_are (void)
{
  static const e2ee_stream streams[] = { { 3, E2EE_STREAM_SCREEN, "Slides" } };
  const room_plan plan = { .n_people = 2 };

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_set_streams (r.people[1].meeting, streams, 1));
  room_run (&r, 1000);
  room_add_person (&r, "late", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 2));
  room_run (&r, 2000);
  CHECK_INT (room_member (&r, 2, 1).n_streams, 1);
  CHECK_INT (room_member (&r, 2, 1).streams[0].number, 3);
  CHECK_STR (room_member (&r, 2, 1).streams[0].label, "Slides");
  room_clear (&r);
}

/* ---- chat ---- */

static void
test_chat_reaches_members_and_nobody_else (void)
{
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  e2ee_meeting_leave (r.people[2].meeting);
  room_run (&r, 2000);
  for (int on = 0; on < 2; on++) {
    CHECK_OK (e2ee_meeting_chat (r.people[1].meeting, on ? "sealed" : "hello there"));
    room_run (&r, 200);
    CHECK_STR (r.people[0].chat, on ? "sealed" : "hello there");
    CHECK_STR (r.people[0].chat_from, "p1");
    CHECK_STR (r.people[2].chat, "");
    if (!on)
      turn (0, 1);
  }
  /* What the delivery service saw holds it nowhere. */
  for (size_t i = 0; i < r.n_messages; i++) {
    const e2ee_mls_buffer seen = r.messages[i].bytes;

    for (size_t k = 0; k + 11 <= seen.size; k++)
      CHECK (memcmp (seen.data + k, "hello there", 11) != 0);
  }
  room_clear (&r);
}

static void
test_chat_refuses_what_is_too_long_or_empty (void)
{
  const room_plan plan = { .n_people = 1 };
  char text[4002];

  room_init (&r, &plan);
  memset (text, 'a', sizeof (text));
  text[4001] = 0;
  CHECK_OK (room_open (&r.people[0], 0));
  CHECK_RESULT (e2ee_meeting_chat (r.people[0].meeting, "hello"), NOT_JOINED);
  CHECK_OK (e2ee_meeting_join (r.people[0].meeting));
  CHECK (room_run_until (&r, room_is_settled, 5000, NULL));
  CHECK_RESULT (e2ee_meeting_chat (r.people[0].meeting, text), TEXT);
  CHECK_RESULT (e2ee_meeting_chat (r.people[0].meeting, ""), TEXT);
  text[4000] = 0;
  CHECK_OK (e2ee_meeting_chat (r.people[0].meeting, text));
  room_clear (&r);
}

/* ---- codes and marks ---- */

static void
test_code_is_the_same_for_all_and_another_when_somebody_comes (void)
{
  const room_plan plan = { .n_people = 4 };
  char first[E2EE_CODE_SIZE], code[E2EE_CODE_SIZE];

  room_start (&r, &plan);
  e2ee_meeting_code (r.people[0].meeting, first);
  CHECK_INT (strlen (first), E2EE_CODE_SIZE - 1);
  for (int i = 1; i < 4; i++) {
    e2ee_meeting_code (r.people[i].meeting, code);
    CHECK_STR (code, first);
  }
  room_add_person (&r, "late", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 4));
  CHECK (room_run_until (&r, room_is_settled, 5000, NULL));
  e2ee_meeting_code (r.people[0].meeting, code);
  CHECK (strcmp (code, first) != 0);
  room_clear (&r);
}

static void
test_fingerprint_of_a_person_stays (void)
{
  const room_plan plan = { .n_people = 2 };
  char before[E2EE_CODE_SIZE], after[E2EE_CODE_SIZE];

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_member_code (r.people[0].meeting, room_leaf (&r, 1), before));
  turn (0, 1);
  room_crash (&r, 1);
  room_run (&r, 1000);
  CHECK_OK (room_restart (&r, 1));
  room_run (&r, 3000);
  CHECK_OK (e2ee_meeting_member_code (r.people[0].meeting, room_leaf (&r, 1), after));
  CHECK_STR (after, before);
  CHECK_OK (e2ee_meeting_member_code (r.people[1].meeting, room_leaf (&r, 1), after));
  CHECK_STR (after, before);
  room_clear (&r);
}

static void
test_verified_when_everybody_is_and_not_with_a_newcomer (void)
{
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  turn (0, 1);
  CHECK_OK (e2ee_meeting_set_verified (r.people[0].meeting, room_leaf (&r, 1), 1));
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_ON);
  CHECK_OK (e2ee_meeting_set_verified (r.people[0].meeting, room_leaf (&r, 2), 1));
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_VERIFIED);
  CHECK_INT (room_view (&r, 1).state, E2EE_STATE_ON);
  /* Coming again with the same device keeps the mark. */
  room_crash (&r, 2);
  CHECK_OK (room_restart (&r, 2));
  room_run (&r, 3000);
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_VERIFIED);
  room_add_person (&r, "late", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 3));
  room_run (&r, 3000);
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_ON);
  CHECK_OK (e2ee_meeting_set_verified (r.people[0].meeting, room_leaf (&r, 3), 1));
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_VERIFIED);
  CHECK_OK (e2ee_meeting_set_verified (r.people[0].meeting, room_leaf (&r, 1), 0));
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_ON);
  room_clear (&r);
}

static void
test_new_device_of_an_account_is_shown_and_takes_verified_back (void)
{
  const room_plan plan = { .n_people = 2 };

  room_start (&r, &plan);
  turn (0, 1);
  CHECK_OK (e2ee_meeting_set_verified (r.people[0].meeting, room_leaf (&r, 1), 1));
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_VERIFIED);
  CHECK_INT (r.people[0].n_events[E2EE_EVENT_NEW_DEVICE], 0);
  /* The same account on another device. */
  room_add_person (&r, "p1", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 2));
  room_run (&r, 3000);
  CHECK_INT (r.people[0].n_events[E2EE_EVENT_NEW_DEVICE], 1);
  CHECK_INT (room_member (&r, 0, 2).is_new_device, 1);
  CHECK_INT (room_member (&r, 0, 1).is_new_device, 0);
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_ON);
  CHECK (strstr (r.people[0].log, "\"kind\":\"new-device\"") != NULL);
  room_clear (&r);
}

/* ---- going ---- */

static void
test_leaver_is_out_at_once_and_on_the_list_until_the_commit (void)
{
  const room_plan plan = { .n_people = 3 };
  e2ee_media_view media;

  room_start (&r, &plan);
  e2ee_meeting_leave (r.people[2].meeting);
  CHECK_INT (room_view (&r, 2).phase, E2EE_PHASE_IDLE);
  CHECK_INT (room_view (&r, 2).mode, E2EE_MEDIA_CLOSED);
  e2ee_meeting_media (r.people[2].meeting, &media);
  CHECK_INT (media.n_epochs, 0);
  CHECK (room_member (&r, 0, 2).leaf != E2EE_NOBODY);
  room_run (&r, 20);
  CHECK (room_member (&r, 0, 2).leaf != E2EE_NOBODY);
  room_run (&r, 500);
  CHECK (room_member (&r, 0, 2).leaf == E2EE_NOBODY);
  CHECK_INT (r.people[0].last_left_result, E2EE_MEETING_OK);
  CHECK (room_is_settled (&r));
  room_clear (&r);
}

static void
test_host_leaves_and_is_taken_out_by_others (void)
{
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  turn (0, 1);
  e2ee_meeting_leave (r.people[0].meeting);
  room_run (&r, 2000);
  CHECK_INT (room_view (&r, 1).n_members, 2);
  CHECK_INT (room_view (&r, 1).state, E2EE_STATE_ON);
  CHECK_OK (e2ee_meeting_join (r.people[0].meeting));
  room_run (&r, 2000);
  CHECK_INT (room_view (&r, 0).is_host, 1);
  turn (0, 0);
  room_clear (&r);
}

/* A commit passes the good-bye by: it is said again. */
static void
test_good_bye_that_a_commit_passed_by_is_said_again (void)
{
  const room_plan plan = { .n_people = 3, .n_hosts = 2 };

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_rekey (r.people[0].meeting, NULL));
  e2ee_meeting_leave (r.people[1].meeting);
  room_run (&r, 3000);
  CHECK_INT (room_view (&r, 0).n_members, 2);
  CHECK_INT (r.people[2].last_left_result, E2EE_MEETING_OK);
  room_clear (&r);
}

static void
test_host_puts_somebody_out (void)
{
  const room_plan plan = { .n_people = 3 };

  room_start (&r, &plan);
  CHECK_OK (e2ee_meeting_remove (r.people[0].meeting, room_leaf (&r, 2), NULL));
  room_run (&r, 1000);
  CHECK_INT (r.people[0].last_done, E2EE_MEETING_OK);
  CHECK_INT (room_view (&r, 2).phase, E2EE_PHASE_IDLE);
  CHECK_INT (r.people[2].last_phase_result, E2EE_MEETING_ERR_REMOVED);
  CHECK_INT (room_view (&r, 1).n_members, 2);
  CHECK_INT (r.people[1].last_left_result, E2EE_MEETING_ERR_REMOVED);
  CHECK_RESULT (e2ee_meeting_remove (r.people[1].meeting, room_leaf (&r, 0), NULL), NOT_HOST);
  CHECK_RESULT (e2ee_meeting_remove (r.people[1].meeting, 77, NULL), UNKNOWN_MEMBER);
  room_clear (&r);
}

static void
test_meeting_of_the_largest_size_lets_nobody_in (void)
{
  const room_plan plan = { .n_people = 4 };

  room_init (&r, &plan);
  r.max_members = 3;
  for (int i = 0; i < 4; i++) {
    CHECK_OK (room_join (&r, i));
    room_run (&r, 3000);
  }
  CHECK_INT (room_view (&r, 0).n_members, 3);
  CHECK_INT (room_view (&r, 3).phase, E2EE_PHASE_JOINING);
  CHECK (r.people[0].refused[E2EE_MEETING_ERR_MEETING_FULL] > 0);
  /* A place becomes free. */
  e2ee_meeting_leave (r.people[2].meeting);
  room_run (&r, 20000);
  CHECK_INT (room_view (&r, 3).phase, E2EE_PHASE_MEMBER);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  room_clear (&r);
}

/* ---- evidence ---- */

static void
test_log_tells_joins_on_off_and_leaves_in_a_chain (void)
{
  const room_plan plan = { .n_people = 3 };
  e2ee_log log;
  uint64_t wrong = 0;

  room_start (&r, &plan);
  turn (0, 1);
  turn (0, 0);
  e2ee_meeting_leave (r.people[2].meeting);
  room_run (&r, 2000);
  CHECK_OK (e2ee_meeting_log (r.people[0].meeting, "gate", "{\"feature\":\"recording\"}"));
  CHECK_RESULT (e2ee_meeting_log (r.people[0].meeting, "gate", "[1]"), ARGUMENT);
  CHECK_OK (e2ee_log_verify (E2EE_BYTES (r.people[0].log, r.people[0].log_size - 1), &log,
          &wrong));
  CHECK (strstr (r.people[0].log, "\"kind\":\"founded\"") != NULL
      || strstr (r.people[0].log, "\"kind\":\"joined\"") != NULL);
  CHECK (strstr (r.people[0].log, "\"kind\":\"on\"") != NULL);
  CHECK (strstr (r.people[0].log, "\"kind\":\"off\"") != NULL);
  CHECK (strstr (r.people[0].log, "\"kind\":\"left\"") != NULL);
  CHECK (strstr (r.people[0].log, "\"kind\":\"code\"") != NULL);
  CHECK (strstr (r.people[0].log, "\"kind\":\"gate\"") != NULL);
  room_clear (&r);
}

static const check_case cases[] = {
  CHECK_CASE (test_any_account_joins),
  CHECK_CASE (test_only_a_paid_account_schedules),
  CHECK_CASE (test_guest_is_put_out_at_on_and_told_why),
  CHECK_CASE (test_guest_is_refused_while_on_and_told_why),
  CHECK_CASE (test_guest_who_signs_in_may_join_again),
  CHECK_CASE (test_guest_cannot_join_a_meeting_that_requires_encryption),
  CHECK_CASE (test_phone_and_sip_streams_close_at_on),
  CHECK_CASE (test_who_comes_later_hears_what_streams_there_are),
  CHECK_CASE (test_chat_reaches_members_and_nobody_else),
  CHECK_CASE (test_chat_refuses_what_is_too_long_or_empty),
  CHECK_CASE (test_code_is_the_same_for_all_and_another_when_somebody_comes),
  CHECK_CASE (test_fingerprint_of_a_person_stays),
  CHECK_CASE (test_verified_when_everybody_is_and_not_with_a_newcomer),
  CHECK_CASE (test_new_device_of_an_account_is_shown_and_takes_verified_back),
  CHECK_CASE (test_leaver_is_out_at_once_and_on_the_list_until_the_commit),
  CHECK_CASE (test_host_leaves_and_is_taken_out_by_others),
  CHECK_CASE (test_good_bye_that_a_commit_passed_by_is_said_again),
  CHECK_CASE (test_host_puts_somebody_out),
  CHECK_CASE (test_meeting_of_the_largest_size_lets_nobody_in),
  CHECK_CASE (test_log_tells_joins_on_off_and_leaves_in_a_chain),
};

ROOM_MAIN (cases)
