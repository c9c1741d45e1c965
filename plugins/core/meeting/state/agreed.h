/* Statements of the hosts: the one that the group shows, and the newest that was ever seen.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_AGREED_H
#define E2EE_CORE_MEETING_STATE_AGREED_H

#include "core/meeting/meeting.h"
#include "core/meeting/statement.h"

/* A statement and its text; revision 0 has none. */
typedef struct
{
  e2ee_statement statement;
  e2ee_mls_buffer text;
} e2ee_agreed;

/* Remembers @text as the newest when it is; STATEMENT_OLD when it is not, and errors. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_remember (e2ee_meeting * m, e2ee_bytes text);
/* The group shows an older one than the newest. */
int e2ee_meeting_is_outdated (const e2ee_meeting * m);
/* NO_MEMORY: then it is as it was. */
E2EE_MUST_USE e2ee_meeting_result e2ee_agreed_set (e2ee_agreed * agreed,
    const e2ee_statement * statement, e2ee_bytes text);

#endif
