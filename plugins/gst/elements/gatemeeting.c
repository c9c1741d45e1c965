/* A meeting's past, as gates need it (gatemeeting.h).
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * `lock` guards the history and is held for a copy; the meeting is asked with no lock held. */
#include "elements/gatemeeting.h"

/* Changes that a queue can hold between the meeting and the gate. */
#define MAX_CHANGES 64

typedef struct
{
  GstClockTime from;            /* running time */
  GstE2eeState state;
  guint64 epoch;
  GstE2eeFeatures features;     /* none while encryption was off: the table was not in force */
} Change;

struct _E2eeGateMeeting
{
  GstE2eeMeeting *meeting;
  GWeakRef element;
  gulong handlers[2];
  GMutex lock;
  GArray *changes;              /* of Change, oldest first */
};

static void
clear (gpointer data)
{
  E2eeGateMeeting *self = data;

  g_weak_ref_clear (&self->element);
  g_object_unref (self->meeting);
  g_array_unref (self->changes);
  g_mutex_clear (&self->lock);
}

static void
release (gpointer data, GClosure * closure)
{
  g_atomic_rc_box_release_full (data, clear);
}

/* All of one moment: asked again until the epoch did not change in between. */
static Change
look (GstE2eeMeeting * meeting)
{
  Change change = { 0, };

  do {
    change.epoch = gst_e2ee_meeting_get_epoch (meeting);
    change.state = gst_e2ee_meeting_get_state (meeting);
    change.features = gst_e2ee_meeting_is_on (meeting) ? gst_e2ee_meeting_get_features (meeting)
        : GST_E2EE_FEATURES_NONE;
  } while (change.epoch != gst_e2ee_meeting_get_epoch (meeting));
  return change;
}

/* In any thread.  Several may be under way, so the meeting is asked with the lock held, and no answer
 * is written down behind a later one; nothing of the meeting waits for this lock. */
static void
write_down (E2eeGateMeeting * self)
{
  GstElement *element = g_weak_ref_get (&self->element);
  Change change;

  if (element == NULL)
    return;
  g_mutex_lock (&self->lock);
  change = look (self->meeting);
  change.from = gst_element_get_current_running_time (element);
  if (!GST_CLOCK_TIME_IS_VALID (change.from)) {
    /* Before the pipeline plays there is no time for the past to be in. */
    change.from = 0;
    g_array_set_size (self->changes, 0);
  }
  if (self->changes->len == MAX_CHANGES)
    g_array_remove_index (self->changes, 0);
  g_array_append_val (self->changes, change);
  g_mutex_unlock (&self->lock);
  gst_object_unref (element);
}

E2eeGateMeeting *
e2ee_gate_meeting_new (GstE2eeMeeting * meeting, GstElement * element)
{
  static const gchar *const signals[] = { "state-changed", "notify::epoch" };
  E2eeGateMeeting *self = g_atomic_rc_box_new0 (E2eeGateMeeting);

  self->meeting = g_object_ref (meeting);
  g_weak_ref_init (&self->element, element);
  g_mutex_init (&self->lock);
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    self->handlers[i] = g_signal_connect_data (meeting, signals[i], G_CALLBACK (write_down),
        g_atomic_rc_box_acquire (self), release, G_CONNECT_SWAPPED);
  write_down (self);
  return self;
}

void
e2ee_gate_meeting_free (E2eeGateMeeting * self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    g_signal_handler_disconnect (self->meeting, self->handlers[i]);
  release (self, NULL);
}

GstE2eeFeatures
e2ee_gate_meeting_get_features (E2eeGateMeeting * self, guint64 epoch)
{
  GstE2eeFeatures features = GST_E2EE_FEATURES_NONE;

  g_mutex_lock (&self->lock);
  for (guint i = self->changes->len; i > 0; i--) {
    const Change *change = &g_array_index (self->changes, Change, i - 1);

    if (change->epoch <= epoch) {
      features = change->features;
      break;
    }
  }
  g_mutex_unlock (&self->lock);

  if (features != GST_E2EE_FEATURES_NONE && gst_e2ee_meeting_is_on (self->meeting))
    features &= gst_e2ee_meeting_get_features (self->meeting);
  return features;
}

GstE2eeState
e2ee_gate_meeting_get_state (E2eeGateMeeting * self, GstClockTime running_time, guint64 * epoch)
{
  GstE2eeState state = GST_E2EE_STATE_UNKNOWN;

  *epoch = 0;
  if (!GST_CLOCK_TIME_IS_VALID (running_time))
    return state;
  g_mutex_lock (&self->lock);
  for (guint i = self->changes->len; i > 0; i--) {
    const Change *change = &g_array_index (self->changes, Change, i - 1);

    if (change->from <= running_time) {
      state = change->state;
      *epoch = change->epoch;
      break;
    }
  }
  g_mutex_unlock (&self->lock);
  return state;
}

void
e2ee_gate_meeting_log (E2eeGateMeeting * self, const GstStructure * message)
{
  GstStructure *fields = gst_structure_copy (message);
  GError *error = NULL;
  guint64 value;

  /* The log has an epoch of its own, the meeting's, and no word for a number that is not known. */
  if (gst_structure_get_uint64 (fields, "epoch", &value)) {
    gst_structure_remove_field (fields, "epoch");
    gst_structure_set (fields, "media-epoch", G_TYPE_UINT64, value, NULL);
  }
  if (gst_structure_get_uint64 (fields, "running-time", &value)
      && !GST_CLOCK_TIME_IS_VALID (value))
    gst_structure_remove_field (fields, "running-time");
  if (!gst_e2ee_meeting_log (self->meeting, "gate", fields, &error)) {
    GST_WARNING ("not in the meeting's log: %s", error->message);
    g_error_free (error);
  }
  gst_structure_free (fields);
}
