/* Leaf identities: a token bound to one meeting and one key.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#define TYPE "e2ee-binding+jwt"
#define MEETING "daily-7"

static const uint8_t leaf_key[32] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static e2ee_account account;

static e2ee_identity_check
fresh_check (void)
{
  const e2ee_identity_check check = {
    &people ()->authorities, MEETING, E2EE_BYTES (leaf_key, sizeof (leaf_key)), NOW, 1
  };

  return check;
}

static e2ee_mls_buffer
bind_at (uint64_t now)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_FREE), identity;

  KIT_MUST (e2ee_identity_bind (e2ee_mls_buffer_view (token), people ()->alice, MEETING,
          E2EE_BYTES (leaf_key, sizeof (leaf_key)), now, &identity) == E2EE_MEETING_OK);
  e2ee_mls_buffer_clear (&token);
  return identity;
}

static e2ee_meeting_result
verify (e2ee_mls_buffer identity, const e2ee_identity_check * check)
{
  return e2ee_identity_verify (e2ee_mls_buffer_view (identity), check, &account);
}

static void
test_identity_says_who_stands_at_a_leaf (void)
{
  const e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer identity = bind_at (NOW);

  CHECK_OK (verify (identity, &check));
  CHECK_STR (account.subject, "alice");
  CHECK_INT (account.tier, E2EE_TIER_FREE);
  e2ee_mls_buffer_clear (&identity);
}

static void
test_identity_of_another_meeting_is_refused (void)
{
  static const char *const others[] = { "daily-8", "daily", "daily-70", "Daily-7", "" };
  e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer identity = bind_at (NOW);

  for (size_t i = 0; i < CHECK_N (others); i++) {
    CHECK_ROW ("%s", others[i]);
    check.meeting_id = others[i];
    CHECK_RESULT (verify (identity, &check), BINDING_MEETING);
    CHECK_INT (account.subject[0], 0);
  }
  e2ee_mls_buffer_clear (&identity);
}

static void
test_identity_of_another_leaf_key_is_refused (void)
{
  uint8_t other[33] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer identity = bind_at (NOW);

  check.leaf_key = E2EE_BYTES (other, 33);
  CHECK_RESULT (verify (identity, &check), BINDING_LEAF);
  check.leaf_key = E2EE_BYTES (other, 31);
  CHECK_RESULT (verify (identity, &check), BINDING_LEAF);
  other[31] = 1;
  check.leaf_key = E2EE_BYTES (other, 32);
  CHECK_RESULT (verify (identity, &check), BINDING_LEAF);
  e2ee_mls_buffer_clear (&identity);
}

static const struct
{
  const char *name;
  uint64_t bound_at;
  e2ee_meeting_result fresh;
} bindings[] = {
  {"early by more than the skew", NOW - 301, E2EE_MEETING_ERR_BINDING_STALE},
  {"early by the skew", NOW - 300, E2EE_MEETING_OK},
  {"just now", NOW, E2EE_MEETING_OK},
  {"late by the skew", NOW + 300, E2EE_MEETING_OK},
  {"late by more than the skew", NOW + 301, E2EE_MEETING_ERR_BINDING_STALE}
};

static void
test_identity_must_be_bound_just_now_when_its_owner_is_added (void)
{
  const e2ee_identity_check check = fresh_check ();

  for (size_t i = 0; i < CHECK_N (bindings); i++) {
    e2ee_mls_buffer identity = bind_at (bindings[i].bound_at);

    CHECK_ROW ("%s", bindings[i].name);
    CHECK_STR (e2ee_meeting_result_code (verify (identity, &check)),
        e2ee_meeting_result_code (bindings[i].fresh));
    e2ee_mls_buffer_clear (&identity);
  }
}

static void
test_identity_in_the_tree_stays_while_its_token_expires (void)
{
  e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer identity = bind_at (NOW);

  check.now = NOW + 3 * DAY;
  check.fresh = 0;
  CHECK_OK (verify (identity, &check));
  check.fresh = 1;
  CHECK_RESULT (verify (identity, &check), BINDING_STALE);
  e2ee_mls_buffer_clear (&identity);
}

/* The token lives from NOW - DAY to NOW + DAY. */
static const struct
{
  const char *name;
  uint64_t bound_at;
  e2ee_meeting_result expected;
} times[] = {
  {"too early", NOW - DAY - 301, E2EE_MEETING_ERR_TOKEN_NOT_YET},
  {"early by the skew", NOW - DAY - 300, E2EE_MEETING_OK},
  {"late by less than the skew", NOW + DAY + 299, E2EE_MEETING_OK},
  {"late by the skew", NOW + DAY + 300, E2EE_MEETING_ERR_TOKEN_EXPIRED}
};

static void
test_token_must_be_valid_when_the_binding_is_made (void)
{
  for (size_t i = 0; i < CHECK_N (times); i++) {
    e2ee_identity_check check = fresh_check ();
    e2ee_mls_buffer identity = bind_at (times[i].bound_at);

    CHECK_ROW ("%s", times[i].name);
    check.now = times[i].bound_at;
    CHECK_STR (e2ee_meeting_result_code (verify (identity, &check)),
        e2ee_meeting_result_code (times[i].expected));
    check.now = NOW;
    check.fresh = 0;
    CHECK_STR (e2ee_meeting_result_code (verify (identity, &check)),
        e2ee_meeting_result_code (times[i].expected));
    e2ee_mls_buffer_clear (&identity);
  }
}

static void
test_token_of_another_device_cannot_be_bound (void)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_FREE), identity;

  CHECK_RESULT (e2ee_identity_bind (e2ee_mls_buffer_view (token), people ()->mallory, MEETING,
          E2EE_BYTES (leaf_key, sizeof (leaf_key)), NOW, &identity), TOKEN_DEVICE);
  CHECK (identity.data == NULL);
  e2ee_mls_buffer_clear (&token);
}

static void
test_token_bound_by_another_device_is_refused (void)
{
  const e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer own = bind_at (NOW);
  e2ee_mls_buffer stolen = kit_half (own, 0);
  e2ee_mls_buffer binding = kit_half (own, 1);
  json_t *claims = kit_claims (e2ee_mls_buffer_view (binding), TYPE);
  e2ee_mls_buffer identity = kit_pair (stolen, kit_sign (people ()->mallory, TYPE, claims, 1));

  CHECK_RESULT (verify (identity, &check), TOKEN_DEVICE);
  e2ee_mls_buffer_clear (&identity);
  e2ee_mls_buffer_clear (&binding);
  e2ee_mls_buffer_clear (&own);
  json_decref (claims);
}

/* The header shows alice's key, the signature is another's. */
static void
test_binding_with_a_wrong_signature_is_refused (void)
{
  const e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer a = bind_at (NOW), b = bind_at (NOW + 1);

  memcpy (a.data + a.size - 86, b.data + b.size - 86, 86);
  CHECK_RESULT (verify (a, &check), JWS_SIGNATURE);
  e2ee_mls_buffer_clear (&a);
  e2ee_mls_buffer_clear (&b);
}

static void
test_binding_without_its_key_is_refused (void)
{
  const e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer own = bind_at (NOW);
  e2ee_mls_buffer binding = kit_half (own, 1);
  json_t *claims = kit_claims (e2ee_mls_buffer_view (binding), TYPE);
  e2ee_mls_buffer identity = kit_pair (kit_half (own, 0),
      kit_sign (people ()->alice, TYPE, claims, 0));

  CHECK_RESULT (verify (identity, &check), JWS_FORMAT);
  e2ee_mls_buffer_clear (&identity);
  e2ee_mls_buffer_clear (&binding);
  e2ee_mls_buffer_clear (&own);
  json_decref (claims);
}

static void
test_identity_of_an_authority_that_is_not_trusted_is_refused (void)
{
  e2ee_identity_check check = fresh_check ();
  e2ee_authorities others = people ()->authorities;
  e2ee_mls_buffer identity = bind_at (NOW);

  others.keys[0] = *e2ee_device_public_key (people ()->bob);
  check.authorities = &others;
  CHECK_RESULT (verify (identity, &check), TOKEN_ISSUER);
  e2ee_mls_buffer_clear (&identity);
}

static const struct
{
  const char *name;
  const char *path;
  const char *json;
} wrong_claims[] = {
  {"no aud", "aud", NULL},
  {"aud is a list", "aud", "[\"" MEETING "\"]"},
  {"aud is empty", "aud", "\"\""},
  {"aud is a number", "aud", "7"},
  {"no leaf", "leaf", NULL},
  {"leaf is a number", "leaf", "1"},
  {"leaf is empty", "leaf", "\"\""},
  {"leaf with padding", "leaf", "\"AQIDBAUGBwgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\""},
  {"leaf in the other alphabet", "leaf", "\"++++\""},
  {"no iat", "iat", NULL},
  {"iat is a string", "iat", "\"1700000000\""},
  {"iat is a real", "iat", "1700000000.0"},
  {"iat is negative", "iat", "-1"},
  {"iat over 2^53", "iat", "9007199254740992"}
};

static void
test_binding_claim_missing_or_of_wrong_type_is_refused (void)
{
  const e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer own = bind_at (NOW);

  for (size_t i = 0; i < CHECK_N (wrong_claims); i++) {
    e2ee_mls_buffer identity = kit_pair (kit_half (own, 0), kit_resign (kit_half (own, 1), TYPE,
            people ()->alice, 1, wrong_claims[i].path, wrong_claims[i].json));

    CHECK_ROW ("%s", wrong_claims[i].name);
    CHECK_RESULT (verify (identity, &check), JWS_CLAIMS);
    e2ee_mls_buffer_clear (&identity);
  }
  e2ee_mls_buffer_clear (&own);
}

static void
test_unknown_claims_of_a_binding_are_ignored (void)
{
  const e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer own = bind_at (NOW);
  e2ee_mls_buffer identity = kit_pair (kit_half (own, 0), kit_resign (kit_half (own, 1), TYPE,
          people ()->alice, 1, "nonce", "\"x\""));

  CHECK_OK (verify (identity, &check));
  e2ee_mls_buffer_clear (&identity);
  e2ee_mls_buffer_clear (&own);
}

static void
test_identity_of_other_parts_is_refused (void)
{
  const e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer own = bind_at (NOW), turned, three, empty = E2EE_MLS_NO_BUFFER;
  e2ee_mls_buffer token = kit_half (own, 0);

  CHECK_RESULT (verify (token, &check), JWS_FORMAT);
  CHECK_RESULT (verify (empty, &check), JWS_FORMAT);
  turned = kit_pair (kit_half (own, 1), kit_half (own, 0));
  CHECK_RESULT (verify (turned, &check), JWS_FORMAT);
  three = kit_pair (kit_half (own, 0), kit_pair (kit_half (own, 1), kit_half (own, 1)));
  CHECK_RESULT (verify (three, &check), JWS_FORMAT);
  kit_append (&token, TEXT ("~"));
  CHECK_RESULT (verify (token, &check), JWS_FORMAT);
  e2ee_mls_buffer_clear (&token);
  e2ee_mls_buffer_clear (&turned);
  e2ee_mls_buffer_clear (&three);
  e2ee_mls_buffer_clear (&own);
}

static void
test_parts_of_two_identities_make_none (void)
{
  const e2ee_identity_check check = fresh_check ();
  e2ee_mls_buffer alices = bind_at (NOW), bobs, token, mixed;

  token = kit_token (people ()->bob, "bob", E2EE_TIER_PAID);
  CHECK_OK (e2ee_identity_bind (e2ee_mls_buffer_view (token), people ()->bob, MEETING,
          E2EE_BYTES (leaf_key, sizeof (leaf_key)), NOW, &bobs));
  mixed = kit_pair (kit_half (bobs, 0), kit_half (alices, 1));
  CHECK_RESULT (verify (mixed, &check), TOKEN_DEVICE);
  e2ee_mls_buffer_clear (&mixed);
  e2ee_mls_buffer_clear (&token);
  e2ee_mls_buffer_clear (&bobs);
  e2ee_mls_buffer_clear (&alices);
}

static int
verifies (e2ee_bytes text)
{
  const e2ee_identity_check check = fresh_check ();

  return e2ee_identity_verify (text, &check, &account) == E2EE_MEETING_OK;
}

static void
test_identity_changed_or_cut_anywhere_is_refused (void)
{
  e2ee_mls_buffer identity = bind_at (NOW);

  kit_check_every_byte_counts (e2ee_mls_buffer_view (identity), verifies);
  e2ee_mls_buffer_clear (&identity);
}

static void
test_identity_that_nobody_would_take_is_not_made (void)
{
  const e2ee_bytes leaf = E2EE_BYTES (leaf_key, sizeof (leaf_key));
  const e2ee_device *alice = people ()->alice;
  e2ee_mls_buffer token = kit_token (alice, "alice", E2EE_TIER_FREE), identity;
  const e2ee_bytes text = e2ee_mls_buffer_view (token);

  CHECK_RESULT (e2ee_identity_bind (text, alice, "", leaf, NOW, &identity), ARGUMENT);
  CHECK_RESULT (e2ee_identity_bind (text, alice, MEETING, E2EE_NO_BYTES, NOW, &identity), ARGUMENT);
  CHECK_RESULT (e2ee_identity_bind (text, alice, MEETING, leaf, UINT64_MAX, &identity), ARGUMENT);
  CHECK_RESULT (e2ee_identity_bind (leaf, alice, MEETING, leaf, NOW, &identity), JWS_FORMAT);
  e2ee_mls_buffer_clear (&token);
}

static const check_case cases[] = {
  CHECK_CASE (test_identity_says_who_stands_at_a_leaf),
  CHECK_CASE (test_identity_of_another_meeting_is_refused),
  CHECK_CASE (test_identity_of_another_leaf_key_is_refused),
  CHECK_CASE (test_identity_must_be_bound_just_now_when_its_owner_is_added),
  CHECK_CASE (test_identity_in_the_tree_stays_while_its_token_expires),
  CHECK_CASE (test_token_must_be_valid_when_the_binding_is_made),
  CHECK_CASE (test_token_of_another_device_cannot_be_bound),
  CHECK_CASE (test_token_bound_by_another_device_is_refused),
  CHECK_CASE (test_binding_with_a_wrong_signature_is_refused),
  CHECK_CASE (test_binding_without_its_key_is_refused),
  CHECK_CASE (test_identity_of_an_authority_that_is_not_trusted_is_refused),
  CHECK_CASE (test_binding_claim_missing_or_of_wrong_type_is_refused),
  CHECK_CASE (test_unknown_claims_of_a_binding_are_ignored),
  CHECK_CASE (test_identity_of_other_parts_is_refused),
  CHECK_CASE (test_parts_of_two_identities_make_none),
  CHECK_CASE (test_identity_changed_or_cut_anywhere_is_refused),
  CHECK_CASE (test_identity_that_nobody_would_take_is_not_made),
};

CHECK_MAIN (cases)
