/* A Welcome: the group that we asked to be let into.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/moves/epoch.h"
#include "core/meeting/moves/founding.h"
#include "core/meeting/moves/joining.h"
#include "core/meeting/moves/welcome.h"
#include "core/meeting/state/state.h"

/* One who stands in a version of the meeting leaves it for a better one only. */
static int
is_better (const e2ee_meeting * m, const e2ee_mls_group * group, const e2ee_statement * statement)
{
  const e2ee_version version = {
    .rank = e2ee_statement_rank (statement),
    .epoch = e2ee_mls_group_epoch (group),
    .n_members = (uint16_t) e2ee_mls_group_n_members (group),
  };

  return m->phase != E2EE_PHASE_MEMBER || e2ee_version_compare (&version, &m->version) > 0;
}

static e2ee_meeting_result
enter (e2ee_meeting * m, e2ee_mls_group * group)
{
  const e2ee_policy policy = e2ee_meeting_policy (m);
  const int is_same = m->group != NULL
      && e2ee_equal (e2ee_mls_group_id (m->group), e2ee_mls_group_id (group));
  e2ee_statement statement;
  e2ee_bytes text;
  e2ee_meeting_result r;

  r = e2ee_policy_group (&policy, group, &statement, &text);
  if (r != E2EE_MEETING_OK || !is_better (m, group, &statement)) {
    /* The key package is used up: the next time that we ask it is with another one. */
    e2ee_meeting_drop_joiners (m);
    e2ee_mls_group_free (group);
    return r;
  }
  e2ee_meeting_give_up_founding (m);
  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_set_group (m, group);
  e2ee_meeting_drop_joiners (m);
  e2ee_meeting_forget_other (m);
  e2ee_meeting_enter_epoch (m, &statement, text, E2EE_NOBODY, !is_same);
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_meeting_take_welcome (e2ee_meeting * m, e2ee_bytes welcome)
{
  e2ee_mls_group *group;
  const e2ee_mls_result r = e2ee_meeting_open_welcome (m, welcome, &group);

  if (r == E2EE_MLS_OK)
    return enter (m, group);
  if (m->phase != E2EE_PHASE_MEMBER)
    e2ee_meeting_group_is_there (m);
  return r == E2EE_MLS_ERR_WELCOME_NOT_FOR_US ? E2EE_MEETING_OK : e2ee_meeting_result_of (m, r);
}
