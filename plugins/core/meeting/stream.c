/* Streams: what they are called, and which of them encryption closes.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/stream.h"

static const char *const kind_names[E2EE_N_STREAM_KINDS] = {
  "microphone", "camera", "screen", "screen-audio", "pstn", "sip-h323", "data"
};

const char *
e2ee_stream_kind_name (e2ee_stream_kind kind)
{
  return (unsigned) kind < E2EE_N_STREAM_KINDS ? kind_names[kind] : NULL;
}

static int
is_closed (const e2ee_stream * stream)
{
  return stream->kind == E2EE_STREAM_PSTN || stream->kind == E2EE_STREAM_SIP_H323;
}

size_t
e2ee_streams_without_closed (e2ee_stream * streams, size_t n_streams)
{
  size_t n = 0;

  for (size_t i = 0; i < n_streams; i++) {
    if (!is_closed (&streams[i]))
      streams[n++] = streams[i];
  }
  return n;
}
