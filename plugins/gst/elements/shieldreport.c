/* Telling states and noticing silence (shieldreport.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/shieldreport.h"

#include <string.h>

GST_DEBUG_CATEGORY_EXTERN (shield_overlay_debug);
#define GST_CAT_DEFAULT shield_overlay_debug

void
e2ee_shield_report_init (E2eeShieldReport * report, GstElement * element, GParamSpec * pspec)
{
  memset (report, 0, sizeof (*report));
  report->element = element;
  report->pspec = pspec;
  g_mutex_init (&report->lock);
}

void
e2ee_shield_report_clear (E2eeShieldReport * report)
{
  /* A pending look holds a reference of the element, so that there is none now. */
  g_clear_pointer (&report->stall_id, gst_clock_id_unref);
  g_clear_pointer (&report->name, g_free);
  g_clear_pointer (&report->stale_text, g_free);
  g_mutex_clear (&report->lock);
}

void
e2ee_shield_report_reset (E2eeShieldReport * report)
{
  g_mutex_lock (&report->lock);
  report->state = GST_E2EE_STATE_UNKNOWN;
  report->reason = E2EE_REASON_NONE;
  g_clear_pointer (&report->name, g_free);
  report->told = FALSE;
  report->heard_at = 0;
  g_mutex_unlock (&report->lock);
}

GstE2eeState
e2ee_shield_report_get_state (E2eeShieldReport * report)
{
  GstE2eeState state;

  g_mutex_lock (&report->lock);
  state = report->state;
  g_mutex_unlock (&report->lock);
  return state;
}

/* With @text (transfer full).  The lock is held by the caller, and left here. */
static void
tell_and_unlock (E2eeShieldReport * report, GstE2eeState state, E2eeReason reason,
    const gchar * name, gchar * text, GstClockTime running_time)
{
  const gchar *previous = report->told ? gst_e2ee_state_get_nick (report->state) : "none";
  gboolean other_state = !report->told || report->state != state;
  GstStructure *s;

  report->state = state;
  report->reason = reason;
  if (g_strcmp0 (report->name, name) != 0) {
    g_free (report->name);
    report->name = g_strdup (name);
  }
  report->told = TRUE;
  g_mutex_unlock (&report->lock);

  GST_INFO_OBJECT (report->element, "%s %s", gst_e2ee_state_get_nick (state),
      e2ee_reason_get_code (reason));
  s = gst_structure_new ("e2ee-shield",
      "state", G_TYPE_STRING, gst_e2ee_state_get_nick (state),
      "previous", G_TYPE_STRING, previous,
      "reason", G_TYPE_STRING, e2ee_reason_get_code (reason),
      "running-time", G_TYPE_UINT64, running_time, NULL);
  {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, G_TYPE_STRING);
    g_value_take_string (&value, text);
    gst_structure_take_value (s, "text", &value);
  }
  gst_element_post_message (report->element,
      gst_message_new_element (GST_OBJECT (report->element), s));
  if (other_state)
    g_object_notify_by_pspec (G_OBJECT (report->element), report->pspec);
}

void
e2ee_shield_report_tell (E2eeShieldReport * report, const E2eeVerdict * verdict,
    const E2eeWording * wording, GstClockTime running_time)
{
  const E2eeVerdict stale = { GST_E2EE_STATE_UNKNOWN, E2EE_REASON_STALE, verdict->speaker, NULL };

  g_mutex_lock (&report->lock);
  if (report->told && report->state == verdict->state && report->reason == verdict->reason
      && g_strcmp0 (report->name, verdict->name) == 0) {
    g_mutex_unlock (&report->lock);
    return;
  }
  g_free (report->stale_text);
  report->stale_text = e2ee_wording_dup_text (wording, &stale);
  tell_and_unlock (report, verdict->state, verdict->reason, verdict->name,
      e2ee_wording_dup_text (wording, verdict), running_time);
}

/* Nothing was heard for the timeout. */
static void
tell_stale (E2eeShieldReport * report, GstClockTime running_time)
{
  g_mutex_lock (&report->lock);
  tell_and_unlock (report, GST_E2EE_STATE_UNKNOWN, E2EE_REASON_STALE, NULL,
      g_strdup (report->stale_text != NULL ? report->stale_text : ""), running_time);
}

static void watch_for_stall (E2eeShieldReport * report, GstClock * clock, GstClockTime when);

/* The clock's thread: buffers that stopped coming cannot say that they did. */
static gboolean
stall_cb (GstClock * clock, GstClockTime time, GstClockID id, gpointer data)
{
  E2eeShieldReport *report = data;
  GstClockTime base_time = gst_element_get_base_time (report->element);
  GstClockTime due;
  gboolean ours;

  g_mutex_lock (&report->lock);
  due = report->heard_at + report->timeout;
  ours = report->stall_id == id && report->playing;
  if (ours)
    g_clear_pointer (&report->stall_id, gst_clock_id_unref);
  g_mutex_unlock (&report->lock);

  if (!ours || !GST_CLOCK_TIME_IS_VALID (time))
    return TRUE;
  if (time < due)
    watch_for_stall (report, clock, due);
  else
    tell_stale (report, time > base_time ? time - base_time : 0);
  return TRUE;
}

static void
unref_element (gpointer data)
{
  gst_object_unref (((E2eeShieldReport *) data)->element);
}

/* Looks again at @when.  One look is pending at a time, so that a frame costs no more than
 * reading the clock. */
static void
watch_for_stall (E2eeShieldReport * report, GstClock * clock, GstClockTime when)
{
  GstClockID id = gst_clock_new_single_shot_id (clock, when);
  gboolean wanted;

  g_mutex_lock (&report->lock);
  wanted = report->playing && report->stall_id == NULL;
  if (wanted)
    report->stall_id = gst_clock_id_ref (id);
  g_mutex_unlock (&report->lock);

  if (wanted) {
    gst_object_ref (report->element);
    gst_clock_id_wait_async (id, stall_cb, report, unref_element);
  }
  gst_clock_id_unref (id);
}

void
e2ee_shield_report_heard (E2eeShieldReport * report, GstClockTime timeout)
{
  GstClock *clock = gst_element_get_clock (report->element);
  GstClockTime now;
  gboolean wanted;

  if (clock == NULL)
    return;
  now = gst_clock_get_time (clock);
  g_mutex_lock (&report->lock);
  report->heard_at = now;
  report->timeout = timeout;
  wanted = report->playing && report->stall_id == NULL;
  g_mutex_unlock (&report->lock);

  if (wanted)
    watch_for_stall (report, clock, now + timeout);
  gst_object_unref (clock);
}

void
e2ee_shield_report_set_playing (E2eeShieldReport * report, gboolean playing)
{
  GstClockID id;

  g_mutex_lock (&report->lock);
  report->playing = playing;
  id = report->stall_id;
  report->stall_id = NULL;
  g_mutex_unlock (&report->lock);

  if (id != NULL) {
    gst_clock_id_unschedule (id);
    gst_clock_id_unref (id);
  }
}
