/* The ticket of a meeting and the link that names it.
 *
 *   ticket   JWS of the scheduling device (typ "e2ee-ticket+jwt", its public key in the header)
 *            "~" that device's account token.  Claims: mid, hosts [{sub, jkt}], e2ee = allow |
 *            require | forbid, initial = on | off, features {name: allow | deny}, iat, nbf, exp.
 *            A feature that is not named is as in E2EE_FEATURES_DEFAULT
 *   link     ANY-BASE?m=MID&t=TICKET-HASH#JOIN-SECRET   (base64url; the part behind # never
 *            reaches a server)
 *
 * The ticket is fixed when the meeting is made and everybody has the same one, or the hash in the
 * link says otherwise: so people may join before the host, and a server cannot make one.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_TICKET_H
#define E2EE_CORE_MEETING_TICKET_H

#include "core/meeting/account.h"
#include "core/meeting/feature.h"

#define E2EE_MAX_MEETING_ID 64
#define E2EE_MAX_HOSTS 16
#define E2EE_TICKET_HASH_SIZE 32
#define E2EE_JOIN_SECRET_SIZE 32

typedef enum
{
  E2EE_FLOOR_ALLOW,
  E2EE_FLOOR_REQUIRE,
  E2EE_FLOOR_FORBID
} e2ee_floor;

typedef struct
{
  char subject[E2EE_MAX_SUBJECT + 1];
  e2ee_thumbprint device;
} e2ee_host;

typedef struct
{
  char meeting_id[E2EE_MAX_MEETING_ID + 1];     /* [A-Za-z0-9_-]+ */
  e2ee_host hosts[E2EE_MAX_HOSTS];      /* at least the one who scheduled */
  size_t n_hosts;
  e2ee_floor e2ee;
  int initially_on;             /* always with require, never with forbid */
  e2ee_features features;       /* available while on */
  uint64_t issued_at;
  uint64_t not_before;
  uint64_t not_after;
  uint8_t hash[E2EE_TICKET_HASH_SIZE];  /* SHA-256 of the whole text */
} e2ee_ticket;

/* Verifies signature, token (valid when the ticket was issued), that the signer is one of the
 * hosts, and that the account was paid when `e2ee` is not forbid.  Does not look at the clock.
 * JWS_*, TOKEN_*, TICKET_HOST, TICKET_TIER. */
E2EE_MUST_USE e2ee_meeting_result e2ee_ticket_verify (e2ee_bytes text,
    const e2ee_authorities * authorities, e2ee_ticket * ticket);
/* TICKET_EXPIRED, TICKET_NOT_YET, with E2EE_CLOCK_SKEW. */
E2EE_MUST_USE e2ee_meeting_result e2ee_ticket_check_time (const e2ee_ticket * ticket,
    uint64_t now);
/* What @ticket says (hash and issued_at are ignored), signed at @now.  ARGUMENT for what
 * e2ee_ticket_verify() would not take. */
E2EE_MUST_USE e2ee_meeting_result e2ee_ticket_issue (const e2ee_ticket * ticket,
    const e2ee_device * device, e2ee_bytes account_token, uint64_t now, e2ee_mls_buffer * text);
/* 1 when account and device are those of a host in the ticket. */
int e2ee_ticket_has_host (const e2ee_ticket * ticket, const char *subject,
    const e2ee_thumbprint * device);

typedef struct
{
  char meeting_id[E2EE_MAX_MEETING_ID + 1];
  uint8_t ticket_hash[E2EE_TICKET_HASH_SIZE];
  e2ee_mls_secret join_secret;
} e2ee_link;

/* LINK_FORMAT.  A repeated or missing part is a fault; other query parts are the app's. */
E2EE_MUST_USE e2ee_meeting_result e2ee_link_parse (e2ee_bytes text, e2ee_link * link);
/* @base such as "https://meet.example/join", with or without a query of the app's.  ARGUMENT for
 * one that has a fragment or characters that no URL has.  The text holds the secret. */
E2EE_MUST_USE e2ee_meeting_result e2ee_link_format (const char *base, const e2ee_link * link,
    e2ee_mls_buffer * text);
void e2ee_link_clear (e2ee_link * link);
/* TICKET_HASH: @ticket, verified, is not the one that the link names, or of another meeting. */
E2EE_MUST_USE e2ee_meeting_result e2ee_link_check_ticket (const e2ee_link * link,
    const e2ee_ticket * ticket);

#endif
