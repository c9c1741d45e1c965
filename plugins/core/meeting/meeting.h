/* One participant's meeting: the one header of this room that the outside includes.
 *
 * How a meeting lives:
 *
 *   new      from a ticket, a link, an account token, a device       e2ee_meeting_new
 *   join     asks to be let in; founds the meeting when nobody is there
 *   receive  what the delivery service brought, whole messages, in its order
 *   tick     when e2ee_meeting_next_tick() says so
 *   leave    says good-bye; the others take us out
 *
 * The delivery service is trusted with nothing but effort.  It is one channel that gives every
 * message to everybody **including its sender**, in one order: the place in which a commit comes
 * back is the place it has.  What it holds back, shows late, doubles or forks is refused or
 * noticed, never believed.
 *
 * Everything a message promised is in what `save` got before `send` is called.  Callbacks run
 * inside the call that causes them and must not call back into the meeting.  Nothing here blocks,
 * sleeps or does I/O.  Not thread-safe; meetings are independent of each other.
 *
 * docs/meeting-protocol.md is the protocol in full.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_MEETING_H
#define E2EE_CORE_MEETING_MEETING_H

#include "core/meeting/account.h"
#include "core/meeting/code.h"
#include "core/meeting/feature.h"
#include "core/meeting/result.h"
#include "core/meeting/ticket.h"

typedef struct e2ee_meeting e2ee_meeting;

/* ---- what is said of a meeting ---- */

/* The numbers of GstE2eeState. */
typedef enum
{
  E2EE_STATE_UNKNOWN,           /* not in it, behind, or nothing is heard: closed */
  E2EE_STATE_OFF,               /* not encrypted, and meant not to be */
  E2EE_STATE_SWITCHING,         /* on: we encrypt already, not everybody has said that he does */
  E2EE_STATE_ON,
  E2EE_STATE_VERIFIED,          /* on, and every other device has been verified by a person */
  E2EE_STATE_DEGRADED           /* on, and something is wrong: a fork, an unreachable host ... */
} e2ee_meeting_state;

typedef enum
{
  E2EE_PHASE_IDLE,              /* before join, after leave or removal */
  E2EE_PHASE_JOINING,
  E2EE_PHASE_MEMBER,
  E2EE_PHASE_REJOINING          /* a member who fell behind and asks to be taken in again: closed */
} e2ee_meeting_phase;

/* What may be done with media now.  Clear media only in CLEAR, ever. */
typedef enum
{
  E2EE_MEDIA_CLOSED,            /* nothing out, nothing in */
  E2EE_MEDIA_CLEAR,             /* off, and our floor allows it */
  E2EE_MEDIA_PROTECTED
} e2ee_media_mode;

typedef enum
{
  E2EE_STREAM_MICROPHONE,
  E2EE_STREAM_CAMERA,
  E2EE_STREAM_SCREEN,
  E2EE_STREAM_SCREEN_AUDIO,
  E2EE_STREAM_PSTN,             /* somebody on the phone whom a member connects: closed by "on" */
  E2EE_STREAM_SIP_H323,
  E2EE_STREAM_DATA,             /* whole buffers, such as files and chat over data channels */
  E2EE_N_STREAM_KINDS
} e2ee_stream_kind;

/* "microphone", "camera", "screen", "screen-audio", "pstn", "sip-h323", "data".  Static. */
const char *e2ee_stream_kind_name (e2ee_stream_kind kind);

#define E2EE_MAX_STREAMS 32     /* of one member; also the numbers 0 to 31 in key ids */
#define E2EE_MAX_LABEL 64

typedef struct
{
  uint32_t number;
  e2ee_stream_kind kind;
  char label[E2EE_MAX_LABEL + 1];       /* sanitised; may be empty */
} e2ee_stream;

typedef struct
{
  uint32_t leaf;
  e2ee_account account;         /* name sanitised */
  int is_self;
  int is_host;
  int is_verified;
  int is_new_device;            /* this account's device was not seen before (and others were) */
  int is_heard;                 /* has said something in the last E2EE silence time */
  int is_ready;                 /* has said that it is in this epoch */
  const e2ee_stream *streams;
  size_t n_streams;
} e2ee_member;

/* ---- events ---- */

typedef enum
{
  E2EE_EVENT_PHASE,             /* phase changed; `result` says why */
  E2EE_EVENT_STATE,             /* state, media mode or features changed; `result` says why */
  E2EE_EVENT_MEMBER_JOINED,     /* leaf, account */
  E2EE_EVENT_MEMBER_LEFT,       /* leaf, account, `result`: OK left by himself, REMOVED, GUEST ... */
  E2EE_EVENT_MEMBER_CHANGED,    /* leaf: heard, ready, host, verified */
  E2EE_EVENT_STREAMS,           /* leaf: what he sends has changed */
  E2EE_EVENT_NEW_DEVICE,        /* leaf, account: not seen before */
  E2EE_EVENT_CODE,              /* the meeting's code is another */
  E2EE_EVENT_KEYS,              /* media keys are others: e2ee_meeting_media() */
  E2EE_EVENT_CHAT,              /* leaf, account, text */
  E2EE_EVENT_REFUSED,           /* `result`: what was tried; account when it is known who */
  E2EE_EVENT_REQUEST_DONE,      /* `request` went through or did not: `result` */
  E2EE_EVENT_LOG                /* text: one line of the evidence (log.h) */
} e2ee_event_type;

/* Valid while the callback runs. */
typedef struct
{
  e2ee_event_type type;
  e2ee_meeting_result result;
  e2ee_meeting_phase phase;
  e2ee_meeting_state state;
  uint64_t epoch;
  uint32_t leaf;
  const e2ee_account *account;  /* NULL when nobody is meant */
  e2ee_bytes text;
  uint64_t request;
} e2ee_meeting_event;

/* ---- the surroundings ---- */

typedef struct
{
  const e2ee_env *env;
  uint64_t (*unix_time) (void *user);
  /* To everybody in the meeting's channel, us included. */
  void (*send) (void *user, e2ee_bytes message);
  void (*event) (void *user, const e2ee_meeting_event * event);
  /* State that must survive a crash, sealed; called before the `send` that it belongs to.  NULL
   * when nothing is kept: a restart is then a join like any other. */
  void (*save) (void *user, e2ee_bytes sealed);
  void *user;
} e2ee_meeting_host;

/* Zero means the value in brackets.  Smaller ones in tests. */
typedef struct
{
  uint32_t found_ms;            /* nobody answered: found the meeting [1500] */
  uint32_t join_retry_ms;       /* ask again [3000] */
  uint32_t batch_ms;            /* joins taken together in one commit [100] */
  uint32_t turn_ms;             /* the next in line commits when the one before has not [800] */
  uint32_t heartbeat_ms;        /* [5000] */
  uint32_t silence_ms;          /* a member not heard is not alive [15000] */
  uint32_t gone_ms;             /* and is taken out [45000] */
  uint32_t behind_ms;           /* the others are ahead for so long: rejoin [2000] */
  uint32_t switch_ms;           /* waits so long for the others to be ready [2000] */
  uint32_t rekey_ms;            /* [300000] */
  uint32_t old_key_ms;          /* keys of past epochs still open what is on its way [10000] */
} e2ee_meeting_timing;

/* Everything is copied or referenced. */
typedef struct
{
  const e2ee_meeting_host *host;        /* must outlive the meeting */
  e2ee_device *device;
  e2ee_bytes account_token;
  const e2ee_authorities *authorities;
  e2ee_bytes ticket;            /* text */
  const e2ee_link *link;
  unsigned mls_suite;           /* 0: 0x0003 */
  uint16_t media_suite;         /* SFrame, RFC 9605; 0: 0x0004 */
  e2ee_floor floor;             /* this participant's own */
  uint32_t max_members;         /* 0: 1000 */
  e2ee_bytes store_key;         /* 32 bytes, with host->save */
  e2ee_meeting_timing timing;
} e2ee_meeting_config;

/* Verifies token (of this device, valid now), ticket (named by the link, of one meeting id with
 * it, valid now).  Errors of account.h and ticket.h, TOKEN_DEVICE, TICKET_HASH. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_new (const e2ee_meeting_config * config,
    e2ee_meeting ** meeting);
/* From what `save` got: remembers the newest statement of a host, the revisions that we signed,
 * devices, marks and where the log stood.  STORE.  Not the group: join() is still to be called, and
 * replaces our leaf, so that no key lies on a disk and nothing is ever sent under an old one. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_restore (const e2ee_meeting_config * config,
    e2ee_bytes sealed, e2ee_meeting ** meeting);
/* Wipes.  NULL is allowed. */
void e2ee_meeting_free (e2ee_meeting * meeting);

/* ---- being in it ---- */

/* GUEST: a guest while the ticket requires encryption.  Otherwise what comes of it is an event. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_join (e2ee_meeting * meeting);
/* Says good-bye and is IDLE at once: no media, no keys. */
void e2ee_meeting_leave (e2ee_meeting * meeting);
/* A whole message, up to 4 MiB.  What was wrong with it is returned, and told as REFUSED (each cause
 * once a second at most) where somebody may have meant harm; nothing has changed then.  OK also for
 * what comes twice, late or too early, which is ordinary. */
e2ee_meeting_result e2ee_meeting_receive (e2ee_meeting * meeting, e2ee_bytes message);
void e2ee_meeting_tick (e2ee_meeting * meeting);
/* On env->now_ms's clock; UINT64_MAX: never. */
uint64_t e2ee_meeting_next_tick (const e2ee_meeting * meeting);
/* Media under this meeting's keys came that no key of ours opens: a sign that we are behind. */
void e2ee_meeting_suspect (e2ee_meeting * meeting);
/* A fresh token of the same device: of the same account at any time, for rejoining after the old one
 * expired; of another one (a guest who has signed in) while IDLE, else BUSY. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_set_token (e2ee_meeting * meeting,
    e2ee_bytes account_token);
/* `require`: clear media is never sent or shown.  `forbid`: leaves when encryption is on. */
void e2ee_meeting_set_floor (e2ee_meeting * meeting, e2ee_floor floor);

/* ---- asking for a change; each gives a number, and REQUEST_DONE tells how it ended ----
 *
 * One at a time (BUSY).  REQUEST_DONE may come inside the call.  TIMEOUT after the silence time: the
 * delivery service has not given our commit back, and we do not send it again. */

/* Hosts only (NOT_HOST); STATEMENT_POLICY when the ticket says otherwise. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_set_e2ee (e2ee_meeting * meeting, int on,
    uint64_t * request);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_set_feature (e2ee_meeting * meeting,
    e2ee_feature feature, int available, uint64_t * request);
/* Makes a member a host (a host of the ticket may). */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_make_host (e2ee_meeting * meeting, uint32_t leaf,
    uint64_t * request);
/* Puts somebody out. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_remove (e2ee_meeting * meeting, uint32_t leaf,
    uint64_t * request);
/* Anybody: new keys now. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_rekey (e2ee_meeting * meeting,
    uint64_t * request);

/* Up to 4,000 bytes of UTF-8, to the members only, also while encryption of media is off.
 * NOT_JOINED, TEXT; STATEMENT_POLICY when encryption is on and the hosts have taken chat away. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_chat (e2ee_meeting * meeting, const char *text);
/* All that we send, announced to the others. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_set_streams (e2ee_meeting * meeting,
    const e2ee_stream * streams, size_t n_streams);
/* A person has compared the codes (or taken it back). */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_set_verified (e2ee_meeting * meeting,
    uint32_t leaf, int verified);
/* A line of evidence from outside, such as a gate that closed; @fields is an object (log.h). */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_log (e2ee_meeting * meeting, const char *kind,
    const char *json_fields);

/* ---- looking ---- */

typedef struct
{
  e2ee_meeting_phase phase;
  e2ee_meeting_state state;
  e2ee_meeting_result reason;   /* of unknown, degraded and closed; OK otherwise */
  e2ee_media_mode mode;
  int on;                       /* what the group has agreed on, whatever our floor says */
  e2ee_features features;       /* available now: all while off */
  uint64_t revision;            /* of the hosts' statements */
  uint64_t epoch;
  uint32_t own_leaf;
  int is_host;
  size_t n_members;
  const e2ee_ticket *ticket;
} e2ee_meeting_view;

void e2ee_meeting_look (const e2ee_meeting * meeting, e2ee_meeting_view * view);
/* Members by leaf, upward from @from; 0: no more.  Valid until the next call that is not a look. */
int e2ee_meeting_next_member (const e2ee_meeting * meeting, uint32_t from, e2ee_member * member);
/* "" while there is none. */
void e2ee_meeting_code (const e2ee_meeting * meeting, char code[E2EE_CODE_SIZE]);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_member_code (const e2ee_meeting * meeting,
    uint32_t leaf, char code[E2EE_CODE_SIZE]);

/* ---- media keys, RFC 9605 section 5.2 ----
 *
 *   base_key = MLS-Exporter("SFrame 1.0 Base Key", "", Nk) of the epoch
 *   kid      = tag << 24 | stream << 18 | leaf << 8 | epoch mod 256
 *
 * that is: E = 8, S = 10, context = tag << 6 | stream.  The tag (16 bits, the first set) is the
 * same for the whole meeting, from the join secret: so a frame of this meeting is known for
 * protected even under a key that has not come yet, and is never taken for a clear one. */

#define E2EE_KID_EPOCH_BITS 8
#define E2EE_KID_LEAF_BITS 10
#define E2EE_KID_STREAM_BITS 6

static inline uint64_t
e2ee_kid_make (uint16_t tag, uint32_t stream, uint32_t leaf, uint64_t epoch)
{
  return (uint64_t) tag << 24 | (uint64_t) (stream & 63) << 18 | (uint64_t) (leaf & 1023) << 8
      | (epoch & 255);
}

/* 1 when a key id is one of the meeting with this tag. */
static inline int
e2ee_kid_is_of_meeting (uint64_t kid, uint16_t tag)
{
  return kid >> 24 == tag;
}

typedef struct
{
  uint64_t epoch;
  e2ee_bytes base_key;          /* in locked memory, valid until the next call that is not a look */
  uint64_t until_ms;            /* on env->now_ms's clock, when it is wiped; UINT64_MAX: current */
} e2ee_media_epoch;

#define E2EE_MAX_MEDIA_EPOCHS 8

typedef struct
{
  e2ee_media_mode mode;
  uint16_t suite;
  uint16_t tag;
  uint32_t own_leaf;
  /* Newest first.  Receiving: all of them.  In CLOSED none. */
  e2ee_media_epoch epochs[E2EE_MAX_MEDIA_EPOCHS];
  size_t n_epochs;
  /* Which of them we send under: the newest when all are ready or switch_ms has passed, the one
   * before until then; at once when there is no other.  -1: none may be sent under. */
  int sending;
} e2ee_media_view;

/* Also in CLEAR, so that what comes before the commit that turned it on can wait for it, and what
 * comes after the one that turned it off still opens. */
void e2ee_meeting_media (const e2ee_meeting * meeting, e2ee_media_view * view);

#endif
