/* Keys of media: one for each epoch, the same for all, wiped when their time is over.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "room.h"

static room r;

static e2ee_media_view
media (int number)
{
  e2ee_media_view view;

  e2ee_meeting_media (r.people[number].meeting, &view);
  return view;
}

static void
start (int n, int on)
{
  const room_plan plan = { .n_people = n, .initially_on = on };

  room_start (&r, &plan);
  room_run (&r, 12000);
}

static void
test_keys_are_the_same_for_all_and_not_for_the_server (void)
{
  start (3, 1);
  for (int i = 0; i < 3; i++) {
    CHECK_INT (media (i).mode, E2EE_MEDIA_PROTECTED);
    CHECK_INT (media (i).suite, 0x0004);
    CHECK_INT (media (i).epochs[0].base_key.size, 16);
    CHECK_INT (media (i).sending, 0);
    CHECK_INT (media (i).tag, media (0).tag);
    CHECK (media (i).tag >= 0x8000);
    CHECK_INT (media (i).own_leaf, room_leaf (&r, i));
    CHECK_BYTES (media (i).epochs[0].base_key, media (0).epochs[0].base_key);
    for (size_t k = 0; k < r.n_messages; k++) {
      const e2ee_mls_buffer seen = r.messages[k].bytes;

      for (size_t at = 0; at + 16 <= seen.size; at++)
        CHECK (memcmp (seen.data + at, media (i).epochs[0].base_key.data, 16) != 0);
    }
  }
  room_clear (&r);
}

static void
test_old_key_stays_ten_seconds_and_is_wiped (void)
{
  start (2, 1);
  CHECK_INT (media (0).n_epochs, 1);
  CHECK_OK (e2ee_meeting_rekey (r.people[0].meeting, NULL));
  room_run (&r, 1000);
  CHECK_INT (media (0).n_epochs, 2);
  CHECK (media (0).epochs[0].until_ms == UINT64_MAX);
  CHECK (media (0).epochs[1].until_ms <= r.now_ms + 9100);
  room_run (&r, 8900);
  CHECK_INT (media (0).n_epochs, 2);
  room_run (&r, 200);
  CHECK_INT (media (0).n_epochs, 1);
  room_clear (&r);
}

static void
test_sender_goes_over_when_all_are_ready (void)
{
  start (3, 1);
  CHECK_OK (e2ee_meeting_rekey (r.people[0].meeting, NULL));
  room_run (&r, 20);
  CHECK_INT (media (0).n_epochs, 2);
  CHECK_INT (media (0).sending, 1);
  room_run (&r, 30);
  CHECK_INT (media (0).sending, 0);
  room_clear (&r);
}

static void
test_sender_goes_over_after_two_seconds_without_the_last (void)
{
  start (3, 1);
  r.people[2].is_muted = 1;
  CHECK_OK (e2ee_meeting_rekey (r.people[0].meeting, NULL));
  room_run (&r, 1900);
  CHECK_INT (media (0).sending, 1);
  room_run (&r, 200);
  CHECK_INT (media (0).sending, 0);
  room_clear (&r);
}

/* Whom somebody removed, he must not send a moment longer under a key that he has. */
static void
test_sender_goes_over_at_once_after_a_removal_and_at_on (void)
{
  start (3, 0);
  CHECK_INT (media (0).mode, E2EE_MEDIA_CLEAR);
  CHECK_INT (media (0).n_epochs, 1);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_run (&r, 20);
  CHECK_INT (media (0).n_epochs, 2);
  CHECK_INT (media (0).sending, 0);
  room_run (&r, 3000);
  CHECK_OK (e2ee_meeting_remove (r.people[0].meeting, room_leaf (&r, 2), NULL));
  room_run (&r, 20);
  CHECK_INT (media (0).sending, 0);
  CHECK_INT (media (1).sending, 0);
  room_clear (&r);
}

static void
test_new_keys_every_five_minutes (void)
{
  uint64_t before;

  start (3, 1);
  before = room_view (&r, 0).epoch;
  room_run (&r, 280000);
  CHECK_INT (room_view (&r, 0).epoch, before);
  room_run (&r, 20000);
  CHECK_INT (room_view (&r, 0).epoch, before + 1);
  room_run (&r, 900000);
  CHECK_INT (room_view (&r, 0).epoch, before + 4);
  CHECK (room_all_on (&r));
  room_clear (&r);
}

static void
test_new_keys_on_join_and_on_leave (void)
{
  e2ee_media_view before;
  uint8_t key[16];

  start (3, 1);
  before = media (0);
  memcpy (key, before.epochs[0].base_key.data, 16);
  room_add_person (&r, "late", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 3));
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  CHECK (memcmp (media (0).epochs[0].base_key.data, key, 16) != 0);
  /* He has no key of the time before him. */
  CHECK_INT (media (3).n_epochs, 1);
  memcpy (key, media (0).epochs[0].base_key.data, 16);
  e2ee_meeting_leave (r.people[3].meeting);
  CHECK_INT (media (3).n_epochs, 0);
  room_run (&r, 1000);
  CHECK (memcmp (media (0).epochs[0].base_key.data, key, 16) != 0);
  room_clear (&r);
}

static void
test_never_more_than_eight_epochs_and_no_key_id_twice (void)
{
  start (2, 1);
  for (int i = 0; i < 300; i++) {
    e2ee_media_view view;

    CHECK_OK (e2ee_meeting_rekey (r.people[i % 2].meeting, NULL));
    room_run (&r, 60);
    view = media (0);
    CHECK (view.n_epochs <= E2EE_MAX_MEDIA_EPOCHS);
    CHECK (view.sending >= 0);
    for (size_t a = 0; a < view.n_epochs; a++) {
      for (size_t b = 0; b < a; b++)
        CHECK ((view.epochs[a].epoch & 255) != (view.epochs[b].epoch & 255));
    }
  }
  CHECK (room_view (&r, 0).epoch >= 300);
  room_clear (&r);
}

static void
test_no_keys_before_joining_while_closed_and_after_leaving (void)
{
  const room_plan plan = { .n_people = 2 };

  room_init (&r, &plan);
  CHECK_OK (room_open (&r.people[0], 0));
  CHECK_INT (media (0).n_epochs, 0);
  CHECK_INT (media (0).sending, -1);
  CHECK_INT (media (0).mode, E2EE_MEDIA_CLOSED);
  CHECK_OK (e2ee_meeting_join (r.people[0].meeting));
  CHECK_OK (room_join (&r, 1));
  CHECK (room_run_until (&r, room_is_settled, 5000, NULL));
  CHECK_INT (media (0).n_epochs > 0, 1);
  r.people[1].is_withheld = 1;
  room_run (&r, 16000);
  CHECK_INT (media (1).mode, E2EE_MEDIA_CLOSED);
  CHECK_INT (media (1).n_epochs, 0);
  e2ee_meeting_leave (r.people[0].meeting);
  CHECK_INT (media (0).n_epochs, 0);
  CHECK_INT (media (0).sending, -1);
  room_clear (&r);
}

static void
test_member_who_comes_back_sends_in_a_new_epoch_only (void)
{
  uint64_t before;

  start (3, 1);
  before = room_view (&r, 2).epoch;
  room_crash (&r, 2);
  CHECK_OK (room_restart (&r, 2));
  CHECK_INT (media (2).sending, -1);
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  CHECK (room_view (&r, 2).epoch > before);
  CHECK_INT (media (2).n_epochs, 1);
  CHECK_INT (media (2).sending, 0);
  room_clear (&r);
}

static void
test_media_under_unknown_keys_makes_a_member_ask (void)
{
  start (2, 1);
  e2ee_meeting_suspect (r.people[1].meeting);
  room_run (&r, 1000);
  /* The other answers in this epoch, so it was nothing. */
  CHECK_INT (room_view (&r, 1).phase, E2EE_PHASE_MEMBER);
  room_run (&r, 60000);
  CHECK (room_all_on (&r));
  /* The other is further, and nothing is heard of him but media. */
  r.people[1].is_withheld = 1;
  CHECK_OK (e2ee_meeting_rekey (r.people[0].meeting, NULL));
  room_run (&r, 500);
  e2ee_meeting_suspect (r.people[1].meeting);
  room_run (&r, 2100);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_CLOSED);
  r.people[1].is_withheld = 0;
  CHECK (room_run_until (&r, room_all_on, 20000, NULL));
  room_clear (&r);
}

static const check_case cases[] = {
  CHECK_CASE (test_keys_are_the_same_for_all_and_not_for_the_server),
  CHECK_CASE (test_old_key_stays_ten_seconds_and_is_wiped),
  CHECK_CASE (test_sender_goes_over_when_all_are_ready),
  CHECK_CASE (test_sender_goes_over_after_two_seconds_without_the_last),
  CHECK_CASE (test_sender_goes_over_at_once_after_a_removal_and_at_on),
  CHECK_CASE (test_new_keys_every_five_minutes),
  CHECK_CASE (test_new_keys_on_join_and_on_leave),
  CHECK_CASE (test_never_more_than_eight_epochs_and_no_key_id_twice),
  CHECK_CASE (test_no_keys_before_joining_while_closed_and_after_leaving),
  CHECK_CASE (test_member_who_comes_back_sends_in_a_new_epoch_only),
  CHECK_CASE (test_media_under_unknown_keys_makes_a_member_ask),
};

ROOM_MAIN (cases)
