/* The rule of watch.h.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/watch.h"

/* More senders than any meeting shows at once; beyond it the state is unknown. */
#define MAX_SENDERS 128

typedef struct
{
  GstE2eeStatus *status;
  GstClockTime said_at;         /* running time; NONE until the next buffer tells it */
} Saying;

struct _E2eeWatch
{
  GArray *sayings;              /* Saying, one for each sender */
  gboolean too_many;
  gboolean saw_buffer;
};

static void
saying_clear (gpointer data)
{
  gst_e2ee_status_unref (((Saying *) data)->status);
}

E2eeWatch *
e2ee_watch_new (void)
{
  E2eeWatch *watch = g_new0 (E2eeWatch, 1);

  watch->sayings = g_array_new (FALSE, FALSE, sizeof (Saying));
  g_array_set_clear_func (watch->sayings, saying_clear);
  return watch;
}

void
e2ee_watch_free (E2eeWatch * watch)
{
  g_array_unref (watch->sayings);
  g_free (watch);
}

static void
forget_events (E2eeWatch * watch)
{
  g_array_set_size (watch->sayings, 0);
  watch->too_many = FALSE;
}

void
e2ee_watch_reset (E2eeWatch * watch)
{
  forget_events (watch);
  watch->saw_buffer = FALSE;
}

void
e2ee_watch_stream_start (E2eeWatch * watch)
{
  if (watch->saw_buffer)
    e2ee_watch_reset (watch);
}

void
e2ee_watch_event (E2eeWatch * watch, GstE2eeStatus * status)
{
  Saying saying = { gst_e2ee_status_ref (status), GST_CLOCK_TIME_NONE };
  const gchar *sender = gst_e2ee_status_get_sender (status);

  for (guint i = 0; i < watch->sayings->len; i++) {
    Saying *known = &g_array_index (watch->sayings, Saying, i);

    if (g_strcmp0 (sender, gst_e2ee_status_get_sender (known->status)) == 0) {
      gst_e2ee_status_unref (known->status);
      *known = saying;
      return;
    }
  }
  if (watch->sayings->len == MAX_SENDERS) {
    watch->too_many = TRUE;
    saying_clear (&saying);
    return;
  }
  g_array_append_val (watch->sayings, saying);
}

static GstE2eeState
state_of_sayings (E2eeWatch * watch, GstClockTime now, GstClockTime timeout)
{
  GstE2eeState state = GST_E2EE_STATE_UNKNOWN;

  if (watch->too_many || !GST_CLOCK_TIME_IS_VALID (now))
    return GST_E2EE_STATE_UNKNOWN;

  for (guint i = 0; i < watch->sayings->len; i++) {
    Saying *saying = &g_array_index (watch->sayings, Saying, i);
    GstE2eeState said = gst_e2ee_status_get_state (saying->status);

    if (!GST_CLOCK_TIME_IS_VALID (saying->said_at))
      saying->said_at = now;
    if (now > saying->said_at && now - saying->said_at >= timeout)
      said = GST_E2EE_STATE_UNKNOWN;
    state = i == 0 ? said : gst_e2ee_state_merge (state, said);
  }
  return state;
}

GstE2eeState
e2ee_watch_buffer (E2eeWatch * watch, GstBuffer * buffer, GstClockTime running_time,
    GstClockTime timeout, gboolean * own)
{
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (buffer);

  watch->saw_buffer = TRUE;
  if (own != NULL)
    *own = meta != NULL;
  if (meta == NULL)
    return state_of_sayings (watch, running_time, timeout);

  forget_events (watch);
  return gst_e2ee_status_get_state (meta->status);
}
