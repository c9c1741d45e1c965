/* Leaf identities: a token and its binding to one meeting and one MLS leaf (account.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/crypto/secret.h"
#include "core/meeting/account-private.h"
#include "core/meeting/claims.h"

/* Far more than a meeting id may have: another meeting's is an error of its own. */
#define MAX_AUDIENCE 256
/* The characters of a key of 256 bytes; those of MLS have 32 to 133. */
#define MAX_LEAF_TEXT 342

int
e2ee_split_pair (e2ee_bytes text, e2ee_bytes * first, e2ee_bytes * second)
{
  const uint8_t *tilde;
  size_t rest;

  if (text.size == 0 || text.size > 2 * E2EE_JWS_MAX_SIZE + 1)
    return 0;
  tilde = memchr (text.data, '~', text.size);
  if (tilde == NULL)
    return 0;
  /* A second "~" is a character that no JWS has. */
  rest = text.size - (size_t) (tilde - text.data) - 1;
  if (tilde == text.data || rest == 0)
    return 0;
  *first = E2EE_BYTES (text.data, (size_t) (tilde - text.data));
  *second = E2EE_BYTES (tilde + 1, rest);
  return 1;
}

e2ee_meeting_result
e2ee_join_pair (e2ee_bytes first, e2ee_bytes second, e2ee_mls_buffer * text)
{
  *text = E2EE_MLS_NO_BUFFER;
  if (first.size == 0 || second.size == 0)
    return E2EE_MEETING_ERR_ARGUMENT;
  text->data = e2ee_mls_alloc (first.size + 1 + second.size, 1);
  if (text->data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  memcpy (text->data, first.data, first.size);
  text->data[first.size] = '~';
  memcpy (text->data + first.size + 1, second.data, second.size);
  text->size = first.size + 1 + second.size;
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
make_binding (const e2ee_device * device, const char *meeting_id, e2ee_bytes leaf_key,
    uint64_t now, e2ee_mls_buffer * binding)
{
  e2ee_mls_buffer leaf;
  json_t *claims;
  e2ee_meeting_result r = e2ee_base64url_encode (leaf_key, &leaf);

  if (r != E2EE_MEETING_OK)
    return r;
  claims = json_pack ("{s:s, s:s%, s:I}", "aud", meeting_id, "leaf", (const char *) leaf.data,
      leaf.size, "iat", (json_int_t) now);
  r = claims != NULL ? e2ee_jws_sign (device, E2EE_BINDING_TYPE, claims, 1, binding)
      : E2EE_MEETING_ERR_ARGUMENT;
  json_decref (claims);
  e2ee_mls_buffer_clear (&leaf);
  return r;
}

e2ee_meeting_result
e2ee_identity_bind (e2ee_bytes token_text, const e2ee_device * device, const char *meeting_id,
    e2ee_bytes leaf_key, uint64_t now, e2ee_mls_buffer * identity)
{
  e2ee_mls_buffer binding = E2EE_MLS_NO_BUFFER;
  e2ee_token token;
  e2ee_meeting_result r;

  *identity = E2EE_MLS_NO_BUFFER;
  if (meeting_id[0] == '\0' || strlen (meeting_id) > MAX_AUDIENCE || leaf_key.size == 0
      || leaf_key.size > MAX_LEAF_TEXT / 4 * 3 || now > E2EE_MAX_NUMBER)
    return E2EE_MEETING_ERR_ARGUMENT;
  r = e2ee_token_read (token_text, NULL, &token);
  if (r != E2EE_MEETING_OK)
    return r;
  if (memcmp (token.account.device.bytes, e2ee_device_public_key (device)->bytes,
          E2EE_PUBLIC_KEY_SIZE) != 0)
    return E2EE_MEETING_ERR_TOKEN_DEVICE;
  r = make_binding (device, meeting_id, leaf_key, now, &binding);
  if (r == E2EE_MEETING_OK)
    r = e2ee_join_pair (token_text, e2ee_mls_buffer_view (binding), identity);
  e2ee_mls_buffer_clear (&binding);
  return r;
}

static e2ee_meeting_result
check_leaf (const json_t * claims, e2ee_bytes leaf_key)
{
  e2ee_mls_buffer leaf;
  e2ee_bytes text;
  e2ee_meeting_result r = e2ee_claim_text (claims, "leaf", MAX_LEAF_TEXT, &text);

  if (r != E2EE_MEETING_OK)
    return r;
  r = e2ee_base64url_decode (text, &leaf);
  if (r != E2EE_MEETING_OK)
    return r == E2EE_MEETING_ERR_JWS_FORMAT ? E2EE_MEETING_ERR_JWS_CLAIMS : r;
  if (!e2ee_equal (e2ee_mls_buffer_view (leaf), leaf_key))
    r = E2EE_MEETING_ERR_BINDING_LEAF;
  e2ee_mls_buffer_clear (&leaf);
  return r;
}

static e2ee_meeting_result
check_binding (const json_t * claims, const e2ee_identity_check * check, const e2ee_token * token)
{
  uint64_t made_at;
  e2ee_bytes audience;
  e2ee_meeting_result r;

  r = e2ee_claim_text (claims, "aud", MAX_AUDIENCE, &audience);
  if (r != E2EE_MEETING_OK)
    return r;
  r = e2ee_claim_number (claims, "iat", &made_at);
  if (r != E2EE_MEETING_OK)
    return r;
  if (!e2ee_equal (audience, E2EE_BYTES (check->meeting_id, strlen (check->meeting_id))))
    return E2EE_MEETING_ERR_BINDING_MEETING;
  r = check_leaf (claims, check->leaf_key);
  if (r != E2EE_MEETING_OK)
    return r;
  /* As old as the skew is just now; a second more is not. */
  if (check->fresh && (e2ee_time_is_before (check->now, made_at)
          || e2ee_time_is_before (made_at, check->now)))
    return E2EE_MEETING_ERR_BINDING_STALE;
  return e2ee_token_check_time (token, made_at);
}

e2ee_meeting_result
e2ee_identity_verify (e2ee_bytes identity, const e2ee_identity_check * check,
    e2ee_account * account)
{
  e2ee_bytes token_text, binding_text;
  e2ee_token token;
  e2ee_jws binding;
  e2ee_meeting_result r;

  memset (account, 0, sizeof (*account));
  if (!e2ee_split_pair (identity, &token_text, &binding_text))
    return E2EE_MEETING_ERR_JWS_FORMAT;
  r = e2ee_token_read (token_text, check->authorities, &token);
  if (r != E2EE_MEETING_OK)
    return r;
  r = e2ee_jws_parse (binding_text, E2EE_BINDING_TYPE, &binding);
  if (r != E2EE_MEETING_OK)
    return r;
  /* The key in the header decides nothing; it tells a stolen token from a broken signature. */
  if (!binding.has_jwk)
    r = E2EE_MEETING_ERR_JWS_FORMAT;
  else if (memcmp (binding.jwk.bytes, token.account.device.bytes, E2EE_PUBLIC_KEY_SIZE) != 0)
    r = E2EE_MEETING_ERR_TOKEN_DEVICE;
  else
    r = e2ee_jws_verify (&binding, &token.account.device);
  if (r == E2EE_MEETING_OK)
    r = check_binding (binding.claims, check, &token);
  if (r == E2EE_MEETING_OK)
    *account = token.account;
  e2ee_jws_clear (&binding);
  return r;
}
