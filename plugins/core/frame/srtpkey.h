/* The keys of SRTP: a master key and salt, given or out of a meeting's base key.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_SRTPKEY_H
#define E2EE_CORE_FRAME_SRTPKEY_H

#include "core/frame/key.h"
#include "core/frame/srtp.h"

/* The master key and salt of one sender and epoch out of a meeting's base key
 * (docs/wire-format.md): e2ee_srtp_master_size() bytes, wiped on failure. */
E2EE_MUST_USE e2ee_result e2ee_srtp_key_derive (const e2ee_suite * suite, uint64_t kid,
    e2ee_bytes base_key, uint8_t * master);

/* For @params, whose suite is SRTP's; *@fingerprint tells secrets apart and nothing else about
 * them. Errors: UNSUPPORTED, KEY_SIZE, KEY_ID, SELF_TEST, NO_MEMORY. */
E2EE_MUST_USE e2ee_result e2ee_srtp_key_new (const e2ee_key_params * params,
    uint8_t fingerprint[E2EE_AEAD_NONCE_SIZE], e2ee_srtp ** srtp);

#endif
