/* The status of media: states and how they mix, the shared statement, its sticky event.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/api-private.h"

#define EVENT_NAME "e2ee-status"
#define EVENT_FIELD "status"

struct _GstE2eeStatus
{
  GstMiniObject parent;

  GstE2eeState state;
  gchar *sender;
  guint64 epoch;
};

GST_DEFINE_MINI_OBJECT_TYPE (GstE2eeStatus, gst_e2ee_status);

static gboolean
is_state (GstE2eeState state)
{
  return (guint) state <= GST_E2EE_STATE_DEGRADED;
}

/* Places in the chain verified > on > switching; 0 for the states that are not in it. */
static guint
protection (GstE2eeState state)
{
  switch (state) {
    case GST_E2EE_STATE_SWITCHING:
      return 1;
    case GST_E2EE_STATE_ON:
      return 2;
    case GST_E2EE_STATE_VERIFIED:
      return 3;
    default:
      return 0;
  }
}

/**
 * gst_e2ee_state_merge:
 * @a: a #GstE2eeState
 * @b: another
 *
 * What may be said of media that was made of two parts:
 *
 * - equal states stay;
 * - anything with unknown, or with a number that is no state, is unknown;
 * - of verified, on and switching the one that promises less: on of verified and on, switching of
 *   switching and either;
 * - every other mix is degraded, most of all off with anything else.
 *
 * So a mix of different states is never off, on which a gate would open, and never promises more
 * than its weakest part.  Commutative, associative and idempotent: the order in which packets
 * became a frame does not matter.
 *
 * Returns: the merged state
 *
 * Since: 0.1
 */
GstE2eeState
gst_e2ee_state_merge (GstE2eeState a, GstE2eeState b)
{
  if (!is_state (a) || !is_state (b))
    return GST_E2EE_STATE_UNKNOWN;
  if (a == b)
    return a;
  if (a == GST_E2EE_STATE_UNKNOWN || b == GST_E2EE_STATE_UNKNOWN)
    return GST_E2EE_STATE_UNKNOWN;
  if (protection (a) == 0 || protection (b) == 0)
    return GST_E2EE_STATE_DEGRADED;
  return protection (a) < protection (b) ? a : b;
}

static void
gst_e2ee_status_free (GstE2eeStatus * status)
{
  g_free (status->sender);
  g_free (status);
}

/**
 * gst_e2ee_status_new:
 * @state: what is said; a number that is no state becomes unknown
 * @sender: (nullable): who sent the media, UTF-8; %NULL when that is not known
 * @epoch: the epoch of the keys, 0 when there are none
 *
 * Makes an immutable statement.  Make one per change and share it among buffers: it is what keeps
 * the cost of a buffer's status at one small allocation.
 *
 * Returns: (transfer full): the status; release it with gst_e2ee_status_unref()
 *
 * Since: 0.1
 */
GstE2eeStatus *
gst_e2ee_status_new (GstE2eeState state, const gchar * sender, guint64 epoch)
{
  GstE2eeStatus *status = g_new0 (GstE2eeStatus, 1);

  gst_mini_object_init (GST_MINI_OBJECT_CAST (status), 0, GST_TYPE_E2EE_STATUS, NULL, NULL,
      (GstMiniObjectFreeFunction) gst_e2ee_status_free);
  status->state = is_state (state) ? state : GST_E2EE_STATE_UNKNOWN;
  status->sender = g_strdup (sender);
  status->epoch = epoch;
  return status;
}

/**
 * gst_e2ee_status_ref:
 * @status: a #GstE2eeStatus
 *
 * Takes a reference; atomic.
 *
 * Returns: (transfer full): @status
 *
 * Since: 0.1
 */
GstE2eeStatus *
gst_e2ee_status_ref (GstE2eeStatus * status)
{
  return (GstE2eeStatus *) gst_mini_object_ref (GST_MINI_OBJECT_CAST (status));
}

/**
 * gst_e2ee_status_unref:
 * @status: (transfer full): a #GstE2eeStatus
 *
 * Gives a reference back; atomic.  The last one frees.
 *
 * Since: 0.1
 */
void
gst_e2ee_status_unref (GstE2eeStatus * status)
{
  gst_mini_object_unref (GST_MINI_OBJECT_CAST (status));
}

/**
 * gst_e2ee_status_get_state:
 * @status: a #GstE2eeStatus
 *
 * Returns: what is said of the media
 *
 * Since: 0.1
 */
GstE2eeState
gst_e2ee_status_get_state (const GstE2eeStatus * status)
{
  g_return_val_if_fail (status != NULL, GST_E2EE_STATE_UNKNOWN);

  return status->state;
}

/**
 * gst_e2ee_status_get_sender:
 * @status: a #GstE2eeStatus
 *
 * Returns: (transfer none) (nullable): who sent the media, %NULL when that is not known or when
 * more than one did; owned by @status
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_status_get_sender (const GstE2eeStatus * status)
{
  g_return_val_if_fail (status != NULL, NULL);

  return status->sender;
}

/**
 * gst_e2ee_status_get_epoch:
 * @status: a #GstE2eeStatus
 *
 * Returns: the epoch of the keys that protected the media, the smallest one when there were
 * several; 0 when there were none
 *
 * Since: 0.1
 */
guint64
gst_e2ee_status_get_epoch (const GstE2eeStatus * status)
{
  g_return_val_if_fail (status != NULL, 0);

  return status->epoch;
}

static gboolean
says (const GstE2eeStatus * status, GstE2eeState state, const gchar * sender, guint64 epoch)
{
  return status->state == state && status->epoch == epoch
      && g_strcmp0 (status->sender, sender) == 0;
}

/**
 * gst_e2ee_status_is_equal:
 * @a: a #GstE2eeStatus
 * @b: another
 *
 * Returns: %TRUE when both say the same: state, sender and epoch
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_status_is_equal (const GstE2eeStatus * a, const GstE2eeStatus * b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a == b || says (a, b->state, b->sender, b->epoch);
}

GstE2eeStatus *
gst_e2ee_status_merge (GstE2eeStatus * a, GstE2eeStatus * b)
{
  GstE2eeState state;
  const gchar *sender;
  guint64 epoch;

  /* The packets of one frame nearly always share one statement. */
  if (a == b)
    return gst_e2ee_status_ref (a);

  state = gst_e2ee_state_merge (a->state, b->state);
  sender = g_strcmp0 (a->sender, b->sender) == 0 ? a->sender : NULL;
  epoch = MIN (a->epoch, b->epoch);
  if (says (a, state, sender, epoch))
    return gst_e2ee_status_ref (a);
  if (says (b, state, sender, epoch))
    return gst_e2ee_status_ref (b);
  return gst_e2ee_status_new (state, sender, epoch);
}

/**
 * gst_event_new_e2ee_status:
 * @status: a #GstE2eeStatus
 *
 * A sticky downstream event that says what is known of a stream: for branches that have seen no
 * buffer yet, and for elements behind one that drops metas (compositor).  A buffer's own
 * #GstE2eeStatusMeta goes before it.  A new event replaces the old one on a pad.
 *
 * Returns: (transfer full): the event; it holds a reference of @status
 *
 * Since: 0.1
 */
GstEvent *
gst_event_new_e2ee_status (GstE2eeStatus * status)
{
  g_return_val_if_fail (status != NULL, NULL);

  return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
      gst_structure_new (EVENT_NAME, EVENT_FIELD, GST_TYPE_E2EE_STATUS, status, NULL));
}

/**
 * gst_event_parse_e2ee_status:
 * @event: any #GstEvent
 *
 * Returns: (transfer full) (nullable): what gst_event_new_e2ee_status() was given, %NULL when
 * @event is another event
 *
 * Since: 0.1
 */
GstE2eeStatus *
gst_event_parse_e2ee_status (GstEvent * event)
{
  GstE2eeStatus *status = NULL;

  g_return_val_if_fail (GST_IS_EVENT (event), NULL);

  if (GST_EVENT_TYPE (event) != GST_EVENT_CUSTOM_DOWNSTREAM_STICKY
      || !gst_event_has_name (event, EVENT_NAME))
    return NULL;
  gst_structure_get (gst_event_get_structure (event), EVENT_FIELD, GST_TYPE_E2EE_STATUS, &status,
      NULL);
  return status;
}
