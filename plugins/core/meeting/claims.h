/* Reading JSON objects and their claims: present, of the right type and in range, or JWS_CLAIMS.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_CLAIMS_H
#define E2EE_CORE_MEETING_CLAIMS_H

#include <jansson.h>

#include "core/meeting/feature.h"
#include "core/meeting/jws.h"

/* What JSON's readers agree on (RFC 8259 section 6); seconds and revisions stay below. */
#define E2EE_MAX_NUMBER ((UINT64_C (1) << 53) - 1)

/* One object and nothing else, no member twice.  @wrong for any other text, NO_MEMORY as far as the
 * parser tells.  decref the object. */
E2EE_MUST_USE e2ee_meeting_result e2ee_json_read (e2ee_bytes text, e2ee_meeting_result wrong,
    json_t ** object);

/* 0 to E2EE_MAX_NUMBER; 1.0 is no integer. */
E2EE_MUST_USE e2ee_meeting_result e2ee_claim_number (const json_t * claims, const char *name,
    uint64_t * value);
/* As it stands, 1 to @max_size bytes; valid as long as @claims. */
E2EE_MUST_USE e2ee_meeting_result e2ee_claim_text (const json_t * claims, const char *name,
    size_t max_size, e2ee_bytes * text);
/* The index in @choices, of @n_choices. */
E2EE_MUST_USE e2ee_meeting_result e2ee_claim_choice (const json_t * claims, const char *name,
    const char *const *choices, size_t n_choices, int *choice);
/* 32 bytes in base64url: hashes and thumbprints. */
E2EE_MUST_USE e2ee_meeting_result e2ee_claim_hash (const json_t * claims, const char *name,
    uint8_t hash[32]);
/* An account's name for its authority: 1 to E2EE_MAX_SUBJECT bytes without control characters.
 * @subject has room for a zero more. */
E2EE_MUST_USE e2ee_meeting_result e2ee_claim_subject (const json_t * claims, const char *name,
    char *subject);
/* {name: "allow" | "deny"}: what is named replaces the bit in *@features, unknown names are left
 * alone. */
E2EE_MUST_USE e2ee_meeting_result e2ee_claim_features (const json_t * claims, const char *name,
    e2ee_features * features);

/* 1 when @subject may stand in a claim. */
int e2ee_subject_is_valid (e2ee_bytes subject);
/* All features by name; NULL without memory. */
json_t *e2ee_features_new (e2ee_features features);
/* What e2ee_claim_hash() reads.  NO_MEMORY. */
E2EE_MUST_USE e2ee_meeting_result e2ee_claims_set_hash (json_t * claims, const char *name,
    const uint8_t hash[32]);

/* With E2EE_CLOCK_SKEW to its favour: 1 when @when lies before @not_before, or not before @end. */
int e2ee_time_is_before (uint64_t when, uint64_t not_before);
int e2ee_time_is_over (uint64_t when, uint64_t end);

#endif
