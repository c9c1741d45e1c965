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

/* The weakest of all, and of whom it is said; NULL when it is said of nobody alone. */
static E2eeVerdict
judge_sayings (E2eeWatch * watch, GstClockTime now, GstClockTime timeout)
{
  E2eeVerdict verdict = { GST_E2EE_STATE_UNKNOWN, E2EE_REASON_NO_STATUS, NULL, NULL };

  if (watch->too_many || !GST_CLOCK_TIME_IS_VALID (now))
    return verdict;

  for (guint i = 0; i < watch->sayings->len; i++) {
    Saying *saying = &g_array_index (watch->sayings, Saying, i);
    GstE2eeState said = gst_e2ee_status_get_state (saying->status);
    const gchar *sender = gst_e2ee_status_get_sender (saying->status);
    E2eeReason reason = E2EE_REASON_NONE;

    if (!GST_CLOCK_TIME_IS_VALID (saying->said_at))
      saying->said_at = now;
    if (now > saying->said_at && now - saying->said_at >= timeout) {
      said = GST_E2EE_STATE_UNKNOWN;
      reason = E2EE_REASON_STALE;
    } else if (said == GST_E2EE_STATE_DEGRADED) {
      reason = E2EE_REASON_KEY_MISSING;
    } else if (said == GST_E2EE_STATE_OFF && watch->sayings->len > 1) {
      reason = E2EE_REASON_NOT_ENCRYPTED;
    }
    if (i == 0 || reason > E2EE_REASON_NONE) {
      verdict.reason = reason;
      verdict.name = reason != E2EE_REASON_NONE ? sender : NULL;
    }
    verdict.state = i == 0 ? said : gst_e2ee_state_merge (verdict.state, said);
  }
  /* What is off everywhere is nobody's fault. */
  if (verdict.state == GST_E2EE_STATE_OFF)
    verdict.reason = E2EE_REASON_NONE;
  if (watch->sayings->len == 1)
    verdict.speaker =
        gst_e2ee_status_get_sender (g_array_index (watch->sayings, Saying, 0).status);
  return verdict;
}

/* NULL when it carries none that can be read: a meta of another version of the library has the same
 * type and another layout. */
static GstE2eeStatus *
own_status (GstE2eeStatusMeta * meta)
{
  return meta->meta.info == GST_E2EE_STATUS_META_INFO ? meta->status : NULL;
}

E2eeVerdict
e2ee_watch_buffer (E2eeWatch * watch, GstBuffer * buffer, GstClockTime running_time,
    GstClockTime timeout, gboolean * own)
{
  GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (buffer);
  GstE2eeStatus *status = meta != NULL ? own_status (meta) : NULL;
  E2eeVerdict verdict = { GST_E2EE_STATE_UNKNOWN, E2EE_REASON_NO_STATUS, NULL, NULL };

  watch->saw_buffer = TRUE;
  if (own != NULL)
    *own = status != NULL;
  if (meta == NULL)
    return judge_sayings (watch, running_time, timeout);

  forget_events (watch);
  if (status == NULL)
    return verdict;
  verdict.state = gst_e2ee_status_get_state (status);
  verdict.speaker = gst_e2ee_status_get_sender (status);
  verdict.reason = verdict.state == GST_E2EE_STATE_DEGRADED ? E2EE_REASON_KEY_MISSING
      : verdict.state == GST_E2EE_STATE_UNKNOWN ? E2EE_REASON_NO_STATUS : E2EE_REASON_NONE;
  verdict.name = verdict.reason == E2EE_REASON_KEY_MISSING ? verdict.speaker : NULL;
  return verdict;
}
