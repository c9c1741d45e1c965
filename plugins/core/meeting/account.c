/* Account tokens (account.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/account.h"

#include <string.h>

#include "core/meeting/account-private.h"
#include "core/meeting/claims.h"
#include "core/meeting/jwk.h"
#include "core/meeting/text.h"

#define TOKEN_TYPE "e2ee-account+jwt"
#define MAX_AUTHORITIES_SIZE 16384
#define MAX_LIFE (30 * 24 * 60 * 60)
/* Of a name as the authority wrote it; what is kept of it is E2EE_MAX_NAME. */
#define MAX_RAW_NAME 1024

static const char *const tiers[] = { "guest", "free", "paid" };

const char *
e2ee_tier_name (e2ee_tier tier)
{
  return (unsigned) tier < 3 ? tiers[tier] : "unknown";
}

e2ee_meeting_result
e2ee_authorities_parse (e2ee_bytes jwk_set, e2ee_authorities * authorities)
{
  const json_t *keys;
  json_t *set;
  e2ee_meeting_result r;

  memset (authorities, 0, sizeof (*authorities));
  if (jwk_set.size > MAX_AUTHORITIES_SIZE)
    return E2EE_MEETING_ERR_KEY_FORMAT;
  r = e2ee_json_read (jwk_set, E2EE_MEETING_ERR_KEY_FORMAT, &set);
  if (r != E2EE_MEETING_OK)
    return r;
  r = E2EE_MEETING_ERR_KEY_FORMAT;      /* also of an empty set */
  keys = json_object_get (set, "keys");
  if (!json_is_array (keys)
      || json_array_size (keys) > sizeof (authorities->keys) / sizeof (authorities->keys[0]))
    goto out;
  for (size_t i = 0; i < json_array_size (keys); i++) {
    r = e2ee_jwk_read (json_array_get (keys, i), &authorities->keys[i]);
    if (r != E2EE_MEETING_OK)
      goto out;
  }
  authorities->n_keys = json_array_size (keys);

out:
  json_decref (set);
  if (r != E2EE_MEETING_OK)
    memset (authorities, 0, sizeof (*authorities));
  return r;
}

/* A token names no key: which of the few authorities it was is found by trying. */
static e2ee_meeting_result
verify_issuer (const e2ee_jws * jws, const e2ee_authorities * authorities)
{
  for (size_t i = 0; i < authorities->n_keys; i++)
    if (e2ee_jws_verify (jws, &authorities->keys[i]) == E2EE_MEETING_OK)
      return E2EE_MEETING_OK;
  return E2EE_MEETING_ERR_TOKEN_ISSUER;
}

static e2ee_meeting_result
read_person (const json_t * claims, e2ee_account * account)
{
  e2ee_meeting_result r;
  e2ee_bytes name;
  int tier;

  r = e2ee_claim_subject (claims, "sub", account->subject);
  if (r != E2EE_MEETING_OK)
    return r;
  r = e2ee_claim_text (claims, "name", MAX_RAW_NAME, &name);
  if (r != E2EE_MEETING_OK)
    return r;
  e2ee_text_sanitize (name, account->name, sizeof (account->name));
  r = e2ee_claim_choice (claims, "tier", tiers, 3, &tier);
  if (r != E2EE_MEETING_OK)
    return r;
  account->tier = (e2ee_tier) tier;
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
read_device (const json_t * claims, e2ee_account * account)
{
  const json_t *jwk = json_object_get (json_object_get (claims, "cnf"), "jwk");

  if (e2ee_jwk_read (jwk, &account->device) != E2EE_MEETING_OK)
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  e2ee_public_key_thumbprint (&account->device, &account->thumbprint);
  return E2EE_MEETING_OK;
}

static int
is_life (uint64_t issued_at, uint64_t expires_at)
{
  return expires_at <= E2EE_MAX_NUMBER && issued_at < expires_at
      && expires_at - issued_at <= MAX_LIFE;
}

static e2ee_meeting_result
read_times (const json_t * claims, e2ee_token * token)
{
  e2ee_account *account = &token->account;
  uint64_t not_before;
  e2ee_meeting_result r;

  r = e2ee_claim_number (claims, "iat", &account->issued_at);
  if (r != E2EE_MEETING_OK)
    return r;
  r = e2ee_claim_number (claims, "exp", &account->expires_at);
  if (r != E2EE_MEETING_OK)
    return r;
  token->not_before = account->issued_at;
  if (json_object_get (claims, "nbf") != NULL) {
    r = e2ee_claim_number (claims, "nbf", &not_before);
    if (r != E2EE_MEETING_OK)
      return r;
    if (not_before > token->not_before)
      token->not_before = not_before;
  }
  return is_life (account->issued_at, account->expires_at)
      ? E2EE_MEETING_OK : E2EE_MEETING_ERR_JWS_CLAIMS;
}

e2ee_meeting_result
e2ee_token_read (e2ee_bytes text, const e2ee_authorities * authorities, e2ee_token * token)
{
  e2ee_jws jws;
  e2ee_meeting_result r;

  memset (token, 0, sizeof (*token));
  r = e2ee_jws_parse (text, TOKEN_TYPE, &jws);
  if (r != E2EE_MEETING_OK)
    return r;
  if (authorities != NULL) {
    r = verify_issuer (&jws, authorities);
    if (r != E2EE_MEETING_OK)
      goto out;
  }
  r = read_person (jws.claims, &token->account);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = read_device (jws.claims, &token->account);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = read_times (jws.claims, token);

out:
  e2ee_jws_clear (&jws);
  if (r != E2EE_MEETING_OK)
    memset (token, 0, sizeof (*token));
  return r;
}

e2ee_meeting_result
e2ee_token_check_time (const e2ee_token * token, uint64_t when)
{
  if (e2ee_time_is_over (when, token->account.expires_at))
    return E2EE_MEETING_ERR_TOKEN_EXPIRED;
  if (e2ee_time_is_before (when, token->not_before))
    return E2EE_MEETING_ERR_TOKEN_NOT_YET;
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_account_verify (e2ee_bytes text, const e2ee_authorities * authorities, uint64_t when,
    e2ee_account * account)
{
  e2ee_token token;
  e2ee_meeting_result r = e2ee_token_read (text, authorities, &token);

  memset (account, 0, sizeof (*account));
  if (r == E2EE_MEETING_OK)
    r = e2ee_token_check_time (&token, when);
  if (r == E2EE_MEETING_OK)
    *account = token.account;
  return r;
}

e2ee_meeting_result
e2ee_account_issue (const e2ee_device * authority, const char *subject, const char *name,
    e2ee_tier tier, const e2ee_public_key * device, uint64_t issued_at, uint64_t expires_at,
    e2ee_mls_buffer * text)
{
  const size_t name_size = strlen (name);
  e2ee_meeting_result r;
  json_t *claims;

  *text = E2EE_MLS_NO_BUFFER;
  if (!e2ee_subject_is_valid (E2EE_BYTES (subject, strlen (subject))) || name_size == 0
      || name_size > MAX_RAW_NAME || (unsigned) tier > E2EE_TIER_PAID
      || !is_life (issued_at, expires_at))
    return E2EE_MEETING_ERR_ARGUMENT;
  /* NULL also for a subject or a name that is not UTF-8. */
  claims = json_pack ("{s:s, s:s, s:s, s:{s:o}, s:I, s:I}", "sub", subject, "name", name,
      "tier", tiers[tier], "cnf", "jwk", e2ee_jwk_new (device), "iat", (json_int_t) issued_at,
      "exp", (json_int_t) expires_at);
  if (claims == NULL)
    return E2EE_MEETING_ERR_ARGUMENT;
  r = e2ee_jws_sign (authority, TOKEN_TYPE, claims, 0, text);
  json_decref (claims);
  return r;
}
