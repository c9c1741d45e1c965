/* SRTP under one master key, and sealing (srtp.h); srtpopen.c opens.
 *
 * libsrtp derives the session keys, keeps the replay window of each stream and does the ciphers.
 * It cannot carry a roll-over counter from one key to the next: srtp_update() exchanges keys in
 * place, so that packets of the old key that are still on their way are lost, and forgets which
 * packets it has seen (2.5 keeps the highest index and clears the bits).  So every key has a
 * session of its own, and a stream that is new in it is told where it is with
 * srtp_set_stream_roc().
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifdef HAVE_SRTP

#include "core/frame/srtp-private.h"

#include "core/crypto/hkdf.h"
#include "core/crypto/secret.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* RFC 5761 section 4: with the marker, which is where RTCP has the rest of its type, payload types
 * of 64 to 95 are RTCP's. */
#define RTCP_FIRST 192
#define RTCP_LAST 223

#define SENDER_WINDOW 1024

/* A packet that is far behind is a straggler; so many in a row are a stream that began anew. */
#define BEHIND_BEFORE_NEXT_TURN 16

int
e2ee_srtp_is_available (void)
{
  return 1;
}

/* --- libsrtp --- */

enum
{
  NOT_STARTED,
  STARTING,
  STARTED                       /* plus the result */
};

/* Runs libsrtp's known-answer tests, which end the process when one fails.  Whoever else uses
 * libsrtp in the process starts it too, and all but the first are answered bad_param, after the
 * tests; it must never be shut down. */
static e2ee_result
start_once (void)
{
  const srtp_err_status_t status = srtp_init ();

  return status == srtp_err_status_ok || status == srtp_err_status_bad_param ? E2EE_OK
      : E2EE_ERR_SELF_TEST;
}

static e2ee_result
start (void)
{
  static atomic_int progress = NOT_STARTED;
  int now = NOT_STARTED;

  if (atomic_compare_exchange_strong (&progress, &now, STARTING)) {
    now = STARTED + (int) start_once ();
    atomic_store (&progress, now);
  }
  /* Another thread is at it, for some tens of milliseconds; the core has nothing to sleep on. */
  while (now == STARTING)
    now = atomic_load (&progress);
  return (e2ee_result) (now - STARTED);
}

/* On a new context, before anything is known of it. */
static e2ee_result
read_setup_status (srtp_err_status_t status)
{
  switch (status) {
    case srtp_err_status_ok:
      return E2EE_OK;
    case srtp_err_status_alloc_fail:
      return E2EE_ERR_NO_MEMORY;
    default:
      /* Such as GCM in a libsrtp that was built without. */
      return E2EE_ERR_UNSUPPORTED;
  }
}

e2ee_result
e2ee_srtp_read_status (srtp_err_status_t status)
{
  switch (status) {
    case srtp_err_status_ok:
      return E2EE_OK;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
    case srtp_err_status_pkt_idx_old:
      return E2EE_ERR_REPLAYED;
    case srtp_err_status_key_expired:
      return E2EE_ERR_EXHAUSTED;
    case srtp_err_status_alloc_fail:
      return E2EE_ERR_NO_MEMORY;
    default:
      return E2EE_ERR_TAG;
  }
}

static int
set_crypto (const e2ee_suite * suite, srtp_crypto_policy_t * policy)
{
  switch ((int) suite->id) {
    case E2EE_SUITE_SRTP_AEAD_AES_128_GCM:
      srtp_crypto_policy_set_aes_gcm_128_16_auth (policy);
      return 1;
    case E2EE_SUITE_SRTP_AEAD_AES_256_GCM:
      srtp_crypto_policy_set_aes_gcm_256_16_auth (policy);
      return 1;
    case E2EE_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80 (policy);
      return 1;
    default:
      return 0;
  }
}

/* What the policy points to lives as long as @srtp and @key. */
static void
set_policy (e2ee_srtp * srtp, srtp_policy_t * policy, srtp_master_key_t * key,
    srtp_master_key_t ** keys)
{
  memset (policy, 0, sizeof *policy);
  set_crypto (srtp->suite, &policy->rtp);
  set_crypto (srtp->suite, &policy->rtcp);
  policy->window_size = srtp->replay_window;
  if (srtp->mki_size == 0) {
    policy->key = srtp->master;
    return;
  }
  *key = (srtp_master_key_t) { srtp->master, srtp->mki, (unsigned) srtp->mki_size };
  *keys = key;
  policy->keys = keys;
  policy->num_master_keys = 1;
}

/* --- the object --- */

static e2ee_result
make_session (e2ee_srtp * srtp)
{
  srtp_master_key_t key, *keys;
  srtp_policy_t policy;

  /* What begins with the roll-over counter 0 libsrtp makes a stream for by itself, out of this; and
   * what its ciphers must load is loaded now, not on a streaming thread. */
  set_policy (srtp, &policy, &key, &keys);
  policy.ssrc.type = srtp->sends ? ssrc_any_outbound : ssrc_any_inbound;
  return read_setup_status (srtp_create (&srtp->session, &policy));
}

e2ee_result
e2ee_srtp_new (const e2ee_srtp_params * params, e2ee_srtp ** out)
{
  srtp_crypto_policy_t crypto;
  e2ee_srtp *srtp = NULL;
  e2ee_result r;

  *out = NULL;
  if (params->suite->format != E2EE_FORMAT_SRTP || !set_crypto (params->suite, &crypto))
    return E2EE_ERR_UNSUPPORTED;
  if (params->master.size != e2ee_srtp_master_size (params->suite))
    return E2EE_ERR_KEY_SIZE;
  r = start ();
  if (r != E2EE_OK)
    return r;

  r = E2EE_ERR_NO_MEMORY;
  srtp = calloc (1, sizeof *srtp);
  if (srtp == NULL)
    goto out;
  srtp->suite = params->suite;
  srtp->sends = params->sends;
  srtp->is_static = params->is_static;
  srtp->mki_size = params->mki_size;
  srtp->replay_window = params->sends ? SENDER_WINDOW : params->replay_window;
  if (srtp->replay_window > E2EE_SRTP_MAX_WINDOW)
    srtp->replay_window = E2EE_SRTP_MAX_WINDOW;
  e2ee_put_be (srtp->mki, params->kid, params->mki_size);
  srtp->rollover = e2ee_rollover_ref (params->rollover);
  e2ee_hkdf_extract (E2EE_HASH_SHA256, E2EE_BYTES ("gst-e2ee SRTP key name", 22), params->master,
      srtp->name);
  srtp->master = e2ee_secret_dup (params->master);
  srtp->master_size = params->master.size;
  if (srtp->master == NULL)
    goto out;
  r = make_session (srtp);
  if (r != E2EE_OK)
    goto out;

  *out = srtp;
  srtp = NULL;

out:
  e2ee_srtp_free (srtp);
  return r;
}

void
e2ee_srtp_free (e2ee_srtp * srtp)
{
  if (srtp == NULL)
    return;
  if (srtp->session != NULL)
    srtp_dealloc (srtp->session);
  e2ee_secret_free (srtp->master);
  e2ee_rollover_unref (srtp->rollover);
  free (srtp);
}

size_t
e2ee_srtp_overhead (const e2ee_srtp * srtp)
{
  return srtp->suite->nt + srtp->mki_size;
}

const uint8_t *
e2ee_srtp_name (const e2ee_srtp * srtp)
{
  return srtp->name;
}

/* --- packets --- */

e2ee_result
e2ee_srtp_read_header (e2ee_bytes packet, size_t *header_size, uint32_t * ssrc, uint16_t * seq)
{
  const uint8_t *p = packet.data;
  size_t size = E2EE_SRTP_MIN_HEADER;

  if (packet.size < size)
    return E2EE_ERR_TRUNCATED;
  if (packet.size > E2EE_SRTP_MAX_PACKET)
    return E2EE_ERR_TOO_LARGE;
  if (p[0] >> 6 != 2 || (p[1] >= RTCP_FIRST && p[1] <= RTCP_LAST))
    return E2EE_ERR_FRAME;
  size += 4 * (size_t) (p[0] & 15);
  if (p[0] & 0x10) {
    size += 4;
    if (packet.size < size)
      return E2EE_ERR_TRUNCATED;
    size += 4 * (size_t) e2ee_get_be (p + size - 2, 2);
  }
  if (packet.size < size)
    return E2EE_ERR_TRUNCATED;
  if (size > E2EE_SRTP_MAX_HEADER)
    return E2EE_ERR_TOO_LARGE;
  *seq = (uint16_t) e2ee_get_be (p + 2, 2);
  *ssrc = (uint32_t) e2ee_get_be (p + 8, 4);
  *header_size = size;
  return E2EE_OK;
}

/* RFC 3550 section 5.1: the last byte of padding counts it. */
static int
padding_is_right (e2ee_bytes packet, size_t header_size)
{
  const uint8_t padding = packet.data[packet.size - 1];

  return !(packet.data[0] & 0x20) || (packet.size > header_size && padding > 0
      && padding <= packet.size - header_size);
}

srtp_stream *
e2ee_srtp_find_stream (e2ee_srtp * srtp, uint32_t ssrc)
{
  if (srtp->last < srtp->n_streams && srtp->streams[srtp->last].ssrc == ssrc)
    return &srtp->streams[srtp->last];
  for (size_t i = 0; i < srtp->n_streams; i++) {
    if (srtp->streams[i].ssrc == ssrc) {
      srtp->last = i;
      return &srtp->streams[i];
    }
  }
  return NULL;
}

/* The caller has looked whether there is room. */
srtp_stream *
e2ee_srtp_remember_stream (e2ee_srtp * srtp, uint32_t ssrc)
{
  srtp->last = srtp->n_streams++;
  srtp->streams[srtp->last] = (srtp_stream) { .ssrc = ssrc };
  return &srtp->streams[srtp->last];
}

/* A stream of its own for @ssrc in the session. */
e2ee_result
e2ee_srtp_add_session_stream (e2ee_srtp * srtp, uint32_t ssrc)
{
  srtp_master_key_t key, *keys;
  srtp_policy_t policy;

  set_policy (srtp, &policy, &key, &keys);
  policy.ssrc.type = ssrc_specific;
  policy.ssrc.value = ssrc;
  return read_setup_status (srtp_add_stream (srtp->session, &policy));
}

/* libsrtp wants the SSRC as it lies in the packet here, and as a number everywhere else. */
void
e2ee_srtp_remove_session_stream (e2ee_srtp * srtp, uint32_t ssrc)
{
  uint8_t bytes[4];
  uint32_t as_it_lies;

  e2ee_put_be (bytes, ssrc, sizeof bytes);
  memcpy (&as_it_lies, bytes, sizeof as_it_lies);
  srtp_remove_stream (srtp->session, as_it_lies);
}

/* --- sending --- */

/* Where @ssrc goes on under this key.  It went on under another, or it is new and starts from 0;
 * what it had under this very key before, in an object that is gone, is spent. */
static e2ee_result
begin_stream (e2ee_srtp * srtp, uint32_t ssrc, uint16_t seq, srtp_stream ** stream)
{
  e2ee_rollover_claim claim = E2EE_ROLLOVER_NEW;
  uint64_t highest = 0, index;
  int is_known = e2ee_rollover_find (srtp->rollover, ssrc, &highest);
  e2ee_result r;

  if (srtp->n_streams == E2EE_SRTP_MAX_STREAMS)
    return E2EE_ERR_TOO_MANY_SENDERS;
  index = is_known ? e2ee_rollover_guess (highest, seq) : seq;
  if (index > E2EE_ROLLOVER_MAX_INDEX)
    return E2EE_ERR_EXHAUSTED;
  if (srtp->is_static)
    claim = e2ee_rollover_ask (srtp->rollover, srtp->name, ssrc);
  if (claim == E2EE_ROLLOVER_REFUSED
      || (claim == E2EE_ROLLOVER_OURS && (!is_known || index <= highest)))
    return E2EE_ERR_REPLAYED;

  if (index > UINT16_MAX) {
    r = e2ee_srtp_add_session_stream (srtp, ssrc);
    if (r != E2EE_OK)
      return r;
    srtp_set_stream_roc (srtp->session, ssrc, (uint32_t) (index >> 16));
  }
  *stream = e2ee_srtp_remember_stream (srtp, ssrc);
  (*stream)->highest = index;
  (*stream)->has_floor = claim == E2EE_ROLLOVER_OURS;
  (*stream)->floor = highest;
  return E2EE_OK;
}

/* Where a packet of @stream stands.  Meanwhile the stream may have gone on under another key, or clear.
 */
static uint64_t
find_index (e2ee_srtp * srtp, srtp_stream * stream, uint16_t seq)
{
  uint64_t highest, index;

  if (!e2ee_rollover_find (srtp->rollover, stream->ssrc, &highest) || highest < stream->highest)
    highest = stream->highest;
  index = e2ee_rollover_guess (highest, seq);
  if (index + SENDER_WINDOW > highest)
    stream->behind = 0;
  else if (++stream->behind > BEHIND_BEFORE_NEXT_TURN)
    index += UINT64_C (1) << 16;
  return index;
}

static e2ee_result
protect_at (e2ee_srtp * srtp, srtp_stream * stream, uint64_t index, uint8_t * out, int *size)
{
  const int is_where_libsrtp_is = e2ee_rollover_guess (stream->highest, (uint16_t) index) == index;
  e2ee_result r;

  if (!is_where_libsrtp_is)
    srtp_set_stream_roc (srtp->session, stream->ssrc, (uint32_t) (index >> 16));
  r = e2ee_srtp_read_status (srtp_protect_mki (srtp->session, out, size, srtp->mki_size > 0, 0));
  if (r != E2EE_OK && !is_where_libsrtp_is)
    srtp_set_stream_roc (srtp->session, stream->ssrc, 0);
  return r;
}

void
e2ee_srtp_follow (e2ee_rollover * rollover, e2ee_bytes packet)
{
  size_t header_size;
  uint64_t highest, index;
  uint32_t ssrc;
  uint16_t seq;

  if (e2ee_srtp_read_header (packet, &header_size, &ssrc, &seq) != E2EE_OK)
    return;
  index = e2ee_rollover_find (rollover, ssrc, &highest) ? e2ee_rollover_guess (highest, seq) : seq;
  if (index <= E2EE_ROLLOVER_MAX_INDEX)
    e2ee_rollover_see (rollover, ssrc, index);
}

e2ee_result
e2ee_srtp_protect (e2ee_srtp * srtp, e2ee_bytes packet, uint8_t * out, size_t *out_size,
    uint64_t * index)
{
  srtp_stream *stream;
  size_t header_size;
  uint32_t ssrc;
  uint16_t seq;
  int size = (int) packet.size;
  e2ee_result r;

  *out_size = 0;
  *index = 0;
  r = e2ee_srtp_read_header (packet, &header_size, &ssrc, &seq);
  if (r != E2EE_OK)
    return r;
  if (!padding_is_right (packet, header_size))
    return E2EE_ERR_FRAME;
  stream = e2ee_srtp_find_stream (srtp, ssrc);
  if (stream == NULL) {
    r = begin_stream (srtp, ssrc, seq, &stream);
    if (r != E2EE_OK)
      return r;
    *index = stream->highest;
  } else {
    *index = find_index (srtp, stream, seq);
  }
  if (*index > E2EE_ROLLOVER_MAX_INDEX)
    return E2EE_ERR_EXHAUSTED;
  if (stream->has_floor && *index <= stream->floor)
    return E2EE_ERR_REPLAYED;

  memcpy (out, packet.data, packet.size);
  r = protect_at (srtp, stream, *index, out, &size);
  if (r != E2EE_OK) {
    e2ee_wipe (out, packet.size);
    return r;
  }
  if (*index > stream->highest)
    stream->highest = *index;
  e2ee_rollover_see (srtp->rollover, ssrc, *index);
  *out_size = (size_t) size;
  return E2EE_OK;
}

#endif
