/* Pre-shared keys, RFC 9420 section 8.4.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_PSK_H
#define E2EE_CORE_MLS_PSK_H

#include "core/mls/codec.h"
#include "core/mls/labels.h"

#define E2EE_MLS_PSK_EXTERNAL 1
#define E2EE_MLS_PSK_RESUMPTION 2

#define E2EE_MLS_RESUMPTION_APPLICATION 1
#define E2EE_MLS_RESUMPTION_REINIT 2
#define E2EE_MLS_RESUMPTION_BRANCH 3

/* PreSharedKeyID. */
typedef struct
{
  uint8_t type;
  e2ee_bytes psk_id;            /* external */
  uint8_t usage;                /* resumption */
  e2ee_bytes psk_group_id;
  uint64_t psk_epoch;
  e2ee_bytes psk_nonce;
} e2ee_mls_psk_id;

/* Needs no arena. */
void e2ee_mls_psk_id_read (e2ee_mls_reader * reader, e2ee_mls_psk_id * out);
void e2ee_mls_psk_id_write (e2ee_mls_writer * writer, const e2ee_mls_psk_id * in);
/* 1 when they name the same key, whatever the nonces say. */
int e2ee_mls_psk_id_same_key (const e2ee_mls_psk_id * a, const e2ee_mls_psk_id * b);

/* psk_secret of a list in its order; zeros for the empty one.  @psks[i] is the key of @ids[i]. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_psk_secret (const e2ee_mls_suite * suite,
    const e2ee_mls_psk_id * ids, const e2ee_bytes * psks, size_t n_psks, e2ee_mls_digest * out);

#endif
