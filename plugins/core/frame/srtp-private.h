/* What srtp.c, which makes keys and seals, and srtpopen.c, which opens, share.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_SRTP_PRIVATE_H
#define E2EE_CORE_FRAME_SRTP_PRIVATE_H

#include "core/frame/srtp.h"

#include <srtp2/srtp.h>

typedef struct
{
  uint32_t ssrc;
  uint64_t highest;
  uint64_t floor;               /* sending: indexes up to this one are spent */
  int has_floor;
  unsigned behind;              /* sending: refused as too old, one after the other */
  int is_proved;                /* receiving: a packet under this key was authentic */
  unsigned lost;                /* receiving: packets that were not, one after the other */
} srtp_stream;

struct e2ee_srtp
{
  const e2ee_suite *suite;
  srtp_t session;
  uint8_t *master;              /* secret memory: streams are added later */
  size_t master_size;
  uint8_t mki[E2EE_SRTP_MAX_MKI_SIZE];
  size_t mki_size;
  size_t replay_window;
  int sends;
  int is_static;
  uint8_t name[E2EE_ROLLOVER_NAME_SIZE];
  e2ee_rollover *rollover;

  uint32_t search_at;           /* the roll-over counter before the next to try */
  uint64_t searches_since_ms;
  unsigned searches;

  size_t last;
  size_t n_streams;
  srtp_stream streams[E2EE_SRTP_MAX_STREAMS];
};

e2ee_result e2ee_srtp_read_status (srtp_err_status_t status);

/* NULL: none of this SSRC. */
srtp_stream *e2ee_srtp_find_stream (e2ee_srtp * srtp, uint32_t ssrc);
/* The caller has looked whether there is room. */
srtp_stream *e2ee_srtp_remember_stream (e2ee_srtp * srtp, uint32_t ssrc);

/* A stream of its own for @ssrc in libsrtp's session, and away with it. */
e2ee_result e2ee_srtp_add_session_stream (e2ee_srtp * srtp, uint32_t ssrc);
void e2ee_srtp_remove_session_stream (e2ee_srtp * srtp, uint32_t ssrc);

#endif
