/* The members: the leaves of the MLS tree and nothing else.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_ROSTER_H
#define E2EE_CORE_MEETING_STATE_ROSTER_H

#include "core/meeting/meeting.h"
#include "core/meeting/policy.h"
#include "core/mls/mls.h"

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

/* By leaf. */
typedef struct
{
  e2ee_entry *entries;
  size_t n;
} e2ee_roster;

e2ee_entry *e2ee_meeting_entry (const e2ee_meeting * m, uint32_t leaf);
e2ee_entry *e2ee_meeting_entry_of_device (const e2ee_meeting * m,
    const e2ee_thumbprint * thumbprint);
const e2ee_entry *e2ee_meeting_self (const e2ee_meeting * m);
/* From the group; posts who came and who went, and drops the applicants that have come. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_update_roster (e2ee_meeting * m, int turned_on,
    uint32_t committer, int *n_came, int *n_went);
void e2ee_meeting_drop_roster (e2ee_meeting * m);
e2ee_policy_members e2ee_meeting_policy_members (e2ee_meeting * m);
/* Those whom a commit takes out on purpose, or for a join of theirs: what they asked before is
 * void. */
void e2ee_meeting_drop_removed (e2ee_meeting * m, const e2ee_mls_staged_view * view);
/* Our place in the line of those who commit; 0 is the first. */
size_t e2ee_meeting_turn (const e2ee_meeting * m);

#endif
