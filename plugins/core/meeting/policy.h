/* Which commits a member takes: the rules of docs/meeting-protocol.md, "The group", in one place.
 *
 * Deterministic: the same commit gets the same answer from every member in the same epoch, but for
 * the freshness of a binding, which looks at the clock.  That one is asked where MLS asks for the
 * credential (e2ee_policy_credential); the rest looks at the staged commit as a whole.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_POLICY_H
#define E2EE_CORE_MEETING_POLICY_H

#include "core/meeting/statement.h"
#include "core/mls/mls.h"

/* Private-use extension of the GroupContext: struct { opaque ticket_hash<V>; opaque statement<V>; } */
#define E2EE_EXTENSION_MEETING_STATE 0xF0E2

typedef struct
{
  const e2ee_ticket *ticket;
  const e2ee_authorities *authorities;
  e2ee_bytes psk_id;
  uint64_t now;                 /* seconds since 1970 */
} e2ee_policy;

/* 2 * revision + on: of two statements of one revision, which two hosts may have signed at the same
 * moment, the one that turns encryption on counts for more. */
static inline uint64_t
e2ee_statement_rank (const e2ee_statement * statement)
{
  return statement->revision * 2 + (statement->on != 0);
}

/* The extension with this statement (empty in revision 0), as a whole GroupContext list. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_state_write (const e2ee_ticket * ticket,
    e2ee_bytes statement, e2ee_mls_buffer * extensions);
/* Reads and verifies it; *@text (may be NULL) points into @extensions.  COMMIT_CONTEXT when it is
 * not there, not alone or of another ticket; MESSAGE_FORMAT; errors of e2ee_statement_verify(). */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_state_read (const e2ee_mls_extensions * extensions,
    const e2ee_ticket * ticket, e2ee_statement * statement, e2ee_bytes * text);

/* What MLS asks about a leaf.  The reason, for the caller to keep. */
E2EE_MUST_USE e2ee_meeting_result e2ee_policy_credential (const e2ee_policy * policy,
    const e2ee_mls_credential_check * check);

/* Who somebody in the group is, for the rules. */
typedef struct
{
  const e2ee_account *(*account) (void *user, uint32_t leaf);   /* NULL: nobody */
  /* He has proposed in this epoch to leave. */
  int (*wants_to_leave) (void *user, uint32_t leaf);
  void *user;
} e2ee_policy_members;

/* Everything else.  @in_force is the statement of the epoch before; *@next gets that of the new
 * one, its text in *@next_text (in the staged commit). */
E2EE_MUST_USE e2ee_meeting_result e2ee_policy_commit (const e2ee_policy * policy,
    const e2ee_policy_members * members, const e2ee_mls_group * group,
    const e2ee_mls_staged * staged, const e2ee_statement * in_force, e2ee_statement * next,
    e2ee_bytes * next_text);

/* Members of a group that one comes into: all identities verified, no device twice, no guest while
 * encryption is on.  Also the statement, as above. */
E2EE_MUST_USE e2ee_meeting_result e2ee_policy_group (const e2ee_policy * policy,
    const e2ee_mls_group * group, e2ee_statement * statement, e2ee_bytes * text);

#endif
