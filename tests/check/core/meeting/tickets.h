/* A meeting that alice scheduled, for the tests of tickets, links and statements.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MEETING_TICKETS_H
#define E2EE_TESTS_MEETING_TICKETS_H

#include "kit.h"

#include "core/meeting/statement.h"
#include "core/meeting/ticket.h"

#define TICKET_TYPE "e2ee-ticket+jwt"

static inline void
ticket_add_host (e2ee_ticket * ticket, const char *subject, const e2ee_device * device)
{
  e2ee_host *host = &ticket->hosts[ticket->n_hosts++];

  snprintf (host->subject, sizeof (host->subject), "%s", subject);
  host->device = kit_thumbprint (device);
}

/* What alice asks for: she and bob are hosts, from NOW to NOW + 1 day. */
static inline e2ee_ticket
ticket_plan (e2ee_floor floor, int initially_on)
{
  e2ee_ticket plan;

  memset (&plan, 0, sizeof (plan));
  strcpy (plan.meeting_id, "daily-7");
  ticket_add_host (&plan, "alice", people ()->alice);
  ticket_add_host (&plan, "bob", people ()->bob);
  plan.e2ee = floor;
  plan.initially_on = initially_on;
  plan.features = E2EE_FEATURES_DEFAULT;
  plan.not_before = NOW;
  plan.not_after = NOW + DAY;
  return plan;
}

static inline e2ee_mls_buffer
ticket_text (const e2ee_ticket * plan)
{
  e2ee_mls_buffer token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID), text;

  KIT_MUST (e2ee_ticket_issue (plan, people ()->alice, e2ee_mls_buffer_view (token), NOW - 60,
          &text) == E2EE_MEETING_OK);
  e2ee_mls_buffer_clear (&token);
  return text;
}

/* Issued and verified. */
static inline e2ee_ticket
ticket_of (e2ee_floor floor, int initially_on)
{
  e2ee_ticket ticket = ticket_plan (floor, initially_on);
  e2ee_mls_buffer text = ticket_text (&ticket);

  KIT_MUST (e2ee_ticket_verify (e2ee_mls_buffer_view (text), &people ()->authorities,
          &ticket) == E2EE_MEETING_OK);
  e2ee_mls_buffer_clear (&text);
  return ticket;
}

#endif
