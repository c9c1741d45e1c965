/* The change that the application has asked for, until the group is as it wanted it or it has
 * failed.  One is on its way at a time.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_REQUEST_H
#define E2EE_CORE_MEETING_STATE_REQUEST_H

#include "core/meeting/meeting.h"
#include "core/mls/mls.h"
#include "core/meeting/statement.h"

typedef enum
{
  E2EE_REQUEST_NONE,
  E2EE_REQUEST_E2EE,
  E2EE_REQUEST_FEATURE,
  E2EE_REQUEST_HOST,
  E2EE_REQUEST_REMOVE,
  E2EE_REQUEST_REKEY
} e2ee_request_kind;

typedef struct
{
  e2ee_request_kind kind;
  uint64_t number;
  int value;                    /* on, available */
  e2ee_feature feature;
  e2ee_host host;               /* of make_host and remove: who he is, whatever his leaf is by then */
} e2ee_request;

void e2ee_meeting_start_request (e2ee_meeting * m, const e2ee_request * request,
    uint64_t *number);
void e2ee_meeting_on_request_timer (e2ee_meeting * m);
/* Ends the request when the group is as it wanted it, or it cannot be any more. */
void e2ee_meeting_check_request (e2ee_meeting * m);
void e2ee_meeting_end_request (e2ee_meeting * m, e2ee_meeting_result result);
/* The statement that the request asks for; STATEMENT_OLD when it needs none. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_request_statement (e2ee_meeting * m,
    e2ee_mls_buffer * text, e2ee_statement * statement);

#endif
