/* Numbers that people compare.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_CODE_H
#define E2EE_CORE_MEETING_CODE_H

#include "core/meeting/device.h"

/* Twelve groups of five digits, with a space between two groups. */
#define E2EE_CODE_DIGITS 60
#define E2EE_CODE_SIZE (E2EE_CODE_DIGITS + 11 + 1)

/* Group i is bytes 5i to 5i + 4, as a number modulo 100000, of HKDF-SHA256 without salt over the
 * input, with info "gst-e2ee meeting code 1" or "gst-e2ee device code 1". */

/* The meeting's code, the same for all who are in the same epoch of the same group: about 2^199
 * possibilities; the input is the epoch authenticator.  An attacker inside two versions
 * of a meeting can look for a collision only (2^99). */
void e2ee_code_of_epoch (e2ee_bytes epoch_authenticator, char code[E2EE_CODE_SIZE]);
/* A person's: of account and device, the same in every meeting; the input is the public key and
 * behind it the subject. */
void e2ee_code_of_device (const char *subject, const e2ee_public_key * device,
    char code[E2EE_CODE_SIZE]);

#endif
