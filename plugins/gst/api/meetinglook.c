/* What an app may see of a meeting (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/meeting-private.h"

/**
 * gst_e2ee_meeting_get_name:
 * @self: a #GstE2eeMeeting
 *
 * Returns: (transfer none) (nullable): #GstE2eeMeeting:name
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_meeting_get_name (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), NULL);

  return self->name;
}

/**
 * gst_e2ee_meeting_get_meeting_id:
 * @self: a #GstE2eeMeeting
 *
 * Returns: (transfer none): #GstE2eeMeeting:meeting-id
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_meeting_get_meeting_id (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), NULL);

  return self->meeting_id;
}

static GstE2eeMeetingView
look (GstE2eeMeeting * self)
{
  GstE2eeMeetingView view;

  g_mutex_lock (&self->lock);
  view = self->view;
  g_mutex_unlock (&self->lock);
  return view;
}

/**
 * gst_e2ee_meeting_get_state:
 * @self: a #GstE2eeMeeting
 *
 * Returns: #GstE2eeMeeting:state
 *
 * Since: 0.1
 */
GstE2eeState
gst_e2ee_meeting_get_state (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), GST_E2EE_STATE_UNKNOWN);

  return look (self).state;
}

/**
 * gst_e2ee_meeting_get_phase:
 * @self: a #GstE2eeMeeting
 *
 * Returns: #GstE2eeMeeting:phase
 *
 * Since: 0.1
 */
GstE2eeMeetingPhase
gst_e2ee_meeting_get_phase (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), GST_E2EE_MEETING_PHASE_IDLE);

  return look (self).phase;
}

/**
 * gst_e2ee_meeting_is_on:
 * @self: a #GstE2eeMeeting
 *
 * Returns: #GstE2eeMeeting:on
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_is_on (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);

  return look (self).on;
}

/**
 * gst_e2ee_meeting_is_host:
 * @self: a #GstE2eeMeeting
 *
 * Returns: #GstE2eeMeeting:is-host
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_is_host (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);

  return look (self).is_host;
}

/**
 * gst_e2ee_meeting_get_features:
 * @self: a #GstE2eeMeeting
 *
 * Returns: #GstE2eeMeeting:features
 *
 * Since: 0.1
 */
GstE2eeFeatures
gst_e2ee_meeting_get_features (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), GST_E2EE_FEATURES_NONE);

  return look (self).features;
}

/**
 * gst_e2ee_meeting_get_epoch:
 * @self: a #GstE2eeMeeting
 *
 * Returns: #GstE2eeMeeting:epoch
 *
 * Since: 0.1
 */
guint64
gst_e2ee_meeting_get_epoch (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), 0);

  return look (self).epoch;
}

/**
 * gst_e2ee_meeting_get_revision:
 * @self: a #GstE2eeMeeting
 *
 * Returns: #GstE2eeMeeting:revision
 *
 * Since: 0.1
 */
guint64
gst_e2ee_meeting_get_revision (GstE2eeMeeting * self)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), 0);

  return look (self).revision;
}

/**
 * gst_e2ee_meeting_get_reason:
 * @self: a #GstE2eeMeeting
 *
 * Returns: (transfer none) (nullable): #GstE2eeMeeting:reason; static
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_meeting_get_reason (GstE2eeMeeting * self)
{
  e2ee_meeting_result reason;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), NULL);

  reason = look (self).reason;
  return reason == E2EE_MEETING_OK ? NULL : e2ee_meeting_result_code (reason);
}

/**
 * gst_e2ee_meeting_dup_status:
 * @self: a #GstE2eeMeeting
 *
 * What may be said of media of our own, such as our camera, which no element has put a status on:
 * the meeting's state, our own name, the epoch.
 *
 * Returns: (transfer full): the status
 *
 * Since: 0.1
 */
GstE2eeStatus *
gst_e2ee_meeting_dup_status (GstE2eeMeeting * self)
{
  GstE2eeStatus *status;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), NULL);

  g_mutex_lock (&self->lock);
  status = gst_e2ee_status_new (self->view.state, self->own_name, self->view.epoch);
  g_mutex_unlock (&self->lock);
  return status;
}

/**
 * gst_e2ee_meeting_list_members:
 * @self: a #GstE2eeMeeting
 *
 * Returns: (transfer full) (element-type GstE2eeMember): who is in the meeting, by leaf, ourselves
 * as well; none when we are not in it
 *
 * Since: 0.1
 */
GList *
gst_e2ee_meeting_list_members (GstE2eeMeeting * self)
{
  GList *members = NULL;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), NULL);

  g_mutex_lock (&self->lock);
  for (guint i = self->members->len; i > 0; i--)
    members = g_list_prepend (members,
        gst_e2ee_member_ref (g_ptr_array_index (self->members, i - 1)));
  g_mutex_unlock (&self->lock);
  return members;
}

/**
 * gst_e2ee_meeting_dup_code:
 * @self: a #GstE2eeMeeting
 *
 * The code that people compare: the same for all who are in the same epoch of the same group, and
 * for nobody else.
 *
 * Returns: (transfer full) (nullable): 60 digits in groups of five, %NULL while there is none
 *
 * Since: 0.1
 */
gchar *
gst_e2ee_meeting_dup_code (GstE2eeMeeting * self)
{
  gchar *code;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), NULL);

  g_mutex_lock (&self->lock);
  code = g_strdup (self->code);
  g_mutex_unlock (&self->lock);
  return code;
}
