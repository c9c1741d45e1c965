/* What the files of a meeting share: its struct, and who does what.
 *
 *   outbox.c      messages, events and evidence that leave when a public call ends
 *   joining.c     asking to be let in, Welcome, coming again
 *   founding.c    making the meeting
 *   leaving.c     going
 *   kept.c        messages that came too early
 *   applicants.c  those who ask us to be let in
 *   committer.c   whose turn it is, what there is to commit, our commit until it comes back
 *   receive.c     whole messages, by kind
 *   epoch.c       what follows when the group has moved
 *   roster.c      the members; devices.c: those that were seen before
 *   application.c alive, chat, streams
 *   liveness.c    who is heard, other versions of the meeting, behind, fork, silent
 *   switching.c   the state that is shown, and what media may do
 *   mediakeys.c   keys by epoch
 *   request.c     the change that the application asks for, until it is done
 *   store.c       what survives a crash
 *   meeting.c     the object
 *   calls/        what the application calls: calls.c, requests.c; look.c; loop.c: the end of a
 *                 call, and time
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MEETING_PRIVATE_H
#define E2EE_CORE_MEETING_MEETING_PRIVATE_H

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "core/crypto/secret.h"
#include "core/meeting/content.h"
#include "core/meeting/envelope.h"
#include "core/meeting/log.h"
#include "core/meeting/meeting.h"
#include "core/meeting/policy.h"
#include "core/meeting/state/applicants.h"
#include "core/meeting/state/kept.h"
#include "core/meeting/statement.h"
#include "core/meeting/stream.h"
#include "core/mls/mls.h"

#define E2EE_NEVER UINT64_MAX
#define E2EE_NOBODY UINT32_MAX

#define E2EE_MAX_ADDS 100       /* in one commit */
#define E2EE_MAX_REMOVES 1000
#define E2EE_MAX_DEVICES 1024
#define E2EE_N_NONCES 1024
/* A join that nobody has committed by then is asked again. */
#define E2EE_JOIN_LIFE_MS 15000
/* A key package is made anew before its binding is stale for those who are to add it. */
#define E2EE_JOINER_LIFE_MS 120000
/* Joins that we know again when they are heard late. */
#define E2EE_N_JOIN_KEYS 16
#define E2EE_N_JOINERS 2
#define E2EE_MAX_BACKOFF_MS 60000
#define E2EE_RESEND_MS 1000
#define E2EE_MAX_RESENDS 4
/* Authenticated data of a commit: whom it removes was not heard any more, and may come again. */
#define E2EE_COMMIT_BECAUSE_GONE 1
/* A kind of refusal is told once in this time. */
#define E2EE_REFUSED_MS 1000

typedef enum
{
  E2EE_TIMER_JOIN,              /* ask again to be let in */
  E2EE_TIMER_FOUND,             /* nobody is there */
  E2EE_TIMER_COMMIT,            /* our turn */
  E2EE_TIMER_RESEND,            /* our commit has not come back */
  E2EE_TIMER_REQUEST,           /* the application's change has not gone through */
  E2EE_TIMER_ALIVE,
  E2EE_TIMER_EPOCH,             /* does not wait for the others any longer */
  E2EE_TIMER_BEHIND,            /* another version was heard: what of ours? */
  E2EE_TIMER_FORK,              /* ask the better version to let us in */
  E2EE_TIMER_LIVENESS,          /* somebody is not heard any more */
  E2EE_TIMER_REKEY,
  E2EE_TIMER_KEYS,              /* wipe an old key */
  E2EE_TIMER_LEAVE,             /* the others know that we have left, or never will */
  E2EE_N_TIMERS
} e2ee_timer;

/* A member. */
typedef struct
{
  uint32_t leaf;
  e2ee_account account;
  uint8_t signature_key[32];
  uint64_t heard_ms;            /* or came in */
  int is_heard;
  int is_ready;
  int is_host;
  int is_new_device;
  int is_verified;
  int wants_to_leave;           /* has proposed it in this epoch */
  int is_replaced;              /* the next epoch's leaf is another one, though it may look the same */
  e2ee_stream *streams;         /* NULL or E2EE_MAX_STREAMS */
  size_t n_streams;
} e2ee_entry;

/* Our joins. */
typedef struct
{
  e2ee_mls_joiner *joiners[E2EE_N_JOINERS];     /* newest first */
  uint64_t since_ms;            /* of the newest */
  uint8_t keys[E2EE_N_JOIN_KEYS][32];   /* signature keys of the latest */
  size_t next_key;
} e2ee_joins;

/* Whose join it is that a commit adds of our own device. */
typedef enum
{
  E2EE_JOIN_NONE,
  E2EE_JOIN_OTHER,              /* of another program on this device, or ours before it was started again */
  E2EE_JOIN_OLD,                /* of ours that was heard late: its keys are gone */
  E2EE_JOIN_OURS                /* a leaf whose keys we hold */
} e2ee_join_owner;

typedef struct
{
  uint8_t subject[32];          /* its SHA-256 */
  e2ee_thumbprint thumbprint;
  int is_verified;
} e2ee_known_device;

/* A statement and its text; revision 0 has none. */
typedef struct
{
  e2ee_statement statement;
  e2ee_mls_buffer text;
} e2ee_agreed;

typedef struct e2ee_queued
{
  struct e2ee_queued *next;
  e2ee_meeting_event event;     /* of an outgoing message: only the text */
  e2ee_account account;
  e2ee_mls_buffer text;
} e2ee_queued;

typedef struct
{
  e2ee_queued *first;
  e2ee_queued *last;
} e2ee_queue;

typedef struct
{
  uint64_t epoch;
  e2ee_mls_secret base_key;
  uint64_t until_ms;
} e2ee_epoch_key;

typedef enum
{
  E2EE_REQUEST_NONE,
  E2EE_REQUEST_E2EE,
  E2EE_REQUEST_FEATURE,
  E2EE_REQUEST_HOST,
  E2EE_REQUEST_REMOVE,
  E2EE_REQUEST_REKEY
} e2ee_request_kind;

typedef struct
{
  e2ee_request_kind kind;
  uint64_t number;
  int value;                    /* on, available */
  e2ee_feature feature;
  e2ee_host host;               /* of make_host and remove: who he is, whatever his leaf is by then */
} e2ee_request;

/* A commit of ours that has not come back. */
typedef struct
{
  e2ee_mls_buffer message;
  e2ee_mls_buffer welcome;
  e2ee_mls_buffer envelope;     /* what is sent, and sent again */
  uint64_t request;             /* the one it fulfils; 0: none */
  int because_gone;             /* it takes out members that were not heard */
  unsigned n_resends;
} e2ee_own_commit;

/* Something of another version of the meeting. */
typedef struct
{
  int is_known;
  e2ee_version version;
  uint64_t since_ms;
  uint64_t last_ms;
  int own_heard;                /* somebody of our own version was heard since */
} e2ee_sighting;

struct e2ee_meeting
{
  /* given, and fixed */
  const e2ee_meeting_host *host;
  e2ee_meeting_timing timing;
  e2ee_device *device;
  e2ee_mls_buffer token;
  e2ee_account account;
  e2ee_authorities authorities;
  e2ee_ticket ticket;
  uint32_t max_members;
  unsigned mls_suite;
  uint16_t media_suite;
  size_t base_key_size;
  e2ee_mls_secret store_key;
  e2ee_mls_secret keys;         /* envelope key, join PSK */
  uint16_t tag;
  e2ee_mls_buffer psk_id;
  e2ee_mls_host mls_host;
  e2ee_floor floor;

  /* where we stand */
  e2ee_meeting_phase phase;
  e2ee_meeting_state state;
  e2ee_meeting_result reason;   /* that is shown */
  e2ee_meeting_result out_reason;       /* why we are not in it */
  e2ee_media_mode mode;
  e2ee_features features;
  int shown_on;
  char code[E2EE_CODE_SIZE];
  uint64_t timers[E2EE_N_TIMERS];
  e2ee_meeting_result credential_result;        /* of the last credential that was refused */
  int credential_fresh;         /* a tree whose identities must be bound just now: a founder's */

  /* the group */
  e2ee_mls_group *group;
  e2ee_agreed shown;            /* what the group says */
  e2ee_agreed newest;           /* the newest that was ever seen */
  uint64_t issued;              /* the highest revision that we signed */
  e2ee_version version;
  e2ee_entry *entries;
  size_t n_entries;
  int founder_unconfirmed;      /* our `found` has not come back */
  int is_leaving;
  int is_switching;             /* turned on, and not everybody has said that he is ready */
  uint64_t epoch_since_ms;
  uint64_t rekeyed_ms;

  /* joining */
  e2ee_joins joins;
  uint64_t group_heard_ms;      /* something of a group that we are not in; 0: nothing */
  uint32_t backoff_ms;
  uint32_t patience_ms;         /* what backoff_ms starts at while the service is slow */
  uint64_t overtaken_ms;        /* when a late join of ours replaced us; 0: never */
  uint64_t replaced_ms;         /* our leaf was, by another join of this device */
  unsigned n_replaced;
  e2ee_kept kept;
  int kept_due;                 /* an epoch has begun: what is kept may open now */
  int is_playing;               /* what was kept */

  /* committing */
  e2ee_applicants applicants;
  e2ee_own_commit own;
  uint64_t work_since_ms;       /* 0: no work */
  uint64_t not_before_ms;       /* the last try failed */
  e2ee_request request;
  uint64_t last_request;
  uint64_t told_guest_ms;

  /* hearing */
  int is_silent;
  e2ee_sighting other;
  int is_forked;
  uint64_t alive_ms;            /* when we said it last */
  uint64_t nonces[E2EE_N_NONCES];
  size_t next_nonce;
  uint64_t refused_ms[E2EE_MEETING_N_RESULTS];

  /* media, streams */
  e2ee_epoch_key media[E2EE_MAX_MEDIA_EPOCHS];  /* newest first */
  size_t n_media;
  int sends_newest;
  e2ee_stream streams[E2EE_MAX_STREAMS];
  size_t n_streams;

  /* what is kept and what leaves */
  e2ee_known_device *devices;
  size_t n_devices;
  e2ee_log log;
  int is_dirty;
  e2ee_queue messages;
  e2ee_queue events;
  e2ee_queued lost;             /* what is written to an event for which there is no memory */
};

static inline uint64_t
e2ee_meeting_now (const e2ee_meeting * m)
{
  return m->host->env->now_ms (m->host->env->user);
}

static inline uint64_t
e2ee_meeting_unix_time (const e2ee_meeting * m)
{
  return m->host->unix_time (m->host->user);
}

/* 0 to @below - 1. */
static inline uint32_t
e2ee_meeting_random (const e2ee_meeting * m, uint32_t below)
{
  uint8_t bytes[4];

  m->host->env->random (m->host->env->user, bytes, sizeof (bytes));
  return below > 0 ? (uint32_t) e2ee_get_be (bytes, 4) % below : 0;
}

static inline void
e2ee_meeting_set_timer (e2ee_meeting * m, e2ee_timer timer, uint64_t at)
{
  m->timers[timer] = at;
}

/* Not later than @at. */
static inline void
e2ee_meeting_hurry_timer (e2ee_meeting * m, e2ee_timer timer, uint64_t at)
{
  if (at < m->timers[timer])
    m->timers[timer] = at;
}

static inline e2ee_policy
e2ee_meeting_policy (const e2ee_meeting * m)
{
  return (e2ee_policy) {
    .ticket = &m->ticket,
    .authorities = &m->authorities,
    .psk_id = e2ee_mls_buffer_view (m->psk_id),
    .now = e2ee_meeting_unix_time (m),
  };
}

static inline int
e2ee_meeting_is_member (const e2ee_meeting * m)
{
  return m->phase == E2EE_PHASE_MEMBER && m->group != NULL;
}

/* ---- mlshost.c ---- */

void e2ee_meeting_set_mls_host (e2ee_meeting * m);
/* What MLS said, in this room's words: the rule that a credential broke, or MLS. */
e2ee_meeting_result e2ee_meeting_result_of (e2ee_meeting * m, e2ee_mls_result result);

/* ---- agreed.c ---- */

/* Remembers @text as the newest when it is; STATEMENT_OLD when it is not, and errors. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_remember (e2ee_meeting * m, e2ee_bytes text);
E2EE_MUST_USE e2ee_meeting_result e2ee_agreed_set (e2ee_agreed * agreed,
    const e2ee_statement * statement, e2ee_bytes text);
static inline int
e2ee_meeting_is_outdated (const e2ee_meeting * m)
{
  return e2ee_statement_rank (&m->newest.statement) > e2ee_statement_rank (&m->shown.statement);
}

/* ---- joins.c ---- */

/* That our leaves know the meeting's extension. */
extern const e2ee_mls_leaf_params e2ee_meeting_leaf_params;
/* A fresh signature key, and our account bound to it and to this meeting. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_make_identity (e2ee_meeting * m,
    e2ee_mls_identity ** identity);
/* The one that we ask with, made anew before it is too old.  The one before stays good: its Welcome
 * may be on its way. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_key_package (e2ee_meeting * m,
    e2ee_bytes * key_package);
int e2ee_meeting_is_own_key_package (const e2ee_meeting * m, e2ee_bytes key_package);
/* WELCOME_NOT_FOR_US, and errors of e2ee_mls_group_join(). */
E2EE_MUST_USE e2ee_mls_result e2ee_meeting_open_welcome (e2ee_meeting * m, e2ee_bytes welcome,
    e2ee_mls_group ** group);
/* Of a leaf of our device. */
e2ee_join_owner e2ee_meeting_whose_join (const e2ee_meeting * m, e2ee_bytes signature_key);
void e2ee_meeting_drop_joiners (e2ee_meeting * m);

/* ---- owncommit.c ---- */

void e2ee_meeting_drop_own_commit (e2ee_meeting * m);
void e2ee_meeting_on_resend_timer (e2ee_meeting * m);
/* As all the others will. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_judge_own_commit (e2ee_meeting * m,
    e2ee_statement * next, e2ee_bytes * text);

/* ---- outbox.c ---- */

/* A queued event to be filled in; never NULL (events are lost without memory). */
e2ee_meeting_event *e2ee_meeting_post (e2ee_meeting * m, e2ee_event_type type);
void e2ee_meeting_post_member (e2ee_meeting * m, e2ee_event_type type, const e2ee_entry * entry,
    e2ee_meeting_result result);
/* 0 when it is lost. */
int e2ee_meeting_post_text (e2ee_meeting * m, e2ee_event_type type, const e2ee_entry * entry,
    e2ee_bytes text);
/* Tells, once in a while for each cause, that something was refused; @account may be NULL. */
void e2ee_meeting_refused (e2ee_meeting * m, e2ee_meeting_result cause,
    const e2ee_account * account);
/* A line of evidence; takes @fields over.  Fails for want of memory, and for fields that no line may
 * have. */
e2ee_meeting_result e2ee_meeting_evidence (e2ee_meeting * m, const char *kind, json_t * fields);
json_t *e2ee_meeting_evidence_of (const e2ee_account * account);
/* Seals @content and queues it; the envelope goes to *@envelope too when that is not NULL. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_send (e2ee_meeting * m,
    const e2ee_content * content, e2ee_mls_buffer * envelope);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_send_again (e2ee_meeting * m, e2ee_bytes envelope);
/* Sends, and tells. */
void e2ee_meeting_give_out (e2ee_meeting * m);
void e2ee_meeting_drop_queues (e2ee_meeting * m);

/* ---- joining.c, founding.c, leaving.c, kept.c ---- */

void e2ee_meeting_give_up_founding (e2ee_meeting * m);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_ask (e2ee_meeting * m);
void e2ee_meeting_on_join_timer (e2ee_meeting * m);
void e2ee_meeting_on_found_timer (e2ee_meeting * m);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_found (e2ee_meeting * m, e2ee_bytes info);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_welcome (e2ee_meeting * m,
    e2ee_bytes welcome);
/* The start of it, when there is nothing of an earlier time left. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_start_joining (e2ee_meeting * m,
    e2ee_meeting_phase phase, e2ee_meeting_result why);
/* Behind, or out by a removal that was not meant for good: asks to be taken in again. */
void e2ee_meeting_rejoin (e2ee_meeting * m, e2ee_meeting_result why);
/* The same, when the service is so slow that a join was heard again after we had come in by it. */
void e2ee_meeting_rejoin_patiently (e2ee_meeting * m);
/* Out of it: IDLE, no group, no keys. */
void e2ee_meeting_go_out (e2ee_meeting * m, e2ee_meeting_result why);
/* The same, and the others are told. */
void e2ee_meeting_say_good_bye (e2ee_meeting * m, e2ee_meeting_result why);
void e2ee_meeting_on_leave_timer (e2ee_meeting * m);
void e2ee_meeting_take_while_leaving (e2ee_meeting * m, e2ee_bytes message);
/* Something of a group was heard while we were in none. */
void e2ee_meeting_group_is_there (e2ee_meeting * m);

/* ---- admission.c, committer.c ---- */

/* Those whom nobody can let in. */
void e2ee_meeting_forget_applicants (e2ee_meeting * m);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_join (e2ee_meeting * m,
    const e2ee_content * content);
/* Looks at what there is to do, and sets the timer to our turn. */
void e2ee_meeting_look_for_work (e2ee_meeting * m);
void e2ee_meeting_on_commit_timer (e2ee_meeting * m);
/* Another's, opened and verified as MLS; looks at the rules. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_commit (e2ee_meeting * m,
    e2ee_mls_event * event);
/* 1 when @message is our commit coming back; it has been merged then. */
int e2ee_meeting_take_own_commit (e2ee_meeting * m, e2ee_bytes message);
/* Those whom a commit takes out on purpose, or for a join of theirs: what they asked before is void. */
void e2ee_meeting_drop_removed (e2ee_meeting * m, const e2ee_mls_staged_view * view);

/* ---- receive.c ---- */

E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_mls (e2ee_meeting * m, e2ee_bytes message);
/* When an epoch has begun: takes those that waited for it. */
void e2ee_meeting_play_kept (e2ee_meeting * m);

/* ---- epoch.c ---- */

/* The group is in another epoch than before, or is another one: @next and @text are what it says
 * now.  @committer made the commit; NOBODY: a Welcome or a new group. */
void e2ee_meeting_enter_epoch (e2ee_meeting * m, const e2ee_statement * next, e2ee_bytes text,
    uint32_t committer, int is_new_group);
void e2ee_meeting_on_epoch_timer (e2ee_meeting * m);
/* Everybody has been heard in this epoch. */
void e2ee_meeting_check_ready (e2ee_meeting * m);

/* ---- roster.c ---- */

e2ee_entry *e2ee_meeting_entry (const e2ee_meeting * m, uint32_t leaf);
e2ee_entry *e2ee_meeting_entry_of_device (const e2ee_meeting * m,
    const e2ee_thumbprint * thumbprint);
const e2ee_entry *e2ee_meeting_self (const e2ee_meeting * m);
/* From the group; posts who came and who went. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_update_roster (e2ee_meeting * m, int turned_on,
    uint32_t committer, int *n_came, int *n_went);
void e2ee_meeting_drop_roster (e2ee_meeting * m);
e2ee_policy_members e2ee_meeting_policy_members (e2ee_meeting * m);
/* Our place in the line of those who commit; 0 is the first. */
size_t e2ee_meeting_turn (const e2ee_meeting * m);

/* ---- devices.c ---- */

/* Adds what is not known yet.  1 when the device is new while the account has others. */
int e2ee_meeting_see_device (e2ee_meeting * m, const e2ee_account * account);
int e2ee_meeting_device_is_verified (const e2ee_meeting * m, const e2ee_account * account);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_verify_device (e2ee_meeting * m,
    const e2ee_account * account, int verified);

/* ---- application.c ---- */

E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_take_application (e2ee_meeting * m,
    uint32_t leaf, uint64_t epoch, e2ee_bytes data);
void e2ee_meeting_say_alive (e2ee_meeting * m);
void e2ee_meeting_say_streams (e2ee_meeting * m);
/* TEXT when nothing is left of @text, or it grows too long, once it is sanitised. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_say_chat (e2ee_meeting * m, e2ee_bytes text);
/* Ours are these from now on, with sanitised labels. */
void e2ee_meeting_announce_streams (e2ee_meeting * m, const e2ee_stream streams[E2EE_MAX_STREAMS],
    size_t n_streams);

/* ---- liveness.c ---- */

void e2ee_meeting_heard (e2ee_meeting * m, e2ee_entry * entry);
/* Says `alive` soon: those in our version hear that we are in it, and whoever is outside that there is
 * a meeting. */
void e2ee_meeting_answer (e2ee_meeting * m);
/* An unopenable message with this version, or of a later epoch. */
void e2ee_meeting_saw_other_version (e2ee_meeting * m, const e2ee_version * version);
void e2ee_meeting_forget_other (e2ee_meeting * m);
/* Ours, from the group. */
void e2ee_meeting_set_version (e2ee_meeting * m);
void e2ee_meeting_on_behind_timer (e2ee_meeting * m);
void e2ee_meeting_on_fork_timer (e2ee_meeting * m);
void e2ee_meeting_on_liveness_timer (e2ee_meeting * m);
int e2ee_meeting_is_gone (const e2ee_meeting * m, const e2ee_entry * entry);

/* ---- switching.c ---- */

/* State, reason, mode and features from everything else; posts STATE. */
void e2ee_meeting_judge (e2ee_meeting * m);

/* ---- mediakeys.c ---- */

E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_add_media_key (e2ee_meeting * m,
    int is_new_group);
void e2ee_meeting_on_keys_timer (e2ee_meeting * m);
void e2ee_meeting_drop_media_keys (e2ee_meeting * m);

/* ---- request.c ---- */

void e2ee_meeting_start_request (e2ee_meeting * m, const e2ee_request * request,
    uint64_t *number);
void e2ee_meeting_on_request_timer (e2ee_meeting * m);
/* Ends the request when the group is as it wanted it, or it cannot be any more. */
void e2ee_meeting_check_request (e2ee_meeting * m);
void e2ee_meeting_end_request (e2ee_meeting * m, e2ee_meeting_result result);
/* The statement that the request asks for; STATEMENT_OLD when it needs none. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_request_statement (e2ee_meeting * m,
    e2ee_mls_buffer * text, e2ee_statement * statement);

/* ---- store.c ---- */

/* When something of it has changed. */
void e2ee_meeting_save (e2ee_meeting * m);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_unstore (e2ee_meeting * m, e2ee_bytes sealed);

/* ---- calls/loop.c ---- */

/* The end of every public call: looks for work, judges the state, saves, sends, tells. */
void e2ee_meeting_settle (e2ee_meeting * m);

#endif
