/* What shieldoverlay tells the outside: its state, a message on every change, and silence noticed
 * by the clock.
 *
 * Any thread; its lock is held for a copy only, never while something is posted, notified or
 * scheduled.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/wording.h"

G_BEGIN_DECLS

typedef struct
{
  GstElement *element;          /* the owner, not referenced */
  GParamSpec *pspec;            /* its property `state` */

  GMutex lock;
  GstE2eeState state;
  E2eeReason reason;
  gchar *name;                  /* of whom the reason speaks */
  gchar *stale_text;            /* what is said when nothing follows, in the language of the rest */
  gboolean told;
  gboolean playing;
  GstClockTime timeout;
  GstClockTime heard_at;        /* clock time of the last buffer that had a status */
  GstClockID stall_id;          /* pending look at heard_at */
} E2eeShieldReport;

void e2ee_shield_report_init (E2eeShieldReport * report, GstElement * element, GParamSpec * pspec);
void e2ee_shield_report_clear (E2eeShieldReport * report);

/* The stream is forgotten: unknown, and the next state is told whatever it is. */
void e2ee_shield_report_reset (E2eeShieldReport * report);
GstE2eeState e2ee_shield_report_get_state (E2eeShieldReport * report);

/* Posts `e2ee-shield` if @verdict is not what was told last, in the words of @wording, and notifies
 * the property if its state is another. */
void e2ee_shield_report_tell (E2eeShieldReport * report, const E2eeVerdict * verdict,
    const E2eeWording * wording, GstClockTime running_time);

/* A buffer had a status now.  If none follows for @timeout while playing, unknown is told by the
 * clock's thread. */
void e2ee_shield_report_heard (E2eeShieldReport * report, GstClockTime timeout);
void e2ee_shield_report_set_playing (E2eeShieldReport * report, gboolean playing);

G_END_DECLS
