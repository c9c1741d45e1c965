/* Reading claims (claims.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/claims.h"

#include <string.h>

#include "core/meeting/account.h"
#include "core/meeting/jwk.h"

e2ee_meeting_result
e2ee_json_read (e2ee_bytes text, e2ee_meeting_result wrong, json_t ** object)
{
  json_error_t error;

  *object = NULL;
  if (text.size == 0)
    return wrong;
  *object = json_loadb ((const char *) text.data, text.size, JSON_REJECT_DUPLICATES, &error);
  /* Where memory fails, jansson often says nothing. */
  if (*object == NULL
      && (error.text[0] == '\0' || json_error_code (&error) == json_error_out_of_memory))
    return E2EE_MEETING_ERR_NO_MEMORY;
  if (json_is_object (*object))
    return E2EE_MEETING_OK;
  json_decref (*object);
  *object = NULL;
  return wrong;
}

e2ee_meeting_result
e2ee_claim_number (const json_t * claims, const char *name, uint64_t * value)
{
  const json_t *claim = json_object_get (claims, name);

  /* Negative ones are very large without their sign. */
  if (!json_is_integer (claim) || (uint64_t) json_integer_value (claim) > E2EE_MAX_NUMBER)
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  *value = (uint64_t) json_integer_value (claim);
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_claim_text (const json_t * claims, const char *name, size_t max_size, e2ee_bytes * text)
{
  const json_t *claim = json_object_get (claims, name);

  /* The parser has refused NUL in strings. */
  if (!json_is_string (claim) || json_string_length (claim) == 0
      || json_string_length (claim) > max_size)
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  *text = E2EE_BYTES (json_string_value (claim), json_string_length (claim));
  return E2EE_MEETING_OK;
}

static int
find (const json_t * value, const char *const *choices, size_t n_choices)
{
  if (json_is_string (value))
    for (size_t i = 0; i < n_choices; i++)
      if (strcmp (json_string_value (value), choices[i]) == 0)
        return (int) i;
  return -1;
}

e2ee_meeting_result
e2ee_claim_choice (const json_t * claims, const char *name, const char *const *choices,
    size_t n_choices, int *choice)
{
  *choice = find (json_object_get (claims, name), choices, n_choices);
  return *choice >= 0 ? E2EE_MEETING_OK : E2EE_MEETING_ERR_JWS_CLAIMS;
}

e2ee_meeting_result
e2ee_claim_hash (const json_t * claims, const char *name, uint8_t hash[32])
{
  const json_t *claim = json_object_get (claims, name);

  if (!json_is_string (claim)
      || !e2ee_base64url_read_32 (json_string_value (claim), json_string_length (claim), hash))
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  return E2EE_MEETING_OK;
}

int
e2ee_subject_is_valid (e2ee_bytes subject)
{
  if (subject.size == 0 || subject.size > E2EE_MAX_SUBJECT)
    return 0;
  for (size_t i = 0; i < subject.size; i++)
    if (subject.data[i] < 0x20 || subject.data[i] == 0x7f)
      return 0;
  return 1;
}

e2ee_meeting_result
e2ee_claim_subject (const json_t * claims, const char *name, char *subject)
{
  e2ee_bytes text;
  e2ee_meeting_result r = e2ee_claim_text (claims, name, E2EE_MAX_SUBJECT, &text);

  if (r != E2EE_MEETING_OK)
    return r;
  if (!e2ee_subject_is_valid (text))
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  memcpy (subject, text.data, text.size);
  subject[text.size] = '\0';
  return E2EE_MEETING_OK;
}

static const char *const decisions[] = { "deny", "allow" };

e2ee_meeting_result
e2ee_claim_features (const json_t * claims, const char *name, e2ee_features * features)
{
  const json_t *table = json_object_get (claims, name);
  const char *feature_name;
  json_t *decision;

  if (!json_is_object (table))
    return E2EE_MEETING_ERR_JWS_CLAIMS;
  json_object_foreach ((json_t *) table, feature_name, decision) {
    const int feature = e2ee_feature_find (feature_name);
    const int allow = find (decision, decisions, 2);

    if (allow < 0)
      return E2EE_MEETING_ERR_JWS_CLAIMS;
    if (feature < 0)
      continue;
    *features &= ~((e2ee_features) 1 << feature);
    *features |= (e2ee_features) allow << feature;
  }
  return E2EE_MEETING_OK;
}

json_t *
e2ee_features_new (e2ee_features features)
{
  json_t *table = json_object ();

  for (int i = 0; table != NULL && i < E2EE_N_FEATURES; i++) {
    if (json_object_set_new (table, e2ee_feature_name ((e2ee_feature) i),
            json_string (decisions[features >> i & 1])) != 0) {
      json_decref (table);
      table = NULL;
    }
  }
  return table;
}

e2ee_meeting_result
e2ee_claims_set_hash (json_t * claims, const char *name, const uint8_t hash[32])
{
  char text[E2EE_BASE64URL_32 + 1];

  e2ee_base64url_write_32 (hash, text);
  return json_object_set_new (claims, name, json_string (text)) == 0
      ? E2EE_MEETING_OK : E2EE_MEETING_ERR_NO_MEMORY;
}

int
e2ee_time_is_before (uint64_t when, uint64_t not_before)
{
  return when < not_before && not_before - when > E2EE_CLOCK_SKEW;
}

/* RFC 7519 section 4.1.4: "on or after". */
int
e2ee_time_is_over (uint64_t when, uint64_t end)
{
  return when >= end && when - end >= E2EE_CLOCK_SKEW;
}
