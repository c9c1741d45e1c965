/* Messages and events: collected while a call works, given out when everything is consistent.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_OUTBOX_H
#define E2EE_CORE_MEETING_STATE_OUTBOX_H

#include "core/meeting/meeting.h"
#include "core/meeting/content.h"
#include "core/meeting/state/roster.h"

typedef struct e2ee_queued
{
  struct e2ee_queued *next;
  e2ee_meeting_event event;     /* of an outgoing message: only the text */
  e2ee_account account;
  e2ee_mls_buffer text;
} e2ee_queued;

typedef struct
{
  e2ee_queued *first;
  e2ee_queued *last;
} e2ee_queue;

typedef struct
{
  e2ee_queue messages;
  e2ee_queue events;
  e2ee_queued lost;             /* what is written to an event for which there is no memory */
} e2ee_outbox;

/* A queued event to be filled in; never NULL (events are lost without memory). */
e2ee_meeting_event *e2ee_meeting_post (e2ee_meeting * m, e2ee_event_type type);
void e2ee_meeting_post_member (e2ee_meeting * m, e2ee_event_type type, const e2ee_entry * entry,
    e2ee_meeting_result result);
/* About somebody: @account may be NULL. */
void e2ee_meeting_post_account (e2ee_meeting * m, e2ee_event_type type,
    const e2ee_account * account, e2ee_meeting_result result);
/* 0 when it is lost. */
int e2ee_meeting_post_text (e2ee_meeting * m, e2ee_event_type type, const e2ee_entry * entry,
    e2ee_bytes text);

/* Seals @content and queues it; the envelope goes to *@envelope too when that is not NULL. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_send (e2ee_meeting * m,
    const e2ee_content * content, e2ee_mls_buffer * envelope);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_send_again (e2ee_meeting * m, e2ee_bytes envelope);

/* Sends, and tells. */
void e2ee_meeting_give_out (e2ee_meeting * m);
void e2ee_meeting_drop_queues (e2ee_meeting * m);

#endif
