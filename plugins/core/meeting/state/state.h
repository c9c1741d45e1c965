/* One participant's meeting as a struct: all that he knows and holds.
 *
 * Parts with a type of their own have a file, which holds them; what moves the meeting (moves/) asks
 * and tells that file.  Nothing in this room calls a move: it notes, sets a timer or a mark, and the
 * end of the call or the time (calls/loop.c) looks at it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_STATE_H
#define E2EE_CORE_MEETING_STATE_STATE_H

#include <stdio.h>
#include <string.h>

#include "core/crypto/secret.h"
#include "core/meeting/envelope.h"
#include "core/meeting/policy.h"
#include "core/meeting/state/agreed.h"
#include "core/meeting/state/applicants.h"
#include "core/meeting/state/devices.h"
#include "core/meeting/state/evidence.h"
#include "core/meeting/state/joins.h"
#include "core/meeting/state/kept.h"
#include "core/meeting/state/liveness.h"
#include "core/meeting/state/mediakeys.h"
#include "core/meeting/state/mlshost.h"
#include "core/meeting/state/outbox.h"
#include "core/meeting/state/owncommit.h"
#include "core/meeting/state/request.h"
#include "core/meeting/state/roster.h"
#include "core/meeting/state/store.h"
#include "core/meeting/state/switching.h"
#include "core/meeting/state/versions.h"
#include "core/meeting/stream.h"

#define E2EE_NEVER UINT64_MAX
#define E2EE_NOBODY UINT32_MAX

#define E2EE_N_NONCES 1024
/* A join that nobody has committed by then is asked again. */
#define E2EE_JOIN_LIFE_MS 15000
#define E2EE_MAX_BACKOFF_MS 60000

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
  e2ee_roster roster;
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

  /* media, streams */
  e2ee_media_keys media;
  e2ee_stream streams[E2EE_MAX_STREAMS];
  size_t n_streams;

  /* what is kept and what leaves */
  e2ee_devices devices;
  e2ee_evidence evidence;
  int is_dirty;                 /* something of what survives a crash has changed */
  e2ee_outbox outbox;
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

/* Takes @group (NULL: none) over, in place of the one before. */
static inline void
e2ee_meeting_set_group (e2ee_meeting * m, e2ee_mls_group * group)
{
  e2ee_mls_group_free (m->group);
  m->group = group;
}

static inline int
e2ee_meeting_is_member (const e2ee_meeting * m)
{
  return m->phase == E2EE_PHASE_MEMBER && m->group != NULL;
}

#endif
