/* Account tokens: who is who, and for how long.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#define TYPE "e2ee-account+jwt"

static e2ee_account account;

static e2ee_meeting_result
verify_at (e2ee_mls_buffer token, uint64_t when)
{
  return e2ee_account_verify (e2ee_mls_buffer_view (token), &people ()->authorities, when,
      &account);
}

/* Alice's token with one claim changed, signed by the authority. */
static e2ee_mls_buffer
token_with (const char *path, const char *json)
{
  return kit_resign (kit_token (people ()->alice, "alice", E2EE_TIER_PAID), TYPE,
      people ()->authority, 0, path, json);
}

static void
test_token_says_who_somebody_is (void)
{
  const e2ee_thumbprint thumbprint = kit_thumbprint (people ()->alice);
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID);

  CHECK_OK (verify_at (token, NOW));
  CHECK_STR (account.subject, "alice");
  CHECK_STR (account.name, "A. Name");
  CHECK_STR (e2ee_tier_name (account.tier), "paid");
  CHECK_MEM (account.device.bytes, e2ee_device_public_key (people ()->alice)->bytes, 32);
  CHECK_MEM (account.thumbprint.bytes, thumbprint.bytes, 32);
  CHECK_INT (account.issued_at, NOW - DAY);
  CHECK_INT (account.expires_at, NOW + DAY);
  e2ee_mls_buffer_clear (&token);
}

static void
test_every_tier_is_read (void)
{
  for (int tier = E2EE_TIER_GUEST; tier <= E2EE_TIER_PAID; tier++) {
    e2ee_mls_buffer token = kit_token (people ()->alice, "alice", (e2ee_tier) tier);

    CHECK_OK (verify_at (token, NOW));
    CHECK_INT (account.tier, tier);
    e2ee_mls_buffer_clear (&token);
  }
  CHECK_STR (e2ee_tier_name ((e2ee_tier) 3), "unknown");
}

static void
test_token_of_any_trusted_authority_is_taken (void)
{
  e2ee_authorities three = people ()->authorities;
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_FREE);

  three.keys[2] = three.keys[0];
  three.keys[0] = *e2ee_device_public_key (people ()->bob);
  three.keys[1] = *e2ee_device_public_key (people ()->mallory);
  three.n_keys = 3;
  CHECK_OK (e2ee_account_verify (e2ee_mls_buffer_view (token), &three, NOW, &account));
  three.n_keys = 2;
  CHECK_RESULT (e2ee_account_verify (e2ee_mls_buffer_view (token), &three, NOW, &account),
      TOKEN_ISSUER);
  three.n_keys = 0;
  CHECK_RESULT (e2ee_account_verify (e2ee_mls_buffer_view (token), &three, NOW, &account),
      TOKEN_ISSUER);
  e2ee_mls_buffer_clear (&token);
}

static void
test_token_of_an_authority_that_is_not_trusted_is_refused (void)
{
  e2ee_mls_buffer token;

  CHECK_OK (e2ee_account_issue (people ()->mallory, "alice", "Alice", E2EE_TIER_PAID,
          e2ee_device_public_key (people ()->mallory), NOW - DAY, NOW + DAY, &token));
  CHECK_RESULT (verify_at (token, NOW), TOKEN_ISSUER);
  CHECK_INT (account.subject[0], 0);
  e2ee_mls_buffer_clear (&token);
}

/* A key that comes with the token says nothing about trust. */
static void
test_key_in_the_header_makes_no_authority (void)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID);
  json_t *claims = kit_claims (e2ee_mls_buffer_view (token), TYPE);

  e2ee_mls_buffer_clear (&token);
  token = kit_sign (people ()->mallory, TYPE, claims, 1);
  CHECK_RESULT (verify_at (token, NOW), TOKEN_ISSUER);
  e2ee_mls_buffer_clear (&token);
  json_decref (claims);
}

static void
test_tier_cannot_be_forged (void)
{
  e2ee_mls_buffer guest = kit_token (people ()->alice, "alice", E2EE_TIER_GUEST);
  e2ee_mls_buffer paid = kit_token (people ()->alice, "alice", E2EE_TIER_PAID);
  const size_t tail = 87;       /* the dot and the signature */
  e2ee_mls_buffer forged = E2EE_MLS_NO_BUFFER;

  kit_append (&forged, E2EE_BYTES (paid.data, paid.size - tail));
  kit_append (&forged, E2EE_BYTES (guest.data + guest.size - tail, tail));
  CHECK_RESULT (verify_at (forged, NOW), TOKEN_ISSUER);
  e2ee_mls_buffer_clear (&guest);
  e2ee_mls_buffer_clear (&paid);
  e2ee_mls_buffer_clear (&forged);
}

#define SUBJECT_128 \
  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct
{
  const char *name;
  const char *path;
  const char *json;
} wrong_claims[] = {
  {"no sub", "sub", NULL},
  {"sub is a number", "sub", "1"},
  {"sub is null", "sub", "null"},
  {"sub is a list", "sub", "[\"alice\"]"},
  {"sub is empty", "sub", "\"\""},
  {"sub of 129 bytes", "sub", SUBJECT_128 "aa\""},
  {"sub with a line break", "sub", "\"a\\nb\""},
  {"sub with a delete", "sub", "\"a\\u007f\""},
  {"no name", "name", NULL},
  {"name is a number", "name", "1"},
  {"name is empty", "name", "\"\""},
  {"no tier", "tier", NULL},
  {"tier is a number", "tier", "2"},
  {"tier is true", "tier", "true"},
  {"unknown tier", "tier", "\"admin\""},
  {"tier in other letters", "tier", "\"Paid\""},
  {"tier is empty", "tier", "\"\""},
  {"no cnf", "cnf", NULL},
  {"cnf is a string", "cnf", "\"x\""},
  {"cnf is empty", "cnf", "{}"},
  {"cnf has a thumbprint only", "cnf", "{\"jkt\":\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\"}"},
  {"cnf.jwk is a string", "cnf.jwk", "\"x\""},
  {"cnf.jwk without kty", "cnf.jwk.kty", NULL},
  {"cnf.jwk without crv", "cnf.jwk.crv", NULL},
  {"cnf.jwk of another curve", "cnf.jwk.crv", "\"X25519\""},
  {"cnf.jwk without x", "cnf.jwk.x", NULL},
  {"cnf.jwk with a short x", "cnf.jwk.x", "\"AAAA\""},
  {"cnf.jwk with x of small order", "cnf.jwk.x", "\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""},
  {"cnf.jwk with a private half", "cnf.jwk.d", "\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\""},
  {"no iat", "iat", NULL},
  {"iat is a string", "iat", "\"1699913600\""},
  {"iat is a real", "iat", "1699913600.0"},
  {"iat is negative", "iat", "-1"},
  {"iat over 2^53", "iat", "9007199254740992"},
  {"no exp", "exp", NULL},
  {"exp is a string", "exp", "\"1700086400\""},
  {"exp is a real", "exp", "1.7000864e9"},
  {"exp is negative", "exp", "-1700086400"},
  {"exp over 2^53", "exp", "9007199254740992"},
  {"exp is the largest that JSON reads", "exp", "9223372036854775807"},
  {"exp at iat", "exp", "1699913600"},
  {"exp before iat", "exp", "1699913599"},
  {"a life of 30 days and a second", "exp", "1702505601"},
  {"nbf is a string", "nbf", "\"1\""},
  {"nbf is null", "nbf", "null"},
  {"nbf is a real", "nbf", "1.5"},
  {"nbf is negative", "nbf", "-1"}
};

static void
test_claim_missing_or_of_wrong_type_or_range_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_claims); i++) {
    e2ee_mls_buffer token = token_with (wrong_claims[i].path, wrong_claims[i].json);

    CHECK_ROW ("%s", wrong_claims[i].name);
    CHECK_RESULT (verify_at (token, NOW), JWS_CLAIMS);
    CHECK_INT (account.subject[0], 0);
    CHECK_INT (account.expires_at, 0);
    e2ee_mls_buffer_clear (&token);
  }
}

static const struct
{
  const char *name;
  const char *path;
  const char *json;
} right_claims[] = {
  {"sub of 128 bytes", "sub", SUBJECT_128 "a\""},
  {"sub in another script", "sub", "\"\\u0430\\u043b\\u0438\\u0441\\u0430\""},
  {"an unknown claim", "amr", "[\"pwd\"]"},
  {"an iss", "iss", "\"https://accounts.example\""},
  {"a life of 30 days", "exp", "1702505600"},
  {"nbf in the past", "nbf", "1"},
  {"a further confirmation", "cnf.kid", "\"1\""}
};

static void
test_claims_at_their_limits_and_unknown_ones_are_taken (void)
{
  for (size_t i = 0; i < CHECK_N (right_claims); i++) {
    e2ee_mls_buffer token = token_with (right_claims[i].path, right_claims[i].json);

    CHECK_ROW ("%s", right_claims[i].name);
    CHECK_OK (verify_at (token, NOW));
    e2ee_mls_buffer_clear (&token);
  }
}

/* Issued at NOW - DAY, expires at NOW + DAY, and clocks may differ by 300 seconds. */
static const struct
{
  const char *name;
  uint64_t when;
  e2ee_meeting_result expected;
} moments[] = {
  {"long before", 0, E2EE_MEETING_ERR_TOKEN_NOT_YET},
  {"just over the skew too early", NOW - DAY - 301, E2EE_MEETING_ERR_TOKEN_NOT_YET},
  {"early by the skew", NOW - DAY - 300, E2EE_MEETING_OK},
  {"when it was issued", NOW - DAY, E2EE_MEETING_OK},
  {"a second before it expires", NOW + DAY - 1, E2EE_MEETING_OK},
  {"when it expires", NOW + DAY, E2EE_MEETING_OK},
  {"late by just less than the skew", NOW + DAY + 299, E2EE_MEETING_OK},
  {"late by the skew", NOW + DAY + 300, E2EE_MEETING_ERR_TOKEN_EXPIRED},
  {"long after", NOW + 30 * DAY, E2EE_MEETING_ERR_TOKEN_EXPIRED},
  {"at the end of time", UINT64_MAX, E2EE_MEETING_ERR_TOKEN_EXPIRED}
};

static void
test_token_is_valid_for_its_time_give_or_take_the_skew (void)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID);

  for (size_t i = 0; i < CHECK_N (moments); i++) {
    CHECK_ROW ("%s", moments[i].name);
    CHECK_STR (e2ee_meeting_result_code (verify_at (token, moments[i].when)),
        e2ee_meeting_result_code (moments[i].expected));
  }
  e2ee_mls_buffer_clear (&token);
}

static void
test_token_is_not_valid_before_its_nbf (void)
{
  e2ee_mls_buffer token = token_with ("nbf", "1700000301");

  CHECK_RESULT (verify_at (token, NOW), TOKEN_NOT_YET);
  CHECK_OK (verify_at (token, NOW + 1));
  e2ee_mls_buffer_clear (&token);
}

static void
test_token_at_the_end_of_numbers_does_not_wrap (void)
{
  e2ee_mls_buffer token = token_with ("iat", "9007199254740990");

  token = kit_resign (token, TYPE, people ()->authority, 0, "exp", "9007199254740991");
  CHECK_RESULT (verify_at (token, NOW), TOKEN_NOT_YET);
  CHECK_OK (verify_at (token, UINT64_C (9007199254740991)));
  e2ee_mls_buffer_clear (&token);
}

static void
test_token_of_another_type_is_refused (void)
{
  static const char *const types[] = {
    "JWT", "e2ee-binding+jwt", "e2ee-ticket+jwt", "e2ee-state+jwt", "e2ee-host+jwt"
  };
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID);
  json_t *claims = kit_claims (e2ee_mls_buffer_view (token), TYPE);

  for (size_t i = 0; i < CHECK_N (types); i++) {
    e2ee_mls_buffer other = kit_sign (people ()->authority, types[i], claims, 0);

    CHECK_ROW ("%s", types[i]);
    CHECK_RESULT (verify_at (other, NOW), JWS_FORMAT);
    e2ee_mls_buffer_clear (&other);
  }
  json_decref (claims);
  e2ee_mls_buffer_clear (&token);
}

static void
test_token_of_another_algorithm_is_refused (void)
{
  static const char *const algorithms[] = { "none", "HS256", "ES256", "Ed25519" };

  for (size_t i = 0; i < CHECK_N (algorithms); i++) {
    char header[80];
    e2ee_mls_buffer token;

    CHECK_ROW ("%s", algorithms[i]);
    snprintf (header, sizeof (header), "{\"typ\":\"" TYPE "\",\"alg\":\"%s\"}", algorithms[i]);
    token = kit_raw_jws (people ()->authority, header, "{\"sub\":\"alice\"}");
    CHECK_RESULT (verify_at (token, NOW), JWS_FORMAT);
    e2ee_mls_buffer_clear (&token);
  }
}

static void
test_token_without_signature_is_refused (void)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID);

  CHECK_RESULT (e2ee_account_verify (E2EE_BYTES (token.data, token.size - 86),
          &people ()->authorities, NOW, &account), JWS_FORMAT);
  e2ee_mls_buffer_clear (&token);
}

static int
verifies (e2ee_bytes text)
{
  return e2ee_account_verify (text, &people ()->authorities, NOW, &account) == E2EE_MEETING_OK;
}

static void
test_token_changed_or_cut_anywhere_is_refused (void)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID);

  kit_check_every_byte_counts (e2ee_mls_buffer_view (token), verifies);
  e2ee_mls_buffer_clear (&token);
}

static void
test_name_is_made_safe_to_show (void)
{
  e2ee_mls_buffer token = token_with ("name", "\"Al\\u202eice \\ud83d\\udd12 \\u2705\"");

  CHECK_OK (verify_at (token, NOW));
  CHECK_STR (account.name, "Alice");
  e2ee_mls_buffer_clear (&token);
}

static void
test_name_that_is_too_long_is_cut_at_a_character (void)
{
  char name[240] = "\"";
  e2ee_mls_buffer token;

  for (int i = 0; i < 33; i++)
    strcat (name, i == 0 ? "x" : "\\u00e9");
  strcat (name, "\"");
  token = token_with ("name", name);
  CHECK_OK (verify_at (token, NOW));
  CHECK_INT (strlen (account.name), 63);
  e2ee_mls_buffer_clear (&token);
}

static void
test_name_is_1024_bytes_at_most (void)
{
  char name[1100];
  e2ee_mls_buffer token;

  memset (name, 'x', sizeof (name));
  name[0] = '"';
  strcpy (name + 1025, "\"");
  token = token_with ("name", name);
  CHECK_OK (verify_at (token, NOW));
  CHECK_INT (strlen (account.name), E2EE_MAX_NAME);
  e2ee_mls_buffer_clear (&token);
  strcpy (name + 1025, "x\"");
  token = token_with ("name", name);
  CHECK_RESULT (verify_at (token, NOW), JWS_CLAIMS);
  e2ee_mls_buffer_clear (&token);
}

static const struct
{
  const char *name;
  const char *subject;
  const char *shown;
  int tier;
  uint64_t issued_at;
  uint64_t expires_at;
} wrong_arguments[] = {
  {"no subject", "", "A", E2EE_TIER_FREE, NOW, NOW + 1},
  {"subject of 129 bytes", SUBJECT_128 "a", "A", E2EE_TIER_FREE, NOW, NOW + 1},
  {"subject with a tab", "a\tb", "A", E2EE_TIER_FREE, NOW, NOW + 1},
  {"subject that is no UTF-8", "a\377", "A", E2EE_TIER_FREE, NOW, NOW + 1},
  {"no name", "a", "", E2EE_TIER_FREE, NOW, NOW + 1},
  {"name that is no UTF-8", "a", "\300", E2EE_TIER_FREE, NOW, NOW + 1},
  {"unknown tier", "a", "A", 3, NOW, NOW + 1},
  {"no life", "a", "A", E2EE_TIER_FREE, NOW, NOW},
  {"a life of 30 days and a second", "a", "A", E2EE_TIER_FREE, NOW, NOW + 30 * DAY + 1},
  {"the end of time", "a", "A", E2EE_TIER_FREE, UINT64_MAX - 1, UINT64_MAX}
};

static void
test_token_that_nobody_would_take_is_not_issued (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_arguments); i++) {
    e2ee_mls_buffer token;

    CHECK_ROW ("%s", wrong_arguments[i].name);
    CHECK_RESULT (e2ee_account_issue (people ()->authority, wrong_arguments[i].subject,
            wrong_arguments[i].shown, (e2ee_tier) wrong_arguments[i].tier,
            e2ee_device_public_key (people ()->alice), wrong_arguments[i].issued_at,
            wrong_arguments[i].expires_at, &token), ARGUMENT);
    CHECK (token.data == NULL);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_token_says_who_somebody_is),
  CHECK_CASE (test_every_tier_is_read),
  CHECK_CASE (test_token_of_any_trusted_authority_is_taken),
  CHECK_CASE (test_token_of_an_authority_that_is_not_trusted_is_refused),
  CHECK_CASE (test_key_in_the_header_makes_no_authority),
  CHECK_CASE (test_tier_cannot_be_forged),
  CHECK_CASE (test_claim_missing_or_of_wrong_type_or_range_is_refused),
  CHECK_CASE (test_claims_at_their_limits_and_unknown_ones_are_taken),
  CHECK_CASE (test_token_is_valid_for_its_time_give_or_take_the_skew),
  CHECK_CASE (test_token_is_not_valid_before_its_nbf),
  CHECK_CASE (test_token_at_the_end_of_numbers_does_not_wrap),
  CHECK_CASE (test_token_of_another_type_is_refused),
  CHECK_CASE (test_token_of_another_algorithm_is_refused),
  CHECK_CASE (test_token_without_signature_is_refused),
  CHECK_CASE (test_token_changed_or_cut_anywhere_is_refused),
  CHECK_CASE (test_name_is_made_safe_to_show),
  CHECK_CASE (test_name_that_is_too_long_is_cut_at_a_character),
  CHECK_CASE (test_name_is_1024_bytes_at_most),
  CHECK_CASE (test_token_that_nobody_would_take_is_not_issued),
};

CHECK_MAIN (cases)
