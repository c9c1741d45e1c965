/* Which version of the meeting we are in, and whether another one is heard.
 *
 * What is said about other versions cannot be verified from outside them.  So it never decides by
 * itself: it is written down here, and healing.c asks.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/crypto/hkdf.h"
#include "core/meeting/state/state.h"

void
e2ee_meeting_set_version (e2ee_meeting * m)
{
  static const char label[] = "e2ee-meeting branch";
  uint8_t prk[32];

  e2ee_hkdf_extract (E2EE_HASH_SHA256, E2EE_BYTES (label, sizeof (label) - 1),
      e2ee_mls_group_epoch_authenticator (m->group), prk);
  m->version = (e2ee_version) {
    .rank = e2ee_statement_rank (&m->shown.statement),
    .epoch = e2ee_mls_group_epoch (m->group),
    .n_members = (uint16_t) e2ee_mls_group_n_members (m->group),
  };
  memcpy (m->version.branch, prk, E2EE_BRANCH_SIZE);
  e2ee_wipe (prk, sizeof (prk));
}

void
e2ee_meeting_forget_other (e2ee_meeting * m)
{
  memset (&m->other, 0, sizeof (m->other));
  m->is_forked = 0;
  e2ee_meeting_set_timer (m, E2EE_TIMER_BEHIND, E2EE_NEVER);
  e2ee_meeting_set_timer (m, E2EE_TIMER_FORK, E2EE_NEVER);
}

void
e2ee_meeting_answer (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);
  const uint64_t at = m->alive_ms + 500;

  e2ee_meeting_hurry_timer (m, E2EE_TIMER_ALIVE, at > now ? at : now);
}

void
e2ee_meeting_saw_other_version (e2ee_meeting * m, const e2ee_version * version)
{
  const uint64_t now = e2ee_meeting_now (m);

  /* What was kept for later tells nothing of now. */
  if (m->group == NULL || m->is_leaving || m->is_playing)
    return;
  e2ee_meeting_answer (m);
  if (e2ee_version_compare (version, &m->version) <= 0) {
    /* Ours goes on.  A fork of this very group is shown all the same. */
    if (version->epoch == m->version.epoch && version->epoch > 0)
      e2ee_meeting_refused (m, E2EE_MEETING_ERR_FORK, NULL);
    return;
  }
  m->other.last_ms = now;
  if (m->other.is_known && e2ee_version_compare (version, &m->other.version) <= 0)
    return;
  m->other.version = *version;
  if (m->other.is_known || m->phase != E2EE_PHASE_MEMBER)
    return;
  m->other.is_known = 1;
  m->other.since_ms = now;
  m->other.own_heard = 0;
  e2ee_meeting_set_timer (m, E2EE_TIMER_BEHIND,
      now + (m->roster.n > 1 ? m->timing.behind_ms : 0));
}
