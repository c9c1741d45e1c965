/* Statements of the hosts: the one that the group shows, and the newest that was ever seen.
 *
 * One counts by its signature and its revision, whoever carries it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/state/state.h"

e2ee_meeting_result
e2ee_agreed_set (e2ee_agreed * agreed, const e2ee_statement * statement, e2ee_bytes text)
{
  e2ee_mls_buffer copy = E2EE_MLS_NO_BUFFER;

  if (e2ee_mls_buffer_dup (text, &copy) != E2EE_MLS_OK)
    return E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_mls_buffer_clear (&agreed->text);
  agreed->text = copy;
  agreed->statement = *statement;
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_meeting_remember (e2ee_meeting * m, e2ee_bytes text)
{
  e2ee_statement statement;
  e2ee_meeting_result r;

  r = e2ee_statement_verify (text, &m->ticket, &statement);
  if (r != E2EE_MEETING_OK)
    return r;
  if (e2ee_statement_rank (&statement) <= e2ee_statement_rank (&m->newest.statement))
    return E2EE_MEETING_ERR_STATEMENT_OLD;
  m->is_dirty = 1;
  return e2ee_agreed_set (&m->newest, &statement, text);
}

int
e2ee_meeting_is_outdated (const e2ee_meeting * m)
{
  return e2ee_statement_rank (&m->newest.statement) > e2ee_statement_rank (&m->shown.statement);
}
