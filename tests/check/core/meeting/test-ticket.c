/* Tickets: what was scheduled, by whom, and that nobody else did.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tickets.h"

#include <sodium.h>

static e2ee_ticket ticket;

static e2ee_meeting_result
verify (e2ee_mls_buffer text)
{
  return e2ee_ticket_verify (e2ee_mls_buffer_view (text), &people ()->authorities, &ticket);
}

static e2ee_mls_buffer
plain_text (void)
{
  const e2ee_ticket plan = ticket_plan (E2EE_FLOOR_ALLOW, 0);

  return ticket_text (&plan);
}

/* Alice's ticket with one claim changed, signed by her. */
static e2ee_mls_buffer
text_with (const char *path, const char *json)
{
  e2ee_mls_buffer text = plain_text ();
  e2ee_mls_buffer changed = kit_pair (kit_resign (kit_half (text, 0), TICKET_TYPE,
          people ()->alice, 1, path, json), kit_half (text, 1));

  e2ee_mls_buffer_clear (&text);
  return changed;
}

static void
test_ticket_says_what_was_scheduled (void)
{
  e2ee_ticket plan = ticket_plan (E2EE_FLOOR_ALLOW, 1);
  uint8_t hash[32];
  e2ee_mls_buffer text;

  plan.features |= (e2ee_features) 1 << E2EE_FEATURE_RECORDING;
  plan.features &= ~((e2ee_features) 1 << E2EE_FEATURE_CHAT);
  text = ticket_text (&plan);
  CHECK_OK (verify (text));
  CHECK_STR (ticket.meeting_id, "daily-7");
  CHECK_INT (ticket.n_hosts, 2);
  CHECK_STR (ticket.hosts[0].subject, "alice");
  CHECK_STR (ticket.hosts[1].subject, "bob");
  CHECK_INT (ticket.e2ee, E2EE_FLOOR_ALLOW);
  CHECK_INT (ticket.initially_on, 1);
  CHECK_INT (ticket.features, plan.features);
  CHECK_INT (ticket.issued_at, NOW - 60);
  CHECK_INT (ticket.not_before, NOW);
  CHECK_INT (ticket.not_after, NOW + DAY);
  crypto_hash_sha256 (hash, text.data, text.size);
  CHECK_MEM (ticket.hash, hash, 32);
  e2ee_mls_buffer_clear (&text);
}

static void
test_host_is_account_and_device_together (void)
{
  const e2ee_thumbprint alice = kit_thumbprint (people ()->alice);
  const e2ee_thumbprint bob = kit_thumbprint (people ()->bob);
  const e2ee_thumbprint mallory = kit_thumbprint (people ()->mallory);

  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  CHECK_INT (e2ee_ticket_has_host (&ticket, "alice", &alice), 1);
  CHECK_INT (e2ee_ticket_has_host (&ticket, "bob", &bob), 1);
  CHECK_INT (e2ee_ticket_has_host (&ticket, "alice", &bob), 0);
  CHECK_INT (e2ee_ticket_has_host (&ticket, "alice", &mallory), 0);
  CHECK_INT (e2ee_ticket_has_host (&ticket, "mallory", &alice), 0);
  CHECK_INT (e2ee_ticket_has_host (&ticket, "", &alice), 0);
}

static const struct
{
  const char *name;
  e2ee_floor floor;
  int initially_on;
  e2ee_meeting_result expected;
} floors[] = {
  {"allow, off", E2EE_FLOOR_ALLOW, 0, E2EE_MEETING_OK},
  {"allow, on", E2EE_FLOOR_ALLOW, 1, E2EE_MEETING_OK},
  {"require, on", E2EE_FLOOR_REQUIRE, 1, E2EE_MEETING_OK},
  {"require, off", E2EE_FLOOR_REQUIRE, 0, E2EE_MEETING_ERR_ARGUMENT},
  {"forbid, off", E2EE_FLOOR_FORBID, 0, E2EE_MEETING_OK},
  {"forbid, on", E2EE_FLOOR_FORBID, 1, E2EE_MEETING_ERR_ARGUMENT},
  {"unknown", (e2ee_floor) 3, 0, E2EE_MEETING_ERR_ARGUMENT}
};

static void
test_start_must_agree_with_the_floor (void)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID), text;

  for (size_t i = 0; i < CHECK_N (floors); i++) {
    const e2ee_ticket plan = ticket_plan (floors[i].floor, floors[i].initially_on);

    CHECK_ROW ("%s", floors[i].name);
    CHECK_STR (e2ee_meeting_result_code (e2ee_ticket_issue (&plan, people ()->alice,
                e2ee_mls_buffer_view (token), NOW, &text)),
        e2ee_meeting_result_code (floors[i].expected));
    CHECK_INT (text.data != NULL, floors[i].expected == E2EE_MEETING_OK);
    e2ee_mls_buffer_clear (&text);
  }
  e2ee_mls_buffer_clear (&token);
}

#define TIP "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define HOST(subject) "{\"sub\":\"" subject "\",\"jkt\":\"" TIP "\"}"

static const struct
{
  const char *name;
  const char *path;
  const char *json;
} wrong_claims[] = {
  {"no mid", "mid", NULL},
  {"mid is a number", "mid", "7"},
  {"mid is empty", "mid", "\"\""},
  {"mid with a space", "mid", "\"daily 7\""},
  {"mid with a slash", "mid", "\"../7\""},
  {"mid with a letter that is not ASCII", "mid", "\"d\\u00e9j\\u00e0\""},
  {"mid of 65", "mid", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""},
  {"no hosts", "hosts", NULL},
  {"hosts is an object", "hosts", "{}"},
  {"nobody is host", "hosts", "[]"},
  {"a host is a string", "hosts", "[\"alice\"]"},
  {"a host without sub", "hosts", "[{\"jkt\":\"" TIP "\"}]"},
  {"a host with an empty sub", "hosts", "[" HOST ("") "]"},
  {"a host with a number as sub", "hosts", "[{\"sub\":1,\"jkt\":\"" TIP "\"}]"},
  {"a host without jkt", "hosts", "[{\"sub\":\"alice\"}]"},
  {"a host with a short jkt", "hosts", "[{\"sub\":\"alice\",\"jkt\":\"kPrK\"}]"},
  {"a host with a number as jkt", "hosts", "[{\"sub\":\"alice\",\"jkt\":1}]"},
  {"a host with padding in jkt", "hosts", "[{\"sub\":\"alice\",\"jkt\":\"" TIP "=\"}]"},
  {"a host twice", "hosts", "[" HOST ("x") "," HOST ("x") "]"},
  {"17 hosts", "hosts", "[" HOST ("a") "," HOST ("b") "," HOST ("c") "," HOST ("d") "," HOST ("e")
        "," HOST ("f") "," HOST ("g") "," HOST ("h") "," HOST ("i") "," HOST ("j") "," HOST ("k")
        "," HOST ("l") "," HOST ("m") "," HOST ("n") "," HOST ("o") "," HOST ("p") "," HOST ("q")
        "]"},
  {"no e2ee", "e2ee", NULL},
  {"e2ee is true", "e2ee", "true"},
  {"e2ee is unknown", "e2ee", "\"maybe\""},
  {"e2ee is require, but starts off", "e2ee", "\"require\""},
  {"no initial", "initial", NULL},
  {"initial is true", "initial", "true"},
  {"initial is unknown", "initial", "\"ON\""},
  {"no features", "features", NULL},
  {"features is a list", "features", "[\"chat\"]"},
  {"a feature is true", "features.chat", "true"},
  {"a feature is unknown to be allowed", "features.chat", "\"yes\""},
  {"an unknown feature that is no decision", "features.holograms", "1"},
  {"guests are allowed", "features.guest", "\"allow\""},
  {"telephones are allowed", "features.pstn", "\"allow\""},
  {"SIP is allowed", "features.sip-h323", "\"allow\""},
  {"no iat", "iat", NULL},
  {"iat is a string", "iat", "\"1\""},
  {"iat is a real", "iat", "1699999940.5"},
  {"iat is negative", "iat", "-1"},
  {"no nbf", "nbf", NULL},
  {"nbf is a string", "nbf", "\"1\""},
  {"nbf is negative", "nbf", "-1"},
  {"nbf over 2^53", "nbf", "9007199254740992"},
  {"no exp", "exp", NULL},
  {"exp is a string", "exp", "\"1\""},
  {"exp is a real", "exp", "1.8e9"},
  {"exp over 2^53", "exp", "9007199254740992"},
  {"exp at nbf", "exp", "1700000000"},
  {"exp before nbf", "exp", "1699999999"}
};

static void
test_claim_missing_or_of_wrong_type_or_range_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (wrong_claims); i++) {
    e2ee_mls_buffer text = text_with (wrong_claims[i].path, wrong_claims[i].json);

    CHECK_ROW ("%s", wrong_claims[i].name);
    CHECK_RESULT (verify (text), JWS_CLAIMS);
    CHECK_INT (ticket.n_hosts, 0);
    CHECK_INT (ticket.meeting_id[0], 0);
    e2ee_mls_buffer_clear (&text);
  }
}

static void
test_feature_that_is_not_named_is_as_always (void)
{
  e2ee_mls_buffer text = text_with ("features", "{\"notes\":\"allow\",\"holograms\":\"deny\"}");

  CHECK_OK (verify (text));
  CHECK_INT (ticket.features,
      E2EE_FEATURES_DEFAULT | (e2ee_features) 1 << E2EE_FEATURE_NOTES);
  e2ee_mls_buffer_clear (&text);
}

static void
test_unknown_claims_are_ignored (void)
{
  e2ee_mls_buffer text = text_with ("title", "\"Daily\"");

  CHECK_OK (verify (text));
  e2ee_mls_buffer_clear (&text);
}

static void
test_host_list_is_full_at_sixteen (void)
{
  e2ee_ticket plan = ticket_plan (E2EE_FLOOR_ALLOW, 0);
  e2ee_mls_buffer text;

  for (char name[] = "c"; plan.n_hosts < E2EE_MAX_HOSTS; name[0]++)
    ticket_add_host (&plan, name, people ()->bob);
  text = ticket_text (&plan);
  CHECK_OK (verify (text));
  CHECK_INT (ticket.n_hosts, 16);
  e2ee_mls_buffer_clear (&text);
}

static void
test_ticket_of_somebody_who_is_no_host_in_it_is_refused (void)
{
  e2ee_mls_buffer text = text_with ("hosts", "[" HOST ("alice") "]");

  CHECK_RESULT (verify (text), TICKET_HOST);
  CHECK_INT (ticket.n_hosts, 0);
  e2ee_mls_buffer_clear (&text);
}

/* The right device under another account. */
static void
test_ticket_of_a_hosts_device_under_another_account_is_refused (void)
{
  e2ee_mls_buffer text = plain_text ();
  e2ee_mls_buffer mixed = kit_pair (kit_half (text, 0),
      kit_token (people ()->alice, "alice2", E2EE_TIER_PAID));

  CHECK_RESULT (verify (mixed), TICKET_HOST);
  e2ee_mls_buffer_clear (&mixed);
  e2ee_mls_buffer_clear (&text);
}

static const struct
{
  const char *name;
  e2ee_tier tier;
  e2ee_floor floor;
  e2ee_meeting_result expected;
} tiers[] = {
  {"guest, allow", E2EE_TIER_GUEST, E2EE_FLOOR_ALLOW, E2EE_MEETING_ERR_TICKET_TIER},
  {"free, allow", E2EE_TIER_FREE, E2EE_FLOOR_ALLOW, E2EE_MEETING_ERR_TICKET_TIER},
  {"free, require", E2EE_TIER_FREE, E2EE_FLOOR_REQUIRE, E2EE_MEETING_ERR_TICKET_TIER},
  {"free, forbid", E2EE_TIER_FREE, E2EE_FLOOR_FORBID, E2EE_MEETING_OK},
  {"paid, allow", E2EE_TIER_PAID, E2EE_FLOOR_ALLOW, E2EE_MEETING_OK},
  {"paid, require", E2EE_TIER_PAID, E2EE_FLOOR_REQUIRE, E2EE_MEETING_OK}
};

static void
test_encryption_is_scheduled_by_paid_accounts_only (void)
{
  for (size_t i = 0; i < CHECK_N (tiers); i++) {
    const e2ee_ticket plan = ticket_plan (tiers[i].floor, tiers[i].floor == E2EE_FLOOR_REQUIRE);
    e2ee_mls_buffer paid = ticket_text (&plan);
    e2ee_mls_buffer text = kit_pair (kit_half (paid, 0),
        kit_token (people ()->alice, "alice", tiers[i].tier));

    CHECK_ROW ("%s", tiers[i].name);
    CHECK_STR (e2ee_meeting_result_code (verify (text)),
        e2ee_meeting_result_code (tiers[i].expected));
    e2ee_mls_buffer_clear (&paid);
    e2ee_mls_buffer_clear (&text);
  }
}

static void
test_ticket_is_not_issued_with_an_account_that_may_not (void)
{
  const e2ee_ticket plan = ticket_plan (E2EE_FLOOR_ALLOW, 0);
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_FREE), text;

  CHECK_RESULT (e2ee_ticket_issue (&plan, people ()->alice, e2ee_mls_buffer_view (token), NOW,
          &text), ARGUMENT);
  CHECK (text.data == NULL);
  e2ee_mls_buffer_clear (&token);
}

/* Not even an authority that has been broken into makes hosts: it can issue tokens in alice's
 * name, for a device of its own. */
static void
test_compromised_authority_cannot_mint_a_host (void)
{
  e2ee_mls_buffer text = plain_text ();
  json_t *claims;
  e2ee_mls_buffer half = kit_half (text, 0), forged;

  claims = kit_claims (e2ee_mls_buffer_view (half), TICKET_TYPE);
  forged = kit_pair (kit_sign (people ()->mallory, TICKET_TYPE, claims, 1),
      kit_token (people ()->mallory, "alice", E2EE_TIER_PAID));
  CHECK_RESULT (verify (forged), TICKET_HOST);
  e2ee_mls_buffer_clear (&forged);
  e2ee_mls_buffer_clear (&half);
  e2ee_mls_buffer_clear (&text);
  json_decref (claims);
}

static void
test_ticket_with_the_token_of_another_device_is_refused (void)
{
  e2ee_mls_buffer text = plain_text ();
  e2ee_mls_buffer mixed = kit_pair (kit_half (text, 0),
      kit_token (people ()->bob, "alice", E2EE_TIER_PAID));

  CHECK_RESULT (verify (mixed), TOKEN_DEVICE);
  e2ee_mls_buffer_clear (&mixed);
  e2ee_mls_buffer_clear (&text);
}

static void
test_ticket_with_a_token_of_no_trusted_authority_is_refused (void)
{
  e2ee_mls_buffer text = plain_text (), token, mixed;

  CHECK_OK (e2ee_account_issue (people ()->mallory, "alice", "Alice", E2EE_TIER_PAID,
          e2ee_device_public_key (people ()->alice), NOW - DAY, NOW + DAY, &token));
  mixed = kit_pair (kit_half (text, 0), token);
  CHECK_RESULT (verify (mixed), TOKEN_ISSUER);
  e2ee_mls_buffer_clear (&mixed);
  e2ee_mls_buffer_clear (&text);
}

/* The token lives from NOW - DAY to NOW + DAY. */
static void
test_token_must_be_valid_when_the_ticket_is_issued (void)
{
  e2ee_mls_buffer late = text_with ("iat", "1700086700"), early = text_with ("iat", "1699913299");

  CHECK_RESULT (verify (late), TOKEN_EXPIRED);
  CHECK_RESULT (verify (early), TOKEN_NOT_YET);
  e2ee_mls_buffer_clear (&late);
  e2ee_mls_buffer_clear (&early);
  late = text_with ("iat", "1700086699");
  early = text_with ("iat", "1699913300");
  CHECK_OK (verify (late));
  CHECK_OK (verify (early));
  e2ee_mls_buffer_clear (&late);
  e2ee_mls_buffer_clear (&early);
}

static void
test_ticket_with_a_wrong_signature_is_refused (void)
{
  e2ee_mls_buffer a = plain_text (), b = text_with ("title", "\"x\"");
  e2ee_mls_buffer first = kit_half (a, 0), other = kit_half (b, 0), mixed;

  memcpy (first.data + first.size - 86, other.data + other.size - 86, 86);
  mixed = kit_pair (first, kit_half (a, 1));
  CHECK_RESULT (verify (mixed), JWS_SIGNATURE);
  e2ee_mls_buffer_clear (&mixed);
  e2ee_mls_buffer_clear (&other);
  e2ee_mls_buffer_clear (&a);
  e2ee_mls_buffer_clear (&b);
}

static void
test_ticket_without_its_key_is_refused (void)
{
  e2ee_mls_buffer text = plain_text ();
  e2ee_mls_buffer keyless = kit_pair (kit_resign (kit_half (text, 0), TICKET_TYPE,
          people ()->alice, 0, "title", "\"x\""), kit_half (text, 1));

  CHECK_RESULT (verify (keyless), JWS_FORMAT);
  e2ee_mls_buffer_clear (&keyless);
  e2ee_mls_buffer_clear (&text);
}

static void
test_ticket_of_another_type_is_refused (void)
{
  static const char *const types[] = {
    "e2ee-account+jwt", "e2ee-binding+jwt", "e2ee-state+jwt", "e2ee-host+jwt", "JWT"
  };
  e2ee_mls_buffer text = plain_text (), half = kit_half (text, 0);
  json_t *claims = kit_claims (e2ee_mls_buffer_view (half), TICKET_TYPE);

  for (size_t i = 0; i < CHECK_N (types); i++) {
    e2ee_mls_buffer other = kit_pair (kit_sign (people ()->alice, types[i], claims, 1),
        kit_half (text, 1));

    CHECK_ROW ("%s", types[i]);
    CHECK_RESULT (verify (other), JWS_FORMAT);
    e2ee_mls_buffer_clear (&other);
  }
  json_decref (claims);
  e2ee_mls_buffer_clear (&half);
  e2ee_mls_buffer_clear (&text);
}

static void
test_ticket_of_other_parts_is_refused (void)
{
  e2ee_mls_buffer text = plain_text (), one = kit_half (text, 0), turned, three;

  CHECK_RESULT (verify (one), JWS_FORMAT);
  turned = kit_pair (kit_half (text, 1), kit_half (text, 0));
  CHECK_RESULT (verify (turned), JWS_FORMAT);
  three = kit_pair (kit_half (text, 0), kit_pair (kit_half (text, 1), kit_half (text, 1)));
  CHECK_RESULT (verify (three), JWS_FORMAT);
  e2ee_mls_buffer_clear (&one);
  e2ee_mls_buffer_clear (&turned);
  e2ee_mls_buffer_clear (&three);
  e2ee_mls_buffer_clear (&text);
}

static int
verifies (e2ee_bytes text)
{
  return e2ee_ticket_verify (text, &people ()->authorities, &ticket) == E2EE_MEETING_OK;
}

static void
test_ticket_changed_or_cut_anywhere_is_refused (void)
{
  e2ee_mls_buffer text = plain_text ();

  kit_check_every_byte_counts (e2ee_mls_buffer_view (text), verifies);
  e2ee_mls_buffer_clear (&text);
}

/* From NOW to NOW + DAY, and clocks may differ by 300 seconds. */
static const struct
{
  const char *name;
  uint64_t now;
  e2ee_meeting_result expected;
} moments[] = {
  {"too early", NOW - 301, E2EE_MEETING_ERR_TICKET_NOT_YET},
  {"early by the skew", NOW - 300, E2EE_MEETING_OK},
  {"at its beginning", NOW, E2EE_MEETING_OK},
  {"at its end", NOW + DAY, E2EE_MEETING_OK},
  {"late by less than the skew", NOW + DAY + 299, E2EE_MEETING_OK},
  {"late by the skew", NOW + DAY + 300, E2EE_MEETING_ERR_TICKET_EXPIRED},
  {"at the end of time", UINT64_MAX, E2EE_MEETING_ERR_TICKET_EXPIRED},
  {"at the beginning of time", 0, E2EE_MEETING_ERR_TICKET_NOT_YET}
};

static void
test_ticket_has_its_time_give_or_take_the_skew (void)
{
  ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  for (size_t i = 0; i < CHECK_N (moments); i++) {
    CHECK_ROW ("%s", moments[i].name);
    CHECK_STR (e2ee_meeting_result_code (e2ee_ticket_check_time (&ticket, moments[i].now)),
        e2ee_meeting_result_code (moments[i].expected));
  }
}

static void
test_ticket_that_nobody_would_take_is_not_issued (void)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID), text;
  const e2ee_bytes account = e2ee_mls_buffer_view (token);
  const e2ee_ticket plan = ticket_plan (E2EE_FLOOR_ALLOW, 0);
  e2ee_ticket wrong = plan;

  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->bob, account, NOW, &text), ARGUMENT);
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, E2EE_NO_BYTES, NOW, &text), ARGUMENT);
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, NOW + 2 * DAY, &text),
      ARGUMENT);
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, UINT64_MAX, &text), ARGUMENT);
  strcpy (wrong.meeting_id, "a b");
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, NOW, &text), ARGUMENT);
  wrong = plan;
  wrong.n_hosts = 0;
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, NOW, &text), ARGUMENT);
  wrong.n_hosts = E2EE_MAX_HOSTS + 1;
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, NOW, &text), ARGUMENT);
  wrong = plan;
  wrong.hosts[1] = wrong.hosts[0];
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, NOW, &text), ARGUMENT);
  wrong = plan;
  wrong.features = E2EE_FEATURES_NEVER;
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, NOW, &text), ARGUMENT);
  wrong = plan;
  wrong.not_after = wrong.not_before;
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, NOW, &text), ARGUMENT);
  wrong.not_after = UINT64_MAX;
  CHECK_RESULT (e2ee_ticket_issue (&wrong, people ()->alice, account, NOW, &text), ARGUMENT);
  e2ee_mls_buffer_clear (&token);
}

static const check_case cases[] = {
  CHECK_CASE (test_ticket_says_what_was_scheduled),
  CHECK_CASE (test_host_is_account_and_device_together),
  CHECK_CASE (test_start_must_agree_with_the_floor),
  CHECK_CASE (test_claim_missing_or_of_wrong_type_or_range_is_refused),
  CHECK_CASE (test_feature_that_is_not_named_is_as_always),
  CHECK_CASE (test_unknown_claims_are_ignored),
  CHECK_CASE (test_host_list_is_full_at_sixteen),
  CHECK_CASE (test_ticket_of_somebody_who_is_no_host_in_it_is_refused),
  CHECK_CASE (test_ticket_of_a_hosts_device_under_another_account_is_refused),
  CHECK_CASE (test_encryption_is_scheduled_by_paid_accounts_only),
  CHECK_CASE (test_ticket_is_not_issued_with_an_account_that_may_not),
  CHECK_CASE (test_compromised_authority_cannot_mint_a_host),
  CHECK_CASE (test_ticket_with_the_token_of_another_device_is_refused),
  CHECK_CASE (test_ticket_with_a_token_of_no_trusted_authority_is_refused),
  CHECK_CASE (test_token_must_be_valid_when_the_ticket_is_issued),
  CHECK_CASE (test_ticket_with_a_wrong_signature_is_refused),
  CHECK_CASE (test_ticket_without_its_key_is_refused),
  CHECK_CASE (test_ticket_of_another_type_is_refused),
  CHECK_CASE (test_ticket_of_other_parts_is_refused),
  CHECK_CASE (test_ticket_changed_or_cut_anywhere_is_refused),
  CHECK_CASE (test_ticket_has_its_time_give_or_take_the_skew),
  CHECK_CASE (test_ticket_that_nobody_would_take_is_not_issued),
};

CHECK_MAIN (cases)
