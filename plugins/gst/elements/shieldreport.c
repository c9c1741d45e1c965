/* Telling states and noticing silence (shieldreport.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/shieldreport.h"
#include "elements/badge.h"

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
  g_mutex_clear (&report->lock);
}

void
e2ee_shield_report_reset (E2eeShieldReport * report)
{
  g_mutex_lock (&report->lock);
  report->state = GST_E2EE_STATE_UNKNOWN;
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

void
e2ee_shield_report_tell (E2eeShieldReport * report, GstE2eeState state, GstClockTime running_time)
{
  gboolean changed;

  g_mutex_lock (&report->lock);
  changed = !report->told || report->state != state;
  report->state = state;
  report->told = TRUE;
  g_mutex_unlock (&report->lock);
  if (!changed)
    return;

  GST_INFO_OBJECT (report->element, "%s", gst_e2ee_state_get_nick (state));
  gst_element_post_message (report->element, gst_message_new_element (GST_OBJECT (report->element),
          gst_structure_new ("e2ee-shield",
              "state", G_TYPE_STRING, gst_e2ee_state_get_nick (state),
              "text", G_TYPE_STRING, e2ee_badge_get_text (state),
              "running-time", G_TYPE_UINT64, running_time, NULL)));
  g_object_notify_by_pspec (G_OBJECT (report->element), report->pspec);
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
    e2ee_shield_report_tell (report, GST_E2EE_STATE_UNKNOWN,
        time > base_time ? time - base_time : 0);
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
