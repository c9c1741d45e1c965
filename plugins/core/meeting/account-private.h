/* Tokens in steps, for what stands beside a token: bindings and tickets.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_ACCOUNT_PRIVATE_H
#define E2EE_CORE_MEETING_ACCOUNT_PRIVATE_H

#include "core/meeting/account.h"

#define E2EE_BINDING_TYPE "e2ee-binding+jwt"

typedef struct
{
  e2ee_account account;
  uint64_t not_before;          /* iat, or nbf when that is later */
} e2ee_token;

/* Everything but the clock.  @authorities NULL: one's own token, whose issuer others verify. */
E2EE_MUST_USE e2ee_meeting_result e2ee_token_read (e2ee_bytes text,
    const e2ee_authorities * authorities, e2ee_token * token);
/* TOKEN_EXPIRED, TOKEN_NOT_YET. */
E2EE_MUST_USE e2ee_meeting_result e2ee_token_check_time (const e2ee_token * token, uint64_t when);

/* Parts the two texts at the first "~": 0 when there is none, or a part is empty, or both are too
 * long for JWS. */
int e2ee_split_pair (e2ee_bytes text, e2ee_bytes * first, e2ee_bytes * second);
/* @first "~" @second.  NO_MEMORY; ARGUMENT when one is empty. */
E2EE_MUST_USE e2ee_meeting_result e2ee_join_pair (e2ee_bytes first, e2ee_bytes second,
    e2ee_mls_buffer * text);

#endif
