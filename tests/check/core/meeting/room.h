/* A meeting in a room: participants with accounts, and a delivery service that does what a test tells
 * it.  Time is the test's, randomness follows a seed: a history can be run again.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MEETING_ROOM_H
#define E2EE_TESTS_MEETING_ROOM_H

#include <stdlib.h>

#include "../check.h"

#include "core/meeting/state/state.h"

#define ROOM_MAX 64
#define ROOM_EVERYBODY (-1)
#define ROOM_SERVER (-2)

#define CHECK_OK(call) CHECK_STR (e2ee_meeting_result_code (call), "ok")
#define CHECK_RESULT(call, expected) \
  CHECK_STR (e2ee_meeting_result_code (call), \
      e2ee_meeting_result_code (E2EE_MEETING_ERR_##expected))

/* A mistake in the test itself. */
#define ROOM_MUST(condition) do { \
    if (!(condition)) { \
      printf ("Bail out! %s\n", #condition); \
      abort (); \
    } \
  } while (0)

/* Above 0 while the kit itself works: a test that takes memory away spares it. */
static int room_kit_depth;

typedef struct
{
  e2ee_mls_buffer bytes;
  int from;
  uint64_t sent_ms;
} room_message;

typedef struct
{
  size_t message;
  uint64_t at_ms;
  uint64_t order;
} room_delivery;

struct room;

typedef struct
{
  struct room *room;
  int number;
  char subject[32];
  e2ee_tier tier;
  e2ee_device *device;
  e2ee_mls_buffer token;
  e2ee_floor floor;
  e2ee_meeting_host host;
  e2ee_meeting *meeting;        /* NULL: not running */
  e2ee_mls_buffer saved;
  room_delivery *inbox;
  size_t n_inbox, inbox_size;
  /* what the delivery service does to him */
  int side;                     /* hears only those of the same side */
  int is_withheld;              /* gets nothing, and it is lost */
  int is_muted;                 /* what he sends is lost */
  uint64_t delay_ms;            /* in addition */
  /* what he has been told */
  unsigned n_events[E2EE_EVENT_LOG + 1];
  unsigned refused[E2EE_MEETING_N_RESULTS];
  e2ee_meeting_result last_refused;
  e2ee_meeting_result last_phase_result;
  e2ee_meeting_result last_left_result;
  e2ee_meeting_result last_done;
  uint64_t last_done_request;
  char chat[256];
  char chat_from[E2EE_MAX_SUBJECT + 1];
  char *log;
  size_t log_size;
  uint64_t member_ms;           /* when he became a member last */
  uint64_t on_ms;               /* when his state was ON or VERIFIED first since reset */
  uint64_t protected_ms;
  unsigned n_clear_after_on;    /* invariant: 0 */
  unsigned n_saves;
  unsigned crash_after;         /* his process dies at the n-th save or send from now; 0: never */
  int is_dead;
} room_person;

typedef struct room
{
  uint64_t now_ms;
  uint64_t unix_start;
  uint64_t seed;
  e2ee_env env;
  e2ee_device *authority;
  e2ee_authorities authorities;
  e2ee_ticket ticket;
  e2ee_mls_buffer ticket_text;
  e2ee_link link;
  e2ee_meeting_timing timing;
  uint32_t max_members;
  room_person people[ROOM_MAX];
  int n_people;
  room_message *messages;
  size_t n_messages, messages_size;
  uint64_t order;
  uint64_t delay_ms;
  unsigned drop_percent, double_percent, reorder_percent;
  uint64_t reorder_ms;
  /* 0: not delivered to @to; may change the bytes by injecting others. */
  int (*filter) (struct room * room, int from, int to, e2ee_bytes message);
  void *filter_data;
} room;

/* ---- chance and time ---- */

static inline uint64_t
room_next (room * r)
{
  r->seed ^= r->seed << 13;
  r->seed ^= r->seed >> 7;
  r->seed ^= r->seed << 17;
  return r->seed * UINT64_C (2685821657736338717);
}

static inline unsigned
room_below (room * r, unsigned limit)
{
  return (unsigned) ((room_next (r) >> 33) % limit);
}

static inline void
room_random (void *user, uint8_t * out, size_t size)
{
  for (size_t i = 0; i < size; i++)
    out[i] = (uint8_t) (room_next (user) >> 40);
}

static inline uint64_t
room_now (void *user)
{
  return ((room *) user)->now_ms;
}

static inline uint64_t
room_unix_time (void *user)
{
  const room_person *p = user;

  return p->room->unix_start + p->room->now_ms / 1000;
}

/* ---- delivery ---- */

static inline void
room_deliver_at (room_person * p, size_t message, uint64_t at_ms)
{
  size_t i;

  if (p->n_inbox == p->inbox_size) {
    p->inbox_size = p->inbox_size * 2 + 64;
    p->inbox = realloc (p->inbox, p->inbox_size * sizeof (*p->inbox));
    ROOM_MUST (p->inbox != NULL);
  }
  for (i = p->n_inbox; i > 0 && p->inbox[i - 1].at_ms > at_ms; i--)
    p->inbox[i] = p->inbox[i - 1];
  p->inbox[i] = (room_delivery) { message, at_ms, p->room->order++ };
  p->n_inbox++;
}

static inline size_t
room_keep (room * r, int from, e2ee_bytes bytes)
{
  room_message *message;

  if (r->n_messages == r->messages_size) {
    r->messages_size = r->messages_size * 2 + 256;
    r->messages = realloc (r->messages, r->messages_size * sizeof (*r->messages));
    ROOM_MUST (r->messages != NULL);
  }
  message = &r->messages[r->n_messages];
  message->bytes = E2EE_MLS_NO_BUFFER;
  ROOM_MUST (e2ee_mls_buffer_dup (bytes, &message->bytes) == E2EE_MLS_OK);
  message->from = from;
  message->sent_ms = r->now_ms;
  return r->n_messages++;
}

/* From the server to one or all, at once. */
static inline void
room_inject (room * r, int to, e2ee_bytes bytes)
{
  const size_t message = room_keep (r, ROOM_SERVER, bytes);

  for (int i = 0; i < r->n_people; i++) {
    if (to == ROOM_EVERYBODY || to == i)
      room_deliver_at (&r->people[i], message, r->now_ms);
  }
}

static inline void
room_broadcast (room * r, int from, e2ee_bytes bytes)
{
  const size_t message = room_keep (r, from, bytes);
  const room_person *sender = &r->people[from];

  if (sender->is_muted)
    return;
  for (int i = 0; i < r->n_people; i++) {
    room_person *p = &r->people[i];
    uint64_t at = r->now_ms + r->delay_ms + p->delay_ms;

    if (p->meeting == NULL || p->is_withheld || p->side != sender->side)
      continue;
    if (r->filter != NULL && !r->filter (r, from, i, bytes))
      continue;
    if (r->drop_percent > 0 && room_below (r, 100) < r->drop_percent)
      continue;
    if (r->reorder_percent > 0 && room_below (r, 100) < r->reorder_percent)
      at += room_below (r, (unsigned) r->reorder_ms + 1);
    room_deliver_at (p, message, at);
    if (r->double_percent > 0 && room_below (r, 100) < r->double_percent)
      room_deliver_at (p, message, at + room_below (r, 500));
  }
}

/* ---- a participant's surroundings ---- */

static inline int
room_survives (room_person * p)
{
  if (p->is_dead)
    return 0;
  if (p->crash_after > 0 && --p->crash_after == 0)
    p->is_dead = 1;
  return 1;
}

static inline void
room_send (void *user, e2ee_bytes message)
{
  room_person *p = user;

  room_kit_depth++;
  if (room_survives (p))
    room_broadcast (p->room, p->number, message);
  room_kit_depth--;
}

static inline void
room_save (void *user, e2ee_bytes sealed)
{
  room_person *p = user;

  if (!room_survives (p))
    return;
  room_kit_depth++;
  p->n_saves++;
  e2ee_mls_buffer_clear (&p->saved);
  ROOM_MUST (e2ee_mls_buffer_dup (sealed, &p->saved) == E2EE_MLS_OK);
  room_kit_depth--;
}

static inline void
room_note_log (room_person * p, e2ee_bytes line)
{
  p->log = realloc (p->log, p->log_size + line.size + 2);
  ROOM_MUST (p->log != NULL);
  memcpy (p->log + p->log_size, line.data, line.size);
  p->log_size += line.size;
  p->log[p->log_size++] = '\n';
  p->log[p->log_size] = 0;
}

static inline void
room_event (void *user, const e2ee_meeting_event * event)
{
  room_person *p = user;

  p->n_events[event->type]++;
  switch (event->type) {
    case E2EE_EVENT_PHASE:
      p->last_phase_result = event->result;
      if (event->phase == E2EE_PHASE_MEMBER)
        p->member_ms = p->room->now_ms;
      break;
    case E2EE_EVENT_MEMBER_LEFT:
      p->last_left_result = event->result;
      break;
    case E2EE_EVENT_REFUSED:
      p->last_refused = event->result;
      p->refused[event->result]++;
      break;
    case E2EE_EVENT_REQUEST_DONE:
      p->last_done = event->result;
      p->last_done_request = event->request;
      break;
    case E2EE_EVENT_CHAT:
      snprintf (p->chat, sizeof (p->chat), "%.*s", (int) event->text.size,
          (const char *) event->text.data);
      snprintf (p->chat_from, sizeof (p->chat_from), "%s", event->account->subject);
      break;
    case E2EE_EVENT_LOG:
      room_note_log (p, event->text);
      break;
    default:
      break;
  }
}

/* ---- making a room ---- */

/* A meeting at the given policy; its hosts are the first @n_hosts people, who are paid. */
typedef struct
{
  const char *meeting_id;
  int n_people;
  int n_hosts;
  e2ee_floor e2ee;
  int initially_on;
  uint64_t seed;
} room_plan;

static inline e2ee_device *
room_make_device (room * r)
{
  e2ee_device *device;

  ROOM_MUST (e2ee_device_generate (&r->env, &device) == E2EE_MEETING_OK);
  return device;
}

static inline void
room_make_token (room_person * p)
{
  const uint64_t now = room_unix_time (p);
  char name[40];

  snprintf (name, sizeof (name), "Person %s", p->subject);
  e2ee_mls_buffer_clear (&p->token);
  ROOM_MUST (e2ee_account_issue (p->room->authority, p->subject, name, p->tier,
          e2ee_device_public_key (p->device), now, now + 12 * 3600, &p->token)
      == E2EE_MEETING_OK);
}

static inline room_person *
room_add_person (room * r, const char *subject, e2ee_tier tier)
{
  room_person *p = &r->people[r->n_people];

  ROOM_MUST (r->n_people < ROOM_MAX);
  p->room = r;
  p->number = r->n_people++;
  snprintf (p->subject, sizeof (p->subject), "%s", subject);
  p->tier = tier;
  p->device = room_make_device (r);
  p->host = (e2ee_meeting_host) {
    .env = &r->env, .unix_time = room_unix_time, .send = room_send, .event = room_event,
    .save = room_save, .user = p,
  };
  room_make_token (p);
  return p;
}

static inline void
room_init (room * r, const room_plan * plan)
{
  const int n_hosts = plan->n_hosts > 0 ? plan->n_hosts : 1;

  memset (r, 0, sizeof (*r));
  r->now_ms = 1000000;
  r->unix_start = 1700000000;
  r->seed = plan->seed != 0 ? plan->seed : UINT64_C (0x9E3779B97F4A7C15);
  r->env = (e2ee_env) { room_random, room_now, r };
  r->delay_ms = 20;
  r->authority = room_make_device (r);
  r->authorities.keys[0] = *e2ee_device_public_key (r->authority);
  r->authorities.n_keys = 1;
  for (int i = 0; i < plan->n_people; i++) {
    char subject[16];

    snprintf (subject, sizeof (subject), "p%d", i);
    room_add_person (r, subject, i < n_hosts ? E2EE_TIER_PAID : E2EE_TIER_FREE);
  }
  snprintf (r->ticket.meeting_id, sizeof (r->ticket.meeting_id), "%s",
      plan->meeting_id != NULL ? plan->meeting_id : "room-1");
  for (int i = 0; i < n_hosts; i++) {
    e2ee_host *host = &r->ticket.hosts[r->ticket.n_hosts++];

    snprintf (host->subject, sizeof (host->subject), "%.31s", r->people[i].subject);
    e2ee_public_key_thumbprint (e2ee_device_public_key (r->people[i].device), &host->device);
  }
  r->ticket.e2ee = plan->e2ee;
  r->ticket.initially_on = plan->initially_on;
  r->ticket.features = E2EE_FEATURES_DEFAULT;
  r->ticket.not_before = r->unix_start;
  r->ticket.not_after = r->unix_start + 86400;
  ROOM_MUST (e2ee_ticket_issue (&r->ticket, r->people[0].device,
          e2ee_mls_buffer_view (r->people[0].token), r->unix_start + 1000, &r->ticket_text)
      == E2EE_MEETING_OK);
  ROOM_MUST (e2ee_ticket_verify (e2ee_mls_buffer_view (r->ticket_text), &r->authorities,
          &r->ticket) == E2EE_MEETING_OK);
  snprintf (r->link.meeting_id, sizeof (r->link.meeting_id), "%s", r->ticket.meeting_id);
  memcpy (r->link.ticket_hash, r->ticket.hash, sizeof (r->link.ticket_hash));
  ROOM_MUST (e2ee_mls_secret_init (&r->link.join_secret, E2EE_JOIN_SECRET_SIZE) == E2EE_MLS_OK);
  room_random (r, r->link.join_secret.data, E2EE_JOIN_SECRET_SIZE);
}

static inline void
room_clear (room * r)
{
  for (int i = 0; i < r->n_people; i++) {
    room_person *p = &r->people[i];

    e2ee_meeting_free (p->meeting);
    e2ee_device_unref (p->device);
    e2ee_mls_buffer_clear (&p->token);
    e2ee_mls_buffer_clear (&p->saved);
    free (p->inbox);
    free (p->log);
  }
  for (size_t i = 0; i < r->n_messages; i++)
    e2ee_mls_buffer_clear (&r->messages[i].bytes);
  free (r->messages);
  e2ee_mls_buffer_clear (&r->ticket_text);
  e2ee_link_clear (&r->link);
  e2ee_device_unref (r->authority);
  memset (r, 0, sizeof (*r));
}

/* ---- coming and going ---- */

static const uint8_t room_store_key[32] = { 7 };

static inline e2ee_meeting_config
room_config (room_person * p)
{
  return (e2ee_meeting_config) {
    .host = &p->host,
    .device = p->device,
    .account_token = e2ee_mls_buffer_view (p->token),
    .authorities = &p->room->authorities,
    .ticket = e2ee_mls_buffer_view (p->room->ticket_text),
    .link = &p->room->link,
    .floor = p->floor,
    .max_members = p->room->max_members,
    .store_key = E2EE_BYTES (room_store_key, sizeof (room_store_key)),
    .timing = p->room->timing,
  };
}

/* Starts his program: from nothing, or from what was saved. */
static inline e2ee_meeting_result
room_open (room_person * p, int restore)
{
  const e2ee_meeting_config config = room_config (p);

  p->is_dead = 0;
  return restore && p->saved.size > 0
      ? e2ee_meeting_restore (&config, e2ee_mls_buffer_view (p->saved), &p->meeting)
      : e2ee_meeting_new (&config, &p->meeting);
}

static inline e2ee_meeting_result
room_join (room * r, int number)
{
  room_person *p = &r->people[number];
  e2ee_meeting_result result = E2EE_MEETING_OK;

  if (p->meeting == NULL)
    result = room_open (p, 0);
  return result == E2EE_MEETING_OK ? e2ee_meeting_join (p->meeting) : result;
}

/* His program ends without a word; what was under way to him is lost. */
static inline void
room_crash (room * r, int number)
{
  room_person *p = &r->people[number];

  p->is_dead = 1;
  e2ee_meeting_free (p->meeting);
  p->meeting = NULL;
  p->n_inbox = 0;
  p->crash_after = 0;
}

static inline e2ee_meeting_result
room_restart (room * r, int number)
{
  room_person *p = &r->people[number];
  e2ee_meeting_result result = room_open (p, 1);

  return result == E2EE_MEETING_OK ? e2ee_meeting_join (p->meeting) : result;
}

/* ---- looking ---- */

static inline e2ee_meeting_view
room_view (const room * r, int number)
{
  e2ee_meeting_view view;

  memset (&view, 0, sizeof (view));
  if (r->people[number].meeting != NULL)
    e2ee_meeting_look (r->people[number].meeting, &view);
  return view;
}

static inline uint32_t
room_leaf (const room * r, int number)
{
  return room_view (r, number).own_leaf;
}

/* How @number sees @of; leaf is NOBODY when he does not. */
static inline e2ee_member
room_member (const room * r, int number, int of)
{
  e2ee_thumbprint thumbprint;
  e2ee_member member;

  e2ee_public_key_thumbprint (e2ee_device_public_key (r->people[of].device), &thumbprint);
  for (uint32_t from = 0; r->people[number].meeting != NULL
      && e2ee_meeting_next_member (r->people[number].meeting, from, &member);
      from = member.leaf + 1) {
    if (e2ee_thumbprint_equal (&member.account.thumbprint, &thumbprint))
      return member;
  }
  memset (&member, 0, sizeof (member));
  member.leaf = E2EE_NOBODY;
  return member;
}

/* What must hold after every step of everybody. */
static inline void
room_watch (room_person * p)
{
  e2ee_meeting_view view;
  e2ee_media_view media;

  if (p->meeting == NULL)
    return;
  e2ee_meeting_look (p->meeting, &view);
  e2ee_meeting_media (p->meeting, &media);
  if (view.mode == E2EE_MEDIA_CLEAR && (view.on || view.state != E2EE_STATE_OFF
          || p->meeting->newest.statement.on))
    p->n_clear_after_on++;
  if ((view.state == E2EE_STATE_ON || view.state == E2EE_STATE_VERIFIED) && p->on_ms == 0)
    p->on_ms = p->room->now_ms;
  if (view.mode == E2EE_MEDIA_PROTECTED && p->protected_ms == 0)
    p->protected_ms = p->room->now_ms;
  if (view.mode != media.mode || (media.mode == E2EE_MEDIA_CLOSED && media.n_epochs > 0))
    p->n_clear_after_on++;
}

/* ---- running ---- */

static inline void
room_step_person (room_person * p)
{
  room *r = p->room;

  while (p->meeting != NULL && !p->is_dead && p->n_inbox > 0 && p->inbox[0].at_ms <= r->now_ms) {
    const size_t message = p->inbox[0].message;

    p->n_inbox--;
    memmove (p->inbox, p->inbox + 1, p->n_inbox * sizeof (*p->inbox));
    e2ee_meeting_receive (p->meeting, e2ee_mls_buffer_view (r->messages[message].bytes));
    room_watch (p);
  }
  if (p->meeting != NULL && !p->is_dead && e2ee_meeting_next_tick (p->meeting) <= r->now_ms) {
    e2ee_meeting_tick (p->meeting);
    room_watch (p);
    /* A timer that fires without end would hang an application. */
    for (int i = 0; i < 20 && e2ee_meeting_next_tick (p->meeting) <= r->now_ms; i++)
      e2ee_meeting_tick (p->meeting);
    ROOM_MUST (e2ee_meeting_next_tick (p->meeting) > r->now_ms);
  }
  if (p->is_dead && p->meeting != NULL)
    room_crash (r, p->number);
}

static inline uint64_t
room_next_ms (const room * r)
{
  uint64_t next = UINT64_MAX;

  for (int i = 0; i < r->n_people; i++) {
    const room_person *p = &r->people[i];
    uint64_t tick;

    if (p->meeting == NULL)
      continue;
    tick = e2ee_meeting_next_tick (p->meeting);
    if (tick < next)
      next = tick;
    if (p->n_inbox > 0 && p->inbox[0].at_ms < next)
      next = p->inbox[0].at_ms;
  }
  return next;
}

static inline void
room_run (room * r, uint64_t ms)
{
  const uint64_t end = r->now_ms + ms;
  uint64_t next;

  for (;;) {
    for (int i = 0; i < r->n_people; i++)
      room_step_person (&r->people[i]);
    next = room_next_ms (r);
    if (next > end)
      break;
    if (next > r->now_ms)
      r->now_ms = next;
  }
  r->now_ms = end;
}

/* Until @is_so holds; 0 when it does not within @most_ms.  *@took: how long it took. */
static inline int
room_run_until (room * r, int (*is_so) (const room * r), uint64_t most_ms, uint64_t *took)
{
  const uint64_t start = r->now_ms;

  while (!is_so (r)) {
    uint64_t next;

    if (r->now_ms - start > most_ms)
      return 0;
    for (int i = 0; i < r->n_people; i++)
      room_step_person (&r->people[i]);
    next = room_next_ms (r);
    if (is_so (r))
      break;
    if (next == UINT64_MAX)
      return 0;
    if (next > r->now_ms)
      r->now_ms = next;
  }
  if (took != NULL)
    *took = r->now_ms - start;
  return 1;
}

/* ---- agreement ---- */

static inline int
room_is_member (const room * r, int number)
{
  return r->people[number].meeting != NULL && room_view (r, number).phase == E2EE_PHASE_MEMBER;
}

static inline int
room_members_agree (const room * r)
{
  char code[E2EE_CODE_SIZE] = "", other[E2EE_CODE_SIZE];
  e2ee_meeting_view first;
  int seen = 0;

  memset (&first, 0, sizeof (first));
  for (int i = 0; i < r->n_people; i++) {
    e2ee_meeting_view view;

    if (r->people[i].meeting == NULL)
      continue;
    view = room_view (r, i);
    if (view.phase == E2EE_PHASE_IDLE)
      continue;
    if (view.phase != E2EE_PHASE_MEMBER)
      return 0;
    e2ee_meeting_code (r->people[i].meeting, other);
    if (!seen) {
      first = view;
      memcpy (code, other, sizeof (code));
      seen = 1;
      continue;
    }
    if (strcmp (code, other) != 0 || view.epoch != first.epoch
        || view.n_members != first.n_members || view.revision != first.revision
        || view.on != first.on)
      return 0;
  }
  return seen;
}

/* All running are members of one group, and nobody else is. */
static inline int
room_is_settled (const room * r)
{
  size_t n = 0;

  for (int i = 0; i < r->n_people; i++)
    n += room_is_member (r, i);
  for (int i = 0; i < r->n_people; i++) {
    if (room_is_member (r, i) && room_view (r, i).n_members != n)
      return 0;
  }
  return room_members_agree (r);
}

static inline int
room_all_on (const room * r)
{
  for (int i = 0; i < r->n_people; i++) {
    if (room_is_member (r, i) && room_view (r, i).state != E2EE_STATE_ON
        && room_view (r, i).state != E2EE_STATE_VERIFIED)
      return 0;
  }
  return room_is_settled (r);
}

static inline int
room_all_off (const room * r)
{
  for (int i = 0; i < r->n_people; i++) {
    if (room_is_member (r, i) && room_view (r, i).state != E2EE_STATE_OFF)
      return 0;
  }
  return room_is_settled (r);
}

/* Everybody joins and the room settles. */
static inline void
room_start (room * r, const room_plan * plan)
{
  room_init (r, plan);
  for (int i = 0; i < plan->n_people; i++)
    CHECK_OK (room_join (r, i));
  CHECK (room_run_until (r, room_is_settled, 20000, NULL));
  room_run (r, 500);
}

static inline void
room_check_never_clear (const room * r)
{
  for (int i = 0; i < r->n_people; i++) {
    CHECK_ROW ("person %d", i);
    CHECK_INT (r->people[i].n_clear_after_on, 0);
  }
  check_state.row[0] = '\0';
}

static inline int
room_main (const check_case * cases, size_t n_cases)
{
  return e2ee_crypto_init () == E2EE_OK ? check_run (cases, n_cases) : 1;
}

#define ROOM_MAIN(cases) \
  int \
  main (void) \
  { \
    return room_main (cases, CHECK_N (cases)); \
  }

#endif
