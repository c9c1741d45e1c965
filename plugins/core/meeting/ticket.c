/* Meeting tickets (ticket.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/ticket.h"

#include <string.h>

#include <sodium.h>

#include "core/meeting/account-private.h"
#include "core/meeting/claims.h"
#include "core/meeting/ticket-private.h"

#define TICKET_TYPE "e2ee-ticket+jwt"

static const char *const floors[] = { "allow", "require", "forbid" };
static const char *const switches[] = { "off", "on" };

int
e2ee_meeting_id_is_valid (e2ee_bytes id)
{
  if (id.size == 0 || id.size > E2EE_MAX_MEETING_ID)
    return 0;
  for (size_t i = 0; i < id.size; i++) {
    const uint8_t c = id.data[i];

    if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'
            || c == '-'))
      return 0;
  }
  return 1;
}

static e2ee_meeting_result
read_meeting_id (const json_t * claims, e2ee_ticket * ticket)
{
  e2ee_bytes id;
  e2ee_meeting_result r = e2ee_claim_text (claims, "mid", E2EE_MAX_MEETING_ID, &id);

  if (r != E2EE_MEETING_OK)
    return r;
  if (!e2ee_meeting_id_is_valid (id))
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  memcpy (ticket->meeting_id, id.data, id.size);
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
read_hosts (const json_t * claims, e2ee_ticket * ticket)
{
  const json_t *hosts = json_object_get (claims, "hosts");
  const size_t n_hosts = json_array_size (hosts);

  if (n_hosts == 0 || n_hosts > E2EE_MAX_HOSTS)
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  for (size_t i = 0; i < n_hosts; i++) {
    const json_t *entry = json_array_get (hosts, i);
    e2ee_host host;
    e2ee_meeting_result r;

    memset (&host, 0, sizeof (host));
    r = e2ee_claim_subject (entry, "sub", host.subject);
    if (r != E2EE_MEETING_OK)
      return r;
    r = e2ee_claim_hash (entry, "jkt", host.device.bytes);
    if (r != E2EE_MEETING_OK)
      return r;
    if (e2ee_ticket_has_host (ticket, host.subject, &host.device))
      return E2EE_MEETING_ERR_JWS_CLAIMS;
    ticket->hosts[ticket->n_hosts++] = host;
  }
  return E2EE_MEETING_OK;
}

static int
is_consistent (const e2ee_ticket * ticket)
{
  if (ticket->initially_on ? ticket->e2ee == E2EE_FLOOR_FORBID
      : ticket->e2ee == E2EE_FLOOR_REQUIRE)
    return 0;
  return (ticket->features & E2EE_FEATURES_NEVER) == 0;
}

static e2ee_meeting_result
read_rules (const json_t * claims, e2ee_ticket * ticket)
{
  e2ee_meeting_result r;
  int choice;

  r = e2ee_claim_choice (claims, "e2ee", floors, 3, &choice);
  if (r != E2EE_MEETING_OK)
    return r;
  ticket->e2ee = (e2ee_floor) choice;
  r = e2ee_claim_choice (claims, "initial", switches, 2, &ticket->initially_on);
  if (r != E2EE_MEETING_OK)
    return r;
  ticket->features = E2EE_FEATURES_DEFAULT;
  r = e2ee_claim_features (claims, "features", &ticket->features);
  if (r != E2EE_MEETING_OK)
    return r;
  return is_consistent (ticket) ? E2EE_MEETING_OK : E2EE_MEETING_ERR_JWS_CLAIMS;
}

static e2ee_meeting_result
read_times (const json_t * claims, e2ee_ticket * ticket)
{
  e2ee_meeting_result r;

  r = e2ee_claim_number (claims, "iat", &ticket->issued_at);
  if (r != E2EE_MEETING_OK)
    return r;
  r = e2ee_claim_number (claims, "nbf", &ticket->not_before);
  if (r != E2EE_MEETING_OK)
    return r;
  r = e2ee_claim_number (claims, "exp", &ticket->not_after);
  if (r != E2EE_MEETING_OK)
    return r;
  return ticket->not_before < ticket->not_after
      ? E2EE_MEETING_OK : E2EE_MEETING_ERR_JWS_CLAIMS;
}

static e2ee_meeting_result
read_claims (const json_t * claims, e2ee_ticket * ticket)
{
  e2ee_meeting_result r;

  r = read_meeting_id (claims, ticket);
  if (r != E2EE_MEETING_OK)
    return r;
  r = read_hosts (claims, ticket);
  if (r != E2EE_MEETING_OK)
    return r;
  r = read_rules (claims, ticket);
  if (r != E2EE_MEETING_OK)
    return r;
  return read_times (claims, ticket);
}

/* The signature needs no authority: who signed is a host by his key's thumbprint, so that not even
 * a compromised authority makes a host.  The token says that the account was paid, and when. */
static e2ee_meeting_result
read_ticket (e2ee_bytes text, const e2ee_authorities * authorities, e2ee_ticket * ticket)
{
  e2ee_bytes jws_text, token_text;
  e2ee_token token;
  e2ee_jws jws;
  e2ee_meeting_result r;

  if (!e2ee_split_pair (text, &jws_text, &token_text))
    return E2EE_MEETING_ERR_JWS_FORMAT;
  r = e2ee_jws_parse (jws_text, TICKET_TYPE, &jws);
  if (r != E2EE_MEETING_OK)
    return r;
  r = jws.has_jwk ? e2ee_jws_verify (&jws, &jws.jwk) : E2EE_MEETING_ERR_JWS_FORMAT;
  if (r != E2EE_MEETING_OK)
    goto out;
  r = e2ee_token_read (token_text, authorities, &token);
  if (r != E2EE_MEETING_OK)
    goto out;
  if (memcmp (token.account.device.bytes, jws.jwk.bytes, E2EE_PUBLIC_KEY_SIZE) != 0) {
    r = E2EE_MEETING_ERR_TOKEN_DEVICE;
    goto out;
  }
  r = read_claims (jws.claims, ticket);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = e2ee_token_check_time (&token, ticket->issued_at);
  if (r != E2EE_MEETING_OK)
    goto out;
  if (!e2ee_ticket_has_host (ticket, token.account.subject, &token.account.thumbprint))
    r = E2EE_MEETING_ERR_TICKET_HOST;
  else if (ticket->e2ee != E2EE_FLOOR_FORBID && token.account.tier != E2EE_TIER_PAID)
    r = E2EE_MEETING_ERR_TICKET_TIER;

out:
  e2ee_jws_clear (&jws);
  return r;
}

e2ee_meeting_result
e2ee_ticket_verify (e2ee_bytes text, const e2ee_authorities * authorities, e2ee_ticket * ticket)
{
  e2ee_meeting_result r;

  memset (ticket, 0, sizeof (*ticket));
  r = read_ticket (text, authorities, ticket);
  if (r == E2EE_MEETING_OK)
    crypto_hash_sha256 (ticket->hash, text.data, text.size);
  else
    memset (ticket, 0, sizeof (*ticket));
  return r;
}

e2ee_meeting_result
e2ee_ticket_check_time (const e2ee_ticket * ticket, uint64_t now)
{
  if (e2ee_time_is_over (now, ticket->not_after))
    return E2EE_MEETING_ERR_TICKET_EXPIRED;
  if (e2ee_time_is_before (now, ticket->not_before))
    return E2EE_MEETING_ERR_TICKET_NOT_YET;
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
set_hosts (json_t * claims, const e2ee_ticket * ticket)
{
  json_t *hosts = json_array ();

  if (json_object_set_new (claims, "hosts", hosts) != 0)
    return E2EE_MEETING_ERR_NO_MEMORY;
  for (size_t i = 0; i < ticket->n_hosts; i++) {
    json_t *host = json_pack ("{s:s}", "sub", ticket->hosts[i].subject);
    e2ee_meeting_result r;

    if (json_array_append_new (hosts, host) != 0)
      return E2EE_MEETING_ERR_ARGUMENT;
    r = e2ee_claims_set_hash (host, "jkt", ticket->hosts[i].device.bytes);
    if (r != E2EE_MEETING_OK)
      return r;
  }
  return E2EE_MEETING_OK;
}

static e2ee_meeting_result
make_claims (const e2ee_ticket * ticket, uint64_t now, json_t ** claims)
{
  if (ticket->n_hosts > E2EE_MAX_HOSTS || (unsigned) ticket->e2ee > E2EE_FLOOR_FORBID
      || now > E2EE_MAX_NUMBER || ticket->not_before > E2EE_MAX_NUMBER
      || ticket->not_after > E2EE_MAX_NUMBER)
    return E2EE_MEETING_ERR_ARGUMENT;
  *claims = json_pack ("{s:s, s:s, s:s, s:o, s:I, s:I, s:I}", "mid", ticket->meeting_id,
      "e2ee", floors[ticket->e2ee], "initial", switches[ticket->initially_on != 0],
      "features", e2ee_features_new (ticket->features), "iat", (json_int_t) now,
      "nbf", (json_int_t) ticket->not_before, "exp", (json_int_t) ticket->not_after);
  if (*claims == NULL)
    return E2EE_MEETING_ERR_ARGUMENT;
  return set_hosts (*claims, ticket);
}

e2ee_meeting_result
e2ee_ticket_issue (const e2ee_ticket * ticket, const e2ee_device * device,
    e2ee_bytes account_token, uint64_t now, e2ee_mls_buffer * text)
{
  e2ee_mls_buffer signed_part = E2EE_MLS_NO_BUFFER;
  json_t *claims = NULL;
  e2ee_ticket read_back;
  e2ee_meeting_result r;

  *text = E2EE_MLS_NO_BUFFER;
  memset (&read_back, 0, sizeof (read_back));
  r = make_claims (ticket, now, &claims);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = e2ee_jws_sign (device, TICKET_TYPE, claims, 1, &signed_part);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = e2ee_join_pair (e2ee_mls_buffer_view (signed_part), account_token, text);
  if (r != E2EE_MEETING_OK)
    goto out;
  /* By the rules of those who will read it. */
  r = read_ticket (e2ee_mls_buffer_view (*text), NULL, &read_back);
  if (r != E2EE_MEETING_OK && r != E2EE_MEETING_ERR_NO_MEMORY)
    r = E2EE_MEETING_ERR_ARGUMENT;

out:
  json_decref (claims);
  e2ee_mls_buffer_clear (&signed_part);
  if (r != E2EE_MEETING_OK)
    e2ee_mls_buffer_clear (text);
  return r;
}

int
e2ee_host_list_has (const e2ee_host * hosts, size_t n_hosts, const char *subject,
    const e2ee_thumbprint * device)
{
  for (size_t i = 0; i < n_hosts; i++)
    if (e2ee_thumbprint_equal (&hosts[i].device, device)
        && (subject == NULL || strcmp (hosts[i].subject, subject) == 0))
      return 1;
  return 0;
}

int
e2ee_ticket_has_host (const e2ee_ticket * ticket, const char *subject,
    const e2ee_thumbprint * device)
{
  return e2ee_host_list_has (ticket->hosts, ticket->n_hosts, subject, device);
}
