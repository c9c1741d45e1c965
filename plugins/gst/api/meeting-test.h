/* A meeting whose time the test holds.  For tests only: exported, but not installed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/meeting.h>

#include "core/meeting/meeting.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 (*now_ms) (gpointer user_data);       /* monotonic */
  guint64 (*unix_time) (gpointer user_data);
  gpointer user_data;
  e2ee_meeting_timing timing;
} GstE2eeMeetingTest;

/* As gst_e2ee_meeting_new(); nothing happens by itself, but by _gst_e2ee_meeting_tick(). */
GST_E2EE_API GstE2eeMeeting *_gst_e2ee_meeting_new_for_test (const gchar * name,
    const gchar * ticket, const gchar * link, const gchar * account_token,
    const gchar * device_key_file, const gchar * authorities, const gchar * state_file,
    const GstE2eeMeetingTest * test, GError ** error);
GST_E2EE_API void _gst_e2ee_meeting_tick (GstE2eeMeeting * self);
/* On the test's clock; G_MAXUINT64: never. */
GST_E2EE_API guint64 _gst_e2ee_meeting_next_tick (GstE2eeMeeting * self);

G_END_DECLS
