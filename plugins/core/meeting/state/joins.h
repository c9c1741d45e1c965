/* Our own joins: the key packages under which we ask to be let in, whose private halves we hold.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_JOINS_H
#define E2EE_CORE_MEETING_STATE_JOINS_H

#include "core/meeting/meeting.h"
#include "core/mls/mls.h"

/* A key package is made anew before its binding is stale for those who are to add it. */
#define E2EE_JOINER_LIFE_MS 120000
#define E2EE_N_JOINERS 2
/* Joins that we know again when they are heard late. */
#define E2EE_N_JOIN_KEYS 16

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
  E2EE_JOIN_OTHER,              /* of another program on this device, or of ours before a restart */
  E2EE_JOIN_OLD,                /* of ours that was heard late: its keys are gone */
  E2EE_JOIN_OURS                /* a leaf whose keys we hold */
} e2ee_join_owner;

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

#endif
