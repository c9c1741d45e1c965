/* Opening SRTP packets, and finding the roll-over counter of a stream (srtp.h,
 * docs/wire-format.md).
 * gst-e2ee, LGPL-2.1-or-later */
#ifdef HAVE_SRTP

#include "core/frame/srtp-private.h"

#include "core/crypto/secret.h"

#include <string.h>

/* A stream that is out of step fails every packet; one that is not loses a forged one now and
 * then. */
#define LOST_BEFORE_SEARCH 16

static e2ee_result
attempt (e2ee_srtp * srtp, e2ee_bytes packet, uint8_t * out, size_t *out_size)
{
  int size = (int) packet.size;
  e2ee_result r;

  /* libsrtp works in place, and after a failure has changed what it worked on. */
  memcpy (out, packet.data, packet.size);
  r = e2ee_srtp_read_status (srtp_unprotect_mki (srtp->session, out, &size, srtp->mki_size > 0));
  if (r == E2EE_OK)
    *out_size = (size_t) size;
  return r;
}

/* With the roll-over counter of @index.  A wrong one leaves the stream as it was. */
static e2ee_result
attempt_at (e2ee_srtp * srtp, uint32_t ssrc, uint64_t index, e2ee_bytes packet, uint8_t * out,
    size_t *out_size)
{
  e2ee_result r;

  if (index > E2EE_ROLLOVER_MAX_INDEX)
    return E2EE_ERR_TAG;
  srtp_set_stream_roc (srtp->session, ssrc, (uint32_t) (index >> 16));
  r = attempt (srtp, packet, out, out_size);
  if (r != E2EE_OK)
    srtp_set_stream_roc (srtp->session, ssrc, 0);
  return r;
}

/* Whoever sends junk makes us try; so only so many a second. */
static int
may_search (e2ee_srtp * srtp, uint64_t now_ms)
{
  if (srtp->searches == 0 || now_ms - srtp->searches_since_ms >= 1000) {
    srtp->searches_since_ms = now_ms;
    srtp->searches = 0;
  }
  if (srtp->searches == E2EE_SRTP_SEARCHES_PER_S)
    return 0;
  srtp->searches++;
  return 1;
}

/* Looks for the roll-over counter of a stream that has had one longer than we know it.  Where one
 * packet ends the next goes on, whoever's it is, so that all are tried in turn. */
static e2ee_result
search (e2ee_srtp * srtp, uint32_t ssrc, uint16_t seq, e2ee_bytes packet, uint8_t * out,
    size_t *out_size, uint64_t * index)
{
  e2ee_result r = E2EE_ERR_TAG;

  for (int i = 0; i < E2EE_SRTP_SEARCH_STEP && r == E2EE_ERR_TAG; i++) {
    srtp->search_at = srtp->search_at % E2EE_SRTP_MAX_SEARCH + 1;
    *index = (uint64_t) srtp->search_at << 16 | seq;
    r = attempt_at (srtp, ssrc, *index, packet, out, out_size);
  }
  return r;
}

/* Of @ssrc an earlier key knew that it had come to @highest. */
static e2ee_result
open_known (e2ee_srtp * srtp, uint64_t now_ms, uint32_t ssrc, uint16_t seq, uint64_t highest,
    e2ee_bytes packet, uint8_t * out, size_t *out_size, uint64_t * index)
{
  e2ee_result r;

  /* Kept from the first packet on, authentic or not: the streams that are known are few. */
  if (e2ee_srtp_find_stream (srtp, ssrc) == NULL) {
    r = e2ee_srtp_add_session_stream (srtp, ssrc);
    if (r != E2EE_OK)
      return r;
    e2ee_srtp_remember_stream (srtp, ssrc);
  }
  *index = e2ee_rollover_guess (highest, seq);
  r = attempt_at (srtp, ssrc, *index, packet, out, out_size);
  if (r == E2EE_ERR_TAG && *index > UINT16_MAX) {
    /* Somebody else's, who has the same SSRC, or a sender that began anew. */
    *index = seq;
    r = attempt (srtp, packet, out, out_size);
  }
  if (r == E2EE_ERR_TAG && may_search (srtp, now_ms))
    r = search (srtp, ssrc, seq, packet, out, out_size, index);
  return r;
}

/* Nothing is known of @ssrc.  libsrtp makes a stream for it by itself when the packet is authentic
 * with the roll-over counter 0. */
static e2ee_result
open_unknown (e2ee_srtp * srtp, uint64_t now_ms, uint32_t ssrc, uint16_t seq, e2ee_bytes packet,
    uint8_t * out, size_t *out_size, uint64_t * index)
{
  e2ee_result r;

  *index = seq;
  r = attempt (srtp, packet, out, out_size);
  if (r == E2EE_ERR_TAG && may_search (srtp, now_ms)) {
    r = e2ee_srtp_add_session_stream (srtp, ssrc);
    if (r != E2EE_OK)
      return r;
    r = search (srtp, ssrc, seq, packet, out, out_size, index);
    if (r != E2EE_OK)
      e2ee_srtp_remove_session_stream (srtp, ssrc);
  }
  if (r == E2EE_OK)
    e2ee_srtp_remember_stream (srtp, ssrc);
  return r;
}

static e2ee_result
open_first (e2ee_srtp * srtp, uint64_t now_ms, uint32_t ssrc, uint16_t seq, e2ee_bytes packet,
    uint8_t * out, size_t *out_size, uint64_t * index)
{
  uint64_t highest;

  if (e2ee_srtp_find_stream (srtp, ssrc) == NULL && srtp->n_streams == E2EE_SRTP_MAX_STREAMS)
    return E2EE_ERR_TOO_MANY_SENDERS;
  if (e2ee_rollover_find (srtp->rollover, ssrc, &highest))
    return open_known (srtp, now_ms, ssrc, seq, highest, packet, out, out_size, index);
  return open_unknown (srtp, now_ms, ssrc, seq, packet, out, out_size, index);
}

/* More than 32,768 packets were lost in a row, and nobody can tell how many turns have gone by: the
 * next ones are tried.  What they would let in again was never in. */
static e2ee_result
catch_up (e2ee_srtp * srtp, srtp_stream * stream, uint16_t seq, e2ee_bytes packet, uint8_t * out,
    size_t *out_size, uint64_t * index)
{
  const uint64_t turn = UINT64_C (1) << 16;
  e2ee_result r = E2EE_ERR_TAG;

  *index = (stream->highest & ~(turn - 1)) | seq;
  if (*index > stream->highest)
    *index -= turn;
  for (int i = 0; i < E2EE_SRTP_SEARCH_STEP && r == E2EE_ERR_TAG; i++) {
    *index += turn;
    r = attempt_at (srtp, stream->ssrc, *index, packet, out, out_size);
  }
  return r;
}

static e2ee_result
open_next (e2ee_srtp * srtp, uint64_t now_ms, srtp_stream * stream, uint16_t seq,
    e2ee_bytes packet, uint8_t * out, size_t *out_size, uint64_t * index)
{
  uint64_t highest;
  e2ee_result r;

  *index = e2ee_rollover_guess (stream->highest, seq);
  r = attempt (srtp, packet, out, out_size);
  if (r != E2EE_ERR_TAG && r != E2EE_ERR_REPLAYED)
    return r;
  /* Meanwhile the stream may have gone on under another key. */
  if (e2ee_rollover_find (srtp->rollover, stream->ssrc, &highest)
      && e2ee_rollover_guess (highest, seq) > stream->highest
      && e2ee_rollover_guess (highest, seq) != *index) {
    *index = e2ee_rollover_guess (highest, seq);
    if (attempt_at (srtp, stream->ssrc, *index, packet, out, out_size) == E2EE_OK)
      return E2EE_OK;
  }
  if (++stream->lost >= LOST_BEFORE_SEARCH && may_search (srtp, now_ms)
      && catch_up (srtp, stream, seq, packet, out, out_size, index) == E2EE_OK)
    return E2EE_OK;
  return r;
}

e2ee_result
e2ee_srtp_unprotect (e2ee_srtp * srtp, uint64_t now_ms, e2ee_bytes packet, uint8_t * out,
    size_t *out_size, uint64_t * index)
{
  srtp_stream *stream;
  size_t header_size;
  uint32_t ssrc;
  uint16_t seq;
  e2ee_result r;

  *out_size = 0;
  *index = 0;
  r = e2ee_srtp_read_header (packet, &header_size, &ssrc, &seq);
  if (r != E2EE_OK)
    return r;
  if (packet.size < header_size + e2ee_srtp_overhead (srtp))
    return E2EE_ERR_TRUNCATED;

  stream = e2ee_srtp_find_stream (srtp, ssrc);
  if (stream != NULL && stream->is_proved)
    r = open_next (srtp, now_ms, stream, seq, packet, out, out_size, index);
  else
    r = open_first (srtp, now_ms, ssrc, seq, packet, out, out_size, index);
  if (r != E2EE_OK) {
    e2ee_wipe (out, packet.size);
    return r;
  }
  stream = e2ee_srtp_find_stream (srtp, ssrc);
  stream->is_proved = 1;
  stream->lost = 0;
  if (*index > stream->highest)
    stream->highest = *index;
  e2ee_rollover_see (srtp->rollover, ssrc, *index);
  return E2EE_OK;
}

#endif
