/* Statements and grants of hosts (statement.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/statement.h"

#include <string.h>

#include "core/meeting/claims.h"
#include "core/meeting/ticket-private.h"

#define GRANT_TYPE "e2ee-host+jwt"
#define STATEMENT_TYPE "e2ee-state+jwt"

static const char *const switches[] = { "off", "on" };

void
e2ee_statement_initial (const e2ee_ticket * ticket, e2ee_statement * statement)
{
  memset (statement, 0, sizeof (*statement));
  statement->on = ticket->initially_on;
  statement->features = ticket->features;
  statement->issued_at = ticket->issued_at;
}

/* The steps that grants and statements have in common: form, signature and ticket. */
static e2ee_meeting_result
open_signed (e2ee_bytes text, const char *type, const e2ee_ticket * ticket, e2ee_jws * jws,
    e2ee_thumbprint * signer)
{
  uint8_t hash[E2EE_TICKET_HASH_SIZE];
  e2ee_meeting_result r = e2ee_jws_parse (text, type, jws);

  if (r != E2EE_MEETING_OK)
    return r;
  r = jws->has_jwk ? e2ee_jws_verify (jws, &jws->jwk) : E2EE_MEETING_ERR_JWS_FORMAT;
  if (r != E2EE_MEETING_OK)
    goto out;
  e2ee_public_key_thumbprint (&jws->jwk, signer);
  r = e2ee_claim_hash (jws->claims, "ticket", hash);
  if (r == E2EE_MEETING_OK && memcmp (hash, ticket->hash, sizeof (hash)) != 0)
    r = E2EE_MEETING_ERR_STATEMENT_TICKET;

out:
  if (r != E2EE_MEETING_OK)
    e2ee_jws_clear (jws);
  return r;
}

/* Hosts of the ticket alone make hosts, so that what one of them began ends with them. */
static e2ee_meeting_result
read_grant (e2ee_bytes text, const e2ee_ticket * ticket, e2ee_host * host)
{
  e2ee_thumbprint signer;
  uint64_t issued_at;
  e2ee_jws jws;
  e2ee_meeting_result r = open_signed (text, GRANT_TYPE, ticket, &jws, &signer);

  memset (host, 0, sizeof (*host));
  if (r != E2EE_MEETING_OK)
    return r;
  if (!e2ee_host_list_has (ticket->hosts, ticket->n_hosts, NULL, &signer)) {
    r = E2EE_MEETING_ERR_NOT_HOST;
    goto out;
  }
  r = e2ee_claim_subject (jws.claims, "sub", host->subject);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = e2ee_claim_hash (jws.claims, "jkt", host->device.bytes);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = e2ee_claim_number (jws.claims, "iat", &issued_at);

out:
  e2ee_jws_clear (&jws);
  return r;
}

static e2ee_meeting_result
find_grants (const json_t * claims, const json_t ** grants)
{
  *grants = json_object_get (claims, "grants");
  if (!json_is_array (*grants) || json_array_size (*grants) > E2EE_MAX_GRANTS)
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  for (size_t i = 0; i < json_array_size (*grants); i++)
    if (!json_is_string (json_array_get (*grants, i)))
      return E2EE_MEETING_ERR_JWS_CLAIMS;
  return E2EE_MEETING_OK;
}

static e2ee_bytes
grant_text (const json_t * grants, size_t i)
{
  const json_t *grant = json_array_get (grants, i);

  return E2EE_BYTES (json_string_value (grant), json_string_length (grant));
}

static e2ee_meeting_result
read_grants (const json_t * claims, const e2ee_ticket * ticket, e2ee_statement * statement)
{
  const json_t *grants;
  e2ee_meeting_result r = find_grants (claims, &grants);

  for (size_t i = 0; r == E2EE_MEETING_OK && i < json_array_size (grants); i++) {
    r = read_grant (grant_text (grants, i), ticket, &statement->granted[i]);
    if (r == E2EE_MEETING_OK)
      statement->n_granted++;
  }
  return r;
}

static e2ee_meeting_result
check_signer (const e2ee_statement * statement, const e2ee_ticket * ticket)
{
  return e2ee_host_list_has (ticket->hosts, ticket->n_hosts, NULL, &statement->signer)
      || e2ee_host_list_has (statement->granted, statement->n_granted, NULL, &statement->signer)
      ? E2EE_MEETING_OK : E2EE_MEETING_ERR_NOT_HOST;
}

static e2ee_meeting_result
read_state (const json_t * claims, const e2ee_ticket * ticket, e2ee_statement * statement)
{
  e2ee_meeting_result r;

  r = e2ee_claim_number (claims, "rev", &statement->revision);
  if (r != E2EE_MEETING_OK)
    return r;
  if (statement->revision == 0)
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  r = e2ee_claim_choice (claims, "e2ee", switches, 2, &statement->on);
  if (r != E2EE_MEETING_OK)
    return r;
  statement->features = ticket->features;
  r = e2ee_claim_features (claims, "features", &statement->features);
  if (r != E2EE_MEETING_OK)
    return r;
  return e2ee_claim_number (claims, "iat", &statement->issued_at);
}

static e2ee_meeting_result
check_policy (const e2ee_statement * statement, const e2ee_ticket * ticket)
{
  if (statement->on ? ticket->e2ee == E2EE_FLOOR_FORBID : ticket->e2ee == E2EE_FLOOR_REQUIRE)
    return E2EE_MEETING_ERR_STATEMENT_POLICY;
  if (statement->features & E2EE_FEATURES_NEVER)
    return E2EE_MEETING_ERR_STATEMENT_POLICY;
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_statement_verify (e2ee_bytes text, const e2ee_ticket * ticket, e2ee_statement * statement)
{
  e2ee_jws jws;
  e2ee_meeting_result r;

  memset (statement, 0, sizeof (*statement));
  r = open_signed (text, STATEMENT_TYPE, ticket, &jws, &statement->signer);
  if (r != E2EE_MEETING_OK)
    goto out;
  r = read_grants (jws.claims, ticket, statement);
  if (r == E2EE_MEETING_OK)
    r = check_signer (statement, ticket);
  if (r == E2EE_MEETING_OK)
    r = read_state (jws.claims, ticket, statement);
  if (r == E2EE_MEETING_OK)
    r = check_policy (statement, ticket);
  e2ee_jws_clear (&jws);

out:
  if (r != E2EE_MEETING_OK)
    memset (statement, 0, sizeof (*statement));
  return r;
}

static e2ee_meeting_result
set_grants (json_t * claims, const e2ee_bytes * grants, size_t n_grants)
{
  json_t *array = json_array ();

  if (json_object_set_new (claims, "grants", array) != 0)
    return E2EE_MEETING_ERR_NO_MEMORY;
  for (size_t i = 0; i < n_grants; i++)
    if (json_array_append_new (array,
            json_stringn ((const char *) grants[i].data, grants[i].size)) != 0)
      return E2EE_MEETING_ERR_ARGUMENT;
  return E2EE_MEETING_OK;
}

/* By the rules of those who will read it. */
static e2ee_meeting_result
read_back (e2ee_bytes text, const e2ee_ticket * ticket)
{
  e2ee_statement statement;
  e2ee_meeting_result r = e2ee_statement_verify (text, ticket, &statement);

  switch (r) {
    case E2EE_MEETING_OK:
    case E2EE_MEETING_ERR_NOT_HOST:
    case E2EE_MEETING_ERR_STATEMENT_POLICY:
    case E2EE_MEETING_ERR_NO_MEMORY:
      return r;
    default:
      return E2EE_MEETING_ERR_ARGUMENT;
  }
}

e2ee_meeting_result
e2ee_statement_issue (const e2ee_statement * statement, const e2ee_ticket * ticket,
    const e2ee_device * host, const e2ee_bytes * grants, size_t n_grants, uint64_t now,
    e2ee_mls_buffer * text)
{
  json_t *claims;
  e2ee_meeting_result r;

  *text = E2EE_MLS_NO_BUFFER;
  if (n_grants > E2EE_MAX_GRANTS || statement->revision > E2EE_MAX_NUMBER
      || now > E2EE_MAX_NUMBER)
    return E2EE_MEETING_ERR_ARGUMENT;
  claims = json_pack ("{s:I, s:s, s:o, s:I}", "rev", (json_int_t) statement->revision,
      "e2ee", switches[statement->on != 0], "features", e2ee_features_new (statement->features),
      "iat", (json_int_t) now);
  if (claims == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  r = e2ee_claims_set_hash (claims, "ticket", ticket->hash);
  if (r == E2EE_MEETING_OK)
    r = set_grants (claims, grants, n_grants);
  if (r == E2EE_MEETING_OK)
    r = e2ee_jws_sign (host, STATEMENT_TYPE, claims, 1, text);
  if (r == E2EE_MEETING_OK)
    r = read_back (e2ee_mls_buffer_view (*text), ticket);
  json_decref (claims);
  if (r != E2EE_MEETING_OK)
    e2ee_mls_buffer_clear (text);
  return r;
}

e2ee_meeting_result
e2ee_grant_issue (const e2ee_ticket * ticket, const e2ee_device * host, const char *subject,
    const e2ee_thumbprint * device, uint64_t now, e2ee_mls_buffer * text)
{
  e2ee_thumbprint signer;
  json_t *claims;
  e2ee_meeting_result r;

  *text = E2EE_MLS_NO_BUFFER;
  e2ee_public_key_thumbprint (e2ee_device_public_key (host), &signer);
  if (!e2ee_host_list_has (ticket->hosts, ticket->n_hosts, NULL, &signer))
    return E2EE_MEETING_ERR_NOT_HOST;
  if (!e2ee_subject_is_valid (E2EE_BYTES (subject, strlen (subject))) || now > E2EE_MAX_NUMBER)
    return E2EE_MEETING_ERR_ARGUMENT;
  claims = json_pack ("{s:s, s:I}", "sub", subject, "iat", (json_int_t) now);
  if (claims == NULL)
    return E2EE_MEETING_ERR_ARGUMENT;
  r = e2ee_claims_set_hash (claims, "ticket", ticket->hash);
  if (r == E2EE_MEETING_OK)
    r = e2ee_claims_set_hash (claims, "jkt", device->bytes);
  if (r == E2EE_MEETING_OK)
    r = e2ee_jws_sign (host, GRANT_TYPE, claims, 1, text);
  json_decref (claims);
  return r;
}

static e2ee_meeting_result
dup_grants (const json_t * array, e2ee_mls_buffer * grants)
{
  for (size_t i = 0; i < json_array_size (array); i++)
    if (e2ee_mls_buffer_dup (grant_text (array, i), &grants[i]) != E2EE_MLS_OK)
      return E2EE_MEETING_ERR_NO_MEMORY;
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_statement_grants (e2ee_bytes text, e2ee_mls_buffer ** grants, size_t * n_grants)
{
  e2ee_mls_buffer *copies = NULL;
  const json_t *array;
  e2ee_jws jws;
  e2ee_meeting_result r;

  *grants = NULL;
  *n_grants = 0;
  r = e2ee_jws_parse (text, STATEMENT_TYPE, &jws);
  if (r != E2EE_MEETING_OK)
    return r;
  r = find_grants (jws.claims, &array);
  if (r != E2EE_MEETING_OK || json_array_size (array) == 0)
    goto out;
  copies = e2ee_mls_alloc (json_array_size (array), sizeof (*copies));
  r = copies != NULL ? dup_grants (array, copies) : E2EE_MEETING_ERR_NO_MEMORY;
  if (r == E2EE_MEETING_OK) {
    *grants = copies;
    *n_grants = json_array_size (array);
  } else if (copies != NULL) {
    for (size_t i = 0; i < json_array_size (array); i++)
      e2ee_mls_buffer_clear (&copies[i]);
    e2ee_mls_free (copies);
  }

out:
  e2ee_jws_clear (&jws);
  return r;
}

int
e2ee_statement_has_host (const e2ee_statement * statement, const e2ee_ticket * ticket,
    const char *subject, const e2ee_thumbprint * device)
{
  return e2ee_ticket_has_host (ticket, subject, device)
      || e2ee_host_list_has (statement->granted, statement->n_granted, subject, device);
}
