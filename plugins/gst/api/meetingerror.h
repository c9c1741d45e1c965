/* From the core's results to errors that an app sees.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/meeting.h>

#include "core/meeting/result.h"

G_BEGIN_DECLS

GstE2eeMeetingError gst_e2ee_meeting_error_from_core (e2ee_meeting_result result);

/* @who: the participant that is meant; may be NULL or empty. */
void gst_e2ee_meeting_set_error (GError ** error, GstE2eeMeetingError code, const gchar * who);

/* TRUE for E2EE_MEETING_OK; else @error is set. */
gboolean gst_e2ee_meeting_check (e2ee_meeting_result result, const gchar * who, GError ** error);

G_END_DECLS
