/* The examples of docs/accounts-and-tickets.md, which another implementation made: they are valid
 * here, and what is issued here for the same content is the same to the byte.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tickets.h"

#include "examples.h"

#include <sodium.h>

#include "core/meeting/log.h"

#define MEETING "daily-7"

#define PRIVATE_JWK(x, d) \
  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" x "\",\"d\":\"" d "\"}"

static const uint8_t leaf_key[32] = {
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
  27, 28, 29, 30, 31
};

static struct
{
  e2ee_device *authority;
  e2ee_device *alice;
  e2ee_device *bob;
  e2ee_authorities authorities;
} made;

static void
prepare (void)
{
  if (made.authority != NULL)
    return;
  CHECK_OK (e2ee_device_from_jwk (TEXT (PRIVATE_JWK (EXAMPLE_AUTHORITY_X, EXAMPLE_AUTHORITY_D)),
          &made.authority));
  CHECK_OK (e2ee_device_from_jwk (TEXT (PRIVATE_JWK (EXAMPLE_ALICE_X, EXAMPLE_ALICE_D)),
          &made.alice));
  CHECK_OK (e2ee_device_from_jwk (TEXT (PRIVATE_JWK (EXAMPLE_BOB_X, EXAMPLE_BOB_D)), &made.bob));
  CHECK_OK (e2ee_authorities_parse (TEXT ("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
              EXAMPLE_AUTHORITY_X "\"}]}"), &made.authorities));
}

static e2ee_ticket
example_ticket (void)
{
  e2ee_ticket ticket;

  prepare ();
  KIT_MUST (e2ee_ticket_verify (TEXT (EXAMPLE_TICKET), &made.authorities, &ticket)
      == E2EE_MEETING_OK);
  return ticket;
}

static void
check_thumbprint (const e2ee_device * device, const char *expected)
{
  const e2ee_thumbprint thumbprint = kit_thumbprint (device);
  char text[E2EE_BASE64URL_32 + 1];

  e2ee_base64url_write_32 (thumbprint.bytes, text);
  CHECK_STR (text, expected);
}

static void
test_thumbprints_of_the_example (void)
{
  prepare ();
  check_thumbprint (made.alice, EXAMPLE_ALICE_THUMBPRINT);
  check_thumbprint (made.bob, EXAMPLE_BOB_THUMBPRINT);
}

static void
test_token_of_the_example (void)
{
  e2ee_account account;
  e2ee_mls_buffer token;

  prepare ();
  CHECK_OK (e2ee_account_verify (TEXT (EXAMPLE_TOKEN), &made.authorities, NOW, &account));
  CHECK_STR (account.name, "Alice");
  CHECK_INT (account.tier, E2EE_TIER_PAID);
  CHECK_OK (e2ee_account_issue (made.authority, "alice", "Alice", E2EE_TIER_PAID,
          e2ee_device_public_key (made.alice), NOW, NOW + DAY, &token));
  CHECK_BYTES (e2ee_mls_buffer_view (token), TEXT (EXAMPLE_TOKEN));
  e2ee_mls_buffer_clear (&token);
}

static void
test_identity_of_the_example (void)
{
  const e2ee_bytes expected = TEXT (EXAMPLE_TOKEN "~" EXAMPLE_BINDING);
  const e2ee_identity_check check = {
    &made.authorities, MEETING, E2EE_BYTES (leaf_key, 32), NOW + 60, 1
  };
  e2ee_account account;
  e2ee_mls_buffer identity;

  prepare ();
  CHECK_OK (e2ee_identity_verify (expected, &check, &account));
  CHECK_OK (e2ee_identity_bind (TEXT (EXAMPLE_TOKEN), made.alice, MEETING,
          E2EE_BYTES (leaf_key, 32), NOW + 60, &identity));
  CHECK_BYTES (e2ee_mls_buffer_view (identity), expected);
  e2ee_mls_buffer_clear (&identity);
}

static void
test_ticket_of_the_example (void)
{
  e2ee_ticket ticket = example_ticket ();
  char hash[E2EE_BASE64URL_32 + 1];
  e2ee_mls_buffer text;

  e2ee_base64url_write_32 (ticket.hash, hash);
  CHECK_STR (hash, EXAMPLE_TICKET_HASH);
  CHECK_STR (ticket.meeting_id, MEETING);
  CHECK_INT (ticket.features, E2EE_FEATURES_DEFAULT | 1u << E2EE_FEATURE_NOTES);
  CHECK_OK (e2ee_ticket_issue (&ticket, made.alice, TEXT (EXAMPLE_TOKEN), NOW + 30, &text));
  CHECK_BYTES (e2ee_mls_buffer_view (text), TEXT (EXAMPLE_TICKET));
  e2ee_mls_buffer_clear (&text);
}

static void
test_link_of_the_example (void)
{
  const e2ee_ticket ticket = example_ticket ();
  e2ee_mls_buffer text;
  e2ee_link link;

  CHECK_OK (e2ee_link_parse (TEXT (EXAMPLE_LINK), &link));
  CHECK_OK (e2ee_link_check_ticket (&link, &ticket));
  CHECK_OK (e2ee_link_format ("https://meet.example/join", &link, &text));
  CHECK_BYTES (e2ee_mls_buffer_view (text), TEXT (EXAMPLE_LINK));
  e2ee_mls_buffer_clear (&text);
  e2ee_link_clear (&link);
}

static void
test_grant_and_statement_of_the_example (void)
{
  const e2ee_ticket ticket = example_ticket ();
  const e2ee_thumbprint bob = kit_thumbprint (made.bob);
  const e2ee_bytes grant = TEXT (EXAMPLE_GRANT);
  e2ee_statement statement;
  e2ee_mls_buffer text;

  CHECK_OK (e2ee_statement_verify (TEXT (EXAMPLE_STATEMENT), &ticket, &statement));
  CHECK_INT (statement.revision, 1);
  CHECK_INT (statement.on, 1);
  CHECK_INT (e2ee_statement_has_host (&statement, &ticket, "bob", &bob), 1);
  CHECK_OK (e2ee_grant_issue (&ticket, made.alice, "bob", &bob, NOW + 90, &text));
  CHECK_BYTES (e2ee_mls_buffer_view (text), grant);
  e2ee_mls_buffer_clear (&text);
  CHECK_OK (e2ee_statement_issue (&statement, &ticket, made.bob, &grant, 1, NOW + 120, &text));
  CHECK_BYTES (e2ee_mls_buffer_view (text), TEXT (EXAMPLE_STATEMENT));
  e2ee_mls_buffer_clear (&text);
}

static void
test_log_of_the_example (void)
{
  json_t *fields = json_pack ("{s:s}", "subject", "bob");
  char last[2 * E2EE_LOG_HASH_SIZE + 1];
  e2ee_mls_buffer text, line;
  uint64_t wrong;
  e2ee_log log;

  CHECK_OK (e2ee_log_verify (TEXT (EXAMPLE_LOG), &log, &wrong));
  sodium_bin2hex (last, sizeof (last), log.prev, sizeof (log.prev));
  CHECK_STR (last, EXAMPLE_LOG_LAST);
  e2ee_log_init (&log);
  CHECK_OK (e2ee_log_append (&log, NOW + 60, 0, "begin", NULL, &text));
  CHECK_OK (e2ee_log_append (&log, NOW + 61, 1, "join", fields, &line));
  kit_append (&text, TEXT ("\n"));
  kit_append (&text, e2ee_mls_buffer_view (line));
  kit_append (&text, TEXT ("\n"));
  CHECK_BYTES (e2ee_mls_buffer_view (text), TEXT (EXAMPLE_LOG));
  e2ee_mls_buffer_clear (&line);
  e2ee_mls_buffer_clear (&text);
  json_decref (fields);
}

static const check_case cases[] = {
  CHECK_CASE (test_thumbprints_of_the_example),
  CHECK_CASE (test_token_of_the_example),
  CHECK_CASE (test_identity_of_the_example),
  CHECK_CASE (test_ticket_of_the_example),
  CHECK_CASE (test_link_of_the_example),
  CHECK_CASE (test_grant_and_statement_of_the_example),
  CHECK_CASE (test_log_of_the_example),
};

CHECK_MAIN (cases)
