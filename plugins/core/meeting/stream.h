/* Streams of members (meeting.h), and which of them encryption closes.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STREAM_H
#define E2EE_CORE_MEETING_STREAM_H

#include "core/meeting/meeting.h"

/* Takes those out of the list that are not allowed while encryption is on: somebody on the phone
 * cannot encrypt.  How many are left, in their order. */
size_t e2ee_streams_without_closed (e2ee_stream * streams, size_t n_streams);

#endif
