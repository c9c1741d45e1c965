/* Stored state: versioned bytes, sealed.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_STORE_PRIVATE_H
#define E2EE_CORE_MLS_STORE_PRIVATE_H

#include "core/mls/group-private.h"

#define E2EE_MLS_STORE_VERSION 1

typedef enum
{
  E2EE_MLS_STORE_GROUP = 'G',
  E2EE_MLS_STORE_JOINER = 'J'
} e2ee_mls_store_kind;

/* Seals @plain under the caller's @key of 32 bytes.  ARGUMENT for a key of another size. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_store_seal (const e2ee_env * env,
    e2ee_mls_store_kind kind, e2ee_bytes key, e2ee_bytes plain, e2ee_mls_buffer * stored);
/* ARGUMENT, STORE, STORE_VERSION. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_store_open (e2ee_mls_store_kind kind, e2ee_bytes key,
    e2ee_bytes stored, e2ee_mls_buffer * plain);
/* As e2ee_mls_reader_finish(); any error of reading is STORE: this is not what we stored. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_store_finish (const e2ee_mls_reader * reader);

#endif
