/* What may be said of each picture of a stream, from its own status, the stream's events, and time.
 *
 * The rule, closed wherever there is doubt:
 *   - a buffer with a status says what its status says, and nothing else counts;
 *   - a buffer without one is unknown, unless the stream has said something by event since the
 *     last buffer that carried a status and since the stream began, and said it no longer ago
 *     than the timeout, in running time;
 *   - events of several senders (a compositor passes all of them on and loses the buffers' own)
 *     are merged to the weakest; one of them out of date makes all of it unknown.
 * So an event never lifts what a buffer says of itself, and a source that says nothing does not
 * inherit what another one said before it.
 *
 * Not thread-safe: belongs to the streaming thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/wording.h"

G_BEGIN_DECLS

typedef struct _E2eeWatch E2eeWatch;

E2eeWatch *e2ee_watch_new (void);
void e2ee_watch_free (E2eeWatch * watch);

/* A new stream, or a flush: nothing that was said before counts. */
void e2ee_watch_reset (E2eeWatch * watch);
/* A stream-start.  Events may overtake the very first one (a compositor forwards them before it
 * has a stream), so those before the first buffer are kept. */
void e2ee_watch_stream_start (E2eeWatch * watch);
/* The event says @status of the stream from its next buffer on. */
void e2ee_watch_event (E2eeWatch * watch, GstE2eeStatus * status);
/* What is shown with @buffer, which is at @running_time (GST_CLOCK_TIME_NONE: not known, and events
 * do not count).  Its names live until the buffer goes or the watch is asked again.
 * @own (optional): whether it was the buffer's own status. */
E2eeVerdict e2ee_watch_buffer (E2eeWatch * watch, GstBuffer * buffer, GstClockTime running_time,
    GstClockTime timeout, gboolean * own);

G_END_DECLS
