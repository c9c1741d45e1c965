/* A delivery service that lies: it drops, delays, reorders, replays, doubles, forks, withholds, and
 * makes up people.  Each attack is refused, or detected and shown, or harmless; nobody is ever shown
 * a wrong list of members, and nobody is clear after on.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <sodium.h>

#include "malice.h"

static room r;

static void
start (int n, int on)
{
  const room_plan plan = { .n_people = n };

  room_start (&r, &plan);
  CHECK_RETURN_IF_FAILED ();
  if (on) {
    CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
    CHECK (room_run_until (&r, room_all_on, 3000, NULL));
    room_run (&r, 500);
  }
}

static void
finish (void)
{
  room_check_never_clear (&r);
  room_clear (&r);
}

/* ---- what it makes up ---- */

static void
try_to_join (const malice_papers * papers, e2ee_meeting_result cause)
{
  e2ee_mls_joiner *joiner = malice_joiner (&r, &r.people[0], papers);
  const malice_before before = malice_look (&r);
  const e2ee_content content = { .kind = E2EE_CONTENT_JOIN,
    .body = e2ee_mls_joiner_key_package (joiner)
  };
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;

  CHECK_OK (e2ee_content_write (&content, &encoded));
  malice_send_raw (&r, e2ee_mls_buffer_view (encoded));
  malice_check_refused (&r, &before, -1, cause);
  e2ee_mls_buffer_clear (&encoded);
  e2ee_mls_joiner_free (joiner);
}

static void
test_server_invents_a_member_with_an_authority_of_its_own (void)
{
  e2ee_mls_buffer token = E2EE_MLS_NO_BUFFER;
  malice_papers papers;
  uint64_t now;

  start (3, 1);
  papers = malice_papers_of (&r.people[1]);
  now = papers.bound_at;
  CHECK_OK (e2ee_account_issue (r.people[1].device, "nobody", "Nobody", E2EE_TIER_PAID,
          e2ee_device_public_key (r.people[1].device), now, now + 3600, &token));
  papers.token = e2ee_mls_buffer_view (token);
  try_to_join (&papers, E2EE_MEETING_ERR_TOKEN_ISSUER);
  e2ee_mls_buffer_clear (&token);
  finish ();
}

/* A real account, and no link: its envelope is sealed with the secret of another meeting. */
static void
test_server_has_an_account_but_not_the_secret (void)
{
  uint8_t secret[E2EE_JOIN_SECRET_SIZE];
  malice_before before;
  size_t first;

  start (3, 1);
  room_add_person (&r, "outsider", E2EE_TIER_PAID);
  memcpy (secret, r.link.join_secret.data, sizeof (secret));
  r.link.join_secret.data[0] ^= 1;
  before = malice_look (&r);
  first = r.n_messages;
  CHECK_OK (room_join (&r, 3));
  memcpy (r.link.join_secret.data, secret, sizeof (secret));
  malice_check_refused (&r, &before, 3, E2EE_MEETING_ERR_ENVELOPE);
  CHECK (r.n_messages > first);
  room_run (&r, 5000);
  CHECK_INT (room_view (&r, 0).n_members, 3);
  finish ();
}

static void
test_server_shows_a_token_of_another_meeting (void)
{
  malice_papers papers;

  start (3, 1);
  room_add_person (&r, "elsewhere", E2EE_TIER_FREE);
  papers = malice_papers_of (&r.people[3]);
  papers.meeting_id = "room-2";
  try_to_join (&papers, E2EE_MEETING_ERR_BINDING_MEETING);
  finish ();
}

static void
test_server_shows_an_expired_token (void)
{
  e2ee_mls_buffer token = E2EE_MLS_NO_BUFFER;
  malice_papers papers;

  start (3, 1);
  room_add_person (&r, "former", E2EE_TIER_FREE);
  papers = malice_papers_of (&r.people[3]);
  CHECK_OK (e2ee_account_issue (r.authority, "former", "Former", E2EE_TIER_FREE,
          e2ee_device_public_key (r.people[3].device), papers.bound_at - 7200,
          papers.bound_at - 3600, &token));
  papers.token = e2ee_mls_buffer_view (token);
  try_to_join (&papers, E2EE_MEETING_ERR_TOKEN_EXPIRED);
  e2ee_mls_buffer_clear (&token);
  finish ();
}

/* Token of one device, binding of another. */
static void
test_server_shows_a_token_of_another_device (void)
{
  e2ee_mls_buffer forged = E2EE_MLS_NO_BUFFER, right = E2EE_MLS_NO_BUFFER;
  e2ee_mls_joiner *joiner;
  malice_before before;
  malice_papers papers;
  e2ee_content content = { .kind = E2EE_CONTENT_JOIN };
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;
  const uint8_t *tilde;
  uint8_t seed[32];
  size_t binding;

  start (3, 1);
  room_add_person (&r, "thief", E2EE_TIER_FREE);
  papers = malice_papers_of (&r.people[3]);
  malice_identity (&r, &papers, &right, seed);
  tilde = memchr (right.data, '~', right.size);
  CHECK (tilde != NULL);
  binding = right.size - (size_t) (tilde - right.data);
  forged.size = r.people[1].token.size + binding;
  forged.data = e2ee_mls_alloc (forged.size, 1);
  memcpy (forged.data, r.people[1].token.data, r.people[1].token.size);
  memcpy (forged.data + r.people[1].token.size, tilde, binding);
  joiner = malice_joiner_of (&r, &r.people[0], e2ee_mls_buffer_view (forged), seed);
  content.body = e2ee_mls_joiner_key_package (joiner);
  CHECK_OK (e2ee_content_write (&content, &encoded));
  before = malice_look (&r);
  malice_send_raw (&r, e2ee_mls_buffer_view (encoded));
  malice_check_refused (&r, &before, -1, E2EE_MEETING_ERR_TOKEN_DEVICE);
  e2ee_mls_buffer_clear (&encoded);
  e2ee_mls_buffer_clear (&forged);
  e2ee_mls_buffer_clear (&right);
  e2ee_mls_joiner_free (joiner);
  finish ();
}

/* The tier in the token is changed: up, to schedule; down, to have somebody put out. */
static void
test_server_claims_another_tier (void)
{
  static const char *const tiers[] = { "guest", "paid" };
  malice_papers papers;

  start (3, 1);
  room_add_person (&r, "frugal", E2EE_TIER_FREE);
  for (size_t i = 0; i < 2; i++) {
    e2ee_mls_buffer token = E2EE_MLS_NO_BUFFER;
    e2ee_jws jws;

    papers = malice_papers_of (&r.people[3]);
    CHECK_OK (e2ee_jws_parse (papers.token, "e2ee-account+jwt", &jws));
    json_object_set_new (jws.claims, "tier", json_string (tiers[i]));
    malice_resign (&papers, jws.claims, "e2ee-account+jwt", &token);
    papers.token = e2ee_mls_buffer_view (token);
    try_to_join (&papers, E2EE_MEETING_ERR_TOKEN_ISSUER);
    e2ee_jws_clear (&jws);
    e2ee_mls_buffer_clear (&token);
  }
  finish ();
}

static void
test_server_swaps_the_ticket (void)
{
  e2ee_mls_buffer text = E2EE_MLS_NO_BUFFER;
  e2ee_ticket other;
  e2ee_meeting_config config;
  e2ee_meeting *meeting = NULL;

  start (2, 0);
  other = r.ticket;
  other.e2ee = E2EE_FLOOR_FORBID;
  CHECK_OK (e2ee_ticket_issue (&other, r.people[0].device,
          e2ee_mls_buffer_view (r.people[0].token), room_unix_time (&r.people[0]), &text));
  config = room_config (&r.people[1]);
  config.ticket = e2ee_mls_buffer_view (text);
  CHECK_RESULT (e2ee_meeting_new (&config, &meeting), TICKET_HASH);
  e2ee_mls_buffer_clear (&text);
  finish ();
}

/* ---- what it does to messages ---- */

static void
test_every_changed_byte_and_every_cut_is_refused (void)
{
  malice_before before;
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;

  start (2, 0);
  CHECK (e2ee_mls_buffer_dup (e2ee_mls_buffer_view (r.messages[r.n_messages - 1].bytes),
          &message) == E2EE_MLS_OK);
  before = malice_look (&r);
  for (size_t i = 0; i < message.size; i++) {
    message.data[i] ^= 0x40;
    CHECK_RESULT (e2ee_meeting_receive (r.people[0].meeting, e2ee_mls_buffer_view (message)),
        ENVELOPE);
    message.data[i] ^= 0x40;
    CHECK_RESULT (e2ee_meeting_receive (r.people[0].meeting, E2EE_BYTES (message.data, i)),
        ENVELOPE);
  }
  malice_check_refused (&r, &before, 1, E2EE_MEETING_ERR_ENVELOPE);
  /* Told once a second, not five hundred times. */
  CHECK_INT (r.people[0].refused[E2EE_MEETING_ERR_ENVELOPE], 1);
  e2ee_mls_buffer_clear (&message);
  finish ();
}

static void
test_server_replays_everything_twice (void)
{
  malice_before before;
  size_t n;

  start (4, 1);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 0, NULL));
  CHECK (room_run_until (&r, room_all_off, 3000, NULL));
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK (room_run_until (&r, room_all_on, 3000, NULL));
  room_run (&r, 1000);
  before = malice_look (&r);
  n = r.n_messages;
  for (int round = 0; round < 2; round++) {
    for (int k = 0; k < 4; k++)
      memset (r.people[k].meeting->nonces, 0, sizeof (r.people[k].meeting->nonces));
    for (size_t i = 0; i < n; i++)
      room_inject (&r, ROOM_EVERYBODY, e2ee_mls_buffer_view (r.messages[i].bytes));
    room_run (&r, 10);
  }
  for (int k = 0; k < 4; k++) {
    CHECK_INT (room_view (&r, k).revision, 3);
    CHECK_INT (room_view (&r, k).on, 1);
    CHECK_INT (room_view (&r, k).mode, E2EE_MEDIA_PROTECTED);
  }
  room_run (&r, 30000);
  CHECK (room_all_on (&r));
  CHECK_INT (room_view (&r, 0).n_members, (int) before.views[0].n_members);
  finish ();
}

/* Everybody has left but the server's memory; a newcomer founds the meeting anew, off as the ticket
 * says.  Who remembers that it was turned on does not believe it. */
static void
test_old_off_of_a_meeting_that_starts_again_is_not_believed (void)
{
  start (3, 1);
  for (int i = 0; i < 3; i++)
    e2ee_meeting_leave (r.people[i].meeting);
  room_run (&r, 20000);
  room_add_person (&r, "newcomer", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 3));
  room_run (&r, 3000);
  CHECK_INT (room_view (&r, 3).state, E2EE_STATE_OFF);
  CHECK_OK (e2ee_meeting_join (r.people[1].meeting));
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  CHECK_INT (room_view (&r, 3).on, 1);
  CHECK_INT (room_view (&r, 3).revision, 1);
  CHECK_INT (room_view (&r, 1).n_members, 2);
  finish ();
}

/* The same across a restart: what was saved remembers. */
static void
test_old_off_is_not_believed_after_a_restart (void)
{
  start (3, 1);
  for (int i = 0; i < 3; i++)
    room_crash (&r, i);
  room_add_person (&r, "newcomer", E2EE_TIER_FREE);
  CHECK_OK (room_join (&r, 3));
  room_run (&r, 3000);
  CHECK_INT (room_view (&r, 3).state, E2EE_STATE_OFF);
  CHECK_OK (room_restart (&r, 1));
  CHECK (room_run_until (&r, room_all_on, 5000, NULL));
  CHECK_INT (room_view (&r, 3).revision, 1);
  finish ();
}

static void
test_server_delays_and_reorders (void)
{
  start (5, 0);
  r.reorder_percent = 60;
  r.reorder_ms = 400;
  for (int round = 0; round < 4; round++) {
    CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, round % 2 == 0, NULL));
    room_run (&r, 16000);
  }
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_run (&r, 5000);
  r.reorder_percent = 0;
  CHECK (room_run_until (&r, room_all_on, 60000, NULL));
  finish ();
}

static void
test_server_drops_a_third (void)
{
  uint64_t took = 0;

  start (5, 0);
  r.drop_percent = 33;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_run (&r, 30000);
  r.drop_percent = 0;
  CHECK (room_run_until (&r, room_all_on, 60000, &took));
  printf ("# together %d ms after a third was no longer dropped\n", (int) took);
  finish ();
}

static void
test_server_doubles_everything (void)
{
  start (5, 0);
  r.double_percent = 100;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK (room_run_until (&r, room_all_on, 3000, NULL));
  CHECK_OK (e2ee_meeting_chat (r.people[0].meeting, "once"));
  room_run (&r, 2000);
  CHECK_INT (r.people[1].n_events[E2EE_EVENT_CHAT], 1);
  CHECK (room_all_on (&r));
  finish ();
}

/* ---- what it withholds ---- */

static int
withhold_commits_from_2 (room * all, int from, int to, e2ee_bytes message)
{
  e2ee_mls_buffer opened = E2EE_MLS_NO_BUFFER;
  int is_commit = 0;

  if (to != 2)
    return 1;
  /* It cannot read them; it can guess by their size, and here it guesses right. */
  if (e2ee_envelope_open (E2EE_BYTES (all->people[0].meeting->keys.data, 32),
          all->ticket.meeting_id, message, &opened) == E2EE_MEETING_OK) {
    is_commit = opened.size > 8 && opened.data[0] == E2EE_CONTENT_MLS && opened.size > 600;
    e2ee_mls_buffer_clear (&opened);
  }
  return !is_commit;
}

static void
test_server_withholds_commits_from_one_who_closes_and_heals (void)
{
  uint64_t start_ms, closed = 0, took = 0;

  start (4, 0);
  r.filter = withhold_commits_from_2;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  start_ms = r.now_ms;
  while (closed == 0 && r.now_ms < start_ms + 30000) {
    room_run (&r, 10);
    if (room_view (&r, 2).mode != E2EE_MEDIA_CLEAR)
      closed = r.now_ms - start_ms;
  }
  CHECK (closed > 0);
  CHECK (closed <= 2200);
  CHECK_INT (room_view (&r, 2).state, E2EE_STATE_UNKNOWN);
  CHECK_INT (room_view (&r, 2).reason, E2EE_MEETING_ERR_BEHIND);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_PROTECTED);
  r.filter = NULL;
  CHECK (room_run_until (&r, room_all_on, 60000, &took));
  printf ("# closed %d ms after the commit that was withheld, healed %d ms after the last one\n",
      (int) closed, (int) took);
  finish ();
}

static void
test_server_withholds_everything_from_one_who_closes (void)
{
  uint64_t start_ms, closed = 0;

  start (3, 0);
  r.people[2].is_withheld = 1;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  start_ms = r.now_ms;
  while (closed == 0 && r.now_ms < start_ms + 60000) {
    room_run (&r, 10);
    if (room_view (&r, 2).mode != E2EE_MEDIA_CLEAR)
      closed = r.now_ms - start_ms;
  }
  CHECK (closed > 0 && closed <= 15100);
  CHECK_INT (room_view (&r, 2).reason, E2EE_MEETING_ERR_SILENT);
  printf ("# closed %d ms after the last that was heard\n", (int) closed);
  r.people[2].is_withheld = 0;
  CHECK (room_run_until (&r, room_all_on, 120000, NULL));
  finish ();
}

static void
test_server_forks_the_meeting_and_codes_differ (void)
{
  char one[E2EE_CODE_SIZE], other[E2EE_CODE_SIZE];
  uint64_t took = 0;

  start (6, 0);
  for (int i = 3; i < 6; i++)
    r.people[i].side = 1;
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  CHECK_OK (e2ee_meeting_rekey (r.people[4].meeting, NULL));
  room_run (&r, 8000);
  CHECK_INT (room_view (&r, 0).on, 1);
  CHECK_INT (room_view (&r, 4).on, 0);
  e2ee_meeting_code (r.people[0].meeting, one);
  e2ee_meeting_code (r.people[4].meeting, other);
  CHECK (strcmp (one, other) != 0);
  for (int i = 3; i < 6; i++)
    r.people[i].side = 0;
  CHECK (room_run_until (&r, room_all_on, 120000, &took));
  CHECK_INT (room_view (&r, 5).n_members, 6);
  printf ("# two halves of six were one meeting, on, after %d ms\n", (int) took);
  finish ();
}

/* Each half sees the whole of the other's messages from some moment on, and nothing lets it believe
 * the one with the lower revision. */
static void
test_fork_in_which_both_halves_go_on_heals (void)
{
  uint64_t took = 0;

  start (6, 1);
  for (int i = 3; i < 6; i++)
    r.people[i].side = 1;
  room_run (&r, 70000);
  CHECK_INT (room_view (&r, 1).n_members, 3);
  CHECK_INT (room_view (&r, 3).n_members, 4);   /* a host is not taken out */
  for (int i = 3; i < 6; i++)
    r.people[i].side = 0;
  CHECK (room_run_until (&r, room_all_on, 120000, &took));
  CHECK_INT (room_view (&r, 5).n_members, 6);
  printf ("# healed %d ms after the fork of a minute\n", (int) took);
  finish ();
}

/* ---- what it keeps for later ---- */

static void
test_server_shows_an_old_found_and_an_old_welcome (void)
{
  size_t n;

  start (3, 1);
  n = r.n_messages;
  for (int i = 0; i < 3; i++)
    room_crash (&r, i);
  room_run (&r, 1000 * (2 * E2EE_CLOCK_SKEW + 1));
  room_make_token (&r.people[1]);
  CHECK_OK (room_join (&r, 1));
  /* All of the old meeting at once, its `found` and Welcomes included. */
  for (size_t i = 0; i < n; i++)
    room_inject (&r, 1, e2ee_mls_buffer_view (r.messages[i].bytes));
  room_run (&r, 100);
  CHECK_INT (room_view (&r, 1).phase, E2EE_PHASE_JOINING);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_CLOSED);
  CHECK (r.people[1].refused[E2EE_MEETING_ERR_BINDING_STALE] > 0);
  room_run (&r, 20000);
  /* Nobody answered: he is in a meeting of his own, and the list says so. */
  CHECK_INT (room_view (&r, 1).phase, E2EE_PHASE_MEMBER);
  CHECK_INT (room_view (&r, 1).n_members, 1);
  finish ();
}

static void
test_server_floods_with_joins (void)
{
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;

  start (2, 0);
  /* No commit gets through, so they pile up. */
  r.people[0].is_muted = r.people[1].is_muted = 1;
  for (int i = 0; i < 300; i++) {
    char subject[16];
    room_person *p;
    malice_papers papers;
    e2ee_mls_joiner *joiner;
    e2ee_content content = { .kind = E2EE_CONTENT_JOIN };

    snprintf (subject, sizeof (subject), "flood-%d", i);
    p = room_add_person (&r, subject, E2EE_TIER_FREE);
    papers = malice_papers_of (p);
    joiner = malice_joiner (&r, &r.people[0], &papers);
    content.body = e2ee_mls_joiner_key_package (joiner);
    CHECK_OK (e2ee_content_write (&content, &encoded));
    malice_send_raw (&r, e2ee_mls_buffer_view (encoded));
    e2ee_mls_buffer_clear (&encoded);
    e2ee_mls_joiner_free (joiner);
    e2ee_device_unref (p->device);
    e2ee_mls_buffer_clear (&p->token);
    free (p->inbox);
    memset (p, 0, sizeof (*p));
    r.n_people--;
    room_run (&r, 10);
    CHECK (r.people[0].meeting->applicants.n <= E2EE_MAX_PENDING_JOINS);
  }
  CHECK (r.people[0].refused[E2EE_MEETING_ERR_MEETING_FULL] > 0);
  CHECK_INT (room_view (&r, 0).n_members, 2);
  /* They are forgotten, and the meeting goes on. */
  room_run (&r, 20000);
  r.people[0].is_muted = r.people[1].is_muted = 0;
  room_run (&r, 20000);
  CHECK_OK (e2ee_meeting_set_e2ee (r.people[0].meeting, 1, NULL));
  room_run (&r, 30000);
  CHECK_INT (room_view (&r, 1).mode, E2EE_MEDIA_PROTECTED);
  finish ();
}

static void
test_message_that_is_too_large_is_refused (void)
{
  e2ee_mls_buffer large = { NULL, E2EE_ENVELOPE_MAX_SIZE + 1 };

  start (1, 0);
  large.data = e2ee_mls_alloc (large.size, 1);
  large.data[0] = 1;
  CHECK_RESULT (e2ee_meeting_receive (r.people[0].meeting, e2ee_mls_buffer_view (large)),
      ENVELOPE);
  e2ee_mls_buffer_clear (&large);
  finish ();
}

/* Somebody who was in the meeting once has the link, and makes up versions of it from outside. */
static void
test_former_participant_makes_up_a_larger_version (void)
{
  start (4, 1);
  e2ee_meeting_leave (r.people[3].meeting);
  room_run (&r, 2000);
  for (int i = 0; i < 8; i++) {
    e2ee_version boast = r.people[0].meeting->version;

    boast.rank += 10;
    boast.branch[0] ^= (uint8_t) i;
    malice_boast (&r, &r.people[0], &boast);
    room_run (&r, 1000);
    for (int k = 0; k < 3; k++) {
      CHECK_INT (room_view (&r, k).phase, E2EE_PHASE_MEMBER);
      CHECK_INT (room_view (&r, k).mode, E2EE_MEDIA_PROTECTED);
    }
  }
  CHECK_INT (room_view (&r, 1).state, E2EE_STATE_DEGRADED);
  room_run (&r, 60000);
  CHECK (room_all_on (&r));
  CHECK_INT (room_view (&r, 0).n_members, 3);
  finish ();
}

static void
test_lone_member_is_closed_while_a_larger_version_is_made_up_and_comes_back (void)
{
  e2ee_version boast;

  start (1, 1);
  boast = r.people[0].meeting->version;
  boast.epoch += 5;
  boast.branch[0] ^= 1;
  malice_boast (&r, &r.people[0], &boast);
  room_run (&r, 1000);
  CHECK_INT (room_view (&r, 0).phase, E2EE_PHASE_REJOINING);
  CHECK_INT (room_view (&r, 0).mode, E2EE_MEDIA_CLOSED);
  room_run (&r, 60000);
  CHECK_INT (room_view (&r, 0).phase, E2EE_PHASE_MEMBER);
  CHECK_INT (room_view (&r, 0).state, E2EE_STATE_ON);
  finish ();
}

static const check_case cases[] = {
  CHECK_CASE (test_server_invents_a_member_with_an_authority_of_its_own),
  CHECK_CASE (test_server_has_an_account_but_not_the_secret),
  CHECK_CASE (test_server_shows_a_token_of_another_meeting),
  CHECK_CASE (test_server_shows_an_expired_token),
  CHECK_CASE (test_server_shows_a_token_of_another_device),
  CHECK_CASE (test_server_claims_another_tier),
  CHECK_CASE (test_server_swaps_the_ticket),
  CHECK_CASE (test_every_changed_byte_and_every_cut_is_refused),
  CHECK_CASE (test_server_replays_everything_twice),
  CHECK_CASE (test_old_off_of_a_meeting_that_starts_again_is_not_believed),
  CHECK_CASE (test_old_off_is_not_believed_after_a_restart),
  CHECK_CASE (test_server_delays_and_reorders),
  CHECK_CASE (test_server_drops_a_third),
  CHECK_CASE (test_server_doubles_everything),
  CHECK_CASE (test_server_withholds_commits_from_one_who_closes_and_heals),
  CHECK_CASE (test_server_withholds_everything_from_one_who_closes),
  CHECK_CASE (test_server_forks_the_meeting_and_codes_differ),
  CHECK_CASE (test_fork_in_which_both_halves_go_on_heals),
  CHECK_CASE (test_server_shows_an_old_found_and_an_old_welcome),
  CHECK_CASE (test_server_floods_with_joins),
  CHECK_CASE (test_message_that_is_too_large_is_refused),
  CHECK_CASE (test_former_participant_makes_up_a_larger_version),
  CHECK_CASE (test_lone_member_is_closed_while_a_larger_version_is_made_up_and_comes_back),
};

ROOM_MAIN (cases)
