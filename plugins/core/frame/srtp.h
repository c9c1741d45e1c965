/* SRTP under one master key, RFC 3711 and RFC 7714, on libsrtp: whole RTP packets in and out.
 *
 * An object is one key in one direction: libsrtp's session, with a stream of its own for each SSRC.
 * It finds the roll-over counter of a stream that it has not seen (docs/wire-format.md), and lets
 * no packet index be sealed twice.  Not thread-safe.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_SRTP_H
#define E2EE_CORE_FRAME_SRTP_H

#include "core/bytes.h"
#include "core/frame/rollover.h"
#include "core/frame/suite.h"

/* Bytes of the master key identifier, which is the key id as a number of that many bytes. */
#define E2EE_SRTP_MAX_MKI_SIZE 8
#define E2EE_SRTP_DEFAULT_MKI_SIZE 8
#define E2EE_SRTP_MAX_TRAILER (16 + E2EE_SRTP_MAX_MKI_SIZE)
#define E2EE_SRTP_MIN_HEADER 12
#define E2EE_SRTP_MIN_TAG_SIZE 10
/* What is authenticated and not encrypted: libsrtp takes no more. */
#define E2EE_SRTP_MAX_HEADER 2048
#define E2EE_SRTP_MAX_PACKET 65535
/* Streams under one key. */
#define E2EE_SRTP_MAX_STREAMS 256
#define E2EE_SRTP_MAX_MASTER_SIZE (32 + 14)
/* The largest that libsrtp has. */
#define E2EE_SRTP_MAX_WINDOW 32767
/* How far a roll-over counter that nobody told us is looked for: 67 million packets. */
#define E2EE_SRTP_MAX_SEARCH 1023
/* So many attempts for one packet, beside those that are likely, and so many packets a second. */
#define E2EE_SRTP_SEARCH_STEP 8
#define E2EE_SRTP_SEARCHES_PER_S 64

typedef struct e2ee_srtp e2ee_srtp;

typedef struct
{
  const e2ee_suite *suite;
  e2ee_bytes master;            /* master key || master salt: e2ee_srtp_master_size() */
  uint64_t kid;                 /* fits into @mki_size bytes */
  size_t mki_size;              /* 0: no MKI */
  size_t replay_window;         /* in packets */
  int sends;
  int is_static;                /* asks the rollover whether it may send */
  e2ee_rollover *rollover;      /* referenced */
} e2ee_srtp_params;

/* Nonzero when this build has libsrtp. */
int e2ee_srtp_is_available (void);

/* Nonzero when the MKI is the end of the packet (AEAD, RFC 7714 section 5.1), zero when it stands
 * in front of the tag (RFC 3711 section 3.1). */
static inline int
e2ee_srtp_mki_is_last (const e2ee_suite * suite)
{
  return suite->id != E2EE_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80;
}

/* Bytes of master key and master salt. */
static inline size_t
e2ee_srtp_master_size (const e2ee_suite * suite)
{
  return suite->secret_size;
}

/* Makes keys and session: milliseconds the first time, tens of microseconds later; not on a
 * streaming thread.  *@srtp is NULL on failure.  Errors: UNSUPPORTED, KEY_SIZE, SELF_TEST,
 * NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_srtp_new (const e2ee_srtp_params * params, e2ee_srtp ** srtp);
/* NULL is allowed. */
void e2ee_srtp_free (e2ee_srtp * srtp);

/* A one-way hash of the master key, E2EE_ROLLOVER_NAME_SIZE bytes: the same key, the same name. */
const uint8_t *e2ee_srtp_name (const e2ee_srtp * srtp);

/* Reads the fixed header, CSRCs and extension of a packet that is clear or protected.  Errors:
 * TRUNCATED (the packet is shorter than what it says of itself), FRAME (not RTP, or RTCP in its
 * stead: RFC 5761 section 4), TOO_LARGE. */
E2EE_MUST_USE e2ee_result e2ee_srtp_read_header (e2ee_bytes packet, size_t *header_size,
    uint32_t * ssrc, uint16_t * seq);

/* What e2ee_srtp_protect() adds. */
size_t e2ee_srtp_overhead (const e2ee_srtp * srtp);

/* Protects the RTP packet @packet into @out, which does not overlap it and has room for
 * packet.size + e2ee_srtp_overhead().  On failure *@out_size is 0 and @out holds nothing readable.
 * Errors: those of e2ee_srtp_read_header(); FRAME (padding that is longer than the payload); REPLAYED (this
 * index was sealed, or cannot be told from one that was, or somebody else sends this SSRC under
 * this key); EXHAUSTED (2^48 packets); TOO_MANY_SENDERS; NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_srtp_protect (e2ee_srtp * srtp, e2ee_bytes packet, uint8_t * out,
    size_t *out_size, uint64_t * index);

/* @packet is not sealed by who might have: the roll-over counter goes on. */
void e2ee_srtp_follow (e2ee_rollover * rollover, e2ee_bytes packet);

/* Opens @packet into @out, which does not overlap it and has room for packet.size bytes.  Nothing
 * is remembered, and no plain byte is left in @out, before the tag has been verified.  Errors:
 * those of e2ee_srtp_read_header(); REPLAYED; TOO_MANY_SENDERS; TAG; NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_srtp_unprotect (e2ee_srtp * srtp, uint64_t now_ms,
    e2ee_bytes packet, uint8_t * out, size_t *out_size, uint64_t * index);

#endif
