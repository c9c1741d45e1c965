/* The keys of streams: one for each SSRC, out of one base key (draft-ietf-avtcore-rtp-sframe-02
 * section 7).
 *
 * A key that is @of_streams (key.h) seals and opens nothing itself.  Each of its streams has a key
 * with a counter, a limit and a replay window of its own, which live as long as that key: a stream
 * that comes back goes on counting where it was, and what was played of it is not played again.
 *
 * Belongs to the one thread that seals or opens with the key.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_STREAMS_H
#define E2EE_CORE_FRAME_STREAMS_H

#include "core/frame/key.h"

typedef struct e2ee_streams e2ee_streams;

/* @params are copied, the base key into secret memory. */
E2EE_MUST_USE e2ee_result e2ee_streams_new (const e2ee_env * env, const e2ee_key_params * params,
    e2ee_streams ** streams);
void e2ee_streams_free (e2ee_streams * streams);

/* Makes @ssrc the current stream.  For what is sealed its key is kept from here on; for what is
 * opened only once a frame of it has been authentic, so that made-up SSRCs take no place. */
E2EE_MUST_USE e2ee_result e2ee_streams_choose (e2ee_streams * streams, uint32_t ssrc);

/* The key of the current stream; NULL before the first choice and after one that failed. */
e2ee_key *e2ee_streams_get_current (const e2ee_streams * streams);

/* A frame under the current key was authentic. */
void e2ee_streams_keep (e2ee_streams * streams);

#endif
