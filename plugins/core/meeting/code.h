/* Numbers that people compare.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_CODE_H
#define E2EE_CORE_MEETING_CODE_H

#include "core/meeting/device.h"

/* Twelve groups of five digits, with a space between two groups. */
#define E2EE_CODE_DIGITS 60
#define E2EE_CODE_SIZE (E2EE_CODE_DIGITS + 11 + 1)

/* The meeting's code, the same for all who are in the same epoch of the same group: about 2^199
 * possibilities, from HKDF-SHA256 over the epoch authenticator.  An attacker inside two versions
 * of a meeting can look for a collision only (2^99). */
void e2ee_code_of_epoch (e2ee_bytes epoch_authenticator, char code[E2EE_CODE_SIZE]);
/* A person's: of account and device, the same in every meeting. */
void e2ee_code_of_device (const char *subject, const e2ee_public_key * device,
    char code[E2EE_CODE_SIZE]);

#endif
