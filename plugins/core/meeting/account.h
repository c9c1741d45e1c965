/* Who somebody is: an account token, and its binding to one meeting and one MLS leaf.
 *
 *   account token   JWS of the authority, typ "e2ee-account+jwt":
 *                   sub, name, tier = guest | free | paid, cnf.jwk (the device's key, RFC 7800),
 *                   iat, exp; nbf is optional
 *   key binding     JWS of the device, typ "e2ee-binding+jwt":
 *                   aud (meeting id), leaf (base64url of the MLS signature key), iat
 *   leaf identity   token "~" binding: the MLS basic credential
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_ACCOUNT_H
#define E2EE_CORE_MEETING_ACCOUNT_H

#include "core/meeting/device.h"

#define E2EE_MAX_SUBJECT 128
#define E2EE_MAX_NAME 64        /* bytes of UTF-8, after e2ee_text_sanitize() */
/* How far clocks may differ, and how old a binding may be when its owner is added. */
#define E2EE_CLOCK_SKEW 300

typedef enum
{
  E2EE_TIER_GUEST,
  E2EE_TIER_FREE,
  E2EE_TIER_PAID
} e2ee_tier;

/* "guest", "free", "paid".  Static. */
const char *e2ee_tier_name (e2ee_tier tier);

typedef struct
{
  char subject[E2EE_MAX_SUBJECT + 1];
  char name[E2EE_MAX_NAME + 1]; /* sanitised: safe to show */
  e2ee_tier tier;
  e2ee_public_key device;
  e2ee_thumbprint thumbprint;   /* of the device */
  uint64_t issued_at;           /* seconds since 1970 */
  uint64_t expires_at;
} e2ee_account;

/* Reads and verifies a token: signature of a trusted authority and claims; at @when, give or take
 * E2EE_CLOCK_SKEW, it is valid.  JWS_*, TOKEN_ISSUER, TOKEN_EXPIRED, TOKEN_NOT_YET. */
E2EE_MUST_USE e2ee_meeting_result e2ee_account_verify (e2ee_bytes token,
    const e2ee_authorities * authorities, uint64_t when, e2ee_account * account);

/* For the authority: tests and e2ee-ticket.  @expires_at - @issued_at is at most 30 days. */
E2EE_MUST_USE e2ee_meeting_result e2ee_account_issue (const e2ee_device * authority,
    const char *subject, const char *name, e2ee_tier tier, const e2ee_public_key * device,
    uint64_t issued_at, uint64_t expires_at, e2ee_mls_buffer * token);

/* token "~" binding.  TOKEN_DEVICE when the token is another device's. */
E2EE_MUST_USE e2ee_meeting_result e2ee_identity_bind (e2ee_bytes token,
    const e2ee_device * device, const char *meeting_id, e2ee_bytes leaf_key, uint64_t now,
    e2ee_mls_buffer * identity);

/* What an identity is verified against. */
typedef struct
{
  const e2ee_authorities *authorities;
  const char *meeting_id;
  e2ee_bytes leaf_key;
  uint64_t now;
  /* 1: it is being added, so the binding was made just now; 0: it stands in a tree that others
   * accepted before, who saw that it was. */
  int fresh;
} e2ee_identity_check;

/* The token must have been valid when the binding was made: a token that expires during the
 * meeting does not put its owner out, and an old binding cannot be used with it.  Errors of
 * e2ee_account_verify(), TOKEN_DEVICE, BINDING_*. */
E2EE_MUST_USE e2ee_meeting_result e2ee_identity_verify (e2ee_bytes identity,
    const e2ee_identity_check * check, e2ee_account * account);

#endif
