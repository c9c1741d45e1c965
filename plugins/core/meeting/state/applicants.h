/* Those who ask us to be let in, until a commit adds them.
 *
 * Knows no meeting: who may come in is for admission.c to say.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_APPLICANTS_H
#define E2EE_CORE_MEETING_STATE_APPLICANTS_H

#include "core/meeting/account.h"
#include "core/mls/mls.h"

#define E2EE_MAX_PENDING_JOINS 256

typedef struct
{
  e2ee_mls_buffer key_package;
  e2ee_account account;
  uint64_t since_ms;
} e2ee_applicant;

/* In the order in which they came. */
typedef struct
{
  e2ee_applicant *list;         /* room for E2EE_MAX_PENDING_JOINS */
  size_t n;
} e2ee_applicants;

/* NO_MEMORY. */
E2EE_MUST_USE e2ee_meeting_result e2ee_applicants_init (e2ee_applicants * applicants);
/* Also what never was initialised, when it is zero. */
void e2ee_applicants_free (e2ee_applicants * applicants);
/* Copies @key_package.  MEETING_FULL, NO_MEMORY. */
E2EE_MUST_USE e2ee_meeting_result e2ee_applicants_add (e2ee_applicants * applicants,
    const e2ee_account * account, e2ee_bytes key_package, uint64_t now);
/* 1 when this very key package waits already. */
int e2ee_applicants_have (const e2ee_applicants * applicants, e2ee_bytes key_package);
void e2ee_applicants_drop (e2ee_applicants * applicants, const e2ee_thumbprint * device);
void e2ee_applicants_drop_at (e2ee_applicants * applicants, size_t index);
void e2ee_applicants_clear (e2ee_applicants * applicants);

#endif
