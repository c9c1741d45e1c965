/* A meeting as a shield sees it (shieldmeeting.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Signals come in any thread and do no more than say that something changed. */
#include "elements/shieldmeeting.h"

/* Who is missing: so many by name, the others by number. */
#define MAX_NAMES 2

static const gchar *const signals[] = {
  "state-changed", "notify::reason", "notify::epoch", "member-joined", "member-left",
  "member-changed", "code-changed"
};

struct _E2eeShieldMeeting
{
  GstE2eeMeeting *meeting;
  gulong handlers[G_N_ELEMENTS (signals)];
  gint changed;                 /* atomic */
  E2eeShieldMeetingView view;   /* streaming thread */
};

static void
clear (gpointer data)
{
  E2eeShieldMeeting *self = data;

  g_object_unref (self->meeting);
  g_free (self->view.names);
  g_free (self->view.code);
}

static void
release (gpointer data, GClosure * closure)
{
  g_atomic_rc_box_release_full (data, clear);
}

static void
mark_changed (E2eeShieldMeeting * self)
{
  g_atomic_int_set (&self->changed, TRUE);
}

E2eeShieldMeeting *
e2ee_shield_meeting_new (GstE2eeMeeting * meeting)
{
  E2eeShieldMeeting *self = g_atomic_rc_box_new0 (E2eeShieldMeeting);

  self->meeting = g_object_ref (meeting);
  self->changed = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    self->handlers[i] = g_signal_connect_data (meeting, signals[i], G_CALLBACK (mark_changed),
        g_atomic_rc_box_acquire (self), release, G_CONNECT_SWAPPED);
  return self;
}

void
e2ee_shield_meeting_free (E2eeShieldMeeting * self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_handler_disconnect (self->meeting, self->handlers[i]);
  release (self, NULL);
}

/* Those who have not said that they use the keys of this epoch. */
static gchar *
dup_missing (GstE2eeMeeting * meeting)
{
  GList *members = gst_e2ee_meeting_list_members (meeting);
  GString *names = g_string_new (NULL);
  guint n = 0;

  for (GList * l = members; l != NULL; l = l->next) {
    const GstE2eeMember *member = l->data;

    if (gst_e2ee_member_is_self (member) || gst_e2ee_member_is_ready (member))
      continue;
    if (n++ < MAX_NAMES)
      g_string_append_printf (names, "%s%s", n > 1 ? ", " : "", gst_e2ee_member_get_name (member));
  }
  if (n > MAX_NAMES)
    g_string_append_printf (names, " +%u", n - MAX_NAMES);
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  return g_string_free (names, n == 0);
}

static void
ask (E2eeShieldMeeting * self, gboolean * code_changed)
{
  E2eeShieldMeetingView *view = &self->view;
  gchar *code = gst_e2ee_meeting_dup_code (self->meeting);

  *code_changed = g_strcmp0 (code, view->code) != 0;
  g_free (view->code);
  view->code = code;
  g_clear_pointer (&view->names, g_free);
  view->state = gst_e2ee_meeting_get_state (self->meeting);
  view->reason = e2ee_reason_from_meeting (gst_e2ee_meeting_get_reason (self->meeting));
  /* What is off on purpose needs no excuse. */
  if (view->state == GST_E2EE_STATE_OFF)
    view->reason = E2EE_REASON_NONE;
  else if (view->state == GST_E2EE_STATE_SWITCHING && view->reason == E2EE_REASON_NONE)
    view->reason = E2EE_REASON_WAITING;
  if (view->reason == E2EE_REASON_WAITING)
    view->names = dup_missing (self->meeting);
}

const E2eeShieldMeetingView *
e2ee_shield_meeting_look (E2eeShieldMeeting * self, gboolean * code_changed)
{
  *code_changed = FALSE;
  if (g_atomic_int_compare_and_exchange (&self->changed, TRUE, FALSE))
    ask (self, code_changed);
  return &self->view;
}

E2eeVerdict
e2ee_shield_meeting_judge (const E2eeShieldMeetingView * view, E2eeVerdict verdict)
{
  GstE2eeState state = gst_e2ee_state_merge (verdict.state, view->state);

  if (state == verdict.state && (verdict.reason != E2EE_REASON_NONE || state != view->state))
    return verdict;
  verdict.name = NULL;
  if (view->reason != E2EE_REASON_NONE || state == view->state) {
    verdict.reason = view->reason;
    verdict.name = view->names;
  } else if (verdict.state == GST_E2EE_STATE_OFF) {
    verdict.reason = E2EE_REASON_NOT_ENCRYPTED;
    verdict.name = verdict.speaker;
  }
  verdict.state = state;
  return verdict;
}
