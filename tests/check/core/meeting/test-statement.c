/* Statements and grants: what hosts decide, and that only hosts do.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tickets.h"

#define STATEMENT_TYPE "e2ee-state+jwt"
#define GRANT_TYPE "e2ee-host+jwt"

static e2ee_ticket ticket;
static e2ee_statement statement;

static e2ee_statement
plan_of (uint64_t revision, int on)
{
  e2ee_statement plan;

  memset (&plan, 0, sizeof (plan));
  plan.revision = revision;
  plan.on = on;
  plan.features = E2EE_FEATURES_DEFAULT;
  return plan;
}

/* In force of the ticket "allow, off": revision 1 turns encryption on, with a grant if there is
 * one. */
static e2ee_mls_buffer
issue (const e2ee_device * host, const e2ee_mls_buffer * grant)
{
  const e2ee_statement plan = plan_of (1, 1);
  e2ee_bytes view = E2EE_NO_BYTES;
  e2ee_mls_buffer text;

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  if (grant != NULL)
    view = e2ee_mls_buffer_view (*grant);
  KIT_MUST (e2ee_statement_issue (&plan, &ticket, host, &view, grant != NULL, NOW,
          &text) == E2EE_MEETING_OK);
  return text;
}

/* Makes carol, whose device is mallory's, a host in bob's name. */
static e2ee_mls_buffer
grant_carol (void)
{
  const e2ee_thumbprint device = kit_thumbprint (people ()->mallory);
  e2ee_mls_buffer text;

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  KIT_MUST (e2ee_grant_issue (&ticket, people ()->bob, "carol", &device, NOW,
          &text) == E2EE_MEETING_OK);
  return text;
}

static e2ee_meeting_result
verify (e2ee_mls_buffer text)
{
  return e2ee_statement_verify (e2ee_mls_buffer_view (text), &ticket, &statement);
}

static void
test_revision_0_is_what_the_ticket_says (void)
{
  ticket = ticket_of (E2EE_FLOOR_REQUIRE, 1);
  e2ee_statement_initial (&ticket, &statement);
  CHECK_INT (statement.revision, 0);
  CHECK_INT (statement.on, 1);
  CHECK_INT (statement.features, E2EE_FEATURES_DEFAULT);
  CHECK_INT (statement.n_granted, 0);
  CHECK_INT (statement.issued_at, NOW - 60);
  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  e2ee_statement_initial (&ticket, &statement);
  CHECK_INT (statement.on, 0);
}

static void
test_statement_of_a_host_is_read (void)
{
  const e2ee_thumbprint bob = kit_thumbprint (people ()->bob);
  e2ee_statement plan = plan_of (7, 1);
  e2ee_mls_buffer text;

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  plan.features = (e2ee_features) 1 << E2EE_FEATURE_NOTES;
  CHECK_OK (e2ee_statement_issue (&plan, &ticket, people ()->bob, NULL, 0, NOW + 5, &text));
  CHECK_OK (verify (text));
  CHECK_INT (statement.revision, 7);
  CHECK_INT (statement.on, 1);
  CHECK_INT (statement.features, plan.features);
  CHECK_INT (statement.n_granted, 0);
  CHECK_MEM (statement.signer.bytes, bob.bytes, 32);
  CHECK_INT (statement.issued_at, NOW + 5);
  e2ee_mls_buffer_clear (&text);
}

static void
test_statement_of_somebody_who_is_no_host_is_refused (void)
{
  e2ee_mls_buffer text = issue (people ()->alice, NULL);

  text = kit_resign (text, STATEMENT_TYPE, people ()->mallory, 1, "rev", "2");
  CHECK_RESULT (verify (text), NOT_HOST);
  CHECK_INT (statement.revision, 0);
  CHECK_INT (statement.on, 0);
  e2ee_mls_buffer_clear (&text);
}

static void
test_statement_of_no_host_is_not_issued (void)
{
  const e2ee_statement plan = plan_of (1, 1);
  e2ee_mls_buffer text;

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  CHECK_RESULT (e2ee_statement_issue (&plan, &ticket, people ()->mallory, NULL, 0, NOW, &text),
      NOT_HOST);
  CHECK (text.data == NULL);
}

static void
test_granted_host_may_decide (void)
{
  e2ee_mls_buffer grant = grant_carol ();
  e2ee_mls_buffer text = issue (people ()->mallory, &grant);
  const e2ee_thumbprint device = kit_thumbprint (people ()->mallory);
  const e2ee_thumbprint alice = kit_thumbprint (people ()->alice);

  CHECK_OK (verify (text));
  CHECK_INT (statement.n_granted, 1);
  CHECK_STR (statement.granted[0].subject, "carol");
  CHECK_INT (e2ee_statement_has_host (&statement, &ticket, "carol", &device), 1);
  CHECK_INT (e2ee_statement_has_host (&statement, &ticket, "alice", &alice), 1);
  CHECK_INT (e2ee_statement_has_host (&statement, &ticket, "alice", &device), 0);
  CHECK_INT (e2ee_statement_has_host (&statement, &ticket, "carol", &alice), 0);
  e2ee_mls_buffer_clear (&text);
  e2ee_mls_buffer_clear (&grant);
}

static void
test_granted_host_makes_no_further_hosts (void)
{
  const e2ee_thumbprint device = kit_thumbprint (people ()->mallory);
  e2ee_mls_buffer grant;

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  CHECK_RESULT (e2ee_grant_issue (&ticket, people ()->mallory, "dave", &device, NOW, &grant),
      NOT_HOST);
  CHECK (grant.data == NULL);
}

/* Signed by carol, who was made a host, for dave. */
static void
test_grant_of_somebody_who_is_no_host_of_the_ticket_is_refused (void)
{
  e2ee_mls_buffer grant = kit_resign (grant_carol (), GRANT_TYPE, people ()->mallory, 1, "sub",
      "\"dave\"");
  e2ee_mls_buffer text = issue (people ()->alice, NULL);
  json_t *claims = kit_claims (e2ee_mls_buffer_view (text), STATEMENT_TYPE);

  json_array_append_new (json_object_get (claims, "grants"),
      json_stringn ((const char *) grant.data, grant.size));
  e2ee_mls_buffer_clear (&text);
  text = kit_sign (people ()->alice, STATEMENT_TYPE, claims, 1);
  CHECK_RESULT (verify (text), NOT_HOST);
  e2ee_mls_buffer_clear (&text);
  e2ee_mls_buffer_clear (&grant);
  json_decref (claims);
}

static void
test_statement_about_another_ticket_is_refused (void)
{
  e2ee_mls_buffer text = issue (people ()->alice, NULL);

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 1);
  CHECK_RESULT (verify (text), STATEMENT_TICKET);
  e2ee_mls_buffer_clear (&text);
}

static void
test_grant_for_another_ticket_is_refused (void)
{
  e2ee_mls_buffer grant = kit_resign (grant_carol (), GRANT_TYPE, people ()->bob, 1, "ticket",
      "\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\"");
  const e2ee_bytes view = e2ee_mls_buffer_view (grant);
  const e2ee_statement plan = plan_of (1, 1);
  e2ee_mls_buffer text;
  json_t *claims;

  CHECK_RESULT (e2ee_statement_issue (&plan, &ticket, people ()->alice, &view, 1, NOW, &text),
      ARGUMENT);
  text = issue (people ()->alice, NULL);
  claims = kit_claims (e2ee_mls_buffer_view (text), STATEMENT_TYPE);
  json_array_append_new (json_object_get (claims, "grants"),
      json_stringn ((const char *) grant.data, grant.size));
  e2ee_mls_buffer_clear (&text);
  text = kit_sign (people ()->alice, STATEMENT_TYPE, claims, 1);
  CHECK_RESULT (verify (text), STATEMENT_TICKET);
  e2ee_mls_buffer_clear (&text);
  e2ee_mls_buffer_clear (&grant);
  json_decref (claims);
}

static const struct
{
  const char *name;
  e2ee_floor floor;
  int on;
  e2ee_features features;
  e2ee_meeting_result expected;
} policies[] = {
  {"on under allow", E2EE_FLOOR_ALLOW, 1, 0, E2EE_MEETING_OK},
  {"off under allow", E2EE_FLOOR_ALLOW, 0, 0, E2EE_MEETING_OK},
  {"on under require", E2EE_FLOOR_REQUIRE, 1, 0, E2EE_MEETING_OK},
  {"off under require", E2EE_FLOOR_REQUIRE, 0, 0, E2EE_MEETING_ERR_STATEMENT_POLICY},
  {"off under forbid", E2EE_FLOOR_FORBID, 0, 0, E2EE_MEETING_OK},
  {"on under forbid", E2EE_FLOOR_FORBID, 1, 0, E2EE_MEETING_ERR_STATEMENT_POLICY},
  {"recording", E2EE_FLOOR_ALLOW, 1, 1u << E2EE_FEATURE_RECORDING, E2EE_MEETING_OK},
  {"guests", E2EE_FLOOR_ALLOW, 1, 1u << E2EE_FEATURE_GUEST, E2EE_MEETING_ERR_STATEMENT_POLICY},
  {"telephones", E2EE_FLOOR_ALLOW, 1, 1u << E2EE_FEATURE_PSTN, E2EE_MEETING_ERR_STATEMENT_POLICY},
  {"SIP", E2EE_FLOOR_ALLOW, 0, 1u << E2EE_FEATURE_SIP_H323, E2EE_MEETING_ERR_STATEMENT_POLICY}
};

static void
test_statement_stays_within_the_ticket (void)
{
  for (size_t i = 0; i < CHECK_N (policies); i++) {
    e2ee_statement plan = plan_of (1, policies[i].on);
    e2ee_mls_buffer text;

    CHECK_ROW ("%s", policies[i].name);
    ticket = ticket_of (policies[i].floor, policies[i].floor == E2EE_FLOOR_REQUIRE);
    plan.features = policies[i].features;
    CHECK_STR (e2ee_meeting_result_code (e2ee_statement_issue (&plan, &ticket, people ()->alice,
                NULL, 0, NOW, &text)), e2ee_meeting_result_code (policies[i].expected));
    CHECK_INT (text.data != NULL, policies[i].expected == E2EE_MEETING_OK);
    e2ee_mls_buffer_clear (&text);
  }
}

static void
test_statement_beyond_the_ticket_is_refused (void)
{
  e2ee_mls_buffer text = issue (people ()->alice, NULL);

  text = kit_resign (text, STATEMENT_TYPE, people ()->alice, 1, "features.guest", "\"allow\"");
  CHECK_RESULT (verify (text), STATEMENT_POLICY);
  e2ee_mls_buffer_clear (&text);
}

static void
test_feature_that_is_not_named_is_as_in_the_ticket (void)
{
  e2ee_ticket plan = ticket_plan (E2EE_FLOOR_ALLOW, 0);
  e2ee_statement next = plan_of (1, 1);
  e2ee_mls_buffer text;

  plan.features = (e2ee_features) 1 << E2EE_FEATURE_NOTES | (e2ee_features) 1 << E2EE_FEATURE_CHAT;
  text = ticket_text (&plan);
  CHECK_OK (e2ee_ticket_verify (e2ee_mls_buffer_view (text), &people ()->authorities, &ticket));
  e2ee_mls_buffer_clear (&text);
  CHECK_OK (e2ee_statement_issue (&next, &ticket, people ()->alice, NULL, 0, NOW, &text));
  text = kit_resign (text, STATEMENT_TYPE, people ()->alice, 1, "features",
      "{\"chat\":\"deny\",\"holograms\":\"allow\"}");
  CHECK_OK (verify (text));
  CHECK_INT (statement.features, (e2ee_features) 1 << E2EE_FEATURE_NOTES);
  e2ee_mls_buffer_clear (&text);
}

static const struct
{
  const char *name;
  const char *path;
  const char *json;
} wrong_claims[] = {
  {"no ticket", "ticket", NULL},
  {"ticket is a number", "ticket", "1"},
  {"ticket is short", "ticket", "\"AAAA\""},
  {"no rev", "rev", NULL},
  {"rev is 0", "rev", "0"},
  {"rev is negative", "rev", "-1"},
  {"rev is a string", "rev", "\"1\""},
  {"rev is a real", "rev", "1.0"},
  {"rev over 2^53", "rev", "9007199254740992"},
  {"no e2ee", "e2ee", NULL},
  {"e2ee is true", "e2ee", "true"},
  {"e2ee is unknown", "e2ee", "\"allow\""},
  {"no features", "features", NULL},
  {"features is a list", "features", "[]"},
  {"a feature is a number", "features.chat", "1"},
  {"a feature is unknown to be allowed", "features.chat", "\"maybe\""},
  {"no grants", "grants", NULL},
  {"grants is an object", "grants", "{}"},
  {"grants is a string", "grants", "\"x\""},
  {"a grant is a number", "grants", "[1]"},
  {"a grant is an object", "grants", "[{}]"},
  {"17 grants", "grants", "[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\","
        "\"\",\"\",\"\"]"},
  {"no iat", "iat", NULL},
  {"iat is a string", "iat", "\"1\""},
  {"iat is negative", "iat", "-1"}
};

static void
test_claim_missing_or_of_wrong_type_or_range_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_claims); i++) {
    e2ee_mls_buffer text = kit_resign (issue (people ()->alice, NULL), STATEMENT_TYPE,
        people ()->alice, 1, wrong_claims[i].path, wrong_claims[i].json);

    CHECK_ROW ("%s", wrong_claims[i].name);
    CHECK_RESULT (verify (text), JWS_CLAIMS);
    CHECK_INT (statement.revision, 0);
    e2ee_mls_buffer_clear (&text);
  }
}

static const struct
{
  const char *name;
  const char *path;
  const char *json;
} wrong_grants[] = {
  {"no ticket", "ticket", NULL},
  {"ticket is short", "ticket", "\"AAAA\""},
  {"no sub", "sub", NULL},
  {"sub is empty", "sub", "\"\""},
  {"sub is a number", "sub", "1"},
  {"no jkt", "jkt", NULL},
  {"jkt is short", "jkt", "\"kPrK\""},
  {"jkt is a number", "jkt", "1"},
  {"no iat", "iat", NULL},
  {"iat is a string", "iat", "\"1\""}
};

static void
test_claim_of_a_grant_missing_or_of_wrong_type_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_grants); i++) {
    e2ee_mls_buffer grant = kit_resign (grant_carol (), GRANT_TYPE, people ()->bob, 1,
        wrong_grants[i].path, wrong_grants[i].json);
    e2ee_mls_buffer text = issue (people ()->alice, NULL);
    json_t *claims = kit_claims (e2ee_mls_buffer_view (text), STATEMENT_TYPE);

    CHECK_ROW ("%s", wrong_grants[i].name);
    json_array_append_new (json_object_get (claims, "grants"),
        json_stringn ((const char *) grant.data, grant.size));
    e2ee_mls_buffer_clear (&text);
    text = kit_sign (people ()->alice, STATEMENT_TYPE, claims, 1);
    CHECK_RESULT (verify (text), JWS_CLAIMS);
    e2ee_mls_buffer_clear (&text);
    e2ee_mls_buffer_clear (&grant);
    json_decref (claims);
  }
}

static void
test_texts_of_another_type_are_refused (void)
{
  static const char *const types[] = {
    "e2ee-account+jwt", "e2ee-binding+jwt", "e2ee-ticket+jwt", "e2ee-host+jwt", "JWT"
  };
  e2ee_mls_buffer text = issue (people ()->alice, NULL);
  json_t *claims = kit_claims (e2ee_mls_buffer_view (text), STATEMENT_TYPE);

  for (size_t i = 0; i < CHECK_N (types); i++) {
    e2ee_mls_buffer other = kit_sign (people ()->alice, types[i], claims, 1);

    CHECK_ROW ("%s", types[i]);
    CHECK_RESULT (verify (other), JWS_FORMAT);
    e2ee_mls_buffer_clear (&other);
  }
  json_decref (claims);
  e2ee_mls_buffer_clear (&text);
}

static void
test_statement_without_its_key_is_refused (void)
{
  e2ee_mls_buffer text = kit_resign (issue (people ()->alice, NULL), STATEMENT_TYPE,
      people ()->alice, 0, "rev", "1");

  CHECK_RESULT (verify (text), JWS_FORMAT);
  e2ee_mls_buffer_clear (&text);
}

static void
test_statement_with_a_wrong_signature_is_refused (void)
{
  e2ee_mls_buffer on = issue (people ()->alice, NULL);
  e2ee_mls_buffer off = kit_resign (issue (people ()->alice, NULL), STATEMENT_TYPE,
      people ()->alice, 1, "e2ee", "\"off\"");

  memcpy (off.data + off.size - 86, on.data + on.size - 86, 86);
  CHECK_RESULT (verify (off), JWS_SIGNATURE);
  e2ee_mls_buffer_clear (&on);
  e2ee_mls_buffer_clear (&off);
}

static int
verifies (e2ee_bytes text)
{
  return e2ee_statement_verify (text, &ticket, &statement) == E2EE_MEETING_OK;
}

static void
test_statement_changed_or_cut_anywhere_is_refused (void)
{
  e2ee_mls_buffer grant = grant_carol ();
  e2ee_mls_buffer text = issue (people ()->alice, &grant);

  kit_check_every_byte_counts (e2ee_mls_buffer_view (text), verifies);
  e2ee_mls_buffer_clear (&text);
  e2ee_mls_buffer_clear (&grant);
}

/* Signed by a host as it is, so that only the signature inside can tell. */
static int
granted (e2ee_bytes grant)
{
  json_t *claims = json_pack ("{s:i, s:s, s:{}, s:[o], s:i}", "rev", 1, "e2ee", "on", "features",
      "grants", json_stringn_nocheck ((const char *) grant.data, grant.size), "iat", 1);
  e2ee_mls_buffer statement_text;
  int taken;

  KIT_MUST (claims != NULL);
  KIT_MUST (e2ee_claims_set_hash (claims, "ticket", ticket.hash) == E2EE_MEETING_OK);
  /* What is no UTF-8 cannot even be written. */
  if (e2ee_jws_sign (people ()->alice, STATEMENT_TYPE, claims, 1,
          &statement_text) != E2EE_MEETING_OK) {
    json_decref (claims);
    return 0;
  }
  taken = verify (statement_text) == E2EE_MEETING_OK;
  e2ee_mls_buffer_clear (&statement_text);
  json_decref (claims);
  return taken;
}

static void
test_grant_changed_or_cut_anywhere_is_refused (void)
{
  e2ee_mls_buffer grant = grant_carol ();

  kit_check_every_byte_counts (e2ee_mls_buffer_view (grant), granted);
  e2ee_mls_buffer_clear (&grant);
}

static void
test_sixteen_grants_are_taken_and_no_more (void)
{
  const e2ee_statement plan = plan_of (1, 1);
  e2ee_mls_buffer grant = grant_carol (), text;
  e2ee_bytes views[E2EE_MAX_GRANTS + 1];

  for (size_t i = 0; i < CHECK_N (views); i++)
    views[i] = e2ee_mls_buffer_view (grant);
  CHECK_OK (e2ee_statement_issue (&plan, &ticket, people ()->alice, views, 16, NOW, &text));
  CHECK_OK (verify (text));
  CHECK_INT (statement.n_granted, 16);
  e2ee_mls_buffer_clear (&text);
  CHECK_RESULT (e2ee_statement_issue (&plan, &ticket, people ()->alice, views, 17, NOW, &text),
      ARGUMENT);
  e2ee_mls_buffer_clear (&grant);
}

static void
test_grants_are_taken_over_into_the_next_statement (void)
{
  e2ee_mls_buffer grant = grant_carol (), text = issue (people ()->alice, &grant);
  e2ee_mls_buffer *grants;
  size_t n_grants;

  CHECK_OK (e2ee_statement_grants (e2ee_mls_buffer_view (text), &grants, &n_grants));
  CHECK_INT (n_grants, 1);
  CHECK_BYTES (e2ee_mls_buffer_view (grants[0]), e2ee_mls_buffer_view (grant));
  e2ee_mls_buffer_clear (&grants[0]);
  e2ee_mls_free (grants);
  e2ee_mls_buffer_clear (&text);
  text = issue (people ()->alice, NULL);
  CHECK_OK (e2ee_statement_grants (e2ee_mls_buffer_view (text), &grants, &n_grants));
  CHECK_INT (n_grants, 0);
  CHECK (grants == NULL);
  CHECK_RESULT (e2ee_statement_grants (e2ee_mls_buffer_view (grant), &grants, &n_grants),
      JWS_FORMAT);
  e2ee_mls_buffer_clear (&text);
  e2ee_mls_buffer_clear (&grant);
}

static void
test_statement_that_nobody_would_take_is_not_issued (void)
{
  const e2ee_bytes rubbish = TEXT ("x");
  e2ee_statement plan = plan_of (0, 1);
  e2ee_mls_buffer text;

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  CHECK_RESULT (e2ee_statement_issue (&plan, &ticket, people ()->alice, NULL, 0, NOW, &text),
      ARGUMENT);
  plan.revision = E2EE_MAX_NUMBER + 1;
  CHECK_RESULT (e2ee_statement_issue (&plan, &ticket, people ()->alice, NULL, 0, NOW, &text),
      ARGUMENT);
  plan.revision = E2EE_MAX_NUMBER;
  CHECK_RESULT (e2ee_statement_issue (&plan, &ticket, people ()->alice, &rubbish, 1, NOW, &text),
      ARGUMENT);
  CHECK_RESULT (e2ee_statement_issue (&plan, &ticket, people ()->alice, NULL, 0, UINT64_MAX,
          &text), ARGUMENT);
  CHECK_OK (e2ee_statement_issue (&plan, &ticket, people ()->alice, NULL, 0, NOW, &text));
  CHECK_OK (verify (text));
  e2ee_mls_buffer_clear (&text);
}

static void
test_grant_that_nobody_would_take_is_not_issued (void)
{
  const e2ee_thumbprint device = kit_thumbprint (people ()->mallory);
  e2ee_mls_buffer text;

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  CHECK_RESULT (e2ee_grant_issue (&ticket, people ()->alice, "", &device, NOW, &text), ARGUMENT);
  CHECK_RESULT (e2ee_grant_issue (&ticket, people ()->alice, "a\nb", &device, NOW, &text),
      ARGUMENT);
  CHECK_RESULT (e2ee_grant_issue (&ticket, people ()->alice, "a\377", &device, NOW, &text),
      ARGUMENT);
  CHECK_RESULT (e2ee_grant_issue (&ticket, people ()->alice, "a", &device, UINT64_MAX, &text),
      ARGUMENT);
}

static const check_case cases[] = {
  CHECK_CASE (test_revision_0_is_what_the_ticket_says),
  CHECK_CASE (test_statement_of_a_host_is_read),
  CHECK_CASE (test_statement_of_somebody_who_is_no_host_is_refused),
  CHECK_CASE (test_statement_of_no_host_is_not_issued),
  CHECK_CASE (test_granted_host_may_decide),
  CHECK_CASE (test_granted_host_makes_no_further_hosts),
  CHECK_CASE (test_grant_of_somebody_who_is_no_host_of_the_ticket_is_refused),
  CHECK_CASE (test_statement_about_another_ticket_is_refused),
  CHECK_CASE (test_grant_for_another_ticket_is_refused),
  CHECK_CASE (test_statement_stays_within_the_ticket),
  CHECK_CASE (test_statement_beyond_the_ticket_is_refused),
  CHECK_CASE (test_feature_that_is_not_named_is_as_in_the_ticket),
  CHECK_CASE (test_claim_missing_or_of_wrong_type_or_range_is_refused),
  CHECK_CASE (test_claim_of_a_grant_missing_or_of_wrong_type_is_refused),
  CHECK_CASE (test_texts_of_another_type_are_refused),
  CHECK_CASE (test_statement_without_its_key_is_refused),
  CHECK_CASE (test_statement_with_a_wrong_signature_is_refused),
  CHECK_CASE (test_statement_changed_or_cut_anywhere_is_refused),
  CHECK_CASE (test_grant_changed_or_cut_anywhere_is_refused),
  CHECK_CASE (test_sixteen_grants_are_taken_and_no_more),
  CHECK_CASE (test_grants_are_taken_over_into_the_next_statement),
  CHECK_CASE (test_statement_that_nobody_would_take_is_not_issued),
  CHECK_CASE (test_grant_that_nobody_would_take_is_not_issued),
};

CHECK_MAIN (cases)
