/* Those who ask us to be let in, until a commit adds them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <string.h>

#include "core/crypto/secret.h"
#include "core/meeting/state/applicants.h"

e2ee_meeting_result
e2ee_applicants_init (e2ee_applicants * applicants)
{
  applicants->n = 0;
  applicants->list = e2ee_mls_alloc (E2EE_MAX_PENDING_JOINS, sizeof (*applicants->list));
  return applicants->list != NULL ? E2EE_MEETING_OK : E2EE_MEETING_ERR_NO_MEMORY;
}

void
e2ee_applicants_free (e2ee_applicants * applicants)
{
  e2ee_applicants_clear (applicants);
  e2ee_mls_free (applicants->list);
  applicants->list = NULL;
}

void
e2ee_applicants_clear (e2ee_applicants * applicants)
{
  while (applicants->n > 0)
    e2ee_applicants_drop_at (applicants, applicants->n - 1);
}

void
e2ee_applicants_drop_at (e2ee_applicants * applicants, size_t index)
{
  e2ee_mls_buffer_clear (&applicants->list[index].key_package);
  memmove (&applicants->list[index], &applicants->list[index + 1],
      (applicants->n - index - 1) * sizeof (*applicants->list));
  applicants->n--;
}

void
e2ee_applicants_drop (e2ee_applicants * applicants, const e2ee_thumbprint * device)
{
  for (size_t i = applicants->n; i > 0; i--) {
    if (e2ee_thumbprint_equal (&applicants->list[i - 1].account.thumbprint, device))
      e2ee_applicants_drop_at (applicants, i - 1);
  }
}

int
e2ee_applicants_have (const e2ee_applicants * applicants, e2ee_bytes key_package)
{
  for (size_t i = 0; i < applicants->n; i++) {
    const e2ee_bytes known = e2ee_mls_buffer_view (applicants->list[i].key_package);

    if (known.size == key_package.size && e2ee_equal (known, key_package))
      return 1;
  }
  return 0;
}

e2ee_meeting_result
e2ee_applicants_add (e2ee_applicants * applicants, const e2ee_account * account,
    e2ee_bytes key_package, uint64_t now)
{
  e2ee_applicant *applicant = &applicants->list[applicants->n];

  if (applicants->n == E2EE_MAX_PENDING_JOINS)
    return E2EE_MEETING_ERR_MEETING_FULL;
  if (e2ee_mls_buffer_dup (key_package, &applicant->key_package) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  applicant->account = *account;
  applicant->since_ms = now;
  applicants->n++;
  return E2EE_MEETING_OK;
}
