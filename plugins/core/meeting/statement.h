/* What hosts decide: encryption on or off, features, further hosts.
 *
 *   grant      JWS, typ "e2ee-host+jwt", of a host of the ticket: ticket, sub, jkt, iat
 *   statement  JWS, typ "e2ee-state+jwt", of any host: ticket, rev, e2ee = on | off,
 *              features {name: allow | deny}, grants [JWS], iat.  A feature that is not named
 *              is as in the ticket
 *
 * Both carry the signer's key in their header, and name the ticket by its hash.  A statement
 * counts by its signature and its revision, whoever carries it: it is the meeting_state extension
 * of the group's context, and a higher revision replaces a lower one (policy.h says which of two
 * with one revision).  Revision 0 is what the ticket says and has no statement.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATEMENT_H
#define E2EE_CORE_MEETING_STATEMENT_H

#include "core/meeting/ticket.h"

#define E2EE_MAX_GRANTS 16

typedef struct
{
  uint64_t revision;            /* 1 to 2^53 - 1; 0: the ticket's own */
  int on;
  e2ee_features features;
  e2ee_host granted[E2EE_MAX_GRANTS];
  size_t n_granted;
  e2ee_thumbprint signer;       /* zeros in revision 0 */
  uint64_t issued_at;
} e2ee_statement;

/* What holds before any host has said anything. */
void e2ee_statement_initial (const e2ee_ticket * ticket, e2ee_statement * statement);
/* JWS_*, STATEMENT_TICKET, STATEMENT_POLICY (on under forbid, off under require, a feature of
 * E2EE_FEATURES_NEVER), NOT_HOST (signer, or signer of a grant). */
E2EE_MUST_USE e2ee_meeting_result e2ee_statement_verify (e2ee_bytes text,
    const e2ee_ticket * ticket, e2ee_statement * statement);
/* @grants are those that go in, texts of e2ee_grant_issue().  NOT_HOST, STATEMENT_POLICY; ARGUMENT
 * for whatever else e2ee_statement_verify() would not take. */
E2EE_MUST_USE e2ee_meeting_result e2ee_statement_issue (const e2ee_statement * statement,
    const e2ee_ticket * ticket, const e2ee_device * host, const e2ee_bytes * grants,
    size_t n_grants, uint64_t now, e2ee_mls_buffer * text);
/* Makes @device of the account @subject a host.  NOT_HOST when @host is none of the ticket. */
E2EE_MUST_USE e2ee_meeting_result e2ee_grant_issue (const e2ee_ticket * ticket,
    const e2ee_device * host, const char *subject, const e2ee_thumbprint * device, uint64_t now,
    e2ee_mls_buffer * text);
/* The texts of the grants in a statement; *grants is an array of owned buffers (free each, then
 * e2ee_mls_free the array). */
E2EE_MUST_USE e2ee_meeting_result e2ee_statement_grants (e2ee_bytes text,
    e2ee_mls_buffer ** grants, size_t * n_grants);

/* 1 when account and device are a host's, by the ticket or by a grant of the statement in force. */
int e2ee_statement_has_host (const e2ee_statement * statement, const e2ee_ticket * ticket,
    const char *subject, const e2ee_thumbprint * device);

#endif
