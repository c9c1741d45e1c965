/* Whole messages from the delivery service, by kind.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/calls/loop.h"
#include "core/meeting/moves/admission.h"
#include "core/meeting/moves/founding.h"
#include "core/meeting/moves/leaving.h"
#include "core/meeting/moves/messages.h"
#include "core/meeting/moves/welcome.h"
#include "core/meeting/state/state.h"

/* What a host has decided, told to one who was not let in. */
static e2ee_meeting_result
take_state (e2ee_meeting * m, e2ee_bytes statement)
{
  e2ee_meeting_result r = E2EE_MEETING_OK;

  if (statement.size > 0)
    r = e2ee_meeting_remember (m, statement);
  if (r == E2EE_MEETING_ERR_STATEMENT_OLD)
    r = E2EE_MEETING_OK;
  if (r == E2EE_MEETING_OK && m->account.tier == E2EE_TIER_GUEST && m->newest.statement.on
      && m->phase == E2EE_PHASE_JOINING)
    e2ee_meeting_go_out (m, E2EE_MEETING_ERR_GUEST);
  return r;
}

static e2ee_meeting_result
take (e2ee_meeting * m, const e2ee_content * content)
{
  switch (content->kind) {
    case E2EE_CONTENT_JOIN:
      /* Whether he is let in or not: he need not found a meeting of his own. */
      if (e2ee_meeting_is_member (m) && e2ee_meeting_turn (m) < 3)
        e2ee_meeting_answer (m);
      return e2ee_meeting_take_join (m, content);
    case E2EE_CONTENT_FOUND:
      return e2ee_meeting_take_found (m, content->body);
    case E2EE_CONTENT_MLS:
      return e2ee_meeting_take_mls (m, content->body);
    case E2EE_CONTENT_WELCOME:
      return e2ee_meeting_take_welcome (m, content->body);
    case E2EE_CONTENT_STATE:
      return take_state (m, content->body);
    default:
      return E2EE_MEETING_OK;
  }
}

/* Nonces are random, so one that comes again is a message that comes again. */
static int
was_seen (e2ee_meeting * m, e2ee_bytes message)
{
  const uint64_t nonce = e2ee_get_be (message.data + 1, 8);

  for (size_t i = 0; i < E2EE_N_NONCES; i++) {
    if (m->nonces[i] == nonce)
      return 1;
  }
  m->nonces[m->next_nonce] = nonce;
  m->next_nonce = (m->next_nonce + 1) % E2EE_N_NONCES;
  return 0;
}

e2ee_meeting_result
e2ee_meeting_receive (e2ee_meeting * m, e2ee_bytes message)
{
  e2ee_mls_buffer opened = E2EE_MLS_NO_BUFFER;
  e2ee_content content;
  e2ee_meeting_result r;

  if (m->phase == E2EE_PHASE_IDLE && !m->is_leaving)
    return E2EE_MEETING_ERR_NOT_JOINED;
  r = e2ee_envelope_open (E2EE_BYTES (m->keys.data, E2EE_ENVELOPE_KEY_SIZE),
      m->ticket.meeting_id, message, &opened);
  if (r == E2EE_MEETING_OK && was_seen (m, message))
    goto out;
  if (r == E2EE_MEETING_OK)
    r = e2ee_content_read (e2ee_mls_buffer_view (opened), &content);
  if (r == E2EE_MEETING_OK) {
    if (m->is_leaving) {
      if (content.kind == E2EE_CONTENT_MLS)
        e2ee_meeting_take_while_leaving (m, content.body);
    } else {
      r = take (m, &content);
      if (m->kept_due)
        e2ee_meeting_play_kept (m);
    }
  }
  e2ee_meeting_refused (m, r, NULL);
out:
  e2ee_mls_buffer_clear (&opened);
  e2ee_meeting_settle (m);
  return r;
}
